"""Cash, exit and entry, by hand."""

from dataclasses import fields, replace

import numpy as np
import pytest

from techduel.ensemble.simulation import prepared
from techduel.model import entry, finance
from techduel.model.actions import Action
from techduel.model.axes import Array
from techduel.model.entry import Newcomer, Turnover
from techduel.model.parameters import Parameters
from techduel.model.world import Firms, World
from techduel.scenario.scenario import Scenario
from tests.hand import VALUES, firms, line, luck, number, places, states

US, CHINA = range(2)
KNOWN = replace(
    VALUES.finance,
    cash_target=number(0.5),
    equity_limit=number(0.4),
    young_age=number(8.0),
    lean_research=number(0.1),
    debt_limit=number(0.3),
)


def test_profit_tax_and_excess_cash() -> None:
    some = firms([True, True], cash=places([1.0, 5.0]), age=places([20.0, 20.0]))
    earned = finance.Earned(places([10.0, 10.0]), places([3.0, 3.0]), places([2.0, 5.0]))
    booked = finance.finance(some, earned, Action(tax_credit=number(0.2)), number(0.25), KNOWN)
    assert line(booked.profit) == pytest.approx([(3.0 - 1.6) * 0.75, 3.0 - 4.0])
    assert line(booked.tax) == pytest.approx([1.4 * 0.25, 0.0])
    assert line(booked.payout) == pytest.approx([0.0, 0.0])
    assert line(booked.cash) == pytest.approx([1.0 + 1.05 / 4.0, 4.75])
    rich = finance.finance(
        replace(some, cash=places([9.0, 9.0])), earned, Action(tax_credit=number(0.2)), number(0.25), KNOWN
    )
    assert line(rich.cash) == pytest.approx([5.0, 5.0])
    assert line(rich.payout) == pytest.approx([9.0 + 1.05 / 4.0 - 5.0, 9.0 - 0.25 - 5.0])


def test_only_the_young_raise_equity_and_up_to_a_limit() -> None:
    some = firms([True] * 3, cash=places([-0.5, -3.0, -3.0]), age=places([1.0, 1.0, 20.0]))
    earned = finance.Earned(places([10.0] * 3), places([0.0] * 3), places([0.0] * 3))
    booked = finance.finance(some, earned, Action(), number(0.25), KNOWN)
    assert line(booked.equity) == pytest.approx([0.5, 1.0, 0.0])
    assert line(booked.cash) == pytest.approx([0.0, -2.0, -3.0])


def test_cash_changes_by_what_is_earned_paid_and_raised() -> None:
    generator = np.random.default_rng(2)
    cash, sales, surplus, rd, age = (places(list(generator.random(50) * size)) for size in (4.0, 9.0, 3.0, 4.0, 16.0))
    some = firms([True] * 50, cash=cash - 1.0, age=age)
    credit = Action(tax_credit=states(0.1, 0.2))
    booked = finance.finance(some, finance.Earned(sales, surplus, rd), credit, states(0.2, 0.25), KNOWN)
    flows = booked.profit / 4.0 - booked.payout + booked.equity
    np.testing.assert_allclose(booked.cash, some.cash + flows, atol=1e-12)
    assert booked.payout.max() > 0.0
    assert booked.equity.max() > 0.0
    assert not np.any((booked.payout > 0.0) & (booked.equity > 0.0))


def test_cash_limits_research_but_leaves_a_lean_part() -> None:
    some = firms([True] * 4, cash=places([1.0, 1.0, -1.0, -9.0]), age=places([20.0, 1.0, 20.0, 20.0]))
    found = finance.research_limit(some, np.arange(0, 8, 2), places([2.0] * 4), places([10.0] * 4), KNOWN)
    assert found.tolist() == pytest.approx([3.0, 3.0 + 4.0, 1.0, 0.2])


def leaving(some: Firms, known: Parameters, turnover: list[float]) -> list[int]:
    """Slots of the first state's firms that leave."""
    gone = entry.leaving(some, places(turnover), known)
    return [int(place) // 2 for place in gone if place % 2 == US]


STRICT = replace(
    VALUES,
    entry=replace(VALUES.entry, exit_rate=number(0.04), exit_size=number(0.1), soft_budget=number(0.2)),
    finance=KNOWN,
)


def test_the_small_the_bankrupt_and_the_unlucky_leave() -> None:
    some = firms(
        [True] * 5 + [False],
        sales=places([100.0, 1.9, 20.0, 20.0, 58.1, 0.0]),
        cash=places([0.0, 0.0, -6.1, -5.9, 0.0, 0.0]),
    )
    assert leaving(some, STRICT, [0.5] * 6) == [1, 2]
    assert leaving(some, STRICT, [0.5, 0.5, 0.5, 0.5, 0.009, 0.009]) == [1, 2, 4]
    assert leaving(some, STRICT, [0.5, 0.5, 0.5, 0.5, 0.011, 0.011]) == [1, 2]


def test_the_state_carries_its_own_firms() -> None:
    some = firms(
        [True] * 4,
        sales=places([100.0, 1.9, 0.4, 20.0]),
        cash=places([0.0, 0.0, 0.0, -99.0]),
        state_owned=places([False, True, True, True], kind=bool),
    )
    assert leaving(some, STRICT, [0.5] * 4) == [2]


def test_the_largest_firm_never_leaves() -> None:
    some = firms([True, True], sales=places([10.0, 9.0]), cash=places([-99.0, -99.0]))
    assert leaving(some, STRICT, [0.0, 0.0]) == [1]
    assert leaving(firms([True, False], sales=places([10.0, 0.0])), STRICT, [0.0, 0.0]) == []


def newcomer() -> Newcomer:
    """A cell of mean technology 1 in which technology 0 would sell 2 bn USD."""
    return Newcomer(
        technology=states(1.0, 1.0),
        elasticity=number(4.0),
        log_sales_at_zero=states(np.log(2.0), np.log(2.0)),
        log_norm=states(np.log(0.1), np.log(0.1)),
        rule_spread=number(0.3),
        cash_target=number(0.5),
    )


def turned(some: Firms, gone: list[int], knocking: Array) -> Turnover:
    own = np.array([2 * slot + US for slot in gone], dtype=np.intp)
    draws = luck(len(some.alive[0, 0, 0]), peer=places([0.5] * 4), appeal=places([0.5] * 4))
    return entry.turnover(some, own, knocking, newcomer(), draws, VALUES.entry)


def test_entrants_take_the_lowest_places_that_were_free() -> None:
    some = firms([True, False, True, False])
    found = turned(some, [0], states(1.0, 0.0))
    assert line(found.firms.alive) == [0.0, 1.0, 1.0, 0.0]
    assert line(found.firms.alive, CHINA) == [1.0, 0.0, 1.0, 0.0]
    assert [values[0, US, 0, 0] for values in (found.entered, found.exited, found.turned_away)] == [1.0, 1.0, 0.0]


def test_entrants_without_a_place_are_counted() -> None:
    full = firms([True] * 4)
    found = turned(full, [], states(2.0, 0.0))
    assert found.turned_away.ravel().tolist() == [2.0, 0.0]
    assert found.entered.sum() == 0.0
    nearly_full = turned(firms([True, True, True, False]), [], states(3.0, 1.0))
    assert nearly_full.entered.ravel().tolist() == [1.0, 1.0]
    assert nearly_full.turned_away.ravel().tolist() == [2.0, 0.0]


def test_an_entrant_begins_small_young_and_with_cash() -> None:
    aged = firms([True, False, False, False], age=places([20.0, 5.0, 5.0, 5.0]), listed=places([True] + [False] * 3))
    found = turned(replace(aged, listed=places([True] + [False] * 3, kind=bool)), [], states(1.0, 0.0))
    technology = 1.0 - VALUES.entry.entrant_gap.item()
    sales = 2.0 * np.exp(3.0 * technology)
    expected = {
        "technology": technology,
        "log_scale": np.log(sales),
        "log_rd": np.log(0.1 * sales),
        "cash": 0.5 * sales,
        "rule": 0.0,
        "age": 0.0,
        "dependence": 1.0,
        "appeal": 0.0,
        "listed": 0.0,
        "tie_replaced": 0.0,
        "sales": 0.0,
    }
    for name, value in expected.items():
        assert getattr(found.firms, name)[0, US, 0, 1] == pytest.approx(value), name
    assert found.founded.ravel().tolist() == pytest.approx([0.5 * sales, 0.0])


def test_nothing_stays_behind_but_last_flows() -> None:
    given = {item.name: places([1.0] * 4) for item in fields(Firms)}
    masks = {name: places([True] * 4, kind=bool) for name in ("alive", "listed", "state_owned")}
    found = turned(Firms(**{**given, **masks, "cash": places([7.0] * 4)}), [2], states(0.0, 0.0))
    left = {item.name: float(getattr(found.firms, item.name)[0, US, 0, 2]) for item in fields(Firms)}
    assert {name for name, value in left.items() if value} == {"sales", "rd", "profit", "innovation"}
    assert found.written_off.ravel().tolist() == [7.0, 0.0]


@pytest.fixture(scope="module")
def world(baseline: Scenario) -> World:
    return prepared(baseline, [0], seed=1).world


def test_more_knock_where_suppliers_and_markets_are_good(world: World) -> None:
    breadth, ones = world.structure.demand.ecosystem, np.ones_like(world.cells.sales)
    draws = np.random.default_rng(4).random((1, 2, 14, 4000))
    usual = entry.arrivals(world, breadth, ones, draws)
    quarterly = world.parameters.entry.arrival_rate.item() / 4.0
    assert usual.mean() / 4000 == pytest.approx(quarterly, rel=0.06)
    assert np.all(entry.arrivals(world, 2.0 * breadth, ones, draws) >= usual)
    better = entry.arrivals(world, 2.0 * breadth, 1.5 * ones, draws).sum() / usual.sum()
    assert better == pytest.approx(2.0**0.3 * 1.5**0.5, rel=0.06)


def test_the_ecosystem_is_the_home_share_of_inputs(world: World) -> None:
    bare = entry.ecosystem(world.structure.links, np.zeros_like(world.cells.sales))
    assert np.all(bare == entry.BASE_BREADTH)
    whole = entry.ecosystem(world.structure.links, np.ones_like(world.cells.sales))
    users = world.structure.links.input_share.sum(axis=0) > 0.0
    np.testing.assert_allclose(whole[:, :, users], 1.0 + entry.BASE_BREADTH, rtol=1e-12)
    home = entry.domestic_share(world.markets.flows)
    assert np.all((home > 0.0) & (home <= 1.0))
