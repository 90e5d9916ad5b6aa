"""Reactions: what a state does because of what its rival does, or seems to do."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from techduel.model.actions import RESTRICTIONS, Action, of_state, own
from techduel.model.axes import Array
from techduel.model.parameters.parameter import parameter
from techduel.model.world import World
from techduel.policies.fixed import Policy
from techduel.policies.moves import changed, own_decision, within
from techduel.policies.options import base

PUBLIC_RESEARCH: Final = ("basic_research", "applied_research", "grants")
CLOSED_UNDER_THREAT: Final = (
    "inbound_screening",
    "outbound_screening",
    "visa_limits",
    "collaboration_limits",
    "procurement_localisation",
)


@dataclass(frozen=True, slots=True)
class ThreatResponse:
    """Public research and restrictions rise with the threat that a state feels, and fall when it does."""

    base: Policy = field(metadata=base())
    threshold: Array = parameter(
        "threat that is borne without an answer",
        "0 to 1",
        0.0,
        1.0,
        "assumption: a little less than what the model gives for 2020",
        "state",
    )
    response: float = parameter("alarm per unit of threat above it", "1", 0.0, 10.0, "assumption")
    investment: float = parameter(
        "rise of public research and grants at full alarm",
        "share",
        0.0,
        5.0,
        "assumption; article: crises drive policy",
    )
    restriction: float = parameter(
        "part of the way to full closure that restrictions go at full alarm", "share", 0.0, 1.0, "assumption"
    )
    controls: Array = parameter(
        "part of that which export controls of a sector go", "share", 0.0, 1.0, "assumption", "sector"
    )

    def __call__(self, world: World, me: int) -> Action:
        """The base's levers, moved by the alarm of the quarter before; without alarm the base's."""
        action, alarm = self.base(world, me), self.alarm(world, me)
        guarded = np.minimum(self.restriction * alarm, 1.0)
        closed = guarded * own(world.parameters.government.retaliation, me)
        levers = {name: (1.0 + self.investment * alarm) * getattr(action, name) for name in PUBLIC_RESEARCH}
        levers |= {name: _closer(getattr(action, name), closed) for name in CLOSED_UNDER_THREAT}
        levers["control_breadth"] = _closer(action.control_breadth, closed * self.controls)
        levers["control_depth"] = _closer(action.control_depth, closed * self.controls)
        levers["counter_intelligence"] = _closer(action.counter_intelligence, guarded)
        return changed(action, levers)

    def alarm(self, world: World, me: int) -> Array:
        """What the threat above the threshold calls for, 0 when there is none."""
        return self.response * np.maximum(own(world.states.threat, me) - own(self.threshold, me), 0.0)


@dataclass(frozen=True, slots=True)
class TitForTat:
    """A state answers each restriction of its rival in kind, in part, and forgives when the rival relents."""

    base: Policy = field(metadata=base())
    gain: float = parameter(
        "part of the rival's change of a restriction that is answered in kind",
        "share",
        0.0,
        0.95,
        "assumption; with 1 or more on both sides everything closes",
    )
    speed: float = parameter(
        "how fast the answer follows, and how fast it is taken back", "per year", 0.1, 4.0, "assumption"
    )

    def __call__(self, world: World, me: int) -> Action:
        """The base's levers, and the answer on top of its restrictions."""
        action = self.base(world, me)
        answer = Answer(self.gain, self.speed, action, of_state(world.structure.status_quo, 1 - me))
        return changed(action, answer(world, me))


@dataclass(frozen=True, slots=True)
class Answer:
    """How a state's restrictions follow those of its rival."""

    gain: float
    speed: float
    mine: Action
    theirs: Action
    """Levers from which is measured what either state has added."""

    def __call__(self, world: World, me: int) -> dict[str, Array]:
        """The restrictions of the coming quarter by name."""
        return {name: self._moved(world, me, name) for name in RESTRICTIONS}

    def _moved(self, world: World, me: int, name: str) -> Array:
        """What was added moves towards the answer to what the rival has added; what is added now is the memory."""
        first = getattr(self.mine, name)
        excess = own_decision(world, me, name) - first
        theirs = own(getattr(world.action, name), 1 - me) - getattr(self.theirs, name)
        aim = self.gain * own(world.parameters.government.retaliation, me) * theirs
        return within(name, first + excess + self.speed / 4.0 * (aim - excess))


def _closer(lever: Array, part: Array) -> Array:
    """A lever that has gone a part of the way to 1."""
    return lever + (1.0 - lever) * part
