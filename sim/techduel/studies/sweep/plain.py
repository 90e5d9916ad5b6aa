"""A sweep from plain settings: what is wrong with them, and the `Sweep` that sound ones stand for."""

import math
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.designs import AS_CONFIGURED, DESIGNS, MOST_POINTS, Point, Space, configured, read_points, size
from techduel.ensemble.factor_moves import Setting
from techduel.ensemble.factors import Factor, factors_from
from techduel.ensemble.sweep import Sweep
from techduel.scenario.scenario import numbers
from techduel.scenario.words import worded

COMMON: Final = ("start", "horizon", "slots")
"""What every variant must share: years and luck."""
MOST_VARIANTS: Final = 64
FIRST_YEARS: Final = (2025, 2030)
"""Years kept unless told otherwise, beside the horizon."""


def sweep_from(config: Mapping[str, Any]) -> Sweep:
    """The sweep of checked plain settings, as a command line gives them or ``config.yaml`` holds them."""
    base = worded(config["base"], "point", config["title"], config["question"])
    variants = {AS_CONFIGURED: base, **{name: {**base, **part} for name, part in config["variants"].items()}}
    factors, _ = factors_from(config["factors"], base)
    return Sweep(
        name=config.get("name") or config["sweep"],
        settings={"experiment": "sweep", **numbers(config)},
        space=Space(tuple(factors), variants),
        designed=({}, *_points(config, factors)),
        runs=config["runs"],
        seed=config["seed"],
        outcomes=tuple(config["outcomes"]),
        years=tuple(config["years"]),
    )


def combinations(factors: Sequence[Factor], design: str) -> list[tuple[str, ...]]:
    """Every choice of files that points may make, each as overrides; the base is none of them."""
    options = [[f"{factor.moves[0].key}={value}" for value in factor.values] for factor in factors if factor.chooses]
    if design == "oat":
        return [(one,) for values in options for one in values]
    partial = [[None, *values] for values in options] if design == "csv" else options
    found = [tuple(one for one in chosen if one) for chosen in product(*partial)] if options else []
    return [chosen for chosen in found if chosen]


def variant_problems(
    factors: Sequence[Factor], variants: Mapping[str, Mapping[str, Any]], base: Mapping[str, Any]
) -> list[str]:
    """What is wrong with points: every variant with all factors at their lowest, and at their highest."""
    found = []
    for name, config in variants.items():
        for key in COMMON:
            if config[key] != base[key]:
                found.append(f"{name}: {key} is {config[key]}, but {base[key]} elsewhere; allowed: the same everywhere")
        for end in (0.0, 1.0):
            point = {factor.name: factor.at(end) for factor in factors if not factor.chooses}
            settings = [setting for f in factors if not f.chooses for setting in f.settings(point[f.name])]
            numbers_only = [setting for setting in settings if setting.move.kind != "lever"]
            # Without levers first: their schedule would move every other option of the policy one level down.
            lines = _config_problems(config, numbers_only) or _config_problems(config, settings)
            found += [f"{name}: {line}" if name else line for line in lines]
    return list(dict.fromkeys(found))


def _config_problems(config: Mapping[str, Any], settings: Sequence[Setting]) -> list[str]:
    from techduel.scenario.problems import validated
    from techduel.scenario.settings import Simulation

    return [str(problem) for problem in validated(Simulation, configured(config, settings))[1]]


def filled_years(years: Any, base: Mapping[str, Any]) -> Any:
    """The years kept: as given, or the usual ones."""
    if years is None:
        usual = [year for year in FIRST_YEARS if base["start"] <= year < base["horizon"]]
        return [*usual, base["horizon"]]
    return years


def read_table(path: str | None, factors: Sequence[Factor]) -> list[Point] | None:
    """The points of the file that design=csv names.

    Raises
    ------
    InvalidInput
        With what is wrong in the file.
    """
    return read_points(Path(path), factors) if path else None


def _points(config: Mapping[str, Any], factors: Sequence[Factor]) -> list[Point]:
    if config["design"] == "csv":
        return [dict(point) for point in config["table"]]
    return DESIGNS[config["design"]](factors, config["points"], config["seed"])


def design_problems(design: str, points: int, factors: Sequence[Factor]) -> list[str]:
    """A line where a design has more points, or takes more choices of files, than allowed."""
    count, variants = size(design, factors, points), _variant_count(factors, design)
    lines = [f"points: the design has {count}; allowed: at most {MOST_POINTS}"] if count > MOST_POINTS else []
    if variants > MOST_VARIANTS:
        lines.append(f"factors: {variants} combinations of files; allowed: at most {MOST_VARIANTS}")
    return lines


def _variant_count(factors: Sequence[Factor], design: str) -> int:
    """How many `combinations` there are."""
    counts = [len(factor.values) for factor in factors if factor.chooses]
    if design == "oat" or not counts:
        return sum(counts)
    return math.prod(count + 1 for count in counts) - 1 if design == "csv" else math.prod(counts)
