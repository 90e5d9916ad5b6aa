"""Series over time with their spread over runs, as fans side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from techduel.ensemble.summary import QUANTILES, statistics
from techduel.model.axes import Numbers
from techduel.report.marks import (
    COLOURS,
    DASHES,
    GREEN,
    GREY,
    TITLES,
    Axis,
    Cells,
    Curve,
    Fan,
    Ink,
    Key,
    Picture,
    dot,
    line,
    rows_of,
)

COLUMNS: Final = ("panel", "series", "year", "past", *QUANTILES, "unit")
YEARS: Final = Axis(most=5, whole=True)
NONE: Final[Numbers] = np.empty(0)
"""No records."""
TARGET: Final = Ink(GREY, marker="D", size=5, hollow=True)
FAINT: Final = 0.35
"""Width and opacity of single runs."""
BASE_YEAR: Final = 3.5
"""Size of the dot in the base year."""


@dataclass(frozen=True, slots=True)
class Series:
    """Records of the past, then quantiles over runs."""

    name: str
    """A state, or a sector whose lead is meant."""
    years: Numbers
    """(year,), the base year first."""
    quantiles: Numbers
    """(quantile, year): 5, 25, 50, 75, 95 %."""
    past_years: Numbers = field(default_factory=lambda: NONE)
    past: Numbers = field(default_factory=lambda: NONE)
    runs: Numbers = field(default_factory=lambda: NONE)
    """(run, year): single runs, which show where a band hides two humps."""

    def curves(self) -> Iterator[Curve]:
        """Single runs, the median with both bands, the records that lead to it, and the base year."""
        colour, dash = COLOURS.get(self.name, GREEN), DASHES.get(self.name, "solid")
        for run in self.runs:
            yield Curve(self.years, run, Ink(colour, width=FAINT, opacity=FAINT))
        low, lower, middle, upper, high = self.quantiles
        yield Curve(self.years, middle, line(colour, dash), bands=((low, high), (lower, upper)))
        if self.past.size:
            past = np.append(self.past, middle[0])
            yield Curve(np.append(self.past_years, self.years[0]), past, line(colour, width=1.1))
        yield Curve(self.years[:1], middle[:1], dot(colour, BASE_YEAR))


@dataclass(frozen=True, slots=True)
class Course:
    """Series on common axes."""

    title: str
    unit: str
    series: Sequence[Series]
    target: tuple[int, float] | None = None
    """Year and value of the plan's target for China."""
    signed: bool = False
    """Whether values lie on both sides of 0, so that the axis does not begin there."""

    def fan(self) -> Fan:
        """The panel."""
        curves = [curve for one in self.series for curve in one.curves()]
        if self.target is not None:
            year, value = self.target
            curves.append(Curve(np.array([float(year)]), np.array([value]), TARGET))
        up = Axis(self.unit, zero=True) if self.signed else Axis(self.unit, low=0.0)
        return Fan(curves, self.title, YEARS, up)

    def rows(self) -> Iterator[Cells]:
        """A line a series and year, in the order of `COLUMNS`."""
        for one in self.series:
            for year, value in zip(one.past_years, one.past, strict=True):
                yield (self.title, one.name, year, value, *[None] * len(QUANTILES), self.unit)
            for year, values in zip(one.years, one.quantiles.T, strict=True):
                yield (self.title, one.name, year, None, *values, self.unit)


def fans(title: str, source: str, courses: Sequence[Course], note: str, own_scales: bool = False) -> Picture:
    """A figure of one or two panels a row.

    Parameters
    ----------
    title, source : str
    courses : sequence of Course
    note : str
        What lines and bands are.
    own_scales : bool
        Whether panels differ too much to share a scale, though their unit is the same.
    """
    one_unit = len({course.unit for course in courses}) == 1
    rows = rows_of(len(courses))
    return Picture(
        title=title,
        source=source,
        panels=[course.fan() for course in courses],
        columns=COLUMNS,
        rows=[row for course in courses for row in course.rows()],
        height=3.9 if rows == 1 else 2.0 * rows + 1.0,
        note=note,
        keys=keys(courses),
        same="up" if one_unit and not own_scales else "",
    )


def keys(courses: Sequence[Course]) -> list[Key]:
    """What the lines of series mean."""
    names = {one.name for course in courses for one in course.series}
    entries = [Key(f"{TITLES[name]}, median", line(COLOURS[name], DASHES[name])) for name in COLOURS if name in names]
    entries = entries or [Key("median", line(GREEN))]
    entries.append(Key("base year", dot(GREY, BASE_YEAR)))
    if any(course.target is not None for course in courses):
        entries.append(Key("plan target, China", Ink(GREY, "none", marker="D", size=5, hollow=True)))
    return entries


def quantiles(values: Numbers) -> Numbers:
    """(quantile, ...) of (run, ...)."""
    return statistics(values)[:, 2:].T.reshape(len(QUANTILES), *values.shape[1:])
