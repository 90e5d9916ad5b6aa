"""A schedule: single levers set, shifted or scaled from a date on, or once the state has seen something.

What a step has seen, and since when it acts, is one number, its signal: quarters in a row in which what it waits for
was seen, and once these are enough quarters counted on for good. It is the state's own memory (`States.signals`), so
that the policy itself remembers nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from techduel.facts.selection import ALL, chosen
from techduel.model.actions import BUDGETS, LEVERS, Action, own
from techduel.model.axes import N_SIGNALS, Array, Mask
from techduel.model.parameters.parameter import Parameter
from techduel.model.world import World
from techduel.policies.fixed import Policy
from techduel.policies.moves import FIRST_YEAR, LAST_YEAR, between, coming, ramp, within
from techduel.policies.options import base, steps
from techduel.policies.sight import SIGHTS

HOW: Final = {
    "value": "what the lever is set to",
    "change": "what is added to it",
    "factor": "what it is multiplied by",
}
"""Three ways to move a lever; a step takes exactly one."""
SIDES: Final = ("below", "above")
NEVER: Final = float("inf")
LONGEST_WAIT: Final = 40
"""Quarters."""


def step_options(lever: str) -> dict[str, Parameter]:
    """What the numbers of a step that moves a lever may be."""
    definition = LEVERS[lever]
    width = definition.high - definition.low
    return {
        "start": Parameter("day from which it acts", "year", FIRST_YEAR, LAST_YEAR, "yours to set"),
        "until": Parameter("day from which it acts no longer", "year", FIRST_YEAR, LAST_YEAR, "yours to set"),
        "ramp": Parameter("time over which it comes in, in a straight line", "years", 0.0, 30.0, "yours to set"),
        "value": Parameter(HOW["value"], definition.unit, definition.low, definition.high, "yours to set"),
        "change": Parameter(HOW["change"], definition.unit, -width, width, "yours to set"),
        "factor": Parameter(HOW["factor"], "1", 0.0, 100.0, "yours to set"),
    }


@dataclass(frozen=True, slots=True)
class Trigger:
    """What a step waits for."""

    outcome: str
    """Of `techduel.policies.sight.SIGHTS`."""
    side: str
    """``below`` or ``above``."""
    limit: float
    quarters: int
    """In a row in which it has to be seen."""

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """The trigger that plain checked values describe."""
        side = next(name for name in SIDES if given.get(name) is not None)
        return cls(given["outcome"], side, float(given[side]), int(given.get("for") or 1))

    def counted(self, before: Array, world: World, me: int) -> Array:
        """The signal for the coming quarter, from that of the quarter before, (run, 1, 1, 1)."""
        seen = SIGHTS[self.outcome].seen(world, me)
        there = seen < self.limit if self.side == "below" else seen > self.limit
        return np.where(there | (before >= self.quarters), before + 1.0, 0.0)

    def elapsed(self, signal: Array) -> Array:
        """Years since the step began, at the start of the coming quarter; negative before."""
        return (signal - self.quarters) / 4.0


@dataclass(frozen=True, slots=True)
class Step:
    """One change of one lever, from a date on or once its trigger has come."""

    lever: str
    sectors: tuple[str, ...]
    start: float
    """Day from which it acts; endless where a trigger says so instead."""
    until: float
    ramp: float
    how: str
    amount: float | Array
    """A number; in a batch whose runs differ one a run, (run, 1, 1, 1)."""
    trigger: Trigger | None = None
    name: str = ""

    @classmethod
    def of(cls, given: Mapping[str, Any], name: str = "") -> Self:
        """The step that plain checked values describe; what is left out is all sectors, for good, at once."""
        how = next(name for name in HOW if given.get(name) is not None)
        words, until = given.get("sectors") or [ALL], given.get("until")
        return cls(
            lever=given["lever"],
            sectors=(words,) if isinstance(words, str) else tuple(words),
            start=start_of(given),
            until=NEVER if until is None else float(until),
            ramp=float(given.get("ramp") or 0.0),
            how=how,
            amount=float(given[how]),
            trigger=Trigger.of(given["when"]) if given.get("when") else None,
            name=name,
        )

    def __call__(self, world: World, before: Array, signal: Array | None = None) -> Array:
        """The lever after this step, where the steps before have left it at `before`; with the signal it waits for."""
        if not (self.trigger or self.start <= coming(world)) or coming(world) >= self.until:
            return before
        span = 1.0 if self.lever in BUDGETS else 0.25
        aim = within(self.lever, self._aim(before))
        if self.trigger is None or signal is None:
            return between(before, aim, ramp(world, self.start, self.ramp, span) * self._where())
        elapsed = self.trigger.elapsed(signal)
        part = np.minimum((elapsed + span) / self.ramp, 1.0) if self.ramp > 0.0 else np.ones_like(elapsed)
        return between(before, aim, np.where(elapsed >= 0.0, part, 0.0) * self._where())

    def _aim(self, before: Array) -> Array:
        if self.how == "value":
            return np.full(np.broadcast_shapes(before.shape, np.shape(self.amount)), self.amount)
        return before + self.amount if self.how == "change" else before * self.amount

    def _where(self) -> float | Array:
        return chosen(self.sectors) if LEVERS[self.lever].axis else 1.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """Levers by date, sector and what is seen, as written down in a configuration."""

    base: Policy = field(metadata=base())
    steps: tuple[Step, ...] = field(metadata=steps("the changes, in the order of their start and then of their names"))

    def __call__(self, world: World, me: int) -> Action:
        """The base's levers after every step that is in force."""
        action = self.base(world, me)
        signals, place = action.signals, len(waiting(self.base))
        for step in self.steps:
            signal = None
            if step.trigger:
                sight = own(world.states.signals, me)[..., place : place + 1]
                signal = step.trigger.counted(sight, world, me)
                signals, place = _with_signal(signals, signal, place), place + 1
            action = replace(action, **{step.lever: step(world, getattr(action, step.lever), signal)})
        return replace(action, signals=signals)


def waiting(policy: Any) -> list[Step]:
    """Steps with a trigger in a policy and those inside it, in the order of their signals."""
    parts = (getattr(policy, part) for part in ("base", "policy") if hasattr(policy, part))
    inside = [step for part in parts for step in waiting(part)]
    if hasattr(policy, "then"):  # both of its policies share their signals
        return inside or waiting(policy.then)
    own_steps = policy.steps if isinstance(policy, Schedule) else ()
    return [*inside, *(step for step in own_steps if step.trigger)]


def began(policy: Policy, world: World, me: int) -> list[NDArray[np.float64]]:
    """Day on which each of these steps began, as a state remembers it after a quarter, (run,); NaN where it has not."""
    signals = own(world.states.signals, me)[:, 0, 0]
    elapsed = [step.trigger.elapsed(signals[:, place]) for place, step in enumerate(waiting(policy)) if step.trigger]
    return [np.where(years >= 0.0, world.year - years, np.nan) for years in elapsed]


def _with_signal(signals: Array, signal: Array, place: int) -> Array:
    """Signals with one more, (run, 1, 1, signal)."""
    wide = np.broadcast_to(signals, (len(signal), 1, 1, N_SIGNALS))
    mine: Mask = np.arange(N_SIGNALS) == place
    return np.where(mine, signal, wide)


def start_of(given: Mapping[str, Any]) -> float:
    """Day from which a step of plain values acts; endless where a trigger says so instead."""
    return NEVER if given.get("start") is None else float(given["start"])


def in_order(given: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Names of the steps of a schedule in the order in which they act, wherever in a configuration they stand.

    Steps that wait for something come behind those with a date.
    """
    return sorted(given, key=lambda name: (start_of(given[name]), name))


def ordered(given: Mapping[str, Mapping[str, Any]]) -> tuple[Step, ...]:
    """The steps of a schedule in that order."""
    return tuple(Step.of(given[name], name) for name in in_order(given))
