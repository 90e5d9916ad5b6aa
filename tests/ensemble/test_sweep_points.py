"""Factors, designs and tables of points: what a sweep is asked to compute."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from techduel.ensemble.designs import DESIGNS, Point, Space, configured, identity, read_points, size
from techduel.ensemble.factors import Factor, factors_from
from techduel.ensemble.headlines import measures, outcome_problem
from techduel.model.parameters.forms import RIVALS
from techduel.model.parameters.schema import described
from techduel.policies.schedule import Schedule
from techduel.scenario.composition import composed
from techduel.scenario.loader import InvalidInput
from techduel.scenario.prior import columns, scores
from techduel.scenario.scenario import scenario_from
from techduel.studies.sweep.plain import sweep_from
from techduel.studies.sweep.settings import composed as of_command

FACTORS: dict[str, Any] = {
    "depth": {"key": "us.control_depth", "sectors": ["ai"], "start": 2022},
    "crowd": {"key": "params.research.crowd_in", "levels": 3},
    "who": {"key": "scenario", "values": ["baseline_2021", "full_decoupling"]},
}


@pytest.fixture(scope="module")
def config() -> dict[str, Any]:
    return composed(["params=default", "policy@policies.us=targeted_controls"])


@pytest.fixture(scope="module")
def factors(config: dict[str, Any]) -> list[Factor]:
    found, problems = factors_from(FACTORS, config)
    assert problems == []
    return found


def test_ranges_come_from_the_tables(config: dict[str, Any], factors: list[Factor]) -> None:
    depth, crowd, _ = factors
    assert (depth.low, depth.high) == (0.0, 1.0)
    known = described()["research.crowd_in"]
    assert (crowd.low, crowd.high) == (known.low, known.high)
    option, _ = factors_from({"pace": {"key": "policies.us.listing_pace"}}, config)
    assert (option[0].low, option[0].high) == (0.0, 100.0)


ALONE = (
    "sweep=export_controls",
    "design=grid",
    "factors.depth=null",
    "factors.breadth=null",
    "factors.allies=null",
    "factors.end_use=null",
)


def test_rival_forms_are_taken_in_turn() -> None:
    """Each point is the scenario that the command line gives with that form."""
    sweep = sweep_from(of_command([*ALONE, "base=[]", "params=default", "factors.rule={key: forms.imitation}"]))
    base, *placed = (one.identity for one in sweep.placed)
    names = list(RIVALS["imitation"].forms)
    assert [point["rule"] for point in sweep.designed[1:]] == names
    assert placed == [identity(composed(["params=default", f"forms.imitation={name}"])) for name in names]
    assert len({base, *placed}) == 1 + len(names) > 2


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("key: forms.imitation, values: [gap, linear]", "forms.imitation: 'linear' given; allowed: gap, logistic"),
        ("key: forms.nothing", "factors.rule.key: 'forms.nothing' given; allowed: params.GROUP.NAME"),
        (
            "key: forms.imitation, values: [1.0]",
            "factors.rule.values: [1.0] given; allowed: a list of up to 1000 names",
        ),
        ("key: forms.imitation, low: 0.0", "factors.rule.low: given beside values"),
    ],
)
def test_forms_that_do_not_exist_are_refused_in_one_line(given: str, line: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        of_command([*ALONE, f"factors.rule={{{given}}}"])
    (told,) = refused.value.problems
    assert line in told


@pytest.mark.parametrize("design", DESIGNS)
def test_every_design_keeps_to_the_ranges_and_counts_its_points(design: str, factors: list[Factor]) -> None:
    points = DESIGNS[design](factors, 8, 1)
    assert len(points) == size(design, factors, 8)
    assert all(factor.admits(point[factor.name]) for point in points for factor in factors if factor.name in point)
    assert len({tuple(sorted(point.items())) for point in points}) == len(points)


def test_a_grid_is_every_combination(factors: list[Factor]) -> None:
    points = DESIGNS["grid"](factors, 0, 1)
    assert len(points) == 5 * 3 * 2
    assert {point["depth"] for point in points} == {0.0, 0.25, 0.5, 0.75, 1.0}


def test_one_at_a_time_leaves_all_others_as_configured(factors: list[Factor]) -> None:
    points = DESIGNS["oat"](factors, 0, 1)
    assert all(len(point) == 1 for point in points)
    assert len(points) == 5 + 3 + 2


@pytest.mark.parametrize("design", ["lhs", "sobol"])
def test_samples_cover_each_range_evenly(design: str, factors: list[Factor]) -> None:
    points = DESIGNS[design](factors, 64, 1)
    values = np.array([float(point["depth"]) for point in points])
    assert np.histogram(values, 8, (0.0, 1.0))[0].tolist() == [8] * 8
    assert [point["who"] for point in points].count("full_decoupling") == 32


def test_more_sobol_points_keep_the_first_ones(factors: list[Factor]) -> None:
    few, many = DESIGNS["sobol"](factors, 5, 3), DESIGNS["sobol"](factors, 24, 3)
    assert many[:5] == few
    assert DESIGNS["sobol"](factors, 5, 4) != few


def test_spacing_by_the_prior_draws_its_quantiles(config: dict[str, Any]) -> None:
    (factor,), problems = factors_from({"crowd": {"key": "params.research.crowd_in", "spacing": "prior"}}, config)
    assert problems == []
    place = [column.name for column in columns()].index("research.crowd_in")
    row = np.array([[column.mode for column in columns()]])
    row[0, place] = factor.at(0.5)
    assert scores(row)[0, place] == pytest.approx(0.0, abs=1e-6)


def test_spacing_in_logs_has_equal_ratios(config: dict[str, Any]) -> None:
    spec = {"grants": {"key": "us.grants", "low": 1, "high": 100, "levels": 3, "spacing": "log"}}
    (factor,), _ = factors_from(spec, config)
    assert factor.on_grid() == (1.0, 10.0, 100.0)


def test_one_factor_may_move_several_settings_at_equal_sum(config: dict[str, Any]) -> None:
    moves = {
        "us.basic_research": {"low": 0, "high": 30, "how": "change"},
        "us.grants": {"low": 30, "high": 0, "how": "change", "sectors": ["ai"]},
    }
    (factor,), problems = factors_from({"part": {"moves": moves}}, config)
    assert problems == []
    for value in factor.on_grid():
        assert sum(float(setting.value) for setting in factor.settings(value)) == pytest.approx(30.0)


def test_a_point_is_a_configuration_of_its_own(config: dict[str, Any], factors: list[Factor]) -> None:
    space = Space(tuple(factors), {"": config, "scenario=full_decoupling": config})
    point: Point = {"depth": 0.5, "crowd": 0.25, "who": "full_decoupling"}
    alone = space.config(point)
    assert alone["params"]["research"]["crowd_in"] == 0.25
    assert alone["policies"]["us"]["steps"]["depth_control_depth"]["value"] == 0.5
    assert config["policies"]["us"]["kind"] == "targeted_controls"
    assert isinstance(scenario_from({**alone, "name": "alone"}).policies["us"], Schedule)


def test_equal_configurations_have_one_identity(config: dict[str, Any], factors: list[Factor]) -> None:
    space = Space(tuple(factors), {"": config, "scenario=baseline_2021": config})
    assert space.placed({}).identity == space.placed({"who": "baseline_2021"}).identity
    here = config["params"]["research"]["crowd_in"]
    assert space.placed({"crowd": here}).identity == space.placed({}).identity
    assert space.placed({"crowd": here / 2}).identity != space.placed({}).identity


def test_levers_of_one_state_share_one_schedule(config: dict[str, Any]) -> None:
    spec = {name: {"key": f"us.{name}"} for name in ("tariff", "control_depth", "visa_limits")}
    found, _ = factors_from(spec, config)
    settings = [setting for factor in found for setting in factor.settings(factor.at(0.5))]
    policy = configured(config, settings)["policies"]["us"]
    assert len(policy["steps"]) == 3
    assert policy["base"]["kind"] == "targeted_controls"


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"key": "us.tarif"}, "did you mean us.tariff"),
        ({"key": "params.research.crowdin"}, "did you mean params.research.crowd_in"),
        ({"key": "gdp"}, "'gdp' given"),
        ({"key": "us.tariff", "low": 1, "high": 5}, "5.0 given; allowed: one number, 0 to 2"),
        ({"key": "us.tariff", "low": 1, "high": 1}, "above low"),
        ({"key": "us.tariff", "values": []}, "a list of"),
        ({"key": "us.tariff", "values": [0.1, 0.1]}, "twice"),
        ({"key": "us.tariff", "values": [0.1], "low": 0}, "either"),
        ({"key": "us.tariff", "levels": 0}, "1 to 1000"),
        ({"key": "us.tariff", "spacing": "odd"}, "one of even, log, prior"),
        ({"key": "us.tariff", "spacing": "log"}, "above 0"),
        ({"key": "us.tariff", "spacing": "prior"}, "with a prior"),
        ({"key": "us.tariff", "sectors": ["aj"]}, "'aj' given; allowed: all"),
        ({"key": "us.visa_limits", "sectors": ["ai"]}, "the same for all sectors"),
        ({"key": "us.tariff", "how": "double"}, "range"),
        ({"key": "params.research.crowd_in", "start": 2022}, "levers only"),
        ({"key": "scenario"}, "a list of names"),
        ({"key": "scenario", "values": [1, 2]}, "names"),
        ({"key": "us.tariff", "hight": 1}, "did you mean"),
        ({"key": "us.tariff", "moves": {}}, "both"),
        ({}, "neither"),
        ({"moves": {"us.tariff": {"low": 0}}}, "low and high"),
        (3, "a key with a range"),
    ],
)
def test_a_wrong_factor_is_refused_in_one_line(config: dict[str, Any], spec: Any, words: str) -> None:
    _, problems = factors_from({"x": spec}, config)
    assert problems
    assert words in problems[0]
    assert all(line.startswith("factors.x") and "\n" not in line for line in problems)


def test_two_factors_may_not_move_one_setting(config: dict[str, Any]) -> None:
    _, problems = factors_from({"a": {"key": "us.tariff"}, "b": {"key": "us.tariff"}}, config)
    assert problems == ["factors.b: moves us.tariff, as a does; allowed: one factor a setting"]


def test_a_table_of_points_is_read(tmp_path: Path, factors: list[Factor]) -> None:
    path = tmp_path / "points.csv"
    path.write_text("crowd,depth,who\n0.3,0.5,full_decoupling\n,1e-1,\n")
    assert read_points(path, factors) == [{"crowd": 0.3, "depth": 0.5, "who": "full_decoupling"}, {"depth": 0.1}]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("crowd,depth\n0.1,0.2\n", "no column who"),
        ("crowd,depth,who,extra\n", "extra: unknown"),
        ("crowd,depth,who,who\n", "more than one column who"),
        ("crowd,depth,who\n", "no points"),
        ("", "no column"),
        ("crowd,depth,who\n0.1,0.2\n", ":2: 2 cells"),
        ("crowd,depth,who\nx,0.2,\n", "crowd: 'x' is no number"),
        ("crowd,depth,who\n0.1,=1+1,\n", "is a formula"),
        ("crowd,depth,who\n0.1,nan,\n", "is no number"),
        ("crowd;depth;who\n0,1;0,2;\n", ":1: separated by ';'"),
        ('crowd,depth,who\n0.1,"0,2",\n', "decimals have a point"),
        ("crowd,depth,who\n0.1,-cmd,\n", "is a formula"),
        ("crowd,depth,who\n\n\n0.1,x,\n", "points.csv:4: depth: 'x' is no number"),
        ("crowd,depth,who\n0.1,1e999,\n", "is no number"),
        ("crowd,depth,who\n0.1,0x10,\n", "is no number"),
        ("crowd,depth,who\n0.1,7,\n", "out of range; allowed: 0 to 1"),
        ("crowd,depth,who\n0.1,0.2,nobody\n", "one of baseline_2021, full_decoupling"),
        ("crowd,depth,who\n0.3,0.2,\n0.30,0.2,\n", ":3: the same point as in line 2"),
        ("crowd,depth,who\n0.1,0.2,\x00\n", "NUL"),
        ('crowd,depth,who\n0.1,"0.2,\n', "not CSV"),
    ],
)
def test_a_wrong_table_is_refused_with_its_line(tmp_path: Path, factors: list[Factor], text: str, words: str) -> None:
    path = tmp_path / "points.csv"
    path.write_text(text)
    with pytest.raises(InvalidInput) as refusal:
        read_points(path, factors)
    assert any(words in line for line in refusal.value.problems)
    assert all(line.startswith("points.csv") for line in refusal.value.problems)


def test_what_is_no_text_is_refused(tmp_path: Path, factors: list[Factor]) -> None:
    (tmp_path / "a.csv").write_bytes("crowd,depth,who".encode("utf-16"))
    for name in ("a.csv", "none.csv", "."):
        with pytest.raises(InvalidInput):
            read_points(tmp_path / name, factors)


def test_outcomes_have_states_and_years_of_their_own() -> None:
    found = measures(["gdp", "decoupling_index", "lead_months.ai", "real_income_discounted"], [2025, 2030])
    assert [measure.title for measure in found] == [
        *(f"gdp/{state}/{year}" for state in ("us", "china") for year in (2025, 2030)),
        *("decoupling_index/2025", "decoupling_index/2030"),
        *(f"lead_months.ai/{state}/{year}" for state in ("us", "china") for year in (2025, 2030)),
        *("real_income_discounted/us", "real_income_discounted/china"),
    ]


@pytest.mark.parametrize("name", ["gpd", "lead_months", "lead_months.x", "market_share.ai", 3])
def test_an_unknown_outcome_is_refused(name: Any) -> None:
    assert (outcome_problem("outcomes", name) or "").startswith("outcomes: ")
