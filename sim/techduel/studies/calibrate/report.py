"""A calibration in words: what came out."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.manifest import README
from techduel.report import pages
from techduel.studies.calibrate.fit import DUMMIES
from techduel.studies.calibrate.tables import (
    MOMENT_COLUMNS,
    PARAMETER_COLUMNS,
    WEAKLY,
    Fit,
    moment_rows,
    parameter_rows,
)

BULLET: Final = "- "


def write_readme(fit: Fit, folder: Path, command: str, recovery: Sequence[str] = ()) -> None:
    """Write ``README.md`` of a result folder.

    Parameters
    ----------
    fit : Fit
    folder : Path
    command : str
        That makes it again.
    recovery : sequence of str
        What a recovery of planted parameters shows, a sentence a line.
    """
    sentences = [*summary(fit), *recovery]
    pages.write_readme(folder, "calibrate", sentences=sentences, until=fit.plan.until, command=command)


def summary(fit: Fit) -> list[str]:
    """What came out, a sentence a line."""
    moments, parameters = _named(MOMENT_COLUMNS, moment_rows(fit)), _named(PARAMETER_COLUMNS, parameter_rows(fit))
    within = [row for row in moments if row["fitted"] == "yes"]
    ahead = [row for row in moments if row["fitted"] == "no"]
    close = sum(row["implausibility"] < 1.0 for row in within)
    words = [
        f"{fit.plan.members} sets, {fit.plan.steps} assimilations, {fit.plan.runs} runs; "
        f"{int(fit.kept.sum())} sets live through the record, {len(fit.values)} of them are kept.",
        f"{close} of {len(within)} fitted moments lie within one standard deviation of the median set.",
        _missed(fit),
        *([_forecast(ahead)] if ahead else []),
        f"Of {len(parameters)} parameters {_count(parameters, 'yes')} are identified, {_count(parameters, 'weak')} "
        f"weakly, {_count(parameters, 'no')} not: those keep their prior.",
        _by_chance(fit),
    ]
    return words


def _missed(fit: Fit) -> str:
    names = ", ".join(moment.key for moment in fit.missed)
    return (
        f"Missed by the ensemble as a whole: {names}." if names else "No moment is missed by the ensemble as a whole."
    )


def _forecast(rows: list[dict[str, Any]]) -> str:
    inside = sum(row["inside"] == "yes" for row in rows)
    return (
        f"Of {len(rows)} numbers that the fit does not know, {inside} lie in the 90 % band with errors of the record."
    )


def _by_chance(fit: Fit) -> str:
    chance = fit.by_chance
    narrowed = int((chance < WEAKLY).sum())
    return (
        f"Columns without meaning keep {np.mean(chance):.2f} of their spread "
        f"({chance.min():.2f} to {chance.max():.2f}; {narrowed} of {DUMMIES} below {WEAKLY:g}): that much is chance."
    )


def findings(folder: Path) -> list[str]:
    """What the README of a result folder lists, a sentence a line."""
    lines = (folder / README).read_text(encoding="utf-8").splitlines()
    return [line.removeprefix(BULLET) for line in lines if line.startswith(BULLET)]


def _named(columns: tuple[str, ...], rows: Any) -> list[dict[str, Any]]:
    return [dict(zip(columns, row, strict=True)) for row in rows]


def _count(rows: list[dict[str, Any]], word: str) -> int:
    return sum(row["identified"] == word for row in rows)
