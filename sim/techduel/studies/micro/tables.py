"""The tables of a study: its findings, every world's estimates, the event studies."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from techduel.statistics.tables import Lines, read_lines, write_table
from techduel.studies.micro.estimates import Estimate
from techduel.studies.micro.protocol import Finding
from techduel.studies.micro.regressions import OUTCOMES, POINTS
from techduel.studies.micro.verdicts import Summary, event_study, net_verdict, summary, verdict

ESTIMATES: Final = "estimates.csv"
WORLDS: Final = "worlds.csv"
EVENTS: Final = "events.csv"
COLUMNS: Final = (
    *("id", "finding", "outcome", "unit", "estimate", "se", "q05", "q95", "share", "within_se"),
    *("published", "low", "high", "kind", "sign", "verdict", "first_verdict", "placebo", "placebo_se", "corrected"),
    *("corrected_se", "net_verdict", "lead", "lead_se", "worlds", "n_treated", "n_control", "tuned", "source"),
    *("protocol", "scale", "median", "ratio", "ratio_se", "net_ratio", "net_ratio_se", "near_zero"),
)
TEXTS: Final = frozenset(
    {
        *("id", "finding", "outcome", "unit", "kind", "verdict", "first_verdict", "net_verdict", "tuned", "source"),
        *("protocol", "scale"),
    }
)
WORLD_COLUMNS: Final = ("id", "run", "effect", "se", "placebo", "n_treated", "n_control", "base")
EVENT_COLUMNS: Final = ("id", "years", "effect", "se")

type ByFinding = Mapping[str, Sequence[Estimate]]
"""Estimates by finding, in the order of worlds."""


def write_tables(
    folder: Path, findings: Sequence[Finding], estimates: ByFinding, first: Mapping[str, str], mark: str
) -> None:
    """Write all three.

    Parameters
    ----------
    folder : Path
    findings : sequence of Finding
    estimates : mapping
    first : mapping
        Verdicts of the first run by finding; those of this run where there is none.
    mark : str
        Commit of the protocol, and whether it has changed since.
    """
    rows = (_row(finding, summary(finding, estimates[finding.name]), first, mark) for finding in findings)
    write_table(folder / ESTIMATES, COLUMNS, rows)
    write_table(
        folder / WORLDS, WORLD_COLUMNS, (_world(one) for finding in findings for one in estimates[finding.name])
    )
    write_table(folder / EVENTS, EVENT_COLUMNS, (line for finding in findings for line in _events(finding, estimates)))


def read_estimates(folder: Path) -> Lines:
    """The findings of a stored study by column."""
    return read_lines(folder / ESTIMATES, TEXTS)


def read_events(folder: Path) -> Lines:
    """The event studies of a stored study by column."""
    return read_lines(folder / EVENTS, TEXTS)


def unit(finding: Finding) -> str:
    """Unit of a finding's numbers."""
    return "points" if OUTCOMES[finding.outcome].scale == POINTS else "%"


def _row(finding: Finding, whole: Summary, first: Mapping[str, str], mark: str) -> tuple[Any, ...]:
    said = verdict(finding, whole)
    return (
        *(finding.name, finding.finding, OUTCOMES[finding.outcome].meaning, unit(finding)),
        *(whole.mean, whole.se, whole.q05, whole.q95, whole.share, whole.within_se),
        *(finding.published, finding.low, finding.high, finding.kind, finding.sign, said),
        *(first.get(finding.name, said), whole.placebo, whole.placebo_se, whole.corrected, whole.corrected_se),
        *(net_verdict(finding, whole), whole.lead, whole.lead_se, whole.worlds, whole.treated, whole.control),
        *(finding.tuned, finding.source, mark, OUTCOMES[finding.outcome].scale, whole.median),
        *(whole.ratio, whole.ratio_se, whole.net_ratio, whole.net_ratio_se, whole.near_zero),
    )


def _world(one: Estimate) -> tuple[Any, ...]:
    return one.finding, one.run, one.effect, one.se, one.placebo, one.treated, one.control, one.base


def _events(finding: Finding, estimates: ByFinding) -> Iterator[tuple[Any, ...]]:
    for years, point in event_study(estimates[finding.name]).items():
        yield finding.name, years, *point
