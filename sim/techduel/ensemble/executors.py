"""Where tasks are computed: executors by name, all with the interface of `concurrent.futures.Executor`.

Few tasks are in flight at a time, so that memory does not grow with their number; dead workers are replaced.
"""

import multiprocessing
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager
from itertools import chain, islice
from typing import Final

from techduel.ensemble.cluster import on_cluster
from techduel.ensemble.crew import AHEAD, Crew, Place
from techduel.ensemble.workers import SPAWN, Gauge, lean_start, settle

REPLACED: Final = 3
"""How often dead workers are replaced before a command gives up."""


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


class _Spawning(ProcessPoolExecutor):
    """Processes that start light, whenever one is needed."""

    def submit[**P, T](self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        with lean_start():
            return super().submit(fn, *args, **kwargs)


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
    ClusterLost
        If a Dask scheduler is gone, or one task has ended more than `REPLACED` of its workers.
    Exception
        The first that a task raises; tasks in work are given up.
    """
    left, again = iter(tasks), list[Task]()
    for deaths in range(REPLACED + 1):
        held: dict[Future[Result], Task] = {}
        try:
            with EXECUTORS[place.kind](place, gauge) as crew:
                yield from _flowing(crew, function, chain(again, left), held, meanwhile)
            return
        except BrokenProcessPool:
            if deaths == REPLACED:
                raise
            again = list(held.values())


def _flowing[Task, Result](
    crew: Crew,
    function: Callable[[Task], Result],
    tasks: Iterator[Task],
    held: dict[Future[Result], Task],
    meanwhile: Callable[[], None],
) -> Iterator[Result]:
    while True:
        for task in islice(tasks, max(crew.capacity() - len(held), 0)):
            held[crew.executor.submit(function, task)] = task
        if not held:
            return
        done, _ = wait(held, timeout=0.1, return_when=FIRST_COMPLETED)
        meanwhile()
        for future in [future for future in done if not future.cancelled() and future.exception() is None]:
            held.pop(future)
            yield future.result()
        for future in done:
            future.result()  # the first error of those that are left


@contextmanager
def _serial(_place: Place, _gauge: Gauge) -> Iterator[Crew]:
    yield Crew(Serial(), lambda: 1)


@contextmanager
def _local(place: Place, gauge: Gauge) -> Iterator[Crew]:
    """Spawned processes with one thread each."""
    gauge.go_on()
    executor = _Spawning(place.workers, mp_context=SPAWN, initializer=settle, initargs=(gauge,))
    try:
        yield Crew(executor, lambda: AHEAD * place.workers)
    except BaseException:
        gauge.stop()
        _stopped(executor)
        raise
    executor.shutdown(wait=True)


def _stopped(executor: Executor) -> None:
    """Wait until workers have given up what they do; told a second time to stop, end them at once."""
    try:
        executor.shutdown(wait=True, cancel_futures=True)
    except BaseException:
        for child in multiprocessing.active_children():
            child.kill()
        raise


EXECUTORS: Final[Mapping[str, Callable[[Place, Gauge], AbstractContextManager[Crew]]]] = {
    "serial": _serial,
    "local": _local,
    "dask": on_cluster,
}
"""By name."""
