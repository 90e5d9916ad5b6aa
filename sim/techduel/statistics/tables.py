"""Tables as CSV files: the same numbers give the same bytes on every system, and come back as they were written."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.manifest import StrangeTable, reading, written

if TYPE_CHECKING:
    from pandas import DataFrame, Series

DIGITS: Final = 8
"""Of numbers in a table."""
BLOCK: Final = 20_000
"""Rows in memory at a time."""

type Lines = list[dict[str, Any]]
"""Rows of a table by column: a text, or a number that is NaN where the cell is empty."""


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]], digits: int = DIGITS) -> None:
    """A CSV file whose empty cells are None or NaN; truth values are 1 and 0.

    Parameters
    ----------
    path : Path
        It takes this name only when it is whole.
    columns : sequence of str
    rows : iterable
        Texts and numbers in the order of the columns.
    digits : int
        Of numbers.
    """
    import pandas as pd

    with written(path) as part:
        pd.DataFrame(columns=list(columns)).to_csv(part, index=False, lineterminator="\n")
        for block in batched(rows, BLOCK):
            frame = pd.DataFrame(list(block), columns=list(columns)).apply(_told, digits=digits)
            frame.to_csv(part, mode="a", header=False, index=False, lineterminator="\n")


class Line(dict[str, Any]):
    """A row of a stored table by column; one that is asked for and not there is told with the table's name."""

    __slots__ = ("_path",)

    def __init__(self, path: Path, cells: Mapping[str, Any]) -> None:
        super().__init__(cells)
        self._path = path

    def __missing__(self, column: str) -> Any:
        raise StrangeTable(self._path, f"column {column} is missing")


def read_table(path: Path, texts: Collection[str] = (), strict: bool = True) -> "DataFrame":
    """A table that `write_table` has written.

    Parameters
    ----------
    path : Path
    texts : collection of str
        Columns that hold words even where every cell is empty or looks like a number.
    strict : bool
        Whether all others hold numbers, where any such column is named.

    Raises
    ------
    StrangeTable
        If it is no table, or holds words for numbers.
    """
    import pandas as pd

    reading(path)
    try:
        frame = pd.read_csv(path, dtype=dict.fromkeys(texts, "object"), keep_default_na=False, na_values=[""])
    except ValueError as error:  # also of pandas' own parser, and where it is no text
        raise StrangeTable(path, f"no table ({str(error).strip()[:100]})") from error
    words = [name for name in frame.columns if name in texts or not pd.api.types.is_numeric_dtype(frame[name])]
    strange = [name for name in words if strict and texts and name not in texts and len(frame)]
    if strange:
        raise StrangeTable(path, f"column {strange[0]} holds words for numbers")
    return frame.astype(dict.fromkeys(words, "object")).fillna(dict.fromkeys(words, ""))


def lines(frame: "DataFrame") -> Lines:
    """The rows of a table, one by one."""
    return cast("Lines", frame.to_dict("records"))


def read_lines(path: Path, texts: Collection[str] = (), strict: bool = True) -> Lines:
    """The rows of a stored table, one by one; arguments and errors as of `read_table`."""
    return [Line(path, cells) for cells in lines(read_table(path, texts, strict))]


def column(rows: Sequence[Mapping[str, Any]], name: str) -> NDArray[np.float64]:
    """The numbers of a column, (row,)."""
    return np.array([row[name] for row in rows], dtype=float)


def _told(cells: "Series[Any]", digits: int) -> "Series[Any]":
    """A column as it stands in the file."""
    return cells.map(lambda cell: cell if isinstance(cell, str) else _number(cell, digits))


def _number(cell: Any, digits: int) -> str:
    if cell is None or math.isnan(cell):
        return ""
    return f"{cell + 0.0:.{digits}g}"  # no minus before a zero
