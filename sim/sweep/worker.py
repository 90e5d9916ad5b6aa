"""The work on one chunk of a sweep, in this process, a spawned one or on another machine."""

import json
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from sim.manifest import FAILURES, write_text
from sim.provenance import config_hash
from sim.scenario import Scenario, scenario_from
from sim.simulation import prepared, recorded
from sim.sweep.by_row import Column, mixed_parameters, mixed_policies
from sim.sweep.chunks import Finished, Numbers, Rows, Task, chunk_name, packed, write_chunk
from sim.sweep.measures import measured, measures
from sim.sweep.space import configured
from sim.workers import advance

KEPT: Final = 16
"""Scenarios that a worker remembers."""

_scenarios: Final[dict[str, Scenario]] = {}


class TookTooLong(Exception):
    """A run was given up because it had reached the limit of time."""


class NotFinite(Exception):
    """An outcome is no number."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one run has no numbers."""

    stage: str
    """What it was doing."""
    error: Exception


def finish(task: Task) -> Finished:
    """Compute a chunk and store it with a note on each run that failed, or hand both back.

    Raises
    ------
    OSError
        If the disk does not take it.
    """
    values, failures = _computed(task)
    failed = np.isin(np.arange(len(task.runs)), list(failures))
    rows = Rows(np.array(task.points), np.array(task.runs, dtype=np.int64), values, failed)
    content = packed(rows)
    name = chunk_name(task.number, content)
    notes = {failure_name(task.points[row], task.runs[row]): _note(task, row, why) for row, why in failures.items()}
    if task.folder is None:
        return Finished(name, rows, content, notes)
    store(Path(task.folder), name, content, notes)
    return Finished(name, rows, None, {})


def store(folder: Path, name: str, content: bytes, notes: dict[str, str]) -> None:
    """Write a chunk and the notes on its failed runs; the notes first, since the chunk says that all is there."""
    for place, note in notes.items():
        write_text(folder / place, note)
    write_chunk(folder / name, content)


def failure_name(point: str, run: int) -> str:
    """File name of the record of a failed run, inside the result folder."""
    return f"{FAILURES}/{point}_{run:06d}.json"


def _computed(task: Task) -> tuple[Numbers, dict[int, Failure]]:
    """Numbers of all rows, NaN in those that failed, and the reasons."""
    everything = range(len(task.runs))
    try:
        values = _simulated(task, everything)
    except OSError:
        raise
    except (Exception, MemoryError):  # an unforeseen error in one run must not take the others of its batch along
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
                raise NotFinite(_which(values[row], task))
        except OSError:
            raise
        except (Exception, MemoryError) as error:
            values[row] = np.nan
            failures[row] = Failure("outcomes" if isinstance(error, NotFinite) else "simulation", error)
    return values, failures


def _without(values: Numbers, wrong: Sequence[int], task: Task) -> tuple[Numbers, dict[int, Failure]]:
    """The numbers without the rows in which an outcome is no number."""
    failures = {row: Failure("outcomes", NotFinite(_which(values[row], task))) for row in wrong}
    values = values.copy()
    values[list(wrong)] = np.nan
    return values, failures


def _simulated(task: Task, rows: Sequence[int]) -> Numbers:
    """Numbers of some rows of a task, (row, measure)."""
    chosen = list(rows)
    scenario, runs = _scenario(task), [task.runs[row] for row in chosen]
    columns = [
        Column(setting, task.values[chosen, place])
        for place, setting in enumerate(task.settings)
        if not np.isnan(task.values[chosen, place]).all()
    ]
    mixed = replace(scenario, policies=mixed_policies(scenario.policies, task.config, columns))
    parameters = mixed_parameters(scenario.parameters_of(runs), columns)
    with _limited(task.limit) as check:

        def tick(count: int) -> None:
            check()
            advance(count)

        record = recorded(mixed, prepared(mixed, runs, task.seed, parameters), task.seed, "headline", tick)
    return measured(record, measures(task.outcomes, task.years))


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
    where = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    settings = [
        replace(setting, value=float(task.values[row, place]))
        for place, setting in enumerate(task.settings)
        if not np.isnan(task.values[row, place])
    ]
    note = {
        "point": task.points[row],
        "run": task.runs[row],
        "seed": task.seed,
        "stage": why.stage,
        "error": type(why.error).__name__,
        "message": str(why.error),
        "where": where,
        "configuration": configured(task.config, settings),
    }
    return json.dumps(note, indent=1) + "\n"
