"""The numbers of every figure: what is drawn in `plots`, and what stands in the CSV beside each picture."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.record import Record
from techduel.ensemble.summary import QUANTILES, statistics
from techduel.facts import Facts, History, checks
from techduel.model.axes import BLOCS, STATES

type Numbers = NDArray[np.float64]
type Line = tuple[str | float, ...]

CHOSEN_SECTORS: Final = ("semiconductors", "ai", "cloud", "iot", "pharma_biotech", "batteries")
FIRST_YEAR: Final = 1995
LARGEST_FIRMS: Final = 100
"""Firms of a state, over all sectors, whose sizes give the tail exponent."""
OUTCOMES: Final = (
    *("rd_total", "rd_basic", "rd_intensity", "basic_share", "digital_core_share", "strategic_emerging_share"),
    *("lead_months", "market_share", "leadership_index"),
)
"""Outcomes that the figures read."""
PERCENT: Final = 100.0
RECORDS: Final = "Records to 2020: NSF NCSES, NBS of China, World Bank (sim/techduel/facts/history.csv)."
MONEY: Final = "bn USD of 2020"
GDP_SHARE: Final = "% of GDP"
NONE: Final[Numbers] = np.empty(0)
"""No records."""


@dataclass(frozen=True, slots=True)
class Fan:
    """One series: records of the past, then quantiles over runs."""

    name: str
    """A state, or a sector whose lead is meant."""
    years: Numbers
    """(year,), the base year first."""
    quantiles: Numbers
    """(quantile, year): 5, 25, 50, 75, 95 %."""
    past_years: Numbers = field(default_factory=lambda: NONE)
    past: Numbers = field(default_factory=lambda: NONE)


@dataclass(frozen=True, slots=True)
class Panel:
    """Series on common axes."""

    title: str
    unit: str
    fans: tuple[Fan, ...]
    target: tuple[int, float] | None = None
    """Year and value of the plan's target for China."""
    signed: bool = False
    """Whether values lie on both sides of 0, so that the axis does not begin there."""


@dataclass(frozen=True, slots=True)
class Fans:
    """Panels side by side."""

    title: str
    source: str
    panels: tuple[Panel, ...]

    @property
    def header(self) -> Line:
        """Columns of the table."""
        return ("panel", "series", "year", "past", *QUANTILES, "unit")

    def table(self) -> Iterator[Line]:
        """One line a series and year."""
        for panel in self.panels:
            for fan in panel.fans:
                for year, value in zip(fan.past_years, fan.past, strict=True):
                    yield (panel.title, fan.name, float(year), float(value), *[""] * len(QUANTILES), panel.unit)
                for year, values in zip(fan.years, fan.quantiles.T, strict=True):
                    yield (panel.title, fan.name, float(year), "", *map(float, values), panel.unit)


@dataclass(frozen=True, slots=True)
class Map:
    """Lead of the United States by sector and year, in months."""

    title: str
    source: str
    sectors: tuple[str, ...]
    titles: tuple[str, ...]
    years: Numbers
    quantiles: Numbers
    """(quantile, sector, year)"""

    @property
    def header(self) -> Line:
        """Columns of the table."""
        return ("sector", "year", *QUANTILES, "unit")

    def table(self) -> Iterator[Line]:
        """One line a sector and year."""
        for place, sector in enumerate(self.sectors):
            for year, values in zip(self.years, self.quantiles[:, place].T, strict=True):
                yield (sector, float(year), *map(float, values), "months")


@dataclass(frozen=True, slots=True)
class Ranked:
    """Firms of one state at one time by rank, over all sectors, and the exponent of their upper tail."""

    state: str
    year: int
    sizes: Numbers
    """(quantile, rank) yearly sales, bn USD of 2020."""
    exponent: Numbers
    """(quantile,)"""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Firm sizes by rank."""

    title: str
    source: str
    ranked: tuple[Ranked, ...]

    @property
    def header(self) -> Line:
        """Columns of the table."""
        return ("quantity", "state", "year", "rank", *QUANTILES, "unit")

    def table(self) -> Iterator[Line]:
        """One line a rank, and one for each exponent."""
        for firms in self.ranked:
            yield ("tail exponent", firms.state, firms.year, "", *map(float, firms.exponent), "1")
            for rank, sizes in enumerate(firms.sizes.T, 1):
                yield ("sales", firms.state, firms.year, rank, *map(float, sizes), f"{MONEY} a year")


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The essentials on one page: panels, and the lead by sector at the start and at the horizon."""

    title: str
    source: str
    fans: Fans
    lead: Map

    @property
    def header(self) -> Line:
        """Columns of the table."""
        return self.fans.header

    def table(self) -> Iterator[Line]:
        """The tables of its parts in one."""
        yield from self.fans.table()
        for sector, year, *values, unit in self.lead.table():
            yield ("Lead of the United States", sector, year, "", *values, unit)


type Drawable = Fans | Map | Sizes | Dashboard


def rd_totals(record: Record, facts: Facts) -> Fans:
    """R&D of both states at market rates and at purchasing power, records from 1995 on."""
    factor = facts.base.ppp_factor
    market = _fans(record, "rd_total", _money(facts, "gerd_lcu"))
    at_ppp = tuple(_scaled(fan, float(factor[state])) for state, fan in enumerate(market))
    panels = (
        Panel("Market exchange rates of 2020", MONEY, market),
        Panel("Purchasing power parities of 2020", f"{MONEY}, PPP", at_ppp),
    )
    return Fans("Research and development of both states", RECORDS, panels)


def rd_intensity(record: Record, facts: Facts) -> Fans:
    """R&D over GDP."""
    fans = _fans(record, "rd_intensity", _ratio(facts, checks.rd_intensity), PERCENT)
    source = f"{RECORDS} China's GDP before its revision of 2024."
    return Fans("Research intensity", source, (Panel("All R&D over GDP", GDP_SHARE, fans),))


def basic_research(record: Record, facts: Facts) -> Fans:
    """Basic research: level, and share of R&D against the plan's 8 %."""
    level = Panel("Level", MONEY, _fans(record, "rd_basic", _money(facts, "basic_lcu")))
    return Fans("Basic research", RECORDS, (level, _basic_share(record, facts)))


def digital_core(record: Record, facts: Facts) -> Fans:
    """Digital core industries over GDP against the plan's 10 %."""
    source = (
        "2020: outline of the 14th plan; United States: nearest match from NCSES and BEA, so levels do not compare "
        "(sim/techduel/facts/base_2020.csv)."
    )
    return Fans("Digital core industries", source, (_digital_core(record, facts),))


def strategic_emerging(record: Record, facts: Facts) -> Fans:
    """Strategic emerging industries over GDP against the plan's 17 %."""
    source = (
        "China to 2020: NDRC and NBS statements, recalled. United States 2020: knowledge- and technology-intensive "
        "industries (NCSES), no official counterpart."
    )
    return Fans("Strategic emerging industries", source, (_strategic_emerging(record, facts),))


def lead_heatmap(record: Record, facts: Facts) -> Map:
    """Median lead of the United States by sector and year."""
    leads = _year_ends(record, "lead_months")[:, STATES.index("us")]
    source = "Positions of 2020: judgement on public evidence (sim/techduel/facts/base_2020.csv). Year ends."
    sectors = [facts.sectors.index(sector) for sector in record.sectors]
    titles = tuple(facts.titles[place] for place in sectors)
    title = "Lead of the United States by sector, months"
    return Map(title, source, record.sectors, titles, _moments(record), quantiles(leads))


def lead_fans(record: Record, facts: Facts) -> Fans:
    """Lead of the United States in chosen sectors, with its spread over runs."""
    known = lead_heatmap(record, facts)
    chosen = [record.sectors.index(sector) for sector in CHOSEN_SECTORS if sector in record.sectors]
    panels = tuple(
        Panel(
            known.titles[place],
            "months",
            (Fan(record.sectors[place], known.years, known.quantiles[:, place]),),
            signed=True,
        )
        for place in chosen
    )
    return Fans("Lead of the United States in six sectors (negative: China leads)", known.source, panels)


def market_shares(record: Record, facts: Facts) -> Fans:
    """Shares of both states' firms in the markets of the four blocs, all sectors together."""
    shares = _year_ends(record, "market_share")
    spending = facts.base.market_size * facts.base.demand_share
    weights = spending / spending.sum(axis=1, keepdims=True)
    together = PERCENT * np.einsum("rsbkt,bk->rsbt", shares, weights)
    panels = tuple(
        Panel(f"Market: {_BLOC_TITLES[bloc]}", "% of the market", _by_state(record, together[:, :, place]))
        for place, bloc in enumerate(BLOCS)
    )
    source = "2020: company and market reports (facts/base_2020.csv). Sectors weighted by the market's size in 2020."
    return Fans("Market shares of U.S. and Chinese firms by place of sale", source, panels)


def firm_sizes(record: Record, facts: Facts) -> Sizes:
    """Sales by rank at the start and the end, with tail exponents."""
    moments = {"firm_sales_start": facts.base_year, "firm_sales_end": int(record.time[-1])}
    ranked = [
        _ranked(record.snapshots[name][:, place], state, year)
        for place, state in enumerate(STATES)
        for name, year in moments.items()
    ]
    source = (
        "Sizes of 2020: Pareto exponents by sector from the JRC-OECD panel of 2018. Tail exponent: log(rank - 1/2) on "
        f"log sales (Gabaix and Ibragimov 2011) of the {LARGEST_FIRMS} largest firms of a state."
    )
    return Sizes("Firm sizes: rank and sales", source, tuple(ranked))


def dashboard(record: Record, facts: Facts) -> Dashboard:
    """R&D, plan targets, world markets and the lead by sector on one page."""
    panels = (
        replace(rd_totals(record, facts).panels[0], title="R&D, market exchange rates"),
        replace(rd_intensity(record, facts).panels[0], title="R&D intensity"),
        replace(_basic_share(record, facts), title="Basic research"),
        replace(_digital_core(record, facts), title="Digital core industries"),
        replace(_strategic_emerging(record, facts), title="Strategic emerging industries"),
        Panel("World sales, emerging industries", "% of world", _fans(record, "leadership_index", _no_past, PERCENT)),
    )
    title = "The technology duel on one page"
    return Dashboard(title, RECORDS, Fans(title, RECORDS, panels), lead_heatmap(record, facts))


FIGURES: Final[dict[str, Callable[[Record, Facts], Drawable]]] = {
    "rd_totals": rd_totals,
    "rd_intensity": rd_intensity,
    "basic_research": basic_research,
    "digital_core": digital_core,
    "strategic_emerging": strategic_emerging,
    "lead_heatmap": lead_heatmap,
    "lead_fans": lead_fans,
    "market_shares": market_shares,
    "firm_sizes": firm_sizes,
    "dashboard": dashboard,
}
"""Every figure by the name of its files."""

type Past = Callable[[int], tuple[Numbers, Numbers]]
"""Years and records of a state (by its place in `STATES`), up to the year before the base year."""

_BLOC_TITLES: Final = {"us": "United States", "china": "China", "allies": "U.S. allies", "rest": "rest of the world"}


def at_year_ends(record: Record) -> Record:
    """A record whose sector outcomes are cut down to what the figures show of them."""
    return replace(record, values={name: _kept(record, name) for name in record.values})


def tail_exponent(sizes: Numbers) -> Numbers:
    """Pareto exponent of each row of sizes, largest first: minus the slope of log(rank - 1/2) on log size.

    Source: Gabaix and Ibragimov (2011), whose shift of one half removes the small-sample bias.
    """
    logs = np.log(sizes)
    ranks = np.log(np.arange(1, sizes.shape[1] + 1) - 0.5)
    centred = logs - logs.mean(axis=1, keepdims=True)
    return -(centred * (ranks - ranks.mean())).sum(axis=1) / (centred * centred).sum(axis=1)


def _no_past(_state: int) -> tuple[Numbers, Numbers]:
    return NONE, NONE


def _basic_share(record: Record, facts: Facts) -> Panel:
    past = _ratio(facts, lambda history, state, year: checks.basic_share(history, state, year, "final"))
    return Panel("Share of all R&D", "% of R&D", _fans(record, "basic_share", past, PERCENT), _target(facts, "F5"))


def _digital_core(record: Record, facts: Facts) -> Panel:
    fans = _fans(record, "digital_core_share", _no_past, PERCENT)
    return Panel("Value added over GDP", GDP_SHARE, fans, _target(facts, "F2"))


def _strategic_emerging(record: Record, facts: Facts) -> Panel:
    fans = _fans(record, "strategic_emerging_share", _recorded(facts, "sei_share_gdp"), PERCENT)
    return Panel("Value added over GDP", GDP_SHARE, fans, _target(facts, "F3"))


def _target(facts: Facts, key: str) -> tuple[int, float]:
    """Year and value of one of the article's targets."""
    (figure,) = [figure for figure in facts.figures if figure.id == key]
    return figure.year, float(figure.article or 0.0)


def _fans(record: Record, outcome: str, past: Past, scale: float = 1.0) -> tuple[Fan, ...]:
    """An outcome of both states by year, with records before the base year in the same unit."""
    return _by_state(record, scale * record.annual(outcome), past)


def _by_state(record: Record, values: Numbers, past: Past = _no_past) -> tuple[Fan, ...]:
    """Values by (run, state, year) as one series a state."""
    moments = _moments(record)
    return tuple(Fan(state, moments, quantiles(values[:, place]), *past(place)) for place, state in enumerate(STATES))


def _scaled(fan: Fan, factor: float) -> Fan:
    return replace(fan, quantiles=factor * fan.quantiles, past=factor * fan.past)


def _year_ends(record: Record, name: str) -> Numbers:
    """The base year and every fourth quarter of an outcome that is a stock."""
    values = record[name]
    return values if record.dims(name)[-1] == "year_end" else values[..., ::4]


def _kept(record: Record, name: str) -> Numbers:
    # A copy, since a view would keep every quarter in memory.
    return _year_ends(record, name).copy() if "sector" in record.dims(name) else record[name]


def _moments(record: Record) -> Numbers:
    return record.years.astype(float)


def quantiles(values: Numbers) -> Numbers:
    """(quantile, ...) of (run, ...)."""
    return statistics(values)[:, 2:].T.reshape(len(QUANTILES), *values.shape[1:])


def _ranked(sales: Numbers, state: str, year: int) -> Ranked:
    """Firms of one state by rank over all sectors, as far down as every run has them."""
    sizes = -np.sort(-np.where(sales > 0.0, sales, np.nan).reshape(len(sales), -1), axis=1)
    common = int(np.isfinite(sizes).sum(axis=1).min())
    exponents = tail_exponent(sizes[:, : min(LARGEST_FIRMS, common)])
    return Ranked(state, year, quantiles(sizes[:, :common]), quantiles(exponents[:, None])[:, 0])


def _recorded(facts: Facts, name: str) -> Past:
    """A series as it is on record, where a state has one."""

    def past(state: int) -> tuple[Numbers, Numbers]:
        if not facts.history.has(name, STATES[state]):
            return NONE, NONE
        found, values = facts.history.series(name, STATES[state])
        return found[found < facts.base_year].astype(float), values[found < facts.base_year]

    return past


def _ratio(facts: Facts, level: Callable[[History, str, int], float]) -> Past:
    """A fraction computed from levels, in per cent."""

    def past(state: int) -> tuple[Numbers, Numbers]:
        span = range(FIRST_YEAR, facts.base_year)
        values = [PERCENT * level(facts.history, STATES[state], year) for year in span]
        return np.array(span, dtype=float), np.array(values)

    return past


def _money(facts: Facts, name: str) -> Past:
    """A level in local currency at the prices and the exchange rate of the base year, by the deflator of GDP."""

    def past(state: int) -> tuple[Numbers, Numbers]:
        span = range(FIRST_YEAR, facts.base_year)
        values = [facts.history.at(name, STATES[state], year) / _prices(facts, STATES[state], year) for year in span]
        return np.array(span, dtype=float), np.array(values) / facts.base.currency_per_usd[state]

    return past


def _prices(facts: Facts, state: str, year: int) -> float:
    """Deflator of GDP relative to the base year: growth of nominal GDP over recorded real growth."""
    history, base_year = facts.history, facts.base_year
    real = np.prod([1.0 + history.at("gdp_growth", state, later) / 100 for later in range(year + 1, base_year + 1)])
    return float(checks.gdp(history, state, year) / checks.gdp(history, state, base_year) * real)
