"""Compiling the model: numba where it is installed, plain Python where it is not, the same equations either way.

Machine code is kept in a folder of the user's own cache whose name is a hash of everything that it was made from: the
syntax trees of all of `techduel.model` and the versions of the compiler. An edited function in any file therefore has
another folder, and no run ever computes a stale equation (numba itself notices only edits in a function's own file).
What lies in such a folder is code that runs: it belongs to the user alone, is never followed through a link, and never
lies in a result or in the repository.
"""

import ast
import hashlib
import os
import platform
import shutil
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray


def _installed() -> Any:
    """The compiler, or None where there is none."""
    try:
        import numba
    except ImportError:
        return None
    return numba


NUMBA: Final = _installed()
COMPILES: Final = NUMBA is not None and not NUMBA.config.DISABLE_JIT
"""Whether functions are compiled; ``NUMBA_DISABLE_JIT=1`` leaves them as they are written, for debugging."""
HOME: Final = "TECHDUEL_CACHE"
"""Environment variable that names another folder than ``techduel`` in the user's cache."""
KEPT: Final = 4
"""Most folders of machine code, the youngest ones; older ones are removed when a new one is made."""


def compiled[Function: Callable[..., Any]](function: Function) -> Function:
    """A scalar function of the model, compiled when it is first called."""
    return _jitted(function) if COMPILES else function


def entry[Function: Callable[..., Any]](function: Function) -> Function:
    """A compiled function that is called from outside with arrays of records.

    Where nothing is compiled, it works on the records as plain objects.
    """
    work, ready = (_jitted(function) if COMPILES else uncompiled(function)), set[Any]()

    @wraps(function)
    def called(*arguments: Any) -> Any:
        if COMPILES:
            _make_ready(work, arguments, ready)
        else:
            _warn()
        return work(*arguments)

    return called  # type: ignore[return-value]


def sources() -> str:
    """Hash of the syntax trees of all files of the model, without docstrings."""
    found = hashlib.sha256()
    folder = Path(__file__).parent
    for path in sorted(folder.rglob("*.py")):
        found.update(path.relative_to(folder).as_posix().encode())
        found.update(ast.dump(_bare(ast.parse(path.read_bytes()))).encode())
    return found.hexdigest()


def _bare(tree: ast.Module) -> ast.Module:
    """A syntax tree without its docstrings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node, clean=False):
            node.body = node.body[1:]
    return tree


@cache
def folder() -> Path | None:
    """Where machine code is kept; None when no folder is safe, so that every process compiles for itself."""
    home = os.environ.get(HOME) or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "techduel"
    versions = f"{sources()} {NUMBA.__version__} {np.__version__} {platform.python_version()} {platform.machine()}"
    place = Path(home) / f"compiled-{hashlib.sha256(versions.encode()).hexdigest()[:16]}"
    try:
        place.parent.parent.mkdir(parents=True, exist_ok=True)
        for part in (place.parent, place):
            part.mkdir(mode=0o700, exist_ok=True)
            if not private(part):
                raise PermissionError(f"{part} is a link, or open to others")
        _prune(place)
    except OSError as problem:
        print(f"techduel: machine code is not kept ({problem}); every process compiles the model anew", file=sys.stderr)
        return None
    return place


def private(place: Path) -> bool:
    """Whether a path is a folder itself, no link to one, that belongs to this user and is closed to all others."""
    status = place.lstat()
    mine = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
    closed = os.name == "nt" or not status.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    return stat.S_ISDIR(status.st_mode) and mine and closed


def _prune(place: Path) -> None:
    """Remove the oldest folders of machine code."""
    others = sorted(place.parent.glob("compiled-*"), key=lambda path: path.lstat().st_mtime, reverse=True)
    for old in [path for path in others if path != place and private(path)][KEPT - 1 :]:
        shutil.rmtree(old, ignore_errors=True)


def _jitted(function: Any) -> Any:
    """The function as numba compiles it; the folder is named for this decoration only, not for others' functions."""
    place, before = folder(), NUMBA.config.CACHE_DIR
    try:
        NUMBA.config.CACHE_DIR = str(place or "")
        return NUMBA.njit(cache=place is not None, error_model="numpy")(function)
    finally:
        NUMBA.config.CACHE_DIR = before


def _make_ready(work: Any, arguments: tuple[Any, ...], ready: set[Any]) -> None:
    """Load or compile a function for records of these kinds, before it is first called with them."""
    kinds = tuple(
        (values.dtype, values.ndim, values.flags.writeable, values.flags.c_contiguous) for values in arguments
    )
    if kinds not in ready:
        with LOADING.going_on():
            work.compile(tuple(NUMBA.typeof(values) for values in arguments))
        ready.add(kinds)


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
    def going_on(self) -> Iterator[None]:
        """Count the time inside."""
        word = threading.Timer(self.PATIENCE, self._say)
        word.daemon, self._since = True, time.monotonic()
        word.start()
        try:
            yield
        finally:
            word.cancel()
            self._spent, self._since = self.seconds(), 0.0

    def _say(self) -> None:
        if not self._said:
            print("techduel: compiling the model once for a world of this size, about 20 seconds", file=sys.stderr)
        self._said = True


LOADING: Final = Loading()


@cache
def _warn() -> None:
    """Say once that running will take long."""
    if NUMBA is None:
        print("techduel: numba is not installed; the model runs uncompiled, about a second a run", file=sys.stderr)


class Row:
    """A record: one attribute a field; `each`, where its type has one, are all its numbers by place."""


class Table:
    """An array of more than one axis; `table[a, b]` with all places gives a member, with fewer a list or a table."""

    def __init__(self, members: list[Any], shape: tuple[int, ...]) -> None:
        self.members, self.shape = members, shape

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, place: Any) -> Any:
        first, width = self._found(place)
        rest = self.shape[len(place) if isinstance(place, tuple) else 1 :]
        if not rest:
            return self.members[first]
        members = self.members[first : first + width]
        return members if len(rest) == 1 else Table(members, rest)

    def __setitem__(self, place: Any, value: Any) -> None:
        first, _ = self._found(place)
        self.members[first] = value

    def _found(self, place: Any) -> tuple[int, int]:
        """Place among the members, and how many lie there."""
        places = place if isinstance(place, tuple) else (place,)
        first, width = 0, len(self.members)
        for at, size in zip(places, self.shape, strict=False):
            width //= size
            first += at * width
        return first, width


class Each:
    """All numbers of a row by place, in the order of its fields."""

    def __init__(self, row: Row, names: tuple[str, ...]) -> None:
        self._row, self._names = row, names

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, place: int) -> Any:
        return getattr(self._row, self._names[place])

    def __setitem__(self, place: int, value: Any) -> None:
        setattr(self._row, self._names[place], value)


def uncompiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function on arrays of records as one that turns them into plain objects, and what it changed back."""

    def called(*arguments: Any) -> Any:
        objects = [_plain(values, values.dtype, values.shape) if _array(values) else values for values in arguments]
        result = function(*objects)
        for plain, values in zip(objects, arguments, strict=True):
            if _array(values) and values.flags.writeable:
                _write(plain, values)
        return result

    return called


def rows(records: NDArray[Any]) -> list[Any]:
    """Records as plain objects, one each."""
    return _plain(records, records.dtype, records.shape)


def _array(values: Any) -> bool:
    return isinstance(values, np.ndarray)


def _plain(values: Any, kind: np.dtype[Any], shape: tuple[int, ...]) -> Any:
    if shape:
        flat = values.reshape(-1)
        members = flat.tolist() if kind.names is None else [_plain(one, kind, ()) for one in flat]
        return members if len(shape) == 1 else Table(members, shape)
    row = Row()
    for name in _names(kind):
        inner = kind[name]
        base, within = inner.subdtype or (inner, ())
        setattr(row, name, _plain(values[name], base, within) if within or base.names else values[name].item())
    if "each" in (kind.names or ()):
        row.each = Each(row, _names(kind))  # type: ignore[attr-defined]
    return row


def _names(kind: np.dtype[Any]) -> tuple[str, ...]:
    return tuple(name for name in kind.names or () if name != "each")


def _write(plain: Any, values: Any) -> None:
    """Put the numbers of plain objects back into the arrays that they were made from."""
    kind = values.dtype
    if kind.names is None:
        values[...] = np.reshape(_members(plain), values.shape)
        return
    rows = _members(plain)
    for name in _names(kind):
        inner = kind[name]
        base, within = inner.subdtype or (inner, ())
        target = values[name].reshape(-1, *within) if len(values.shape) != 1 else values[name]
        parts = [getattr(row, name) for row in rows]
        if base.names is None:
            target[...] = np.reshape([list(_numbers(part)) for part in parts], target.shape)
        elif within:
            for part, row_values in zip(parts, target, strict=True):
                _write(part, row_values)
        else:
            _write(parts, target)


def _numbers(part: Any) -> Iterator[Any]:
    yield from part.members if isinstance(part, Table) else part if isinstance(part, list) else (part,)


def _members(plain: Any) -> list[Any]:
    return plain.members if isinstance(plain, Table) else plain
