"""Factors of a sweep: what they move, over which range or through which values, and what is wrong with them."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from techduel.ensemble.factor_moves import (
    FORMS,
    STEP,
    Move,
    Setting,
    Value,
    choice_groups,
    fact_keys,
    known_range,
    rounded,
)
from techduel.model.actions import LEVERS
from techduel.model.axes import STATES
from techduel.model.parameters import schema
from techduel.scenario.loader import PART_NAME, unknown_key

FIELDS: Final = ("key", "moves", "low", "high", "values", "levels", "spacing", *STEP)
MOVE_FIELDS: Final = ("low", "high", *STEP)
SPACINGS: Final = ("even", "log", "prior")
"""How a range is covered: evenly, evenly in logs, or as likely as the parameter's prior says."""
LEVELS: Final = 5
"""Values on a grid unless told otherwise."""
MOST_LEVELS: Final = 1000
MOST_FACTORS: Final = 100
KEYS: Final = (
    "params.GROUP.NAME, us.LEVER, china.LEVER, policies.STATE.OPTION, events.NAME.OPTION, "
    "facts.position.STATE.SECTOR, facts.market_size.SECTOR, facts.pace.SECTOR"
)


@dataclass(frozen=True, slots=True)
class Factor:
    """One dimension of a sweep."""

    name: str
    moves: tuple[Move, ...]
    low: float
    high: float
    values: tuple[Value, ...] = ()
    """What it goes through, instead of a range."""
    levels: int = LEVELS
    spacing: str = "even"

    @property
    def chooses(self) -> bool:
        """Whether its values are names: of files of a group, or of rival forms."""
        return self.moves[0].kind == "choice"

    def at(self, part: float) -> Value:
        """The value a part of the way through its range, or through its list of values; `part` is in [0, 1]."""
        if self.values:
            return self.values[min(int(part * len(self.values)), len(self.values) - 1)]
        if self.spacing == "prior":
            return _prior_quantile(self.moves[0], part, (self.low, self.high))
        if self.spacing == "log":
            return rounded(self.low * (self.high / self.low) ** part)
        return rounded(self.low + (self.high - self.low) * part)

    def on_grid(self) -> tuple[Value, ...]:
        """Its values on a grid, from lowest to highest."""
        if self.values:
            return self.values
        inner = np.linspace(0.0, 1.0, self.levels) if self.levels > 1 else [0.5]
        return tuple(self.at(float(part)) for part in inner)

    def settings(self, value: Value) -> tuple[Setting, ...]:
        """All that follows from a value."""
        width = self.high - self.low
        part = (value - self.low) / width if isinstance(value, float) and width > 0.0 else 0.0
        return tuple(Setting(self.name, move, move.along(part, value)) for move in self.moves)

    def admits(self, value: Value) -> bool:
        """Whether a table of points may give a value."""
        if self.chooses:
            return value in self.values
        return isinstance(value, float) and self.low <= value <= self.high


def factors_from(given: Any, config: Mapping[str, Any]) -> tuple[list[Factor], list[str]]:
    """The factors of plain settings, and everything that is wrong with them, one line each.

    Parameters
    ----------
    given : object
        By name; a factor that is set to nothing (null) is left out.
    config : mapping
        Of the base, for ranges that depend on it.
    """
    if not isinstance(given, Mapping) or not any(value is not None for value in given.values()):
        return [], [f"factors: {given!r} given; allowed: names, each with a key"]
    found: list[str] = []
    factors = [_factor(name, spec, config, found) for name, spec in given.items() if spec is not None]
    if len(factors) > MOST_FACTORS:
        found.append(f"factors: {len(factors)} given; allowed: at most {MOST_FACTORS}")
    valid = [factor for factor in factors if factor is not None]
    return valid, found + _doubled(valid)


def _factor(name: str, spec: Any, config: Mapping[str, Any], problems: list[str]) -> Factor | None:
    """One factor, None where it cannot be understood; lines are added to `problems`."""
    place, before = f"factors.{name}", len(problems)
    if not re.fullmatch(PART_NAME, str(name)):
        problems.append(
            f"{place}: {name!r} given; allowed: a name of letters, digits and _, a letter first, at most 100"
        )
    if not isinstance(spec, Mapping):
        problems.append(f"{place}: {spec!r} given; allowed: a key with a range or values, such as {{key: us.tariff}}")
        return None
    problems += [
        unknown_key(f"{place}.{key}", [f"{place}.{field}" for field in FIELDS]) for key in spec if key not in FIELDS
    ]
    moves = _moves(place, spec, problems)
    if len(problems) > before:
        return None
    low, high = _range(place, spec, moves, config, problems)
    values = _values(place, spec, moves[0], problems)
    levels, spacing = _levels(place, spec, problems), _spacing(place, spec, moves[0], low, problems)
    if len(problems) > before:
        return None
    if values and not isinstance(values[0], str):
        low, high = min(float(value) for value in values), max(float(value) for value in values)
    factor = Factor(name, moves, low, high, values, levels, spacing)
    problems += [line for move in moves for line in _lever_problems(place, move, factor, config)]
    return factor


def _moves(place: str, spec: Mapping[str, Any], problems: list[str]) -> tuple[Move, ...]:
    if ("key" in spec) == ("moves" in spec):
        problems.append(f"{place}: {'both' if 'key' in spec else 'neither'} given; allowed: key or moves")
        return ()
    if "key" in spec:
        moves = [Move(str(spec["key"]), None, {name: spec[name] for name in STEP if name in spec})]
    else:
        moves = _several(f"{place}.moves", spec["moves"], problems)
    problems += [_unknown_move(f"{place}.key", move.key) for move in moves if move.kind == "unknown"]
    problems += [
        f"{place}.{name}: given; allowed for levers only, such as us.tariff"
        for move in moves
        for name in move.step
        if move.kind not in {"lever", "unknown"}
    ]
    return tuple(moves)


def _several(place: str, given: Any, problems: list[str]) -> list[Move]:
    if not isinstance(given, Mapping) or not given:
        problems.append(f"{place}: {given!r} given; allowed: keys, each with low and high")
        return []
    moves = []
    for key, spec in given.items():
        ends = [spec.get(end) for end in ("low", "high")] if isinstance(spec, Mapping) else [None]
        if not all(map(_number, ends)) or Move(str(key)).kind == "choice":
            problems.append(
                f"{place}.{key}: {spec!r} given; allowed: numbers low and high of a setting that is a number"
            )
            continue
        problems += [unknown_key(f"{place}.{key}.{name}", MOVE_FIELDS) for name in spec if name not in MOVE_FIELDS]
        step = {name: spec[name] for name in STEP if name in spec}
        moves.append(Move(str(key), (float(ends[0]), float(ends[1])), step))  # type: ignore[arg-type]
    return moves


def _unknown_move(place: str, key: str) -> str:
    return f"{place}: {key!r} given; allowed: {KEYS}, {', '.join(choice_groups())}"


def _range(
    place: str, spec: Mapping[str, Any], moves: Sequence[Move], config: Mapping[str, Any], problems: list[str]
) -> tuple[float, float]:
    """Lowest and highest value; by default those of the setting's table, or 0 and 1 of a factor with several moves."""
    if "values" in spec or moves[0].kind == "choice":
        problems += [f"{place}.{end}: given beside values; allowed: either" for end in ("low", "high") if end in spec]
        return 0.0, 1.0
    limits = (0.0, 1.0) if "moves" in spec else known_range(moves[0], config)
    ends = [spec.get(end, limits[place_] if limits else None) for place_, end in enumerate(("low", "high"))]
    if not all(map(_number, ends)):
        problems.append(_no_range(place, moves[0]))
        return 0.0, 1.0
    low, high = map(rounded, map(float, ends))
    if low >= high:
        problems.append(f"{place}.high: {high:g} given; allowed: above low = {low:g}")
    return low, high


def _no_range(place: str, move: Move) -> str:
    """One line for a setting that no table knows, or that has no range of its own."""
    tables = {
        "lever": [f"{state}.{lever}" for state in STATES for lever in LEVERS],
        "parameter": [f"params.{name}" for name in schema.described()],
        "fact": list(fact_keys()),
    }
    words = tables.get(move.kind, [move.key])
    if not any(move.key.startswith(name) for name in words):
        return f"{place}.key: {unknown_key(move.key, words)}"
    return f"{place}: {move.key} has no range of its own; allowed: numbers low and high, or values"


def _values(place: str, spec: Mapping[str, Any], move: Move, problems: list[str]) -> tuple[Value, ...]:
    if "values" not in spec:
        if move.kind == "choice" and move.key not in FORMS:
            problems.append(f"{place}.values: missing; allowed: a list of names of {move.key}")
        return FORMS.get(move.key, ())
    given = spec["values"]
    fits = (lambda value: isinstance(value, str) and value) if move.kind == "choice" else _number
    if not isinstance(given, list | tuple) or not given or not all(map(fits, given)) or len(given) > MOST_LEVELS:
        what = "names" if move.kind == "choice" else "numbers"
        problems.append(f"{place}.values: {given!r} given; allowed: a list of up to {MOST_LEVELS} {what}")
        return ()
    values = tuple(value if isinstance(value, str) else rounded(float(value)) for value in given)
    if len(set(values)) < len(values):
        problems.append(f"{place}.values: one of them is given twice")
    return values


def _levels(place: str, spec: Mapping[str, Any], problems: list[str]) -> int:
    given = spec.get("levels", LEVELS)
    if not isinstance(given, int) or isinstance(given, bool) or not 1 <= given <= MOST_LEVELS:
        problems.append(f"{place}.levels: {given!r} given; allowed: whole number, 1 to {MOST_LEVELS}")
        return LEVELS
    return given


def _spacing(place: str, spec: Mapping[str, Any], move: Move, low: float, problems: list[str]) -> str:
    given = spec.get("spacing", "even")
    if given not in SPACINGS:
        problems.append(f"{place}.spacing: {given!r} given; allowed: one of {', '.join(SPACINGS)}")
    elif given == "log" and low <= 0.0:
        problems.append(f"{place}.spacing: log given; allowed: only where low is above 0")
    elif given == "prior" and ("moves" in spec or _column(move) is None):
        problems.append(f"{place}.spacing: prior given; allowed: only for one parameter with a prior (of one state)")
    return str(given)


def _lever_problems(place: str, move: Move, factor: Factor, config: Mapping[str, Any]) -> list[str]:
    if move.kind != "lever":
        return []
    from techduel.scenario.models import step_problems

    how = move.step.get("how") or "value"
    step = {name: value for name, value in move.step.items() if name != "how"}
    ends = move.line or (factor.low, factor.high)
    found = [
        line
        for end in ends
        for line in step_problems(place, {"lever": move.path[1], "start": config["start"], **step, str(how): end})
    ]
    return list(dict.fromkeys(found))


def _doubled(factors: Sequence[Factor]) -> list[str]:
    """Two factors must not move the same setting."""
    owner: dict[str, str] = {}
    found = []
    for factor in factors:
        for move in factor.moves:
            other = owner.setdefault(f"{move.key} {move.step.get('sectors')}", factor.name)
            if other != factor.name:
                found.append(f"factors.{factor.name}: moves {move.key}, as {other} does; allowed: one factor a setting")
    return found


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _column(move: Move) -> int | None:
    """Place of a parameter among those that the prior draws."""
    from techduel.scenario.prior import columns

    names = [column.name for column in columns()]
    name = ".".join(move.path[1:])
    return names.index(name) if move.kind == "parameter" and name in names else None


def _prior_quantile(move: Move, part: float, ends: tuple[float, float]) -> float:
    """The prior's quantile, inside the factor's range."""
    from scipy.special import ndtri

    from techduel.scenario.prior import columns, values

    scores = np.zeros((1, len(columns())))
    scores[0, _column(move)] = ndtri(np.clip(part, 1e-9, 1.0 - 1e-9))
    return rounded(float(np.clip(values(scores)[0, _column(move)], *ends)))
