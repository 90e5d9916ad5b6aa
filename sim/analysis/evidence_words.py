"""The tables of the evidence in Markdown, short enough for a page."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from sim.analysis.decoupling import AGAINST, EVERYTHING
from sim.analysis.studies import PRIOR, SHIPPED, Table, labelled

type Lines = Sequence[Mapping[str, Any]]
REPRODUCED: Final = 0.8
"""Share of draws from which a sign counts as reproduced; up to one minus it, as contradicted."""
DATE: Final = 10
"""Years after the start that tables of decoupling show."""
SHOWN: Final = ("discounted income", "income", "efficiency", "technology", "frontier", "chip sales", "chip R&D")


def verdict(share: float) -> str:
    """What a share of draws with the published sign says."""
    return "reproduced" if share >= REPRODUCED else "contradicted" if share <= 1.0 - REPRODUCED else "mixed"


def in_words(study: str, tables: Mapping[str, Table]) -> str:
    """The tables of a study, one after the other."""
    found = {name: list(labelled(table)) for name, table in tables.items()}
    makers: dict[str, Callable[[], Iterator[str]]] = {
        "patterns": lambda: _patterns(found["patterns"], found["prior"]),
        "decoupling": lambda: _decoupling(found["decoupling"]),
        "control_depth": lambda: _optima(found["control_depth_optimum"]),
        "depth_mechanisms": lambda: _mechanisms(found["depth_mechanisms"]),
    }
    return "\n".join(makers[study]()) + "\n"


def _patterns(lines: Lines, checks: Lines) -> Iterator[str]:
    yield from _head(
        "", "treatment", "outcome", "published", "median, %", "90 % of draws", "with the sign, %", "verdict"
    )
    for line in lines:
        median, low, high = (_rounded(100.0 * np.expm1(line[name])) for name in ("median", "q05", "q95"))
        aim = f"{line['published']} ({'+' if line['sign'] > 0 else '-'})"
        outcome = line["outcome"] + (f"; `{line['switched']}`" if line["switched"] else "")
        yield _cells(
            *(line["pattern"], line["treatment"].replace("_", " "), outcome, aim, f"{median:.1f}"),
            *(f"{low:.1f} to {high:.1f}", f"{100.0 * line['share']:.0f}", verdict(line["share"])),
        )
    yield ""
    yield from _head("prior check at the end of 2025", "believed", "median", "90 % of draws", "outside, %")
    for line in checks:
        yield _cells(
            *(line["outcome"], f"{line['low']:g} to {line['high']:g}", f"{line['median']:.3f}"),
            *(f"{line['q05']:.3f} to {line['q95']:.3f}", f"{100.0 * line['share_outside']:.0f}"),
        )


def _decoupling(lines: Lines) -> Iterator[str]:
    columns = [(source, state) for source in (SHIPPED, PRIOR) for state in ("us", "china")]
    titles = [f"{state}, {source}" for source, state in columns]
    at_date = {_key(line): line for line in lines if line["years"] == DATE}
    for variable in SHOWN:
        yield from _head(f"{variable} after {DATE} years, %", *titles)
        known = [line["switched"] for line in lines if _key(line) in at_date and line["variable"] == variable]
        parts = dict.fromkeys(part for part in known if part != AGAINST)
        for part in parts:
            found = [at_date.get((part, source, state, variable)) for source, state in columns]
            yield _cells(part, *(_band(line) if line else "" for line in found))
        yield ""
    yield from _head(f"{EVERYTHING}, prior", "us", "china")
    for variable in ("chip sales, bn USD", "chip share of the world", "chip R&D, bn USD", "GDP", "prices"):
        for years in dict.fromkeys(line["years"] for line in lines):
            chosen = [line for line in lines if line["years"] == years and line["variable"] == variable]
            both = [line for line in chosen if line["switched"] == EVERYTHING and line["parameters"] == PRIOR]
            yield _cells(
                f"{_with_unit(variable, both[0]['unit'])}, after {years} years", *(_band(line) for line in both)
            )


def _with_unit(variable: str, unit: str) -> str:
    return variable if variable.endswith("bn USD") else f"{variable}, {unit}"


def _key(line: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return line["switched"], line["parameters"], line["state"], line["variable"]


def _band(line: Mapping[str, Any]) -> str:
    median, low, high = (_rounded(line[name]) for name in ("median", "q05", "q95"))
    return f"{median:.1f} ({low:.1f} to {high:.1f})"


def _rounded(value: float) -> float:
    """To a decimal, without a minus before a zero."""
    return round(float(value), 1) + 0.0


def _optima(lines: Lines) -> Iterator[str]:
    yield from _head(
        *("parameters", "answer", "horizon", "weight of lead", "best: none, %", "some, %", "all, %"),
        *("best on the mean", "gain of the best, hundredths"),
    )
    for line in lines:
        shares = (f"{100.0 * line[name]:.0f}" for name in ("share_none", "share_interior", "share_full"))
        yield _cells(
            *(line["parameters"], line["answer"], f"{line['horizon']:g}", f"{line['weight']:g}", *shares),
            *(f"{line['best_of_mean']:g}", f"{line['gain']:.2f}"),
        )


def _mechanisms(lines: Lines) -> Iterator[str]:
    """A row a mechanism; the parts are those of full depth."""
    depths = list(dict.fromkeys(line["depth"] for line in lines))[1:]
    full = f"at {depths[-1]:g}"
    yield from _head(
        *("switched", *(f"value at {depth:g}" for depth in depths), "best depth, in % of runs"),
        *(f"income {full}", f"lead {full}", f"China's income {full}"),
    )
    for name in dict.fromkeys(line["switched"] for line in lines):
        own = [line for line in lines if line["switched"] == name]
        often = max(own, key=lambda line: float(line["share_best"]))
        best = f"{often['depth']:g} in {100 * often['share_best']:.0f}"
        yield _cells(
            *(name, *(f"{line['value']:.2f}" for line in own[1:]), best),
            *(f"{own[-1][part]:.2f}" for part in ("income", "lead", "rival")),
        )


def _head(*titles: str) -> Iterator[str]:
    yield _cells(*titles)
    yield "|" + "---|" * len(titles)


def _cells(*values: Any) -> str:
    return "| " + " | ".join(str(value) for value in values) + " |"
