"""Workers: processes that start light, count on a common gauge, and end with the command that started them."""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any, Final

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


class PoolUnavailable(Exception):
    """No worker process can be started on this machine."""

    exit_code = 3


class Gauge:
    """How far all processes are together, and the wish to stop.

    Counted in quarters of single runs, so that a bar moves while the first chunks are still in work. Without locks: a
    process that is killed while it holds one would leave all others waiting for ever. Two processes that count at the
    same moment may lose a few quarters of the bar, which finished chunks make good.

    Parameters
    ----------
    heard : callable, optional
        Called at each quarter; where it is given no other process counts, and no memory is shared.
    """

    def __init__(self, heard: Callable[[], None] | None = None) -> None:
        self._heard = heard
        with startable():
            self._counted: Any = SPAWN.RawValue("q", 0) if heard is None else SimpleNamespace(value=0)
            self._stopping: Any = SPAWN.RawValue("b", 0) if heard is None else SimpleNamespace(value=0)

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
        if self._heard is not None:
            self._heard()

    def stop(self) -> None:
        """Ask every process to give up at its next quarter."""
        self._stopping.value = 1

    def go_on(self) -> None:
        """Take that back."""
        self._stopping.value = 0


_gauges: Final[list[Gauge]] = []


def use(gauge: Gauge) -> None:
    """Let `advance` of this process count on a gauge."""
    _gauges[:] = [gauge]


def advance(runs: int) -> None:
    """One more quarter of so many runs, wherever this process is.

    Raises
    ------
    Stopped
        If the command is being interrupted.
    """
    for gauge in _gauges:
        gauge.advance(runs)


@contextmanager
def startable() -> Iterator[None]:
    """What keeps a machine from starting processes, in a line that helps."""
    try:
        yield
    except (OSError, ImportError) as error:
        raise PoolUnavailable(
            f"no worker process can be started here ({error}); processes need shared memory such as /dev/shm and a "
            "folder for temporary files. Without: executor=serial. Everything finished is kept"
        ) from error


def available_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def settle(gauge: Gauge) -> None:
    """Make a process a worker: deaf to Ctrl-C, which its parent handles, counting on a gauge, ended with its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    use(gauge)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


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
