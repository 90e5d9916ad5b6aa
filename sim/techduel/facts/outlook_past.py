"""Outlooks of base years before 2020: what forecasters expected then, or what came, as far as it is on record."""

from importlib.resources.abc import Traversable
from typing import Final

import numpy as np

from techduel.facts.backcast import FINAL_YEAR, FIRST_YEAR, currency
from techduel.facts.checks import gdp
from techduel.facts.history import LAST_YEAR, History, Years
from techduel.facts.outlook import Outlook, outlook_from
from techduel.facts.tables import Row, frozen, table
from techduel.model.axes import BLOCS, STATES, Numbers

FILE: Final = "outlook_past.csv"
HEADER: Final = ("base_year", "quantity", "where", "year", "value", "unit", "source", "confidence", "licence")
ALL: Final = "all"
"""Base year of a line that holds for every one."""


def expected(folder: Traversable, base_year: int, history: History, problems: list[str]) -> Outlook:
    """What forecasters expected in the autumn of a base year before 2020; problems are appended.

    The exchange rate is expected to stay at the mean of the base year.
    """
    rows = [row for row in table(folder, FILE, HEADER, problems) if _dated(row, problems)]
    own = [row for row in rows if row.cells["base_year"] in (ALL, str(base_year))]
    rates = [
        _rate(state, rate, base_year + 1) for state, rate in zip(STATES, currency(history, base_year), strict=True)
    ]
    people = np.array([history.at("population", state, base_year) for state in STATES])
    return outlook_from([*own, *rates], FILE, base_year, people, problems)


def _dated(row: Row, problems: list[str]) -> bool:
    words = [ALL, *(str(year) for year in range(FIRST_YEAR, FINAL_YEAR + 1))]
    if row.cells["base_year"] in words:
        return True
    problems.append(f"{row.place}: base year {row.cells['base_year']!r}, allowed {FIRST_YEAR} to {FINAL_YEAR} or {ALL}")
    return False


def _rate(state: str, rate: float, year: int) -> Row:
    cells = {"quantity": "currency_per_usd", "where": state, "year": str(year), "unit": "currency per USD"}
    return Row(f"{FILE}: mean rate of the base year", cells, rate)


def recorded(base_year: int, history: History, later: Outlook) -> Outlook:
    """What came after a base year: growth, prices, people and exchange rates on record, then the outlook of 2020.

    Parameters
    ----------
    base_year : int
    history : History
    later : Outlook
        Of the base year 2020.
    """
    years = np.arange(base_year + 1, LAST_YEAR + 1)
    past = {
        "gdp_growth": np.stack([_growth(history, bloc, years) for bloc in BLOCS]),
        "population": np.array([[history.at("population", state, int(year)) for year in years] for state in STATES]),
        "inflation": np.stack([_inflation(history, state, years) for state in STATES]),
        "currency_per_usd": np.stack([currency(history, int(year)) for year in years], axis=1),
    }
    joined = {name: frozen(np.concatenate([line, getattr(later, name)], axis=1)) for name, line in past.items()}
    return Outlook(np.concatenate([years, later.years]), **joined)


def _growth(history: History, bloc: str, years: Years) -> Numbers:
    return np.array([history.at("gdp_growth", bloc, int(year)) / 100.0 for year in years])


def _inflation(history: History, state: str, years: Years) -> Numbers:
    """Growth of the deflator that nominal and real GDP imply, so that nominal GDP is that on record."""
    nominal = np.array([gdp(history, state, int(year)) / gdp(history, state, int(year) - 1) for year in years])
    return nominal / (1.0 + _growth(history, state, years)) - 1.0
