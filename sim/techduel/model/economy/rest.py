"""Rest of the economy as sector 15: an account without firms in each bloc, traded among the four, and cost of labour.

It acts under `forms.price_block` sector alone; under `account` nothing here moves, and cost of labour is 0.
"""

from math import exp, log, log1p
from typing import Any, Final

from techduel.model.access import sales_of
from techduel.model.axes import ALLIES, N_BLOCS, N_STATES, ORDINARY, PRIVATE, PUBLIC
from techduel.model.engine.compiler import compiled
from techduel.model.market import spent
from techduel.model.parameters.forms import code

SECTOR: Final = code("price_block", "sector")
IMPORTS: Final = code("trade_ideas", "imports")
LABOUR_SPEED: Final = 1.0
"""A year, of the cost of labour towards what clears the market of the rest of the economy: assumption; markets clear
at any speed from 0.5 to 8."""
IDEA_GROWTH: Final = 0.01
"""A year, of the productivity that comes with ideas in the base year: about that of total factor productivity."""


@compiled
def dearer(run: Any, m: int) -> float:
    """Log nominal output of a bloc over what was forecast, by its cost of labour and by ideas that came with imports.

    Equation: model.md 3.12.
    """
    bloc = run.blocs[m]
    return bloc.labour_cost + bloc.ideas / (run.parameters.market.origin_elasticity - 1.0)


@compiled
def middle_tariff(run: Any, s: int) -> float:
    """The middle one of a state's duties on storable goods; of two in the middle the lower.

    What a state does to most goods of its rival it does to those of the rest of the economy. Equation: model.md 3.12.
    """
    goods = 0
    for sector in run.sectors:
        goods += 1 if sector.storable else 0
    for k in range(len(run.sectors)):
        rate, lower, equal = run.cells[s, k].levers.tariff, 0, 0
        for j in range(len(run.sectors)):
            if run.sectors[j].storable:
                lower += 1 if run.cells[s, j].levers.tariff < rate else 0
                equal += 1 if run.cells[s, j].levers.tariff == rate else 0
        if run.sectors[k].storable and lower <= (goods - 1) // 2 < lower + equal:
            return rate
    return 0.0


@compiled
def rest_duty(run: Any, origin: int, m: int) -> float:
    """Duty of a market on an origin's goods and services of sector 15; services pay none. Equation: model.md 3.12."""
    if m < N_STATES and origin == 1 - m:
        return run.blocs[m].goods_part * middle_tariff(run, m)
    return 0.0


@compiled
def rest_withheld(run: Any, origin: int, m: int) -> float:
    """Part of an origin's exports of sector 15 that controls keep from a state's market.

    The least over all sectors: what a state refuses in each of them, it refuses in the rest of the economy, and allies
    join as they do there. Equation: model.md 3.12.
    """
    if m >= N_STATES or (origin != 1 - m and origin != ALLIES):
        return 0.0
    least = 1.0
    for k in range(len(run.sectors)):
        rival = run.cells[1 - m, k]
        withheld = rival.denied[ORDINARY]
        least = min(least, withheld if origin == 1 - m else rival.joined * withheld)
    return least


@compiled
def rest_admitted(run: Any, origin: int, m: int) -> float:
    """Part of an origin's attraction in sector 15 that duties and controls leave. Equation: model.md 3.12."""
    by_price = run.parameters.market.origin_elasticity - 1.0
    return exp(-by_price * log1p(rest_duty(run, origin, m))) * (1.0 - rest_withheld(run, origin, m))


@compiled
def price_rest(run: Any, m: int) -> None:
    """Shares of the origins and the price of sector 15 in a bloc, against what forecasts of GDP imply.

    An origin offers as many goods as its economy has grown, so that growth as forecast moves no price. Equation:
    model.md 3.12. Source: more varieties, not cheaper ones, let fast growers export more, Krugman 1989; Gagnon 2008
    (recalled).
    """
    bloc, by_price, usual, sold = run.blocs[m], run.parameters.market.origin_elasticity - 1.0, 0.0, 0.0
    for origin in range(N_BLOCS):
        offered = bloc.rest_taste[origin] * run.now.gdp[origin] * rest_admitted(run, origin, m)
        bloc.rest_share[origin] = offered * exp(-by_price * run.blocs[origin].labour_cost)
        bloc.usual_share[origin] = bloc.first_share[origin] * run.now.gdp[origin]
        sold += bloc.rest_share[origin]
        usual += bloc.usual_share[origin]
    for origin in range(N_BLOCS):
        bloc.rest_share[origin] /= sold
        bloc.usual_share[origin] /= usual
    bloc.rest_price = log(usual / sold) / by_price


@compiled
def nominal_gdp(run: Any, m: int) -> float:
    """GDP of a bloc; that of third countries is forecast, at their cost of labour. Equation: model.md 3.12."""
    if m < N_STATES:
        return run.states[m].gdp
    return run.now.forecast_gdp[m] * exp(dearer(run, m))


@compiled
def duties_in(market: Any) -> float:
    """What a market pays as duties, less what is paid there as support."""
    duties = 0.0
    for origin in range(N_BLOCS):
        duties += market.flows[origin] * market.duty[origin]
    return duties


@compiled
def other_inputs(run: Any, m: int, k: int) -> float:
    """What a bloc's makers of a sector buy of sector 15; third countries use what the two states do on average."""
    us, china = run.cells[0, k].other_inputs, run.cells[1, k].other_inputs
    part = run.cells[m, k].other_inputs if m < N_STATES else 0.5 * (us + china)
    return part * sales_of(run, m, k)


@compiled
def supply_rest(run: Any, m: int) -> None:
    """What a bloc makes of sector 15, and what its spending is apart from balances and duties on the sector itself.

    All that is earned and not spent on the fourteen sectors is spent here, the money of users who found no goods
    included. Equation: model.md 3.12.
    """
    bloc = run.blocs[m]
    earned = nominal_gdp(run, m)
    if m < N_STATES:
        earned -= bloc.first_duties * run.states[m].rest_output
    final = users = duties = others = sold = 0.0
    for k in range(len(run.sectors)):
        market = run.markets[m, k]
        used = market.ordinary + market.listed
        users += used
        final += spent(market) - used
        duties += duties_in(market)
        others += other_inputs(run, m, k)
        sold += sales_of(run, m, k)
    bloc.rest_supply = earned - sold + others + users
    bloc.rest_spending = earned + duties - final + others


@compiled
def spend_on_rest(run: Any, m: int, mean_balance: float) -> None:
    """Spending of a bloc on sector 15, duties included, and what each origin receives of it.

    Balances are the base year's parts of GDP, less what would not add up to nothing. Equation: model.md 3.12.

    Parameters
    ----------
    mean_balance : float
        Of all blocs, over their GDP.
    """
    bloc, taxed = run.blocs[m], 0.0
    for origin in range(N_BLOCS):
        duty = rest_duty(run, origin, m)
        taxed += bloc.rest_share[origin] * duty / (1.0 + duty)
    untaxed = bloc.rest_spending - (bloc.first_balance - mean_balance) * nominal_gdp(run, m)
    bloc.rest_spending = untaxed / (1.0 - taxed)
    for origin in range(N_BLOCS):
        bloc.rest_flows[origin] = bloc.rest_share[origin] * bloc.rest_spending / (1.0 + rest_duty(run, origin, m))


@compiled
def rest_receipts(run: Any, origin: int) -> float:
    """What an origin receives for sector 15 in all markets."""
    received = 0.0
    for m in range(N_BLOCS):
        received += run.blocs[m].rest_flows[origin]
    return received


@compiled
def rest_tariffs(run: Any, s: int) -> float:
    """What a state's duties on sector 15 bring; nothing where it is an account. Equation: model.md 3.12."""
    return rest_duty(run, 1 - s, s) * run.blocs[s].rest_flows[1 - s]


@compiled
def clear_labour(run: Any) -> None:
    """Cost of labour moves until what is sold of sector 15 is what is made; its mean over the world stays 0.

    Equation: model.md 3.12.
    """
    mean = world = 0.0
    for m in range(N_BLOCS):
        bloc = run.blocs[m]
        bloc.labour_cost += 0.25 * LABOUR_SPEED * log(rest_receipts(run, m) / bloc.rest_supply)
        mean += run.now.forecast_gdp[m] * bloc.labour_cost
        world += run.now.forecast_gdp[m]
    for m in range(N_BLOCS):
        run.blocs[m].labour_cost -= mean / world


@compiled
def idea_inflow(run: Any, m: int, shares: Any, gained: float) -> float:
    """Ideas that reach a bloc with what it buys of each origin, relative to its own.

    Equation: model.md 3.12. Source: Buera and Oberfield 2020; Goes and Bekkers 2022.

    Parameters
    ----------
    shares : array
        Of the origins in what it buys.
    gained : float
        1 with the ideas that have come since the base year, 0 without.
    """
    strength, theta = run.parameters.accounts.idea_share, run.parameters.market.origin_elasticity - 1.0
    inflow = 0.0
    for origin in range(N_BLOCS):
        ahead = theta * (run.blocs[origin].log_productivity - run.blocs[m].log_productivity)
        ahead += gained * (run.blocs[origin].ideas - run.blocs[m].ideas)
        inflow += shares[origin] ** (1.0 - strength) * exp(strength * ahead)
    return inflow


@compiled
def import_ideas(run: Any) -> None:
    """Stocks of ideas over what forecasts imply, after a quarter. Equation: model.md 3.12."""
    if run.parameters.forms.trade_ideas != IMPORTS:
        return
    theta = run.parameters.market.origin_elasticity - 1.0
    for m in range(N_BLOCS):
        bloc = run.blocs[m]
        bloc.idea_gain = idea_inflow(run, m, bloc.rest_share, 1.0) / idea_inflow(run, m, bloc.usual_share, 0.0) - 1.0
    for m in range(N_BLOCS):
        run.blocs[m].ideas += 0.25 * IDEA_GROWTH * theta * run.blocs[m].idea_gain


@compiled
def trade_rest(run: Any) -> None:
    """Sector 15 in all four blocs: prices, spending, receipts, then the cost of labour and ideas of the next quarter.

    Equation: model.md 3.12.
    """
    if run.parameters.forms.price_block != SECTOR:
        return
    balances = world = 0.0
    for m in range(N_BLOCS):
        price_rest(run, m)
        supply_rest(run, m)
        balances += run.blocs[m].first_balance * nominal_gdp(run, m)
        world += nominal_gdp(run, m)
    for m in range(N_BLOCS):
        spend_on_rest(run, m, balances / world)
    clear_labour(run)
    import_ideas(run)


@compiled
def wages_added(run: Any, s: int, added: float) -> float:
    """Part of value added of a state's cells that is no pure profit: what they win, the rest of the economy loses.

    Labour is given. Equation: model.md 3.12.
    """
    sold = 0.0
    for cell in run.cells[s]:
        sold += cell.sales
    return 1.0 - run.parameters.market.normal_margin * sold / added


@compiled
def inputs_of_rest(run: Any, s: int, k: int) -> float:
    """What sector 15 buys of a sector with firms, over GDP, in the base year. Equation: model.md 3.12."""
    state = run.states[s]
    bought: float = (
        run.markets[s, k].link_scale * run.sectors[k].digital_inputs * state.first_other_digital / state.first_gdp
    )
    return bought


@compiled
def rest_in_index(run: Any, s: int) -> float:
    """What sector 15 adds to the log price index: its own price, and the inputs that it buys of the fourteen sectors.

    Equation: model.md 3.12. Source: weights are spending over GDP, Hulten 1978.
    """
    dear, weight = 0.0, 1.0
    for k in range(len(run.sectors)):
        bought, share = inputs_of_rest(run, s, k), run.cells[s, k].consumption_share
        dear += bought * run.markets[s, k].log_price[PRIVATE]
        weight -= bought + share[PRIVATE] + share[PUBLIC]
    return dear + weight * run.blocs[s].rest_price


@compiled
def rest_money_gap(run: Any) -> float:
    """Payments less receipts and duties of sector 15, and what is made less what is received, bn USD a year.

    Equation: model.md 3.12.
    """
    paid = collected = made = received = 0.0
    for m in range(N_BLOCS):
        paid += run.blocs[m].rest_spending
        made += run.blocs[m].rest_supply
        for origin in range(N_BLOCS):
            flow = run.blocs[m].rest_flows[origin]
            received += flow
            collected += flow * (1.0 + rest_duty(run, origin, m))
    return abs(paid - collected) + abs(made - received)
