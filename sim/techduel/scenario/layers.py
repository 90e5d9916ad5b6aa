"""Layers of a configuration and how one is laid over another; the config groups and their files."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from techduel.model.parameters.schema import WORDS
from techduel.scenario.loader import strict_yaml

GROUPS: Final = ("params", "forms", "policies", "events")
"""Parts of a configuration with a table of their own."""
TEXTS: Final = ("title", "question", "sources")
DIFFERENCES: Final = (*TEXTS, "start", "horizon", "slots", "facts", *GROUPS)
"""What a scenario or an ablation may change."""

PACKAGE: Final = Path(__file__).resolve().parents[1]
"""Folder of the package."""


def config_folder() -> Path:
    """Where the shipped configs lie: beside the package in the repository, inside it once installed."""
    inside = PACKAGE / "configs"
    return inside if inside.is_dir() else PACKAGE.parents[1] / "configs"


def choices(group: str) -> list[str]:
    """The names of a config group's files, sorted."""
    return sorted(path.stem for path in (config_folder() / group).glob("*.yaml"))


@cache
def default_choices() -> dict[str, str]:
    """The config groups and the file that each takes unless told otherwise: the defaults list of config.yaml."""
    listed = strict_yaml(config_folder() / "config.yaml")["defaults"]
    return {group: choice for entry in listed if isinstance(entry, dict) for group, choice in entry.items()}


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


def _over(below: Any, above: Mapping[str, Any], group: str) -> dict[str, Any]:
    if group == "policies" and "kind" in above:
        return layered({}, above, group)
    if isinstance(below, Mapping):
        return layered(below, above, group)
    if group in GROUPS and (isinstance(below, (int, float)) or below in WORDS):
        return {"default": below, **layered({}, above, group)}
    return layered({}, above, group)
