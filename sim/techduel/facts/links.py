"""Which sector buys from which, and how hard the input is to replace."""

from importlib.resources.abc import Traversable
from typing import Final

import numpy as np

from techduel.facts.tables import Row, outside, table
from techduel.model.axes import Numbers

FILE: Final = "input_output.csv"
HEADER: Final = ("input", "user", "value", "hardness", "source", "confidence", "licence")
HARDNESS: Final = {"easy": 1.0, "medium": 2.0, "hard": 3.0, "tools": 4.0}
"""Exponents of the ease of finding a substitute; ``tools`` are the machines that make chips (assumption)."""


def read_links(folder: Traversable, sectors: tuple[str, ...], problems: list[str]) -> dict[str, Numbers]:
    """Read the input-output links.

    Returns
    -------
    dict of str to Numbers
        ``input_share`` (input, user), fraction of the user's revenue, and ``hardness`` (input, user), 1 where
        nothing is bought.
    """
    shape = (len(sectors), len(sectors))
    shares, hardness = np.zeros(shape), np.ones(shape)
    seen: dict[tuple[str, str], str] = {}
    for row in table(folder, FILE, HEADER, problems):
        link = row.cells["input"], row.cells["user"]
        problem = _problem(row, sectors)
        if link in seen:
            problem = f"second value for this link (first at {seen[link]})"
        if problem:
            problems.append(f"{row.place}: {problem}")
            continue
        seen[link] = row.place
        place = sectors.index(link[0]), sectors.index(link[1])
        shares[place], hardness[place] = row.value, HARDNESS[row.cells["hardness"]]
    return {"input_share": shares, "hardness": hardness}


def _problem(row: Row, sectors: tuple[str, ...]) -> str:
    for column in ("input", "user"):
        if row.cells[column] not in sectors:
            return f"unknown sector {row.cells[column]!r}; known: {', '.join(sectors)}"
    if row.cells["hardness"] not in HARDNESS:
        return f"unknown hardness {row.cells['hardness']!r}; known: {', '.join(HARDNESS)}"
    if outside(row.value, 0.0, 0.6):
        return f"value {row.value:g} is out of range; allowed 0 to 0.6 (share of the user's revenue)"
    return ""
