"""The base year: facts turned into a world by inverting the model's own equations.

Sizes, shares, technology and R&D follow from the facts exactly; firm sizes are Pareto by construction. What no fact
says about single firms is drawn. The year is data: another base year needs other facts and no other equations.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from techduel.facts import Facts
from techduel.facts.base_accounts import economy, expected_paths, first_states
from techduel.facts.base_trade import BaseTrade, base_trade, by_sector, by_state, fitted_flows
from techduel.model import finance, knowledge, market, research
from techduel.model.access import Access, Standing, access, willingness
from techduel.model.actions import LEVERS, Action
from techduel.model.axes import N_STATES, ORIGIN, STATE, Array, Mask, Trade, empty_firms, total
from techduel.model.noise import InitialDraws
from techduel.model.parameters import Parameters
from techduel.model.support import home_market
from techduel.model.world import QUIET, Cells, Firms, Recorded, ResearchBase, Structure, World, tagged


def status_quo(facts: Facts) -> Action:
    """The levers of both states as they stood at the end of the base year."""
    base = facts.base
    levers = {name: by_state(getattr(base, name)) for name in LEVERS if hasattr(base, name)}
    public = base.rd_basic * base.basic_public_share
    institutes = base.rd_total * base.rd_government_funded_share - base.rd_business_government_funded
    firms = base.market_size * base.supply_share[:N_STATES] * base.rd_intensity
    return replace(
        Action(**levers),
        basic_research=by_state(public),
        applied_research=by_state(institutes - public),
        grants=by_state(firms * base.grant_rate[:, None]),
        planned_basic=by_state(public),
        planned_applied=by_state(institutes - public),
    )


def recorded(facts: Facts) -> Recorded:
    """What both states did after the base year, on the model's axes."""
    done = facts.decisions
    levers = {name: values[None] for name, values in done.levers.items() if name in LEVERS}
    return Recorded(
        years=len(done.years),
        basic=done.basic[None, :, None],
        public=done.public[None, :, None],
        levers=levers,
    )


def initial_world(facts: Facts, parameters: Parameters, draws: InitialDraws) -> World:
    """The world of the base year, at quarter 0: every flow is that of the year.

    Parameters
    ----------
    facts, parameters : Facts, Parameters
    draws : InitialDraws
        What the facts do not say about single firms.
    """
    action, flows = status_quo(facts), fitted_flows(facts, parameters.market.home_bias)
    entrance = access(action, _standing(facts, parameters, flows), parameters)
    placed = _placement(facts, parameters, draws.rule.shape[-1])
    trade = base_trade(facts, parameters, flows, market.cell_total(placed.sales * placed.listed), entrance)
    left = knowledge.open_to_listed(entrance.openness.coinvention, action, parameters.knowledge)
    firms = _firms(facts, parameters, placed, draws, left)
    burden = market.burden(trade.links, trade.markets)
    firms, weight = _with_technology(facts, parameters, firms, trade, burden)
    trade = trade.with_supply(weight)
    firms, researched = _with_research(facts, parameters, firms, trade, burden, action)
    cells = _cells(facts, parameters, firms, trade, action, entrance)
    states = first_states(facts, parameters, cells, trade, action, entrance)
    paths = expected_paths(facts, parameters, trade, states, cells, (action, entrance))
    structure = Structure(
        tags=facts.tags,
        iot_weight=by_sector(facts.iot_weight),
        links=trade.links,
        demand=trade.demand,
        research=researched,
        economy=economy(facts, parameters, states, cells, action, paths),
        openness=entrance.openness,
        status_quo=action,
        recorded=recorded(facts),
    )
    runs = firms.alive.shape[0]
    return World(
        quarter=0,
        year=facts.base_year + 0.75,
        parameters=parameters,
        structure=structure,
        resolve=draws.resolve,
        firms=_with_money(firms, structure, parameters, action),
        cells=cells,
        states=states,
        markets=trade.markets,
        openness=entrance.openness,
        action=action,
        decided=action,
        mandate=Action(),
        outside=QUIET,
        cash_limited=np.zeros(runs),
        firm_quarters=np.zeros(runs),
    )


def _standing(facts: Facts, parameters: Parameters, flows: Trade) -> Standing:
    """What access rests on in the base year: nothing has been won by standards yet."""
    emerging, nothing = tagged(facts.tags, "strategic_emerging"), np.zeros((1, 1, 1, 1))
    willing = willingness(nothing, market.leadership(flows, emerging), market.allied_stake(flows), parameters.access)
    bought = total(flows, ORIGIN)[:, 0, :N_STATES]
    home = home_market(bought, market.home_sales(flows), nothing, parameters.market.elasticity)
    return Standing(home, nothing, willing, nothing)


@dataclass(frozen=True, slots=True)
class _Placement:
    """Where firms are and what they sell, (1 or run, state, sector, slot): facts and parameters alone decide it."""

    alive: Mask
    sales: Array
    listed: Mask


def _placement(facts: Facts, parameters: Parameters, slots: int) -> _Placement:
    """Firms by size, largest first: sales fall with rank by the Pareto exponent and add up to the cell's supply."""
    rank = np.arange(1.0, slots + 1.0)
    alive = rank <= np.round(parameters.entry.initial_occupancy * slots)
    size = np.exp(-np.log(rank) / by_state(facts.base.tail_exponent)) * alive
    share = size / market.cell_total(size)
    supply = by_state(facts.base.market_size * facts.base.supply_share[:N_STATES])
    return _Placement(alive, supply * share, _listed(share, by_state(facts.base.listed_share)) & alive)


def _firms(
    facts: Facts, parameters: Parameters, placed: _Placement, draws: InitialDraws, open_to_listed: Array
) -> Firms:
    """The firms of the base year, apart from technology, research and money."""
    alive = _like(draws.rule, placed.alive, bool)
    zero = _like(draws.rule, 0.0)
    rank = np.arange(1.0, draws.rule.shape[-1] + 1.0)
    tie = draws.tie < parameters.entry.tie_share + 0.5 * (rank <= 4.0)
    return Firms(
        technology=zero,
        appeal=zero,
        log_rd=zero,
        log_scale=zero,
        cash=zero,
        age=30.0 * draws.age * alive,
        rule=np.sqrt(3.0) * parameters.research.rule_spread * (2.0 * draws.rule - 1.0) * alive,
        dependence=(0.5 + draws.dependence) * alive,
        substituted=zero,
        tie=_like(draws.rule, tie & alive),
        tie_replaced=_like(draws.rule, parameters.knowledge.tie_replaceable * (1.0 - open_to_listed) * placed.listed),
        state_owned=(draws.ownership < by_state(facts.base.state_owned_share)) & alive,
        listed=_like(draws.rule, placed.listed, bool),
        alive=alive,
        sales=_like(draws.rule, placed.sales),
        rd=zero,
        profit=zero,
        innovation=zero,
    )


def _like(firms: Array, values: Any, kind: type = float) -> Any:
    """Values as a full firm array, slot-slowest in memory."""
    filled = empty_firms(firms.shape[0], firms.shape[2], firms.shape[3], kind)
    filled[...] = values
    return filled


def _listed(share: Array, target: Array) -> Mask:
    """The largest firms that together reach, and hardly exceed, the share of sales that is listed."""
    reached = np.zeros_like(target + share[..., :1])
    listed = []
    for slot in range(share.shape[-1]):
        fits = reached + share[..., slot : slot + 1] <= 1.02 * target
        reached = reached + fits * share[..., slot : slot + 1]
        listed.append(fits)
    return np.concatenate(listed, axis=-1)


def _with_technology(
    facts: Facts, parameters: Parameters, firms: Firms, trade: BaseTrade, burden: market.Burden
) -> tuple[Firms, Array]:
    """Technology that makes the market equation give each firm its sales; the frontier of a cell is its position.

    Returns the firms and the attraction of each cell, (run, state, sector, 1).
    """
    elasticity = parameters.market.elasticity
    cost = market.input_cost(trade.links, trade.markets) + market.of_firms(
        firms, market.exposure(firms), burden.unlisted, burden.listed
    )
    size = np.where(firms.alive, firms.sales, 1.0)
    relative = np.where(firms.alive, np.log(size) / (elasticity - 1.0) + cost, 0.0)
    position = parameters.ideas.position_scale * np.log(by_state(facts.base.position))
    technology = np.where(firms.alive, relative + position - market.top_three(relative, firms.alive), 0.0)
    firms = replace(firms, technology=technology)
    pull = np.exp(market.log_attraction(firms, cost, elasticity)) * firms.alive
    return firms, market.cell_total(pull)


def _with_research(
    facts: Facts, parameters: Parameters, firms: Firms, trade: BaseTrade, burden: market.Burden, action: Action
) -> tuple[Firms, ResearchBase]:
    """R&D norms that make the research equation give each sector its recorded intensity."""
    frontier = market.top_three(firms.technology, firms.alive)
    value = research.substitution(trade.links, trade.markets, burden, frontier, parameters.ideas)
    extra = research.inducement(value.listed, value.unlisted, parameters)
    log_relative = firms.rule + market.of_firms(firms, market.exposure(firms), np.zeros_like(extra), extra)
    sales = market.cell_total(firms.sales)
    spent = by_state(facts.base.rd_intensity) * sales
    log_norm = np.log(spent) - np.log(market.cell_total(firms.sales * np.exp(log_relative)))
    log_sales = np.log(np.where(firms.alive, firms.sales, 1.0))
    log_rd = log_norm + log_relative + log_sales
    count = market.count(firms.alive)
    world_sales, world_rd = total(sales, STATE), total(spent, STATE)
    lag = parameters.market.trend_years * trade.growth
    firms = replace(firms, log_rd=log_rd, rd=np.exp(log_rd) * firms.alive, log_scale=(log_sales - lag) * firms.alive)
    return firms, ResearchBase(
        log_norm=log_norm,
        support=action.grants / spent,
        tax_credit=action.tax_credit,
        log_idea_cost=np.log(world_rd / world_sales),
        log_firm_size=np.log(world_sales / total(count, STATE)),
        frontier=research.world_frontier(frontier),
        induced=value.unlisted,
    )


def _cells(
    facts: Facts, parameters: Parameters, firms: Firms, trade: BaseTrade, action: Action, entrance: Access
) -> Cells:
    sales, rd = market.cell_total(firms.sales), market.cell_total(firms.rd)
    zero = np.zeros_like(sales)
    closed = 1.0 - entrance.openness.coinvention
    return Cells(
        sales=sales,
        listed_sales=market.listed_total(firms, firms.sales),
        trend_sales=sales / trade.demand.trend_ratio,
        frontier=market.top_three(firms.technology, firms.alive),
        rd=rd,
        grants=action.grants + zero,
        value_added=by_state(facts.base.value_added_share) * sales,
        tie_replaced=parameters.knowledge.tie_replaceable * closed + zero,
        ecosystem=trade.demand.ecosystem + zero,
        support_rate=zero,
        standing=zero,
        stock=zero,
        innovations=zero,
        filings=parameters.research.filings_per_billion * (rd + action.grants),
        firms=market.count(firms.alive),
        entered=zero,
        exited=zero,
        turned_away=zero,
    )


def _with_money(firms: Firms, structure: Structure, parameters: Parameters, action: Action) -> Firms:
    """Half of the usual cash, and the profit of the base year."""
    cash = 0.5 * parameters.finance.cash_target * firms.sales
    earned = finance.Earned(firms.sales, structure.links.margin * firms.sales, firms.rd)
    tax = structure.economy.corporate_tax
    booked = finance.finance(replace(firms, cash=cash), earned, action, tax, parameters.finance)
    return replace(firms, cash=cash, profit=booked.profit)
