"""Kinds of policies and events: their options as shipped, and what fills the options that a configuration leaves out.

Every kind of policy has its options in ``configs/policy/KIND.yaml``, and every kind of event in
``configs/events/KIND.yaml``, which holds one event of that name.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from techduel.policies.events import EVENTS
from techduel.policies.fixed import Policy
from techduel.policies.kinds import POLICIES, described, policy
from techduel.policies.options import Menu, Nested, Steps
from techduel.scenario.layers import config_folder, layered
from techduel.scenario.loader import strict_yaml


@cache
def policy_options(kind: str) -> dict[str, Any]:
    """The options of a kind of policy as shipped, with its ``kind``."""
    return strict_yaml(config_folder() / "policy" / f"{kind}.yaml")


@cache
def event_options(kind: str) -> dict[str, Any]:
    """The options of a kind of event as shipped, with its ``kind``."""
    return dict(strict_yaml(config_folder() / "events" / f"{kind}.yaml")[kind])


def shipped(kind: str, **options: Any) -> Policy:
    """A policy as shipped, but for the options that are given.

    Parameters
    ----------
    kind : str
        A file of ``configs/policy``.
    **options
        Plain values, unchecked: numbers, mappings, and policies inside as ``{"kind": ...}``.

    Examples
    --------
    >>> shipped("tit_for_tat", gain=0.8, base={"kind": "plan"}).gain
    0.8
    """
    return policy(**filled({"kind": kind, **options}))


def filled_policies(policies: Any) -> Any:
    """Policies by state with every option of each and of those inside them; what is no mapping stays as it is."""
    return {state: filled(options) for state, options in policies.items()} if _is_group(policies) else policies


def filled(options: Any) -> Any:
    """A policy's options over the shipped ones of its kind; named parts that are given replace the shipped ones."""
    if not _is_group(options) or options.get("kind") not in tuple(POLICIES):
        return options
    declared = described(options["kind"])
    replaced = {name for name in options if isinstance(declared.get(name), Menu | Steps)}
    below = {name: value for name, value in policy_options(options["kind"]).items() if name not in replaced}
    complete = layered(below, options, "policies")
    for name, option in declared.items():
        if isinstance(option, Nested):
            complete[name] = filled(complete[name])
        elif isinstance(option, Menu) and _is_group(complete[name]):
            complete[name] = {part: filled(inner) for part, inner in complete[name].items()}
    return complete


def filled_events(events: Any) -> Any:
    """Events with every option; what is no mapping, or has no kind, stays as it is."""
    return {name: _filled_event(options) for name, options in events.items()} if _is_group(events) else events


def without_other_kinds(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration without the events that a stronger layer gives another kind.

    An event of another kind is another event: no option of the weaker one may leak into it.
    """
    weaker, stronger = (layer["events"] if _is_group(layer.get("events")) else {} for layer in (below, above))
    kept = {name: options for name, options in weaker.items() if _same_kind(options, stronger.get(name))}
    return {**below, "events": kept} if len(kept) < len(weaker) else dict(below)


def _filled_event(options: Any) -> Any:
    if not _is_group(options) or options.get("kind") not in tuple(EVENTS):
        return options
    return {**event_options(options["kind"]), **options}


def _same_kind(weaker: Any, stronger: Any) -> bool:
    kinds = [options.get("kind") for options in (weaker, stronger) if _is_group(options)]
    return len(kinds) < 2 or None in kinds or kinds[0] == kinds[1]


def _is_group(value: Any) -> bool:
    return isinstance(value, Mapping)
