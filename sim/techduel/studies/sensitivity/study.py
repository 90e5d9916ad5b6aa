"""A sensitivity analysis from plain settings: what is wrong with them, its points, and what came out of them.

Points lie in the unit cube in rows, each a start and steps away from it, one unit of factors at a time (radial designs;
Campolongo, Saltelli and Cariboni 2011). Rows are Sobol points (Owen 1998), so that more rows keep the first ones.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.designs import AS_CONFIGURED, MOST_POINTS, MOST_RUNS, Space
from techduel.ensemble.factors import Factor, factors_from
from techduel.ensemble.headlines import Measure
from techduel.ensemble.stock import Stock
from techduel.ensemble.sweep import Sweep
from techduel.model.axes import Numbers
from techduel.model.parameters.parameter import Parameter
from techduel.policies.fixed import Plan
from techduel.policies.options import described_by
from techduel.scenario import prior
from techduel.scenario.loader import unknown_key
from techduel.scenario.parameter_sets import words_in
from techduel.scenario.scenario import numbers
from techduel.scenario.words import worded
from techduel.studies.sensitivity.uncertain import GROUPS, Uncertain, group, plan_factors, theme
from techduel.studies.sweep.tables import blocks

STEP: Final = 0.5
"""Of a factor in a screening, as a part of its probability; half of it makes every step as long, up or down."""

type Cube = NDArray[np.float64]
"""Quantiles, (row, part, factor)."""


@dataclass(frozen=True, slots=True)
class Unit:
    """Factors that step together."""

    name: str
    group: str
    theme: str
    factors: tuple[int, ...]
    """Places."""


def design(method: str, units: Sequence[Unit], rows: int, seed: int) -> Cube:
    """Quantiles of every point.

    Parameters
    ----------
    method : str
        ``morris`` or ``sobol``.
    units : sequence of Unit
    rows : int
    seed : int

    Returns
    -------
    (row, part, factor)
        Parts are the start, then a step by each unit; of ``sobol`` at last the point where all units have stepped.
    """
    count = sum(len(unit.factors) for unit in units)
    if method == "morris":
        start = _spread(count, rows, seed)
        return _steps(start, (start + STEP) % 1.0, units)
    both = _spread(2 * count, rows, seed)
    start, other = both[:, :count], both[:, count:]
    return np.concatenate([_steps(start, other, units), other[:, None]], axis=1)


def size(method: str, units: int, rows: int) -> int:
    """How many points a design has."""
    return rows * (units + (1 if method == "morris" else 2))


def signs(cube: Cube, units: Sequence[Unit]) -> NDArray[np.float64]:
    """Whether each unit's step of a screening goes up or down, (row, unit)."""
    places = [unit.factors[0] for unit in units]
    steps = cube[:, 1:] - cube[:, :1]
    return np.sign(steps[:, np.arange(len(units)), places])


def _steps(start: NDArray[np.float64], other: NDArray[np.float64], units: Sequence[Unit]) -> Cube:
    """The start, and the start with the factors of each unit taken from the other point."""
    cube = np.repeat(start[:, None], 1 + len(units), axis=1)
    for part, unit in enumerate(units, start=1):
        cube[:, part, unit.factors] = other[:, unit.factors]
    return cube


def _spread(factors: int, rows: int, seed: int) -> NDArray[np.float64]:
    from scipy.stats import qmc

    with warnings.catch_warnings():
        # A count that is no power of 2 is less even; it is fine while a design grows.
        warnings.simplefilter("ignore", UserWarning)
        return np.asarray(qmc.Sobol(factors, rng=seed).random(rows))


BY: Final = ("factor", "group", "theme")
ROWS: Final = {"morris": 32, "sobol": 512}
"""Of a design unless told otherwise."""
LEAST_ROWS: Final = 4
LEAST_RUNS: Final = 2
"""At a point: one alone cannot tell luck from factors."""


@dataclass(frozen=True)
class Study:
    """A design with its points as a sweep."""

    method: str
    units: tuple[Unit, ...]
    cube: Cube
    sweep: Sweep

    def values(self, stock: Stock) -> Numbers:
        """Numbers of every run, (row, part, run, measure)."""
        found = np.concatenate([values for values, _ in blocks(self.sweep, stock)])
        return found.reshape(*self.cube.shape[:2], *found.shape[1:])

    @property
    def measures(self) -> tuple[Measure, ...]:
        """The last axis of the values."""
        return self.sweep.measures

    def run_id(self, row: int, part: int, run: int) -> str:
        """The name of a run, as records of failed runs have it."""
        placed = self.sweep.placed[row * self.cube.shape[1] + part]
        return f"{placed.identity}_{run:06d}"


def study_from(config: Mapping[str, Any]) -> Study:
    """The study of checked plain settings, as ``config.yaml`` holds them."""
    base = worded(config["base"], "point", config["title"], config["question"])
    uncertain = uncertain_from(config, base)
    units = units_of(uncertain.names, config["by"])
    cube = design(config["method"], units, config["points"], config["seed"])
    # Luck is common to a row, so that a step is compared with its start, and differs from row to row.
    lucks = np.repeat(np.arange(len(cube)) * MOST_RUNS, cube.shape[1]).tolist()
    sweep = Sweep(
        name=config["name"],
        settings={"experiment": "sensitivity", **numbers(config)},
        space=Space(uncertain.factors, {AS_CONFIGURED: base}),
        designed=(),
        runs=config["runs"],
        seed=config["seed"],
        outcomes=tuple(config["outcomes"]),
        years=tuple(config["years"]),
        given=uncertain.placed(cube.reshape(-1, cube.shape[2]), lucks, base),
    )
    return Study(config["method"], units, cube, sweep)


def uncertain_from(config: Mapping[str, Any], base: Mapping[str, Any]) -> Uncertain:
    """What varies, of settings in which `uncertain` names it one by one."""
    wanted = set(config["uncertain"])
    columns = tuple(place for place, column in enumerate(prior.columns()) if column.name in wanted)
    plans = [factor for factor in plan_factors(base, config["plan"]) if factor.name in wanted]
    return Uncertain(columns, (*plans, *_factors(config, base)))


def named(uncertain: Any, base: Mapping[str, Any], plan: Mapping[str, Any], problems: list[str]) -> list[str]:
    """The names that ``uncertain`` stands for, in their order; lines are added to `problems`."""
    names = [*(column.name for column in prior.columns()), *(factor.name for factor in plan_factors(base, plan))]
    if isinstance(uncertain, str) and uncertain in {"all", "none"}:
        return names if uncertain == "all" else []
    if not isinstance(uncertain, list | tuple) or not all(isinstance(word, str) for word in uncertain):
        problems.append(f"uncertain: {uncertain!r} given; allowed: all, none, or names and groups in brackets")
        return []
    problems += [
        f"uncertain: {unknown_key(word, [*GROUPS, *names])}" for word in uncertain if word not in (*GROUPS, *names)
    ]
    chosen = set(uncertain)
    return [name for name in names if name in chosen or group(name) in chosen]


def units_of(names: Sequence[str], by: str | Sequence[str]) -> tuple[Unit, ...]:
    """What steps together: each alone, by group, by theme, or some alone and the others by group."""
    alone = names if by == "factor" else () if isinstance(by, str) else by
    found: dict[tuple[str, str, str], list[int]] = {}
    for place, name in enumerate(names):
        of = group(name)
        broken = any(group(other) == of for other in alone)
        grouped = (theme(of), "", theme(of)) if by == "theme" else (f"other {of}" if broken else of, of, theme(of))
        found.setdefault((name, of, theme(of)) if name in alone else grouped, []).append(place)
    return tuple(Unit(*named, tuple(places)) for named, places in found.items())


def conflicts(own: Mapping[str, Any], base: Mapping[str, Any]) -> list[str]:
    """What is wrong with sound settings of a study taken together, one line each."""
    factors = _factors(own, base)
    names = [*own["uncertain"], *(factor.name for factor in factors)]
    found = _by_problems(own, names)
    if not found and size(own["method"], len(units_of(names, own["by"])), own["points"]) > MOST_POINTS:
        found.append(f"points: {own['points']} rows are too many; allowed: at most {MOST_POINTS} points in all")
    if not names:
        found.append("uncertain: none, and no factors; allowed: at least one")
    words = words_in(base["params"])
    if words:
        given = ", ".join(sorted(words))
        found.append(f"params: {given} given; allowed: numbers, since uncertain=... says what varies")
    found += [
        f"factors.{factor.name}: {factor.moves[0].key} chooses files; allowed: numbers"
        for factor in factors
        if factor.chooses
    ]
    return found + _doubled(uncertain_from(own, base))


def plan_problems(plan: Any) -> list[str]:
    """What is wrong with the ranges of a plan's options."""
    options = {name: option for name, option in described_by(Plan).items() if isinstance(option, Parameter)}
    if not isinstance(plan, Mapping):
        return [f"plan: {plan!r} given; allowed: options of a plan, each with a range in brackets"]
    found = [
        unknown_key(f"plan.{name}", [f"plan.{option}" for option in options]) for name in plan if name not in options
    ]
    return found + [
        f"plan.{name}: {plan[name]!r} given; allowed: two numbers in their order, {option.low:g} to {option.high:g}"
        for name, option in options.items()
        if name in plan and not _is_range(plan[name], option)
    ]


def _is_range(ends: Any, option: Parameter) -> bool:
    numbers_only = isinstance(ends, list | tuple) and all(type(end) in {int, float} for end in ends)
    return numbers_only and len(ends) == 2 and option.low <= ends[0] < ends[1] <= option.high


def _by_problems(own: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """What is wrong with the method and with what steps together."""
    by = own["by"]
    if own["method"] == "morris" and by != "factor":
        return [f"by: {by!r} given; allowed: factor, since an elementary effect is that of one factor"]
    if isinstance(by, str):
        return []
    if not by:
        return [f"by: {by!r} given; allowed: {', '.join(BY)}, or names in brackets"]
    return [f"by: {unknown_key(str(name), names)}" for name in by if name not in names]


def _doubled(uncertain: Uncertain) -> list[str]:
    """A factor must not move what is uncertain by itself."""
    columns = prior.columns()
    owner = {("params", *columns[place].parameter.split(".")): columns[place].name for place in uncertain.columns}
    found = []
    for factor in uncertain.factors:
        for move in factor.moves:
            path = move.path[:3] if move.kind == "parameter" else move.path
            other = owner.setdefault(path, factor.name)
            if other != factor.name and move.kind != "lever":
                found.append(f"factors.{factor.name}: moves {move.key}, as {other} does; allowed: one of both")
    return found


def _factors(config: Mapping[str, Any], base: Mapping[str, Any]) -> list[Factor]:
    """Factors as in a sweep; none is no mistake here."""
    given = {name: spec for name, spec in config["factors"].items() if spec is not None}
    return factors_from(given, base)[0] if given else []
