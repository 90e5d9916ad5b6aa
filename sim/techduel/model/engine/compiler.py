"""Compiling the model: numba where it is installed, plain Python where it is not, the same equations either way.

Machine code is kept in a folder of the user's own cache whose name is a hash of everything that it was made from: the
syntax trees of all of `techduel.model` and the versions of the compiler. An edited function in any file therefore has
another folder, and no run ever computes a stale equation (numba itself notices only edits in a function's own file).
What lies in such a folder is code that runs: it belongs to the user alone, is never followed through a link, and never
lies in a result or in the repository.
"""

import hashlib
import os
import platform
import shutil
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cache, update_wrapper, wraps
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np
from filelock import FileLock

from techduel.model.engine.plain import uncompiled
from techduel.model.engine.trees import syntax

COMPILES: Final = find_spec("numba") is not None and os.environ.get("NUMBA_DISABLE_JIT", "0") in ("", "0")
"""Whether functions are compiled; ``NUMBA_DISABLE_JIT=1`` leaves them as they are written, for debugging."""
HOME: Final = "TECHDUEL_CACHE"
"""Environment variable that names another folder than ``techduel`` in the user's cache."""
KEPT: Final = 4
"""Most folders of machine code that nobody has used for a day; older ones are removed."""
DAY: Final = 86_400.0
PACKAGE: Final = Path(__file__).resolve().parents[2]


class Compiled:
    """A scalar function of the model, compiled when it is first needed: to import the compiler takes a second.

    What other compiled functions call has no face for Python, which takes a fifth of the time to compile.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        update_wrapper(self, function)
        self._function, self._made, self._inner = function, None, None

    def made(self) -> Any:
        """What numba has made of it for Python."""
        if self._made is None:
            self._made = _jitted(self._function)
        return self._made

    def inner(self) -> Any:
        """What numba has made of it for other compiled functions."""
        if self._inner is None:
            self._inner = _jitted(self._function, no_cpython_wrapper=True, no_cfunc_wrapper=True)
        return self._inner

    def __call__(self, *arguments: Any) -> Any:
        """Call what was made."""
        return self.made()(*arguments)


class Entry(Compiled):
    """A compiled function that is called from outside, with arrays of records and numbers."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(function)
        self._ready: set[Any] = set()

    def __call__(self, *arguments: Any) -> Any:
        """Load or compile for arguments of these kinds where that has not been done, then call."""
        kinds = tuple(_kind(value) for value in arguments)
        if kinds not in self._ready:
            with LOADING.counted(), _alone(), LOADING.said():
                self.made().compile(tuple(_numba().typeof(value) for value in arguments))
            self._ready.add(kinds)
        return self.made()(*arguments)


def compiled[Function: Callable[..., Any]](function: Function) -> Function:
    """A scalar function of the model that others call."""
    return Compiled(function) if COMPILES else function  # type: ignore[return-value]


def entry[Function: Callable[..., Any]](function: Function) -> Function:
    """A function that is called from outside, with arrays of records.

    Where nothing is compiled, it works on the records as plain objects.
    """
    return Entry(function) if COMPILES else _said(uncompiled(function))  # type: ignore[return-value]


def _kind(value: Any) -> Any:
    """What machine code depends on."""
    if not isinstance(value, np.ndarray):
        return type(value)
    return value.dtype, value.ndim, value.flags.writeable, value.flags.c_contiguous


@cache
def _numba() -> Any:
    """The compiler, which takes a function of ours inside another for what it has made of it."""
    import numba
    from numba.extending import typeof_impl

    @typeof_impl.register(Compiled)
    def made(function: Compiled, _: Any) -> Any:
        return numba.types.Dispatcher(function.inner())

    setattr(numba.types.Record, "mangling_args", property(_lasting))  # noqa: B010 # mypy takes it for a method
    setattr(numba.types.Record, "__repr__", _brief)  # noqa: B010
    return numba


def _lasting(record: Any) -> tuple[str, tuple[str]]:
    """What machine code calls a kind of record: by its content.

    Numba calls it by a number that each process counts anew, so that code which two processes have kept for worlds of
    different sizes may bear the same names, and a third process that loads both would call one for the other.
    """
    return "Record", (hashlib.sha256(record.name.encode()).hexdigest()[:16],)


def _brief(record: Any) -> str:
    """What a kind of record is called in words: its name, written once.

    Numba describes the arguments of a function anew in each of its passes, and so all fields of a run, field in field:
    a seventh of the time that compiling takes.
    """
    return str(record.name)


def sources() -> str:
    """Hash of all equations that are compiled, `syntax` of their files."""
    found = hashlib.sha256()
    for path in sorted([*(PACKAGE / "model").rglob("*.py"), *(PACKAGE / "facts").glob("base_*.py")]):
        found.update(path.relative_to(PACKAGE).as_posix().encode())
        found.update(syntax(path.read_text(encoding="utf-8")))
    return found.hexdigest()


@contextmanager
def _alone() -> Iterator[None]:
    """One process compiles at a time: whoever waits then finds the machine code and loads it."""
    place = folder()
    with FileLock(place / "lock") if place else nullcontext():
        yield


@cache
def folder() -> Path | None:
    """Where machine code is kept; None when no folder is safe, so that every process compiles for itself."""
    home = os.environ.get(HOME) or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "techduel"
    versions = f"{sources()} {_numba().__version__} {np.__version__} {platform.python_version()} {platform.machine()}"
    place = Path(home) / f"compiled-{hashlib.sha256(versions.encode()).hexdigest()[:16]}"
    try:
        place.parent.parent.mkdir(parents=True, exist_ok=True)
        for part in (place.parent, place):
            part.mkdir(mode=0o700, exist_ok=True)
            if not private(part):
                raise PermissionError(f"{part} is a link, or others may write there")
        os.utime(place)
        _prune(place)
    except OSError as problem:
        print(f"techduel: machine code is not kept ({problem}); every process compiles the model anew", file=sys.stderr)
        return None
    return place


def private(place: Path) -> bool:
    """Whether a path is a folder, no link to one, of this user, to which nobody else can write."""
    status = place.lstat()
    mine = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
    closed = os.name == "nt" or not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return stat.S_ISDIR(status.st_mode) and mine and closed


def _prune(place: Path) -> None:
    """Remove the oldest folders of machine code that no process has opened for a day."""
    ages = {path: time.time() - path.lstat().st_mtime for path in place.parent.glob("compiled-*") if private(path)}
    unused = sorted((path for path, age in ages.items() if age > DAY), key=lambda path: ages[path])
    for old in unused[KEPT:]:
        shutil.rmtree(old, ignore_errors=True)


def _jitted(function: Any, **more: Any) -> Any:
    """The function as numba compiles it; the folder is named for this decoration only, not for others' functions."""
    place, before = folder(), _numba().config.CACHE_DIR
    try:
        _numba().config.CACHE_DIR = str(place or "")
        return _numba().njit(cache=place is not None, error_model="numpy", **more)(function)
    finally:
        _numba().config.CACHE_DIR = before


class Loading:
    """Time that this process has spent on loading and compiling, which no limit of time counts.

    What takes longer than loading does is said once.
    """

    PATIENCE: Final = 5.0
    """Seconds after which it must be compiling; loading takes about one."""

    def __init__(self) -> None:
        self._spent, self._since, self._said = 0.0, 0.0, False

    def seconds(self) -> float:
        """Seconds up to now."""
        return self._spent + (time.monotonic() - self._since if self._since else 0.0)

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Count the time inside."""
        self._since = time.monotonic()
        try:
            yield
        finally:
            self._spent, self._since = self.seconds(), 0.0

    @contextmanager
    def said(self) -> Iterator[None]:
        """Say it, where what is inside takes long."""
        word = threading.Timer(self.PATIENCE, self._say)
        word.daemon = True
        word.start()
        try:
            yield
        finally:
            word.cancel()

    def _say(self) -> None:
        if not self._said:
            print("techduel: compiling the model once for a world of this size, about half a minute", file=sys.stderr)
        self._said = True


LOADING: Final = Loading()


def _said(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which first says that it will take long, where that is not asked for."""

    @wraps(function)
    def called(*arguments: Any) -> Any:
        _warn()
        return function(*arguments)

    return called


@cache
def _warn() -> None:
    if find_spec("numba") is None:
        print("techduel: numba is not installed; the model runs uncompiled, about a second a run", file=sys.stderr)
