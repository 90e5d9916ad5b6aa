"""What of a decision takes effect: budgets and their limits, laws, screening and lobbying, by hand and at limits."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from techduel.ensemble.simulation import prepared
from techduel.model.actions import BUDGETS, LEVERS, NARROW, PLANNED, WIDE, Action
from techduel.model.outcomes import OUTCOMES, measured
from techduel.model.parameters.forms import code
from techduel.model.world import World
from techduel.scenario.scenario import Scenario
from tests.ensembles import different
from tests.hand import CHINA, US, base_world, cells, column, duel, fill, put, step
from tests.uncompiled import government, run_of

STATES = (US, CHINA)
RESEARCH = ("basic_research", "applied_research")


@pytest.fixture(scope="module")
def world() -> World:
    return base_world()


def asked(world: World, quarter: int = 1) -> Any:
    """The base year before a quarter in which both states ask for what is in force, until something is changed."""
    run = run_of(world)
    run.now.quarter = quarter
    for row in [*run.states, *cells(run)]:
        for lever, value in enumerate(list(row.levers.each)):
            row.proposed.each[lever] = row.decided.each[lever] = value
    return run


def taken(run: Any) -> Any:
    """A run in which what is asked for takes effect."""
    for s in STATES:
        government.take_effect(run, s)
    return run


def rows(run: Any, name: str) -> list[Any]:
    """The states or cells that have a lever of their own."""
    return cells(run) if name in WIDE else run.states


def values(run: Any, name: str, decision: str = "levers") -> list[float]:
    """A lever of both states, or of all cells."""
    return [getattr(getattr(row, decision), name) for row in rows(run, name)]


@pytest.mark.parametrize(("quarter", "changes"), [(1, True), (2, False), (3, False), (4, False), (5, True), (9, True)])
def test_budgets_change_once_a_year_and_restrictions_at_once(world: World, quarter: int, changes: bool) -> None:
    run, before = asked(world, quarter), asked(world)
    for name in BUDGETS:
        for row in rows(run, name):
            setattr(row.proposed, name, 1.01 * getattr(row.proposed, name))
    for cell in cells(run):
        cell.proposed.tariff += 0.1
    taken(run)
    for name in BUDGETS:
        assert values(run, name) == (values(run, name, "proposed") if changes else values(before, name)), name
    assert values(run, "tariff") == values(run, "tariff", "proposed")


def test_only_budgets_and_plans_wait_for_the_year(world: World) -> None:
    run = asked(world, quarter=2)
    run.parameters.government.lobbying = [0.0, 0.0]
    for row in [*run.states, *cells(run)]:
        for lever, value in enumerate(list(row.levers.each)):
            row.proposed.each[lever] = 0.99 * value + 0.001
    taken(run)
    waiting = {name for name in (*WIDE, *NARROW) if values(run, name) != values(run, name, "proposed")}
    assert waiting == {*BUDGETS, *PLANNED}


def rich(sectors: int = 1, gdp: float = 1000.0) -> Any:
    """A run whose governments can spend 3 % of GDP, a third of it on industry, and whose institutes absorb anything."""
    run = put(duel(sectors=sectors), basic_research=(1e3, 1e3), applied_research=(1e3, 1e3))
    run.parameters.government.budget_limit, run.parameters.government.support_limit = [0.03] * 2, [0.01] * 2
    fill(run.states, gdp=[gdp, gdp])
    return run


def cut(run: Any, decided: dict[str, tuple[float, float]] | None = None, **wanted: tuple[float, float]) -> Any:
    """A run after its budgets have been set: what is wanted is what was decided, unless laws want more."""
    put(run, "wanted", **wanted)
    put(run, "proposed", **(decided or wanted))
    for s in STATES:
        government.set_budgets(run, s)
    return run


def cuts(run: Any) -> list[float]:
    return column(run.states, "budget_cut")


def test_within_the_limits_nothing_is_cut() -> None:
    wanted = {"grants": (4.0, 0.0), "reshoring_support": (6.0, 0.0)}
    wanted |= {"basic_research": (12.0, 30.0), "applied_research": (8.0, 0.0)}
    run = cut(rich(), **wanted)
    for name, amounts in wanted.items():
        assert values(run, name) == list(amounts), name
    assert cuts(run) == [0.0, 0.0]


def test_support_for_industry_is_cut_to_its_own_limit() -> None:
    run = cut(rich(), grants=(15.0, 5.0), reshoring_support=(5.0, 0.0), basic_research=(10.0, 10.0))
    assert values(run, "grants") == pytest.approx([7.5, 5.0])
    assert values(run, "reshoring_support") == pytest.approx([2.5, 0.0])
    assert values(run, "basic_research") == [10.0, 10.0]
    assert cuts(run) == pytest.approx([10.0, 0.0])


def test_all_programmes_are_cut_alike_to_the_limit_of_the_budget() -> None:
    run = cut(rich(), grants=(20.0, 0.0), basic_research=(30.0, 0.0), applied_research=(20.0, 60.0))
    # Industry is cut to 10 first; then 60 have to fit into 30.
    assert [values(run, name)[US] for name in ("grants", *RESEARCH)] == pytest.approx([5.0, 15.0, 10.0])
    assert values(run, "applied_research")[CHINA] == pytest.approx(30.0)
    assert cuts(run) == pytest.approx([40.0, 30.0])


def test_limits_hold_over_all_sectors_and_keep_their_proportions() -> None:
    run = rich(sectors=2)
    for cell, amount in zip(cells(run), (30.0, 10.0, 0.0, 1.0), strict=True):
        cell.wanted.grants = cell.proposed.grants = amount
    assert values(cut(run), "grants") == pytest.approx([7.5, 2.5, 0.0, 1.0], rel=1e-12)


def test_without_a_limit_of_money_there_is_no_programme() -> None:
    run = cut(rich(gdp=0.0), grants=(5.0, 5.0), basic_research=(5.0, 5.0))
    assert values(run, "grants") == [0.0, 0.0]
    assert cuts(run) == [10.0, 10.0]


def test_limits_follow_the_gdp_of_the_quarter_before(world: World) -> None:
    run = asked(world)
    for decision in ("levers", "proposed"):
        put(run, decision, basic_research=(1e3, 1e3))
    taken(run)
    for s, state in enumerate(run.states):
        spent = sum(cell.levers.grants + cell.levers.reshoring_support for cell in run.cells[s])
        spent += state.levers.basic_research + state.levers.applied_research
        assert spent == pytest.approx(run.parameters.government.budget_limit[s] * state.gdp, rel=1e-12)


@pytest.mark.parametrize(("quarter", "standing"), [(2, [3.0, 4.0]), (5, [0.0, 0.0])])
def test_a_cut_stands_until_the_next_year(world: World, quarter: int, standing: list[float]) -> None:
    run = asked(world, quarter)
    fill(run.states, budget_cut=[3.0, 4.0])
    assert cuts(taken(run)) == pytest.approx(standing, abs=1e-9)


def test_laws_add_to_what_is_decided_up_to_the_highest_level(world: World) -> None:
    run = put(asked(world), "proposed", basic_research=(50.0, 20.0), control_breadth=(0.7, 0.2))
    taken(put(run, "mandate", basic_research=(5.0, 0.0), control_breadth=(0.5, 0.5)))
    assert values(run, "basic_research", "wanted") == [55.0, 20.0]
    assert values(run, "control_breadth") == [1.0] * 14 + [0.7] * 14


def test_laws_touch_neither_notes_nor_other_levers(world: World) -> None:
    run = put(asked(world), "proposed", tariff=(0.1, 0.2), choice=(3.0, 4.0), expected=(0.1, 0.2))
    taken(put(run, "mandate", grants=(1.0, 1.0)))
    assert values(run, "tariff") == [0.1] * 14 + [0.2] * 14
    assert (values(run, "choice"), values(run, "expected")) == ([3.0, 4.0], [0.1, 0.2])
    assert column(run.states, "expected_gain") == [0.1, 0.2]


def test_a_law_takes_effect_beside_the_decision_and_within_the_limits(world: World) -> None:
    before, run = asked(world), put(asked(world), "mandate", grants=(1.0, 1.0), listing_denial=(1.0, 0.2))
    taken(run)
    assert values(run, "grants") == pytest.approx([grant + 1.0 for grant in values(before, "grants")], rel=1e-12)
    assert values(run, "listing_denial") == pytest.approx([1.0, 0.7])
    endless = taken(put(asked(world), "mandate", grants=(1e3, 1e3)))
    for s, state in enumerate(endless.states):
        limit = endless.parameters.government.support_limit[s] * state.gdp
        assert sum(cell.levers.grants for cell in endless.cells[s]) == pytest.approx(limit, rel=1e-12)


def test_a_lever_that_is_the_same_everywhere_may_be_given_once(short: Scenario) -> None:
    """Actions broadcast: one number for all sectors is as good as the same number in each."""
    start = prepared(short, [0], seed=1)
    draws = start.noise.quarter()
    amounts = {name: 30.0 if name in BUDGETS else 0.25 for name in LEVERS}
    once = Action(**{name: np.full((1, 2, 1, 1), amount) for name, amount in amounts.items()})
    spelt = {name: np.full((1, 2, 14, 1), amounts[name]) for name, known in LEVERS.items() if known.axis}
    brief, long = (step(start.world, action, draws, 2021.0) for action in (once, replace(once, **spelt)))
    names = tuple(OUTCOMES)
    assert different(measured(brief, names), measured(long, names)) == []
    assert np.all(step(start.world, Action(), draws, 2021.0).states.restriction == 0.0)


def test_a_cut_falls_alike_on_what_is_decided_and_what_laws_demand() -> None:
    run = cut(rich(), {"grants": (5.0, 5.0)}, grants=(20.0, 8.0))
    assert values(run, "grants") == pytest.approx([10.0, 8.0])
    assert values(run, "grants", "decided") == pytest.approx([2.5, 5.0])
    assert cuts(run) == pytest.approx([10.0, 0.0])


def test_research_budgets_rise_no_faster_than_institutes_can_grow() -> None:
    run = put(rich(), basic_research=(8.0, 4.0), applied_research=(4.0, 8.0), grants=(1.0, 1.0))
    cut(run, basic_research=(9.0, 8.0), applied_research=(6.0, 3.0), grants=(5.0, 1.0))
    assert values(run, "basic_research") == pytest.approx([9.0, 1.25 * 4.0])
    assert values(run, "applied_research") == pytest.approx([1.25 * 4.0, 3.0])
    assert values(run, "grants") == [5.0, 1.0]
    assert cuts(run) == pytest.approx([1.0, 3.0])
    assert values(run, "applied_research", "decided") == pytest.approx([5.0, 3.0])


def test_money_that_cannot_be_absorbed_takes_nothing_from_others() -> None:
    """Of 40 for basic research 12.5 can be spent; with 20 for applied research that has to fit into 30."""
    run = put(rich(), basic_research=(10.0, 10.0))
    cut(run, {"basic_research": (16.0, 0.0)}, basic_research=(40.0, 0.0), applied_research=(20.0, 0.0))
    assert [values(run, name)[US] for name in RESEARCH] == pytest.approx([12.5 * 30.0 / 32.5, 20.0 * 30.0 / 32.5])
    assert cuts(run) == pytest.approx([30.0, 0.0])
    assert values(run, "basic_research", "decided")[US] == pytest.approx(16.0 / 40.0 * 12.5 * 30.0 / 32.5)


def test_a_budget_comes_in_steps_that_can_be_absorbed(world: World) -> None:
    """Twice as much takes four years, counted in the money that is not spent."""
    run = asked(world)
    first = values(run, "basic_research")
    put(run, "proposed", basic_research=(2.0 * first[US], 2.0 * first[CHINA]))
    for rise in (1.25, 1.25**2, 1.25**3, 2.0):
        taken(run)
        assert values(run, "basic_research") == pytest.approx([rise * budget for budget in first], rel=1e-12)
        assert cuts(run) == pytest.approx([(2.0 - rise) * budget for budget in first], rel=1e-12, abs=1e-9)


def test_what_was_decided_is_kept_apart_from_laws_and_resistance(world: World) -> None:
    run, before = put(asked(world, quarter=2), "mandate", tariff=(0.1, 0.1), grants=(0.5, 0.5)), asked(world)
    put(run, "proposed", control_depth=(1.0, 1.0), control_end_use=(1.0, 1.0))
    for cell in cells(run):
        cell.decided.grants *= 0.9
    remembered = values(run, "grants", "decided")
    taken(run)
    assert values(run, "grants") == values(before, "grants")
    assert values(run, "tariff", "decided") == values(before, "tariff")
    assert values(run, "control_depth", "decided") == [1.0] * 28
    assert values(run, "control_end_use", "decided") == [1.0] * 2
    assert values(run, "grants", "decided") == remembered


@pytest.mark.parametrize(
    ("before", "wanted", "after"), [(0.3, 1.0, 0.4), (0.3, 0.1, 0.1), (0.95, 1.0, 1.0), (0.3, 0.35, 0.35)]
)
def test_screening_of_end_users_comes_step_by_step_and_goes_at_once(
    before: float, wanted: float, after: float, world: World
) -> None:
    run = put(asked(world), "proposed", control_end_use=(wanted, wanted))
    taken(put(run, control_end_use=(before, before)))
    assert values(run, "control_end_use") == pytest.approx([after] * 2)


@pytest.mark.parametrize(
    ("was", "becomes", "after"),
    [(0.2, 0.4, 0.35), (0.2, 0.8, 0.175), (0.0, 0.4, 0.0), (0.4, 0.4, 0.7), (0.4, 0.2, 0.7)],
)
def test_a_broader_control_knows_fewer_of_its_end_users(was: float, becomes: float, after: float, world: World) -> None:
    """What was screened before is a part of what is under control now, by exports to the rival; then it climbs."""
    run = asked(world)
    run.parameters.forms.screening = code("screening", "diluted")
    put(run, control_end_use=(0.7, 0.7), control_breadth=(was, was))
    put(run, "proposed", control_end_use=(0.7, 0.7), control_breadth=(becomes, becomes))
    assert values(taken(run), "control_end_use") == pytest.approx([min(after + 0.1, 0.7)] * 2)


def test_where_screening_is_kept_a_broader_control_changes_none_of_it(world: World) -> None:
    run = put(asked(world), control_end_use=(0.7, 0.7), control_breadth=(0.2, 0.2))
    put(run, "proposed", control_end_use=(0.7, 0.7), control_breadth=(0.8, 0.8))
    assert values(taken(run), "control_end_use") == [0.7] * 2


def test_only_exports_to_the_rival_count_in_what_a_control_covers(world: World) -> None:
    run = put(asked(world), control_breadth=(0.5, 0.5))
    chips, other = run.cells[US, 8], run.cells[US, 0]
    for k in range(14):
        run.markets[CHINA, k].flows[US] = 0.0
    run.markets[CHINA, 8].flows[US], run.markets[CHINA, 0].flows[US] = 30.0, 10.0
    chips.levers.control_breadth, other.levers.control_breadth = 0.8, 0.4
    assert government.broadness(run, US) == pytest.approx(0.7)


def selling(world: World, at_home: float, to_rival: float, depth: float, lobbying: float | None = None) -> Any:
    """Controls asked for so much of the way from the status quo to all, by states that sell these amounts."""
    run = asked(world)
    for s in STATES:
        for k, cell in enumerate(run.cells[s]):
            run.markets[s, k].flows = [at_home if origin == s else to_rival * (origin < 2) for origin in range(4)]
            for m in (2, 3):
                run.markets[m, k].flows[s] = 0.0
            cell.proposed.control_depth = cell.first_depth + depth * (1.0 - cell.first_depth)
    if lobbying is not None:
        run.parameters.government.lobbying = [lobbying] * 2
    return run


@pytest.mark.parametrize(("at_home", "to_rival", "stake"), [(1.0, 0.0, 0.0), (3.0, 1.0, 0.25), (0.0, 1.0, 1.0)])
def test_firms_avert_new_controls_as_far_as_they_have_sales_to_lose(
    world: World, at_home: float, to_rival: float, stake: float
) -> None:
    run = selling(world, at_home, to_rival, 0.5)
    assert [government.sales_at_stake(run, s, k) for s in STATES for k in range(14)] == [stake] * 28
    start, resisted = np.array(column(cells(run), "first_depth")), np.repeat([0.1, 0.1], 14) * stake
    expected = start + 0.5 * (1.0 - start) * (1.0 - resisted)
    assert values(taken(run), "control_depth") == pytest.approx(expected.tolist(), rel=1e-12)


@pytest.mark.parametrize("part", [0.0, 0.5, 1.0])
def test_nobody_averts_that_controls_are_eased(world: World, part: float) -> None:
    run = selling(world, 0.0, 1.0, 0.0)
    for cell in cells(run):
        cell.proposed.control_depth = part * cell.first_depth
    assert values(taken(run), "control_depth") == [part * cell.first_depth for cell in cells(run)]


@pytest.mark.parametrize("lobbying", [0.0, 1.0])
def test_lobbying_without_limit_keeps_the_status_quo_and_none_lets_all_pass(world: World, lobbying: float) -> None:
    run = taken(selling(world, 0.0, 1.0, 1.0, lobbying))
    expected = column(cells(run), "first_depth") if lobbying else [1.0] * 28
    assert values(run, "control_depth") == pytest.approx(expected, abs=1e-12)
