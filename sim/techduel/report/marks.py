"""Marks: the five ways in which figures show numbers, as plain values without a drawing library.

A study says what is shown by putting its numbers into marks: a `Fan` (curves with bands), `Bars` (a row a name), a
`Map` (a coloured field), a `Grid` (a table whose colours say how sure a number is), a `Plane` (dots between two
numbers). Colours are those of Okabe and Ito, told apart by colour-blind readers; the states also differ by line style
for print.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.model.axes import Numbers

type Cells = tuple[Any, ...]
"""A line of a table: texts, numbers, truth values."""

FOLDER: Final = "figures"
"""Of a result, for its figures."""
COLOURS: Final = {"us": "#0072B2", "china": "#D55E00"}
TITLES: Final = {"us": "United States", "china": "China"}
DASHES: Final = {"us": "solid", "china": "dashed"}
GREY: Final = "#4D4D4D"
PALE: Final = "#D9D9D9"
BLUE: Final = "#0072B2"
AMBER: Final = "#E69F00"
RED: Final = "#D55E00"
GREEN: Final = "#009E73"
"""Also of what belongs to neither state, such as a lead."""
PALETTE: Final = (BLUE, AMBER, GREEN, "#CC79A7", "#56B4E9", RED, "#7F7F7F")
"""Of what has no colour of its own, in its order."""
BANDS: Final = (0.18, 0.30)
"""Opacity of a band, the widest first."""


@dataclass(frozen=True, slots=True)
class Ink:
    """Colour, line and symbol of what is drawn, and of its entry in the key."""

    colour: str = GREY
    dash: str = "solid"
    """``solid``, ``dashed``, ``dotted`` or ``none``."""
    width: float = 1.5
    marker: str = ""
    """``o`` circle, ``D`` diamond, ``s`` square; none when empty."""
    size: float = 4.0
    hollow: bool = False
    opacity: float = 1.0


def dot(colour: str, size: float = 4.0, marker: str = "o", hollow: bool = False) -> Ink:
    """Ink of symbols without a line."""
    return Ink(colour, "none", marker=marker, size=size, hollow=hollow)


def line(colour: str, dash: str = "solid", width: float = 1.5) -> Ink:
    """Ink of a line without symbols."""
    return Ink(colour, dash, width)


@dataclass(frozen=True, slots=True)
class Key:
    """An entry of the key below a figure."""

    label: str
    ink: Ink
    filled: bool = False
    """Whether it stands for an area."""


STATE_KEYS: Final = tuple(Key(TITLES[state], dot(colour)) for state, colour in COLOURS.items())


@dataclass(frozen=True, slots=True)
class Axis:
    """One side of a panel."""

    label: str = ""
    low: float | None = None
    high: float | None = None
    scale: str = "linear"
    """``linear``, ``log``, or ``symlog``: linear to `linear_to` on either side of 0, logarithmic beyond."""
    linear_to: float = 10.0
    ticks: Sequence[float] | None = None
    names: Sequence[str] | None = None
    """Of the ticks; their numbers when left out."""
    upright: bool = False
    """Whether names run upwards."""
    most: int | None = None
    """Ticks at most."""
    whole: bool = False
    """Whether only whole numbers are ticks, such as years."""
    zero: bool = False
    """Whether a line marks 0."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Points of one series, joined or not, with bands or error bars."""

    x: Numbers
    y: Numbers
    ink: Ink
    bands: tuple[tuple[Numbers, Numbers], ...] = ()
    """Lower and upper ends of areas around it, the widest first."""
    errors: tuple[Numbers, Numbers] | None = None
    """Lower and upper ends of vertical lines."""
    label: str = ""
    """Behind its last point."""


@dataclass(frozen=True, slots=True)
class Area:
    """A shaded rectangle; an end that is left out is that of the panel."""

    left: float | None = None
    right: float | None = None
    bottom: float | None = None
    top: float | None = None


@dataclass(frozen=True, slots=True)
class Fan:
    """Curves with their spread."""

    curves: Sequence[Curve]
    title: str = ""
    across: Axis = Axis()
    up: Axis = Axis()
    areas: Sequence[Area] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in every row."""

    ends: Numbers
    colours: str | Sequence[str]
    starts: Numbers | float = 0.0
    texts: Sequence[str] = ()
    """Inside each, none where it is too narrow."""
    hatched: Sequence[bool] = ()
    opacity: float = 1.0
    ink: str = "white"
    """Of the texts."""


@dataclass(frozen=True, slots=True)
class Whisker:
    """A horizontal line in every row."""

    low: Numbers
    high: Numbers
    colours: str | Sequence[str]
    shift: float = 0.0
    """Downwards, in rows."""
    width: float = 2.0
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Dot:
    """A symbol in every row; none where the number is missing."""

    places: Numbers
    colours: str | Sequence[str]
    shift: float = 0.0
    marker: str = "o"
    size: float = 4.0
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Label:
    """Words in rows, each beginning at its place or, left of it, ending there; none where they are empty."""

    places: Numbers
    texts: Sequence[str]
    left: Sequence[bool]


@dataclass(frozen=True, slots=True)
class Bars:
    """Rows with names, from the top down, and what stands in each."""

    rows: Sequence[str]
    layers: Sequence[Bar | Whisker | Dot | Label]
    title: str = ""
    across: Axis = Axis()
    lines: Sequence[tuple[float, str, str]] = ()
    """Place, dash and name of vertical lines."""
    areas: Sequence[Area] = ()
    notes: Sequence[str] = ()
    """At the right end of each row, the title of the column last."""
    empty: str = ""
    """What is written instead of rows that have nothing to show."""
    title_ends: bool = False
    """Whether the title ends with the panel instead of beginning with it: room for long titles beside long names."""


LEAD_COLOURS: Final = ("#D55E00", "#F7F7F7", "#0072B2")
CHANGE_COLOURS: Final = ("#9970AB", "#EEEEEE", "#5AAE61")
"""Neither of the states' colours: a change is no one's lead."""
LEVEL_COLOURS: Final = ("#440154", "#31688E", "#35B779", "#FDE725")
SHARE_COLOURS: Final = ("#EEEEEE", "#0072B2")
"""The lowest is told from the page, so that a field of zeros is seen as one."""


@dataclass(frozen=True, slots=True)
class Map:
    """A field of coloured cells with names on both sides; cells without a number stay empty."""

    values: Numbers
    """(row, column)."""
    rows: Sequence[str]
    columns: Sequence[str]
    colours: Sequence[str]
    limits: tuple[float, float] | None = None
    texts: Sequence[Sequence[str]] = ()
    """In the cells."""
    title: str = ""
    across: str = ""
    up: str = ""
    scale: str = ""
    """Title of the scale of colours; no scale when empty."""
    upright: bool = False
    """Whether the columns' names run upwards."""
    rising: bool = False
    """Whether the first row is the lowest."""
    hatched: NDArray[np.bool_] | None = None
    """Cells that are less sure, (row, column)."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of numbers with a second line below each; colours say which way and how surely it points."""

    values: Numbers
    """(row, column) from -1 to 1."""
    rows: Sequence[str]
    columns: Sequence[str]
    texts: Sequence[Sequence[str]]
    below: Sequence[Sequence[str]]
    colours: Sequence[str] = CHANGE_COLOURS
    title: str = ""


@dataclass(frozen=True, slots=True)
class Dots:
    """Points of one kind in a plane."""

    x: Numbers
    y: Numbers
    ink: Ink
    labels: Sequence[str] = ()
    """Beside the first of them."""
    values: Numbers | None = None
    """That colour them; grey where missing."""
    spread: tuple[Numbers, Numbers, Numbers, Numbers] | None = None
    """Left, right, lower and upper ends of crosses."""


@dataclass(frozen=True, slots=True)
class Plane:
    """Dots between two numbers."""

    dots: Sequence[Dots]
    title: str = ""
    across: Axis = Axis()
    up: Axis = Axis()
    diagonal: bool = False
    """Whether a line marks equal numbers."""
    links: Sequence[tuple[float, float, float]] = ()
    """Place, lower and upper end of dotted vertical lines between dots that belong together."""
    names: Sequence[str] = ()
    """Of the links, in a row on top."""
    title_ends: bool = False
    """As of `Bars`."""


@dataclass(frozen=True, slots=True)
class Threads:
    """Points as lines through several axes, each from its least to its largest number."""

    lines: Numbers
    """(line, axis); a line leaves out an axis where its number is missing."""
    titles: Sequence[str]
    ends: Sequence[tuple[str, str]]
    """What stands at the lower and the upper end of each axis."""
    colour: int
    """Axis that colours the lines."""
    scale: str = ""
    title: str = ""


type Panel = Fan | Bars | Map | Grid | Plane | Threads


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale of colours that panels share."""

    label: str
    low: float
    high: float
    names: Sequence[str] = ()
    """Of whole numbers, where it shows choices."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure: what is drawn, and the table beside it."""

    title: str
    source: str
    """Where the numbers come from, in a sentence."""
    panels: Sequence[Panel]
    columns: Sequence[str]
    """Of the table."""
    rows: Sequence[Cells]
    height: float
    """Inches."""
    note: str = ""
    """What lines and bands are, for the caption."""
    keys: Sequence[Key] = ()
    side_by_side: int = 2
    """Panels a row."""
    same: str = ""
    """Axes that panels share: ``up`` or ``both`` for all, ``table`` along each row and each column."""
    below: Panel | None = None
    """A panel over the whole width under the others."""
    scale: Scale | None = None
    width: float | None = None
    """Inches; the text width of a page when left out."""


@dataclass(frozen=True, slots=True)
class Album:
    """Every figure of a result."""

    pictures: Iterable[tuple[str, Picture]]
    """By the name of their files, the main one first; drawn from the result as they are asked for."""
    made: str
    """Version, runs and seed in a sentence, for captions."""
    origin: Mapping[str, Any]
    """Where the numbers come from, for the JSON beside each picture."""


def rows_of(panels: int, side_by_side: int = 2) -> int:
    """Rows that so many panels take."""
    return -(-panels // side_by_side)


def paged[T](items: Sequence[T], most: int) -> Iterator[tuple[str, Sequence[T]]]:
    """Items by page, with what a name ends in: nothing where one page is enough."""
    for number, first in enumerate(range(0, len(items), most), 1):
        yield (f"_{number}" if len(items) > most else ""), items[first : first + most]
