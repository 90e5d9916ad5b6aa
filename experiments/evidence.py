"""``techduel evidence``: what the model says to published findings, and the tables of the pages about it."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from importlib.util import find_spec
from typing import Any

from techduel.scenario.arguments import asks_help
from techduel.studies.evidence.settings import EXPERIMENT, composed
from techduel.studies.evidence.studies import STUDIES
from techduel.studies.findings.pages import pages_of
from techduel.studies.findings.parts import BACKTEST, ORIGIN, PARTS
from techduel.studies.micro.protocol import VERSIONS, protocol, studies

from . import micro
from .hydra_flags import Job
from .study import computed, done, helped


def main(arguments: Sequence[str]) -> int:
    """Do every part that is not done yet; the arguments are KEY=VALUE of its `Settings`."""
    if asks_help(arguments):
        return helped(EXPERIMENT, _more_help())
    config = composed(arguments)
    config |= {"studies": [name for name in config["studies"] if _ready(name)]}
    pages_of(config)
    for command in (command for name in config["studies"] if name not in STUDIES for command in _commands(name)):
        _do(command, config)
    return done(EXPERIMENT, Job(config, tuple(arguments)))


def _ready(name: str) -> bool:
    """Whether the libraries of a part are there; otherwise it is left out, and the rest goes on."""
    missing = [module for module in PARTS[name].needs if find_spec(module) is None]
    if missing:
        print(f"{name}: left out, needs {', '.join(missing)}: pip install 'techduel[{name}]'", file=sys.stderr)
    return not missing


def _commands(name: str) -> Iterator[list[str]]:
    """The commands of a part that is a study of its own, or several."""
    if name == "backtest":
        yield [name, f"origin={ORIGIN}", f"name={BACKTEST}"]
        return
    for version in VERSIONS:
        yield from ([name, f"study={study}", f"version={version}"] for study in studies())
    for switch, arm in protocol().switches.items():
        yield [name, f"study={arm.study}", f"switched={switch}"]


def _do(command: Sequence[str], given: Mapping[str, Any]) -> None:
    """One command, with the settings that all share."""
    name, *words = command
    shared = [
        *(f"{key}={str(given[key]).lower()}" for key in ("quiet", "fresh", "retry")),
        f"results={given['results']}",
    ]
    print(" ".join(command), flush=True)
    (micro.main if name == "micro" else partial(computed, name))([*words, *shared])


def _more_help() -> Iterator[str]:
    yield "Parts:"
    for name, part in PARTS.items():
        yield f"  {name:<18} {part.meaning}"
