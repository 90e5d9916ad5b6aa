"""The model's functions as they are written, without the compiler, on a run as plain Python objects.

``from tests.uncompiled import market`` is `techduel.model.market` with every function plain Python, as are those that
it calls. They work on `run_of(world)`: ``run.firms[s, k][i].technology``, ``run.cells[s, k].levers.tariff``,
``run.markets[m, k].flows[origin]``. What a function changes stands in the same objects afterwards.
"""

import sys
from importlib import import_module
from typing import Any
from unittest.mock import patch

from techduel.model.engine import compiler
from techduel.model.engine.plain import rows
from techduel.model.engine.record import copied
from techduel.model.world import World

MECHANISMS = (
    *(
        "access",
        "accounts",
        "entry",
        "finance",
        "fringe",
        "government",
        "ideas",
        "knowledge",
        "listing",
        "market",
        "outcomes",
    ),
    *(
        "economy.rest",
        "ledger.frontier",
        "paradigm",
        "perception",
        "quarter",
        "reallocation",
        "research",
        "security",
        "talent",
    ),
)
FOUNDING = ("base_trade", "base_rest", "base_accounts", "base_year")
"""Files of the facts that hold equations of the base year."""
NAMES = (*(f"techduel.model.{name}" for name in MECHANISMS), *(f"techduel.facts.{name}" for name in FOUNDING))


def _uncompiled() -> dict[str, Any]:
    compiled = {name: import_module(name) for name in NAMES}
    for name in NAMES:
        del sys.modules[name]
    with patch.object(compiler, "COMPILES", False):
        plain = {name.rpartition(".")[2]: import_module(name) for name in NAMES}
    sys.modules.update(compiled)
    for name, module in compiled.items():
        package, _, file = name.rpartition(".")
        setattr(sys.modules[package], file, module)
    return plain


_MODULES = _uncompiled()


def __getattr__(name: str) -> Any:
    try:
        return _MODULES[name]
    except KeyError:
        raise AttributeError(name) from None


def run_of(world: World, place: int = 0) -> Any:
    """One run of a world as plain objects, with all that its records hold."""
    return rows(copied(world)[place : place + 1])[0]
