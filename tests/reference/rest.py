"""Section 3.12 where the rest of the economy is a sector: who buys it from whom, cost of labour, ideas that come."""

from math import exp, log, prod
from statistics import median_low
from typing import Any

STATES = 2
BLOCS = range(4)


class Rest:
    """Sector 15 in one bloc; lists are by origin."""

    def __init__(self, bloc: int, world: Any) -> None:
        first, now = world.structure.rest, world.blocs
        self.bloc = bloc
        self.usual, self.taste = first.first_share[0, bloc, 0].tolist(), first.rest_taste[0, bloc, 0].tolist()
        self.balance, self.duties, self.goods, self.skill = (
            getattr(first, name)[0, bloc, 0, 0].item()
            for name in ("first_balance", "first_duties", "goods_part", "log_productivity")
        )
        self.labour_cost, self.ideas, self.rest_price, self.rest_supply, self.rest_spending = (
            getattr(now, name)[0, bloc, 0, 0].item()
            for name in ("labour_cost", "ideas", "rest_price", "rest_supply", "rest_spending")
        )
        self.rest_flows = now.rest_flows[0, bloc, 0].tolist()
        self.share = list(self.usual)


def is_sector(model: Any) -> bool:
    """Whether it is one."""
    return bool(model.known.forms.price_block == "sector")


def nominal(model: Any, bloc: int) -> float:
    """What labour cost and ideas do to output in money, a factor."""
    rest = model.rest[bloc]
    return exp(rest.labour_cost + rest.ideas / (model.known.market.origin_elasticity - 1.0))


def duty(model: Any, origin: int, bloc: int) -> float:
    """Duty of a bloc on an origin's goods and services together."""
    if bloc >= STATES or origin != 1 - bloc:
        return 0.0
    tariffs = model.both[bloc].levers["tariff"]
    return float(model.rest[bloc].goods * median_low(tariffs[sector] for sector in model.storable))


def trade_rest(model: Any) -> None:
    """The whole of it, once both states' output is known."""
    if not is_sector(model):
        return
    gdp = [_gdp(model, bloc) for bloc in BLOCS]
    gap = sum(rest.balance * made for rest, made in zip(model.rest, gdp, strict=True)) / sum(gdp)
    for rest in model.rest:
        _choose(model, rest)
        _spend(model, rest, gdp[rest.bloc], gap)
    _pay_labour(model)
    if model.known.forms.trade_ideas == "imports":
        _learn(model)


def lost_to_cells(model: Any, state: Any) -> float:
    """What the rest loses of a unit that cells add."""
    if not is_sector(model):
        return float(model.known.accounts.crowding_out)
    profits = model.known.market.normal_margin * sum(cell.sales for cell in state.cells)
    return float(1.0 - profits / sum(cell.value_added for cell in state.cells))


def log_price(model: Any, state: Any) -> float:
    """Its part in the price index: its price, and inputs that other digital industries buy."""
    if not is_sector(model):
        return 0.0
    own, total = 1.0, 0.0
    for cell in state.cells:
        used = model.digital_inputs[cell.sector] * state.first["other_digital"] / state.first["gdp"]
        used *= model.link_scale[state.index][cell.sector]
        own -= used + cell.private_share + cell.public_share
        total += used * model.market(state.index, cell.sector).log_price[0]
    return total + own * float(model.rest[state.index].rest_price)


def log_price_of_rest(model: Any, state: Any) -> float:
    """Its own price alone in the price index."""
    if not is_sector(model):
        return 0.0
    bought = sum(
        model.link_scale[state.index][cell.sector] * model.digital_inputs[cell.sector] * state.first["other_digital"]
        for cell in state.cells
    )
    final = sum(cell.private_share + cell.public_share for cell in state.cells)
    return float((1.0 - final - bought / state.first["gdp"]) * model.rest[state.index].rest_price)


def money_gap(model: Any) -> float:
    """Spending less receipts and duties, and what is made less what is sold."""
    spent, received = (sum(getattr(rest, name) for rest in model.rest) for name in ("rest_spending", "rest_supply"))
    sold = sum(sum(rest.rest_flows) for rest in model.rest)
    duties = sum(duty(model, o, rest.bloc) * rest.rest_flows[o] for rest in model.rest for o in BLOCS)
    return abs(spent - sold - duties) + abs(received - sold)


def _gdp(model: Any, bloc: int) -> float:
    if bloc < STATES:
        return float(model.both[bloc].gdp)
    return float(model.first_gdp[bloc] * model.gdp_paths[bloc][model.quarter] * nominal(model, bloc))


def _choose(model: Any, rest: Rest) -> None:
    """Shares and price; the price is 0 at growth as forecast."""
    by = model.known.market.origin_elasticity - 1.0
    size = [path[model.quarter] for path in model.gdp_paths]
    usual = [share * grown for share, grown in zip(rest.usual, size, strict=True)]
    bought = []
    for origin in BLOCS:
        cost = exp(model.rest[origin].labour_cost) * (1.0 + duty(model, origin, rest.bloc))
        bought.append(rest.taste[origin] * size[origin] * cost**-by * (1.0 - _withheld(model, origin, rest.bloc)))
    rest.rest_price = log(sum(usual) / sum(bought)) / by
    rest.share = [part / sum(bought) for part in bought]
    rest.expected = [part / sum(usual) for part in usual]


def _withheld(model: Any, origin: int, bloc: int) -> float:
    """What is refused in every sector."""
    if bloc >= STATES:
        return 0.0
    cells, joined = model.both[bloc].cells, model.both[1 - bloc].joined
    if origin == 2:
        return float(min(joined[cell.sector] * cell.denied_by_rival for cell in cells))
    return float(min(cell.denied_by_rival for cell in cells)) if origin == 1 - bloc else 0.0


def _spend(model: Any, rest: Rest, gdp: float, gap: float) -> None:
    """What is earned goes to sectors with firms as far as they are bought for use, and else here."""
    bloc = rest.bloc
    markets = [model.market(bloc, sector) for sector in range(model.sectors)]
    sales = [sum(model.market(other, sector).flows[bloc] for other in BLOCS) for sector in range(model.sectors)]
    ours, duties = gdp, 0.0
    if bloc < STATES:
        state = model.both[bloc]
        ours -= rest.duties * state.rest_output
        duties = sum(
            rate * flow
            for market in markets
            for rate, flow in zip(state.duty[market.sector], market.flows, strict=True)
        )
    inputs = sum(sum(model.bought[bloc][sector]) for sector in range(model.sectors))
    other = sum(_other_inputs(model, bloc, sector) * sold for sector, sold in enumerate(sales))
    rest.rest_supply = ours - (sum(sales) - other - inputs)
    spending = ours + duties + other + inputs - sum(sum(market.spending) for market in markets)
    spending -= gdp * (rest.balance - gap)
    net = [part / (1.0 + duty(model, origin, bloc)) for origin, part in enumerate(rest.share)]
    rest.rest_spending = spending / sum(net)
    rest.rest_flows = [part * rest.rest_spending for part in net]


def _other_inputs(model: Any, bloc: int, sector: int) -> float:
    both = [state.cells[sector].other_inputs for state in model.both]
    return float(both[bloc] if bloc < STATES else sum(both) / 2.0)


def _pay_labour(model: Any) -> None:
    """A quarter of a year of excess demand, then the world's mean is taken off."""
    sizes = [level * path[model.quarter] for level, path in zip(model.first_gdp, model.gdp_paths, strict=True)]
    for rest in model.rest:
        rest.labour_cost += log(sum(other.rest_flows[rest.bloc] for other in model.rest) / rest.rest_supply) / 4.0
    mean = sum(size * rest.labour_cost for size, rest in zip(sizes, model.rest, strict=True)) / sum(sizes)
    for rest in model.rest:
        rest.labour_cost -= mean


def _learn(model: Any) -> None:
    """Ideas that come beyond those that come anyway."""
    theta, strength = model.known.market.origin_elasticity - 1.0, model.known.accounts.idea_share
    gains = []
    for rest in model.rest:
        ratio = [exp(theta * (other.skill - rest.skill)) for other in model.rest]
        known = [exp(other.ideas - rest.ideas) for other in model.rest]
        usual = sum(prod((s ** (1.0 - strength), r**strength)) for s, r in zip(rest.expected, ratio, strict=True))
        came = sum(
            s ** (1.0 - strength) * (r * k) ** strength for s, r, k in zip(rest.share, ratio, known, strict=True)
        )
        gains.append(came / usual - 1.0)
    for rest, gain in zip(model.rest, gains, strict=True):
        rest.ideas += 0.0025 * theta * gain
