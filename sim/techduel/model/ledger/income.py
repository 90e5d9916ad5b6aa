"""The ledger of real income: why that of each state has changed in a quarter, by its accounts, without a rest."""

from math import log, log1p
from typing import Any

from techduel.model.axes import PRIVATE, PUBLIC
from techduel.model.economy.rest import SECTOR, dearer, inputs_of_rest
from techduel.model.engine.compiler import compiled
from techduel.model.ledger.sales import log_mean, log_ratio

REST_PATH, DIGITAL_PATH, LUCK, LABOUR, IDEAS, ENGINE, DIGITAL_PRICE, KNOWLEDGE, SHORTAGES, INCIDENTS = range(10)
"""What multiplies output that is not made by the sectors' firms, in logs."""


@compiled
def risen(former: Any, factor: int, now: float) -> float:
    """Rise of a factor since the quarter before; it is remembered for the next."""
    before, former.factors[factor] = former.factors[factor], now
    return now - before


@compiled
def enter_output(run: Any, s: int) -> None:
    """Why a state makes more or less, in money of the quarter, before cost of labour and ideas move on.

    Equation: model.md 9.
    """
    state, entry, former = run.states[s], run.ledger.income[s], run.former.states[s]
    rest = log_mean(state.undrawn, former.undrawn, log_ratio(state.undrawn, former.undrawn))
    digital = log_mean(state.usual_digital, former.digital, log_ratio(state.usual_digital, former.digital))
    enter_factors(run, s, rest, digital)
    added = state.gdp - state.rest_output - state.other_digital
    entry.sectors, entry.crowding = added - former.added, former.drawn - state.drawn
    entry.forgone = former.inputs_lost - state.inputs_lost
    former.undrawn, former.digital, former.added = state.undrawn, state.usual_digital, added
    former.drawn, former.inputs_lost = state.drawn, state.inputs_lost


@compiled
def enter_factors(run: Any, s: int, rest: float, digital: float) -> None:
    """What has moved the rest of the economy and other digital industries, apart from the sectors' firms.

    Equation: model.md 9.

    Parameters
    ----------
    rest, digital : float
        Logarithmic means of what they make.
    """
    state, entry, former, bloc = run.states[s], run.ledger.income[s], run.former.states[s], run.blocs[s]
    entry.forecast = rest * risen(former, REST_PATH, log(state.rest_expected))
    entry.forecast += digital * risen(former, DIGITAL_PATH, log(run.now.gdp[s]) + state.digital_ahead)
    entry.luck = (rest + digital) * risen(former, LUCK, state.output_deviation)
    entry.terms = (rest + digital) * risen(former, LABOUR, bloc.labour_cost)
    entry.ideas = (rest + digital) * risen(former, IDEAS, dearer(run, s) - bloc.labour_cost)
    entry.engine = rest * risen(former, ENGINE, state.by_engine)
    entry.engine += digital * risen(former, DIGITAL_PRICE, state.by_digital_price)
    entry.knowledge = rest * risen(former, KNOWLEDGE, state.by_knowledge)
    entry.shortages = rest * risen(former, SHORTAGES, -state.by_shortage)
    entry.incidents = rest * risen(former, INCIDENTS, log1p(-state.by_incidents))


@compiled
def enter_income(run: Any, s: int) -> None:
    """Why real income has changed: output, public money and prices, in money of the base year. Equation: model.md 9."""
    state, entry, former = run.states[s], run.ledger.income[s], run.former.states[s]
    spending, duties = extra_spending(state), extra_duties(state)
    entry.spending = -run.parameters.accounts.cost_of_funds * (spending - former.spending)
    entry.tariffs = run.parameters.accounts.cost_of_funds * (duties - former.duties)
    log_price, of_sectors = log(state.price_index), sectors_in_index(run, s)
    money = state.real_income * state.price_index
    real = log_mean(state.real_income, former.income, log_ratio(state.real_income, former.income))
    a_unit = real / log_mean(money, former.money, log_ratio(money, former.money))
    entry.prices = 0.0
    for account in range(len(entry.each)):
        entry.each[account] *= a_unit
    entry.prices = real * (former.of_sectors - of_sectors)
    entry.terms += real * (former.log_price - former.of_sectors - log_price + of_sectors)
    former.spending, former.duties, former.income, former.money = spending, duties, state.real_income, money
    former.log_price, former.of_sectors = log_price, of_sectors


@compiled
def extra_spending(state: Any) -> float:
    """Public spending beyond its share of GDP in the base year. Equation: model.md 3.12."""
    extra: float = state.public_spending - state.first_public_spending / state.first_gdp * state.gdp
    return extra


@compiled
def extra_duties(state: Any) -> float:
    """Tariff revenue beyond its share of GDP in the base year. Equation: model.md 3.12."""
    extra: float = state.tariff_revenue - state.first_tariff_revenue / state.first_gdp * state.gdp
    return extra


@compiled
def sectors_in_index(run: Any, s: int) -> float:
    """What prices of the sectors with firms add to the log price index. Equation: model.md 3.12."""
    dear = 0.0
    for k in range(len(run.sectors)):
        prices, share = run.markets[s, k].log_price, run.cells[s, k].consumption_share
        bought = share[PRIVATE]
        if run.parameters.forms.price_block == SECTOR:
            bought += inputs_of_rest(run, s, k)
        dear += bought * prices[PRIVATE] + share[PUBLIC] * prices[PUBLIC]
    return dear


@compiled
def open_income(run: Any, s: int) -> None:
    """What the ledger of real income remembers of the base year: no surprises, and prices of 1."""
    state, former = run.states[s], run.former.states[s]
    former.undrawn, former.digital = state.rest_output, state.other_digital
    former.added = state.gdp - state.rest_output - state.other_digital
    former.income = former.money = state.gdp
