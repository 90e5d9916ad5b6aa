"""Figures of the evidence: published findings and signs, losses from decoupling, value of control depth, firms."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.report.marks import (
    AMBER,
    BLUE,
    COLOURS,
    GREEN,
    GREY,
    PALE,
    RED,
    STATE_KEYS,
    TITLES,
    Album,
    Area,
    Axis,
    Bar,
    Bars,
    Curve,
    Dot,
    Fan,
    Ink,
    Key,
    Panel,
    Picture,
    Whisker,
    dot,
    line,
)
from techduel.statistics.tables import column
from techduel.studies.evidence.control_depth import WEIGHTS
from techduel.studies.evidence.decoupling import EVERYTHING, NO_DIFFUSION
from techduel.studies.evidence.evidence_words import source_of
from techduel.studies.evidence.published import (
    NOT_REPRODUCED,
    REPRODUCED,
    SIGN_ONLY,
    net_of_placebo,
    own_range,
    sign_verdict,
)
from techduel.studies.evidence.studies import PARAMETERS, SHIPPED, Table, labelled

type Lines = Sequence[Mapping[str, Any]]

COLOUR_OF: Final = {REPRODUCED: BLUE, SIGN_ONLY: AMBER, NOT_REPRODUCED: RED}
"""Of verdicts."""
VERDICT_KEYS: Final = tuple(Key(name, Ink(colour, marker="o", size=4)) for name, colour in COLOUR_OF.items())
REACH: Final = (-1.0, 3.0)
"""Ratios at which the picture of findings is cut off."""
WIDEST: Final = 100.0
"""Per cent at which effects are cut off in the picture; the table has them all."""
AXTELL: Final = 1.06
"""Pareto exponent of sizes of all US firms (Axtell 2001)."""
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
BEST: Final = (
    ("share_none", "best: none", GREEN),
    ("share_interior", "some", "#BDBDBD"),
    ("share_full", "all", "#CC79A7"),
)
"""Column, word and colour of what the best depth is."""
OWN: Final = "Own computation."


def draw_evidence(study: str, tables: Mapping[str, Table], folder: Path, origin: Mapping[str, Any]) -> list[str]:
    """Draw the figure of a study into a folder's ``figures/``, if it has one; the names of those drawn."""
    from techduel.report.page import save_all

    if study not in PICTURES:
        return []
    lines = {name: list(labelled(table)) for name, table in tables.items()}
    picture = replace(PICTURES[study](lines), columns=tables[study].header, rows=tables[study].lines)
    return save_all(Album([(study, picture)], made(origin), origin), folder)


def draw_findings(table: Table, folder: Path, origin: Mapping[str, Any]) -> None:
    """Draw the findings with a published range into a folder's ``figures/``."""
    from techduel.report.page import save_all

    picture = replace(findings(list(labelled(table))), columns=table.header, rows=table.lines)
    save_all(Album([("findings", picture)], made(origin), origin), folder)


def made(origin: Mapping[str, Any]) -> str:
    """Version, sets and seed in a sentence."""
    return f"Techduel {origin['version']}, {origin['draws']} sets ({origin['source']}), seed {origin['seed']}."


def _picture(title: str, panels: Sequence[Panel], height: float, note: str, keys: Sequence[Key]) -> Picture:
    """A figure whose table is that of its study."""
    return Picture(title, OWN, panels, (), (), height, note, keys)


def findings(lines: Lines) -> Picture:
    """Model over published, a line a finding that has a range and an estimate."""
    needed = ("published", "published_low", "model")
    shown = [one for one in lines if all(np.isfinite(one[name]) for name in needed)]
    number = column(shown, "published")
    ranges = np.sort([column(shown, "published_low") / number, column(shown, "published_high") / number], axis=0)
    net, raw = column(shown, "net"), column(shown, "model")
    middle = np.where(np.isnan(net), raw, net) / number
    error = np.where(np.isnan(net), column(shown, "model_se"), column(shown, "net_se"))
    error = 2.0 * np.abs(np.nan_to_num(error) / number)
    colours = [COLOUR_OF.get(net_of_placebo(one), GREY) for one in shown]
    panel = Bars(
        rows=[one["id"] for one in shown],
        layers=[
            Bar(ranges[1], PALE, ranges[0], hatched=[own_range(one["source"]) for one in shown]),
            Whisker(np.clip(middle - error, *REACH), np.clip(middle + error, *REACH), colours, width=1.5),
            Dot(np.where(np.isnan(net), np.nan, np.clip(raw / number, *REACH)), GREY, size=3.5, hollow=True),
            Dot(np.clip(middle, *REACH), colours, size=14**0.5),
        ],
        across=Axis("model over published number, or over the middle of the project's own range", *REACH),
        lines=[(1.0, "solid", ""), (0.0, "dotted", "")],
    )
    note = (
        "Dots: the model's mean, of regressions less their placebo (rings: with it); lines: two standard"
        " errors; colours: the verdict on what the dot shows. Grey: the range of the paper, or half to one and a half"
        " times its number; hatched: a range that this project set itself, 1 being its middle. Grey dots: inputs of the"
        " model. What lies outside the picture stands at its edge."
    )
    return _picture("Published numbers or own ranges, and the model's", [panel], _high(shown), note, VERDICT_KEYS)


def patterns(tables: Mapping[str, Lines]) -> Picture:
    """Effects of treatments on the model's firms, with the share of parameter sets that have the published sign."""
    shown = [one for one in tables["patterns"] if not one["switched"]]
    colours = [COLOUR_OF[sign_verdict(one["sign"], one["median"], one["share"])] for one in shown]
    low, middle, high = (
        np.clip(100.0 * np.expm1(column(shown, name)), -WIDEST, WIDEST) for name in ("q05", "median", "q95")
    )
    panel = Bars(
        rows=[_sentence(one) for one in shown],
        layers=[Whisker(low, high, colours, opacity=0.5), Dot(middle, colours, size=14**0.5)],
        across=Axis(
            "effect, per cent; logarithmic beyond 1",
            *(-WIDEST, WIDEST),
            scale="symlog",
            linear_to=1.0,
            ticks=(-WIDEST, -10.0, -1.0, 0.0, 1.0, 10.0, WIDEST),
            zero=True,
        ),
        notes=[*(f"{100 * one['share']:.0f}" for one in shown), "% with\nthe sign"],
    )
    return _picture(
        "Published signs, and the model's firms with and without",
        [panel],
        _high(shown),
        f"Dots: medians; lines: 5-95 % of parameter sets, cut off at {WIDEST:g} %.",
        VERDICT_KEYS[1:],
    )


def _high(rows: Lines) -> float:
    return max(0.185 * len(rows) + 1.3, 2.5)


def _sentence(one: Mapping[str, Any]) -> str:
    arrow = "up" if one["sign"] > 0 else "down"
    return f"{one['pattern']} {one['treatment'].replace('_', ' ')}: {one['outcome']} ({arrow})"


def decoupling(tables: Mapping[str, Lines]) -> Picture:
    """What full decoupling costs both sides after some years, with and without diffusion."""
    panels = [_losses([one for one in tables["decoupling"] if one["variable"] == name], name) for name in LOSSES]
    keys = [
        *STATE_KEYS,
        Key("shipped parameters", dot(GREY, 4, "D")),
        Key("without diffusion", dot(GREY, hollow=True)),
    ]
    note = "Medians and 5-95 %. Grey: range set as acceptable after ten years."
    return _picture("Full decoupling against the baseline", panels, 5.6, note, keys)


def _losses(lines: Lines, variable: str) -> Fan:
    curves: list[Curve] = []
    areas = []
    for shift, state in ((-0.6, "us"), (0.6, "china")):
        own = [one for one in lines if one["state"] == state]
        drawn, shipped = (
            [one for one in own if (one[PARAMETERS] == SHIPPED) is is_shipped] for is_shipped in (False, True)
        )
        whole = [one for one in drawn if one["switched"] == EVERYTHING]
        colour = COLOURS[state]
        curves += [
            _medians(whole, shift, dot(colour, 4.2), spread=True),
            _medians([one for one in shipped if one["switched"] == EVERYTHING], shift + 0.35, dot(colour, 3.9, "D")),
            _medians(
                [one for one in drawn if one["switched"] == NO_DIFFUSION], shift - 0.35, dot(colour, 4.2, hollow=True)
            ),
        ]
        if variable in RANGED:
            areas.append(Area(9.6 + shift, 10.6 + shift, *AT_TEN_YEARS[state]))
    dates = Axis(ticks=[5, 10, 14], names=["5 years", "10", "14"])
    return Fan(curves, LOSSES[variable], dates, Axis("per cent", zero=True), areas)


def _medians(lines: Lines, shift: float, ink: Ink, spread: bool = False) -> Curve:
    ends = (column(lines, "q05"), column(lines, "q95")) if spread else None
    return Curve(column(lines, "years") + shift, column(lines, "median"), ink, errors=ends)


def control_depth(tables: Mapping[str, Lines]) -> Picture:
    """What deeper export controls are worth to the United States, and which depth is best."""
    lines, optima = (
        [one for one in tables[name] if one["horizon"] == 15.0] for name in ("control_depth", "control_depth_optimum")
    )
    source = source_of(lines)
    panels: list[Panel] = [
        _worth([one for one in lines if one["weight"] == weight], source, weight) for weight in (0.0, 0.2, 1.0)
    ]
    panels.append(_best([one for one in optima if one[PARAMETERS] == source and one["answer"] == "tit_for_tat"]))
    keys = [
        *(Key(name, line(colour)) for name, colour in (("shipped parameters", BLUE), (source, AMBER))),
        Key("China answers in kind", dot(GREY, 3.5, hollow=True)),
        *(Key(label, Ink(colour), filled=True) for _, label, colour in BEST),
    ]
    note = (
        "Medians and 5-95 % of parameter sets; years weighted by exp(-t/15). Rings on a line: the answer changes next "
        "to nothing. Bars: with the answer."
    )
    return _picture("What deeper export controls are worth to the United States", panels, 5.8, note, keys)


def _worth(lines: Lines, source: str, weight: float) -> Fan:
    curves = [
        _by_depth(
            [one for one in lines if (one[PARAMETERS], one["answer"]) == (name, answer)], colour, answer == "none"
        )
        for name, colour in ((SHIPPED, BLUE), (source, AMBER))
        for answer in ("none", "tit_for_tat")
    ]
    aim = f"weight of the lead {weight:g}" if weight else "income is the only aim"
    return Fan(curves, aim, Axis("refused part of licensed exports"), Axis("hundredths of log income", zero=True))


def _by_depth(lines: Lines, colour: str, spread: bool) -> Curve:
    depth, low, middle, high = (column(lines, name) for name in ("depth", "q05", "median", "q95"))
    ink = line(colour) if spread else dot(colour, 3.5, hollow=True)
    return Curve(depth, middle, ink, ((low, high),) if spread else ())


def _best(lines: Lines) -> Bars:
    """Where the best depth lies, by weight of the lead; China answers in kind."""
    by_weight = {one["weight"]: one for one in lines}
    layers, start = [], np.zeros(len(WEIGHTS))
    for name, _, colour in BEST:
        end = start + 100.0 * np.array([by_weight[weight][name] for weight in WEIGHTS])
        layers.append(Bar(end, colour, start))
        start = end
    rows = [f"{weight:g}" for weight in WEIGHTS]
    return Bars(rows, layers, "best part if China answers, by weight", Axis("per cent of parameter sets", 0.0, 100.0))


def stylised(tables: Mapping[str, Lines]) -> Picture:
    """Growth rates against the Laplace distribution, and sizes against a Pareto tail."""
    points = tables["stylised_curves"]
    growth = [point for point in points if point["curve"] == "growth"]
    places = column(growth, "x")
    laplace = -np.sqrt(2.0) * np.abs(places) - np.log(np.sqrt(2.0))
    left = [Curve(places, column(growth, "y"), dot(BLUE, 2.5)), Curve(places, laplace, line(GREY, "dashed"))]
    sizes = {
        state: [point for point in points if (point["curve"], point["state"]) == ("size", state)] for state in COLOURS
    }
    right = [Curve(column(own, "y"), column(own, "x"), line(COLOURS[state])) for state, own in sizes.items()]
    rank = column(sizes["china"], "x")
    right.append(Curve(-rank / AXTELL, rank, line(GREY, "dashed")))
    panels = [
        Fan(left, "growth over a year", Axis("standard deviations"), Axis("log density")),
        Fan(right, "size", Axis("log sales over the largest"), Axis("log rank")),
    ]
    keys = [
        *(Key(TITLES[state], line(colour)) for state, colour in COLOURS.items()),
        *(Key("both", dot(BLUE, 3)), Key("published shape", line(GREY, "dashed"))),
    ]
    note = "At the end of 2035, all worlds together. Dashed: straight lines of the published exponents."
    return _picture("Growth and size of the model's firms", panels, 3.4, note, keys)


PICTURES: Final = {
    "patterns": patterns,
    "decoupling": decoupling,
    "control_depth": control_depth,
    "stylised": stylised,
}
"""Figures by study; the others have none."""
