"""Sections 3.12 to 3.14 for one state: knowledge, researchers, the economy, research and money."""

from math import exp, log
from typing import Any

from tests.reference import ledger_income, rest

EFFORTS = (
    "control_enforcement",
    "talent_recruitment",
    "technology_acquisition",
    "counter_intelligence",
    "allied_cooperation",
    "allied_participation",
    "inbound_screening",
    "outbound_screening",
)
"""Programmes that have no budget of their own."""
STATES = 2


def send_researchers(state: Any) -> None:
    """Researchers who leave for the rival, thousand a year, at the prices of the quarter before."""
    pay = (state.rival.research_price / state.research_price) ** state.model.known.talent.pay_elasticity
    size = state.researchers / state.first["researchers"]
    state.emigrants = state.migrants * size * pay * state.mobility / state.first_mobility


def account(state: Any) -> None:
    """The accounts of the quarter, in the order in which they need each other."""
    _index(state)
    other_business = _other_business(state)
    _research(state, other_business)
    _spending(state, other_business)
    _people(state)
    _knowledge(state)
    ledger_income.enter(state, rest.log_price_of_rest(state.model, state))
    state.money_gap = _money_gap(state)


def share_knowledge(state: Any) -> None:
    """Own results, what open science adds from the rival's, and cooperation from the allies'."""
    model, known = state.model, state.model.known.knowledge
    from_rival = known.basic_spillover * state.science * state.rival.own_knowledge
    us, china, allies, _ = (
        level * path[model.quarter] for level, path in zip(model.first_gdp, model.gdp_paths, strict=True)
    )
    pool = sum(each.own_knowledge for each in model.both) * allies / (us + china)
    from_allies = known.allied_spillover * state.cooperation * min(pool, state.own_knowledge)
    speed = known.diffusion_speed / 4.0
    state.borrowed_knowledge += speed * (from_rival + from_allies - state.borrowed_knowledge)
    state.knowledge_stock = state.own_knowledge + state.borrowed_knowledge
    state.cooperation += model.known.access.cooperation_speed / 4.0 * (state.aim_of_cooperation - state.cooperation)


def produce(state: Any) -> None:
    """GDP: the rest of the economy, other digital industries, and the cells."""
    model, known, index = state.model, state.model.known.accounts, state.index
    persistence = known.growth_shock_persistence
    shock = known.growth_shock[index] * (1.0 - persistence) / 2.0 * model.luck.economy[index]
    state.growth_deviation = persistence * state.growth_deviation + shock
    state.output_deviation += state.growth_deviation
    money = exp(state.output_deviation) * rest.nominal(model, index)
    trend = model.gdp_paths[index][model.quarter] * money
    prices = [cell.log_price for cell in state.cells]
    weights = [cell.digital_weight for cell in state.cells]
    fall = -sum(weight * price for weight, price in zip(weights, prices, strict=True)) / sum(weights)
    state.digital_price_fall = fall
    surprise = fall - known.expected_decline * model.years
    learnt = log(state.knowledge_stock / model.knowledge_paths[index][model.quarter - 1])
    learnt *= _public_returns(known, model.known.forms.public_knowledge)
    missing = _missed_by_final_users(state)
    by_price = (0.0, 0.0) if rest.is_sector(model) else (known.engine_elasticity, known.digital_price_elasticity)
    engine = money * exp(by_price[0] * surprise + learnt - missing)
    unexpected = state.incidents - state.first["risk"] / 4.0
    undisturbed = state.first["rest_output"] * model.rest_paths[index][model.quarter] * engine
    won = sum(cell.value_added for cell in state.cells)
    won -= model.sector_paths[index][model.quarter] * money
    made = {"rest": undisturbed * (1.0 - model.known.security.incident_cost * unexpected)}
    lost = rest.lost_to_cells(model, state)
    amounts = {"crowding": -lost * won, "forgone": -0.5 * (1.0 - lost) * state.inputs_forgone}
    state.rest_output = made["rest"] + amounts["crowding"] + amounts["forgone"]
    ahead = known.digital_excess[index] * known.digital_fade * (1.0 - exp(-model.years / known.digital_fade))
    sold = [cell.sales for cell in state.cells]
    of_core = [cell.sales for cell in state.cells if model.tags["digital_core"][cell.sector]]
    all_pull, digital_pull = (
        (sum(amounts) / (paths[index][model.quarter] * money)) ** known.industry_link
        for amounts, paths in ((sold, model.sales_paths), (of_core, model.digital_sales_paths))
    )
    made["digital"] = state.first["other_digital"] * trend * exp(ahead + by_price[1] * surprise)
    state.other_digital = made["digital"] * digital_pull
    state.rest_output -= state.other_digital - made["digital"]
    state.other_emerging = state.first["other_emerging"] * trend * _emerging(state) * all_pull
    amounts["sectors"] = sum(cell.value_added for cell in state.cells)
    state.gdp = state.rest_output + state.other_digital + amounts["sectors"]
    by_engine = {name: part * surprise for name, part in zip(made, by_price, strict=True)}
    logs = {"knowledge": learnt, "shortages": -missing, "incidents": log(made["rest"] / undisturbed), "ahead": ahead}
    _enter_output(state, made, amounts, by_engine, logs)


def _emerging(state: Any) -> float:
    """Other emerging industries over GDP, relative to the base year."""
    limit = state.model.known.accounts.emerging_limit[state.index] * state.first["gdp"]
    limit = max(limit / state.first["other_emerging"], 1.0)
    room = max(limit - 1.0, 1e-9)
    return float(limit / (1.0 + room * exp(-max(state.emerging_excess, 0.0) * limit / room * state.model.years)))


def _enter_output(
    state: Any, made: dict[str, float], amounts: dict[str, float], engine: dict[str, float], logs: dict[str, float]
) -> None:
    """Tell the ledger what is made without firms, by what multiplies it, and what the sectors add and draw."""
    model, index = state.model, state.index
    labour, ahead = model.rest[index].labour_cost, logs.pop("ahead")
    common = {"luck": state.output_deviation, "terms": labour, "ideas": log(rest.nominal(model, index)) - labour}
    expected = {"rest": log(model.rest_paths[index][model.quarter])}
    expected["digital"] = log(model.gdp_paths[index][model.quarter]) + ahead
    own = {"rest": logs, "digital": dict.fromkeys(logs, 0.0)}
    factors = {name: common | own[name] | {"forecast": expected[name], "engine": engine[name]} for name in made}
    ledger_income.note_output(state, factors, made, amounts)


def _index(state: Any) -> None:
    """The price of all spending."""
    model, dearer = state.model, rest.log_price(state.model, state)
    for cell in state.cells:
        at = model.market(state.index, cell.sector)
        dearer += cell.private_share * at.log_price[0] + cell.public_share * at.log_price[1]
    state.price_index = exp(dearer)


def _missed_by_final_users(state: Any) -> float:
    """What goods that cannot be had are worth to final users beyond the price index, in log output of the rest."""
    if state.model.known.forms.reallocation == "instant":
        return 0.0
    lost = 0.0
    for cell in state.cells:
        at = state.model.market(state.index, cell.sector)
        worth = state.model.final_hardness[cell.sector] * cell.felt - at.penalty[0] - at.unmet[0]
        lost += cell.private_share * max(worth, 0.0)
    return lost


def _public_returns(known: Any, form: str) -> float:
    """Elasticity of the rest of the economy to public knowledge: assumed, as estimated, or as a sceptic has it."""
    estimate = known.knowledge_estimate
    return {"assumed": known.knowledge_elasticity, "estimate": estimate, "sceptical": 0.6 * estimate - 0.036}[form]


def _other_business(state: Any) -> float:
    """R&D of business outside the cells."""
    known, credit = state.model.known, state.levers["tax_credit"]
    limit = known.accounts.other_rd_limit[state.index]
    state.other_rd_intensity *= (limit / state.other_rd_intensity) ** (known.accounts.other_rd_speed / 4.0)
    user_cost = ((1.0 - credit) / (1.0 - state.first_credit)) ** -known.research.user_cost_elasticity
    return state.other_rd_intensity * state.rest_output * user_cost


def _research(state: Any, other_business: float) -> None:
    """R&D by performer and by who pays."""
    levers = state.levers
    own, grants = sum(cell.rd for cell in state.cells), sum(cell.grants for cell in state.cells)
    business = own + grants + other_business
    institutes = levers["basic_research"] + levers["applied_research"]
    state.rd_other_business = other_business
    state.rd_other = institutes + state.nonpublic_rd * state.gdp
    state.rd_basic = levers["basic_research"] + state.basic_private * business
    contracts = state.other_grants[0] * exp(state.model.known.government.contracts_trend * state.model.years)
    state.rd_public = institutes + grants + contracts * other_business
    state.rd_total = business + state.rd_other


def _spending(state: Any, other_business: float) -> None:
    """Public money for the contest, what tariffs bring in, and what income that leaves."""
    levers, known, first = state.levers, state.model.known.accounts, state.first
    grants = sum(cell.grants for cell in state.cells)
    forgone = levers["tax_credit"] * (sum(cell.rd for cell in state.cells) + other_business)
    effort = sum(levers[name] for name in EFFORTS) + sum(levers["standards_push"]) / len(state.cells)
    support = sum(rate * cell.home_sales for rate, cell in zip(state.support_rate, state.cells, strict=True))
    stocks = sum(cell.stock_bought for cell in state.cells)
    state.subsidies = grants + forgone + support
    state.public_spending = state.rd_public + forgone + known.effort_cost * state.gdp * effort + support + stocks
    state.tariff_revenue = sum(
        tariff * cell.rival_sales for tariff, cell in zip(levers["tariff"], state.cells, strict=True)
    )
    state.tariff_revenue += (
        rest.duty(state.model, 1 - state.index, state.index) * state.model.rest[state.index].rest_flows[1 - state.index]
    )
    usual = (first["public_spending"] - first["tariff_revenue"]) / first["gdp"]
    additional = state.public_spending - state.tariff_revenue - usual * state.gdp
    state.real_income = (state.gdp - known.cost_of_funds * additional) / state.price_index


def _people(state: Any) -> None:
    """Graduates come, the old retire, some move; then the price of research follows."""
    known, first = state.model.known, state.first
    fading = exp(-state.model.quarter / 4.0 / known.talent.graduates_decay)
    state.graduates *= exp(state.graduates_growth * fading / 4.0)
    drawn = state.graduates * state.research_price**known.talent.supply_elasticity
    change = drawn - known.talent.attrition * state.researchers - state.emigrants + state.rival.emigrants
    state.researchers += change / 4.0
    each = state.rd_total / state.researchers / (first["rd_total"] / first["researchers"])
    state.research_price = each**known.research.price_elasticity


def _knowledge(state: Any) -> None:
    """Public research moves through its pipeline into the own stock; applied research enters at the last stage."""
    known = state.model.known.knowledge
    rate = 4.0 / known.basic_lag
    arriving = state.rd_basic / 4.0
    stages = []
    for stage in state.knowledge_pipeline:
        moving = rate * stage / 4.0
        stages.append(stage + arriving - moving)
        arriving = moving
    stages[-1] += state.levers["applied_research"] / 4.0
    state.knowledge_pipeline = stages
    state.own_knowledge += (rate * stages[-1] - known.basic_depreciation * state.own_knowledge) / 4.0


def _money_gap(state: Any) -> float:
    """Receipts minus payments: of all markets, of the state's cells, and of their cash; over world spending."""
    model, index = state.model, state.index
    spent = collected = received = 0.0
    for market in model.markets:
        spent += sum(market.spending)
        collected += sum(market.flows)
        if market.bloc < STATES:
            duty = model.both[market.bloc].duty[market.sector]
            collected += sum(rate * flow for rate, flow in zip(duty, market.flows, strict=True))
        received += market.flows[index]
    booked = sum(firm.sales for cell in state.cells for firm in (*cell.firms, *cell.left))
    unexplained = sum(_cash_gap(cell, 1.0 - state.levers["tax_credit"]) for cell in state.cells)
    return (abs(spent - collected) + abs(booked - received) + abs(unexplained) + rest.money_gap(model)) / spent


def _cash_gap(cell: Any, after_credit: float) -> float:
    """Change of the firms' cash that their flows do not explain."""
    earned = (cell.margin * cell.sales - after_credit * cell.rd - cell.taxed) / 4.0
    return cell.cash - cell.cash_before - (earned - cell.paid_out + cell.brought)
