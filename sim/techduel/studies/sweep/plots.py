"""Drawing a sweep: main effects, an interaction, parallel coordinates, lead against cost."""

import math
import textwrap
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from techduel.model.axes import STATES
from techduel.report.drawing import COLOURS, FOLDER, GREY, LEAD, TITLES, page, save, style
from techduel.scenario.fingerprint import config_hash, version
from techduel.studies.sweep.effects import Key, Points, number, read_points, title
from techduel.studies.sweep.figures import Cost, Drawable, HeatMap, MainEffects, Parallel, figures

SCALE: Final = LinearSegmentedColormap.from_list("level", ["#440154", "#31688E", "#35B779", "#FDE725"])
ERRORS: Final = 1.64
"""Standard errors on either side: 90 % of a normal distribution."""
ROOMY: Final = 4
"""Columns of panels that have room for three numbers on an axis each."""
NARROW: Final = 12
"""Letters that fit below a panel."""
MANY: Final = 7
"""Axes of the parallel coordinates whose titles need small letters."""
LONGEST: Final = 14
"""Letters of a name on an axis."""


def draw_sweep(folder: Path) -> list[str]:
    """Draw every figure of a sweep's tables into its ``figures/``; the names of those drawn."""
    points = read_points(folder)
    origin = {
        **{"sweep": folder.name, "design": points.config["design"], "points": len(points.places), "runs": points.runs},
        **{"config_hash": config_hash(points.config), "version": version(), "seed": points.config["seed"]},
    }
    drawn = []
    with style():
        for name, what in figures(points):
            save(_picture(what), what, folder / FOLDER / name, _words(what, points), origin)
            drawn.append(name)
    return drawn


def _words(what: Drawable, points: Points) -> str:
    return (
        f"{what.source} Techduel {version()}, {points.config['design']}, {len(points.places)} points, "
        f"{points.runs} runs each, seed {points.config['seed']}; to {points.config['base']['horizon']}."
    )


def _picture(what: Drawable) -> Figure:
    match what:
        case MainEffects():
            return _main_effects(what)
        case HeatMap():
            return _heat_map(what)
        case Parallel():
            return _parallel(what)
        case Cost():
            return _cost(what)


def _main_effects(what: MainEffects) -> Figure:
    picture = page(what.title, 1.75 * len(what.rows) + 1.2)
    grid = picture.subplots(len(what.rows), len(what.columns), squeeze=False, sharey="row", sharex="col")
    for row, key in enumerate(what.rows):
        for column, factor in enumerate(what.columns):
            _effect(grid[row, column], what, key, factor)
        grid[row, 0].set_ylabel(_label(key, what.units[key]))
    for column, factor in enumerate(what.columns):
        grid[-1, column].set_xlabel(_wrapped(factor, NARROW))
    return picture


def _effect(axes: Axes, what: MainEffects, key: Key, factor: str) -> None:
    effect = what.panels.get((key, factor))
    axes.axhline(0, color=GREY, linewidth=0.8)
    if effect is None:
        return
    colour = COLOURS.get(key[1], LEAD)
    places, means = [level.middle for level in effect.levels], [level.mean for level in effect.levels]
    errors = [ERRORS * np.nan_to_num(level.error) for level in effect.levels]
    axes.errorbar(places, means, errors, color=colour, marker="o", markersize=3, elinewidth=1.0)
    if not math.isnan(effect.share):
        axes.set_title(f"{100 * effect.share:.0f} %", fontsize=8)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=3 if len(what.columns) <= ROOMY else 2, min_n_ticks=2))
    if any(level.title.isidentifier() for level in effect.levels):
        axes.set_xticks(places, [_short(level.title) for level in effect.levels], rotation=90)


def _heat_map(what: HeatMap) -> Figure:
    picture = page(what.title, 3.6)
    grid = picture.subplots(1, len(what.cells), squeeze=False, sharey=True)
    for axes, (key, cells) in zip(grid.flat, what.cells.items(), strict=True):
        mesh = axes.pcolormesh(np.ma.masked_invalid(cells.T), cmap=SCALE, edgecolors="white", linewidth=0.5)
        axes.set_title(_label(key, ""))
        axes.set_xticks(np.arange(len(what.titles[0])) + 0.5, [_value(name) for name in what.titles[0]], rotation=90)
        axes.set_yticks(np.arange(len(what.titles[1])) + 0.5, [_value(name) for name in what.titles[1]])
        axes.tick_params(length=0)
        axes.grid(visible=False)
        axes.set_xlabel(what.factors[0])
        picture.colorbar(mesh, ax=axes, location="bottom", shrink=0.9).set_label(what.units[key])
    grid[0, 0].set_ylabel(what.factors[1])
    return picture


def _parallel(what: Parallel) -> Figure:
    picture = page(what.title, 3.8)
    axes = picture.subplots()
    low, high = np.nanmin(what.lines, axis=0), np.nanmax(what.lines, axis=0)
    heights = (what.lines - low) / np.where(high > low, high - low, 1.0)
    colour = np.nan_to_num(what.lines[:, what.colour], nan=low[what.colour])
    shades = Normalize(float(low[what.colour]), float(high[what.colour]) or 1.0)
    places = range(what.lines.shape[1])
    segments = [np.column_stack([places, line])[~np.isnan(line)] for line in heights]
    axes.add_collection(LineCollection(segments, colors=SCALE(shades(colour)), linewidths=0.6, alpha=0.6))
    axes.set_xlim(-0.15, len(places) - 0.85)
    axes.set_ylim(-0.12, 1.12)
    axes.set_yticks([])
    width, size = (13, 8) if len(places) <= MANY else (10, 7)
    axes.set_xticks(places, [_wrapped(name, width) for name, _, _ in what.axes], fontsize=size)
    for place, (_, _, names) in enumerate(what.axes):
        axes.axvline(place, color=GREY, linewidth=0.8)
        ends = _ends(low[place], high[place], names)
        for end, height, side in zip(ends, (-0.02, 1.02), ("top", "bottom"), strict=True):
            axes.text(place, height, _short(end), ha="center", va=side, fontsize=size)
    axes.spines[:].set_visible(False)
    axes.grid(visible=False)
    picture.colorbar(ScalarMappable(shades, SCALE), ax=axes, shrink=0.8).set_label(what.axes[what.colour][1])
    return picture


def _ends(low: float, high: float, names: tuple[str, ...]) -> list[str]:
    """What stands at the lower and the upper end of an axis."""
    if names:
        return [names[int(end)] for end in (low, high)]
    least = 1e-3 * (high - low)
    return [number(end if abs(end) > least else 0.0) for end in (low, high)]


def _cost(what: Cost) -> Figure:
    picture = page(what.title, 3.7)
    grid = picture.subplots(1, len(STATES), squeeze=False, sharex=True)
    there = ~np.isnan(what.values)
    dots: Any = None
    for axes, state, loss in zip(grid.flat, STATES, what.losses, strict=True):
        axes.axhline(0, color=GREY, linewidth=0.8)
        axes.axvline(0, color=GREY, linewidth=0.8)
        axes.scatter(what.gain[~there], loss[~there], s=9, color=GREY, linewidths=0)
        dots = axes.scatter(what.gain[there], loss[there], s=9, c=what.values[there], cmap=SCALE, linewidths=0)
        axes.set_title(TITLES[state])
        axes.set_xlabel("months of lead that the\nUnited States gain")
    grid[0, 0].set_ylabel("discounted real income lost, %")
    bar = picture.colorbar(dots, ax=list(grid.flat), shrink=0.9)
    bar.set_label(what.factor)
    if what.names:
        bar.set_ticks(range(len(what.names)), labels=[_short(name) for name in what.names])
    return picture


def _label(key: Key, unit: str) -> str:
    outcome, state = key
    words = title(outcome) + (f", {TITLES[state]}" if state else "")
    return textwrap.fill(words, 20) + (f"\n({_unit(unit)})" if unit else "")


def _wrapped(name: str, width: int) -> str:
    words = name if len(name) <= width else name.replace("_", " ")
    return textwrap.fill(words, width, break_long_words=False)


def _value(name: str) -> str:
    """A level on an axis."""
    return _short(name.removeprefix("about "))


def _unit(unit: str) -> str:
    return unit.replace("bn USD of 2020", "bn USD")


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"
