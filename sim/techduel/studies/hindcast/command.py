"""Hindcast: forecasts from every origin since 2010 against the record, and what the model misses."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from techduel.ensemble.compute import Options
from techduel.ensemble.folder import settings
from techduel.ensemble.manifest import Manifest
from techduel.report.pages import write_readme
from techduel.scenario.arguments import stored
from techduel.scenario.loader import InvalidInput
from techduel.scenario.posterior import package_folder
from techduel.scenario.scenario import scenario_from
from techduel.studies.backtest.discrepancy import file_name
from techduel.studies.backtest.estimation import Miss, estimates
from techduel.studies.backtest.hindcasts import RUNS, Error, origins
from techduel.studies.backtest.report import biases_in_words, horizons_in_words, steps_in_words
from techduel.studies.backtest.study import rolling
from techduel.studies.backtest.tables import BY_HORIZON, MISSES, read, write_estimates, write_horizons, write_misses
from techduel.studies.frame import keep


def header(config: Mapping[str, Any], options: Options) -> str:
    """Origins and runs."""
    years = origins(config["until"])
    return f"hindcasts from {years[0]} to {years[-1]} · {RUNS} runs each"


def compute(config: Mapping[str, Any], folder: Path, options: Options) -> int:
    """Have the hindcasts computed, and their estimate shipped if that is asked for."""
    until, place = config["until"], package_folder() if config.get("install") else None

    def write(_manifest: Manifest) -> None:
        with options.progress(RUNS * len(origins(until))) as advance:
            fitted = scenario_from({**config["scenario"], "name": None})
            missed, errors = rolling(fitted, until, config["seed"], advance)
        _write(folder, until, missed, errors)

    done = keep(stored(config), folder, options, write)
    if place is not None:
        shutil.copyfile(folder / file_name(until), place / file_name(until))
    return done


def draw(config: Mapping[str, Any], folder: Path) -> None:
    """Refuse: there is nothing to draw.

    Raises
    ------
    InvalidInput
        Always.
    """
    raise InvalidInput([f"{folder.name}: hindcasts have no figures"])


def screen(folder: Path) -> str:
    """Drifts, steps, mean errors by horizon, and the largest biases."""
    name = file_name(settings(folder)["until"])
    found = read(folder / name)
    ahead = horizons_in_words(read(folder / BY_HORIZON))
    told = [*steps_in_words(found), "", *ahead, "", *biases_in_words(found)]
    return "\n".join([*told, f"Written to {folder}: {name}, {MISSES}, {BY_HORIZON}, README.md"])


def _write(folder: Path, until: int, missed: Sequence[Miss], errors: Sequence[Error]) -> None:
    write_misses(folder / MISSES, missed)
    write_horizons(folder / BY_HORIZON, errors)
    write_estimates(folder / file_name(until), estimates(missed))
    rows = read(folder / file_name(until))
    write_readme(
        folder,
        "hindcast",
        first=origins(until)[0],
        until=until,
        biases=list(biases_in_words(rows)),
        steps=list(steps_in_words(rows)),
        ahead=list(horizons_in_words(read(folder / BY_HORIZON))),
    )
