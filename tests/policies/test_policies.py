"""Policies: ranges and neutrality of every kind, mirror image, and what each of them does, by hand."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from techduel.ensemble.simulation import prepared
from techduel.facts import load_facts
from techduel.facts.base_year import initial_world
from techduel.model.actions import BARRIERS, BUDGETS, LEVERS, Action, both, of_state, own
from techduel.model.noise import Noise
from techduel.model.outcomes import OUTCOMES, measured
from techduel.model.world import World
from techduel.policies import stances
from techduel.policies.fixed import Policy, StatusQuo2020
from techduel.policies.kinds import POLICIES, described
from techduel.policies.mitigation import RiskMitigation, expected_risk
from techduel.policies.moves import ramp
from techduel.policies.variants import Mixed
from techduel.scenario.kinds import filled, policy_options, shipped
from techduel.scenario.layers import choices
from techduel.scenario.models import DEEPEST
from techduel.scenario.scenario import Scenario, load_scenario
from tests.ensembles import changed_leaves, different, random_parameters
from tests.hand import step
from tests.model.test_mirror import MirroredNoise, by_state, mirrored_facts

US, CHINA = range(2)
SETS = 8
NEVER = 2051.0
BROAD = {"kind": "broad_controls"}
FAST = {"lookahead": 1.0, "futures": 1.0, "every": 5.0}
"""Options of best_response that make it cheap."""

NEUTRAL: dict[str, dict[str, Any]] = {
    "status_quo_ante": {"start": NEVER},
    "industrial_policy": dict.fromkeys(
        ("grants", "reshoring_support", "basic_research", "applied_research", "tax_credit"), 0.0
    ),
    "threat_response": {"response": 0.0},
    "targeted_controls": {"start": NEVER},
    "broad_controls": {"start": NEVER},
    "tit_for_tat": {"gain": 0.0},
    "full_decoupling": {"start": NEVER},
    "cooperation": {"start": NEVER},
    "schedule": {"steps": {}},
    "risk_mitigation": {"kept": 1.0, "limit": 20.0},
    "best_response": {"menu": {}} | FAST,
    "delayed": {"quarters": 1.0},
    "capped": {"cap": 1.0},
    "noisy": {"spread": 0.0},
    "switched": {"at": NEVER},
}
"""Options with which a policy does nothing of its own."""
NOTES = {"policy_choice", "expected_gain"}


@pytest.fixture(scope="module")
def world(baseline: Scenario) -> World:
    """The base year of two runs."""
    return prepared(baseline, range(2), seed=1).world


def at_year(world: World, year: float) -> World:
    """The same world just before a quarter."""
    return replace(world, year=year - 0.25, quarter=round(4 * (year - 2021.0)))


def with_levers(world: World, me: int, **levers: Any) -> World:
    """The same world in which one state has decided otherwise."""
    mine = of_state(world.action, me)
    mine = replace(mine, **{name: np.zeros_like(getattr(mine, name)) + value for name, value in levers.items()})
    sides = (mine, of_state(world.action, 1 - me))
    decided = both(*(sides if me == US else sides[::-1]))
    return replace(world, action=decided, decided=decided)


def passing(
    world: World, policies: tuple[Policy, ...], quarters: int, noise: Noise | None = None
) -> Iterator[tuple[Action, World]]:
    """Decisions of both states and the world after each quarter."""
    runs, _, sectors, slots = world.firms.alive.shape
    luck = noise or Noise(3, range(runs), sectors, slots)
    for _ in range(quarters):
        decided = both(policies[US](world, US), policies[CHINA](world, CHINA))
        world = step(world, decided, luck.quarter(), world.year + 0.25)
        yield decided, world


def last(world: World, policies: tuple[Policy, ...], quarters: int, noise: Noise | None = None) -> World:
    return [after for _, after in passing(world, policies, quarters, noise)][-1]


def unlike(one: Action, other: Action) -> list[str]:
    """Levers that two actions set to different values."""
    return [name for name in LEVERS if np.any(getattr(one, name) != getattr(other, name))]


# Every kind


def test_every_kind_has_its_file() -> None:
    assert set(POLICIES) == set(choices("policy"))
    assert [kind for kind in POLICIES if policy_options(kind)["kind"] != kind] == []
    assert [kind for kind in POLICIES if set(policy_options(kind)) != {"kind", *described(kind)}] == []


def test_every_policy_says_what_it_is() -> None:
    for kind, known in POLICIES.items():
        assert known.__doc__, kind
        assert all(option.meaning for option in described(kind).values()), kind


def test_shipped_policies_stand_in_no_circle() -> None:
    def depth(options: dict[str, Any]) -> int:
        nested = [value for value in options.values() if isinstance(value, dict)]
        inside = [value for value in nested if "kind" in value]
        inside += [part for value in nested for part in value.values() if isinstance(part, dict) and "kind" in part]
        return 1 + max(map(depth, inside), default=-1)

    assert max(depth(filled({"kind": kind})) for kind in POLICIES) < DEEPEST


@pytest.mark.parametrize("kind", POLICIES)
def test_levers_stay_in_their_ranges(kind: str, baseline: Scenario) -> None:
    facts = load_facts(baseline.base_year, baseline.facts_vintage)
    parameters = random_parameters(SETS, len(facts.sectors), seed=sorted(POLICIES).index(kind))
    noise = Noise(2, range(SETS), len(facts.sectors), baseline.slots)
    world = initial_world(facts, parameters, noise.initial())
    chosen = shipped(kind, **(FAST if kind == "best_response" else {}))
    for decided, after in passing(world, (chosen, chosen), quarters=60):
        for name, known in LEVERS.items():
            values = getattr(decided, name)
            assert known.low <= values.min() <= values.max() <= known.high, (name, after.year)
            assert values.shape[1] == 2, name


@pytest.mark.parametrize("kind", NEUTRAL)
@pytest.mark.parametrize("around", ["status_quo_2020", "plan"])
def test_a_neutral_policy_is_its_base(kind: str, around: str) -> None:
    name = "policy" if "policy" in described(kind) else "base"
    policy, base = shipped(kind, **NEUTRAL[kind], **{name: {"kind": around}}), shipped(around)
    start = prepared(load_scenario("baseline_2021", "params=default"), range(2), seed=1).world
    ours, theirs = (last(start, (found, found), quarters=14) for found in (policy, base))
    names = tuple(name for name in OUTCOMES if name not in NOTES)
    assert different(measured(ours, names), measured(theirs, names)) == []


def test_only_policies_without_options_have_no_neutral_ones() -> None:
    assert set(POLICIES) - set(NEUTRAL) == {"status_quo_2020", "plan", "recorded"}


@pytest.mark.parametrize("kind", POLICIES)
def test_states_are_alike_to_a_policy(kind: str, baseline: Scenario) -> None:
    """The mirror image of a world with exchanged policies is the mirror image of what follows."""
    chosen = shipped(kind, **(FAST if kind == "best_response" else {}))
    facts, known, policies = load_facts(), baseline.parameters, (chosen, shipped("tit_for_tat"))
    sizes = (range(2), len(facts.sectors), baseline.slots)
    here = initial_world(facts, known, Noise(5, *sizes).initial())
    there = initial_world(mirrored_facts(facts), changed_leaves(known, by_state), MirroredNoise(5, *sizes).initial())
    theirs = tuple(changed_leaves(policy, by_state) for policy in policies[::-1])
    one = last(here, policies, 8, Noise(6, *sizes))
    two = last(there, theirs, 8, MirroredNoise(6, *sizes))
    for name in ("real_income", "gdp", "restriction", "threat", "public_spending"):
        np.testing.assert_allclose(getattr(two.states, name)[:, ::-1], getattr(one.states, name), rtol=1e-9)


@pytest.mark.parametrize("kind", POLICIES)
def test_a_policy_depends_on_nothing_but_the_world(kind: str, world: World) -> None:
    policy = shipped(kind, **(FAST if kind == "best_response" else {}))
    one, two = policy(world, US), policy(world, US)
    assert unlike(one, two) == []


# Timing


@pytest.mark.parametrize(
    ("year", "span", "part"), [(2021.75, 0.25, 0.0), (2022.0, 0.25, 0.125), (2022.0, 1.0, 0.5), (2024.5, 0.25, 1.0)]
)
def test_a_ramp_is_a_straight_line_that_acts_at_once(world: World, year: float, span: float, part: float) -> None:
    assert ramp(at_year(world, year), 2022.0, 2.0, span) == pytest.approx(part)


def test_a_ramp_of_no_years_is_a_step(world: World) -> None:
    assert [ramp(at_year(world, year), 2022.0, 0.0) for year in (2021.75, 2022.0)] == [0.0, 1.0]


# Stances


def test_status_quo_ante_has_the_tariffs_of_before_the_trade_war(world: World) -> None:
    before = world.structure.status_quo
    for me, most in ((US, 0.031), (CHINA, 0.08)):
        action = shipped("status_quo_ante")(world, me)
        np.testing.assert_allclose(action.tariff, np.minimum(own(before.tariff, me), most))
        np.testing.assert_allclose(action.visa_limits, 0.3 * own(before.visa_limits, me))
        assert action.listing_denial.max() == action.listing_pace.max() == 0.0
        assert np.array_equal(action.grants, StatusQuo2020()(world, me).grants)


def test_industrial_policy_comes_step_by_step_and_ends(world: World) -> None:
    policy = shipped("industrial_policy", start=2022.0, ramp_years=3.0, years=5.0, grants=30.0)

    def extra(year: float) -> float:
        now = at_year(world, year)
        found = policy(now, US).grants - StatusQuo2020()(now, US).grants
        assert found[0, 0, load_facts().sectors.index("quantum"), 0] == 0.0
        return float(found[0].sum())

    assert [extra(year) for year in (2021.0, 2022.0, 2023.0, 2024.0, 2026.0, 2027.0)] == pytest.approx(
        [0.0, 10.0, 20.0, 30.0, 30.0, 0.0]
    )


def test_industrial_policy_shares_money_by_weights(world: World) -> None:
    policy = shipped("industrial_policy", start=2021.0, ramp_years=0.0, weights={"ai": 5.0})
    extra = (policy(world, US).reshoring_support - StatusQuo2020()(world, US).reshoring_support)[0, 0, :, 0]
    assert extra[load_facts().sectors.index("ai")] == pytest.approx(15.0 * 5.0 / 13.6)
    assert extra.sum() == pytest.approx(15.0)


def test_controls_only_add_and_choose_their_aim(world: World) -> None:
    action, before = shipped("targeted_controls")(world, US), of_state(world.structure.status_quo, US)
    assert np.all(action.control_breadth >= before.control_breadth)
    chips = load_facts().sectors.index("semiconductors")
    assert action.control_depth[0, 0, chips, 0] == 0.9
    assert action.control_end_use.item() == 0.9
    assert np.array_equal(action.control_breadth[:, :, :5], before.control_breadth[:, :, :5])
    assert shipped("broad_controls")(world, US).control_end_use.item() == 0.0


def test_decoupling_closes_every_barrier_in_time(world: World) -> None:
    policy = shipped("full_decoupling", ramp_years=4.0)
    half, full = (policy(at_year(world, year), CHINA) for year in (2022.75, 2024.75))
    before = of_state(world.structure.status_quo, CHINA)
    for name in BARRIERS:
        first, middle, end = (getattr(action, name) for action in (before, half, full))
        np.testing.assert_allclose(middle, (first + end) / 2.0)
        assert np.all(end >= 0.5), name


def test_a_barrier_without_an_option_closes_in_full(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stances, "DECOUPLED", (*stances.DECOUPLED, "listing_denial"))
    assert np.all(shipped("full_decoupling", ramp_years=0.0)(at_year(world, 2030.0), US).listing_denial == 1.0)


def test_cooperation_opens_science_and_keeps_the_allies(world: World) -> None:
    action, before = (policy(at_year(world, 2030.0), US) for policy in (shipped("cooperation"), StatusQuo2020()))
    assert action.science_limits.max() == 0.0
    for name in ("tariff", "control_depth", "listing_denial", "technology_acquisition"):
        np.testing.assert_allclose(getattr(action, name), 0.3 * getattr(before, name))
    assert np.array_equal(action.allied_participation, before.allied_participation)


# Reactions


def threatened(world: World, threat: float) -> World:
    """A world in which the United States feels so much threat, and China all there is."""
    felt = np.ones_like(world.states.threat)
    felt[:, US] = threat
    return replace(world, states=replace(world.states, threat=felt))


def test_threat_response_answers_only_what_exceeds_its_threshold(world: World) -> None:
    policy, before = shipped("threat_response", threshold=0.5, response=2.0), StatusQuo2020()(world, US)
    calm, alarmed = policy(threatened(world, 0.5), US), policy(threatened(world, 0.75), US)
    assert unlike(calm, before) == []
    np.testing.assert_allclose(alarmed.basic_research, (1.0 + 0.5 * 0.5) * before.basic_research)
    closer = before.visa_limits + (1.0 - before.visa_limits) * 0.5 * 0.5
    np.testing.assert_allclose(alarmed.visa_limits, np.broadcast_to(closer, (2, 1, 1, 1)))


def test_without_retaliation_a_threat_moves_money_and_defence_only(world: World) -> None:
    government = replace(world.parameters.government, retaliation=np.zeros((1, 1, 1, 1)))
    meek = replace(world, parameters=replace(world.parameters, government=government))
    action, before = shipped("threat_response")(threatened(meek, 0.9), US), StatusQuo2020()(meek, US)
    assert unlike(action, before) == ["basic_research", "applied_research", "grants", "counter_intelligence"]


def tariffs(world: World, policies: tuple[Policy, Policy], quarters: int) -> NDArray[np.float64]:
    """Duty of both states on chips, quarter by quarter."""
    chips = load_facts().sectors.index("semiconductors")
    return np.array([after.action.tariff[0, :, chips, 0] for _, after in passing(world, policies, quarters)])


def test_tit_for_tat_answers_in_part_and_forgives(world: World) -> None:
    steps = {"war": {"lever": "tariff", "start": 2021.0, "until": 2026.0, "change": 0.4}}
    rival, policy = shipped("schedule", steps=steps), shipped("tit_for_tat", gain=0.5, speed=1.0)
    duty = tariffs(world, (policy, rival), quarters=60)[:, US]
    first = world.action.tariff[0, US, 8, 0]
    assert duty[0] == pytest.approx(first)
    assert duty[1] == pytest.approx(first + 0.5 * 0.4 / 4.0)
    assert duty[19] == pytest.approx(first + 0.5 * 0.4, rel=0.01)
    assert np.all(np.diff(duty[:20]) >= 0.0)
    assert np.all(np.diff(duty[22:]) <= 0.0)
    assert duty[-1] == pytest.approx(first, rel=0.01)


def test_an_answer_comes_on_top_of_the_restrictions_of_its_base(world: World) -> None:
    """A base that has closed more than in 2020 does so under tit-for-tat too, with the answer added to it."""
    base = {"kind": "schedule", "steps": {"own": {"lever": "tariff", "start": 2021.0, "change": 0.2}}}
    first, settled = world.action.tariff, {"tariff": world.action.tariff + np.array([0.2, 0.0]).reshape(1, 2, 1, 1)}
    begun = with_levers(world, US, tariff=own(settled["tariff"], US))
    calm = shipped("tit_for_tat", base=base, gain=0.5, speed=1.0)(begun, US)
    np.testing.assert_allclose(calm.tariff, own(first, US) + 0.2, rtol=1e-12)
    war = with_levers(begun, CHINA, tariff=own(first, CHINA) + 0.4)
    answer = shipped("tit_for_tat", base=base, gain=0.5, speed=1.0)(war, US)
    np.testing.assert_allclose(answer.tariff, own(first, US) + 0.2 + 0.5 * 0.4 / 4.0, rtol=1e-12)


def test_two_that_answer_each_other_calm_down(world: World) -> None:
    provoked = with_levers(world, CHINA, tariff=1.0)
    policy = shipped("tit_for_tat", gain=0.95, speed=4.0)
    duty = tariffs(provoked, (policy, policy), quarters=100)
    first = world.action.tariff[0, :, 8, 0]
    assert duty.max() < 1.0
    np.testing.assert_allclose(duty[-1], first, atol=0.02)


def test_what_firms_avert_does_not_add_up(world: World) -> None:
    """The answer in force is that of the policy less what firms avert of it once, not once a quarter."""
    rival = shipped("schedule", steps={"war": {"lever": "control_depth", "start": 2021.0, "value": 0.9}})
    policy = shipped("tit_for_tat", gain=0.9, speed=4.0)
    decided, after = list(passing(world, (policy, rival), quarters=8))[-1]
    before, theirs = world.structure.status_quo.control_depth, after.action.control_depth[:, CHINA:]
    wanted = np.minimum(before[:, :1] + 0.9 * (theirs - before[:, CHINA:]), 1.0)
    np.testing.assert_allclose(decided.control_depth[:, :1], wanted, atol=0.01)


# The plan and what others add to it


def with_more_research(world: World, basic: float, applied: float) -> World:
    """The world in which a law has added to China's public research in force, and so to all of its R&D."""
    more = {name: np.zeros((1, 2, 1, 1)) for name in ("basic", "applied")}
    more["basic"][:, CHINA], more["applied"][:, CHINA] = basic, applied
    action = replace(
        world.action,
        basic_research=world.action.basic_research + more["basic"],
        applied_research=world.action.applied_research + more["applied"],
    )
    spent = replace(
        world.states,
        rd_basic=world.states.rd_basic + more["basic"],
        rd_total=world.states.rd_total + more["basic"] + more["applied"],
    )
    return replace(world, action=action, states=spent)


@pytest.mark.parametrize("plan", ["slow", "eager"])
@pytest.mark.parametrize("year", [2021.75, 2026.75])
def test_a_plan_does_not_react_to_what_others_add(plan: str, year: float, world: World) -> None:
    targets = {"slow": {"rd_growth_target": 0.04, "basic_share_target": 0.065}, "eager": {}}[plan]
    policy, now = shipped("plan", **targets), at_year(world, year)
    usual, lawful = policy(now, CHINA), policy(with_more_research(now, 7.0, 11.0), CHINA)
    for name in ("basic_research", "applied_research", "planned_basic", "planned_applied"):
        np.testing.assert_allclose(getattr(lawful, name), getattr(usual, name), rtol=1e-12)


def test_a_plan_reacts_to_what_firms_do(world: World) -> None:
    now = at_year(world, 2021.75)
    busy = replace(now, states=replace(now.states, rd_total=1.01 * now.states.rd_total))
    policy = shipped("plan", rd_growth_target=0.04, basic_share_target=0.065)
    assert np.all(policy(busy, CHINA).applied_research < policy(now, CHINA).applied_research)
    assert np.all(policy(busy, CHINA).basic_research > policy(now, CHINA).basic_research)


# Risk


def test_the_least_restriction_keeps_risk_at_its_limit(world: World) -> None:
    policy = shipped("risk_mitigation", limit=0.2, multiple=0.0)
    assert isinstance(policy, RiskMitigation)
    action = policy(world, US)
    assert np.all((action.choice > 0.0) & (action.choice < 1.0))
    risk = expected_risk(world, US, action)
    assert np.all(risk <= 0.2)
    np.testing.assert_allclose(risk, 0.2, atol=1e-4)


def test_stocks_that_a_state_wants_count_as_filled(world: World) -> None:
    action = StatusQuo2020()(world, US)
    bare, stocked = (replace(action, stockpiles=np.full((1, 1, 1, 1), quarters)) for quarters in (0.0, 8.0))
    assert np.all(expected_risk(world, US, stocked) < expected_risk(world, US, bare))


@pytest.mark.parametrize(("limit", "choice"), [(20.0, 0.0), (0.0, 1.0)])
def test_restriction_ends_at_either_end_of_its_path(world: World, limit: float, choice: float) -> None:
    policy = shipped("risk_mitigation", limit=limit, multiple=0.0)
    assert isinstance(policy, RiskMitigation)
    action, end = policy(world, CHINA), policy.path(world, CHINA)[round(choice)]
    assert np.all(action.choice == choice)
    assert unlike(action, end) == []


def test_a_limit_in_multiples_is_that_of_each_runs_own_risk() -> None:
    start = prepared(load_scenario("baseline_2021", "params=prior"), range(0, 8, 2), 1).world
    own_risk = start.structure.economy.first.risk[:, [US]]
    assert np.ptp(own_risk) > 0.01
    np.testing.assert_allclose(expected_risk(start, US, start.action), own_risk, rtol=1e-9)
    policy = shipped("risk_mitigation", limit=0.0, multiple=0.5)
    np.testing.assert_allclose(expected_risk(start, US, policy(start, US)), 0.5 * own_risk, atol=1e-4)


def test_a_lower_limit_restricts_more(world: World) -> None:
    parts = [
        shipped("risk_mitigation", limit=limit, multiple=0.0)(world, US).choice.mean() for limit in (0.35, 0.25, 0.15)
    ]
    assert parts == sorted(parts)
    assert parts[0] < parts[-1]


# Variants


def test_a_delayed_policy_covers_what_is_left_of_its_way(world: World) -> None:
    wanted, late = shipped("broad_controls")(world, US), shipped("delayed", policy=BROAD, quarters=4.0)(world, US)
    before = of_state(world.action, US)
    np.testing.assert_allclose(
        late.control_breadth, before.control_breadth + (wanted.control_breadth - before.control_breadth) / 4.0
    )


def test_a_switched_policy_is_the_first_until_its_date_and_then_the_second(world: World) -> None:
    first, second = StatusQuo2020(), shipped("cooperation", start=2021.0)
    switched = shipped("switched", then={"kind": "cooperation", "start": 2021.0}, at=2023.5)
    before, after = at_year(world, 2023.25), at_year(world, 2023.5)
    assert unlike(switched(before, US), first(before, US)) == []
    assert unlike(switched(after, US), second(after, US)) == []
    assert unlike(second(after, US), first(after, US))


@pytest.mark.parametrize("kind", ["status_quo_2020", "plan", "tit_for_tat", "delayed", "threat_response"])
def test_a_switch_to_the_same_policy_changes_no_bit(world: World, kind: str) -> None:
    policy = shipped(kind)
    switched = shipped("switched", base={"kind": kind}, then={"kind": kind}, at=2022.0)
    ours, theirs = (last(world, (found, shipped("plan")), quarters=10) for found in (switched, policy))
    assert different(measured(ours, tuple(OUTCOMES)), measured(theirs, tuple(OUTCOMES))) == []


def test_a_switch_refuses_what_it_cannot_carry_over() -> None:
    steps = {"one": {"lever": "tariff", "value": 0.5, "when": {"outcome": "lead", "below": 1}}}
    other = {"one": {**steps["one"], "when": {"outcome": "lead", "below": 2}}}
    with pytest.raises(ValueError, match="then: steps that wait for something else"):
        shipped("switched", base={"kind": "schedule", "steps": steps}, then={"kind": "schedule", "steps": other})
    with pytest.raises(ValueError, match="then: best_response"):
        shipped("switched", then={"kind": "best_response"})


def test_a_law_is_not_delayed_twice(world: World) -> None:
    """What a law adds to a lever is no decision that a delayed policy would add to again."""
    law = np.zeros((1, 2, 1, 1))
    law[:, US] = 0.3
    lawful = replace(world, mandate=replace(world.mandate, allied_cooperation=law))
    policy = shipped("delayed", policy={"kind": "status_quo_2020"}, quarters=8.0)
    after = last(lawful, (policy, StatusQuo2020()), quarters=12)
    np.testing.assert_allclose(after.action.allied_cooperation[:, US], 0.3)


def test_a_cap_holds_rises_and_lets_falls_pass(world: World) -> None:
    later, before = at_year(world, 2030.0), StatusQuo2020()(at_year(world, 2030.0), US)
    decoupled = shipped("full_decoupling")(later, US)
    capped = shipped("capped", cap=0.25, policy={"kind": "full_decoupling"})(later, US)
    np.testing.assert_allclose(
        capped.visa_limits, before.visa_limits + 0.25 * (decoupled.visa_limits - before.visa_limits)
    )
    open_ = shipped("capped", cap=0.25, policy={"kind": "cooperation"})(later, US)
    np.testing.assert_allclose(open_.tariff, 0.3 * before.tariff)


def test_noise_goes_with_the_error_of_sight(world: World) -> None:
    noise = world.parameters.perception.noise
    error = np.array([1.0, -2.0]).reshape(2, 1, 1, 1) * noise * np.ones((1, 2, 1, 1))
    blurred = replace(world, states=replace(world.states, sight_error=error))
    wanted, before = shipped("broad_controls")(world, US), StatusQuo2020()(world, US)
    found = shipped("noisy", spread=0.1, policy=BROAD)(blurred, US)
    ratio = (found.control_breadth - before.control_breadth) / (wanted.control_breadth - before.control_breadth)
    np.testing.assert_allclose(ratio[:, 0, 0, 0], np.exp([0.1, -0.2]))


def test_a_mixture_takes_each_lever_from_one_policy(world: World) -> None:
    later = at_year(world, 2026.0)
    first, second = shipped("full_decoupling"), shipped("industrial_policy")
    mixed = Mixed(first, second, frozenset({"tariff", "grants"}))(later, US)
    for name in LEVERS:
        source = first if name in {"tariff", "grants"} else second
        assert np.array_equal(getattr(mixed, name), getattr(source(later, US), name)), name


@pytest.mark.parametrize(
    "kind", ["targeted_controls", "tit_for_tat", "full_decoupling", "cooperation", "risk_mitigation"]
)
def test_budgets_that_nobody_raises_keep_their_share_of_gdp(kind: str, world: World) -> None:
    later = at_year(world, 2025.0)
    action, before = shipped(kind)(later, US), StatusQuo2020()(later, US)
    assert [name for name in unlike(action, before) if name in BUDGETS] == []
    assert before.grants.sum() > StatusQuo2020()(world, US).grants.sum()
