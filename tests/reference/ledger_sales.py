"""Section 9 for sales: why either state sells more or less, market by market and buyer by buyer.

Attraction is kept by what it is made of, each part with what buyers are used to of it, so that nothing is what the
others leave.
"""

from math import exp, log, log1p
from types import SimpleNamespace
from typing import Any

from tests.reference import reallocation

STATES, BLOCS, PRIVATE, PUBLIC, LISTED = 2, 4, 0, 1, 2
NOBODY = 1e-9
"""Part of all users' purchases that is rounding."""
PARTS = ("appeal", "price", "inputs", "duty", "access")
CAUSES = ("demand", "users", *PARTS, "capacity")


def remember(model: Any, record: Any) -> None:
    """The base year as it was founded: buyers are used to what is offered to them."""
    model.offers = []
    for sector in range(model.sectors):
        offers = [dict.fromkeys(PARTS, 0.0) for _ in range(BLOCS)]
        scale = _scale(model, sector)
        for state in model.both:
            cell, cost = state.cells[sector], float(record["cells"]["cost"][state.index, sector])
            by = cell.elasticity - 1.0
            bare = log(sum(exp(by * (firm.technology + firm.appeal)) for firm in cell.firms))
            parts = {"appeal": bare, "price": -by * cost, "inputs": cell.log_supply - bare + by * cost}
            offers[state.index] |= {name: scale * part for name, part in parts.items()}
        model.offers.append(offers)
    for market in model.markets:
        kept = record["markets"][market.bloc, market.sector]
        market.duty, market.growth = kept["duty"].tolist(), 1.0
        used, market.laid = (float(kept["ordinary"]), float(kept["listed"])), 0.0
        scale = _scale(model, market.sector)
        pulls = [exp(scale * state.cells[market.sector].log_supply) for state in model.both] + [1.0, 1.0]
        for buyer in _buyers(market):
            offered = [float(taste * pull) for taste, pull in zip(kept["taste"], pulls, strict=True)]
            admitted = [float(kept["offered"][buyer, o] / offered[o]) if offered[o] else 1.0 for o in range(BLOCS)]
            gate = SimpleNamespace(admitted=admitted, passed=kept["passed"][buyer].tolist())
            market.seen[buyer] = (offered, gate, gate.passed, kept["share"][buyer].tolist())
        market.memory = [_seen(model, market, buyer, used) for buyer in _buyers(market)]


def _buyers(market: Any) -> range:
    return range(3) if market.bloc < STATES else range(1)


def _scale(model: Any, sector: int) -> float:
    """From attraction among firms to that among origins."""
    return (reallocation.between_origins(model, sector) - 1.0) / (model.known.market.elasticity[sector] - 1.0)


def enter(model: Any) -> None:
    """Why sales have changed, by state, sector and cause."""
    for sector in range(model.sectors):
        for state in model.both:
            state.cells[sector].sales_ledger = dict.fromkeys(CAUSES, 0.0)
        model.offers[sector] = _offers(model, sector)
    for market in model.markets:
        used = model.bought[market.bloc][market.sector]
        for buyer in _buyers(market):
            before, now = market.memory[buyer], _seen(model, market, buyer, used)
            market.memory[buyer] = now
            _enter_buyer(model, market, buyer, before, now)


def _offers(model: Any, sector: int) -> list[dict[str, float]]:
    """What the attraction of each origin is made of now, in logs."""
    before, scale, offers = model.offers[sector], _scale(model, sector), []
    for state in model.both:
        cell = state.cells[sector]
        by = cell.elasticity - 1.0
        bare = log(sum(exp(by * (firm.technology + firm.appeal)) for firm in cell.firms))
        burdened = log(sum(exp(by * (firm.technology + firm.appeal - firm.burden)) for firm in cell.firms))
        parts = {"appeal": bare, "price": log(cell.weight) - burdened, "inputs": burdened - bare}
        offers.append(dict.fromkeys(PARTS, 0.0) | {name: scale * part for name, part in parts.items()})
    risen = [{name: offers[s][name] - before[s][name] for name in PARTS} for s in range(STATES)]
    for abroad in model.abroad:
        by = scale * (model.known.market.elasticity[sector] - 1.0)
        parts = dict.fromkeys(PARTS, 0.0)
        if model.known.forms.fringe == "own":
            parts["appeal"] = by * 4.0 / 3.0 * (abroad.technology[sector] - abroad.first[sector])
            parts["price"] = -by * abroad.cost[sector]
        else:
            ours = before[abroad.bloc]
            parts["appeal"] = ours["appeal"] + sum(each["appeal"] for each in risen) / 2.0
            parts["price"] = ours["price"] + sum(each["price"] + each["inputs"] for each in risen) / 2.0
        offers.append(parts)
    return offers


def _seen(model: Any, market: Any, buyer: int, bought: tuple[float, float]) -> SimpleNamespace:
    """A buyer's quarter: attraction by part and origin, shares, and what it wants for which use."""
    offered, gate, through, shares = market.seen[buyer]
    by, coming = reallocation.between_origins(model, market.sector) - 1.0, []
    for part, admitted in zip(offered, gate.admitted, strict=True):
        coming.append(part * admitted)
    slow, parts = model.known.forms.reallocation == "slow", []
    for origin in range(BLOCS):
        aim = dict(model.offers[market.sector][origin])
        aim["duty"] = -by * log1p(market.duty[origin])
        least = reallocation.GONE * sum(coming) if slow and model.quarter > 0 else 0.0
        counted = max(coming[origin], least) / offered[origin] if offered[origin] else 1.0
        aim["access"] = log(counted) - aim["duty"] if counted > 0.0 else 0.0
        parts.append(aim)
    exponent = 1.0 - model.known.market.demand_elasticity
    final = [
        want * market.growth * exp(exponent * price) for want, price in zip(market.final, market.log_price, strict=True)
    ]
    ordinary, listed = bought
    mine = {PRIVATE: ordinary, PUBLIC: 0.0, LISTED: listed}[buyer]
    wants = final[buyer] if market.bloc < STATES else sum(final)
    paid = market.spending[buyer] if market.bloc < STATES else sum(market.spending)
    laid = market.laid if buyer == PUBLIC else 0.0
    return SimpleNamespace(
        parts=parts, used=None, through=through, shares=shares, paid=paid, final=wants, mine=mine, laid=laid,
        all_users=ordinary + listed, duty=list(market.duty),
    )  # fmt: skip


def logmean(one: float, two: float) -> float:
    """Logarithmic mean of two numbers; nothing if one of them is."""
    if one == two or one <= 0.0 or two <= 0.0:
        return one if one == two else 0.0
    return (one - two) / log1p((one - two) / two)


def _log(one: float, two: float) -> float:
    return log1p((one - two) / two) if one > 0.0 and two > 0.0 else 0.0


def _enter_buyer(model: Any, market: Any, buyer: int, before: Any, now: Any) -> None:
    """What a buyer takes from either state."""
    moved = _moved(model, before, now)
    weights = [logmean(*pair) for pair in zip(now.shares, before.shares, strict=True)]
    for origin, change in enumerate(moved):
        change["access"] += _log(now.through[origin], before.through[origin])
    shut = [(one > 0.0) != (two > 0.0) for one, two in zip(now.shares, before.shares, strict=True)]
    everywhere = {name: sum(w * m[name] for w, m in zip(weights, moved, strict=True)) / sum(weights) for name in PARTS}
    gone = sum(one - two for one, two, out in zip(now.shares, before.shares, shut, strict=True) if out)
    everywhere["access"] += gone / sum(weights)
    wanted = [seen.final + seen.mine + seen.laid for seen in (now, before)]
    for origin in range(STATES):
        ledger = model.both[origin].cells[market.sector].sales_ledger
        flows = [seen.shares[origin] * seen.paid / (1.0 + seen.duty[origin]) for seen in (now, before)]
        if shut[origin]:
            ledger["access"] += flows[0] - flows[1]
            continue
        if not sum(flows):
            continue
        size = logmean(*flows) if min(flows) > 0.0 else 0.0
        a_unit = size / logmean(*wanted) if size else sum(flows) / sum(wanted)
        for name in PARTS:
            ledger[name] += size * (moved[origin][name] - everywhere[name])
        ledger["duty"] -= size * (log1p(now.duty[origin]) - log1p(before.duty[origin]))
        ledger["capacity"] += size * (_log(now.paid, before.paid) - _log(*wanted))
        more = now.mine - before.mine
        as_all = logmean(now.mine, before.mine) * _log(now.all_users, before.all_users)
        if min(now.mine, before.mine) <= NOBODY * now.all_users:
            as_all = 0.0
        if now.all_users == now.mine and before.all_users == before.mine:
            as_all = more
        ledger["demand"] += a_unit * (now.final - before.final)
        ledger["users"] += a_unit * (as_all + now.laid - before.laid)
        ledger["access"] += a_unit * (more - as_all)


def _moved(model: Any, before: Any, now: Any) -> list[dict[str, float]]:
    """By origin, how far each part of attraction that a buyer is used to has moved."""
    if model.known.forms.reallocation == "instant":
        pairs = zip(now.parts, before.parts, strict=True)
        return [{name: new[name] - old[name] for name in PARTS} for new, old in pairs]
    used = before.used or before.parts
    part = reallocation.way(model)
    moved = [
        {name: part * (aim[name] - old[name]) for name in PARTS} for aim, old in zip(before.parts, used, strict=True)
    ]
    now.used = [{name: old[name] + more[name] for name in PARTS} for old, more in zip(used, moved, strict=True)]
    return moved
