"""Variants: policies that wrap another and change how its decision turns out."""

from dataclasses import dataclass, field, replace

import numpy as np

from techduel.model.actions import BUDGETS, LEVERS, Action, own
from techduel.model.axes import Array
from techduel.model.parameters.parameter import parameter
from techduel.model.world import World
from techduel.policies.best_response import BestResponse
from techduel.policies.fixed import Policy, StatusQuo2020, forecast_growth
from techduel.policies.moves import FIRST_YEAR, LAST_YEAR, changed, coming, own_decision
from techduel.policies.options import base, nested
from techduel.policies.schedule import waiting


@dataclass(frozen=True, slots=True)
class Delayed:
    """A policy that takes effect late: every lever covers a part of what is left of its way each quarter."""

    policy: Policy = field(metadata=nested("what is delayed"))
    quarters: float = parameter("mean delay", "quarters", 1.0, 40.0, "yours to set; 1 is no delay")

    def __call__(self, world: World, me: int) -> Action:
        """Levers between what is in force and what is wanted."""
        wanted = self.policy(world, me)
        return changed(wanted, {name: self._late(world, me, name, getattr(wanted, name)) for name in LEVERS})

    def _late(self, world: World, me: int, name: str, wanted: Array) -> Array:
        """Budgets change once a year, by what four quarters give, and until then are taken to grow with GDP."""
        left, before = 1.0 - 1.0 / self.quarters, own_decision(world, me, name)
        if name in BUDGETS:
            left, before = left**4, before * forecast_growth(world, me)
        return wanted + left * (before - wanted)


@dataclass(frozen=True, slots=True)
class Capped:
    """A policy that may go only a part of the way beyond the status quo: no large-scale intervention (C15)."""

    policy: Policy = field(metadata=nested("what is capped"))
    cap: float = parameter(
        "part of what a lever rises over the status quo that is allowed", "share", 0.0, 1.0, "assumption"
    )

    def __call__(self, world: World, me: int) -> Action:
        """The wanted levers, less what is not allowed of their rise."""
        wanted, start = self.policy(world, me), StatusQuo2020()(world, me)
        names = [name for name, lever in LEVERS.items() if not lever.softens]
        rises = {name: np.maximum(getattr(wanted, name) - getattr(start, name), 0.0) for name in names}
        return changed(wanted, {name: getattr(wanted, name) - (1.0 - self.cap) * rises[name] for name in names})


@dataclass(frozen=True, slots=True)
class Noisy:
    """A policy that overdoes or underdoes what it wants, with the error in what the state sees of its rival."""

    policy: Policy = field(metadata=nested("what is done by halves or twice over"))
    spread: float = parameter(
        "log change of its distance to the status quo, per standard deviation of the error",
        "log",
        0.0,
        2.0,
        "assumption; RAND 2025: noisy information about the rival changes how much is done",
    )

    def __call__(self, world: World, me: int) -> Action:
        """The wanted levers, farther from the status quo or nearer to it."""
        wanted, start = self.policy(world, me), StatusQuo2020()(world, me)
        more = np.expm1(self.spread * _standardised_error(world, me))
        return changed(
            wanted,
            {name: getattr(wanted, name) + more * (getattr(wanted, name) - getattr(start, name)) for name in LEVERS},
        )


@dataclass(frozen=True, slots=True)
class Switched:
    """A policy until a date, and another from then on: what branches from a common past are made of.

    The second finds the world that the first has left, its levers, budgets and memory included.
    """

    base: Policy = field(metadata=base())
    then: Policy = field(metadata=nested("what decides from the date on"))
    at: float = parameter("day from which it decides; 2051 is never", "year", FIRST_YEAR, LAST_YEAR, "yours to set")

    def __post_init__(self) -> None:
        triggers = [[step.trigger for step in waiting(policy)] for policy in (self.base, self.then)]
        if all(triggers) and triggers[0] != triggers[1]:
            raise ValueError("then: steps that wait for something else than those of base; allowed: the same, or none")
        if isinstance(self.then, BestResponse):
            raise ValueError("then: best_response given, which decides at dates of its own; allowed: any other kind")

    def __call__(self, world: World, me: int) -> Action:
        """The levers of the policy whose time it is."""
        return (self.base if coming(world) < self.at else self.then)(world, me)


@dataclass(frozen=True, slots=True)
class Mixed:
    """Some levers from one policy and all others from another; no kind of its own: it takes comparisons apart.

    Notes (`Action.choice`, `Action.expected`) come with the levers from the `first`; signals of steps that wait for
    something from the one that has such steps: where both do, they must be the same steps.
    """

    first: Policy
    second: Policy
    levers: frozenset[str]
    """Names of the levers that the first policy decides."""

    def __call__(self, world: World, me: int) -> Action:
        """Both decide as if alone."""
        ours, theirs = self.first(world, me), self.second(world, me)
        seen = np.maximum(ours.signals, theirs.signals)
        levers = {name: getattr(theirs, name) for name in LEVERS if name not in self.levers}
        return replace(ours, **levers, signals=seen)


def _standardised_error(world: World, me: int) -> Array:
    """The error of sight in its own standard deviations; 0 where a state sees without error."""
    noise = own(world.parameters.perception.noise, me)
    return own(world.states.sight_error, me) / np.maximum(noise, 1e-300)
