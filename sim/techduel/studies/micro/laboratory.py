"""The worlds of a study, with its treatment and without, on the posterior's parameters and with the same luck."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

import numpy as np

from techduel.ensemble.simulation import prepared, worlds
from techduel.facts.selection import known_sectors
from techduel.model.axes import STATES
from techduel.policies.fixed import Policy, StatusQuo2020
from techduel.policies.schedule import Schedule, Step
from techduel.scenario.origin import origin_scenario
from techduel.scenario.parameter_sets import RUNS_OF_A_SET
from techduel.scenario.prior import with_values
from techduel.scenario.scenario import Scenario, load_scenario
from techduel.studies.backtest.hindcasts import with_sets
from techduel.studies.micro.panel import Panel, panel
from techduel.studies.micro.protocol import Plans, Study, protocol

US, CHINA = range(2)
PLAN_SEED: Final = 20
"""Fixes the plans; luck has seeds of its own."""


@dataclass(frozen=True, slots=True)
class Roles:
    """Who treats and who is treated."""

    sender: int
    target: int


AS_PUBLISHED: Final = Roles(US, CHINA)
MIRRORED: Final = Roles(CHINA, US)


@dataclass(frozen=True, slots=True)
class Arms:
    """The same worlds with and without the treatment."""

    runs: tuple[int, ...]
    treated: Panel
    untreated: Panel


def laboratory(study: Study, parameters: Mapping[str, float]) -> Scenario:
    """The scenario of a study: levers stay as in the base year, growth and prices are as recorded, then as forecast.

    Parameter sets are those of the posterior that the protocol names, whatever the study's base year.

    Parameters
    ----------
    study : Study
    parameters : mapping
        Parameters that are fixed, by full name and outside their ranges too; all others are drawn.
    """
    fitted = _fitted()
    left = {
        word: {name: mask for name, mask in masks.items() if name not in parameters}
        for word, masks in fitted.sets.drawn.items()
    }
    return replace(
        with_sets(_recorded(study.base_year, study.until), fitted, study.until),
        parameters=with_values(fitted.parameters, parameters),
        sets=replace(fitted.sets, drawn=left),
    )


@cache
def _fitted() -> Scenario:
    return origin_scenario(protocol().posterior, "params=posterior")


@cache
def _recorded(base_year: int, until: int) -> Scenario:
    scenario = load_scenario(
        "baseline_2021",
        f"facts.base_year={base_year}",
        "facts.outlook=recorded",
        f"start={base_year + 1}",
        f"horizon={until}",
        "params=default",
    )
    quo: dict[str, Policy] = dict.fromkeys(STATES, StatusQuo2020())
    return replace(scenario, policies=quo, events={})


def arms(study: Study, scenario: Scenario, runs: Sequence[int], seed: int, roles: Roles) -> Iterator[Arms]:
    """The worlds of a study, all at once or, where treatments are drawn, plan by plan."""
    for plan, chosen in _batches(study, runs):
        treatment = study.treatment if study.plans is None else planned(study.plans, plan)

        def followed(given: Sequence[Mapping[str, Any]], chosen: tuple[int, ...] = chosen) -> Panel:
            policies: dict[str, Policy] = dict(scenario.policies)
            name = STATES[roles.sender]
            policies[name] = Schedule(policies[name], tuple(Step.of(step) for step in given))
            return panel(worlds(prepared(replace(scenario, policies=policies), chosen, seed)))

        yield Arms(chosen, followed((*study.throughout, *treatment)), followed(study.throughout))


def _batches(study: Study, runs: Sequence[int]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Plans and their runs; the runs of a parameter set share a plan."""
    number = 1 if study.plans is None else study.plans.number
    for plan in range(number):
        chosen = tuple(run for run in runs if run // RUNS_OF_A_SET % number == plan)
        if chosen:
            yield plan, chosen


def planned(plans: Plans, number: int) -> tuple[dict[str, Any], ...]:
    """The steps of one plan: every sector is put under control once, in a year and to a breadth drawn at random."""
    names = known_sectors().names
    luck = np.random.default_rng([PLAN_SEED, number])
    years = luck.integers(plans.years[0], plans.years[1] + 1, len(names))
    breadths = luck.uniform(*plans.breadth, len(names))
    return tuple(
        {"lever": lever, "sectors": [name], "start": float(year), "value": float(amount)}
        for name, year, breadth in zip(names, years, breadths, strict=True)
        for lever, amount in (("control_breadth", breadth), ("control_depth", plans.depth))
    )
