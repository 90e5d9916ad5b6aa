"""Settings of a map of backfire: those of the command line, and those that its result stores."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from techduel.facts.history import LAST_YEAR
from techduel.facts.selection import known_sectors
from techduel.scenario.arguments import Luck, Named, completed, read
from techduel.scenario.fingerprint import hashed_name
from techduel.scenario.problems import Allowed, Strict, refuse, refuse_lines
from techduel.scenario.settings import LAST_HORIZON, Line, Seed, Simulation
from techduel.studies.backfire.places import HORIZON, factors_of, nothing_imposed, variants_of
from techduel.studies.game.settings import STAY, chosen, start
from techduel.studies.sweep.plain import of_points, variant_problems

EXPERIMENT: Final = "backfire"
AXES: Final = ("across", "up")
MOST_PLACES: Final = 41
LEVELS: Final = "a list of two numbers in brackets, the lower first, such as [0,1]"

type Runs = Annotated[int, Field(ge=1, le=100_000)]
type Ends = Annotated[list[float], Field(min_length=2, max_length=2), Allowed(LEVELS)]
type Places = Annotated[int, Field(ge=2, le=MOST_PLACES)]
type Size = Annotated[float, Field(ge=0.0, le=100.0)]
type Resamples = Annotated[int, Field(ge=0, le=1000)]
type Sector = Annotated[Literal[known_sectors().names], Allowed(f"one of {', '.join(known_sectors().names)}")]  # type: ignore[valid-type]


class Settings(Named):
    """What the command line takes."""

    state: Literal["us", "china"] = Field("us", description="who imposes the control")
    policy: str = Field(STAY, description="what it imposes at every place, beneath the axes: as of game")
    across: str = Field("us.control_depth", description="axis: a lever, parameter, fact, option, form or horizon")
    up: str = Field("us.control_breadth", description="the other axis")
    across_ends: Ends | None = Field(None, description="lowest and highest value; of its table when left out")
    up_ends: Ends | None = Field(None, description="the same of the other axis")
    places: Places = Field(9, description="along each axis")
    sectors: list[str] = Field(["semiconductors", "ai", "quantum", "cloud"], description="where levers are moved")
    since: Annotated[float, Field(ge=2011.0, le=2050.0)] = Field(2022.0, description="when levers are moved")
    scenario: str = Field("baseline_2021", description="where both arms start from")
    base: list[str] = Field([], description="settings of both arms in brackets, as of run")
    runs: Runs = Field(128, description="of every place")
    seed: Luck = Field(1, description="luck, the same at all places")
    horizon: Annotated[int, Field(ge=LAST_YEAR + 1, le=LAST_HORIZON)] = Field(2035, description="last year")
    sector: Sector | None = Field(None, description="whose lead and frontier; frontier fields when left out")
    lead: Size = Field(0.5, description="log points of lead that have to be lost")
    frontier: Size = Field(0.5, description="log points of its own frontier that have to be lost")
    income: Size = Field(0.1, description="% of income, present value, that have to be lost")
    resamples: Resamples = Field(50, description="of the box by PRIM; 0 for no box")


class Sizes(Strict):
    """Losses from which on a control counts as one that hurts."""

    lead: Size
    frontier: Size
    income: Size


class Result(Strict):
    """What a result stores."""

    experiment: Literal["backfire"]
    title: Line
    scenario: str
    state: Literal["us", "china"]
    policy: str
    acting: dict[str, Any] | None
    """The policy that is imposed; none where only levers are moved."""
    axes: Annotated[dict[str, Any], Allowed("two axes, as factors of a sweep")]
    places: Places
    runs: Runs
    seed: Seed
    base: Simulation
    sector: Sector | None
    sizes: Sizes
    resamples: Resamples

    @model_validator(mode="after")
    def _has_a_control_and_two_axes(self) -> Self:
        config = self.model_dump(exclude_unset=True)
        if len(self.axes) != 2:
            refuse([(("up",), f"{next(iter(self.axes), '')} given on both axes; allowed: another setting")])
        factors, problems = factors_of(config)
        refuse_lines(_by_axis(self.axes, problems))
        refuse_lines(nothing_imposed(config))
        if factors:
            refuse((("axes",), line) for line in variant_problems(factors, variants_of(config), config["base"]))
        return self


def _by_axis(axes: Iterable[str], lines: Iterable[str]) -> Iterator[str]:
    """Lines about factors, with the setting of the command line that names each in the place of its name."""
    named = dict(zip(axes, AXES, strict=True))
    for line in lines:
        name = next((name for name in named if line.startswith((f"{name}.", f"{name}:"))), "")
        yield f"{named[name]}{line.removeprefix(name)}" if name in named else line


FREE: Final = ("title", "runs", "axes", "places", "sizes", "policy", "acting", "resamples", "scenario")
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
    base, policy = of_points(plain), given["policy"]
    config = {
        "experiment": EXPERIMENT,
        "title": plain["title"],
        **{key: given[key] for key in ("scenario", "state", "policy", "places", "runs", "seed", "sector", "resamples")},
        "acting": None if policy == STAY else next(iter(chosen(given["state"], [policy], base).values())),
        "axes": {given[axis]: _axis(given, axis) for axis in AXES},
        "base": base,
        "sizes": {key: given[key] for key in ("lead", "frontier", "income")},
    }
    return completed(config, Result, given, lambda: _default_name(given, config))


def _axis(given: Mapping[str, Any], axis: str) -> dict[str, Any]:
    """What an axis moves, as a factor of a sweep is written."""
    key, ends = given[axis], given[f"{axis}_ends"]
    first, _, rest = key.partition(".")
    lever = first in ("us", "china") and "." not in rest
    found = {"key": key, "levels": given["places"]} if key != HORIZON else {"key": key}
    found |= {"low": float(ends[0]), "high": float(ends[1])} if ends else {}
    return found | ({"sectors": given["sectors"], "start": given["since"]} if lever and _by_sector(rest) else {})


def _by_sector(lever: str) -> bool:
    from techduel.model.actions import LEVERS

    return lever in LEVERS and bool(LEVERS[lever].axis)


def _default_name(given: Mapping[str, Any], config: Mapping[str, Any]) -> str:
    """The scenario's name, with eight digits of the hash where anything that binds is not as shipped."""
    shipped = given["state"] == "us" and given["sector"] is None and not given["base"]
    if shipped and given["horizon"] == 2035 and given["seed"] == 1:
        return str(given["scenario"])
    return hashed_name(given["scenario"], config, FREE)
