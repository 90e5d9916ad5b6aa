"""How much of the spread of a result is doubt about parameters, how much about equations, and how much is luck.

Two runs share each parameter set and differ by luck (`parameter_sets`). Half the mean square of their difference is
the variance that luck makes; what their common value varies beyond that is doubt about the set. This is the analysis of
variance with random effects; the share of sets is the intraclass correlation (Fisher 1925). Sets differ in numbers and
in rival equations (forms): what a regression of their means on their forms explains, by the R square adjusted for the
number of forms, is doubt about equations, and the rest of the sets' share doubt about parameters.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, fields
from operator import attrgetter
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.paired import LEAD, MEAN_LEADS, mean_lead
from techduel.ensemble.record import Record
from techduel.model.axes import STATES, Numbers
from techduel.model.outcomes import OUTCOMES
from techduel.model.parameters.forms import RIVALS, Forms
from techduel.scenario.parameter_sets import PRIOR_SETS, set_of
from techduel.statistics.normal import NORMAL_90
from techduel.statistics.tables import read_lines, write_table

FILE: Final = "variance.csv"
TEXTS: Final = ("outcome", "state", "unit")
DIGITS: Final = 6
SETS_FOR_VARIANCE: Final = 3
"""Of a share; of rival forms so many more than they have columns."""
"""Beyond the columns of a regression; fewer leave nothing to estimate an error from."""
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
    """Share of the variance; 0 where no parameter is drawn, NaN with fewer sets than `SETS_FOR_VARIANCE`."""
    equations: float
    """Share of rival forms; 0 where all runs have the same."""
    luck: float
    """The rest."""
    se: float
    """Standard error of the share of luck, and near enough of that of parameters."""
    equations_se: float
    """Standard error of the share of equations."""


def splits(record: Record, drawn: bool, forms: Numbers | None = None) -> list[Split]:
    """The splits of every outcome in `YEARS` and in the last year.

    Parameters
    ----------
    record : Record
        With the outcomes `NEEDED`.
    drawn : bool
        Whether any parameter is.
    forms : (run, indicator), optional
        Which rival forms each run has, as of `indicators`.
    """
    chosen = [year for year in dict.fromkeys((*YEARS, int(record.years[-1]))) if year in record.years]
    return [
        Split(name, state, year, unit, *_shares(record, values[:, record.years == year][:, 0], drawn, forms))
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
    if len(groups) < SETS_FOR_VARIANCE:
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


def indicators(forms: Forms, runs: int) -> Numbers:
    """One column for each form but the first of a mechanism that some run has: 1 where a run has it, (run, column)."""
    columns = [
        np.broadcast_to(codes[:, 0, 0, 0] == one, (runs,)).astype(float)
        for codes in (getattr(forms, mechanism) for mechanism in RIVALS)
        for one in np.unique(codes)[1:]
    ]
    return np.stack(columns, axis=1) if columns else np.zeros((runs, 0))


def by_forms(values: Numbers, forms: Numbers) -> tuple[float, float]:
    """Part of the variance of sets' means that their forms explain, adjusted, and its standard error.

    Parameters
    ----------
    values : (set,)
    forms : (set, indicator)

    Notes
    -----
    Adjusted R square (Ezekiel 1930); variance of R square from Olkin and Finn 1995.
    """
    used = forms[:, forms.std(axis=0) > 0.0]
    sets, columns = used.shape
    if columns == 0 or values.std() == 0.0:
        return 0.0, 0.0
    if sets < columns + SETS_FOR_VARIANCE:
        return math.nan, math.nan
    design = np.column_stack([np.ones(sets), used])
    left = values - design @ np.linalg.lstsq(design, values, rcond=None)[0]
    unexplained = float(left.var() / values.var())
    found = max(1.0 - unexplained * (sets - 1.0) / (sets - columns - 1.0), 0.0)
    square = 1.0 - unexplained
    return found, math.sqrt(4.0 * square * unexplained**2 * (sets - columns - 1.0) ** 2 / ((sets**2 - 1) * (sets + 3)))


def write(folder: Path, record: Record, drawn: bool, forms: Forms) -> None:
    """Write ``variance.csv`` of a result folder."""
    columns = [item.name for item in fields(Split)]
    found = splits(record, drawn, indicators(forms, len(record.runs)))
    write_table(folder / FILE, columns, map(astuple, found), digits=DIGITS)


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
    if any(not NORMAL_90 * split.se <= WIDEST for split in shown.values()):
        return "Too few runs to tell doubt about parameters from luck (by about 100 they can be told apart)."
    parts = {word: ", ".join(f"{title} {_between(split, word)}" for title, split in shown.items()) for word in DOUBTS}
    told = "; doubt about equations ".join(parts[word] for word in DOUBTS if any(map(attrgetter(word), shown.values())))
    return f"Of the variance over runs in {last}, doubt about parameters makes: {told}; luck makes the rest."


def _between(split: Split, word: str) -> str:
    """A share with its 90 % interval."""
    share, error = getattr(split, word), getattr(split, DOUBTS[word])
    low, high = (min(max(share + sign * NORMAL_90 * error, 0.0), 1.0) for sign in (-1.0, 1.0))
    return f"{100.0 * share:.0f} % ({100.0 * low:.0f} to {100.0 * high:.0f})"


DOUBTS: Final[Mapping[str, str]] = {"parameters": "se", "equations": "equations_se"}
"""What sets differ in, with the name of its error."""


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


def _shares(record: Record, values: Numbers, drawn: bool, forms: Numbers | None) -> tuple[float, ...]:
    """Deviation; shares of parameters, equations and luck; errors of the latter two turned round."""
    deviation = float(np.std(values, ddof=1)) if len(values) > 1 else math.nan
    share, error = by_sets(values, record.runs) if drawn else (0.0, math.nan)
    if not drawn or forms is None or not forms.size:
        return deviation, share, 0.0, 1.0 - share, error, 0.0
    means = np.array([group.mean() for group in _by_set(values, record.runs)])
    part, doubt = by_forms(means, np.array([group[0] for group in _by_set(forms, record.runs)]))
    scale = float(means.var() / values.var()) if values.var() else 0.0
    equations = min(part * scale, share) if math.isfinite(part) else part
    return deviation, share - equations, equations, 1.0 - share, error, doubt * scale


def _by_set(values: Numbers, runs: NDArray[np.int_]) -> list[Numbers]:
    """Values, (run, ...), of the runs of each set that has more than one."""
    sets = set_of(runs, PRIOR_SETS)
    groups = (values[sets == one] for one in np.unique(sets))
    return [group for group in groups if len(group) > 1]
