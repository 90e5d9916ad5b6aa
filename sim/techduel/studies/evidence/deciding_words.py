"""The ten numbers and forms that turn or size answers, as a table: which, at which value, and their source."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from techduel.model.parameters import schema
from techduel.model.parameters.forms import RIVALS
from techduel.report.marks import TITLES
from techduel.report.pages import rendered, short
from techduel.scenario.forms import possible
from techduel.scenario.prior import columns
from techduel.studies.evidence.deciding import INCOME, LEAD

SHOWN: Final = 10
CLEAR: Final = 4.0
"""Absolute t: of three thousand lines of luck, one in ten is beyond it by chance once."""
WORTH: Final = {LEAD: 0.1, INCOME: 0.01}
"""Log points and per cent from which an answer, or what a number's range does to one, is worth words."""
SURE: Final = 1.645
"""Standard errors within which the mean of an answer cannot be told from luck: its sign is nobody's to turn."""
FORM: Final = "forms."
HEAD: Final = (
    *(
        "number or form",
        "meaning, unit, range",
        "answers that it turns or sizes: mean, part of their variance over sets",
    ),
    *("turns", "source"),
)

type Lines = Sequence[Mapping[str, Any]]


def ten(lines: Lines) -> str:
    """The page's table: those that turn most questions inside their range, then those that explain most of one.

    Of the forms of a mechanism the first of that order stands for all.
    """
    answered = [line for line in lines if _told(line)]
    clear = [line for line in answered if abs(line["t"]) > CLEAR and abs(line["effect"]) > WORTH[line["outcome"]]]
    by_name: dict[str, list[Mapping[str, Any]]] = {}
    for line in clear:
        by_name.setdefault(line["column"], []).append(line)
    ranked = sorted(by_name, key=lambda name: _rank(by_name[name]), reverse=True)
    first: dict[str, str] = {}
    for name in ranked:
        first.setdefault(name.partition("=")[0], name)
    chosen = [*first.values()][:SHOWN]
    turning = sum(_rank(by_name[name])[0] > 0 for name in chosen)
    told = {
        **{"questions": _questions(lines), "answered": _questions(answered), "clear": CLEAR, "count": len(by_name)},
        **{"turning": turning, "sizing": len(chosen) - turning},
    }
    return rendered("evidence_deciding", head=HEAD, rows=[list(_row(name, by_name[name])) for name in chosen], **told)


def _told(line: Mapping[str, Any]) -> bool:
    """Whether the mean of an answer can be told from luck and is worth words."""
    return abs(line["mean"]) > max(SURE * line["se"], WORTH[line["outcome"]])


def _questions(lines: Lines) -> int:
    return len({(line["scenario"], line["outcome"], line["state"]) for line in lines})


def _rank(own: Lines) -> tuple[int, float]:
    """Questions that it turns; then the largest part of variance, over those that it turns if there are any."""
    turned = [line for line in own if line["inside"]]
    return len(turned), max(float(line["explained"]) for line in turned or own)


def _row(name: str, own: Lines) -> Iterator[str]:
    turned = [line for line in own if line["inside"]]
    told = sorted(turned or own, key=lambda line: -float(line["explained"]))[:3]
    yield f"`{name}`"
    yield _meaning(name)
    yield "; ".join(_question(line) for line in told)
    yield "; ".join(_turns(line) for line in told)
    yield _source(name)


def _question(line: Mapping[str, Any]) -> str:
    what = "lead" if line["outcome"] == LEAD else "income"
    part = f"{100 * float(line['explained']):.0f} % of variance"
    return f"{TITLES[line['state']]} {what} in `{line['scenario']}`: {short(line['mean'])} ({part})"


def _turns(line: Mapping[str, Any]) -> str:
    if line["column"].startswith(FORM):
        return f"{short(line['turns'])} under it" + ("" if line["inside"] else ", no other sign")
    where = short(line["turns"])
    way = "below" if line["effect"] * line["mean"] > 0.0 else "above"
    return f"{way} {where}" if line["inside"] else f"no value of its range (line: {where})"


def _meaning(name: str) -> str:
    if name.startswith(FORM):
        mechanism, _, form = name.removeprefix(FORM).partition("=")
        return f"{RIVALS[mechanism].forms[form].meaning} (drawn: {', '.join(possible(mechanism, 'drawn'))})"
    column = next(column for column in columns() if column.name == name)
    parameter = schema.described()[column.parameter]
    return f"{parameter.meaning}; {parameter.unit}, {column.low:g} to {column.high:g}, mode {column.mode:g}"


def _source(name: str) -> str:
    if name.startswith(FORM):
        mechanism, _, form = name.removeprefix(FORM).partition("=")
        return RIVALS[mechanism].forms[form].source
    return schema.described()[next(column.parameter for column in columns() if column.name == name)].source
