"""Sweep: a design over levers and uncertainties, resumable, on an executor."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.ensemble.compute import Options
from techduel.ensemble.manifest import Manifest
from techduel.ensemble.sweep import FREE, Result, Sweep, swept
from techduel.studies.frame import drawing, keep
from techduel.studies.sweep.figures import album
from techduel.studies.sweep.plain import sweep_from
from techduel.studies.sweep.tables import computed_until, write_design, write_diagnostics, write_outcomes

draw = drawing(album)


def header(config: Mapping[str, Any], options: Options) -> str:
    """Name, size, seed and where it is computed."""
    sweep = sweep_from(config)
    return f"{sweep.name} · {len(sweep.designed)} points x {whereabouts(sweep, options)}"


def whereabouts(sweep: Sweep, options: Options) -> str:
    """Runs of each point, quarters, seed and executor."""
    place = options.place
    where = place.scheduler or f"{place.workers} worker{'s' if place.workers > 1 else ''}"
    return f"{sweep.runs} runs x {sweep.quarters} quarters · seed {sweep.seed} · {place.kind}, {where}"


def compute(config: Mapping[str, Any], folder: Path, options: Options) -> int:
    """Compute what is missing of a sweep and write its tables, figures and README."""
    sweep = sweep_from(config)

    def write(manifest: Manifest) -> None:
        def computed(part: Sweep) -> Result:
            return swept(part, folder, manifest, options)

        whole, result = computed_until(sweep, config["precision"], config["outcome"], config["most_runs"], computed)
        write_design(whole, folder)
        write_outcomes(whole, folder, result.stock)
        write_diagnostics(whole, folder, result.stock)
        draw(config, folder)
        write_readme(folder)

    from techduel.studies.sweep.report import write_readme

    return keep(sweep.settings, folder, options, write, FREE)


def screen(folder: Path) -> str:
    """Outcomes, and what moves them."""
    from techduel.studies.sweep import report

    return report.screen(folder)
