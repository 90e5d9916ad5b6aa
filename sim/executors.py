"""Where tasks are computed: executors by name, all with the interface of `concurrent.futures.Executor`.

Few tasks are in flight at a time, so that memory does not grow with their number; dead workers are replaced.
"""

import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib import import_module
from itertools import chain, islice
from typing import Any, Final

from sim.loader import InvalidInput
from sim.workers import SPAWN, Gauge, lean_start, settle

REPLACED: Final = 3
"""How often dead workers are replaced before a command gives up."""
AHEAD: Final = 2
"""Tasks in flight for each worker: one in work, one waiting for it."""
NO_DASK: Final = "executor: dask is not installed; allowed: local, serial, or first pip install 'techduel[dask]'"


@dataclass(frozen=True, slots=True)
class Place:
    """Which executor, and how many workers it has."""

    kind: str
    """A name of `EXECUTORS`."""
    workers: int
    scheduler: str | None = None
    """Address of a Dask scheduler that is there already; without it Dask gets workers of its own."""


class Serial(Executor):
    """The process itself, one task after the other."""

    def submit[**P, T](self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Compute at once; only an interrupt is raised here."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


def completed[Task, Result](
    function: Callable[[Task], Result],
    tasks: Iterable[Task],
    place: Place,
    gauge: Gauge,
    meanwhile: Callable[[], None] = lambda: None,
) -> Generator[Result]:
    """Results of all tasks, as they come.

    Parameters
    ----------
    function : callable
        Known by its name in workers.
    tasks : iterable
        Taken one by one as workers become free.
    place : Place
    gauge : Gauge
        Tells workers to stop; local ones count on it.
    meanwhile : callable
        Called several times a second.

    Raises
    ------
    BrokenProcessPool
        If workers have died more than `REPLACED` times.
    Exception
        The first that a task raises; tasks in work are given up.
    """
    left, again = iter(tasks), list[Task]()
    for deaths in range(REPLACED + 1):
        held: dict[Future[Result], Task] = {}
        try:
            with EXECUTORS[place.kind](place, gauge) as executor:
                yield from _flowing(executor, function, chain(again, left), held, place, meanwhile)
            return
        except BrokenProcessPool:
            if deaths == REPLACED:
                raise
            again = list(held.values())


def _flowing[Task, Result](
    executor: Executor,
    function: Callable[[Task], Result],
    tasks: Iterator[Task],
    held: dict[Future[Result], Task],
    place: Place,
    meanwhile: Callable[[], None],
) -> Iterator[Result]:
    most = 1 if place.kind == "serial" else AHEAD * place.workers
    while True:
        with lean_start():
            for task in islice(tasks, most - len(held)):
                held[executor.submit(function, task)] = task
        if not held:
            return
        done, _ = wait(held, timeout=0.1, return_when=FIRST_COMPLETED)
        meanwhile()
        for future in [future for future in done if future.exception() is None]:
            held.pop(future)
            yield future.result()
        for future in done:
            future.result()  # the first error of those that are left


@contextmanager
def _serial(_place: Place, _gauge: Gauge) -> Iterator[Executor]:
    yield Serial()


@contextmanager
def _local(place: Place, gauge: Gauge) -> Iterator[Executor]:
    """Spawned processes with one thread each."""
    gauge.go_on()
    executor = ProcessPoolExecutor(place.workers, mp_context=SPAWN, initializer=settle, initargs=(gauge,))
    try:
        yield executor
    except BaseException:
        gauge.stop()
        executor.shutdown(wait=True, cancel_futures=True)
        raise
    executor.shutdown(wait=True)


@contextmanager
def _dask(place: Place, _gauge: Gauge) -> Iterator[Executor]:
    """A cluster that is there already, or processes of our own for as long as the tasks last."""
    try:
        distributed: Any = import_module("dask.distributed")  # has no types
    except ImportError:
        raise InvalidInput([NO_DASK]) from None
    if place.scheduler:
        with distributed.Client(place.scheduler, set_as_default=False) as client:
            yield client.get_executor(pure=False)
        return
    own: Mapping[str, Any] = {"n_workers": place.workers, "threads_per_worker": 1, "dashboard_address": None}
    with tempfile.TemporaryDirectory() as folder:
        with lean_start():
            cluster = distributed.LocalCluster(processes=True, local_directory=folder, **own)
        with cluster, distributed.Client(cluster, set_as_default=False) as client:
            yield client.get_executor(pure=False)


EXECUTORS: Final[Mapping[str, Callable[[Place, Gauge], AbstractContextManager[Executor]]]] = {
    "serial": _serial,
    "local": _local,
    "dask": _dask,
}
"""By name."""
