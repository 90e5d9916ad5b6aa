"""Figures of a branch: worth and regret over the date of turning, and the courses that part at each date."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.paired import LEAD
from techduel.report.marks import COLOURS, PALETTE, TITLES, Album, Axis, Curve, Fan, Ink, Key, Picture, dot, line
from techduel.statistics.tables import Lines, column
from techduel.studies import frame
from techduel.studies.branch.arms import NEVER
from techduel.studies.branch.report import turning
from techduel.studies.branch.tables import COURSES, REGRET, VALUES, WORTH, YEAR_COLUMNS, read

OF_DATES: Final = ("state", "at", "mean", "q05", "q95", "regret", "best")


def album(config: Mapping[str, Any], folder: Path) -> Album:
    """Both figures of a stored branch."""
    return frame.album(config, folder, _pictures(config, folder))


def _pictures(config: Mapping[str, Any], folder: Path) -> Iterator[tuple[str, Picture]]:
    yield "dates", _dates(config, read(folder, VALUES), read(folder, REGRET))
    yield "by_year", _courses(config, read(folder, COURSES))


def _dates(config: Mapping[str, Any], values: Lines, regrets: Lines) -> Picture:
    worths, lost, rows = [], [], []
    for state in config["policies"]:
        of = [one for one in values if one["state"] == state and one["component"] == WORTH]
        regret = [one for one in regrets if one["state"] == state and one["at"] != NEVER]
        years = np.array([float(one["at"]) for one in of])
        ink = Ink(COLOURS[state], marker="o")
        band = (column(of, "q05"), column(of, "q95"))
        worths.append(Curve(years, column(of, "mean"), ink, (band,)))
        lost.append(Curve(years, column(regret, "regret"), ink))
        rows += [
            (state, one["at"], one["mean"], one["q05"], one["q95"], other["regret"], other["best"])
            for one, other in zip(of, regret, strict=True)
        ]
    across = Axis("turning in", whole=True, most=6)
    return Picture(
        title="Early or late",
        source=f"{turning(config)}, against never.",
        panels=[
            Fan(worths, "Worth of turning", across, Axis("equivalents of % of income", zero=True)),
            Fan(lost, "Regret of the date", across, Axis("equivalents of % of income", low=0.0)),
        ],
        columns=OF_DATES,
        rows=rows,
        height=3.4,
        note="Left: means and 90 % of runs; right: what is lost against the best date for each set of parameters",
        keys=[Key(TITLES[state], dot(COLOURS[state])) for state in config["policies"]],
    )


def _courses(config: Mapping[str, Any], lines: Lines) -> Picture:
    titles = {"real_income": ("income", "%, against never"), LEAD: ("lead in frontier fields", "log points")}
    dates, panels = [f"{date:g}" for date in config["at"]], []
    for state in config["policies"]:
        for outcome, (title, unit) in titles.items():
            curves = []
            for place, date in enumerate(dates):
                of = [one for one in lines if (one["state"], one["at"], one["outcome"]) == (state, date, outcome)]
                ink = line(PALETTE[place % len(PALETTE)])
                curves.append(Curve(column(of, "year"), column(of, "mean"), ink))
            panels.append(Fan(curves, f"{TITLES[state]}: {title}", Axis(whole=True, most=5), Axis(unit, zero=True)))
    return Picture(
        title="One past, several branches",
        source=f"{turning(config)}: change against the run as it was, the same luck.",
        panels=panels,
        columns=YEAR_COLUMNS,
        rows=[tuple(one[name] for name in YEAR_COLUMNS) for one in lines],
        height=1.0 + 2.4 * -(-len(panels) // 2),
        note="Means over runs; 0 to the bit until the date",
        keys=[Key(date, line(PALETTE[place % len(PALETTE)])) for place, date in enumerate(dates[:7])],
    )
