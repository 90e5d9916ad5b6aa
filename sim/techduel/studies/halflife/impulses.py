"""Impulses: all makers of a state get better at once in one sector or in all, against the same runs without that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from techduel.ensemble.designs import AS_CONFIGURED, Placed, Space, identity
from techduel.ensemble.sets import Runs
from techduel.ensemble.stock import Stock
from techduel.ensemble.sweep import Sweep
from techduel.facts.selection import known_sectors
from techduel.model.axes import HUNDRED, STATES, Numbers
from techduel.scenario.words import worded

ALL: Final = "all"
"""In the place of a sector: every sector, and the mean of their leads."""
EVENT: Final = "halflife_impulse"
"""Name of the event that an arm adds to the scenario's own."""
SHORTEST: Final = 1.0
"""Half-life, years, below which an impulse is gone too soon for yearly numbers to tell."""


@dataclass(frozen=True, slots=True)
class Impulse:
    """Who gets better, and where."""

    state: str
    sector: str

    @property
    def label(self) -> str:
        """Of its variant."""
        return f"{self.state}.{self.sector}"

    def event(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """The event that makes it happen."""
        kind = {"kind": "leap", "state": self.state, "sectors": [self.sector]}
        return {**kind, "start": float(config["since"]), "size": config["size"]}


def impulses(config: Mapping[str, Any]) -> list[Impulse]:
    """Every state and sector."""
    return [Impulse(state, sector) for state in config["states"] for sector in config["sectors"]]


def sweep_from(config: Mapping[str, Any]) -> Sweep:
    """The runs without an impulse, then those with each."""
    base = worded(config["base"], "impulse", config["title"])
    struck = {one.label: {**base, "events": {**base["events"], EVENT: one.event(config)}} for one in impulses(config)}
    variants = {AS_CONFIGURED: base, **struck}
    return Sweep(
        name=config.get("name") or config["scenario"],
        settings=dict(config),
        space=Space((), variants),
        designed=(),
        runs=config["runs"],
        seed=config["seed"],
        outcomes=tuple(f"lead.{sector}" for sector in config["sectors"]),
        years=tuple(range(config["since"] - 1, config["base"]["horizon"] + 1)),
        given=tuple(Placed(identity(variant), label, (), ()) for label, variant in variants.items()),
    )


def left_of(sweep: Sweep, stock: Stock, config: Mapping[str, Any]) -> tuple[dict[Impulse, Numbers], Runs]:
    """What is left of each impulse, as a part of it, (run, years since: 0, 1, ...), and which runs these are.

    At 0 it is whole by what an impulse is; every other number is a year's end.
    """
    leads, runs = sweep.in_common(stock)
    found = {}
    for arm, one in enumerate(impulses(config), 1):
        place = config["sectors"].index(one.sector), STATES.index(one.state)
        change = leads[arm][:, *place] - leads[0][:, *place]
        found[one] = np.concatenate([np.ones((len(change), 1)), change[:, 1:] / (HUNDRED * config["size"])], axis=1)
    return found, runs


def half_life(left: Numbers | float, years: int) -> Numbers:
    """Half-life of what decays at one rate to a part that is left after some years; infinite where nothing decays.

    A sign that has turned, or less than a half each year, is told as `SHORTEST`.
    """
    part = np.maximum(left, 0.5 ** (years / SHORTEST))
    with np.errstate(divide="ignore"):
        return np.asarray(np.where(part < 1.0, -years / np.log2(part), np.inf))


def sectors_from(words: Sequence[str]) -> list[str]:
    """Sectors that are asked for, with all of them together first where that is."""
    return [ALL, *known_sectors().names] if list(words) == [ALL] else list(words)
