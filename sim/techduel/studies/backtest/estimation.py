"""Estimate of what the model misses: drifts, steps and correlations from errors of forecasts made for known years."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from techduel.model.axes import Numbers
from techduel.studies.backtest.discrepancy import Discrepancy, correlation_column
from techduel.studies.backtest.primitives import KEYS, PRIMITIVES, Key

COLUMNS: Final = (
    *("primitive", "state", "scale", "drift", "drift_sd", "step", "own_step", "errors", "years"),
    *("mean_error", "mean_square_z"),
    *map(correlation_column, KEYS),
)
POOLED_AS: Final = 2.0
"""Years of errors that the usual variance counts for: degrees of freedom of a scaled inverse chi-squared distribution
of variances over primitives, whose scale after n years of errors is this weighted mean (Gelman et al. 2013, section
2.6). With two, a primitive may well have a few times more or less than the usual variance (assumption)."""
PRIOR_YEARS: Final = 4.0
"""Years of errors that the prior counts for, which has no drift and no correlation: the prior of a drift is normal with
the variance of a step over this. Chosen among 0, 2, 4, 6, 8, 16 and no drift on origins up to 2014."""
LEAST_ROOT: Final = 1e-6
"""Smallest eigenvalue left to a matrix of correlations that was estimated in parts."""


@dataclass(frozen=True, slots=True)
class Miss:
    """One forecast of a year on record: its error, and how far off the model expected to be."""

    primitive: str
    state: str
    origin: int
    year: int
    ahead: int
    """Years since the value that the forecast started from."""
    observed: float
    forecast: float
    """Median over runs."""
    error: float
    """Observed less forecast on the line: log of a ratio, or of a ratio of odds."""
    sd: float
    """Standard deviation over runs on the line."""

    @property
    def z(self) -> float:
        """Error in standard deviations of the model."""
        return self.error / self.sd if self.sd > 0.0 else math.inf

    @property
    def key(self) -> Key:
        """Primitive and state."""
        return self.primitive, self.state


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is missed of one primitive of one state, and what it was estimated from."""

    primitive: str
    state: str
    drift: float
    """A year, pulled towards 0."""
    drift_sd: float
    step: float
    """Standard deviation, pulled towards what is usual."""
    own_step: float
    """From its own errors alone, drift taken out; NaN without any."""
    errors: int
    years: int
    """Different years that the errors are of."""
    mean_error: float
    mean_square_z: float
    """Mean square error in variances of the model: 1 where the model misses nothing."""
    correlations: tuple[float, ...]
    """With every primitive, in the order of `KEYS`."""


@dataclass(frozen=True, slots=True)
class _Errors:
    """Errors of one primitive as arrays, (error,)."""

    error: Numbers
    model: Numbers
    """Variance that the model expects."""
    steps: Numbers
    """Steps of the random walk that are in the error."""
    drift: Numbers
    """Years that a drift has acted."""
    years: int

    def less(self, drift: float) -> Numbers:
        """Errors without a drift."""
        return self.error - drift * self.drift


@dataclass(frozen=True, slots=True)
class _Fitted:
    """Moments of one primitive before they are pooled."""

    mean: float
    """Yearly drift that fits best, unshrunken."""
    around: float
    """Variance of a step around it."""
    left: float
    """Variance of a step around the shrunken drift."""


def estimates(misses: Iterable[Miss]) -> list[Estimate]:
    """What is missed of each primitive, in the order of `KEYS`.

    Variances are pulled to the median over primitives, drifts and correlations to 0, the more the fewer years.
    """
    by_key: dict[Key, list[Miss]] = {key: [] for key in KEYS}
    for miss in misses:
        by_key[miss.key].append(miss)
    errors = {key: _errors(key, found) for key, found in by_key.items() if found}
    fitted = {key: _fitted(found) for key, found in errors.items()}
    usual = [float(np.median([getattr(one, name) for one in fitted.values()] or [0.0])) for name in ("around", "left")]
    correlation = _correlation(by_key, errors, fitted)
    return [_estimate(key, by_key[key], errors.get(key), fitted.get(key), usual, correlation) for key in KEYS]


def discrepancy_from(estimates: Sequence[Estimate]) -> Discrepancy:
    """The discrepancy that estimates give, which are in the order of `KEYS`."""
    drift, drift_sd, step = (
        np.array([getattr(one, name) for one in estimates]) for name in ("drift", "drift_sd", "step")
    )
    return Discrepancy(drift, drift_sd, step, np.array([one.correlations for one in estimates]))


def _errors(key: Key, misses: Sequence[Miss]) -> _Errors:
    steps = np.array([float(miss.ahead) for miss in misses])
    return _Errors(
        np.array([miss.error for miss in misses]),
        np.array([miss.sd**2 for miss in misses]),
        steps,
        PRIMITIVES[key[0]].years_of_drift(steps),
        len({miss.year for miss in misses}),
    )


def _fitted(errors: _Errors) -> _Fitted:
    raw = _variance(errors.error, errors)
    weights = 1.0 / np.maximum(errors.model + raw * errors.steps, 1e-12)
    squares = float(np.sum(weights * errors.drift**2))
    mean = float(np.sum(weights * errors.drift * errors.error)) / squares if squares > 0.0 else 0.0
    left = errors.less(mean * _weight(errors.years))
    return _Fitted(mean, _variance(errors.less(mean), errors), _variance(left, errors))


def _weight(years: int) -> float:
    """Of what years of errors say against the prior."""
    return years / (years + PRIOR_YEARS)


def _variance(error: Numbers, errors: _Errors) -> float:
    """Variance of a step at which squared errors over those expected are 1 on average, 0 if the model expects more."""
    square = error**2

    def excess(variance: float) -> float:
        return float(np.mean(square / (errors.model + variance * errors.steps))) - 1.0

    most = float(np.max(square / errors.steps))
    smallest = 1e-12 * max(most, 1e-12)
    if excess(smallest) <= 0.0:
        return 0.0
    from scipy.optimize import brentq

    return float(brentq(excess, smallest, most, xtol=1e-15))


def _estimate(
    key: Key,
    misses: Sequence[Miss],
    errors: _Errors | None,
    fitted: _Fitted | None,
    usual: Sequence[float],
    correlation: Numbers,
) -> Estimate:
    years, one = errors.years if errors else 0, fitted or _Fitted(0.0, 0.0, 0.0)
    around, left = (
        (years * own + POOLED_AS * most) / (years + POOLED_AS)
        for own, most in zip((one.around, one.left), usual, strict=True)
    )
    drifts = PRIMITIVES[key[0]].drifts
    return Estimate(
        *key,
        drift=one.mean * _weight(years),
        drift_sd=math.sqrt(around / (years + PRIOR_YEARS)) if drifts else 0.0,
        step=math.sqrt(left),
        own_step=math.sqrt(one.left) if fitted else math.nan,
        errors=len(misses),
        years=years,
        mean_error=float(np.mean([miss.error for miss in misses])) if misses else math.nan,
        mean_square_z=float(np.mean([miss.z**2 for miss in misses])) if misses else math.nan,
        correlations=tuple(correlation[KEYS.index(key)].tolist()),
    )


def _correlation(
    by_key: Mapping[Key, Sequence[Miss]], errors: Mapping[Key, _Errors], fitted: Mapping[Key, _Fitted]
) -> Numbers:
    """Correlations of errors of the same forecast and year, pulled to 0, (key, key)."""
    scaled: dict[Key, dict[tuple[int, int], float]] = {}
    for key, found in errors.items():
        left = found.less(fitted[key].mean * _weight(found.years)) / np.sqrt(found.steps)
        scaled[key] = {(miss.origin, miss.year): value for miss, value in zip(by_key[key], left.tolist(), strict=True)}
    matrix = np.eye(len(KEYS))
    for place, key in enumerate(KEYS):
        for other in range(place):
            value = _shared(scaled.get(key, {}), scaled.get(KEYS[other], {}))
            matrix[place, other] = matrix[other, place] = value
    return _positive(matrix)


def _shared(ours: Mapping[tuple[int, int], float], theirs: Mapping[tuple[int, int], float]) -> float:
    both = [place for place in ours if place in theirs]
    if not both:
        return 0.0
    one, other = (np.array([values[place] for place in both]) for values in (ours, theirs))
    size = math.sqrt(float(np.sum(one**2)) * float(np.sum(other**2)))
    return _weight(len({year for _, year in both})) * float(np.sum(one * other)) / size if size > 0.0 else 0.0


def _positive(matrix: Numbers) -> Numbers:
    """The matrix with eigenvalues of at least `LEAST_ROOT` and a diagonal of ones."""
    values, vectors = np.linalg.eigh(matrix)
    raised = np.einsum("ik,k,jk->ij", vectors, np.maximum(values, LEAST_ROOT), vectors)
    scale = np.sqrt(np.diag(raised))
    found: Numbers = raised / scale / scale[:, None]
    return found


def row(estimate: Estimate) -> tuple[str | float, ...]:
    """A line of the stored table, in the order of `COLUMNS`."""
    numbers = (estimate.drift, estimate.drift_sd, estimate.step, estimate.own_step, estimate.errors, estimate.years)
    opening = (estimate.primitive, estimate.state, PRIMITIVES[estimate.primitive].scale)
    return (*opening, *numbers, estimate.mean_error, estimate.mean_square_z, *estimate.correlations)
