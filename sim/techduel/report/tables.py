"""Tables as CSV files: the same numbers give the same bytes on every system, and come back as they were written."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import batched
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.manifest import written

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


def read_table(path: Path, texts: Collection[str] = ()) -> "DataFrame":
    """A table that `write_table` has written.

    Parameters
    ----------
    path : Path
    texts : collection of str
        Columns that hold words even where every cell is empty or looks like a number.
    """
    import pandas as pd

    frame = pd.read_csv(path, dtype=dict.fromkeys(texts, "object"), keep_default_na=False, na_values=[""])
    words = [name for name in frame.columns if name in texts or not pd.api.types.is_numeric_dtype(frame[name])]
    return frame.astype(dict.fromkeys(words, "object")).fillna(dict.fromkeys(words, ""))


def lines(frame: "DataFrame") -> Lines:
    """The rows of a table, one by one."""
    return cast("Lines", frame.to_dict("records"))


def read_lines(path: Path, texts: Collection[str] = ()) -> Lines:
    """The rows of a stored table, one by one; arguments as of `read_table`."""
    return lines(read_table(path, texts))


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
