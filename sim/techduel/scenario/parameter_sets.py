"""Parameter sets: which numbers a run takes where a scenario draws them from the prior or the posterior.

Two runs share each set and differ by their luck, so that the variance of an outcome splits into luck, which is what the
two differ by, and doubt about parameters, which is the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.model.axes import Array, Numbers
from techduel.model.parameters import Parameters, schema
from techduel.model.parameters.forms import Forms
from techduel.model.parameters.parameter import Parameter
from techduel.scenario.forms import forms
from techduel.scenario.posteriors import posterior
from techduel.scenario.prior import arrays, drawn, drawn_parameters, shipped, with_values

EVERY: Final = "every"
"""In a file of parameters: the word for every parameter that is drawn."""
RUNS_OF_A_SET: Final = 2
PRIOR_SETS: Final = 256
"""As many as a posterior table holds."""
PRIOR_SEED: Final = 1
"""The sets do not follow a scenario's seed: it decides luck, and two seeds should differ by luck only."""

type Tables = Mapping[str, Mapping[str, Array]]
"""By word and by full name of a parameter: its values, (set, 1 or state, 1 or sector, 1)."""


@dataclass(frozen=True, slots=True)
class ParameterSets:
    """What a scenario draws, and from where."""

    base_year: int
    sectors: tuple[str, ...]
    drawn: Mapping[str, Mapping[str, NDArray[np.bool_]]] = field(default_factory=dict)
    """By word and by full name of a parameter: which of its members are drawn, (1, 1 or state, 1 or sector, 1)."""
    forms: Mapping[str, str] = field(default_factory=dict)
    """Form of a mechanism, or the word for one that is drawn with the sets; those that are not named stay."""

    def of_runs(self, parameters: Parameters, runs: Sequence[int]) -> Parameters:
        """Parameters by run; what is not drawn keeps the values, and the shape, that are `parameters`."""
        formed = replace(parameters, forms=self._forms(parameters, runs)) if self.drawn else parameters
        return self._over(formed, {word: self._tables(word, runs) for word in self.drawn})

    def point(self, parameters: Parameters) -> Parameters:
        """One set for all runs: posterior medians and prior modes where parameters are drawn."""
        formed = replace(parameters, forms=forms(parameters.forms, self.forms))
        return self._over(formed, {word: _points(word, self.base_year, self.sectors) for word in self.drawn})

    def _forms(self, parameters: Parameters, runs: Sequence[int]) -> Forms:
        """Forms by run: those that its set was fitted under, else drawn by weight; without sets they stay."""
        table = posterior(self.base_year).forms if "posterior" in self.drawn else {}
        fitted = {name: codes[set_of(runs, len(codes))] for name, codes in table.items()}
        return forms(parameters.forms, self.forms, set_of(runs, PRIOR_SETS), fitted)

    def _tables(self, word: str, runs: Sequence[int]) -> Mapping[str, Array]:
        table = _by_set(word, self.base_year, self.sectors)
        return {name: table[name][set_of(runs, len(table[name]))] for name in self.drawn[word]}

    def _over(self, parameters: Parameters, tables: Tables) -> Parameters:
        found: dict[str, Array | float] = {}
        for word, masks in self.drawn.items():
            for name, mask in masks.items():
                found[name] = np.where(mask, tables[word][name], found.get(name, _value(parameters, name)))
        return with_values(parameters, found)


def values_of(word: str, base_year: int, runs: Sequence[int]) -> Numbers:
    """Numbers of the sets that some runs take where a word stands for them, (run, column)."""
    found = _sets(word, base_year)
    return found[set_of(runs, len(found))]


def set_of(runs: Sequence[int] | NDArray[np.int_], sets: int) -> NDArray[np.int_]:
    """Index of the set that each run takes."""
    return np.asarray(runs) // RUNS_OF_A_SET % sets


def parameter_sets(
    values: Mapping[str, Mapping[str, Any]], chosen_forms: Mapping[str, str], base_year: int, sectors: Sequence[str]
) -> tuple[Parameters, ParameterSets]:
    """The point and the sets of checked plain parameter values and forms, in which words stand for what is drawn.

    Raises
    ------
    InvalidInput
        If there is no posterior for the base year, or its table is damaged.
    """
    values = _known_only(values, base_year, sectors)
    chosen = {word: _masks(values, word, sectors) for word in schema.WORDS}
    drawn_by = {word: masks for word, masks in chosen.items() if masks}
    sets = ParameterSets(base_year, tuple(sectors), drawn_by, dict(chosen_forms))
    return sets.point(schema.parameters(_without_words(values), sectors)), sets


def all_drawn(word: str) -> dict[str, Any]:
    """Plain values of all parameters: the word for each that is drawn, the shipped value of all others."""
    return {
        group: {name: word if f"{group}.{name}" in drawn_parameters() else value for name, value in values.items()}
        for group, values in shipped().items()
    }


def words_in(values: Mapping[str, Any]) -> frozenset[str]:
    """The words, such as `posterior`, among nested plain values; none when every run has the same parameters."""
    return frozenset().union(
        *(words_in(value) if isinstance(value, Mapping) else _word(value) for value in values.values())
    )


def causes(values: Mapping[str, Any]) -> str:
    """What runs with these plain values differ by, for reading."""
    return "luck, parameters and equations" if words_in(values) else "luck, not by parameters"


@cache
def _sets(word: str, base_year: int) -> Numbers:
    return posterior(base_year).values if word == "posterior" else drawn(range(PRIOR_SETS), PRIOR_SEED)


@cache
def _by_set(word: str, base_year: int, sectors: tuple[str, ...]) -> Mapping[str, Array]:
    return arrays(_sets(word, base_year), sectors)


@cache
def _points(word: str, base_year: int, sectors: tuple[str, ...]) -> Mapping[str, Array]:
    if word == "posterior":
        return arrays(np.median(posterior(base_year).values, axis=0)[None], sectors)
    modes = schema.parameters(shipped(), sectors)
    return {name: _value(modes, name) for name in drawn_parameters()}


def _masks(values: Mapping[str, Mapping[str, Any]], word: str, sectors: Sequence[str]) -> dict[str, NDArray[np.bool_]]:
    """Which members of which parameters have the word."""
    found = {}
    for name, parameter in drawn_parameters().items():
        group, _, single = name.partition(".")
        mask = _mask(values[group][single], word, parameter, sectors)
        if mask.any():
            found[name] = mask
    return found


def _mask(value: Any, word: str, parameter: Parameter, sectors: Sequence[str]) -> NDArray[np.bool_]:
    if isinstance(value, Mapping):
        return schema.along({member: part == word for member, part in value.items()}, parameter, sectors) > 0.0
    return np.full((1, 1, 1, 1), value == word)


def _known_only(
    values: Mapping[str, Mapping[str, Any]], base_year: int, sectors: Sequence[str]
) -> Mapping[str, Mapping[str, Any]]:
    """The values with shipped numbers in the place of words for which the posterior holds nothing."""
    if "posterior" not in words_in(values):
        return values
    found = {group: dict(given) for group, given in values.items()}
    for name in posterior(base_year).missing:
        group, _, single = name.partition(".")
        members = schema.members(drawn_parameters()[name].axis, sectors)
        found[group][single] = _settled(found[group][single], shipped()[group][single], members)
    return found


def _settled(value: Any, number: Any, members: Sequence[str]) -> Any:
    """A value with the number for each member that would be drawn from the posterior."""
    if not isinstance(value, Mapping):
        return number if value == "posterior" else value
    numbers = number if isinstance(number, Mapping) else {"default": number}
    each = {name: value.get(name, value.get("default")) for name in members}
    return {
        name: numbers.get(name, numbers.get("default")) if part == "posterior" else part for name, part in each.items()
    }


def _word(value: Any) -> frozenset[str]:
    return frozenset({value} if value in schema.WORDS else ())


def _without_words(values: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The values with a number of the range, over which another is laid, in the place of every word."""
    declared = schema.described()
    return {
        group: {name: _number(value, declared[f"{group}.{name}"].low) for name, value in given.items()}
        for group, given in values.items()
    }


def _number(value: Any, instead: float) -> Any:
    if isinstance(value, Mapping):
        return {member: _number(part, instead) for member, part in value.items()}
    return instead if isinstance(value, str) else value


def _value(parameters: Parameters, name: str) -> Array:
    group, _, single = name.partition(".")
    return getattr(getattr(parameters, group), single)
