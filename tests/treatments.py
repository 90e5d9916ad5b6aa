"""What is done or happens in the tests of directions, by name; sizes that a user would call clear."""

from typing import Final

import numpy as np

from techduel.policies.events import event
from techduel.scenario.kinds import shipped
from tests.causes import ALL, CHINA, US, Case, Moved

STATUS_QUO: Final = "the status quo"
WHO: Final = {US: "United States", CHINA: "China"}
CHIPS: Final = ("semiconductors",)
MINERALS: Final = ("critical_minerals", "batteries")
CONTROLLED: Final = {US: CHIPS, CHINA: MINERALS}
"""What each state has and its rival wants."""
LICENSED: Final = {US: MINERALS, CHINA: ("brain_science", "cloud", "vr_ar", "semiconductors")}
"""Goods of which neither refused any in 2020, so that licences alone act on them."""

type Pair = dict[int, Case]
"""The same treatment by either state."""

_DENIAL: Final = {"control_breadth": 0.8, "control_depth": 0.8, "control_end_use": 0.0}
_LICENCES: Final = {"control_breadth": 0.9}


def _pair(us: Moved, china: Moved, until: int = 2022) -> Pair:
    return {US: Case(us=us, until=until), CHINA: Case(china=china, until=until)}


def _alike(until: int = 2022, sectors: tuple[str, ...] = ALL, **levers: float) -> Pair:
    moved = Moved(levers, sectors)
    return _pair(moved, moved, until)


def _unlike(lever: str, us: float, china: float, until: int = 2022) -> Pair:
    return _pair(Moved({lever: us}), Moved({lever: china}), until)


def _denying(since: float = 0.0, **more: float) -> Pair:
    return _pair(Moved(_DENIAL | more, CHIPS, since), Moved(_DENIAL | more, MINERALS, since))


def _denying_one_with_stocks(since: float) -> Pair:
    stock = {"stockpiles": 2.0}
    return {
        US: Case(us=Moved(_DENIAL, CHIPS, since), china=Moved(stock, CHIPS)),
        CHINA: Case(china=Moved(_DENIAL, MINERALS, since), us=Moved(stock, MINERALS)),
    }


def _basic(end: float, until: int) -> Pair:
    us, china = (Moved({"basic_research": more}, until=end) for more in (100.0, 60.0))
    return _pair(us, china, until)


PAIRS: Final[dict[str, Pair]] = {
    "denial": _denying(),
    "denial, enforced": _denying(control_enforcement=0.95),
    "denial to listed users": _denying(control_end_use=0.9),
    "denial with allies": _denying(allied_participation=0.9),
    "denial with friendly allies": _denying(allied_participation=0.9, allied_cooperation=0.9),
    "denial everywhere": _denying(destinations=0.9),
    "denial of tools": _alike(2026, tool_denial=0.9),
    "denial of foundry": _alike(foundry_denial=0.9),
    "denial of minerals": _alike(mineral_denial=0.9),
    "denial from 2022": _denying(since=2022.0),
    "denial from 2022 of one with stocks": _denying_one_with_stocks(2022.0),
    "broad controls": _pair(Moved(_DENIAL), Moved(_DENIAL)),
    "licences": _pair(Moved(_LICENCES, LICENSED[US]), Moved(_LICENCES, LICENSED[CHINA])),
    "listing": _alike(listing_pace=12.0),
    "listing with full denial": _alike(listing_pace=12.0, listing_denial=0.95),
    "inbound screening": _alike(2026, inbound_screening=1.0),
    "outbound screening": _alike(2026, outbound_screening=1.0),
    "localised procurement": _alike(procurement_localisation=0.9),
    "tariffs": _alike(tariff=0.5),
    "visa limits": _alike(visa_limits=0.9),
    "collaboration limits": _alike(collaboration_limits=0.9),
    "science limits": _alike(2026, science_limits=0.9),
    "recruitment": _alike(talent_recruitment=1.0),
    "acquisition": _alike(technology_acquisition=1.0),
    "counter-intelligence": _alike(counter_intelligence=0.9),
    "stockpiles": _pair(Moved({"stockpiles": 2.0}, MINERALS), Moved({"stockpiles": 2.0}, CHIPS)),
    "standards": _alike(standards_push=0.9),
    "cooperation": _alike(2026, allied_cooperation=0.9),
    "reshoring": _alike(sectors=CHIPS, reshoring_support=10.0),
    "grants": _alike(sectors=CHIPS, grants=5.0),
    "tax credit": _unlike("tax_credit", us=0.3, china=0.45, until=2024),
    "applied research": _unlike("applied_research", us=100.0, china=60.0),
    "basic research until 2030": _basic(end=2031.0, until=2035),
    "basic research for good": _basic(end=np.inf, until=2040),
}

_SPENDER: Final = Moved({"basic_research": 150.0})
_RISING: Final = Moved({"applied_research": 60.0})
_PLAN: Final = shipped("plan")
_MORE: Final = {"basic_research": 15.0, "applied_research": 30.0}
_NAMED: Final = Moved(_DENIAL | {"control_end_use": 0.9}, MINERALS)
_BILL: Final = event(
    "bill",
    state="us",
    start=2021.0,
    probability=1.0,
    amount_low=100.0,
    amount_high=230.0,
    years=5.0,
    delay_low=0.0,
    delay_high=3.0,
    grants_share=0.3,
    reshoring_share=0.2,
    sectors=("foundation", "frontier"),
)
_REVIEW: Final = event(
    "supply_chain_review",
    state="us",
    start=2021.0,
    days=0.0,
    threshold=0.1,
    reshoring=1.0,
    stockpile=0.5,
    allied_cooperation=0.1,
)
_FLOOD: Final = event("supply_disruption", origin="allies", sectors=CHIPS, start=2021.0, years=2.0, size=0.4)
_BOOM: Final = event("demand_shock", sectors=CHIPS, market="all", start=2021.0, size=0.3, fade=5.0)
_LEAP: Final = event("leap", state="us", sectors=CHIPS, start=2021.0, size=0.05)
_IDEA: Final = event("breakthrough", state="both", sectors=("ai",), start=2021.0, size=0.5, fade=5.0)

CASES: Final[dict[str, Case]] = {
    STATUS_QUO: Case(until=2040),
    **{f"{WHO[me]}: {name}": case for name, pair in PAIRS.items() for me, case in pair.items()},
    "much money, loose limit": Case(us=_SPENDER, fixed={"government.budget_limit": 0.05}),
    # Below what is spent in 2020, so that it binds however little more research can absorb.
    "much money, tight limit": Case(us=_SPENDER, fixed={"government.budget_limit": 0.005}),
    "quiet firms": Case(us=Moved(_DENIAL), fixed={"government.lobbying": 0.0}),
    "loud firms": Case(us=Moved(_DENIAL), fixed={"government.lobbying": 1.0}),
    "slow screening": Case(china=_NAMED, fixed={"government.screening_speed": 0.1}),
    "swift screening": Case(china=_NAMED, fixed={"government.screening_speed": 2.0}),
    "late sight": Case(china=_RISING, fixed={"perception.lag": 3.0, "perception.noise": 0.0}),
    "quick sight": Case(china=_RISING, fixed={"perception.lag": 0.25, "perception.noise": 0.0}),
    "no espionage until 2030": Case(china=Moved({"technology_acquisition": 0.0}), until=2030),
    "espionage until 2030": Case(china=Moved({"technology_acquisition": 1.0}), until=2030),
    "China: a plan": Case(china=Moved(base=_PLAN), until=2026),
    "China: a plan and more": Case(china=Moved(_MORE, base=_PLAN), until=2026),
    "demand shock": Case(events={"boom": _BOOM}),
    "disruption": Case(events={"flood": _FLOOD}),
    "breakthrough": Case(events={"idea": _IDEA}),
    "leap": Case(events={"leap": _LEAP}),
    "bill": Case(events={"bill": _BILL}),
    "review": Case(events={"review": _REVIEW}),
}
