"""What of a decision takes effect: laws add to it, budgets have years and limits, screening takes time, firms lobby."""

from typing import Any, Final

import numpy as np

from techduel.model.access import sales_of
from techduel.model.actions import BUDGETS, LEVERS, NARROW, PLANNED, WIDE
from techduel.model.engine.compiler import compiled
from techduel.model.parameters.forms import code

DILUTED: Final = code("screening", "diluted")
_HELD = (*BUDGETS, *PLANNED)
WIDE_HIGHEST: Final = np.array([LEVERS[name].high for name in WIDE])
NARROW_HIGHEST: Final = np.array([LEVERS[name].high if name in LEVERS else np.inf for name in NARROW])
"""Highest value of each lever, in the order of the levers of a record."""
WIDE_YEARLY: Final = np.array([name in _HELD for name in WIDE])
NARROW_YEARLY: Final = np.array([name in _HELD for name in NARROW])
"""Which change at the start of a year only."""


@compiled
def with_mandate(decided: float, mandate: float, highest: float) -> float:
    """A lever that a policy decides plus what laws add, at most as high as it goes. Equation: model.md 3.1."""
    return min(decided + mandate, highest)


@compiled
def screened(before: float, wanted: float, parameters: Any) -> float:
    """Broad rules turn into screening of end users only step by step; the way back is short. Equation: model.md 3.1."""
    return min(wanted, before + parameters.screening_speed / 4.0)


@compiled
def broadness(run: Any, s: int) -> float:
    """Part of a state's exports to its rival that needs a licence, by the flows of the quarter before.

    Equation: model.md 3.1.
    """
    licensed = sold = 0.0
    for k in range(len(run.sectors)):
        exports = run.markets[1 - s, k].flows[s]
        licensed += exports * run.cells[s, k].levers.control_breadth
        sold += exports
    return licensed / max(sold, 1e-300)


@compiled
def diluted(screening: float, before: float, now: float) -> float:
    """Screening of end users when a control gets broader: who is screened is soon a smaller part of it.

    New rules come broad and know no end users yet. Equation: model.md 3.1. Source: claim C17 of the article.
    """
    return screening * before / now if now > before else screening


@compiled
def sales_at_stake(run: Any, s: int, k: int) -> float:
    """Part of a cell's sales that it makes in its rival's market, in the quarter before."""
    return run.markets[1 - s, k].flows[s] / sales_of(run, s, k)


@compiled
def lobbied(wanted: float, usual: float, stake: float, lobbying: float) -> float:
    """Depth of new controls, less what firms avert that would lose sales to the rival. Equation: model.md 3.1."""
    return usual + (wanted - usual) * (1.0 - lobbying * stake) if wanted > usual else wanted


@compiled
def within(limit: float, amount: float) -> float:
    """Part of an amount that a limit allows."""
    return min(1.0, limit / max(amount, 1e-300))


@compiled
def want(holder: Any, highest: Any, yearly: Any) -> None:
    """What a state or a cell is wanted to do, lever by lever; it takes effect at once but for budgets.

    Equation: model.md 3.1.
    """
    levers, decided, proposed = holder.levers.each, holder.decided.each, holder.proposed.each
    mandate, wanted = holder.mandate.each, holder.wanted.each
    for lever in range(len(levers)):
        wanted[lever] = with_mandate(proposed[lever], mandate[lever], highest[lever])
        if not yearly[lever]:
            levers[lever], decided[lever] = wanted[lever], proposed[lever]


@compiled
def take_effect(run: Any, s: int) -> None:
    """The levers in force in a quarter: of what a policy has decided and laws demand.

    Budgets change in the first quarter of a year only. Equation: model.md 3.1.
    """
    state, parameters = run.states[s], run.parameters.government
    screening, before = state.levers.control_end_use, broadness(run, s)
    want(state, NARROW_HIGHEST, NARROW_YEARLY)
    for k in range(len(run.sectors)):
        cell = run.cells[s, k]
        want(cell, WIDE_HIGHEST, WIDE_YEARLY)
        stake = sales_at_stake(run, s, k)
        cell.levers.control_depth = lobbied(cell.wanted.control_depth, cell.first_depth, stake, parameters.lobbying[s])
    if run.parameters.forms.screening == DILUTED:
        screening = diluted(screening, before, broadness(run, s))
    state.levers.control_end_use = screened(screening, state.wanted.control_end_use, parameters)
    if run.now.quarter % 4 == 1:
        set_budgets(run, s)
    state.expected_gain = state.levers.expected


@compiled
def set_budgets(run: Any, s: int) -> None:
    """Budgets within the limits of a state: what research can absorb, then industry, then all programmes together.

    What was decided is remembered as far as it is given. Equation: model.md 3.1.
    """
    state, wanted, levers, parameters = run.states[s], run.states[s].wanted, run.states[s].levers, run.parameters
    most = 1.0 + parameters.government.absorption
    basic = min(wanted.basic_research, most * levers.basic_research)
    applied = min(wanted.applied_research, most * levers.applied_research)
    industry = 0.0
    for cell in run.cells[s]:
        industry += cell.wanted.grants + cell.wanted.reshoring_support
    supported = within(parameters.government.support_limit[s] * state.gdp, industry)
    programme = supported * industry + basic + applied
    given = within(parameters.government.budget_limit[s] * state.gdp, programme)
    levers.basic_research, levers.applied_research = given * basic, given * applied
    spent = 0.0
    for cell in run.cells[s]:
        cell.levers.grants = given * (supported * cell.wanted.grants)
        cell.levers.reshoring_support = given * (supported * cell.wanted.reshoring_support)
        spent += cell.levers.grants + cell.levers.reshoring_support
    asked = industry + wanted.basic_research + wanted.applied_research
    state.budget_cut = asked - (spent + levers.basic_research + levers.applied_research)
    remember(run, s)


@compiled
def remember(run: Any, s: int) -> None:
    """Budgets as decided, without laws, as far as the limits let them, and the plan's own. Equation: model.md 3.1."""
    state, levers, wanted, proposed = run.states[s], run.states[s].levers, run.states[s].wanted, run.states[s].proposed
    state.decided.basic_research = kept(proposed.basic_research, wanted.basic_research, levers.basic_research)
    state.decided.applied_research = kept(proposed.applied_research, wanted.applied_research, levers.applied_research)
    levers.planned_basic = state.decided.planned_basic = proposed.planned_basic
    levers.planned_applied = state.decided.planned_applied = proposed.planned_applied
    for cell in run.cells[s]:
        asked, given = cell.wanted, cell.levers
        cell.decided.grants = kept(cell.proposed.grants, asked.grants, given.grants)
        support = kept(cell.proposed.reshoring_support, asked.reshoring_support, given.reshoring_support)
        cell.decided.reshoring_support = support


@compiled
def kept(decided: float, wanted: float, given: float) -> float:
    """What is left of a decision: the part of what was wanted, laws included, that is given. Equation: model.md 3.1."""
    return decided * (given / max(wanted, 1e-300))
