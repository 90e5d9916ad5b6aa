"""Section 9 for real income: why a state's has changed, by its accounts."""

from math import log
from typing import Any

from tests.reference.ledger_sales import logmean

OF_REST = ("forecast", "luck", "terms", "ideas", "engine", "knowledge", "shortages", "incidents")
OF_MONEY = ("sectors", "crowding", "forgone", "spending", "tariffs")


def remember(state: Any) -> None:
    """The base year: nothing has surprised anybody, and prices are 1."""
    first = state.first
    state.made = {"rest": first["rest_output"], "digital": first["other_digital"]}
    state.logs = {account: dict.fromkeys(OF_REST, 0.0) for account in state.made}
    state.amounts = dict.fromkeys(OF_MONEY, 0.0)
    state.amounts["sectors"] = first["gdp"] - first["rest_output"] - first["other_digital"]
    state.before = (first["gdp"], 1.0, 0.0)


def note_output(
    state: Any, logs: dict[str, dict[str, float]], made: dict[str, float], amounts: dict[str, float]
) -> None:
    """What is made without firms, by what multiplies it, and what the sectors add and draw."""
    state.income_ledger = entry = dict.fromkeys((*OF_REST, *OF_MONEY, "prices"), 0.0)
    for account, factors in logs.items():
        size = logmean(made[account], state.made[account])
        for name, value in factors.items():
            entry[name] += size * (value - state.logs[account][name])
    for name, value in amounts.items():
        entry[name] += value - state.amounts[name]
    state.made, state.logs, state.amounts = made, logs, state.amounts | amounts


def enter(state: Any, of_rest: float) -> None:
    """Public money and prices; then all in money of the base year.

    Parameters
    ----------
    of_rest : what the price of sector 15 adds to the log price index
    """
    first, entry, cost = state.first, state.income_ledger, state.model.known.accounts.cost_of_funds
    amounts = {
        "spending": cost * (first["public_spending"] / first["gdp"] * state.gdp - state.public_spending),
        "tariffs": cost * (state.tariff_revenue - first["tariff_revenue"] / first["gdp"] * state.gdp),
    }
    for name, value in amounts.items():
        entry[name] = value - state.amounts[name]
    income, price, rest_before = state.before
    money = logmean(state.real_income * state.price_index, income * price)
    real = logmean(state.real_income, income)
    for name in entry:
        entry[name] *= real / money
    entry["terms"] -= real * (of_rest - rest_before)
    entry["prices"] -= real * (log(state.price_index / price) - (of_rest - rest_before))
    state.amounts |= amounts
    state.before = (state.real_income, state.price_index, of_rest)
