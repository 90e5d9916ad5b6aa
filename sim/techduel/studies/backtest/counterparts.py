"""What the model says about each recorded series: its definition, unit, and how it is made from outcomes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from techduel.ensemble.chunks import Numbers
from techduel.ensemble.record import Record, by_year
from techduel.facts import Facts, History
from techduel.model.axes import STATES

type Measure = Callable[[Record, Facts], Numbers]
type Recorded = Callable[[History, str, int], float]

OUTCOMES: Final = (
    *("gdp", "rd_total", "rd_total_nominal_lcu", "rd_basic", "rd_basic_nominal_lcu", "rd_business", "rd_other"),
    *(
        "rd_public",
        "researchers_share",
        "digital_core_share",
        "strategic_emerging_share",
        "self_sufficiency",
        "filings",
    ),
)
"""Outcomes that the counterparts read."""
PERCENT: Final = 100.0
BOTH: Final = STATES
CHINA: Final = ("china",)
LOG, POINTS = "log", "points"
CHIPS: Final = "semiconductors"


@dataclass(frozen=True, slots=True)
class Counterpart:
    """What the model says about one series."""

    title: str
    """For figures."""
    states: tuple[str, ...]
    """States that have it."""
    unit: str
    """Empty for a level in own currency, whose unit differs by state."""
    scale: str
    """``log``: errors are relative and the splice is a ratio; ``points``: a growth rate, which is not spliced."""
    definition: str
    """What it is in the model, and how the statistic differs."""
    measure: Measure
    """Values by (run, state, year), the base year first."""
    recorded: Recorded | None = None
    """The record's value in a year where it follows from other series; None where it is one of its own."""


def _of(name: str, scale: float = 1.0) -> Measure:
    return lambda record, _facts: scale * record.annual(name)


def _ratio(above: str, below: str) -> Measure:
    return lambda record, _facts: PERCENT * record.annual(above) / record.annual(below)


def _gdp(record: Record, _facts: Facts) -> Numbers:
    """At current prices: R&D at both prices gives the deflator and the currency."""
    return by_year(record["gdp"] * record["rd_total_nominal_lcu"] / record["rd_total"])


def _growth(record: Record, _facts: Facts) -> Numbers:
    levels = record.annual("gdp")
    rate = PERCENT * (levels[..., 1:] / levels[..., :-1] - 1.0)
    return np.concatenate([np.full((*rate.shape[:-1], 1), np.nan), rate], axis=-1)


def _business(record: Record, _facts: Facts) -> Numbers:
    prices = record.annual("rd_total_nominal_lcu") / record.annual("rd_total")
    return record.annual("rd_business") * prices


def _business_funded(record: Record, facts: Facts) -> Numbers:
    """R&D less public money and less what universities and others pay, a constant part of GDP in the model."""
    gdp, public, other = (record.annual(name) for name in ("gdp", "rd_public", "rd_other"))
    institutes = public[..., :1] - facts.base.rd_business_government_funded[None, :, None]
    own = (other[..., :1] - institutes) / gdp[..., :1]
    return record.annual("rd_total") - public - own * gdp


def _over(amount: Measure, below: str) -> Measure:
    return lambda record, facts: PERCENT * amount(record, facts) / record.annual(below)


def _in_dollars(amount: Measure) -> Measure:
    """Own currency in current dollars, at the exchange rates that the outlook expected."""

    def measured(record: Record, facts: Facts) -> Numbers:
        years = record.years.size
        rates = np.concatenate([facts.base.currency_per_usd[:, None], facts.outlook.currency_per_usd], axis=1)
        return amount(record, facts) / rates[None, :, :years]

    return measured


def _at_ppp(amount: str) -> Measure:
    """Purchasing-power dollars of the base year, at the prices of the United States."""

    def measured(record: Record, facts: Facts) -> Numbers:
        prices = record.annual("rd_total_nominal_lcu") / record.annual("rd_total")
        factor: Numbers = facts.base.ppp_factor[None, :, None]
        return record.annual(amount) * factor * prices[:, :1] / facts.base.currency_per_usd[0]

    return measured


def _chips(record: Record, _facts: Facts) -> Numbers:
    return PERCENT * record.annual("self_sufficiency")[:, :, record.sectors.index(CHIPS)]


def _filings(record: Record, _facts: Facts) -> Numbers:
    return record.annual("filings").sum(axis=2)


def _usd(name: str) -> Recorded:
    """A level of the record in current dollars; the record has one exchange rate, that of the yuan."""
    return lambda history, state, year: (
        history.at(name, state, year) / (1.0 if state == "us" else history.at("fx_cny_per_usd", state, year))
    )


def _share_of_rd(name: str) -> Recorded:
    return lambda history, state, year: PERCENT * history.at(name, state, year) / history.at("gerd_lcu", state, year)


def _money(
    title: str, definition: str, measure: Measure, recorded: Recorded | None = None, unit: str = ""
) -> Counterpart:
    return Counterpart(title, BOTH, unit, LOG, definition, measure, recorded)


def _share(title: str, unit: str, definition: str, measure: Measure, states: tuple[str, ...] = BOTH) -> Counterpart:
    return Counterpart(title, states, unit, LOG, definition, measure)


SERIES: Final[Mapping[str, Counterpart]] = {
    "gdp_lcu": _money("GDP", "GDP at current prices; deflator as forecast, the record's also as it came", _gdp),
    "gdp_usd": _money(
        "GDP in dollars",
        "GDP in dollars of the year, at the exchange rate as forecast",
        _in_dollars(_gdp),
        _usd("gdp_lcu"),
        "bn USD",
    ),
    "gdp_ppp": _money(
        "GDP at PPP",
        "real GDP at the base year's purchasing power and prices of the United States; the record reweights yearly",
        _at_ppp("gdp"),
        unit="bn international $",
    ),
    "gdp_growth": Counterpart(
        "growth of GDP",
        BOTH,
        "%",
        POINTS,
        "growth of annual real GDP; chained in the record, one base year here",
        _growth,
    ),
    "gerd_lcu": _money("R&D", "R&D of all performers at the deflator of GDP", _of("rd_total_nominal_lcu")),
    "gerd_usd": _money(
        "R&D in dollars",
        "R&D in dollars of the year, at the exchange rate as forecast",
        _in_dollars(_of("rd_total_nominal_lcu")),
        _usd("gerd_lcu"),
        "bn USD",
    ),
    "gerd_ppp": _money(
        "R&D at PPP",
        "real R&D at the base year's purchasing power and prices of the United States",
        _at_ppp("rd_total"),
        unit="bn PPP USD",
    ),
    "gerd_pct_gdp": _share(
        "R&D over GDP", "% of GDP", "R&D over GDP; China's record before the GDP revision", _ratio("rd_total", "gdp")
    ),
    "basic_lcu": _money("basic research", "basic research at the deflator of GDP", _of("rd_basic_nominal_lcu")),
    "basic_usd": _money(
        "basic research in dollars",
        "basic research in dollars of the year, at the exchange rate as forecast",
        _in_dollars(_of("rd_basic_nominal_lcu")),
        _usd("basic_lcu"),
        "bn USD",
    ),
    "basic_share": _share(
        "basic research over R&D", "% of R&D", "basic research over R&D", _ratio("rd_basic", "rd_total")
    ),
    "berd_performed_lcu": _money("R&D in business", "R&D performed by business, grants included", _business),
    "berd_performed_share": Counterpart(
        "R&D in business over R&D",
        BOTH,
        "% of R&D",
        LOG,
        "R&D performed by business over R&D",
        _ratio("rd_business", "rd_total"),
        _share_of_rd("berd_performed_lcu"),
    ),
    "rd_bus_funded_pct_gdp": _share(
        "R&D paid by business over GDP",
        "% of GDP",
        "R&D less public money and the constant part that others pay, over GDP; no business money at universities",
        _over(_business_funded, "gdp"),
    ),
    "rd_bus_funded_share": _share(
        "R&D paid by business over R&D",
        "% of R&D",
        "R&D less public money and the constant part that others pay, over R&D",
        _over(_business_funded, "rd_total"),
    ),
    "rd_gov_funded_pct_gdp": _share(
        "R&D paid by government over GDP",
        "% of GDP",
        "public R&D money wherever spent, over GDP; without tax credits",
        _ratio("rd_public", "gdp"),
    ),
    "rd_gov_funded_share": _share(
        "R&D paid by government over R&D",
        "% of R&D",
        "public R&D money over R&D; without tax credits",
        _ratio("rd_public", "rd_total"),
    ),
    "rd_federal_funded_pct_gdp": _share(
        "R&D paid federally over GDP",
        "% of GDP",
        "public R&D money over GDP; the federal part of it stays as in the base year",
        _ratio("rd_public", "gdp"),
        ("us",),
    ),
    "researchers_per_million": _share(
        "researchers",
        "FTE per million",
        "researchers over population; graduates, pay and migration move them",
        _of("researchers_share", 1e6),
    ),
    "pct_applications": _share(
        "international patent applications",
        "applications",
        "filings of the firms of the 14 sectors; the record counts all applicants, as published 18 months later",
        _filings,
    ),
    "digital_core_share_gdp": _share(
        "digital core over GDP",
        "% of GDP",
        "value added of the digital sectors and the account of other digital industries, over GDP",
        _of("digital_core_share", PERCENT),
        CHINA,
    ),
    "sei_share_gdp": _share(
        "emerging industries over GDP",
        "% of GDP",
        "value added of strategic emerging sectors and the rest of that aggregate, over GDP",
        _of("strategic_emerging_share", PERCENT),
        CHINA,
    ),
    "cn_ic_output_share_of_cn_market": _share(
        "chips made in China, of its market",
        "% of market",
        "Chinese firms' share of China's chip market; the record counts plants in China, whoever owns them",
        _chips,
        CHINA,
    ),
    "cn_hq_ic_output_share_of_cn_market": _share(
        "chips of Chinese firms, of its market",
        "% of market",
        "Chinese firms' share of China's chip market; the record counts integrated circuits only",
        _chips,
        CHINA,
    ),
}
"""Every series that has a counterpart."""
