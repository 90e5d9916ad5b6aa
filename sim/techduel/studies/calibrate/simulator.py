"""Simulations of a calibration: parameter sets in, moments out, each kept in the store as soon as it is known.

A set's luck depends on the seed and on its run only, and batches are cut by place, so that results do not depend on the
number of processes. An interrupted calibration asks again for the same sets, and finds those that were finished.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from techduel.ensemble.chunks import Rows, Shapes
from techduel.ensemble.compute import Options, compute
from techduel.ensemble.manifest import FAILURES, Manifest
from techduel.ensemble.pool import Pool
from techduel.ensemble.simulation import Start, prepared, worlds
from techduel.ensemble.tasks import Columns, Tick, scenario_of, stage
from techduel.model.axes import Mask, Numbers
from techduel.model.parameters import Parameters
from techduel.model.parameters.forms import RIVALS, Forms
from techduel.scenario.forms import by_weight
from techduel.scenario.prior import arrays, with_values
from techduel.scenario.scenario import Scenario
from techduel.studies.calibrate.measures import Observer
from techduel.studies.calibrate.moments import moments, simulated
from techduel.studies.evidence.prior_check import largest_share, research_intensity


class SetsFailed(Exception):
    """An ensemble with holes cannot be assimilated."""

    exit_code = 5


class Simulate(Protocol):
    """Sets as of `formed`, and the run that each gets its luck from: numbers by (set, ...)."""

    def __call__(self, values: Numbers, runs: Sequence[int]) -> Numbers:
        """One row a set."""
        ...


@dataclass(frozen=True, slots=True)
class Bench:
    """Where simulations are computed and kept."""

    folder: Path
    manifest: Manifest
    options: Options
    pool: Pool


def laboratory(scenario: Scenario, seed: int, measure: str, bench: Bench) -> Simulate:
    """What simulates sets of a scenario.

    Parameters
    ----------
    scenario : Scenario
        With parameters that are not drawn, such as ``params=default``.
    seed : int
    measure : str
        Of `MEASURED`.
    bench : Bench

    Returns
    -------
    Simulate
        Which raises SetsFailed if a set has no numbers.
    """

    def simulate(values: Numbers, runs: Sequence[int]) -> Numbers:
        demand = Sets(scenario.config, values, tuple(runs), seed, measure)
        stock = compute(demand, bench.folder, bench.manifest, bench.options, bench.pool).stock
        if stock.failed:
            raise SetsFailed(f"{len(stock.failed)} sets came to no end; each has a record in {FAILURES}/")
        return stock.values(range(len(demand.points)), measure)[0][:, 0]

    return simulate


@dataclass(frozen=True, slots=True)
class Sets:
    """Parameter sets to simulate, in batches cut by place: also what a worker is told of some of them."""

    config: dict[str, Any]
    """Of the scenario."""
    parameters: Numbers
    """As of `formed`."""
    lucks: tuple[int, ...]
    """Index of the luck of each set."""
    seed: int
    measure: str

    @property
    def points(self) -> tuple[str, ...]:
        """Hash of each set, its luck and what is measured."""
        opening = f"{self.config['scenario']} {self.seed} {self.measure}".encode()
        return tuple(
            hashlib.sha256(opening + row.tobytes() + str(luck).encode()).hexdigest()[:24]
            for row, luck in zip(np.ascontiguousarray(self.parameters), self.lucks, strict=True)
        )

    @property
    def quarters(self) -> int:
        """Of each run."""
        return int(4 * (self.config["horizon"] - self.config["start"] + 1))

    @property
    def runs(self) -> int:
        """Of each set."""
        return 1

    def fits(self, rows: Rows, shapes: Shapes) -> bool:
        """Whether a chunk holds what is measured."""
        return all(len(shape) == 2 and kind == np.dtype(float).str for shape, kind in shapes.values())

    def works(self, missing: Mask, batch: int) -> Iterator["Batch"]:
        """Batches by place, as far as they are missing."""
        for first in range(0, len(self.lucks), batch):
            chosen = [row for row in range(first, min(first + batch, len(self.lucks))) if missing[row, 0]]
            if chosen:
                lucks = tuple(self.lucks[row] for row in chosen)
                yield Batch(replace(self, parameters=self.parameters[chosen], lucks=lucks))


@dataclass(frozen=True, slots=True)
class Batch:
    """Sets to simulate together."""

    sets: Sets

    @property
    def points(self) -> tuple[str, ...]:
        """The sets, by row."""
        return self.sets.points

    @property
    def runs(self) -> tuple[int, ...]:
        """One of each."""
        return (0,) * len(self.sets.lucks)

    def part(self, rows: Sequence[int]) -> "Batch":
        """The work on some of the rows."""
        lucks = tuple(self.sets.lucks[row] for row in rows)
        return Batch(replace(self.sets, parameters=self.sets.parameters[list(rows)], lucks=lucks))

    def told(self, row: int) -> Mapping[str, Any]:
        """The set and its luck."""
        sets = self.sets
        return {"seed": sets.seed, "luck": sets.lucks[row], "parameters": sets.parameters[row].tolist()}

    def wrong(self, columns: Columns, row: int) -> str:
        """Nothing: a moment may have no number."""
        return ""

    def computed(self, rows: Sequence[int], tick: Tick) -> Columns:
        """What is measured of some rows."""
        sets = self.sets
        lucks = [sets.lucks[row] for row in rows]
        with stage("base year"):
            scenario = scenario_of(sets.config)
            start = started(scenario, sets.parameters[list(rows)], lucks, sets.seed)
        with stage("simulation"):
            return Columns({sets.measure: MEASURED[sets.measure](start, lucks, scenario, tick)})


def started(scenario: Scenario, values: Numbers, runs: Sequence[int], seed: int) -> Start:
    """The base year of a scenario with sets, as of `formed`, by run."""
    numbers, codes = values[:, : -len(RIVALS)], values[:, -len(RIVALS) :].astype(np.int64)
    forms = Forms(**{name: codes[:, place].reshape(-1, 1, 1, 1) for place, name in enumerate(RIVALS)})
    known: Parameters = with_values(scenario.parameters, arrays(numbers, scenario.facts().sectors))
    return prepared(replace(scenario, parameters=replace(known, forms=forms)), runs, seed)


def formed(values: Numbers, draws: Sequence[int]) -> Numbers:
    """Parameter values with the code of the form that each set draws of every mechanism, (set, column + mechanism)."""
    return np.concatenate([values, *(by_weight(name, draws)[:, None].astype(float) for name in RIVALS)], axis=1)


def _moments(start: Start, runs: Sequence[int], scenario: Scenario, tick: Tick) -> Numbers:
    observer = Observer(scenario.facts())
    for world in worlds(start):
        observer.see(world)
        tick(len(runs) if world.quarter else 0)
    chosen = [moment for moment in moments() if moment.year <= scenario.horizon]
    return simulated(chosen, observer.annual(start.years(), runs))


def _check(start: Start, runs: Sequence[int], _scenario: Scenario, tick: Tick) -> Numbers:
    for world in worlds(start):
        last = world
        tick(len(runs) if world.quarter else 0)
    return np.stack([research_intensity(last), largest_share(last)], axis=1)


MEASURED: Final[Mapping[str, Callable[[Start, Sequence[int], Scenario, Tick], Numbers]]] = {
    "moments": _moments,
    "check": _check,
}
