"""What stands behind a command that takes settings: overrides, Hydra's flags, and several jobs with ``-m``."""

import argparse
import itertools
import math
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import yaml

from techduel.scenario.composition import composed
from techduel.scenario.layers import config_folder
from techduel.scenario.loader import InvalidInput
from techduel.scenario.overrides import parsed
from techduel.scenario.staleness import remarks

DELEGATED: Final = ("-h", "--help", "--hydra-help", "-i", "--info", "--version")
"""Flags that Hydra itself answers."""
MOST_JOBS: Final = 1000
ROOT: Final = "config"
"""The file that commands compose from."""

type Composing = Callable[[Sequence[str]], dict[str, Any]]
"""Turns overrides into a checked configuration."""


@dataclass(frozen=True, slots=True)
class Job:
    """One configuration to work on."""

    config: dict[str, Any]
    overrides: tuple[str, ...]


def jobs(arguments: Sequence[str], composing: Composing = composed, root: str = ROOT) -> list[Job]:
    """The jobs that a command line asks for, all checked; none when a flag asked only to be shown something.

    Parameters
    ----------
    arguments : sequence of str
        What stands behind the command.
    composing : callable
        Composes and checks one job.
    root : str
        The command's file in ``configs/``, for Hydra's own flags.

    Raises
    ------
    InvalidInput
        With every problem of every job.
    """
    if any(argument.split("=")[0] in DELEGATED for argument in arguments):
        _check(arguments, composing)
        _delegate(arguments, root)
        return []
    flags, rest = _flags().parse_known_args(list(arguments))
    _refuse_unknown_flags(rest)
    found = _composed_all(list(_expanded(rest)) if flags.multirun else [rest], composing)
    if flags.cfg is None:
        for line in dict.fromkeys(line for job in found for line in remarks(job.config)):
            print(line, file=sys.stderr)
        return found
    if flags.cfg == "job":
        _show(found[0].config, flags.package)
    else:
        _delegate(arguments, root)
    return []


def shown_by_hydra(arguments: Sequence[str], root: str = ROOT) -> int:
    """Let Hydra answer flags such as ``--help``, ``--info`` or ``-sc``."""
    import hydra

    before, sys.argv = sys.argv, [sys.argv[0], *arguments]
    try:
        hydra.main(version_base="1.3", config_path=str(config_folder()), config_name=root)(_answered)()
    except SystemExit as ended:
        return int(ended.code or 0)
    finally:
        sys.argv = before
    return 0


def _delegate(arguments: Sequence[str], root: str) -> None:
    if shown_by_hydra(arguments, root):
        raise InvalidInput([f"{' '.join(arguments)}: not understood by Hydra"])


def _answered(_config: object) -> None:
    """What Hydra would run; its flags have been answered by then."""


class _Flags(argparse.ArgumentParser):
    """A parser whose complaints are told like all others."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command line."""
        raise InvalidInput([message])


def _flags() -> argparse.ArgumentParser:
    parser = _Flags(add_help=False, allow_abbrev=False, prog="techduel")
    parser.add_argument("-m", "--multirun", action="store_true")
    parser.add_argument("-c", "--cfg", choices=["job", "hydra", "all"])
    parser.add_argument("-p", "--package")
    parser.add_argument("--resolve", action="store_true")
    return parser


def _check(arguments: Sequence[str], composing: Composing) -> None:
    """Refuse wrong settings before Hydra sees them: it would name the first only and exit with 1."""
    settings = [text for text in arguments if "=" in text and not text.startswith(("-", "hydra.", "hydra/"))]
    composing(settings)


def _refuse_unknown_flags(rest: Sequence[str]) -> None:
    unknown = [text for text in rest if text.startswith("-")]
    if unknown:
        flags = "-m, --cfg, --package, --info, --help, --hydra-help, -sc"
        meant = {flag: flag.lstrip("-").partition("=")[0] for flag in unknown}
        ends = {
            flag: f"; settings have no dashes: {key}=VALUE" if flag.startswith("--") else ""
            for flag, key in meant.items()
        }
        raise InvalidInput([f"{flag}: unknown flag; known: {flags}{ends[flag]}" for flag in unknown])


def _composed_all(settings: Sequence[Sequence[str]], composing: Composing) -> list[Job]:
    found: list[Job] = []
    problems: list[str] = []
    for overrides in settings:
        try:
            found.append(Job(composing(overrides), tuple(overrides)))
        except InvalidInput as refused:
            problems += refused.problems
    names = [job.config["name"] for job in found]
    problems += [
        f"name: {name} would be used by {names.count(name)} jobs" for name in set(names) if names.count(name) > 1
    ]
    if problems:
        raise InvalidInput(list(dict.fromkeys(problems)))
    return found


def _expanded(overrides: Sequence[str]) -> Iterator[list[str]]:
    """One list of overrides for each combination of the values in ``key=a,b,c``.

    The jobs are run here rather than by Hydra's launcher, which would make folders of its own beside the results.
    """
    options = [_values(text) for text in overrides]
    count = math.prod(map(len, options))
    if count > MOST_JOBS:
        raise InvalidInput([f"-m: {count} combinations; allowed: at most {MOST_JOBS}"])
    yield from map(list, itertools.product(*options))


def _values(text: str) -> list[str]:
    from hydra.errors import HydraException

    try:
        override = parsed(text)
    except InvalidInput:
        return [text]  # `composed` says what is wrong with it, with all else
    try:
        if not override.is_discrete_sweep():
            return [text]
        values = itertools.islice(override.sweep_string_iterator(), MOST_JOBS + 1)
        return [f"{override.get_key_element()}={value}" for value in values]
    except (HydraException, ValueError, ArithmeticError):
        raise InvalidInput([f"{text}: not understood; allowed: KEY=VALUE,VALUE or KEY=range(FIRST,LAST)"]) from None


def _show(config: Mapping[str, Any], package: str | None) -> None:
    part: Any = config
    for key in package.split(".") if package else []:
        if not isinstance(part, Mapping) or key not in part:
            raise InvalidInput([f"--package {package}: no such part of the configuration"])
        part = part[key]
    print(yaml.safe_dump(part, sort_keys=False, allow_unicode=True, width=120), end="")
