"""Causes and what follows from them: a batch in which every run has parameters of its own; all cases share its luck.

A case is what both states do and what happens to them; its trace holds annual means of what a direction may look at.
"""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from sim import ideas
from sim.actions import BUDGETS, LEVERS, Action
from sim.axes import PRIVATE, Array
from sim.base_year import initial_world
from sim.event import Event
from sim.facts import load_facts
from sim.noise import Noise
from sim.outcomes import measured
from sim.parameters import Parameters
from sim.policies import StatusQuo2020
from sim.selection import chosen
from sim.simulation import Start, worlds
from sim.world import Firms, World
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
    *("research_price", "leadership_index", "public_spending", "firms_entered", "entrants_turned_away"),
    *("firms_listed", "tariff_revenue", "budget_cut", "restriction", "trust", "threat", "dependence", "risk"),
    *("incidents", "sales", "exports", "leakage", "rd", "self_sufficiency", "controls", "stock"),
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
    "fertility": lambda world: fertility(world)[..., 0],
}
"""What outcomes do not show, by name."""


@dataclass(frozen=True)
class Moved:
    """The status quo with some levers moved in some sectors from one date to another; budgets by an amount."""

    levers: Mapping[str, float] = field(default_factory=dict)
    sectors: tuple[str, ...] = ALL
    since: float = 0.0
    until: float = np.inf

    def __call__(self, world: World, me: int) -> Action:
        start = StatusQuo2020()(world, me)
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
    with expectations() as expected:
        for world in worlds(start):
            if world.quarter:
                seen = {name: look(world) for name, look in BESIDE.items()}
                found.append(measured(world, OUTCOMES) | seen | expected)
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


@contextmanager
def expectations() -> Iterator[dict[str, NDArray[np.float64]]]:
    """What firms may expect of a quarter before luck decides, by cell, a year.

    A run has a few hundred innovations; in what luck makes of them, an effect of one percent is lost.
    """
    latest: dict[str, NDArray[np.float64]] = {}

    def watched(firms: Firms, found: ideas.Prospects, absorption: ideas.Absorption, *given: Any) -> ideas.Discoveries:
        known, listed = given[1], firms.listed & firms.alive
        chance = -4.0 * np.expm1(-np.exp(found.log_hazard)) * firms.alive
        able = np.minimum(absorption.rd / np.maximum(absorption.reference * absorption.sales, 1e-300), 1.0)
        imitating = -4.0 * np.expm1(-known.imitation_rate / 4.0 * np.sqrt(able * found.effort)) * firms.alive
        progress = known.step * chance + known.imitation_closure * found.gap * imitating
        latest["expected_innovations"] = chance.sum(axis=-1)
        latest["expected_progress"] = progress.sum(axis=-1) / firms.alive.sum(axis=-1)
        latest["expected_by_listed"] = (chance * listed).sum(axis=-1)
        latest["living_listed"] = listed.sum(axis=-1).astype(float)
        return original(firms, found, absorption, *given)

    original = ideas.discoveries
    with patch.object(ideas, "discoveries", watched):
        yield latest


def fertility(world: World) -> Array:
    """Log innovations of a given firm that spends a given sum: public knowledge helps it, dear researchers do not."""
    known, states, first = world.parameters.ideas, world.states, world.structure.economy.first
    knowledge = known.basic_elasticity * np.log(states.knowledge_stock / first.knowledge_stock)
    return knowledge - known.curvature * np.log(states.research_price)


def seen(name: str, *place: int, goods: Sequence[str] = ALL, years: tuple[int, int] = (2021, 2022)) -> Measure:
    """The mean over years, and the sum over goods, of one quantity at one place."""

    def measure(values: Values) -> NDArray[np.float64]:
        here = _within(values[name][:, *place], years)
        return here if here.ndim == 1 else (here * chosen(tuple(goods))[0, 0, :, 0]).sum(axis=-1)

    return measure


def each_listed(state: int, years: tuple[int, int]) -> Measure:
    """Expected innovations of a listed firm, their mean."""

    def measure(values: Values) -> NDArray[np.float64]:
        found, living = (
            _within(values[name][:, state], years).sum(axis=-1) for name in ("expected_by_listed", "living_listed")
        )
        return found / np.maximum(living, 1.0)

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
