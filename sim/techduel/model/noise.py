"""Every random draw of the model: one generator per run, fixed shapes, common random numbers.

The draws of run *i* depend on the seed and on *i* only: not on the batch, the process, the scenario or the parameters.
So two scenarios that share a seed share their luck, and their difference is due to the scenario.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, log1p
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from techduel.model.axes import N_STATES, Array
from techduel.model.engine.compiler import COMPILES, compiled, entry

PLACEMENT: Final = ("rule", "ownership", "dependence", "tie", "age")
STREAMS: Final = ("innovation", "imitation", "appeal", "turnover", "peer")
INNOVATION, IMITATION, APPEAL, TURNOVER, PEER = range(len(STREAMS))
"""Places of the streams among the uniforms of a quarter."""
CHANCES: Final = ("economy", "espionage", "disruption", "sight")
EDGE: Final = 3.6541528853610088
"""Where the outermost layer of the ziggurat ends, as in NumPy."""
INVERSE_EDGE: Final = 0.27366123732975828
LAYERS: Final = 256


def luck_type(sectors: int, slots: int) -> np.dtype[Any]:
    """The record of one run's luck in one quarter."""
    uniforms = ("uniforms", "f8", (len(STREAMS), N_STATES, sectors, slots))
    return np.dtype([uniforms, *((name, "f8", (N_STATES,)) for name in CHANCES)], align=True)


@cache
def ziggurat() -> NDArray[Any]:
    """One record of the layers from which normals are drawn: NumPy's, which the compiler carries for its own."""
    from numba.np.random import _constants

    layers = np.zeros(1, [("heights", "f8", (LAYERS,)), ("inside", "u8", (LAYERS,)), ("widths", "f8", (LAYERS,))])
    layers["heights"], layers["inside"] = _constants.fi_double, _constants.ki_double
    layers["widths"] = _constants.wi_double
    return layers


@compiled
def following(stream: Any) -> Any:
    """The next 64 bits of a stream of SFC64. Source: Doty-Humphrey 2010, as in NumPy."""
    bits = stream[0] + stream[1] + stream[3]
    stream[3] += np.uint64(1)
    stream[0] = stream[1] ^ (stream[1] >> np.uint64(11))
    stream[1] = stream[2] + (stream[2] << np.uint64(3))
    stream[2] = ((stream[2] << np.uint64(24)) | (stream[2] >> np.uint64(40))) + bits
    return bits


@compiled
def uniform(stream: Any) -> float:
    """A uniform on [0, 1), as `Generator.random` makes it of the next bits."""
    return float(following(stream) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@compiled
def normal(stream: Any, layers: Any) -> float:
    """A standard normal, as `Generator.standard_normal` makes it. Source: Marsaglia and Tsang 2000."""
    while True:
        bits = following(stream)
        layer = int(bits & np.uint64(0xFF))
        bits >>= np.uint64(8)
        size = (bits >> np.uint64(1)) & np.uint64(0x000FFFFFFFFFFFFF)
        value = float(size) * layers.widths[layer]
        if bits & np.uint64(1):
            value = -value
        if size < layers.inside[layer]:
            return value
        if layer == 0:
            return tail(stream, (size >> np.uint64(8)) & np.uint64(1))
        above, here = layers.heights[layer - 1], layers.heights[layer]
        height = (above - here) * uniform(stream) + here
        if height < exp(-0.5 * value * value):
            return value


@compiled
def tail(stream: Any, negative: Any) -> float:
    """A normal beyond the outermost layer."""
    while True:
        beyond = -INVERSE_EDGE * log1p(-uniform(stream))
        height = -log1p(-uniform(stream))
        if height + height > beyond * beyond:
            return -(EDGE + beyond) if negative else EDGE + beyond


@entry
def fill(streams: Any, lucks: Any, layers: Any) -> None:
    """The luck of a quarter of every run, bit for bit as NumPy draws it: slots outermost."""
    for place in range(len(lucks)):
        draw(streams[place], lucks[place], layers[0])


@compiled
def draw(stream: Any, luck: Any, layers: Any) -> None:
    """The luck of a quarter of one run."""
    fill_uniforms(luck.uniforms, stream)
    for s in range(N_STATES):
        luck.economy[s] = normal(stream, layers)
    for s in range(N_STATES):
        luck.espionage[s] = uniform(stream)
    for s in range(N_STATES):
        luck.disruption[s] = uniform(stream)
    for s in range(N_STATES):
        luck.sight[s] = normal(stream, layers)


@compiled
def fill_uniforms(uniforms: Any, stream: Any) -> None:
    """All uniforms of a quarter."""
    streams, states, sectors, slots = uniforms.shape
    for at in range(streams):
        for slot in range(slots):
            for s in range(states):
                for k in range(sectors):
                    uniforms[at, s, k, slot] = uniform(stream)


@dataclass(frozen=True, slots=True)
class Draws:
    """The luck of one quarter: uniforms on [0, 1), and standard normals for the two economies."""

    records: NDArray[Any]
    """One a run, or one for all runs, of `luck_type`."""

    def mirrored(self) -> Self:
        """The luck of either state for the other."""
        records = self.records.copy()
        records["uniforms"] = self.records["uniforms"][:, :, ::-1]
        for name in CHANCES:
            records[name] = self.records[name][:, ::-1]
        return type(self)(records)

    @property
    def innovation(self) -> Array:
        """Uniforms by (run, state, sector, slot): whether a firm finds something, and how much."""
        return self._stream(INNOVATION)

    @property
    def imitation(self) -> Array:
        """The same for imitation."""
        return self._stream(IMITATION)

    @property
    def appeal(self) -> Array:
        """The same for shocks to appeal."""
        return self._stream(APPEAL)

    @property
    def turnover(self) -> Array:
        """The same for exit and entry."""
        return self._stream(TURNOVER)

    @property
    def peer(self) -> Array:
        """The same for looking at a peer."""
        return self._stream(PEER)

    @property
    def economy(self) -> Array:
        """Standard normals by (run, state, 1, 1)."""
        return self._chance("economy")

    @property
    def espionage(self) -> Array:
        """Uniforms by (run, state, 1, 1): whether an incident happens."""
        return self._chance("espionage")

    @property
    def disruption(self) -> Array:
        """The same for the other kind."""
        return self._chance("disruption")

    @property
    def sight(self) -> Array:
        """Standard normals by (run, state, 1, 1): errors in seeing the rival."""
        return self._chance("sight")

    def _stream(self, place: int) -> Array:
        return np.asarray(self.records["uniforms"][:, place])

    def _chance(self, name: str) -> Array:
        return np.asarray(self.records[name][:, :, None, None])


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

    Attributes
    ----------
    streams : (run, 4)
        Where each run's stream is; who draws from it moves it on.
    """

    def __init__(self, seed: int, runs: Sequence[int], sectors: int, slots: int) -> None:
        sequences = [np.random.SeedSequence(seed, spawn_key=(int(run),)) for run in runs]
        self._generators = [np.random.Generator(np.random.SFC64(sequence)) for sequence in sequences]
        self.streams = np.zeros((len(sequences), 4), np.uint64)
        self._luck = np.zeros(len(runs), luck_type(sectors, slots))
        self._seed, self._runs = seed, tuple(int(run) for run in runs)
        self._follow()

    @property
    def runs(self) -> tuple[int, ...]:
        """Indices of the runs."""
        return self._runs

    def initial(self) -> InitialDraws:
        """The draws of the base year; call once, first."""
        _, states, sectors, slots = self._luck["uniforms"].shape[1:]
        shape = (len(PLACEMENT), slots, states, sectors)
        uniforms = np.array([generator.random(shape) for generator in self._generators])
        fields = {name: uniforms[:, place].transpose(0, 2, 3, 1) for place, name in enumerate(PLACEMENT)}
        normals = [generator.standard_normal(N_STATES) for generator in self._generators]
        self._follow()
        return InitialDraws(**fields, resolve=np.array(normals).reshape(-1, N_STATES, 1, 1))

    def quarter(self) -> Draws:
        """The draws of the next quarter, to keep."""
        return Draws(self.passing().records.copy())

    def passing(self) -> Draws:
        """The draws of the next quarter, good until the next are drawn: the same memory is filled anew."""
        if COMPILES:
            fill(self.streams, self._luck, ziggurat())
        else:
            self._fill()
        return Draws(self._luck)

    def room(self) -> NDArray[Any]:
        """One record: memory for the `luck` of one run, and the `layers` with which it is drawn."""
        tables = ziggurat()
        room = np.zeros(1, np.dtype([("luck", self._luck.dtype), ("layers", tables.dtype)], align=True))
        room["layers"] = tables
        return room

    def _fill(self) -> None:
        """What `fill` does, by NumPy: slots outermost, as they have always been drawn."""
        _, states, sectors, slots = self._luck["uniforms"].shape[1:]
        for generator, luck in zip(self._generators, self._luck, strict=True):
            luck["uniforms"] = generator.random((len(STREAMS), slots, states, sectors)).transpose(0, 2, 3, 1)
            luck["economy"] = generator.standard_normal(N_STATES)
            luck["espionage"] = generator.random(N_STATES)
            luck["disruption"] = generator.random(N_STATES)
            luck["sight"] = generator.standard_normal(N_STATES)

    def _follow(self) -> None:
        """Take over the streams where NumPy's generators are."""
        for stream, generator in zip(self.streams, self._generators, strict=True):
            stream[:] = generator.bit_generator.state["state"]["state"]

    def fate(self, event: str) -> Array:
        """Three uniforms of a named event by (run, 1, 1, 3), whatever else happens: whether, how much, when."""
        key = zlib.crc32(event.encode("utf-8"))
        sequences = [np.random.SeedSequence(self._seed, spawn_key=(run, key)) for run in self._runs]
        drawn = [np.random.Generator(np.random.SFC64(sequence)).random(3) for sequence in sequences]
        return np.array(drawn).reshape(-1, 1, 1, 3)
