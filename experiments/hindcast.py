"""``techduel hindcast``: forecasts from every origin since 2010 against the record, and what the model misses."""

import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.manifest import Manifest
from techduel.ensemble.store import Notice
from techduel.report.pages import write_readme
from techduel.scenario.arguments import asks_help, described, stored
from techduel.scenario.fingerprint import version
from techduel.scenario.scenario import scenario_from
from techduel.studies.backtest.discrepancy import Estimate, Miss, estimates, file_name
from techduel.studies.backtest.hindcast_settings import EXPERIMENT, Settings, composed
from techduel.studies.backtest.hindcasts import RUNS, origins
from techduel.studies.backtest.report import biases_in_words, read, steps_in_words
from techduel.studies.backtest.series import pairs
from techduel.studies.backtest.study import rolling
from techduel.studies.backtest.tables import MISSES, write_estimates, write_misses

from .calibrate import package_folder
from .exits import guarded
from .folders import filled
from .progress import progress

MEANING: Final = "forecasts from every year since 2010 against the record, with the posterior of the last year"


def main(arguments: Sequence[str]) -> int:
    """Estimate what the model misses; the arguments are KEY=VALUE of `Settings`."""
    if asks_help(arguments):
        print("\n".join(described(EXPERIMENT, MEANING, Settings)))
        return 0
    config = composed(arguments)
    until = config["until"]
    place = package_folder() if config["install"] else None
    folder = Path(config["results"]) / EXPERIMENT / config["name"]
    print(
        f"Techduel {version()} · hindcasts from {origins(until)[0]} to {origins(until)[-1]} · {RUNS} runs each",
        flush=True,
    )
    result_of(stored(config), folder, arguments, quiet=config["quiet"], fresh=config["fresh"])
    if place is not None:
        shutil.copyfile(folder / file_name(until), place / file_name(until))
    found = read(folder / file_name(until))
    print("\n".join([*steps_in_words(found), "", *biases_in_words(found)]))
    print(f"Written to {folder}: {file_name(until)}, {MISSES}, README.md")
    return 0


def is_hindcast(config: Mapping[str, Any]) -> bool:
    """Whether these are the settings of hindcasts."""
    return config.get("experiment") == EXPERIMENT


def result_of(
    config: Mapping[str, Any],
    folder: Path,
    overrides: Sequence[str] = (),
    *,
    quiet: bool = True,
    fresh: bool = False,
    notice: Notice = print,
) -> None:
    """Compute the hindcasts unless their result is there, whole and up to date."""
    until = config["until"]

    def write(_manifest: Manifest) -> None:
        with progress(RUNS * len(origins(until)), quiet) as advance:
            fitted = scenario_from({**config["scenario"], "name": None})
            found = list(rolling(fitted, until, config["seed"], advance))
        _write(folder, until, found, estimates(found, pairs()))

    filled(folder, config, write, overrides, fresh, notice)


def _write(folder: Path, until: int, found: Iterable[Miss], steps: Sequence[Estimate]) -> None:
    write_misses(folder / MISSES, found)
    write_estimates(folder / file_name(until), steps)
    rows = read(folder / file_name(until))
    write_readme(
        folder,
        "hindcast",
        first=origins(until)[0],
        until=until,
        biases=list(biases_in_words(rows)),
        steps=list(steps_in_words(rows)),
    )


if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
