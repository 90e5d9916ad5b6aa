"""A sweep: its points, how they are packed into chunks, and computing what is missing of it, resumably."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.chunks import Task, numbered, write_chunk
from techduel.ensemble.crew import Place
from techduel.ensemble.designs import Point
from techduel.ensemble.executors import completed
from techduel.ensemble.lock import locked
from techduel.ensemble.manifest import FAILURES, Manifest, write_manifest, write_text
from techduel.ensemble.measures import Measure, measures
from techduel.ensemble.provenance import utc_now
from techduel.ensemble.runner import EveryRunFailed, Meter, Progress, StorageFailed, environment, interruptible
from techduel.ensemble.simulation import BATCH
from techduel.ensemble.space import AS_CONFIGURED, Placed, Space
from techduel.ensemble.stock import Stock
from techduel.ensemble.store import Notice, prepare, write_provenance
from techduel.ensemble.tasks import finish, own_version
from techduel.ensemble.workers import Gauge, use
from techduel.scenario.fingerprint import fingerprint

FREE: Final = (
    *("title", "question", "design", "points", "runs", "factors", "variants", "table", "precision", "outcome"),
    *("most_runs", "retry", "interaction"),
)
"""Settings that may change from one call to the next: what is there is kept, only what is new is computed."""


HERE: Final = Place("serial", 1)


@dataclass(frozen=True, slots=True)
class Options:
    """How a sweep is computed; nothing here changes a number."""

    place: Place = HERE
    batch: int = BATCH
    """Most runs that a chunk holds."""
    limit: float | None = None
    """Seconds that a chunk may take, and after that each of its runs alone."""
    shared_disk: bool = True
    """Whether workers see the result folder; otherwise they send their chunks."""
    retry: bool = False
    """Compute failed runs again."""
    fresh: bool = False
    """Compute everything again."""


@dataclass(frozen=True)
class Sweep:
    """Points of one space, each with the same number of runs."""

    name: str
    settings: dict[str, Any]
    """The content of ``config.yaml``."""
    space: Space
    points: tuple[Point, ...]
    """The first is the base: everything as configured."""
    runs: int
    seed: int
    outcomes: tuple[str, ...]
    years: tuple[int, ...]
    overrides: tuple[str, ...] = ()
    """Changes of the command line, for the provenance."""
    given: tuple[Placed, ...] = ()
    """What every point means, where that is known already; `points` may then be empty."""

    @cached_property
    def placed(self) -> tuple[Placed, ...]:
        """What every point means, in the order of the design."""
        return self.given or tuple(self.space.placed(point) for point in self.points)

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """What is kept of each run."""
        return measures(self.outcomes, self.years)

    @cached_property
    def distinct(self) -> dict[str, Placed]:
        """Points with different numbers, by their identity, in the order of the design."""
        found: dict[str, Placed] = {}
        for placed in self.placed:
            found.setdefault(placed.identity, placed)
        return found

    @cached_property
    def fingerprint(self) -> dict[str, str]:
        """What chunks must have in common to belong to this sweep."""
        return fingerprint({key: value for key, value in self.settings.items() if key not in FREE})

    @property
    def base(self) -> Mapping[str, Any]:
        """The configuration that factors change."""
        return self.space.variants[AS_CONFIGURED]


@dataclass(frozen=True, slots=True)
class Result:
    """A computed sweep."""

    folder: Path
    stock: Stock
    points: int
    runs: int
    """Of each point."""
    computed: int
    """Runs computed now; the others had been there."""
    unchanged: bool
    """Whether the folder held the whole result, every file sound."""
    failed: tuple[tuple[str, int], ...] = field(default=())

    @property
    def exit_code(self) -> int:
        """5 if some runs failed, else 0."""
        return 5 if self.failed else 0


def compute(
    sweep: Sweep, folder: Path, options: Options, progress: Progress | None = None, notice: Notice = print
) -> Result:
    """Compute what is missing of a sweep and store it as chunks, with config and provenance.

    The caller adds tables and figures and calls `manifest.seal`, best inside one `lock.locked` with this call.
    The numbers depend neither on `options` nor on what had been there.

    Raises
    ------
    ConfigDiffers, DamagedResult, FolderBusy, StorageFailed, EveryRunFailed, Interrupted
        Each with the `exit_code` of a command that ends so.
    """
    try:
        with interruptible(), locked(folder):
            started = utc_now()
            manifest = prepare(folder, sweep.settings, options.fresh, notice, free=FREE, self_vouching=True)
            stock = Stock(folder, list(sweep.distinct), sweep.runs)
            stock.find(sweep.fingerprint, notice)
            missing = stock.missing(options.retry)
            computed = int(missing.sum())
            if computed:
                _unseal(folder, manifest)
                _compute(sweep, folder, options, stock, missing, progress)
            elif progress is not None and not manifest.sealed:
                progress(missing.size)
            _complete(sweep, folder, stock, manifest, started, bool(computed))
    except (OSError, MemoryError, BrokenProcessPool) as error:
        raise StorageFailed(environment(error)) from error
    failed = tuple(stock.failed)
    return Result(folder, stock, len(sweep.distinct), sweep.runs, computed, manifest.sealed, failed)


def tasks(sweep: Sweep, missing: NDArray[np.bool_], folder: Path | None, options: Options) -> Iterator[Task]:
    """Chunks of all missing runs: rows that share a configuration but for what may differ by row.

    Points stay together in the order of the design, so that a point's runs lie in one chunk or two.
    """
    places = list(sweep.distinct.values())
    wanted = [place for place in range(len(places)) if missing[place].any()]
    order = sorted(wanted, key=lambda place: _company(places[place]))
    for _, group in groupby(order, key=lambda place: _company(places[place])):
        rows = [(place, int(run)) for place in group for run in np.flatnonzero(missing[place])]
        for first in range(0, len(rows), options.batch):
            chosen = rows[first : first + options.batch]
            members, runs = [places[place] for place, _ in chosen], tuple(run for _, run in chosen)
            yield _task(sweep, members, runs, folder, options)


def _company(placed: Placed) -> tuple[str, str]:
    """What points must have in common to share a chunk."""
    return placed.label, repr([(setting.move.key, setting.value) for setting in placed.shared])


def _task(
    sweep: Sweep, members: Sequence[Placed], runs: tuple[int, ...], folder: Path | None, options: Options
) -> Task:
    by_name = {setting.name + setting.move.key: setting for placed in members for setting in placed.rows}
    ordered = sorted(by_name)
    values = np.full((len(runs), len(ordered)), np.nan)
    for row, placed in enumerate(members):
        for setting in placed.rows:
            values[row, ordered.index(setting.name + setting.move.key)] = setting.value
    points = tuple(placed.identity for placed in members)
    return Task(
        number=numbered(sweep.fingerprint, points, runs),
        version=own_version(),
        config=sweep.space.shared(members[0]),
        settings=tuple(replace(by_name[name], value=0.0) for name in ordered),
        values=values,
        points=points,
        runs=runs,
        lucks=tuple(placed.luck + run for placed, run in zip(members, runs, strict=True)),
        seed=sweep.seed,
        outcomes=sweep.outcomes,
        years=sweep.years,
        folder=str(folder.resolve()) if folder and options.shared_disk else None,
        limit=options.limit,
    )


def _unseal(folder: Path, manifest: Manifest) -> None:
    """Tables and figures of fewer runs are no longer vouched for."""
    manifest.sealed = False
    manifest.files = {name: mark for name, mark in manifest.files.items() if name == "config.yaml"}
    write_manifest(folder, manifest)


def _compute(
    sweep: Sweep,
    folder: Path,
    options: Options,
    stock: Stock,
    missing: NDArray[np.bool_],
    progress: Progress | None,
) -> None:
    gauge, meter = Gauge(), Meter(missing.size, progress)
    there, quarters = missing.size - int(missing.sum()), 4 * (sweep.base["horizon"] - sweep.base["start"] + 1)
    meter.reach(there)
    done = there

    def meanwhile() -> None:
        meter.reach(max(done, there + gauge.run_quarters // quarters))

    use(gauge)
    work = completed(finish, tasks(sweep, missing, folder, options), options.place, gauge, meanwhile)
    with closing(work) as results:
        for finished in results:
            if finished.content is not None:
                write_chunk(folder / finished.name, finished.content)
            stock.add(finished.name, finished.rows)
            done += len(finished.rows.runs)
            meter.reach(done)


def _complete(sweep: Sweep, folder: Path, stock: Stock, manifest: Manifest, started: str, computed: bool) -> None:
    if computed or not manifest.sealed:
        _write_notes(folder, stock)
        write_provenance(folder, sweep.settings, sweep.overrides, started)
    if len(stock.failed) == len(sweep.distinct) * sweep.runs:
        raise EveryRunFailed(f"{folder.name}: every run failed; see {FAILURES}/")


def _write_notes(folder: Path, stock: Stock) -> None:
    """Records of the runs that failed, from their chunks; those of runs that have succeeded since go."""
    if (folder / FAILURES).exists():
        shutil.rmtree(folder / FAILURES)
    for name, note in stock.notes():
        write_text(folder / name, note)
