"""What is there of a sweep: where each run of each point lies among the stored chunks."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.chunks import Rows, failure_name, read_chunk, sound_chunks

NOWHERE: Final = -1
ROWS: Final = 2**20
"""More rows than a chunk has: a place is the chunk's number times this, plus the row."""
OPEN: Final = 32
"""Chunks kept in memory while tables are written."""


class Stock:
    """The finished runs of a sweep.

    Parameters
    ----------
    folder : Path
        Result folder.
    points : sequence of str
        `Placed.identity` of every point, each once.
    runs : int
        How many runs each point shall have.
    """

    def __init__(self, folder: Path, points: Sequence[str], runs: int) -> None:
        self._folder = folder
        self._points = {point: place for place, point in enumerate(points)}
        self._places = np.full((len(points), runs), NOWHERE, dtype=np.int64)
        self._failed = np.zeros((len(points), runs), dtype=bool)
        self._names: list[str] = []
        self._opened = lru_cache(maxsize=OPEN)(lambda name: read_chunk(folder / name))

    def find(self, fingerprint: dict[str, str], notice: Callable[[str], None]) -> None:
        """Enter every sound chunk of the folder; those that are damaged or of another fingerprint are removed."""
        for name, rows in sound_chunks(self._folder, fingerprint, notice):
            self.add(name, rows)

    def add(self, name: str, rows: Rows) -> None:
        """Enter one chunk; a run that is there already is replaced only if it had failed."""
        number = len(self._names)
        self._names.append(name)
        place = np.array([self._points.get(str(point), NOWHERE) for point in rows.points])
        fits = (place != NOWHERE) & (rows.runs < self._places.shape[1])
        for row in np.flatnonzero(fits):
            spot = (place[row], rows.runs[row])
            if self._places[spot] == NOWHERE or (self._failed[spot] and not rows.failed[row]):
                self._places[spot] = number * ROWS + row
                self._failed[spot] = rows.failed[row]

    def missing(self, retry: bool = False) -> NDArray[np.bool_]:
        """Which runs of which points are still to be computed, (point, run); with `retry` also those that failed."""
        there = self._places != NOWHERE
        return ~there | self._failed if retry else ~there

    @property
    def failed(self) -> list[tuple[str, int]]:
        """Point and run of every failure."""
        points = list(self._points)
        return [(points[point], int(run)) for point, run in np.argwhere(self._failed)]

    def notes(self) -> Iterator[tuple[str, str]]:
        """File name and content of the record of every failure."""
        points = np.array(list(self._points))
        lost = np.where(self._failed, self._places, NOWHERE)
        for name, (places, runs), rows in self._by_chunk(lost):
            chunk = self._opened(name)
            number = np.cumsum(chunk.failed) - 1
            for point, run, row in zip(points[places], runs, rows, strict=True):
                yield failure_name(str(point), int(run)), chunk.notes[number[row]].decode()

    def values(self, points: Sequence[int]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Numbers of some points, (point, run, measure), NaN in runs that failed; and which failed, (point, run)."""
        places = self._places[list(points)]
        found: NDArray[np.float64] | None = None
        for name, spots, rows in self._by_chunk(places):
            values = self._opened(name).values
            if found is None:
                found = np.full((*places.shape, values.shape[1]), np.nan)
            found[spots] = values[rows]
        if found is None:
            raise ValueError("none of these points has been computed")
        return found, self._failed[list(points)]

    def _by_chunk(
        self, places: NDArray[np.int64]
    ) -> Iterator[tuple[str, tuple[NDArray[np.intp], ...], NDArray[np.int64]]]:
        for number in np.unique(places // ROWS).tolist():
            if number >= 0:
                spots = np.nonzero(places // ROWS == number)
                yield self._names[number], spots, places[spots] % ROWS
