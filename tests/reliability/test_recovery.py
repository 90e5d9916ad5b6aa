"""Parameters that are planted in the model itself are found again: a recovery as of ``calibrate``, but small."""

import numpy as np
import pytest

from techduel.ensemble.compute import Options
from techduel.ensemble.pool import Place
from techduel.ensemble.workers import available_cores
from techduel.studies.calibrate.calibration import lived
from techduel.studies.calibrate.fit import Plan, evaluation, prior_scores, target
from techduel.studies.calibrate.moments import fitted, moments
from techduel.studies.calibrate.recovery import EMULATOR, MODEL, held_share, recovery
from techduel.studies.calibrate.simulator import laboratory
from techduel.studies.calibrate.tables import WEAKLY, Fit
from tests.ensembles import scratch

pytestmark = pytest.mark.reliability

PLAN = Plan(2017, 240, 4, 1)
REPEATS = {EMULATOR: 20, MODEL: 3}


def silent(_more: int) -> None:
    """Nobody wants to know."""


def test_planted_parameters_are_found_again() -> None:
    with scratch(Options(Place("local", available_cores()))) as bench:
        simulate = laboratory(lived(), PLAN.seed, "moments", bench)
        first = evaluation(simulate, PLAN)(0, prior_scores(PLAN.members, PLAN.seed))
        fit = Fit(PLAN, moments(), target(fitted(PLAN.until), moments()), first, first, {})
        found = recovery(fit, *REPEATS.values(), silent, bench)
    for where, repeats in found.items():
        held, ratio = held_share(repeats)
        informed = ratio < WEAKLY
        assert len(repeats) == REPEATS[where]
        assert 3 <= informed.sum() <= 40, where
        assert 0.75 <= held[informed].mean() <= 1.0, where
        assert 0.85 <= held[~informed].mean() <= 0.95, where
        assert np.median(ratio[~informed]) > 0.97, f"{where}: what the record does not tell keeps its prior"
