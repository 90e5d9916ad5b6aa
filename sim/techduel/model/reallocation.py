"""What becomes of goods that are denied or dearer: buyers turn to other origins, stocks cover what is missing."""

from math import exp, expm1, log
from typing import Any, Final

from techduel.model.axes import N_BLOCS, ON_LIST, ORDINARY
from techduel.model.engine.compiler import compiled
from techduel.model.parameters.forms import code

SLOW: Final = code("reallocation", "slow")
MOST_UNMET: Final = 0.99
"""Largest part of spending that finds no goods; its log is a price."""
LEAST_OFFER: Final = 1e-4
"""Part of all offers at which buyers take one for gone: what is shut out for good must be able to come back."""
NOBODY: Final = -1e300
"""Log attraction of an origin that has never sold here."""


@compiled
def origin_elasticity(run: Any, k: int) -> float:
    """Elasticity of substitution between origins, at most that between firms.

    Equation: model.md 3.4. Source: half of all goods substitute less well between home and abroad than among foreign
    origins, Feenstra, Luck, Obstfeld and Russ 2018.
    """
    between_firms = run.parameters.market.elasticity[k]
    if run.parameters.forms.reallocation == SLOW:
        return min(run.parameters.market.origin_elasticity, between_firms)
    return between_firms


@compiled
def switched(run: Any) -> float:
    """Part of the way to another maker that buyers go in a quarter.

    Equation: model.md 3.4. Source: Boehm, Levchenko and Pandalai-Nayar 2023.
    """
    if run.parameters.forms.reallocation == SLOW:
        return -expm1(-0.25 / run.parameters.market.switching_years)
    return 1.0


@compiled
def soon(run: Any, k: int) -> float:
    """Elasticity between origins within a quarter. Equation: model.md 3.2."""
    if run.parameters.forms.reallocation == SLOW:
        return 1.0 + switched(run) * (origin_elasticity(run, k) - 1.0)
    return origin_elasticity(run, k)


@compiled
def pull(run: Any, k: int, weight: float) -> float:
    """Attraction of an origin, given that of its firms among each other. Equation: model.md 3.4."""
    if run.parameters.forms.reallocation == SLOW:
        return exp((origin_elasticity(run, k) - 1.0) / (run.parameters.market.elasticity[k] - 1.0) * log(weight))
    return weight


@compiled
def buy_slowly(market: Any, buyer: int, controller: int) -> None:
    """Shares of the origins where buyers have got used to some and found others for what they were denied.

    Equation: model.md 3.4.
    """
    wanted = missed = sold = offered = reachable = 0.0
    for origin in range(N_BLOCS):
        used, replaced = exp(market.settled[buyer, origin]), market.replaced[buyer, origin]
        passed = market.passed[buyer, origin]
        wanted += used * (1.0 - replaced)
        missed += used * max(1.0 - passed - replaced, 0.0)
        market.share[buyer, origin] = used * min(passed, 1.0 - replaced)
        sold += market.share[buyer, origin]
        offered += market.offered[buyer, origin]
        reachable += market.offered[buyer, origin] * (1.0 - replaced)
    for origin in range(N_BLOCS):
        market.share[buyer, origin] /= sold
    market.withheld[buyer] *= used_to(market, buyer, controller) / sold
    market.missing[buyer] = market.unmet[buyer] = min(missed / wanted, MOST_UNMET)
    market.shortage[buyer] = -log(1.0 - market.unmet[buyer])
    market.log_sold[buyer] = log(reachable) - market.shortage[buyer]
    market.log_lost[buyer] = log(offered) - market.log_sold[buyer]


@compiled
def used_to(market: Any, buyer: int, origin: int) -> float:
    """Attraction of an origin that buyers are used to, over what it offers now."""
    offered = market.offered[buyer, origin]
    return exp(market.settled[buyer, origin]) / offered if offered > 0.0 else 0.0


@compiled
def settle(market: Any, buyer: int, part: float) -> None:
    """Buyers get used to what is offered now, and find other makers for what does not come, part of the way.

    Equation: model.md 3.4.
    """
    offered = 0.0
    for origin in range(N_BLOCS):
        offered += market.offered[buyer, origin]
    for origin in range(N_BLOCS):
        market.replaced[buyer, origin] += part * (1.0 - market.passed[buyer, origin] - market.replaced[buyer, origin])
        if market.taste[origin] > 0.0:
            aim = log(max(market.offered[buyer, origin], LEAST_OFFER * offered if part < 1.0 else 1e-300))
            market.settled[buyer, origin] += part * (aim - market.settled[buyer, origin])
        else:
            market.settled[buyer, origin] = NOBODY


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
        cell.felt[kind] = (cell.penalty[kind] + cell.shortage[kind]) * (1.0 - cover)
