"""Settings of a run: composed as any scenario is, and those that its result stores."""

from collections.abc import Mapping
from typing import Any, Literal

from techduel.scenario.composition import composed
from techduel.scenario.problems import validated
from techduel.scenario.settings import Name, Stored

__all__ = ["Result", "checked", "composed"]


class Result(Stored):
    """What a result stores."""

    experiment: Literal["run"] = "run"
    name: Name | None = None


def checked(config: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with a stored configuration, one line each."""
    return [str(problem) for problem in validated(Result, config)[1]]
