"""The numbers of a sensitivity analysis's figures: bars with intervals, the plane of a screening, shares."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.studies.sensitivity.groups import THEMES
from techduel.studies.sensitivity.results import Analysis, Key, Line, hidden
from techduel.studies.sensitivity.tables import BY_LUCK, TOGETHER, number

MOST_BARS: Final = 6
"""In a panel."""
INTERVALS: Final = "Lines: 90 % intervals, from rows drawn again."

type Numbers = NDArray[np.float64]
type Cells = tuple[str | float, ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """The largest units of every outcome, with intervals."""

    title: str
    source: str
    panels: dict[Key, list[Line]]
    columns: tuple[str, ...]
    """Which numbers are drawn, each with its ``_low`` and ``_high``; the first as a bar."""
    unit: bool
    """Whether they have the unit of the outcome."""

    @property
    def header(self) -> Cells:
        """Columns of the table."""
        numbers = (f"{name}{end}" for name in self.columns for end in ("", "_low", "_high"))
        return ("outcome", "state", "year", "factor", *numbers, "unit")

    def table(self) -> Iterator[Cells]:
        """One line a bar."""
        for key, lines in self.panels.items():
            for line in lines:
                numbers = (number(line[name]) for name in self.header[4:-1])  # type: ignore[index]
                yield (key.outcome, key.state, key.year, line["factor"], *numbers, line.get("unit", "1"))


@dataclass(frozen=True, slots=True)
class Plane:
    """Every factor of a screening: how much it matters, and how unevenly."""

    title: str
    source: str
    panels: dict[Key, list[Line]]
    """Largest first."""

    @property
    def header(self) -> Cells:
        """Columns of the table."""
        return ("outcome", "state", "year", "factor", "mu_star", "sigma", "unit")

    def table(self) -> Iterator[Cells]:
        """One line a factor."""
        for key, lines in self.panels.items():
            for line in lines:
                numbers = (number(line["mu_star"]), number(line["sigma"]))
                yield (key.outcome, key.state, key.year, line["factor"], *numbers, line["unit"])


@dataclass(frozen=True, slots=True)
class Shares:
    """Parts of the variance of every outcome."""

    title: str
    source: str
    keys: tuple[Key, ...]
    names: tuple[str, ...]
    parts: Numbers
    """(name, outcome)."""
    stacked: bool
    """Whether they are drawn as parts of one bar, or as numbers in a field."""

    @property
    def header(self) -> Cells:
        """Columns of the table."""
        return ("outcome", "state", "year", "name", "share")

    def table(self) -> Iterator[Cells]:
        """One line a part."""
        for column, key in enumerate(self.keys):
            for place, name in enumerate(self.names):
                yield (key.outcome, key.state, key.year, name, float(self.parts[place, column]))


type Drawable = Bars | Plane | Shares


def figures(analysis: Analysis) -> Iterator[tuple[str, Drawable]]:
    """Every figure of an analysis by the name of its files."""
    ranked = {key: analysis.ranked(key) for key in analysis.shown}
    most = {key: lines[:MOST_BARS] for key, lines in ranked.items()}
    if analysis.config["method"] == "sobol":
        words = f"Own computation. Shares of the variance that factors make, luck averaged out. {INTERVALS}"
        words += " Grey: hidden by luck." if any(hidden(lines[0]) for lines in most.values()) else ""
        yield "indices", Bars("What each makes alone and in all", words, most, ("first", "total"), False)
    else:
        words = "Own computation. Effects over all of a factor's range, by what is left of them without luck."
        yield "effects", Bars("The largest elementary effects", f"{words} {INTERVALS}", most, ("mu_star", "size"), True)
        words = (
            "Own computation. Numbers: rank, as in the figure of effects. Above the line, effects differ by more than "
            "their mean: bends and interactions."
        )
        yield "plane", Plane("How much, and how unevenly", words, ranked)
    yield from _shares(analysis)


def _shares(analysis: Analysis) -> Iterator[tuple[str, Shares]]:
    sobol = analysis.config["method"] == "sobol"
    what = "variance over runs" if sobol else "squared effects, luck taken out"
    heading = "Which uncertainty would be worth resolving" if sobol else "Where the effects come from"
    for by in ("theme", "group"):
        lines = {key: _part(analysis, key, by) for key in analysis.shown}
        names = list(dict.fromkeys(name for found in lines.values() for name in found))
        if not any(name not in {TOGETHER, BY_LUCK} for name in names):
            continue
        if by == "theme":
            names = [name for name in (*THEMES, TOGETHER, BY_LUCK) if name in names]
        parts = np.array([[found.get(name, np.nan) for found in lines.values()] for name in names])
        alone = " First orders; together: beyond them." if sobol else ""
        words = f"Own computation. Shares of the {what}.{alone}"
        yield f"{by}s", Shares(f"{heading}, by {by}", words, tuple(lines), tuple(names), parts, by == "theme")


def _part(analysis: Analysis, key: Key, by: str) -> dict[str, float]:
    """Shares of one outcome by name."""
    return {line["name"]: number(line["share"]) for line in analysis.shares[key] if line["by"] in {by, ""}}
