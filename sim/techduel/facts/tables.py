"""Reading of the files that carry the facts; every problem names its file and line."""

import csv
import io
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any, Final

import yaml

from techduel.model.axes import Numbers

CONFIDENCES: Final = (
    "found_primary",
    "found_secondary",
    "derived",
    "recalled_high",
    "recalled_medium",
    "recalled_low",
    "assumption",
)
"""How well a figure is known, from read at the source to assumed."""
LICENCES: Final = ("CC BY 4.0", "public domain", "cited", "own")
"""Terms of a figure: open licences, a single fact cited from a protected work, or the project's own judgement."""


class FactsError(ValueError):
    """The files of facts are damaged or asked for what they do not hold.

    Attributes
    ----------
    problems : tuple of str
        One line for each problem, with file and line where there is one.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: where it stands, its cells by column, and its number."""

    place: str
    cells: Mapping[str, str]
    value: float


@dataclass(frozen=True, slots=True)
class Entry:
    """One named entry of a YAML file and where it stands."""

    place: str
    content: Mapping[str, Any]


def table(folder: Traversable, name: str, header: Sequence[str], problems: list[str]) -> list[Row]:
    """The sound rows of a CSV file.

    Parameters
    ----------
    folder : Traversable
        Where the file lies: the package's own folder or any directory.
    name : str
        File name.
    header : sequence of str
        The columns that the file must have, in order; ``value``, ``source``, ``confidence`` and ``licence`` among them.
    problems : list of str
        Problems found are appended, one line each.

    Returns
    -------
    list of Row
        Rows with a finite number and known words of confidence and licence.
    """
    lines = csv.reader(io.StringIO(_text(folder, name, problems)))
    found = next(lines, [])
    if found != list(header):
        problems.append(f"{name}:1: header is {','.join(found)!r}, expected {','.join(header)!r}")
        return []
    rows = (_row(f"{name}:{lines.line_num}", cells, header, problems) for cells in lines)
    return [row for row in rows if row is not None]


def entries(folder: Traversable, name: str, problems: list[str]) -> dict[str, Entry]:
    """The named entries of a YAML file whose top level is a mapping of mappings, in the order of the file."""
    text = _text(folder, name, problems)
    try:
        top, content = yaml.compose(text, yaml.SafeLoader), yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problems.append(f"{name}:{line}: {error.problem}")
        return {}
    if not isinstance(top, yaml.MappingNode):
        problems.append(f"{name}:1: expected named entries")
        return {}
    return _unique(_named_entries(name, top, content, problems), problems)


def frozen(values: Numbers) -> Numbers:
    """The same array, closed to writing: facts are shared by every model in a process."""
    values.setflags(write=False)
    return values


def outside(value: float, low: float, high: float) -> bool:
    """Whether a number lies outside its range; not a number does."""
    return not low <= value <= high


def _text(folder: Traversable, name: str, problems: list[str]) -> str:
    try:
        return folder.joinpath(name).read_text(encoding="utf-8")
    except (FileNotFoundError, UnicodeDecodeError) as error:
        problems.append(f"{name}:1: cannot be read ({type(error).__name__})")
        return ""


def _row(place: str, cells: list[str], header: Sequence[str], problems: list[str]) -> Row | None:
    if len(cells) != len(header):
        problems.append(f"{place}: {len(cells)} cells, expected {len(header)}")
        return None
    named = dict(zip(header, cells, strict=True))
    found = [f"{place}: {problem}" for problem in _cell_problems(named)]
    problems += found
    return None if found else Row(place, named, float(named["value"]))


def _cell_problems(cells: Mapping[str, str]) -> Iterator[str]:
    if not math.isfinite(_number(cells["value"])):
        yield f"value {cells['value']!r} is not a finite number"
    if cells["confidence"] not in CONFIDENCES:
        yield f"unknown confidence {cells['confidence']!r}; known: {', '.join(CONFIDENCES)}"
    if cells["licence"] not in LICENCES:
        yield f"unknown licence {cells['licence']!r}; known: {', '.join(LICENCES)}"
    if not cells["source"].strip():
        yield "no source"


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _named_entries(
    name: str, top: yaml.MappingNode, content: Mapping[str, Any], problems: list[str]
) -> Iterator[tuple[str, Entry]]:
    # The composed nodes know their lines and repeated keys, the plain content knows neither.
    for node, _ in top.value:
        key, place = str(node.value), f"{name}:{node.start_mark.line + 1}"
        if isinstance(content.get(key), dict):
            yield key, Entry(place, content[key])
        else:
            problems.append(f"{place}: {key} is not a mapping")


def _unique(named: Iterable[tuple[str, Entry]], problems: list[str]) -> dict[str, Entry]:
    kept: dict[str, Entry] = {}
    for name, entry in named:
        if name in kept:
            problems.append(f"{entry.place}: {name} is given twice (first at {kept[name].place})")
        kept.setdefault(name, entry)
    return kept
