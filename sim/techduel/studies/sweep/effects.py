"""What the factors of a sweep do to its outcomes, from its two tables: means by level, and shares of variance."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.factors import Factor, factors_from
from techduel.ensemble.folder import settings
from techduel.ensemble.headlines import HEADLINES, INCOME, measures
from techduel.ensemble.paired import LEAD
from techduel.model.axes import STATES, Numbers
from techduel.model.outcomes import OUTCOMES
from techduel.statistics.tables import read_table
from techduel.studies.sweep.tables import DESIGN, TEXTS
from techduel.studies.sweep.tables import OUTCOMES as TABLE

CLASSES: Final = 6
"""Into which a range is cut, with equally many points in each."""
LEAST: Final = 3
"""Fewest points in a class."""
FEW: Final = 12
"""So many different values are shown one by one."""
SAMPLED: Final = ("lhs", "sobol")
"""Designs in which no two points share a value of a range."""
SHOWN: Final = ((LEAD, STATES[0]), (INCOME, STATES[0]), (INCOME, STATES[1]))
"""Outcomes that figures and words are about, where a sweep has them."""

type Key = tuple[str, str]
"""Outcome and state, in the last year kept."""


@dataclass(frozen=True, slots=True)
class Points:
    """A computed sweep, read back."""

    config: Mapping[str, Any]
    factors: tuple[Factor, ...]
    places: Numbers
    """(point, factor): values, the number of the chosen file, or NaN: as configured. The base is not among them."""
    changes: Mapping[Key, Numbers]
    """Median over runs of the change against the base with the same luck, (point,)."""
    base: Mapping[Key, float]
    """Median of the base."""
    units: Mapping[Key, str]
    """Of changes."""
    base_units: Mapping[Key, str]
    runs: int

    def factor(self, name: str) -> int:
        """Place of a factor."""
        return [factor.name for factor in self.factors].index(name)


@dataclass(frozen=True, slots=True)
class Level:
    """Points that share a value of a factor, or a part of its range."""

    title: str
    middle: float
    """Mean value, or the number of the chosen file."""
    mean: float
    """Of the outcome."""
    error: float
    """Standard error of that mean over points."""
    points: int


@dataclass(frozen=True, slots=True)
class Effect:
    """What one factor does to one outcome by itself."""

    factor: str
    key: Key
    levels: tuple[Level, ...]
    share: float
    """Part of the variance over points that lies between the levels; NaN where one point a level cannot say."""
    width: float
    """Between the lowest and the highest of all points."""

    @property
    def change(self) -> float:
        """From the first level to the last."""
        return self.levels[-1].mean - self.levels[0].mean

    @property
    def size(self) -> float:
        """Between the lowest and the highest level."""
        means = [level.mean for level in self.levels]
        return max(means) - min(means)

    @property
    def weight(self) -> float:
        """How much it matters beside other factors, from 0 to 1."""
        if not math.isnan(self.share):
            return self.share
        return self.size / self.width if self.width > 0.0 else 0.0


def read_points(folder: Path) -> Points:
    """The points of a result folder with the outcomes of `shown`; its tables have just been written or checked."""
    config = settings(folder)
    factors, _ = factors_from(config["factors"], config["base"])
    keys = shown(config["outcomes"])
    years = {outcome: str(_last_year(outcome, config["years"])) for outcome, _ in keys}
    table = read_table(folder / TABLE, TEXTS)
    own = {key: table[(table["outcome"] == key[0]) & (table["state"] == key[1])] for key in keys}
    own = {key: rows[rows["year"] == years[key[0]]] for key, rows in own.items()}
    return Points(
        config=config,
        factors=tuple(factors),
        places=_places(folder, factors)[1:],
        changes={key: rows["change_q50"].to_numpy(dtype=float)[1:] for key, rows in own.items()},
        base={key: float(rows["q50"].iloc[0]) for key, rows in own.items()},
        units={key: str(rows["change_unit"].iloc[0]) for key, rows in own.items()},
        base_units={key: str(rows["unit"].iloc[0]) for key, rows in own.items()},
        runs=max(int(rows["runs"].max()) for rows in own.values()),
    )


def shown(outcomes: Sequence[str]) -> list[Key]:
    """The outcomes that figures are about: lead and income, or the first ones kept."""
    keys = [key for key in SHOWN if key[0] in outcomes]
    if keys:
        return keys
    return [(measure.outcome, measure.state) for measure in measures(outcomes[:3], [0]) if measure.state != STATES[1]]


def title(outcome: str) -> str:
    """An outcome in words."""
    if outcome in HEADLINES:
        return HEADLINES[outcome].title
    first, _, word = outcome.partition(".")
    return f"{OUTCOMES[first].meaning}, {word}" if word else OUTCOMES[first].meaning


def effects(points: Points, key: Key) -> list[Effect]:
    """The effect of every factor on an outcome, the largest share of variance first."""
    found = [_effect(points, place, key) for place in range(len(points.factors))]
    return sorted((effect for effect in found if len(effect.levels) > 1), key=lambda effect: -effect.weight)


def strongest(points: Points) -> list[str]:
    """Names of the factors, by their largest weight in any outcome that is shown."""
    largest: dict[str, float] = {}
    for key in points.changes:
        for effect in effects(points, key):
            largest[effect.factor] = max(largest.get(effect.factor, 0.0), effect.weight)
    return sorted(largest, key=lambda name: -largest[name])


def pair(points: Points) -> tuple[str, str] | None:
    """The two factors of the heat map: as configured, or the strongest that vary together; None without any."""
    wanted = points.config.get("interaction")
    ranked = [tuple(wanted)] if wanted else list(combinations(strongest(points), 2))
    for one, other in ranked:
        columns = points.places[:, [points.factor(one), points.factor(other)]]
        if (~np.isnan(columns)).all(axis=1).any():
            return one, other
    return None


def classes(points: Points, place: int) -> tuple[NDArray[np.int64], list[str], list[float]]:
    """Class of every point by one factor (-1: as configured), and the title and mean value of each class."""
    factor, values = points.factors[place], points.places[:, place]
    there = ~np.isnan(values)
    different = np.unique(values[there])
    member = np.full(len(values), -1)
    if len(different) <= FEW and (factor.values or points.config["design"] not in SAMPLED):
        member[there] = np.searchsorted(different, values[there])
        titles = [str(factor.values[int(one)]) if factor.chooses else f"{one:.4g}" for one in different]
        return member, titles, different.tolist()
    count = min(CLASSES, max(len(different) // LEAST, 1))
    edges = np.quantile(values[there], np.linspace(0.0, 1.0, count + 1))
    member[there] = np.clip(np.searchsorted(edges, values[there], side="right") - 1, 0, count - 1)
    middles = [float(values[member == one].mean()) for one in range(count)]
    return member, [f"about {readable(middle, 2)}" for middle in middles], middles


def readable(value: float, digits: int = 3) -> str:
    """A number in few digits, never in powers of ten where it can be read without them."""
    return f"{value:.0f}" if 10**digits <= abs(value) < 1e6 else f"{value:.{digits}g}"


def _effect(points: Points, place: int, key: Key) -> Effect:
    member, titles, middles = classes(points, place)
    values = points.changes[key]
    levels = []
    for which, (name, middle) in enumerate(zip(titles, middles, strict=True)):
        part = values[(member == which) & ~np.isnan(values)]
        if len(part):
            error = float(part.std(ddof=1) / np.sqrt(len(part))) if len(part) > 1 else np.nan
            levels.append(Level(name, middle, float(part.mean()), error, len(part)))
    there = values[~np.isnan(values)]
    width = float(there.max() - there.min()) if there.size else 0.0
    return Effect(points.factors[place].name, key, tuple(levels), _share(values[member >= 0], levels), width)


def _share(values: Numbers, levels: Sequence[Level]) -> float:
    """Part of the variance of points that lies between levels, less what chance alone would put there."""
    there = values[~np.isnan(values)]
    count, classes_ = len(there), len(levels)
    total = float(((there - there.mean()) ** 2).sum()) if count else 0.0
    if total <= 0.0 or count <= classes_:
        return math.nan
    between = sum(level.points * (level.mean - float(there.mean())) ** 2 for level in levels)
    within = (total - between) / (count - classes_)
    return float(np.clip((between - (classes_ - 1) * within) / total, 0.0, 1.0))


def _last_year(outcome: str, years: Sequence[int]) -> int | str:
    return max((measure.year or 0) for measure in measures([outcome], years)) or ""


def _places(folder: Path, factors: Sequence[Factor]) -> Numbers:
    """Values of the factors at every point, (point, factor); the number of the chosen file, NaN: as configured."""
    chosen = [factor.name for factor in factors if factor.chooses]
    table = read_table(folder / DESIGN, ("id", *chosen))
    columns = [
        [float(factor.values.index(name)) if name else np.nan for name in table[factor.name]]
        if factor.chooses
        else table[factor.name]
        for factor in factors
    ]
    return np.array(columns, dtype=float).T.reshape(-1, len(factors))
