"""Cash: what a firm can spend, earns, pays in tax, pays out and raises."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from techduel.model.actions import Action
from techduel.model.axes import Array, at_firms, flat
from techduel.model.parameters.firms import FinanceParameters
from techduel.model.world import Firms


@dataclass(frozen=True, slots=True)
class Earned:
    """What a firm sold, what that left after production, and what of it went into own R&D."""

    sales: Array
    surplus: Array
    rd: Array


@dataclass(frozen=True, slots=True)
class Finance:
    """Firms' accounts of a quarter."""

    cash: Array
    profit: Array
    """After R&D and tax, annual rate."""
    tax: Array
    """Annual rate."""
    payout: Array
    """Paid out in the quarter."""
    equity: Array
    """Raised in the quarter."""


def research_limit(
    firms: Firms, places: NDArray[np.intp], surplus: Array, sales: Array, known: FinanceParameters
) -> NDArray[np.float64]:
    """Most that the firms at some places can spend on R&D: surplus and cash, and equity while a firm is young."""
    shape, own = sales.shape, flat(surplus)[places]
    young = flat(firms.age)[places] < at_firms(known.young_age, places, shape)
    equity = at_firms(known.equity_limit, places, shape) * flat(sales)[places] * young
    return np.maximum(own + flat(firms.cash)[places] + equity, at_firms(known.lean_research, places, shape) * own)


def finance(firms: Firms, earned: Earned, actions: Action, corporate_tax: Array, known: FinanceParameters) -> Finance:
    """Profit after R&D, credit and tax; excess cash is paid out, young firms in debt raise equity."""
    sales = earned.sales
    before_tax = earned.surplus - after_credit(earned.rd, actions)
    tax = np.maximum(before_tax, 0.0)
    tax *= corporate_tax
    profit = before_tax - tax
    balance = profit / 4.0
    balance += firms.cash
    payout = np.maximum(balance - known.cash_target * sales, 0.0)
    needy = np.flatnonzero(flat((balance < 0.0) & (firms.age < known.young_age)))
    limit = at_firms(known.equity_limit, needy, sales.shape) / 4.0 * flat(sales)[needy]
    equity = np.zeros_like(balance)
    flat(equity)[needy] = np.minimum(-flat(balance)[needy], limit)
    return Finance(balance - payout + equity, profit, tax, payout, equity)


def after_credit(rd: Array, actions: Action) -> Array:
    """What the tax credit leaves to pay of R&D."""
    return rd * (1.0 - actions.tax_credit)


def bankrupt(firms: Firms, places: NDArray[np.intp], known: FinanceParameters) -> NDArray[np.bool_]:
    """Whether the firms at flat places owe more than their limit."""
    limit = at_firms(known.debt_limit, places, firms.cash.shape) * flat(firms.sales)[places]
    return flat(firms.cash)[places] < -limit
