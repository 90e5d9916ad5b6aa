"""The decomposition of every scenario of a comparison: who plays, which coalitions are computed, and the table.

Coalitions are kept in the store of the comparison, only their headlines: a decomposition needs many coalitions and
little of each.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np

from techduel.ensemble.chunks import Rows, Shapes
from techduel.ensemble.compute import Options, compute
from techduel.ensemble.headlines import HEADLINES, levels
from techduel.ensemble.manifest import FAILURES, Manifest
from techduel.ensemble.paired import Row
from techduel.ensemble.simulation import simulate
from techduel.ensemble.stock import Stock
from techduel.ensemble.tasks import OUTCOMES, Columns, OfOnePoint, Tick, batches, scenario_of, stage
from techduel.model.axes import Mask, Numbers
from techduel.statistics.tables import write_table
from techduel.studies.compare.comparison import Comparison, Contrast, contrasts
from techduel.studies.compare.decomposition import COLUMNS, GROUPS, Coalition, Game, coalitions, rows

WIDTHS: Final = (1, 2)
"""Of a headline: the world, or each state."""

type Found = dict[str, Numbers]
"""Headlines by name, (run, state) or (run, 1) each."""


@dataclass(frozen=True, slots=True)
class Play:
    """The coalitions of one scenario that are wanted."""

    name: str
    """Of the scenario."""
    game: Game
    kind: str
    """Of `GROUPS`."""
    players: tuple[str, ...]
    runs: tuple[int, ...]
    seed: int
    rate: float
    wanted: tuple[Coalition, ...]

    def point(self, coalition: Coalition) -> str:
        """Name of a coalition in the store: who is in, as bits."""
        bits = sum(1 << place for place, player in enumerate(self.players) if player in coalition)
        return f"{self.kind}-{self.name}-{bits:03x}"


@dataclass(frozen=True, slots=True)
class Coalitions:
    """All coalitions that a comparison wants."""

    plays: tuple[Play, ...]

    @property
    def points(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(play.point(coalition) for play, coalition in self.pairs)

    @property
    def pairs(self) -> tuple[tuple[Play, Coalition], ...]:
        """Scenario and coalition, in the order of the points."""
        return tuple((play, coalition) for play in self.plays for coalition in play.wanted)

    @property
    def runs(self) -> int:
        """Of each: up to the last that a scenario and its baseline share."""
        return 1 + max(run for play in self.plays for run in play.runs)

    @property
    def quarters(self) -> int:
        """Of each run."""
        baseline = self.plays[0].game.baseline
        return 4 * (baseline.horizon - baseline.start + 1)

    @property
    def wanted(self) -> Mask:
        """Runs that a scenario and its baseline share, (point, run)."""
        return np.array([np.isin(np.arange(self.runs), play.runs) for play, _ in self.pairs])

    def fits(self, rows: Rows, shapes: Shapes) -> bool:
        """Whether a chunk holds every headline."""
        return shapes.keys() == HEADLINES.keys() and all(
            len(shape) == 2 and shape[1] in WIDTHS and kind == np.dtype(float).str for shape, kind in shapes.values()
        )

    def works(self, missing: Mask, batch: int) -> Iterator["Played"]:
        """One coalition a chunk, in batches."""
        for place, runs in batches(missing, batch):
            play, coalition = self.pairs[place]
            yield Played(
                point=play.point(coalition),
                runs=runs,
                baseline=play.game.baseline.config,
                scenario=play.game.scenario.config,
                kind=play.kind,
                coalition=tuple(sorted(coalition)),
                seed=play.seed,
                rate=play.rate,
            )

    def found(self, stock: Stock, play: Play) -> dict[Coalition, Found]:
        """Headlines of every coalition of a scenario, over the runs that it shares with its baseline."""
        places = {point: place for place, point in enumerate(self.points)}
        return {
            coalition: {
                name: stock.values([places[play.point(coalition)]], name)[0][0, list(play.runs)] for name in HEADLINES
            }
            for coalition in play.wanted
        }


@dataclass(frozen=True, slots=True)
class Played(OfOnePoint):
    """Runs of a coalition to compute together."""

    baseline: dict[str, Any]
    scenario: dict[str, Any]
    kind: str
    coalition: tuple[str, ...]
    """Players that are in."""
    seed: int
    rate: float
    """At which real income is discounted, per year."""
    complete: ClassVar = HEADLINES.keys()

    def told(self, row: int) -> Mapping[str, Any]:
        """Who was in."""
        return {"seed": self.seed, "players": list(self.coalition)}

    def computed(self, rows: Sequence[int], tick: Tick) -> Columns:
        """Headlines of some rows."""
        runs = [self.runs[row] for row in rows]
        with stage("base year"):
            game = Game(scenario_of(self.baseline), scenario_of(self.scenario), GROUPS[self.kind])
            mixed = game.mixed(self.coalition)
        with stage("simulation"):
            record = simulate(mixed, runs, self.seed, "headline", progress=tick)
        with stage(OUTCOMES):
            return Columns({name: np.ascontiguousarray(found) for name, found in levels(record, self.rate).items()})


DECOMPOSITION: Final = "decomposition.csv"
NONE: Final = "none"


class CoalitionsFailed(Exception):
    """Averages over coalitions of different runs would not add up."""

    exit_code = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """The decomposition of one scenario."""

    play: Play
    ends: dict[Coalition, Found]
    """Nobody and everybody, which the comparison has computed already."""

    def rows(self, values: dict[Coalition, Found]) -> Iterator[Row]:
        """The scenario's rows of ``decomposition.csv``; none if nothing differs from the baseline."""
        if self.play.players:
            yield from rows(self.play.name, self.play.players, self.ends | values, np.array(self.play.runs))


def attribute(comparison: Comparison, folder: Path, manifest: Manifest, options: Options) -> None:
    """Compute the coalitions that a comparison asks for and write ``decomposition.csv``.

    Raises
    ------
    CoalitionsFailed
        If a run of one has no numbers.
    """
    if comparison.decompose == NONE:
        return
    plans = [_plan(comparison, found) for found in contrasts(comparison, folder)]
    demand = Coalitions(tuple(plan.play for plan in plans if plan.play.wanted))
    parts: dict[str, dict[Coalition, Found]] = {}
    if demand.plays:
        stock = compute(demand, folder, manifest, options, wanted=demand.wanted).stock
        if stock.failed:
            raise CoalitionsFailed(
                f"{folder.name}: {len(stock.failed)} runs of coalitions failed, so that shares would not add up; each "
                f"has a record in {FAILURES}/. The same command with retry=true computes these again"
            )
        parts = {play.name: demand.found(stock, play) for play in demand.plays}
    lines = (row for plan in plans for row in plan.rows(parts.get(plan.play.name, {})))
    write_table(folder / DECOMPOSITION, COLUMNS, lines)


def _plan(comparison: Comparison, contrast: Contrast) -> Plan:
    members, kind = comparison.members, comparison.decompose
    game = Game(members[comparison.baseline], members[contrast.scenario], GROUPS[kind])
    players = tuple(game.players(comparison.seed))
    # Coalitions keep no more than these, whatever else a comparison is asked.
    first, level = ({name: values[name] for name in HEADLINES} for values in (contrast.first, contrast.level))
    ends = {frozenset(): first, frozenset(players): level}
    runs = tuple(int(run) for run in contrast.runs)
    wanted = tuple(coalition for coalition in coalitions(players) if coalition not in ends)
    play = Play(contrast.scenario, game, kind, players, runs, comparison.seed, comparison.discount_rate, wanted)
    return Plan(play, ends)
