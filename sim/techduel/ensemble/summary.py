"""Ensembles in few numbers: mean, standard deviation and quantiles over runs, as a tidy table."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

QUANTILES: Final = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}
COLUMNS: Final = ("variable", "state", "bloc", "sector", "time", "mean", "sd", *QUANTILES, "unit")
LABELS: Final = ("state", "bloc", "sector", "time")

type Row = tuple[str, str, str, str, str, float, float, float, float, float, float, float, str]
"""One line of the table, in the order of `COLUMNS`."""

# Bounds the copy that sorting needs: 4 million numbers are 32 MB.
_BLOCK: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class Variable:
    """One outcome of an ensemble."""

    name: str
    unit: str
    dims: tuple[str, ...]
    """Names of the axes, ``run`` first; a time axis is called ``time`` or ``year_end``."""
    values: NDArray[Any]


def rows(variable: Variable, coordinates: Mapping[str, Sequence[str] | NDArray[np.float64]]) -> Iterator[Row]:
    """The tidy table of one outcome, one row per state, bloc, sector and time that it has.

    Parameters
    ----------
    variable : Variable
        Values by (run, ...).
    coordinates : mapping
        Names of states, blocs and sectors; times as decimal years.

    Yields
    ------
    Row
        A label is empty where the outcome has no such axis; a statistic is NaN where there is nothing to count.
    """
    axes = [_labels(dim, coordinates) for dim in variable.dims[1:]]
    places = [LABELS.index("time" if dim == "year_end" else dim) for dim in variable.dims[1:]]
    numbers = statistics(variable.values, never_is_late=variable.name.startswith("year_passes_"))
    for labels, values in zip(product(*axes), numbers.tolist(), strict=True):
        where = ["", "", "", ""]
        for place, label in zip(places, labels, strict=True):
            where[place] = label
        yield (variable.name, *where, *values, variable.unit)


def statistics(values: NDArray[np.float64], never_is_late: bool = False) -> NDArray[np.float64]:
    """Mean, standard deviation and `QUANTILES` over runs.

    Parameters
    ----------
    values : array (run, ...)
        NaN where a run has no value.
    never_is_late : bool
        For years of passing: rank a NaN, which means never, behind every year, so that the median is NaN when most
        runs never pass. Otherwise a NaN is left out. Mean and deviation always leave it out.

    Returns
    -------
    array (cell, 7)
        Cells in the order of the remaining axes. NaN where there is no value; the deviation also of a single one.
    """
    cells = values.reshape(len(values), -1)
    found = np.empty((cells.shape[1], 2 + len(QUANTILES)))
    step = max(1, _BLOCK // max(1, len(cells)))
    for start in range(0, len(found), step):
        block = np.ascontiguousarray(cells[:, start : start + step].T, dtype=np.float64)
        block.sort(axis=1)
        present = np.count_nonzero(~np.isnan(block), axis=1)
        part = found[start : start + step]
        part[:, 0], part[:, 1] = _moments(block, present)
        ranked = np.full_like(present, block.shape[1]) if never_is_late else present
        for column, level in enumerate(QUANTILES.values(), start=2):
            part[:, column] = _quantile(block, ranked, level)
    return found


def tail_exponent(sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pareto exponent of each row of sizes, largest first: minus the slope of log(rank - 1/2) on log size.

    Source: Gabaix and Ibragimov (2011), whose shift of one half removes the small-sample bias.
    """
    logs = np.log(sizes)
    ranks = np.log(np.arange(1, sizes.shape[1] + 1) - 0.5)
    centred = logs - logs.mean(axis=1, keepdims=True)
    return -(centred * (ranks - ranks.mean())).sum(axis=1) / (centred * centred).sum(axis=1)


def _moments(cells: NDArray[np.float64], present: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(cells, axis=1) / present
        squares = np.nansum((cells - mean[:, None]) ** 2, axis=1)
        return mean, np.sqrt(squares / np.where(present > 1, present - 1, np.nan))


def _quantile(ranked: NDArray[np.float64], count: NDArray[np.intp], level: float) -> NDArray[np.float64]:
    """Linear interpolation between the neighbours in each sorted row, whose first `count` values are ranked."""
    place = np.maximum(count - 1, 0) * level
    below = np.floor(place).astype(np.intp)
    above = np.minimum(below + 1, np.maximum(count - 1, 0))
    weight = place - below
    low = np.take_along_axis(ranked, below[:, None], axis=1)[:, 0]
    high = np.take_along_axis(ranked, above[:, None], axis=1)[:, 0]
    # Where the place is exact, a missing neighbour must not spoil it.
    return np.where(weight > 0.0, low + (high - low) * weight, low)


def _labels(dim: str, coordinates: Mapping[str, Sequence[str] | NDArray[np.float64]]) -> list[str]:
    if dim in {"time", "year_end"}:
        return [f"{float(moment):.2f}" for moment in coordinates[dim]]
    return [str(name) for name in coordinates[dim]]
