"""Discrepancy: what the model misses, beyond parameters and luck, of the primitives that every series follows from.

A primitive of a state leaves the model by a drift, the same every year, and by a normal step each year, on the line
where it adds up: the log of a level, the log odds of a share. Steps of primitives and states are correlated. Identities
hold in every draw, since everything else follows from primitives (`counterparts`). Drift, steps and correlations are
estimated from errors of past forecasts (`estimation`).
"""

import csv
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.facts.history import Years
from techduel.model.axes import Numbers
from techduel.scenario.parameter_sets import words_in
from techduel.studies.backtest.primitives import KEYS, PRIMITIVES, Key

type Runs = Sequence[int] | NDArray[np.int64]

POSTERIOR: Final = "posterior"
DRIFT: Final = 0
"""Place of the draws of the drift in the streams, which have a calendar year for the steps."""


@dataclass(frozen=True)
class Discrepancy:
    """What is missed of each primitive, in the order of `KEYS`."""

    drift: Numbers
    """(key,) mean of the yearly drift."""
    drift_sd: Numbers
    """(key,) how uncertain it is."""
    step: Numbers
    """(key,) standard deviation of a year's step."""
    correlation: Numbers
    """(key, key) of steps, and of doubts about drifts."""

    @cached_property
    def root(self) -> Numbers:
        """Cholesky factor of the correlation."""
        return np.linalg.cholesky(self.correlation)

    def noise(self, runs: Runs, years: Years, starts: Mapping[Key, int], seed: int) -> dict[Key, Numbers]:
        """What to add to the line of every primitive, (run, year).

        Run i gets the same numbers in whatever company and up to whatever horizon it is computed.

        Parameters
        ----------
        runs : indices of the runs
        years : (year,)
        starts : year by key
            The last year on record; nothing is missed until then.
        seed : int
        """
        calendar = np.arange(min(starts[key] for key in KEYS) + 1, int(years[-1]) + 1)
        steps = np.stack([self._joint(runs, year, seed) for year in calendar.tolist()], axis=-1)
        drifts = self._joint(runs, DRIFT, seed)
        found = {}
        for place, key in enumerate(KEYS):
            later = calendar > starts[key]
            walk = np.cumsum(np.where(later, self.step[place] * steps[place], 0.0), axis=-1)
            ahead = PRIMITIVES[key[0]].years_of_drift(np.maximum(calendar - float(starts[key]), 0.0))
            drift = self.drift[place] + self.drift_sd[place] * drifts[place]
            found[key] = _at(years, calendar, walk + drift[:, None] * ahead)
        return found

    def _joint(self, runs: Runs, year: int, seed: int) -> Numbers:
        """Correlated standard normal numbers of a year, (key, run); sums in a fixed order, so that bits hold alone."""
        free = np.stack([_normals(key, runs, year, seed) for key in KEYS])
        found = np.zeros_like(free)
        for place in range(len(KEYS)):
            found += self.root[:, place, None] * free[place]
        return found


def _at(years: Years, calendar: Years, values: Numbers) -> Numbers:
    """Values by calendar year in the years asked for, 0 before the first."""
    found = np.zeros((len(values), len(years)))
    on_record = years >= calendar[0]
    found[:, on_record] = values[:, np.searchsorted(calendar, years[on_record])]
    return found


def _normals(key: Key, runs: Runs, year: int, seed: int) -> Numbers:
    name = zlib.crc32(f"{key[0]} {key[1]}".encode())
    stream = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(name, year)))
    return stream.standard_normal(max(runs) + 1)[np.asarray(runs)]


def discrepancy_of(params: Mapping[str, Any], base_year: int) -> Discrepancy | None:
    """What the model misses where plain parameters are drawn from a posterior; None where nothing was fitted."""
    return load_discrepancy(base_year) if POSTERIOR in words_in(params) else None


def file_name(year: int) -> str:
    """Name of the stored table of a fit to data until a year."""
    return f"discrepancy_{year}.csv"


def correlation_column(key: Key) -> str:
    """Name of the column with the correlations with a primitive."""
    return f"with_{key[0]}_{key[1]}"


@cache
def load_discrepancy(year: int) -> Discrepancy | None:
    """The stored discrepancy of a fit to data until a year; None where there is none."""
    path = files("techduel.scenario.posterior").joinpath(file_name(year))
    if not path.is_file():
        return None
    lines = {
        (line["primitive"], line["state"]): line
        for line in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    }
    drift, drift_sd, step = (
        np.array([float(lines[key][name]) for key in KEYS]) for name in ("drift", "drift_sd", "step")
    )
    correlation = np.array([[float(lines[key][correlation_column(other)]) for other in KEYS] for key in KEYS])
    return Discrepancy(drift, drift_sd, step, correlation)
