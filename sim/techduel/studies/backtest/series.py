"""Recorded statistics and the model's counterparts of them, under the names and in the units of ``history.csv``."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from techduel.ensemble.record import Record
from techduel.facts import Facts, History
from techduel.facts.history import Years
from techduel.model.axes import Numbers
from techduel.studies.backtest.counterparts import SERIES, Recorded
from techduel.studies.backtest.primitives import PRIMITIVES, Computed

OWN_CURRENCY: Final = {"us": "bn USD", "china": "bn yuan"}


@dataclass(frozen=True, slots=True)
class Past:
    """Recorded values of one series of one state, years in order."""

    years: Years
    values: Numbers

    def until(self, year: int) -> "Past":
        """The part that ends with a year."""
        before = self.years <= year
        return Past(self.years[before], self.values[before])

    @property
    def last_year(self) -> int | None:
        """The last year with a value; None where there is none."""
        return int(self.years[-1]) if len(self.years) else None


def unit(name: str, state: str) -> str:
    """Unit of a series for a state."""
    return SERIES[name].unit or OWN_CURRENCY[state]


def past(history: History, name: str, state: str) -> Past:
    """What is on record of a series; empty where nothing is."""
    series = SERIES[name]
    if series.recorded is None:
        found = history.series(name, state) if history.has(name, state) else (np.empty(0, np.int64), np.empty(0))
        return Past(*found)
    years = [int(year) for year in history.series("gerd_lcu", state)[0]]
    values = {year: value for year in years if (value := _derived(series.recorded, history, state, year)) is not None}
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
        With at least `techduel.studies.backtest.primitives.OUTCOMES`.
    facts : Facts
        Those that the record was computed from.
    name : str
        A series of `SERIES`.

    Returns
    -------
    array (run, state, year)
        In the unit of the series, years as in `Record.years`. Both states, also where only one has a record.
    """
    return SERIES[name].identity(Computed(lambda primitive: PRIMITIVES[primitive].measure(record, facts)))


def pairs() -> list[tuple[str, str]]:
    """Series and state of every counterpart."""
    return [(name, state) for name, series in SERIES.items() for state in series.states]
