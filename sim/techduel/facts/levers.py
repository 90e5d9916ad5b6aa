"""What of the levers of 2020 was in force in the years before."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Final

import numpy as np

from techduel.facts.history import LAST_YEAR
from techduel.facts.tables import Row, outside, table
from techduel.model.axes import STATES, Numbers

FILE: Final = "levers_past.csv"
HEADER: Final = ("lever", "state", "year", "value", "unit", "source", "confidence", "licence")
PART: Final = "of 2020"
"""Unit of a value that multiplies the level of the base year 2020; listings alone are counted in firms."""
UNITS: Final = {"listing_pace": "firms per year"}
HIGHEST: Final = {PART: 2.0, "firms per year": 100.0}
FIRST_YEAR: Final = 2010


@dataclass(frozen=True, slots=True)
class PastLevers:
    """Steps by lever and state: a value holds from its year until the next."""

    steps: Mapping[tuple[str, str], Mapping[int, float]]

    @property
    def names(self) -> tuple[str, ...]:
        """Levers of which something is known, in the order of the file."""
        return tuple(dict.fromkeys(name for name, _ in self.steps))

    def value(self, lever: str, year: int) -> Numbers:
        """Value in force in a year, (state,).

        Where nothing is known of a state, a lever was as in 2020 and nobody was listed.
        """
        unknown = 0.0 if lever in UNITS else 1.0
        return np.array([_latest(self.steps.get((lever, state), {}), year, unknown) for state in STATES])


def read_past_levers(folder: Traversable, levers: tuple[str, ...], problems: list[str]) -> PastLevers:
    """Read the levers of the past; problems are appended.

    Parameters
    ----------
    folder : Traversable
        Where the file lies.
    levers : tuple of str
        Levers of the base year.
    problems : list of str
        One line each is appended.
    """
    steps: dict[tuple[str, str], dict[int, float]] = {}
    for row in table(folder, FILE, HEADER, problems):
        key = row.cells["lever"], row.cells["state"]
        problem = _problem(row, levers)
        if not problem and int(row.cells["year"]) in steps.get(key, {}):
            problem = "second value for this lever, state and year"
        if problem:
            problems.append(f"{row.place}: {problem}")
            continue
        steps.setdefault(key, {})[int(row.cells["year"])] = row.value
    late = [key for key, found in steps.items() if FIRST_YEAR not in found]
    problems += [f"{FILE}:1: {lever} of {state} does not start in {FIRST_YEAR}" for lever, state in late]
    return PastLevers(steps)


def _problem(row: Row, levers: tuple[str, ...]) -> str:
    lever, state, year = (row.cells[name] for name in ("lever", "state", "year"))
    unit = UNITS.get(lever, PART)
    if lever not in (*levers, *UNITS):
        return f"unknown lever {lever!r}; known: {', '.join((*levers, *UNITS))}"
    if state not in STATES:
        return f"unknown state {state!r}; known: {', '.join(STATES)}"
    if not year.isdecimal() or not FIRST_YEAR <= int(year) <= LAST_YEAR:
        return f"year {year!r}, allowed {FIRST_YEAR} to {LAST_YEAR}"
    if row.cells["unit"] != unit:
        return f"unit {row.cells['unit']!r}, expected {unit!r}"
    if outside(row.value, 0.0, HIGHEST[unit]):
        return f"value {row.value:g} is out of range; allowed 0 to {HIGHEST[unit]:g} ({unit})"
    return ""


def _latest(steps: Mapping[int, float], year: int, unknown: float) -> float:
    passed = [start for start in steps if start <= year]
    return steps[max(passed)] if passed else unknown
