"""Forecasts of recorded series: primitives spliced on the record, alone and with what the model misses."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from techduel.ensemble.record import Record
from techduel.facts import Facts
from techduel.facts.history import Years
from techduel.model.axes import STATES, Numbers
from techduel.studies.backtest.counterparts import SERIES
from techduel.studies.backtest.discrepancy import Discrepancy
from techduel.studies.backtest.primitives import PRIMITIVES, Computed, Key
from techduel.studies.backtest.series import pairs, past, unit
from techduel.studies.backtest.splice import Path, level, parts, spliced

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
    record: Record, facts: Facts, discrepancy: Discrepancy | None, keys: Sequence[tuple[str, str]] | None = None
) -> list[Forecast]:
    """Forecasts of series and states, all that have a counterpart when left out.

    Parameters
    ----------
    record : Record
        With at least `techduel.studies.backtest.primitives.OUTCOMES`.
    facts : Facts
        Those that it was computed from.
    discrepancy : Discrepancy, optional
        What the model misses; nothing when left out.
    keys : sequence of (series, state), optional
    """
    paths = spliced_all(record, facts)
    missed = {} if discrepancy is None else _missed(discrepancy, paths, record)
    alone = {state: parts(paths, {}, state) for state in STATES}
    whole = {state: parts(paths, missed, state) for state in STATES} if missed else alone
    return [_forecast(facts, record.years, key, alone[key[1]], whole[key[1]]) for key in keys or pairs()]


def spliced_all(record: Record, facts: Facts) -> dict[Key, Path]:
    """Every primitive of both states at the level of the record."""
    return {(name, state): spliced(record, facts, (name, state)) for name in PRIMITIVES for state in STATES}


def _missed(discrepancy: Discrepancy, paths: Mapping[Key, Path], record: Record) -> dict[Key, Numbers]:
    starts = {key: path.anchor or int(record.years[0]) for key, path in paths.items()}
    return discrepancy.noise(record.runs, record.years, starts, record.seed)


def _forecast(facts: Facts, years: Years, key: tuple[str, str], alone: Computed, whole: Computed) -> Forecast:
    name, state = key
    factor = level(facts.history, name, state, facts.base_year)
    ours, all_of_it = (factor * SERIES[name].identity(found)[:, 1:] for found in (alone, whole))
    last = past(facts.history, name, state).until(facts.base_year).last_year
    return Forecast(name, state, unit(name, state), years[1:], ours, all_of_it, last)
