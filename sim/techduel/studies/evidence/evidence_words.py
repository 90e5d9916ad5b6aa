"""The tables of the studies as pages, short enough to be read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from techduel.report.pages import rendered, tenths
from techduel.studies.evidence.deciding_words import ten
from techduel.studies.evidence.decoupling import AGAINST, EVERYTHING, LEFT, NO_DIFFUSION
from techduel.studies.evidence.published import beyond_rounding, catalogue, sign_verdict
from techduel.studies.evidence.studies import PARAMETERS, SHIPPED, Table, labelled

type Lines = Sequence[Mapping[str, Any]]
type Cells = list[str]
DATE: Final = 10
"""Years after the start that tables of decoupling show."""
SHOWN: Final = ("discounted income", "income", "efficiency", "technology", "frontier", "chip sales", "chip R&D")
IN_MONEY: Final = ("chip sales, bn USD", "chip share of the world", "chip R&D, bn USD", "GDP", "prices")
"""Variables that are told at all dates."""
MACRO: Final = ("technology", "efficiency", "income", "GDP")
STATES: Final = ("us", "china")


def in_words(study: str, tables: Mapping[str, Table]) -> str:
    """The page of a study."""
    lines = {name: list(labelled(table)) for name, table in tables.items()}
    match study:
        case "decoupling":
            return rendered("evidence_decoupling", **_decoupling(lines[study]))
        case "depth_mechanisms":
            return rendered("evidence_depth_mechanisms", **_mechanisms(lines[study]))
        case "deciding":
            return ten(lines[study])
        case "directions":
            clearest_first = sorted(lines[study], key=lambda line: -abs(line["t"]))
            return rendered("evidence_directions", directions=clearest_first)
        case _:
            formats = {"growth": _growth, "sign_verdict": sign_verdict, "beyond_rounding": beyond_rounding}
            return rendered(f"evidence_{study}", **lines, **formats)


def source_of(lines: Lines) -> str:
    """Where the drawn sets of a table come from."""
    return next((line[PARAMETERS] for line in lines if line[PARAMETERS] != SHIPPED), SHIPPED)


def macro(lines: Lines) -> str:
    """Losses with and without diffusion beside the published ones, drawn sets only."""
    source = source_of(lines)
    at_date = {_key(line): line for line in lines if line["years"] == DATE}
    rows = [
        {
            **{"variable": variable, "state": state, "published": _beside(state, variable)},
            **{"whole": _band(at_date[EVERYTHING, source, state, variable])},
            **{"without": _band(at_date[NO_DIFFUSION, source, state, variable])},
        }
        for variable in MACRO
        for state in STATES
    ]
    return rendered("evidence_macro", date=DATE, everything=EVERYTHING, no_diffusion=NO_DIFFUSION, rows=rows)


def _growth(log_points: float) -> float:
    return float(100.0 * np.expm1(log_points))


def _decoupling(lines: Lines) -> dict[str, Any]:
    """Losses by variable, state and source of parameters; what is left without diffusion; totals at all dates."""
    source = source_of(lines)
    columns = [(one, state) for one in (SHIPPED, source) for state in STATES]
    at_date = {_key(line): line for line in lines if line["years"] == DATE}

    def row(part: str, variable: str) -> Cells:
        lines_of_part = [at_date.get((part, *column, variable)) for column in columns]
        return [part, *(_band(line) if line else "" for line in lines_of_part)]

    parts = {
        variable: dict.fromkeys(
            part for part, _, _, name in at_date if name == variable and part not in (AGAINST, LEFT)
        )
        for variable in SHOWN
    }
    left = {
        variable: [at_date[LEFT, *column, variable] for column in columns]
        for variable in SHOWN
        if "chip" not in variable
    }
    return {
        **{"date": DATE, "everything": EVERYTHING, "source": source},
        "columns": [f"{state}, {one}" for one, state in columns],
        "variables": {variable: [row(part, variable) for part in named] for variable, named in parts.items()},
        "left": [
            [variable, *(f"{line['mean']:.2f} (se {line['se']:.2f})" for line in own)] for variable, own in left.items()
        ],
        "totals": list(_totals(lines, source)),
    }


def _totals(lines: Lines, source: str) -> Iterator[Cells]:
    """What everything together moves in money and points, at all dates."""
    for variable in IN_MONEY:
        for years in dict.fromkeys(line["years"] for line in lines):
            both = [
                line
                for line in lines
                if (line["years"], line["variable"], line["switched"], line[PARAMETERS])
                == (years, variable, EVERYTHING, source)
            ]
            unit = "" if variable.endswith("bn USD") else f", {both[0]['unit']}"
            yield [f"{variable}{unit}, after {years} years", *(_band(line) for line in both if line["state"] in STATES)]


def _beside(state: str, variable: str) -> str:
    """What is published about a loss, by identifier."""
    row = {"switched": EVERYTHING, "state": state, "variable": variable, "years": DATE}
    fitting = {
        name: finding
        for name, finding in catalogue().findings.items()
        if finding.study == "decoupling" and finding.row.items() >= row.items() and finding.unit == "%"
    }
    return "; ".join(f"{name} {one.published:g} ({one.low:g} to {one.high:g})" for name, one in fitting.items())


def _key(line: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return line["switched"], line[PARAMETERS], line["state"], line["variable"]


def _band(line: Mapping[str, Any]) -> str:
    return f"{tenths(line['median'])} ({tenths(line['q05'])} to {tenths(line['q95'])})"


def _mechanisms(lines: Lines) -> dict[str, Any]:
    """A row a mechanism; the parts are those of full depth."""
    depths = list(dict.fromkeys(line["depth"] for line in lines))[1:]
    full = f"at {depths[-1]:g}"
    rows = []
    for name in dict.fromkeys(line["switched"] for line in lines):
        own = [line for line in lines if line["switched"] == name]
        often = max(own, key=lambda line: float(line["share_best"]))
        best = f"{often['depth']:g} in {100 * often['share_best']:.0f}"
        parts = (f"{own[-1][part]:.2f}" for part in ("income", "lead", "rival"))
        rows.append([name, *(f"{line['value']:.2f}" for line in own[1:]), best, *parts])
    values = (f"value at {depth:g}" for depth in depths)
    ends = (f"income {full}", f"lead {full}", f"China's income {full}")
    return {"head": ["switched", *values, "best depth, in % of runs", *ends], "rows": rows}
