"""Stopping when means are known well enough."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from techduel.ensemble.stock import Stock
from techduel.ensemble.sweep import Result, Sweep
from techduel.studies.sweep.tables import blocks

LEVEL: Final = 0.90
"""Of the interval of a mean."""


def computed_until(
    sweep: Sweep, precision: float | None, outcome: str, most: int, compute: Callable[[Sweep], Result]
) -> tuple[Sweep, Result]:
    """A sweep with as many runs as it takes, and its result.

    The number of runs doubles, at all points alike so that they keep the same luck, until no point's mean of the
    outcome in the last year has an interval wider than twice the precision.

    Parameters
    ----------
    sweep : Sweep
        With the runs to begin with.
    precision : float, optional
        In the unit of the outcome; without it the runs are those of the sweep.
    outcome : str
    most : int
        Runs at each point that are not exceeded.
    compute : callable
        Computes what is missing of a sweep.
    """
    result = compute(sweep)
    while precision is not None and sweep.runs < most and half_width(sweep, result.stock, outcome) > precision:
        sweep = replace(sweep, runs=min(2 * sweep.runs, most))
        following = compute(sweep)
        result = replace(following, computed=result.computed + following.computed)
    return sweep, result


def half_width(sweep: Sweep, stock: Stock, outcome: str) -> float:
    """Half of the widest interval of the mean of an outcome in its last year, over points and states."""
    from scipy.special import stdtrit

    last = max((measure.year or 0) for measure in sweep.measures if measure.outcome == outcome)
    chosen = [measure.outcome == outcome and (measure.year or 0) == last for measure in sweep.measures]
    widest = 0.0
    for values, _ in blocks(sweep, stock):
        part = values[..., chosen]
        count = (~np.isnan(part)).sum(axis=1)
        if (count < 2).any():
            return np.inf
        error = np.nanstd(part, axis=1, ddof=1) / np.sqrt(count)
        widest = max(widest, float((stdtrit(count - 1, 0.5 + LEVEL / 2.0) * error).max()))
    return widest
