"""The ledger of sales: why what each cell sells has changed in a quarter, buyer by buyer, without a rest.

A flow is a share of what a buyer spends, less duty; shares are attraction over the sum of attractions. Logs of both
ends, weighted by logarithmic means, add up exactly.
"""

from math import exp, log, log1p
from typing import Any, Final

from techduel.model.axes import LISTED, N_BLOCS, N_BUYERS, N_PASSIVE, N_STATES, ON_LIST, ORDINARY, PRIVATE, PUBLIC
from techduel.model.engine.compiler import compiled
from techduel.model.fringe import OWN, REALLOCATION
from techduel.model.market import spent
from techduel.model.reallocation import SLOW, origin_elasticity, switched

APPEAL, PRICE, INPUTS = range(3)
"""What an origin's attraction is made of, beside duties and access."""
ROUNDING: Final = 1e-9
"""Part of all users' purchases that is none: what is left of ordinary users where all are listed."""
NEAR: Final = 1e-2
"""Log ratio below which a series gives the logarithmic mean to the last digit."""


@compiled
def log_mean(after: float, before: float, log_ratio: float) -> float:
    """Logarithmic mean of two positive numbers: their difference over that of their logs.

    Equation: model.md 9. Source: Ang 2004 (logarithmic mean Divisia index).
    """
    if abs(log_ratio) < NEAR:
        squared = log_ratio * log_ratio
        return 0.5 * (after + before) * (1.0 - squared * (1.0 / 12.0 - squared * (1.0 / 120.0)))
    return (after - before) / log_ratio


@compiled
def log_ratio(after: float, before: float) -> float:
    """Log of two numbers' ratio, 0 where one of them is nothing; by a series where they are near, which is faster."""
    if after <= 0.0 or before <= 0.0:
        return 0.0
    half = (after - before) / (after + before)
    if abs(half) < 0.5 * NEAR:
        squared = half * half
        return 2.0 * half * (1.0 + squared * (1.0 / 3.0 + squared * (0.2 + squared * (1.0 / 7.0))))
    return log(after / before)


@compiled
def appeal_of(run: Any, s: int, k: int) -> float:
    """Log attraction of a cell's firms by what they know and how they please, costs apart. Equation: model.md 9."""
    cell, by_price, weight = run.cells[s, k], run.parameters.market.elasticity[k] - 1.0, 0.0
    if cell.burden[ORDINARY] == 0.0 and cell.burden[ON_LIST] == 0.0:
        return cell.log_supply + by_price * cell.cost
    for firm in run.firms[s, k]:
        if firm.alive:
            weight += exp(by_price * (firm.technology + firm.appeal))
    return log(weight)


@compiled
def look_at_origins(run: Any, k: int) -> None:
    """Log attraction of the four origins among each other by its parts, as it is offered now. Equation: model.md 9."""
    offers, by_price = run.former.sectors[k].offers, run.parameters.market.elasticity[k] - 1.0
    scale, appeal, price = (origin_elasticity(run, k) - 1.0) / by_price, 0.0, 0.0
    for s in range(N_STATES):
        cell = run.cells[s, k]
        found, paid = appeal_of(run, s, k), -by_price * cell.cost
        appeal += 0.5 * (scale * found - offers[APPEAL, s])
        price += 0.5 * (scale * (cell.log_supply - found) - offers[PRICE, s] - offers[INPUTS, s])
        offers[APPEAL, s], offers[PRICE, s] = scale * found, scale * paid
        offers[INPUTS, s] = scale * (cell.log_supply - found - paid)
    for place in range(N_PASSIVE):
        look_abroad(run, k, place, scale * by_price, appeal, price)


@compiled
def look_abroad(run: Any, k: int, place: int, by_price: float, appeal: float, price: float) -> None:
    """The same of a third country's makers; where they keep pace with the two states, by what moves those.

    Equation: model.md 9.
    """
    sector, offers, origin = run.sectors[k], run.former.sectors[k].offers, N_STATES + place
    if run.parameters.forms.fringe == OWN:
        gained = sector.technology[place] - sector.first_technology[place]
        offers[APPEAL, origin] = by_price * (1.0 + REALLOCATION) * gained
        offers[PRICE, origin] = -by_price * sector.cost[place]
    else:
        offers[APPEAL, origin] += appeal
        offers[PRICE, origin] += price


@compiled
def get_used(run: Any, k: int, part: float) -> None:
    """How far the attraction that buyers are used to has moved since the quarter before, by its parts.

    Where buyers turn slowly they have gone part of the way to the offers of that quarter, else they meet those of this
    one. Equation: model.md 9.
    """
    former, slow = run.former.sectors[k], run.parameters.forms.reallocation == SLOW
    if not slow:
        look_at_origins(run, k)
    for cause in range(len(former.offers)):
        for origin in range(N_BLOCS):
            former.moved[cause, origin] = part * (former.offers[cause, origin] - former.used[cause, origin])
            former.used[cause, origin] += former.moved[cause, origin]
    if slow:
        look_at_origins(run, k)


@compiled
def get_used_to_duties(run: Any, m: int, k: int, part: float) -> None:
    """The same for what duties take of an origin's attraction in a market. Equation: model.md 9."""
    former, duty = run.former.markets[m, k], run.markets[m, k].duty
    by_price, slow = origin_elasticity(run, k) - 1.0, run.parameters.forms.reallocation == SLOW
    for s in range(N_STATES):
        now, former.net_of_duty[s] = log1p(duty[s]), 1.0 / (1.0 + duty[s])
        moved = part * ((former.log_duty[s] if slow else now) - former.duty_used[s])
        former.duty_used[s] += moved
        former.duty_moved[s] = -by_price * moved
        former.duty_risen[s] = now - former.log_duty[s]
        former.log_duty[s] = now


@compiled
def enter_sales(run: Any, k: int) -> None:
    """Why sales of a sector have changed, of either state, over all markets and buyers. Equation: model.md 9."""
    part = switched(run)
    for s in range(N_STATES):
        for cause in range(len(run.ledger.sales[s, k].each)):
            run.ledger.sales[s, k].each[cause] = 0.0
    get_used(run, k, part)
    for m in range(N_BLOCS):
        if m < N_STATES:
            get_used_to_duties(run, m, k, part)
        look_at_users(run, m, k)
        for buyer in range(N_BUYERS if m < N_STATES else 1):
            enter_buyer(run, m, k, buyer)


@compiled
def look_at_users(run: Any, m: int, k: int) -> None:
    """How much more users buy, by buyer: because all buy more, and because others of them are listed.

    Equation: model.md 9.
    """
    market, former = run.markets[m, k], run.former.markets[m, k]
    more = log_ratio(market.ordinary + market.listed, former.ordinary + former.listed)
    least = ROUNDING * (market.ordinary + market.listed)
    for buyer in range(N_BUYERS):
        former.users[buyer] = former.relisted[buyer] = 0.0
    former.users[PRIVATE] = market.ordinary - former.ordinary
    if market.listed + former.listed > 0.0:
        for buyer, now, before in ((PRIVATE, market.ordinary, former.ordinary), (LISTED, market.listed, former.listed)):
            all_more = log_mean(now, before, log_ratio(now, before)) * more if min(now, before) > least else 0.0
            former.users[buyer], former.relisted[buyer] = all_more, now - before - all_more
    if m < N_STATES:
        former.users[PUBLIC] = run.cells[m, k].stock_bought - former.stocked
        former.stocked = run.cells[m, k].stock_bought
    former.ordinary, former.listed = market.ordinary, market.listed


@compiled
def enter_buyer(run: Any, m: int, k: int, buyer: int) -> None:
    """Why a buyer of a market buys more or less of either state's firms; in a passive bloc all buyers together.

    Equation: model.md 9.
    """
    weigh_shares(run, m, k, buyer)
    weigh_spending(run, m, k, buyer)
    for s in range(N_STATES):
        enter_flow(run, m, k, buyer, s)


@compiled
def weigh_shares(run: Any, m: int, k: int, buyer: int) -> None:
    """Log changes of the origins' shares in what a buyer buys, and what all origins gain together by each part.

    Equation: model.md 9. Source: Sato 1976, Vartia 1976 (weights by which changes of CES shares add up to nothing).
    """
    share, former, change = run.markets[m, k].share, run.former.markets[m, k], run.former.sectors[k]
    total = duty = appeal = price = inputs = 0.0
    for origin in range(N_BLOCS):
        now, before = share[buyer, origin], former.share[buyer, origin]
        change.shut[origin] = 1 if (now > 0.0) != (before > 0.0) else 0
        change.log_share[origin] = log_ratio(now, before)
        if now > 0.0 and before > 0.0:
            weight = log_mean(now, before, change.log_share[origin])
            total += weight
            appeal += weight * change.moved[APPEAL, origin]
            price += weight * change.moved[PRICE, origin]
            inputs += weight * change.moved[INPUTS, origin]
            duty += weight * former.duty_moved[origin]
        former.share[buyer, origin] = now
    change.all_appeal, change.all_price, change.all_inputs = appeal / total, price / total, inputs / total
    change.all_duty = duty / total


@compiled
def weigh_spending(run: Any, m: int, k: int, buyer: int) -> None:
    """How much more a buyer spends, would spend if all goods could be had, and wants for final use.

    Equation: model.md 9.
    """
    former, change = run.former.markets[m, k], run.former.sectors[k]
    paid, wanted, final = spending(run, m, k, buyer)
    change.log_paid, change.log_wanted = log_ratio(paid, former.paid[buyer]), log_ratio(wanted, former.wanted[buyer])
    change.wanted = wanted + former.wanted[buyer]
    if change.wanted > 0.0 and paid > 0.0 and former.paid[buyer] > 0.0:
        change.wanted = log_mean(wanted, former.wanted[buyer], change.log_wanted)
    change.final = final - former.final[buyer]
    former.paid[buyer], former.wanted[buyer], former.final[buyer] = paid, wanted, final


@compiled
def spending(run: Any, m: int, k: int, buyer: int) -> tuple[float, float, float]:
    """What a buyer spends, what it would spend if all goods could be had, and what of that is for final use.

    Equation: model.md 9.
    """
    market = run.markets[m, k]
    if m >= N_STATES:
        wanted = spent(market) / (1.0 - market.unmet[PRIVATE])
        return spent(market), wanted, wanted - market.ordinary
    stocked = run.cells[m, k].stock_bought if buyer == PUBLIC else 0.0
    used = market.ordinary if buyer == PRIVATE else market.listed if buyer == LISTED else 0.0
    wanted = (market.spending[buyer] - stocked) / (1.0 - market.unmet[buyer])
    return market.spending[buyer], wanted + stocked, wanted - used if market.final_demand[buyer] != 0.0 else 0.0


@compiled
def enter_flow(run: Any, m: int, k: int, buyer: int, s: int) -> None:
    """Why a buyer buys more or less of one state's firms.

    Where goods come in or stay away altogether that is access; where a buyer comes or goes that is what it wants; else
    each influence counts by the flow's logarithmic mean. Equation: model.md 9.
    """
    entry, former, change = run.ledger.sales[s, k], run.former.markets[m, k], run.former.sectors[k]
    before = former.sold[buyer, s]
    now = former.share[buyer, s] * former.paid[buyer] * former.net_of_duty[s]
    former.sold[buyer, s] = now
    if change.shut[s] == 1:
        entry.access += now - before
    elif now > 0.0 and before > 0.0:
        size = log_mean(now, before, change.log_share[s] + change.log_paid - former.duty_risen[s])
        enter_share(entry, former, change, s, size)
        entry.capacity += size * (change.log_paid - change.log_wanted)
        enter_wants(entry, former, change, buyer, size / change.wanted)
    elif now + before > 0.0:
        enter_wants(entry, former, change, buyer, (now + before) / change.wanted)


@compiled
def enter_share(entry: Any, former: Any, change: Any, s: int, size: float) -> None:
    """What moves a state's share in what a buyer buys, beyond what moves all origins alike. Equation: model.md 9."""
    appeal, price = change.moved[APPEAL, s] - change.all_appeal, change.moved[PRICE, s] - change.all_price
    inputs, duty = change.moved[INPUTS, s] - change.all_inputs, former.duty_moved[s] - change.all_duty
    entry.appeal += size * appeal
    entry.price += size * price
    entry.inputs += size * inputs
    entry.duty += size * (duty - former.duty_risen[s])
    entry.access += size * (change.log_share[s] - appeal - price - inputs - duty)


@compiled
def enter_wants(entry: Any, former: Any, change: Any, buyer: int, a_unit: float) -> None:
    """What a buyer wants more, in the flow of a unit of it. Equation: model.md 9."""
    entry.demand += a_unit * change.final
    entry.users += a_unit * former.users[buyer]
    entry.access += a_unit * former.relisted[buyer]


@compiled
def open_sales(run: Any, k: int) -> None:
    """What the ledger of sales remembers of the base year, whose buyers are used to what they are offered."""
    look_at_origins(run, k)
    sector = run.former.sectors[k]
    for cause in range(len(sector.offers)):
        for origin in range(N_BLOCS):
            sector.used[cause, origin] = sector.offers[cause, origin]
    for m in range(N_BLOCS):
        former = run.former.markets[m, k]
        for s in range(N_STATES):
            former.log_duty[s] = former.duty_used[s] = log1p(run.markets[m, k].duty[s])
            former.net_of_duty[s] = 1.0 / (1.0 + run.markets[m, k].duty[s])
        look_at_users(run, m, k)
        for buyer in range(N_BUYERS if m < N_STATES else 1):
            open_buyer(run, m, k, buyer)


@compiled
def open_buyer(run: Any, m: int, k: int, buyer: int) -> None:
    """The same of one buyer."""
    market, former = run.markets[m, k], run.former.markets[m, k]
    former.paid[buyer], former.wanted[buyer], former.final[buyer] = spending(run, m, k, buyer)
    for origin in range(N_BLOCS):
        former.share[buyer, origin] = market.share[buyer, origin]
    for s in range(N_STATES):
        former.sold[buyer, s] = market.share[buyer, s] * former.paid[buyer] * former.net_of_duty[s]
