"""What the model says about each recorded series: its definition, unit, and how it follows from the primitives."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from techduel.facts import History
from techduel.model.axes import HUNDRED, STATES, Numbers
from techduel.studies.backtest.primitives import CHINA

type Parts = Mapping[str, Numbers]
"""Primitives of a state by name, (..., year)."""
type Identity = Callable[[Parts], Numbers]
type Recorded = Callable[[History, str, int], float]

BOTH: Final = STATES
LOG, POINTS = "log", "points"


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
    identity: Identity
    """How it follows from primitives."""
    recorded: Recorded | None = None
    """The record's value in a year where it follows from other series; None where it is one of its own."""
    converts: str = ""
    """The series of which it is the same money in another currency; empty where it is none."""
    nominal: bool = False
    """Whether prices move it."""


def _product(*names: str, scale: float = 1.0) -> Identity:
    """Primitives multiplied."""

    def values(parts: Parts) -> Numbers:
        found = scale * parts[names[0]]
        for name in names[1:]:
            found = found * parts[name]
        return found

    return values


def _in_dollars(amount: Identity) -> Identity:
    return lambda parts: amount(parts) / parts["exchange_rate"]


def _growth(parts: Parts) -> Numbers:
    levels = parts["real_gdp"]
    rate = HUNDRED * (levels[..., 1:] / levels[..., :-1] - 1.0)
    return np.concatenate([np.full((*rate.shape[:-1], 1), np.nan), rate], axis=-1)


def _business_share(parts: Parts) -> Numbers:
    """What is paid by neither government nor universities and others."""
    return HUNDRED * (1.0 - parts["public"]) * (1.0 - parts["others"])


def _business_funded(parts: Parts) -> Numbers:
    return _business_share(parts) * parts["research"]


def _usd(name: str) -> Recorded:
    """A level of the record in current dollars; the record has one exchange rate, that of the yuan."""
    return lambda history, state, year: (
        history.at(name, state, year) / (1.0 if state == "us" else history.at("fx_cny_per_usd", state, year))
    )


def _share_of_rd(name: str) -> Recorded:
    return lambda history, state, year: HUNDRED * history.at(name, state, year) / history.at("gerd_lcu", state, year)


def _money(
    title: str,
    definition: str,
    identity: Identity,
    recorded: Recorded | None = None,
    unit: str = "",
    converts: str = "",
) -> Counterpart:
    return Counterpart(title, BOTH, unit, LOG, definition, identity, recorded, converts, nominal=True)


def _share(title: str, unit: str, definition: str, identity: Identity, states: tuple[str, ...] = BOTH) -> Counterpart:
    return Counterpart(title, states, unit, LOG, definition, identity)


GDP: Final = ("real_gdp", "prices")
RESEARCH: Final = ("research", *GDP)

SERIES: Final[Mapping[str, Counterpart]] = {
    "gdp_lcu": _money(
        "GDP", "GDP at current prices; deflator as forecast, the record's also as it came", _product(*GDP)
    ),
    "gdp_usd": _money(
        "GDP in dollars",
        "GDP in dollars of the year, at the exchange rate as forecast",
        _in_dollars(_product(*GDP)),
        _usd("gdp_lcu"),
        "bn USD",
        "gdp_lcu",
    ),
    "gdp_ppp": _money(
        "GDP at PPP",
        "real GDP at the base year's purchasing power and prices of the United States; the record reweights yearly",
        _product("real_gdp", "international_prices"),
        unit="bn international $",
        converts="gdp_lcu",
    ),
    "gdp_growth": Counterpart(
        "growth of GDP",
        BOTH,
        "%",
        POINTS,
        "growth of annual real GDP; chained in the record, one base year here",
        _growth,
    ),
    "gerd_lcu": _money("R&D", "R&D of all performers at the deflator of GDP", _product(*RESEARCH)),
    "gerd_usd": _money(
        "R&D in dollars",
        "R&D in dollars of the year, at the exchange rate as forecast",
        _in_dollars(_product(*RESEARCH)),
        _usd("gerd_lcu"),
        "bn USD",
        "gerd_lcu",
    ),
    "gerd_ppp": _money(
        "R&D at PPP",
        "real R&D at the base year's purchasing power and prices of the United States",
        _product("research", "real_gdp", "international_prices"),
        unit="bn PPP USD",
        converts="gerd_lcu",
    ),
    "gerd_pct_gdp": _share(
        "R&D over GDP",
        "% of GDP",
        "R&D over GDP; China's record before the GDP revision",
        _product("research", scale=HUNDRED),
    ),
    "basic_lcu": _money("basic research", "basic research at the deflator of GDP", _product("basic", *RESEARCH)),
    "basic_usd": _money(
        "basic research in dollars",
        "basic research in dollars of the year, at the exchange rate as forecast",
        _in_dollars(_product("basic", *RESEARCH)),
        _usd("basic_lcu"),
        "bn USD",
        "basic_lcu",
    ),
    "basic_share": _share(
        "basic research over R&D", "% of R&D", "basic research over R&D", _product("basic", scale=HUNDRED)
    ),
    "berd_performed_lcu": _money(
        "R&D in business", "R&D performed by business, grants included", _product("performed", *RESEARCH)
    ),
    "berd_performed_share": Counterpart(
        "R&D in business over R&D",
        BOTH,
        "% of R&D",
        LOG,
        "R&D performed by business over R&D",
        _product("performed", scale=HUNDRED),
        _share_of_rd("berd_performed_lcu"),
    ),
    "rd_bus_funded_pct_gdp": _share(
        "R&D paid by business over GDP",
        "% of GDP",
        "R&D less public money and the constant part that others pay, over GDP; no business money at universities",
        _business_funded,
    ),
    "rd_bus_funded_share": _share(
        "R&D paid by business over R&D",
        "% of R&D",
        "R&D less public money and the constant part that others pay, over R&D",
        _business_share,
    ),
    "rd_gov_funded_pct_gdp": _share(
        "R&D paid by government over GDP",
        "% of GDP",
        "public R&D money wherever spent, over GDP; without tax credits",
        _product("public", "research", scale=HUNDRED),
    ),
    "rd_gov_funded_share": _share(
        "R&D paid by government over R&D",
        "% of R&D",
        "public R&D money over R&D; without tax credits",
        _product("public", scale=HUNDRED),
    ),
    "rd_federal_funded_pct_gdp": _share(
        "R&D paid federally over GDP",
        "% of GDP",
        "public R&D money over GDP; the federal part of it stays as in the base year",
        _product("public", "research", scale=HUNDRED),
        ("us",),
    ),
    "researchers_per_million": _share(
        "researchers",
        "FTE per million",
        "researchers over population; graduates, pay and migration move them",
        _product("researchers", scale=1e6),
    ),
    "pct_applications": _share(
        "international patent applications",
        "applications",
        "filings of the firms of the 14 sectors; the record counts all applicants, as published 18 months later",
        _product("filings", "research", "real_gdp"),
    ),
    "digital_core_share_gdp": _share(
        "digital core over GDP",
        "% of GDP",
        "value added of the digital sectors and the account of other digital industries, over GDP",
        _product("digital_core", scale=HUNDRED),
        CHINA,
    ),
    "sei_share_gdp": _share(
        "emerging industries over GDP",
        "% of GDP",
        "value added of strategic emerging sectors and the rest of that aggregate, over GDP",
        _product("emerging", scale=HUNDRED),
        CHINA,
    ),
    "cn_ic_output_share_of_cn_market": _share(
        "chips made in China, of its market",
        "% of market",
        "Chinese firms' share of China's chip market; the record counts plants in China, whoever owns them",
        _product("chips", scale=HUNDRED),
        CHINA,
    ),
    "cn_hq_ic_output_share_of_cn_market": _share(
        "chips of Chinese firms, of its market",
        "% of market",
        "Chinese firms' share of China's chip market; the record counts integrated circuits only",
        _product("own_chips", scale=HUNDRED),
        CHINA,
    ),
}
"""Every series that has a counterpart."""
