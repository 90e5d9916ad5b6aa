"""Levers one by one: home support, stocks, standards, licences, allies, listing, capital and public money, by hand."""

from collections.abc import Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from techduel.model.actions import EFFORTS
from techduel.model.axes import LISTED, N_BLOCS, N_BUYERS, ON_LIST, ORDINARY, PRIVATE, PUBLIC
from techduel.model.world import World
from tests.hand import (
    ALLIES,
    CHINA,
    REST,
    US,
    base_world,
    cells,
    cleared,
    column,
    duel,
    fill,
    firms,
    later,
    opened,
    put,
)
from tests.uncompiled import (
    access,
    accounts,
    entry,
    government,
    ideas,
    knowledge,
    listing,
    market,
    reallocation,
    run_of,
)

STATES, BUYERS = (US, CHINA), (PRIVATE, PUBLIC, LISTED)
entrance = partial(opened, licence_cost=0.01)


@pytest.fixture(scope="module")
def world() -> World:
    return base_world()


def admitted(run: Any, origin: int, m: int) -> list[float]:
    """What a market admits of an origin, by buyer."""
    return [access.admitted(run, origin, m, 0, buyer) for buyer in BUYERS]


def changed(run: Any) -> list[tuple[int, int]]:
    """Origins and markets between which anything is not admitted as it is."""
    pairs = [(origin, m) for origin in range(N_BLOCS) for m in range(N_BLOCS)]
    return [pair for pair in pairs if admitted(run, *pair) != [1.0] * N_BUYERS]


def denied(run: Any, origin: int, m: int) -> list[float]:
    return [access.denied(run, origin, m, 0, buyer) for buyer in BUYERS]


def odds(value: float) -> float:
    return float(1.0 / (1.0 + np.exp(-value)))


# Support for production at home


def buying(home_odds: float = 1e12, rate: float = 0.0) -> SimpleNamespace:
    """A market that spends 100, with these odds of buying at home under a rate of support."""
    at_home = 100.0 * home_odds / (1.0 + home_odds)
    return SimpleNamespace(spending=[60.0, 30.0, 10.0], flows=[at_home / (1.0 - rate), 0.0, 0.0, 0.0])


@pytest.mark.parametrize(("budget", "rate"), [(0.0, 0.0), (25.0, 0.2), (300.0, 0.75)])
def test_support_is_a_part_of_the_price_of_home_goods(budget: float, rate: float) -> None:
    assert access.support_rate(budget, 0.0, buying(), US, 4.0) == pytest.approx(rate)


@pytest.mark.parametrize("home", [1e-6, 0.01, 0.5, 3.0])
@pytest.mark.parametrize("budget", [0.001, 1.0, 40.0, 500.0])
def test_the_outlay_is_the_budget_however_buyers_respond(home: float, budget: float) -> None:
    rate = access.support_rate(budget, 0.0, buying(home), US, 4.0)
    share = 1.0 / (1.0 + (1.0 - rate) ** 3 / home)
    assert rate / (1.0 - rate) * share * 100.0 == pytest.approx(budget, rel=1e-9)


def test_the_home_market_is_seen_without_the_support_of_now() -> None:
    """A rate of a fifth has raised odds of 1 to 1 over 0.8 to the third."""
    found = access.support_rate(30.0, 0.2, buying(0.8**-3, 0.2), US, 4.0)
    assert found == pytest.approx(access.support_rate(30.0, 0.0, buying(1.0), US, 4.0))


def test_support_is_a_negative_duty_on_home_goods_alone() -> None:
    run = entrance(reshoring_support=(25.0, 0.0), tariff=(0.1, 0.3))
    assert run.markets[US, 0].duty == pytest.approx([-0.2, 0.1, 0.0, 0.0])
    assert run.markets[CHINA, 0].duty == pytest.approx([0.3, 0.0, 0.0, 0.0])
    assert [run.markets[m, 0].duty for m in (ALLIES, REST)] == [[0.0] * 4] * 2


def test_support_attracts_as_a_lower_price_does() -> None:
    run = entrance(reshoring_support=(25.0, 0.0))
    assert admitted(run, US, US) == pytest.approx([0.8**-3] * 3)
    assert changed(run) == [(US, US)]


def test_sellers_receive_what_buyers_and_the_state_pay() -> None:
    run = entrance(reshoring_support=(25.0, 0.0))
    for m in range(N_BLOCS):
        run.markets[m, 0].spending = [40.0] * N_BUYERS
        for origin in range(N_BLOCS):
            run.markets[m, 0].share[PRIVATE, origin] = 0.25
        market.receive(run, m, 0)
    assert run.markets[US, 0].flows == pytest.approx([12.5, 10.0, 10.0, 10.0])
    for s in STATES:
        accounts.pay(run, s)
    assert column(run.states, "subsidies") == pytest.approx([2.5, 0.0])


# Stockpiles


def kept(
    stock: float,
    aim: float,
    missing: tuple[float, float] = (0.0, 0.0),
    use: tuple[float, float] = (30.0, 0.0),
    decay: float = 0.1,
) -> list[Any]:
    """Cells of both states after a quarter, of which China neither has nor wants a stock.

    What is missing, at log prices of 0.3 and 0.6, and what is used are those of ordinary and of listed users.
    """
    run = put(duel(), stockpiles=(aim, 0.0))
    run.parameters.security.stock_decay, run.sectors[0].storable = decay, True
    for s, cell in zip(STATES, cells(run), strict=True):
        cell.stock, cell.missing, cell.penalty = (stock if s == US else 0.0), list(missing), [0.3, 0.6]
        run.markets[s, 0].ordinary, run.markets[s, 0].listed = use
        reallocation.stock_up(run, s, 0)
    found: list[Any] = cells(run)
    return found


def test_a_stock_is_filled_towards_its_aim_and_paid_for_by_use() -> None:
    found = kept(0.0, 2.0, use=(30.0, 10.0))
    assert column(found, "stock") == pytest.approx([0.5, 0.0])
    assert column(found, "stock_bought") == pytest.approx([20.0, 0.0])


def test_services_cannot_be_stored() -> None:
    run = duel(sectors=3)
    for k, storable in enumerate((True, False, True)):
        run.sectors[k].storable = storable
    for cell, aim in zip(cells(run), (2.0, 3.0, 0.0, 0.5, 8.0, 4.0), strict=True):
        cell.levers.stockpiles = aim
    for s in STATES:
        for k in range(3):
            reallocation.stock_up(run, s, k)
    assert column(cells(run), "stock") == pytest.approx([0.5, 0.0, 0.0, 0.125, 0.0, 1.0])


def test_nothing_is_spent_on_stocks_of_services(world: World) -> None:
    run = later(world, stockpiles=[[4.0] * 14] * 2)
    held = [cell.stock > 0.0 for cell in cells(run)]
    assert held == [sector.storable for sector in run.sectors] * 2
    assert 0 < sum(held) < 28


def test_a_stock_ages_and_is_not_sold() -> None:
    found = kept(4.0, 1.0)
    assert column(found, "stock") == pytest.approx([3.9, 0.0])
    assert column(found, "stock_bought") == [0.0, 0.0]


def test_what_is_missing_is_weighted_by_users() -> None:
    cell = SimpleNamespace(missing=[0.2, 0.6])
    assert reallocation.missing(cell, SimpleNamespace(ordinary=30.0, listed=10.0)) == pytest.approx(0.3)
    assert reallocation.missing(cell, SimpleNamespace(ordinary=0.0, listed=0.0)) == 0.0


def test_a_full_stock_takes_all_of_the_burden_and_gives_out_what_is_missing() -> None:
    us, china = kept(1.0, 0.0, (0.2, 0.6), (30.0, 10.0), decay=0.0)
    assert us.stock == pytest.approx(0.7)
    assert us.felt == [0.0, 0.0]
    assert china.felt == [0.3, 0.6]


def test_a_small_stock_takes_a_part_and_is_gone() -> None:
    us, _ = kept(0.1, 0.0, (0.4, 0.0), decay=0.0)
    assert us.stock == pytest.approx(0.0)
    assert us.felt == pytest.approx([0.3 * 0.75, 0.6 * 0.75])
    assert min(column(kept(0.1, 0.0, (0.4, 0.0)), "stock")) == 0.0


def test_a_stock_is_filled_only_as_far_as_goods_can_be_had() -> None:
    assert kept(0.0, 2.0, (0.4, 0.0), (10.0, 0.0))[US].stock == pytest.approx(0.25 * 2.0 * 0.6)
    assert column(kept(0.0, 2.0, (1.0, 1.0), (10.0, 0.0)), "stock") == [0.0, 0.0]


def test_where_nobody_uses_an_input_its_stock_covers_nothing() -> None:
    us, _ = kept(1.0, 0.0, (0.4, 0.0), (0.0, 0.0), decay=0.0)
    assert us.felt == [0.3, 0.6]
    assert us.stock == 1.0


def test_stocks_spare_firms_and_leave_prices(world: World) -> None:
    usual, spared = run_of(world), run_of(world)
    for cell in cells(spared):
        cell.felt = [0.0, 0.0]
    for run in (usual, spared):
        for s in STATES:
            market.costs(run, s)
    assert [cell.burden for cell in cells(spared)] == [[0.0, 0.0]] * 28
    assert max(cell.burden[ON_LIST] for cell in cells(usual)) > 0.0
    assert column(cells(spared), "cost") == column(cells(usual), "cost")


# Standards, licences, cooperation


def test_standards_win_slowly_what_their_push_can_reach() -> None:
    run = put(duel(), standards_push=(1.0, 0.4))

    def standing() -> list[float]:
        for s in STATES:
            access.set_standards(run, s)
        return column(cells(run), "standing")

    assert standing() == pytest.approx([0.05 * 0.05, 0.05 * 0.05 * 0.4])
    for _ in range(400):
        standing()
    assert standing() == pytest.approx([0.05, 0.02], rel=1e-6)
    put(run, standards_push=(0.0, 0.0))
    assert standing()[US] == pytest.approx(0.95 * 0.05)


def test_standards_sell_in_third_markets_alone() -> None:
    run = entrance(standing=(0.1, 0.0))
    assert [admitted(run, US, m)[PRIVATE] for m in range(4)] == pytest.approx([1.0, 1.0, np.exp(0.3), np.exp(0.3)])
    assert changed(run) == [(US, ALLIES), (US, REST)]


def test_licences_cost_exports_to_the_rival() -> None:
    run = entrance(control_breadth=(0.5, 0.0))
    assert admitted(run, US, CHINA) == pytest.approx([np.exp(-3.0 * 0.01 * 0.5)] * 3)
    assert changed(run) == [(US, CHINA)]
    assert [denied(run, origin, m) for origin in range(4) for m in STATES] == [[0.0] * 3] * 8


def test_cooperation_opens_a_state_to_its_allies_goods() -> None:
    run = entrance(cooperation=(0.5, 0.0))
    assert admitted(run, ALLIES, US) == pytest.approx([np.exp(3.0 * 0.02 * 0.5)] * 3)
    assert changed(run) == [(ALLIES, US)]
    assert changed(entrance(allied_cooperation=(1.0, 1.0))) == [], "cooperation has to grow first"


def test_prices_of_all_kinds_work_together() -> None:
    run = entrance(
        standing=(0.1, 0.2),
        tariff=(0.0, 0.25),
        control_breadth=(0.5, 0.0),
        procurement_localisation=(0.0, 0.6),
    )
    crossing = 1.25**-3 * np.exp(-3.0 * 0.01 * 0.5)
    assert admitted(run, US, CHINA) == pytest.approx([crossing, 0.4 * crossing, crossing])
    assert admitted(run, US, REST) == pytest.approx([np.exp(0.3)] * 3)


@pytest.mark.parametrize(
    ("own", "cooperation", "lent"),
    [
        # Allies know 400 * 70 / 350 = 80.
        ((300.0, 100.0), (0.5, 0.0), (0.03 * 0.5 * 80.0, 0.0)),
        # Allies know 350 * 70 / 350 = 70, more than China.
        ((300.0, 50.0), (1.0, 1.0), (0.03 * 70.0, 0.03 * 50.0)),
    ],
)
def test_cooperation_adds_what_allies_know_up_to_what_one_knows_oneself(
    own: tuple[float, float], cooperation: tuple[float, float], lent: tuple[float, float]
) -> None:
    run = duel()
    run.now.forecast_gdp = [200.0, 150.0, 70.0, 90.0]
    fill(run.states, own_knowledge=own, cooperation=cooperation)
    assert [knowledge.allied_knowledge(run, s) for s in STATES] == pytest.approx(lent)
    for s in STATES:
        knowledge.share_knowledge(run, s)
    assert column(run.states, "borrowed_knowledge") == pytest.approx([0.0375 * part for part in lent])
    assert column(run.states, "knowledge_stock") == pytest.approx(
        [mine + 0.0375 * part for mine, part in zip(own, lent, strict=True)]
    )


def selling(us: float, china: float, abroad: tuple[float, float] = (0.0, 0.0), **levers: tuple[float, float]) -> Any:
    """A run of one emerging sector in which the states have these shares of world sales.

    Allies sell the part `abroad` in the market of each state's rival.
    """
    run = put(duel(), **levers)
    run.sectors[0].strategic_emerging = True
    allies = 0.5 * (1.0 - us - china)
    for bloc, sales in enumerate((us, china, allies * (1.0 - sum(abroad)), allies)):
        run.markets[bloc, 0].flows[bloc] = sales
    for s in STATES:
        run.markets[1 - s, 0].flows[ALLIES] = abroad[s] * allies
    return run


def test_cooperation_grows_slowly_as_far_as_allies_consent() -> None:
    def grown(run: Any, quarters: int = 1) -> list[float]:
        for _ in range(quarters):
            for s in STATES:
                access.ask_allies(run, s)
            for s in STATES:
                access.cooperate(run, s)
        return column(run.states, "cooperation")

    run = selling(0.3, 0.3, allied_cooperation=(1.0, 0.4))
    assert grown(run) == pytest.approx([0.05 * odds(0.3), 0.05 * 0.4 * odds(0.3)])
    leading = selling(0.4, 0.3, allied_cooperation=(1.0, 1.0))
    assert grown(leading) == pytest.approx([0.05 * odds(0.3 + 0.3), 0.05 * odds(0.3 - 0.3)])
    assert grown(run, 400) == pytest.approx([odds(0.3), 0.4 * odds(0.3)], rel=1e-6)
    put(run, allied_cooperation=(0.0, 0.0))
    assert grown(run)[US] == pytest.approx(0.95 * odds(0.3))


# Allies in a control


def willing(run: Any, cooperation: tuple[float, float] = (0.0, 0.0)) -> list[float]:
    """Part of each state's controls that allies join when they are asked for all."""
    fill(put(run, allied_participation=(1.0, 1.0)).states, cooperation=cooperation)
    for s in STATES:
        access.ask_allies(run, s)
    return column(cells(run), "joined")


def test_allies_follow_a_leader_and_a_partner_and_shun_losses() -> None:
    assert willing(selling(0.3, 0.3)) == pytest.approx([odds(0.3)] * 2)
    assert willing(selling(0.4, 0.3)) == pytest.approx([odds(0.3 + 0.3), odds(0.3 - 0.3)])
    assert willing(selling(0.3, 0.3, abroad=(0.2, 0.0))) == pytest.approx([odds(0.3 - 0.6), odds(0.3)])
    assert willing(selling(0.3, 0.3), (0.0, 1.0)) == pytest.approx([odds(0.3), odds(1.3)])


def test_allies_withhold_the_part_asked_for_that_they_are_willing_to() -> None:
    run = entrance(
        willing=(0.5, 1.0),
        control_breadth=(1.0, 0.0),
        control_depth=(0.8, 0.0),
        control_end_use=(0.25, 0.0),
        allied_participation=(0.4, 0.0),
        listing_denial=(0.5, 0.0),
    )
    controlled = 0.8 * (1.0 - 0.3)
    listed = 1.0 - (1.0 - controlled) * (1.0 - 0.5 * 0.7)
    assert denied(run, US, CHINA) == pytest.approx([0.75 * controlled, 0.75 * controlled, listed])
    assert denied(run, ALLIES, CHINA) == pytest.approx([0.2 * part for part in denied(run, US, CHINA)])
    assert [denied(run, origin, m) for origin, m in ((CHINA, US), (ALLIES, US), (REST, CHINA))] == [[0.0] * 3] * 3


@pytest.mark.parametrize(("asked", "willingness"), [(0.0, 1.0), (1.0, 0.0)])
def test_allies_join_nothing_unasked_or_unwilling(asked: float, willingness: float) -> None:
    run = entrance(
        willing=(willingness, willingness),
        control_breadth=(1.0, 1.0),
        control_depth=(1.0, 1.0),
        allied_participation=(asked, asked),
    )
    assert denied(run, ALLIES, US) + denied(run, ALLIES, CHINA) == pytest.approx([0.0] * 6, abs=1e-300)


FLOWS = (1.0 + np.arange(32.0)).reshape(4, 4, 2)
"""Of two sectors that differ by origin, market and sector."""


def sold() -> Any:
    """A run with these flows, whose first sector is emerging."""
    run = duel(sectors=2)
    run.sectors[0].strategic_emerging = True
    for m in range(N_BLOCS):
        for k in (0, 1):
            run.markets[m, k].flows = FLOWS[:, m, k].tolist()
    return run


def test_leadership_and_stakes_are_shares_of_sales() -> None:
    run, parameters = sold(), sold().parameters.access
    leads = FLOWS[:2, :, 0].sum(axis=1) / FLOWS[..., 0].sum()
    assert [access.leadership(run, s) for s in STATES] == pytest.approx(leads.tolist())
    willing(run)
    for s, rival in ((US, CHINA), (CHINA, US)):
        found = [(access.consent(run, s) - np.log(1.0 / (1.0 / cell.joined - 1.0))) for cell in run.cells[s]]
        stakes = FLOWS[ALLIES, rival] / FLOWS[ALLIES].sum(axis=0)
        assert found == pytest.approx((parameters.allied_stake * stakes).tolist())
    ours = FLOWS[US, CHINA] / FLOWS[US].sum(axis=0)
    assert [government.sales_at_stake(run, US, k) for k in (0, 1)] == pytest.approx(ours.tolist())


# Listing


def some(sales: Sequence[float] = (5.0, 9.0, 7.0, 0.0), **columns: Sequence[Any]) -> Any:
    """A run of firms that live if they sell, unless given."""
    run = duel(places=len(sales))
    firms(run, **({"alive": [amount > 0.0 for amount in sales]} | {"sales": sales, **columns}))
    return run


def listed(run: Any, pace: float, quota: float = 0.0, breadth: float = 1.0) -> list[list[int]]:
    """Places of listed firms of both states after the United States have listed, and China has not."""
    put(run, listing_pace=(pace, 0.0), control_breadth=(breadth, breadth))
    run.states[US].listing_quota = quota
    for s in STATES:
        listing.list_firms(run, s)
    return [[place for place, firm in enumerate(run.firms[s, 0]) if firm.listed] for s in STATES]


@pytest.mark.parametrize(("pace", "places"), [(0.0, []), (3.9, []), (4.0, [1]), (8.0, [1, 2]), (12.0, [0, 1, 2])])
def test_the_largest_firms_of_the_rival_are_listed_first(pace: float, places: list[int]) -> None:
    assert listed(some(), pace) == [[], places]


def test_the_part_of_a_firm_that_is_left_is_kept() -> None:
    run = some()
    listed(run, 6.0, quota=0.25)
    assert column(run.states, "listing_quota") == pytest.approx([0.75, 0.0])
    quota, due = 0.0, []
    for _ in range(20):
        run = some()
        due.append(len(listed(run, 0.4, quota)[CHINA]))
        quota = run.states[US].listing_quota
    assert sum(due) == 2
    assert due[9] == due[19] == 1


def test_a_quota_without_candidates_is_dropped() -> None:
    run = some()
    assert listed(run, 21.0) == [[], [0, 1, 2]]
    assert column(run.states, "listing_quota") == pytest.approx([0.25, 0.0])


def test_only_living_firms_under_control_that_sell_are_listed() -> None:
    assert listed(some(), 40.0, breadth=0.0) == [[], []]
    given = {"alive": [True, False, True, True], "listed": [False, False, False, True]}
    assert listed(some((0.0, 9.0, 1.0, 2.0), **given), 40.0) == [[3], [2, 3]]


def test_who_is_listed_already_takes_no_place() -> None:
    assert listed(some(listed=[False, True, False, False]), 4.0) == [[1], [1, 2]]


@pytest.mark.parametrize(
    ("pace", "breadth", "marked"),
    [
        # Sales of 12, 11 and 10 weighed by 0.1, of 4, 3 and 2 by 0.9.
        ((8.0, 0.0), (0.1, 0.9), [[0, 0], [0, 2]]),
        ((8.0, 0.0), (0.9, 0.1), [[0, 0], [2, 0]]),
        ((0.0, 4.0), (0.1, 0.9), [[1, 0], [0, 0]]),
        ((4.0, 12.0), (0.1, 0.9), [[3, 0], [0, 1]]),
    ],
)
def test_breadth_of_control_weighs_in_the_order(
    pace: tuple[float, float], breadth: tuple[float, float], marked: list[list[int]]
) -> None:
    """Each state lists for itself; China's controls are the same everywhere."""
    run = put(duel(sectors=2, places=3), listing_pace=pace, control_breadth=(0.0, 1.0))
    for k, sales in enumerate(([12.0, 11.0, 10.0], [4.0, 3.0, 2.0])):
        run.cells[US, k].levers.control_breadth = breadth[k]
        for s in STATES:
            fill(run.firms[s, k], alive=[True] * 3, sales=sales)
    for s in STATES:
        listing.list_firms(run, s)
    found = [[column(run.firms[s, k], "listed") for k in (0, 1)] for s in STATES]
    assert [[sum(places) for places in own] for own in found] == marked
    assert all(places == sorted(places, reverse=True) for own in found for places in own), "the largest first"


def test_a_new_entry_starts_with_the_partners_that_its_cell_has_found() -> None:
    run = some()
    fill(cells(run), tie_replaced=[0.2, 0.3])
    listed(run, 4.0)
    assert column(run.firms[CHINA, 0], "tie_replaced") == [0.0, 0.3, 0.0, 0.0]
    assert column(run.firms[US, 0], "tie_replaced") == [0.0] * 4


def test_listing_denies_listed_buyers_what_does_not_leak() -> None:
    assert denied(entrance(listing_denial=(0.6, 0.0)), US, CHINA) == pytest.approx([0.0, 0.0, 0.6 * 0.9])
    both = entrance(listing_denial=(1.0, 1.0))
    assert [denied(both, origin, m)[:LISTED] for origin in range(4) for m in STATES] == [[0.0, 0.0]] * 8
    enforced = entrance(listing_denial=(1.0, 0.0), control_enforcement=(1.0, 0.0))
    assert denied(enforced, US, CHINA)[LISTED] == 1.0


def test_listing_closes_co_invention_to_the_rivals_listed_firms() -> None:
    run = put(duel(), listing_denial=(0.5, 0.0))
    fill(run.states, coinvention=[0.9, 0.9])
    found = [knowledge.open_to_listed(run, s) for s in STATES]
    assert found == pytest.approx([0.9, 0.9 * (1.0 - 0.8 * 0.5)])


def test_listed_firms_replace_lost_partners_in_part_and_slowly() -> None:
    run = duel(places=2)
    some = firms(run, [True, True], listed=[True, False])
    cell = run.cells[US, 0]
    cell.open_to_listed, cell.tie_replaced, run.states[US].coinvention = 0.4, 0.1, 0.8

    def left(quarters: int = 1) -> list[float]:
        for _ in range(quarters):
            found = [ideas.left_of_ties(run, US, cell, firm) for firm in some]
        return found

    assert left() == pytest.approx([0.4 + 0.03 * 0.7 * 0.6, 0.9])
    assert column(some, "tie_replaced") == pytest.approx([0.03 * 0.7 * 0.6, 0.0])
    assert left(400) == pytest.approx([0.4 + 0.42, 0.9], abs=1e-4)
    cell.tie_replaced = 0.5
    assert left()[1] == 1.0


def test_listed_firms_of_the_base_year_have_replaced_what_they_can(world: World) -> None:
    run, listed_firms = run_of(world), 0
    for s in STATES:
        settled = run.parameters.knowledge.tie_replaceable * (1.0 - knowledge.open_to_listed(run, s))
        for k, cell in enumerate(run.cells[s]):
            before, run.sectors[k].demand = cell.tie_replaced, 1.0
            ideas.look_ahead(run, s, k)
            assert cell.tie_replaced == pytest.approx(before, rel=1e-12)
            for firm in run.firms[s, k]:
                assert firm.tie_replaced == pytest.approx(settled if firm.listed else 0.0, rel=1e-12)
                ideas.left_of_ties(run, s, cell, firm)
                assert firm.tie_replaced == pytest.approx(settled if firm.listed else 0.0, rel=1e-12)
                listed_firms += firm.listed
    assert listed_firms > 0


# Capital and entry


@pytest.mark.parametrize(
    ("levers", "us", "china"),
    [
        ({}, 1.0, 1.0),
        ({"inbound_screening": (0.6, 0.0)}, 0.4, 1.0),
        ({"outbound_screening": (0.6, 0.0)}, 1.0, 0.4),
        ({"inbound_screening": (0.6, 0.0), "outbound_screening": (0.0, 0.5)}, 0.2, 1.0),
        ({"inbound_screening": (1.0, 1.0)}, 0.0, 0.0),
    ],
)
def test_either_side_can_refuse_capital(levers: dict[str, tuple[float, float]], us: float, china: float) -> None:
    run = put(duel(), **levers)
    left = [1.1 * np.exp(entry.log_capital(run, s)) - 0.1 for s in STATES]
    assert left == pytest.approx([us, china], abs=1e-12)


# Disruption, demand and ease from outside


def test_a_disruption_makes_an_origins_goods_missing_in_every_market() -> None:
    run = opened()
    run.sectors[0].disruption = [0.0, 0.4, 0.0, 0.0]
    cleared(run, [1.0] * 4)
    for s, cell in zip(STATES, cells(run), strict=True):
        assert cell.penalty == pytest.approx([np.log(4.0 / 3.6) / 3.0] * 2)
        assert cell.missing == pytest.approx([0.1] * 2)
        assert run.markets[s, 0].withheld == [0.0] * 3
    shares = [run.markets[REST, 0].share[PRIVATE, origin] for origin in range(4)]
    assert shares == pytest.approx([1 / 3.6, 0.6 / 3.6, 1 / 3.6, 1 / 3.6])


def test_controls_withhold_what_is_left_of_disrupted_goods() -> None:
    run = opened(control_breadth=(1.0, 0.0), control_depth=(0.8, 0.0), control_enforcement=(1.0, 0.0))
    run.sectors[0].disruption = [0.5, 0.0, 0.0, 0.0]
    cleared(run, [1.0] * 4)
    assert run.markets[CHINA, 0].withheld[PRIVATE] == pytest.approx(0.8 * 0.5 / (3.0 + 0.2 * 0.5))
    assert run.cells[CHINA, 0].missing[ORDINARY] == pytest.approx(0.9 / 4.0)


def test_demand_shifts_from_outside_and_stocks_are_bought_by_the_state(world: World) -> None:
    run = run_of(world)
    run.now.diffusion_left, run.now.economy = 1.0, [1.0] * N_BLOCS
    fill(cells(run), stock_bought=[5.0] * 28)
    for m, shift in enumerate((0.1, -0.2, 0.0, 0.0)):
        for k in range(14):
            place = run.markets[m, k]
            place.shift, place.ordinary, place.listed = shift, 0.0, 0.0
            market.demand(run, m, k)
            expected = [final * np.exp(shift) for final in place.final_demand]
            expected[PUBLIC] += 5.0 if m in STATES else 0.0
            assert place.spending == pytest.approx(expected, rel=1e-12)


def test_a_breakthrough_makes_ideas_cheap_in_its_sector(world: World) -> None:
    run, places = run_of(world), [(s, k) for s in STATES for k in range(14)]
    for sector in run.sectors:
        sector.demand = 1.0
    before = [ideas.log_difficulty(run, *place) for place in places]
    run.cells[US, 3].ease = 0.2
    fall = [ideas.log_difficulty(run, *place) - usual for place, usual in zip(places, before, strict=True)]
    eased = [-run.parameters.ideas.curvature * 0.2 if place == (US, 3) else 0.0 for place in places]
    assert fall == pytest.approx(eased, abs=1e-12)


# Public money


def paid(run: Any, name: str = "public_spending") -> list[float]:
    """What both states pay or receive in a quarter, a year."""
    for s in STATES:
        accounts.pay(run, s)
    return column(run.states, name)


@pytest.mark.parametrize("name", [*EFFORTS, "standards_push"])
def test_programmes_without_a_budget_cost_by_effort(name: str) -> None:
    run = put(duel(), **{name: (1.0, 0.5)})
    fill(run.states, gdp=[2e4, 1e4])
    assert paid(run) == pytest.approx([6.0, 1.5])


def test_setting_standards_costs_by_the_mean_over_sectors() -> None:
    run = duel(sectors=2)
    fill(run.states, gdp=[2e4, 2e4])
    for cell, push in zip(cells(run), (1.0, 0.0, 1.0, 1.0), strict=True):
        cell.levers.standards_push = push
    assert paid(run) == pytest.approx([3.0, 6.0])


def test_tariffs_bring_a_part_of_what_the_rival_sells() -> None:
    run = sold()
    for cell, tariff in zip(cells(run), (0.1, 0.2, 0.0, 0.3), strict=True):
        cell.levers.tariff = tariff
    china, us = FLOWS[CHINA, US], FLOWS[US, CHINA]
    assert paid(run, "tariff_revenue") == pytest.approx([0.1 * china[0] + 0.2 * china[1], 0.3 * us[1]])


def test_public_spending_is_the_sum_of_its_programmes(world: World) -> None:
    usual, more = run_of(world), run_of(world)
    first = {name: column(usual.states, name) for name in ("public_spending", "tariff_revenue", "subsidies")}
    for name, amounts in first.items():
        assert paid(usual, name) == pytest.approx(amounts, rel=1e-9), name
    support = []
    for s in STATES:
        support.append(0.5 * sum(more.markets[s, k].flows[s] for k in range(14)))
        more.cells[s, 5].stock_bought = 3.0 + s
        for cell in more.cells[s]:
            cell.support_rate = 0.5
    beyond = [paid(more, name)[s] - first[name][s] for name in ("subsidies", "public_spending") for s in STATES]
    assert beyond == pytest.approx([*support, support[US] + 3.0, support[CHINA] + 4.0], rel=1e-9)


def test_a_tax_credit_is_given_on_all_research_of_business() -> None:
    run = put(duel(sectors=2), tax_credit=(0.1, 0.2))
    fill(run.states, rd_other_business=[30.0, 40.0])
    fill(cells(run), rd=[1.0, 2.0, 3.0, 4.0], grants=[0.0, 5.0, 0.0, 0.0])
    assert paid(run, "subsidies") == pytest.approx([0.1 * 33.0 + 5.0, 0.2 * 47.0])


def test_income_is_gdp_less_what_more_public_money_costs(world: World) -> None:
    run, cost = run_of(world), run_of(world).parameters.accounts.cost_of_funds
    for state in run.states:
        gdp, spent, tariffs = state.gdp, state.public_spending, state.tariff_revenue
        assert accounts.real_income(state, cost) == pytest.approx(gdp, rel=1e-12)
        assert state.real_income == pytest.approx(gdp, rel=1e-12)
        state.public_spending, state.tariff_revenue, state.price_index = spent + 10.0, tariffs + 4.0, 2.0
        assert accounts.real_income(state, cost) == pytest.approx((gdp - 1.25 * 6.0) / 2.0, rel=1e-12)
        state.public_spending, state.tariff_revenue, state.price_index = 2.0 * spent, 2.0 * tariffs, 1.0
        state.gdp = 2.0 * gdp
        assert accounts.real_income(state, cost) == pytest.approx(2.0 * gdp, rel=1e-12)
