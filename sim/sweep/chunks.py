"""Chunks of a sweep: rows that were computed together, in files whose names vouch for their content.

A chunk is written whole or not at all, by whoever computed it, and its name holds its SHA-256. So what is finished is
known from the files alone, also when the command was killed before it heard of it.
"""

import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.manifest import CHUNKS, digest, written
from sim.provenance import config_hash
from sim.sweep.moves import Setting

type Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Task:
    """Rows to compute together: all that a worker has to know, wherever it is."""

    number: str
    """Hash of the configuration, its rows and the version, see `numbered`."""
    config: dict[str, Any]
    """What all rows share."""
    settings: tuple[Setting, ...]
    """What may differ by row."""
    values: Numbers
    """(row, setting); NaN where a row leaves a setting as configured."""
    points: tuple[str, ...]
    """`Placed.identity` by row."""
    runs: tuple[int, ...]
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


@dataclass(frozen=True, slots=True)
class Finished:
    """What the parent is told of a chunk."""

    name: str
    """Of its file, inside the result folder."""
    rows: Rows
    content: bytes | None
    """The file, where the worker has not stored it."""
    notes: dict[str, str]
    """Records of failed runs by file name, where the worker has not stored them."""


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
    )
    return stream.getvalue()


def chunk_name(number: str, content: bytes) -> str:
    """Name of a chunk's file, inside the result folder."""
    return f"{CHUNKS}/{number}-{hashlib.sha256(content).hexdigest()}.npz"


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
    """The rows of a chunk that `sound_chunks` has named."""
    with np.load(path, allow_pickle=False) as stored:
        return Rows(stored["points"], stored["runs"], stored["values"], stored["failed"])


def sound_chunks(folder: Path, notice: Callable[[str], None]) -> Iterator[str]:
    """Names of the chunks that hold what was written, in their order; the others are removed, with a notice."""
    for path in sorted((folder / CHUNKS).glob("*")):
        name = f"{CHUNKS}/{path.name}"
        if path.is_file() and path.suffix == ".npz" and path.stem.rpartition("-")[2] == digest(path):
            yield name
        else:
            notice(f"{folder.name}/{name[:40]}... is damaged; computing its runs again")
            path.unlink()
