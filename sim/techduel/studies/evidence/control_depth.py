"""What the depth of its controls is worth to the United States, with and without an answer, at several aims."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from techduel.model.axes import STATES, Numbers
from techduel.model.world import World
from techduel.policies.fixed import Policy
from techduel.policies.schedule import Schedule
from techduel.scenario.prior import with_values
from techduel.studies.evidence.arms import CHINA, US, Experiment, lever, plain

DEPTHS: Final = tuple(step / 10.0 for step in range(11))
CONTROLLED: Final = ("semiconductors", "ai", "quantum", "devices_networks", "iot", "industrial_internet")
"""Sectors of which the United States controlled a tenth or more of exports to China at the end of 2020 (base facts)."""
ANSWERS: Final = ("none", "tit_for_tat")
IN_ALL_GOODS: Final = "in all goods"
"""China refuses `GAIN` times the depth of the controls, of all its exports of the sectors modelled, to everybody."""
GAIN: Final = 0.8
"""Part of new restrictions that China answers in kind: assumption."""
WEIGHTS: Final = (0.0, 0.1, 0.2, 0.5, 1.0, 2.0)
"""Weight of a log point of lead in frontier fields against a log point of income; 0: income is the only aim."""
HORIZONS: Final = (5.0, 15.0)
"""Years after which a year counts 37 %."""
LAST: Final = 2035
FEW: Final = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Depths at which mechanisms are switched."""
MECHANISMS: Final[Mapping[str, tuple[str, Mapping[str, float]]]] = {
    "nothing": ("none", {}),
    "China answers in all goods": (IN_ALL_GOODS, {}),
    "no evasion, no lobbying": (
        "none",
        {"access.evasion": 0.0, "access.evasion_slope": 0.0, "government.lobbying": 0.0},
    ),
    "knowledge closes in proportion": ("none", {"access.knowledge_closing": 1.0}),
    "no drag of denial on research": ("none", {"research.denial_drag": 0.0}),
    "no inducement": ("none", {"research.inducement": 0.0}),
}
"""Answer of China, and parameters that are set at every depth."""


@dataclass(frozen=True, slots=True)
class Row:
    """The value of one depth for one aim, over no refusals at all; and how often it is the best."""

    answer: str
    horizon: float
    weight: float
    depth: float
    median: float
    """Hundredths of a log point of income a year."""
    q05: float
    q95: float
    mean: float
    rival: float
    """Mean change of China's log income, hundredths."""
    share_best: float
    """Of draws for which no other depth is better."""
    draws: int


@dataclass(frozen=True, slots=True)
class Optimum:
    """Where the best depth lies for one aim."""

    answer: str
    horizon: float
    weight: float
    median: float
    q05: float
    q95: float
    share_none: float
    """Of draws in which no refusals are best."""
    share_interior: float
    share_full: float
    best_of_mean: float
    """Depth that is best on the mean of all draws."""
    gain: float
    """Median gain of the best over none, hundredths of a log point of income a year."""
    draws: int


@dataclass(frozen=True, slots=True)
class Part:
    """What one depth is worth with a mechanism switched, over no refusals; years weighted by the longer horizon."""

    switched: str
    depth: float
    value: float
    """Mean, with as much weight on the lead as on income; hundredths of a log point a year."""
    q05: float
    q95: float
    income: float
    lead: float
    rival: float
    share_best: float
    """Of draws for which no other of `FEW` is better."""
    draws: int


def control_depth(experiment: Experiment) -> tuple[list[Row], list[Optimum]]:
    """Curves and optima over the parameter sets of an experiment, one run a set."""
    curves: list[Row] = []
    optima: list[Optimum] = []
    for answer in ANSWERS:
        tried = [_worth(experiment.passing(_policies(experiment, answer, depth), LAST)) for depth in DEPTHS]
        for (horizon, weight), values in _valued(tried):
            rival = _over_none([found[horizon].rival for found in tried])
            curves += _curve(answer, (horizon, weight), values, rival)
            optima.append(_optimum(answer, (horizon, weight), values))
    return curves, optima


def mechanisms(experiment: Experiment) -> list[Part]:
    """Why the best depth lies where it lies: the curve with one mechanism switched at a time."""
    rows: list[Part] = []
    for name, (answer, switched) in MECHANISMS.items():
        changed = replace(experiment, parameters=with_values(experiment.parameters, switched))
        tried = [_worth(changed.passing(_policies(changed, answer, depth), LAST))[HORIZONS[-1]] for depth in FEW]
        values = _over_none([found.value(1.0) for found in tried])
        income = _over_none([found.income for found in tried]).mean(axis=1)
        lead = _over_none([found.lead for found in tried]).mean(axis=1)
        rival = _over_none([found.rival for found in tried]).mean(axis=1)
        low, high = np.quantile(values, (0.05, 0.95), axis=1)
        best = values.argmax(axis=0)
        rows += [
            Part(
                name,
                depth,
                float(values[place].mean()),
                float(low[place]),
                float(high[place]),
                float(income[place]),
                float(lead[place]),
                float(rival[place]),
                float((best == place).mean()),
                values.shape[1],
            )
            for place, depth in enumerate(FEW)
        ]
    return rows


def arms() -> int:
    """How many arms `control_depth` simulates."""
    return len(ANSWERS) * len(DEPTHS)


def arms_of_mechanisms() -> int:
    """How many arms `mechanisms` simulates."""
    return len(MECHANISMS) * len(FEW)


def _policies(experiment: Experiment, answer: str, depth: float) -> Mapping[str, Policy]:
    """Every export of the controlled sectors needs a licence, a part of them is refused to everybody."""
    usual = experiment.scenario.policies
    controls = (
        lever("control_breadth", 1.0, *CONTROLLED),
        lever("control_depth", depth, *CONTROLLED),
        lever("control_end_use", 0.0),
    )
    policies: dict[str, Policy] = {STATES[US]: Schedule(usual[STATES[US]], controls)}
    if answer == IN_ALL_GOODS:
        refusing = (
            lever("control_breadth", 1.0),
            lever("control_depth", GAIN * depth),
            lever("control_end_use", 0.0),
        )
        policies[STATES[CHINA]] = Schedule(usual[STATES[CHINA]], refusing)
    elif answer != "none":
        policies[STATES[CHINA]] = _answering(usual[STATES[CHINA]])
    return policies


def _answering(base: Policy) -> Policy:
    return replace(plain("tit_for_tat", gain=GAIN), base=base)


@dataclass(frozen=True, slots=True)
class _Worth:
    """Weighted means over time, (run,)."""

    income: Numbers
    """Log."""
    lead: Numbers
    """Of the United States in frontier fields, log."""
    rival: Numbers
    """Log of China's income."""

    def value(self, weight: float) -> Numbers:
        """In log points of income."""
        return self.income + weight * self.lead


def _worth(passing: Iterable[World]) -> dict[float, _Worth]:
    """What an arm is worth by horizon."""
    sums, weights = {horizon: np.zeros(()) for horizon in HORIZONS}, dict.fromkeys(HORIZONS, 0.0)
    for world in passing:
        if not world.quarter:
            continue
        income = np.log(world.states.real_income[:, :, 0, 0])
        lead = world.states.rival_lead[:, CHINA, 0, 0]
        now = np.stack([income[:, US], lead, income[:, CHINA]])
        for horizon in HORIZONS:
            weight = float(np.exp(-world.quarter / 4.0 / horizon))
            weights[horizon] += weight
            sums[horizon] = sums[horizon] + weight * now
    return {horizon: _Worth(*(sums[horizon] / weights[horizon])) for horizon in HORIZONS}


def _valued(tried: Sequence[Mapping[float, _Worth]]) -> Iterator[tuple[tuple[float, float], Numbers]]:
    """By aim, the value of every depth over none, (depth, run)."""
    for horizon in HORIZONS:
        for weight in WEIGHTS:
            yield (horizon, weight), _over_none([found[horizon].value(weight) for found in tried])


def _over_none(values: Sequence[Numbers]) -> Numbers:
    """Hundredths of a log point over the first, (depth, run)."""
    stacked = np.stack(values)
    return 100.0 * (stacked - stacked[0])


def _curve(answer: str, aim: tuple[float, float], values: Numbers, rival: Numbers) -> list[Row]:
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95), axis=1)
    best = values.argmax(axis=0)
    return [
        Row(
            answer,
            *aim,
            depth,
            float(middle[place]),
            float(low[place]),
            float(high[place]),
            float(values[place].mean()),
            float(rival[place].mean()),
            float((best == place).mean()),
            values.shape[1],
        )
        for place, depth in enumerate(DEPTHS)
    ]


def _optimum(answer: str, aim: tuple[float, float], values: Numbers) -> Optimum:
    best = values.argmax(axis=0)
    depths, last = np.array(DEPTHS)[best], len(DEPTHS) - 1
    low, middle, high = np.quantile(depths, (0.05, 0.5, 0.95))
    return Optimum(
        answer,
        *aim,
        float(middle),
        float(low),
        float(high),
        float((best == 0).mean()),
        float(((best > 0) & (best < last)).mean()),
        float((best == last).mean()),
        DEPTHS[int(values.mean(axis=1).argmax())],
        float(np.median(values.max(axis=0))),
        values.shape[1],
    )
