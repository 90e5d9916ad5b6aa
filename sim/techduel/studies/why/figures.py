"""Figures of why a lead, sales or real income moved: a waterfall by cause, the course over years, measures by cause."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.report.marks import (
    CHANGE_COLOURS,
    GREY,
    PALETTE,
    Album,
    Axis,
    Bar,
    Bars,
    Curve,
    Fan,
    Key,
    Map,
    Picture,
    line,
)
from techduel.report.words import number
from techduel.statistics.tables import Lines
from techduel.studies import frame
from techduel.studies.compare.decomposition import TOTAL
from techduel.studies.why.accounts import ACCOUNTS, ALL, START
from techduel.studies.why.report import WORDS, chosen, parts_of, subject, told_field
from techduel.studies.why.tables import COURSES, DIFFERENCE, LEDGER, MATRIX, read

SHOWN: Final = 12
"""Steps of a waterfall; the others are one."""
UP, DOWN = "#5AAE61", "#9970AB"
TOTALS: Final = ("base year", "end", "all together")
UPRIGHT: Final = 4
"""Measures above which their names run upwards."""


def album(config: Mapping[str, Any], folder: Path) -> Album:
    """All figures of a stored study."""
    return frame.album(config, folder, _pictures(config, folder))


def _pictures(config: Mapping[str, Any], folder: Path) -> Iterator[tuple[str, Picture]]:
    lines = read(folder, LEDGER)
    yield "waterfall", _waterfall(lines, config)
    yield "by_year", _stream(read(folder, COURSES), config)
    matrix = read(folder, MATRIX)
    if matrix:
        yield "matrix", _matrix(matrix, config)


def _words(config: Mapping[str, Any]) -> str:
    return f"{subject(config)}{told_field(config)}, {ACCOUNTS[config['of']].unit}"


def _waterfall(lines: Lines, config: Mapping[str, Any]) -> Picture:
    """A step a cause of either side: from the base year to the end, or all that sets the second scenario apart."""
    two, moved = len(config["scenarios"]) > 1, ACCOUNTS[config["of"]].what
    name = DIFFERENCE if two else config["scenarios"][0]
    parts = [(words, sign * one["mean"]) for words, one, sign in parts_of(lines, config, name)]
    rest = sum(size for _, size in parts[SHOWN:])
    shown = [*parts[:SHOWN], *([("all others", rest)] if parts[SHOWN:] else [])]
    opening = 0.0 if two else chosen(lines, config, name)[START]["mean"]
    tops = opening + np.cumsum([0.0, *(size for _, size in shown)])
    steps = [("base year", 0.0, opening)][two:]
    steps += [(words, *ends) for (words, _), ends in zip(shown, pairwise(tops.tolist()), strict=True)]
    steps.append(("all together" if two else "end", 0.0, float(tops[-1])))
    names, starts, ends = zip(*steps, strict=True)
    sizes = [end - begin for begin, end in zip(starts, ends, strict=True)]
    colours = [
        GREY if words in TOTALS else UP if size > 0.0 else DOWN for words, size in zip(names, sizes, strict=True)
    ]
    return Picture(
        title=f"What {config['scenarios'][-1]} changes of {moved}" if two else f"What moved {moved}",
        source=f"Means over runs of {' against '.join(reversed(config['scenarios']))}: {_words(config)}.",
        panels=[
            Bars(
                names,
                [Bar(np.array(ends), colours, np.array(starts))],
                across=Axis(_words(config), zero=True),
                notes=(*map(number, sizes), ""),
            )
        ],
        columns=("step", "from", "to"),
        rows=steps,
        height=1.2 + 0.27 * len(names),
        note=f"Green raises {moved}, violet lowers",
        side_by_side=1,
    )


def _stream(courses: Lines, config: Mapping[str, Any]) -> Picture:
    """What has moved the lead up to each year, by groups of causes, a panel a scenario."""
    panels, rows, account = [], [], ACCOUNTS[config["of"]]
    for scenario in config["scenarios"]:
        of = {(x["cause"], x["year"]): x["mean"] for x in courses if x["scenario"] == scenario}
        years = np.array(sorted({year for _, year in of}))
        sums = {
            group: np.array([sum(of[c, y] for c in causes) for y in years]) for group, causes in account.groups.items()
        }
        whole = np.array([of[ALL, year] for year in years])
        rows += [(scenario, group, *pair) for group, y in sums.items() for pair in zip(years, y, strict=True)]
        panels.append(Fan([*_stacked(years, sums), Curve(years, whole, line(GREY, "dashed", 2.0))], scenario,
                          Axis(whole=True, most=6), Axis(account.unit, zero=True)))  # fmt: skip
    return Picture(
        title=f"What has moved {account.what} up to each year",
        source=f"Means over runs: {_words(config)}, since the base year.",
        panels=panels,
        columns=("scenario", "group", "year", "sum"),
        rows=rows,
        height=3.4,
        note="Areas add up to the dashed line: what raises above 0, what lowers below",
        keys=[Key(group, line(PALETTE[place]), filled=True) for place, group in enumerate(account.groups)],
        same="both",
    )


def _stacked(years: Any, sums: Mapping[str, Any]) -> Iterator[Curve]:
    """Areas on top of each other, those above 0 and those below apart."""
    above = below = np.zeros(len(years))
    for place, values in enumerate(sums.values()):
        low, high = below + np.minimum(values, 0.0), above + np.maximum(values, 0.0)
        edges = ((above, high), (low, below))
        # No edge: one that changes sides would cross the others.
        yield Curve(years, high, line(PALETTE[place], width=0.0), bands=edges * 2)
        above, below = high, low


def _matrix(matrix: Lines, config: Mapping[str, Any]) -> Picture:
    """Measures by cause, as far as any moves the lead."""
    cells = {(x["measure"], x["cause"]): x["mean"] for x in matrix}
    measures = list(dict.fromkeys(x["measure"] for x in matrix))
    causes = [cause for cause in ACCOUNTS[config["of"]].changes if any(cells[one, cause] for one in measures)]
    values = np.array([[cells[one, cause] for one in measures] for cause in causes]).reshape(-1, len(measures))
    most = float(np.abs(values).max(initial=1e-9))
    return Picture(
        title=f"{config['scenarios'][1]} against {config['scenarios'][0]}: by measure and cause",
        source=f"Shapley averages over the orders in which measures join: {_words(config)}.",
        panels=[
            Map(
                values,
                [WORDS[cause] for cause in causes],
                ["all" if one == TOTAL else one for one in measures],
                CHANGE_COLOURS,
                (-most, most),
                [[number(value) for value in row] for row in values],
                upright=len(measures) > UPRIGHT,
            )
        ],
        columns=("measure", "cause", "mean"),
        rows=[(one, cause, cells[one, cause]) for one in measures for cause in causes],
        height=1.6 + 0.27 * len(causes),
        note="Rows and columns add up",
        side_by_side=1,
    )
