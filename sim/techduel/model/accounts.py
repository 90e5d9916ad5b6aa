"""National accounts: the economy without firms, GDP, R&D totals, public money, prices; and that money closes."""

from dataclasses import dataclass

import numpy as np

from techduel.model.actions import EFFORTS, Action
from techduel.model.axes import (
    BUYER,
    LISTED,
    MARKET,
    N_STATES,
    ORIGIN,
    PRIVATE,
    SECTOR,
    SLOT,
    TRADE_SECTOR,
    Array,
    Trade,
    rival,
    total,
)
from techduel.model.market import cell_total, home_sales, to_rival
from techduel.model.paradigm import years_since_base
from techduel.model.parameters.firms import AccountParameters
from techduel.model.world import Cells, Links, Markets, Structure, World, tagged


@dataclass(frozen=True, slots=True)
class Output:
    """Value added of the three accounts without firms, and how far the economy is from its forecast."""

    rest: Array
    other_digital: Array
    other_emerging: Array
    deviation: Array
    growth_deviation: Array


def of_quarter(path: Array, quarter: int) -> Array:
    """A path's value in a quarter, the last one beyond its end, (1, state or bloc, 1, 1)."""
    place = min(quarter, path.shape[-1] - 1)
    return path[..., place : place + 1]


def _learnt(world: World) -> Array:
    """Log output elsewhere that public knowledge adds beyond what budgets of constant shares of GDP would give."""
    expected = of_quarter(world.structure.economy.knowledge_path, max(world.quarter - 1, 0))
    return world.parameters.accounts.knowledge_elasticity * np.log(world.states.knowledge_stock / expected)


def forecast_gdp(world: World) -> Array:
    """GDP of the quarter as forecast, bn USD, (1, bloc, 1, 1)."""
    economy = world.structure.economy
    return economy.first_gdp * of_quarter(economy.gdp_path, world.quarter)


def output(world: World, markets: Markets, made: Array, shock: Array, loss: Array) -> Output:
    """Accounts without firms: forecast GDP less the expected rest, a shock around it, and the engine of digital inputs.

    Only prices that fall faster than the forecasters expected, and incidents, move an account off its path.

    What the sectors with firms add beyond what was expected is drawn in part from the rest.

    Parameters
    ----------
    made : (run, state, 1, 1)
        Value added of all sectors with firms.
    shock : (run, state, 1, 1)
        Standard normals.
    loss : (run, state, 1, 1)
        Part of the rest of the economy that incidents cost in the quarter.
    """
    structure, known, first = world.structure, world.parameters.accounts, world.structure.economy.first
    growth = known.growth_shock_persistence * world.states.growth_deviation + _innovation(known) * shock
    deviation = world.states.output_deviation + growth
    economy, years = structure.economy, years_since_base(world.quarter)
    trend = of_quarter(economy.gdp_path, world.quarter)[:, :N_STATES] * np.exp(deviation)
    surprise = digital_price_fall(structure, markets.log_price) - known.expected_decline * years
    rest = first.rest_output * of_quarter(economy.rest_path, world.quarter)
    rest = rest * np.exp(deviation + known.engine_elasticity * surprise + _learnt(world)) * (1.0 - loss)
    won = made - of_quarter(economy.sector_path, world.quarter) * np.exp(deviation)
    rest = rest - known.crowding_out * won
    ahead = digital_ahead(economy.digital_excess, np.array(years), known)
    digital = trend * np.exp(ahead + known.digital_price_elasticity * surprise)
    emerging = trend * emerging_share(structure, known, years)
    return Output(rest, first.other_digital * digital, first.other_emerging * emerging, deviation, growth)


def digital_price_fall(structure: Structure, log_price: Trade) -> Array:
    """Fall of digital input prices at home since the base year, in logs, weighted by final spending."""
    digital = tagged(structure.tags, "digital_core")
    weight = structure.demand.final_demand[:, 0, :N_STATES, :, PRIVATE, None] * digital
    return -total(weight * log_price[:, 0, :N_STATES, :, PRIVATE, None], SECTOR) / total(weight, SECTOR)


def digital_ahead(excess: Array, years: Array, known: AccountParameters) -> Array:
    """Log growth of other digital industries over GDP since the base year: the past excess, which fades."""
    return excess * known.digital_fade * -np.expm1(-years / known.digital_fade)


def emerging_share(structure: Structure, known: AccountParameters, years: float) -> Array:
    """Other emerging industries over GDP relative to the base year: logistic, from past excess growth to its limit.

    A share that fell in the past, or is beyond its limit, stays where it is.
    """
    first = structure.economy.first
    limit = np.maximum(known.emerging_limit * first.gdp / first.other_emerging, 1.0)
    room = np.maximum(limit - 1.0, 1e-9)
    speed = np.maximum(structure.economy.emerging_excess, 0.0) * limit / room
    return limit / (1.0 + room * np.exp(-speed * years))


def other_rd_intensity(previous: Array, known: AccountParameters) -> Array:
    """Business R&D over output in the rest of the economy: moves towards its limit at a constant speed."""
    distance = np.log(known.other_rd_limit / previous)
    return previous * np.exp(known.other_rd_speed / 4.0 * distance)


def value_added(links: Links, sales: Array, before: Array) -> Array:
    """Value added of a cell: sales less inputs from outside the model's sectors and from them.

    The latter were bought on the sales of the quarter before.
    """
    return sales * (1.0 - links.other_inputs) - links.use * before


def price_index(structure: Structure, log_price: Trade) -> Array:
    """Price level of private and public spending relative to the base year; only the model's sectors move it."""
    prices = log_price[:, 0, :N_STATES, :, :LISTED]
    return np.exp(total(total(structure.demand.consumption_share * prices, SLOT), SECTOR))


@dataclass(frozen=True, slots=True)
class ResearchAccounts:
    """R&D of a state by performer and by funder."""

    other_business: Array
    other: Array
    basic: Array
    public: Array
    total: Array


def research_accounts(world: World, cells: Cells, other_business: Array, gdp: Array) -> ResearchAccounts:
    """Business R&D of cells and of the rest, universities and institutes, and what of it is basic or publicly paid."""
    action, economy = world.action, world.structure.economy
    firms = total(cells.rd + cells.grants, SECTOR)
    business = firms + other_business
    budgets = action.basic_research + action.applied_research
    institutes = budgets + economy.nonpublic_rd * gdp
    public = budgets + total(cells.grants, SECTOR)
    return ResearchAccounts(
        other_business=other_business,
        other=institutes,
        basic=action.basic_research + economy.basic_private * business,
        public=public + of_quarter(economy.other_grants, world.quarter) * other_business,
        total=business + institutes,
    )


@dataclass(frozen=True, slots=True)
class PublicMoney:
    """What programmes cost a state and its tariffs bring, (run, state, 1, 1)."""

    public_spending: Array
    subsidies: Array
    tariff_revenue: Array


def public_money(
    world: World, cells: Cells, spent: ResearchAccounts, gdp: Array, flows: Trade, stocked: Array
) -> PublicMoney:
    """Public research, tax credit, production support, stockpiles and programmes without a budget; and tariffs.

    Parameters
    ----------
    flows : receipts of the quarter
    stocked : (run, state, 1, 1)
        Purchases for stockpiles.
    """
    action = world.action
    credit = tax_credit_cost(action, cells, spent.other_business)
    support = support_outlay(cells.support_rate, flows)
    programmes = programme_cost(action, gdp, world.parameters.accounts)
    return PublicMoney(
        public_spending=spent.public + credit + support + stocked + programmes,
        subsidies=total(cells.grants, SECTOR) + credit + support,
        tariff_revenue=tariff_revenue(action, flows),
    )


def support_outlay(rate: Array, flows: Trade) -> Array:
    """What the state pays of the price of home goods at home, (run, state, 1, 1)."""
    return total(rate * home_sales(flows), SECTOR)


def tariff_revenue(actions: Action, flows: Trade) -> Array:
    """Duties on the rival's goods, (run, state, 1, 1)."""
    return total(actions.tariff * rival(to_rival(flows)), SECTOR)


def programme_cost(actions: Action, gdp: Array, known: AccountParameters) -> Array:
    """Public cost of programmes without budgets of their own."""
    standards = total(actions.standards_push, SECTOR) / actions.standards_push.shape[SECTOR]
    effort = sum((getattr(actions, name) for name in EFFORTS), standards)
    return known.effort_cost * gdp * effort


def real_income(money: PublicMoney, gdp: Array, price_index: Array, world: World) -> Array:
    """GDP less what public money beyond its share of the base year costs, over the price index."""
    first, known = world.structure.economy.first, world.parameters.accounts
    usual = (first.public_spending - first.tariff_revenue) / first.gdp
    extra = money.public_spending - money.tariff_revenue - usual * gdp
    return (gdp - known.cost_of_funds * extra) / price_index


def tax_credit_cost(action: Action, cells: Cells, other_business: Array) -> Array:
    """Tax revenue that the R&D credit forgoes."""
    return action.tax_credit * (total(cells.rd, SECTOR) + other_business)


def money_gap(spent: Trade, receipts: Trade, duty: Trade, sales: Array, cash_change: Array, flows: Array) -> Array:
    """Receipts minus payments over all accounts, relative to world spending, (run, state, 1, 1).

    Payments of buyers must equal receipts of suppliers and duties; receipts must equal what firms book as sales; firms'
    cash must change by exactly what they earn, pay and raise. Each side is summed from its own arrays.
    """
    world = total(total(total(spent, BUYER), TRADE_SECTOR), MARKET).reshape(-1, 1, 1, 1)
    collected = total(total(total(receipts * (1.0 + duty), TRADE_SECTOR), MARKET), ORIGIN).reshape(-1, 1, 1, 1)
    booked = total(cell_total(sales), SECTOR) - total(total(receipts[:, :N_STATES], MARKET)[:, :, 0], SECTOR)
    cash = total(cash_change - flows, SECTOR)
    return (np.abs(world - collected) + np.abs(booked) + np.abs(cash)) / world


def _innovation(known: AccountParameters) -> Array:
    """Standard deviation of a quarter's growth shock that gives the stated one for annual growth."""
    return known.growth_shock * (1.0 - known.growth_shock_persistence) / 2.0
