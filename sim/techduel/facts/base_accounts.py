"""The two states as a whole in the base year, and the paths that forecasters expected."""

from dataclasses import fields, replace

import numpy as np

from techduel.facts import Facts
from techduel.facts.base_trade import BaseTrade, by_state, other_digital
from techduel.model import accounts, knowledge, perception, security, talent
from techduel.model.access import Access
from techduel.model.actions import Action
from techduel.model.axes import MARKET, N_STATES, SECTOR, SLOT, Array, rival, total
from techduel.model.paradigm import diffusion, years_since_base
from techduel.model.parameters import Parameters
from techduel.model.world import Cells, Economy, States

PATH_ROUNDS = 12
"""Rounds in which a quarterly path is fitted to annual means; it is then closer than 1e-4."""


def first_states(
    facts: Facts, parameters: Parameters, cells: Cells, trade: BaseTrade, action: Action, entrance: Access
) -> States:
    """GDP, R&D, people, knowledge, money and security of the base year."""
    states = _economies(facts, parameters, cells)
    states = replace(states, **_knowledge(facts, parameters, states, action, entrance))
    states = replace(states, **_money(states, parameters, cells, trade, action))
    return replace(states, **_security(facts, parameters, cells, trade, action))


def _economies(facts: Facts, parameters: Parameters, cells: Cells) -> States:
    """GDP, R&D and people; what other functions of this file fill in is 0."""
    base = facts.base
    runs = np.zeros((cells.sales.shape[0], 1, 1, 1))
    made = total(cells.value_added, SECTOR)
    digital = by_state(other_digital(facts))
    rest = by_state(base.gdp[:N_STATES]) - digital - made
    firms = total(cells.rd + cells.grants, SECTOR)
    other_business = by_state(base.rd_business_performed) - firms
    institutes = by_state(base.rd_total - base.rd_business_performed)
    blank = dict.fromkeys((item.name for item in fields(States)), np.zeros_like(rest))
    known = {
        "gdp": rest + digital + made,
        "rest_output": rest,
        "other_digital": digital + runs,
        "other_emerging": by_state(base.strategic_emerging_share * base.gdp[:N_STATES]) - made,
        "researchers": by_state(base.researchers) + runs,
        "graduates": _graduates(facts, parameters) + runs,
        "research_price": np.ones_like(rest),
        "other_rd_intensity": other_business / rest,
        "rd_other_business": other_business,
        "rd_other": institutes + runs,
        "rd_basic": by_state(base.rd_basic) + runs,
        "rd_public": by_state(base.rd_total * base.rd_government_funded_share) + runs,
        "rd_total": firms + other_business + institutes,
        "price_index": np.ones_like(rest),
        "real_income": rest + digital + made,
    }
    return States(**{**blank, **known})


def _knowledge(
    facts: Facts, parameters: Parameters, states: States, action: Action, entrance: Access
) -> dict[str, Array]:
    """Public research on its way and in use, as past growth has left it."""
    base, known = facts.base, parameters.knowledge
    basic = by_state(base.rd_basic), by_state(base.basic_growth_past)
    applied = action.applied_research, by_state(base.rd_growth_past)
    stages, own = knowledge.seasoned(basic, applied, known)
    others = knowledge.open_to_use(own, entrance.openness.science, np.zeros_like(own), known)
    runs = np.zeros((len(states.gdp), 1, 1, 1))
    return {
        "knowledge_pipeline": stages + runs,
        "own_knowledge": own + runs,
        "borrowed_knowledge": others + runs,
        "knowledge_stock": own + others + runs,
    }


def _money(states: States, parameters: Parameters, cells: Cells, trade: BaseTrade, action: Action) -> dict[str, Array]:
    """Public money of the base year."""
    flows = trade.markets.flows
    credit = accounts.tax_credit_cost(action, cells, states.rd_other_business)
    support = accounts.support_outlay(cells.support_rate, flows)
    programmes = accounts.programme_cost(action, states.gdp, parameters.accounts)
    return {
        "public_spending": states.rd_public + credit + support + programmes,
        "subsidies": total(cells.grants, SECTOR) + credit + support,
        "tariff_revenue": accounts.tariff_revenue(action, flows),
    }


def _security(facts: Facts, parameters: Parameters, cells: Cells, trade: BaseTrade, action: Action) -> dict[str, Array]:
    """Security of the base year: trust and memory where they settle, the rival as it is."""
    flows, known = trade.markets.flows, parameters.security
    closed = security.restriction(action, parameters.market)
    dependent, exposed = security.dependence(facts.tags, flows, cells.stock), security.exposure(facts.tags, flows)
    calm = np.zeros_like(dependent)
    expected = security.hazard(action, exposed, dependent, 1.0 - rival(closed), known).risk
    trusting = np.clip(1.0 - rival(closed) - known.trust_shock * expected / known.trust_speed, 0.0, 1.0)
    risk = security.hazard(action, exposed, dependent, trusting, known).risk
    gap = perception.lead_of_rival(facts.tags, cells.frontier)
    research = perception.rd_of_rival(by_state(facts.base.rd_total))
    memory = risk / known.forgetting
    return {
        "restriction": closed + calm,
        "trust": trusting + calm,
        "dependence": dependent + calm,
        "risk": risk + calm,
        "incident_memory": memory + calm,
        "seen_gap": gap + calm,
        "seen_rd": research + calm,
        "threat": perception.threat(gap, research, dependent, memory, parameters.perception) + calm,
    }


def economy(
    facts: Facts, parameters: Parameters, states: States, cells: Cells, action: Action, paths: dict[str, Array]
) -> Economy:
    """Ratios that the base year fixes, and the paths that forecasters expected."""
    base = facts.base
    performed = by_state(base.rd_business_performed)
    institutes = action.basic_research + action.applied_research
    granted = total(cells.grants, SECTOR)
    return Economy(
        first=states,
        nonpublic_rd=(by_state(base.rd_total) - performed - institutes) / states.gdp,
        basic_private=(by_state(base.rd_basic) - action.basic_research) / performed,
        other_grants=(by_state(base.rd_business_government_funded) - granted)
        / states.rd_other_business
        * _grants_on_record(facts),
        digital_excess=by_state(base.digital_growth_excess),
        emerging_excess=by_state(base.emerging_growth_excess),
        graduates_growth=by_state(base.graduates_growth),
        migrants=by_state(base.migrants),
        mobility=talent.mobility(action, parameters.talent),
        corporate_tax=by_state(base.corporate_tax),
        ppp_factor=by_state(base.ppp_factor),
        first_gdp=by_state(base.gdp),
        **paths,
    )


def _grants_on_record(facts: Facts) -> Array:
    """Part of business R&D that governments paid relative to the base year, (1, state, 1, quarter): 1 if unknown."""
    known = np.repeat(facts.decisions.grant_rate, 4, axis=1)
    return np.concatenate([np.ones((N_STATES, 1)), known], axis=1)[None, :, None]


def expected_paths(
    facts: Facts, parameters: Parameters, trade: BaseTrade, states: States, cells: Cells, now: tuple[Action, Access]
) -> dict[str, Array]:
    """Forecasts by quarter as far as they go; the rest of the economy is what makes GDP grow as forecast in total."""
    base, outlook = facts.base, facts.outlook
    action, entrance = now

    def path(log_levels: np.ndarray) -> Array:
        return by_quarter(log_levels)

    gdp = path(np.cumsum(np.log1p(outlook.gdp_growth), axis=1))
    sectors = _sectors(parameters, trade, cells, gdp)
    return {
        "gdp_path": gdp,
        "sector_path": sectors,
        "rest_path": _rest(facts, parameters, states, gdp, sectors),
        "knowledge_path": _knowledge_path(parameters, states, action, entrance, gdp),
        "population_path": path(np.log(outlook.population / base.population[:, None])) * by_state(base.population),
        "deflator_path": path(np.cumsum(np.log1p(outlook.inflation), axis=1)),
        "currency_path": path(np.log(outlook.currency_per_usd / base.currency_per_usd[:, None]))
        * by_state(base.currency_per_usd),
    }


def _sectors(parameters: Parameters, trade: BaseTrade, cells: Cells, gdp: Array) -> Array:
    """Value added of the sectors with firms if shares and prices moved as expected."""
    flows = trade.markets.flows[:, :N_STATES]
    quarters = range(gdp.shape[-1])
    spread = [diffusion(trade.demand.diffusion_limit, quarter, parameters.paradigm) for quarter in quarters]
    growth = gdp * np.concatenate(spread, axis=SLOT)
    share = (flows / total(flows, MARKET))[..., 0]
    return total(cells.value_added * np.einsum("...smk,...mkq->...skq", share, growth), SECTOR)


def _knowledge_path(parameters: Parameters, states: States, action: Action, entrance: Access, gdp: Array) -> Array:
    """Public knowledge if research keeps its share of GDP and science stays as open as in the base year."""
    known, ours = parameters.knowledge, gdp[:, :N_STATES]
    stages, own, others = states.knowledge_pipeline, states.own_knowledge, states.borrowed_knowledge
    stocks, alone = [own + others], np.zeros_like(own)
    for quarter in range(1, gdp.shape[-1]):
        growth = ours[..., quarter : quarter + 1]
        applied = replace(action, applied_research=action.applied_research * growth)
        stages = knowledge.pipeline(stages, states.rd_basic * growth, applied, known)
        own = knowledge.own_stock(own, stages, known)
        reachable = knowledge.open_to_use(own, entrance.openness.science, alone, known)
        others = knowledge.borrowed(others, reachable, known)
        stocks.append(own + others)
    return np.concatenate(stocks, axis=SLOT)


def _rest(facts: Facts, parameters: Parameters, states: States, gdp: Array, sectors: Array) -> Array:
    """Forecast GDP less what the other accounts would add if shares and prices moved as expected."""
    ours = gdp[:, :N_STATES]
    years = np.array([years_since_base(quarter) for quarter in range(gdp.shape[-1])])
    ahead = accounts.digital_ahead(by_state(facts.base.digital_growth_excess), years, parameters.accounts)
    digital = states.other_digital * ours * np.exp(ahead)
    return (states.gdp * ours - digital - sectors) / states.rest_output


def by_quarter(log_levels: np.ndarray) -> Array:
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


def _graduates(facts: Facts, parameters: Parameters) -> Array:
    """New researchers a year with which the stock grows as it did."""
    base = facts.base
    stock, leaving = by_state(base.researchers), by_state(base.migrants)
    return (by_state(base.researchers_growth) + parameters.talent.attrition) * stock + leaving - leaving[:, ::-1]
