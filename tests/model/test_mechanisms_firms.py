"""Cash, exit and entry, by hand."""

from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from techduel.model.axes import ORDINARY
from techduel.model.world import Firms, World
from tests.hand import CHINA, US, base_world, cells, column, duel, fill, firms, luck, put
from tests.uncompiled import entry, finance, run_of

STATES = (US, CHINA)
FIELDS = {item.name for item in fields(Firms)}
"""Of a firm, apart from what lives within a quarter."""


@pytest.fixture(scope="module")
def world() -> World:
    return base_world()


def strict(places: int) -> Any:
    """A run with round parameters of finance, entry and exit."""
    run = duel(places=places)
    cash, known = run.parameters.finance, run.parameters.entry
    cash.cash_target, cash.equity_limit, cash.young_age = 0.5, 0.4, 8.0
    cash.lean_research, cash.debt_limit = 0.1, 0.3
    known.exit_rate, known.exit_size, known.soft_budget = 0.04, 0.1, 0.2
    return run


def settled(margin: float, credit: float, tax: float = 0.25, **columns: list[float]) -> tuple[list[Any], Any]:
    """Firms of the first state, and their cell, after they have settled their accounts."""
    run = put(strict(len(columns["sales"])), tax_credit=(credit, credit))
    some = firms(run, [True] * len(columns["sales"]), **columns)
    run.cells[US, 0].margin, run.states[US].corporate_tax = margin, tax
    run.cells[US, 0].taxed = run.cells[US, 0].raised = run.cells[US, 0].cash_before = 9.0
    finance.open_books(run.cells[US, 0])
    for firm in some:
        finance.settle_accounts(run, US, run.cells[US, 0], firm)
    return some, run.cells[US, 0]


def test_profit_tax_and_excess_cash() -> None:
    given = {"sales": [10.0, 10.0], "rd": [2.0, 5.0], "age": [20.0, 20.0]}
    some, cell = settled(0.3, 0.2, cash=[1.0, 5.0], **given)
    assert column(some, "profit") == pytest.approx([(3.0 - 1.6) * 0.75, 3.0 - 4.0])
    assert cell.taxed == pytest.approx(1.4 * 0.25)
    assert cell.raised == pytest.approx(0.0)
    assert column(some, "cash") == pytest.approx([1.0 + 1.05 / 4.0, 4.75])
    rich, cell = settled(0.3, 0.2, cash=[9.0, 9.0], **given)
    assert column(rich, "cash") == pytest.approx([5.0, 5.0])
    assert cell.raised == pytest.approx(-(9.0 + 1.05 / 4.0 - 5.0) - (9.0 - 0.25 - 5.0))


def test_only_the_young_raise_equity_and_up_to_a_limit() -> None:
    some, cell = settled(0.0, 0.0, sales=[10.0] * 3, cash=[-0.5, -3.0, -3.0], age=[1.0, 1.0, 20.0])
    assert column(some, "cash") == pytest.approx([0.0, -2.0, -3.0])
    assert cell.raised == pytest.approx(0.5 + 1.0)


def test_cash_changes_by_what_is_earned_paid_and_raised() -> None:
    generator = np.random.default_rng(2)
    cash, sales, rd, age = (generator.random(50) * size for size in (4.0, 9.0, 4.0, 16.0))
    given = {"sales": sales.tolist(), "rd": rd.tolist(), "age": age.tolist(), "cash": (cash - 1.0).tolist()}
    some, cell = settled(0.3, 0.1, tax=0.2, **given)
    flows = 0.25 * np.array(column(some, "profit")) - (np.array(column(some, "cash")) - (cash - 1.0))
    assert cell.cash_before == pytest.approx((cash - 1.0).sum())
    assert sum(column(some, "cash")) - cell.cash_before == pytest.approx(
        (0.3 * sales - 0.9 * rd).sum() / 4.0 - cell.taxed / 4.0 + cell.raised
    )
    assert flows.max() > 0.0, "some pay out"
    assert flows.min() < 0.0, "some raise equity"


def test_cash_limits_research_but_leaves_a_lean_part() -> None:
    some = firms(strict(4), [True] * 4, cash=[1.0, 1.0, -1.0, -9.0], age=[20.0, 1.0, 20.0, 20.0], sales=[10.0] * 4)
    known = strict(4).parameters.finance
    found = [finance.research_limit(firm, 2.0, known) for firm in some]
    assert found == pytest.approx([3.0, 3.0 + 4.0, 1.0, 0.2])


def newcomers(run: Any) -> None:
    """Cells of mean technology 1 in which technology 0 would sell 2 bn USD."""
    known = run.parameters.entry
    known.ecosystem = known.market_pull = known.foreign_capital = 0.0
    run.parameters.market.elasticity[0], run.parameters.research.rule_spread = 4.0, 0.3
    for s in STATES:
        cell = run.cells[s, 0]
        cell.mean_technology, cell.log_factor, cell.log_norm = 1.0, np.log(2.0), np.log(0.1)
        cell.first_ecosystem = 1.0
        sales = column(run.firms[s, 0], "sales")
        cell.booked, cell.largest = sum(sales), max(sales)
        cell.sales = cell.trend_sales = 1.0
        for firm in run.firms[s, 0]:
            firm.place_was_free = not firm.alive


def turned(run: Any, turnover: list[float], knocking: tuple[float, float] = (0.0, 0.0)) -> Any:
    """A run after firms have left by their luck, and so many have knocked at the door of each state's only cell."""
    newcomers(run)
    for s in STATES:
        chance = run.parameters.entry.arrival_rate / 4.0
        drawn = [1.0 - 0.5 * chance if place < knocking[s] else luck for place, luck in enumerate(turnover)]
        size = len(turnover)
        entry.turn_over(run, luck(1, size, turnover=drawn, peer=[0.5] * size, appeal=[0.5] * size), s, 0)
    return run


def left(run: Any, turnover: list[float]) -> list[int]:
    """Places of the first state's firms that leave."""
    before = column(run.firms[US, 0], "alive")
    turned(run, turnover)
    return [place for place, alive in enumerate(column(run.firms[US, 0], "alive")) if before[place] and not alive]


@pytest.mark.parametrize(
    ("luck_of_two", "gone"), [([0.5, 0.5], [1, 2]), ([0.009, 0.009], [1, 2, 4]), ([0.011, 0.011], [1, 2])]
)
def test_the_small_the_bankrupt_and_the_unlucky_leave(luck_of_two: list[float], gone: list[int]) -> None:
    run = strict(6)
    sales, cash = [100.0, 1.9, 20.0, 20.0, 58.1, 0.0], [0.0, 0.0, -6.1, -5.9, 0.0, 0.0]
    firms(run, [True] * 5 + [False], sales=sales, cash=cash)
    assert left(run, [0.5, 0.5, 0.5, 0.5, *luck_of_two]) == gone
    assert run.cells[US, 0].exited == len(gone)


def test_the_state_carries_its_own_firms() -> None:
    run = strict(4)
    owned, cash = [False, True, True, True], [0.0, 0.0, 0.0, -99.0]
    firms(run, [True] * 4, sales=[100.0, 1.9, 0.4, 20.0], cash=cash, state_owned=owned)
    assert left(run, [0.5] * 4) == [2]


def test_the_largest_firm_never_leaves() -> None:
    run = strict(2)
    firms(run, [True, True], sales=[10.0, 9.0], cash=[-99.0, -99.0])
    assert left(run, [0.0, 0.0]) == [1]
    alone = strict(2)
    firms(alone, [True, False], sales=[10.0, 0.0])
    assert left(alone, [0.0, 0.0]) == []


def test_entrants_take_the_lowest_places_that_were_free() -> None:
    run = strict(4)
    firms(run, [True, False, True, False], sales=[1.0, 0.0, 9.0, 0.0], cash=[-99.0, 0.0, 0.0, 0.0])
    run.firms[CHINA, 0][0].cash = 0.0
    turned(run, [0.5] * 4, knocking=(1.0, 0.0))
    assert column(run.firms[US, 0], "alive") == [False, True, True, False]
    assert column(run.firms[CHINA, 0], "alive") == [True, False, True, False]
    cell = run.cells[US, 0]
    assert [cell.entered, cell.exited, cell.turned_away] == [1.0, 1.0, 0.0]


def test_entrants_without_a_place_are_counted() -> None:
    full = strict(4)
    firms(full, [True] * 4, sales=[5.0] * 4)
    turned(full, [0.5] * 4, knocking=(2.0, 0.0))
    assert [full.cells[s, 0].turned_away for s in STATES] == [2.0, 0.0]
    assert [full.cells[s, 0].entered for s in STATES] == [0.0, 0.0]
    nearly_full = strict(4)
    firms(nearly_full, [True, True, True, False], sales=[5.0, 5.0, 5.0, 0.0])
    turned(nearly_full, [0.5] * 4, knocking=(3.0, 1.0))
    assert [nearly_full.cells[s, 0].entered for s in STATES] == [1.0, 1.0]
    assert [nearly_full.cells[s, 0].turned_away for s in STATES] == [2.0, 0.0]


def test_an_entrant_begins_small_young_and_with_cash() -> None:
    run = strict(4)
    listed = [True, False, False, False]
    firms(run, listed, sales=[5.0, 0.0, 0.0, 0.0], age=[20.0, 5.0, 5.0, 5.0], listed=listed)
    turned(run, [0.5] * 4, knocking=(1.0, 0.0))
    technology = 1.0 - run.parameters.entry.entrant_gap
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
        assert getattr(run.firms[US, 0][1], name) == pytest.approx(value), name
    assert [run.cells[s, 0].founded for s in STATES] == pytest.approx([0.5 * sales, 0.0])


@pytest.mark.parametrize(("peer", "appeal", "imitation"), [(0.75, 0.5, 0.999), (0.5, 0.25, 0.0)])
def test_entrants_differ_by_luck(peer: float, appeal: float, imitation: float) -> None:
    run = strict(1)
    newcomers(run)
    run.cells[US, 0].cost, run.cells[US, 0].burden[ORDINARY] = 0.1, 0.2
    entry.settle(run, luck(1, 1, peer=[peer], appeal=[appeal], imitation=[imitation]), US, 0, 0)
    known, firm = run.parameters.entry, run.firms[US, 0][0]
    technology = 1.0 - known.entrant_gap + known.entrant_spread * (2.0 * peer - 1.0)
    rule = np.sqrt(3.0) * 0.3 * (2.0 * appeal - 1.0)
    log_sales = np.log(2.0) + 3.0 * (technology - 0.3)
    assert [firm.technology, firm.rule] == pytest.approx([technology, rule])
    assert [firm.log_scale, firm.log_rd] == pytest.approx([log_sales, np.log(0.1) + rule + log_sales])
    assert firm.tie == (1.0 if imitation < known.tie_share else 0.0)


def test_nothing_stays_behind_but_last_flows() -> None:
    run = strict(2)
    firm = firms(run, [True, True], sales=[9.0, 1.0], cash=[1.0, -7.0])[1]
    for name in FIELDS - {"alive", "sales", "cash", "listed", "state_owned"}:
        setattr(firm, name, 1.0)
    firm.listed = True
    run.firms[CHINA, 0][1].cash = 0.0
    assert left(run, [0.5, 0.5]) == [1]
    assert {name for name in FIELDS if getattr(firm, name)} == {"sales", "rd", "profit", "innovation"}
    assert [run.cells[s, 0].written_off for s in STATES] == [-7.0, 0.0]


MANY = 20_000


class Evenly:
    """The luck of many places, spread evenly."""

    def __getitem__(self, place: tuple[int, int, int, int]) -> float:
        return (place[3] + 0.5) / MANY


def arrived(world: World, broader: float = 1.0, larger: float = 1.0, **levers: tuple[float, float]) -> np.ndarray:
    """Part of many places at which entrants knock, by state and sector."""
    run, draws = put(run_of(world), **levers), SimpleNamespace(uniforms=Evenly())
    places = [(s, k) for s in STATES for k in range(14)]
    run.firms = dict.fromkeys(places, range(MANY))
    for cell in cells(run):
        cell.ecosystem, cell.log_growth = broader * cell.first_ecosystem, np.log(larger)
    return np.array([entry.arrivals(run, draws, *place) for place in places]).reshape(2, 14) / MANY


def test_more_knock_where_suppliers_and_markets_are_good(world: World) -> None:
    usual, known = arrived(world), run_of(world).parameters.entry
    np.testing.assert_allclose(usual, known.arrival_rate / 4.0, rtol=0.01)
    np.testing.assert_allclose(arrived(world, broader=2.0) / usual, 2.0**0.3, rtol=0.01)
    np.testing.assert_allclose(arrived(world, broader=2.0, larger=1.5) / usual, 2.0**0.3 * 1.5**0.5, rtol=0.01)


def test_capital_kept_out_turns_entrants_away(world: World) -> None:
    run = run_of(world)
    assert [entry.log_capital(run, s) for s in STATES] == [0.0, 0.0]
    first = [(1.0 - run.states[s].first_inbound) * (1.0 - run.states[1 - s].first_outbound) for s in STATES]
    shut = put(run_of(world), inbound_screening=(1.0, 1.0))
    found = [np.exp(entry.log_capital(shut, s)) for s in STATES]
    assert found == pytest.approx([0.1 / (0.1 + part) for part in first], rel=1e-12)
    fewer = arrived(world, inbound_screening=(1.0, 1.0)) / arrived(world)
    np.testing.assert_allclose(fewer, np.repeat(found, 14).reshape(2, 14) ** 0.1, rtol=0.01)


def test_the_ecosystem_is_the_home_share_of_inputs(world: World) -> None:
    bare, whole = run_of(world), run_of(world)
    for s in STATES:
        for k in range(14):
            bare.markets[s, k].flows = [0.0 if origin == s else 1.0 for origin in range(4)]
            whole.markets[s, k].flows = [1.0 if origin == s else 0.0 for origin in range(4)]
    places = [(s, k) for s in STATES for k in range(14)]
    assert [entry.ecosystem(bare, *place) for place in places] == [entry.BASE_BREADTH] * 28
    users = [place for place in places if whole.cells[place].input_total > 0.0]
    found = [entry.ecosystem(whole, *place) for place in users]
    assert found == pytest.approx([1.0 + entry.BASE_BREADTH] * len(users), rel=1e-12)
    assert 0 < len(users) <= 28


def test_a_quarter_makes_firms_older_and_moves_what_they_remember() -> None:
    run = duel(places=2)
    run.parameters.market.trend_years = 5.0
    some = firms(run, [True, True], log_scale=[1.0, 0.0], age=[2.0, 0.0])
    entry.grow_older(run, some[0], 0.999, 3.0)
    assert column(some, "log_scale") == pytest.approx([1.1, 0.0])
    assert column(some, "age") == [2.25, 0.0]


def test_a_cells_trend_follows_its_sales() -> None:
    run = strict(2)
    firms(run, [True, True], sales=[20.0, 10.0])
    run.parameters.market.trend_years = 5.0
    newcomers(run)
    run.cells[US, 0].trend_sales, run.cells[US, 0].sales = 10.0, 30.0
    run.cells[US, 0].log_growth = 0.0
    entry.turn_over(run, luck(1, 2), US, 0)
    assert run.cells[US, 0].trend_sales == pytest.approx(11.0)


def test_a_cell_hands_on_its_frontier_and_what_its_firms_hold() -> None:
    run = duel(places=3)
    fill(run.firms[US, 0], alive=[True, False, True], technology=[1.0, 9.0, 2.0], cash=[3.0, 9.0, -1.0])
    entry.hand_on(run, US, 0)
    cell = run.cells[US, 0]
    assert [cell.frontier, cell.firms, cell.cash] == pytest.approx([1.5, 2.0, 2.0])
