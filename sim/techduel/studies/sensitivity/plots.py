"""Drawing a sensitivity analysis."""

import textwrap
from pathlib import Path
from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from techduel.report.drawing import COLOURS, FOLDER, GREY, LEAD, key, page, save, style
from techduel.scenario.fingerprint import config_hash, version
from techduel.studies.sensitivity.figures import MOST_BARS, Bars, Drawable, Plane, Shares, figures
from techduel.studies.sensitivity.groups import THEMES
from techduel.studies.sensitivity.results import MIRRORED, Analysis, Key, Line, hidden, read_analysis
from techduel.studies.sensitivity.tables import BY_LUCK, TOGETHER, number

PARTS: Final = {
    **dict(zip(THEMES, ("#CC79A7", "#0072B2", "#D55E00", "#E69F00", "#009E73"), strict=True)),
    **{TOGETHER: "#BBBBBB", BY_LUCK: "#4D4D4D"},
}
SCALE: Final = LinearSegmentedColormap.from_list("share", ["#FFFFFF", "#0072B2"])
LABELS: Final[dict[tuple[str, ...], tuple[str, str]]] = {
    ("first", "total"): ("alone (first order)", "with others (total)"),
    ("mu_star", "size"): ("mean absolute effect", "root mean square, luck taken out"),
}
"""Of bars and diamonds, by the numbers that they show."""
ROOM: Final = 0.03
"""Of a stacked bar: narrower parts bear no number."""


def draw_sensitivity(folder: Path) -> list[str]:
    """Draw every figure of an analysis's tables into its ``figures/``; the names of those drawn."""
    analysis = read_analysis(folder)
    config = analysis.config
    origin = {
        **{"sensitivity": folder.name, "method": config["method"], "rows": config["points"], "runs": config["runs"]},
        **{"config_hash": config_hash(config), "version": version(), "seed": config["seed"]},
    }
    drawn = []
    with style():
        for name, what in figures(analysis):
            save(_picture(what), what, folder / FOLDER / name, _words(what, analysis), origin)
            drawn.append(name)
    return drawn


def _words(what: Drawable, analysis: Analysis) -> str:
    config = analysis.config
    return (
        f"{what.source} Techduel {version()}, {config['method']}, {config['points']} rows, {config['runs']} runs a "
        f"point, seed {config['seed']}; {max(config['years'])}."
    )


def _picture(what: Drawable) -> Figure:
    match what:
        case Bars():
            return _bars(what)
        case Plane():
            return _plane(what)
        case Shares():
            return _stacked(what) if what.stacked else _field(what)


def _panels(title: str, count: int, height: float) -> tuple[Figure, list[Axes]]:
    """A page with two panels a row."""
    rows = -(-count // 2)
    picture = page(title, height * rows + 1.0)
    grid = picture.subplots(rows, min(count, 2), squeeze=False)
    for axes in grid.flat[count:]:
        axes.remove()
    return picture, list(grid.flat[:count])


def _bars(what: Bars) -> Figure:
    picture, grid = _panels(what.title, len(what.panels), 1.6)
    for axes, (outcome, lines) in zip(grid, what.panels.items(), strict=True):
        _bars_of(axes, what, outcome, lines)
    bar, dot = LABELS[what.columns]
    handles = [Patch(color=GREY, alpha=0.55, label=bar), key(dot, GREY, marker="D", markersize=4)]
    picture.legend(handles=handles, loc="lower left", ncols=2)
    return picture


def _bars_of(axes: Axes, what: Bars, outcome: Key, lines: list[Line]) -> None:
    colour, places = GREY if hidden(lines[0]) else _colour(outcome), np.arange(len(lines))
    scale, unit = _scaled(lines[0]["unit"]) if what.unit else (1.0, "share")
    for column, mark in zip(what.columns, ("none", "D"), strict=False):
        values, low, high = (scale * _column(lines, f"{column}{end}") for end in ("", "_low", "_high"))
        errors = np.maximum([values - low, high - values], 0.0)
        if mark == "none":
            axes.barh(places, values, height=0.62, color=colour, alpha=0.55)
        shift = 0.0 if mark == "none" else 0.22
        axes.errorbar(values, places + shift, xerr=errors, fmt=mark, color=GREY, markersize=3, elinewidth=0.9)
    axes.set_yticks(places, [line["factor"] for line in lines])
    axes.invert_yaxis()
    axes.set_title(_title(outcome), loc="right", ha="right")
    axes.grid(axis="y", visible=False)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=3))
    axes.set_xlim(left=min(0.0, axes.get_xlim()[0]))
    axes.set_xlabel(unit)


def _plane(what: Plane) -> Figure:
    picture, grid = _panels(what.title, len(what.panels), 2.0)
    for axes, (outcome, lines) in zip(grid, what.panels.items(), strict=True):
        _plane_of(axes, outcome, lines)
    return picture


def _plane_of(axes: Axes, outcome: Key, lines: list[Line]) -> None:
    scale, unit = _scaled(lines[0]["unit"])
    mean, spread = scale * _column(lines, "mu_star"), scale * _column(lines, "sigma")
    right, top = 1.1 * float(mean.max()), 1.2 * float(spread.max()) or 1.0
    axes.plot([0.0, max(right, top)], [0.0, max(right, top)], color=GREY, linewidth=0.8)
    axes.scatter(mean, spread, s=8, color=_colour(outcome), linewidths=0)
    for rank, (across, up) in enumerate(zip(mean[:MOST_BARS], spread[:MOST_BARS], strict=True), start=1):
        axes.annotate(str(rank), (across, up), (3, 3), textcoords="offset points", fontsize=8)
    axes.set_xlim(0.0, right)
    axes.set_ylim(0.0, top)
    axes.set_title(_title(outcome), loc="right", ha="right")
    axes.set_xlabel(f"mean absolute effect, {unit}")
    axes.set_ylabel("deviation")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4))


def _stacked(what: Shares) -> Figure:
    picture = page(what.title, 0.36 * len(what.keys) + 1.5)
    axes = picture.subplots()
    left = np.zeros(len(what.keys))
    places = np.arange(len(what.keys))
    for name, parts in zip(what.names, what.parts, strict=True):
        widths = np.maximum(np.nan_to_num(parts), 0.0)  # an estimate may lie below zero by chance
        axes.barh(places, widths, left=left, height=0.7, color=PARTS[name])
        for place, width in enumerate(widths):
            if width >= ROOM:
                words = f"{100 * width:.0f}"
                colour = "black" if name == TOGETHER else "white"
                axes.text(left[place] + width / 2, place, words, ha="center", va="center", color=colour, fontsize=8)
        left = left + widths
    axes.set_yticks(places, [_title(outcome) for outcome in what.keys])
    axes.invert_yaxis()
    axes.set_xlim(0.0, max(1.0, float(left.max())))
    axes.set_xlabel("per cent")
    axes.set_xticks(np.linspace(0.0, 1.0, 6), [f"{part:.0f}" for part in np.linspace(0.0, 100.0, 6)])
    axes.grid(axis="y", visible=False)
    handles = [Patch(color=PARTS[name], label=name) for name in what.names]
    picture.legend(handles=handles, loc="lower left", ncols=len(handles), handlelength=1.0, columnspacing=0.9)
    return picture


def _field(what: Shares) -> Figure:
    picture = page(what.title, 0.24 * len(what.names) + 2.4)
    axes = picture.subplots()
    axes.pcolormesh(np.nan_to_num(what.parts), cmap=SCALE, vmin=0.0, vmax=1.0, edgecolors="white", linewidth=0.5)
    for (row, column), part in np.ndenumerate(what.parts):
        colour = "white" if part > 0.5 else "black"
        words = "" if np.isnan(part) else f"{round(100 * part)}"
        axes.text(column + 0.5, row + 0.5, words, ha="center", va="center", color=colour, fontsize=8)
    titles = [textwrap.fill(outcome.title, 22) for outcome in what.keys]
    axes.set_xticks(np.arange(len(titles)) + 0.5, titles, rotation=90)
    axes.set_yticks(np.arange(len(what.names)) + 0.5, what.names)
    axes.invert_yaxis()
    axes.tick_params(length=0)
    axes.grid(visible=False)
    return picture


def _title(outcome: Key) -> str:
    return textwrap.fill(outcome.title, 42)


def _colour(outcome: Key) -> str:
    """Of the state; a lead belongs to neither."""
    return LEAD if outcome.outcome.startswith(MIRRORED) else COLOURS.get(outcome.state, LEAD)


def _column(lines: list[Line], name: str) -> NDArray[np.float64]:
    return np.array([number(line[name]) for line in lines])


def _scaled(unit: str) -> tuple[float, str]:
    """Shares in per cent, which makes short numbers."""
    first, _, rest = unit.partition("share")
    if not first:
        return 100.0, f"%{rest}"
    return 1.0, unit.replace("bn USD of 2020", "bn USD")
