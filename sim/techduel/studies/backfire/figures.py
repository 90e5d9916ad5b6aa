"""Figures of a map: the chance of each meaning with the line on which its mean turns, and the course over years."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.report.marks import (
    COLOURS,
    GREEN,
    SHARE_COLOURS,
    TITLES,
    Album,
    Axis,
    Curve,
    Fan,
    Map,
    Picture,
    line,
)
from techduel.statistics.tables import Lines
from techduel.studies import frame
from techduel.studies.backfire.places import MEANINGS, UNITS
from techduel.studies.backfire.report import in_digits
from techduel.studies.backfire.tables import BY_YEAR, CROSSING, MAP, read

HEADS: Final = {"lead": "Lead falls", "frontier": "Own frontier falls", "income": "Own income falls"}


def album(config: Mapping[str, Any], folder: Path) -> Album:
    """Both figures of a stored map."""
    size = f"{config['runs']} runs a place"
    return frame.album(config, folder, _pictures(config, folder), size, axes=config["axes"])


def _pictures(config: Mapping[str, Any], folder: Path) -> Iterator[tuple[str, Picture]]:
    yield "map", chances(config, read(folder, MAP), read(folder, CROSSING))
    yield "by_year", courses(config, read(folder, BY_YEAR))


def chances(config: Mapping[str, Any], lines: Lines, crossings: Lines) -> Picture:
    """Three fields: the share of runs that each meaning hurts; where the mean has turned to a loss it is hatched."""
    across, up = (list(dict.fromkeys(one[axis] for one in lines)) for axis in ("across", "up"))
    keys = list(config["axes"])
    panels = []
    for place, meaning in enumerate(MEANINGS):
        of = {(one["up"], one["across"]): one for one in lines if one["meaning"] == meaning}
        panels.append(
            Map(
                np.array([[of[row, column]["share"] for column in across] for row in up]),
                [in_digits(value) for value in up] if place == 0 else [""] * len(up),
                [in_digits(value) if number % 2 == 0 else "" for number, value in enumerate(across)],
                SHARE_COLOURS,
                (0.0, 1.0),
                title=HEADS[meaning],
                across=_name(keys[0]),
                up=_name(keys[1]) if place == 0 else "",
                scale="share of runs",
                upright=True,
                rising=True,
                hatched=np.array([[of[row, column]["mean"] < 0.0 for column in across] for row in up]),
            )
        )
    sizes = ", ".join(f"{meaning} {config['sizes'][meaning]:g} {UNITS[meaning]}" for meaning in MEANINGS)
    return Picture(
        title="Where a control hurts the state that imposes it",
        source=f"{TITLES[config['state']]}, against the same without the control, same luck; more than: {sizes}.",
        panels=panels,
        columns=("across", "up", "meaning", "share", "mean", "q05", "q95"),
        rows=[tuple(one[name] for name in ("across", "up", "meaning", "share", "mean", "q05", "q95")) for one in lines],
        height=3.9,
        note=f"Hatched: the mean is a loss; its edge is where the mean turns ({_turning(crossings)})",
        side_by_side=3,
    )


def courses(config: Mapping[str, Any], lines: Lines) -> Picture:
    """What the strongest control does over the years, with 90 % of runs."""
    corner = (lines[-1]["across"], lines[-1]["up"])
    chosen = [one for one in lines if (one["across"], one["up"]) == corner]
    panels = []
    for meaning in MEANINGS:
        of = [one for one in chosen if one["meaning"] == meaning]
        years, middle, low, high = (
            np.array([one[name] for one in of], dtype=float) for name in ("year", "mean", "q05", "q95")
        )
        colour = GREEN if meaning == "lead" else COLOURS[config["state"]]
        curve = Curve(years, middle, line(colour), bands=((low, high),))
        titled = HEADS[meaning].replace(" falls", "")
        panels.append(Fan([curve], titled, Axis(whole=True, most=4), Axis(UNITS[meaning], most=5, zero=True)))
    place = " and ".join(f"{_name(key)} {in_digits(value)}" for key, value in zip(config["axes"], corner, strict=True))
    return Picture(
        title="What the strongest control does to its sender over the years",
        source=f"{TITLES[config['state']]}, {place}, against the same without the control.",
        panels=panels,
        columns=("across", "up", "meaning", "year", "mean", "q05", "q95", "share"),
        rows=[
            tuple(one[name] for name in ("across", "up", "meaning", "year", "mean", "q05", "q95", "share"))
            for one in lines
        ],
        height=2.9,
        note="Means and 90 % of runs; income: present value up to the year",
        side_by_side=3,
    )


def _turning(crossings: Lines) -> str:
    turns = sum(not np.isnan(one["value"]) for one in crossings)
    return f"{turns} of {len(crossings)} lines through the maps cross it"


def _name(key: str) -> str:
    return key.rpartition(".")[2].replace("_", " ")
