"""Ledgers of scenarios and of mixes of their measures: runs by cause, computed once and kept."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np

from techduel.ensemble.chunks import Rows, Shapes
from techduel.ensemble.record import Record
from techduel.ensemble.sets import Runs
from techduel.ensemble.simulation import simulate
from techduel.ensemble.stock import Stock
from techduel.ensemble.tasks import OUTCOMES, Columns, OfOnePoint, Tick, batches, scenario_of, stage
from techduel.facts.selection import known_sectors
from techduel.model.axes import N_STATES, Mask, Numbers
from techduel.scenario.scenario import Scenario, scenario_from
from techduel.scenario.words import worded
from techduel.studies.compare.decomposition import GROUPS, Coalition, Game, coalitions
from techduel.studies.why.accounts import ACCOUNTS

LEDGER: Final = "ledger"


def by_cause(record: Record, of: str) -> Numbers:
    """An outcome by what brought it about, (run, state, sector, cause, year), in its unit; the base year first.

    Real income is of one sector. Causes are `Account.columns`; their sum is the outcome at the end of each year.
    """
    account = ACCOUNTS[of]
    moved = np.cumsum(record.ledger[of], axis=-1)[..., ::4]
    first = np.broadcast_to(record[account.outcome][..., None, :1], (*moved.shape[:-2], 1, moved.shape[-1]))
    whole = account.scale * np.concatenate([first, moved], axis=-2)
    return np.asarray(whole if account.by_sector else whole[:, :, None])


def cells(of: str) -> tuple[int, ...]:
    """Sizes of a ledger behind its runs: state, sector, cause."""
    account = ACCOUNTS[of]
    sectors = len(known_sectors().names) if account.by_sector else 1
    return (N_STATES, sectors, len(account.columns))


@dataclass(frozen=True, slots=True)
class Ledgers:
    """Both scenarios whole, and every mix of their measures at the horizon."""

    config: Mapping[str, Any]
    players: tuple[str, ...] = ()

    @property
    def runs(self) -> int:
        """Of each point."""
        return int(self.config["runs"])

    @property
    def years(self) -> int:
        """The base year and those that are simulated."""
        member = self.config["members"][self.config["scenarios"][0]]
        return int(member["horizon"] - member["start"] + 2)

    @property
    def quarters(self) -> int:
        """Of each run."""
        return 4 * (self.years - 1)

    @property
    def mixes(self) -> tuple[Coalition, ...]:
        """Who plays together, beside nobody and everybody, whose runs are those of the two scenarios."""
        return tuple(one for one in coalitions(self.players) if 0 < len(one) < len(self.players))

    @property
    def points(self) -> tuple[str, ...]:
        """Names of both scenarios, and of the mixes: who is in, as bits."""
        return (*self.config["scenarios"], *map(self.point, self.mixes))

    def point(self, mix: Coalition) -> str:
        """Name of a mix."""
        bits = sum(1 << place for place, player in enumerate(self.players) if player in mix)
        return f"{self.config['decompose']}-{bits:03x}"

    def fits(self, found: Rows, shapes: Shapes) -> bool:
        """Whether a chunk holds ledgers of this length."""
        sizes = {of: math.prod(cells(of)) for of in ACCOUNTS}
        return shapes.keys() == sizes.keys() and any(
            all(shapes[of][0][1:] == (size * years,) for of, size in sizes.items()) for years in (1, self.years)
        )

    def works(self, missing: Mask, batch: int) -> Iterator["Entered"]:
        """One point a chunk, in batches."""
        mixes = [None] * len(self.config["scenarios"]) + [tuple(sorted(mix)) for mix in self.mixes]
        configs = tuple(member(self.config, name) for name in self.config["scenarios"])
        for place, runs in batches(missing, batch):
            yield Entered(
                self.points[place], runs, configs, self.config["decompose"], mixes[place], self.config["seed"]
            )

    def in_common(self, stock: Stock) -> Runs:
        """Indices of the runs that failed at no point."""
        return np.setdiff1d(np.arange(self.runs), [run for _, run in stock.failed])

    def found(self, stock: Stock, point: str) -> Numbers:
        """These runs of a point by cause, (run, state, sector, cause, year); see `by_cause`."""
        values, _ = stock.values([self.points.index(point)], self.config["of"])
        kept = values[0, self.in_common(stock)]
        return kept.reshape((len(kept), *cells(self.config["of"]), -1))


def member(config: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The whole configuration of one of the scenarios."""
    return worded(config["members"][name], name, config["title"])


def game_of(config: Mapping[str, Any]) -> Game:
    """The measures of the second scenario against the first."""
    first, second = (scenario_from(member(config, name)) for name in config["scenarios"])
    return Game(first, second, GROUPS[config["decompose"]])


@dataclass(frozen=True, slots=True)
class Entered(OfOnePoint):
    """Runs of a scenario, or of a mix of two, whose ledgers are kept together."""

    configs: tuple[dict[str, Any], ...]
    kind: str
    """Of `GROUPS`."""
    mix: tuple[str, ...] | None
    """Players that are in; None for a scenario itself."""
    seed: int
    complete: ClassVar = ACCOUNTS.keys()

    def told(self, row: int) -> Mapping[str, Any]:
        """Who was in."""
        return {"seed": self.seed, "players": list(self.mix or ())}

    def computed(self, rows: Sequence[int], tick: Tick) -> Columns:
        """Ledgers of some rows: every year of a scenario, the last of a mix."""
        runs = [self.runs[row] for row in rows]
        with stage("base year"):
            named = {config["name"]: scenario_of(config) for config in self.configs}
            mixed = named[self.point] if self.mix is None else self._mixed(self.mix)
        with stage("simulation"):
            record = simulate(mixed, runs, self.seed, LEDGER, progress=tick)
        with stage(OUTCOMES):
            return Columns({of: self._kept(by_cause(record, of)) for of in ACCOUNTS})

    def _kept(self, entries: Numbers) -> Numbers:
        """By run alone: every year of a scenario, the last of a mix."""
        kept = entries if self.mix is None else entries[..., -1]
        return np.ascontiguousarray(kept.reshape(len(entries), -1))

    def _mixed(self, mix: tuple[str, ...]) -> Scenario:
        first, second = map(scenario_of, self.configs)
        return Game(first, second, GROUPS[self.kind]).mixed(mix)
