"""Phases: which cells are equilibria as weights, horizon or rate change, how surely, and where that flips.

A phase is the set of pure equilibria of the mean payoffs; where there is none, states mix. How sure it is, is the share
of resampled sets of parameters under which it is the same.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.sets import by_set
from techduel.model.axes import Numbers
from techduel.statistics.parameter_bands import SETS_FOR_BAND
from techduel.studies.game.solver import pure_equilibria
from techduel.studies.game.stakes import HIGHEST, Stakes, Weights, worth

type Cells = tuple[tuple[int, int], ...]
"""Row and column of every pure equilibrium."""

SURE: Final = 0.9
"""Share of resamples from which on a phase is called decided."""
HALVINGS: Final = 24
"""Of the bracket in which a phase flips."""
RANGES: Final[Mapping[str, tuple[float, float]]] = {
    **{"lead": (0.0, 2.0), "lead_us": (0.0, 2.0), "lead_china": (0.0, 2.0), "incident": (0.0, 5.0)},
    **{"cost": (0.0, 4.0), "cost_us": (0.0, 4.0), "cost_china": (0.0, 4.0), "discount_rate": (0.0, 0.1)},
}
"""What a diagram shows: a lead worth four times what is assumed, costs four times what they are."""
CLOSER: Final = 3.0
"""Power by which the places of a diagram lie closer where little is wanted: there phases change most."""
DOUBLINGS: Final = np.linspace(-6.0, 6.0, 49)
"""How far an assumption is moved when it is asked what flips the game: to a 64th and to 64 times; and to 0."""
FARTHEST: Final = 7.0
"""Doublings that 0 counts as."""
HIGHEST_RATE: Final = 0.2
SINGLE: Final = (
    *("lead", "lead_us", "lead_china", "incident", "cost", "cost_us", "cost_china", "horizon", "discount_rate"),
)
"""Assumptions that are moved one at a time; those of both states together first."""


@dataclass(frozen=True, slots=True)
class Phase:
    """Pure equilibria under some weights."""

    cells: Cells
    share: float
    """Of resamples in which just these are the equilibria."""

    sets: int
    """Of parameters, which were resampled."""

    @property
    def decided(self) -> bool:
        """Whether it stands whatever sets of parameters had been drawn."""
        return self.share >= SURE and self.sets >= SETS_FOR_BAND


@dataclass(frozen=True, slots=True)
class Flip:
    """The nearest value of an assumption at which the phase is another one."""

    axis: str
    at: float
    """As assumed."""
    value: float
    after: Cells
    distance: float
    """From what is assumed, in doublings or halvings; of a horizon, those of the years that count."""


def means(stakes: Stakes, weights: Weights) -> Numbers:
    """Mean components over runs, (row, column, state, component)."""
    return np.asarray(stakes.components(weights).mean(axis=0))


def resampled(stakes: Stakes, weights: Weights) -> Numbers:
    """Mean components of every resample of parameter sets, (resample, row, column, state, component)."""
    sets = by_set(stakes.components(weights), stakes.runs)
    return np.tensordot(stakes.taken, sets, axes=1)


def phase(stakes: Stakes, weights: Weights) -> Phase:
    """The phase under some weights."""
    (found,) = phases_at(stakes, [weights])
    return found


def cells_at(stakes: Stakes, weights: Weights) -> Cells:
    """Pure equilibria of the mean payoffs."""
    return _cells(pure_equilibria(*_players(worth(means(stakes, weights), weights))))


def phases_at(stakes: Stakes, wanted: list[Weights]) -> Iterator[Phase]:
    """Phases under many weights; components are worked out once for each horizon and rate."""
    moments: dict[tuple[float, float], tuple[Numbers, Numbers]] = {}
    for weights in wanted:
        key = (stakes.place(weights.horizon), weights.discount_rate)
        if key not in moments:
            moments = {**moments, key: (means(stakes, weights), resampled(stakes, weights))}
        mean, many = moments[key]
        found = pure_equilibria(*_players(worth(mean, weights)))
        same = (pure_equilibria(*_players(worth(many, weights))) == found).all(axis=(1, 2))
        yield Phase(_cells(found), float(same.mean()), stakes.taken.shape[1])


def span(stakes: Stakes, axis: str, weights: Weights) -> tuple[float, float]:
    """Ends of what is looked through of a setting; wider where what is assumed lies beyond."""
    if axis == "horizon":
        return float(stakes.years[min(4, len(stakes.years) - 1)]), float(stakes.years[-1])
    low, high = RANGES[axis]
    return low, max(high, 2.0 * weights.at(axis))


def diagram(
    stakes: Stakes, weights: Weights, axes: tuple[str, str], places: int
) -> tuple[Numbers, Numbers, list[list[Phase]]]:
    """Values along both axes, and phases by (up, across)."""
    across, up = (values(stakes, axis, weights, places) for axis in axes)
    wanted = [weights.moved(axes[1], one).moved(axes[0], other) for one in up for other in across]
    found = list(phases_at(stakes, wanted))
    return across, up, [found[first : first + len(across)] for first in range(0, len(found), len(across))]


def values(stakes: Stakes, axis: str, weights: Weights, places: int) -> Numbers:
    """Values of a setting that are looked through; years are whole."""
    low, high = span(stakes, axis, weights)
    if axis == "horizon":
        return np.arange(low, high + 1.0)
    return low + (high - low) * np.linspace(0.0, 1.0, places) ** CLOSER


def flips(stakes: Stakes, weights: Weights) -> list[Flip]:
    """For every assumption the nearest value that flips the phase, the nearest assumption first."""
    found = [flip for axis in SINGLE for flip in [_flip(stakes, weights, axis)] if flip]
    return sorted(found, key=lambda flip: flip.distance)


def _flip(stakes: Stakes, weights: Weights, axis: str) -> Flip | None:
    before, at = cells_at(stakes, weights), weights.at(axis)
    steps = _steps(stakes, weights, axis)
    for distance, value in sorted(steps):
        if cells_at(stakes, weights.moved(axis, value)) == before:
            continue
        edge = value if axis == "horizon" else _edge(stakes, weights, axis, at, value)
        after = cells_at(stakes, weights.moved(axis, edge))
        return Flip(axis, at, edge, after, distance if axis == "horizon" else _distance(at, edge))
    return None


def _steps(stakes: Stakes, weights: Weights, axis: str) -> list[tuple[float, float]]:
    """Values that are tried with their distance."""
    at = weights.at(axis)
    if axis == "horizon":
        years = np.arange(1, len(stakes.years) + 1)
        here = stakes.place(at) + 1
        return [(abs(math.log2(year / here)), float(stakes.years[year - 1])) for year in years.tolist() if year != here]
    around = at or RANGES[axis][1] / 8.0
    tried = [0.0, *(around * 2.0**step for step in DOUBLINGS.tolist())]
    most = HIGHEST_RATE if axis == "discount_rate" else HIGHEST
    return [(_distance(at, value), value) for value in tried if value != at and value <= most]


def _distance(at: float, value: float) -> float:
    """Doublings or halvings between two values; from 0, and to 0, as many as are tried and one more at most."""
    if at == 0.0 or value <= 0.0:
        return FARTHEST
    return min(abs(math.log2(value / at)), FARTHEST)


def _edge(stakes: Stakes, weights: Weights, axis: str, same: float, other: float) -> float:
    """Where the phase flips between two values, on the far side of the edge."""
    before = cells_at(stakes, weights)
    for _ in range(HALVINGS):
        middle = (same + other) / 2.0
        if cells_at(stakes, weights.moved(axis, middle)) == before:
            same = middle
        else:
            other = middle
    return other


def _players(payoffs: Numbers) -> tuple[Numbers, Numbers]:
    return payoffs[..., 0], payoffs[..., 1]


def _cells(found: NDArray[Any]) -> Cells:
    return tuple((int(row), int(column)) for row, column in np.argwhere(found))
