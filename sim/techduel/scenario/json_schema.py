"""JSON Schema of a scenario file, from the same tables that check it: editors complete names and show ranges."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from importlib.resources import files
from typing import Any, Final

from techduel.facts.sectors import read_sectors
from techduel.facts.selection import sector_words
from techduel.model.actions import LEVERS
from techduel.model.axes import STATES
from techduel.model.parameters import schema
from techduel.model.parameters.parameter import Parameter
from techduel.policies import events
from techduel.policies import options as policy_options
from techduel.policies.event import Choice, Option, SectorChoice
from techduel.policies.kinds import POLICIES, described
from techduel.policies.schedule import HOW, step_options
from techduel.scenario import event_settings, policy_settings
from techduel.scenario.layers import DIFFERENCES, GROUPS, choices
from techduel.scenario.settings import Settings

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
POLICY: Final = "#/$defs/policy"
STEP: Final = "#/$defs/step"


def scenario_schema() -> dict[str, Any]:
    """The schema of one scenario file, JSON Schema draft 2020-12, as plain values."""
    shared = Settings.model_json_schema()
    properties = {key: shared["properties"][key] for key in DIFFERENCES if key not in GROUPS}
    properties |= {"params": _params(), "policies": _policies(), "events": _events()}
    return {
        "$schema": DIALECT,
        "title": "Techduel scenario: differences from the baseline",
        **_object(properties),
        "required": ["title", "question"],
        "$defs": {name: {**part, "required": []} for name, part in shared["$defs"].items() if "properties" in part}
        | {name: part for name, part in shared["$defs"].items() if "properties" not in part}
        | _policy_parts(),
    }


def _params() -> dict[str, Any]:
    """Differences by group and name, or the name of a file of parameters."""
    groups = {
        group: _object(
            {item.name: _parameter(item.metadata["parameter"], schema.words_of(group)) for item in fields(kind)}
        )
        for group, kind in schema.GROUPS.items()
    }
    return {"anyOf": [_object(groups), {"enum": choices("params")}]}


def _policies() -> dict[str, Any]:
    return _object({state: {"$ref": POLICY} for state in STATES})


def _policy_parts() -> dict[str, Any]:
    """What policies refer to: any policy, since one can stand inside another, and a step of a schedule."""
    steps = [_step(lever) for lever in LEVERS]
    return {"policy": {"oneOf": [_policy(kind) for kind in POLICIES]}, "step": {"oneOf": steps}}


def _policy(kind: str) -> dict[str, Any]:
    options = {name: _policy_option(known) for name, known in described(kind).items()}
    return {**_object({"kind": {"const": kind}, **options}), "required": ["kind"]}


def _policy_option(known: policy_options.Option) -> dict[str, Any]:
    if isinstance(known, Parameter):
        return _parameter(known)
    if isinstance(known, policy_options.Nested):
        return {"$ref": POLICY, "description": known.meaning}
    part = {"anyOf": [{"$ref": POLICY if isinstance(known, policy_options.Menu) else STEP}, {"type": "null"}]}
    names = {f"^{policy_settings.NAME.pattern}$": part}
    return {**_object({}), "patternProperties": names, "description": known.meaning}


def _step(lever: str) -> dict[str, Any]:
    """A step that moves one lever: how far it may go depends on the lever."""
    numbers = {name: _parameter(known) for name, known in step_options(lever).items()}
    numbers["until"] = {"anyOf": [numbers["until"], {"type": "null"}]}
    if LEVERS[lever].axis:
        numbers["sectors"] = _sectors("which sectors; all unless told otherwise")
    properties = {"lever": {"const": lever, "description": LEVERS[lever].meaning}, **numbers}
    return {**_object(properties), "required": ["lever", "start"], "oneOf": [{"required": [how]} for how in HOW]}


def _sectors(meaning: str) -> dict[str, Any]:
    words = {"enum": list(sector_words())}
    return {"anyOf": [words, {"type": "array", "minItems": 1, "items": words}], "description": meaning}


def _events() -> dict[str, Any]:
    """Events under names of their own; null takes away one that a weaker layer holds."""
    kinds = [_event(kind) for kind in event_settings.KINDS]
    names = {f"^{event_settings.NAME.pattern}$": {"anyOf": [*kinds, {"type": "null"}]}}
    return {**_object({}), "patternProperties": names}


def _event(kind: str) -> dict[str, Any]:
    options = {name: _option(known) for name, known in events.described(kind).items()}
    return {**_object({"kind": {"const": kind}, **options}), "required": ["kind"]}


def _option(known: Option) -> dict[str, Any]:
    if isinstance(known, Choice):
        return {"enum": list(known.allowed), "description": known.meaning}
    if isinstance(known, SectorChoice):
        return _sectors(known.meaning)
    return _parameter(known)


def _parameter(known: Parameter, words: Sequence[str] = ()) -> dict[str, Any]:
    number: dict[str, Any] = {"type": "number", "minimum": known.low, "maximum": known.high}
    if words:
        number = {"anyOf": [number, {"enum": list(words)}]}
    described = {"description": f"{known.meaning} ({known.unit}). Source: {known.source}"}
    names = schema.members(known.axis, read_sectors(files("techduel.facts")).names)
    if not names:
        return {**number, **described}
    return {"anyOf": [number, _object({name: number for name in (*names, "default")})], **described}


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": dict(properties)}
