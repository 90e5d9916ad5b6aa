"""Cash: what a firm can spend, earns, pays in tax, pays out and raises."""

from typing import Any

from techduel.model.engine.compiler import compiled


@compiled
def research_limit(firm: Any, surplus: float, parameters: Any) -> float:
    """Most that a firm can spend on R&D: surplus and cash, and equity while it is young. Equation: model.md 3.6."""
    equity = parameters.equity_limit * firm.sales if firm.age < parameters.young_age else 0.0
    return max(surplus + firm.cash + equity, parameters.lean_research * surplus)


@compiled
def after_credit(rd: float, tax_credit: float) -> float:
    """What the tax credit leaves to pay of R&D."""
    return rd * (1.0 - tax_credit)


@compiled
def open_books(cell: Any) -> None:
    """A cell's accounts before its firms have paid anything."""
    cell.taxed = cell.raised = cell.cash_before = 0.0


@compiled
def settle_accounts(run: Any, s: int, cell: Any, firm: Any) -> None:
    """A firm's profit after R&D, credit and tax; excess cash is paid out, young firms in debt raise equity.

    No interest is charged: the real rate is taken as zero. Equation: model.md 3.9.
    """
    state, parameters = run.states[s], run.parameters.finance
    before_tax = cell.margin * firm.sales - after_credit(firm.rd, state.levers.tax_credit)
    tax = max(before_tax, 0.0) * state.corporate_tax
    firm.profit = before_tax - tax
    balance = firm.cash + firm.profit / 4.0
    payout = max(balance - parameters.cash_target * firm.sales, 0.0)
    equity = 0.0
    if balance < 0.0 and firm.age < parameters.young_age:
        equity = min(-balance, parameters.equity_limit / 4.0 * firm.sales)
    cell.cash_before += firm.cash
    firm.cash = balance - payout + equity
    cell.taxed += tax
    cell.raised += equity - payout


@compiled
def bankrupt(firm: Any, parameters: Any) -> bool:
    """Whether a firm owes more than its limit. Equation: model.md 3.9."""
    return firm.cash < -parameters.debt_limit * firm.sales
