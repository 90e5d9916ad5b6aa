"""Events at home: a supply-chain review, a bill, a change of government. They bind or move a state for good.

What laws demand joins `World.mandate` and adds to the levers that policies decide.
"""

from dataclasses import dataclass, fields, replace
from typing import Final

import numpy as np

from techduel.facts.selection import chosen
from techduel.model.actions import own
from techduel.model.axes import SECTOR, STATES, Array, total
from techduel.model.outcomes import measured
from techduel.model.parameters.parameter import parameter
from techduel.model.world import World
from techduel.policies.event import CHOSEN, begins, decimal_year, one_of, place, sector_list

GRAIN: Final = 2.0**20
"""A mandate is a whole number of parts of a unit divided by this: what a law adds comes off again to the last bit."""


@dataclass(frozen=True, slots=True)
class SupplyChainReview:
    """A state measures its dependence on the rival in the supply chains and remedies what it finds."""

    state: str = one_of("who reviews", *STATES)
    start: float = decimal_year("day of the order", "article: order of 24 February 2021")
    days: float = parameter("time from the order to the report", "days", 0.0, 1000.0, "article: 100 days")
    threshold: float = parameter(
        "part of a supply chain's home market that the rival may have before remedies follow",
        "share",
        0.0,
        1.0,
        "assumption",
    )
    reshoring: float = parameter(
        "support for production at home in each sector found", "bn USD of 2020 per year", 0.0, 100.0, "assumption"
    )
    stockpile: float = parameter("stock held of each sector found", "quarters of use", 0.0, 8.0, "assumption")
    allied_cooperation: float = parameter(
        "cooperation with allies if any sector is found", "share", 0.0, 1.0, "assumption"
    )

    def __call__(self, world: World, year: float, fate: Array) -> World:
        """The remedies join the mandate in the first quarter that starts at or after the report, and stay."""
        if not begins(self.start + self.days / 365.0, world, year):
            return world
        found = self.found(world)
        return _enacted(
            world,
            self.state,
            reshoring_support=self.reshoring * found,
            stockpiles=self.stockpile * found,
            allied_cooperation=self.allied_cooperation * found.max(axis=SECTOR, keepdims=True),
        )

    def found(self, world: World) -> Array:
        """1 for the supply chains in which the rival has more of the home market than it may, (run, 1, sector, 1)."""
        share = measured(world, ("import_dependence",))["import_dependence"][:, [STATES.index(self.state)], :, None]
        reviewed = world.structure.tags["supply_chain"][:, None]
        return ((share > self.threshold) & reviewed).astype(float)


@dataclass(frozen=True, slots=True)
class Bill:
    """A bill may pass and spend a sum evenly over years, on R&D of firms, production at home and basic research."""

    state: str = one_of("whose law", *STATES)
    start: float = decimal_year("when the bill is brought in", "article of March 2021: before Congress")
    probability: float = parameter("chance that it passes", "share", 0.0, 1.0, "assumption")
    amount_low: float = parameter(
        "smallest sum", "bn USD of 2020", 0.0, 1000.0, "first bill of May 2020: 100 bn dollars (F19)"
    )
    amount_high: float = parameter(
        "largest sum", "bn USD of 2020", 0.0, 1000.0, "proposals of March 2021: 230 bn dollars (F19)"
    )
    years: float = parameter(
        "over which it is spent", "years", 1.0, 20.0, "first bill of May 2020: five fiscal years, recalled"
    )
    delay_low: float = parameter("shortest time until it is in force", "quarters", 0.0, 40.0, "assumption")
    delay_high: float = parameter("longest time until it is in force", "quarters", 0.0, 40.0, "assumption")
    grants_share: float = parameter("part for grants for business R&D", "share", 0.0, 1.0, "assumption")
    reshoring_share: float = parameter(
        "part for production at home; basic research gets what is left", "share", 0.0, 1.0, "assumption"
    )
    sectors: tuple[str, ...] = sector_list("who gets grants and support, in the proportions of 2020")

    def __call__(self, world: World, year: float, fate: Array) -> World:
        """The money joins the mandate in the first quarter of the law, and leaves it when its years are over."""
        passes, amount, when = fate[..., :1] < self.probability, fate[..., 1:2], fate[..., 2:]
        starts = self.start + _between(self.delay_low, self.delay_high, when) / 4.0
        begun, over = begins(starts, world, year), begins(starts + self.years, world, year)
        change = passes * (begun.astype(float) - over)
        if not change.any():
            return world
        annual = change * _between(self.amount_low, self.amount_high, amount) / self.years
        receivers = chosen(self.sectors) * own(world.structure.status_quo.grants, STATES.index(self.state))
        each = annual * receivers / total(receivers, SECTOR)
        return _enacted(
            world,
            self.state,
            grants=self.grants_share * each,
            reshoring_support=self.reshoring_share * each,
            basic_research=(1.0 - self.grants_share - self.reshoring_share) * annual,
        )


@dataclass(frozen=True, slots=True)
class GovernmentChange:
    """A new government may come that wants something else: from then on a state has other objectives."""

    state: str = one_of("whose government", *STATES)
    date: float = decimal_year("when it takes office")
    probability: float = parameter("chance that it comes", "share", 0.0, 1.0, CHOSEN)
    leadership: float = parameter("its weight of the lead in frontier fields, per log point", "1", 0.0, 1.0, CHOSEN)
    income: float = parameter("its weight of real income, per log point", "1", 0.0, 1.0, CHOSEN)
    security: float = parameter("its weight of security, per expected incident a year", "1", 0.0, 1.0, CHOSEN)
    incidents: float = parameter(
        "its weight of incidents in multiples of the income that each costs", "1", 0.0, 20.0, CHOSEN
    )
    horizon: float = parameter("over which it discounts", "years", 3.0, 20.0, CHOSEN)

    def __call__(self, world: World, year: float, fate: Array) -> World:
        """The state's objectives change where the government does, in the first quarter at or after the date."""
        comes = fate[..., :1] < self.probability
        if not (begins(self.date, world, year) and comes.any()):
            return world
        changed, objectives = comes & (place(self.state, STATES) > 0.0), world.parameters.objectives
        wanted = {
            item.name: np.where(changed, getattr(self, item.name), getattr(objectives, item.name))
            for item in fields(objectives)
        }
        return replace(world, parameters=replace(world.parameters, objectives=replace(objectives, **wanted)))


def _between(low: float, high: float, fate: Array) -> Array:
    """A draw that is spread evenly, from its uniform."""
    return low + fate * (high - low)


def _enacted(world: World, state: str, **additions: Array) -> World:
    """The world with more in the mandate of one state, lever by lever."""
    here = place(state, STATES)
    levers = {
        name: getattr(world.mandate, name) + here * np.round(GRAIN * more) / GRAIN for name, more in additions.items()
    }
    return replace(world, mandate=replace(world.mandate, **levers))
