"""Settings of hindcasts: those of the command line, and those that their result stores."""

from collections.abc import Sequence
from typing import Any, Final, Literal

from pydantic import Field

from techduel.facts.history import LAST_YEAR
from techduel.scenario.arguments import Luck, Named, read
from techduel.scenario.origin import origin_scenario
from techduel.scenario.problems import Strict
from techduel.scenario.scenario import numbers
from techduel.scenario.settings import Fitted, Name, Stored
from techduel.studies.backtest.hindcasts import RUNS

EXPERIMENT: Final = "hindcast"


class Settings(Named):
    """What the command line takes."""

    until: Fitted = Field(LAST_YEAR, description="last year of the record that is used, one with a posterior")
    seed: Luck = Field(1, description="luck")
    install: bool = Field(
        False, description="ship the estimate: copy it into sim/techduel/scenario/posterior, in a repository only"
    )


class Result(Strict):
    """What a result stores."""

    experiment: Literal["hindcast"]
    name: Name | None = None
    until: Fitted
    seed: Luck
    runs: Literal[RUNS]  # type: ignore[valid-type]
    scenario: Stored


def composed(arguments: Sequence[str]) -> dict[str, Any]:
    """The whole plain configuration of a command line, checked.

    Raises
    ------
    InvalidInput
        With every problem.
    """
    given = read(arguments, Settings)
    scenario = numbers(origin_scenario(given["until"], "params=posterior").config)
    name = given["name"] or f"until_{given['until']}"
    return {**given, "experiment": EXPERIMENT, "name": name, "runs": RUNS, "scenario": scenario}
