"""Settings of a game: those of the command line, and those that its result stores."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from techduel.model.axes import STATES
from techduel.report.marks import TITLES
from techduel.scenario.arguments import Named, completed, default_name, read
from techduel.scenario.fingerprint import config_hash
from techduel.scenario.kinds import filled
from techduel.scenario.layers import choices
from techduel.scenario.loader import NAME, NAME_RULE, InvalidInput, name_from, strict_yaml, unknown_key
from techduel.scenario.problems import Allowed, Strict, refuse, validated
from techduel.scenario.scenario import scenario_from
from techduel.scenario.settings import RivalForm, Simulation
from techduel.studies.game import family
from techduel.studies.game.search import MISSING, installed
from techduel.studies.game.stakes import AXES, HIGHEST, Weights
from techduel.studies.settings import OfScenario, ResultOfScenario, Runs, composed_base, of_points

EXPERIMENT: Final = "game"
STAY: Final = "stay"
"""The policy that a state has in the scenario."""
SHIPPED: Final = (STAY, "targeted_controls", "broad_controls", "full_decoupling", "cooperation", "industrial_policy")
MOST: Final = 10
"""Policies of a state."""
LEAST_SEARCHED: Final = 4
"""Runs of every cell where policies are looked for: fewer have no standard error."""
LARGEST: Final = 1e6
"""Weight that a result may store; a scenario's objectives may weigh more than a command line."""
MOST_PLACES: Final = 101
"""Of a diagram along each axis."""
OF_SEARCH: Final = ("family_us", "family_china", "trials", "rounds")
"""Settings that mean something with ``double_oracle`` only."""
POLICY_RULE: Final = f"{STAY}, names of techduel list policies, or files with a policy"

type Entries = Annotated[
    list[Annotated[str, Field(min_length=1), Allowed(POLICY_RULE)]], Field(max_length=MOST), Allowed(POLICY_RULE)
]
type Weight = Annotated[float, Field(ge=0.0, le=HIGHEST)]
type Stake = Annotated[float, Field(ge=0.0, le=LARGEST)]
type Axis = Annotated[Literal[AXES], Allowed(", ".join(AXES))]  # type: ignore[valid-type]
type Rate = Annotated[float, Field(ge=0.0, le=0.2)]
type Places = Annotated[int, Field(ge=3, le=MOST_PLACES)]
type Members = Annotated[list[str], Allowed(f"a list in brackets of {family.RULE}")]
type Trials = Annotated[int, Field(ge=1, le=1000)]
type Rounds = Annotated[int, Field(ge=1, le=MOST - 2)]


class Wanted(Strict):
    """What both states want, as a result stores it: weights of leads, incidents and costs, and how time counts."""

    lead_us: Stake
    lead_china: Stake
    incident: Stake
    cost_us: Stake
    cost_china: Stake
    discount_rate: Rate
    horizon: float


class Wants(Named):
    """What a command line says of both states' wants."""

    lead_us: Weight | None = Field(None, description="% of income that a log point of lead is worth to the U.S.")
    lead_china: Weight | None = Field(None, description="the same to China; both as in params.objectives if left out")
    incident: Weight | None = Field(None, description="% of a year's income that an incident costs beyond its damage")
    cost_us: Weight = Field(1.0, description="multiplier on the income of the United States")
    cost_china: Weight = Field(1.0, description="multiplier on the income of China")
    discount_rate: Rate = Field(0.03, description="per year, of income and incidents")


class Settings(Wants, OfScenario):
    """What the command line takes."""

    us: Entries = Field(list(SHIPPED), description="policies of the United States, the first to compare with")
    china: Entries = Field(list(SHIPPED), description="policies of China")
    runs: Runs = Field(64, description="of every cell")
    across: Axis = Field("lead", description="axis of the phase diagram")
    up: Axis = Field("incident", description="the other axis")
    places: Places = Field(41, description="of the diagram along each axis")
    robust: Literal["regret", "maximin"] = Field("regret", description="what a cautious state goes by")
    forms: list[str] = Field([], description="rival equations in brackets, such as imitation.logistic")
    double_oracle: bool = Field(
        False, description="add the best policy of a family to either state until nobody gains more than luck"
    )
    family_us: Members = Field(list(family.SHIPPED), description="settings that the U.S. may choose then")
    family_china: Members = Field(list(family.SHIPPED), description="settings that China may choose then")
    trials: Trials = Field(16, description="of each policy of a family in a round")
    rounds: Rounds = Field(4, description="at most, of added policies")


class Oracle(Strict):
    """How policies are looked for that are better answers than those which a state has."""

    families: Annotated[dict[str, dict[str, dict[str, list[float]]]], Allowed("ranges by setting, policy and state")]
    trials: Trials
    rounds: Rounds

    @model_validator(mode="after")
    def _has_families(self) -> Self:
        """One for each state, of settings that exist, and something to look for."""
        if tuple(self.families) != STATES:
            refuse([(("families",), f"{', '.join(self.families)} given; allowed: {', '.join(STATES)}")])
        refuse((("families", state), line) for state in STATES for line in family.wrong_family(self.families[state]))
        if not any(self.families.values()):
            refuse([(("families",), "none given for either state; allowed: settings of one at least")])
        return self


class Result(ResultOfScenario):
    """What a result stores."""

    experiment: Literal["game"]
    policies: Annotated[dict[str, dict[str, Any]], Allowed("policies by name, by state")]
    weights: Wanted
    across: Axis
    up: Axis
    places: Places
    robust: Literal["regret", "maximin"]
    forms: list[RivalForm]
    oracle: Oracle | None = None

    @model_validator(mode="after")
    def _is_a_game(self) -> Self:
        """Two states with policies that differ, each sound, and weights that say what they want."""
        if tuple(self.policies) != STATES:
            refuse([(("policies",), f"{', '.join(self.policies)} given; allowed: {', '.join(STATES)}")])
        refuse((("policies",), words) for words in _wrong_policies(self.base.model_dump(exclude_unset=True), self))
        refuse(((state,), words) for state in STATES for words in _wrong_choices(self.policies[state]))
        refuse(((), words) for words in wrong_weights(self.weights, self.base.horizon))
        if len(set(self.forms)) < len(self.forms):
            refuse([(("forms",), f"{', '.join(self.forms)} given; allowed: each once")])
        if self.across == self.up or {self.across, self.up} in ({"lead", "lead_us"}, {"lead", "lead_china"}):
            refuse([(("up",), f"{self.up} given with across={self.across}; allowed: another setting")])
        refuse((("oracle",), words) for words in _wrong_search(self))
        return self


FREE: Final = (
    "title",
    "runs",
    "policies",
    "weights",
    "across",
    "up",
    "places",
    "robust",
    "forms",
    "scenario",
    "oracle",
)
BINDING: Final = ("base", "horizon", "seed")


def composed(arguments: Sequence[str]) -> dict[str, Any]:
    """The whole plain configuration of a command line, checked.

    Raises
    ------
    InvalidInput
        With every problem.
    """
    given = read(arguments, Settings)
    plain = composed_base(given["scenario"], given["base"], given["horizon"])
    base = of_points(plain)
    config = {
        "experiment": EXPERIMENT,
        "title": plain["title"],
        **{key: given[key] for key in ("scenario", "runs", "seed", "across", "up", "places", "robust", "forms")},
        "base": base,
        "policies": {state: chosen(state, given[state], base) for state in STATES},
        "weights": weighed(given, plain),
        **_searched(given),
    }
    name = partial(default_name, given["scenario"], given, Settings, BINDING, config, ("experiment", *FREE))
    return completed(config, Result, given, name)


def chosen(state: str, entries: Sequence[str], base: Mapping[str, Any]) -> dict[str, Any]:
    """Policies of a state by name, on top of what it does in the scenario.

    Raises
    ------
    InvalidInput
        If one cannot be found, or two have one name.
    """
    problems, found = [], dict[str, Any]()
    for entry in entries:
        name, options, wrong = _entry(entry)
        problems += [f"{state}: {line}" for line in wrong]
        if name in found:
            problems.append(f"{state}: {name} is named twice; allowed: each once")
        found[name] = base["policies"][state] if name == STAY else on_top(options, base["policies"][state])
    if problems:
        raise InvalidInput(problems)
    return found


def on_top(options: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """A policy with every option, on top of a state's own wherever it leaves that to be chosen."""
    given = {**options, **({"base": own} if options.get("base") == {"kind": "status_quo_2020"} else {})}
    if isinstance(given.get("policy"), Mapping):
        given["policy"] = on_top(filled(given["policy"]), own)
    whole = filled(given)
    return {**whole, "base": own} if isinstance(whole.get("base"), Mapping) and "base" not in options else whole


def candidate(policy: str, settings: family.Settings, state: str, base: Mapping[str, Any]) -> dict[str, Any]:
    """A policy of a family with some settings, on top of what its state does in the scenario."""
    options = family.options_of(policy, settings, base["start"])
    own = base["policies"][state]
    return on_top({**options, "base": own} if policy == family.LEVER else options, own)


def wrong_weights(weights: Wanted, horizon: int) -> list[str]:
    """A line for each state that wants nothing, and where time does not end with the runs."""
    nothing = [
        state
        for state in STATES
        if not any((weights.incident, *(getattr(weights, f"{part}_{state}") for part in ("cost", "lead"))))
    ]
    lines = [
        f"cost_{state}, lead_{state}, incident: 0 given, so that {TITLES[state]} wants nothing; allowed: one above 0"
        for state in nothing
    ]
    if weights.horizon != horizon:
        lines.append(f"weights.horizon: {weights.horizon:g} given; allowed: {horizon}, that of base")
    return lines


def _entry(entry: str) -> tuple[str, dict[str, Any], list[str]]:
    """Name and options of a policy that is named or lies in a file, and what is wrong with them."""
    if entry.endswith((".yaml", ".yml")):
        try:
            return name_from(Path(entry).stem), strict_yaml(Path(entry)), []
        except InvalidInput as refused:
            return entry, {}, refused.problems
    if entry == STAY:
        return entry, {}, []
    names = choices("policy")
    if entry not in names:
        return entry, {}, [unknown_key(entry, [STAY, *names])]
    return entry, {"kind": entry}, []


def _wrong_choices(policies: Mapping[str, Any]) -> list[str]:
    """What keeps a state's policies from being a choice."""
    if len(policies) < 2:
        names = ", ".join(policies) or "none"
        return [f"one policy given ({names}), which is no choice; allowed: 2 to {MOST} that differ"]
    strange = [name for name in policies if not re.fullmatch(NAME, name)]
    found = [f"{name!r} given; allowed: {NAME_RULE}" for name in strange]
    first: dict[str, str] = {}
    for name, options in policies.items():
        other = first.setdefault(config_hash(options), name)
        found += [f"{name} is the same policy as {other}; allowed: policies that differ"] if other != name else []
    return found


def _wrong_policies(base: Mapping[str, Any], game: Result) -> list[str]:
    """What is wrong with policies, each beside what the other state does in the scenario."""
    lines = []
    for state in STATES:
        for name, options in game.policies[state].items():
            config = {**base, "policies": {**base["policies"], state: options}}
            lines += [f"{state}.{name}: {problem}" for problem in validated(Simulation, config)[1]]
    return lines


def _searched(given: Mapping[str, Any]) -> dict[str, Any]:
    """How policies are looked for, if they are.

    Raises
    ------
    InvalidInput
        If a family is none, the library is missing, or settings of a search are given without it.
    """
    if not given["double_oracle"]:
        idle = [key for key in OF_SEARCH if given[key] != Settings.model_fields[key].default]
        if idle:
            raise InvalidInput([f"{', '.join(idle)}: given; allowed: with double_oracle=true"])
        return {}
    if not installed():
        raise InvalidInput([MISSING])
    families = {state: family.parsed(f"family_{state}", given[f"family_{state}"]) for state in STATES}
    if not any(families.values()):
        raise InvalidInput(["family_us, family_china: none given; allowed: settings of one state at least"])
    return {"oracle": {"families": families, "trials": given["trials"], "rounds": given["rounds"]}}


def _wrong_search(game: Result) -> Iterator[str]:
    """What keeps policies from being looked for: too few runs, too many policies, or corners of a family."""
    oracle, base = game.oracle, game.base.model_dump(exclude_unset=True)
    if oracle is None:
        return
    if game.runs < LEAST_SEARCHED:
        yield f"{game.runs} runs have no standard error; allowed with double_oracle: {LEAST_SEARCHED} or more"
    most = max(map(len, game.policies.values()))
    if most + oracle.rounds > MOST:
        yield f"{most} policies of a state and {oracle.rounds} rounds given; allowed: {MOST} in all"
    for state, policies in oracle.families.items():
        for policy, ranges in policies.items():
            for settings in family.corners(ranges)[:2]:
                config = {**base, "policies": {**base["policies"], state: candidate(policy, settings, state, base)}}
                yield from (f"{state}.{policy}: {problem}" for problem in validated(Simulation, config)[1])


def weighed(given: Mapping[str, Any], plain: Mapping[str, Any]) -> dict[str, float]:
    """Weights as given, else those by which a state of the scenario decides: `params.objectives`."""
    parameters = scenario_from(plain).parameters
    wanted = parameters.objectives
    leads = np.broadcast_to(wanted.leadership.reshape(-1), len(STATES)).tolist()
    harm = (wanted.security + wanted.incidents * parameters.security.incident_cost / 4.0).mean()
    shipped = {"lead_us": leads[0], "lead_china": leads[1], "incident": 100.0 * float(harm)}
    found = {key: value if given[key] is None else given[key] for key, value in shipped.items()}
    found |= {key: given[key] for key in ("cost_us", "cost_china", "discount_rate")}
    return {key: float(found[key]) for key in Weights.NAMES} | {"horizon": float(plain["horizon"])}
