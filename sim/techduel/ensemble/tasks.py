"""The work on one chunk of a sweep, in this process, a spawned one or on another machine.

A run that fails takes no other along: its chunk is computed again run by run, and says why it has no numbers.
"""

import json
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from techduel.ensemble.by_row import Column, mixed_parameters, mixed_policies
from techduel.ensemble.chunks import Finished, Numbers, Rows, Task, chunk_name, packed, write_chunk
from techduel.ensemble.measures import measured, measures
from techduel.ensemble.simulation import Start, prepared, recorded
from techduel.ensemble.space import configured
from techduel.ensemble.workers import advance
from techduel.scenario.fingerprint import config_hash, sources_hash, version
from techduel.scenario.scenario import Scenario, scenario_from

OUTCOMES: Final = "outcomes"
"""The last stage of a run."""
KEPT: Final = 16
"""Scenarios that a worker remembers."""

_scenarios: Final[dict[str, Scenario]] = {}


class TookTooLong(Exception):
    """A run was given up because it had reached the limit of time."""


class OtherVersion(Exception):
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
    OtherVersion
        If this process is not of the version that the command has.
    """
    if task.version != own_version():
        raise OtherVersion(f"a worker has {own_version()}, the command {task.version}; all need the same")
    values, failures = computed(task)
    failed = np.isin(np.arange(len(task.runs)), list(failures))
    notes = [_note(task, row, why).encode() for row, why in sorted(failures.items())]
    rows = Rows(np.array(task.points), np.array(task.runs, dtype=np.int64), values, failed, np.array(notes, dtype="S"))
    content = packed(rows)
    name = chunk_name(task.number, content)
    if task.folder is None:
        return Finished(name, rows, content)
    write_chunk(Path(task.folder) / name, content)
    return Finished(name, replace(rows, values=rows.values[:, :0]), None)


@cache
def own_version() -> str:
    """All that decides the bits of a run, on one type of machine: sources, facts and NumPy."""
    return f"Techduel {version()} ({sources_hash()[:12]}), NumPy {np.__version__}"


def computed(task: Task) -> tuple[Numbers, dict[int, Failure]]:
    """Numbers of all rows, NaN in those that failed, and the reasons."""
    everything = range(len(task.runs))
    try:
        values = _simulated(task, everything)
    except OSError:
        raise
    except Exception:  # an unforeseen error in one run must not take the others of its batch along
        return _one_by_one(task, everything)
    wrong = [row for row in everything if not _finite(values[row], task)]
    return (values, {}) if not wrong else _without(values, wrong, task)


def _one_by_one(task: Task, rows: Sequence[int]) -> tuple[Numbers, dict[int, Failure]]:
    values = np.full((len(task.runs), len(measures(task.outcomes, task.years))), np.nan)
    failures: dict[int, Failure] = {}
    for row in rows:
        try:
            values[row] = _simulated(task, [row])[0]
            if not _finite(values[row], task):
                failures[row] = Failure(OUTCOMES, NotFinite(_which(values[row], task)))
        except OSError:
            raise
        except Exception as error:
            failures[row] = Failure.of(error)
    values[list(failures)] = np.nan
    return values, failures


def _without(values: Numbers, wrong: Sequence[int], task: Task) -> tuple[Numbers, dict[int, Failure]]:
    """The numbers without the rows in which an outcome is no number."""
    failures = {row: Failure(OUTCOMES, NotFinite(_which(values[row], task))) for row in wrong}
    values = values.copy()
    values[list(wrong)] = np.nan
    return values, failures


def _simulated(task: Task, rows: Sequence[int]) -> Numbers:
    """Numbers of some rows of a task, (row, measure)."""
    chosen = list(rows)
    with _limited(task.limit) as check:

        def tick(count: int) -> None:
            check()
            advance(count)

        with _stage("base year"):
            scenario, start = _start(task, chosen)
        with _stage("simulation"):
            record = recorded(scenario, start, task.seed, "headline", tick)
    with _stage(OUTCOMES):
        return measured(record, measures(task.outcomes, task.years))


def _start(task: Task, rows: list[int]) -> tuple[Scenario, Start]:
    """The scenario of some rows of a task, and the batch that they begin as."""
    scenario, runs = _scenario(task), [task.lucks[row] for row in rows]
    columns = [
        Column(setting, task.values[rows, place])
        for place, setting in enumerate(task.settings)
        if not np.isnan(task.values[rows, place]).all()
    ]
    mixed = replace(scenario, policies=mixed_policies(scenario.policies, task.config, columns))
    parameters = mixed_parameters(scenario.parameters_of(runs), columns)
    return mixed, prepared(mixed, runs, task.seed, parameters)


@contextmanager
def _stage(name: str) -> Iterator[None]:
    """An error inside is one of this stage; one of the machine stays what it is."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise Failed(name) from error


def _scenario(task: Task) -> Scenario:
    """The scenario that all rows share; building it costs as much as some quarters, so the last few are kept."""
    mark = config_hash(task.config)
    if mark not in _scenarios:
        if len(_scenarios) >= KEPT:
            _scenarios.clear()
        _scenarios[mark] = scenario_from(task.config)
    return _scenarios[mark]


@contextmanager
def _limited(seconds: float | None) -> Iterator[Callable[[], None]]:
    """A check that raises once the time is over; in a main thread an alarm does, in whatever the run hangs."""
    if seconds is None:
        yield lambda: None
        return
    limit, end = seconds, time.monotonic() + seconds

    def over(*_: object) -> None:
        raise TookTooLong(f"more than {limit:g} s")

    def check() -> None:
        if time.monotonic() > end:
            over()

    if threading.current_thread() is not threading.main_thread():
        yield check
        return
    before = signal.signal(signal.SIGALRM, over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield check
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def _finite(values: Numbers, task: Task) -> bool:
    return not _which(values, task)


def _which(values: Numbers, task: Task) -> str:
    """Titles of the outcomes of one run that are no numbers though they must be."""
    wanted = measures(task.outcomes, task.years)
    wrong = [m.title for m, value in zip(wanted, values, strict=True) if not (np.isfinite(value) or m.may_be_missing)]
    return ", ".join(wrong)


def _note(task: Task, row: int, why: Failure) -> str:
    """What failed and where, by file names only: folders would tell whose machine it was."""
    frames = traceback.extract_tb(why.error.__traceback__)
    where = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}: {frame.line}" for frame in frames]
    settings = [
        replace(setting, value=float(task.values[row, place]))
        for place, setting in enumerate(task.settings)
        if not np.isnan(task.values[row, place])
    ]
    note = {
        "point": task.points[row],
        "run": task.runs[row],
        "luck": task.lucks[row],
        "seed": task.seed,
        "stage": why.stage,
        "type": type(why.error).__name__,
        "message": str(why.error),
        "traceback": where,
        "configuration": configured(task.config, settings),
    }
    return json.dumps(note, indent=1) + "\n"
