"""Manifests of result folders: what a folder vouches for, with the size and SHA-256 of every file.

Everything is written beside its place and moved there when complete, so that a file under its final name is whole. A
file is opened only after it has been found as the manifest says. Chunks bear their SHA-256 in their names.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final, NamedTuple

from techduel.ensemble.lock import LOCK

MANIFEST: Final = "manifest.json"
PROVENANCE: Final = "provenance.json"
CONFIG: Final = "config.yaml"
CHUNKS: Final = "chunks"
FAILURES: Final = "failures"
SUMMARY: Final = "summary.csv"
README: Final = "README.md"
PART: Final = ".part"
CHECKSUM: Final = "checksum"
"""Of the manifest itself, which vouches for all other files."""
FORMAT: Final = 2
"""Of result folders; those of version 0.1 have none."""
CHUNK: Final = re.compile(rf"{CHUNKS}/(?P<number>[0-9a-f]{{24}})-(?P<digest>[0-9a-f]{{64}})\.npz")
"""Name of a chunk's file, inside the result folder."""
LARGEST_CHUNK: Final = 2**33
LARGEST_FILE: Final = 2**35
LARGEST_MANIFEST: Final = 2**28
"""Bytes. None is larger, and hashing or reading a file that only claims to be one could take for ever."""
DEEPEST: Final = 8
"""Results inside each other."""
MOST_NAMED: Final = 8
"""Files that may be why a result is not understood: those read last."""
COMPUTE_AGAIN: Final = "compute it again with fresh=true or another name"


class DamagedResult(Exception):
    """A stored file does not hold what was written."""

    exit_code = 3


class OldResult(Exception):
    """A folder holds a result in the format of an earlier version, or runs without what these sources would store."""

    exit_code = 2


class NotUnderstood(Exception):
    """A stored result fits its checksums and yet cannot be read: made up, or a mistake of ours; the cause is kept."""

    exit_code = 3
    perhaps_a_bug = True


class StrangeTable(NotUnderstood):
    """A stored table lacks a column, holds words for numbers or is no table."""

    perhaps_a_bug = False

    def __init__(self, path: Path, words: str) -> None:
        super().__init__(f"{path.parent.name}/{path.name}: {words}; {COMPUTE_AGAIN}")


_READ: ContextVar[list[str]] = ContextVar("read")
"""Names of the files read in the innermost block of `readable`."""


def reading(path: Path) -> None:
    """Note a stored file that is read, so that the block of `readable` around can name it."""
    if path.name not in _READ.get([]):
        _READ.get([]).append(path.name)


@contextmanager
def readable(folder: Path) -> Iterator[None]:
    """Tell in one line that what a folder stores cannot be understood, whatever fails in the block because of it.

    Checksums show accidents only: whoever makes up a result can make up its checksums.

    Raises
    ------
    NotUnderstood
        Instead of anything but an expected ending and an error of the machine.
    """
    outer = _READ.set([])
    try:
        yield
    except (OSError, MemoryError, BrokenExecutor):
        raise
    except Exception as error:
        if hasattr(error, "exit_code"):
            raise
        what = f"in {' or '.join(_READ.get()[-MOST_NAMED:])}" if _READ.get() else "there"
        raise NotUnderstood(
            f"{folder.name}: what is stored {what} is nothing that this version would write, or this is a mistake of "
            f"ours ({type(error).__name__}: {str(error)[:200]}); {COMPUTE_AGAIN}"
        ) from error
    finally:
        _READ.reset(outer)


class Mark(NamedTuple):
    """What a file must be."""

    digest: str
    """SHA-256."""
    size: int
    """Bytes; compared first, which costs nothing."""


@dataclass(slots=True)
class Manifest:
    """What a result folder vouches for."""

    fingerprint: dict[str, str]
    chunks: dict[str, int] = field(default_factory=dict)
    """Bytes of finished chunks by file name, inside the folder."""
    files: dict[str, Mark] = field(default_factory=dict)
    """Every other file by name."""
    sealed: bool = False
    """Whether all files of the result have been written."""

    @property
    def failures(self) -> list[str]:
        """Names of the records of failed runs."""
        return [name for name in self.files if name.startswith(f"{FAILURES}/")]


@contextmanager
def written(path: Path) -> Iterator[Path]:
    """A temporary path beside the final one, which it takes when the block ends without an error."""
    with beside(path) as part:
        yield part
        settle(part, path)


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A temporary path beside another one, gone when the block ends.

    A result folder that has been moved away meanwhile is not made again: only the last folder of the path is.
    """
    path.parent.mkdir(exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}{PART}")
    part.unlink(missing_ok=True)  # a second name of a file elsewhere may stand there
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


def settle(part: Path, path: Path) -> None:
    """Give a temporary file its final name.

    The content is on the disk before the name is, so that a crash of the machine leaves no empty file under it.
    """
    _flushed(part)
    part.replace(path)
    if os.name != "nt":  # Windows opens no folders
        _flushed(path.parent)


def _flushed(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_text(path: Path, text: str) -> None:
    """Write a whole text file at once, with the same bytes on every system."""
    with written(path) as part:
        part.write_bytes(text.encode("utf-8"))


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def mark(path: Path) -> Mark:
    """What a file is.

    Raises
    ------
    DamagedResult
        If it is larger than any that a result holds.
    """
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise DamagedResult(f"{path.name} is larger than any file of a result; it belongs elsewhere")
    return Mark(digest(path), size)


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a result folder, None when it has none.

    Raises
    ------
    DamagedResult
        If it cannot be understood.
    OldResult
        If it is of an earlier version.
    """
    path = folder / MANIFEST
    if not path.is_file():
        return None
    try:
        if path.stat().st_size > LARGEST_MANIFEST:
            raise ValueError("it is too large")
        content = json.loads(path.read_text(encoding="utf-8"))
        if content.pop(CHECKSUM) != _checksum(content):
            raise ValueError("its checksum does not fit")
        if content.get("format") != FORMAT:
            raise OldResult(_of_another_format(folder, content["fingerprint"].get("version", "unknown")))
        return _manifest(content)
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise DamagedResult(
            f"{folder.name}/{MANIFEST} is damaged ({type(error).__name__}: {str(error)[:200]}); "
            "run the command of its README again, or delete the folder"
        ) from error


def _manifest(content: dict[str, Any]) -> Manifest:
    chunks = {str(name): int(size) for name, size in content["chunks"].items()}
    marks = {str(key): str(value) for key, value in content["fingerprint"].items()}
    files = {str(name): Mark(str(found["sha256"]), int(found["size"])) for name, found in content["files"].items()}
    if any(PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or "\\" in name for name in files):
        raise ValueError("it names files outside its folder")
    if not all(CHUNK.fullmatch(name) for name in chunks):
        raise ValueError("it names chunks that are none")
    return Manifest({"config": marks["config"], **marks}, chunks, files, bool(content["sealed"]))


def _of_another_format(folder: Path, version: str) -> str:
    return (
        f"{folder.name}: a result of version {version[:20]}, which this version neither reads nor overwrites; "
        "choose another name=..., or rename the folder and compute it again"
    )


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Store the manifest; the same content gives the same bytes."""
    content = {
        "format": FORMAT,
        "fingerprint": manifest.fingerprint,
        "sealed": manifest.sealed,
        "chunks": dict(sorted(manifest.chunks.items())),
        "files": {name: {"sha256": of.digest, "size": of.size} for name, of in sorted(manifest.files.items())},
    }
    write_text(folder / MANIFEST, json.dumps(content | {CHECKSUM: _checksum(content)}, indent=1) + "\n")


def _checksum(content: dict[str, Any]) -> str:
    """Of all else that a manifest says."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def seal(folder: Path, manifest: Manifest | None = None) -> None:
    """Vouch for every file now in the folder: the last step of a command.

    Raises
    ------
    DamagedResult
        If there is no manifest, or a chunk has gone since it was computed.
    OSError
        If a file cannot be read or the manifest not be written.
    """
    manifest = manifest or required_manifest(folder)
    names = result_files(folder)
    inner = tuple(name.removesuffix(MANIFEST) for name in names if name.endswith(f"/{MANIFEST}"))
    # A result inside this one vouches for its own files; this one vouches for that manifest.
    kept = [name for name in names if name.endswith(f"/{MANIFEST}") or not name.startswith((MANIFEST, *inner))]
    lost = [name for name, size in manifest.chunks.items() if not _has_size(folder / name, size)]
    if lost:
        raise DamagedResult(f"{folder.name}: damaged or missing: {', '.join(lost)}; run the same command again")
    manifest.files, manifest.sealed = {name: mark(folder / name) for name in kept}, True
    write_manifest(folder, manifest)


def result_files(folder: Path) -> list[str]:
    """Names of all files in a folder that hold results, here or further in: no times, locks or half-written parts.

    Chunks are not among them: how runs are packed depends on the history of a folder.
    """
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name not in {PROVENANCE, LOCK})
    names = (path.relative_to(folder).as_posix() for path in paths if path.suffix != PART)
    return sorted(name for name in names if PurePosixPath(name).parent.name != CHUNKS)


def damaged(folder: Path, manifest: Manifest, deepest: int = DEEPEST) -> list[str]:
    """Names of the files that are missing or differ from what the manifest vouches for, and those of results inside."""
    wrong = [name for name in (*manifest.files, *manifest.chunks) if not _as_vouched(folder, manifest, name)]
    inner = [name.removesuffix(f"/{MANIFEST}") for name in manifest.files if name.endswith(f"/{MANIFEST}")]
    for part in (part for part in inner if f"{part}/{MANIFEST}" not in wrong):
        below = damaged(folder / part, required_manifest(folder / part), deepest - 1) if deepest else [MANIFEST]
        wrong += [f"{part}/{name}" for name in below]
    return wrong


def verified(folder: Path, name: str) -> Path:
    """Path of a stored file whose content has just been checked.

    Raises
    ------
    DamagedResult
        If the file is missing, changed or not in the manifest.
    """
    if not _as_vouched(folder, required_manifest(folder), name):
        raise DamagedResult(f"{folder.name}/{name} is missing, damaged or not in {MANIFEST}; run the command again")
    return folder / name


def required_manifest(folder: Path) -> Manifest:
    """The manifest of a folder that must have one.

    Raises
    ------
    DamagedResult
        If it is missing or damaged.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        raise DamagedResult(f"{folder.name} is no result folder: it has no {MANIFEST}")
    return manifest


def _as_vouched(folder: Path, manifest: Manifest, name: str) -> bool:
    if name in manifest.chunks:
        return sound_chunk(folder, name, manifest.chunks[name])
    found = manifest.files.get(name)
    if found is None or found.size > LARGEST_FILE or not _has_size(folder / name, found.size):
        return False
    return digest(folder / name) == found.digest


def sound_chunk(folder: Path, name: str, size: int | None = None) -> bool:
    """Whether a chunk's file is what its name says."""
    path, named = folder / name, CHUNK.fullmatch(name)
    if named is None or not path.is_file():
        return False
    found = path.stat().st_size
    return found <= LARGEST_CHUNK and size in {None, found} and digest(path) == named["digest"]


def _has_size(path: Path, size: int) -> bool:
    return path.is_file() and path.stat().st_size == size
