"""Branch: policies from a common past, the date at which a choice is worth most, and the regret of other dates."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.ensemble.compute import Options, filled
from techduel.ensemble.manifest import FAILURES, Manifest
from techduel.ensemble.sweep import swept
from techduel.studies.branch import report, tables
from techduel.studies.branch.arms import stakes, sweep_from
from techduel.studies.branch.settings import FREE


def header(config: Mapping[str, Any], options: Options) -> str:
    """Name, size, seed and workers."""
    sweep, workers = sweep_from(config), options.place.workers
    return (
        f"{sweep.name} · {len(config['at'])} dates x {sweep.runs} runs x {sweep.quarters} quarters · "
        f"seed {sweep.seed} · {workers} worker{'s' if workers > 1 else ''}"
    )


def compute(config: Mapping[str, Any], folder: Path, options: Options) -> int:
    """Compute the dates that are missing and write tables, figures and README."""
    sweep = sweep_from(config)
    stored = {key: value for key, value in config.items() if key not in ("name", "results", "fresh", "quiet")}

    def write(manifest: Manifest) -> None:
        tables.write(folder, config, stakes(sweep, swept(sweep, folder, manifest, options).stock))
        draw(config, folder)
        report.write_readme(folder, config)

    filled(folder, stored, write, options, FREE, "branch")
    return 5 if any((folder / FAILURES).glob("*.json")) else 0


def draw(config: Mapping[str, Any], folder: Path) -> None:
    """Draw every figure."""
    from techduel.report.page import save_all
    from techduel.studies.branch.figures import album

    save_all(album(config, folder), folder)


def screen(folder: Path) -> str:
    """When turning is worth most; a line a date."""
    return report.screen(folder)


def following(config: Mapping[str, Any], folder: Path, overrides: Any) -> str:
    """The report."""
    return f"techduel report {folder}"
