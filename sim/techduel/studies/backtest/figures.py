"""Figures of forecasts and backtests: record, bands with and without discrepancy, rivals, what came, and skill."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist
from typing import Any, Final

import numpy as np

from techduel.facts import Facts
from techduel.model.axes import Numbers
from techduel.report.marks import (
    COLOURS,
    GREEN,
    TITLES,
    Album,
    Axis,
    Bar,
    Bars,
    Cells,
    Curve,
    Dot,
    Fan,
    Ink,
    Key,
    Picture,
    dot,
    line,
    rows_of,
)
from techduel.report.series import YEARS
from techduel.studies.backtest.comparison import Rivals, Skill, rivals
from techduel.studies.backtest.counterparts import SERIES
from techduel.studies.backtest.forecast import LEVELS, Forecast
from techduel.studies.backtest.outcomes_file import Outcome
from techduel.studies.backtest.series import Past, past
from techduel.studies.backtest.study import Study

FIRST_YEAR: Final = 2000
SHOWN: Final = (
    *(("gerd_lcu", "us"), ("gerd_lcu", "china"), ("gerd_pct_gdp", "us"), ("gerd_pct_gdp", "china")),
    *(("basic_share", "us"), ("basic_share", "china"), ("digital_core_share_gdp", "china"), ("sei_share_gdp", "china")),
)
"""What the forecast figure of a run shows."""
ALONE: Final = "#8C8C8C"
PANELS_A_PAGE: Final = 8
LEAST_SHOWN: Final = -3.0
"""Skill below this is cut off in the picture; the table has it."""
RECORDS: Final = "Records: sim/techduel/facts/history.csv; amounts of money at current prices."
BANDS: Final = "Bands: 90 %; inner (darker) parameters and luck, outer with what the model missed in the past."


def draw_forecast(forecasts: Sequence[Forecast], facts: Facts, folder: Path, origin: Mapping[str, Any]) -> None:
    """Draw a run's forecast of the recorded series."""
    from techduel.report.page import save_all

    by_key = {(one.series, one.state): one for one in forecasts}
    panels = [panel(by_key[key], facts) for key in SHOWN]
    save_all(Album([("forecast", fans("Forecast of recorded series", panels))], _made(origin), origin), folder)


def album_of(study: Study, facts: Facts, origin: Mapping[str, Any]) -> Album:
    """What was scored, eight series a page, and the skill by series."""
    return Album(_pictures(study, facts, origin["origin"]), _made(origin), origin)


def _pictures(study: Study, facts: Facts, made_from: int) -> Iterator[tuple[str, Picture]]:
    naive_rules, best = (
        rivals(facts.history, facts.base_year),
        {(one.series, one.state): one.best_naive for one in study.skills},
    )
    outcomes = [score.outcome for score in study.scores]
    panels = [panel(one, facts, outcomes, best[one.series, one.state], naive_rules) for one in study.forecasts]
    for number, first in enumerate(range(0, len(panels), PANELS_A_PAGE), 1):
        yield (
            f"forecast_{number}",
            fans(f"Forecast of {made_from} and what came", panels[first : first + PANELS_A_PAGE]),
        )
    yield "skill", skill(study.skills, f"Skill of the forecast of {made_from}")


def _made(origin: Mapping[str, Any]) -> str:
    return f"Techduel {origin['version']}, {origin['runs']} runs, seed {origin['seed']}."


@dataclass(frozen=True, slots=True)
class Panel:
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

    def rows(self) -> Iterator[Cells]:
        """Lines of the table."""
        opening = (self.name, self.state)
        for year, value in zip(self.past.years.tolist(), self.past.values.tolist(), strict=True):
            yield (*opening, year, "record", value, None, None, self.unit)
        for what, band in self._bands():
            for year, (low, middle, high) in zip(self.years.tolist(), band.T.tolist(), strict=True):
                yield (*opening, year, what, middle, low, high, self.unit)
        for year, value in zip(self.observed_years.tolist(), self.observed.tolist(), strict=True):
            yield (*opening, year, "observed", value, None, None, self.unit)

    def _bands(self) -> Iterator[tuple[str, Numbers]]:
        yield "forecast", self.whole
        yield "model alone", self.alone
        if self.naive_band is not None:
            yield f"naive: {self.naive}", self.naive_band

    def fan(self) -> Fan:
        """Its panel; bands begin at the last value on record."""
        colour = COLOURS[self.state]
        years, whole = self._joined(self.whole)
        _, alone = self._joined(self.alone)
        bands = ((whole[0], whole[2]), (alone[0], alone[2]))
        record = Ink(colour, width=1.1, marker=".", size=2.5)
        curves = [
            Curve(years, whole[1], line(colour), bands),
            Curve(self.past.years.astype(float), self.past.values, record),
        ]
        if self.naive_band is not None:
            curves.append(Curve(years, self._joined(self.naive_band)[1][1], line(GREEN, "dashed", 1.0)))
        curves.append(Curve(self.observed_years, self.observed, dot("black", 3.5)))
        title = f"{TITLES[self.state]}: {SERIES[self.name].title}"
        return Fan(curves, title if len(title) <= 36 else title.replace(": ", ":\n", 1), YEARS, Axis(self.unit))

    def _joined(self, band: Numbers) -> tuple[Numbers, Numbers]:
        if not self.past.years.size:
            return self.years, band
        years = np.append(float(self.past.years[-1]), self.years)
        return years, np.concatenate([np.full((len(band), 1), self.past.values[-1]), band], axis=1)


def panel(
    forecast: Forecast,
    facts: Facts,
    outcomes: Sequence[Outcome] = (),
    best: str = "",
    naive: Rivals | None = None,
) -> Panel:
    """One series with its record since 2000, and what came where outcomes are given."""
    key = (forecast.series, forecast.state)
    record = past(facts.history, *key).until(facts.base_year)
    since = record.years >= FIRST_YEAR
    came = sorted((one.year, one.value) for one in outcomes if (one.series, one.state) == key)
    return Panel(
        *key,
        unit=forecast.unit,
        past=Past(record.years[since], record.values[since]),
        years=forecast.years.astype(float),
        whole=np.quantile(forecast.whole, LEVELS, axis=0),
        alone=np.quantile(forecast.alone, LEVELS, axis=0),
        observed_years=np.array([float(year) for year, _ in came]),
        observed=np.array([value for _, value in came]),
        naive=best,
        naive_band=_naive_band(forecast, best, naive),
    )


def _naive_band(forecast: Forecast, best: str, naive: Rivals | None) -> Numbers | None:
    if not best or naive is None:
        return None
    forecasts = [naive.forecasts((forecast.series, forecast.state), int(year))[best] for year in forecast.years]
    return np.array([[one.quantile(score) for one in forecasts] for score in map(NormalDist().inv_cdf, LEVELS)])


def fans(title: str, panels: Sequence[Panel]) -> Picture:
    """Panels of series, two a row."""
    keys = [Key(TITLES[state], line(COLOURS[state])) for state in COLOURS if state in {one.state for one in panels}]
    if any(one.naive_band is not None for one in panels):
        keys.append(Key("best naive", line(GREEN, "dashed")))
    if any(one.observed.size for one in panels):
        keys.append(Key("what came", dot("black", 3.5)))
    return Picture(
        title=title,
        source=RECORDS,
        panels=[one.fan() for one in panels],
        columns=("series", "state", "year", "what", "value", "q05", "q95", "unit"),
        rows=[row for one in panels for row in one.rows()],
        height=1.9 * rows_of(len(panels)) + 0.9,
        note=BANDS,
        keys=keys,
    )


def skill(skills: Sequence[Skill], title: str) -> Picture:
    """Skill by series and state, with and without discrepancy."""
    shown = [one for one in skills if not np.isnan(one.skill)]
    whole, alone = (np.maximum([getattr(one, name) for one in shown], LEAST_SHOWN) for name in ("skill", "model_skill"))
    panel = Bars(
        rows=[f"{TITLES[one.state]}: {SERIES[one.series].title}" for one in shown],
        layers=[Bar(whole, [COLOURS[one.state] for one in shown], opacity=0.8), Dot(alone, ALONE, size=14**0.5)],
        across=Axis("skill against the best naive forecast", zero=True),
    )
    keys = [
        Key(f"{TITLES[state]}, with discrepancy", Ink(colour, opacity=0.8), filled=True)
        for state, colour in COLOURS.items()
    ]
    return Picture(
        title=title,
        source="Own computation.",
        panels=[panel],
        columns=("series", "state", "best_naive", "skill", "model_skill"),
        rows=[(one.series, one.state, one.best_naive, one.skill, one.model_skill) for one in skills],
        height=0.2 * len(shown) + 1.5,
        note=f"1 perfect, 0 as good as the best naive forecast; cut off at {LEAST_SHOWN:g}.",
        keys=[*keys, Key("model alone", dot(ALONE))],
    )
