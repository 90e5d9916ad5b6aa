"""A cheap stand-in for the model: moments as a quadratic of scores, and what it leaves over as luck."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from techduel.studies.calibrate.smoother import SmootherMissing

type Numbers = NDArray[np.float64]

PENALTIES = np.geomspace(1.0, 1e5, 11)
"""Of the ridge regression, chosen by leaving one out, for each moment apart."""
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Emulator:
    """Fitted on simulated sets."""

    ridge: Any
    left_over: Numbers
    """(set, moment): residuals, from which luck is drawn, row by row."""
    explained: Numbers
    """Part of each moment's variance, (moment,)."""

    def mean(self, scores: Numbers) -> Numbers:
        """Moments without luck."""
        found: Numbers = self.ridge.predict(features(scores))
        return found

    def drawn(self, scores: Numbers, generator: np.random.Generator) -> Numbers:
        """Moments with luck."""
        rows = generator.integers(len(self.left_over), size=len(scores))
        return self.mean(scores) + self.left_over[rows]


def features(scores: Numbers) -> Numbers:
    """Scores and their squares around 1."""
    return np.concatenate([scores, scores**2 - 1.0], axis=1)


def emulator(scores: Numbers, moments: Numbers) -> Emulator:
    """Fit by ridge regression.

    Raises
    ------
    SmootherMissing
        If the library is not installed; it comes with the smoother.
    """
    try:
        from sklearn.linear_model import RidgeCV
        from sklearn.model_selection import cross_val_predict
    except ImportError as error:
        raise SmootherMissing from error
    ridge = RidgeCV(alphas=PENALTIES, alpha_per_target=True).fit(features(scores), moments)
    # Of sets that a fit has not seen: what it leaves over of its own sets is too little.
    left_over = moments - cross_val_predict(ridge, features(scores), moments, cv=FOLDS)
    left_over = left_over - left_over.mean(axis=0)
    explained = 1.0 - left_over.var(axis=0) / np.maximum(moments.var(axis=0), 1e-300)
    return Emulator(ridge, left_over, explained)
