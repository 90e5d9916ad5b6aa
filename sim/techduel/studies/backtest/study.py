"""A whole backtest: from an outcomes file and a fitted scenario of its origin to scores, skill and forecasts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from techduel.ensemble.record import Record
from techduel.ensemble.simulation import simulate
from techduel.scenario.origin import origin_scenario
from techduel.scenario.scenario import Scenario
from techduel.studies.backtest.comparison import CODE_OF, Score, Skill, scored, skills
from techduel.studies.backtest.discrepancy import load_discrepancy
from techduel.studies.backtest.estimation import Miss, discrepancy_from, estimates
from techduel.studies.backtest.forecast import Forecast, forecasts
from techduel.studies.backtest.hindcasts import RUNS, Error, errors, misses, origins, with_sets
from techduel.studies.backtest.outcomes_file import CODES, Outcome, Outcomes, Skipped
from techduel.studies.backtest.series import pairs, unit

CHUNK: Final = 64
"""Runs that are told as progress at once."""

type Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Study:
    """A finished backtest."""

    scores: tuple[Score, ...]
    skills: tuple[Skill, ...]
    """By series and state."""
    forecasts: tuple[Forecast, ...]
    skipped: tuple[Skipped, ...]


def plain(outcomes: Outcomes) -> dict[str, Any]:
    """Outcomes in order as plain settings, so that a stored result can be computed again without the file."""
    found: dict[str, dict[str, dict[str, float]]] = {}
    order = {key: place for place, key in enumerate(pairs())}
    for one in sorted(outcomes.scored, key=lambda one: (order[one.series, one.state], one.year)):
        found.setdefault(one.series, {}).setdefault(CODE_OF[one.state], {})[str(one.year)] = one.value
    skipped = [[one.series, CODE_OF.get(one.state, one.state), one.rows, one.reason] for one in outcomes.skipped]
    return {"outcomes": found, "skipped": skipped}


def from_plain(config: Mapping[str, Any]) -> Outcomes:
    """The outcomes of a stored configuration."""
    scored = tuple(
        Outcome(series, CODES[code], int(year), float(value), unit(series, CODES[code]))
        for series, states in config["outcomes"].items()
        for code, years in states.items()
        for year, value in years.items()
    )
    skipped = tuple(
        Skipped(name, CODES.get(code, code), rows, reason) for name, code, rows, reason in config["skipped"]
    )
    return Outcomes(config["name"], scored, skipped)


def backtest(
    scenario: Scenario,
    outcomes: Outcomes,
    *,
    runs: int,
    seed: int,
    widened: bool,
    advance: Advance | None,
) -> Study:
    """Forecast from a scenario's base year and score the forecast.

    Parameters
    ----------
    scenario : Scenario
        Of the origin, with the parameters to judge; its horizon follows the outcomes.
    outcomes : Outcomes
    runs, seed : int
    widened : bool
        Whether the forecast has the discrepancy of its origin.
    advance : callable or None
        Told how many more runs are finished.
    """
    facts = scenario.facts()
    record = simulated(replace(scenario, horizon=outcomes.last_year), range(runs), seed, advance)
    discrepancy = load_discrepancy(scenario.base_year) if widened else None
    keys = list(dict.fromkeys((one.series, one.state) for one in outcomes.scored))
    found = forecasts(record, facts, discrepancy, keys)
    scores = scored(outcomes.scored, found, facts.history, scenario.base_year)
    return Study(tuple(scores), tuple(skills(scores)), tuple(found), outcomes.skipped)


def rolling(fitted: Scenario, until: int, seed: int, advance: Advance | None) -> tuple[list[Miss], list[Error]]:
    """Hindcasts from every origin before a year, with the parameters of a scenario fitted until then.

    Returns
    -------
    what the model missed of primitives, and errors of series
        The latter alone, and with what was missed by earlier origins until the year of the origin.
    """
    missed: list[Miss] = []
    found: list[Error] = []
    for origin in origins(until):
        scenario = with_sets(origin_scenario(origin, "params=default"), fitted, until)
        record, facts = simulated(scenario, range(RUNS), seed, advance), scenario.facts()
        discrepancy = discrepancy_from(estimates(one for one in missed if one.year <= origin))
        found += errors(record, facts, discrepancy, until)
        missed += misses(record, facts, until)
    return missed, found


def simulated(scenario: Scenario, runs: Sequence[int], seed: int, advance: Advance | None) -> Record:
    """A record of year ends, told chunk by chunk."""
    parts = []
    for first in range(0, len(runs), CHUNK):
        chunk = runs[first : first + CHUNK]
        parts.append(simulate(scenario, chunk, seed, record="headline"))
        if advance is not None:
            advance(len(chunk))
    return Record.concat(parts)
