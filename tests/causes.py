"""Causes and what follows from them: a batch in which every run has parameters of its own; all cases share its luck.

A case is what both states do and what happens to them; its trace holds annual means of what a direction may look at.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.simulation import Start, worlds
from techduel.facts import load_facts
from techduel.facts.base_year import initial_world
from techduel.facts.selection import chosen
from techduel.model.actions import BUDGETS, LEVERS, Action
from techduel.model.axes import PRIVATE, Array
from techduel.model.noise import Noise
from techduel.model.outcomes import measured
from techduel.model.parameters import Parameters
from techduel.model.world import World
from techduel.policies.event import Event
from techduel.policies.fixed import Policy, StatusQuo2020
from tests.ensembles import random_parameters

SETS, DRAW, LUCK, SLOTS = 120, 20210301, 3, 24
FIRST_YEAR = 2021
US, CHINA, ALLIES, REST = range(4)
ALL = ("all",)

type Values = Mapping[str, NDArray[np.float64]]
"""By name, (run, ..., year): means of the quarters of each year from 2021 on."""
type Measure = Callable[[Values], NDArray[np.float64]]
"""One number a run."""

OUTCOMES = (
    *("real_income", "price_index", "rd_total", "rd_business", "rd_public", "rd_basic", "researchers"),
    *("research_price", "public_spending", "firms_entered", "entrants_turned_away", "firms_listed"),
    *("tariff_revenue", "budget_cut", "trust", "threat", "dependence", "risk", "incidents", "innovations"),
    *("sales", "exports", "leakage", "rd", "self_sufficiency", "controls", "stock"),
    *("decoupling_goods", "decoupling_knowledge", "decoupling_talent", "decoupling_capital"),
)
BESIDE: Mapping[str, Callable[[World], Array]] = {
    "knowledge_stock": lambda world: world.states.knowledge_stock[..., 0, 0],
    "seen_rd": lambda world: world.states.seen_rd[..., 0, 0],
    "flows": lambda world: world.markets.flows[..., 0],
    "log_price": lambda world: world.markets.log_price[:, 0, ..., PRIVATE],
    "penalty": lambda world: world.markets.penalty[..., 0],
    "felt": lambda world: world.markets.felt[..., 0],
    "listed_sales": lambda world: world.cells.listed_sales[..., 0],
    "embodied": lambda world: world.openness.embodied[..., 0],
    "technology": lambda world: (
        (world.firms.technology * world.firms.alive).sum(axis=-1) / world.firms.alive.sum(axis=-1)
    ),
    "innovations_of_listed": lambda world: 4.0 * (world.firms.innovation * world.firms.listed).sum(axis=-1),
}
"""What outcomes do not show, by name."""


@dataclass(frozen=True)
class Moved:
    """A base with some levers moved in some sectors from one date to another; budgets by an amount."""

    levers: Mapping[str, float] = field(default_factory=dict)
    sectors: tuple[str, ...] = ALL
    since: float = 0.0
    until: float = np.inf
    base: Policy = field(default_factory=StatusQuo2020)

    def __call__(self, world: World, me: int) -> Action:
        start = self.base(world, me)
        if not self.since <= world.year + 0.25 < self.until:
            return start
        return replace(start, **{name: self._moved(name, getattr(start, name)) for name in self.levers})

    def _moved(self, name: str, before: Array) -> Array:
        here = chosen(self.sectors) if LEVERS[name].axis else np.ones((1, 1, 1, 1))
        value = self.levers[name]
        return before + value * here if name in BUDGETS else np.where(here > 0.0, value, before)


@dataclass(frozen=True)
class Case:
    """What both states do, what happens, which parameters are the same in all sets, and the last year looked at."""

    us: Moved = field(default_factory=Moved)
    china: Moved = field(default_factory=Moved)
    events: Mapping[str, Event] = field(default_factory=dict)
    fixed: Mapping[str, float] = field(default_factory=dict)
    """Parameters by ``group.name``."""
    until: int = 2022


def trace(case: Case) -> Values:
    """Annual means of a case."""
    start = started(case)
    found = []
    for world in worlds(start):
        if world.quarter:
            found.append(measured(world, OUTCOMES) | {name: look(world) for name, look in BESIDE.items()})
    return {name: _annual([values[name] for values in found]) for name in found[0]}


def started(case: Case) -> Start:
    """The base year of a case; its own noise goes on where that of the base year ended."""
    world, noise = base_year() if not case.fixed else _base_year(fixed(anything(), case.fixed))
    quarters = 4 * (case.until - FIRST_YEAR + 1)
    fates = {name: noise.fate(name) for name in case.events}
    return Start(world, copy.deepcopy(noise), (case.us, case.china), FIRST_YEAR, quarters, case.events, fates)


@cache
def base_year() -> tuple[World, Noise]:
    return _base_year(anything())


def _base_year(parameters: Parameters) -> tuple[World, Noise]:
    facts = load_facts()
    noise = Noise(LUCK, range(SETS), len(facts.sectors), SLOTS)
    return initial_world(facts, parameters, noise.initial()), noise


@cache
def anything() -> Parameters:
    """Valid parameters, a set a run."""
    return random_parameters(SETS, len(load_facts().sectors), DRAW)


def fixed(parameters: Parameters, values: Mapping[str, float]) -> Parameters:
    """The same sets, with some parameters at one value."""
    for path, value in values.items():
        group, name = path.split(".")
        part = getattr(parameters, group)
        same = np.full_like(getattr(part, name), value)
        parameters = replace(parameters, **{group: replace(part, **{name: same})})
    return parameters


def seen(name: str, *place: int, goods: Sequence[str] = ALL, years: tuple[int, int] = (2021, 2022)) -> Measure:
    """The mean over years, and the sum over goods, of one quantity at one place."""

    def measure(values: Values) -> NDArray[np.float64]:
        here = _within(values[name][:, *place], years)
        return here if here.ndim == 1 else (here * chosen(tuple(goods))[0, 0, :, 0]).sum(axis=-1)

    return measure


def added(*measures: Measure) -> Measure:
    """The sum of some measures."""
    return lambda values: np.sum([measure(values) for measure in measures], axis=0)


def _within(values: NDArray[np.float64], years: tuple[int, int]) -> NDArray[np.float64]:
    first, last = (year - FIRST_YEAR for year in years)
    assert 0 <= first <= last < values.shape[-1], f"{years} is beyond what the case looks at"
    return values[..., first : last + 1].mean(axis=-1)


def _annual(quarters: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    series = np.stack(quarters, axis=-1)
    return series.reshape(*series.shape[:-1], -1, 4).mean(axis=-1)
