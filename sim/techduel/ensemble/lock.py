"""Locks of result folders: one process at a time works on each, and nothing in it leads elsewhere."""

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from techduel.scenario.loader import InvalidInput

LOCK: Final = ".lock"

_held: Final[set[Path]] = set()


class FolderBusy(Exception):
    """Another process works on this folder."""

    exit_code = 4


def utc_now() -> str:
    """The time now, to the second, as ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


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
        If it is a link, or a link, pipe or device lies in it, or its lock is a second name of another file: writing
        there could change files elsewhere.
    OSError
        If the folder cannot be created or written.
    """
    place = folder.resolve()
    if place in _held:
        yield
        return
    refuse_links(folder.parent, folder, folder / LOCK)
    place.mkdir(parents=True, exist_ok=True)
    lock = _acquired(place / LOCK)
    _held.add(place)
    try:
        _refuse_links_inside(folder)
        yield
    finally:
        _held.discard(place)
        with suppress(OSError):  # a waiter notices that the file has gone; other systems keep the name of an open file
            (place / LOCK).unlink(missing_ok=True)
        lock.release()


def refuse_links(*paths: Path) -> None:
    """Refuse paths that are links, pipes or devices; one that is not there yet is fine.

    The folder of all results may be a link that the user has made; what is made inside it is not.
    """
    for path in paths:
        try:
            mode = path.lstat()
        except FileNotFoundError:
            continue
        if not (stat.S_ISREG(mode.st_mode) or stat.S_ISDIR(mode.st_mode)):
            raise InvalidInput([f"results: {path} is a link, pipe or device; allowed: plain files and folders"])
        if path.name == LOCK and mode.st_nlink > 1:
            raise InvalidInput([_second_name(path)])


def _second_name(path: Path) -> str:
    return f"results: {path} is a second name of another file (a hard link); delete it, it holds no result"


def _refuse_links_inside(folder: Path) -> None:
    left = [str(folder)]
    while left:
        with os.scandir(left.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    left.append(entry.path)
                elif not entry.is_file(follow_symlinks=False):
                    refuse_links(Path(entry.path))


def _acquired(path: Path) -> FileLock:
    def sign(descriptor: int) -> None:
        if os.fstat(descriptor).st_nlink > 1:
            raise InvalidInput([_second_name(path)])
        os.ftruncate(descriptor, 0)
        os.write(descriptor, json.dumps({"pid": os.getpid(), "started": utc_now()}).encode())

    lock = FileLock(path, timeout=0, thread_local=False, on_acquired=sign)
    try:
        lock.acquire()
    except Timeout:
        raise FolderBusy(f"{path.parent.name}: {_holder(path)} works on this folder") from None
    return lock


def _holder(path: Path) -> str:
    try:
        owner = json.loads(path.read_text(encoding="utf-8"))
        return f"process {int(owner['pid'])} (since {owner['started']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
