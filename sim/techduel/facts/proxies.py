"""Sectors before 2020: markets, shares and positions that follow the industries which stand for them."""

from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Final

import numpy as np

from techduel.facts.base import BaseYear
from techduel.facts.history import LAST_YEAR, History
from techduel.facts.tables import Row, outside, table
from techduel.model.axes import N_STATES, STATES, Numbers

FILE: Final = "backcast.csv"
HEADER: Final = ("quantity", "sector", "industries", "value", "unit", "source", "confidence", "licence")
UNITS: Final = {"market_size": "part of the ratio of 2020", "supply_share": "elasticity"}
SPAN: Final = 10.0
"""Years over which a young market has grown from its part of 2010 to the ratio of 2020."""
POSITION_ELASTICITY: Final = 0.5
"""Log distance of positions per log distance of shares of the world (assumption: half)."""
WORLD: Final = "world"


@dataclass(frozen=True, slots=True)
class Proxies:
    """What stands for each sector, (sector,)."""

    industries: tuple[tuple[str, ...], ...]
    """Names of value-added series of the history without ``va_``."""
    reached: Numbers
    """Market over its industries in 2010 relative to 2020; below 1 for a young market."""
    elasticity: Numbers
    """Of a state's share of the sector to its share of the industries."""


def read_proxies(folder: Traversable, sectors: tuple[str, ...], problems: list[str]) -> Proxies:
    """Read what stands for each sector; problems are appended."""
    found: dict[tuple[str, str], Row] = {}
    for row in table(folder, FILE, HEADER, problems):
        key = row.cells["quantity"], row.cells["sector"]
        problem = "second line for this quantity and sector" if key in found else _problem(row, sectors)
        if problem:
            problems.append(f"{row.place}: {problem}")
        else:
            found[key] = row
    missing = [(name, sector) for name in UNITS for sector in sectors if (name, sector) not in found]
    problems += [f"{FILE}:1: no {name} for {sector}" for name, sector in missing]
    if missing:
        return Proxies((), np.ones(0), np.ones(0))
    return Proxies(
        industries=tuple(tuple(found["market_size", sector].cells["industries"].split()) for sector in sectors),
        reached=np.array([found["market_size", sector].value for sector in sectors]),
        elasticity=np.array([found["supply_share", sector].value for sector in sectors]),
    )


def _problem(row: Row, sectors: tuple[str, ...]) -> str:
    quantity, sector = row.cells["quantity"], row.cells["sector"]
    if quantity not in UNITS:
        return f"unknown quantity {quantity!r}; known: {', '.join(UNITS)}"
    if sector not in sectors:
        return f"unknown sector {sector!r}; known: {', '.join(sectors)}"
    if row.cells["unit"] != UNITS[quantity]:
        return f"unit {row.cells['unit']!r}, expected {UNITS[quantity]!r}"
    low = 0.001 if quantity == "market_size" else 0.0
    if outside(row.value, low, 2.0):
        return f"value {row.value:g} is out of range; allowed {low:g} to 2"
    return ""


def value_added(history: History, industries: tuple[str, ...], place: str, year: int) -> float:
    """Value added of some industries together, bn USD."""
    return sum(history.at(f"va_{industry}", place, year) for industry in industries)


def past_markets(proxies: Proxies, history: History, year: int, last: BaseYear, gdp: Numbers) -> dict[str, Numbers]:
    """Sizes, shares and positions of a year before 2020.

    Markets move with the world value added of their industries, young ones faster; a state's share of supply moves with
    its share of the industries, and positions with half of that; demand with the shares of blocs in GDP.

    Parameters
    ----------
    proxies, history, year
    last : BaseYear
        The year 2020, from which all is back-cast.
    gdp : (bloc,)
        Of the year, bn USD.
    """
    size = [_world_growth(history, industries, year, LAST_YEAR) for industries in proxies.industries]
    maturity = proxies.reached ** ((LAST_YEAR - year) / SPAN)
    supply = _supply(proxies, history, year, last)
    demand = last.demand_share * ((gdp / gdp.sum()) / (last.gdp / last.gdp.sum()))[:, None]
    demand = demand / demand.sum(axis=0)
    reach = (demand / last.demand_share)[:N_STATES][::-1]
    return {
        "market_size": last.market_size * maturity * np.exp(-np.array(size)),
        "maturity": maturity,
        "supply_share": supply,
        "demand_share": demand,
        "rival_sales_share": last.rival_sales_share * reach,
        "position": _positions(supply, last),
    }


def excess_growth(proxies: Proxies, history: History, first: int, last: int) -> Numbers:
    """Growth of the world's markets over that of all value added between two years, per year, (sector,)."""
    whole = np.log(history.at("gross_value_added_total", WORLD, last))
    whole -= np.log(history.at("gross_value_added_total", WORLD, first))
    grown = [_world_growth(history, industries, first, last) for industries in proxies.industries]
    return np.asarray((np.array(grown) - whole) / (last - first) - np.log(proxies.reached) / SPAN)


def _world_growth(history: History, industries: tuple[str, ...], first: int, last: int) -> float:
    levels = [value_added(history, industries, WORLD, year) for year in (first, last)]
    return float(np.log(levels[1] / levels[0]))


def _supply(proxies: Proxies, history: History, year: int, last: BaseYear) -> Numbers:
    """Shares of blocs in the world's supply: states by rule, allies and rest what is left, as in 2020."""
    moved = [
        [_share(history, names, state, year) / _share(history, names, state, LAST_YEAR) for names in proxies.industries]
        for state in STATES
    ]
    ours = last.supply_share[:N_STATES] * np.array(moved) ** proxies.elasticity
    others = last.supply_share[N_STATES:]
    return np.concatenate([ours, others / others.sum(axis=0) * (1.0 - ours.sum(axis=0))])


def _share(history: History, industries: tuple[str, ...], place: str, year: int) -> float:
    return value_added(history, industries, place, year) / value_added(history, industries, WORLD, year)


def _positions(supply: Numbers, last: BaseYear) -> Numbers:
    """Positions whose log distance was larger or smaller by half the log distance of shares; the better as in 2020."""
    moved = np.log(supply[:N_STATES] / last.supply_share[:N_STATES])
    log_position = np.log(last.position) + POSITION_ELASTICITY * moved
    best = np.log(last.position).max(axis=0) - log_position.max(axis=0)
    return np.exp(log_position + best)
