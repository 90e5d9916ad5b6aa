"""Computing: what is missing of a study is computed and stored, resumably, and its result folder is filled once."""

import signal
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np

from techduel.ensemble.chunks import Rows, Shapes, numbered, write_content
from techduel.ensemble.folder import prepare, unseal, write_provenance
from techduel.ensemble.lock import locked, utc_now
from techduel.ensemble.manifest import CHUNKS, FAILURES, Manifest, readable, seal, write_manifest, write_text
from techduel.ensemble.pool import HERE, Place, Pool, Remedy
from techduel.ensemble.simulation import BATCH
from techduel.ensemble.stock import Notice, Stock
from techduel.ensemble.tasks import Finished, Task, Work, finish, lost, own_version
from techduel.ensemble.workers import Gauge
from techduel.model.axes import Mask
from techduel.scenario.fingerprint import Formulas

WORTH_A_POOL: Final = 33
"""Runs. Below, starting a second process costs more than it saves."""

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
        130 after Ctrl-C, 143 after a polite kill, 129 when its terminal was closed.
    """

    def __init__(self, number: int) -> None:
        self.exit_code = 128 + number
        super().__init__(f"interrupted by {signal.Signals(number).name}; the same command goes on from here")


@dataclass(frozen=True, slots=True)
class Options:
    """How a study is computed and told; nothing here changes a number."""

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
    overrides: tuple[str, ...] = ()
    """Changes of the command line, for the provenance."""
    progress: Callable[[int], AbstractContextManager[Progress | None]] = lambda total: nullcontext()
    """A bar over so many runs, if any; it is told how many more are there."""
    notice: Notice = print
    """Told in one line what has to be computed again, and why."""


class Demand(Protocol):
    """What a study wants: so many runs of each of some points."""

    @property
    def points(self) -> Sequence[str]:
        """Names of the points, each once, unique in the result folder."""
        ...

    @property
    def runs(self) -> int:
        """Of each point."""
        ...

    @property
    def quarters(self) -> int:
        """Of each run, for a bar of progress."""
        ...

    def fits(self, rows: Rows, shapes: Shapes) -> bool:
        """Whether a chunk holds what this study stores."""
        ...

    def works(self, missing: Mask, batch: int) -> Iterator[Work]:
        """The work on missing runs, (point, run), at most `batch` rows each."""
        ...


@dataclass(frozen=True, slots=True)
class Computed:
    """A demand that is met."""

    stock: Stock
    runs: int
    """Computed now; the others had been there."""


def filled(
    folder: Path,
    config: Mapping[str, Any],
    write: Callable[[Manifest], object],
    options: Options,
    free: Collection[str] = (),
    study: Formulas | None = None,
) -> Manifest:
    """Have a result written into its folder unless it is there, whole and up to date; then vouch for it.

    Parameters
    ----------
    folder : Path
    config : mapping
        Plain settings, with which a rerun has to agree.
    write : callable
        Computes and writes; told what of the result is there already, where it enters chunks.
    options : Options
        With `retry` it looks for work even where everything is done.
    free : collection of str
        Keys of the config that may change from one call to the next: chunks outlive that, tables do not.
    study : Formulas, optional
        That make the numbers; none where they are those of runs alone.

    Returns
    -------
    Manifest
        Of the finished result.

    Raises
    ------
    ConfigDiffers, DamagedResult, OldResult, FolderBusy, StorageFailed, EveryRunFailed, Interrupted
        Each with the `exit_code` of a command that ends so.
    """
    started = utc_now()
    with interruptible(), translated(), locked(folder):
        manifest = prepare(folder, config, options.fresh, options.notice, free, study)
        if not manifest.sealed or options.retry:
            manifest.sealed = False
            write_manifest(folder, manifest)
            with readable(folder) if _holds_runs(folder) else nullcontext():
                write(manifest)
            write_provenance(folder, config, options.overrides, started)
            seal(folder, manifest)
    return manifest


def _holds_runs(folder: Path) -> bool:
    """Whether runs are there that this command has not computed."""
    return any(folder.rglob(f"{CHUNKS}/*"))


def compute(
    demand: Demand,
    folder: Path,
    manifest: Manifest,
    options: Options,
    pool: Pool | None = None,
    wanted: Mask | None = None,
) -> Computed:
    """Compute what is missing of a demand and store it as chunks, with a record of each run that failed.

    The numbers depend neither on `options` nor on what had been there.

    Parameters
    ----------
    demand : Demand
    folder : Path
        Result folder, opened by `filled`.
    manifest : Manifest
        Of that folder; chunks are entered.
    options : Options
    pool : Pool, optional
        Workers that are there already; others when left out.
    wanted : array, optional
        Which runs of which points, (point, run); all when left out.

    Raises
    ------
    EveryRunFailed
        If no run of the demand has come to its end.
    """
    stock = Stock(folder, demand.points, demand.runs, demand.fits)
    stock.find(manifest.fingerprint, options.notice)
    wanted = np.ones((len(demand.points), demand.runs), dtype=bool) if wanted is None else wanted
    missing, total = stock.missing(options.retry) & wanted, int(wanted.sum())
    with options.progress(total) as progress:
        meter = Meter(total, progress)
        meter.reach(total - int(missing.sum()))
        if missing.any():
            unseal(folder, manifest)
            _Desk(demand, folder, manifest, options, stock).compute(missing, meter, pool)
        meter.reach(total)
    left = {name: size for name, size in manifest.chunks.items() if (folder / name).exists()}
    manifest.chunks = left | {name: (folder / name).stat().st_size for name in stock.chunks}
    write_manifest(folder, manifest)
    _write_notes(folder, demand.points, stock)
    if len(stock.failed) == total:
        raise EveryRunFailed(f"{folder.name}: every run failed; see {FAILURES}/")
    return Computed(stock, int(missing.sum()))


@dataclass(frozen=True, slots=True)
class _Desk:
    """The parent's side of a computation: it hands out tasks and enters what comes back."""

    demand: Demand
    folder: Path
    manifest: Manifest
    options: Options
    stock: Stock

    def compute(self, missing: Mask, meter: "Meter", pool: Pool | None) -> None:
        there = done = meter.shown
        place = pool.place if pool else fitting(self.options.place, meter.total - there)

        def meanwhile() -> None:
            meter.reach(max(done, there + (gauge.run_quarters - before) // self.demand.quarters))

        gauge = pool.gauge if pool else Gauge(meanwhile if place.kind == "serial" else None)
        before = gauge.run_quarters
        tasks = map(self._task, self.demand.works(missing, self.options.batch))
        with ExitStack() as stack:
            crew = pool or stack.enter_context(Pool(place, gauge))
            results = crew.completed(finish, tasks, meanwhile, Remedy(self._halves, lost))
            for finished in stack.enter_context(closing(results)):
                self.stock.add(self._stored(finished), finished.rows)
                done += len(finished.rows.runs)
                meter.reach(done)

    def _task(self, work: Work) -> Task:
        place = str(self.folder.resolve()) if self.options.shared_disk else None
        number = numbered(self.manifest.fingerprint, work.points, work.runs)
        return Task(number, own_version(), work, place, self.options.limit)

    def _halves(self, task: Task) -> list[Task]:
        """A task in two; none if it has one row."""
        count = len(task.work.runs)
        parts = (range(count // 2), range(count // 2, count)) if count > 1 else ()
        return [self._task(task.work.part(part)) for part in parts]

    def _stored(self, finished: Finished) -> str:
        """The name of a chunk, after what was sent has been stored."""
        return finished.name or write_content(self.folder, finished.number, finished.content or b"")


def fitting(place: Place, runs: int) -> Place:
    """Where so many runs are computed: in no other process where starting one costs more than it saves."""
    alone = place.kind == "local" and (place.workers == 1 or runs < WORTH_A_POOL)
    return HERE if alone else place


def _write_notes(folder: Path, points: Sequence[str], stock: Stock) -> None:
    """Records of the runs that failed, from their chunks; those of runs that have succeeded since go."""
    notes, names = dict(stock.notes()), set(points)
    for path in (folder / FAILURES).glob("*.json"):
        if path.stem.rpartition("_")[0] in names and f"{FAILURES}/{path.name}" not in notes:
            path.unlink()
    for name, note in notes.items():
        write_text(folder / name, note)
    if (folder / FAILURES).is_dir() and not any((folder / FAILURES).iterdir()):
        (folder / FAILURES).rmdir()


class Meter:
    """Turns a growing total into steps, and never goes back."""

    def __init__(self, total: int, progress: Progress | None) -> None:
        self.total, self.shown = total, 0
        self._progress = progress

    def reach(self, finished: int) -> None:
        """Show that so many are finished in all."""
        step = min(finished, self.total) - self.shown
        if step > 0 and self._progress is not None:
            self._progress(step)
        self.shown += max(step, 0)


@contextmanager
def interruptible() -> Iterator[None]:
    """Turn Ctrl-C, a polite kill and a closed terminal into `Interrupted`; outside the main thread nothing changes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    named = (getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP"))
    # A closed terminal is ignored where nohup asks for that.
    ignored = {signal.SIGINT, signal.SIGTERM}
    numbers = [n for n in named if n is not None and (n in ignored or signal.getsignal(n) is not signal.SIG_IGN)]
    before = {number: signal.signal(number, _interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _interrupt(number: int, _frame: object) -> None:
    raise Interrupted(number)


@contextmanager
def translated() -> Iterator[None]:
    """An error of the machine, not of the model, as a line that says what it means for the user."""
    try:
        yield
    except (OSError, MemoryError, BrokenProcessPool) as error:
        raise StorageFailed(_environment(error)) from error


def _environment(error: BaseException) -> str:
    if isinstance(error, OSError):
        what = f"{error.strerror or error}" + (f": {Path(str(error.filename)).name}" if error.filename else "")
    elif isinstance(error, MemoryError):
        what = "not enough memory; use fewer workers or record=headline"
    else:
        what = "a worker process was ended from outside, perhaps for want of memory; use fewer workers"
    return f"{what}. Everything finished is kept; the same command goes on from there"
