"""Simulations of a calibration: parameter sets in, moments out, on all cores.

A set's luck depends on the seed and on its run only; batches are cut by place, so results do not depend on the number
of processes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.runner import available_cores
from techduel.ensemble.simulation import BATCH, Start, prepared, worlds
from techduel.ensemble.workers import SPAWN, follow_parent, lean_start
from techduel.facts import Facts, load_facts
from techduel.model.parameters import Parameters
from techduel.scenario.prior import arrays, with_values
from techduel.scenario.scenario import Scenario, scenario_from
from techduel.studies.calibrate.measures import Observer
from techduel.studies.calibrate.moments import moments, simulated
from techduel.studies.evidence.prior_check import largest_share, research_intensity

type Numbers = NDArray[np.float64]
type Told = Callable[[int], None]


class Simulate(Protocol):
    """Parameter values (set, column) and the run that each set gets its luck from: numbers by (set, ...)."""

    def __call__(self, values: Numbers, runs: Sequence[int]) -> Numbers:
        """One row a set."""
        ...


@dataclass(frozen=True, slots=True)
class Laboratory:
    """A scenario, and what is measured on its worlds."""

    scenario: Scenario
    seed: int
    measure: str
    """``moments``, or ``check`` for the prior-predictive check."""

    def batch(self, values: Numbers, runs: Sequence[int]) -> Numbers:
        """Simulate some sets together."""
        start = started(self.scenario, values, runs, self.seed)
        return MEASURED[self.measure](start, runs, self.scenario)


def started(scenario: Scenario, values: Numbers, runs: Sequence[int], seed: int) -> Start:
    """The base year of a scenario with parameters by run."""
    known: Parameters = with_values(scenario.parameters, arrays(values, facts_of(scenario).sectors))
    return prepared(replace(scenario, parameters=known), runs, seed)


def facts_of(scenario: Scenario) -> Facts:
    """The facts that a scenario starts from."""
    return load_facts(scenario.base_year, scenario.facts_vintage, scenario.facts_outlook)


def _moments(start: Start, runs: Sequence[int], scenario: Scenario) -> Numbers:
    observer = Observer(facts_of(scenario))
    for world in worlds(start):
        observer.see(world)
    chosen = [moment for moment in moments() if moment.year <= scenario.horizon]
    return simulated(chosen, observer.annual(start.years(), runs))


def _check(start: Start, _runs: Sequence[int], _scenario: Scenario) -> Numbers:
    *_, last = worlds(start)
    return np.stack([research_intensity(last), largest_share(last)], axis=1)


MEASURED: Final[Mapping[str, Callable[[Start, Sequence[int], Scenario], Numbers]]] = {
    "moments": _moments,
    "check": _check,
}


@contextmanager
def laboratory(
    scenario: Scenario, seed: int, measure: str, told: Told, workers: int | None = None
) -> Iterator[Simulate]:
    """A `Simulate` that lives as long as the block.

    Parameters
    ----------
    scenario : Scenario
        With parameters that are not drawn, such as ``params=default``.
    seed : int
    measure : str
        Of `MEASURED`.
    told : callable
        Told how many more runs are finished.
    workers : int, optional
        Processes; all cores when left out.
    """
    count = workers or available_cores()
    if count == 1:
        here = Laboratory(scenario, seed, measure)
        yield lambda values, runs: _gathered((here.batch(*part) for part in _parts(values, runs)), told)
        return
    shared = (dict(scenario.config), seed, measure)
    executor = ProcessPoolExecutor(count, mp_context=SPAWN, initializer=_settle, initargs=shared)

    def simulate(values: Numbers, runs: Sequence[int]) -> Numbers:
        with lean_start():
            futures: list[Future[Numbers]] = [executor.submit(_batch_here, *part) for part in _parts(values, runs)]
        return _gathered((future.result() for future in futures), told)

    try:
        yield simulate
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


_laboratories: Final[list[Laboratory]] = []


def _settle(config: Mapping[str, Any], seed: int, measure: str) -> None:
    follow_parent()
    _laboratories[:] = [Laboratory(scenario_from(config), seed, measure)]


def _batch_here(values: Numbers, runs: Sequence[int]) -> Numbers:
    return _laboratories[0].batch(values, runs)


def _parts(values: Numbers, runs: Sequence[int]) -> Iterator[tuple[Numbers, tuple[int, ...]]]:
    for first in range(0, len(runs), BATCH):
        yield values[first : first + BATCH], tuple(runs[first : first + BATCH])


def _gathered(parts: Iterator[Numbers], told: Told) -> Numbers:
    found = []
    for part in parts:
        found.append(part)
        told(len(part))
    return np.concatenate(found)
