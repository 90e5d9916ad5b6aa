"""The pool: where tasks are computed, by the name of an executor, all with the interface of `concurrent.futures`.

Few tasks are in flight at a time, so that memory does not grow with their number; dead workers are replaced, and a task
that ends every worker is found.
"""

import multiprocessing
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import chain, islice
from types import TracebackType
from typing import Final, Self

from techduel.ensemble.workers import SPAWN, Gauge, lean_start, settle, startable, use

AHEAD: Final = 2
"""Tasks in flight for each worker: one in work, one waiting for it."""
REPLACED: Final = 3
"""How often dead workers are replaced before a command gives up."""
SUSPECT: Final = 2
"""How often a task may be in flight when workers die before it is computed alone, to see whether it is the cause."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which executor, and how many workers it has."""

    kind: str
    """A name of `EXECUTORS`."""
    workers: int
    scheduler: str | None = None
    """Address of a Dask scheduler that is there already; without it Dask gets workers of its own."""


HERE: Final = Place("serial", 1)


@dataclass(frozen=True, slots=True)
class Crew:
    """An executor at work."""

    executor: Executor
    capacity: Callable[[], int]
    """Tasks that may be in flight now."""


@dataclass(frozen=True, slots=True)
class Remedy[Task, Result]:
    """What becomes of a task that ends every worker, as the kernel does for want of memory."""

    halves: Callable[[Task], list[Task]]
    """Smaller tasks; none if it cannot be divided."""
    lost: Callable[[Task], Result]
    """The result of one that cannot."""


class Pool:
    """Workers that live as long as the block, for one series of tasks after another.

    Parameters
    ----------
    place : Place
    gauge : Gauge, optional
        Tells workers to stop; they count on it where they share memory with this process.
    """

    def __init__(self, place: Place, gauge: Gauge | None = None) -> None:
        self.place, self.gauge = place, gauge or Gauge((lambda: None) if place.kind == "serial" else None)
        self._stack = ExitStack()
        self._crew: Crew | None = None
        self._guilty = False
        """Whether the last suspect has ended its worker."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._crew = None
        self._stack.__exit__(kind, error, trace)

    def completed[Task, Result](
        self,
        function: Callable[[Task], Result],
        tasks: Iterable[Task],
        meanwhile: Callable[[], None] = lambda: None,
        remedy: Remedy[Task, Result] | None = None,
    ) -> Generator[Result]:
        """Results of all tasks, as they come.

        Parameters
        ----------
        function : callable
            Known by its name in workers.
        tasks : iterable
            Taken one by one as workers become free.
        meanwhile : callable
            Called several times a second.
        remedy : Remedy, optional
            For tasks that end every worker; without it they end the command.

        Raises
        ------
        BrokenProcessPool
            If workers have died more than `REPLACED` times.
        ClusterLost
            If a Dask scheduler is gone, or one task has ended more than `REPLACED` of its workers.
        PoolUnavailable
            If no worker can be started.
        Exception
            The first that a task raises; tasks in work are given up.
        """
        left, again, seen, deaths = iter(tasks), list[Task](), Counter[int](), 0
        while True:
            held: dict[Future[Result], Task] = {}
            try:
                yield from self._flowing(function, chain(again, left), held, meanwhile)
                return
            except BrokenProcessPool:
                self._ended()
                deaths += 1
                if deaths > REPLACED:
                    raise
            again = list(held.values())
            if remedy is None:
                continue
            seen.update(map(id, again))
            suspects = [task for task in again if seen[id(task)] >= SUSPECT]
            again = [task for task in again if seen[id(task)] < SUSPECT]
            for task in suspects:
                found = list(self._alone(function, task, meanwhile, remedy))
                deaths = 0 if self._guilty else deaths
                yield from found

    def _alone[Task, Result](
        self,
        function: Callable[[Task], Result],
        task: Task,
        meanwhile: Callable[[], None],
        remedy: Remedy[Task, Result],
    ) -> Iterator[Result]:
        """A suspect computed with nothing else in flight; what ends its worker again is divided."""
        self._guilty = False
        try:
            with Pool(replace(self.place, workers=1), self.gauge) as single:
                found = list(single._flowing(function, iter([task]), {}, meanwhile))
        except BrokenProcessPool:
            parts = remedy.halves(task)
            found = [result for part in parts for result in self._alone(function, part, meanwhile, remedy)]
            found = found or [remedy.lost(task)]
            self._guilty = True
        yield from found

    def _flowing[Task, Result](
        self,
        function: Callable[[Task], Result],
        tasks: Iterator[Task],
        held: dict[Future[Result], Task],
        meanwhile: Callable[[], None],
    ) -> Iterator[Result]:
        if self._crew is None:
            self._crew = self._stack.enter_context(EXECUTORS[self.place.kind](self.place, self.gauge))
        crew = self._crew
        while True:
            for task in islice(tasks, max(crew.capacity() - len(held), 0)):
                try:
                    held[crew.executor.submit(function, task)] = task
                except BrokenProcessPool:
                    held[Future()] = task  # it has been taken, and must not be lost
                    raise
            if not held:
                return
            done, _ = wait(held, timeout=0.1, return_when=FIRST_COMPLETED)
            meanwhile()
            for future in [future for future in done if not future.cancelled() and future.exception() is None]:
                held.pop(future)
                yield future.result()
            for future in done:
                future.result()  # the first error of those that are left

    def _ended(self) -> None:
        """Close what is left of a broken executor; the next task starts another."""
        self._crew = None
        self._stack.close()


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
        with lean_start(), startable():
            return super().submit(fn, *args, **kwargs)


@contextmanager
def _serial(_place: Place, gauge: Gauge) -> Iterator[Crew]:
    use(gauge)
    yield Crew(Serial(), lambda: 1)


@contextmanager
def _local(place: Place, gauge: Gauge) -> Iterator[Crew]:
    """Spawned processes with one thread each."""
    gauge.go_on()
    with startable():
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


@contextmanager
def _dask(place: Place, gauge: Gauge) -> Iterator[Crew]:
    """A Dask cluster, whose code is read only when it is asked for."""
    from techduel.ensemble.cluster import on_cluster

    with on_cluster(place) as (executor, capacity):
        yield Crew(executor, capacity)


EXECUTORS: Final[Mapping[str, Callable[[Place, Gauge], AbstractContextManager[Crew]]]] = {
    "serial": _serial,
    "local": _local,
    "dask": _dask,
}
"""By name."""
