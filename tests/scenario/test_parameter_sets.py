"""Parameter sets: words in configurations, which run takes which numbers, posterior tables, doors that agree."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.__main__ import main
from techduel.agents import TechDuel
from techduel.ensemble.simulation import prepared, simulate
from techduel.model.parameters import schema
from techduel.scenario import parameter_sets
from techduel.scenario.composition import composed
from techduel.scenario.loader import InvalidInput
from techduel.scenario.parameter_sets import causes, words_in
from techduel.scenario.posteriors import parsed, posterior, posterior_years, table
from techduel.scenario.prior import arrays, columns, drawn, drawn_parameters
from techduel.scenario.scenario import Scenario, load_scenario, scenario_from

PLACES = {column.name: place for place, column in enumerate(columns())}
YEAR = 2020


def value(parameters: Any, name: str) -> Any:
    group, _, single = name.partition(".")
    return getattr(getattr(parameters, group), single)


@pytest.mark.parametrize("word", schema.WORDS)
def test_the_file_of_a_word_draws_every_parameter_and_keeps_objectives(word: str) -> None:
    ours, shipped = (composed([f"params={name}"])["params"] for name in (word, "default"))
    names, wanted = ([(group, *given) for group, given in values.items()] for values in (ours, shipped))
    assert names == wanted
    for group, given in ours.items():
        for name, found in given.items():
            assert found == (word if f"{group}.{name}" in drawn_parameters() else shipped[group][name]), name
    assert shipped["objectives"] == ours["objectives"]


def test_the_posterior_is_the_default_through_every_door() -> None:
    assert words_in(composed([])["params"]) == {"posterior"}
    assert words_in(composed(["params=default"])["params"]) == set()
    assert load_scenario().sets.drawn.keys() == {"posterior"}


def test_runs_in_pairs_take_the_sets_in_order(drawn: Scenario) -> None:
    fitted = posterior(YEAR).values
    runs = [0, 1, 2, 7, 2 * len(fitted), 2 * len(fitted) + 3]
    found = drawn.parameters_of(runs)
    rows = fitted[[0, 0, 1, 3, 0, 1]]
    assert np.array_equal(found.research.crowd_in[:, 0, 0, 0], rows[:, PLACES["research.crowd_in"]])
    assert np.array_equal(found.government.lobbying[:, 1, 0, 0], rows[:, PLACES["government.lobbying.china"]])
    assert np.array_equal(found.ideas.difficulty, arrays(rows, drawn.sets.sectors)["ideas.difficulty"])


def test_what_is_not_drawn_keeps_its_shape(drawn: Scenario) -> None:
    found = drawn.parameters_of(range(4))
    assert found.objectives is not None
    for name in schema.described():
        runs = 4 if name in drawn_parameters() else 1
        assert value(found, name).shape[0] == runs, name


def test_a_batch_starts_with_its_own_sets(drawn: Scenario) -> None:
    world = prepared(drawn, [5, 2], seed=1).world
    wanted = posterior(YEAR).values[[2, 1], PLACES["ideas.step"]]
    assert np.array_equal(world.parameters.ideas.step[:, 0, 0, 0], wanted)
    model = TechDuel(drawn, rng=1, run=5)
    assert model.world.parameters.ideas.step.item() == wanted[0]


def test_a_seed_changes_luck_and_no_set(drawn: Scenario) -> None:
    one, other = (prepared(drawn, range(4), seed).world for seed in (1, 2))
    assert np.array_equal(one.parameters.ideas.step, other.parameters.ideas.step)
    assert not np.array_equal(one.firms.technology, other.firms.technology)


def test_the_point_is_the_posterior_median_and_the_prior_mode(drawn: Scenario) -> None:
    middle = np.median(posterior(YEAR).values, axis=0)
    assert drawn.parameters.research.crowd_in.item() == middle[PLACES["research.crowd_in"]]
    modes, shipped = (load_scenario("baseline_2021", f"params={name}").parameters for name in ("prior", "default"))
    for name in schema.described():
        assert np.allclose(value(modes, name), value(shipped, name)), name


def test_one_number_is_fixed_beside_all_that_is_drawn() -> None:
    found = load_scenario("baseline_2021", "params.research.crowd_in=0.3").parameters_of(range(6))
    assert found.research.crowd_in.shape == (1, 1, 1, 1)
    assert found.research.crowd_in.item() == 0.3
    assert len(np.unique(found.research.adjustment)) == 3


def test_one_number_is_drawn_beside_all_that_is_fixed() -> None:
    options = ("params=default", "params.research.crowd_in=prior")
    found = load_scenario("baseline_2021", *options).parameters_of(range(6))
    assert found.research.crowd_in.shape == (6, 1, 1, 1)
    assert found.research.adjustment.shape == (1, 1, 1, 1)


def test_one_state_is_fixed_and_the_other_drawn(drawn: Scenario) -> None:
    changed = load_scenario("baseline_2021", "params.government.lobbying.us=0.5")
    assert changed.config["params"]["government"]["lobbying"] == {"default": "posterior", "us": 0.5}
    found = changed.parameters_of(range(6)).government.lobbying
    assert (found[:, 0] == 0.5).all()
    assert np.array_equal(found[:, 1], drawn.parameters_of(range(6)).government.lobbying[:, 1])
    assert changed.parameters.government.lobbying[0, 0, 0, 0] == 0.5


def test_one_sector_is_fixed_and_the_others_drawn(drawn: Scenario) -> None:
    changed = load_scenario("baseline_2021", "params.ideas.difficulty.ai=2.0")
    place = drawn.sets.sectors.index("ai")
    found, usual = (scenario.parameters_of(range(6)).ideas.difficulty for scenario in (changed, drawn))
    assert (found[:, :, place] == 2.0).all()
    assert np.array_equal(np.delete(found, place, axis=2), np.delete(usual, place, axis=2))


def test_words_of_both_kinds_stand_side_by_side() -> None:
    both = "params.government.lobbying={us: prior, china: posterior}"
    found = load_scenario("baseline_2021", "params=default", both).parameters_of(range(6)).government.lobbying
    for state, word in enumerate(("prior", "posterior")):
        alone = load_scenario("baseline_2021", f"params={word}").parameters_of(range(6)).government.lobbying
        assert np.array_equal(found[:, state], alone[:, state])


def test_fixing_by_the_same_words_changes_no_name() -> None:
    assert composed(["params.research.crowd_in=posterior"])["name"] == "baseline_2021"
    assert composed(["params=default"])["name"].startswith("baseline_2021-")


def test_pairs_share_parameters_and_differ_by_luck(drawn_short: Scenario) -> None:
    record = simulate(drawn_short, runs=4, record="headline")
    step = drawn_short.parameters_of(range(4)).ideas.step[:, 0, 0, 0]
    assert step[0] == step[1] != step[2] == step[3]
    assert len(np.unique(record["rd_total"][:, 0, -1])) == 4


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("params.research.crowd_in=posteriori", ["params.research.crowd_in", "posterior or prior", "0.2 to 0.7"]),
        ("params.objectives.leadership=posterior", ["params.objectives.leadership", "0 to 1"]),
        ("params.research.relabelled_share.us=prio", ["params.research.relabelled_share.us", "posterior or prior"]),
        ("policies.china.slippage=prior", ["policies.china.slippage: 'prior' given", "one number, 0 to 0.9"]),
        ("params=posterio", ["params", "did you mean posterior"]),
    ],
)
def test_wrong_words_are_refused(override: str, words: list[str]) -> None:
    with pytest.raises(InvalidInput) as refused:
        composed([override])
    line = "\n".join(refused.value.problems)
    assert [word for word in words if word not in line] == [], line
    assert len(refused.value.problems) == 1


def test_a_base_year_without_a_posterior_says_what_else_there_is() -> None:
    past = ["facts.base_year=2013", "start=2014"]
    with pytest.raises(InvalidInput, match=r"no posterior for facts\.base_year 2013.*params=default"):
        composed(past)
    assert not words_in(composed([*past, "params=default"])["params"])
    assert words_in(composed([*past, "params=prior"])["params"]) == {"prior"}
    with pytest.raises(InvalidInput, match="no posterior"):
        posterior(2013)


def test_a_scenario_file_chooses_its_parameters_and_the_command_line_others(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("title: t\nquestion: q?\nparams: default\n", encoding="utf-8")
    mine = f"scenario_file={path}"
    assert words_in(composed([mine])["params"]) == set()
    assert words_in(composed([mine, "params=prior"])["params"]) == {"prior"}
    path.write_text("title: t\nquestion: q?\nparams: defalt\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="params: defalt: unknown; did you mean default"):
        composed([mine])


def test_a_table_is_read_as_it_was_written() -> None:
    sets = drawn_sets(5)
    text = table(sets)
    again = parsed(text, "x.csv").values
    assert table(again) == text
    assert np.allclose(again, sets, rtol=1e-4)
    with pytest.raises(ValueError, match="read-only"):
        again[0, 0] = 1.0


def drawn_sets(count: int) -> Any:
    return drawn(range(count), seed=5)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (",", ";", "not one value in each"),
        ("market.elasticity,", "market.home_bias,", "not the parameters of this version"),
        ("\n", "\nnan,", "not one value in each"),
        ("\n", "\nx", "not one value in each"),
        ("\n", "\n9", "out of range: market.elasticity"),
    ],
)
def test_a_damaged_table_is_refused_in_one_line(old: str, new: str, words: str) -> None:
    text = table(drawn_sets(2)).replace(old, new, 1)
    with pytest.raises(InvalidInput, match=words) as refused:
        parsed(text, "posterior_2020.csv")
    assert len(refused.value.problems) == 1
    assert refused.value.problems[0].startswith("posterior_2020.csv: ")


def test_a_table_needs_sets_and_finite_numbers() -> None:
    header = table(drawn_sets(1)).splitlines()[0]
    with pytest.raises(InvalidInput, match="no sets"):
        parsed(header + "\n", "x.csv")
    with pytest.raises(InvalidInput, match=r"out of range: market\.elasticity"):
        parsed("\n".join([header, ",".join(["nan", *["0.3"] * (len(columns()) - 1)])]), "x.csv")


@pytest.mark.parametrize("year", [2017, 2020])
def test_the_shipped_tables_are_sound(year: int) -> None:
    assert year in posterior_years()
    assert len(posterior(year).values) == parameter_sets.PRIOR_SETS
    assert np.ptp(posterior(year).values, axis=0).min() > 0.0


def test_a_scenario_of_a_stored_configuration_draws_the_same(drawn: Scenario) -> None:
    again = scenario_from(drawn.config)
    assert np.array_equal(again.parameters_of([3]).ideas.step, drawn.parameters_of([3]).ideas.step)


def test_readers_are_told_what_runs_differ_by() -> None:
    assert causes(composed([])["params"]) == "luck, parameters and equations"
    assert causes(composed(["params=default"])["params"]) == "luck, not by parameters"


def test_the_list_shows_mode_range_and_posterior(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "parameters"]) == 0
    lines = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    crowd_in = lines["params.research.crowd_in"]
    middle = np.median(posterior(YEAR).values[:, PLACES["research.crowd_in"]])
    assert f"posterior {middle:.3g} (" in crowd_in
    assert "0.2 to 0.7" in crowd_in
    assert "posterior us " in lines["params.government.lobbying"]
    assert "posterior" not in lines["params.objectives.leadership"]
