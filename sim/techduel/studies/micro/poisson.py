"""Poisson regression of counts with fixed effects of firms, errors clustered.

Given what a firm has over all years, its counts by year are multinomial, so that its fixed effect drops out (Hausman,
Hall and Griliches 1984, Econometrica 52:909-938). The estimate needs no Poisson distribution, only the right mean.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.model.axes import Mask, Numbers

ROUNDS: Final = 60
CLOSE: Final = 1e-9
"""Newton step at which it has arrived."""
NOTHING_TOLD: Final = 1e-9
"""Part of the largest curvature below which a direction is one of rounding."""
TOLD_APART: Final = 1e-6
"""Part of a column that other columns may take up before it tells nothing of its own."""
LARGEST: Final = 20.0
"""Coefficient at which an effect is all or nothing: where the treated have none, it has no end."""

type Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Counts:
    """A regression that was fitted."""

    coefficients: Numbers
    """(column,) NaN where other columns take it up."""
    errors: Numbers
    """(column,) clustered."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What is regressed: rows are firms and years."""

    count: Numbers
    """(row,) 0 or more."""
    exog: Numbers
    """(row, column)"""
    firm: Codes
    """(row,) from 0 without gaps."""
    weight: Numbers
    """(row,) the same in all rows of a firm."""

    def total(self, values: Numbers) -> Numbers:
        """Sums by firm, (firm, ...)."""
        found = np.zeros((int(self.firm.max()) + 1, *values.shape[1:]))
        np.add.at(found, self.firm, values)
        return found

    def expected(self, coefficients: Numbers) -> Numbers:
        """What each row should have of its firm's total, (row,)."""
        index = self.exog @ coefficients
        top = np.full(int(self.firm.max()) + 1, -np.inf)
        np.maximum.at(top, self.firm, index)
        odds = np.exp(index - top[self.firm])
        shares = odds / self.total(odds)[self.firm]
        return self.total(self.count)[self.firm] * shares

    def likelihood(self, coefficients: Numbers) -> float:
        """Log likelihood, but for a constant."""
        total = self.total(self.count)[self.firm]
        shares = self.expected(coefficients) / np.where(total > 0.0, total, 1.0)
        positive = self.count > 0.0
        return float(np.sum((self.weight * self.count)[positive] * np.log(np.maximum(shares[positive], 1e-300))))


def fitted(counted: Counted, clusters: Codes) -> Counts:
    """Coefficients by Newton's method with steps halved until the likelihood rises, and errors by cluster.

    Parameters
    ----------
    counted : Counted
    clusters : (row,)
        From 0 without gaps.
    """
    coefficients = np.zeros(counted.exog.shape[1])
    value = counted.likelihood(coefficients)
    for _ in range(ROUNDS):
        step = _inverse(_curvature(counted, coefficients)) @ _scores(counted, coefficients).sum(axis=0)
        while np.abs(step).max() > CLOSE and counted.likelihood(coefficients + step) < value:
            step = step / 2.0
        coefficients = np.clip(coefficients + step, -LARGEST, LARGEST)
        value = counted.likelihood(coefficients)
        if np.abs(step).max() <= CLOSE:
            break
    told = _told(_curvature(counted, coefficients))
    errors = _errors(counted, coefficients, clusters)
    return Counts(np.where(told, coefficients, np.nan), np.where(told, errors, np.nan))


def _scores(counted: Counted, coefficients: Numbers) -> Numbers:
    """Slope of the likelihood by row, (row, column)."""
    return (counted.weight * (counted.count - counted.expected(coefficients)))[:, None] * counted.exog


def _curvature(counted: Counted, coefficients: Numbers) -> Numbers:
    """Minus the second derivative, (column, column)."""
    expected = counted.expected(coefficients)
    total = counted.total(counted.count)
    mean = counted.total(expected[:, None] * counted.exog)
    within = counted.exog.T @ ((counted.weight * expected)[:, None] * counted.exog)
    weight = counted.total(counted.weight) / counted.total(np.ones_like(counted.weight))
    between = mean.T @ ((weight / np.where(total > 0.0, total, 1.0))[:, None] * mean)
    found: Numbers = within - between
    return found


def _inverse(curvature: Numbers) -> Numbers:
    """Inverse where columns tell something; those that effects of firms take up tell nothing."""
    found: Numbers = np.linalg.pinv(curvature, rcond=NOTHING_TOLD, hermitian=True)
    return found


def _told(curvature: Numbers) -> Mask:
    """Which coefficients the counts tell of, (column,): not those that effects of firms and periods take up."""
    kept = np.diag(_inverse(curvature) @ curvature)
    return kept > 1.0 - TOLD_APART


def _errors(counted: Counted, coefficients: Numbers, clusters: Codes) -> Numbers:
    """Standard errors that hold if rows of one cluster err together, (column,)."""
    number = int(clusters.max()) + 1
    scores = np.zeros((number, counted.exog.shape[1]))
    np.add.at(scores, clusters, _scores(counted, coefficients))
    inverse = _inverse(_curvature(counted, coefficients))
    variance = inverse @ (scores.T @ scores) @ inverse * number / max(number - 1, 1)
    return np.sqrt(np.maximum(np.diag(variance), 0.0))
