"""Levers one by one: home support, stocks, standards, licences, allies, listing, capital and public money, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from techduel.ensemble.simulation import prepared
from techduel.model import access, accounts, entry, ideas, knowledge, listing, market, stocks
from techduel.model.actions import EFFORTS, Action
from techduel.model.axes import LISTED, PRIVATE, PUBLIC, Array, Trade, empty_firms, flat
from techduel.model.quarter import step
from techduel.model.support import HomeMarket, home_market, production_support
from techduel.model.world import Firms, Tags, World
from techduel.scenario.scenario import Scenario
from tests.hand import VALUES, acting, by_sector, firms, line, luck, number, places, states

US, CHINA, ALLIES, REST = range(4)
ELASTICITY = number(4.0)
KNOWN = replace(VALUES, market=replace(VALUES.market, elasticity=ELASTICITY))
NONE, ALL = states(0.0, 0.0), states(1.0, 1.0)
AT_HOME = HomeMarket(states(100.0, 100.0), states(1e12, 1e12))
"""Markets in which all is bought from home suppliers."""


@pytest.fixture(scope="module")
def world(baseline: Scenario) -> World:
    return prepared(baseline, [0], seed=1).world


def entrance(
    standards: Array = NONE,
    willingness: Array = ALL,
    cooperation: Array = NONE,
    **levers: tuple[float, float],
) -> access.Access:
    return access.access(acting(**levers), access.Standing(AT_HOME, standards, willingness, cooperation), KNOWN)


# Support for production at home


@pytest.mark.parametrize(("budget", "rate"), [(0.0, 0.0), (25.0, 0.2), (300.0, 0.75)])
def test_support_is_a_part_of_the_price_of_home_goods(budget: float, rate: float) -> None:
    found = production_support(acting(reshoring_support=(budget, 0.0)), AT_HOME, ELASTICITY)
    assert found.ravel().tolist() == pytest.approx([rate, 0.0])


@pytest.mark.parametrize("odds", [1e-6, 0.01, 0.5, 3.0])
@pytest.mark.parametrize("budget", [0.001, 1.0, 40.0, 500.0])
def test_the_outlay_is_the_budget_however_buyers_respond(odds: float, budget: float) -> None:
    home = HomeMarket(states(100.0, 100.0), states(odds, 1.0))
    rate = production_support(acting(reshoring_support=(budget, 0.0)), home, ELASTICITY)[0, 0, 0, 0]
    share = 1.0 / (1.0 + (1.0 - rate) ** 3 / odds)
    assert rate / (1.0 - rate) * share * 100.0 == pytest.approx(budget, rel=1e-9)


def test_the_home_market_is_seen_without_the_support_of_now() -> None:
    """A rate of a fifth has raised odds of 1 to 1 over 0.8 to the third."""
    odds = 0.8**-3
    receipts = 100.0 * odds / (1.0 + odds) / 0.8
    found = home_market(states(100.0, 100.0), states(receipts, 50.0), states(0.2, 0.0), ELASTICITY)
    assert found.odds.ravel().tolist() == pytest.approx([1.0, 1.0])


def test_support_is_a_negative_duty_on_home_goods_alone() -> None:
    found = entrance(reshoring_support=(25.0, 0.0), tariff=(0.1, 0.3))
    assert found.duty[0, :, US, 0, 0].tolist() == pytest.approx([-0.2, 0.1, 0.0, 0.0])
    assert found.duty[0, :, CHINA, 0, 0].tolist() == pytest.approx([0.3, 0.0, 0.0, 0.0])
    assert np.all(found.duty[0, :, [ALLIES, REST]] == 0.0)


def test_support_attracts_as_a_lower_price_does() -> None:
    found = entrance(reshoring_support=(25.0, 0.0))
    assert found.admitted[0, US, US, 0].tolist() == pytest.approx([0.8**-3] * 3)
    assert found.admitted[0, :, CHINA, 0].tolist() == [[1.0] * 3] * 4


def test_sellers_receive_what_buyers_and_the_state_pay() -> None:
    found = entrance(reshoring_support=(25.0, 0.0))
    share = np.zeros((1, 4, 4, 1, 3))
    share[:, :, :, :, PRIVATE] = 0.25
    cleared = market.Clearing(share, share, NONE, NONE, NONE)
    spent = np.full((1, 1, 4, 1, 3), 40.0)
    flows = market.receipts(cleared, spent, found.duty)
    assert flows[0, :, US, 0, 0].tolist() == pytest.approx([12.5, 10.0, 10.0, 10.0])
    outlay = accounts.support_outlay(found.support, flows)
    assert outlay.ravel().tolist() == pytest.approx([2.5, 0.0])


# Stockpiles


def short_of(missing: float, listed: float = 0.0) -> market.Clearing:
    """A market at home from which these parts are missing, at a log price of 0.3 and 0.6."""
    lost = np.array([missing, listed]).reshape(1, 1, 1, 2) + np.zeros((1, 2, 1, 2))
    penalty = np.array([0.3, 0.6]).reshape(1, 1, 1, 2) + np.zeros((1, 2, 1, 2))
    nothing = np.zeros((1, 4, 4, 1, 3))
    return market.Clearing(nothing, nothing, penalty, lost, NONE)


def using(ordinary: float, listed: float = 0.0) -> market.Purchases:
    return market.Purchases(np.full((1, 4, 1, 1), ordinary), np.full((1, 4, 1, 1), listed))


def kept(
    stock: float, aim: float, cleared: market.Clearing, inputs: market.Purchases, decay: float = 0.1
) -> stocks.Stocks:
    known = replace(VALUES.security, stock_decay=number(decay))
    return stocks.stocks(states(stock, 0.0), states(aim, 0.0), cleared, inputs, known)


def test_a_stock_is_filled_towards_its_aim_and_paid_for_by_use() -> None:
    found = kept(0.0, 2.0, short_of(0.0), using(30.0, 10.0))
    assert found.stock.ravel().tolist() == pytest.approx([0.5, 0.0])
    assert found.bought.ravel().tolist() == pytest.approx([20.0, 0.0])


def test_services_cannot_be_stored() -> None:
    tags: Tags = {"storable": np.array([True, False, True])}
    asked = replace(acting(), stockpiles=by_sector([2.0, 3.0, 0.0], [0.5, 8.0, 4.0]))
    assert np.array_equal(stocks.aimed(asked, tags), by_sector([2.0, 0.0, 0.0], [0.5, 0.0, 4.0]))
    everywhere = stocks.aimed(acting(stockpiles=(1.5, 0.0)), tags)
    assert np.array_equal(everywhere, by_sector([1.5, 0.0, 1.5], [0.0, 0.0, 0.0]))


def test_nothing_is_spent_on_stocks_of_services(world: World) -> None:
    laid_up = step(world, replace(world.action, stockpiles=np.full((1, 2, 14, 1), 4.0)), luck(24, 14), 2021.0)
    held = laid_up.cells.stock[0, ..., 0] > 0.0
    assert np.array_equal(held, np.broadcast_to(world.structure.tags["storable"], (2, 14)))
    assert 0 < held[US].sum() < 14


def test_a_stock_ages_and_is_not_sold() -> None:
    found = kept(4.0, 1.0, short_of(0.0), using(30.0))
    assert found.stock.ravel().tolist() == pytest.approx([3.9, 0.0])
    assert np.all(found.bought == 0.0)


def test_what_is_missing_is_weighted_by_users() -> None:
    found = stocks.missing(short_of(0.2, 0.6), number(30.0), number(10.0))
    assert found.ravel().tolist() == pytest.approx([0.3, 0.3])
    assert np.all(stocks.missing(short_of(0.2, 0.6), number(0.0), number(0.0)) == 0.0)


def test_a_full_stock_takes_all_of_the_burden_and_gives_out_what_is_missing() -> None:
    found = kept(1.0, 0.0, short_of(0.2, 0.6), using(30.0, 10.0), decay=0.0)
    assert found.stock[0, US, 0, 0] == pytest.approx(0.7)
    assert np.all(found.felt[0, US] == 0.0)
    assert found.felt[0, CHINA, 0].tolist() == [0.3, 0.6]


def test_a_small_stock_takes_a_part_and_is_gone() -> None:
    found = kept(0.1, 0.0, short_of(0.4), using(30.0), decay=0.0)
    assert found.stock[0, US, 0, 0] == pytest.approx(0.0)
    assert found.felt[0, US, 0].tolist() == pytest.approx([0.3 * 0.75, 0.6 * 0.75])
    assert kept(0.1, 0.0, short_of(0.4), using(30.0)).stock.min() == 0.0


def test_a_stock_is_filled_only_as_far_as_goods_can_be_had() -> None:
    found = kept(0.0, 2.0, short_of(0.4), using(10.0))
    assert found.stock[0, US, 0, 0] == pytest.approx(0.25 * 2.0 * 0.6)
    assert np.all(kept(0.0, 2.0, short_of(1.0, 1.0), using(10.0)).stock == 0.0)


def test_where_nobody_uses_an_input_its_stock_covers_nothing() -> None:
    found = kept(1.0, 0.0, short_of(0.4), using(0.0), decay=0.0)
    assert found.felt[0, US, 0].tolist() == [0.3, 0.6]
    assert found.stock[0, US, 0, 0] == 1.0


def test_stocks_spare_firms_and_leave_prices(world: World) -> None:
    felt = replace(world.markets, felt=0.0 * world.markets.felt)
    spared = market.burden(world.structure.links, felt)
    assert np.all(spared.unlisted == 0.0)
    assert np.all(spared.listed == 0.0)
    assert market.burden(world.structure.links, world.markets).listed.max() > 0.0
    same = market.input_cost(world.structure.links, world.markets)
    assert np.array_equal(market.input_cost(world.structure.links, felt), same)


# Standards, licences, cooperation


def test_standards_win_slowly_what_their_push_can_reach() -> None:
    known, push = VALUES.access, acting(standards_push=(1.0, 0.4))
    once = access.standards(NONE, push, known)
    assert once.ravel().tolist() == pytest.approx([0.05 * 0.05, 0.05 * 0.05 * 0.4])
    standing = NONE
    for _ in range(400):
        standing = access.standards(standing, push, known)
    assert standing.ravel().tolist() == pytest.approx([0.05, 0.02], rel=1e-6)
    assert access.standards(standing, acting(), known)[0, US, 0, 0] == pytest.approx(0.95 * 0.05)


def test_standards_sell_in_third_markets_alone() -> None:
    found = entrance(standards=states(0.1, 0.0)).admitted[0, :, :, 0, PRIVATE]
    assert found[US].tolist() == pytest.approx([1.0, 1.0, np.exp(0.3), np.exp(0.3)])
    assert np.all(found[[CHINA, ALLIES, REST]] == 1.0)


def test_licences_cost_exports_to_the_rival() -> None:
    found = entrance(control_breadth=(0.5, 0.0)).admitted[0, :, :, 0]
    assert found[US, CHINA].tolist() == pytest.approx([np.exp(-3.0 * 0.01 * 0.5)] * 3)
    assert np.count_nonzero(found != 1.0) == 3
    assert np.all(entrance(control_breadth=(0.5, 0.0)).denied == 0.0)


def test_cooperation_opens_a_state_to_its_allies_goods() -> None:
    found = entrance(cooperation=states(0.5, 0.0)).admitted[0, :, :, 0]
    assert found[ALLIES, US].tolist() == pytest.approx([np.exp(3.0 * 0.02 * 0.5)] * 3)
    assert np.count_nonzero(found != 1.0) == 3
    sought = entrance(allied_cooperation=(1.0, 1.0))
    assert np.all(sought.admitted == 1.0), "cooperation has to grow first"


def test_prices_of_all_kinds_work_together() -> None:
    found = entrance(
        standards=states(0.1, 0.2),
        tariff=(0.0, 0.25),
        control_breadth=(0.5, 0.0),
        procurement_localisation=(0.0, 0.6),
    ).admitted[0, US, :, 0]
    crossing = 1.25**-3 * np.exp(-3.0 * 0.01 * 0.5)
    assert found[CHINA].tolist() == pytest.approx([crossing, 0.4 * crossing, crossing])
    assert found[REST].tolist() == pytest.approx([np.exp(0.3)] * 3)


def test_cooperation_adds_what_allies_know() -> None:
    own, gdp = states(300.0, 100.0), np.array([200.0, 150.0, 70.0, 90.0]).reshape(1, 4, 1, 1)
    # Allies know 400 * 70 / 350 = 80.
    found = knowledge.allied_knowledge(own, states(0.5, 0.0), gdp, VALUES.knowledge)
    assert found.ravel().tolist() == pytest.approx([0.03 * 0.5 * 80.0, 0.0])
    reachable = knowledge.open_to_use(own, NONE, found, VALUES.knowledge)
    assert reachable.ravel().tolist() == pytest.approx([1.2, 0.0])


def test_a_state_learns_from_allies_at_most_from_as_much_as_it_knows() -> None:
    gdp = np.array([200.0, 150.0, 70.0, 90.0]).reshape(1, 4, 1, 1)
    # Allies know 350 * 70 / 350 = 70, more than China.
    found = knowledge.allied_knowledge(states(300.0, 50.0), ALL, gdp, VALUES.knowledge)
    assert found.ravel().tolist() == pytest.approx([0.03 * 70.0, 0.03 * 50.0])


def test_cooperation_grows_slowly_as_far_as_allies_consent() -> None:
    known, even, sought = VALUES.access, states(0.3, 0.3), acting(allied_cooperation=(1.0, 0.4))
    once = access.cooperation(NONE, sought, even, known)
    assert once.ravel().tolist() == pytest.approx([0.05 * odds(0.3), 0.05 * 0.4 * odds(0.3)])
    leading = access.cooperation(NONE, acting(allied_cooperation=(1.0, 1.0)), states(0.4, 0.3), known)
    assert leading.ravel().tolist() == pytest.approx([0.05 * odds(0.3 + 0.3), 0.05 * odds(0.3 - 0.3)])
    grown = NONE
    for _ in range(400):
        grown = access.cooperation(grown, sought, even, known)
    assert grown.ravel().tolist() == pytest.approx([odds(0.3), 0.4 * odds(0.3)], rel=1e-6)
    assert access.cooperation(grown, acting(), even, known)[0, US, 0, 0] == pytest.approx(0.95 * odds(0.3))


# Allies in a control


def willing(leads: Array, stake: Array, cooperation: tuple[float, float] = (0.0, 0.0)) -> list[float]:
    found = access.willingness(states(*cooperation), leads, stake, VALUES.access)
    return [float(value) for value in found.ravel()]


def odds(value: float) -> float:
    return 1.0 / (1.0 + np.exp(-value))


def test_allies_follow_a_leader_and_a_partner_and_shun_losses() -> None:
    even = states(0.3, 0.3)
    assert willing(even, NONE) == pytest.approx([odds(0.3)] * 2)
    assert willing(states(0.4, 0.3), NONE) == pytest.approx([odds(0.3 + 0.3), odds(0.3 - 0.3)])
    assert willing(even, states(0.2, 0.0)) == pytest.approx([odds(0.3 - 0.6), odds(0.3)])
    assert willing(even, NONE, (0.0, 1.0)) == pytest.approx([odds(0.3), odds(1.3)])


def test_allies_withhold_the_part_asked_for_that_they_are_willing_to() -> None:
    found = entrance(
        willingness=states(0.5, 1.0),
        control_breadth=(1.0, 0.0),
        control_depth=(0.8, 0.0),
        control_end_use=(0.25, 0.0),
        allied_participation=(0.4, 0.0),
        listing_denial=(0.5, 0.0),
    ).denied[0, :, :, 0]
    controlled = 0.8 * (1.0 - 0.3)
    listed = 1.0 - (1.0 - controlled) * (1.0 - 0.5 * 0.7)
    assert found[US, CHINA].tolist() == pytest.approx([0.75 * controlled, 0.75 * controlled, listed])
    assert found[ALLIES, CHINA].tolist() == pytest.approx((0.2 * found[US, CHINA]).tolist())
    assert np.count_nonzero(found) == 6


@pytest.mark.parametrize(("asked", "willingness"), [(0.0, 1.0), (1.0, 0.0)])
def test_allies_join_nothing_unasked_or_unwilling(asked: float, willingness: float) -> None:
    found = entrance(
        willingness=states(willingness, willingness),
        control_breadth=(1.0, 1.0),
        control_depth=(1.0, 1.0),
        allied_participation=(asked, asked),
    ).denied
    assert np.all(found[0, ALLIES] == 0.0)


def sold() -> Trade:
    """Flows of two sectors that differ by origin, market and sector."""
    return (1.0 + np.arange(32.0)).reshape(1, 4, 4, 2, 1)


def test_leadership_and_stakes_are_shares_of_sales() -> None:
    flows = sold()
    emerging = np.array([True, False]).reshape(1, 1, 2, 1)
    world_sales = flows[0, :, :, 0].sum()
    leads = [flows[0, state, :, 0].sum() / world_sales for state in (US, CHINA)]
    assert market.leadership(flows, emerging).ravel().tolist() == pytest.approx(leads)
    allies = flows[0, ALLIES, ..., 0] / flows[0, ALLIES, ..., 0].sum(axis=0)
    assert market.allied_stake(flows)[0, :, :, 0].tolist() == pytest.approx(allies[[CHINA, US]])
    ours = flows[0, US, CHINA, :, 0] / flows[0, US, ..., 0].sum(axis=0)
    assert market.sales_at_stake(flows)[0, US, :, 0].tolist() == pytest.approx(ours.tolist())


# Listing


def listed_by_us(some: Firms, pace: float, quota: float, breadth: Array, replaced: Array = NONE) -> listing.Listing:
    actions = replace(acting(listing_pace=(pace, 0.0)), control_breadth=breadth)
    return listing.listing(some, actions, states(quota, 0.0), replaced)


def marked(found: listing.Listing) -> list[list[int]]:
    """Places of listed firms of the United States and of China."""
    return [np.flatnonzero(found.firms.listed[0, state, 0]).tolist() for state in (US, CHINA)]


SOME = firms([True, True, True, False], sales=places([5.0, 9.0, 7.0, 0.0]))


@pytest.mark.parametrize(("pace", "listed"), [(0.0, []), (3.9, []), (4.0, [1]), (8.0, [1, 2]), (12.0, [0, 1, 2])])
def test_the_largest_firms_of_the_rival_are_listed_first(pace: float, listed: list[int]) -> None:
    assert marked(listed_by_us(SOME, pace, 0.0, ALL)) == [[], listed]


def test_the_part_of_a_firm_that_is_left_is_kept() -> None:
    assert listed_by_us(SOME, 6.0, 0.25, ALL).quota.ravel().tolist() == pytest.approx([0.75, 0.0])
    quota, due = 0.0, []
    for _ in range(20):
        found = listed_by_us(SOME, 0.4, quota, ALL)
        quota = float(found.quota[0, US, 0, 0])
        due.append(len(marked(found)[CHINA]))
    assert sum(due) == 2
    assert due[9] == due[19] == 1


def test_a_quota_without_candidates_is_dropped() -> None:
    found = listed_by_us(SOME, 21.0, 0.0, ALL)
    assert marked(found) == [[], [0, 1, 2]]
    assert found.quota.ravel().tolist() == pytest.approx([0.25, 0.0])


def test_only_living_firms_under_control_that_sell_are_listed() -> None:
    assert marked(listed_by_us(SOME, 40.0, 0.0, NONE)) == [[], []]
    left = firms([True, False, True, True], sales=places([0.0, 9.0, 1.0, 2.0]), listed=places([0, 0, 0, 1], kind=bool))
    assert marked(listed_by_us(left, 40.0, 0.0, ALL)) == [[3], [2, 3]]


def test_who_is_listed_already_takes_no_place() -> None:
    some = replace(SOME, listed=places([0, 1, 0, 0], kind=bool))
    assert marked(listed_by_us(some, 4.0, 0.0, ALL)) == [[1], [1, 2]]


def test_breadth_of_control_weighs_in_the_order() -> None:
    some = two_sectors(1)
    found = listed_by_us(some, 8.0, 0.0, by_sector([0.1, 0.9], [0.0, 0.0])).firms.listed[0, CHINA]
    # Sales of 12, 11 and 10 weighed by 0.1, of 4, 3 and 2 by 0.9.
    assert found.tolist() == [[False, False, False], [True, True, False]]
    other = listed_by_us(some, 8.0, 0.0, by_sector([0.9, 0.1], [0.0, 0.0])).firms.listed[0, CHINA]
    assert other.tolist() == [[True, True, False], [False, False, False]]


def two_sectors(runs: int) -> Firms:
    """Firms of two sectors in some runs, the first of them alike."""
    alike = firms([True] * 3)
    sales = np.array([[12.0, 11.0, 10.0], [4.0, 3.0, 2.0]])

    def spread(values: Array) -> Array:
        filled = empty_firms(runs, 2, 3, values.dtype.type)
        filled[...] = values
        return filled

    every = {name: spread(getattr(alike, name)) for name in alike.__dataclass_fields__}
    return replace(Firms(**every), sales=spread(sales * (1.0 + np.arange(runs)).reshape(-1, 1, 1, 1)))


def test_runs_and_states_list_each_for_itself() -> None:
    some = two_sectors(3)
    pace = np.array([[0.0, 4.0], [8.0, 0.0], [4.0, 12.0]]).reshape(3, 2, 1, 1)
    both = replace(acting(), listing_pace=pace, control_breadth=by_sector([0.1, 0.9], [1.0, 1.0]))
    found = listing.listing(some, both, np.zeros((3, 2, 1, 1)), np.zeros((3, 2, 2, 1)))
    assert found.firms.listed.sum(axis=(2, 3)).tolist() == [[1, 0], [0, 2], [3, 1]]
    for run in range(3):
        own = replace(both, listing_pace=pace[run : run + 1])
        alone = listing.listing(two_sectors(1), own, np.zeros((1, 2, 1, 1)), np.zeros((1, 2, 2, 1)))
        assert np.array_equal(alone.firms.listed[0], found.firms.listed[run])


def test_a_new_entry_starts_with_the_partners_that_its_cell_has_found() -> None:
    found = listed_by_us(SOME, 4.0, 0.0, ALL, replaced=states(0.2, 0.3)).firms
    assert found.tie_replaced[0, CHINA, 0].tolist() == [0.0, 0.3, 0.0, 0.0]
    assert np.all(found.tie_replaced[0, US] == 0.0)
    assert not SOME.listed.any()
    assert not SOME.tie_replaced.any()


def test_listing_denies_listed_buyers_what_does_not_leak() -> None:
    found = entrance(listing_denial=(0.6, 0.0)).denied[0, :, :, 0]
    assert found[US, CHINA].tolist() == pytest.approx([0.0, 0.0, 0.6 * 0.9])
    assert np.all(entrance(listing_denial=(1.0, 1.0)).denied[..., [PRIVATE, PUBLIC]] == 0.0)
    enforced = entrance(listing_denial=(1.0, 0.0), control_enforcement=(1.0, 0.0))
    assert enforced.denied[0, US, CHINA, 0, LISTED] == 1.0


def test_listing_closes_co_invention_to_the_rivals_listed_firms() -> None:
    found = knowledge.open_to_listed(states(0.9, 0.9), acting(listing_denial=(0.5, 0.0)), VALUES.knowledge)
    assert found.ravel().tolist() == pytest.approx([0.9, 0.9 * (1.0 - 0.8 * 0.5)])


def test_listed_firms_replace_lost_partners_in_part_and_slowly() -> None:
    known = VALUES.knowledge
    some = firms([True, True], listed=places([True, False], kind=bool))
    once = knowledge.replaced_by_listed(some, states(0.4, 1.0), known)
    assert line(once) + line(once, CHINA) == pytest.approx([0.03 * 0.7 * 0.6, 0.0, 0.0, 0.0])
    for _ in range(400):
        some = replace(some, tie_replaced=knowledge.replaced_by_listed(some, states(0.4, 1.0), known))
    assert line(some.tie_replaced) == pytest.approx([0.42, 0.0], abs=1e-4)
    assert line(some.tie_replaced, CHINA) == [0.0, 0.0]


def test_partners_are_those_left_open_and_those_replaced() -> None:
    some = firms([True] * 3, tie=places([1.0, 1.0, 0.0]), listed=places([True, False, True], kind=bool))
    replaced = places([0.1, 0.0, 0.1], [0.9, 0.0, 0.9])
    found = knowledge.partners(some, states(0.8, 0.9), states(0.3, 0.4), replaced)
    assert line(found) == pytest.approx([0.4, 0.8, 0.0])
    assert line(found, CHINA) == pytest.approx([1.0, 0.9, 0.0])


def test_listed_firms_of_the_base_year_have_replaced_what_they_can(world: World) -> None:
    known, listed = world.parameters.knowledge, world.firms.listed
    left = knowledge.open_to_listed(world.openness.coinvention, world.action, known)
    settled = np.broadcast_to(known.tie_replaceable * (1.0 - left), listed.shape)
    np.testing.assert_allclose(world.firms.tie_replaced[listed], settled[listed], rtol=1e-12)
    assert listed.any()
    assert not world.firms.tie_replaced[~listed].any()
    again = knowledge.replaced_by_listed(world.firms, left, known)
    np.testing.assert_allclose(flat(again), flat(world.firms.tie_replaced), rtol=1e-12)


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
    assert access.capital(acting(**levers)).ravel().tolist() == pytest.approx([us, china])


def test_capital_kept_out_turns_entrants_away(world: World) -> None:
    first, shut = world.structure.status_quo, replace(world.action, inbound_screening=states(1.0, 1.0))
    assert np.all(entry.log_capital(first, first) == 0.0)
    open_at_first = access.capital(first)
    found = np.exp(entry.log_capital(shut, first))
    np.testing.assert_allclose(found, 0.1 / (0.1 + open_at_first), rtol=1e-12)
    breadth, ones = world.structure.demand.ecosystem, np.ones_like(world.cells.sales)
    draws = np.random.default_rng(6).random((20, 2, 14, 4000))
    usual, fewer = (
        entry.arrivals(replace(world, action=action), breadth, ones, draws).sum(axis=(0, 2)) for action in (first, shut)
    )
    np.testing.assert_allclose((fewer / usual).ravel(), (found**0.1).ravel(), rtol=0.02)


# Disruption, demand and ease from outside


def test_a_disruption_makes_an_origins_goods_missing_in_every_market() -> None:
    free, attraction = entrance(), np.ones((1, 4, 4, 1, 1))
    gone = np.array([0.0, 0.4, 0.0, 0.0]).reshape(1, 4, 1, 1)
    log_first = np.log(np.full((1, 1, 4, 1, 3), 4.0))
    found = market.clearing(attraction, free, gone, log_first, ELASTICITY)
    assert found.penalty == pytest.approx(np.full((1, 2, 1, 2), np.log(4.0 / 3.6) / 3.0))
    assert found.missing == pytest.approx(np.full((1, 2, 1, 2), 0.1))
    assert found.share[0, :, REST, 0, PRIVATE].tolist() == pytest.approx([1 / 3.6, 0.6 / 3.6, 1 / 3.6, 1 / 3.6])
    assert np.all(found.withheld == 0.0)


def test_controls_withhold_what_is_left_of_disrupted_goods() -> None:
    closed = entrance(control_breadth=(1.0, 0.0), control_depth=(0.8, 0.0), control_enforcement=(1.0, 0.0))
    free = replace(closed, admitted=np.ones((1, 4, 4, 1, 3)))
    gone = np.array([0.5, 0.0, 0.0, 0.0]).reshape(1, 4, 1, 1)
    log_first = np.log(np.full((1, 1, 4, 1, 3), 4.0))
    found = market.clearing(np.ones((1, 4, 4, 1, 1)), free, gone, log_first, ELASTICITY)
    bought = 3.0 + 0.2 * 0.5
    assert found.withheld[0, US, 0, PRIVATE] == pytest.approx(0.8 * 0.5 / bought)
    assert found.missing[0, CHINA, 0, 0] == pytest.approx(0.9 / 4.0)


def test_demand_shifts_from_outside_and_stocks_are_bought_by_the_state(world: World) -> None:
    final, same = world.structure.demand.final_demand, np.ones((1, 4, 14, 1))
    cleared = replace(short_of(0.0), log_price=np.zeros((1, 1, 4, 14, 3)))
    inputs = market.Purchases(np.zeros((1, 4, 14, 1)), np.zeros((1, 4, 14, 1)))
    shift = np.array([0.1, -0.2, 0.0, 0.0]).reshape(1, 4, 1, 1) + np.zeros((1, 4, 14, 1))
    moved = replace(world, outside=replace(world.outside, demand=shift))
    laid_up = np.full((1, 2, 14, 1), 5.0)
    found = market.spending(moved, cleared, same, inputs, laid_up)
    expected = final * np.exp(shift)[:, None]
    expected[:, 0, :2, :, PUBLIC] += 5.0
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_a_breakthrough_makes_ideas_cheap_in_its_sector(world: World) -> None:
    ease, ones = np.zeros((1, 2, 14, 1)), np.ones((1, 1, 14, 1))
    ease[0, US, 3] = 0.2
    eased = replace(world, outside=replace(world.outside, ease=ease))
    fall = ideas.log_difficulty(eased, ones) - ideas.log_difficulty(world, ones)
    np.testing.assert_allclose(fall, np.broadcast_to(-world.parameters.ideas.curvature * ease, fall.shape), atol=1e-12)


# Public money


@pytest.mark.parametrize("name", [*EFFORTS, "standards_push"])
def test_programmes_without_a_budget_cost_by_effort(name: str) -> None:
    found = accounts.programme_cost(acting(**{name: (1.0, 0.5)}), states(2e4, 1e4), VALUES.accounts)
    assert found.ravel().tolist() == pytest.approx([6.0, 1.5])


def test_setting_standards_costs_by_the_mean_over_sectors() -> None:
    pushed = Action(standards_push=by_sector([1.0, 0.0], [1.0, 1.0]))
    assert accounts.programme_cost(pushed, states(2e4, 2e4), VALUES.accounts).ravel().tolist() == pytest.approx(
        [3.0, 6.0]
    )


def test_tariffs_bring_a_part_of_what_the_rival_sells() -> None:
    flows = sold()
    found = accounts.tariff_revenue(replace(acting(), tariff=by_sector([0.1, 0.2], [0.0, 0.3])), flows)
    china, us = flows[0, CHINA, US, :, 0], flows[0, US, CHINA, :, 0]
    assert found.ravel().tolist() == pytest.approx([0.1 * china[0] + 0.2 * china[1], 0.3 * us[1]])


def test_public_spending_is_the_sum_of_its_programmes(world: World) -> None:
    states_now, gdp = world.states, world.states.gdp
    spent = accounts.research_accounts(world, world.cells, states_now.rd_other_business, gdp)
    flows = world.markets.flows
    usual = accounts.public_money(world, world.cells, spent, gdp, flows, NONE)
    np.testing.assert_allclose(usual.public_spending, states_now.public_spending, rtol=1e-9)
    np.testing.assert_allclose(usual.tariff_revenue, states_now.tariff_revenue, rtol=1e-12)
    supported = replace(world.cells, support_rate=np.full_like(world.cells.sales, 0.5))
    more = accounts.public_money(world, supported, spent, gdp, flows, states(3.0, 4.0))
    support = 0.5 * market.home_sales(flows).sum(axis=2, keepdims=True)
    np.testing.assert_allclose(more.subsidies - usual.subsidies, support, rtol=1e-9)
    np.testing.assert_allclose(more.public_spending - usual.public_spending, support + states(3.0, 4.0), rtol=1e-9)


def test_a_tax_credit_is_given_on_all_research_of_business(world: World) -> None:
    rate, others = states(0.1, 0.2), states(30.0, 40.0)
    found = accounts.tax_credit_cost(replace(acting(), tax_credit=rate), world.cells, others)
    np.testing.assert_allclose(found, rate * (world.cells.rd.sum(axis=2, keepdims=True) + others))


def test_income_is_gdp_less_what_more_public_money_costs(world: World) -> None:
    first, gdp = world.structure.economy.first, world.states.gdp
    usual = accounts.PublicMoney(first.public_spending, first.subsidies, first.tariff_revenue)
    np.testing.assert_allclose(accounts.real_income(usual, gdp, ALL, world), gdp, rtol=1e-12)
    np.testing.assert_allclose(world.states.real_income, gdp, rtol=1e-12)
    dearer = replace(usual, public_spending=usual.public_spending + 10.0, tariff_revenue=usual.tariff_revenue + 4.0)
    found = accounts.real_income(dearer, gdp, 2.0 * ALL, world)
    np.testing.assert_allclose(found, (gdp - 1.25 * 6.0) / 2.0, rtol=1e-12)
    twice = accounts.PublicMoney(2.0 * first.public_spending, first.subsidies, 2.0 * first.tariff_revenue)
    np.testing.assert_allclose(accounts.real_income(twice, 2.0 * gdp, ALL, world), 2.0 * gdp, rtol=1e-12)
