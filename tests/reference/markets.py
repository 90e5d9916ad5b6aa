"""Section 3.3: prices, shares, spending and receipts in every bloc's market for every sector."""

from math import exp, log, log1p
from typing import Any

from tests.reference.doors import Gate

ALLIES = 2
STATES = 2


class Market:
    """One bloc's market for one sector; lists are by buyer, `taste` and `flows` by origin."""

    __slots__ = (
        "bloc",
        "final",
        "flows",
        "limit",
        "link_scale",
        "log_first",
        "log_price",
        "penalty",
        "sector",
        "spending",
        "taste",
        "withheld",
    )

    def __init__(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)
        self.withheld = [0.0, 0.0, 0.0]


def trade(model: Any) -> None:
    """All markets of the quarter, and the sales of cells and passive blocs that follow."""
    supplies = [_supplies(model, sector) for sector in range(model.sectors)]
    bought = [_purchases(model, bloc) for bloc in range(4)]
    economies = _economies(model)
    for market in model.markets:
        bloc, sector = market.bloc, market.sector
        by = model.known.market.elasticity[sector] - 1.0
        shares = _clear(market, supplies[sector], model.gates(bloc, sector), by)
        ordinary, listed = bought[bloc][sector]
        _spend(model, market, economies[bloc] * _diffusion(model, market.limit), ordinary, listed)
        _receive(market, shares, model.duty(bloc, sector))
    _book(model)


def _supplies(model: Any, sector: int) -> list[float]:
    """Attraction of the four origins; the passive blocs move by the mean of the two states."""
    change = 0.0
    for state in model.both:
        cell = state.cells[sector]
        log_supply = log(cell.weight)
        change += log_supply - cell.log_supply
        cell.log_supply = log_supply
    model.log_fringe[sector] += change / 2.0
    fringe = exp(model.log_fringe[sector])
    return [model.both[0].cells[sector].weight, model.both[1].cells[sector].weight, fringe, fringe]


def _economies(model: Any) -> list[float]:
    """GDP of each bloc relative to the base year as its buyers expect it."""
    forecast = [path[model.quarter] for path in model.gdp_paths]
    for state in model.both:
        forecast[state.index] *= exp(state.output_deviation)
    return forecast


def _diffusion(model: Any, limit: float) -> float:
    return limit / (1.0 + (limit - 1.0) * model.diffusion_left)


def _purchases(model: Any, bloc: int) -> list[tuple[float, float]]:
    """Input purchases by ordinary and by listed users, from the sales of the quarter before."""
    digital = 0.0
    if bloc < STATES:
        state = model.both[bloc]
        ordinary = [cell.sales - cell.listed_sales for cell in state.cells]
        listed = [cell.listed_sales for cell in state.cells]
        digital = state.other_digital
    else:
        ordinary, listed = model.passive_sales[bloc - STATES], [0.0] * model.sectors
    found = []
    for sector, users in enumerate(model.users):
        private = model.digital_inputs[sector] * digital
        chosen = 0.0
        for user, share in users:
            private += share * ordinary[user]
            chosen += share * listed[user]
        scale = model.link_scale[bloc][sector]
        found.append((scale * private, scale * chosen))
    return found


def _clear(market: Market, supply: list[float], gates: tuple[Gate, ...] | None, by: float) -> list[list[float]]:
    """Shares by buyer and origin; sets prices, penalties and what controls withhold."""
    offered = [taste * weight for taste, weight in zip(market.taste, supply, strict=True)]
    if gates is None:
        demand = sum(offered)
        market.log_price = [(first - log(demand)) / by for first in market.log_first]
        return [[part / demand for part in offered]] * 3
    return [_clear_for(market, offered, gate, buyer, by) for buyer, gate in enumerate(gates)]


def _clear_for(market: Market, offered: list[float], gate: Gate, buyer: int, by: float) -> list[float]:
    """Shares of origins for one buyer in a state's market."""
    home = market.bloc
    foreign = offered[1 - home] * gate.admitted
    lost = foreign * gate.denied
    lost_to_allies = offered[ALLIES] * gate.denied_by_allies
    sold = list(offered)
    sold[1 - home] = foreign - lost
    sold[ALLIES] -= lost_to_allies
    demand = sum(sold)
    market.log_price[buyer] = (market.log_first[buyer] - log(demand)) / by
    market.penalty[buyer] = log1p((lost + lost_to_allies) / demand) / by
    market.withheld[buyer] = lost / demand
    return [part / demand for part in sold]


def _spend(model: Any, market: Market, growth: float, ordinary: float, listed: float) -> None:
    """Final spending by its price, plus inputs."""
    exponent = 1.0 - model.known.market.demand_elasticity
    private, public, none = (
        final * growth * exp(exponent * price) for final, price in zip(market.final, market.log_price, strict=True)
    )
    market.spending = [private + ordinary, public, none + listed]


def _receive(market: Market, shares: list[list[float]], duty: float) -> None:
    """What each origin gets, net of duty, which only the rival of a state pays."""
    private, public, listed = market.spending
    flows = [one * private + two * public + three * listed for one, two, three in zip(*shares, strict=True)]
    if market.bloc < STATES:
        flows[1 - market.bloc] /= 1.0 + duty
    market.flows = flows


def _book(model: Any) -> None:
    """Sales of cells and of passive blocs, world demand, and what leaks through controls."""
    for sector in range(model.sectors):
        markets = [model.market(bloc, sector) for bloc in range(4)]
        sales = [sum(market.flows[origin] for market in markets) for origin in range(4)]
        demand = sum(sum(market.spending) for market in markets) / model.first_spending[sector]
        for bloc in range(STATES, 4):
            model.passive_sales[bloc - STATES][sector] = sales[bloc]
        for state in model.both:
            cell = state.cells[sector]
            cell.sales_before, cell.sales = cell.sales, sales[state.index]
            cell.demand = demand
            home, there = markets[state.index], markets[1 - state.index]
            cell.domestic = home.flows[state.index] / sum(home.flows)
            withheld = sum(part * spent for part, spent in zip(there.withheld, there.spending, strict=True))
            cell.leakage = withheld * state.leak[sector] / (1.0 - state.leak[sector])
