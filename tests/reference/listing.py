"""Section 3.10: which firms of the rival a state puts on its list."""

from math import floor
from typing import Any

TOLERANCE = 1e-9
"""Four quarters of a pace of one firm a year make one firm in spite of rounding."""


def list_firms(state: Any) -> None:
    """The firms with most sales that need a licence; whole firms only, the rest of the quota waits."""
    quota = state.listing_quota + state.levers["listing_pace"] / 4.0
    places = floor(quota + TOLERANCE)
    state.listing_quota = quota - places
    if not places:
        return
    candidates = []
    for cell in state.rival.cells:
        breadth = state.levers["control_breadth"][cell.sector]
        candidates += [(firm.sales * breadth, firm, cell) for firm in cell.firms if not firm.listed]
    candidates.sort(key=lambda candidate: -candidate[0])
    for weight, firm, cell in candidates[:places]:
        if weight > 0.0:
            firm.listed = True
            firm.tie_replaced = cell.tie_replaced
