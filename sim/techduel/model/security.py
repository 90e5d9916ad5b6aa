"""Security: how exposed a state is, the incidents that follow, their memory, and trust between the states."""

from dataclasses import dataclass

import numpy as np

from techduel.model.actions import REFUSALS, Action
from techduel.model.axes import N_STATES, ORIGIN, SECTOR, Array, Trade, rival, total
from techduel.model.market import rival_share, to_rival
from techduel.model.noise import Draws
from techduel.model.parameters.goods import MarketParameters
from techduel.model.parameters.states import SecurityParameters
from techduel.model.world import States, Tags, World, tagged


@dataclass(frozen=True, slots=True)
class Security:
    """Security of both states after a quarter, (run, state, 1, 1)."""

    restriction: Array
    trust: Array
    dependence: Array
    risk: Array
    incidents: Array
    incident_memory: Array


@dataclass(frozen=True, slots=True)
class Hazard:
    """Expected incidents a year."""

    espionage: Array
    disruption: Array

    @property
    def risk(self) -> Array:
        """Of either kind."""
        return self.espionage + self.disruption


def security(world: World, flows: Trade, stock: Array, draws: Draws) -> Security:
    """Incidents of the quarter from exposure and dependence, under the levers in force."""
    known, states, action = world.parameters.security, world.states, world.action
    dependent = dependence(world.structure.tags, flows, stock)
    expected = hazard(action, exposure(world.structure.tags, flows), dependent, states.trust, known)
    happened = _happens(expected.espionage, draws.espionage) + _happens(expected.disruption, draws.disruption)
    closed = restriction(action, world.parameters.market)
    return Security(
        restriction=closed,
        trust=trust(states, closed, happened, known),
        dependence=dependent,
        risk=expected.risk,
        incidents=happened,
        incident_memory=states.incident_memory * (1.0 - known.forgetting / 4.0) + happened,
    )


def exposure(tags: Tags, flows: Trade) -> Array:
    """The rival's share of the home market for digital goods."""
    digital = tagged(tags, "digital_core")
    bought = total(flows, ORIGIN)[:, 0, :N_STATES]
    return total(rival(to_rival(flows)) * digital, SECTOR) / total(bought * digital, SECTOR)


def dependence(tags: Tags, flows: Trade, stock: Array) -> Array:
    """The rival's share of the home market in the supply chains under review, less what stocks cover; their mean."""
    reviewed = tagged(tags, "supply_chain")
    return total(rival_share(flows) * np.exp(-stock) * reviewed, SECTOR) / reviewed.sum()


def hazard(actions: Action, exposed: Array, dependent: Array, trusted: Array, known: SecurityParameters) -> Hazard:
    """Espionage follows the rival's efforts and one's exposure; disruption follows dependence on one not trusted."""
    attempts = rival(actions.technology_acquisition) * (1.0 - actions.counter_intelligence)
    return Hazard(
        espionage=known.espionage_rate * attempts * exposed,
        disruption=known.disruption_rate * dependent * (1.0 - trusted),
    )


def restriction(actions: Action, known: MarketParameters) -> Array:
    """Mean over sectors and kinds of what a state closes to its rival."""
    controlled = actions.control_breadth * actions.control_depth
    dutied = 1.0 - (1.0 + actions.tariff) ** (1.0 - known.elasticity)
    closed = sum((getattr(actions, name) for name in REFUSALS), controlled + dutied) / (len(REFUSALS) + 2.0)
    return total(closed, SECTOR) / closed.shape[SECTOR]


def trust(states: States, closed: Array, incidents: Array, known: SecurityParameters) -> Array:
    """Trust in the rival follows what it leaves open; incidents shake it."""
    followed = states.trust + known.trust_speed / 4.0 * (1.0 - rival(closed) - states.trust)
    return np.clip(followed - known.trust_shock * incidents, 0.0, 1.0)


def loss(incidents: Array, first_risk: Array, known: SecurityParameters) -> Array:
    """Part of output that incidents cost beyond what forecasts contain."""
    return known.incident_cost * (incidents - first_risk / 4.0)


def _happens(expected: Array, luck: Array) -> Array:
    return (luck < -np.expm1(-expected / 4.0)).astype(float)
