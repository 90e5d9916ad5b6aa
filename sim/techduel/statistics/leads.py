"""Leads over runs: share of runs ahead, expected lead, quantiles, band of parameters, months beside."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.paired import LEAD, LEAD_BY_SIZE
from techduel.ensemble.record import TIED
from techduel.ensemble.summary import QUANTILES, statistics
from techduel.model.axes import Numbers
from techduel.statistics.parameter_bands import band_error, parameter_band

MEANS: Final = (LEAD, LEAD_BY_SIZE)
"""Means over frontier fields."""


@dataclass(frozen=True, slots=True)
class Lead:
    """The lead of the United States in one sector, or in the mean over frontier fields, at the end of a year."""

    sector: str
    year: int
    ahead: float
    """Share of runs in which it is positive."""
    expected: float
    """Mean over runs, log points."""
    q05: float
    """Quantiles of single runs: parameters and luck."""
    q25: float
    q50: float
    q75: float
    q95: float
    parameters_q05: float
    """Ends of the band of parameters; NaN where sets are too few, the expected lead where none is drawn."""
    parameters_q95: float
    parameters_se: float
    """Standard error of these ends."""
    months: float
    """The expected lead at the pace of its sector."""

    @property
    def sure(self) -> int:
        """1 where the United States is ahead in 95 % of runs, -1 where China is, else 0."""
        return int(self.q05 > TIED) - int(self.q95 < -TIED)


COLUMNS: Final = tuple(item.name for item in fields(Lead))


def leads_of(
    years: Sequence[int], names: Sequence[str], values: Numbers, runs: NDArray[np.int_], drawn: bool
) -> Iterator[Lead]:
    """What can be said of leads by run, a line a sector and year.

    Parameters
    ----------
    years : sequence of int
        From the base year on.
    names : sequence of str
        Sectors, or `MEANS`.
    values : (unit, run, sector, year)
        In log points, and in months.
    runs : (run,)
        Indices, which tell their parameter sets.
    drawn : bool
        Whether parameters are.
    """
    leads, months = values
    means = leads.mean(axis=0)
    ends = parameter_band(leads, runs, over_years=True) if drawn else np.stack([means, means])
    errors = band_error(leads, runs, over_years=True) if drawn else np.zeros_like(means)
    quantiles = statistics(leads)[:, 2:].reshape(*means.shape, -1)
    for (place, sector), (at, year) in product(enumerate(names), enumerate(years)):
        yield Lead(
            sector=sector,
            year=year,
            ahead=float(np.mean(leads[:, place, at] > TIED)),
            expected=float(means[place, at]),
            **dict(zip(QUANTILES, quantiles[place, at].tolist(), strict=True)),
            parameters_q05=float(ends[0, place, at]),
            parameters_q95=float(ends[1, place, at]),
            parameters_se=float(errors[place, at]),
            months=float(months[:, place, at].mean()),
        )


def lead_from(row: dict[str, Any]) -> Lead:
    """A lead from a row of a table."""
    return Lead(**{name: row[name] for name in COLUMNS})
