"""Stockpiles: inputs that a state lays up while it can buy them, and that cover what is denied while they last."""

from typing import Any

from techduel.model.axes import ON_LIST, ORDINARY
from techduel.model.engine.compiler import compiled


@compiled
def missing(cell: Any, market: Any) -> float:
    """Part of an input's use that its users miss, ordinary and listed ones together; 0 where nobody uses it.

    Equation: model.md 3.5.
    """
    lacking = cell.missing[ORDINARY] * market.ordinary + cell.missing[ON_LIST] * market.listed
    return lacking / max(market.ordinary + market.listed, 1e-300)


@compiled
def stock_up(run: Any, s: int, k: int) -> None:
    """Stocks give out what is missing, age, and are filled towards their aim as far as goods can be had.

    Services cannot be stored. Equation: model.md 3.5.
    """
    cell, market, parameters = run.cells[s, k], run.markets[s, k], run.parameters.security
    need = missing(cell, market)
    cover = min(cell.stock / need, 1.0) if need > 0.0 else 0.0
    aim = cell.levers.stockpiles if run.sectors[k].storable else 0.0
    filled = parameters.stock_speed / 4.0 * max(aim - cell.stock, 0.0) * (1.0 - need)
    left = cell.stock * (1.0 - parameters.stock_decay / 4.0) - cover * need
    cell.stock = max(left, 0.0) + filled
    cell.stock_bought = filled * (market.ordinary + market.listed)
    for kind in (ORDINARY, ON_LIST):
        cell.felt[kind] = cell.penalty[kind] * (1.0 - cover)
