"""Settings of a comparison: its own and those of every scenario it names, composed and checked."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from techduel.ensemble.folder import BEFORE, bound
from techduel.scenario import composition
from techduel.scenario.fingerprint import config_hash
from techduel.scenario.layers import config_folder
from techduel.scenario.loader import NAME, NAME_RULE, InvalidInput, strict_yaml
from techduel.scenario.overrides import parsed, quoted
from techduel.scenario.problems import Allowed, Strict, allowed_at, refuse, refuse_lines, validated
from techduel.scenario.scenario import WITHOUT_NUMBERS, named, numbers
from techduel.scenario.settings import LAST_HORIZON, Member, Seed
from techduel.studies.compare.comparison import MEMBERS, QUESTION
from techduel.studies.compare.comparison import problems as problems_of_question
from techduel.studies.compare.stored import is_result, of_results
from techduel.studies.settings import Sector

ROOT: Final = "compare"
SHARED: Final = ("runs", "seed", "record")
"""What all members have in common."""
ALIKE: Final = ("horizon", "slots")
"""What must not differ between scenarios whose luck is to be the same."""
MOST_SCENARIOS: Final = 40
NAMES: Final = (
    f"2 to {MOST_SCENARIOS} names in brackets: [baseline_2021,NAME,NAME+ABLATION,FILE.yaml], or folders of runs"
)
LARGEST_RATE: Final = 0.2
LONGEST_NAME: Final = 60
LABEL: Final = re.compile(rf"{NAME}(\+{NAME})?({BEFORE}(-[0-9]+)?)?")
"""Name of a member, which becomes that of a folder."""
FILE: Final = re.compile(r"(?P<file>.+\.ya?ml)(?:\+(?P<ablation>[^+/]+))?")


class Settings(Strict):
    """Settings of the command itself; all others go to every scenario."""

    scenarios: Annotated[
        list[Annotated[str, Field(min_length=1), Allowed(NAMES)]],
        Field(min_length=2, max_length=MOST_SCENARIOS),
        Allowed(NAMES),
    ]
    discount_rate: Annotated[float, Field(ge=0.0, le=LARGEST_RATE), Allowed(f"number, 0 to {LARGEST_RATE:g} per year")]
    decompose: Literal["none", "levers", "channels"]
    year: Annotated[int, Field(ge=2011, le=LAST_HORIZON)] | None
    sector: Sector | None
    outcome: Annotated[str, Allowed("an outcome of techduel list outcomes, of sectors NAME.SECTOR")] | None


OWN: Final = tuple(Settings.model_fields)


class Pairs(Settings):
    """What a result of pairs of scenarios stores."""

    runs: Annotated[int, Field(ge=1, le=1_000_000)]
    seed: Seed
    record: Literal["full", "headline", "firms", "ledger"]
    members: Annotated[dict[str, Member], Allowed("scenarios by name")]
    taken: Annotated[dict[str, str], Allowed("marks of stored results by name")] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _members_are_the_scenarios(self) -> Self:
        """Every scenario has its configuration, and all have the same luck."""
        strange = [name for name in self.members if not LABEL.fullmatch(name)]
        refuse((("scenarios",), f"{name!r} given; allowed: {NAME_RULE}") for name in strange)
        if list(self.members) != self.scenarios:
            refuse([(("members",), f"{', '.join(self.members)} given; allowed: {', '.join(self.scenarios)}")])
        refuse_lines(_unlike({name: member.model_dump() for name, member in self.members.items()}))
        refuse_lines(problems_of_question(self.model_dump()))
        return self


class Result(Pairs):
    """What a result stores."""

    experiment: Literal["compare"] = "compare"


def composed(overrides: Sequence[str]) -> dict[str, Any]:
    """The plain configuration of a comparison, checked.

    Parameters
    ----------
    overrides : sequence of str
        In Hydra's notation, as for one scenario, and those of `Settings`.

    Raises
    ------
    InvalidInput
        With every problem of the settings and of each scenario, one line each.
    """
    own, common, problems = _parted(overrides)
    wrong = validated(Settings, own)[1]
    problems += map(str, wrong)
    named = any(text.startswith("name=") and text != "name=null" for text in common)
    if not problems and any(map(is_result, own["scenarios"])):
        return _of_results(own, common)
    # A name for each member spares a second composition, which only its default name would need.
    entries = [] if any(problem.place[0] == "scenarios" for problem in wrong) else own["scenarios"]
    members = _members(entries or ["baseline_2021"], common if named else [*common, "name=member"], problems)
    if problems:
        raise InvalidInput(list(dict.fromkeys(problems)))
    first = next(iter(members.values()))
    config = {
        "decompose": own["decompose"],
        "discount_rate": float(own["discount_rate"]),
        **{key: own[key] for key in QUESTION},
        **{name: first[name] for name in SHARED},
        **{name: first[name] for name in WITHOUT_NUMBERS if name != "scenario_file"},
        "scenarios": list(members),
        MEMBERS: {name: _without_runs(numbers(member)) for name, member in members.items()},
    }
    unanswered = list(problems_of_question(config))
    if unanswered:
        raise InvalidInput(unanswered)
    return config if named else {**config, "name": _default_name(config, own, common)}


def _of_results(own: Mapping[str, Any], common: Sequence[str]) -> dict[str, Any]:
    """The configuration of a comparison of stored results."""
    if own["decompose"] != "none":
        raise InvalidInput([f"decompose: {own['decompose']} given with stored results; allowed: none"])
    stored = of_results(own["scenarios"], common)
    config = {
        **{key: own[key] for key in ("decompose", *QUESTION)},
        "discount_rate": float(own["discount_rate"]),
        **stored,
    }
    problems = [*_unlike(config[MEMBERS]), *problems_of_question(config)]
    if problems:
        raise InvalidInput(problems)
    name = composition.composed(common)["name"] if any(text.startswith("name=") for text in common) else None
    return {**config, "name": name or "_vs_".join(config["scenarios"])}


def _without_runs(member: Mapping[str, Any]) -> dict[str, Any]:
    """A scenario's settings; how many runs it has, the comparison says."""
    return {key: value for key, value in member.items() if key != "runs"}


def _parted(overrides: Sequence[str]) -> tuple[dict[str, Any], list[str], list[str]]:
    """The command's own settings, the overrides for every scenario, and what cannot be understood."""
    own = {name: value for name, value in strict_yaml(config_folder() / f"{ROOT}.yaml").items() if name in OWN}
    common: list[str] = []
    problems: list[str] = []
    for text in overrides:
        key = text.partition("=")[0].lstrip("+~")
        if key in OWN:
            problems += _take(text, key, own)
        elif key in {"scenario", "scenario_file"}:
            problems.append(f"{key}: compare takes several: scenarios=[baseline_2021,NAME,...]")
        else:
            common.append(text)
    return own, common, problems


def _take(text: str, key: str, own: dict[str, Any]) -> list[str]:
    """Enter the value of an override; what is wrong with its notation."""
    try:
        override = parsed(text)
    except InvalidInput as refused:
        return refused.problems
    if override.is_delete() or override.is_sweep_override():
        return [f"{key}: {text} given; allowed: {allowed_at(Settings, key)}"]
    own[key] = override.value()
    return []


def _members(entries: Sequence[str], common: Sequence[str], problems: list[str]) -> dict[str, dict[str, Any]]:
    """The configuration of every scenario by its name; lines are added to `problems` for what is wrong with any."""
    members: dict[str, dict[str, Any]] = {}
    for entry in entries:
        try:
            config = composition.composed([*common, *_choice(entry)])
        except InvalidInput as refused:
            problems += [line.replace("scenario:", "scenarios:", 1) for line in refused.problems]
            continue
        label = composition.label(config)
        if label in members:
            problems.append(f"scenarios: {label} is named twice; a file needs a name of its own")
        members[label] = config
    problems += _unlike(members)
    return members


def _choice(entry: str) -> list[str]:
    """The overrides that choose one member."""
    outside = FILE.fullmatch(entry)
    if outside:
        name, ablation = f"scenario_file={quoted(outside['file'])}", outside["ablation"]
    else:
        scenario, _, ablation = entry.partition("+")
        name = f"scenario={quoted(scenario)}"
    return [name, *([f"ablation={quoted(ablation)}"] if ablation else [])]


def _unlike(members: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """A line for each setting that keeps scenarios from having the same luck."""
    starts = {name: member["start"] for name, member in members.items()}
    if len(set(starts.values())) > 1:
        shown = ", ".join(f"{name} starts in {start}" for name, start in starts.items())
        return [f"scenarios: {shown}; runs can be paired only from the same year on"]
    problems = []
    for key in ALIKE:
        values = {name: member[key] for name, member in members.items()}
        if len(set(values.values())) > 1:
            shown = ", ".join(f"{value} in {name}" for name, value in values.items())
            problems.append(f"{key}: {shown}; runs can be paired only if all are the same: give {key}=VALUE")
    return problems


def _default_name(config: Mapping[str, Any], own: Mapping[str, Any], common: Sequence[str]) -> str:
    """The scenarios' names, with eight digits of the hash if anything else has been changed or there are too many."""
    names = config["scenarios"]
    joined = "_vs_".join(names)
    digits = f"-{config_hash(_named(config))[:8]}"
    if len(joined) > LONGEST_NAME:
        return f"{names[0][:LONGEST_NAME]}_vs_{len(names) - 1}{digits}"
    return joined if _as_shipped(config, own, common) else f"{joined}{digits}"


def _as_shipped(config: Mapping[str, Any], own: Mapping[str, Any], common: Sequence[str]) -> bool:
    """Whether nothing but the scenarios' names decides the numbers."""
    changes = [text for text in common if text.partition("=")[0].partition(".")[0] not in ("runs", *WITHOUT_NUMBERS)]
    if not changes and not _changed_own(config):
        return True
    try:
        plain = composed([f"scenarios=[{','.join(map(quoted, own['scenarios']))}]", "name=plain"])
    except InvalidInput:
        return False
    return _named(plain) == _named(config)


def _named(config: Mapping[str, Any]) -> dict[str, Any]:
    return bound(named(config), QUESTION)


def _changed_own(config: Mapping[str, Any]) -> bool:
    shipped = strict_yaml(config_folder() / f"{ROOT}.yaml")
    return any(config[name] != shipped[name] for name in OWN if name not in ("scenarios", *QUESTION))
