"""Where a sensitivity analysis looks: rows of points in the unit cube, each row a start and steps away from it.

Both methods step from the same start, one unit of factors at a time (radial designs; Campolongo, Saltelli and Cariboni
2011). The rows are Sobol points (Owen 1998), so that more rows keep the first ones.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

METHODS: Final = ("morris", "sobol")
STEP: Final = 0.5
"""Of a factor in a screening, as a part of its probability; half of it makes every step as long, up or down."""

type Cube = NDArray[np.float64]
"""Quantiles, (row, part, factor)."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Factors that step together."""

    name: str
    group: str
    theme: str
    factors: tuple[int, ...]
    """Places."""


def design(method: str, units: Sequence[Unit], rows: int, seed: int) -> Cube:
    """Quantiles of every point.

    Parameters
    ----------
    method : str
        One of `METHODS`.
    units : sequence of Unit
    rows : int
    seed : int

    Returns
    -------
    (row, part, factor)
        Parts are the start, then a step by each unit; of ``sobol`` at last the point where all units have stepped.
    """
    count = sum(len(unit.factors) for unit in units)
    if method == "morris":
        start = _spread(count, rows, seed)
        return _steps(start, (start + STEP) % 1.0, units)
    both = _spread(2 * count, rows, seed)
    start, other = both[:, :count], both[:, count:]
    return np.concatenate([_steps(start, other, units), other[:, None]], axis=1)


def size(method: str, units: int, rows: int) -> int:
    """How many points a design has."""
    return rows * (units + (1 if method == "morris" else 2))


def signs(cube: Cube, units: Sequence[Unit]) -> NDArray[np.float64]:
    """Whether each unit's step of a screening goes up or down, (row, unit)."""
    places = [unit.factors[0] for unit in units]
    steps = cube[:, 1:] - cube[:, :1]
    return np.sign(steps[:, np.arange(len(units)), places])


def _steps(start: NDArray[np.float64], other: NDArray[np.float64], units: Sequence[Unit]) -> Cube:
    """The start, and the start with the factors of each unit taken from the other point."""
    cube = np.repeat(start[:, None], 1 + len(units), axis=1)
    for part, unit in enumerate(units, start=1):
        cube[:, part, unit.factors] = other[:, unit.factors]
    return cube


def _spread(factors: int, rows: int, seed: int) -> NDArray[np.float64]:
    from scipy.stats import qmc

    with warnings.catch_warnings():
        # A count that is no power of 2 is less even; it is fine while a design grows.
        warnings.simplefilter("ignore", UserWarning)
        return np.asarray(qmc.Sobol(factors, rng=seed).random(rows))
