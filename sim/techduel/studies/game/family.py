"""Families: numeric settings of policies, each with a range, among which a state looks for its best answer."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any, Final

from techduel.ensemble.factor_moves import rounded
from techduel.model.actions import LEVERS
from techduel.model.parameters.parameter import Parameter
from techduel.policies.kinds import POLICIES, described
from techduel.scenario.loader import InvalidInput, unknown_key

type Settings = dict[str, float]
"""Values by setting of one policy."""
type Ranges = dict[str, list[float]]
"""Lowest and highest value by setting of one policy."""
type Family = dict[str, Ranges]
"""By policy; each is looked through apart from the others."""

SHIPPED: Final = (
    *("broad_controls.breadth", "broad_controls.depth"),
    *("industrial_policy.grants=0..60", "industrial_policy.basic_research=0..40"),
)
"""Controls over their whole range; money up to four times what is shipped, an assumption."""
LEVER: Final = "levers"
"""Stands for a policy: a schedule that sets single levers in all sectors from the first year on."""
MOST_SETTINGS: Final = 6
"""Of a policy: a dozen trials say little of more."""
ENTRY: Final = re.compile(r"(?P<policy>\w+)\.(?P<setting>\w+)(=(?P<low>[^.=]+(\.\d+)?)\.\.(?P<high>[^=]+))?")
RULE: Final = f"POLICY.OPTION or {LEVER}.LEVER, with or without =LOW..HIGH, such as {SHIPPED[2]}"


def parsed(key: str, entries: Sequence[str]) -> Family:
    """The family that entries of the command line name; a range left out is that of the setting's table.

    Raises
    ------
    InvalidInput
        With a line for each entry that names none, and each range that is none.
    """
    found: Family = {}
    problems = []
    for entry in entries:
        named = ENTRY.fullmatch(entry)
        if named is None:
            problems.append(f"{key}: {entry!r} given; allowed: {RULE}")
            continue
        policy, setting = named["policy"], named["setting"]
        parameter = parameter_of(policy, setting)
        if parameter is None:
            problems.append(f"{key}: {_unknown(policy, setting)}")
            continue
        if setting in found.setdefault(policy, {}):
            problems.append(f"{key}: {policy}.{setting} is named twice; allowed: each once")
        found[policy][setting] = [_number(named["low"], parameter.low), _number(named["high"], parameter.high)]
    problems += [f"{key}: {line}" for line in wrong_family(found)]
    if problems:
        raise InvalidInput(problems)
    return found


def wrong_family(family: Family) -> Iterator[str]:
    """A line for each setting that does not exist or whose range is none, and each policy with too many."""
    for policy, ranges in family.items():
        if not 1 <= len(ranges) <= MOST_SETTINGS:
            yield f"{policy}: {len(ranges)} settings given; allowed: 1 to {MOST_SETTINGS}"
        for setting, ends in ranges.items():
            parameter = parameter_of(policy, setting)
            if parameter is None:
                yield _unknown(policy, setting)
            elif not (len(ends) == 2 and parameter.low <= ends[0] < ends[1] <= parameter.high):
                given = "..".join(f"{end:g}" for end in ends)
                allowed = f"{parameter.low:g}..{parameter.high:g}"
                yield f"{policy}.{setting}={given} given; allowed: LOW..HIGH within {allowed}"


def parameter_of(policy: str, setting: str) -> Parameter | None:
    """What is known about a numeric option of a kind of policy, or about a lever; None where there is no such thing."""
    if policy == LEVER:
        lever = LEVERS.get(setting)
        return Parameter(lever.meaning, lever.unit, lever.low, lever.high, "yours to set") if lever else None
    option = described(policy).get(setting) if policy in POLICIES else None
    return option if isinstance(option, Parameter) else None


def corners(ranges: Ranges) -> list[Settings]:
    """Every combination of lowest and highest values, that of all lowest first and of all highest next."""
    found = [dict(zip(ranges, values, strict=True)) for values in product(*ranges.values())]
    return [found[0], found[-1], *found[1:-1]] if len(found) > 2 else found


def inside(values: Mapping[str, float], ranges: Ranges) -> Settings:
    """Settings as tables show them, within their ranges."""
    return {name: min(max(rounded(values[name]), low), high) for name, (low, high) in ranges.items()}


def options_of(policy: str, settings: Settings, first: int) -> dict[str, Any]:
    """The policy with these settings, what it leaves alone as shipped; levers from the first year on."""
    if policy != LEVER:
        return {"kind": policy, **settings}
    steps = {name: {"lever": name, "start": float(first), "value": value} for name, value in settings.items()}
    return {"kind": "schedule", "steps": steps}


def _number(text: str | None, otherwise: float) -> float:
    """A number of an entry, NaN where it is none."""
    try:
        return otherwise if text is None else float(text)
    except ValueError:
        return math.nan


def _unknown(policy: str, setting: str) -> str:
    """One line for a setting that no policy has."""
    if policy not in (LEVER, *POLICIES):
        return unknown_key(policy, [LEVER, *POLICIES])
    options = LEVERS if policy == LEVER else [n for n, o in described(policy).items() if isinstance(o, Parameter)]
    return unknown_key(f"{policy}.{setting}", [f"{policy}.{name}" for name in options])
