"""Settings of a study of choke points: those of the command line, and those that its result stores."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from techduel.facts.history import LAST_YEAR
from techduel.facts.selection import known_sectors
from techduel.model.axes import STATES
from techduel.scenario.arguments import Luck, Named, completed, read
from techduel.scenario.fingerprint import hashed_name
from techduel.scenario.problems import Allowed, Strict, refuse
from techduel.scenario.settings import LAST_HORIZON, Line, Seed, Simulation
from techduel.studies.chokepoints.denials import SINGLE
from techduel.studies.game.settings import start
from techduel.studies.sweep.plain import of_points

EXPERIMENT: Final = "chokepoints"
ONCE: Final = "in brackets, each once"
INPUTS: Final = (*SINGLE, *known_sectors().names)
"""Single inputs with levers of their own, and all that a sector makes."""

type Runs = Annotated[int, Field(ge=1, le=100_000)]
type State = Literal["us", "china"]
type Input = Annotated[Literal[INPUTS], Allowed(f"one of {', '.join(INPUTS)}")]  # type: ignore[valid-type]
type Share = Annotated[float, Field(gt=0.0, le=1.0), Allowed("above 0, up to 1")]
type Deniers = Annotated[list[State], Field(min_length=1), Allowed(f"us, china {ONCE}")]
type Inputs = Annotated[list[Input], Field(min_length=1), Allowed(f"{', '.join(INPUTS)} {ONCE}")]
type Shares = Annotated[list[Share], Field(min_length=1, max_length=10), Allowed(f"numbers above 0 to 1 {ONCE}")]


class Settings(Named):
    """What the command line takes."""

    deniers: Deniers = Field(list(STATES), description="who denies")
    inputs: Inputs = Field([*SINGLE, "semiconductors", "batteries"], description="what is denied")
    shares: Shares = Field([0.25, 0.5, 1.0], description="part of supplies that is refused, rising")
    since: Annotated[int, Field(ge=2021, le=2045)] = Field(2023, description="first year of the denial")
    years: Annotated[int, Field(ge=1, le=10)] = Field(2, description="how long it lasts")
    scenario: str = Field("baseline_2021", description="where all start from")
    base: list[str] = Field([], description="settings of all runs in brackets, as of run")
    runs: Runs = Field(64, description="of every denial")
    seed: Luck = Field(1, description="luck, the same everywhere")
    horizon: Annotated[int, Field(ge=LAST_YEAR + 1, le=LAST_HORIZON)] = Field(2035, description="last year")


class Result(Strict):
    """What a result stores."""

    experiment: Literal["chokepoints"]
    title: Line
    scenario: str
    deniers: Deniers
    inputs: Inputs
    shares: Shares
    since: int
    years: int
    runs: Runs
    seed: Seed
    base: Simulation

    @model_validator(mode="after")
    def _ends_before_the_horizon(self) -> Self:
        last = self.since + self.years
        if self.since < self.base.start or last > self.base.horizon:
            allowed = f"a denial between {self.base.start} and {self.base.horizon} (horizon), with a year after it"
            refuse([(("since",), f"{self.since} to {last} given; allowed: {allowed}")])
        for key in ("deniers", "inputs", "shares"):
            given = getattr(self, key)
            if len(set(given)) < len(given) or (key == "shares" and sorted(given) != given):
                refuse([((key,), f"{given} given; allowed: each once, numbers rising")])
        return self


FREE: Final = ("title", "runs", "deniers", "inputs", "shares", "scenario")
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
    kept = ("scenario", "deniers", "inputs", "shares", "since", "years", "runs", "seed")
    config = {
        "experiment": EXPERIMENT,
        "title": plain["title"],
        **{key: given[key] for key in kept},
        "base": of_points(plain),
    }
    return completed(config, Result, given, lambda: _default_name(given, config))


def _default_name(given: Mapping[str, Any], config: Mapping[str, Any]) -> str:
    shipped = {name: field.default for name, field in Settings.model_fields.items()}
    if all(given[key] == shipped[key] for key in ("base", "horizon", "seed", "since", "years")):
        return str(given["scenario"])
    return hashed_name(given["scenario"], config, FREE)
