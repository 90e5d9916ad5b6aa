"""Words about changes: a median with its band, and whether the runs tell a direction at all.

A direction is told where two thirds of the runs have it and so few runs as there are cannot have a half. Two runs
share a parameter set, so that a share is known no better than so many sets allow. What is not told is called open,
however large its median.
"""

import math
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from techduel.scenario.parameter_sets import RUNS_OF_A_SET

COLUMNS: Final = 80
"""Of a screen."""
LEAST_SETS: Final = 5
"""With fewer parameter sets not even a change that all of them share is told."""
LIKELY: Final = 2.0 / 3.0
"""Share of runs below which a direction is not told: what the IPCC calls likely (Mastrandrea et al. 2010)."""
QUANTILE: Final = 1.645
"""Of the normal distribution, for intervals of 90 %."""
UNBROKEN: Final = "\N{NO-BREAK SPACE}"
BETWEEN: Final = " · "
"""Parts of a heading."""


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
        return sets_of(self.runs) < LEAST_SETS

    @property
    def told(self) -> bool:
        """Whether the runs tell a direction."""
        sure = not self.too_few and share_interval(self.share, self.runs)[0] > 0.5
        return self.middle != 0.0 and sure and self.share >= LIKELY


def sets_of(runs: int) -> int:
    """Parameter sets that so many runs have."""
    return -(-runs // RUNS_OF_A_SET)


def share_interval(share: float, runs: int) -> tuple[float, float]:
    """The 90 % interval of a share of runs, known no better than their parameter sets allow.

    Source: Wilson (1927), Probable inference, the law of succession, and statistical inference.
    """
    count, squared = sets_of(runs), QUANTILE**2
    middle = (share + squared / (2.0 * count)) / (1.0 + squared / count)
    half = QUANTILE * math.sqrt(share * (1.0 - share) / count + squared / (4.0 * count**2)) / (1.0 + squared / count)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def number(value: float, sign: bool = True) -> str:
    """A number in about three digits, with a plus where `sign` asks for it; a dash where there is none."""
    if math.isnan(value):
        return "-"
    if value == 0.0:
        return "0"
    size = abs(value)
    digits = 0 if size >= 100.0 else 1 if size >= 10.0 else 2 if size >= 0.1 else 3
    rounded = round(value, digits) + 0.0
    return f"{rounded:+,.{digits}f}" if sign else f"{rounded:,.{digits}f}"


def band(change: Change, unit: str = "") -> str:
    """Both ends of 90 % of the runs."""
    return f"{number(change.low)} to {number(change.high)}{unit and ' '}{unit}"


def sure(change: Change) -> str:
    """In how many runs a change goes the way of its median, with what that share is known to within."""
    low, high = (100.0 * end for end in share_interval(change.share, change.runs))
    return f"in {per_cent(change.share)} of {change.runs} runs ({low:.0f} to {high:.0f} %)"


def within_luck(mean: float, error: float) -> str:
    """What a mean within `QUANTILE` standard errors of 0 is followed by; nothing where no error is known."""
    return "" if abs(mean) > QUANTILE * error or math.isnan(error) else ", within luck"


def per_cent(share: float) -> str:
    """A share in whole per cent, none of which is called all or nothing before it is."""
    if 0.995 <= share < 1.0:
        return "over 99 %"
    return "under 1 %" if 0.0 < share < 0.005 else f"{100.0 * share:.0f} %"


def open_words(change: Change) -> str:
    """What there is to say of a change whose direction is not told."""
    if change.too_few:
        return f"too few runs to tell ({change.runs}; {RUNS_OF_A_SET * LEAST_SETS} at least)"
    shares = f"up in {per_cent(change.rises)}, down in {per_cent(change.falls)} of {change.runs} runs"
    return f"no clear direction ({number(change.middle)} {change.unit}, {band(change)}; {shares})"


def wrapped(text: str, indent: str = " ") -> list[str]:
    """A sentence in lines that a screen shows whole, none of which begins with a per cent sign."""
    whole = text.replace(" %", f"{UNBROKEN}%")
    lines = textwrap.wrap(
        whole, COLUMNS, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return [line.replace(UNBROKEN, " ") for line in lines]


def in_parts(text: str) -> list[str]:
    """Parts of a heading in lines that a screen shows whole, none of them broken."""
    lines = [""]
    for part in text.split(BETWEEN):
        longer = f"{lines[-1]}{BETWEEN}{part}" if lines[-1] else part
        lines[-1:] = [longer] if len(longer) <= COLUMNS or not lines[-1] else [lines[-1], part]
    return lines
