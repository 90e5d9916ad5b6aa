"""What is measured: each outcome's axes, unit and meaning, and its value in a run.

The base year goes through the same functions as every quarter, so its scorecard values come from the world, not from
the facts. An outcome has a line in `OUTCOMES` and one in the function that measures outcomes of its axes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, nan
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.model.access import leadership
from techduel.model.axes import CHOKEPOINTS, N_BLOCS, N_STATES, ORDINARY
from techduel.model.engine.compiler import compiled, entry
from techduel.model.engine.record import records_of
from techduel.model.entry import BASE_BREADTH
from techduel.model.market import burden, costs, exchange, exposure, home_share, received
from techduel.model.world import World

STATE_TIME: Final = ("run", "state", "time")
SECTOR_TIME: Final = ("run", "state", "sector", "time")
MARKET_TIME: Final = ("run", "state", "bloc", "sector", "time")
RUN_TIME: Final = ("run", "time")
MONEY: Final = "bn USD of 2020 per year"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Axes, unit and meaning of one outcome."""

    dims: tuple[str, ...]
    unit: str
    meaning: str
    derived: bool = False
    """Whether it follows from other outcomes after the run."""
    figure: str = ""
    """Title of a figure that every run draws of it over time; none when empty."""

    @property
    def sectoral(self) -> bool:
        """Whether it has a sector axis, and is kept only at year ends in a headline record."""
        return "sector" in self.dims


TARGETS: Final = {
    "digital_core_10": "digital core share of GDP reaches 10 %",
    "strategic_emerging_17": "strategic emerging share of GDP reaches 17 %",
    "basic_share_8": "basic research reaches 8 % of R&D",
    "rd_passes_us_market": "R&D exceeds that of the United States at market rates",
    "rd_passes_us_ppp": "R&D exceeds that of the United States at purchasing power",
    "basic_passes_us": "basic research exceeds that of the United States at market rates",
}

OUTCOMES: Final[dict[str, Outcome]] = {
    "gdp": Outcome(STATE_TIME, MONEY, "gross domestic product, at own cost of labour"),
    "gdp_growth": Outcome(
        STATE_TIME, "per year", "real growth of GDP: last four quarters on the four before", derived=True
    ),
    "real_income": Outcome(STATE_TIME, MONEY, "GDP less what additional public money costs, over the price index"),
    "rd_total": Outcome(STATE_TIME, MONEY, "R&D, all performers"),
    "rd_business": Outcome(STATE_TIME, MONEY, "R&D performed by business"),
    "rd_public": Outcome(STATE_TIME, MONEY, "R&D paid by government, wherever performed"),
    "rd_basic": Outcome(STATE_TIME, MONEY, "basic research"),
    "rd_other": Outcome(STATE_TIME, MONEY, "R&D performed by universities, institutes and non-profits"),
    "rd_total_nominal_lcu": Outcome(STATE_TIME, "bn of own currency per year", "R&D at current prices"),
    "rd_basic_nominal_lcu": Outcome(STATE_TIME, "bn of own currency per year", "basic research at current prices"),
    "rd_intensity": Outcome(STATE_TIME, "share of GDP", "R&D over GDP"),
    "rd_growth": Outcome(
        STATE_TIME, "per year", "real growth of R&D: last four quarters on the four before", derived=True
    ),
    "rd_growth_nominal": Outcome(STATE_TIME, "per year", "the same at current prices", derived=True),
    "basic_share": Outcome(STATE_TIME, "share of R&D", "basic research over R&D"),
    "price_index": Outcome(STATE_TIME, "2020 = 1", "price of household spending, moved by the model's sectors"),
    "digital_core_share": Outcome(STATE_TIME, "share of GDP", "value added of digital core industries"),
    "strategic_emerging_share": Outcome(STATE_TIME, "share of GDP", "value added of strategic emerging industries"),
    "researchers": Outcome(STATE_TIME, "thousand FTE", "researchers"),
    "researchers_share": Outcome(STATE_TIME, "share of population", "researchers over population"),
    "research_price": Outcome(STATE_TIME, "2020 = 1", "price of a unit of research"),
    "leadership_index": Outcome(STATE_TIME, "share", "share of world sales of strategic emerging industries"),
    "ecosystem_completeness": Outcome(STATE_TIME, "share", "home share of the inputs of foundation technologies"),
    "public_spending": Outcome(
        STATE_TIME, MONEY, "public R&D, tax credits, support for production, stockpiles and programmes of effort"
    ),
    "subsidies": Outcome(STATE_TIME, MONEY, "grants and tax credits for business R&D, support for production"),
    "firms_alive": Outcome(STATE_TIME, "firms", "living firms"),
    "firms_entered": Outcome(STATE_TIME, "firms per quarter", "entrants"),
    "firms_exited": Outcome(STATE_TIME, "firms per quarter", "firms that left"),
    "entrants_turned_away": Outcome(STATE_TIME, "firms per quarter", "entrants without a place"),
    "firms_listed": Outcome(STATE_TIME, "firms", "own firms on the rival's entity list"),
    "tariff_revenue": Outcome(STATE_TIME, MONEY, "duties on the rival's goods"),
    "budget_cut": Outcome(STATE_TIME, MONEY, "public money decided beyond the limits of the year"),
    "restriction": Outcome(STATE_TIME, "index", "mean of what a state closes to its rival"),
    "trust": Outcome(STATE_TIME, "index", "trust in the rival"),
    "threat": Outcome(STATE_TIME, "index", "threat as perceived"),
    "dependence": Outcome(
        STATE_TIME, "index", "the rival's share in the reviewed supply chains, less what stocks cover"
    ),
    "risk": Outcome(STATE_TIME, "incidents per year", "expected incidents: espionage, disruption"),
    "incidents": Outcome(STATE_TIME, "incidents per quarter", "incidents that happened"),
    "policy_choice": Outcome(STATE_TIME, "index", "the alternative that a deciding policy has chosen"),
    "expected_gain": Outcome(STATE_TIME, "log points", "what it expected of that, in the state's own objective"),
    "money_gap": Outcome(STATE_TIME, "share of world spending", "receipts minus payments over all accounts"),
    **{
        f"scarcity_{good}": Outcome(STATE_TIME, "log", f"price of what is missing of {good.replace('_', ' ')}")
        for good in CHOKEPOINTS
    },
    "technology_frontier": Outcome(SECTOR_TIME, "log", "mean technology of the three best firms"),
    "technology_mean": Outcome(SECTOR_TIME, "log", "sales-weighted mean technology"),
    "lead": Outcome(SECTOR_TIME, "log points", "own frontier less the rival's, log x 100", derived=True),
    "lead_months": Outcome(SECTOR_TIME, "months", "the lead at the sector's pace, a fact", derived=True),
    "sales": Outcome(SECTOR_TIME, MONEY, "sales of own firms in all markets"),
    "exports": Outcome(SECTOR_TIME, MONEY, "sales of own firms in other blocs"),
    "imports": Outcome(SECTOR_TIME, MONEY, "purchases from other blocs, net of duties"),
    "leakage": Outcome(SECTOR_TIME, MONEY, "own goods that reach the rival in spite of own controls"),
    "rd": Outcome(SECTOR_TIME, MONEY, "R&D of firms, grants included"),
    "filings": Outcome(SECTOR_TIME, "per year", "international patent applications"),
    "innovations": Outcome(
        SECTOR_TIME, "per year", "innovations weighted by their step over the mean step, as realised"
    ),
    "self_sufficiency": Outcome(SECTOR_TIME, "share", "home firms' share of the home market"),
    "import_dependence": Outcome(SECTOR_TIME, "share", "the rival's share of the home market"),
    "concentration": Outcome(SECTOR_TIME, "index", "Herfindahl index of own firms' sales"),
    "controls": Outcome(SECTOR_TIME, "share", "part of exports to the rival that a control in force refuses"),
    "scarcity": Outcome(SECTOR_TIME, "log", "price of what ordinary users miss at home, less what stocks cover"),
    "stock": Outcome(SECTOR_TIME, "quarters of use", "stockpile"),
    "market_share": Outcome(MARKET_TIME, "share", "own firms' share of a bloc's market"),
    "decoupling_goods": Outcome(RUN_TIME, "index", "trade between the states, 1 = none left"),
    "decoupling_knowledge": Outcome(RUN_TIME, "index", "co-invention and open science, 1 = none left"),
    "decoupling_talent": Outcome(RUN_TIME, "index", "exchange of researchers, 1 = none left"),
    "decoupling_capital": Outcome(RUN_TIME, "index", "investment between the states, 1 = none left"),
    "decoupling_index": Outcome(RUN_TIME, "index", "mean of the four", derived=True),
    **{
        f"year_passes_{name}": Outcome(("run", "state"), "year", f"year in which {meaning}; NaN if never", derived=True)
        for name, meaning in TARGETS.items()
    },
    "year_passes_lead": Outcome(
        ("run", "state", "sector"),
        "year",
        "year in which this state's frontier overtakes; NaN if never or ahead from the start",
        derived=True,
    ),
}

EACH_QUARTER: Final = "technology_frontier"
"""The sectoral outcome that is measured every quarter in a headline record too: leads and overtaking follow from it."""
FIRM_FIELDS: Final = {
    "alive": "?",
    "technology": "f8",
    "sales": "f8",
    "profit": "f8",
    "rd": "f8",
    "filings": "f8",
    "innovations": "f8",
    "listed": "?",
    "state_owned": "?",
    "foreign_input_share": "f8",
    "collaboration": "f8",
}
"""Fields of a firm panel and their types."""


def _names(dims: tuple[str, ...]) -> list[str]:
    return [name for name, outcome in OUTCOMES.items() if outcome.dims == dims and not outcome.derived]


def _kind(names: Sequence[str]) -> np.dtype[Any]:
    return np.dtype([(name, "f8") for name in names])


def totals_type(sectors: int) -> np.dtype[Any]:
    """What is measured of a run every quarter."""
    states, world = _kind(_names(STATE_TIME)), _kind(_names(RUN_TIME))
    return np.dtype([("states", states, (N_STATES,)), ("world", world), (EACH_QUARTER, "f8", (N_STATES, sectors))])


def details_type(sectors: int) -> np.dtype[Any]:
    """What is measured of a run by sector."""
    cells = _kind([name for name in _names(SECTOR_TIME) if name != EACH_QUARTER])
    return np.dtype([("cells", cells, (N_STATES, sectors)), ("market_share", "f8", (N_STATES, N_BLOCS, sectors))])


def panel_type() -> np.dtype[Any]:
    """What is measured of a firm."""
    return np.dtype([*FIRM_FIELDS.items()])


@entry
def measure(runs: Any, totals: Any, details: Any) -> None:
    """Every outcome of a quarter, one record a run; without records of details, what has no sectors only."""
    for place in range(len(runs)):
        measure_totals(runs[place], totals[place])
        if len(details) > 0:
            measure_details(runs[place], details[place])


@compiled
def measure_totals(run: Any, measured: Any) -> None:
    """Outcomes of the world and of both states, and the frontiers."""
    measure_world(run, measured.world)
    for s in range(N_STATES):
        measure_state(run, s, measured.states[s])
        for k in range(len(run.sectors)):
            measured.technology_frontier[s, k] = run.cells[s, k].frontier


@compiled
def measure_details(run: Any, measured: Any) -> None:
    """Outcomes by sector."""
    for s in range(N_STATES):
        for k in range(len(run.sectors)):
            measure_cell(run, s, k, measured.cells[s, k])
            for m in range(N_BLOCS):
                measured.market_share[s, m, k] = run.markets[m, k].flows[s] / received(run.markets[m, k])


@compiled
def measure_world(run: Any, measured: Any) -> None:
    """How far the two states have parted: 1 minus what is left of an exchange in the base year."""
    us, china = run.states[0], run.states[1]
    knowledge = (us.coinvention + china.coinvention) + (us.science + china.science)
    first = (us.first_coinvention + china.first_coinvention) + (us.first_science + china.first_science)
    measured.decoupling_goods = 1.0 - exchange(run) / run.now.first_exchange
    measured.decoupling_knowledge = 1.0 - knowledge / first
    measured.decoupling_talent = 1.0 - (us.talent + china.talent) / (us.first_talent + china.first_talent)
    capital = us.first_investment + china.first_investment
    measured.decoupling_capital = 1.0 - (us.investment + china.investment) / capital


@compiled
def measure_state(run: Any, s: int, measured: Any) -> None:
    """Every outcome of a state."""
    state = run.states[s]
    measure_economy(run, s, measured)
    measure_firms_of_state(run, s, measured)
    measured.researchers = state.researchers
    measured.researchers_share = state.researchers / state.population / 1e3
    measured.research_price = state.research_price
    measured.leadership_index = leadership(run, s)
    measured.ecosystem_completeness = completeness(run, s)
    measured.budget_cut, measured.restriction, measured.trust = state.budget_cut, state.restriction, state.trust
    measured.threat, measured.dependence, measured.risk = state.threat, state.dependence, state.risk
    measured.incidents, measured.policy_choice = state.incidents, state.levers.choice
    measured.expected_gain, measured.money_gap = state.expected_gain, state.money_gap
    felt = state.inputs_felt
    measured.scarcity_chip_tools, measured.scarcity_design_tools, measured.scarcity_foundry = felt[0], felt[1], felt[2]
    measured.scarcity_rare_earths, measured.scarcity_minor_metals = felt[3], felt[4]


@compiled
def measure_economy(run: Any, s: int, measured: Any) -> None:
    """GDP, R&D, prices, shares of GDP and public money of a state.

    GDP and R&D are volumes: the money of a state at its own cost of labour, whose rise is one of prices.
    """
    state, own = run.states[s], exp(-run.blocs[s].labour_cost)
    measured.gdp, measured.real_income = own * state.gdp, state.real_income
    measured.rd_total, measured.rd_other = own * state.rd_total, own * state.rd_other
    measured.rd_business = own * (state.rd_total - state.rd_other)
    measured.rd_public, measured.rd_basic = own * state.rd_public, own * state.rd_basic
    measured.rd_total_nominal_lcu = nominal(state, own * state.rd_total)
    measured.rd_basic_nominal_lcu = nominal(state, own * state.rd_basic)
    measured.rd_intensity = state.rd_total / state.gdp
    measured.basic_share = state.rd_basic / state.rd_total
    measured.price_index = state.price_index
    digital, emerging = state.other_digital, state.other_emerging
    for k in range(len(run.sectors)):
        if run.sectors[k].digital_core:
            digital += run.cells[s, k].value_added
        if run.sectors[k].strategic_emerging:
            emerging += run.cells[s, k].value_added
    measured.digital_core_share, measured.strategic_emerging_share = digital / state.gdp, emerging / state.gdp
    measured.public_spending, measured.subsidies = state.public_spending, state.subsidies
    measured.tariff_revenue = state.tariff_revenue


@compiled
def measure_firms_of_state(run: Any, s: int, measured: Any) -> None:
    """How many firms a state has, how many come and go, how many are listed."""
    measured.firms_alive = measured.firms_entered = measured.firms_exited = 0.0
    measured.entrants_turned_away = measured.firms_listed = 0.0
    for k in range(len(run.sectors)):
        cell = run.cells[s, k]
        measured.firms_alive += cell.firms
        measured.firms_entered += cell.entered
        measured.firms_exited += cell.exited
        measured.entrants_turned_away += cell.turned_away
        for firm in run.firms[s, k]:
            if firm.listed:
                measured.firms_listed += 1.0


@compiled
def nominal(state: Any, amount: float) -> float:
    """An amount in own currency at the prices of the quarter."""
    return amount * state.deflator * state.currency


@compiled
def completeness(run: Any, s: int) -> float:
    """Home share of the inputs of the foundation technologies, their mean."""
    breadth = sectors = 0.0
    for k in range(len(run.sectors)):
        if run.sectors[k].foundation:
            breadth += run.cells[s, k].ecosystem - BASE_BREADTH
            sectors += 1.0
    return breadth / sectors


@compiled
def measure_cell(run: Any, s: int, k: int, measured: Any) -> None:
    """Every outcome of a cell but its frontier and its shares of markets."""
    cell, market = run.cells[s, k], run.markets[s, k]
    measured.sales, measured.exports = cell.sales, cell.sales - market.flows[s]
    measured.imports = received(market) - market.flows[s]
    measured.leakage, measured.rd, measured.filings = cell.leakage, cell.rd + cell.grants, cell.filings
    measured.innovations, measured.stock, measured.scarcity = cell.innovations, cell.stock, cell.felt[ORDINARY]
    measured.self_sufficiency, measured.import_dependence = home_share(run, s, s, k), home_share(run, 1 - s, s, k)
    measured.controls = cell.levers.control_breadth * cell.levers.control_depth
    sold = squares = alive = technology = 0.0
    for firm in run.firms[s, k]:
        sold += firm.sales
        squares += firm.sales * firm.sales
        if firm.alive:
            alive += firm.sales
            technology += firm.technology * firm.sales
    measured.technology_mean, measured.concentration = technology / alive, squares / (sold * sold)


@entry
def measure_firms(runs: Any, panel: Any) -> None:
    """The firm panel of a quarter, one record a firm, (run, state, sector, slot)."""
    for place in range(len(runs)):
        run = runs[place]
        for s in range(N_STATES):
            for k in range(len(run.sectors)):
                for i in range(len(run.firms[s, k])):
                    measure_firm(run, s, k, run.firms[s, k][i], panel[place, s, k, i])


@compiled
def measure_firm(run: Any, s: int, k: int, firm: Any, measured: Any) -> None:
    """What a panel holds of one place for a firm."""
    measured.alive, measured.listed, measured.state_owned = firm.alive, firm.listed, firm.state_owned
    measured.technology = firm.technology if firm.alive else nan
    measured.sales, measured.profit, measured.rd = firm.sales, firm.profit, firm.rd
    measured.filings = firm.rd * run.parameters.research.filings_per_billion[s]
    measured.innovations, measured.collaboration = 4.0 * firm.innovation, firm.tie
    measured.foreign_input_share = exposure(firm) * rival_input_share(run, s, k)


@compiled
def rival_input_share(run: Any, s: int, k: int) -> float:
    """Part of a cell's recorded inputs that comes from the rival."""
    cell, bought = run.cells[s, k], 0.0
    for place in range(cell.first_link, cell.last_link):
        link = run.links[place]
        bought += link.share * home_share(run, 1 - s, s, link.source)
    return bought / max(cell.input_total, 1e-300)


@entry
def measure_productivity(runs: Any, measured: Any) -> None:
    """Fill in technology less log unit cost of the coming quarter, (run, state, sector, slot)."""
    for place in range(len(runs)):
        run = runs[place]
        for s in range(N_STATES):
            costs(run, s)
            for k in range(len(run.sectors)):
                cell, firms = run.cells[s, k], run.firms[s, k]
                for i in range(len(firms)):
                    measured[place, s, k, i] = firms[i].technology - cell.cost - burden(firms[i], cell)


def measured(world: World, names: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """The named outcomes of a quarter, (run, ...); derived ones are left out."""
    records, sectors = records_of(world), world.cells.sales.shape[2]
    totals, details = np.zeros(len(records), totals_type(sectors)), np.zeros(len(records), details_type(sectors))
    measure(records, totals, details)
    return {name: of_outcome(name, totals, details) for name in names if not OUTCOMES[name].derived}


def of_outcome(name: str, totals: NDArray[Any], details: NDArray[Any]) -> NDArray[np.float64]:
    """The values of one measured outcome in what was found, axes as they are there."""
    if name == EACH_QUARTER:
        return np.asarray(totals[name])
    match OUTCOMES[name].dims:
        case dims if dims == STATE_TIME:
            return np.asarray(totals["states"][name])
        case dims if dims == RUN_TIME:
            return np.asarray(totals["world"][name])
        case dims if dims == MARKET_TIME:
            return np.asarray(details[name])
    return np.asarray(details["cells"][name])


def firm_panel(world: World) -> dict[str, NDArray[Any]]:
    """Fields of the firms of a quarter, (run, state, sector, slot) each."""
    panel = np.zeros(world.firms.alive.shape, panel_type())
    measure_firms(records_of(world), panel)
    return {name: panel[name] for name in FIRM_FIELDS}


def productivity(world: World) -> NDArray[np.float64]:
    """Technology less log unit cost of firms: quality per unit of what production costs."""
    found = np.zeros(world.firms.alive.shape)
    measure_productivity(records_of(world), found)
    return found
