"""Section 3.2: what controls, duties and standards leave of an origin's goods; which channels of knowledge are open."""

from dataclasses import dataclass
from math import exp, expm1, log1p
from typing import Any

from tests.reference import inputs
from tests.reference.reallocation import at_once, between_origins

ALLIES = 2
HALVINGS = 60
"""Of the range that holds a rate of support: to the last digits."""
BARRIERS = ("control", "tariff", "procurement_localisation")
SCREENS = ("inbound_screening", "outbound_screening", "visa_limits", "collaboration_limits", "science_limits")


@dataclass(slots=True)
class Gate:
    """What a buyer meets: lists by origin, and the part of the rival's goods that its control keeps back."""

    admitted: list[float]
    passed: list[float]
    withheld: float = 0.0


def ask_allies(state: Any) -> None:
    """The part of own controls that allies join, by sector, from sales and trade of the quarter before."""
    model, known = state.model, state.model.known.access
    emerging = [sector for sector, belongs in enumerate(model.tags["strategic_emerging"]) if belongs]
    ours, theirs = (sum(each.cells[sector].sales for sector in emerging) for each in (state, state.rival))
    world = ours + theirs + sum(sales[sector] for sales in model.passive_sales for sector in emerging)
    consent = known.allied_consent + known.allied_influence * (ours - theirs) / world
    odds = consent + known.allied_pull * state.cooperation
    state.aim_of_cooperation = state.levers["allied_cooperation"] / (1.0 + exp(-consent))
    state.joined = []
    for sector in range(model.sectors):
        sold = [model.market(bloc, sector).flows[ALLIES] for bloc in range(4)]
        stake = sold[state.rival.index] / sum(sold)
        willingness = 1.0 / (1.0 + exp(known.allied_stake * stake - odds))
        state.joined.append(state.levers["allied_participation"] * willingness)


def open_doors(state: Any) -> None:
    """Leaks of own controls; duties and gates of the own market by sector; channels to the rival's knowledge."""
    known, mine, theirs = state.model.known.access, state.levers, state.rival.levers
    state.leak = [_leak(known, mine, depth) * (1.0 - mine["destinations"]) for depth in mine["control_depth"]]
    inputs.meet(state, mine, theirs)
    state.support_rate = [_support_rate(state, sector) for sector in range(len(state.cells))]
    for cell, rate in zip(state.cells, state.support_rate, strict=True):
        cell.support_rate = rate
    state.duty = [_duty(state, sector) for sector in range(len(state.cells))]
    state.gates = [_gates(state, known, theirs, sector) for sector in range(len(state.cells))]
    state.capital = (1.0 - mine["inbound_screening"]) * (1.0 - theirs["outbound_screening"])
    state.restriction = restriction(state)
    _open_channels(state, mine, theirs)


def open_sea(model: Any, sector: int) -> Gate:
    """The gate of the passive blocs, for all their buyers: standards help, disruptions hurt."""
    cells = [state.cells[sector] for state in model.both]
    by = between_origins(model, sector) - 1.0
    standing = [exp(by * cell.standing) for cell in cells]
    passed = [present[sector] for present in model.present]
    for state in model.both:
        levers = state.levers
        held = levers["destinations"] * levers["control_breadth"][sector] * levers["control_depth"][sector]
        passed[state.index] *= 1.0 - held
    return Gate([*standing, 1.0, 1.0], passed)


def set_standards(state: Any) -> None:
    """Standing in third markets follows the effort for standards."""
    known = state.model.known.access
    for cell, push in zip(state.cells, state.levers["standards_push"], strict=True):
        cell.standing += known.standards_speed / 4.0 * (known.standards_reach * push - cell.standing)


def restriction(state: Any) -> float:
    """Mean of what a state closes to its rival, over sectors and kinds of barrier."""
    levers, summed = state.levers, 0.0
    screens = sum(levers[name] for name in SCREENS)
    for cell in state.cells:
        sector = cell.sector
        controlled = levers["control_breadth"][sector] * levers["control_depth"][sector]
        taxed = 1.0 - (1.0 + levers["tariff"][sector]) ** (1.0 - between_origins(state.model, sector))
        barriers = controlled + taxed + levers["procurement_localisation"][sector]
        summed += (barriers + screens) / (len(BARRIERS) + len(SCREENS))
    return summed / len(state.cells)


def _leak(known: Any, levers: dict[str, Any], depth: float) -> float:
    return min(known.evasion + known.evasion_slope * depth, 0.999999) * (1.0 - levers["control_enforcement"])


def _support_rate(state: Any, sector: int) -> float:
    """The part of the home price with which a budget is spent as buyers respond, in the market of the quarter before.

    It lies between that at which all buyers buy at home and that at which support wins none of them.
    """
    budget = state.levers["reshoring_support"][sector]
    if budget == 0.0:
        return 0.0
    market, cell = state.model.market(state.index, sector), state.cells[sector]
    spent, by = sum(market.spending), at_once(state.model, sector) - 1.0
    at_home = market.flows[state.index] * (1.0 - cell.support_rate)
    odds = at_home / (spent - at_home) * (1.0 - cell.support_rate) ** by
    low, high = log1p(budget / spent), log1p(budget / spent * (1.0 + odds) / odds)
    for _ in range(HALVINGS):
        fall = (low + high) / 2.0
        share = odds / (odds + exp(-by * fall))
        low, high = (low, fall) if expm1(fall) * spent * share > budget else (fall, high)
    return -expm1(-(low + high) / 2.0)


def _duty(state: Any, sector: int) -> list[float]:
    """By origin: a tariff on the rival's goods, a subsidy on one's own."""
    duty = [0.0, 0.0, 0.0, 0.0]
    duty[state.index] = -state.support_rate[sector]
    duty[1 - state.index] = state.levers["tariff"][sector]
    return duty


def _gates(state: Any, known: Any, theirs: dict[str, Any], sector: int) -> tuple[Gate, Gate, Gate]:
    """For private, public and listed buyers."""
    leaking = _leak(known, theirs, theirs["control_depth"][sector]) * (1.0 - theirs["destinations"])
    controlled = theirs["control_breadth"][sector] * theirs["control_depth"][sector] * (1.0 - leaking)
    broad = controlled * (1.0 - theirs["control_end_use"])
    listed = 1.0 - (1.0 - controlled) * (1.0 - theirs["listing_denial"] * (1.0 - leaking))
    priced = _priced(state, known, theirs, sector)
    public = list(priced)
    public[1 - state.index] *= 1.0 - state.levers["procurement_localisation"][sector]
    passed, withheld = _passed(state, sector, broad)
    passed_to_listed, withheld_from_listed = _passed(state, sector, listed)
    return (
        Gate(priced, passed, withheld),
        Gate(public, passed, withheld),
        Gate(priced, passed_to_listed, withheld_from_listed),
    )


def _priced(state: Any, known: Any, theirs: dict[str, Any], sector: int) -> list[float]:
    """What duties, licences and cooperation leave of each origin's attraction."""
    by = between_origins(state.model, sector) - 1.0
    priced = [(1.0 + duty) ** -by for duty in state.duty[sector]]
    priced[1 - state.index] *= exp(-by * known.licence_cost * theirs["control_breadth"][sector])
    priced[ALLIES] *= exp(by * known.allied_facilitation * state.cooperation)
    return priced


def _passed(state: Any, sector: int, denied: float) -> tuple[list[float], float]:
    """By origin, what denial by the rival and its allies and disruptions leave; and what the rival alone denies."""
    passed = [present[sector] for present in state.model.present]
    foreign = passed[1 - state.index]
    passed[1 - state.index] = foreign * (1.0 - denied)
    passed[ALLIES] *= 1.0 - state.rival.joined[sector] * denied
    return passed, foreign * denied


def _open_channels(state: Any, mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Openness of each channel and the reach that all give together."""
    weights, known = state.model.known.knowledge, state.model.known.access
    doors = (1.0 - mine["visa_limits"]) * (1.0 - theirs["visa_limits"])
    state.coinvention = (1.0 - mine["collaboration_limits"]) * (1.0 - theirs["collaboration_limits"])
    state.science = (1.0 - mine["science_limits"]) * (1.0 - theirs["science_limits"])
    state.talent = (1.0 + mine["talent_recruitment"]) / 2.0 * doors
    state.investment = _invested(mine, theirs) / 2.0 + _invested(theirs, mine) / 2.0
    state.illicit = mine["technology_acquisition"] * (1.0 - theirs["counter_intelligence"])
    common = (
        weights.coinvention * state.coinvention
        + weights.talent * state.talent
        + weights.science * state.science
        + weights.investment * state.investment
        + weights.illicit * state.illicit
    )
    for cell, breadth, depth in zip(state.cells, theirs["control_breadth"], theirs["control_depth"], strict=True):
        leaking = _leak(known, theirs, depth) * (1.0 - theirs["destinations"])
        broad = breadth * depth * (1.0 - leaking) * (1.0 - theirs["control_end_use"])
        taxed = (1.0 + mine["tariff"][cell.sector]) ** (1.0 - between_origins(state.model, cell.sector))
        cell.denied_by_rival = broad
        cell.embodied = (1.0 - broad) ** known.knowledge_closing * taxed
        cell.reach = common + weights.embodied * cell.embodied
    state.mobility = doors * (1.0 - state.model.known.talent.recruitment_pull * mine["talent_recruitment"])


def _invested(host: dict[str, Any], owner: dict[str, Any]) -> float:
    """Investment of an owner in a host that both let pass."""
    return (1.0 - host["inbound_screening"]) * (1.0 - owner["outbound_screening"])
