"""Where a configuration says that runs be computed."""

from collections.abc import Mapping
from typing import Any

from sim.executors import Place
from sim.runner import available_cores


def place_of(config: Mapping[str, Any]) -> Place:
    """The executor of a checked configuration; of a stored one, which names none, the processes of this machine."""
    executor = config.get("executor") or {}
    return Place(executor.get("kind", "local"), executor.get("workers") or available_cores(), executor.get("scheduler"))
