"""How much of the spread of a result is doubt about parameters, and how much is luck.

Two runs share each parameter set and differ by luck (`parameter_sets`). Half the mean square of their difference is
the variance that luck makes; what their common value varies beyond that is doubt about parameters. This is the analysis
of variance with random effects; the share of parameters is the intraclass correlation (Fisher 1925).
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.chunks import Numbers
from techduel.ensemble.paired import LEAD, MEAN_LEADS, mean_lead
from techduel.ensemble.record import Record
from techduel.model.axes import STATES
from techduel.model.outcomes import OUTCOMES
from techduel.report.tables import read_lines, write_table
from techduel.report.words import QUANTILE
from techduel.scenario.parameter_sets import PRIOR_SETS, set_of

FILE: Final = "variance.csv"
TEXTS: Final = ("outcome", "state", "unit")
DIGITS: Final = 6
LEAST_SETS: Final = 3
WIDEST: Final = 0.25
"""Half of the widest interval with which a share is told."""
YEARS: Final = (2025, 2030)
"""Years that are split, beside the last."""
STATE_OUTCOMES: Final = (
    *("gdp", "rd_total", "rd_intensity", "basic_share", "digital_core_share", "strategic_emerging_share"),
    "leadership_index",
)
NEEDED: Final = (*STATE_OUTCOMES, "lead", "lead_months")
"""Outcomes of a record that the split reads."""


@dataclass(frozen=True, slots=True)
class Split:
    """The variance of one outcome over runs in one year, and its two parts."""

    outcome: str
    state: str
    year: int
    unit: str
    sd: float
    """Over all runs."""
    parameters: float
    """Share of the variance; 0 where no parameter is drawn, NaN with fewer sets than `LEAST_SETS`."""
    luck: float
    """The rest."""
    se: float
    """Standard error of either share."""


def splits(record: Record, drawn: bool) -> list[Split]:
    """The splits of every outcome in `YEARS` and in the last year.

    Parameters
    ----------
    record : Record
        With the outcomes `NEEDED`.
    drawn : bool
        Whether any parameter is.
    """
    chosen = [year for year in dict.fromkeys((*YEARS, int(record.years[-1]))) if year in record.years]
    return [
        Split(name, state, year, unit, *_shares(record, values[:, record.years == year][:, 0], drawn))
        for name, state, unit, values in _outcomes(record)
        for year in chosen
    ]


def by_sets(values: Numbers, runs: NDArray[np.int_]) -> tuple[float, float]:
    """Share of the variance that parameters make, and its standard error.

    Parameters
    ----------
    values : (run,)
    runs : (run,)
        Indices; the only run of a set is left out.

    Notes
    -----
    Beyond twice as many runs as there are sets, sets come again: more luck of the same sets, not more sets. So runs
    count by set, and groups may differ in size (Donner 1986, the mean size that keeps the estimate unbiased).
    """
    groups = _by_set(values, runs)
    if len(groups) < LEAST_SETS:
        return math.nan, math.nan
    sizes = np.array([float(len(group)) for group in groups])
    means = np.array([group.mean() for group in groups])
    total = sizes.sum()
    within = sum(float(((group - group.mean()) ** 2).sum()) for group in groups) / (total - len(groups))
    around = means - np.average(means, weights=sizes)
    between = float((sizes * around**2).sum()) / (len(groups) - 1)
    size = float(total - (sizes**2).sum() / total) / (len(groups) - 1)
    whole = between + (size - 1.0) * within
    if whole <= 0.0:
        return math.nan, math.nan
    share = (between - within) / whole
    spread = (1.0 - share) * (1.0 + (size - 1.0) * share)
    return max(share, 0.0), spread * math.sqrt(2.0 / (size * (size - 1.0) * (len(groups) - 1)))


def write(folder: Path, record: Record, drawn: bool) -> None:
    """Write ``variance.csv`` of a result folder."""
    columns = [item.name for item in fields(Split)]
    write_table(folder / FILE, columns, map(astuple, splits(record, drawn)), digits=DIGITS)


def read(folder: Path) -> list[Split]:
    """The splits of a result folder."""
    return [Split(**line) for line in read_lines(folder / FILE, TEXTS)]


def in_words(every: list[Split]) -> str:
    """One line on the last year."""
    last = max(split.year for split in every)
    ends = {(split.outcome, split.state): split for split in every if split.year == last}
    shown = {title: ends[key] for key, title in TITLES.items()}
    if all(split.parameters == 0.0 and math.isnan(split.se) for split in shown.values()):
        return "All runs have the same parameters: bands show luck only."
    if any(not QUANTILE * split.se <= WIDEST for split in shown.values()):
        return "Too few runs to tell doubt about parameters from luck (by about 100 they can be told apart)."
    named = ", ".join(f"{title} {_between(split)}" for title, split in shown.items())
    return f"Of the variance over runs in {last}, doubt about parameters makes: {named}; luck makes the rest."


def _between(split: Split) -> str:
    """The share of parameters with its 90 % interval."""
    ends = (min(max(split.parameters + sign * QUANTILE * split.se, 0.0), 1.0) for sign in (-1.0, 1.0))
    low, high = (f"{100.0 * end:.0f}" for end in ends)
    return f"{100.0 * split.parameters:.0f} % ({low} to {high})"


TITLES: Final[Mapping[tuple[str, str], str]] = {
    (LEAD, "us"): "lead in frontier fields",
    ("rd_total", "us"): "U.S. R&D",
    ("rd_total", "china"): "China's R&D",
    ("gdp", "china"): "China's GDP",
}


def _outcomes(record: Record) -> Iterator[tuple[str, str, str, Numbers]]:
    """Name, state, unit and values (run, year)."""
    for name in STATE_OUTCOMES:
        for place, state in enumerate(STATES):
            yield name, state, OUTCOMES[name].unit, record.annual(name)[:, place]
    for name, mean in MEAN_LEADS.items():
        yield name, STATES[0], mean.unit, mean_lead(record, name)[:, 0]
    for place, sector in enumerate(record.sectors):
        yield f"lead.{sector}", STATES[0], OUTCOMES["lead"].unit, record.year_ends("lead")[:, 0, place]


def _shares(record: Record, values: Numbers, drawn: bool) -> tuple[float, float, float, float]:
    """Deviation, both shares and their error."""
    deviation = float(np.std(values, ddof=1)) if len(values) > 1 else math.nan
    share, error = by_sets(values, record.runs) if drawn else (0.0, math.nan)
    return deviation, share, 1.0 - share, error


def _by_set(values: Numbers, runs: NDArray[np.int_]) -> list[Numbers]:
    """Values of the runs of each set that has more than one."""
    sets = set_of(runs, PRIOR_SETS)
    groups = (values[sets == one] for one in np.unique(sets))
    return [group for group in groups if len(group) > 1]
