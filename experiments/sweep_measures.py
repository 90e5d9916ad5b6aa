"""What ``techduel bench sweeps=RUNS`` measures: sweeps through the command, what the runner costs, memory, Dask."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any, Final

import numpy as np

from techduel.ensemble.compute import Options, filled
from techduel.ensemble.manifest import Manifest
from techduel.ensemble.pool import Place, Pool
from techduel.ensemble.simulation import BATCH
from techduel.ensemble.sweep import FREE, Sweep
from techduel.ensemble.sweep import swept as swept_in
from techduel.ensemble.tasks import Task, computed, finish, own_version
from techduel.ensemble.workers import available_cores
from techduel.studies.sweep.plain import sweep_from
from techduel.studies.sweep.settings import composed
from techduel.studies.sweep.tables import write_design, write_outcomes

MIXED: Final = (
    *("sweep=export_controls", "name=mixed", "quiet=true"),
    "factors.crowd_in={key: params.research.crowd_in}",
    "factors.world={key: scenario, values: [baseline_2021, status_quo_ante]}",
)
"""Levers, a parameter and two scenarios."""
SHORT: Final = "horizon=2021"
"""A year only, where the number of runs matters and their length does not."""
RUNS: Final = 8
"""At each point; the base is one more point."""
USUAL: Final = 10_000
SMALLEST: Final = 1_000
PROBE: Final = 1_024
"""Runs of the measurements inside one process."""
REPEATS: Final = 3
CHILD: Final = """
import json, resource, sys, time
from pathlib import Path
from {package}.__main__ import main
began = time.perf_counter()
code = main(sys.argv[1:])
lines = Path("/proc/self/status").read_text().splitlines() if Path("/proc/self/status").exists() else []
own = [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
seconds = sum(part.ru_utime + part.ru_stime for part in used)
print(json.dumps([code, own[0] if own else used[0].ru_maxrss, used[1].ru_maxrss, seconds]), file=sys.stderr)
"""
"""A command that says what it took: memory by the kernel's own count of this process, not of the one it came from."""

type Line = tuple[str, float | None, str]


def sweep_measurements(largest: int) -> Iterator[Line]:
    """All measurements of sweeps.

    Parameters
    ----------
    largest : int
        Runs of the largest sweep, of one year each, for the slope of memory.
    """
    with tempfile.TemporaryDirectory() as folder:
        yield from _whole(Path(folder))
        yield from _slope(Path(folder), largest)
    with Pool(Place("local", 1)) as pool:
        for share in pool.completed(_overhead, [_probe()]):
            yield "sweep_overhead_share", share, "1; storage and tables over pure computing"
    yield from _dask()


def _whole(folder: Path) -> Iterator[Line]:
    """A sweep as users start it, and once more when all is there."""
    settings = (f"points={_points(USUAL)}", f"runs={RUNS}", f"results={folder}")
    began = time.perf_counter()
    own, child, busy = _command(*settings)
    took = time.perf_counter() - began
    yield "sweep_seconds", took, f"s; {USUAL} runs, {available_cores()} cores, with start, tables and figures"
    yield "sweep_core_seconds", busy, "s of all cores together; what a busy machine does not change"
    yield "sweep_runs_per_second", USUAL / took, "1/s"
    yield "sweep_command_mb", own, "MB"
    yield "sweep_worker_mb", child, "MB, the largest worker"
    size = sum(path.stat().st_size for path in (folder / "sweep" / "mixed" / "chunks").iterdir())
    yield "sweep_bytes_per_run", size / USUAL, "B on disk"
    began = time.perf_counter()
    _command(*settings)
    yield "sweep_resume_seconds", time.perf_counter() - began, f"s; {USUAL} runs that are there"


def _slope(folder: Path, largest: int) -> Iterator[Line]:
    """Memory against the number of runs."""
    sizes = (SMALLEST, largest)
    peaks = [
        _command(SHORT, "years=[2021]", f"points={_points(size)}", f"runs={RUNS}", f"results={folder / str(size)}")[:2]
        for size in sizes
    ]
    for name, (small, large) in zip(("command", "worker"), zip(*peaks, strict=True), strict=True):
        slope = 1e6 * (large - small) / (largest - SMALLEST)
        yield (
            f"sweep_{name}_slope",
            slope,
            f"B a run, {SMALLEST} to {largest} runs of a year; {small:.0f} to {large:.0f} MB",
        )


def _points(runs: int) -> int:
    return runs // RUNS - 1


def _command(*settings: str) -> tuple[float, float, float]:
    """Peak memory of a sweep command and of its largest worker, MB, and how long they kept cores busy, s."""
    code = CHILD.format(package=__package__)
    line = [sys.executable, "-c", code, "sweep", *MIXED, *settings]
    ended = subprocess.run(line, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    status, own, child, busy = json.loads(ended.stderr.splitlines()[-1])
    if status:
        raise RuntimeError(ended.stderr)
    return own / 1024.0, child / 1024.0, busy


def _overhead(sweep: Sweep) -> float:
    """On one core, in turn: the chunks of a sweep computed, and the same with storage and tables."""
    work = _tasks(sweep)
    with tempfile.TemporaryDirectory() as folder:
        ratios = [
            seconds(partial(_stored, sweep, Path(folder) / str(number))) / _pure(work) for number in range(REPEATS)
        ]
    return median(ratios) - 1.0


def _stored(sweep: Sweep, folder: Path) -> None:
    def write(manifest: Manifest) -> None:
        result = swept_in(sweep, folder, manifest, Options())
        write_design(sweep, folder)
        write_outcomes(sweep, folder, result.stock)

    filled(folder, sweep.settings, write, Options(), FREE)


def _dask() -> Iterator[Line]:
    """Speed with one and two workers against as many processes that do nothing but compute."""
    if find_spec("distributed") is None:
        return
    work = _tasks(_probe(), batch=PROBE // 16)
    with Pool(Place("local", 1)) as alone:
        for workers in (1, 2):
            took, pure = zip(*_in_turn(work, workers, alone), strict=True)
            yield f"dask_efficiency_{workers}", median(pure) / (workers * median(took)), "1"


def _in_turn(work: Sequence[Task], workers: int, alone: Pool) -> list[tuple[float, float]]:
    """Seconds on Dask workers that have started, and on one core without Dask, by repeat."""
    with Pool(Place("dask", workers)) as pool:

        def on_dask(chosen: Sequence[Task]) -> None:
            for _ in pool.completed(finish, chosen):
                pass

        on_dask(work)
        list(alone.completed(_pure, [work[:1]]))
        return [(seconds(lambda: on_dask(work)), next(alone.completed(_pure, [work]))) for _ in range(REPEATS)]


def _pure(work: Sequence[Task]) -> float:
    return seconds(lambda: [computed(task) for task in work])


def _probe() -> Sweep:
    return sweep_from(composed([*MIXED, f"points={_points(PROBE)}", f"runs={RUNS}"]))


def _tasks(sweep: Sweep, batch: int = BATCH) -> list[Task]:
    missing = np.ones((len(sweep.distinct), sweep.runs), dtype=bool)
    return [Task("", own_version(), work, None, None) for work in sweep.works(missing, batch)]


def seconds(work: Callable[[], Any]) -> float:
    """How long some work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
