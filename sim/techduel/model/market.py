"""Cost, price, shares and sales: Armington demand with firms inside origins, in four blocs and for three buyers."""

from math import exp, log, log1p
from typing import Any

from techduel.model.access import admitted, denied, kept_back, sales_of
from techduel.model.axes import (
    ALLIES,
    LISTED,
    N_BLOCS,
    N_BUYERS,
    N_STATES,
    ON_LIST,
    ORDINARY,
    PRIVATE,
    PUBLIC,
    REST,
)
from techduel.model.engine.compiler import compiled
from techduel.model.fringe import attract_abroad
from techduel.model.reallocation import SLOW, burden_of_inputs, buy_slowly, origin_elasticity, pull, settle


@compiled
def costs(run: Any, s: int) -> None:
    """Log unit cost of a state's cells from last quarter's prices, and what denial adds, per kind of user.

    Equation: model.md 3.3.
    """
    for k in range(len(run.sectors)):
        cell = run.cells[s, k]
        cell.cost = run.blocs[s].labour_cost
        for kind in (ORDINARY, ON_LIST):
            cell.burden[kind], cell.felt_before[kind] = 0.0, cell.felt[kind]
    for link in run.links:
        user, source, share = run.cells[s, link.user], run.cells[s, link.source], link.cost_share[s]
        dear = run.markets[s, link.source].log_price[PRIVATE] - source.penalty[ORDINARY]
        user.cost += share * (dear - run.blocs[s].labour_cost)
        for kind in (ORDINARY, ON_LIST):
            user.burden[kind] += share * link.hardness * source.felt[kind]
    for k in range(len(run.sectors)):
        for kind in (ORDINARY, ON_LIST):
            run.cells[s, k].burden[kind] += burden_of_inputs(run, s, k)


@compiled
def kind_of(firm: Any) -> int:
    """Whether a firm meets what ordinary users meet, or what listed ones do."""
    return ON_LIST if firm.listed else ORDINARY


@compiled
def exposure(firm: Any) -> float:
    """How much of its cell's burden a firm carries: its dependence, less what it has learnt to replace."""
    return firm.dependence * (1.0 - firm.substituted)


@compiled
def burden(firm: Any, cell: Any) -> float:
    """Log cost that denial adds for a firm. Equation: model.md 3.3."""
    return exposure(firm) * cell.burden[kind_of(firm)]


@compiled
def log_pull(firm: Any, cell: Any, by_price: float) -> float:
    """Log of a firm's pull on buyers: (elasticity - 1)(technology + appeal - cost). Equation: model.md 3.4."""
    return by_price * (firm.technology + firm.appeal - (cell.cost + burden(firm, cell)))


@compiled
def attract(run: Any, s: int, k: int) -> None:
    """The pull of a cell's firms on buyers, and of the cell.

    Empty places lose what was left of the flows of the quarter before. Equation: model.md 3.4.
    """
    cell, by_price, weight = run.cells[s, k], run.parameters.market.elasticity[k] - 1.0, 0.0
    for firm in run.firms[s, k]:
        firm.place_was_free = not firm.alive
        if firm.alive:
            # Pull, until `sell` makes sales of it: a field more for every firm would cost more time than it explains.
            firm.sales = exp(log_pull(firm, cell, by_price))
            weight += firm.sales
        else:
            firm.sales = firm.rd = firm.profit = firm.innovation = 0.0
    cell.weight = weight


@compiled
def supply(run: Any, k: int) -> None:
    """Attraction of the four origins. Equation: model.md 3.4."""
    sector, change = run.sectors[k], 0.0
    for s in range(N_STATES):
        cell = run.cells[s, k]
        log_supply = log(cell.weight)
        change += log_supply - cell.log_supply
        cell.log_supply, sector.supply[s] = log_supply, pull(run, k, cell.weight)
    attract_abroad(run, k, 0.5 * change)


@compiled
def passive_sales(run: Any) -> None:
    """Sales of the passive blocs in the quarter before, by the flows on record."""
    for k in range(len(run.sectors)):
        sector = run.sectors[k]
        for origin in (ALLIES, REST):
            sector.passive_sales[origin - N_STATES] = sales_of(run, origin, k)


@compiled
def purchases(run: Any) -> None:
    """Inputs bought in each market by ordinary and by listed users.

    Users buy in proportion to the sales of the quarter before, wherever their own customers are. Equation:
    model.md 3.4.
    """
    for m in range(N_BLOCS):
        for k in range(len(run.sectors)):
            market = run.markets[m, k]
            digital = run.states[m].other_digital if m < N_STATES else 0.0
            market.ordinary, market.listed = run.sectors[k].digital_inputs * digital, 0.0
        for link in run.links:
            market = run.markets[m, link.source]
            if m < N_STATES:
                user = run.cells[m, link.user]
                market.ordinary += link.share * (user.sales - user.listed_sales)
                market.listed += link.share * user.listed_sales
            else:
                market.ordinary += link.share * run.sectors[link.user].passive_sales[m - N_STATES]
        for k in range(len(run.sectors)):
            market = run.markets[m, k]
            market.ordinary *= market.link_scale
            market.listed *= market.link_scale


@compiled
def clear(run: Any, m: int, k: int) -> None:
    """Shares and prices of one market, buyer by buyer; in a passive bloc all buyers meet the same goods.

    Equation: model.md 3.4.
    """
    offer(run, m, k)
    buy(run, m, k)


@compiled
def clear_settled(run: Any, m: int, k: int) -> None:
    """The same where buyers are used to what is offered: the market of the base year. Equation: model.md 5."""
    offer(run, m, k)
    settle_market(run, m, k, 1.0)
    buy(run, m, k)


@compiled
def offer(run: Any, m: int, k: int) -> None:
    """What each origin offers in a market, and which part of it passes controls and disruptions.

    Equation: model.md 3.4.
    """
    market, sector = run.markets[m, k], run.sectors[k]
    for buyer in range(N_BUYERS):
        if m < N_STATES:
            offer_at_home(run, m, k, buyer)
        elif buyer == PRIVATE:
            for origin in range(N_BLOCS):
                offered = market.taste[origin] * sector.supply[origin] * market.admitted[origin]
                passing = (1.0 - kept_back(run, origin, k)) * (1.0 - sector.disruption[origin])
                market.offered[PRIVATE, origin], market.passed[PRIVATE, origin] = offered, passing


@compiled
def offer_at_home(run: Any, s: int, k: int, buyer: int) -> None:
    """What each origin offers a buyer in a state's market, and which part of it passes. Equation: model.md 3.4."""
    market, sector = run.markets[s, k], run.sectors[k]
    for origin in range(N_BLOCS):
        offered = market.taste[origin] * sector.supply[origin] * admitted(run, origin, s, k, buyer)
        withheld, passing = denied(run, origin, s, k, buyer), 1.0 - sector.disruption[origin]
        market.offered[buyer, origin], market.passed[buyer, origin] = offered, (1.0 - withheld) * passing
        if origin == 1 - s:
            market.withheld[buyer] = offered * withheld * passing


@compiled
def buy(run: Any, m: int, k: int) -> None:
    """What each buyer takes from whom, at what price, and what is missing. Equation: model.md 3.4."""
    market, by_price = run.markets[m, k], origin_elasticity(run, k) - 1.0
    for buyer in range(N_BUYERS):
        if m >= N_STATES and buyer != PRIVATE:
            buy_as_all(market, buyer)
        elif run.parameters.forms.reallocation == SLOW:
            buy_slowly(market, buyer, 1 - m if m < N_STATES else 0)
        else:
            buy_at_once(market, buyer)
        market.log_price[buyer] = (market.log_first[buyer] - market.log_sold[buyer]) / by_price
    if m < N_STATES:
        for kind, buyer in ((ORDINARY, PRIVATE), (ON_LIST, LISTED)):
            cell = run.cells[m, k]
            cell.penalty[kind], cell.missing[kind] = market.log_lost[buyer] / by_price, market.missing[buyer]
            cell.shortage[kind] = market.shortage[buyer]
    else:
        place, sector = m - N_STATES, run.sectors[k]
        sector.penalty[place], sector.shortage[place] = market.log_lost[PRIVATE] / by_price, market.shortage[PRIVATE]


@compiled
def buy_as_all(market: Any, buyer: int) -> None:
    """In a passive bloc all buyers do as private ones."""
    for origin in range(N_BLOCS):
        market.share[buyer, origin] = market.share[PRIVATE, origin]
    market.log_sold[buyer], market.unmet[buyer] = market.log_sold[PRIVATE], market.unmet[PRIVATE]


@compiled
def buy_at_once(market: Any, buyer: int) -> None:
    """Shares of the origins where buyers turn to others in the same quarter. Equation: model.md 3.4."""
    sum_sold = lost = 0.0
    for origin in range(N_BLOCS):
        offered = market.offered[buyer, origin]
        sold = offered * market.passed[buyer, origin]
        lost += offered - sold
        sum_sold += sold
        market.share[buyer, origin] = sold
    for origin in range(N_BLOCS):
        market.share[buyer, origin] /= sum_sold
    market.withheld[buyer] /= sum_sold
    market.log_sold[buyer], market.log_lost[buyer] = log(sum_sold), log1p(lost / sum_sold)
    market.missing[buyer] = lost / (sum_sold + lost)


@compiled
def settle_market(run: Any, m: int, k: int, part: float) -> None:
    """Buyers of a market get used to what is offered there, part of the way. Equation: model.md 3.4."""
    if run.parameters.forms.reallocation == SLOW:
        for buyer in range(N_BUYERS):
            if m < N_STATES or buyer == PRIVATE:
                settle(run.markets[m, k], buyer, part)


@compiled
def demand(run: Any, m: int, k: int) -> None:
    """Final spending by its diffusion and price, what users buy as inputs, and what states lay up.

    Equation: model.md 3.4.
    """
    market, parameters = run.markets[m, k], run.parameters.market
    growth = run.now.economy[m] * diffusion(market.diffusion_limit, run.now.diffusion_left) * exp(market.shift)
    for buyer in range(N_BUYERS):
        market.spending[buyer] = 0.0
        if market.final_demand[buyer] != 0.0:
            cheaper = exp((1.0 - parameters.demand_elasticity) * market.log_price[buyer])
            market.spending[buyer] = market.final_demand[buyer] * growth * cheaper
    market.spending[PRIVATE] += market.ordinary
    market.spending[LISTED] += market.listed
    for buyer in range(N_BUYERS):
        market.spending[buyer] *= 1.0 - market.unmet[buyer]
    if m < N_STATES:
        market.spending[PUBLIC] += run.cells[m, k].stock_bought


@compiled
def diffusion(limit: float, left: float) -> float:
    """Demand relative to GDP and to the base year: a logistic curve towards its limit.

    Equation: model.md 3.8.

    Parameters
    ----------
    left : float
        Part of the way that is left, `techduel.model.paradigm.diffusion_left`.
    """
    return limit / (1.0 + (limit - 1.0) * left)


@compiled
def receive(run: Any, m: int, k: int) -> None:
    """What each origin's suppliers receive in a market, net of duties. Equation: model.md 3.4."""
    market = run.markets[m, k]
    for origin in range(N_BLOCS):
        paid = 0.0
        for buyer in range(N_BUYERS):
            paid += market.share[buyer, origin] * market.spending[buyer]
        market.flows[origin] = paid / (1.0 + market.duty[origin])


@compiled
def spent(market: Any) -> float:
    """What all buyers of a market spend, duties included."""
    return market.spending[PRIVATE] + market.spending[PUBLIC] + market.spending[LISTED]


@compiled
def world_spending(run: Any, k: int) -> float:
    """What all markets spend on a sector."""
    world = 0.0
    for m in range(N_BLOCS):
        world += spent(run.markets[m, k])
    return world


@compiled
def received(market: Any) -> float:
    """What all origins receive in a market, net of duties."""
    return market.flows[0] + market.flows[1] + market.flows[ALLIES] + market.flows[REST]


@compiled
def book(run: Any, k: int) -> None:
    """World demand, sales of the cells, and their growth over trend. Equation: model.md 3.4."""
    sector = run.sectors[k]
    sector.demand = world_spending(run, k) / sector.first_spending
    for s in range(N_STATES):
        cell = run.cells[s, k]
        cell.sales_before, cell.sales = cell.sales, sales_of(run, s, k)
        cell.log_growth = log(cell.sales / cell.trend_sales / cell.trend_ratio)
        cell.leakage = leaked(run, s, k)


@compiled
def leaked(run: Any, s: int, k: int) -> float:
    """Goods that pass a state's control by evasion: the leak's part of what the control would withhold in full.

    Equation: model.md 3.4.
    """
    abroad, leak, withheld = run.markets[1 - s, k], run.cells[s, k].leak, 0.0
    for buyer in range(N_BUYERS):
        withheld += abroad.withheld[buyer] * abroad.spending[buyer]
    return withheld * leak / (1.0 - leak)


@compiled
def rate_pull(run: Any, s: int, k: int) -> None:
    """Sales per unit of attraction of a cell, and its books before its firms have sold. Equation: model.md 3.4."""
    cell = run.cells[s, k]
    cell.factor = cell.sales / cell.weight
    cell.log_factor = log(cell.factor)
    cell.listed_sales = cell.booked = cell.largest = 0.0


@compiled
def sell(cell: Any, firm: Any, by_price: float) -> float:
    """A firm's part of the sales of its cell, by its pull; their log is returned. Equation: model.md 3.4."""
    firm.sales *= cell.factor
    cell.booked += firm.sales
    cell.largest = max(cell.largest, firm.sales)
    if firm.listed:
        cell.listed_sales += firm.sales
    return log_pull(firm, cell, by_price) + cell.log_factor


@compiled
def home_share(run: Any, origin: int, s: int, k: int) -> float:
    """An origin's share of what is sold in a state's home market."""
    market = run.markets[s, k]
    return market.flows[origin] / received(market)


@compiled
def exchange(run: Any) -> float:
    """Trade between the two states over all sales in their two markets."""
    crossing = home = 0.0
    for k in range(len(run.sectors)):
        crossing += run.markets[0, k].flows[1] + run.markets[1, k].flows[0]
        home += received(run.markets[0, k]) + received(run.markets[1, k])
    return crossing / home


@compiled
def frontier(firms: Any) -> float:
    """Frontier of a cell: mean technology of its three best living firms, of fewer where fewer live.

    The single best firm would make the gap between two states mostly luck. Equation: model.md 3.7.
    """
    first = second = third = -1e300
    living = 0
    for firm in firms:
        if firm.alive:
            living += 1
            technology = firm.technology
            if technology > first:
                first, second, third = technology, first, second
            elif technology > second:
                second, third = technology, second
            elif technology > third:
                third = technology
    if living < 2:
        second = first
    if living < 3:
        third = (first + second) / 2.0
    return (first + second + third) / 3.0


@compiled
def smoothed(trend: float, now: float, parameters: Any) -> float:
    """A trend after a quarter: it follows what is now over some years. Equation: model.md 3.9."""
    return trend + (now - trend) / (4.0 * parameters.trend_years)


@compiled
def fading(parameters: Any) -> float:
    """Part of a firm's appeal that a quarter leaves. Equation: model.md 3.9."""
    return exp(0.25 * log(parameters.appeal_persistence))


@compiled
def appeal(before: float, luck: float, remaining: float, parameters: Any) -> float:
    """Appeal to buyers after a quarter: it fades, and rare Laplace shocks renew it.

    Given a shock, luck is uniform below the chance of a shock and gives its size and sign. Equation: model.md 3.9.
    """
    faded = before * remaining
    if luck < parameters.shock_probability:
        position = 2.0 * luck / parameters.shock_probability - 1.0
        size = parameters.shock_size * log1p(-abs(position))
        faded += -size if position > 0.0 else size
    return faded
