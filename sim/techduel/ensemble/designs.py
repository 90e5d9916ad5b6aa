"""Designs: which points of a space of factors are computed."""

import itertools
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.factor_moves import Value
from techduel.ensemble.factors import Factor

MOST_POINTS: Final = 1_000_000

type Point = dict[str, Value]
"""Values by name of factor; factors that are not named stay as configured."""
type Cube = NDArray[np.float64]
"""Places in the unit cube, (point, factor)."""


def grid(factors: Sequence[Factor], _count: int, _seed: int) -> list[Point]:
    """Every combination of the factors' values; the last factor changes fastest."""
    names = [factor.name for factor in factors]
    return [dict(zip(names, values, strict=True)) for values in itertools.product(*(f.on_grid() for f in factors))]


def lhs(factors: Sequence[Factor], count: int, seed: int) -> list[Point]:
    """Latin hypercube: each factor's range is covered evenly (McKay et al. 1979); another count is another design."""
    from scipy.stats import qmc

    return _placed(factors, qmc.LatinHypercube(len(factors), rng=seed).random(count))


def sobol(factors: Sequence[Factor], count: int, seed: int) -> list[Point]:
    """Scrambled Sobol points (Owen 1998): evenly spread, and more points keep the first ones."""
    from scipy.stats import qmc

    with warnings.catch_warnings():
        # A count that is no power of 2 is less even; it is fine while a design grows.
        warnings.simplefilter("ignore", UserWarning)
        return _placed(factors, qmc.Sobol(len(factors), rng=seed).random(count))


def oat(factors: Sequence[Factor], _count: int, _seed: int) -> list[Point]:
    """One factor at a time through its values, all others as configured."""
    return [{factor.name: value} for factor in factors for value in factor.on_grid()]


DESIGNS: Final[Mapping[str, Callable[[Sequence[Factor], int, int], list[Point]]]] = {
    "grid": grid,
    "lhs": lhs,
    "sobol": sobol,
    "oat": oat,
}
"""By name; beside them `csv`, a table of points."""


def size(design: str, factors: Sequence[Factor], count: int) -> int:
    """How many points a design has."""
    levels = [len(factor.values) or factor.levels for factor in factors]
    return {"grid": math.prod(levels), "oat": sum(levels)}.get(design, count)


def _placed(factors: Sequence[Factor], cube: Cube) -> list[Point]:
    return [{factor.name: factor.at(part) for factor, part in zip(factors, row, strict=True)} for row in cube.tolist()]
