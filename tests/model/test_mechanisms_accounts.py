"""Diffusion, the change of paradigm, accounts, policies and what follows from paths, by hand and at limits."""

from dataclasses import replace

import numpy as np
import pytest

from techduel.ensemble.record import first_time, growth
from techduel.ensemble.simulation import Start, advanced, prepared, simulate, worlds
from techduel.model import accounts, market, paradigm
from techduel.model.axes import LISTED, N_STATES, ORIGIN, PRIVATE, PUBLIC, SECTOR, Array, total
from techduel.model.outcomes import OUTCOMES, measured
from techduel.model.paradigm import years_since_base
from techduel.model.quarter import step
from techduel.model.world import Markets, World
from techduel.policies.fixed import Plan, StatusQuo2020
from techduel.scenario.scenario import Scenario, load_scenario
from tests.hand import VALUES, firms, line, luck, number, places, states

US, CHINA = range(2)
KNOWN = VALUES.paradigm


@pytest.fixture(scope="module")
def world(baseline: Scenario) -> World:
    return prepared(baseline, [0], seed=1).world


def test_diffusion_begins_at_1_and_ends_at_its_limit(world: World) -> None:
    structure, known = world.structure, world.parameters.paradigm
    limit = structure.demand.diffusion_limit
    assert np.all(paradigm.diffusion(structure.demand.diffusion_limit, 0, known) == 1.0)
    np.testing.assert_allclose(paradigm.diffusion(structure.demand.diffusion_limit, 2000, known), limit, rtol=1e-9)
    first = paradigm.diffusion(structure.demand.diffusion_limit, 1, known)
    assert np.all(np.sign(first - 1.0) == np.sign(np.round(limit - 1.0, 12)))
    between = np.abs(limit - 1.0) - np.abs(paradigm.diffusion(structure.demand.diffusion_limit, 40, known) - 1.0)
    assert between.min() >= -1e-12


@pytest.mark.parametrize(("excess", "limit"), [(0.0, 1.0), (0.1, 1.0 / (1.0 - 0.35)), (-0.1, 1.0 / 1.5), (0.5, 4.0)])
def test_the_limit_gives_the_forecast_growth_at_the_start(excess: float, limit: float) -> None:
    found = paradigm.diffusion_limit(number(excess), KNOWN.forecast_trust, number(1.0), KNOWN)
    assert found.item() == pytest.approx(limit)
    if excess < 0.3:
        trusted = 0.7 * excess if excess > 0.0 else excess
        assert KNOWN.diffusion_speed.item() * (1.0 - 1.0 / found.item()) == pytest.approx(trusted)


def test_the_new_paradigm_opens_once() -> None:
    parts = [paradigm.opening(2021.0 + quarter / 4.0, KNOWN).item() for quarter in range(-400, 400)]
    assert np.sum(parts) == pytest.approx(1.0, abs=1e-9)
    assert 2021.0 + (int(np.argmax(parts)) - 400) / 4.0 == pytest.approx(2026.0, abs=0.25)


def test_a_change_of_paradigm_takes_part_of_leads_away(world: World) -> None:
    some = firms([True, True], technology=places([1.0, 0.6], [0.4, 0.0]))
    mean = market.mean_technology(some.technology, some.alive)
    wide = replace(world.structure, iot_weight=np.ones((1, 1, 1, 1)))
    known = replace(KNOWN, lock_in=number(0.5), iot_speed=number(1e3), iot_midpoint=number(2021.1))
    after = paradigm.carried_over(some.technology, mean, wide, 2021.0, known)
    assert line(after) + line(after, CHINA) == pytest.approx([0.75, 0.55, 0.45, 0.25])
    assert np.array_equal(
        paradigm.carried_over(some.technology, mean, wide, 2021.0, replace(known, lock_in=number(0.0))), some.technology
    )
    other = replace(world.structure, iot_weight=np.zeros((1, 1, 1, 1)))
    assert np.array_equal(paradigm.carried_over(some.technology, mean, other, 2021.0, known), some.technology)


def test_other_emerging_industries_grow_from_their_past_to_their_limit(world: World) -> None:
    known, structure = world.parameters.accounts, world.structure
    assert np.all(accounts.emerging_share(structure, known, 0.0) == pytest.approx(1.0))
    soon = accounts.emerging_share(structure, known, 0.01)
    np.testing.assert_allclose(np.log(soon) / 0.01, structure.economy.emerging_excess, rtol=0.01)
    first = structure.economy.first
    share = accounts.emerging_share(structure, known, 1e4) * first.other_emerging / first.gdp
    np.testing.assert_allclose(share, known.emerging_limit, rtol=1e-9)


def test_an_emerging_share_that_fell_or_is_beyond_its_limit_stays(world: World) -> None:
    known, structure = world.parameters.accounts, world.structure
    fell = replace(structure, economy=replace(structure.economy, emerging_excess=np.full((1, 2, 1, 1), -0.05)))
    np.testing.assert_allclose(accounts.emerging_share(fell, known, 10.0), 1.0, rtol=1e-12)
    low = replace(known, emerging_limit=number(0.001))
    np.testing.assert_allclose(accounts.emerging_share(structure, low, 10.0), 1.0, rtol=1e-6)


def test_other_research_moves_to_its_limit() -> None:
    first, known = states(0.02, 0.01), VALUES.accounts
    once = accounts.other_rd_intensity(first, known)
    expected = first * (known.other_rd_limit / first) ** (known.other_rd_speed.item() / 4.0)
    np.testing.assert_allclose(once, expected, rtol=1e-12)
    intensity = first
    for _ in range(2000):
        intensity = accounts.other_rd_intensity(intensity, known)
    np.testing.assert_allclose(intensity, known.other_rd_limit, rtol=1e-6)


def test_value_added_is_sales_less_inputs(world: World) -> None:
    links, sales = world.structure.links, world.cells.sales
    found = accounts.value_added(links, sales, sales)
    np.testing.assert_allclose(found, world.cells.value_added, rtol=1e-9)
    assert np.all(accounts.value_added(links, sales, 0.5 * sales) >= found)


def test_research_adds_up_by_performer(world: World) -> None:
    spent = accounts.research_accounts(world, world.cells, world.states.rd_other_business, world.states.gdp)
    np.testing.assert_allclose(spent.total, world.states.rd_total, rtol=1e-9)
    np.testing.assert_allclose(spent.basic, world.states.rd_basic, rtol=1e-9)
    np.testing.assert_allclose(spent.public, world.states.rd_public, rtol=1e-9)
    firms_own = total(world.cells.rd + world.cells.grants, SECTOR)
    np.testing.assert_allclose(spent.total - spent.other, firms_own + spent.other_business, rtol=1e-12)


def test_prices_move_the_index_by_their_share(world: World) -> None:
    log_price = world.markets.log_price
    assert np.all(accounts.price_index(world.structure, log_price) == 1.0)
    found = accounts.price_index(world.structure, log_price - 0.1)
    spent = world.structure.demand.final_demand[0, 0, :N_STATES, :, :LISTED].sum(axis=(1, 2))
    weight = spent.reshape(1, 2, 1, 1) / world.structure.economy.first.gdp
    np.testing.assert_allclose(np.log(found), -0.1 * weight, rtol=1e-9)
    np.testing.assert_allclose(accounts.digital_price_fall(world.structure, log_price - 0.1), 0.1, rtol=1e-9)


@pytest.mark.parametrize("buyer", [PRIVATE, PUBLIC])
def test_each_final_buyer_pays_its_own_price(buyer: int, world: World) -> None:
    dearer = np.zeros((1, 1, 4, 14, 3))
    dearer[..., buyer] = 0.3
    dearer[..., LISTED] = 9.0
    dearer[:, :, :, 5] = 0.0
    spent = world.structure.demand.final_demand[0, 0, :N_STATES, :, buyer]
    weight = np.delete(spent, 5, axis=1).sum(axis=1) / world.structure.economy.first.gdp.ravel()
    found = accounts.price_index(world.structure, dearer)
    assert np.log(found).ravel().tolist() == pytest.approx((0.3 * weight).tolist())
    assert np.all(weight > 0.0)


def test_buying_at_home_alone_makes_the_public_buyer_pay(world: World) -> None:
    shut = world.action.procurement_localisation.copy()
    shut[:, US] = 1.0
    local, usual = (
        step(world, replace(world.action, procurement_localisation=level), luck(24, 14), 2021.0)
        for level in (shut, world.action.procurement_localisation)
    )
    change = np.log(local.states.price_index / usual.states.price_index).ravel()
    public = local.markets.log_price - usual.markets.log_price
    assert np.all(public[0, 0, US, :, PUBLIC] >= 0.0)
    assert np.all(public[0, 0, US, :, PRIVATE] == 0.0)
    weight = world.structure.demand.final_demand[0, 0, US, :, PUBLIC] / world.structure.economy.first.gdp[0, US, 0, 0]
    assert change[US] == pytest.approx(float((weight * public[0, 0, US, :, PUBLIC]).sum()))
    assert change[US] > 1e-6
    assert change[CHINA] == 0.0


def surprised(world: World, quarter: int, fall: float = 0.0) -> tuple[World, Markets, Array]:
    """Just before a quarter when all is as expected but for a fall of prices, and what the sectors then make."""
    economy = world.structure.economy
    states_now = replace(world.states, knowledge_stock=economy.knowledge_path[..., quarter - 1 : quarter])
    expected = world.parameters.accounts.expected_decline.item() * years_since_base(quarter)
    fallen = replace(world.markets, log_price=np.zeros_like(world.markets.log_price) - expected - fall)
    later = replace(world, quarter=quarter, states=states_now)
    return later, fallen, economy.sector_path[..., quarter : quarter + 1]


CALM = np.zeros((1, N_STATES, 1, 1))
"""No shock, no loss."""


def test_cheaper_digital_goods_are_an_engine(world: World) -> None:
    known = world.parameters.accounts
    later, usual, made = surprised(world, 1)
    at_base = accounts.output(later, usual, made, CALM, CALM)
    cheaper = surprised(world, 1, fall=0.2)[1]
    found = accounts.output(later, cheaper, made, CALM, CALM)
    np.testing.assert_allclose(np.log(found.rest / at_base.rest), 0.2 * known.engine_elasticity.item(), rtol=1e-9)
    digital = 0.2 * known.digital_price_elasticity.item()
    np.testing.assert_allclose(np.log(found.other_digital / at_base.other_digital), digital, rtol=1e-9)


def test_gdp_grows_as_forecast_when_nothing_surprises(world: World) -> None:
    economy, first = world.structure.economy, world.structure.economy.first
    quarters = economy.gdp_path.shape[-1]
    total_growth = economy.gdp_path[:, :N_STATES] * first.gdp
    years = np.array([years_since_base(quarter) for quarter in range(quarters)])
    ahead = economy.digital_excess * 15.0 * (1.0 - np.exp(-years / 15.0))
    digital = first.other_digital * economy.gdp_path[:, :N_STATES] * np.exp(ahead)
    firms = total_growth - digital - first.rest_output * economy.rest_path
    assert np.all(firms > 0.0)
    np.testing.assert_allclose(firms[..., :1], total(world.cells.value_added, SECTOR), rtol=1e-9)


def test_prices_that_fall_as_expected_surprise_nobody(world: World) -> None:
    economy, first, quarter = world.structure.economy, world.structure.economy.first, 8
    found = accounts.output(*surprised(world, quarter), CALM, CALM)
    np.testing.assert_allclose(found.rest, first.rest_output * economy.rest_path[..., quarter : quarter + 1])
    ahead = economy.digital_excess * 15.0 * (1.0 - np.exp(-years_since_base(quarter) / 15.0))
    trend = economy.gdp_path[:, :N_STATES, :, quarter : quarter + 1] * np.exp(ahead)
    np.testing.assert_allclose(found.other_digital, first.other_digital * trend)


@pytest.mark.parametrize(("years", "left"), [(0.01, 0.01), (15.0, 15.0 * (1.0 - np.exp(-1.0))), (1e4, 15.0)])
def test_other_digital_industries_outgrow_gdp_ever_less(years: float, left: float) -> None:
    found = accounts.digital_ahead(states(0.04, -0.02), np.array(years), VALUES.accounts)
    assert found.ravel().tolist() == pytest.approx([0.04 * left, -0.02 * left], rel=1e-3)


def test_unexpected_knowledge_makes_the_rest_of_the_economy_more_productive(world: World) -> None:
    later, usual, made = surprised(world, 8)
    wiser = replace(later.states, knowledge_stock=states(2.0, 0.9) * later.states.knowledge_stock)
    found = accounts.output(replace(later, states=wiser), usual, made, CALM, CALM)
    expected = accounts.output(later, usual, made, CALM, CALM)
    assert np.log(found.rest / expected.rest).ravel().tolist() == pytest.approx(
        [0.05 * np.log(2.0), 0.05 * np.log(0.9)]
    )
    assert np.array_equal(found.other_digital, expected.other_digital)


def test_knowledge_is_measured_by_what_was_expected_of_its_own_quarter(world: World) -> None:
    """Knowledge of a quarter works in the next: in the first quarter it is that of the base year, as expected."""
    path = world.structure.economy.knowledge_path
    np.testing.assert_allclose(world.states.knowledge_stock, path[..., :1], rtol=1e-12)
    _, usual, made = surprised(world, 1)
    found = accounts.output(replace(world, quarter=1), usual, made, CALM, CALM)
    economy = world.structure.economy
    np.testing.assert_allclose(found.rest, economy.first.rest_output * economy.rest_path[..., 1:2], rtol=1e-12)


def by_hand(world: World, quarters: int) -> list[list[float]]:
    """Knowledge of both states while research keeps its share of forecast GDP and science its openness."""
    first, growth = world.states, world.structure.economy.gdp_path[0, :N_STATES, 0].tolist()
    stages = first.knowledge_pipeline[0, :, 0].tolist()
    own, lent = first.own_knowledge.ravel().tolist(), first.borrowed_knowledge.ravel().tolist()
    basic, applied = first.rd_basic.ravel().tolist(), world.action.applied_research.ravel().tolist()
    openness = float(np.prod(1.0 - world.action.science_limits))
    found = [[own[state] + lent[state] for state in (US, CHINA)]]
    for quarter in range(1, quarters):
        for state in (US, CHINA):
            moving = [0.4 * stage / 4.0 for stage in stages[state]]
            entering = [basic[state] * growth[state][quarter] / 4.0, *moving[:3]]
            entering[3] += applied[state] * growth[state][quarter] / 4.0
            stages[state] = [
                stage + gained - lost for stage, gained, lost in zip(stages[state], entering, moving, strict=True)
            ]
            own[state] += (0.4 * stages[state][3] - 0.05 * own[state]) / 4.0
        for state in (US, CHINA):
            lent[state] += 0.0375 * (0.1 * openness * own[1 - state] - lent[state])
        found.append([own[state] + lent[state] for state in (US, CHINA)])
    return found


def test_knowledge_is_expected_of_budgets_that_keep_their_shares(world: World) -> None:
    path = world.structure.economy.knowledge_path[0, :, 0]
    expected = np.array(by_hand(world, 41)).T
    np.testing.assert_allclose(path[:, :41], expected, rtol=1e-9)
    assert np.all(path[:, 40] > 1.2 * path[:, 0])


def test_states_that_keep_their_shares_learn_what_was_expected() -> None:
    still = [f"policy@policies.{state}=status_quo_2020" for state in ("us", "china")]
    start = prepared(load_scenario("baseline_2021", "params=default", "horizon=2025", *still), range(4), seed=1)
    after = list(worlds(start))[20]
    np.testing.assert_allclose(
        after.states.knowledge_stock / after.structure.economy.knowledge_path[..., 20:21], 1.0, rtol=0.003
    )


def test_what_the_sectors_win_the_rest_loses_in_part(world: World) -> None:
    later, markets, made = surprised(world, 1)
    usual = accounts.output(later, markets, made, CALM, CALM)
    found = accounts.output(later, markets, made + states(10.0, -20.0), CALM, CALM)
    lost = 0.85 * states(10.0, -20.0)
    np.testing.assert_allclose(usual.rest - found.rest, lost, rtol=1e-9)
    assert np.array_equal(usual.other_digital, found.other_digital)


def test_shocks_to_growth_last_and_add_up(world: World) -> None:
    calm = states(0.0, 0.0)
    made = total(world.cells.value_added, SECTOR)
    struck = accounts.output(world, world.markets, made, states(1.0, 0.0), calm)
    assert struck.deviation[0, US, 0, 0] > 0.0
    assert struck.deviation[0, CHINA, 0, 0] == 0.0
    later = replace(
        world,
        states=replace(world.states, growth_deviation=struck.growth_deviation, output_deviation=struck.deviation),
    )
    found = accounts.output(later, world.markets, made, calm, calm)
    kept = world.parameters.accounts.growth_shock_persistence.item()
    assert found.deviation[0, US, 0, 0] == pytest.approx((1.0 + kept) * struck.deviation[0, US, 0, 0])


def test_growth_over_a_year_varies_as_its_parameter_says(world: World) -> None:
    generator, runs = np.random.default_rng(5), 4000
    now, path = world, []
    for _ in range(40):
        luck = generator.standard_normal((runs, 2, 1, 1))
        found = accounts.output(now, world.markets, total(now.cells.value_added, SECTOR), luck, number(0.0))
        moved = replace(now.states, growth_deviation=found.growth_deviation, output_deviation=found.deviation)
        now = replace(now, states=moved)
        path.append(found.deviation[..., 0, 0])
    spread = np.std(path[39] - path[35], axis=0)
    stated = VALUES.accounts.growth_shock.ravel()
    assert spread.tolist() == pytest.approx(stated.tolist(), rel=0.1)


def test_annual_gdp_varies_with_it(baseline: Scenario) -> None:
    """Means over a year are smoother than its ends, by a factor of 0.79 at this persistence."""
    levels = simulate(baseline, runs=64, seed=1, record="headline")["gdp"][..., 1:].reshape(64, 2, 15, 4).mean(axis=-1)
    spread = np.std(np.diff(np.log(levels), axis=-1), axis=0).mean(axis=-1)
    stated = VALUES.accounts.growth_shock.ravel()
    assert spread.tolist() == pytest.approx((0.79 * stated).tolist(), rel=0.1)


def test_missing_money_is_noticed(short: Scenario) -> None:
    start = prepared(short, [0], seed=1)
    after = advanced(start.world, start)
    flows, sold = after.markets.flows, after.firms.sales
    spent, duty, nothing = total(flows, ORIGIN), np.zeros((1, 1, 1, 1, 1)), np.zeros_like(after.cells.sales)

    def gap(bought: float = 1.0, booked: float = 1.0, cash: float = 0.0) -> float:
        return float(accounts.money_gap(bought * spent, flows, duty, booked * sold, nothing + cash, nothing).min())

    assert after.states.money_gap.max() < 1e-12
    assert gap() < 1e-12
    assert min(gap(bought=1.001), gap(booked=0.999), gap(cash=0.01)) > 1e-5


def test_steady_growth_is_the_same_in_every_quarter() -> None:
    years = np.array([0.0, *(np.arange(1, 21) / 4.0 + 0.375)])
    rate = growth(np.exp(np.log(1.05) * years)[None, None])
    assert np.isnan(rate[..., 0]).all()
    np.testing.assert_allclose(rate[..., 1:], 0.05, rtol=1e-9)
    assert growth(np.ones((1, 1, 3))).shape == (1, 1, 3)


def test_the_first_time_or_never() -> None:
    time = np.array([2020.75, 2021.0, 2021.25])
    reached = np.array([[False, True, True], [False, False, False], [True, False, True]])
    found = first_time(reached, time)
    assert found[[0, 2]].tolist() == [2021.0, 2020.75]
    assert np.isnan(found[1])


def test_the_status_quo_keeps_levers_and_budgets_shares(short: Scenario) -> None:
    start = prepared(short, range(2), seed=1)
    world = advanced(start.world, start)
    action = StatusQuo2020()(world, CHINA)
    begun = world.structure.status_quo
    assert np.array_equal(action.tariff, begun.tariff[:, 1:])
    ratio = action.basic_research / begun.basic_research[:, 1:]
    coming = total(world.structure.economy.gdp_path[:, 1:2, :, 2:6], 3) / 4.0
    np.testing.assert_allclose(ratio, coming * np.exp(world.states.output_deviation[:, 1:]), rtol=1e-12)


def planned(kept: float, start: Start) -> float:
    """China's basic research budget of 2021 under a plan that keeps so much of its increases."""
    plan = start.policies[CHINA]
    assert isinstance(plan, Plan)
    return float(replace(plan, slippage=1.0 - kept, slippage_spread=0.0)(start.world, CHINA).basic_research[0, 0, 0, 0])


def test_a_plan_is_kept_as_far_as_it_does_not_slip(short: Scenario) -> None:
    start = prepared(short, [0], seed=1)
    budget = start.world.action.basic_research[0, CHINA, 0, 0]
    none, half, all_of_it = (planned(kept, start) for kept in (0.0, 0.5, 1.0))
    assert none == pytest.approx(budget)
    assert half - budget == pytest.approx(0.5 * (all_of_it - budget))
    assert all_of_it > 1.05 * budget


@pytest.mark.parametrize("kept", [1.0, 0.5])
def test_applied_research_fills_the_gap_that_other_research_leaves(kept: float, short: Scenario) -> None:
    start = prepared(short, [0], seed=1)
    world, plan = start.world, start.policies[CHINA]
    assert isinstance(plan, Plan)
    growth = world.structure.economy.gdp_path[0, CHINA, 0, 4].item()
    budget, all_research = (part[0, CHINA, 0, 0] for part in (world.action.applied_research, world.states.rd_total))
    aim = (growth * all_research + 0.1 * budget) / all_research - 1.0
    eager = replace(plan, slippage=1.0 - kept, slippage_spread=0.0, largest_rise=0.5, rd_growth_target=aim)
    found = eager(world, CHINA).applied_research.item()
    assert found == pytest.approx(budget * (growth + kept * 0.1))


def test_a_plan_that_does_not_slip_reaches_its_share() -> None:
    record = simulate(load_scenario("article_plan", "params=default", "horizon=2025"), runs=8, seed=1)
    assert np.median(record["basic_share"][:, CHINA, -1]) == pytest.approx(0.08, abs=0.004)
    years = record["rd_total"][:, CHINA, 1:].reshape(8, 5, 4).mean(axis=-1)
    assert np.median(years[:, -1] / record["rd_total"][:, CHINA, 0]) >= 1.07**5 - 0.03


def test_outcomes_of_the_base_year_come_from_the_world(world: World) -> None:
    found = measured(world, tuple(OUTCOMES))
    assert found["gdp"].shape == (1, 2)
    assert found["market_share"].shape == (1, 2, 4, 14)
    assert found["decoupling_goods"].tolist() == [0.0]
    assert np.all(found["real_income"] == found["gdp"])
    home = world.markets.flows[..., 0][:, [0, 1], [0, 1]]
    np.testing.assert_allclose(found["sales"] - found["exports"], home, rtol=1e-9)
    np.testing.assert_allclose(found["self_sufficiency"], found["market_share"][:, [0, 1], [0, 1]], rtol=1e-12)
    np.testing.assert_allclose(found["import_dependence"], found["market_share"][:, [1, 0], [0, 1]], rtol=1e-12)
