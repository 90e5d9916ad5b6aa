"""What of a decision takes effect: laws add to it, budgets have years and limits, screening takes time, firms lobby."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from techduel.model.actions import BUDGETS, LEVERS, PLANNED, Action
from techduel.model.axes import SECTOR, Array, total
from techduel.model.market import sales_at_stake
from techduel.model.parameters.states import GovernmentParameters
from techduel.model.world import World

SUPPORT: Final = ("grants", "reshoring_support")
"""Public money for industry."""
RESEARCH: Final = ("basic_research", "applied_research")
PROGRAMME: Final = (*SUPPORT, *RESEARCH)
"""All public money for research and industry."""


@dataclass(frozen=True, slots=True)
class InForce:
    """The levers of both states in a quarter, and what became of what was decided."""

    action: Action
    decided: Action
    """What the policies decided, without laws: restrictions as wanted, budgets as far as limits let them."""
    budget_cut: Array
    """Public money that was decided or demanded by law but cut."""


def in_force(world: World, decided: Action, quarter: int) -> InForce:
    """What takes effect in a quarter of what the policies decided and the laws demand.

    Parameters
    ----------
    world : World
        Of the quarter before.
    decided : Action
    quarter : int
        Budgets change at the start of a year: in quarters 1, 5, 9, ...
    """
    decided = by_sector(decided, world.cells.sales.shape[SECTOR])
    wanted = with_mandate(decided, world.mandate)
    known = world.parameters.government
    action = replace(
        wanted,
        control_end_use=screened(world.action.control_end_use, wanted.control_end_use, known),
        control_depth=lobbied(world, wanted.control_depth),
    )
    if quarter % 4 == 1:
        return limited(action, world, decided)
    return InForce(_of_the_year(action, world.action), _of_the_year(decided, world.decided), world.states.budget_cut)


def by_sector(action: Action, sectors: int) -> Action:
    """Budgets by sector spelt out: one number for all sectors stands for the same number in each."""
    spelt = {name: getattr(action, name) for name in SUPPORT}
    return replace(action, **{name: np.repeat(v, sectors // v.shape[SECTOR], SECTOR) for name, v in spelt.items()})


def with_mandate(decided: Action, mandate: Action) -> Action:
    """Levers that policies decide plus those that laws add, at most as high as a lever goes."""
    wanted = {
        name: np.minimum(getattr(decided, name) + getattr(mandate, name), lever.high) for name, lever in LEVERS.items()
    }
    return replace(decided, **wanted)


def screened(before: Array, wanted: Array, known: GovernmentParameters) -> Array:
    """Broad rules turn into screening of end users only step by step; the way back is short."""
    return np.minimum(wanted, before + known.screening_speed / 4.0)


def lobbied(world: World, wanted: Array) -> Array:
    """Depth of new controls, less what firms avert that would lose sales to the rival."""
    start = world.structure.status_quo.control_depth
    kept = 1.0 - world.parameters.government.lobbying * sales_at_stake(world.markets.flows)
    return np.where(wanted > start, start + (wanted - start) * kept, wanted)


def limited(action: Action, world: World, decided: Action) -> InForce:
    """Budgets within the limits of a state: what research can absorb, then industry, then all programmes together."""
    known, gdp = world.parameters.government, world.states.gdp
    usable = replace(action, **{name: _absorbed(name, action, world) for name in RESEARCH})
    supported = _scaled(usable, SUPPORT, _within(known.support_limit * gdp, _programme(usable, SUPPORT)))
    given = _scaled(supported, PROGRAMME, _within(known.budget_limit * gdp, _programme(supported, PROGRAMME)))
    return InForce(
        action=given,
        decided=replace(decided, **{name: _kept(name, decided, action, given) for name in PROGRAMME}),
        budget_cut=_programme(action, PROGRAMME) - _programme(given, PROGRAMME),
    )


def _absorbed(name: str, wanted: Action, world: World) -> Array:
    """A research budget that rises no faster than institutes can grow."""
    most = (1.0 + world.parameters.government.absorption) * getattr(world.action, name)
    return np.minimum(getattr(wanted, name), most)


def _kept(name: str, decided: Action, wanted: Action, given: Action) -> Array:
    """What is left of a decision: the part of what was wanted, laws included, that is given."""
    part = getattr(given, name) / np.maximum(getattr(wanted, name), 1e-300)
    return getattr(decided, name) * part


def _of_the_year(action: Action, before: Action) -> Action:
    """An action with the budgets that the year has begun with."""
    return replace(action, **{name: getattr(before, name) for name in (*BUDGETS, *PLANNED)})


def _programme(action: Action, names: tuple[str, ...]) -> Array:
    """Sum of budgets over names and sectors."""
    return sum((total(getattr(action, name), SECTOR) for name in names), np.zeros((1, 1, 1, 1)))


def _within(limit: Array, amount: Array) -> Array:
    """Part of an amount that a limit allows."""
    return np.minimum(1.0, limit / np.maximum(amount, 1e-300))


def _scaled(action: Action, names: tuple[str, ...], factor: Array) -> Action:
    return replace(action, **{name: factor * getattr(action, name) for name in names})
