"""Settings of a map of backfire: those of the command line, and those that its result stores."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from techduel.model.axes import STATES
from techduel.scenario.arguments import completed, default_name, read
from techduel.scenario.loader import InvalidInput
from techduel.scenario.problems import Allowed, Strict, refuse, refuse_lines
from techduel.studies.backfire.places import HORIZON, factors_of, nothing_imposed, variants_of
from techduel.studies.game.settings import STAY, chosen
from techduel.studies.settings import OfScenario, ResultOfScenario, Runs, Sector, State, composed_base, of_points
from techduel.studies.sweep.plain import variant_problems

EXPERIMENT: Final = "backfire"
AXES: Final = ("across", "up")
MOST_PLACES: Final = 41
OF_CONTROLS: Final = ("control_depth", "control_breadth")
HELD: Final = "us.LEVER=NUMBER or china.LEVER=NUMBER in brackets, each once, such as [us.control_end_use=0]"
LEVELS: Final = "a list of two numbers in brackets, the lower first, such as [0,1]"

type Ends = Annotated[list[float], Field(min_length=2, max_length=2), Allowed(LEVELS)]
type Places = Annotated[int, Field(ge=2, le=MOST_PLACES)]
type Size = Annotated[float, Field(ge=0.0, le=100.0)]
type Resamples = Annotated[int, Field(ge=0, le=1000)]


class Settings(OfScenario):
    """What the command line takes."""

    state: State = Field("us", description="who imposes the control")
    policy: str = Field(STAY, description="what it imposes at every place, beneath the axes: as of game")
    across: str = Field("us.control_depth", description="axis: a lever, parameter, fact, option, form or horizon")
    up: str = Field("us.control_breadth", description="the other axis")
    across_ends: Ends | None = Field(None, description="lowest and highest value; of its table when left out")
    up_ends: Ends | None = Field(None, description="the same of the other axis")
    places: Places = Field(9, description="along each axis")
    sectors: list[str] = Field(["semiconductors", "ai", "quantum", "cloud"], description="where levers are moved")
    since: Annotated[float, Field(ge=2011.0, le=2050.0)] = Field(2022.0, description="when levers are moved")
    held: list[str] | None = Field(
        None,
        description="levers of both arms, such as [us.control_end_use=0], which is held where an axis is a depth or "
        "breadth of controls; [] for none",
    )
    runs: Runs = Field(128, description="of every place")
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


class Result(ResultOfScenario):
    """What a result stores."""

    experiment: Literal["backfire"]
    state: State
    policy: str
    acting: dict[str, Any] | None
    """The policy that is imposed; none where only levers are moved."""
    axes: Annotated[dict[str, Any], Allowed("two axes, as factors of a sweep")]
    held: Annotated[dict[str, Any], Allowed("levers, each as a factor of a sweep with one value")]
    places: Places
    sector: Sector | None
    sizes: Sizes
    resamples: Resamples

    @model_validator(mode="after")
    def _has_a_control_and_two_axes(self) -> Self:
        config = self.model_dump(exclude_unset=True)
        if len(self.axes) != 2:
            refuse([(("up",), f"{next(iter(self.axes), '')} given on both axes; allowed: another setting")])
        both = [key for key in self.held if key in self.axes]
        refuse((("held",), f"{key} given, which is on an axis; allowed: another lever") for key in both)
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


FREE: Final = ("title", "runs", "axes", "held", "places", "sizes", "policy", "acting", "resamples", "scenario")
BINDING: Final = ("base", "horizon", "seed", "state", "sector")


def composed(arguments: Sequence[str]) -> dict[str, Any]:
    """The whole plain configuration of a command line, checked.

    Raises
    ------
    InvalidInput
        With every problem.
    """
    given = read(arguments, Settings)
    plain = composed_base(given["scenario"], given["base"], given["horizon"])
    base, policy = of_points(plain), given["policy"]
    config = {
        "experiment": EXPERIMENT,
        "title": plain["title"],
        **{key: given[key] for key in ("scenario", "state", "policy", "places", "runs", "seed", "sector", "resamples")},
        "acting": None if policy == STAY else next(iter(chosen(given["state"], [policy], base).values())),
        "axes": {given[axis]: _axis(given, axis) for axis in AXES},
        "held": _held(given),
        "base": base,
        "sizes": {key: given[key] for key in ("lead", "frontier", "income")},
    }
    name = partial(default_name, given["scenario"], given, Settings, BINDING, config, FREE)
    return completed(config, Result, given, name)


def _axis(given: Mapping[str, Any], axis: str) -> dict[str, Any]:
    """What an axis moves, as a factor of a sweep is written."""
    key, ends = given[axis], given[f"{axis}_ends"]
    first, _, rest = key.partition(".")
    lever = first in STATES and "." not in rest
    found = {"key": key, "levels": given["places"]} if key != HORIZON else {"key": key}
    found |= {"low": float(ends[0]), "high": float(ends[1])} if ends else {}
    return found | ({"sectors": given["sectors"], "start": given["since"]} if lever and _by_sector(rest) else {})


def _held(given: Mapping[str, Any]) -> dict[str, Any]:
    """Levers that are held, by key, each as a factor of one value.

    A control by depth or breadth alone is aimed at everybody unless another is asked for: the rules of 2020 exempt most
    buyers, and would be what the map shows.
    """
    texts, end_use = given["held"], f"{given['state']}.control_end_use"
    if texts is None:
        axes = {given[axis] for axis in AXES}
        by_itself = given["policy"] == STAY and axes & {f"{given['state']}.{lever}" for lever in OF_CONTROLS}
        texts = [f"{end_use}=0"] if by_itself and end_use not in axes else []
    found, problems = dict[str, Any](), []
    for text in texts:
        key, _, value = text.partition("=")
        first, _, lever = key.partition(".")
        if first not in STATES or "." in lever or key in found or not _is_number(value):
            problems.append(f"held: {text!r} given; allowed: {HELD}")
            continue
        sectors = {"sectors": given["sectors"]} if _by_sector(lever) else {}
        found[key] = {"key": key, "values": [float(value)], "start": given["since"], **sectors}
    if problems:
        raise InvalidInput(problems)
    return found


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _by_sector(lever: str) -> bool:
    from techduel.model.actions import LEVERS

    return lever in LEVERS and bool(LEVERS[lever].axis)
