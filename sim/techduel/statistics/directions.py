"""Directions of changes: whether the runs tell one at all, and how a share of runs is known.

A direction is told where nine tenths of the runs have it; five parameter sets then exclude that half of all have. Two
runs share a set, so that a share is known no better than so many sets allow. What is not told is called open, however
large its median.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from techduel.scenario.parameter_sets import RUNS_OF_A_SET
from techduel.statistics.normal import NORMAL_90

SETS_FOR_DIRECTION: Final = 5
"""With fewer parameter sets not even a change that all of them share is told."""
SURE: Final = 0.9
"""Share of runs below which nothing is told, in words, tables and colours: what the IPCC calls very likely (Mastrandrea
et al. 2010)."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a number does over paired runs."""

    middle: float
    low: float
    high: float
    unit: str
    rises: float
    """Share of runs."""
    falls: float
    runs: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Of a line of a table with the statistics of `paired.SPREAD`."""
        shares = (row["share_positive"], row["share_negative"], int(row["runs"]))
        return cls(row["q50"], row["q05"], row["q95"], row["unit"], *shares)

    def reversed(self) -> Self:
        """The same from the other side."""
        return type(self)(-self.middle, -self.high, -self.low, self.unit, self.falls, self.rises, self.runs)

    @property
    def share(self) -> float:
        """Of runs that go the way of the median."""
        return self.rises if self.middle > 0.0 else self.falls

    @property
    def too_few(self) -> bool:
        """Whether there are too few runs to tell anything."""
        return sets_of(self.runs) < SETS_FOR_DIRECTION

    @property
    def told(self) -> bool:
        """Whether the runs tell a direction."""
        return self.middle != 0.0 and not self.too_few and self.share >= SURE


def sets_of(runs: int) -> int:
    """Parameter sets that so many runs have."""
    return -(-runs // RUNS_OF_A_SET)


def share_interval(share: float, runs: int) -> tuple[float, float]:
    """The 90 % interval of a share of runs, known no better than their parameter sets allow.

    Source: Wilson (1927), Probable inference, the law of succession, and statistical inference.
    """
    count, squared = sets_of(runs), NORMAL_90**2
    middle = (share + squared / (2.0 * count)) / (1.0 + squared / count)
    half = NORMAL_90 * math.sqrt(share * (1.0 - share) / count + squared / (4.0 * count**2)) / (1.0 + squared / count)
    return max(middle - half, 0.0), min(middle + half, 1.0)
