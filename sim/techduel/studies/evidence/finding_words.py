"""Findings, findings left out, and parameters in Markdown."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import isnan
from typing import Any, Final

from techduel.report.markdown import cells, head, per_cent, short
from techduel.studies.evidence.parameter_table import CLEAR, assumed, partly_assumed
from techduel.studies.evidence.published import INPUT, NO_EFFECT, NOT_REPRODUCED, REPRODUCED, SIGN_ONLY

type Lines = Sequence[Mapping[str, Any]]
VERDICTS: Final = (REPRODUCED, SIGN_ONLY, NOT_REPRODUCED)
GROUPS: Final = {
    "with a published size or range": ("band", "share"),
    "with a direction only": ("sign",),
    "of no effect": (NO_EFFECT,),
}
"""Kinds of findings that are counted together."""
APART: Final = 1.96
"""Standard errors beyond which a placebo, a lead or an estimate of no effect differs from 0."""
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
    return "\n".join(_summary(findings, first)) + "\n"


def _summary(findings: Lines, first: Mapping[str, str]) -> Iterator[str]:
    yield from _counts(findings)
    yield ""
    yield from head(
        *("", "finding", "published", "model", "unit", "with the sign, %", "verdict", "first verdict"),
        *("tuned", "command"),
    )
    for line in findings:
        yield cells(
            *(line["id"], line["finding"], published(line), with_error(line), line["unit"], per_cent(line["share"])),
            *(_judged(line), first.get(line["id"], ""), _tuned(line), f"`{line['command']}`"),
        )


def _judged(line: Mapping[str, Any]) -> str:
    """The verdict; where the paper finds no effect, beside it whether the model does once the placebo is taken out."""
    said = f"**{line['verdict']}**" if line["verdict"] == REPRODUCED else str(line["verdict"])
    if line["kind"] != NO_EFFECT or isnan(line["net"]):
        return said
    differs = "differs from 0" if _apart(line["net"], line["net_se"]) else "does not differ from 0"
    return f"{said}; less its placebo {short(line['net'])} (se {short(line['net_se'])}), which {differs}"


def _tuned(line: Mapping[str, Any]) -> str:
    said = f"yes: {line['tuned_by']}" if line["tuned"] else "no"
    return f"{said}; seen" if line["seen_before"] else said


def _apart(number: float, error: float) -> bool:
    return abs(number) > APART * error


def _counts(findings: Lines) -> Iterator[str]:
    """How many findings got which verdict, by what is published; inputs of the model are not counted."""
    for words, kinds in GROUPS.items():
        found = [line["verdict"] for line in findings if line["kind"] in kinds]
        if found:
            yield f"Of {len(found)} findings {words}: {_counted(found)}."
    net = [line["net_verdict"] for line in findings if line["net_verdict"]]
    if net:
        yield f"Of the {len(net)} of them that are regressions on firms, less their placebos: {_counted(net)}."
    inputs = sum(line["verdict"] == INPUT for line in findings)
    if inputs:
        yield f"{inputs} numbers are inputs and not counted."
    seen, tuned = (sum(bool(line[name]) for line in findings) for name in ("seen_before", "tuned"))
    yield f"{tuned} were in view when a parameter was chosen or fitted; {seen} were seen before their rule was written."
    clean = [
        line for line in findings if line["verdict"] == REPRODUCED and not line["tuned"] and not line["seen_before"]
    ]
    yield f"Reproduced and neither: {', '.join(str(line['id']) for line in clean) or 'none'}."


def _counted(found: Sequence[str]) -> str:
    """Verdicts with their numbers; others than the usual three only where there are some."""
    counts = Counter(found)
    return ", ".join(f"{counts[name]} {name}" for name in dict.fromkeys((*VERDICTS, *found)))


def published(line: Mapping[str, Any]) -> str:
    """The published number with its range, or the range alone; a word when there is neither."""
    if line["kind"] == NO_EFFECT:
        return "no effect"
    low, high = line["published_low"], line["published_high"]
    reach = "" if isnan(low) else f"{short(low)} to {short(high)}"
    if isnan(line["published"]):
        return reach or "sign"
    return f"{short(line['published'])} ({reach})" if reach else short(line["published"])


def with_error(line: Mapping[str, Any]) -> str:
    """The model's number and its standard error."""
    error = short(line["model_se"])
    return f"{short(line['model'])} (se {error})" if error else short(line["model"])


def skill(lines: Sequence[Mapping[str, str]]) -> str:
    """Skill of a backtest by series and state, from the texts of its table."""
    return "\n".join(_skill(lines)) + "\n"


def _skill(lines: Sequence[Mapping[str, str]]) -> Iterator[str]:
    yield from head(
        "series", "state", "points", "skill", "90 % band covers, %", "skill of the model alone", "covers, %"
    )
    for line in lines:
        numbers = {
            name: float(line[name] or "nan") for name in ("skill", "covered_90", "model_skill", "model_covered_90")
        }
        yield cells(
            *(f"`{line['series']}`", line["state"], line["points"], short(numbers["skill"])),
            *(per_cent(numbers["covered_90"]), short(numbers["model_skill"]), per_cent(numbers["model_covered_90"])),
        )


def regressions(found: Mapping[str, Lines]) -> str:
    """Estimates of the firm-level regressions with their checks, by study; what they add up to; counts apart."""
    lines = [line for study in found.values() for line in study]
    parts = (_regressions(found), [""], _checks(lines), [""], _counts_apart(lines))
    return "\n".join(line for part in parts for line in part) + "\n"


def _regressions(found: Mapping[str, Lines]) -> Iterator[str]:
    yield from head(
        *("", "study", "outcome", "estimate (se)", "90 % of worlds", "with the sign, %", "placebo (se)"),
        *("less placebo (se)", "strongest lead before (se)", "firms treated, others", "published", "verdict"),
        "verdict less placebo",
    )
    for study, lines in found.items():
        for line in lines:
            known = {"published": line["published"], "published_low": line["low"], "published_high": line["high"]}
            yield cells(
                *(line["id"], study, line["outcome"], _pair(line, "estimate", "se")),
                *(f"{short(line['q05'])} to {short(line['q95'])}", per_cent(line["share"])),
                *(_pair(line, "placebo", "placebo_se"), _pair(line, "corrected", "corrected_se")),
                *(_pair(line, "lead", "lead_se"), f"{short(line['n_treated'])}, {short(line['n_control'])}"),
                *(published(known | {"kind": line["kind"]}), line["verdict"], line["net_verdict"]),
            )


def _checks(lines: Lines) -> Iterator[str]:
    """Verdicts with and without placebos, and how often placebos and leads are not what they should be."""
    count = len(lines)
    said, net = ([str(line[name]) for line in lines] for name in ("verdict", "net_verdict"))
    kept = [line["id"] for line in lines if line["net_verdict"] == REPRODUCED]
    protocols = ", ".join(sorted({str(line["protocol"]) for line in lines}))
    placebos, leads = (sum(_apart(line[name], line[f"{name}_se"]) for line in lines) for name in ("placebo", "lead"))
    led = [
        f"{line['id']} {_pair(line, 'lead', 'lead_se')}"
        for line in lines
        if REPRODUCED in (line["verdict"], line["net_verdict"]) and _apart(line["lead"], line["lead_se"])
    ]
    yield f"- Protocol: {protocols}. By its rule, of {count}: {_counted(said)}. Less the placebo: {_counted(net)}."
    yield f"- Reproduced less the placebo: {', '.join(kept) or 'none'}."
    yield (
        f"- {placebos} of {count} placebos and {leads} of {count} strongest leads differ from 0 beyond {APART}"
        " standard errors (luck alone: one in twenty placebos, about one in ten leads, each the stronger of two)."
        f" Leads of what is reproduced by either rule: {'; '.join(led) or 'none beyond'}."
    )
    yield from _no_effects(lines)


def _no_effects(lines: Lines) -> Iterator[str]:
    for line in (line for line in lines if line["kind"] == NO_EFFECT):
        net = f"the estimate less its placebo is {_pair(line, 'corrected', 'corrected_se')}"
        apart = _apart(line["corrected"], line["corrected_se"])
        says = "which differs from 0: the opposite of the paper" if apart else "which does not differ from 0"
        yield f"- {line['id']}: the paper finds no effect; {net}, {says}."


def _counts_apart(lines: Lines) -> Iterator[str]:
    """Outcomes that are counts: the mean of per cents beside numbers that a base near zero cannot rule."""
    yield from head(
        *("counts, per cent", "mean over worlds (se)", "median", "ratio of means (se)", "the same less placebo (se)"),
        "base near zero, % of worlds",
    )
    for line in (line for line in lines if line["scale"] == COUNTED):
        yield cells(
            *(line["id"], _pair(line, "estimate", "se"), short(line["median"]), _pair(line, "ratio", "ratio_se")),
            *(_pair(line, "net_ratio", "net_ratio_se"), per_cent(line["near_zero"])),
        )


def switches(found: Mapping[str, Mapping[str, Lines]]) -> str:
    """Estimates of a study with channels switched off one at a time, side by side."""
    return "\n".join(line for study in found.values() for line in _switches(study))


def _switches(study: Mapping[str, Lines]) -> Iterator[str]:
    yield from head("switched off:", *study)
    columns = [{line["id"]: line for line in lines} for lines in study.values()]
    for name in columns[0]:
        yield cells(name, *(_switched(column[name]) if name in column else "" for column in columns))
    yield ""


def _switched(line: Mapping[str, Any]) -> str:
    return f"{short(line['estimate'])}; {_pair(line, 'corrected', 'corrected_se')}"


def _pair(line: Mapping[str, Any], number: str, deviation: str) -> str:
    return f"{short(line[number])} ({short(line[deviation])})"


def left_out(reasons: Mapping[str, str]) -> str:
    """Findings that nothing in the model answers, with the reason."""
    return "\n".join(f"- **{name}**: {reason}." for name, reason in reasons.items()) + "\n"


def differences(findings: Lines) -> str:
    """In what the model's case is another than the paper's."""
    lines = (f"- **{line['id']}** ({line['source']}): {line['differs']}." for line in findings if line["differs"])
    return "\n".join(lines) + "\n"


def parameters(rows: Lines) -> str:
    """Every parameter with prior, posterior and direction."""
    return "\n".join(_parameters(rows)) + "\n"


def _parameters(rows: Lines) -> Iterator[str]:
    clear = sum(bool(row["clear"]) for row in rows)
    bare, partly = (sum(rule(row["source"]) for row in rows) for rule in (assumed, partly_assumed))
    yield (
        f"{len(rows)} numbers; {clear} of them move the lead clearly (t beyond {CLEAR:g}). The source of {bare} is a"
        f" bare assumption, of {partly} more an assumption with a reason or a bound; {len(rows) - bare - partly} rest"
        " on a measurement, a convention or the article."
    )
    yield ""
    yield from head(
        *("parameter", "meaning", "unit", "prior: low, mode, high", "posterior median (90 %)", "sd ratio"),
        *("US lead of 2035", "source"),
    )
    for row in rows:
        believed = ", ".join(short(row[name]) for name in ("low", "mode", "high"))
        yield cells(
            *(f"`{row['parameter']}`", row["meaning"], row["unit"], believed, _posterior(row)),
            *(short(row["sd_ratio"]), _direction(row), row["source"]),
        )


def _posterior(row: Mapping[str, Any]) -> str:
    if isnan(row["posterior_median"]):
        return ""
    return f"{short(row['posterior_median'])} ({short(row['posterior_q05'])} to {short(row['posterior_q95'])})"


def _direction(row: Mapping[str, Any]) -> str:
    if not row["direction"]:
        return ""
    return f"{row['direction']} (t {row['t']:.1f})" + ("" if row["clear"] else ", unclear")
