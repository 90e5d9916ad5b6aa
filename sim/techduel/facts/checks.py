"""The article's figures of the past, recomputed from the raw levels of the history.

Every function takes levels in local currency at current prices and returns a fraction, a ratio or bn of local
currency: move a level in the history and the figure moves.
"""

from collections.abc import Callable
from typing import Final

from techduel.facts.figures import Figure
from techduel.facts.history import History

FIRST_YEAR_OF_RISE: Final = 1995
FIRST_YEAR_OF_DECLINE: Final = 1970


def basic_research_level(history: History, state: str, year: int) -> float:
    """Basic research in bn of local currency; the article's vintage where it differs from today's (F9)."""
    return _level(history, "basic_lcu", state, year, "article")


def basic_share(history: History, state: str, year: int, vintage: str = "article") -> float:
    """Basic research over all R&D, fraction (F10)."""
    total = _level(history, "gerd_lcu", state, year, vintage)
    return _level(history, "basic_lcu", state, year, vintage) / total


def federal_rd_share_of_gdp(history: History, year: int) -> float:
    """R&D paid by the federal government of the United States over GDP, fraction (F11)."""
    return history.at("rd_federal_funded_lcu", "us", year) / gdp(history, "us", year)


def business_rd_share_of_gdp(history: History, state: str, year: int) -> float:
    """R&D paid by business over GDP, fraction (F12)."""
    share = history.at("rd_bus_funded_share", state, year) / 100
    return share * history.at("gerd_lcu", state, year) / gdp(history, state, year)


def rd_intensity(history: History, state: str, year: int) -> float:
    """All R&D over GDP, fraction."""
    return history.at("gerd_lcu", state, year) / gdp(history, state, year)


def rise_of_intensity(history: History, state: str, year: int) -> float:
    """R&D intensity of a year over that of 1995, ratio (F13)."""
    return rd_intensity(history, state, year) / rd_intensity(history, state, FIRST_YEAR_OF_RISE)


def federal_share_decline(history: History, year: int) -> float:
    """Fall of the federal share of R&D in the United States since 1970, fraction of all R&D (F14)."""
    now = history.at("rd_federal_funded_lcu", "us", year) / history.at("gerd_lcu", "us", year)
    return history.at("rd_federal_funded_share", "us", FIRST_YEAR_OF_DECLINE) / 100 - now


def gdp(history: History, state: str, year: int) -> float:
    """Nominal GDP in bn of local currency, as on record before China's revision of December 2024."""
    earlier = "gdp_lcu_prev_vintage"
    return history.at(earlier if history.has(earlier, state) else "gdp_lcu", state, year)


CHECKS: Final[dict[str, Callable[[History, Figure], float]]] = {
    "basic_research_level": lambda history, figure: basic_research_level(history, figure.state, figure.year),
    "basic_share": lambda history, figure: basic_share(history, figure.state, figure.year),
    "federal_rd_share_of_gdp": lambda history, figure: federal_rd_share_of_gdp(history, figure.year),
    "business_rd_share_of_gdp": lambda history, figure: business_rd_share_of_gdp(history, figure.state, figure.year),
    "rise_of_intensity": lambda history, figure: rise_of_intensity(history, figure.state, figure.year),
    "federal_share_decline": lambda history, figure: federal_share_decline(history, figure.year),
}
"""The checks by the name that a figure gives."""


def recomputed(figure: Figure, history: History) -> float:
    """A figure of the past in its own unit, from the history's levels.

    Raises
    ------
    KeyError
        If the figure is not answered by a check, or the history lacks a level.
    """
    if figure.check is None:
        raise KeyError(f"{figure.id} is not answered by the history")
    value = CHECKS[figure.check](history, figure)
    return value * 100 if figure.percent else value


def _level(history: History, name: str, state: str, year: int, vintage: str) -> float:
    early = f"{name}_article_vintage"
    if vintage == "article" and history.has(early, state) and year in history.series(early, state)[0]:
        return history.at(early, state, year)
    return history.at(name, state, year)
