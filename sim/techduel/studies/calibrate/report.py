"""A calibration on disk: the table of sets, how it was made, tables of moments and parameters, and what came out."""

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.manifest import README, write_text
from techduel.report import pages
from techduel.scenario.posteriors import parsed, table
from techduel.statistics.tables import write_table
from techduel.studies.calibrate.fit import DUMMIES
from techduel.studies.calibrate.tables import (
    MOMENT_COLUMNS,
    PARAMETER_COLUMNS,
    WEAKLY,
    Fit,
    moment_rows,
    parameter_rows,
)

POSTERIOR: Final = "posterior.csv"
MAKING: Final = "posterior.json"
MOMENTS: Final = "moments.csv"
PARAMETERS: Final = "parameters.csv"
SIGNIFICANT: Final = 5
BULLET: Final = "- "


def write_results(fit: Fit, folder: Path, command: str, recovery: Sequence[str]) -> None:
    """Tables and README; the same fit gives the same bytes.

    Parameters
    ----------
    fit : Fit
    folder : Path
        Result folder.
    command : str
        That makes it again.
    recovery : sequence of str
        What a recovery of planted parameters shows, a sentence a line.
    """
    sets = table(fit.values, fit.forms)
    parsed(sets, POSTERIOR)
    write_text(folder / POSTERIOR, sets)
    write_text(folder / MAKING, json.dumps(_making(fit, sets), indent=1) + "\n")
    write_table(folder / MOMENTS, MOMENT_COLUMNS, moment_rows(fit))
    write_table(folder / PARAMETERS, PARAMETER_COLUMNS, parameter_rows(fit))
    sentences = [*summary(fit), *recovery]
    pages.write_readme(folder, "calibrate", sentences=sentences, until=fit.plan.until, command=command)


def _making(fit: Fit, sets: str) -> dict[str, Any]:
    return {
        "made": "techduel calibrate: ensemble smoother with multiple data assimilation",
        **fit.made,
        "runs": fit.plan.runs,
        "sets": len(fit.values),
        "plausible": int(fit.kept.sum()),
        "moments": {moment.key: float(f"{moment.observed:.{SIGNIFICANT}g}") for moment in fit.aim.chosen},
        "missed": [moment.key for moment in fit.missed],
        "chance": [float(f"{end(fit.by_chance):.{SIGNIFICANT}g}") for end in (np.min, np.max)],
        "digest": hashlib.sha256(sets.encode("utf-8")).hexdigest(),
    }


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


def install(folder: Path, place: Path, until: int) -> None:
    """Put the table of sets and how it was made into the package."""
    for name in (POSTERIOR, MAKING):
        source = Path(name)
        shutil.copyfile(folder / name, place / f"{source.stem}_{until}{source.suffix}")
