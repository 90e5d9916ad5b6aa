"""Headlines: the few numbers by which scenarios are compared, what a lead costs, and what a sweep keeps."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from techduel.ensemble.paired import (
    LEAD,
    LEADS,
    MEAN_LEADS,
    PERCENT,
    Scale,
    in_its_unit,
    in_months,
    mean_lead,
    scale,
    year_ends,
)
from techduel.ensemble.record import Record
from techduel.ensemble.sets import Runs, by_set, standard_error
from techduel.facts.selection import chosen, known_sectors, sector_words
from techduel.model.axes import STATES, Numbers
from techduel.model.outcomes import OUTCOMES, RUN_TIME, SECTOR_TIME, STATE_TIME
from techduel.scenario.loader import unknown_key

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

    @property
    def is_lead(self) -> bool:
        """Whether it is a lead, in log points or months: China's is that of the United States with the other sign."""
        return self.needs in LEADS


@dataclass(frozen=True, slots=True)
class Between:
    """A number with the ends of a band or an interval; NaN where there is none."""

    value: float
    low: float
    high: float


UNDEFINED: Final = Between(np.nan, np.nan, np.nan)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a scenario costs a state, and what it buys."""

    state: str
    loss: float
    """Mean over runs of the present value of real income lost, bn USD of 2020."""
    loss_se: float
    losses: Between
    """Median over runs, with the ends of 90 % of them."""
    gain: float
    """Mean over runs of the lead gained, log points, in frontier fields or in the sector asked for."""
    gain_se: float
    months: float
    """The same in months."""
    months_se: float
    cost_per_log_point_of_lead: Between
    """Loss over gain, bn USD of 2020 a log point."""
    cost_per_month_of_lead: Between
    """Loss over months, bn USD of 2020 a month."""
    target_sender_cost_ratio: Between
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
    "real_income": Headline("real income", "real_income", PERCENT, _last("real_income"), "bn USD of 2020 per year"),
    **{
        name: Headline(mean.title, mean.outcome, scale(name), _lead(name), mean.unit)
        for name, mean in MEAN_LEADS.items()
    },
    "rd_total": Headline("R&D", "rd_total", PERCENT, _last("rd_total"), "bn USD of 2020 per year"),
    "innovations": Headline("innovations a year", "innovations", PERCENT, _innovations, "per year"),
    "incidents": Headline("incidents", "incidents", in_its_unit("incidents"), _incidents, "incidents"),
    "decoupling_index": Headline(
        "decoupling index", "decoupling_index", scale("decoupling_index"), _last("decoupling_index"), "index"
    ),
}
"""By the name that tables use: all at the end of a record."""


def headline(name: str) -> Headline:
    """One of `HEADLINES`, or any outcome of a state, a sector or the world, by the names that a sweep uses."""
    if name in HEADLINES:
        return HEADLINES[name]
    first, _, word = name.partition(".")
    return Headline(_title(first, word), first, scale(first), _at_the_end(name), OUTCOMES[first].unit)


def _title(outcome: str, sector: str) -> str:
    if outcome in LEADS:
        title = f"lead in {sector}{', months' if outcome != LEADS[0] else ''}"
    else:
        title = f"{outcome}, {sector}" if sector else outcome
    return title.replace("_", " ")


def told_by(name: str) -> tuple[str, ...]:
    """The headlines by which one is told: a lead in log points and in months."""
    if not headline(name).is_lead:
        return (name,)
    points, months = LEADS
    in_log_points = name.replace(months, points, 1)
    return in_log_points, in_months(in_log_points)


def _at_the_end(name: str) -> Callable[[Record, float], Numbers]:
    by_year = _level(name)
    return lambda record, _rate: by_year(record)[..., -1]


def until(record: Record, year: int) -> Record:
    """A record that ends with a year; what has no time is left out.

    Raises
    ------
    ValueError
        If the year is not one of those simulated.
    """
    if year not in record.years[1:]:
        raise ValueError(f"{year} is not simulated")
    kept = int(np.count_nonzero(record.years <= year))
    quarters = 4 * (kept - 1) + 1
    if quarters == record.time.size:
        return record
    ends = {"time": quarters, "year_end": kept}
    timed = {name: ends[record.dims(name)[-1]] for name in record.values if record.dims(name)[-1] in ends}
    values = {name: record[name][..., :end] for name, end in timed.items()}
    return Record(values, record.time[:quarters], record.runs, record.sectors, record.seed)


def levels(record: Record, rate: float, more: Sequence[str] = ()) -> dict[str, Numbers]:
    """Every headline that a record allows and `more` by name, (run, state) or (run, 1) each, at the record's end."""
    headlines = {**HEADLINES, **{name: headline(name) for name in more}}
    return {name: one.level(record, rate) for name, one in headlines.items() if one.needs in record.values}


def change(name: str, level: Numbers, first: Numbers) -> Numbers:
    """A headline's change by run, in the unit of its scale."""
    return headline(name).scale.between(level, first)


def costs(level: Mapping[str, Numbers], first: Mapping[str, Numbers], runs: Runs, lead: str = LEAD) -> list[Cost]:
    """Costs of both states, from the headlines of a scenario and of its baseline; `lead` is what is bought."""
    losses = first[INCOME] - level[INCOME]
    gains, months = (level[name] - first[name] for name in (lead, in_months(lead)))
    return [_cost(losses, gains[:, place], months[:, place], runs, place) for place in range(len(STATES))]


def _cost(losses: Numbers, gain: Numbers, months: Numbers, runs: Runs, me: int) -> Cost:
    loss = losses[:, me]
    return Cost(
        state=STATES[me],
        loss=float(loss.mean()),
        loss_se=standard_error(by_set(loss, runs)),
        losses=_ends(loss),
        gain=float(gain.mean()),
        gain_se=standard_error(by_set(gain, runs)),
        months=float(months.mean()),
        months_se=standard_error(by_set(months, runs)),
        cost_per_log_point_of_lead=ratio(loss, gain, runs),
        cost_per_month_of_lead=ratio(loss, months, runs),
        target_sender_cost_ratio=ratio(losses[:, 1 - me], loss, runs),
    )


def _ends(values: Numbers) -> Between:
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95)).tolist()
    return Between(middle, low, high)


def ratio(above: Numbers, below: Numbers, runs: Runs) -> Between:
    """Ratio of two means over the same runs, with Fieller's interval at `LEVEL`.

    Undefined unless the interval of the mean below is above 0: what is not gained, or not lost, has no price.

    Source: Fieller (1954), Some problems in interval estimation.
    """
    sets = by_set(np.stack([above, below], axis=1), runs)
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
    return Between(numerator / denominator, float((b - half) / a), float((b + half) / a))


DISCOUNT_RATE: Final = 0.03
"""Of real income, per year; assumption: the real social rate of US OMB Circular A-4 (2003)."""
OVER_STATES: Final = ("run", "state")
OWN: Final = {INCOME: "bn USD of 2020", **{name: mean.unit for name, mean in MEAN_LEADS.items()}}
"""Headlines that are no outcomes of their own, and their units."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a run."""

    outcome: str
    state: str
    """Empty for outcomes of the world."""
    year: int | None
    """None where an outcome has no year of its own."""
    unit: str

    @property
    def title(self) -> str:
        """All of it in one word, unique in a sweep."""
        return "/".join(part for part in (self.outcome, self.state, str(self.year or "")) if part)

    @property
    def may_be_missing(self) -> bool:
        """Whether a NaN means that something never happened."""
        return self.outcome.startswith("year_passes_")


def measures(outcomes: Sequence[str], years: Sequence[int]) -> tuple[Measure, ...]:
    """The numbers kept of each run, in the order of outcomes, states and years."""
    return tuple(measure for name in outcomes for measure in _of(name, years))


def measured(record: Record, wanted: Sequence[Measure]) -> Numbers:
    """The numbers of every run, (run, measure)."""
    levels: dict[str, Numbers] = {}
    found = []
    for measure in wanted:
        if measure.outcome not in levels:
            levels[measure.outcome] = _level(measure.outcome)(record)
        level = levels[measure.outcome]
        place = STATES.index(measure.state) if measure.state else 0
        column = level[:, place]
        found.append(column if measure.year is None else column[:, measure.year - int(record.years[0])])
    return np.stack(found, axis=1)


def outcome_problem(key: str, name: object) -> str | None:
    """One line where a sweep knows no such outcome."""
    first, _, word = str(name).partition(".")
    definition = OUTCOMES.get(first)
    if name in OWN or (definition and not word and definition.dims in {STATE_TIME, RUN_TIME, OVER_STATES}):
        return None
    if definition and word in sector_words() and definition.dims == SECTOR_TIME:
        return None
    if definition and definition.dims == SECTOR_TIME:
        return f"{key}: {name!r} given; allowed: {first}.SECTOR, {first}.TAG or {first}.all, a mean over sectors"
    plain = [other for other, outcome in OUTCOMES.items() if outcome.dims in {STATE_TIME, RUN_TIME, OVER_STATES}]
    return f"{key}: {unknown_key(str(name), [*OWN, *plain])}"


def _of(name: str, years: Sequence[int]) -> Iterator[Measure]:
    first = name.partition(".")[0]
    definition = OUTCOMES.get(first)
    unit = OWN[name] if definition is None else definition.unit
    dated = definition.dims[-1] == "time" if definition else name != INCOME
    states = ("",) if definition and "state" not in definition.dims else STATES
    for state in states:
        for year in years if dated else (None,):
            yield Measure(name, state, year, unit)


def _level(name: str) -> Callable[[Record], Numbers]:
    """(run, state or 1, year), or (run, state) where an outcome has no year."""
    if name == INCOME:
        return lambda record: present_value(record["real_income"], record.time, DISCOUNT_RATE)
    if name in MEAN_LEADS:
        return lambda record: mean_lead(record, name)
    first, _, word = name.partition(".")
    if word:
        return lambda record: _over_sectors(record, first, word)
    if OUTCOMES[name].dims == OVER_STATES:
        return lambda record: record[name]
    if "state" in OUTCOMES[name].dims:
        return lambda record: record.annual(name)
    return lambda record: record.annual(name)[:, None]


def _over_sectors(record: Record, name: str, word: str) -> Numbers:
    """Mean over the sectors that a word chooses, at year ends, (run, state, year)."""
    members = zip(known_sectors().names, chosen((word,)).flat, strict=True)
    places = [record.sectors.index(sector) for sector, wanted in members if wanted]
    return record.year_ends(name)[:, :, places].mean(axis=2)
