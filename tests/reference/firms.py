"""Sections 3.3, 3.4, 3.6, 3.7 and 3.9 for the firms of one cell: attraction, sales, research, money, discovery.

Each function is one pass over the living firms; what they share is worked out once, before.
"""

from math import copysign, exp, expm1, log, log1p, sqrt
from typing import Any

from tests.reference.abroad import taught
from tests.reference.inputs import burden as of_inputs

MARGIN = 1e-9
"""Least difference in profit that makes a peer worth copying."""


def offer(cell: Any, state: Any) -> None:
    """Cost and attraction of every firm."""
    by = cell.elasticity - 1.0
    labour = state.model.rest[state.index].labour_cost
    cost = labour
    unlisted = listed = 0.0
    for source, _, cost_share, hard_cost, _ in cell.links:
        input_cell = state.cells[source]
        cost += cost_share * (input_cell.log_price - input_cell.penalty - labour)
        unlisted += hard_cost * input_cell.felt
        listed += hard_cost * input_cell.felt_listed
    unlisted, listed = unlisted + of_inputs(state, cell), listed + of_inputs(state, cell)
    weight = 0.0
    for firm in cell.firms:
        firm.exposed = exposed = firm.dependence * (1.0 - firm.substituted)
        firm.burden = burden = exposed * (listed if firm.listed else unlisted)
        firm.log_pull = log_pull = by * (firm.technology + firm.appeal - cost - burden)
        firm.pull = pull = exp(log_pull)
        weight += pull
    cell.weight, cell.cost, cell.burden_listed = weight, cost + unlisted, listed


def prepare_research(cell: Any, state: Any) -> tuple[float, float, float]:
    """Log R&D intensity of the cell, and what an ordinary and a listed firm add for a substitute."""
    known = state.model.known.research
    credit, sector = state.levers["tax_credit"], cell.sector
    support = state.levers["grants"][sector] / cell.rd if cell.rd > 0.0 else 0.0
    cell.growth = cell.sales / cell.trend_sales / cell.trend_ratio
    user_cost = log((1.0 - credit) / (1.0 - state.first_credit))
    crowd = log(_drawing(support, known) / _drawing(cell.first_support, known))
    incentive = cell.log_norm - known.user_cost_elasticity * user_cost
    if state.model.known.forms.crowd_in == "sample":
        limit = known.support_saturation
        crowd *= _drawing(0.1, known) / (0.1 * exp(-0.1 / limit))
    incentive += known.market_incentive * log(cell.growth) + known.crowd_in * crowd
    relabelled = known.relabelled_share[state.index] * min((support + credit) / (1.0 + support), 1.0)
    cell.log_effect = log((1.0 + support) * (1.0 - relabelled) / state.research_price)
    cell.grants = support * cell.rd
    unlisted, listed = substitutes(cell, state)
    cell.feasibility = listed / cell.burden_listed if cell.burden_listed > 0.0 else 0.0
    step = state.model.known.ideas.step
    base = log1p(cell.induced / step)
    ordinary = known.inducement * (log1p(unlisted / step) - base)
    cell.inducement = (ordinary, known.inducement * (log1p(listed / step) - base))
    return incentive, *cell.inducement


def _drawing(support: float, known: Any) -> float:
    """Support as far as it draws private money."""
    limit = known.support_saturation
    return known.support_floor + limit * (1.0 - exp(-support / limit))


def substitutes(cell: Any, state: Any) -> tuple[float, float]:
    """What a home substitute for denied inputs saves an ordinary and a listed firm, in log cost."""
    known = state.model.known.ideas
    floor = log(known.feasibility_floor)
    unlisted = listed = 0.0
    for source, _, _, hard_cost, hardness in cell.links:
        denied = state.cells[source]
        if denied.felt_listed == 0.0 and denied.felt == 0.0:
            continue
        behind = min(known.feasibility_slope * (denied.frontier - denied.opposite.frontier), 0.0)
        eased = hard_cost * exp(hardness * max(behind, floor))
        unlisted += eased * denied.felt
        listed += eased * denied.felt_listed
    return unlisted, listed


def spend(cell: Any, state: Any) -> None:
    """Sales, research within the limits of cash, profit, tax, payout and equity."""
    incentive, unlisted, listed = prepare_research(cell, state)
    known = state.model.known.finance
    adjustment = state.model.known.research.adjustment
    young, equity_limit, target = known.young_age, known.equity_limit, known.cash_target
    after_credit, kept = 1.0 - state.levers["tax_credit"], 1.0 - state.corporate_tax
    factor = cell.sales / cell.weight
    log_factor, margin = log(factor), cell.margin
    research, paid_out, taxed, on_list = 0.0, 0.0, 0.0, []
    for firm in cell.firms:
        sales = firm.pull * factor
        log_sales = firm.log_pull + log_factor
        desired = incentive + firm.rule + log_sales + firm.exposed * (listed if firm.listed else unlisted)
        log_rd = firm.log_rd
        log_rd += adjustment * (desired - log_rd)
        rd, surplus, cash = exp(log_rd), margin * sales, firm.cash
        limit = surplus + cash
        if firm.age < young:
            limit += equity_limit * sales
        if limit < rd:
            rd = min(rd, max(limit, known.lean_research * surplus))
            log_rd = log(rd)
        profit = surplus - rd * after_credit
        if profit > 0.0:
            taxed += (1.0 - kept) * profit
            profit *= kept
        balance = cash + profit / 4.0
        if balance > target * sales:
            paid_out += balance - target * sales
            balance = target * sales
        elif balance < 0.0 and firm.age < young:
            equity = min(-balance, equity_limit / 4.0 * sales)
            paid_out -= equity
            balance += equity
        firm.sales, firm.log_sales, firm.log_rd, firm.rd = sales, log_sales, log_rd, rd
        firm.profit, firm.cash = profit, balance
        research += rd
        if firm.listed:
            on_list.append(firm)
    cell.rd, cell.taxed, cell.paid_out, cell.log_factor = research, taxed, paid_out, log_factor
    cell.on_list, cell.listed_sales = on_list, sum(firm.sales for firm in on_list)


def prepare_discovery(cell: Any, state: Any, lead: float) -> tuple[float, float, dict[int, float]]:
    """What all hazards of a cell share, in logs; what a co-inventing firm adds at full need; listed ones, by slot."""
    ideas, sector = state.model.known.ideas, cell.sector
    cell.tie_replaced = _tie_replaced(cell.tie_replaced, state.coinvention, state)
    left = min(state.coinvention + cell.tie_replaced, 1.0)
    if state.model.known.forms.knowledge == "own":
        ahead = cell.frontier - cell.own_first_frontier
    else:
        ahead = max(cell.frontier, cell.frontier + lead) - cell.first_frontier
    cell.gained, ahead = ahead, ahead - cell.renewed
    size = (1.0 - ideas.size_exponent) * (cell.log_firm_size + log(cell.demand))
    dearness = cell.log_idea_cost + size + ideas.difficulty[sector] * ahead - state.ease[sector]
    basic = ideas.basic_elasticity[sector] * log(state.knowledge_stock / state.first["knowledge_stock"])
    common = log(ideas.innovation_rate) + ideas.curvature * (cell.log_effect - dearness) + basic
    return common, ideas.collaboration * left, _listed_ties(cell, state)


def _listed_ties(cell: Any, state: Any) -> dict[int, float]:
    """What a co-inventing firm that is listed adds at full need, by slot: each replaces what it lost on its own."""
    closed = state.model.known.knowledge.listing_closure * state.rival.levers["listing_denial"]
    open_part, collaboration = state.coinvention * (1.0 - closed), state.model.known.ideas.collaboration
    ties = {}
    for firm in cell.on_list:
        firm.tie_replaced = replaced = _tie_replaced(firm.tie_replaced, open_part, state)
        ties[firm.slot] = collaboration * min(open_part + replaced, 1.0)
    return ties


def _tie_replaced(replaced: float, open_part: float, state: Any) -> float:
    """Co-invention with others takes the place of part of what is closed."""
    known = state.model.known.knowledge
    return replaced + known.tie_replacement / 4.0 * (known.tie_replaceable * (1.0 - open_part) - replaced)


def discover(cell: Any, state: Any) -> None:
    """Innovation and imitation, by the luck of the quarter."""
    model, ideas, research = state.model, state.model.known.ideas, state.model.known.research
    frontier, lead = cell.frontier, cell.opposite.frontier - cell.frontier
    common, tied, listed = prepare_discovery(cell, state, lead)
    lagging = min(max(ideas.collaboration_parity + lead / ideas.collaboration_lead, 0.0), 1.0)
    floor, full_distance = ideas.collaboration_floor, ideas.collaboration_distance
    own, from_abroad = model.known.forms.knowledge == "own", taught(state, cell, cell.reach * max(lead, 0.0))
    at_home = ideas.home_reach if own else ideas.home_spillover
    halfway, rate, reference = ideas.imitation_halfway, ideas.imitation_rate / 4.0, research.reference_intensity
    curvature, drag, exponent = ideas.curvature, research.denial_drag, ideas.size_exponent
    luck, imitation_luck = (by[state.index][cell.sector] for by in (model.luck.innovation, model.luck.imitation))
    found, sum_of_technology, owned = 0.0, 0.0, curvature * log(research.state_owned_efficiency)
    for firm in cell.firms:
        technology, slot, helped = firm.technology, firm.slot, 0.0
        distance = max(frontier - technology, 0.0)
        gap = at_home * distance + from_abroad
        effort = 0.0 if own else gap / (gap + halfway)
        log_research = firm.log_rd - drag * firm.burden - exponent * firm.log_scale
        hazard = common + curvature * log_research - ideas.imitation_cost * effort
        if firm.state_owned:
            hazard += owned
        if firm.tie:
            need = floor + (1.0 - floor) * lagging * min(distance / full_distance, 1.0)
            helped = listed.get(slot, tied) * firm.tie * need
            hazard += helped
        able = sqrt(min(firm.rd / (reference * firm.sales), 1.0))
        tried = 0.0 if own else -expm1(-rate * sqrt(effort) * able)
        closed = ideas.imitation_closure if imitation_luck[slot] < tried else 0.0
        firm.note = (technology, at_home * distance, gap, hazard, helped)
        technology += (ideas.catch_up / 4.0 * able if own else closed) * learnable(gap, model)
        firm.innovation = 0.0
        chance = exp(hazard) / 4.0
        if luck[slot] < chance and luck[slot] < (chance := -expm1(-chance)):
            firm.innovation = size = -log(max(luck[slot] / chance, 2.0**-54))
            technology += ideas.step * size
            firm.substituted += (1.0 - firm.substituted) * ideas.recovery * cell.feasibility
            found += size
        firm.technology = technology
        sum_of_technology += technology
    cell.innovations = 4.0 * found
    cell.mean_technology = sum_of_technology / len(cell.firms)


def learnable(gap: float, model: Any) -> float:
    """What of a gap can be learnt at once: all, or the part that is missing to the level of its source."""
    return 1.0 - exp(-gap) if model.known.forms.imitation == "logistic" else gap


def age(cell: Any, state: Any) -> None:
    """Appeal fades and is shocked, size is smoothed, time passes, and some firms copy a peer's rule."""
    market, research = state.model.known.market, state.model.known.research
    chance, width = market.shock_probability, market.shock_size
    fading = market.appeal_persistence**0.25
    smoothing = 1.0 / (4.0 * market.trend_years)
    looking = research.rule_copying / 4.0
    luck = state.model.luck.appeal[state.index][cell.sector]
    peers = state.model.luck.peer[state.index][cell.sector]
    copies = []
    for firm in cell.firms:
        slot = firm.slot
        appeal = firm.appeal * fading
        if luck[slot] < chance:
            position = 2.0 * luck[slot] / chance - 1.0
            appeal += copysign(width * log1p(-abs(position)), position)
        firm.appeal = appeal
        firm.log_scale += smoothing * (firm.log_sales - firm.log_scale)
        firm.age += 0.25
        if peers[slot] < looking:
            place = peers[slot] / looking * len(cell.places)
            peer = cell.places[int(place)]
            if peer.alive and peer.profit > firm.profit + MARGIN:
                copies.append((firm, peer.rule + research.rule_mutation * (2.0 * (place % 1.0) - 1.0)))
    for firm, rule in copies:
        firm.rule = rule
    cell.trend_sales += smoothing * (cell.sales - cell.trend_sales)
