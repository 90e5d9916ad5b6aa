"""The ledger of frontiers: why that of each cell has moved in a quarter, without a rest."""

from typing import Any, Final

from techduel.model.engine.compiler import compiled
from techduel.model.ideas import OWN, chance_of, may_be, size
from techduel.model.noise import INNOVATION

FORMER, STAYING, LIVING = range(3)
"""Whom the three best are taken from: living firms by their technology before discoveries; those that lived before the
quarter, by their technology now; all that live now."""
NOBODY: Final = -1
MOST: Final = 3.0
"""Firms of which the mean is taken, if so many live."""


@compiled
def counts(firm: Any, when: int) -> bool:
    """Whether a firm is among those of whom the three best are taken."""
    return firm.alive and not (when == STAYING and firm.place_was_free)


@compiled
def three_best(firms: Any, notes: Any, when: int) -> tuple[int, int, int]:
    """Places of the three best firms, the best first; `NOBODY` where fewer are. Equation: model.md 9."""
    first = second = third = NOBODY
    top = middle = low = -1e300
    for i in range(len(firms)):
        technology = notes[i].before if when == FORMER else firms[i].technology
        if technology > low and counts(firms[i], when):
            if technology > top:
                first, second, third, top, middle, low = i, first, second, technology, top, middle
            elif technology > middle:
                second, third, middle, low = i, second, technology, middle
            else:
                third, low = i, technology
    return first, second, third


@compiled
def many(best: Any) -> float:
    """How many the best are."""
    return 1.0 + (best[1] != NOBODY) + (best[2] != NOBODY)


@compiled
def mean(firms: Any, best: Any) -> float:
    """Mean technology of the best."""
    total = 0.0
    for i in best:
        if i != NOBODY:
            total += firms[i].technology
    return total / many(best)


@compiled
def among(best: Any, i: int) -> float:
    """Part of a firm in the mean of the best; 0 if it is none of them."""
    return 1.0 / many(best) if i in best else 0.0


@compiled
def enter_discoveries(run: Any, luck: Any, s: int, k: int) -> None:
    """What events and discoveries do to the frontier of a cell, and that others belong to the best three.

    Equation: model.md 9. Source: Griliches and Regev 1995 (weights of both ends).
    """
    entry, firms, notes = run.ledger.frontier[s, k], run.firms[s, k], run.notes[s, k]
    for cause in range(len(entry.each)):
        entry.each[cause] = 0.0
    entry.event = run.cells[s, k].frontier - run.cells[s, k].frontier_handed
    before, after, abroad = three_best(firms, notes, FORMER), three_best(firms, notes, LIVING), 0.0
    for i in range(len(firms)):
        was, is_now = among(before, i), among(after, i)
        if was + is_now > 0.0:
            noted, weight = notes[i], 0.5 * (was + is_now)
            entry.membership += (is_now - was) * 0.5 * (noted.before + firms[i].technology)
            lucky = luck.uniforms[INNOVATION, s, k, i]
            enter_findings(entry, noted, firms[i].innovation, lucky, weight, run.parameters.ideas)
            abroad += enter_learning(run, s, k, noted, weight)
    enter_channels(run, s, k, abroad)
    run.cells[s, k].frontier_found = mean(firms, after)


@compiled
def found_at(log_hazard: float, luck: float) -> float:
    """What a firm would have found at another hazard under the same luck, in mean steps. Equation: model.md 9."""
    chance = chance_of(log_hazard)
    return size(luck / chance) if luck < chance else 0.0


@compiled
def enter_findings(entry: Any, noted: Any, found: float, luck: float, weight: float, ideas: Any) -> None:
    """What a firm has found, by what its hazard is made of, each part under the same luck. Equation: model.md 9."""
    with_induced = noted.log_hazard - noted.partners
    dragged = with_induced - ideas.curvature * noted.induced
    free = dragged - noted.denied
    if luck >= may_be(max(free, dragged, with_induced, noted.log_hazard)):
        return
    weight *= ideas.step
    own, after_drag, after_induced = found_at(free, luck), found_at(dragged, luck), found_at(with_induced, luck)
    entry.own += weight * own
    entry.denied += weight * (after_drag - own)
    entry.induced += weight * (after_induced - after_drag)
    entry.partners += weight * (found - after_induced)


@compiled
def enter_learning(run: Any, s: int, k: int, noted: Any, weight: float) -> float:
    """What a firm has learnt at home is entered, what it has learnt abroad returned. Equation: model.md 9.

    Source: Aumann and Shapley 1974 (prices of parts of a sum).
    """
    cell, ideas = run.cells[s, k], run.parameters.ideas
    part = ideas.home_reach if run.parameters.forms.knowledge == OWN else ideas.home_spillover
    home = part * max(cell.frontier - noted.before, 0.0)
    if home + cell.inflow == 0.0:
        return 0.0
    a_unit = weight * noted.learnt / (home + cell.inflow)
    run.ledger.frontier[s, k].home += a_unit * home
    return a_unit * cell.inflow


@compiled
def enter_channels(run: Any, s: int, k: int, abroad: float) -> None:
    """What a cell's best have learnt abroad, by channel, or from allies where they teach more. Equation: model.md 9."""
    entry, cell, state, weights = run.ledger.frontier[s, k], run.cells[s, k], run.states[s], run.parameters.knowledge
    if cell.inflow > cell.reach * max(cell.lead, 0.0):
        entry.allies = abroad
    elif cell.reach > 0.0:
        a_unit = abroad / cell.reach
        entry.goods = a_unit * weights.embodied * cell.embodied
        entry.coinvention = a_unit * weights.coinvention * state.coinvention
        entry.talent = a_unit * weights.talent * state.talent
        entry.science = a_unit * weights.science * state.science
        entry.investment = a_unit * weights.investment * state.investment
        entry.illicit = a_unit * weights.illicit * state.illicit


@compiled
def enter_paradigm(run: Any, s: int, k: int) -> None:
    """What the paradigm does to the frontier. Equation: model.md 9."""
    cell, firms, notes = run.cells[s, k], run.firms[s, k], run.notes[s, k]
    worn = cell.frontier_found
    if run.sectors[k].worn > 0.0:
        worn = mean(firms, three_best(firms, notes, LIVING))
    run.ledger.frontier[s, k].paradigm = worn - cell.frontier_found
    cell.frontier_worn = worn


@compiled
def enter_turnover(run: Any, s: int, k: int) -> None:
    """What firms that leave, and then firms that come, do to the frontier; newcomers have no induced research.

    Where they change of how many firms the mean is taken, that is membership. Equation: model.md 9.
    """
    entry, cell, firms, notes = run.ledger.frontier[s, k], run.cells[s, k], run.firms[s, k], run.notes[s, k]
    cell.frontier_handed = cell.frontier
    if cell.exited + cell.entered == 0.0:
        return
    staying, living = three_best(firms, notes, STAYING), three_best(firms, notes, LIVING)
    stayed = mean(firms, staying)
    left, come = stayed - cell.frontier_worn, mean(firms, living) - stayed
    if many(staying) < min(cell.firms + cell.exited - cell.entered, MOST):
        entry.membership += left
    else:
        entry.exit = left
    if many(living) > many(staying):
        entry.membership += come
    else:
        entry.entry = come
    for i in range(len(firms)):
        if firms[i].place_was_free:
            notes[i].induced = 0.0
