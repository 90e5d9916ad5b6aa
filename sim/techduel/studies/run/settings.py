"""Settings of a run: composed as any scenario is, and those that its result stores."""

from typing import Literal

from techduel.scenario.composition import composed
from techduel.scenario.settings import Name, Stored

__all__ = ["Result", "composed"]


class Result(Stored):
    """What a result stores."""

    experiment: Literal["run"] = "run"
    name: Name | None = None
