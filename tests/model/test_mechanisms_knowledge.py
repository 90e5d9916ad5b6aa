"""Knowledge built on what one has (`forms.knowledge` own): catching up, difficulty, learning from making, by hand."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from techduel.ensemble.simulation import simulate
from techduel.model.parameters.forms import code
from techduel.model.world import World
from techduel.scenario.scenario import load_scenario
from tests.hand import CHINA, US, base_world, column, duel, fill
from tests.model.test_mechanisms_research import log_hazards, places_of, quarter_of, reaching, together
from tests.uncompiled import ideas, run_of

OWN = code("knowledge", "own")
STATES = (US, CHINA)


@pytest.fixture(scope="module")
def world() -> World:
    return base_world()


def owning(run: Any) -> Any:
    """The same run in which knowledge is one's own."""
    run.parameters.forms.knowledge = OWN
    return run


def caught_up(run: Any) -> np.ndarray:
    """What living firms learn from others in a quarter, over what the speed and their research let them."""
    some = [firm for own in places_of(run) for firm in own if firm.alive]
    before = np.array(column(some, "technology"))
    quarter_of(run)
    ideal = run.parameters.ideas.catch_up / 4.0
    able = [ideas.absorption(firm, run.parameters.research.reference_intensity) for firm in some]
    return (np.array(column(some, "technology")) - before) / (ideal * np.sqrt(able))


@pytest.mark.parametrize("gap", [0.03, 0.17, 1.0])
def test_a_quarter_closes_what_the_speed_says_whatever_the_gap(gap: float) -> None:
    """Speed x absorption x gap a year: at a quarter of the reference intensity half of it is absorbed."""
    known = duel().parameters
    known.ideas.catch_up = 0.08
    able = 0.25 * known.research.reference_intensity
    firm = SimpleNamespace(technology=1.0, rd=able, sales=1.0)
    ideas.catch_up(firm, gap, known)
    assert firm.technology == pytest.approx(1.0 + 0.02 * 0.5 * gap)


@pytest.mark.parametrize(("catch_up", "rd"), [(0.0, 1.0), (0.2, 0.0)])
def test_nobody_catches_up_without_research_or_speed(catch_up: float, rd: float) -> None:
    known, firm = duel().parameters, SimpleNamespace(technology=0.0, rd=rd, sales=1.0)
    known.ideas.catch_up = catch_up
    ideas.catch_up(firm, 0.4, known)
    assert firm.technology == 0.0


def test_wide_gaps_teach_less_where_diffusion_is_logistic() -> None:
    known, firm = duel().parameters, SimpleNamespace(technology=0.0, rd=1.0, sales=1.0)
    known.forms.imitation = code("imitation", "logistic")
    ideas.catch_up(firm, np.log(4.0), known)
    assert firm.technology == pytest.approx(0.02 * 0.75)


def test_who_catches_up_reaches_for_home_and_rival(world: World) -> None:
    shut, wide = (owning(reaching(world, part)) for part in (0.0, 1.0))
    run, lead, distance = run_of(world), [], []
    for s in STATES:
        for k in range(14):
            ahead = run.cells[1 - s, k].frontier - run.cells[s, k].frontier
            for firm in run.firms[s, k]:
                if firm.alive:
                    lead.append(max(ahead, 0.0))
                    distance.append(max(run.cells[s, k].frontier - firm.technology, 0.0))
    learnt = caught_up(shut)
    np.testing.assert_allclose(learnt, 0.6 * np.array(distance), atol=1e-12)
    np.testing.assert_allclose(caught_up(wide) - learnt, np.array(lead), atol=1e-12)


def test_catching_up_costs_no_ideas(world: World) -> None:
    shut, wide = (log_hazards(owning(reaching(world, part))) for part in (0.0, 1.0))
    assert np.array_equal(shut, wide)
    common = log_hazards(reaching(world, 1.0))
    assert np.any(common < wide), "where effort costs ideas they are fewer"


def moved(world: World, state: int, by: float) -> Any:
    """The base year with knowledge of one's own, no way to learn from the rival, and one state's frontiers moved."""
    run = owning(together(world, 0.0))
    fill(run.cells[state], frontier=[cell.frontier + by for cell in run.cells[state]])
    return run


def test_ideas_get_dearer_by_what_one_has_found_oneself(world: World) -> None:
    for run in (still := moved(world, US, 0.0), ahead := moved(world, US, 0.1)):
        for sector in run.sectors:
            sector.demand = 1.0
    dearer = np.array(
        [[ideas.log_difficulty(ahead, s, k) - ideas.log_difficulty(still, s, k) for k in range(14)] for s in STATES]
    )
    np.testing.assert_allclose(dearer[US], 0.05 * np.array(still.parameters.ideas.difficulty), rtol=1e-9)
    assert dearer[CHINA].tolist() == [0.0] * 14
    assert [ideas.found(still, s, k) for s in STATES for k in range(14)] == [0.0] * 28, "0 in the base year"


def test_with_all_ways_closed_nobody_sees_the_rivals_frontier(world: World) -> None:
    """No channel, no partner and no place of one: hazards and what is learnt keep their bits."""
    here = np.arange(len(log_hazards(moved(world, CHINA, 0.0)))) < sum(
        firm.alive for k in range(14) for firm in run_of(world).firms[US, k]
    )
    for by in (0.3, -0.3):
        assert np.array_equal(log_hazards(moved(world, CHINA, by))[here], log_hazards(moved(world, CHINA, 0.0))[here])
        assert np.array_equal(caught_up(moved(world, CHINA, by))[here], caught_up(moved(world, CHINA, 0.0))[here])
    common = together(world, 0.0)
    fill(common.cells[CHINA], frontier=[cell.frontier + 0.3 for cell in common.cells[CHINA]])
    assert np.any(log_hazards(common)[here] < log_hazards(together(world, 0.0))[here])


def remaining(*settings: str) -> np.ndarray:
    """Size of the leads of 2020 of at least ten log points that is left in 2030, by run."""
    record = simulate(load_scenario("baseline_2021", "params=default", "horizon=2030", *settings), runs=16, seed=1)
    lead = record["lead"][:, US]
    wide = np.abs(lead[0, :, 0]) >= 10.0
    assert wide.sum() >= 3
    return np.asarray((np.sign(lead[:, wide, 0]) * lead[:, wide, -1]).mean(axis=1))


def surely(more: np.ndarray, less: np.ndarray) -> bool:
    gain = more - less
    return bool(gain.mean() > 3.0 * gain.std(ddof=1) / np.sqrt(len(gain)))


@pytest.mark.ensembles
def test_a_lower_speed_keeps_a_lead() -> None:
    own = "forms.knowledge=own"
    slow, fast = (remaining(own, f"params.ideas.catch_up={speed}") for speed in (0.03, 0.2))
    assert surely(slow, fast)
    assert surely(remaining(own), remaining("forms.knowledge=common"))


def test_who_does_more_research_catches_up_faster() -> None:
    lazy, busy = (SimpleNamespace(technology=0.0, rd=rd, sales=1.0) for rd in (0.01, 0.04))
    for firm in (lazy, busy):
        ideas.catch_up(firm, 0.4, duel().parameters)
    assert 0.0 < lazy.technology < busy.technology
