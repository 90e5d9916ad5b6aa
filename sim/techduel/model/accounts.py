"""National accounts: the economy without firms, GDP, R&D totals, public money, prices; and that money closes."""

from math import exp, expm1, log
from typing import Any, Final

import numpy as np

from techduel.model.access import sales_of
from techduel.model.actions import EFFORTS, NARROW
from techduel.model.axes import N_BLOCS, ORDINARY, PRIVATE, PUBLIC
from techduel.model.economy.rest import SECTOR, dearer, rest_in_index, rest_money_gap, rest_tariffs, wages_added
from techduel.model.engine.compiler import compiled
from techduel.model.finance import after_credit
from techduel.model.market import world_spending
from techduel.model.parameters.forms import code
from techduel.model.reallocation import SLOW
from techduel.model.research import log_user_cost
from techduel.model.security import loss

COSTLY: Final = np.array([name in EFFORTS for name in NARROW])
"""Which levers of a record are programmes without a budget of their own."""
ASSUMED: Final = code("public_knowledge", "assumed")
ESTIMATE: Final = code("public_knowledge", "estimate")
VALUE_ADDED: Final = 0.5
"""Of sales of single inputs, which have no firms here: assumption."""
LEAST_ESTIMATE: Final = 0.06
"""Lower end of the estimate of public research, where the sceptical prior ends."""
SCEPTICAL_PART: Final = 0.6
"""Takes the range of the estimate, 0.06 to 0.16, to that of the sceptic, 0 to 0.06."""


@compiled
def growth_shock(luck: float, s: int, parameters: Any) -> float:
    """A quarter's shock, of the standard deviation that gives the stated one for annual growth.

    Equation: model.md 3.12.
    """
    return parameters.growth_shock[s] * (1.0 - parameters.growth_shock_persistence) / 2.0 * luck


@compiled
def deviate(run: Any, luck: Any, s: int) -> None:
    """How far the economy is from its forecast: the sum of growth that lasts for a while. Equation: model.md 3.12."""
    state, parameters = run.states[s], run.parameters.accounts
    shock = growth_shock(luck.economy[s], s, parameters)
    state.growth_deviation = parameters.growth_shock_persistence * state.growth_deviation + shock
    state.output_deviation += state.growth_deviation


@compiled
def digital_price_fall(run: Any, s: int) -> float:
    """Fall of digital input prices at home since the base year, in logs, weighted by final spending.

    Equation: model.md 3.12.
    """
    fall = weight = 0.0
    for k in range(len(run.sectors)):
        if run.sectors[k].digital_core:
            market = run.markets[s, k]
            fall -= market.final_demand[PRIVATE] * market.log_price[PRIVATE]
            weight += market.final_demand[PRIVATE]
    return fall / weight


@compiled
def value_added(cell: Any) -> float:
    """Value added of a cell: sales less inputs from outside the model's sectors and from them.

    The latter were bought on the sales of the quarter before. Equation: model.md 3.12.
    """
    return cell.sales * (1.0 - cell.other_inputs) - cell.use * cell.sales_before


@compiled
def shortage_loss(run: Any, s: int) -> float:
    """Log output that final users lose by goods that cannot be had, beyond what their price index says.

    Only where goods are replaced slowly. Equation: model.md 3.12.
    """
    lost = 0.0
    if run.parameters.forms.reallocation == SLOW:
        for k in range(len(run.sectors)):
            cell = run.cells[s, k]
            hard = run.sectors[k].final_hardness * cell.felt[ORDINARY]
            share = cell.consumption_share[PRIVATE]
            lost += share * max(hard - cell.penalty[ORDINARY] - cell.missing[ORDINARY], 0.0)
    return lost


@compiled
def knowledge_elasticity(parameters: Any, form: int) -> float:
    """Elasticity of output elsewhere to public knowledge.

    Equation: model.md 3.12. Source: Fieldhouse and Mertens 2023 (government R&D capital).
    """
    if form == ASSUMED:
        return parameters.knowledge_elasticity
    if form == ESTIMATE:
        return parameters.knowledge_estimate
    return SCEPTICAL_PART * (parameters.knowledge_estimate - LEAST_ESTIMATE)


@compiled
def rest_output(run: Any, s: int, surprise: float, added: float, drawn: float) -> float:
    """The rest of the economy: its forecast, moved by digital prices, knowledge, shortages and incidents.

    What the sectors with firms add beyond what was expected is drawn in part from it. Equation: model.md 3.12.

    Parameters
    ----------
    surprise : float
        Fall of digital prices beyond the expected.
    added : float
        Value added of all sectors with firms.
    drawn : float
        Part of what an industry wins that the rest of the economy loses.
    """
    state, parameters = run.states[s], run.parameters.accounts
    elasticity = knowledge_elasticity(parameters, run.parameters.forms.public_knowledge)
    learnt = elasticity * log(state.knowledge_stock / state.knowledge_expected)
    sector = run.parameters.forms.price_block == SECTOR
    engine = 0.0 if sector else parameters.engine_elasticity * surprise
    short = shortage_loss(run, s)
    log_output = state.output_deviation + engine + learnt - short + dearer(run, s)
    lost = loss(state.incidents, state.first_risk, run.parameters.security)
    won = added - state.sector_expected * exp(state.output_deviation + dearer(run, s))
    state.by_engine, state.by_knowledge, state.by_shortage, state.by_incidents = engine, learnt, short, lost
    state.undrawn = state.first_rest_output * state.rest_expected * exp(log_output) * (1.0 - lost)
    state.drawn = drawn * won
    undrawn: float = state.undrawn
    return undrawn - state.drawn


@compiled
def drawn_from_rest(run: Any, s: int, added: float) -> float:
    """Part of what an industry wins that the rest of the economy loses. Equation: model.md 3.12."""
    if run.parameters.forms.price_block == SECTOR:
        return wages_added(run, s, added)
    return run.parameters.accounts.crowding_out


@compiled
def lost_sales_of_inputs(state: Any, drawn: float) -> float:
    """Output elsewhere that ends with sales of single inputs to the rival, less what is made in their place.

    Equation: model.md 3.12.

    Parameters
    ----------
    drawn : float
        Part of what an industry wins that the rest of the economy loses.
    """
    return (1.0 - drawn) * VALUE_ADDED * state.inputs_forgone


@compiled
def pull(run: Any, s: int, digital: bool) -> float:
    """Output of industries without firms over their path: they grow with what the sectors' firms sell.

    Equation: model.md 3.12. Source: growth passes to suppliers and users, Acemoglu, Akcigit and Kerr 2016 (recalled).

    Parameters
    ----------
    digital : bool
        Whether they follow the sectors of the digital core only.
    """
    state, sold = run.states[s], 0.0
    for k in range(len(run.sectors)):
        if run.sectors[k].digital_core or not digital:
            sold += run.cells[s, k].sales
    usual = state.digital_sales_expected if digital else state.sales_expected
    ahead = log(sold / usual) - state.output_deviation - dearer(run, s)
    return exp(run.parameters.accounts.industry_link * ahead)


@compiled
def digital_ahead(excess: float, years: float, parameters: Any) -> float:
    """Log growth of other digital industries over GDP since the base year, apart from what pulls them: it fades.

    Equation: model.md 3.12.
    """
    return excess * parameters.digital_fade * -expm1(-years / parameters.digital_fade)


@compiled
def emerging_share(state: Any, limit: float, years: float) -> float:
    """Other emerging industries over GDP relative to the base year: logistic, from past excess growth to its limit.

    A share that fell in the past, or is beyond its limit, stays where it is. Equation: model.md 3.12.
    """
    most = max(limit * state.first_gdp / state.first_other_emerging, 1.0)
    room = max(most - 1.0, 1e-9)
    speed = max(state.emerging_excess, 0.0) * most / room
    return most / (1.0 + room * exp(-speed * years))


@compiled
def produce(run: Any, s: int) -> None:
    """GDP and its parts: the rest of the economy, other digital and emerging industries, the cells.

    What the sectors' firms sell, prices, knowledge and incidents move an account off its path; what other digital
    industries win the rest of the economy loses, since labour is given. Equation: model.md 3.12.
    """
    state, now, parameters = run.states[s], run.now, run.parameters.accounts
    added = 0.0
    for cell in run.cells[s]:
        cell.value_added = value_added(cell)
        added += cell.value_added
    state.digital_price_fall = digital_price_fall(run, s)
    surprise = state.digital_price_fall - parameters.expected_decline * now.years
    trend = now.gdp[s] * exp(state.output_deviation + dearer(run, s))
    ahead = digital_ahead(parameters.digital_excess[s], now.years, parameters)
    drawn = drawn_from_rest(run, s, added)
    cheaper = 0.0 if run.parameters.forms.price_block == SECTOR else parameters.digital_price_elasticity * surprise
    usual = state.first_other_digital * trend * exp(ahead + cheaper)
    state.other_digital = usual * pull(run, s, True)
    state.digital_ahead, state.by_digital_price, state.usual_digital = ahead, cheaper, usual
    state.inputs_lost = lost_sales_of_inputs(state, drawn)
    lost = state.other_digital - usual + state.inputs_lost
    state.rest_output = rest_output(run, s, surprise, added, drawn) - lost
    share = emerging_share(state, parameters.emerging_limit[s], now.years)
    state.other_emerging = state.first_other_emerging * trend * share * pull(run, s, False)
    state.gdp = state.rest_output + state.other_digital + added


@compiled
def price_index(run: Any, s: int) -> float:
    """Price level of private and public spending relative to the base year; the model's sectors move it.

    Equation: model.md 3.12.
    """
    dear = 0.0
    for k in range(len(run.sectors)):
        share, log_price = run.cells[s, k].consumption_share, run.markets[s, k].log_price
        dear += share[PRIVATE] * log_price[PRIVATE] + share[PUBLIC] * log_price[PUBLIC]
    if run.parameters.forms.price_block == SECTOR:
        dear += rest_in_index(run, s)
    return exp(dear)


@compiled
def other_rd_intensity(previous: float, limit: float, parameters: Any) -> float:
    """Business R&D over output in the rest of the economy: moves towards its limit at a constant speed.

    Equation: model.md 3.12.
    """
    return previous * exp(parameters.other_rd_speed / 4.0 * log(limit / previous))


@compiled
def account_for_research(run: Any, s: int) -> None:
    """Business R&D of cells and of the rest, universities and institutes, and what of it is basic or publicly paid.

    Equation: model.md 3.12.
    """
    state, levers, parameters = run.states[s], run.states[s].levers, run.parameters.accounts
    limit = parameters.other_rd_limit[s]
    state.other_rd_intensity = other_rd_intensity(state.other_rd_intensity, limit, parameters)
    by_cost = exp(-run.parameters.research.user_cost_elasticity * log_user_cost(run, s))
    state.rd_other_business = state.other_rd_intensity * state.rest_output * by_cost
    firms = granted = 0.0
    for cell in run.cells[s]:
        firms += cell.rd + cell.grants
        granted += cell.grants
    business, budgets = firms + state.rd_other_business, levers.basic_research + levers.applied_research
    state.rd_other = budgets + state.nonpublic_rd * state.gdp
    state.rd_basic = levers.basic_research + state.basic_private * business
    state.rd_public = budgets + granted + state.other_grants * state.rd_other_business
    state.rd_total = business + state.rd_other


@compiled
def efforts(run: Any, s: int) -> float:
    """Programmes without budgets of their own; setting standards counts by its mean over sectors.

    Equation: model.md 3.12.
    """
    levers, effort, standards = run.states[s].levers.each, 0.0, 0.0
    for lever in range(len(levers)):
        if COSTLY[lever]:
            effort += levers[lever]
    for cell in run.cells[s]:
        standards += cell.levers.standards_push
    return effort + standards / len(run.sectors)


@compiled
def pay(run: Any, s: int) -> None:
    """Public money: research, tax credit, support, stockpiles and programmes; and what tariffs bring.

    Equation: model.md 3.12.
    """
    state = run.states[s]
    rd = support = stocked = granted = 0.0
    state.tariff_revenue = 0.0
    for k in range(len(run.sectors)):
        cell, flows = run.cells[s, k], run.markets[s, k].flows
        rd += cell.rd
        granted += cell.grants
        support += cell.support_rate * flows[s]
        stocked += cell.stock_bought
        state.tariff_revenue += cell.levers.tariff * flows[1 - s]
    state.tariff_revenue += rest_tariffs(run, s)
    credit = state.levers.tax_credit * (rd + state.rd_other_business)
    programmes = run.parameters.accounts.effort_cost * state.gdp * efforts(run, s)
    state.public_spending = state.rd_public + credit + support + stocked + programmes
    state.subsidies = granted + credit + support


@compiled
def real_income(state: Any, cost_of_funds: float) -> float:
    """GDP less what public money beyond its share of the base year costs, over the price index.

    Equation: model.md 3.12.
    """
    usual = (state.first_public_spending - state.first_tariff_revenue) / state.first_gdp
    extra = state.public_spending - state.tariff_revenue - usual * state.gdp
    return (state.gdp - cost_of_funds * extra) / state.price_index


@compiled
def money_gap(run: Any, s: int) -> float:
    """Receipts minus payments over all accounts, relative to world spending.

    Payments of buyers must equal receipts of suppliers and duties; receipts must equal what firms book as sales; firms'
    cash must change by exactly what they earn, pay and raise. Each side is summed from its own numbers. Equation:
    model.md 3.12.
    """
    paid = collected = booked = unexplained = 0.0
    for k in range(len(run.sectors)):
        cell = run.cells[s, k]
        paid += world_spending(run, k)
        collected += collected_for(run, k)
        booked += cell.booked - sales_of(run, s, k)
        earned = cell.margin * cell.sales - after_credit(cell.rd, run.states[s].levers.tax_credit) - cell.taxed
        flows = earned / 4.0 + cell.raised + cell.founded - cell.written_off
        unexplained += cell.cash - cell.cash_before - flows
    return (abs(paid - collected) + abs(booked) + abs(unexplained) + rest_money_gap(run)) / paid


@compiled
def collected_for(run: Any, k: int) -> float:
    """What suppliers of a sector receive and states collect as duties, in all markets."""
    collected = 0.0
    for m in range(N_BLOCS):
        market, here = run.markets[m, k], 0.0
        for origin in range(N_BLOCS):
            here += market.flows[origin] * (1.0 + market.duty[origin])
        collected += here
    return collected
