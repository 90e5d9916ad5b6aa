"""Ensembles of any size: chunks of runs on one or more processes, resumable, with the result on disk."""

import math
import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from filecmp import cmp
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.crew import Place
from techduel.ensemble.executors import completed
from techduel.ensemble.lock import locked
from techduel.ensemble.manifest import (
    CONFIG,
    FAILURES,
    PROVENANCE,
    SUMMARY,
    TRAJECTORIES,
    Manifest,
    chunk_name,
    failure_name,
    result_files,
    write_manifest,
)
from techduel.ensemble.provenance import utc_now
from techduel.ensemble.simulation import BATCH, indices
from techduel.ensemble.store import Notice, prepare, write_provenance
from techduel.ensemble.trajectories import merge
from techduel.ensemble.workers import Bench, Finished, Gauge, Order, Task, finish_for
from techduel.scenario.scenario import Scenario, numbers

# Below, starting a second process costs more than it saves.
WORTH_A_POOL: Final = 33

type Progress = Callable[[int], None]
"""Takes the number of runs finished since the last call, as ``tqdm.update`` does."""


class StorageFailed(Exception):
    """The disk did not take the results, or a worker died; what was finished is kept, the same command goes on."""

    exit_code = 3


class EveryRunFailed(Exception):
    """No run came to its end; each has a record in ``failures/``."""

    exit_code = 5


class Interrupted(KeyboardInterrupt):
    """The command was told to stop; finished chunks are kept.

    Attributes
    ----------
    exit_code : int
        130 after Ctrl-C, 143 after a polite kill.
    """

    def __init__(self, number: int) -> None:
        self.exit_code = 128 + number
        super().__init__(f"interrupted by {signal.Signals(number).name}; the same command goes on from here")


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Many runs of one scenario."""

    scenario: Scenario
    runs: int | Sequence[int]
    """A number, or the indices of the runs."""
    seed: int = 1
    record: str = "full"
    """``headline``, ``full`` or ``firms``."""
    overrides: tuple[str, ...] = ()
    """Changes of the command line, for the provenance."""

    @property
    def indices(self) -> tuple[int, ...]:
        """Indices of the runs.

        Raises
        ------
        ValueError
            If there is none, one is negative or one comes twice.
        """
        return indices(self.runs)

    @property
    def settings(self) -> dict[str, Any]:
        """All that decides the numbers, as plain values: the content of ``config.yaml``."""
        runs = self.runs if isinstance(self.runs, int) else list(self.indices)
        return {**numbers(self.scenario.config), "runs": runs, "seed": self.seed, "record": self.record}


@dataclass(frozen=True, slots=True)
class Result:
    """A finished ensemble on disk."""

    folder: Path
    runs: int
    failed: tuple[int, ...]
    computed: int
    """Runs computed now; the others had been there."""
    unchanged: bool
    """Whether the folder held the whole result, every file sound: there is nothing left to draw or write."""

    @property
    def exit_code(self) -> int:
        """5 if some runs failed, else 0."""
        return 5 if self.failed else 0


def run_ensemble(
    ensemble: Ensemble,
    folder: Path,
    *,
    workers: int | Place | None = None,
    fresh: bool = False,
    progress: Progress | None = None,
    notice: Notice = print,
) -> Result:
    """Compute what is missing of an ensemble and write chunks, trajectories, summary, config and provenance.

    The caller adds tables and figures, then calls `manifest.seal`, best inside one `lock.locked` with this
    call. Numbers and files do not depend on `workers`.

    Parameters
    ----------
    ensemble : Ensemble
        What to run.
    folder : Path
        Result folder.
    workers : int or Place, optional
        Processes of this machine, all cores when left out; or any executor whose workers see the result folder.
    fresh : bool
        Compute again what is there.
    progress : callable, optional
        Told how many more runs are finished, those found on disk first.
    notice : callable
        Told in one line what has to be computed again, and why.

    Raises
    ------
    ConfigDiffers, DamagedResult, FolderBusy, StorageFailed, EveryRunFailed, Interrupted
        Each with the `exit_code` of a command that ends so.
    """
    tasks = chunked(ensemble.indices)
    try:
        with interruptible(), locked(folder):
            started = utc_now()
            manifest = prepare(folder, ensemble.settings, fresh, notice)
            pending = [task for task in tasks if chunk_name(task.number) not in manifest.chunks]
            meter = Meter(len(ensemble.indices), progress)
            meter.reach(len(ensemble.indices) - _runs(pending))
            if pending:
                where = workers if isinstance(workers, Place) else Place("local", workers or available_cores())
                _compute(pending, _Desk(ensemble, folder, manifest, meter), where)
            _complete(folder, manifest, ensemble, started, bool(pending))
    except (OSError, MemoryError, BrokenProcessPool) as error:
        raise StorageFailed(environment(error)) from error
    return Result(folder, len(ensemble.indices), manifest.failed, _runs(pending), manifest.sealed)


def reproduce(
    folder: Path,
    config: Mapping[str, Any],
    redo: Callable[[Mapping[str, Any], Path], None],
    without: tuple[str, ...] = (),
) -> list[str]:
    """Compute a stored result once more and compare all its files byte for byte.

    Parameters
    ----------
    folder : Path
        Result folder.
    config : mapping
        Its stored configuration, checked.
    redo : callable
        Writes the whole result of a config (first argument, with the result's name) into a folder (second argument).
    without : tuple of str
        How the names of files begin that are not compared.

    Returns
    -------
    list of str
        Names of the files that differ or exist on one side only; provenance is not compared.
    """
    place = folder.resolve()
    config = {**config, "name": place.name}
    with tempfile.TemporaryDirectory() as parent:
        again = Path(parent) / place.parent.name / place.name
        redo(config, again)
        names = sorted({*result_files(place), *result_files(again)})
        return [name for name in names if not (name.startswith(without) or _same(place / name, again / name))]


def chunked(runs: Sequence[int]) -> list[Task]:
    """Split runs into nearly equal chunks of at most one batch; an even number of them, so that two cores end together.

    The split depends on the runs alone: files are the same however many processes wrote them.
    """
    count = math.ceil(len(runs) / BATCH)
    if len(runs) >= WORTH_A_POOL:
        count += count % 2
    return [Task(number, tuple(part.tolist())) for number, part in enumerate(np.array_split(np.array(runs), count))]


def available_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def interruptible() -> Iterator[None]:
    """Turn Ctrl-C and a polite kill into `Interrupted`; outside the main thread it changes nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, _interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Meter:
    """Turns a growing total into steps, and never goes back."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self._total, self._progress, self._shown = total, progress, 0

    def reach(self, finished: int) -> None:
        """Show that so many are finished in all."""
        step = min(finished, self._total) - self._shown
        if step > 0 and self._progress is not None:
            self._progress(step)
        self._shown += max(step, 0)


@dataclass(slots=True)
class _Desk:
    """The parent's side of a computation: it alone writes the manifest."""

    ensemble: Ensemble
    folder: Path
    manifest: Manifest
    meter: Meter

    def accept(self, chunk: Finished) -> None:
        self.manifest.chunks[chunk_name(chunk.number)] = chunk.chunk
        self.manifest.files |= chunk.files
        write_manifest(self.folder, self.manifest)

    def show(self, pending: int, run_quarters: int) -> None:
        """Move the bar on, from quarters simulated in the runs that had been pending."""
        quarters = 4 * (self.ensemble.scenario.horizon - self.ensemble.scenario.start + 1)
        self.meter.reach(len(self.ensemble.indices) - pending + min(pending, run_quarters // quarters))

    def finisher(self, place: Place, tick: Callable[[int], None]) -> Callable[[Task], Finished]:
        """What computes a task; in this process with the scenario that is there already."""
        known = self.ensemble
        if place.kind == "serial":
            return Bench(known.scenario, known.seed, known.record, self.folder, tick).finish
        order = Order(dict(known.scenario.config), known.seed, known.record, str(self.folder.resolve()))
        return partial(finish_for, order)


def _compute(tasks: Sequence[Task], desk: _Desk, place: Place) -> None:
    desk.manifest.sealed = False
    # Tables and figures of fewer runs are no longer vouched for.
    kept = {CONFIG, *desk.manifest.chunks, *map(failure_name, desk.manifest.failed)}
    desk.manifest.files = {name: mark for name, mark in desk.manifest.files.items() if name in kept}
    pending, gauge, fitting = _runs(tasks), Gauge(), _fitting(place, tasks)

    def meanwhile() -> None:
        desk.show(pending, gauge.run_quarters)

    def tick(runs: int) -> None:
        gauge.advance(runs)
        meanwhile()

    with closing(completed(desk.finisher(fitting, tick), tasks, fitting, gauge, meanwhile)) as results:
        for finished in results:
            desk.accept(finished)
    desk.meter.reach(len(desk.ensemble.indices))


def _fitting(place: Place, tasks: Sequence[Task]) -> Place:
    """No more workers than tasks, and no processes where starting them costs more than it saves."""
    workers = min(place.workers, len(tasks))
    alone = place.kind == "local" and (workers == 1 or _runs(tasks) < WORTH_A_POOL)
    return Place("serial", 1) if alone else replace(place, workers=workers)


def _complete(folder: Path, manifest: Manifest, ensemble: Ensemble, started: str, computed: bool) -> None:
    if not manifest.stored_chunks:
        raise EveryRunFailed(f"{folder.name}: every run failed; see {FAILURES}/")
    if not {TRAJECTORIES, SUMMARY} <= manifest.files.keys():
        manifest.sealed = False
        merge(folder, manifest)
    if computed or not (folder / PROVENANCE).exists():
        write_provenance(folder, ensemble.settings, ensemble.overrides, started)


def _runs(tasks: Sequence[Task]) -> int:
    return sum(len(task.runs) for task in tasks)


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and other.is_file() and cmp(one, other, shallow=False)


def environment(error: BaseException) -> str:
    """What an error of the machine, not of the model, means for the user."""
    if isinstance(error, OSError):
        what = f"{error.strerror or error}" + (f": {Path(str(error.filename)).name}" if error.filename else "")
    elif isinstance(error, MemoryError):
        what = "not enough memory; use fewer workers or record=headline"
    else:
        what = "a worker process was ended from outside, perhaps for want of memory; use fewer workers"
    return f"{what}. Everything finished is kept; the same command goes on from there"


def _interrupt(number: int, _frame: object) -> None:
    raise Interrupted(number)
