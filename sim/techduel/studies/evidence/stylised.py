"""Stylised facts of industries, measured on the model's firms: sizes, growth, productivity, R&D, innovations, entry.

Every world is measured by itself; the error of a mean is that over worlds. Estimators are those of SciPy.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.model.axes import STATES, Numbers
from techduel.model.world import World
from techduel.studies.evidence.arms import Experiment, mean_and_error, share, spread

LAST: Final = 2035
FITTED: Final = 5
"""Last years whose growth rates are fitted together."""
TAIL: Final = 4
"""One in so many firms, the largest, is taken for the tail of sizes."""
TOP: Final = 0.1
"""Part of innovations, the most valuable, whose share in all value is taken."""
BOTH: Final = "both"

BINS: Final = np.linspace(-5.0, 5.0, 41)
"""Edges in which growth rates are counted, in standard deviations."""

type Yearly = NDArray[np.float64]
"""(year, run, state, sector, slot), NaN where there is no firm."""


@dataclass(frozen=True, slots=True)
class Row:
    """One fact over all worlds."""

    fact: str
    state: str
    mean: float
    se: float
    median: float
    q05: float
    q95: float
    share: float
    """Of worlds in which it is positive."""
    draws: int


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a curve, the mean over worlds."""

    curve: str
    """Growth: log density by growth in standard deviations; size: log sales over the largest firm's by log rank."""
    state: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Panel:
    """Firms at year ends."""

    sales: Yearly
    technology: Yearly
    rd: Yearly
    age: Yearly
    entered: Yearly
    """Entrants of a year over firms alive at its end, (year, run, state)."""
    values: tuple[NDArray[np.float64], ...]
    """By run, the step of every innovation of a firm and quarter times the firm's sales."""


def stylised(experiment: Experiment) -> tuple[list[Row], list[Point]]:
    """Every fact over the worlds of an experiment, and two curves to look at."""
    panel = followed(experiment.passing({}, LAST))
    growth = growth_rates(panel.sales, panel.age)[-FITTED:]
    return facts(panel, growth), [*_growth_curve(growth), *_size_curves(panel.sales[-1])]


def facts(panel: Panel, growth: Yearly) -> list[Row]:
    """A row a fact."""
    runs = range(panel.sales.shape[1])
    sizes = np.array([[size_tail(panel.sales[-1, run, state]) for run in runs] for state in range(len(STATES))])
    single = {
        "growth shape": np.array([growth_shape(growth[:, run]) for run in runs]),
        "growth kurtosis": np.array([excess_kurtosis(growth[:, run]) for run in runs]),
        "growth spread": np.array([np.nanstd(growth[:, run]) for run in runs]),
        "dispersion": np.array([dispersion(panel.technology[-1, run]) for run in runs]),
        "persistence": np.array([persistence(panel.technology[:, run], panel.age[:, run]) for run in runs]),
        "R&D on size": np.array([research_on_size(panel.rd[-1, run], panel.sales[-1, run]) for run in runs]),
        "innovation value": np.array([top_share(panel.values[run]) for run in runs]),
        "entry": panel.entered.mean(axis=(0, 2)),
    }
    rows = [_row("size tail", state, sizes[place]) for place, state in enumerate(STATES)]
    return rows + [_row(fact, BOTH, values) for fact, values in single.items()]


def _growth_curve(growth: Yearly) -> list[Point]:
    """Log density of growth rates, all worlds together, each scaled by its own deviation."""
    scaled = growth / np.nanstd(growth, axis=(0, 2, 3, 4), keepdims=True)
    density, _ = np.histogram(scaled[np.isfinite(scaled)], BINS, density=True)
    middles = (BINS[1:] + BINS[:-1]) / 2.0
    pairs = zip(middles, density, strict=True)
    return [Point("growth", BOTH, float(place), float(np.log(height))) for place, height in pairs if height > 0.0]


def _size_curves(sales: Numbers) -> list[Point]:
    """Log sales by log rank of firms, mean over worlds, as far as every world has as many firms."""
    found = []
    for place, state in enumerate(STATES):
        falling = [np.sort(run[np.isfinite(run)])[::-1] for run in sales[:, place]]
        shortest = min(len(run) for run in falling)
        curve = np.mean([np.log(run[:shortest] / run[0]) for run in falling], axis=0)
        found += [Point("size", state, float(np.log(rank + 1)), float(value)) for rank, value in enumerate(curve)]
    return found


def followed(passing: Iterable[World]) -> Panel:
    """The firms of an arm, year by year, the base year first."""
    years: list[tuple[Numbers, ...]] = []
    entered: list[Numbers] = []
    arrivals: Numbers = np.zeros(())
    found: list[list[Numbers]] = []
    for world in passing:
        arrivals = arrivals + world.cells.entered[..., 0].sum(axis=2)
        found = found or [[] for _ in world.firms.alive]
        if world.quarter:
            _collect(found, world)
        if world.quarter % 4 == 0:
            there = world.firms.alive & (world.firms.sales > 0.0)
            fields = (world.firms.sales, world.firms.technology, world.firms.rd, world.firms.age)
            years.append(tuple(np.where(there, values, np.nan) for values in fields))
            entered.append(arrivals / world.firms.alive.sum(axis=(2, 3)))
            arrivals = np.zeros(())
    sales, technology, rd, age = (np.stack(values) for values in zip(*years, strict=True))
    return Panel(sales, technology, rd, age, np.stack(entered[1:]), tuple(np.concatenate(parts) for parts in found))


def _collect(found: list[list[Numbers]], world: World) -> None:
    """Add the values of a quarter's innovations, by run."""
    value = world.firms.innovation * world.firms.sales
    for run, parts in enumerate(found):
        parts.append(value[run][value[run] > 0.0])


def size_tail(sales: Numbers) -> float:
    """Pareto exponent of the largest firms of a state, by rank less a half (Gabaix and Ibragimov 2011)."""
    from scipy.stats import linregress

    falling = np.sort(sales[np.isfinite(sales)])[::-1]
    largest = falling[: max(len(falling) // TAIL, 3)]
    rank = np.arange(1, len(largest) + 1) - 0.5
    return -float(linregress(np.log(largest), np.log(rank)).slope)


def growth_rates(sales: Yearly, age: Yearly) -> Yearly:
    """Log growth over a year of firms that sold at both ends, around the mean of their sector and year."""
    growth = np.where(lasted(age), np.diff(np.log(sales), axis=0), np.nan)
    alone = np.isfinite(growth).sum(axis=-1, keepdims=True)
    middle = np.nansum(growth, axis=-1, keepdims=True) / np.maximum(alone, 1)
    return growth - middle


def lasted(age: Yearly) -> NDArray[np.bool_]:
    """Whether the firm in a place is the one of the year before: places are used again."""
    return age[1:] > 0.875


def growth_shape(growth: Numbers) -> float:
    """Exponent of the Subbotin distribution of growth rates: 1 is Laplace, 2 normal."""
    from scipy.stats import gennorm

    return float(gennorm.fit(growth[np.isfinite(growth)], floc=0.0)[0])


def excess_kurtosis(growth: Numbers) -> float:
    """Kurtosis above that of the normal distribution."""
    from scipy.stats import kurtosis

    return float(kurtosis(growth[np.isfinite(growth)]))


def dispersion(technology: Numbers) -> float:
    """90th less 10th percentile of log technology within a sector, mean over sectors of both states."""
    low, high = np.nanquantile(technology, (0.1, 0.9), axis=-1)
    return float((high - low).mean())


def persistence(technology: Yearly, age: Yearly) -> float:
    """Correlation over a year of log technology around the mean of its sector and year."""
    within = technology - np.nanmean(technology, axis=-1, keepdims=True)
    before, after = within[:-1], within[1:]
    survived = np.isfinite(before) & np.isfinite(after) & lasted(age)
    return float(np.corrcoef(before[survived], after[survived])[0, 1])


def research_on_size(rd: Numbers, sales: Numbers) -> float:
    """Slope of log R&D on log sales within sectors."""
    from scipy.stats import linregress

    logs = [np.log(np.where((rd > 0.0) & (sales > 0.0), values, np.nan)) for values in (sales, rd)]
    size, research = (values - np.nanmean(values, axis=-1, keepdims=True) for values in logs)
    finite = np.isfinite(size) & np.isfinite(research)
    return float(linregress(size[finite], research[finite]).slope)


def top_share(values: Numbers) -> float:
    """Share of the most valuable innovations in the value of all."""
    falling = np.sort(values)[::-1]
    return float(falling[: max(round(TOP * len(falling)), 1)].sum() / falling.sum())


def _row(fact: str, state: str, values: Numbers) -> Row:
    return Row(fact, state, *mean_and_error(values), *spread(values), share(values, 1), int(values.size))
