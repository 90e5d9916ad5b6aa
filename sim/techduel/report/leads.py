"""Leads as people read them: share of runs ahead, expected lead, band of parameters, months beside."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import product
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.paired import LEAD, LEAD_BY_SIZE
from techduel.ensemble.record import TIED
from techduel.ensemble.summary import QUANTILES, statistics
from techduel.report.set_bands import LEAST_SETS, band_error, parameter_band
from techduel.report.words import wrapped
from techduel.scenario.parameter_sets import RUNS_OF_A_SET

type Numbers = NDArray[np.float64]

MEANS: Final = {LEAD: "frontier fields", LEAD_BY_SIZE: "the same by market size"}
"""Titles of means over sectors."""
TOO_FEW: Final = (
    "Too few runs a set of parameters to tell doubt about parameters from luck: "
    f"that takes {RUNS_OF_A_SET * LEAST_SETS} runs."
)
LABEL: Final = 24


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
    def title(self) -> str:
        """For reading."""
        return MEANS.get(self.sector, self.sector)

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


def lines(leads: Sequence[Lead]) -> Iterator[str]:
    """A table of both ends in time: expected lead and band of parameters, share of runs ahead, months."""
    first, last = min(lead.year for lead in leads), max(lead.year for lead in leads)
    by_key = {(lead.sector, lead.year): lead for lead in leads}
    yield "Lead of the United States, log points: expected, 90 % band over parameters"
    yield f" {'':<{LABEL}}{first:<19}{last:<19}{'ahead':>6}{'months':>9}"
    for sector in dict.fromkeys(lead.sector for lead in leads):
        start, end = by_key[sector, first], by_key[sector, last]
        cells = f"{_cell(start):<19}{_cell(end):<19}{100 * end.ahead:>4.0f} %{end.months:>+9.0f}"
        yield f" {end.title:<{LABEL}}{cells}"
    yield from wrapped(_of_bands([lead for lead in leads if lead.year == last]))


def sentence(leads: Sequence[Lead]) -> str:
    """One line on frontier fields in the last year."""
    last = max(lead.year for lead in leads)
    plain, by_size = ({lead.sector: lead for lead in leads if lead.year == last}[name] for name in MEANS)
    alone = parameters_in_words(plain.parameters_q05, plain.parameters_q95, plain.parameters_se)
    return (
        f"Lead of the United States in frontier fields at the end of {last}: expected {plain.expected:+.1f} log points "
        f"or {plain.months:+.0f} months (90 % of runs {plain.q05:+.1f} to {plain.q95:+.1f} log points; {alone}), ahead "
        f"in {100 * plain.ahead:.0f} % of runs; weighted by market size {by_size.expected:+.1f} log points."
    )


def surely_ahead(leads: Sequence[Lead]) -> dict[str, list[str]]:
    """Sectors in which each state is ahead in 95 % of runs in the last year."""
    last = max(lead.year for lead in leads)
    ends = [lead for lead in leads if lead.year == last and lead.sector not in MEANS]
    return {state: [lead.sector for lead in ends if lead.sure == sign] for state, sign in (("us", 1), ("china", -1))}


def lead_from(row: dict[str, Any]) -> Lead:
    """A lead from a row of a table."""
    return Lead(**{name: row[name] for name in COLUMNS})


def parameter_ends(lead: Lead) -> str:
    """Both ends of the band of parameters for a cell of a table; nothing where there is no band."""
    low, high = lead.parameters_q05, lead.parameters_q95
    if math.isnan(low) or lead.parameters_se == 0.0:
        return ""
    return f"{_whole(low)} to {_whole(high)}" if low < high else "all luck"


def _cell(lead: Lead) -> str:
    band = parameter_ends(lead)
    return f"{lead.expected + 0.0:+.1f}" + (f" ({band})" if band else "")


def _whole(value: float) -> str:
    return f"{round(value) + 0:+d}"


def parameters_in_words(low: float, high: float, error: float) -> str:
    """The band of parameters of something in log points: its ends and their standard error, or why there is none."""
    if math.isnan(low):
        return "too few runs a set to tell parameters from luck"
    if error == 0.0:
        return "all runs have the same parameters"
    ends = " to ".join(f"{round(end, 1) + 0.0:+.1f}" for end in (low, high)) if low < high else "too little to tell"
    return f"doubt about parameters alone {ends}, standard error {error:.1f}"


def _of_bands(ends: Sequence[Lead]) -> str:
    """How far the bands of parameters can be trusted."""
    if any(math.isnan(lead.parameters_se) for lead in ends):
        return TOO_FEW
    worst = max(lead.parameters_se for lead in ends)
    if worst == 0.0:
        return "All runs have the same parameters, so that there is no band."
    return f"Ahead: share of runs in {ends[0].year}. Standard error of the ends of bands: at most {worst:.1f}."
