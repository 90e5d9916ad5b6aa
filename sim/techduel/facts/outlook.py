"""What forecasters expected of growth, people, prices and the exchange rate, by March 2021."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Final

import numpy as np

from techduel.facts.history import Years
from techduel.facts.tables import Row, frozen, outside, table
from techduel.model.axes import BLOCS, STATES, Numbers

LAST_YEAR: Final = 2050
HEADER: Final = ("quantity", "where", "year", "value", "unit", "source", "confidence", "licence")


@dataclass(frozen=True, slots=True)
class Outlook:
    """Annual paths from the year after the base year to 2050."""

    years: Years
    """(year,)"""
    gdp_growth: Numbers
    """(bloc, year) real, per year."""
    population: Numbers
    """(state, year) million."""
    inflation: Numbers
    """(state, year) GDP deflator, per year."""
    currency_per_usd: Numbers
    """(state, year) units of the state's currency for a dollar."""


@dataclass(frozen=True, slots=True)
class _Path:
    places: tuple[str, ...]
    unit: str
    scale: float
    low: float
    high: float


_PATHS: Final = {
    "gdp_growth": _Path(BLOCS, "% a year", 0.01, -10.0, 15.0),
    "population": _Path(STATES, "million", 1.0, 1.0, 3000.0),
    "inflation": _Path(STATES, "% a year", 0.01, -5.0, 20.0),
    "currency_per_usd": _Path(STATES, "currency per USD", 1.0, 0.1, 1000.0),
}

type _Knots = dict[tuple[str, str], dict[int, Row]]


def read_outlook(folder: Traversable, base_year: int, base_population: Numbers, problems: list[str]) -> Outlook:
    """Read the forecasts made for a base year; straight lines between the years given, level after the last.

    Population forecasts are used as growth from their own base year, scaled to the census figure of the base
    year: the United Nations count China 2 % larger than its statistics office, which would be a jump.

    Parameters
    ----------
    folder : Traversable
        Where the file lies.
    base_year : int
        Year before the first year of the outlook.
    base_population : Numbers
        (state,) million people in the base year.
    problems : list of str
        Problems are appended.

    Returns
    -------
    Outlook
        Not a number where something is missing.
    """
    name = f"outlook_{base_year}.csv"
    return outlook_from(table(folder, name, HEADER, problems), name, base_year, base_population, problems)


def outlook_from(rows: list[Row], name: str, base_year: int, base_population: Numbers, problems: list[str]) -> Outlook:
    """The outlook that the rows of a file give; see `read_outlook`."""
    knots = _knots(rows, problems)
    problems += _missing(name, knots, base_year)
    years = np.arange(base_year, LAST_YEAR + 1)
    lines = {quantity: _lines(knots, quantity, path, years) for quantity, path in _PATHS.items()}
    lines["population"] *= (base_population / lines["population"][:, 0])[:, None]
    return Outlook(years[1:], **{quantity: frozen(line[:, 1:].copy()) for quantity, line in lines.items()})


def _knots(rows: list[Row], problems: list[str]) -> _Knots:
    knots: _Knots = {}
    for row in rows:
        problem = _problem(row)
        if problem:
            problems.append(f"{row.place}: {problem}")
            continue
        line, year = knots.setdefault((row.cells["quantity"], row.cells["where"]), {}), int(row.cells["year"])
        if year in line:
            problems.append(f"{row.place}: second value of this path and year (first at {line[year].place})")
        line.setdefault(year, row)
    return knots


def _problem(row: Row) -> str | None:
    path = _PATHS.get(row.cells["quantity"])
    if path is None:
        return f"unknown quantity {row.cells['quantity']!r}; known: {', '.join(_PATHS)}"
    if row.cells["where"] not in path.places:
        return f"unknown place {row.cells['where']!r}; known: {', '.join(path.places)}"
    if row.cells["unit"] != path.unit:
        return f"unit {row.cells['unit']!r}, expected {path.unit!r}"
    if not row.cells["year"].isdecimal() or int(row.cells["year"]) > LAST_YEAR:
        return f"year {row.cells['year']!r}, allowed up to {LAST_YEAR}"
    if outside(row.value, path.low, path.high):
        return f"value {row.value:g} is out of range; allowed {path.low:g} to {path.high:g} ({path.unit})"
    return None


def _missing(name: str, knots: _Knots, base_year: int) -> list[str]:
    first = {"population": base_year}
    return [
        f"{name}:1: {quantity} of {place} does not start by {first.get(quantity, base_year + 1)}"
        for quantity, path in _PATHS.items()
        for place in path.places
        if min(knots.get((quantity, place), [LAST_YEAR + 1])) > first.get(quantity, base_year + 1)
    ]


def _lines(knots: _Knots, quantity: str, path: _Path, years: Years) -> Numbers:
    return np.stack([_line(knots.get((quantity, place), {}), years) for place in path.places]) * path.scale


def _line(knots: Mapping[int, Row], years: Years) -> Numbers:
    if not knots:
        return np.full(len(years), np.nan)
    at = sorted(knots)
    return np.interp(years, at, [knots[year].value for year in at])
