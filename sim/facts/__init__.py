"""Facts up to 2020 and forecasts made by March 2021, each with unit, source, confidence and licence.

The files: ``base_YEAR.csv`` (one base year), ``outlook_YEAR.csv`` (forecasts made for it), ``input_output.csv``,
``history.csv``, ``sectors.yaml``, ``figures.yaml``. Another base year is another pair of files, no other code.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import numpy as np
from numpy.typing import NDArray

from sim.facts.base import QUANTITIES, VINTAGES, BaseYear, Quantity, base_file, read_base_year
from sim.facts.figures import Figure, read_figures
from sim.facts.history import History, read_history
from sim.facts.outlook import Outlook, read_outlook
from sim.facts.sectors import TAGS, read_sectors
from sim.facts.tables import FactsError, Numbers

__all__ = [
    "QUANTITIES",
    "TAGS",
    "VINTAGES",
    "BaseYear",
    "Facts",
    "FactsError",
    "Figure",
    "History",
    "Outlook",
    "Quantity",
    "load_facts",
    "read_facts",
]


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
    base_year: int
    vintage: str


@cache
def load_facts(base_year: int = 2020, vintage: str = "article") -> Facts:
    """Load the shipped facts, checked.

    Parameters
    ----------
    base_year : int
        A year with files ``base_YEAR.csv`` and ``outlook_YEAR.csv``.
    vintage : {"article", "final"}
        Figures of 2020 as known in March 2021, or as settled in September 2021.

    Returns
    -------
    Facts
        Shared by all callers; its arrays are closed to writing.

    Raises
    ------
    FactsError
        With all problems, one line each, with file and line.
    """
    return read_facts(files("sim.facts"), base_year, vintage)


def read_facts(folder: Traversable, base_year: int = 2020, vintage: str = "article") -> Facts:
    """Read and check the facts of any folder; see `load_facts`."""
    if vintage not in VINTAGES:
        raise FactsError([f"unknown vintage {vintage!r}; known: {', '.join(VINTAGES)}"])
    if not folder.joinpath(base_file(base_year)).is_file():
        raise FactsError([f"no facts for the base year {base_year}: {base_file(base_year)} does not exist"])
    problems: list[str] = []
    sectors = read_sectors(folder)
    base = read_base_year(folder, base_year, vintage, sectors.names, problems)
    outlook = read_outlook(folder, base_year, base.population, problems)
    history = read_history(folder, problems)
    figures = read_figures(folder, problems)
    if problems:
        raise FactsError(problems)
    return Facts(
        sectors=sectors.names,
        titles=sectors.titles,
        tags=sectors.tags,
        iot_weight=sectors.iot_weight,
        base=base,
        outlook=outlook,
        history=history,
        figures=figures,
        base_year=base_year,
        vintage=vintage,
    )
