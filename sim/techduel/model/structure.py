"""The Structure of a world: what inverting the equations in the base year fixes for the whole run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from techduel.model.actions import Action
from techduel.model.axes import N_BLOCS, N_CHOKEPOINTS, N_PASSIVE, Array, Trade

if TYPE_CHECKING:
    from techduel.model.world import Openness, States

type Tags = dict[str, NDArray[np.bool_]]
"""Sectors by tag, (sector,)."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a field of the world holds: its type in a record, its length where it is more than one number, its words."""

    kind: str
    unit: str
    meaning: str
    length: int | tuple[int, int] = 0


def real(unit: str, meaning: str, length: int | tuple[int, int] = 0) -> Any:
    """A dataclass field that carries the `Quantity` of a number, or of `length` numbers."""
    return field(metadata={"quantity": Quantity("f8", unit, meaning, length)})


def yes_no(meaning: str) -> Any:
    """A dataclass field that carries the `Quantity` of a truth value."""
    return field(metadata={"quantity": Quantity("?", "", meaning)})


def tagged(tags: Tags, tag: str) -> NDArray[np.bool_]:
    """The sectors of a tag on the model's axes, (1, 1, sector, 1)."""
    return tags[tag][None, None, :, None]


@dataclass(frozen=True, slots=True)
class Links:
    """How sectors buy from each other and what is left of a sale."""

    input_share: NDArray[np.float64] = real("share", "part of a user's sales spent on an input, (input, user)")
    hardness: NDArray[np.float64] = real("1", "how hard an input is to replace, (input, user)")
    cost_share: NDArray[np.float64] = real(
        "share", "part of a user's production cost spent on an input, (run, state, input, user, 1)"
    )
    other_inputs: Array = real("share", "part of sales spent on inputs from outside the model's sectors")
    final_hardness: Array = real("1", "how hard a good is to do without for final users, (1, 1, sector, 1)")
    digital_inputs: Array = real("share", "inputs per unit of other digital value added, (1, 1, sector, 1)")
    link_scale: Array = real(
        "share", "part of recorded input use that base-year spending can hold, (run, market, sector, 1)"
    )
    use: Array = real("share", "part of a cell's sales spent on the model's inputs")
    margin: Array = real("share", "operating margin before R&D")


@dataclass(frozen=True, slots=True)
class Chokepoints:
    """Who makes single inputs and who needs them."""

    cost_share: Array = real("share", "part of a user's sales spent on a good, (1, good, sector, 1)", N_CHOKEPOINTS)
    weight: Array = real("share", "the same of its production cost, times how hard it is to replace", N_CHOKEPOINTS)
    from_rival: Array = real("share", "part of the world's supply that the rival makes", N_CHOKEPOINTS)
    from_allies: Array = real("share", "part that allies make", N_CHOKEPOINTS)


@dataclass(frozen=True, slots=True)
class Demand:
    """Who buys what from whom in the base year, and where demand goes."""

    taste: Trade = real(
        "1", "attraction of an origin in a market apart from supply and access, (run, origin, market, sector, 1)", 4
    )
    log_attraction: Trade = real("log", "sum of attractions in the base year, (run, 1, market, sector, buyer)", 3)
    final_demand: Trade = real("bn USD a year", "base-year final spending, (run, 1, market, sector, buyer)", 3)
    first_spending: Array = real("bn USD a year", "world spending of the base year, (run, 1, sector, 1)")
    diffusion_limit: Array = real("ratio", "demand relative to GDP when diffusion is complete, (1, market, sector, 1)")
    consumption_share: Array = real(
        "share", "final spending on a sector over GDP in the base year, (run, state, sector, 2): private, public", 2
    )
    trend_ratio: Array = real("ratio", "sales over their own trend in the base year")
    first_exchange: Array = real("share", "trade between the two states over all their spending in the base year")
    ecosystem: Array = real("share", "breadth of home suppliers in the base year")


@dataclass(frozen=True, slots=True)
class ResearchBase:
    """What research in the base year looks like."""

    log_norm: Array = real("log", "the sector's own R&D intensity")
    support: Array = real("share", "grants per unit of own R&D in the base year")
    tax_credit: Array = real("share", "R&D tax credit of the base year")
    log_idea_cost: Array = real(
        "log of bn USD a year", "the world's usual R&D of a firm of the sector's usual size, (1, 1, sector, 1)"
    )
    log_firm_size: Array = real("log of bn USD a year", "the world's usual sales per firm, (1, 1, sector, 1)")
    frontier: Array = real("log", "world frontier of the base year, (run, 1, sector, 1)")
    fringe_technology: Array = real(
        "log", "technology of third countries' makers in the base year, (run, passive bloc, sector, 1)", N_PASSIVE
    )
    own_frontier: Array = real("log", "frontier of a state's sector in the base year")
    induced: Array = real("log", "value of a substitute in the base year, (run, state, sector, 1)")


@dataclass(frozen=True, slots=True)
class Economy:
    """The two states as a whole."""

    first: "States"
    """The states in the base year: what index numbers refer to."""
    nonpublic_rd: Array = real("share", "R&D of universities and non-profits that no government pays for, over GDP")
    basic_private: Array = real("share", "basic research that no government pays for, over business R&D")
    other_grants: Array = real(
        "share",
        "part of business R&D outside the sectors that the government pays for, (1, state, 1, quarter or 1)",
    )
    emerging_excess: Array = real("a year", "growth of other emerging industries over GDP in the base year")
    graduates_growth: Array = real("a year", "growth of new researchers")
    migrants: Array = real("thousand a year", "researchers who left for the rival in the base year")
    mobility: Array = real("share", "openness of emigration in the base year, from `techduel.model.talent.mobility`")
    corporate_tax: Array = real("share", "tax rate on profit")
    first_gdp: Array = real("bn USD a year", "GDP of the blocs in the base year, (1, bloc, 1, 1)")
    gdp_path: Array = real("ratio", "forecast GDP relative to the base year, (1, bloc, 1, quarter)")
    rest_path: Array = real(
        "ratio",
        "the rest of the economy that makes forecast GDP whole, relative to the base year, (1, state, 1, quarter)",
    )
    sector_path: Array = real(
        "bn USD a year", "value added of all sectors with firms that forecasts imply, (1 or run, state, 1, quarter)"
    )
    sales_path: Array = real("bn USD a year", "sales of all sectors with firms that forecasts imply, as sector_path")
    digital_sales_path: Array = real("bn USD a year", "the same of the sectors of the digital core")
    knowledge_path: Array = real(
        "bn USD", "public knowledge if research keeps its share of forecast GDP, (run, state, 1, quarter)"
    )
    population_path: Array = real("million", "population, (1, state, 1, quarter)")
    deflator_path: Array = real("ratio", "price level relative to the base year, (1, state, 1, quarter)")
    currency_path: Array = real("currency per USD", "exchange rate, (1, state, 1, quarter)")
    ppp_factor: Array = real("ratio", "purchasing-power over market-rate dollars")


@dataclass(frozen=True, slots=True)
class RestBase:
    """Sector 15, the rest of the economy, in the base year, (run, bloc, 1, 1 or origin); 0 where it is an account."""

    first_share: Array = real("share", "of origins in what the bloc spends on it", N_BLOCS)
    rest_taste: Array = real("1", "attraction of origins apart from growth, labour cost and access", N_BLOCS)
    first_balance: Array = real("share", "what the bloc earns and does not spend, over GDP")
    first_duties: Array = real("share", "duties on all goods over the rest of the economy's output")
    goods_part: Array = real("share", "goods in what is bought from the rival")
    log_productivity: Array = real("log", "productivity relative to other blocs")


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
    links: Links
    chokepoints: Chokepoints
    demand: Demand
    research: ResearchBase
    economy: Economy
    rest: RestBase
    openness: "Openness"
    """Of the knowledge channels in the base year."""
    status_quo: Action
    """The levers of both states in the base year."""
    recorded: Recorded
    iot_weight: Array = real("share", "part of a sector in the Internet of Things paradigm")
    pace: Array = real("log a year", "log growth of technology by which leads become months")


def of_quarter(path: Array, quarter: int) -> Array:
    """A path's value in a quarter, the last one beyond its end, (1, state or bloc, 1, 1)."""
    place = min(quarter, path.shape[-1] - 1)
    return path[..., place : place + 1]
