"""Policies in a configuration: what fills the options left out, and everything that is wrong, at any depth.

Every kind has its options in the file ``configs/policy/KIND.yaml``; a policy inside another one as well.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from typing import Any, Final

from techduel.facts.selection import ALL, word_problems
from techduel.model.actions import LEVERS
from techduel.model.parameters import schema
from techduel.model.parameters.parameter import Parameter
from techduel.policies.fixed import Policy
from techduel.policies.kinds import POLICIES, described, policy
from techduel.policies.options import Menu, Nested, Option, Steps
from techduel.policies.schedule import HOW, step_options
from techduel.scenario.layers import config_folder, layered
from techduel.scenario.loader import strict_yaml, unknown_key

KINDS: Final = tuple(POLICIES)
DEEPEST: Final = 3
"""How many policies may lie around another one."""
LONGEST_MENU: Final = 12
NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
STEP: Final = ("lever", "sectors", "start", "until", "ramp", *HOW)


@cache
def defaults(kind: str) -> dict[str, Any]:
    """The options of a kind of policy as shipped, with its ``kind``."""
    return strict_yaml(config_folder() / "policy" / f"{kind}.yaml")


def shipped(kind: str, **given: Any) -> Policy:
    """A policy as shipped, but for the options that are given.

    Parameters
    ----------
    kind : str
        A file of ``configs/policy``.
    **given
        Options as plain values, unchecked: numbers, mappings, and policies inside as ``{"kind": ...}``.

    Examples
    --------
    >>> shipped("tit_for_tat", gain=0.8, base={"kind": "plan"}).gain
    0.8
    """
    return policy(**filled({"kind": kind, **given}))


def completed(given: Any) -> Any:
    """The policies of a configuration by state, with every option of each and of those inside them."""
    return {state: filled(options) for state, options in given.items()} if isinstance(given, Mapping) else given


def filled(given: Any) -> Any:
    """A policy's options over the shipped ones of its kind; named parts that are given replace the shipped ones."""
    if not isinstance(given, Mapping) or given.get("kind") not in KINDS:
        return given
    known = described(given["kind"])
    replaced = {name for name in given if isinstance(known.get(name), Menu | Steps)}
    below = {name: value for name, value in defaults(given["kind"]).items() if name not in replaced}
    return {name: _plain(known.get(name), value) for name, value in layered(below, given, "policies").items()}


def _plain(option: Option | None, value: Any) -> Any:
    """One option's value in full; named parts that are set to nothing (null) are dropped."""
    match option:
        case Nested():
            return filled(value)
        case Menu() if isinstance(value, Mapping):
            return {name: filled(part) for name, part in value.items() if part is not None}
        case Steps() if isinstance(value, Mapping):
            return {name: _with_floats(part) for name, part in value.items() if part is not None}
        case Parameter():
            return _with_floats(value)
    return value


def _with_floats(value: Any) -> Any:
    """Whole numbers as floats, so that 1 and 1.0 are one configuration; what is null is as if left out."""
    if isinstance(value, Mapping):
        return {name: _with_floats(part) for name, part in value.items() if part is not None}
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def problems(key: str, given: Any, sectors: Sequence[str], outer: tuple[str, ...] = ()) -> list[str]:
    """Everything that is wrong with a policy, one line each.

    Parameters
    ----------
    key : str
        Where it stands in the configuration.
    given : object
        Its kind and options as plain values.
    sectors : sequence of str
        Names of the sectors.
    outer : tuple of str
        Kinds of the policies around it, the outermost first.
    """
    if not isinstance(given, Mapping):
        how = f"{key}.kind=NAME" if outer else f"policy@{key}=NAME"
        return [f"{key}: {given!r} given; allowed: a policy, chosen with {how}"]
    kind: Any = given.get("kind")
    found = _kind_problems(key, kind, outer)
    if found:
        return found
    known = described(kind)
    names = [f"{key}.{option}" for option in known]
    found = [unknown_key(f"{key}.{name}", names) for name in given if name not in {"kind", *known}]
    for name, option in known.items():
        place = f"{key}.{name}"
        missing = name not in given
        found += [f"{place}: missing"] if missing else _option(place, given[name], option, sectors, (*outer, kind))
    return found or _conflicts(key, given)


def _kind_problems(key: str, kind: Any, outer: tuple[str, ...]) -> list[str]:
    if kind not in KINDS:
        near = get_close_matches(str(kind), KINDS, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        return [f"{key}.kind: {kind!r} given; allowed: {', '.join(KINDS)}{hint}"]
    if len(outer) > DEEPEST:
        return [f"{key}: inside {len(outer)} policies; allowed: at most {DEEPEST}"]
    if kind == "best_response" and kind in outer:
        return [f"{key}.kind: {kind} inside another one; allowed: any other kind"]
    return []


def _option(key: str, value: Any, option: Option, sectors: Sequence[str], outer: tuple[str, ...]) -> list[str]:
    match option:
        case Parameter():
            return schema.value_problems(key, value, option, sectors)
        case Nested():
            return problems(key, value, sectors, outer)
        case Menu():
            found = _names_problems(key, value, "a policy")
            found += [f"{key}: {len(value)} given; allowed: at most {LONGEST_MENU}"] * (_size(value) > LONGEST_MENU)
            return found + [
                line for name, part in _parts(value) for line in problems(f"{key}.{name}", part, sectors, outer)
            ]
        case Steps():
            found = _names_problems(key, value, "a step")
            return found + [line for name, part in _parts(value) for line in step_problems(f"{key}.{name}", part)]


def _parts(value: Any) -> Iterable[tuple[str, Any]]:
    return value.items() if isinstance(value, Mapping) else ()


def _size(value: Any) -> int:
    return len(value) if isinstance(value, Mapping) else 0


def _names_problems(key: str, value: Any, what: str) -> list[str]:
    if not isinstance(value, Mapping):
        return [f"{key}: {value!r} given; allowed: names, each with {what}"]
    return [
        f"{key}.{name}: {name!r} given; allowed: a name of letters, digits and _, a letter first, at most 100"
        for name in value
        if not NAME.fullmatch(str(name))
    ]


def _conflicts(key: str, given: Mapping[str, Any]) -> list[str]:
    """What is wrong with sound options taken together: the policy itself refuses them."""
    try:
        policy(**given)
    except ValueError as refused:
        return [f"{key}.{line}" for line in str(refused).splitlines()]
    return []


def step_problems(key: str, given: Any) -> list[str]:
    """Everything that is wrong with one step of a schedule, one line each."""
    if not isinstance(given, Mapping):
        return [f"{key}: {given!r} given; allowed: a lever, its start, and one of {', '.join(HOW)}"]
    names = [f"{key}.{name}" for name in STEP]
    found = [unknown_key(f"{key}.{name}", names) for name in given if name not in STEP]
    lever = given.get("lever")
    if lever not in tuple(LEVERS):
        return [*found, _lever_problem(f"{key}.lever", lever)]
    found += _number_problems(key, given, lever)
    if "sectors" in given:
        found += _sector_problems(f"{key}.sectors", given["sectors"], lever)
    return found or _order_problems(key, given)


def _lever_problem(key: str, lever: Any) -> str:
    if lever is None:
        return f"{key}: missing; allowed: {', '.join(LEVERS)}"
    near = get_close_matches(str(lever), LEVERS, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(LEVERS)}"
    return f"{key}: {lever!r} is no lever; {hint}"


def _number_problems(key: str, given: Mapping[str, Any], lever: str) -> list[str]:
    found = [] if "start" in given else [f"{key}.start: missing; allowed: a year such as 2022.25"]
    hows = [name for name in HOW if name in given]
    if len(hows) != 1:
        found.append(f"{key}: {' and '.join(hows) or 'none'} given; allowed: exactly one of {', '.join(HOW)}")
    for name, known in step_options(lever).items():
        if name in given:
            found += schema.value_problems(f"{key}.{name}", given[name], known, ())
    return found


def _sector_problems(key: str, given: Any, lever: str) -> list[str]:
    if LEVERS[lever].axis or given in (ALL, [ALL]):
        return word_problems(key, given)
    return [f"{key}: {given!r} given; allowed: nothing, since {lever} is the same for all sectors"]


def _order_problems(key: str, given: Mapping[str, Any]) -> list[str]:
    if "until" in given and given["until"] <= given["start"]:
        return [f"{key}.until: {given['until']:g} given; allowed: later than start = {given['start']:g}"]
    return []
