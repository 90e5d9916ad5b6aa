"""Recovery: parameters that are planted, and whether the calibration's intervals hold them.

The truth is drawn from the prior, lived through once with its own luck, and recorded with an error; then the smoother
is asked, which knows none of that. Most repeats live on an emulator, a cheap stand-in for the model: moments as a
quadratic of scores, and what it leaves over as luck.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.compute import Progress
from techduel.model.axes import Numbers
from techduel.scenario import prior
from techduel.statistics.tables import write_table
from techduel.studies.calibrate.calibration import lived
from techduel.studies.calibrate.fit import DUMMIES, FEWEST_MEMBERS, Plan, Step, Target, evaluation, smoothed
from techduel.studies.calibrate.simulator import Bench, Simulate, formed, laboratory
from techduel.studies.calibrate.smoother import SmootherMissing
from techduel.studies.calibrate.tables import IDENTIFIED, WEAKLY, Fit, identified

PENALTIES = np.geomspace(1.0, 1e5, 11)
"""Of the ridge regression, chosen by leaving one out, for each moment apart."""
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Emulator:
    """Fitted on simulated sets."""

    ridge: Any
    left_over: Numbers
    """(set, moment): residuals, from which luck is drawn, row by row."""
    explained: Numbers
    """Part of each moment's variance, (moment,)."""

    def mean(self, scores: Numbers) -> Numbers:
        """Moments without luck."""
        found: Numbers = self.ridge.predict(features(scores))
        return found

    def drawn(self, scores: Numbers, generator: np.random.Generator) -> Numbers:
        """Moments with luck."""
        rows = generator.integers(len(self.left_over), size=len(scores))
        return self.mean(scores) + self.left_over[rows]


def features(scores: Numbers) -> Numbers:
    """Scores and their squares around 1."""
    return np.concatenate([scores, scores**2 - 1.0], axis=1)


def emulator(scores: Numbers, moments: Numbers) -> Emulator:
    """Fit by ridge regression.

    Raises
    ------
    SmootherMissing
        If scikit-learn is not installed: it is of the same extra.
    """
    try:
        from sklearn.linear_model import RidgeCV
        from sklearn.model_selection import cross_val_predict
    except ImportError as error:
        raise SmootherMissing from error
    ridge = RidgeCV(alphas=PENALTIES, alpha_per_target=True).fit(features(scores), moments)
    # Of sets that a fit has not seen: what it leaves over of its own sets is too little.
    left_over = moments - cross_val_predict(ridge, features(scores), moments, cv=FOLDS)
    left_over = left_over - left_over.mean(axis=0)
    explained = 1.0 - left_over.var(axis=0) / np.maximum(moments.var(axis=0), 1e-300)
    return Emulator(ridge, left_over, explained)


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
            informative = scores[:, : scores.shape[1] - DUMMIES]
            return Step(scores, emulator.drawn(informative, luck), emulator.drawn(informative[: plan.twins], luck))

        truth = planted(emulator, aim, first.scores.shape[1] - DUMMIES, seed)
        own = Plan(plan.until, plan.members, plan.steps, seed)
        yield recovered(truth, evaluate(0, first.scores), evaluate, aim, own)


def held_share(repeats: list[Recovered]) -> tuple[Numbers, Numbers]:
    """Share of repeats whose interval holds the truth, and mean ratio of standard deviations, (column,) each."""
    held = np.mean([repeat.held for repeat in repeats], axis=0)
    return held, np.mean([repeat.ratio for repeat in repeats], axis=0)


type Found = Mapping[str, list[Recovered]]
type Row = tuple[str | float, ...]

EMULATOR, MODEL = "emulator", "model"
FILE: Final = "recovery.csv"
COLUMNS: Final = ("on", "parameter", "repeats", "held", "sd_ratio", "identified")
STEPS: Final = 4
"""Assimilations of a repeat on the model, the least that Emerick and Reynolds 2013 use."""
STREAM: Final = 1_000_000
"""Runs of planted truths and of their calibrations are far from those of the calibration itself."""


def recovery(fit: Fit, repeats: int, full: int, told: Progress, bench: Bench) -> Found:
    """Plant parameters again and again in the prior ensemble of a finished calibration.

    Parameters
    ----------
    fit : Fit
        The calibration.
    repeats, full : int
        On an emulator, and on the model itself.
    told : callable
        Told how many more repeats on the emulator are done.
    bench : Bench
        Where the model is run.
    """
    plan, first, aim = fit.plan, fit.first, fit.aim
    found: dict[str, list[Recovered]] = {EMULATOR: [], MODEL: []}
    emulated = emulator(first.scores[:, :-DUMMIES], first.moments[:, aim.places])
    near = replace(aim, places=np.arange(len(aim.chosen)))
    for one in by_emulator(emulated, first, near, plan, repeats):
        found[EMULATOR].append(one)
        told(1)
    simulate = laboratory(lived(), plan.seed, "moments", bench)
    for repeat in range(full):
        own = replace(smaller(plan), seed=plan.seed + repeat + 1)
        evaluate = evaluation(simulate, own, STREAM * (repeat + 1))
        found[MODEL].append(recovered(_truth(simulate, aim, repeat, own), _part(first, own), evaluate, aim, own))
    return found


def smaller(plan: Plan) -> Plan:
    """What a repeat on the model costs: half the sets, and fewer assimilations."""
    return replace(plan, members=max(plan.members // 2, FEWEST_MEMBERS), steps=min(plan.steps, STEPS))


def _part(step: Step, plan: Plan) -> Step:
    return Step(step.scores[: plan.members], step.moments[: plan.members], step.twins[: plan.twins])


def _truth(simulate: Simulate, aim: Target, repeat: int, plan: Plan) -> World:
    scores = np.random.default_rng(np.random.SeedSequence(plan.seed, spawn_key=(4,))).standard_normal(
        (1, len(prior.columns()))
    )
    luck = STREAM * (repeat + 1) - 1
    lived_once = simulate(formed(prior.values(scores), [repeat]), [luck])
    return recorded(scores[0], lived_once[0, aim.places], aim, plan.seed)


def write_recovery(folder: Path, recovery: Found) -> None:
    """A row for each column of the posterior table."""
    write_table(folder / FILE, COLUMNS, recovery_rows(recovery))


def recovery_rows(recovery: Found) -> Iterator[Row]:
    """How often the interval of each parameter held what had been planted."""
    for where, repeats in recovery.items():
        if not repeats:
            continue
        held, ratio = held_share(repeats)
        for place, column in enumerate(prior.columns()):
            numbers = (float(len(repeats)), float(held[place]), float(ratio[place]))
            yield (where, column.name, *numbers, identified(numbers[-1]))


def recovery_words(recovery: Found) -> list[str]:
    """What the recovery shows, a sentence a line: first of the parameters that the record tells anything about.

    An interval that is as wide as the prior holds what was planted in nine of ten cases, whatever the method does.
    """
    return [
        f"On the {where}, {len(repeats)} repeats: {_held(repeats)}" for where, repeats in recovery.items() if repeats
    ]


def _held(repeats: list[Recovered]) -> str:
    held, ratio = held_share(repeats)
    informed, strongly = ratio < WEAKLY, int((ratio < IDENTIFIED).sum())
    told = int(informed.sum())
    return (
        f"of {told} informed parameters ({strongly} identified, {told - strongly} weakly) the 90 % interval holds what "
        f"was planted in {_share(held[informed])} of cases; the other {len(ratio) - told} pass by keeping their prior, "
        f"{_share(held[~informed])}."
    )


def _share(held: Numbers) -> str:
    if not len(held):
        return "none"
    return f"{100 * held.mean():.0f} % ({100 * held.min():.0f} to {100 * held.max():.0f} %)"
