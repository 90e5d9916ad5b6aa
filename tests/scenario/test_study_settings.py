"""Settings of studies: a command line and what is stored of it are checked by models, each problem with its key."""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from experiments.study import options_of
from techduel.scenario.arguments import stored
from techduel.scenario.loader import InvalidInput
from techduel.scenario.scenario import numbers
from techduel.studies.table import STUDIES

GIVEN = {"backtest": ["origin=2017"], "branch": ["policy@policies.us=broad_controls"]}
"""Settings that a study cannot do without."""


@pytest.fixture(scope="module", params=[name for name in STUDIES if name not in {"evidence", "micro"}])
def study(request: pytest.FixtureRequest) -> tuple[dict[str, Any], Callable[[Mapping[str, Any]], list[str]]]:
    """What a result of a study stores, and what checks it."""
    known = STUDIES[request.param]
    config = stored(known.settings.composed(GIVEN.get(known.name, [])))
    return numbers(config), known.wrong_with


@pytest.mark.parametrize("name", STUDIES)
def test_every_command_can_be_told_to_compute_failed_runs_again(name: str) -> None:
    given = GIVEN.get(name, ["study=supplier"] if name == "micro" else [])
    composed = STUDIES[name].settings.composed
    assert [options_of(composed([*given, *more])).retry for more in ([], ["retry=true"])] == [False, True]


def test_what_a_command_composes_is_sound_when_stored(study: Any) -> None:
    config, checked = study
    assert checked(config) == []


@pytest.mark.parametrize(
    "key", ["executor", "results", "fresh", "quiet", "retry", "scenario_file", "install", "unheard"]
)
def test_a_result_cannot_say_what_only_a_command_line_may(study: Any, key: str) -> None:
    config, checked = study
    (line,) = checked({**config, key: "anything"})
    assert line.startswith(f"{key}: unknown")


@pytest.mark.parametrize("value", [math.nan, math.inf, -1, 10**20, "many", None, True, [1]])
def test_a_stored_seed_is_a_whole_number_in_its_range(study: Any, value: object) -> None:
    config, checked = study
    (line,) = checked({**config, "seed": value})
    assert line.startswith(f"seed: {value!r} given; allowed: whole number, 0 to")


def test_a_scenario_deep_inside_is_checked_too(study: Any) -> None:
    config, checked = study
    place = next((key for key in ("scenario", "base") if isinstance(config.get(key), dict)), None)
    inner = {"horizon": 10**9, "params": {**config[place]["params"], "unheard": {}}} if place else {"horizon": 10**9}
    if "members" in config:
        changed = {**config, "members": {name: {**part, **inner} for name, part in config["members"].items()}}
    else:
        changed = {**config, place: {**config[place], **inner}} if place else {**config, **inner}
    lines = checked(changed)
    assert any("horizon: 1000000000 given; allowed: whole number, 2011 to 2050" in line for line in lines)
    assert place is None or any(f"{place}.params.unheard: unknown" in line for line in lines)


@pytest.mark.parametrize(
    "study", ["backfire", "branch", "chokepoints", "game", "halflife", "why", "sweep", "sensitivity"]
)
@pytest.mark.parametrize(
    "setting", ["executor=dask", "results=elsewhere", "name=other", "runs=7", "seed=2", "record=full", "title=other"]
)
def test_a_base_takes_no_setting_that_nothing_would_hear_there(study: str, setting: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        STUDIES[study].settings.composed([*GIVEN.get(study, []), f'base=["slots=4","{setting}"]'])
    (line,) = refused.value.problems
    assert line.startswith(f"base: {setting.partition('=')[0]} given; allowed: facts, start, horizon, slots, ")


@pytest.mark.parametrize("study", ["game", "halflife"])
def test_what_a_base_says_of_the_simulation_is_heard(study: str) -> None:
    given = "base=[slots=4,ablation=no_diffusion,policy@policies.us=broad_controls]"
    base = STUDIES[study].settings.composed([given])["base"]
    assert (base["slots"], base["policies"]["us"]["kind"]) == (4, "broad_controls")
    assert base["params"]["knowledge"] != STUDIES[study].settings.composed([])["base"]["params"]["knowledge"]


@pytest.fixture(scope="module")
def kept() -> dict[str, dict[str, Any]]:
    """What results of studies with settings of their own store, by study."""
    names = ("backfire", "branch", "game", "overview", "why")
    return {name: numbers(stored(STUDIES[name].settings.composed(GIVEN.get(name, [])))) for name in names}


@pytest.mark.parametrize(
    ("study", "change", "line"),
    [
        ("game", {"weights": {}}, "weights.lead_us: missing; allowed: 0.0 to 1000000.0"),
        ("game", {"weights": {"evil": 1.0}}, "weights.evil: unknown"),
        ("game", {"weights": {"lead_us": 1e308}}, "weights.lead_us: 1e+308 given; allowed: 0.0 to 1000000.0"),
        ("branch", {"weights": {"horizon": 1e9}}, "weights.horizon: 1e+09 given; allowed: 2035, that of base"),
        ("game", {"policies": {"us": [1], "china": {}}}, "policies.us: [1] given; allowed: a group of settings"),
        ("game", {"forms": ["a.b"]}, "forms.0: 'a.b' given; allowed: "),
        ("overview", {"forms": ["../x"]}, "forms.0: '../x' given; allowed: "),
        ("backfire", {"sizes": {}}, "sizes.lead: missing; allowed: 0.0 to 100.0"),
        ("backfire", {"sizes": {"lead": -5.0}}, "sizes.lead: -5.0 given; allowed: 0.0 to 100.0"),
        ("why", {"scenarios": ["../../a"]}, "scenarios.0: '../../a' given; allowed: letters, digits"),
    ],
)
def test_weights_sizes_forms_and_names_of_a_stored_study_are_those_of_one(
    study: str, change: dict[str, Any], line: str, kept: dict[str, dict[str, Any]]
) -> None:
    config = kept[study]
    part = {
        key: {**config[key], **value} if value and isinstance(value, dict) else value for key, value in change.items()
    }
    assert any(problem.startswith(line) for problem in STUDIES[study].wrong_with({**config, **part}))


@pytest.mark.parametrize(
    ("study", "settings", "line"),
    [
        ("branch", ["at=[.nan]"], "at.0: nan given; allowed: a number"),
        ("backfire", ["across_ends=[0,x]"], "across_ends.1: 'x' given; allowed: a number"),
        (
            "backfire",
            ["across=us.control_dept"],
            "across.key: us.control_dept: unknown; did you mean us.control_depth?",
        ),
        ("backfire", ["up="], "up.key: '' given; allowed: params.GROUP.NAME"),
        ("halflife", ["after=30", "horizon=2030"], "after: 30 given; allowed: 1 to 10, the years of a run"),
        ("why", ["full_decoupling", "scenarios=[chip_controls]"], "scenarios: given beside full_decoupling; allowed"),
    ],
)
def test_a_line_names_the_setting_as_it_was_typed(study: str, settings: list[str], line: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        STUDIES[study].settings.composed([*GIVEN.get(study, []), *settings])
    assert refused.value.problems[0].startswith(line)


def test_a_policy_whose_option_is_no_number_is_told_by_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text("kind: broad_controls\nstart: .nan\n")
    with pytest.raises(InvalidInput) as refused:
        STUDIES["game"].settings.composed(["us=[stay,mine.yaml]"])
    assert refused.value.problems == [
        "policies: us.mine: policies.us.start: nan given; allowed: one number, 2011 to 2051 (year)"
    ]


def test_results_do_not_lie_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("kept")
    with pytest.raises(InvalidInput, match="results: 'file' given, which is a file; allowed: a folder"):
        STUDIES["game"].settings.composed(["results=file"])
