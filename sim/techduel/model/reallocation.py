"""What becomes of goods that are denied or dearer: buyers turn to other origins, stocks cover what is missing."""

from math import exp, expm1, log
from typing import Any, Final

from techduel.model.axes import CHOKEPOINTS, N_BLOCS, N_CHOKEPOINTS, ON_LIST, ORDINARY
from techduel.model.engine.compiler import compiled
from techduel.model.parameters.forms import code

SLOW: Final = code("reallocation", "slow")
MOST_UNMET: Final = 0.99
"""Largest part of spending that finds no goods; its log is a price."""
LEAST_OFFER: Final = 1e-4
"""Part of all offers at which buyers take one for gone: what is shut out for good must be able to come back."""
CHIP_TOOLS: Final = CHOKEPOINTS.index("chip_tools")
TOOL_LIFE: Final = 8.0
"""Years that a machine for making chips serves: assumption."""
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
def replace_input(state: Any, good: int, part: float) -> None:
    """Users find other makers of a single input that they are denied, part of the way. Equation: model.md 3.5."""
    for place in (2 * good, 2 * good + 1):
        state.inputs_replaced[place] += part * (state.inputs_denied[place] - state.inputs_replaced[place])


@compiled
def of_users(run: Any, good: int) -> float:
    """Elasticity between origins less 1 of a single input: that of its users, by what they spend on it."""
    spent, weighted = 0.0, 0.0
    for k in range(len(run.sectors)):
        spent += run.sectors[k].inputs_share[good]
        weighted += run.sectors[k].inputs_share[good] * (origin_elasticity(run, k) - 1.0)
    return weighted / spent if spent > 0.0 else 1.0


@compiled
def lack_input(run: Any, s: int, good: int) -> float:
    """Price of what is missing of a single input in a state; what its rival sells less there is added up.

    Shares in supply are fixed, what is denied and not yet replaced is missing. Equation: model.md 3.5.
    """
    state, here, there = run.states[s], 2 * good, 2 * good + 1
    rival, allies = state.inputs_from_rival[good], state.inputs_from_allies[good]
    denied, replaced, others = state.inputs_denied, state.inputs_replaced, 1.0 - rival - allies
    wanted = rival * (1.0 - replaced[here]) + allies * (1.0 - replaced[there]) + others
    missed = rival * max(denied[here] - replaced[here], 0.0) + allies * max(denied[there] - replaced[there], 0.0)
    shortage, spent = -log(1.0 - min(missed / wanted, MOST_UNMET)), 0.0
    for k in range(len(run.sectors)):
        spent += run.sectors[k].inputs_share[good] * run.cells[s, k].sales
    supply, sold = rival + allies + others, rival * min(1.0 - denied[here], 1.0 - replaced[here]) / wanted
    run.states[1 - s].inputs_forgone += spent * (rival / supply - sold)
    return (log(supply / wanted) + shortage) / of_users(run, good) + shortage


@compiled
def use_single_inputs(run: Any, s: int) -> None:
    """What users of a state feel of single inputs that they are denied; of machines as their plants age.

    Equation: model.md 3.5. Source: as for other goods (Boehm, Levchenko and Pandalai-Nayar 2023); service life:
    assumption.
    """
    state, slow = run.states[s], run.parameters.forms.reallocation == SLOW
    run.states[1 - s].inputs_forgone = 0.0
    for good in range(N_CHOKEPOINTS):
        if not slow:
            replace_input(state, good, 1.0)
        lacking = lack_input(run, s, good)
        part = 0.25 / TOOL_LIFE if good == CHIP_TOOLS else 1.0
        state.inputs_felt[good] += part * (lacking - state.inputs_felt[good])
        if slow:
            replace_input(state, good, switched(run))


@compiled
def burden_of_inputs(run: Any, s: int, k: int) -> float:
    """Log cost that denied single inputs add for the makers of a sector. Equation: model.md 3.3."""
    burden = 0.0
    for good in range(N_CHOKEPOINTS):
        burden += run.sectors[k].inputs_weight[good] * run.states[s].inputs_felt[good]
    return burden


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
