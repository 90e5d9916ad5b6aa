"""A scenario against its baseline: every change by run, from two records or from two stored results."""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.headlines import LEAD, Cost, change, costs, headline, levels, until
from techduel.ensemble.manifest import DamagedResult
from techduel.ensemble.paired import SECTOR_OUTCOMES, Numbers, Row, difference, pair, rows, variables
from techduel.ensemble.record import Record
from techduel.ensemble.runs import records
from techduel.model.axes import STATES
from techduel.model.outcomes import OUTCOMES, RUN_TIME, STATE_TIME

READ: Final = frozenset(
    {name for name, known in OUTCOMES.items() if known.dims in {STATE_TIME, RUN_TIME}} | set(SECTOR_OUTCOMES)
)
"""Outcomes that a contrast is made of."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a comparison is asked: when, and about which outcomes beside those of `headlines.HEADLINES`."""

    year: int | None = None
    """Of headlines and costs; the last one when None."""
    more: tuple[str, ...] = ()
    """Names of further headlines."""
    lead: str = LEAD
    """The lead that costs are held against."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """What a scenario changes, run by run."""

    scenario: str
    runs: NDArray[np.int64]
    time: Numbers
    """Starts of quarters, as in the records."""
    sectors: tuple[str, ...]
    changes: dict[str, Numbers]
    """By variable: (run, ..., year), in the unit of its `paired.scale`."""
    level: dict[str, Numbers]
    """Headlines of the scenario, (run, state) or (run, 1) each."""
    first: dict[str, Numbers]
    """Those of the baseline."""
    asked: Asked = Asked()

    @property
    def years(self) -> Numbers:
        """Calendar years of the changes."""
        return np.floor(self.time[::4])

    @property
    def year(self) -> int:
        """Of the headlines."""
        return int(self.years[-1]) if self.asked.year is None else self.asked.year

    def headline(self, name: str) -> Numbers:
        """Change of a headline, (run, state) or (run, 1)."""
        return change(name, self.level[name], self.first[name])

    def costs(self) -> list[Cost]:
        """What the scenario costs both states and what it buys them."""
        return costs(self.level, self.first, self.asked.lead)

    def rows(self) -> Iterator[Row]:
        """The rows of ``differences.csv``."""
        for name, numbers in self.changes.items():
            yield from rows(name, numbers, self.scenario, self.sectors, self.time)


ANYTHING: Final = Asked()
"""Headlines at the horizon."""


def contrast(record: Record, baseline: Record, rate: float, scenario: str = "", asked: Asked = ANYTHING) -> Contrast:
    """The contrast of two records with the same seed.

    Parameters
    ----------
    record, baseline : Record
        With at least the outcomes `READ`, as far as they are wanted.
    rate : float
        At which real income is discounted, per year.
    scenario : str
        Name of the first.
    asked : Asked
        Year and further outcomes of the headlines.
    """
    ours, theirs = pair(record, baseline)
    year = int(ours.years[-1]) if asked.year is None else asked.year
    return Contrast(
        scenario=scenario,
        runs=ours.runs,
        time=ours.time,
        sectors=ours.sectors,
        changes={name: difference(ours, theirs, name) for name in variables(ours)},
        level=levels(until(ours, year), rate, asked.more),
        first=levels(until(theirs, year), rate, asked.more),
        asked=asked,
    )


def stored_contrast(folder: Path, baseline: Path, rate: float, asked: Asked = ANYTHING) -> Contrast:
    """The contrast of two stored results, read one block of runs at a time.

    Raises
    ------
    DamagedResult
        If a chunk is damaged, or no run is finished in both.
    """
    pairs = _pairs(folder, baseline, READ | {headline(name).needs for name in asked.more})
    return _joined(contrast(ours, theirs, rate, folder.name, asked) for ours, theirs in pairs)


def _pairs(folder: Path, baseline: Path, read: Set[str]) -> Iterator[tuple[Record, Record]]:
    """The same block of runs of both; one in which no run is finished on both sides is left out."""
    theirs = records(baseline, read)
    first = next(theirs, None)
    for record in records(folder, read):
        while first is not None and first.runs[-1] < record.runs[0]:
            first = next(theirs, None)
        if first is not None and np.intersect1d(record.runs, first.runs).size:
            yield record, first


def _joined(parts: Iterable[Contrast]) -> Contrast:
    found = list(parts)
    if not found:
        raise DamagedResult("no run is finished in both results")
    one = found[0]
    return Contrast(
        scenario=one.scenario,
        runs=np.concatenate([part.runs for part in found]),
        time=one.time,
        sectors=one.sectors,
        changes=_stacked([part.changes for part in found]),
        level=_stacked([part.level for part in found]),
        first=_stacked([part.first for part in found]),
        asked=one.asked,
    )


def _stacked(parts: Sequence[dict[str, Numbers]]) -> dict[str, Numbers]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def states_of(numbers: Numbers) -> tuple[str, ...]:
    """Labels along the second axis of a headline: the states, or nothing for the world."""
    return STATES if numbers.shape[1] == len(STATES) else ("",)
