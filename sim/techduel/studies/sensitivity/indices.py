"""Shares of variance and elementary effects, with luck taken out, and intervals from rows drawn again.

All runs of a row share their luck, run by run; other rows have other luck. So a product of two runs of a row with
different luck holds nothing of luck on average, where a square would count it:

- variance that factors make: product of the deviations of two runs of one point;
- first order (Saltelli et al. 2010): a run at the other point times the step of another run;
- total order (Jansen 1999): half the product of the same step in two runs.

These are the indices of the mean over luck. What is left of the variance over runs is luck, alone or together with
factors. Every index is a ratio of means over rows, which is what the bootstrap draws again.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.model.axes import Numbers
from techduel.studies.sensitivity.study import STEP

RESAMPLES: Final = 500
QUANTILES: Final = (0.05, 0.95)
"""Of the intervals: 90 %."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number and its interval; arrays of one shape."""

    value: Numbers
    low: Numbers
    high: Numbers


@dataclass(frozen=True, slots=True)
class Sobol:
    """Indices of the mean over luck, (unit, measure), and shares of the variance over runs."""

    first: Estimate
    total: Estimate
    share: Estimate
    """First order as a share of the whole variance over runs, added up as `members` says, (member, measure)."""
    together: Estimate
    """What factors make of the whole variance beyond the first orders of all units, (measure,)."""
    luck: Estimate
    """Share of luck in the whole variance, (measure,)."""


@dataclass(frozen=True, slots=True)
class Morris:
    """Elementary effects, (unit, measure), in units of the outcome for all of a factor's probability."""

    mu: Numbers
    mu_star: Estimate
    """Mean absolute effect of the mean over runs; it holds some luck, see `noise`."""
    size: Estimate
    """Root of the mean squared effect of the mean over luck, which holds none."""
    sigma: Estimate
    """Standard deviation of effects over rows, less what luck makes of it: bends and interactions."""
    noise: Numbers
    """Standard deviation that luck gives the effect of a row."""
    share: Estimate
    """Of members in the sum of squared effects, (member, measure)."""
    luck: Estimate
    """Share of luck in the variance over runs of the starts, (measure,)."""


def sobol(values: Numbers, members: NDArray[np.bool_], seed: int) -> Sobol:
    """Sobol indices of first and total order.

    Parameters
    ----------
    values : (row, part, run, measure)
        Of a design of the method; two runs or more.
    members : (member, unit)
        Which units are added up in `Sobol.share`.
    seed : int
        Of the bootstrap.
    """
    centred = values - values[:, [0, -1]].mean(axis=(0, 1, 2))
    steps, other, ends = centred[:, 1:-1] - centred[:, :1], centred[:, -1:], centred[:, [0, -1]]
    weights = _weights(len(values), seed)
    factors = _over(weights, _product(ends, ends).mean(axis=1))
    whole = _over(weights, (ends**2).mean(axis=(1, 2)))
    shift = _over(weights, ends.mean(axis=(1, 2))) ** 2
    firsts = _over(weights, _product(other, steps))
    totals = _over(weights, 0.5 * _product(steps, steps))
    factors, whole = factors - shift, whole - shift
    parts = np.einsum("mu,bu...->bm...", members.astype(float), firsts) / whole[:, None]
    return Sobol(
        first=_estimate(_ratio(firsts, factors[:, None])),
        total=_estimate(_ratio(totals, factors[:, None])),
        share=_estimate(parts),
        together=_estimate((factors - firsts.sum(axis=1)) / whole),
        luck=_estimate(1.0 - factors / whole),
    )


def morris(values: Numbers, signs: Numbers, members: NDArray[np.bool_], seed: int) -> Morris:
    """Elementary effects.

    Parameters
    ----------
    values : (row, part, run, measure)
        Of a design of the method; two runs or more.
    signs : (row, unit)
        Direction of every step.
    members : (member, unit)
        Which units are added up in `Morris.share`.
    seed : int
        Of the bootstrap.
    """
    effects = (values[:, 1:] - values[:, :1]) * signs[:, :, None, None] / STEP
    means = effects.mean(axis=2)
    weights = _weights(len(values), seed)
    mu, squares = _over(weights, means), _over(weights, _product(effects, effects))
    # What luck leaves below zero is an effect too small to be seen.
    seen = np.maximum(squares, 0.0)
    sums = np.einsum("mu,bu...->bm...", members.astype(float), seen)
    return Morris(
        mu=mu[0],
        mu_star=_estimate(_over(weights, np.abs(means))),
        size=_estimate(np.sqrt(seen)),
        sigma=_estimate(np.sqrt(np.maximum(squares - mu**2, 0.0))),
        noise=np.sqrt(effects.var(axis=2, ddof=1).mean(axis=0) / values.shape[2]),
        share=_estimate(_ratio(sums, seen.sum(axis=1, keepdims=True))),
        luck=_estimate(_luck(values[:, 0], weights)),
    )


def _luck(starts: Numbers, weights: Numbers) -> Numbers:
    """Share of luck in the variance over runs of independent points, (resample, measure)."""
    centred = starts - starts.mean(axis=(0, 1))
    shift = _over(weights, centred.mean(axis=1)) ** 2
    factors, whole = _over(weights, _product(centred, centred)), _over(weights, (centred**2).mean(axis=1))
    return 1.0 - (factors - shift) / (whole - shift)


def _product(one: Numbers, other: Numbers) -> Numbers:
    """Mean product of two different runs, one of each array; the axis of runs, the last but one, is gone."""
    runs = one.shape[-2]
    pairs = one.sum(axis=-2) * other.sum(axis=-2) - (one * other).sum(axis=-2)
    return pairs / (runs * (runs - 1))


def _weights(rows: int, seed: int) -> Numbers:
    """Weight of each row in the estimate, first, and in every resample, (1 + resample, row)."""
    drawn = np.random.default_rng(seed).multinomial(rows, np.full(rows, 1.0 / rows), size=RESAMPLES)
    return np.concatenate([np.ones((1, rows)), drawn]) / rows


def _over(weights: Numbers, contributions: Numbers) -> Numbers:
    """Means over rows, (1 + resample, ...). Not a matrix product, whose last bits depend on the number of threads."""
    return np.einsum("br,r...->b...", weights, contributions)


def _ratio(part: Numbers, whole: Numbers) -> Numbers:
    """NaN where the whole is not above zero: then luck hides whatever factors do."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(whole > 0.0, part / whole, np.nan)


def _estimate(resampled: Numbers) -> Estimate:
    """The first resample is the estimate itself. Where more than lie below an interval have no number, it has none."""
    lost = np.isnan(resampled).mean(axis=0) > QUANTILES[0]
    low, high = np.nanquantile(np.where(lost, 0.0, resampled)[1:], QUANTILES, axis=0)
    return Estimate(resampled[0], np.where(lost, np.nan, low), np.where(lost, np.nan, high))
