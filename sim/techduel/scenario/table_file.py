"""Tables from strangers: CSV read strictly, every surprise refused with its line."""

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from techduel.scenario.loader import InvalidInput, plain_text

OTHER_SEPARATORS: Final = (";", "\t", "|")
FORMULA: Final = ("=", "@", "+", "-", "\t")
"""How cells begin that spreadsheets compute."""
LONGEST_NUMBER: Final = 40
_NUMBER: Final = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,3})?")

type Row = dict[str, str]
"""Cells by column, without spaces around them."""


@dataclass(frozen=True, slots=True)
class TableFile:
    """A table whose rows have not been read yet."""

    name: str
    columns: tuple[str, ...]
    rows: Iterator[tuple[int, Row]]
    """Line number and cells of every row that is not empty; raises `InvalidInput` where the table breaks."""


def table_file(path: Path, needed: Sequence[str], most_bytes: int) -> TableFile:
    """Open a CSV file and read its header.

    Parameters
    ----------
    path : Path
        UTF-8, cells separated by commas.
    needed : sequence of str
        Columns that it must have once; there may be others.
    most_bytes : int
        More is refused.

    Raises
    ------
    InvalidInput
        With the file's name, the line and what is wrong there.
    """
    text, name = plain_text(path, most_bytes), path.name
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise InvalidInput([f"{name}:{line}: holds a NUL character"])
    lines = _lines(text, name)
    columns = next(lines, (1, []))[1]
    _check_header(name, columns, needed)
    return TableFile(name, tuple(columns), _rows(name, columns, lines))


def number(text: str) -> float:
    """The finite number that a cell holds: a point for decimals, no separators of thousands, no formula.

    Raises
    ------
    ValueError
        With what is wrong, in words.
    """
    if len(text) <= LONGEST_NUMBER and _NUMBER.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    what = "is no number"
    if text.startswith(FORMULA) and not _NUMBER.fullmatch(text):
        what = "is a formula, no number"
    elif "," in text and _NUMBER.fullmatch(text.replace(",", "")):
        what = "is no number: decimals have a point, thousands no mark"
    raise ValueError(f"{text[:LONGEST_NUMBER]!r} {what}")


def _lines(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Number and cells of every line that is not empty."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        raise InvalidInput([f"{name}:{reader.line_num}: not CSV: {error}"]) from None


def _check_header(name: str, columns: Sequence[str], needed: Sequence[str]) -> None:
    found = [
        f"{name}:1: {'no' if column not in columns else 'more than one'} column {column}; needed: {', '.join(needed)}"
        for column in needed
        if columns.count(column) != 1
    ]
    separators = [sign for sign in OTHER_SEPARATORS if len(columns) == 1 and sign in columns[0]]
    if separators:
        found = [f"{name}:1: separated by {separators[0]!r}; allowed: commas between cells, a point for decimals"]
    if found:
        raise InvalidInput(found)


def _rows(name: str, columns: Sequence[str], lines: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, Row]]:
    for line, cells in lines:
        if len(cells) != len(columns):
            raise InvalidInput([f"{name}:{line}: {len(cells)} cells, but {len(columns)} columns"])
        yield line, dict(zip(columns, cells, strict=True))
