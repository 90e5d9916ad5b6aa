"""What of a decision takes effect: budgets and their limits, laws, screening and lobbying, by hand and at limits."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from techduel.ensemble.simulation import prepared
from techduel.model import market
from techduel.model.actions import BUDGETS, LEVERS, Action
from techduel.model.axes import SECTOR, Array, total
from techduel.model.government import (
    PROGRAMME,
    RESEARCH,
    SUPPORT,
    InForce,
    in_force,
    limited,
    lobbied,
    screened,
    with_mandate,
)
from techduel.model.outcomes import OUTCOMES, measured
from techduel.model.quarter import step
from techduel.model.world import World
from techduel.scenario.scenario import Scenario
from tests.ensembles import different
from tests.hand import VALUES, acting, by_sector, number, states

US, CHINA = range(2)
KNOWN = replace(VALUES.government, budget_limit=number(0.03), support_limit=number(0.01))
GDP = states(1000.0, 1000.0)


@pytest.fixture(scope="module")
def world(baseline: Scenario) -> World:
    return prepared(baseline, [0], seed=1).world


@pytest.mark.parametrize(("quarter", "changes"), [(1, True), (2, False), (3, False), (4, False), (5, True), (9, True)])
def test_budgets_change_once_a_year_and_restrictions_at_once(world: World, quarter: int, changes: bool) -> None:
    richer = {name: 1.01 * getattr(world.action, name) for name in BUDGETS}
    decided = replace(world.action, **richer, tariff=world.action.tariff + 0.1)
    found = in_force(world, decided, quarter).action
    for name in BUDGETS:
        expected = richer[name] if changes else getattr(world.action, name)
        assert np.all(getattr(found, name) == expected), name
    assert np.array_equal(found.tariff, decided.tariff)


def test_budgets_are_the_levers_in_money() -> None:
    assert set(BUDGETS) == set(PROGRAMME)
    assert set(SUPPORT) < set(PROGRAMME)


def with_gdp(world: World, before: Action, gdp: Array = GDP) -> World:
    """A world with these limits, in which this much has been in force."""
    parameters = replace(world.parameters, government=KNOWN)
    return replace(world, parameters=parameters, action=before, states=replace(world.states, gdp=gdp))


LARGE = acting(basic_research=(1e3, 1e3), applied_research=(1e3, 1e3))
"""Institutes that can absorb any budget."""


@pytest.fixture(scope="module")
def cut(world: World) -> Callable[[Action], InForce]:
    """Budgets within the limits of money, without any law."""
    return lambda asked: limited(asked, with_gdp(world, LARGE), asked)


def test_within_the_limits_nothing_is_cut(cut: Callable[[Action], InForce]) -> None:
    asked = acting(
        grants=(4.0, 0.0), reshoring_support=(6.0, 0.0), basic_research=(12.0, 30.0), applied_research=(8, 0)
    )
    given = cut(asked)
    assert all(np.array_equal(getattr(given.action, name), getattr(asked, name)) for name in LEVERS)
    assert np.all(given.budget_cut == 0.0)


def test_support_for_industry_is_cut_to_its_own_limit(cut: Callable[[Action], InForce]) -> None:
    asked = acting(grants=(15.0, 5.0), reshoring_support=(5.0, 0.0), basic_research=(10.0, 10.0))
    given = cut(asked)
    assert given.action.grants.ravel().tolist() == pytest.approx([7.5, 5.0])
    assert given.action.reshoring_support.ravel().tolist() == pytest.approx([2.5, 0.0])
    assert given.action.basic_research.ravel().tolist() == [10.0, 10.0]
    assert given.budget_cut.ravel().tolist() == pytest.approx([10.0, 0.0])


def test_all_programmes_are_cut_alike_to_the_limit_of_the_budget(cut: Callable[[Action], InForce]) -> None:
    asked = acting(grants=(20.0, 0.0), basic_research=(30.0, 0.0), applied_research=(20.0, 60.0))
    given = cut(asked)
    # Industry is cut to 10 first; then 60 have to fit into 30.
    found = [getattr(given.action, name)[0, US, 0, 0] for name in ("grants", "basic_research", "applied_research")]
    assert found == pytest.approx([5.0, 15.0, 10.0])
    assert given.action.applied_research[0, CHINA, 0, 0] == pytest.approx(30.0)
    assert given.budget_cut.ravel().tolist() == pytest.approx([40.0, 30.0])


def test_limits_hold_over_all_sectors_and_keep_their_proportions(cut: Callable[[Action], InForce]) -> None:
    asked = Action(grants=by_sector([30.0, 10.0], [0.0, 1.0]))
    given = cut(asked).action.grants
    np.testing.assert_allclose(given, by_sector([7.5, 2.5], [0.0, 1.0]), rtol=1e-12)


def test_without_a_limit_of_money_there_is_no_programme(world: World) -> None:
    asked = acting(grants=(5.0, 5.0), basic_research=(5.0, 5.0))
    nothing = limited(asked, with_gdp(world, LARGE, 0.0 * GDP), asked)
    assert np.all(nothing.action.grants == 0.0)
    assert nothing.budget_cut.ravel().tolist() == [10.0, 10.0]


def test_limits_follow_the_gdp_of_the_quarter_before(world: World) -> None:
    decided = replace(world.action, basic_research=states(1e3, 1e3))
    given = in_force(replace(world, action=decided), decided, 1).action
    spent = sum((total(getattr(given, name), SECTOR) for name in BUDGETS), np.zeros((1, 1, 1, 1)))
    np.testing.assert_allclose(spent, world.parameters.government.budget_limit * world.states.gdp, rtol=1e-12)


def test_a_cut_stands_until_the_next_year(world: World) -> None:
    cut = replace(world, states=replace(world.states, budget_cut=states(3.0, 4.0)))
    assert in_force(cut, world.action, 2).budget_cut.ravel().tolist() == [3.0, 4.0]
    assert in_force(cut, world.action, 5).budget_cut.ravel().tolist() == [0.0, 0.0]


def test_laws_add_to_what_is_decided_up_to_the_highest_level() -> None:
    decided = acting(basic_research=(50.0, 20.0), control_breadth=(0.7, 0.2))
    law = acting(basic_research=(5.0, 0.0), control_breadth=(0.5, 0.5))
    found = with_mandate(decided, law)
    assert found.basic_research.ravel().tolist() == [55.0, 20.0]
    assert found.control_breadth.ravel().tolist() == [1.0, 0.7]


def test_laws_touch_neither_notes_nor_other_levers() -> None:
    decided = replace(acting(tariff=(0.1, 0.2)), choice=states(3.0, 4.0), expected=states(0.1, 0.2))
    law = replace(acting(grants=(1.0, 1.0)), choice=states(9.0, 9.0), expected=states(9.0, 9.0))
    found = with_mandate(decided, law)
    for name in ("tariff", "choice", "expected"):
        assert np.array_equal(getattr(found, name), getattr(decided, name))


def test_a_law_takes_effect_beside_the_decision_and_within_the_limits(world: World) -> None:
    law = Action(grants=np.full((1, 2, 14, 1), 1.0), listing_denial=states(1.0, 0.2))
    ruled = replace(world, mandate=law)
    found = in_force(ruled, world.action, 1).action
    np.testing.assert_allclose(found.grants, world.action.grants + 1.0, rtol=1e-12)
    assert found.listing_denial.ravel().tolist() == pytest.approx([1.0, 0.7])
    endless = replace(world, mandate=Action(grants=np.full((1, 2, 14, 1), 1e3)))
    supported = total(in_force(endless, world.action, 1).action.grants, SECTOR)
    np.testing.assert_allclose(supported, world.parameters.government.support_limit * world.states.gdp, rtol=1e-12)


def test_a_lever_that_is_the_same_everywhere_may_be_given_once(short: Scenario) -> None:
    """Actions broadcast: one number for all sectors is as good as the same number in each."""
    start = prepared(short, [0], seed=1)
    draws = start.noise.quarter()
    amounts = {name: 30.0 if name in BUDGETS else 0.25 for name in LEVERS}
    once = Action(**{name: states(amount, amount) for name, amount in amounts.items()})
    spelt = {name: np.full((1, 2, 14, 1), amounts[name]) for name, known in LEVERS.items() if known.axis}
    brief, long = (step(start.world, action, draws, 2021.0) for action in (once, replace(once, **spelt)))
    names = tuple(OUTCOMES)
    assert different(measured(brief, names), measured(long, names)) == []
    assert np.all(step(start.world, Action(), draws, 2021.0).states.restriction == 0.0)


def test_a_cut_falls_alike_on_what_is_decided_and_what_laws_demand(world: World) -> None:
    decided, demanded = acting(grants=(5.0, 5.0)), acting(grants=(20.0, 8.0))
    found = limited(demanded, with_gdp(world, LARGE), decided)
    assert found.action.grants.ravel().tolist() == pytest.approx([10.0, 8.0])
    assert found.decided.grants.ravel().tolist() == pytest.approx([2.5, 5.0])
    assert found.budget_cut.ravel().tolist() == pytest.approx([10.0, 0.0])


def test_research_budgets_rise_no_faster_than_institutes_can_grow(world: World) -> None:
    before = acting(basic_research=(8.0, 4.0), applied_research=(4.0, 8.0), grants=(1.0, 1.0))
    asked = acting(basic_research=(9.0, 8.0), applied_research=(6.0, 3.0), grants=(5.0, 1.0))
    found = limited(asked, with_gdp(world, before), asked)
    assert found.action.basic_research.ravel().tolist() == pytest.approx([9.0, 1.25 * 4.0])
    assert found.action.applied_research.ravel().tolist() == pytest.approx([1.25 * 4.0, 3.0])
    assert np.array_equal(found.action.grants, asked.grants)
    assert found.budget_cut.ravel().tolist() == pytest.approx([1.0, 3.0])
    assert found.decided.applied_research.ravel().tolist() == pytest.approx([5.0, 3.0])


def test_money_that_cannot_be_absorbed_takes_nothing_from_others(world: World) -> None:
    """Of 40 for basic research 12.5 can be spent; with 20 for applied research that has to fit into 30."""
    asked, decided = (
        acting(basic_research=(40.0, 0.0), applied_research=(20.0, 0.0)),
        acting(basic_research=(16.0, 0.0)),
    )
    found = limited(asked, with_gdp(world, replace(LARGE, basic_research=states(10.0, 10.0))), decided)
    given = [getattr(found.action, name)[0, US, 0, 0] for name in RESEARCH]
    assert given == pytest.approx([12.5 * 30.0 / 32.5, 20.0 * 30.0 / 32.5])
    assert found.budget_cut.ravel().tolist() == pytest.approx([30.0, 0.0])
    assert found.decided.basic_research[0, US, 0, 0] == pytest.approx(16.0 / 40.0 * 12.5 * 30.0 / 32.5)


def test_a_budget_comes_in_steps_that_can_be_absorbed(world: World) -> None:
    """Twice as much takes four years, counted in the money that is not spent."""
    wanted, now = replace(world.action, basic_research=2.0 * world.action.basic_research), world
    for rise in (1.25, 1.25**2, 1.25**3, 2.0):
        found = in_force(now, wanted, 1)
        np.testing.assert_allclose(found.action.basic_research, rise * world.action.basic_research, rtol=1e-12)
        np.testing.assert_allclose(found.budget_cut, (2.0 - rise) * world.action.basic_research, rtol=1e-12, atol=1e-9)
        now = replace(now, action=found.action)


def test_what_was_decided_is_kept_apart_from_laws_and_resistance(world: World) -> None:
    law = acting(tariff=(0.1, 0.1), grants=(0.5, 0.5))
    asked = replace(world.action, control_depth=np.ones((1, 2, 14, 1)), control_end_use=states(1.0, 1.0))
    remembered = replace(world.decided, grants=0.9 * world.action.grants)
    found = in_force(replace(world, mandate=law, decided=remembered), asked, 2)
    assert np.array_equal(found.action.grants, world.action.grants)
    assert np.all(found.decided.tariff == asked.tariff)
    assert np.all(found.decided.control_depth == 1.0)
    assert np.all(found.decided.control_end_use == 1.0)
    assert np.array_equal(found.decided.grants, remembered.grants)


def test_screening_of_end_users_comes_step_by_step_and_goes_at_once() -> None:
    found = screened(states(0.3, 0.3), states(1.0, 0.1), VALUES.government)
    assert found.ravel().tolist() == pytest.approx([0.4, 0.1])
    assert screened(states(0.95, 0.3), states(1.0, 0.35), VALUES.government).ravel().tolist() == [1.0, 0.35]


def with_sales(world: World, at_home: float, to_rival: float) -> World:
    """A world in which both states sell these amounts of everything."""
    flows = np.zeros_like(world.markets.flows)
    for state in (US, CHINA):
        flows[:, state, state], flows[:, state, 1 - state] = at_home, to_rival
    return replace(world, markets=replace(world.markets, flows=flows))


@pytest.mark.parametrize(("at_home", "to_rival", "stake"), [(1.0, 0.0, 0.0), (3.0, 1.0, 0.25), (0.0, 1.0, 1.0)])
def test_firms_avert_new_controls_as_far_as_they_have_sales_to_lose(
    world: World, at_home: float, to_rival: float, stake: float
) -> None:
    some = with_sales(world, at_home, to_rival)
    assert np.all(market.sales_at_stake(some.markets.flows) == stake)
    start = world.structure.status_quo.control_depth
    resisted = np.array([0.6, 0.2]).reshape(1, 2, 1, 1) * stake
    expected = start + 0.5 * (1.0 - start) * (1.0 - resisted)
    np.testing.assert_allclose(lobbied(some, start + 0.5 * (1.0 - start)), expected, rtol=1e-12)


def test_nobody_averts_that_controls_are_eased(world: World) -> None:
    start = world.structure.status_quo.control_depth
    exposed = with_sales(world, 0.0, 1.0)
    for part in (0.0, 0.5, 1.0):
        assert np.array_equal(lobbied(exposed, part * start), part * start)


def test_lobbying_without_limit_keeps_the_status_quo_and_none_lets_all_pass(world: World) -> None:
    def resisting(weight: float) -> World:
        known = replace(world.parameters.government, lobbying=number(weight))
        return replace(with_sales(world, 0.0, 1.0), parameters=replace(world.parameters, government=known))

    start, all_of_it = world.structure.status_quo.control_depth, np.ones((1, 2, 14, 1))
    np.testing.assert_allclose(lobbied(resisting(1.0), all_of_it), start + 0.0 * all_of_it, atol=1e-12)
    np.testing.assert_allclose(lobbied(resisting(0.0), all_of_it), all_of_it, rtol=1e-12)
