"""Who may sell and learn where: the levers of both states turned into access to goods and to knowledge."""

from dataclasses import dataclass, fields

import numpy as np

from sim.actions import Action
from sim.axes import N_BLOCS, N_STATES, Array, Trade, by_buyer, rival
from sim.parameters import AccessParameters, KnowledgeParameters

_ALLIES = 2


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
class Access:
    """Goods and knowledge access of a quarter."""

    duty: Trade
    """Duty as part of the value of goods, (run, origin, market, sector, 1)."""
    admitted: Trade
    """Part of an origin's attraction that duties and procurement rules leave, (run, origin, market, sector, buyer)."""
    denied: Trade
    """Part of an origin's supply that export controls withhold, same shape."""
    leak: Array
    """Part of what a state's control covers that reaches the rival all the same."""
    openness: Openness


def access(actions: Action, parameters: AccessParameters, elasticity: Array) -> Access:
    """All access of a quarter from the levers of both states."""
    leak = leakage(actions, parameters)
    duty = _between_rivals(rival(actions.tariff))
    return Access(
        duty=duty,
        admitted=_admitted(actions, duty, elasticity),
        denied=_denied(actions, parameters, leak),
        leak=leak,
        openness=openness(actions, parameters),
    )


def leakage(actions: Action, parameters: AccessParameters) -> Array:
    """Part of a control that is evaded: it rises with depth and falls with enforcement."""
    evaded = parameters.evasion + parameters.evasion_slope * actions.control_depth
    return evaded * (1.0 - actions.control_enforcement)


def openness(actions: Action, parameters: AccessParameters) -> Openness:
    """Each knowledge channel from the rival: closed by either side, by levers of its own."""
    withheld = rival(_broad(actions, leakage(actions, parameters)))
    return Openness(
        embodied=(1.0 - withheld) ** parameters.knowledge_closing,
        coinvention=both_open(actions.collaboration_limits),
        talent=0.5 * (1.0 + actions.talent_recruitment) * both_open(actions.visa_limits),
        science=both_open(actions.science_limits),
        investment=0.5 * (1.0 - rival(actions.inbound_screening)) + 0.5 * (1.0 - rival(actions.outbound_screening)),
        illicit=actions.technology_acquisition * (1.0 - rival(actions.counter_intelligence)),
    )


def both_open(limits: Array) -> Array:
    """What is left of an exchange that either side can limit."""
    return (1.0 - limits) * (1.0 - rival(limits))


def reach(openness: Openness, weights: KnowledgeParameters) -> Array:
    """Part of the rival's lead that can be imitated: the weighted sum of the channels."""
    return sum(getattr(weights, item.name) * getattr(openness, item.name) for item in fields(Openness))


def _between_rivals(values: Array) -> Trade:
    """A (run, origin state, sector, 1) quantity placed where that state sells to its rival; 0 elsewhere."""
    placed = np.zeros((values.shape[0], N_BLOCS, N_BLOCS, values.shape[2], 1))
    for origin in range(N_STATES):
        placed[:, origin, 1 - origin] = values[:, origin]
    return placed


def _admitted(actions: Action, duty: Trade, elasticity: Array) -> Trade:
    """A duty lowers attraction as a price does; localisation removes the rival from public purchases."""
    priced = (1.0 + duty) ** (1.0 - elasticity[:, :, None])
    public = priced * (1.0 - _between_rivals(rival(actions.procurement_localisation)))
    return by_buyer(priced, public, priced)


def _controlled(actions: Action, leak: Array) -> Array:
    """Part of a state's exports to the rival that its control withholds from listed users."""
    return actions.control_breadth * actions.control_depth * (1.0 - leak)


def _broad(actions: Action, leak: Array) -> Array:
    """Part that it withholds from everybody."""
    return _controlled(actions, leak) * (1.0 - actions.control_end_use)


def _denied(actions: Action, parameters: AccessParameters, leak: Array) -> Trade:
    """Controls withhold from all buyers, or from listed ones only; allies join in part."""
    broad = _with_allies(_broad(actions, leak), actions.allied_participation)
    listed = 1.0 - (1.0 - _controlled(actions, leak)) * (1.0 - parameters.listing_denial * (1.0 - leak))
    return by_buyer(broad, broad, _with_allies(listed, actions.allied_participation))


def _with_allies(withheld: Array, participation: Array) -> Trade:
    """A state's control placed where it and its allies sell to its rival."""
    placed = _between_rivals(withheld)
    joined = participation * withheld
    for origin in range(N_STATES):
        placed[:, _ALLIES, 1 - origin] = joined[:, origin]
    return placed
