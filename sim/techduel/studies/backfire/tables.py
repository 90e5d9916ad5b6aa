"""Tables of a map: chance and size of each meaning at every place, crossings, and the course over years."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.paired import Row
from techduel.ensemble.sets import Runs, numbered
from techduel.model.axes import Numbers
from techduel.statistics.directions import share_interval
from techduel.statistics.luck import luck
from techduel.statistics.tables import Lines, read_lines, write_table
from techduel.studies.backfire.box import Cases
from techduel.studies.backfire.crossing import crossing
from techduel.studies.backfire.places import MEANINGS, UNITS, Field

MAP, CROSSING, BY_YEAR, BOX = "map.csv", "crossing.csv", "by_year.csv", "box.json"
SIZED: Final = ("mean", "q05", "q50", "q95", "luck", "share", "share_low", "share_high", "runs")
"""What is said of a change: its size, the part of luck, the share of runs in which it hurts by more than was asked."""
MAP_COLUMNS: Final = ("across", "up", "meaning", *SIZED, "unit")
CROSSING_COLUMNS: Final = ("meaning", "along", "at", "value", "q05", "q95", "share", "falls")
YEAR_COLUMNS: Final = ("across", "up", "meaning", "year", *SIZED, "unit")
TEXTS: Final = ("meaning", "unit", "along", "axis")


def sized(changes: Numbers, size: float, runs: Runs) -> tuple[float, ...]:
    """`SIZED` of changes by run."""
    low, middle, high = np.quantile(changes, (0.05, 0.5, 0.95)).tolist()
    share = float(np.mean(changes < -size))
    ends = (low, middle, high, float(luck(changes, runs)))
    return (float(changes.mean()), *ends, share, *share_interval(share, len(runs)), float(len(runs)))


def write_map(folder: Path, field: Field, sizes: Mapping[str, float]) -> None:
    """One line a place and meaning."""
    write_table(folder / MAP, MAP_COLUMNS, _map(field, sizes))


def _map(field: Field, sizes: Mapping[str, float]) -> Iterator[Row]:
    for meaning in MEANINGS:
        changes = field.at_the_end(meaning)
        for row, column in np.ndindex(changes.shape[:2]):
            place = (field.across[column], field.up[row])
            yield (*place, meaning, *sized(changes[row, column], sizes[meaning], field.runs), UNITS[meaning])


def write_crossings(folder: Path, field: Field) -> None:
    """One line a meaning and a line through the map along either axis whose values are numbers."""
    write_table(folder / CROSSING, CROSSING_COLUMNS, _crossings(field))


def _crossings(field: Field) -> Iterator[Row]:
    for meaning in MEANINGS:
        changes = field.at_the_end(meaning)
        ways = ((0, field.across, field.up, changes), (1, field.up, field.across, changes.swapaxes(0, 1)))
        for axis, along, others, lines in ways:
            if isinstance(along[0], str):
                continue
            for line, other in zip(lines, others, strict=True):
                found = crossing(np.array(along, dtype=float), line, field.runs)
                ends = (found.value, found.low, found.high, found.share, float(found.falls))
                yield (meaning, field.axes[axis], other, *ends)


def write_by_year(folder: Path, field: Field, sizes: Mapping[str, float]) -> None:
    """One line a corner of the map, meaning and year; the corner of both highest values last."""
    write_table(folder / BY_YEAR, YEAR_COLUMNS, _by_year(field, sizes))


def _by_year(field: Field, sizes: Mapping[str, float]) -> Iterator[Row]:
    for row, column in ((0, 0), (0, -1), (-1, 0), (-1, -1)):
        for meaning in MEANINGS:
            for place, year in enumerate(field.years):
                changes = field.changes[meaning][row, column, :, place]
                spot = (field.across[column], field.up[row], meaning, float(year))
                yield (*spot, *sized(changes, sizes[meaning], field.runs), UNITS[meaning])


def read(folder: Path, name: str) -> Lines:
    """One of these tables."""
    return read_lines(folder / name, TEXTS, strict=False)  # an axis may be one of words


def cases_of(field: Field, meaning: str, size: float, parameters: Mapping[str, Numbers]) -> Cases:
    """Places and runs one below the other: values of both axes, parameter sets, and whether it hurts.

    Parameters
    ----------
    field : Field
    meaning : str
    size : float
        That has to be lost.
    parameters : mapping
        Values of parameters by name, (set,).
    """
    changes = field.at_the_end(meaning)
    across = np.broadcast_to(np.array(_numbers(field.across))[None, :, None], changes.shape).reshape(-1)
    up = np.broadcast_to(np.array(_numbers(field.up))[:, None, None], changes.shape).reshape(-1)
    sets = np.broadcast_to(numbered(field.runs)[1], changes.shape).reshape(-1)
    return Cases({field.axes[0]: across, field.axes[1]: up}, sets, (changes < -size).reshape(-1), parameters)


def _numbers(values: tuple[Any, ...]) -> list[float]:
    """Values as they are; names by their place."""
    return [float(place) if isinstance(value, str) else float(value) for place, value in enumerate(values)]
