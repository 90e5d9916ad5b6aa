"""Story: what a result says, as plain values that a report in HTML shows: question, answer, how sure, again."""

import json
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.manifest import PROVENANCE
from techduel.report.marks import Album

MOST_CHANGES: Final = 60
"""Settings of which a report says that they were changed."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts below a title, and the file of the result that holds the numbers."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    source: str


@dataclass(frozen=True, slots=True)
class Story:
    """What a result says."""

    title: str
    question: str
    size: str
    """Runs, years and seed in a sentence."""
    answer: Sequence[str]
    """Sentences."""
    tables: Sequence[Table]
    sure: Sequence[str]
    """What the answer rests on, in sentences."""
    changed: Table
    command: str
    """That makes the result again."""
    python: str
    """The same in Python."""
    album: Callable[[], Album]
    """Its figures, drawn when they are asked for."""


def command_of(folder: Path, study: str) -> str:
    """The command line that a result says it was made by."""
    try:
        content = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
        overrides = [str(text) for text in content["overrides"]]
    except (OSError, ValueError, LookupError, TypeError):
        overrides = []
    return shlex.join(["techduel", study, *overrides])


def changed(ours: Mapping[str, Any], theirs: Mapping[str, Any], against: str) -> Table:
    """Settings in which a configuration differs from another, by their name; at most `MOST_CHANGES`."""
    here, there = dict(leaves(ours)), dict(leaves(theirs))
    names = [name for name in {**there, **here} if here.get(name) != there.get(name)]
    rows = [(name, there.get(name, "-"), here.get(name, "-")) for name in names[:MOST_CHANGES]]
    more = [(f"and {len(names) - MOST_CHANGES} more", "", "")] if len(names) > MOST_CHANGES else []
    return Table("What was changed", ("setting", against, "here"), [*rows, *more], "config.yaml")


def leaves(tree: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Every setting by its name as on the command line, as text."""
    for key, value in tree.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, f"{path}{key}.")
        else:
            yield f"{path}{key}", value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
