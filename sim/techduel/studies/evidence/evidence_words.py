"""The tables of the studies in Markdown, short enough for a page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from techduel.report.markdown import cells, head, per_cent, short, tenths
from techduel.studies.evidence.decoupling import AGAINST, EVERYTHING, LEFT, NO_DIFFUSION
from techduel.studies.evidence.published import beyond_rounding, catalogue, sign_verdict
from techduel.studies.evidence.studies import PARAMETERS, SHIPPED, Table, labelled

type Lines = Sequence[Mapping[str, Any]]
DATE: Final = 10
"""Years after the start that tables of decoupling show."""
SHOWN: Final = ("discounted income", "income", "efficiency", "technology", "frontier", "chip sales", "chip R&D")


def in_words(study: str, tables: Mapping[str, Table]) -> str:
    """The tables of a study, one after the other."""
    found = {name: list(labelled(table)) for name, table in tables.items()}
    makers: dict[str, Callable[[], Iterator[str]]] = {
        "patterns": lambda: _patterns(found["patterns"], found["prior"]),
        "decoupling": lambda: _decoupling(found["decoupling"]),
        "control_depth": lambda: _optima(found["control_depth_optimum"]),
        "depth_mechanisms": lambda: _mechanisms(found["depth_mechanisms"]),
        "responses": lambda: _responses(found["responses"]),
        "stylised": lambda: _stylised(found["stylised"]),
        "directions": lambda: _directions(found["directions"]),
    }
    return "\n".join(makers[study]()) + "\n"


def source_of(lines: Lines) -> str:
    """Where the drawn sets of a table come from."""
    return next((line[PARAMETERS] for line in lines if line[PARAMETERS] != SHIPPED), SHIPPED)


def _patterns(lines: Lines, checks: Lines) -> Iterator[str]:
    yield from head(
        "", "treatment", "outcome", "published", "median, %", "90 % of draws", "with the sign, %", "verdict"
    )
    for line in lines:
        median, low, high = (tenths(100.0 * np.expm1(line[name])) for name in ("median", "q05", "q95"))
        aim = f"{line['published']} ({'+' if line['sign'] > 0 else '-'})"
        outcome = line["outcome"] + (f"; `{line['switched']}`" if line["switched"] else "")
        yield cells(
            *(line["pattern"], line["treatment"].replace("_", " "), outcome, aim, f"{median:.1f}"),
            *(f"{low:.1f} to {high:.1f}", f"{100.0 * line['share']:.0f}", sign_verdict(line["share"])),
        )
    yield ""
    yield from head("prior check at the end of 2025", "believed", "median", "90 % of draws", "outside, %")
    for line in checks:
        yield cells(
            *(line["outcome"], f"{line['low']:g} to {line['high']:g}", f"{line['median']:.3f}"),
            *(f"{line['q05']:.3f} to {line['q95']:.3f}", f"{100.0 * line['share_outside']:.0f}"),
        )


def _decoupling(lines: Lines) -> Iterator[str]:
    columns = [(source, state) for source in (SHIPPED, source_of(lines)) for state in ("us", "china")]
    titles = [f"{state}, {source}" for source, state in columns]
    at_date = {_key(line): line for line in lines if line["years"] == DATE}
    for variable in SHOWN:
        yield from head(f"{variable} after {DATE} years, %", *titles)
        known = [line["switched"] for line in lines if _key(line) in at_date and line["variable"] == variable]
        parts = dict.fromkeys(part for part in known if part not in (AGAINST, LEFT))
        for part in parts:
            found = [at_date.get((part, source, state, variable)) for source, state in columns]
            yield cells(part, *(_band(line) if line else "" for line in found))
        yield ""
    yield from head(f"part of the loss that is left without diffusion, after {DATE} years", *titles)
    for variable in (variable for variable in SHOWN if "chip" not in variable):
        left = [at_date[LEFT, source, state, variable] for source, state in columns]
        yield cells(variable, *(f"{line['mean']:.2f} (se {line['se']:.2f})" for line in left))
    yield ""
    yield from _totals(lines)


def macro(lines: Lines) -> str:
    """Losses with and without diffusion beside the published ones, drawn sets only."""
    return "\n".join(_macro(lines)) + "\n"


def _macro(lines: Lines) -> Iterator[str]:
    yield from head(
        f"change after {DATE} years, %", "state", EVERYTHING, NO_DIFFUSION, "published, with the range of its rule"
    )
    source = source_of(lines)
    found = {(*_key(line), line["years"]): line for line in lines}
    for variable in ("technology", "efficiency", "income", "GDP"):
        for state in ("us", "china"):
            bands = (_band(found[part, source, state, variable, DATE]) for part in (EVERYTHING, NO_DIFFUSION))
            yield cells(variable, state, *bands, _beside(state, variable))


def _beside(state: str, variable: str) -> str:
    """What is published about a loss, by identifier."""
    row = {"switched": EVERYTHING, "state": state, "variable": variable, "years": DATE}
    fitting = {
        name: known
        for name, known in catalogue().findings.items()
        if known.study == "decoupling" and known.row.items() >= row.items() and known.unit == "%"
    }
    return "; ".join(f"{name} {known.published:g} ({known.low:g} to {known.high:g})" for name, known in fitting.items())


def _totals(lines: Lines) -> Iterator[str]:
    """What everything together moves in money and points, at all dates."""
    source = source_of(lines)
    yield from head(f"{EVERYTHING}, {source}", "us", "china")
    for variable in ("chip sales, bn USD", "chip share of the world", "chip R&D, bn USD", "GDP", "prices"):
        for years in dict.fromkeys(line["years"] for line in lines):
            chosen = [line for line in lines if line["years"] == years and line["variable"] == variable]
            both = [line for line in chosen if line["switched"] == EVERYTHING and line[PARAMETERS] == source]
            what = f"{_with_unit(variable, both[0]['unit'])}, after {years} years"
            yield cells(what, *(_band(line) for line in both if line["state"] in ("us", "china")))


def _with_unit(variable: str, unit: str) -> str:
    return variable if variable.endswith("bn USD") else f"{variable}, {unit}"


def _key(line: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return line["switched"], line["parameters"], line["state"], line["variable"]


def _band(line: Mapping[str, Any]) -> str:
    median, low, high = (tenths(line[name]) for name in ("median", "q05", "q95"))
    return f"{median:.1f} ({low:.1f} to {high:.1f})"


def _optima(lines: Lines) -> Iterator[str]:
    yield from head(
        *("parameters", "answer", "horizon", "weight of lead", "best: none, %", "some, %", "all, %"),
        *("best on the mean", "gain of the best, hundredths"),
    )
    for line in lines:
        shares = (f"{100.0 * line[name]:.0f}" for name in ("share_none", "share_interior", "share_full"))
        yield cells(
            *(line["parameters"], line["answer"], f"{line['horizon']:g}", f"{line['weight']:g}", *shares),
            *(f"{line['best_of_mean']:g}", f"{line['gain']:.2f}"),
        )


def _mechanisms(lines: Lines) -> Iterator[str]:
    """A row a mechanism; the parts are those of full depth."""
    depths = list(dict.fromkeys(line["depth"] for line in lines))[1:]
    full = f"at {depths[-1]:g}"
    yield from head(
        *("switched", *(f"value at {depth:g}" for depth in depths), "best depth, in % of runs"),
        *(f"income {full}", f"lead {full}", f"China's income {full}"),
    )
    for name in dict.fromkeys(line["switched"] for line in lines):
        own = [line for line in lines if line["switched"] == name]
        often = max(own, key=lambda line: float(line["share_best"]))
        best = f"{often['depth']:g} in {100 * often['share_best']:.0f}"
        yield cells(
            *(name, *(f"{line['value']:.2f}" for line in own[1:]), best),
            *(f"{own[-1][part]:.2f}" for part in ("income", "lead", "rival")),
        )


def _responses(lines: Lines) -> Iterator[str]:
    yield from head(
        "", "response", "unit", "published sign", "mean", "se", "median", "90 % of sets", "with the sign, %"
    )
    for line in lines:
        yield cells(
            *(line["response"], line["outcome"], line["unit"], "+" if line["sign"] > 0 else "-"),
            *(short(line["mean"]), short(beyond_rounding(line["se"], line["mean"])), short(line["median"])),
            *(f"{short(line['q05'])} to {short(line['q95'])}", per_cent(line["share"])),
        )


def _stylised(lines: Lines) -> Iterator[str]:
    yield from head("fact", "firms of", "mean", "se", "median", "90 % of worlds")
    for line in lines:
        numbers = (short(line[name]) for name in ("mean", "se", "median"))
        yield cells(line["fact"], line["state"], *numbers, f"{short(line['q05'])} to {short(line['q95'])}")


def _directions(lines: Lines) -> Iterator[str]:
    """The clearest first."""
    yield from head("parameter", "partial rank correlation", "t")
    for line in sorted(lines, key=lambda line: -abs(line["t"])):
        yield cells(f"`{line['column']}`", f"{line['correlation']:.2f}", f"{line['t']:.1f}")
