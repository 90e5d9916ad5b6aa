"""Tasks: the work on one chunk, in this process, a spawned one or on another machine.

A run that fails takes no other along: its chunk is computed again run by run, and says why it has no numbers.
"""

import json
import signal
import threading
import time
import traceback
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import batched
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol, Self

import numpy as np

from techduel.ensemble.chunks import Arrays, Rows, packed, write_rows
from techduel.ensemble.workers import advance
from techduel.model.axes import Mask
from techduel.model.engine.compiler import LOADING
from techduel.scenario.fingerprint import config_hash, sources_hash, version
from techduel.scenario.scenario import Scenario, scenario_from

OUTCOMES: Final = "outcomes"
"""The last stage of a run."""
SOON: Final = 0.01
"""Seconds after which a limit that has been put off is looked at again, at the earliest."""
KEPT: Final = 16
"""Scenarios that a worker remembers."""

type Tick = Callable[[int], None]
"""Told after each quarter how many runs have moved on; ends a run that has reached its limit of time."""

_scenarios: Final[dict[str, Scenario]] = {}


class TookTooLong(Exception):
    """A run was given up because it had reached the limit of time."""


class WorkerDied(Exception):
    """The process that computed a run was ended from outside each time, as the kernel does for want of memory."""


class WorkerDiffers(Exception):
    """A worker has other sources or libraries than the command."""

    exit_code = 3


class NotFinite(Exception):
    """An outcome is no number."""


class Failed(Exception):
    """Some runs came to no end; the error itself is the cause.

    Attributes
    ----------
    stage : str
        What they were doing.
    """

    def __init__(self, stage: str) -> None:
        self.stage = stage
        super().__init__(stage)


@dataclass(frozen=True, slots=True)
class Columns:
    """What was computed of some rows."""

    values: Arrays
    """By name, (row, ...)."""
    common: Arrays = field(default_factory=dict)
    """By name: what does not depend on the row."""


class Work(Protocol):
    """Rows to compute together, a frozen dataclass that travels: all that a worker has to know, wherever it is."""

    @property
    def points(self) -> tuple[str, ...]:
        """What is computed, by row."""
        ...

    @property
    def runs(self) -> tuple[int, ...]:
        """Number of the run of it, by row."""
        ...

    def computed(self, rows: Sequence[int], tick: Tick) -> Columns:
        """Compute some rows."""
        ...

    def wrong(self, columns: Columns, row: int) -> str:
        """What is no number though it must be, in one computed row; empty where all is well."""
        ...

    def told(self, row: int) -> Mapping[str, Any]:
        """What the record of a failure says of a row, beside point and run."""
        ...

    def part(self, rows: Sequence[int]) -> Self:
        """The work on some of the rows."""
        ...


@dataclass(frozen=True, slots=True)
class OfOnePoint:
    """Work on runs of one point, of which each row is one; what a study computes of them it adds."""

    point: str
    runs: tuple[int, ...]
    complete: ClassVar[Collection[str]] = ()
    """Arrays in which every number must be one; others may lack some, where something never happens."""

    @property
    def points(self) -> tuple[str, ...]:
        """The point, by row."""
        return (self.point,) * len(self.runs)

    def part(self, rows: Sequence[int]) -> Self:
        """The work on some of the rows."""
        return replace(self, runs=tuple(self.runs[row] for row in rows))

    def wrong(self, columns: Columns, row: int) -> str:
        """Complete arrays that lack a number."""
        lacking = (name for name in self.complete if not np.isfinite(columns.values[name][row]).all())
        return ", ".join(lacking)


def batches(missing: Mask, size: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Places of points, each with missing runs of it, (point, run), at most so many at a time."""
    for place, lacking in enumerate(missing):
        yield from ((place, runs) for runs in batched(np.flatnonzero(lacking).tolist(), size))


@dataclass(frozen=True, slots=True)
class Task:
    """Work for a worker."""

    number: str
    """Hash of the configuration, its rows and the version, see `chunks.numbered`."""
    version: str
    """What a worker has to be, see `own_version`."""
    work: Work
    folder: str | None
    """Where the worker stores the chunk; None to send it back."""
    limit: float | None
    """Seconds that the chunk may take, and after that each of its runs alone."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What the parent is told of a chunk."""

    number: str
    name: str | None
    """Of its file, inside the result folder, where the worker has stored it."""
    rows: Rows
    """Without their arrays, which need not travel twice."""
    content: bytes | None
    """The file, where the worker has not stored it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one run has no numbers."""

    stage: str
    error: BaseException

    @classmethod
    def of(cls, error: Exception) -> "Failure":
        """What is told of an error."""
        return cls(error.stage, error.__cause__ or error) if isinstance(error, Failed) else cls("simulation", error)


def finish(task: Task) -> Finished:
    """Compute a chunk and store it, or hand it back.

    Raises
    ------
    OSError
        If the disk does not take it.
    WorkerDiffers
        If this process is not of the version that the command has.
    """
    if task.version != own_version():
        raise WorkerDiffers(f"a worker has {own_version()}, the command {task.version}; all need the same")
    columns, failures = computed(task)
    return _finished(task, columns, failures)


def lost(task: Task) -> Finished:
    """What is told of a task of one row that ends every worker."""
    error = WorkerDied("its worker process was ended from outside, alone too; perhaps for want of memory")
    return _finished(replace(task, folder=None), Columns({}), {0: Failure("simulation", error)})


def _finished(task: Task, columns: Columns, failures: Mapping[int, Failure]) -> Finished:
    work = task.work
    failed = np.isin(np.arange(len(work.runs)), list(failures))
    notes = [_note(work, row, why).encode() for row, why in sorted(failures.items())]
    rows = Rows(np.array(work.points), np.array(work.runs, dtype=np.int64), failed, np.array(notes, dtype="S"))
    whole = replace(rows, values=columns.values, common=columns.common)
    if task.folder is None:
        return Finished(task.number, None, rows, packed(whole))
    return Finished(task.number, write_rows(Path(task.folder), task.number, whole), rows, None)


@cache
def own_version() -> str:
    """All that decides the bits of a run, on one type of machine: sources, facts and NumPy."""
    return f"Techduel {version()} ({sources_hash()[:12]}), NumPy {np.__version__}"


def computed(task: Task) -> tuple[Columns, dict[int, Failure]]:
    """Arrays of the rows that did not fail, and why the others did."""
    everything = range(len(task.work.runs))
    try:
        columns = _computed(task, everything)
    except OSError:
        raise
    except Exception:  # an unforeseen error in one run must not take the others of its batch along
        return _one_by_one(task, everything)
    wrong = {row: what for row in everything if (what := task.work.wrong(columns, row))}
    if not wrong:
        return columns, {}
    sound = [row for row in everything if row not in wrong]
    values = {name: found[sound] for name, found in columns.values.items()} if sound else {}
    return Columns(values, columns.common), {row: Failure(OUTCOMES, NotFinite(what)) for row, what in wrong.items()}


def _one_by_one(task: Task, rows: Sequence[int]) -> tuple[Columns, dict[int, Failure]]:
    found: list[Columns] = []
    failures: dict[int, Failure] = {}
    for row in rows:
        try:
            columns = _computed(task, [row])
            what = task.work.wrong(columns, 0)
            if what:
                failures[row] = Failure(OUTCOMES, NotFinite(what))
            else:
                found.append(columns)
        except OSError:
            raise
        except Exception as error:
            failures[row] = Failure.of(error)
    return _joined(found), failures


def _joined(parts: Sequence[Columns]) -> Columns:
    if not parts:
        return Columns({})
    first = parts[0]
    return Columns({name: np.concatenate([part.values[name] for part in parts]) for name in first.values}, first.common)


def _computed(task: Task, rows: Sequence[int]) -> Columns:
    """Some rows of a task."""
    with _limited(task.limit) as check:

        def tick(count: int) -> None:
            check()
            advance(count)

        return task.work.computed(list(rows), tick)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """An error inside is one of this stage; one of the machine stays what it is."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise Failed(name) from error


def scenario_of(config: Mapping[str, Any]) -> Scenario:
    """The scenario of a plain configuration; building it costs as much as some quarters, so the last few are kept."""
    mark = config_hash(config)
    if mark not in _scenarios:
        if len(_scenarios) >= KEPT:
            _scenarios.clear()
        _scenarios[mark] = scenario_from(config)
    return _scenarios[mark]


@contextmanager
def _limited(seconds: float | None) -> Iterator[Callable[[], None]]:
    """A check that raises once the time is over; in a main thread an alarm does, in whatever the run hangs."""
    if seconds is None:
        yield lambda: None
        return
    limit, end = seconds, time.monotonic() + seconds - LOADING.seconds()

    def left() -> float:
        """Seconds; loading machine code takes none."""
        return end + LOADING.seconds() - time.monotonic()

    def check() -> None:
        if left() <= 0.0:
            raise TookTooLong(f"more than {limit:g} s")

    def over(*_: object) -> None:
        check()
        signal.setitimer(signal.ITIMER_REAL, max(left(), SOON))

    # Windows has no alarm: there a run is given up at its next quarter.
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield check
        return
    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield check
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def _note(work: Work, row: int, why: Failure) -> str:
    """What failed and where, by file names only: folders would tell whose machine it was."""
    frames = traceback.extract_tb(why.error.__traceback__)
    note = {
        "point": work.points[row],
        "run": work.runs[row],
        "stage": why.stage,
        "type": type(why.error).__name__,
        "message": str(why.error),
        "traceback": [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}: {frame.line}" for frame in frames],
        **work.told(row),
    }
    return json.dumps(note, indent=1) + "\n"
