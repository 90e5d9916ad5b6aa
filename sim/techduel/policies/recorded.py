"""Recorded: a state does year by year what it did, in runs over years that are on record."""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

import numpy as np

from techduel.model.actions import BUDGETS, Action, own
from techduel.model.axes import SECTOR, Array, total
from techduel.model.structure import of_quarter
from techduel.model.world import World
from techduel.policies.fixed import StatusQuo2020, growth_ahead, mean_of_year
from techduel.policies.moves import within

SMALLEST: Final = 0.01
"""Part of its budget of the base year that public research keeps, whatever the record leaves for it."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Levers, basic research and publicly funded R&D as on record; research then keeps its share of forecast GDP.

    Budgets are what is left of the recorded totals once business has done its part, so that the totals come out as
    recorded whatever business does. Where nothing is on record this is the status quo.
    """

    yearly: ClassVar = True

    def __call__(self, world: World, me: int) -> Action:
        """The levers on record for the coming year."""
        recorded, start = world.structure.recorded, StatusQuo2020()(world, me)
        if not recorded.years:
            return start
        year = min(world.quarter // 4, recorded.years - 1)
        levers = {
            name: within(name, own(values[..., year : year + 1], me))
            for name, values in recorded.levers.items()
            if name not in BUDGETS
        }
        return replace(start, **levers, **_budgets(world, me, year))


def _budgets(world: World, me: int, year: int) -> dict[str, Array]:
    """Public research and grants with which the coming year's basic and public R&D are those on record."""
    structure, first = world.structure, world.structure.status_quo
    growth, since = growth_ahead(world, me), _since_record(world, me, year)
    own_rd = own(world.cells.rd, me) * growth
    grants = own(structure.research.support, me) * own_rd
    other = own(world.states.rd_other_business, me) * growth
    business = total(own_rd + grants, SECTOR) + other
    wanted = own(structure.recorded.basic[..., year : year + 1], me) * since
    basic = _at_least(wanted - own(structure.economy.basic_private, me) * business, own(first.basic_research, me))
    granted = total(grants, SECTOR) + own(of_quarter(structure.economy.other_grants, world.quarter + 1), me) * other
    public = own(structure.recorded.public[..., year : year + 1], me) * since
    applied = _at_least(public - granted - basic, own(first.applied_research, me))
    return {
        "basic_research": basic,
        "applied_research": applied,
        "grants": grants,
        "planned_basic": basic,
        "planned_applied": applied,
    }


def _at_least(budget: Array, first: Array) -> Array:
    return np.maximum(budget, SMALLEST * first)


def _since_record(world: World, me: int, year: int) -> Array:
    """Forecast GDP of the coming year over that of the last year on record; 1 within the record."""
    path = own(world.structure.economy.gdp_path, me)
    return mean_of_year(path, world.quarter + 1) / mean_of_year(path, min(world.quarter + 1, 4 * year + 1))
