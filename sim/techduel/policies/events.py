"""What happens from outside: every kind of event, and what events make of the world before a quarter."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, Final

from techduel.model.axes import Array
from techduel.model.world import QUIET, World
from techduel.policies.event import Event, Option
from techduel.policies.politics import Bill, GovernmentChange, SupplyChainReview
from techduel.policies.shocks import Breakthrough, DemandShock, Leap, SupplyDisruption

EVENTS: Final[dict[str, type]] = {
    "supply_chain_review": SupplyChainReview,
    "bill": Bill,
    "demand_shock": DemandShock,
    "supply_disruption": SupplyDisruption,
    "breakthrough": Breakthrough,
    "leap": Leap,
    "government_change": GovernmentChange,
}


def happened(world: World, events: Mapping[str, Event], fates: Mapping[str, Array], year: float) -> World:
    """The world that states see before a quarter, after all that happens from outside.

    Parameters
    ----------
    world : World
        At the end of the quarter before.
    events : mapping of str to Event
        By name. They act in the order of their names, in whatever order a configuration holds them.
    fates : mapping of str to Array
        `Noise.fate` of each name.
    year : float
        Start of the coming quarter.
    """
    world = replace(world, outside=QUIET)
    for name in sorted(events):
        world = events[name](world, year, fates[name])
    return world


def event(kind: str, **options: Any) -> Event:
    """The event of a kind, with its options by name.

    Raises
    ------
    KeyError
        If no event has that kind.
    """
    return EVENTS[kind](**{name: tuple(value) if isinstance(value, list) else value for name, value in options.items()})


def described(kind: str) -> dict[str, Option]:
    """What is known about every option of a kind."""
    return {item.name: item.metadata["parameter"] for item in fields(EVENTS[kind])}
