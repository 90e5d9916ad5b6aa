"""Stances: how open or closed a state wants to be, and what it spends, whatever its rival does."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

from techduel.model.actions import BARRIERS, LEVERS, LISTING, RESTRICTIONS, Action, own
from techduel.model.axes import Array
from techduel.model.parameters.parameter import parameter
from techduel.model.world import World
from techduel.policies.fixed import Policy
from techduel.policies.moves import at_least, changed, coming, eased, moved, ramp, ramp_years, start_year
from techduel.policies.options import base

DECOUPLED: Final = (*BARRIERS, "allied_participation")
"""Levers that rise where a state decouples; `control_end_use` falls."""
YEAR: Final = 1.0
"""A budget holds for a year."""
_MONEY: Final = "bn USD of 2020 per year"


@dataclass(frozen=True, slots=True)
class StatusQuoAnte:
    """The openness of before the trade war: its tariffs, a part of all other restrictions, no entity list."""

    base: Policy = field(metadata=base())
    start: float = start_year()
    ramp_years: float = ramp_years()
    tariff: Array = parameter(
        "duty to which tariffs fall",
        "share of value",
        0.0,
        0.5,
        "PIIE: mean tariffs on the other's goods at the start of 2018, 3.1 % in the United States, 8.0 % in China",
        "state",
    )
    kept: float = parameter("part of other restrictions that stays", "share", 0.0, 1.0, "assumption for 2016")

    def __call__(self, world: World, me: int) -> Action:
        """The base's levers, eased."""
        action = self.base(world, me)
        aims = eased(action, BARRIERS, self.kept) | eased(action, LISTING, 0.0)
        aims["tariff"] = np.minimum(action.tariff, own(self.tariff, me))
        return moved(action, aims, ramp(world, self.start, self.ramp_years))


@dataclass(frozen=True, slots=True)
class IndustrialPolicy:
    """More public money for research and for production at home, step by step, for a time."""

    base: Policy = field(metadata=base())
    start: float = start_year()
    ramp_years: float = ramp_years()
    years: float = parameter("for how long", "years", 0.25, 60.0, "yours to set; as shipped an assumption")
    grants: float = parameter(
        "more grants for business R&D", _MONEY, 0.0, 500.0, "assumption; F19: hundreds of billions"
    )
    reshoring_support: float = parameter(
        "more support for production at home", _MONEY, 0.0, 500.0, "assumption; F19: hundreds of billions"
    )
    weights: Array = parameter(
        "weight of a sector in both; only proportions count", "1", 0.0, 100.0, "assumption", "sector"
    )
    basic_research: float = parameter("more public basic research", _MONEY, 0.0, 500.0, "assumption")
    applied_research: float = parameter("more public applied research", _MONEY, 0.0, 500.0, "assumption")
    tax_credit: float = parameter("more R&D tax credit", "share of R&D", 0.0, 0.3, "assumption")

    def __post_init__(self) -> None:
        if not np.any(self.weights):
            raise ValueError("weights: 0 everywhere; allowed: above 0 for at least one sector")

    def __call__(self, world: World, me: int) -> Action:
        """The base's levers and the additions of the year."""
        action = self.base(world, me)
        if coming(world) >= self.start + self.years:
            return action
        part = ramp(world, self.start, self.ramp_years, YEAR)
        each = self.weights / self.weights.sum() * part
        return changed(
            action,
            {
                "grants": action.grants + self.grants * each,
                "reshoring_support": action.reshoring_support + self.reshoring_support * each,
                "basic_research": action.basic_research + self.basic_research * part,
                "applied_research": action.applied_research + self.applied_research * part,
                "tax_credit": action.tax_credit + self.tax_credit * ramp(world, self.start, self.ramp_years),
            },
        )


@dataclass(frozen=True, slots=True)
class Controls:
    """Export controls: which goods, how deep, whether they aim at end users or at everybody, with whom."""

    base: Policy = field(metadata=base())
    start: float = start_year()
    ramp_years: float = ramp_years()
    breadth: Array = parameter(
        "part of exports to the rival that needs a licence, at least", "share", 0.0, 1.0, "assumption", "sector"
    )
    depth: Array = parameter("part of it that is refused, at least", "share", 0.0, 1.0, "assumption", "sector")
    end_use: float = parameter("part of the control that aims at listed users only", "share", 0.0, 1.0, "assumption")
    enforcement: float = parameter("effort against evasion, at least", "share", 0.0, 1.0, "assumption")
    allied_participation: float = parameter(
        "part of the control that allies are asked to join, at least", "share", 0.0, 1.0, "assumption"
    )
    listing_pace: float = parameter(
        "firms put on the entity list, at least", "firms per year", 0.0, 100.0, "assumption"
    )
    listing_denial: float = parameter(
        "part of the supplies of listed firms that is refused, at least", "share", 0.0, 1.0, "assumption"
    )

    def __call__(self, world: World, me: int) -> Action:
        """The base's levers with these controls on top."""
        action = self.base(world, me)
        aims = at_least(
            action,
            {
                "control_breadth": self.breadth,
                "control_depth": self.depth,
                "control_enforcement": self.enforcement,
                "allied_participation": self.allied_participation,
                "listing_pace": self.listing_pace,
                "listing_denial": self.listing_denial,
            },
        )
        aims["control_end_use"] = np.reshape(self.end_use, (-1, 1, 1, 1))
        return moved(action, aims, ramp(world, self.start, self.ramp_years))


@dataclass(frozen=True, slots=True)
class FullDecoupling:
    """Every barrier between the two states rises to a high level; controls aim at everybody.

    A barrier without an option here closes in full, so that a new one is never left open.
    """

    base: Policy = field(metadata=base())
    start: float = start_year()
    ramp_years: float = ramp_years()
    control_breadth: Array = parameter(
        "part of exports to the rival that needs a licence in the end", "share", 0.0, 1.0, "assumption", "sector"
    )
    control_depth: Array = parameter("part of it that is refused in the end", "share", 0.0, 1.0, "assumption", "sector")
    allied_participation: float = parameter(
        "part of it that allies are asked to join in the end", "share", 0.0, 1.0, "assumption"
    )
    tariff: Array = parameter("duty in the end", "share of value", 0.0, 2.0, "assumption", "sector")
    procurement_localisation: Array = parameter(
        "part of public purchases from the rival that is ended", "share", 0.0, 1.0, "assumption", "sector"
    )
    inbound_screening: float = parameter("refused part of the rival's investment", "share", 0.0, 1.0, "assumption")
    outbound_screening: float = parameter("refused part of investment in the rival", "share", 0.0, 1.0, "assumption")
    visa_limits: float = parameter("refused part of the exchange of researchers", "share", 0.0, 1.0, "assumption")
    collaboration_limits: float = parameter("refused part of co-invention", "share", 0.0, 1.0, "assumption")
    science_limits: float = parameter("closed part of open science", "share", 0.0, 1.0, "assumption")

    def __call__(self, world: World, me: int) -> Action:
        """The base's levers on their way to these."""
        action = self.base(world, me)
        aims = at_least(action, {name: getattr(self, name, LEVERS[name].high) for name in DECOUPLED})
        aims["control_end_use"] = np.zeros((1, 1, 1, 1))
        return moved(action, aims, ramp(world, self.start, self.ramp_years))


@dataclass(frozen=True, slots=True)
class Cooperation:
    """As much exchange as possible: restrictions, tariffs and unasked acquisition fall, science is open."""

    base: Policy = field(metadata=base())
    start: float = start_year()
    ramp_years: float = ramp_years()
    kept: float = parameter("part of restrictions, tariffs and acquisition that stays", "share", 0.0, 1.0, "assumption")

    def __call__(self, world: World, me: int) -> Action:
        """The base's levers on their way to openness; those that bind allies stay."""
        action = self.base(world, me)
        aims = eased(action, (*RESTRICTIONS, "technology_acquisition"), self.kept)
        aims |= eased(action, ("science_limits",), 0.0)
        return moved(action, aims, ramp(world, self.start, self.ramp_years))
