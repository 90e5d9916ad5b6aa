"""A scenario against its baseline: every change by run, from two records or from two stored results."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.headlines import Cost, change, costs, levels
from techduel.ensemble.manifest import DamagedResult, required_manifest, verified
from techduel.ensemble.paired import SECTOR_OUTCOMES, Numbers, Row, difference, pair, rows, variables
from techduel.ensemble.record import Record
from techduel.ensemble.store import read_chunk
from techduel.model.axes import STATES
from techduel.model.outcomes import OUTCOMES, RUN_TIME, STATE_TIME

READ: Final = frozenset(
    {name for name, known in OUTCOMES.items() if known.dims in {STATE_TIME, RUN_TIME}} | set(SECTOR_OUTCOMES)
)
"""Outcomes that a contrast is made of."""


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
    drawn: bool = True
    """Whether runs differ by parameters, so that changes have a band of them."""

    @property
    def years(self) -> Numbers:
        """Calendar years of the changes."""
        return np.floor(self.time[::4])

    def headline(self, name: str) -> Numbers:
        """Change of a headline, (run, state) or (run, 1)."""
        return change(name, self.level[name], self.first[name])

    def costs(self) -> list[Cost]:
        """What the scenario costs both states and what it buys them."""
        return costs(self.level, self.first)

    def rows(self) -> Iterator[Row]:
        """The rows of ``differences.csv``."""
        for name, numbers in self.changes.items():
            yield from rows(name, numbers, self.scenario, self.sectors, self.time)


def contrast(record: Record, baseline: Record, rate: float, scenario: str = "") -> Contrast:
    """The contrast of two records with the same seed.

    Parameters
    ----------
    record, baseline : Record
        With at least the outcomes `READ`, as far as they are wanted.
    rate : float
        At which real income is discounted, per year.
    scenario : str
        Name of the first.
    """
    ours, theirs = pair(record, baseline)
    return Contrast(
        scenario=scenario,
        runs=ours.runs,
        time=ours.time,
        sectors=ours.sectors,
        changes={name: difference(ours, theirs, name) for name in variables(ours)},
        level=levels(ours, rate),
        first=levels(theirs, rate),
    )


def stored_contrast(folder: Path, baseline: Path, rate: float) -> Contrast:
    """The contrast of two stored results, read one chunk of runs at a time.

    Raises
    ------
    DamagedResult
        If a chunk is damaged, or no run is finished in both.
    """
    pairs = _chunk_pairs(folder, baseline)
    return _joined(contrast(ours, theirs, rate, folder.name) for ours, theirs in pairs)


def _chunk_pairs(folder: Path, baseline: Path) -> Iterator[tuple[Record, Record]]:
    """The same chunk of both; one of which every run failed on either side is left out."""
    ours, theirs = required_manifest(folder), required_manifest(baseline)
    names = [name for name in ours.stored_chunks if name in theirs.stored_chunks]
    for name in names:
        record = read_chunk(verified(folder, name, ours), READ)
        first = read_chunk(verified(baseline, name, theirs), READ)
        if np.intersect1d(record.runs, first.runs).size:
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
    )


def _stacked(parts: Sequence[dict[str, Numbers]]) -> dict[str, Numbers]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def states_of(numbers: Numbers) -> tuple[str, ...]:
    """Labels along the second axis of a headline: the states, or nothing for the world."""
    return STATES if numbers.shape[1] == len(STATES) else ("",)
