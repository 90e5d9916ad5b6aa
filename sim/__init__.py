"""Techduel: an open simulation of the technology contest between the United States and China."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from sim.model import TechDuel
    from sim.record import Record
    from sim.scenario import Scenario, load_scenario
    from sim.simulation import simulate

_HOMES = {
    "Record": "sim.record",
    "Scenario": "sim.scenario",
    "TechDuel": "sim.model",
    "load_scenario": "sim.scenario",
    "simulate": "sim.simulation",
}

__all__ = ["Record", "Scenario", "TechDuel", "load_scenario", "simulate"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that ``import sim`` stays light."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
