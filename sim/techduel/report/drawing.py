"""Drawing: each mark on the axes of a panel."""

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import Colormap, LinearSegmentedColormap, ListedColormap, Normalize
from matplotlib.ticker import MaxNLocator, NullLocator

from techduel.model.axes import Numbers
from techduel.report.marks import (
    BANDS,
    GREY,
    LEVEL_COLOURS,
    Area,
    Axis,
    Bar,
    Bars,
    Curve,
    Dot,
    Dots,
    Fan,
    Grid,
    Label,
    Map,
    Panel,
    Plane,
    Scale,
    Threads,
    Whisker,
)

DASHES: Final[Mapping[str, Any]] = {"solid": "solid", "dashed": (0, (5, 1.5)), "dotted": "dotted", "none": "none"}
SMALL: Final = 8.0
"""Points of the smallest letters."""
ROOM: Final = 0.045
"""Of the width of a panel: narrower parts of a bar bear no text."""
DARK: Final = 0.55
"""Lightness of a cell below which its text is white."""
THIN: Final = 0.8
"""Width of lines that mark a place."""
LABEL_ROOM: Final = 0.075
"""Of the height of a panel, for a name behind a curve."""
FEW_COLUMNS: Final = 3
"""Of a table, whose names need not run upwards."""
EDGE: Final = 0.65
"""Rows left free above the first and below the last."""


def draw(axes: Axes, panel: Panel, scale: Scale | None = None) -> None:
    """Draw a mark with its title; `scale` colours the dots of a plane."""
    match panel:
        case Fan():
            _fan(axes, panel)
        case Bars():
            _bars(axes, panel)
        case Map():
            _map(axes, panel)
        case Grid():
            _grid(axes, panel)
        case Plane():
            _plane(axes, panel, scale)
        case Threads():
            _threads(axes, panel)
    side: Literal["left", "right"] = "right" if isinstance(panel, Bars | Plane) and panel.title_ends else "left"
    if panel.title:
        axes.set_title(panel.title, loc=side, ha=side)


def palette(colours: Sequence[str]) -> Colormap:
    """A scale of colours from the first to the last."""
    return LinearSegmentedColormap.from_list("own", list(colours))


def _fan(axes: Axes, fan: Fan) -> None:
    for area in fan.areas:
        _area(axes, area)
    for curve in fan.curves:
        _curve(axes, curve)
    axes.margins(x=0.02)
    _sides(axes, fan.across, fan.up)
    _labels(axes, [curve for curve in fan.curves if curve.label])


def _curve(axes: Axes, curve: Curve) -> None:
    ink = curve.ink
    for (low, high), opacity in zip(curve.bands, BANDS, strict=False):
        axes.fill_between(curve.x, low, high, color=ink.colour, alpha=opacity, linewidth=0)
    if curve.errors is not None:
        axes.vlines(curve.x, *curve.errors, color=ink.colour, linewidth=1.0)
    # A hollow symbol marks a place of its own, such as a target at the end of an axis.
    apart: dict[str, Any] = {"markerfacecolor": "white", "zorder": 5, "clip_on": False} if ink.hollow else {}
    axes.plot(
        curve.x,
        curve.y,
        color=ink.colour,
        linestyle=DASHES[ink.dash],
        linewidth=ink.width,
        alpha=ink.opacity,
        marker=ink.marker or "none",
        markersize=ink.size,
        **apart,
    )


def _labels(axes: Axes, curves: Sequence[Curve]) -> None:
    """Names behind the last points, moved apart where these lie close together."""
    ranked = sorted(curves, key=lambda curve: float(curve.y[-1]))
    bottom, top = axes.get_ylim()
    places = apart([float(curve.y[-1]) for curve in ranked], LABEL_ROOM * (top - bottom), bottom, top)
    for curve, place in zip(ranked, places, strict=True):
        axes.annotate(
            curve.label,
            xy=(float(curve.x[-1]), place),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            color=curve.ink.colour,
            fontsize=SMALL,
            annotation_clip=False,
        )


def _area(axes: Axes, area: Area) -> None:
    """A rectangle that reaches to the edge of the panel where an end is open."""
    look: dict[str, Any] = {"color": GREY, "alpha": 0.15, "linewidth": 0}
    if area.bottom is None or area.top is None:
        axes.axvspan(area.left or 0.0, area.right or 0.0, **look)
    else:
        axes.fill_between([area.left or 0.0, area.right or 0.0], area.bottom, area.top, **look)


def _sides(axes: Axes, across: Axis, up: Axis) -> None:
    if across.zero:
        axes.axvline(0, color=GREY, linewidth=THIN)
    if up.zero:
        axes.axhline(0, color=GREY, linewidth=THIN)
    for name, side in (("x", across), ("y", up)):
        _side(axes, name, side)


def _side(axes: Axes, name: str, side: Axis) -> None:
    """Scale, ends, ticks and label of one side."""
    if side.scale != "linear":
        more = {"linthresh": side.linear_to} if side.scale == "symlog" else {}
        getattr(axes, f"set_{name}scale")(side.scale, **more)
    ends = {end: value for end, value in zip(_ENDS[name], (side.low, side.high), strict=True) if value is not None}
    if ends:
        getattr(axes, f"set_{name}lim")(**ends)
    if side.ticks is not None:
        _ticks(axes, name, side)
    elif side.most is not None:
        steps = {"integer": True, "steps": [1, 2, 5, 10]} if side.whole else {"min_n_ticks": 2}
        getattr(axes, f"{name}axis").set_major_locator(MaxNLocator(nbins=side.most, **steps))
    if side.label:
        getattr(axes, f"set_{name}label")(side.label)


_ENDS: Final = {"x": ("left", "right"), "y": ("bottom", "top")}


def _ticks(axes: Axes, name: str, side: Axis) -> None:
    ticks = [] if side.ticks is None else list(side.ticks)
    names = [f"{tick:g}" for tick in ticks] if side.names is None else list(side.names)
    more = {"rotation": 90} if side.upright else {}
    getattr(axes, f"set_{name}ticks")(ticks, names, **more)
    getattr(axes, f"{name}axis").set_minor_locator(NullLocator())


def _bars(axes: Axes, bars: Bars) -> None:
    places = np.arange(len(bars.rows), dtype=float)
    for area in bars.areas:
        _area(axes, area)
    drawers: Mapping[type, Callable[..., None]] = {Bar: _bar, Whisker: _whisker, Dot: _dot, Label: _label}
    for layer in bars.layers:
        drawers[type(layer)](axes, places, layer)
    _sides(axes, bars.across, Axis())
    for place, dash, words in bars.lines:
        axes.axvline(place, color=GREY, linewidth=THIN, linestyle=DASHES[dash])
        axes.text(place, len(places) - 0.4, f"{words} ", ha="right", va="bottom", fontsize=SMALL, color=GREY)
    axes.set_yticks(places, list(bars.rows))
    axes.set_ylim(len(places) - 1 + EDGE, -EDGE)
    if any(isinstance(layer, Bar) for layer in bars.layers):
        axes.tick_params(axis="y", length=0)
        axes.grid(visible=False, axis="y")
    _inside(axes, places, bars)
    _beside(axes, places, bars)


def _bar(axes: Axes, places: Numbers, bar: Bar) -> None:
    ends = np.nan_to_num(bar.ends)
    starts = np.zeros_like(ends) + bar.starts
    boxes = axes.barh(places, ends - starts, left=starts, height=0.66, color=bar.colours, alpha=bar.opacity, zorder=1)
    for box, hatched in zip(boxes, bar.hatched, strict=False):
        if hatched:
            box.set(hatch="/////", edgecolor="white", linewidth=0)


def _whisker(axes: Axes, places: Numbers, whisker: Whisker) -> None:
    axes.hlines(
        places + whisker.shift,
        whisker.low,
        whisker.high,
        colors=whisker.colours,
        linewidth=whisker.width,
        alpha=whisker.opacity,
    )


def _dot(axes: Axes, places: Numbers, dot: Dot) -> None:
    colours: Any = dot.colours
    axes.scatter(
        dot.places,
        places + dot.shift,
        facecolors="white" if dot.hollow else colours,
        edgecolors=colours,
        s=dot.size**2,
        marker=dot.marker,
        zorder=4 if dot.hollow else 3,
    )


def _label(axes: Axes, places: Numbers, label: Label) -> None:
    for row, place, words, left in zip(places, label.places, label.texts, label.left, strict=True):
        shift = (-6, 0) if left else (6, 0)
        look: dict[str, Any] = {"ha": "right" if left else "left", "va": "center", "fontsize": SMALL}
        axes.annotate(words, (place, row), shift, textcoords="offset points", **look)


def _inside(axes: Axes, places: Numbers, bars: Bars) -> None:
    """Texts in parts of bars that are wide enough."""
    left, right = axes.get_xlim()
    for bar in (layer for layer in bars.layers if isinstance(layer, Bar) and layer.texts):
        starts = np.zeros_like(bar.ends) + bar.starts
        for place, start, end, words in zip(places, starts, bar.ends, bar.texts, strict=True):
            if end - start >= ROOM * (right - left):
                axes.text((start + end) / 2, place, words, ha="center", va="center", color=bar.ink, fontsize=SMALL)


def _beside(axes: Axes, places: Numbers, bars: Bars) -> None:
    """Notes at the right end of the rows, or words instead of rows that show nothing."""
    if bars.notes:
        *notes, heading = bars.notes
        look: dict[str, Any] = {"fontsize": SMALL, "transform": axes.get_yaxis_transform()}
        for place, words in zip(places, notes, strict=True):
            axes.text(1.03, place, words, va="center", **look)
        axes.text(1.03, -EDGE - 0.1, heading, va="bottom", **look)
    if bars.empty:
        axes.set_xticks([])
        axes.text(0.5, 0.5, bars.empty, ha="center", va="center", transform=axes.transAxes, fontsize=SMALL, color=GREY)


def _map(axes: Axes, field: Map) -> None:
    low, high = field.limits or (None, None)
    mesh = axes.pcolormesh(
        np.ma.masked_invalid(field.values),
        cmap=palette(field.colours),
        vmin=low,
        vmax=high,
        edgecolors="none" if field.hatched is not None else "white",
        linewidth=1,
    )
    if field.hatched is not None:
        unsure = np.ma.masked_where(~field.hatched, np.zeros(field.hatched.shape))
        axes.pcolor(unsure, hatch="////", cmap=ListedColormap(["none"]), edgecolors=GREY, linewidth=0.0, zorder=2)
    for row, words in enumerate(field.texts):
        for column, word in enumerate(words):
            red, green, blue, _ = mesh.to_rgba(field.values[row, column])
            ink = "white" if 0.3 * red + 0.59 * green + 0.11 * blue < DARK else "black"
            axes.text(column + 0.5, row + 0.5, word, ha="center", va="center", fontsize=SMALL, color=ink)
    _names(axes, field.rows, field.columns, upright=field.upright)
    if not field.rising:
        axes.invert_yaxis()
    axes.set(xlabel=field.across, ylabel=field.up)
    if field.scale:
        figure: Any = axes.figure
        bar = figure.colorbar(mesh, ax=axes, location="bottom", fraction=0.05, pad=0.02, aspect=30)
        bar.set_label(field.scale, x=0.0, ha="left")
        bar.ax.xaxis.set_major_locator(MaxNLocator(nbins=3 if len(field.columns) < 10 else 8))
        bar.ax.spines[:].set_visible(False)


def _names(axes: Axes, rows: Sequence[str], columns: Sequence[str], upright: bool) -> None:
    """Names beside the cells of a field, without ticks; a column may have none."""
    shown = [place for place, name in enumerate(columns) if name]
    axes.set_xticks([place + 0.5 for place in shown], [columns[place] for place in shown])
    axes.tick_params(axis="x", labelrotation=90 if upright else 0)
    axes.set_yticks(np.arange(len(rows)) + 0.5, list(rows))
    axes.tick_params(length=0)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)


def _grid(axes: Axes, table: Grid) -> None:
    axes.pcolormesh(table.values, cmap=palette(table.colours), vmin=-1.4, vmax=1.4, edgecolors="white", linewidth=1.5)
    for (row, column), _ in np.ndenumerate(table.values):
        above, below = table.texts[row][column], table.below[row][column]
        axes.text(column + 0.5, row + 0.36, above, ha="center", va="center", fontsize=8.5)
        axes.text(column + 0.5, row + 0.74, below, ha="center", va="center", fontsize=SMALL, color=GREY)
    _names(axes, table.rows, table.columns, upright=len(table.columns) > FEW_COLUMNS)
    axes.xaxis.tick_top()
    axes.tick_params(length=0)
    axes.invert_yaxis()


def _plane(axes: Axes, plane: Plane, scale: Scale | None) -> None:
    for place, low, high in plane.links:
        axes.vlines(place, low, high, color=GREY, linewidth=THIN, linestyle="dotted", zorder=2)
    for dots in plane.dots:
        _dots(axes, dots, scale)
    if not plane.names:
        _sides(axes, plane.across, plane.up)
    else:
        _sides(axes, Axis(plane.across.label), plane.up)
        axes.margins(x=0.06, y=0.08)
        _on_top(axes, plane)
    if plane.diagonal:
        end = max(axes.get_xlim()[1], axes.get_ylim()[1])
        axes.plot([0.0, end], [0.0, end], color=GREY, linewidth=THIN, scalex=False, scaley=False)


def _dots(axes: Axes, dots: Dots, scale: Scale | None) -> None:
    ink = dots.ink
    if dots.spread is not None:
        left, right, low, high = dots.spread
        axes.hlines(dots.y, left, right, color=ink.colour, linewidth=1.0, alpha=0.45)
        axes.vlines(dots.x, low, high, color=ink.colour, linewidth=1.0, alpha=0.45)
    colours: Any = ink.colour
    if dots.values is not None and scale is not None:
        shades = palette(LEVEL_COLOURS)(Normalize(scale.low, scale.high)(np.nan_to_num(dots.values)))
        colours = [shade if np.isfinite(value) else GREY for shade, value in zip(shades, dots.values, strict=True)]
    axes.scatter(dots.x, dots.y, s=ink.size**2, c=colours, marker=ink.marker, linewidths=0, zorder=3)
    for label, across, up in zip(dots.labels, dots.x, dots.y, strict=False):
        axes.annotate(label, (across, up), (3, 3), textcoords="offset points", fontsize=SMALL)


def _on_top(axes: Axes, plane: Plane) -> None:
    """Names above the plane, moved apart where dots lie close together, each with a line to its own."""
    (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    axes.set_ylim(bottom, top)
    axes.vlines(0, bottom, top, color=GREY, linewidth=THIN)
    links = sorted(zip(plane.links, plane.names, strict=True))
    places = apart([place for (place, _, _), _ in links], 0.034 * (right - left), left, right)
    for ((across, _, highest), name), place in zip(links, places, strict=True):
        axes.annotate(
            name,
            xy=(across, highest),
            xytext=(place, top + 0.06 * (top - bottom)),
            rotation=90,
            ha="center",
            va="bottom",
            fontsize=SMALL,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": GREY, "linewidth": 0.4, "alpha": 0.6, "shrinkA": 1, "shrinkB": 3},
        )


def apart(wanted: Sequence[float], least: float, left: float, right: float) -> list[float]:
    """Rising places near the wanted ones, at least so far from each other and within both ends."""
    places: list[float] = []
    for place in wanted:
        places.append(max(place, places[-1] + least if places else left + least / 2))
    limit = right - least / 2
    for number in reversed(range(len(places))):
        places[number] = min(places[number], limit)
        limit = places[number] - least
    return places


def _threads(axes: Axes, threads: Threads) -> None:
    low, high = np.nanmin(threads.lines, axis=0), np.nanmax(threads.lines, axis=0)
    heights = (threads.lines - low) / np.where(high > low, high - low, 1.0)
    own = threads.colour
    shades = Normalize(float(low[own]), float(high[own]) or 1.0)
    colours = palette(LEVEL_COLOURS)(shades(np.nan_to_num(threads.lines[:, own], nan=low[own])))
    places = range(threads.lines.shape[1])
    segments = [np.column_stack([places, line])[~np.isnan(line)] for line in heights]
    axes.add_collection(LineCollection(segments, colors=colours, linewidths=0.6, alpha=0.6))
    axes.set(xlim=(-0.15, len(places) - 0.85), ylim=(-0.12, 1.12), yticks=[])
    width = max(6, 78 // len(places))
    axes.set_xticks(list(places), [textwrap.fill(title.replace("_", " "), width) for title in threads.titles])
    for place, ends in enumerate(threads.ends):
        axes.axvline(place, color=GREY, linewidth=THIN)
        for words, height, side in zip(ends, (-0.02, 1.02), ("top", "bottom"), strict=True):
            axes.text(place, height, words, ha="center", va=side, fontsize=SMALL)
    axes.spines[:].set_visible(False)
    axes.grid(visible=False)
    figure: Any = axes.figure
    figure.colorbar(ScalarMappable(shades, palette(LEVEL_COLOURS)), ax=axes, shrink=0.8).set_label(threads.scale)
