"""The World: everything that one quarter hands to the next, and what the base year fixed for good.

Shapes are those of `axes`. "Cell" means one sector of one state, (run, state, sector, 1). Money is billion US
dollars of 2020; flows are annual rates.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from techduel.model.access import Openness
from techduel.model.actions import Action
from techduel.model.axes import Array, Mask, Trade
from techduel.model.parameters import Parameters

type Tags = dict[str, NDArray[np.bool_]]
"""Sectors by tag, (sector,)."""


def tagged(tags: Tags, tag: str) -> NDArray[np.bool_]:
    """The sectors of a tag on the model's axes, (1, 1, sector, 1)."""
    return tags[tag][None, None, :, None]


@dataclass(frozen=True, slots=True)
class Firms:
    """One place per firm; a place whose `alive` is false holds no firm and no money."""

    technology: Array
    """Log quality-adjusted productivity."""
    appeal: Array
    """Log attraction to buyers that is luck, not technology."""
    log_rd: Array
    """Log of own-funded R&D."""
    log_scale: Array
    """Log of sales, smoothed over about five years."""
    cash: Array
    """Bn USD; negative is debt."""
    age: Array
    """Years."""
    rule: Array
    """Log of the firm's R&D intensity relative to its sector's norm."""
    dependence: Array
    """Use of the rival's inputs relative to the sector's mean."""
    substituted: Array
    """Part of denied inputs that the firm has learnt to replace, 0 to 1."""
    tie: Array
    """1 when the firm co-invents with the rival, else 0."""
    tie_replaced: Array
    """Co-invention with others that has taken the place of what being listed closed; 0 when not listed."""
    state_owned: Mask
    listed: Mask
    """On the rival's entity list."""
    alive: Mask
    sales: Array
    rd: Array
    """Own-funded R&D."""
    profit: Array
    """After R&D and tax."""
    innovation: Array
    """Successes of the quarter, each weighted by its step over the mean step."""


@dataclass(frozen=True, slots=True)
class Cells:
    """What a state's sector as a whole carries forward."""

    sales: Array
    listed_sales: Array
    """Sales of its firms that are on the rival's list."""
    trend_sales: Array
    """Sales, smoothed over about five years."""
    frontier: Array
    """Mean technology of the three best firms."""
    rd: Array
    """Own-funded R&D of its firms."""
    grants: Array
    """Grants that its firms received."""
    value_added: Array
    tie_replaced: Array
    """Co-invention with others that has taken the place of what the rival closed."""
    ecosystem: Array
    """Breadth of home suppliers, from `techduel.model.entry.ecosystem`."""
    support_rate: Array
    """Part of the price of home goods that the state pays at home."""
    standing: Array
    """Log price advantage in third markets that setting standards has won."""
    stock: Array
    """Goods of this sector that the state holds against denial, quarters of use at home."""
    innovations: Array
    """Quality-weighted, annual rate."""
    filings: Array
    """International patent applications, annual rate."""
    firms: Array
    """Firms alive."""
    entered: Array
    exited: Array
    turned_away: Array
    """Firms of the quarter that entered, left, or found no place."""


@dataclass(frozen=True, slots=True)
class States:
    """What a state as a whole carries forward, (run, state, 1, 1)."""

    gdp: Array
    rest_output: Array
    """Value added outside the sectors with firms and other digital industries."""
    other_digital: Array
    """Value added of operators, platforms, ordinary software, contract assembly."""
    other_emerging: Array
    """Value added of strategic emerging industries without firms here; a part of the two above."""
    growth_deviation: Array
    """Log distance of the economy from its forecast path, as a growth rate of the quarter."""
    output_deviation: Array
    """Log distance of the economy from its forecast path."""
    researchers: Array
    """Thousand full-time equivalents."""
    graduates: Array
    """Thousand new researchers a year."""
    research_price: Array
    """Cost of a unit of research relative to the base year."""
    knowledge_pipeline: Array
    """Public research on its way to use, bn USD, (run, state, 1, stage)."""
    own_knowledge: Array
    """Usable results of own public research, bn USD."""
    borrowed_knowledge: Array
    """Public knowledge of the rival and of allies in use, bn USD."""
    knowledge_stock: Array
    """Usable public knowledge, own and borrowed, bn USD."""
    other_rd_intensity: Array
    """Business R&D over value added outside the sectors with firms."""
    rd_other_business: Array
    rd_other: Array
    """R&D of universities, institutes and non-profits."""
    rd_basic: Array
    rd_public: Array
    """R&D that the government pays for, wherever it is done."""
    rd_total: Array
    price_index: Array
    """Price of what a household buys relative to the base year; the digital part moves it."""
    public_spending: Array
    subsidies: Array
    cooperation: Array
    """Technology cooperation with allies that has grown so far, 0 to 1."""
    tariff_revenue: Array
    budget_cut: Array
    """Public money that was decided but exceeds the limits of the year."""
    real_income: Array
    """GDP less what additional public money costs, over the price index."""
    restriction: Array
    """Mean of what a state closes to its rival, 0 to 1, from `techduel.model.security.restriction`."""
    trust: Array
    """In the rival, 0 to 1."""
    dependence: Array
    """On the rival in the supply chains under review, less what stocks cover, 0 to 1."""
    risk: Array
    """Expected incidents a year."""
    incidents: Array
    """Of the quarter."""
    incident_memory: Array
    sight_error: Array
    """Error of the quarter in what the state sees of its rival, log."""
    seen_gap: Array
    """The rival's lead in frontier fields as the state sees it, log."""
    seen_rd: Array
    """The rival's R&D over its own as the state sees it, log."""
    threat: Array
    """As perceived, 0 to 1."""
    listing_quota: Array
    """Part of a firm that the state's listing pace has left over."""
    expected_gain: Array
    """What the policy in force expected of its last choice, in its own objective."""
    money_gap: Array
    """Receipts minus payments over all accounts of a quarter, relative to world spending."""


@dataclass(frozen=True, slots=True)
class Markets:
    """What markets carry forward."""

    log_price: Trade
    """Log price index relative to the base year, (run, 1, market, sector, buyer)."""
    flows: Trade
    """Receipts of origins in markets, net of duties, (run, origin, market, sector, 1)."""
    spending: Trade
    """Spending in markets, duties included, (run, 1, market, sector, buyer)."""
    log_fringe: Array
    """Log attraction of the passive blocs' suppliers relative to the base year, (run, 1, sector, 1)."""
    log_supply: Array
    """Log attraction of the states' suppliers, (run, state, sector, 1)."""
    penalty: Array
    """Log price that missing varieties add to inputs at home, (run, state, sector, 2): other buyers, listed buyers."""
    felt: Array
    """What stocks leave of it."""
    leakage: Array
    """Goods that reach the rival in spite of controls, (run, state of the sender, sector, 1)."""


@dataclass(frozen=True, slots=True)
class Links:
    """How sectors buy from each other and what is left of a sale."""

    input_share: NDArray[np.float64]
    """Part of a user's sales spent on an input, (input, user)."""
    hardness: NDArray[np.float64]
    """How hard an input is to replace, (input, user)."""
    cost_share: NDArray[np.float64]
    """Part of a user's production cost spent on an input, (run, state, input, user, 1)."""
    other_inputs: Array
    """Part of sales spent on inputs from outside the model's sectors."""
    digital_inputs: Array
    """Inputs per unit of other digital value added, (1, 1, sector, 1)."""
    link_scale: Array
    """Part of recorded input use that base-year spending can hold, (run, market, sector, 1)."""
    use: Array
    """Part of a cell's sales spent on the model's inputs."""
    margin: Array
    """Operating margin before R&D."""


@dataclass(frozen=True, slots=True)
class Demand:
    """Who buys what from whom in the base year, and where demand goes."""

    taste: Trade
    """Attraction of an origin in a market apart from supply and access, (run, origin, market, sector, 1)."""
    log_attraction: Trade
    """Log of the sum of attractions in the base year, (run, 1, market, sector, buyer)."""
    final_demand: Trade
    """Base-year final spending, (run, 1, market, sector, buyer)."""
    first_spending: Array
    """World spending of the base year, (run, 1, sector, 1)."""
    diffusion_limit: Array
    """Demand relative to GDP when diffusion is complete, (1, market, sector, 1)."""
    consumption_share: Array
    """Final spending on a sector over GDP in the base year, (run, state, sector, 2): private, public."""
    trend_ratio: Array
    """Sales over their own trend in the base year."""
    first_exchange: Array
    """Trade between the two states over all their spending in the base year."""
    ecosystem: Array
    """Breadth of home suppliers in the base year, from `techduel.model.entry.ecosystem`."""


@dataclass(frozen=True, slots=True)
class ResearchBase:
    """What research in the base year looks like."""

    log_norm: Array
    """Log of the sector's own R&D intensity."""
    support: Array
    """Grants per unit of own R&D in the base year."""
    tax_credit: Array
    log_idea_cost: Array
    """Log of the world's usual R&D of a firm of the sector's usual size, (1, 1, sector, 1)."""
    log_firm_size: Array
    """Log of the world's usual sales per firm, (1, 1, sector, 1)."""
    frontier: Array
    """World frontier of the base year, (run, 1, sector, 1)."""
    induced: Array
    """Value of a substitute in the base year, (run, state, sector, 1)."""


@dataclass(frozen=True, slots=True)
class Economy:
    """The two states as a whole."""

    first: States
    """The states in the base year: what index numbers refer to."""
    nonpublic_rd: Array
    """R&D of universities and non-profits that no government pays for, over GDP."""
    basic_private: Array
    """Basic research that no government pays for, over business R&D."""
    other_grants: Array
    """Part of business R&D outside the sectors that the government pays for, (1, state, 1, quarter or 1)."""
    digital_excess: Array
    """Growth of other digital value added over GDP, apart from prices."""
    emerging_excess: Array
    """Growth of other emerging industries over GDP in the base year."""
    graduates_growth: Array
    migrants: Array
    """Researchers who left for the rival in the base year, thousand a year."""
    mobility: Array
    """Openness of emigration in the base year, from `techduel.model.talent.mobility`."""
    corporate_tax: Array
    first_gdp: Array
    """Of the blocs in the base year, (1, bloc, 1, 1)."""
    gdp_path: Array
    """Forecast GDP relative to the base year, (1, bloc, 1, quarter)."""
    rest_path: Array
    """The rest of the economy that makes forecast GDP whole, relative to the base year, (1, state, 1, quarter)."""
    sector_path: Array
    """Value added of all sectors with firms that forecasts imply, bn USD, (1 or run, state, 1, quarter)."""
    knowledge_path: Array
    """Public knowledge if research keeps its share of forecast GDP, (run, state, 1, quarter)."""
    population_path: Array
    """Million, (1, state, 1, quarter)."""
    deflator_path: Array
    """Price level relative to the base year, (1, state, 1, quarter)."""
    currency_path: Array
    """Own currency per dollar, (1, state, 1, quarter)."""
    ppp_factor: Array
    """Purchasing-power over market-rate dollars."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What both states did in the years after the base year; nothing unless the facts are those of the past."""

    years: int
    """How many of them."""
    basic: Array
    """Basic research, whoever paid, bn USD, (1, state, 1, year)."""
    public: Array
    """R&D paid by governments, bn USD, (1, state, 1, year)."""
    levers: Mapping[str, Array]
    """By lever, (1, state, 1 or sector, year)."""


@dataclass(frozen=True, slots=True)
class Structure:
    """What inverting the equations in the base year fixes for the whole run."""

    tags: Tags
    iot_weight: Array
    """Part of a sector in the Internet of Things paradigm."""
    links: Links
    demand: Demand
    research: ResearchBase
    economy: Economy
    openness: Openness
    """Of the knowledge channels in the base year."""
    status_quo: Action
    """The levers of both states in the base year."""
    recorded: Recorded


@dataclass(frozen=True, slots=True)
class Outside:
    """What events do to the coming quarter; all 0 when nothing happens."""

    demand: Array
    """Log shift of final demand, (run, market, sector, 1)."""
    disruption: Array
    """Part of an origin's supply that is missing, (run, origin, sector, 1)."""
    ease: Array
    """Log fall of the cost of an idea, (run, state, sector, 1)."""


QUIET: Final = Outside(*(np.zeros((1, 1, 1, 1)) for _ in range(3)))
"""A quarter in which nothing happens from outside."""


@dataclass(frozen=True, slots=True)
class World:
    """One quarter of a batch of parallel worlds."""

    quarter: int
    """0 is the base year, 1 the first quarter of the next."""
    year: float
    """Start of the quarter, 2021.0 for the first; the base year's own last quarter at quarter 0."""
    parameters: Parameters
    structure: Structure
    resolve: Array
    """How far above the mean each state keeps to its plan, standard normal, (run, state, 1, 1)."""
    firms: Firms
    cells: Cells
    states: States
    markets: Markets
    openness: Openness
    """Of the knowledge channels, under the levers in force."""
    action: Action
    """The levers of both states in force."""
    decided: Action
    """What both policies decided, without laws and lobbying: the memory of policies that move step by step."""
    mandate: Action
    """What laws add to the levers that policies decide."""
    outside: Outside
    cash_limited: NDArray[np.float64]
    """Firm-quarters so far in which cash, not desire, set R&D, (run,)."""
    firm_quarters: NDArray[np.float64]
    """Firm-quarters so far, (run,)."""
