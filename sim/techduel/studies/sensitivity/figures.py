"""Figures of a sensitivity analysis: bars with intervals, the plane of a screening, shares by theme and group."""

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.paired import INDEX_POINTS
from techduel.model.axes import Numbers
from techduel.report.marks import (
    AMBER,
    BLUE,
    COLOURS,
    GREEN,
    GREY,
    RED,
    SHARE_COLOURS,
    Album,
    Axis,
    Bar,
    Bars,
    Dot,
    Dots,
    Ink,
    Key,
    Map,
    Picture,
    Plane,
    Whisker,
    dot,
    rows_of,
)
from techduel.statistics.tables import column
from techduel.studies import frame
from techduel.studies.sensitivity.tables import (
    BY_LUCK,
    MIRRORED,
    TOGETHER,
    Analysis,
    Line,
    Subject,
    hidden,
    read_analysis,
)
from techduel.studies.sensitivity.uncertain import THEMES

MOST_BARS: Final = 6
"""In a panel."""
INTERVALS: Final = "Lines: 90 % intervals, from rows drawn again."
PARTS: Final = {
    **dict(zip(THEMES, ("#CC79A7", BLUE, RED, AMBER, GREEN), strict=True)),
    **{TOGETHER: "#BBBBBB", BY_LUCK: GREY},
}
INDEX: Final = "index"
"""Unit of outcomes from 0 to 1."""
KEY_COLUMNS: Final = ("outcome", "state", "year")

type Ranked = Mapping[Subject, Sequence[Line]]
"""The indices of each outcome, the largest first."""


def album(_config: Mapping[str, Any], folder: Path) -> Album:
    """Every figure of an analysis's tables."""
    analysis = read_analysis(folder)
    config = analysis.config
    more = {"method": config["method"], "rows": config["points"], "runs": config["runs"]}
    size = f"{more['method']}, {more['rows']} rows, {more['runs']} runs a point"
    return frame.album(config, folder, pictures(analysis), size, f"; {max(config['years'])}. Dollars of 2020", **more)


def pictures(analysis: Analysis) -> Iterator[tuple[str, Picture]]:
    """Every figure of an analysis by the name of its files."""
    ranked = {subject: analysis.ranked(subject) for subject in analysis.shown}
    if analysis.config["method"] == "sobol":
        yield "indices", indices(ranked)
    else:
        yield "effects", effects(ranked)
        yield "plane", plane(ranked)
    for by in ("theme", "group"):
        parts = {subject: _parts(analysis, subject, by) for subject in analysis.shown}
        names = list(dict.fromkeys(name for part in parts.values() for name in part))
        if any(name not in {TOGETHER, BY_LUCK} for name in names):
            yield f"{by}s", shares(analysis, by, parts, names)


def indices(ranked: Ranked) -> Picture:
    """What the largest factors make of the variance alone and in all."""
    source = f"Own computation. Shares of the variance that factors make, luck averaged out. {INTERVALS}"
    return _largest(
        "What each makes alone and in all",
        f"{source} Cut off at 1.",
        ranked,
        {"first": "alone (first order)", "total": "with others (total)"},
        "share",
    )


def effects(ranked: Ranked) -> Picture:
    """The largest elementary effects."""
    source = "Own computation. Effects over all of a factor's range, by what is left of them without luck."
    return _largest(
        "The largest elementary effects",
        f"{source} {INTERVALS}",
        ranked,
        {"mu_star": "mean absolute effect", "size": "root mean square, luck taken out"},
    )


def _largest(title: str, source: str, ranked: Ranked, titles: Mapping[str, str], unit: str = "") -> Picture:
    """The largest factors of every outcome: the first of two numbers as a bar, the second as a diamond."""
    most = {subject: lines[:MOST_BARS] for subject, lines in ranked.items()}
    numbers = [f"{name}{end}" for name in titles for end in ("", "_low", "_high")]
    bar, diamond = titles.values()
    return Picture(
        title=title,
        source=source,
        panels=[_bars(subject, lines, tuple(titles), unit) for subject, lines in most.items()],
        columns=(*KEY_COLUMNS, "factor", *numbers, "unit"),
        rows=[
            (*subject, line["factor"], *(line[name] for name in numbers), line.get("unit", "1"))
            for subject, lines in most.items()
            for line in lines
        ],
        height=1.6 * rows_of(len(most)) + 1.0,
        keys=[Key(bar, Ink(GREY, opacity=0.55), filled=True), Key(diamond, dot(GREY, 4, "D"))],
    )


def _bars(subject: Subject, lines: Sequence[Line], names: tuple[str, ...], unit: str) -> Bars:
    scale, own_unit = (1.0, unit) if unit else _scaled(lines[0]["unit"])
    (bar, low, high), (diamond, lowest, highest) = (
        [scale * column(lines, f"{name}{end}") for end in ("", "_low", "_high")] for name in names
    )
    lost = hidden(lines[0])
    return Bars(
        rows=[line["factor"] for line in lines],
        layers=[
            Bar(bar, _colour(subject), opacity=0.55),
            Whisker(low, high, GREY, width=0.9),
            Whisker(lowest, highest, GREY, shift=0.22, width=0.9),
            Dot(diamond, GREY, shift=0.22, marker="D", size=3),
        ]
        if not lost
        else [],
        title=_title(subject),
        across=Axis(own_unit, low=_least(bar, low, lowest), high=1.0 if unit and not lost else None, most=3),
        empty="hidden by luck" if lost else "",
        title_ends=True,
    )


def _least(*columns: Numbers) -> float:
    """Where an axis begins: at 0, or at the lowest interval, but not below -1."""
    return max(min(0.0, *(float(np.nanmin(np.append(column, 0.0))) for column in columns)), -1.0)


def plane(ranked: Ranked) -> Picture:
    """Every factor of a screening: how much it matters, and how unevenly."""
    return Picture(
        title="How much, and how unevenly",
        source="Own computation. Numbers: rank, as in the figure of effects. Above the line, effects differ by more "
        "than their mean: bends and interactions.",
        panels=[_plane(subject, lines) for subject, lines in ranked.items()],
        columns=(*KEY_COLUMNS, "factor", "mu_star", "sigma", "unit"),
        rows=[
            (*subject, line["factor"], line["mu_star"], line["sigma"], line["unit"])
            for subject, lines in ranked.items()
            for line in lines
        ],
        height=2.0 * rows_of(len(ranked)) + 1.0,
    )


def _plane(subject: Subject, lines: Sequence[Line]) -> Plane:
    scale, unit = _scaled(lines[0]["unit"])
    mean, spread = scale * column(lines, "mu_star"), scale * column(lines, "sigma")
    ranks = [str(rank) for rank in range(1, MOST_BARS + 1)]
    return Plane(
        dots=[Dots(mean, spread, dot(_colour(subject), 8**0.5), ranks)],
        title=_title(subject),
        across=Axis(f"mean absolute effect, {unit}", 0.0, 1.1 * float(mean.max()) or 1.0, most=4),
        up=Axis("deviation", 0.0, 1.2 * float(spread.max()) or 1.0, most=4),
        diagonal=True,
        title_ends=True,
    )


def shares(analysis: Analysis, by: str, parts: Mapping[Subject, Mapping[str, float]], names: Sequence[str]) -> Picture:
    """Parts of the variance, or of the effects, of every outcome: stacked by theme, as numbers by group."""
    sobol = analysis.config["method"] == "sobol"
    if by == "theme":
        names = [name for name in (*THEMES, TOGETHER, BY_LUCK) if name in names]
    values = np.array([[part.get(name, np.nan) for part in parts.values()] for name in names])
    heading = "Which uncertainty would be worth resolving" if sobol else "Where the effects come from"
    what = "variance over runs" if sobol else "squared effects, luck taken out"
    alone = " First orders; together: beyond them." if sobol else ""
    stacked = by == "theme"
    panel = _stacked(list(parts), names, values) if stacked else _field(list(parts), names, values)
    return Picture(
        title=f"{heading}, by {by}",
        source=f"Own computation. Shares of the {what}.{alone}",
        panels=[panel],
        columns=(*KEY_COLUMNS, "name", "share"),
        rows=[
            (*subject, name, values[place, column])
            for column, subject in enumerate(parts)
            for place, name in enumerate(names)
        ],
        height=0.36 * len(parts) + 1.5 if stacked else 0.24 * len(names) + 2.4,
        note="Estimates that add up to more than all, by chance, are drawn to 100; the table has them."
        if stacked and sobol
        else "",
        keys=[Key(name, Ink(PARTS[name]), filled=True) for name in names] if stacked else (),
    )


def _stacked(subjects: Sequence[Subject], names: Sequence[str], values: Numbers) -> Bars:
    widths = np.maximum(np.nan_to_num(values), 0.0)  # an estimate may lie below zero by chance
    widths = 100.0 * widths / np.maximum(widths.sum(axis=0), 1.0)
    ends = np.cumsum(widths, axis=0)
    return Bars(
        rows=[_title(subject) for subject in subjects],
        layers=[
            Bar(
                ends[place],
                PARTS[name],
                starts=ends[place] - widths[place],
                texts=[f"{width:.0f}" for width in widths[place]],
                ink="black" if name == TOGETHER else "white",
            )
            for place, name in enumerate(names)
        ],
        across=Axis("per cent", low=0.0, high=100.0),
    )


def _field(subjects: Sequence[Subject], names: Sequence[str], values: Numbers) -> Map:
    return Map(
        values=values,
        rows=names,
        columns=[textwrap.fill(subject.title, 22) for subject in subjects],
        colours=SHARE_COLOURS,
        limits=(0.0, 1.0),
        texts=[["" if np.isnan(part) else f"{round(100 * part)}" for part in row] for row in values],
        upright=True,
    )


def _parts(analysis: Analysis, subject: Subject, by: str) -> dict[str, float]:
    """Shares of one outcome by name."""
    return {line["name"]: line["share"] for line in analysis.shares[subject] if line["by"] in {by, ""}}


def _title(subject: Subject) -> str:
    return textwrap.fill(subject.title, 42)


def _colour(subject: Subject) -> str:
    """Of the state; a lead belongs to neither."""
    return GREEN if subject.outcome.startswith(MIRRORED) else COLOURS.get(subject.state, GREEN)


def _scaled(unit: Any) -> tuple[float, str]:
    """Shares in per cent and indices in points of 100, as elsewhere, which makes short numbers."""
    if unit == INDEX:
        return 100.0, INDEX_POINTS.unit
    first, _, rest = str(unit).partition("share")
    if not first:
        return 100.0, f"%{rest}"
    return 1.0, str(unit).replace(" of 2020", "")
