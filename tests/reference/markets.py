"""Sections 3.4 and 3.5: prices, shares, spending, stocks and receipts in every bloc's market for every sector."""

from math import exp, log, log1p
from typing import Any

from tests.reference import abroad, ledger_sales, reallocation, rest
from tests.reference.doors import Gate, open_sea
from tests.reference.stocks import stock_up

STATES = 2


class Market:
    """One bloc's market for one sector; lists are by buyer, `taste` and `flows` by origin."""

    __slots__ = (
        "bloc",
        "duty",
        "felt",
        "final",
        "flows",
        "growth",
        "laid",
        "limit",
        "link_scale",
        "log_first",
        "log_price",
        "memory",
        "missing",
        "penalty",
        "replaced",
        "sector",
        "seen",
        "settled",
        "shortage",
        "spending",
        "taste",
        "unmet",
        "withheld",
    )

    def __init__(self, **values: Any) -> None:
        for name, value in values.items():
            setattr(self, name, value)
        self.missing = [0.0, 0.0, 0.0]
        self.withheld = [0.0, 0.0, 0.0]
        self.unmet, self.shortage = [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]
        self.seen: dict[int, Any] = {}
        self.duty, self.laid = [0.0] * 4, 0.0


def trade(model: Any) -> None:
    """All markets of the quarter, and the sales of cells and passive blocs that follow."""
    abroad.look_at_prices(model)
    supplies = [_supplies(model, sector) for sector in range(model.sectors)]
    model.bought = bought = [_purchases(model, bloc) for bloc in range(4)]
    economies = _economies(model)
    seas = [open_sea(model, sector) for sector in range(model.sectors)]
    for market in model.markets:
        bloc, sector = market.bloc, market.sector
        by = reallocation.between_origins(model, sector) - 1.0
        growth = economies[bloc] * _diffusion(model, market.limit) * model.shifts[bloc][sector]
        ordinary, listed = bought[bloc][sector]
        market.growth = growth
        if bloc < STATES:
            state = model.both[bloc]
            shares = _clear(model, market, supplies[sector], state.gates[sector], by)
            market.laid = stock = stock_up(state, market, ordinary, listed)
            market.duty = state.duty[sector]
            _spend(model, market, growth, (ordinary, stock, listed))
            _receive(market, shares, state.duty[sector])
        else:
            shares = _clear_at_sea(model, market, supplies[sector], seas[sector], by)
            abroad_now = model.abroad[bloc - STATES]
            abroad_now.missed[sector], abroad_now.short[sector] = market.penalty[0], market.shortage[0]
            _spend(model, market, growth, (ordinary, 0.0, listed))
            _receive(market, shares, None)
    ledger_sales.enter(model)
    _book(model)


def _supplies(model: Any, sector: int) -> list[float]:
    """Attraction of the four origins."""
    change = 0.0
    for state in model.both:
        cell = state.cells[sector]
        log_supply = log(cell.weight)
        change += log_supply - cell.log_supply
        cell.log_supply = log_supply
    weights = [state.cells[sector].weight for state in model.both]
    weights += abroad.pull(model, sector, change / 2.0)
    return [reallocation.of_origin(model, sector, weight) for weight in weights]


def _economies(model: Any) -> list[float]:
    """GDP of each bloc relative to the base year as its buyers expect it."""
    forecast = [path[model.quarter] * rest.nominal(model, bloc) for bloc, path in enumerate(model.gdp_paths)]
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


def _clear_at_sea(model: Any, market: Market, supply: list[float], gate: Gate, by: float) -> list[list[float]]:
    """Shares by buyer and origin in a market that treats all buyers alike."""
    offered = [taste * weight for taste, weight in zip(market.taste, supply, strict=True)]
    shares = _choose(model, market, offered, gate, 0, by)
    for buyer in (1, 2):
        price = (market.log_first[buyer] - market.log_first[0]) / by + market.log_price[0]
        market.log_price[buyer], market.unmet[buyer] = price, market.unmet[0]
    return [shares] * 3


def _clear(model: Any, market: Market, supply: list[float], gates: tuple[Gate, ...], by: float) -> list[list[float]]:
    """Shares by buyer and origin in a state's market; sets prices, penalties and what controls withhold."""
    offered = [taste * weight for taste, weight in zip(market.taste, supply, strict=True)]
    return [_choose(model, market, offered, gate, buyer, by) for buyer, gate in enumerate(gates)]


def _choose(model: Any, market: Market, offered: list[float], gate: Gate, buyer: int, by: float) -> list[float]:
    """Shares of origins for one buyer, who turns to others at once or slowly."""
    if model.known.forms.reallocation == "instant":
        shares = _clear_for(market, offered, gate, buyer, by)
        market.seen[buyer] = (offered, gate, gate.passed, shares)
        return shares
    through = [min(part, 1.0 - gone) for part, gone in zip(gate.passed, market.replaced[buyer], strict=True)]
    coming = [part * admitted for part, admitted in zip(offered, gate.admitted, strict=True)]
    withheld = (1 - market.bloc if market.bloc < STATES else 0, gate.withheld)
    shares = reallocation.take(market, buyer, coming, gate.passed, withheld, by)
    market.seen[buyer] = (offered, gate, through, shares)
    reallocation.get_used(model, market, buyer, coming, gate.passed)
    return shares


def _clear_for(market: Market, offered: list[float], gate: Gate, buyer: int, by: float) -> list[float]:
    """Shares of origins for one buyer in a state's market."""
    sold, demand, lost = [], 0.0, 0.0
    for part, admitted, passed in zip(offered, gate.admitted, gate.passed, strict=True):
        coming = part * admitted
        left = coming * passed
        lost += coming - left
        demand += left
        sold.append(left)
    foreign = 1 - market.bloc if market.bloc < STATES else 0
    market.log_price[buyer] = (market.log_first[buyer] - log(demand)) / by
    market.penalty[buyer] = log1p(lost / demand) / by
    market.missing[buyer] = lost / (demand + lost)
    market.withheld[buyer] = offered[foreign] * gate.admitted[foreign] * gate.withheld / demand
    return [part / demand for part in sold]


def _spend(model: Any, market: Market, growth: float, bought: tuple[float, float, float]) -> None:
    """Final spending by its price, plus inputs and what the government lays in."""
    exponent = 1.0 - model.known.market.demand_elasticity
    ordinary, stock, listed = bought
    wanted = [
        final * growth * exp(exponent * price) + used
        for final, price, used in zip(market.final, market.log_price, (ordinary, 0.0, listed), strict=True)
    ]
    private, public, chosen = (want * (1.0 - part) for want, part in zip(wanted, market.unmet, strict=True))
    market.spending = [private, public + stock, chosen]


def _receive(market: Market, shares: list[list[float]], duty: list[float] | None) -> None:
    """What each origin gets, net of duty, and with the subsidy that a state pays its own."""
    private, public, listed = market.spending
    flows = [one * private + two * public + three * listed for one, two, three in zip(*shares, strict=True)]
    if duty is not None:
        flows = [flow / (1.0 + rate) for flow, rate in zip(flows, duty, strict=True)]
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
            cell.home_sales, cell.rival_sales = home.flows[state.index], home.flows[1 - state.index]
            cell.home_receipts = sum(home.flows)
            cell.domestic = cell.home_sales / cell.home_receipts
            withheld = sum(part * spent for part, spent in zip(there.withheld, there.spending, strict=True))
            cell.leakage = withheld * state.leak[sector] / (1.0 - state.leak[sector])
