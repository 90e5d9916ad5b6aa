"""Forecasts of recorded series: the ensemble spliced on the record, alone and with what the model misses."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from techduel.ensemble.chunks import Numbers
from techduel.ensemble.record import Record
from techduel.facts import Facts
from techduel.facts.history import Years
from techduel.studies.backtest.discrepancy import Discrepancy
from techduel.studies.backtest.series import anchored, pairs, unit

type Line = tuple[str | float, ...]

LEVELS: Final = (0.05, 0.5, 0.95)
COLUMNS: Final = (
    *("series", "state", "year", "unit", "q05", "q50", "q95", "model_q05", "model_q50", "model_q95", "last_record"),
)


@dataclass(frozen=True, slots=True)
class Forecast:
    """One series of one state after the base year."""

    series: str
    state: str
    unit: str
    years: Years
    """(year,) without the base year."""
    alone: Numbers
    """(run, year): parameters and luck."""
    whole: Numbers
    """(run, year): the same with the discrepancy; equal to `alone` without one."""
    last_record: int | None
    """Year of the record that it is spliced on; None where there is no record."""

    def at(self, year: int) -> tuple[Numbers, Numbers]:
        """Both samples of a year, (run,)."""
        place = int(np.searchsorted(self.years, year))
        return self.whole[:, place], self.alone[:, place]

    def lines(self) -> Iterator[Line]:
        """A row a year, in the order of `COLUMNS`."""
        whole, alone = (np.quantile(sample, LEVELS, axis=0) for sample in (self.whole, self.alone))
        for place, year in enumerate(self.years.tolist()):
            numbers = (*whole[:, place].tolist(), *alone[:, place].tolist())
            yield (self.series, self.state, year, self.unit, *numbers, self.last_record or float("nan"))


def forecasts(
    record: Record, facts: Facts, known: Discrepancy | None, keys: Sequence[tuple[str, str]] | None = None
) -> list[Forecast]:
    """Forecasts of series and states, all that have a counterpart when left out.

    Parameters
    ----------
    record : Record
        With at least `techduel.studies.backtest.counterparts.OUTCOMES`.
    facts : Facts
        Those that it was computed from.
    known : Discrepancy, optional
        What the model misses; nothing when left out.
    keys : sequence of (series, state), optional
    """
    return [_forecast(record, facts, known, key) for key in keys or pairs()]


def _forecast(record: Record, facts: Facts, known: Discrepancy | None, key: tuple[str, str]) -> Forecast:
    path = anchored(record, facts, *key)
    whole = path.values
    if known is not None:
        start = facts.base_year if path.anchor is None else path.anchor
        whole = known.added(path.values, key, record.runs, path.years, record.seed, start)
    return Forecast(*key, unit(*key), path.years[1:], path.values[:, 1:], whole[:, 1:], path.anchor)
