"""The least restriction that keeps risk below a limit: the stated aim of the United States in March 2021 (C25)."""

from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from techduel.model.actions import RESTRICTIONS, Action, own
from techduel.model.axes import Array
from techduel.model.engine.record import records_of
from techduel.model.parameters.parameter import parameter
from techduel.model.security import expect_risks
from techduel.model.structure import tagged
from techduel.model.world import World
from techduel.policies.fixed import Policy
from techduel.policies.moves import at_least, between, changed, eased
from techduel.policies.options import base

MEASURES: Final = (
    "counter_intelligence",
    "inbound_screening",
    "procurement_localisation",
    "allied_cooperation",
    "stockpiles",
    "control_depth",
)
HALVINGS: Final = 20
"""Of the range of a restriction: it is found to a millionth."""


@dataclass(frozen=True, slots=True)
class RiskMitigation:
    """The least restriction that keeps expected incidents below a limit; everything else is relaxed.

    Restriction goes along one path, from the base with relaxed restrictions (0) to all measures in full (1). How far
    is found anew each quarter from `security` at the present flows and trust, with stocks as the path will fill
    them, and is noted in `Action.choice`. What localisation does shows in the flows of later quarters.
    """

    base: Policy = field(metadata=base())
    limit: float = parameter("expected incidents that are accepted", "per year", 0.0, 20.0, "assumption")
    multiple: float = parameter(
        "expected incidents that are accepted beside them, in multiples of the run's own risk in the base year",
        "1",
        0.0,
        5.0,
        "assumption",
    )
    kept: float = parameter(
        "part of the base's restrictions that stays where no measure needs more", "share", 0.0, 1.0, "assumption"
    )
    counter_intelligence: float = parameter("effort at full restriction", "share", 0.0, 1.0, "assumption")
    inbound_screening: float = parameter("refused investment at full restriction", "share", 0.0, 1.0, "assumption")
    procurement_localisation: float = parameter(
        "public purchases ended in digital sectors at full restriction", "share", 0.0, 1.0, "assumption"
    )
    allied_cooperation: float = parameter("cooperation at full restriction", "share", 0.0, 1.0, "assumption")
    stockpiles: float = parameter(
        "stocks in supply chains under review at full restriction", "quarters of use", 0.0, 8.0, "assumption"
    )
    control_depth: Array = parameter(
        "refused part of controlled exports at full restriction", "share", 0.0, 1.0, "assumption", "sector"
    )

    def __call__(self, world: World, me: int) -> Action:
        """The levers at the least restriction that will do."""
        relaxed, full = self.path(world, me)
        least = self._least(world, me, relaxed, full)
        return replace(_along(relaxed, full, least), choice=least)

    def path(self, world: World, me: int) -> tuple[Action, Action]:
        """Its two ends: relaxed, and all measures in full."""
        action, tags = self.base(world, me), world.structure.tags
        relaxed = changed(action, eased(action, RESTRICTIONS, self.kept))
        floors: dict[str, Any] = {
            "counter_intelligence": self.counter_intelligence,
            "inbound_screening": self.inbound_screening,
            "procurement_localisation": self.procurement_localisation * tagged(tags, "digital_core"),
            "allied_cooperation": self.allied_cooperation,
            "stockpiles": self.stockpiles * tagged(tags, "supply_chain"),
            "control_depth": self.control_depth,
        }
        return relaxed, changed(relaxed, at_least(relaxed, floors))

    def _least(self, world: World, me: int, relaxed: Action, full: Action) -> Array:
        """The least part of the path at which risk is within the limit, by bisection; 1 where none is."""
        limit = self.limit + self.multiple * own(world.structure.economy.first.risk, me)
        fine = expected_risk(world, me, relaxed) <= limit
        low, high = np.zeros(fine.shape), np.ones(fine.shape)
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            enough = expected_risk(world, me, _along(relaxed, full, middle)) <= limit
            low, high = np.where(enough, low, middle), np.where(enough, middle, high)
        return np.where(fine, 0.0, high)


def expected_risk(world: World, me: int, action: Action) -> Array:
    """Incidents a year that a state has to expect under the measures of an action, (run, 1, 1, 1).

    Everything else is as it is: flows, trust, the rival's levers. The state's stocks count as filled.
    """
    runs, _, sectors, _ = world.firms.alive.shape
    stocks = np.maximum(own(world.cells.stock, me), action.stockpiles)
    held = np.ascontiguousarray(np.broadcast_to(stocks[:, 0, :, 0], (runs, sectors)))
    protection = np.ascontiguousarray(np.broadcast_to(action.counter_intelligence[:, 0, 0, 0], (runs,)))
    found = np.zeros(runs)
    expect_risks(records_of(world), me, protection, held, found)
    return found.reshape(-1, 1, 1, 1)


def _along(relaxed: Action, full: Action, part: Array) -> Action:
    """The levers a part of the way along the path."""
    return replace(relaxed, **{name: between(getattr(relaxed, name), getattr(full, name), part) for name in MEASURES})
