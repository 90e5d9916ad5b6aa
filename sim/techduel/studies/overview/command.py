"""Overview: under which policies the gap opens or closes, where, at what cost to each side, and how surely."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.compute import Options
from techduel.ensemble.manifest import Manifest
from techduel.ensemble.paired import Row, year_ends
from techduel.ensemble.runs import load
from techduel.model.axes import Numbers
from techduel.studies.compare.comparison import (
    FREE,
    MEMBERS,
    SCENARIOS,
    Comparison,
    comparison_from,
    contrasts,
    run_members,
)
from techduel.studies.frame import drawing, keep, opening
from techduel.studies.overview import report
from techduel.studies.overview.figures import album
from techduel.studies.overview.tables import AS_CONFIGURED, BY_SECTOR, rows, sector_rows, write

RIVAL_RUNS: Final = 60
"""Of every scenario under each rival form: enough to tell a direction that nine runs of ten have."""
FORMS: Final = "forms"
"""Folder of the runs under rival forms."""

draw = drawing(album)


def header(config: Mapping[str, Any], options: Options) -> str:
    """Name, size, seed and workers."""
    extra = len(config["forms"]) * min(config["runs"], RIVAL_RUNS)
    size = f"{len(config['scenarios'])} scenarios x {config['runs']} runs, {extra} with rival forms"
    return opening(config["name"], size, config["seed"], options)


def compute(config: Mapping[str, Any], folder: Path, options: Options) -> int:
    """Compute what is missing of every scenario, as configured and under rival forms; write tables, figure, README."""
    parts = {folder: comparison_from(config)}
    parts |= {folder / FORMS / form: comparison_from(_with_form(config, form)) for form in config["forms"]}

    def fill(_manifest: Manifest) -> None:
        run_members(parts, options)
        _write(folder, parts)
        draw(config, folder)
        report.write_readme(folder, config)

    return keep(parts[folder].settings, folder, options, fill, FREE)


def screen(folder: Path) -> str:
    """Three sentences, a line a scenario, a line a sector."""
    return report.screen(folder)


def _with_form(config: Mapping[str, Any], form: str) -> dict[str, Any]:
    """The same comparison, of fewer runs, under one rival form."""
    mechanism, _, name = form.partition(".")
    members = {
        who: {**member, "forms": {**member["forms"], mechanism: name}} for who, member in config[MEMBERS].items()
    }
    return {**config, MEMBERS: members, "runs": min(config["runs"], RIVAL_RUNS)}


def _write(folder: Path, parts: Mapping[Path, Comparison]) -> None:
    lines: list[Row] = []
    by_sector: list[Row] = []
    first = _first_leads(folder / SCENARIOS / parts[folder].baseline)
    for place, part in parts.items():
        for contrast in contrasts(part, place):
            lines += rows(contrast, AS_CONFIGURED if place == folder else place.name)
            by_sector += sector_rows(contrast, first) if place == folder else ()
    write(folder, lines, by_sector)


def _first_leads(folder: Path) -> Numbers:
    """Median leads of the United States in the baseline at the end, by sector."""
    return np.asarray(np.median(year_ends(load(folder, (BY_SECTOR,)), BY_SECTOR)[:, 0, :, -1], axis=0))
