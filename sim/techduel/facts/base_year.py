"""The base year: facts turned into a world by inverting the model's own equations.

Sizes, shares, technology and R&D follow from the facts exactly; firm sizes are Pareto by construction. What no fact
says about single firms is drawn. The year is data: another base year needs other facts and no other equations.
"""

from dataclasses import fields, replace
from math import exp, log
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.facts import Facts
from techduel.facts.base import BaseYear
from techduel.facts.base_accounts import expected, forecasts, found_states
from techduel.facts.base_trade import (
    by_state,
    diffusion_limit,
    economic_growth,
    fit_flows,
    open_markets,
    other_digital,
    part_from_supply,
)
from techduel.model.access import ask_allies, open_goods, open_knowledge
from techduel.model.actions import LEVERS, Action
from techduel.model.axes import ALLIES, N_PASSIVE, N_STATES, ON_LIST, ORDINARY, Array, Mask
from techduel.model.engine.compiler import compiled, entry
from techduel.model.engine.record import (
    Records,
    empty,
    fixed,
    part,
    set_time,
    shown,
    write,
    write_levers,
    write_links,
    write_parameters,
    write_tags,
)
from techduel.model.engine.tables import CARRIED
from techduel.model.entry import hand_on
from techduel.model.finance import open_books, settle_accounts
from techduel.model.knowledge import open_to_listed, replaceable
from techduel.model.market import attract, burden, costs, exposure, frontier, rate_pull, sell
from techduel.model.noise import InitialDraws
from techduel.model.paradigm import years_since_base
from techduel.model.parameters import Parameters
from techduel.model.research import filings, inducement, substitutes
from techduel.model.structure import Chokepoints, Demand, Economy, Links, Recorded, ResearchBase, RestBase, Structure
from techduel.model.world import QUIET, Openness, States, World

CHINAS_CHIPS: Final = 0.40
"""Position of China's chips in 2020, whose lag in years is known: a constant, so that another position moves the lead
and not the scale."""


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
    action = status_quo(facts)
    records = _blank(facts, parameters, draws)
    for decision in ("levers", "decided"):
        write_levers(records, decision, action)
    _place_firms(records, facts, parameters, draws)
    invert(records, facts_record(facts))
    structure = _structure(records, facts, parameters, action)
    write(records, "structure", structure)
    set_time(records, structure.economy, 0, facts.base_year + 0.75)
    carried: dict[str, Any] = {name: part(records, name) for name in CARRIED}
    world = World(
        quarter=0,
        year=facts.base_year + 0.75,
        parameters=parameters,
        structure=structure,
        resolve=draws.resolve,
        **carried,
        mandate=Action(),
        outside=QUIET,
        cash_limited=np.zeros(len(records)),
        firm_quarters=np.zeros(len(records)),
    )
    return shown(records, world)


def _blank(facts: Facts, parameters: Parameters, draws: InitialDraws) -> Records:
    """Records that hold what facts and parameters say without any equation."""
    base, (runs, _, sectors, slots) = facts.base, draws.rule.shape
    records = empty(runs, sectors, slots, np.count_nonzero(base.input_share))
    write_parameters(records, parameters)
    write_tags(records, facts.tags)
    records["cells"]["margin"] = _margin(facts, parameters)[..., 0]
    write_links(records, base.input_share, base.hardness, _cost_share(facts, parameters))
    records["sectors"]["iot_weight"], records["sectors"]["pace"] = facts.iot_weight, base.pace
    records["sectors"]["final_hardness"] = base.final_hardness
    records["sectors"]["digital_inputs"] = base.other_digital_input_share
    _place_chokepoints(records, facts, parameters)
    records["markets"]["diffusion_limit"] = diffusion_limit(facts, parameters)
    records["states"]["corporate_tax"], records["states"]["first_credit"] = base.corporate_tax, base.tax_credit
    return records


def _place_chokepoints(records: Records, facts: Facts, parameters: Parameters) -> None:
    """Who makes single inputs, and what users spend on them: all makers of a sector alike, by its size in 2020."""
    base = facts.base
    share = base.chokepoint_share
    records["sectors"]["inputs_share"] = share.T
    cost = share / (1.0 - _margin(facts, parameters)[..., 0].mean(axis=1)[:, None])
    records["sectors"]["inputs_weight"] = (base.chokepoint_hardness[:, None] * cost).transpose(0, 2, 1)
    records["states"]["inputs_from_rival"] = base.chokepoint_owner[1::-1]
    records["states"]["inputs_from_allies"] = base.chokepoint_owner[ALLIES]


def _margin(facts: Facts, parameters: Parameters) -> Array:
    """Operating margin before R&D."""
    return by_state(facts.base.rd_intensity) + parameters.market.normal_margin


def _cost_share(facts: Facts, parameters: Parameters) -> NDArray[np.float64]:
    """Part of a user's production cost spent on an input: facts give inputs per sales, cost is sales less margin."""
    return facts.base.input_share[None, None, ..., None] / (1.0 - _margin(facts, parameters)[:, :, None])


def facts_record(facts: Facts) -> NDArray[Any]:
    """Facts of the base year as one record."""
    values = {item.name: getattr(facts.base, item.name) for item in fields(BaseYear)}
    values |= {"other_digital": other_digital(facts), "economic_growth": economic_growth(facts)}
    values["scale_a_year"] = scale_a_year(facts)
    kind = np.dtype([(name, "f8", np.shape(value)) for name, value in values.items()])
    record = np.zeros(1, kind)
    for name, value in values.items():
        record[name] = value
    record.flags.writeable = False
    return record


def scale_a_year(facts: Facts) -> float:
    """Log technology per log of a position and year of lag: chips at `CHINAS_CHIPS` trail by the lag at their pace."""
    return float(facts.base.pace[facts.sectors.index("semiconductors")]) / log(1.0 / CHINAS_CHIPS)


def _place_firms(records: Records, facts: Facts, parameters: Parameters, draws: InitialDraws) -> None:
    """Firms by size, largest first: sales fall with rank by the Pareto exponent and add up to the cell's supply.

    Rule, age, ownership, dependence and ties are drawn.
    """
    firms, slots = records["firms"], draws.rule.shape[-1]
    rank = np.arange(1.0, slots + 1.0)
    alive = rank <= np.round(parameters.entry.initial_occupancy * slots)
    size = np.exp(-np.log(rank) / by_state(facts.base.tail_exponent)) * alive
    share = size / np.add.accumulate(size, axis=-1)[..., -1:]
    firms["alive"] = alive
    firms["sales"] = share * by_state(facts.base.market_size * facts.base.supply_share[:N_STATES])
    firms["listed"] = _listed(share, by_state(facts.base.listed_share)) & alive
    firms["age"] = 30.0 * draws.age * alive
    firms["rule"] = np.sqrt(3.0) * parameters.research.rule_spread * (2.0 * draws.rule - 1.0) * alive
    firms["dependence"] = (0.5 + draws.dependence) * alive
    firms["tie"] = (draws.tie < parameters.entry.tie_share + 0.5 * (rank <= 4.0)) & alive
    firms["state_owned"] = (draws.ownership < by_state(facts.base.state_owned_share)) & alive


def _listed(share: Array, target: Array) -> Mask:
    """The largest firms that together reach, and hardly exceed, the share of sales that is listed."""
    reached = np.zeros_like(target + share[..., :1])
    listed = []
    for slot in range(share.shape[-1]):
        fits = reached + share[..., slot : slot + 1] <= 1.02 * target
        reached = reached + fits * share[..., slot : slot + 1]
        listed.append(fits)
    return np.concatenate(listed, axis=-1)


@entry
def invert(runs: Any, facts: Any) -> None:
    """The base year of every run, one after the other."""
    for place in range(len(runs)):
        found(runs[place], facts[0])


@compiled
def found(run: Any, facts: Any) -> None:
    """The base year of one run, in the order in which its parts need each other."""
    fit_flows(run, facts)
    for s in range(N_STATES):
        ask_allies(run, s)
        found_cells(run, s)
        for k in range(len(run.sectors)):
            open_goods(run, s, k)
        run.states[s].other_digital = facts.other_digital[s]
    for s in range(N_STATES):
        open_knowledge(run, s)
    open_markets(run, facts)
    for s in range(N_STATES):
        costs(run, s)
        for k in range(len(run.sectors)):
            found_technology(run, facts, s, k)
    for k in range(len(run.sectors)):
        part_from_supply(run, k)
        found_sector(run, facts, k)
    for s in range(N_STATES):
        for k in range(len(run.sectors)):
            substitutes(run, s, k)
            found_research(run, facts, s, k)
            found_money(run, s, k)
            hand_on(run, s, k)
    found_states(run, facts)


@compiled
def found_cells(run: Any, s: int) -> None:
    """Sales of cells and of their listed firms, and what has replaced closed co-invention."""
    for k in range(len(run.sectors)):
        cell = run.cells[s, k]
        cell.sales = cell.listed_sales = cell.firms = 0.0
        for firm in run.firms[s, k]:
            cell.sales += firm.sales
            if firm.alive:
                cell.firms += 1.0
            if firm.listed:
                cell.listed_sales += firm.sales


@compiled
def position_scale(run: Any, facts: Any) -> float:
    """Log technology per log of a position. Equation: model.md 5, step 5."""
    scale: float = facts.scale_a_year * run.parameters.ideas.lag_years
    return scale


@compiled
def found_technology(run: Any, facts: Any, s: int, k: int) -> None:
    """Technology that makes the market equation give each firm its sales; the frontier of a cell is its position."""
    cell, firms, by_price = run.cells[s, k], run.firms[s, k], run.parameters.market.elasticity[k] - 1.0
    for firm in firms:
        if firm.alive:
            firm.technology = log(firm.sales) / by_price + cell.cost + burden(firm, cell)
    shift = position_scale(run, facts) * log(facts.position[s, k]) - frontier(firms)
    for firm in firms:
        if firm.alive:
            firm.technology += shift
    cell.frontier = cell.first_frontier = frontier(firms)
    attract(run, s, k)
    rate_pull(run, s, k)
    for firm in firms:
        if firm.alive:
            sell(cell, firm, by_price)


@compiled
def found_sector(run: Any, facts: Any, k: int) -> None:
    """What the world's research in a sector looks like, and what third countries know of it.

    They trail the better state by half of the log distance of what they supply to what they demand, if that is more.
    """
    sector, us, china = run.sectors[k], run.cells[0, k], run.cells[1, k]
    sales = us.sales + china.sales
    spent = facts.rd_intensity[0, k] * us.sales + facts.rd_intensity[1, k] * china.sales
    sector.log_idea_cost, sector.log_firm_size = log(spent / sales), log(sales / (us.firms + china.firms))
    sector.first_frontier = max(us.frontier, china.frontier)
    for place in range(N_PASSIVE):
        bloc = N_STATES + place
        behind = 0.5 * min(log(facts.supply_share[bloc, k] / facts.demand_share[bloc, k]), 0.0)
        sector.first_technology[place] = sector.first_frontier + position_scale(run, facts) * behind
        sector.technology[place] = sector.first_technology[place]


@compiled
def found_research(run: Any, facts: Any, s: int, k: int) -> None:
    """R&D norms that make the research equation give each sector its recorded intensity."""
    cell, firms, parameters = run.cells[s, k], run.firms[s, k], run.parameters
    cell.first_value = cell.value[ORDINARY]
    extra = inducement(cell.value[ON_LIST], cell.first_value, parameters)
    spent, weighted = facts.rd_intensity[s, k] * cell.sales, 0.0
    for firm in firms:
        weighted += firm.sales * exp(relative_intensity(firm, extra))
    cell.log_norm, cell.rd = log(spent) - log(weighted), 0.0
    lag = cell.trend_ratio - 1.0
    for firm in firms:
        if firm.alive:
            firm.log_rd = cell.log_norm + relative_intensity(firm, extra) + log(firm.sales)
            firm.rd, firm.log_scale = exp(firm.log_rd), log(firm.sales) - lag
            cell.rd += firm.rd
    cell.trend_sales, cell.grants = cell.sales / cell.trend_ratio, cell.levers.grants
    cell.first_support, cell.value_added = cell.grants / spent, facts.value_added_share[s, k] * cell.sales
    cell.filings = filings(cell, parameters.research.filings_per_billion[s])


@compiled
def relative_intensity(firm: Any, extra: float) -> float:
    """Log of a firm's R&D intensity relative to its sector's norm: its rule, and what denial induces."""
    return firm.rule + exposure(firm) * extra if firm.listed else firm.rule


@compiled
def found_money(run: Any, s: int, k: int) -> None:
    """Half of the usual cash, the profit of the base year, and what has replaced closed co-invention."""
    cell, state, parameters = run.cells[s, k], run.states[s], run.parameters
    listed = replaceable(open_to_listed(run, s), parameters.knowledge)
    cell.tie_replaced = replaceable(state.coinvention, parameters.knowledge)
    for firm in run.firms[s, k]:
        firm.cash = 0.5 * parameters.finance.cash_target * firm.sales
        firm.tie_replaced = listed if firm.listed else 0.0
    open_books(cell)
    for firm in run.firms[s, k]:
        if firm.alive:
            settle_accounts(run, s, cell, firm)
        firm.cash = 0.5 * parameters.finance.cash_target * firm.sales


def _structure(records: Records, facts: Facts, parameters: Parameters, action: Action) -> Structure:
    """What the base year has fixed, in memory of its own."""
    base, states, paths = facts.base, records["states"], forecasts(facts)
    trend = parameters.government.contracts_trend
    granted = states["other_grants"][:, :, None, None] * _contracts(facts, trend, paths["gdp_path"].shape[-1])
    linked = {"input_share": base.input_share, "hardness": base.hardness, "cost_share": _cost_share(facts, parameters)}
    economy = fixed(records, "structure.economy") | paths | expected(records, paths["gdp_path"])
    first = {item.name: getattr(part(records, "states"), item.name).copy() for item in fields(States)}
    openness = {item.name: getattr(part(records, "openness"), item.name).copy() for item in fields(Openness)}
    exchange = records["now"]["first_exchange"].reshape(-1, 1, 1, 1).copy()
    return Structure(
        tags=facts.tags,
        links=Links(**linked, **fixed(records, "structure.links")),
        chokepoints=Chokepoints(**fixed(records, "structure.chokepoints")),
        demand=Demand(first_exchange=exchange, **fixed(records, "structure.demand")),
        research=ResearchBase(**fixed(records, "structure.research")),
        economy=Economy(
            first=States(**first),
            other_grants=granted,
            ppp_factor=by_state(base.ppp_factor),
            first_gdp=by_state(base.gdp),
            **economy,
        ),
        rest=RestBase(**fixed(records, "structure.rest")),
        openness=Openness(**openness),
        status_quo=action,
        recorded=recorded(facts),
        **fixed(records, "structure"),
    )


def _contracts(facts: Facts, trend: Array, quarters: int) -> Array:
    """Part of business R&D that governments pay for, relative to the base year, (1 or run, state, 1, quarter).

    As on record where that is given, and then as it was in its last year; else along its trend.
    """
    granted = np.repeat(facts.decisions.grant_rate, 4, axis=1)
    if granted.size:
        return np.concatenate([np.ones((N_STATES, 1)), granted], axis=1)[None, :, None]
    years = np.array([years_since_base(quarter) for quarter in range(quarters)])
    return np.exp(trend * years) * np.ones((1, N_STATES, 1, 1))
