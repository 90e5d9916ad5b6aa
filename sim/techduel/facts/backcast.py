"""Base years before 2020: aggregates as on record, sectors by rule, the rest as in 2020.

What is rule and what is record stands in docs/model.md, "Base years before 2020". Nothing recorded after the base year
is used but what 2020 says of quantities that have no other record.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from techduel.facts.base import QUANTITIES, BaseYear
from techduel.facts.checks import gdp
from techduel.facts.history import History
from techduel.facts.levers import UNITS, PastLevers
from techduel.facts.outlook import Outlook
from techduel.facts.proxies import Proxies, excess_growth, past_markets, value_added
from techduel.facts.tables import frozen, outside
from techduel.model.axes import BLOCS, N_STATES, STATES, Numbers

FIRST_YEAR, FINAL_YEAR = 2010, 2019
"""First and last year that can be back-cast."""
DECADE: Final = 10
WINDOW: Final = 5
"""Years over which the growth of markets is measured."""
FIRST_VALUE_ADDED: Final = 2002
"""First year of value added by industry."""
DIGITAL: Final = ("computer_electronic", "it_services", "software_publishing")
REDEFINED: Final = {("researchers_per_million", "china"): (2009,)}
"""Years in which a series changed its definition, which is no growth."""


@dataclass(frozen=True, slots=True)
class Past:
    """What base years before 2020 are made of."""

    last: BaseYear
    """The year 2020."""
    history: History
    proxies: Proxies
    levers: PastLevers


def backcast(past: Past, year: int, outlook: Outlook, until: int) -> BaseYear:
    """The base year of a year before 2020.

    Parameters
    ----------
    past : Past
    year : int
        2010 to 2019.
    outlook : Outlook
        What is expected of GDP and prices, to which markets' own growth is added.
    until : int
        Last year of the five over which that is measured: the base year itself when nothing later is known.
    """
    last, history, levers = past.last, past.history, past.levers
    values = {item.name: getattr(last, item.name) for item in fields(BaseYear)}
    values |= _economy(history, year) | research(history, year) | _people(history, year)
    values |= _industries(history, year, last, values["gdp"])
    values |= _trade(last, values["gdp"])
    values |= past_markets(past.proxies, history, year, last, values["gdp"])
    parts = {name: levers.value(name, year) for name in levers.names if name not in UNITS}
    values |= {name: scaled(getattr(last, name), part) for name, part in parts.items()}
    first = min(year, until - WINDOW)
    markets = np.expm1(excess_growth(past.proxies, history, first, until))
    economy = outlook.gdp_growth[:, :WINDOW].mean(axis=1) + outlook.inflation[0, :WINDOW].mean()
    values["growth_forecast"] = markets + economy[:, None]
    return BaseYear(**{name: frozen(np.array(value)) for name, value in values.items()})


def problems_of(base: BaseYear, year: int) -> Iterator[str]:
    """One line for each quantity of a back-cast year that is out of its range."""
    for name, quantity in QUANTITIES.items():
        values = getattr(base, name)
        if outside(values.min(), quantity.low, quantity.high) or outside(values.max(), quantity.low, quantity.high):
            yield (
                f"back-cast of {year}: {name} from {values.min():g} to {values.max():g}; "
                f"allowed {quantity.low:g} to {quantity.high:g} ({quantity.unit})"
            )


def scaled(level: Numbers, part: Numbers) -> Numbers:
    """A lever by state, or by state and sector, times a part by state."""
    return level * part.reshape(-1, *[1] * (level.ndim - 1))


def currency(history: History, year: int) -> Numbers:
    """Units of the state's currency for a dollar, mean of a year, (state,)."""
    return np.array([1.0, history.at("fx_cny_per_usd", "china", year)])


def _each(history: History, name: str, year: int) -> Numbers:
    return np.array([history.at(name, state, year) for state in STATES])


def _economy(history: History, year: int) -> dict[str, Numbers]:
    rate = currency(history, year)
    ours = np.array([gdp(history, state, year) for state in STATES]) / rate
    others = [history.at("gdp_usd", bloc, year) for bloc in BLOCS[N_STATES:]]
    return {
        "currency_per_usd": rate,
        "gdp": np.array([*ours, *others]),
        "ppp_factor": _each(history, "gdp_ppp", year) / (_each(history, "gdp_lcu", year) / rate),
        "corporate_tax": _each(history, "corporate_tax", year) / 100.0,
    }


def research(history: History, year: int) -> dict[str, Numbers]:
    """R&D of a year by performer and funder, bn USD of the year, as quantities of a base year."""
    rate = currency(history, year)
    product = np.array([gdp(history, state, year) for state in STATES]) / rate
    return {
        "rd_total": _each(history, "gerd_lcu", year) / rate,
        "rd_basic": _each(history, "basic_lcu", year) / rate,
        "rd_business_performed": _each(history, "berd_performed_lcu", year) / rate,
        "rd_government_funded_share": _each(history, "rd_gov_funded_share", year) / 100.0,
        "rd_business_government_funded": _each(history, "rd_business_government_funded_pct_gdp", year) / 100 * product,
        "basic_public_share": _each(history, "basic_public_share", year) / 100.0,
        "rd_growth_past": np.array([_real_growth(history, "gerd_lcu", state, year) for state in STATES]),
        "basic_growth_past": np.array([_real_growth(history, "basic_lcu", state, year) for state in STATES]),
    }


def _real_growth(history: History, name: str, state: str, year: int) -> float:
    """Mean real growth of a nominal series over the last decade."""
    first = year - DECADE
    nominal = history.at(name, state, year) / history.at(name, state, first)
    output = history.at("gdp_lcu", state, year) / history.at("gdp_lcu", state, first)
    real = np.prod([1.0 + history.at("gdp_growth", state, later) / 100.0 for later in range(first + 1, year + 1)])
    return float((nominal / output * real) ** (1.0 / DECADE) - 1.0)


def _people(history: History, year: int) -> dict[str, Numbers]:
    growth = [_growth_of_researchers(history, state, year) for state in STATES]
    return {
        "population": _each(history, "population", year),
        "researchers": np.array([_researchers(history, state, year) for state in STATES]),
        "researchers_growth": np.array(growth),
    }


def _researchers(history: History, state: str, year: int) -> float:
    """Thousand full-time equivalents."""
    return history.at("researchers_per_million", state, year) * history.at("population", state, year) / 1000.0


def _growth_of_researchers(history: History, state: str, year: int) -> float:
    """Mean growth over the last decade, years of a new definition left out."""
    skipped = REDEFINED.get(("researchers_per_million", state), ())
    years = [later for later in range(year - DECADE + 1, year + 1) if later not in skipped]
    ratios = [_researchers(history, state, later) / _researchers(history, state, later - 1) for later in years]
    return float(np.expm1(np.log(ratios).mean()))


def _industries(history: History, year: int, last: BaseYear, product: Numbers) -> dict[str, Numbers]:
    """Digital core and strategic emerging industries, which no statistic of the year counts as such."""
    moved = [
        value_added(history, DIGITAL, state, year) / value_added(history, DIGITAL, state, FINAL_YEAR + 1)
        for state in STATES
    ]
    share, growth = _emerging_us(history, year), _emerging_china(history, year)
    return {
        "digital_core_value_added": last.digital_core_value_added * np.array(moved),
        "strategic_emerging_share": np.array([share[0], growth[0]]),
        "emerging_growth_excess": np.array([share[1], growth[1]]),
    }


def _trade(last: BaseYear, product: Numbers) -> dict[str, Numbers]:
    """Trade of the blocs and between the states: as much of GDP as in 2020."""
    grown = product / last.gdp
    flows = {name: getattr(last, name) * grown for name in ("exports", "imports")}
    return flows | {
        name: getattr(last, name) * grown[:N_STATES] for name in ("rest_goods_to_rival", "rest_services_to_rival")
    }


def _share(history: History, industries: Sequence[str], state: str, year: int) -> float:
    made = value_added(history, tuple(industries), state, year)
    return made / history.at("gross_value_added_total", state, year)


def _emerging_us(history: History, year: int) -> tuple[float, float]:
    """Knowledge- and technology-intensive industries over all value added, and its log growth over the last decade."""
    first = max(year - DECADE, FIRST_VALUE_ADDED)
    now, then = (_share(history, ("kti",), "us", at) for at in (year, first))
    return now, float(np.log(now / then)) / (year - first)


def _emerging_china(history: History, year: int) -> tuple[float, float]:
    """Share of GDP as last stated, carried on with the log growth between the last two statements.

    Until there are two, the way to the official target for 2015 takes the place of the second.
    """
    years, values = history.series("sei_share_gdp", "china")
    recorded = [(int(at), float(value)) for at, value in zip(years, values, strict=True) if at <= year]
    if len(recorded) > 1:
        (before, low), (at, high) = recorded[-2:]
        growth = np.log(high / low) / (at - before)
    else:
        ((at, high),) = recorded
        growth = np.log(history.at("sei_share_gdp_target", "china", 2015) / high) / (2015 - at)
    return float(high * np.exp(growth * (year - at))) / 100.0, float(growth)
