"""Looking ahead: the same decision in any company and whatever luck is to come, and the best of the menu."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pytest

from techduel.ensemble.simulation import advanced, prepared, simulate
from techduel.model.actions import LEVERS, Action, both, own
from techduel.model.noise import CHANCES, STREAMS, Noise
from techduel.model.outcomes import OUTCOMES, measured
from techduel.model.world import QUIET, World
from techduel.policies.best_response import BestResponse, Imagined, imagined_luck, objective, worth
from techduel.policies.fixed import Policy, StatusQuo2020
from techduel.scenario.kinds import shipped
from techduel.scenario.scenario import Scenario, load_scenario
from tests.ensembles import different, leaves, part
from tests.hand import step

US, CHINA = range(2)
CHEAP = {"lookahead": 1.0, "futures": 2.0, "every": 1.0}
GUARD = {"kind": "schedule", "steps": {"on": {"lever": "counter_intelligence", "start": 2021.0, "value": 1.0}}}
SLEEP = {"kind": "schedule", "steps": {"off": {"lever": "counter_intelligence", "start": 2021.0, "value": 0.0}}}


def planner(**options: Any) -> BestResponse:
    found = shipped("best_response", **{**CHEAP, **options})
    assert isinstance(found, BestResponse)
    return found


def wanting(world: World, **weights: float) -> World:
    """The same world in which both states want something else."""
    known = world.parameters.objectives
    arrays = {
        name: np.full((1, 2, 1, 1), weights.get(name, 0.0))
        for name in ("leadership", "income", "security", "incidents")
    }
    return replace(world, parameters=replace(world.parameters, objectives=replace(known, **arrays)))


@pytest.fixture(scope="module")
def deciding() -> Scenario:
    """Both states look ahead, every year."""
    options = [f"policies.{state}.{name}={value:g}" for state in ("us", "china") for name, value in CHEAP.items()]
    chosen = [f"policy@policies.{state}=best_response" for state in ("us", "china")]
    return load_scenario("baseline_2021", "params=default", "horizon=2022", *chosen, *options)


@pytest.fixture(scope="module")
def world(short: Scenario) -> World:
    """Four runs after a year."""
    start = prepared(short, range(4), seed=1)
    world = start.world
    for _ in range(4):
        world = advanced(world, start)
    return world


def test_a_run_decides_alike_alone_and_in_company(deciding: Scenario) -> None:
    many = simulate(deciding, runs=6, seed=2)
    for run in (0, 5):
        assert (
            different(part(simulate(deciding, runs=[run], seed=2), slice(None)), part(many, slice(run, run + 1))) == []
        )


def test_luck_to_come_changes_no_decision(deciding: Scenario) -> None:
    start = prepared(deciding, range(6), seed=2)
    world = start.world
    for _ in range(4):
        world = advanced(world, start)
    size = world.firms.alive.shape
    other = replace(start, noise=Noise(99, range(6), size[2], size[3]))
    one, two = advanced(world, start), advanced(world, other)
    for name in ("choice", "expected"):
        assert np.array_equal(getattr(one.action, name), getattr(two.action, name))
    assert not np.array_equal(one.states.gdp, two.states.gdp)


def test_looking_ahead_leaves_the_world_as_it_is(world: World) -> None:
    before = {name: values.copy() for name, values in leaves(world)}
    planner().considered(world, US)
    assert [name for name, values in leaves(world) if not np.array_equal(values, before[name])] == []


def test_the_best_of_the_menu_is_chosen(world: World) -> None:
    policy = planner()
    gains, action = policy.considered(world, CHINA), policy(world, CHINA)
    assert gains.shape == (4, len(policy.names))
    assert np.all(gains[:, 0] == 0.0)
    assert np.array_equal(action.choice[:, 0, 0, 0], gains.argmax(axis=1))
    assert np.array_equal(action.expected[:, 0, 0, 0], gains.max(axis=1))


@pytest.mark.parametrize(("me", "rival"), [(US, CHINA), (CHINA, US)])
def test_an_alternative_is_tried_against_the_rivals_own_course(me: int, rival: int, world: World) -> None:
    policy, theirs = planner(menu={"guard": GUARD}), Imagined.of(world, rival, 0.5)
    alone, guarded = (
        sum(worth(world, me, mine, theirs, imagined_luck(world, me, future, 4)) for future in range(2)) / 2.0
        for mine in (policy.base, policy.menu["guard"])
    )
    found = replace(policy, expected_retaliation=0.5).considered(world, me)
    np.testing.assert_allclose(found[:, 1], (guarded - alone)[:, 0, 0, 0], atol=1e-12)


def test_each_run_gets_the_levers_of_its_own_choice(world: World) -> None:
    policy, choice = planner(), np.array([0.0, 1.0, 2.0, 4.0]).reshape(4, 1, 1, 1)
    noted = np.concatenate([choice, np.zeros_like(choice)], axis=1)
    later = replace(world, quarter=5, action=replace(world.action, choice=noted, expected=0.5 * noted))
    action = policy(later, US)
    alone = [policy.base, *(policy.menu[name] for name in policy.names[1:])]
    for run, item in enumerate(choice.ravel().astype(int)):
        for name in LEVERS:
            single = np.broadcast_to(getattr(alone[item](later, US), name), (4, 1, 14, 1))[run]
            assert np.array_equal(np.broadcast_to(getattr(action, name), (4, 1, 14, 1))[run], single), name
    assert np.array_equal(action.choice, choice)
    assert np.array_equal(action.expected, 0.5 * choice)


def test_a_decision_stands_until_the_next(deciding: Scenario) -> None:
    choice = simulate(deciding, runs=6, seed=2)["policy_choice"][..., 1:]
    assert np.all(choice[..., :4] == choice[..., :1])
    assert np.all(choice[..., 4:] == choice[..., 4:5])
    assert np.any(choice > 0.0)


@pytest.mark.parametrize(("weight", "chosen"), [(1.0, "guard"), (0.0, "base")])
def test_a_state_does_what_it_wants(world: World, weight: float, chosen: str) -> None:
    """More defence is better for security alone; who wants nothing keeps the base."""
    policy = planner(menu={"sleep": SLEEP, "guard": GUARD})
    assert policy.names == ("base", "guard", "sleep")
    found = policy(wanting(world, security=weight), US)
    assert np.all(found.choice == policy.names.index(chosen))
    assert np.all(found.expected == 0.0) == (chosen == "base")


def test_fear_of_retaliation_makes_tariffs_less_attractive(world: World) -> None:
    """The rival's answer in kind takes sales from the state that began."""
    steps = {"duty": {"lever": "tariff", "start": 2021.0, "change": 0.5}}
    menu = {"duty": {"kind": "schedule", "steps": steps}}
    bold, timid = (
        planner(menu=menu, lookahead=3.0, expected_retaliation=gain).considered(wanting(world, income=1.0), US)[:, 1]
        for gain in (0.0, 0.95)
    )
    assert np.all(timid < bold)


def test_the_order_of_a_menu_is_that_of_its_names(world: World) -> None:
    one, two = planner(menu={"sleep": SLEEP, "guard": GUARD}), planner(menu={"guard": GUARD, "sleep": SLEEP})
    assert one.names == two.names
    assert np.array_equal(one.considered(world, US), two.considered(world, US))


# What is imagined


def test_worth_is_the_discounted_objective(world: World) -> None:
    mine, theirs = shipped("cooperation"), StatusQuo2020()
    value, now = 0.0, world
    for ahead, draws in enumerate(imagined_luck(world, US, 0, 3)):
        now = step(now, both(mine(now, US), theirs(now, CHINA)), draws, now.year + 0.25)
        value = value + np.exp(-ahead / 4.0 / 10.0) * objective(now, US) / 4.0
    assert np.array_equal(worth(world, US, mine, theirs, imagined_luck(world, US, 0, 3)), value)


def test_the_objective_weighs_income_lead_and_risk(world: World) -> None:
    states, tag = world.states, world.structure.tags["frontier"]
    lead = (world.cells.frontier[:, US] - world.cells.frontier[:, CHINA])[:, tag, 0].mean(axis=1)
    for name, expected in (
        ("income", np.log(states.real_income[:, CHINA, 0, 0])),
        ("leadership", -lead),
        ("security", -states.risk[:, CHINA, 0, 0]),
    ):
        found = objective(wanting(world, **{name: 0.5}), CHINA)[:, 0, 0, 0]
        np.testing.assert_allclose(found, 0.5 * expected, rtol=1e-12)


@pytest.mark.parametrize(("multiple", "cost"), [(1.0, 0.006), (13.0, 0.002), (0.0, 0.006)])
def test_incidents_are_priced_in_multiples_of_what_they_cost(world: World, multiple: float, cost: float) -> None:
    security = replace(world.parameters.security, incident_cost=np.full((1, 1, 1, 1), cost))
    dear = wanting(replace(world, parameters=replace(world.parameters, security=security)), incidents=multiple)
    expected = -multiple * cost / 4.0 * world.states.risk[:, US]
    np.testing.assert_allclose(objective(dear, US)[:, 0], expected, rtol=1e-12)


@pytest.mark.parametrize(("multiple", "chosen"), [(13.0, "guard"), (0.0, "base")])
def test_dearer_incidents_raise_measures(world: World, multiple: float, chosen: str) -> None:
    policy = planner(menu={"sleep": SLEEP, "guard": GUARD})
    assert np.all(policy(wanting(world, incidents=multiple), US).choice == policy.names.index(chosen))


def test_imagined_luck_is_the_same_for_all_runs(world: World) -> None:
    one, other = (next(imagined_luck(world, US, future, 1)) for future in range(2))
    for name in (*STREAMS, *CHANCES):
        assert getattr(one, name).shape[0] == 1, name
        assert not np.array_equal(getattr(one, name), getattr(other, name)), name


def test_each_state_imagines_the_luck_of_the_other_in_its_place(world: World) -> None:
    """What the United States imagines for itself, China imagines for itself, quarter by quarter."""
    ours, theirs = (imagined_luck(world, me, 1, 3) for me in (US, CHINA))
    for one, other in zip(ours, theirs, strict=True):
        for name in (*STREAMS, *CHANCES):
            values, turned = getattr(one, name), getattr(other, name)
            assert np.array_equal(values[:, [1, 0]], turned), name
            assert not np.array_equal(values, turned), name


def test_an_imagined_rival_keeps_its_course_and_answers(world: World) -> None:
    rival = Imagined.of(world, CHINA, 0.5)
    calm = rival(world, CHINA)
    for name in LEVERS:
        np.testing.assert_allclose(
            getattr(calm, name), own(getattr(world.action, name), CHINA), rtol=1e-9, err_msg=name
        )
    raised = world.action.tariff.copy()
    raised[:, US] += 0.4
    answer = rival(replace(world, action=replace(world.action, tariff=raised)), CHINA)
    np.testing.assert_allclose(answer.tariff - calm.tariff, 0.5 * 0.4 / 4.0)
    assert np.array_equal(answer.visa_limits, calm.visa_limits)


@dataclass(frozen=True)
class Witness:
    """The status quo, and a record of what was seen."""

    seen: list[World] = field(default_factory=list)

    def __call__(self, world: World, me: int) -> Action:
        self.seen.append(world)
        return StatusQuo2020()(world, me)


def test_events_are_foreseen_for_the_coming_quarter_only(world: World) -> None:
    struck, policy = replace(world, outside=replace(QUIET, demand=QUIET.demand - 0.1)), Witness()
    worth(struck, US, policy, StatusQuo2020(), imagined_luck(world, US, 0, 2))
    assert policy.seen[0].outside.demand.item() == -0.1
    assert policy.seen[1].outside is QUIET


def test_wrapped_planners_keep_their_notes(world: World) -> None:
    inner: Policy = planner(menu={"guard": GUARD})
    wrapped = shipped("capped", cap=1.0, policy={"kind": "best_response", "menu": {"guard": GUARD}, **CHEAP})
    ours, theirs = wrapped(wanting(world, security=1.0), US), inner(wanting(world, security=1.0), US)
    assert np.array_equal(ours.choice, theirs.choice)
    assert np.array_equal(ours.expected, theirs.expected)


def test_outcomes_show_choice_and_expectation(deciding: Scenario) -> None:
    start = prepared(deciding, range(2), seed=2)
    world = advanced(start.world, start)
    found = measured(world, tuple(OUTCOMES))
    assert np.array_equal(found["policy_choice"], world.action.choice[..., 0, 0])
    assert np.array_equal(found["expected_gain"], world.action.expected[..., 0, 0])


@dataclass
class Bystander:
    """Looks at everything, weighs alternatives, and then does what it would have done anyway."""

    seen: list[float] = field(default_factory=list)

    def __call__(self, world: World, me: int) -> Action:
        self.seen.append(float(sum(np.nansum(values) for _, values in leaves(world.states))))
        if world.quarter == 2:
            planner().considered(world, me)
        return StatusQuo2020()(world, me)


def test_a_policy_that_only_looks_changes_no_bit(short: Scenario) -> None:
    looking = Bystander()
    blind, seeing = (
        simulate(replace(short, policies={"us": policy, "china": policy}), runs=3, seed=2)
        for policy in (StatusQuo2020(), looking)
    )
    assert different(part(blind, slice(None)), part(seeing, slice(None))) == []
    assert len(looking.seen) == 2 * 12
