"""Choke points: which input one state can deny the other, at what loss to either side, and for how long."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.ensemble.compute import Options
from techduel.ensemble.stock import Stock
from techduel.studies.chokepoints import report, tables
from techduel.studies.chokepoints.denials import changes, sweep_from
from techduel.studies.chokepoints.figures import album
from techduel.studies.chokepoints.settings import FREE
from techduel.studies.frame import drawing, fill, opening

draw = drawing(album)


def header(config: Mapping[str, Any], options: Options) -> str:
    """Name, size, seed and workers."""
    sweep = sweep_from(config)
    size = f"{len(sweep.distinct)} points x {sweep.runs} runs x {sweep.quarters} quarters"
    return opening(sweep.name, size, sweep.seed, options)


def compute(config: Mapping[str, Any], folder: Path, options: Options) -> int:
    """Compute the denials that are missing and write tables, figures and README."""
    sweep = sweep_from(config)

    def write(stock: Stock) -> None:
        found, runs = changes(sweep, stock, config)
        last = config["since"] + config["years"] - 1 - sweep.years[0]
        tables.write_losses(folder, found, runs, last)
        tables.write_courses(folder, found, sweep.years)
        tables.write_cooperation(folder, found, runs)
        draw(config, folder)
        report.write_readme(folder, config)

    return fill(sweep, config, folder, options, write, FREE)


def screen(folder: Path) -> str:
    """Each denier's strongest choke point; a line a denial."""
    return report.screen(folder)
