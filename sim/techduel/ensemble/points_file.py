"""A table of points from a stranger: strict, every surprise refused with its line."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from techduel.ensemble.designs import MOST_POINTS, Point
from techduel.ensemble.factor_moves import Value, rounded
from techduel.ensemble.factors import Factor
from techduel.scenario.loader import InvalidInput, unknown_key
from techduel.scenario.table_file import Row, number, table_file

MOST_BYTES: Final = 256 * 2**20
MOST_PROBLEMS: Final = 1000
"""More are not looked for."""
IGNORED: Final = ("point", "id")
"""Columns of the tables that sweeps write themselves."""


def read_points(path: Path, factors: Sequence[Factor]) -> list[Point]:
    """The points of a CSV file with one column a factor; an empty cell leaves a factor as configured.

    Raises
    ------
    InvalidInput
        With file, line and what is wrong there.
    """
    names = [factor.name for factor in factors]
    table = table_file(path, names, MOST_BYTES)
    strange = [column for column in table.columns if column not in (*names, *IGNORED)]
    if strange:
        raise InvalidInput([f"{table.name}:1: {unknown_key(column, names)}" for column in strange])
    points: list[Point] = []
    found: list[str] = []
    seen: dict[tuple[tuple[str, Value], ...], int] = {}
    for line, row in table.rows:
        point, wrong = _point(row, factors)
        first = seen.setdefault(tuple(sorted(point.items())), line)
        if first != line and not wrong:
            wrong = [f"the same point as in line {first}"]
        found += [f"{table.name}:{line}: {problem}" for problem in wrong]
        points.append(point)
        if len(points) > MOST_POINTS:
            found = [f"{table.name}:{line}: more than {MOST_POINTS} points"]
        if len(found) >= MOST_PROBLEMS or len(points) > MOST_POINTS:
            break
    if not points:
        found = [f"{table.name}: no points below its header"]
    if found:
        raise InvalidInput(found)
    return points


def _point(row: Row, factors: Sequence[Factor]) -> tuple[Point, list[str]]:
    point: Point = {}
    found: list[str] = []
    for factor in factors:
        text = row[factor.name]
        found += _cell_problems(text, factor)
        if text and not found:
            point[factor.name] = text if factor.chooses else rounded(float(text))
    return point, found


def _cell_problems(text: str, factor: Factor) -> Iterator[str]:
    if not text:
        return
    if factor.chooses:
        if not factor.admits(text):
            yield f"{factor.name}: {text!r} given; allowed: one of {', '.join(map(str, factor.values))}"
        return
    try:
        value = rounded(number(text))
    except ValueError as refused:
        yield f"{factor.name}: {refused}; allowed: {factor.low:g} to {factor.high:g}"
        return
    if not factor.admits(value):
        yield f"{factor.name}: {text} is out of range; allowed: {factor.low:g} to {factor.high:g}"
