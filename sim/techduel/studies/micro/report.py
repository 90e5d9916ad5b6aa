"""A study in words: README and screen, from the tables on disk."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.report import pages
from techduel.statistics.normal import NORMAL_95
from techduel.studies.evidence.published import LARGEST, NOT_ESTIMABLE
from techduel.studies.micro.protocol import Study
from techduel.studies.micro.tables import read_estimates


def write_readme(folder: Path, study: Study, config: Mapping[str, Any]) -> None:
    """What was done and what came out."""
    estimates = read_estimates(folder)
    pages.write_readme(folder, "micro", study=study, config=config, estimates=estimates, with_error=_with_error)


def screen(folder: Path) -> str:
    """The findings, a line each."""
    return "\n".join(
        f"  {line['id']:<24} {_with_error(line, 'estimate', 'se'):<16} {line['unit']:<7} {line['verdict']}"
        for line in read_estimates(folder)
    )


def _with_error(line: Mapping[str, Any], name: str, error: str) -> str:
    if abs(line[name]) > LARGEST:
        return NOT_ESTIMABLE
    return f"{pages.short(line[name])} ± {pages.short(NORMAL_95 * line[error])}"
