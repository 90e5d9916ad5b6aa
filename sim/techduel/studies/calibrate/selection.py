"""Which sets of the last ensemble are kept: those that no two moments call implausible."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.studies.calibrate.fit import Step, Target, luck

type Numbers = NDArray[np.float64]

IMPLAUSIBLE: Final = 3.0
"""Standard deviations (Pukelsheim 1994: whatever the distribution, 95 % of it lies within three)."""
KEPT: Final = 256
"""Sets of a posterior table."""
FEWEST: Final = 64


class NothingPlausible(Exception):
    """Too few sets live through the record."""

    exit_code = 5

    def __init__(self, left: int, members: int) -> None:
        super().__init__(
            f"only {left} of {members} sets are plausible, at least {FEWEST} are needed: "
            "take more members, or look which moments are missed (moments.csv)"
        )


def implausibility(step: Step, aim: Target) -> Numbers:
    """Distance of every set from the record in standard deviations of error, miss and luck, (set, moment)."""
    spread = np.sqrt(np.diag(aim.error) + np.diag(luck(step, aim.places)))
    found = np.abs(step.moments[:, aim.places] - aim.value) / spread
    return np.where(np.isfinite(found), found, np.inf)


def missed(distances: Numbers) -> NDArray[np.bool_]:
    """Moments that the ensemble as a whole misses: no set can be blamed for them, (moment,)."""
    return np.median(distances, axis=0) > IMPLAUSIBLE


def plausible(distances: Numbers) -> NDArray[np.bool_]:
    """Sets whose second largest distance is not implausible, (set,); what all miss does not count.

    One large distance among dozens is to be expected, two are not (Vernon, Goldstein and Bower 2010).
    """
    judged = np.sort(distances[:, ~missed(distances)], axis=1)
    second: NDArray[np.bool_] = judged[:, -2] <= IMPLAUSIBLE
    return second


def thinned(kept: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Indices of the sets of the posterior table: evenly through all that are kept.

    Raises
    ------
    NothingPlausible
        If hardly any is.
    """
    places = np.flatnonzero(kept)
    if len(places) < FEWEST:
        raise NothingPlausible(len(places), len(kept))
    return places[np.linspace(0, len(places) - 1, min(KEPT, len(places))).round().astype(np.intp)]
