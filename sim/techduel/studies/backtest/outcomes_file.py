"""Outcomes from a stranger's CSV, read strictly: every surprise is refused with its line."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from techduel.facts import History
from techduel.facts.outlook import LAST_YEAR
from techduel.scenario.loader import InvalidInput
from techduel.scenario.table_file import Row, number, table_file
from techduel.studies.backtest.counterparts import LOG, SERIES
from techduel.studies.backtest.series import pairs, past, unit

COLUMNS: Final = ("series", "state", "year", "value", "unit")
MAX_BYTES: Final = 4_194_304
CODES: Final = {"USA": "us", "CHN": "china"}
"""States by their code in the file."""
WORLD: Final = "WLD"
"""Known to the sources of such files, answered by no series."""
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,79}")
MOST_PERCENT: Final = 100.0
SPELLINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "bn USD": ("bn current USD",),
    "bn yuan": ("bn CNY", "bn RMB"),
    "bn international $": ("bn current intl $", "bn PPP USD"),
    "bn PPP USD": ("bn current PPP USD", "bn international $"),
    "%": ("% real", "% a year", "% per year"),
    "% of R&D": ("% of GERD", "%"),
    "% of GDP": ("%",),
    "applications": ("applications (publication year)",),
    "FTE per million": ("FTE per million people", "per million people"),
    "% of market": ("% (all fabs located in China)", "% (China-headquartered firms)", "%"),
}
"""Other ways in which sources write a unit."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One observed value."""

    series: str
    state: str
    year: int
    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A series of one state that has no counterpart in the model, and how many rows it had."""

    series: str
    state: str
    rows: int
    reason: str


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What a file holds: what can be scored, and what cannot."""

    name: str
    scored: tuple[Outcome, ...]
    skipped: tuple[Skipped, ...]

    @property
    def last_year(self) -> int:
        """The last year to forecast."""
        return max(outcome.year for outcome in self.scored)


def read_outcomes(path: Path, origin: int) -> Outcomes:
    """Read and check an outcomes file.

    Parameters
    ----------
    path : Path
        CSV in UTF-8 with the columns `COLUMNS`; others are ignored.
    origin : int
        The last year that the forecast knows.

    Returns
    -------
    Outcomes
        In the order of the file.

    Raises
    ------
    InvalidInput
        With every problem, one line each, with file and line; also when nothing in the file can be scored.
    """
    table = table_file(path, COLUMNS, MAX_BYTES)
    problems: list[str] = []
    lines: dict[tuple[str, str, int], int] = {}
    good = []
    for line, row in table.rows:
        problem = _problem(row, origin) or _doubled(row, line, lines)
        problems += [f"{table.name}:{line}: {problem}"] if problem else []
        good += [] if problem else [_outcome(row)]
    if problems:
        raise InvalidInput(problems)
    return _sorted_out(path.stem, good)


def known_until(outcomes: Outcomes, history: History, origin: int) -> Outcomes:
    """The same without series that have no value on record until the origin: there is nothing to start from.

    Where the model's own base year is back-cast from later figures, a forecast of them would be no forecast.

    Raises
    ------
    InvalidInput
        If nothing is left.
    """
    keys = dict.fromkeys((one.series, one.state) for one in outcomes.scored)
    unknown = [key for key in keys if past(history, *key).until(origin).last_year is None]
    scored = tuple(one for one in outcomes.scored if (one.series, one.state) not in unknown)
    if not scored:
        raise InvalidInput([f"{outcomes.name}: no series with a value on record until {origin}"])
    rows = Counter((one.series, one.state) for one in outcomes.scored)
    skipped = [Skipped(*key, rows[key], f"no value on record until {origin}") for key in unknown]
    return Outcomes(outcomes.name, scored, (*outcomes.skipped, *skipped))


def recorded_after(history: History, origin: int) -> Outcomes:
    """The project's own records after an origin, as if they had come in a file; none that follow from others."""
    found = [
        Outcome(name, state, int(year), float(value), unit(name, state))
        for name, state in pairs()
        if SERIES[name].recorded is None
        for year, value in zip(*_after(history, name, state, origin), strict=True)
    ]
    return Outcomes("recorded", tuple(found), ())


def _after(history: History, name: str, state: str, origin: int) -> tuple[Sequence[int], Sequence[float]]:
    before = past(history, name, state)
    later = before.years > origin
    return before.years[later].tolist(), before.values[later].tolist()


def _problem(row: Row, origin: int) -> str:
    """What is wrong with a row, in words; empty if nothing is."""
    if not NAME.fullmatch(row["series"]):
        return f"series {row['series'][:40]!r}: a name has small letters, digits and underscores"
    if row["state"] not in {*CODES, WORLD}:
        return f"state {row['state'][:40]!r}; allowed: {', '.join(CODES)}"
    if not row["year"].isascii() or not row["year"].isdecimal() or not origin < int(row["year"][:9]) <= LAST_YEAR:
        return f"year {row['year'][:40]!r}; allowed: a year after the origin, {origin + 1} to {LAST_YEAR}"
    try:
        number(row["value"])
    except ValueError as refused:
        return f"value {refused}"
    return _of_counterpart(row) if _answered(row) else ""


def _of_counterpart(row: Row) -> str:
    """What makes a value of a series that the model answers impossible."""
    name, value = row["series"], float(row["value"])
    allowed = unit(name, CODES[row["state"]])
    if row["unit"] not in (allowed, *SPELLINGS.get(allowed, ())):
        return f"unit {row['unit'][:40]!r} of {name}; allowed: {allowed}"
    if SERIES[name].scale == LOG and value <= 0.0:
        return f"value {value:g} of {name} has to be above 0"
    if allowed.startswith("%") and abs(value) > MOST_PERCENT:
        return f"value {value:g} of {name} is more than {MOST_PERCENT:g} %"
    return ""


def _answered(row: Row) -> bool:
    return (row["series"], CODES.get(row["state"])) in pairs()


def _doubled(row: Row, line: int, lines: dict[tuple[str, str, int], int]) -> str:
    key = (row["series"], row["state"], int(row["year"]))
    first = lines.setdefault(key, line)
    return "" if first == line else f"second value for this series, state and year (first at line {first})"


def _outcome(row: Row) -> Outcome:
    state = CODES.get(row["state"], WORLD)
    return Outcome(row["series"], state, int(row["year"]), float(row["value"]), row["unit"])


def _sorted_out(name: str, outcomes: Sequence[Outcome]) -> Outcomes:
    answered = set(pairs())
    scored = tuple(one for one in outcomes if (one.series, one.state) in answered)
    others = Counter((one.series, one.state) for one in outcomes)
    if not scored:
        raise InvalidInput([f"{name}: no series that the model answers; it answers: {', '.join(SERIES)}"])
    skipped = [Skipped(*key, rows, _reason(key[0])) for key, rows in others.items() if key not in answered]
    return Outcomes(name, scored, tuple(skipped))


def _reason(series: str) -> str:
    if series not in SERIES:
        return "no counterpart in the model"
    return "no counterpart in the model for this state"
