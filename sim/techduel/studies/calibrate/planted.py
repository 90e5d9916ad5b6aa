"""The recovery of planted parameters around a finished calibration, and what it shows."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from techduel.ensemble.compute import Progress
from techduel.report.tables import write_table
from techduel.scenario import prior
from techduel.studies.calibrate.calibration import lived
from techduel.studies.calibrate.emulator import emulator
from techduel.studies.calibrate.fit import DUMMIES, Step, Target, evaluation
from techduel.studies.calibrate.plan import FEWEST_MEMBERS, Plan
from techduel.studies.calibrate.recovery import Recovered, World, by_emulator, held_share, recorded, recovered
from techduel.studies.calibrate.simulator import Bench, Simulate, laboratory
from techduel.studies.calibrate.tables import IDENTIFIED, WEAKLY, Fit, identified

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
    lived_once = simulate(prior.values(scores), range(STREAM * (repeat + 1) - 1, STREAM * (repeat + 1)))
    return recorded(scores[0], lived_once[0, aim.places], aim, plan.seed)


def write_recovery(folder: Path, found: Found) -> None:
    """A row for each column of the posterior table."""
    write_table(folder / FILE, COLUMNS, recovery_rows(found))


def recovery_rows(found: Found) -> Iterator[Row]:
    """How often the interval of each parameter held what had been planted."""
    for where, repeats in found.items():
        if not repeats:
            continue
        held, ratio = held_share(repeats)
        for place, column in enumerate(prior.columns()):
            numbers = (float(len(repeats)), float(held[place]), float(ratio[place]))
            yield (where, column.name, *numbers, identified(numbers[-1]))


def recovery_words(found: Found) -> list[str]:
    """What the recovery shows, a sentence a line: first of the parameters that the record tells anything about.

    An interval that is as wide as the prior holds what was planted in nine of ten cases, whatever the method does.
    """
    return [f"On the {where}, {len(repeats)} repeats: {_held(repeats)}" for where, repeats in found.items() if repeats]


def _held(repeats: list[Recovered]) -> str:
    held, ratio = held_share(repeats)
    informed, strongly = ratio < WEAKLY, int((ratio < IDENTIFIED).sum())
    told = int(informed.sum())
    return (
        f"of {told} informed parameters ({strongly} identified, {told - strongly} weakly) the 90 % interval holds what "
        f"was planted in {_share(held[informed])} of cases; the other {len(ratio) - told} pass by keeping their prior, "
        f"{_share(held[~informed])}."
    )


def _share(held: prior.Numbers) -> str:
    if not len(held):
        return "none"
    return f"{100 * held.mean():.0f} % ({100 * held.min():.0f} to {100 * held.max():.0f} %)"
