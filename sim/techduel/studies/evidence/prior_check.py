"""What the prior implies before anything is learnt from it: draws that lead where no country has been."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np

from techduel.model.axes import SLOT, Numbers, total
from techduel.model.world import World
from techduel.studies.evidence.arms import CHINA, Experiment, at_end, spread

YEAR: Final = 2025
"""Last year simulated; both checks are made at its end."""


@dataclass(frozen=True, slots=True)
class Row:
    """One check over all draws."""

    outcome: str
    low: float
    high: float
    median: float
    q05: float
    q95: float
    share_outside: float
    """Of draws; more than a fifth refuses the prior."""
    draws: int


def research_intensity(world: World) -> Numbers:
    """China's R&D over GDP, by run."""
    return (world.states.rd_total / world.states.gdp)[:, CHINA, 0, 0]


def largest_share(world: World) -> Numbers:
    """Part of its cell's sales that the most dominant firm of a run has."""
    return (world.firms.sales / total(world.firms.sales, SLOT)).max(axis=(1, 2, 3))


CHECKS: Final[dict[str, tuple[Callable[[World], Numbers], float, float]]] = {
    "China's R&D over GDP": (research_intensity, 0.02, 0.035),
    "largest share of a firm in its state's sector": (largest_share, 0.0, 0.9),
}
"""Outcome, lowest and highest value that is believed (assumptions of this project)."""


def prior_check(experiment: Experiment) -> list[Row]:
    """Both checks on the scenario itself."""
    last = at_end(experiment.passing({}, YEAR))
    return [_row(name, of(last), low, high) for name, (of, low, high) in CHECKS.items()]


def _row(name: str, values: Numbers, low: float, high: float) -> Row:
    outside = float(((values < low) | (values > high)).mean())
    return Row(name, low, high, *spread(values), outside, int(np.size(values)))
