"""Techduel: an open simulation of the technology contest between the United States and China."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from techduel.agents import TechDuel
    from techduel.ensemble.record import Record
    from techduel.ensemble.simulation import simulate
    from techduel.scenario.scenario import Scenario, load_scenario

_HOMES = {
    "Record": "techduel.ensemble.record",
    "Scenario": "techduel.scenario.scenario",
    "TechDuel": "techduel.agents",
    "load_scenario": "techduel.scenario.scenario",
    "simulate": "techduel.ensemble.simulation",
}

__all__ = ["Record", "Scenario", "TechDuel", "load_scenario", "simulate"]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that ``import techduel`` stays light."""
    if name not in _HOMES:
        raise AttributeError(f"module 'techduel' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
