"""Innovation and imitation: who succeeds this quarter, and what technology becomes of it."""

from math import exp, expm1, log, sqrt
from typing import Any, Final

from techduel.model.access import reach
from techduel.model.engine.compiler import compiled
from techduel.model.fringe import inflow
from techduel.model.knowledge import collaboration, open_to_listed, replaced
from techduel.model.market import burden, exposure, kind_of
from techduel.model.noise import IMITATION, INNOVATION
from techduel.model.parameters.forms import code
from techduel.model.research import log_effective, log_effectiveness

LOGISTIC: Final = code("imitation", "logistic")
OWN: Final = code("knowledge", "own")
LEAST_LUCK: Final = 2.0**-54
"""Stands for a uniform of exactly 0, whose discovery would be infinite."""


@compiled
def found(run: Any, s: int, k: int) -> float:
    """Log technology found since the base year that makes ideas dear: one's own, or that of the better of both states.

    Equation: model.md 3.7. Source: Jones 1995.
    """
    cell = run.cells[s, k]
    if run.parameters.forms.knowledge == OWN:
        return cell.frontier - cell.first_frontier
    return max(cell.frontier, run.cells[1 - s, k].frontier) - run.sectors[k].first_frontier


@compiled
def log_difficulty(run: Any, s: int, k: int) -> float:
    """Log of what lowers a cell's hazard: dearer ideas and larger markets, less what basic knowledge adds.

    Equation: model.md 3.7. Source: Bloom et al. 2020 (ideas get harder to find).
    """
    cell, sector, state, parameters = run.cells[s, k], run.sectors[k], run.states[s], run.parameters.ideas
    size = sector.log_firm_size + log(sector.demand)
    gain = found(run, s, k) - cell.renewed
    dearness = sector.log_idea_cost + (1.0 - parameters.size_exponent) * size + parameters.difficulty[k] * gain
    basic = log(state.knowledge_stock / state.first_knowledge_stock)
    eased = parameters.basic_elasticity[k] * basic + log(parameters.innovation_rate / 4.0)
    return parameters.curvature * (dearness - cell.ease) - eased


@compiled
def imitable(cell: Any, distance: float, home: float) -> float:
    """Log technology within reach of imitation: part of the way to the frontiers. Equation: model.md 3.7."""
    return home * distance + cell.inflow


@compiled
def imitation_effort(gap: float, parameters: Any) -> float:
    """Part of the research effort that goes into imitation. Equation: model.md 3.7."""
    return gap / (gap + parameters.imitation_halfway)


@compiled
def need_of_partners(distance: float, lead: float, parameters: Any) -> float:
    """How much a firm needs co-invention: the more, the farther it is from both frontiers. Equation: model.md 3.7."""
    lagging = min(max(parameters.collaboration_parity + lead / parameters.collaboration_lead, 0.0), 1.0)
    far = min(distance / parameters.collaboration_distance, 1.0)
    return parameters.collaboration_floor + (1.0 - parameters.collaboration_floor) * lagging * far


@compiled
def absorption(firm: Any, reference: float) -> float:
    """Absorptive capacity, at most 1: R&D intensity relative to a reference; 0 without sales.

    Equation: model.md 3.7. Source: Cohen and Levinthal 1989.
    """
    return min(firm.rd / max(reference * firm.sales, 1e-300), 1.0)


@compiled
def learnable(gap: float, form: int) -> float:
    """Log technology of which an imitation closes a part: all of a reachable gap, or what is missing to its source.

    Equation: model.md 3.7. Source: Llerena and Lorentz 2004; logistic: Benhabib and Spiegel 2005.
    """
    return -expm1(-gap) if form == LOGISTIC else gap


@compiled
def imitate(firm: Any, gap: float, effort: float, luck: float, parameters: Any) -> None:
    """A firm may close part of the reachable gap: the hazard grows with effort and with what it can absorb.

    Both are at most 1, so luck above the rate decides without either. Equation: model.md 3.7.
    """
    rate = parameters.ideas.imitation_rate / 4.0
    if luck < rate:
        able = absorption(firm, parameters.research.reference_intensity)
        if luck < -expm1(-rate * sqrt(able * effort)):
            firm.technology += parameters.ideas.imitation_closure * learnable(gap, parameters.forms.imitation)


@compiled
def catch_up(firm: Any, gap: float, parameters: Any) -> None:
    """A firm learns a part of what is in reach, at one speed for all gaps, as far as its own research lets it absorb.

    Equation: model.md 3.7. Source: Griffith, Redding and Van Reenen 2004.
    """
    able = sqrt(absorption(firm, parameters.research.reference_intensity))
    firm.technology += parameters.ideas.catch_up / 4.0 * able * learnable(gap, parameters.forms.imitation)


@compiled
def learn(firm: Any, cell: Any, distance: float, luck: float, parameters: Any) -> float:
    """Learning of a firm from those who are ahead; what that takes from its own search is returned, in logs.

    Equation: model.md 3.7.
    """
    if parameters.forms.knowledge == OWN:
        catch_up(firm, imitable(cell, distance, parameters.ideas.home_reach), parameters)
        return 0.0
    gap = imitable(cell, distance, parameters.ideas.home_spillover)
    effort = imitation_effort(gap, parameters.ideas)
    imitate(firm, gap, effort, luck, parameters)
    return parameters.ideas.imitation_cost * effort


@compiled
def may_be(log_chance: float) -> float:
    """More than a chance, or the chance itself, without its exponential: exp(x) < 1 / (1 - x + x^2 / 2) below 0.

    Most firms find nothing, and an exponential for each of them is dear.
    """
    return 1.0 / (1.0 + log_chance * (0.5 * log_chance - 1.0)) if log_chance < 0.0 else 1.0


@compiled
def chance_of(log_hazard: float) -> float:
    """Chance of a hit in a quarter. Equation: model.md 3.7."""
    return -expm1(-exp(log_hazard))


@compiled
def size(part: float) -> float:
    """Size of a hit in mean steps, from luck over the chance of a hit, which is uniform. Equation: model.md 3.7."""
    return -log(max(part, LEAST_LUCK))


@compiled
def innovate(firm: Any, log_hazard: float, luck: float, feasible: float, parameters: Any) -> None:
    """A firm may find something: technology rises, and part of what it is denied is replaced.

    Given a hit, luck is uniform again between 0 and the chance of the hit: it also gives the size of the step, smoothly
    down to 0 where the chance just suffices, so that runs which share their luck differ by what they do and not by
    discoveries that jump. Equation: model.md 3.7.
    """
    if luck < may_be(log_hazard):
        chance = chance_of(log_hazard)
        if luck < chance:
            firm.innovation = size(luck / chance)
            firm.technology += parameters.step * firm.innovation
            firm.substituted += (1.0 - firm.substituted) * (parameters.recovery * feasible)


@compiled
def look_ahead(run: Any, s: int, k: int) -> None:
    """What all firms of a cell meet alike when they search: difficulty, what is open, the rival's lead.

    Equation: model.md 3.7.
    """
    cell, state = run.cells[s, k], run.states[s]
    cell.lead = run.cells[1 - s, k].frontier - cell.frontier
    cell.difficulty, cell.effectiveness = log_difficulty(run, s, k), log_effectiveness(run, s, k)
    cell.reach = reach(run, s, k)
    cell.inflow = inflow(run, s, k)
    cell.tie_replaced = replaced(cell.tie_replaced, state.coinvention, run.parameters.knowledge)
    cell.open_to_listed = open_to_listed(run, s)
    cell.innovations = cell.mean_technology = 0.0


@compiled
def left_of_ties(run: Any, s: int, cell: Any, firm: Any) -> float:
    """What co-invention a firm has left; a listed one replaces what it lost on its own. Equation: model.md 3.7."""
    if not firm.listed:
        return collaboration(run.states[s].coinvention, cell.tie_replaced)
    firm.tie_replaced = replaced(firm.tie_replaced, cell.open_to_listed, run.parameters.knowledge)
    return collaboration(cell.open_to_listed, firm.tie_replaced)


@compiled
def note(noted: Any, firm: Any, cell: Any, parameters: Any) -> None:
    """What a firm notes for the ledger before it finds something: what it has learnt, what denial does to its hazard.

    Equation: model.md 9.
    """
    noted.learnt = firm.technology - noted.before
    noted.denied = -parameters.ideas.curvature * parameters.research.denial_drag * burden(firm, cell)
    wanted = exposure(firm) * cell.induced[kind_of(firm)]
    noted.induced += parameters.research.adjustment * (wanted - noted.induced)


@compiled
def discover(run: Any, luck: Any, s: int, k: int, i: int) -> None:
    """Imitation and innovation of one firm, by the luck of the quarter. Equation: model.md 3.7."""
    cell, firm, parameters = run.cells[s, k], run.firms[s, k][i], run.parameters.ideas
    effective = log_effective(firm, cell, run.parameters.research)
    before, distance, helped = firm.technology, max(cell.frontier - firm.technology, 0.0), 0.0
    partners = firm.tie * left_of_ties(run, s, cell, firm)
    log_hazard = parameters.curvature * (effective - parameters.size_exponent * firm.log_scale)
    log_hazard -= learn(firm, cell, distance, luck.uniforms[IMITATION, s, k, i], run.parameters) + cell.difficulty
    if partners > 0.0:
        helped = parameters.collaboration * partners * need_of_partners(distance, cell.lead, parameters)
        log_hazard += helped
    if run.now.ledger:
        noted = run.notes[s, k][i]
        noted.before, noted.partners, noted.log_hazard = before, helped, log_hazard
        note(noted, firm, cell, run.parameters)
    firm.innovation = 0.0
    innovate(firm, log_hazard, luck.uniforms[INNOVATION, s, k, i], cell.feasibility, parameters)
    cell.innovations += 4.0 * firm.innovation
    cell.mean_technology += firm.technology
