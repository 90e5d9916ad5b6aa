"""Who may sell, learn and invest where: the levers of both states turned into access to goods and to knowledge."""

from math import exp, expm1, log, log1p
from typing import Any, Final

from techduel.model.axes import (
    ALLIES,
    CHOKEPOINTS,
    LISTED,
    N_BLOCS,
    N_CHOKEPOINTS,
    N_STATES,
    ON_LIST,
    ORDINARY,
    PUBLIC,
    REST,
)
from techduel.model.engine.compiler import compiled
from techduel.model.reallocation import origin_elasticity, soon

MOST_LEAKS: Final = 1.0 - 1e-6
"""Largest leak: what passes a control is measured by what it stops, which must not be nothing."""
FOUNDRY: Final = CHOKEPOINTS.index("foundry")
"""Place among the single inputs: before it lie tools, behind it minerals."""
NEWTON_STEPS: Final = 12
"""Of `support_rate`; ten reach the last digits from any market share."""


@compiled
def logistic(value: float) -> float:
    """The logistic curve."""
    return 1.0 / (1.0 + exp(-value))


@compiled
def leakage(depth: float, enforcement: float, parameters: Any) -> float:
    """Part of a control that is evaded: it rises with depth and falls with enforcement.

    Equation: model.md 3.2.
    """
    return min(parameters.evasion + parameters.evasion_slope * depth, MOST_LEAKS) * (1.0 - enforcement)


@compiled
def controlled(levers: Any, leak: float) -> float:
    """Part of a state's exports to the rival that its control withholds from listed users. Equation: model.md 3.2."""
    return levers.control_breadth * levers.control_depth * (1.0 - leak)


@compiled
def both_open(mine: float, theirs: float) -> float:
    """What is left of an exchange that either side can limit."""
    return (1.0 - mine) * (1.0 - theirs)


@compiled
def priced(rate: float, elasticity: float) -> float:
    """Attraction that a duty leaves: it acts as a price does."""
    return exp((1.0 - elasticity) * log1p(rate))


@compiled
def consent(run: Any, s: int) -> float:
    """Log odds that allies join a state when they lose nothing: more for the one that leads.

    Equation: model.md 3.2.
    """
    parameters = run.parameters.access
    lead = leadership(run, s) - leadership(run, 1 - s)
    return parameters.allied_consent + parameters.allied_influence * lead


@compiled
def sales_of(run: Any, origin: int, k: int) -> float:
    """What an origin's suppliers of a sector receive in all markets."""
    sales = 0.0
    for m in range(N_BLOCS):
        sales += run.markets[m, k].flows[origin]
    return sales


@compiled
def leadership(run: Any, s: int) -> float:
    """A state's share of world sales of strategic emerging industries, by the flows on record."""
    ours = theirs = passive = 0.0
    for k in range(len(run.sectors)):
        if run.sectors[k].strategic_emerging:
            ours += sales_of(run, s, k)
            theirs += sales_of(run, 1 - s, k)
            passive += sales_of(run, ALLIES, k) + sales_of(run, REST, k)
    return ours / (ours + theirs + passive)


@compiled
def ask_allies(run: Any, s: int) -> None:
    """Part of a state's controls that allies join, and the cooperation that they consent to, by last quarter's trade.

    Equation: model.md 3.2.
    """
    state, parameters = run.states[s], run.parameters.access
    odds = consent(run, s)
    state.cooperation_aim = state.levers.allied_cooperation * logistic(odds)
    for k in range(len(run.sectors)):
        stake = run.markets[1 - s, k].flows[ALLIES] / sales_of(run, ALLIES, k)
        willing = odds + parameters.allied_pull * state.cooperation - parameters.allied_stake * stake
        run.cells[s, k].joined = state.levers.allied_participation * logistic(willing)


@compiled
def support_rate(budget: float, rate: float, market: Any, s: int, elasticity: float) -> float:
    """Part of the price of home goods that the state pays at home, so that its outlay is the budget.

    With y = -ln(1 - rate) the outlay is (exp(y) - 1) x purchases x home share, and the home share rises with y as with
    a lower price. The log of the outlay is concave in y, so Newton's method from the rate that would do if all bought
    at home, which is too low, comes up to the root and never passes it. Equation: model.md 3.2.

    Parameters
    ----------
    budget : float
    rate : float
        Of the quarter before, whose market this is.
    """
    if budget <= 0.0:
        return 0.0
    spent = market.spending[0] + market.spending[1] + market.spending[2]
    at_home = market.flows[s] * (1.0 - rate)
    odds = at_home / max(spent - at_home, 1e-300) * (1.0 - rate) ** (elasticity - 1.0)
    fall = log1p(budget / spent)
    for _ in range(NEWTON_STEPS):
        others = exp((1.0 - elasticity) * fall) / odds
        short = log(budget / spent) - log(expm1(fall)) + log1p(others)
        fall += short / (-1.0 / expm1(-fall) + (elasticity - 1.0) * others / (1.0 + others))
    return -expm1(-fall)


@compiled
def input_denial(levers: Any, good: int) -> float:
    """Part of a single input that a state wants to keep from its rival. Equation: model.md 3.2."""
    if good < FOUNDRY:
        return levers.tool_denial
    return levers.foundry_denial if good == FOUNDRY else levers.mineral_denial


@compiled
def deny_inputs(run: Any, s: int) -> None:
    """What a state, and the allies that join it, withhold of single inputs from the rival's users.

    Allies join as they do in the sectors of the users. Equation: model.md 3.2.
    """
    levers, denied_to = run.states[s].levers, run.states[1 - s].inputs_denied
    for good in range(N_CHOKEPOINTS):
        depth, spent, joined = input_denial(levers, good), 0.0, 0.0
        for k in range(len(run.sectors)):
            spent += run.sectors[k].inputs_share[good]
            joined += run.sectors[k].inputs_share[good] * run.cells[s, k].joined
        withheld = depth * (1.0 - leakage(depth, levers.control_enforcement, run.parameters.access))
        denied_to[2 * good], denied_to[2 * good + 1] = withheld, withheld * joined / max(spent, 1e-300)


@compiled
def open_goods(run: Any, s: int, k: int) -> None:
    """What a state withholds from its rival, and what its own market admits of each origin. Equation: model.md 3.2."""
    state, cell, market, parameters = run.states[s], run.cells[s, k], run.markets[s, k], run.parameters.access
    theirs, elasticity = run.cells[1 - s, k].levers, origin_elasticity(run, k)
    levers, by_price = cell.levers, elasticity - 1.0
    everywhere = state.levers.destinations
    cell.leak = leakage(levers.control_depth, state.levers.control_enforcement, parameters) * (1.0 - everywhere)
    cell.abroad = everywhere * levers.control_breadth * levers.control_depth
    withheld = controlled(levers, cell.leak)
    cell.denied[ORDINARY] = withheld * (1.0 - state.levers.control_end_use)
    cell.denied[ON_LIST] = 1.0 - (1.0 - withheld) * (1.0 - state.levers.listing_denial * (1.0 - cell.leak))
    cell.support_rate = support_rate(levers.reshoring_support, cell.support_rate, market, s, soon(run, k))
    market.duty[s], market.duty[1 - s] = -cell.support_rate, levers.tariff
    market.admitted[s] = priced(-cell.support_rate, elasticity)
    licences = exp(-by_price * parameters.licence_cost * theirs.control_breadth)
    market.admitted[1 - s] = priced(levers.tariff, elasticity) * licences
    market.admitted[ALLIES] = exp(by_price * parameters.allied_facilitation * state.cooperation)
    for m in range(N_STATES, N_BLOCS):
        run.markets[m, k].admitted[s] = exp(by_price * cell.standing)


@compiled
def denied(run: Any, origin: int, m: int, k: int, buyer: int) -> float:
    """Part of an origin's supply that controls withhold from a buyer in a state's market; allies join as asked."""
    rival = run.cells[1 - m, k]
    withheld = rival.denied[ON_LIST if buyer == LISTED else ORDINARY]
    if origin == 1 - m:
        return withheld
    return rival.joined * withheld if origin == ALLIES else 0.0


@compiled
def kept_back(run: Any, origin: int, k: int) -> float:
    """Part of an origin's supply that its controls withhold from third countries. Equation: model.md 3.2."""
    return run.cells[origin, k].abroad if origin < N_STATES else 0.0


@compiled
def admitted(run: Any, origin: int, m: int, k: int, buyer: int) -> float:
    """Part of an origin's attraction that duties, licences, standards and procurement rules leave or add."""
    part = run.markets[m, k].admitted[origin]
    if buyer == PUBLIC and origin == 1 - m:
        part *= 1.0 - run.cells[m, k].levers.procurement_localisation
    return part


@compiled
def open_knowledge(run: Any, s: int) -> None:
    """Openness of each channel to the rival's knowledge, closed by either side. Equation: model.md 3.2."""
    state, mine, theirs = run.states[s], run.states[s].levers, run.states[1 - s].levers
    state.coinvention = both_open(mine.collaboration_limits, theirs.collaboration_limits)
    state.talent = 0.5 * (1.0 + mine.talent_recruitment) * both_open(mine.visa_limits, theirs.visa_limits)
    state.science = both_open(mine.science_limits, theirs.science_limits)
    acquisitions = both_open(theirs.inbound_screening, mine.outbound_screening)
    centres = both_open(theirs.outbound_screening, mine.inbound_screening)
    state.investment = 0.5 * acquisitions + 0.5 * centres
    state.illicit = mine.technology_acquisition * (1.0 - theirs.counter_intelligence)
    for k in range(len(run.sectors)):
        cell, withheld = run.cells[s, k], run.cells[1 - s, k].denied[ORDINARY]
        closing = (1.0 - withheld) ** run.parameters.access.knowledge_closing
        cell.embodied = closing * priced(cell.levers.tariff, origin_elasticity(run, k))


@compiled
def reach(run: Any, s: int, k: int) -> float:
    """Part of the rival's lead that can be imitated: the weighted sum of the channels. Equation: model.md 3.2."""
    state, weights = run.states[s], run.parameters.knowledge
    return (
        weights.embodied * run.cells[s, k].embodied
        + weights.coinvention * state.coinvention
        + weights.talent * state.talent
        + weights.science * state.science
        + weights.investment * state.investment
        + weights.illicit * state.illicit
    )


@compiled
def set_standards(run: Any, s: int) -> None:
    """Advantage in third markets moves towards what the effort for standards can win. Equation: model.md 3.2."""
    parameters = run.parameters.access
    for cell in run.cells[s]:
        aim = parameters.standards_reach * cell.levers.standards_push
        cell.standing += parameters.standards_speed / 4.0 * (aim - cell.standing)


@compiled
def cooperate(run: Any, s: int) -> None:
    """Technology cooperation with allies grows slowly to what is sought, as far as they consent.

    Equation: model.md 3.2.
    """
    state, speed = run.states[s], run.parameters.access.cooperation_speed / 4.0
    state.cooperation += speed * (state.cooperation_aim - state.cooperation)
