"""Commands, and tab completion: Hydra's own, after the command's name has been taken out of the line."""

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from techduel.model.parameters.forms import RIVALS
from techduel.model.parameters.schema import described
from techduel.scenario.forms import words
from techduel.scenario.layers import choices, default_choices
from techduel.studies.table import STUDIES

from .hydra_flags import ROOT, shown_by_hydra

COMMANDS: Final = {
    **{name: study.meaning for name, study in STUDIES.items()},
    "forecast": "register, check or score a forecast on record: forecast register file=FILE.json",
    "bench": "speed, memory and scaling, one JSON object a line",
    "plot": "redraw the figures of a saved result, or one outcome for a slide: plot FOLDER outcome=NAME",
    "report": "saved results as one HTML file to hand on: report FOLDER...",
    "explore": "two scenarios and their levers in a browser on this machine: explore [FOLDER] [port=5006]",
    "export": "a saved result in another format: export FOLDER format=nc|parquet|xlsx",
    "list": "scenarios, ablations, policies, events, levers, parameters, outcomes, sweeps or studies",
    "config": "show [KEY=VALUE ...], validate FILE, or schema (for editors)",
    "reproduce": "compute a saved result again and compare it byte for byte: reproduce FOLDER",
}
"""What each command does, in one line."""
ROOTS: Final = {name: study.root for name, study in STUDIES.items() if study.root} | {"bench": "config"}
"""Files of ``configs/`` that commands compose from by Hydra."""
OVERRIDE_COMMANDS: Final = tuple(ROOTS)
"""Commands that take settings and Hydra's flags."""
ASKS_COMPLETION: Final = ("-sc", "--shell-completion")
PLAIN_WORDS: Final = {
    "list": (
        *("scenarios", "ablations", "policies", "levers", "events", "parameters", "forms", "outcomes", "sweeps"),
        "studies",
    ),
    "forecast": ("register", "check", "score", "file=", "origin=", "last=", "outcomes=", "scores="),
    "report": ("file=",),
    "plot": ("outcome=", "state=", "scenarios=", "years=", "format=", "size=", "file="),
    "export": ("format=nc", "format=parquet", "format=xlsx", "file="),
    "explore": ("port=",),
    "config": ("show", "validate", "schema"),
}


def complete(arguments: Sequence[str]) -> int:
    """Answer the shell: commands first, then the settings of those that take them; or print the script to install."""
    line = os.environ.get("COMP_LINE")
    if line is None or any("install" in argument for argument in arguments):
        return shown_by_hydra(arguments)
    program, _, typed = line.lstrip().partition(" ")
    command, space, rest = typed.lstrip().partition(" ")
    if not space:
        return _offer(COMMANDS, command)
    word = rest.rpartition(" ")[2]
    offered = _known(command, word)
    if offered is not None:
        return _offer(offered, word)
    os.environ["COMP_LINE"] = f"{program} {rest}"
    os.environ["COMP_POINT"] = str(len(os.environ["COMP_LINE"]))
    return shown_by_hydra(arguments, ROOTS.get(command, ROOT))


def _known(command: str, word: str) -> Iterable[str] | None:
    """What can stand in the place of a word, where Hydra does not know it."""
    key, chosen, _ = word.partition(".kind=")
    if command not in OVERRIDE_COMMANDS:
        return _words(command)
    if word.startswith("policy@"):
        return _policies()
    if word.startswith("forms."):
        return (f"forms.{name}={form}" for name in RIVALS for form in words(name))
    if word.startswith("params."):
        return (f"params.{name}=" for name in described())
    return (f"{key}{chosen}{name}" for name in choices("policy")) if chosen and key.startswith("policies.") else None


def _words(command: str) -> Iterable[str]:
    """What may stand behind a command without Hydra's settings."""
    if command not in STUDIES:
        return PLAIN_WORDS.get(command, ())
    return (f"{key}=" for key in STUDIES[command].settings.Settings.model_fields)


def _offer(words: Iterable[str], typed: str) -> int:
    print(" ".join(word for word in words if word.startswith(typed)))
    return 0


def _policies() -> Iterator[str]:
    """Choices of a group inside another package, which Hydra does not complete."""
    for group in default_choices():
        if "@" in group:
            yield from (f"{group}={name}" for name in choices("policy"))
