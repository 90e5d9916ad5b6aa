"""What full decoupling costs both sides: in income, technology and chips, with mechanisms switched off one by one."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from techduel.facts.selection import chosen
from techduel.model.actions import LEVERS
from techduel.model.axes import SLOT, STATES, Numbers
from techduel.model.outcomes import measured, productivity
from techduel.model.world import World
from techduel.policies.fixed import Policy
from techduel.policies.stances import DECOUPLED
from techduel.policies.variants import Mixed
from techduel.scenario.layers import config_folder
from techduel.scenario.loader import strict_yaml
from techduel.scenario.prior import with_values
from techduel.studies.evidence.arms import CHINA, US, Experiment, log_gdp, mean_and_error, plain, share, spread

YEARS: Final = (5, 10, 14)
"""Years after the start at which the arms are compared."""
HORIZON: Final = 2020 + YEARS[-1]
DISCOUNT: Final = 0.03
"""Rate at which losses of income are discounted, a year: convention of US cost-benefit analysis (OMB Circular A-4)."""
TREATMENT: Final = (*DECOUPLED, "control_end_use")
PARTS: Final = {
    "trade only": ("goods controls", "tariffs and procurement"),
    "goods controls only": ("goods controls",),
    "tariffs and procurement only": ("tariffs and procurement",),
    "collaboration and science only": ("collaboration and science",),
    "people only": ("talent",),
    "investment only": ("investment",),
}
"""Parts of the treatment, each tried alone, by kinds of levers."""
EVERYTHING: Final = "everything"
NO_DIFFUSION: Final = "no diffusion"
AGAINST: Final = "no diffusion less everything"
LEFT: Final = "left without diffusion"
"""Part of the loss that is left without diffusion."""
LOSSES: Final = ("discounted income", "income", "efficiency", "technology", "frontier")
"""Losses of which China's is set against that of the United States."""


@dataclass(frozen=True, slots=True)
class Row:
    """One outcome of one arm against its reference."""

    switched: str
    state: str
    variable: str
    years: int
    unit: str
    mean: float
    se: float
    median: float
    q05: float
    q95: float
    share: float
    """Of draws with a loss."""
    draws: int


def decoupling(experiment: Experiment) -> list[Row]:
    """Every arm over the parameter sets of an experiment, one run a set."""
    rows: list[Row] = []
    effects: dict[str, dict[str, Numbers]] = {}
    for name, switched in switches().items():
        parameters = with_values(experiment.parameters, switched)
        before = _followed(experiment.passing({}, HORIZON, parameters))
        apart = {} if switched else {part: treated(*kinds) for part, kinds in PARTS.items()}
        parts = {name: TREATMENT, **apart}
        for part, levers in parts.items():
            after = _followed(experiment.passing(_decoupled(experiment, levers), HORIZON, parameters))
            effects[part] = {key: _change(key, after[key], before[key]) for key in after}
            rows += _rows(part, effects[part])
    return rows + _against(effects)


def arms() -> int:
    """How many arms `decoupling` simulates."""
    return 2 * len(switches()) + len(PARTS)


def switches() -> dict[str, dict[str, float]]:
    """Parameters by the name of a mechanism that they switch off, in both arms; nothing first."""
    ablation = strict_yaml(config_folder() / "ablation" / "no_diffusion.yaml")["params"]
    channels = {f"{group}.{name}": float(value) for group, values in ablation.items() for name, value in values.items()}
    return {
        EVERYTHING: {},
        NO_DIFFUSION: channels,
        "no ideas with imports": {"accounts.idea_share": 0.0},
        "least effect of public knowledge on the rest": {"accounts.knowledge_estimate": 0.06},
        "no drag of denial on research": {"research.denial_drag": 0.0},
        "no inducement": {"research.inducement": 0.0},
        "no evasion": {"access.evasion": 0.0, "access.evasion_slope": 0.0},
    }


def treated(*kinds: str) -> tuple[str, ...]:
    """Levers of some kinds that the treatment moves."""
    return tuple(name for name in TREATMENT if LEVERS[name].kind in kinds)


def _decoupled(experiment: Experiment, levers: tuple[str, ...]) -> Mapping[str, Policy]:
    """Both states decouple, each from the policy that it has anyway; some levers follow, all others stay."""
    wanted, usual = plain("full_decoupling"), experiment.scenario.policies
    return {state: Mixed(replace(wanted, base=usual[state]), usual[state], frozenset(levers)) for state in STATES}


def _followed(passing: Iterable[World]) -> dict[str, Numbers]:
    """Outcomes by "variable years", (run, state)."""
    found: dict[str, Numbers] = {}
    earned: Numbers = np.zeros(())
    for world in passing:
        years = world.quarter / 4.0
        if world.quarter:
            earned = earned + np.exp(-DISCOUNT * years) * _flat(world.states.real_income) / 4.0
        if years in YEARS:
            found |= {f"{name} {years:.0f}": values for name, values in _measured(world)}
            found[f"discounted income {years:.0f}"] = np.log(earned)
    return found


def _measured(world: World) -> Iterator[tuple[str, Numbers]]:
    """Outcomes of a quarter, (run, state); logs where differences are read as shares."""
    digital, frontier, chips = (chosen((word,)) for word in ("digital_core", "frontier", "semiconductors"))
    sold = _flat((world.cells.sales * chips).sum(axis=2, keepdims=True))
    spent = (world.markets.flows[:, :, :, :, 0] * chips[0, 0, :, 0]).sum(axis=(1, 2, 3))
    yield "income", np.log(_flat(world.states.real_income))
    yield "GDP", log_gdp(world)
    yield "prices", np.log(_flat(world.states.price_index))
    yield "technology", _mean(measured(world, ("technology_mean",))["technology_mean"][..., None], digital)
    yield "efficiency", _mean(_by_sales(world, productivity(world)), digital)
    yield "frontier", _mean(world.cells.frontier, frontier)
    yield "chip sales", np.log(sold)
    yield "chip sales, bn USD", sold
    yield "chip share of the world", 100.0 * sold / spent[:, None]
    yield "chip R&D", np.log(_flat(((world.cells.rd + world.cells.grants) * chips).sum(axis=2, keepdims=True)))
    yield "chip R&D, bn USD", _flat(((world.cells.rd + world.cells.grants) * chips).sum(axis=2, keepdims=True))


def _flat(values: Numbers) -> Numbers:
    return values[:, :, 0, 0]


def _mean(values: Numbers, sectors: Numbers) -> Numbers:
    return (values * sectors).sum(axis=2)[..., 0] / sectors.sum()


def _by_sales(world: World, values: Numbers) -> Numbers:
    weight = world.firms.sales * world.firms.alive
    return (values * weight).sum(axis=SLOT, keepdims=True) / weight.sum(axis=SLOT, keepdims=True)


def _change(key: str, after: Numbers, before: Numbers) -> Numbers:
    """Per cent, or the unit itself for what is no log."""
    difference = after - before
    return difference if _unit(key) != "%" else 100.0 * np.expm1(difference)


def _unit(key: str) -> str:
    return "bn USD a year" if "bn USD" in key else "points" if "share" in key else "%"


def _rows(switched: str, effects: Mapping[str, Numbers]) -> list[Row]:
    return [_row(switched, state, key, effects[key][:, place]) for key in effects for place, state in enumerate(STATES)]


def _row(switched: str, state: str, key: str, values: Numbers, unit: str | None = None) -> Row:
    variable, _, years = key.rpartition(" ")
    return Row(
        *(switched, state, variable, int(years), unit or _unit(key)),
        *mean_and_error(values),
        *spread(values),
        share(values, -1),
        values.shape[0],
    )


def _against(effects: Mapping[str, Mapping[str, Numbers]]) -> list[Row]:
    """China's loss less that of the United States; how much of the loss is left without diffusion."""
    rows = []
    for years in YEARS:
        for name in LOSSES:
            key = f"{name} {years}"
            rows += [
                _row(part, "china less us", key, effects[part][key][:, CHINA] - effects[part][key][:, US], "points")
                for part in (EVERYTHING, NO_DIFFUSION)
            ]
            full, left = effects[EVERYTHING][key], effects[NO_DIFFUSION][key]
            for place, state in enumerate(STATES):
                rows.append(_row(AGAINST, state, key, (left - full)[:, place], "points"))
                rows.append(_left(state, key, left[:, place], full[:, place]))
    return rows


def _left(state: str, key: str, left: Numbers, full: Numbers) -> Row:
    """The mean loss without diffusion over the mean loss; its error by leaving out one set at a time.

    Single sets lose next to nothing, so a mean of their ratios would have no meaning; median and band are of them.
    """
    apart = _row(LEFT, state, key, left / np.where(full == 0.0, np.nan, full), "1")
    count = full.size
    without = (left.sum() - left) / (full.sum() - full)
    error = np.sqrt((count - 1) / count * ((without - without.mean()) ** 2).sum())
    return replace(apart, mean=float(left.mean() / full.mean()), se=float(error))
