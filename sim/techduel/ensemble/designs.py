"""Designs: which points of a space of factors are computed, what each stands for, and tables of points from outside."""

import hashlib
import itertools
import json
import math
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.by_row import by_row
from techduel.ensemble.factor_moves import Setting, Value, rounded, with_levers, with_setting
from techduel.ensemble.factors import Factor
from techduel.scenario.loader import InvalidInput, unknown_key
from techduel.scenario.table_file import Row, number, table_file

MOST_POINTS: Final = 1_000_000
MOST_RUNS: Final = 100_000
"""At a point."""

type Point = dict[str, Value]
"""Values by name of factor; factors that are not named stay as configured."""
type Cube = NDArray[np.float64]
"""Places in the unit cube, (point, factor)."""


def grid(factors: Sequence[Factor], _count: int, _seed: int) -> list[Point]:
    """Every combination of the factors' values; the last factor changes fastest."""
    names = [factor.name for factor in factors]
    return [dict(zip(names, values, strict=True)) for values in itertools.product(*(f.on_grid() for f in factors))]


def lhs(factors: Sequence[Factor], count: int, seed: int) -> list[Point]:
    """Latin hypercube: each factor's range is covered evenly (McKay et al. 1979); another count is another design."""
    from scipy.stats import qmc

    return _placed(factors, qmc.LatinHypercube(len(factors), rng=seed).random(count))


def sobol(factors: Sequence[Factor], count: int, seed: int) -> list[Point]:
    """Scrambled Sobol points (Owen 1998): evenly spread, and more points keep the first ones."""
    from scipy.stats import qmc

    with warnings.catch_warnings():
        # A count that is no power of 2 is less even; it is fine while a design grows.
        warnings.simplefilter("ignore", UserWarning)
        return _placed(factors, qmc.Sobol(len(factors), rng=seed).random(count))


def oat(factors: Sequence[Factor], _count: int, _seed: int) -> list[Point]:
    """One factor at a time through its values, all others as configured."""
    return [{factor.name: value} for factor in factors for value in factor.on_grid()]


DESIGNS: Final[Mapping[str, Callable[[Sequence[Factor], int, int], list[Point]]]] = {
    "grid": grid,
    "lhs": lhs,
    "sobol": sobol,
    "oat": oat,
}
"""By name; beside them `csv`, a table of points."""


def size(design: str, factors: Sequence[Factor], count: int) -> int:
    """How many points a design has."""
    levels = [len(factor.values) or factor.levels for factor in factors]
    return {"grid": math.prod(levels), "oat": sum(levels)}.get(design, count)


def _placed(factors: Sequence[Factor], cube: Cube) -> list[Point]:
    return [{factor.name: factor.at(part) for factor, part in zip(factors, row, strict=True)} for row in cube.tolist()]


DECIDES: Final = ("start", "horizon", "slots", "facts", "params", "forms", "policies", "events")
"""What of a configuration decides the numbers of a run, beside its luck."""
AS_CONFIGURED: Final = ""
"""Label of the base among the variants."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One point as configured."""

    identity: str
    """Hash of all that decides its numbers: equal for equal configurations, however they came about."""
    label: str
    """Of the variant that it changes, see `Space.variants`."""
    shared: tuple[Setting, ...]
    """Settings that all rows of a batch must have in common."""
    rows: tuple[Setting, ...]
    """Settings that may differ by row."""
    luck: int = 0
    """Index of the luck of its first run; with 0 everywhere, all points have the same luck."""


@dataclass(frozen=True, slots=True)
class Space:
    """Everything that points are made of."""

    factors: tuple[Factor, ...]
    variants: Mapping[str, Mapping[str, Any]]
    """Configurations by `label` of the files that they choose; the base under `AS_CONFIGURED`."""

    def placed(self, point: Point) -> Placed:
        """What a point means."""
        settings = self.settings(point)
        variant = self.variants[label(self.factors, point)]
        apart = tuple(setting for setting in settings if by_row(setting.move, variant))
        shared = tuple(setting for setting in settings if setting not in apart)
        return Placed(identity(configured(variant, settings)), label(self.factors, point), shared, apart)

    def shared(self, placed: Placed) -> dict[str, Any]:
        """What a batch of points has in common, as a plain configuration."""
        return configured(self.variants[placed.label], placed.shared)

    def config(self, point: Point) -> dict[str, Any]:
        """The plain configuration of a point as if it were a scenario of its own."""
        return configured(self.variants[label(self.factors, point)], self.settings(point))

    def settings(self, point: Point) -> list[Setting]:
        """All moves of a point but the choice of files."""
        return [
            setting
            for factor in self.factors
            if factor.name in point and not factor.chooses
            for setting in factor.settings(point[factor.name])
        ]


def label(factors: Sequence[Factor], point: Point) -> str:
    """Which files a point chooses, as overrides in the order of the factors."""
    chosen = [
        (factor.moves[0].key, point[factor.name]) for factor in factors if factor.chooses and factor.name in point
    ]
    return " ".join(f"{key}={value}" for key, value in chosen)


def configured(config: Mapping[str, Any], settings: Sequence[Setting]) -> dict[str, Any]:
    """A configuration with some settings; levers come last, on top of the policy as it then is."""
    result = dict(config)
    for setting in settings:
        if setting.move.kind != "lever":
            result = with_setting(result, setting)
    return with_levers(result, [setting for setting in settings if setting.move.kind == "lever"])


def identity(config: Mapping[str, Any]) -> str:
    """32 hexadecimal digits that stand for all that decides a point's numbers."""
    decides = {key: config[key] for key in DECIDES}
    text = json.dumps(decides, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


MOST_BYTES: Final = 256 * 2**20
MOST_PROBLEMS: Final = 1000
"""More are not looked for."""
IGNORED: Final = ("point", "id")
"""Columns of the tables that sweeps write themselves."""


def read_points(path: Path, factors: Sequence[Factor]) -> list[Point]:
    """The points of a CSV file with one column a factor; an empty cell leaves a factor as configured.

    Raises
    ------
    InvalidInput
        With file, line and what is wrong there.
    """
    names = [factor.name for factor in factors]
    table = table_file(path, names, MOST_BYTES)
    strange = [column for column in table.columns if column not in (*names, *IGNORED)]
    if strange:
        raise InvalidInput([f"{table.name}:1: {unknown_key(column, names)}" for column in strange])
    points: list[Point] = []
    found: list[str] = []
    seen: dict[tuple[tuple[str, Value], ...], int] = {}
    for line, row in table.rows:
        point, wrong = _point(row, factors)
        first = seen.setdefault(tuple(sorted(point.items())), line)
        if first != line and not wrong:
            wrong = [f"the same point as in line {first}"]
        found += [f"{table.name}:{line}: {problem}" for problem in wrong]
        points.append(point)
        if len(points) > MOST_POINTS:
            found = [f"{table.name}:{line}: more than {MOST_POINTS} points"]
        if len(found) >= MOST_PROBLEMS or len(points) > MOST_POINTS:
            break
    if not points:
        found = [f"{table.name}: no points below its header"]
    if found:
        raise InvalidInput(found)
    return points


def _point(row: Row, factors: Sequence[Factor]) -> tuple[Point, list[str]]:
    point: Point = {}
    found: list[str] = []
    for factor in factors:
        text = row[factor.name]
        found += _cell_problems(text, factor)
        if text and not found:
            point[factor.name] = text if factor.chooses else rounded(float(text))
    return point, found


def _cell_problems(text: str, factor: Factor) -> Iterator[str]:
    if not text:
        return
    if factor.chooses:
        if not factor.admits(text):
            yield f"{factor.name}: {text!r} given; allowed: one of {', '.join(map(str, factor.values))}"
        return
    try:
        value = rounded(number(text))
    except ValueError as refused:
        yield f"{factor.name}: {refused}; allowed: {factor.low:g} to {factor.high:g}"
        return
    if not factor.admits(value):
        yield f"{factor.name}: {text} is out of range; allowed: {factor.low:g} to {factor.high:g}"
