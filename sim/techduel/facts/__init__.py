"""Facts up to 2020 and forecasts made by March 2021, each with unit, source, confidence and licence.

The files: ``base_2020.csv`` (the base year 2020), ``outlook_2020.csv`` (forecasts made for it), ``input_output.csv``,
``history.csv``, ``sectors.yaml``, ``figures.yaml``; and for base years 2010 to 2019, which are back-cast by rule:
``backcast.csv``, ``levers_past.csv``, ``outlook_past.csv``.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.facts import outlook_past
from techduel.facts.backcast import FIRST_YEAR, WINDOW, Past, backcast, problems_of
from techduel.facts.base import QUANTITIES, VINTAGES, BaseYear, Quantity, read_base_year
from techduel.facts.decisions import NO_DECISIONS, Decisions, decisions
from techduel.facts.figures import Figure, read_figures
from techduel.facts.history import LAST_YEAR, History, read_history
from techduel.facts.levers import read_past_levers
from techduel.facts.outlook import Outlook, read_outlook
from techduel.facts.proxies import read_proxies
from techduel.facts.sectors import TAGS, read_sectors
from techduel.facts.tables import FactsError
from techduel.model.axes import Numbers

__all__ = [
    "BASE_YEARS",
    "OUTLOOKS",
    "QUANTITIES",
    "TAGS",
    "VINTAGES",
    "BaseYear",
    "Decisions",
    "Facts",
    "FactsError",
    "Figure",
    "History",
    "Outlook",
    "Quantity",
    "load_facts",
    "read_facts",
]


BASE_YEARS: Final = tuple(range(FIRST_YEAR, LAST_YEAR + 1))
"""Years from which the model can start: 2020 as read, earlier ones as back-cast."""
OUTLOOKS: Final = ("expected", "recorded")
"""What forecasters expected at the base year, or growth, prices and exchange rates as they came until 2020."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the model knows about the world before it starts."""

    sectors: tuple[str, ...]
    """Names in the order of every sector axis."""
    titles: tuple[str, ...]
    tags: dict[str, NDArray[np.bool_]]
    """(sector,) for each tag."""
    iot_weight: Numbers
    """(sector,) part in the Internet of Things paradigm; the rest belongs to the mobile internet."""
    base: BaseYear
    outlook: Outlook
    history: History
    figures: tuple[Figure, ...]
    decisions: Decisions
    """What both states did after the base year; no years unless the outlook is the record."""
    base_year: int
    vintage: str
    outlook_kind: str
    """One of `OUTLOOKS`."""


@cache
def load_facts(base_year: int = 2020, vintage: str = "article", outlook: str = "expected") -> Facts:
    """Load the shipped facts, checked.

    Parameters
    ----------
    base_year : int
        2010 to 2020.
    vintage : {"article", "final"}
        Figures of 2020 as known in March 2021, or as settled in September 2021.
    outlook : {"expected", "recorded"}
        What forecasters expected at the base year, or what came until 2020; the latter for earlier base years only.

    Returns
    -------
    Facts
        Shared by all callers; its arrays are closed to writing.

    Raises
    ------
    FactsError
        With all problems, one line each, with file and line.
    """
    return read_facts(files("techduel.facts"), base_year, vintage, outlook)


def read_facts(
    folder: Traversable, base_year: int = 2020, vintage: str = "article", outlook: str = "expected"
) -> Facts:
    """Read and check the facts of any folder; see `load_facts`."""
    refused = _refused(base_year, vintage, outlook)
    if refused:
        raise FactsError([refused])
    problems: list[str] = []
    sectors = read_sectors(folder)
    last = read_base_year(folder, LAST_YEAR, vintage, sectors.names, problems)
    ahead = read_outlook(folder, LAST_YEAR, last.population, problems)
    history = read_history(folder, problems)
    figures = read_figures(folder, problems)
    levers = read_past_levers(folder, tuple(QUANTITIES), problems)
    past = Past(last, history, read_proxies(folder, sectors.names, problems), levers)
    base, done = last, NO_DECISIONS
    if base_year < LAST_YEAR and not problems:
        base, ahead = _earlier(folder, past, base_year, ahead, outlook, problems)
    if outlook == "recorded" and not problems:
        done = decisions(past, base, ahead, base_year)
    if problems:
        raise FactsError(problems)
    return Facts(
        sectors=sectors.names,
        titles=sectors.titles,
        tags=sectors.tags,
        iot_weight=sectors.iot_weight,
        base=base,
        outlook=ahead,
        history=history,
        figures=figures,
        decisions=done,
        base_year=base_year,
        vintage=vintage,
        outlook_kind=outlook,
    )


def _refused(base_year: int, vintage: str, outlook: str) -> str:
    """What is wrong with the choice of facts."""
    if vintage not in VINTAGES:
        return f"unknown vintage {vintage!r}; known: {', '.join(VINTAGES)}"
    if outlook not in OUTLOOKS:
        return f"unknown outlook {outlook!r}; known: {', '.join(OUTLOOKS)}"
    if base_year not in BASE_YEARS:
        return f"no facts for the base year {base_year}; known: {BASE_YEARS[0]} to {BASE_YEARS[-1]}"
    if outlook == "recorded" and base_year == LAST_YEAR:
        return f"the base year {LAST_YEAR} has no recorded outlook; nothing is known of the time after it"
    return ""


def _earlier(
    folder: Traversable, past: Past, base_year: int, later: Outlook, kind: str, problems: list[str]
) -> tuple[BaseYear, Outlook]:
    """A base year before 2020 with its outlook; problems are appended."""
    if kind == "recorded":
        outlook, until = outlook_past.recorded(base_year, past.history, later), min(base_year + WINDOW, LAST_YEAR)
    else:
        outlook, until = outlook_past.expected(folder, base_year, past.history, problems), base_year
    base = backcast(past, base_year, outlook, until)
    problems += problems_of(base, base_year)
    return base, outlook
