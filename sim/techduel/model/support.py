"""Support for production at home: a part of the price of home goods that the budget pays, as buyers respond to it."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from techduel.model.actions import Action
from techduel.model.axes import Array

STEPS: Final = 12
"""Newton steps; ten reach the last digits from any market share."""


@dataclass(frozen=True, slots=True)
class HomeMarket:
    """A state's home market in the quarter before, (run, state, sector, 1)."""

    purchases: Array
    """What buyers spent, duties included."""
    odds: Array
    """What home suppliers would get of it without support, over what the others would."""


def home_market(purchases: Array, home_sales: Array, rate: Array, elasticity: Array) -> HomeMarket:
    """The home market as it would be without support.

    Parameters
    ----------
    home_sales : receipts of home suppliers, support included
    rate : part of the price that the state paid
    """
    at_home = home_sales * (1.0 - rate)
    others = np.maximum(purchases - at_home, 1e-300)
    return HomeMarket(purchases, at_home / others * (1.0 - rate) ** (elasticity - 1.0))


def production_support(actions: Action, home: HomeMarket, elasticity: Array) -> Array:
    """Part of the price of home goods that the state pays at home, so that its outlay is the budget.

    With y = -ln(1 - rate) the outlay is (exp(y) - 1) x purchases x home share, and the home share rises with y as with
    a lower price. The log of the outlay is concave in y, so Newton's method from the rate that would do if all bought
    at home, which is too low, comes up to the root and never passes it.
    """
    budget = actions.reshoring_support
    if not np.any(budget):
        return np.zeros_like(budget * home.purchases)
    ratio = np.maximum(budget, 1e-300) / home.purchases
    fall = np.log1p(ratio)
    for _ in range(STEPS):
        others = np.exp((1.0 - elasticity) * fall) / home.odds
        short = np.log(ratio) - np.log(np.expm1(fall)) + np.log1p(others)
        slope = -1.0 / np.expm1(-fall) + (elasticity - 1.0) * others / (1.0 + others)
        fall = fall + short / slope
    return np.where(budget > 0.0, -np.expm1(-fall), 0.0)
