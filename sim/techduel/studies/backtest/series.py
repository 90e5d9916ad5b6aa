"""Recorded statistics and the model's counterparts of them, under the names and in the units of ``history.csv``.

Definitions differ a little (`counterparts`), so a forecast is spliced on the last recorded value: the model says
how a series moves, the record where it stands.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from techduel.ensemble.chunks import Numbers
from techduel.ensemble.record import Record
from techduel.facts import Facts, History
from techduel.facts.history import Years
from techduel.model.axes import STATES
from techduel.studies.backtest.counterparts import POINTS, SERIES, Recorded

OWN_CURRENCY: Final = {"us": "bn USD", "china": "bn yuan"}


@dataclass(frozen=True, slots=True)
class Past:
    """Recorded values of one series of one state, years in order."""

    years: Years
    values: Numbers

    def until(self, year: int) -> "Past":
        """The part that ends with a year."""
        known = self.years <= year
        return Past(self.years[known], self.values[known])

    @property
    def last_year(self) -> int | None:
        """The last year with a value; None where there is none."""
        return int(self.years[-1]) if len(self.years) else None


@dataclass(frozen=True, slots=True)
class Path:
    """A counterpart of one state by run, in the unit and at the level of the record."""

    years: Years
    """(year,) the base year first."""
    values: Numbers
    """(run, year); NaN in the base year for a growth rate."""
    anchor: int | None
    """Year of the record on which it is spliced; None where there is no record."""


def unit(name: str, state: str) -> str:
    """Unit of a series for a state."""
    return SERIES[name].unit or OWN_CURRENCY[state]


def past(history: History, name: str, state: str) -> Past:
    """What is on record of a series; empty where nothing is."""
    known = SERIES[name]
    if known.recorded is None:
        found = history.series(name, state) if history.has(name, state) else (np.empty(0, np.int64), np.empty(0))
        return Past(*found)
    years = [int(year) for year in history.series("gerd_lcu", state)[0]]
    values = {year: value for year in years if (value := _derived(known.recorded, history, state, year)) is not None}
    return Past(np.array(list(values), dtype=np.int64), np.array(list(values.values())))


def _derived(recorded: Recorded, history: History, state: str, year: int) -> float | None:
    try:
        return recorded(history, state, year)
    except KeyError:
        return None


def annual(record: Record, facts: Facts, name: str) -> Numbers:
    """The model's values of a series by calendar year.

    Parameters
    ----------
    record : Record
        With at least `techduel.studies.backtest.counterparts.OUTCOMES`.
    facts : Facts
        Those that the record was computed from.
    name : str
        A series of `SERIES`.

    Returns
    -------
    array (run, state, year)
        In the unit of the series, years as in `Record.years`. Both states, also where only one has a record.
    """
    return SERIES[name].measure(record, facts)


def anchored(record: Record, facts: Facts, name: str, state: str) -> Path:
    """A series of one state spliced on the last value on record at or before the base year.

    Notes
    -----
    Where the last value is older than the base year, the median growth over as many years after it is taken to have
    held before it too, so that the forecast starts from the record and not from a guess about the years between.
    """
    values = annual(record, facts, name)[:, STATES.index(state)]
    known = past(facts.history, name, state).until(facts.base_year)
    if SERIES[name].scale == POINTS or known.last_year is None:
        return Path(record.years, values, known.last_year)
    return Path(record.years, values * _factor(values, known, facts.base_year), known.last_year)


def _factor(values: Numbers, known: Past, base_year: int) -> Numbers:
    """Level of the record over that of the model, (run, 1)."""
    gap = min(base_year - int(known.years[-1]), values.shape[1] - 1)
    grown = np.median(values[:, gap] / values[:, 0])
    ratio: Numbers = grown * known.values[-1] / values[:, :1]
    return ratio


def pairs() -> list[tuple[str, str]]:
    """Series and state of every counterpart."""
    return [(name, state) for name, known in SERIES.items() for state in known.states]
