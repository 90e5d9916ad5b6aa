"""Table of parameters as a whole: all of them by name, and plain checked values as arrays.

One table serves validation, documentation, prior draws and the JSON Schema for editors. A parameter is a number for
the whole model, or one number for each state or sector (its axis).
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

import numpy as np

from techduel.model.axes import STATES, Array
from techduel.model.parameters import Parameters
from techduel.model.parameters.forms import RIVALS, Forms
from techduel.model.parameters.parameter import Parameter

GROUPS: Final[dict[str, type]] = {item.name: item.type for item in fields(Parameters) if item.type is not Forms}  # type: ignore[misc]
NOT_DRAWN: Final = ("objectives",)
"""Groups that keep their values: what states want is swept, never drawn, and acts through policies only."""
WORDS: Final = ("posterior", "prior")
"""What may stand for a number of a group that is drawn: run by run another value, from that distribution."""


def described() -> dict[str, Parameter]:
    """Every parameter by its full name, ``group.name``."""
    return {
        f"{group}.{item.name}": item.metadata["parameter"] for group, kind in GROUPS.items() for item in fields(kind)
    }


def parameters(values: Mapping[str, Mapping[str, Any]], sectors: Sequence[str]) -> Parameters:
    """Checked plain values as arrays that broadcast over (run, state, sector, slot)."""
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


def is_drawn(group: str, parameter: Parameter) -> bool:
    """Whether a parameter of a group is uncertain: what states want is not, nor what no form with weight reads."""
    mechanism, _, form = parameter.under.partition("=")
    return group not in NOT_DRAWN and (not form or RIVALS[mechanism].forms[form].weight > 0.0)


def words_of(group: str, parameter: Parameter) -> tuple[str, ...]:
    """What may stand for the number of a parameter of a group."""
    return WORDS if is_drawn(group, parameter) else ()


def members(axis: str | None, sectors: Sequence[str]) -> tuple[str, ...]:
    """The names along a parameter's axis; none for a single number."""
    return {"state": STATES, "sector": tuple(sectors), None: ()}[axis]


def _array(value: Any, parameter: Parameter, sectors: Sequence[str]) -> Array:
    return along(value, parameter, sectors) if isinstance(value, Mapping) else np.full((1, 1, 1, 1), float(value))


def along(value: Mapping[str, Any], parameter: Parameter, sectors: Sequence[str]) -> Array:
    """Numbers by state or sector as an array along that axis; ``default`` stands for members that are not named."""
    line = np.array([float(value.get(name, value.get("default"))) for name in members(parameter.axis, sectors)])
    return line.reshape((1, -1, 1, 1) if parameter.axis == "state" else (1, 1, -1, 1))
