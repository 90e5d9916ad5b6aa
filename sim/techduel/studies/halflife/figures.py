"""Figures of half-lives: a row a sector beside what is published, and what is left over the years."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.report.marks import (
    COLOURS,
    TITLES,
    Album,
    Area,
    Axis,
    Bars,
    Curve,
    Dot,
    Fan,
    Key,
    Picture,
    Whisker,
    dot,
    line,
)
from techduel.statistics.tables import Lines, column
from techduel.studies import frame
from techduel.studies.halflife.impulses import ALL
from techduel.studies.halflife.tables import COURSES, HALF_LIVES, PUBLISHED, YEAR_COLUMNS, read

LONGEST: Final = 40.0
"""Years shown."""
PANELS: Final = 6
"""Sectors whose course is drawn."""


def album(config: Mapping[str, Any], folder: Path) -> Album:
    """Both figures of a stored study."""
    return frame.album(config, folder, _pictures(config, folder))


def _pictures(config: Mapping[str, Any], folder: Path) -> Iterator[tuple[str, Picture]]:
    yield "half_lives", _half_lives(config, read(folder, HALF_LIVES))
    yield "by_year", _courses(config, read(folder, COURSES))


def _half_lives(config: Mapping[str, Any], lines: Lines) -> Picture:
    sectors = config["sectors"]
    layers: list[Whisker | Dot] = []
    for place, state in enumerate(config["states"]):
        of = [one for one in lines if one["state"] == state]
        shift = 0.15 * (2 * place - len(config["states"]) + 1)
        low, life, high = (np.nan_to_num(column(of, name), nan=LONGEST) for name in ("q05", "half_life", "q95"))
        low, life, high = (np.minimum(years, LONGEST) for years in (low, life, high))
        layers += [Whisker(low, high, COLOURS[state], shift), Dot(life, COLOURS[state], shift)]
    title = f"What is left {config['after']} years after an impulse, as a half-life"
    across = Axis("years", low=0.0, high=LONGEST)
    names = [sector.replace("_", " ") for sector in sectors]
    return Picture(
        title="Half-life of a lead by sector",
        source=f"All makers of a state {100.0 * config['size']:g} log points better from {config['since']}.",
        panels=[Bars(names, layers, title, across, areas=[Area(*PUBLISHED)])],
        columns=("state", "sector", "half_life", "q05", "q95", "luck"),
        rows=[tuple(one[name] for name in ("state", "sector", "half_life", "q05", "q95", "luck")) for one in lines],
        height=1.4 + 0.26 * len(sectors),
        note=f"Dots: of the mean; lines: 90 % of parameter sets; at {LONGEST:.0f}: longer; grey: published",
        keys=_keys(config),
    )


def _courses(config: Mapping[str, Any], lines: Lines) -> Picture:
    panels = []
    for sector in config["sectors"][:PANELS]:
        curves = []
        for state in config["states"]:
            of = [one for one in lines if (one["state"], one["sector"]) == (state, sector)]
            years, left, low, high = (100.0 * column(of, name) for name in ("years", "left", "q05", "q95"))
            ink = line(COLOURS[state], "dashed" if state == "china" else "solid")
            curves.append(Curve(years / 100.0, left, ink, ((low, high),)))
        head = "all sectors at once" if sector == ALL else sector.replace("_", " ")
        panels.append(Fan(curves, head, Axis("years since", whole=True, most=6), Axis("%", zero=True)))
    return Picture(
        title="What is left of a lead",
        source=f"Change of the lead by {100.0 * config['size']:g} log points in {config['since']}, in per cent of it.",
        panels=panels,
        columns=YEAR_COLUMNS,
        rows=[tuple(one[name] for name in YEAR_COLUMNS) for one in lines],
        height=1.2 + 1.7 * -(-len(panels) // 2),
        note="Means and 90 % of parameter sets",
        keys=_keys(config),
        same="up",
    )


def _keys(config: Mapping[str, Any]) -> tuple[Key, ...]:
    return tuple(Key(TITLES[state], dot(COLOURS[state])) for state in config["states"])
