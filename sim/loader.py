"""Strict YAML from strangers: plain values only, within limits, every surprise refused with its line."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import yaml
from yaml import events

MAX_BYTES: Final = 262_144
MAX_DEPTH: Final = 12
MAX_VALUES: Final = 20_000
MAX_DIGITS: Final = 40

_WORDS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None, "~": None, "": None}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_NUMBER: Final = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


class InvalidInput(ValueError):
    """The user's input is wrong; ``problems`` holds one line for each thing to mend."""

    exit_code = 2

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def unknown_key(key: str, known: Iterable[str]) -> str:
    """One line for a key that does not exist, with the nearest that does."""
    names = list(known)
    if not names:
        return f"{key}: unknown; there is nothing to set here"
    near = get_close_matches(key, names, n=1, cutoff=0.5)
    return f"{key}: unknown; " + (f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(names))}")


def strict_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file, as text, numbers, truth values, None, lists and mappings with text keys.

    Anchors, aliases, tags, merges, duplicate keys and more than one document are refused. Only ``true`` and
    ``false`` are truth values: ``NO`` stays the text that it looks like.

    Parameters
    ----------
    path : Path
        A regular file of at most 256 KiB in UTF-8.

    Raises
    ------
    InvalidInput
        With the file's name, the line and what is wrong there.
    """
    return strict_mapping(_text(path), path.name)


def strict_mapping(text: str, name: str) -> dict[str, Any]:
    """The mapping in a YAML text; `name` stands for it in messages. Rules and errors as in `strict_yaml`."""
    try:
        value = _Reader(text, name).document()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{name}:{mark.line + 1}" if mark else name
        raise InvalidInput(
            [f"{place}: not YAML: {getattr(error, 'problem', None) or 'unreadable characters'}"]
        ) from None
    if not isinstance(value, dict):
        raise InvalidInput([f"{name}: expected a mapping of settings, found {type(value).__name__}"])
    return value


def _text(path: Path) -> str:
    try:
        # A device or a pipe could go on forever, so that its size has to be known first.
        if not path.is_file():
            raise InvalidInput([f"{path.name}: no such file"])
        if path.stat().st_size > MAX_BYTES:
            raise InvalidInput([f"{path.name}: larger than {MAX_BYTES} bytes"])
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidInput([f"{path.name}: not UTF-8 text"]) from None
    except OSError as error:
        raise InvalidInput([f"{path.name}: cannot be read: {error.strerror}"]) from None


class _Reader:
    """One document read from the parser's events, where anchors and tags are still visible."""

    def __init__(self, text: str, name: str) -> None:
        self._events: Iterator[events.Event] = yaml.parse(text, Loader=yaml.SafeLoader)
        self._name = name
        self._values = 0

    def document(self) -> Any:
        next(self._events)
        if isinstance(next(self._events), events.StreamEndEvent):
            return {}
        value = self._value(next(self._events), depth=1)
        next(self._events)
        following = next(self._events)
        if not isinstance(following, events.StreamEndEvent):
            raise self._refused(following, "a second document is not allowed")
        return value

    def _value(self, event: events.Event, depth: int) -> Any:
        self._check(event, depth)
        if isinstance(event, events.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, events.SequenceStartEvent):
            return [self._value(item, depth + 1) for item in self._until(events.SequenceEndEvent)]
        return self._mapping(depth)

    def _check(self, event: events.Event, depth: int) -> None:
        self._values += 1
        if isinstance(event, events.AliasEvent):
            raise self._refused(event, f"aliases are not allowed: *{event.anchor}")
        if getattr(event, "anchor", None):
            raise self._refused(event, f"anchors are not allowed: &{event.anchor}")  # type: ignore[attr-defined]
        if getattr(event, "tag", None):
            raise self._refused(event, f"tags are not allowed: {event.tag}")  # type: ignore[attr-defined]
        if depth > MAX_DEPTH:
            raise self._refused(event, f"nested deeper than {MAX_DEPTH} levels")
        if self._values > MAX_VALUES:
            raise self._refused(event, f"more than {MAX_VALUES} values")

    def _mapping(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in self._until(events.MappingEndEvent):
            self._check(event, depth + 1)
            if not isinstance(event, events.ScalarEvent):
                raise self._refused(event, "a key has to be text")
            key = event.value
            if key == "<<" or key in found:
                raise self._refused(event, "merges are not allowed" if key == "<<" else f"{key} is given twice")
            found[key] = self._value(next(self._events), depth + 1)
        return found

    def _until(self, end: type[events.Event]) -> Iterator[events.Event]:
        while not isinstance(event := next(self._events), end):
            yield event

    def _scalar(self, event: events.ScalarEvent) -> str | int | float | bool | None:
        text = event.value
        if event.style is not None:
            return text
        if text in _WORDS:
            return _WORDS[text]
        if not _NUMBER.fullmatch(text):
            return text
        if len(text) > MAX_DIGITS:
            raise self._refused(event, f"a number of more than {MAX_DIGITS} characters")
        return (
            int(text) if _INTEGER.fullmatch(text) else float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
        )

    def _refused(self, event: events.Event, reason: str) -> InvalidInput:
        line = event.start_mark.line + 1 if event.start_mark else 1
        return InvalidInput([f"{self._name}:{line}: {reason}"])
