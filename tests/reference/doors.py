"""Section 3.1: what export controls withhold, what duties cost, and which channels of knowledge are open."""

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Gate:
    """How a buyer in one state's market meets the goods of the rival and of the allies."""

    admitted: float
    denied: float
    denied_by_allies: float


def open_doors(state: Any) -> None:
    """Leaks of own controls; gates of the own market by sector and buyer; channels to the rival's knowledge."""
    known, mine, theirs = state.model.known.access, state.levers, state.rival.levers
    state.leak = [_leak(known, mine, depth) for depth in mine["control_depth"]]
    state.duty = mine["tariff"]
    state.gates = [_gates(state, known, theirs, sector) for sector in range(len(state.cells))]
    _open_channels(state, mine, theirs)


def _leak(known: Any, levers: dict[str, Any], depth: float) -> float:
    return (known.evasion + known.evasion_slope * depth) * (1.0 - levers["control_enforcement"])


def _gates(state: Any, known: Any, theirs: dict[str, Any], sector: int) -> tuple[Gate, Gate, Gate]:
    """For private, public and listed buyers."""
    passed = 1.0 - _leak(known, theirs, theirs["control_depth"][sector])
    controlled = theirs["control_breadth"][sector] * theirs["control_depth"][sector] * passed
    broad = controlled * (1.0 - theirs["control_end_use"])
    listed = 1.0 - (1.0 - controlled) * (1.0 - known.listing_denial * passed)
    joined = theirs["allied_participation"]
    priced = (1.0 + state.duty[sector]) ** (1.0 - state.cells[sector].elasticity)
    public = priced * (1.0 - state.levers["procurement_localisation"][sector])
    ordinary = Gate(priced, broad, joined * broad)
    return ordinary, Gate(public, broad, joined * broad), Gate(priced, listed, joined * listed)


def _open_channels(state: Any, mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Openness of each channel and the reach that all give together."""
    weights, known = state.model.known.knowledge, state.model.known.access
    doors = (1.0 - mine["visa_limits"]) * (1.0 - theirs["visa_limits"])
    state.coinvention = (1.0 - mine["collaboration_limits"]) * (1.0 - theirs["collaboration_limits"])
    state.science = (1.0 - mine["science_limits"]) * (1.0 - theirs["science_limits"])
    invested = (1.0 - theirs["inbound_screening"]) / 2.0 + (1.0 - theirs["outbound_screening"]) / 2.0
    illicit = mine["technology_acquisition"] * (1.0 - theirs["counter_intelligence"])
    common = (
        weights.coinvention * state.coinvention
        + weights.talent * (1.0 + mine["talent_recruitment"]) / 2.0 * doors
        + weights.science * state.science
        + weights.investment * invested
        + weights.illicit * illicit
    )
    for cell, breadth, depth in zip(state.cells, theirs["control_breadth"], theirs["control_depth"], strict=True):
        leak = (known.evasion + known.evasion_slope * depth) * (1.0 - theirs["control_enforcement"])
        broad = breadth * depth * (1.0 - leak) * (1.0 - theirs["control_end_use"])
        cell.reach = common + weights.embodied * (1.0 - broad) ** known.knowledge_closing
    pull = state.model.known.talent.recruitment_pull
    state.mobility = doors * (1.0 - pull * mine["talent_recruitment"])
