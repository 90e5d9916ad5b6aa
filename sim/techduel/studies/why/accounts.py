"""What is accounted for: a lead, sales or real income, by which causes, in which words and units."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from techduel.model.axes import STATES
from techduel.model.engine.tables import CAUSES, INCOME, SALES

START: Final = "start"
"""What there was in the base year, to which causes add up."""
ALL: Final = "all"
"""Sum of all causes without the start."""
LEAD: Final = "lead"
"""Own frontier less the rival's."""


@dataclass(frozen=True, slots=True)
class Account:
    """One of the three ledgers, as it is told."""

    outcome: str
    """What its entries add up to, by name in a record."""
    unit: str
    scale: float
    """Units in one of the outcome."""
    field: str
    """Where it is counted when no sector is asked for."""
    subject: str
    """What is told, behind whose it is."""
    groups: Mapping[str, tuple[str, ...]]
    """Causes by what is told of them together."""
    causes: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Causes as kept, the start before them."""
        return (START, *self.causes)

    @property
    def changes(self) -> tuple[str, ...]:
        """Causes as told, their sum behind them."""
        return (*self.causes, ALL)

    @property
    def sides(self) -> tuple[str, ...]:
        """Whose it is told of."""
        return (*STATES, LEAD) if self.is_lead else STATES

    @property
    def is_lead(self) -> bool:
        """Whether one state's is told against the other's, with a sign."""
        return self.subject == LEAD

    @property
    def by_sector(self) -> bool:
        """Whether there is one of each sector."""
        return self.outcome != "real_income"

    @property
    def what(self) -> str:
        """What is told, inside a sentence."""
        return "the lead" if self.is_lead else self.subject

    @property
    def heading(self) -> str:
        """The unit at the start of a line."""
        return self.unit[0].upper() + self.unit[1:]


ACCOUNTS: Final[Mapping[str, Account]] = {
    "frontier": Account(
        "technology_frontier",
        "log points",
        100.0,
        "frontier fields",
        "lead",
        {
            "found": ("own", "denied", "induced", "partners"),
            "learnt at home": ("home",),
            "learnt abroad": ("goods", "coinvention", "talent", "science", "investment", "illicit", "allies"),
            "firms among the best": ("membership", "exit", "entry"),
            "paradigm and events": ("paradigm", "event"),
        },
        CAUSES,
    ),
    "sales": Account(
        "sales",
        "billion USD",
        1.0,
        "all sectors",
        "sales",
        {
            "final demand": ("demand",),
            "users": ("users",),
            "appeal and cost": ("appeal", "price", "inputs"),
            "access, missing goods": ("access", "capacity"),
            "duties": ("duty",),
        },
        SALES,
    ),
    "income": Account(
        "real_income",
        "billion USD",
        1.0,
        "the economy",
        "real income",
        {
            "forecast and luck": ("forecast", "luck"),
            "knowledge": ("knowledge", "ideas", "engine"),
            "sectors": ("sectors", "crowding"),
            "prices, terms of trade": ("prices", "terms"),
            "all else": ("forgone", "shortages", "incidents", "spending", "tariffs"),
        },
        INCOME,
    ),
}
