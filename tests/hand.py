"""Small cases to check by hand: one run, two states, one sector, a few places for firms."""

from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from techduel.model import market
from techduel.model.access import Standing, willingness
from techduel.model.actions import LEVERS, Action
from techduel.model.axes import BUYER, N_STATES, Array, empty_firms, total
from techduel.model.noise import STREAMS, Draws
from techduel.model.parameters import Parameters
from techduel.model.support import home_market
from techduel.model.world import Firms, World
from techduel.scenario.scenario import load_scenario

FALSE_UNLESS_SAID = ("state_owned", "listed")
VALUES: Parameters = load_scenario("baseline_2021", "params=default").parameters
"""The default parameters."""


def places(us: list[Any], china: list[Any] | None = None, kind: type = float) -> Array:
    """A firm array of one sector from the values of both states' places."""
    filled = empty_firms(1, 1, len(us), kind)
    filled[0, 0, 0], filled[0, 1, 0] = us, us if china is None else china
    return filled


def everywhere(value: float, slots: int, sectors: int) -> Array:
    """A firm array of one value."""
    filled = empty_firms(1, sectors, slots)
    filled[...] = value
    return filled


def number(value: float) -> Array:
    """A parameter that is the same everywhere."""
    return np.full((1, 1, 1, 1), value)


def states(us: float, china: float) -> Array:
    """A quantity of both states."""
    return np.array([us, china]).reshape(1, 2, 1, 1)


def acting(**levers: tuple[float, float]) -> Action:
    """Both states' levers, 0 unless given."""
    return Action(**{name: states(*levers.get(name, (0.0, 0.0))) for name in LEVERS})


def by_sector(us: list[float], china: list[float]) -> Array:
    """A quantity of both states' sectors."""
    return np.array([us, china]).reshape(1, 2, -1, 1)


def firms(alive: list[bool], **given: Array) -> Firms:
    """Firms of one sector, alike in both states; what is not given is 0."""
    slots = len(alive)
    blank = {
        item.name: places([0] * slots, kind=bool if item.name in FALSE_UNLESS_SAID else float) for item in fields(Firms)
    }
    return Firms(**{**blank, "alive": places(alive, kind=bool), **given})


def luck(slots: int, sectors: int = 1, **given: Array) -> Draws:
    """A quarter in which nothing happens by chance, unless given."""
    nothing = {name: everywhere(0.999, slots, sectors) for name in STREAMS}
    whole = {name: states(0.999, 0.999) for name in ("espionage", "disruption")}
    normal = {name: states(0.0, 0.0) for name in ("economy", "sight")}
    return Draws(**{**nothing, "turnover": everywhere(0.5, slots, sectors), **whole, **normal, **given})


def standing(world: World) -> Standing:
    """What access owes to a world, of which the quarter to come makes use."""
    flows, emerging = world.markets.flows, world.structure.tags["strategic_emerging"].reshape(1, 1, -1, 1)
    leads, stake = market.leadership(flows, emerging), market.allied_stake(flows)
    willing = willingness(world.states.cooperation, leads, stake, world.parameters.access)
    bought = total(world.markets.spending, BUYER)[:, 0, :N_STATES]
    elasticity = world.parameters.market.elasticity
    home = home_market(bought, market.home_sales(flows), world.cells.support_rate, elasticity)
    return Standing(home, world.cells.standing, willing, world.states.cooperation)


def line(values: NDArray[Any], state: int = 0) -> list[float]:
    """The places of a state's only sector."""
    return [float(value) for value in values[0, state, 0]]
