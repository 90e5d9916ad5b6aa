"""The numbers of the figures of forecasts and backtests; what is drawn in `techduel.studies.backtest.plots`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from techduel.facts import Facts
from techduel.studies.backtest.comparison import Rivals, Skill, rivals
from techduel.studies.backtest.forecast import LEVELS, Forecast
from techduel.studies.backtest.outcomes_file import Outcome
from techduel.studies.backtest.scores import Numbers
from techduel.studies.backtest.series import Past, past

type Line = tuple[str | float, ...]

FIRST_YEAR: Final = 2000
SHOWN: Final = (
    *(("gerd_lcu", "us"), ("gerd_lcu", "china"), ("gerd_pct_gdp", "us"), ("gerd_pct_gdp", "china")),
    *(("basic_share", "us"), ("basic_share", "china"), ("digital_core_share_gdp", "china"), ("sei_share_gdp", "china")),
)
"""What the forecast figure of a run shows."""
NORMAL_90: Final = 1.6448536269514722


@dataclass(frozen=True, slots=True)
class Series:
    """One series of one state: record, forecast, rival, and what came."""

    name: str
    state: str
    unit: str
    past: Past
    years: Numbers
    whole: Numbers
    """(quantile, year) 5, 50, 95 % with discrepancy."""
    alone: Numbers
    """The same without it."""
    observed_years: Numbers
    observed: Numbers
    naive: str = ""
    """Name of the best rival, empty without one."""
    naive_band: Numbers | None = None
    """(3, year) its 5, 50, 95 %, by year of `years`."""

    def lines(self) -> Iterator[Line]:
        """Rows of the table."""
        opening = (self.name, self.state)
        for year, value in zip(self.past.years.tolist(), self.past.values.tolist(), strict=True):
            yield (*opening, year, "record", value, "", "", self.unit)
        for what, years, band in self._bands():
            for year, (low, middle, high) in zip(years.tolist(), band.T.tolist(), strict=True):
                yield (*opening, year, what, middle, low, high, self.unit)
        for year, value in zip(self.observed_years.tolist(), self.observed.tolist(), strict=True):
            yield (*opening, year, "observed", value, "", "", self.unit)

    def _bands(self) -> Iterator[tuple[str, Numbers, Numbers]]:
        yield "forecast", self.years, self.whole
        yield "model alone", self.years, self.alone
        if self.naive_band is not None:
            yield f"naive: {self.naive}", self.years, self.naive_band


@dataclass(frozen=True, slots=True)
class ForecastFans:
    """Panels of series."""

    title: str
    source: str
    panels: tuple[Series, ...]

    @property
    def header(self) -> Line:
        """Columns of the table."""
        return ("series", "state", "year", "what", "value", "q05", "q95", "unit")

    def table(self) -> Iterator[Line]:
        """Rows of every panel."""
        for panel in self.panels:
            yield from panel.lines()


@dataclass(frozen=True, slots=True)
class SkillBars:
    """Skill by series and state, with and without discrepancy."""

    title: str
    source: str
    skills: tuple[Skill, ...]

    @property
    def header(self) -> Line:
        """Columns of the table."""
        return ("series", "state", "best_naive", "skill", "model_skill")

    def table(self) -> Iterator[Line]:
        """A row a series and state."""
        for one in self.skills:
            yield (one.series, one.state, one.best_naive, one.skill, one.model_skill)


def panel(
    forecast: Forecast, facts: Facts, outcomes: Sequence[Outcome] = (), best: str = "", known: Rivals | None = None
) -> Series:
    """One series with its record since 2000, and what came where outcomes are given."""
    key = (forecast.series, forecast.state)
    recorded = past(facts.history, *key).until(facts.base_year)
    since = recorded.years >= FIRST_YEAR
    came = sorted((one.year, one.value) for one in outcomes if (one.series, one.state) == key)
    return Series(
        *key,
        unit=forecast.unit,
        past=Past(recorded.years[since], recorded.values[since]),
        years=forecast.years.astype(float),
        whole=np.quantile(forecast.whole, LEVELS, axis=0),
        alone=np.quantile(forecast.alone, LEVELS, axis=0),
        observed_years=np.array([float(year) for year, _ in came]),
        observed=np.array([value for _, value in came]),
        naive=best,
        naive_band=_naive_band(forecast, best, known),
    )


def _naive_band(forecast: Forecast, best: str, known: Rivals | None) -> Numbers | None:
    if not best or known is None:
        return None
    found = [known.forecasts((forecast.series, forecast.state), int(year))[best] for year in forecast.years]
    return np.array([[one.quantile(score) for one in found] for score in (-NORMAL_90, 0.0, NORMAL_90)])


def backtest_fans(
    forecasts: Sequence[Forecast], facts: Facts, outcomes: Sequence[Outcome], skills: Sequence[Skill]
) -> tuple[Series, ...]:
    """A panel for everything that was scored."""
    known = rivals(facts.history, facts.base_year)
    best = {(skill.series, skill.state): skill.best_naive for skill in skills}
    return tuple(panel(one, facts, outcomes, best[one.series, one.state], known) for one in forecasts)


def run_fans(forecasts: Sequence[Forecast], facts: Facts) -> tuple[Series, ...]:
    """The panels of a run's forecast figure."""
    by_key = {(one.series, one.state): one for one in forecasts}
    return tuple(panel(by_key[key], facts) for key in SHOWN)
