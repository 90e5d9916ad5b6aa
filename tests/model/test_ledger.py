"""The ledger: changes of frontiers, sales and real income without a rest, as plain loops split them; no bit knows."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from techduel.ensemble.simulation import Start, advance, prepared, simulate
from techduel.model.engine.batch import Batch
from techduel.model.engine.tables import CAUSES, INCOME, SALES
from techduel.scenario.scenario import Scenario, load_scenario
from tests.hand import duel, fill
from tests.model.test_reference import HAWK, RESPONDENT, UNUSUAL, Strong, with_listed
from tests.reference.model import Reference
from tests.uncompiled import frontier

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


def quarters(start: Start, many: int = QUARTERS) -> Iterator[Batch]:
    """A batch with a ledger after each quarter."""
    batch = Batch(start.world, ledger=True)
    for _ in range(many):
        advance(batch, start)
        yield batch


def entries(start: Start, many: int = QUARTERS) -> Iterator[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]]:
    """Frontiers before and after each quarter, (run, state, sector), and entries of the ledger, with causes last."""
    before = start.world.cells.frontier[..., 0].copy()
    for batch in quarters(start, many):
        after = batch.records["cells"]["frontier"].copy()
        yield before, after, batch.records["ledger"]["frontier"]["each"].copy()
        before = after


@pytest.mark.parametrize("name", FORMS)
def test_plain_loops_keep_the_same_ledger(name: str) -> None:
    scenario = load_scenario(*FORMS[name])
    scenario = strong(scenario) if name in ("unusual", "own_knowledge") else scenario
    arrays, plain = (with_listed(prepared(scenario, runs, 1)) for runs in ([0, 1], [1]))
    reference, moved = Reference(plain), np.zeros(len(CAUSES))
    for batch in quarters(arrays):
        reference.step()
        found = batch.records["ledger"][1]
        expected = [[[cell.ledger[cause] for cause in CAUSES] for cell in state.cells] for state in reference.both]
        np.testing.assert_allclose(found["frontier"]["each"], expected, 1e-9, 1e-12)
        moved += np.abs(expected).max(axis=(0, 1))
        sold = [[[cell.sales_ledger[cause] for cause in SALES] for cell in state.cells] for state in reference.both]
        np.testing.assert_allclose(found["sales"]["each"], sold, 1e-9, 1e-9)
        earned = [[state.income_ledger[cause] for cause in INCOME] for state in reference.both]
        np.testing.assert_allclose(found["income"]["each"], earned, 1e-9, 1e-8)
    never = {cause for cause, size in zip(CAUSES, moved, strict=True) if size == 0.0}
    assert never <= {"allies", "illicit", "induced", "exit", "entry", "paradigm", "event"}


def gap(before: NDArray[Any], after: NDArray[Any], found: NDArray[Any]) -> NDArray[Any]:
    """What entries miss of the change of a frontier, relative to the largest number of the account."""
    largest = np.maximum(np.abs(found).max(axis=-1), np.maximum(np.abs(before), np.abs(after)))
    return np.asarray(np.abs(before + found.sum(axis=-1) - after) / largest)


@pytest.mark.parametrize("name", ["baseline_2021", "article_plan", "full_decoupling", "paradigm_shift_iot"])
def test_entries_add_up_to_every_change(name: str) -> None:
    record = simulate(load_scenario(name), 4, 7, "ledger")
    for account, outcome in (("frontier", "technology_frontier"), ("sales", "sales"), ("income", "real_income")):
        after, found = record[outcome], np.moveaxis(record.ledger[account], -2, -1)
        assert gap(after[..., :-1], after[..., 1:], found[..., 1:, :]).max() < 1e-12
        assert not found[..., 0, :].any()


def test_a_leap_of_all_makers_is_an_event() -> None:
    leap = [f"events.leap.{key}" for key in ("kind=leap", "state=china", "size=0.1", "start=2021.5")]
    kept = list(entries(prepared(load_scenario("baseline_2021", *leap), range(2), 7), 4))
    assert max(gap(*numbers).max() for numbers in kept) < 1e-12
    moved = np.array([found[..., CAUSES.index("event")] for _, _, found in kept])
    assert moved[2, :, 1].max(axis=-1) == pytest.approx(0.1)
    assert np.count_nonzero(moved) == 2


@pytest.mark.ensembles
@pytest.mark.parametrize("name", ["baseline_2021", "tit_for_tat", "best_response"])
def test_no_bit_of_a_run_knows_of_the_ledger(name: str) -> None:
    scenario = load_scenario(name, "horizon=2024")
    plain, kept = (simulate(scenario, 3, 5, record) for record in ("full", "ledger"))
    assert all(np.array_equal(plain[one], kept[one], equal_nan=True) for one in plain)
    assert not plain.ledger


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


@pytest.mark.ensembles
def test_what_denial_takes_and_brings_has_its_sign() -> None:
    start = prepared(strong(load_scenario(*FORMS["unusual"])), range(4), 3)
    parts = sum(found for _, _, found in entries(start, 24)).sum(axis=(0, 1, 2))
    named = dict(zip(CAUSES, parts.tolist(), strict=True))
    assert named["denied"] < 0.0 < named["induced"]
    assert named["own"] > 0.0
    assert named["partners"] > 0.0


def largest(start: Start, account: str, many: int = QUARTERS) -> dict[str, float]:
    """Largest entry of each cause in any run, cell and quarter."""
    causes = {"sales": SALES, "income": INCOME}[account]
    found = [np.abs(batch.records["ledger"][account]["each"]).max(axis=(0, 1)) for batch in quarters(start, many)]
    sizes = np.max([one.reshape(-1, len(causes)).max(axis=0) for one in found], axis=0)
    return dict(zip(causes, sizes.tolist(), strict=True))


def under(levers: dict[str, float]) -> Start:
    """Two runs in which the United States add some levers to those of the base year."""
    scenario = load_scenario("baseline_2021", "params=default", "horizon=2024")
    quiet = {"us": Strong(levers, fall=0.0), "china": Strong({}, fall=0.0)}
    return prepared(replace(scenario, policies={**scenario.policies, **quiet}), range(2), 3)


def test_sales_know_no_duty_where_none_is_laid_and_no_denial_where_none_changes() -> None:
    free, taxed, denied = (
        largest(under(levers), "sales")
        for levers in ({}, {"tariff": 0.25}, {"control_breadth": 0.8, "control_depth": 0.8})
    )
    assert free["duty"] == denied["duty"] == 0.0
    assert denied["access"] > 10.0 * free["access"]
    assert taxed["duty"] > 1.0
    assert taxed["access"] == pytest.approx(free["access"], rel=0.1)
    assert denied["capacity"] > 10.0 * free["capacity"]


def test_who_lays_a_duty_sells_more_and_who_pays_it_less_by_duty_alone() -> None:
    parts = sum(
        batch.records["ledger"]["sales"]["duty"].sum(axis=(0, 2)) for batch in quarters(under({"tariff": 0.25}))
    )
    assert parts[1] < 0.0 < parts[0]


def test_income_knows_forms_that_act() -> None:
    given = ("baseline_2021", "params=default", "horizon=2024", "forms.price_block=account")
    old = largest(prepared(load_scenario(*given), range(2), 3), "income")
    new = largest(prepared(load_scenario("baseline_2021", "horizon=2024"), range(2), 3), "income")
    assert old["engine"] > 0.0
    assert old["terms"] == pytest.approx(0.0, abs=1e-9)
    assert old["ideas"] == 0.0 == new["engine"]
    assert new["terms"] > 0.0


def test_a_firm_that_leaves_fewer_than_three_is_membership() -> None:
    run = duel(places=3)
    fill(run.firms[0, 0], technology=[1.0, 0.6, 0.2], alive=[True, True, False])
    run.cells[0, 0].firms, run.cells[0, 0].exited, run.cells[0, 0].frontier_worn = 2.0, 1.0, 0.6
    frontier.enter_turnover(run, 0, 0)
    assert run.ledger.frontier[0, 0].membership == pytest.approx(0.2)
    assert run.ledger.frontier[0, 0].exit == 0.0


def test_a_ledger_opens_in_a_base_year_only() -> None:
    world = prepared(load_scenario("baseline_2021"), [0], 1).world
    changed = replace(world, cells=replace(world.cells, stock=world.cells.stock + 1.0))
    with pytest.raises(ValueError, match="base year"):
        Batch(changed, ledger=True)
