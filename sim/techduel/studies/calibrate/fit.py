"""A calibration: what its budget buys, the prior ensemble, its assimilations, and the sets that are kept.

Kept are those that no two moments call implausible.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.model.axes import Numbers
from techduel.scenario import prior
from techduel.scenario.loader import InvalidInput
from techduel.studies.calibrate.moments import Moment, error_covariance, observed
from techduel.studies.calibrate.simulator import Simulate, formed
from techduel.studies.calibrate.smoother import assimilated, luck_covariance

TWINS: Final = 256
"""Sets that are run a second time in every step: how much of a moment is luck."""
CHECKED: Final = 1000
"""Prior draws that the prior-predictive check looks at."""
FEWEST_STEPS, MOST_STEPS = 3, 8
"""Emerick and Reynolds 2013 use 4 to 8; more gain nothing."""
FEWEST_MEMBERS, MOST_MEMBERS = 100, 10_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What a budget buys."""

    until: int
    """Last year of the record that the fit knows."""
    members: int
    steps: int
    seed: int

    @property
    def twins(self) -> int:
        """Sets that are run twice."""
        return min(TWINS, self.members)

    @property
    def each(self) -> int:
        """Runs of one evaluation of the ensemble."""
        return self.members + self.twins

    @property
    def runs(self) -> int:
        """Runs in all: the check, the prior, and what follows each assimilation."""
        return CHECKED + (self.steps + 1) * self.each


def planned(until: int, members: int, budget: int, seed: int) -> Plan:
    """The plan with as many assimilations as the budget allows.

    Raises
    ------
    InvalidInput
        If it does not allow enough.
    """
    least = Plan(until, members, FEWEST_STEPS, seed).runs
    if budget < least:
        raise InvalidInput([f"budget: {budget} given; {members} members need at least {least} runs"])
    each = Plan(until, members, 1, seed).each
    return Plan(until, members, min((budget - CHECKED) // each - 1, MOST_STEPS), seed)


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


def target(chosen: Sequence[Moment], simulated: Sequence[Moment]) -> Target:
    """The record of some moments."""
    keys = [moment.key for moment in simulated]
    places = np.array([keys.index(moment.key) for moment in chosen], dtype=np.intp)
    return Target(tuple(chosen), places, observed(chosen), error_covariance(chosen))


def prior_scores(members: int, seed: int) -> Numbers:
    """Draws from the prior as scores, with the dummies last, (set, column + dummy)."""
    dummies = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1,))).standard_normal((members, DUMMIES))
    return np.concatenate([prior.scores(prior.drawn(range(members), seed)), dummies], axis=1)


def evaluation(simulate: Simulate, plan: Plan, stream: int = 0) -> Evaluate:
    """Simulate an ensemble and the twins of its first sets, with luck that no other step has; runs from `stream` on.

    A set keeps its forms from the prior to the posterior: an assimilation moves numbers, and what forms say of the
    record decides which sets are kept.
    """

    def evaluate(number: int, scores: Numbers) -> Step:
        values = formed(prior.values(scores[:, :-DUMMIES]), range(len(scores)))
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


IMPLAUSIBLE: Final = 3.0
"""Standard deviations (Pukelsheim 1994: whatever the distribution, 95 % of it lies within three)."""
KEPT: Final = 256
"""Sets of a posterior table."""
FEWEST: Final = 64


class NothingPlausible(Exception):
    """Too few sets live through the record."""

    exit_code = 5

    def __init__(self, left: int, members: int) -> None:
        super().__init__(
            f"only {left} of {members} sets are plausible, at least {FEWEST} are needed: "
            "take more members, or look which moments are missed (moments.csv)"
        )


def implausibility(step: Step, aim: Target) -> Numbers:
    """Distance of every set from the record in standard deviations of error, miss and luck, (set, moment)."""
    spread = np.sqrt(np.diag(aim.error) + np.diag(luck(step, aim.places)))
    found = np.abs(step.moments[:, aim.places] - aim.value) / spread
    return np.where(np.isfinite(found), found, np.inf)


def missed(distances: Numbers) -> NDArray[np.bool_]:
    """Moments that the ensemble as a whole misses: no set can be blamed for them, (moment,)."""
    return np.median(distances, axis=0) > IMPLAUSIBLE


def plausible(distances: Numbers) -> NDArray[np.bool_]:
    """Sets whose second largest distance is not implausible, (set,); what all miss does not count.

    One large distance among dozens is to be expected, two are not (Vernon, Goldstein and Bower 2010).
    """
    judged = np.sort(distances[:, ~missed(distances)], axis=1)
    second: NDArray[np.bool_] = judged[:, -2] <= IMPLAUSIBLE
    return second


def thinned(kept: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Indices of the sets of the posterior table: evenly through all that are kept.

    Raises
    ------
    NothingPlausible
        If hardly any is.
    """
    places = np.flatnonzero(kept)
    if len(places) < FEWEST:
        raise NothingPlausible(len(places), len(kept))
    return places[np.linspace(0, len(places) - 1, min(KEPT, len(places))).round().astype(np.intp)]
