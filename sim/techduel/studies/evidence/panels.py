"""Firm panels of two arms and what a treatment did to groups of firms, as an econometrician would measure it.

Every firm is its own control: it lives twice, with equal luck, once with the treatment and once without. The mean over
a group of firms of the log difference, less that over an untreated group, is the difference in differences.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.model.axes import SECTOR, SLOT, STATE, Numbers
from techduel.model.outcomes import productivity
from techduel.model.world import World

type Group = NDArray[np.bool_]
"""Firms, (run, state, sector, slot)."""
YEARS: Final = (1, 3, 5)
"""Years after the start at which firms are looked at."""
_FIRMS: Final = (STATE, SECTOR, SLOT)


@dataclass(frozen=True, slots=True)
class Panel:
    """Firms of one arm; arrays by year of `YEARS` are (year, run, state, sector, slot)."""

    first: World
    """The base year: who had ties, who was state-owned, how far behind a firm was."""
    there: Group
    """Firms of the base year that live on through the last year."""
    listed: Group
    """At the end."""
    technology: Numbers
    efficiency: Numbers
    """Technology less log unit cost: what a productivity estimate sees."""
    sales: Numbers
    rd: Numbers
    filings: Numbers
    innovations: Numbers
    """Since the start, weighted by quality."""
    cell_sales: Numbers
    """(year, run, state, sector, 1)."""
    cell_rd: Numbers
    """Grants included."""
    from_rival: Numbers
    """What a state buys from its rival, (year, run, state, sector, 1)."""


def panel(passing: Iterable[World]) -> Panel:
    """Follow an arm through the last of `YEARS`."""
    seen: list[World] = []
    since: list[Numbers] = []
    found: Numbers | None = None
    for world in passing:
        found = world.firms.innovation if found is None else found + world.firms.innovation
        if world.quarter == 0:
            first, found = world, 0.0 * found
        if world.quarter in [4 * year for year in YEARS]:
            seen.append(world)
            since.append(found)
    last = seen[-1]
    return Panel(
        first=first,
        there=last.firms.alive & (last.firms.age > YEARS[-1] - 0.125),
        listed=last.firms.listed,
        technology=np.stack([world.firms.technology for world in seen]),
        efficiency=np.stack([productivity(world) for world in seen]),
        sales=np.stack([world.firms.sales for world in seen]),
        rd=np.stack([world.firms.rd for world in seen]),
        filings=np.stack([world.firms.rd * world.parameters.research.filings_per_billion for world in seen]),
        innovations=np.stack(since),
        cell_sales=np.stack([world.cells.sales for world in seen]),
        cell_rd=np.stack([world.cells.rd + world.cells.grants for world in seen]),
        from_rival=np.stack([bought_from_rival(world) for world in seen]),
    )


def bought_from_rival(world: World) -> Numbers:
    """What each state's market buys of the rival's goods, (run, state, sector, 1)."""
    flows = world.markets.flows
    return np.concatenate([flows[:, 1:2, 0], flows[:, :1, 1]], axis=1)


@dataclass(frozen=True, slots=True)
class Pair:
    """The same worlds with and without a treatment."""

    treated: Panel
    untreated: Panel

    @property
    def there(self) -> Group:
        """Firms that live on in both."""
        return self.treated.there & self.untreated.there

    def mean(self, field: str, group: Group, year: int = YEARS[-1]) -> Numbers:
        """Mean log difference over the firms of a group, by run; NaN where the group is empty."""
        group = group & self.there
        after, before = self._both(field, year)
        if field not in ("technology", "efficiency"):
            after, before = _log(after), _log(before)
        change = np.where(group, after - before, 0.0).sum(axis=_FIRMS)
        return _over(change, group.sum(axis=_FIRMS))

    def sum(self, field: str, group: Group, year: int = YEARS[-1]) -> Numbers:
        """Log ratio of a group's total, by run; NaN where either is 0."""
        after, before = self._both(field, year)
        return _log(np.where(group & self.there, after, 0.0).sum(axis=_FIRMS)) - _log(
            np.where(group & self.there, before, 0.0).sum(axis=_FIRMS)
        )

    def cell(self, field: str, state: int, sectors: Sequence[int], year: int = YEARS[-1]) -> Numbers:
        """Log ratio of the total over some cells of a state, entrants included, by run."""
        after, before = self._both(field, year)
        chosen = list(sectors)
        return _log(after[:, state, chosen].sum(axis=(1, 2))) - _log(before[:, state, chosen].sum(axis=(1, 2)))

    def _both(self, field: str, year: int) -> tuple[Numbers, Numbers]:
        place = YEARS.index(year)
        return getattr(self.treated, field)[place], getattr(self.untreated, field)[place]


def _log(values: Numbers) -> Numbers:
    return np.log(np.where(values > 0.0, values, np.nan))


def _over(total: Numbers, count: NDArray[np.int_]) -> Numbers:
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
