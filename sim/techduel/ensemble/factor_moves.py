"""What a factor moves: a parameter, a lever, an option of a policy or event, or which file or rival form is taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any, Final

from techduel.facts import QUANTITIES, Quantity
from techduel.facts.changes import CHANGEABLE
from techduel.facts.selection import known_sectors
from techduel.model.actions import LEVERS
from techduel.model.axes import STATES
from techduel.model.parameters import schema
from techduel.model.parameters.forms import RIVALS
from techduel.model.parameters.parameter import Parameter
from techduel.policies import events
from techduel.policies.kinds import POLICIES, described
from techduel.policies.options import Menu, Nested, Steps
from techduel.policies.schedule import HOW, step_options
from techduel.scenario.layers import at, default_choices, layered

STEP: Final = ("sectors", "start", "until", "ramp", "how")
"""What may be said about a lever beside its value; as in a step of a schedule, with `how` one of `schedule.HOW`."""
DIGITS: Final = 8
"""Significant digits of a value: as many as tables show, so that a table of points can be read back."""
NOT_CHOSEN: Final = ("executor",)
"""Groups that change no number."""
FORMS: Final[Mapping[str, tuple[str, ...]]] = {f"forms.{name}": tuple(rivals.forms) for name, rivals in RIVALS.items()}
"""Names of the rival equations of each mechanism, by key."""

type Value = float | str
"""A number, or the name of a file of a group or of a form."""


@dataclass(frozen=True, slots=True)
class Move:
    """One setting that follows a factor."""

    key: str
    """As on the command line: `params.research.crowd_in`, `policies.us.depth`; `us.control_depth` is a lever."""
    line: tuple[float, float] | None = None
    """Its value where the factor is lowest and highest; the factor's own value when left out."""
    step: Mapping[str, Any] = field(default_factory=dict)
    """Of a lever: sectors, start and so on."""

    @property
    def path(self) -> tuple[str, ...]:
        """The parts of the key."""
        return tuple(self.key.split("."))

    @property
    def kind(self) -> str:
        """`choice`, `parameter`, `lever`, `option` (of a policy), `event`, `fact`, or `unknown`."""
        first, *rest = self.path
        if self.key in choice_groups():
            return "choice"
        if first in STATES and len(rest) == 1:
            return "lever"
        kinds = {"params": "parameter", "policies": "option", "events": "event", "facts": "fact"}
        return kinds.get(first, "unknown") if len(rest) > 1 else "unknown"

    def along(self, part: float, value: Value) -> Value:
        """What the setting becomes where the factor has a value, a part of the way from its lowest to its highest."""
        if self.line is None:
            return value
        low, high = self.line
        return rounded(low + (high - low) * part)


@dataclass(frozen=True, slots=True)
class Setting:
    """One move made."""

    name: str
    """Of the factor."""
    move: Move
    value: Value


def choice_groups() -> tuple[str, ...]:
    """Keys whose value a factor may choose by name: config groups, whose values are files, and forms."""
    return (*(group for group in default_choices() if group not in NOT_CHOSEN), *FORMS)


def rounded(value: float) -> float:
    """A number as tables show it."""
    return float(f"{value:.{DIGITS}g}") + 0.0


def with_setting(config: Mapping[str, Any], setting: Setting) -> dict[str, Any]:
    """A plain configuration after one move of a number; the old one is left as it is."""
    return layered(config, at(setting.move.path, setting.value))


def with_levers(config: Mapping[str, Any], settings: Sequence[Setting]) -> dict[str, Any]:
    """A plain configuration with levers moved, by one schedule on top of the policy of each state that moves any."""
    policies = dict(config["policies"])
    for state in STATES:
        steps = {step_name(one): step_of(one, config["start"]) for one in settings if one.move.path[0] == state}
        if steps:
            policies[state] = {"kind": "schedule", "base": policies[state], "steps": steps}
    return {**config, "policies": policies}


def step_name(setting: Setting) -> str:
    """The name of the step that moves a lever."""
    return f"{setting.name}_{setting.move.path[1]}"


def step_of(setting: Setting, first: int) -> dict[str, Any]:
    """The step of a schedule that moves a lever; it starts with the simulation unless told otherwise."""
    given = {name: value for name, value in setting.move.step.items() if value is not None and name != "how"}
    given = {name: float(value) if name != "sectors" else value for name, value in given.items()}
    how = setting.move.step.get("how") or "value"
    return {"lever": setting.move.path[1], "start": float(first), **given, how: setting.value}


def known_range(move: Move, config: Mapping[str, Any]) -> tuple[float, float] | None:
    """Lowest and highest value that a setting may have by its table; None where none is known."""
    finders = {"parameter": _parameter, "lever": _lever, "option": _option, "event": _event, "fact": _fact}
    find = finders.get(move.kind)
    ranged = find(move, config) if find else None
    return (ranged.low, ranged.high) if isinstance(ranged, Parameter | Quantity) else None


def fact_keys() -> tuple[str, ...]:
    """Keys of the facts that a scenario may change."""
    return tuple(
        ".".join(("facts", name, *members))
        for name in CHANGEABLE
        for members in product(*(STATES if dim == "state" else known_sectors().names for dim in QUANTITIES[name].dims))
    )


def _fact(move: Move, _config: Mapping[str, Any]) -> Quantity | None:
    return QUANTITIES[move.path[1]] if move.key in fact_keys() else None


def _parameter(move: Move, _config: Mapping[str, Any]) -> Any:
    return schema.described().get(".".join(move.path[1:3]))


def _lever(move: Move, _config: Mapping[str, Any]) -> Any:
    lever, how = move.path[1], move.step.get("how") or "value"
    return step_options(lever)[how] if lever in LEVERS and how in tuple(HOW) else None


def _option(move: Move, config: Mapping[str, Any]) -> Any:
    """Of a policy, or of one inside it."""
    part: Any = config["policies"].get(move.path[1])
    names = list(move.path[2:])
    while names and isinstance(part, Mapping) and part.get("kind") in tuple(POLICIES):
        name = names.pop(0)
        option, part = described(part["kind"]).get(name), part.get(name)
        if isinstance(option, Parameter):
            return option
        if isinstance(option, Menu | Steps) and isinstance(part, Mapping) and names:
            inner = part.get(names.pop(0))
            if isinstance(option, Steps) and isinstance(inner, Mapping) and inner.get("lever") in LEVERS and names:
                return step_options(inner["lever"]).get(names[0])
            part = inner
        elif not isinstance(option, Nested):
            return None
    return None


def _event(move: Move, config: Mapping[str, Any]) -> Any:
    given = config["events"].get(move.path[1])
    kind = given.get("kind") if isinstance(given, Mapping) else None
    return events.described(kind).get(move.path[2]) if kind in tuple(events.EVENTS) else None
