"""What the model misses: errors of forecasts made for known years, beyond what parameters and luck explain.

A series of a state drifts away from the model like a random walk: by a normal step each year, in the log of a level or
a share. The error of a growth rate does not add up, so there it is one independent step. The size of a step is such
that the errors of past forecasts have, on average, the size that model and steps together expect.
"""

import csv
import math
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.chunks import Numbers
from techduel.facts.history import Years
from techduel.scenario.parameter_sets import words_in
from techduel.studies.backtest.counterparts import LOG, SERIES

type Runs = Sequence[int] | NDArray[np.int64]
type Key = tuple[str, str]
"""Series and state."""

COLUMNS: Final = ("series", "state", "scale", "step", "own_step", "errors", "years", "mean_error", "mean_square_z")
POSTERIOR: Final = "posterior"
POOLED_AS: Final = 2.0
"""Years of errors that the usual variance counts for: degrees of freedom of a scaled inverse chi-squared distribution
of variances over series, whose scale after n years of errors is this weighted mean (Gelman et al. 2013, section 2.6).
With two, a series may well have a few times more or less than the usual variance (assumption)."""


@dataclass(frozen=True, slots=True)
class Miss:
    """One forecast of a year on record: its error, and how far off the model expected to be."""

    series: str
    state: str
    origin: int
    year: int
    ahead: int
    """Years since the value that the forecast started from."""
    observed: float
    forecast: float
    """Median over runs."""
    error: float
    """Log of observed over forecast; the difference for a growth rate."""
    sd: float
    """Standard deviation over runs, of the log or of the growth rate."""

    @property
    def z(self) -> float:
        """Error in standard deviations of the model."""
        return self.error / self.sd if self.sd > 0.0 else math.inf

    @property
    def steps(self) -> int:
        """Steps of the random walk that are in the error."""
        return self.ahead if SERIES[self.series].scale == LOG else 1


@dataclass(frozen=True, slots=True)
class Estimate:
    """Size of a yearly step for one series of one state, and what it was estimated from."""

    series: str
    state: str
    step: float
    """Standard deviation, pulled towards what is usual; of the log, or in points of a growth rate."""
    own_step: float
    """From its own errors alone; NaN without any."""
    errors: int
    years: int
    """Different years that the errors are of."""
    mean_error: float
    mean_square_z: float
    """Mean square error in variances of the model: 1 where the model misses nothing."""


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Sizes of the yearly steps by series and state."""

    steps: Mapping[Key, float]

    def noise(self, key: Key, runs: Runs, years: Years, start: int, seed: int) -> Numbers:
        """What to add to the log of a path, or to a growth rate, (run, year).

        Run i gets the same numbers in whatever company and up to whatever horizon it is computed.

        Parameters
        ----------
        key : series and state
        runs : indices of the runs
        years : (year,)
        start : int
            The last year on record; the noise is 0 until then.
        seed : int
        """
        later = range(start + 1, int(years[-1]) + 1)
        scaled = [self.steps[key] * _normals(key, runs, year, seed) for year in later]
        found = np.zeros((len(runs), len(years)))
        walk = np.zeros(len(runs))
        for year, step in zip(later, scaled, strict=True):
            walk = walk + step if SERIES[key[0]].scale == LOG else step
            found[:, years == year] = walk[:, None]
        return found

    def added(self, values: Numbers, key: Key, runs: Runs, years: Years, seed: int, start: int) -> Numbers:
        """A path with its discrepancy, (run, year)."""
        noise = self.noise(key, runs, years, start, seed)
        found: Numbers = values * np.exp(noise) if SERIES[key[0]].scale == LOG else values + noise
        return found


def estimates(misses: Iterable[Miss], keys: Sequence[Key]) -> list[Estimate]:
    """Sizes of steps for some series; variances are pulled to the median of their scale, the more the fewer errors."""
    by_key: dict[Key, list[Miss]] = {key: [] for key in keys}
    for miss in misses:
        by_key[miss.series, miss.state].append(miss)
    variances = {key: _variance(found) for key, found in by_key.items() if found}
    return [_estimate(key, found, variances) for key, found in by_key.items()]


def discrepancy_of(params: Mapping[str, Any], base_year: int) -> Discrepancy | None:
    """What the model misses where plain parameters are drawn from a posterior; None where nothing was fitted."""
    return load_discrepancy(base_year) if POSTERIOR in words_in(params) else None


def _estimate(key: Key, found: Sequence[Miss], variances: Mapping[Key, float]) -> Estimate:
    alike = [value for other, value in variances.items() if SERIES[other[0]].scale == SERIES[key[0]].scale]
    years = len({miss.year for miss in found})
    usual, own = float(np.median(alike)) if alike else 0.0, variances.get(key, 0.0)
    pooled = (years * own + POOLED_AS * usual) / (years + POOLED_AS)
    if not found:
        return Estimate(*key, math.sqrt(pooled), math.nan, 0, 0, math.nan, math.nan)
    mean, square = float(np.mean([miss.error for miss in found])), float(np.mean([miss.z**2 for miss in found]))
    return Estimate(*key, math.sqrt(pooled), math.sqrt(own), len(found), years, mean, square)


def _variance(found: Sequence[Miss]) -> float:
    """Variance of a step at which squared errors over those expected are 1 on average, 0 if the model expects more."""
    square, model = np.array([miss.error**2 for miss in found]), np.array([miss.sd**2 for miss in found])
    steps = np.array([float(miss.steps) for miss in found])

    def excess(variance: float) -> float:
        return float(np.mean(square / (model + variance * steps))) - 1.0

    most = float(np.max(square / steps))
    smallest = 1e-12 * max(most, 1e-12)
    if excess(smallest) <= 0.0:
        return 0.0
    from scipy.optimize import brentq

    return float(brentq(excess, smallest, most, xtol=1e-15))


def _normals(key: Key, runs: Runs, year: int, seed: int) -> Numbers:
    name = zlib.crc32(f"{key[0]} {key[1]}".encode())
    stream = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(name, year)))
    return stream.standard_normal(max(runs) + 1)[np.asarray(runs)]


def row(found: Estimate) -> tuple[str | float, ...]:
    """A line of the stored table, in the order of `COLUMNS`."""
    scale = SERIES[found.series].scale
    numbers = (found.step, found.own_step, found.errors, found.years, found.mean_error, found.mean_square_z)
    return (found.series, found.state, scale, *numbers)


def file_name(year: int) -> str:
    """Name of the stored table of a fit to data until a year."""
    return f"discrepancy_{year}.csv"


@cache
def load_discrepancy(year: int) -> Discrepancy | None:
    """The stored discrepancy of a fit to data until a year; None where there is none."""
    path = files("techduel.scenario.posterior").joinpath(file_name(year))
    if not path.is_file():
        return None
    lines = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return Discrepancy({(line["series"], line["state"]): float(line["step"]) for line in lines})
