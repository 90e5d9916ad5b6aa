"""Chunks of a sweep: rows that were computed together, in files whose names vouch for their content.

A chunk is written whole or not at all, by whoever computed it, and its name holds its SHA-256. So what is finished is
known from the files alone, also when the command was killed before it heard of it.
"""

import hashlib
import io
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.factor_moves import Setting
from techduel.ensemble.manifest import CHUNKS, FAILURES, digest, written
from techduel.scenario.fingerprint import config_hash

type Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Task:
    """Rows to compute together: all that a worker has to know, wherever it is."""

    number: str
    """Hash of the configuration, its rows and the version, see `numbered`."""
    version: str
    """What a worker has to be, see `techduel.ensemble.tasks.own_version`."""
    config: dict[str, Any]
    """What all rows share."""
    settings: tuple[Setting, ...]
    """What may differ by row."""
    values: Numbers
    """(row, setting); NaN where a row leaves a setting as configured."""
    points: tuple[str, ...]
    """`Placed.identity` by row."""
    runs: tuple[int, ...]
    """Number of the run at its point, by row."""
    lucks: tuple[int, ...]
    """Index of the luck by row."""
    seed: int
    outcomes: tuple[str, ...]
    years: tuple[int, ...]
    folder: str | None
    """Where the worker stores the chunk; None to send it back."""
    limit: float | None
    """Seconds that the chunk may take, and after that each of its runs alone."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Computed rows."""

    points: NDArray[np.str_]
    runs: NDArray[np.int64]
    values: Numbers
    """(row, measure); NaN in rows that failed."""
    failed: NDArray[np.bool_]
    """(row,)"""
    notes: NDArray[np.bytes_]
    """(failure,) JSON on why, in the order of the rows that failed."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What the parent is told of a chunk."""

    name: str
    """Of its file, inside the result folder."""
    rows: Rows
    """Without their values where the worker has stored them: those need not travel."""
    content: bytes | None
    """The file, where the worker has not stored it."""


def numbered(fingerprint: dict[str, str], points: Sequence[str], runs: Sequence[int]) -> str:
    """The number of a chunk: 24 hexadecimal digits."""
    return config_hash({**fingerprint, "points": list(points), "rows": list(map(int, runs))})[:24]


def packed(rows: Rows) -> bytes:
    """The content of a chunk's file; the same rows give the same bytes."""
    stream = io.BytesIO()
    np.savez(
        stream,
        allow_pickle=False,
        points=rows.points,
        runs=rows.runs,
        values=rows.values,
        failed=rows.failed,
        notes=rows.notes,
    )
    return stream.getvalue()


def chunk_name(number: str, content: bytes) -> str:
    """Name of a chunk's file, inside the result folder."""
    return f"{CHUNKS}/{number}-{hashlib.sha256(content).hexdigest()}.npz"


def failure_name(point: str, run: int) -> str:
    """File name of the record of a failed run, inside the result folder."""
    return f"{FAILURES}/{point}_{run:06d}.json"


def write_chunk(path: Path, content: bytes) -> None:
    """Store a chunk under its name, at once and for good.

    Raises
    ------
    OSError
        If the disk does not take it.
    """
    with written(path) as part:
        part.write_bytes(content)


def read_chunk(path: Path) -> Rows:
    """The rows of a chunk that `sound_chunks` has found."""
    with np.load(path, allow_pickle=False) as stored:
        return Rows(*(stored[field.name] for field in fields(Rows)))


def sound_chunks(
    folder: Path, fingerprint: dict[str, str], notice: Callable[[str], None]
) -> Iterator[tuple[str, Rows]]:
    """Chunks that hold what was written for this fingerprint, in the order of their names; the others are removed."""
    for path in sorted((folder / CHUNKS).glob("*")):
        name = f"{CHUNKS}/{path.name}"
        number, _, mark = path.stem.rpartition("-")
        sound = path.is_file() and path.suffix == ".npz" and mark == digest(path)
        rows = read_chunk(path) if sound else None
        if rows is not None and number == numbered(fingerprint, rows.points.tolist(), rows.runs.tolist()):
            yield name, rows
            continue
        why = "is damaged" if rows is None else "is of another version or configuration"
        notice(f"{folder.name}/{name[:40]}... {why}; computing its runs again")
        _removed(path)


def _removed(path: Path) -> None:
    """Take away what is no chunk."""
    shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
