"""The loop over quarters for one batch of runs, and batches for an ensemble."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.record import Record, derived
from techduel.facts import load_facts
from techduel.facts.base_year import initial_world
from techduel.model.actions import both
from techduel.model.axes import STATES, Array
from techduel.model.noise import Noise
from techduel.model.outcomes import FIRM_FIELDS, OUTCOMES, measured
from techduel.model.parameters import Parameters
from techduel.model.quarter import step
from techduel.model.world import World
from techduel.policies.event import Event
from techduel.policies.events import happened
from techduel.policies.fixed import Policy
from techduel.scenario.scenario import Scenario

BATCH: Final = 256
"""Runs that step together: enough to make array operations worth their overhead; more gain nothing."""
RECORDS: Final = ("full", "headline", "firms")


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
    facts = load_facts(scenario.base_year, scenario.facts_vintage, scenario.facts_outlook)
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


def advanced(world: World, start: Start) -> World:
    """The world a quarter later: events happen, both states decide on what they see, then the quarter passes."""
    year = start.coming(world)
    world = happened(world, start.events, start.fates, year)
    us, china = start.policies
    decided = both(us(world, 0), china(world, 1))
    return step(world, decided, start.noise.quarter(), year)


def worlds(start: Start) -> Iterator[World]:
    """The base year, then every quarter."""
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
    record : {"full", "headline", "firms"}
        Every outcome each quarter; sector outcomes at year ends only; or firm panels as well.
    progress : callable, optional
        Called each quarter of each batch with the number of runs in the batch.

    Returns
    -------
    Record

    Raises
    ------
    ValueError
        If `record` is not one of the three, or `runs` are none, negative, doubled or no whole numbers.

    Examples
    --------
    >>> from sim import load_scenario, simulate
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
    runs = start.noise.runs
    series: dict[str, list[NDArray[np.float64]]] = {}
    panels: dict[str, list[NDArray[np.generic]]] = {}
    for world in worlds(start):
        _append(series, measured(world, _kept(record, world.quarter)))
        if record == "firms":
            _append(panels, {name: of(world) for name, of in FIRM_FIELDS.items()})
        if progress is not None and world.quarter:
            progress(len(runs))
    values = {name: np.stack(found, axis=-1) for name, found in series.items()}
    facts = load_facts(scenario.base_year, scenario.facts_vintage, scenario.facts_outlook)
    values |= derived(values, start.years(), facts.base.ppp_factor, facts.base.pace)
    return Record(
        values={name: _thinned(name, values[name], record) for name in OUTCOMES},
        time=start.years(),
        runs=np.array(runs),
        sectors=facts.sectors,
        seed=seed,
        firms={name: np.stack(found, axis=-1) for name, found in panels.items()},
        snapshots={"firm_sales_start": _sizes(start.world), "firm_sales_end": _sizes(world)},
        diagnostics=_diagnostics(world),
    )


def _append[Kind: np.generic](series: dict[str, list[NDArray[Kind]]], found: dict[str, NDArray[Kind]]) -> None:
    for name, values in found.items():
        series.setdefault(name, []).append(values)


def _kept(record: str, quarter: int) -> tuple[str, ...]:
    """Names of the outcomes to measure: a headline record leaves sectors out between year ends.

    The frontier is measured each quarter all the same, since leads and overtaking follow from its path.
    """
    if record != "headline" or quarter % 4 == 0:
        return tuple(OUTCOMES)
    return tuple(name for name, known in OUTCOMES.items() if not known.sectoral or name == "technology_frontier")


def _thinned(name: str, values: NDArray[np.float64], record: str) -> NDArray[np.float64]:
    """Year ends only, where a headline record keeps no more and the quarters are there."""
    known = OUTCOMES[name]
    every_quarter = name in ("technology_frontier", "lead", "lead_months")
    return values[..., ::4] if record == "headline" and known.sectoral and every_quarter else values


def _sizes(world: World) -> NDArray[np.float64]:
    return np.where(world.firms.alive, world.firms.sales, np.nan)


def _diagnostics(world: World) -> dict[str, NDArray[np.float64]]:
    return {"firm_quarters": world.firm_quarters, "limit_cash": world.cash_limited}
