"""What a state may do: callables from a world and a state to an Action, interchangeable between the states."""

from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

import numpy as np

from techduel.model.actions import BUDGETS, PLANNED, Action, of_state, own
from techduel.model.axes import SLOT, Array, total
from techduel.model.parameters.parameter import parameter
from techduel.model.world import World


class Policy(Protocol):
    """A policy sees the world of the quarter before and decides for one state."""

    def __call__(self, world: World, me: int) -> Action:
        """The levers of state `me`, axis 1 of length 1."""
        ...


@dataclass(frozen=True, slots=True)
class StatusQuo2020:
    """Restrictions and tax credit as they stood at the end of 2020; budgets keep their share of GDP."""

    yearly: ClassVar = True
    """Within a year nothing of what it decides takes effect but what it decided at its start."""

    def __call__(self, world: World, me: int) -> Action:
        """The levers of the base year, budgets grown with the GDP of the year to come."""
        growth = coming_gdp(world, me)
        start = of_state(world.structure.status_quo, me)
        return replace(start, **{name: getattr(start, name) * growth for name in (*BUDGETS, *PLANNED)})


@dataclass(frozen=True, slots=True)
class Plan:
    """The 14th Five-Year Plan as far as it is public money: R&D grows at a target rate, basic research reaches a share.

    Public research makes up for what business R&D falls short of the target; how far a state keeps to its plan is drawn
    once a run. A plan grows from its own budgets of the year before, not from what laws or other policies add to them.
    """

    yearly: ClassVar = True
    rd_growth_target: float = parameter(
        "real growth of all R&D that the plan aims at", "per year", 0.0, 0.2, "article: more than 7 %"
    )
    basic_share_target: float = parameter(
        "share of basic research in R&D that the plan aims at", "share", 0.02, 0.3, "article: more than 8 %"
    )
    target_year: float = parameter("year of that share", "year", 2011.0, 2050.0, "article: 2025")
    slippage: float = parameter(
        "mean part of a planned increase that does not happen",
        "share",
        0.0,
        0.9,
        "assumption: the target of 15 % for emerging industries in 2020 was missed at 11.7 %",
    )
    slippage_spread: float = parameter("standard deviation of that over runs", "share", 0.0, 0.5, "assumption")
    largest_rise: float = parameter(
        "most that a public research budget rises in a year", "per year", 0.0, 0.5, "assumption: absorption of money"
    )
    later_growth: float = parameter(
        "growth of basic research after the target year, over that of GDP", "per year", 0.0, 0.1, "assumption"
    )

    def __call__(self, world: World, me: int) -> Action:
        """The levers of the base year, with public research budgets that follow the plan."""
        start = StatusQuo2020()(world, me)
        kept = 1.0 - np.clip(self.slippage - self.slippage_spread * own(world.resolve, me), 0.0, 1.0)
        basic, applied = self._basic(world, me, kept), self._applied(world, me, kept)
        return replace(
            start, basic_research=basic, applied_research=applied, planned_basic=basic, planned_applied=applied
        )

    def _added(self, world: World, me: int) -> dict[str, Array]:
        """Public research in force that laws, limits and other policies added to the plan's own."""
        action, decided = world.action, world.decided
        return {
            "basic": own(action.basic_research - decided.planned_basic, me),
            "applied": own(action.applied_research - decided.planned_applied, me),
        }

    def _basic(self, world: World, me: int, kept: Array) -> Array:
        """Budget that closes the distance to the share evenly over the years that are left, then grows with GDP."""
        states, budget = world.states, own(world.decided.planned_basic, me)
        left = self.target_year + 1.0 - (world.year + 0.25)
        if left < 1.0:
            return budget * (1.0 + self.later_growth) * forecast_growth(world, me)
        added = self._added(world, me)
        share = (own(states.rd_basic, me) - added["basic"]) / (own(states.rd_total, me) - sum(added.values()))
        needed = (1.0 + self.rd_growth_target) * np.exp(np.log(self.basic_share_target / share) / left) - 1.0
        return budget * (1.0 + np.clip(kept * needed, 0.0, self.largest_rise))

    def _applied(self, world: World, me: int, kept: Array) -> Array:
        """Budget that fills the gap between the target and what other R&D reaches if it grows with GDP.

        After the target year it grows as basic research does.
        """
        states, budget = world.states, own(world.decided.planned_applied, me)
        first = own(world.structure.economy.first.rd_total, me)
        years = world.quarter / 4.0 + 1.0
        growth = forecast_growth(world, me)
        if world.year + 0.25 >= self.target_year + 1.0:
            return budget * (1.0 + self.later_growth) * growth
        target = first * np.exp(years * np.log1p(self.rd_growth_target))
        others = own(states.rd_total, me) - sum(self._added(world, me).values()) - budget
        gap = target - others * growth
        rise = np.clip(gap / budget - growth, 0.0, self.largest_rise)
        return budget * (growth + kept * rise)


def coming_gdp(world: World, me: int) -> Array:
    """GDP of the next four quarters relative to the base year: the forecast, at the economy's distance from it."""
    path = own(world.structure.economy.gdp_path, me)
    first = min(world.quarter + 1, path.shape[-1] - 4)
    return total(path[..., first : first + 4], SLOT) / 4.0 * np.exp(own(world.states.output_deviation, me))


def forecast_growth(world: World, me: int) -> Array:
    """GDP of the coming year over the last as forecast, 1 plus a rate."""
    path = own(world.structure.economy.gdp_path, me)
    last = path.shape[-1] - 1
    ahead = min(world.quarter + 4, last)
    behind = max(ahead - 4, 0)
    return path[..., ahead : ahead + 1] / path[..., behind : behind + 1]
