"""Branch: policies from a common past, the date at which a choice is worth most, and the regret of other dates."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.ensemble.compute import Options
from techduel.ensemble.stock import Stock
from techduel.studies.branch import report, tables
from techduel.studies.branch.arms import stakes, sweep_from
from techduel.studies.branch.figures import album
from techduel.studies.branch.settings import FREE
from techduel.studies.frame import drawing, fill, opening

draw = drawing(album)


def header(config: Mapping[str, Any], options: Options) -> str:
    """Name, size, seed and workers."""
    sweep = sweep_from(config)
    size = f"{len(config['at'])} dates x {sweep.runs} runs x {sweep.quarters} quarters"
    return opening(sweep.name, size, sweep.seed, options)


def compute(config: Mapping[str, Any], folder: Path, options: Options) -> int:
    """Compute the dates that are missing and write tables, figures and README."""
    sweep = sweep_from(config)

    def write(stock: Stock) -> None:
        tables.write(folder, config, stakes(sweep, stock))
        draw(config, folder)
        report.write_readme(folder, config)

    return fill(sweep, config, folder, options, write, FREE)


def screen(folder: Path) -> str:
    """When turning is worth most; a line a date."""
    return report.screen(folder)
