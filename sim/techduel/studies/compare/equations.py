"""Equations of a comparison: what a scenario changes under each of the rival forms that its runs were drawn with.

No run is computed for this: runs that differ in a form differ in nothing else on average, since a set's form is drawn
apart from its numbers.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.headlines import INCOME
from techduel.ensemble.paired import LEAD, SPREAD, Row, spread
from techduel.ensemble.sets import Runs
from techduel.model.axes import STATES, Numbers
from techduel.model.parameters.forms import RIVALS, Forms
from techduel.report.marks import TITLES
from techduel.report.words import number, per_cent
from techduel.scenario.scenario import Scenario
from techduel.statistics.directions import Change
from techduel.statistics.tables import Lines

BY_FORM: Final = "by_form.csv"
COLUMNS: Final = ("scenario", "outcome", "state", "mechanism", "form", "year", "runs", *SPREAD, "unit")
LOOKED_AT: Final = ((LEAD, STATES[0]), *((INCOME, state) for state in STATES))
"""Headlines of which a sentence says whether a rival form turns them round."""

type Codes = Mapping[str, NDArray[np.int64]]
"""By mechanism whose forms differ between runs: the code of each run's form, (run,)."""


def drawn_forms(scenario: Scenario, baseline: Scenario, runs: NDArray[np.int64]) -> Codes:
    """Forms that differ between runs, and are the same in both scenarios of a pair."""
    ours, theirs = (_by_run(side.parameters_of(runs.tolist()).forms, len(runs)) for side in (scenario, baseline))
    same = (name for name in RIVALS if np.array_equal(ours[name], theirs[name]))
    return {name: ours[name] for name in same if (ours[name] != ours[name][0]).any()}


def form_rows(opening: Row, codes: Codes, changes: Numbers, runs: Runs, closing: Row) -> Iterator[Row]:
    """A row for each form that some run has, of a change by (run,); `runs` are its indices.

    Parameters
    ----------
    opening, closing : tuple
        Cells before the mechanism, scenario to state, with the year as the last; and after the statistics.
    """
    *before, year = opening
    for mechanism, by_run in codes.items():
        for code, name in enumerate(RIVALS[mechanism].forms):
            has = by_run == code
            if has.any():
                statistics = spread(changes[has, None], runs[has])[0].tolist()
                yield (*before, mechanism, name, year, int(has.sum()), *statistics, *closing)


def turned(scenario: str, whole: Mapping[tuple[str, str], Mapping[str, Any]], lines: Lines) -> str:
    """One sentence on the directions that a drawn form turns round; empty where no form was drawn.

    Parameters
    ----------
    scenario : str
    whole : mapping
        Rows of ``headlines.csv`` by outcome and state.
    lines : sequence of mapping
        Of ``by_form.csv``.
    """
    found = [
        f"{_what(*key)} {number(one.middle)} {one.unit} in {per_cent(one.share)} of runs under "
        f"{line['mechanism']}={line['form']}"
        for key in LOOKED_AT
        for line in lines
        if (line["scenario"], line["outcome"], line["state"]) == (scenario, *key)
        for one in [Change.of(line)]
        if Change.of(whole[key]).told and one.middle * Change.of(whole[key]).middle < 0.0
    ]
    if found:
        return f"Turned round by a rival equation: {'; '.join(found)}."
    drawn = dict.fromkeys(line["mechanism"] for line in lines if line["scenario"] == scenario)
    told = [_what(*key) for key in LOOKED_AT if Change.of(whole[key]).told]
    return f"No rival equation ({', '.join(drawn)}) turns round {', '.join(told)}." if drawn and told else ""


def _what(outcome: str, state: str) -> str:
    return f"{TITLES[state]} {'lead in frontier fields' if outcome == LEAD else 'income'}"


def _by_run(forms: Forms, runs: int) -> dict[str, NDArray[np.int64]]:
    return {name: np.broadcast_to(getattr(forms, name)[:, 0, 0, 0], (runs,)) for name in RIVALS}
