"""The loop over quarters for one batch of runs, and batches for an ensemble."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.record import Record, derived
from techduel.facts.base_year import initial_world
from techduel.model.actions import both
from techduel.model.axes import STATES, Array
from techduel.model.engine.batch import NOWHERE, Batch, Room
from techduel.model.engine.record import ledger_type
from techduel.model.engine.tables import CARRIED, GIVEN, LEDGERS
from techduel.model.noise import Noise
from techduel.model.outcomes import (
    EACH_QUARTER,
    FIRM_FIELDS,
    OUTCOMES,
    details_type,
    measure,
    measure_firms,
    of_outcome,
    panel_type,
    totals_type,
)
from techduel.model.parameters import Parameters
from techduel.model.world import QUIET, World
from techduel.policies.event import Event
from techduel.policies.events import happened
from techduel.policies.fixed import Policy
from techduel.policies.schedule import began
from techduel.scenario.scenario import Scenario

BATCH: Final = 256
"""Runs that step together: enough to make array operations worth their overhead; more gain nothing."""
LEDGER: Final = "ledger"
RECORDS: Final = ("full", "headline", "firms", LEDGER)


@dataclass(frozen=True, slots=True)
class Start:
    """Everything a batch begins with; the same for the arrays and for the Mesa face."""

    world: World
    noise: Noise
    policies: tuple[Policy, ...]
    start: int
    quarters: int
    events: Mapping[str, Event] = field(default_factory=dict)
    fates: Mapping[str, Array] = field(default_factory=dict)
    """Luck of every event, drawn once, `Noise.fate`."""

    def coming(self, world: World) -> float:
        """Start of the quarter that follows a world."""
        return self.start + world.quarter / 4.0

    def years(self) -> NDArray[np.float64]:
        """Starts of the base quarter and of all simulated ones."""
        return self.start + np.arange(-1, self.quarters) / 4.0


def prepared(scenario: Scenario, runs: Sequence[int], seed: int, parameters: Parameters | None = None) -> Start:
    """The base year of some runs of a scenario, with their luck and the states' policies.

    Parameters
    ----------
    scenario : Scenario
    runs : sequence of int
        Their indices; one that comes twice has the same luck twice.
    seed : int
    parameters : Parameters, optional
        By run; those of the scenario when left out.
    """
    facts = scenario.facts()
    noise = Noise(seed, runs, len(facts.sectors), scenario.slots)
    world = initial_world(facts, parameters or scenario.parameters_of(runs), noise.initial())
    return Start(
        world=world,
        noise=noise,
        policies=tuple(scenario.policies[state] for state in STATES),
        start=scenario.start,
        quarters=4 * (scenario.horizon - scenario.start + 1),
        events=scenario.events,
        fates={name: noise.fate(name) for name in scenario.events},
    )


def advance(batch: Batch, start: Start, room: Room = NOWHERE, most: int = 1) -> int:
    """Pass a quarter: events happen, both states decide on what they see, then the quarter passes.

    Where neither policies nor events change anything before the year ends, its other quarters pass as well.

    Parameters
    ----------
    batch : Batch
    start : Start
    room : Room, optional
        Where the outcomes go.
    most : int
        Quarters that may pass.

    Returns
    -------
    int
        How many have passed.
    """
    year = start.coming(batch.world)
    world = happened(batch.world, start.events, start.fates, year)
    us, china = start.policies
    years = [year, *(year + ahead / 4.0 for ahead in range(1, _undisturbed(world, start, min(most, 4))))]
    batch.pass_quarters(both(us(world, 0), china(world, 1)), start.noise, years, world, room)
    return len(years)


def _undisturbed(world: World, start: Start, most: int) -> int:
    """Quarters through which a decision and the calm after this quarter's events last."""
    lasting = all(getattr(policy, "yearly", False) for policy in start.policies)
    if most == 1 or not lasting or world.quarter % 4 or world.outside is not QUIET:
        return 1
    for ahead in range(1, most):
        later = happened(world, start.events, start.fates, start.coming(world) + ahead / 4.0)
        if any(getattr(later, part) is not getattr(world, part) for part in (*CARRIED, *GIVEN)):
            return ahead
    return most


def advanced(world: World, start: Start) -> World:
    """The world a quarter later, in memory of its own."""
    batch = Batch(world)
    advance(batch, start)
    return batch.world


def worlds(start: Start) -> Iterator[World]:
    """The base year, then every quarter, each in memory of its own."""
    world = start.world
    yield world
    for _ in range(start.quarters):
        world = advanced(world, start)
        yield world


def simulate(
    scenario: Scenario,
    runs: int | Sequence[int] = 200,
    seed: int = 1,
    record: str = "full",
    progress: Callable[[int], None] | None = None,
) -> Record:
    """Run a scenario in this process.

    Parameters
    ----------
    scenario : Scenario
        From `load_scenario`.
    runs : int or sequence of int
        How many runs, or which. Run `i` is the same bits in whatever company it is computed.
    seed : int
        Shared by all runs; two scenarios with the same seed have the same luck run by run.
    record : {"full", "headline", "firms", "ledger"}
        Every outcome each quarter; sector outcomes at year ends only; firm panels as well; or the ledger as well.
    progress : callable, optional
        Called each quarter of each batch with the number of runs in the batch.

    Returns
    -------
    Record

    Raises
    ------
    ValueError
        If `record` is not one of the four, or `runs` are none, negative, doubled or no whole numbers.

    Examples
    --------
    >>> from techduel import load_scenario, simulate
    >>> simulate(load_scenario("baseline_2021"), runs=2)["gdp"].shape
    (2, 2, 61)
    """
    if record not in RECORDS:
        raise ValueError(f"record: {record!r} is unknown; known: {', '.join(RECORDS)}")
    chosen = indices(runs)
    batches = [chosen[first : first + BATCH] for first in range(0, len(chosen), BATCH)]
    return Record.concat(_batch(scenario, batch, seed, record, progress) for batch in batches)


def indices(runs: int | Sequence[int]) -> tuple[int, ...]:
    """Indices of the runs that a number, or a sequence of indices, stands for.

    Raises
    ------
    ValueError
        If there is none, one is negative, comes twice or is no whole number.
    """
    given = range(runs) if isinstance(runs, int) and not isinstance(runs, bool) else runs
    whole = isinstance(given, Iterable) and all(isinstance(run, (int, np.integer)) for run in given)
    chosen = tuple(int(run) for run in given) if whole else ()  # type: ignore[union-attr]
    if not chosen or min(chosen) < 0 or len(set(chosen)) < len(chosen):
        raise ValueError(f"runs: {runs!r} given; at least one, as a number or as different indices from 0")
    return chosen


def _batch(
    scenario: Scenario, runs: Sequence[int], seed: int, record: str, progress: Callable[[int], None] | None
) -> Record:
    return recorded(scenario, prepared(scenario, runs, seed), seed, record, progress)


def recorded(
    scenario: Scenario, start: Start, seed: int, record: str, progress: Callable[[int], None] | None = None
) -> Record:
    """The record of one batch, from its base year to the horizon; arguments as of `simulate`."""
    batch, found = Batch(start.world, record == LEDGER), _Found(start, record)
    found.begin(batch)
    while (quarter := batch.world.quarter) < start.quarters:
        passed = advance(batch, start, found.room(quarter + 1), 1 if record == "firms" else start.quarters - quarter)
        found.see(batch)
        if progress is not None:
            for _ in range(passed):
                progress(len(start.noise.runs))
    facts = scenario.facts()
    values = found.values()
    values |= derived(values, start.years(), facts.base.ppp_factor, facts.base.pace)
    return Record(
        values={name: _thinned(name, values[name], record) for name in OUTCOMES},
        time=start.years(),
        runs=np.array(start.noise.runs),
        sectors=facts.sectors,
        seed=seed,
        firms=found.firms(),
        ledger=found.ledger(),
        snapshots={"firm_sales_start": _sizes(start.world), "firm_sales_end": _sizes(batch.world)},
        diagnostics=_diagnostics(batch.world, start.policies),
        scenario=scenario.name,
    )


class _Found:
    """What is measured on the way, one record a quarter and run.

    A headline record leaves sectors out between year ends.
    """

    def __init__(self, start: Start, record: str) -> None:
        runs, _, sectors, _ = shape = start.world.firms.alive.shape
        self._every = 4 if record == "headline" else 1
        self._totals = np.zeros((start.quarters + 1, runs), totals_type(sectors))
        self._details = np.zeros((start.quarters // self._every + 1, runs), details_type(sectors))
        self._firms = np.zeros((start.quarters + 1 if record == "firms" else 0, *shape), panel_type())
        self._ledgers = np.zeros((start.quarters + 1 if record == LEDGER else 0, runs), ledger_type(sectors))

    def begin(self, batch: Batch) -> None:
        """Measure the base year."""
        measure(batch.records, self._totals[0], self._details[0])
        self.see(batch)

    def room(self, first: int) -> Room:
        """Where the outcomes of the coming quarters go, from `first` on."""
        quarters = np.arange(first, first + 4)
        places = np.where(quarters % self._every == 0, quarters // self._every, -1)
        coming = slice(first, first + 4)
        return Room(self._totals[coming], self._details, places, self._ledgers[coming])

    def see(self, batch: Batch) -> None:
        """Keep the firms of a quarter where panels are asked for."""
        if len(self._firms):
            measure_firms(batch.records, self._firms[batch.world.quarter])

    def values(self) -> dict[str, NDArray[np.float64]]:
        """Measured outcomes by name, run first and time last."""
        names = [name for name, outcome in OUTCOMES.items() if not outcome.derived]
        return {name: _time_last(of_outcome(name, self._totals, self._details)) for name in names}

    def firms(self) -> dict[str, NDArray[np.generic]]:
        """Firm panels by name, run first and time last."""
        return {name: _time_last(self._firms[name]) for name in FIRM_FIELDS} if len(self._firms) else {}

    def ledger(self) -> dict[str, NDArray[np.float64]]:
        """Entries of the ledger where it is asked for, run first, then state, sector if any, cause and time.

        They are views: to join batches copies them anyway.
        """
        entries = {name: np.moveaxis(self._ledgers[name]["each"], 0, -1) for name in LEDGERS}
        return entries if len(self._ledgers) else {}


def _time_last[Kind: np.generic](values: NDArray[Kind]) -> NDArray[Kind]:
    return np.ascontiguousarray(np.moveaxis(values, 0, -1))


def _thinned(name: str, values: NDArray[np.float64], record: str) -> NDArray[np.float64]:
    """Year ends only, of what a headline record has each quarter for the sake of leads."""
    return values[..., ::4] if record == "headline" and name in (EACH_QUARTER, "lead", "lead_months") else values


def _sizes(world: World) -> NDArray[np.float64]:
    return np.where(world.firms.alive, world.firms.sales, np.nan)


def _diagnostics(world: World, policies: Sequence[Policy]) -> dict[str, NDArray[np.float64]]:
    """Counts of the run, and when each step of a state's policy that waited for something began."""
    dates = {
        f"began_{state}_{place}": dates
        for me, (state, policy) in enumerate(zip(STATES, policies, strict=True))
        for place, dates in enumerate(began(policy, world, me))
    }
    return {"firm_quarters": world.firm_quarters, "limit_cash": world.cash_limited, **dates}
