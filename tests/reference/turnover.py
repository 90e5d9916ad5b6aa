"""Sections 3.8 and 3.9 for one cell: the new paradigm, firms that leave and firms that come."""

from math import exp, log, sqrt
from typing import Any

from tests.reference import ledger

BASE_BREADTH = 0.1
BASE_CAPITAL = 0.1


def turn_over(cell: Any, state: Any) -> None:
    """Paradigm, exit and entry; then what the cell hands to the next quarter."""
    mean, largest = _carry_over(cell, state)
    for firm in cell.left:
        firm.sales = firm.rd = firm.profit = firm.innovation = 0.0
    free = [firm for firm in cell.places if not firm.alive]
    cell.left = _leaving(cell, state, largest)
    written_off = sum(firm.cash for firm in cell.left)
    lasting = {firm.slot: firm.technology for firm in cell.firms}
    staying = {firm.slot: firm.technology for firm in cell.firms if firm not in cell.left}
    for firm in cell.left:
        _clear(firm)
    cell.knocking = _arrivals(cell, state)
    entrants = free[: cell.knocking]
    for firm in entrants:
        _settle(firm, cell, state, mean)
    if cell.left or entrants:
        cell.firms = [firm for firm in cell.places if firm.alive]
    _hand_on(cell, entrants, written_off, state.model.known.research.filings_per_billion[state.index])
    ledger.turn_over(cell, lasting, staying)


def _find_frontier(cell: Any) -> None:
    best = sorted([firm.technology for firm in cell.firms])[-3:]
    cell.frontier = sum(best) / len(best)


def _carry_over(cell: Any, state: Any) -> tuple[float, float]:
    """Leads lose worth in the new paradigm; returns the mean technology after it, and the largest sales."""
    opens = state.model.opens * cell.iot_weight
    worn = opens * state.model.known.paradigm.lock_in
    common = (cell.mean_technology + cell.opposite.mean_technology) / 2.0
    if state.model.known.forms.paradigm == "base":
        cell.renewed += opens * (13.0 * cell.pace + cell.gained - cell.renewed)
    summed = largest = 0.0
    for firm in cell.firms:
        firm.technology += worn * (common - firm.technology)
        summed += firm.technology
        largest = max(largest, firm.sales)
    return summed / len(cell.firms), largest


def _leaving(cell: Any, state: Any, largest: float) -> list[Any]:
    """Firms that are too small, in too much debt, or unlucky; never the largest."""
    entry = state.model.known.entry
    least = entry.exit_size * cell.sales / len(cell.firms)
    least_owned = least * entry.soft_budget
    unlucky, debt_limit = entry.exit_rate / 4.0, state.model.known.finance.debt_limit
    luck = state.model.luck.turnover[state.index][cell.sector]
    left = []
    for firm in cell.firms:
        sales = firm.sales
        small = sales < (least_owned if firm.state_owned else least)
        bankrupt = firm.cash < -debt_limit * sales and not firm.state_owned
        if (small or bankrupt or luck[firm.slot] < unlucky) and sales < largest:
            left.append(firm)
    return left


def _clear(firm: Any) -> None:
    """Nothing stays in the place but the flows of the last quarter."""
    firm.alive = firm.state_owned = firm.listed = False
    firm.technology = firm.appeal = firm.log_rd = firm.log_scale = firm.cash = firm.age = 0.0
    firm.rule = firm.dependence = firm.substituted = firm.tie = firm.tie_replaced = 0.0


def _arrivals(cell: Any, state: Any) -> int:
    """How many knock: more where inputs come from home, the market grows, and the rival's capital may come."""
    entry = state.model.known.entry
    supplied = sum(share * state.cells[source].domestic for source, share, *_ in cell.links)
    bought = sum(share for _, share, *_ in cell.links)
    cell.ecosystem = BASE_BREADTH + (supplied / bought if bought > 0.0 else 0.0)
    pull = entry.ecosystem * log(cell.ecosystem / cell.first_ecosystem) + entry.market_pull * log(cell.growth)
    pull += entry.foreign_capital * log((BASE_CAPITAL + state.capital) / (BASE_CAPITAL + state.first_capital))
    lowest = 1.0 - entry.arrival_rate / 4.0 * exp(pull)
    drawn = state.model.luck.turnover[state.index][cell.sector]
    return sum(luck > lowest for luck in drawn) if max(drawn) > lowest else 0


def _settle(firm: Any, cell: Any, state: Any, mean: float) -> None:
    """A new firm in a free place."""
    model = state.model
    entry, luck, slot = model.known.entry, model.luck, firm.slot
    drawn = luck.peer[state.index][cell.sector][slot]
    gap = entry.entrant_gap
    if model.known.forms.paradigm == "base":
        gap *= 1.0 - model.opened * cell.iot_weight
    firm.technology = mean - gap + entry.entrant_spread * (2.0 * drawn - 1.0)
    firm.log_scale = (cell.elasticity - 1.0) * (firm.technology - cell.cost) + cell.log_factor
    drawn = luck.appeal[state.index][cell.sector][slot]
    firm.rule = sqrt(3.0) * model.known.research.rule_spread * (2.0 * drawn - 1.0)
    firm.log_rd = cell.log_norm + firm.rule + firm.log_scale
    firm.cash = model.known.finance.cash_target * exp(firm.log_scale)
    firm.tie = float(luck.imitation[state.index][cell.sector][slot] < entry.tie_share)
    firm.dependence = 1.0
    firm.directed = 0.0
    firm.alive = True


def _hand_on(cell: Any, entrants: list[Any], written_off: float, filings_per_billion: float) -> None:
    _find_frontier(cell)
    cell.entered, cell.exited = len(entrants), len(cell.left)
    cell.turned_away = cell.knocking - len(entrants)
    cell.filings = filings_per_billion * (cell.rd + cell.grants)
    cell.value_added = cell.sales * (1.0 - cell.other_inputs) - cell.use * cell.sales_before
    cell.brought = sum(firm.cash for firm in entrants) - written_off
    cell.cash_before, cell.cash = cell.cash, sum(firm.cash for firm in cell.firms)
