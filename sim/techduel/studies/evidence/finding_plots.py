"""Drawing findings with a published range, and the stylised facts of firms."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.figure import Figure

from techduel.report.drawing import COLOURS, FOLDER, GREY, TITLES, key, page, save, style
from techduel.studies.evidence.published import NOT_REPRODUCED, REPRODUCED, SIGN_ONLY, own_range
from techduel.studies.evidence.studies import Table, labelled

type Lines = Sequence[Mapping[str, Any]]
COLOUR_OF: Final = {REPRODUCED: "#0072B2", SIGN_ONLY: "#E69F00", NOT_REPRODUCED: "#D55E00"}
REACH: Final = (-1.0, 3.0)
"""Ratios at which the picture of findings is cut off."""
AXTELL: Final = 1.06
"""Pareto exponent of sizes of all US firms (Axtell 2001)."""
BLUE: Final = "#0072B2"


@dataclass(frozen=True, slots=True)
class Shown:
    """The numbers of a figure."""

    title: str
    source: str
    whole: Table

    @property
    def header(self) -> tuple[str, ...]:
        """Columns of the table."""
        return self.whole.header

    def table(self) -> Iterator[tuple[Any, ...]]:
        """Its lines."""
        yield from self.whole.lines


def draw_findings(table: Table, folder: Path, origin: Mapping[str, Any]) -> None:
    """Draw the findings with a published range into a folder's ``figures/``."""
    with style():
        what = Shown("Published numbers or own ranges, and the model's", "Own computation.", table)
        words = (
            "Dots: the model's mean, lines: two standard errors. Grey: the range of the paper, or half to one and a"
            " half times its number; hatched: a range that this project set itself, 1 being its middle. Grey dots:"
            " inputs of the model."
        )
        save(
            _findings(what.title, list(labelled(table))),
            what,
            folder / FOLDER / "findings",
            f"{words} {made(origin)}",
            origin,
        )


def made(origin: Mapping[str, Any]) -> str:
    """Version, sets and seed in a sentence."""
    return f"Techduel {origin['version']}, {origin['draws']} sets ({origin['source']}), seed {origin['seed']}."


def stylised_picture(points: Lines) -> Figure:
    """Growth rates against the Laplace distribution, and sizes against a Pareto tail."""
    picture = page("Growth and size of the model's firms", 3.4)
    left, right = picture.subplots(1, 2)
    growth = [point for point in points if point["curve"] == "growth"]
    places = np.array([point["x"] for point in growth])
    left.plot(places, [point["y"] for point in growth], marker="o", markersize=2.5, linestyle="none", color=BLUE)
    left.plot(places, -np.sqrt(2.0) * np.abs(places) - np.log(np.sqrt(2.0)), linestyle="dashed", color=GREY)
    left.set_title("growth over a year, log density")
    left.set_xlabel("standard deviations")
    for state, colour in COLOURS.items():
        line = [point for point in points if point["curve"] == "size" and point["state"] == state]
        rank = np.array([point["x"] for point in line])
        right.plot([point["y"] for point in line], rank, color=colour, label=TITLES[state])
    right.plot(-rank / AXTELL, rank, linestyle="dashed", color=GREY)
    right.set_title("size, log rank by log sales over the largest")
    handles = [key(TITLES[state], colour, "solid") for state, colour in COLOURS.items()]
    handles += [key("both", BLUE, marker="o", markersize=3), key("published shape", GREY, "dashed")]
    picture.legend(handles=handles, loc="lower left", ncols=4, handlelength=2.0)
    return picture


def _findings(title: str, lines: Lines) -> Figure:
    """Model over published, a line a finding that has a range and an estimate."""
    needed = ("published", "published_low", "model")
    shown = [line for line in lines if all(np.isfinite(line[name]) for name in needed)]
    picture = page(title, max(0.185 * len(shown) + 1.3, 2.5))
    axes = picture.subplots()
    for place, line in enumerate(shown):
        low, high = sorted((line["published_low"] / line["published"], line["published_high"] / line["published"]))
        hatch = "/////" if own_range(line["source"]) else None
        axes.barh(place, high - low, left=low, height=0.7, color="#D9D9D9", hatch=hatch, edgecolor="white", linewidth=0)
        middle, error = (
            line["model"] / line["published"],
            2.0 * abs(np.nan_to_num(line["model_se"]) / line["published"]),
        )
        ends = np.clip((middle - error, middle, middle + error), *REACH)
        colour = COLOUR_OF.get(line["verdict"], GREY)
        axes.hlines(place, ends[0], ends[2], color=colour, linewidth=1.5)
        axes.scatter(ends[1], place, color=colour, s=14, zorder=3)
    axes.axvline(1.0, color=GREY, linewidth=0.8)
    axes.axvline(0.0, color=GREY, linewidth=0.8, linestyle="dotted")
    axes.set_yticks(range(len(shown)), [line["id"] for line in shown], fontsize=7)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlim(*REACH)
    axes.set_xlabel("model over published number, or over the middle of the project's own range")
    marks = [key(name, colour, "solid", marker="o", markersize=4) for name, colour in COLOUR_OF.items()]
    picture.legend(handles=marks, loc="lower left", ncols=3, handlelength=2.0)
    return picture
