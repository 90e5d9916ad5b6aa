"""What moments are made of on the model's side, by calendar year: series, and what no statistic has a counterpart for.

Everything here is (run, state, year), the base year first; NaN where there is nothing yet, such as growth there.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from techduel.ensemble.record import Record, by_year
from techduel.ensemble.summary import tail_exponent
from techduel.facts import Facts
from techduel.model.axes import N_STATES, SECTOR, SLOT, Array, Numbers, rival, total
from techduel.model.outcomes import measured
from techduel.model.structure import tagged
from techduel.model.world import World
from techduel.studies.backtest.counterparts import SERIES
from techduel.studies.backtest.primitives import OUTCOMES
from techduel.studies.backtest.series import annual

type Annual = Mapping[str, Numbers]

SERVICES: Final = ("cloud", "big_data", "iot", "industrial_internet", "blockchain", "ai", "vr_ar")
LARGEST: Final = 100
"""Firms of a state that give a tail exponent, as in the panel."""
TOLERATED: Final = 0.7
"""Share of its state's sector that a firm may have before it counts as dominance."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Firms at the end of a year, (run, state, sector, slot)."""

    sales: Array
    rd: Array


def sizes(world: World) -> Sizes:
    """Sales and own R&D of living firms; NaN elsewhere and before the first sale."""
    firms = world.firms
    there = firms.alive & (firms.sales > 0.0)
    return Sizes(np.where(there, firms.sales, np.nan), np.where(there, firms.rd, np.nan))


def sales_tail(now: Sizes, _before: Sizes, _world: World) -> Numbers:
    """Pareto exponent of the sales of a state's largest firms, sectors pooled."""
    return _tail(now.sales)


def rd_tail(now: Sizes, _before: Sizes, _world: World) -> Numbers:
    """Pareto exponent of the R&D of a state's largest firms, sectors pooled."""
    return _tail(now.rd)


def _tail(values: Array) -> Numbers:
    ranked = _ranked(values)[..., :LARGEST]
    rows = ranked.reshape(-1, ranked.shape[-1])
    found = tail_exponent(rows)
    for short in np.flatnonzero(np.isnan(found)):  # fewer firms than that; apart, so that no world changes another
        (found[short],) = tail_exponent(rows[short : short + 1, np.isfinite(rows[short])])
    return found.reshape(ranked.shape[:2])


def top_ten(now: Sizes, _before: Sizes, _world: World) -> Numbers:
    """R&D of a state's ten largest over that of its fifty largest."""
    ranked = _ranked(now.rd)
    return np.nansum(ranked[..., :10], axis=-1) / np.nansum(ranked[..., :50], axis=-1)


def rd_growth_spread(now: Sizes, before: Sizes, world: World) -> Numbers:
    """Standard deviation of the log growth of R&D over a year, among firms that were there a year ago."""
    grown = _growth(now.rd, before.rd, world)
    return np.nanstd(grown.reshape(*grown.shape[:2], -1), axis=-1)


def growth_shape(now: Sizes, before: Sizes, world: World) -> Numbers:
    """Standard over mean absolute deviation of the log growth of sales around that of the cell: Laplace has root 2."""
    grown = _growth(now.sales, before.sales, world)
    living = np.isfinite(grown)
    count = np.maximum(living.sum(axis=-1, keepdims=True), 1)
    around = grown - np.nansum(grown, axis=-1, keepdims=True) / count
    flat = around.reshape(*around.shape[:2], -1)
    return np.nanstd(flat, axis=-1) / np.nanmean(np.abs(flat), axis=-1)


def dominance(now: Sizes, _before: Sizes, _world: World) -> Numbers:
    """Share of its state's sector that the most dominant firm has beyond `TOLERATED`."""
    sales = np.nan_to_num(now.sales)
    largest = (sales / total(sales, SLOT)).max(axis=(2, 3))
    return np.maximum(largest - TOLERATED, 0.0)


type FirmMeasure = Callable[[Sizes, Sizes, World], Numbers]

AT_YEAR_ENDS: Final[Mapping[str, FirmMeasure]] = {
    "sales_tail": sales_tail,
    "rd_tail": rd_tail,
    "top_ten": top_ten,
    "rd_growth_spread": rd_growth_spread,
    "growth_shape": growth_shape,
    "dominance": dominance,
}
"""Of firms at the end of a year, now and a year before."""


def _value_added_over_gdp(*sectors: str) -> Callable[[World, Facts], Array]:
    def measured_share(world: World, facts: Facts) -> Array:
        counted = np.isin(facts.sectors, sectors)[None, None, :, None]
        return total(world.cells.value_added * counted, SECTOR) / world.states.gdp

    return measured_share


def _digital_frontier(world: World, _facts: Facts) -> Array:
    """Mean over digital sectors of the better of the two frontiers, log."""
    digital = tagged(world.structure.tags, "digital_core")
    best = np.maximum(world.cells.frontier[:, :1], world.cells.frontier[:, 1:])
    return np.repeat(total(best * digital, SECTOR) / digital.sum(), N_STATES, axis=1)


def _chip_lead(world: World, facts: Facts) -> Array:
    """Log frontier in semiconductors less that of the rival."""
    ours = world.cells.frontier[:, :, [facts.sectors.index("semiconductors")]]
    return ours - rival(ours)


type StateMeasure = Callable[[World, Facts], Array]

EACH_QUARTER: Final[Mapping[str, StateMeasure]] = {
    "electronics": _value_added_over_gdp("devices_networks", "semiconductors"),
    "software": _value_added_over_gdp(*SERVICES),
    "pharma": _value_added_over_gdp("pharma_biotech"),
    "batteries": _value_added_over_gdp("batteries"),
    "digital_frontier": _digital_frontier,
    "chip_lead": _chip_lead,
    "digital_price_fall": lambda world, _: world.states.digital_price_fall,
    "entry_rate": lambda world, _: 4.0 * total(world.cells.entered, SECTOR) / total(world.cells.firms, SECTOR),
    "exit_rate": lambda world, _: 4.0 * total(world.cells.exited, SECTOR) / total(world.cells.firms, SECTOR),
    "firm_intensity": lambda world, _: total(world.cells.rd, SECTOR) / total(world.cells.sales, SECTOR),
}
"""Of a state in a quarter, (run, state, 1, 1); a year is their mean."""

MEASURES: Final = frozenset({*AT_YEAR_ENDS, *EACH_QUARTER, *SERIES})


@dataclass(slots=True)
class Observer:
    """Follows a batch of worlds and keeps what moments need."""

    facts: Facts
    outcomes: dict[str, list[Numbers]] = field(default_factory=dict)
    flows: dict[str, list[Numbers]] = field(default_factory=dict)
    ends: dict[str, list[Numbers]] = field(default_factory=dict)
    last: Sizes | None = None

    def see(self, world: World) -> None:
        """Take in the base year, then every quarter."""
        for name, values in measured(world, OUTCOMES).items():
            self.outcomes.setdefault(name, []).append(values)
        for name, of in EACH_QUARTER.items():
            self.flows.setdefault(name, []).append(of(world, self.facts)[:, :, 0, 0])
        if world.quarter % 4 == 0:
            self._year_end(world)

    def _year_end(self, world: World) -> None:
        now = sizes(world)
        for name, of in AT_YEAR_ENDS.items():
            nothing = np.full(now.sales.shape[:2], np.nan)
            self.ends.setdefault(name, []).append(nothing if self.last is None else of(now, self.last, world))
        self.last = now

    def annual(self, time: Numbers, runs: Iterable[int]) -> Annual:
        """Everything by year.

        Parameters
        ----------
        time : starts of quarters, the base year's first
        runs : indices of the runs
        """
        outcomes = {name: np.stack(found, axis=-1) for name, found in self.outcomes.items()}
        record = Record(outcomes, time, np.array(list(runs)), self.facts.sectors, seed=0)
        series = {name: annual(record, self.facts, name) for name in SERIES}
        flows = {name: by_year(np.stack(found, axis=-1)) for name, found in self.flows.items()}
        return series | flows | {name: np.stack(found, axis=-1) for name, found in self.ends.items()}


def _ranked(values: Array) -> Numbers:
    """Of a state's firms in falling order, (run, state, rank); NaN last."""
    return -np.sort(-values.reshape(*values.shape[:2], -1), axis=-1)


def _growth(now: Array, before: Array, world: World) -> Array:
    """Log growth over a year; NaN for a firm that was not there."""
    same = world.firms.age >= 1.0
    return np.where(same, np.log(now) - np.log(before), np.nan)
