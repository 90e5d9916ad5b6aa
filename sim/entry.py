"""Firms that leave and firms that come; those who find no place are counted, never lost."""

from dataclasses import dataclass, replace

import numpy as np

from sim.axes import N_STATES, ORIGIN, STATE, Array, Mask, Trade, at_firms, flat, total
from sim.finance import bankrupt
from sim.market import cell_total
from sim.noise import Draws
from sim.schema import EntryParameters, Parameters
from sim.world import Firms, Links, World

BASE_BREADTH = 0.1
"""Keeps the elasticity of entry finite where no input comes from home."""


@dataclass(frozen=True, slots=True)
class Turnover:
    """Firms after exit and entry, and the counts by cell."""

    firms: Firms
    entered: Array
    exited: Array
    turned_away: Array
    written_off: Array
    """Cash (or debt, negative) of the firms that left, bn USD."""
    founded: Array
    """Cash that entrants brought, bn USD."""


def leaving(firms: Firms, luck: Array, parameters: Parameters) -> Mask:
    """Firms that leave: too small for their sector, bankrupt, or for outside reasons; the largest of a cell never does.

    The largest is taken over rather than wound up, so a state keeps a producer in every sector.
    """
    known = parameters.entry
    living = cell_total(firms.alive.astype(float))
    mean = cell_total(firms.sales) / living
    least = known.exit_size * mean * np.where(firms.state_owned, known.soft_budget, 1.0)
    goes = (
        (firms.sales < least)
        | bankrupt(firms, firms.cash, firms.sales, parameters.finance)
        | (luck < known.exit_rate / 4.0)
    )
    return goes & firms.alive & (firms.sales < firms.sales.max(axis=-1, keepdims=True))


def arrivals(world: World, ecosystem: Array, growth: Array, luck: Array) -> Array:
    """Entrants that knock in a cell: more with a broad base of home suppliers and a growing market."""
    known = world.parameters.entry
    rate = (
        known.arrival_rate
        / 4.0
        * np.exp(
            known.ecosystem * np.log(ecosystem / world.structure.demand.ecosystem) + known.market_pull * np.log(growth)
        )
    )
    return cell_total((luck > 1.0 - rate).astype(float))


def ecosystem(links: Links, domestic: Array) -> Array:
    """Breadth of home suppliers of a cell: 1 plus its inputs' home share of purchases, weighted by input share.

    Parameters
    ----------
    domestic : (run, state, sector, 1)
        Home firms' share of the home market.
    """
    used = links.input_share
    bought = used.sum(axis=0)
    supplied = sum(used[None, None, j, :, None] * domestic[:, :, j : j + 1] for j in range(used.shape[0]))
    return BASE_BREADTH + supplied / np.maximum(bought, 1e-12)[None, None, :, None]  # type: ignore[operator]


def domestic_share(flows: Trade) -> Array:
    """Home firms' share of the home market, (run, state, sector, 1)."""
    home = np.stack([flows[:, state, state] for state in range(N_STATES)], axis=STATE)
    return home / total(flows, ORIGIN)[:, 0, :N_STATES]


def turnover(
    firms: Firms, goes: Mask, knocking: Array, newcomer: "Newcomer", draws: Draws, known: EntryParameters
) -> Turnover:
    """Remove those who leave, then give free places to those who knock, lowest place first."""
    free = ~firms.alive
    rank = np.cumsum(free, axis=-1, dtype=np.int16)
    enters = free & (rank <= knocking)
    written_off = cell_total(np.where(goes, firms.cash, 0.0))
    places = np.flatnonzero(flat(enters))
    after = _emptied(firms, goes)
    founded = _settle(after, places, newcomer, draws, known)
    entered = cell_total(enters.astype(float))
    return Turnover(
        replace(after, alive=(firms.alive & ~goes) | enters),
        entered=entered,
        exited=cell_total(goes.astype(float)),
        turned_away=knocking - entered,
        written_off=written_off,
        founded=founded,
    )


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What a cell offers an entrant: mean technology, and log sales at technology 0."""

    technology: Array
    elasticity: Array
    log_sales_at_zero: Array
    log_norm: Array
    rule_spread: Array
    cash_target: Array


def _emptied(firms: Firms, goes: Mask) -> Firms:
    """Copies of the fields that change, with nothing left in the places of those who leave."""
    gone = np.flatnonzero(flat(goes))
    changed = {
        name: getattr(firms, name).copy(order="K")
        for name in (
            "technology",
            "appeal",
            "log_rd",
            "log_scale",
            "cash",
            "age",
            "rule",
            "dependence",
            "substituted",
            "tie",
            "state_owned",
            "listed",
            "sales",
            "rd",
            "profit",
            "innovation",
        )
    }
    for values in changed.values():
        flat(values)[gone] = 0
    return replace(firms, **changed)


def _settle(firms: Firms, places: np.ndarray, newcomer: Newcomer, draws: Draws, known: EntryParameters) -> Array:
    """Write the entrants into their places; returns the cash they bring by cell."""
    shape = firms.technology.shape

    def cell(values: Array) -> np.ndarray:
        return at_firms(values, places, shape)

    spread = (2.0 * flat(draws.peer)[places] - 1.0) * cell(known.entrant_spread)
    technology = cell(newcomer.technology - known.entrant_gap) + spread
    log_sales = (cell(newcomer.elasticity) - 1.0) * technology + cell(newcomer.log_sales_at_zero)
    rule = (2.0 * flat(draws.appeal)[places] - 1.0) * np.sqrt(3.0) * cell(newcomer.rule_spread)
    cash = cell(newcomer.cash_target) * np.exp(log_sales)
    written = {
        "technology": technology,
        "log_scale": log_sales,
        "rule": rule,
        "log_rd": cell(newcomer.log_norm) + rule + log_sales,
        "cash": cash,
        "dependence": 1.0,
        "tie": flat(draws.imitation)[places] < cell(known.tie_share),
    }
    for name, values in written.items():
        flat(getattr(firms, name))[places] = values
    brought = np.bincount(places % (firms.cash[..., 0].size), weights=cash, minlength=firms.cash[..., 0].size)
    return brought.reshape(*shape[:-1], 1)
