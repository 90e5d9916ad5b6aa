"""Settings of a branch: those of the command line, and those that its result stores."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from techduel.model.axes import STATES
from techduel.scenario import composition
from techduel.scenario.arguments import Luck, completed, read
from techduel.scenario.fingerprint import hashed_name
from techduel.scenario.loader import InvalidInput
from techduel.scenario.problems import Allowed, refuse, validated
from techduel.scenario.settings import Simulation
from techduel.studies.branch.arms import turned
from techduel.studies.game.settings import Wanted, Wants, weighed, wrong_weights
from techduel.studies.settings import Horizon, ResultOfScenario, Runs, State, composed_base, of_points
from techduel.studies.stored import of_these_sources, result_folders, stored

EXPERIMENT: Final = "branch"
POLICY: Final = "policy@policies."
CHOICE: Final = ("policy@policies.us=KIND or policy@policies.china=KIND, and policies.us.OPTION=VALUE",)
MOST_DATES: Final = 20

type Dates = Annotated[
    list[float], Field(min_length=1, max_length=MOST_DATES), Allowed(f"up to {MOST_DATES} decimal years in brackets")
]


class Settings(Wants):
    """What the command line takes, beside a RESULT of `run`, policy@policies.STATE=KIND and policies.STATE.OPTION."""

    at: Dates = Field(
        [2021.0, 2023.0, 2025.0, 2027.0, 2030.0], description=f"when a state turns to another policy: {CHOICE[0]}"
    )
    scenario: str = Field("baseline_2021", description="the common past, where no RESULT of run is named")
    base: list[str] = Field([], description="settings of all runs in brackets, as of run")
    runs: Runs | None = Field(None, description="of every date; 128, or those of RESULT")
    seed: Luck | None = Field(None, description="luck, the same everywhere; 1, or that of RESULT")
    horizon: Horizon = Field(2035, description="last year")


class Result(ResultOfScenario):
    """What a result stores."""

    experiment: Literal["branch"]
    policies: Annotated[dict[State, dict[str, Any]], Allowed("policies by state")]
    at: Dates
    weights: Wanted

    @model_validator(mode="after")
    def _branches(self) -> Self:
        """Dates within the run, each once, and policies that are sound and another."""
        first, last = self.base.start, self.base.horizon
        refuse(
            (("at",), f"{date:g} given; allowed: {first} to {last}") for date in self.at if not first <= date <= last
        )
        if sorted(set(self.at)) != self.at:
            refuse([(("at",), f"{', '.join(f'{date:g}' for date in self.at)} given; allowed: each once, rising")])
        if not self.policies:
            refuse([(("policies",), f"none given; allowed: {CHOICE[0]}")])
        plain = {"base": self.base.model_dump(exclude_unset=True), "policies": self.policies, "title": self.title}
        refuse((("policies",), line) for line in _wrong(plain, self.at))
        refuse(((), words) for words in wrong_weights(self.weights, self.base.horizon))
        return self


FREE: Final = ("title", "runs", "at", "weights", "scenario")


def composed(arguments: Sequence[str]) -> dict[str, Any]:
    """The whole plain configuration of a command line, checked.

    Raises
    ------
    InvalidInput
        With every problem.
    """
    folders = [text for text in arguments if "=" not in text]
    choices = [text for text in arguments if text.startswith((POLICY, "policies."))]
    given = read([text for text in arguments if text not in (*folders, *choices)], Settings)
    plain = _past(folders, given)
    base = of_points(plain)
    config = {
        "experiment": EXPERIMENT,
        "title": plain["title"],
        "scenario": plain["scenario"],
        "runs": given["runs"] or (plain["runs"] if folders else 128),
        "seed": plain["seed"] if given["seed"] is None else given["seed"],
        "at": given["at"],
        "base": base,
        "policies": _chosen(choices),
        "weights": weighed(given, {**plain, "name": "arm"}),
    }
    return completed(config, Result, given, lambda: _default_name(config))


def _past(folders: Sequence[str], given: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration of the common past: that of a stored run, or of a scenario."""
    if not folders:
        return composed_base(given["scenario"], given["base"], given["horizon"])
    if len(folders) > 1 or given["base"] or given["scenario"] != "baseline_2021":
        raise InvalidInput(["branch: one RESULT, or scenario and base; allowed: either"])
    (folder,) = result_folders(folders)
    config = stored(folder)
    if config["experiment"] != "run":
        raise InvalidInput([f"{folder.name}: a result of {config['experiment']}; allowed: one of run"])
    if not of_these_sources(folder):
        raise InvalidInput([f"{folder.name}: made by other sources, so its past cannot be lived again; run it again"])
    return {key: value for key, value in config.items() if key != "experiment"}


def _chosen(choices: Sequence[str]) -> dict[str, Any]:
    """The policies that a command line chooses, by state, with all their options."""
    states = [state for state in STATES if any(text.startswith(f"{POLICY}{state}=") for text in choices)]
    lost = [text for text in choices if not any(text.startswith((f"{POLICY}{s}=", f"policies.{s}.")) for s in states)]
    if lost:
        raise InvalidInput([f"{text}: given without a policy to change; allowed: {CHOICE[0]}" for text in lost])
    whole = composition.composed(["scenario=baseline_2021", *choices, "name=arm"]) if choices else {}
    return {state: whole["policies"][state] for state in states}


def _wrong(config: Mapping[str, Any], dates: Sequence[float]) -> list[str]:
    """What is wrong with arms, or that one is no other policy than that of the past."""
    same = [state for state, policy in config["policies"].items() if policy == config["base"]["policies"][state]]
    found = [f"{state} is given the policy that it has; allowed: another" for state in same]
    arms = (turned(config, date) for date in dates)
    lines = (str(problem) for arm in arms for problem in validated(Simulation, of_points(arm))[1])
    return [*found, *dict.fromkeys(lines)]


def _default_name(config: Mapping[str, Any]) -> str:
    """Scenario and policies, with eight digits of the hash of all that binds."""
    kinds = "_".join(f"{state}_{policy['kind']}" for state, policy in config["policies"].items())
    return hashed_name(f"{config['scenario']}-{kinds}", config, FREE)
