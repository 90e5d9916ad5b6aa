"""A calibration: the prior ensemble, its assimilations, and the sets that are left."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.scenario import prior
from techduel.studies.calibrate.moments import Moment, error_covariance, observed
from techduel.studies.calibrate.plan import Plan
from techduel.studies.calibrate.simulator import Simulate
from techduel.studies.calibrate.smoother import assimilated, luck_covariance

type Numbers = NDArray[np.float64]
type Evaluate = Callable[[int, Numbers], "Step"]
"""Number of a step and its scores: the step."""

DUMMIES: Final = 20
"""Columns of scores that stand for no parameter: how far they shrink is what chance does."""
LARGEST_SCORE: Final = 4.0
"""An assimilation is linear and knows no bounds: beyond so many standard deviations, where one draw of the prior in
sixteen thousand lies, a score would only be stuck at the end of its range."""


@dataclass(frozen=True, slots=True)
class Step:
    """An ensemble and what came of it."""

    scores: Numbers
    """(set, column)"""
    moments: Numbers
    """(set, moment)"""
    twins: Numbers
    """Moments of the first sets with other luck, (some sets, moment)."""


@dataclass(frozen=True, slots=True)
class Target:
    """What an ensemble is drawn towards."""

    chosen: tuple[Moment, ...]
    places: NDArray[np.intp]
    """Of the chosen moments among all that are simulated."""
    value: Numbers
    error: Numbers
    """(moment, moment)"""


def target(chosen: Sequence[Moment], simulated: Sequence[Moment], value: Numbers | None = None) -> Target:
    """The record of some moments, or other values that take its place."""
    keys = [moment.key for moment in simulated]
    places = np.array([keys.index(moment.key) for moment in chosen], dtype=np.intp)
    return Target(tuple(chosen), places, observed(chosen) if value is None else value, error_covariance(chosen))


def prior_scores(members: int, seed: int) -> Numbers:
    """Draws from the prior as scores, with the dummies last, (set, column + dummy)."""
    dummies = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1,))).standard_normal((members, DUMMIES))
    return np.concatenate([prior.scores(prior.drawn(range(members), seed)), dummies], axis=1)


def evaluation(simulate: Simulate, plan: Plan, stream: int = 0) -> Evaluate:
    """Simulate an ensemble and the twins of its first sets, with luck that no other step has; runs from `stream` on."""

    def evaluate(number: int, scores: Numbers) -> Step:
        values = prior.values(scores[:, :-DUMMIES])
        first = stream + number * plan.each
        runs = range(first, first + plan.each)
        found = simulate(np.concatenate([values, values[: plan.twins]]), runs)
        return Step(scores, found[: plan.members], found[plan.members :])

    return evaluate


def smoothed(first: Step, evaluate: Evaluate, aim: Target, plan: Plan) -> Step:
    """The last ensemble, each assimilation on the luck of its own step."""
    step = first
    for number in range(plan.steps):
        step = evaluate(number + 1, updated(step, aim, plan.steps, plan.seed + number))
    return step


def updated(step: Step, aim: Target, steps: int, seed: int) -> Numbers:
    """Scores after one more assimilation."""
    found = assimilated(
        step.scores, step.moments[:, aim.places], aim.value, aim.error, luck(step, aim.places), steps, seed
    )
    return np.clip(found, -LARGEST_SCORE, LARGEST_SCORE)


def luck(step: Step, places: NDArray[np.intp]) -> Numbers:
    """Covariance of moments by luck alone in an ensemble, (moment, moment)."""
    return luck_covariance(step.moments[: len(step.twins), places], step.twins[:, places])
