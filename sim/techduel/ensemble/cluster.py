"""Dask distributed as an executor: a cluster that is there already, or processes of our own.

How Dask carries tasks and results between its own processes is its affair (docs/sweeps.md); it touches no file of ours.
"""

import asyncio
import logging
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError, Executor
from contextlib import contextmanager
from importlib import import_module
from traceback import walk_tb
from typing import Any, Final

from techduel.ensemble.pool import AHEAD, Place
from techduel.ensemble.workers import ENVIRONMENT, lean_start

PATIENCE: Final = 15.0
"""Seconds in which a scheduler has to take in a client, from the first connection to the last answer."""
RECOUNT: Final = 1.0
"""Seconds between two looks at how many workers a cluster has."""
LEAN: Final = {"distributed.nanny.pre-spawn-environ": ENVIRONMENT, "distributed.worker.profile.enabled": False}
"""Workers of our own live like those of `local`, also when they replace others, and are not sampled while they work."""
LOGGERS: Final = ("distributed", "tornado", "asyncio")
"""How names of loggers begin that write for Dask."""
NO_DASK: Final = "executor: dask is not installed; allowed: local, serial, or first pip install 'techduel[dask]'"


class ClusterLost(Exception):
    """The Dask scheduler cannot be reached, or its workers died too often."""

    exit_code = 3


@contextmanager
def on_cluster(place: Place) -> Iterator[tuple[Executor, Callable[[], int]]]:
    """A cluster that is there already, or processes of our own; as an executor, and how many tasks it may hold now."""
    distributed: Any = import_module("distributed")  # has no types
    _hushed()
    try:
        with _cluster(distributed, place) as address, _client(distributed, address) as client:
            yield client.get_executor(pure=False), _capacity(client)
    except (distributed.KilledWorker, distributed.comm.CommClosedError, CancelledError) as error:
        raise ClusterLost(_lost(str(error))) from error
    except TypeError as error:
        if not handed_over(error):
            raise
        raise ClusterLost(_lost("")) from error


def handed_over(error: BaseException) -> bool:
    """Whether Dask raised an error while it handed a result over, and no task of ours.

    It waits for a result and then asks again how the task ended. Where the worker that holds the result goes in
    between, Dask takes the result for an error and fails to raise it.
    """
    frames = [frame.f_code.co_name for frame, _ in walk_tb(error.__traceback__)]
    return frames[-1:] == ["_cascade_future"]


def _hushed() -> None:
    """Dask logs what it loses with tracebacks; what a user has to know of it, `ClusterLost` says in a line."""
    for name in [name for name in logging.root.manager.loggerDict if name.startswith(LOGGERS)]:
        logging.getLogger(name).setLevel(logging.CRITICAL)


@contextmanager
def _cluster(distributed: Any, place: Place) -> Iterator[Any]:
    """What a client connects to."""
    if place.scheduler:
        yield place.scheduler
        return
    own: Mapping[str, Any] = {
        **{"n_workers": place.workers, "threads_per_worker": 1, "processes": True},
        **{"dashboard_address": None, "silence_logs": logging.CRITICAL},
    }
    with tempfile.TemporaryDirectory() as folder:
        with lean_start(), import_module("dask").config.set(LEAN):
            cluster = distributed.LocalCluster(local_directory=folder, **own)
        with cluster:
            yield cluster


@contextmanager
def _client(distributed: Any, cluster: Any) -> Iterator[Any]:
    with _impatient(distributed)(cluster, set_as_default=False, timeout=PATIENCE) as client:
        yield client


def _impatient(distributed: Any) -> Any:
    """Dask's client, with one patience for all steps of its start, and closed whatever goes wrong in them.

    Dask itself limits only some of the steps: a port that accepts a connection and says nothing holds it for ever, and
    a client that failed otherwise than by the network waits for itself once more when it is collected.
    """

    class Client(distributed.Client):  # type: ignore[misc]  # has no types
        async def _start(self, **settings: Any) -> Any:
            try:
                return await asyncio.wait_for(super()._start(**settings), PATIENCE)
            except Exception as error:
                await self._close(fast=True)
                raise ClusterLost(_unanswered(str(self._start_arg), error)) from None

    return Client


def _unanswered(scheduler: str, error: Exception) -> str:
    if isinstance(error, TimeoutError):
        why = f"it took longer than {PATIENCE:.0f} s"
    elif isinstance(error, OSError):
        why = str(error)
    elif isinstance(error, RuntimeError | TypeError):  # what Dask raises where certificates are missing or unwanted
        why = f"no certificate or none wanted, docs/clusters.md: {error}"
    else:
        why = f"what answers is not Dask: {type(error).__name__}"
    return f"{scheduler}: no Dask scheduler answers there ({why.partition('\n')[0]})"


def _capacity(client: Any) -> Callable[[], int]:
    """Tasks in flight by the workers that a cluster has now: it may grow and shrink meanwhile."""
    counted, until = AHEAD, 0.0

    def capacity() -> int:
        nonlocal counted, until
        if time.monotonic() > until:
            counted = AHEAD * max(sum(client.nthreads().values()), 1)
            until = time.monotonic() + RECOUNT
        return counted

    return capacity


def _lost(said: str) -> str:
    what = said.partition(". ")[0] or "the scheduler is gone"
    return f"Dask: {what}. Everything finished is kept; the same command goes on from there"
