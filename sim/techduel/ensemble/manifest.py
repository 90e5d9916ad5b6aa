"""The manifest of a result folder: which runs are finished, and the SHA-256 of every file.

Everything is written beside its place and moved there when complete, so that a file under its final name is whole. A
file is opened only after its SHA-256 has been found in the manifest.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.lock import LOCK

MANIFEST: Final = "manifest.json"
PROVENANCE: Final = "provenance.json"
CONFIG: Final = "config.yaml"
CHUNKS: Final = "chunks"
FAILURES: Final = "failures"
TRAJECTORIES: Final = "trajectories.nc"
SUMMARY: Final = "summary.csv"
README: Final = "README.md"
PART: Final = ".part"
CHECKSUM: Final = "checksum"
"""Of the manifest itself, which vouches for all other files."""


class DamagedResult(Exception):
    """A stored file does not hold what was written."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some finished runs."""

    first: int
    last: int
    runs: int
    """How many were tried."""
    failed: tuple[int, ...]
    stored: bool
    """False when every run failed, so that there is no file."""


@dataclass(slots=True)
class Manifest:
    """What a result folder vouches for."""

    fingerprint: dict[str, str]
    chunks: dict[str, Chunk] = field(default_factory=dict)
    """Finished chunks by file name, inside the folder."""
    files: dict[str, str] = field(default_factory=dict)
    """SHA-256 by file name."""
    sealed: bool = False
    """Whether all files of the result have been written."""

    @property
    def stored_chunks(self) -> list[str]:
        """File names of the chunks, in the order of their runs."""
        return [name for name, chunk in sorted(self.chunks.items()) if chunk.stored]

    @property
    def failed(self) -> tuple[int, ...]:
        """Indices of the runs that failed."""
        return tuple(run for _, chunk in sorted(self.chunks.items()) for run in chunk.failed)


def chunk_name(number: int) -> str:
    """File name of a chunk, inside the result folder."""
    return f"{CHUNKS}/chunk_{number:05d}.npz"


def failure_name(run: int) -> str:
    """File name of the record of a failed run, inside the result folder."""
    return f"{FAILURES}/run_{run:06d}.json"


@contextmanager
def written(path: Path) -> Iterator[Path]:
    """A temporary path beside the final one, which it takes when the block ends without an error.

    The content is on the disk before the name is, so that a crash of the machine leaves no empty file under it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}{PART}")
    try:
        yield part
        _flushed(part)
        part.replace(path)
        _flushed(path.parent)
    finally:
        part.unlink(missing_ok=True)


def _flushed(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
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


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a result folder, None when it has none.

    Raises
    ------
    DamagedResult
        If it cannot be understood.
    """
    path = folder / MANIFEST
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content.pop(CHECKSUM) != _checksum(content):
            raise ValueError("its checksum does not fit")
        chunks = {
            str(entry["file"]): Chunk(
                int(entry["first"]),
                int(entry["last"]),
                int(entry["runs"]),
                tuple(int(run) for run in entry["failed"]),
                bool(entry["stored"]),
            )
            for entry in content["chunks"]
        }
        marks = {str(key): str(value) for key, value in content["fingerprint"].items()}
        files = {str(name): str(mark) for name, mark in content["files"].items()}
        if any(Path(name).is_absolute() or ".." in Path(name).parts for name in (*chunks, *files)):
            raise ValueError("it names files outside its folder")
        return Manifest({"config": marks["config"], **marks}, chunks, files, bool(content["sealed"]))
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise DamagedResult(
            f"{folder.name}/{MANIFEST} is damaged ({type(error).__name__}: {error}); "
            "compute the result again with fresh=true, or delete the folder"
        ) from error


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Store the manifest; the same content gives the same bytes."""
    content = {
        "fingerprint": manifest.fingerprint,
        "sealed": manifest.sealed,
        "chunks": [
            {
                "file": name,
                "first": chunk.first,
                "last": chunk.last,
                "runs": chunk.runs,
                "failed": list(chunk.failed),
                "stored": chunk.stored,
            }
            for name, chunk in sorted(manifest.chunks.items())
        ],
        "files": dict(sorted(manifest.files.items())),
    }
    write_text(folder / MANIFEST, json.dumps(content | {CHECKSUM: _checksum(content)}, indent=1) + "\n")


def _checksum(content: dict[str, Any]) -> str:
    """Of all else that a manifest says."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def seal(folder: Path) -> None:
    """Vouch for every file now in the folder: the last step of a command.

    Raises
    ------
    DamagedResult
        If there is no manifest, or a chunk has changed since it was computed.
    OSError
        If a file cannot be read or the manifest not be written.
    """
    manifest = required_manifest(folder)
    names = result_files(folder)
    inner = tuple(name.removesuffix(MANIFEST) for name in names if name.endswith(f"/{MANIFEST}"))
    # A result inside this one vouches for its own files; this one vouches for that manifest.
    kept = [name for name in names if name.endswith(f"/{MANIFEST}") or not name.startswith((MANIFEST, *inner))]
    files = {name: digest(folder / name) for name in kept}
    changed = [name for name in manifest.stored_chunks if files.get(name) != manifest.files.get(name)]
    if changed:
        raise DamagedResult(f"{folder.name}: damaged or missing: {', '.join(changed)}; run the same command again")
    manifest.files, manifest.sealed = files, True
    write_manifest(folder, manifest)


def result_files(folder: Path) -> list[str]:
    """Names of all files in a folder that hold results: no times, locks or half-written parts, here or further in."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name not in {PROVENANCE, LOCK})
    return sorted(path.relative_to(folder).as_posix() for path in paths if path.suffix != PART)


def damaged(folder: Path, manifest: Manifest) -> list[str]:
    """Names of the files that are missing or differ from what the manifest vouches for."""
    return [name for name in manifest.files if not _as_vouched(folder, manifest, name)]


def verified(folder: Path, name: str, manifest: Manifest | None = None) -> Path:
    """Path of a stored file whose content has just been checked.

    Raises
    ------
    DamagedResult
        If the file is missing, changed or not in the manifest.
    """
    known = manifest or required_manifest(folder)
    if not _as_vouched(folder, known, name):
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
    path = folder / name
    return name in manifest.files and path.is_file() and digest(path) == manifest.files[name]
