"""Drawing a study: its coefficients beside the published bands, and its event studies."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from sim.analysis.finding_plots import COLOUR_OF, Shown
from sim.analysis.studies import Table
from sim.drawing import FOLDER, GREY, key, page, save, style
from sim.micro.protocol import Study
from sim.micro.tables import COLUMNS, EVENT_COLUMNS, read_estimates, read_events
from sim.provenance import version

BAND: Final = "#D9D9D9"
BLUE: Final = "#0072B2"
TICKS: Final = (-300, -100, -30, -10, -5, 0, 5, 10, 30, 100, 300)
A_ROW: Final = 4
"""Event studies side by side."""

type Line = Mapping[str, Any]


def draw_study(folder: Path, study: Study, config: Mapping[str, Any]) -> None:
    """Draw both figures of a stored study into its ``figures/``."""
    found, events = read_estimates(folder), read_events(folder)
    made = f"Techduel {version()}, {config['worlds']} worlds, seed {config['seed']}."
    title = f"{folder.name.replace('_', ' ')}: published and in the model"
    with style():
        what = Shown(title, study.paper, _table(COLUMNS, found))
        words = "Grey: published band; dots: mean over worlds, lines: two standard errors; rings: placebo."
        save(_coefficients(title, found), what, folder / FOLDER / "coefficients", f"{words} {made}", dict(config))
        title = f"{folder.name.replace('_', ' ')}: year by year"
        what = Shown(title, study.paper, _table(EVENT_COLUMNS, events))
        words = "By years from the last before the treatment (projections: after the shock), two standard errors."
        save(_years(title, found, events), what, folder / FOLDER / "event_studies", f"{words} {made}", dict(config))


def _table(columns: tuple[str, ...], lines: list[dict[str, Any]]) -> Table:
    return Table(columns, tuple(tuple(line[name] for name in columns) for line in lines))


def _coefficients(title: str, found: list[dict[str, Any]]) -> Figure:
    picture = page(title, 0.24 * len(found) + 1.4)
    axes = picture.subplots()
    for place, line in enumerate(found):
        _coefficient(axes, place, line)
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.set_yticks(range(len(found)), [f"{line['id']} ({line['unit']})" for line in found], fontsize=7.5)
    axes.set_ylim(len(found) - 0.4, -0.6)
    _scale(axes, found)
    handles = [key(name, colour, "solid", marker="o", markersize=4) for name, colour in COLOUR_OF.items()]
    picture.legend(handles=handles, loc="lower left", ncols=3, handlelength=2.0)
    return picture


def _scale(axes: Axes, found: list[dict[str, Any]]) -> None:
    """Linear around 0, logarithmic beyond, so that bands of hundreds and of single per cents can both be seen."""
    names = ("estimate", "q05", "q95", "placebo", "low", "high")
    reach = 1.2 * np.nanmax(np.abs([[line[name] for name in names] for line in found]))
    axes.set_xscale("symlog", linthresh=10.0)
    axes.set_xlim(-reach, reach)
    axes.set_xticks([tick for tick in TICKS if abs(tick) <= reach], minor=False)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_locator(NullLocator())


def _coefficient(axes: Axes, place: int, line: Line) -> None:
    if np.isfinite(line["low"]):
        axes.barh(place, line["high"] - line["low"], left=line["low"], height=0.7, color=BAND, zorder=1)
    colour, reach = COLOUR_OF.get(line["verdict"], GREY), 2.0 * line["se"]
    axes.hlines(place, line["estimate"] - reach, line["estimate"] + reach, color=colour, linewidth=2.0)
    axes.scatter(line["estimate"], place, color=colour, s=16, zorder=3)
    axes.scatter(line["placebo"], place, edgecolors=GREY, facecolors="none", s=14, zorder=2)


def _years(title: str, found: list[dict[str, Any]], events: list[dict[str, Any]]) -> Figure:
    rows = -(-len(found) // A_ROW)
    picture = page(title, 1.35 * rows + 0.9)
    grid = picture.subplots(rows, A_ROW, squeeze=False)
    for axes, line in zip(grid.flat, found, strict=False):
        points = [event for event in events if event["id"] == line["id"]]
        years = np.array([event["years"] for event in points])
        effect, error = (np.array([event[name] for event in points]) for name in ("effect", "se"))
        axes.errorbar(years, effect, 2.0 * error, fmt="o", markersize=2.5, color=BLUE, linewidth=1.0)
        axes.axhline(0, color=GREY, linewidth=0.8)
        axes.set_title(line["id"], fontsize=7.5)
        axes.tick_params(labelsize=6.5)
    for axes in grid.flat[len(found) :]:
        axes.remove()
    return picture
