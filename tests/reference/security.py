"""Sections 3.11 and 3.15 for one state: exposure, incidents and trust; what it sees of its rival."""

from math import exp, expm1, log, sqrt
from typing import Any

USUAL_DEPENDENCE = 0.2
"""Dependence at which its part of the threat reaches 63 %."""


def secure(state: Any) -> None:
    """Risk of the quarter, the incidents that luck makes of it, and the trust that is left."""
    model, known, luck = state.model, state.model.known.security, state.model.luck
    state.dependence = _dependence(state)
    effort = state.rival.levers["technology_acquisition"] * (1.0 - state.levers["counter_intelligence"])
    espionage = known.espionage_rate * effort * _exposure(state)
    disruption = known.disruption_rate * state.dependence * (1.0 - state.trust)
    state.risk = espionage + disruption
    spied = luck.espionage[state.index] < -expm1(-espionage / 4.0)
    cut_off = luck.disruption[state.index] < -expm1(-disruption / 4.0)
    state.incidents = float(spied) + float(cut_off)
    state.incident_memory = state.incident_memory * (1.0 - known.forgetting / 4.0) + state.incidents
    closer = model.known.security.trust_speed / 4.0 * (1.0 - state.rival.restriction - state.trust)
    state.trust = min(max(state.trust + closer - known.trust_shock * state.incidents, 0.0), 1.0)


def perceive(state: Any) -> None:
    """What the state sees of its rival, late and with an error, and how much that alarms it."""
    model, known = state.model, state.model.known.perception
    fields = [cell for cell in state.cells if model.tags["frontier"][cell.sector]]
    gap = sum(cell.opposite.frontier - cell.frontier for cell in fields) / len(fields)
    state.rival_lead = gap
    research = log(state.rival.rd_total / state.rd_total)
    luck = model.luck.sight[state.index]
    fresh = sqrt(1.0 - known.persistence**2) * known.noise * luck
    state.sight_error = error = known.persistence * state.sight_error + fresh
    smoothing = 1.0 / (4.0 * known.lag)
    state.seen_gap += smoothing * (gap + error - state.seen_gap)
    for cell in state.cells:
        cell.seen_gap += smoothing * (cell.opposite.frontier - cell.frontier + error - cell.seen_gap)
    state.seen_rd += smoothing * (research + error - state.seen_rd)
    state.threat = _threat(state, known)


def _threat(state: Any, known: Any) -> float:
    alarms = (
        (known.weight_gap, _logistic(state.seen_gap / known.gap_scale)),
        (known.weight_rd, _logistic(state.seen_rd / known.rd_scale)),
        (known.weight_dependence, -expm1(-state.dependence / USUAL_DEPENDENCE)),
        (known.weight_incidents, -expm1(-state.incident_memory)),
    )
    return sum(weight * alarm for weight, alarm in alarms) / sum(weight for weight, _ in alarms)


def _logistic(value: float) -> float:
    return 1.0 / (1.0 + exp(-value))


def _exposure(state: Any) -> float:
    """The rival's part in what digital suppliers receive in the home market."""
    cells = [cell for cell in state.cells if state.model.tags["digital_core"][cell.sector]]
    return sum(cell.rival_sales for cell in cells) / sum(cell.home_receipts for cell in cells)


def _dependence(state: Any) -> float:
    """The rival's part in supply chains under review, less what stocks cover."""
    cells = [cell for cell in state.cells if state.model.tags["supply_chain"][cell.sector]]
    return sum(cell.rival_sales / cell.home_receipts * exp(-cell.stock) for cell in cells) / len(cells)
