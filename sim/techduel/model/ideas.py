"""Innovation and imitation: who succeeds this quarter, and what technology becomes of it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.model.axes import Array, at_firms, flat, rival
from techduel.model.forms import code
from techduel.model.noise import Draws
from techduel.model.parameters import Parameters
from techduel.model.parameters.research import IdeaParameters
from techduel.model.research import world_frontier
from techduel.model.world import Firms, World

LOGISTIC: Final = code("imitation", "logistic")
LEAST_LUCK = 2.0**-54
"""Stands for a uniform of exactly 0, whose discovery would be infinite."""


@dataclass(frozen=True, slots=True)
class Prospects:
    """What a firm can find and learn, before luck decides."""

    gap: Array
    """Log technology within reach of imitation."""
    effort: Array
    """Part of the research effort that goes into imitation."""
    log_hazard: Array
    """Log of innovations a quarter."""


@dataclass(frozen=True, slots=True)
class Absorption:
    """What lets a firm use what others know: its R&D intensity relative to a reference."""

    rd: Array
    sales: Array
    reference: Array

    def at(self, places: NDArray[np.intp]) -> NDArray[np.float64]:
        """Absorptive capacity of the firms at flat places, at most 1; 0 without sales."""
        enough = at_firms(self.reference, places, self.sales.shape) * flat(self.sales)[places]
        return np.minimum(flat(self.rd)[places] / np.maximum(enough, 1e-300), 1.0)


@dataclass(frozen=True, slots=True)
class Discoveries:
    """Technology and what was learnt in a quarter."""

    technology: Array
    substituted: Array
    innovation: Array
    """Successes of the quarter weighted by step over mean step."""


def prospects(world: World, log_research: Array, log_difficulty: Array, reach: Array, partners: Array) -> Prospects:
    """Imitation effort from the reachable gap; innovation hazard from research, its cost, science and partners.

    Parameters
    ----------
    log_research : firms
        Log of effective R&D.
    log_difficulty : cells
        Log of what one idea costs a firm of size 1, from `log_difficulty`.
    reach : cells
        Openness of all knowledge channels.
    partners : firms
        What is left of each firm's co-invention, from `techduel.model.knowledge.partners`.
    """
    firms, known = world.firms, world.parameters.ideas
    frontier = world.cells.frontier
    lead = rival(frontier) - frontier
    distance = frontier - firms.technology
    np.maximum(distance, 0.0, out=distance)
    gap = known.home_spillover * distance
    gap += reach * np.maximum(lead, 0.0)
    effort = gap / (gap + known.imitation_halfway)
    log_hazard = log_research - known.size_exponent * firms.log_scale
    log_hazard *= known.curvature
    log_hazard += _collaboration(distance, lead, partners, known)
    log_hazard -= known.imitation_cost * effort
    log_hazard -= log_difficulty
    return Prospects(gap, effort, log_hazard)


def _collaboration(distance: Array, lead: Array, partners: Array, known: IdeaParameters) -> Array:
    """Log rise of innovation by co-invention: more the farther a firm is from both frontiers."""
    lagging = np.clip(known.collaboration_parity + lead / known.collaboration_lead, 0.0, 1.0)
    slope = known.collaboration * (1.0 - known.collaboration_floor) * lagging / known.collaboration_distance
    risen = slope * np.minimum(distance, known.collaboration_distance)
    risen += known.collaboration * known.collaboration_floor
    risen *= partners
    return risen


def log_difficulty(world: World, demand: Array) -> Array:
    """Log of what lowers a cell's hazard: dearer ideas and larger markets, less what basic knowledge adds.

    Parameters
    ----------
    demand : (run, 1, sector, 1)
        World spending relative to the base year.
    """
    structure, known = world.structure, world.parameters.ideas
    size = structure.research.log_firm_size + np.log(demand)
    gain = world_frontier(world.cells.frontier) - structure.research.frontier
    basic = np.log(world.states.knowledge_stock / structure.economy.first.knowledge_stock)
    dearness = structure.research.log_idea_cost + (1.0 - known.size_exponent) * size + known.difficulty * gain
    dearness = dearness - world.outside.ease
    return known.curvature * dearness - known.basic_elasticity * basic - np.log(known.innovation_rate / 4.0)


def discoveries(
    firms: Firms, found: Prospects, absorption: Absorption, feasibility: Array, parameters: Parameters, draws: Draws
) -> Discoveries:
    """Imitations, then innovations; a discovery also replaces part of what a firm is denied.

    Hits are rare, so they are found first and worked out in place. Given a hit, the same uniform is uniform again
    between 0 and the chance of the hit: it also gives the size of the step, smoothly down to 0 where the chance just
    suffices, so that runs which share their luck differ by what they do and not by discoveries that jump.
    """
    known = parameters.ideas
    technology, substituted = firms.technology.copy(order="K"), firms.substituted.copy(order="K")
    innovation, shape = np.zeros_like(technology), technology.shape
    learnt = imitations(firms, found, absorption, known, draws.imitation)
    gained = learnable(flat(found.gap)[learnt], at_firms(parameters.forms.imitation.astype(float), learnt, shape))
    flat(technology)[learnt] += at_firms(known.imitation_closure, learnt, shape) * gained
    quarterly = np.exp(found.log_hazard)
    likely = np.flatnonzero(flat((draws.innovation < quarterly) & firms.alive))
    chance = -np.expm1(-flat(quarterly)[likely])
    luck = flat(draws.innovation)[likely]
    hits, luck = likely[luck < chance], (luck / chance)[luck < chance]
    size = -np.log(np.maximum(luck, LEAST_LUCK))
    flat(technology)[hits] += at_firms(known.step, hits, shape) * size
    flat(innovation)[hits] = size
    gained = at_firms(known.recovery * feasibility, hits, shape)
    flat(substituted)[hits] += (1.0 - flat(substituted)[hits]) * gained
    return Discoveries(technology, substituted, innovation)


def learnable(gap: NDArray[np.float64], form: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log technology of which an imitation closes a part: all of a reachable gap, or what is missing to its source.

    Equation: model.md 3.7. Source: Llerena and Lorentz 2004; logistic: Benhabib and Spiegel 2005.
    """
    return np.where(form == LOGISTIC, -np.expm1(-gap), gap)


def imitations(
    firms: Firms, found: Prospects, absorption: Absorption, known: IdeaParameters, luck: Array
) -> np.ndarray:
    """Flat places of the firms that imitate this quarter.

    The hazard is the rate times the square root of effort and of absorption, both at most 1, so luck above the rate
    decides without either.
    """
    rate = known.imitation_rate / 4.0
    likely = np.flatnonzero(flat((luck < rate) & firms.alive))
    able = absorption.at(likely) * flat(found.effort)[likely]
    hazard = at_firms(rate, likely, luck.shape) * np.sqrt(able)
    return likely[flat(luck)[likely] < -np.expm1(-hazard)]
