"""Stakes: what each pair of policies brings either state, and what that is worth to it under any weights.

A payoff adds up what a state wants: income, in per cent of its present value; the lead in frontier fields at the
horizon, in log points; and expected incidents a year, each changed against the first policy of both. Weights turn them
into per cent of income, so that one set of runs serves all weights, horizons and rates.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, Final, Self

import numpy as np

from techduel.ensemble.paired import LEAD, LEAD_MONTHS
from techduel.ensemble.sets import Runs, numbered
from techduel.model.axes import STATES, Numbers

AXES: Final = (
    *("lead", "lead_us", "lead_china", "incident", "cost", "cost_us", "cost_china", "horizon", "discount_rate"),
)
"""What a diagram may vary: `lead` and `cost` are those of both states together."""
TOGETHER: Final = {name: tuple(f"{name}_{state}" for state in STATES) for name in ("lead", "cost")}
HIGHEST: Final = 1000.0
"""Weight."""
COMPONENTS: Final = ("income", "lead", "incidents")
UNITS: Final = {"income": "% of its present value", "lead": "log points", "incidents": "expected a year"}
OUTCOMES: Final = ("real_income", LEAD, "risk", LEAD_MONTHS)
"""What is kept of runs, by year."""
BOOTSTRAPS: Final = 400
BOOTSTRAP_SEED: Final = 1979


@dataclass(frozen=True, slots=True)
class Weights:
    """What states want."""

    lead_us: float
    """Per cent of income for a log point of lead at the horizon."""
    lead_china: float
    incident: float
    """Per cent of a year's income for an incident, beyond the damage that income holds already."""
    cost_us: float
    """Multiplier on income."""
    cost_china: float
    discount_rate: float
    horizon: float
    """Last year that counts."""

    NAMES: ClassVar = ("lead_us", "lead_china", "incident", "cost_us", "cost_china", "discount_rate")

    def moved(self, axis: str, value: float) -> Self:
        """The same but for one setting, or for that of both states."""
        return replace(self, **dict.fromkeys(TOGETHER.get(axis, (axis,)), value))

    def at(self, axis: str) -> float:
        """A setting; of both states the mean."""
        return float(np.mean([getattr(self, name) for name in TOGETHER.get(axis, (axis,))]))

    def of(self, part: str) -> Numbers:
        """Weights of ``lead`` or ``cost`` by state, (state,)."""
        return np.array([getattr(self, name) for name in TOGETHER[part]])


@dataclass(frozen=True)
class Stakes:
    """Runs of every cell of a game, all with the same luck."""

    rows: tuple[str, ...]
    """Policies of the United States."""
    columns: tuple[str, ...]
    """Policies of China."""
    years: tuple[int, ...]
    runs: Runs
    """Indices of those that came to their end in every cell."""
    flows: Mapping[str, Numbers]
    """By outcome: (run, row, column, state, year)."""

    @cached_property
    def taken(self) -> Numbers:
        """How often each resample takes a set of parameters, in parts of all, (resample, set)."""
        count = len(numbered(self.runs)[0])
        drawn = np.random.default_rng(BOOTSTRAP_SEED).multinomial(count, np.full(count, 1.0 / count), BOOTSTRAPS)
        return drawn / count

    def place(self, horizon: float) -> int:
        """The last year that counts, among those kept."""
        return min(max(round(horizon) - self.years[0], 0), len(self.years) - 1)

    def discounts(self, weights: Weights) -> Numbers:
        """Weights of years up to the horizon, (year,)."""
        count = self.place(weights.horizon) + 1
        return (1.0 + weights.discount_rate) ** -np.arange(float(count))

    def components(self, weights: Weights) -> Numbers:
        """Changes against the first policies of both, (run, row, column, state, component)."""
        levels = self.levels(weights)
        changes = levels - levels[:, :1, :1]
        changes[..., 0] *= 100.0
        return changes

    def levels(self, weights: Weights) -> Numbers:
        """Log of the present value of income, lead at the horizon, mean of incidents a year; shape as above."""
        discounts = self.discounts(weights)
        count = len(discounts)
        income = np.log(self.flows["real_income"][..., :count] @ discounts)
        risk = self.flows["risk"][..., :count] @ (discounts / discounts.sum())
        return np.stack([income, self.flows[LEAD][..., count - 1], risk], axis=-1)

    def present_values(self, weights: Weights) -> Numbers:
        """Mean present value of income under the first policies of both, bn USD of 2020, (state,)."""
        discounts = self.discounts(weights)
        return np.asarray((self.flows["real_income"][:, 0, 0, :, : len(discounts)] @ discounts).mean(axis=0))

    def months(self, weights: Weights) -> float:
        """Months of lead in a log point, by the paces of frontier fields; a mean over cells."""
        place = self.place(weights.horizon)
        points, months = (self.flows[name][..., 0, place] for name in (LEAD, LEAD_MONTHS))
        points, months = (part - part[:, :1, :1] for part in (points, months))
        return float((points * months).sum() / (points * points).sum()) if points.any() else np.nan


def worth(components: Numbers, weights: Weights) -> Numbers:
    """Payoffs in per cent of income, (..., state), from components, (..., state, component)."""
    income, lead, incidents = (components[..., place] for place in range(len(COMPONENTS)))
    return np.asarray(weights.of("cost") * income + weights.of("lead") * lead - weights.incident * incidents)
