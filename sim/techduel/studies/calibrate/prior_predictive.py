"""The prior before anything is fitted: one that leads where no country has been is refused."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from techduel.model.axes import Numbers
from techduel.scenario.loader import InvalidInput
from techduel.studies.evidence.prior_check import CHECKS

type Row = tuple[str | float, ...]

MOST_OUTSIDE: Final = 0.2
"""Share of draws outside of what is believed at which a prior is refused."""
COLUMNS: Final = ("outcome", "low", "high", "q05", "median", "q95", "share_outside", "draws")


def check_rows(found: Numbers) -> Iterator[Row]:
    """One row a check.

    Parameters
    ----------
    found : (draw, check)
        At the end of 2025, in the order of `CHECKS`.
    """
    for (name, (_, low, high)), values in zip(CHECKS.items(), found.T, strict=True):
        band = (float(part) for part in np.quantile(values, (0.05, 0.5, 0.95)))
        yield (name, low, high, *band, _outside(values, low, high), float(len(values)))


def refuse(found: Numbers) -> None:
    """End here where more than a fifth of the draws is outside.

    Raises
    ------
    InvalidInput
        With one line a check.
    """
    problems = [
        f"prior: {name} lies outside {low:g} to {high:g} in {100 * outside:.0f} % of {len(values)} draws; "
        f"at most {100 * MOST_OUTSIDE:.0f} % are accepted"
        for (name, (_, low, high)), values in zip(CHECKS.items(), found.T, strict=True)
        if (outside := _outside(values, low, high)) > MOST_OUTSIDE
    ]
    if problems:
        raise InvalidInput(problems)


def _outside(values: Numbers, low: float, high: float) -> float:
    return float((~((values >= low) & (values <= high))).mean())
