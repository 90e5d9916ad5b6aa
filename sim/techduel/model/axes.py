"""The axes of every array: their order, sizes and names, and the few verbs that act on an axis."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

type Array = NDArray[np.float64]
"""Numbers by (run, state, sector, slot); length 1 where a quantity does not vary."""
type Mask = NDArray[np.bool_]
"""Truth values by (run, state, sector, slot)."""
type Trade = NDArray[np.float64]
"""Numbers by (run, origin, market, sector, buyer); origins and markets are blocs."""

STATES: Final = ("us", "china")
BLOCS: Final = ("us", "china", "allies", "rest")
N_STATES: Final = len(STATES)
N_BLOCS: Final = len(BLOCS)
PRIVATE, PUBLIC, LISTED = range(3)
"""Who buys in a market: households and ordinary firms, the state, and firms on the rival's entity list."""
SHORT: Final = 4
"""Longest axis that is summed member by member, which is several times faster than a reduction over few numbers."""

RUN, STATE, SECTOR, SLOT = range(4)
ORIGIN, MARKET, TRADE_SECTOR, BUYER = 1, 2, 3, 4


def total(values: NDArray[np.float64], axis: int) -> NDArray[np.float64]:
    """Sum over one axis, which keeps length 1.

    One axis at a time: the order of a sum over several axes at once depends on the memory layout, and with
    it the last bits of the result would depend on how many runs share a batch.
    """
    if values.shape[axis] > SHORT:
        return np.add.reduce(values, axis=axis, keepdims=True)
    before = (slice(None),) * (axis % values.ndim)
    result = values[(*before, slice(0, 1))]
    for member in range(1, values.shape[axis]):
        result = result + values[(*before, slice(member, member + 1))]
    return result


def rival(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same quantity of the other state: axis 1 with its two members swapped."""
    return values[:, ::-1]


def empty_firms(runs: int, sectors: int, slots: int, kind: type = float) -> NDArray[Any]:
    """An uninitialised (run, state, sector, slot) array that is slot-slowest in memory.

    Sums and maxima over slots then run along long contiguous rows, several times faster than slot-fastest.
    """
    return np.empty((slots, runs, N_STATES, sectors), dtype=kind).transpose(1, 2, 3, 0)


def by_buyer(private: Trade, public: Trade, listed: Trade) -> Trade:
    """One trade array from those of the three buyers, buyer-slowest in memory for the same reason as slots."""
    return np.concatenate([part[None, ..., 0] for part in np.broadcast_arrays(private, public, listed)]).transpose(
        1, 2, 3, 4, 0
    )


def flat[Kind: np.generic](values: NDArray[Kind]) -> NDArray[Kind]:
    """A one-dimensional view of a firm array in memory order, for sparse assignment.

    Raises
    ------
    ValueError
        If the array is not slot-slowest; a silent copy would lose every assignment.
    """
    memory = values.transpose(3, 0, 1, 2)
    if not memory.flags.c_contiguous:
        raise ValueError("firm array is not slot-slowest in memory")
    return memory.reshape(-1)


def at_firms(values: Array, places: NDArray[np.intp], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Cell values read at flat firm places (see `flat`), without spreading them over all firms first.

    Parameters
    ----------
    values : cells
        Length 1 in slots; shorter axes are repeated.
    places : places in memory order
    shape : shape of a firm array
    """
    if values.size == 1:
        return values.reshape(1)
    cells = np.ascontiguousarray(np.broadcast_to(values[..., 0], shape[:-1])).reshape(-1)
    return cells[places % cells.size]
