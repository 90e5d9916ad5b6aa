"""Chunks: rows that were computed together, in files whose names vouch for their content.

A chunk is an NPZ file, written whole or not at all by whoever computed it. Its name holds a hash of the configuration,
the rows and the version, and its own SHA-256. So what is finished is known from the files alone, also when the command
was killed before it heard of it, and no file but a sound one is ever read.
"""

import hashlib
import io
import json
import math
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from techduel.ensemble.manifest import (
    CHUNKS,
    FAILURES,
    DamagedResult,
    beside,
    digest,
    settle,
    written,
)
from techduel.model.axes import Mask
from techduel.scenario.fingerprint import config_hash, of_runs

VALUES: Final = "values"
COMMON: Final = "common"
"""Groups of a chunk's arrays: by row that did not fail, and the same in all rows."""
ROWS: Final = 2**20
"""More rows than a chunk has."""
KINDS: Final = "fiubSU"
"""Of NumPy's types: numbers, truth values and texts; never objects."""

type Arrays = dict[str, NDArray[Any]]
type Shapes = Mapping[str, tuple[tuple[int, ...], str]]
"""Shape and kind of arrays by name."""
type Wanted = Callable[[str], bool]
"""Whether an array by row is to be read."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Computed rows."""

    points: NDArray[np.str_]
    """What was computed, by row."""
    runs: NDArray[np.int64]
    """Which run of it, by row."""
    failed: Mask
    """(row,)"""
    notes: NDArray[np.bytes_]
    """(failure,) JSON on why, in the order of the rows that failed."""
    values: Arrays = field(default_factory=dict)
    """By name, (row that did not fail, ...)."""
    common: Arrays = field(default_factory=dict)
    """By name: what does not depend on the row."""


def numbered(fingerprint: Mapping[str, str], points: Sequence[str], runs: Sequence[int]) -> str:
    """The number of a chunk: 24 hexadecimal digits."""
    return config_hash({**of_runs(fingerprint), "points": list(points), "rows": list(map(int, runs))})[:24]


def packed(rows: Rows) -> bytes:
    """The content of a chunk's file, to be sent to where it is stored."""
    stream = io.BytesIO()
    _save(stream, rows)
    return stream.getvalue()


def _save(stream: Any, rows: Rows) -> None:
    """Write rows as NPZ; the same rows give the same bytes.

    NumPy dates all members 1980-01-01, so no time enters the file. Nothing is compressed: noise does not shrink.
    """
    groups = {VALUES: rows.values, COMMON: rows.common}
    arrays = {f"{group}/{name}": found for group, named in groups.items() for name, found in sorted(named.items())}
    own = {"points": rows.points, "runs": rows.runs, "failed": rows.failed, "notes": rows.notes}
    np.savez(stream, allow_pickle=False, **own, **arrays)


def write_rows(folder: Path, number: str, rows: Rows) -> str:
    """Store rows as a chunk, at once and for good; its name, inside the result folder.

    Raises
    ------
    OSError
        If the disk does not take it, or the result folder is no longer there.
    """
    with beside(folder / CHUNKS / number) as part:
        with part.open("wb") as stream:
            _save(stream, rows)
        name = f"{CHUNKS}/{number}-{digest(part)}.npz"
        settle(part, folder / name)
    return name


def write_content(folder: Path, number: str, content: bytes) -> str:
    """Store the content of a chunk that has been sent here; `write_rows` says the rest."""
    name = f"{CHUNKS}/{number}-{hashlib.sha256(content).hexdigest()}.npz"
    with written(folder / name) as part:
        part.write_bytes(content)
    return name


def failure_name(point: str, run: int) -> str:
    """File name of the record of a failed run, inside the result folder."""
    return f"{FAILURES}/{point}_{run:06d}.json"


def read_rows(path: Path, wanted: Wanted = lambda name: True) -> Rows:
    """The rows of a chunk that is sound.

    Parameters
    ----------
    path : Path
    wanted : callable, optional
        Which arrays to read of those by row.

    Raises
    ------
    DamagedResult
        If the content is none that was written here, whatever its checksum.
    """
    return _understood(path, lambda archive, size: _rows(archive, size, wanted))


def read_shapes(path: Path) -> tuple[Rows, Shapes]:
    """Rows of a sound chunk without their arrays, and what those are; `read_rows` says what is raised."""

    def read(archive: zipfile.ZipFile, size: int) -> tuple[Rows, Shapes]:
        rows = _rows(archive, size, lambda name: False)
        shapes = {name.partition("/")[2]: found for name, found in _shapes(archive, size, _by_row).items()}
        sound = len(rows.runs) - int(np.count_nonzero(rows.failed))
        if any(shape[:1] != (sound,) for shape, _ in shapes.values()):
            raise ValueError("arrays of other rows")
        return rows, shapes

    return _understood(path, read)


def _understood[Found](path: Path, read: Callable[[zipfile.ZipFile, int], Found]) -> Found:
    try:
        with zipfile.ZipFile(path) as archive:
            return read(archive, path.stat().st_size)
    except OSError:
        raise
    except Exception as error:  # whatever a stranger put there must end in a line about this file
        raise DamagedResult(f"{path.name[:40]}... is no chunk of this version ({type(error).__name__})") from error


def _rows(archive: zipfile.ZipFile, size: int, wanted: Wanted) -> Rows:
    keys = _shapes(archive, size, lambda key: not _by_row(key) or wanted(key.partition("/")[2]))
    arrays = {key: _array(archive, key) for key in keys}
    points, runs, failed, notes = (arrays.pop(name) for name in ("points", "runs", "failed", "notes"))
    values = {key.partition("/")[2]: found for key, found in arrays.items() if _by_row(key)}
    common = {key.partition("/")[2]: found for key, found in arrays.items() if not _by_row(key)}
    rows = Rows(points, runs, failed, notes, values, common)
    _check(rows)
    return rows


def _by_row(key: str) -> bool:
    return key.startswith(f"{VALUES}/")


def _shapes(archive: zipfile.ZipFile, size: int, wanted: Wanted) -> dict[str, tuple[tuple[int, ...], str]]:
    """Shape and kind of arrays by key, as far as the file can hold what their headers claim."""
    found = {}
    members = archive.infolist()
    if sum(member.file_size for member in members) > size:
        raise ValueError("members that share bytes")
    for member in members:
        key = member.filename.removesuffix(".npy")
        if not wanted(key):
            continue
        if member.compress_type != zipfile.ZIP_STORED or member.file_size > size:
            raise ValueError("compressed")
        with archive.open(member) as stream:
            shape, kind, start = _header(stream)
        if kind.kind not in KINDS or start + kind.itemsize * math.prod(shape) != member.file_size:
            raise ValueError("not what its header says")
        found[key] = (shape, kind.str)
    return found


def _header(stream: Any) -> tuple[tuple[int, ...], np.dtype[Any], int]:
    version = npy.read_magic(stream)
    read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
    shape, _, kind = read(stream)
    return shape, kind, stream.tell()


def _array(archive: zipfile.ZipFile, key: str) -> NDArray[Any]:
    with archive.open(f"{key}.npy") as stream:
        return npy.read_array(stream, allow_pickle=False)


def _check(rows: Rows) -> None:
    """Refuse rows that do not belong together."""
    count, lost = len(rows.points), int(np.count_nonzero(rows.failed))
    kinds = (rows.points.dtype.kind, rows.runs.dtype.str, rows.failed.dtype.kind, rows.notes.dtype.kind)
    sizes = {part.shape for part in (rows.points, rows.runs, rows.failed)}
    if kinds != ("U", np.dtype(np.int64).str, "b", "S") or sizes != {(count,)} or rows.notes.shape != (lost,):
        raise ValueError("rows that do not fit")
    if not count or count >= ROWS or (rows.runs < 0).any():
        raise ValueError("no rows, or too many")
    if any(found.shape[:1] != (count - lost,) for found in rows.values.values()):
        raise ValueError("arrays of other rows")
    for note in rows.notes.tolist():
        json.loads(note)
