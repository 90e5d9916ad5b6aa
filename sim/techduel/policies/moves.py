"""What policies have in common: how levers move from one value to another."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from techduel.model.actions import LEVERS, Action, own
from techduel.model.axes import STATE, Array
from techduel.model.parameters.parameter import parameter
from techduel.model.world import World

FIRST_YEAR: Final = 2011.0
LAST_YEAR: Final = 2051.0
"""No quarter of any run starts so late: what starts then never does."""


def start_year() -> Any:
    """The field of the year in which a policy begins."""
    return parameter(
        "day from which it acts; 2051 is never", "year", FIRST_YEAR, LAST_YEAR, "yours to set; as shipped an assumption"
    )


def ramp_years() -> Any:
    """The field of the time that a policy takes to act in full."""
    return parameter("time over which it comes in, in a straight line", "years", 0.0, 30.0, "assumption")


def coming(world: World) -> float:
    """Start of the quarter that is decided on."""
    return world.year + 0.25


def ramp(world: World, start: float, years: float, span: float = 0.25) -> float:
    """How far a change has come that grows in a straight line: 0 before its start, 1 once the years have passed.

    Parameters
    ----------
    world : World
        Of the quarter before.
    start, years : float
    span : float
        How long the decision holds, in years: a quarter, or a year for budgets. What counts is where it ends, so the
        first decision already acts.
    """
    elapsed = coming(world) - start
    if elapsed < 0.0:
        return 0.0
    return min((elapsed + span) / years, 1.0) if years > 0.0 else 1.0


def within(name: str, values: Array) -> Array:
    """Values of a lever inside its range."""
    return np.clip(values, LEVERS[name].low, LEVERS[name].high)


def changed(action: Action, levers: Mapping[str, Array]) -> Action:
    """An action with other values of some levers, inside their ranges."""
    return replace(action, **{name: within(name, values) for name, values in levers.items()})


def moved(action: Action, aims: Mapping[str, Array], part: float) -> Action:
    """An action whose levers have gone a part of the way to what is aimed at; either end is exact."""
    return changed(action, {name: between(getattr(action, name), aim, part) for name, aim in aims.items()})


def between(before: Array, after: Array, part: float | Array) -> Array:
    """The weighted mean of two values, exactly one of them when `part` is 0 or 1."""
    return (1.0 - part) * before + part * after


def at_least(action: Action, floors: Mapping[str, Array | float]) -> dict[str, Array]:
    """Levers by name, raised to a floor where they lie below it."""
    return {name: np.maximum(getattr(action, name), floor) for name, floor in floors.items()}


def eased(action: Action, names: tuple[str, ...], kept: float) -> dict[str, Array]:
    """Levers by name, of which a part is kept."""
    return {name: kept * getattr(action, name) for name in names}


def own_decision(world: World, me: int, name: str) -> Array:
    """A state's lever as its policy last decided it, without laws: the memory of policies that move step by step."""
    return own(getattr(world.decided, name), me)


def side_by_side(mine: Array, theirs: Array, me: int) -> Array:
    """One state's values and its rival's in one array, in the order of the state axis."""
    pair = np.broadcast_arrays(mine, theirs)
    return np.concatenate(pair if me == 0 else pair[::-1], axis=STATE)
