"""Settings of why a lead, sales or real income moved: those of the command line, and those that its result stores."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from techduel.scenario.arguments import Luck, Named, completed, default_name, read
from techduel.scenario.loader import InvalidInput
from techduel.scenario.problems import Allowed, Strict, refuse
from techduel.scenario.settings import LAST_HORIZON, Line, Name, Seed, Simulation
from techduel.studies.settings import Runs, Sector, State, composed_base, of_points
from techduel.studies.why.accounts import ACCOUNTS

EXPERIMENT: Final = "why"
MOST_NAMES: Final = 2
NAMES: Final = "one or two scenarios, A or A B, by name"

type Of = Literal["frontier", "sales", "income"]
type Groups = Literal["levers", "channels"]


class Settings(Named):
    """What the command line takes behind the names of one or two scenarios."""

    scenarios: Annotated[list[str], Field(min_length=1, max_length=MOST_NAMES), Allowed(NAMES)] = Field(
        ["baseline_2021"], description="A, whose lead is explained, or A and B: what B does to it; also as A B"
    )
    of: Of = Field("frontier", description="what moved: the lead of frontiers, sales or real income")
    state: State = Field("us", description="whose lead, sales or income")
    sector: Sector | None = Field(None, description="in which; left out, the mean of frontier fields or all sales")
    decompose: Groups = Field("levers", description="how measures of B are grouped")
    run: Annotated[int, Field(ge=0, le=100_000)] = Field(0, description="whose quarters are told one by one")
    base: list[str] = Field([], description="settings of all runs in brackets, as of run")
    runs: Runs = Field(64, description="of every scenario, and of every mix of measures")
    seed: Luck = Field(1, description="luck, the same everywhere")
    horizon: Annotated[int, Field(ge=2011, le=LAST_HORIZON)] = Field(2035, description="last year")


class Result(Strict):
    """What a result stores."""

    experiment: Literal["why"]
    title: Line
    scenarios: Annotated[list[Name], Field(min_length=1, max_length=MOST_NAMES)]
    of: Of
    state: State
    sector: Sector | None
    decompose: Groups
    run: Annotated[int, Field(ge=0, le=100_000)]
    runs: Runs
    seed: Seed
    members: dict[str, Simulation]

    @model_validator(mode="after")
    def _members_can_be_paired(self) -> Self:
        if self.sector is not None and not ACCOUNTS[self.of].by_sector:
            refuse([(("sector",), f"{self.sector} given; allowed: none, since real income has no sectors")])
        if list(self.members) != self.scenarios:
            refuse([(("scenarios",), f"{', '.join(self.scenarios)} given; allowed: {', '.join(self.members)}")])
        for key in ("start", "slots"):
            values = {name: getattr(member, key) for name, member in self.members.items()}
            if len(set(values.values())) > 1:
                shown = ", ".join(f"{value} in {name}" for name, value in values.items())
                refuse([((key,), f"{shown}; allowed: the same, so that both have the same luck")])
        if len(self.members) == MOST_NAMES and len({repr(member) for member in self.members.values()}) == 1:
            refuse([(("scenarios",), f"{' and '.join(self.scenarios)} are the same; allowed: two that differ")])
        return self


FREE: Final = ("title", "runs", "of", "state", "sector", "run")
BINDING: Final = ("base", "horizon", "seed")


def composed(arguments: Sequence[str]) -> dict[str, Any]:
    """The whole plain configuration of a command line, checked.

    Raises
    ------
    InvalidInput
        With every problem.
    """
    names = [argument for argument in arguments if "=" not in argument]
    given = read([argument for argument in arguments if "=" in argument], Settings)
    if names and any(argument.startswith("scenarios=") for argument in arguments):
        raise InvalidInput([f"scenarios: given beside {', '.join(names)}; allowed: either"])
    scenarios = names or given["scenarios"]
    if len(scenarios) > MOST_NAMES:
        raise InvalidInput([f"scenarios: {', '.join(scenarios)} given; allowed: {NAMES}"])
    if len(set(scenarios)) < len(scenarios):
        raise InvalidInput([f"scenarios: {scenarios[0]} is named twice; allowed: two that differ"])
    plain = {name: composed_base(name, given["base"], given["horizon"]) for name in scenarios}
    config = {
        "experiment": EXPERIMENT,
        "title": plain[scenarios[-1]]["title"],
        "scenarios": scenarios,
        **{key: given[key] for key in ("of", "state", "sector", "decompose", "run", "runs", "seed")},
        "members": {name: of_points(one) for name, one in plain.items()},
    }
    levers = given["decompose"] == Settings.model_fields["decompose"].default
    joined = "_vs_".join(scenarios) + ("" if levers else f"-{given['decompose']}")
    return completed(config, Result, given, partial(default_name, joined, given, Settings, BINDING, config, FREE))
