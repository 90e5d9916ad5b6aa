"""Parameters of goods: demand, prices, shares, and what restrictions do to them."""

from dataclasses import dataclass

from techduel.model.axes import Array
from techduel.model.parameters.parameter import parameter


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
    origin_elasticity: Array = parameter(
        "elasticity of substitution between origins in the long run, where buyers turn slowly; at most that between "
        "firms",
        "1",
        1.5,
        4.5,
        "Boehm, Levchenko and Pandalai-Nayar 2023: 1.75 to 2.25 of trade in the long run; survey mean 3.8 (Bajzik et "
        "al. 2020)",
    )
    switching_years: Array = parameter(
        "time in which buyers go 63 % of the way to other makers, where they turn slowly",
        "years",
        1.5,
        8.0,
        "Boehm, Levchenko and Pandalai-Nayar 2023: the long run after 7 to 10 years; plants take two years to build "
        "(Koeva 2000)",
    )
    demand_elasticity: Array = parameter(
        "price elasticity of a market's spending volume; 1 leaves spending unchanged by price",
        "1",
        0.5,
        1.5,
        "assumption",
    )
    home_bias: Array = parameter(
        "prior weight of buying at home relative to elsewhere, before flows are fitted to the margins",
        "ratio",
        1.0,
        20.0,
        "assumption",
    )
    intermediate_limit: Array = parameter(
        "largest part of base-year spending on an input that model firms and digital accounts may explain",
        "share",
        0.1,
        0.9,
        "assumption: keeps final demand positive",
    )
    normal_margin: Array = parameter(
        "operating margin that is left after R&D at the sector's own R&D intensity",
        "share of sales",
        0.05,
        0.2,
        "assumption, below the gross margins of company reports",
    )
    shock_probability: Array = parameter(
        "chance that a firm's appeal to buyers is shocked in a quarter",
        "per quarter",
        0.05,
        1.0,
        "assumption: rare shocks give the tent-shaped growth rates of Bottazzi and Secchi 2006",
    )
    shock_size: Array = parameter(
        "scale of the Laplace shock to appeal",
        "log",
        0.01,
        0.12,
        "assumption; standard deviation of log R&D growth in the JRC-OECD panel is 0.26-0.42",
    )
    appeal_persistence: Array = parameter(
        "part of a firm's appeal that is left after a year",
        "per year",
        0.5,
        0.99,
        "assumption: persistent productivity dispersion",
    )

    trend_years: Array = parameter("time over which sales are smoothed into a trend", "years", 2.0, 10.0, "assumption")


@dataclass(frozen=True, slots=True)
class AccessParameters:
    """How restrictions bite and leak."""

    evasion: Array = parameter(
        "part of a shallow control that leaks through third countries without enforcement",
        "share",
        0.0,
        0.4,
        "assumption",
    )
    evasion_slope: Array = parameter(
        "additional leak per unit of control depth, since deeper controls pay smugglers better",
        "share",
        0.0,
        0.6,
        "assumption",
    )
    licence_cost: Array = parameter(
        "price equivalent of asking for licences, when all exports to the rival need one",
        "log",
        0.0,
        0.05,
        "assumption",
    )
    allied_consent: Array = parameter(
        "log odds that allies join a control when both states lead alike and nothing is at stake",
        "log odds",
        -1.0,
        1.5,
        "assumption",
    )
    allied_influence: Array = parameter(
        "rise of these log odds with leadership in emerging industries over the rival's",
        "1",
        0.0,
        8.0,
        "assumption; the article: leadership brings influence, which is leveraged",
    )
    allied_stake: Array = parameter(
        "fall of these log odds with the part of their sales that allies have at stake", "1", 0.0, 10.0, "assumption"
    )
    allied_pull: Array = parameter(
        "rise of these log odds with full technology cooperation", "1", 0.0, 3.0, "assumption"
    )
    allied_facilitation: Array = parameter(
        "price advantage of allies' goods at full technology cooperation", "log", 0.0, 0.06, "assumption"
    )
    cooperation_speed: Array = parameter(
        "how fast technology cooperation with allies grows", "per year", 0.05, 0.5, "assumption"
    )
    standards_reach: Array = parameter(
        "price advantage in third markets that full effort for standards wins in the end",
        "log",
        0.0,
        0.15,
        "assumption",
    )
    standards_speed: Array = parameter("how fast it does", "per year", 0.05, 0.5, "assumption")
    knowledge_closing: Array = parameter(
        "exponent of the concave closing of knowledge by control depth: few products carry most knowledge",
        "1",
        1.0,
        4.0,
        "assumption",
    )
