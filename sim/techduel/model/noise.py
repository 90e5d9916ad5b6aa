"""Every random draw of the model: one generator per run, fixed shapes, common random numbers.

The draws of run *i* depend on the seed and on *i* only: not on the batch, the process, the scenario or the parameters.
So two scenarios that share a seed share their luck, and their difference is due to the scenario.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from techduel.model.axes import N_STATES, Array

PLACEMENT: Final = ("rule", "ownership", "dependence", "tie", "age")
STREAMS: Final = ("innovation", "imitation", "appeal", "turnover", "peer")


@dataclass(frozen=True, slots=True)
class Draws:
    """The luck of one quarter: uniforms on [0, 1), and standard normals for the two economies."""

    innovation: Array
    imitation: Array
    appeal: Array
    turnover: Array
    peer: Array
    economy: Array
    """Standard normals by (run, state, 1, 1)."""
    espionage: Array
    disruption: Array
    """Uniforms by (run, state, 1, 1): whether an incident happens."""
    sight: Array
    """Standard normals by (run, state, 1, 1): errors in seeing the rival."""


@dataclass(frozen=True, slots=True)
class InitialDraws:
    """The luck of the base year: what facts do not say about single firms."""

    rule: Array
    ownership: Array
    dependence: Array
    tie: Array
    age: Array
    resolve: Array
    """Standard normals by (run, state, 1, 1): how far each state keeps to its plan."""


class Noise:
    """The random streams of a batch of runs.

    Parameters
    ----------
    seed : int
        Shared by all runs of an experiment.
    runs : sequence of int
        Indices of the runs in this batch.
    sectors, slots : int
        Sizes of the last two axes.
    """

    def __init__(self, seed: int, runs: Sequence[int], sectors: int, slots: int) -> None:
        sequences = [np.random.SeedSequence(seed, spawn_key=(int(run),)) for run in runs]
        self._generators = [np.random.Generator(np.random.SFC64(sequence)) for sequence in sequences]
        self._shape = (slots, N_STATES, sectors)
        self._seed, self._runs = seed, tuple(int(run) for run in runs)

    @property
    def runs(self) -> tuple[int, ...]:
        """Indices of the runs."""
        return self._runs

    def initial(self) -> InitialDraws:
        """The draws of the base year; call once, first."""
        return InitialDraws(**self._uniforms(PLACEMENT), resolve=self._normals())

    def quarter(self) -> Draws:
        """The draws of the next quarter."""
        fields, economy = self._uniforms(STREAMS), self._normals()
        espionage, disruption = self._chances(), self._chances()
        return Draws(**fields, economy=economy, espionage=espionage, disruption=disruption, sight=self._normals())

    def fate(self, event: str) -> Array:
        """Three uniforms of a named event by (run, 1, 1, 3), whatever else happens: whether, how much, when."""
        key = zlib.crc32(event.encode("utf-8"))
        sequences = [np.random.SeedSequence(self._seed, spawn_key=(run, key)) for run in self._runs]
        drawn = [np.random.Generator(np.random.SFC64(sequence)).random(3) for sequence in sequences]
        return np.array(drawn).reshape(-1, 1, 1, 3)

    def _uniforms(self, names: Sequence[str]) -> dict[str, Array]:
        """Fields of uniforms by (run, state, sector, slot), slot-slowest in memory."""
        drawn = np.empty((len(self._generators), len(names), *self._shape))
        for generator, single in zip(self._generators, drawn, strict=True):
            generator.random(out=single)
        block = np.ascontiguousarray(drawn.transpose(1, 2, 0, 3, 4))
        return dict(zip(names, block.transpose(0, 2, 3, 4, 1), strict=True))

    def _chances(self) -> Array:
        drawn = [generator.random(N_STATES) for generator in self._generators]
        return np.array(drawn).reshape(-1, N_STATES, 1, 1)

    def _normals(self) -> Array:
        drawn = [generator.standard_normal(N_STATES) for generator in self._generators]
        return np.array(drawn).reshape(-1, N_STATES, 1, 1)
