"""Denials: one input refused by one state for some years, in part or whole, with allies or without.

Each is compared with the same run without it. Where the target cooperates more with allies, so does the run that it is
compared with: where supplies come from is an outcome, which no lever of the model moves.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from techduel.ensemble.designs import AS_CONFIGURED, Point, Space
from techduel.ensemble.factor_moves import Move
from techduel.ensemble.factors import Factor
from techduel.ensemble.headlines import DISCOUNT_RATE
from techduel.ensemble.sets import Runs
from techduel.ensemble.stock import Stock
from techduel.ensemble.sweep import Sweep
from techduel.model.axes import HUNDRED, STATES, Numbers
from techduel.scenario.words import worded
from techduel.statistics.half_lives import half_gone

MORE: Final = 0.1
"""Of `allied_cooperation`, which the target has more where it cooperates."""
OUTCOMES: Final = ("real_income",)
SINGLE: Final = {"tools": "tool_denial", "foundry": "foundry_denial", "minerals": "mineral_denial"}
"""Inputs with a lever of their own: chip and design tools, contract making of chips, rare earths and minor metals."""


@dataclass(frozen=True, slots=True)
class Denial:
    """One point: who refuses what, how much of it, with whom, and whether the target cooperates more."""

    denier: str
    sector: str
    share: float
    allies: bool
    cooperating: bool = False

    @property
    def target(self) -> str:
        """The other state."""
        return STATES[1 - STATES.index(self.denier)]

    @property
    def point(self) -> Point:
        """As a point of the sweep."""
        joined: Point = {f"{self.denier}_allies": 1.0} if self.allies else {}
        return {f"{self.denier}_{self.sector}": self.share, **joined, **self.twin}

    @property
    def twin(self) -> Point:
        """The point without the denial."""
        return {f"{self.target}_cooperating": MORE} if self.cooperating else {}


def denials(config: Mapping[str, Any]) -> list[Denial]:
    """Every denier, input, share, alone and with allies where they join it; each also of a target that cooperates."""
    found = [
        Denial(denier, sector, share, allies)
        for denier in config["deniers"]
        for sector in config["inputs"]
        for allies in ((False, True) if denier in config["allies"] else (False,))
        for share in config["shares"]
    ]
    return [*found, *(replace(one, cooperating=True) for one in found)]


def sweep_from(config: Mapping[str, Any]) -> Sweep:
    """All denials and the runs that they are compared with."""
    points = [point for one in denials(config) for point in (one.point, one.twin)]
    return Sweep(
        name=config.get("name") or config["scenario"],
        settings=dict(config),
        space=Space(tuple(_factors(config)), {AS_CONFIGURED: worded(config["base"], "denial", config["title"])}),
        designed=tuple(points),
        runs=config["runs"],
        seed=config["seed"],
        outcomes=OUTCOMES,
        years=tuple(range(config["base"]["start"], config["base"]["horizon"] + 1)),
    )


def changes(sweep: Sweep, stock: Stock, config: Mapping[str, Any]) -> tuple[dict[Denial, Numbers], Runs]:
    """What each denial does to the income of both states, per cent, (run, state, year), and which runs these are."""
    values, runs = sweep.in_common(stock)
    incomes = values[:, :, 0]
    pairs = zip(denials(config), incomes[::2], incomes[1::2], strict=True)
    return {one: HUNDRED * (acting / twin - 1.0) for one, acting, twin in pairs}, runs


def over_years(change: Numbers) -> Numbers:
    """Discounted mean over years of changes, (...) from (..., year): that of a present value where income is steady."""
    weights = (1.0 + DISCOUNT_RATE) ** -np.arange(float(change.shape[-1]))
    return np.asarray(change @ (weights / weights.sum()))


def half_lives(change: Numbers, last: int) -> Numbers:
    """Years after the last of a denial until half of its loss is gone, (run,); infinite where it stays.

    Parameters
    ----------
    change : (run, year)
    last : int
        Place of the denial's last year.
    """
    return half_gone(change[:, last:] / np.where(change[:, last] < 0.0, change[:, last], np.nan)[:, None])


def _factors(config: Mapping[str, Any]) -> list[Factor]:
    dates = {"start": float(config["since"]), "until": float(config["since"] + config["years"])}
    found = []
    for state in STATES:
        found.append(Factor(f"{state}_allies", (Move(f"{state}.allied_participation", None, dates),), 0.0, 1.0))
        wider = Move(f"{state}.allied_cooperation", None, {"how": "change"})
        found.append(Factor(f"{state}_cooperating", (wider,), 0.0, MORE))
        found += [Factor(f"{state}_{name}", _moves(state, name, dates), 0.0, 1.0) for name in config["inputs"]]
    return found


def _moves(state: str, name: str, dates: Mapping[str, Any]) -> tuple[Move, ...]:
    """The lever of a single input, or a control of all that a sector makes, aimed at every buyer."""
    if name in SINGLE:
        return (Move(f"{state}.{SINGLE[name]}", None, dates),)
    step = {**dates, "sectors": [name]}
    return (
        Move(f"{state}.control_depth", None, step),
        Move(f"{state}.control_breadth", (1.0, 1.0), step),
        Move(f"{state}.control_end_use", (0.0, 0.0), dates),
    )
