"""Rolling hindcasts: forecasts from each origin since 2010, with what was expected then, against the record since."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from techduel.ensemble.record import Record
from techduel.facts import Facts
from techduel.scenario.scenario import Scenario
from techduel.studies.backtest.counterparts import LOG, SERIES
from techduel.studies.backtest.discrepancy import Miss
from techduel.studies.backtest.series import Path, anchored, pairs, past

FIRST_ORIGIN: Final = 2010
RUNS: Final = 128
"""Runs of each hindcast: 64 parameter sets twice."""


def origins(until: int) -> range:
    """Years from which a forecast has at least one recorded year to be compared with."""
    return range(FIRST_ORIGIN, until)


def with_sets(scenario: Scenario, fitted: Scenario, until: int) -> Scenario:
    """A scenario of another origin with the parameters of a fitted one, up to a year."""
    return replace(scenario, parameters=fitted.parameters, sets=fitted.sets, horizon=until)


def misses(record: Record, facts: Facts, until: int) -> Iterator[Miss]:
    """Errors of one hindcast, of every series and year up to `until` that is on record.

    Parameters
    ----------
    record : Record
        With at least `techduel.studies.backtest.counterparts.OUTCOMES`.
    facts : Facts
        Those of its origin; their history may go on.
    until : int
        What came later is not looked at.
    """
    for name, state in pairs():
        path = anchored(record, facts, name, state)
        later = past(facts.history, name, state).until(until)
        for year, observed in zip(later.years.tolist(), later.values.tolist(), strict=True):
            if path.anchor is not None and facts.base_year < year <= record.years[-1]:
                yield _miss((name, state), path, year, observed, facts.base_year)


def _miss(key: tuple[str, str], path: Path, year: int, observed: float, origin: int) -> Miss:
    sample = path.values[:, np.searchsorted(path.years, year)]
    middle = float(np.median(sample))
    ahead = year - (origin if path.anchor is None else path.anchor)
    if SERIES[key[0]].scale == LOG:
        error, sd = float(np.log(observed / middle)), float(np.log(sample).std(ddof=1))
    else:
        error, sd = observed - middle, float(sample.std(ddof=1))
    return Miss(*key, origin, year, ahead, observed, middle, error, sd)
