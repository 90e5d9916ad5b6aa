"""What a state can do: one symmetric set of levers."""

from dataclasses import dataclass, field, fields
from typing import Any, Final

import numpy as np

from techduel.model.axes import STATE, Array


@dataclass(frozen=True, slots=True)
class Lever:
    """What one lever means and where it acts; 0 is unrestricted or nothing spent."""

    meaning: str
    equations: tuple[str, ...]
    """The only functions that read it, ``module.function``; beside them only governments decide on it."""
    felt: str
    """Who feels it, and how."""
    cost: str
    """What it costs its own side."""
    kind: str
    """Its family, of `KINDS`: what comparisons take apart by lever."""
    channel: str = "no channel"
    """Flow of knowledge that it opens or closes, of `CHANNELS`: what comparisons take apart by channel."""
    unit: str = "share"
    high: float = 1.0
    axis: str | None = None
    low: float = 0.0
    closes: str | None = None
    """To whom it closes a state: `RIVAL` as a whole, or the `LISTED` firms of the rival."""
    softens: bool = False
    """Whether its rise eases what a state does."""

    @property
    def budget(self) -> bool:
        """Whether it is an amount of money, which is decided once a year."""
        return self.unit == MONEY


def lever(meaning: str, equations: str, felt: str, cost: str, **more: Any) -> Any:
    """A dataclass field that carries its `Lever` and is 0 unless set; `equations` are separated by blanks."""
    declared = Lever(meaning, tuple(equations.split()), felt, cost, **more)
    return field(default_factory=lambda: np.zeros((1, 1, 1, 1)), metadata={"lever": declared})


def note() -> Any:
    """A dataclass field for what a policy notes beside its levers, 0 unless set."""
    return field(default_factory=lambda: np.zeros((1, 1, 1, 1)))


MONEY: Final = "bn USD of 2020 per year"
LARGEST_BUDGET: Final = 2000.0
_TAXES: Final = "taxes; researchers get dearer"
_PROGRAMME: Final = "a public programme"
RIVAL: Final = "rival"
"""Whom a lever may close a state to; so is the next."""
LISTED: Final = "listed firms"
KINDS: Final = (
    *("goods controls", "tariffs and procurement", "collaboration and science", "talent", "investment"),
    *("acquisition and defence", "public money", "stocks, standards, allies"),
)
CHANNELS: Final = ("goods and embodied", "co-invention", "talent", "science", "investment", "illicit", "no channel")
"""The knowledge that goods embody flows as goods do, so no lever parts the two."""


@dataclass(frozen=True, slots=True)
class Action:
    """The levers of one state, or of both along axis 1; arrays broadcast over (run, state, sector, 1)."""

    basic_research: Array = lever(
        "public spending on basic research",
        "accounts.account_for_research",
        "all own firms: easier ideas, after about ten years",
        _TAXES,
        kind="public money",
        unit=MONEY,
        high=LARGEST_BUDGET,
    )
    applied_research: Array = lever(
        "public spending on applied research in institutes",
        "accounts.account_for_research knowledge.fund_knowledge",
        "all own firms: easier ideas, after some years",
        _TAXES,
        kind="public money",
        unit=MONEY,
        high=LARGEST_BUDGET,
    )
    grants: Array = lever(
        "grants for business R&D",
        "research.support",
        "own firms of the sector: more R&D, part of it relabelled",
        _TAXES,
        kind="public money",
        unit=MONEY,
        high=LARGEST_BUDGET,
        axis="sector",
    )
    tax_credit: Array = lever(
        "R&D tax subsidy, one minus the B index",
        "research.log_user_cost research.log_effectiveness finance.settle_accounts accounts.pay accounts.money_gap",
        "all own firms: cheaper R&D, part of it relabelled",
        _TAXES,
        kind="public money",
        unit="share of R&D",
        high=0.6,
    )
    reshoring_support: Array = lever(
        "support for production at home",
        "access.open_goods",
        "buyers at home pay less for home goods; all others sell less there",
        "taxes",
        kind="public money",
        unit=MONEY,
        high=LARGEST_BUDGET,
        axis="sector",
    )
    control_breadth: Array = lever(
        "part of exports to the rival that needs a licence",
        "access.controlled access.open_goods listing.list_largest security.restriction",
        "the rival's buyers and learners; own exporters",
        "exports, also by the cost of licences; trust",
        kind="goods controls",
        channel="goods and embodied",
        axis="sector",
        closes=RIVAL,
    )
    control_depth: Array = lever(
        "part of it that is refused",
        "access.controlled access.open_goods security.restriction",
        "the same, and more evasion",
        "exports; trust",
        kind="goods controls",
        channel="goods and embodied",
        axis="sector",
        closes=RIVAL,
    )
    control_enforcement: Array = lever(
        "effort against evasion",
        "access.open_goods access.deny_inputs accounts.efforts",
        "less leaks to the rival",
        _PROGRAMME,
        kind="goods controls",
        channel="goods and embodied",
    )
    control_end_use: Array = lever(
        "part of the control that aims at listed users only",
        "access.open_goods",
        "listed firms instead of all buyers; knowledge in goods stays open",
        "none but time: screening is slow to build",
        kind="goods controls",
        channel="goods and embodied",
        softens=True,
    )
    destinations: Array = lever(
        "part of it that holds for allies and the rest of the world too",
        "access.open_goods",
        "buyers everywhere; nobody is left to pass goods on to the rival",
        "exports to third countries",
        kind="goods controls",
        channel="goods and embodied",
    )
    tool_denial: Array = lever(
        "part of chip tools and design tools for the rival that is refused",
        "access.input_denial",
        "the rival's chip makers, by machines as their plants age",
        "own makers of tools",
        kind="goods controls",
    )
    foundry_denial: Array = lever(
        "part of contract making of chips for the rival that is refused",
        "access.input_denial",
        "the rival's chip makers",
        "own foundries",
        kind="goods controls",
    )
    mineral_denial: Array = lever(
        "part of rare earths and minor metals for the rival that is refused",
        "access.input_denial",
        "the rival's makers of chips, devices, batteries and machines",
        "own mines",
        kind="goods controls",
    )
    allied_participation: Array = lever(
        "part of a control that allies are asked to join",
        "access.ask_allies accounts.efforts",
        "the rival loses allies' goods too, as far as allies are willing",
        _PROGRAMME,
        kind="goods controls",
        channel="goods and embodied",
    )
    listing_pace: Array = lever(
        "firms put on the entity list",
        "listing.list_firms",
        "the rival's largest firms in controlled sectors: inputs and co-invention",
        "exports to these firms",
        kind="goods controls",
        channel="goods and embodied",
        unit="firms per year",
        high=100.0,
        closes=LISTED,
    )
    listing_denial: Array = lever(
        "part of the supplies of listed firms that is refused",
        "access.open_goods knowledge.open_to_listed",
        "the rival's listed firms: inputs and co-invention",
        "exports to these firms",
        kind="goods controls",
        channel="goods and embodied",
        closes=LISTED,
    )
    procurement_localisation: Array = lever(
        "part of public purchases from the rival that is ended",
        "access.admitted security.restriction",
        "the rival's sellers; other sellers gain",
        "dearer public purchases; trust",
        kind="tariffs and procurement",
        channel="goods and embodied",
        axis="sector",
        closes=RIVAL,
    )
    inbound_screening: Array = lever(
        "part of the rival's investment at home that is refused",
        "access.open_knowledge entry.log_capital accounts.efforts security.restriction",
        "both sides learn less by owning firms and laboratories",
        "fewer start-ups; a public programme; trust",
        kind="investment",
        channel="investment",
        closes=RIVAL,
    )
    outbound_screening: Array = lever(
        "part of own investment in the rival that is refused",
        "access.open_knowledge entry.log_capital accounts.efforts security.restriction",
        "both sides learn less; fewer start-ups of the rival",
        "a public programme; trust",
        kind="investment",
        channel="investment",
        closes=RIVAL,
    )
    tariff: Array = lever(
        "duty on the rival's goods",
        "access.open_goods access.open_knowledge accounts.pay rest.middle_tariff security.restriction",
        "the rival's sellers; buyers and learners at home",
        "dearer goods, less a revenue; trust",
        kind="tariffs and procurement",
        channel="goods and embodied",
        unit="share of value",
        high=2.0,
        axis="sector",
        closes=RIVAL,
    )
    talent_recruitment: Array = lever(
        "effort to win researchers back from the rival",
        "access.open_knowledge talent.mobility accounts.efforts",
        "fewer own researchers leave; people bring knowledge",
        _PROGRAMME,
        kind="talent",
        channel="talent",
    )
    visa_limits: Array = lever(
        "part of the exchange of researchers that is refused",
        "access.open_knowledge talent.mobility security.restriction",
        "both sides: fewer move either way, and less knowledge with them",
        "the rival's researchers stay away; trust",
        kind="talent",
        channel="talent",
        closes=RIVAL,
    )
    collaboration_limits: Array = lever(
        "part of co-invention with the rival that is refused",
        "access.open_knowledge security.restriction",
        "firms with partners on the other side, on both sides",
        "own co-inventors; trust",
        kind="collaboration and science",
        channel="co-invention",
        closes=RIVAL,
    )
    science_limits: Array = lever(
        "part of open science and open source that is closed to the rival",
        "access.open_knowledge security.restriction",
        "both sides learn less from the other's public knowledge",
        "the rival's results; trust",
        kind="collaboration and science",
        channel="science",
        closes=RIVAL,
    )
    technology_acquisition: Array = lever(
        "effort to obtain the rival's technology unasked",
        "access.open_knowledge security.espionage accounts.efforts",
        "own firms learn; the rival has more incidents, hence alarm",
        "a public programme; what an alarmed rival does",
        kind="acquisition and defence",
        channel="illicit",
    )
    counter_intelligence: Array = lever(
        "effort against that",
        "access.open_knowledge security.secure accounts.efforts",
        "the rival learns less; fewer incidents",
        _PROGRAMME,
        kind="acquisition and defence",
        channel="illicit",
    )
    stockpiles: Array = lever(
        "stock of an input held against its denial",
        "reallocation.stock_up",
        "own users when goods are denied; sellers while it is filled",
        "public purchases",
        kind="stocks, standards, allies",
        unit="quarters of use",
        high=8.0,
        axis="sector",
    )
    standards_push: Array = lever(
        "effort to set standards abroad",
        "access.set_standards accounts.efforts",
        "buyers in third markets prefer own goods",
        _PROGRAMME,
        kind="stocks, standards, allies",
        axis="sector",
    )
    allied_cooperation: Array = lever(
        "joint research and shared supply with allies",
        "access.ask_allies accounts.efforts",
        "knowledge of allies, cheaper goods of allies, allies more willing to join controls",
        "home sellers lose to allies; a public programme",
        kind="stocks, standards, allies",
    )
    choice: Array = note()
    """Which of its own alternatives a policy has chosen; no lever: no equation reads it."""
    expected: Array = note()
    """What the policy expects its choice to gain in the state's own objective; no lever either."""
    planned_basic: Array = note()
    """The basic research budget that a plan starts from next year, whatever other policies add to it; no lever."""
    planned_applied: Array = note()
    """The same for applied research."""
    signals: Array = note()
    """What steps of schedules remember of what they wait for, (run, state, 1, signal); see `States.signals`."""


LEVERS: Final[dict[str, Lever]] = {item.name: item.metadata["lever"] for item in fields(Action) if item.metadata}
FIELDS: Final = tuple(item.name for item in fields(Action))
BUDGETS: Final = tuple(name for name, lever in LEVERS.items() if lever.budget)
BARRIERS: Final = tuple(name for name, lever in LEVERS.items() if lever.closes == RIVAL)
"""Levers that close a state to its rival."""
REFUSALS: Final = tuple(name for name in BARRIERS if name not in {"control_breadth", "control_depth", "tariff"})
"""Those of them that are the refused part itself: neither a duty nor the two sides of one control."""
LISTING: Final = tuple(name for name, lever in LEVERS.items() if lever.closes == LISTED)
RESTRICTIONS: Final = (*BARRIERS, *LISTING)
EFFORTS: Final = tuple(
    name for name, lever in LEVERS.items() if "accounts.efforts" in lever.equations and lever.axis is None
)
"""Programmes without a budget of their own; setting standards is one more, by sector."""
WIDE: Final = tuple(name for name, lever in LEVERS.items() if lever.axis == "sector")
"""Levers by sector."""
MEMORY: Final = "signals"
"""The note that is no number a state, and that states carry themselves."""
NARROW: Final = tuple(name for name in FIELDS if name not in (*WIDE, MEMORY))
"""All others, and what policies note."""
PLANNED: Final = ("planned_basic", "planned_applied")
"""Notes that, like budgets, change once a year."""


def both(us: Action, china: Action) -> Action:
    """The actions of both states in one: their levers side by side on the state axis."""
    return Action(**{name: _side_by_side(getattr(us, name), getattr(china, name)) for name in FIELDS})


def of_state(actions: Action, state: int) -> Action:
    """One state's part of the actions of both."""
    return Action(**{name: own(getattr(actions, name), state) for name in FIELDS})


def own(values: Array, state: int) -> Array:
    """One state's part of values of both; what is the same for both keeps its length of 1."""
    return values[:, state : state + 1] if values.shape[STATE] > 1 else values


def _side_by_side(us: Array, china: Array) -> Array:
    if us.shape != china.shape:
        us, china = np.broadcast_arrays(us, china)
    return np.concatenate([us, china], axis=STATE)
