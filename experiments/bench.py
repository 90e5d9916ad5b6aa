"""``techduel bench``: speed, memory and scaling, best as ratios within one run; one JSON object a line.

``techduel bench sweeps=100000`` measures sweeps instead, up to one of so many runs.
"""

import json
import math
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib import import_module
from itertools import chain
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np

from techduel.ensemble.chunks import numbered
from techduel.ensemble.pool import Place, Pool
from techduel.ensemble.runs import Ensemble
from techduel.ensemble.simulation import BATCH, simulate
from techduel.ensemble.tasks import Task, finish, own_version
from techduel.ensemble.workers import available_cores
from techduel.facts import load_facts
from techduel.model.axes import N_STATES
from techduel.scenario.layers import config_folder
from techduel.scenario.loader import InvalidInput
from techduel.scenario.scenario import Scenario, scenario_from

from .hydra_flags import jobs
from .sweep_measures import Line, seconds, sweep_measurements

SWEEPS: Final = "sweeps="
"""Before the runs of the largest sweep."""
LEAST, MOST = 2_000, 1_000_000
"""Runs of the largest sweep."""
LEAST_RUNS: Final = 512
"""Fewer runs than this keep no machine busy long enough to be timed."""
REPEATS: Final = 5


def main(arguments: Sequence[str]) -> int:
    """Measure the scenario that the command line names, or sweeps, and print what is found."""
    sizes = [text.removeprefix(SWEEPS) for text in arguments if text.startswith(SWEEPS)]
    others = [text for text in arguments if not text.startswith(SWEEPS)]
    for name, value, unit in _asked(sizes, others):
        print(json.dumps({"name": name, "value": value, "unit": unit}), flush=True)
    return 0


def _asked(sizes: Sequence[str], others: Sequence[str]) -> Iterator[Line]:
    if not sizes:
        return chain.from_iterable(measurements(job.config) for job in jobs(others))
    if (
        others
        or len(sizes) > 1
        or not (sizes[0].isascii() and sizes[0].isdecimal())
        or not LEAST <= int(sizes[0]) <= MOST
    ):
        raise InvalidInput([f"{SWEEPS}{sizes[0]}: allowed: whole number, {LEAST} to {MOST}, and no other setting"])
    return sweep_measurements(int(sizes[0]))


def measurements(config: Mapping[str, Any]) -> Iterator[Line]:
    """All measurements of a configuration's scenario, quickest first."""
    scenario, runs = scenario_from(config), max(config["runs"], LEAST_RUNS)
    yield "first_result_seconds", _first_result_seconds(), "s"
    for measure in (_alone, against_reference, _exponents):
        yield from _in_worker(measure, config)
    yield from _all_cores(scenario, runs, config["executor"]["workers"] or available_cores())


def _in_worker(measure: Callable[[Scenario], Iterator[Line]], config: Mapping[str, Any]) -> list[Line]:
    """Measure on one core in a process as ensembles start them."""
    with Pool(Place("local", 1)) as pool:
        return [line for lines in pool.completed(partial(_lines, measure), [dict(config)]) for line in lines]


def _lines(measure: Callable[[Scenario], Iterator[Line]], config: Mapping[str, Any]) -> list[Line]:
    return list(measure(scenario_from(config)))


def _alone(scenario: Scenario) -> Iterator[Line]:
    """One core against a fixed workload of random numbers and exponentials of the same size, measured in turn."""
    record = simulate(scenario, BATCH, record="headline")
    pairs = [
        (seconds(lambda: simulate(scenario, BATCH, record="headline")), seconds(lambda: _workload(scenario, BATCH)))
        for _ in range(REPEATS)
    ]
    per_run = median(first for first, _ in pairs) / BATCH
    yield "runs_per_second_core", 1.0 / per_run, "1/s"
    firm_quarters = float(record.diagnostics["firm_quarters"].mean())
    yield "firm_steps_per_second_core", firm_quarters / per_run, "1/s"
    yield "times_bound", median(first / second for first, second in pairs), "ratio"


def _workload(scenario: Scenario, runs: int) -> None:
    """Per slot and quarter: 4 exponential, 2 normal and 1 uniform number, then one exponential function."""
    slots = N_STATES * len(load_facts(scenario.base_year).sectors) * scenario.slots
    quarters = 4 * (scenario.horizon - scenario.start + 1)
    generators = [np.random.Generator(np.random.SFC64(run)) for run in range(runs)]
    uniform = np.empty((runs, slots))
    for _ in range(quarters):
        for run, generator in enumerate(generators):
            generator.standard_exponential(4 * slots)
            generator.standard_normal(2 * slots)
            uniform[run] = generator.random(slots)
        np.exp(uniform)


def against_reference(scenario: Scenario, batch: int = BATCH) -> Iterator[Line]:
    """The same runs firm by firm in plain loops, measured in turn on one core; only in the repository."""
    slow = reference()
    if slow is None:
        yield "times_reference", None, "ratio; the reference lies in the repository's tests"
        return
    ratios, costs = [], []
    for _ in range(REPEATS):
        began = time.perf_counter()
        run = slow.run(scenario, 1)
        took = time.perf_counter() - began
        costs.append(1e6 * took / run.firm_quarters)
        ratios.append(took * batch / seconds(lambda: simulate(scenario, batch, record="headline")))
    yield "times_reference", median(ratios), "ratio"
    yield "reference_us_per_firm_quarter", median(costs), "us"


def reference() -> Any:
    """The package ``tests.reference``, or None where there is no repository."""
    repository = str(config_folder().parent)
    if repository not in sys.path:
        sys.path.append(repository)
    try:
        return import_module("tests.reference")
    except ImportError:
        return None


def _all_cores(scenario: Scenario, runs: int, workers: int) -> Iterator[Line]:
    """Warm processes that write their results, as every ensemble does."""
    with _warm(scenario, workers) as finish:
        took = median(seconds(lambda: finish(runs)) for _ in range(3))
        size = finish(runs)
    yield "runs_per_second", runs / took, "1/s"
    yield "bytes_per_run", size / runs, "B"
    yield "peak_rss_mb", _peak_of_tree(workers), "MB, largest worker times workers and this process"


@contextmanager
def _warm(scenario: Scenario, workers: int) -> Iterator[Callable[[int], int]]:
    """Workers that have run once; calling the result computes so many runs and returns the bytes written."""
    with tempfile.TemporaryDirectory() as folder, Pool(Place("local", workers)) as pool:
        chunks = Path(folder) / "chunks"

        def finish_runs(runs: int) -> int:
            works = Ensemble(scenario, runs, record="headline").works(np.ones((1, runs), dtype=bool), BATCH)
            numbers = ((numbered({}, work.points, work.runs), work) for work in works)
            tasks = [Task(number, own_version(), work, folder, None) for number, work in numbers]
            names = [finished.name or "" for finished in pool.completed(finish, tasks)]
            return sum((chunks.parent / name).stat().st_size for name in names)

        finish_runs(2 * BATCH)
        yield finish_runs


def _exponents(scenario: Scenario) -> Iterator[Line]:
    """Slope of log time on log size, from sizes that keep a core busy."""

    def runs_take(runs: int) -> None:
        simulate(scenario, runs, record="headline")

    def slots_take(slots: int) -> None:
        simulate(replace(scenario, slots=slots), BATCH, record="headline")

    def years_take(years: int) -> None:
        simulate(replace(scenario, horizon=scenario.start + years - 1), BATCH, record="headline")

    yield "exponent_runs", _slope([BATCH, 2 * BATCH, 4 * BATCH], runs_take), "1"
    yield "exponent_firms", _slope([24, 48], slots_take), "1"
    yield "exponent_horizon", _slope([15, 30], years_take), "1"


def _slope(sizes: Sequence[int], work: Callable[[int], Any]) -> float:
    rounds = [[seconds(lambda size=size: work(size)) for size in sizes] for _ in range(3)]  # type: ignore[misc]
    times = [min(column) for column in zip(*rounds, strict=True)]
    slope, _ = np.polyfit([math.log(size) for size in sizes], [math.log(took) for took in times], 1)
    return float(slope)


def _first_result_seconds() -> float:
    """From the start of a cold process to the numbers of a run of one."""
    code = "from techduel import load_scenario, simulate; simulate(load_scenario('baseline_2021'), runs=1)"
    return seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True))


def _peak_of_tree(workers: int) -> float:
    """An upper bound for all processes together, from the operating system's accounting."""
    try:
        import resource
    except ImportError:  # Windows counts nothing of the kind
        return float("nan")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return (own + workers * child) / 1024.0
