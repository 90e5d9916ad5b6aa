"""Findings, findings left out, and parameters in Markdown."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import isnan
from typing import Any, Final

from sim.analysis.markdown import cells, head, per_cent, short
from sim.analysis.parameter_table import CLEAR
from sim.analysis.published import NOT_REPRODUCED, REPRODUCED, SIGN_ONLY

type Lines = Sequence[Mapping[str, Any]]
VERDICTS: Final = (REPRODUCED, SIGN_ONLY, NOT_REPRODUCED)


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
            *(f"**{line['verdict']}**" if line["verdict"] == REPRODUCED else line["verdict"],),
            *(first.get(line["id"], ""), "yes" if line["tuned"] else "no", f"`{line['command']}`"),
        )


def _counts(findings: Lines) -> Iterator[str]:
    """How many findings got which verdict: those with a size or a range, and those with a direction only."""
    for words, sized in (("with a published size or range", True), ("with a direction only", False)):
        found = [line["verdict"] for line in findings if isnan(line["published_low"]) != sized]
        if found:
            yield f"Of {len(found)} findings {words}: {', '.join(_count(found, name) for name in VERDICTS)}."


def _count(found: list[str], name: str) -> str:
    return f"{Counter(found)[name]} {name}"


def published(line: Mapping[str, Any]) -> str:
    """The published number with its range, or the range alone; a word when only a sign is published."""
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
    """Estimates of the firm-level regressions with their checks, by study."""
    return "\n".join(_regressions(found)) + "\n"


def _regressions(found: Mapping[str, Lines]) -> Iterator[str]:
    yield from head(
        *("", "study", "outcome", "estimate (se)", "90 % of worlds", "placebo (se)", "less placebo (se)"),
        *("strongest lead before (se)", "firms treated, others", "published", "verdict", "verdict less placebo"),
    )
    for study, lines in found.items():
        for line in lines:
            known = {"published": line["published"], "published_low": line["low"], "published_high": line["high"]}
            yield cells(
                *(line["id"], study, line["outcome"], _pair(line, "estimate", "se")),
                *(f"{short(line['q05'])} to {short(line['q95'])}", _pair(line, "placebo", "placebo_se")),
                *(_pair(line, "corrected", "corrected_se"), _pair(line, "lead", "lead_se")),
                *(f"{short(line['n_treated'])}, {short(line['n_control'])}", published(known)),
                *(line["verdict"], line["net_verdict"]),
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
    clear = sum(abs(row["t"]) > CLEAR for row in rows)
    yield f"{len(rows)} numbers; {clear} of them move the lead clearly."
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
    return f"{row['direction']} (t {row['t']:.1f})" if row["direction"] else ""
