"""Drawing the evidence: signs of published findings, losses from decoupling, value of control depth."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from techduel.report.drawing import COLOURS, FOLDER, GREY, TITLES, key, page, save, style
from techduel.studies.evidence.control_depth import WEIGHTS
from techduel.studies.evidence.decoupling import EVERYTHING, NO_DIFFUSION
from techduel.studies.evidence.evidence_words import source_of
from techduel.studies.evidence.finding_plots import COLOUR_OF, Shown, made, stylised_picture
from techduel.studies.evidence.published import REPRODUCED, sign_verdict
from techduel.studies.evidence.studies import PARAMETERS, SHIPPED, Table, labelled

type Lines = Sequence[Mapping[str, Any]]
WIDEST: Final = 60.0
"""Per cent at which effects are cut off in the picture; the table has them all."""
HARD, EASY, WARM = "#0072B2", "#009E73", "#E69F00"
LOSSES: Final = {
    "income": "real income",
    "efficiency": "digital sectors: less input costs",
    "technology": "digital sectors: technology",
    "frontier": "frontier fields: three best firms",
}
AT_TEN_YEARS: Final = {"us": (-5.0, -0.5), "china": (-12.0, -3.0)}
"""Loss of productivity in technology sectors that this project set itself as acceptable (docs/evidence.md)."""
RANGED: Final = ("technology", "efficiency")
"""Measures of productivity that are held beside that range, whether they lie in it or not."""


DRAWN: Final = ("patterns", "decoupling", "control_depth", "stylised")
"""Studies that have a figure."""


def draw_evidence(study: str, tables: Mapping[str, Table], folder: Path, origin: Mapping[str, Any]) -> list[str]:
    """Draw the figure of a study into a folder's ``figures/``, if it has one; the names of those drawn."""
    if study not in DRAWN:
        return []
    lines = {name: list(labelled(table)) for name, table in tables.items()}
    with style():
        picture, title, words = _drawn(study, lines)
        what = Shown(title, "Own computation.", tables[study])
        save(picture, what, folder / FOLDER / study, f"{words} {made(origin)}", origin)
    return [study]


def _drawn(study: str, lines: Mapping[str, Lines]) -> tuple[Figure, str, str]:
    """Picture, title and caption."""
    match study:
        case "patterns":
            words = "Dots: medians; lines: 5-95 % of parameter sets, cut off at 60 %."
            return _patterns(lines[study]), "Published signs, and the model's firms with and without", words
        case "decoupling":
            words = "Medians and 5-95 %. Grey: range set as acceptable after ten years."
            return _decoupling(lines[study]), "Full decoupling against the baseline", words
        case "stylised":
            words = "At the end of 2035, all worlds together. Dashed: straight lines of the published exponents."
            return stylised_picture(lines["stylised_curves"]), "Growth and size of the model's firms", words
        case _:
            words = "Medians and 5-95 % of parameter sets; years weighted by exp(-t/15)."
            return _depth(lines[study], lines["control_depth_optimum"]), "What deeper export controls are worth", words


def _patterns(lines: Lines) -> Figure:
    shown = [line for line in lines if not line["switched"]]
    places = range(len(shown))
    picture = page("Published signs, and the model's firms with and without", max(0.185 * len(shown) + 1.3, 2.5))
    axes = picture.subplots()
    for place, line in enumerate(shown):
        _whisker(axes, place, line)
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.set_yticks(places, [_sentence(line) for line in shown], fontsize=7)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlim(-WIDEST, WIDEST)
    axes.set_xlabel("effect, per cent")
    for place, line in enumerate(shown):
        axes.text(WIDEST * 1.04, place, f"{100 * line['share']:.0f}", va="center", fontsize=7.5)
    axes.text(WIDEST * 1.04, -0.8, "% with\nthe sign", va="bottom", fontsize=7.5)
    marks = [
        key(name, colour, "solid", marker="o", markersize=4) for name, colour in COLOUR_OF.items() if name != REPRODUCED
    ]
    picture.legend(handles=marks, loc="lower left", ncols=3, handlelength=2.0)
    return picture


def _sentence(line: Mapping[str, Any]) -> str:
    arrow = "up" if line["sign"] > 0 else "down"
    return f"{line['pattern']} {line['treatment'].replace('_', ' ')}: {line['outcome']} ({arrow})"


def _whisker(axes: Axes, place: int, line: Mapping[str, Any]) -> None:
    colour = COLOUR_OF[sign_verdict(line["share"])]
    low, middle, high = (np.clip(100.0 * np.expm1(line[name]), -WIDEST, WIDEST) for name in ("q05", "median", "q95"))
    axes.hlines(place, low, high, color=colour, linewidth=2, alpha=0.5)
    axes.scatter(middle, place, color=colour, s=14, zorder=3)


def _decoupling(lines: Lines) -> Figure:
    picture = page("Full decoupling against the baseline", 5.6)
    for axes, (variable, title) in zip(picture.subplots(2, 2).flat, LOSSES.items(), strict=True):
        for shift, state in enumerate(COLOURS):
            _losses(axes, [line for line in lines if line["variable"] == variable and line["state"] == state], shift)
            if variable in RANGED:
                axes.fill_between([9.0 + 1.2 * shift, 10.0 + 1.2 * shift], *AT_TEN_YEARS[state], color=GREY, alpha=0.2)
        axes.axhline(0, color=GREY, linewidth=0.8)
        axes.set_title(title)
        axes.set_ylabel("per cent")
        axes.set_xticks([5, 10, 14], ["5 years", "10", "14"])
    handles = [key(TITLES[state], colour, "solid", marker="o", markersize=4) for state, colour in COLOURS.items()]
    handles.append(key("shipped parameters", GREY, marker="D", markersize=4))
    handles.append(key("without diffusion", GREY, marker="o", markersize=4, markerfacecolor="white"))
    picture.legend(handles=handles, loc="lower left", ncols=4, handlelength=1.6, columnspacing=1.2)
    return picture


def _losses(axes: Axes, lines: Lines, shift: int) -> None:
    for line in lines:
        colour, place = COLOURS[line["state"]], line["years"] - 0.6 + 1.2 * shift
        drawn = line[PARAMETERS] != SHIPPED
        if line["switched"] == EVERYTHING and drawn:
            axes.vlines(place, line["q05"], line["q95"], color=colour, linewidth=2, alpha=0.5)
            axes.scatter(place, line["median"], color=colour, s=18, zorder=3)
        elif line["switched"] == EVERYTHING:
            axes.scatter(place + 0.35, line["median"], color=colour, s=15, marker="D", zorder=3)
        elif line["switched"] == NO_DIFFUSION and drawn:
            axes.scatter(place - 0.35, line["median"], facecolors="white", edgecolors=colour, s=18, zorder=3)


def _depth(curves: Lines, optima: Lines) -> Figure:
    picture = page("What deeper export controls are worth to the United States", 5.8)
    grid, source = picture.subplots(2, 2), source_of(curves)
    for axes, weight in zip(grid.flat, (0.0, 0.2, 1.0), strict=False):
        _curve(axes, [line for line in curves if line["weight"] == weight and line["horizon"] == 15.0], SHIPPED, HARD)
        _curve(axes, [line for line in curves if line["weight"] == weight and line["horizon"] == 15.0], source, WARM)
        axes.axhline(0, color=GREY, linewidth=0.8)
        aim = "income is the only aim" if not weight else f"weight of the lead {weight:g}"
        axes.set_title(aim)
        axes.set_xlabel("refused part of licensed exports")
        axes.set_ylabel("hundredths of log income")
    _bars(grid[1, 1], [line for line in optima if line[PARAMETERS] == source and line["horizon"] == 15.0])
    handles = [
        key("shipped parameters", HARD, "solid"),
        key(source, WARM, "solid"),
        key("China answers in kind", GREY, "dashed"),
    ]
    picture.legend(handles=handles, loc="lower left", ncols=3, handlelength=2.4)
    return picture


def _curve(axes: Axes, lines: Lines, parameters: str, colour: str) -> None:
    for answer, dash in (("none", "solid"), ("tit_for_tat", "dashed")):
        chosen = [line for line in lines if line["answer"] == answer and line["parameters"] == parameters]
        depth = [line["depth"] for line in chosen]
        if answer == "none":
            low, high = ([line[name] for line in chosen] for name in ("q05", "q95"))
            axes.fill_between(depth, low, high, color=colour, alpha=0.18, linewidth=0)
        axes.plot(depth, [line["median"] for line in chosen], color=colour, linestyle=dash)


def _bars(axes: Axes, lines: Lines) -> None:
    """Where the best depth lies, by weight of the lead; China answers in kind."""
    chosen = {line["weight"]: line for line in lines if line["answer"] == "tit_for_tat"}
    places, below = range(len(WEIGHTS)), np.zeros(len(WEIGHTS))
    for name, label, colour in (
        ("share_none", "none", EASY),
        ("share_interior", "some", "#BDBDBD"),
        ("share_full", "all", "#CC79A7"),
    ):
        height = 100.0 * np.array([chosen[weight][name] for weight in WEIGHTS])
        axes.bar(places, height, bottom=below, color=colour, width=0.8, label=label)
        for place, size, foot in zip(places, height, below, strict=True):
            if size >= 8.0:
                axes.text(place, foot + size / 2.0, label, ha="center", va="center", fontsize=6.5)
        below = below + height
    axes.set_xticks(places, [f"{weight:g}" for weight in WEIGHTS])
    axes.set_title("best part to refuse")
    axes.set_xlabel("weight of the lead")
    axes.set_ylabel("per cent of parameter sets")
    axes.grid(visible=False)
