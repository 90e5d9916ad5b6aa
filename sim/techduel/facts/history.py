"""The series of the past, 1964-2020, by name and state (or bloc, or the world)."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.facts.tables import Row, frozen, table
from techduel.model.axes import BLOCS, Numbers

FILE: Final = "history.csv"
HEADER: Final = ("series", "state", "year", "value", "unit", "source", "confidence", "licence")
PLACES: Final = (*BLOCS, "world")
"""Whose series there may be; most are those of the two states."""
FIRST_YEAR, LAST_YEAR = 1950, 2020

type Years = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Series:
    """One series of one state: years in order, values, and the unit of the file."""

    years: Years
    values: Numbers
    unit: str


@dataclass(frozen=True, slots=True)
class History:
    """Series of the past, annual, in the units of their sources (nominal money in local currency)."""

    table: Mapping[tuple[str, str], Series]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all series."""
        return tuple(dict.fromkeys(name for name, _ in self.table))

    def has(self, name: str, state: str) -> bool:
        """Whether a series exists for a state."""
        return (name, state) in self.table

    def series(self, name: str, state: str) -> tuple[Years, Numbers]:
        """Years and values of a series.

        Raises
        ------
        KeyError
            If there is no such series for this state.
        """
        found = self._found(name, state)
        return found.years, found.values

    def unit(self, name: str, state: str) -> str:
        """Unit of a series."""
        return self._found(name, state).unit

    def at(self, name: str, state: str, year: int) -> float:
        """Value of a series in one year.

        Raises
        ------
        KeyError
            If the series or the year is missing.
        """
        found = self._found(name, state)
        place = np.flatnonzero(found.years == year)
        if not len(place):
            raise KeyError(f"{name} of {state} has no value for {year}")
        return float(found.values[place[0]])

    def _found(self, name: str, state: str) -> Series:
        if not self.has(name, state):
            raise KeyError(f"no series {name!r} for {state!r}; known: {', '.join(self.names)}")
        return self.table[name, state]


def read_history(folder: Traversable, problems: list[str]) -> History:
    """Read all series; problems are appended."""
    groups: dict[tuple[str, str], dict[int, Row]] = {}
    for row in table(folder, FILE, HEADER, problems):
        if _placed(row, problems):
            _add(groups.setdefault((row.cells["series"], row.cells["state"]), {}), row, problems)
    return History({key: _series(rows) for key, rows in groups.items()})


def _placed(row: Row, problems: list[str]) -> bool:
    state, year = row.cells["state"], row.cells["year"]
    if state not in PLACES:
        problems.append(f"{row.place}: unknown state {state!r}; known: {', '.join(PLACES)}")
        return False
    # Nothing after the last year may enter: outcomes of the simulated future are not facts of its past.
    if not year.isdecimal() or not FIRST_YEAR <= int(year) <= LAST_YEAR:
        problems.append(f"{row.place}: year {year!r}, allowed {FIRST_YEAR} to {LAST_YEAR}")
        return False
    return True


def _add(rows: dict[int, Row], row: Row, problems: list[str]) -> None:
    year, first = int(row.cells["year"]), next(iter(rows.values()), row)
    if year in rows:
        problems.append(f"{row.place}: second value for this series, state and year (first at {rows[year].place})")
    elif row.cells["unit"] != first.cells["unit"]:
        problems.append(f"{row.place}: unit {row.cells['unit']!r}, but {first.cells['unit']!r} at {first.place}")
    rows.setdefault(year, row)


def _series(rows: Mapping[int, Row]) -> Series:
    years = np.array(sorted(rows), dtype=np.int64)
    values = frozen(np.array([rows[int(year)].value for year in years]))
    return Series(years, values, next(iter(rows.values())).cells["unit"])
