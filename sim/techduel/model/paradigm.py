"""Diffusion of demand, and the change from the mobile internet to the Internet of Things."""

from math import exp
from typing import Any, Final

from techduel.model.access import logistic
from techduel.model.engine.compiler import compiled

MIDDLE_OF_BASE_YEAR: Final = 0.375
"""Years between the middle of the base year and the middle of its last quarter."""


@compiled
def years_since_base(quarter: int) -> float:
    """Years from the middle of the base year to the middle of a quarter; 0 in the base year itself."""
    return quarter / 4.0 + MIDDLE_OF_BASE_YEAR if quarter > 0 else 0.0


@compiled
def diffusion_left(years: float, parameters: Any) -> float:
    """Part of the way to its limit that the diffusion of demand has left. Equation: model.md 3.8."""
    return exp(-parameters.diffusion_speed * years)


@compiled
def opening(year: float, parameters: Any) -> float:
    """Part of the new paradigm that opens within the quarter that starts at `year`. Equation: model.md 3.8."""
    before = logistic(parameters.iot_speed * (year - parameters.iot_midpoint))
    return logistic(parameters.iot_speed * (year + 0.25 - parameters.iot_midpoint)) - before


@compiled
def carried_over(technology: float, common: float, worn: float) -> float:
    """Technology after part of a lead over the sector, home and rival, has lost its worth in the new paradigm.

    Leaders lose and laggards gain towards the common mean of both states, so a latecomer may leapfrog. Equation:
    model.md 3.8.
    """
    return technology + worn * (common - technology)


@compiled
def meet(run: Any, k: int) -> None:
    """The common mean of a sector's technology, towards which the paradigm moves firms. Equation: model.md 3.8."""
    sector = run.sectors[k]
    sector.common = 0.5 * (run.cells[0, k].mean_technology + run.cells[1, k].mean_technology)
    sector.worn = run.parameters.paradigm.lock_in * sector.iot_weight * run.now.opening


@compiled
def wear(run: Any, s: int, k: int) -> None:
    """Move the firms of a cell, and their mean, towards the common mean. Equation: model.md 3.8."""
    cell, sector = run.cells[s, k], run.sectors[k]
    for firm in run.firms[s, k]:
        if firm.alive:
            firm.technology = carried_over(firm.technology, sector.common, sector.worn)
    cell.mean_technology = carried_over(cell.mean_technology, sector.common, sector.worn)
