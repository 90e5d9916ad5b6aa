"""Faults in the base year: facts, and what solves equations for them."""

from typing import Final

from tests.faults.fault import ACCOUNTS, BASE, CHANGES, CHOKEPOINTS, FRINGE, LEVERS, RESEARCH, REST, SECURITY

BY_FILE: Final = {
    "facts/chokepoints": [
        ('"chokepoint_share": found["user"] / market_size', '"chokepoint_share": found["user"]', CHOKEPOINTS),
        ("abs(total - 1.0) > ROUNDING", "abs(total - 1.0) > 1.0", CHOKEPOINTS),
    ],
    "facts/changes": [
        ("values[facts.sectors.index(key)] = value", "values[facts.sectors.index(key)] += value", CHANGES),
        ("values[STATES.index(key), ", "values[1 - STATES.index(key), ", CHANGES),
        ("if value <= 0.0:", "if value <= -1e6:", CHANGES),
    ],
    "facts/base_year": [
        ("institutes - public),\n        grants", "institutes),\n        grants", ACCOUNTS),
        ("position_scale(run, facts) * log(facts", "position_scale(run, facts) * -log(facts", BASE),
        ("= log(spent / sales), log", "= log(sales / spent), log", BASE),
        ("behind = 0.5 * min(log(", "behind = min(log(", FRINGE),
        ("np.exp(trend * years)", "np.exp(-trend * years)", ACCOUNTS),
        ("np.exp(trend * years)", "(1.0 + trend * years)", ACCOUNTS),
        ("log(sales / (us.firms + china.firms))", "log(sales)", BASE),
        (
            "cell.first_support, cell.value_added = cell.grants / spent",
            "cell.first_support, cell.value_added = cell.grants / cell.sales",
            BASE,
        ),
        ("lag = cell.trend_ratio - 1.0", "lag = 0.0", BASE),
        ("None] / (1.0 - _margin(facts", "None] / (1.0 + _margin(facts", BASE),
        ("replaceable(open_to_listed(run, s), parameters", "replaceable(state.coinvention, parameters", LEVERS),
    ],
    "facts/base_accounts": [
        ("expected / parameters.trust_speed", "expected * parameters.trust_speed", SECURITY),
        ("state.risk / parameters.forgetting", "state.risk * parameters.forgetting", SECURITY),
        (
            "rising + facts.migrants[s] - facts.migrants[1 - s]",
            "rising - facts.migrants[s] + facts.migrants[1 - s]",
            BASE,
        ),
        ("state.gdp * gdp[s, quarter] - digital - made", "state.gdp * gdp[s, quarter] - made", ACCOUNTS),
        ("knots[:, 1:] += log_levels - np.log(means)", "knots[:, 1:] += 0.0 * means", BASE),
        ("state.levers.applied_research * growth", "state.levers.applied_research", ACCOUNTS),
        ("state.rd_basic * growth", "state.rd_basic", ACCOUNTS),
        ("open_to_use(state.science, run.states[1 - s]", "open_to_use(1.0, run.states[1 - s]", ACCOUNTS),
        ("run.states[s].own_knowledge + run.states[s].borrowed_knowledge", "run.states[s].own_knowledge", ACCOUNTS),
        ("rate * stages[last] / (growth + depreciation)", "rate * stages[last] / depreciation", RESEARCH),
    ],
    "facts/base_rest": [
        ("goods / (goods + facts", "1.0 * (goods + facts", REST),
        ("facts.exports[m] - traded(run, m, True)", "facts.exports[m]", REST),
        ("bloc.rest_supply - rest_receipts(run, m)", "bloc.rest_supply", REST),
        ("bloc.rest_spending - (spending - taxed)", "bloc.rest_spending - spending", REST),
        ("share / rest_admitted(run, origin, m)", "share", REST),
    ],
    "facts/base_trade": [
        ("flows[s] = to_rival(facts, s, k)", "flows[s] = to_rival(facts, 1 - s, k)", BASE),
        ("fit_demand(run, facts, k) <= FIXED", "fit_demand(run, facts, k) <= 1e-6", BASE),
        ("refit(market) <= FIXED", "refit(market) <= 1e-6", BASE),
        ("= rest - public, public, 0.0", "= rest, public, 0.0", BASE),
        ("market.final_demand[buyer] / facts.gdp[m]", "market.spending[buyer] / facts.gdp[m]", ACCOUNTS),
        ("growth_forecast - inflation - economic_growth", "growth_forecast - economic_growth", BASE),
        ("trust * excess, excess)", "excess, excess)", ACCOUNTS),
    ],
}
"""What stands there, what is put there instead, and which tests must fail, by file of the package."""
