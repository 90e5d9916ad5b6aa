"""A table of points from a stranger: strict, every surprise refused with its line."""

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from sim.loader import InvalidInput, unknown_key
from sim.sweep.designs import MOST_POINTS, Point
from sim.sweep.factors import Factor
from sim.sweep.moves import Value, rounded

MOST_BYTES: Final = 256 * 2**20
MOST_PROBLEMS: Final = 50
IGNORED: Final = ("point", "id")
"""Columns of the tables that sweeps write themselves."""
NUMBER: Final = re.compile(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
FORMULA: Final = ("=", "+", "@", "\t")
"""How cells begin that spreadsheets compute."""


def read_points(path: Path, factors: Sequence[Factor]) -> list[Point]:
    """The points of a CSV file with one column a factor; an empty cell leaves a factor as configured.

    Raises
    ------
    InvalidInput
        With file, line and what is wrong there, at most `MOST_PROBLEMS` of them.
    """
    lines = _lines(path)
    header = [cell.strip() for cell in lines[0]] if lines else []
    found = _header_problems(path.name, header, factors)
    if found:
        raise InvalidInput(found)
    points: list[Point] = []
    seen: dict[tuple[tuple[str, Value], ...], int] = {}
    for number, line in enumerate(lines[1:], 2):
        point, wrong = _point(f"{path.name}:{number}", header, line, factors)
        first = seen.setdefault(tuple(sorted(point.items())), number)
        if first != number and not wrong:
            wrong = [f"{path.name}:{number}: the same point as in line {first}"]
        found += wrong
        points.append(point)
    if not points:
        found = [f"{path.name}: no points below its header"]
    if found:
        raise InvalidInput(found[:MOST_PROBLEMS])
    return points


def _lines(path: Path) -> list[list[str]]:
    try:
        if not path.is_file():
            raise InvalidInput([f"{path.name}: no such file"])
        if path.stat().st_size > MOST_BYTES:
            raise InvalidInput([f"{path.name}: larger than {MOST_BYTES} bytes"])
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput([f"{path.name}: not UTF-8 text"]) from None
    except OSError as error:
        raise InvalidInput([f"{path.name}: cannot be read: {error.strerror}"]) from None
    if "\x00" in text:
        raise InvalidInput([f"{path.name}: holds a NUL character"])
    try:
        found = [line for line in csv.reader(text.splitlines(), strict=True) if line]
    except csv.Error as error:
        raise InvalidInput([f"{path.name}: not CSV: {error}"]) from None
    if len(found) > MOST_POINTS + 1:
        raise InvalidInput([f"{path.name}: {len(found) - 1} points; allowed: at most {MOST_POINTS}"])
    return found


def _header_problems(name: str, header: Sequence[str], factors: Sequence[Factor]) -> list[str]:
    known = [factor.name for factor in factors]
    found = [f"{name}:1: {unknown_key(column, known)}" for column in header if column not in (*known, *IGNORED)]
    found += [f"{name}:1: column {column} is missing" for column in known if column not in header]
    return found + [f"{name}:1: column {column} is given twice" for column in set(header) if header.count(column) > 1]


def _point(
    place: str, header: Sequence[str], line: Sequence[str], factors: Sequence[Factor]
) -> tuple[Point, list[str]]:
    if len(line) != len(header):
        return {}, [f"{place}: {len(line)} cells; allowed: {len(header)}, one a column"]
    cells = dict(zip(header, line, strict=True))
    point: Point = {}
    found: list[str] = []
    for factor in factors:
        text = cells[factor.name].strip()
        found += _cell_problems(f"{place}: {factor.name}", text, factor)
        if text and not found:
            point[factor.name] = text if factor.chooses else rounded(float(text))
    return point, found


def _cell_problems(place: str, text: str, factor: Factor) -> Iterator[str]:
    if not text:
        return
    if factor.chooses:
        if not factor.admits(text):
            yield f"{place}: {text!r} given; allowed: one of {', '.join(map(str, factor.values))}"
    elif text.startswith(FORMULA):
        yield f"{place}: {text!r} is a formula; allowed: a number"
    elif len(text) > 40 or not NUMBER.fullmatch(text):
        yield f"{place}: {text[:40]!r} is no number; allowed: {factor.low:g} to {factor.high:g}"
    elif not factor.admits(rounded(float(text))):
        yield f"{place}: {text} is out of range; allowed: {factor.low:g} to {factor.high:g}"
