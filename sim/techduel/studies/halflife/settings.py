"""Settings of a study of half-lives: those of the command line, and those that its result stores."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from techduel.facts.selection import known_sectors
from techduel.scenario.arguments import completed, default_name, read
from techduel.scenario.problems import Allowed, refuse
from techduel.studies.halflife.impulses import ALL, EVENT, sectors_from
from techduel.studies.settings import ONCE, Horizon, OfScenario, ResultOfScenario, Runs, State, composed_result

EXPERIMENT: Final = "halflife"
WORDS: Final = (ALL, *known_sectors().names)

type States = Annotated[list[State], Field(min_length=1), Allowed(f"us, china {ONCE}")]
type Sectors = Annotated[
    list[Annotated[Literal[WORDS], Allowed(f"one of {', '.join(WORDS)}")]],  # type: ignore[valid-type]
    Field(min_length=1),
    Allowed(f"{', '.join(WORDS)} {ONCE}"),
]
type Size = Annotated[float, Field(ge=0.001, le=1.0)]
type After = Annotated[int, Field(ge=1, le=30)]


class Settings(OfScenario):
    """What the command line takes."""

    states: States = Field(["us"], description="whose makers get better")
    sectors: Sectors = Field([ALL], description="where; all: in each by itself, and in all at once")
    since: Annotated[int, Field(ge=2011, le=2045)] = Field(2021, description="start of the year in which they do")
    size: Size = Field(0.05, description="log rise of their technology; 0.05, one innovation, is 5 log points")
    after: After = Field(10, description="years after which what is left says the half-life")
    runs: Runs = Field(128, description="with every impulse, and without")
    horizon: Horizon = Field(2040, description="last year")


class Result(ResultOfScenario):
    """What a result stores."""

    experiment: Literal["halflife"]
    states: States
    sectors: Sectors
    since: int
    size: Size
    after: After

    @model_validator(mode="after")
    def _leaves_time(self) -> Self:
        first, last = self.base.start, self.base.horizon - self.after + 1
        if last < first:
            years = self.base.horizon - first + 1
            refuse([(("after",), f"{self.after} given; allowed: 1 to {years}, the years of a run")])
        if not first <= self.since <= last:
            words = f"{self.since} given; allowed: {first} to {last}, so that {self.after} years (after) are left"
            refuse([(("since",), words)])
        for key in ("states", "sectors"):
            given = getattr(self, key)
            if len(set(given)) < len(given):
                refuse([((key,), f"{', '.join(given)} given; allowed: each once")])
        if EVENT in self.base.events:
            refuse([(("base", "events"), f"{EVENT} given; allowed: another name, since this one is the study's own")])
        return self


FREE: Final = ("title", "runs", "after", "scenario")
BINDING: Final = ("base", "horizon", "seed", "since", "size", "states", "sectors")


def composed(arguments: Sequence[str]) -> dict[str, Any]:
    """The whole plain configuration of a command line, checked.

    Raises
    ------
    InvalidInput
        With every problem.
    """
    given = read(arguments, Settings)
    kept = ("scenario", "states", "since", "size", "after", "runs", "seed", "sectors")
    config = composed_result(EXPERIMENT, {**given, "sectors": sectors_from(given["sectors"])}, kept)
    name = partial(default_name, given["scenario"], given, Settings, BINDING, config, FREE)
    return completed(config, Result, given, name)
