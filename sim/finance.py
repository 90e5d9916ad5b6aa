"""Cash: what a firm can spend, earns, pays in tax, pays out and raises."""

from dataclasses import dataclass

import numpy as np

from sim.axes import Array, at_firms, flat
from sim.parameters import FinanceParameters
from sim.world import Firms, Structure


@dataclass(frozen=True, slots=True)
class Finance:
    """Firms' accounts of a quarter; flows are annual rates."""

    cash: Array
    profit: Array
    """After R&D and tax."""
    tax: Array
    payout: Array
    equity: Array


def research_limit(firms: Firms, surplus: Array, sales: Array, known: FinanceParameters) -> Array:
    """Most that a firm can spend on R&D: its surplus and its cash, and equity while it is young."""
    funds = surplus + firms.cash + known.equity_limit * sales * (firms.age < known.young_age)
    return np.maximum(funds, known.lean_research * surplus)


def finance(
    firms: Firms, structure: Structure, sales: Array, rd: Array, tax_credit: Array, known: FinanceParameters
) -> Finance:
    """Profit after R&D, credit and tax; excess cash is paid out, young firms in debt raise equity."""
    before_tax = structure.links.margin * sales - rd * (1.0 - tax_credit)
    tax = structure.economy.corporate_tax * np.maximum(before_tax, 0.0)
    profit = before_tax - tax
    balance = firms.cash + profit / 4.0
    payout = np.maximum(balance - known.cash_target * sales, 0.0)
    needy = np.flatnonzero(flat((balance < 0.0) & (firms.age < known.young_age)))
    limit = at_firms(known.equity_limit, needy, sales.shape) / 4.0 * flat(sales)[needy]
    equity = np.zeros_like(balance)
    flat(equity)[needy] = np.minimum(-flat(balance)[needy], limit)
    return Finance(balance - payout + equity, profit, tax, 4.0 * payout, 4.0 * equity)


def bankrupt(firms: Firms, cash: Array, sales: Array, known: FinanceParameters) -> np.ndarray:
    """Firms whose debt exceeds its limit; the state carries its own firms on (soft budget constraint)."""
    return (cash < -known.debt_limit * sales) & ~firms.state_owned
