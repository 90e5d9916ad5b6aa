"""The configuration of a comparison: its own settings, and that of every scenario it names."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from techduel.scenario.composition import composed
from techduel.scenario.fingerprint import config_hash
from techduel.scenario.layers import config_folder
from techduel.scenario.loader import InvalidInput, strict_yaml
from techduel.scenario.overrides import parsed, quoted
from techduel.scenario.scenario import WITHOUT_NUMBERS, numbers
from techduel.studies.compare.attribution import CHOICES
from techduel.studies.compare.comparison import MEMBERS

ROOT: Final = "compare"
OWN: Final = ("scenarios", "discount_rate", "decompose")
"""Settings of the command itself; all others go to every scenario."""
SHARED: Final = ("runs", "seed", "record")
"""What all members have in common."""
ALIKE: Final = ("horizon", "slots")
"""What must not differ between scenarios whose luck is to be the same."""
MOST_SCENARIOS: Final = 20
LARGEST_RATE: Final = 0.2
LONGEST_NAME: Final = 60
FILE: Final = re.compile(r"(?P<file>.+\.ya?ml)(?:\+(?P<ablation>[^+/]+))?")


def compared(overrides: Sequence[str]) -> dict[str, Any]:
    """The plain configuration of a comparison, checked.

    Parameters
    ----------
    overrides : sequence of str
        In Hydra's notation, as for one scenario, and the settings of `OWN`.

    Raises
    ------
    InvalidInput
        With every problem of the settings and of each scenario, one line each.
    """
    own, common, found = _parted(overrides)
    found += _problems(own)
    named = any(text.startswith("name=") and text != "name=null" for text in common)
    # A name for each member spares a second composition, which only its default name would need.
    entries = own["scenarios"] if _sound_list(own["scenarios"]) else []
    members = _members(entries or ["baseline_2021"], common if named else [*common, "name=member"], found)
    if found:
        raise InvalidInput(list(dict.fromkeys(found)))
    first = next(iter(members.values()))
    config = {
        "decompose": own["decompose"],
        "discount_rate": float(own["discount_rate"]),
        **{name: first[name] for name in SHARED},
        **{name: first[name] for name in WITHOUT_NUMBERS if name != "scenario_file"},
        "scenarios": list(members),
        MEMBERS: {name: numbers(member) for name, member in members.items()},
    }
    return config if named else {**config, "name": _default_name(config, own, common)}


def _parted(overrides: Sequence[str]) -> tuple[dict[str, Any], list[str], list[str]]:
    """The command's own settings, the overrides for every scenario, and what cannot be understood."""
    own = {name: value for name, value in strict_yaml(config_folder() / f"{ROOT}.yaml").items() if name in OWN}
    common: list[str] = []
    found: list[str] = []
    for text in overrides:
        key = text.partition("=")[0].lstrip("+~")
        if key in OWN:
            found += _take(text, key, own)
        elif key in {"scenario", "scenario_file"}:
            found.append(f"{key}: compare takes several: scenarios=[baseline_2021,NAME,...]")
        else:
            common.append(text)
    return own, common, found


def _take(text: str, key: str, own: dict[str, Any]) -> list[str]:
    """Enter the value of an override; what is wrong with its notation."""
    try:
        override = parsed(text)
    except InvalidInput as refused:
        return refused.problems
    if override.is_delete() or override.is_sweep_override():
        return [f"{key}: {text} given; allowed: {_ALLOWED[key]}"]
    own[key] = override.value()
    return []


_ALLOWED: Final = {
    "scenarios": f"2 to {MOST_SCENARIOS} names in brackets: [baseline_2021,NAME,NAME+ABLATION,FILE.yaml]",
    "discount_rate": f"number, 0 to {LARGEST_RATE:g} per year",
    "decompose": f"one of {', '.join(CHOICES)}",
}


def _problems(own: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with the command's own settings."""
    sound = {
        "scenarios": _sound_list(own["scenarios"]),
        "discount_rate": _sound_rate(own["discount_rate"]),
        "decompose": own["decompose"] in CHOICES,
    }
    return [f"{name}: {own[name]!r} given; allowed: {_ALLOWED[name]}" for name in OWN if not sound[name]]


def _sound_list(value: Any) -> bool:
    named = isinstance(value, list) and all(isinstance(entry, str) and entry for entry in value)
    return named and 2 <= len(value) <= MOST_SCENARIOS


def _sound_rate(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0.0 <= value <= LARGEST_RATE


def _members(entries: Sequence[str], common: Sequence[str], found: list[str]) -> dict[str, dict[str, Any]]:
    """The configuration of every scenario by its name; lines are added to `found` for what is wrong with any."""
    members: dict[str, dict[str, Any]] = {}
    for entry in entries:
        try:
            config = composed([*common, *_choice(entry)])
        except InvalidInput as refused:
            found += [line.replace("scenario:", "scenarios:", 1) for line in refused.problems]
            continue
        label = _label(config)
        if label in members:
            found.append(f"scenarios: {label} is named twice; a file needs a name of its own")
        members[label] = config
    found += _unlike(members)
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


def _label(config: Mapping[str, Any]) -> str:
    ablation = config["ablation"]
    return str(config["scenario"]) if ablation == "none" else f"{config['scenario']}+{ablation}"


def _unlike(members: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """A line for each setting that keeps scenarios from having the same luck."""
    starts = {name: member["start"] for name, member in members.items()}
    if len(set(starts.values())) > 1:
        shown = ", ".join(f"{name} starts in {start}" for name, start in starts.items())
        return [f"scenarios: {shown}; runs can be paired only from the same year on"]
    found = []
    for key in ALIKE:
        values = {name: member[key] for name, member in members.items()}
        if len(set(values.values())) > 1:
            shown = ", ".join(f"{value} in {name}" for name, value in values.items())
            found.append(f"{key}: {shown}; runs can be paired only if all are the same: give {key}=VALUE")
    return found


def _default_name(config: Mapping[str, Any], own: Mapping[str, Any], common: Sequence[str]) -> str:
    """The scenarios' names, with eight digits of the hash if anything else has been changed or there are too many."""
    names = config["scenarios"]
    joined = "_vs_".join(names)
    digits = f"-{config_hash(numbers(config))[:8]}"
    if len(joined) > LONGEST_NAME:
        return f"{names[0][:LONGEST_NAME]}_vs_{len(names) - 1}{digits}"
    return joined if _as_shipped(config, own, common) else f"{joined}{digits}"


def _as_shipped(config: Mapping[str, Any], own: Mapping[str, Any], common: Sequence[str]) -> bool:
    """Whether nothing but the scenarios' names decides the numbers."""
    changes = [text for text in common if text.partition("=")[0].partition(".")[0] not in WITHOUT_NUMBERS]
    if not changes and not _changed_own(config):
        return True
    try:
        plain = compared([f"scenarios=[{','.join(map(quoted, own['scenarios']))}]", "name=plain"])
    except InvalidInput:
        return False
    return numbers(plain) == numbers(config)


def _changed_own(config: Mapping[str, Any]) -> bool:
    shipped = strict_yaml(config_folder() / f"{ROOT}.yaml")
    return any(config[name] != shipped[name] for name in OWN if name != "scenarios")
