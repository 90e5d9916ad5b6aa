"""Security: how exposed a state is, the incidents that follow, their memory, and trust between the states."""

from math import exp, expm1
from typing import Any, Final

import numpy as np

from techduel.model.access import priced
from techduel.model.actions import NARROW, REFUSALS, WIDE
from techduel.model.engine.compiler import compiled, entry
from techduel.model.market import home_share, received
from techduel.model.reallocation import origin_elasticity

NARROW_REFUSALS: Final = np.array([name in REFUSALS for name in NARROW])
WIDE_REFUSALS: Final = np.array([name in REFUSALS for name in WIDE])
"""Which levers of a record are the refused part itself."""


@compiled
def exposure(run: Any, s: int) -> float:
    """The rival's share of the home market for digital goods. Equation: model.md 3.11."""
    sold = bought = 0.0
    for k in range(len(run.sectors)):
        if run.sectors[k].digital_core:
            sold += run.markets[s, k].flows[1 - s]
            bought += received(run.markets[s, k])
    return sold / bought


@compiled
def reliance(run: Any, s: int, k: int, stock: float) -> float:
    """The rival's share of the home market for a sector under review, less what a stock covers.

    Equation: model.md 3.11.
    """
    return home_share(run, 1 - s, s, k) * exp(-stock) if run.sectors[k].supply_chain else 0.0


@compiled
def reviewed(run: Any) -> float:
    """How many supply chains are under review."""
    count = 0.0
    for sector in run.sectors:
        if sector.supply_chain:
            count += 1.0
    return count


@compiled
def dependence(run: Any, s: int) -> float:
    """Mean reliance on the rival in the supply chains under review, with the stocks that there are.

    Equation: model.md 3.11.
    """
    relied = 0.0
    for k in range(len(run.sectors)):
        relied += reliance(run, s, k, run.cells[s, k].stock)
    return relied / reviewed(run)


@compiled
def espionage(run: Any, s: int, protection: float) -> float:
    """Expected incidents a year that follow the rival's efforts and one's exposure. Equation: model.md 3.11."""
    attempts = run.states[1 - s].levers.technology_acquisition * (1.0 - protection)
    return run.parameters.security.espionage_rate * attempts * exposure(run, s)


@compiled
def disruption(dependent: float, trust: float, parameters: Any) -> float:
    """Expected incidents a year that follow dependence on a rival who is not trusted. Equation: model.md 3.11."""
    return parameters.disruption_rate * dependent * (1.0 - trust)


@compiled
def happens(expected: float, luck: float) -> float:
    """Whether an incident happens in a quarter. Equation: model.md 3.11."""
    return 1.0 if luck < -expm1(-expected / 4.0) else 0.0


@compiled
def restriction(run: Any, s: int) -> float:
    """Mean over sectors and kinds of what a state closes to its rival. Equation: model.md 3.11."""
    every, by_state = run.states[s].levers.each, 0.0
    for lever in range(len(every)):
        if NARROW_REFUSALS[lever]:
            by_state += every[lever]
    closed = 0.0
    for k in range(len(run.sectors)):
        levers = run.cells[s, k].levers
        closed += levers.control_breadth * levers.control_depth + by_state
        closed += 1.0 - priced(levers.tariff, origin_elasticity(run, k))
        for lever in range(len(levers.each)):
            if WIDE_REFUSALS[lever]:
                closed += levers.each[lever]
    return closed / ((len(REFUSALS) + 2) * len(run.sectors))


@compiled
def trust(before: float, open_to_us: float, incidents: float, parameters: Any) -> float:
    """Trust in the rival follows what it leaves open; incidents shake it. Equation: model.md 3.11."""
    followed = before + parameters.trust_speed / 4.0 * (open_to_us - before)
    return min(max(followed - parameters.trust_shock * incidents, 0.0), 1.0)


@compiled
def loss(incidents: float, first_risk: float, parameters: Any) -> float:
    """Part of output that incidents cost beyond what forecasts contain. Equation: model.md 3.11."""
    return parameters.incident_cost * (incidents - first_risk / 4.0)


@compiled
def secure(run: Any, luck: Any, s: int) -> None:
    """Incidents of the quarter from exposure and dependence, under the levers in force; then trust.

    Equation: model.md 3.11.
    """
    state, rival, parameters = run.states[s], run.states[1 - s], run.parameters.security
    state.dependence = dependence(run, s)
    spying = espionage(run, s, state.levers.counter_intelligence)
    breaking = disruption(state.dependence, state.trust, parameters)
    state.risk = spying + breaking
    state.incidents = happens(spying, luck.espionage[s]) + happens(breaking, luck.disruption[s])
    state.incident_memory = state.incident_memory * (1.0 - parameters.forgetting / 4.0) + state.incidents
    state.trust = trust(state.trust, 1.0 - rival.restriction, state.incidents, parameters)


@entry
def expect_risks(runs: Any, s: int, protection: Any, stocks: Any, found: Any) -> None:
    """Fill in the incidents a year that a state has to expect, by run, with other protection and stocks than it has.

    Parameters
    ----------
    protection, found : (run,)
    stocks : (run, sector)
    """
    for place in range(len(runs)):
        run, relied = runs[place], 0.0
        for k in range(len(run.sectors)):
            relied += reliance(run, s, k, stocks[place, k])
        breaking = disruption(relied / reviewed(run), run.states[s].trust, run.parameters.security)
        found[place] = espionage(run, s, protection[place]) + breaking
