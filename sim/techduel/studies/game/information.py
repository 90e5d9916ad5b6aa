"""Information: what knowing parameters better before the choice would be worth to a state, all of them or a theme.

Against what its rival does in equilibrium a state chooses the policy with the best mean. If it knew the parameters it
could choose by them; what that gains on average is the value of perfect information, and of a theme of parameters that
of partial information. Source: Raiffa and Schlaifer (1961); by regression: Strong, Oakley and Brennan (2014).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from techduel.ensemble.sets import Runs, by_set
from techduel.model.axes import STATES, Numbers
from techduel.model.parameters import Parameters
from techduel.scenario.prior import drawn_parameters
from techduel.statistics.luck import Sets, drawn_together
from techduel.studies.game.stakes import Stakes, Weights, worth
from techduel.studies.sensitivity.uncertain import theme

ALL: Final = "all parameters"
RIDGES: Final = tuple(10.0 ** np.linspace(-1.0, 4.0, 21))
"""Strengths of shrinkage that are tried."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What knowing a theme is worth to a state."""

    state: str
    theme: str
    gain: float
    """Per cent of income."""
    error: float
    """Standard error, over resamples of sets."""
    changes: float
    """Share of sets in which the choice would be another one."""


def information(
    stakes: Stakes, weights: Weights, rival: Sequence[int], themes: Mapping[str, Numbers]
) -> Iterator[Worth]:
    """Values of information by state and theme, of all parameters first.

    Parameters
    ----------
    stakes : Stakes
    weights : Weights
    rival : sequence of int
        For each state the policy that its rival is taken to have.
    themes : mapping
        Values of parameters by theme, (set, parameter).
    """
    payoffs = worth(stakes.components(weights), weights)
    for me, state in enumerate(STATES):
        own = payoffs[:, :, rival[me], 0] if me == 0 else payoffs[:, rival[me], :, 1]
        drawn = _without_luck(own, stakes.runs)
        yield _worth(state, ALL, drawn, stakes.taken)
        for name, parameters in themes.items():
            yield _worth(state, name, _expected(drawn, parameters), stakes.taken)


def by_theme(parameters: Parameters, runs: Runs) -> dict[str, Numbers]:
    """Parameters of some runs that differ between sets by theme, (set, parameter), each in units of its spread."""
    found: dict[str, list[Numbers]] = {}
    for name in drawn_parameters():
        group, _, short = name.partition(".")
        values = np.asarray(getattr(getattr(parameters, group), short), dtype=float)
        for column in _columns(values, runs):
            found.setdefault(theme(group), []).append(column)
    return {name: np.stack(columns, axis=1) for name, columns in found.items()}


def _columns(values: Numbers, runs: Runs) -> Iterator[Numbers]:
    """Every state's numbers by set where they differ; one quantile serves all sectors, so that one is enough."""
    if values.ndim < 2 or len(values) != len(runs):
        return
    for state in range(values.shape[1]):
        column = by_set(values[:, state].reshape(len(runs), -1)[:, 0], runs)
        if np.ptp(column) > 0.0:
            yield (column - column.mean()) / column.std()


def _without_luck(payoffs: Numbers, runs: Runs) -> Numbers:
    """Set means of payoffs over those of the best policy, drawn together by the luck that is left in them."""
    best = int(payoffs.mean(axis=0).argmax())
    sets = Sets.of(payoffs - payoffs[:, best : best + 1], runs)
    return drawn_together(sets.means, sets.left, sets.varied)


def _expected(payoffs: Numbers, parameters: Numbers) -> Numbers:
    """What payoffs are expected to be where parameters are known, by ridge regression, each set left out in turn."""
    middle, rows = payoffs.mean(axis=0), len(payoffs)
    left, sizes, _ = np.linalg.svd(parameters - parameters.mean(axis=0), full_matrices=False)
    found = np.tile(middle, (rows, 1))
    for policy in np.flatnonzero(np.ptp(payoffs, axis=0) > 0.0):
        away = payoffs[:, policy] - middle[policy]
        best = np.full(rows, 0.0)
        for ridge in RIDGES:
            part = left * (sizes**2 / (sizes**2 + ridge))
            leverage = (part * left).sum(axis=1) + 1.0 / rows
            foretold = away - (away - part @ (left.T @ away)) / np.maximum(1.0 - leverage, 1e-9)
            if ((away - foretold) ** 2).sum() < ((away - best) ** 2).sum():
                best = foretold
        found[:, policy] = middle[policy] + best - best.mean()
    return found


def _worth(state: str, name: str, expected: Numbers, taken: Numbers) -> Worth:
    """Mean of the best of each set less the best of the means."""
    best = int(expected.mean(axis=0).argmax())
    gain = float(expected.max(axis=1).mean() - expected[:, best].mean())
    many = taken @ expected.max(axis=1) - (taken @ expected).max(axis=1)
    changes = float(np.mean(expected.argmax(axis=1) != best))
    return Worth(state, name, max(gain, 0.0), float(many.std(ddof=1)), changes)
