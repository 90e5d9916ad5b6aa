"""Who sells what to whom in the base year: flows fitted to margins, demand by buyer, and the tastes that follow."""

from math import log
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.facts import Facts
from techduel.model.access import sales_of
from techduel.model.axes import LISTED, N_BLOCS, N_BUYERS, N_STATES, PRIVATE, PUBLIC, Array
from techduel.model.engine.compiler import compiled
from techduel.model.entry import ecosystem
from techduel.model.market import clear_settled, exchange, leaked, passive_sales, purchases
from techduel.model.parameters import Parameters
from techduel.model.reallocation import pull

FITTING_ROUNDS: Final = 300
"""Most rounds of proportional fitting; ten reach the fixed point."""
FIXED: Final = 1e-15
"""Change of a share at which a fit is at its fixed point."""
LARGEST_PUBLIC_SHARE: Final = 0.95
"""Of final demand; keeps some private demand where the state is nearly the only customer."""
FORECAST_YEARS: Final = 5
"""Years of the GDP forecast that market forecasts are compared with."""


def by_state(values: NDArray[np.float64]) -> Array:
    """(state,) or (state, sector) facts on the model's axes; (bloc, ...) likewise."""
    return values.reshape(1, values.shape[0], -1, 1)


def other_digital(facts: Facts) -> NDArray[np.float64]:
    """Value added of the digital core outside the sectors with firms, (state,)."""
    base = facts.base
    made = base.market_size * base.supply_share[:N_STATES] * base.value_added_share
    return base.digital_core_value_added - (made * facts.tags["digital_core"]).sum(axis=1)


def economic_growth(facts: Facts) -> NDArray[np.float64]:
    """Mean real growth of GDP over the years that market forecasts look ahead, (bloc,)."""
    return facts.outlook.gdp_growth[:, :FORECAST_YEARS].mean(axis=1)


def diffusion_limit(facts: Facts, parameters: Parameters) -> NDArray[np.float64]:
    """The limit whose logistic curve starts with the growth over GDP that market studies forecast.

    By (1 or run, bloc, sector). What market studies promise is believed in part; what is on record, in full. A market
    that is forecast to grow less
    than GDP has a limit below 1: the battlefield is over.
    """
    paradigm, inflation = parameters.paradigm, facts.outlook.inflation[0, :FORECAST_YEARS].mean()
    trust = 1.0 if facts.outlook_kind == "recorded" else paradigm.forecast_trust[..., 0]
    excess = facts.base.growth_forecast - inflation - economic_growth(facts)[:, None]
    used = np.where(excess > 0.0, trust * excess, excess) / paradigm.diffusion_speed[..., 0]
    rising = np.minimum(1.0 / np.maximum(1.0 - used, 1e-6), paradigm.diffusion_limit[..., 0] / facts.base.maturity)
    return np.where(used > 0.0, rising, 1.0 / (1.0 - np.minimum(used, 0.0)))


@compiled
def fit_flows(run: Any, facts: Any) -> None:
    """Flows between blocs that add up to supply and demand; sales to the rival are facts, the rest is fitted.

    Iterative proportional fitting of a prior with home bias, sector by sector.
    """
    for k in range(len(run.sectors)):
        for m in range(N_BLOCS):
            for origin in range(N_BLOCS):
                prior = 1.0
                if origin == m:
                    prior = run.parameters.market.home_bias
                elif origin < N_STATES and m < N_STATES:
                    prior = 0.0
                run.markets[m, k].flows[origin] = prior * supplied(facts, origin, k) * demanded(facts, m, k)
        for _ in range(FITTING_ROUNDS):
            fit_supply(run, facts, k)
            if fit_demand(run, facts, k) <= FIXED:
                break
        fit_supply(run, facts, k)
        for s in range(N_STATES):
            run.markets[1 - s, k].flows[s] = to_rival(facts, s, k)


@compiled
def to_rival(facts: Any, s: int, k: int) -> float:
    """What a state's firms sell to its rival."""
    return facts.rival_sales_share[s, k] * (facts.supply_share[s, k] * facts.market_size[k])


@compiled
def supplied(facts: Any, origin: int, k: int) -> float:
    """What an origin supplies, apart from sales to a rival."""
    sold = facts.supply_share[origin, k] * facts.market_size[k]
    return sold - to_rival(facts, origin, k) if origin < N_STATES else sold


@compiled
def demanded(facts: Any, m: int, k: int) -> float:
    """What a market demands, apart from purchases from a rival."""
    bought = facts.demand_share[m, k] * facts.market_size[k]
    return bought - to_rival(facts, 1 - m, k) if m < N_STATES else bought


@compiled
def fit_supply(run: Any, facts: Any, k: int) -> None:
    """Scale the flows of each origin to what it supplies."""
    for origin in range(N_BLOCS):
        factor = supplied(facts, origin, k) / sales_of(run, origin, k)
        for m in range(N_BLOCS):
            run.markets[m, k].flows[origin] *= factor


@compiled
def fit_demand(run: Any, facts: Any, k: int) -> float:
    """Scale the flows into each market to what it demands; the largest change."""
    change = 0.0
    for m in range(N_BLOCS):
        flows, total = run.markets[m, k].flows, 0.0
        for origin in range(N_BLOCS):
            total += flows[origin]
        factor = demanded(facts, m, k) / total
        change = max(change, abs(factor - 1.0))
        for origin in range(N_BLOCS):
            flows[origin] *= factor
    return change


@compiled
def paid(market: Any, origin: int) -> float:
    """What a market pays for the goods of an origin, duties included."""
    return market.flows[origin] * (1.0 + market.duty[origin])


@compiled
def paid_for_all(market: Any) -> float:
    """What a market pays for the goods of all origins."""
    total = 0.0
    for origin in range(N_BLOCS):
        total += paid(market, origin)
    return total


@compiled
def split_demand(run: Any, facts: Any) -> None:
    """Spending by buyer: inputs first, as far as spending can hold them, then public purchases, the rest private."""
    passive_sales(run)
    for k in range(len(run.sectors)):
        for m in range(N_BLOCS):
            run.markets[m, k].link_scale = 1.0
    purchases(run)
    limit = run.parameters.market.intermediate_limit
    for k in range(len(run.sectors)):
        for m in range(N_BLOCS):
            market = run.markets[m, k]
            used = max(market.ordinary + market.listed, 1e-300)
            market.link_scale = min(1.0, limit * paid_for_all(market) / used)
    purchases(run)
    for k in range(len(run.sectors)):
        sector = run.sectors[k]
        sector.first_spending = 0.0
        for m in range(N_BLOCS):
            split_spending(run, facts, m, k)
            sector.first_spending += paid_for_all(run.markets[m, k])


@compiled
def split_spending(run: Any, facts: Any, m: int, k: int) -> None:
    """Final demand and all spending of one market, by buyer."""
    market = run.markets[m, k]
    spent = paid_for_all(market)
    rest = spent - market.ordinary - market.listed
    procured = facts.procurement_share[m, k] * spent if m < N_STATES else 0.0
    public = min(procured, LARGEST_PUBLIC_SHARE * rest)
    market.final_demand[PRIVATE], market.final_demand[PUBLIC], market.final_demand[LISTED] = rest - public, public, 0.0
    for buyer in range(N_BUYERS):
        market.spending[buyer] = market.final_demand[buyer]
    market.spending[PRIVATE] += market.ordinary
    market.spending[LISTED] += market.listed
    if m < N_STATES:
        for buyer in (PRIVATE, PUBLIC):
            run.cells[m, k].consumption_share[buyer] = market.final_demand[buyer] / facts.gdp[m]


@compiled
def use_inputs(run: Any, facts: Any, s: int, k: int) -> None:
    """Part of a cell's sales that is spent on inputs, from the model's sectors and from outside."""
    cell = run.cells[s, k]
    cell.use = 0.0
    for place in range(cell.first_link, cell.last_link):
        link = run.links[place]
        cell.use += link.share * run.markets[s, link.source].link_scale
    cell.other_inputs = 1.0 - facts.value_added_share[s, k] - cell.use


@compiled
def fit_taste(run: Any, m: int, k: int) -> None:
    """Attraction of origins in a market with which all buyers' spending adds up to the flows; supply counts as 1.

    Proportional fitting through the market's own equation.
    """
    market, sector = run.markets[m, k], run.sectors[k]
    spent = paid_for_all(market)
    for origin in range(N_BLOCS):
        sector.supply[origin] = 1.0
        market.taste[origin] = paid(market, origin) / spent
    for _ in range(FITTING_ROUNDS):
        clear_settled(run, m, k)
        if refit(market) <= FIXED:
            break
    clear_settled(run, m, k)
    for buyer in range(N_BUYERS):
        market.log_first[buyer], market.log_price[buyer] = market.log_sold[buyer], 0.0


@compiled
def refit(market: Any) -> float:
    """Scale the tastes of a market by what is missing of each origin's flow; the largest change."""
    before, total, change = market.taste.copy(), 0.0, 0.0
    for origin in range(N_BLOCS):
        reached = 0.0
        for buyer in range(N_BUYERS):
            reached += market.share[buyer, origin] * market.spending[buyer]
        market.taste[origin] *= paid(market, origin) / max(reached, 1e-300)
        total += market.taste[origin]
    for origin in range(N_BLOCS):
        market.taste[origin] /= total
        change = max(change, abs(market.taste[origin] - before[origin]))
    return change


@compiled
def part_from_supply(run: Any, k: int) -> None:
    """Tell tastes and supply apart, once the attraction of cells is known; that of the passive blocs is 1."""
    for m in range(N_BLOCS):
        for s in range(N_STATES):
            run.markets[m, k].taste[s] /= pull(run, k, run.cells[s, k].weight)
    for s in range(N_STATES):
        run.cells[s, k].log_supply = log(run.cells[s, k].weight)


@compiled
def origin_growth(run: Any, facts: Any, origin: int, k: int) -> float:
    """Growth of what an origin sells of a sector, per year, if it keeps its shares."""
    growth = 0.0
    for m in range(N_BLOCS):
        market = run.markets[m, k]
        rising = run.parameters.paradigm.diffusion_speed * (1.0 - 1.0 / market.diffusion_limit)
        growth += market.flows[origin] * (facts.economic_growth[m] + rising)
    return growth / sales_of(run, origin, k)


@compiled
def open_markets(run: Any, facts: Any) -> None:
    """Demand, tastes and prices of all markets, and what follows from them for the cells."""
    split_demand(run, facts)
    for k in range(len(run.sectors)):
        for m in range(N_BLOCS):
            fit_taste(run, m, k)
    run.now.first_exchange = exchange(run)
    for s in range(N_STATES):
        for k in range(len(run.sectors)):
            cell = run.cells[s, k]
            use_inputs(run, facts, s, k)
            for kind in range(2):
                cell.felt[kind] = cell.penalty[kind]
            cell.leakage = leaked(run, s, k)
            cell.ecosystem = cell.first_ecosystem = ecosystem(run, s, k)
            cell.trend_ratio = 1.0 + run.parameters.market.trend_years * origin_growth(run, facts, s, k)
