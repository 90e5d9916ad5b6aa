"""One calibration from the prior to the table of sets, each simulation kept as soon as it is known."""

from dataclasses import asdict
from typing import Any, Final

from techduel.scenario import prior
from techduel.scenario.fingerprint import config_hash, model_hash, study_hash, version
from techduel.scenario.scenario import Scenario, load_scenario, numbers
from techduel.statistics.tables import write_table
from techduel.studies.calibrate.fit import CHECKED, Plan, evaluation, prior_scores, smoothed, target
from techduel.studies.calibrate.moments import fitted, moments
from techduel.studies.calibrate.prior_predictive import COLUMNS, check_rows, refuse
from techduel.studies.calibrate.simulator import Bench, formed, laboratory
from techduel.studies.calibrate.tables import Fit
from techduel.studies.table import STUDIES

HISTORY: Final = ("history_2010", "params=default")
CHECK: Final = ("baseline_2021", "params=default", "horizon=2025")
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
        "study": study_hash(STUDIES["calibrate"].formulas),
    }


def calibrated(plan: Plan, bench: Bench) -> Fit:
    """Compute what is missing of a calibration.

    Parameters
    ----------
    plan : Plan
    bench : Bench
        Where its sets are simulated and kept.

    Raises
    ------
    InvalidInput
        If the prior is refused.
    """
    scenario = lived()
    simulated = moments()
    aim = target(fitted(plan.until), simulated)
    check_prior(plan, bench)
    evaluate = evaluation(laboratory(scenario, plan.seed, "moments", bench), plan)
    first = evaluate(0, prior_scores(plan.members, plan.seed))
    last = smoothed(first, evaluate, aim, plan)
    return Fit(plan, simulated, aim, first, last, origin(plan, scenario))


def check_prior(plan: Plan, bench: Bench) -> None:
    """Draw from the prior, simulate a few years ahead, and refuse what nobody would believe.

    Raises
    ------
    InvalidInput
        If the prior is refused.
    """
    simulate = laboratory(load_scenario(*CHECK), plan.seed, "check", bench)
    draws = range(CHECKED)
    found = simulate(formed(prior.drawn(draws, plan.seed), draws), draws)
    refuse(found)
    write_table(bench.folder / PRIOR_CHECK, COLUMNS, check_rows(found))
