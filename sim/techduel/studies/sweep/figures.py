"""The numbers of a sweep's figures: main effects, one interaction, points as lines, lead against cost."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.headlines import INCOME, LEAD
from techduel.model.axes import STATES
from techduel.studies.sweep.effects import Effect, Key, Points, classes, effects, pair, strongest, title

type Numbers = NDArray[np.float64]
type Line = tuple[str | float, ...]

MOST_FACTORS: Final = 6
"""Columns that a page has room for."""
MOST_LINES: Final = 300
"""Points of the parallel coordinates; of more, every so many-th."""
SOURCE: Final = "Own computation."


@dataclass(frozen=True, slots=True)
class MainEffects:
    """Mean of each outcome along each factor."""

    title: str
    source: str
    rows: tuple[Key, ...]
    columns: tuple[str, ...]
    """Factors."""
    panels: dict[tuple[Key, str], Effect]
    units: dict[Key, str]

    @property
    def header(self) -> Line:
        """Columns of the table."""
        return ("outcome", "state", "factor", "level", "value", "mean", "se", "points", "share_of_variance", "unit")

    def table(self) -> Iterator[Line]:
        """One line a level."""
        for (key, factor), effect in self.panels.items():
            for level in effect.levels:
                numbers = (level.middle, level.mean, level.error, float(level.points), effect.share)
                yield (*key, factor, level.title, *numbers, self.units[key])


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Means of outcomes by two factors at once."""

    title: str
    source: str
    factors: tuple[str, str]
    titles: tuple[tuple[str, ...], tuple[str, ...]]
    """Of the classes of each."""
    cells: dict[Key, Numbers]
    """(class of the first, class of the second), NaN where no point lies."""
    units: dict[Key, str]

    @property
    def header(self) -> Line:
        """Columns of the table."""
        return ("outcome", "state", *self.factors, "mean", "unit")

    def table(self) -> Iterator[Line]:
        """One line a cell."""
        for key, cells in self.cells.items():
            for (one, other), value in np.ndenumerate(cells):
                yield (*key, self.titles[0][one], self.titles[1][other], float(value), self.units[key])


@dataclass(frozen=True, slots=True)
class Parallel:
    """Every point as a line through its factors and outcomes."""

    title: str
    source: str
    axes: tuple[tuple[str, str, tuple[str, ...]], ...]
    """Title, unit, and names along the axis where it has names."""
    lines: Numbers
    """(point, axis); NaN: as configured."""
    colour: int
    """Axis that colours the lines."""

    @property
    def header(self) -> Line:
        """Columns of the table."""
        return tuple(name for name, _, _ in self.axes)

    def table(self) -> Iterator[Line]:
        """One line a point."""
        for line in self.lines.tolist():
            yield tuple(
                names[int(value)] if names and not math.isnan(value) else value
                for value, (_, _, names) in zip(line, self.axes, strict=True)
            )


@dataclass(frozen=True, slots=True)
class Cost:
    """What every point costs each state against the lead that it brings the United States."""

    title: str
    source: str
    gain: Numbers
    """(point,) months."""
    losses: tuple[Numbers, ...]
    """Per cent of discounted real income by state, (point,)."""
    factor: str
    """That colours the points."""
    values: Numbers
    names: tuple[str, ...]
    """Of the factor's values where it chooses files."""

    @property
    def header(self) -> Line:
        """Columns of the table."""
        return (self.factor, "lead_gained_us_months", *(f"income_lost_{state}_percent" for state in STATES))

    def table(self) -> Iterator[Line]:
        """One line a point."""
        for place, gain in enumerate(self.gain.tolist()):
            value = self.values[place]
            shown = self.names[int(value)] if self.names and not math.isnan(value) else float(value)
            yield (shown, gain, *(float(loss[place]) for loss in self.losses))


type Drawable = MainEffects | HeatMap | Parallel | Cost


def figures(points: Points) -> Iterator[tuple[str, Drawable]]:
    """Every figure that a sweep allows, by the name of its files."""
    ranked = strongest(points)
    if not ranked:
        return
    yield "main_effects", main_effects(points, ranked[:MOST_FACTORS])
    both = pair(points)
    if both is not None:
        yield "interaction", heat_map(points, both)
    yield "parallel", parallel(points, ranked[:MOST_FACTORS])
    if {(LEAD, STATES[0]), *((INCOME, state) for state in STATES)} <= points.changes.keys():
        yield "lead_and_cost", cost(points, ranked[0])


def main_effects(points: Points, factors: list[str]) -> MainEffects:
    """The strongest factors, one by one."""
    panels = {
        (key, effect.factor): effect
        for key in points.changes
        for effect in effects(points, key)
        if effect.factor in factors
    }
    shown = tuple(name for name in factors if any(factor == name for _, factor in panels))
    words = (
        "Change against everything as configured. Means over points and runs; bars: 1.64 standard errors over points; "
        "per cent: part of the variance over points"
    )
    return MainEffects(
        "What each factor does", f"{SOURCE} {words}.", tuple(points.changes), shown, panels, dict(points.units)
    )


def heat_map(points: Points, both: tuple[str, str]) -> HeatMap:
    """Two factors together."""
    found = [classes(points, points.factor(name)) for name in both]
    (first, first_titles, _), (second, second_titles, _) = found
    cells = {}
    for key, values in points.changes.items():
        table = np.full((len(first_titles), len(second_titles)), np.nan)
        for one, other in np.ndindex(table.shape):
            part = values[(first == one) & (second == other)]
            table[one, other] = np.nanmean(part) if np.isfinite(part).any() else np.nan
        cells[key] = table
    titles = (tuple(first_titles), tuple(second_titles))
    return HeatMap(
        f"{both[0]} and {both[1]} together",
        f"{SOURCE} Change against everything as configured, mean over points and runs.",
        both,
        titles,
        cells,
        dict(points.units),
    )


def parallel(points: Points, factors: list[str]) -> Parallel:
    """Points as lines."""
    step = -(-len(points.places) // MOST_LINES)
    chosen = slice(None, None, step)
    places = [points.factor(name) for name in factors]
    axes = [
        (name, "", tuple(map(str, points.factors[place].values)) if points.factors[place].chooses else ())
        for name, place in zip(factors, places, strict=True)
    ]
    axes += [
        (f"{title(outcome)}, {state}" if state else title(outcome), points.units[outcome, state], ())
        for outcome, state in points.changes
    ]
    columns = [points.places[chosen, place] for place in places] + [
        values[chosen] for values in points.changes.values()
    ]
    every = f" One point in {step} is shown." if step > 1 else ""
    return Parallel(
        "Points as lines",
        f"{SOURCE} Outcomes: change against everything as configured.{every}",
        tuple(axes),
        np.stack(columns, axis=1),
        len(factors),
    )


def cost(points: Points, factor: str) -> Cost:
    """Lead gained and income lost against the base, with the same luck."""
    place = points.factor(factor)
    known = points.factors[place]
    gain = points.changes[LEAD, STATES[0]]
    losses = tuple(0.0 - points.changes[INCOME, state] for state in STATES)
    names = tuple(map(str, known.values)) if known.chooses else ()
    words = "Means over runs, against everything as configured, with the same luck."
    return Cost("What a lead costs", f"{SOURCE} {words}", gain, losses, factor, points.places[:, place], names)
