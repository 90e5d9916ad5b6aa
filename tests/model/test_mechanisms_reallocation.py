"""Slow reallocation: what buyers are used to, have replaced and miss, by hand and at limits."""

from dataclasses import replace
from math import exp, log
from typing import Any

import numpy as np
import pytest

from techduel.ensemble.simulation import prepared, simulate, worlds
from techduel.model.axes import BUYER, LISTED, N_BLOCS, N_BUYERS, ON_LIST, ORDINARY, PRIVATE, PUBLIC, total
from techduel.model.parameters.forms import code
from techduel.scenario.scenario import load_scenario
from tests.ensembles import AnyLevers, leaves
from tests.hand import CHINA, US, duel, fill
from tests.model.test_reference import HAWK, RESPONDENT, UNUSUAL, Upheaval, advance_together, with_listed
from tests.uncompiled import access, accounts, market, reallocation

SLOW = code("reallocation", "slow")
CHIPS = 8
BOTH = ("forms.fringe=own", "forms.reallocation=slow")


def used_to_four(denied: float = 0.0, attraction: float = 1.0, years: float = 3.0) -> Any:
    """A run whose buyers in China are used to four equal origins, of which the US now keeps back a part."""
    run = duel()
    run.parameters.forms.reallocation = SLOW
    known = run.parameters.market
    known.elasticity[0], known.origin_elasticity, known.switching_years = 4.0, 3.0, years
    run.sectors[0].supply = [attraction] * N_BLOCS
    for m in range(N_BLOCS):
        found = run.markets[m, 0]
        found.taste, found.log_first = [1.0] * N_BLOCS, [log(4.0)] * N_BUYERS
    run.cells[US, 0].denied = [denied, denied]
    return run


def bought(run: Any) -> Any:
    market.clear(run, CHINA, 0)
    return run.markets[CHINA, 0]


def shares(run: Any) -> list[float]:
    return [bought(run).share[PRIVATE, origin] for origin in range(N_BLOCS)]


def wait(run: Any, quarters: int) -> None:
    for _ in range(quarters):
        market.clear(run, CHINA, 0)
        market.settle_market(run, CHINA, 0, reallocation.switched(run))


def test_a_denied_part_is_missing_at_first_and_its_price_is_that_of_the_long_run() -> None:
    run = used_to_four(0.6)
    assert shares(run) == pytest.approx([0.4 / 3.4, 1.0 / 3.4, 1.0 / 3.4, 1.0 / 3.4])
    found, cell = run.markets[CHINA, 0], run.cells[CHINA, 0]
    assert list(found.unmet) == pytest.approx([0.15] * N_BUYERS)
    assert cell.missing == pytest.approx([0.15] * 2)
    assert cell.shortage == pytest.approx([-log(0.85)] * 2)
    assert cell.penalty == pytest.approx([log(4.0 / 3.4) / 2.0] * 2)
    assert found.log_price == pytest.approx([log(4.0 / 3.4) / 2.0] * N_BUYERS)
    assert run.cells[US, 0].penalty == [0.0, 0.0]


def test_what_is_missing_fades_as_it_is_replaced_at_one_price() -> None:
    run = used_to_four(0.6)
    prices, unmet = [], []
    for _ in range(40):
        found = bought(run)
        prices.append(found.log_price[PRIVATE])
        unmet.append(found.unmet[PRIVATE])
        market.settle_market(run, CHINA, 0, reallocation.switched(run))
    assert prices == pytest.approx([prices[0]] * 40)
    left = 0.6 * exp(-12 / 12)
    assert unmet[12] == pytest.approx(left / (4.0 - (0.6 - left)))
    assert np.all(np.diff(unmet) < 0.0)
    wait(run, 400)
    assert shares(run) == pytest.approx([0.4 / 3.4, 1.0 / 3.4, 1.0 / 3.4, 1.0 / 3.4])
    assert run.markets[CHINA, 0].unmet[PRIVATE] == pytest.approx(0.0, abs=1e-9)


def test_a_denial_of_one_quarter_leaves_a_trace_that_heals() -> None:
    run = used_to_four(0.6)
    wait(run, 1)
    run.cells[US, 0].denied = [0.0, 0.0]
    part = 1.0 - exp(-1 / 12)
    kept = 1.0 - 0.6 * part
    assert shares(run)[US] == pytest.approx(kept / (3.0 + kept))
    assert run.markets[CHINA, 0].unmet[PRIVATE] == 0.0
    wait(run, 400)
    assert shares(run) == pytest.approx([0.25] * 4)


def test_shares_follow_a_better_offer_part_of_the_way_and_ignore_a_uniform_rise() -> None:
    better = used_to_four()
    better.sectors[0].supply[CHINA] = 2.0
    assert shares(better) == pytest.approx([0.25] * 4)
    assert better.markets[CHINA, 0].log_price[PRIVATE] == pytest.approx(-log(5.0 / 4.0) / 2.0)
    wait(better, 12)
    grown = 2.0 ** (1.0 - exp(-1.0))
    assert shares(better)[CHINA] == pytest.approx(grown / (3.0 + grown))
    richer = used_to_four(attraction=2.0)
    wait(richer, 5)
    assert shares(richer) == pytest.approx([0.25] * 4)


def test_each_buyer_and_bloc_has_habits_of_its_own() -> None:
    run = used_to_four()
    run.cells[US, 0].denied = [0.0, 0.5]
    run.cells[CHINA, 0].levers.procurement_localisation = 0.5
    run.sectors[0].disruption[US] = 0.4
    wait(run, 400)
    found = run.markets[CHINA, 0]
    assert [found.replaced[buyer, US] for buyer in range(N_BUYERS)] == pytest.approx([0.4, 0.4, 0.7])
    assert found.settled[PUBLIC, US] - found.settled[PRIVATE, US] == pytest.approx(log(0.5))
    sea = run.markets[2, 0]
    market.clear(run, 2, 0)
    assert list(sea.unmet) == pytest.approx([0.1] * N_BUYERS)
    assert run.sectors[0].shortage[0] == pytest.approx(-log(0.9))
    assert [sea.share[LISTED, origin] for origin in range(N_BLOCS)] == pytest.approx([0.6 / 3.6, *[1.0 / 3.6] * 3])
    market.settle_market(run, 2, 0, 1.0)
    assert [sea.replaced[buyer, US] for buyer in range(N_BUYERS)] == pytest.approx([0.4, 0.0, 0.0])


def test_at_most_99_percent_are_missing_and_what_was_shut_out_can_come_back() -> None:
    run = used_to_four()
    run.sectors[0].disruption = [1.0, 1.0, 1.0, 0.9999]
    assert bought(run).unmet[PRIVATE] == 0.99
    shut = used_to_four()
    shut.cells[CHINA, 0].levers.procurement_localisation = 1.0
    wait(shut, 400)
    assert shut.markets[CHINA, 0].settled[PUBLIC, US] == pytest.approx(log(1e-4 * 3.0))
    shut.cells[CHINA, 0].levers.procurement_localisation = 0.0
    wait(shut, 400)
    assert shut.markets[CHINA, 0].settled[PUBLIC, US] == pytest.approx(0.0, abs=1e-9)


def test_origins_substitute_less_than_firms() -> None:
    run = used_to_four()
    assert reallocation.origin_elasticity(run, 0) == 3.0
    assert reallocation.pull(run, 0, 8.0) == pytest.approx(4.0)
    assert reallocation.soon(run, 0) == pytest.approx(1.0 + 2.0 * (1.0 - exp(-1 / 12)))
    run.parameters.market.origin_elasticity = 4.5
    assert reallocation.origin_elasticity(run, 0) == 4.0
    run.parameters.forms.reallocation = code("reallocation", "instant")
    assert reallocation.origin_elasticity(run, 0) == reallocation.soon(run, 0) == 4.0
    assert [reallocation.pull(run, 0, 8.0), reallocation.switched(run)] == [8.0, 1.0]


def test_leaks_are_of_what_buyers_are_used_to() -> None:
    run = used_to_four(0.6)
    run.markets[CHINA, 0].settled[PRIVATE, US] = log(2.0)
    run.markets[CHINA, 0].spending = [100.0, 0.0, 0.0]
    market.clear(run, CHINA, 0)
    run.cells[US, 0].leak = 0.2
    assert market.leaked(run, US, 0) == pytest.approx(100.0 * 2.0 * 0.6 / (2.0 * 0.4 + 3.0) * 0.25)


def test_what_finds_no_goods_is_not_paid_for_them() -> None:
    run = used_to_four(0.6)
    found = bought(run)
    found.final_demand, found.ordinary, found.listed = [60.0, 20.0, 0.0], 10.0, 5.0
    run.now.economy, run.now.diffusion_left, found.diffusion_limit = [1.0] * N_BLOCS, 1.0, 1.0
    run.cells[CHINA, 0].stock_bought = 3.0
    market.demand(run, CHINA, 0)
    assert list(found.spending) == pytest.approx([70.0 * 0.85, 20.0 * 0.85 + 3.0, 5.0 * 0.85])
    market.receive(run, CHINA, 0)
    assert sum(found.flows) == pytest.approx(sum(found.spending))


def test_users_feel_price_and_shortage_less_what_stocks_cover() -> None:
    run = used_to_four(0.6)
    found = bought(run)
    found.ordinary, run.cells[CHINA, 0].stock = 10.0, 0.06
    reallocation.stock_up(run, CHINA, 0)
    felt = log(4.0 / 3.4) / 2.0 - log(0.85)
    assert run.cells[CHINA, 0].felt == pytest.approx([0.6 * felt] * 2)


def test_final_users_lose_what_is_hard_to_do_without() -> None:
    run = used_to_four()
    cell, sector = run.cells[CHINA, 0], run.sectors[0]
    fill([cell], felt=[[0.3, 9.0]], penalty=[[0.1, 9.0]], missing=[[0.15, 9.0]], consumption_share=[[0.02, 9.0]])
    sector.final_hardness = 3.0
    assert accounts.shortage_loss(run, CHINA) == pytest.approx(0.02 * (3.0 * 0.3 - 0.1 - 0.15))
    sector.final_hardness = 0.5
    assert accounts.shortage_loss(run, CHINA) == 0.0
    run.parameters.forms.reallocation, sector.final_hardness = code("reallocation", "instant"), 3.0
    assert accounts.shortage_loss(run, CHINA) == 0.0


def test_with_hardness_1_index_and_loss_are_those_of_a_rationed_buyer() -> None:
    run = used_to_four(0.6)
    cell, unmet = run.cells[CHINA, 0], 0.15
    market.clear(run, CHINA, 0)
    cell.felt = [cell.penalty[kind] + cell.shortage[kind] for kind in (ORDINARY, ON_LIST)]
    cell.consumption_share, run.sectors[0].final_hardness = [0.02, 0.0], 1.0
    index = log(accounts.price_index(run, CHINA))
    expected = 0.02 * (3.0 / 2.0 * -log(1.0 - unmet) - unmet)
    assert index + accounts.shortage_loss(run, CHINA) == pytest.approx(expected)


def test_duties_and_standing_act_with_the_elasticity_between_origins() -> None:
    run = used_to_four()
    fill([cell.levers for cell in (run.cells[US, 0], run.cells[CHINA, 0])], tariff=[0.25, 0.0])
    run.cells[US, 0].standing = 0.1
    for m in range(N_BLOCS):
        run.markets[m, 0].flows, run.markets[m, 0].spending = [25.0] * N_BLOCS, [100.0, 0.0, 0.0]
    access.open_goods(run, US, 0)
    assert run.markets[US, 0].admitted[CHINA] == pytest.approx(1.25**-2)
    assert run.markets[2, 0].admitted[US] == pytest.approx(exp(0.2))


def test_the_base_year_has_the_same_flows_and_nothing_is_missing() -> None:
    first, second = (
        prepared(load_scenario("baseline_2021", f"forms.reallocation={name}"), range(2), 1).world
        for name in ("instant", "slow")
    )
    np.testing.assert_allclose(second.markets.flows, first.markets.flows, rtol=1e-11, atol=1e-11)
    assert second.markets.replaced.max() > 0.3
    assert second.markets.fringe_shortage.max() == 0.0


@pytest.fixture(scope="module")
def broad() -> dict[str, Any]:
    """Eight runs of broad controls and of none to 2026, by years of switching."""
    found = {}
    for years in (1.5, 8.0):
        for name in ("baseline_2021", "broad_controls"):
            changes = ("forms.reallocation=slow", f"params.market.switching_years={years}", "horizon=2026")
            found[name, years] = [*worlds(prepared(load_scenario(name, *changes), range(8), 1))]
    return found


def won(broad: dict[str, Any], years: float, quarter: int) -> float:
    """Part of what the United States loses in China's chip market that others win."""
    usual, denied = (
        broad[name, years][quarter].markets.flows[:, :, CHINA, CHIPS, 0] for name in ("baseline_2021", "broad_controls")
    )
    change = (denied - usual).mean(axis=0)
    return float(change[1:].sum() / -change[0])


@pytest.mark.ensembles
def test_others_win_back_denied_sales_over_years_the_faster_they_switch(broad: dict[str, Any]) -> None:
    early, late = ([won(broad, years, quarter) for quarter in (1, 8, 20)] for years in (1.5, 8.0))
    assert early[0] < early[1] < early[2]
    assert early[1] > late[1]
    assert early[2] > late[2]
    assert max(early[0], late[0]) < 0.1


@pytest.mark.ensembles
def test_slower_switching_hurts_the_denied_longer(broad: dict[str, Any]) -> None:
    lost = []
    for years in (1.5, 8.0):
        usual, denied = (
            broad[name, years][20].states.real_income[:, CHINA, 0, 0] for name in ("baseline_2021", "broad_controls")
        )
        lost.append(np.log(usual / denied))
    assert lost[1].mean() > lost[0].mean()
    assert (lost[1] > lost[0]).mean() >= 0.75, "cost of labour falls where more is missing"


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("forms", [BOTH[1:], BOTH], ids=["slow", "slow and own"])
def test_slow_reallocation_equals_the_reference(seed: int, forms: tuple[str, ...]) -> None:
    scenario = load_scenario("baseline_2021", *UNUSUAL, *forms)
    policies = {"us": HAWK, "china": RESPONDENT}
    scenario = replace(scenario, policies=policies, events={"upheaval": Upheaval()})
    seen, reference = advance_together(scenario, seed, with_listed)
    assert reference.known.forms.reallocation == "slow"
    assert seen[-1].markets.fringe_shortage.max() > 0.0
    assert seen[-1].markets.replaced.max() > 0.5


@pytest.mark.ensembles
def test_money_closes_and_all_is_finite_under_any_levers() -> None:
    scenario = load_scenario("baseline_2021", "params=prior", "horizon=2026", *BOTH)
    policies = {state: AnyLevers(range(16), seed, 14) for state, seed in (("us", 5), ("china", 6))}
    for world in worlds(prepared(replace(scenario, policies=policies), range(16), 3)):
        assert np.abs(world.states.money_gap).max() < 1e-12
        assert [name for name, values in leaves(world) if not np.all(np.isfinite(values))] == []
        assert world.markets.replaced.min() >= 0.0
        assert world.markets.replaced.max() <= 1.0
    spent = total(world.markets.spending, BUYER)
    assert (spent > 0.0).all()


@pytest.mark.ensembles
def test_the_present_form_is_the_baseline() -> None:
    named, usual = (
        simulate(load_scenario("baseline_2021", "horizon=2021", *more), runs=2)
        for more in (("forms.reallocation=slow", "forms.fringe=own"), ())
    )
    assert all(np.array_equal(named.values[name], values, equal_nan=True) for name, values in usual.values.items())
