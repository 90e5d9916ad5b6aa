"""Sector 15, the rest of the economy, in the base year: who sells it to whom, and what follows for its account."""

from math import log
from typing import Any

from techduel.facts.base_trade import FITTING_ROUNDS, FIXED
from techduel.model.axes import N_BLOCS, N_STATES
from techduel.model.economy.rest import (
    SECTOR,
    duties_in,
    rest_admitted,
    rest_duty,
    rest_receipts,
    rest_tariffs,
    supply_rest,
)
from techduel.model.engine.compiler import compiled


@compiled
def found_rest(run: Any, facts: Any) -> None:
    """Flows of sector 15 that add up to what each bloc makes, and balances that its trade leaves."""
    if run.parameters.forms.price_block != SECTOR:
        return
    for m in range(N_BLOCS):
        run.blocs[m].log_productivity = log(facts.relative_productivity[m])
        run.now.gdp[m], run.now.forecast_gdp[m] = 1.0, facts.gdp[m]
    for s in range(N_STATES):
        goods = facts.rest_goods_to_rival[1 - s]
        run.blocs[s].goods_part = goods / (goods + facts.rest_services_to_rival[1 - s])
    fit_rest(run, facts)
    for m in range(N_BLOCS):
        sell_at_home(run, m)
    for m in range(N_BLOCS):
        taste_rest(run, m)


@compiled
def traded(run: Any, m: int, outward: bool) -> float:
    """What a bloc sells to the others of the fourteen sectors, or buys of them."""
    total = 0.0
    for k in range(len(run.sectors)):
        for other in range(N_BLOCS):
            if other != m:
                total += run.markets[other, k].flows[m] if outward else run.markets[m, k].flows[other]
    return total


@compiled
def to_rival(facts: Any, s: int) -> float:
    """What a state sells of sector 15 to its rival."""
    return facts.rest_goods_to_rival[s] + facts.rest_services_to_rival[s]


@compiled
def rest_exports(run: Any, facts: Any, m: int) -> float:
    """What a bloc sells of sector 15 to others, apart from sales to a rival."""
    sold = facts.exports[m] - traded(run, m, True)
    return sold - to_rival(facts, m) if m < N_STATES else sold


@compiled
def rest_imports(run: Any, facts: Any, m: int) -> float:
    """What a bloc buys of sector 15 from others, apart from purchases from a rival; the world buys what it sells."""
    exports = imports = 0.0
    for bloc in range(N_BLOCS):
        exports += facts.exports[bloc]
        imports += facts.imports[bloc]
    bought = facts.imports[m] * exports / imports - traded(run, m, False)
    return bought - to_rival(facts, 1 - m) if m < N_STATES else bought


@compiled
def fit_rest(run: Any, facts: Any) -> None:
    """Flows between blocs by proportional fitting to exports and imports; the two between the states are facts."""
    for m in range(N_BLOCS):
        for origin in range(N_BLOCS):
            free = origin != m and (origin >= N_STATES or m >= N_STATES)
            run.blocs[m].rest_flows[origin] = 1.0 if free else 0.0
    for _ in range(FITTING_ROUNDS):
        change = 0.0
        for origin in range(N_BLOCS):
            factor = rest_exports(run, facts, origin) / rest_receipts(run, origin)
            for m in range(N_BLOCS):
                run.blocs[m].rest_flows[origin] *= factor
        for m in range(N_BLOCS):
            change = max(change, fit_imports(run, facts, m))
        if change <= FIXED:
            break
    for s in range(N_STATES):
        run.blocs[1 - s].rest_flows[s] = to_rival(facts, s)


@compiled
def fit_imports(run: Any, facts: Any, m: int) -> float:
    """Scale what a bloc buys from others to its imports; the change."""
    flows, bought = run.blocs[m].rest_flows, 0.0
    for origin in range(N_BLOCS):
        bought += flows[origin]
    factor = rest_imports(run, facts, m) / bought
    for origin in range(N_BLOCS):
        flows[origin] *= factor
    return abs(factor - 1.0)


@compiled
def sell_at_home(run: Any, m: int) -> None:
    """What a bloc makes of sector 15 beyond its exports it sells at home; duties are no part of what is made."""
    bloc = run.blocs[m]
    if m < N_STATES:
        duties = rest_tariffs(run, m)
        for k in range(len(run.sectors)):
            duties += duties_in(run.markets[m, k])
        bloc.first_duties = duties / run.states[m].rest_output
    supply_rest(run, m)
    bloc.rest_flows[m] = bloc.rest_supply - rest_receipts(run, m)


@compiled
def taste_rest(run: Any, m: int) -> None:
    """Shares and tastes of a bloc in sector 15, and its balance: what it earns and does not spend."""
    bloc, spending, taxed = run.blocs[m], 0.0, 0.0
    for origin in range(N_BLOCS):
        spending += bloc.rest_flows[origin] * (1.0 + rest_duty(run, origin, m))
        taxed += bloc.rest_flows[origin] * rest_duty(run, origin, m)
    gdp = run.states[m].gdp if m < N_STATES else run.now.forecast_gdp[m]
    bloc.first_balance = (bloc.rest_spending - (spending - taxed)) / gdp
    bloc.rest_spending = spending
    for origin in range(N_BLOCS):
        share = bloc.rest_flows[origin] * (1.0 + rest_duty(run, origin, m)) / spending
        bloc.first_share[origin] = bloc.rest_share[origin] = share
        bloc.rest_taste[origin] = share / rest_admitted(run, origin, m)
