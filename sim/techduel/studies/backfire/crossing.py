"""Crossings: where along an axis the mean of a change goes through 0, with a band over parameter sets."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from techduel.ensemble.sets import Runs, by_set
from techduel.model.axes import Numbers

RESAMPLES: Final = 1000
SEED: Final = 1979
ENDS: Final = (0.05, 0.95)


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where a mean changes its sign."""

    value: float
    """NaN where it does not."""
    low: float
    high: float
    share: float
    """Of resamples of parameter sets in which it changes its sign at all."""
    falls: bool
    """Whether it is positive before and negative behind."""


def crossing(values: Numbers, changes: Numbers, runs: Runs) -> Crossing:
    """The first place at which the mean over runs changes its sign.

    Parameters
    ----------
    values : (place,)
        Rising, along the axis.
    changes : (place, run)
    runs : (run,)
        Indices.

    Returns
    -------
    Crossing
        Ends of 90 % of the crossings of resampled sets, whose runs stay together (Efron 1979).
    """
    means = changes.mean(axis=1)
    sets = by_set(np.ascontiguousarray(changes.T), runs)
    draws = np.random.default_rng(SEED).integers(len(sets), size=(RESAMPLES, len(sets)))
    many = np.array([_first(values, sets[places].mean(axis=0))[0] for places in draws])
    found, falls = _first(values, means)
    crosses = ~np.isnan(many)
    low, high = np.quantile(many[crosses], ENDS) if crosses.any() and not np.isnan(found) else (np.nan, np.nan)
    return Crossing(found, float(low), float(high), float(crosses.mean()), falls)


def _first(values: Numbers, means: Numbers) -> tuple[float, bool]:
    """The first 0 of straight lines between places, and whether the mean falls there."""
    before, behind = means[:-1], means[1:]
    turns = np.flatnonzero((before * behind < 0.0) | ((behind == 0.0) & (before != 0.0)))
    if not turns.size:
        return np.nan, False
    place = turns[0]
    part = before[place] / (before[place] - behind[place])
    return float(values[place] + part * (values[place + 1] - values[place])), bool(before[place] > 0.0)
