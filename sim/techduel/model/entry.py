"""Firms that leave and firms that come; those who find no place are counted, never lost."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from techduel.model.access import capital
from techduel.model.actions import Action
from techduel.model.axes import N_STATES, ORIGIN, Array, Mask, Trade, at_firms, flat, total
from techduel.model.finance import bankrupt
from techduel.model.market import by_cell, by_user, cell_total, count, home_sales
from techduel.model.noise import Draws
from techduel.model.parameters import Parameters
from techduel.model.parameters.firms import EntryParameters
from techduel.model.world import Firms, Links, World

BASE_BREADTH = 0.1
"""Keeps the elasticity of entry finite where no input comes from home."""
BASE_CAPITAL = 0.1
"""The same where no capital comes from the rival."""


SHARED = ("dependence", "tie", "state_owned", "listed")
"""Fields of firms that a quarter does not make anew."""


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


def leaving(firms: Firms, luck: Array, parameters: Parameters) -> NDArray[np.intp]:
    """Flat places of the firms that leave: too small for their sector, bankrupt, or for outside reasons.

    The largest firm of a cell never leaves: it is taken over rather than wound up, so a state keeps a producer in every
    sector. Few firms are anywhere near leaving, so only those are looked at closely.
    """
    known, shape = parameters.entry, luck.shape
    least = known.exit_size * cell_total(firms.sales) / count(firms.alive)
    largest = firms.sales.max(axis=-1, keepdims=True)
    near = (firms.sales < least) | (firms.cash < 0.0) | (luck < known.exit_rate / 4.0)
    places = np.flatnonzero(flat(near & firms.alive))
    sales, owned = flat(firms.sales)[places], flat(firms.state_owned)[places]
    softened = np.where(owned, at_firms(known.soft_budget, places, shape), 1.0)
    small = sales < at_firms(least, places, shape) * softened
    unlucky = flat(luck)[places] < at_firms(known.exit_rate, places, shape) / 4.0
    goes = small | unlucky | (bankrupt(firms, places, parameters.finance) & ~owned)
    return places[goes & (sales < at_firms(largest, places, shape))]


def arrivals(world: World, ecosystem: Array, growth: Array, luck: Array) -> Array:
    """Entrants that knock: more with broad home suppliers, a growing market and an open door for capital."""
    known = world.parameters.entry
    log_pull = (
        known.ecosystem * np.log(ecosystem / world.structure.demand.ecosystem)
        + known.market_pull * np.log(growth)
        + known.foreign_capital * log_capital(world.action, world.structure.status_quo)
    )
    return count(luck > 1.0 - known.arrival_rate / 4.0 * np.exp(log_pull))


def log_capital(actions: Action, first: Action) -> Array:
    """Log openness for the rival's capital relative to the base year."""
    return np.log((BASE_CAPITAL + capital(actions)) / (BASE_CAPITAL + capital(first)))


def ecosystem(links: Links, domestic: Array) -> Array:
    """Breadth of home suppliers of a cell: `BASE_BREADTH` plus the home share of its inputs, by input share.

    Parameters
    ----------
    domestic : (run, state, sector, 1)
        Home firms' share of the home market.
    """
    supplied = by_user(links.input_share[None, None, ..., None], domestic)
    return BASE_BREADTH + supplied / np.maximum(links.input_share.sum(axis=0), 1e-12)[None, None, :, None]


def domestic_share(flows: Trade) -> Array:
    """Home firms' share of the home market, (run, state, sector, 1)."""
    return home_sales(flows) / total(flows, ORIGIN)[:, 0, :N_STATES]


def turnover(
    firms: Firms, gone: NDArray[np.intp], knocking: Array, newcomer: "Newcomer", draws: Draws, known: EntryParameters
) -> Turnover:
    """Remove those who leave (flat places); give places that were free before to those who knock, lowest first."""
    shape = firms.alive.shape
    places = free_places(firms.alive, knocking)
    written_off = by_cell(gone, flat(firms.cash)[gone], shape)
    after = _emptied(firms, gone)
    founded = _settle(after, places, newcomer, draws, known)
    alive = firms.alive.copy(order="K")
    flat(alive)[gone] = False
    flat(alive)[places] = True
    entered = by_cell(places, np.ones(places.size), shape)
    return Turnover(
        replace(after, alive=alive),
        entered=entered,
        exited=by_cell(gone, np.ones(gone.size), shape),
        turned_away=knocking - entered,
        written_off=written_off,
        founded=by_cell(places, founded, shape),
    )


def free_places(alive: Mask, knocking: Array) -> np.ndarray:
    """Flat places of those who enter: in each cell the lowest free ones, as many as knock."""
    wanted = np.ascontiguousarray(knocking).reshape(-1)
    cells = np.flatnonzero(wanted)
    free = ~flat(alive).reshape(alive.shape[-1], -1)[:, cells]
    slots, columns = np.nonzero(free & (np.cumsum(free, axis=0) <= wanted[cells]))
    return slots * wanted.size + cells[columns]


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What a cell offers an entrant: mean technology, and log sales at technology 0."""

    technology: Array
    elasticity: Array
    log_sales_at_zero: Array
    log_norm: Array
    rule_spread: Array
    cash_target: Array


def _emptied(firms: Firms, gone: np.ndarray) -> Firms:
    """Nothing is left in the places of those who leave but the flows of their last quarter.

    Most fields are the quarter's own arrays and are changed in place; those that are shared with the quarter before are
    copied.
    """
    shared = {name: getattr(firms, name).copy(order="K") for name in SHARED}
    firms = replace(firms, **shared)
    for name in (
        *SHARED,
        "technology",
        "appeal",
        "log_rd",
        "log_scale",
        "cash",
        "age",
        "rule",
        "substituted",
        "tie_replaced",
    ):
        flat(getattr(firms, name))[gone] = 0
    return firms


def _settle(firms: Firms, places: np.ndarray, newcomer: Newcomer, draws: Draws, known: EntryParameters) -> np.ndarray:
    """Write the entrants into their places; returns the cash each brings."""
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
        "age": 0.0,
        "dependence": 1.0,
        "tie": flat(draws.imitation)[places] < cell(known.tie_share),
    }
    for name, values in written.items():
        flat(getattr(firms, name))[places] = values
    return cash
