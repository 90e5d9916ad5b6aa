"""Published findings beside the model as pages: verdicts, regressions with their placebos, switches, parameters."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import isnan, nan
from typing import Any, Final

from techduel.report.pages import Markdown, band, escaped, rendered, short
from techduel.statistics.normal import NORMAL_95
from techduel.studies.evidence.parameter_table import CLEAR, assumed, idle, partly_assumed
from techduel.studies.evidence.published import (
    INPUT,
    LARGEST,
    NO_EFFECT,
    NOT_ESTIMABLE,
    NOT_REPRODUCED,
    REPRODUCED,
    SIGN_ONLY,
    catalogue,
    net_of_placebo,
)

type Lines = Sequence[Mapping[str, Any]]

VERDICTS: Final = (REPRODUCED, SIGN_ONLY, NOT_REPRODUCED)
GROUPS: Final = {
    "with a published size or range": ("band", "share"),
    "with a direction only": ("sign",),
    "of no effect": (NO_EFFECT,),
}
"""Kinds of findings that are counted together."""
COUNTED: Final = "count"
"""Scale of outcomes that are counts."""


def summary(findings: Lines, first: Mapping[str, str]) -> str:
    """Every finding in a line: published, model, verdict, first verdict, command.

    Parameters
    ----------
    findings : sequence of mapping
        Lines of ``findings.csv``.
    first : mapping
        The verdict of the first run by identifier, where one is on record.
    """
    formats = {"published": published, "number": number, "judged": _judged}
    return rendered("evidence_findings", counts=list(_counts(findings)), findings=findings, first=first, **formats)


def _judged(line: Mapping[str, Any]) -> Markdown:
    """The verdict net of placebo."""
    verdict = escaped(net_of_placebo(line))
    return Markdown(f"**{verdict}**" if verdict == REPRODUCED else verdict)


def _apart(number: float, error: float) -> bool:
    return abs(number) > NORMAL_95 * error


def _headline(findings: Lines) -> Iterator[str]:
    """Verdicts net of placebo, of what 0.1.0 marked neither tuned nor seen and of all others."""
    untouched = catalogue().untouched
    for words, apart in (("neither tuned nor seen in version 0.1.0", True), ("tuned, seen or later", False)):
        for group, kinds in GROUPS.items():
            lines = [line for line in findings if line["kind"] in kinds and (line["id"] in untouched) == apart]
            reproduced = [str(line["id"]) for line in lines if net_of_placebo(line) == REPRODUCED]
            names = f" ({', '.join(reproduced)})" if reproduced else ""
            if lines:
                counted = _counted([net_of_placebo(line) for line in lines])
                yield f"Net of placebo, of {len(lines)} findings {group}, {words}: {counted}{names}."


def _counts(findings: Lines) -> Iterator[str]:
    """How many findings got which verdict, by what is published; inputs of the model are not counted.

    What cannot be estimated stays among those that were asked, as a word of its own.
    """
    yield from _headline(findings)
    for words, kinds in GROUPS.items():
        verdicts = [line["verdict"] for line in findings if line["kind"] in kinds]
        if verdicts:
            yield f"By the rules as they stand, of {len(verdicts)} findings {words}: {_counted(verdicts)}."
    net = [line["net_verdict"] for line in findings if line["net_verdict"]]
    if net:
        yield f"Of the {len(net)} of them that are regressions on firms, less their placebos: {_counted(net)}."
    inputs = sum(line["verdict"] == INPUT for line in findings)
    if inputs:
        yield f"{inputs} numbers are inputs and not counted."
    seen, tuned = (sum(bool(line[name]) for line in findings) for name in ("seen_before", "tuned"))
    yield f"{tuned} were in view when a parameter was chosen or fitted; {seen} were seen before their rule was written."
    kept = [line for line in findings if net_of_placebo(line) == REPRODUCED]
    clean = [line for line in kept if not line["tuned"] and not line["seen_before"]]
    yield f"Reproduced net of placebo and neither: {', '.join(str(line['id']) for line in clean) or 'none'}."


def _counted(verdicts: Sequence[str]) -> str:
    """Verdicts with their numbers; others than the usual three only where there are some."""
    counts = Counter(verdicts)
    return ", ".join(f"{counts[name]} {name}" for name in dict.fromkeys((*VERDICTS, *verdicts)))


def published(line: Mapping[str, Any]) -> str:
    """The published number with its range, or the range alone; a word when there is neither."""
    if line["kind"] == NO_EFFECT:
        return "no effect"
    reach = band(line, "published_low", "published_high")
    if isnan(line["published"]):
        return reach or "sign"
    return f"{short(line['published'])} ({reach})" if reach else short(line["published"])


def number(value: float, error: float) -> str:
    """A number of the model and its standard error; a word for one that a few worlds rule."""
    if abs(value) > LARGEST:
        return NOT_ESTIMABLE
    return f"{short(value)} (se {short(error)})" if short(error) else short(value)


def skill(lines: Lines) -> str:
    """Skill of a backtest by series and state."""
    return rendered("evidence_backtest", skills=lines)


def regressions(studies: Mapping[str, Lines]) -> str:
    """Estimates of the firm-level regressions with their checks, by study; what they add up to; counts apart."""
    lines = [line for study in studies.values() for line in study]
    counted = [line for line in lines if line["scale"] == COUNTED]
    formats = {"pair": _pair, "published": _published_of_micro}
    return rendered("evidence_micro", studies=studies, checks=list(_checks(lines)), counted=counted, **formats)


def _published_of_micro(line: Mapping[str, Any]) -> str:
    return published({**line, "published_low": line["low"], "published_high": line["high"]})


def _checks(lines: Lines) -> Iterator[str]:
    """Verdicts with and without placebos, and how often placebos and leads are not what they should be."""
    count = len(lines)
    verdicts, net = ([str(line[name]) for line in lines] for name in ("verdict", "net_verdict"))
    kept = [line["id"] for line in lines if line["net_verdict"] == REPRODUCED]
    protocols = ", ".join(sorted({str(line["protocol"]) for line in lines}))
    placebos, leads = (sum(_apart(line[name], line[f"{name}_se"]) for line in lines) for name in ("placebo", "lead"))
    led = [
        f"{line['id']} {_pair(line, 'lead', 'lead_se')}"
        for line in lines
        if REPRODUCED in (line["verdict"], line["net_verdict"]) and _apart(line["lead"], line["lead_se"])
    ]
    yield f"Protocol: {protocols}. By its rule, of {count}: {_counted(verdicts)}. Less the placebo: {_counted(net)}."
    yield f"Reproduced less the placebo: {', '.join(kept) or 'none'}."
    yield (
        f"{placebos} of {count} placebos and {leads} of {count} strongest leads differ from 0 beyond {NORMAL_95}"
        " standard errors (luck alone: one in twenty placebos, about one in ten leads, each the stronger of two)."
        f" Leads of what is reproduced by either rule: {'; '.join(led) or 'none beyond'}."
    )
    for line in (line for line in lines if line["kind"] == NO_EFFECT):
        net_of_placebo = f"the estimate less its placebo is {_pair(line, 'corrected', 'corrected_se')}"
        differs = _apart(line["corrected"], line["corrected_se"])
        says = "which differs from 0: the opposite of the paper" if differs else "which does not differ from 0"
        yield f"{line['id']}: the paper finds no effect; {net_of_placebo}, {says}."


def switches(studies: Mapping[str, Mapping[str, Lines]]) -> str:
    """Estimates of a study with channels switched off one at a time, side by side."""
    return rendered("evidence_switches", studies=[_side_by_side(study) for study in studies.values()])


def _side_by_side(study: Mapping[str, Lines]) -> dict[str, Any]:
    columns = [{line["id"]: line for line in lines} for lines in study.values()]
    rows = [[name, *(_switched(column.get(name)) for column in columns)] for name in columns[0]]
    return {"names": list(study), "rows": rows}


def _switched(line: Mapping[str, Any] | None) -> str:
    return "" if line is None else f"{number(line['estimate'], nan)}; {_pair(line, 'corrected', 'corrected_se')}"


def _pair(line: Mapping[str, Any], name: str, error: str) -> str:
    return number(line[name], line[error]).replace("(se ", "(")


def left_out(reasons: Mapping[str, str]) -> str:
    """Findings that nothing in the model answers, with the reason."""
    return rendered("evidence_left_out", reasons=reasons)


def differences(findings: Lines) -> str:
    """In what the model's case is another than the paper's."""
    return rendered("evidence_differences", findings=findings)


def parameters(rows: Lines) -> str:
    """Every parameter with prior, posterior and direction."""
    bare, partly = (sum(rule(row["source"]) for row in rows) for rule in (assumed, partly_assumed))
    clear = sum(bool(row["clear"]) for row in rows)
    counts = {"clear": clear, "bare": bare, "partly": partly, "clear_from": f"{CLEAR:g}"}
    return rendered("evidence_parameters", rows=rows, idle=idle(), **counts)
