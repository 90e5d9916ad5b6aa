"""Research spending, ideas, basic research and researchers, by hand and at limits."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from techduel.model.axes import ALLIES, N_STATES, ON_LIST, ORDINARY
from techduel.model.parameters.forms import code
from techduel.model.world import World
from tests.hand import CHINA, PLACES, US, base_world, cells, column, duel, fill, firms, later, luck, put
from tests.uncompiled import base_accounts, ideas, knowledge, research, run_of, talent

STATES = (US, CHINA)
MANY = 40_000


@pytest.fixture(scope="module")
def world() -> World:
    return base_world()


def test_no_research_gets_no_support_per_unit() -> None:
    run = put(duel(), grants=(2.0, 2.0))
    fill([run.cells[s, 0] for s in STATES], rd=[10.0, 0.0])
    for s in STATES:
        research.support(run, s, 0)
    assert [run.cells[s, 0].support for s in STATES] == [0.2, 0.0]
    assert [run.cells[s, 0].grants for s in STATES] == [2.0, 0.0]


def gained(run: Any) -> np.ndarray:
    """What each cell's incentive adds to its norm."""
    places = [(s, k) for s in STATES for k in range(14)]
    return np.array([research.log_incentive(run, s, k) - run.cells[s, k].log_norm for s, k in places])


def usual(world: World) -> Any:
    """The base year, with the support of the base year."""
    run = run_of(world)
    for cell in cells(run):
        cell.support, cell.log_growth = cell.first_support, 0.0
    return run


def test_incentives_are_neutral_in_the_base_year_and_have_their_elasticities(world: World) -> None:
    run = usual(world)
    known = run.parameters.research
    assert gained(run).tolist() == [0.0] * 28
    richer, credit = usual(world), [state.levers.tax_credit for state in run.states]
    fill([state.levers for state in richer.states], tax_credit=[rate + 0.1 for rate in credit])
    expected = [-known.user_cost_elasticity * np.log((0.9 - rate) / (1.0 - rate)) for rate in credit]
    np.testing.assert_allclose(gained(richer), np.repeat(expected, 14), rtol=1e-9)
    growing = usual(world)
    for cell in cells(growing):
        cell.log_growth = np.log(1.1)
    np.testing.assert_allclose(gained(growing), known.market_incentive * np.log(1.1), rtol=1e-9)
    doubled = usual(world)
    for cell in cells(doubled):
        cell.support *= 2.0
    first = np.array(column(cells(run), "first_support"))
    drawing = [0.05 + 0.25 * (1.0 - np.exp(-part * first / 0.25)) for part in (1.0, 2.0)]
    np.testing.assert_allclose(gained(doubled), 0.5 * np.log(drawing[1] / drawing[0]), rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize(
    ("support", "drawing"), [(0.0, 0.05), (0.25, 0.05 + 0.25 * (1.0 - np.exp(-1.0))), (50.0, 0.05 + 0.25)]
)
def test_crowding_in_begins_at_its_floor_and_saturates(support: float, drawing: float) -> None:
    assert np.exp(research.log_support(support, duel().parameters.research)) == pytest.approx(drawing)


def test_little_support_draws_as_much_as_it_is() -> None:
    """Below saturation a unit of support is a unit, whatever the limit."""
    roomy = duel().parameters.research
    roomy.support_saturation = 1e9
    found = [np.exp(research.log_support(support, roomy)) for support in (0.02, 0.5)]
    assert found == pytest.approx([0.07, 0.55], rel=1e-6)


def test_the_sample_reading_of_grants_has_the_estimate_at_its_support() -> None:
    known, form = duel().parameters.research, code("crowd_in", "sample")
    drawing = 0.05 + 0.25 * (1.0 - np.exp(-0.4))
    assert research.drawing_elasticity(0.1, known) == pytest.approx(0.1 * np.exp(-0.4) / drawing)
    assert research.drawing_elasticity(0.1, known) == pytest.approx(0.506, abs=5e-4)
    assert research.drawing_elasticity(1e-12, known) == pytest.approx(0.0, abs=1e-9)
    # R&D rises by half of the log rise of support, where support is a tenth of R&D.
    rise = 1e-6
    drawn = research.log_support(0.1 * np.exp(rise), known) - research.log_support(0.1, known)
    assert research.crowd_in(known, form) * drawn == pytest.approx(0.5 * rise, rel=1e-5)
    assert research.crowd_in(known, code("crowd_in", "floor")) == known.crowd_in


def test_grants_draw_more_where_they_are_read_at_the_sample(world: World) -> None:
    floor, sample = usual(world), usual(world)
    sample.parameters.forms.crowd_in = code("crowd_in", "sample")
    assert gained(sample).tolist() == [0.0] * 28, "the base year is as on record"
    for run in (floor, sample):
        for cell in cells(run):
            cell.support *= 2.0
    np.testing.assert_allclose(
        gained(sample), gained(floor) * (0.3 - 0.25 * np.exp(-0.4)) / (0.1 * np.exp(-0.4)), atol=1e-14
    )


def spent(run: Any, log_sales: Sequence[float]) -> None:
    """The firms of the first cell have spent on research, whose incentive is 0 in logs unless given."""
    for firm, size in zip(run.firms[US, 0], log_sales, strict=True):
        research.spend(run, run.cells[US, 0], firm, size)


def test_spending_moves_part_of_the_way() -> None:
    run = duel(places=2)
    some = firms(run, [True, True], log_rd=[0.0, 1.0], cash=[99.0, 99.0])
    spent(run, [1.0, 1.0])
    assert column(some, "log_rd") == pytest.approx([0.3, 1.0])
    assert run.cells[US, 0].rd == pytest.approx(np.exp(0.3) + np.exp(1.0))


def test_nobody_spends_what_cash_does_not_allow() -> None:
    run = duel(places=2)
    run.parameters.finance.equity_limit, run.cells[US, 0].margin = 0.0, 0.2
    given = {"sales": [10.0, 10.0], "log_rd": [9.0, 0.0], "cash": [1.0, 9.0]}
    some = firms(run, [True, True], **given)
    spent(run, [9.0, 0.0])
    assert [some[0].rd, some[0].log_rd] == pytest.approx([3.0, np.log(3.0)])
    assert some[1].rd < 3.0
    assert run.now.cash_limited == 1.0


def test_denial_and_the_state_make_research_less_effective() -> None:
    known = duel().parameters.research
    cell = SimpleNamespace(effectiveness=0.5, burden=[0.2, 9.0])
    given = {"log_rd": 1.0, "dependence": 1.0, "substituted": 0.0, "listed": False}
    private, owned = (SimpleNamespace(state_owned=state, **given) for state in (False, True))
    expected = 1.0 + 0.5 - known.denial_drag * 0.2
    assert research.log_effective(private, cell, known) == pytest.approx(expected)
    less = np.log(known.state_owned_efficiency)
    assert research.log_effective(owned, cell, known) == pytest.approx(expected + less)
    assert less < 0.0


def test_relabelled_and_dear_research_is_less_research() -> None:
    run = duel()
    fill(run.states, research_price=[1.0, 2.0])
    for s in STATES:
        run.cells[s, 0].support = 0.25
    # China relabels 24 % of what is subsidised, a fifth of its R&D here.
    found = [np.exp(research.log_effectiveness(run, s, 0)) for s in STATES]
    assert found == pytest.approx([1.25, 1.25 * (1.0 - 0.24 * 0.2) / 2.0])
    for s in STATES:
        run.cells[s, 0].support, run.states[s].research_price = 0.0, 1.0
    assert [research.log_effectiveness(run, s, 0) for s in STATES] == [0.0, 0.0]


def test_scarce_people_make_research_dear() -> None:
    run = duel()
    run.parameters.research.price_elasticity = 0.4
    fill(run.states, first_rd_total=[5.0, 3.0], first_researchers=[7.0, 9.0], rd_total=[10.0, 6.0])
    fill(run.states, researchers=[7.0, 18.0])
    assert [talent.research_price(run, s) for s in STATES] == pytest.approx([2.0**0.4, 1.0])


@pytest.mark.parametrize("elasticity", [-0.5, 0.0, 1.5])
def test_denial_induces_research_by_the_sign_of_its_elasticity(elasticity: float) -> None:
    known = duel().parameters
    known.research.inducement = elasticity
    assert research.inducement(0.05, 0.0, known) == pytest.approx(elasticity * np.log(2.0))
    assert [research.inducement(value, value, known) for value in (0.0, 0.05)] == [0.0, 0.0]


def test_firms_want_what_denial_induces_as_far_as_they_are_exposed() -> None:
    run = duel(places=3)
    run.parameters.research.inducement = 1.5
    run.parameters.research.adjustment = 1.0
    listed, dependence = [False, True, True], [1.0, 1.0, 0.5]
    some = firms(run, [True] * 3, listed=listed, dependence=dependence, cash=[9.0] * 3)
    run.cells[US, 0].incentive = 0.3
    run.cells[US, 0].induced = [research.inducement(value, 0.0, run.parameters) for value in (0.0, 0.05)]
    spent(run, [0.0] * 3)
    assert column(some, "log_rd") == pytest.approx([0.3, 0.3 + 1.5 * np.log(2.0), 0.3 + 0.75 * np.log(2.0)])


def denied(world: World, ordinary: float, listed: float, lag: float = 0.0) -> Any:
    """The base year if every input were denied with the same penalties, and China's frontiers lay behind by a lag."""
    run = run_of(world)
    for s in STATES:
        for cell in run.cells[s]:
            cell.frontier, cell.felt_before = (-lag if s == CHINA else 0.0), [ordinary, listed]
            cell.burden = [0.0, 0.0]
        for link in run.links:
            run.cells[s, link.user].burden[ORDINARY] += link.cost_share[s] * link.hardness * ordinary
            run.cells[s, link.user].burden[ON_LIST] += link.cost_share[s] * link.hardness * listed
        for k in range(14):
            research.substitutes(run, s, k)
    return run


def test_a_cells_firms_want_alike_what_its_norm_and_denial_make_them_want(world: World) -> None:
    run = denied(world, 0.1, 0.3)
    run.parameters.research.inducement = 0.5
    for s in STATES:
        for k, cell in enumerate(run.cells[s]):
            research.incite(run, s, k)
            for kind in (ORDINARY, ON_LIST):
                expected = research.inducement(cell.value[kind], cell.first_value, run.parameters)
                assert cell.induced[kind] == pytest.approx(expected, abs=1e-15)
            assert cell.incentive == pytest.approx(research.log_incentive(run, s, k))
            assert cell.rd == 0.0
    assert max(cell.induced[ON_LIST] - cell.induced[ORDINARY] for cell in cells(run)) > 0.01


def test_substitutes_are_feasible_for_those_who_are_not_behind(world: World) -> None:
    at_par, behind, nothing = denied(world, 0.1, 0.1), denied(world, 0.1, 0.1, lag=5.0), denied(world, 0.0, 0.0)
    users = [cell.input_total > 0.0 for cell in cells(at_par)]
    np.testing.assert_allclose(np.array(column(cells(at_par), "feasibility"))[users], 1.0, rtol=1e-12)
    assert max(cell.feasibility for cell in behind.cells[CHINA]) <= behind.parameters.ideas.feasibility_floor + 1e-12
    assert column(behind.cells[US], "feasibility") == column(at_par.cells[US], "feasibility")
    assert [cell.value for cell in cells(nothing)] == [[0.0, 0.0]] * 28
    assert column(cells(nothing), "feasibility") == [0.0] * 28


def test_a_substitute_saves_listed_firms_what_listed_firms_feel(world: World) -> None:
    run = denied(world, 0.1, 0.3)
    hard = np.zeros((2, 14))
    for link in run.links:
        hard[:, link.user] += link.hardness * np.array(link.cost_share)
    found = np.array([cell.value for cell in cells(run)])
    np.testing.assert_allclose(found[:, ORDINARY], 0.1 * hard.ravel())
    np.testing.assert_allclose(found[:, ON_LIST], 0.3 * hard.ravel())


def copied(run: Any, peer: list[float]) -> list[float]:
    """Rules of the first state's firms after they have looked at their peers."""
    before = column(run.firms[US, 0], "rule")
    research.copy_rules(run, luck(1, len(peer), peer=peer), US, 0)
    found = column(run.firms[US, 0], "rule")
    fill(run.firms[US, 0], rule=before)
    return found


def test_rules_are_copied_from_more_profitable_living_peers() -> None:
    run = duel(places=4)
    run.parameters.research.rule_copying, run.parameters.research.rule_mutation = 0.2, 0.0
    firms(run, [True, True, True, False], rule=[0.0, 1.0, 2.0, 3.0], profit=[1.0, 2.0, 2.0, 9.0])
    # Below the rate of 0.05 a quarter, the draw also chooses the peer: place 1, 0, 1 and 3.
    assert copied(run, [0.05 * chosen / 4.0 for chosen in (1.5, 0.5, 1.5, 3.5)]) == [1.0, 1.0, 2.0, 3.0]
    assert copied(run, [0.05 * 3.5 / 4.0] * 4) == [0.0, 1.0, 2.0, 3.0], "the dead are no peers"
    assert copied(run, [0.06] * 4) == [0.0, 1.0, 2.0, 3.0]


def test_all_look_before_anybody_copies() -> None:
    run = duel(places=3)
    run.parameters.research.rule_copying, run.parameters.research.rule_mutation = 0.2, 0.0
    firms(run, [True] * 3, rule=[0.0, 1.0, 2.0], profit=[2.0, 1.0, 3.0])
    # The first copies the third, the second the first as it was.
    assert copied(run, [0.05 * 2.5 / 3.0, 0.05 * 0.5 / 3.0, 0.9]) == [2.0, 0.0, 2.0]


def test_a_copy_has_an_error_of_either_sign() -> None:
    run = duel(places=2)
    run.parameters.research.rule_copying, run.parameters.research.rule_mutation = 0.2, 0.05
    firms(run, [True, True], profit=[0.0, 1.0])
    for within, error in ((0.0, -0.05), (0.5, 0.0), (0.75, 0.025)):
        assert copied(run, [0.05 * (1.0 + within) / 2.0, 0.9]) == pytest.approx([error, 0.0])


def lucky(log_hazard: float, draws: list[float], feasible: float = 0.0, before: float = 0.0) -> list[Any]:
    """Firms after a quarter in which each had this chance to find something."""
    known, some = duel().parameters.ideas, []
    for draw in draws:
        firm = SimpleNamespace(technology=0.0, substituted=before, innovation=0.0)
        ideas.innovate(firm, log_hazard, draw, feasible, known)
        some.append(firm)
    return some


def test_luck_below_the_chance_is_a_discovery_and_gives_its_size() -> None:
    chance = 1.0 - np.exp(-0.2)
    done = lucky(np.log(0.2), [0.5 * chance, 0.99 * chance, 1.01 * chance], feasible=0.5)
    sizes = [np.log(2.0), -np.log(0.99), 0.0]
    assert column(done, "innovation") == pytest.approx(sizes)
    assert column(done, "technology") == pytest.approx([0.05 * size for size in sizes])
    assert column(done, "substituted") == pytest.approx([0.125, 0.125, 0.0])
    (again,) = lucky(np.log(0.2), [0.0], feasible=0.5, before=0.4)
    assert again.substituted == pytest.approx(0.4 + 0.6 * 0.125), "part of what is left"


@pytest.mark.parametrize("log_chance", [-30.0, -5.0, -0.7, -0.01, 0.0, 0.4])
def test_no_chance_is_missed_by_the_quick_look(log_chance: float) -> None:
    assert ideas.may_be(log_chance) >= min(np.exp(log_chance), 1.0)


def test_discoveries_come_at_their_rate_with_exponential_steps() -> None:
    sizes = np.array(column(lucky(np.log(0.1), np.random.default_rng(1).random(MANY).tolist()), "innovation"))
    hits = sizes[sizes > 0.0]
    assert len(hits) / MANY == pytest.approx(1.0 - np.exp(-0.1), rel=0.03)
    assert hits.mean() == pytest.approx(1.0, rel=0.04)
    assert np.mean(hits > 2.0) == pytest.approx(np.exp(-2.0), abs=0.012)


def test_imitation_closes_part_of_the_reachable_gap() -> None:
    known = duel().parameters
    able = 0.25 * known.research.reference_intensity
    chance = 1.0 - np.exp(-known.ideas.imitation_rate / 4.0 * np.sqrt(0.5 * 0.25))
    some = [SimpleNamespace(technology=0.0, rd=able, sales=1.0) for _ in range(2)]
    for firm, draw in zip(some, (0.99 * chance, 1.01 * chance), strict=True):
        ideas.imitate(firm, 0.4, 0.5, draw, known)
    assert column(some, "technology") == pytest.approx([known.ideas.imitation_closure * 0.4, 0.0])


@pytest.mark.parametrize(("intensity", "absorbed"), [(0.0, 0.0), (0.04, 0.5), (0.08, 1.0), (0.8, 1.0)])
def test_only_those_who_do_research_can_absorb(intensity: float, absorbed: float) -> None:
    assert ideas.absorption(SimpleNamespace(rd=intensity, sales=1.0), 0.08) == pytest.approx(absorbed)


def test_nobody_absorbs_without_sales() -> None:
    assert ideas.absorption(SimpleNamespace(rd=0.0, sales=0.0), 0.08) == 0.0


LUCKY = 1e-12
"""A draw that finds something wherever anything can be found."""


def quarter_of(run: Any, innovation: float = 0.999, imitation: float = 0.999) -> list[Any]:
    """All living firms after a quarter in which each has this luck."""
    size, sectors = len(run.firms[US, 0]), len(run.sectors)
    draws = luck(sectors, size, innovation=[innovation] * size, imitation=[imitation] * size)
    places = [(s, k) for s in STATES for k in range(sectors)]
    for sector in run.sectors:
        sector.demand = 1.0
    for place in places:
        ideas.look_ahead(run, *place)
        for i, firm in enumerate(run.firms[place]):
            if firm.alive:
                ideas.discover(run, draws, *place, i)
    return [firm for place in places for firm in run.firms[place] if firm.alive]


def test_cells_know_what_their_firms_found_and_their_mean(world: World) -> None:
    run = run_of(world)
    quarter_of(run, innovation=LUCKY)
    for cell, own in zip(cells(run), places_of(run), strict=True):
        living = [firm for firm in own if firm.alive]
        assert cell.innovations == pytest.approx(4.0 * sum(column(living, "innovation")))
        assert cell.mean_technology == pytest.approx(sum(column(living, "technology"))), "before it is divided"


def log_hazards(run: Any) -> np.ndarray:
    """Of all living firms, worked back from what each finds by the same luck."""
    chance = LUCKY * np.exp(column(quarter_of(run, innovation=LUCKY), "innovation"))
    return np.log(-np.log1p(-chance))


def gaps(run: Any) -> np.ndarray:
    """What living firms can imitate, worked back from what they do imitate when all are lucky."""
    before = np.array([firm.technology for own in places_of(run) for firm in own if firm.alive])
    after = np.array(column(quarter_of(run, imitation=0.0), "technology"))
    return (after - before) / run.parameters.ideas.imitation_closure


def places_of(run: Any) -> list[Any]:
    return [run.firms[s, k] for s in STATES for k in range(len(run.sectors))]


def reaching(world: World, science: float) -> Any:
    """The base year if open science alone carried knowledge from the rival."""
    run = run_of(world)
    for name in ("embodied", "coinvention", "talent", "investment", "illicit"):
        setattr(run.parameters.knowledge, name, 0.0)
    run.parameters.knowledge.science = 1.0
    fill(run.states, science=[science] * N_STATES)
    return run


def test_more_research_finds_more_with_falling_returns(world: World) -> None:
    busier = run_of(world)
    for own in places_of(busier):
        fill(own, log_rd=[firm.log_rd + np.log(2.0) for firm in own])
    np.testing.assert_allclose(log_hazards(busier) - log_hazards(run_of(world)), 0.5 * np.log(2.0), rtol=1e-9)


def test_imitation_needs_a_gap_and_access(world: World) -> None:
    shut, wide = gaps(reaching(world, 0.0)), gaps(reaching(world, 1.0))
    run, lead, best = run_of(world), [], []
    for s in STATES:
        for k in range(14):
            ahead = run.cells[1 - s, k].frontier - run.cells[s, k].frontier
            living = [firm for firm in run.firms[s, k] if firm.alive]
            lead += [max(ahead, 0.0)] * len(living)
            best += [firm.technology >= run.cells[s, k].frontier for firm in living]
    assert any(best)
    assert np.all(shut[best] == 0.0)
    np.testing.assert_allclose(wide - shut, lead, atol=1e-12)


@pytest.mark.parametrize(("gap", "effort"), [(0.0, 0.0), (0.3, 0.5), (0.9, 0.75)])
def test_effort_for_imitation_grows_with_the_gap(gap: float, effort: float) -> None:
    known = duel().parameters.ideas
    known.imitation_halfway = 0.3
    assert ideas.imitation_effort(gap, known) == pytest.approx(effort)


def test_who_imitates_finds_less(world: World) -> None:
    known = run_of(world).parameters.ideas
    efforts = [
        np.array([ideas.imitation_effort(gap, known) for gap in gaps(reaching(world, part))]) for part in (0.0, 1.0)
    ]
    assert (efforts[1] - efforts[0]).max() > 0.1
    fewer = log_hazards(reaching(world, 1.0)) - log_hazards(reaching(world, 0.0))
    np.testing.assert_allclose(fewer, -known.imitation_cost * (efforts[1] - efforts[0]), atol=1e-11)


def together(world: World, coinvention: float) -> Any:
    """The base year if co-invention were open so far, to listed firms as well, and none had been replaced."""
    run = put(reaching(world, 0.0), listing_denial=(0.0, 0.0))
    fill(run.states, coinvention=[coinvention] * N_STATES)
    run.parameters.knowledge.tie_replacement = 0.0
    for cell, own in zip(cells(run), places_of(run), strict=True):
        cell.tie_replaced = 0.0
        fill(own, tie_replaced=[0.0] * PLACES)
    return run


@pytest.mark.parametrize(
    ("distance", "lead", "need"),
    [
        (0.0, 9.0, 0.1),
        (9.0, 9.0, 1.0),
        (9.0, -9.0, 0.1),
        (9.0, 0.0, 0.1 + 0.9 * 0.5),
        (0.1, 0.05, 0.1 + 0.9 * 0.75 * 0.5),
    ],
)
def test_partners_are_needed_by_those_who_are_behind(distance: float, lead: float, need: float) -> None:
    known = duel().parameters.ideas
    known.collaboration_floor, known.collaboration_parity = 0.1, 0.5
    known.collaboration_lead, known.collaboration_distance = 0.2, 0.2
    assert ideas.need_of_partners(distance, lead, known) == pytest.approx(need)


def test_partners_help_those_who_have_them(world: World) -> None:
    gain = log_hazards(together(world, 1.0)) - log_hazards(together(world, 0.0))
    run = run_of(world)
    tied = np.array([firm.tie > 0.0 for own in places_of(run) for firm in own if firm.alive])
    known = run.parameters.ideas
    np.testing.assert_allclose(gain[~tied], 0.0, atol=1e-12)
    assert gain[tied].min() == pytest.approx(known.collaboration * known.collaboration_floor, rel=1e-9)
    assert gain.max() <= known.collaboration + 1e-12


def test_partners_are_those_left_open_and_those_replaced() -> None:
    """Firms at both frontiers need partners by the floor; a third of the firms has none."""
    found = []
    for tied in (True, False):
        run = put(duel(places=3), listing_denial=(0.0, 0.0))
        run.parameters.knowledge.tie_replacement, known = 0.0, run.parameters.ideas
        firms(run, [True] * 3, listed=[True, False, True], tie=[tied, tied, 0.0], tie_replaced=[0.1, 0.0, 0.1])
        fill(run.states, coinvention=[0.8, 0.8], research_price=[1.0, 1.0])
        fill(run.states, knowledge_stock=[1.0, 1.0], first_knowledge_stock=[1.0, 1.0])
        run.states[CHINA].levers.listing_denial = 0.5
        run.cells[US, 0].tie_replaced = 0.3
        found.append(log_hazards(run)[:3])
    left = (found[0] - found[1]) / (known.collaboration * known.collaboration_floor)
    assert left.tolist() == pytest.approx([0.8 * (1.0 - 0.8 * 0.5) + 0.1, 1.0, 0.0])


def test_ideas_get_dearer_as_the_frontier_moves_and_cheaper_with_science(world: World) -> None:
    run = run_of(world)
    known, places = run.parameters.ideas, [(s, k) for s in STATES for k in range(14)]

    def difficulty(changed: Any) -> np.ndarray:
        for sector in changed.sectors:
            sector.demand = 1.0
        return np.array([ideas.log_difficulty(changed, s, k) for s, k in places])

    now, moved, wiser = difficulty(run), run_of(world), run_of(world)
    for cell in cells(moved):
        cell.frontier += 0.1
    np.testing.assert_allclose(difficulty(moved) - now, np.tile(0.05 * np.array(known.difficulty), 2), rtol=1e-9)
    for state in wiser.states:
        state.knowledge_stock *= 2.0
    fall = np.tile(-np.array(known.basic_elasticity) * np.log(2.0), 2)
    np.testing.assert_allclose(difficulty(wiser) - now, fall, rtol=1e-9)
    larger = run_of(world)
    before = difficulty(larger)
    for sector in larger.sectors:
        sector.demand = 2.0
    rise = np.array([ideas.log_difficulty(larger, s, k) for s, k in places]) - before
    np.testing.assert_allclose(rise, 0.5 * (1.0 - known.size_exponent) * np.log(2.0), rtol=1e-9)


def test_basic_research_arrives_after_its_lag_and_none_is_lost() -> None:
    known, state = duel().parameters.knowledge, duel().states[US]
    known.basic_depreciation = 0.0
    arrived = []
    for step in range(400):
        before = state.own_knowledge
        knowledge.pass_on(state, 4.0 if step == 0 else 0.0, 0.0, known)
        arrived.append(state.own_knowledge - before)
    times = (np.arange(400) + 0.5) / 4.0
    assert np.sum(arrived) == pytest.approx(1.0, abs=1e-3)
    assert np.average(times, weights=arrived) == pytest.approx(10.0, rel=0.03)
    hump = int(np.argmax(arrived))
    assert 4.0 < times[hump] < 10.0


def test_a_seasoned_pipeline_goes_on_as_it_was() -> None:
    run = put(duel(), applied_research=(80.0, 20.0))
    fill(run.states, rd_basic=[100.0, 50.0])
    growth = (0.03, 0.09)
    past = SimpleNamespace(basic_growth_past=growth, rd_growth_past=growth)
    for s in STATES:
        state = run.states[s]
        base_accounts.found_knowledge(run, past, s)
        stages, stock = list(state.knowledge_pipeline), state.own_knowledge
        knowledge.pass_on(state, state.rd_basic, state.levers.applied_research, run.parameters.knowledge)
        faster = [later / before - 1.0 for later, before in zip(state.knowledge_pipeline, stages, strict=True)]
        assert faster == pytest.approx([growth[s] / 4.0] * len(stages), rel=1e-9)
        assert state.own_knowledge / stock - 1.0 == pytest.approx(growth[s] / 4.0, rel=0.05)


def test_open_science_shares_and_closing_it_does_not() -> None:
    known = duel().parameters.knowledge
    shared = [knowledge.open_to_use(0.5, theirs, allied, known) for theirs, allied in ((10.0, 2.0), (100.0, 0.0))]
    assert shared == pytest.approx([0.1 * 0.5 * 10.0 + 2.0, 0.1 * 0.5 * 100.0])
    assert knowledge.open_to_use(0.0, 100.0, 0.0, known) == 0.0
    run = duel()
    run.now.forecast_gdp = [1.0] * 4
    fill(run.states, own_knowledge=[100.0, 10.0], science=[0.5, 0.5])
    for s in STATES:
        knowledge.share_knowledge(run, s)
    lent = [0.0375 * 0.1 * 0.5 * theirs for theirs in (10.0, 100.0)]
    assert column(run.states, "borrowed_knowledge") == pytest.approx(lent)


def test_knowledge_of_others_comes_slowly_and_is_lost_slowly() -> None:
    known = duel().parameters.knowledge
    once = [knowledge.borrowed(now, reachable, known) for now, reachable in ((0.0, 8.0), (4.0, 0.0))]
    assert once == pytest.approx([0.0375 * 8.0, (1.0 - 0.0375) * 4.0])
    learnt, lost = 0.0, 4.0
    for _ in range(600):
        learnt, lost = knowledge.borrowed(learnt, 8.0, known), knowledge.borrowed(lost, 0.0, known)
    assert [learnt, lost] == pytest.approx([8.0, 0.0], abs=1e-6)


def test_closing_science_makes_nobody_forget_at_once(world: World) -> None:
    """A quarter without any openness takes the speed's part of what is borrowed, and leaves what is own."""
    before, after = run_of(world), later(world, science_limits=(1.0, 1.0))
    science = np.prod([1.0 - state.levers.science_limits for state in before.states])
    for s in STATES:
        first, now = before.states[s], after.states[s]
        assert first.borrowed_knowledge == pytest.approx(0.1 * science * before.states[1 - s].own_knowledge, rel=1e-12)
        assert first.knowledge_stock == pytest.approx(first.own_knowledge + first.borrowed_knowledge, rel=1e-12)
        assert now.borrowed_knowledge == pytest.approx((1.0 - 0.0375) * first.borrowed_knowledge, rel=1e-12)
        assert now.knowledge_stock == pytest.approx(now.own_knowledge + now.borrowed_knowledge, rel=1e-12)


def test_cooperation_reaches_knowledge_only_once_it_has_grown(world: World) -> None:
    """What is sought this quarter is cooperation in the next, and it lends from the one after."""
    sought = {"allied_cooperation": (1.0, 0.0)}
    quiet, first = later(world), later(world, **sought)
    assert column(first.states, "borrowed_knowledge") == column(quiet.states, "borrowed_knowledge")
    assert first.states[US].cooperation > 0.0
    assert first.states[CHINA].cooperation == quiet.states[CHINA].cooperation
    grown = first.states[US].cooperation
    alone, second = later(world, quarters=2), later(world, quarters=2, **sought)
    more = second.states[US].borrowed_knowledge - alone.states[US].borrowed_knowledge
    gdp, own = second.now.forecast_gdp, column(second.states, "own_knowledge")
    theirs = sum(own) * gdp[ALLIES] / sum(gdp[:N_STATES])
    assert more == pytest.approx(0.0375 * 0.03 * grown * min(theirs, own[US]), rel=1e-3)


def test_lost_partners_are_replaced_in_part_and_slowly() -> None:
    known = duel().parameters.knowledge
    assert knowledge.replaced(0.0, 0.2, known) == pytest.approx(0.12 / 4.0 * 0.7 * 0.8)
    assert knowledge.replaced(0.0, 1.0, known) == 0.0
    found = 0.0
    for _ in range(400):
        found = knowledge.replaced(found, 0.2, known)
    assert found == pytest.approx(0.7 * 0.8, abs=1e-4)
    assert knowledge.collaboration(0.2, found) == pytest.approx(0.76, abs=1e-4)
    assert knowledge.collaboration(0.9, 0.7) == 1.0


def mobility(**levers: tuple[float, float]) -> list[float]:
    run = put(duel(), **levers)
    mine, theirs = (state.levers for state in run.states)
    return [talent.mobility(*pair, run.parameters.talent) for pair in ((mine, theirs), (theirs, mine))]


def test_either_side_can_close_the_door_to_people() -> None:
    assert mobility() == [1.0, 1.0]
    assert mobility(visa_limits=(0.5, 0.0)) == [0.5, 0.5]
    assert mobility(talent_recruitment=(0.0, 1.0)) == pytest.approx([1.0, 0.7])


def moved(run: Any) -> list[float]:
    """Researchers after a quarter without any graduates."""
    fill(run.states, graduates=[0.0, 0.0])
    for s in STATES:
        talent.emigrate(run, s)
    for s in STATES:
        talent.train(run, s)
    return column(run.states, "researchers")


def test_people_move_as_recorded_and_none_is_lost_on_the_way(world: World) -> None:
    run = run_of(world)
    before, known = column(run.states, "researchers"), run.parameters.talent
    after = moved(run)
    assert column(run.states, "emigrants") == pytest.approx(column(run.states, "migrants"), rel=1e-12)
    stayed = [stock * (1.0 - known.attrition / 4.0) for stock in before]
    assert sum(after) == pytest.approx(sum(stayed), rel=1e-12)
    assert after != pytest.approx(stayed, rel=1e-6)
    shut = put(run_of(world), visa_limits=(1.0, 0.0))
    assert moved(shut) == pytest.approx(stayed, rel=1e-12)


def test_people_follow_pay(world: World) -> None:
    dear = run_of(world)
    fill(dear.states, research_price=[1.0, 4.0])
    for s in STATES:
        talent.emigrate(dear, s)
    ratio = [state.emigrants / state.migrants for state in dear.states]
    assert ratio == pytest.approx([2.0, 0.5], rel=1e-12)


def test_pay_draws_graduates_into_research() -> None:
    run = duel()
    known = run.parameters.talent
    fill(run.states, graduates=[4.0, 4.0], researchers=[10.0, 10.0], research_price=[1.0, 2.0])
    fill(run.states, rd_total=[1.0, 1.0], first_rd_total=[1.0, 1.0], first_researchers=[10.0, 10.0])
    for s in STATES:
        talent.train(run, s)
    drawn = [4.0 * (after - 10.0 * (1.0 - known.attrition / 4.0)) for after in column(run.states, "researchers")]
    assert drawn == pytest.approx([4.0, 4.0 * 2.0**known.supply_elasticity])


@pytest.mark.parametrize(("years", "left"), [(0.0, 1.0), (15.0, np.exp(-1.0)), (1e4, 0.0)])
def test_growth_of_graduates_fades(years: float, left: float) -> None:
    known = duel().parameters.talent
    found = [np.log(talent.graduates(1.0, growth, years, known)) for growth in (0.04, -0.02)]
    assert found == pytest.approx([left * 0.04 / 4.0, -left * 0.02 / 4.0], abs=1e-12)
