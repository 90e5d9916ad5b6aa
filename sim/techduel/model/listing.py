"""The entity list: a state puts the rival's largest firms on it, in the sectors that its controls cover."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from techduel.model.actions import Action
from techduel.model.axes import N_STATES, Array, at_firms, empty_firms, flat
from techduel.model.world import Firms

ROUNDING = 1e-9
"""A quota that falls short of a whole firm by rounding counts as whole."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Firms after a quarter's listings, and the part of a firm that each list's pace has left over."""

    firms: Firms
    quota: Array


def listing(firms: Firms, actions: Action, quota: Array, replaced: Array) -> Listing:
    """List as many of the rival's firms as the pace has added up to: the largest whose sector is under control.

    Parameters
    ----------
    quota : (run, state, 1, 1)
        Left over from the quarter before, of the state that lists.
    replaced : (run, state, sector, 1)
        Co-invention that a cell's firms have replaced: where a newly listed firm starts.
    """
    whole = quota + actions.listing_pace / 4.0
    due = np.floor(whole + ROUNDING)
    left = np.maximum(whole - due, 0.0)
    if not np.any(due):
        return Listing(firms, left)
    places = chosen(firms, actions, due)
    listed, started = firms.listed.copy(order="K"), firms.tie_replaced.copy(order="K")
    flat(listed)[places] = True
    flat(started)[places] = at_firms(replaced, places, listed.shape)
    return Listing(replace(firms, listed=listed, tie_replaced=started), left)


def chosen(firms: Firms, actions: Action, due: Array) -> NDArray[np.intp]:
    """Flat places of the firms that are listed: a state after the other, run by run."""
    runs, _, sectors, slots = firms.alive.shape
    covered = np.broadcast_to(actions.control_breadth[:, ::-1], (runs, N_STATES, sectors, 1))
    worth = firms.sales * covered * (firms.alive & ~firms.listed)
    marked = empty_firms(runs, sectors, slots, bool)
    marked[...] = False
    for run, lister in np.argwhere(np.broadcast_to(due, (runs, N_STATES, 1, 1))[..., 0, 0] >= 1.0):
        line = worth[run, 1 - lister].reshape(-1)
        largest = np.argsort(-line, kind="stable")[: int(due[min(run, len(due) - 1), lister, 0, 0])]
        taken = np.zeros(line.size, dtype=bool)
        taken[largest[line[largest] > 0.0]] = True
        marked[run, 1 - lister] = taken.reshape(sectors, slots)
    return np.flatnonzero(flat(marked))
