"""Parameters of the two states: limits of government, security, what a state sees of its rival, and what it wants."""

from dataclasses import dataclass

from techduel.model.axes import Array
from techduel.model.parameters.parameter import parameter


@dataclass(frozen=True, slots=True)
class GovernmentParameters:
    """What limits and delays what a state decides."""

    budget_limit: Array = parameter(
        "most public money for research and industry",
        "share of GDP",
        0.008,
        0.05,
        "assumption above the 0.5-0.7 % of 2020; no large-scale intervention in the United States (article)",
        "state",
    )
    budget_trend: Array = parameter(
        "growth of public money for research and industry over GDP where a state keeps to what is usual",
        "per year",
        -0.04,
        0.04,
        "five-year windows on record to 2015, R&D paid by governments over GDP: United States -5.0 to 2.8, China 0.4 "
        "to 4.3 % a year (history.csv); shipped: none, since their mean, shrunk, is below 0.5 %",
    )
    contracts_trend: Array = parameter(
        "growth of the part of business R&D outside the model's sectors that governments pay for",
        "per year",
        -0.12,
        0.03,
        "United States -11 % a year in 2010-2014, China -4 % (history.csv); -4 % from 26 % in 1990 to 12 % in 2010 in "
        "the United States (NSF, recalled)",
    )
    support_limit: Array = parameter(
        "most public money for industry alone: grants for R&D and support for production at home",
        "share of GDP",
        0.002,
        0.03,
        "CSIS 2022, Red Ink: all industrial support of 2019, 0.39 % of GDP in the United States, 1.73 % in China",
        "state",
    )
    absorption: Array = parameter(
        "most that public research budgets rise in a year",
        "per year",
        0.1,
        0.6,
        "assumption: laboratories and people have to be found",
    )
    screening_speed: Array = parameter(
        "how fast broad rules can be turned into screening of end users",
        "share per year",
        0.1,
        2.0,
        "assumption; the article: it takes time",
    )
    lobbying: Array = parameter(
        "resistance of firms to new controls, times the part of sales that they would lose",
        "1",
        0.0,
        0.6,
        "assumption; measured effects of lobbying on what is enacted are real and very small (Kang 2016); 0.6 of US "
        "technology workers want closer cooperation (article), an opinion and no elasticity",
        "state",
    )
    retaliation: Array = parameter(
        "part of its intended answer to the rival's restrictions that a state carries out",
        "share",
        0.0,
        1.0,
        "assumption",
        "state",
    )


@dataclass(frozen=True, slots=True)
class SecurityParameters:
    """Stocks, incidents and trust."""

    stock_speed: Array = parameter(
        "part of the distance to its aim that a stockpile is filled", "per year", 0.3, 3.0, "assumption"
    )
    stock_decay: Array = parameter("part of a stockpile that ages away", "per year", 0.02, 0.4, "assumption")
    espionage_rate: Array = parameter(
        "incidents of espionage at full effort of the rival, no defence, and all digital goods from the rival",
        "per year",
        5.0,
        60.0,
        "assumption: about one grave case in two years at the exposure of 2020",
    )
    disruption_rate: Array = parameter(
        "disruptions of supply at full dependence on a rival that is not trusted",
        "per year",
        0.5,
        6.0,
        "assumption: one in several years at the dependence of 2020",
    )
    incident_cost: Array = parameter(
        "loss of the rest of the economy in the quarter of an incident",
        "share of output",
        0.002,
        0.02,
        "Council of Economic Advisers 2018: malicious cyber activity cost 0.31-0.58 % of GDP in 2016; a rival's part "
        "of 5 to 30 % and 0.33 incidents a year: assumption",
    )
    forgetting: Array = parameter("fading of the memory of incidents", "per year", 0.1, 1.0, "assumption")
    trust_speed: Array = parameter(
        "how fast trust follows what the rival leaves open", "per year", 0.1, 1.5, "assumption"
    )
    trust_shock: Array = parameter("loss of trust in an incident", "share", 0.0, 0.2, "assumption")


@dataclass(frozen=True, slots=True)
class PerceptionParameters:
    """What a state sees of its rival, and what alarms it."""

    lag: Array = parameter("mean delay of what is seen", "years", 0.25, 3.0, "assumption")
    noise: Array = parameter(
        "standard deviation of the error in what is seen",
        "log",
        0.0,
        0.3,
        "assumption; RAND 2025: noisy information raises security spending",
    )
    persistence: Array = parameter(
        "part of that error that is left after a quarter", "per quarter", 0.0, 0.95, "assumption"
    )
    gap_scale: Array = parameter("lead of the rival that alarms clearly", "log", 0.03, 0.3, "assumption")
    rd_scale: Array = parameter("R&D of the rival over one's own that alarms clearly", "log", 0.1, 1.0, "assumption")
    weight_gap: Array = parameter("weight of the rival's lead in the threat", "1", 0.05, 1.0, "assumption")
    weight_rd: Array = parameter("weight of the rival's R&D in the threat", "1", 0.05, 1.0, "assumption")
    weight_dependence: Array = parameter("weight of dependence in the threat", "1", 0.05, 1.0, "assumption")
    weight_incidents: Array = parameter("weight of incidents in the threat", "1", 0.05, 1.0, "assumption")


@dataclass(frozen=True, slots=True)
class ObjectiveParameters:
    """What a state wants; swept, never fitted: the theory shows that these decide the answer."""

    leadership: Array = parameter(
        "weight of the lead in frontier fields, per log point", "1", 0.0, 1.0, "assumption", "state"
    )
    income: Array = parameter("weight of real income, per log point", "1", 0.0, 1.0, "assumption", "state")
    security: Array = parameter(
        "weight of security, per expected incident a year", "1", 0.0, 1.0, "assumption", "state"
    )
    incidents: Array = parameter(
        "weight of expected incidents in multiples of the income that each costs, beside that of security",
        "1",
        0.0,
        20.0,
        "assumption: 1 is as much again as the loss that income holds (`security.incident_cost`); 13 was the weight of "
        "security in version 0.1.0",
        "state",
    )
    horizon: Array = parameter(
        "years over which a state discounts: the weight of a year falls to 37 % after so many",
        "years",
        3.0,
        20.0,
        "assumption; Akcigit, Ates and Impullitti: the horizon decides the sign",
        "state",
    )
