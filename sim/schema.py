"""Every parameter's meaning, unit, range and source; the values live in ``configs/params``.

One frozen dataclass per group; one table serves validation, documentation, prior draws and the JSON Schema for editors.
A parameter is a number for the whole model, or one number for each state or sector (``axis``).
"""

import difflib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final

import numpy as np

from sim.axes import STATES, Array


@dataclass(frozen=True, slots=True)
class Parameter:
    """What is known about one parameter, apart from its value."""

    meaning: str
    unit: str
    low: float
    high: float
    source: str
    axis: str | None = None


def parameter(meaning: str, unit: str, low: float, high: float, source: str, axis: str | None = None) -> Any:
    """A dataclass field that carries its `Parameter`."""
    return field(metadata={"parameter": Parameter(meaning, unit, low, high, source, axis)})


@dataclass(frozen=True, slots=True)
class MarketParameters:
    """Demand, prices and shares."""

    elasticity: Array = parameter(
        "elasticity of substitution between firms' varieties (Armington elasticity between origins)",
        "1",
        2.5,
        5.1,
        "Bajzik et al. 2020: 3.8, 2.5-5.1; chips, pharma, minerals lower: assumption",
        "sector",
    )
    demand_elasticity: Array = parameter(
        "price elasticity of a market's spending volume; 1 leaves spending unchanged by price",
        "1",
        0.5,
        1.5,
        "assumption",
        None,
    )
    home_bias: Array = parameter(
        "prior weight of buying at home relative to elsewhere, before flows are fitted to the margins",
        "ratio",
        1.0,
        20.0,
        "assumption",
        None,
    )
    intermediate_limit: Array = parameter(
        "largest part of base-year spending on an input that model firms and digital accounts may explain",
        "share",
        0.1,
        0.9,
        "assumption: keeps final demand positive",
        None,
    )
    normal_margin: Array = parameter(
        "operating margin that is left after R&D at the sector's own R&D intensity",
        "share of sales",
        0.05,
        0.2,
        "assumption, below the gross margins of company reports",
        None,
    )
    shock_probability: Array = parameter(
        "chance that a firm's appeal to buyers is shocked in a quarter",
        "per quarter",
        0.05,
        1.0,
        "assumption: rare shocks give the tent-shaped growth rates of Bottazzi and Secchi 2006",
        None,
    )
    shock_size: Array = parameter(
        "scale of the Laplace shock to appeal",
        "log",
        0.01,
        0.12,
        "assumption; standard deviation of log R&D growth in the JRC-OECD panel is 0.26-0.42",
        None,
    )
    appeal_persistence: Array = parameter(
        "part of a firm's appeal that is left after a year",
        "per year",
        0.5,
        0.99,
        "assumption: persistent productivity dispersion",
        None,
    )

    trend_years: Array = parameter(
        "time over which sales are smoothed into a trend",
        "years",
        2.0,
        10.0,
        "assumption",
        None,
    )


@dataclass(frozen=True, slots=True)
class AccessParameters:
    """How restrictions bite and leak."""

    evasion: Array = parameter(
        "part of a shallow control that leaks through third countries without enforcement",
        "share",
        0.0,
        0.4,
        "assumption",
        None,
    )
    evasion_slope: Array = parameter(
        "additional leak per unit of control depth, since deeper controls pay smugglers better",
        "share",
        0.0,
        0.6,
        "assumption",
        None,
    )
    listing_denial: Array = parameter(
        "part of the rival's supplies that a firm on the entity list is refused",
        "share",
        0.1,
        0.95,
        "assumption: many licences were granted in 2019-2020",
        None,
    )
    knowledge_closing: Array = parameter(
        "exponent of the concave closing of knowledge by control depth: few products carry most knowledge",
        "1",
        1.0,
        4.0,
        "assumption",
        None,
    )


@dataclass(frozen=True, slots=True)
class ResearchParameters:
    """Spending on research."""

    user_cost_elasticity: Array = parameter(
        "elasticity of R&D to its user cost (entered as a positive number)",
        "1",
        0.5,
        2.6,
        "Hall and Van Reenen 2000: about 1; Chen et al. 2021: 1.14 real; Dechezlepretre et al. 2016: 2.6",
        None,
    )
    market_incentive: Array = parameter(
        "elasticity of R&D to the growth of the sector's sales",
        "1",
        0.0,
        0.6,
        "assumption",
        None,
    )
    inducement: Array = parameter(
        "elasticity of R&D to the value of replacing a denied input; either sign is possible",
        "1",
        -0.5,
        1.5,
        "assumption; findings range from none to +49 % (Liu, Long, Ma, Wang 2025)",
        None,
    )
    crowd_in: Array = parameter(
        "elasticity of private R&D to government-funded R&D",
        "1",
        0.2,
        0.7,
        "Moretti, Steinwender, Van Reenen 2025",
        None,
    )
    support_floor: Array = parameter(
        "support per unit of R&D that is added before the elasticity applies, so that no support is not infinitely bad",
        "share of R&D",
        0.01,
        0.2,
        "assumption",
        None,
    )
    relabelled_share: Array = parameter(
        "part of subsidised R&D that is not R&D",
        "share",
        0.0,
        0.45,
        "Chen et al. 2021: 24.2 % in China; none found for the United States",
        "state",
    )
    state_owned_efficiency: Array = parameter(
        "research output of a state-owned firm relative to a private one at equal spending",
        "ratio",
        0.5,
        1.0,
        "assumption, after Koenig et al. 2022 on misallocated Chinese R&D",
        None,
    )
    adjustment: Array = parameter(
        "part of the log distance to the desired R&D that is closed in a quarter",
        "per quarter",
        0.1,
        0.6,
        "assumption: R&D is costly to adjust (Hall 2002)",
        None,
    )
    rule_spread: Array = parameter(
        "standard deviation of firms' log R&D intensity within a sector at the start",
        "log",
        0.1,
        0.6,
        "assumption, inside the spread of the JRC-OECD panel",
        None,
    )
    rule_copying: Array = parameter(
        "rate at which a firm compares itself with a peer and copies the R&D rule of a more profitable one",
        "per year",
        0.0,
        0.2,
        "assumption: slow evolution of routines (Nelson and Winter 1982)",
        None,
    )
    rule_mutation: Array = parameter(
        "spread of the error in copying a rule",
        "log",
        0.0,
        0.2,
        "assumption",
        None,
    )
    price_elasticity: Array = parameter(
        "elasticity of the price of research to R&D spending per researcher",
        "1",
        0.1,
        0.8,
        "assumption; Goolsbee 1998 finds that wages absorb a large part of R&D support",
        None,
    )
    denial_drag: Array = parameter(
        "log loss of research output per log point of input cost that denial adds",
        "1",
        0.0,
        4.0,
        "assumption",
        None,
    )
    filings_per_billion: Array = parameter(
        "international patent applications per billion dollars of business R&D",
        "per bn USD of 2020",
        50.0,
        400.0,
        "derived: WIPO PCT filings of 2020 over business R&D",
        "state",
    )
    reference_intensity: Array = parameter(
        "R&D intensity at which a firm can absorb all that it imitates",
        "share of sales",
        0.03,
        0.2,
        "assumption, the mean of the digital sectors",
        None,
    )


@dataclass(frozen=True, slots=True)
class IdeaParameters:
    """Innovation and imitation."""

    innovation_rate: Array = parameter(
        "successes a year of a firm with its sector's usual R&D for its size in 2020",
        "per year",
        0.2,
        0.8,
        "assumption: with the step it gives the frontier growth of about 3 % a year of ICT industries",
        None,
    )
    curvature: Array = parameter(
        "elasticity of innovation to effective R&D",
        "1",
        0.35,
        0.65,
        "Acemoglu et al. 2018; standard 0.5",
        None,
    )
    size_exponent: Array = parameter(
        "part of a firm's size that its R&D must match; below 1 large firms keep an edge",
        "1",
        0.4,
        1.0,
        "assumption",
        None,
    )
    position_scale: Array = parameter(
        "log technology per log of a position in the facts; 1 would put Chinese chips decades behind, the industry "
        "says four years",
        "1",
        0.05,
        0.5,
        "assumption fitted to the four years of the leading chip node (SIA 2020)",
        None,
    )
    step: Array = parameter(
        "mean rise of log technology per innovation",
        "log",
        0.02,
        0.13,
        "Akcigit and Kerr 2018: 0.05 to 0.08; Acemoglu et al. 2018: 0.13",
        None,
    )
    difficulty: Array = parameter(
        "log rise of the cost of an idea per log point that the frontier has moved",
        "1",
        0.5,
        2.5,
        "after Bloom et al. 2020, who find research productivity in chips falling by 7 % a year",
        "sector",
    )
    basic_elasticity: Array = parameter(
        "elasticity of innovation to the stock of basic research",
        "1",
        0.06,
        0.25,
        "Fieldhouse and Mertens 2023: 0.12; more in frontier fields: assumption",
        "sector",
    )
    collaboration: Array = parameter(
        "log rise of innovation by co-invention with the rival for a firm that needs it fully",
        "log",
        0.05,
        0.8,
        "assumption; Cao et al. 2024 find lost co-invention behind lower patenting",
        None,
    )
    collaboration_floor: Array = parameter(
        "need of co-invention that even a firm at the frontier has",
        "share",
        0.0,
        0.4,
        "assumption",
        None,
    )
    collaboration_distance: Array = parameter(
        "distance to the home frontier at which a firm needs co-invention fully",
        "log",
        0.2,
        1.2,
        "assumption",
        None,
    )
    collaboration_parity: Array = parameter(
        "need of co-invention when the two states' frontiers are level",
        "share",
        0.0,
        0.8,
        "assumption",
        None,
    )
    collaboration_lead: Array = parameter(
        "lead of the rival's frontier that raises the need from none to full",
        "log",
        0.1,
        0.6,
        "assumption",
        None,
    )
    feasibility_slope: Array = parameter(
        "fall of the feasibility of a substitute per log point that home technology of the input lags",
        "1",
        1.0,
        8.0,
        "assumption",
        None,
    )
    feasibility_floor: Array = parameter(
        "least feasibility of a substitute",
        "share",
        0.001,
        0.2,
        "assumption",
        None,
    )
    imitation_rate: Array = parameter(
        "imitations a year of a fully absorbing firm with everything to learn",
        "per year",
        0.15,
        0.8,
        "innovation rate over 0.7: imitation takes 0.7 of the time (Mansfield, Schwartz, Wagner 1981)",
        None,
    )
    imitation_closure: Array = parameter(
        "part of the reachable gap that an imitation closes",
        "share",
        0.1,
        0.6,
        "assumption",
        None,
    )
    imitation_halfway: Array = parameter(
        "reachable gap at which half of the effort goes into imitation",
        "log",
        0.1,
        0.6,
        "assumption",
        None,
    )
    imitation_cost: Array = parameter(
        "log loss of innovation of a firm that puts all effort into imitation",
        "log",
        0.1,
        0.9,
        "assumption: (1 - 0.6)^0.5",
        None,
    )
    home_spillover: Array = parameter(
        "part of the distance to the home frontier that can be imitated",
        "share",
        0.05,
        0.5,
        "assumption: with more, firm sizes lose their fat tail",
        None,
    )
    recovery: Array = parameter(
        "part of a denied input that one discovery replaces when a substitute is feasible",
        "share",
        0.05,
        0.6,
        "assumption",
        None,
    )


@dataclass(frozen=True, slots=True)
class KnowledgeParameters:
    """Channels through which one state's firms learn from the other's, and basic research."""

    embodied: Array = parameter("weight of goods, licences and tools", "share", 0.0, 0.5, "assumption", None)
    coinvention: Array = parameter("weight of co-invention", "share", 0.0, 0.5, "assumption", None)
    talent: Array = parameter("weight of people who move", "share", 0.0, 0.5, "assumption", None)
    science: Array = parameter("weight of open science and open source", "share", 0.0, 0.5, "assumption", None)
    investment: Array = parameter(
        "weight of investment, mergers and R&D centres abroad", "share", 0.0, 0.5, "assumption", None
    )
    illicit: Array = parameter("weight of illicit transfer", "share", 0.0, 0.5, "assumption", None)
    tie_replacement: Array = parameter(
        "rate at which lost co-invention is replaced by other partners", "per year", 0.02, 0.3, "assumption", None
    )
    tie_replaceable: Array = parameter(
        "part of lost co-invention that can be replaced", "share", 0.0, 1.0, "assumption", None
    )
    basic_lag: Array = parameter(
        "mean time from basic research to its use", "years", 5.0, 20.0, "Adams 1990: about 10 to 20 years", None
    )
    basic_depreciation: Array = parameter(
        "depreciation of the stock of basic research",
        "per year",
        0.0,
        0.1,
        "convention: slower than business R&D",
        None,
    )
    basic_spillover: Array = parameter(
        "part of the rival's stock that open science adds to one's own",
        "share",
        0.0,
        0.3,
        "assumption, after Coe and Helpman 1995",
        None,
    )


@dataclass(frozen=True, slots=True)
class TalentParameters:
    """Researchers."""

    attrition: Array = parameter("researchers who retire or leave research", "per year", 0.01, 0.06, "assumption", None)
    graduates_decay: Array = parameter(
        "time in which the growth of graduates falls to 37 %",
        "years",
        5.0,
        40.0,
        "assumption: cohorts shrink in both countries (UN World Population Prospects 2019)",
        None,
    )
    pay_elasticity: Array = parameter(
        "elasticity of migration to the ratio of research pay", "1", 0.0, 2.0, "assumption", None
    )
    recruitment_pull: Array = parameter(
        "part of the outflow that full talent recruitment calls back", "share", 0.0, 0.8, "assumption", None
    )


@dataclass(frozen=True, slots=True)
class FinanceParameters:
    """Cash, equity and failure."""

    cash_target: Array = parameter(
        "cash that a firm keeps; the excess is paid out", "share of annual sales", 0.1, 1.0, "assumption", None
    )
    young_age: Array = parameter("age until which a firm can raise equity", "years", 3.0, 15.0, "assumption", None)
    equity_limit: Array = parameter(
        "equity that a young firm can raise in a year", "share of annual sales", 0.0, 1.0, "assumption", None
    )
    lean_research: Array = parameter(
        "part of its operating surplus that even an indebted firm spends on research",
        "share",
        0.02,
        0.5,
        "assumption",
        None,
    )
    debt_limit: Array = parameter(
        "negative cash at which a firm fails", "share of annual sales", 0.0, 1.0, "assumption", None
    )


@dataclass(frozen=True, slots=True)
class EntryParameters:
    """Firms that come and go."""

    initial_occupancy: Array = parameter(
        "part of the slots that is taken in the base year", "share", 0.4, 0.9, "assumption", None
    )
    arrival_rate: Array = parameter(
        "entrants a year per slot", "per year", 0.005, 0.1, "assumption: balances exit in the base year", None
    )
    exit_rate: Array = parameter(
        "exits a year for reasons outside the model", "per year", 0.0, 0.05, "assumption", None
    )
    exit_size: Array = parameter(
        "sales below which a firm leaves, relative to the mean of its sector at home",
        "share",
        0.01,
        0.3,
        "assumption",
        None,
    )
    soft_budget: Array = parameter(
        "exit size of a state-owned firm relative to a private one",
        "ratio",
        0.0,
        1.0,
        "assumption: soft budget constraint (Kornai 1986)",
        None,
    )
    entrant_gap: Array = parameter(
        "distance of an entrant's technology below the home mean", "log", 0.0, 0.5, "assumption", None
    )
    entrant_spread: Array = parameter("range of entrants' technology around that", "log", 0.05, 0.6, "assumption", None)
    ecosystem: Array = parameter(
        "elasticity of entry to the breadth of home suppliers", "1", 0.0, 1.0, "assumption", None
    )
    market_pull: Array = parameter(
        "elasticity of entry to the growth of the sector's sales", "1", 0.0, 2.0, "assumption", None
    )
    tie_share: Array = parameter(
        "part of firms outside the top four that co-invent with the rival; of the top four it is 0.5 more",
        "share",
        0.0,
        0.5,
        "assumption",
        None,
    )


@dataclass(frozen=True, slots=True)
class ParadigmParameters:
    """Diffusion of demand and the change from the mobile internet to the Internet of Things."""

    diffusion_speed: Array = parameter(
        "logistic speed of the spread of a technology through its market",
        "per year",
        0.08,
        0.4,
        "after Griliches 1957 and later diffusion studies",
        None,
    )
    diffusion_limit: Array = parameter(
        "largest remaining rise of demand relative to GDP", "ratio", 1.0, 8.0, "assumption", None
    )
    forecast_trust: Array = parameter(
        "part of the growth that market studies forecast which is used: their authors sell optimism",
        "share",
        0.2,
        1.0,
        "assumption",
        None,
    )
    iot_midpoint: Array = parameter(
        "year in which the Internet of Things has half of the new investment",
        "year",
        2022.0,
        2035.0,
        "article: a window of five to ten years from 2021",
        None,
    )
    iot_speed: Array = parameter("logistic speed of that change", "per year", 0.1, 0.8, "assumption", None)
    lock_in: Array = parameter(
        "part of a firm's lead over its sector that a full change of paradigm takes away",
        "share",
        0.0,
        0.6,
        "assumption",
        None,
    )


@dataclass(frozen=True, slots=True)
class AccountParameters:
    """The rest of the economy."""

    engine_elasticity: Array = parameter(
        "rise of output elsewhere per log fall of digital input prices beyond the expected",
        "1",
        0.0,
        0.12,
        "derived: spending on the model's digital sectors is about 4 % of GDP",
        None,
    )
    expected_decline: Array = parameter(
        "fall of quality-adjusted digital prices that GDP forecasts contain", "per year", 0.0, 0.06, "assumption", None
    )
    digital_price_elasticity: Array = parameter(
        "elasticity of other digital value added to digital input prices (positive number)",
        "1",
        0.0,
        0.6,
        "assumption",
        None,
    )
    other_rd_limit: Array = parameter(
        "business R&D intensity outside the model's sectors towards which a state moves, relative to its own of 2020",
        "ratio",
        0.8,
        2.0,
        "assumption after the path of business-funded R&D 2003-2020",
        "state",
    )
    other_rd_speed: Array = parameter(
        "speed of that movement", "per year", 0.02, 0.2, "fitted to business-funded R&D over GDP 2010-2020", None
    )
    emerging_limit: Array = parameter(
        "share of other strategic emerging industries in GDP towards which a state moves, relative to 2020",
        "ratio",
        1.0,
        2.5,
        "assumption",
        "state",
    )
    growth_shock: Array = parameter(
        "standard deviation of annual GDP growth around its forecast",
        "per year",
        0.0,
        0.03,
        "assumption, after one-year forecast errors published before 2021",
        "state",
    )
    growth_shock_persistence: Array = parameter(
        "part of a quarter's deviation of growth that is left in the next", "per quarter", 0.0, 0.95, "assumption", None
    )


@dataclass(frozen=True, slots=True)
class Parameters:
    """All groups; arrays are (1 or run, 1 or state, 1 or sector, 1)."""

    market: MarketParameters
    access: AccessParameters
    research: ResearchParameters
    ideas: IdeaParameters
    knowledge: KnowledgeParameters
    talent: TalentParameters
    finance: FinanceParameters
    entry: EntryParameters
    paradigm: ParadigmParameters
    accounts: AccountParameters


GROUPS: Final[dict[str, type]] = {item.name: item.type for item in fields(Parameters)}  # type: ignore[misc]


def described() -> dict[str, Parameter]:
    """Every parameter by its full name, ``group.name``."""
    return {
        f"{group}.{item.name}": item.metadata["parameter"] for group, kind in GROUPS.items() for item in fields(kind)
    }


def problems(values: Mapping[str, Any], sectors: Sequence[str]) -> list[str]:
    """Everything that is wrong with plain parameter values, one line each; empty when they are sound."""
    found = _unknown(values, GROUPS, "params")
    for group, kind in GROUPS.items():
        given = values.get(group, {})
        if not isinstance(given, Mapping):
            found.append(f"params.{group}: expected a group of parameters, got {given!r}")
            continue
        names = {item.name: item.metadata["parameter"] for item in fields(kind)}
        found += _unknown(given, names, f"params.{group}")
        for name, known in names.items():
            key = f"params.{group}.{name}"
            found += value_problems(key, given[name], known, sectors) if name in given else [f"{key}: missing"]
    return found


def parameters(values: Mapping[str, Mapping[str, Any]], sectors: Sequence[str]) -> Parameters:
    """Checked plain values as arrays that broadcast over (run, state, sector, slot).

    Raises
    ------
    ValueError
        With all problems, one a line.
    """
    found = problems(values, sectors)
    if found:
        raise ValueError("\n".join(found))
    return Parameters(
        **{
            group: kind(
                **{
                    item.name: _array(values[group][item.name], item.metadata["parameter"], sectors)
                    for item in fields(kind)
                }
            )
            for group, kind in GROUPS.items()
        }
    )


def members(axis: str | None, sectors: Sequence[str]) -> tuple[str, ...]:
    """The names along a parameter's axis; none for a single number."""
    return {"state": STATES, "sector": tuple(sectors), None: ()}[axis]


def range_problem(key: str, value: Any, low: float, high: float, unit: str) -> str | None:
    """One line when a value is not a finite number inside its range, else None."""
    allowed = f"allowed {low:g} to {high:g} ({unit})"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return f"{key}: {value!r} is not a number; {allowed}"
    if not math.isfinite(value):
        return f"{key}: {value} is not finite; {allowed}"
    if not low <= value <= high:
        return f"{key}: {value:g} is out of range; {allowed}"
    return None


def unknown(name: str, known: Sequence[str], prefix: str) -> str:
    """One line for a name that does not exist, with the nearest that does."""
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"; did you mean {near[0]}?" if near else f"; known: {', '.join(sorted(known)[:12])}"
    return f"{prefix}.{name}: unknown{hint}"


def _unknown(given: Mapping[str, Any], known: Mapping[str, Any], prefix: str) -> list[str]:
    return [unknown(str(name), list(known), prefix) for name in given if name not in known]


def value_problems(key: str, value: Any, known: Parameter, sectors: Sequence[str]) -> list[str]:
    """Everything that is wrong with one parameter's plain value: a number, or a mapping along its axis."""
    if not isinstance(value, Mapping):
        return [line for line in [range_problem(key, value, known.low, known.high, known.unit)] if line]
    names = [*members(known.axis, sectors), *(["default"] if known.axis else [])]
    if not names:
        return [f"{key}: expected one number, got a mapping"]
    found = [unknown(str(name), names, key) for name in value if name not in names]
    missing = [name for name in members(known.axis, sectors) if name not in value and "default" not in value]
    found += [f"{key}.{name}: missing" for name in missing]
    checked = (
        range_problem(f"{key}.{name}", value[name], known.low, known.high, known.unit)
        for name in names
        if name in value
    )
    return found + [line for line in checked if line]


def _array(value: Any, known: Parameter, sectors: Sequence[str]) -> Array:
    if not isinstance(value, Mapping):
        return np.full((1, 1, 1, 1), float(value))
    line = np.array([float(value.get(name, value.get("default"))) for name in members(known.axis, sectors)])
    return line.reshape((1, -1, 1, 1) if known.axis == "state" else (1, 1, -1, 1))
