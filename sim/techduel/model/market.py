"""Cost, price, shares and sales: Armington demand with firms inside origins, in four blocs and for three buyers."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from techduel.model.access import Access
from techduel.model.axes import (
    BUYER,
    LISTED,
    MARKET,
    N_BLOCS,
    N_STATES,
    ORIGIN,
    PRIVATE,
    PUBLIC,
    SECTOR,
    SLOT,
    STATE,
    Array,
    Mask,
    Trade,
    at_firms,
    flat,
    rival,
    total,
)
from techduel.model.parameters.goods import MarketParameters
from techduel.model.world import Cells, Firms, Links, Markets, Structure, World


@dataclass(frozen=True, slots=True)
class Burden:
    """Log cost that denial adds for a firm of mean dependence: an unlisted one, a listed one."""

    unlisted: Array
    listed: Array


def input_cost(links: Links, markets: Markets) -> Array:
    """Log unit cost of a cell from last quarter's input prices as they would be without denial.

    sum_j cost_share[j, k] x (ln P[j] - penalty[j]); wages are the numeraire.
    """
    free = markets.log_price[:, 0, :N_STATES, :, PRIVATE, None] - markets.penalty[..., :1]
    return by_user(links.cost_share, free)


def burden(links: Links, markets: Markets) -> Burden:
    """What missing varieties add to unit cost, as stocks leave it: cost share x hardness x penalty, over inputs."""
    hard = links.cost_share * links.hardness[..., None]
    return Burden(by_user(hard, markets.felt[..., :1]), by_user(hard, markets.felt[..., 1:]))


def by_user(links: np.ndarray, inputs: Array) -> Array:
    """sum_j links[run, state, j, k] x inputs[run, state, j] as a (run, state, user, 1) array.

    `einsum` and not a matrix product, whose last bits depend on the size of the batch.
    """
    return np.einsum("...jk,...j->...k", links[..., 0], inputs[..., 0])[..., None]


def exposure(firms: Firms) -> Array:
    """How much of its cell's burden a firm carries: its dependence, less what it has learnt to replace."""
    return firms.dependence * (1.0 - firms.substituted)


def of_firms(firms: Firms, exposed: Array, unlisted: Array, listed: Array) -> Array:
    """A cell's log burden carried to its firms; listed firms are few and are written over the rest."""
    carried = exposed * unlisted
    places = np.flatnonzero(flat(firms.listed))
    flat(carried)[places] = flat(exposed)[places] * at_firms(listed, places, exposed.shape)
    return carried


def log_attraction(firms: Firms, cost: Array, elasticity: Array) -> Array:
    """Log of a firm's pull on buyers: (elasticity - 1)(technology + appeal - cost)."""
    pull = firms.technology + firms.appeal
    pull -= cost
    pull *= elasticity - 1.0
    return pull


def supply(log_supply: Array, log_fringe: Array) -> Array:
    """Attraction of the four origins, (run, origin, sector, 1); that of the passive blocs is 1 in the base year."""
    fringe = np.broadcast_to(log_fringe, (log_supply.shape[0], N_BLOCS - N_STATES, *log_supply.shape[2:]))
    return np.exp(np.concatenate([log_supply, fringe], axis=STATE))


def fringe_growth(log_supply: Array, previous: Array) -> Array:
    """The passive blocs' suppliers keep pace with the mean of the two states.

    A fixed rate would let them lose every market, or win it; see docs/model.md.
    """
    change = log_supply - previous
    return 0.5 * (change[:, :1] + change[:, 1:])


@dataclass(frozen=True, slots=True)
class Clearing:
    """Prices and shares of a quarter, before spending is known."""

    share: Trade
    """Of each origin in a buyer's spending, (run, origin, market, sector, buyer)."""
    log_price: Trade
    penalty: Array
    """Log price that missing varieties add at home, (run, state, sector, 2)."""
    missing: Array
    """Part of what would be bought at home that is missing, same shape."""
    withheld: Trade
    """What a state's control withholds from its rival over what is sold there, (run, state, sector, buyer)."""


def clearing(attraction: Trade, access: Access, disruption: Array, log_first: Trade, elasticity: Array) -> Clearing:
    """Shares, price indices and the price of what controls and disruptions keep away.

    Parameters
    ----------
    attraction : (run, origin, market, sector, 1)
        Taste for an origin times the attraction of its suppliers.
    disruption : (run, origin, sector, 1)
        Part of an origin's supply that is missing everywhere.
    log_first : (run, 1, market, sector, buyer)
        Log of the sum of admitted attraction in the base year, to which price indices refer.
    """
    delivered = (1.0 - disruption)[:, :, None]
    offered = attraction * access.admitted
    sold = offered * ((1.0 - access.denied) * delivered)
    lost = total(offered - sold, ORIGIN)
    market = total(sold, ORIGIN)
    by_trade = elasticity[:, :, None] - 1.0
    dearer, gone = np.log1p(lost / market) / by_trade, lost / (market + lost)
    withheld = to_rival(offered * access.denied * delivered)
    return Clearing(
        share=sold / market,
        log_price=(log_first - np.log(market)) / by_trade,
        penalty=dearer[:, 0, :N_STATES][..., [PRIVATE, LISTED]],
        missing=gone[:, 0, :N_STATES][..., [PRIVATE, LISTED]],
        withheld=withheld / rival(market[:, 0, :N_STATES]),
    )


def to_rival(trade: Trade) -> Array:
    """The part of a trade array that goes from each state to its rival, (run, state, sector, ...)."""
    return np.concatenate([trade[:, 0, 1:2], trade[:, 1, :1]], axis=STATE)


def home_sales(flows: Trade) -> Array:
    """What a state's firms sell at home, (run, state, sector, 1)."""
    return np.stack([flows[:, state, state] for state in range(N_STATES)], axis=STATE)


def spending(world: World, clearing: Clearing, demand_growth: Array, inputs: "Purchases", stocked: Array) -> Trade:
    """Final spending by its diffusion and price, what users buy as inputs, and what states lay up.

    Parameters
    ----------
    demand_growth : (run, market, sector, 1)
        GDP times diffusion relative to the base year.
    inputs : Purchases
    stocked : (run, state, sector, 1)
        Purchases for stockpiles.
    """
    elasticity = world.parameters.market.demand_elasticity[:, :, None]
    shifted = demand_growth * np.exp(world.outside.demand)
    final = world.structure.demand.final_demand * shifted[:, None]
    final = final * np.exp((1.0 - elasticity) * clearing.log_price)
    final[:, 0, :, :, PRIVATE] += inputs.ordinary[..., 0]
    final[:, 0, :, :, LISTED] += inputs.listed[..., 0]
    final[:, 0, :N_STATES, :, PUBLIC] += stocked[..., 0]
    return final


@dataclass(frozen=True, slots=True)
class Purchases:
    """Inputs bought in each market, (run, market, input, 1)."""

    ordinary: Array
    listed: Array


def purchases(structure: Structure, cells: Cells, markets: Markets, other_digital: Array) -> Purchases:
    """Input purchases of the quarter, by ordinary users and by listed ones.

    Users buy in proportion to the sales of the quarter before, wherever their own customers are.
    """
    fringe = total(markets.flows, MARKET)[:, N_STATES:, 0]
    ordinary = np.concatenate([cells.sales - cells.listed_sales, fringe], axis=STATE)
    bought = inputs_of(structure.links.input_share, ordinary)
    bought[:, :N_STATES] += structure.links.digital_inputs * other_digital
    listed = np.zeros_like(bought)
    listed[:, :N_STATES] = inputs_of(structure.links.input_share, cells.listed_sales)
    return Purchases(bought * structure.links.link_scale, listed * structure.links.link_scale)


def inputs_of(input_share: np.ndarray, sales: Array) -> Array:
    """sum_k input_share[j, k] x sales[k] along the sector axis."""
    return by_user(input_share.T[None, None, ..., None], sales)


def receipts(clearing: Clearing, spent: Trade, duty: Trade) -> Trade:
    """What each origin's suppliers receive in each market, net of duties, (run, origin, market, sector, 1)."""
    return total(clearing.share * spent, BUYER) / (1.0 + duty)


def rival_share(flows: Trade) -> Array:
    """The rival's share of the home market, (run, state, sector, 1)."""
    return rival(to_rival(flows)) / total(flows, ORIGIN)[:, 0, :N_STATES]


def leadership(flows: Trade, counted: NDArray[np.bool_]) -> Array:
    """A state's share of the world sales of some sectors, (run, state, 1, 1).

    Parameters
    ----------
    counted : (1, 1, sector, 1)
        Which sectors.
    """
    sales = total(flows, MARKET)[:, :, 0] * counted
    return total(sales[:, :N_STATES], SECTOR) / total(total(sales, STATE), SECTOR)


def allied_stake(flows: Trade) -> Array:
    """Part of the allies' sales that they make in the market of a state's rival, (run, state, sector, 1)."""
    sold = flows[:, N_STATES]
    return rival(sold[:, :N_STATES]) / total(sold, STATE)


def sales_at_stake(flows: Trade) -> Array:
    """Part of a state's own sales that it makes in its rival's market, (run, state, sector, 1)."""
    return to_rival(flows) / total(flows[:, :N_STATES], MARKET)[:, :, 0]


def exchange(flows: Trade) -> Array:
    """Trade between the two states over all spending of both, (run, 1, 1, 1)."""
    crossing = total(total(to_rival(flows), STATE), SECTOR)
    home = total(total(flows, ORIGIN)[:, 0, :N_STATES], SECTOR)
    return crossing / (home[:, :1] + home[:, 1:])


def leaked(clearing: Clearing, spent: Trade, access: Access) -> Array:
    """Goods that pass a control by evasion: the leak's part of what the control would withhold in full."""
    withheld = total(clearing.withheld * rival(spent[:, 0, :N_STATES]), SLOT)
    return withheld * access.leak / (1.0 - access.leak)


def top_three(technology: Array, alive: np.ndarray) -> Array:
    """Frontier of a cell: mean technology of its three best living firms, of fewer where fewer live.

    The single best firm would make the gap between two states mostly luck.
    """
    living = np.where(alive, technology, -np.inf)
    first = second = third = np.full((*living.shape[:-1], 1), -np.inf)
    for slot in range(living.shape[-1]):
        entrant = living[..., slot : slot + 1]
        first, entrant = np.maximum(first, entrant), np.minimum(first, entrant)
        second, entrant = np.maximum(second, entrant), np.minimum(second, entrant)
        third = np.maximum(third, entrant)
    second = np.where(np.isfinite(second), second, first)
    third = np.where(np.isfinite(third), third, (first + second) / 2.0)
    return (first + second + third) / 3.0


def mean_technology(technology: Array, alive: Mask) -> Array:
    """Unweighted mean technology of a cell's living firms."""
    return cell_total(technology * alive) / count(alive)


def appeal(firms: Firms, luck: Array, known: MarketParameters) -> Array:
    """Appeal to buyers after a quarter: it fades, and rare Laplace shocks renew it.

    Given a shock, luck is uniform below the chance of a shock and gives its size and sign.
    """
    faded = firms.appeal * np.exp(0.25 * np.log(known.appeal_persistence))
    shocked = np.flatnonzero(flat((luck < known.shock_probability) & firms.alive))
    position = 2.0 * flat(luck)[shocked] / at_firms(known.shock_probability, shocked, luck.shape) - 1.0
    size = -np.sign(position) * np.log1p(-np.abs(position))
    flat(faded)[shocked] += at_firms(known.shock_size, shocked, luck.shape) * size
    return faded


def smoothed(trend: Array, now: Array, known: MarketParameters) -> Array:
    """A trend after a quarter: it follows what is now over some years."""
    return trend + (now - trend) / (4.0 * known.trend_years)


def listed_total(firms: Firms, values: Array) -> Array:
    """Sum over the listed firms of a cell, which are few."""
    places = np.flatnonzero(flat(firms.listed))
    return by_cell(places, flat(values)[places], values.shape)


def by_cell(places: NDArray[np.intp], values: NDArray[np.float64], shape: tuple[int, ...]) -> Array:
    """Sum over flat firm places of values at them, by cell; `shape` is that of a firm array."""
    cells = int(np.prod(shape[:-1]))
    return np.bincount(places % cells, weights=values, minlength=cells).reshape(*shape[:-1], 1)


def count(mask: Mask) -> Array:
    """How many firms of a cell a mask holds, in whole numbers of two bytes: up to 32,767."""
    return np.add.reduce(mask.view(np.int8), axis=SLOT, keepdims=True, dtype=np.int16).astype(np.float64)


def cell_total(values: Array) -> Array:
    """Sum over the firms of a cell."""
    return total(values, SLOT)
