"""Section 3.5 for one state: single inputs of which its rival, and allies with it, keep back part."""

from math import exp, log
from typing import Any

from tests.reference.reallocation import MOST_UNMET, between_origins, way

KINDS = (
    ("chip_tools", "tool_denial"),
    ("design_tools", "tool_denial"),
    ("foundry", "foundry_denial"),
    ("rare_earths", "mineral_denial"),
    ("minor_metals", "mineral_denial"),
)
"""Goods, and the lever that denies them."""
LIFE = 8.0


def meet(state: Any, _mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    """What users feel of each good, by which makers are left; and what the rival sells less of it."""
    state.rival.inputs_forgone = 0.0
    for good, (name, lever) in enumerate(KINDS):
        users = [(cell, cell.inputs_share[good]) for cell in state.cells if cell.inputs_share[good] > 0.0]
        spent = sum(share for _, share in users)
        joined = sum(share * state.rival.joined[cell.sector] for cell, share in users) / spent
        refused = theirs[lever] * (1.0 - _leak(state.model.known.access, theirs, theirs[lever]))
        denied = (refused, joined * refused)
        by = sum(share * between_origins(state.model, cell.sector) for cell, share in users) / spent - 1.0
        felt = _lacking(state, good, denied, by, sum(share * cell.sales for cell, share in users))
        if name == "chip_tools":
            felt = state.inputs_felt[good] + (felt - state.inputs_felt[good]) / (4.0 * LIFE)
        state.inputs_felt[good] = felt


def burden(state: Any, cell: Any) -> float:
    """What that adds to the log cost of a cell."""
    return sum(weight * felt for weight, felt in zip(cell.inputs_weight, state.inputs_felt, strict=True))


def _lacking(state: Any, good: int, denied: tuple[float, float], by: float, bought: float) -> float:
    """The price of what is missing: of the makers left, and of what nobody makes yet."""
    at_once = state.model.known.forms.reallocation == "instant"
    supply = (state.inputs_from_rival[good], state.inputs_from_allies[good])
    before = state.inputs_replaced[2 * good : 2 * good + 2]
    found = list(denied) if at_once else before
    there = 1.0 - sum(part * gone for part, gone in zip(supply, found, strict=True))
    coming = [part * min(1.0 - no, 1.0 - gone) for part, no, gone in zip(supply, denied, found, strict=True)]
    unmet = min((there - (1.0 - sum(supply)) - sum(coming)) / there, MOST_UNMET)
    state.rival.inputs_forgone += bought * (supply[0] - coming[0] / there)
    step = 1.0 if at_once else way(state.model)
    state.inputs_replaced[2 * good : 2 * good + 2] = [
        gone + step * (no - gone) for no, gone in zip(denied, before, strict=True)
    ]
    scarce = -log(1.0 - unmet)
    return log(exp(scarce) / there) / by + scarce


def _leak(known: Any, levers: dict[str, Any], depth: float) -> float:
    return min(known.evasion + known.evasion_slope * depth, 0.999999) * (1.0 - levers["control_enforcement"])
