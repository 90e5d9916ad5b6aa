"""Section 3.5: what a state holds of an input against denial, for one sector."""

from typing import Any

PRIVATE, LISTED = 0, 2


def stock_up(state: Any, market: Any, ordinary: float, listed: float) -> float:
    """Use the stock where inputs are missing, fill it where there is room; returns what the state buys for it."""
    cell, known = state.cells[market.sector], state.model.known.security
    use, stock = ordinary + listed, cell.stock
    lacking = market.missing[PRIVATE] * ordinary + market.missing[LISTED] * listed
    need = lacking / use if use > 0.0 else 0.0
    taken = min(stock, need)
    aim = state.levers["stockpiles"][market.sector] if state.model.tags["storable"][market.sector] else 0.0
    room = max(aim - stock, 0.0)
    filled = known.stock_speed / 4.0 * room * (1.0 - need)
    cell.stock = max(stock * (1.0 - known.stock_decay / 4.0) - taken, 0.0) + filled
    uncovered = 1.0 - (taken / need if need > 0.0 else 0.0)
    market.felt = [
        (penalty + short) * uncovered for penalty, short in zip(market.penalty, market.shortage, strict=True)
    ]
    cell.stock_bought = filled * use
    return cell.stock_bought
