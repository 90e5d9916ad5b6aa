"""Schedules: each way to move a lever, dates, sectors and order, and how they are written in a configuration."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn import watched
from numpy.typing import NDArray

from techduel.ensemble.simulation import prepared, simulate, worlds
from techduel.facts import load_facts
from techduel.facts.selection import chosen
from techduel.model.actions import BUDGETS, LEVERS, Action
from techduel.model.world import World
from techduel.policies.fixed import StatusQuo2020
from techduel.policies.schedule import Schedule, step_options
from techduel.report.page import save
from techduel.scenario.composition import composed
from techduel.scenario.kinds import policy_options, shipped
from techduel.scenario.loader import InvalidInput
from techduel.scenario.models import STEPS, step_problems
from techduel.scenario.scenario import Scenario, load_scenario
from techduel.statistics.tables import read_lines
from techduel.studies.run import pathways
from tests.ensembles import different, part

US = 0


@pytest.fixture(scope="module")
def world(baseline: Scenario) -> World:
    return prepared(baseline, range(2), seed=1).world


def at_year(world: World, year: float) -> World:
    """The same world just before a quarter."""
    return replace(world, year=year - 0.25, quarter=round(4 * (year - 2021.0)))


def decided(world: World, year: float, **steps: Any) -> Action:
    return shipped("schedule", steps=steps)(at_year(world, year), US)


def by_sector(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.broadcast_to(values, (2, 1, 14, 1))[0, 0, :, 0]


@pytest.mark.parametrize(
    ("how", "expected"), [({"value": 0.5}, 0.5), ({"change": 0.1}, 0.2), ({"factor": 3.0}, 0.3), ({"factor": 0.0}, 0.0)]
)
def test_three_ways_to_move_a_lever(world: World, how: dict[str, float], expected: float) -> None:
    assert world.action.visa_limits[0, US].item() == 0.1
    found = decided(world, 2022.0, step={"lever": "visa_limits", "start": 2022.0, **how}).visa_limits
    assert found.item() == pytest.approx(expected)


def test_everything_else_is_the_base(world: World) -> None:
    action = decided(world, 2022.0, step={"lever": "visa_limits", "start": 2022.0, "value": 0.5})
    before = StatusQuo2020()(at_year(world, 2022.0), US)
    assert [name for name in LEVERS if np.any(getattr(action, name) != getattr(before, name))] == ["visa_limits"]


@pytest.mark.parametrize(("year", "acts"), [(2021.75, False), (2022.0, True), (2024.75, True), (2025.0, False)])
def test_a_step_acts_between_its_dates(world: World, year: float, acts: bool) -> None:
    step = {"lever": "visa_limits", "start": 2022.0, "until": 2025.0, "value": 0.5}
    assert (decided(world, year, step=step).visa_limits.item() == 0.5) == acts


def test_a_step_comes_in_along_its_ramp(world: World) -> None:
    step = {"lever": "visa_limits", "start": 2022.0, "ramp": 1.0, "value": 0.5}
    found = [decided(world, 2022.0 + quarter / 4.0, step=step).visa_limits.item() for quarter in range(-1, 5)]
    assert found == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.5])


def test_a_budget_comes_in_year_by_year(world: World) -> None:
    """It holds for a year, so the year's end counts."""
    step = {"lever": "basic_research", "start": 2022.0, "ramp": 2.0, "change": 10.0}
    extra = [
        (
            decided(world, year, step=step).basic_research - StatusQuo2020()(at_year(world, year), US).basic_research
        ).mean()
        for year in (2021.0, 2022.0, 2023.0, 2024.0)
    ]
    assert extra == pytest.approx([0.0, 5.0, 10.0, 10.0])


@pytest.mark.parametrize("words", [["ai"], ["frontier"], ["digital_core", "batteries"], ["all"], "semiconductors"])
def test_sectors_are_names_or_tags(world: World, words: Any) -> None:
    step = {"lever": "tariff", "start": 2021.0, "value": 0.9, "sectors": words}
    hit = by_sector(decided(world, 2021.0, step=step).tariff) == 0.9
    named = [words] if isinstance(words, str) else words
    assert hit.tolist() == (chosen(tuple(named))[0, 0, :, 0] == 1.0).tolist()


def test_a_step_without_sectors_acts_in_all(world: World) -> None:
    found = decided(world, 2021.0, step={"lever": "tariff", "start": 2021.0, "value": 0.9}).tariff
    assert np.all(found == 0.9)


def test_steps_act_by_start_and_then_by_name(world: World) -> None:
    steps = {
        "b_twice": {"lever": "visa_limits", "start": 2022.0, "factor": 2.0},
        "a_more": {"lever": "visa_limits", "start": 2022.0, "change": 0.1},
        "c_first": {"lever": "visa_limits", "start": 2021.0, "value": 0.2},
    }
    found = [
        decided(world, 2022.0, **dict(order)).visa_limits.item() for order in (steps.items(), [*steps.items()][::-1])
    ]
    assert found == pytest.approx([2.0 * (0.2 + 0.1)] * 2)


def test_a_lever_stays_in_its_range(world: World) -> None:
    for how, end in ((("change", 1.0), 1.0), (("change", -1.0), 0.0), (("factor", 50.0), 1.0)):
        step = {"lever": "visa_limits", "start": 2021.0, how[0]: how[1]}
        assert decided(world, 2021.0, step=step).visa_limits.item() == end


@pytest.mark.parametrize("lever", LEVERS)
def test_every_lever_can_be_scheduled(world: World, lever: str) -> None:
    high = LEVERS[lever].high
    step = {"lever": lever, "start": 2021.0, "value": high}
    assert step_problems("step", step) == []
    assert np.all(getattr(decided(world, 2021.0, step=step), lever) == high)
    assert set(step_options(lever)) | {"lever", "sectors", "when"} == set(STEPS[lever].model_fields)


def test_a_schedule_builds_on_any_policy(world: World) -> None:
    steps = {"stop": {"lever": "control_depth", "start": 2030.0, "value": 0.0}}
    policy = shipped("schedule", base={"kind": "broad_controls"}, steps=steps)
    assert policy(at_year(world, 2029.75), US).control_depth.max() == 0.8
    assert policy(at_year(world, 2030.0), US).control_depth.max() == 0.0


# In a configuration


def test_the_shipped_example_acts() -> None:
    scenario = load_scenario("baseline_2021", "params=default", "policy@policies.us=schedule", "horizon=2025")
    assert isinstance(scenario.policies["us"], Schedule)
    usual = load_scenario("baseline_2021", "params=default", "horizon=2025")
    ours, theirs = simulate(scenario, runs=2), simulate(usual, runs=2)
    chips = load_facts().sectors.index("semiconductors")
    assert np.all(ours["exports"][:, US, chips, -1] < theirs["exports"][:, US, chips, -1])
    assert np.all(ours["public_spending"][:, US, 9:] > theirs["public_spending"][:, US, 9:])


def test_the_shipped_example_shows_every_key() -> None:
    steps = policy_options("schedule")["steps"].values()
    assert {name for step in steps for name in step} == set(STEPS["tariff"].model_fields)
    assert any(step["lever"] in BUDGETS for step in steps)


def test_one_number_of_the_example_is_changed_on_the_command_line() -> None:
    steps = composed(["policy@policies.us=schedule", "policies.us.steps.chips.value=0.95"])["policies"]["us"]["steps"]
    assert steps == {**scheduled([]), "chips": {**scheduled([])["chips"], "value": 0.95}}


def test_a_step_is_dropped_and_another_added() -> None:
    more = "policies.us.steps.mine={lever: tariff, start: 2022, change: 0.1}"
    steps = scheduled(["policies.us.steps.chips=null", more])
    assert "chips" not in steps
    assert steps["mine"] == {"lever": "tariff", "start": 2022.0, "change": 0.1}


def test_one_way_to_move_a_lever_takes_the_place_of_another() -> None:
    found = scheduled(["policies.us.steps.chips.value=null", "policies.us.steps.chips.factor=2"])["chips"]
    assert "value" not in found
    assert found["factor"] == 2.0


def test_a_scenario_that_gives_steps_gives_all_of_them(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "title: t\nquestion: q?\npolicies:\n  us:\n    kind: schedule\n    steps:\n"
        "      duty: {lever: tariff, sectors: frontier, start: 2022, until: null, value: 0.3}\n",
        encoding="utf-8",
    )
    steps = composed([f"scenario_file={path}"])["policies"]["us"]["steps"]
    assert steps == {"duty": {"lever": "tariff", "sectors": ["frontier"], "start": 2022.0, "value": 0.3}}


def scheduled(changes: list[str]) -> dict[str, Any]:
    """Steps of the shipped example after changes on the command line."""
    return composed(["policy@policies.us=schedule", *changes])["policies"]["us"]["steps"]


# Steps that wait for what the state sees

CHIPS = 8


def seeing(world: World, lead: float, signals: NDArray[np.float64]) -> World:
    """A world in which either state sees a lead in chips, log points, and remembers its signals."""
    gap = np.zeros_like(world.cells.seen_gap)
    gap[:, :, CHIPS] = -lead / 100.0
    remembered = np.broadcast_to(signals, world.states.signals.shape)
    return replace(world, cells=replace(world.cells, seen_gap=gap), states=replace(world.states, signals=remembered))


def lived_through(world: World, leads: list[float], **step: Any) -> list[float]:
    """The lever by quarter from 2022 on, where the state sees these leads one after another."""
    policy = shipped("schedule", steps={"step": {"lever": "visa_limits", "value": 0.5, **step}})
    found, signals = [], np.zeros((1, 1, 1, 1))
    for quarter, lead in enumerate(leads):
        action = policy(at_year(seeing(world, lead, signals), 2022.0 + quarter / 4.0), US)
        signals = action.signals
        found.append(np.unique(action.visa_limits).item())
    return found


def test_the_sector_of_these_tests_is_chips() -> None:
    assert load_facts().sectors[CHIPS] == "semiconductors"


@pytest.mark.parametrize(
    ("leads", "more", "expected"),
    [
        ([9, 4, 4, 9, 9], {"below": 5, "for": 2}, [0.1, 0.1, 0.5, 0.5, 0.5]),
        ([4, 9, 4, 9, 4], {"below": 5, "for": 2}, [0.1] * 5),
        ([9, 4], {"below": 5}, [0.1, 0.5]),
        ([4, 6, 4], {"above": 5}, [0.1, 0.5, 0.5]),
        ([5, 5], {"above": 5}, [0.1, 0.1]),
        ([5, 5], {"below": 5}, [0.1, 0.1]),
    ],
)
def test_a_step_begins_once_enough_was_seen_and_stays(
    world: World, leads: list[float], more: dict[str, float], expected: list[float]
) -> None:
    when = {"outcome": "lead.semiconductors", **more}
    assert lived_through(world, leads, when=when) == pytest.approx(expected)


def test_a_step_that_waited_comes_in_along_its_ramp_and_ends(world: World) -> None:
    when = {"outcome": "lead.semiconductors", "below": 5}
    found = lived_through(world, [9, 4, 9, 9, 9, 9, 9], when=when, ramp=1.0, until=2023.5)
    assert found == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.5, 0.1])


def test_signals_of_schedules_inside_each_other_do_not_mix(world: World) -> None:
    def step(lever: str, limit: float) -> dict[str, Any]:
        return {"one": {"lever": lever, "value": 0.5, "when": {"outcome": "lead.semiconductors", "above": limit}}}

    inner = {"kind": "schedule", "base": {"kind": "status_quo_2020"}, "steps": step("visa_limits", 100.0)}
    policy = shipped("schedule", base=inner, steps=step("science_limits", 5.0))
    action = policy(at_year(seeing(world, 9.0, np.zeros((1, 1, 1, 1))), 2022.0), US)
    assert action.visa_limits.max() == pytest.approx(0.1)
    assert action.science_limits.min() == 0.5
    assert action.signals[0, 0, 0, :3].tolist() == [0.0, 1.0, 0.0]


WAITS = (
    *("params=default", "horizon=2024", "slots=6", "policy@policies.us=schedule"),
    *("policies.us.steps.rescue=null", "policies.us.steps.frontier_tariffs=null"),
    "policies.us.steps={wall: {lever: tariff, when: {outcome: lead.semiconductors, below: 15, for: 2}, change: 0.5}}",
)


def test_a_run_that_waits_is_the_same_alone_and_in_any_batch() -> None:
    scenario = load_scenario("baseline_2021", *WAITS)
    many, alone = simulate(scenario, runs=8, seed=3), simulate(scenario, runs=[5], seed=3)
    began = many.diagnostics["began_us_0"]
    assert 0 < np.isnan(began).sum() < len(began), "some runs wait in vain"
    assert different(part(alone, slice(None)), part(many, slice(5, 6))) == []
    assert np.array_equal(alone.diagnostics["began_us_0"], began[5:6], equal_nan=True)


def test_the_day_on_which_a_step_began_is_that_of_its_first_quarter() -> None:
    scenario = load_scenario("baseline_2021", *WAITS)
    start = prepared(scenario, range(8), 3)
    usual = start.world.action.tariff[:, US, CHIPS, 0]
    first = np.full(8, np.nan)
    for passed in list(worlds(start))[1:]:
        acts = passed.action.tariff[:, US, CHIPS, 0] > usual + 0.1
        first = np.where(acts & np.isnan(first), passed.year, first)
    assert np.array_equal(simulate(scenario, runs=8, seed=3).diagnostics["began_us_0"], first, equal_nan=True)


def test_what_is_seen_of_sectors_has_the_mean_that_is_seen_of_frontier_fields(world: World) -> None:
    scenario = load_scenario("baseline_2021", "params=default", "horizon=2022")
    last = list(worlds(prepared(scenario, range(2), seed=1)))[-1]
    fields = load_facts().tags["frontier"]
    mean = last.cells.seen_gap[:, :, np.flatnonzero(fields), 0].mean(axis=2)
    assert mean == pytest.approx(last.states.seen_gap[:, :, 0, 0], rel=1e-9)
    assert mean != pytest.approx(last.states.rival_lead[:, :, 0, 0], rel=1e-3)


def test_a_pathway_is_the_share_of_runs_by_year_and_the_dates(tmp_path: Path) -> None:
    scenario = load_scenario("baseline_2021", *WAITS)
    record = simulate(scenario, runs=8, seed=3)
    began = np.array([2021.25, 2021.25, 2022.75, 2024.0, np.nan, np.nan, np.nan, np.nan])
    known = replace(record, diagnostics={**record.diagnostics, "began_us_0": began})
    pathways.write(tmp_path, known, scenario)
    on = [line["share_on"] for line in read_lines(tmp_path / pathways.PATHWAYS)]
    assert on == [0.25, 0.375, 0.375, 0.5]
    (line,) = read_lines(tmp_path / pathways.DATES)
    assert (line["share_begun"], line["q05"], line["q95"]) == (0.5, 2021.25, 2024.0)
    (told,) = pathways.sentences(tmp_path)
    assert "once it sees lead.semiconductors below 15 log points for 2 quarters" in told
    assert "begins in 50 % of runs" in told
    picture = pathways.picture(known, scenario)
    assert picture is not None
    watched(lambda: save(picture, tmp_path / "pathways", "Techduel 0.", {})).check()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("when: {outcome: gdp, below: 5}", "what a state sees"),
        ("when: {outcome: lead}", "none given; allowed: exactly one of below, above"),
        ("when: {outcome: lead, below: 1, above: 2}", "below and above given"),
        ("when: {outcome: threat, above: 2}", "2 share given; allowed: 0 to 1"),
        ("when: {outcome: lead, below: 1, for: 0}", "for"),
        ("when: {outcome: lead, below: .nan}", "below"),
        ("when: {outcome: lead, below: 1}, start: 2022", "start and when given; allowed: either"),
        ("until: 2030", "start: missing; allowed: a date, or when instead"),
    ],
)
def test_a_wrong_step_that_waits_is_one_clear_line(given: str, told: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        scheduled([f"policies.us.steps={{one: {{lever: tariff, value: 0.5, {given}}}}}"])
    assert len(refused.value.problems) == 1
    assert told in refused.value.problems[0]


def test_too_many_steps_that_wait_and_one_inside_a_planner_are_refused() -> None:
    step = "{lever: tariff, value: 0.5, when: {outcome: lead, below: 1}}"
    many = ", ".join(f"s{place}: {step}" for place in range(8))
    with pytest.raises(InvalidInput, match="9 steps with when; allowed: at most 8"):
        scheduled([f"policies.us.steps={{{many}}}"])
    inner = f"{{kind: schedule, base: {{kind: status_quo_2020}}, steps: {{one: {step}}}}}"
    with pytest.raises(InvalidInput, match="inside best_response; allowed: start"):
        composed(["policy@policies.us=best_response", f"policies.us.base={inner}"])
