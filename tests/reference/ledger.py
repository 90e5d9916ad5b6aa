"""Section 9 for one cell: why its frontier has moved, from what each firm remembers of its quarter."""

from math import exp, expm1, log
from typing import Any

from tests.reference.abroad import taught

CHANNELS = ("coinvention", "talent", "science", "investment", "illicit")


def best(technologies: dict[int, float]) -> list[int]:
    """Slots of the three best."""
    return sorted(technologies, key=lambda slot: -technologies[slot])[:3]


def mean_of_best(technologies: dict[int, float]) -> float:
    """Of technology."""
    chosen = best(technologies)
    return sum(technologies[slot] for slot in chosen) / len(chosen)


def find(cell: Any, state: Any) -> None:
    """Discoveries: own and the rest of what is found, what is learnt, and who belongs to the best."""
    known, luck = state.model.known.ideas, state.model.luck.innovation[state.index][cell.sector]
    before, after = best({f.slot: f.note[0] for f in cell.firms}), best({f.slot: f.technology for f in cell.firms})
    cell.ledger = ledger = dict.fromkeys(("own", "denied", "induced", "partners", "home", "membership"), 0.0)
    ledger["event"], from_abroad = cell.frontier - cell.handed, 0.0
    for firm in cell.firms:
        _direct(firm, cell, state)
        was, now = (firm.slot in before) / len(before), (firm.slot in after) / len(after)
        technology, at_home, in_reach, _, _ = firm.note
        ledger["membership"] += (now - was) * (technology + firm.technology) / 2.0
        for name, part in _found(firm, state.model.known, luck[firm.slot]).items():
            ledger[name] += (was + now) / 2.0 * known.step * part
        if in_reach > 0.0:
            learnt = (was + now) / 2.0 * (firm.technology - technology - known.step * firm.innovation)
            ledger["home"] += learnt * at_home / in_reach
            from_abroad += learnt * (1.0 - at_home / in_reach)
    ledger |= _channels(cell, state, from_abroad)
    cell.found = mean_of_best({firm.slot: firm.technology for firm in cell.firms})


def _direct(firm: Any, cell: Any, state: Any) -> None:
    """The part of R&D that denial has induced follows what denial makes worth while."""
    worth = firm.exposed * cell.inducement[firm.listed]
    firm.directed += state.model.known.research.adjustment * (worth - firm.directed)


def _found(firm: Any, known: Any, luck: float) -> dict[str, float]:
    """What a firm has found, in steps, as influences on its hazard join one after the other."""
    *_, hazard, helped = firm.note
    parts = {
        "denied": -known.ideas.curvature * known.research.denial_drag * firm.burden,
        "induced": known.ideas.curvature * firm.directed,
        "partners": helped,
    }
    at = hazard - sum(parts.values())
    found = {"own": _step(at, luck)}
    for name, part in parts.items():
        at += part
        found[name] = _step(at, luck) - sum(found.values())
    return found


def _step(hazard: float, luck: float) -> float:
    """What is found at a log hazard a year, in steps."""
    return max(0.0, log(-expm1(-exp(hazard) / 4.0) / max(luck, 1e-300)))


def _channels(cell: Any, state: Any, from_abroad: float) -> dict[str, float]:
    """What is learnt abroad, by where it comes from."""
    weights = state.model.known.knowledge
    parts = {name: getattr(weights, name) * getattr(state, name) for name in CHANNELS}
    parts["goods"] = weights.embodied * cell.embodied
    from_rival = cell.reach * max(cell.opposite.frontier - cell.frontier, 0.0)
    if taught(state, cell, from_rival) > from_rival:
        return dict.fromkeys(parts, 0.0) | {"allies": from_abroad}
    whole = sum(parts.values())
    return {name: from_abroad * part / whole if whole else 0.0 for name, part in parts.items()} | {"allies": 0.0}


def turn_over(cell: Any, lasting: dict[int, float], staying: dict[int, float]) -> None:
    """Paradigm, exit and entry, by the technologies of those who were there before, and of those who stay."""
    worn, stayed = mean_of_best(lasting), mean_of_best(staying)
    living = {firm.slot: firm.technology for firm in cell.firms}
    cell.handed = cell.frontier
    cell.ledger |= {"paradigm": worn - cell.found, "exit": 0.0, "entry": 0.0}
    cell.ledger["exit" if len(best(staying)) == len(best(lasting)) else "membership"] += stayed - worn
    cell.ledger["entry" if len(best(living)) == len(best(staying)) else "membership"] += mean_of_best(living) - stayed
