"""A finished sensitivity analysis, read back from its tables for figures and words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.store import settings
from techduel.model.axes import STATES
from techduel.report.markdown import TITLES
from techduel.studies.sensitivity.tables import INDICES, LUCK, REFUSED, SHARES, read_lines
from techduel.studies.sweep.effects import title

MIRRORED: Final = ("lead_frontier", "lead_months.")
"""Outcomes that begin so have the same indices for both states."""

type Line = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Key:
    """An outcome of one state in one year."""

    outcome: str
    state: str
    year: str
    """Empty where an outcome has no year."""

    @property
    def title(self) -> str:
        """In words, without the year."""
        return title(self.outcome) + (f", {TITLES[self.state]}" if self.state else "")


@dataclass(frozen=True, slots=True)
class Analysis:
    """All tables."""

    folder: Path
    config: Mapping[str, Any]
    indices: Mapping[Key, list[Line]]
    shares: Mapping[Key, list[Line]]
    luck: Mapping[Key, Line]
    refused: Sequence[Line]

    @property
    def shown(self) -> list[Key]:
        """What figures and words are about: every outcome in the last year kept, a lead of the United States only."""
        last = str(max(self.config["years"]))
        return [key for key in self.luck if key.year in {"", last} and not _mirror(key)]

    def ranked(self, key: Key) -> list[Line]:
        """The indices of an outcome, the largest first."""
        by = "total" if self.config["method"] == "sobol" else "size"
        return sorted(self.indices[key], key=lambda line: -float(line[by] or "-inf"))


def hidden(line: Line) -> bool:
    """Whether luck hides what factors do: an index of variance without an interval, whatever its value."""
    return line["method"] == "sobol" and not line["total_low"]


def read_analysis(folder: Path) -> Analysis:
    """The analysis in a result folder; its tables have just been written or checked."""
    return Analysis(
        folder=folder,
        config=settings(folder),
        indices=_by_key(read_lines(folder / INDICES)),
        shares=_by_key(read_lines(folder / SHARES)),
        luck={key: lines[0] for key, lines in _by_key(read_lines(folder / LUCK)).items()},
        refused=read_lines(folder / REFUSED),
    )


def _by_key(lines: list[dict[str, str]]) -> dict[Key, list[Line]]:
    found: dict[Key, list[Line]] = {}
    for line in lines:
        found.setdefault(Key(line["outcome"], line["state"], line["year"]), []).append(line)
    return found


def _mirror(key: Key) -> bool:
    return key.outcome.startswith(MIRRORED) and key.state == STATES[1]
