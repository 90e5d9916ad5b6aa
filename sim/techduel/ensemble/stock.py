"""The stock of a study: where each run of each point lies among the stored chunks."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.chunks import ROWS, Arrays, Rows, Shapes, Wanted, failure_name, numbered, read_rows, read_shapes
from techduel.ensemble.manifest import CHUNK, CHUNKS, DamagedResult, OldResult, required_manifest, sound_chunk
from techduel.model.axes import Mask, Numbers
from techduel.scenario.fingerprint import made_here

NOWHERE: Final = -1
OPEN: Final = 32
"""Chunks kept in memory while tables are written."""

type Notice = Callable[[str], None]
"""Takes one line for the user's screen."""
type Fits = Callable[[Rows, Shapes], bool]
"""Whether the arrays of a chunk are what a study stores; asked only of one that has rows that did not fail."""


class Stock:
    """The finished runs of a study; a place is the number of a chunk times `ROWS`, plus the row.

    Parameters
    ----------
    folder : Path
        Result folder.
    points : sequence of str
        Names of the points, each once.
    runs : int
        How many runs each point shall have.
    fits : callable, optional
        Whether arrays are what is stored here; anything but what was written is taken for damaged.
    """

    def __init__(self, folder: Path, points: Sequence[str], runs: int, fits: Fits = lambda rows, shapes: True) -> None:
        self._folder, self._fits = folder, fits
        self._points = {point: place for place, point in enumerate(points)}
        self._places = np.full((len(points), runs), NOWHERE, dtype=np.int64)
        self._failed = np.zeros((len(points), runs), dtype=bool)
        self._names: list[str] = []
        self._last = NOWHERE
        self._opened = lru_cache(maxsize=OPEN)(lambda name: read_rows(folder / name))

    @property
    def chunks(self) -> list[str]:
        """Names of the files in use."""
        return list(self._names)

    @property
    def runs(self) -> int:
        """How many runs each point shall have."""
        return self._places.shape[1]

    def find(self, fingerprint: Mapping[str, str], notice: Notice) -> None:
        """Enter every sound chunk of this fingerprint; damaged ones are removed, whatever else lies there stays."""
        for path in sorted((self._folder / CHUNKS).glob("*")):
            name = f"{CHUNKS}/{path.name}"
            named = CHUNK.fullmatch(name)
            if named is None or not path.is_file():
                notice(f"{self._folder.name}/{name[:60]} is no chunk; left alone")
                continue
            rows = self._read(name)
            if rows is None:
                notice(f"{self._folder.name}/{name[:40]}... is damaged; computing its runs again")
                path.unlink()
            elif named["number"] != numbered(fingerprint, rows.points.tolist(), rows.runs.tolist()):
                notice(f"{self._folder.name}/{name[:40]}... is of another version or configuration; left alone")
            else:
                self.add(name, rows)

    def enter(self, name: str) -> None:
        """Enter a chunk that the manifest vouches for.

        Raises
        ------
        DamagedResult
            If it is not what it was.
        OldResult
            If it is, but other sources wrote it, and not what these would.
        """
        rows = self._read(name)
        if rows is None and self._of_other_sources(name):
            raise OldResult(
                f"{self._folder.name}: computed under other sources, and its runs do not hold what these would; the "
                "same command computes it again and keeps this as NAME@before"
            )
        if rows is None:
            raise DamagedResult(
                f"{self._folder.name}/{name[:40]}... is missing or damaged; the same command computes it again"
            )
        self.add(name, rows)

    def _of_other_sources(self, name: str) -> bool:
        """Whether a chunk is as it was written, by other equations, facts or outcomes."""
        return sound_chunk(self._folder, name) and not made_here(required_manifest(self._folder).fingerprint, None)

    def _read(self, name: str) -> Rows | None:
        """Rows of a chunk without their arrays; None if it is not sound."""
        path = self._folder / name
        try:
            if not sound_chunk(self._folder, name):
                return None
            rows, shapes = read_shapes(path)
        except DamagedResult:
            return None
        return rows if rows.failed.all() or self._fits(rows, shapes) else None

    def add(self, name: str, rows: Rows) -> None:
        """Enter one chunk; a run that is there already is replaced only if it had failed."""
        number = len(self._names)
        self._names.append(name)
        place = np.array([self._points.get(str(point), NOWHERE) for point in rows.points])
        self._last = max(self._last, int(rows.runs[place == 0].max(initial=NOWHERE)))
        fits = (place != NOWHERE) & (rows.runs < self._places.shape[1])
        for row in np.flatnonzero(fits):
            spot = (place[row], rows.runs[row])
            if self._places[spot] == NOWHERE or (self._failed[spot] and not rows.failed[row]):
                self._places[spot] = number * ROWS + row
                self._failed[spot] = rows.failed[row]

    def missing(self, retry: bool = False) -> Mask:
        """Which runs of which points are still to be computed, (point, run); with `retry` also those that failed."""
        there = self._places != NOWHERE
        return ~there | self._failed if retry else ~there

    @property
    def stored(self) -> int:
        """Runs of the first point that are there, up to the last, wanted or not."""
        return self._last + 1

    @property
    def sound(self) -> int:
        """How many runs have numbers."""
        return int(np.count_nonzero((self._places != NOWHERE) & ~self._failed))

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

    def values(self, points: Sequence[int], name: str, width: int | None = None) -> tuple[Numbers, Mask]:
        """Numbers of some points, (point, run, width), NaN in runs that failed; and which failed, (point, run).

        The width is that of the first chunk where it is not given.
        """
        failed = self._failed[list(points)]
        places = np.where(failed, NOWHERE, self._places[list(points)])
        found = None if width is None else np.full((*places.shape, width), np.nan)
        for chunk, spots, rows in self._by_chunk(places):
            opened = self._opened(chunk)
            if found is None:
                found = np.full((*places.shape, opened.values[name].shape[1]), np.nan)
            found[spots] = opened.values[name][_sound_place(opened)[rows]]
        if found is None:
            raise ValueError("none of these points has been computed")
        return found, failed

    def shapes(self) -> Shapes:
        """Shape and kind of the arrays by row in the first chunk that has any."""
        found = (read_shapes(self._folder / name)[1] for name in self._names)
        return next((shapes for shapes in found if shapes), {})

    def one(self, point: int, run: int, name: str) -> Any:
        """One stored element; an error if it failed or is not there."""
        place = int(self._places[point, run])
        if place == NOWHERE or self._failed[point, run]:
            raise KeyError(name)
        opened = self._opened(self._names[place // ROWS])
        return opened.values[name][_sound_place(opened)[place % ROWS]]

    def blocks(self, wanted: Wanted, size: int) -> Iterator[tuple[NDArray[np.int64], Arrays, Arrays]]:
        """Runs of the first point that did not fail: indices, arrays by row and common ones, `size` indices at a time.

        Parameters
        ----------
        wanted : callable
            Which arrays to read.
        size : int
            Block k holds the runs from k * size on, in their order, whatever chunks they lie in; one that is empty is
            left out.
        """
        sound = np.where(self._failed[:1], NOWHERE, self._places[:1])
        for first in range(0, self.runs, size):
            found = self._by_chunk(sound[:, first : first + size])
            parts = [self._part(name, first + spots[1], rows, wanted) for name, spots, rows in found]
            if parts:
                order = np.argsort(np.concatenate([runs for runs, _, _ in parts]))
                runs = np.concatenate([found for found, _, _ in parts])[order]
                yield runs, _merged([arrays for _, arrays, _ in parts], order), parts[0][2]

    def _part(
        self, name: str, runs: NDArray[np.intp], rows: NDArray[np.int64], wanted: Wanted
    ) -> tuple[NDArray[np.int64], Arrays, Arrays]:
        chunk = read_rows(self._folder / name, wanted)
        places = _sound_place(chunk)[rows]
        return runs.astype(np.int64), {key: found[places] for key, found in chunk.values.items()}, chunk.common

    def _by_chunk(
        self, places: NDArray[np.int64]
    ) -> Iterator[tuple[str, tuple[NDArray[np.intp], ...], NDArray[np.int64]]]:
        there = np.nonzero(places != NOWHERE)
        numbers, rows = np.divmod(places[there], ROWS)
        order = np.argsort(numbers, kind="stable")
        ends = np.flatnonzero(np.diff(numbers[order])) + 1
        for part in np.split(order, ends) if order.size else ():
            yield self._names[numbers[part[0]]], tuple(axis[part] for axis in there), rows[part]


def same_runs(one: Path, other: Path) -> bool:
    """Whether every run that one result folder stores is the same, bit for bit, in another, which may store more.

    Raises
    ------
    DamagedResult
        If a chunk of either is damaged.
    """
    left = {run: mark for name in required_manifest(one).chunks for run, mark in _marks(one / name)}
    for name in required_manifest(other).chunks:
        for run, mark in _marks(other / name):
            if left.get(run, mark) == mark:
                left.pop(run, None)
    return not left


def _marks(path: Path) -> Iterator[tuple[tuple[str, int], bytes]]:
    """Point and run of every row of a chunk, and a hash of all that it says of them."""
    chunk = read_rows(path)
    names, places = sorted(chunk.values), _sound_place(chunk)
    for row, (point, run, failed) in enumerate(zip(chunk.points, chunk.runs, chunk.failed, strict=True)):
        mark = hashlib.sha256()
        for name in names if not failed else ():
            mark.update(name.encode() + chunk.values[name][places[row]].tobytes())
        yield (str(point), int(run)), mark.digest()[:16]


def _sound_place(rows: Rows) -> NDArray[np.int64]:
    """Places in the arrays of a chunk by row; of no meaning where a row failed."""
    return np.cumsum(~rows.failed) - 1


def _merged(parts: Sequence[Arrays], order: NDArray[np.intp]) -> Arrays:
    if len(parts) == 1 and np.array_equal(order, np.arange(len(order))):
        return parts[0]
    return {name: np.concatenate([part[name] for part in parts])[order] for name in parts[0]}
