"""The tables of a sensitivity analysis, written and read: indices, shares by group and theme, the share of luck."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.folder import settings
from techduel.ensemble.headlines import Measure
from techduel.ensemble.paired import Row
from techduel.model.axes import STATES, Numbers
from techduel.report.marks import TITLES
from techduel.statistics.tables import read_lines, write_table
from techduel.studies.sensitivity.checks import Refusal, sound
from techduel.studies.sensitivity.indices import Estimate, Morris, Sobol, morris, sobol
from techduel.studies.sensitivity.study import Study, Unit, signs
from techduel.studies.sweep.effects import title

INDICES: Final = "indices.csv"
SHARES: Final = "groups.csv"
LUCK: Final = "luck.csv"
REFUSED: Final = "refused.csv"
KEY: Final = ("outcome", "state", "year")
UNIT: Final = ("factor", "group", "theme", "method")
COLUMNS: Final = {
    "sobol": (*KEY, *UNIT, "first", "first_low", "first_high", "total", "total_low", "total_high"),
    "morris": (
        *(*KEY, *UNIT, "mu", "mu_star", "mu_star_low", "mu_star_high", "size", "size_low", "size_high"),
        *("sigma", "sigma_low", "sigma_high", "noise", "unit"),
    ),
}
SHARE_COLUMNS: Final = (*KEY, "by", "name", "factors", "share", "low", "high")
LUCK_COLUMNS: Final = (*KEY, "runs", "mean", "sd", "luck", "low", "high", "unit")
REFUSED_COLUMNS: Final = (*KEY, "why", "such_as")
TEXTS: Final = (*KEY, *UNIT, "by", "name", "unit", "why", "such_as")
TOGETHER: Final = "together"
"""What units of a Sobol analysis make only together, in the table of shares."""
BY_LUCK: Final = "luck"
"""What luck makes there, alone and together with factors."""

type Member = tuple[str, str, NDArray[np.bool_]]
"""By what units are added up, the name of the sum, and which units belong to it."""


def write_tables(study: Study, folder: Path, values: Numbers, refused: Sequence[Refusal]) -> None:
    """Analyse the numbers of every run, (row, part, run, measure), and write all tables."""
    places = sound(study, refused)
    measures, part = [study.measures[place] for place in places], values[..., places]
    members = list(_members(study.units))
    masks = np.array([mask for _, _, mask in members])
    seed = study.sweep.seed
    estimated = (
        morris(part, signs(study.cube, study.units), masks, seed)
        if study.method == "morris"
        else sobol(part, masks, seed)
    )
    write_table(folder / INDICES, COLUMNS[study.method], _indices(study, measures, estimated))
    write_table(folder / SHARES, SHARE_COLUMNS, _shares(study, measures, members, estimated))
    write_table(folder / LUCK, LUCK_COLUMNS, _luck(study, measures, part, estimated.luck))
    write_table(folder / REFUSED, REFUSED_COLUMNS, (_refused(refusal) for refusal in refused))


def _members(units: Sequence[Unit]) -> Iterator[Member]:
    for by in ("group", "theme"):
        names = dict.fromkeys(getattr(unit, by) for unit in units)
        for name in (name for name in names if name):
            yield by, name, np.array([getattr(unit, by) == name for unit in units])


def _indices(study: Study, measures: Sequence[Measure], estimated: Sobol | Morris) -> Iterator[Row]:
    for column, measure in enumerate(measures):
        for place, unit in enumerate(study.units):
            opening = (*_key(measure), unit.name, unit.group, unit.theme, study.method)
            spot = (place, column)
            if isinstance(estimated, Sobol):
                yield (*opening, *_numbers(estimated.first, spot), *_numbers(estimated.total, spot))
            else:
                estimates = (estimated.mu_star, estimated.size, estimated.sigma)
                effects = (cell for estimate in estimates for cell in _numbers(estimate, spot))
                yield (*opening, float(estimated.mu[spot]), *effects, float(estimated.noise[spot]), measure.unit)


def _shares(
    study: Study, measures: Sequence[Measure], members: Sequence[Member], estimated: Sobol | Morris
) -> Iterator[Row]:
    for column, measure in enumerate(measures):
        for place, (by, name, mask) in enumerate(members):
            count = sum(len(unit.factors) for unit, inside in zip(study.units, mask, strict=True) if inside)
            yield (*_key(measure), by, name, float(count), *_numbers(estimated.share, (place, column)))
        if isinstance(estimated, Sobol):
            yield (*_key(measure), "", TOGETHER, np.nan, *_numbers(estimated.together, (column,)))
            yield (*_key(measure), "", BY_LUCK, np.nan, *_numbers(estimated.luck, (column,)))


def _luck(study: Study, measures: Sequence[Measure], values: Numbers, luck: Estimate) -> Iterator[Row]:
    """Mean and deviation over the runs of the independent points, and how much of the variance is luck."""
    ends = values[:, [0, -1]] if study.method == "sobol" else values[:, :1]
    runs = ends.reshape(-1, ends.shape[-1])
    for column, measure in enumerate(measures):
        spread = (float(len(runs)), float(runs[:, column].mean()), float(runs[:, column].std(ddof=1)))
        yield (*_key(measure), *spread, *_numbers(luck, (column,)), measure.unit)


def _refused(refusal: Refusal) -> Row:
    return (*_key(refusal.measure), refusal.why, " ".join(refusal.runs))


def _key(measure: Measure) -> tuple[str, str, str]:
    return (measure.outcome, measure.state, str(measure.year or ""))


def _numbers(estimate: Estimate, spot: tuple[int, ...]) -> tuple[float, float, float]:
    return (float(estimate.value[spot]), float(estimate.low[spot]), float(estimate.high[spot]))


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
