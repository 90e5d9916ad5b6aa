"""Section 6: two policies in plain numbers; all others look at the reference's own world in arrays."""

from math import exp, log, log1p
from typing import Any

import numpy as np

from techduel.model.actions import BUDGETS
from techduel.model.axes import N_SIGNALS
from techduel.policies.fixed import Plan, StatusQuo2020
from tests.reference.plain import by_state, levers


def decide(state: Any) -> None:
    """Note the levers that the state's policy chooses, and what it says beside them."""
    policy, rule = state.policy, RULES.get(type(state.policy))
    state.notes = 0.0, 0.0
    state.planning = _budgets(status_quo(policy, state))
    if rule:
        state.chosen = rule(policy, state)
        state.planning = _budgets(state.chosen)
    elif hasattr(policy, "in_numbers"):
        state.chosen = policy.in_numbers(state)
    else:
        action = policy(state.model.view(), state.index)
        state.chosen = levers(action, state.model.sectors)[0]
        state.notes = by_state(action.choice)[0], by_state(action.expected)[0]
        state.signals = np.broadcast_to(action.signals, (1, 1, 1, N_SIGNALS)).reshape(-1).tolist()
        state.planning = by_state(action.planned_basic)[0], by_state(action.planned_applied)[0]


def _budgets(chosen: dict[str, Any]) -> tuple[float, float]:
    """The public research budgets from which a plan goes on."""
    return chosen["basic_research"], chosen["applied_research"]


def status_quo(_policy: Any, state: Any) -> dict[str, Any]:
    """The levers of the base year; budgets drift from their share of GDP."""
    path = state.model.gdp_paths[state.index]
    start = min(state.model.quarter + 1, len(path) - 4)
    growth = sum(path[start : start + 4]) / 4.0 * exp(state.output_deviation)
    growth *= exp(state.model.known.government.budget_trend * (state.model.quarter / 4.0 + 1.0))
    return state.status_quo | {name: _times(state.status_quo[name], growth) for name in BUDGETS}


def plan(policy: Plan, state: Any) -> dict[str, Any]:
    """Public research follows the plan, as far as this run keeps to it."""
    kept = 1.0 - _between(policy.slippage - policy.slippage_spread * state.resolve, 0.0, 1.0)
    return status_quo(policy, state) | {
        "basic_research": _basic(policy, state, kept),
        "applied_research": _applied(policy, state, kept),
    }


def _basic(policy: Plan, state: Any, kept: float) -> float:
    budget = state.planned[0]
    left = policy.target_year + 1.0 - _coming_year(state)
    if left < 1.0:
        return budget * (1.0 + policy.later_growth) * _forecast_growth(state)
    basic, applied = _added(state)
    own_basic, own_rd = state.rd_basic - basic, state.rd_total - (basic + applied)
    distance = log(policy.basic_share_target / (own_basic / own_rd))
    needed = (1.0 + policy.rd_growth_target) * exp(distance / left) - 1.0
    years = state.model.quarter / 4.0
    first = state.first["rd_basic"] / state.first["rd_total"]
    planned = kept * log(policy.basic_share_target / first) * (years + 1.0) / (left + years)
    path, at = state.model.gdp_paths[state.index], min(state.model.quarter, len(state.model.gdp_paths[0]) - 1)
    start = min(state.model.quarter + 1, len(path) - 4)
    ahead = 1.0 if at == 0 else 0.625
    coming = max(sum(path[start : start + 4]) / 4.0 / path[at], (1.0 + policy.rd_growth_target) ** ahead)
    private = own_basic - budget
    even = (first * exp(planned) * own_rd * coming - private * coming) / budget - 1.0
    rise = policy.catch_up * kept * needed + (1.0 - policy.catch_up) * even
    return budget * (1.0 + _between(rise, 0.0, policy.largest_rise))


def _added(state: Any) -> tuple[float, float]:
    """Public research, basic and applied, that others than the plan have added."""
    levers, planned = state.levers, state.planned
    return levers["basic_research"] - planned[0], levers["applied_research"] - planned[1]


def _applied(policy: Plan, state: Any, kept: float) -> float:
    budget, growth = state.planned[1], _forecast_growth(state)
    if _coming_year(state) >= policy.target_year + 1.0:
        return budget * (1.0 + policy.later_growth) * growth
    years = state.model.quarter / 4.0 + 1.0
    target = state.first["rd_total"] * exp(years * log1p(policy.rd_growth_target))
    gap = target - (state.rd_total - sum(_added(state)) - budget) * growth
    return budget * (growth + kept * _between(policy.public_part * (gap / budget - growth), 0.0, policy.largest_rise))


def _coming_year(state: Any) -> float:
    return state.model.year + 0.25


def _forecast_growth(state: Any) -> float:
    """Forecast GDP four quarters ahead over that of now; at the end of the path, of its last four quarters."""
    path = state.model.gdp_paths[state.index]
    ahead = min(state.model.quarter + 4, len(path) - 1)
    return path[ahead] / path[max(ahead - 4, 0)]


def _between(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def _times(value: Any, factor: float) -> Any:
    return [part * factor for part in value] if isinstance(value, list) else value * factor


RULES = {StatusQuo2020: status_quo, Plan: plan}
