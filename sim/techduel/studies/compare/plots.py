"""Drawing a comparison: changes over time, headlines on a page, cost against lead, what brings effects about."""

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from techduel.ensemble.store import settings
from techduel.model.axes import STATES
from techduel.report.drawing import COLOURS, FOLDER, GREY, LEAD, TITLES, fans_picture, key, page, save, style
from techduel.report.figures import Fans
from techduel.scenario.fingerprint import config_hash, version
from techduel.scenario.parameter_sets import causes
from techduel.studies.compare.attribution import DECOMPOSITION
from techduel.studies.compare.comparison import Comparison, comparison_from, contrasts
from techduel.studies.compare.figures import (
    NAMES,
    Bars,
    Cell,
    Drawable,
    Grid,
    Plane,
    Spot,
    Tornado,
    grids,
    paired,
    plane,
    tornado,
)
from techduel.studies.compare.tables import HEADLINE, read_table

LESS_MORE: Final = LinearSegmentedColormap.from_list("change", ["#9970AB", "#F7F7F7", "#5AAE61"])
"""Neither of the states' colours: a change is no one's lead."""
MARKERS: Final = {"us": "o", "china": "s"}
LINE: Final = 0.145
"""Inches that a line of the caption takes."""
SPREADS: Final[dict[type, str]] = {
    Fans: "China's lead is the reverse. Lines: medians; bands: 5-95 and 25-75 % of runs",
    Grid: "Colour: size within the row. Mean over runs; below, the share of runs with that sign",
    Plane: "Means; lines: 5-95 % of runs",
    Tornado: "Lines: 5-95 % of runs",
}
"""What the spread is in each kind of figure; the caption adds what runs differ by."""


def draw_comparison(comparison: Comparison, folder: Path) -> list[str]:
    """Draw every figure of a stored comparison into its ``figures/``; the names of those drawn."""
    origin = {
        "comparison": folder.name,
        "scenarios": comparison.names,
        "config_hash": config_hash(comparison.settings),
        "version": version(),
        "seed": comparison.seed,
        "runs": comparison.runs,
    }
    differ_by = causes({name: comparison.members[name].config["params"] for name in comparison.names})
    drawn = []
    with style():
        for name, what in _figures(comparison, folder):
            words = _words(what, origin, differ_by)
            save(_picture(what), what, folder / FOLDER / name, words, origin)
            drawn.append(name)
    return drawn


def plot_comparison(folder: Path) -> list[str]:
    """The same from the folder alone."""
    return draw_comparison(comparison_from(settings(folder)), folder)


def _figures(comparison: Comparison, folder: Path) -> Iterator[tuple[str, Drawable]]:
    """Every figure by the name of its files."""
    headlines, parts = read_table(folder / HEADLINE), read_table(folder / DECOMPOSITION)
    others, baseline = comparison.names[1:], comparison.baseline
    found = grids(headlines, others, baseline)
    for number, grid in enumerate(found, 1):
        yield (f"outcomes_{number}" if len(found) > 1 else "outcomes"), grid
    yield "cost_and_lead", plane(headlines, others, baseline)
    for one in contrasts(comparison, folder):
        yield f"paired_{one.scenario}", paired(one, baseline)
    for name in others:
        if any(row["scenario"] == name for row in parts):
            yield f"tornado_{name}", tornado(parts, name, baseline)


def _words(what: Drawable, origin: dict[str, Any], differ_by: str) -> str:
    """The caption: what the letters stand for, then where the numbers come from."""
    made = f"Techduel {origin['version']}, {origin['runs']} runs, seed {origin['seed']}."
    return "\n".join([*_key_lines(what), f"{what.source} {made} {SPREADS[type(what)]}, which differ by {differ_by}."])


def _key_lines(what: Drawable) -> list[str]:
    match what:
        case Grid():
            named = what.columns
        case Plane():
            named = tuple((spot.letter, spot.scenario) for spot in what.spots)
        case _:
            return []
    # A letter stays on the line of its name; scenarios' names have more wide characters than prose.
    words = "; ".join(f"{letter}\N{NO-BREAK SPACE}{name}" for letter, name in named)
    return textwrap.wrap(f"{words}.", 90, break_on_hyphens=False)


def _picture(what: Drawable) -> Figure:
    match what:
        case Fans():
            return fans_picture(what)
        case Grid():
            return _grid(what)
        case Plane():
            return _plane(what)
        case Tornado():
            return _tornado(what)


def _grid(what: Grid) -> Figure:
    rows, columns = len(what.rows), len(what.columns)
    picture = page(what.title, 0.42 * rows + 1.4 + LINE * len(_key_lines(what)))
    axes = picture.subplots()
    means = np.array([[what.cells[row, column].mean for column in range(columns)] for row in range(rows)])
    largest = np.abs(means).max(axis=1, keepdims=True)
    shade = np.divide(means, largest, out=np.zeros_like(means), where=largest > 0.0)
    axes.pcolormesh(shade, cmap=LESS_MORE, vmin=-1.4, vmax=1.4, edgecolors="white", linewidth=1.5)
    for (row, column), cell in what.cells.items():
        axes.text(column + 0.5, row + 0.36, _change(cell), ha="center", va="center", fontsize=8.5)
        axes.text(column + 0.5, row + 0.74, _sure(cell), ha="center", va="center", fontsize=8, color=GREY)
    axes.set_yticks(np.arange(rows) + 0.5, [_row_label(*row) for row in what.rows])
    axes.set_xticks(np.arange(columns) + 0.5, [letter for letter, _ in what.columns])
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.invert_yaxis()
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    return picture


def _row_label(title: str, state: str, unit: str) -> str:
    return f"{title}, {NAMES[state]}\n({unit})"


def _change(cell: Cell) -> str:
    """The mean with its sign, as many decimals as its size deserves."""
    digits = 0 if abs(cell.mean) >= 100 else 1 if abs(cell.mean) >= 10 else 2
    return f"{cell.mean + 0.0:+.{digits}f}"


def _sure(cell: Cell) -> str:
    return f"{100 * cell.sure:.0f} %"


def _plane(what: Plane) -> Figure:
    """The states of a scenario stand above each other, since both see the same lead; letters are in a row on top."""
    picture = page(what.title, 4.4 + LINE * len(_key_lines(what)))
    axes = picture.subplots()
    for spot in what.spots:
        _spot(axes, spot)
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.set_xlabel("months of lead in frontier fields that the United States gain at the horizon")
    axes.set_ylabel("discounted real income lost, %")
    axes.margins(x=0.06, y=0.08)
    _letters(axes, what)
    handles = [key(TITLES[state], COLOURS[state], marker=MARKERS[state], markersize=5.5) for state in STATES]
    picture.legend(handles=handles, loc="lower left", ncols=len(handles), handlelength=1.4)
    return picture


def _spot(axes: Axes, spot: Spot) -> None:
    means = [loss[0] for loss in spot.losses]
    axes.vlines(spot.gain[0], min(means), max(means), color=GREY, linewidth=0.8, linestyle="dotted", zorder=2)
    for state, (mean, low, high) in zip(STATES, spot.losses, strict=True):
        colour = COLOURS[state]
        axes.hlines(mean, *spot.gain[1:], color=colour, linewidth=1.0, alpha=0.45)
        axes.vlines(spot.gain[0], low, high, color=colour, linewidth=1.0, alpha=0.45)
        axes.plot(spot.gain[0], mean, marker=MARKERS[state], color=colour, markersize=5.5, zorder=3)


def _letters(axes: Axes, what: Plane) -> None:
    """Letters above the plane, moved apart where scenarios lie close together, each with a line to its own."""
    spots = sorted(what.spots, key=lambda spot: spot.gain[0])
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    axes.set_ylim(bottom, top + 0.16 * (top - bottom))
    axes.vlines(0, bottom, top, color=GREY, linewidth=0.8)
    places = _apart([spot.gain[0] for spot in spots], 0.033 * (right - left), left, right)
    for spot, place in zip(spots, places, strict=True):
        highest = max(loss[0] for loss in spot.losses)
        axes.annotate(
            spot.letter,
            xy=(spot.gain[0], highest),
            xytext=(place, top + 0.11 * (top - bottom)),
            ha="center",
            va="center",
            fontsize=8.5,
            arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.4, "alpha": 0.6, "shrinkA": 1, "shrinkB": 3},
        )


def _apart(wanted: list[float], least: float, left: float, right: float) -> list[float]:
    """Rising places near the wanted ones, at least so far from each other and within both ends."""
    places: list[float] = []
    for place in wanted:
        places.append(max(place, places[-1] + least if places else left + least / 2))
    limit = right - least / 2
    for number in reversed(range(len(places))):
        places[number] = min(places[number], limit)
        limit = places[number] - least
    return places


def _tornado(what: Tornado) -> Figure:
    rows = -(-len(what.panels) // 2)
    players = max(len(bars.players) for bars in what.panels)
    picture = page(what.title, rows * (0.25 * players + 0.8) + 1.3)
    grid = picture.subplots(rows, min(len(what.panels), 2), squeeze=False)
    for axes, bars in zip(grid.flat, what.panels, strict=False):
        _bars(axes, bars)
        if axes not in grid[:, 0]:
            axes.set_yticklabels([])
    for axes in grid.flat[len(what.panels) :]:
        axes.remove()
    hollow: dict[str, Any] = {"markerfacecolor": "white", "markersize": 5}
    handles = [
        key("share of the effect", LEAD, marker="s", markersize=6),
        key("alone", "black", marker="o", **hollow),
        key("last to join", "black", marker="D", **{**hollow, "markersize": 4.5}),
    ]
    picture.legend(handles=handles, loc="lower left", ncols=len(handles), handlelength=1.4)
    return picture


def _bars(axes: Axes, bars: Bars) -> None:
    places, numbers = np.arange(len(bars.players)), bars.numbers
    whole = len(places) - 1
    colours = [GREY if place == whole else LEAD for place in places]
    axes.barh(places, numbers["share"], color=colours, alpha=0.55, height=0.66)
    axes.hlines(places, numbers["share_q05"], numbers["share_q95"], colors=colours, linewidth=1.2)
    axes.plot(numbers["alone"][:-1], places[:-1], "o", color="black", markerfacecolor="white", markersize=5)
    axes.plot(numbers["last"][:-1], places[:-1], "D", color="black", markerfacecolor="white", markersize=4.5)
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.set_yticks(places, [textwrap.fill(player, 27) for player in bars.players])
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False, axis="y")
    axes.invert_yaxis()
    axes.set_title(f"{bars.title}\n{NAMES[bars.state]}")
    axes.xaxis.set_major_locator(MaxNLocator(nbins=4))
    axes.set_xlabel(bars.unit)
