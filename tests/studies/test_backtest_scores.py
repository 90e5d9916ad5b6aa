"""Scores, naive rivals and the estimate of what a model misses, each against what it must be by its definition."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import lognorm, norm

from techduel.studies.backtest.counterparts import LOG, POINTS
from techduel.studies.backtest.discrepancy import Discrepancy
from techduel.studies.backtest.estimation import PRIOR_YEARS, Estimate, Miss, discrepancy_from, estimates
from techduel.studies.backtest.primitives import KEYS, LONGEST_DRIFT, OUTLOOK_KNOWS, Key
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


def test_a_new_definition_begins_a_new_record() -> None:
    early = Past(YEARS, np.where(YEARS >= 2009, 0.5, 1.0) * exponential(0.05).values)
    assert min(track(early, LOG, 2015, (2009,)).values) == 2009
    assert min(track(early, LOG, 2008, (2009,)).values) == 2000, "not before it came"
    found = errors(RULES["last_growth"](track(early, LOG, 2015, (2009,))), track(early, LOG, 2015, (2009,)))
    assert max(abs(error) for known in found.values() for error in known) == pytest.approx(0.0, abs=1e-12)


RESEARCH: Key = ("research", "us")


def walk_misses(step: float, sd: float, drift: float, seed: int, key: Key = RESEARCH) -> list[Miss]:
    """Errors of many forecasts of a world that drifts away by a random walk beside the model's own spread."""
    draws = np.random.default_rng(seed)
    return [
        Miss(*key, 2010, 2010 + ahead, ahead, 1.0, 1.0, drift * ahead + error, sd * math.sqrt(ahead))
        for ahead in range(1, 9)
        for error in draws.normal(0.0, math.sqrt(ahead * (step**2 + sd**2)), 300)
    ]


def of(found: list[Estimate], key: Key) -> Estimate:
    return found[KEYS.index(key)]


@pytest.mark.parametrize("step", [0.0, 0.02, 0.08])
def test_the_size_of_a_step_is_found_again(step: float) -> None:
    found = of(estimates(walk_misses(step, 0.03, 0.0, seed=5)), RESEARCH)
    assert found.own_step == pytest.approx(step, abs=0.006)
    assert found.mean_square_z == pytest.approx(1.0 + (step / 0.03) ** 2, rel=0.1)


@pytest.mark.parametrize("drift", [-0.05, 0.03])
def test_a_drift_is_found_again_and_pulled_towards_none(drift: float) -> None:
    found = of(estimates(walk_misses(0.02, 0.03, drift, seed=6)), RESEARCH)
    assert found.years == 8
    assert found.drift == pytest.approx(drift * 8 / (8 + PRIOR_YEARS), rel=0.05)
    steady = of(estimates(walk_misses(0.02, 0.03, 0.0, seed=6)), RESEARCH)
    assert abs(steady.drift) < 0.1 * abs(drift)
    assert found.drift_sd == pytest.approx(steady.drift_sd, rel=0.05), "doubt is about steps, not about the drift"
    assert found.drift_sd == pytest.approx(0.02 / math.sqrt(8 + PRIOR_YEARS), rel=0.3)
    assert found.own_step < 1.5 * abs(drift), "what the drift explains is no step"


def test_an_exchange_rate_has_no_drift_and_the_outlook_is_trusted_at_first() -> None:
    rate, gdp = ("exchange_rate", "china"), ("real_gdp", "china")
    found = estimates([*walk_misses(0.02, 0.0, -0.05, 7, rate), *walk_misses(0.001, 0.0, -0.05, 7, gdp)])
    assert of(found, rate).drift == of(found, rate).drift_sd == 0.0
    assert of(found, rate).step > 0.05, "what is no drift is a step"
    made = noise(discrepancy_from(found), years=np.arange(2020, 2040))[gdp].mean(axis=0)
    assert abs(made[OUTLOOK_KNOWS]) < 0.1 * abs(made[-1])
    last = int(LONGEST_DRIFT) + OUTLOOK_KNOWS
    assert made[-1] == pytest.approx(made[last], rel=0.1), "nor does it go on for ever"


def test_a_model_that_expects_more_misses_nothing() -> None:
    found = of(estimates([Miss(*RESEARCH, 2010, 2011, 1, 1.0, 1.0, 0.01, 0.05)]), RESEARCH)
    assert found.own_step == found.step == 0.0


def test_few_errors_are_pulled_towards_what_is_usual_and_none_take_it() -> None:
    def misses(key: Key, error: float, years: int) -> list[Miss]:
        """Signs alternate, so that there is no drift."""
        return [
            Miss(*key, 2010, 2010 + year, 1, 1.0, 1.0, error * (-1.0) ** year, 1e-9) for year in range(1, years + 1)
        ]

    few, many, none = ("prices", "us"), ("basic", "us"), ("filings", "us")
    found = estimates([*misses(few, 0.1, 2), *misses(many, 0.0, 8)])
    assert 0.0 < of(found, few).step < of(found, few).own_step
    assert of(found, many).step > of(found, many).own_step == 0.0
    assert of(found, none).errors == 0
    assert of(found, none).drift == 0.0
    assert of(found, none).step == pytest.approx(math.sqrt(0.01 / 2))


def test_errors_that_come_together_are_correlated_and_few_less_so() -> None:
    draws = np.random.default_rng(8)
    pairs = draws.multivariate_normal([0.0, 0.0], [[1.0, 0.8], [0.8, 1.0]], 400) * 0.05
    keys: tuple[Key, Key] = (("research", "us"), ("public", "china"))

    def correlation(count: int, years: int) -> float:
        found = estimates(
            Miss(*key, number, 2010 + number % years, 1, 1.0, 1.0, float(pairs[number, place]), 1e-9)
            for number in range(count)
            for place, key in enumerate(keys)
        )
        return of(found, keys[0]).correlations[KEYS.index(keys[1])]

    assert correlation(400, 40) == pytest.approx(0.8 * 40 / (40 + PRIOR_YEARS), abs=0.06)
    assert abs(correlation(400, 4)) < 0.5
    apart = [Miss(*key, place, 2015, 1, 1.0, 1.0, 0.1, 1e-9) for place, key in enumerate(keys)]
    assert of(estimates(apart), keys[0]).correlations[KEYS.index(keys[1])] == 0.0, "of different forecasts"


def known(step: float = 0.1, drift: float = 0.0, drift_sd: float = 0.0, together: float = 0.0) -> Discrepancy:
    """The same of every primitive; all correlations are alike."""
    one, count = np.ones(len(KEYS)), len(KEYS)
    correlation = together + (1.0 - together) * np.eye(count)
    return Discrepancy(drift * one, drift_sd * one, step * one, correlation)


def noise(found: Discrepancy, runs: object = range(4_000), years: object = None, start: int = 2020, seed: int = 1):  # type: ignore[no-untyped-def]
    """What is added to the lines of all primitives."""
    span = np.arange(2020, 2030) if years is None else years
    return found.noise(runs, span, dict.fromkeys(KEYS, start), seed)  # type: ignore[arg-type]


def test_noise_is_a_random_walk_with_a_drift() -> None:
    found = noise(known(0.1, drift=-0.02, drift_sd=0.05))[RESEARCH]
    ahead = np.arange(1, 10)
    assert (found[:, 0] == 0).all()
    np.testing.assert_allclose(found.std(axis=0)[1:], np.sqrt(0.01 * ahead + 0.0025 * ahead**2), rtol=0.06)
    np.testing.assert_allclose(found.mean(axis=0)[1:], -0.02 * ahead, atol=0.02)
    steps = noise(known(0.1))[RESEARCH]
    np.testing.assert_allclose(steps.std(axis=0)[1:], 0.1 * np.sqrt(ahead), rtol=0.06)
    assert abs(np.corrcoef(np.diff(steps)[:, 3], np.diff(steps)[:, 4])[0, 1]) < 0.06


def test_primitives_err_together_as_far_as_they_are_correlated() -> None:
    for together in (0.0, 0.6):
        found = noise(known(0.1, drift_sd=0.05, together=together))
        sides = found["public", "us"][:, -1], found["research", "china"][:, -1]
        assert np.corrcoef(*sides)[0, 1] == pytest.approx(together, abs=0.05)


def test_noise_of_a_run_depends_on_nothing_else() -> None:
    found, years, key = known(0.1, 0.01, 0.02, 0.3), np.arange(2020, 2026), ("public", "china")
    whole = noise(found, range(50), years)[key]
    np.testing.assert_array_equal(noise(found, [7, 3], years)[key], whole[[7, 3]])
    np.testing.assert_array_equal(noise(found, range(50), years[:3])[key], whole[:, :3])
    assert (noise(found, range(50), years)["public", "us"][:, 1:] != whole[:, 1:]).all()
    assert (noise(found, range(50), years, seed=2)[key][:, 1:] != whole[:, 1:]).all()


def test_an_older_record_has_drifted_by_the_base_year() -> None:
    years = np.arange(2020, 2022)
    found = noise(known(0.1, drift=0.03), years=years, start=2017)[RESEARCH]
    assert found[:, 0].std() == pytest.approx(0.1 * math.sqrt(3), rel=0.06)
    assert found[:, 0].mean() == pytest.approx(0.09, abs=0.01)
    joined = known(0.1).noise(range(9), years, {**dict.fromkeys(KEYS, 2020), RESEARCH: 2017}, 1)
    np.testing.assert_array_equal(joined["public", "us"], noise(known(0.1), range(9), years)["public", "us"])
