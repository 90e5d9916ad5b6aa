"""A scenario taken apart: the baseline with some of the scenario's measures.

The players are groups of levers in which a scenario's policies differ from the baseline's, and its parameters and its
events where those differ. A coalition is the baseline with the measures of its players.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from techduel.ensemble.simulation import prepared, worlds
from techduel.model.actions import CHANNELS, KINDS, LEVERS
from techduel.model.axes import STATES
from techduel.model.world import World
from techduel.policies.fixed import Policy
from techduel.policies.variants import Mixed
from techduel.scenario.scenario import Scenario, scenario_from

PARAMETERS: Final = "parameters"
EVENTS: Final = "events"
GROUPS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "levers": {kind: tuple(name for name in LEVERS if LEVERS[name].kind == kind) for kind in KINDS},
    "channels": {flow: tuple(name for name in LEVERS if LEVERS[name].channel == flow) for flow in CHANNELS},
}
"""Groups of levers by kind of decomposition; every lever is in one group of each."""
PROBED_RUNS: Final = 4
"""Runs in which policies are watched for differences."""


@dataclass(frozen=True, slots=True)
class Game:
    """A scenario and its baseline, whose measures can be mixed."""

    baseline: Scenario
    scenario: Scenario
    groups: Mapping[str, tuple[str, ...]]
    """Levers by player."""

    def mixed(self, coalition: Iterable[str]) -> Scenario:
        """The baseline with the measures of a coalition's players."""
        joined = frozenset(coalition)
        config = dict(self.baseline.config)
        for player, keys in ((PARAMETERS, ("params", "forms", "facts")), (EVENTS, ("events",))):
            if player in joined:
                config |= {key: self.scenario.config[key] for key in keys}
        levers = frozenset(lever for player in joined for lever in self.groups.get(player, ()))
        policies = {state: self._mixed_policy(state, levers) for state in STATES}
        return replace(scenario_from(config), policies=policies)

    def _mixed_policy(self, state: str, levers: frozenset[str]) -> Policy:
        ours, theirs = self.scenario.policies[state], self.baseline.policies[state]
        return theirs if not levers or not self._differs("policies", state) else Mixed(ours, theirs, levers)

    def _differs(self, *path: str) -> bool:
        ours, theirs = self.scenario.config, self.baseline.config
        for key in path:
            ours, theirs = ours[key], theirs[key]
        return bool(ours != theirs)

    def players(self, seed: int) -> tuple[str, ...]:
        """Everyone in whom the scenario differs from the baseline, seen in a few runs of both."""
        moved = self._moved_levers(seed)
        found = [player for player, levers in self.groups.items() if moved.intersection(levers)]
        if any(self._differs(key) for key in ("params", "forms", "facts")):
            found.append(PARAMETERS)
        return (*found, *([EVENTS] if self._differs("events") else []))

    def _moved_levers(self, seed: int) -> set[str]:
        """Levers that the policies of the two set differently in the same world."""
        places = [place for place, state in enumerate(STATES) if self._differs("policies", state)]
        moved: set[str] = set()
        for scenario in (self.baseline, self.scenario) if places else ():
            for world in worlds(prepared(scenario, range(PROBED_RUNS), seed)):
                moved |= {name for place in places for name in self._apart(world, place) if name not in moved}
        return moved

    def _apart(self, world: World, place: int) -> list[str]:
        ours, theirs = (part.policies[STATES[place]](world, place) for part in (self.scenario, self.baseline))
        return [name for name in LEVERS if np.any(getattr(ours, name) != getattr(theirs, name))]
