"""Scores, naive rivals and the estimate of what a model misses, each against what it must be by its definition."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import lognorm, norm

from techduel.studies.backtest.counterparts import LOG, POINTS
from techduel.studies.backtest.discrepancy import Discrepancy, Miss, estimates
from techduel.studies.backtest.rivals import (
    LEAST_ERRORS,
    RULES,
    covered,
    crps_ensemble,
    crps_lognormal,
    crps_normal,
    errors,
    naive,
    spread,
    track,
    usual_spread,
)
from techduel.studies.backtest.series import Past

YEARS = np.arange(1995, 2021)


def by_definition(distribution: norm, observed: float, low: float, high: float) -> float:
    """CRPS as the integral of the squared distance of distribution functions."""
    left = quad(lambda x: distribution.cdf(x) ** 2, low, observed)[0]
    right = quad(lambda x: (1 - distribution.cdf(x)) ** 2, observed, high)[0]
    return float(left + right)


@pytest.mark.parametrize("observed", [-3.0, 1.0, 1.2, 6.0])
def test_normal_score_is_the_integral(observed: float) -> None:
    assert crps_normal(1.0, 1.5, observed) == pytest.approx(
        by_definition(norm(1.0, 1.5), observed, -30.0, 30.0), rel=1e-6
    )


@pytest.mark.parametrize("observed", [0.2, 2.0, 9.0])
def test_lognormal_score_is_the_integral(observed: float) -> None:
    distribution = lognorm(s=0.6, scale=math.exp(0.7))
    assert crps_lognormal(0.7, 0.6, observed) == pytest.approx(
        by_definition(distribution, observed, 0.0, 300.0), rel=1e-5
    )


def test_scores_without_spread_are_absolute_errors() -> None:
    assert crps_normal(2.0, 0.0, 5.0) == 3.0
    assert crps_lognormal(math.log(2.0), 0.0, 5.0) == pytest.approx(3.0)
    assert crps_ensemble(np.full(7, 2.0), 5.0) == pytest.approx(3.0)


def test_sample_score_is_exact_and_tends_to_the_closed_form() -> None:
    sample = np.random.default_rng(1).normal(1.0, 1.5, 20_000)
    small = sample[:50]
    pairs = np.abs(small - 0.3).mean() - np.abs(small[:, None] - small).mean() / 2
    assert crps_ensemble(small, 0.3) == pytest.approx(pairs)
    assert crps_ensemble(sample, 0.3) == pytest.approx(crps_normal(1.0, 1.5, 0.3), rel=0.02)


def test_a_sharper_or_truer_forecast_scores_better() -> None:
    sample = np.random.default_rng(2).normal(0.0, 1.0, 2_000)
    assert crps_ensemble(sample / 2, 0.0) < crps_ensemble(sample, 0.0) < crps_ensemble(sample, 2.0)
    assert crps_ensemble(sample / 10, 2.0) > crps_ensemble(sample, 2.0), "sharp and wrong is worse"


def test_coverage_is_that_of_the_central_band() -> None:
    sample = np.random.default_rng(3).normal(size=5_000)
    inside = [covered(sample, observed) for observed in np.random.default_rng(4).normal(size=2_000)]
    assert np.mean(inside) == pytest.approx(0.9, abs=0.02)


def exponential(growth: float) -> Past:
    return Past(YEARS, 100.0 * np.exp(growth * (YEARS - 1995)))


def test_rules_say_what_their_names_say() -> None:
    known = track(exponential(0.05), LOG, 2015)
    last = math.log(100.0) + 0.05 * 20
    assert known.last == 2015
    assert min(known.values) == 2000
    assert RULES["last_value"](known)(2015, 4) == pytest.approx(last)
    assert RULES["last_growth"](known)(2015, 4) == pytest.approx(last + 0.2)
    assert RULES["ar1"](known)(2015, 4) == pytest.approx(last + 0.2), "a constant growth is an autoregression"


def test_an_autoregression_returns_to_its_mean() -> None:
    values = [3.0]
    for _ in YEARS[1:]:
        values.append(1.0 + 0.5 * values[-1])
    known = track(Past(YEARS, np.array(values) + 1e-9 * YEARS), POINTS, 2020)
    far = RULES["ar1"](known)(2000, 30)
    assert far == pytest.approx(2.0, abs=0.01)


def test_growth_rates_stay_as_they_are() -> None:
    known = track(Past(YEARS, np.linspace(9.0, 5.0, len(YEARS))), POINTS, 2020)
    assert RULES["last_growth"](known)(2020, 3) == RULES["last_value"](known)(2020, 3) == 5.0


def test_rivals_do_not_see_beyond_the_origin() -> None:
    early = exponential(0.05)
    later = Past(YEARS, np.where(YEARS > 2012, 7.0, early.values))
    for rule in RULES:
        assert naive(rule, track(early, LOG, 2012), 2015, None) == naive(rule, track(later, LOG, 2012), 2015, None)


def test_spread_is_that_of_past_errors_at_the_horizon() -> None:
    known = track(exponential(0.05), LOG, 2020)
    past_errors = errors(RULES["last_value"](known), known)
    assert spread(past_errors, 3) == pytest.approx(0.15)
    assert spread(errors(RULES["last_growth"](known), known), 3) == pytest.approx(0.0, abs=1e-12)
    assert len(past_errors[3]) == 18, "from 2000 on"


def test_few_errors_grow_with_the_root_of_the_horizon() -> None:
    many, few = [0.1] * LEAST_ERRORS, [9.0] * (LEAST_ERRORS - 1)
    assert spread({1: many, 4: few}, 4) == pytest.approx(0.1 * 2.0)
    assert spread({2: [0.2, -0.2]}, 8) == pytest.approx(0.4)
    assert spread({}, 3) is None


def test_a_series_with_one_value_takes_the_usual_spread() -> None:
    others = [track(exponential(growth), LOG, 2020) for growth in (0.02, 0.04, 0.06)]
    usual = usual_spread("last_value", others, LOG)
    assert usual == pytest.approx(0.04)
    lonely = track(Past(np.array([2020]), np.array([7.8])), LOG, 2020)
    found = naive("last_value", lonely, 2024, usual)
    assert found is not None
    assert (found.mean, found.sd) == pytest.approx((math.log(7.8), 0.08))
    assert naive("last_growth", lonely, 2024, usual) is naive("ar1", lonely, 2024, usual) is None


def test_quantiles_of_rivals_are_in_the_unit_of_the_series() -> None:
    found = naive("last_value", track(exponential(0.05), LOG, 2020), 2021, None)
    assert found is not None
    assert found.quantile(0.0) == pytest.approx(exponential(0.05).values[-1])
    assert found.quantile(1.0) / found.quantile(0.0) == pytest.approx(math.exp(0.05))


def walk_misses(name: str, step: float, sd: float, seed: int) -> list[Miss]:
    """Errors of many forecasts of a world that drifts away by a random walk beside the model's own spread."""
    draws = np.random.default_rng(seed)
    return [
        Miss(name, "us", 2010, 2010 + ahead, ahead, 1.0, 1.0, error, sd * math.sqrt(ahead))
        for ahead in range(1, 9)
        for error in draws.normal(0.0, math.sqrt(ahead * (step**2 + sd**2)), 300)
    ]


@pytest.mark.parametrize("step", [0.0, 0.02, 0.08])
def test_the_size_of_a_step_is_found_again(step: float) -> None:
    (found,) = estimates(walk_misses("gerd_lcu", step, 0.03, seed=5), [("gerd_lcu", "us")])
    assert found.own_step == pytest.approx(step, abs=0.006)
    assert found.mean_square_z == pytest.approx(1.0 + (step / 0.03) ** 2, rel=0.1)


def test_a_model_that_expects_more_misses_nothing() -> None:
    misses = [Miss("gerd_lcu", "us", 2010, 2011, 1, 1.0, 1.0, 0.01, 0.05)]
    (found,) = estimates(misses, [("gerd_lcu", "us")])
    assert found.own_step == found.step == 0.0


def test_few_errors_are_pulled_towards_what_is_usual_and_none_take_it() -> None:
    def misses(name: str, error: float, years: int) -> list[Miss]:
        return [Miss(name, "us", 2010, 2010 + year, year, 1.0, 1.0, error, 1e-9) for year in range(1, years + 1)]

    keys = [("gerd_lcu", "us"), ("basic_share", "us"), ("gdp_lcu", "us")]
    found = {one.series: one for one in estimates([*misses("gerd_lcu", 0.1, 1), *misses("basic_share", 0.0, 8)], keys)}
    assert 0.0 < found["gerd_lcu"].step < found["gerd_lcu"].own_step
    assert found["basic_share"].step > found["basic_share"].own_step == 0.0
    assert found["gdp_lcu"].errors == 0
    assert found["gdp_lcu"].step == pytest.approx(math.sqrt(0.01 / 2))


def test_noise_is_a_random_walk_for_levels_and_none_for_growth() -> None:
    known = Discrepancy({("gerd_lcu", "us"): 0.1, ("gdp_growth", "us"): 2.0})
    years = np.arange(2020, 2030)
    levels, growth = (
        known.noise((name, "us"), range(4_000), years, 2020, seed=1) for name in ("gerd_lcu", "gdp_growth")
    )
    assert (levels[:, 0] == 0).all()
    assert (growth[:, 0] == 0).all()
    np.testing.assert_allclose(levels.std(axis=0)[1:], 0.1 * np.sqrt(np.arange(1, 10)), rtol=0.06)
    np.testing.assert_allclose(growth.std(axis=0)[1:], 2.0, rtol=0.06)
    assert abs(np.corrcoef(growth[:, 3], growth[:, 4])[0, 1]) < 0.06
    assert np.corrcoef(levels[:, 3], levels[:, 4])[0, 1] > 0.8


def test_noise_of_a_run_depends_on_nothing_else() -> None:
    known = Discrepancy({("gerd_lcu", "us"): 0.1, ("gerd_lcu", "china"): 0.1})
    years, key = np.arange(2020, 2026), ("gerd_lcu", "us")
    whole = known.noise(key, range(50), years, 2020, seed=1)
    np.testing.assert_array_equal(known.noise(key, [7, 3], years, 2020, seed=1), whole[[7, 3]])
    np.testing.assert_array_equal(known.noise(key, range(50), years[:3], 2020, seed=1), whole[:, :3])
    assert (known.noise(("gerd_lcu", "china"), range(50), years, 2020, seed=1)[:, 1:] != whole[:, 1:]).all()
    assert (known.noise(key, range(50), years, 2020, seed=2)[:, 1:] != whole[:, 1:]).all()


def test_an_older_record_has_drifted_by_the_base_year() -> None:
    known = Discrepancy({("gerd_lcu", "us"): 0.1})
    noise = known.noise(("gerd_lcu", "us"), range(4_000), np.arange(2020, 2022), 2017, seed=1)
    assert noise[:, 0].std() == pytest.approx(0.1 * math.sqrt(3), rel=0.06)
