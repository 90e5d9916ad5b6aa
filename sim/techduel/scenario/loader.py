"""YAML files from strangers, read strictly: plain values only, within limits, every surprise refused with its line."""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

import yaml
from yaml import events

MAX_BYTES: Final = 262_144
MAX_DEPTH: Final = 12
MAX_VALUES: Final = 5_000
MAX_DIGITS: Final = 40
MAX_KEY: Final = 200
"""Characters of a key."""
NAME: Final = r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,99}"
"""Pattern of names of scenarios, results and the like, which become names of folders."""
NAME_RULE: Final = "letters, digits and _ . + - (no folders), at most 100, a letter or digit first"
PART_NAME: Final = r"[A-Za-z][A-Za-z0-9_]{0,99}"
"""Pattern of names of events, steps, alternatives and factors, which become parts of keys."""
PATH: Final = r"[^\x00-\x1f\x7f${}]+"
"""Pattern of folders to write into: nothing that Hydra would replace."""

_WORDS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None, "~": None, "": None}
# A number with a leading zero, octal for some readers and decimal for others, stays text.
_INTEGER: Final = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_NUMBER: Final = re.compile(
    r"[-+]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)"
)


class InvalidInput(ValueError):
    """The user's input is wrong; ``problems`` holds one line for each thing to mend."""

    exit_code = 2

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds, and where."""

    name: str
    content: dict[str, Any]
    lines: dict[tuple[str | int, ...], int]
    """Line of every key and of every entry of a list, by its path."""

    def line(self, place: Sequence[str | int]) -> int | None:
        """Line of a place, or of what it lies in; None where the file says nothing of either."""
        lines = (self.lines.get(tuple(place[:length])) for length in range(len(place), 0, -1))
        return next((line for line in lines if line), None)


def did_you_mean(word: object, names: Iterable[str], above: str = "") -> str:
    """The end of a line about a word that is none of some names: the nearest of them, if one is near.

    Parameters
    ----------
    word : object
        As given.
    names : iterable of str
        What it could have been.
    above : str
        The place that the names lie in, with its last dot.
    """
    near = get_close_matches(str(word), list(names), n=1, cutoff=0.5)
    return f"; did you mean {above}{near[0]}?" if near else ""


def unknown(name: str, names: Iterable[str], above: str = "") -> str:
    """Words for a name that does not exist, with the nearest that does; parameters as in `did_you_mean`."""
    there = sorted(names)
    if not there:
        return "unknown; there is nothing to set here"
    return "unknown" + (did_you_mean(name, there, above) or f"; known: {', '.join(there)}")


def visible(text: str, kept: str = "") -> str:
    """A text as a terminal can show it: control characters, line breaks and marks of direction as escapes.

    Parameters
    ----------
    text : str
        As a file or a command line has it.
    kept : str
        Control characters that are left as they are.
    """
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() or sign in kept else ascii(sign)[1:-1] for sign in text)


def unknown_key(key: str, names: Iterable[str]) -> str:
    """One line for a key that does not exist, with the nearest that does."""
    return f"{key}: {unknown(key, names)}"


def name_from(stem: str) -> str:
    """A name (`NAME`) for what is made from a file, out of its own, which may hold anything."""
    return re.sub(r"[^A-Za-z0-9_+-]+", "_", stem).strip("_+-")[:90] or "unnamed"


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
    return document(path).content


def document(path: Path) -> Document:
    """The mapping in a YAML file with the lines of its parts. Rules and errors as in `strict_yaml`."""
    return strict_document(plain_text(path), path.name)


def strict_document(text: str, name: str) -> Document:
    """The mapping in a YAML text; `name` stands for it in messages. Rules and errors as in `strict_yaml`."""
    reader = _Reader(text, name)
    value = _read(reader, text, name)
    if not isinstance(value, dict | None):
        raise InvalidInput([f"{name}: expected a mapping of settings, found {type(value).__name__}"])
    return Document(name, value or {}, reader.lines)


def given_document(content: Mapping[str, Any], name: str) -> Document:
    """A mapping from Python as the document that a file with the same content would be, without lines.

    Keys may be paths with dots. Errors as in `strict_yaml`, and where a value is no plain one.
    """
    try:
        text = json.dumps(_nested(content), default=float)
    except (TypeError, ValueError) as error:
        raise InvalidInput([f"{name}: {error}; allowed: texts, numbers, truth values, None, lists, mappings"]) from None
    return Document(name, strict_document(text, name).content, {})


def _nested(content: Mapping[str, Any]) -> dict[str, Any]:
    """The same with a mapping for every dot in a key, those of the same name as one."""
    found: dict[str, Any] = {}
    for key, value in content.items():
        *above, last = str(key).split(".")
        place = found
        for part in above:
            place = place.setdefault(part, {})
        inner = _nested(value) if isinstance(value, Mapping) else value
        there = place.get(last)
        place[last] = {**there, **inner} if isinstance(there, dict) and isinstance(inner, dict) else inner
    return found


def strict_mapping(text: str, name: str) -> dict[str, Any]:
    """The mapping in a YAML text. Rules and errors as in `strict_yaml`."""
    return strict_document(text, name).content


def strict_value(text: str, name: str) -> Any:
    """The one value in a YAML text, None when it is empty. Rules and errors as in `strict_yaml`."""
    return _read(_Reader(text, name), text, name)


def _read(reader: "_Reader", text: str, name: str) -> Any:
    try:
        return reader.document()
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InvalidInput([f"{name}:{line}: not YAML: {error.problem}"]) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise InvalidInput(
            [f"{name}:{line}: not YAML: the character {chr(error.character)!a} is not allowed"]
        ) from None
    except InvalidInput:
        raise
    except ValueError as error:
        raise InvalidInput([f"{name}: not YAML: {error}"]) from None


def plain_text(path: Path, most_bytes: int = MAX_BYTES) -> str:
    """The text of a stranger's file, without the mark of byte order that some editors put first.

    Parameters
    ----------
    path : Path
        A regular file, or a link to one, in UTF-8.
    most_bytes : int
        More is refused.

    Raises
    ------
    InvalidInput
        With the file's name, not its folder, and what is wrong.
    """
    try:
        content = _content(path, most_bytes + 1)
    except OSError as error:
        raise InvalidInput([f"{path.name}: cannot be read: {error.strerror}"]) from None
    if len(content) > most_bytes:
        raise InvalidInput([f"{path.name}: larger than {most_bytes} bytes"])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InvalidInput([f"{path.name}:{line}: not UTF-8 text"]) from None


def _content(path: Path, most: int) -> bytes:
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "is no regular file" if path.exists() else "no such file"
        raise InvalidInput([f"{path.name}: {what}"])
    # What the system keeps for messages of the kernel looks like a file, and reading it would wait for the next one.
    with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as stream:
        return stream.read(most) or b""


class _Reader:
    """One document read from the parser's events, where anchors and tags are still visible."""

    def __init__(self, text: str, name: str) -> None:
        self._events: Iterator[events.Event] = yaml.parse(text, Loader=yaml.SafeLoader)
        self._name = name
        self._values = 0
        self._path: list[str | int] = []
        self.lines: dict[tuple[str | int, ...], int] = {}

    def document(self) -> Any:
        next(self._events)
        if isinstance(next(self._events), events.StreamEndEvent):
            return None
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
            items = enumerate(self._until(events.SequenceEndEvent))
            return [self._placed(place, item, item, depth) for place, item in items]
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
            if len(key) > MAX_KEY:
                raise self._refused(event, f"a key of more than {MAX_KEY} characters")
            if key == "<<" or key in found:
                raise self._refused(event, "merges are not allowed" if key == "<<" else f"{key} is given twice")
            found[key] = self._placed(key, event, next(self._events), depth)
        return found

    def _placed(self, part: str | int, first: events.Event, event: events.Event, depth: int) -> Any:
        """A value whose path ends with a part, and whose line is that of the first event of both."""
        self._path.append(part)
        self.lines[tuple(self._path)] = self._line(first)
        value = self._value(event, depth + 1)
        self._path.pop()
        return value

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
        return InvalidInput([f"{self._name}:{self._line(event)}: {reason}"])

    def _line(self, event: events.Event) -> int:
        return event.start_mark.line + 1 if event.start_mark else 1
