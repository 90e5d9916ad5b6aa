"""A single outcome over time in one or several results: medians with bands and direct labels, for a slide or a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.headlines import headline, measured, measures
from techduel.ensemble.record import Record
from techduel.ensemble.runs import records
from techduel.ensemble.summary import QUANTILES
from techduel.model.axes import Numbers
from techduel.report.marks import BLUE, GREY, RED, TITLES, Axis, Cells, Curve, Fan, Picture, line
from techduel.report.series import quantiles
from techduel.report.words import number

COLOURS: Final = (GREY, BLUE, RED, "#007A59", "#8C6D00", "#A0447A", "#2F7FB0")
"""Of results in their order: of Okabe and Ito, darker where letters in them could not be read on white."""
DASHES: Final = ("solid", "dashed", "dotted")
MOST_BANDS: Final = 3
"""Results with bands; more would hide each other."""
MOST: Final = len(COLOURS)
"""Results in one picture."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a picture is."""

    width: float
    """Inches."""
    height: float
    dots_per_inch: float


SIZES: Final[Mapping[str, Size]] = {
    "slide": Size(6.4, 3.6, 300.0),
    "page": Size(6.3, 3.9, 150.0),
    "column": Size(3.3, 2.9, 300.0),
}
"""A slide has 1920 x 1080 dots, and letters as large beside it as on half a page."""


def single(
    parts: Mapping[str, Path | Record], outcome: str, state: str, years: tuple[int, int] | None, size: Size
) -> Picture:
    """An outcome of one state over time in several results.

    Parameters
    ----------
    parts : mapping
        Stored results of runs, or their records, by the name that stands behind their line.
    outcome : str
        As in a sweep: a name, or NAME.SECTOR.
    state : str
        Of outcomes that a state has.
    years : first and last, or None for all
    size : Size

    Raises
    ------
    ValueError
        If no result has these years, or the outcome has none.
    """
    if all(measure.year is None for measure in measures([outcome], [0])):
        raise ValueError(f"outcome: {outcome} has one number a run; allowed: one that has a number in every year")
    found = {name: course(part, outcome, state, years) for name, part in parts.items()}
    curves = [_curve(name, *one, place) for place, (name, one) in enumerate(found.items())]
    if len(curves) > MOST_BANDS:
        curves = [replace(curve, bands=()) for curve in curves]
    bands = "; bands: 25-75 % of runs" if len(curves) <= MOST_BANDS else ""
    unit, where = headline(outcome).unit, f", {TITLES[state]}" if _has_state(outcome) else ""
    title = f"{headline(outcome).title}{where}"
    return Picture(
        title=title[:1].upper() + title[1:],
        source="Own computation.",
        panels=[Fan(curves, "", Axis(most=6, whole=True), Axis(unit))],
        columns=("result", "outcome", "state", "year", *QUANTILES, "unit"),
        rows=[row for name, one in found.items() for row in _rows(name, outcome, state, one, unit)],
        height=size.height,
        note=f"Lines: medians over runs{bands}",
        width=size.width,
    )


def said(picture: Picture) -> str:
    """A picture in words, for those who do not see it: where each line begins and ends."""
    names = dict.fromkeys(row[0] for row in picture.rows)
    middle = 4 + [*QUANTILES].index("q50")
    parts = []
    for name in names:
        own = [row for row in picture.rows if row[0] == name]
        first, last = own[0], own[-1]
        ends = f"{number(first[middle], sign=False)} in {first[3]} to {number(last[middle], sign=False)} in {last[3]}"
        parts.append(f"{name} goes from {ends}")
    return f"{picture.title}, {picture.rows[0][-1]}, medians: {'; '.join(parts)}."


def _has_state(outcome: str) -> bool:
    return any(measure.state for measure in measures([outcome], [0]))


def course(part: Path | Record, outcome: str, state: str, years: tuple[int, int] | None) -> tuple[list[int], Numbers]:
    """An outcome by the names of sweeps in one result: years, and (quantile, year)."""
    blocks = [part] if isinstance(part, Record) else list(records(part, {headline(outcome).needs}))
    there = blocks[0].years.tolist()
    shown = [year for year in there if years is None or years[0] <= year <= years[1]]
    if not shown:
        raise ValueError(f"years: {years} given; allowed: {there[0]} to {there[-1]}")
    wanted = [measure for measure in measures([outcome], shown) if measure.state in {state, ""}]
    return shown, quantiles(np.concatenate([_values(block, wanted) for block in blocks]))


def _values(record: Record, wanted: Sequence[Any]) -> Numbers:
    return measured(record, wanted)


def _curve(name: str, years: list[int], spread: Numbers, place: int) -> Curve:
    _, lower, middle, upper, _ = spread
    ink = line(COLOURS[place], DASHES[place % len(DASHES)], 2.0)
    return Curve(np.array(years, dtype=float), middle, ink, bands=((lower, upper),), label=name.replace("_", " "))


def _rows(name: str, outcome: str, state: str, course: tuple[list[int], Numbers], unit: str) -> list[Cells]:
    years, spread = course
    where = state if _has_state(outcome) else ""
    return [(name, outcome, where, year, *values, unit) for year, values in zip(years, spread.T.tolist(), strict=True)]
