"""Parameter sets of runs: which runs share one, and means over the runs of each.

Runs are known by their indices and not by their places: behind a run that failed neighbours share no set, and beyond
`RUNS_OF_A_SET` runs of every set the same sets come again.
"""

import numpy as np
from numpy.typing import NDArray

from techduel.model.axes import Numbers
from techduel.scenario.parameter_sets import PRIOR_SETS, set_of

type Runs = NDArray[np.int64]
"""Indices, in the order of what comes with them, (run,)."""


def in_sets(runs: Runs) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """An order in which the runs of a set stand together, (run,), and where each set begins in it, (set,)."""
    sets = set_of(runs, PRIOR_SETS)
    order = np.argsort(sets, kind="stable")
    return order, np.flatnonzero(np.diff(sets[order], prepend=-1))


def by_set(values: Numbers, runs: Runs) -> Numbers:
    """Means over the runs of each parameter set, (set, ...) from (run, ...): only they are independent draws.

    What is no number is left out; a set without any has none.
    """
    order, starts = in_sets(runs)
    known = ~np.isnan(values[order])
    count = np.add.reduceat(known, starts, axis=0, dtype=np.intp)
    total = np.add.reduceat(np.where(known, values[order], 0.0), starts, axis=0)
    return np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)


def numbered(runs: Runs) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The place of one run of each set, (set,), and which of these sets each run has, (run,)."""
    _, places, numbers = np.unique(set_of(runs, PRIOR_SETS), return_index=True, return_inverse=True)
    return places, numbers


def standard_error(sets: Numbers) -> float:
    """Of a mean over parameter sets, (set,); undefined of one."""
    return float(sets.std(ddof=1) / np.sqrt(len(sets))) if len(sets) > 1 else np.nan
