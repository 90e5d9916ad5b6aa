"""Security and perception: exposure, incidents, trust, and what a state sees of its rival, by hand and at limits."""

from typing import Any

import numpy as np
import pytest

from techduel.model.axes import N_BLOCS
from techduel.model.world import World
from tests.hand import CHINA, US, base_world, cells, column, duel, fill, luck, put
from tests.uncompiled import accounts, perception, run_of, security

STATES = (US, CHINA)
TAGS = {
    "digital_core": [True, True, False],
    "supply_chain": [False, True, True],
    "frontier": [True, False, True],
}


@pytest.fixture(scope="module")
def world() -> World:
    return base_world()


def trade(**levers: tuple[float, float]) -> Any:
    """Three sectors in which each origin sells 10, but China 20 and 30 of the first two in the United States."""
    run = put(duel(sectors=3), **levers)
    fill(run.sectors, **TAGS)
    for m in range(N_BLOCS):
        for k in range(3):
            run.markets[m, k].flows = [10.0] * N_BLOCS
    run.markets[US, 0].flows[CHINA], run.markets[US, 1].flows[CHINA] = 20.0, 30.0
    return run


def test_exposure_is_the_rivals_share_of_digital_purchases() -> None:
    assert [security.exposure(trade(), s) for s in STATES] == pytest.approx([50.0 / 110.0, 0.25])


def test_dependence_is_the_rivals_mean_share_in_the_reviewed_supply_chains() -> None:
    assert [security.dependence(trade(), s) for s in STATES] == pytest.approx([(0.5 + 0.25) / 2.0, 0.25])


def test_stocks_take_dependence_away() -> None:
    run = trade()
    fill(cells(run), stock=[9.0, np.log(2.0), 0.0, 0.0, 1e3, 1e3])
    assert [security.dependence(run, s) for s in STATES] == pytest.approx([(0.25 + 0.25) / 2.0, 0.0])
    assert security.reliance(run, US, 1, 0.0) == pytest.approx(0.5), "whatever stock is counted"
    assert security.reliance(run, US, 0, 0.0) == 0.0, "not under review"


KNOWN = duel().parameters.security


def spied(**levers: tuple[float, float]) -> list[float]:
    """Espionage to expect where both states buy a quarter of digital goods, or somewhat more, from each other."""
    run = trade(**levers)
    return [security.espionage(run, s, run.states[s].levers.counter_intelligence) for s in STATES]


def test_espionage_follows_the_rivals_effort_and_disruption_mistrust() -> None:
    found = spied(technology_acquisition=(0.1, 0.5), counter_intelligence=(0.6, 0.0))
    assert found == pytest.approx([30.0 * 0.5 * 0.4 * 50.0 / 110.0, 30.0 * 0.1 * 0.25])
    assert security.disruption(0.2, 0.75, KNOWN) == pytest.approx(2.0 * 0.2 * 0.25)
    assert security.disruption(0.2, 1.0, KNOWN) == 0.0


def test_there_is_no_espionage_without_effort_or_against_full_defence() -> None:
    assert spied() == [0.0, 0.0]
    assert spied(technology_acquisition=(1.0, 1.0), counter_intelligence=(1.0, 1.0)) == [0.0, 0.0]


def secured(run: Any, **chances: tuple[float, float]) -> Any:
    """A run after the incidents of a quarter; nothing happens by chance unless given."""
    draws = luck(len(run.sectors), 1, **chances)
    for s in STATES:
        security.secure(run, draws, s)
    return run


def test_a_quarter_meets_the_rivals_spies_and_ones_own_defence() -> None:
    run = trade(technology_acquisition=(0.1, 0.5), counter_intelligence=(0.6, 0.0))
    fill(run.states, trust=[0.75, 1.0])
    spying = [30.0 * 0.5 * 0.4 * 50.0 / 110.0, 30.0 * 0.1 * 0.25]
    assert column(secured(run).states, "risk") == pytest.approx([spying[US] + 2.0 * 0.375 * 0.25, spying[CHINA]])


CLOSING = (
    *("procurement_localisation", "inbound_screening", "outbound_screening"),
    *("visa_limits", "collaboration_limits", "science_limits"),
)


def closed(sectors: int = 1, tariffs: tuple[float, ...] = (), **levers: tuple[float, float]) -> list[float]:
    """What both states close at an elasticity of 4, with tariffs of the first by sector."""
    run = put(duel(sectors=sectors), **levers)
    run.parameters.market.elasticity = [4.0] * sectors
    for k, tariff in enumerate(tariffs):
        run.cells[US, k].levers.tariff = tariff
    return [security.restriction(run, s) for s in STATES]


@pytest.mark.parametrize("name", CLOSING)
def test_each_way_to_close_counts_an_eighth(name: str) -> None:
    assert closed(**{name: (0.4, 0.0)}) == pytest.approx([0.05, 0.0])


def test_controls_and_tariffs_count_by_what_they_keep_away() -> None:
    assert closed(control_breadth=(0.5, 1.0), control_depth=(0.4, 1.0)) == pytest.approx([0.2 / 8.0, 1.0 / 8.0])
    assert closed(tariff=(0.25, 0.0)) == pytest.approx([(1.0 - 1.25**-3) / 8.0, 0.0])


def test_restriction_is_a_mean_over_sectors_between_nothing_and_all() -> None:
    assert closed(2, (0.0, 0.25))[US] == pytest.approx((1.0 - 1.25**-3) / 16.0)
    assert closed(3) == [0.0, 0.0]
    shut = dict.fromkeys((*CLOSING, "control_breadth", "control_depth"), (1.0, 1.0))
    assert closed(2, **shut, tariff=(1e9, 1e9)) == pytest.approx([1.0, 1.0])


def test_trust_follows_what_the_rival_leaves_open() -> None:
    assert security.trust(0.8, 0.8, 0.0, KNOWN) == pytest.approx(0.8)
    assert security.trust(0.4, 0.5, 0.0, KNOWN) == pytest.approx(0.4 + 0.125 * (0.5 - 0.4))
    run = trade()
    fill(run.states, trust=[0.8, 0.4], restriction=[0.5, 0.2])
    assert column(secured(run).states, "trust") == pytest.approx([0.8, 0.4 + 0.125 * (0.5 - 0.4)])


@pytest.mark.parametrize(
    ("before", "open_to_us", "incidents", "after"),
    [
        (0.8, 0.8, 2.0, 0.7),
        (0.04, 0.8, 2.0, 0.04 + 0.125 * 0.76 - 0.1),
        (0.0, 0.0, 1.0, 0.0),
        (0.01, 0.0, 2.0, 0.0),
        (1.0, 1.0, 0.0, 1.0),
    ],
)
def test_incidents_shake_trust_down_to_none(before: float, open_to_us: float, incidents: float, after: float) -> None:
    assert security.trust(before, open_to_us, incidents, KNOWN) == pytest.approx(after, abs=1e-15)


def test_an_incident_happens_when_luck_is_below_its_chance(world: World) -> None:
    run = run_of(world)
    spying = [security.espionage(run, s, run.states[s].levers.counter_intelligence) for s in STATES]
    chance = [1.0 - np.exp(-expected / 4.0) for expected in spying]
    for part, incidents in ((0.999, [1.0, 1.0]), (1.001, [0.0, 0.0])):
        drawn = (part * chance[US], part * chance[CHINA])
        assert column(secured(run_of(world), espionage=drawn).states, "incidents") == incidents
    both = secured(run_of(world), espionage=(0.0, 0.5), disruption=(0.0, 0.0))
    assert column(both.states, "incidents") == [2.0, 1.0]


@pytest.mark.parametrize(("expected", "chance"), [(0.4, 1.0 - np.exp(-0.1)), (0.0, 0.0)])
def test_incidents_come_as_often_as_expected(expected: float, chance: float) -> None:
    found = [security.happens(expected, draw) for draw in np.random.default_rng(3).random(40_000).tolist()]
    assert np.mean(found) == pytest.approx(chance, abs=0.005)


def test_memory_of_incidents_fades(world: World) -> None:
    run = run_of(world)
    fill(run.states, incident_memory=[1.0, 0.0])
    found = secured(run, espionage=(0.9, 0.0))
    assert column(found.states, "incident_memory") == pytest.approx([0.875, 1.0])


def test_incidents_cost_output_and_quiet_gains_what_was_expected() -> None:
    found = [security.loss(incidents, 0.4, KNOWN) for incidents in (2.0, 0.0)]
    assert found == pytest.approx([0.006 * 1.9, -0.006 * 0.1])


def test_the_loss_falls_on_the_rest_of_the_economy_alone(world: World) -> None:
    struck, whole = run_of(world), run_of(world)
    for run, lost in ((struck, 0.1), (whole, 0.0)):
        run.parameters.accounts.crowding_out = 0.0
        for s, state in enumerate(run.states):
            more = lost / run.parameters.security.incident_cost if s == US else 0.0
            state.incidents = state.first_risk / 4.0 + more
            accounts.produce(run, s)
    ratio = [struck.states[s].rest_output / whole.states[s].rest_output for s in STATES]
    assert ratio == pytest.approx([0.9, 1.0])
    for name in ("other_digital", "other_emerging"):
        assert column(struck.states, name) == column(whole.states, name), name


def test_trust_and_memory_of_the_base_year_are_where_they_settle(world: World) -> None:
    run = run_of(world)
    known = run.parameters.security
    for s, state in enumerate(run.states):
        assert state.incident_memory * known.forgetting == pytest.approx(state.risk, rel=1e-12)
        still = security.trust(state.trust, 1.0 - run.states[1 - s].restriction, state.risk / 4.0, known)
        assert still == pytest.approx(state.trust, abs=1e-3)
        assert 0.0 < state.risk < 2.0


def test_the_base_year_sees_the_rival_as_it_is(world: World) -> None:
    run = run_of(world)
    for s, state in enumerate(run.states):
        assert state.seen_gap == state.rival_lead == pytest.approx(perception.lead_of_rival(run, s))
        assert state.seen_rd == pytest.approx(perception.rd_of_rival(run, s), rel=1e-9)
        assert (state.sight_error, state.incidents) == (0.0, 0.0)


def test_the_lead_of_the_rival_is_a_mean_over_frontier_fields() -> None:
    run = trade()
    fill(cells(run), frontier=[0.1, 9.0, 0.2, 0.3, -9.0, 0.3])
    fill(run.states, rd_total=[100.0, 200.0])
    assert [perception.lead_of_rival(run, s) for s in STATES] == pytest.approx([0.15, -0.15])
    assert [perception.rd_of_rival(run, s) for s in STATES] == pytest.approx([np.log(2.0), -np.log(2.0)])


SIGHT = duel().parameters.perception


def test_what_is_seen_comes_late() -> None:
    assert [perception.seen(0.0, now, SIGHT) for now in (1.0, -1.0)] == [0.25, -0.25]
    seen = 0.25
    for _ in range(3):
        seen = perception.seen(seen, 1.0, SIGHT)
    assert seen == pytest.approx(1.0 - 0.75**4)
    at_once = duel().parameters.perception
    at_once.lag = 0.25
    assert [perception.seen(seen, now, at_once) for now in (0.3, -0.1)] == pytest.approx([0.3, -0.1])


def sighted(world: World, normal: tuple[float, float], noise: float = 0.05, error: float = 0.0) -> Any:
    """What both states see after a quarter in which nothing has changed."""
    run = run_of(world)
    run.parameters.perception.noise, run.states[US].sight_error = noise, error
    for s in STATES:
        perception.perceive(run, luck(14, 24, sight=normal), s)
    return run


def test_without_noise_a_quiet_world_is_seen_as_it_is(world: World) -> None:
    run, before = sighted(world, (3.0, -3.0), noise=0.0), run_of(world)
    assert column(run.states, "sight_error") == [0.0, 0.0]
    assert column(run.states, "seen_gap") == pytest.approx(column(before.states, "seen_gap"), rel=1e-12)
    assert column(run.states, "seen_rd") == pytest.approx(column(before.states, "seen_rd"), rel=1e-9)


def test_errors_last_and_shift_gap_and_research_alike(world: World) -> None:
    run, before = sighted(world, (1.0, -1.0), error=0.1), run_of(world)
    fresh = 0.05 * np.sqrt(1.0 - 0.64)
    error = [0.08 + fresh, -fresh]
    assert column(run.states, "sight_error") == pytest.approx(error, rel=1e-12)
    for name in ("seen_gap", "seen_rd"):
        shift = [getattr(run.states[s], name) - getattr(before.states[s], name) for s in STATES]
        assert shift == pytest.approx([part / 4.0 for part in error], rel=1e-9), name


def test_errors_keep_their_spread(world: World) -> None:
    """The part that is left and what is new add up to the stated spread."""
    generator, errors = np.random.default_rng(7), []
    run, draws = run_of(world), luck(14, 24)
    for _ in range(4000):
        run.states[US].sight_error = 0.05 * generator.standard_normal()
        draws.sight = [generator.standard_normal(), 0.0]
        perception.perceive(run, draws, US)
        errors.append(run.states[US].sight_error)
    assert np.std(errors) == pytest.approx(0.05, rel=0.04)


def alarm(gap: float, research: float, dependent: float, memory: float, weight: float = 1.0) -> float:
    """Threat as felt, with all weights so many times as large."""
    run = duel()
    state, known = run.states[US], run.parameters.perception
    for name in ("gap", "rd", "dependence", "incidents"):
        setattr(known, f"weight_{name}", weight * getattr(known, f"weight_{name}"))
    state.seen_gap, state.seen_rd, state.dependence, state.incident_memory = gap, research, dependent, memory
    found: float = perception.threat(state, known)
    return found


def test_the_threat_is_a_weighted_mean_of_four_alarms() -> None:
    assert alarm(0.0, 0.0, 0.0, 0.0) == pytest.approx(0.35 / 2.0 + 0.25 / 2.0)
    by_parts = 0.35 / (1.0 + np.exp(-2.0)) + 0.25 / (1.0 + np.exp(1.0))
    by_parts += 0.2 * (1.0 - np.exp(-0.5)) + 0.2 * (1.0 - np.exp(-1.5))
    assert alarm(0.2, -0.5, 0.1, 1.5) == pytest.approx(by_parts)


def test_the_threat_is_0_for_the_safest_and_1_for_the_most_threatened() -> None:
    assert alarm(-50.0, -50.0, 0.0, 0.0) == pytest.approx(0.0, abs=1e-12)
    assert alarm(50.0, 50.0, 50.0, 50.0) == pytest.approx(1.0)


@pytest.mark.parametrize("value", [0.1, -0.1])
def test_weights_count_only_relative_to_each_other(value: float) -> None:
    seen = (value, 2.0 * value, abs(value), abs(value))
    assert alarm(*seen, weight=0.5) == pytest.approx(alarm(*seen), rel=1e-12)
