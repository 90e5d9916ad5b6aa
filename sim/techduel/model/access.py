"""Who may sell, learn and invest where: the levers of both states turned into access to goods and to knowledge."""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from techduel.model.actions import Action, own
from techduel.model.axes import N_BLOCS, N_STATES, Array, Trade, by_buyer, rival
from techduel.model.parameters import Parameters
from techduel.model.parameters.goods import AccessParameters
from techduel.model.parameters.research import KnowledgeParameters
from techduel.model.support import HomeMarket, production_support

_ALLIES = 2
_PASSIVE = slice(N_STATES, N_BLOCS)
MOST_LEAKS: Final = 1.0 - 1e-6
"""Largest leak: what passes a control is measured by what it stops, which must not be nothing."""


@dataclass(frozen=True, slots=True)
class Openness:
    """What a state's firms can learn from the rival, channel by channel; 1 is fully open, (run, state, sector, 1)."""

    embodied: Array
    coinvention: Array
    talent: Array
    science: Array
    investment: Array
    illicit: Array


@dataclass(frozen=True, slots=True)
class Standing:
    """What access owes to the quarter before, (run, state, sector, 1)."""

    home: HomeMarket
    standards: Array
    """Log price advantage in third markets that setting standards has won."""
    willingness: Array
    """Part of the control that a state asks its allies to join which they do join."""
    cooperation: Array
    """Technology cooperation with allies that has grown so far, (run, state, 1, 1)."""


@dataclass(frozen=True, slots=True)
class Access:
    """Goods and knowledge access of a quarter."""

    duty: Trade
    """Duty as part of the value of goods, negative on supported home goods, (run, origin, market, sector, 1)."""
    admitted: Trade
    """Part of an origin's attraction that prices and procurement rules leave, (run, origin, market, sector, buyer)."""
    denied: Trade
    """Part of an origin's supply that export controls withhold, same shape."""
    support: Array
    """Part of the price of home goods that a state pays at home, (run, state, sector, 1)."""
    leak: Array
    """Part of what a state's control covers that reaches the rival all the same."""
    openness: Openness


def access(actions: Action, standing: Standing, parameters: Parameters) -> Access:
    """All access of a quarter from the levers of both states."""
    known, elasticity = parameters.access, parameters.market.elasticity
    leak = leakage(actions, known)
    support = production_support(actions, standing.home, elasticity)
    goods_duty = duty(actions, support)
    return Access(
        duty=goods_duty,
        admitted=admitted(actions, standing, goods_duty, known, elasticity),
        denied=denied(actions, leak, standing.willingness),
        support=support,
        leak=leak,
        openness=openness(actions, known, elasticity),
    )


def leakage(actions: Action, parameters: AccessParameters) -> Array:
    """Part of a control that is evaded: it rises with depth and falls with enforcement."""
    evaded = parameters.evasion + parameters.evasion_slope * actions.control_depth
    return np.minimum(evaded, MOST_LEAKS) * (1.0 - actions.control_enforcement)


def openness(actions: Action, parameters: AccessParameters, elasticity: Array) -> Openness:
    """Each knowledge channel from the rival: closed by either side, by levers of its own."""
    withheld = rival(broad(actions, leakage(actions, parameters)))
    abroad, at_home = actions.outbound_screening, actions.inbound_screening
    acquisitions = (1.0 - rival(at_home)) * (1.0 - abroad)
    centres = (1.0 - rival(abroad)) * (1.0 - at_home)
    return Openness(
        embodied=(1.0 - withheld) ** parameters.knowledge_closing * priced(actions.tariff, elasticity),
        coinvention=both_open(actions.collaboration_limits),
        talent=0.5 * (1.0 + actions.talent_recruitment) * both_open(actions.visa_limits),
        science=both_open(actions.science_limits),
        investment=0.5 * acquisitions + 0.5 * centres,
        illicit=actions.technology_acquisition * (1.0 - rival(actions.counter_intelligence)),
    )


def both_open(limits: Array) -> Array:
    """What is left of an exchange that either side can limit."""
    return (1.0 - limits) * (1.0 - rival(limits))


def capital(actions: Action) -> Array:
    """Openness of a state to the rival's capital: either side can refuse it."""
    return (1.0 - actions.inbound_screening) * (1.0 - rival(actions.outbound_screening))


def reach(openness: Openness, weights: KnowledgeParameters) -> Array:
    """Part of the rival's lead that can be imitated: the weighted sum of the channels."""
    return sum(getattr(weights, item.name) * getattr(openness, item.name) for item in fields(Openness))


def consent(leadership: Array, parameters: AccessParameters) -> Array:
    """Log odds that allies join a state when they lose nothing: more for the one that leads."""
    return parameters.allied_consent + parameters.allied_influence * (leadership - rival(leadership))


def cooperation(before: Array, actions: Action, leadership: Array, known: AccessParameters) -> Array:
    """Technology cooperation with allies after a quarter: it grows slowly to what is sought, as far as they consent."""
    aim = actions.allied_cooperation / (1.0 + np.exp(-consent(leadership, known)))
    return before + known.cooperation_speed / 4.0 * (aim - before)


def willingness(together: Array, leadership: Array, stake: Array, parameters: AccessParameters) -> Array:
    """Part of a control that allies join of what they are asked: more for a leader, less where they would lose sales.

    Parameters
    ----------
    together : (run, state, 1, 1)
        Technology cooperation with allies.
    leadership : (run, state, 1, 1)
        Share of world sales of emerging industries.
    stake : (run, state, sector, 1)
        Part of the allies' sales that they make in the market of the state's rival.
    """
    odds = consent(leadership, parameters) + parameters.allied_pull * together - parameters.allied_stake * stake
    return 1.0 / (1.0 + np.exp(-odds))


def duty(actions: Action, support: Array) -> Trade:
    """Tariffs on the rival's goods; support for production at home is a negative duty on home goods."""
    tariff, support = np.broadcast_arrays(rival(actions.tariff), support)
    placed = _between_rivals(tariff, len(support))
    for state in range(N_STATES):
        placed[:, state, state] = -support[:, state]
    return placed


def priced(rate: Array, elasticity: Array) -> Array:
    """Attraction that a duty leaves: it acts as a price does."""
    return (1.0 + rate) ** (1.0 - elasticity)


def admitted(actions: Action, standing: Standing, duties: Trade, known: AccessParameters, elasticity: Array) -> Trade:
    """Attraction that duties, licences, standards, allied trade and procurement rules leave or add, by buyer."""
    licences = known.licence_cost * actions.control_breadth
    facilitated = known.allied_facilitation * standing.cooperation
    runs = max(len(part) for part in (duties, licences, facilitated, standing.standards))
    log_price = np.repeat(-np.log1p(duties), runs // len(duties), axis=0)
    for state in range(N_STATES):
        log_price[:, state, 1 - state] -= own(licences, state)[:, 0]
        log_price[:, state, _PASSIVE] += own(standing.standards, state)
        log_price[:, _ALLIES, state] += own(facilitated, state)[:, 0]
    private = np.exp((elasticity[:, :, None] - 1.0) * log_price)
    localised = _between_rivals(rival(actions.procurement_localisation), len(private))
    return by_buyer(private, private * (1.0 - localised), private)


def controlled(actions: Action, leak: Array) -> Array:
    """Part of a state's exports to the rival that its control withholds from listed users."""
    return actions.control_breadth * actions.control_depth * (1.0 - leak)


def broad(actions: Action, leak: Array) -> Array:
    """Part that it withholds from everybody."""
    return controlled(actions, leak) * (1.0 - actions.control_end_use)


def denied(actions: Action, leak: Array, willing: Array) -> Trade:
    """Controls withhold from all buyers, or from listed ones only; allies join as far as asked and willing."""
    joining = actions.allied_participation * willing
    everybody = _with_allies(broad(actions, leak), joining)
    listed = 1.0 - (1.0 - controlled(actions, leak)) * (1.0 - actions.listing_denial * (1.0 - leak))
    return by_buyer(everybody, everybody, _with_allies(listed, joining))


def standards(standing: Array, actions: Action, known: AccessParameters) -> Array:
    """Advantage in third markets after a quarter: it moves towards what the effort for standards can win."""
    return standing + known.standards_speed / 4.0 * (known.standards_reach * actions.standards_push - standing)


def _between_rivals(values: Array, runs: int) -> Trade:
    """A (run, origin state, sector, 1) quantity placed where that state sells to its rival; 0 elsewhere."""
    placed = np.zeros((max(runs, len(values)), N_BLOCS, N_BLOCS, values.shape[2], 1))
    for origin in range(N_STATES):
        placed[:, origin, 1 - origin] = own(values, origin)[:, 0]
    return placed


def _with_allies(withheld: Array, joining: Array) -> Trade:
    """A state's control placed where it and its allies sell to its rival."""
    joined = joining * withheld
    placed = _between_rivals(withheld, len(joined))
    for origin in range(N_STATES):
        placed[:, _ALLIES, 1 - origin] = own(joined, origin)[:, 0]
    return placed
