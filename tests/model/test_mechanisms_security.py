"""Security and perception: exposure, incidents, trust, and what a state sees of its rival, by hand and at limits."""

from dataclasses import fields, replace

import numpy as np
import pytest

from techduel.ensemble.simulation import prepared
from techduel.model import perception, security
from techduel.model.accounts import of_quarter, output
from techduel.model.axes import Array, Trade
from techduel.model.noise import Draws
from techduel.model.world import Tags, World
from techduel.scenario.scenario import Scenario
from tests.hand import VALUES, acting, by_sector, luck, number, states

US, CHINA, ALLIES, REST = range(4)
KNOWN, SIGHT = VALUES.security, VALUES.perception
TAGS: Tags = {
    "digital_core": np.array([True, True, False]),
    "supply_chain": np.array([False, True, True]),
    "frontier": np.array([True, False, True]),
}


@pytest.fixture(scope="module")
def world(baseline: Scenario) -> World:
    return prepared(baseline, [0], seed=1).world


def trade() -> Trade:
    """Three sectors in which each origin sells 10, but China 20 and 30 of the first two in the United States."""
    flows = np.full((1, 4, 4, 3, 1), 10.0)
    flows[0, CHINA, US, :2, 0] = 20.0, 30.0
    return flows


def test_exposure_is_the_rivals_share_of_digital_purchases() -> None:
    found = security.exposure(TAGS, trade())
    assert found.ravel().tolist() == pytest.approx([50.0 / 110.0, 0.25])


def test_dependence_is_the_rivals_mean_share_in_the_reviewed_supply_chains() -> None:
    found = security.dependence(TAGS, trade(), np.zeros((1, 2, 3, 1)))
    assert found.ravel().tolist() == pytest.approx([(0.5 + 0.25) / 2.0, 0.25])


def test_stocks_take_dependence_away() -> None:
    laid_up = by_sector([9.0, np.log(2.0), 0.0], [0.0, 1e3, 1e3])
    found = security.dependence(TAGS, trade(), laid_up)
    assert found.ravel().tolist() == pytest.approx([(0.25 + 0.25) / 2.0, 0.0])


def expected(**levers: tuple[float, float]) -> security.Hazard:
    """Hazards when both states buy 40 % of digital goods from each other and depend by 0.2, with trust 0.75 and 1."""
    return security.hazard(acting(**levers), states(0.4, 0.4), states(0.2, 0.2), states(0.75, 1.0), KNOWN)


def test_espionage_follows_the_rivals_effort_and_disruption_mistrust() -> None:
    found = expected(technology_acquisition=(0.1, 0.5), counter_intelligence=(0.6, 0.0))
    assert found.espionage.ravel().tolist() == pytest.approx([30.0 * 0.5 * 0.4 * 0.4, 30.0 * 0.1 * 0.4])
    assert found.disruption.ravel().tolist() == pytest.approx([2.0 * 0.2 * 0.25, 0.0])
    assert np.array_equal(found.risk, found.espionage + found.disruption)


def test_there_is_no_espionage_without_effort_or_against_full_defence() -> None:
    assert np.all(expected().espionage == 0.0)
    assert np.all(expected(technology_acquisition=(1.0, 1.0), counter_intelligence=(1.0, 1.0)).espionage == 0.0)


CLOSING = (
    *("procurement_localisation", "inbound_screening", "outbound_screening"),
    *("visa_limits", "collaboration_limits", "science_limits"),
)


@pytest.mark.parametrize("name", CLOSING)
def test_each_way_to_close_counts_an_eighth(name: str) -> None:
    found = security.restriction(acting(**{name: (0.4, 0.0)}), VALUES.market)
    assert found.ravel().tolist() == pytest.approx([0.05, 0.0])


def test_controls_and_tariffs_count_by_what_they_keep_away() -> None:
    known = replace(VALUES.market, elasticity=number(4.0))
    controlled = acting(control_breadth=(0.5, 1.0), control_depth=(0.4, 1.0))
    assert security.restriction(controlled, known).ravel().tolist() == pytest.approx([0.2 / 8.0, 1.0 / 8.0])
    taxed = security.restriction(acting(tariff=(0.25, 0.0)), known)
    assert taxed.ravel().tolist() == pytest.approx([(1.0 - 1.25**-3) / 8.0, 0.0])


def test_restriction_is_a_mean_over_sectors_between_nothing_and_all() -> None:
    some = replace(acting(), tariff=by_sector([0.0, 0.25], [0.0, 0.0]))
    known = replace(VALUES.market, elasticity=number(4.0))
    assert security.restriction(some, known)[0, US, 0, 0] == pytest.approx((1.0 - 1.25**-3) / 16.0)
    assert np.all(security.restriction(acting(), known) == 0.0)
    shut = dict.fromkeys((*CLOSING, "control_breadth", "control_depth"), (1.0, 1.0))
    assert np.all(security.restriction(acting(**shut, tariff=(1e9, 1e9)), known) == pytest.approx(1.0))


def trusted(before: Array, closed: Array, incidents: Array, world: World) -> list[float]:
    after = security.trust(replace(world.states, trust=before), closed, incidents, KNOWN)
    return [float(value) for value in after.ravel()]


def test_trust_follows_what_the_rival_leaves_open(world: World) -> None:
    found = trusted(states(0.8, 0.4), states(0.5, 0.2), states(0.0, 0.0), world)
    assert found == pytest.approx([0.8, 0.4 + 0.125 * (0.5 - 0.4)])


def test_incidents_shake_trust_down_to_none(world: World) -> None:
    found = trusted(states(0.8, 0.04), states(0.2, 0.2), states(2.0, 2.0), world)
    assert found == pytest.approx([0.7, 0.04 + 0.125 * 0.76 - 0.1])
    assert trusted(states(0.0, 0.01), states(1.0, 1.0), states(1.0, 2.0), world) == [0.0, 0.0]
    assert trusted(states(1.0, 1.0), states(0.0, 0.0), states(0.0, 0.0), world) == [1.0, 1.0]


def after_a_quarter(world: World, draws: Draws) -> security.Security:
    return security.security(world, world.markets.flows, world.cells.stock, draws)


def test_an_incident_happens_when_luck_is_below_its_chance(world: World) -> None:
    risk = after_a_quarter(world, luck(1))
    known, first = world.parameters.security, world.states
    hazards = security.hazard(
        world.action,
        security.exposure(world.structure.tags, world.markets.flows),
        risk.dependence,
        first.trust,
        known,
    )
    chance = 1.0 - np.exp(-hazards.espionage / 4.0)
    just_below, just_above = (luck(1, espionage=part * chance) for part in (0.999, 1.001))
    assert after_a_quarter(world, just_below).incidents.ravel().tolist() == [1.0, 1.0]
    assert after_a_quarter(world, just_above).incidents.ravel().tolist() == [0.0, 0.0]
    both = luck(1, espionage=states(0.0, 0.5), disruption=states(0.0, 0.0))
    assert after_a_quarter(world, both).incidents.ravel().tolist() == [2.0, 1.0]


def test_incidents_come_as_often_as_expected() -> None:
    uniform = np.random.default_rng(3).random((40_000, 2, 1, 1))
    found = security._happens(states(0.4, 0.0), uniform)
    assert found.mean(axis=0).ravel().tolist() == pytest.approx([1.0 - np.exp(-0.1), 0.0], abs=0.005)


def test_memory_of_incidents_fades(world: World) -> None:
    shaken = replace(world, states=replace(world.states, incident_memory=states(1.0, 0.0)))
    found = after_a_quarter(shaken, luck(1, espionage=states(0.9, 0.0))).incident_memory
    assert found.ravel().tolist() == pytest.approx([0.875, 1.0])


def test_incidents_cost_output_and_quiet_gains_what_was_expected() -> None:
    found = security.loss(states(2.0, 0.0), states(0.4, 0.4), KNOWN)
    assert found.ravel().tolist() == pytest.approx([0.002 * 1.9, -0.002 * 0.1])


def test_the_loss_falls_on_the_rest_of_the_economy_alone(world: World) -> None:
    calm = np.zeros((1, 2, 1, 1))
    later, made = replace(world, quarter=1), of_quarter(world.structure.economy.sector_path, 1)
    whole, struck = (output(later, world.markets, made, calm, lost) for lost in (calm, states(0.1, 0.0)))
    assert (struck.rest / whole.rest).ravel().tolist() == pytest.approx([0.9, 1.0])
    for item in fields(whole):
        if item.name != "rest":
            assert np.array_equal(getattr(struck, item.name), getattr(whole, item.name)), item.name


def test_trust_and_memory_of_the_base_year_are_where_they_settle(world: World) -> None:
    first, known = world.states, world.parameters.security
    usual = first.risk / 4.0
    np.testing.assert_allclose(first.incident_memory * known.forgetting, first.risk, rtol=1e-12)
    still = security.trust(first, first.restriction, usual, known)
    np.testing.assert_allclose(still, first.trust, atol=1e-3)
    assert np.all((first.risk > 0.0) & (first.risk < 2.0))


def test_the_base_year_sees_the_rival_as_it_is(world: World) -> None:
    first = world.states
    np.testing.assert_allclose(first.seen_gap, perception.lead_of_rival(world.structure.tags, world.cells.frontier))
    np.testing.assert_allclose(first.seen_rd, perception.rd_of_rival(first.rd_total), rtol=1e-9)
    assert np.all(first.sight_error == 0.0)
    assert np.all(first.incidents == 0.0)


def test_the_lead_of_the_rival_is_a_mean_over_frontier_fields() -> None:
    found = perception.lead_of_rival(TAGS, by_sector([0.1, 9.0, 0.2], [0.3, -9.0, 0.3]))
    assert found.ravel().tolist() == pytest.approx([0.15, -0.15])
    assert perception.rd_of_rival(states(100.0, 200.0)).ravel().tolist() == pytest.approx([np.log(2.0), -np.log(2.0)])


def test_what_is_seen_comes_late() -> None:
    seen = states(0.0, 0.0)
    assert perception.seen(seen, states(1.0, -1.0), SIGHT).ravel().tolist() == [0.25, -0.25]
    for _ in range(4):
        seen = perception.seen(seen, states(1.0, 1.0), SIGHT)
    assert seen[0, US, 0, 0] == pytest.approx(1.0 - 0.75**4)
    at_once = replace(SIGHT, lag=number(0.25))
    assert perception.seen(seen, states(0.3, -0.1), at_once).ravel().tolist() == pytest.approx([0.3, -0.1])


def sight(world: World, normal: Array, **known: Array) -> perception.Sight:
    """What is seen after a quarter in which nothing has changed."""
    some = replace(world, parameters=replace(world.parameters, perception=replace(SIGHT, **known)))
    safe = after_a_quarter(world, luck(1))
    return perception.perceive(some, world.cells.frontier, world.states.rd_total, safe, normal)


def test_without_noise_a_quiet_world_is_seen_as_it_is(world: World) -> None:
    found = sight(world, states(3.0, -3.0), noise=number(0.0))
    assert np.all(found.sight_error == 0.0)
    np.testing.assert_allclose(found.seen_gap, world.states.seen_gap, rtol=1e-12)
    np.testing.assert_allclose(found.seen_rd, world.states.seen_rd, rtol=1e-9)


def test_errors_last_and_shift_gap_and_research_alike(world: World) -> None:
    wrong = replace(world, states=replace(world.states, sight_error=states(0.1, 0.0)))
    found = sight(wrong, states(1.0, -1.0))
    fresh = 0.05 * np.sqrt(1.0 - 0.64)
    error = np.array([0.08 + fresh, -fresh])
    np.testing.assert_allclose(found.sight_error.ravel(), error, rtol=1e-12)
    np.testing.assert_allclose((found.seen_gap - world.states.seen_gap).ravel(), error / 4.0, rtol=1e-9)
    np.testing.assert_allclose((found.seen_rd - world.states.seen_rd).ravel(), error / 4.0, rtol=1e-9)


def test_errors_keep_their_spread(world: World) -> None:
    """The part that is left and what is new add up to the stated spread."""
    generator, runs = np.random.default_rng(7), 20_000
    many = replace(world, states=replace(world.states, sight_error=0.05 * generator.standard_normal((runs, 2, 1, 1))))
    found = sight(many, generator.standard_normal((runs, 2, 1, 1))).sight_error
    assert np.std(found, axis=0).ravel().tolist() == pytest.approx([0.05, 0.05], rel=0.02)


def alarm(gap: float, research: float, dependent: float, memory: float) -> float:
    values = (states(value, value) for value in (gap, research, dependent, memory))
    return float(perception.threat(*values, SIGHT)[0, US, 0, 0])


def test_the_threat_is_a_weighted_mean_of_four_alarms() -> None:
    assert alarm(0.0, 0.0, 0.0, 0.0) == pytest.approx(0.35 / 2.0 + 0.25 / 2.0)
    by_parts = 0.35 / (1.0 + np.exp(-2.0)) + 0.25 / (1.0 + np.exp(1.0))
    by_parts += 0.2 * (1.0 - np.exp(-0.5)) + 0.2 * (1.0 - np.exp(-1.5))
    assert alarm(0.2, -0.5, 0.1, 1.5) == pytest.approx(by_parts)


def test_the_threat_is_0_for_the_safest_and_1_for_the_most_threatened() -> None:
    assert alarm(-50.0, -50.0, 0.0, 0.0) == pytest.approx(0.0, abs=1e-12)
    assert alarm(50.0, 50.0, 50.0, 50.0) == pytest.approx(1.0)


def test_weights_count_only_relative_to_each_other() -> None:
    halved = {
        f"weight_{name}": 0.5 * getattr(SIGHT, f"weight_{name}") for name in ("gap", "rd", "dependence", "incidents")
    }
    seen = [states(value, -value) for value in (0.1, 0.2, 0.3, 0.4)]
    found = perception.threat(*seen, replace(SIGHT, **halved))
    np.testing.assert_allclose(found, perception.threat(*seen, SIGHT), rtol=1e-12)
