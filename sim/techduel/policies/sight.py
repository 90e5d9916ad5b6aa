"""What a state sees of the duel, in the units of results: late and noisy of its rival, as it is of itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from techduel.facts.selection import known_sectors
from techduel.model.actions import own
from techduel.model.axes import HUNDRED, Array
from techduel.model.world import World

LEAD: Final = "lead"


@dataclass(frozen=True, slots=True)
class Sight:
    """One number that a state sees at the end of a quarter."""

    meaning: str
    unit: str
    low: float
    high: float
    seen: Callable[[World, int], Array]
    """Of a world and a state, (run, 1, 1, 1)."""


def _lead_in(place: int) -> Callable[[World, int], Array]:
    return lambda world, me: -HUNDRED * own(world.cells.seen_gap, me)[:, :, place : place + 1]


SIGHTS: Final[dict[str, Sight]] = {
    LEAD: Sight(
        "own lead in frontier fields as the state sees it: late, with errors that last",
        "log points",
        -1000.0,
        1000.0,
        lambda world, me: -HUNDRED * own(world.states.seen_gap, me),
    ),
    **{
        f"{LEAD}.{sector}": Sight(f"the same in {sector}", "log points", -1000.0, 1000.0, _lead_in(place))
        for place, sector in enumerate(known_sectors().names)
    },
    "rd": Sight(
        "own R&D over the rival's as the state sees it",
        "ratio",
        0.0,
        1000.0,
        lambda world, me: np.exp(-own(world.states.seen_rd, me)),
    ),
    "threat": Sight("threat as felt", "share", 0.0, 1.0, lambda world, me: own(world.states.threat, me)),
    "dependence": Sight(
        "dependence on the rival in the supply chains under review",
        "share",
        0.0,
        1.0,
        lambda world, me: own(world.states.dependence, me),
    ),
    "incidents": Sight(
        "incidents that are remembered",
        "incidents",
        0.0,
        1000.0,
        lambda world, me: own(world.states.incident_memory, me),
    ),
}
"""By the name that a schedule uses."""
