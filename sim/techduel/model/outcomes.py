"""What is measured: each outcome's axes, unit and meaning, and the record of an ensemble.

The base year goes through the same functions as every quarter, so its scorecard values come from the world, not from
the facts.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.model import entry, market
from techduel.model.access import Openness
from techduel.model.accounts import of_quarter
from techduel.model.axes import N_STATES, ORIGIN, SECTOR, Array, total
from techduel.model.world import World, tagged

type Measure = Callable[[World], Array]

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
    measure: Measure | None
    """From the world of a quarter; None when it follows from other outcomes after the run."""
    figure: str = ""
    """Title of a figure that every run draws of it over time; none when empty."""

    @property
    def sectoral(self) -> bool:
        """Whether it has a sector axis, and is kept only at year ends in a headline record."""
        return "sector" in self.dims


def _state(field: str) -> Measure:
    return lambda world: getattr(world.states, field)


def _cell(field: str) -> Measure:
    return lambda world: getattr(world.cells, field)


def _summed(field: str) -> Measure:
    return lambda world: total(getattr(world.cells, field), SECTOR)


def _over_gdp(amount: Measure) -> Measure:
    return lambda world: amount(world) / world.states.gdp


def digital_core(world: World) -> Array:
    """Value added of the digital core: sectors with the tag, and the account without firms."""
    return (
        total(world.cells.value_added * tagged(world.structure.tags, "digital_core"), SECTOR)
        + world.states.other_digital
    )


def strategic_emerging(world: World) -> Array:
    """Value added of strategic emerging industries: sectors with the tag, and the rest of the aggregate."""
    counted = world.cells.value_added * tagged(world.structure.tags, "strategic_emerging")
    return total(counted, SECTOR) + world.states.other_emerging


def nominal(world: World, amount: Array) -> Array:
    """An amount in own currency at the prices of the quarter."""
    economy = world.structure.economy
    return amount * of_quarter(economy.deflator_path, world.quarter) * of_quarter(economy.currency_path, 0)


def business(world: World) -> Array:
    """R&D performed by business."""
    return world.states.rd_total - world.states.rd_other


def home_share(world: World) -> Array:
    """Home firms' share of the home market."""
    return entry.domestic_share(world.markets.flows)


def rival_share(world: World) -> Array:
    """The rival's share of the home market."""
    return market.rival_share(world.markets.flows)


def listed_firms(world: World) -> Array:
    """Own firms on the rival's entity list."""
    return total(market.count(world.firms.listed), SECTOR)


def technology_mean(world: World) -> Array:
    """Technology of a cell's firms, weighted by sales."""
    firms = world.firms
    weight = firms.sales * firms.alive
    return market.cell_total(firms.technology * weight) / market.cell_total(weight)


def concentration(world: World) -> Array:
    """Herfindahl index of sales among a cell's firms."""
    share = world.firms.sales / market.cell_total(world.firms.sales)
    return market.cell_total(share * share)


def exports(world: World) -> Array:
    """What a state's firms sell in the other three blocs."""
    return world.cells.sales - market.home_sales(world.markets.flows)


def imports(world: World) -> Array:
    """What a state buys from the other three blocs, net of duties."""
    flows = world.markets.flows
    return total(flows, ORIGIN)[:, 0, :N_STATES] - market.home_sales(flows)


def leadership(world: World) -> Array:
    """Influence: a state's share of world sales of strategic emerging industries."""
    return market.leadership(world.markets.flows, tagged(world.structure.tags, "strategic_emerging"))


def completeness(world: World) -> Array:
    """Home share of the inputs of the foundation technologies, their mean."""
    tag = tagged(world.structure.tags, "foundation")
    breadth = world.cells.ecosystem - entry.BASE_BREADTH
    return total(breadth * tag, SECTOR) / total(tag * np.ones_like(breadth), SECTOR)


def market_share(world: World) -> Array:
    """Share of a state's firms in each bloc's market, (run, state, bloc, sector, 1)."""
    flows = world.markets.flows
    return flows[:, :N_STATES] / total(flows, ORIGIN)


def decoupling_goods(world: World) -> Array:
    """1 minus trade between the rivals over their home markets, relative to the base year."""
    first = world.structure.demand.first_exchange
    return 1.0 - market.exchange(world.markets.flows) / first


def _closed(*channels: str) -> Measure:
    """1 minus the mean openness of channels over states and sectors, relative to the base year."""

    def measured(world: World) -> Array:
        return 1.0 - _mean(world.openness, channels) / _mean(world.structure.openness, channels)

    return measured


def _mean(open_to: Openness, channels: Sequence[str]) -> Array:
    parts = [getattr(open_to, name) for name in channels]
    wide = sum(total(part, SECTOR) / part.shape[SECTOR] for part in parts)
    return wide[:, :1] + wide[:, 1:]


_KNOWLEDGE, _TALENT, _CAPITAL = _closed("coinvention", "science"), _closed("talent"), _closed("investment")


def _state_time(unit: str, meaning: str, measure: Measure | None) -> Outcome:
    return Outcome(STATE_TIME, unit, meaning, measure)


def _sector_time(unit: str, meaning: str, measure: Measure | None) -> Outcome:
    return Outcome(SECTOR_TIME, unit, meaning, measure)


TARGETS: Final = {
    "digital_core_10": "digital core share of GDP reaches 10 %",
    "strategic_emerging_17": "strategic emerging share of GDP reaches 17 %",
    "basic_share_8": "basic research reaches 8 % of R&D",
    "rd_passes_us_market": "R&D exceeds that of the United States at market rates",
    "rd_passes_us_ppp": "R&D exceeds that of the United States at purchasing power",
    "basic_passes_us": "basic research exceeds that of the United States at market rates",
}

OUTCOMES: Final[dict[str, Outcome]] = {
    "gdp": _state_time(MONEY, "gross domestic product", _state("gdp")),
    "gdp_growth": _state_time("per year", "real growth of GDP: last four quarters on the four before", None),
    "real_income": _state_time(
        MONEY,
        "GDP less what additional public money costs, over the price index",
        _state("real_income"),
    ),
    "rd_total": _state_time(MONEY, "R&D, all performers", _state("rd_total")),
    "rd_business": _state_time(MONEY, "R&D performed by business", business),
    "rd_public": _state_time(MONEY, "R&D paid by government, wherever performed", _state("rd_public")),
    "rd_basic": _state_time(MONEY, "basic research", _state("rd_basic")),
    "rd_other": _state_time(MONEY, "R&D performed by universities, institutes and non-profits", _state("rd_other")),
    "rd_total_nominal_lcu": _state_time(
        "bn of own currency per year", "R&D at current prices", lambda world: nominal(world, world.states.rd_total)
    ),
    "rd_basic_nominal_lcu": _state_time(
        "bn of own currency per year",
        "basic research at current prices",
        lambda world: nominal(world, world.states.rd_basic),
    ),
    "rd_intensity": _state_time("share of GDP", "R&D over GDP", _over_gdp(_state("rd_total"))),
    "rd_growth": _state_time("per year", "real growth of R&D: last four quarters on the four before", None),
    "rd_growth_nominal": _state_time("per year", "the same at current prices", None),
    "basic_share": _state_time(
        "share of R&D", "basic research over R&D", lambda world: world.states.rd_basic / world.states.rd_total
    ),
    "price_index": _state_time(
        "2020 = 1", "price of household spending, moved by the model's sectors", _state("price_index")
    ),
    "digital_core_share": _state_time(
        "share of GDP", "value added of digital core industries", _over_gdp(digital_core)
    ),
    "strategic_emerging_share": _state_time(
        "share of GDP", "value added of strategic emerging industries", _over_gdp(strategic_emerging)
    ),
    "researchers": _state_time("thousand FTE", "researchers", _state("researchers")),
    "researchers_share": _state_time(
        "share of population",
        "researchers over population",
        lambda world: (
            world.states.researchers / of_quarter(world.structure.economy.population_path, world.quarter) / 1e3
        ),
    ),
    "research_price": _state_time("2020 = 1", "price of a unit of research", _state("research_price")),
    "leadership_index": _state_time("share", "share of world sales of strategic emerging industries", leadership),
    "ecosystem_completeness": _state_time("share", "home share of the inputs of foundation technologies", completeness),
    "public_spending": _state_time(MONEY, "public R&D and tax credits", _state("public_spending")),
    "subsidies": _state_time(MONEY, "grants and tax credits to business R&D", _state("subsidies")),
    "firms_alive": _state_time("firms", "living firms", _summed("firms")),
    "firms_entered": _state_time("firms per quarter", "entrants", _summed("entered")),
    "firms_exited": _state_time("firms per quarter", "firms that left", _summed("exited")),
    "entrants_turned_away": _state_time("firms per quarter", "entrants without a place", _summed("turned_away")),
    "firms_listed": _state_time("firms", "own firms on the rival's entity list", listed_firms),
    "tariff_revenue": _state_time(MONEY, "duties on the rival's goods", _state("tariff_revenue")),
    "budget_cut": _state_time(MONEY, "public money decided beyond the limits of the year", _state("budget_cut")),
    "restriction": _state_time("index", "mean of what a state closes to its rival", _state("restriction")),
    "trust": _state_time("index", "trust in the rival", _state("trust")),
    "threat": _state_time("index", "threat as perceived", _state("threat")),
    "dependence": _state_time(
        "index", "the rival's share in the reviewed supply chains, less what stocks cover", _state("dependence")
    ),
    "risk": _state_time("incidents per year", "expected incidents: espionage, disruption", _state("risk")),
    "incidents": _state_time("incidents per quarter", "incidents that happened", _state("incidents")),
    "policy_choice": _state_time(
        "index", "the alternative that a deciding policy has chosen", lambda world: world.action.choice
    ),
    "expected_gain": _state_time(
        "log points", "what it expected of that, in the state's own objective", _state("expected_gain")
    ),
    "money_gap": _state_time(
        "share of world spending", "receipts minus payments over all accounts", _state("money_gap")
    ),
    "technology_frontier": _sector_time("log", "mean technology of the three best firms", _cell("frontier")),
    "technology_mean": _sector_time("log", "sales-weighted mean technology", technology_mean),
    "lead": _sector_time("log points", "own frontier less the rival's, log x 100", None),
    "lead_months": _sector_time("months", "the lead at the sector's pace, a fact", None),
    "sales": _sector_time(MONEY, "sales of own firms in all markets", _cell("sales")),
    "exports": _sector_time(MONEY, "sales of own firms in other blocs", exports),
    "imports": _sector_time(MONEY, "purchases from other blocs, net of duties", imports),
    "leakage": _sector_time(
        MONEY, "own goods that reach the rival in spite of own controls", lambda world: world.markets.leakage
    ),
    "rd": _sector_time(MONEY, "R&D of firms, grants included", lambda world: world.cells.rd + world.cells.grants),
    "filings": _sector_time("per year", "international patent applications", _cell("filings")),
    "innovations": _sector_time(
        "per year", "innovations weighted by their step over the mean step, as realised", _cell("innovations")
    ),
    "self_sufficiency": _sector_time("share", "home firms' share of the home market", home_share),
    "import_dependence": _sector_time("share", "the rival's share of the home market", rival_share),
    "concentration": _sector_time("index", "Herfindahl index of own firms' sales", concentration),
    "controls": _sector_time(
        "share",
        "part of exports to the rival that a control in force refuses",
        lambda world: world.action.control_breadth * world.action.control_depth,
    ),
    "stock": _sector_time("quarters of use", "stockpile", _cell("stock")),
    "market_share": Outcome(MARKET_TIME, "share", "own firms' share of a bloc's market", market_share),
    "decoupling_goods": Outcome(RUN_TIME, "index", "trade between the states, 1 = none left", decoupling_goods),
    "decoupling_knowledge": Outcome(RUN_TIME, "index", "co-invention and open science, 1 = none left", _KNOWLEDGE),
    "decoupling_talent": Outcome(RUN_TIME, "index", "exchange of researchers, 1 = none left", _TALENT),
    "decoupling_capital": Outcome(RUN_TIME, "index", "investment between the states, 1 = none left", _CAPITAL),
    "decoupling_index": Outcome(RUN_TIME, "index", "mean of the four", None),
    **{
        f"year_passes_{name}": Outcome(("run", "state"), "year", f"year in which {meaning}; NaN if never", None)
        for name, meaning in TARGETS.items()
    },
    "year_passes_lead": Outcome(
        ("run", "state", "sector"),
        "year",
        "year in which this state's frontier overtakes; NaN if never or ahead from the start",
        None,
    ),
}


def measured(world: World, names: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """The named outcomes of a quarter without their singleton axes, (run, ...); derived ones are left out."""
    found = {}
    for name in names:
        outcome = OUTCOMES[name]
        if outcome.measure is not None:
            found[name] = _shaped(outcome.measure(world), outcome, world)
    return found


FIRM_FIELDS: Final[Mapping[str, Callable[[World], NDArray[Any]]]] = {
    "alive": lambda world: world.firms.alive,
    "technology": lambda world: np.where(world.firms.alive, world.firms.technology, np.nan),
    "sales": lambda world: world.firms.sales,
    "profit": lambda world: world.firms.profit,
    "rd": lambda world: world.firms.rd,
    "filings": lambda world: world.firms.rd * world.parameters.research.filings_per_billion,
    "innovations": lambda world: 4.0 * world.firms.innovation,
    "listed": lambda world: world.firms.listed,
    "state_owned": lambda world: world.firms.state_owned,
    "foreign_input_share": lambda world: market.exposure(world.firms) * rival_input_share(world),
    "collaboration": lambda world: world.firms.tie,
}
"""Fields of a firm panel, (run, state, sector, slot) each."""


def rival_input_share(world: World) -> Array:
    """Part of a cell's recorded inputs that comes from the rival."""
    links = world.structure.links.input_share
    bought = market.by_user(links[None, None, ..., None], rival_share(world))
    return bought / np.maximum(links.sum(axis=0), 1e-300)[None, None, :, None]


def _shaped(values: Array, outcome: Outcome, world: World) -> NDArray[np.float64]:
    """(run, state, [bloc], [sector]) from the model's axes, which keep singletons."""
    runs = world.firms.alive.shape[0]
    sizes = {"run": runs, "state": N_STATES, "bloc": 4, "sector": world.cells.sales.shape[SECTOR]}
    shape = [sizes[dim] for dim in outcome.dims if dim != "time"]
    squeezed = (
        values[..., 0] if outcome.sectoral else values[:, :, 0, 0] if "state" in outcome.dims else values[:, 0, 0, 0]
    )
    return squeezed if squeezed.shape == tuple(shape) else np.broadcast_to(squeezed, shape)
