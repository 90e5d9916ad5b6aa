"""A finished sensitivity analysis, read back from its tables for figures and words."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from techduel.ensemble.store import settings
from techduel.model.axes import STATES
from techduel.report.marks import TITLES
from techduel.report.tables import read_lines
from techduel.studies.sensitivity.tables import INDICES, LUCK, REFUSED, SHARES, TEXTS
from techduel.studies.sweep.effects import title

MIRRORED: Final = ("lead_", "lead.")
"""Outcomes that begin so have the same indices for both states."""

type Line = Mapping[str, Any]


class Subject(NamedTuple):
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
    indices: Mapping[Subject, list[Line]]
    shares: Mapping[Subject, list[Line]]
    luck: Mapping[Subject, Line]
    refused: Sequence[Line]

    @property
    def shown(self) -> list[Subject]:
        """What figures and words are about: every outcome in the last year kept, a lead of the United States only."""
        last = str(max(self.config["years"]))
        return [subject for subject in self.luck if subject.year in {"", last} and not _mirror(subject)]

    def ranked(self, subject: Subject) -> list[Line]:
        """The indices of an outcome, the largest first."""
        by = "total" if self.config["method"] == "sobol" else "size"
        return sorted(self.indices[subject], key=lambda line: math.inf if math.isnan(line[by]) else -line[by])


def hidden(line: Line) -> bool:
    """Whether luck hides what factors do: an index of variance without an interval, whatever its value."""
    return line["method"] == "sobol" and math.isnan(line["total_low"])


def read_analysis(folder: Path) -> Analysis:
    """The analysis in a result folder; its tables have just been written or checked."""
    return Analysis(
        folder=folder,
        config=settings(folder),
        indices=_by_subject(folder / INDICES),
        shares=_by_subject(folder / SHARES),
        luck={subject: lines[0] for subject, lines in _by_subject(folder / LUCK).items()},
        refused=read_lines(folder / REFUSED, TEXTS),
    )


def _by_subject(path: Path) -> dict[Subject, list[Line]]:
    by_subject: dict[Subject, list[Line]] = {}
    for line in read_lines(path, TEXTS):
        by_subject.setdefault(Subject(line["outcome"], line["state"], line["year"]), []).append(line)
    return by_subject


def _mirror(subject: Subject) -> bool:
    return subject.outcome.startswith(MIRRORED) and subject.state == STATES[1]
