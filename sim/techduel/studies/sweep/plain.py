"""A sweep from plain settings: what is wrong with them, and the `Sweep` that sound ones stand for."""

import math
from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.designs import DESIGNS, MOST_POINTS, Point, size
from techduel.ensemble.factor_moves import Setting
from techduel.ensemble.factors import Factor, factors_from
from techduel.ensemble.measures import outcome_problem
from techduel.ensemble.points_file import read_points
from techduel.ensemble.space import AS_CONFIGURED, Space, configured
from techduel.ensemble.sweep import Sweep
from techduel.scenario.loader import unknown_key
from techduel.scenario.scenario import numbers

NOT_OF_POINTS: Final = ("runs", "seed", "record", "title", "question", "sources", "scenario", "ablation")
"""Settings of a configuration that are the sweep's own, or words."""
COMMON: Final = ("start", "horizon", "slots")
"""What every variant must share: years and luck."""
MOST_VARIANTS: Final = 64
MOST_RUNS: Final = 100_000
MOST_YEARS: Final = 30
FIRST_YEARS: Final = (2025, 2030)
"""Years kept unless told otherwise, beside the horizon."""


def sweep_from(config: Mapping[str, Any], overrides: Sequence[str] = ()) -> Sweep:
    """The sweep of checked plain settings, as `checked` returns them or ``config.yaml`` holds them."""
    base = {**config["base"], "title": config["title"], "question": config["question"]}
    variants = {AS_CONFIGURED: base, **{name: {**base, **part} for name, part in config["variants"].items()}}
    factors, _ = factors_from(config["factors"], base)
    return Sweep(
        name=config.get("name") or config["sweep"],
        settings={key: value for key, value in numbers(config).items() if key != "retry"},
        space=Space(tuple(factors), {name: _named(part) for name, part in variants.items()}),
        points=({}, *_points(config, factors)),
        runs=config["runs"],
        seed=config["seed"],
        outcomes=tuple(config["outcomes"]),
        years=tuple(config["years"]),
        overrides=tuple(overrides),
    )


def is_sweep(config: Mapping[str, Any]) -> bool:
    """Whether these are the settings of a sweep."""
    return "factors" in config


def of_points(config: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a whole configuration that all points start from."""
    return {key: value for key, value in numbers(config).items() if key not in NOT_OF_POINTS}


def combinations(factors: Sequence[Factor], design: str) -> list[tuple[str, ...]]:
    """Every choice of files that points may make, each as overrides; the base is none of them."""
    options = [[f"{factor.moves[0].key}={value}" for value in factor.values] for factor in factors if factor.chooses]
    if design == "oat":
        return [(one,) for values in options for one in values]
    partial = [[None, *values] for values in options] if design == "csv" else options
    found = [tuple(one for one in chosen if one) for chosen in product(*partial)] if options else []
    return [chosen for chosen in found if chosen]


def problems(own: Mapping[str, Any], base: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with a sweep's own settings, one line each; `years` must have been filled in."""
    factors, found = factors_from(own["factors"], base)
    found += _design_problems(own, factors)
    found += _count_problems(own)
    kept = kept_problems(own, base)
    found += kept
    if not kept and own["precision"] is not None and own["outcome"] not in own["outcomes"]:
        found.append(f"outcome: {unknown_key(str(own['outcome']), own['outcomes'])}")
    names = [factor.name for factor in factors]
    pair = own["interaction"]
    sound = isinstance(pair, list | tuple) and len(pair) == 2 and pair[0] != pair[1] and all(f in names for f in pair)
    if pair is not None and not sound:
        found.append(f"interaction: {pair!r} given; allowed: two factors in brackets, of {', '.join(names)}")
    return found


def kept_problems(own: Mapping[str, Any], base: Mapping[str, Any]) -> list[str]:
    """What is wrong with the words of a sweep, and with the outcomes and years that it keeps."""
    found = _years_problems(own["years"], base) + _outcome_problems(own["outcomes"])
    if not isinstance(own["retry"], bool):
        found.append(f"retry: {own['retry']!r} given; allowed: true or false")
    from techduel.scenario.problems import checked
    from techduel.scenario.settings import Words

    return found + [str(problem) for problem in checked(Words, {key: own[key] for key in Words.model_fields})[1]]


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
    from techduel.scenario.problems import checked
    from techduel.scenario.settings import Simulation

    return [str(problem) for problem in checked(Simulation, configured(config, settings))[1]]


def filled_years(years: Any, base: Mapping[str, Any]) -> Any:
    """The years kept: as given, or the usual ones."""
    if years is None:
        usual = [year for year in FIRST_YEARS if base["start"] <= year < base["horizon"]]
        return [*usual, base["horizon"]]
    return years


def read_table(own: Mapping[str, Any], factors: Sequence[Factor]) -> list[Point] | None:
    """The points of the file that design=csv names.

    Raises
    ------
    InvalidInput
        With what is wrong in the file.
    """
    return read_points(Path(own["table"]), factors) if own["design"] == "csv" else None


def _named(config: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration with what `scenario_from` needs beside numbers."""
    return {"name": "point", "scenario": "point", **config}


def _points(config: Mapping[str, Any], factors: Sequence[Factor]) -> list[Point]:
    if config["design"] == "csv":
        return [dict(point) for point in config["table"]]
    return DESIGNS[config["design"]](factors, config["points"], config["seed"])


def _design_problems(own: Mapping[str, Any], factors: Sequence[Factor]) -> list[str]:
    names = (*DESIGNS, "csv")
    if own["design"] not in names:
        return [f"design: {own['design']!r} given; allowed: one of {', '.join(names)}"]
    if (own["design"] == "csv") != isinstance(own["table"], str):
        return [f"table: {own['table']!r} given; allowed: a CSV file with design=csv, nothing otherwise"]
    if not isinstance(own["points"], int) or isinstance(own["points"], bool) or not 1 <= own["points"] <= MOST_POINTS:
        return [f"points: {own['points']!r} given; allowed: whole number, 1 to {MOST_POINTS}"]
    count = size(own["design"], factors, own["points"])
    found = [f"points: the design has {count}; allowed: at most {MOST_POINTS}"] if count > MOST_POINTS else []
    variants = _variant_count(factors, own["design"])
    if variants > MOST_VARIANTS:
        found.append(f"factors: {variants} combinations of files; allowed: at most {MOST_VARIANTS}")
    return found


def _variant_count(factors: Sequence[Factor], design: str) -> int:
    """How many `combinations` there are."""
    counts = [len(factor.values) for factor in factors if factor.chooses]
    if design == "oat" or not counts:
        return sum(counts)
    return math.prod(count + 1 for count in counts) - 1 if design == "csv" else math.prod(counts)


def _count_problems(own: Mapping[str, Any]) -> list[str]:
    found = []
    for key in ("runs", "most_runs"):
        if not isinstance(own[key], int) or isinstance(own[key], bool) or not 1 <= own[key] <= MOST_RUNS:
            found.append(f"{key}: {own[key]!r} given; allowed: whole number, 1 to {MOST_RUNS}")
    precise = own["precision"]
    number = isinstance(precise, int | float) and not isinstance(precise, bool)
    if precise is not None and not (number and 0.0 < precise < float("inf")):
        found.append(f"precision: {precise!r} given; allowed: a number above 0 in the unit of outcome, or nothing")
    return found


def _years_problems(years: Any, base: Mapping[str, Any]) -> list[str]:
    allowed = range(base["start"], base["horizon"] + 1)
    whole = isinstance(years, list | tuple) and all(isinstance(y, int) and not isinstance(y, bool) for y in years)
    if not whole or not years or len(years) > MOST_YEARS or sorted(set(years)) != list(years):
        return [f"years: {years!r} given; allowed: up to {MOST_YEARS} years in brackets, in their order"]
    late = [year for year in years if year not in allowed]
    return [f"years: {year} given; allowed: {base['start']} to {base['horizon']} (horizon)" for year in late]


def _outcome_problems(names: Any) -> list[str]:
    sound = isinstance(names, list | tuple) and all(isinstance(name, str) for name in names)
    if not sound or not names or len(set(names)) < len(names):
        return [f"outcomes: {names!r} given; allowed: names in brackets, each once"]
    return [line for name in names if (line := outcome_problem("outcomes", name))]
