"""The arrays against the slow reference: every field of firms, cells, markets and states, quarter by quarter."""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from techduel.ensemble.simulation import Start, prepared, simulate, worlds
from techduel.model.actions import BUDGETS, EFFORTS, LEVERS, Action, of_state, own
from techduel.model.engine.record import copied, shown
from techduel.model.world import Firms, Outside, World
from techduel.policies.fixed import StatusQuo2020
from techduel.policies.kinds import POLICIES
from techduel.scenario.scenario import Scenario, load_scenario
from tests.reference import Reference, accounts, run
from tests.reference.policies import status_quo
from tests.reference.view import world_of

QUARTERS = 12
RELATIVE = 1e-9
ABSOLUTE = 1e-12  # logs pass through zero, where only an absolute distance means anything
FLOWS = ("sales", "rd", "profit", "innovation")
"""Fields of firms that a place keeps for one quarter after its firm has left."""
MASKS = ("alive", "listed", "state_owned")
GROUPS = ("cells", "states", "markets", "blocs", "openness", "action", "mandate", "outside", "parameters.objectives")
"""What a world holds besides firms."""


@dataclass(frozen=True)
class Strong:
    """The status quo with some levers set, for arrays and for plain numbers."""

    levers: dict[str, float]
    fall: float = 0.5
    """Part by which a lever falls over the sectors; at 0 the arrays get one number for all, but for money in each."""

    def __call__(self, world: World, me: int) -> Action:
        set_to = {}
        for name, value in self.levers.items():
            sectors = world.cells.sales.shape[2] if self.fall or name in BUDGETS else 1
            set_to[name] = np.reshape(self._by_sector(name, value, sectors), (1, 1, -1, 1))
        return replace(StatusQuo2020()(world, me), **set_to)

    def in_numbers(self, state: Any) -> dict[str, Any]:
        set_to = {name: self._by_sector(name, value, len(state.cells)) for name, value in self.levers.items()}
        return status_quo(self, state) | set_to

    def _by_sector(self, name: str, value: float, sectors: int) -> Any:
        if LEVERS[name].axis != "sector":
            return value
        return [value * (1.0 - self.fall * sector / sectors) for sector in range(sectors)]


@dataclass(frozen=True)
class Watchful:
    """A policy that only the arrays have: it answers all that a state sees, and says what it thinks of that."""

    def __call__(self, world: World, me: int) -> Action:
        states, rival = world.states, of_state(world.action, 1 - me)
        threat, trust = own(states.threat, me), own(states.trust, me)
        share = world.markets.flows[:, 1 - me, me] / world.markets.flows[:, :, me].sum(axis=1)
        best = own(world.firms.technology.max(axis=3, keepdims=True), me)
        return replace(
            StatusQuo2020()(world, me),
            tariff=0.5 * threat + 0.3 * rival.tariff + share[:, None],
            control_breadth=np.clip(threat + 0.1 * best - 0.2 * own(world.openness.embodied, me), 0.0, 1.0),
            control_depth=1.0 - 0.5 * trust,
            listing_pace=20.0 * threat,
            stockpiles=own(world.cells.stock, me) + own(world.markets.felt[..., 1:], me),
            science_limits=0.5 * threat,
            choice=own(world.action.choice, me) + 1.0,
            expected=own(states.real_income / states.gdp, me) - 0.1 * world.parameters.objectives.leadership,
        )


@dataclass(frozen=True)
class Upheaval:
    """An event that moves everything that events can move, differently each quarter."""

    def __call__(self, world: World, year: float, fate: NDArray[np.float64]) -> World:
        sectors, luck = world.cells.sales.shape[2], fate[..., :1]
        wave = np.sin(7.0 * year + np.arange(1.0, 4 * sectors + 1.0)).reshape(1, 4, sectors, 1)
        outside = Outside(
            demand=0.1 * wave, disruption=0.3 * luck * np.maximum(wave[:, ::-1], 0.0), ease=0.2 * wave[:, 1:3]
        )
        laws = replace(
            world.mandate,
            basic_research=world.mandate.basic_research + 5.0 * luck,
            reshoring_support=world.mandate.reshoring_support + np.maximum(wave[:, :2], 0.0),
            tariff=np.maximum(wave[:, 2:], 0.0),
            control_enforcement=np.full((1, 1, 1, 1), 0.9),
            stockpiles=1.0 + luck,
            allied_cooperation=0.2 + 0.0 * wave[:, :2, :1],
        )
        wishes = replace(world.parameters.objectives, leadership=0.5 + 0.1 * luck)
        return replace(world, outside=outside, mandate=laws, parameters=replace(world.parameters, objectives=wishes))


HAWK = Strong(
    {
        "basic_research": 250.0,
        "grants": 25.0,
        "tax_credit": 0.15,
        "reshoring_support": 12.0,
        "control_breadth": 0.7,
        "control_depth": 0.8,
        "control_enforcement": 0.5,
        "control_end_use": 0.3,
        "destinations": 0.4,
        "tool_denial": 0.7,
        "mineral_denial": 0.2,
        "allied_participation": 0.6,
        "listing_pace": 30.0,
        "listing_denial": 0.9,
        "inbound_screening": 0.7,
        "outbound_screening": 0.4,
        "procurement_localisation": 0.6,
        "tariff": 0.25,
        "visa_limits": 0.4,
        "collaboration_limits": 0.5,
        "science_limits": 0.3,
        "counter_intelligence": 0.6,
        "stockpiles": 3.0,
        "allied_cooperation": 0.8,
    }
)
RESPONDENT = Strong(
    {
        "applied_research": 40.0,
        "grants": 4.0,
        "tax_credit": 0.3,
        "reshoring_support": 6.0,
        "control_breadth": 0.5,
        "control_depth": 0.8,
        "control_enforcement": 0.8,
        "control_end_use": 0.95,
        "destinations": 0.2,
        "foundry_denial": 0.5,
        "mineral_denial": 0.9,
        "allied_participation": 0.3,
        "listing_pace": 100.0,
        "listing_denial": 0.3,
        "inbound_screening": 0.2,
        "outbound_screening": 0.6,
        "procurement_localisation": 0.9,
        "tariff": 0.4,
        "talent_recruitment": 0.8,
        "visa_limits": 0.1,
        "collaboration_limits": 0.2,
        "technology_acquisition": 0.7,
        "counter_intelligence": 0.1,
        "stockpiles": 0.5,
        "standards_push": 0.9,
        "allied_cooperation": 0.1,
    }
)


UNUSUAL = (
    "params=default",
    "params.market.demand_elasticity=0.8",
    "params.research.market_incentive=0.6",
    "params.entry.initial_occupancy=0.9",
    "params.entry.arrival_rate=0.05",
    "params.entry.exit_size=0.2",
    "params.finance.lean_research=0.3",
    "params.paradigm.iot_midpoint=2022",
    "params.access.allied_facilitation=0.05",
    "params.access.licence_cost=0.04",
    "params.access.standards_reach=0.15",
    "params.entry.foreign_capital=0.4",
    "params.security.espionage_rate=60",
    "params.security.disruption_rate=6",
    "params.security.incident_cost=0.01",
    "params.security.trust_shock=0.2",
    "params.perception.noise=0.3",
)
"""Values that use what the default leaves out, or make it weigh: price effects on spending, full cells, incidents."""


TURBULENT = (
    "params=default",
    *("events.review.kind=supply_chain_review", "events.review.start=2021.0", "events.review.threshold=0.05"),
    *("events.law.kind=bill", "events.law.state=china", "events.law.probability=1", "events.law.start=2021"),
    *("events.law.years=1", "events.law.delay_low=0", "events.law.delay_high=3"),
    *("events.slump.kind=demand_shock", "events.slump.start=2021.5", "events.slump.market=china"),
    *("events.quake.kind=supply_disruption", "events.quake.start=2022", "events.quake.sectors=[supply_chain]"),
    *(
        "events.second_quake.kind=supply_disruption",
        "events.second_quake.start=2022.5",
        "events.second_quake.origin=us",
    ),
    *("events.surprise.kind=breakthrough", "events.surprise.start=2021.5", "events.surprise.state=china"),
    *("events.coup.kind=leap", "events.coup.start=2021.75", "events.coup.state=china"),
    *("events.vote.kind=government_change", "events.vote.date=2022", "events.vote.probability=1"),
)
"""Events of every kind within the first three years."""


def unchanged(start: Start) -> Start:
    return start


def with_listed(start: Start) -> Start:
    """The same start with the second and the fifth firm of every cell on the rival's list."""
    records = copied(start.world)
    firms = records["firms"]
    firms["listed"][..., [1, 4]] = firms["alive"][..., [1, 4]]
    records["cells"]["listed_sales"] = (firms["sales"] * firms["listed"]).sum(axis=-1)
    return replace(start, world=shown(records, start.world))


def assert_close(actual: NDArray[Any], expected: Any, where: str) -> None:
    np.testing.assert_allclose(actual, np.array(expected, dtype=float), RELATIVE, ABSOLUTE, err_msg=where)


def assert_equal_worlds(world: World, reference: Reference) -> None:
    """The last run of the arrays is the reference's world."""
    expected = world_of(reference)
    _compare_firms(world, expected)
    for group in GROUPS:
        ours, theirs = attrgetter(group)(world), attrgetter(group)(expected)
        for item in fields(theirs):
            pair = np.broadcast_arrays(getattr(ours, item.name)[-1:], getattr(theirs, item.name)[-1:])
            assert_close(*pair, f"{group}.{item.name}, quarter {world.quarter}")


def _compare_firms(world: World, expected: World) -> None:
    """Everything of living firms; what a place keeps, or says about itself, of all places."""
    alive = expected.firms.alive
    for item in fields(Firms):
        actual, plain = getattr(world.firms, item.name)[-1:], getattr(expected.firms, item.name)
        seen = np.ones_like(alive) if item.name in (*FLOWS, *MASKS) else alive
        assert_close(actual[seen], plain[seen], f"firms.{item.name}, quarter {world.quarter}")


def advance_together(scenario: Scenario, seed: int, change: Callable[[Start], Start]) -> tuple[list[World], Reference]:
    """The second of two runs of the arrays and the reference, compared after each quarter; all worlds on the way."""
    arrays, plain = (change(prepared(scenario, runs, seed)) for runs in ([0, 1], [1]))
    reference, seen = Reference(plain), []
    for world in worlds(replace(arrays, quarters=QUARTERS)):
        if world.quarter:
            reference.step()
            assert_equal_worlds(world, reference)
            seen.append(world)
    return seen, reference


@pytest.fixture(scope="module", params=[1, 2, 3])
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def over_time(seen: list[World], group: str, name: str) -> NDArray[np.float64]:
    """A field of the run that is compared, quarter by quarter, (quarter, state, ...)."""
    return np.array([attrgetter(f"{group}.{name}")(world)[-1] for world in seen])


@pytest.mark.parametrize(("name", "params"), [("baseline_2021", "posterior"), ("article_plan", "default")])
def test_every_field_equals_the_reference(name: str, params: str, seed: int) -> None:
    seen, reference = advance_together(load_scenario(name, f"params={params}"), seed, unchanged)
    assert reference.firm_quarters == seen[-1].firm_quarters[-1]
    assert over_time(seen, "cells", "entered").sum() > 0
    assert over_time(seen, "cells", "exited").sum() > 0


PAIRS = {
    "hawk_us": (HAWK, RESPONDENT),
    "hawk_china": (RESPONDENT, HAWK),
    "even": (replace(HAWK, fall=0.0), replace(RESPONDENT, fall=0.0)),
}


def test_between_them_both_pull_every_lever() -> None:
    assert {*HAWK.levers, *RESPONDENT.levers} == {*LEVERS}, "a new lever gets a value in HAWK or RESPONDENT"


def test_the_reference_pays_for_every_programme() -> None:
    assert {*accounts.EFFORTS} == {*EFFORTS}


@pytest.fixture(scope="module", params=PAIRS.values(), ids=PAIRS)
def strong(request: pytest.FixtureRequest, seed: int) -> list[World]:
    """The quarters of two states that pull every lever, equal to the reference."""
    scenario = load_scenario("baseline_2021", *UNUSUAL)
    scenario = replace(scenario, policies=dict(zip(("us", "china"), request.param, strict=True)))
    return advance_together(scenario, seed, with_listed)[0]


def test_strong_levers_equal_the_reference(strong: list[World]) -> None:
    world = strong[-1]
    assert over_time(strong, "cells", "turned_away").sum() > 0
    assert world.cash_limited[-1] > 0
    assert (world.markets.penalty.max(axis=2) > 0.0).all()
    assert (world.markets.leakage.max(axis=2) > 0.0).all()
    assert ((world.firms.substituted > 0.0) & world.firms.listed).any(axis=(0, 2, 3)).all()


def test_strong_levers_reach_every_mechanism(strong: list[World]) -> None:
    world = strong[-1]
    assert over_time(strong, "states", "budget_cut").max() > 100.0, "budgets bind"
    assert (world.firms.listed.sum(axis=(2, 3)) > 100).all(), "firms are listed"
    listed = world.firms.listed | ~world.firms.alive | (world.firms.sales == 0.0)
    assert listed.all(axis=(0, 2, 3)).any(), "until a list holds all firms that sold"
    assert (world.firms.tie_replaced > 0.0).any(axis=(0, 2, 3)).all()
    storable = world.structure.tags["storable"]
    assert (over_time(strong, "cells", "stock").max(axis=0)[:, storable] > 0.0).all(), "stocks are filled"
    assert (over_time(strong, "markets", "felt") < over_time(strong, "markets", "penalty")).any(), "and used"
    assert world.cells.standing.max() > 0.01
    assert set(np.unique(over_time(strong, "states", "incidents"))) >= {0.0, 1.0}
    assert np.ptp(over_time(strong, "states", "trust")) > 0.1
    assert np.ptp(over_time(strong, "states", "threat"), axis=0).min() > 0.01


def test_a_policy_of_the_arrays_sees_the_same_world(seed: int) -> None:
    scenario = load_scenario("baseline_2021", *UNUSUAL)
    scenario = replace(scenario, policies={"us": Watchful(), "china": Watchful()})
    seen, _ = advance_together(scenario, seed, with_listed)
    assert (seen[-1].action.choice == QUARTERS).all()
    assert np.ptp(over_time(seen, "states", "expected_gain"), axis=0).min() > 0.0


def test_events_equal_the_reference(seed: int) -> None:
    scenario = load_scenario("baseline_2021", *UNUSUAL)
    scenario = replace(scenario, policies={"us": HAWK, "china": Watchful()}, events={"upheaval": Upheaval()})
    seen, _ = advance_together(scenario, seed, with_listed)
    assert (over_time(seen, "markets", "penalty")[..., 0] > 0.0).any()
    assert np.ptp(over_time(seen, "outside", "demand")) > 0.1
    assert (seen[-1].mandate.basic_research > 0.0).all()
    assert seen[-1].action.control_enforcement.min() == 1.0, "as high as a lever goes"


def test_every_kind_of_event_equals_the_reference(seed: int) -> None:
    seen, _ = advance_together(load_scenario("baseline_2021", *TURBULENT), seed, unchanged)
    for name in ("outside.demand", "outside.disruption", "outside.ease", "mandate.stockpiles"):
        assert any(attrgetter(name)(world)[-1].any() for world in seen), name
    law = [world.mandate.basic_research[-1].max() for world in seen]
    assert max(law) > 0.0
    assert law[-1] == 0.0
    leadership = [world.parameters.objectives.leadership[-1].max() for world in seen]
    assert leadership[0] != leadership[-1]


@pytest.mark.parametrize("kind", sorted(POLICIES))
def test_every_kind_of_policy_equals_the_reference(kind: str) -> None:
    names = [f"policy@policies.{state}={kind}" for state in ("us", "china")]
    seen, _ = advance_together(load_scenario("baseline_2021", *names, "params.perception.noise=0.3"), 1, unchanged)
    assert seen[-1].quarter == QUARTERS


def test_a_step_that_waits_for_what_is_seen_equals_the_reference() -> None:
    waits = "{lever: tariff, when: {outcome: lead.ai, above: -1000, for: 3}, ramp: 1, change: 0.5}"
    choice = ("policy@policies.china=schedule", f"policies.china.steps={{wall: {waits}}}")
    seen, _ = advance_together(load_scenario("baseline_2021", "params=default", *choice), 3, unchanged)
    assert seen[-1].states.signals[0, 1, 0, 0] > 3.0


def test_a_whole_run_does_the_work_of_simulate() -> None:
    scenario = load_scenario("baseline_2021", "horizon=2023")
    record = simulate(scenario, runs=[1], seed=4)
    reference = run(scenario, seed=4, run=1)
    assert reference.firm_quarters == record.diagnostics["firm_quarters"][0]
    own = [math.exp(-reference.rest[place].labour_cost) for place in range(2)]
    found = [state.gdp * one for state, one in zip(reference.both, own, strict=True)]
    assert_close(record["gdp"][0, :, -1], found, "gdp at the horizon")
