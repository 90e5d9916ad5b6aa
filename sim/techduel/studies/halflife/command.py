"""Half-lives: how long a lead lasts, sector by sector, beside what is published."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.ensemble.compute import Options
from techduel.ensemble.stock import Stock
from techduel.scenario.scenario import scenario_from
from techduel.studies.compare.equations import drawn_forms
from techduel.studies.frame import drawing, fill, opening
from techduel.studies.halflife import report, tables
from techduel.studies.halflife.figures import album
from techduel.studies.halflife.impulses import left_of, sweep_from
from techduel.studies.halflife.settings import FREE

draw = drawing(album)


def header(config: Mapping[str, Any], options: Options) -> str:
    """Name, size, seed and workers."""
    sweep = sweep_from(config)
    size = f"{len(sweep.distinct) - 1} impulses x {sweep.runs} runs x {sweep.quarters} quarters"
    return opening(sweep.name, size, sweep.seed, options)


def compute(config: Mapping[str, Any], folder: Path, options: Options) -> int:
    """Compute the impulses that are missing and write tables, figures and README."""
    sweep = sweep_from(config)

    def write(stock: Stock) -> None:
        found, runs = left_of(sweep, stock, config)
        scenario = scenario_from(sweep.base)
        tables.write_half_lives(folder, found, runs, config["after"])
        tables.write_courses(folder, found, runs)
        tables.write_by_form(folder, found, runs, drawn_forms(scenario, scenario, runs), config["after"])
        draw(config, folder)
        report.write_readme(folder, config)

    return fill(sweep, config, folder, options, write, FREE)


def screen(folder: Path) -> str:
    """How long a lead lasts; a line an impulse."""
    return report.screen(folder)
