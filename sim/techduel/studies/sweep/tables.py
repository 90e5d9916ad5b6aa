"""The tables of a sweep: its points and quantiles of outcomes at each, with runs added until they are precise."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.headlines import HEADLINES
from techduel.ensemble.paired import Row, Scale, scale
from techduel.ensemble.stock import Stock
from techduel.ensemble.summary import QUANTILES, statistics
from techduel.ensemble.sweep import Result, Sweep
from techduel.model.axes import Mask, Numbers
from techduel.statistics import impossible
from techduel.statistics.impossible import Beyond
from techduel.statistics.tables import write_table

DESIGN: Final = "design.csv"
OUTCOMES: Final = "outcomes.csv"
CHANGE: Final = ("change_q05", "change_q50", "change_q95", "change_unit")
"""Against the base, run by run with the same luck."""
COLUMNS: Final = ("point", "outcome", "state", "year", "runs", "mean", "se", "sd", *QUANTILES, "unit", *CHANGE)
TEXTS: Final = ("outcome", "state", "year", "unit", "change_unit")
POINTS: Final = 128
"""Points in memory at a time."""

ENDS: Final = [2 + [*QUANTILES].index(name) for name in ("q05", "q50", "q95")]
"""Places of the change's quantiles in `statistics`."""


def write_design(sweep: Sweep, folder: Path) -> None:
    """One line a point: its number, 0 being the base, its identity, and the factors' values; empty: as configured."""
    names = [factor.name for factor in sweep.space.factors]
    lines = (
        (str(number), placed.identity, *(point.get(name, "") for name in names))
        for number, (point, placed) in enumerate(zip(sweep.designed, sweep.placed, strict=True))
    )
    write_table(folder / DESIGN, ("point", "id", *names), lines)


def write_outcomes(sweep: Sweep, folder: Path, stock: Stock) -> None:
    """One line a point, outcome, state and year; the same numbers give the same bytes, however they were computed."""
    write_table(folder / OUTCOMES, COLUMNS, _rows(sweep, stock))


def _rows(sweep: Sweep, stock: Stock) -> Iterator[Row]:
    number, base = count(), None
    for values, failed in blocks(sweep, stock):
        computed = np.where(failed[..., None], np.nan, values)
        base = computed[0] if base is None else base
        changes = iter(_changes(sweep, computed, base))
        for statistics_of, counts in _statistics(sweep, values, failed):
            yield from _lines(sweep, next(number), statistics_of, counts, next(changes))


def _changes(sweep: Sweep, values: Numbers, base: Numbers) -> Numbers:
    """Quantiles over runs of the change against the base, (point, measure, quantile)."""
    found = np.empty((len(values), len(sweep.measures), len(ENDS)))
    for place, measure in enumerate(sweep.measures):
        changes = change_scale(measure.outcome).between(values[..., place], base[None, :, place])
        found[:, place] = statistics(changes.T)[:, ENDS]
    return found


def change_scale(outcome: str) -> Scale:
    """How levels of an outcome of a sweep are compared."""
    return HEADLINES[outcome].scale if outcome in HEADLINES else scale(outcome.partition(".")[0])


def write_diagnostics(sweep: Sweep, folder: Path, stock: Stock) -> None:
    """Impossible numbers among those that the sweep keeps, of all points together; no file where there are none."""
    places: dict[tuple[str, str], list[int]] = {}
    for place, measure in enumerate(sweep.measures):
        places.setdefault((measure.outcome, measure.state), []).append(place)
    found: dict[tuple[str, str, bool], Beyond] = {}
    for values, failed in blocks(sweep, stock):
        for key, columns in places.items():
            for one in impossible.beyond(*key, values[~failed][:, columns]):
                kind = (*key, one.defined)
                found[kind] = impossible.together(found[kind], one) if kind in found else one
    runs = len(sweep.placed) * sweep.runs
    impossible.write(folder, {"": [replace(one, of=runs) for one in found.values()]})


def blocks(sweep: Sweep, stock: Stock) -> Iterator[tuple[Numbers, Mask]]:
    """Numbers by (point, run, measure) and which runs failed, (point, run): a few points at a time, in their order."""
    place = {identity: number for number, identity in enumerate(sweep.distinct)}
    for first in range(0, len(sweep.placed), POINTS):
        yield sweep.values(stock, [place[placed.identity] for placed in sweep.placed[first : first + POINTS]])


def _statistics(sweep: Sweep, values: Numbers, failed: Mask) -> Iterator[tuple[Numbers, NDArray[np.intp]]]:
    """Mean, deviation and quantiles of every outcome, (measure, statistic), and how many runs have it, by point."""
    if failed.any() and len(values) > 1:
        for one, lost in zip(values, failed, strict=True):
            yield from _statistics(sweep, one[None, ~lost], lost[None, ~lost])
        return
    late = np.array([measure.may_be_missing for measure in sweep.measures])
    runs_first = values.transpose(1, 0, 2)
    numbers = np.empty((len(values), len(late), 2 + len(QUANTILES)))
    for rule in np.unique(late):
        part = runs_first[..., late == rule]
        numbers[:, late == rule] = statistics(part, never_is_late=bool(rule)).reshape(*part.shape[1:], -1)
    counts = (~np.isnan(values)).sum(axis=1)
    yield from zip(numbers, counts, strict=True)


def _lines(
    sweep: Sweep, number: int, statistics_of: Numbers, counts: NDArray[np.intp], changes: Numbers
) -> Iterator[Row]:
    columns = (statistics_of.tolist(), counts.tolist(), changes.tolist())
    for measure, numbers, runs, change in zip(sweep.measures, *columns, strict=True):
        mean, sd, *quantiles = numbers
        error = sd / math.sqrt(runs) if runs > 1 else math.nan
        opening = (number, measure.outcome, measure.state, str(measure.year or ""), runs)
        yield (*opening, mean, error, sd, *quantiles, measure.unit, *change, change_scale(measure.outcome).unit)


LEVEL: Final = 0.90
"""Of the interval of a mean."""


def computed_until(
    sweep: Sweep, precision: float | None, outcome: str, most: int, compute: Callable[[Sweep], Result]
) -> tuple[Sweep, Result]:
    """A sweep with as many runs as it takes, and its result.

    The number of runs doubles, at all points alike so that they keep the same luck, until no point's mean of the
    outcome in the last year has an interval wider than twice the precision.

    Parameters
    ----------
    sweep : Sweep
        With the runs to begin with.
    precision : float, optional
        In the unit of the outcome; without it the runs are those of the sweep.
    outcome : str
    most : int
        Runs at each point that are not exceeded.
    compute : callable
        Computes what is missing of a sweep.
    """
    result = compute(sweep)
    while precision is not None and sweep.runs < most and half_width(sweep, result.stock, outcome) > precision:
        sweep = replace(sweep, runs=min(2 * sweep.runs, most))
        following = compute(sweep)
        result = replace(following, computed=result.computed + following.computed)
    return sweep, result


def half_width(sweep: Sweep, stock: Stock, outcome: str) -> float:
    """Half of the widest interval of the mean of an outcome in its last year, over points and states."""
    from scipy.special import stdtrit

    last = max((measure.year or 0) for measure in sweep.measures if measure.outcome == outcome)
    chosen = [measure.outcome == outcome and (measure.year or 0) == last for measure in sweep.measures]
    widest = 0.0
    for values, _ in blocks(sweep, stock):
        part = values[..., chosen]
        count = (~np.isnan(part)).sum(axis=1)
        if (count < 2).any():
            return np.inf
        error = np.nanstd(part, axis=1, ddof=1) / np.sqrt(count)
        widest = max(widest, float((stdtrit(count - 1, 0.5 + LEVEL / 2.0) * error).max()))
    return widest
