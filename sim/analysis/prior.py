"""Prior draws: every parameter uniform in its range, one set a run.

A draw depends on the seed, on the parameter's name and on the index of the draw only: neither on how many are drawn nor
on which other parameters exist.
"""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from sim import schema
from sim.axes import N_STATES, Array
from sim.parameter import Parameter
from sim.parameters import Parameters

NOT_DRAWN: Final = ("objectives",)
"""Groups that keep their values: what states want is swept, never drawn, and acts through policies only."""


def drawn(base: Parameters, draws: Sequence[int], seed: int = 1) -> Parameters:
    """Parameter sets from the prior, as arrays by (run, 1 or state, 1, 1).

    The two states' values of a parameter are drawn apart. One draw serves all sectors: doubt about a parameter with an
    axis of sectors is doubt about its level, and independent draws would cancel over fourteen sectors.

    Parameters
    ----------
    base : Parameters
        Gives the groups that are not drawn.
    draws : sequence of int
        Indices of the sets, one a run.
    seed : int

    Examples
    --------
    >>> from sim import load_scenario
    >>> drawn(load_scenario().parameters, range(3)).ideas.step.shape
    (3, 1, 1, 1)
    """
    return with_values(
        base,
        {
            name: _drawn(name, known, draws, seed)
            for name, known in schema.described().items()
            if name.partition(".")[0] not in NOT_DRAWN
        },
    )


def with_values(parameters: Parameters, values: Mapping[str, Array | float]) -> Parameters:
    """The same parameters but for some by their full name; a number holds for all runs, states and sectors.

    Ranges are not checked: to switch a mechanism off, a value outside of them may be needed.

    Raises
    ------
    KeyError
        If there is no parameter of a name.
    """
    unknown = [name for name in values if name not in schema.described()]
    if unknown:
        raise KeyError(f"no such parameter: {', '.join(unknown)}")
    groups: dict[str, dict[str, Any]] = {}
    for name, value in values.items():
        group, _, single = name.partition(".")
        groups.setdefault(group, {})[single] = np.asarray(value, dtype=float).reshape(np.shape(value) or (1, 1, 1, 1))
    return replace(parameters, **{name: replace(getattr(parameters, name), **given) for name, given in groups.items()})


def _drawn(name: str, known: Parameter, draws: Sequence[int], seed: int) -> Array:
    generator = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(zlib.crc32(name.encode("utf-8")),)))
    states = N_STATES if known.axis == "state" else 1
    luck = generator.random((max(draws) + 1, states))[list(draws)]
    return known.low + (known.high - known.low) * luck[:, :, None, None]
