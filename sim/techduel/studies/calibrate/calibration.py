"""One calibration from the prior to the table of sets, on disk step by step."""

from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.report.tables import write_table
from techduel.scenario import prior
from techduel.scenario.fingerprint import config_hash, model_hash, study_hash, version
from techduel.scenario.scenario import Scenario, load_scenario, numbers
from techduel.studies.calibrate.fit import Evaluate, evaluation, prior_scores, smoothed, target
from techduel.studies.calibrate.moments import fitted, moments
from techduel.studies.calibrate.plan import CHECKED, Plan
from techduel.studies.calibrate.prior_predictive import COLUMNS, check_rows, refuse
from techduel.studies.calibrate.simulator import Told, laboratory
from techduel.studies.calibrate.steps import Step, Steps
from techduel.studies.calibrate.tables import Fit

HISTORY: Final = ("history_2010", "params=default")
CHECK: Final = ("baseline_2021", "params=default", "horizon=2025")
STEPS: Final = "steps"
PRIOR_CHECK: Final = "prior_check.csv"


def lived() -> Scenario:
    """The scenario that lives through the record; parameters that are not drawn keep their shipped values."""
    return load_scenario(*HISTORY)


def origin(plan: Plan, scenario: Scenario) -> dict[str, Any]:
    """All that decides the numbers of a calibration."""
    return {
        **asdict(plan),
        "scenario": scenario.name,
        "config": config_hash(numbers(scenario.config)),
        "version": version(),
        "sources": model_hash(),
        "study": study_hash("calibrate"),
    }


def calibrated(
    plan: Plan, folder: Path, told: Told, workers: int | None = None, *, fresh: bool = False, checked: bool = False
) -> Fit:
    """Compute what is missing of a calibration.

    Parameters
    ----------
    plan : Plan
    folder : Path
        Result folder; steps are kept inside.
    told : callable
        Told how many more of the plan's runs are there.
    workers : int, optional
        Processes; all cores when left out.
    fresh : bool
        Compute again what is there.
    checked : bool
        Whether the table of the prior's check is there and whole.

    Raises
    ------
    InvalidInput
        If the prior is refused.
    """
    scenario = lived()
    made = origin(plan, scenario)
    steps = Steps.opened(folder / STEPS, made, fresh)
    simulated = moments()
    aim = target(fitted(plan.until), simulated)
    if checked:
        told(CHECKED)
    else:
        check_prior(plan, folder, told, workers)
    with laboratory(scenario, plan.seed, "moments", told, workers) as simulate:
        evaluate = _kept(steps, evaluation(simulate, plan), plan, told)
        first = evaluate(0, prior_scores(plan.members, plan.seed))
        last = smoothed(first, evaluate, aim, plan)
    return Fit(plan, simulated, aim, first, last, made)


def check_prior(plan: Plan, folder: Path, told: Told, workers: int | None = None) -> None:
    """Draw from the prior, simulate a few years ahead, and refuse what nobody would believe.

    Raises
    ------
    InvalidInput
        If the prior is refused.
    """
    with laboratory(load_scenario(*CHECK), plan.seed, "check", told, workers) as simulate:
        found = simulate(prior.drawn(range(CHECKED), plan.seed), range(CHECKED))
    refuse(found)
    write_table(folder / PRIOR_CHECK, COLUMNS, check_rows(found))


def _kept(steps: Steps, evaluate: Evaluate, plan: Plan, told: Told) -> Evaluate:
    """An evaluation that looks on disk first."""

    def evaluated(number: int, scores: prior.Numbers) -> Step:
        known = steps.get(number)
        if known is not None and np.array_equal(known.scores, scores):
            told(plan.each)
            return known
        step = evaluate(number, scores)
        steps.put(number, step)
        return step

    return evaluated
