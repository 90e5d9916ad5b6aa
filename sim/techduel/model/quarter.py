"""One quarter of the world: the mechanisms in order, named results, one new World at the end."""

from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from techduel.model import (
    access,
    accounts,
    entry,
    finance,
    ideas,
    knowledge,
    listing,
    market,
    paradigm,
    perception,
    research,
    security,
    stocks,
    support,
    talent,
)
from techduel.model.access import Access, Standing
from techduel.model.actions import Action
from techduel.model.axes import BUYER, MARKET, N_STATES, SECTOR, STATE, Array, Trade, flat, total
from techduel.model.government import in_force
from techduel.model.noise import Draws
from techduel.model.world import Cells, Firms, Markets, States, World, tagged


def step(world: World, decided: Action, draws: Draws, year: float) -> World:
    """The world one quarter later.

    Parameters
    ----------
    world : World
    decided : Action
        What both states have decided; budgets take effect at the start of a year.
    draws : Draws
        The quarter's luck.
    year : float
        Start of the new quarter, 2021.0 for the first.
    """
    world = _opened(world, decided, year)
    entrance = access.access(world.action, _standing(world), world.parameters)
    trading = _trade(world, entrance)
    spending = _spend_on_research(world, trading)
    learning = _learn(world, trading, spending, entrance, draws)
    booked = finance.finance(
        world.firms,
        spending.earned,
        world.action,
        world.structure.economy.corporate_tax,
        world.parameters.finance,
    )
    firms = _carried_forward(world, trading, spending, learning, booked, draws)
    changed = _turn_over(world, firms, trading, learning, draws)
    listed = listing.listing(changed.firms, world.action, world.states.listing_quota, learning.tie_replaced)
    cells = _cells(world, trading, spending, learning, changed)
    safe = security.security(world, trading.markets.flows, cells.stock, draws)
    states = _states(world, trading, cells, entrance, safe, draws)
    sight = perception.perceive(world, cells.frontier, states.rd_total, safe, draws.sight)
    gap = _money_gap(world, trading, spending, booked, changed)
    return replace(
        world,
        firms=listed.firms,
        cells=cells,
        markets=trading.markets,
        openness=entrance.openness,
        states=replace(states, **_fields(safe), **_fields(sight), listing_quota=listed.quota, money_gap=gap),
        cash_limited=world.cash_limited + _by_run(world, spending.limited),
        firm_quarters=world.firm_quarters + _living(world),
    )


@dataclass(frozen=True, slots=True)
class _Trading:
    """Results of cost and market."""

    markets: Markets
    stocks: stocks.Stocks
    support: Array
    """Part of the price of home goods that the state pays at home."""
    duty: Trade
    by_denial: market.Burden
    burden: Array
    """Log cost that denial adds, by firm."""
    exposed: Array
    log_sales: Array
    """Finite also where no firm is."""
    log_factor: Array
    """Log sales per unit of attraction."""
    cost: Array
    """Log unit cost of a firm of mean dependence that is not listed."""
    sales: Array
    cell_sales: Array
    growth: Array
    """Sales over trend, relative to the base year."""
    ecosystem: Array


@dataclass(frozen=True, slots=True)
class _Spending:
    """Results of research spending."""

    log_rd: Array
    earned: finance.Earned
    support: Array
    log_research: Array
    limited: NDArray[np.intp]
    """Flat places of the firms whose R&D cash limits."""
    feasibility: Array


@dataclass(frozen=True, slots=True)
class _Learning:
    """Results of innovation and imitation."""

    discoveries: ideas.Discoveries
    technology: Array
    """Of firms, after discoveries and what the new paradigm wears off."""
    mean: Array
    """Its mean over the living firms of a cell."""
    tie_replaced: Array
    """Of cells."""
    replaced_by_listed: Array
    """Of firms."""


def _opened(world: World, decided: Action, year: float) -> World:
    quarter = world.quarter + 1
    now = in_force(world, decided, quarter)
    states = replace(world.states, budget_cut=now.budget_cut, expected_gain=now.action.expected)
    return replace(world, quarter=quarter, year=year, action=now.action, decided=now.decided, states=states)


def _standing(world: World) -> Standing:
    """What access owes to the quarter before."""
    flows = world.markets.flows
    return Standing(
        home=support.home_market(
            total(world.markets.spending, BUYER)[:, 0, :N_STATES],
            market.home_sales(flows),
            world.cells.support_rate,
            world.parameters.market.elasticity,
        ),
        standards=world.cells.standing,
        willingness=access.willingness(
            world.states.cooperation,
            _leadership(world),
            market.allied_stake(flows),
            world.parameters.access,
        ),
        cooperation=world.states.cooperation,
    )


def _leadership(world: World) -> Array:
    """Share of world sales of emerging industries in the quarter before."""
    return market.leadership(world.markets.flows, tagged(world.structure.tags, "strategic_emerging"))


def _fields(part: Any) -> dict[str, Any]:
    """The fields of a part by name."""
    return {item.name: getattr(part, item.name) for item in fields(part)}


def _trade(world: World, entrance: Access) -> _Trading:
    firms, structure, markets = world.firms, world.structure, world.markets
    elasticity = world.parameters.market.elasticity
    by_denial, inputs = market.burden(structure.links, markets), market.input_cost(structure.links, markets)
    exposed = market.exposure(firms)
    burden = market.of_firms(firms, exposed, by_denial.unlisted, by_denial.listed)
    log_pull = market.log_attraction(firms, inputs + burden, elasticity)
    pull = np.exp(log_pull)
    pull *= firms.alive
    weight = market.cell_total(pull)
    log_supply = np.log(weight)
    log_fringe = markets.log_fringe + market.fringe_growth(log_supply, markets.log_supply)
    attraction = structure.demand.taste * market.supply(log_supply, log_fringe)[:, :, None]
    cleared = market.clearing(
        attraction, entrance, world.outside.disruption, structure.demand.log_attraction, elasticity
    )
    bought = market.purchases(structure, world.cells, markets, world.states.other_digital)
    aim = stocks.aimed(world.action, structure.tags)
    laid_up = stocks.stocks(world.cells.stock, aim, cleared, bought, world.parameters.security)
    spent = market.spending(world, cleared, _demand_growth(world), bought, laid_up.bought)
    flows = market.receipts(cleared, spent, entrance.duty)
    cell_sales = total(flows, MARKET)[:, :N_STATES, 0]
    factor = cell_sales / weight
    log_factor = np.log(factor)
    pull *= factor
    log_pull += log_factor
    return _Trading(
        markets=Markets(
            cleared.log_price,
            flows,
            spent,
            log_fringe,
            log_supply,
            cleared.penalty,
            laid_up.felt,
            market.leaked(cleared, spent, entrance),
        ),
        stocks=laid_up,
        support=entrance.support,
        duty=entrance.duty,
        by_denial=by_denial,
        burden=burden,
        exposed=exposed,
        log_sales=log_pull,
        log_factor=log_factor,
        cost=inputs + by_denial.unlisted,
        sales=pull,
        cell_sales=cell_sales,
        growth=cell_sales / world.cells.trend_sales / structure.demand.trend_ratio,
        ecosystem=entry.ecosystem(structure.links, entry.domestic_share(flows)),
    )


def _demand_growth(world: World) -> Array:
    """Demand of each market relative to the base year: GDP times diffusion, (run, market, sector, 1)."""
    forecast = accounts.of_quarter(world.structure.economy.gdp_path, world.quarter)
    ours = forecast[:, :N_STATES] * np.exp(world.states.output_deviation)
    passive = np.broadcast_to(forecast[:, N_STATES:], (ours.shape[0], 2, 1, 1))
    economy = np.concatenate([ours, passive], axis=1)
    return economy * paradigm.diffusion(
        world.structure.demand.diffusion_limit, world.quarter, world.parameters.paradigm
    )


def _spend_on_research(world: World, trading: _Trading) -> _Spending:
    firms, structure, known = world.firms, world.structure, world.parameters.research
    support = research.support_rate(world.action, world.cells.rd)
    value = research.substitution(
        structure.links, world.markets, trading.by_denial, world.cells.frontier, world.parameters.ideas
    )
    induced = market.of_firms(
        firms,
        trading.exposed,
        research.inducement(value.unlisted, structure.research.induced, world.parameters),
        research.inducement(value.listed, structure.research.induced, world.parameters),
    )
    desired = research.log_incentive(world, trading.growth, support) + firms.rule
    desired += trading.log_sales
    desired += induced
    log_rd = research.log_spending(firms, desired, known)
    wanted = np.exp(log_rd)
    wanted *= firms.alive
    surplus = structure.links.margin * trading.sales
    tempted = np.flatnonzero(flat((wanted > surplus) | (firms.cash < 0.0)))
    limit = finance.research_limit(firms, tempted, surplus, trading.sales, world.parameters.finance)
    short = limit < flat(wanted)[tempted]
    limited, limit = tempted[short], limit[short]
    flat(wanted)[limited], flat(log_rd)[limited] = limit, np.log(limit)
    effective = log_rd + research.log_effectiveness(world, support)
    effective -= known.denial_drag * trading.burden
    effective += np.where(firms.state_owned, np.log(known.state_owned_efficiency), 0.0)
    return _Spending(
        log_rd=log_rd,
        earned=finance.Earned(trading.sales, surplus, wanted),
        support=support,
        log_research=effective,
        limited=limited,
        feasibility=value.feasibility,
    )


def _learn(world: World, trading: _Trading, spending: _Spending, entrance: Access, draws: Draws) -> _Learning:
    known, firms = world.parameters, world.firms
    channels = entrance.openness
    listed = knowledge.open_to_listed(channels.coinvention, world.action, known.knowledge)
    replaced = knowledge.replaced_ties(world.cells.tie_replaced, channels.coinvention, known.knowledge)
    own = knowledge.replaced_by_listed(firms, listed, known.knowledge)
    demand = total(total(trading.markets.spending, BUYER), MARKET)[:, 0] / world.structure.demand.first_spending
    found = ideas.prospects(
        world,
        spending.log_research,
        ideas.log_difficulty(world, demand),
        access.reach(channels, known.knowledge),
        knowledge.partners(firms, knowledge.collaboration(replaced, channels.coinvention), listed, own),
    )
    absorption = ideas.Absorption(spending.earned.rd, trading.sales, known.research.reference_intensity)
    discovered = ideas.discoveries(world.firms, found, absorption, spending.feasibility, known, draws)
    mean = market.mean_technology(discovered.technology, world.firms.alive)

    def carried(values: Array) -> Array:
        return paradigm.carried_over(values, mean, world.structure, world.year, known.paradigm)

    return _Learning(discovered, carried(discovered.technology), carried(mean), replaced, own)


def _carried_forward(
    world: World,
    trading: _Trading,
    spending: _Spending,
    learning: _Learning,
    booked: finance.Finance,
    draws: Draws,
) -> Firms:
    known, discovered = world.parameters, learning.discoveries
    firms = replace(world.firms, profit=booked.profit)
    return replace(
        firms,
        technology=learning.technology,
        sales=trading.sales,
        appeal=market.appeal(world.firms, draws.appeal, known.market),
        log_rd=spending.log_rd,
        log_scale=market.smoothed(firms.log_scale, trading.log_sales, known.market),
        cash=booked.cash,
        age=firms.age + 0.25,
        rule=research.copied_rules(firms, draws.peer, known.research),
        substituted=discovered.substituted,
        tie_replaced=learning.replaced_by_listed,
        rd=spending.earned.rd,
        innovation=discovered.innovation,
    )


def _turn_over(world: World, firms: Firms, trading: _Trading, learning: _Learning, draws: Draws) -> entry.Turnover:
    known = world.parameters
    goes = entry.leaving(firms, draws.turnover, known)
    newcomer = entry.Newcomer(
        technology=learning.mean,
        elasticity=known.market.elasticity,
        log_sales_at_zero=trading.log_factor - (known.market.elasticity - 1.0) * trading.cost,
        log_norm=world.structure.research.log_norm,
        rule_spread=known.research.rule_spread,
        cash_target=known.finance.cash_target,
    )
    knocking = entry.arrivals(world, trading.ecosystem, trading.growth, draws.turnover)
    return entry.turnover(firms, goes, knocking, newcomer, draws, known.entry)


def _cells(world: World, trading: _Trading, spending: _Spending, learning: _Learning, changed: entry.Turnover) -> Cells:
    cells, firms, sales = world.cells, changed.firms, trading.cell_sales
    rd = market.cell_total(spending.earned.rd)
    grants = spending.support * cells.rd
    return Cells(
        sales=sales,
        listed_sales=market.listed_total(world.firms, trading.sales),
        trend_sales=market.smoothed(cells.trend_sales, sales, world.parameters.market),
        frontier=market.top_three(firms.technology, firms.alive),
        rd=rd,
        grants=grants,
        value_added=accounts.value_added(world.structure.links, sales, cells.sales),
        tie_replaced=learning.tie_replaced,
        ecosystem=trading.ecosystem,
        support_rate=trading.support,
        standing=access.standards(cells.standing, world.action, world.parameters.access),
        stock=trading.stocks.stock,
        innovations=4.0 * market.cell_total(learning.discoveries.innovation),
        filings=world.parameters.research.filings_per_billion * (rd + grants),
        firms=market.count(firms.alive),
        entered=changed.entered,
        exited=changed.exited,
        turned_away=changed.turned_away,
    )


def _states(
    world: World, trading: _Trading, cells: Cells, entrance: Access, safe: security.Security, draws: Draws
) -> States:
    structure, known, states, action = world.structure, world.parameters, world.states, world.action
    flows, first = trading.markets.flows, structure.economy.first
    loss = security.loss(safe.incidents, first.risk, known.security)
    added = total(cells.value_added, SECTOR)
    made = accounts.output(world, trading.markets, added, draws.economy, loss)
    gdp = made.rest + made.other_digital + added
    intensity = accounts.other_rd_intensity(states.other_rd_intensity, known.accounts)
    user_cost = known.research.user_cost_elasticity * research.log_user_cost(world)
    spent = accounts.research_accounts(world, cells, intensity * made.rest * np.exp(-user_cost), gdp)
    arriving = talent.graduates(structure, states.graduates, world.quarter / 4.0, known.talent)
    people = talent.researchers(world, arriving)
    price = research.research_price(spent.total, people, first, known.research.price_elasticity)
    learnt = _public_knowledge(world, spent, entrance)
    money = accounts.public_money(world, cells, spent, gdp, flows, total(trading.stocks.bought, SECTOR))
    prices = accounts.price_index(structure, trading.markets.log_price)
    return replace(
        states,
        gdp=gdp,
        rest_output=made.rest,
        other_digital=made.other_digital,
        other_emerging=made.other_emerging,
        growth_deviation=made.growth_deviation,
        output_deviation=made.deviation,
        researchers=people,
        graduates=arriving,
        research_price=price,
        **learnt,
        other_rd_intensity=intensity,
        rd_other_business=spent.other_business,
        rd_other=spent.other,
        rd_basic=spent.basic,
        rd_public=spent.public,
        rd_total=spent.total,
        price_index=prices,
        **_fields(money),
        cooperation=access.cooperation(states.cooperation, action, _leadership(world), known.access),
        real_income=accounts.real_income(money, gdp, prices, world),
    )


def _public_knowledge(world: World, spent: accounts.ResearchAccounts, entrance: Access) -> dict[str, Array]:
    """Public research on its way, own results, and what open science and allies add."""
    known, states, action = world.parameters.knowledge, world.states, world.action
    stages = knowledge.pipeline(states.knowledge_pipeline, spent.basic, action, known)
    own = knowledge.own_stock(states.own_knowledge, stages, known)
    gdp = accounts.forecast_gdp(world)
    allied = knowledge.allied_knowledge(own, states.cooperation, gdp, known)
    reachable = knowledge.open_to_use(own, entrance.openness.science, allied, known)
    others = knowledge.borrowed(states.borrowed_knowledge, reachable, known)
    return {
        "knowledge_pipeline": stages,
        "own_knowledge": own,
        "borrowed_knowledge": others,
        "knowledge_stock": own + others,
    }


def _money_gap(
    world: World, trading: _Trading, spending: _Spending, booked: finance.Finance, changed: entry.Turnover
) -> Array:
    """Every flow of the quarter's firms against the change of their cash, and buyers against sellers."""
    surplus = world.structure.links.margin * trading.cell_sales
    costs = finance.after_credit(market.cell_total(spending.earned.rd), world.action)
    taxed = market.cell_total(booked.tax)
    raised = market.cell_total(booked.equity) - market.cell_total(booked.payout)
    flows = (surplus - costs - taxed) / 4.0 + raised + changed.founded - changed.written_off
    change = market.cell_total(changed.firms.cash) - market.cell_total(world.firms.cash)
    markets = trading.markets
    return accounts.money_gap(markets.spending, markets.flows, trading.duty, trading.sales, change, flows)


def _by_run(world: World, places: NDArray[np.intp]) -> NDArray[np.float64]:
    """How many flat firm places lie in each run."""
    runs, cells = len(world.cash_limited), world.cells.sales.size
    return np.bincount(places % cells // (cells // runs), minlength=runs).astype(float)


def _living(world: World) -> NDArray[np.float64]:
    """Firms alive in each run."""
    return total(total(market.count(world.firms.alive), SECTOR), STATE).reshape(-1)
