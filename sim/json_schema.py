"""JSON Schema of a scenario file, from the same tables that check it: editors complete names and show ranges."""

from collections.abc import Mapping
from dataclasses import fields
from importlib.resources import files
from typing import Any, Final

from sim import schema
from sim.axes import STATES
from sim.facts.sectors import read_sectors
from sim.layers import DIFFERENCES, GROUPS
from sim.parameters import Parameter
from sim.policies import POLICIES, described
from sim.settings import Settings

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def scenario_schema() -> dict[str, Any]:
    """The schema of one scenario file, JSON Schema draft 2020-12, as plain values."""
    shared = Settings.model_json_schema()
    properties = {key: shared["properties"][key] for key in DIFFERENCES if key not in GROUPS}
    properties |= {"params": _params(), "policies": _policies(), "events": {"type": "object", "maxProperties": 0}}
    return {
        "$schema": DIALECT,
        "title": "Techduel scenario: differences from the baseline",
        **_object(properties),
        "required": ["title", "question"],
        "$defs": {name: {**part, "required": []} for name, part in shared["$defs"].items() if "properties" in part}
        | {name: part for name, part in shared["$defs"].items() if "properties" not in part},
    }


def _params() -> dict[str, Any]:
    return _object(
        {
            group: _object({item.name: _parameter(item.metadata["parameter"]) for item in fields(kind)})
            for group, kind in schema.GROUPS.items()
        }
    )


def _policies() -> dict[str, Any]:
    return _object({state: {"oneOf": [_policy(kind) for kind in POLICIES]} for state in STATES})


def _policy(kind: str) -> dict[str, Any]:
    options = {name: _parameter(known) for name, known in described(kind).items()}
    return {**_object({"kind": {"const": kind}, **options}), "required": ["kind"]}


def _parameter(known: Parameter) -> dict[str, Any]:
    number = {"type": "number", "minimum": known.low, "maximum": known.high}
    described = {"description": f"{known.meaning} ({known.unit}). Source: {known.source}"}
    names = schema.members(known.axis, read_sectors(files("sim.facts")).names)
    if not names:
        return {**number, **described}
    return {"anyOf": [number, _object({name: number for name in (*names, "default")})], **described}


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": dict(properties)}
