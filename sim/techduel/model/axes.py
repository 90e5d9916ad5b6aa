"""The axes of every array: their order, sizes and names, and the few verbs that act on an axis."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

type Numbers = NDArray[np.float64]
"""Numbers by any axes."""
type Array = NDArray[np.float64]
"""Numbers by (run, state, sector, slot); length 1 where a quantity does not vary."""
type Mask = NDArray[np.bool_]
"""Truth values, by (run, state, sector, slot) unless said otherwise."""
type Trade = NDArray[np.float64]
"""Numbers by (run, origin, market, sector, buyer); origins and markets are blocs."""

STATES: Final = ("us", "china")
BLOCS: Final = ("us", "china", "allies", "rest")
CHOKEPOINTS: Final = ("chip_tools", "design_tools", "foundry", "rare_earths", "minor_metals")
"""Single inputs without firms here, whose makers sit in few places."""
N_STATES: Final = len(STATES)
N_BLOCS: Final = len(BLOCS)
N_PASSIVE: Final = N_BLOCS - N_STATES
"""Third countries: blocs whose governments decide nothing."""
N_CHOKEPOINTS: Final = len(CHOKEPOINTS)
N_BUYERS: Final = 3
N_SIGNALS: Final = 8
"""Most steps of a state's schedules that wait for what it sees."""
ALLIES, REST = 2, 3
"""Places of the passive blocs among `BLOCS`."""
PRIVATE, PUBLIC, LISTED = range(N_BUYERS)
"""Who buys in a market: households and ordinary firms, the state, and firms on the rival's entity list."""
ORDINARY, ON_LIST = range(2)
"""Two kinds of firms, by what they meet as users of inputs."""
SHORT: Final = 4
"""Longest axis that is summed member by member, which is several times faster than a reduction over few numbers."""
HUNDRED: Final = 100.0
"""Per cent, percentage points or log points of one."""

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
