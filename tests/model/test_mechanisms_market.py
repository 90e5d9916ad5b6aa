"""Access, cost, prices and shares, by hand."""

from dataclasses import fields, replace

import numpy as np
import pytest

from techduel.ensemble.simulation import prepared
from techduel.model import market
from techduel.model.access import Access, Openness, Standing, access, leakage, openness, reach
from techduel.model.actions import LEVERS, Action, both, of_state
from techduel.model.axes import LISTED, PRIVATE, PUBLIC, by_buyer
from techduel.model.parameters import Parameters
from techduel.model.support import HomeMarket
from techduel.model.world import World
from techduel.scenario.scenario import Scenario
from tests.hand import VALUES, acting, firms, line, luck, number, places, standing, states

US, CHINA, ALLIES, REST = range(4)
ELASTICITY = number(4.0)
KNOWN = replace(
    VALUES,
    market=replace(VALUES.market, elasticity=ELASTICITY),
    access=replace(VALUES.access, licence_cost=number(0.0)),
)
"""One elasticity, and licences that cost nothing: the levers on quantities alone."""
QUIET = number(0.0)
"""No disruption."""
LISTING = {"listing_denial": (0.5, 0.0)}

CONTROL = {"control_breadth": (1.0, 0.0), "control_depth": (0.8, 0.0)}


@pytest.mark.parametrize(
    ("depth", "enforcement", "leak"), [(0.0, 0.0, 0.1), (0.8, 0.0, 0.3), (0.8, 0.5, 0.15), (1.0, 1.0, 0.0)]
)
def test_a_control_leaks_more_when_deep_and_less_when_enforced(depth: float, enforcement: float, leak: float) -> None:
    action = acting(control_depth=(depth, 0.0), control_enforcement=(enforcement, 0.0))
    assert leakage(action, KNOWN.access)[0, US, 0, 0] == pytest.approx(leak)


def opened(**levers: tuple[float, float]) -> Openness:
    return openness(acting(**levers), KNOWN.access, ELASTICITY)


def test_channels_without_any_lever() -> None:
    free = opened()
    found = {item.name: float(getattr(free, item.name)[0, US, 0, 0]) for item in fields(free)}
    expected = {"embodied": 1, "coinvention": 1, "talent": 0.5, "science": 1, "investment": 1, "illicit": 0}
    assert found == expected
    assert reach(free, VALUES.knowledge)[0, US, 0, 0] == pytest.approx(0.25 + 0.15 + 0.2 * 0.5 + 0.2 + 0.1)


def test_a_control_of_listed_users_alone_closes_no_channel() -> None:
    aimed = opened(**CONTROL, control_end_use=(1.0, 0.0))
    assert float(aimed.embodied[0, 1, 0, 0]) == 1.0


@pytest.mark.parametrize(
    ("levers", "channel", "us", "china"),
    [
        (CONTROL, "embodied", 1.0, (1.0 - 0.8 * 0.7) ** 3),
        (CONTROL | {"control_enforcement": (1.0, 0.0)}, "embodied", 1.0, 0.2**3),
        ({"collaboration_limits": (0.4, 0.0)}, "coinvention", 0.6, 0.6),
        ({"science_limits": (0.0, 0.3)}, "science", 0.7, 0.7),
        ({"visa_limits": (0.5, 0.0)}, "talent", 0.25, 0.25),
        ({"talent_recruitment": (0.0, 1.0)}, "talent", 0.5, 1.0),
        ({"tariff": (0.25, 0.0)}, "embodied", 1.25**-3, 1.0),
        ({"tariff": (0.0, 0.25)} | CONTROL, "embodied", 1.0, (1.0 - 0.8 * 0.7) ** 3 * 1.25**-3),
        ({"inbound_screening": (0.6, 0.0)}, "investment", 0.7, 0.7),
        ({"outbound_screening": (0.6, 0.0)}, "investment", 0.7, 0.7),
        ({"inbound_screening": (0.6, 0.0), "outbound_screening": (0.0, 0.5)}, "investment", 0.6, 0.6),
        ({"technology_acquisition": (0.0, 0.8), "counter_intelligence": (0.5, 0.0)}, "illicit", 0.0, 0.4),
    ],
)
def test_each_lever_closes_its_own_channel(
    levers: dict[str, tuple[float, float]], channel: str, us: float, china: float
) -> None:
    free, found = opened(), opened(**levers)
    changed = [
        item.name for item in fields(found) if not np.array_equal(getattr(found, item.name), getattr(free, item.name))
    ]
    assert changed == [channel]
    np.testing.assert_allclose(getattr(found, channel)[0, :, 0, 0], [us, china], rtol=1e-12)


def entrance(willingness: float = 1.0, known: Parameters = KNOWN, **levers: tuple[float, float]) -> Access:
    """Access when all buy at home for 100 and nothing has been won by standards."""
    home, none = HomeMarket(states(100.0, 100.0), states(1e12, 1e12)), states(0.0, 0.0)
    return access(acting(**levers), Standing(home, none, states(willingness, willingness), none), known)


def test_no_levers_no_barriers() -> None:
    free = entrance()
    assert np.all(free.duty == 0.0)
    assert np.all(free.admitted == 1.0)
    assert np.all(free.denied == 0.0)


def test_listing_binds_listed_buyers_of_the_rival_alone() -> None:
    found = entrance(listing_denial=(0.5, 0.5))
    assert np.all(found.denied[..., [PRIVATE, PUBLIC]] == 0.0)
    assert np.count_nonzero(found.denied[..., LISTED]) == 2
    assert found.denied[0, US, CHINA, 0, LISTED] == pytest.approx(0.5 * 0.9)


def test_tariffs_and_procurement_bind_where_they_should() -> None:
    found = entrance(tariff=(0.25, 0.0), procurement_localisation=(0.0, 0.6))
    assert found.duty[0, CHINA, US, 0, 0] == 0.25
    assert np.count_nonzero(found.duty) == 1
    assert found.admitted[0, CHINA, US, 0, PRIVATE] == pytest.approx(1.25**-3)
    assert found.admitted[0, US, CHINA, 0, PRIVATE] == 1.0
    assert found.admitted[0, US, CHINA, 0, PUBLIC] == pytest.approx(0.4)


def test_a_control_withholds_what_does_not_leak_and_allies_join_in_part() -> None:
    found = entrance(**CONTROL, **LISTING, allied_participation=(0.25, 0.0))
    broad = 0.8 * (1.0 - 0.3)
    listed = 1.0 - (1.0 - broad) * (1.0 - 0.5 * (1.0 - 0.3))
    assert found.denied[0, US, CHINA, 0].tolist() == pytest.approx([broad, broad, listed])
    assert found.denied[0, ALLIES, CHINA, 0].tolist() == pytest.approx([0.25 * broad, 0.25 * broad, 0.25 * listed])
    assert np.all(found.denied[0, US, [US, ALLIES, REST]] == 0.0)
    assert np.all(found.denied[0, REST] == 0.0)


def test_an_end_use_control_spares_ordinary_buyers() -> None:
    broad, aimed = entrance(**CONTROL), entrance(**CONTROL, control_end_use=(1.0, 0.0))
    assert np.all(aimed.denied[0, US, CHINA, 0, [PRIVATE, PUBLIC]] == 0.0)
    assert aimed.denied[0, US, CHINA, 0, LISTED] == broad.denied[0, US, CHINA, 0, LISTED]


def cleared(attraction: list[float], found: Access) -> market.Clearing:
    """A market in which the four origins have these attractions, against a base year in which each had 1."""
    offered = np.array(attraction).reshape(1, 4, 1, 1, 1) + np.zeros((1, 4, 4, 1, 1))
    return market.clearing(offered, found, QUIET, np.log(np.full((1, 1, 4, 1, 3), 4.0)), ELASTICITY)


def test_without_denial_there_is_no_penalty() -> None:
    free = entrance()
    found = cleared([1.0, 1.0, 1.0, 1.0], free)
    assert np.all(found.penalty == 0.0)
    assert np.all(found.share == 0.25)
    assert np.all(found.log_price == 0.0)
    assert np.all(market.leaked(found, np.ones((1, 1, 4, 1, 3)), free) == 0.0)


def test_denial_costs_the_worth_of_the_missing_varieties() -> None:
    refused = entrance(**CONTROL, **LISTING)
    found = cleared([1.0, 1.0, 1.0, 1.0], refused)
    withheld = 0.8 * 0.7
    assert found.penalty[0, CHINA, 0, 0] == pytest.approx(np.log(4.0 / (4.0 - withheld)) / 3.0)
    assert found.penalty[0, CHINA, 0, 1] > found.penalty[0, CHINA, 0, 0]
    assert found.penalty[0, US, 0, 0] == 0.0
    assert found.log_price[0, 0, CHINA, 0, PRIVATE] == pytest.approx(found.penalty[0, CHINA, 0, 0])
    better = cleared([2.0, 1.0, 1.0, 1.0], refused)
    assert better.penalty[0, CHINA, 0, 0] > found.penalty[0, CHINA, 0, 0]


def test_what_leaks_is_the_leaks_part_of_a_whole_control() -> None:
    found = cleared([1.0, 1.0, 1.0, 1.0], entrance(**CONTROL))
    spent = np.ones((1, 1, 4, 1, 3)) * [100.0, 0.0, 0.0]
    withheld = 0.8 * 0.7
    expected = 100.0 * withheld / (4.0 - withheld) * 0.3 / 0.7
    assert market.leaked(found, spent, entrance(**CONTROL))[0, :, 0, 0].tolist() == pytest.approx([expected, 0.0])


def test_a_control_that_stops_nothing_leaks_all_that_it_covers() -> None:
    sieve = replace(KNOWN, access=replace(KNOWN.access, evasion=number(0.4), evasion_slope=number(0.6)))
    found = entrance(known=sieve, control_breadth=(1.0, 0.0), control_depth=(1.0, 0.0))
    spent = np.ones((1, 1, 4, 1, 3)) * [100.0, 0.0, 0.0]
    leaked = market.leaked(cleared([1.0, 1.0, 1.0, 1.0], found), spent, found)
    assert leaked[0, :, 0, 0].tolist() == pytest.approx([100.0 / 4.0, 0.0])


def test_prices_fall_and_shares_rise_with_attraction() -> None:
    found = cleared([2.0, 1.0, 1.0, 1.0], entrance())
    assert found.share[0, :, REST, 0, PRIVATE].tolist() == pytest.approx([0.4, 0.2, 0.2, 0.2])
    assert np.all(found.log_price == pytest.approx(-np.log(1.25) / 3.0))


def test_receipts_are_net_of_duty_and_add_up_over_buyers() -> None:
    found = cleared([1.0, 1.0, 1.0, 1.0], entrance())
    duty = np.zeros((1, 4, 4, 1, 1))
    duty[0, CHINA, US] = 0.25
    flows = market.receipts(found, by_buyer(*(np.full((1, 1, 4, 1, 1), money) for money in (60.0, 30.0, 10.0))), duty)
    assert flows[0, :, US, 0, 0].tolist() == pytest.approx([25.0, 20.0, 25.0, 25.0])
    assert market.exchange(flows).item() == pytest.approx((20.0 + 25.0) / (95.0 + 100.0))


def test_input_links_by_hand() -> None:
    links = np.array([[0.1, 0.2], [0.0, 0.3]])[None, None, ..., None]
    inputs = np.array([1.0, 10.0]).reshape(1, 1, 2, 1)
    assert market.by_user(links, inputs).ravel().tolist() == pytest.approx([0.1, 0.2 + 3.0])
    assert market.inputs_of(links[0, 0, ..., 0], inputs).ravel().tolist() == pytest.approx([0.1 + 2.0, 3.0])


def test_firms_are_burdened_by_what_their_kind_feels_and_cost_is_that_without_denial(short: Scenario) -> None:
    """What chips cost more in the United States is denial; stocks leave a part, more of it to listed firms."""
    world, chips = prepared(short, [0], seed=1).world, 8
    links = world.structure.links
    felt, price, penalty = np.zeros((1, 2, 14, 2)), np.zeros((1, 1, 4, 14, 3)), np.zeros((1, 2, 14, 2))
    felt[0, US, chips], price[0, 0, US, chips, PRIVATE], penalty[0, US, chips, 0] = [0.1, 0.4], 0.2, 0.2
    markets = replace(world.markets, log_price=price, penalty=penalty, felt=felt)
    hard = links.cost_share[0, US, chips, :, 0] * links.hardness[chips]
    found = market.burden(links, markets)
    assert hard.max() > 0.0
    np.testing.assert_allclose(found.unlisted[0, US, :, 0], 0.1 * hard)
    np.testing.assert_allclose(found.listed[0, US, :, 0], 0.4 * hard)
    assert np.all(found.listed[0, CHINA] == 0.0)
    assert np.all(market.input_cost(links, markets) == 0.0)


def test_denial_burdens_a_firm_by_its_dependence_and_list() -> None:
    some = firms(
        [True] * 3,
        dependence=places([1.0, 0.5, 1.0]),
        substituted=places([0.0, 0.0, 0.5]),
        listed=places([False, False, True], kind=bool),
    )
    carried = market.of_firms(some, market.exposure(some), number(0.2) + states(0, 0), number(0.6) + states(0, 0))
    assert line(carried) == pytest.approx([0.2, 0.1, 0.3])


@pytest.mark.parametrize(
    ("alive", "frontier"),
    [
        ([True, False, False, False, False], 1.0),
        ([True, True, False, False, False], 1.5),
        ([True, True, True, False, False], 3.5 / 3.0),
        ([True, True, True, True, False], 7.0 / 3.0),
        ([True, True, True, True, True], 3.0),
    ],
)
def test_the_frontier_is_the_mean_of_the_three_best_living(alive: list[bool], frontier: float) -> None:
    technology = places([1.0, 2.0, 0.5, 4.0, 3.0])
    found = market.top_three(technology, places(alive, kind=bool))
    assert found[0, US, 0, 0] == pytest.approx(frontier)


def test_a_cell_counts_more_firms_than_a_byte_holds() -> None:
    alive = places([True] * 640, [True] * 130 + [False] * 510, kind=bool)
    assert market.count(alive)[0, :, 0, 0].tolist() == [640.0, 130.0]


def test_the_fringe_keeps_pace_with_the_mean_of_both() -> None:
    assert market.fringe_growth(states(0.3, 0.5), states(0.1, 0.1)).item() == pytest.approx(0.3)
    supply = market.supply(states(0.0, np.log(2.0)), number(np.log(3.0)))
    assert supply.ravel().tolist() == pytest.approx([1.0, 2.0, 3.0, 3.0])


def test_appeal_fades_and_rare_shocks_have_either_sign() -> None:
    known = replace(VALUES.market, shock_probability=number(0.5), appeal_persistence=number(0.5))
    some = firms([True] * 4, appeal=places([1.0, 0.0, 0.0, 0.0]))
    after = line(market.appeal(some, luck(4, appeal=places([0.9, 0.125, 0.375, 0.25])).appeal, known))
    size = known.shock_size.item() * np.log(2.0)
    assert after == pytest.approx([0.5**0.25, -size, size, 0.0])


def test_shocks_to_appeal_are_laplace() -> None:
    draws = places(list(np.random.default_rng(0).random(40_000)))
    found = market.appeal(firms([True] * 40_000), draws, VALUES.market)[0, US, 0]
    hit, size = found[found != 0.0], VALUES.market.shock_size.item()
    assert len(hit) / len(found) == pytest.approx(0.3, abs=0.01)
    assert np.mean(hit > 0.0) == pytest.approx(0.5, abs=0.02)
    assert np.abs(hit).mean() == pytest.approx(size, rel=0.03)
    assert np.mean(np.abs(hit) > 2.0 * size) == pytest.approx(np.exp(-2.0), abs=0.01)


def test_two_actions_stand_side_by_side_and_come_apart() -> None:
    us, china = (Action(tariff=number(rate), grants=np.full((1, 1, 3, 1), rate)) for rate in (0.1, 0.2))
    together = both(us, china)
    for state, own in enumerate((us, china)):
        again = of_state(together, state)
        assert all(np.array_equal(getattr(again, name), getattr(own, name)) for name in LEVERS)
    assert of_state(us, CHINA).tariff.item() == 0.1


def bought(world: World) -> market.Purchases:
    return market.purchases(world.structure, world.cells, world.markets, world.states.other_digital)


def test_demand_follows_price_growth_and_customers(short: Scenario) -> None:
    world = prepared(short, [0], seed=1).world
    known, structure = world.parameters.market, world.structure
    found = access(world.action, standing(world), world.parameters)
    attraction = structure.demand.taste * market.supply(world.markets.log_supply, world.markets.log_fringe)[:, :, None]
    same = market.clearing(attraction, found, QUIET, structure.demand.log_attraction, known.elasticity)
    inputs, none = bought(world), np.zeros((1, 2, 14, 1))
    grown = market.spending(world, same, np.full((1, 4, 14, 1), 1.1), inputs, none)
    final = structure.demand.final_demand
    np.testing.assert_allclose(grown - world.markets.spending, 0.1 * final, rtol=1e-9, atol=1e-10)
    dear = replace(same, log_price=same.log_price + 0.2)
    choosy = replace(known, demand_elasticity=number(1.5))
    picky = replace(world, parameters=replace(world.parameters, market=choosy))
    elastic = market.spending(picky, dear, np.ones((1, 4, 14, 1)), inputs, none)
    np.testing.assert_allclose(elastic - world.markets.spending, (np.exp(-0.1) - 1.0) * final, rtol=1e-9, atol=1e-10)
    busier = replace(world, cells=replace(world.cells, sales=2.0 * world.cells.sales))
    more = market.spending(busier, same, np.ones((1, 4, 14, 1)), bought(busier), none)
    assert np.all(more >= world.markets.spending - 1e-9)
    assert more.sum() > 1.1 * world.markets.spending.sum()
