"""In which direction each parameter moves the lead of the United States, all others being drawn too.

Partial rank correlation (Saltelli, Chan and Scott 2000): ranks make it robust to how a parameter works, as long as that
is one way; what is left of it once all other parameters are held fixed is its own direction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.simulation import BATCH
from techduel.model.axes import Numbers
from techduel.scenario.prior import columns, drawn, prior_parameters
from techduel.studies.evidence.arms import CHINA, Experiment, at_end

LAST: Final = 2035
PARTS: Final = 16
"""Sets for every draw of the other studies: that many, since most parameters move the lead by less than luck does."""
FEWEST: Final = 36
"""Sets of a part: with fewer, as many sets as columns would leave nothing to tell them apart by."""


@dataclass(frozen=True, slots=True)
class Row:
    """One column of the prior."""

    column: str
    correlation: float
    """Partial, of ranks, with the mean log lead of the United States in frontier fields at the end of 2035."""
    t: float
    draws: int


def directions(experiment: Experiment) -> list[Row]:
    """The direction of every column over sets of the prior, whatever the experiment's own parameters are.

    Sets of a posterior are too few and too much alike to tell over a hundred parameters apart.
    """
    size = max(len(experiment.runs), FEWEST)
    sets, found_leads = range(PARTS * size), list[Numbers]()
    for start in range(0, len(sets), size):
        part = sets[start : start + size]
        found_leads += [_lead(experiment, part[first : first + BATCH]) for first in range(0, size, BATCH)]
        experiment.told(len(experiment.runs))
    lead = np.concatenate(found_leads)
    found, t = partial_rank_correlations(drawn(sets, experiment.seed), lead)
    return [Row(column.name, float(found[place]), float(t[place]), len(sets)) for place, column in enumerate(columns())]


def _lead(experiment: Experiment, sets: Sequence[int]) -> Numbers:
    """Mean log lead of the United States in frontier fields at the end, by set of the prior."""
    parameters = prior_parameters(experiment.scenario.parameters, sets, experiment.seed)
    batch = replace(experiment, parameters=parameters, runs=tuple(sets), told=lambda more: None)
    last = at_end(batch.passing({}, LAST))
    return np.array(last.states.rival_lead[:, CHINA, 0, 0])


def partial_rank_correlations(
    inputs: NDArray[np.float64], outcome: Numbers
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Partial rank correlation of every input with an outcome, and its t statistic.

    Parameters
    ----------
    inputs : (set, column)
    outcome : (set,)

    Returns
    -------
    correlation, t : (column,)
    """
    from scipy.stats import spearmanr

    together = spearmanr(np.column_stack([inputs, outcome])).statistic
    precision = np.linalg.inv(together)
    scale = np.sqrt(np.diag(precision))
    found = -precision[:-1, -1] / (scale[:-1] * scale[-1])
    freedom = len(outcome) - inputs.shape[1] - 1
    return found, found * np.sqrt(freedom / (1.0 - found * found))
