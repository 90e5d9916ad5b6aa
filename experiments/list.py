"""``techduel list WHAT``: names, one line each, with units."""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from sim import schema
from sim.layers import choices, config_folder
from sim.loader import strict_yaml
from sim.parameters import Parameter
from sim.scenario import composed

from .exits import guarded


def main(arguments: Sequence[str]) -> int:
    """Print one of the lists."""
    parser = argparse.ArgumentParser(prog="techduel list", description=__doc__)
    parser.add_argument("what", choices=LISTS)
    for line in LISTS[parser.parse_args(list(arguments)).what]():
        print(line)
    return 0


def _scenarios() -> Iterator[str]:
    for name in choices("scenario"):
        content = strict_yaml(config_folder() / "scenario" / f"{name}.yaml")
        yield f"{name:<24} {content['title']}"


def _policies() -> Iterator[str]:
    from sim.policies import POLICIES, described

    for name in choices("policy"):
        values = strict_yaml(config_folder() / "policy" / f"{name}.yaml")
        yield f"{name:<24} {(POLICIES[values['kind']].__doc__ or '').splitlines()[0]}"
        for option, known in described(values["kind"]).items():
            yield f"  {_described(option, known, values[option])}"


def _events() -> Iterator[str]:
    for name in choices("events"):
        dated = strict_yaml(config_folder() / "events" / f"{name}.yaml")
        yield f"{name:<24} {', '.join(dated) or 'nothing happens from outside'}"


def _parameters() -> Iterator[str]:
    values = composed(())["params"]
    for key, known in schema.described().items():
        group, name = key.split(".")
        yield _described(f"params.{key}", known, values[group][name])


def _outcomes() -> Iterator[str]:
    from sim.outcomes import OUTCOMES

    for name, outcome in OUTCOMES.items():
        yield f"{name:<28} {outcome.meaning} [{outcome.unit}; {', '.join(outcome.dims)}]"


def _sweeps() -> Iterator[str]:
    names = choices("sweep")
    yield from names or ["no sweeps are shipped with this version"]


def _described(name: str, known: Parameter, value: Any) -> str:
    axis = f", by {known.axis}" if known.axis else ""
    shown = ", ".join(f"{key} {part:g}" for key, part in value.items()) if isinstance(value, Mapping) else f"{value:g}"
    return f"{name:<36} {shown}   {known.meaning} [{known.unit}; {known.low:g} to {known.high:g}{axis}; {known.source}]"


LISTS: Final[dict[str, Callable[[], Iterator[str]]]] = {
    "scenarios": _scenarios,
    "policies": _policies,
    "events": _events,
    "parameters": _parameters,
    "outcomes": _outcomes,
    "sweeps": _sweeps,
}

if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
