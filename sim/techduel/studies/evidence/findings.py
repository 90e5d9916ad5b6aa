"""The published findings that `patterns` looks for: what is done, to whom, what is measured, what sign."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from techduel.facts.selection import ALL
from techduel.policies.schedule import Step
from techduel.studies.evidence.arms import CHINA, US, lever
from techduel.studies.evidence.effects import (
    Effect,
    asymmetry,
    chinese,
    intensity,
    level_of_parting,
    listed_with_ties,
    near_against_far,
    newly_listed,
    on_cell,
    on_dependent,
    on_firms,
    on_listed,
    on_state,
    on_tied,
    on_untied,
    on_users,
    parting,
    state_owned_parting,
    tied,
)


@dataclass(frozen=True, slots=True)
class Treatment:
    """What is done to whom from the first quarter of 2021 on; all else is the scenario."""

    meaning: str
    us: tuple[Step, ...] = ()
    china: tuple[Step, ...] = ()
    broad: bool = False
    """Whether US controls aim at everybody, with and without the treatment."""


def _denied(sector: str) -> tuple[Step, ...]:
    return lever("control_breadth", 1.0, sector), lever("control_depth", 0.9, sector)


TREATMENTS: Final = {
    "easy_input": Treatment(
        "the United States deny cloud services, an input that is easy to replace, to everybody in China",
        us=_denied("cloud"),
        broad=True,
    ),
    "chips": Treatment(
        "the United States deny chips to everybody in China",
        us=_denied("semiconductors"),
        broad=True,
    ),
    "chips_and_grants": Treatment(
        "the same, and China triples its grants for business R&D",
        us=_denied("semiconductors"),
        china=(lever("grants", 3.0, how="factor"),),
        broad=True,
    ),
    "collaboration": Treatment(
        "the United States refuse 90 % of co-invention with Chinese firms",
        us=(lever("collaboration_limits", 0.9),),
    ),
    "listing": Treatment(
        "the United States list 20 more Chinese firms a year and refuse listed firms 90 % of supplies",
        us=(lever("listing_pace", 20.0), lever("listing_denial", 0.9)),
    ),
    "listing_at_once": Treatment(
        "the same 100 firms are listed within the first year",
        us=(
            Step("listing_pace", (ALL,), 2021.0, 2022.0, 0.0, "value", 100.0),
            lever("listing_denial", 0.9),
        ),
    ),
    "talent": Treatment(
        "the United States refuse 80 % of the exchange of researchers", us=(lever("visa_limits", 0.8),)
    ),
    "science": Treatment(
        "the United States close 80 % of open science and of co-invention",
        us=(lever("science_limits", 0.8), lever("collaboration_limits", 0.8)),
    ),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A published finding and how it is measured here."""

    pattern: int
    treatment: str
    outcome: str
    sign: int
    published: str
    effect: Effect
    switched: Mapping[str, float] = field(default_factory=dict)
    """Parameters that are set in both arms: mechanisms switched off."""


NO_INDUCEMENT: Final = {"research.inducement": 0.0}
HIGHEST_INDUCEMENT: Final = {"research.inducement": 1.5}
ALL_FEASIBLE: Final = HIGHEST_INDUCEMENT | {"ideas.feasibility_floor": 1.0}
"""Every denied input can be replaced from the first day on, and firms make the most of it."""
OWNERS_ALIKE: Final = {"research.state_owned_efficiency": 1.0}
NO_DRAG: Final = {"research.denial_drag": 0.0}
NO_TRADE_OFF: Final = {"ideas.imitation_cost": 0.0}
"""Time spent on imitation costs no innovation."""
NO_TIES: Final = {"ideas.collaboration": 0.0}
NEITHER: Final = NO_DRAG | NO_TIES
ONLY_KNOWLEDGE: Final = {"ideas.imitation_cost": 0.0, "research.price_elasticity": 0.0}
"""The same, and researchers who stay at home make research there no cheaper."""


def _easy_input(switched: Mapping[str, float]) -> tuple[Finding, ...]:
    """1: users of an input that is denied and easy to replace, their suppliers at home, imports."""
    lines = (
        ("R&D of users against firms that do not use it", 1, "T1 +49 %; T2 up", on_users("rd")),
        ("R&D of dependent users against other users", 1, "T1 +49 %; T2 up", on_dependent("rd")),
        ("innovations of users against firms that do not use it", 1, "T1 patents +41 %", on_users("innovations")),
        ("productivity of users, cost included", -1, "T2 down", on_users("efficiency")),
        ("sales of suppliers at home", 1, "T8 upstream gains", on_cell("cell_sales", CHINA, "cloud")),
        ("R&D of suppliers at home", 1, "T8 upstream gains", on_cell("cell_rd", CHINA, "cloud")),
        ("innovations of suppliers at home", 1, "T1 patents of suppliers >x4", on_firms("innovations", CHINA, "cloud")),
        ("imports of the input from the sender", -1, "T1 fall sharply", on_cell("from_rival", CHINA, "cloud")),
    )
    return tuple(Finding(1, "easy_input", outcome, sign, said, of, switched) for outcome, sign, said, of in lines)


def _supplier(year: int) -> tuple[Finding, ...]:
    """5: suppliers in the controlling state, some years later."""
    when = f"of US suppliers, year {year}"
    lines = (
        (f"sales {when}", "S1, S3: revenue -9 to -37 %", on_cell("cell_sales", US, "semiconductors", year)),
        (f"R&D {when}", "S4: R&D -$12 bn", on_cell("cell_rd", US, "semiconductors", year)),
        (f"innovations {when}", "S5: fall", on_firms("innovations", US, "semiconductors", year)),
    )
    return tuple(Finding(5, "chips", outcome, -1, said, of) for outcome, said, of in lines)


def _limits(treatment: str, switched: Mapping[str, float] = MappingProxyType({})) -> tuple[Finding, ...]:
    """7: limits on talent or on academic exchange."""
    lines = (
        ("innovations of Chinese firms", -1, "T9 both sides lose", on_state("innovations", CHINA)),
        ("innovations of US firms", -1, "T9 both sides lose; citations -10 %", on_state("innovations", US)),
        ("technology of Chinese firms", -1, "T9 both sides lose", on_state("technology", CHINA)),
        ("technology of US firms", -1, "T9 both sides lose; productivity -6 %", on_state("technology", US)),
        ("technology, China against the United States", -1, "T9 China loses more", asymmetry("technology")),
    )
    return tuple(Finding(7, treatment, outcome, sign, said, of, switched) for outcome, sign, said, of in lines)


NEAR: Final = "innovations, near against far from the frontier"
NEAR_TIED: Final = "the same among firms with ties"
PARTING: Final = "filings over innovations, all Chinese firms"
PARTING_OWNED: Final = "the same, state-owned against private firms"
FINDINGS: Final = (
    *_easy_input({}),
    *_easy_input(NO_INDUCEMENT),
    *_easy_input(HIGHEST_INDUCEMENT)[:3],
    Finding(2, "collaboration", "innovations of firms with ties", -1, "T3 -10 to -14 %", on_tied("innovations")),
    Finding(2, "collaboration", "R&D of firms with ties", 1, "T4 +17 %; T5 none", on_tied("rd")),
    Finding(2, "collaboration", "R&D over sales of firms with ties", 1, "T4 +17 %", intensity(on_tied)),
    Finding(2, "collaboration", "filings of firms with ties", 1, "T6 up; T3 -10 %", on_tied("filings")),
    Finding(2, "collaboration", "innovations of firms without ties", 1, "T3 slight rise", on_untied("innovations")),
    Finding(2, "collaboration", "R&D of firms without ties", 1, "T3 slight rise", on_untied("rd")),
    Finding(2, "listing", "innovations of newly listed firms", -1, "T3 -14 %", on_listed("innovations")),
    Finding(2, "listing", "R&D of newly listed firms", 1, "T4 +17 %; T5 none", on_listed("rd")),
    Finding(2, "listing", "R&D of newly listed firms", 1, "T4 +17 %; T5 none", on_listed("rd"), NO_INDUCEMENT),
    Finding(2, "listing", "R&D over sales of newly listed firms", 1, "T4 +17 %", intensity(on_listed)),
    Finding(2, "listing", "R&D over sales of newly listed firms", 1, "T4 +17 %", intensity(on_listed), NO_INDUCEMENT),
    Finding(2, "listing", "productivity of newly listed firms", -1, "T7 down 2 %", on_listed("efficiency")),
    Finding(2, "listing", "sales of newly listed firms", -1, "T7 valuation -5 %", on_listed("sales")),
    Finding(3, "collaboration", NEAR, 1, "T3 near less hit", near_against_far(tied)),
    Finding(3, "listing", NEAR, 1, "T3 near less hit", near_against_far(newly_listed)),
    Finding(3, "listing", NEAR, 1, "T3 near less hit", near_against_far(newly_listed), NO_DRAG),
    Finding(3, "listing", NEAR_TIED, 1, "T3 near less hit", near_against_far(listed_with_ties)),
    Finding(3, "listing_at_once", NEAR, 1, "T3 near less hit", near_against_far(newly_listed)),
    Finding(3, "listing_at_once", NEAR, 1, "T3 near less hit", near_against_far(newly_listed), NO_TIES),
    Finding(3, "listing_at_once", NEAR, 1, "T3 near less hit", near_against_far(newly_listed), NEITHER),
    Finding(3, "listing_at_once", NEAR_TIED, 1, "T3 near less hit", near_against_far(listed_with_ties)),
    Finding(4, "chips", PARTING, 1, "T6 part ways", parting(chinese)),
    Finding(4, "chips", PARTING, 1, "T6 part ways", parting(chinese), NO_DRAG),
    Finding(4, "chips", PARTING_OWNED, 1, "T6 worst in SOEs", state_owned_parting),
    Finding(4, "chips_and_grants", PARTING, 1, "T6 part ways", parting(chinese)),
    Finding(4, "chips_and_grants", PARTING_OWNED, 1, "T6 worst in SOEs", state_owned_parting),
    Finding(4, "chips_and_grants", "the same, as a level", 1, "T6 worst in SOEs", level_of_parting),
    Finding(4, "chips_and_grants", "the same, as a level", 1, "T6 worst in SOEs", level_of_parting, OWNERS_ALIKE),
    *_supplier(1),
    *_supplier(3),
    *_supplier(5),
    Finding(6, "chips", "sales of chip makers at home", 1, "T8 gain", on_cell("cell_sales", CHINA, "semiconductors")),
    Finding(6, "chips", "R&D of chip makers at home", 1, "T8 gain", on_cell("cell_rd", CHINA, "semiconductors")),
    Finding(
        6, "chips", "innovations of chip makers at home", 1, "T8 gain", on_firms("innovations", CHINA, "semiconductors")
    ),
    Finding(
        6,
        "chips",
        "productivity of users of chips",
        -1,
        "T8 downstream suffer",
        on_users("efficiency", "semiconductors"),
    ),
    Finding(6, "chips", "R&D of users of chips", 1, "T2 up", on_users("rd", "semiconductors")),
    Finding(
        6,
        "chips",
        "innovations of users of chips",
        -1,
        "T8 downstream suffer",
        on_users("innovations", "semiconductors"),
    ),
    Finding(6, "chips", "R&D of users of chips", 1, "T2 up", on_users("rd", "semiconductors"), HIGHEST_INDUCEMENT),
    Finding(6, "chips", "R&D of users of chips", 1, "T2 up", on_users("rd", "semiconductors"), ALL_FEASIBLE),
    *_limits("talent"),
    *_limits("talent", NO_TRADE_OFF)[:2],
    *_limits("talent", ONLY_KNOWLEDGE)[:2],
    *_limits("science"),
)
