"""Access, cost, prices and shares, by hand."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from techduel.model.actions import LEVERS, Action, both, of_state
from techduel.model.axes import LISTED, N_BLOCS, N_BUYERS, N_STATES, ON_LIST, ORDINARY, PRIVATE, PUBLIC
from tests.hand import ALLIES, CHINA, REST, US, base_world, cleared, column, duel, fill, firms, opened
from tests.uncompiled import access, entry, market, run_of

BUYERS = (PRIVATE, PUBLIC, LISTED)
STATE_CHANNELS = ("coinvention", "talent", "science", "investment", "illicit")
LISTING = {"listing_denial": (0.5, 0.0)}
CONTROL = {"control_breadth": (1.0, 0.0), "control_depth": (0.8, 0.0)}
CHIPS = 8


@pytest.mark.parametrize(
    ("depth", "enforcement", "leak"), [(0.0, 0.0, 0.1), (0.8, 0.0, 0.3), (0.8, 0.5, 0.15), (1.0, 1.0, 0.0)]
)
def test_a_control_leaks_more_when_deep_and_less_when_enforced(depth: float, enforcement: float, leak: float) -> None:
    assert access.leakage(depth, enforcement, duel().parameters.access) == pytest.approx(leak)


def channels(run: Any, state: int) -> dict[str, float]:
    """Openness of each channel for a state and its only sector."""
    embodied = {"embodied": run.cells[state, 0].embodied}
    return embodied | {name: getattr(run.states[state], name) for name in STATE_CHANNELS}


def test_channels_without_any_lever() -> None:
    free = opened()
    expected = {"embodied": 1, "coinvention": 1, "talent": 0.5, "science": 1, "investment": 1, "illicit": 0}
    assert channels(free, US) == expected
    assert access.reach(free, US, 0) == pytest.approx(0.25 + 0.15 + 0.2 * 0.5 + 0.2 + 0.1)


def test_a_control_of_listed_users_alone_closes_no_channel() -> None:
    assert channels(opened(**CONTROL, control_end_use=(1.0, 0.0)), CHINA)["embodied"] == 1.0


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
    before, after = ([channels(run, state) for state in (US, CHINA)] for run in (free, found))
    assert [name for name in before[US] if any(before[s][name] != after[s][name] for s in (US, CHINA))] == [channel]
    assert [after[US][channel], after[CHINA][channel]] == pytest.approx([us, china], rel=1e-12)


def admitted(run: Any, origin: int, m: int, buyer: int = PRIVATE) -> float:
    found: float = access.admitted(run, origin, m, 0, buyer)
    return found


def denied(run: Any, origin: int, m: int) -> list[float]:
    """What a state's buyers are denied of an origin, by buyer."""
    return [access.denied(run, origin, m, 0, buyer) for buyer in BUYERS]


def test_no_levers_no_barriers() -> None:
    free = opened()
    for m in range(N_BLOCS):
        assert free.markets[m, 0].duty == [0.0] * 4
        assert [admitted(free, origin, m, buyer) for origin in range(4) for buyer in BUYERS] == [1.0] * 12
    assert [denied(free, origin, m) for origin in range(4) for m in (US, CHINA)] == [[0.0] * 3] * 8


def test_listing_binds_listed_buyers_of_the_rival_alone() -> None:
    found = opened(listing_denial=(0.5, 0.5))
    barred = {(origin, m): denied(found, origin, m) for origin in range(4) for m in (US, CHINA)}
    assert barred[US, CHINA] == barred[CHINA, US] == pytest.approx([0.0, 0.0, 0.5 * 0.9])
    assert [origin_market for origin_market, parts in barred.items() if any(parts)] == [(US, CHINA), (CHINA, US)]


def test_tariffs_and_procurement_bind_where_they_should() -> None:
    found = opened(tariff=(0.25, 0.0), procurement_localisation=(0.0, 0.6))
    assert [found.markets[m, 0].duty for m in range(4)] == [[0.0, 0.25, 0.0, 0.0], [0.0] * 4, [0.0] * 4, [0.0] * 4]
    assert admitted(found, CHINA, US) == pytest.approx(1.25**-3)
    assert admitted(found, US, CHINA) == 1.0
    assert admitted(found, US, CHINA, PUBLIC) == pytest.approx(0.4)


def test_a_control_withholds_what_does_not_leak_and_allies_join_in_part() -> None:
    found = opened(**CONTROL, **LISTING, allied_participation=(0.25, 0.0))
    broad = 0.8 * (1.0 - 0.3)
    listed = 1.0 - (1.0 - broad) * (1.0 - 0.5 * (1.0 - 0.3))
    assert denied(found, US, CHINA) == pytest.approx([broad, broad, listed])
    assert denied(found, ALLIES, CHINA) == pytest.approx([0.25 * broad, 0.25 * broad, 0.25 * listed])
    assert denied(found, US, US) == denied(found, REST, CHINA) == denied(found, REST, US) == [0.0] * 3


def test_an_end_use_control_spares_ordinary_buyers() -> None:
    broad, aimed = opened(**CONTROL), opened(**CONTROL, control_end_use=(1.0, 0.0))
    assert denied(aimed, US, CHINA) == [0.0, 0.0, denied(broad, US, CHINA)[LISTED]]


def shares(run: Any, m: int) -> list[float]:
    return [run.markets[m, 0].share[PRIVATE, origin] for origin in range(N_BLOCS)]


def test_without_denial_there_is_no_penalty() -> None:
    found = cleared(opened(), [1.0, 1.0, 1.0, 1.0])
    assert [found.cells[s, 0].penalty for s in (US, CHINA)] == [[0.0, 0.0]] * 2
    for m in range(N_BLOCS):
        assert found.markets[m, 0].share.members == [0.25] * 12
        assert found.markets[m, 0].log_price == [0.0] * N_BUYERS
    assert [market.leaked(found, s, 0) for s in (US, CHINA)] == [0.0, 0.0]


def test_denial_costs_the_worth_of_the_missing_varieties() -> None:
    found = cleared(opened(**CONTROL, **LISTING), [1.0, 1.0, 1.0, 1.0])
    withheld, penalty = 0.8 * 0.7, found.cells[CHINA, 0].penalty
    assert penalty[ORDINARY] == pytest.approx(np.log(4.0 / (4.0 - withheld)) / 3.0)
    assert penalty[ON_LIST] > penalty[ORDINARY]
    assert found.cells[US, 0].penalty[ORDINARY] == 0.0
    assert found.markets[CHINA, 0].log_price[PRIVATE] == pytest.approx(penalty[ORDINARY])
    better = cleared(opened(**CONTROL, **LISTING), [2.0, 1.0, 1.0, 1.0])
    assert better.cells[CHINA, 0].penalty[ORDINARY] > penalty[ORDINARY]


def test_what_leaks_is_the_leaks_part_of_a_whole_control() -> None:
    found = cleared(opened(**CONTROL), [1.0, 1.0, 1.0, 1.0], [100.0, 0.0, 0.0])
    withheld = 0.8 * 0.7
    expected = 100.0 * withheld / (4.0 - withheld) * 0.3 / 0.7
    assert [market.leaked(found, s, 0) for s in (US, CHINA)] == pytest.approx([expected, 0.0])


def test_a_control_that_stops_nothing_leaks_all_that_it_covers() -> None:
    found = cleared(opened(**CONTROL), [1.0, 1.0, 1.0, 1.0], [100.0, 0.0, 0.0])
    sieve = SimpleNamespace(evasion=0.4, evasion_slope=0.6)
    found.cells[US, 0].leak = access.leakage(1.0, 0.0, sieve)
    found.markets[CHINA, 0].withheld[PRIVATE] = (1.0 - found.cells[US, 0].leak) / 4.0
    assert market.leaked(found, US, 0) == pytest.approx(100.0 / 4.0, rel=1e-5)


def test_prices_fall_and_shares_rise_with_attraction() -> None:
    found = cleared(opened(), [2.0, 1.0, 1.0, 1.0])
    for m in range(N_BLOCS):
        assert shares(found, m) == pytest.approx([0.4, 0.2, 0.2, 0.2])
        assert found.markets[m, 0].log_price == pytest.approx([-np.log(1.25) / 3.0] * N_BUYERS)


def test_receipts_are_net_of_duty_and_add_up_over_buyers() -> None:
    found = cleared(opened(), [1.0, 1.0, 1.0, 1.0], [60.0, 30.0, 10.0])
    found.markets[US, 0].duty[CHINA] = 0.25
    for m in range(N_BLOCS):
        market.receive(found, m, 0)
    assert found.markets[US, 0].flows == pytest.approx([25.0, 20.0, 25.0, 25.0])
    assert market.exchange(found) == pytest.approx((20.0 + 25.0) / (95.0 + 100.0))


def test_input_links_by_hand() -> None:
    run = duel(sectors=2, share=[[0.1, 0.2], [0.0, 0.3]])
    for k, price in enumerate((1.0, 10.0)):
        run.markets[US, k].log_price[PRIVATE] = run.cells[US, k].sales = price
        run.markets[US, k].link_scale = 1.0
    run.cells[US, 0].listed_sales = 0.4
    market.costs(run, US)
    market.purchases(run)
    assert column(run.cells[US], "cost") == pytest.approx([0.1, 0.2 + 3.0])
    assert [run.markets[US, k].ordinary for k in (0, 1)] == pytest.approx([0.1 * 0.6 + 2.0, 3.0])
    assert [run.markets[US, k].listed for k in (0, 1)] == pytest.approx([0.1 * 0.4, 0.0])


def test_firms_are_burdened_by_what_their_kind_feels_and_cost_is_that_without_denial() -> None:
    """What chips cost more in the United States is denial; stocks leave a part, more of it to listed firms."""
    run = run_of(base_world())
    for s in (US, CHINA):
        for k, cell in enumerate(run.cells[s]):
            felt = s == US and k == CHIPS
            cell.felt, cell.penalty = [0.1, 0.4] if felt else [0.0, 0.0], [0.2 if felt else 0.0, 0.0]
            run.markets[s, k].log_price[PRIVATE] = 0.2 if felt else 0.0
        market.costs(run, s)
    hard = [0.0] * 14
    for link in run.links:
        hard[link.user] += link.cost_share[US] * link.hardness if link.source == CHIPS else 0.0
    assert max(hard) > 0.0
    assert [cell.burden[ORDINARY] for cell in run.cells[US]] == pytest.approx([0.1 * part for part in hard])
    assert [cell.burden[ON_LIST] for cell in run.cells[US]] == pytest.approx([0.4 * part for part in hard])
    assert [cell.burden for cell in run.cells[CHINA]] == [[0.0, 0.0]] * 14
    assert column(run.cells[US], "cost") + column(run.cells[CHINA], "cost") == [0.0] * 28


def test_denial_burdens_a_firm_by_its_dependence_and_list() -> None:
    run = duel(places=3)
    dependence, substituted, listed = [1.0, 0.5, 1.0], [0.0, 0.0, 0.5], [False, False, True]
    some = firms(run, [True] * 3, dependence=dependence, substituted=substituted, listed=listed)
    run.cells[US, 0].burden = [0.2, 0.6]
    assert [market.burden(firm, run.cells[US, 0]) for firm in some] == pytest.approx([0.2, 0.1, 0.3])


def test_an_empty_place_sells_nothing_and_is_free_for_entrants() -> None:
    run = duel(places=2)
    some = firms(run, [True, False], sales=[5.0, 5.0], rd=[1.0, 1.0], profit=[1.0, 1.0], innovation=[1.0, 1.0])
    market.attract(run, US, 0)
    assert column(some, "place_was_free") == [False, True]
    assert [some[1].sales, some[1].rd, some[1].profit, some[1].innovation] == [0.0] * 4
    assert run.cells[US, 0].weight == some[0].sales == 1.0, "its pull, until it has sold"


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
    some = firms(duel(places=5), alive, technology=[1.0, 2.0, 0.5, 4.0, 3.0])
    assert market.frontier(some) == pytest.approx(frontier)


def test_the_fringe_keeps_pace_with_the_mean_of_both() -> None:
    run = duel()
    fill([run.cells[s, 0] for s in (US, CHINA)], log_supply=[0.1, 0.1], weight=[np.exp(0.3), np.exp(0.5)])
    market.supply(run, 0)
    assert run.sectors[0].log_fringe == pytest.approx([0.3, 0.3])
    fill([run.cells[s, 0] for s in (US, CHINA)], log_supply=[0.0, np.log(2.0)], weight=[1.0, 2.0])
    run.sectors[0].log_fringe = [np.log(3.0), np.log(3.0)]
    market.supply(run, 0)
    assert run.sectors[0].supply == pytest.approx([1.0, 2.0, 3.0, 3.0])


def test_appeal_fades_and_rare_shocks_have_either_sign() -> None:
    run = duel(places=4)
    known = run.parameters.market
    known.shock_probability = known.appeal_persistence = 0.5
    some = firms(run, [True] * 4, appeal=[1.0, 0.0, 0.0, 0.0])
    run.now.fading = market.fading(known)
    for firm, draw in zip(some, (0.9, 0.125, 0.375, 0.25), strict=True):
        entry.grow_older(run, firm, draw, 0.0)
    size = known.shock_size * np.log(2.0)
    assert column(some, "appeal") == pytest.approx([0.5**0.25, -size, size, 0.0])


def test_shocks_to_appeal_are_laplace() -> None:
    known = duel().parameters.market
    draws = np.random.default_rng(0).random(40_000).tolist()
    found = np.array([market.appeal(0.0, draw, 1.0, known) for draw in draws])
    hit, size = found[found != 0.0], known.shock_size
    assert len(hit) / len(found) == pytest.approx(0.3, abs=0.01)
    assert np.mean(hit > 0.0) == pytest.approx(0.5, abs=0.02)
    assert np.abs(hit).mean() == pytest.approx(size, rel=0.03)
    assert np.mean(np.abs(hit) > 2.0 * size) == pytest.approx(np.exp(-2.0), abs=0.01)


def test_two_actions_stand_side_by_side_and_come_apart() -> None:
    us, china = (Action(tariff=np.full((1, 1, 1, 1), rate), grants=np.full((1, 1, 3, 1), rate)) for rate in (0.1, 0.2))
    together = both(us, china)
    for state, own in enumerate((us, china)):
        again = of_state(together, state)
        assert all(np.array_equal(getattr(again, name), getattr(own, name)) for name in LEVERS)
    assert of_state(us, CHINA).tariff.item() == 0.1


def places(run: Any) -> list[Any]:
    """All markets of all sectors."""
    return [run.markets[m, k] for m in range(N_BLOCS) for k in range(len(run.sectors))]


def spent(run: Any, growth: float = 1.0, dearer: float = 0.0) -> np.ndarray:
    """Spending by market and buyer at the prices of the base year and dearer, with demand grown so far."""
    run.now.diffusion_left, run.now.economy = 1.0, [growth] * N_BLOCS
    market.passive_sales(run)
    market.purchases(run)
    for k in range(len(run.sectors)):
        market.supply(run, k)
        for m in range(N_BLOCS):
            market.clear(run, m, k)
            run.markets[m, k].log_price = [price + dearer for price in run.markets[m, k].log_price]
            market.demand(run, m, k)
    return np.array(column(places(run), "spending"))


def test_demand_follows_price_growth_and_customers() -> None:
    world = base_world()
    run = run_of(world)
    before, final = (np.array(column(places(run), name)) for name in ("spending", "final_demand"))
    np.testing.assert_allclose(spent(run, growth=1.1) - before, 0.1 * final, rtol=1e-9, atol=1e-10)
    picky = run_of(world)
    picky.parameters.market.demand_elasticity = 1.5
    np.testing.assert_allclose(spent(picky, dearer=0.2) - before, (np.exp(-0.1) - 1.0) * final, rtol=1e-9, atol=1e-10)
    busier = run_of(world)
    for cell in (busier.cells[s, k] for s in range(N_STATES) for k in range(14)):
        cell.sales *= 2.0
    more = spent(busier)
    assert np.all(more >= before - 1e-9)
    assert more.sum() > 1.1 * before.sum()
