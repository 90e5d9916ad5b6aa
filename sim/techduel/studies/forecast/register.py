"""Register: what the model and its naive rivals say of later years, in one file that tells whether it was changed.

The table has one line a quantile, in the columns of forecast hubs (Reich et al. 2019), so that others can score it. The
file holds all that its numbers came from; the same sources make the same bytes again from it.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.compute import Progress
from techduel.ensemble.manifest import write_text
from techduel.scenario.fingerprint import sources_hash, version
from techduel.scenario.scenario import numbers, scenario_from
from techduel.studies.backtest.comparison import CODE_OF, Rivals, rivals
from techduel.studies.backtest.discrepancy import load_discrepancy
from techduel.studies.backtest.forecast import Forecast, forecasts
from techduel.studies.backtest.study import simulated
from techduel.studies.forecast.settings import ALONE, COLUMNS, LEVELS, MODEL, SHA, digest

DIGITS: Final = 8


def registered(config: Mapping[str, Any], date: str, progress: Progress | None = None) -> dict[str, Any]:
    """Everything that a file of a forecast holds.

    Parameters
    ----------
    config : mapping
        ``origin``, ``runs``, ``seed`` and the plain scenario.
    date : str
        Of the registration.
    progress : callable, optional
        Told how many more runs are finished.
    """
    scenario = scenario_from({**config["scenario"], "name": None})
    record = simulated(scenario, range(config["runs"]), config["seed"], progress)
    facts = scenario.facts()
    found = forecasts(record, facts, load_discrepancy(scenario.base_year))
    content = {
        "forecast": "techduel",
        "registered": date,
        **{"version": version(), "sources": sources_hash(), "config": dict(config)},
        "columns": list(COLUMNS),
        "rows": list(_rows(found, rivals(facts.history, config["origin"]), config["origin"])),
    }
    return {**content, SHA: digest(content)}


def write(path: Path, content: Mapping[str, Any]) -> None:
    """Write the file of a forecast, a line a row of its table."""
    head = {key: value for key, value in content.items() if key not in ("rows", SHA)}
    rows = ",\n".join(json.dumps(row) for row in content["rows"])
    opening = json.dumps(head, indent=1)[:-2]
    write_text(path, f'{opening},\n "rows": [\n{rows}\n],\n "{SHA}": "{content[SHA]}"\n}}\n')


def config_of(origin: int, runs: int, seed: int, last: int) -> dict[str, Any]:
    """The configuration of a forecast: the fitted model of an origin, to a last year."""
    from techduel.scenario.origin import origin_scenario

    scenario = numbers(origin_scenario(origin, "params=posterior").config) | {"horizon": last}
    return {"origin": origin, "runs": runs, "seed": seed, "scenario": scenario}


def _rows(forecasts: list[Forecast], naive: Rivals, origin: int) -> Iterator[list[Any]]:
    for forecast in forecasts:
        key = (forecast.series, forecast.state)
        for year in forecast.years.tolist():
            samples = dict(zip((MODEL, ALONE), forecast.at(year), strict=True))
            for name, sample in samples.items():
                yield from _quantiles(name, origin, key, year, np.quantile(sample, LEVELS).tolist())
            for rule, rival in naive.forecasts(key, year).items():
                yield from _quantiles(rule, origin, key, year, [rival.quantile(score) for score in _scores()])


def _quantiles(model: str, origin: int, key: tuple[str, str], year: int, values: list[float]) -> Iterator[list[Any]]:
    opening = [model, f"{origin}-12-31", year - origin, key[0], CODE_OF[key[1]], "quantile"]
    for level, value in zip(LEVELS, values, strict=True):
        yield [*opening, level, float(f"{value:.{DIGITS}g}")]


def _scores() -> list[float]:
    """Standard normal scores of `LEVELS`."""
    from statistics import NormalDist

    return [NormalDist().inv_cdf(level) for level in LEVELS]
