"""Settings of a study of firms: those of the command line, and those that its result stores."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from techduel.scenario.arguments import Luck, Writing, read
from techduel.scenario.loader import InvalidInput, unknown
from techduel.scenario.problems import Allowed, Strict, refuse, refuse_lines
from techduel.scenario.scenario import numbers
from techduel.scenario.settings import Name, Stored
from techduel.studies.micro.laboratory import laboratory
from techduel.studies.micro.protocol import mark, protocol, studies

EXPERIMENT: Final = "micro"
MOST_WORLDS: Final = 512
LIBRARY: Final = "linearmodels"


def _of_the_protocol(name: str) -> str:
    if name not in studies():
        raise ValueError("no study of the protocol")
    return name


type StudyName = Annotated[str, AfterValidator(_of_the_protocol), Allowed(f"one of {', '.join(studies())}")]
type Worlds = Annotated[int, Field(ge=4, le=MOST_WORLDS)]
type Switch = Annotated[str, Allowed(f"nothing, or {', '.join(protocol().switches)}")]


class _Study(Strict):
    """Which study, of how many worlds, with what in its place."""

    study: StudyName = Field(description="which")
    worlds: Worlds = Field(protocol().worlds, description="worlds, two a parameter set")
    seed: Luck = Field(protocol().seed, description="luck")
    version: Literal[1, 2] = Field(
        1, description="of the protocol: 2 compares firms of the same path, counts by Poisson"
    )
    mirror: bool = Field(False, description="states swapped: China treats, US firms are treated")
    switched: Switch | None = Field(None, description="a channel of the model switched off")

    @field_validator("switched")
    @classmethod
    def _of_this_study(cls, name: str | None, info: ValidationInfo) -> str | None:
        switches = protocol().switches
        if name is not None and name not in switches:
            refuse([((), f"{name}: {unknown(name, switches)}")])
        elif name is not None and switches[name].study != info.data.get("study"):
            refuse([((), f"{name} belongs to study={switches[name].study}")])
        return name


class Settings(_Study, Writing):
    """What the command line takes."""

    check: bool = Field(False, description="sizes of samples only, no estimate")


class Result(_Study):
    """What a result stores."""

    experiment: Literal["micro"]
    name: Name | None = None
    meaning: str | None
    parameters: dict[str, Any]
    posterior: int
    protocol: str
    scenario: Stored

    @model_validator(mode="after")
    def _as_the_protocol_says(self) -> Self:
        derived, stored = _derived(self.model_dump()), {"parameters": self.parameters, "posterior": self.posterior}
        wrong = [key for key in stored if stored[key] != derived[key]]
        refuse_lines(f"{key}: {stored[key]!r} stored; allowed: {derived[key]!r}" for key in wrong)
        return self


def composed(arguments: Sequence[str]) -> dict[str, Any]:
    """The whole plain configuration of a command line, checked.

    Raises
    ------
    InvalidInput
        With every problem, one line each; also if the library of the estimates is not there.
    """
    given = read(arguments, Settings)
    if find_spec(LIBRARY) is None:
        raise InvalidInput([f"study: needs {LIBRARY}: pip install 'techduel[micro]'"])
    version = f"version_{given['version']}" if given["version"] > 1 else None
    parts = (given["study"], given["switched"], "mirror" if given["mirror"] else None, version)
    return {**given, "name": "-".join(part for part in parts if part), **_derived(given)}


def _derived(given: Mapping[str, Any]) -> dict[str, Any]:
    """What follows from the settings and the protocol."""
    switch = protocol().switches.get(given["switched"] or "")
    parameters = dict(switch.parameters) if switch else {}
    return {
        "experiment": EXPERIMENT,
        "meaning": switch.meaning if switch else None,
        "parameters": parameters,
        "posterior": protocol().posterior,
        "protocol": mark(given["version"]),
        "scenario": numbers(laboratory(studies()[given["study"]], parameters).config),
    }
