"""What all pictures share: style, page, caption, files, and bands over time.

Colours are those of Okabe and Ito, told apart by colour-blind readers; the states also differ by line style for print.
"""

import csv
import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imsave
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from techduel.ensemble.manifest import write_text, written
from techduel.report.figures import Fan, Fans, Line, Panel

FOLDER: Final = "figures"
WIDTH: Final = 6.3
"""Inches: 16 cm, the text width of a page."""
DOTS_PER_INCH: Final = 150
PLAIN: Final[Any] = {"Software": None}
"""Without the drawing library's version, so that the same picture has the same bytes."""
SHADES: Final = 16
"""Of red, green, blue each: more are not seen, and smooth edges of letters make large files."""
COLOURS: Final = {"us": "#0072B2", "china": "#D55E00"}
DASHES: Final[dict[str, Any]] = {"us": "solid", "china": (0, (5, 1.5))}
TITLES: Final = {"us": "United States", "china": "China"}
GREY: Final = "#4D4D4D"
LEAD: Final = "#009E73"
"""A lead belongs to neither state, so it has its own colour."""
STYLE: Final[dict[Any, Any]] = {
    "font.size": 8.5,
    "axes.titlesize": 9.0,
    "axes.labelsize": 8.5,
    "xtick.labelsize": 8.0,
    "ytick.labelsize": 8.0,
    "legend.fontsize": 8.0,
    "figure.titlesize": 11.0,
    "figure.titleweight": "bold",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#E3E3E3",
    "grid.linewidth": 0.6,
    "axes.axisbelow": True,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "lines.linewidth": 1.5,
}


@contextmanager
def style() -> Iterator[None]:
    """Our settings alone, whatever the reader's own file of settings says."""
    with mpl.rc_context():
        mpl.rcdefaults()
        for key, value in STYLE.items():
            mpl.rcParams[key] = value
        yield


class Drawn(Protocol):
    """What a figure shows, with its numbers as a table."""

    @property
    def title(self) -> str:
        """Heading of the page."""
        ...

    @property
    def source(self) -> str:
        """Where the numbers come from, in a sentence."""
        ...

    @property
    def header(self) -> Line:
        """Columns of the table."""
        ...

    def table(self) -> Iterator[Line]:
        """Its lines."""
        ...


def save(picture: Figure, what: Drawn, path: Path, caption: str, origin: Mapping[str, Any]) -> None:
    """Store a picture, its numbers and their provenance under a path without ending.

    Parameters
    ----------
    picture : Figure
        Drawn within `style`.
    what : Drawn
        The numbers it shows.
    path : Path
        Its last part is the figure's name.
    caption : str
        For the foot of the page.
    origin : mapping
        Where the numbers come from, for the JSON; no times, so that the same result gives the same bytes.
    """
    _caption(picture, caption)
    with written(path.with_name(f"{path.name}.png")) as part:
        imsave(part, _dots(picture), format="png", dpi=DOTS_PER_INCH, metadata=PLAIN)
    _write_numbers(path.with_name(f"{path.name}.csv"), what.header, what.table())
    provenance = {
        **{"figure": path.name, "title": what.title, "source": what.source},
        **origin,
        "numbers": f"{path.name}.csv",
    }
    write_text(path.with_name(f"{path.name}.json"), json.dumps(provenance, indent=1) + "\n")


def _dots(picture: Figure) -> NDArray[np.uint8]:
    """The picture as (row, column, red green blue alpha), in few shades."""
    picture.set_dpi(DOTS_PER_INCH)
    canvas: Any = FigureCanvasAgg(picture)
    canvas.draw()
    step = 255 // (SHADES - 1)
    return ((np.asarray(canvas.buffer_rgba(), dtype=np.uint16) + step // 2) // step * step).astype(np.uint8)


def _write_numbers(path: Path, header: Line, lines: Iterable[Line]) -> None:
    with written(path) as part, part.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(header)
        table.writerows([f"{cell:.8g}" if isinstance(cell, float) else cell for cell in line] for line in lines)


def page(title: str, height: float) -> Figure:
    """An empty page, so many inches high."""
    picture = Figure(figsize=(WIDTH, height), layout="constrained")
    picture.suptitle(title, x=0.012, ha="left")
    return picture


def _caption(picture: Figure, text: str) -> None:
    """Source line at the foot, below a legend if there is one; the rest of the picture makes room for both."""
    lines = [line for part in text.split("\n") for line in textwrap.wrap(part, 104, break_on_hyphens=False)]
    height = picture.get_figheight()
    foot = (len(lines) * 0.145 + 0.06) / height
    picture.text(0.012, 0.006, "\n".join(lines), fontsize=8, color=GREY, va="bottom", linespacing=1.2)
    for legend in picture.legends:
        legend.set_bbox_to_anchor((0.0, foot))
        foot += 0.26 / height
    engine: Any = picture.get_layout_engine()
    engine.set(rect=(0, foot, 1, 1 - foot), w_pad=0.09, h_pad=0.05, hspace=0.04, wspace=0.04)


def fans_picture(what: Fans) -> Figure:
    """One or two panels a row, common legend below."""
    count = len(what.panels)
    rows = -(-count // 2)
    picture = page(what.title, 3.9 if rows == 1 else 2.0 * rows + 1.0)
    grid = picture.subplots(rows, min(count, 2), squeeze=False, sharey=_same_unit(what.panels))
    for axes, panel in zip(grid.flat, what.panels, strict=False):
        draw_panel(axes, panel)
        if _same_unit(what.panels) and axes not in grid[:, 0]:
            axes.set_ylabel("")
    for axes in grid.flat[count:]:
        axes.remove()
    add_legend(picture, what.panels)
    return picture


def _same_unit(panels: Sequence[Panel]) -> bool:
    return len({panel.unit for panel in panels}) == 1


def draw_panel(axes: Axes, panel: Panel) -> None:
    """Bands of every series, from 0 on or around it."""
    for fan in panel.fans:
        _fan(axes, fan)
    if panel.target is not None:
        axes.plot(*panel.target, marker="D", markersize=5, markerfacecolor="white", color=GREY, zorder=5, clip_on=False)
    if panel.signed:
        axes.axhline(0, color=GREY, linewidth=0.8)
    else:
        axes.set_ylim(bottom=0)
    axes.set_title(panel.title)
    axes.set_ylabel(panel.unit)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True, steps=[1, 2, 5, 10]))
    axes.margins(x=0.02)


def _fan(axes: Axes, fan: Fan) -> None:
    colour, dash = COLOURS.get(fan.name, LEAD), DASHES.get(fan.name, "solid")
    low, lower, middle, upper, high = fan.quantiles
    axes.fill_between(fan.years, low, high, color=colour, alpha=0.18, linewidth=0)
    axes.fill_between(fan.years, lower, upper, color=colour, alpha=0.30, linewidth=0)
    axes.plot(fan.years, middle, color=colour, linestyle=dash)
    if fan.past.size:
        past_years, past = np.append(fan.past_years, fan.years[0]), np.append(fan.past, middle[0])
        axes.plot(past_years, past, color=colour, linewidth=1.1)
    axes.plot(fan.years[0], middle[0], marker="o", markersize=3.5, color=colour)


def add_legend(picture: Figure, panels: Sequence[Panel]) -> None:
    """One key for all panels, at the foot."""
    names = {fan.name for panel in panels for fan in panel.fans}
    handles = [key(f"{TITLES[name]}, median", COLOURS[name], DASHES[name]) for name in COLOURS if name in names]
    if not handles:
        handles = [key("median", LEAD, "solid")]
    handles.append(key("base year", GREY, marker="o", markersize=3.5))
    if any(panel.target is not None for panel in panels):
        handles.append(key("plan target, China", GREY, marker="D", markersize=5, markerfacecolor="white"))
    picture.legend(handles=handles, loc="lower left", ncols=len(handles), handlelength=2.4, columnspacing=1.4)


def key(label: str, colour: str, dash: Any = "none", **marker: Any) -> Line2D:
    """An entry of a legend."""
    return Line2D([], [], color=colour, linestyle=dash, label=label, **marker)
