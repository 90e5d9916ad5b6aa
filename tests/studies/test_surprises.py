"""Bands of five years against what history did in five years: neither a multiple of its surprises nor a fraction."""

import math

import pytest

from techduel.ensemble.simulation import simulate
from techduel.facts import load_facts
from techduel.scenario.scenario import load_scenario
from techduel.studies.backtest.counterparts import SERIES
from techduel.studies.backtest.discrepancy import load_discrepancy
from techduel.studies.backtest.forecast import Forecast, forecasts
from techduel.studies.backtest.rivals import RULES, errors, spread, track
from techduel.studies.backtest.series import past

AHEAD = 5
WITH_A_PAST = [
    (series, state) for series in ("gerd_lcu", "gerd_pct_gdp", "basic_share", "basic_lcu") for state in ("us", "china")
]


@pytest.fixture(scope="module")
def found() -> dict[tuple[str, str], Forecast]:
    facts = load_facts()
    scenario = load_scenario("baseline_2021", "params=posterior", f"horizon={facts.base_year + AHEAD}")
    record = simulate(scenario, runs=128, record="headline")
    made = forecasts(
        record, facts, load_discrepancy(facts.base_year), [*WITH_A_PAST, ("digital_core_share_gdp", "china")]
    )
    return {(forecast.series, forecast.state): forecast for forecast in made}


def surprise(series: str, state: str) -> float:
    """Root mean square log error over five years since 2000 of the naive rule that erred least."""
    facts = load_facts()
    known = track(past(facts.history, series, state), SERIES[series].scale, facts.base_year)
    sizes = [spread(errors(rule(known), known), AHEAD) for rule in RULES.values()]
    return min(size for size in sizes if size is not None)


def deviation(forecast: Forecast) -> float:
    low, high = (float(value) for value in _quantiles(forecast))
    return math.log(high / low) / (2.0 * 1.645)


def _quantiles(forecast: Forecast) -> tuple[str | float, str | float]:
    line = list(forecast.lines())[AHEAD - 1]
    return line[4], line[6]


@pytest.mark.parametrize("key", WITH_A_PAST, ids=" ".join)
def test_bands_are_as_wide_as_surprises_have_been(key: tuple[str, str], found: dict[tuple[str, str], Forecast]) -> None:
    assert 0.5 < deviation(found[key]) / surprise(*key) < 2.5


def test_the_digital_core_which_has_no_past_is_as_unsure_as_the_rest(found: dict[tuple[str, str], Forecast]) -> None:
    others = sorted(deviation(found[key]) for key in WITH_A_PAST)
    assert others[0] < deviation(found["digital_core_share_gdp", "china"]) < others[-1]
