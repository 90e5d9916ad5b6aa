"""One process at a time works on a result folder."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from techduel.ensemble.provenance import utc_now
from techduel.scenario.loader import InvalidInput

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
    InvalidInput
        If it is a link, or a link, pipe or device lies in it: writing there could change files elsewhere.
    OSError
        If the folder cannot be created or written.
    """
    place = folder.resolve()
    if place in _held:
        yield
        return
    _refuse_links(folder.parent, folder, folder / LOCK)
    place.mkdir(parents=True, exist_ok=True)
    descriptor = _acquire(place / LOCK)
    _held.add(place)
    try:
        _refuse_links_inside(folder)
        yield
    finally:
        _held.discard(place)
        (place / LOCK).unlink(missing_ok=True)
        os.close(descriptor)


def _refuse_links(*paths: Path) -> None:
    """The folder of all results may be a link that the user has made; what is made inside it is not."""
    for path in paths:
        if path.is_symlink() or (path.exists() and not (path.is_file() or path.is_dir())):
            raise InvalidInput([f"results: {path} is a link, pipe or device; allowed: plain files and folders"])


def _refuse_links_inside(folder: Path) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _refuse_links_inside(Path(entry.path))
            elif not entry.is_file(follow_symlinks=False):
                _refuse_links(Path(entry.path))


def _acquire(path: Path) -> int:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
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
