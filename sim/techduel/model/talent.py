"""Researchers: graduates come, the old retire, some move to the rival."""

from math import exp, log
from typing import Any

from techduel.model.access import both_open
from techduel.model.engine.compiler import compiled


@compiled
def mobility(mine: Any, theirs: Any, parameters: Any) -> float:
    """Openness of emigration to the rival: either side's visa limits close it, recruitment at home calls back.

    Equation: model.md 3.13.
    """
    doors = both_open(mine.visa_limits, theirs.visa_limits)
    return doors * (1.0 - parameters.recruitment_pull * mine.talent_recruitment)


@compiled
def emigrate(run: Any, s: int) -> None:
    """Researchers who leave for the rival, thousand a year: more where research pays better and doors are open.

    Equation: model.md 3.13.
    """
    state, rival, parameters = run.states[s], run.states[1 - s], run.parameters.talent
    pay = exp(parameters.pay_elasticity * log(rival.research_price / state.research_price))
    open_to_leave = mobility(state.levers, rival.levers, parameters) / state.first_mobility
    state.emigrants = state.migrants * (state.researchers / state.first_researchers) * pay * open_to_leave


@compiled
def graduates(previous: float, growth: float, years: float, parameters: Any) -> float:
    """New researchers a year; their growth fades as cohorts shrink. Equation: model.md 3.13."""
    return previous * exp(growth * exp(-years / parameters.graduates_decay) / 4.0)


@compiled
def research_price(run: Any, s: int) -> float:
    """Price of research: R&D per researcher relative to the base year, to the power of the elasticity.

    Equation: model.md 3.13.
    """
    state = run.states[s]
    per_head = state.rd_total / state.first_rd_total * state.first_researchers / state.researchers
    return exp(run.parameters.research.price_elasticity * log(per_head))


@compiled
def train(run: Any, s: int) -> None:
    """Researchers after the quarter, thousand: pay draws graduates into research, visa limits keep immigrants out.

    Then the price of research follows. Equation: model.md 3.13.
    """
    state, parameters = run.states[s], run.parameters.talent
    state.graduates = graduates(state.graduates, state.graduates_growth, run.now.quarter / 4.0, parameters)
    drawn = state.graduates * exp(parameters.supply_elasticity * log(state.research_price))
    change = drawn - parameters.attrition * state.researchers - state.emigrants + run.states[1 - s].emigrants
    state.researchers += change / 4.0
    state.research_price = research_price(run, s)
