"""The arms of the study of responses: one policy at a time, for twenty years, on the policies of a scenario."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np

from techduel.facts.selection import known_sectors
from techduel.model.axes import STATES, Numbers
from techduel.model.outcomes import measured
from techduel.model.world import World
from techduel.policies.fixed import Policy
from techduel.policies.schedule import Schedule, Step
from techduel.scenario.prior import with_values
from techduel.studies.evidence.arms import CHINA, US, Experiment, lever, log_gdp, plain
from techduel.studies.evidence.control_depth import CONTROLLED

YEARS: Final = 20
"""Years that every arm runs."""
MORE: Final = 1.1
"""Factor by which R&D paid by the government rises."""
PROGRAMME: Final = 10.0
"""Bn USD a year more that China pays for research in either of two ways: assumption."""
TARIFF: Final = 0.25
"""Duty on all goods of the other side: the case of Rhodium 2021."""
SPITE: Final = 0.6
"""Duty of both sides in a trade war without limit: that of the policy `full_decoupling`."""
BEFORE_2018: Final = (0.031 / 0.193, 0.08 / 0.203)
"""Mean duties of both states on the other's goods in early 2018 over those of 2020: Peterson Institute, recalled."""
GOODS: Final = (
    *("devices_networks", "iot", "industrial_internet", "vr_ar", "semiconductors", "batteries"),
    *("critical_minerals", "pharma_biotech", "quantum", "brain_science"),
)
"""Sectors with duties in the base year; the others are services."""

type Followed = Mapping[str, Numbers]
"""By name, (year, run, state), the base year first."""


@dataclass(frozen=True, slots=True)
class Arm:
    """What differs from the scenario from the first quarter on."""

    us: tuple[Step, ...] = ()
    china: tuple[Step, ...] = ()
    policy: str | None = None
    """Of both states, on top of the scenario's own policies."""
    granted: float = 0.0
    """Bn USD a year more of grants in China, spread over sectors as those of the base year."""
    switched: Mapping[str, float] = field(default_factory=dict)
    """Parameters by full name."""


_PASSIVE: Final = tuple(
    lever(name, 0.0) for name in ("grants", "applied_research", "tax_credit", "reshoring_support", "talent_recruitment")
)
"""China without industrial policy."""
_CONTAINED: Final = (
    lever("control_breadth", 1.0, *CONTROLLED),
    lever("control_depth", 0.9, *CONTROLLED),
    lever("control_end_use", 0.0),
)
_TWICE: Final = (lever("grants", 2.0, how="factor"),)


def _duties(amount: float) -> tuple[Step, ...]:
    return (lever("tariff", amount, *GOODS),)


ARMS: Final[Mapping[str, Arm]] = {
    "usual": Arm(),
    "more grants, us": Arm(us=(lever("grants", MORE, how="factor"),)),
    "more grants, china": Arm(china=(lever("grants", MORE, how="factor"),)),
    "more research, us": Arm(us=tuple(lever(f"{kind}_research", MORE, how="factor") for kind in ("basic", "applied"))),
    "basic programme": Arm(china=(lever("basic_research", PROGRAMME, how="change"),)),
    "grants programme": Arm(granted=PROGRAMME),
    "tariffs": Arm(us=_duties(TARIFF), china=_duties(TARIFF)),
    "duties of 2017": Arm(
        us=(lever("tariff", BEFORE_2018[US], how="factor"),), china=(lever("tariff", BEFORE_2018[CHINA], how="factor"),)
    ),
    "trade war": Arm(us=_duties(SPITE), china=_duties(SPITE)),
    "tariff, us": Arm(us=(lever("tariff", TARIFF, *GOODS, how="change"),)),
    "twice the grants, us": Arm(us=_TWICE),
    "closed": Arm(policy="full_decoupling"),
    "closed, twice the grants, us": Arm(us=_TWICE, policy="full_decoupling"),
    "passive": Arm(china=_PASSIVE),
    "protection": Arm(china=(*_PASSIVE, *_duties(SPITE), lever("procurement_localisation", 1.0))),
    "twice the grants, china": Arm(china=_TWICE),
    "contained": Arm(us=_CONTAINED),
    "contained, twice the grants, china": Arm(us=_CONTAINED, china=_TWICE),
    "clear sight": Arm(policy="threat_response", switched={"perception.noise": 0.0}),
    "noisy sight": Arm(policy="threat_response", switched={"perception.noise": 0.3}),
}
"""By name; the last two stand at both ends of the range of the noise."""


def followed(experiment: Experiment, arm: Arm) -> Followed:
    """Outcomes of an arm at year ends."""
    years: dict[str, list[Numbers]] = {}
    for world in _passing(experiment, arm):
        if world.quarter % 4 == 0:
            for name, values in _measured(world):
                years.setdefault(name, []).append(np.array(values[:, :, 0, 0]))
    return {name: np.stack(values) for name, values in years.items()}


def _measured(world: World) -> Iterator[tuple[str, Any]]:
    """Outcomes of a quarter, (run, state, 1, 1)."""
    states = world.states
    yield "income", np.log(states.real_income)
    yield "gdp", states.gdp
    yield "log GDP", log_gdp(world)[:, :, None, None]
    yield "own R&D", np.log(world.cells.rd.sum(axis=2, keepdims=True))
    yield "public knowledge", states.own_knowledge
    yield "support", 100.0 * states.subsidies / states.gdp
    yield "public money", states.public_spending
    yield "trust", states.trust
    yield "technology", measured(world, ("technology_mean",))["technology_mean"].mean(axis=2)[:, :, None, None]
    yield "lead", -states.rival_lead


def _passing(experiment: Experiment, arm: Arm) -> Iterator[World]:
    usual = experiment.scenario.policies
    if arm.policy:
        usual = {state: replace(plain(arm.policy), base=usual[state]) for state in STATES}
    granted = _grants(experiment, arm.granted) if arm.granted else ()
    policies: dict[str, Policy] = {
        STATES[US]: Schedule(usual[STATES[US]], arm.us),
        STATES[CHINA]: Schedule(usual[STATES[CHINA]], (*arm.china, *granted)),
    }
    yield from experiment.passing(policies, 2020 + YEARS, with_values(experiment.parameters, arm.switched))


def _grants(experiment: Experiment, amount: float) -> tuple[Step, ...]:
    """Grants of so much more in China, a step for each sector."""
    first = next(experiment.passing({}, 2021))
    given = first.action.grants[0, CHINA, :, 0]
    parts = amount * given / given.sum()
    return tuple(
        lever("grants", float(part), name, how="change")
        for name, part in zip(known_sectors().names, parts, strict=True)
    )
