"""Settings of the commands that take KEY=VALUE without Hydra: what there is, what is allowed, what is wrong."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from techduel.scenario.loader import NAME, NAME_RULE, PATH, InvalidInput, strict_value, unknown_key

LARGEST_SEED: Final = 2**32


def plain(value: str) -> Any:
    """A number, truth value or list as a scenario file would hold it; anything else stays the text that it is."""
    try:
        return strict_value(value, "")
    except InvalidInput:
        return value


@dataclass(frozen=True, slots=True)
class Option:
    """One setting of a command."""

    default: Any
    meaning: str
    allowed: str
    """What may be given, in words."""
    fits: Callable[[Any], object]
    read: Callable[[str], Any] = plain


def whole(default: int, low: int, high: int, meaning: str) -> Option:
    """A whole number in a range."""
    return Option(default, meaning, f"a whole number from {low} to {high}", lambda value: _is_whole(value, low, high))


def flag(default: bool, meaning: str) -> Option:
    """True or false."""
    return Option(default, meaning, "true, false", lambda value: isinstance(value, bool))


def text(default: str | None, meaning: str, allowed: str) -> Option:
    """A text, or nothing where nothing is the default."""
    return Option(default, meaning, allowed, lambda value: value != "", str)


def output_folder(meaning: str) -> Option:
    """Where results are written."""
    return Option("results", meaning, "a folder", re.compile(PATH).fullmatch, str)


def result_name(meaning: str) -> Option:
    """A name that becomes one of a folder, or nothing."""
    return Option(None, meaning, NAME_RULE, lambda value: value is None or re.fullmatch(NAME, value), str)


def parsed(arguments: Sequence[str], known: Mapping[str, Option]) -> dict[str, Any]:
    """The settings of a command line, checked.

    Raises
    ------
    InvalidInput
        With every problem, one line each.
    """
    given = {name: option.default for name, option in known.items()}
    found = []
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if not equals or name not in known:
            found.append(unknown_key(name, known) if equals else f"{argument}: not understood; allowed: KEY=VALUE")
            continue
        given[name] = known[name].read(value)
    found += problems(given, known)
    if found:
        raise InvalidInput(found)
    return given


def problems(given: Mapping[str, Any], known: Mapping[str, Option]) -> list[str]:
    """What is wrong with the values of some settings, one line each."""
    return [
        f"{name}: {value!r} given; allowed: {known[name].allowed}"
        for name, value in given.items()
        if not _fits(known[name], value)
    ]


def described(command: str, meaning: str, known: Mapping[str, Option]) -> Iterator[str]:
    """The help of a command, line by line."""
    yield f"techduel {command} [KEY=VALUE ...]: {meaning}"
    for name, option in known.items():
        default = "" if option.default is None else str(option.default)
        default = default.lower() if isinstance(option.default, bool) else default
        yield f"  {f'{name}={default}':<20} {option.meaning}; {option.allowed}"


def asks_help(arguments: Sequence[str]) -> bool:
    """Whether a command line asks for help."""
    return any(argument in {"-h", "--help"} for argument in arguments)


def _fits(option: Option, value: Any) -> bool:
    try:
        return bool(option.fits(value))
    except TypeError:
        return False  # a list or mapping where a word is looked up


def _is_whole(value: Any, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
