"""The World: everything that one quarter hands to the next, and what the base year fixed for good.

Shapes are those of `axes`. "Cell" means one sector of one state, (run, state, sector, 1). Money is billion US
dollars of 2020; flows are annual rates. The fields here, with unit and meaning, are also those of the records that the
quarter works on (`techduel.model.engine.record`): a World that comes out of a quarter is a view on them, read-only.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.model.actions import Action
from techduel.model.axes import N_BLOCS, N_CHOKEPOINTS, N_PASSIVE, N_SIGNALS, Array, Mask, Trade
from techduel.model.parameters import Parameters
from techduel.model.structure import Structure, real, yes_no

BUYERS: Final = 3
"""Private, public and listed buyers."""
STAGES: Final = 4
"""Stages of the pipeline of public research: their mean delays add up to the lag, with the hump of citation lags."""
_MONEY: Final = "bn USD"
_MONEY_A_YEAR: Final = "bn USD a year"
_FIRMS: Final = "firms a quarter"


@dataclass(frozen=True, slots=True)
class Firms:
    """One place per firm; a place whose `alive` is false holds no firm and no money."""

    technology: Array = real("log", "quality-adjusted productivity")
    appeal: Array = real("log", "attraction to buyers that is luck, not technology")
    log_rd: Array = real("log of bn USD a year", "own-funded R&D")
    log_scale: Array = real("log of bn USD a year", "sales, smoothed over about five years")
    cash: Array = real(_MONEY, "cash; negative is debt")
    age: Array = real("years", "since the firm was founded")
    rule: Array = real("log", "the firm's R&D intensity relative to its sector's norm")
    dependence: Array = real("ratio", "use of the rival's inputs relative to the sector's mean")
    substituted: Array = real("share", "part of denied inputs that the firm has learnt to replace")
    tie: Array = real("0 or 1", "whether the firm co-invents with the rival")
    tie_replaced: Array = real(
        "share", "co-invention with others in place of what being listed closed; 0 when not listed"
    )
    state_owned: Mask = yes_no("whether the state owns or controls it")
    listed: Mask = yes_no("whether it is on the rival's entity list")
    alive: Mask = yes_no("whether a firm lives in this place")
    sales: Array = real(_MONEY_A_YEAR, "sales in all markets")
    rd: Array = real(_MONEY_A_YEAR, "own-funded R&D")
    profit: Array = real(_MONEY_A_YEAR, "profit after R&D and tax")
    innovation: Array = real("mean steps", "successes of the quarter, each weighted by its step over the mean step")


@dataclass(frozen=True, slots=True)
class Cells:
    """What a state's sector as a whole carries forward."""

    sales: Array = real(_MONEY_A_YEAR, "sales of its firms")
    listed_sales: Array = real(_MONEY_A_YEAR, "sales of its firms that are on the rival's list")
    trend_sales: Array = real(_MONEY_A_YEAR, "sales, smoothed over about five years")
    frontier: Array = real("log", "mean technology of the three best firms")
    rd: Array = real(_MONEY_A_YEAR, "own-funded R&D of its firms")
    grants: Array = real(_MONEY_A_YEAR, "grants that its firms received")
    value_added: Array = real(_MONEY_A_YEAR, "value added")
    tie_replaced: Array = real("share", "co-invention with others in place of what the rival closed")
    ecosystem: Array = real("share", "breadth of home suppliers, from `techduel.model.entry.ecosystem`")
    support_rate: Array = real("share", "part of the price of home goods that the state pays at home")
    standing: Array = real("log", "price advantage in third markets that setting standards has won")
    stock: Array = real("quarters of use", "goods of this sector that the state holds against denial")
    renewed: Array = real("log", "technology that makes ideas no longer dear since a new paradigm has opened")
    seen_gap: Array = real("log", "the rival's lead in the sector as the state sees it")
    innovations: Array = real("a year", "innovations, quality-weighted")
    filings: Array = real("a year", "international patent applications")
    firms: Array = real("firms", "firms alive")
    entered: Array = real(_FIRMS, "firms that entered")
    exited: Array = real(_FIRMS, "firms that left")
    turned_away: Array = real(_FIRMS, "firms that found no place")


@dataclass(frozen=True, slots=True)
class States:
    """What a state as a whole carries forward, (run, state, 1, 1)."""

    gdp: Array = real(_MONEY_A_YEAR, "gross domestic product")
    rest_output: Array = real(_MONEY_A_YEAR, "value added outside sectors with firms and other digital industries")
    other_digital: Array = real(
        _MONEY_A_YEAR, "value added of operators, platforms, ordinary software, contract assembly"
    )
    other_emerging: Array = real(
        _MONEY_A_YEAR, "value added of strategic emerging industries without firms here; part of the two above"
    )
    growth_deviation: Array = real("log a quarter", "growth of the economy's distance from its forecast path")
    output_deviation: Array = real("log", "distance of the economy from its forecast path")
    digital_price_fall: Array = real("log", "fall of digital input prices at home since the base year")
    researchers: Array = real("thousand FTE", "researchers")
    graduates: Array = real("thousand a year", "new researchers")
    research_price: Array = real("2020 = 1", "cost of a unit of research")
    knowledge_pipeline: Array = real(_MONEY, "public research on its way to use, (run, state, 1, stage)", STAGES)
    own_knowledge: Array = real(_MONEY, "usable results of own public research")
    borrowed_knowledge: Array = real(_MONEY, "public knowledge of the rival and of allies in use")
    knowledge_stock: Array = real(_MONEY, "usable public knowledge, own and borrowed")
    other_rd_intensity: Array = real("share", "business R&D over value added outside the sectors with firms")
    rd_other_business: Array = real(_MONEY_A_YEAR, "business R&D outside the sectors with firms")
    rd_other: Array = real(_MONEY_A_YEAR, "R&D of universities, institutes and non-profits")
    rd_basic: Array = real(_MONEY_A_YEAR, "basic research")
    rd_public: Array = real(_MONEY_A_YEAR, "R&D that the government pays for, wherever it is done")
    rd_total: Array = real(_MONEY_A_YEAR, "R&D of all performers")
    price_index: Array = real("2020 = 1", "price of what a household buys; the model's sectors move it")
    public_spending: Array = real(_MONEY_A_YEAR, "public research, tax credit, support, stocks and programmes")
    subsidies: Array = real(_MONEY_A_YEAR, "grants, tax credit and support")
    cooperation: Array = real("share", "technology cooperation with allies that has grown so far")
    tariff_revenue: Array = real(_MONEY_A_YEAR, "duties on the rival's goods")
    budget_cut: Array = real(_MONEY_A_YEAR, "public money that was decided but exceeds the limits of the year")
    real_income: Array = real(_MONEY_A_YEAR, "GDP less what additional public money costs, over the price index")
    restriction: Array = real("share", "mean of what a state closes to its rival")
    trust: Array = real("share", "trust in the rival")
    dependence: Array = real(
        "share", "dependence on the rival in the supply chains under review, less what stocks cover"
    )
    risk: Array = real("a year", "expected incidents")
    incidents: Array = real("a quarter", "incidents of the quarter")
    incident_memory: Array = real("incidents", "incidents that are remembered")
    sight_error: Array = real("log", "error of the quarter in what the state sees of its rival")
    rival_lead: Array = real("log", "the rival's lead in frontier fields, their mean")
    seen_gap: Array = real("log", "the rival's lead in frontier fields as the state sees it")
    seen_rd: Array = real("log", "the rival's R&D over its own as the state sees it")
    threat: Array = real("share", "threat as perceived")
    inputs_replaced: Array = real(
        "share",
        "part of the rival's, then of allies' supply of single inputs that is replaced, (run, state, 1, 2 x good)",
        2 * N_CHOKEPOINTS,
    )
    inputs_felt: Array = real("log", "price of what is missing of single inputs, (run, state, 1, good)", N_CHOKEPOINTS)
    signals: Array = real(
        "quarters",
        "how long what a policy waits for has been seen, and since then how long it has acted, (run, state, 1, signal)",
        N_SIGNALS,
    )
    listing_quota: Array = real("firms", "part of a firm that the state's listing pace has left over")
    expected_gain: Array = real("log points", "what the policy in force expected of its last choice")
    money_gap: Array = real("share of world spending", "receipts minus payments over all accounts of a quarter")


@dataclass(frozen=True, slots=True)
class Markets:
    """What markets carry forward."""

    log_price: Trade = real("log", "price index since the base year, (run, 1, market, sector, buyer)", BUYERS)
    flows: Trade = real(
        _MONEY_A_YEAR, "receipts of origins in markets, net of duties, (run, origin, market, sector, 1)", N_BLOCS
    )
    spending: Trade = real(_MONEY_A_YEAR, "spending, duties included, (run, 1, market, sector, buyer)", BUYERS)
    log_fringe: Array = real(
        "log", "attraction of third countries' makers since the base year, (run, passive bloc, sector, 1)", N_PASSIVE
    )
    fringe_technology: Array = real("log", "technology of third countries' makers", N_PASSIVE)
    fringe_renewed: Array = real("log", "what `renewed` is in a cell, of third countries' makers", N_PASSIVE)
    fringe_penalty: Array = real("log", "price that missing varieties add in third countries", N_PASSIVE)
    fringe_shortage: Array = real("log", "shortage of goods there that cannot be had", N_PASSIVE)
    settled: Trade = real(
        "log", "attraction that buyers have got used to, (run, origin, market, sector, buyer)", (BUYERS, N_BLOCS)
    )
    replaced: Trade = real("share", "part of an offer for which they have found another maker", (BUYERS, N_BLOCS))
    log_supply: Array = real("log", "attraction of the states' suppliers, (run, state, sector, 1)")
    penalty: Array = real(
        "log", "price that missing varieties add at home, (run, state, sector, 2): ordinary, listed buyers", 2
    )
    felt: Array = real("log", "what stocks leave of it", 2)
    leakage: Array = real(_MONEY_A_YEAR, "goods that reach the rival in spite of controls, (run, state, sector, 1)")


@dataclass(frozen=True, slots=True)
class Blocs:
    """Sector 15, the rest of the economy, and cost of labour by bloc, (run, bloc, 1, 1); 0 where it is an account."""

    labour_cost: Array = real("log", "cost of labour, relative to the world's and to the base year")
    ideas: Array = real("log", "stock of ideas over what forecasts imply")
    rest_price: Array = real("log", "price of sector 15 since the base year")
    rest_supply: Array = real(_MONEY_A_YEAR, "what is made of sector 15")
    rest_spending: Array = real(_MONEY_A_YEAR, "spending on sector 15, duties included")
    rest_flows: Array = real(_MONEY_A_YEAR, "receipts of origins there, net of duties, (run, bloc, 1, origin)", N_BLOCS)


@dataclass(frozen=True, slots=True)
class Outside:
    """What events do to the coming quarter; all 0 when nothing happens."""

    demand: Array = real("log", "shift of final demand, (run, market, sector, 1)")
    disruption: Array = real("share", "part of an origin's supply that is missing, (run, origin, sector, 1)", N_BLOCS)
    ease: Array = real("log", "fall of the cost of an idea, (run, state, sector, 1)")


QUIET: Final = Outside(*(np.zeros((1, 1, 1, 1)) for _ in range(3)))
"""A quarter in which nothing happens from outside."""


@dataclass(frozen=True, slots=True)
class Openness:
    """What a state's firms can learn from the rival, channel by channel; 1 is fully open, (run, state, 1, 1)."""

    embodied: Array = real("share", "knowledge in goods, (run, state, sector, 1)")
    coinvention: Array = real("share", "co-invention")
    talent: Array = real("share", "people who move")
    science: Array = real("share", "open science and open source")
    investment: Array = real("share", "owning firms and laboratories")
    illicit: Array = real("share", "technology that is obtained unasked")


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
    blocs: Blocs
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
    origin: Any = field(default=None, repr=False, compare=False)
    """The records that this World is a view on, from `techduel.model.engine.record`; None when it is built by hand."""
