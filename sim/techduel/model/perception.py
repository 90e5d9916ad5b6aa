"""What a state sees of its rival: late, with errors that last, and how much it alarms."""

from dataclasses import dataclass

import numpy as np

from techduel.model.axes import SECTOR, Array, rival, total
from techduel.model.parameters.states import PerceptionParameters
from techduel.model.security import Security
from techduel.model.world import Tags, World, tagged

ALARMING_DEPENDENCE = 0.2
"""Dependence at which alarm about it reaches 63 %."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What both states see after a quarter, (run, state, 1, 1)."""

    sight_error: Array
    seen_gap: Array
    seen_rd: Array
    threat: Array


def perceive(world: World, frontier: Array, rd_total: Array, safe: Security, luck: Array) -> Sight:
    """Late and noisy sight of the rival's lead and research, and the threat that a state feels.

    Parameters
    ----------
    frontier : (run, state, sector, 1)
    rd_total : (run, state, 1, 1)
    safe : Security
        Of the quarter; a state knows its own.
    luck : (run, state, 1, 1)
        Standard normals.
    """
    known, states = world.parameters.perception, world.states
    fresh = np.sqrt(1.0 - known.persistence * known.persistence) * known.noise
    error = known.persistence * states.sight_error + fresh * luck
    gap = seen(states.seen_gap, lead_of_rival(world.structure.tags, frontier) + error, known)
    research = seen(states.seen_rd, rd_of_rival(rd_total) + error, known)
    alarm = threat(gap, research, safe.dependence, safe.incident_memory, known)
    return Sight(error, gap, research, alarm)


def seen(before: Array, now: Array, known: PerceptionParameters) -> Array:
    """What is seen follows what is, a mean delay behind."""
    return before + (now - before) / (4.0 * known.lag)


def lead_of_rival(tags: Tags, frontier: Array) -> Array:
    """The rival's lead in frontier fields, log, their mean."""
    fields = tagged(tags, "frontier")
    return total((rival(frontier) - frontier) * fields, SECTOR) / fields.sum()


def rd_of_rival(rd_total: Array) -> Array:
    """Log of the rival's R&D over one's own."""
    return np.log(rival(rd_total) / rd_total)


def threat(gap: Array, research: Array, dependent: Array, memory: Array, known: PerceptionParameters) -> Array:
    """Threat as felt, 0 to 1: the rival's lead, its research, dependence on it, and what it did."""
    weights = known.weight_gap + known.weight_rd + known.weight_dependence + known.weight_incidents
    alarm = (
        known.weight_gap * _logistic(gap / known.gap_scale)
        + known.weight_rd * _logistic(research / known.rd_scale)
        + known.weight_dependence * -np.expm1(-dependent / ALARMING_DEPENDENCE)
        + known.weight_incidents * -np.expm1(-memory)
    )
    return alarm / weights


def _logistic(values: Array) -> Array:
    return 1.0 / (1.0 + np.exp(-values))
