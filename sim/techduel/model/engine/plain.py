"""Plain objects: a run's record where nothing is compiled, so that `print` and a debugger work in an equation."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray


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
