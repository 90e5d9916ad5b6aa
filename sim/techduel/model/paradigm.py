"""Diffusion of demand, and the change from the mobile internet to the Internet of Things."""

import numpy as np

from techduel.model.axes import Array, rival
from techduel.model.parameters.firms import ParadigmParameters
from techduel.model.world import Structure

MIDDLE_OF_BASE_YEAR = 0.375
"""Years between the middle of the base year and the middle of its last quarter."""


def years_since_base(quarter: int) -> float:
    """Years from the middle of the base year to the middle of a quarter; 0 in the base year itself."""
    return quarter / 4.0 + MIDDLE_OF_BASE_YEAR if quarter else 0.0


def diffusion(limit: Array, quarter: int, known: ParadigmParameters) -> Array:
    """Demand relative to GDP and to the base year, (run, market, sector, 1): a logistic curve towards its limit."""
    return limit / (1.0 + (limit - 1.0) * np.exp(-known.diffusion_speed * years_since_base(quarter)))


def diffusion_limit(excess_growth: Array, trust: Array | float, maturity: Array, known: ParadigmParameters) -> Array:
    """The limit whose logistic curve starts with the given growth over GDP.

    A market that is forecast to grow less than GDP has a limit below 1: the battlefield is over.

    Parameters
    ----------
    excess_growth : (1, bloc, sector, 1)
        Growth of a market over GDP, per year.
    trust : float or array
        Part of it that is used when it is positive.
    maturity : (1, 1, sector, 1)
        Size of a market over its industries relative to 2020, of which the largest rise `known.diffusion_limit` is.
    known : ParadigmParameters
    """
    used = np.where(excess_growth > 0.0, trust * excess_growth, excess_growth) / known.diffusion_speed
    rising = np.minimum(1.0 / np.maximum(1.0 - used, 1e-6), known.diffusion_limit / maturity)
    return np.where(used > 0.0, rising, 1.0 / (1.0 - np.minimum(used, 0.0)))


def opening(year: float, known: ParadigmParameters) -> Array:
    """Part of the new paradigm that opens within the quarter that starts at `year`."""
    return _opened(year + 0.25, known) - _opened(year, known)


def carried_over(technology: Array, mean: Array, structure: Structure, year: float, known: ParadigmParameters) -> Array:
    """Technology after part of a lead over the sector, home and rival, has lost its worth in the new paradigm.

    Leaders lose and laggards gain towards the common mean of both states, so a latecomer may leapfrog.

    Parameters
    ----------
    technology : firms or cells
    mean : cells
        Mean technology of a cell's firms.
    """
    worn = known.lock_in * opening(year, known) * structure.iot_weight
    common = 0.5 * (mean + rival(mean))
    return technology + worn * (common - technology)


def _opened(year: float, known: ParadigmParameters) -> Array:
    return 1.0 / (1.0 + np.exp(-known.iot_speed * (year - known.iot_midpoint)))
