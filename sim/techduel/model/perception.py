"""What a state sees of its rival: late, with errors that last, and how much it alarms."""

from math import expm1, log, sqrt
from typing import Any, Final

from techduel.model.access import logistic
from techduel.model.engine.compiler import compiled

ALARMING_DEPENDENCE: Final = 0.2
"""Dependence at which alarm about it reaches 63 %."""


@compiled
def lead_of_rival_in(run: Any, s: int, k: int) -> float:
    """The rival's lead in one sector, log. Equation: model.md 3.15."""
    return run.cells[1 - s, k].frontier - run.cells[s, k].frontier


@compiled
def lead_of_rival(run: Any, s: int) -> float:
    """The rival's lead in frontier fields, log, their mean. Equation: model.md 3.15."""
    lead = fields = 0.0
    for k in range(len(run.sectors)):
        if run.sectors[k].frontier:
            lead += lead_of_rival_in(run, s, k)
            fields += 1.0
    return lead / fields


@compiled
def seen(before: float, now: float, parameters: Any) -> float:
    """What is seen follows what is, a mean delay behind. Equation: model.md 3.15."""
    return before + (now - before) / (4.0 * parameters.lag)


@compiled
def rd_of_rival(run: Any, s: int) -> float:
    """Log of the rival's R&D over one's own. Equation: model.md 3.15."""
    return log(run.states[1 - s].rd_total / run.states[s].rd_total)


@compiled
def threat(state: Any, parameters: Any) -> float:
    """Threat as felt, 0 to 1: the rival's lead, its research, dependence on it, and what it did.

    Equation: model.md 3.15.
    """
    alarm = (
        parameters.weight_gap * logistic(state.seen_gap / parameters.gap_scale)
        + parameters.weight_rd * logistic(state.seen_rd / parameters.rd_scale)
        + parameters.weight_dependence * -expm1(-state.dependence / ALARMING_DEPENDENCE)
        + parameters.weight_incidents * -expm1(-state.incident_memory)
    )
    return alarm / (
        parameters.weight_gap + parameters.weight_rd + parameters.weight_dependence + parameters.weight_incidents
    )


@compiled
def perceive(run: Any, luck: Any, s: int) -> None:
    """Late and noisy sight of the rival's lead and research, and the threat that a state feels.

    Equation: model.md 3.15.
    """
    state, parameters = run.states[s], run.parameters.perception
    fresh = sqrt(1.0 - parameters.persistence * parameters.persistence) * parameters.noise
    state.sight_error = parameters.persistence * state.sight_error + fresh * luck.sight[s]
    state.rival_lead = lead_of_rival(run, s)
    state.seen_gap = seen(state.seen_gap, state.rival_lead + state.sight_error, parameters)
    for k in range(len(run.sectors)):
        cell = run.cells[s, k]
        cell.seen_gap = seen(cell.seen_gap, lead_of_rival_in(run, s, k) + state.sight_error, parameters)
    state.seen_rd = seen(state.seen_rd, rd_of_rival(run, s) + state.sight_error, parameters)
    state.threat = threat(state, parameters)
