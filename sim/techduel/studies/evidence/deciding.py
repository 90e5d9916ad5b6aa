"""Numbers and forms that decide: with which value of one the mean answer to a question changes its sign.

Every question is a scenario beside the baseline with the same luck and the same drawn sets. Along one number the effect
is a straight line by least squares over sets, all others being drawn too; where the line crosses 0 the answer turns.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from techduel.ensemble.headlines import DISCOUNT_RATE, present_value
from techduel.model.axes import STATES, Numbers
from techduel.model.parameters.forms import RIVALS
from techduel.model.world import World
from techduel.scenario.parameter_sets import values_of
from techduel.scenario.prior import columns
from techduel.scenario.scenario import load_scenario
from techduel.studies.evidence.arms import CHINA, Experiment, mean_and_error

LAST: Final = 2035
QUESTIONS: Final = (
    *("chip_controls", "broad_controls", "full_decoupling", "cooperation"),
    *("us_industrial_policy", "china_basic_push", "talent_restriction"),
)
"""Scenarios that differ from the baseline by policies alone."""
LEAD, INCOME = "lead", "income"
OUTCOMES: Final = ((LEAD, STATES[0]), *((INCOME, state) for state in STATES))


@dataclass(frozen=True, slots=True)
class Row:
    """One number, or one form of a mechanism, for one question."""

    scenario: str
    outcome: str
    """US lead in frontier fields at the end, log points x 100; or present value of real income to then, % of it."""
    state: str
    column: str
    """Of the prior; or of a form, ``forms.MECHANISM=NAME``."""
    mean: float
    """Effect of the scenario over all sets."""
    se: float
    effect: float
    """From the lowest to the highest value of the number's range; or mean under the form less that of all others."""
    t: float
    explained: float
    """Part of the variance of the effect over sets."""
    turns: float
    """Value at which the line crosses 0, in its range or not; of a form the mean under it."""
    inside: bool
    """Whether the range holds that value; whether the mean under the form has the other sign."""


def arms() -> int:
    """How many arms `deciding` simulates."""
    return 1 + len(QUESTIONS)


def deciding(experiment: Experiment) -> list[Row]:
    """Every number and every drawn form for every question."""
    word = next(iter(experiment.scenario.sets.drawn))
    sets = values_of(word, experiment.scenario.base_year, experiment.runs)
    forms = _drawn_forms(experiment)
    usual = _outcomes(experiment.passing({}, LAST))
    found: list[Row] = []
    for name in QUESTIONS:
        answered = _outcomes(experiment.passing(load_scenario(name).policies, LAST))
        for key in OUTCOMES:
            effects = answered[key] - usual[key]
            found += [*_numbers((name, *key), effects, sets), *_forms((name, *key), effects, forms)]
    return found


def _outcomes(passing: Iterable[World]) -> dict[tuple[str, str], Numbers]:
    """Lead at the end and log present value of real income, hundredths, by outcome and state, (run,)."""
    flows, years = [], []
    for world in passing:
        flows.append(world.states.real_income[:, :, 0, 0])
        years.append(world.year)
    value = present_value(np.stack(flows, axis=-1), np.array(years), DISCOUNT_RATE)
    lead = {(LEAD, STATES[0]): 100.0 * world.states.rival_lead[:, CHINA, 0, 0]}
    return lead | {(INCOME, state): 100.0 * np.log(value[:, s]) for s, state in enumerate(STATES)}


def _numbers(question: tuple[str, str, str], effects: Numbers, sets: Numbers) -> Iterator[Row]:
    mean, se = mean_and_error(effects)
    for place, column in enumerate(columns()):
        slope, t, explained = line(sets[:, place], effects)
        turns = float(sets[:, place].mean() - mean / slope)
        inside = column.low <= turns <= column.high
        span = slope * (column.high - column.low)
        yield Row(*question, column.name, mean, se, span, t, explained, turns, inside)


def _forms(question: tuple[str, str, str], effects: Numbers, forms: Mapping[str, Numbers]) -> Iterator[Row]:
    mean, se = mean_and_error(effects)
    for name, under in forms.items():
        slope, t, explained = line(under, effects)
        own = float(effects[under > 0.0].mean())
        yield Row(*question, name, mean, se, slope, t, explained, own, own * mean < 0.0)


def line(values: Numbers, effects: Numbers) -> tuple[float, float, float]:
    """Slope of the effect along a number by least squares, its t, and the part of the variance that it explains.

    Parameters
    ----------
    values, effects : (set,)
    """
    from scipy.stats import linregress

    found = linregress(values, effects)
    return float(found.slope), float(found.slope / found.stderr), float(found.rvalue**2)


def _drawn_forms(experiment: Experiment) -> dict[str, Numbers]:
    """Which runs have a form, (run,) of 0 and 1, by ``forms.MECHANISM=NAME``, where runs differ in it."""
    found = {}
    for mechanism, rivals in RIVALS.items():
        codes = np.broadcast_to(getattr(experiment.parameters.forms, mechanism)[:, 0, 0, 0], len(experiment.runs))
        for code, name in enumerate(rivals.forms):
            under = (codes == code).astype(float)
            if 0.0 < under.mean() < 1.0:
                found[f"forms.{mechanism}={name}"] = under
    return found
