"""Settings of a calibration: those of the command line, and those that its result stores."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field

from techduel.scenario.arguments import Luck, Named, Writing, read
from techduel.scenario.problems import Allowed, Strict
from techduel.scenario.scenario import numbers
from techduel.scenario.settings import Name, Stored
from techduel.studies.calibrate.fit import FEWEST_MEMBERS, MOST_MEMBERS, MOST_STEPS, planned

EXPERIMENT: Final = "calibrate"
YEARS: Final = (2017, 2020)


def _on_record(year: int) -> int:
    if year not in YEARS:
        raise ValueError("no fit ends then")
    return year


type Until = Annotated[int, AfterValidator(_on_record), Allowed(", ".join(map(str, YEARS)))]
type Members = Annotated[int, Field(ge=FEWEST_MEMBERS, le=MOST_MEMBERS)]
type Repeats = Annotated[int, Field(ge=0, le=1000)]


class Settings(Named):
    """What the command line takes."""

    until: Until = Field(2020, description="last year of the record that the fit knows")
    budget: Annotated[int, Field(ge=1, le=10**7)] = Field(20_000, description="most runs")
    seed: Luck = Field(1, description="of draws, luck and perturbed observations")
    members: Members = Field(1000, description="sets of the ensemble")
    recovery: Repeats = Field(0, description="repeats with planted parameters on an emulator; one in 33 on the model")
    install: bool = Field(False, description="put the sets into the package, where params=posterior finds them")


class Ensemble(Strict):
    """What a budget has bought."""

    members: Annotated[int, Field(ge=2, le=MOST_MEMBERS)]
    steps: Annotated[int, Field(ge=1, le=MOST_STEPS)]


class Result(Strict):
    """What a result stores."""

    experiment: Literal["calibrate"]
    name: Name | None = None
    until: Until
    seed: Luck
    ensemble: Ensemble
    recovery: Repeats
    scenario: Stored


def composed(arguments: Sequence[str]) -> dict[str, Any]:
    """The whole plain configuration of a command line, checked.

    Raises
    ------
    InvalidInput
        With every problem; also if the budget does not allow enough.
    """
    from techduel.studies.calibrate.calibration import lived

    given = read(arguments, Settings)
    plan = planned(given["until"], given["members"], given["budget"], given["seed"])
    recovery = f"-recovery_{given['recovery']}" if given["recovery"] else ""
    return {
        **{key: given[key] for key in (*Writing.model_fields, "install")},
        "experiment": EXPERIMENT,
        "name": given["name"] or f"until_{plan.until}{recovery}",
        "until": plan.until,
        "seed": plan.seed,
        "ensemble": {"members": plan.members, "steps": plan.steps},
        "recovery": given["recovery"],
        "scenario": numbers(lived().config),
    }
