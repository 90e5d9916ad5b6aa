"""Firms that leave and firms that come; those who find no place are counted, never lost."""

from math import exp, log, sqrt
from typing import Any, Final

from techduel.model.access import both_open
from techduel.model.axes import ORDINARY
from techduel.model.engine.compiler import compiled
from techduel.model.finance import bankrupt
from techduel.model.market import appeal, frontier, home_share, smoothed
from techduel.model.noise import APPEAL, IMITATION, PEER, TURNOVER

BASE_BREADTH: Final = 0.1
"""Keeps the elasticity of entry finite where no input comes from home."""
BASE_CAPITAL: Final = 0.1
"""The same where no capital comes from the rival."""


@compiled
def ecosystem(run: Any, s: int, k: int) -> float:
    """Breadth of home suppliers of a cell: `BASE_BREADTH` plus the home share of its inputs, by input share.

    Equation: model.md 3.9.
    """
    cell, supplied = run.cells[s, k], 0.0
    for place in range(cell.first_link, cell.last_link):
        link = run.links[place]
        supplied += link.share * home_share(run, s, s, link.source)
    return BASE_BREADTH + supplied / max(cell.input_total, 1e-12)


@compiled
def log_capital(run: Any, s: int) -> float:
    """Log openness for the rival's capital relative to the base year: either side can refuse it.

    Equation: model.md 3.2.
    """
    state, rival = run.states[s], run.states[1 - s]
    now = both_open(state.levers.inbound_screening, rival.levers.outbound_screening)
    first = both_open(state.first_inbound, rival.first_outbound)
    return log((BASE_CAPITAL + now) / (BASE_CAPITAL + first))


@compiled
def arrivals(run: Any, luck: Any, s: int, k: int) -> float:
    """Entrants that knock: more with broad home suppliers, a growing market and an open door for capital.

    Equation: model.md 3.9.
    """
    cell, parameters, knocking = run.cells[s, k], run.parameters.entry, 0.0
    log_pull = (
        parameters.ecosystem * log(cell.ecosystem / cell.first_ecosystem)
        + parameters.market_pull * cell.log_growth
        + parameters.foreign_capital * log_capital(run, s)
    )
    above = 1.0 - parameters.arrival_rate / 4.0 * exp(log_pull)
    for i in range(len(run.firms[s, k])):
        if luck.uniforms[TURNOVER, s, k, i] > above:
            knocking += 1.0
    return knocking


@compiled
def leaves(firm: Any, least: float, largest: float, luck: float, parameters: Any) -> bool:
    """Whether a firm is too small for its sector, bankrupt, or out for other reasons.

    The largest firm of a cell never leaves: it is taken over rather than wound up, so a state keeps a producer in every
    sector. Equation: model.md 3.9. Source: Kornai 1986 (soft budgets).
    """
    if firm.sales >= largest:
        return False
    small = firm.sales < least * (parameters.entry.soft_budget if firm.state_owned else 1.0)
    broke = bankrupt(firm, parameters.finance) and not firm.state_owned
    return small or broke or luck < parameters.entry.exit_rate / 4.0


@compiled
def empty(firm: Any) -> None:
    """Nothing is left in the place of a firm that leaves but the flows of its last quarter."""
    firm.alive = firm.state_owned = firm.listed = False
    firm.technology = firm.appeal = firm.log_rd = firm.log_scale = firm.cash = firm.age = 0.0
    firm.rule = firm.dependence = firm.substituted = firm.tie = firm.tie_replaced = 0.0


@compiled
def settle(run: Any, luck: Any, s: int, k: int, i: int) -> None:
    """A new firm in a free place, with the sales that it would have had this quarter. Equation: model.md 3.9."""
    cell, firm, parameters = run.cells[s, k], run.firms[s, k][i], run.parameters
    entry, by_price = parameters.entry, parameters.market.elasticity[k] - 1.0
    spread = entry.entrant_spread * (2.0 * luck.uniforms[PEER, s, k, i] - 1.0)
    firm.technology = cell.mean_technology - entry.entrant_gap * (1.0 - run.sectors[k].nearer) + spread
    firm.log_scale = by_price * (firm.technology - cell.cost - cell.burden[ORDINARY]) + cell.log_factor
    firm.rule = sqrt(3.0) * parameters.research.rule_spread * (2.0 * luck.uniforms[APPEAL, s, k, i] - 1.0)
    firm.log_rd = cell.log_norm + firm.rule + firm.log_scale
    firm.cash = parameters.finance.cash_target * exp(firm.log_scale)
    firm.tie = 1.0 if luck.uniforms[IMITATION, s, k, i] < entry.tie_share else 0.0
    firm.appeal = firm.age = firm.substituted = firm.tie_replaced = 0.0
    firm.dependence = 1.0
    firm.state_owned = firm.listed = False
    firm.alive = True


@compiled
def grow_older(run: Any, firm: Any, luck: float, log_sales: float) -> None:
    """What a quarter does to every firm whatever it does: appeal, size in memory, age. Equation: model.md 3.9."""
    parameters = run.parameters.market
    firm.appeal = appeal(firm.appeal, luck, run.now.fading, parameters)
    firm.log_scale = smoothed(firm.log_scale, log_sales, parameters)
    firm.age += 0.25


@compiled
def turn_over(run: Any, luck: Any, s: int, k: int) -> None:
    """Firms leave, and firms come to the places that were free before, lowest first. Equation: model.md 3.9."""
    cell, firms = run.cells[s, k], run.firms[s, k]
    least = run.parameters.entry.exit_size * cell.booked / cell.firms
    cell.exited = cell.entered = cell.founded = cell.written_off = 0.0
    for i in range(len(firms)):
        firm = firms[i]
        if firm.alive and leaves(firm, least, cell.largest, luck.uniforms[TURNOVER, s, k, i], run.parameters):
            cell.exited += 1.0
            cell.written_off += firm.cash
            empty(firm)
    cell.ecosystem = ecosystem(run, s, k)
    knocking, i = arrivals(run, luck, s, k), 0
    while cell.entered < knocking and i < len(firms):
        if firms[i].place_was_free:
            settle(run, luck, s, k, i)
            cell.entered += 1.0
            cell.founded += firms[i].cash
        i += 1
    cell.turned_away = knocking - cell.entered
    cell.trend_sales = smoothed(cell.trend_sales, cell.sales, run.parameters.market)


@compiled
def hand_on(run: Any, s: int, k: int) -> None:
    """What a cell hands to the next quarter: its frontier, its firms, their cash. Equation: model.md 3.7."""
    cell = run.cells[s, k]
    cell.frontier = frontier(run.firms[s, k])
    cell.firms = cell.cash = 0.0
    for firm in run.firms[s, k]:
        if firm.alive:
            cell.firms += 1.0
            cell.cash += firm.cash
