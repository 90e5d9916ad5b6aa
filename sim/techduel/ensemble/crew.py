"""Who computes tasks: an executor by name, and one at work."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Final

AHEAD: Final = 2
"""Tasks in flight for each worker: one in work, one waiting for it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Which executor, and how many workers it has."""

    kind: str
    """A name of `EXECUTORS`."""
    workers: int
    scheduler: str | None = None
    """Address of a Dask scheduler that is there already; without it Dask gets workers of its own."""


@dataclass(frozen=True, slots=True)
class Crew:
    """An executor at work."""

    executor: Executor
    capacity: Callable[[], int]
    """Tasks that may be in flight now."""
