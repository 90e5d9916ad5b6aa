"""Luck: what runs of one parameter set differ by, its part of a variance, and means of sets without it.

The analysis of variance with random effects, for sets of different sizes.
Source: Searle, Casella and McCulloch (1992), Variance components, 3.6.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.sets import Runs, in_sets
from techduel.model.axes import Numbers


@dataclass(frozen=True, slots=True)
class Sets:
    """Runs by parameter set, in the order of the sets."""

    means: Numbers
    """(set, ...)."""
    squares: Numbers
    """Sum of squares around the mean, (set, ...)."""
    sizes: Numbers
    """Runs, (set,)."""

    @classmethod
    def of(cls, values: Numbers, runs: Runs) -> Self:
        """Of numbers by (run, ...), all of them known."""
        order, starts = in_sets(runs)
        sizes = np.diff(starts, append=len(order))
        means = np.add.reduceat(values[order], starts, axis=0) / sizes.reshape(-1, *(1,) * (values.ndim - 1))
        squares = np.add.reduceat((values[order] - np.repeat(means, sizes, axis=0)) ** 2, starts, axis=0)
        return cls(means, squares, sizes.astype(float))

    @property
    def several(self) -> Self:
        """Those with more than one run."""
        return self.taken(np.flatnonzero(self.sizes > 1.0))

    def taken(self, places: NDArray[np.intp]) -> Self:
        """Some of them, each as often as it is named."""
        return type(self)(self.means[places], self.squares[places], self.sizes[places])

    @property
    def within(self) -> Numbers:
        """Variance of runs of one set, which is luck, (...); NaN where no set has more than one."""
        return np.asarray(self.squares.sum(axis=0) / ((self.sizes - 1.0).sum() or np.nan))

    @property
    def left(self) -> Numbers:
        """Variance that luck leaves in the means, (...)."""
        return np.asarray(self.within * (1.0 / self.sizes).mean())

    @property
    def varied(self) -> Numbers:
        """Variance of the means, (...); NaN of one."""
        several = len(self.means) > 1
        return np.asarray(self.means.var(axis=0, ddof=1) if several else np.full(self.means.shape[1:], np.nan))

    @property
    def between(self) -> Numbers:
        """Variance of the means without luck, (...); an estimate, so that it may lie below 0."""
        return np.asarray(self.varied - self.left)


def luck(values: Numbers, runs: Runs) -> Numbers:
    """Part of the variance of single runs that runs of one parameter set differ by, (...) from (run, ...).

    The only run of a set is left out. NaN where fewer than two sets have more, or nothing differs.
    """
    sets = Sets.of(values, runs).several
    if len(sets.means) < 2:
        return np.full(values.shape[1:], np.nan)
    within = sets.within
    whole = within + np.maximum(sets.between, 0.0)
    return np.asarray(np.divide(within, whole, out=np.full(whole.shape, np.nan), where=whole > 0.0))


def drawn_together(means: Numbers, left: Numbers, varied: Numbers) -> Numbers:
    """Means of sets, (set, ...), drawn to their middle until they vary as much as without luck.

    Parameters
    ----------
    means : (set, ...)
    left : (...)
        The part of their variance that is luck, as of `Sets.left`.
    varied : (...)
        Their variance; where no more than luck is in it, nothing is left but the middle.
    """
    part = np.divide(left, varied, out=np.ones_like(varied), where=varied > left)
    middle = means.mean(axis=0)
    return np.asarray(middle + np.sqrt(1.0 - part) * (means - middle))
