"""Research spending, ideas, basic research and researchers, by hand and at limits."""

from dataclasses import replace

import numpy as np
import pytest

from techduel.ensemble.simulation import prepared
from techduel.model import accounts, ideas, knowledge, research, talent
from techduel.model.actions import Action
from techduel.model.axes import N_STATES, Array
from techduel.model.market import Burden, burden
from techduel.model.quarter import step
from techduel.model.world import World
from techduel.scenario.scenario import Scenario
from tests.hand import VALUES, acting, firms, line, luck, number, places, states

US, CHINA = range(2)
MANY = 40_000


@pytest.fixture(scope="module")
def world(baseline: Scenario) -> World:
    return prepared(baseline, [0], seed=1).world


def test_no_research_gets_no_support_per_unit() -> None:
    granted = acting(grants=(2.0, 2.0))
    assert research.support_rate(granted, states(10.0, 0.0)).ravel().tolist() == [0.2, 0.0]


def test_incentives_are_neutral_in_the_base_year_and_have_their_elasticities(world: World) -> None:
    known, base = world.parameters.research, world.structure.research
    ones, support = np.ones_like(world.cells.sales), base.support
    assert np.array_equal(research.log_incentive(world, ones, support), base.log_norm + 0.0 * support)
    richer = replace(world, action=replace(world.action, tax_credit=world.action.tax_credit + 0.1))
    credit = world.action.tax_credit
    expected = -known.user_cost_elasticity * np.log((0.9 - credit) / (1.0 - credit))
    gained = research.log_incentive(richer, ones, support) - base.log_norm
    np.testing.assert_allclose(gained, np.broadcast_to(expected, gained.shape), rtol=1e-9)
    grown = research.log_incentive(world, 1.1 * ones, support) - base.log_norm
    np.testing.assert_allclose(grown, known.market_incentive.item() * np.log(1.1), rtol=1e-9)
    doubled = research.log_incentive(world, ones, 2.0 * support) - base.log_norm
    drawing = [0.05 + 0.25 * (1.0 - np.exp(-part * support / 0.25)) for part in (1.0, 2.0)]
    np.testing.assert_allclose(doubled, 0.5 * np.log(drawing[1] / drawing[0]), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize(
    ("support", "drawing"), [(0.0, 0.05), (0.25, 0.05 + 0.25 * (1.0 - np.exp(-1.0))), (50.0, 0.05 + 0.25)]
)
def test_crowding_in_begins_at_its_floor_and_saturates(support: float, drawing: float) -> None:
    found = np.exp(research.log_support(states(support, support), VALUES.research))
    assert found.ravel().tolist() == pytest.approx([drawing] * 2)


def test_little_support_draws_as_much_as_it_is() -> None:
    """Below saturation a unit of support is a unit, whatever the limit."""
    roomy = replace(VALUES.research, support_saturation=number(1e9))
    found = np.exp(research.log_support(states(0.02, 0.5), roomy))
    assert found.ravel().tolist() == pytest.approx([0.07, 0.55], rel=1e-6)


def test_spending_moves_part_of_the_way() -> None:
    some = firms([True, True], log_rd=places([0.0, 1.0]))
    assert line(research.log_spending(some, places([1.0, 1.0]), VALUES.research)) == pytest.approx([0.3, 1.0])


def test_relabelled_and_dear_research_is_less_research(world: World) -> None:
    states_now = replace(world.states, research_price=states(1.0, 2.0))
    plain = replace(world, action=Action(), states=states_now)
    found = np.exp(research.log_effectiveness(plain, states(0.25, 0.25)))
    # China relabels 24 % of what is subsidised, a fifth of its R&D here.
    assert found.ravel().tolist() == pytest.approx([1.25, 1.25 * (1.0 - 0.24 * 0.2) / 2.0])
    nothing = research.log_effectiveness(replace(plain, states=world.states), states(0.0, 0.0))
    assert np.all(nothing == 0.0)


def test_scarce_people_make_research_dear(world: World) -> None:
    first = world.states
    price = research.research_price(2.0 * first.rd_total, first.researchers, first, number(0.4))
    np.testing.assert_allclose(price, 2.0**0.4)
    np.testing.assert_allclose(
        research.research_price(2.0 * first.rd_total, 2.0 * first.researchers, first, number(0.4)), 1.0
    )


@pytest.mark.parametrize("elasticity", [-0.5, 0.0, 1.5])
def test_denial_induces_research_by_the_sign_of_its_elasticity(elasticity: float) -> None:
    known = replace(VALUES, research=replace(VALUES.research, inducement=number(elasticity)))
    value = states(0.05, 0.0)
    found = research.inducement(value, states(0.0, 0.0), known).ravel()
    assert found.tolist() == pytest.approx([elasticity * np.log(2.0), 0.0])
    assert np.all(research.inducement(value, value, known) == 0.0)


def substitutes(world: World, frontier: Array, penalty: float) -> research.Substitution:
    """What replacing is worth when every input is denied with the same penalty."""
    markets = replace(world.markets, felt=np.full((1, N_STATES, 14, 2), penalty))
    hard = world.structure.links.cost_share * world.structure.links.hardness[..., None]
    alike = np.einsum("rsjku->rsku", hard) * penalty
    return research.substitution(world.structure.links, markets, Burden(alike, alike), frontier, world.parameters.ideas)


def test_substitutes_are_feasible_for_those_who_are_not_behind(world: World) -> None:
    level = np.zeros((1, N_STATES, 14, 1))
    users = (world.structure.links.input_share.sum(axis=0) > 0.0)[None, None, :, None] & np.ones_like(level, dtype=bool)
    at_par = substitutes(world, level, 0.1)
    np.testing.assert_allclose(at_par.feasibility[users], 1.0, rtol=1e-12)
    behind = substitutes(world, level - np.array([0.0, 5.0]).reshape(1, 2, 1, 1), 0.1)
    assert np.all(behind.feasibility[:, CHINA] <= world.parameters.ideas.feasibility_floor)
    np.testing.assert_allclose(behind.feasibility[:, US], at_par.feasibility[:, US])
    nothing = substitutes(world, level, 0.0)
    assert np.all(nothing.listed == 0.0)
    assert np.all(nothing.feasibility == 0.0)


def test_a_substitute_saves_listed_firms_what_listed_firms_feel(world: World) -> None:
    links, level = world.structure.links, np.zeros((1, N_STATES, 14, 1))
    felt = np.full((1, N_STATES, 14, 2), 0.1)
    felt[..., 1] = 0.3
    markets = replace(world.markets, felt=felt)
    found = research.substitution(links, markets, burden(links, markets), level, world.parameters.ideas)
    hard = (links.cost_share[..., 0] * links.hardness).sum(axis=2)[..., None]
    np.testing.assert_allclose(found.unlisted, 0.1 * hard)
    np.testing.assert_allclose(found.listed, 0.3 * hard)


def test_rules_are_copied_from_more_profitable_living_peers() -> None:
    known = replace(VALUES.research, rule_copying=number(0.2), rule_mutation=number(0.0))
    some = firms(
        [True, True, True, False],
        rule=places([0.0, 1.0, 2.0, 3.0]),
        profit=places([1.0, 2.0, 2.0, 9.0]),
    )
    # Below the rate of 0.05 a quarter, the draw also chooses the peer: place 1, 0, 1 and 3.
    peer = places([0.05 * chosen / 4.0 for chosen in (1.5, 0.5, 1.5, 3.5)])
    assert line(research.copied_rules(some, peer, known)) == [1.0, 1.0, 2.0, 3.0]
    at_the_dead = places([0.05 * 3.5 / 4.0] * 4)
    assert line(research.copied_rules(some, at_the_dead, known)) == [0.0, 1.0, 2.0, 3.0]
    assert line(research.copied_rules(some, places([0.06] * 4), known)) == [0.0, 1.0, 2.0, 3.0]


def test_a_copy_has_an_error_of_either_sign() -> None:
    known = replace(VALUES.research, rule_copying=number(0.2), rule_mutation=number(0.05))
    some = firms([True, True], profit=places([0.0, 1.0]))
    for within, error in ((0.0, -0.05), (0.5, 0.0), (0.75, 0.025)):
        found = research.copied_rules(some, places([0.05 * (1.0 + within) / 2.0, 0.9]), known)
        assert line(found) == pytest.approx([error, 0.0])


def test_the_world_frontier_is_the_better_of_two() -> None:
    assert (research.world_frontier(states(0.3, 0.5)) - number(0.1)).ravel().tolist() == pytest.approx([0.4])


def found(log_hazard: float, gap: float, effort: float, slots: int) -> ideas.Prospects:
    """Prospects that all firms share."""
    same = [places([value] * slots) for value in (gap, effort, log_hazard)]
    return ideas.Prospects(*same)


def absorbing(slots: int, intensity: float) -> ideas.Absorption:
    """Firms with sales of 1 and an R&D intensity, against a reference of 0.08."""
    return ideas.Absorption(places([intensity] * slots), places([1.0] * slots), number(0.08))


def test_luck_below_the_chance_is_a_discovery_and_gives_its_size() -> None:
    some, chance = firms([True, True, True, False]), 1.0 - np.exp(-0.2)
    draws = luck(4, innovation=places([0.5 * chance, 0.99 * chance, 1.01 * chance, 0.0]))
    done = ideas.discoveries(some, found(np.log(0.2), 0.0, 0.0, 4), absorbing(4, 0.08), states(0.5, 0.5), VALUES, draws)
    sizes = [np.log(2.0), -np.log(0.99), 0.0, 0.0]
    assert line(done.innovation) == pytest.approx(sizes)
    assert line(done.technology) == pytest.approx([0.05 * size for size in sizes])
    assert line(done.substituted) == pytest.approx([0.125, 0.125, 0.0, 0.0])
    assert line(some.technology) == [0.0] * 4


def test_discoveries_come_at_their_rate_with_exponential_steps() -> None:
    draws = places(list(np.random.default_rng(1).random(MANY)))
    done = ideas.discoveries(
        firms([True] * MANY),
        found(np.log(0.1), 0.0, 0.0, MANY),
        absorbing(MANY, 0.08),
        states(0.0, 0.0),
        VALUES,
        luck(MANY, innovation=draws),
    )
    sizes = done.innovation[0, US, 0]
    hits = sizes[sizes > 0.0]
    assert len(hits) / MANY == pytest.approx(1.0 - np.exp(-0.1), rel=0.03)
    assert hits.mean() == pytest.approx(1.0, rel=0.04)
    assert np.mean(hits > 2.0) == pytest.approx(np.exp(-2.0), abs=0.012)


def test_imitation_closes_part_of_the_reachable_gap() -> None:
    rate = VALUES.ideas.imitation_rate.item() / 4.0
    chance = 1.0 - np.exp(-rate * np.sqrt(0.5 * 0.25))
    draws = luck(3, imitation=places([0.99 * chance, 1.01 * chance, 0.99 * chance]))
    done = ideas.discoveries(
        firms([True, True, False]),
        found(-50.0, 0.4, 0.5, 3),
        absorbing(3, 0.02),
        states(0.0, 0.0),
        VALUES,
        draws,
    )
    assert line(done.technology) == pytest.approx([VALUES.ideas.imitation_closure.item() * 0.4, 0.0, 0.0])
    assert np.all(done.innovation == 0.0)


@pytest.mark.parametrize(("intensity", "absorbed"), [(0.0, 0.0), (0.04, 0.5), (0.08, 1.0), (0.8, 1.0)])
def test_only_those_who_do_research_can_absorb(intensity: float, absorbed: float) -> None:
    assert absorbing(2, intensity).at(np.array([0])) == pytest.approx([absorbed])


def test_nobody_absorbs_without_sales() -> None:
    idle = ideas.Absorption(places([0.0]), places([0.0]), number(0.08))
    assert idle.at(np.array([0])).tolist() == [0.0]


def hazard(world: World, log_research: Array, reach: float = 0.0, collaboration: float = 0.0) -> ideas.Prospects:
    difficulty = ideas.log_difficulty(world, np.ones((1, 1, 14, 1)))
    ones = np.ones_like(world.cells.sales)
    partners = collaboration * world.firms.tie
    return ideas.prospects(world, log_research, difficulty, reach * ones, partners)


def test_more_research_finds_more_with_falling_returns(world: World) -> None:
    once, twice = (hazard(world, world.firms.log_rd + extra).log_hazard for extra in (0.0, np.log(2.0)))
    np.testing.assert_allclose(twice - once, 0.5 * np.log(2.0), rtol=1e-9)


def test_ideas_get_dearer_as_the_frontier_moves_and_cheaper_with_science(world: World) -> None:
    known, ones = world.parameters.ideas, np.ones((1, 1, 14, 1))
    now = ideas.log_difficulty(world, ones)
    moved = replace(world, cells=replace(world.cells, frontier=world.cells.frontier + 0.1))
    rise = ideas.log_difficulty(moved, ones) - now
    np.testing.assert_allclose(rise, np.broadcast_to(0.5 * 0.1 * known.difficulty, rise.shape), rtol=1e-9)
    wiser = replace(world, states=replace(world.states, knowledge_stock=2.0 * world.states.knowledge_stock))
    fall = ideas.log_difficulty(wiser, ones) - now
    np.testing.assert_allclose(fall, np.broadcast_to(-known.basic_elasticity * np.log(2.0), fall.shape), rtol=1e-9)


def test_imitation_needs_a_gap_and_access(world: World) -> None:
    shut, open_wide = hazard(world, world.firms.log_rd), hazard(world, world.firms.log_rd, reach=1.0)
    alive, known = world.firms.alive, world.parameters.ideas
    best = alive & (world.firms.technology >= world.cells.frontier)
    assert np.all(shut.gap[best] == 0.0)
    assert np.all(shut.effort[best] == 0.0)
    lead = np.maximum(world.cells.frontier[:, ::-1] - world.cells.frontier, 0.0)
    np.testing.assert_allclose(open_wide.gap - shut.gap, np.broadcast_to(lead, alive.shape), atol=1e-12)
    halfway = known.imitation_halfway.item()
    np.testing.assert_allclose(open_wide.effort, open_wide.gap / (open_wide.gap + halfway), rtol=1e-12)


def test_who_imitates_finds_less(world: World) -> None:
    shut, open_wide = hazard(world, world.firms.log_rd), hazard(world, world.firms.log_rd, reach=1.0)
    busier = open_wide.effort - shut.effort
    assert busier.max() > 0.1
    cost = world.parameters.ideas.imitation_cost * busier
    np.testing.assert_allclose(open_wide.log_hazard - shut.log_hazard, -cost, atol=1e-12)


def test_partners_help_those_who_have_them(world: World) -> None:
    alone, together = (hazard(world, world.firms.log_rd, collaboration=left).log_hazard for left in (0.0, 1.0))
    gain = together - alone
    tied = world.firms.tie > 0.0
    assert np.all(gain[~tied] == 0.0)
    least = (world.parameters.ideas.collaboration * world.parameters.ideas.collaboration_floor).item()
    assert gain[tied].min() == pytest.approx(least, rel=1e-9)
    assert gain.max() <= world.parameters.ideas.collaboration.item() + 1e-12


def test_basic_research_arrives_after_its_lag_and_none_is_lost() -> None:
    known = replace(VALUES.knowledge, basic_depreciation=number(0.0))
    stages, stock = np.zeros((1, 1, 1, 4)), np.zeros((1, 1, 1, 1))
    arrived = []
    for quarter in range(400):
        stages = knowledge.pipeline(stages, number(4.0 if quarter == 0 else 0.0), Action(), known)
        after = knowledge.own_stock(stock, stages, known)
        arrived.append((after - stock).item())
        stock = after
    times = (np.arange(400) + 0.5) / 4.0
    assert np.sum(arrived) == pytest.approx(1.0, abs=1e-3)
    assert np.average(times, weights=arrived) == pytest.approx(10.0, rel=0.03)
    hump = int(np.argmax(arrived))
    assert 4.0 < times[hump] < 10.0


def test_a_seasoned_pipeline_goes_on_as_it_was() -> None:
    known, growth = VALUES.knowledge, states(0.03, 0.09)
    basic, applied = states(100.0, 50.0), states(80.0, 20.0)
    stages, stock = knowledge.seasoned((basic, growth), (applied, growth), known)
    later = knowledge.pipeline(stages, basic, Action(applied_research=applied), known)
    np.testing.assert_allclose(later / stages - 1.0, np.broadcast_to(growth / 4.0, stages.shape), rtol=1e-9)
    np.testing.assert_allclose(knowledge.own_stock(stock, later, known) / stock - 1.0, growth / 4.0, rtol=0.05)


def test_open_science_shares_and_closing_it_does_not() -> None:
    own, alone, allied = states(100.0, 10.0), number(0.0), states(2.0, 0.0)
    shared = knowledge.open_to_use(own, number(0.5), allied, VALUES.knowledge)
    assert shared.ravel().tolist() == pytest.approx([0.1 * 0.5 * 10.0 + 2.0, 0.1 * 0.5 * 100.0])
    assert np.all(knowledge.open_to_use(own, number(0.0), alone, VALUES.knowledge) == 0.0)


def test_knowledge_of_others_comes_slowly_and_is_lost_slowly() -> None:
    known = VALUES.knowledge
    once = knowledge.borrowed(states(0.0, 4.0), states(8.0, 0.0), known)
    assert once.ravel().tolist() == pytest.approx([0.0375 * 8.0, (1.0 - 0.0375) * 4.0])
    now = states(0.0, 4.0)
    for _ in range(600):
        now = knowledge.borrowed(now, states(8.0, 0.0), known)
    assert now.ravel().tolist() == pytest.approx([8.0, 0.0], abs=1e-6)


def test_closing_science_makes_nobody_forget_at_once(world: World) -> None:
    """A quarter without any openness takes the speed's part of what is borrowed, and leaves what is own."""
    before = world.states
    science = np.prod(1.0 - world.action.science_limits)
    np.testing.assert_allclose(before.borrowed_knowledge, 0.1 * science * before.own_knowledge[:, ::-1], rtol=1e-12)
    np.testing.assert_allclose(before.knowledge_stock, before.own_knowledge + before.borrowed_knowledge, rtol=1e-12)
    shut = replace(world.action, science_limits=states(1.0, 1.0))
    after = step(world, shut, luck(24, 14), 2021.0).states
    np.testing.assert_allclose(after.borrowed_knowledge, (1.0 - 0.0375) * before.borrowed_knowledge, rtol=1e-12)
    np.testing.assert_allclose(after.knowledge_stock, after.own_knowledge + after.borrowed_knowledge, rtol=1e-12)


def test_cooperation_reaches_knowledge_only_once_it_has_grown(world: World) -> None:
    """What is sought this quarter is cooperation in the next, and it lends from the one after."""
    sought = replace(world.action, allied_cooperation=states(1.0, 0.0))
    quiet, first = (step(world, action, luck(24, 14), 2021.0) for action in (world.action, sought))
    assert np.array_equal(first.states.borrowed_knowledge, quiet.states.borrowed_knowledge)
    assert first.states.cooperation[0, US, 0, 0] > 0.0
    assert first.states.cooperation[0, CHINA, 0, 0] == quiet.states.cooperation[0, CHINA, 0, 0]
    alone, second = (
        step(start, action, luck(24, 14), 2021.25) for start, action in ((quiet, world.action), (first, sought))
    )
    more = second.states.borrowed_knowledge - alone.states.borrowed_knowledge
    gdp = accounts.forecast_gdp(second)
    own = second.states.own_knowledge
    theirs = own.sum() * gdp[0, 2, 0, 0] / gdp[0, :2].sum()
    expected = 0.0375 * 0.03 * first.states.cooperation[0, US, 0, 0] * min(theirs, own[0, US, 0, 0])
    assert more[0, US, 0, 0] == pytest.approx(expected, rel=1e-3)


def test_lost_partners_are_replaced_in_part_and_slowly() -> None:
    known = VALUES.knowledge
    replaced = states(0.0, 0.0)
    first = knowledge.replaced_ties(replaced, states(0.2, 1.0), known)
    assert first.ravel().tolist() == pytest.approx([0.12 / 4.0 * 0.7 * 0.8, 0.0])
    for _ in range(400):
        replaced = knowledge.replaced_ties(replaced, states(0.2, 1.0), known)
    assert replaced.ravel().tolist() == pytest.approx([0.7 * 0.8, 0.0], abs=1e-4)
    assert knowledge.collaboration(replaced, states(0.2, 1.0)).ravel().tolist() == pytest.approx([0.76, 1.0], abs=1e-4)
    assert knowledge.collaboration(states(0.7, 0.7), states(0.9, 0.9)).max() == 1.0


def test_either_side_can_close_the_door_to_people() -> None:
    free = talent.mobility(Action(), VALUES.talent)
    assert np.all(free == 1.0)
    closed = Action(visa_limits=states(0.5, 0.0))
    assert talent.mobility(closed, VALUES.talent).ravel().tolist() == [0.5, 0.5]
    called_back = Action(talent_recruitment=states(0.0, 1.0))
    assert talent.mobility(called_back, VALUES.talent).ravel().tolist() == pytest.approx([1.0, 0.7])


def test_people_move_as_recorded_and_none_is_lost_on_the_way(world: World) -> None:
    known, first = world.parameters.talent, world.states
    leaving = talent.emigrants(world.structure, first, world.action, known)
    np.testing.assert_allclose(leaving, world.structure.economy.migrants, rtol=1e-12)
    nobody = np.zeros_like(first.graduates)
    after = talent.researchers(world, nobody)
    stayed = first.researchers * (1.0 - known.attrition / 4.0)
    assert after.sum() == pytest.approx(stayed.sum(), rel=1e-12)
    shut = replace(world, action=replace(world.action, visa_limits=states(1.0, 0.0)))
    np.testing.assert_allclose(talent.researchers(shut, nobody), stayed, rtol=1e-12)


def test_people_follow_pay(world: World) -> None:
    dear = replace(world.states, research_price=states(1.0, 4.0))
    leaving = talent.emigrants(world.structure, dear, world.action, world.parameters.talent)
    before = talent.emigrants(world.structure, world.states, world.action, world.parameters.talent)
    np.testing.assert_allclose((leaving / before).ravel(), [2.0, 0.5], rtol=1e-12)


def test_growth_of_graduates_fades(world: World) -> None:
    previous = np.ones((1, 2, 1, 1))
    growth = world.structure.economy.graduates_growth
    for years, left in ((0.0, 1.0), (15.0, np.exp(-1.0)), (1e4, 0.0)):
        found = np.log(talent.graduates(world.structure, previous, years, world.parameters.talent))
        np.testing.assert_allclose(found, left * growth / 4.0, atol=1e-12)
