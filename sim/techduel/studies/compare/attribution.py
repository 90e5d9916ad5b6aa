"""The decomposition of every scenario of a comparison: who plays, what has to be computed, and the table."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from techduel.ensemble.compute import Options, compute
from techduel.ensemble.headlines import HEADLINES
from techduel.ensemble.manifest import FAILURES, Manifest
from techduel.ensemble.paired import Row
from techduel.report.tables import write_table
from techduel.studies.compare.coalitions import Coalitions, Found, Play
from techduel.studies.compare.comparison import Comparison, contrasts
from techduel.studies.compare.contrast import Contrast
from techduel.studies.compare.decomposition import COLUMNS, Coalition, coalitions, rows
from techduel.studies.compare.game import GROUPS, Game

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

    def rows(self, found: dict[Coalition, Found]) -> Iterator[Row]:
        """The scenario's rows of ``decomposition.csv``; none if nothing differs from the baseline."""
        if self.play.players:
            yield from rows(self.play.name, self.play.players, self.ends | found)


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
        stock = compute(demand, folder, manifest, options).stock
        if stock.failed:
            raise CoalitionsFailed(
                f"{folder.name}: {len(stock.failed)} runs of coalitions failed, so that shares would not add up; each "
                f"has a record in {FAILURES}/. The same command with fresh=true tries again"
            )
        parts = {play.name: demand.found(stock, play) for play in demand.plays}
    lines = (row for plan in plans for row in plan.rows(parts.get(plan.play.name, {})))
    write_table(folder / DECOMPOSITION, COLUMNS, lines)


def _plan(comparison: Comparison, found: Contrast) -> Plan:
    members, kind = comparison.members, comparison.decompose
    game = Game(members[comparison.baseline], members[found.scenario], GROUPS[kind])
    players = tuple(game.players(comparison.seed))
    # Coalitions keep no more than these, whatever else a comparison is asked.
    first, level = ({name: known[name] for name in HEADLINES} for known in (found.first, found.level))
    ends = {frozenset(): first, frozenset(players): level}
    runs = tuple(int(run) for run in found.runs)
    wanted = tuple(coalition for coalition in coalitions(players) if coalition not in ends)
    play = Play(found.scenario, game, kind, players, runs, comparison.seed, comparison.discount_rate, wanted)
    return Plan(play, ends)
