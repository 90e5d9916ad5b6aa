"""Parameter sets: which numbers a run takes where a scenario draws them from the prior or the posterior.

Two runs share each set and differ by their luck, so that the variance of an outcome splits into luck, which is what the
two differ by, and doubt about parameters, which is the rest.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from io import StringIO
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.model.axes import Array
from techduel.model.parameters import Parameters, schema
from techduel.model.parameters.parameter import Parameter
from techduel.scenario.loader import InvalidInput
from techduel.scenario.prior import Numbers, arrays, columns, drawn, drawn_parameters, shipped, with_values

RUNS_OF_A_SET: Final = 2
PRIOR_SETS: Final = 256
"""As many as a posterior table holds."""
PRIOR_SEED: Final = 1
"""The sets do not follow a scenario's seed: it decides luck, and two seeds should differ by luck only."""
DIGITS: Final = 5
"""Significant digits of a posterior table."""

type Tables = Mapping[str, Mapping[str, Array]]
"""By word and by full name of a parameter: its values, (set, 1 or state, 1 or sector, 1)."""


@dataclass(frozen=True, slots=True)
class ParameterSets:
    """What a scenario draws, and from where."""

    base_year: int
    sectors: tuple[str, ...]
    drawn: Mapping[str, Mapping[str, NDArray[np.bool_]]] = field(default_factory=dict)
    """By word and by full name of a parameter: which of its members are drawn, (1, 1 or state, 1 or sector, 1)."""

    def of_runs(self, known: Parameters, runs: Sequence[int]) -> Parameters:
        """Parameters by run; what is not drawn keeps the values, and the shape, that are `known`."""
        return self._over(known, {word: self._tables(word, runs) for word in self.drawn})

    def point(self, known: Parameters) -> Parameters:
        """One set for all runs: posterior medians and prior modes where parameters are drawn."""
        return self._over(known, {word: _points(word, self.base_year, self.sectors) for word in self.drawn})

    def _tables(self, word: str, runs: Sequence[int]) -> Mapping[str, Array]:
        table = _by_set(word, self.base_year, self.sectors)
        return {name: table[name][set_of(runs, len(table[name]))] for name in self.drawn[word]}

    def _over(self, known: Parameters, tables: Tables) -> Parameters:
        found: dict[str, Array | float] = {}
        for word, masks in self.drawn.items():
            for name, mask in masks.items():
                found[name] = np.where(mask, tables[word][name], found.get(name, _value(known, name)))
        return with_values(known, found)


def set_of(runs: Sequence[int] | NDArray[np.int_], sets: int) -> NDArray[np.int_]:
    """Index of the set that each run takes."""
    return np.asarray(runs) // RUNS_OF_A_SET % sets


def parameter_sets(
    values: Mapping[str, Mapping[str, Any]], base_year: int, sectors: Sequence[str]
) -> tuple[Parameters, ParameterSets]:
    """The point and the sets of checked plain parameter values, in which words stand for what is drawn.

    Raises
    ------
    InvalidInput
        If there is no posterior for the base year, or its table is damaged.
    """
    chosen = {word: _masks(values, word, sectors) for word in schema.WORDS}
    sets = ParameterSets(base_year, tuple(sectors), {word: masks for word, masks in chosen.items() if masks})
    return sets.point(schema.parameters(_without_words(values), sectors)), sets


def words_in(values: Mapping[str, Any]) -> frozenset[str]:
    """The words, such as `posterior`, among nested plain values; none when every run has the same parameters."""
    return frozenset().union(
        *(words_in(value) if isinstance(value, Mapping) else _word(value) for value in values.values())
    )


def causes(values: Mapping[str, Any]) -> str:
    """What runs with these plain values differ by, for reading."""
    return "luck and parameters" if words_in(values) else "luck, not by parameters"


def posterior_years() -> tuple[int, ...]:
    """Base years that have a posterior."""
    names = (path.name for path in files("techduel.scenario.posterior").iterdir())
    years = (name.removeprefix("posterior_").removesuffix(".csv") for name in names if name.endswith(".csv"))
    return tuple(sorted(int(year) for year in years if year.isdigit()))


@cache
def posterior(base_year: int) -> Numbers:
    """The posterior sets of a base year, (set, column).

    Raises
    ------
    InvalidInput
        If there are none, or their table is damaged.
    """
    if base_year not in posterior_years():
        raise InvalidInput([missing(base_year)])
    name = f"posterior_{base_year}.csv"
    return parsed(files("techduel.scenario.posterior").joinpath(name).read_text(encoding="utf-8"), name)


def missing(base_year: int) -> str:
    """One line for a base year without a posterior."""
    there = " and ".join(str(year) for year in posterior_years()) or "none"
    return (
        f"params: no posterior for facts.base_year {base_year}, only for {there}; allowed: params=default, params=prior"
    )


def parsed(text: str, name: str) -> Numbers:
    """The sets in the text of a posterior table, closed to writing.

    Raises
    ------
    InvalidInput
        If it does not hold one finite number inside its range for each set and column.
    """
    header, *lines = list(csv.reader(StringIO(text))) or [[]]
    if tuple(header) != tuple(column.name for column in columns()):
        raise InvalidInput([f"{name}: its columns are not the parameters of this version; fit it again"])
    try:
        found = np.array([[float(cell) for cell in line] for line in lines]).reshape(-1, len(header))
    except ValueError:
        raise InvalidInput([f"{name}: not one number in each of {len(header)} columns"]) from None
    low, high = (np.array([getattr(column, bound) for column in columns()]) for bound in ("low", "high"))
    wrong = ~((found >= low) & (found <= high)).all(axis=0)
    if not len(found) or wrong.any():
        which = ", ".join(np.array(header)[wrong]) or "no sets"
        raise InvalidInput([f"{name}: values out of range: {which}" if len(found) else f"{name}: {which}"])
    found.flags.writeable = False
    return found


def table(values: Numbers) -> str:
    """The text of a posterior table; the same sets give the same text."""
    names = [",".join(column.name for column in columns())]
    return "\n".join([*names, *(",".join(f"{number:.{DIGITS}g}" for number in line) for line in values)]) + "\n"


@cache
def _sets(word: str, base_year: int) -> Numbers:
    return posterior(base_year) if word == "posterior" else drawn(range(PRIOR_SETS), PRIOR_SEED)


@cache
def _by_set(word: str, base_year: int, sectors: tuple[str, ...]) -> Mapping[str, Array]:
    return arrays(_sets(word, base_year), sectors)


@cache
def _points(word: str, base_year: int, sectors: tuple[str, ...]) -> Mapping[str, Array]:
    if word == "posterior":
        return arrays(np.median(posterior(base_year), axis=0)[None], sectors)
    modes = schema.parameters(shipped(), sectors)
    return {name: _value(modes, name) for name in drawn_parameters()}


def _masks(values: Mapping[str, Mapping[str, Any]], word: str, sectors: Sequence[str]) -> dict[str, NDArray[np.bool_]]:
    """Which members of which parameters have the word."""
    found = {}
    for name, known in drawn_parameters().items():
        group, _, single = name.partition(".")
        mask = _mask(values[group][single], word, known, sectors)
        if mask.any():
            found[name] = mask
    return found


def _mask(value: Any, word: str, known: Parameter, sectors: Sequence[str]) -> NDArray[np.bool_]:
    if isinstance(value, Mapping):
        return schema.along({member: part == word for member, part in value.items()}, known, sectors) > 0.0
    return np.full((1, 1, 1, 1), value == word)


def _word(value: Any) -> frozenset[str]:
    return frozenset({value} if value in schema.WORDS else ())


def _without_words(values: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The values with a number of the range, over which another is laid, in the place of every word."""
    known = schema.described()
    return {
        group: {name: _number(value, known[f"{group}.{name}"].low) for name, value in given.items()}
        for group, given in values.items()
    }


def _number(value: Any, instead: float) -> Any:
    if isinstance(value, Mapping):
        return {member: _number(part, instead) for member, part in value.items()}
    return instead if isinstance(value, str) else value


def _value(known: Parameters, name: str) -> Array:
    group, _, single = name.partition(".")
    return getattr(getattr(known, group), single)
