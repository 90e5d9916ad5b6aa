"""The model says what version 0.1.0 said, whatever has been moved or ported since."""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from techduel.ensemble.record import TIED
from techduel.facts import load_facts
from techduel.scenario.layers import choices
from tests.witness.witness import PARAMETERS, kept, seen, stored

CLOSE = 1e-11
"""Of an outcome's mean."""
PACE = ("lead_months",)
"""Outcomes of another definition since: at a fixed pace by sector instead of the leader's of five years."""
RESIDUE = "money_gap"
"""The share of world spending that roundings leave over, about 1e-16: its own mean says nothing."""
read = cache(stored)

THEN = tuple(name for name in read("shipped") if "/" not in name)
"""Scenarios that it holds; outcomes and scenarios that came later are no matter of its."""
PRIOR = ("baseline_2021", "full_decoupling", "best_response", "supply_disruption", "history_2010")


def wrong(name: str, now: NDArray[np.float64], then: NDArray[np.generic]) -> bool:
    scale = np.nanmean(np.abs(then)) if np.isfinite(then).any() else 0.0
    scale = 1.0 if name == RESIDUE else scale
    return now.shape != then.shape or not np.allclose(now, then, rtol=0.0, atol=CLOSE * scale, equal_nan=True)


@pytest.mark.parametrize(
    ("scenario", "parameters"),
    [*((name, "shipped") for name in THEN), *((name, "prior") for name in PRIOR)],
)
def test_every_outcome_is_that_of_version_0_1_0(scenario: str, parameters: str) -> None:
    then, record = read(parameters), seen(scenario, parameters)
    now = kept(record)
    # Version 0.1.0 let rounding say who is ahead where both states start level.
    level = np.abs(record["lead"][0, ..., 0]) <= TIED
    now["year_passes_lead"] = np.where(level, then[f"{scenario}/year_passes_lead"], now["year_passes_lead"])
    names = [name.partition("/")[2] for name in then if name.startswith(f"{scenario}/")]
    assert len(names) > 50
    assert {*names} <= {*now}
    same = [name for name in names if name not in PACE]
    assert [name for name in same if wrong(name, now[name], then[f"{scenario}/{name}"])] == []


@pytest.mark.parametrize("scenario", ["baseline_2021", "paradigm_shift_iot"])
def test_leads_are_the_frontiers_of_version_0_1_0(scenario: str) -> None:
    frontier = read("shipped")[f"{scenario}/technology_frontier"].astype(float)
    record = seen(scenario, "shipped")
    now = kept(record)
    gap = frontier - frontier[::-1]
    np.testing.assert_allclose(now["lead"], 100.0 * gap, atol=1e-9)
    np.testing.assert_allclose(now["lead_months"], 12.0 * gap / load_facts().base.pace[:, None], atol=1e-9)


def test_every_scenario_of_the_witness_is_still_there() -> None:
    for parameters in PARAMETERS:
        assert {name for name in read(parameters) if "/" not in name} == {*THEN} <= {*choices("scenario")}
