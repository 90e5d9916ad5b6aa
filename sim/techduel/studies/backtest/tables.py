"""The tables of a backtest, of rolling hindcasts and of a run's forecast on disk."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from techduel.report.tables import write_table
from techduel.studies.backtest.comparison import CODE_OF, SCORE_COLUMNS, SKILL_COLUMNS
from techduel.studies.backtest.discrepancy import COLUMNS as STEP_COLUMNS
from techduel.studies.backtest.discrepancy import Estimate, Miss, row
from techduel.studies.backtest.forecast import COLUMNS, Forecast
from techduel.studies.backtest.outcomes_file import Skipped
from techduel.studies.backtest.study import Study

SCORES: Final = "scores.csv"
SKILL: Final = "skill.csv"
SKIPPED: Final = "skipped.csv"
FORECAST: Final = "forecast.csv"
MISSES: Final = "misses.csv"
MISS_COLUMNS: Final = (
    *("series", "state", "origin", "year", "ahead", "observed", "forecast", "error", "model_sd", "z"),
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


def write_estimates(path: Path, estimates: Iterable[Estimate]) -> None:
    """Write the sizes of the yearly steps."""
    write_table(path, STEP_COLUMNS, map(row, estimates))


def _skipped(one: Skipped) -> tuple[str | float, ...]:
    return (one.series, CODE_OF.get(one.state, one.state), one.rows, one.reason)


def _miss(one: Miss) -> tuple[str | float, ...]:
    places = (one.series, one.state, one.origin, one.year, one.ahead)
    return (*places, one.observed, one.forecast, one.error, one.sd, one.z)
