"""The base year is the facts: read off the world of quarter 0, through the model's own equations."""

from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from techduel.ensemble.simulation import prepared, worlds
from techduel.facts import Facts, load_facts
from techduel.facts.base_accounts import by_quarter
from techduel.facts.base_year import initial_world, scale_a_year
from techduel.model.axes import MARKET, N_BLOCS, N_STATES, ORIGIN, total
from techduel.model.noise import Noise
from techduel.model.world import World
from techduel.scenario.parameter_sets import RUNS_OF_A_SET
from techduel.scenario.scenario import Scenario, load_scenario
from tests.hand import CHINA, US, fill
from tests.uncompiled import ideas, market, research, run_of, talent

STATES = (US, CHINA)
PLACES = [(s, k) for s in STATES for k in range(14)]
VINTAGES = ("article", "final")


@pytest.fixture(scope="module", params=VINTAGES)
def case(request: pytest.FixtureRequest) -> tuple[World, Facts]:
    """The world of quarter 0 of both vintages, two runs."""
    scenario = load_scenario("baseline_2021", "params=default", f"facts.vintage={request.param}")
    return prepared(scenario, range(2), seed=1).world, load_facts(2020, request.param)


@pytest.fixture(scope="module")
def world(baseline: Scenario) -> World:
    return prepared(baseline, range(2), seed=1).world


def close(found: NDArray[np.float64], fact: NDArray[np.float64], tolerance: float = 1e-9) -> None:
    """Every run of a (run, state or bloc, sector, 1) array equals the fact."""
    shaped = np.asarray(fact).reshape(1, found.shape[1], -1, 1)
    np.testing.assert_allclose(found, np.broadcast_to(shaped, found.shape), rtol=tolerance)


def test_sales_by_state_and_sector(case: tuple[World, Facts]) -> None:
    world, facts = case
    supply = facts.base.supply_share * facts.base.market_size
    close(world.cells.sales, supply[:N_STATES])
    close(world.firms.sales.sum(axis=3, keepdims=True), supply[:N_STATES])
    close(total(world.markets.flows, MARKET)[:, :, 0], supply)


def test_purchases_by_bloc_and_sales_to_the_rival(case: tuple[World, Facts]) -> None:
    world, facts = case
    base, flows = facts.base, world.markets.flows
    close(total(flows, ORIGIN)[:, 0], base.demand_share * base.market_size, 1e-6)
    crossing = np.stack([flows[:, 0, 1], flows[:, 1, 0]], axis=1)
    close(crossing, base.rival_sales_share * base.supply_share[:N_STATES] * base.market_size)
    close(total(total(flows, MARKET), ORIGIN)[:, 0], base.market_size)


SETS = (0, 63, 127, 255)
"""Of the prior, which holds sets that are far from the usual."""


@pytest.fixture(scope="module")
def unusual() -> World:
    """The base year of these sets."""
    return prepared(load_scenario("baseline_2021", "params=prior"), [RUNS_OF_A_SET * place for place in SETS], 1).world


def test_flows_come_to_rest_at_what_is_bought(unusual: World) -> None:
    base = load_facts().base
    bought = total(unusual.markets.flows, ORIGIN)[:, 0, ..., 0]
    np.testing.assert_allclose(bought, np.broadcast_to(base.demand_share * base.market_size, bought.shape), rtol=1e-12)


def test_flows_of_a_run_do_not_depend_on_its_company(unusual: World) -> None:
    drawn = load_scenario("baseline_2021", "params=prior")
    for place, at in enumerate(SETS[:2]):
        alone = prepared(drawn, [RUNS_OF_A_SET * at], seed=1).world
        assert np.array_equal(alone.markets.flows[0], unusual.markets.flows[place])


def test_spending_is_what_flows_and_duties_cost(world: World) -> None:
    run = run_of(world)
    for m in range(N_BLOCS):
        for k in range(14):
            place = run.markets[m, k]
            paid = sum(flow * (1.0 + duty) for flow, duty in zip(place.flows, place.duty, strict=True))
            assert sum(place.spending) == pytest.approx(paid, rel=1e-9)
            assert min(*place.spending, *place.final_demand) >= 0.0


def test_research_intensity_and_totals(case: tuple[World, Facts]) -> None:
    world, facts = case
    base, states = facts.base, world.states
    close(world.cells.rd / world.cells.sales, base.rd_intensity)
    close(states.rd_total, base.rd_total)
    close(states.rd_basic, base.rd_basic)
    close(states.rd_total - states.rd_other, base.rd_business_performed)
    close(states.rd_public, base.rd_total * base.rd_government_funded_share)
    assert states.rd_other_business.min() > 0.0
    assert world.action.applied_research.min() > 0.0


def test_the_vintages_differ() -> None:
    article, final = (load_facts(2020, vintage).base for vintage in VINTAGES)
    assert not np.array_equal(article.rd_total, final.rd_total)


def test_output_people_and_digital_accounts(case: tuple[World, Facts]) -> None:
    world, facts = case
    base, states = facts.base, world.states
    close(states.gdp, base.gdp[:N_STATES])
    close(states.researchers, base.researchers)
    digital = facts.tags["digital_core"].reshape(1, 1, -1, 1)
    core = (world.cells.value_added * digital).sum(axis=2, keepdims=True) + states.other_digital
    close(core, base.digital_core_value_added)
    emerging = world.cells.value_added.sum(axis=2, keepdims=True) + states.other_emerging
    close(emerging, base.strategic_emerging_share * base.gdp[:N_STATES])
    assert states.other_digital.min() > 0.0
    assert states.other_emerging.min() > 0.0


def test_frontiers_stand_where_the_facts_place_them(case: tuple[World, Facts]) -> None:
    world, facts = case
    scale = scale_a_year(facts) * float(world.parameters.ideas.lag_years.item())
    position = scale * np.log(facts.base.position)
    np.testing.assert_allclose(
        world.cells.frontier, np.broadcast_to(position[None, ..., None], world.cells.frontier.shape), atol=1e-12
    )
    run = run_of(world)
    found = [market.frontier(run.firms[place]) for place in PLACES]
    assert found == pytest.approx(position.ravel().tolist(), abs=1e-10)


def test_firm_sizes_follow_their_pareto_exponents(world: World) -> None:
    exponent = load_facts().base.tail_exponent
    sales, alive = world.firms.sales[0], world.firms.alive[0]
    for state, sector in np.ndindex(exponent.shape):
        sizes = sales[state, sector][alive[state, sector]]
        slope = np.diff(np.log(sizes)) / np.diff(np.log(np.arange(1, len(sizes) + 1)))
        np.testing.assert_allclose(slope, -1.0 / exponent[state, sector], rtol=1e-9)


def test_the_largest_firms_are_listed_up_to_the_recorded_share(world: World) -> None:
    fact = load_facts().base.listed_share[None, ..., None]
    share = world.cells.listed_sales / world.cells.sales
    assert np.all(share <= 1.02 * fact + 1e-12)
    assert np.all(share[np.broadcast_to(fact >= 0.3, share.shape)] > 0.15)
    assert not np.any(world.firms.listed & ~world.firms.alive)


def cleared(world: World, place: int = 0) -> Any:
    """A run whose markets have cleared once more, with nothing changed."""
    run = run_of(world, place)
    run.now.diffusion_left, run.now.economy = 1.0, [1.0] * N_BLOCS
    for s in STATES:
        market.costs(run, s)
        for k in range(14):
            market.attract(run, s, k)
    market.passive_sales(run)
    market.purchases(run)
    for k in range(14):
        market.supply(run, k)
        for m in range(N_BLOCS):
            market.clear(run, m, k)
            market.demand(run, m, k)
            market.receive(run, m, k)
        market.book(run, k)
    for s, k in PLACES:
        market.rate_pull(run, s, k)
        for firm in run.firms[s, k]:
            if firm.alive:
                log_sales = market.sell(run.cells[s, k], firm, run.parameters.market.elasticity[k] - 1.0)
                assert np.exp(log_sales) == pytest.approx(firm.sales, rel=1e-9)
    return run


def test_the_market_equation_gives_the_sales_back(world: World) -> None:
    """The inversion is exact: attraction from technology, cleared, is what the facts recorded."""
    before, run = run_of(world), cleared(world)
    for place in ((m, k) for m in range(N_BLOCS) for k in range(14)):
        found, first = run.markets[place], before.markets[place]
        assert found.log_price == pytest.approx([0.0] * 3, abs=1e-12)
        assert found.spending == pytest.approx(first.spending, rel=1e-9, abs=1e-12)
        assert found.flows == pytest.approx(first.flows, rel=1e-9, abs=1e-12)
    for place in PLACES:
        assert run.cells[place].log_growth == pytest.approx(0.0, abs=1e-9)
        assert run.cells[place].largest == max(firm.sales for firm in run.firms[place])
        assert run.cells[place].listed_sales == pytest.approx(before.cells[place].listed_sales, rel=1e-9)
        for found, first in zip(run.firms[place], before.firms[place], strict=True):
            assert found.sales == pytest.approx(first.sales, rel=1e-9, abs=1e-12)


def test_tastes_come_to_rest(unusual: World) -> None:
    """To the last digits, also where a set is far from the usual."""
    for place, flows in enumerate(unusual.markets.flows[..., 0]):
        run = cleared(unusual, place)
        found = [[run.markets[m, k].flows for k in range(14)] for m in range(N_BLOCS)]
        np.testing.assert_allclose(np.transpose(found, (2, 0, 1)), flows, rtol=1e-12)


def test_the_research_equation_gives_the_spending_back(world: World) -> None:
    """Unlisted firms want exactly what they spend; in sum each sector has its recorded intensity."""
    run, plain = run_of(world), 0
    for place in PLACES:
        run.cells[place].log_growth = 0.0
        research.support(run, *place)
        norm = research.log_incentive(run, *place)
        for firm in run.firms[place]:
            if firm.alive and not firm.listed:
                assert norm + firm.rule + np.log(firm.sales) == pytest.approx(firm.log_rd, rel=0.0, abs=1e-12)
                plain += 1
    assert plain > 100


def test_a_firm_of_mean_size_and_research_innovates_at_the_stated_rate(world: World) -> None:
    """If it neither imitates nor has partners; the mean is that of a sector's firms in both states."""
    run = run_of(world)
    known = run.parameters.ideas
    for k in range(14):
        pair = [run.cells[s, k] for s in STATES]
        count, sales, rd = (sum(getattr(cell, name) for cell in pair) for name in ("firms", "sales", "rd"))
        log_research = np.log(rd / count) - known.size_exponent * np.log(sales / count)
        run.sectors[k].demand = 1.0
        for s in STATES:
            found = known.curvature * log_research - ideas.log_difficulty(run, s, k)
            assert found == pytest.approx(np.log(known.innovation_rate / 4.0))


def test_researchers_grow_as_they_did(case: tuple[World, Facts]) -> None:
    world, facts = case
    run = run_of(world)
    before = [state.researchers for state in run.states]
    fill(run.states, graduates_growth=[0.0, 0.0])
    for s in STATES:
        talent.emigrate(run, s)
    for s in STATES:
        talent.train(run, s)
    change = [4.0 * (run.states[s].researchers / before[s] - 1.0) for s in STATES]
    assert change == pytest.approx(facts.base.researchers_growth.tolist(), rel=1e-9)


def test_costs_are_sales_less_the_margin(case: tuple[World, Facts]) -> None:
    world, facts = case
    margin = facts.base.rd_intensity + world.parameters.market.normal_margin[0, ..., 0]
    inputs = facts.base.input_share / (1.0 - margin[:, None, :])
    np.testing.assert_allclose(world.structure.links.cost_share[0, ..., 0], inputs)


def test_markets_start_with_their_forecast_real_growth_over_gdp(case: tuple[World, Facts]) -> None:
    """Forecasts of market studies are in dollars of their year; growth over GDP is trusted in part."""
    world, facts = case
    known, outlook = world.parameters.paradigm, facts.outlook
    dollars = facts.base.growth_forecast - np.mean([outlook.inflation[0, year] for year in range(5)])
    excess = dollars - np.array([np.mean(line[:5]) for line in outlook.gdp_growth])[:, None]
    trusted = np.where(excess > 0.0, known.forecast_trust[0, ..., 0] * excess, excess)
    limit = world.structure.demand.diffusion_limit[0, ..., 0]
    free = limit < known.diffusion_limit[0, ..., 0]
    start = known.diffusion_speed[0, ..., 0] * (1.0 - 1.0 / limit)
    np.testing.assert_allclose(start[free], trusted[free], atol=1e-12)
    assert (excess[free] < 0.0).any()
    assert (excess[free] > 0.0).any()


def test_trends_lag_behind_sales_as_far_as_markets_grow(world: World) -> None:
    firms, demand = world.firms, world.structure.demand
    np.testing.assert_allclose(world.cells.trend_sales * demand.trend_ratio, world.cells.sales)
    behind = np.log(np.where(firms.alive, firms.sales, 1.0)) - firms.log_scale
    growth = np.broadcast_to(demand.trend_ratio - 1.0, behind.shape)
    np.testing.assert_allclose(behind[firms.alive], growth[firms.alive], atol=1e-12)
    assert np.abs(growth).max() > 0.05


def test_the_first_quarter_goes_on_from_the_base_year(baseline: Scenario) -> None:
    start = prepared(baseline, range(2), seed=1)
    later = next(islice(worlds(start), 1, None))
    for name in ("gdp", "rd_total", "researchers", "price_index"):
        change = np.log(getattr(later.states, name) / getattr(start.world.states, name))
        assert np.abs(change).max() < 0.08, name
    assert np.abs(np.log(later.cells.sales / start.world.cells.sales)).max() < 0.25


def test_the_base_year_is_data(baseline: Scenario) -> None:
    """Another market size is another world, with no equation touched."""
    facts = load_facts()
    size = 2.0 * facts.base.market_size
    doubled = replace(facts, base=replace(facts.base, market_size=size))
    noise = Noise(1, [0], len(facts.sectors), 24)
    world = initial_world(doubled, baseline.parameters, noise.initial())
    close(world.cells.sales, facts.base.supply_share[:N_STATES] * size)
    close(world.cells.rd / world.cells.sales, facts.base.rd_intensity)
    close(world.states.gdp, facts.base.gdp[:N_STATES])


def test_forecast_paths_keep_annual_means(world: World) -> None:
    """Four quarters of the path average to the forecast year, within 0.2 %."""
    facts, path = load_facts(), world.structure.economy.gdp_path[0, :, 0]
    annual = np.exp(np.cumsum(np.log1p(facts.outlook.gdp_growth), axis=1))
    means = path[:, 1:].reshape(*annual.shape, 4).mean(axis=-1)
    np.testing.assert_allclose(means, annual, rtol=0.002)
    assert np.all(path[:, 0] == 1.0)
    people = world.structure.economy.population_path[0, :, 0]
    np.testing.assert_allclose(
        people[:, 1:].reshape(*facts.outlook.population.shape, 4).mean(axis=-1), facts.outlook.population, rtol=0.002
    )


def test_a_path_of_constant_growth_is_nearly_straight_in_logs() -> None:
    path = by_quarter(0.04 * np.arange(1.0, 31.0)[None])[0, 0, 0]
    years = np.arange(1, 41) / 4.0 + 0.375
    np.testing.assert_allclose(np.log(path[1:41]), 0.04 * years, atol=1e-3)
    assert path.shape == (4 * 30 + 1,)
