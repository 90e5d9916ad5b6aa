"""The dispatcher: ``techduel COMMAND [arguments]``, in the repository ``python -m experiments COMMAND``."""

import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from typing import Final

from techduel.scenario.fingerprint import version
from techduel.scenario.loader import did_you_mean
from techduel.studies.table import STUDIES

from .completion import ASKS_COMPLETION, COMMANDS, OVERRIDE_COMMANDS, complete
from .exits import WRONG_INPUT, guarded, shown

OF_THEIR_OWN: Final = frozenset({"micro", "evidence"})
"""Studies whose command does more than compute a result."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        What stands behind ``techduel``; the process's own arguments when left out.

    Returns
    -------
    int
        0 done, 1 a bug, 2 wrong input, 3 environment, 4 folder in use, 5 some runs failed, 130 or 143 interrupted.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if any(argument.split("=")[0] in ASKS_COMPLETION for argument in given):
        return guarded(complete, given)
    if not given or given[0] in {"-h", "--help", "help"}:
        return guarded(_overview, given)
    if given[0] in {"-V", "--version"}:
        return guarded(_version, given)
    command, *rest = given
    if command not in COMMANDS:
        return guarded(partial(_unknown, command), rest)
    return guarded(partial(_run_command, command), rest)


def _run_command(command: str, arguments: Sequence[str]) -> int:
    """A study of the table, or the module that bears the command's name."""
    if command in STUDIES and command not in OF_THEIR_OWN:
        from .study import computed

        return computed(command, arguments)
    return int(import_module(f".{command}", __package__).main(arguments))


def _unknown(command: str, _arguments: Sequence[str]) -> int:
    print(f"{shown(command)}: no such command{did_you_mean(command, COMMANDS)}", file=sys.stderr)
    _overview(())
    return WRONG_INPUT


def _version(_arguments: Sequence[str]) -> int:
    print(f"techduel {version()}")
    return 0


def _overview(_arguments: Sequence[str]) -> int:
    print("techduel COMMAND, one of:")
    for name, meaning in COMMANDS.items():
        print(f"  {name:<12} {meaning}")
    print(f"{', '.join(OVERRIDE_COMMANDS)} take KEY=VALUE settings and Hydra's flags: techduel run --help")
    return 0


if __name__ == "__main__":
    sys.exit(main())
