"""A schedule: single levers set, shifted or scaled from a date on, without any code."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

import numpy as np

from techduel.facts.selection import ALL, chosen
from techduel.model.actions import BUDGETS, LEVERS, Action
from techduel.model.axes import Array
from techduel.model.parameters.parameter import Parameter
from techduel.model.world import World
from techduel.policies.fixed import Policy
from techduel.policies.moves import FIRST_YEAR, LAST_YEAR, between, coming, ramp, within
from techduel.policies.options import base, steps

HOW: Final = {
    "value": "what the lever is set to",
    "change": "what is added to it",
    "factor": "what it is multiplied by",
}
"""Three ways to move a lever; a step takes exactly one."""
NEVER: Final = float("inf")


def step_options(lever: str) -> dict[str, Parameter]:
    """What the numbers of a step that moves a lever may be."""
    known = LEVERS[lever]
    width = known.high - known.low
    return {
        "start": Parameter("day from which it acts", "year", FIRST_YEAR, LAST_YEAR, "yours to set"),
        "until": Parameter("day from which it acts no longer", "year", FIRST_YEAR, LAST_YEAR, "yours to set"),
        "ramp": Parameter("time over which it comes in, in a straight line", "years", 0.0, 30.0, "yours to set"),
        "value": Parameter(HOW["value"], known.unit, known.low, known.high, "yours to set"),
        "change": Parameter(HOW["change"], known.unit, -width, width, "yours to set"),
        "factor": Parameter(HOW["factor"], "1", 0.0, 100.0, "yours to set"),
    }


@dataclass(frozen=True, slots=True)
class Step:
    """One dated change of one lever."""

    lever: str
    sectors: tuple[str, ...]
    start: float
    until: float
    ramp: float
    how: str
    amount: float | Array
    """A number; in a batch whose runs differ one a run, (run, 1, 1, 1)."""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """The step that plain checked values describe; what is left out is all sectors, for good, at once."""
        how = next(name for name in HOW if given.get(name) is not None)
        words, until = given.get("sectors") or [ALL], given.get("until")
        return cls(
            lever=given["lever"],
            sectors=(words,) if isinstance(words, str) else tuple(words),
            start=float(given["start"]),
            until=NEVER if until is None else float(until),
            ramp=float(given.get("ramp") or 0.0),
            how=how,
            amount=float(given[how]),
        )

    def __call__(self, world: World, before: Array) -> Array:
        """The lever after this step, where the steps before have left it at `before`."""
        if not self.start <= coming(world) < self.until:
            return before
        span = 1.0 if self.lever in BUDGETS else 0.25
        aim = within(self.lever, self._aim(before))
        return between(before, aim, ramp(world, self.start, self.ramp, span) * self._where())

    def _aim(self, before: Array) -> Array:
        if self.how == "value":
            return np.full(np.broadcast_shapes(before.shape, np.shape(self.amount)), self.amount)
        return before + self.amount if self.how == "change" else before * self.amount

    def _where(self) -> float | Array:
        return chosen(self.sectors) if LEVERS[self.lever].axis else 1.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """Levers by date and sector, as written down in a configuration."""

    base: Policy = field(metadata=base())
    steps: tuple[Step, ...] = field(metadata=steps("the changes, in the order of their start and then of their names"))

    def __call__(self, world: World, me: int) -> Action:
        """The base's levers after every step that is in force."""
        action = self.base(world, me)
        for step in self.steps:
            action = replace(action, **{step.lever: step(world, getattr(action, step.lever))})
        return action


def ordered(given: Mapping[str, Mapping[str, Any]]) -> tuple[Step, ...]:
    """The steps of a schedule in the order in which they act, wherever in a configuration they stand."""
    return tuple(Step.of(given[name]) for name in sorted(given, key=lambda name: (given[name]["start"], name)))
