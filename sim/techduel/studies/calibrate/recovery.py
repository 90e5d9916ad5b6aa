"""Recovery: parameters that are planted, and whether the calibration's intervals hold them.

The truth is drawn from the prior, lived through once with its own luck, and recorded with an error; then the smoother
is asked, which knows none of that.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.studies.calibrate.emulator import Emulator
from techduel.studies.calibrate.fit import DUMMIES, Step, Target, smoothed
from techduel.studies.calibrate.plan import Plan

type Numbers = NDArray[np.float64]

INTERVAL: Final = (0.05, 0.95)


@dataclass(frozen=True, slots=True)
class Recovered:
    """One repeat."""

    truth: Numbers
    """Scores that were planted, (column,)."""
    held: NDArray[np.bool_]
    """Whether the 90 % interval holds them, (column,)."""
    ratio: Numbers
    """Standard deviation of scores after over before, (column,)."""


@dataclass(frozen=True, slots=True)
class World:
    """A truth as it is recorded."""

    scores: Numbers
    """(column,)"""
    record: Numbers
    """(moment,)"""


def planted(emulator: Emulator, aim: Target, columns: int, seed: int) -> World:
    """A truth from the prior, with the luck of one world and errors of the record."""
    generator = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(2,)))
    truth = generator.standard_normal((1, columns))
    return recorded(truth[0], emulator.drawn(truth, generator)[0], aim, seed)


def recorded(scores: Numbers, lived: Numbers, aim: Target, seed: int) -> World:
    """A truth and the moments it lived through, as a record with errors shows them."""
    generator = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(5,)))
    return World(scores, lived + generator.multivariate_normal(np.zeros(len(aim.value)), aim.error))


def recovered(
    truth: World, first: Step, evaluate: Callable[[int, Numbers], Step], aim: Target, plan: Plan
) -> Recovered:
    """Calibrate to a recorded truth and look where it lies.

    Parameters
    ----------
    truth : World
    first : Step
        The prior ensemble.
    evaluate : callable
        Of the model or of an emulator.
    aim : Target
        Whose moments are used; its record is replaced.
    plan : Plan
    """
    last = smoothed(first, evaluate, Target(aim.chosen, aim.places, truth.record, aim.error), plan).scores
    low, high = np.quantile(last, INTERVAL, axis=0)
    count = len(truth.scores)
    held = (truth.scores >= low[:count]) & (truth.scores <= high[:count])
    return Recovered(truth.scores, held, last.std(axis=0)[:count] / first.scores.std(axis=0)[:count])


def by_emulator(emulator: Emulator, first: Step, aim: Target, plan: Plan, repeats: int) -> Iterator[Recovered]:
    """Repeats on the emulator; `aim` counts moments as the emulator does."""
    for repeat in range(repeats):
        seed = plan.seed + 1000 * (repeat + 1)
        generator = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(3,)))

        def evaluate(_number: int, scores: Numbers, luck: np.random.Generator = generator) -> Step:
            known = scores[:, : scores.shape[1] - DUMMIES]
            return Step(scores, emulator.drawn(known, luck), emulator.drawn(known[: plan.twins], luck))

        truth = planted(emulator, aim, first.scores.shape[1] - DUMMIES, seed)
        own = Plan(plan.until, plan.members, plan.steps, seed)
        yield recovered(truth, evaluate(0, first.scores), evaluate, aim, own)


def held_share(repeats: list[Recovered]) -> tuple[Numbers, Numbers]:
    """Share of repeats whose interval holds the truth, and mean ratio of standard deviations, (column,) each."""
    held = np.mean([repeat.held for repeat in repeats], axis=0)
    return held, np.mean([repeat.ratio for repeat in repeats], axis=0)
