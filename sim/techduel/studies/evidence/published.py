"""Published findings and their rules, and what the tables of the studies say to each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Final

from techduel.scenario.loader import strict_mapping
from techduel.studies.evidence.arms import ROUNDING

REPRODUCED, SIGN_ONLY, NOT_REPRODUCED = "reproduced", "sign only", "not reproduced"
INPUT: Final = "input"
"""Kind and verdict of what is a fact of the base year, the same in every set: it can be neither right nor wrong."""
NO_EFFECT: Final = "none"
"""Kind of the protocol's findings that there is no effect."""
AGREEING: Final = 0.8
"""Share of parameter sets from which a sign counts as the model's: a convention of this project."""
FILE: Final = "published.yaml"
KINDS: Final = ("band", "sign", "share", INPUT)
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
    """Of `KINDS`."""
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


def verdict(known: Published, model: float, share: float) -> str:
    """What the model's number, and the share of parameter sets with the published sign, say about a finding.

    Parameters
    ----------
    known : Published
    model : float
        Mean over parameter sets, or a share of them.
    share : float
        Of parameter sets with the published sign.
    """
    if known.kind == INPUT:
        return INPUT
    inside = known.low <= model <= known.high
    if known.kind == "share" or known.sign == 0:
        return REPRODUCED if inside else NOT_REPRODUCED
    return REPRODUCED if known.kind == "band" and inside and share >= AGREEING else sign_verdict(share)


def sign_verdict(share: float) -> str:
    """What the share of parameter sets with the published sign says, where there is no size to be right about."""
    return SIGN_ONLY if share >= AGREEING else NOT_REPRODUCED


def answers(tables: Mapping[str, Lines], commands: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """A line of ``findings.csv`` for every finding whose table is there, in the order of the catalogue.

    Parameters
    ----------
    tables : mapping
        Lines by column, by name of the table; those about drawn parameters only.
    commands : mapping
        What to type for a table, by its name.
    """
    for name, known in catalogue().findings.items():
        if known.study in tables:
            line = answer(known, tables[known.study])
            model, share = float(line[known.column]), share_with_sign(known, line)
            yield {
                **{"id": name, "finding": known.finding, "published": known.published},
                **{"published_low": known.low, "published_high": known.high},
                **{"model": model, "model_se": error(known, line), "verdict": verdict(known, model, share)},
                **{"tuned": bool(known.tuned_by), "command": commands[known.study], "unit": known.unit},
                **{"share": share, "source": known.source, "differs": known.differs, "kind": known.kind},
                **{"tuned_by": known.tuned_by, "seen_before": known.seen_before},
                **{"net": float("nan"), "net_se": float("nan"), "net_verdict": ""},
            }


def own_range(source: str) -> bool:
    """Whether the range is this project's own, with no published number behind it."""
    return source.startswith("assumption")


def answer(known: Published, lines: Lines) -> Mapping[str, Any]:
    """The one line of a table that answers a finding.

    Raises
    ------
    LookupError
        If there is none, or several.
    """
    found = [line for line in lines if all(line.get(name) == value for name, value in known.row.items())]
    if len(found) != 1:
        raise LookupError(f"{known.study}: {len(found)} rows are {dict(known.row)}")
    return found[0]


def share_with_sign(known: Published, line: Mapping[str, Any]) -> float:
    """Share of parameter sets with the published sign."""
    if known.kind in ("share", INPUT) or known.sign == 0:
        return float("nan")
    return float(line["share"])


def error(known: Published, line: Mapping[str, Any]) -> float:
    """Standard error of the model's number: over parameter sets, for a share that of a proportion."""
    if known.kind != "share":
        return beyond_rounding(float(line["se"]), float(line[known.column]))
    part = float(line[known.column])
    return float((part * (1.0 - part) / line["draws"]) ** 0.5)


def beyond_rounding(error: float, number: float) -> float:
    """A standard error; none where it is only rounding, because the number is the same in all sets."""
    return error if error > ROUNDING * abs(number) else float("nan")
