"""Rolling hindcasts: forecasts from each origin since 2010, with what was expected then, against the record since."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from techduel.ensemble.record import Record
from techduel.facts import Facts
from techduel.scenario.scenario import Scenario
from techduel.studies.backtest.counterparts import LOG, SERIES
from techduel.studies.backtest.discrepancy import Discrepancy
from techduel.studies.backtest.estimation import Miss
from techduel.studies.backtest.forecast import Forecast, forecasts
from techduel.studies.backtest.primitives import KEYS, Key, from_line, on_record, onto_line
from techduel.studies.backtest.series import past
from techduel.studies.backtest.splice import Path, spliced

FIRST_ORIGIN: Final = 2010
RUNS: Final = 128
"""Runs of each hindcast: 64 parameter sets twice."""


@dataclass(frozen=True, slots=True)
class Error:
    """How far one forecast of one recorded value of a series was off: record over forecast, in logs.

    Of a growth rate, whose error is a difference, in hundreds of points.
    """

    series: str
    state: str
    ahead: int
    """Years since the origin."""
    alone: float
    whole: float
    """With what was known at the origin of what the model misses."""


def origins(until: int) -> range:
    """Years from which a forecast has at least one recorded year to be compared with."""
    return range(FIRST_ORIGIN, until)


def with_sets(scenario: Scenario, fitted: Scenario, until: int) -> Scenario:
    """A scenario of another origin with the parameters of a fitted one, up to a year."""
    return replace(scenario, parameters=fitted.parameters, sets=fitted.sets, horizon=until)


def misses(record: Record, facts: Facts, until: int) -> Iterator[Miss]:
    """Errors of one hindcast, of every primitive and year up to `until` that is on record.

    Parameters
    ----------
    record : Record
        With at least `techduel.studies.backtest.primitives.OUTCOMES`.
    facts : Facts
        Those of its origin; their history may go on.
    until : int
        What came later is not looked at.
    """
    for key in KEYS:
        path = spliced(record, facts, key)
        for year, observed in on_record(facts.history, key, min(until, int(record.years[-1]))).items():
            if path.anchor is not None and year > facts.base_year:
                yield _miss(key, path, year, observed, facts.base_year)


def _miss(key: Key, path: Path, year: int, observed: float, origin: int) -> Miss:
    line = path.line[:, np.searchsorted(path.years, year)]
    forecast = float(np.median(from_line(line, path.scale)))
    came, expected = onto_line(np.array([observed, forecast]), path.scale).tolist()
    ahead = year - (origin if path.anchor is None else path.anchor)
    return Miss(*key, origin, year, ahead, observed, forecast, came - expected, float(line.std(ddof=1)))


def errors(record: Record, facts: Facts, discrepancy: Discrepancy, until: int) -> Iterator[Error]:
    """Errors of every series of one hindcast, alone and with what was known at its origin; arguments as of `misses`."""
    last = min(until, int(record.years[-1]))
    for one in forecasts(record, facts, discrepancy):
        later = past(facts.history, one.series, one.state).until(last)
        for year, observed in zip(later.years.tolist(), later.values.tolist(), strict=True):
            if one.last_record is not None and year > facts.base_year:
                yield _error(one, year, observed, facts.base_year)


def _error(one: Forecast, year: int, observed: float, origin: int) -> Error:
    middles = [float(np.median(sample)) for sample in one.at(year)]
    if SERIES[one.series].scale == LOG:
        whole, alone = (float(np.log(observed / middle)) for middle in middles)
    else:
        whole, alone = ((observed - middle) / 100.0 for middle in middles)
    return Error(one.series, one.state, year - origin, alone, whole)
