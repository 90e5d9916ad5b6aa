"""Annual panels of firms and sectors, as a statistical office would keep them, from the quarters of many worlds."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.model.axes import BUYER, MARKET, N_STATES, ORIGIN, Numbers, total
from techduel.model.outcomes import firm_panel, productivity
from techduel.model.world import World
from techduel.studies.evidence.panels import bought_from_rival

type Measure = Callable[[World], NDArray[Any]]


def _discoveries(world: World) -> Numbers:
    return np.where(world.firms.innovation > 0.0, 4.0, 0.0)


PANEL: Final = ("sales", "profit", "rd", "filings", "innovations")
FLOWS: Final = (*PANEL, "discoveries")
"""Annual rates of firms: a year is the mean of its quarters."""
STOCKS: Final[Mapping[str, Measure]] = {
    "productivity": productivity,
    "cash": lambda world: world.firms.cash,
    "dependence": lambda world: world.firms.dependence,
    "tied": lambda world: world.firms.tie,
    "owned": lambda world: world.firms.state_owned,
    "listed": lambda world: world.firms.listed,
}
"""Of firms at the end of a year. Productivity is technology less log unit cost."""
SHOWN_BY_PATENTS: Final = ("embodied", "coinvention", "science")


def _spent(world: World) -> Numbers:
    """Spending at home by all buyers, (run, state, sector, 1)."""
    return total(world.markets.spending, BUYER)[:, 0, :N_STATES]


def _world_spending(world: World) -> Numbers:
    return total(total(world.markets.spending, BUYER), MARKET)[:, 0]


def _home_sales(world: World) -> Numbers:
    """What each state's market buys of its own goods, (run, state, sector, 1)."""
    return np.stack([world.markets.flows[:, state, state] for state in range(N_STATES)], axis=1)


def _from_others(world: World) -> Numbers:
    flows = world.markets.flows
    bought = total(flows, ORIGIN)[:, 0, :N_STATES]
    return bought - _home_sales(world) - bought_from_rival(world)


def _open(world: World) -> Numbers:
    """Mean openness of the channels that patents can show: knowledge in goods, joint invention, open science."""
    channels = (getattr(world.openness, name) for name in SHOWN_BY_PATENTS)
    return sum(channels, np.zeros(1)) / len(SHOWN_BY_PATENTS)


CELLS: Final[Mapping[str, Measure]] = {
    "cell_sales": lambda world: world.cells.sales,
    "spent": _spent,
    "market": _world_spending,
    "from_home": _home_sales,
    "from_rival": bought_from_rival,
    "from_others": _from_others,
    "frontier": lambda world: world.cells.frontier,
    "open": _open,
}
"""Of sectors by state, mean of the quarters of a year."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Years of many worlds: arrays of firms, (run, state, sector, slot, year), and of sectors, without the slot."""

    years: NDArray[np.int_]
    firms: Mapping[str, Numbers]
    present: NDArray[np.bool_]
    """Whether a firm lived through the whole year."""
    spell: NDArray[np.int_]
    """Which firm in a slot it is: the first is 1, whoever enters after it left 2."""
    cells: Mapping[str, Numbers]
    input_share: Numbers
    """(input, user)."""
    link_scale: Numbers
    """(run, state, input)."""

    @property
    def runs(self) -> int:
        """How many worlds."""
        return int(self.present.shape[0])

    def at(self, years: Iterable[int]) -> NDArray[np.int_]:
        """Places of years."""
        return np.searchsorted(self.years, np.array(list(years)))


class _Year:
    """The quarters of a year so far."""

    def __init__(self) -> None:
        self.flows: dict[str, Numbers] = dict.fromkeys([*FLOWS, *CELLS], 0.0)  # type: ignore[arg-type]
        self.present: NDArray[np.bool_] | bool = True

    def add(self, world: World) -> None:
        self.present = self.present & world.firms.alive
        firms = firm_panel(world)
        now = {name: firms[name] for name in PANEL} | {"discoveries": _discoveries(world)}
        now |= {name: measure(world) for name, measure in CELLS.items()}
        for name, values in now.items():
            self.flows[name] = self.flows[name] + values / 4.0


def panel(passing: Iterable[World]) -> Panel:
    """The whole years that follow the base year of some worlds, base year first."""
    worlds = iter(passing)
    first = next(worlds)
    spell, lived = first.firms.alive.astype(int), first.firms.alive
    years: list[dict[str, NDArray[Any]]] = []
    year = _Year()
    for world in worlds:
        spell, lived = spell + (world.firms.alive & ~lived), world.firms.alive
        year.add(world)
        if world.quarter % 4 == 0:
            stocks = {name: measure(world).astype(float) for name, measure in STOCKS.items()}
            years.append({**year.flows, **stocks, "present": np.asarray(year.present), "spell": spell})
            year = _Year()
    return _stacked(first, years)


def _stacked(first: World, years: list[dict[str, NDArray[Any]]]) -> Panel:
    def joined(name: str) -> NDArray[Any]:
        return np.stack([year[name] for year in years], axis=-1)

    shape = (first.firms.alive.shape[0], N_STATES, first.firms.alive.shape[2], len(years))
    links = first.structure.links
    return Panel(
        years=int(first.year + 0.25) + np.arange(len(years)),
        firms={name: joined(name) for name in (*FLOWS, *STOCKS)},
        present=joined("present"),
        spell=joined("spell"),
        cells={name: np.broadcast_to(joined(name)[:, :, :, 0], shape) for name in CELLS},
        input_share=links.input_share,
        link_scale=np.broadcast_to(links.link_scale[:, :N_STATES, :, 0], shape[:3]),
    )
