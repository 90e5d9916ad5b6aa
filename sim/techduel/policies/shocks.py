"""Events that change what the coming quarter meets, `World.outside`: demand, missing supply, discoveries; and a leap.

Each is a function of time alone. Log shifts of several events add up; of what one leaves of a supply, another takes its
part.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from techduel.facts.selection import chosen
from techduel.model.axes import BLOCS, STATES, Array
from techduel.model.parameters.parameter import parameter
from techduel.model.world import World
from techduel.policies.event import CHOSEN, begins, decimal_year, one_of, place, sector_list

EVERYWHERE: Final = "all"
BOTH: Final = "both"


@dataclass(frozen=True, slots=True)
class DemandShock:
    """Final demand for some goods jumps or falls, in one market or in all, and comes back."""

    sectors: tuple[str, ...] = sector_list("which goods")
    market: str = one_of("where", EVERYWHERE, *BLOCS)
    start: float = decimal_year("when it comes")
    size: float = parameter("log shift at the start, of either sign", "log", -1.0, 1.0, CHOSEN)
    fade: float = parameter("time in which it falls to 37 %", "years", 0.1, 100.0, CHOSEN)

    def __call__(self, world: World, year: float, fate: Array) -> World:
        """The shift of the coming quarter joins that of other events."""
        if year < self.start:
            return world
        shift = _left(self.size, self.fade, year - self.start) * place(self.market, BLOCS) * chosen(self.sectors)
        return replace(world, outside=replace(world.outside, demand=world.outside.demand + shift))


@dataclass(frozen=True, slots=True)
class SupplyDisruption:
    """For a time a part of what one bloc supplies is missing in all markets, its own included."""

    origin: str = one_of("whose goods", *BLOCS)
    sectors: tuple[str, ...] = sector_list("which goods")
    start: float = decimal_year("when it comes")
    years: float = parameter("how long it lasts", "years", 0.25, 30.0, CHOSEN)
    size: float = parameter("part that is missing", "share", 0.0, 0.95, CHOSEN)

    def __call__(self, world: World, year: float, fate: Array) -> World:
        """What is missing in the coming quarter, after what other events have left."""
        if not self.start <= year < self.start + self.years:
            return world
        missing = self.size * place(self.origin, BLOCS) * chosen(self.sectors)
        disruption = 1.0 - (1.0 - world.outside.disruption) * (1.0 - missing)
        return replace(world, outside=replace(world.outside, disruption=disruption))


@dataclass(frozen=True, slots=True)
class Breakthrough:
    """A discovery outside the firms: in some fields ideas become cheaper, and are used up over time."""

    state: str = one_of("who can use it", *STATES, BOTH)
    sectors: tuple[str, ...] = sector_list("which fields")
    start: float = decimal_year("when it comes")
    size: float = parameter("log fall of the cost of an idea at the start", "log", 0.0, 3.0, CHOSEN)
    fade: float = parameter("time in which it shrinks to 37 %", "years", 0.1, 100.0, CHOSEN)

    def __call__(self, world: World, year: float, fate: Array) -> World:
        """The fall of the coming quarter joins that of other events."""
        if year < self.start:
            return world
        ease = _left(self.size, self.fade, year - self.start) * place(self.state, STATES) * chosen(self.sectors)
        return replace(world, outside=replace(world.outside, ease=world.outside.ease + ease))


@dataclass(frozen=True, slots=True)
class Leap:
    """All makers of one state get better at once in some fields: the impulse by which a lead's half-life is measured.

    How far they are apart, and what they know of others, stays as it is.
    """

    state: str = one_of("whose makers", *STATES, BOTH)
    sectors: tuple[str, ...] = sector_list("which fields")
    start: float = decimal_year("when it comes")
    size: float = parameter("log rise of the technology of every maker, of either sign", "log", -1.0, 1.0, CHOSEN)

    def __call__(self, world: World, year: float, fate: Array) -> World:
        """Technology and frontier as they are once it has come; later it is left to the equations."""
        if not begins(self.start, world, year):
            return world
        rise = self.size * place(self.state, STATES) * chosen(self.sectors)
        firms = replace(world.firms, technology=world.firms.technology + rise * world.firms.alive)
        return replace(world, firms=firms, cells=replace(world.cells, frontier=world.cells.frontier + rise))


def _left(size: float, fade: float, elapsed: float) -> float:
    """What is left of a shift after some years."""
    return size * float(np.exp(-elapsed / fade))
