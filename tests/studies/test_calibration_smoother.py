"""The smoother on linear models, whose posterior is known exactly; recovery of planted parameters; what is kept."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from techduel.model.axes import Numbers
from techduel.scenario.loader import InvalidInput
from techduel.studies.calibrate.fit import (
    CHECKED,
    DUMMIES,
    FEWEST_STEPS,
    MOST_STEPS,
    NothingPlausible,
    Plan,
    Step,
    Target,
    evaluation,
    implausibility,
    missed,
    planned,
    plausible,
    prior_scores,
    smoothed,
    thinned,
)
from techduel.studies.calibrate.moments import Moment
from techduel.studies.calibrate.recovery import by_emulator, emulator, held_share, recorded
from techduel.studies.calibrate.smoother import assimilated, luck_covariance
from techduel.studies.calibrate.tables import WEAKLY

COLUMNS, INFORMED, MOMENTS, MEMBERS, STEPS = 12, 4, 8, 1500, 4


@dataclass
class Linear:
    """Moments = response x scores + luck; the record adds an error."""

    generator: np.random.Generator
    response: Numbers
    luck: Numbers
    error: Numbers

    def moments(self, scores: Numbers) -> Numbers:
        return scores @ self.response.T + self.generator.multivariate_normal(np.zeros(MOMENTS), self.luck, len(scores))

    def exact(self, record: Numbers) -> tuple[Numbers, Numbers]:
        """Mean and standard deviations of the posterior."""
        weight = self.response.T @ np.linalg.inv(self.luck + self.error)
        spread = np.linalg.inv(np.eye(COLUMNS) + weight @ self.response)
        return spread @ weight @ record, np.sqrt(np.diag(spread))

    def smoothed(self, record: Numbers, *, knows_luck: bool = True) -> Numbers:
        scores = self.generator.standard_normal((MEMBERS, COLUMNS))
        for step in range(STEPS):
            found = self.moments(scores)
            luck = luck_covariance(found, self.moments(scores)) if knows_luck else 1e-9 * np.eye(MOMENTS)
            scores = assimilated(scores, found, record, self.error, luck, STEPS, step)
        return scores


@pytest.fixture
def linear() -> Linear:
    generator = np.random.default_rng(3)
    response = np.zeros((MOMENTS, COLUMNS))
    response[:, :INFORMED] = generator.normal(size=(MOMENTS, INFORMED))
    return Linear(generator, response, 0.4 * np.eye(MOMENTS) + 0.3, 0.2 * np.eye(MOMENTS))


@pytest.fixture
def record(linear: Linear) -> Numbers:
    truth = np.zeros((1, COLUMNS))
    truth[0, :INFORMED] = (1.0, -1.0, 0.5, 0.0)
    return linear.moments(truth)[0] + linear.generator.normal(size=MOMENTS) * np.sqrt(0.2)


def test_smoother_finds_the_exact_posterior_of_a_linear_model_with_luck(linear: Linear, record: Numbers) -> None:
    scores = linear.smoothed(record)
    mean, spread = linear.exact(record)
    assert np.abs(scores.mean(axis=0) - mean).max() < 0.3 * spread.max()
    assert np.all(np.abs(scores.std(axis=0) / spread - 1.0) < 0.15)


def test_luck_that_is_forgotten_is_taken_for_signal(linear: Linear, record: Numbers) -> None:
    _, spread = linear.exact(record)
    assert np.all(linear.smoothed(record, knows_luck=False).std(axis=0)[:INFORMED] < 0.9 * spread[:INFORMED])


def test_an_assimilation_has_the_same_bits_on_any_number_of_threads() -> None:
    """As many sets and moments as the fit to 2020 has: smaller matrices are not split between threads."""
    generator = np.random.default_rng(1)
    scores, moments = generator.normal(size=(1000, 5)), generator.normal(size=(1000, 138))
    one, other = generator.normal(size=(2, 256, 138))
    found = []
    for threads in (1, 2, 3):
        with threadpool_limits(threads):
            luck = luck_covariance(one, other)
            found.append(
                assimilated(scores, moments, np.zeros(138), np.eye(138), luck, 8, 1).tobytes() + luck.tobytes()
            )
    assert len(set(found)) == 1


def test_columns_without_meaning_keep_their_spread(linear: Linear, record: Numbers) -> None:
    assert np.all(np.abs(linear.smoothed(record).std(axis=0)[INFORMED:] - 1.0) < 0.1)


def test_a_moment_that_never_moves_teaches_nothing(linear: Linear, record: Numbers) -> None:
    scores = linear.generator.standard_normal((200, COLUMNS))
    still = np.zeros((200, MOMENTS))
    still[:, 0] = linear.moments(scores)[:, 0]
    found = assimilated(scores, still, record, linear.error, linear.luck, STEPS, 1)
    alone = assimilated(scores, still[:, :1], record[:1], linear.error[:1, :1], linear.luck[:1, :1], STEPS, 1)
    assert np.isfinite(found).all()
    assert np.array_equal(found, alone)


def test_a_broken_world_teaches_nothing_and_breaks_no_other(linear: Linear, record: Numbers) -> None:
    scores = linear.generator.standard_normal((200, COLUMNS))
    found = linear.moments(scores)
    broken = found.copy()
    broken[7] = np.nan
    found[7] = np.median(np.delete(found, 7, axis=0), axis=0)
    one, other = (assimilated(scores, part, record, linear.error, linear.luck, STEPS, 1) for part in (broken, found))
    assert np.allclose(one, other, atol=0.05)


def test_a_world_beyond_all_others_is_cut_off(linear: Linear, record: Numbers) -> None:
    """Finite, but so far away that it alone would decide every correlation."""
    scores = linear.generator.standard_normal((200, COLUMNS))
    found = linear.moments(scores)
    learnt = []
    for far in (found[7], 1e5, 1e12):
        found[7] = far
        learnt.append(assimilated(scores, found, record, linear.error, linear.luck, STEPS, 1))
    sound, *broken = learnt
    assert np.array_equal(*broken)
    assert np.abs(broken[0].mean(axis=0) - sound.mean(axis=0)).max() < 0.2


def test_luck_is_what_two_runs_of_a_set_differ_by(linear: Linear) -> None:
    scores = 3.0 * linear.generator.standard_normal((4000, COLUMNS))
    found = luck_covariance(linear.moments(scores), linear.moments(scores))
    assert np.abs(found - linear.luck).max() < 0.1


def _moment(name: str) -> Moment:
    return Moment(name, "history", "us", 2015, None, "level", "rd_intensity", 0.0, 0.3, 0.0, "")


def _aim(value: Numbers, error: float = 0.09) -> Target:
    chosen = tuple(_moment(f"m{place}") for place in range(len(value)))
    return Target(chosen, np.arange(len(value)), value, error * np.eye(len(value)))


def test_planted_parameters_are_found_again_as_often_as_the_intervals_say() -> None:
    generator = np.random.default_rng(5)
    known, plan = 10, Plan(2020, 400, 4, 1)
    scores = generator.standard_normal((plan.members, known))
    response = generator.normal(size=(known, 6)) * np.array([[1.0]] * 5 + [[0.0]] * 5)

    def world(scores: Numbers) -> Numbers:
        bent = scores @ response + 0.3 * (scores**2 - 1.0) @ response
        return bent + 0.5 * generator.standard_normal((len(scores), 6))

    emulated = emulator(scores, world(scores))
    assert np.all(emulated.explained > 0.8)
    dummies = generator.standard_normal((plan.members, DUMMIES))
    first = Step(np.concatenate([scores, dummies], axis=1), np.empty((plan.members, 6)), np.empty((plan.twins, 6)))
    held, ratio = held_share(list(by_emulator(emulated, first, _aim(np.zeros(6)), plan, 12)))
    identified = ratio < WEAKLY
    assert identified[:5].sum() >= 4
    assert not identified[5:].any()
    assert 0.8 <= held[identified].mean() <= 0.98


def test_a_record_has_the_errors_that_the_fit_allows_for() -> None:
    aim = _aim(np.zeros(2), error=0.09)
    scores, lived = np.zeros(3), np.array([1.0, 2.0])
    found = np.array([recorded(scores, lived, aim, seed).record for seed in range(400)])
    assert found.mean(axis=0) == pytest.approx(lived, abs=0.06)
    assert found.std(axis=0) == pytest.approx(np.full(2, 0.3), rel=0.15)


def test_every_evaluation_has_luck_of_its_own() -> None:
    asked: list[int] = []

    def simulate(values: Numbers, runs: Sequence[int]) -> Numbers:
        asked.extend(runs)
        return np.zeros((len(runs), 1))

    plan = Plan(2017, 3, 4, 1)
    evaluate = evaluation(simulate, plan, stream=50)
    scores = prior_scores(plan.members, plan.seed)
    for number in range(plan.steps + 1):
        step = evaluate(number, scores)
        assert (len(step.moments), len(step.twins)) == (plan.members, plan.twins)
    assert len(asked) == len(set(asked)) == (plan.steps + 1) * plan.each
    assert min(asked) == 50


def test_every_assimilation_perturbs_the_record_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    seeds: list[int] = []

    def unchanged(scores: Numbers, *rest: object) -> Numbers:
        seeds.append(rest[-1])
        return scores

    monkeypatch.setattr("techduel.studies.calibrate.fit.assimilated", unchanged)
    first = Step(np.zeros((4, 1)), np.zeros((4, 1)), np.zeros((2, 1)))
    smoothed(first, lambda _number, _scores: first, _aim(np.zeros(1)), Plan(2017, 4, 5, 7))
    assert len(set(seeds)) == 5


def test_a_set_may_miss_one_moment_but_not_two() -> None:
    distances = np.array([[4.0, 1.0, 1.0], [4.0, 4.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]])
    assert plausible(distances).tolist() == [True, False, True, True, True]


def test_a_moment_that_all_miss_blames_no_set() -> None:
    distances = np.array([[5.0, 1.0, 1.0, 1.0], [6.0, 1.0, 4.0, 1.0], [5.0, 4.0, 1.0, 4.0]])
    assert missed(distances).tolist() == [True, False, False, False]
    assert plausible(distances).tolist() == [True, True, False]


def test_implausibility_counts_error_and_luck() -> None:
    ones = np.zeros((8, 1))
    twins = np.array([[2.0], [-2.0]] * 4)  # variance of the difference 4, of luck 2
    step = Step(np.zeros((8, 1)), ones, twins)
    assert implausibility(step, _aim(np.array([3.0]), error=1.0)) == pytest.approx(np.full((8, 1), 3.0 / np.sqrt(3.0)))


def test_sets_with_broken_worlds_are_dropped() -> None:
    moments = np.zeros((4, 2))
    moments[1] = np.nan
    step = Step(np.zeros((4, 1)), moments, np.zeros((2, 2)))
    step.twins[1] = np.nan
    assert not np.isfinite(implausibility(step, _aim(np.zeros(2)))[1]).any()


def test_sets_are_taken_evenly_and_too_few_are_refused() -> None:
    kept = np.zeros(2000, dtype=bool)
    kept[::2] = True
    places = thinned(kept)
    assert len(places) == 256 == len(set(places.tolist()))
    assert (places[0], places[-1]) == (0, 1998)
    assert kept[places].all()
    with pytest.raises(NothingPlausible, match="only 10 of 2000"):
        thinned(np.arange(2000) < 10)


@pytest.mark.parametrize("budget", [6100, 9000, 20_000, 10**6])
def test_a_budget_is_never_exceeded_and_used_as_far_as_it_helps(budget: int) -> None:
    plan = planned(2020, 1000, budget, 1)
    assert FEWEST_STEPS <= plan.steps <= MOST_STEPS
    assert plan.runs <= budget
    assert plan.steps == MOST_STEPS or plan.runs + plan.each > budget


def test_a_budget_below_the_least_is_refused_with_what_is_needed() -> None:
    least = Plan(2020, 1000, FEWEST_STEPS, 1).runs
    with pytest.raises(InvalidInput, match=f"at least {least} runs"):
        planned(2020, 1000, least - 1, 1)
    assert least == CHECKED + 4 * 1256
