"""Overrides of the command line in Hydra's notation, parsed within limits."""

from collections.abc import Mapping
from typing import Any, Final

from techduel.scenario.loader import MAX_DEPTH, MAX_DIGITS, InvalidInput

MOST_CHARACTERS: Final = 20_000


def parsed(text: str) -> Any:
    """One override, as an ``Override`` of Hydra's parser.

    Raises
    ------
    InvalidInput
        If it cannot be understood, or is larger, deeper or a larger number than any setting needs.
    """
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    if len(text) > MOST_CHARACTERS:
        raise InvalidInput([f"{text.partition('=')[0]}: longer than {MOST_CHARACTERS} characters"])
    try:
        override = OverridesParser.create().parse_override(text)
        key, value = override.key_or_group, override.value()
    except (HydraException, ValueError, RecursionError):
        raise InvalidInput([f"{text}: not understood; {ALLOWED}"]) from None
    problem = _problem(value, 1 + key.count("."))
    if problem:
        raise InvalidInput([f"{key}: {problem}"])
    return override


ALLOWED: Final = "allowed: KEY=VALUE, with quotes around special characters"


def _problem(value: Any, depth: int) -> str:
    """What is too much about a value, in words; empty if nothing is."""
    if depth > MAX_DEPTH:
        return f"nested deeper than {MAX_DEPTH} levels"
    if isinstance(value, int) and abs(value) >= 10**MAX_DIGITS:
        return f"a number of more than {MAX_DIGITS} digits"
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return next((found for part in parts if (found := _problem(part, depth + 1))), "")
