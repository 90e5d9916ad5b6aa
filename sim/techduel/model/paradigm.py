"""Diffusion of demand, and the change from the mobile internet to the Internet of Things, with a base of its own."""

from math import exp
from typing import Any, Final

from techduel.model.access import logistic
from techduel.model.axes import N_PASSIVE, N_STATES
from techduel.model.engine.compiler import compiled
from techduel.model.ideas import found
from techduel.model.parameters.forms import code

MIDDLE_OF_BASE_YEAR: Final = 0.375
"""Years between the middle of the base year and the middle of its last quarter."""
BASE: Final = code("paradigm", "base")
AGE: Final = 13.0
"""Years at a sector's pace in which the base of the old paradigm had been used up by 2020: the mobile internet since
2007 (assumption)."""


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
def opened(quarter: int, year: float, parameters: Any) -> float:
    """Part of the new paradigm that has opened since the base year, at the end of a quarter. Equation: model.md 3.8."""
    first = year - (quarter - 1) / 4.0
    begun = logistic(parameters.iot_speed * (first - parameters.iot_midpoint))
    return logistic(parameters.iot_speed * (year + 0.25 - parameters.iot_midpoint)) - begun


@compiled
def renewed(before: float, gained: float, pace: float, part: float) -> float:
    """Log technology whose dearness the new paradigm has taken away, after part of a sector has gone over to it.

    What had been used up of the old base, and what was found since, no longer makes ideas dear. Equation: model.md 3.8.
    Source: Brezis, Krugman and Tsiddon 1993.
    """
    return before + part * (AGE * pace + gained - before)


@compiled
def renew(run: Any, k: int) -> None:
    """Ideas of a sector get cheap again in both states and abroad, and its newcomers start nearer.

    Equation: model.md 3.8.
    """
    sector = run.sectors[k]
    part = sector.iot_weight * run.now.opening
    sector.nearer = sector.iot_weight * run.now.opened
    for s in range(N_STATES):
        cell = run.cells[s, k]
        cell.renewed = renewed(cell.renewed, found(run, s, k), sector.pace, part)
    for place in range(N_PASSIVE):
        gained = sector.technology[place] - sector.first_technology[place]
        sector.renewed[place] = renewed(sector.renewed[place], gained, sector.pace, part)


@compiled
def carried_over(technology: float, common: float, worn: float) -> float:
    """Technology after part of a lead over the sector, home and rival, has lost its worth in the new paradigm.

    Leaders lose and laggards gain towards the common mean of both states, so a latecomer may leapfrog. Equation:
    model.md 3.8.
    """
    return technology + worn * (common - technology)


@compiled
def meet(run: Any, k: int) -> None:
    """What the paradigm does to a sector: the common mean towards which it moves firms, and a base of its own.

    Equation: model.md 3.8.
    """
    sector = run.sectors[k]
    sector.common = 0.5 * (run.cells[0, k].mean_technology + run.cells[1, k].mean_technology)
    sector.worn = run.parameters.paradigm.lock_in * sector.iot_weight * run.now.opening
    sector.nearer = 0.0
    if run.parameters.forms.paradigm == BASE:
        renew(run, k)


@compiled
def wear(run: Any, s: int, k: int) -> None:
    """Move the firms of a cell, and their mean, towards the common mean. Equation: model.md 3.8."""
    cell, sector = run.cells[s, k], run.sectors[k]
    for firm in run.firms[s, k]:
        if firm.alive:
            firm.technology = carried_over(firm.technology, sector.common, sector.worn)
    cell.mean_technology = carried_over(cell.mean_technology, sector.common, sector.worn)
