"""Band of parameters: where an outcome lies for lack of knowledge of parameters, with the luck of runs taken out.

Runs of one parameter set differ by luck, so the mean over a set's runs holds what is left of it. Means are drawn
together until their variance is that of parameters alone, by the analysis of variance with random effects.
Source: Searle, Casella and McCulloch (1992), Variance components.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.model.axes import Numbers
from techduel.scenario.parameter_sets import PRIOR_SETS, set_of

ENDS: Final = (0.05, 0.95)
SETS_FOR_BAND: Final = 10
"""With at least two runs each; of fewer, the ends of a band say nothing."""
WINDOW: Final = 4
RESAMPLES: Final = 100
SEED: Final = 1979
"""Of the resampling of sets for errors, so that tables keep their bytes."""


def parameter_band(values: Numbers, runs: NDArray[np.int_], over_years: bool = False) -> Numbers:
    """Ends of the 5-95 % band over parameter sets, (2, ...).

    Parameters
    ----------
    values : (run, ...)
    runs : (run,)
        Indices; the only run of a set is left out.
    over_years : bool
        Whether the last axis is years from the base year on. Variances are then means over `WINDOW` years on either
        side, since that of one year is known badly; the base year, which has no luck, stands alone.

    Returns
    -------
    array
        NaN with fewer sets than `SETS_FOR_BAND`.
    """
    sets = _by_set(values, runs)
    if len(sets.means) < SETS_FOR_BAND:
        return np.full((2, *values.shape[1:]), np.nan)
    return _ends(sets, over_years)


def band_error(values: Numbers, runs: NDArray[np.int_], over_years: bool = False) -> Numbers:
    """Standard error of the ends of `parameter_band`, the larger of both, (...).

    By resampling sets (Efron 1979): it holds that sets are few as well as that runs of a set are.
    """
    sets = _by_set(values, runs)
    count = len(sets.means)
    if count < SETS_FOR_BAND:
        return np.full(values.shape[1:], np.nan)
    drawn = np.random.default_rng(SEED).integers(count, size=(RESAMPLES, count))
    ends = np.stack([_ends(sets.taken(places), over_years) for places in drawn])
    return np.asarray(ends.std(axis=0, ddof=1).max(axis=0))


@dataclass(frozen=True, slots=True)
class _Sets:
    """Parameter sets with several runs each."""

    means: Numbers
    """(set, ...)."""
    squares: Numbers
    """Sum of squares around the mean, (set, ...)."""
    sizes: Numbers
    """Runs, (set,)."""

    def taken(self, places: NDArray[np.int_]) -> "_Sets":
        """Some of them, each as often as it is named."""
        return _Sets(self.means[places], self.squares[places], self.sizes[places])


def _by_set(values: Numbers, runs: NDArray[np.int_]) -> _Sets:
    sets = set_of(runs, PRIOR_SETS)
    groups = [group for one in np.unique(sets) if len(group := values[sets == one]) > 1]
    shape = (-1, *values.shape[1:])
    means = np.array([group.mean(axis=0) for group in groups]).reshape(shape)
    squares = np.array([((group - group.mean(axis=0)) ** 2).sum(axis=0) for group in groups]).reshape(shape)
    return _Sets(means, squares, np.array([float(len(group)) for group in groups]))


def _ends(sets: _Sets, over_years: bool) -> Numbers:
    """Ends of the band of set means that are drawn together by the luck that is left in them, (2, ...)."""
    luck = sets.squares.sum(axis=0) / (sets.sizes - 1.0).sum() * (1.0 / sets.sizes).mean()
    between, middle = sets.means.var(axis=0, ddof=1), sets.means.mean(axis=0)
    if over_years:
        luck, between = _smooth(luck), _smooth(between)
    part = np.divide(luck, between, out=np.ones_like(luck), where=between > 0.0)
    kept = np.sqrt(np.maximum(1.0 - part, 0.0))
    return np.asarray(np.quantile(middle + kept * (sets.means - middle), ENDS, axis=0))


def _smooth(variance: Numbers) -> Numbers:
    """Means over `WINDOW` years on either side along the last axis, whose first entry stands alone."""
    years = variance.shape[-1]
    parts = [variance[..., max(year - WINDOW, 1) : year + WINDOW + 1].mean(axis=-1) for year in range(1, years)]
    return np.stack([variance[..., 0], *parts], axis=-1)
