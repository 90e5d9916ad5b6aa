"""The base year: what both states, the blocs and the sectors looked like in one year."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

import numpy as np

from techduel.facts.chokepoints import read_chokepoints
from techduel.facts.links import read_links
from techduel.facts.tables import Row, frozen, outside, table
from techduel.model.axes import BLOCS, STATES, Numbers

HEADER: Final = (
    "quantity",
    "sector",
    "where",
    "value",
    "unit",
    "price_year",
    "source",
    "confidence",
    "licence",
    "vintage",
)
VINTAGES: Final = ("article", "final")
"""Figures as known in March 2021, or as settled in September 2021."""
ROUNDING: Final = 0.01
"""Largest distance of published shares from a sum of 1 that is taken for rounding."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """What is known about one quantity of the base year, apart from its values."""

    dims: tuple[str, ...]
    unit: str
    low: float
    high: float
    meaning: str


def quantity(dims: str, unit: str, low: float, high: float, meaning: str) -> Any:
    """A dataclass field that carries its `Quantity`; ``dims`` are words of state, bloc, sector, input, user."""
    return field(metadata={"quantity": Quantity(tuple(dims.split()), unit, low, high, meaning)})


@dataclass(frozen=True, slots=True)
class BaseYear:
    """Facts of one year; money is bn USD at prices and mean exchange rates of that year."""

    currency_per_usd: Numbers = quantity("state", "currency per USD", 0.1, 1000, "mean exchange rate")
    gdp: Numbers = quantity("bloc", "bn USD", 100, 100_000, "gross domestic product")
    ppp_factor: Numbers = quantity("state", "ratio", 0.5, 4, "GDP at purchasing power over GDP at the exchange rate")
    population: Numbers = quantity("state", "million", 1, 3000, "population")
    rd_total: Numbers = quantity("state", "bn USD", 1, 5000, "research and development by all performers")
    rd_basic: Numbers = quantity("state", "bn USD", 0.1, 1000, "basic research")
    rd_business_performed: Numbers = quantity("state", "bn USD", 0.5, 4000, "R&D performed by business")
    rd_government_funded_share: Numbers = quantity("state", "fraction", 0, 1, "R&D paid by governments, of all R&D")
    rd_business_government_funded: Numbers = quantity(
        "state", "bn USD", 0, 500, "R&D performed by business and paid by government"
    )
    grant_rate: Numbers = quantity("state", "fraction", 0, 0.5, "R&D of the sectors' firms paid by government, of own")
    basic_public_share: Numbers = quantity("state", "fraction", 0, 1, "basic research paid by government")
    basic_growth_past: Numbers = quantity("state", "per year", -0.1, 0.4, "real growth of basic research, last decade")
    rd_growth_past: Numbers = quantity("state", "per year", -0.1, 0.4, "real growth of R&D, last decade")
    researchers: Numbers = quantity("state", "thousand FTE", 10, 10_000, "researchers, full-time equivalents")
    researchers_growth: Numbers = quantity("state", "per year", -0.1, 0.2, "growth of researchers, last decade")
    graduates_growth: Numbers = quantity("state", "per year", -0.1, 0.2, "growth of these doctorates, last decade")
    migrants: Numbers = quantity("state", "thousand a year", 0, 100, "researchers who leave for the rival")
    digital_core_value_added: Numbers = quantity(
        "state", "bn USD", 10, 10_000, "value added of digital core industries"
    )
    strategic_emerging_share: Numbers = quantity("state", "fraction", 0, 0.5, "strategic emerging industries, of GDP")
    tax_credit: Numbers = quantity("state", "1 - B index", -0.1, 0.6, "tax subsidy per unit of R&D")
    corporate_tax: Numbers = quantity("state", "fraction", 0, 0.6, "statutory tax rate on profit")
    state_owned_share: Numbers = quantity("state", "fraction", 0, 1, "firms owned or controlled by the state")
    emerging_growth_excess: Numbers = quantity(
        "state", "per year", -0.1, 0.2, "log growth of the share of strategic emerging industries in GDP"
    )
    market_size: Numbers = quantity("sector", "bn USD", 0.01, 10_000, "sales in the world")
    demand_share: Numbers = quantity("bloc sector", "fraction", 0, 1, "purchases by bloc, of the world market")
    supply_share: Numbers = quantity("bloc sector", "fraction", 0, 1, "sales by headquarters, of the world market")
    growth_forecast: Numbers = quantity("bloc sector", "per year", -0.2, 1, "nominal growth of the market as forecast")
    maturity: Numbers = quantity("sector", "ratio", 0.001, 1, "market over its industries, relative to 2020")
    rival_sales_share: Numbers = quantity("state sector", "fraction", 0, 1, "own firms' sales that go to the rival")
    value_added_share: Numbers = quantity("state sector", "fraction", 0, 1, "value added, of revenue")
    rd_intensity: Numbers = quantity("state sector", "fraction", 0, 1, "R&D, of revenue")
    position: Numbers = quantity(
        "state sector", "fraction", 0.05, 1, "technology, the better of the two states being 1"
    )
    pace: Numbers = quantity("sector", "per year", 0.005, 0.15, "log growth of technology by which leads become months")
    final_hardness: Numbers = quantity("sector", "1", 1, 4, "how hard a good is to do without for final users")
    procurement_share: Numbers = quantity("state sector", "fraction", 0, 1, "purchases by government, of home demand")
    tail_exponent: Numbers = quantity("state sector", "1", 0.8, 1.6, "Pareto exponent of firm size")
    listed_share: Numbers = quantity("state sector", "fraction", 0, 1, "own firms' sales by firms on the rival's list")
    control_breadth: Numbers = quantity("state sector", "fraction", 0, 1, "exports to the rival that need a licence")
    control_depth: Numbers = quantity("state sector", "fraction", 0, 1, "licences that are refused")
    control_enforcement: Numbers = quantity("state", "fraction", 0, 1, "effort against evasion of own controls")
    control_end_use: Numbers = quantity("state", "fraction", 0, 1, "part of controls aimed at listed users")
    allied_participation: Numbers = quantity(
        "state", "fraction", 0, 1, "part of own export controls that allies are asked to join"
    )
    listing_denial: Numbers = quantity("state", "fraction", 0, 1, "supplies of listed firms that are refused")
    inbound_screening: Numbers = quantity("state", "fraction", 0, 1, "rival's investment at home that is refused")
    outbound_screening: Numbers = quantity("state", "fraction", 0, 1, "own investment in the rival that is refused")
    talent_recruitment: Numbers = quantity("state", "fraction", 0, 1, "effort to win researchers back from the rival")
    visa_limits: Numbers = quantity("state", "fraction", 0, 1, "exchange of researchers with the rival that is refused")
    collaboration_limits: Numbers = quantity("state", "fraction", 0, 1, "co-invention with the rival that is refused")
    science_limits: Numbers = quantity("state", "fraction", 0, 1, "open science and open source closed to the rival")
    technology_acquisition: Numbers = quantity("state", "fraction", 0, 1, "effort to obtain the rival's technology")
    counter_intelligence: Numbers = quantity("state", "fraction", 0, 1, "effort against the rival's doing so")
    procurement_localisation: Numbers = quantity(
        "state sector", "fraction", 0, 1, "public purchases from the rival that are ended"
    )
    tariff: Numbers = quantity("state sector", "fraction", 0, 1, "mean tariff on the rival's goods")
    exports: Numbers = quantity("bloc", "bn USD", 1, 20_000, "goods and services sold to the other blocs")
    imports: Numbers = quantity("bloc", "bn USD", 1, 20_000, "goods and services bought from the other blocs")
    rest_goods_to_rival: Numbers = quantity("state", "bn USD", 1, 5000, "goods outside the sectors sold to the rival")
    rest_services_to_rival: Numbers = quantity("state", "bn USD", 1, 5000, "services sold to the rival")
    relative_productivity: Numbers = quantity("bloc", "ratio", 0.05, 2, "productivity, the United States being 1")
    other_digital_input_share: Numbers = quantity(
        "sector", "fraction", 0, 0.5, "inputs bought by the digital account without firms, of its value added"
    )
    input_share: Numbers = quantity("input user", "fraction", 0, 0.6, "purchases of the input, of the user's revenue")
    chokepoint_owner: Numbers = quantity("bloc good", "fraction", 0, 1, "makers of a single input, by place")
    chokepoint_share: Numbers = quantity("good user", "fraction", 0, 1, "purchases of it, of the user's revenue")
    chokepoint_hardness: Numbers = quantity("good", "1", 1, 4, "how hard a single input is to replace, 4 = hardest")
    hardness: Numbers = quantity("input user", "1", 1, 4, "how hard the input is to replace, 4 = hardest")


QUANTITIES: Final[dict[str, Quantity]] = {item.name: item.metadata["quantity"] for item in fields(BaseYear)}
"""Every quantity of the base year by name."""

ELSEWHERE: Final = {"user", "good"}
"""Dimensions of quantities that have files of their own."""
# Figures stand in the file as their source prints them; these are the units that a quantity also accepts.
_SCALES: Final = {("fraction", "%"): 0.01, ("per year", "% a year"): 0.01}


def base_file(year: int) -> str:
    """Name of the file of a base year."""
    return f"base_{year}.csv"


def read_base_year(
    folder: Traversable, year: int, vintage: str, sectors: tuple[str, ...], problems: list[str]
) -> BaseYear:
    """Read the base year of one vintage; problems are appended, and missing cells are then not a number."""
    name = base_file(year)
    rows = [row for row in table(folder, name, HEADER, problems) if _known(row, problems)]
    chosen = [row for row in rows if row.cells["vintage"] in ("", vintage)]
    values: dict[str, Numbers] = {}
    for key, quantity in QUANTITIES.items():
        if ELSEWHERE.isdisjoint(quantity.dims):
            own = [row for row in chosen if row.cells["quantity"] == key]
            values[key] = _filled(key, own, sectors, values, problems)
            problems += _missing(name, key, values[key], sectors)
    for key in ("demand_share", "supply_share"):
        values[key] = _normalised(name, key, values[key], sectors, problems)
    values |= read_links(folder, sectors, problems)
    values |= read_chokepoints(folder, sectors, values["market_size"], problems)
    problems += _overspent(values, sectors)
    return BaseYear(**{key: frozen(value) for key, value in values.items()})


def sources(name: str, year: int) -> dict[str, str]:
    """Where the shipped values of a quantity by sector come from, in a year that has a file."""
    rows = table(files("techduel.facts"), base_file(year), HEADER, [])
    return {row.cells["sector"]: row.cells["source"] for row in rows if row.cells["quantity"] == name}


def _known(row: Row, problems: list[str]) -> bool:
    quantities = [key for key, item in QUANTITIES.items() if ELSEWHERE.isdisjoint(item.dims)]
    if row.cells["quantity"] not in quantities:
        problems.append(f"{row.place}: unknown quantity {row.cells['quantity']!r}; known: {', '.join(quantities)}")
    elif row.cells["vintage"] not in ("", *VINTAGES):
        problems.append(f"{row.place}: unknown vintage {row.cells['vintage']!r}; known: {', '.join(VINTAGES)}")
    else:
        return True
    return False


def _filled(
    key: str, rows: Sequence[Row], sectors: tuple[str, ...], filled: Mapping[str, Numbers], problems: list[str]
) -> Numbers:
    """Values of one quantity; a cell ``all`` gives every member of an axis, and a row for one member overrides it."""
    axes = _axes(key, sectors)
    values = np.full([len(members) for members in axes.values()], np.nan)
    seen: dict[tuple[str, str], str] = {}
    for row in sorted(rows, key=lambda row: "all" not in (row.cells["sector"], row.cells["where"])):
        problem, place = _place(row, axes), (row.cells["sector"], row.cells["where"])
        if not problem and place in seen:
            problem = f"second value for this quantity, sector and place (first at {seen[place]})"
        value = np.nan if problem else _converted(row, QUANTITIES[key].unit, filled)
        problem = problem or _value_problem(value, row, QUANTITIES[key])
        if problem:
            problems.append(f"{row.place}: {problem}")
            continue
        seen[place] = row.place
        values[tuple(_index(row.cells[column], members) for column, members in axes.items())] = value
    return values


def _axes(key: str, sectors: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Members along each axis of a quantity, by the column of the file that names them."""
    columns = {"state": ("where", STATES), "bloc": ("where", BLOCS), "sector": ("sector", sectors)}
    return dict(columns[dim] for dim in QUANTITIES[key].dims)


def _place(row: Row, axes: Mapping[str, tuple[str, ...]]) -> str:
    for column in ("where", "sector"):
        cell = row.cells[column]
        if column not in axes and cell:
            return f"{row.cells['quantity']} has no {column}, but {cell!r} is given"
        if column in axes and cell not in (*axes[column], "all"):
            return f"unknown {column} {cell!r}; known: {', '.join(axes[column])}, all"
    return ""


def _index(cell: str, members: tuple[str, ...]) -> int | slice:
    return slice(None) if cell == "all" else members.index(cell)


def _converted(row: Row, unit: str, filled: Mapping[str, Numbers]) -> float:
    """The figure in the unit of its quantity; not a number when its unit does not fit."""
    given, where = row.cells["unit"], row.cells["where"]
    if given == unit:
        return row.value
    if (unit, given) in _SCALES:
        return row.value * _SCALES[unit, given]
    if unit == "bn USD" and where in STATES:
        state = STATES.index(where)
        if given == "bn yuan":
            return row.value / float(filled["currency_per_usd"][state])
        if given == "% of GDP":
            return row.value / 100 * float(filled["gdp"][state])
    return np.nan


def _value_problem(value: float, row: Row, quantity: Quantity) -> str:
    if np.isnan(value):
        return f"unit {row.cells['unit']!r} does not fit {row.cells['quantity']} ({quantity.unit})"
    if outside(value, quantity.low, quantity.high):
        return f"value {value:g} is out of range; allowed {quantity.low:g} to {quantity.high:g} ({quantity.unit})"
    return ""


def _missing(name: str, key: str, values: Numbers, sectors: tuple[str, ...]) -> Iterator[str]:
    axes = list(_axes(key, sectors).values())
    for place in np.argwhere(np.isnan(values)):
        yield f"{name}:1: no value of {key} for {', '.join(axes[axis][at] for axis, at in enumerate(place))}"


def _normalised(name: str, key: str, shares: Numbers, sectors: tuple[str, ...], problems: list[str]) -> Numbers:
    # Published percentages are rounded, so their sum may miss 1 by a little; more than that is an error.
    sums = shares.sum(axis=0)
    problems += [
        f"{name}:1: {key} of {sector} sums to {sums[at]:.4f}, not 1"
        for at, sector in enumerate(sectors)
        if abs(sums[at] - 1) > ROUNDING
    ]
    return shares / np.where(sums > 0, sums, np.nan)


def _overspent(values: Mapping[str, Numbers], sectors: tuple[str, ...]) -> Iterator[str]:
    spent = values["value_added_share"] + values["input_share"].sum(axis=0)
    for state, at in np.argwhere(spent > 1 + ROUNDING):
        where = f"{sectors[at]} in {STATES[state]}"
        yield f"input_output.csv:1: value added and inputs of {where} are {spent[state, at]:.3f} of revenue"
