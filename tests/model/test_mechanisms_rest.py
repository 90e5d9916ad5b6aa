"""The rest of the economy as sector 15 (`forms.price_block` sector): by hand, in the base year and at large."""

from dataclasses import replace
from math import exp, log
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from techduel.ensemble.simulation import prepared, simulate, worlds
from techduel.facts import load_facts
from techduel.facts.base_year import initial_world
from techduel.model.axes import N_BLOCS, N_PASSIVE, N_STATES, PRIVATE
from techduel.model.engine.record import copied, shown
from techduel.model.noise import Noise
from techduel.model.parameters import Parameters
from techduel.model.parameters.forms import code
from techduel.model.world import World
from techduel.policies.schedule import NEVER, Schedule, Step
from techduel.scenario.scenario import Scenario, load_scenario
from tests.ensembles import AnyLevers, leaves
from tests.hand import ALLIES, CHINA, PLACES, REST, US, VALUES, duel, later, put
from tests.model.test_reference import HAWK, RESPONDENT, UNUSUAL, Upheaval, advance_together, with_listed
from tests.uncompiled import accounts, market, quarter, rest, run_of

SECTOR = "forms.price_block=sector"
IDEAS = (SECTOR, "forms.trade_ideas=imports")
ACCOUNT = ("forms.price_block=account", "forms.trade_ideas=none")
ALL_NEW = (*IDEAS, "forms.fringe=own", "forms.reallocation=slow", "forms.knowledge=own")
BLOCS = range(N_BLOCS)
STATES = (US, CHINA)


def with_forms(**chosen: str) -> Parameters:
    """The default parameters with some forms."""
    codes = {name: np.full((1, 1, 1, 1), code(name, form)) for name, form in chosen.items()}
    return replace(VALUES, forms=replace(VALUES.forms, **codes))


def first_world(**chosen: str) -> World:
    facts = load_facts()
    draws = Noise(1, [0], len(facts.sectors), PLACES).initial()
    return initial_world(facts, with_forms(price_block="sector", **chosen), draws)


@pytest.fixture(scope="module")
def world() -> World:
    return first_world()


def four_alike(elasticity: float = 3.0) -> Any:
    """A run of one storable sector in which all blocs make 100 and buy a tenth of each other's sector 15."""
    run = duel()
    run.parameters.forms.price_block = rest.SECTOR
    run.parameters.market.origin_elasticity, run.sectors[0].storable = elasticity, True
    run.now.gdp, run.now.forecast_gdp = [1.0] * N_BLOCS, [100.0] * N_BLOCS
    for m in BLOCS:
        shares = [0.7 if origin == m else 0.1 for origin in BLOCS]
        run.blocs[m].first_share, run.blocs[m].rest_taste = list(shares), list(shares)
        if m < N_STATES:
            run.states[m].gdp = run.states[m].rest_output = 100.0
    return run


def column(run: Any, name: str) -> list[float]:
    return [getattr(bloc, name) for bloc in run.blocs]


def test_without_shocks_nothing_moves() -> None:
    run = four_alike()
    rest.trade_rest(run)
    assert column(run, "labour_cost") == pytest.approx([0.0] * 4, abs=1e-15)
    assert column(run, "rest_price") == pytest.approx([0.0] * 4, abs=1e-15)
    assert column(run, "rest_spending") == pytest.approx([100.0] * 4)
    assert rest.rest_money_gap(run) == pytest.approx(0.0, abs=1e-11)


def test_money_that_is_paid_to_nobody_and_what_nobody_made_are_noticed() -> None:
    run = four_alike()
    rest.trade_rest(run)
    run.blocs[US].rest_spending += 2.0
    assert rest.rest_money_gap(run) == pytest.approx(2.0)
    run.blocs[CHINA].rest_supply -= 3.0
    assert rest.rest_money_gap(run) == pytest.approx(5.0)


def test_a_duty_by_hand() -> None:
    """A duty of 50 % on goods, half of the trade, takes a quarter on all; elasticity 3."""
    run = put(four_alike(), tariff=(0.5, 0.0))
    run.blocs[US].goods_part = 0.5
    rest.trade_rest(run)
    assert rest.rest_duty(run, CHINA, US) == 0.25
    sold = 0.9 + 0.1 / 1.25**2
    assert run.blocs[US].rest_price == pytest.approx(-log(sold) / 2.0)
    share = 0.1 / 1.25**2 / sold
    assert run.blocs[US].rest_share[CHINA] == pytest.approx(share)
    spent = 100.0 / (1.0 - share * 0.2)
    assert run.blocs[US].rest_spending == pytest.approx(spent), "what the duty brings is spent too"
    assert run.blocs[US].rest_flows[CHINA] == pytest.approx(share * spent / 1.25)
    assert rest.rest_tariffs(run, US) == pytest.approx(share * spent * 0.2)
    received = [share * spent / 1.25 + 90.0, 0.7 / sold * spent + 30.0]
    costs = [0.25 * log(receipts / 100.0) for receipts in (received[1], received[0], *[0.1 / sold * spent + 90.0] * 2)]
    mean = sum(costs) / 4.0
    assert column(run, "labour_cost") == pytest.approx([cost - mean for cost in costs])
    assert costs[0] > 0.0 > costs[1]
    assert rest.rest_money_gap(run) == pytest.approx(0.0, abs=1e-11)


def test_what_a_state_earns_and_does_not_spend_adds_up_over_the_world() -> None:
    run = four_alike()
    run.blocs[US].first_balance, run.blocs[CHINA].first_balance = -0.05, 0.05
    run.states[CHINA].gdp = 200.0
    rest.trade_rest(run)
    mean = (-0.05 * 100.0 + 0.05 * 200.0) / 500.0
    expected = [105.0 + 100.0 * mean, 190.0 + 200.0 * mean, 100.0 + 100.0 * mean, 100.0 + 100.0 * mean]
    assert column(run, "rest_spending") == pytest.approx(expected)
    assert column(run, "rest_supply") == pytest.approx([100.0, 200.0, 100.0, 100.0])


def test_users_and_makers_of_the_sectors_buy_what_is_left() -> None:
    """Sales of 40, half of it inputs of sector 15, purchases of 30 of which 12 by users: unmet money is spent here."""
    run = four_alike()
    run.markets[US, 0].flows[US], run.cells[US, 0].other_inputs = 40.0, 0.5
    run.markets[US, 0].spending, run.markets[US, 0].ordinary, run.markets[US, 0].listed = [25.0, 5.0, 0.0], 10.0, 2.0
    rest.supply_rest(run, US)
    assert run.blocs[US].rest_supply == pytest.approx(100.0 - 40.0 + 20.0 + 12.0)
    assert run.blocs[US].rest_spending == pytest.approx(100.0 - (30.0 - 12.0) + 20.0)
    run.blocs[US].first_duties, run.markets[US, 0].duty[US] = 0.01, -0.1
    rest.supply_rest(run, US)
    assert run.blocs[US].rest_supply == pytest.approx(100.0 - 1.0 - 40.0 + 20.0 + 12.0)
    assert run.blocs[US].rest_spending == pytest.approx(100.0 - 1.0 - 4.0 - 18.0 + 20.0), "support is paid by taxes"


@pytest.mark.parametrize(
    ("tariffs", "middle"), [([0.3, 0.1, 0.2], 0.2), ([0.2, 0.2, 0.9, 0.1], 0.2), ([0.1, 0.4], 0.1), ([0.6], 0.6)]
)
def test_the_duty_is_the_middle_one_of_storable_goods(tariffs: list[float], middle: float) -> None:
    run = duel(len(tariffs) + 1)
    for k, rate in enumerate([*tariffs, 5.0]):
        run.cells[US, k].levers.tariff = rate
        run.sectors[k].storable = k < len(tariffs)
    assert rest.middle_tariff(run, US) == middle


def test_what_is_refused_in_every_sector_is_refused_in_the_rest() -> None:
    run = duel(2)
    for k, (withheld, joined) in enumerate([(0.5, 0.2), (0.4, 0.5)]):
        run.cells[US, k].denied, run.cells[US, k].joined = [withheld, 1.0], joined
    assert [rest.rest_withheld(run, origin, CHINA) for origin in BLOCS] == pytest.approx([0.4, 0.0, 0.1, 0.0])
    assert [rest.rest_withheld(run, origin, m) for origin in BLOCS for m in (US, ALLIES, REST)] == [0.0] * 12
    run.cells[US, 1].denied = [0.0, 1.0]
    assert rest.rest_withheld(run, US, CHINA) == 0.0


def test_who_grows_as_forecast_offers_more_goods_at_the_same_price() -> None:
    run = four_alike()
    run.now.gdp = [1.0, 2.0, 1.0, 1.0]
    rest.price_rest(run, US)
    assert run.blocs[US].rest_share == pytest.approx([0.7 / 1.1, 0.2 / 1.1, 0.1 / 1.1, 0.1 / 1.1])
    assert run.blocs[US].rest_price == pytest.approx(0.0, abs=1e-15)
    run.blocs[CHINA].labour_cost = 0.1
    rest.price_rest(run, US)
    assert run.blocs[US].rest_price == pytest.approx(-log((0.9 + 0.2 * exp(-0.2)) / 1.1) / 2.0)


def test_ideas_come_with_imports_by_hand() -> None:
    run = four_alike()
    run.parameters.forms.trade_ideas, run.parameters.accounts.idea_share = rest.IMPORTS, 0.5
    run.blocs[CHINA].log_productivity, run.blocs[US].ideas = log(0.5), 0.1
    for m in BLOCS:
        rest.price_rest(run, m)
    run.blocs[CHINA].rest_share = [0.0, 0.8, 0.1, 0.1]
    rest.import_ideas(run)
    # Elasticity 3, so theta is 2: others' ideas count by the square root of the square of relative productivity.
    usual = (0.1**0.5) * 2.0 * 3.0 + 0.7**0.5
    came = (0.1**0.5) * 2.0 * 2.0 + 0.8**0.5
    assert run.blocs[CHINA].ideas == pytest.approx(0.0025 * 2.0 * (came / usual - 1.0))
    allies = 0.1**0.5 * (1.0 + 1.0 + 0.5) + 0.7**0.5
    more = 0.1**0.5 * (exp(0.05) + 1.0 + 0.5) + 0.7**0.5
    assert run.blocs[ALLIES].ideas == pytest.approx(0.0025 * 2.0 * (more / allies - 1.0))
    assert rest.dearer(run, US) == pytest.approx(run.blocs[US].ideas / 2.0)
    run.parameters.accounts.idea_share = 0.0
    rest.import_ideas(run)
    assert run.blocs[CHINA].idea_gain == pytest.approx(0.0, abs=1e-15), "at strength 0 it does not matter whose goods"


def test_labour_is_given_and_pure_profit_is_won() -> None:
    run = duel()
    run.parameters.forms.price_block, run.parameters.market.normal_margin = rest.SECTOR, 0.1
    state, cell = run.states[US], run.cells[US, 0]
    state.knowledge_stock = state.knowledge_expected = state.rest_expected = 1.0
    state.first_rest_output, state.sector_expected, cell.sales = 1000.0, 20.0, 100.0
    drawn = accounts.drawn_from_rest(run, US, 50.0)
    assert drawn == pytest.approx(1.0 - 0.1 * 100.0 / 50.0)
    assert accounts.rest_output(run, US, 0.5, 50.0, drawn) == pytest.approx(1000.0 - 0.8 * 30.0)
    run.blocs[US].labour_cost = 0.02
    grown = exp(0.02)
    expected = 1000.0 * grown - 0.8 * (50.0 - 20.0 * grown)
    assert accounts.rest_output(run, US, 0.5, 50.0, drawn) == pytest.approx(expected), "digital prices move it no more"


def test_cost_of_labour_enters_costs_by_what_is_no_input() -> None:
    run = duel(2, share=[[0.0, 0.3], [0.0, 0.0]])
    run.blocs[US].labour_cost = 0.1
    market.costs(run, US)
    assert [run.cells[US, k].cost for k in range(2)] == pytest.approx([0.1, 0.07])
    assert [run.cells[CHINA, k].cost for k in range(2)] == [0.0, 0.0]
    run.parameters.forms.fringe, run.blocs[REST].labour_cost = code("fringe", "own"), -0.1
    quarter.price_inputs(run)
    assert run.sectors[1].cost == pytest.approx([0.0, -0.07])


def test_the_base_year_is_exact(world: World) -> None:
    run, facts = run_of(world), load_facts().base
    flows = np.array([run.blocs[m].rest_flows for m in BLOCS]).T
    others = world.markets.flows[0, :, :, :, 0].sum(axis=2)
    abroad = (flows + others) * (1.0 - np.eye(4))
    np.testing.assert_allclose(abroad.sum(axis=1), facts.exports, rtol=1e-11)
    np.testing.assert_allclose(abroad.sum(axis=0), facts.imports, rtol=1e-11)
    assert flows[CHINA, US] == pytest.approx(227.0 + 15.6, rel=1e-12)
    assert flows[US, CHINA] == pytest.approx(93.0 + 40.4, rel=1e-12)
    np.testing.assert_allclose(flows.sum(axis=1), column(run, "rest_supply"), rtol=1e-12)
    assert column(run, "labour_cost") == column(run, "ideas") == [0.0] * 4
    gdp = [*(state.gdp for state in run.states), *facts.gdp[N_STATES:]]
    assert np.dot(column(run, "first_balance"), gdp) == pytest.approx(0.0, abs=1e-7)
    rest.trade_rest(run)
    assert column(run, "labour_cost") == pytest.approx([0.0] * 4, abs=1e-12)
    assert column(run, "rest_price") == pytest.approx([0.0] * 4, abs=1e-14)


def test_sector_15_makes_what_the_other_accounts_do_not(world: World) -> None:
    """Supply from its side: rest of the economy less duties, other digital industries and what these buy."""
    run = run_of(world)
    for s in STATES:
        state = run.states[s]
        bought = sum(
            run.markets[s, k].link_scale * run.sectors[k].digital_inputs * state.other_digital
            for k in range(len(run.sectors))
        )
        made = state.rest_output + state.other_digital + bought - state.tariff_revenue
        assert run.blocs[s].rest_supply == pytest.approx(made, rel=1e-12)
        duties = sum(run.cells[s, k].levers.tariff * run.markets[s, k].flows[1 - s] for k in range(len(run.sectors)))
        assert state.tariff_revenue - duties == pytest.approx(rest.rest_tariffs(run, s))
        assert rest.rest_duty(run, 1 - s, s) == pytest.approx(run.blocs[s].goods_part * (0.193, 0.203)[s])


def test_at_closed_borders_and_labour_cost_0_it_is_the_account_less_three_numbers(world: World) -> None:
    """No engine, no price elasticity, and of what cells win as much is drawn from the rest as is wages."""
    found = later(world)
    run = later(first_world(trade_ideas="imports"))
    for s in STATES:
        state, added = found.states[s], sum(cell.value_added for cell in found.cells[s])
        assert run.states[s].gdp == state.gdp, "ideas need a quarter"
        found.blocs[s].labour_cost = 0.0
        wages = rest.wages_added(found, s, added)
        here = accounts.rest_output(found, s, 0.1, added, wages)
        found.parameters.forms.price_block = code("price_block", "account")
        found.parameters.accounts.engine_elasticity, found.parameters.accounts.crowding_out = 0.0, wages
        assert accounts.drawn_from_rest(found, s, added) == wages
        assert accounts.rest_output(found, s, 0.1, added, wages) == pytest.approx(here, rel=1e-14)
        found.parameters.forms.price_block = rest.SECTOR
        assert 0.6 < wages < 0.9


def shocked(world: World, sector: int, cost: float) -> World:
    """The same world where makers of a sector anywhere pay more for a unit."""
    records = copied(world)
    elasticity = world.parameters.market.elasticity[0, 0, sector, 0]
    records["firms"]["technology"][:, :, sector] -= cost
    records["sectors"]["log_fringe"][:, sector, :] -= (elasticity - 1.0) * cost
    records["sectors"]["technology"][:, sector, :] -= cost / (4.0 / 3.0)
    # The states' part of the fringe's pace is given with the shock above, so it must not come twice.
    records["cells"]["log_supply"][:, :, sector] -= (elasticity - 1.0) * cost
    return shown(records, world)


@pytest.mark.parametrize("sector", [0, 7, 8, 11])
def test_income_follows_hultens_sum(world: World, sector: int) -> None:
    """A unit of one sector 1 % dearer to make everywhere: after three years income lost is shares times prices."""
    usual, dear = later(world, 12), later(shocked(world, sector, 0.01), 12)
    for s in STATES:
        lost = log(usual.states[s].real_income / dear.states[s].real_income)
        weighed = 0.0
        for k in range(len(usual.sectors)):
            before, after = usual.markets[s, k], dear.markets[s, k]
            bought = sum(before.final_demand) / usual.states[s].first_gdp
            bought += (
                before.link_scale
                * usual.sectors[k].digital_inputs
                * usual.states[s].first_other_digital
                / usual.states[s].first_gdp
            )
            weighed += bought * (after.log_price[PRIVATE] - before.log_price[PRIVATE])
        assert weighed > 0.0
        assert lost == pytest.approx(weighed, rel=0.05)
        assert lost != pytest.approx(weighed, rel=1e-6), "labour cost moves too"


def tariffs(rate: float) -> Schedule:
    base = load_scenario("baseline_2021").policies["us"]
    return Schedule(base, (Step("tariff", ("all",), 2021.0, NEVER, 0.0, "change", rate),))


def last_worlds(scenario: Scenario, policies: dict[str, Any], runs: int = 4) -> World:
    return list(worlds(prepared(replace(scenario, policies={**scenario.policies, **policies}), range(runs), 1)))[-1]


def costs(world: World) -> NDArray[np.float64]:
    return world.blocs.labour_cost[:, :, 0, 0]


@pytest.mark.ensembles
@pytest.mark.parametrize("state", ["us", "china"])
def test_a_tariff_makes_ones_own_labour_dearer_and_the_others_cheaper(state: str) -> None:
    scenario = load_scenario("baseline_2021", SECTOR, "horizon=2026")
    usual, taxed = (costs(last_worlds(scenario, policies)) for policies in ({}, {state: tariffs(0.2)}))
    change = taxed - usual
    me = STATES[state == "china"]
    assert (change[:, me] > 0.0).all()
    assert (change[:, 1 - me] < 0.0).all()


@pytest.mark.ensembles
def test_losses_build_up_where_ideas_come_with_imports() -> None:
    lost = []
    for forms in ((SECTOR, "forms.trade_ideas=none"), IDEAS):
        usual, apart = (
            list(worlds(prepared(load_scenario(name, *forms, "horizon=2040"), range(4), 1)))
            for name in ("baseline_2021", "full_decoupling")
        )
        lost.append(
            [
                np.log(usual[at].states.real_income / apart[at].states.real_income)[..., 0, 0].mean(axis=0)
                for at in (40, 80)
            ]
        )
        ideas = apart[80].blocs.ideas[:, :N_STATES, 0, 0]
        assert (ideas < 0.0).all() if forms == IDEAS else not ideas.any()
    more = [np.array(with_ideas) - without for without, with_ideas in zip(*lost, strict=True)]
    assert (more[0] > 0.0).all()
    assert (more[1] > more[0]).all()


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("forms", [(SECTOR,), IDEAS, ALL_NEW], ids=["sector", "ideas", "all new"])
def test_sector_15_equals_the_reference(seed: int, forms: tuple[str, ...]) -> None:
    scenario = load_scenario("baseline_2021", *UNUSUAL, *forms)
    policies = {"us": HAWK, "china": RESPONDENT}
    scenario = replace(scenario, policies=policies, events={"upheaval": Upheaval()})
    seen, reference = advance_together(scenario, seed, with_listed)
    assert reference.known.forms.price_block == "sector"
    assert np.ptp(costs(seen[-1])) > 0.005
    assert (seen[-1].blocs.ideas != 0.0).all() == (forms != (SECTOR,))


@pytest.mark.ensembles
@pytest.mark.parametrize("forms", [IDEAS, ALL_NEW], ids=["ideas", "all new"])
def test_money_closes_over_15_sectors_under_any_levers(forms: tuple[str, ...]) -> None:
    scenario = load_scenario("baseline_2021", "params=prior", "horizon=2026", *forms)
    policies = {state: AnyLevers(range(8), seed, 14) for state, seed in (("us", 5), ("china", 6))}
    for world in worlds(prepared(replace(scenario, policies=policies), range(8), 3)):
        assert np.abs(world.states.money_gap).max() < 1e-12
        assert [name for name, values in leaves(world) if not np.all(np.isfinite(values))] == []
        assert (world.blocs.rest_spending > 0.0).all()
        gdp = world.structure.economy.first_gdp * world.structure.economy.gdp_path[..., [world.quarter]]
        assert np.abs((gdp * world.blocs.labour_cost).sum(axis=1)).max() < 1e-8


@pytest.mark.ensembles
def test_runs_of_both_forms_in_one_batch_are_the_bits_of_runs_of_one() -> None:
    alone = [load_scenario("baseline_2021", "horizon=2022", *named) for named in (ACCOUNT, IDEAS)]
    mixed = np.array([0, 1, 1, 0]).reshape(-1, 1, 1, 1)
    known = alone[0].parameters_of(range(4))
    forms = replace(known.forms, price_block=mixed, trade_ideas=mixed)
    last = list(worlds(prepared(alone[0], range(4), 1, replace(known, forms=forms))))[-1]
    for form, scenario in enumerate(alone):
        apart = list(worlds(prepared(scenario, range(4), 1)))[-1]
        ours = mixed.ravel() == form
        for found, expected in ((last.states.gdp, apart.states.gdp), (last.blocs.labour_cost, apart.blocs.labour_cost)):
            assert np.array_equal(found[ours], expected[ours])
            assert not np.array_equal(found[~ours], expected[~ours])


@pytest.mark.ensembles
def test_the_present_form_is_the_baseline() -> None:
    named, usual = (simulate(load_scenario("baseline_2021", "horizon=2021", *more), runs=2) for more in ((SECTOR,), ()))
    assert all(np.array_equal(named.values[name], values, equal_nan=True) for name, values in usual.values.items())


def test_where_it_is_an_account_nothing_of_it_moves() -> None:
    found = list(worlds(prepared(load_scenario("baseline_2021", "horizon=2021", *ACCOUNT), range(2), 1)))[-1]
    assert not any(values.any() for _, values in leaves(found.blocs))
    assert found.blocs.labour_cost.shape[1] == N_STATES + N_PASSIVE
