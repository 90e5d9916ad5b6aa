"""What is believed of the parameters before anything is fitted: a PERT distribution for each, and draws from it.

A PERT distribution (Malcolm et al. 1959; Vose 2008) is a Beta distribution on a range whose mean is a sixth of lowest
plus four times most likely plus highest value. The range is that of the parameter table, most likely the shipped value;
where that was set with the record or a finding in view, the middle of the range: nothing is learnt twice from a number.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np

from techduel.facts.sectors import read_sectors
from techduel.model.axes import STATES, Array, Numbers
from techduel.model.parameters import Parameters, schema
from techduel.model.parameters.parameter import Parameter
from techduel.model.world import Openness
from techduel.scenario.layers import config_folder
from techduel.scenario.loader import strict_yaml

PEAK: Final = 4.0
"""Weight of the mode, lambda of the PERT distribution; 4 is its standard."""
SCORE_OF_A_BOUND: Final = 6.0
"""In standard deviations: it would be infinite."""


@dataclass(frozen=True, slots=True)
class Column:
    """One number of a parameter set, with its prior."""

    name: str
    """Such as ``research.crowd_in`` or ``research.relabelled_share.us``."""
    parameter: str
    """Full name in the parameter table."""
    member: str | None
    """State, of a parameter with an axis of states."""
    low: float
    mode: float
    """Shipped value, of a parameter with an axis of sectors that of its ``default``; or the middle of the range."""
    high: float


@cache
def columns() -> tuple[Column, ...]:
    """Everything that is drawn, in the order of the parameter table.

    The two states' values of a parameter are drawn apart. One quantile serves all sectors: doubt about a parameter with
    an axis of sectors is doubt about its level, and independent draws would cancel over fourteen sectors.
    """
    return tuple(
        Column(
            f"{name}.{member}" if member else name,
            name,
            member,
            parameter.low,
            _mode(name, parameter, member),
            parameter.high,
        )
        for name, parameter in drawn_parameters().items()
        for member in (STATES if parameter.axis == "state" else (None,))
    )


@cache
def drawn_parameters() -> dict[str, Parameter]:
    """The part of the parameter table that is drawn, by full name."""
    return {
        name: parameter
        for name, parameter in schema.described().items()
        if schema.is_drawn(name.partition(".")[0], parameter)
    }


@cache
def shipped() -> dict[str, Any]:
    """The shipped plain values of all parameters."""
    return strict_yaml(config_folder() / "params" / "default.yaml")


def values(scores: Numbers) -> Numbers:
    """Parameter values of standard normal scores, (set, column)."""
    from scipy.special import ndtr

    return _values(ndtr(scores))


def scores(values: Numbers) -> Numbers:
    """Standard normal scores of parameter values, (set, column); those of a bound are `SCORE_OF_A_BOUND`."""
    from scipy.special import ndtri

    quantiles = _quantile(values, *(np.array(bound) for bound in _bounds()))
    return np.clip(ndtri(quantiles), -SCORE_OF_A_BOUND, SCORE_OF_A_BOUND)


def drawn(draws: Sequence[int], seed: int = 1) -> Numbers:
    """Values from the prior, (set, column).

    A draw depends on the seed, on the name of its column and on its index only: neither on how many are drawn nor on
    which other parameters exist.

    Parameters
    ----------
    draws : sequence of int
        Indices of the sets.
    seed : int

    Examples
    --------
    >>> drawn(range(3)).shape == (3, len(columns()))
    True
    """
    luck = [stream(column.name, seed).random(max(draws) + 1)[list(draws)] for column in columns()]
    return _values(np.stack(luck, axis=1))


def arrays(values: Numbers, sectors: Sequence[str]) -> dict[str, Array]:
    """Parameter sets as arrays by full name, (set, 1 or state, 1 or sector, 1), as `with_values` takes them.

    Weights of the channels of knowledge are parts of one whole: where those of a set exceed one together, all are
    scaled down.

    Parameters
    ----------
    values : (set, column)
    sectors : sequence of str
    """
    by_name = {column.name: values[:, place] for place, column in enumerate(columns())}
    found = {name: _array(name, parameter, by_name, sectors) for name, parameter in drawn_parameters().items()}
    channels = [f"knowledge.{item.name}" for item in fields(Openness)]
    total = np.maximum(sum(found[name] for name in channels), 1.0)
    return found | {name: found[name] / total for name in channels}


def with_values(parameters: Parameters, values: Mapping[str, Array | float]) -> Parameters:
    """The same parameters but for some by their full name; a number holds for all runs, states and sectors.

    Ranges are not checked: to switch a mechanism off, a value outside of them may be needed.

    Raises
    ------
    KeyError
        If there is no parameter of a name.
    """
    declared = schema.described()
    unknown = [name for name in values if name not in declared]
    if unknown:
        raise KeyError(f"no such parameter: {', '.join(unknown)}")
    groups: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        group, _, single = name.partition(".")
        groups.setdefault(group, {})[single] = np.asarray(value, dtype=float).reshape(np.shape(value) or (1, 1, 1, 1))
    return replace(parameters, **{name: replace(getattr(parameters, name), **given) for name, given in groups.items()})


def prior_parameters(base: Parameters, draws: Sequence[int], seed: int = 1) -> Parameters:
    """Parameters by run from the prior; groups that are not drawn keep the values of `base`.

    Examples
    --------
    >>> from techduel import load_scenario
    >>> prior_parameters(load_scenario().parameters, range(3)).ideas.step.shape
    (3, 1, 1, 1)
    """
    return with_values(base, arrays(drawn(draws, seed), read_sectors(files("techduel.facts")).names))


def stream(name: str, seed: int) -> np.random.Generator:
    """The luck of what has a name, whatever else is drawn."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(zlib.crc32(name.encode("utf-8")),)))


def _mode(name: str, parameter: Parameter, member: str | None) -> float:
    return (parameter.low + parameter.high) / 2.0 if parameter.seen else _shipped(name, member)


def _shipped(name: str, member: str | None) -> float:
    group, _, single = name.partition(".")
    value = shipped()[group][single]
    return float(value.get(member, value.get("default")) if isinstance(value, Mapping) else value)


@cache
def _bounds() -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    """Lowest, most likely and highest value by column."""
    low, mode, high = zip(*((column.low, column.mode, column.high) for column in columns()), strict=True)
    return low, mode, high


def _values(quantiles: Numbers) -> Numbers:
    return _pert(quantiles, *(np.array(bound) for bound in _bounds()))


def _array(name: str, parameter: Parameter, by_name: Mapping[str, Numbers], sectors: Sequence[str]) -> Array:
    if parameter.axis == "state":
        return np.stack([by_name[f"{name}.{state}"] for state in STATES], axis=1)[:, :, None, None]
    if parameter.axis == "sector":
        low, high = np.array(parameter.low), np.array(parameter.high)
        quantiles = _quantile(by_name[name], low, np.array(_mode(name, parameter, None)), high)
        modes = np.array([_mode(name, parameter, sector) for sector in sectors])
        return _pert(quantiles[:, None], low, modes, high)[:, None, :, None]
    return by_name[name][:, None, None, None]


def _pert(quantiles: Numbers, low: Numbers, mode: Numbers, high: Numbers) -> Numbers:
    """Values of quantiles."""
    from scipy.special import betaincinv

    return low + (high - low) * betaincinv(*_shapes(low, mode, high), quantiles)


def _quantile(values: Numbers, low: Numbers, mode: Numbers, high: Numbers) -> Numbers:
    """Quantiles of values."""
    from scipy.special import betainc

    return betainc(*_shapes(low, mode, high), np.clip((values - low) / (high - low), 0.0, 1.0))


def _shapes(low: Numbers, mode: Numbers, high: Numbers) -> tuple[Numbers, Numbers]:
    """Both parameters of the Beta distribution."""
    return 1.0 + PEAK * (mode - low) / (high - low), 1.0 + PEAK * (high - mode) / (high - low)
