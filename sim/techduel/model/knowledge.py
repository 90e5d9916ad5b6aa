"""Public research on its way to use, basic research the longest, and co-invention that is lost and replaced."""

from typing import Any

from techduel.model.axes import ALLIES
from techduel.model.engine.compiler import compiled


@compiled
def pipeline_rate(stages: Any, parameters: Any) -> float:
    """Part of a stage that moves on in a year. Equation: model.md 3.14."""
    return len(stages) / parameters.basic_lag


@compiled
def pass_on(state: Any, basic: float, applied: float, parameters: Any) -> None:
    """Public research moves through its pipeline into the own stock; applied research enters at the last stage.

    A stage is emptied by its content at the start of the quarter; the stock receives from the last one as it is after
    that, and old knowledge depreciates. Equation: model.md 3.14.
    """
    stages = state.knowledge_pipeline
    rate, last, arriving = pipeline_rate(stages, parameters), len(stages) - 1, basic / 4.0
    for stage in range(len(stages)):
        moving = rate * stages[stage] / 4.0
        if stage == last:
            arriving += applied / 4.0
        stages[stage] += arriving - moving
        arriving = moving
    usable = rate * stages[last]
    state.own_knowledge += (usable - parameters.basic_depreciation * state.own_knowledge) / 4.0


@compiled
def fund_knowledge(run: Any, s: int) -> None:
    """Basic and publicly applied research of the quarter enter the pipeline. Equation: model.md 3.14."""
    state = run.states[s]
    pass_on(state, state.rd_basic, state.levers.applied_research, run.parameters.knowledge)


@compiled
def open_to_use(science: float, theirs: float, allied: float, parameters: Any) -> float:
    """Knowledge within reach: the rival's as far as science is open, and what cooperation with allies adds.

    Equation: model.md 3.14.
    """
    return parameters.basic_spillover * science * theirs + allied


@compiled
def borrowed(before: float, reachable: float, parameters: Any) -> float:
    """Knowledge of others in use after a quarter: learning what is open takes time, and so does losing it again.

    Equation: model.md 3.14.
    """
    return before + parameters.diffusion_speed / 4.0 * (reachable - before)


@compiled
def allied_knowledge(run: Any, s: int) -> float:
    """Public knowledge that cooperation adds: allies know as much for their GDP as the two states for theirs.

    A state learns at most from as much as it knows itself. Equation: model.md 3.14.
    """
    state, gdp = run.states[s], run.now.forecast_gdp
    pool = (run.states[0].own_knowledge + run.states[1].own_knowledge) * gdp[ALLIES] / (gdp[0] + gdp[1])
    return run.parameters.knowledge.allied_spillover * state.cooperation * min(pool, state.own_knowledge)


@compiled
def share_knowledge(run: Any, s: int) -> None:
    """Own results, what open science adds from the rival's, and cooperation from the allies'.

    Equation: model.md 3.14.
    """
    state, parameters = run.states[s], run.parameters.knowledge
    theirs, allied = run.states[1 - s].own_knowledge, allied_knowledge(run, s)
    reachable = open_to_use(state.science, theirs, allied, parameters)
    state.borrowed_knowledge = borrowed(state.borrowed_knowledge, reachable, parameters)
    state.knowledge_stock = state.own_knowledge + state.borrowed_knowledge


@compiled
def replaceable(openness: float, parameters: Any) -> float:
    """Part of closed co-invention that others can take over in time. Equation: model.md 3.7."""
    return parameters.tie_replaceable * (1.0 - openness)


@compiled
def replaced(before: float, openness: float, parameters: Any) -> float:
    """Co-invention with others after a quarter: it moves towards the replaceable part of what is closed.

    Equation: model.md 3.7.
    """
    return before + parameters.tie_replacement / 4.0 * (replaceable(openness, parameters) - before)


@compiled
def open_to_listed(run: Any, s: int) -> float:
    """Co-invention that the rival leaves open to firms on its list. Equation: model.md 3.7."""
    denial = run.states[1 - s].levers.listing_denial
    return run.states[s].coinvention * (1.0 - run.parameters.knowledge.listing_closure * denial)


@compiled
def collaboration(openness: float, replacing: float) -> float:
    """What co-invention is left, 0 to 1. Equation: model.md 3.7."""
    return min(openness + replacing, 1.0)
