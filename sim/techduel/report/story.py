"""Story: what a result says, as plain values that a report in HTML shows: question, answer, how sure, again."""

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.manifest import PROVENANCE
from techduel.scenario.parameter_sets import causes
from techduel.scenario.staleness import remarks

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

    config: Mapping[str, Any]
    """As it is stored."""
    folder: Path
    title: str
    question: str
    size: str
    """Runs, years and seed in a sentence."""
    answer: Sequence[str]
    """Sentences."""
    tables: Sequence[Table]
    changed: Table
    python: str
    """The result in Python: read, or made again."""
    rests_on: Sequence[str] = ()
    """What the answer rests on, in sentences; what runs differ by when left out."""

    @property
    def sure(self) -> list[str]:
        """What the answer rests on, and what is remarkable in the configuration."""
        return [*(self.rests_on or [f"Runs differ by {causes(lived(self.config)['params'])}."]), *remarks(self.config)]

    @property
    def command(self) -> str:
        """The command line that the result says it was made by."""
        try:
            content = json.loads((self.folder / PROVENANCE).read_text(encoding="utf-8"))
            overrides = [str(text) for text in content["overrides"]]
        except (OSError, ValueError, LookupError, TypeError):
            overrides = []
        return shlex.join(["techduel", str(self.config["experiment"]), *overrides])


def lived(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """What runs of a stored result start from: of several scenarios the first."""
    members = config.get("members")
    return dict(members[config["scenarios"][0]] if members else config.get("base", config))


def years(config: Mapping[str, Any]) -> str:
    """First and last year, and seed."""
    return f"{lived(config)['start']} to {lived(config)['horizon']}, seed {config['seed']}"


def reading(table: str, name: str = "lines") -> str:
    """How to read a table of the result in Python."""
    return f"import pandas\n\n{name} = pandas.read_csv('{table}')  # in the folder of the result"


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
