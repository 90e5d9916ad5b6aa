"""Faults in knowledge: research, ideas, spillovers, researchers, the new paradigm."""

from typing import Final

from tests.faults.fault import ACCOUNTS, FRINGE, KNOWLEDGE, LEVERS, PARADIGM, RESEARCH

BY_FILE: Final = {
    "model/research": [
        ("feasible * source.felt_before[kind]", "feasible * source.felt_before[ORDINARY]", RESEARCH),
        (
            "(run.cells[s, k].frontier - run.cells[1 - s, k].frontier)",
            "(run.cells[1 - s, k].frontier - run.cells[s, k].frontier)",
            RESEARCH,
        ),
        ("log1p(value / step) - log1p(base / step)", "log1p(base / step) - log1p(value / step)", RESEARCH),
        (
            "support * exp(-support / parameters.support_saturation - log_support",
            "support * exp(-support / parameters.support_saturation + log_support",
            RESEARCH,
        ),
        ("if form == SAMPLE else parameters.crowd_in", "if form != SAMPLE else parameters.crowd_in", RESEARCH),
        ("- parameters.user_cost_elasticity *", "+ parameters.user_cost_elasticity *", RESEARCH),
        ("support_floor - limit * expm1(-support / limit)", "support_floor + support", RESEARCH),
        (
            "log_support(cell.support, parameters) - log_support(cell.first_support, parameters)",
            "log_support(cell.support, parameters)",
            RESEARCH,
        ),
        ("(1.0 + support) * real / state.research_price", "(1.0 + support) * real", RESEARCH),
        ("run.parameters.research.adjustment * (desired - firm.log_rd)", "desired - firm.log_rd", RESEARCH),
        ("exposure(firm) * cell.induced[kind_of(firm)]", "cell.induced[kind_of(firm)]", RESEARCH),
        ("research_limit(firm, cell.margin * firm.sales,", "research_limit(firm, firm.sales,", RESEARCH),
        ("effectiveness - parameters.denial_drag *", "effectiveness + parameters.denial_drag *", RESEARCH),
        ("peer.profit > firms[i].profit + MARGIN", "peer.profit < firms[i].profit - MARGIN", RESEARCH),
        ("run.next_rules[i] = copied_rule", "firms[i].rule = run.next_rules[i] = copied_rule", RESEARCH),
    ],
    "model/ideas": [
        ("home * distance + cell.inflow", "home * distance", FRINGE),
        ("found(run, s, k) - cell.renewed", "found(run, s, k) + cell.renewed", PARADIGM),
        (
            "return cell.frontier - cell.first_frontier",
            "return cell.frontier - run.sectors[k].first_frontier",
            KNOWLEDGE,
        ),
        ("parameters.ideas.catch_up / 4.0 * able", "parameters.ideas.catch_up * able", KNOWLEDGE),
        ("able = sqrt(absorption(firm, parameters", "able = (absorption(firm, parameters", KNOWLEDGE),
        ("distance, parameters.ideas.home_reach)", "distance, parameters.ideas.home_spillover)", KNOWLEDGE),
        (
            "return parameters.ideas.imitation_cost * effort",
            "return -parameters.ideas.imitation_cost * effort",
            RESEARCH,
        ),
        ("partners = firm.tie * left_of_ties", "partners = left_of_ties", RESEARCH),
        ("parameters.collaboration * partners * need", "parameters.collaboration * need", RESEARCH),
        ("collaboration(cell.open_to_listed, firm", "collaboration(run.states[s].coinvention, firm", RESEARCH),
        (
            "replaced(firm.tie_replaced, cell.open_to_listed",
            "replaced(firm.tie_replaced, run.states[s].coinvention",
            LEVERS,
        ),
        ("replaced(cell.tie_replaced, state.coinvention", "replaced(cell.tie_replaced, 1.0", LEVERS),
        ("return 1.0 / (1.0 + log_chance", "return 0.5 / (1.0 + log_chance", RESEARCH),
        ("parameters.collaboration_parity + lead", "parameters.collaboration_parity - lead", RESEARCH),
        ("* size + parameters.difficulty[k] * gain", "* size - parameters.difficulty[k] * gain", RESEARCH),
        ("(dearness - cell.ease)", "(dearness + cell.ease)", LEVERS),
        ("eased = parameters.basic_elasticity[k] * basic", "eased = -parameters.basic_elasticity[k] * basic", RESEARCH),
        ("(1.0 - firm.substituted) * (parameters.recovery * feasible)", "parameters.recovery * feasible", RESEARCH),
        ("sqrt(able * effort)", "(able * effort)", RESEARCH),
        ("firm.innovation = size(luck / chance)", "firm.innovation = size(luck)", RESEARCH),
        ("max(cell.frontier - firm.technology, 0.0)", "max(firm.technology - cell.frontier, 0.0)", RESEARCH),
        ("cell.innovations += 4.0 * firm.innovation", "cell.innovations += firm.innovation", RESEARCH),
        ("cell.mean_technology += firm.technology", "cell.mean_technology += firm.sales", RESEARCH),
    ],
    "model/knowledge": [
        ("arriving += applied / 4.0", "arriving += 0.0 * applied", RESEARCH),
        ("stages[stage] += arriving - moving", "stages[stage] += arriving", RESEARCH),
        ("theirs, allied = run.states[1 - s].own_knowledge", "theirs, allied = run.states[s].own_knowledge", RESEARCH),
        ("gdp[ALLIES] / (gdp[0] + gdp[1])", "gdp[3] / (gdp[0] + gdp[1])", LEVERS),
        ("state.cooperation * min(pool, state.own_knowledge)", "state.cooperation * pool", LEVERS),
        ("* science * theirs + allied", "* science * theirs", LEVERS),
        (
            "parameters.diffusion_speed / 4.0 * (reachable - before)",
            "parameters.diffusion_speed * (reachable - before)",
            RESEARCH,
        ),
        (
            "return before + parameters.diffusion_speed / 4.0 * (reachable - before)",
            "return min(before + parameters.diffusion_speed / 4.0 * (reachable - before), reachable)",
            RESEARCH,
        ),
        ("denial = run.states[1 - s].levers", "denial = run.states[s].levers", LEVERS),
        ("parameters.tie_replaceable * (1.0 - openness)", "parameters.tie_replaceable * openness", LEVERS),
        ("min(openness + replacing, 1.0)", "openness", RESEARCH),
    ],
    "model/talent": [
        ("rival.research_price / state.research_price", "state.research_price / rival.research_price", RESEARCH),
        ("- state.emigrants + run.states[1 - s].emigrants", "- state.emigrants", RESEARCH),
        ("exp(parameters.supply_elasticity * log", "exp(-parameters.supply_elasticity * log", RESEARCH),
        ("exp(-years / parameters.graduates_decay)", "exp(years / parameters.graduates_decay)", RESEARCH),
        ("(1.0 - parameters.recruitment_pull *", "(1.0 + parameters.recruitment_pull *", RESEARCH),
        ("state.first_researchers / state.researchers", "state.researchers / state.first_researchers", RESEARCH),
    ],
    "model/paradigm": [
        ("exp(-parameters.diffusion_speed * years)", "exp(parameters.diffusion_speed * years)", ACCOUNTS),
        ("parameters.iot_midpoint)) - before", "parameters.iot_midpoint)) + before", ACCOUNTS),
        ("part * (AGE * pace + gained - before)", "part * (AGE * pace + gained + before)", PARADIGM),
        ("AGE * pace + gained", "AGE * pace - gained", PARADIGM),
        ("sector.nearer = sector.iot_weight * run.now.opened", "sector.nearer = run.now.opened", PARADIGM),
        ("year - (quarter - 1) / 4.0", "year - quarter / 4.0", PARADIGM),
        ("worn * (common - technology)", "worn * (technology - common)", ACCOUNTS),
        ("0.5 * (run.cells[0, k].mean_technology + run", "0.5 * (run.cells[1, k].mean_technology + run", ACCOUNTS),
    ],
}
"""What stands there, what is put there instead, and which tests must fail, by file of the package."""
