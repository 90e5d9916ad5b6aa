"""Pages: a picture drawn in one style with key and caption, and saved with its numbers and their provenance."""

import json
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.image import imsave
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import NDArray

from techduel.ensemble.manifest import write_text, written
from techduel.report.drawing import DASHES, draw, palette
from techduel.report.marks import FOLDER, GREY, LEVEL_COLOURS, Album, Key, Picture, Scale, rows_of
from techduel.scenario.fingerprint import version
from techduel.statistics.tables import write_table

WIDTH: Final = 6.3
"""Inches: 16 cm, the text width of a page."""
HEIGHTS: Final = (3.0, 1.85)
"""Relative heights of the panels and of the one below them."""
DOTS_PER_INCH: Final = 150
LETTERS_A_LINE: Final = 104
"""Of the caption."""
LETTERS_OF_A_TITLE: Final = 68
MANY_KEYS: Final = 4
"""More than these stand closer."""
STAMP: Final[Any] = {"Software": f"Techduel {version()}"}
"""Text that a PNG keeps: our version, by which a stale picture is found, instead of the drawing library's."""
SHADES: Final = 52
"""Of red, green, blue each: smooth edges of letters make large files; with much fewer a scale of colours is uneven."""
OUTLINE: Final = re.compile(rb' d="[^"]*"')
LONG_FRACTION: Final = re.compile(rb"(\d\.\d\d)\d+")
"""In outlines a hundredth of a point, which is finer than any screen, makes half the file."""
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


def save_all(album: Album, folder: Path) -> list[str]:
    """Names of the pictures of an album that are saved into a result folder's ``figures/``."""
    names = []
    for name, picture in album.pictures:
        save(picture, folder / FOLDER / name, album.made, album.origin)
        names.append(name)
    return names


def save(picture: Picture, path: Path, made: str, origin: Mapping[str, Any]) -> None:
    """Files of a picture: ``NAME.png``, its numbers as ``NAME.csv``, their provenance as ``NAME.json``.

    Parameters
    ----------
    picture : Picture
    path : Path
        Without ending; its last part is the figure's name.
    made : str
        Version, runs and seed in a sentence, for the caption.
    origin : mapping
        Where the numbers come from, for the JSON; no times, so that the same result gives the same bytes.
    """
    with style(), written(path.with_name(f"{path.name}.png")) as part:
        imsave(part, _pixels(drawn(picture, made)), format="png", dpi=DOTS_PER_INCH, metadata=STAMP)
    write_table(path.with_name(f"{path.name}.csv"), picture.columns, picture.rows)
    provenance = {
        **{"figure": path.name, "title": picture.title, "source": picture.source},
        **origin,
        "numbers": f"{path.name}.csv",
    }
    write_text(path.with_name(f"{path.name}.json"), json.dumps(provenance, indent=1) + "\n")


def image(picture: Picture, made: str, form: str, dots_per_inch: float) -> bytes:
    """A picture as PNG, SVG or PDF, always the same bytes."""
    if form == "svg":
        return vector(picture, made)
    content, unknown = BytesIO(), {"CreationDate": None, "Creator": None, "Producer": None}
    with style():
        drawn(picture, made).savefig(
            content, format=form, dpi=dots_per_inch, metadata=STAMP if form == "png" else unknown
        )
    return content.getvalue()


def vector(picture: Picture, made: str) -> bytes:
    """A picture as SVG with its letters as shapes, so that it looks the same everywhere; always the same bytes."""
    content = BytesIO()
    with style(), mpl.rc_context({"svg.hashsalt": "techduel"}):
        drawn(picture, made).savefig(content, format="svg", metadata={"Date": None, "Creator": None})
    return OUTLINE.sub(lambda outline: LONG_FRACTION.sub(rb"\1", outline[0]), content.getvalue())


@contextmanager
def style() -> Iterator[None]:
    """Settings of the drawing library that are ours alone, whatever the reader's own file of settings says."""
    with mpl.rc_context():
        mpl.rcdefaults()
        for key, value in STYLE.items():
            mpl.rcParams[key] = value
        yield


def drawn(picture: Picture, made: str) -> Figure:
    """The whole page, drawn within `style`."""
    page = Figure(figsize=(picture.width or WIDTH, picture.height), layout="constrained")
    wide = round(LETTERS_OF_A_TITLE * page.get_figwidth() / WIDTH)
    page.suptitle(textwrap.fill(picture.title, wide, break_on_hyphens=False), x=0.012, ha="left")
    parts: Any = page.subfigures(2, 1, height_ratios=HEIGHTS) if picture.below else (page, None)
    axes = _panels(parts[0], picture)
    if picture.below:
        draw(parts[1].subplots(), picture.below)
    if picture.scale is not None:
        _shared_scale(page, axes, picture.scale)
    if picture.keys:
        _key(page, picture.keys)
    sentences = (f"{part.removesuffix('.')}." for part in (picture.source, made, picture.note) if part)
    _caption(page, " ".join(sentences))
    return page


def _panels(page: Any, picture: Picture) -> list[Axes]:
    """The panels row by row; names that a neighbour to the left has already are left out."""
    count, side_by_side = len(picture.panels), min(len(picture.panels), picture.side_by_side)
    shared: dict[str, dict[str, Any]] = {
        "up": {"sharey": True},
        "both": {"sharex": True, "sharey": True},
        "table": {"sharex": "col", "sharey": "row"},
    }
    grid = page.subplots(rows_of(count, side_by_side), side_by_side, squeeze=False, **shared.get(picture.same, {}))
    for axes, panel in zip(grid.flat, picture.panels, strict=False):
        draw(axes, panel, picture.scale)
        if picture.same and axes not in grid[:, 0]:
            axes.set_ylabel("")
        if picture.same == "table" and axes not in grid[-1]:
            axes.set_xlabel("")
    for axes in grid.flat[count:]:
        axes.remove()
    return list(grid.flat[:count])


def _shared_scale(page: Figure, axes: list[Axes], scale: Scale) -> None:
    bar = page.colorbar(
        ScalarMappable(Normalize(scale.low, scale.high), palette(LEVEL_COLOURS)), ax=axes, shrink=0.9, aspect=30
    )
    bar.set_label(scale.label)
    if scale.names:
        bar.set_ticks(list(range(len(scale.names))), labels=list(scale.names))


def _key(page: Figure, keys: Iterable[Key]) -> None:
    """One key for all panels, at the foot."""
    handles = [_handle(key) for key in keys]
    wide = len(handles) <= MANY_KEYS
    page.legend(
        handles=handles,
        loc="lower left",
        ncols=len(handles),
        handlelength=2.4 if wide else 1.0,
        columnspacing=1.4 if wide else 0.9,
    )


def _handle(key: Key) -> Line2D | Patch:
    ink = key.ink
    if key.filled:
        return Patch(color=ink.colour, alpha=ink.opacity, label=key.label)
    face = {"markerfacecolor": "white"} if ink.hollow else {}
    return Line2D(
        [],
        [],
        color=ink.colour,
        linestyle=DASHES[ink.dash],
        linewidth=ink.width,
        marker=ink.marker or "none",
        markersize=ink.size,
        label=key.label,
        **face,  # type: ignore[arg-type]
    )


def _caption(page: Figure, text: str) -> None:
    """Source line at the foot, below a key if there is one; the rest of the page makes room for both."""
    letters = round(LETTERS_A_LINE * page.get_figwidth() / WIDTH)
    lines = textwrap.wrap(text, letters, break_on_hyphens=False)
    height = page.get_figheight()
    foot = (len(lines) * 0.145 + 0.06) / height
    page.text(0.012, 0.006, "\n".join(lines), fontsize=8, color=GREY, va="bottom", linespacing=1.2)
    for legend in page.legends:
        legend.set_bbox_to_anchor((0.0, foot))
        foot += 0.26 / height
    engine: Any = page.get_layout_engine()
    engine.set(rect=(0, foot, 1, 1 - foot), w_pad=0.09, h_pad=0.05, hspace=0.04, wspace=0.04)


def _pixels(page: Figure) -> NDArray[np.uint8]:
    """The page as (row, column, red green blue alpha), in few shades."""
    page.set_dpi(DOTS_PER_INCH)
    canvas: Any = FigureCanvasAgg(page)
    canvas.draw()
    step = 255 // (SHADES - 1)
    return ((np.asarray(canvas.buffer_rgba(), dtype=np.uint16) + step // 2) // step * step).astype(np.uint8)
