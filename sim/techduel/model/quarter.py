"""One quarter of one run: the mechanisms in the order of docs/model.md, each in a file of its own.

A run is one record (`engine/record.py`): `run.firms[s, k]` are the places for firms of a cell, `run.cells[s, k]`,
`run.states[s]`, `run.markets[m, k]`, `run.sectors[k]`, `run.links` (one an input of a user), `run.parameters` by group
and `run.now`. Fields change in place; what is meant as it was before the quarter is read before it moves, or has a name
of its own (`felt_before`, `sales_before`).
"""

from math import exp
from typing import Any

from techduel.model.access import ask_allies, cooperate, deny_inputs, open_goods, open_knowledge, set_standards
from techduel.model.accounts import account_for_research, deviate, money_gap, pay, price_index, produce, real_income
from techduel.model.axes import N_BLOCS, N_STATES
from techduel.model.economy.rest import dearer, trade_rest
from techduel.model.engine.compiler import compiled, entry
from techduel.model.entry import grow_older, hand_on, turn_over
from techduel.model.finance import open_books, settle_accounts
from techduel.model.fringe import learn_abroad, price_inputs
from techduel.model.government import take_effect
from techduel.model.ideas import discover, look_ahead
from techduel.model.knowledge import fund_knowledge, share_knowledge
from techduel.model.ledger.frontier import enter_discoveries, enter_paradigm, enter_turnover
from techduel.model.ledger.income import enter_income, enter_output
from techduel.model.ledger.sales import enter_sales
from techduel.model.listing import list_firms
from techduel.model.market import (
    attract,
    book,
    clear,
    costs,
    demand,
    fading,
    passive_sales,
    purchases,
    rate_pull,
    receive,
    sell,
    settle_market,
    supply,
)
from techduel.model.noise import APPEAL
from techduel.model.paradigm import diffusion_left, meet, opened, opening, wear, years_since_base
from techduel.model.perception import perceive
from techduel.model.reallocation import stock_up, switched, use_single_inputs
from techduel.model.research import copy_rules, filings, incite, spend
from techduel.model.security import restriction, secure
from techduel.model.talent import emigrate, train


@entry
def quarters(runs: Any, forecasts: Any, luck: Any) -> None:
    """A quarter of every run, one after the other; one record of luck serves all runs where there is only one."""
    for place in range(len(runs)):
        foresee(runs[place], forecasts[place])
        quarter(runs[place], luck[place % len(luck)])


@compiled
def quarter(run: Any, luck: Any) -> None:
    """All of section 3 of docs/model.md in its order."""
    open_quarter(run)
    decide(run)
    open_doors(run)
    trade(run)
    research(run, luck)
    turn_over_firms(run, luck)
    secure_states(run, luck)
    account(run, luck)
    for s in range(N_STATES):
        perceive(run, luck, s)


@compiled
def foresee(run: Any, forecast: Any) -> None:
    """The date of the quarter, and what was forecast for it."""
    now = run.now
    now.quarter, now.year = forecast.quarter, forecast.year
    for m in range(N_BLOCS):
        now.gdp[m], now.forecast_gdp[m] = forecast.gdp[m], forecast.forecast_gdp[m]
    for s in range(N_STATES):
        state, foreseen = run.states[s], forecast.states[s]
        state.rest_expected, state.sector_expected = foreseen.rest_expected, foreseen.sector_expected
        state.sales_expected, state.digital_sales_expected = foreseen.sales_expected, foreseen.digital_sales_expected
        state.knowledge_expected, state.other_grants = foreseen.knowledge_expected, foreseen.other_grants
        state.population, state.deflator = foreseen.population, foreseen.deflator


@compiled
def open_quarter(run: Any) -> None:
    """What only time decides, and the counts of living firms."""
    now = run.now
    now.years = years_since_base(now.quarter)
    now.diffusion_left = diffusion_left(now.years, run.parameters.paradigm)
    now.opening = opening(now.year, run.parameters.paradigm)
    now.opened = opened(now.quarter, now.year, run.parameters.paradigm)
    now.fading = fading(run.parameters.market)
    for m in range(N_BLOCS):
        now.economy[m] = now.gdp[m] * exp(dearer(run, m))
    for s in range(N_STATES):
        now.economy[s] = now.gdp[s] * exp(run.states[s].output_deviation + dearer(run, s))
        for cell in run.cells[s]:
            now.firm_quarters += cell.firms


@compiled
def decide(run: Any) -> None:
    """Decisions in force (3.1)."""
    for s in range(N_STATES):
        take_effect(run, s)


@compiled
def open_doors(run: Any) -> None:
    """Access to goods and to knowledge (3.2)."""
    passive_sales(run)
    for s in range(N_STATES):
        ask_allies(run, s)
        for k in range(len(run.sectors)):
            open_goods(run, s, k)
    for s in range(N_STATES):
        deny_inputs(run, s)
        open_knowledge(run, s)
        set_standards(run, s)


@compiled
def trade(run: Any) -> None:
    """Cost, markets and stocks (3.3-3.5), and the sales of firms."""
    for s in range(N_STATES):
        use_single_inputs(run, s)
    for s in range(N_STATES):
        costs(run, s)
        for k in range(len(run.sectors)):
            attract(run, s, k)
    price_inputs(run)
    purchases(run)
    for k in range(len(run.sectors)):
        supply(run, k)
        for m in range(N_BLOCS):
            clear(run, m, k)
            if m < N_STATES:
                stock_up(run, m, k)
            demand(run, m, k)
            settle_market(run, m, k, switched(run))
            receive(run, m, k)
        book(run, k)
        if run.now.ledger:
            enter_sales(run, k)


@compiled
def research(run: Any, luck: Any) -> None:
    """Research spending, ideas and finance of firms (3.6, 3.7, 3.9): first what a cell's firms meet alike."""
    for s in range(N_STATES):
        for k in range(len(run.sectors)):
            rate_pull(run, s, k)
            incite(run, s, k)
            look_ahead(run, s, k)
            open_books(run.cells[s, k])
            for i in range(len(run.firms[s, k])):
                if run.firms[s, k][i].alive:
                    pass_firm(run, luck, s, k, i)
            run.cells[s, k].mean_technology /= run.cells[s, k].firms
            if run.now.ledger:
                enter_discoveries(run, luck, s, k)
            copy_rules(run, luck, s, k)
            run.cells[s, k].filings = filings(run.cells[s, k], run.parameters.research.filings_per_billion[s])
    learn_abroad(run)


@compiled
def pass_firm(run: Any, luck: Any, s: int, k: int, i: int) -> None:
    """The quarter of one firm: it sells, spends on research, discovers, settles its accounts and grows older."""
    cell, firm = run.cells[s, k], run.firms[s, k][i]
    log_sales = sell(cell, firm, run.parameters.market.elasticity[k] - 1.0)
    spend(run, cell, firm, log_sales)
    discover(run, luck, s, k, i)
    settle_accounts(run, s, cell, firm)
    grow_older(run, firm, luck.uniforms[APPEAL, s, k, i], log_sales)


@compiled
def turn_over_firms(run: Any, luck: Any) -> None:
    """The paradigm moves on, firms leave and come, some are listed (3.7-3.10)."""
    for k in range(len(run.sectors)):
        meet(run, k)
        for s in range(N_STATES):
            wear(run, s, k)
            if run.now.ledger:
                enter_paradigm(run, s, k)
            turn_over(run, luck, s, k)
        for s in range(N_STATES):
            hand_on(run, s, k)
            if run.now.ledger:
                enter_turnover(run, s, k)
    for s in range(N_STATES):
        list_firms(run, s)


@compiled
def secure_states(run: Any, luck: Any) -> None:
    """Incidents, trust, and who moves to the rival (3.11, 3.13)."""
    for s in range(N_STATES):
        run.states[s].restriction = restriction(run, s)
    for s in range(N_STATES):
        secure(run, luck, s)
        emigrate(run, s)


@compiled
def account(run: Any, luck: Any) -> None:
    """Accounts, people and public research (3.12-3.14)."""
    for s in range(N_STATES):
        deviate(run, luck, s)
        produce(run, s)
        if run.now.ledger:
            enter_output(run, s)
    trade_rest(run)
    for s in range(N_STATES):
        state = run.states[s]
        account_for_research(run, s)
        pay(run, s)
        state.price_index = price_index(run, s)
        state.real_income = real_income(state, run.parameters.accounts.cost_of_funds)
        if run.now.ledger:
            enter_income(run, s)
        state.money_gap = money_gap(run, s)
        train(run, s)
        fund_knowledge(run, s)
    for s in range(N_STATES):
        share_knowledge(run, s)
        cooperate(run, s)
