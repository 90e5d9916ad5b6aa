"""Splice of a forecast on the record: the model says how a primitive moves, the record where it stands.

Definitions differ a little (`counterparts`), so each primitive is moved onto its last value on record, and a series
that follows from several keeps the ratio to them that it had when all were last on record.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from techduel.ensemble.record import Record
from techduel.facts import Facts, History, load_facts
from techduel.facts.backcast import FIRST_YEAR
from techduel.facts.history import Years
from techduel.model.axes import HUNDRED, STATES, Numbers
from techduel.studies.backtest.counterparts import POINTS, SERIES
from techduel.studies.backtest.primitives import (
    FIRST_RECORD,
    PRIMITIVES,
    SAME,
    Computed,
    Key,
    from_line,
    on_record,
    onto_line,
    recorded_in,
)
from techduel.studies.backtest.series import past

BROKEN: Final = 0.02
"""Growth of GDP this far from what was expected a year before breaks ratios to GDP (assumption: a recession does)."""
OVER_GDP: Final = ("research",)
"""Primitives whose denominator is GDP, and whose numerator is budgeted."""


@dataclass(frozen=True, slots=True)
class Path:
    """A primitive of one state by run, at the level of the record."""

    years: Years
    """(year,) the base year first."""
    line: Numbers
    """(run, year): logs or log odds."""
    scale: str
    anchor: int | None
    """Year of the record on which it is spliced; None where there is no record."""

    def values(self, missed: Numbers | float = 0.0) -> Numbers:
        """Values with what is added to the line, (run, year)."""
        return from_line(self.line + missed, self.scale)


def spliced(record: Record, facts: Facts, key: Key) -> Path:
    """A primitive moved onto the last value on record at or before the base year.

    Parameters
    ----------
    record : Record
        With at least `techduel.studies.backtest.primitives.OUTCOMES`.
    facts : Facts
        Those that the record was computed from.
    key : primitive and state

    Notes
    -----
    Where the last value is older than the base year, the median growth over as many years after it is taken to have
    held before it too, so that the forecast starts from the record and not from a guess about the years between.
    """
    name, state = key
    one = PRIMITIVES[name]
    line = onto_line(one.measure(record, facts)[:, STATES.index(state)], one.scale)
    on_file = on_record(facts.history, key, facts.base_year)
    if not on_file:
        return Path(record.years, line, one.scale, None)
    last = max(on_file)
    gap = min(facts.base_year - last, line.shape[1] - 1)
    start = float(onto_line(np.array(on_file[last]), one.scale)) + float(np.median(line[:, gap] - line[:, 0]))
    if name in OVER_GDP and last == facts.base_year:
        start += broken_denominator(facts, state)
    return Path(record.years, line - line[:, :1] + start, one.scale, last)


def broken_denominator(facts: Facts, state: str) -> float:
    """Log of GDP over GDP as expected a year before, where it came as a surprise, else 0.

    Research is budgeted before GDP is known. When GDP falls and comes back, a ratio of that year, carried on, would let
    research jump with it; so it is carried on over the GDP that was expected.
    """
    year = facts.base_year
    if year <= FIRST_YEAR:
        return 0.0
    expected = load_facts(year - 1).outlook.gdp_growth[STATES.index(state), 0]
    surprise = float(np.log1p(facts.history.at("gdp_growth", state, year) / HUNDRED) - np.log1p(expected))
    return surprise if abs(surprise) > BROKEN else 0.0


def level(history: History, name: str, state: str, until: int) -> float:
    """A recorded series over what follows from recorded primitives, when both were last on record; 1 without that."""
    one = SERIES[name]
    before = past(history, name, state).until(until)
    if one.scale == POINTS:
        return 1.0
    for year, value in zip(before.years[::-1].tolist(), before.values[::-1].tolist(), strict=True):
        implied = _implied(history, name, state, year) if year >= FIRST_RECORD else None
        if implied is not None:
            return float(value / implied)
    return 1.0


def _implied(history: History, name: str, state: str, year: int) -> float | None:
    """A series as it follows from what is on record of its primitives in one year."""
    missing: list[str] = []

    def value(primitive: str) -> Numbers:
        found = recorded_in(history, (primitive, state), year)
        missing.extend([primitive] if found is None else [])
        return np.array([np.nan if found is None else found])

    implied = SERIES[name].identity(Computed(value))
    return None if missing else float(implied[0])


def parts(paths: Mapping[Key, Path], missed: Mapping[Key, Numbers], state: str) -> Computed:
    """Primitives of a state with what the model misses, (run, year)."""

    def values(name: str) -> Numbers:
        key = SAME.get((name, state), (name, state))
        return paths[key].values(missed.get(key, 0.0))

    return Computed(values)
