"""Run: one scenario, many runs, their tables, figures and scorecard."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from techduel.ensemble.compute import Options
from techduel.ensemble.runs import Ensemble, run_ensemble
from techduel.facts.history import LAST_YEAR
from techduel.scenario.scenario import scenario_from
from techduel.studies.frame import opening, save
from techduel.studies.run import report, tables
from techduel.studies.run.figures import album
from techduel.studies.run.scorecard import write_scorecard
from techduel.studies.table import DONE, SOME_FAILED, STUDIES


def header(config: Mapping[str, Any], options: Options) -> str:
    """Name, size, seed and workers."""
    quarters = 4 * (config["horizon"] - config["start"] + 1)
    return opening(config["name"], f"{config['runs']} runs x {quarters} quarters", config["seed"], options)


def compute(config: Mapping[str, Any], folder: Path, options: Options) -> int:
    """Compute what is missing of the runs and write tables, figures and README."""
    ensemble = Ensemble(scenario_from(config), config["runs"], config["seed"], config["record"])
    done = run_ensemble(
        ensemble, folder, options, lambda: _add_tables_and_figures(config, folder), STUDIES["run"].formulas
    )
    return SOME_FAILED if done.failed else DONE


def draw(config: Mapping[str, Any], folder: Path) -> None:
    """Draw every figure, the forecast among them."""
    from techduel.studies.backtest.tables import write_run_forecast

    save(album(config, folder), folder)
    write_run_forecast(folder)


def screen(folder: Path) -> str:
    """Targets of the article, the past, leads by sector, and what makes the bands."""
    return report.screen(folder)


def following(config: Mapping[str, Any], folder: Path, overrides: Sequence[str]) -> str:
    """The comparison that shows what the scenario just run changes; after the baseline, one that changes much."""
    other = config["scenario_file"] or config["scenario"]
    if config["facts"]["base_year"] != LAST_YEAR:
        return f"techduel run scenario={other} policy@policies.us=status_quo_2020"
    other = "full_decoupling" if other == "baseline_2021" else other
    return f"techduel compare 'scenarios=[baseline_2021,{other}]'"


def _add_tables_and_figures(config: Mapping[str, Any], folder: Path) -> None:
    write_scorecard(folder)
    draw(config, folder)
    tables.write(folder, config)
    report.write_readme(folder, config)
