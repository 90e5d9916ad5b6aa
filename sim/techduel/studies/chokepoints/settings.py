"""Settings of a study of choke points: those of the command line, and those that its result stores."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from techduel.facts.selection import known_sectors
from techduel.model.axes import STATES
from techduel.scenario.arguments import completed, default_name, read
from techduel.scenario.problems import Allowed, refuse
from techduel.studies.chokepoints.denials import SINGLE
from techduel.studies.settings import ONCE, OfScenario, ResultOfScenario, Runs, State, composed_result

EXPERIMENT: Final = "chokepoints"
INPUTS: Final = (*SINGLE, *known_sectors().names)
"""Single inputs with levers of their own, and all that a sector makes."""

type Input = Annotated[Literal[INPUTS], Allowed(f"one of {', '.join(INPUTS)}")]  # type: ignore[valid-type]
type Share = Annotated[float, Field(gt=0.0, le=1.0), Allowed("above 0, up to 1")]
type Allies = Annotated[list[State], Allowed(f"us, china {ONCE}")]
type Deniers = Annotated[list[State], Field(min_length=1), Allowed(f"us, china {ONCE}")]
type Inputs = Annotated[list[Input], Field(min_length=1), Allowed(f"{', '.join(INPUTS)} {ONCE}")]
type Shares = Annotated[list[Share], Field(min_length=1, max_length=10), Allowed(f"numbers above 0 to 1 {ONCE}")]


class Settings(OfScenario):
    """What the command line takes."""

    deniers: Deniers = Field(list(STATES), description="who denies")
    allies: Allies = Field(["us"], description="deniers whom allies join: of China's controls none has joined any")
    inputs: Inputs = Field([*SINGLE, "semiconductors", "batteries"], description="what is denied")
    shares: Shares = Field([0.25, 0.5, 1.0], description="part of supplies that is refused, rising")
    since: Annotated[int, Field(ge=2021, le=2045)] = Field(2023, description="first year of the denial")
    years: Annotated[int, Field(ge=1, le=10)] = Field(2, description="how long it lasts")
    runs: Runs = Field(64, description="of every denial")


class Result(ResultOfScenario):
    """What a result stores."""

    experiment: Literal["chokepoints"]
    deniers: Deniers
    allies: Allies
    inputs: Inputs
    shares: Shares
    since: int
    years: int

    @model_validator(mode="after")
    def _ends_before_the_horizon(self) -> Self:
        last = self.since + self.years
        if self.since < self.base.start or last > self.base.horizon:
            allowed = f"a denial between {self.base.start} and {self.base.horizon} (horizon), with a year after it"
            refuse([(("since",), f"{self.since} to {last} given; allowed: {allowed}")])
        for key in ("deniers", "allies", "inputs", "shares"):
            given = getattr(self, key)
            if len(set(given)) < len(given) or (key == "shares" and sorted(given) != given):
                refuse([((key,), f"{given} given; allowed: each once, numbers rising")])
        return self


FREE: Final = ("title", "runs", "deniers", "allies", "inputs", "shares", "scenario")
BINDING: Final = ("base", "horizon", "seed", "since", "years")


def composed(arguments: Sequence[str]) -> dict[str, Any]:
    """The whole plain configuration of a command line, checked.

    Raises
    ------
    InvalidInput
        With every problem.
    """
    given = read(arguments, Settings)
    kept = ("scenario", "deniers", "allies", "inputs", "shares", "since", "years", "runs", "seed")
    config = composed_result(EXPERIMENT, given, kept)
    name = partial(default_name, given["scenario"], given, Settings, BINDING, config, FREE)
    return completed(config, Result, given, name)
