"""What a state may do: callables from a world and a state to an Action, interchangeable between the states."""

from dataclasses import dataclass, replace
from typing import ClassVar, Protocol

import numpy as np

from techduel.model.actions import BUDGETS, PLANNED, Action, of_state, own
from techduel.model.axes import SLOT, Array, total
from techduel.model.paradigm import years_since_base
from techduel.model.parameters.parameter import parameter
from techduel.model.structure import of_quarter
from techduel.model.world import World
from techduel.policies.moves import between, coming


class Policy(Protocol):
    """A policy sees the world of the quarter before and decides for one state."""

    def __call__(self, world: World, me: int) -> Action:
        """The levers of state `me`, axis 1 of length 1."""
        ...


@dataclass(frozen=True, slots=True)
class StatusQuo2020:
    """Restrictions and tax credit as they stood at the end of 2020; budgets drift from their share of GDP."""

    yearly: ClassVar = True
    """Within a year nothing of what it decides takes effect but what it decided at its start."""

    def __call__(self, world: World, me: int) -> Action:
        """The levers of the base year, budgets grown with the GDP of the year to come, and by their drift over it."""
        drift = world.parameters.government.budget_trend * _years(world)
        growth = coming_gdp(world, me) * np.exp(drift)
        start = of_state(world.structure.status_quo, me)
        return replace(start, **{name: getattr(start, name) * growth for name in (*BUDGETS, *PLANNED)})


@dataclass(frozen=True, slots=True)
class Plan:
    """The 14th Five-Year Plan as far as it is public money: R&D grows at a target rate, basic research reaches a share.

    Public research makes up for its part of what business R&D falls short of the target; how far a state keeps to its
    plan is drawn once a run, and what slips is missing from every year alike. A plan grows from its own budgets of the
    year before, not from what laws or other policies add to them.
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
    catch_up: float = parameter(
        "part of what has slipped of basic research that is planned anew for the years left: 1 is a sprint at the end",
        "share",
        0.0,
        1.0,
        "R&D over GDP under the 12th and 13th plans (history.csv): no sprint at the end of either",
    )
    public_part: float = parameter(
        "part of the R&D that is missing which public money fills; the rest is left to firms",
        "share",
        0.0,
        1.0,
        "what governments pay of China's R&D: 20 to 22 % in every year from 2011 to 2020 (history.csv)",
    )
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
        """Budget on the way to the share until the target year, then one that grows with GDP."""
        states, budget = world.states, own(world.decided.planned_basic, me)
        left = self.target_year + 1.0 - coming(world)
        if left < 1.0:
            return budget * (1.0 + self.later_growth) * forecast_growth(world, me)
        added = self._added(world, me)
        basic, rd = own(states.rd_basic, me) - added["basic"], own(states.rd_total, me) - sum(added.values())
        needed = (1.0 + self.rd_growth_target) * np.exp(np.log(self.basic_share_target * rd / basic) / left) - 1.0
        wanted = (self._even_share(world, me, kept) * rd - (basic - budget)) * self._expected(world, me)
        rise = between(wanted / budget - 1.0, kept * needed, self.catch_up)
        return budget * (1.0 + np.clip(rise, 0.0, self.largest_rise))

    def _even_share(self, world: World, me: int, kept: Array) -> Array:
        """Share of basic research in the coming year: of the way since the base year what is kept, evenly by logs."""
        first, years = world.structure.economy.first, _years(world)
        start = own(first.rd_basic, me) / own(first.rd_total, me)
        way = years / (self.target_year - coming(world) + years)
        return start * np.exp(kept * way * np.log(self.basic_share_target / start))

    def _expected(self, world: World, me: int) -> Array:
        """R&D of the coming year over the last quarter's: it grows as GDP is forecast to, or as planned if faster."""
        aimed = (1.0 + self.rd_growth_target) ** (_years(world) - years_since_base(world.quarter))
        return np.maximum(growth_ahead(world, me), aimed)

    def _applied(self, world: World, me: int, kept: Array) -> Array:
        """Budget that fills its part of the gap between the target and what other R&D reaches if it grows with GDP.

        After the target year it grows as basic research does.
        """
        states, budget = world.states, own(world.decided.planned_applied, me)
        first = own(world.structure.economy.first.rd_total, me)
        growth = forecast_growth(world, me)
        if coming(world) >= self.target_year + 1.0:
            return budget * (1.0 + self.later_growth) * growth
        target = first * np.exp(_years(world) * np.log1p(self.rd_growth_target))
        others = own(states.rd_total, me) - sum(self._added(world, me).values()) - budget
        gap = target - others * growth
        rise = np.clip(self.public_part * (gap / budget - growth), 0.0, self.largest_rise)
        return budget * (growth + kept * rise)


def _years(world: World) -> float:
    """Years from the base year to the coming one, middle to middle."""
    return world.quarter / 4.0 + 1.0


def coming_gdp(world: World, me: int) -> Array:
    """GDP of the next four quarters relative to the base year: the forecast, at the economy's distance from it."""
    path = own(world.structure.economy.gdp_path, me)
    return mean_of_year(path, world.quarter + 1) * np.exp(own(world.states.output_deviation, me))


def growth_ahead(world: World, me: int) -> Array:
    """GDP of the coming year over that of the last quarter as forecast, a ratio."""
    path = own(world.structure.economy.gdp_path, me)
    return mean_of_year(path, world.quarter + 1) / of_quarter(path, world.quarter)


def mean_of_year(path: Array, first: int) -> Array:
    """Mean of four quarters of a path, of the last four beyond its end."""
    first = min(first, path.shape[-1] - 4)
    return total(path[..., first : first + 4], SLOT) / 4.0


def forecast_growth(world: World, me: int) -> Array:
    """GDP of the coming year over the last as forecast, 1 plus a rate."""
    path = own(world.structure.economy.gdp_path, me)
    last = path.shape[-1] - 1
    ahead = min(world.quarter + 4, last)
    behind = max(ahead - 4, 0)
    return path[..., ahead : ahead + 1] / path[..., behind : behind + 1]
