"""One process at a time works on a result folder."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sim.provenance import utc_now

LOCK: Final = ".lock"

_held: Final[set[Path]] = set()


class FolderBusy(Exception):
    """Another process works on this folder."""

    exit_code = 4


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a result folder for this process; may be nested.

    The operating system frees the lock when its holder dies, so that a lock file left behind never blocks anyone.

    Parameters
    ----------
    folder : Path
        Created when missing.

    Raises
    ------
    FolderBusy
        If a living process holds it; the message tells which, and since when.
    OSError
        If the folder cannot be created or written.
    """
    place = folder.resolve()
    if place in _held:
        yield
        return
    place.mkdir(parents=True, exist_ok=True)
    descriptor = _acquire(place / LOCK)
    _held.add(place)
    try:
        yield
    finally:
        _held.discard(place)
        (place / LOCK).unlink(missing_ok=True)
        os.close(descriptor)


def _acquire(path: Path) -> int:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise FolderBusy(f"{path.parent.name}: {_holder(path)} works on this folder") from None
        if _still_there(descriptor, path):
            os.ftruncate(descriptor, 0)
            os.write(descriptor, json.dumps({"pid": os.getpid(), "started": utc_now()}).encode())
            return descriptor
        os.close(descriptor)


def _still_there(descriptor: int, path: Path) -> bool:
    """Whether the locked file is the one on disk: its last holder may have removed it in between."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _holder(path: Path) -> str:
    try:
        owner = json.loads(path.read_text(encoding="utf-8"))
        return f"process {int(owner['pid'])} (since {owner['started']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
