"""Choke points: single inputs without firms here, whose makers sit in few places."""

from importlib.resources.abc import Traversable
from typing import Final

import numpy as np

from techduel.facts.tables import Row, outside, table
from techduel.model.axes import BLOCS, CHOKEPOINTS, Numbers

FILE: Final = "chokepoints.csv"
HEADER: Final = ("good", "kind", "name", "value", "source", "confidence", "licence")
RANGES: Final = {"owner": (0.0, 1.0), "user": (0.0, 1000.0), "hardness": (1.0, 4.0)}
"""Of a bloc's part in world supply, of what a sector spends on the good (bn USD), of how hard it is to replace."""
ROUNDING: Final = 0.001


def read_chokepoints(
    folder: Traversable, sectors: tuple[str, ...], market_size: Numbers, problems: list[str]
) -> dict[str, Numbers]:
    """Read the choke points of makers with these world markets, (sector,); problems are appended.

    Returns
    -------
    dict of str to Numbers
        ``chokepoint_owner`` (bloc, good), ``chokepoint_share`` (good, user), ``chokepoint_hardness`` (good,).
    """
    names = {"owner": BLOCS, "user": sectors, "hardness": ("",)}
    found = {kind: np.zeros((len(CHOKEPOINTS), len(members))) for kind, members in names.items()}
    seen: dict[tuple[str, str, str], str] = {}
    for row in table(folder, FILE, HEADER, problems):
        key = row.cells["good"], row.cells["kind"], row.cells["name"]
        problem = _problem(row, names)
        if key in seen:
            problem = f"second value (first at {seen[key]})"
        if problem:
            problems.append(f"{row.place}: {problem}")
            continue
        seen[key] = row.place
        good, kind, name = key
        found[kind][CHOKEPOINTS.index(good), names[kind].index(name)] = row.value
    owned = found["owner"].sum(axis=1)
    problems += [
        f"{FILE}:1: owners of {good} sum to {total:.3f}, not 1"
        for good, total in zip(CHOKEPOINTS, owned, strict=True)
        if abs(total - 1.0) > ROUNDING
    ]
    return {
        "chokepoint_owner": found["owner"].T.copy(),
        "chokepoint_share": found["user"] / market_size,
        "chokepoint_hardness": found["hardness"][:, 0],
    }


def _problem(row: Row, names: dict[str, tuple[str, ...]]) -> str:
    good, kind, name = row.cells["good"], row.cells["kind"], row.cells["name"]
    if good not in CHOKEPOINTS:
        return f"unknown good {good!r}; known: {', '.join(CHOKEPOINTS)}"
    if kind not in names:
        return f"unknown kind {kind!r}; known: {', '.join(names)}"
    if name not in names[kind]:
        return f"unknown {kind} {name!r}; known: {', '.join(names[kind])}"
    low, high = RANGES[kind]
    if outside(row.value, low, high):
        return f"value {row.value:g} is out of range; allowed {low:g} to {high:g}"
    return ""
