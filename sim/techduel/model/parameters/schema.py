"""What the table of parameters is used for: checking plain values, naming them all, turning them into arrays.

One table serves validation, documentation, prior draws and the JSON Schema for editors. A parameter is a number for
the whole model, or one number for each state or sector (its axis).
"""

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

import numpy as np

from techduel.model.axes import STATES, Array
from techduel.model.parameters import Parameters
from techduel.model.parameters.parameter import Parameter

GROUPS: Final[dict[str, type]] = {item.name: item.type for item in fields(Parameters)}  # type: ignore[misc]
NOT_DRAWN: Final = ("objectives",)
"""Groups that keep their values: what states want is swept, never drawn, and acts through policies only."""
WORDS: Final = ("posterior", "prior")
"""What may stand for a number of a group that is drawn: run by run another value, from that distribution."""


def described() -> dict[str, Parameter]:
    """Every parameter by its full name, ``group.name``."""
    return {
        f"{group}.{item.name}": item.metadata["parameter"] for group, kind in GROUPS.items() for item in fields(kind)
    }


def problems(values: Mapping[str, Any], sectors: Sequence[str]) -> list[str]:
    """Everything that is wrong with plain parameter values, one line each; empty when they are sound."""
    found = _unknown(values, GROUPS, "params")
    for group, kind in GROUPS.items():
        given = values.get(group, {})
        if not isinstance(given, Mapping):
            found.append(f"params.{group}: expected a group of parameters, got {given!r}")
            continue
        names = {item.name: item.metadata["parameter"] for item in fields(kind)}
        found += _unknown(given, names, f"params.{group}")
        for name, known in names.items():
            key = f"params.{group}.{name}"
            found += (
                value_problems(key, given[name], known, sectors, words_of(group))
                if name in given
                else [f"{key}: missing"]
            )
    return found


def parameters(values: Mapping[str, Mapping[str, Any]], sectors: Sequence[str]) -> Parameters:
    """Checked plain values as arrays that broadcast over (run, state, sector, slot).

    Raises
    ------
    ValueError
        With all problems, one a line.
    """
    found = problems(values, sectors)
    if found:
        raise ValueError("\n".join(found))
    return Parameters(
        **{
            group: kind(
                **{
                    item.name: _array(values[group][item.name], item.metadata["parameter"], sectors)
                    for item in fields(kind)
                }
            )
            for group, kind in GROUPS.items()
        }
    )


def words_of(group: str) -> tuple[str, ...]:
    """What may stand for a number of a group."""
    return () if group in NOT_DRAWN else WORDS


def members(axis: str | None, sectors: Sequence[str]) -> tuple[str, ...]:
    """The names along a parameter's axis; none for a single number."""
    return {"state": STATES, "sector": tuple(sectors), None: ()}[axis]


def range_problem(key: str, value: Any, known: Parameter, words: Sequence[str] = ()) -> str | None:
    """One line when a value is neither one of the words nor a finite number inside its range, else None."""
    if value in words:
        return None
    off = "" if known.off is None else f", or {known.off:g} to switch it off"
    drawn = f", or drawn: {' or '.join(words)}" if words else ""
    allowed = f"allowed {known.low:g} to {known.high:g} ({known.unit}){off}{drawn}"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return f"{key}: {value!r} is not a number; {allowed}"
    if not math.isfinite(value):
        return f"{key}: {value} is not finite; {allowed}"
    if not known.admits(value):
        return f"{key}: {value:g} is out of range; {allowed}"
    return None


def unknown(name: str, known: Sequence[str], prefix: str) -> str:
    """One line for a name that does not exist, with the nearest that does."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]}?" if near else f"; known: {', '.join(sorted(known)[:12])}"
    return f"{prefix}.{name}: unknown{hint}"


def _unknown(given: Mapping[str, Any], known: Mapping[str, Any], prefix: str) -> list[str]:
    return [unknown(str(name), list(known), prefix) for name in given if name not in known]


def value_problems(
    key: str, value: Any, known: Parameter, sectors: Sequence[str], words: Sequence[str] = ()
) -> list[str]:
    """Everything that is wrong with one parameter's plain value: a number or word, or a mapping along its axis."""
    if not isinstance(value, Mapping):
        return [line for line in [range_problem(key, value, known, words)] if line]
    names = [*members(known.axis, sectors), *(["default"] if known.axis else [])]
    if not names:
        return [f"{key}: expected one number, got a mapping"]
    found = [unknown(str(name), names, key) for name in value if name not in names]
    missing = [name for name in members(known.axis, sectors) if name not in value and "default" not in value]
    found += [f"{key}.{name}: missing" for name in missing]
    checked = (range_problem(f"{key}.{name}", value[name], known, words) for name in names if name in value)
    return found + [line for line in checked if line]


def _array(value: Any, known: Parameter, sectors: Sequence[str]) -> Array:
    return along(value, known, sectors) if isinstance(value, Mapping) else np.full((1, 1, 1, 1), float(value))


def along(value: Mapping[str, Any], known: Parameter, sectors: Sequence[str]) -> Array:
    """Numbers by state or sector as an array along that axis; ``default`` stands for members that are not named."""
    line = np.array([float(value.get(name, value.get("default"))) for name in members(known.axis, sectors)])
    return line.reshape((1, -1, 1, 1) if known.axis == "state" else (1, 1, -1, 1))
