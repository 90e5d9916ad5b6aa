"""Figures of a calibration, from its tables: moments beside the record before and after, how far parameters narrowed.

Moments take a page each for either state, for the ratio of both, and for firms, so that their names can be read.
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from techduel.report.drawing import FOLDER, GREY, TITLES, key, page, save, style
from techduel.studies.calibrate.report import MAKING, MOMENTS, PARAMETERS
from techduel.studies.calibrate.tables import IDENTIFIED, WEAKLY

type Line = dict[str, str]

BEFORE, AFTER = "#E69F00", "#0072B2"
WIDEST: Final = 8.0
"""Standard deviations at which bands are cut off in the picture; the table has them all."""
SHOWN: Final = 40
"""Parameters in the picture, the most narrowed first."""
ROW: Final = 0.19
"""Inches of a line of a picture."""
TYPE: Final = 7.5
"""Points of its name."""
RATIO: Final = "China over United States"
BANDS: Final = (
    "Bands: 5-95 % of sets, in standard deviations of error, miss and luck; 0 is the record. "
    f"Grey: not fitted. Cut off at {WIDEST:g}."
)


@dataclass(frozen=True, slots=True)
class Shown:
    """The numbers of a figure."""

    title: str
    source: str
    lines: Sequence[Line]

    @property
    def header(self) -> tuple[str, ...]:
        """Columns of the table."""
        return tuple(self.lines[0])

    def table(self) -> Iterator[tuple[str, ...]]:
        """Its lines."""
        yield from (tuple(line.values()) for line in self.lines)


@dataclass(frozen=True, slots=True)
class MomentPage:
    """Which moments a page shows."""

    title: str
    state: str | None
    """Statistics of this state; without one, all that are of firms or of the article."""

    def holds(self, line: Line) -> bool:
        """Whether it shows a moment."""
        return (
            line["kind"] != "history"
            if self.state is None
            else (line["kind"], line["state"]) == ("history", self.state)
        )

    def name(self, line: Line) -> str:
        """What it calls a moment."""
        state = f", {TITLES.get(line['state'], RATIO)}" if self.state is None else ""
        return f"{line['moment'].replace('_', ' ')}{state} {line['year']}"


PAGES: Final[Mapping[str, MomentPage]] = {
    **{f"moments_{state}": MomentPage(title, state) for state, title in TITLES.items()},
    "moments_ratios": MomentPage(RATIO, "china/us"),
    "moments_firms": MomentPage("firms, and figures of the article", None),
}
"""By name of the figure."""


def draw_calibration(folder: Path) -> None:
    """All figures of a result folder that has its tables, into its ``figures/``."""
    making = json.loads((folder / MAKING).read_text(encoding="utf-8"))
    made = f"Techduel {making['version']}, record until {making['until']}, {making['members']} sets."
    origin = {name: making[name] for name in ("version", "config", "sources", "until", "members", "steps", "seed")}
    moments, parameters = _lines(folder / MOMENTS), _lines(folder / PARAMETERS)
    with style():
        for name, of in PAGES.items():
            title, shown = f"Moments beside the record: {of.title}", [*filter(of.holds, moments)]
            what = Shown(title, "Records: docs/calibration.md.", shown)
            save(_moments(what, of), what, folder / FOLDER / name, f"{BANDS} {made}", origin)
        ratios = Shown("What the record tells of parameters", "Own computation.", _narrowed(parameters))
        words = (
            f"Standard deviation of scores after over before; band: what chance does to columns without meaning. The "
            f"{min(SHOWN, len(parameters))} most narrowed of {len(parameters)} parameters, the others are in the table."
        )
        save(_ratios(ratios, making["chance"]), ratios, folder / FOLDER / "parameters", f"{words} {made}", origin)


def _lines(path: Path) -> list[Line]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _narrowed(lines: Sequence[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: float(line["sd_ratio"]))


def _moments(what: Shown, of: MomentPage) -> Figure:
    picture, axes = _list(what.title, [of.name(line) for line in what.lines])
    for place, line in enumerate(what.lines):
        _bands(axes, place, line)
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.set_xlim(-WIDEST, WIDEST)
    axes.set_xlabel("model less record, standard deviations")
    marks = [key("prior", BEFORE, "solid"), key("posterior", AFTER, "solid")]
    picture.legend(handles=marks, loc="lower left", ncols=2, handlelength=2.0)
    return picture


def _list(title: str, names: Sequence[str]) -> tuple[Figure, Axes]:
    """An empty page with a line for each name, from the top down."""
    picture = page(title, ROW * len(names) + 1.3)
    axes = picture.subplots()
    axes.set_yticks(range(len(names)), names, fontsize=TYPE)
    axes.set_ylim(len(names) - 0.4, -0.6)
    return picture, axes


def _bands(axes: Axes, place: int, line: Line) -> None:
    scale = np.hypot(float(line["tolerance"]), float(line["luck"]))
    for name, colour, shift in (("prior", BEFORE, -0.2), ("posterior", AFTER, 0.2)):
        low, middle, high = (
            np.clip((float(line[f"{name}_{part}"]) - float(line["observed"])) / scale, -WIDEST, WIDEST)
            for part in ("q05", "median", "q95")
        )
        shown = colour if line["fitted"] == "yes" or name == "prior" else GREY
        axes.hlines(place + shift, low, high, color=shown, linewidth=1.8, alpha=0.6)
        axes.scatter(middle, place + shift, color=shown, s=8, zorder=3)


def _ratios(what: Shown, chance: Sequence[float]) -> Figure:
    lines = what.lines[:SHOWN]
    picture, axes = _list(what.title, [line["parameter"] for line in lines])
    axes.axvspan(*chance, color=GREY, alpha=0.15, linewidth=0)
    for limit, word in ((IDENTIFIED, "identified"), (WEAKLY, "weakly")):
        axes.axvline(limit, color=GREY, linewidth=0.8, linestyle="dashed")
        axes.text(limit - 0.01, len(lines) - 0.7, word, ha="right", fontsize=TYPE, color=GREY)
    axes.scatter([float(line["sd_ratio"]) for line in lines], range(len(lines)), color=AFTER, s=12, zorder=3)
    axes.set_xlim(0.0, 1.15)
    axes.set_xlabel("standard deviation after over before")
    return picture
