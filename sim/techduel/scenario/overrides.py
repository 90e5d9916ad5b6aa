"""Overrides of the command line in Hydra's notation, parsed within limits, as changes of a configuration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from techduel.scenario.layers import choices, default_choices
from techduel.scenario.loader import MAX_DEPTH, MAX_DIGITS, InvalidInput, unknown_key

MOST_CHARACTERS: Final = 20_000
ALLOWED: Final = "allowed: KEY=VALUE, with quotes around special characters"


@dataclass(frozen=True, slots=True)
class Change:
    """One change from the command line."""

    key: str
    """Dotted, or a config group such as ``policy@policies.us``."""
    value: Any
    choice: bool
    """Whether it chooses a group's file."""

    @property
    def path(self) -> tuple[str, ...]:
        """Keys from the top of the configuration down to what it changes."""
        return tuple(self.key.rpartition("@")[2].split("."))


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
        raise InvalidInput([f"{text}: not understood; {ALLOWED}{_meant(text)}"]) from None
    excess = _excess(value, 1 + key.count("."))
    if excess:
        raise InvalidInput([f"{key}: {excess}"])
    return override


def _meant(text: str) -> str:
    """What a lone word may have been meant as: the scenario of that name."""
    return f"; did you mean scenario={text}?" if text in choices("scenario") else ""


def quoted(text: str) -> str:
    """A text in quotes for Hydra's grammar, whatever it holds."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def changes_of(overrides: Sequence[str]) -> tuple[list[Change], list[str]]:
    """The overrides that can be understood as changes, and one line for each that cannot."""
    changes: list[Change] = []
    problems: list[str] = []
    for text in overrides:
        try:
            changes.append(_change(parsed(text)))
        except InvalidInput as refused:
            problems += refused.problems
    return changes, problems


def outside_file(changes: Sequence[Change]) -> Path | None:
    """The stranger's scenario file that the command line names, if any."""
    named = [change.value for change in changes if change.key == "scenario_file" and isinstance(change.value, str)]
    return Path(named[-1]) if named else None


def _change(override: Any) -> Change:
    key = override.key_or_group + (f"@{override.package}" if override.package else "")
    if override.is_hydra_override():
        raise InvalidInput([f"{key}: Hydra's own settings work only with --cfg, --info and --help"])
    if override.is_delete():
        raise InvalidInput([f"{key}: cannot be removed, only changed"])
    if override.is_sweep_override():
        raise InvalidInput([f"{key}: several values need the flag -m"])
    return _understood(key, override.value())


def _understood(key: str, value: Any) -> Change:
    """The change of a key; a kind of a state's policy chooses its file."""
    if key == "results" and isinstance(value, str) and no_folder(value):
        raise InvalidInput([no_folder(value)])
    if not all(key.split(".")):
        raise InvalidInput([f"{key}={value}: not understood; {ALLOWED}"])
    if key.startswith("policies.") and key.endswith(".kind") and key.count(".") == 2:
        key = f"policy@{key.removesuffix('.kind')}"
    if f"policy@{key}" in default_choices() and not isinstance(value, Mapping):
        raise InvalidInput([f"{key}: {value!r} given; a policy is chosen with policy@{key}={value}"])
    if key not in default_choices() and ("@" in key or key == "policy"):
        raise InvalidInput([unknown_key(key, default_choices())])
    return Change(key, value, choice=key in default_choices())


def no_folder(name: str) -> str:
    """Why results cannot be written below a name: it is that of a file; empty where they can."""
    try:
        file = Path(name).exists() and not Path(name).is_dir()
    except OSError:
        return ""  # too long; its settings say so
    return f"results: {name!r} given, which is a file; allowed: a folder" if file else ""


def _excess(value: Any, depth: int) -> str:
    """What is too much about a value, in words; empty if nothing is."""
    if depth > MAX_DEPTH:
        return f"nested deeper than {MAX_DEPTH} levels"
    if isinstance(value, int) and abs(value) >= 10**MAX_DIGITS:
        return f"a number of more than {MAX_DIGITS} digits"
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return next((excess for part in parts if (excess := _excess(part, depth + 1))), "")
