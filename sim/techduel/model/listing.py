"""The entity list: a state puts the rival's largest firms on it, in the sectors that its controls cover."""

from math import floor
from typing import Any, Final

from techduel.model.engine.compiler import compiled

ROUNDING: Final = 1e-9
"""A quota that falls short of a whole firm by rounding counts as whole."""


@compiled
def list_firms(run: Any, s: int) -> None:
    """List as many of the rival's firms as the pace has added up to; what finds no firm is dropped.

    Equation: model.md 3.10.
    """
    state = run.states[s]
    quota = state.listing_quota + state.levers.listing_pace / 4.0
    due = floor(quota + ROUNDING)
    state.listing_quota = max(quota - due, 0.0)
    for _ in range(int(due)):
        if not list_largest(run, s):
            return


@compiled
def list_largest(run: Any, s: int) -> bool:
    """Put the rival's largest firm, by sales under control, on a state's list; whether there was one.

    It starts with the co-invention that its cell has replaced. Equation: model.md 3.10.
    """
    most, sector, place = 0.0, -1, -1
    for k in range(len(run.sectors)):
        covered, firms = run.cells[s, k].levers.control_breadth, run.firms[1 - s, k]
        for i in range(len(firms)):
            if firms[i].alive and not firms[i].listed and firms[i].sales * covered > most:
                most, sector, place = firms[i].sales * covered, k, i
    if sector < 0:
        return False
    firm = run.firms[1 - s, sector][place]
    firm.listed = True
    firm.tie_replaced = run.cells[1 - s, sector].tie_replaced
    return True
