"""Parameters of research: spending, ideas, knowledge from others, people."""

from dataclasses import dataclass

from techduel.model.axes import Array
from techduel.model.parameters.parameter import parameter


@dataclass(frozen=True, slots=True)
class ResearchParameters:
    """Spending on research."""

    user_cost_elasticity: Array = parameter(
        "elasticity of R&D to its user cost (entered as a positive number)",
        "1",
        0.5,
        2.6,
        "Hall and Van Reenen 2000: about 1; Chen et al. 2021: 1.14 real; Dechezlepretre et al. 2016: 2.6",
    )
    market_incentive: Array = parameter(
        "elasticity of R&D to the growth of the sector's sales", "1", 0.0, 0.6, "assumption"
    )
    inducement: Array = parameter(
        "elasticity of R&D to the value of replacing a denied input; either sign is possible",
        "1",
        -0.5,
        1.5,
        "assumption: both signs possible; the shipped value was chosen with T1 and T5 of docs/evidence.md in view",
        seen=True,
    )
    crowd_in: Array = parameter(
        "elasticity of private R&D to government-funded R&D",
        "1",
        0.2,
        0.7,
        "Moretti, Steinwender, Van Reenen 2025",
        off=0.0,
    )
    support_floor: Array = parameter(
        "support per unit of R&D that is added before the elasticity applies, so that no support is not infinitely bad",
        "share of R&D",
        0.01,
        0.2,
        "assumption",
    )
    support_saturation: Array = parameter(
        "support per unit of R&D at which the drawing in of private money has nearly ended",
        "share of R&D",
        0.1,
        0.6,
        "assumption: the elasticity is estimated at support of a few per cent",
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
    )
    adjustment: Array = parameter(
        "part of the log distance to the desired R&D that is closed in a quarter",
        "per quarter",
        0.1,
        0.6,
        "assumption: R&D is costly to adjust (Hall 2002)",
    )
    rule_spread: Array = parameter(
        "standard deviation of firms' log R&D intensity within a sector at the start",
        "log",
        0.1,
        0.6,
        "assumption, inside the spread of the JRC-OECD panel",
    )
    rule_copying: Array = parameter(
        "rate at which a firm compares itself with a peer and copies the R&D rule of a more profitable one",
        "per year",
        0.0,
        0.2,
        "assumption: slow evolution of routines (Nelson and Winter 1982)",
    )
    rule_mutation: Array = parameter("spread of the error in copying a rule", "log", 0.0, 0.2, "assumption")
    price_elasticity: Array = parameter(
        "elasticity of the price of research to R&D spending per researcher",
        "1",
        0.1,
        0.8,
        "assumption; Goolsbee 1998 finds that wages absorb a large part of R&D support",
    )
    denial_drag: Array = parameter(
        "log loss of research output per log point of input cost that denial adds", "1", 0.0, 4.0, "assumption"
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
    )
    curvature: Array = parameter(
        "elasticity of innovation to effective R&D", "1", 0.35, 0.65, "Acemoglu et al. 2018; standard 0.5"
    )
    size_exponent: Array = parameter(
        "part of a firm's size that its R&D must match; below 1 large firms keep an edge", "1", 0.4, 1.0, "assumption"
    )
    lag_years: Array = parameter(
        "years by which China's chips trail in 2020, at the pace of the sector; sets how far apart all positions are",
        "years",
        2.5,
        6.0,
        "SIA 2020: China's leading chip node is four years behind; press of 2019 and 2020 puts its 14 nm four to five "
        "years after the leaders",
    )
    step: Array = parameter(
        "mean rise of log technology per innovation",
        "log",
        0.02,
        0.13,
        "Akcigit and Kerr 2018: 0.05 to 0.08; Acemoglu et al. 2018: 0.13",
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
        off=0.0,
    )
    collaboration: Array = parameter(
        "log rise of innovation by co-invention with the rival for a firm that needs it fully",
        "log",
        0.0,
        0.8,
        "assumption: from nothing to a doubling; the shipped value was chosen with T3 of docs/evidence.md in view",
        seen=True,
    )
    collaboration_floor: Array = parameter(
        "need of co-invention that even a firm at the frontier has", "share", 0.0, 0.4, "assumption"
    )
    collaboration_distance: Array = parameter(
        "distance to the home frontier at which a firm needs co-invention fully", "log", 0.2, 1.2, "assumption"
    )
    collaboration_parity: Array = parameter(
        "need of co-invention when the two states' frontiers are level", "share", 0.0, 0.8, "assumption"
    )
    collaboration_lead: Array = parameter(
        "lead of the rival's frontier that raises the need from none to full", "log", 0.1, 0.6, "assumption"
    )
    feasibility_slope: Array = parameter(
        "fall of the feasibility of a substitute per log point that home technology of the input lags",
        "1",
        1.0,
        8.0,
        "assumption",
    )
    feasibility_floor: Array = parameter("least feasibility of a substitute", "share", 0.001, 0.2, "assumption")
    imitation_rate: Array = parameter(
        "imitations a year of a fully absorbing firm with everything to learn",
        "per year",
        0.15,
        0.8,
        "innovation rate over 0.7: imitation takes 0.7 of the time (Mansfield, Schwartz, Wagner 1981)",
    )
    imitation_closure: Array = parameter(
        "part of the reachable gap that an imitation closes",
        "share",
        0.2,
        0.8,
        "absorptive capacity of 0.5 in Llerena and Lorentz 2004; range: assumption",
    )
    imitation_halfway: Array = parameter(
        "reachable gap at which half of the effort goes into imitation", "log", 0.1, 0.6, "assumption"
    )
    imitation_cost: Array = parameter(
        "log loss of innovation of a firm that puts all effort into imitation",
        "log",
        0.1,
        0.9,
        "assumption: (1 - 0.6)^0.5",
    )
    catch_up: Array = parameter(
        "part of what it can learn that a fully absorbing firm (`forms.knowledge` own) or maker of a third country "
        "(`forms.fringe` own) learns in a year when all channels are open",
        "per year",
        0.03,
        0.2,
        "industries 2 to 6 % a year (Rodrik 2011, 2013), rich countries 6 to 10 % (Griffith, Redding and Van Reenen "
        "2004, number recalled), of which some 0.6 passes",
    )
    home_reach: Array = parameter(
        "part of the distance to the home frontier that can be learnt, for `forms.knowledge` own",
        "share",
        0.2,
        1.0,
        "assumption: at the lower speed more of it must be in reach, or firms of a sector drift apart",
    )
    home_spillover: Array = parameter(
        "part of the distance to the home frontier that can be imitated",
        "share",
        0.05,
        0.5,
        "assumption: with more, firm sizes lose their fat tail",
    )
    recovery: Array = parameter(
        "part of a denied input that one discovery replaces when a substitute is feasible",
        "share",
        0.05,
        0.6,
        "assumption",
    )


@dataclass(frozen=True, slots=True)
class KnowledgeParameters:
    """Channels through which one state's firms learn from the other's, and basic research."""

    embodied: Array = parameter("weight of goods, licences and tools", "share", 0.0, 0.5, "assumption")
    coinvention: Array = parameter("weight of co-invention", "share", 0.0, 0.5, "assumption")
    talent: Array = parameter("weight of people who move", "share", 0.0, 0.5, "assumption")
    science: Array = parameter("weight of open science and open source", "share", 0.0, 0.5, "assumption")
    investment: Array = parameter(
        "weight of investment, mergers and R&D centres abroad", "share", 0.0, 0.5, "assumption"
    )
    illicit: Array = parameter("weight of illicit transfer", "share", 0.0, 0.5, "assumption")
    third_party: Array = parameter(
        "what allies teach a state, relative to what an open rival would at the same distance",
        "share",
        0.0,
        1.0,
        "assumption; ideas come from all partners: Buera and Oberfield 2020, Cai, Li and Santacreu 2022, neither of "
        "which gives this number",
    )
    tie_replacement: Array = parameter(
        "rate at which lost co-invention is replaced by other partners", "per year", 0.02, 0.3, "assumption"
    )
    tie_replaceable: Array = parameter(
        "part of lost co-invention that can be replaced", "share", 0.0, 1.0, "assumption"
    )
    listing_closure: Array = parameter(
        "part of its co-invention with the rival that a listed firm loses when all its supplies are refused",
        "share",
        0.0,
        1.0,
        "assumption: from none to all; the shipped value was chosen with T3 of docs/evidence.md in view",
        seen=True,
    )
    basic_lag: Array = parameter(
        "mean time from basic research to its use", "years", 5.0, 20.0, "Adams 1990: about 10 to 20 years", off=1.0
    )
    basic_depreciation: Array = parameter(
        "depreciation of the stock of basic research", "per year", 0.0, 0.1, "convention: slower than business R&D"
    )
    basic_spillover: Array = parameter(
        "part of the rival's stock that open science adds to one's own",
        "share",
        0.0,
        0.3,
        "assumption, after Coe and Helpman 1995",
    )
    diffusion_speed: Array = parameter(
        "how fast knowledge of others that is open comes into use, and goes out of use once it is closed",
        "per year",
        0.1,
        0.3,
        "convention for the depreciation of R&D capital: 0.15",
    )
    allied_spillover: Array = parameter(
        "part of allies' public knowledge that full technology cooperation adds to one's own",
        "share",
        0.0,
        0.1,
        "assumption: less than between the rivals, since what allies publish is open anyway",
    )


@dataclass(frozen=True, slots=True)
class TalentParameters:
    """Researchers."""

    attrition: Array = parameter("researchers who retire or leave research", "per year", 0.01, 0.06, "assumption")
    graduates_decay: Array = parameter(
        "time in which the growth of graduates falls to 37 %",
        "years",
        5.0,
        40.0,
        "assumption: cohorts shrink in both countries (UN World Population Prospects 2019)",
    )
    pay_elasticity: Array = parameter(
        "elasticity of migration to the ratio of research pay", "1", 0.0, 2.0, "assumption"
    )
    supply_elasticity: Array = parameter(
        "elasticity of graduates who go into research to the pay there",
        "1",
        0.0,
        1.5,
        "assumption; Ryoo and Rosen 2004 find that entry into engineering follows pay",
    )
    recruitment_pull: Array = parameter(
        "part of the outflow that full talent recruitment calls back", "share", 0.0, 0.8, "assumption"
    )
