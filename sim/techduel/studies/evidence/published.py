"""Published findings and their rules, and what the tables of the studies say to each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

from techduel.scenario.loader import strict_mapping
from techduel.studies.evidence.arms import ROUNDING

REPRODUCED, SIGN_ONLY, NOT_REPRODUCED = "reproduced", "sign only", "not reproduced"
NOT_ESTIMABLE: Final = "not estimable"
"""Verdict of a regression whose estimates say nothing; stands instead of a number beyond `LARGEST`, too."""
LARGEST: Final = 1000.0
"""Per cent beyond which a few worlds with hardly anything to divide by rule a mean: a convention of this project."""
INPUT: Final = "input"
"""Kind and verdict of what is a fact of the base year, the same in every set: it can be neither right nor wrong."""
NO_EFFECT: Final = "none"
"""Kind of the protocol's findings that there is no effect."""
AGREEING: Final = 0.8
"""Share of parameter sets from which a sign counts as the model's: a convention of this project."""
FILE: Final = "published.yaml"
COLUMNS: Final = (
    *("id", "finding", "published", "published_low", "published_high", "model", "model_se", "verdict", "tuned"),
    *(
        "command",
        "unit",
        "share",
        "source",
        "differs",
        "kind",
        "tuned_by",
        "seen_before",
        "net",
        "net_se",
        "net_verdict",
    ),
)
"""Of ``findings.csv``."""

type Lines = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Published:
    """One finding, the rule that decides about it, and the row of a study that answers it."""

    finding: str
    kind: str
    """``band``, ``sign``, ``share`` or `INPUT`."""
    sign: int
    """1 or -1; 0 when only the range counts."""
    source: str
    study: str
    """Name of the table that holds the answer."""
    row: Mapping[str, Any]
    """Values by column that only the answer has."""
    published: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    unit: str = "%"
    differs: str = ""
    """In what the model's case is another than the paper's."""
    tuned_by: str = ""
    """Parameter or moment of the fit that the finding was in view for; empty if there is none."""
    seen_before: bool = False
    """Whether the model's answer had been printed before the rule was written, or the rule was changed since."""
    column: str = "mean"
    """Column of the answer."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All findings that studies of this project answer, and those that nothing answers."""

    findings: Mapping[str, Published]
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Reasons by name."""
    in_view: Mapping[str, str] = field(default_factory=dict)
    """Findings of the micro protocol that were in view for a parameter though it does not say so, with what for."""
    untouched: tuple[str, ...] = ()
    """Findings that version 0.1.0 marked neither tuned nor seen: a list that was fixed then."""


@cache
def catalogue() -> Catalogue:
    """The findings of ``published.yaml``."""
    plain = strict_mapping((files("techduel.studies.evidence") / FILE).read_text(encoding="utf-8"), FILE)
    findings = {name: Published(**given) for name, given in plain["findings"].items()}
    return Catalogue(findings, plain["left_out"], plain["in_view"], tuple(plain["untouched"]))


def verdict(published: Published, model: float, share: float) -> str:
    """What the model's number, and the share of parameter sets with the published sign, say about a finding.

    Parameters
    ----------
    published : Published
    model : float
        Mean over parameter sets, or a share of them.
    share : float
        Of parameter sets with the published sign.
    """
    if published.kind == INPUT:
        return INPUT
    inside = published.low <= model <= published.high
    if published.kind == "share" or published.sign == 0:
        return REPRODUCED if inside else NOT_REPRODUCED
    said = sign_verdict(published.sign, model, share)
    return REPRODUCED if published.kind == "band" and inside and said == SIGN_ONLY else said


def sign_verdict(sign: int, middle: float, share: float) -> str:
    """What mean or median, and the share of parameter sets with the published sign, say where no size is asked for.

    One set with a large effect the other way may turn the mean while most sets agree: both have to have the sign.
    """
    return SIGN_ONLY if share >= AGREEING and sign * middle > 0.0 else NOT_REPRODUCED


def net_of_placebo(line: Mapping[str, Any]) -> str:
    """The verdict of a line of ``findings.csv`` once the placebo is taken out, where there is one.

    Comparisons with the same world without the treatment have no placebo: nothing but the treatment is in them.
    """
    return str(line["net_verdict"] or line["verdict"])


def answers(tables: Mapping[str, Lines], commands: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """A line of ``findings.csv`` for every finding whose table is there, in the order of the catalogue.

    Parameters
    ----------
    tables : mapping
        Lines by column, by name of the table; those about drawn parameters only.
    commands : mapping
        What to type for a table, by its name.
    """
    for name, published in catalogue().findings.items():
        if published.study in tables:
            line = answer(published, tables[published.study])
            model, share = float(line[published.column]), share_with_sign(published, line)
            yield {
                **{"id": name, "finding": published.finding, "published": published.published},
                **{"published_low": published.low, "published_high": published.high},
                **{"model": model, "model_se": error(published, line), "verdict": verdict(published, model, share)},
                **{"tuned": bool(published.tuned_by), "command": commands[published.study], "unit": published.unit},
                **{"share": share, "source": published.source, "differs": published.differs, "kind": published.kind},
                **{"tuned_by": published.tuned_by, "seen_before": published.seen_before},
                **{"net": float("nan"), "net_se": float("nan"), "net_verdict": ""},
            }


def own_range(source: str) -> bool:
    """Whether the range is this project's own, with no published number behind it."""
    return source.startswith("assumption")


def answer(published: Published, lines: Lines) -> Mapping[str, Any]:
    """The one line of a table that answers a finding.

    Raises
    ------
    LookupError
        If there is none, or several.
    """
    found = [line for line in lines if all(line.get(name) == value for name, value in published.row.items())]
    if len(found) != 1:
        raise LookupError(f"{published.study}: {len(found)} rows are {dict(published.row)}")
    return found[0]


def share_with_sign(published: Published, line: Mapping[str, Any]) -> float:
    """Share of parameter sets with the published sign."""
    if published.kind in ("share", INPUT) or published.sign == 0:
        return float("nan")
    return float(line["share"])


def error(published: Published, line: Mapping[str, Any]) -> float:
    """Standard error of the model's number: over parameter sets, for a share that of a proportion."""
    if published.kind != "share":
        return beyond_rounding(float(line["se"]), float(line[published.column]))
    part = float(line[published.column])
    return float((part * (1.0 - part) / line["draws"]) ** 0.5)


def beyond_rounding(error: float, number: float) -> float:
    """A standard error; none where it is only rounding, because the number is the same in all sets."""
    return error if error > ROUNDING * abs(number) else float("nan")
