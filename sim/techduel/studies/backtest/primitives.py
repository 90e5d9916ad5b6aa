"""Primitives of a forecast: the few quantities of a state that are forecast, from which every series follows.

What the model misses is added to these alone, levels in logs and shares in log odds, so that shares stay between
nothing and all, parts never exceed their whole, and an identity holds in every draw.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from techduel.ensemble.record import Record, by_year
from techduel.facts import Facts, History
from techduel.model.axes import HUNDRED, STATES, Numbers

type Measure = Callable[[Record, Facts], Numbers]
type Recorded = Callable[[History, str, int], float]
type Key = tuple[str, str]
"""Primitive and state."""

OUTCOMES: Final = (
    *("gdp", "rd_total", "rd_total_nominal_lcu", "rd_basic", "rd_business", "rd_other", "rd_public"),
    *("researchers_share", "digital_core_share", "strategic_emerging_share", "self_sufficiency", "filings"),
)
"""Outcomes that the primitives read."""
LEVEL, SHARE = "level", "share"
"""Scales: logs, or log odds."""
LEAST: Final = 1e-9
"""Share below which there is none, and one less it all: log odds know neither."""
FIRST_RECORD: Final = 1995
"""Year in which most series begin."""
BOTH: Final = STATES
CHINA: Final = ("china",)
CHIPS: Final = "semiconductors"
GROWTH: Final = "gdp_growth"
OUTLOOK_KNOWS: Final = 2
"""Years that the outlook of growth is taken as it is; what it missed on average in the past acts later."""
LONGEST_DRIFT: Final = 10.0
"""Years after which a drift goes no further: no error over a longer time is on record."""


@dataclass(frozen=True, slots=True)
class Primitive:
    """One forecast quantity of a state."""

    title: str
    """For tables and figures."""
    states: tuple[str, ...]
    """States whose quantity can be missed by a model."""
    scale: str
    measure: Measure
    """The model's values, (run, state, year), the base year first."""
    recorded: Recorded
    """The record's value in a year.

    Raises
    ------
    KeyError
        Where there is none.
    """
    drifts: bool = True
    """Whether the mean error of the past says something of the next."""
    drifts_after: int = 0
    """Years before it does."""

    def years_of_drift(self, ahead: Numbers) -> Numbers:
        """Years that a drift has acted, given those since the last value on record."""
        acted = np.clip(ahead - self.drifts_after, 0.0, LONGEST_DRIFT)
        return acted if self.drifts else np.zeros_like(acted)


def onto_line(values: Numbers, scale: str) -> Numbers:
    """Logs of a level, log odds of a share."""
    if scale == LEVEL:
        return np.log(values)
    inside = np.clip(values, LEAST, 1.0 - LEAST)
    return np.log(inside / (1.0 - inside))


def from_line(values: Numbers, scale: str) -> Numbers:
    """The inverse of `onto_line`."""
    return np.exp(values) if scale == LEVEL else 1.0 / (1.0 + np.exp(-values))


def _of(name: str) -> Measure:
    return lambda record, _facts: record.annual(name)


def _ratio(above: str, below: str) -> Measure:
    return lambda record, _facts: record.annual(above) / record.annual(below)


def _prices(record: Record, _facts: Facts) -> Numbers:
    """Deflator in own currency: R&D at both prices gives it, and the currency."""
    return by_year(record["gdp"] * record["rd_total_nominal_lcu"] / record["rd_total"]) / record.annual("gdp")


def _exchange_rate(record: Record, facts: Facts) -> Numbers:
    """Own currency for a dollar, as the outlook expected."""
    rates = np.concatenate([facts.base.currency_per_usd[:, None], facts.outlook.currency_per_usd], axis=1)
    return np.broadcast_to(rates[:, : record.years.size], record.annual("gdp").shape)


def _international_prices(record: Record, facts: Facts) -> Numbers:
    """Prices of the United States at the base year's purchasing power."""
    prices = _prices(record, facts)
    return prices[:, :1] * facts.base.ppp_factor[:, None] / facts.base.currency_per_usd[0]


def _others(record: Record, facts: Facts) -> Numbers:
    """What universities and others pay, a constant part of GDP in the model, over all that is not public."""
    gdp, public, other = (record.annual(name) for name in ("gdp", "rd_public", "rd_other"))
    institutes = public[..., :1] - facts.base.rd_business_government_funded[None, :, None]
    own = (other[..., :1] - institutes) / gdp[..., :1]
    return own * gdp / (record.annual("rd_total") - public)


def _filings(record: Record, _facts: Facts) -> Numbers:
    return record.annual("filings").sum(axis=2) / record.annual("rd_total")


def _chips(record: Record, _facts: Facts) -> Numbers:
    return record.annual("self_sufficiency")[:, :, record.sectors.index(CHIPS)]


def _recorded(name: str, scale: float) -> Recorded:
    return lambda history, state, year: scale * history.at(name, state, year)


def _percentage(name: str) -> Recorded:
    return _recorded(name, 1.0 / HUNDRED)


def _real_gdp(history: History, state: str, year: int) -> float:
    """Volume of GDP, the year before its growth is first on record as 1."""
    years, rates = history.series(GROWTH, state)
    history.at(GROWTH, state, year)
    return float(np.prod(1.0 + rates[years <= year] / HUNDRED))


def _exchange_rate_recorded(history: History, state: str, year: int) -> float:
    return 1.0 if state == "us" else history.at("fx_cny_per_usd", state, year)


def _over_real_gdp(name: str) -> Recorded:
    return lambda history, state, year: history.at(name, state, year) / _real_gdp(history, state, year)


def _others_recorded(history: History, state: str, year: int) -> float:
    private = HUNDRED - history.at("rd_gov_funded_share", state, year)
    return (private - history.at("rd_bus_funded_share", state, year)) / private


def _performed_recorded(history: History, state: str, year: int) -> float:
    return history.at("berd_performed_lcu", state, year) / history.at("gerd_lcu", state, year)


def _filings_recorded(history: History, state: str, year: int) -> float:
    real = history.at("gerd_pct_gdp", state, year) / HUNDRED * _real_gdp(history, state, year)
    return history.at("pct_applications", state, year) / real


PRIMITIVES: Final[Mapping[str, Primitive]] = {
    "real_gdp": Primitive("real GDP", BOTH, LEVEL, _of("gdp"), _real_gdp, drifts_after=OUTLOOK_KNOWS),
    "prices": Primitive("prices", BOTH, LEVEL, _prices, _over_real_gdp("gdp_lcu")),
    # Means of past errors say nothing of an exchange rate (Meese and Rogoff 1983).
    "exchange_rate": Primitive("exchange rate", CHINA, LEVEL, _exchange_rate, _exchange_rate_recorded, drifts=False),
    # International dollars are those of the United States, so that theirs are their prices.
    "international_prices": Primitive(
        "prices at parities", CHINA, LEVEL, _international_prices, _over_real_gdp("gdp_ppp")
    ),
    "research": Primitive("R&D over GDP", BOTH, LEVEL, _ratio("rd_total", "gdp"), _percentage("gerd_pct_gdp")),
    "public": Primitive(
        "R&D paid by government over R&D",
        BOTH,
        SHARE,
        _ratio("rd_public", "rd_total"),
        _percentage("rd_gov_funded_share"),
    ),
    "others": Primitive("R&D paid by others over all not public", BOTH, SHARE, _others, _others_recorded),
    "performed": Primitive(
        "R&D in business over R&D", BOTH, SHARE, _ratio("rd_business", "rd_total"), _performed_recorded
    ),
    "basic": Primitive(
        "basic research over R&D", BOTH, SHARE, _ratio("rd_basic", "rd_total"), _percentage("basic_share")
    ),
    "researchers": Primitive(
        "researchers", BOTH, LEVEL, _of("researchers_share"), _recorded("researchers_per_million", 1e-6)
    ),
    "filings": Primitive("patent applications over real R&D", BOTH, LEVEL, _filings, _filings_recorded),
    "digital_core": Primitive(
        "digital core over GDP", CHINA, SHARE, _of("digital_core_share"), _percentage("digital_core_share_gdp")
    ),
    "emerging": Primitive(
        "emerging industries over GDP", CHINA, SHARE, _of("strategic_emerging_share"), _percentage("sei_share_gdp")
    ),
    "chips": Primitive(
        "chips made in China, of its market", CHINA, SHARE, _chips, _percentage("cn_ic_output_share_of_cn_market")
    ),
    "own_chips": Primitive(
        "chips of Chinese firms, of its market", CHINA, SHARE, _chips, _percentage("cn_hq_ic_output_share_of_cn_market")
    ),
}
"""What is forecast; everything else follows."""
KEYS: Final[tuple[Key, ...]] = tuple((name, state) for name, one in PRIMITIVES.items() for state in one.states)
"""Primitives that can be missed, by state."""
SAME: Final[Mapping[Key, Key]] = {("international_prices", "us"): ("prices", "us")}
"""A quantity that is another by definition."""


class Computed(Mapping[str, Numbers]):
    """Primitives by name, each made when it is first asked for."""

    def __init__(self, make: Callable[[str], Numbers]) -> None:
        self._make = make
        self._made: dict[str, Numbers] = {}

    def __getitem__(self, name: str) -> Numbers:
        """Values of a primitive, (..., year)."""
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        """Names of all primitives."""
        return iter(PRIMITIVES)

    def __len__(self) -> int:
        """How many there are."""
        return len(PRIMITIVES)


def on_record(history: History, key: Key, until: int) -> dict[int, float]:
    """What is on record of a primitive up to a year, by year."""
    found = {year: recorded_in(history, key, year) for year in range(FIRST_RECORD, until + 1)}
    return {year: value for year, value in found.items() if value is not None}


def recorded_in(history: History, key: Key, year: int) -> float | None:
    """What is on record of a primitive in one year; None where nothing is."""
    name, state = key
    try:
        return PRIMITIVES[name].recorded(history, state, year)
    except KeyError:
        return None
