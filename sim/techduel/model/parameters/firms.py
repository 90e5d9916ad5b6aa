"""Parameters of firms that come and go, of paradigms, and of the accounts of a state."""

from dataclasses import dataclass

from techduel.model.axes import Array
from techduel.model.parameters.parameter import parameter


@dataclass(frozen=True, slots=True)
class FinanceParameters:
    """Cash, equity and failure."""

    cash_target: Array = parameter(
        "cash that a firm keeps; the excess is paid out", "share of annual sales", 0.1, 1.0, "assumption"
    )
    young_age: Array = parameter("age until which a firm can raise equity", "years", 3.0, 15.0, "assumption")
    equity_limit: Array = parameter(
        "equity that a young firm can raise in a year", "share of annual sales", 0.0, 1.0, "assumption"
    )
    lean_research: Array = parameter(
        "part of its operating surplus that even an indebted firm spends on research", "share", 0.02, 0.5, "assumption"
    )
    debt_limit: Array = parameter(
        "negative cash at which a firm fails", "share of annual sales", 0.0, 1.0, "assumption"
    )


@dataclass(frozen=True, slots=True)
class EntryParameters:
    """Firms that come and go."""

    initial_occupancy: Array = parameter(
        "part of the slots that is taken in the base year", "share", 0.4, 0.9, "assumption"
    )
    arrival_rate: Array = parameter(
        "entrants a year per slot", "per year", 0.005, 0.1, "assumption: balances exit in the base year"
    )
    exit_rate: Array = parameter("exits a year for reasons outside the model", "per year", 0.0, 0.05, "assumption")
    exit_size: Array = parameter(
        "sales below which a firm leaves, relative to the mean of its sector at home", "share", 0.01, 0.3, "assumption"
    )
    soft_budget: Array = parameter(
        "exit size of a state-owned firm relative to a private one",
        "ratio",
        0.0,
        1.0,
        "assumption: soft budget constraint (Kornai 1986)",
    )
    entrant_gap: Array = parameter(
        "distance of an entrant's technology below the home mean", "log", 0.0, 0.5, "assumption"
    )
    entrant_spread: Array = parameter("range of entrants' technology around that", "log", 0.05, 0.6, "assumption")
    ecosystem: Array = parameter("elasticity of entry to the breadth of home suppliers", "1", 0.0, 1.0, "assumption")
    market_pull: Array = parameter(
        "elasticity of entry to the growth of the sector's sales", "1", 0.0, 2.0, "assumption"
    )
    foreign_capital: Array = parameter(
        "elasticity of entry to the openness for the rival's capital", "1", 0.0, 0.4, "assumption"
    )
    tie_share: Array = parameter(
        "part of firms outside the top four that co-invent with the rival; of the top four it is 0.5 more",
        "share",
        0.0,
        0.5,
        "assumption",
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
    )
    diffusion_limit: Array = parameter(
        "largest rise of demand relative to GDP that was left in 2020", "ratio", 1.0, 8.0, "assumption"
    )
    forecast_trust: Array = parameter(
        "part of the growth that market studies forecast which is used: their authors sell optimism",
        "share",
        0.2,
        1.0,
        "assumption",
    )
    iot_midpoint: Array = parameter(
        "year in which the Internet of Things has half of the new investment",
        "year",
        2022.0,
        2035.0,
        "article: a window of five to ten years from 2021",
    )
    iot_speed: Array = parameter("logistic speed of that change", "per year", 0.1, 0.8, "assumption")
    lock_in: Array = parameter(
        "part of a firm's lead over its sector that a full change of paradigm takes away",
        "share",
        0.0,
        1.0,
        "assumption",
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
        under="price_block=account",
    )
    expected_decline: Array = parameter(
        "fall of quality-adjusted digital prices that GDP forecasts contain",
        "per year",
        0.0,
        0.12,
        "assumption",
        under="price_block=account",
    )
    digital_price_elasticity: Array = parameter(
        "elasticity of other digital value added to digital input prices (positive number)",
        "1",
        0.0,
        0.6,
        "assumption",
        under="price_block=account",
    )
    other_rd_limit: Array = parameter(
        "business R&D outside the model's sectors over output there towards which a state moves",
        "share",
        0.011,
        0.032,
        "assumption: what large economies spend; the shipped values follow business-funded R&D 2003-2020",
        "state",
        seen=True,
    )
    other_rd_speed: Array = parameter(
        "speed of that movement",
        "per year",
        0.02,
        0.2,
        "assumption: half-lives of 3 to 35 years; the shipped value was fitted to business-funded R&D 2010-2020",
        seen=True,
    )
    emerging_limit: Array = parameter(
        "share of other strategic emerging industries in GDP towards which a state moves",
        "share of GDP",
        0.063,
        0.256,
        "assumption: once to two and a half times 2020 (US 6.3 %, China 10.2 %)",
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
        "part of a quarter's deviation of growth that is left in the next", "per quarter", 0.0, 0.95, "assumption"
    )

    knowledge_elasticity: Array = parameter(
        "elasticity of output elsewhere to public knowledge beyond what forecasts contain",
        "1",
        0.0,
        0.12,
        "assumption below Fieldhouse and Mertens 2023, who find 0.12 for government R&D capital in all business",
        under="public_knowledge=assumed",
    )
    knowledge_estimate: Array = parameter(
        "the same as estimated, for `forms.public_knowledge`",
        "1",
        0.06,
        0.16,
        "Fieldhouse and Mertens 2023: 0.12 for government R&D capital in all business",
    )
    digital_fade: Array = parameter(
        "years in which the growth of other digital industries over GDP falls to 37 %", "years", 5.0, 40.0, "assumption"
    )
    digital_excess: Array = parameter(
        "growth of other digital industries over GDP in the base year, apart from what pulls them",
        "per year",
        -0.045,
        0.045,
        "five-year windows on record to 2015, value added of electronics, IT services and software over all: United "
        "States 2.4 and 1.5, China -4.5 and 1.1 % a year; shipped: half of the mean of all four, rounded",
        "state",
    )
    industry_link: Array = parameter(
        "elasticity of industries without firms to what the sectors' firms sell beyond the expected",
        "1",
        0.0,
        0.6,
        "assumption: growth passes to suppliers and users (Acemoglu, Akcigit and Kerr 2016, recalled); shipped: what "
        "other digital industries buy of the sectors, over their value added",
    )
    idea_share: Array = parameter(
        "strength of ideas that come with imports, for `forms.trade_ideas` imports",
        "1",
        0.0,
        0.7,
        "Buera and Oberfield 2020: about 0.6; Goes and Bekkers 2022: somewhat less (numbers recalled)",
    )
    crowding_out: Array = parameter(
        "part of the value added that the sectors win beyond what was expected that other industries lose, since "
        "people and capital are employed either way",
        "share",
        0.5,
        1.0,
        "assumption: a worker in these sectors adds somewhat more than elsewhere",
        under="price_block=account",
    )
    effort_cost: Array = parameter(
        "public cost of a programme without a budget of its own (screening, enforcement, recruitment) at full effort",
        "share of GDP",
        0.0,
        0.001,
        "assumption: 6 bn dollars a year in the United States",
    )
    cost_of_funds: Array = parameter(
        "income that a unit of additional public money costs, distortions of taxes included",
        "ratio",
        1.0,
        1.6,
        "Ballard, Shoven and Whalley 1985: 1.17 to 1.56, recalled",
    )
