"""Techduel: an open simulation of the technology contest between the United States and China.

`load_scenario`, `simulate` and `compare` work in memory; `sweep` and the commands write result folders, which
`open_result` reads; `TechDuel` is one world as a Mesa model. Names that follow this line are public, no others.
"""

from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.2.0"

if TYPE_CHECKING:
    from techduel.agents import TechDuel
    from techduel.ensemble.record import Record
    from techduel.ensemble.simulation import simulate
    from techduel.face.compared import Compared, compare
    from techduel.face.designs import sweep
    from techduel.face.result import Result, open_result
    from techduel.scenario.loader import InvalidInput
    from techduel.scenario.scenario import Scenario, load_scenario

_HOMES = {
    "Compared": "techduel.face.compared",
    "InvalidInput": "techduel.scenario.loader",
    "Record": "techduel.ensemble.record",
    "Result": "techduel.face.result",
    "Scenario": "techduel.scenario.scenario",
    "TechDuel": "techduel.agents",
    "compare": "techduel.face.compared",
    "load_scenario": "techduel.scenario.scenario",
    "open_result": "techduel.face.result",
    "simulate": "techduel.ensemble.simulation",
    "sweep": "techduel.face.designs",
}

__all__ = [
    "Compared",
    "InvalidInput",
    "Record",
    "Result",
    "Scenario",
    "TechDuel",
    "compare",
    "load_scenario",
    "open_result",
    "simulate",
    "sweep",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used, so that ``import techduel`` stays light."""
    if name not in _HOMES:
        near = get_close_matches(name, __all__, n=1)
        meant = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(__all__)}"
        raise AttributeError(f"module 'techduel' has no attribute {name!r}{meant}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Public names."""
    return [*__all__, "__version__"]
