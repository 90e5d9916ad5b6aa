"""The few numbers by which scenarios are compared, one a run and state, and what a lead costs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from techduel.ensemble.paired import (
    LEAD,
    LEAD_MONTHS,
    MEAN_LEADS,
    PERCENT,
    Numbers,
    Scale,
    by_set,
    in_its_unit,
    mean_lead,
    scale,
    year_ends,
)
from techduel.ensemble.record import Record
from techduel.model.axes import STATES

INCOME: Final = "real_income_discounted"
LEVEL: Final = 0.90
"""Of the intervals of means and ratios."""


@dataclass(frozen=True, slots=True)
class Headline:
    """One number of a run for each state, or for the world."""

    title: str
    needs: str
    """The outcome that it is made of."""
    scale: Scale
    level: Callable[[Record, float], Numbers]
    """(run, state), or (run, 1) for the world; the second argument is the discount rate."""
    unit: str
    """Of the level."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of two means with its 90 % interval; NaN where the interval of the denominator includes 0."""

    value: float
    low: float
    high: float


UNDEFINED: Final = Ratio(np.nan, np.nan, np.nan)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a scenario costs a state, and what it buys."""

    state: str
    loss: float
    """Mean over runs of the present value of real income lost, bn USD of 2020."""
    loss_se: float
    gain: float
    """Mean over runs of the lead gained in frontier fields at the horizon, log points."""
    gain_se: float
    months: float
    """The same in months."""
    months_se: float
    cost_per_log_point_of_lead: Ratio
    """Loss over gain, bn USD of 2020 a log point."""
    cost_per_month_of_lead: Ratio
    """Loss over months, bn USD of 2020 a month."""
    target_sender_cost_ratio: Ratio
    """The rival's loss over this state's."""


def present_value(flow: Numbers, time: Numbers, rate: float) -> Numbers:
    """Value at the start of the first simulated year of a yearly flow by (..., quarter), without the base year.

    Parameters
    ----------
    flow : yearly rates by quarter, the base year's first
    time : starts of quarters, decimal years
    rate : per year
    """
    weights = (1.0 + rate) ** -(time[1:] - time[1]) / 4.0
    return (flow[..., 1:] * weights).sum(axis=-1)


def _last(name: str) -> Callable[[Record, float], Numbers]:
    def level(record: Record, _rate: float) -> Numbers:
        last = record[name][..., -1]
        return last[:, None] if last.ndim == 1 else last

    return level


def _income(record: Record, rate: float) -> Numbers:
    return present_value(record["real_income"], record.time, rate)


def _lead(name: str) -> Callable[[Record, float], Numbers]:
    return lambda record, _rate: mean_lead(record, name)[..., -1]


def _innovations(record: Record, _rate: float) -> Numbers:
    """All sectors, mean over the ends of the simulated years, which every kind of record keeps."""
    yearly = year_ends(record, "innovations")[..., 1:]
    return yearly.mean(axis=-1).sum(axis=-1)


def _incidents(record: Record, _rate: float) -> Numbers:
    return record["incidents"][..., 1:].sum(axis=-1)


HEADLINES: Final[Mapping[str, Headline]] = {
    INCOME: Headline("real income, present value", "real_income", PERCENT, _income, "bn USD of 2020"),
    "real_income": Headline(
        "real income at the horizon", "real_income", PERCENT, _last("real_income"), "bn USD of 2020 per year"
    ),
    **{
        name: Headline(mean.title, mean.outcome, scale(name), _lead(name), mean.unit)
        for name, mean in MEAN_LEADS.items()
    },
    "rd_total": Headline("R&D at the horizon", "rd_total", PERCENT, _last("rd_total"), "bn USD of 2020 per year"),
    "innovations": Headline("innovations, mean of years", "innovations", PERCENT, _innovations, "per year"),
    "incidents": Headline("incidents, all years", "incidents", in_its_unit("incidents"), _incidents, "incidents"),
    "decoupling_index": Headline(
        "decoupling index", "decoupling_index", scale("decoupling_index"), _last("decoupling_index"), "index"
    ),
}
"""By the name that tables use."""


def levels(record: Record, rate: float) -> dict[str, Numbers]:
    """Every headline that a record allows, (run, state) or (run, 1) each."""
    return {name: known.level(record, rate) for name, known in HEADLINES.items() if known.needs in record.values}


def change(name: str, level: Numbers, first: Numbers) -> Numbers:
    """A headline's change by run, in the unit of its scale."""
    return HEADLINES[name].scale.between(level, first)


def costs(level: Mapping[str, Numbers], first: Mapping[str, Numbers]) -> list[Cost]:
    """Costs of both states, from the headlines of a scenario and of its baseline."""
    losses = first[INCOME] - level[INCOME]
    gains, months = (level[name] - first[name] for name in (LEAD, LEAD_MONTHS))
    return [_cost(losses, gains[:, place], months[:, place], place) for place in range(len(STATES))]


def _cost(losses: Numbers, gain: Numbers, months: Numbers, me: int) -> Cost:
    loss = losses[:, me]
    return Cost(
        state=STATES[me],
        loss=float(loss.mean()),
        loss_se=_error(loss),
        gain=float(gain.mean()),
        gain_se=_error(gain),
        months=float(months.mean()),
        months_se=_error(months),
        cost_per_log_point_of_lead=ratio(loss, gain),
        cost_per_month_of_lead=ratio(loss, months),
        target_sender_cost_ratio=ratio(losses[:, 1 - me], loss),
    )


def _error(values: Numbers) -> float:
    sets = by_set(values)
    return float(sets.std(ddof=1) / np.sqrt(len(sets))) if len(sets) > 1 else np.nan


def ratio(above: Numbers, below: Numbers) -> Ratio:
    """Ratio of two means over the same runs, with Fieller's interval at `LEVEL`.

    Undefined unless the interval of the mean below is above 0: what is not gained, or not lost, has no price.

    Source: Fieller (1954), Some problems in interval estimation.
    """
    sets = by_set(np.stack([above, below], axis=1))
    count = len(sets)
    if count < 2:
        return UNDEFINED
    from scipy.special import stdtrit

    squared = float(stdtrit(count - 1, 0.5 + LEVEL / 2.0)) ** 2
    numerator, denominator = float(above.mean()), float(below.mean())
    (var_above, cov), (_, var_below) = (np.cov(sets, rowvar=False) / count).tolist()
    a = denominator**2 - squared * var_below
    if a <= 0.0 or denominator <= 0.0:
        return UNDEFINED
    b = numerator * denominator - squared * cov
    half = np.sqrt(max(b * b - a * (numerator**2 - squared * var_above), 0.0))
    return Ratio(numerator / denominator, float((b - half) / a), float((b + half) / a))
