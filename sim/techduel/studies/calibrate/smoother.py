"""One assimilation of an ensemble smoother with multiple data assimilation, for a model with luck of its own.

Method: Emerick and Reynolds (2013), Ensemble smoother with multiple data assimilation; localisation by correlation as
in Vossepoel, Evensen and van Leeuwen (2025), both from the library ``iterative_ensemble_smoother``.
"""

from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from techduel.model.axes import Numbers

OUTLIER = 6.0
"""Distance from the median, in robust standard deviations, at which a moment is cut off before it is learnt from: a
few broken worlds must not decide the correlations of a thousand."""
SHIPPED_THREADS = 2
"""On which covariances are computed and factored, whatever a machine has, as many as the cores that the shipped sets
were fitted on: another number changes last bits, and eight assimilations of worlds that branch make other sets of
that."""


class SmootherMissing(Exception):
    """The library is an optional extra."""

    exit_code = 3

    def __init__(self) -> None:
        super().__init__("calibrate needs a library that is not installed: pip install 'techduel[calibrate]'")


def required() -> Any:
    """The library's class.

    Raises
    ------
    SmootherMissing
        If it is not installed.
    """
    try:
        from iterative_ensemble_smoother import AdaptiveESMDA
    except ImportError as error:
        raise SmootherMissing from error
    return AdaptiveESMDA


def on_threads(count: int = 1) -> AbstractContextManager[Any]:
    """Linear algebra on a fixed number of threads, since last bits depend on it; small matrices gain nothing by more.

    Raises
    ------
    SmootherMissing
        If the library that limits threads is not installed; it comes with the smoother.
    """
    try:
        import scipy.linalg  # noqa: F401 - has a linear algebra of its own, and only what is loaded can be limited
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        raise SmootherMissing from error
    return threadpool_limits(count)


def luck_covariance(one: Numbers, other: Numbers) -> Numbers:
    """Covariance of moments under luck alone, from the same parameter sets run twice.

    Parameters
    ----------
    one, other : (set, moment)

    Returns
    -------
    (moment, moment)
    """
    apart = _within(one - other)
    with on_threads(SHIPPED_THREADS):
        return np.atleast_2d(apart.T @ apart / (2.0 * len(apart)))


def assimilated(  # noqa: PLR0913, PLR0917 - the symbols of the update equation
    scores: Numbers, moments: Numbers, observed: Numbers, error: Numbers, luck: Numbers, steps: int, seed: int
) -> Numbers:
    """The ensemble after one of several equal assimilations.

    Parameters
    ----------
    scores : (set, column)
        Standard normal scores of the parameters.
    moments : (set, moment)
        What each set brought about, luck included.
    observed : (moment,)
    error : (moment, moment)
        Covariance of what separates the record from a true model: errors of measurement, and what the model misses.
    luck : (moment, moment)
        Covariance of moments by luck alone.
    steps : int
        How many assimilations there are in all.
    seed : int
        Of the perturbed observations.

    Notes
    -----
    With noise R = error + luck of the record around a set's mean, `steps` assimilations must each see the noise
    steps x R. The moments contain luck already, a different one in every step, so steps x R - luck is handed over. With
    luck forgotten, or the same luck in every step, the smoother would take it for signal and shrink too far.
    """
    moments = _within(moments)
    moving = moments.std(axis=0) > 1e-9 * np.maximum(np.abs(observed), 1e-6)
    noise = steps * (error + luck) - luck
    scale = 1.0 / np.sqrt(np.diag(noise)[moving])
    kind = required()
    with on_threads(SHIPPED_THREADS):  # that it factors its covariance on
        smoother = kind(
            covariance=noise[np.ix_(moving, moving)] * np.outer(scale, scale),
            observations=observed[moving] * scale,
            alpha=1,
            seed=seed,
        )
    with on_threads():
        smoother.prepare_assimilation(Y=(moments[:, moving] * scale).T.copy(), truncation=1.0)
        found: Numbers = smoother.assimilate_batch(X=scores.T.copy(), n_jobs=1).T
    return found


def _within(values: Numbers) -> Numbers:
    """Each column cut off at `OUTLIER` robust standard deviations from its median, which replaces what is no number."""
    values = np.where(np.isfinite(values), values, np.nan)
    middle = np.nanmedian(values, axis=0)
    low, high = np.nanquantile(values, (0.25, 0.75), axis=0)
    reach = OUTLIER * np.maximum((high - low) / 1.349, 1e-12)
    return np.clip(np.where(np.isnan(values), middle, values), middle - reach, middle + reach)
