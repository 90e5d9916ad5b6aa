"""Courses over time that the figures of a run show, with records of the past in the same unit."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from techduel.ensemble.record import Record
from techduel.facts import Facts, History, checks
from techduel.model.axes import BLOCS, HUNDRED, STATES, Numbers
from techduel.report.series import NONE, Course, Series, quantiles

FIRST_YEAR: Final = 1995
MONEY: Final = "bn USD of 2020"
GDP_SHARE: Final = "% of GDP"
_BLOC_TITLES: Final = {"us": "United States", "china": "China", "allies": "U.S. allies", "rest": "rest of the world"}

type Past = Callable[[int], tuple[Numbers, Numbers]]
"""Years and records of a state (by its place in `STATES`), up to the year before the base year."""


def _no_past(_state: int) -> tuple[Numbers, Numbers]:
    """Of an outcome without a record."""
    return NONE, NONE


def rd_totals(record: Record, facts: Facts) -> list[Course]:
    """R&D of both states at market rates and at purchasing power, records from 1995 on."""
    factor = facts.base.ppp_factor
    market = by_outcome(record, "rd_total", _money(facts, "gerd_lcu"))
    at_ppp = [_scaled(one, float(factor[state])) for state, one in enumerate(market)]
    return [
        Course("Market exchange rates of 2020", MONEY, market),
        Course("Purchasing power parities of 2020", f"{MONEY}, PPP", at_ppp),
    ]


def rd_intensity(record: Record, facts: Facts) -> list[Course]:
    """R&D over GDP."""
    past = _ratio(facts, checks.rd_intensity)
    return [Course("All R&D over GDP", GDP_SHARE, by_outcome(record, "rd_intensity", past, HUNDRED))]


def basic_research(record: Record, facts: Facts) -> list[Course]:
    """Basic research: level, and share of R&D against the plan's 8 %."""
    level = Course("Level", MONEY, by_outcome(record, "rd_basic", _money(facts, "basic_lcu")))
    return [level, basic_share(record, facts)]


def basic_share(record: Record, facts: Facts) -> Course:
    """Basic research over R&D against the plan's 8 %."""
    past = _ratio(facts, lambda history, state, year: checks.basic_share(history, state, year, "final"))
    share = by_outcome(record, "basic_share", past, HUNDRED)
    return Course("Share of all R&D", "% of R&D", share, _target(facts, "F5"))


def digital_core(record: Record, facts: Facts) -> list[Course]:
    """Digital core industries over GDP against the plan's 10 %."""
    series = by_outcome(record, "digital_core_share", scale=HUNDRED)
    return [Course("Value added over GDP", GDP_SHARE, series, _target(facts, "F2"))]


def strategic_emerging(record: Record, facts: Facts) -> list[Course]:
    """Strategic emerging industries over GDP against the plan's 17 %."""
    series = by_outcome(record, "strategic_emerging_share", _recorded(facts, "sei_share_gdp"), HUNDRED)
    return [Course("Value added over GDP", GDP_SHARE, series, _target(facts, "F3"))]


def market_shares(record: Record, facts: Facts) -> list[Course]:
    """Shares of both states' firms in the markets of the four blocs, all sectors together."""
    spending = facts.base.market_size * facts.base.demand_share
    weights = spending / spending.sum(axis=1, keepdims=True)
    together = HUNDRED * np.einsum("rsbkt,bk->rsbt", record.year_ends("market_share"), weights)
    return [
        Course(f"Market: {_BLOC_TITLES[bloc]}", "% of the market", by_state(record, together[:, :, place]))
        for place, bloc in enumerate(BLOCS)
    ]


def sector_titles(record: Record, facts: Facts) -> list[str]:
    """Titles of a record's sectors."""
    return [facts.titles[facts.sectors.index(sector)] for sector in record.sectors]


def by_outcome(record: Record, outcome: str, past: Past = _no_past, scale: float = 1.0) -> list[Series]:
    """An outcome of both states by year, with records before the base year in the same unit."""
    return by_state(record, scale * record.annual(outcome), past)


def by_state(record: Record, values: Numbers, past: Past = _no_past) -> list[Series]:
    """Values by (run, state, year) as one series a state."""
    years = years_of(record)
    return [Series(state, years, quantiles(values[:, place]), *past(place)) for place, state in enumerate(STATES)]


def _scaled(series: Series, factor: float) -> Series:
    return replace(series, quantiles=factor * series.quantiles, past=factor * series.past)


def years_of(record: Record) -> Numbers:
    """Calendar years, the base year first, (year,)."""
    return record.years.astype(float)


def _target(facts: Facts, key: str) -> tuple[int, float]:
    """Year and value of one of the article's targets."""
    (figure,) = [figure for figure in facts.figures if figure.id == key]
    return figure.year, float(figure.article or 0.0)


def _recorded(facts: Facts, name: str) -> Past:
    """A series as it is on record, where a state has one."""

    def past(state: int) -> tuple[Numbers, Numbers]:
        if not facts.history.has(name, STATES[state]):
            return NONE, NONE
        years, values = facts.history.series(name, STATES[state])
        return years[years < facts.base_year].astype(float), values[years < facts.base_year]

    return past


def _ratio(facts: Facts, level: Callable[[History, str, int], float]) -> Past:
    """A fraction computed from levels, in per cent."""
    return _each_year(facts, lambda state, year: HUNDRED * level(facts.history, STATES[state], year))


def _money(facts: Facts, name: str) -> Past:
    """A level in local currency at the prices and the exchange rate of the base year, by the deflator of GDP."""

    def value(state: int, year: int) -> float:
        level = facts.history.at(name, STATES[state], year) / _prices(facts, STATES[state], year)
        return float(level / facts.base.currency_per_usd[state])

    return _each_year(facts, value)


def _each_year(facts: Facts, value: Callable[[int, int], float]) -> Past:
    years = range(FIRST_YEAR, facts.base_year)
    return lambda state: (np.array(years, dtype=float), np.array([value(state, year) for year in years]))


def _prices(facts: Facts, state: str, year: int) -> float:
    """Deflator of GDP relative to the base year: growth of nominal GDP over recorded real growth."""
    history, base_year = facts.history, facts.base_year
    real = np.prod([1.0 + history.at("gdp_growth", state, later) / 100 for later in range(year + 1, base_year + 1)])
    return float(checks.gdp(history, state, year) / checks.gdp(history, state, base_year) * real)
