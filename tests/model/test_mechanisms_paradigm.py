"""A paradigm with a base of its own: cheap ideas for all, newcomers that start nearer; by hand and in direction."""

from math import exp
from typing import Any

import numpy as np
import pytest

from techduel.ensemble.simulation import prepared, simulate, worlds
from techduel.model.noise import APPEAL, IMITATION, PEER
from techduel.model.parameters.forms import code
from techduel.scenario.scenario import load_scenario
from tests.hand import CHINA, US, duel, luck
from tests.uncompiled import entry, fringe, ideas, paradigm

BASE = code("paradigm", "base")
EARLY = ("baseline_2021", "params=default", "slots=8", "horizon=2028", "params.paradigm.iot_midpoint=2023")


def going_over(weight: float = 0.5, opening: float = 0.2, opened: float = 0.3) -> Any:
    """A run of one sector, of which part goes over to the new paradigm in the quarter; ideas found so far are 0.1."""
    run = duel()
    run.parameters.forms.paradigm, run.parameters.forms.knowledge = BASE, code("knowledge", "own")
    run.now.opening, run.now.opened = opening, opened
    run.sectors[0].iot_weight, run.sectors[0].pace = weight, 0.04
    run.sectors[0].technology, run.sectors[0].first_technology = [0.2, 0.0], [0.0, 0.0]
    for s, found in ((US, 0.1), (CHINA, 0.3)):
        run.cells[s, 0].frontier = found
    return run


def test_what_was_used_up_of_the_old_base_no_longer_counts() -> None:
    run = going_over()
    paradigm.meet(run, 0)
    used = 13.0 * 0.04
    assert [run.cells[s, 0].renewed for s in (US, CHINA)] == pytest.approx([0.1 * (used + 0.1), 0.1 * (used + 0.3)])
    assert run.sectors[0].renewed == pytest.approx([0.1 * (used + 0.2), 0.1 * used])
    paradigm.meet(run, 0)
    assert run.cells[US, 0].renewed == pytest.approx((used + 0.1) * (1.0 - 0.9**2))


def test_a_full_change_halves_the_cost_of_ideas_and_no_more() -> None:
    """At weight 1 and a difficulty of 1.2 ideas cost 46 % less than in 2020."""
    run = going_over(weight=1.0, opening=1.0)
    run.cells[US, 0].frontier = 0.0
    paradigm.meet(run, 0)
    assert 1.0 - exp(-1.2 * run.cells[US, 0].renewed) == pytest.approx(0.46, abs=0.005)
    paradigm.meet(run, 0)
    assert run.cells[US, 0].renewed == pytest.approx(13.0 * 0.04)


def test_ideas_get_cheaper_by_it_at_home_and_abroad() -> None:
    run = going_over()
    run.sectors[0].demand = run.states[US].knowledge_stock = run.states[US].first_knowledge_stock = 1.0
    run.now.gdp = [1.0] * 4
    known, before, abroad = run.parameters.ideas, ideas.log_difficulty(run, US, 0), fringe.progress(run, 0, 0)
    run.cells[US, 0].renewed, run.sectors[0].renewed[0] = 0.25, 0.2
    cheaper = known.curvature * known.difficulty[0] * 0.25
    assert before - ideas.log_difficulty(run, US, 0) == pytest.approx(cheaper)
    found = 0.25 * known.step * known.innovation_rate
    learnt = abroad - found * exp(-known.curvature * known.difficulty[0] * 0.2)
    assert fringe.progress(run, 0, 0) == pytest.approx(found + learnt)


@pytest.mark.parametrize(("form", "nearer"), [("wear", 0.0), ("base", 0.15)])
def test_newcomers_start_nearer_as_far_as_the_paradigm_has_opened(form: str, nearer: float) -> None:
    run = going_over()
    run.parameters.forms.paradigm = code("paradigm", form)
    paradigm.meet(run, 0)
    run.cells[CHINA, 0].mean_technology = 0.4
    quiet = luck(1, 1)
    for stream in (PEER, APPEAL, IMITATION):
        quiet.uniforms[stream, CHINA, 0, 0] = 0.5
    entry.settle(run, quiet, CHINA, 0, 0)
    gap = run.parameters.entry.entrant_gap
    assert run.firms[CHINA, 0][0].technology == pytest.approx(0.4 - gap * (1.0 - nearer))


def test_without_a_base_of_its_own_nothing_is_renewed() -> None:
    run = going_over()
    run.parameters.forms.paradigm = code("paradigm", "wear")
    paradigm.meet(run, 0)
    assert (run.cells[US, 0].renewed, list(run.sectors[0].renewed), run.sectors[0].nearer) == (0.0, [0.0, 0.0], 0.0)


def test_what_has_opened_is_counted_from_the_first_quarter() -> None:
    known = duel().parameters.paradigm
    parts = [paradigm.opening(2021.0 + quarter / 4.0, known) for quarter in range(12)]
    assert paradigm.opened(12, 2023.75, known) == pytest.approx(sum(parts))
    assert paradigm.opened(1, 2021.0, known) == pytest.approx(parts[0])


@pytest.mark.ensembles
def test_an_opening_brings_ideas_to_both_states_and_newcomers_near_the_best() -> None:
    wear, base = (
        simulate(load_scenario(*EARLY, f"forms.paradigm={form}"), runs=24, seed=3) for form in ("wear", "base")
    )
    found = [record["innovations"][..., -1].sum(axis=(0, 2)) for record in (wear, base)]
    assert (found[1] > 1.05 * found[0]).all()
    gained = (base["technology_frontier"] - wear["technology_frontier"])[..., -1].mean(axis=2)
    assert (gained > 0.0).mean() > 0.9


def test_sectors_of_the_old_paradigm_keep_their_bits_while_nothing_has_opened() -> None:
    """The first quarter's decisions know nothing of the base: what differs is what has gone over."""
    first = [
        next(iter(worlds(prepared(load_scenario(*EARLY, f"forms.paradigm={form}"), range(2), 1))))
        for form in ("wear", "base")
    ]
    assert np.array_equal(first[0].firms.technology, first[1].firms.technology)
    assert not first[1].cells.renewed.any()
