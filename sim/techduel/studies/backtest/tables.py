"""Tables of a backtest and of rolling hindcasts on disk, and the forecast of a stored run, with its figure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.folder import settings
from techduel.ensemble.record import Record
from techduel.ensemble.runs import load
from techduel.facts import Facts
from techduel.scenario.fingerprint import config_hash, version
from techduel.scenario.parameter_sets import words_in
from techduel.scenario.scenario import facts_of, numbers
from techduel.statistics.tables import Lines, read_lines, write_table
from techduel.studies.backtest.comparison import CODE_OF, SCORE_COLUMNS, SKILL_COLUMNS
from techduel.studies.backtest.discrepancy import POSTERIOR, discrepancy_of
from techduel.studies.backtest.estimation import COLUMNS as STEP_COLUMNS
from techduel.studies.backtest.estimation import Estimate, Miss, row
from techduel.studies.backtest.figures import draw_forecast
from techduel.studies.backtest.forecast import COLUMNS, Forecast, forecasts
from techduel.studies.backtest.hindcasts import Error
from techduel.studies.backtest.outcomes_file import Skipped
from techduel.studies.backtest.primitives import OUTCOMES
from techduel.studies.backtest.study import Study

TEXTS: Final = ("series", "primitive", "state", "best_naive", "unit", "reason", "scale", "converts")
"""Columns of any of these tables that hold words."""
SCORES: Final = "scores.csv"
SKILL: Final = "skill.csv"
SKIPPED: Final = "skipped.csv"
FORECAST: Final = "forecast.csv"
MISSES: Final = "misses.csv"
BY_HORIZON: Final = "horizons.csv"
HORIZONS: Final = (1, 3, 5)
"""Years from the origin whose mean errors are told."""
HORIZON_COLUMNS: Final = (
    *("series", "state", "ahead", "model_mean_error", "model_positive", "mean_error", "positive", "origins"),
)
MISS_COLUMNS: Final = (
    *("primitive", "state", "origin", "year", "ahead", "observed", "forecast", "error", "model_sd", "z"),
)


def write_backtest(folder: Path, study: Study) -> None:
    """Write scores, skill, what was skipped, and the forecasts that were scored."""
    write_table(folder / SCORES, SCORE_COLUMNS, (score.line() for score in study.scores))
    write_table(folder / SKILL, SKILL_COLUMNS, (skill.line() for skill in study.skills))
    write_table(folder / SKIPPED, ("series", "state", "rows", "reason"), map(_skipped, study.skipped))
    write_forecast(folder / FORECAST, study.forecasts)


def write_forecast(path: Path, forecasts: Iterable[Forecast]) -> None:
    """Write forecasts, a row a series, state and year."""
    write_table(path, COLUMNS, (line for forecast in forecasts for line in forecast.lines()))


def write_misses(path: Path, misses: Iterable[Miss]) -> None:
    """Write the errors of rolling hindcasts."""
    write_table(path, MISS_COLUMNS, map(_miss, misses))


def write_horizons(path: Path, errors: Iterable[Error]) -> None:
    """Write mean errors of series by years from the origin, and in how many origins the record was higher."""
    found: dict[tuple[str, str, int], list[Error]] = {}
    for one in errors:
        found.setdefault((one.series, one.state, one.ahead), []).append(one)
    lines = ((*key, *_means(of)) for key, of in found.items() if key[2] in HORIZONS)
    write_table(path, HORIZON_COLUMNS, lines)


def _means(errors: Sequence[Error]) -> Iterator[float]:
    for sample in ([one.alone for one in errors], [one.whole for one in errors]):
        yield from (sum(sample) / len(sample), float(sum(error > 0.0 for error in sample)))
    yield len(errors)


def write_estimates(path: Path, estimates: Iterable[Estimate]) -> None:
    """Write drifts, steps and correlations."""
    write_table(path, STEP_COLUMNS, map(row, estimates))


def _skipped(one: Skipped) -> tuple[str | float, ...]:
    return (one.series, CODE_OF.get(one.state, one.state), one.rows, one.reason)


def _miss(one: Miss) -> tuple[str | float, ...]:
    places = (one.primitive, one.state, one.origin, one.year, one.ahead)
    return (*places, one.observed, one.forecast, one.error, one.sd, one.z)


def write_run_forecast(folder: Path) -> None:
    """Write ``forecast.csv`` and draw the figure ``forecast``, where parameters are drawn from a posterior.

    Without a posterior there is no estimate of what the model misses, and bands of luck alone are no forecast.
    """
    config = settings(folder)
    if POSTERIOR in words_in(config["params"]):
        _write(folder, config, load(folder, OUTCOMES), facts_of(config["facts"]))


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


def read(path: Path) -> Lines:
    """The rows of a stored table."""
    return read_lines(path, TEXTS)
