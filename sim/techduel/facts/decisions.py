"""What both states did in the years after a base year before 2020, as far as it is on record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from techduel.facts.backcast import Past, currency, research, scaled
from techduel.facts.base import BaseYear
from techduel.facts.history import LAST_YEAR, Years
from techduel.facts.levers import UNITS
from techduel.facts.outlook import Outlook
from techduel.facts.tables import frozen
from techduel.model.axes import N_STATES, Numbers


@dataclass(frozen=True, slots=True)
class Decisions:
    """Public money and levers by year; no years where nothing after the base year may be known."""

    years: Years
    """(year,)"""
    basic: Numbers
    """Basic research, whoever paid, (state, year) bn USD at prices and exchange rates of the base year."""
    public: Numbers
    """R&D paid by governments, (state, year), the same money."""
    grant_rate: Numbers
    """Part of business R&D that governments paid, relative to the base year, (state, year)."""
    levers: Mapping[str, Numbers]
    """(state, 1 or sector, year) by lever."""


_NONE = frozen(np.zeros((N_STATES, 0)))
NO_DECISIONS: Final = Decisions(np.zeros(0, dtype=np.int64), _NONE, _NONE, _NONE, {})
"""Nothing on record."""


def decisions(past: Past, base: BaseYear, outlook: Outlook, base_year: int) -> Decisions:
    """What is on record from the year after a base year until 2020.

    Parameters
    ----------
    past : Past
    base : BaseYear
    outlook : Outlook
        The recorded one, whose prices take inflation out.
    base_year : int
    """
    years = np.arange(base_year + 1, LAST_YEAR + 1)
    prices = np.cumprod(1.0 + outlook.inflation[:, : len(years)], axis=1) * base.currency_per_usd[:, None]
    recorded = [research(past.history, int(year)) for year in years]
    rates = [currency(past.history, int(year)) for year in years]
    money = np.stack(rates, axis=1) / prices

    def by_year(name: str) -> Numbers:
        return np.stack([found[name] for found in recorded], axis=1)

    granted = by_year("rd_business_government_funded") / by_year("rd_business_performed")
    first = base.rd_business_government_funded / base.rd_business_performed
    return Decisions(
        years=years,
        basic=frozen(by_year("rd_basic") * money),
        public=frozen(by_year("rd_total") * by_year("rd_government_funded_share") * money),
        grant_rate=frozen(granted / first[:, None]),
        levers={name: _lever(past, name, years) for name in past.levers.names},
    )


def _lever(past: Past, name: str, years: Years) -> Numbers:
    parts = [past.levers.value(name, int(year)) for year in years]
    level = np.ones((N_STATES, 1)) if name in UNITS else getattr(past.last, name).reshape(N_STATES, -1)
    return frozen(np.stack([scaled(level, part) for part in parts], axis=-1))
