"""Makers of third countries: technology, cost, attraction and what they teach, by hand and at limits."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from techduel.ensemble.simulation import Start, prepared, worlds
from techduel.facts import load_facts
from techduel.facts.base_year import scale_a_year
from techduel.model.axes import N_PASSIVE
from techduel.model.parameters.forms import code
from techduel.model.world import World
from techduel.scenario.scenario import load_scenario
from tests.hand import ALLIES, CHINA, REST, US, base_world, cleared, duel, opened
from tests.model.test_reference import HAWK, RESPONDENT, UNUSUAL, Upheaval, advance_together, with_listed
from tests.uncompiled import fringe, ideas, market, run_of

OWN = code("fringe", "own")
CHIPS, MINERALS = 8, 10
OPEN = 0.25 + 0.15 + 0.2 + 0.2 + 0.1
"""Weights of all channels but the illicit one."""
PLACES = range(N_PASSIVE)


def own(run: Any) -> Any:
    run.parameters.forms.fringe = OWN
    return run


def ahead(frontiers: Sequence[float] = (0.0, 0.0), technology: Sequence[float] = (0.0, 0.0)) -> Any:
    """A run of one sector in which third countries know so much now, and nothing in the base year."""
    run = own(duel())
    run.now.gdp, run.parameters.knowledge.illicit = [1.0] * 4, 0.4
    run.sectors[0].technology = list(technology)
    for s in (US, CHINA):
        run.cells[s, 0].frontier = frontiers[s]
    return run


def progress(run: Any) -> list[float]:
    return [fringe.progress(run, 0, place) for place in PLACES]


def test_a_level_bloc_finds_as_much_as_a_usual_firm() -> None:
    assert progress(ahead()) == pytest.approx([0.25 * 0.05 * 0.56] * 2)


def test_who_trails_learns_from_the_better_state_and_the_rest_absorb_half() -> None:
    usual, behind = 0.05 * 0.56, 0.08 * OPEN * 0.1
    for frontiers in ((0.1, 0.02), (0.02, 0.1)):
        assert progress(ahead(frontiers)) == pytest.approx([0.25 * (usual + behind), 0.25 * (usual + 0.5 * behind)])
    assert progress(ahead((-0.1, -0.3))) == progress(ahead())


def test_research_grows_with_gdp_and_ideas_get_dearer() -> None:
    richer = ahead()
    richer.now.gdp = [1.0, 1.0, 1.5, 2.0]
    usual = 0.25 * 0.05 * 0.56
    assert progress(richer) == pytest.approx([usual * 1.5 ** (0.5 * 0.6), usual * 2.0 ** (0.5 * 0.6)])
    wiser = ahead(technology=(0.1, 0.2))
    difficulty = wiser.parameters.ideas.difficulty[0]
    assert progress(wiser) == pytest.approx([usual * np.exp(-0.5 * difficulty * gained) for gained in (0.1, 0.2)])


def test_a_quarter_adds_the_progress_under_own_alone() -> None:
    run = ahead((0.1, 0.0))
    gained = progress(run)
    fringe.learn_abroad(run)
    assert run.sectors[0].technology == pytest.approx(gained)
    run.parameters.forms.fringe = code("fringe", "mean")
    fringe.learn_abroad(run)
    assert run.sectors[0].technology == pytest.approx(gained)


def test_inputs_cost_what_the_bloc_pays_and_misses() -> None:
    run = own(duel(sectors=2, share=[[0.0, 0.3], [0.0, 0.0]], hardness=[[0.0, 3.0], [0.0, 0.0]]))
    (link,) = run.links
    link.cost_share = [0.1, 0.3]
    run.markets[ALLIES, 0].log_price[0], run.markets[REST, 0].log_price[0] = 0.5, -0.1
    run.sectors[0].penalty = [0.2, 0.0]
    fringe.price_inputs(run)
    assert run.sectors[1].cost == pytest.approx([0.2 * (0.5 - 0.2 + 3.0 * 0.2), 0.2 * -0.1])
    assert run.sectors[0].cost == [0.0, 0.0]


def test_attraction_follows_technology_less_cost() -> None:
    run = ahead(technology=(0.3, 0.0))
    run.parameters.market.elasticity[0] = 4.0
    run.sectors[0].cost = [0.1, -0.2]
    fringe.attract_abroad(run, 0, 5.0)
    assert run.sectors[0].log_fringe == pytest.approx([3.0 * (4.0 / 3.0 * 0.3 - 0.1), 3.0 * 0.2])
    assert run.sectors[0].supply[2:] == pytest.approx(np.exp([0.9, 0.6]).tolist())


def test_a_disruption_leaves_third_countries_short() -> None:
    run = opened()
    run.sectors[0].disruption[ALLIES] = 0.5
    found = cleared(run, [1.0, 1.0, 1.0, 1.0])
    assert found.sectors[0].penalty == pytest.approx([np.log(4.0 / 3.5) / 3.0] * 2)
    assert cleared(opened(), [1.0, 1.0, 1.0, 1.0]).sectors[0].penalty == [0.0, 0.0]


def taught(third_party: float, joined: float = 0.0, denied: float = 0.0) -> float:
    """What China learns from allies 0.2 ahead of it, when they keep back what they join of US denial."""
    run = ahead((0.3, 0.1), (0.3, 0.0))
    run.parameters.knowledge.third_party, run.parameters.access.knowledge_closing = third_party, 3.0
    run.cells[US, 0].joined, run.cells[US, 0].denied = joined, [denied, 1.0]
    found: float = fringe.taught_by_allies(run, CHINA, 0)
    return found


def test_allies_teach_what_an_open_rival_would_at_most_and_nothing_that_they_keep_back() -> None:
    assert taught(1.0) == pytest.approx(OPEN * 0.2)
    assert taught(0.0) == 0.0
    assert taught(0.5, joined=0.5, denied=0.6) == pytest.approx(0.5 * OPEN * 0.7**3 * 0.2)
    assert taught(1.0, joined=1.0, denied=1.0) == 0.0


@pytest.mark.parametrize(("reach", "from_allies"), [(0.9, 0.1), (0.1, 0.2 * OPEN * 0.5), (0.0, 0.2 * OPEN * 0.5)])
def test_a_state_learns_from_the_better_teacher(reach: float, from_allies: float) -> None:
    run = ahead((0.3, 0.1), (0.3, 0.0))
    cell = run.cells[CHINA, 0]
    cell.reach, cell.lead = reach, 0.2
    assert fringe.inflow(run, CHINA, 0) == pytest.approx(max(reach * 0.2, from_allies))
    cell.inflow = fringe.inflow(run, CHINA, 0)
    assert ideas.imitable(cell, 0.5, run.parameters.ideas.home_spillover) == pytest.approx(0.2 * 0.5 + cell.inflow)
    run.parameters.forms.fringe = code("fringe", "mean")
    assert fringe.inflow(run, CHINA, 0) == reach * 0.2
    cell.lead = -0.2
    assert fringe.inflow(run, CHINA, 0) == 0.0


def test_blocs_that_supply_less_than_they_demand_start_behind_the_better_state() -> None:
    run = run_of(base_world())
    scale = scale_a_year(load_facts()) * run.parameters.ideas.lag_years
    chips, minerals = run.sectors[CHIPS], run.sectors[MINERALS]
    assert chips.technology[0] == chips.first_frontier == run.cells[US, CHIPS].frontier
    assert chips.technology[1] - chips.first_frontier == pytest.approx(scale * np.log(0.707), abs=1e-3)
    assert minerals.technology[0] - run.cells[CHINA, MINERALS].frontier == pytest.approx(
        scale * np.log(0.657), abs=1e-3
    )
    assert minerals.technology[1] == run.cells[CHINA, MINERALS].frontier
    assert all(sector.technology == sector.first_technology for sector in run.sectors)


def test_the_base_year_is_that_of_the_mean() -> None:
    first, second = (prepared(load_scenario("baseline_2021", f"forms.fringe={name}"), [0], 1).world for name in FORMS)
    assert np.array_equal(first.markets.flows, second.markets.flows)
    run = own(run_of(second))
    market.supply(run, CHIPS)
    assert run.sectors[CHIPS].supply[2:] == [1.0, 1.0]


FORMS = ("mean", "own")
CLOSED = [f"params.knowledge.{channel}=0" for channel in ("embodied", "coinvention", "talent", "science", "investment")]


ALONE = ("forms.fringe=own", "forms.price_block=account")
"""Where the rest of the economy trades, cost of labour is a channel of its own."""


def bystanders(scenario: str, *changes: str, linked: bool) -> list[World]:
    """Eight years of four runs."""
    start: Start = prepared(load_scenario(scenario, *ALONE, "horizon=2028", *changes), range(4), 1)
    structure = start.world.structure
    if not linked:
        links = replace(structure.links, cost_share=np.zeros_like(structure.links.cost_share))
        start = replace(start, world=replace(start.world, structure=replace(structure, links=links)))
    return list(worlds(start))[::8]


@pytest.mark.ensembles
@pytest.mark.parametrize("scenario", ["full_decoupling", "supply_disruption", "arms_race"])
def test_with_channels_and_links_closed_bystanders_keep_their_bits(scenario: str) -> None:
    usual, other = (bystanders(name, *CLOSED, linked=False) for name in ("baseline_2021", scenario))
    for ours, theirs in zip(usual, other, strict=True):
        for name in ("fringe_technology", "log_fringe"):
            assert np.array_equal(getattr(ours.markets, name), getattr(theirs.markets, name)), name
    assert not np.array_equal(usual[-1].cells.frontier, other[-1].cells.frontier)


@pytest.mark.ensembles
def test_open_channels_and_links_carry_what_happens_elsewhere() -> None:
    usual, other = (bystanders(name, linked=True)[-1].markets for name in ("baseline_2021", "full_decoupling"))
    assert not np.array_equal(usual.fringe_technology, other.fringe_technology)
    closed, linked = (bystanders("full_decoupling", *CLOSED, linked=held)[-1].markets for held in (False, True))
    assert np.array_equal(closed.fringe_technology, linked.fringe_technology)
    assert not np.array_equal(closed.log_fringe, linked.log_fringe)


@pytest.mark.ensembles
def test_a_bloc_that_trails_catches_up_the_more_the_faster_that_is() -> None:
    """Whether it gains on the better state is no rule: the best of many firms move faster than one maker."""
    behind = []
    for speed in (0.03, 0.2):
        last = bystanders("baseline_2021", f"params.ideas.catch_up={speed}", linked=True)[-1]
        behind.append(last.cells.frontier.max(axis=1, keepdims=True) - last.markets.fringe_technology)
    assert behind[1][behind[0] > 0.1].mean() < behind[0][behind[0] > 0.1].mean() - 0.02


@pytest.mark.parametrize("seed", [1, 2])
def test_own_technology_equals_the_reference(seed: int) -> None:
    """Under every lever and with disruptions, so that cost, shortages and what allies keep back all move."""
    scenario = load_scenario("baseline_2021", *UNUSUAL, "forms.fringe=own")
    policies = {"us": HAWK, "china": RESPONDENT}
    seen, reference = advance_together(
        replace(scenario, policies=policies, events={"upheaval": Upheaval()}), seed, with_listed
    )
    assert reference.known.forms.fringe == "own"
    assert seen[-1].markets.fringe_penalty.max() > 0.0
    assert (np.ptp([world.markets.log_fringe[-1] for world in seen], axis=0) > 0.0).all()
    assert (
        max(cell.denied_by_rival * state.rival.joined[cell.sector] for state in reference.both for cell in state.cells)
        > 0.1
    )
