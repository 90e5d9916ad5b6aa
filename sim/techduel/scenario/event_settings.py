"""Events in a configuration: how layers combine, what fills the options left out, and everything that is wrong.

Events have names of their own, so that one kind can happen several times. Every kind has its defaults in the file
``configs/events/KIND.yaml``, which holds one event of that name.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any, Final

from techduel.facts.selection import word_problems
from techduel.model.parameters import schema
from techduel.model.parameters.parameter import Parameter
from techduel.policies.event import Choice, Option, SectorChoice
from techduel.policies.events import EVENTS, described
from techduel.scenario.layers import config_folder
from techduel.scenario.loader import strict_yaml, unknown_key

KINDS: Final = tuple(EVENTS)
NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
ORDERED: Final = {"bill": (("amount_low", "amount_high"), ("delay_low", "delay_high"))}
"""Options of which the first may not be larger than the second."""
PARTS: Final = {"bill": ("grants_share", "reshoring_share")}
"""Options that are parts of one whole."""


@cache
def defaults(kind: str) -> dict[str, Any]:
    """The options of a kind of event as shipped, with its ``kind``."""
    return dict(strict_yaml(config_folder() / "events" / f"{kind}.yaml")[kind])


def without_other_kinds(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration without the events that a stronger layer gives another kind.

    An event of another kind is another event: no option of the weaker one may leak into it.
    """
    weaker, stronger = _events(below), _events(above)
    kept = {name: given for name, given in weaker.items() if _same_kind(given, stronger.get(name))}
    return {**below, "events": kept} if len(kept) < len(weaker) else dict(below)


def completed(given: Any) -> Any:
    """The events of a configuration with every option; an event that is set to nothing (null) does not happen."""
    if not isinstance(given, Mapping):
        return given
    return {name: _filled(options) for name, options in given.items() if options is not None}


def problems(given: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with the events of a configuration, one line each."""
    return [line for name in given for line in _event_problems(name, given)]


def _events(layer: Mapping[str, Any]) -> Mapping[str, Any]:
    events = layer.get("events")
    return events if isinstance(events, Mapping) else {}


def _same_kind(weaker: Any, stronger: Any) -> bool:
    kinds = [given.get("kind") for given in (weaker, stronger) if isinstance(given, Mapping)]
    return len(kinds) < 2 or None in kinds or kinds[0] == kinds[1]


def _filled(options: Any) -> Any:
    """Options over the defaults of their kind; numbers as floats, so that 1 and 1.0 are one configuration."""
    if not isinstance(options, Mapping) or options.get("kind") not in KINDS:
        return options
    known = described(options["kind"])
    return {name: _plain(known.get(name), value) for name, value in {**defaults(options["kind"]), **options}.items()}


def _plain(option: Option | None, value: Any) -> Any:
    if isinstance(option, Parameter) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return [value] if isinstance(option, SectorChoice) and isinstance(value, str) else value


def _event_problems(name: str, events: Mapping[str, Any]) -> list[str]:
    key, given = f"events.{name}", events[name]
    if not NAME.fullmatch(str(name)):
        return [f"{key}: {name!r} given; allowed: a name of letters, digits and _, a letter first, at most 100"]
    if not isinstance(given, Mapping):
        return [f"{key}: {given!r} given; allowed: an event with its kind ({', '.join(KINDS)}), or null for none"]
    if "kind" not in given:
        return [_without_kind(name, events)]
    if given["kind"] not in KINDS:
        return [_unknown_word(f"{key}.kind", given["kind"], KINDS)]
    known = described(given["kind"])
    names = [f"{key}.{option}" for option in known]
    found = [unknown_key(f"{key}.{option}", names) for option in given if option not in {"kind", *known}]
    for option, about in known.items():
        found += _option_problems(f"{key}.{option}", given[option], about)
    return found or _conflicts(key, given)


def _without_kind(name: str, events: Mapping[str, Any]) -> str:
    """An option was set for an event that is not there: perhaps the name of another was meant."""
    if name in KINDS:
        return f"events.{name}: no such event yet; add events={name}, or events.{name}.kind={name}"
    others = [other for other, given in events.items() if isinstance(given, Mapping) and "kind" in given]
    near = get_close_matches(name, [*others, *KINDS], n=1, cutoff=0.5)
    hint = f"; did you mean events.{near[0]}?" if near else ""
    return f"events.{name}.kind: missing; allowed: {', '.join(KINDS)}{hint}"


def _option_problems(key: str, value: Any, known: Option) -> list[str]:
    if isinstance(known, SectorChoice):
        return word_problems(key, value)
    if isinstance(known, Choice):
        return [] if value in known.allowed else [_unknown_word(key, value, known.allowed)]
    return schema.value_problems(key, value, known, ())


def _unknown_word(key: str, value: Any, allowed: tuple[str, ...]) -> str:
    near = get_close_matches(str(value), allowed, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    return f"{key}: {value!r} given; allowed: {', '.join(allowed)}{hint}"


def _conflicts(key: str, given: Mapping[str, Any]) -> list[str]:
    """What is wrong with sound options taken together."""
    pairs, parts = ORDERED.get(given["kind"], ()), PARTS.get(given["kind"], ())
    found = [
        f"{key}.{low}: {given[low]:g} given; allowed: at most {key}.{high} = {given[high]:g}"
        for low, high in pairs
        if given[low] > given[high]
    ]
    whole = sum(given[part] for part in parts)
    if whole > 1.0 + 1e-9:
        found.append(f"{key}: {' + '.join(parts)} = {whole:g}; allowed: at most 1 together")
    return found
