"""The two states as a whole in the base year, and the paths that forecasters expected."""

from math import exp
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.facts import Facts
from techduel.facts.base_rest import found_rest
from techduel.facts.base_trade import by_state
from techduel.model.access import sales_of
from techduel.model.accounts import digital_ahead, pay
from techduel.model.axes import N_BLOCS, N_STATES, Array
from techduel.model.engine.compiler import compiled, entry
from techduel.model.engine.record import Records
from techduel.model.knowledge import borrowed, open_to_use, pass_on, pipeline_rate
from techduel.model.market import diffusion
from techduel.model.paradigm import diffusion_left, years_since_base
from techduel.model.perception import lead_of_rival, lead_of_rival_in, rd_of_rival, threat
from techduel.model.security import dependence, disruption, espionage, restriction
from techduel.model.talent import mobility

PATH_ROUNDS: Final = 12
"""Rounds in which a quarterly path is fitted to annual means; it is then closer than 1e-4."""


@compiled
def found_states(run: Any, facts: Any) -> None:
    """GDP, R&D, people, knowledge, money and security of both states."""
    for s in range(N_STATES):
        found_economy(run, facts, s)
    found_rest(run, facts)
    for s in range(N_STATES):
        found_people(run, facts, s)
        found_knowledge(run, facts, s)
        pay(run, s)
    for s in range(N_STATES):
        borrow(run, s)
        run.states[s].restriction = restriction(run, s)
    for s in range(N_STATES):
        found_security(run, s)


@compiled
def found_economy(run: Any, facts: Any, s: int) -> None:
    """GDP and R&D by account: what is not in the sectors with firms is the rest."""
    state, levers = run.states[s], run.states[s].levers
    made = firms = granted = 0.0
    for cell in run.cells[s]:
        made += cell.value_added
        firms += cell.rd + cell.grants
        granted += cell.grants
    performed = facts.rd_business_performed[s]
    state.other_digital = facts.other_digital[s]
    state.rest_output = facts.gdp[s] - state.other_digital - made
    state.gdp = state.real_income = state.rest_output + state.other_digital + made
    state.other_emerging = facts.strategic_emerging_share[s] * facts.gdp[s] - made
    state.rd_other_business = performed - firms
    state.other_rd_intensity = state.rd_other_business / state.rest_output
    state.rd_other = facts.rd_total[s] - performed
    state.rd_basic = facts.rd_basic[s]
    state.rd_public = facts.rd_total[s] * facts.rd_government_funded_share[s]
    state.rd_total = firms + state.rd_other_business + state.rd_other
    state.price_index = state.research_price = 1.0
    state.nonpublic_rd = (state.rd_other - levers.basic_research - levers.applied_research) / state.gdp
    state.basic_private = (state.rd_basic - levers.basic_research) / performed
    state.other_grants = (facts.rd_business_government_funded[s] - granted) / state.rd_other_business
    state.emerging_excess = facts.emerging_growth_excess[s]


@compiled
def found_people(run: Any, facts: Any, s: int) -> None:
    """Researchers, those who come, and those who leave: the stock grows as it did."""
    state, parameters = run.states[s], run.parameters.talent
    state.researchers, state.migrants = facts.researchers[s], facts.migrants[s]
    rising = (facts.researchers_growth[s] + parameters.attrition) * state.researchers
    state.graduates = rising + facts.migrants[s] - facts.migrants[1 - s]
    state.graduates_growth = facts.graduates_growth[s]
    state.first_mobility = mobility(state.levers, run.states[1 - s].levers, parameters)


@compiled
def found_knowledge(run: Any, facts: Any, s: int) -> None:
    """Pipeline and stock of a state whose public research has grown at constant rates for long."""
    state, parameters = run.states[s], run.parameters.knowledge
    stages, growth, faster = state.knowledge_pipeline, facts.basic_growth_past[s], facts.rd_growth_past[s]
    rate, last = pipeline_rate(stages, parameters), len(stages) - 1
    passing = rate / (rate + growth)
    for stage in range(len(stages)):
        stages[stage] = state.rd_basic / rate * passing ** (stage + 1.0)
    short = state.levers.applied_research / (rate + faster)
    depreciation = parameters.basic_depreciation
    state.own_knowledge = rate * stages[last] / (growth + depreciation) + rate * short / (faster + depreciation)
    stages[last] += short


@compiled
def borrow(run: Any, s: int) -> None:
    """Knowledge of the rival in use: all that is open."""
    state, theirs = run.states[s], run.states[1 - s].own_knowledge
    state.borrowed_knowledge = open_to_use(state.science, theirs, 0.0, run.parameters.knowledge)
    state.knowledge_stock = state.own_knowledge + state.borrowed_knowledge


@compiled
def found_security(run: Any, s: int) -> None:
    """Security of the base year: trust and memory where they settle, the rival as it is."""
    state, rival, parameters = run.states[s], run.states[1 - s], run.parameters.security
    state.dependence = dependence(run, s)
    spying = espionage(run, s, state.levers.counter_intelligence)
    trusting = 1.0 - rival.restriction
    expected = spying + disruption(state.dependence, trusting, parameters)
    trusting -= parameters.trust_shock * expected / parameters.trust_speed
    state.trust = min(max(trusting, 0.0), 1.0)
    state.risk = spying + disruption(state.dependence, state.trust, parameters)
    state.incident_memory = state.risk / parameters.forgetting
    state.rival_lead = state.seen_gap = lead_of_rival(run, s)
    state.seen_rd = rd_of_rival(run, s)
    for k in range(len(run.sectors)):
        run.cells[s, k].seen_gap = lead_of_rival_in(run, s, k)
    state.threat = threat(state, run.parameters.perception)


def forecasts(facts: Facts) -> dict[str, Array]:
    """What was expected whatever the parameters, by quarter as far as forecasts go."""
    base, outlook = facts.base, facts.outlook
    population = by_quarter(np.log(outlook.population / base.population[:, None]))
    currency = by_quarter(np.log(outlook.currency_per_usd / base.currency_per_usd[:, None]))
    return {
        "gdp_path": by_quarter(np.cumsum(np.log1p(outlook.gdp_growth), axis=1)),
        "population_path": population * by_state(base.population),
        "deflator_path": by_quarter(np.cumsum(np.log1p(outlook.inflation), axis=1)),
        "currency_path": currency * by_state(base.currency_per_usd),
    }


def expected(records: Records, gdp: Array) -> dict[str, Array]:
    """What was expected under each run's parameters; the rest of the economy makes GDP grow as forecast in total."""
    names = ("sector", "sales", "digital_sales", "rest", "knowledge")
    paths = {name: np.zeros((len(records), N_STATES, gdp.shape[-1])) for name in names}
    expect(records.copy(), gdp[0, :, 0].copy(), *paths.values())
    return {f"{name}_path": path[:, :, None] for name, path in paths.items()}


@entry
def expect(  # noqa: PLR0913, PLR0917 - one array a path
    runs: Any, gdp: Any, sector: Any, sales: Any, digital_sales: Any, rest: Any, knowledge: Any
) -> None:
    """Fill the paths, each (run, state, quarter), with `gdp` (bloc, quarter); the runs' knowledge moves on."""
    for place in range(len(runs)):
        run = runs[place]
        for quarter in range(gdp.shape[1]):
            years = years_since_base(quarter)
            left = diffusion_left(years, run.parameters.paradigm)
            for s in range(N_STATES):
                state = run.states[s]
                made = 0.0
                for k in range(len(run.sectors)):
                    cell, sold = run.cells[s, k], expected_sales(run, s, k, left, gdp, quarter)
                    made += cell.value_added * sold / sales_of(run, s, k)
                    sales[place, s, quarter] += sold
                    digital_sales[place, s, quarter] += sold if run.sectors[k].digital_core else 0.0
                accounts = run.parameters.accounts
                ahead = digital_ahead(accounts.digital_excess[s], years, accounts)
                digital = state.other_digital * gdp[s, quarter] * exp(ahead)
                sector[place, s, quarter] = made
                rest[place, s, quarter] = (state.gdp * gdp[s, quarter] - digital - made) / state.rest_output
            if quarter > 0:
                expect_knowledge(run, gdp, quarter)
            for s in range(N_STATES):
                knowledge[place, s, quarter] = run.states[s].own_knowledge + run.states[s].borrowed_knowledge


@compiled
def expected_sales(run: Any, s: int, k: int, left: float, gdp: Any, quarter: int) -> float:
    """Sales of a cell if shares and prices moved as expected."""
    sold = 0.0
    for m in range(N_BLOCS):
        market = run.markets[m, k]
        sold += market.flows[s] * gdp[m, quarter] * diffusion(market.diffusion_limit, left)
    return sold


@compiled
def expect_knowledge(run: Any, gdp: Any, quarter: int) -> None:
    """Public knowledge a quarter on, if research keeps its share of GDP and science stays as open as it is."""
    parameters = run.parameters.knowledge
    for s in range(N_STATES):
        state, growth = run.states[s], gdp[s, quarter]
        pass_on(state, state.rd_basic * growth, state.levers.applied_research * growth, parameters)
    for s in range(N_STATES):
        state = run.states[s]
        reachable = open_to_use(state.science, run.states[1 - s].own_knowledge, 0.0, parameters)
        state.borrowed_knowledge = borrowed(state.borrowed_knowledge, reachable, parameters)


def by_quarter(log_levels: NDArray[np.float64]) -> Array:
    """Annual log levels relative to the base year as a quarterly path, (1, state or bloc, 1, quarter).

    Straight lines in logs join points at the middles of years, which are shifted until the mean of each year's four
    quarters is its level; quarter 0 is the base year itself.
    """
    middles = np.arange(log_levels.shape[1] + 1.0)
    at = np.array([years_since_base(quarter) for quarter in range(4 * log_levels.shape[1] + 1)])
    knots = np.concatenate([np.zeros((log_levels.shape[0], 1)), log_levels], axis=1)
    for _ in range(PATH_ROUNDS):
        path = np.exp(np.array([np.interp(at, middles, line) for line in knots]))
        means = path[:, 1:].reshape(len(path), -1, 4).mean(axis=-1)
        knots[:, 1:] += log_levels - np.log(means)
    return path[None, :, None, :]
