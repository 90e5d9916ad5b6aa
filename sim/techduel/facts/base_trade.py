"""Who sells what to whom in the base year: flows fitted to margins, demand by buyer, and the tastes that follow."""

from dataclasses import dataclass, replace

import numpy as np

from techduel.facts import Facts
from techduel.model import entry, market
from techduel.model.access import Access
from techduel.model.axes import BUYER, LISTED, MARKET, N_STATES, ORIGIN, Array, Trade, by_buyer, total
from techduel.model.paradigm import diffusion_limit
from techduel.model.parameters import Parameters
from techduel.model.world import QUIET, Demand, Links, Markets

ATTRACTION_ROUNDS = 20
"""Rounds in which attraction is fitted: twice as many as any parameters within their ranges need to come to rest."""
FLOW_ROUNDS, FLOW_STEPS = 20, 15
"""Rounds of proportional fitting of flows in a step, and steps at most: a run rests after a whole step, by its own
numbers alone, so that its bits do not depend on its batch."""
AT_REST = 1e-14
"""Relative change in a step below which flows have come to rest: they shrink their error at least twentyfold."""
LARGEST_PUBLIC_SHARE = 0.95
"""Of final demand; keeps some private demand where the state is nearly the only customer."""
FORECAST_YEARS = 5
"""Years of the GDP forecast that market forecasts are compared with."""


@dataclass(frozen=True, slots=True)
class BaseTrade:
    """Links, demand and markets of the base year."""

    links: Links
    demand: Demand
    markets: Markets
    growth: Array
    """Growth of a cell's markets at the start, per year, (run, state, sector, 1)."""

    def with_supply(self, weight: Array) -> "BaseTrade":
        """The same with tastes and supply told apart, once the attraction of cells is known."""
        log_supply, runs = np.log(weight), np.zeros((weight.shape[0], 1, 1, 1, 1))
        supply = market.supply(log_supply, self.markets.log_fringe)
        return replace(
            self,
            demand=replace(self.demand, taste=self.demand.taste / supply[:, :, None]),
            markets=replace(self.markets, log_supply=log_supply, flows=self.markets.flows + runs),
        )


def by_state(values: np.ndarray) -> Array:
    """(state,) or (state, sector) facts on the model's axes; (bloc, ...) likewise."""
    return values.reshape(1, values.shape[0], -1, 1)


def by_sector(values: np.ndarray) -> Array:
    """(sector,) facts on the model's axes."""
    return values.reshape(1, 1, -1, 1)


def base_trade(facts: Facts, parameters: Parameters, flows: Trade, listed_sales: Array, entrance: Access) -> BaseTrade:
    """Spending by buyer, and the attraction that reproduces the flows.

    `listed_sales` are the sales of listed firms by cell, which decide what is bought by listed buyers.
    `Demand.taste` holds taste times supply until `BaseTrade.with_supply`.
    """
    spent = total(flows * (1.0 + entrance.duty), ORIGIN)
    links = _links(facts, parameters, flows, spent)
    final, spending = _by_buyer(facts, links, flows, spent, listed_sales)
    attraction = _fitted_attraction(flows * (1.0 + entrance.duty), spending, entrance)
    log_first = np.log(total(attraction * entrance.admitted * (1.0 - entrance.denied), ORIGIN))
    cleared = market.clearing(attraction, entrance, QUIET.disruption, log_first, parameters.market.elasticity)
    # What market studies promise is believed in part; what is on record, in full.
    trust = 1.0 if facts.outlook_kind == "recorded" else parameters.paradigm.forecast_trust
    limit = diffusion_limit(_excess_growth(facts), trust, by_sector(facts.base.maturity), parameters.paradigm)
    growth = _cell_growth(facts, parameters, flows, limit)
    markets = Markets(
        log_price=cleared.log_price,
        flows=flows,
        spending=spending,
        log_fringe=np.zeros((1, 1, flows.shape[3], 1)),
        log_supply=np.zeros((1, N_STATES, flows.shape[3], 1)),
        penalty=cleared.penalty,
        felt=cleared.penalty,
        leakage=market.leaked(cleared, spending, entrance),
    )
    demand = Demand(
        taste=attraction,
        log_attraction=log_first,
        final_demand=final,
        first_spending=total(spent, MARKET)[:, 0],
        diffusion_limit=limit,
        consumption_share=final[:, 0, :N_STATES, :, :LISTED] / by_state(facts.base.gdp[:N_STATES]),
        trend_ratio=1.0 + parameters.market.trend_years * growth,
        first_exchange=market.exchange(flows),
        ecosystem=entry.ecosystem(links, entry.domestic_share(flows)),
    )
    return BaseTrade(links, demand, markets, growth)


def fitted_flows(facts: Facts, home_bias: Array) -> Trade:
    """Flows between blocs that add up to supply and demand; sales to the rival are facts, the rest is fitted.

    Iterative proportional fitting of a prior with home bias, (run, origin, market, sector, 1), once for all runs that
    share their home bias.
    """
    biases, of_run = np.unique(home_bias, axis=0, return_inverse=True)
    base = facts.base
    size = base.market_size
    sold, bought = base.supply_share * size, base.demand_share * size
    known = np.zeros((4, 4, size.size))
    known[0, 1], known[1, 0] = base.rival_sales_share * sold[:N_STATES]
    free = np.ones((4, 4, 1)) - np.eye(4)[:, :, None]
    free[0, 1] = free[1, 0] = 0.0
    prior = free[None, ..., None] + biases[:, :, None] * np.eye(4)[None, :, :, None, None]
    supply = (sold - known.sum(axis=1))[None, :, None, :, None]
    demand = (bought - known.sum(axis=0))[None, None, :, :, None]
    flows = _fitted(prior * supply * demand, supply, demand)
    flows = flows * supply / total(flows, MARKET)
    return (flows + known[None, ..., None])[of_run]


def _fitted(flows: Trade, supply: Trade, demand: Trade) -> Trade:
    """Flows scaled to supply and demand in turn, each set of them until it rests."""
    moving = np.arange(len(flows))
    for _ in range(FLOW_STEPS):
        if not moving.size:
            break
        before = flows[moving]
        after = _step(before, supply, demand)
        flows[moving] = after
        moving = moving[(np.abs(after - before) > AT_REST * before).any(axis=(1, 2, 3, 4))]
    return flows


def _step(flows: Trade, supply: Trade, demand: Trade) -> Trade:
    for _ in range(FLOW_ROUNDS):
        flows = flows * supply / total(flows, MARKET)
        flows = flows * demand / total(flows, ORIGIN)
    return flows


def _links(facts: Facts, parameters: Parameters, flows: Trade, spent: Trade) -> Links:
    base = facts.base
    margin = by_state(base.rd_intensity) + parameters.market.normal_margin
    digital = by_sector(base.other_digital_input_share)
    used = market.inputs_of(base.input_share, total(flows, MARKET)[:, :, 0])
    used[:, :N_STATES] += digital * by_state(other_digital(facts))
    scale = np.minimum(1.0, parameters.market.intermediate_limit * spent[:, 0] / np.maximum(used, 1e-300))
    bought = market.by_user(base.input_share[None, None, ..., None], scale[:, :N_STATES])
    return Links(
        input_share=base.input_share,
        hardness=base.hardness,
        cost_share=base.input_share[None, None, ..., None] / (1.0 - margin[:, :, None]),
        other_inputs=1.0 - by_state(base.value_added_share) - bought,
        digital_inputs=digital,
        link_scale=scale,
        use=bought,
        margin=margin,
    )


def other_digital(facts: Facts) -> np.ndarray:
    """Value added of the digital core outside the sectors with firms, (state,)."""
    base = facts.base
    made = base.market_size * base.supply_share[:N_STATES] * base.value_added_share
    return base.digital_core_value_added - (made * facts.tags["digital_core"]).sum(axis=1)


def _by_buyer(facts: Facts, links: Links, flows: Trade, spent: Trade, listed_sales: Array) -> tuple[Trade, Trade]:
    """Final demand and all spending by buyer, (run, 1, market, sector, buyer)."""
    sales = np.broadcast_to(total(flows, MARKET)[:, :, 0], (listed_sales.shape[0], *flows.shape[1:2], *flows.shape[3:]))
    ordinary = sales.copy()
    ordinary[:, :N_STATES] -= listed_sales
    private = market.inputs_of(links.input_share, ordinary)
    private[:, :N_STATES] += links.digital_inputs * by_state(other_digital(facts))
    listed = np.zeros_like(private)
    listed[:, :N_STATES] = market.inputs_of(links.input_share, listed_sales)
    private, listed = private * links.link_scale, listed * links.link_scale
    rest = spent[:, 0] - private - listed
    procured = np.zeros_like(rest)
    procured[:, :N_STATES] = by_state(facts.base.procurement_share) * spent[:, 0, :N_STATES]
    public = np.minimum(procured, LARGEST_PUBLIC_SHARE * rest)
    nothing = np.zeros_like(rest)
    final = by_buyer((rest - public)[:, None], public[:, None], nothing[:, None])
    return final, final + by_buyer(private[:, None], nothing[:, None], listed[:, None])


def _fitted_attraction(flows: Trade, spending: Trade, entrance: Access) -> Trade:
    """Attraction of origins in markets with which buyers' spending adds up to the flows."""
    allowed = entrance.admitted * (1.0 - entrance.denied)
    attraction = flows / total(flows, ORIGIN) + np.zeros((spending.shape[0], 1, 1, 1, 1))
    for _ in range(ATTRACTION_ROUNDS):
        offered = attraction * allowed
        reached = total(offered / total(offered, ORIGIN) * spending, BUYER)
        attraction = attraction * flows / np.maximum(reached, 1e-300)
        attraction = attraction / total(attraction, ORIGIN)
    return attraction


def _excess_growth(facts: Facts) -> Array:
    """Real growth of markets over GDP as forecast, per year, (1, bloc, sector, 1)."""
    outlook = facts.outlook
    inflation = outlook.inflation[0, :FORECAST_YEARS].mean()
    economy = outlook.gdp_growth[:, :FORECAST_YEARS].mean(axis=1)
    return by_state(facts.base.growth_forecast - inflation - economy[:, None])


def _cell_growth(facts: Facts, parameters: Parameters, flows: Trade, limit: Array) -> Array:
    """Growth of what a state's sector sells, if it keeps its shares."""
    economy = by_state(facts.outlook.gdp_growth[:, :FORECAST_YEARS].mean(axis=1))
    growth = economy + parameters.paradigm.diffusion_speed * (1.0 - 1.0 / limit)
    ours = flows[:, :N_STATES]
    return (total(ours * growth[:, None], MARKET) / total(ours, MARKET))[:, :, 0]
