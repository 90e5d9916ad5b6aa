"""What a sweep keeps of a run: outcomes of each state in chosen years, sectors one by one or averaged over a tag."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.headlines import INCOME, present_value
from techduel.ensemble.paired import MEAN_LEADS, mean_lead
from techduel.ensemble.record import Record
from techduel.facts.selection import chosen, sector_words
from techduel.model.axes import STATES
from techduel.model.outcomes import OUTCOMES, RUN_TIME, SECTOR_TIME, STATE_TIME
from techduel.scenario.loader import unknown_key

DISCOUNT_RATE: Final = 0.03
"""Of real income, per year; assumption: the real social rate of US OMB Circular A-4 (2003)."""
OVER_STATES: Final = ("run", "state")
OWN: Final = {INCOME: "bn USD of 2020", **{name: mean.unit for name, mean in MEAN_LEADS.items()}}
"""Headlines that are no outcomes of their own, and their units."""

type Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a run."""

    outcome: str
    state: str
    """Empty for outcomes of the world."""
    year: int | None
    """None where an outcome has no year of its own."""
    unit: str

    @property
    def title(self) -> str:
        """All of it in one word, unique in a sweep."""
        return "/".join(part for part in (self.outcome, self.state, str(self.year or "")) if part)

    @property
    def may_be_missing(self) -> bool:
        """Whether a NaN means that something never happened."""
        return self.outcome.startswith("year_passes_")


def measures(outcomes: Sequence[str], years: Sequence[int]) -> tuple[Measure, ...]:
    """The numbers kept of each run, in the order of outcomes, states and years."""
    return tuple(measure for name in outcomes for measure in _of(name, years))


def measured(record: Record, wanted: Sequence[Measure]) -> Numbers:
    """The numbers of every run, (run, measure)."""
    levels: dict[str, Numbers] = {}
    found = []
    for measure in wanted:
        if measure.outcome not in levels:
            levels[measure.outcome] = _level(measure.outcome)(record)
        level = levels[measure.outcome]
        place = STATES.index(measure.state) if measure.state else 0
        column = level[:, place]
        found.append(column if measure.year is None else column[:, measure.year - int(record.years[0])])
    return np.stack(found, axis=1)


def outcome_problem(key: str, name: object) -> str | None:
    """One line where a sweep knows no such outcome."""
    first, _, word = str(name).partition(".")
    known = OUTCOMES.get(first)
    if name in OWN or (known and not word and known.dims in {STATE_TIME, RUN_TIME, OVER_STATES}):
        return None
    if known and word in sector_words() and known.dims == SECTOR_TIME:
        return None
    if known and known.dims == SECTOR_TIME:
        return f"{key}: {name!r} given; allowed: {first}.SECTOR, {first}.TAG or {first}.all, a mean over sectors"
    plain = [other for other, outcome in OUTCOMES.items() if outcome.dims in {STATE_TIME, RUN_TIME, OVER_STATES}]
    return f"{key}: {unknown_key(str(name), [*OWN, *plain])}"


def _of(name: str, years: Sequence[int]) -> Iterator[Measure]:
    first = name.partition(".")[0]
    known = OUTCOMES.get(first)
    unit = OWN[name] if known is None else known.unit
    dated = known.dims[-1] == "time" if known else name != INCOME
    states = ("",) if known and "state" not in known.dims else STATES
    for state in states:
        for year in years if dated else (None,):
            yield Measure(name, state, year, unit)


def _level(name: str) -> Callable[[Record], Numbers]:
    """(run, state or 1, year), or (run, state) where an outcome has no year."""
    if name == INCOME:
        return lambda record: present_value(record["real_income"], record.time, DISCOUNT_RATE)
    if name in MEAN_LEADS:
        return lambda record: mean_lead(record, name)
    first, _, word = name.partition(".")
    if word:
        return lambda record: _over_sectors(record, first, word)
    if OUTCOMES[name].dims == OVER_STATES:
        return lambda record: record[name]
    if "state" in OUTCOMES[name].dims:
        return lambda record: record.annual(name)
    return lambda record: record.annual(name)[:, None]


def _over_sectors(record: Record, name: str, word: str) -> Numbers:
    """Mean over the sectors that a word chooses, at year ends, (run, state, year)."""
    places = np.flatnonzero(chosen((word,)).reshape(-1))
    return record.year_ends(name)[:, :, places].mean(axis=2)
