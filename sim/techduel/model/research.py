"""What firms spend on research: norms, incentives, public support, denial, cash, and the copying of rules."""

from math import exp, expm1, floor, log, log1p
from typing import Any, Final

from techduel.model.axes import ON_LIST, ORDINARY
from techduel.model.engine.compiler import compiled
from techduel.model.finance import research_limit
from techduel.model.market import burden, exposure, kind_of
from techduel.model.noise import PEER
from techduel.model.parameters.forms import code

MARGIN: Final = 1e-9
"""Least difference that decides a discrete choice: exact ties would be decided by rounding."""
SAMPLE: Final = code("crowd_in", "sample")
SAMPLE_SUPPORT: Final = 0.1
"""Support over R&D in the sample that the elasticity of private to public R&D comes from: an assumption."""


@compiled
def feasibility(run: Any, s: int, k: int) -> float:
    """Log of how feasible a home substitute for an input is: the less, the farther home lies behind.

    Equation: model.md 3.6.
    """
    parameters = run.parameters.ideas
    behind = parameters.feasibility_slope * (run.cells[s, k].frontier - run.cells[1 - s, k].frontier)
    return max(min(behind, 0.0), log(parameters.feasibility_floor))


@compiled
def substitutes(run: Any, s: int, k: int) -> None:
    """What a substitute for denied inputs saves in log cost, by kind of firm, and how feasible it is.

    Each hard link weighs by feasibility to the power of its hardness. Equation: model.md 3.6.
    """
    cell = run.cells[s, k]
    cell.value[ORDINARY] = cell.value[ON_LIST] = 0.0
    for place in range(cell.first_link, cell.last_link):
        link = run.links[place]
        source = run.cells[s, link.source]
        if source.felt_before[ORDINARY] != 0.0 or source.felt_before[ON_LIST] != 0.0:
            feasible = exp(link.hardness * feasibility(run, s, link.source))
            for kind in (ORDINARY, ON_LIST):
                cell.value[kind] += link.cost_share[s] * link.hardness * feasible * source.felt_before[kind]
    cell.feasibility = cell.value[ON_LIST] / cell.burden[ON_LIST] if cell.burden[ON_LIST] > 0.0 else 0.0


@compiled
def inducement(value: float, base: float, parameters: Any) -> float:
    """Log change of R&D because replacing a denied input has become worth more than in the base year.

    Equation: model.md 3.6.
    """
    if value == base:
        return 0.0
    step = parameters.ideas.step
    return parameters.research.inducement * (log1p(value / step) - log1p(base / step))


@compiled
def log_user_cost(run: Any, s: int) -> float:
    """Log of the user cost of R&D relative to the base year: what the tax credit leaves to pay.

    Equation: model.md 3.6. Source: Hall and Van Reenen 2000.
    """
    state = run.states[s]
    return log((1.0 - state.levers.tax_credit) / (1.0 - state.first_credit))


@compiled
def log_support(support: float, parameters: Any) -> float:
    """Log of support as far as it draws private money: that saturates, as a sector has only so many projects.

    Equation: model.md 3.6.
    """
    limit = parameters.support_saturation
    return log(parameters.support_floor - limit * expm1(-support / limit))


@compiled
def drawing_elasticity(support: float, parameters: Any) -> float:
    """Elasticity of what draws private money to support. Equation: model.md 3.6."""
    return support * exp(-support / parameters.support_saturation - log_support(support, parameters))


@compiled
def crowd_in(parameters: Any, form: int) -> float:
    """Elasticity of private R&D to what draws it.

    Read at the sample, a rise of support there raises R&D by just the estimate. Equation: model.md 3.6. Source:
    Moretti, Steinwender and Van Reenen 2025.
    """
    return (
        parameters.crowd_in / drawing_elasticity(SAMPLE_SUPPORT, parameters) if form == SAMPLE else parameters.crowd_in
    )


@compiled
def log_incentive(run: Any, s: int, k: int) -> float:
    """Log R&D intensity of a cell: norm, user cost, market growth and crowding in, each relative to the base year.

    Equation: model.md 3.6. Source: Moretti, Steinwender and Van Reenen 2025 (crowding in).
    """
    cell, parameters = run.cells[s, k], run.parameters.research
    crowd = log_support(cell.support, parameters) - log_support(cell.first_support, parameters)
    return (
        cell.log_norm
        - parameters.user_cost_elasticity * log_user_cost(run, s)
        + parameters.market_incentive * cell.log_growth
        + crowd_in(parameters, run.parameters.forms.crowd_in) * crowd
    )


@compiled
def log_effectiveness(run: Any, s: int, k: int) -> float:
    """Log of research per unit of own R&D: grants add, relabelling and dear researchers subtract.

    Equation: model.md 3.6. Source: Chen et al. 2021 (relabelling).
    """
    state, support = run.states[s], run.cells[s, k].support
    subsidised = min((support + state.levers.tax_credit) / (1.0 + support), 1.0)
    real = 1.0 - run.parameters.research.relabelled_share[s] * subsidised
    return log((1.0 + support) * real / state.research_price)


@compiled
def support(run: Any, s: int, k: int) -> None:
    """Grants per unit of own R&D of a cell, 0 where nobody does research, and the grants paid.

    Equation: model.md 3.6.
    """
    cell = run.cells[s, k]
    cell.support = cell.levers.grants / cell.rd if cell.rd > 0.0 else 0.0
    cell.grants = cell.support * cell.rd


@compiled
def incite(run: Any, s: int, k: int) -> None:
    """What all firms of a cell want alike: grants, log intensity, and what denial induces. Equation: model.md 3.6."""
    support(run, s, k)
    substitutes(run, s, k)
    cell = run.cells[s, k]
    cell.incentive, cell.rd = log_incentive(run, s, k), 0.0
    for kind in (ORDINARY, ON_LIST):
        cell.induced[kind] = inducement(cell.value[kind], cell.first_value, run.parameters)


@compiled
def spend(run: Any, cell: Any, firm: Any, log_sales: float) -> None:
    """Own R&D of a firm: part of the way to what is desired, within the limits of cash.

    Research teams are costly to build and to dissolve. Equation: model.md 3.6.
    """
    desired = cell.incentive + firm.rule + log_sales + exposure(firm) * cell.induced[kind_of(firm)]
    firm.log_rd += run.parameters.research.adjustment * (desired - firm.log_rd)
    firm.rd = exp(firm.log_rd)
    limit = research_limit(firm, cell.margin * firm.sales, run.parameters.finance)
    if limit < firm.rd:
        firm.rd, firm.log_rd = limit, log(limit)
        run.now.cash_limited += 1.0
    cell.rd += firm.rd


@compiled
def log_effective(firm: Any, cell: Any, parameters: Any) -> float:
    """Log of what a firm's R&D amounts to: denied inputs and state ownership subtract. Equation: model.md 3.6."""
    effective = firm.log_rd + cell.effectiveness - parameters.denial_drag * burden(firm, cell)
    return effective + log(parameters.state_owned_efficiency) if firm.state_owned else effective


@compiled
def copied_rule(firms: Any, i: int, part: float, parameters: Any) -> float:
    """A firm's R&D rule after it has looked at a random peer and copied a more profitable one, with an error.

    Equation: model.md 3.6.

    Parameters
    ----------
    part : float
        Luck below the chance of a look, over that chance, is uniform again: its part in places is the peer, the rest
        within the place the error.
    """
    place = part * len(firms)
    peer = firms[int(place)]
    if not (peer.alive and peer.profit > firms[i].profit + MARGIN):
        return firms[i].rule
    return peer.rule + parameters.rule_mutation * (2.0 * (place - floor(place)) - 1.0)


@compiled
def copy_rules(run: Any, luck: Any, s: int, k: int) -> None:
    """All firms of a cell look at the rules before any is copied. Equation: model.md 3.6."""
    firms, parameters, looks = run.firms[s, k], run.parameters.research, luck.uniforms[PEER, s, k]
    rate = parameters.rule_copying / 4.0
    for i in range(len(firms)):
        if looks[i] < rate and firms[i].alive:
            run.next_rules[i] = copied_rule(firms, i, looks[i] / rate, parameters)
    for i in range(len(firms)):
        if looks[i] < rate and firms[i].alive:
            firms[i].rule = run.next_rules[i]


@compiled
def filings(cell: Any, per_billion: float) -> float:
    """International patent applications a year: a count that money buys, unlike innovations. Equation: model.md 3.7."""
    return per_billion * (cell.rd + cell.grants)
