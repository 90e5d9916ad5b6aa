"""The layers of a configuration, laid over each other: common file, scenario, ablation, command line.

Every layer but the first holds only differences from those below it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from techduel.model.parameters.schema import WORDS
from techduel.scenario.loader import strict_yaml, unknown_key

GROUPS: Final = ("params", "policies", "events")
"""Parts of a configuration with a table of their own."""
TEXTS: Final = ("title", "question", "sources")
DIFFERENCES: Final = (*TEXTS, "start", "horizon", "slots", "facts", *GROUPS)
"""What a scenario or an ablation may change."""

_PACKAGE: Final = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Change:
    """One change from the command line."""

    key: str
    """Dotted, or a config group such as ``policy@policies.us``."""
    value: Any
    choice: bool
    """Whether it chooses a group's file."""


def config_folder() -> Path:
    """Where the shipped configs lie: beside the package in the repository, inside it once installed."""
    inside = _PACKAGE / "configs"
    return inside if inside.is_dir() else _PACKAGE.parents[1] / "configs"


def choices(group: str) -> list[str]:
    """The names of a config group's files, sorted."""
    return sorted(path.stem for path in (config_folder() / group).glob("*.yaml"))


@cache
def default_choices() -> dict[str, str]:
    """The config groups and the file that each takes unless told otherwise: the defaults list of config.yaml."""
    listed = strict_yaml(config_folder() / "config.yaml")["defaults"]
    return {group: choice for entry in listed if isinstance(entry, dict) for group, choice in entry.items()}


def chosen_files(changes: Sequence[Change], found: list[str]) -> dict[str, str]:
    """The file of each config group; a line is added to `found` for each that does not exist."""
    chosen = dict(default_choices())
    for change in changes:
        if not change.choice:
            continue
        known = choices(change.key.partition("@")[0])
        if change.value in known:
            chosen[change.key] = change.value
        else:
            found.append(f"{change.key}: {unknown_key(str(change.value), known)}")
    return chosen


def differences(chosen: Mapping[str, str], changes: Sequence[Change], found: list[str]) -> list[dict[str, Any]]:
    """What the scenario and the ablation change; lines are added to `found` for what is wrong with their keys.

    Raises
    ------
    InvalidInput
        If a file cannot be read; nothing more can be said then.
    """
    path = outside_file(changes)
    if path and any(change.key == "scenario" for change in changes):
        found.append("scenario_file: give either scenario or scenario_file")
    scenario = _difference(path or config_folder() / "scenario" / f"{chosen['scenario']}.yaml", found)
    ablation = _difference(config_folder() / "ablation" / f"{chosen['ablation']}.yaml", found)
    return [scenario, {key: value for key, value in ablation.items() if key not in TEXTS}]


def with_params_file(
    chosen: Mapping[str, str], layers: Sequence[dict[str, Any]], changes: Sequence[Change], found: list[str]
) -> tuple[dict[str, str], list[dict[str, Any]]]:
    """Let a layer's ``params: NAME`` choose the file of parameters, as ``params=NAME`` does, which is stronger."""
    named = [layer["params"] for layer in layers if isinstance(layer.get("params"), str)]
    found += [f"params: {unknown_key(name, choices('params'))}" for name in named if name not in choices("params")]
    overruled = any(change.key == "params" for change in changes)
    kept = [{key: value for key, value in layer.items() if key != "params" or value not in named} for layer in layers]
    known = [name for name in named if name in choices("params") and not overruled]
    return {**chosen, **({"params": known[-1]} if known else {})}, kept


def outside_file(changes: Sequence[Change]) -> Path | None:
    """The stranger's scenario file that the command line names, if any."""
    named = [change.value for change in changes if change.key == "scenario_file" and isinstance(change.value, str)]
    return Path(named[-1]) if named else None


def without_overruled(layers: Sequence[dict[str, Any]], changes: Sequence[Change]) -> list[dict[str, Any]]:
    """The layers without policies that the command line replaces: no option of a weaker one may leak into it."""
    overruled = [change.key.removeprefix("policy@policies.") for change in changes if change.choice]
    kept = []
    for layer in layers:
        policies = _policies(layer)
        weaker = {state: policy for state, policy in policies.items() if state not in overruled}
        kept.append({**layer, "policies": weaker} if len(weaker) < len(policies) else layer)
    return kept


def layered(below: Mapping[str, Any], above: Mapping[str, Any], parent: str = "") -> dict[str, Any]:
    """One plain mapping with the differences of another laid over it; neither is changed.

    A mapping over a mapping is laid over it key by key, but a policy that names its kind replaces another as a whole:
    what it leaves out comes from the file of its kind. A mapping over a plain number below ``params`` or ``policies``,
    or over a word that draws one, keeps that as the ``default`` of the members that it does not name. Anything else
    replaces.
    """
    result = dict(below)
    for key, value in above.items():
        result[key] = _over(result.get(key), value, parent or key) if isinstance(value, Mapping) else value
    return result


def at(path: Sequence[str], value: Any) -> dict[str, Any]:
    """The nested mapping that holds one value at a path of keys."""
    for key in reversed(path):
        value = {key: value}
    return dict(value)


def _difference(path: Path, found: list[str]) -> dict[str, Any]:
    content = strict_yaml(path)
    found += [f"{path.name}: {unknown_key(key, DIFFERENCES)}" for key in content if key not in DIFFERENCES]
    return {key: value for key, value in content.items() if key in DIFFERENCES}


def _policies(layer: Mapping[str, Any]) -> Mapping[str, Any]:
    policies = layer.get("policies")
    return policies if isinstance(policies, Mapping) else {}


def _over(below: Any, above: Mapping[str, Any], group: str) -> dict[str, Any]:
    if group == "policies" and "kind" in above:
        return layered({}, above, group)
    if isinstance(below, Mapping):
        return layered(below, above, group)
    if group in GROUPS and (isinstance(below, (int, float)) or below in WORDS):
        return {"default": below, **layered({}, above, group)}
    return layered({}, above, group)
