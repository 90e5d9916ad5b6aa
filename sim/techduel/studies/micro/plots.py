"""Drawing a study: its coefficients beside the published bands, and its event studies."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from techduel.report.drawing import FOLDER, GREY, key, page, save, style
from techduel.scenario.fingerprint import version
from techduel.studies.evidence.finding_plots import COLOUR_OF, Shown
from techduel.studies.evidence.studies import Table
from techduel.studies.micro.protocol import Study
from techduel.studies.micro.tables import COLUMNS, EVENT_COLUMNS, read_estimates, read_events

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
        words = "Dots: mean over worlds, lines: two standard errors; ring: the year that others are compared with."
        save(
            _years(title, study, found, events),
            what,
            folder / FOLDER / "event_studies",
            f"{words} {made}",
            dict(config),
        )


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
    axes.set_xlabel("per cent or points, as beside each name; logarithmic beyond 10")
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


def _years(title: str, study: Study, found: list[dict[str, Any]], events: list[dict[str, Any]]) -> Figure:
    rows = -(-len(found) // A_ROW)
    picture = page(title, 1.35 * rows + 1.1)
    grid = picture.subplots(rows, A_ROW, squeeze=False)
    for axes, line in zip(grid.flat, found, strict=False):
        _course(axes, line["unit"], [event for event in events if event["id"] == line["id"]], _reference(study))
        axes.set_title(line["id"], fontsize=7.0)
    for axes in grid.flat[len(found) :]:
        axes.remove()
    for axes in grid.flat[max(0, len(found) - A_ROW) : len(found)]:
        axes.set_xlabel(_since(study), fontsize=7.0)
    return picture


def _course(axes: Axes, unit: str, points: list[dict[str, Any]], reference: int) -> None:
    """The event study of one finding."""
    years = np.array([point["years"] for point in points])
    effect, error = (np.array([point[name] for point in points]) for name in ("effect", "se"))
    axes.errorbar(years, effect, 2.0 * error, fmt="o", markersize=2.5, color=BLUE, linewidth=1.0)
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.scatter(reference, 0.0, edgecolors=BLUE, facecolors="white", s=14, zorder=3)
    axes.set_xticks(range(int(min(*years, reference)), int(max(*years, reference)) + 1))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_ylabel(unit, fontsize=7.0)
    axes.tick_params(labelsize=6.0)


def _reference(study: Study) -> int:
    """The year that others are compared with: the last before the treatment, or the one before a shock."""
    return 0 if study.plans is None else -1


def _since(study: Study) -> str:
    return f"years from {study.before[-1]}" if study.plans is None else "years from the shock"
