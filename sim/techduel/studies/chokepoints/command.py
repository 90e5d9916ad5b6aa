"""Choke points: which input one state can deny the other, at what loss to either side, and for how long."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.ensemble.compute import Options, filled
from techduel.ensemble.manifest import FAILURES, Manifest
from techduel.ensemble.sweep import swept
from techduel.studies.chokepoints import report, tables
from techduel.studies.chokepoints.denials import changes, sweep_from
from techduel.studies.chokepoints.settings import FREE


def header(config: Mapping[str, Any], options: Options) -> str:
    """Name, size, seed and workers."""
    sweep, workers = sweep_from(config), options.place.workers
    return (
        f"{sweep.name} · {len(sweep.distinct)} points x {sweep.runs} runs x {sweep.quarters} quarters · "
        f"seed {sweep.seed} · {workers} worker{'s' if workers > 1 else ''}"
    )


def compute(config: Mapping[str, Any], folder: Path, options: Options) -> int:
    """Compute the denials that are missing and write tables, figures and README."""
    sweep = sweep_from(config)
    stored = {key: value for key, value in config.items() if key not in ("name", "results", "fresh", "quiet")}

    def write(manifest: Manifest) -> None:
        found = changes(sweep, swept(sweep, folder, manifest, options).stock, config)
        last = config["since"] + config["years"] - 1 - sweep.years[0]
        tables.write_losses(folder, found, last)
        tables.write_courses(folder, found, sweep.years)
        tables.write_diversified(folder, found)
        draw(config, folder)
        report.write_readme(folder, config)

    filled(folder, stored, write, options, FREE, "chokepoints")
    return 5 if any((folder / FAILURES).glob("*.json")) else 0


def draw(config: Mapping[str, Any], folder: Path) -> None:
    """Draw every figure."""
    from techduel.report.page import save_all
    from techduel.studies.chokepoints.figures import album

    save_all(album(config, folder), folder)


def screen(folder: Path) -> str:
    """Each denier's strongest choke point; a line a denial."""
    return report.screen(folder)


def following(config: Mapping[str, Any], folder: Path, overrides: Any) -> str:
    """The report."""
    return f"techduel report {folder}"
