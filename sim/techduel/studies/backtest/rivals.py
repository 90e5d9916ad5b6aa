"""Scores of forecasts, and naive forecasts from the record alone, with Gaussian errors as large as in their own past.

Levels and shares are forecast in logs, growth rates in points. Past errors are those of the same rule at the same
horizon from 2000 to the origin. Where there are fewer than `LEAST_ERRORS`, the spread is that of the longest horizon
that has enough, growing with the square root of the horizon; without such a horizon it comes from all errors that
there are, and without any from other series of the state.

Forecasts are scored by the continuous ranked probability score (CRPS): the squared distance of a forecast's
distribution function from that of the observation; for a forecast without spread it is the absolute error, and it has
the unit of the value (Gneiting and Raftery 2007).
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from techduel.model.axes import Numbers
from techduel.studies.backtest.counterparts import LOG
from techduel.studies.backtest.series import Past


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


def covered(sample: Numbers, observed: float, band: float = 0.9) -> bool:
    """Whether the central band of a sample holds the observation."""
    low, high = np.quantile(sample, (0.5 - band / 2.0, 0.5 + band / 2.0))
    return bool(low <= observed <= high)


FIRST_YEAR: Final = 2000
LEAST_ERRORS: Final = 5
LEAST_PAIRS: Final = 5
"""Pairs of neighbouring years that an autoregression needs."""

type Rule = Callable[[int, int], float | None]
"""Forecast of the transformed value, from a year, so many years ahead; None where the record does not allow it."""


@dataclass(frozen=True, slots=True)
class Track:
    """A record since `FIRST_YEAR`, transformed, by year."""

    values: Mapping[int, float]
    scale: str

    @property
    def last(self) -> int:
        """The last year on record."""
        return max(self.values)


@dataclass(frozen=True, slots=True)
class Naive:
    """A Gaussian forecast of one year, of the log where the scale is logs."""

    mean: float
    sd: float
    scale: str

    def crps(self, observed: float) -> float:
        """Score in the unit of the series."""
        score = crps_lognormal if self.scale == LOG else crps_normal
        return score(self.mean, self.sd, observed)

    def quantile(self, standard: float) -> float:
        """Value at a standard normal score."""
        found = self.mean + standard * self.sd
        return math.exp(found) if self.scale == LOG else found


def track(past: Past, scale: str, origin: int, redefined: Collection[int] = ()) -> Track:
    """What a naive forecaster looks at: the record since its last new definition.

    Parameters
    ----------
    past : Past
    scale : str
    origin : int
        The last year that is known.
    redefined : collection of int
        Years in which the record changed its definition, which is no growth.
    """
    first = max([FIRST_YEAR, *(year for year in redefined if year <= origin)])
    by_year = {
        int(year): math.log(value) if scale == LOG else float(value)
        for year, value in zip(past.years, past.values, strict=True)
        if first <= year <= origin
    }
    return Track(by_year, scale)


def last_value(track: Track) -> Rule:
    """The value stays as it is."""
    return lambda start, _ahead: track.values.get(start)


def last_growth(track: Track) -> Rule:
    """Growth stays as in the last interval on record; a growth rate itself stays as it is."""
    if track.scale != LOG:
        return last_value(track)

    def forecast(start: int, ahead: int) -> float | None:
        before = [year for year in track.values if year < start]
        if start not in track.values or not before:
            return None
        growth = (track.values[start] - track.values[max(before)]) / (start - max(before))
        return track.values[start] + ahead * growth

    return forecast


def autoregression(track: Track) -> Rule:
    """First-order autoregression with a constant, fitted by least squares to all years from 2000 to the origin."""
    starts = [year for year in track.values if year + 1 in track.values]
    if len(starts) < LEAST_PAIRS:
        return lambda _start, _ahead: None
    from scipy.stats import linregress

    found = linregress([track.values[year] for year in starts], [track.values[year + 1] for year in starts])
    constant, root = float(found.intercept), float(found.slope)

    def forecast(start: int, ahead: int) -> float | None:
        value = track.values.get(start)
        for _ in range(ahead if value is not None else 0):
            value = constant + root * value  # type: ignore[operator]
        return value

    return forecast


RULES: Final[Mapping[str, Callable[[Track], Rule]]] = {
    "last_value": last_value,
    "last_growth": last_growth,
    "ar1": autoregression,
}


def errors(rule: Rule, track: Track) -> dict[int, list[float]]:
    """Errors of a rule over its own past, by horizon in years."""
    found: dict[int, list[float]] = {}
    for start in track.values:
        for year, value in track.values.items():
            forecast = rule(start, year - start) if year > start else None
            if forecast is not None:
                found.setdefault(year - start, []).append(value - forecast)
    return found


def spread(errors_by_horizon: Mapping[int, list[float]], ahead: int) -> float | None:
    """Root mean square of the errors at a horizon, or as far as they go; None without any error."""
    enough = [
        horizon for horizon, missed in errors_by_horizon.items() if len(missed) >= LEAST_ERRORS and horizon <= ahead
    ]
    if enough:
        longest = max(enough)
        return _rms(errors_by_horizon[longest]) * math.sqrt(ahead / longest)
    every = [error / math.sqrt(horizon) for horizon, known in errors_by_horizon.items() for error in known]
    return _rms(every) * math.sqrt(ahead) if every else None


def naive(name: str, track: Track, year: int, usual: float | None) -> Naive | None:
    """A rival's forecast of a year; None where the record does not allow the rule.

    Parameters
    ----------
    name : str
        Of `RULES`.
    track : Track
    year : int
    usual : float, optional
        Spread after one year where the series has no errors of its own, from `usual_spread`.
    """
    rule = RULES[name](track)
    ahead = year - track.last
    mean = rule(track.last, ahead)
    if mean is None:
        return None
    sd = spread(errors(rule, track), ahead)
    if sd is None:
        sd = None if usual is None else usual * math.sqrt(ahead)
    return None if sd is None else Naive(mean, sd, track.scale)


def usual_spread(name: str, tracks: Sequence[Track], scale: str) -> float | None:
    """Median over a state's series of the errors of a rule after one year: for a series without a past of its own."""
    found = [
        _rms(missed[1])
        for one in tracks
        if one.scale == scale
        and one.values
        and len((missed := errors(RULES[name](one), one)).get(1, ())) >= LEAST_ERRORS
    ]
    return float(np.median(found)) if found else None


def _rms(values: list[float]) -> float:
    return math.sqrt(sum(value * value for value in values) / len(values))
