"""Settings of a study of half-lives: those of the command line, and those that its result stores."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from techduel.facts.history import LAST_YEAR
from techduel.facts.selection import known_sectors
from techduel.scenario.arguments import Luck, Named, completed, read
from techduel.scenario.fingerprint import hashed_name
from techduel.scenario.problems import Allowed, Strict, refuse
from techduel.scenario.settings import LAST_HORIZON, Line, Seed, Simulation
from techduel.studies.game.settings import start
from techduel.studies.halflife.impulses import ALL, EVENT, sectors_from
from techduel.studies.sweep.plain import of_points

EXPERIMENT: Final = "halflife"
ONCE: Final = "in brackets, each once"
WORDS: Final = (ALL, *known_sectors().names)

type Runs = Annotated[int, Field(ge=1, le=100_000)]
type States = Annotated[list[Literal["us", "china"]], Field(min_length=1), Allowed(f"us, china {ONCE}")]
type Sectors = Annotated[
    list[Annotated[Literal[WORDS], Allowed(f"one of {', '.join(WORDS)}")]],  # type: ignore[valid-type]
    Field(min_length=1),
    Allowed(f"{', '.join(WORDS)} {ONCE}"),
]
type Size = Annotated[float, Field(ge=0.001, le=1.0)]
type After = Annotated[int, Field(ge=1, le=30)]


class Settings(Named):
    """What the command line takes."""

    states: States = Field(["us"], description="whose makers get better")
    sectors: Sectors = Field([ALL], description="where; all: in each by itself, and in all at once")
    since: Annotated[int, Field(ge=2011, le=2045)] = Field(2021, description="start of the year in which they do")
    size: Size = Field(0.05, description="log rise of their technology; 0.05, one innovation, is 5 log points")
    after: After = Field(10, description="years after which what is left says the half-life")
    scenario: str = Field("baseline_2021", description="where all start from")
    base: list[str] = Field([], description="settings of all runs in brackets, as of run")
    runs: Runs = Field(128, description="with every impulse, and without")
    seed: Luck = Field(1, description="luck, the same everywhere")
    horizon: Annotated[int, Field(ge=LAST_YEAR + 1, le=LAST_HORIZON)] = Field(2040, description="last year")


class Result(Strict):
    """What a result stores."""

    experiment: Literal["halflife"]
    title: Line
    scenario: str
    states: States
    sectors: Sectors
    since: int
    size: Size
    after: After
    runs: Runs
    seed: Seed
    base: Simulation

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
"""Settings that may change from one call to the next: what is there is kept, only what is new is computed."""


def composed(arguments: Sequence[str]) -> dict[str, Any]:
    """The whole plain configuration of a command line, checked.

    Raises
    ------
    InvalidInput
        With every problem.
    """
    given = read(arguments, Settings)
    plain = start(given["scenario"], given["base"], given["horizon"])
    config = {
        "experiment": EXPERIMENT,
        "title": plain["title"],
        **{key: given[key] for key in ("scenario", "states", "since", "size", "after", "runs", "seed")},
        "sectors": sectors_from(given["sectors"]),
        "base": of_points(plain),
    }
    return completed(config, Result, given, lambda: _default_name(given, config))


def _default_name(given: Mapping[str, Any], config: Mapping[str, Any]) -> str:
    shipped = {name: field.default for name, field in Settings.model_fields.items()}
    kept = ("base", "horizon", "seed", "since", "size", "states", "sectors")
    if all(given[key] == shipped[key] for key in kept):
        return str(given["scenario"])
    return hashed_name(given["scenario"], config, FREE)
