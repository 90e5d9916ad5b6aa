"""The forecast of a stored run: what its ensemble says of recorded series, as a table and a figure."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.ensemble.folder import settings
from techduel.ensemble.record import Record
from techduel.ensemble.runs import load
from techduel.facts import Facts, load_facts
from techduel.scenario.fingerprint import config_hash, version
from techduel.scenario.parameter_sets import words_in
from techduel.scenario.scenario import numbers
from techduel.studies.backtest.counterparts import OUTCOMES
from techduel.studies.backtest.discrepancy import POSTERIOR, discrepancy_of
from techduel.studies.backtest.figures import draw_forecast
from techduel.studies.backtest.forecast import forecasts
from techduel.studies.backtest.tables import FORECAST, write_forecast


def write_run_forecast(folder: Path) -> None:
    """Write ``forecast.csv`` and draw the figure ``forecast``, where parameters are drawn from a posterior.

    Without a posterior there is no estimate of what the model misses, and bands of luck alone are no forecast.
    """
    config = settings(folder)
    if POSTERIOR in words_in(config["params"]):
        known = config["facts"]
        facts = load_facts(known["base_year"], known["vintage"], known["outlook"])
        _write(folder, config, load(folder, OUTCOMES), facts)


def _write(folder: Path, config: Mapping[str, Any], record: Record, facts: Facts) -> None:
    found = forecasts(record, facts, discrepancy_of(config["params"], facts.base_year))
    write_forecast(folder / FORECAST, found)
    origin = {
        "scenario": config["scenario"],
        "config_hash": config_hash(numbers(config)),
        "version": version(),
        "seed": record.seed,
        "runs": len(record.runs),
    }
    draw_forecast(found, facts, folder, origin)
