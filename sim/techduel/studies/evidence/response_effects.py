"""The study of responses: what its arms are compared for, one published number each, and its rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from techduel.model.axes import Numbers
from techduel.studies.evidence.arms import CHINA, US, Experiment, mean_and_error, share, spread
from techduel.studies.evidence.response_arms import ARMS, Followed, followed

SOME_YEARS: Final = slice(3, 6)
"""Years 3 to 5 after the start."""
EARLY, LATE, LAST = slice(1, 6), slice(16, 21), -1
OBJECTIVE: Final = (1.0, 0.5)
"""Weights of income and of the lead in what a state wants: the shipped values of the parameters `objectives`."""

type Arms = Mapping[str, Followed]
type Effect = Callable[[Arms], Numbers]
"""By run."""


@dataclass(frozen=True, slots=True)
class Response:
    """One number that arms give."""

    name: str
    outcome: str
    unit: str
    sign: int
    """As published."""
    effect: Effect


def gain(outcome: str, state: int, arm: str, when: slice | int = LAST, without: str = "usual") -> Effect:
    """Per cent by which an arm raises an outcome that is a log, mean over some years."""

    def effect(arms: Arms) -> Numbers:
        difference = (arms[arm][outcome] - arms[without][outcome])[when, ..., state]
        return 100.0 * np.expm1(difference if isinstance(when, int) else difference.mean(axis=0))

    return effect


def elasticity(arms: Arms) -> Numbers:
    """Of US GDP to usable public knowledge, in the last year."""
    return _change(arms, "gdp") / _change(arms, "public knowledge")


def _change(arms: Arms, outcome: str) -> Numbers:
    more, usual = (np.log(arms[arm][outcome][LAST, :, US]) for arm in ("more research, us", "usual"))
    return more - usual


def gross_return(arms: Arms) -> Numbers:
    """Per cent of what another dollar of usable public knowledge adds to GDP a year."""
    more, usual = arms["more research, us"], arms["usual"]
    won, spent = (more[name][LAST, :, US] - usual[name][LAST, :, US] for name in ("gdp", "public knowledge"))
    return 100.0 * won / spent


def subsidies(state: int) -> Effect:
    """Subsidies over GDP in the base year, per cent."""
    return lambda arms: arms["usual"]["support"][0, :, state]


def distance(arm: str) -> Effect:
    """By how much China comes closer to the United States in technology, in hundredths of a log point."""

    def effect(arms: Arms) -> Numbers:
        technology = arms[arm]["technology"]
        ahead = technology[..., CHINA] - technology[..., US]
        return 100.0 * (ahead[LAST] - ahead[0])

    return effect


def together(arms: Arms) -> Numbers:
    """Per cent by which a trade war changes the GDP of both."""
    war, peace = (arms[arm]["gdp"][LAST].sum(axis=-1) for arm in ("trade war", "usual"))
    return 100.0 * (war / peace - 1.0)


def worth_more_closed(arms: Arms) -> Numbers:
    """What twice the grants add to US income when closed, less what they add when open; points."""
    closed = gain("income", US, "closed, twice the grants, us", LATE, "closed")
    return closed(arms) - gain("income", US, "twice the grants, us", LATE)(arms)


def worth_more_contained(arms: Arms) -> Numbers:
    """What twice the grants add to China's objective when contained, less what they add when not."""

    def wanted(arm: str) -> Numbers:
        income, lead = (arms[arm][name][LATE, :, CHINA].mean(axis=0) for name in ("income", "lead"))
        return OBJECTIVE[0] * income + OBJECTIVE[1] * lead

    contained = wanted("contained, twice the grants, china") - wanted("contained")
    return 100.0 * (contained - (wanted("twice the grants, china") - wanted("usual")))


def by_noise(outcome: str) -> Effect:
    """Per cent by which noise changes an outcome, summed over both states and all years."""

    def effect(arms: Arms) -> Numbers:
        noisy, clear = (arms[arm][outcome][1:].sum(axis=(0, 2)) for arm in ("noisy sight", "clear sight"))
        return 100.0 * (noisy / clear - 1.0)

    return effect


RESPONSES: Final = (
    Response(
        "R1.us",
        "US firms' own R&D, 10 % more grants, years 3-5",
        "%",
        1,
        gain("own R&D", US, "more grants, us", SOME_YEARS),
    ),
    Response(
        "R1.china",
        "Chinese firms' own R&D, 10 % more grants, years 3-5",
        "%",
        1,
        gain("own R&D", CHINA, "more grants, china", SOME_YEARS),
    ),
    Response("R2.elasticity", "elasticity of US GDP to public knowledge", "1", 1, elasticity),
    Response("R2.return", "gross return of public knowledge, United States", "%", 1, gross_return),
    Response(
        "R4",
        "China's real income, basic research against grants of equal cost",
        "%",
        1,
        gain("income", CHINA, "basic programme", LAST, "grants programme"),
    ),
    Response("R5.china", "subsidies in the base year, China", "% of GDP", 1, subsidies(CHINA)),
    Response("R5.us", "subsidies in the base year, United States", "% of GDP", 1, subsidies(US)),
    Response("M5.us", "US GDP, tariffs of 25 %, year 5", "%", -1, gain("log GDP", US, "tariffs", 5)),
    Response(
        "M6.china",
        "China's GDP, the tariffs of 2020 against those of 2017",
        "%",
        -1,
        gain("log GDP", CHINA, "usual", LATE, "duties of 2017"),
    ),
    Response(
        "M6.us",
        "US GDP, the tariffs of 2020 against those of 2017",
        "%",
        -1,
        gain("log GDP", US, "usual", LATE, "duties of 2017"),
    ),
    Response(
        "Q3.tariff_soon",
        "US real income, a tariff of its own, years 1-5",
        "%",
        1,
        gain("income", US, "tariff, us", EARLY),
    ),
    Response("Q3.tariff_late", "the same, years 16-20", "%", -1, gain("income", US, "tariff, us", LATE)),
    Response(
        "Q3.subsidy", "US real income gained by twice the grants, closed less open", "points", 1, worth_more_closed
    ),
    Response(
        "Q4.laggard",
        "China's distance without industrial policy, change in 20 years",
        "log points / 100",
        -1,
        distance("passive"),
    ),
    Response("Q4.protection", "the same with protection alone", "log points / 100", -1, distance("protection")),
    Response("Q4.trade_war", "GDP of both, trade war", "%", -1, together),
    Response(
        "Q5",
        "China's objective gained by twice the grants, contained less free",
        "log points / 100",
        1,
        worth_more_contained,
    ),
    Response("Q6.spending", "public money of both, noisy against clear sight", "%", 1, by_noise("public money")),
    Response("Q6.stability", "trust of both, noisy against clear sight", "%", -1, by_noise("trust")),
)
"""In the order of the table."""


@dataclass(frozen=True, slots=True)
class Row:
    """One response over all parameter sets."""

    response: str
    outcome: str
    unit: str
    sign: int
    """As published."""
    mean: float
    se: float
    median: float
    q05: float
    q95: float
    share: float
    """Of sets with the published sign."""
    draws: int


def responses(experiment: Experiment) -> list[Row]:
    """Every response over the parameter sets of an experiment, one run a set."""
    found = {name: followed(experiment, arm) for name, arm in ARMS.items()}
    return [_row(response, response.effect(found)) for response in RESPONSES]


def arms() -> int:
    """How many arms `responses` simulates."""
    return len(ARMS)


def _row(response: Response, values: Numbers) -> Row:
    return Row(
        *(response.name, response.outcome, response.unit, response.sign),
        *mean_and_error(values),
        *spread(values),
        share(values, response.sign),
        int(values.size),
    )
