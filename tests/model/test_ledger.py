"""The ledger: every frontier's change is split without a rest, as plain loops split it, and no bit of a run knows."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from techduel.ensemble.simulation import Start, advance, prepared, simulate
from techduel.model.engine.batch import Batch
from techduel.model.engine.tables import CAUSES
from techduel.scenario.scenario import Scenario, load_scenario
from tests.model.test_reference import HAWK, RESPONDENT, UNUSUAL, Strong, with_listed
from tests.reference.model import Reference

QUARTERS = 12
FORMS = {
    "posterior": ("baseline_2021",),
    "old_forms": ("article_plan", "params=default"),
    "unusual": ("baseline_2021", *UNUSUAL),
    "own_knowledge": (
        "baseline_2021",
        "params=default",
        "forms.knowledge=own",
        "forms.fringe=own",
        "forms.paradigm=base",
    ),
}


def strong(scenario: Scenario) -> Scenario:
    return replace(scenario, policies={"us": HAWK, "china": RESPONDENT})


def entries(start: Start, quarters: int = QUARTERS) -> Iterator[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]:
    """Frontiers before and after each quarter, (run, state, sector), and entries of the ledger, with causes last."""
    batch = Batch(start.world, ledger=True)
    for _ in range(quarters):
        before = batch.records["cells"]["frontier"].copy()
        advance(batch, start)
        yield before, batch.records["cells"]["frontier"].copy(), batch.records["ledger"]["frontier"]["each"].copy()


@pytest.mark.parametrize("name", FORMS)
def test_plain_loops_keep_the_same_ledger(name: str) -> None:
    scenario = load_scenario(*FORMS[name])
    scenario = strong(scenario) if name in ("unusual", "own_knowledge") else scenario
    arrays, plain = (with_listed(prepared(scenario, runs, 1)) for runs in ([0, 1], [1]))
    reference, moved = Reference(plain), np.zeros(len(CAUSES))
    for _, _, found in entries(arrays):
        reference.step()
        expected = [[[cell.ledger[cause] for cause in CAUSES] for cell in state.cells] for state in reference.both]
        np.testing.assert_allclose(found[1], expected, 1e-9, 1e-12)
        moved += np.abs(expected).max(axis=(0, 1))
    never = {cause for cause, size in zip(CAUSES, moved, strict=True) if size == 0.0}
    assert never <= {"allies", "illicit", "induced", "exit", "entry", "paradigm", "event"}


def gap(before: NDArray[Any], after: NDArray[Any], found: NDArray[Any]) -> NDArray[Any]:
    """What entries miss of the change of a frontier, relative to the largest number of the account."""
    largest = np.maximum(np.abs(found).max(axis=-1), np.maximum(np.abs(before), np.abs(after)))
    return np.asarray(np.abs(before + found.sum(axis=-1) - after) / largest)


@pytest.mark.parametrize("name", ["baseline_2021", "article_plan", "full_decoupling", "paradigm_shift_iot"])
def test_entries_add_up_to_every_change_of_every_frontier(name: str) -> None:
    for numbers in entries(prepared(load_scenario(name), range(4), 7)):
        assert gap(*numbers).max() < 1e-12


def test_a_leap_of_all_makers_is_an_event() -> None:
    leap = [f"events.leap.{key}" for key in ("kind=leap", "state=china", "size=0.1", "start=2021.5")]
    kept = list(entries(prepared(load_scenario("baseline_2021", *leap), range(2), 7), 4))
    assert max(gap(*numbers).max() for numbers in kept) < 1e-12
    moved = np.array([found[..., CAUSES.index("event")] for _, _, found in kept])
    assert moved[2, :, 1].max(axis=-1) == pytest.approx(0.1)
    assert np.count_nonzero(moved) == 2


@pytest.mark.parametrize("name", ["baseline_2021", "tit_for_tat", "best_response"])
def test_no_bit_of_a_run_knows_of_the_ledger(name: str) -> None:
    scenario = load_scenario(name, "horizon=2024")
    plain, kept = (simulate(scenario, 3, 5, record) for record in ("full", "ledger"))
    assert all(np.array_equal(plain[one], kept[one], equal_nan=True) for one in plain)
    assert not plain.ledger
    moved = np.diff(kept["technology_frontier"], axis=-1)
    np.testing.assert_allclose(kept.ledger["frontier"].sum(axis=3)[..., 1:], moved, 1e-9, 1e-12)
    assert not kept.ledger["frontier"][..., 0].any()


WEIGHTS = {
    "goods": "embodied",
    **{name: name for name in ("coinvention", "talent", "science", "investment", "illicit")},
}


@pytest.mark.parametrize("channel", WEIGHTS)
def test_a_channel_without_weight_has_an_empty_column(channel: str) -> None:
    given = (*FORMS["unusual"], f"params.knowledge.{WEIGHTS[channel]}=0")
    start = prepared(strong(load_scenario(*given)), [0], 1)
    sizes = sum(np.abs(found).max(axis=(0, 1, 2)) for _, _, found in entries(start))
    assert sizes[CAUSES.index(channel)] == 0.0
    assert np.count_nonzero([sizes[CAUSES.index(name)] for name in WEIGHTS]) == len(WEIGHTS) - 1


def test_a_closed_channel_has_an_empty_column() -> None:
    closed = strong(load_scenario(*FORMS["unusual"]))
    closed = replace(closed, policies={**closed.policies, "us": Strong({"science_limits": 1.0}, fall=0.0)})
    sizes = sum(np.abs(found).max(axis=(0, 1, 2)) for _, _, found in entries(prepared(closed, [0], 1)))
    assert sizes[CAUSES.index("science")] == 0.0
    assert sizes[CAUSES.index("talent")] > 0.0


def test_what_denial_takes_and_brings_has_its_sign() -> None:
    start = prepared(strong(load_scenario(*FORMS["unusual"])), range(4), 3)
    parts = sum(found for _, _, found in entries(start, 24)).sum(axis=(0, 1, 2))
    named = dict(zip(CAUSES, parts.tolist(), strict=True))
    assert named["denied"] < 0.0 < named["induced"]
    assert named["own"] > 0.0
    assert named["partners"] > 0.0
