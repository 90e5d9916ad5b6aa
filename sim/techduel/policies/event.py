"""What every event has: a call before each quarter, options that check themselves, and dates."""

from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import numpy as np

from techduel.model.axes import Array, Mask
from techduel.model.parameters.parameter import Parameter, parameter
from techduel.model.world import World

FIRST_YEAR: Final = 2011.0
LAST_YEAR: Final = 2051.0
CHOSEN: Final = "the analyst's choice"
"""Source of a number that describes no known event."""


class Event(Protocol):
    """Something that may happen before a quarter."""

    def __call__(self, world: World, year: float, fate: Array) -> World:
        """The world as the event leaves it; the same object where it does nothing.

        Parameters
        ----------
        world : World
            At the end of the quarter before.
        year : float
            Start of the coming quarter.
        fate : Array
            Three uniforms of this event, (run, 1, 1, 3), the same in every quarter: whether, how much, when.
        """
        ...


@dataclass(frozen=True, slots=True)
class Choice:
    """An option that is one word out of a few."""

    meaning: str
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SectorChoice:
    """An option that is a list of sectors in the words of `techduel.facts.selection`."""

    meaning: str


type Option = Parameter | Choice | SectorChoice
"""What is known about one option of an event, apart from its value."""


def one_of(meaning: str, *allowed: str) -> Any:
    """A dataclass field that carries its `Choice`."""
    return field(metadata={"parameter": Choice(meaning, allowed)})


def sector_list(meaning: str) -> Any:
    """A dataclass field that carries its `SectorChoice`."""
    return field(metadata={"parameter": SectorChoice(meaning)})


def decimal_year(meaning: str, source: str = CHOSEN) -> Any:
    """A dataclass field for a decimal year."""
    return parameter(meaning, "decimal year", FIRST_YEAR, LAST_YEAR, source)


def begins(when: float | Array, world: World, year: float) -> Mask:
    """Whether the coming quarter is the first that starts at or after a date.

    For a date before the first simulated quarter that is the first simulated quarter.
    """
    return np.asarray((when <= year) & ((when > year - 0.25) | (world.quarter == 0)))


def place(word: str, places: tuple[str, ...]) -> Array:
    """1 at the place that a word names, or at all places where it names none, (1, place, 1, 1)."""
    return np.array([float(word not in places or word == name) for name in places]).reshape(1, -1, 1, 1)
