"""The work on one chunk of runs, in this process or in a spawned one that imports nothing but the model.

A worker writes its chunk itself and hands back only what the manifest needs, so that no array crosses processes.
"""

import json
import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.manifest import Chunk, chunk_name, digest, failure_name, write_text
from techduel.ensemble.record import Record
from techduel.ensemble.simulation import simulate
from techduel.ensemble.store import write_chunk
from techduel.scenario.fingerprint import config_hash
from techduel.scenario.scenario import Scenario, scenario_from

ENVIRONMENT: Final = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"),
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=33554432:"
    "glibc.malloc.trim_threshold=1073741824",
}
"""Of worker processes: one thread each; glibc keeps freed arrays, on huge pages where the kernel allows it, which saves
a sixth of the time. Other C libraries ignore the last setting."""

SPAWN: Final = multiprocessing.get_context("spawn")


class Stopped(BaseException):
    """The runs in progress are given up because the command was interrupted; never a failure of a run."""


@dataclass(frozen=True, slots=True)
class Task:
    """One chunk to compute."""

    number: int
    runs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Finished:
    """What the manifest has to know of a finished chunk."""

    number: int
    chunk: Chunk
    files: dict[str, str]
    """SHA-256 by file name."""


class Gauge:
    """How far all processes are together, and the wish to stop.

    Counted in quarters of single runs, so that a bar moves while the first chunks are still in work. Without locks: a
    process that is killed while it holds one would leave all others waiting for ever. Two processes that count at the
    same moment may lose a few quarters of the bar, which finished chunks make good.
    """

    def __init__(self) -> None:
        self._counted = SPAWN.RawValue("q", 0)
        self._stopping = SPAWN.RawValue("b", 0)

    @property
    def run_quarters(self) -> int:
        """Quarters simulated so far, summed over runs."""
        return int(self._counted.value)

    def advance(self, runs: int) -> None:
        """One more quarter of so many runs.

        Raises
        ------
        Stopped
            If the command is being interrupted.
        """
        if self._stopping.value:
            raise Stopped
        self._counted.value += runs

    def stop(self) -> None:
        """Ask every process to give up at its next quarter."""
        self._stopping.value = 1

    def go_on(self) -> None:
        """Take that back."""
        self._stopping.value = 0


@dataclass(frozen=True, slots=True)
class Bench:
    """Everything a process needs for any chunk of one ensemble."""

    scenario: Scenario
    seed: int
    record: str
    folder: Path
    tick: Callable[[int], None]
    """Told after each quarter how many runs have moved on; may raise `Stopped`."""

    def finish(self, task: Task) -> Finished:
        """Simulate a chunk and store it, and a note on each run that failed.

        Raises
        ------
        OSError
            If the disk does not take it.
        Stopped
            If the command is being interrupted.
        """
        record, notes = self._simulated(task.runs)
        files = {}
        if record is not None:
            files[chunk_name(task.number)] = write_chunk(self.folder / chunk_name(task.number), record)
        for run, note in notes.items():
            write_text(self.folder / failure_name(run), note)
            files[failure_name(run)] = digest(self.folder / failure_name(run))
        chunk = Chunk(task.runs[0], task.runs[-1], len(task.runs), tuple(notes), record is not None)
        return Finished(task.number, chunk, files)

    def _simulated(self, runs: Sequence[int]) -> tuple[Record | None, dict[int, str]]:
        try:
            return self._simulate(runs), {}
        except (OSError, MemoryError):
            raise
        except Exception:  # an unforeseen error in one run must not take the others of its batch along
            return self._one_by_one(runs)

    def _one_by_one(self, runs: Sequence[int]) -> tuple[Record | None, dict[int, str]]:
        records, notes = [], {}
        for run in runs:
            try:
                records.append(self._simulate([run]))
            except (OSError, MemoryError):
                raise
            except Exception as error:
                notes[run] = _note(run, self.seed, error)
        return (Record.concat(records) if records else None), notes

    def _simulate(self, runs: Sequence[int]) -> Record:
        indices = list(runs)
        return simulate(self.scenario, indices, self.seed, self.record, progress=lambda _: self.tick(len(indices)))


@dataclass(frozen=True, slots=True)
class Order:
    """What a worker has to know of an ensemble, as plain values that travel."""

    config: dict[str, Any]
    """Of the scenario."""
    seed: int
    record: str
    folder: str


def finish_for(order: Order, task: Task) -> Finished:
    """`Bench.finish` wherever this process is; the bench is built once for all tasks of an order."""
    mark = config_hash({name: getattr(order, name) for name in order.__slots__})
    if mark not in _benches:
        _benches.clear()
        _benches[mark] = Bench(scenario_from(order.config), order.seed, order.record, Path(order.folder), advance)
    return _benches[mark].finish(task)


def settle(gauge: Gauge) -> None:
    """Make a process a worker: it counts on a gauge, and ends with its parent."""
    follow_parent()
    use(gauge)


def use(gauge: Gauge | None) -> None:
    """Let `advance` of this process count on a gauge, or on none."""
    _gauges[:] = [] if gauge is None else [gauge]


def advance(runs: int) -> None:
    """One more quarter of so many runs, wherever this process is.

    Raises
    ------
    Stopped
        If the command is being interrupted.
    """
    for gauge in _gauges:
        gauge.advance(runs)


def follow_parent() -> None:
    """Make a spawned process deaf to Ctrl-C, which its parent handles, and never outlive that parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


@contextmanager
def lean_start() -> Iterator[None]:
    """Processes spawned inside import the model only, and live in `ENVIRONMENT`.

    A spawned process repeats the imports of the command that is running, which cost more than the model itself; and
    as many threads as cores in each of as many processes as cores would only wait for each other.
    """
    main = sys.modules["__main__"]
    identity = {name: getattr(main, name, None) for name in ("__spec__", "__file__")}
    before = {name: os.environ.get(name) for name in ENVIRONMENT}
    try:
        for name in identity:
            setattr(main, name, None)
        os.environ.update(ENVIRONMENT)
        with _interrupts_held():
            yield
    finally:
        for name, value in identity.items():
            setattr(main, name, value)
        for name, setting in before.items():
            os.environ.pop(name)
            if setting is not None:
                os.environ[name] = setting


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Processes started inside are deaf to Ctrl-C from birth; the parent hears one that comes meanwhile afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_gauges: Final[list[Gauge]] = []
_benches: Final[dict[str, Bench]] = {}


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _note(run: int, seed: int, error: Exception) -> str:
    """Where a run failed, by file names only: folders would tell whose machine it was."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    note = {"run": run, "seed": seed, "error": type(error).__name__, "message": str(error), "where": where}
    return json.dumps(note, indent=1) + "\n"
