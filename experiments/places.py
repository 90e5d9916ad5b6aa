"""Where a configuration says that runs be computed."""

from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any

from techduel.ensemble.cluster import NO_DASK
from techduel.ensemble.pool import Place
from techduel.ensemble.workers import available_cores
from techduel.scenario.loader import InvalidInput


def place_of(config: Mapping[str, Any]) -> Place:
    """The executor of a checked configuration; of a stored one, which names none, the processes of this machine.

    Raises
    ------
    InvalidInput
        If it needs a library that is not there.
    """
    executor = config.get("executor") or {}
    if executor.get("kind") == "dask" and find_spec("distributed") is None:
        raise InvalidInput([NO_DASK])
    return Place(executor.get("kind", "local"), executor.get("workers") or available_cores(), executor.get("scheduler"))
