"""Stockpiles: inputs that a state lays up while it can buy them, and that cover what is denied while they last."""

from dataclasses import dataclass

import numpy as np

from techduel.model.actions import Action
from techduel.model.axes import N_STATES, Array
from techduel.model.market import Clearing, Purchases
from techduel.model.parameters.states import SecurityParameters
from techduel.model.world import Tags, tagged


@dataclass(frozen=True, slots=True)
class Stocks:
    """Stockpiles after a quarter, (run, state, sector, 1)."""

    stock: Array
    """Quarters of use."""
    bought: Array
    """Purchases for them, bn USD a year."""
    felt: Array
    """Log price that missing varieties add once stocks have covered what they can, (run, state, sector, 2)."""


def stocks(stock: Array, aim: Array, cleared: Clearing, inputs: Purchases, known: SecurityParameters) -> Stocks:
    """Stocks give out what is missing, age, and are filled towards their aim as far as goods can be had."""
    ordinary, listed = inputs.ordinary[:, :N_STATES], inputs.listed[:, :N_STATES]
    need = missing(cleared, ordinary, listed)
    cover = np.minimum(stock / np.maximum(need, 1e-300), 1.0) * (need > 0.0)
    filled = known.stock_speed / 4.0 * np.maximum(aim - stock, 0.0) * (1.0 - need)
    left = stock * (1.0 - known.stock_decay / 4.0) - cover * need
    return Stocks(
        stock=np.maximum(left, 0.0) + filled,
        bought=filled * (ordinary + listed),
        felt=cleared.penalty * (1.0 - cover),
    )


def aimed(actions: Action, tags: Tags) -> Array:
    """Stocks that a state aims at; services cannot be stored."""
    return actions.stockpiles * tagged(tags, "storable")


def missing(cleared: Clearing, ordinary: Array, listed: Array) -> Array:
    """Part of an input's use that its users miss, ordinary and listed ones together; 0 where nobody uses it."""
    used = ordinary + listed
    lacking = cleared.missing[..., :1] * ordinary + cleared.missing[..., 1:] * listed
    return lacking / np.maximum(used, 1e-300)
