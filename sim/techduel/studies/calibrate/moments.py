"""Moments: numbers of the record, how sure they are, and the same numbers of simulated worlds.

The table is ``moments.yaml``; what is observed is computed from history, not typed twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

import numpy as np

from techduel.facts import FactsError, History
from techduel.facts.history import read_history
from techduel.facts.tables import Entry, entries
from techduel.model.axes import STATES, Numbers
from techduel.studies.backtest.series import past
from techduel.studies.calibrate.measures import MEASURES, Annual

FILE: Final = "moments.yaml"
FIRST: Final = 2010
"""Base year of the runs that live through the record."""
KINDS: Final = ("history", "firms", "article")
CHECKED_ONLY: Final = "article"
RATIO: Final = "china/us"
CHANGES: Final = ("log", "pace", "log_mean", "log_level", "level")
SINCE: Final = ("log", "pace", "log_mean")
"""Changes that have a first year."""
PERSISTENCE_YEARS: Final = 10.0
"""After so many years what the model misses of a change has the stated size (random walk)."""
REQUIRED: Final = frozenset({"kind", "states", "years", "change", "error", "allowance", "reason"})
ALLOWED: Final = REQUIRED | {"since", "series", "record", "model"}


@dataclass(frozen=True, slots=True)
class Moment:
    """One number that a parameter set is judged by."""

    name: str
    kind: str
    state: str
    """``us``, ``china`` or ``china/us``."""
    year: int
    since: int | None
    change: str
    model: str
    """Series or measure of the model's side."""
    observed: float
    error: float
    allowance: float
    reason: str

    @property
    def key(self) -> str:
        """Unique short name, such as ``gerd_pct_gdp china 2017``."""
        return f"{self.name} {self.state} {self.year}"

    @property
    def missed(self) -> float:
        """Standard deviation of what the model may miss in this year."""
        if self.change != "log" or self.since is None:
            return self.allowance
        return self.allowance * float(np.sqrt((self.year - self.since) / PERSISTENCE_YEARS))

    @property
    def tolerance(self) -> float:
        """Standard deviation of record around a true model: error and what it may miss."""
        return float(np.hypot(self.error, self.missed))


@cache
def moments() -> tuple[Moment, ...]:
    """The shipped table against the shipped history."""
    problems: list[str] = []
    history = read_history(files("techduel.facts"), problems)
    if problems:
        raise FactsError(problems)
    return read_moments(files("techduel.studies.calibrate"), history)


def read_moments(folder: Traversable, history: History) -> tuple[Moment, ...]:
    """Read a table and compute what was observed.

    Raises
    ------
    FactsError
        With all problems, one line each.
    """
    problems: list[str] = []
    found: list[Moment] = []
    for name, entry in entries(folder, FILE, problems).items():
        wrong = _problems(entry)
        problems += [f"{entry.place}: {name}: {problem}" for problem in wrong]
        if not wrong:
            found += _of_entry(name, entry, history, problems)
    if problems:
        raise FactsError(problems)
    return tuple(found)


def fitted(until: int) -> tuple[Moment, ...]:
    """Moments of a fit that knows the record until a year."""
    return tuple(moment for moment in moments() if moment.year <= until and moment.kind != CHECKED_ONLY)


def observed(chosen: Sequence[Moment]) -> Numbers:
    """What is on record, (moment,)."""
    return np.array([moment.observed for moment in chosen])


def error_covariance(chosen: Sequence[Moment]) -> Numbers:
    """Covariance of the record around a true model, (moment, moment).

    Errors of the record are apart for each year. What the model misses of a change wanders off like a random walk, and
    of a level it is the same in all years; different names and states are apart.
    """
    missed = np.array([[_shared(one, other) for other in chosen] for one in chosen])
    return missed + np.diag([moment.error**2 for moment in chosen])


def simulated(chosen: Sequence[Moment], annual: Annual) -> Numbers:
    """The same numbers of simulated worlds, (run, moment)."""
    return np.stack([_value(moment, annual) for moment in chosen], axis=1)


def _shared(one: Moment, other: Moment) -> float:
    if (one.name, one.state) != (other.name, other.state):
        return 0.0
    return min(one.missed, other.missed) ** 2


def _value(moment: Moment, annual: Annual) -> Numbers:
    values = annual[moment.model]
    if moment.state == RATIO:
        path = values[:, STATES.index("china")] / values[:, STATES.index("us")]
    else:
        path = values[:, STATES.index(moment.state)]
    return _changed(path[:, : moment.year - FIRST + 1], moment)


def _changed(path: Numbers, moment: Moment) -> Numbers:
    """A path from the first year to the moment's own as the number that is compared, (run,)."""
    last = path[:, -1]
    start = (moment.since or FIRST) - FIRST
    match moment.change:
        case "log":
            return np.log(last / path[:, start])
        case "pace":
            return (last - path[:, start]) / (path.shape[1] - 1 - start)
        case "log_mean":
            return np.log(np.maximum(path[:, start + 1 :].mean(axis=1), 1e-6))
        case "log_level":
            return np.log(last)
        case _:
            return last


def _problems(entry: Entry) -> list[str]:
    given = entry.content
    found = [f"{key}: unknown" for key in given if key not in ALLOWED]
    found += [f"{key}: missing" for key in sorted(REQUIRED) if key not in given]
    if found:
        return found
    if given["kind"] not in KINDS:
        found.append(f"kind {given['kind']!r}; known: {', '.join(KINDS)}")
    if given["change"] not in CHANGES:
        found.append(f"change {given['change']!r}; known: {', '.join(CHANGES)}")
    if (given["change"] in SINCE) != ("since" in given):
        found.append("since: needed for changes, and only there")
    if min(given["error"], given["allowance"]) < 0.0 or given["error"] == 0.0:
        found.append("error has to be above 0, allowance not below")
    if ("series" in given) == ("record" in given and "model" in given):
        found.append("either a series, or record and model")
    model = given.get("series", given.get("model"))
    if model not in MEASURES:
        found.append(f"{model!r}: neither series nor measure of the model")
    return found


def _of_entry(name: str, entry: Entry, history: History, problems: list[str]) -> list[Moment]:
    given, found = entry.content, []
    for state in given["states"]:
        for year in given["years"]:
            try:
                value = _observed(given, state, year, history)
            except KeyError as error:
                problems.append(f"{entry.place}: {name}: {error.args[0]}")
                continue
            found.append(
                Moment(
                    name=name,
                    kind=given["kind"],
                    state=state,
                    year=year,
                    since=given.get("since"),
                    change=given["change"],
                    model=given.get("series", given.get("model")),
                    observed=value,
                    error=given["error"],
                    allowance=given["allowance"],
                    reason=given["reason"],
                )
            )
    return found


def _observed(given: Mapping[str, Any], state: str, year: int, history: History) -> float:
    known = given.get("record", {}).get("known")
    if known is not None:
        value = float(known[state][year] if isinstance(known[state], dict) else known[state])
        return float(np.log(value)) if given["change"] in {"log_mean", "log_level"} else value
    now = _recorded(given, state, year, history)
    return float(np.log(now / _recorded(given, state, given["since"], history)) if "since" in given else np.log(now))


def _recorded(given: Mapping[str, Any], state: str, year: int, history: History) -> float:
    """What was on record in a year: a series, a sum over a sum, or the ratio of both states' numbers."""
    if state == RATIO:
        return _recorded(given, "china", year, history) / _recorded(given, "us", year, history)
    name = given.get("series")
    if name is not None:
        found = past(history, name, state)
        place = np.flatnonzero(found.years == year)
        if not len(place):
            raise KeyError(f"{name} of {state} has no value for {year}")
        return float(found.values[place[0]])
    above = sum(history.at(part, state, year) for part in given["record"]["sum"])
    below = sum(history.at(part, state, year) for part in given["record"].get("over", ()))
    return above / below if below else above
