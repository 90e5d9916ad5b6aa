"""Tables of what a run's record holds, by kind of record: what a World shows or gives, and what lives within a quarter.

Fields that a World shows come from the tables of `techduel.model.world` and `techduel.model.structure`, under the name
there or another.
"""

from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Final

from techduel.model.actions import Action
from techduel.model.axes import N_BLOCS, N_BUYERS, N_CHOKEPOINTS, N_PASSIVE, N_STATES
from techduel.model.structure import Chokepoints, Demand, Economy, Links, Quantity, ResearchBase, RestBase, Structure
from techduel.model.world import Blocs, Cells, Firms, Markets, Openness, Outside, States

TAGS: Final = ("strategic_emerging", "digital_core", "supply_chain", "frontier", "storable", "foundation")
"""Tags of sectors that equations ask for."""
CARRIED: Final = ("firms", "cells", "states", "markets", "blocs", "openness", "action", "decided")
"""Parts of a World that a quarter changes, and that are views on the records."""
GIVEN: Final = ("parameters", "structure", "mandate", "outside")
"""Parts that are written into the records and read there."""
KINDS: Final[Mapping[str, type]] = {
    "firms": Firms,
    "cells": Cells,
    "states": States,
    "markets": Markets,
    "blocs": Blocs,
    "openness": Openness,
    "outside": Outside,
    "structure": Structure,
    "structure.links": Links,
    "structure.chokepoints": Chokepoints,
    "structure.demand": Demand,
    "structure.research": ResearchBase,
    "structure.economy": Economy,
    "structure.economy.first": States,
    "structure.rest": RestBase,
    "structure.openness": Openness,
    "structure.status_quo": Action,
}


def _all(part: str, but: tuple[str, ...] = ()) -> dict[str, str]:
    """All fields of a part under their own names."""
    return {item.name: f"{part}.{item.name}" for item in fields(KINDS[part]) if item.name not in but}


def _named(part: str, prefix: str, *names: str) -> dict[str, str]:
    return {f"{prefix}{name}": f"{part}.{name}" for name in names}


SEEN: Final[Mapping[str, Mapping[str, str]]] = {
    "firms": _all("firms"),
    "cells": {
        **_all("cells"),
        **_named("markets", "", "log_supply", "penalty", "felt", "leakage"),
        **_named("openness", "", "embodied"),
        **_named("outside", "", "ease"),
        **_named("structure.links", "", "margin", "use", "other_inputs"),
        **_named("structure.demand", "", "trend_ratio", "consumption_share"),
        **_named("structure.demand", "first_", "ecosystem"),
        **_named("structure.research", "", "log_norm"),
        **_named("structure.research", "first_", "support"),
        "first_frontier": "structure.research.own_frontier",
        "first_value": "structure.research.induced",
        "first_depth": "structure.status_quo.control_depth",
    },
    "states": {
        **_all("states"),
        **_all("openness", but=("embodied",)),
        **_named("structure.economy.first", "first_", "gdp", "rest_output", "other_digital", "other_emerging"),
        **_named("structure.economy.first", "first_", "researchers", "rd_total", "knowledge_stock", "risk"),
        **_named("structure.economy.first", "first_", "public_spending", "tariff_revenue"),
        **_named("structure.economy", "", "nonpublic_rd", "basic_private", "emerging_excess"),
        **_named("structure.economy", "", "graduates_growth", "migrants", "corporate_tax"),
        **_named("structure.economy", "first_", "mobility"),
        **_named("structure.chokepoints", "inputs_", "from_rival", "from_allies"),
        "first_credit": "structure.research.tax_credit",
        "first_inbound": "structure.status_quo.inbound_screening",
        "first_outbound": "structure.status_quo.outbound_screening",
        **_named("structure.openness", "first_", "coinvention", "talent", "science", "investment"),
    },
    "markets": {
        **_named("markets", "", "log_price", "flows", "spending", "settled", "replaced"),
        **_named("structure.demand", "", "taste", "final_demand", "diffusion_limit"),
        "log_first": "structure.demand.log_attraction",
        "link_scale": "structure.links.link_scale",
        "shift": "outside.demand",
    },
    "blocs": {**_all("blocs"), **_all("structure.rest")},
    "sectors": {
        "log_fringe": "markets.log_fringe",
        "technology": "markets.fringe_technology",
        "renewed": "markets.fringe_renewed",
        "penalty": "markets.fringe_penalty",
        "shortage": "markets.fringe_shortage",
        "final_hardness": "structure.links.final_hardness",
        "first_technology": "structure.research.fringe_technology",
        "inputs_share": "structure.chokepoints.cost_share",
        "inputs_weight": "structure.chokepoints.weight",
        "iot_weight": "structure.iot_weight",
        "pace": "structure.pace",
        "digital_inputs": "structure.links.digital_inputs",
        "first_spending": "structure.demand.first_spending",
        "first_frontier": "structure.research.frontier",
        **_named("structure.research", "", "log_idea_cost", "log_firm_size"),
        "disruption": "outside.disruption",
    },
}
"""What a World shows or gives, by kind of record and name there."""

WITHIN: Final[Mapping[str, Mapping[str, Quantity]]] = {
    "firms": {
        "place_was_free": Quantity("?", "", "whether no firm lived here before the quarter"),
    },
    "cells": {
        "first_link": Quantity("i8", "", "place of its first input among the links"),
        "last_link": Quantity("i8", "", "place behind its last"),
        "input_total": Quantity("f8", "share", "part of sales spent on inputs, all links"),
        "leak": Quantity("f8", "share", "part of its control that is evaded"),
        "denied": Quantity("f8", "share", "part of exports to the rival withheld from ordinary, listed users", 2),
        "abroad": Quantity("f8", "share", "part of its supply that a control withholds from third countries"),
        "joined": Quantity("f8", "share", "part of its control that allies join"),
        "reach": Quantity("f8", "share", "part of the rival's lead that can be imitated"),
        "inflow": Quantity("f8", "log", "technology that its firms can learn abroad"),
        "cost": Quantity("f8", "log", "unit cost without denial"),
        "burden": Quantity("f8", "log", "cost that denial adds, ordinary and listed users", 2),
        "felt_before": Quantity("f8", "log", "`felt` as it was before the quarter", 2),
        "weight": Quantity("f8", "1", "attraction of all firms"),
        "factor": Quantity("f8", "bn USD a year", "sales per unit of attraction"),
        "largest": Quantity("f8", "bn USD a year", "sales of its largest firm"),
        "incentive": Quantity("f8", "log", "R&D intensity that all its firms want alike"),
        "lead": Quantity("f8", "log", "the rival's frontier less its own"),
        "difficulty": Quantity("f8", "log", "what lowers all its firms' hazard"),
        "effectiveness": Quantity("f8", "log", "research per unit of own R&D"),
        "open_to_listed": Quantity("f8", "share", "co-invention that the rival leaves to listed firms"),
        "log_factor": Quantity("f8", "log", "sales per unit of attraction"),
        "missing": Quantity("f8", "share", "part of what would be bought at home that is missing, by kind of user", 2),
        "shortage": Quantity("f8", "log", "goods that cannot be had, by kind of user", 2),
        "stock_bought": Quantity("f8", "bn USD a year", "purchases for stocks"),
        "sales_before": Quantity("f8", "bn USD a year", "sales of the quarter before"),
        "booked": Quantity("f8", "bn USD a year", "sales as firms book them"),
        "log_growth": Quantity("f8", "log", "sales over trend relative to the base year"),
        "support": Quantity("f8", "share", "grants per unit of own R&D"),
        "value": Quantity("f8", "log", "value of a substitute for denied inputs, by kind of firm", 2),
        "induced": Quantity("f8", "log", "change of R&D that it brings", 2),
        "feasibility": Quantity("f8", "share", "how feasible substitutes are"),
        "mean_technology": Quantity("f8", "log", "unweighted mean of living firms"),
        "frontier_handed": Quantity("f8", "log", "frontier at the end of the quarter before, where a ledger is kept"),
        "frontier_found": Quantity("f8", "log", "frontier after discoveries, where a ledger is kept"),
        "frontier_worn": Quantity("f8", "log", "the same after the new paradigm"),
        "taxed": Quantity("f8", "bn USD a year", "tax on profit"),
        "raised": Quantity("f8", "bn USD", "equity less payouts"),
        "founded": Quantity("f8", "bn USD", "cash that entrants brought"),
        "written_off": Quantity("f8", "bn USD", "cash of firms that left"),
        "cash_before": Quantity("f8", "bn USD", "cash of all firms before the quarter"),
        "cash": Quantity("f8", "bn USD", "cash of all firms after it"),
    },
    "states": {
        "rest_expected": Quantity("f8", "ratio", "forecast of the rest of the economy"),
        "sector_expected": Quantity("f8", "bn USD a year", "forecast of value added of all sectors with firms"),
        "sales_expected": Quantity("f8", "bn USD a year", "forecast of their sales"),
        "digital_sales_expected": Quantity("f8", "bn USD a year", "forecast of sales of those of the digital core"),
        "knowledge_expected": Quantity("f8", "bn USD", "forecast of public knowledge, for the quarter before"),
        "other_grants": Quantity(
            "f8", "share", "part of business R&D outside the sectors that the government pays for"
        ),
        "population": Quantity("f8", "million", "population"),
        "deflator": Quantity("f8", "ratio", "price level relative to the base year"),
        "currency": Quantity("f8", "currency per USD", "exchange rate of the base year"),
        "cooperation_aim": Quantity("f8", "share", "cooperation that is sought, as far as allies consent"),
        "inputs_denied": Quantity(
            "f8", "share", "part of the rival's, then of allies' supply that is denied, by good", 2 * N_CHOKEPOINTS
        ),
        "inputs_forgone": Quantity("f8", "bn USD a year", "purchases from the rival that denial has ended"),
        "emigrants": Quantity("f8", "thousand a year", "researchers who leave for the rival"),
        "undrawn": Quantity("f8", "bn USD a year", "output of the rest of the economy before sectors draw from it"),
        "drawn": Quantity("f8", "bn USD a year", "output that sectors with firms draw from the rest of the economy"),
        "inputs_lost": Quantity("f8", "bn USD a year", "output that ends with denied single inputs"),
        "usual_digital": Quantity("f8", "bn USD a year", "other digital industries but for what pulls them"),
        "digital_ahead": Quantity("f8", "log", "growth over GDP that is expected of them"),
        "by_digital_price": Quantity("f8", "log", "what digital prices add to them"),
        "by_engine": Quantity("f8", "log", "what digital prices add to the rest of the economy"),
        "by_knowledge": Quantity("f8", "log", "what public knowledge adds to it"),
        "by_shortage": Quantity("f8", "log", "what shortages take from it"),
        "by_incidents": Quantity("f8", "share", "part of it that incidents take"),
    },
    "markets": {
        "duty": Quantity("f8", "share", "duty on an origin's goods, negative on supported home goods", N_BLOCS),
        "admitted": Quantity("f8", "ratio", "part of an origin's attraction that prices and rules leave", N_BLOCS),
        "offered": Quantity("f8", "1", "attraction of origins to a buyer", (N_BUYERS, N_BLOCS)),
        "passed": Quantity("f8", "share", "part of it that no control or disruption keeps away", (N_BUYERS, N_BLOCS)),
        "log_lost": Quantity("f8", "log", "all attraction over what reaches a buyer", N_BUYERS),
        "missing": Quantity("f8", "share", "part of what would be bought that is missing", N_BUYERS),
        "unmet": Quantity("f8", "share", "part of spending that finds no goods", N_BUYERS),
        "shortage": Quantity("f8", "log", "what that is worth", N_BUYERS),
        "log_sold": Quantity("f8", "log", "sum of attraction that reaches a buyer", N_BUYERS),
        "withheld": Quantity("f8", "share", "what the rival's control withholds over what is sold, by buyer", N_BUYERS),
        "ordinary": Quantity("f8", "bn USD a year", "inputs that ordinary users buy"),
        "listed": Quantity("f8", "bn USD a year", "inputs that listed users buy"),
    },
    "blocs": {
        "rest_share": Quantity("f8", "share", "of origins in what the bloc spends on sector 15", N_BLOCS),
        "usual_share": Quantity("f8", "share", "the same as forecasts of GDP imply", N_BLOCS),
        "idea_gain": Quantity("f8", "ratio", "inflow of ideas over what forecasts imply, less 1"),
    },
    "sectors": {
        "supply": Quantity("f8", "1", "attraction of origins", N_BLOCS),
        "passive_sales": Quantity("f8", "bn USD a year", "sales of the passive blocs, before", N_PASSIVE),
        "cost": Quantity("f8", "log", "unit cost of the passive blocs' makers", N_PASSIVE),
        "common": Quantity("f8", "log", "mean technology of both states"),
        "nearer": Quantity("f8", "share", "part of an entrant's gap that the new paradigm has taken away"),
        "worn": Quantity("f8", "share", "part of a lead that the new paradigm takes in the quarter"),
        "demand": Quantity("f8", "ratio", "world spending relative to the base year"),
    },
    "now": {
        "quarter": Quantity("i8", "", "0 is the base year"),
        "year": Quantity("f8", "year", "start of the quarter"),
        "years": Quantity("f8", "years", "since the middle of the base year"),
        "diffusion_left": Quantity("f8", "share", "part of its way that diffusion has left"),
        "fading": Quantity("f8", "share", "part of firms' appeal that a quarter leaves"),
        "opening": Quantity("f8", "share", "part of the new paradigm that opens in the quarter"),
        "opened": Quantity("f8", "share", "part of it that has opened since the base year"),
        "gdp": Quantity("f8", "ratio", "forecast GDP relative to the base year", N_BLOCS),
        "forecast_gdp": Quantity("f8", "bn USD a year", "forecast GDP", N_BLOCS),
        "economy": Quantity("f8", "ratio", "GDP with its distance from the forecast before", N_BLOCS),
        "first_exchange": Quantity("f8", "share", "trade between the states in the base year"),
        "ledger": Quantity("?", "", "whether it is entered why frontiers move"),
        "cash_limited": Quantity("f8", "firm-quarters", "so far in which cash, not desire, set R&D"),
        "firm_quarters": Quantity("f8", "firm-quarters", "so far"),
    },
}
"""What lives within a quarter, by kind of record."""

N_PARTS: Final = 3
"""What an origin's attraction is made of for the ledger, beside duties and access: appeal, price, denied inputs."""

NOTES: Final[Mapping[str, Quantity]] = {
    "before": Quantity("f8", "log", "technology before the quarter's discoveries"),
    "learnt": Quantity("f8", "log", "rise of technology by learning"),
    "log_hazard": Quantity("f8", "log a quarter", "hazard of finding something"),
    "denied": Quantity("f8", "log", "what denied inputs add to it, not above 0"),
    "induced": Quantity("f8", "log", "part of R&D that denial has induced, carried from quarter to quarter"),
    "partners": Quantity("f8", "log", "what co-invention adds to the hazard"),
}
"""What a firm notes of its discoveries where a ledger is kept."""

FORMER: Final[Mapping[str, Mapping[str, Quantity]]] = {
    "sectors": {
        "offers": Quantity("f8", "log", "attraction of origins, by part", (N_PARTS, N_BLOCS)),
        "used": Quantity("f8", "log", "the same as buyers are used to it", (N_PARTS, N_BLOCS)),
        "moved": Quantity("f8", "log", "its change", (N_PARTS, N_BLOCS)),
        "log_share": Quantity("f8", "log", "change of the origins' shares in a buyer's purchases", N_BLOCS),
        "shut": Quantity("i8", "", "1 where an origin's goods come in or stay away altogether", N_BLOCS),
        "all_appeal": Quantity("f8", "log", "what all origins gain by appeal, by their weight for the buyer"),
        "all_price": Quantity("f8", "log", "the same by price"),
        "all_inputs": Quantity("f8", "log", "the same by inputs"),
        "all_duty": Quantity("f8", "log", "the same by duties"),
        "log_paid": Quantity("f8", "log", "change of what a buyer spends"),
        "log_wanted": Quantity("f8", "log", "change of what it would spend if all goods could be had"),
        "wanted": Quantity("f8", "bn USD a year", "that, as a mean of both ends"),
        "final": Quantity("f8", "bn USD a year", "change of what of it is for final use"),
    },
    "markets": {
        "share": Quantity("f8", "share", "of origins in a buyer's purchases", (N_BUYERS, N_BLOCS)),
        "sold": Quantity("f8", "bn USD a year", "what a state's firms receive of a buyer", (N_BUYERS, N_STATES)),
        "paid": Quantity("f8", "bn USD a year", "what a buyer spends", N_BUYERS),
        "wanted": Quantity("f8", "bn USD a year", "what it would spend if all goods could be had", N_BUYERS),
        "final": Quantity("f8", "bn USD a year", "what of it is for final use", N_BUYERS),
        "ordinary": Quantity("f8", "bn USD a year", "inputs that ordinary users buy"),
        "listed": Quantity("f8", "bn USD a year", "inputs that listed users buy"),
        "stocked": Quantity("f8", "bn USD a year", "purchases for stocks"),
        "users": Quantity("f8", "bn USD a year", "change of a buyer's purchases of inputs as all users buy", N_BUYERS),
        "relisted": Quantity("f8", "bn USD a year", "the same because other users are listed", N_BUYERS),
        "log_duty": Quantity("f8", "log", "price that duties add, by state of origin", N_STATES),
        "net_of_duty": Quantity("f8", "share", "part of a price that its seller gets, by state of origin", N_STATES),
        "duty_risen": Quantity("f8", "log", "its change", N_STATES),
        "duty_used": Quantity("f8", "log", "the same as buyers are used to it", N_STATES),
        "duty_moved": Quantity("f8", "log", "what its change does to attraction, by origin", N_BLOCS),
    },
    "states": {
        "factors": Quantity("f8", "log", "what multiplies output outside the sectors' firms", 10),
        "undrawn": Quantity("f8", "bn USD a year", "output of the rest of the economy before sectors draw from it"),
        "digital": Quantity("f8", "bn USD a year", "other digital industries but for what pulls them"),
        "added": Quantity("f8", "bn USD a year", "value added of the sectors with firms"),
        "drawn": Quantity("f8", "bn USD a year", "output that they draw from the rest of the economy"),
        "inputs_lost": Quantity("f8", "bn USD a year", "output that ends with denied single inputs"),
        "spending": Quantity("f8", "bn USD a year", "public spending beyond its share in the base year"),
        "duties": Quantity("f8", "bn USD a year", "tariff revenue beyond its share in the base year"),
        "income": Quantity("f8", "bn USD a year", "real income"),
        "money": Quantity("f8", "bn USD a year", "the same at prices of the quarter"),
        "log_price": Quantity("f8", "log", "price index"),
        "of_sectors": Quantity("f8", "log", "part of it that prices of sectors with firms add"),
    },
}
"""What a ledger remembers of the quarter before, and how that has changed, by kind of record."""

CAUSES: Final = (
    *("own", "denied", "induced", "partners"),
    *("home", "goods", "coinvention", "talent", "science", "investment", "illicit", "allies"),
    *("membership", "paradigm", "exit", "entry", "event"),
)
"""Why a frontier moves: what its best firms find and learn, and who belongs to them."""
SALES: Final = ("demand", "users", "appeal", "price", "inputs", "access", "duty", "capacity")
"""Why a cell's sales move: what buyers want, which part of it is bought here, and what is not to be had."""
INCOME: Final = (
    *("forecast", "luck", "knowledge", "ideas", "engine", "sectors", "crowding", "forgone"),
    *("shortages", "incidents", "spending", "tariffs", "terms", "prices"),
)
"""Why a state's real income moves: what is made, what governments cost, what money buys."""
LEDGERS: Final[Mapping[str, tuple[str, ...]]] = {"frontier": CAUSES, "sales": SALES, "income": INCOME}
"""What is accounted for, and by which causes."""

PATHS: Final = {
    "rest_expected": "rest_path",
    "sector_expected": "sector_path",
    "sales_expected": "sales_path",
    "digital_sales_expected": "digital_sales_path",
    "other_grants": "other_grants",
    "population": "population_path",
    "deflator": "deflator_path",
}
"""What of a quarter is read from a path of the `Economy`, by name in the record of a state."""
FORECAST: Final = (*PATHS, "knowledge_expected")
"""What is forecast for a state, by name in its record."""
DECISIONS: Final = ("levers", "decided", "proposed", "mandate", "wanted")
"""Levers in a record: in force, remembered, as policies propose them now, what laws add, and both together."""


@cache
def quantity(path: str) -> Quantity:
    """What is known about a field of a World, by its dotted name."""
    part, _, name = path.rpartition(".")
    found = {item.name: item.metadata.get("quantity") for item in fields(KINDS[part])}[name]
    return found or Quantity("f8", "", "")
