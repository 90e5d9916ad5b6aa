"""Figures of choke points: losses over the share denied, over the years, and what cooperation with allies undoes."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from techduel.report.marks import PALETTE, TITLES, Album, Axis, Curve, Fan, Key, Picture, line
from techduel.statistics.tables import Lines
from techduel.studies import frame
from techduel.studies.chokepoints.denials import MORE
from techduel.studies.chokepoints.tables import COOPERATION, COURSES, LOSSES, read


def album(config: Mapping[str, Any], folder: Path) -> Album:
    """Every figure of a stored study."""
    return frame.album(config, folder, _pictures(config, folder))


def _pictures(config: Mapping[str, Any], folder: Path) -> Iterator[tuple[str, Picture]]:
    share = ("share", "share of supplies denied")
    yield "losses", _picture(config, read(folder, LOSSES), share, "mean", "Loss over what is denied")
    courses = read(folder, COURSES)
    yield "by_year", _picture(config, courses, ("year", ""), "mean", "Loss and recovery over the years")
    undone = read(folder, COOPERATION)
    yield "cooperation", _picture(config, undone, share, "undone", f"What {MORE} more technology cooperation undoes")


def _picture(config: Mapping[str, Any], lines: Lines, across: tuple[str, str], what: str, title: str) -> Picture:
    """The target's income for each denier, a line an input: dashed with allies.

    Parameters
    ----------
    across : tuple of str
        Column along which it runs, and its label.
    what : str
        Column that is drawn.
    """
    inputs, (over, label) = config["inputs"], across
    columns = ("denier", "input", "allies", over, "state", what, *(("q05", "q95") if what == "mean" else ("se",)))
    panels = []
    for denier in config["deniers"]:
        target = "china" if denier == "us" else "us"
        curves = []
        for place, sector in enumerate(inputs):
            for allies in (0.0, 1.0) if denier in config["allies"] else (0.0,):
                of = [
                    x
                    for x in lines
                    if (x["denier"], x["input"], x["allies"], x["state"]) == (denier, sector, allies, target)
                ]
                x, y = (np.array([one[name] for one in of], dtype=float) for name in (over, what))
                curves.append(Curve(x, y, line(PALETTE[place % len(PALETTE)], "dashed" if allies else "solid")))
        head = f"{TITLES[denier]} denies"
        panels.append(
            Fan(
                curves,
                head,
                Axis(label, whole=over == "year", most=5),
                Axis(f"{TITLES[target]}, % of income", zero=True),
            )
        )
    return Picture(
        title=title,
        source="Change of the target's real income (volume) against the same without it, a denial from "
        f"{config['since']} for {config['years']} years.",
        panels=panels,
        columns=columns,
        rows=[tuple(one[name] for name in columns) for one in lines],
        height=3.4,
        note="Means over runs; dashed: allies join",
        keys=[
            Key(sector.replace("_", " "), line(PALETTE[place % len(PALETTE)])) for place, sector in enumerate(inputs)
        ],
    )
