"""Figures of leads: in log points, dark bands of parameters around medians, faint bands of single runs."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from techduel.ensemble.record import Record, lead_months
from techduel.facts import Facts
from techduel.model.axes import STATES, Numbers
from techduel.model.outcomes import OUTCOMES
from techduel.report.marks import COLOURS, GREY, LEAD_COLOURS, Axis, Bar, Bars, Dot, Map, Picture, Whisker
from techduel.report.series import Course, Series, fans, quantiles
from techduel.scenario.parameter_sets import causes
from techduel.statistics.parameter_bands import parameter_band
from techduel.studies.run.courses import sector_titles, years_of

UNIT: Final = OUTCOMES["lead"].unit
CHOSEN_SECTORS: Final = ("semiconductors", "ai", "cloud", "iot", "pharma_biotech", "batteries")
MOST_YEARS: Final = 16
"""Columns of a map in which numbers stay readable."""
POSITIONS: Final = (
    "Positions and paces of 2020: judgement on public evidence (sim/techduel/facts/base_2020.csv). Year ends."
)
TITLE: Final = "Lead of the United States"
COLUMNS: Final = (
    *("sector", "year", "q05", "parameters_q05", "q50", "parameters_q95", "q95"),
    *("ahead", "months_q50", "unit"),
)
"""Of tables: quantiles over single runs, ends of the band of parameters, share of runs ahead, median in months."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Leads of the United States by sector and year."""

    runs: Numbers
    """Quantiles over single runs, (quantile, sector, year)."""
    parameters: Numbers
    """Ends of the band of parameters, (2, sector, year); NaN where there is none."""
    ahead: Numbers
    """Share of runs in which it is positive, (sector, year)."""
    months: Numbers
    """Median in months, (sector, year)."""


def spread_of(record: Record, facts: Facts, differ_by: str) -> Spread:
    """The spread of a record's leads; without a band of parameters where runs differ by luck only."""
    leads = record.year_ends("lead")[:, STATES.index("us")]
    over_runs = quantiles(leads)
    none = np.full((2, *leads.shape[1:]), np.nan)
    return Spread(
        runs=over_runs,
        parameters=none if differ_by == causes({}) else parameter_band(leads, record.runs, over_years=True),
        ahead=np.asarray(np.mean(leads > 0.0, axis=0)),
        months=lead_months(over_runs[2], facts.base.pace),
    )


def lead_fans(record: Record, facts: Facts, differ_by: str) -> Picture:
    """Lead of the United States in chosen sectors over time."""
    spread, titles = spread_of(record, facts, differ_by), sector_titles(record, facts)
    chosen = [record.sectors.index(sector) for sector in CHOSEN_SECTORS if sector in record.sectors]
    bands = np.stack([spread.runs[0], spread.parameters[0], spread.runs[2], spread.parameters[1], spread.runs[4]])
    ten = lead_months(np.full((len(titles), 1), 10.0), facts.base.pace)[:, 0]
    courses = [
        Course(
            f"{titles[place]}\n10 log points are {ten[place]:.0f} months",
            UNIT,
            [Series(record.sectors[place], years_of(record), bands[:, place])],
            signed=True,
        )
        for place in chosen
    ]
    note = f"{_bands(spread)} Below 0 China leads. Each panel has its own scale."
    picture = fans(f"{TITLE} in six sectors", POSITIONS, courses, note, own_scales=True)
    return replace(picture, columns=COLUMNS, rows=lead_rows(record, spread, chosen))


def lead_heatmap(record: Record, facts: Facts, differ_by: str) -> Picture:
    """Median lead of the United States by sector and year."""
    spread, titles = spread_of(record, facts, differ_by), sector_titles(record, facts)
    years = years_of(record)
    shown = np.arange(len(years) - 1, -1, -rows_apart(len(years)))[::-1]  # the horizon always shows
    middle = np.round(spread.runs[2][:, shown]) + 0.0
    limit = float(np.ceil(np.abs(middle).max() / 10) * 10) or 10.0
    field = Map(
        middle,
        [textwrap.fill(title, 24, break_on_hyphens=False) for title in titles],
        [f"{year:.0f}" if (len(shown) - 1 - place) % 2 == 0 else "" for place, year in enumerate(years[shown])],
        LEAD_COLOURS,
        (-limit, limit),
        [[f"{value:.0f}" for value in row] for row in middle.tolist()],
        scale="log points, median (blue: United States ahead, orange: China ahead)",
    )
    return Picture(
        title=f"{TITLE} by sector, log points",
        source=POSITIONS,
        panels=[field],
        columns=COLUMNS,
        rows=lead_rows(record, spread),
        height=5.0,
        note=f"Medians over runs, which differ by {differ_by}.",
    )


def rows_apart(years: int) -> int:
    """Every how many-th year a map has room for."""
    return -(-years // MOST_YEARS)


def lead_bars(titles: Sequence[str], spread: Spread, years: Numbers) -> Bars:
    """By sector: where the lead starts, its median at the horizon, and both bands."""
    low, middle, high = spread.runs[[0, 2, 4], :, -1]
    below, above = spread.parameters[..., -1]
    colours = [COLOURS["us" if value >= 0 else "china"] for value in middle]
    layers: list[Bar | Whisker | Dot] = [
        Whisker(low, high, colours, width=3, opacity=0.25),
        Whisker(below, above, colours, width=3, opacity=0.6),
        Dot(middle, colours, size=22**0.5),
        Dot(spread.runs[2, :, 0], GREY, size=20**0.5, hollow=True),
    ]
    ahead = [f"{100 * share:.0f} %" for share in spread.ahead[:, -1]]
    title = f"U.S. lead: {years[0]:.0f} (hollow), {years[-1]:.0f} (dark: parameters)"
    return Bars(titles, layers, title, Axis(f"{UNIT} (negative: China leads)", zero=True), notes=[*ahead, "ahead"])


def lead_rows(record: Record, spread: Spread, chosen: Sequence[int] | None = None) -> list[tuple[Any, ...]]:
    """A line a sector and year, in the order of `COLUMNS`."""
    places = range(len(record.sectors)) if chosen is None else chosen
    low, _, middle, _, high = spread.runs
    numbers = [low, spread.parameters[0], middle, spread.parameters[1], high, spread.ahead]
    return [
        (record.sectors[place], year, *(part[place, at] for part in numbers), spread.months[place, at], UNIT)
        for place in places
        for at, year in enumerate(years_of(record))
    ]


def _bands(spread: Spread) -> str:
    """What the bands are."""
    if np.isnan(spread.parameters).any():
        return "Lines: medians; faint bands: 5-95 % of runs."
    return "Lines: medians; dark bands: 5-95 % over parameters; faint: 5-95 % of single runs."
