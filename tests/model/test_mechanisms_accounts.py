"""Diffusion, the change of paradigm, accounts, policies and what follows from paths, by hand and at limits."""

from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest

from techduel.ensemble.record import first_time, growth
from techduel.ensemble.simulation import Start, prepared, simulate, worlds
from techduel.facts import load_facts
from techduel.facts.base_trade import diffusion_limit
from techduel.model.axes import LISTED, N_BLOCS, N_STATES, PRIVATE, PUBLIC, SECTOR, total
from techduel.model.engine.plain import rows
from techduel.model.engine.record import copied, set_time
from techduel.model.outcomes import OUTCOMES, measured
from techduel.model.paradigm import years_since_base
from techduel.model.parameters.forms import code
from techduel.model.world import World
from techduel.policies.fixed import Plan, StatusQuo2020
from techduel.scenario.scenario import Scenario, load_scenario
from tests.hand import CHINA, US, VALUES, base_world, cells, column, duel, fill, firms, later, luck
from tests.uncompiled import accounts, market, paradigm, run_of

STATES = (US, CHINA)
KNOWN = duel().parameters.paradigm


@pytest.fixture(scope="module")
def world() -> World:
    return base_world()


def test_diffusion_begins_at_1_and_ends_at_its_limit(world: World) -> None:
    limits = world.structure.demand.diffusion_limit.ravel().tolist()

    def demand(quarter: int) -> np.ndarray:
        left = paradigm.diffusion_left(years_since_base(quarter), KNOWN)
        return np.array([market.diffusion(limit, left) for limit in limits])

    assert np.all(demand(0) == 1.0)
    np.testing.assert_allclose(demand(2000), limits, rtol=1e-9)
    assert np.all(np.sign(demand(1) - 1.0) == np.sign(np.round(np.array(limits) - 1.0, 12)))
    assert np.min(np.abs(np.array(limits) - 1.0) - np.abs(demand(40) - 1.0)) >= -1e-12


@pytest.mark.parametrize(("excess", "limit"), [(0.0, 1.0), (0.1, 1.0 / (1.0 - 0.35)), (-0.1, 1.0 / 1.5), (0.5, 4.0)])
def test_the_limit_gives_the_forecast_growth_at_the_start(excess: float, limit: float) -> None:
    facts = load_facts()
    expected = facts.outlook.inflation[0, :5].mean() + facts.outlook.gdp_growth[:, :5].mean(axis=1)[:, None]
    forecast = np.zeros_like(facts.base.growth_forecast) + expected + excess
    base = replace(facts.base, growth_forecast=forecast, maturity=np.ones_like(facts.base.maturity))
    found = diffusion_limit(replace(facts, base=base), VALUES)
    np.testing.assert_allclose(found, limit, rtol=1e-9)
    if excess < 0.3:
        trusted = 0.7 * excess if excess > 0.0 else excess
        np.testing.assert_allclose(KNOWN.diffusion_speed * (1.0 - 1.0 / found), trusted, rtol=1e-9, atol=1e-15)


def test_the_new_paradigm_opens_once() -> None:
    parts = [paradigm.opening(2021.0 + quarter / 4.0, KNOWN) for quarter in range(-400, 400)]
    assert np.sum(parts) == pytest.approx(1.0, abs=1e-9)
    assert 2021.0 + (int(np.argmax(parts)) - 400) / 4.0 == pytest.approx(2026.0, abs=0.25)


@pytest.mark.parametrize(
    ("weight", "lock_in", "after"),
    [(1.0, 0.5, [0.75, 0.55, 0.45, 0.25]), (1.0, 0.0, [1.0, 0.6, 0.4, 0.0]), (0.0, 0.5, [1.0, 0.6, 0.4, 0.0])],
)
def test_a_change_of_paradigm_takes_part_of_leads_away(weight: float, lock_in: float, after: list[float]) -> None:
    run = duel(places=2)
    known = run.parameters.paradigm
    known.lock_in, known.iot_speed, known.iot_midpoint = lock_in, 1e3, 2021.1
    firms(run, [True, True])
    run.now.opening, run.sectors[0].iot_weight = paradigm.opening(2021.0, known), weight
    for s, own in zip(STATES, ([1.0, 0.6], [0.4, 0.0]), strict=True):
        fill(run.firms[s, 0], technology=own)
        run.cells[s, 0].mean_technology = np.mean(own)
    paradigm.meet(run, 0)
    for s in STATES:
        paradigm.wear(run, s, 0)
    found = [column(run.firms[s, 0], "technology") for s in STATES]
    assert found[US] + found[CHINA] == pytest.approx(after)
    assert [run.cells[s, 0].mean_technology for s in STATES] == pytest.approx([np.mean(own) for own in found])


def emerging(world: World, years: float, limit: float | None = None) -> np.ndarray:
    """Other emerging industries over GDP relative to the base year, both states."""
    run = run_of(world)
    limits = run.parameters.accounts.emerging_limit if limit is None else [limit] * 2
    return np.array([accounts.emerging_share(run.states[s], limits[s], years) for s in STATES])


def test_other_emerging_industries_grow_from_their_past_to_their_limit(world: World) -> None:
    first = world.structure.economy
    assert emerging(world, 0.0) == pytest.approx([1.0, 1.0])
    np.testing.assert_allclose(np.log(emerging(world, 0.01)) / 0.01, first.emerging_excess.ravel(), rtol=0.01)
    share = emerging(world, 1e4) * (first.first.other_emerging / first.first.gdp).ravel()
    np.testing.assert_allclose(share, VALUES.accounts.emerging_limit.ravel(), rtol=1e-9)


def test_an_emerging_share_that_fell_or_is_beyond_its_limit_stays(world: World) -> None:
    run = run_of(world)
    fill(run.states, emerging_excess=[-0.05, -0.05])
    limits = run.parameters.accounts.emerging_limit
    fell = [accounts.emerging_share(run.states[s], limits[s], 10.0) for s in STATES]
    assert fell == pytest.approx([1.0, 1.0], rel=1e-12)
    assert emerging(world, 10.0, limit=0.001) == pytest.approx([1.0, 1.0], rel=1e-6)


def test_other_research_moves_to_its_limit() -> None:
    known = duel().parameters.accounts
    for first, limit in zip((0.02, 0.01), known.other_rd_limit, strict=True):
        once = accounts.other_rd_intensity(first, limit, known)
        assert once == pytest.approx(first * (limit / first) ** (known.other_rd_speed / 4.0), rel=1e-12)
        for _ in range(2000):
            once = accounts.other_rd_intensity(once, limit, known)
        assert once == pytest.approx(limit, rel=1e-6)


def test_value_added_is_sales_less_inputs(world: World) -> None:
    for cell in cells(run_of(world)):
        cell.sales_before = cell.sales
        assert accounts.value_added(cell) == pytest.approx(cell.value_added, rel=1e-9)
        cell.sales_before = 0.5 * cell.sales
        spared = 0.5 * cell.use * cell.sales
        assert accounts.value_added(cell) == pytest.approx(cell.value_added + spared, rel=1e-9), "inputs are of before"


def test_research_adds_up_by_performer(world: World) -> None:
    run, first = run_of(world), run_of(world)
    run.parameters.accounts.other_rd_speed = 0.0
    for s in STATES:
        accounts.account_for_research(run, s)
        for name in ("rd_total", "rd_basic", "rd_public", "rd_other", "rd_other_business"):
            assert getattr(run.states[s], name) == pytest.approx(getattr(first.states[s], name), rel=1e-9), name
        own = sum(cell.rd + cell.grants for cell in run.cells[s]) + run.states[s].rd_other_business
        assert run.states[s].rd_total - run.states[s].rd_other == pytest.approx(own, rel=1e-12)
        run.states[s].levers.tax_credit, credit = 0.9, run.states[s].levers.tax_credit
        usual = run.states[s].rd_other_business
        accounts.account_for_research(run, s)
        cheaper = ((1.0 - credit) / 0.1) ** run.parameters.research.user_cost_elasticity
        assert run.states[s].rd_other_business == pytest.approx(usual * cheaper)


def dearer(run: Any, amounts: list[float], but: int | None = None) -> list[float]:
    """Logs of both price indices when all prices but those of one sector are so much dearer, by buyer."""
    for m in range(N_BLOCS):
        for k in range(len(run.sectors)):
            run.markets[m, k].log_price = [0.0] * 3 if k == but else list(amounts)
    return [np.log(accounts.price_index(run, s)) for s in STATES]


def test_prices_move_the_index_by_their_share(world: World) -> None:
    run = run_of(world)
    assert [accounts.price_index(run, s) for s in STATES] == [1.0, 1.0]
    spent = world.structure.demand.final_demand[0, 0, :N_STATES, :, :LISTED].sum(axis=(1, 2))
    weight = spent / world.structure.economy.first.gdp.ravel()
    np.testing.assert_allclose(dearer(run, [-0.1] * 3), -0.1 * weight, rtol=1e-9)
    assert [accounts.digital_price_fall(run, s) for s in STATES] == pytest.approx([0.1, 0.1], rel=1e-9)


@pytest.mark.parametrize("buyer", [PRIVATE, PUBLIC])
def test_each_final_buyer_pays_its_own_price(buyer: int, world: World) -> None:
    amounts = [0.0, 0.0, 9.0]
    amounts[buyer] = 0.3
    spent = world.structure.demand.final_demand[0, 0, :N_STATES, :, buyer]
    weight = np.delete(spent, 5, axis=1).sum(axis=1) / world.structure.economy.first.gdp.ravel()
    assert dearer(run_of(world), amounts, but=5) == pytest.approx((0.3 * weight).tolist())
    assert np.all(weight > 0.0)


def test_buying_at_home_alone_makes_the_public_buyer_pay(world: World) -> None:
    usual, now = later(world), world.action.procurement_localisation[0, ..., 0]
    local = later(world, procurement_localisation=[np.ones_like(now[US]), now[CHINA]])
    prices = [np.array([run.markets[US, k].log_price for k in range(14)]) for run in (local, usual)]
    public = prices[0] - prices[1]
    assert np.all(public[:, PUBLIC] >= 0.0)
    assert np.all(public[:, PRIVATE] == 0.0)
    weight = world.structure.demand.final_demand[0, 0, US, :, PUBLIC] / world.structure.economy.first.gdp[0, US, 0, 0]
    change = [np.log(local.states[s].price_index / usual.states[s].price_index) for s in STATES]
    assert change[US] == pytest.approx(float((weight * public[:, PUBLIC]).sum()))
    assert change[US] > 1e-6
    assert change[CHINA] == 0.0


def surprised(
    world: World,
    quarter: int,
    fall: float = 0.0,
    knowledge: tuple[float, float] = (1.0, 1.0),
    won: tuple[float, float] = (0.0, 0.0),
    deviation: float = 0.0,
) -> Any:
    """What a quarter produces when all is as expected but for a fall of prices, knowledge and what sectors win.

    Or when the economy is off its path by a deviation, and the sectors with it.
    """
    records = copied(world)
    set_time(records, world.structure.economy, quarter, 2020.75 + quarter / 4.0)
    run = rows(records)[0]
    run.now.years = years_since_base(quarter)
    run.parameters.accounts.industry_link = 0.0
    expected = run.parameters.accounts.expected_decline * run.now.years
    dearer(run, [-expected - fall] * 3)
    for cell in cells(run):
        cell.sales = cell.sales_before = cell.other_inputs = 0.0
    for s, state in enumerate(run.states):
        state.knowledge_stock = knowledge[s] * state.knowledge_expected
        state.incidents = state.first_risk / 4.0
        state.output_deviation = deviation
        run.cells[s, 0].sales = state.sector_expected * np.exp(deviation) + won[s]
        accounts.produce(run, s)
    return run


@pytest.mark.parametrize(("digital", "ahead"), [(True, 0.3), (False, 0.1)])
def test_industries_without_firms_grow_with_what_the_sectors_sell(digital: bool, ahead: float) -> None:
    run = duel(sectors=2)
    run.parameters.accounts.industry_link = 0.5
    run.sectors[0].digital_core, run.sectors[1].digital_core = True, False
    run.cells[US, 0].sales, run.cells[US, 1].sales = 30.0, 70.0
    state = run.states[US]
    state.digital_sales_expected, state.sales_expected = 30.0 * np.exp(-0.5), 100.0 * np.exp(-0.3)
    state.output_deviation = 0.2
    assert np.log(accounts.pull(run, US, digital)) == pytest.approx(0.5 * ahead)
    run.parameters.accounts.industry_link = 0.0
    assert accounts.pull(run, US, digital) == 1.0


def test_what_other_digital_industries_win_the_rest_loses(world: World) -> None:
    runs = [run_of(world), run_of(world)]
    for run, ahead in zip(runs, (0.0, 0.4), strict=True):
        set_time_of(run, world)
        run.parameters.accounts.industry_link = 0.5
        for state in run.states:
            state.digital_sales_expected *= np.exp(-ahead)
            state.sales_expected *= np.exp(-ahead)
        for s in STATES:
            accounts.produce(run, s)
    usual, pulled = runs
    assert logs(pulled, usual, "other_digital") == pytest.approx([0.2, 0.2])
    assert logs(pulled, usual, "other_emerging") == pytest.approx([0.2, 0.2])
    assert column(pulled.states, "gdp") == pytest.approx(column(usual.states, "gdp"), rel=1e-12)
    pairs = zip(pulled.states, usual.states, strict=True)
    assert all(after.rest_output < before.rest_output for after, before in pairs)


def set_time_of(run: Any, world: World) -> None:
    """What was forecast for the first quarter."""
    economy = world.structure.economy
    run.now.years = years_since_base(1)
    for s, state in enumerate(run.states):
        for name in ("sales", "digital_sales", "rest", "sector", "knowledge"):
            setattr(state, f"{name}_expected", getattr(economy, f"{name}_path")[0, s, 0, 1])


def logs(run: Any, other: Any, name: str) -> list[float]:
    """Log ratio of an account of both states in two runs."""
    return [np.log(getattr(run.states[s], name) / getattr(other.states[s], name)) for s in STATES]


def test_cheaper_digital_goods_are_an_engine(world: World) -> None:
    found, at_base = surprised(world, 1, fall=0.2), surprised(world, 1)
    known = found.parameters.accounts
    assert logs(found, at_base, "rest_output") == pytest.approx([0.2 * known.engine_elasticity] * 2, rel=1e-9)
    assert logs(found, at_base, "other_digital") == pytest.approx([0.2 * known.digital_price_elasticity] * 2, rel=1e-9)
    for state, own in zip(found.states, (found.cells[US, 0], found.cells[CHINA, 0]), strict=True):
        assert state.gdp == pytest.approx(state.rest_output + state.other_digital + own.value_added)


def test_gdp_grows_as_forecast_when_nothing_surprises(world: World) -> None:
    economy, first = world.structure.economy, world.structure.economy.first
    quarters = economy.gdp_path.shape[-1]
    total_growth = economy.gdp_path[:, :N_STATES] * first.gdp
    years = np.array([years_since_base(quarter) for quarter in range(quarters)])
    ahead = world.parameters.accounts.digital_excess * 15.0 * (1.0 - np.exp(-years / 15.0))
    digital = first.other_digital * economy.gdp_path[:, :N_STATES] * np.exp(ahead)
    firms = total_growth - digital - first.rest_output * economy.rest_path
    assert np.all(firms > 0.0)
    np.testing.assert_allclose(firms[..., :1], total(world.cells.value_added, SECTOR), rtol=1e-9)


def test_prices_that_fall_as_expected_surprise_nobody(world: World) -> None:
    economy, first, quarter = world.structure.economy, world.structure.economy.first, 8
    found = surprised(world, quarter)
    rest = (first.rest_output * economy.rest_path[..., quarter : quarter + 1]).ravel()
    assert column(found.states, "rest_output") == pytest.approx(rest.tolist())
    ahead = world.parameters.accounts.digital_excess * 15.0 * (1.0 - np.exp(-years_since_base(quarter) / 15.0))
    trend = economy.gdp_path[:, :N_STATES, :, quarter : quarter + 1] * np.exp(ahead)
    assert column(found.states, "other_digital") == pytest.approx((first.other_digital * trend).ravel().tolist())
    share = emerging(world, years_since_base(quarter)) * (first.other_emerging * trend / np.exp(ahead)).ravel()
    assert column(found.states, "other_emerging") == pytest.approx(share.tolist())


@pytest.mark.parametrize(("years", "left"), [(0.01, 0.01), (15.0, 15.0 * (1.0 - np.exp(-1.0))), (1e4, 15.0)])
def test_other_digital_industries_outgrow_gdp_ever_less(years: float, left: float) -> None:
    known = duel().parameters.accounts
    found = [accounts.digital_ahead(excess, years, known) for excess in (0.04, -0.02)]
    assert found == pytest.approx([0.04 * left, -0.02 * left], rel=1e-3)


def test_unexpected_knowledge_makes_the_rest_of_the_economy_more_productive(world: World) -> None:
    found, expected = surprised(world, 8, knowledge=(2.0, 0.9)), surprised(world, 8)
    assert logs(found, expected, "rest_output") == pytest.approx([0.05 * np.log(2.0), 0.05 * np.log(0.9)])
    assert column(found.states, "other_digital") == column(expected.states, "other_digital")


@pytest.mark.parametrize(
    ("form", "estimate", "elasticity"),
    [
        *(("assumed", 0.12, 0.05), ("estimate", 0.12, 0.12)),
        *(("sceptical", 0.12, 0.036), ("sceptical", 0.06, 0.0), ("sceptical", 0.16, 0.06)),
    ],
)
def test_public_research_returns_what_a_form_believes(form: str, estimate: float, elasticity: float) -> None:
    known = duel().parameters.accounts
    known.knowledge_estimate = estimate
    assert accounts.knowledge_elasticity(known, code("public_knowledge", form)) == pytest.approx(elasticity)


def test_knowledge_is_measured_by_what_was_expected_of_its_own_quarter(world: World) -> None:
    """Knowledge of a quarter works in the next: in the first quarter it is that of the base year, as expected."""
    np.testing.assert_allclose(
        world.states.knowledge_stock, world.structure.economy.knowledge_path[..., :1], rtol=1e-12
    )
    found, economy = surprised(world, 1), world.structure.economy
    known = world.states.knowledge_stock.ravel().tolist()
    assert column(found.states, "knowledge_stock") == pytest.approx(known, rel=1e-12)
    rest = (economy.first.rest_output * economy.rest_path[..., 1:2]).ravel().tolist()
    assert column(found.states, "rest_output") == pytest.approx(rest, rel=1e-12)


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


@pytest.mark.ensembles
def test_states_that_keep_their_shares_learn_what_was_expected() -> None:
    still = [f"policy@policies.{state}=status_quo_2020" for state in ("us", "china")]
    start = prepared(load_scenario("baseline_2021", "params=default", "horizon=2025", *still), range(4), seed=1)
    after = list(worlds(start))[20]
    np.testing.assert_allclose(
        after.states.knowledge_stock / after.structure.economy.knowledge_path[..., 20:21], 1.0, rtol=0.003
    )


def test_what_the_sectors_win_the_rest_loses_in_part(world: World) -> None:
    usual, found = surprised(world, 1), surprised(world, 1, won=(10.0, -20.0))
    lost = [usual.states[s].rest_output - found.states[s].rest_output for s in STATES]
    assert lost == pytest.approx([0.85 * 10.0, -0.85 * 20.0], rel=1e-9)
    assert column(usual.states, "other_digital") == column(found.states, "other_digital")


def test_an_economy_off_its_path_takes_its_accounts_along(world: World) -> None:
    found, usual = surprised(world, 8, deviation=0.1), surprised(world, 8)
    for name in ("rest_output", "other_digital", "other_emerging", "gdp"):
        assert logs(found, usual, name) == pytest.approx([0.1, 0.1], rel=1e-9), name


def test_shocks_to_growth_last_and_add_up() -> None:
    run = duel()
    for s in STATES:
        accounts.deviate(run, luck(1, 1, economy=(1.0, 0.0)), s)
    struck = column(run.states, "output_deviation")
    assert struck[US] > 0.0
    assert struck[CHINA] == 0.0
    accounts.deviate(run, luck(1, 1), US)
    kept = run.parameters.accounts.growth_shock_persistence
    assert run.states[US].output_deviation == pytest.approx((1.0 + kept) * struck[US])


def test_growth_over_a_year_varies_as_its_parameter_says() -> None:
    """Of 4,000 runs at once: arrays in the place of numbers."""
    generator, run, draws, path = np.random.default_rng(5), duel(), luck(1, 1), []
    for _ in range(40):
        draws.economy = generator.standard_normal((2, 4000))
        for s in STATES:
            accounts.deviate(run, draws, s)
        path.append([np.array(state.output_deviation) for state in run.states])
    spread = [np.std(path[39][s] - path[35][s]) for s in STATES]
    assert spread == pytest.approx(run.parameters.accounts.growth_shock, rel=0.1)


@pytest.mark.ensembles
def test_annual_gdp_varies_with_it(baseline: Scenario) -> None:
    """Means over a year are smoother than its ends, by a factor of 0.79 at this persistence."""
    levels = simulate(baseline, runs=64, seed=1, record="headline")["gdp"][..., 1:].reshape(64, 2, 15, 4).mean(axis=-1)
    spread = np.std(np.diff(np.log(levels), axis=-1), axis=0).mean(axis=-1)
    stated = VALUES.accounts.growth_shock.ravel()
    assert spread.tolist() == pytest.approx((0.79 * stated).tolist(), rel=0.1)


def after_a_quarter(start: Start) -> World:
    return next(islice(worlds(start), 1, None))


def test_missing_money_is_noticed(short: Scenario) -> None:
    after = after_a_quarter(prepared(short, [0], seed=1))
    assert after.states.money_gap.max() < 1e-12

    def gap(bought: float = 1.0, booked: float = 1.0, cash: float = 0.0) -> float:
        run = run_of(after)
        for m in range(N_BLOCS):
            for k in range(14):
                run.markets[m, k].spending = [bought * part for part in run.markets[m, k].spending]
        for cell in cells(run):
            cell.booked, cell.cash = booked * cell.booked, cell.cash + cash
        return min(accounts.money_gap(run, s) for s in STATES)

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
    world = after_a_quarter(start)
    action = StatusQuo2020()(world, CHINA)
    begun = world.structure.status_quo
    assert np.array_equal(action.tariff, begun.tariff[:, 1:])
    ratio = action.basic_research / begun.basic_research[:, 1:]
    coming = total(world.structure.economy.gdp_path[:, 1:2, :, 2:6], 3) / 4.0
    np.testing.assert_allclose(ratio, coming * np.exp(world.states.output_deviation[:, 1:]), rtol=1e-12)


def test_budgets_of_the_status_quo_drift_from_gdp(world: World) -> None:
    drifting = replace(world.parameters.government, budget_trend=np.full((1, 1, 1, 1), 0.03))
    moved = replace(world, parameters=replace(world.parameters, government=drifting))
    usual, later_on = StatusQuo2020()(world, US), StatusQuo2020()(moved, US)
    for name in ("basic_research", "applied_research", "grants"):
        np.testing.assert_allclose(np.log(getattr(later_on, name) / getattr(usual, name)), 0.03, rtol=1e-9)


def test_government_contracts_with_business_follow_their_trend(world: World) -> None:
    found = world.structure.economy.other_grants[0, :, 0]
    assert VALUES.government.contracts_trend.item() == -0.04
    years = np.array([years_since_base(quarter) for quarter in range(found.shape[-1])])
    np.testing.assert_allclose(np.log(found / found[:, :1]), np.broadcast_to(-0.04 * years, found.shape), atol=1e-12)


def planned(kept: float, start: Start, catch_up: float) -> float:
    """China's basic research budget of 2021 under a plan that keeps so much of its increases."""
    plan = start.policies[CHINA]
    assert isinstance(plan, Plan)
    chosen = replace(plan, slippage=1.0 - kept, slippage_spread=0.0, catch_up=catch_up, largest_rise=0.5)
    return float(chosen(start.world, CHINA).basic_research[0, 0, 0, 0])


def test_a_plan_that_catches_up_is_kept_as_far_as_it_does_not_slip(short: Scenario) -> None:
    start = prepared(short, [0], seed=1)
    budget = start.world.action.basic_research[0, CHINA, 0, 0]
    basic, rd = (own[0, CHINA, 0, 0] for own in (start.world.states.rd_basic, start.world.states.rd_total))
    a_year = 1.07 * (0.08 * rd / basic) ** (1.0 / 5.0)
    none, half, all_of_it = (planned(kept, start, 1.0) for kept in (0.0, 0.5, 1.0))
    assert none == pytest.approx(budget)
    assert half - budget == pytest.approx(0.5 * (all_of_it - budget))
    assert all_of_it == pytest.approx(a_year * budget)


@pytest.mark.parametrize("kept", [0.5, 1.0])
def test_what_slips_of_a_plan_is_missing_from_every_year_alike(kept: float, short: Scenario) -> None:
    start = prepared(short, [0], seed=1)
    states, path = start.world.states, start.world.structure.economy.gdp_path[0, CHINA, 0]
    basic, rd = states.rd_basic[0, CHINA, 0, 0], states.rd_total[0, CHINA, 0, 0]
    budget, grown = start.world.action.basic_research[0, CHINA, 0, 0], path[1:5].mean()
    assert grown > 1.07
    share = (planned(kept, start, 0.0) + (basic - budget) * grown) / (rd * grown)
    assert share == pytest.approx(basic / rd * (0.08 / (basic / rd)) ** (kept / 5.0))


@pytest.mark.ensembles
def test_a_plan_does_not_sprint_at_the_end() -> None:
    def rises(*settings: str) -> np.ndarray:
        given = ("params=default", "horizon=2025", "policies.china.slippage_spread=0", *settings)
        share = simulate(load_scenario("baseline_2021", *given), runs=8, seed=1)["basic_share"][:, CHINA]
        years = np.concatenate([share[:, :1], share[:, 1:].reshape(8, 5, 4).mean(axis=-1)], axis=1)
        return np.diff(100.0 * np.median(years, axis=0))

    even, sprint = rises(), rises("policies.china.catch_up=1")
    assert even.max() < 2.0 * even.min()
    assert sprint.max() > 4.0 * sprint.min()


@pytest.mark.parametrize("kept", [1.0, 0.5])
def test_applied_research_fills_the_gap_that_other_research_leaves(kept: float, short: Scenario) -> None:
    start = prepared(short, [0], seed=1)
    world, plan = start.world, start.policies[CHINA]
    assert isinstance(plan, Plan)
    growth = world.structure.economy.gdp_path[0, CHINA, 0, 4].item()
    budget, all_research = (part[0, CHINA, 0, 0] for part in (world.action.applied_research, world.states.rd_total))
    aim = (growth * all_research + 0.1 * budget) / all_research - 1.0
    eager = replace(plan, slippage=1.0 - kept, slippage_spread=0.0, largest_rise=0.5, rd_growth_target=aim)
    for part in (1.0, 0.2):
        found = replace(eager, public_part=part)(world, CHINA).applied_research.item()
        assert found == pytest.approx(budget * (growth + kept * part * 0.1))


@pytest.mark.ensembles
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
