"""Leads as people read them: lines of a screen, sentences, and what is said of bands of parameters."""

import math
from collections.abc import Iterator, Sequence
from typing import Final

from techduel.ensemble.paired import LEAD, LEAD_BY_SIZE
from techduel.report.words import wrapped
from techduel.scenario.parameter_sets import RUNS_OF_A_SET
from techduel.statistics.leads import MEANS, Lead
from techduel.statistics.parameter_bands import SETS_FOR_BAND

TITLES_OF_MEANS: Final = {LEAD: "frontier fields", LEAD_BY_SIZE: "the same by market size"}
"""Of `MEANS`."""
TOO_FEW: Final = (
    "Too few runs a set of parameters to tell doubt about parameters from luck: "
    f"that takes {RUNS_OF_A_SET * SETS_FOR_BAND} runs."
)
LABEL: Final = 24


def lines(leads: Sequence[Lead]) -> Iterator[str]:
    """A table of both ends in time: expected lead and band of parameters, share of runs ahead, months."""
    first, last = min(lead.year for lead in leads), max(lead.year for lead in leads)
    by_key = {(lead.sector, lead.year): lead for lead in leads}
    yield "Lead of the United States, log points: expected, 90 % band over parameters"
    yield f" {'':<{LABEL}}{first:<19}{last:<19}{'ahead':>6}{'months':>9}"
    for sector in dict.fromkeys(lead.sector for lead in leads):
        start, end = by_key[sector, first], by_key[sector, last]
        cells = f"{_cell(start):<19}{_cell(end):<19}{100 * end.ahead:>4.0f} %{end.months:>+9.0f}"
        yield f" {TITLES_OF_MEANS.get(sector, sector):<{LABEL}}{cells}"
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
