"""Two scenarios with the same luck, run by run: how an outcome changes, and how sure that is.

Run `i` of one scenario and run `i` of another draw the same random numbers as long as they share the seed, so that
their difference is what the scenario does. Its spread over runs is far smaller than that of either level.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.record import Record
from techduel.ensemble.sets import Runs, by_set
from techduel.ensemble.summary import QUANTILES, statistics
from techduel.facts import load_facts
from techduel.model.axes import HUNDRED, STATES, Numbers
from techduel.model.outcomes import OUTCOMES, RUN_TIME, SECTOR_TIME, STATE_TIME

type Row = tuple[str | float, ...]
"""One line of a table, in the order of its columns."""

SPREAD: Final = ("mean", "se", *QUANTILES, "share_positive", "share_negative", "share_same_sign")
"""What `spread` says of a difference; ``share_same_sign`` is about the sign of the median."""
MEDIAN: Final = 2 + [*QUANTILES].index("q50")
"""Place of the median in `statistics`."""
COLUMNS: Final = ("scenario", "variable", "state", "sector", "time", *SPREAD, "unit")
SECTOR_OUTCOMES: Final = (
    *("lead", "lead_months", "technology_frontier", "sales", "exports", "imports"),
    *("rd", "innovations", "self_sufficiency"),
)
"""Outcomes by sector that a table of differences shows."""
LEADS: Final = ("lead", "lead_months")
"""The outcome that is a lead, in log points and in months."""
LEAD: Final = "lead_frontier"
LEAD_BY_SIZE: Final = "lead_frontier_by_size"
LEAD_MONTHS: Final = "lead_months_frontier"


@dataclass(frozen=True, slots=True)
class MeanLead:
    """A mean of leads over the sectors tagged ``frontier``: no outcome of its own."""

    outcome: str
    title: str
    by_size: bool = False
    """Whether sectors weigh as their markets of 2020 do, the same in every run, scenario and year."""

    @property
    def unit(self) -> str:
        """Of the outcome."""
        return OUTCOMES[self.outcome].unit


MEAN_LEADS: Final[Mapping[str, MeanLead]] = {
    LEAD: MeanLead("lead", "lead in frontier fields"),
    LEAD_BY_SIZE: MeanLead("lead", "lead by market size", by_size=True),
    LEAD_MONTHS: MeanLead("lead_months", "lead in frontier fields, months"),
    f"{LEAD_MONTHS}_by_size": MeanLead("lead_months", "lead by market size, months", by_size=True),
}
"""By the name that tables use: each in log points and, under the name that `in_months` gives, in months."""


def in_months(lead: str) -> str:
    """Name of a lead in months, from its name in log points: of one of `MEAN_LEADS`, or of a sector."""
    return lead.replace(*LEADS, 1)


@dataclass(frozen=True, slots=True)
class Scale:
    """How two levels become a difference, and its unit."""

    unit: str
    between: Callable[[Numbers, Numbers], Numbers]
    """Of the level in the scenario and the level in the baseline."""


def _relative(level: Numbers, first: Numbers) -> Numbers:
    # Nothing can be said in per cent of nothing, unless nothing has changed.
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(level == first, 0.0, np.where(first == 0.0, np.nan, HUNDRED * (level / first - 1.0)))


def _hundredths(level: Numbers, first: Numbers) -> Numbers:
    return HUNDRED * (level - first)


def _plain(level: Numbers, first: Numbers) -> Numbers:
    return level - first


PERCENT: Final = Scale("%", _relative)
POINTS: Final = Scale("percentage points", _hundredths)
LOG_POINTS: Final = Scale("log points", _hundredths)
INDEX_POINTS: Final = Scale("points of 100", _hundredths)
_BY_UNIT: Final[Mapping[str, Scale]] = {"log": LOG_POINTS, "index": INDEX_POINTS}
_IN_PERCENT: Final = ("bn ", "thousand ", "2020 = 1", "per year")
"""How the units of levels begin that are compared in per cent."""


def in_its_unit(unit: str) -> Scale:
    """The plain difference of two levels of this unit."""
    return Scale(unit, _plain)


def scale(name: str) -> Scale:
    """How an outcome is compared: levels in per cent, shares and growth in points, the rest in its own unit."""
    unit = (OUTCOMES.get(name) or MEAN_LEADS[name]).unit
    if "growth" in name or unit.startswith("share"):
        return POINTS
    if unit.startswith(_IN_PERCENT):
        return PERCENT
    return _BY_UNIT.get(unit) or in_its_unit(unit)


def variables(record: Record) -> list[str]:
    """The outcomes of a record that a table of differences shows."""
    wide = [name for name in record.values if OUTCOMES[name].dims in {STATE_TIME, RUN_TIME}]
    sectoral = [name for name in SECTOR_OUTCOMES if name in record.values]
    return [*wide, *(name for name, mean in MEAN_LEADS.items() if mean.outcome in record.values), *sectoral]


def year_ends(record: Record, name: str) -> Numbers:
    """An outcome, or a mean of leads, in the base year and at every year's end, (run, ..., year)."""
    return mean_lead(record, name) if name in MEAN_LEADS else record.year_ends(name)


def mean_lead(record: Record, name: str) -> Numbers:
    """One of `MEAN_LEADS` at year ends, (run, state, year)."""
    return over_frontier(record.year_ends(MEAN_LEADS[name].outcome), record.sectors, MEAN_LEADS[name].by_size)


def over_frontier(values: Numbers, sectors: Sequence[str], by_size: bool = False) -> Numbers:
    """Mean over the frontier fields of values by (run, state, sector, ...)."""
    sizes = frontier_sizes()
    chosen = [place for place, sector in enumerate(sectors) if sector in sizes]
    weights = [sizes[sectors[place]] if by_size else 1.0 for place in chosen]
    return np.asarray(np.average(values[:, :, chosen], axis=2, weights=weights))


@cache
def frontier_sizes() -> Mapping[str, float]:
    """The sectors tagged ``frontier`` with their markets of 2020, bn USD."""
    facts = load_facts()
    sizes = zip(facts.sectors, facts.base.market_size.tolist(), facts.tags["frontier"], strict=True)
    return {name: size for name, size, tagged in sizes if tagged}


def pair(record: Record, baseline: Record) -> tuple[Record, Record]:
    """The runs that two records share, in the same order; a run that failed on one side is left out on both.

    Raises
    ------
    ValueError
        If seed, times or sectors differ, or no run is in both: then there is nothing to pair.
    """
    same_luck = record.seed == baseline.seed and record.sectors == baseline.sectors
    if not same_luck or not np.array_equal(record.time, baseline.time):
        raise ValueError("records can be paired only with the same seed, sectors and times")
    _, ours, theirs = np.intersect1d(record.runs, baseline.runs, return_indices=True)
    if not ours.size:
        raise ValueError("the records have no run in common")
    return _of_runs(record, ours), _of_runs(baseline, theirs)


def _of_runs(record: Record, places: NDArray[np.intp]) -> Record:
    if np.array_equal(places, np.arange(len(record.runs))):
        return record
    values = {name: numbers[places] for name, numbers in record.values.items()}
    return replace(record, values=values, runs=record.runs[places], firms={}, ledger={}, snapshots={}, diagnostics={})


def difference(record: Record, baseline: Record, name: str) -> Numbers:
    """Change of one outcome at year ends for each common run, (run, ..., year), in the unit of its `scale`."""
    ours, theirs = pair(record, baseline)
    return scale(name).between(year_ends(ours, name), year_ends(theirs, name))


def rows(
    name: str, changes: Numbers, runs: Runs, scenario: str, sectors: Sequence[str], time: Numbers
) -> Iterator[Row]:
    """The rows of one variable, from its changes by run."""
    dims = OUTCOMES[name].dims if name in OUTCOMES else STATE_TIME
    states = STATES if "state" in dims else ("",)
    moments = [f"{moment:.2f}" for moment in time[::4]]
    labels = product(states, sectors if dims == SECTOR_TIME else ("",), moments)
    for where, numbers in zip(labels, spread(changes, runs).tolist(), strict=True):
        yield (scenario, name, *where, *numbers, scale(name).unit)


def spread(changes: Numbers, runs: Runs) -> Numbers:
    """`SPREAD` of changes by (run, ...): (cell, statistic), cells in the order of the remaining axes.

    Parameters
    ----------
    changes : (run, ...)
    runs : (run,)
        Indices, which tell the parameter sets that errors go by.
    """
    cells = changes.reshape(len(changes), -1)
    statistic, sets = statistics(cells), by_set(cells, runs)
    present = np.count_nonzero(~np.isnan(cells), axis=0)
    positive, negative = (np.count_nonzero(sign * cells > 0.0, axis=0) for sign in (1.0, -1.0))
    same_sign = np.count_nonzero(np.sign(cells) == np.sign(statistic[:, MEDIAN]), axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        errors = statistics(sets)[:, 1] / np.sqrt(np.count_nonzero(~np.isnan(sets), axis=0))
        shares = np.stack([positive / present, negative / present, same_sign / present], axis=1)
    return np.concatenate([statistic[:, :1], errors[:, None], statistic[:, 2:], shares], axis=1)
