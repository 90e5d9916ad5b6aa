"""What a state can do: one symmetric set of levers, and when a decision takes effect."""

from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

import numpy as np

from sim.axes import STATE, Array


@dataclass(frozen=True, slots=True)
class Lever:
    """Meaning and range of one lever; 0 is unrestricted or nothing spent."""

    meaning: str
    unit: str
    high: float
    axis: str | None = None
    low: float = 0.0


def lever(meaning: str, unit: str = "share", high: float = 1.0, axis: str | None = None) -> Any:
    """A dataclass field that carries its `Lever` and is 0 unless set."""
    return field(default_factory=lambda: np.zeros((1, 1, 1, 1)), metadata={"lever": Lever(meaning, unit, high, axis)})


MONEY: Final = "bn USD of 2020 per year"
LARGEST_BUDGET: Final = 2000.0


@dataclass(frozen=True, slots=True)
class Action:
    """The levers of one state, or of both along axis 1; arrays broadcast over (run, state, sector, 1)."""

    basic_research: Array = lever("public spending on basic research", MONEY, LARGEST_BUDGET)
    applied_research: Array = lever("public spending on applied research in institutes", MONEY, LARGEST_BUDGET)
    grants: Array = lever("grants for business R&D", MONEY, LARGEST_BUDGET, "sector")
    tax_credit: Array = lever("R&D tax subsidy, one minus the B index", "share of R&D", 0.6)
    reshoring_support: Array = lever("support for production at home", MONEY, LARGEST_BUDGET, "sector")
    control_breadth: Array = lever("part of exports to the rival that needs a licence", axis="sector")
    control_depth: Array = lever("part of it that is refused", axis="sector")
    control_enforcement: Array = lever("effort against evasion")
    control_end_use: Array = lever("part of the control that aims at listed users only")
    allied_participation: Array = lever("part of a control that allies join")
    listing_pace: Array = lever("firms put on the entity list", "firms per year", 100.0)
    inbound_screening: Array = lever("part of the rival's investment at home that is refused")
    outbound_screening: Array = lever("part of own investment in the rival that is refused")
    procurement_localisation: Array = lever("part of public purchases from the rival that is ended", axis="sector")
    tariff: Array = lever("duty on the rival's goods", "share of value", 2.0, "sector")
    talent_recruitment: Array = lever("effort to win researchers back from the rival")
    visa_limits: Array = lever("part of the exchange of researchers that is refused")
    collaboration_limits: Array = lever("part of co-invention with the rival that is refused")
    science_limits: Array = lever("part of open science and open source that is closed to the rival")
    technology_acquisition: Array = lever("effort to obtain the rival's technology unasked")
    counter_intelligence: Array = lever("effort against that")
    stockpiles: Array = lever("stock of an input held against its denial", "quarters of use", 8.0, "sector")
    standards_push: Array = lever("effort to set standards abroad", axis="sector")
    allied_cooperation: Array = lever("joint research and shared supply with allies")


LEVERS: Final[dict[str, Lever]] = {item.name: item.metadata["lever"] for item in fields(Action)}
BUDGETS: Final = tuple(name for name, known in LEVERS.items() if known.unit == MONEY)


def both(us: Action, china: Action) -> Action:
    """The actions of both states in one: their levers side by side on the state axis."""
    return Action(**{name: _side_by_side(getattr(us, name), getattr(china, name)) for name in LEVERS})


def of_state(actions: Action, state: int) -> Action:
    """One state's part of the actions of both."""
    return Action(**{name: own(getattr(actions, name), state) for name in LEVERS})


def in_force(previous: Action, decided: Action, quarter: int) -> Action:
    """What takes effect: restrictions at once, budgets at the start of a year (quarter 1, 5, 9, ...)."""
    if quarter % 4 == 1:
        return decided
    return replace(decided, **{name: getattr(previous, name) for name in BUDGETS})


def own(values: Array, state: int) -> Array:
    """One state's part of values of both; what is the same for both keeps its length of 1."""
    return values[:, state : state + 1] if values.shape[STATE] > 1 else values


def _side_by_side(us: Array, china: Array) -> Array:
    if us.shape != china.shape:
        us, china = np.broadcast_arrays(us, china)
    return np.concatenate([us, china], axis=STATE)
