"""Figures of a calibration: moments before and after beside the record, and how far parameters were narrowed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.calibration.fit import DUMMIES
from sim.calibration.tables import (
    IDENTIFIED,
    MOMENT_COLUMNS,
    PARAMETER_COLUMNS,
    WEAKLY,
    Fit,
    moment_rows,
    parameter_rows,
)
from sim.drawing import FOLDER, GREY, key, page, save, style

type Row = tuple[str | float, ...]

BEFORE, AFTER = "#E69F00", "#0072B2"
WIDEST: Final = 8.0
"""Standard deviations at which bands are cut off in the picture; the table has them all."""
SHOWN: Final = 60
"""Parameters in the picture, the most narrowed first."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The numbers of a figure."""

    title: str
    source: str
    header: tuple[str, ...]
    lines: Sequence[Row]

    def table(self) -> Iterator[Row]:
        """Its lines."""
        yield from self.lines


def draw_calibration(fit: Fit, folder: Path) -> None:
    """Both figures into a folder's ``figures/``."""
    made = (
        f"Techduel {fit.made['version']}, record until {fit.plan.until}, {fit.plan.members} sets, seed {fit.plan.seed}."
    )
    moments = Shown(
        "Moments beside the record", "Records: docs/calibration.md.", MOMENT_COLUMNS, list(moment_rows(fit))
    )
    ratios = Shown("What the record tells of parameters", "Own computation.", PARAMETER_COLUMNS, _narrowed(fit))
    with style():
        words = (
            "Bands: 5-95 % of sets, in standard deviations of error, miss and luck; 0 is the record. Grey: not fitted."
        )
        save(_moments(moments), moments, folder / FOLDER / "moments", f"{words} {made}", fit.made)
        words = "Standard deviation of scores after over before; band: what chance does to columns without meaning."
        save(_ratios(ratios, fit), ratios, folder / FOLDER / "parameters", f"{words} {made}", fit.made)


def _narrowed(fit: Fit) -> list[Row]:
    place = PARAMETER_COLUMNS.index("sd_ratio")
    return sorted(parameter_rows(fit), key=lambda row: float(row[place]))


def _labelled(what: Shown) -> list[dict[str, Any]]:
    return [dict(zip(what.header, line, strict=True)) for line in what.lines]


def _moments(what: Shown) -> Figure:
    lines = _labelled(what)
    picture = page(what.title, 0.125 * len(lines) + 1.0)
    axes = picture.subplots()
    for place, line in enumerate(lines):
        _bands(axes, place, line)
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.set_yticks(range(len(lines)), [_name(line) for line in lines], fontsize=5.5)
    axes.set_ylim(len(lines) - 0.4, -0.6)
    axes.set_xlim(-WIDEST, WIDEST)
    axes.set_xlabel("model less record, standard deviations")
    marks = [key("prior", BEFORE, "solid"), key("posterior", AFTER, "solid")]
    picture.legend(handles=marks, loc="lower left", ncols=2, handlelength=2.0)
    return picture


def _bands(axes: Axes, place: int, line: Mapping[str, Any]) -> None:
    scale = float(np.hypot(line["tolerance"], line["luck"]))
    for name, colour, shift in (("prior", BEFORE, -0.2), ("posterior", AFTER, 0.2)):
        low, middle, high = (
            np.clip((line[f"{name}_{part}"] - line["observed"]) / scale, -WIDEST, WIDEST)
            for part in ("q05", "median", "q95")
        )
        shown = colour if line["fitted"] == "yes" or name == "prior" else GREY
        axes.hlines(place + shift, low, high, color=shown, linewidth=1.4, alpha=0.6)
        axes.scatter(middle, place + shift, color=shown, s=5, zorder=3)


def _name(line: Mapping[str, Any]) -> str:
    return f"{str(line['moment']).replace('_', ' ')}, {line['state']} {line['year']:.0f}"


def _ratios(what: Shown, fit: Fit) -> Figure:
    lines = _labelled(what)[:SHOWN]
    picture = page(what.title, 0.125 * len(lines) + 1.0)
    axes = picture.subplots()
    by_chance = fit.ratios[-DUMMIES:]
    axes.axvspan(by_chance.min(), by_chance.max(), color=GREY, alpha=0.15, linewidth=0)
    for limit in (IDENTIFIED, WEAKLY):
        axes.axvline(limit, color=GREY, linewidth=0.8, linestyle="dashed")
    axes.scatter([line["sd_ratio"] for line in lines], range(len(lines)), color=AFTER, s=10, zorder=3)
    axes.set_yticks(range(len(lines)), [line["parameter"] for line in lines], fontsize=5.5)
    axes.set_ylim(len(lines) - 0.4, -0.6)
    axes.set_xlim(0.0, 1.15)
    axes.set_xlabel("standard deviation after over before")
    return picture
