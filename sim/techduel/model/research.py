"""What firms spend on research: norms, incentives, public support, denial, cash, and the copying of rules."""

from dataclasses import dataclass

import numpy as np

from techduel.model.actions import Action
from techduel.model.axes import Array, at_firms, flat, rival
from techduel.model.market import Burden, by_user
from techduel.model.parameters import Parameters
from techduel.model.parameters.research import IdeaParameters, ResearchParameters
from techduel.model.world import Firms, Links, Markets, States, World

MARGIN = 1e-9
"""Least difference that decides a discrete choice: exact ties would be decided by rounding."""


@dataclass(frozen=True, slots=True)
class Substitution:
    """What a substitute for denied inputs saves an unlisted and a listed firm, in log cost, and how feasible it is."""

    unlisted: Array
    listed: Array
    feasibility: Array
    """Mean feasibility over the denied inputs of a listed firm, 0 where nothing is denied."""


def substitution(
    links: Links, markets: Markets, burden: Burden, frontier: Array, parameters: IdeaParameters
) -> Substitution:
    """Value and feasibility of home substitutes; each hard link weighs by feasibility to the power of its hardness."""
    behind = np.minimum(parameters.feasibility_slope * (frontier - rival(frontier)), 0.0)
    log_feasible = np.maximum(behind, np.log(parameters.feasibility_floor))
    hardness = links.hardness[..., None]
    eased = links.cost_share * hardness * np.exp(hardness * log_feasible[:, :, :, None])
    unlisted = by_user(eased, markets.felt[..., :1])
    listed = by_user(eased, markets.felt[..., 1:])
    return Substitution(unlisted, listed, listed / np.maximum(burden.listed, 1e-300))


def inducement(value: Array, base: Array, parameters: Parameters) -> Array:
    """Log change of R&D because replacing a denied input has become worth more than in the base year."""
    step = parameters.ideas.step
    return parameters.research.inducement * (np.log1p(value / step) - np.log1p(base / step))


def support_rate(actions: Action, rd: Array) -> Array:
    """Grants per unit of own R&D of a cell; 0 where nobody does research."""
    return np.where(rd > 0.0, actions.grants / np.maximum(rd, 1e-300), 0.0)


def log_user_cost(world: World) -> Array:
    """Log of the user cost of R&D relative to the base year: what the tax credit leaves to pay."""
    return np.log((1.0 - world.action.tax_credit) / (1.0 - world.structure.research.tax_credit))


def log_incentive(world: World, growth: Array, support: Array) -> Array:
    """Log R&D intensity of a cell: norm, user cost, market growth and crowding in, each relative to the base year."""
    structure, parameters = world.structure, world.parameters.research
    crowd = log_support(support, parameters) - log_support(structure.research.support, parameters)
    return (
        structure.research.log_norm
        - parameters.user_cost_elasticity * log_user_cost(world)
        + parameters.market_incentive * np.log(growth)
        + parameters.crowd_in * crowd
    )


def log_support(support: Array, parameters: ResearchParameters) -> Array:
    """Log of support as far as it draws private money: that saturates, as a sector has only so many projects."""
    limit = parameters.support_saturation
    return np.log(parameters.support_floor - limit * np.expm1(-support / limit))


def log_spending(firms: Firms, log_desired: Array, parameters: ResearchParameters) -> Array:
    """Log of own R&D, moved part of the way to what is desired: research teams are costly to build and to dissolve."""
    moved = log_desired - firms.log_rd
    moved *= parameters.adjustment
    moved += firms.log_rd
    return moved


def log_effectiveness(world: World, support: Array) -> Array:
    """Log of research per unit of own R&D: grants add, relabelling and dear researchers subtract."""
    subsidised = np.minimum((support + world.action.tax_credit) / (1.0 + support), 1.0)
    real = 1.0 - world.parameters.research.relabelled_share * subsidised
    return np.log((1.0 + support) * real / world.states.research_price)


def research_price(rd_total: Array, researchers: Array, first: States, elasticity: Array) -> Array:
    """Price of research: R&D per researcher relative to the base year, to the power of the elasticity."""
    return np.exp(elasticity * np.log(rd_total / first.rd_total * first.researchers / researchers))


def copied_rules(firms: Firms, peer: Array, parameters: ResearchParameters) -> Array:
    """R&D rules after some firms have looked at a random peer and copied a more profitable one, with an error."""
    rate = parameters.rule_copying / 4.0
    rule = firms.rule.copy(order="K")
    luck = flat(peer)
    lookers = np.flatnonzero(flat((peer < rate) & firms.alive))
    cells = luck.size // peer.shape[-1]
    position = luck[lookers] / at_firms(rate, lookers, peer.shape) * peer.shape[-1]
    chosen = np.floor(position)
    seen = lookers % cells + chosen.astype(np.intp) * cells
    profit = flat(firms.profit)
    better = flat(firms.alive)[seen] & (profit[seen] > profit[lookers] + MARGIN)
    error = (2.0 * (position - chosen) - 1.0) * at_firms(parameters.rule_mutation, lookers, peer.shape)
    flat(rule)[lookers[better]] = (flat(firms.rule)[seen] + error)[better]
    return rule


def world_frontier(frontier: Array) -> Array:
    """The better of the two states' frontiers, (run, 1, sector, 1)."""
    return np.maximum(frontier[:, :1], frontier[:, 1:])
