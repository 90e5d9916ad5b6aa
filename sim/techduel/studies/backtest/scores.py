"""Scores of forecasts: the continuous ranked probability score (CRPS), and whether a band covers.

The CRPS is the squared distance of a forecast's distribution function from that of the observation; for a forecast
without spread it is the absolute error, and it has the unit of the value (Gneiting and Raftery 2007).
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

type Numbers = NDArray[np.float64]

BAND: Final = (0.05, 0.95)
"""Quantiles of a 90 % band."""


def crps_ensemble(sample: Numbers, observed: float) -> float:
    """CRPS of the distribution function of a sample, exact: ``mean |x - y| - mean |x - x'| / 2``.

    Parameters
    ----------
    sample : (member,)
    observed : float
    """
    ranked = np.sort(sample)
    count = len(ranked)
    weight = 2.0 * np.arange(1, count + 1) - count - 1.0
    spread = 2.0 * float(weight @ ranked) / count**2
    return float(np.abs(ranked - observed).mean()) - spread / 2.0


def crps_normal(mean: float, sd: float, observed: float) -> float:
    """CRPS of a normal distribution (Gneiting and Raftery 2007, equation 5); the absolute error if `sd` is 0."""
    if sd <= 0.0:
        return abs(observed - mean)
    from scipy.special import ndtr

    z = (observed - mean) / sd
    density = math.exp(-z * z / 2.0) / math.sqrt(2.0 * math.pi)
    return sd * (z * (2.0 * float(ndtr(z)) - 1.0) + 2.0 * density - 1.0 / math.sqrt(math.pi))


def crps_lognormal(mean: float, sd: float, observed: float) -> float:
    """CRPS of a log-normal distribution (Baran and Lerch 2015); `mean` and `sd` are those of the log."""
    if sd <= 0.0:
        return abs(observed - math.exp(mean))
    from scipy.special import ndtr

    z = (math.log(observed) - mean) / sd
    inner = float(ndtr(z - sd) + ndtr(sd / math.sqrt(2.0))) - 1.0
    return observed * (2.0 * float(ndtr(z)) - 1.0) - 2.0 * math.exp(mean + sd * sd / 2.0) * inner


def covered(sample: Numbers, observed: float) -> bool:
    """Whether the 90 % band of a sample holds the observation."""
    low, high = np.quantile(sample, BAND)
    return bool(low <= observed <= high)
