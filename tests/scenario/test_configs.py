"""Configurations: every shipped file composes and builds, layers have their order, names do not collide."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from experiments.__main__ import main
from experiments.hydra_flags import jobs
from techduel.scenario.composition import composed
from techduel.scenario.layers import choices, config_folder, layered
from techduel.scenario.loader import InvalidInput, strict_mapping
from techduel.scenario.scenario import load_scenario, numbers


@pytest.mark.parametrize("name", choices("scenario"))
def test_every_scenario_composes_and_builds(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.name == name
    assert scenario.question.endswith("?")
    assert set(scenario.policies) == {"us", "china"}


@pytest.mark.parametrize("name", choices("scenario"))
def test_a_shipped_scenario_is_a_valid_scenario_file(name: str) -> None:
    path = config_folder() / "scenario" / f"{name}.yaml"
    assert numbers(composed([f"scenario_file={path}"])) == numbers(composed([f"scenario={name}"]))


@pytest.mark.parametrize("name", choices("policy"))
@pytest.mark.parametrize("state", ["us", "china"])
def test_every_policy_serves_both_states(name: str, state: str) -> None:
    assert composed([f"policy@policies.{state}={name}"])["policies"][state]["kind"]


def test_defaults_are_those_of_the_interface() -> None:
    config = composed([])
    expected = {
        "scenario": "baseline_2021",
        "ablation": "none",
        "runs": 200,
        "start": 2021,
        "horizon": 2035,
        "slots": 24,
    }
    assert {key: config[key] for key in expected} == expected
    assert config["facts"] == {"vintage": "article", "base_year": 2020, "outlook": "expected"}


def test_the_command_line_is_stronger_than_the_scenario_and_that_than_the_common_file(tmp_path: Path) -> None:
    path = scenario_file(tmp_path, "horizon: 2030\nslots: 12\nparams: {research: {crowd_in: 0.3}}")
    config = composed([f"scenario_file={path}", "slots=8"])
    assert (config["horizon"], config["slots"], config["params"]["research"]["crowd_in"]) == (2030, 8, 0.3)


def test_a_policy_replaces_another_as_a_whole(tmp_path: Path) -> None:
    path = scenario_file(tmp_path, "policies: {china: {kind: plan, slippage: 0.0}}")
    assert composed([f"scenario_file={path}"])["policies"]["china"]["slippage"] == 0.0
    chosen = composed([f"scenario_file={path}", "policy@policies.china=status_quo_2020"])
    assert chosen["policies"]["china"] == {"kind": "status_quo_2020"}
    by_kind = composed([f"scenario_file={path}", "policies.china.kind=status_quo_2020"])
    assert by_kind["policies"]["china"] == {"kind": "status_quo_2020"}


def test_a_scenario_that_names_a_policy_starts_from_its_file(tmp_path: Path) -> None:
    path = scenario_file(tmp_path, "policies: {us: {kind: plan, slippage: 0.1}, china: {kind: status_quo_2020}}")
    policies = composed([f"scenario_file={path}"])["policies"]
    assert policies["us"] == {**composed([])["policies"]["china"], "slippage": 0.1}
    assert policies["china"] == {"kind": "status_quo_2020"}


def test_one_member_of_a_number_keeps_the_others() -> None:
    below = {"params": {"group": {"number": 2.0}}}
    assert layered(below, {"params": {"group": {"number": {"china": 3.0}}}}) == {
        "params": {"group": {"number": {"default": 2.0, "china": 3.0}}}
    }


def test_the_name_is_the_scenarios_until_a_number_changes() -> None:
    assert composed(["runs=200", "quiet=true", "executor.workers=1"])["name"] == "baseline_2021"
    changed = composed(["params.research.crowd_in=0.3"])["name"]
    assert changed.startswith("baseline_2021-")
    assert len(changed) == len("baseline_2021-") + 8
    assert changed != composed(["params.research.crowd_in=0.31"])["name"]
    assert composed(["seed=2", "name=mine"])["name"] == "mine"


def test_an_edited_copy_of_a_shipped_scenario_has_a_name_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "baseline_2021.yaml"
    path.write_text("title: t\nquestion: q?\nhorizon: 2030\n", encoding="utf-8")
    assert composed([f"scenario_file={path}"])["name"].startswith("baseline_2021-")


def test_whole_numbers_are_numbers() -> None:
    assert composed(["params.entry.soft_budget=1"])["name"] == composed(["params.entry.soft_budget=1.0"])["name"]


def test_several_values_make_several_jobs() -> None:
    found = jobs(["-m", "scenario=baseline_2021,article_plan", "seed=1,2", "runs=8"])
    assert [job.config["seed"] for job in found] == [1, 2, 1, 2]
    assert len({job.config["name"] for job in found}) == 4


def test_resolved_configuration_holds_no_interpolation(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--cfg", "job", "horizon=2030"]) == 0
    shown = capsys.readouterr().out
    assert "${" not in shown
    assert yaml.safe_load(shown)["horizon"] == 2030


def test_a_part_of_the_configuration_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--cfg", "job", "--package", "facts"]) == 0
    assert yaml.safe_load(capsys.readouterr().out) == {"vintage": "article", "base_year": 2020, "outlook": "expected"}


@pytest.mark.parametrize(
    ("flags", "shown"), [(["--help", "all"], "policy: "), (["--info", "defaults"], "baseline_2021")]
)
def test_hydra_answers_its_own_flags(flags: list[str], shown: str, tmp_path: Path) -> None:
    # In a process of its own, because Hydra sets up logging for the whole process.
    command = [sys.executable, "-m", "experiments", "run", *flags]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert shown in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("techduel ru", "run"),
        ("techduel run scenario=", "scenario=article_plan"),
        ("techduel run seed=1 params.research.cro", "params.research.crowd_in="),
        ("techduel run policy@policies.us=", "policy@policies.us=plan"),
        ("techduel list sc", "scenarios"),
    ],
)
def test_completion(
    line: str, offered: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COMP_LINE", line)
    monkeypatch.setenv("COMP_POINT", str(len(line)))
    assert main(["-sc", "query=bash"]) == 0
    assert offered in capsys.readouterr().out.split()


@pytest.mark.parametrize(
    "what", ["scenarios", "ablations", "policies", "events", "levers", "parameters", "forms", "outcomes", "sweeps"]
)
def test_lists(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", what]) == 0
    assert capsys.readouterr().out.strip()


def test_the_schema_for_editors_knows_every_parameter() -> None:
    from techduel.model.parameters import schema
    from techduel.scenario.settings import scenario_schema

    whole = scenario_schema()
    names = {f"{group}.{name}" for group in schema.GROUPS for name in whole["$defs"][group]["properties"]}
    assert names == set(schema.described())
    assert whole["required"] == ["title", "question"]
    assert whole["$defs"]["research"]["properties"]["crowd_in"]["anyOf"][0] == {
        "maximum": 0.7,
        "minimum": 0.2,
        "type": "number",
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: NO", "NO"),
        ("a: yes", "yes"),
        ("a: 0x10", "0x10"),
        ("a: 1_000", "1_000"),
        ("a: 2021-03-11", "2021-03-11"),
        ("a: '1'", "1"),
        ("a: true", True),
        ("a: ~", None),
        ("a: -12", -12),
        ("a: 1e3", 1000.0),
        ("a: .5", 0.5),
    ],
)
def test_strangers_yaml_has_few_meanings(text: str, value: object) -> None:
    found = strict_mapping(text, "f.yaml")["a"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: &x 1\nb: *x", "f.yaml:1: anchors are not allowed"),
        ("a: *x", "aliases are not allowed"),
        ("a: !!python/object:os.system 1", "tags are not allowed"),
        ("a: !!str 1", "tags are not allowed"),
        ("a: 1\na: 2", "f.yaml:2: a is given twice"),
        ("<<: {a: 1}", "merges are not allowed"),
        ("a: 1\n---\nb: 2", "a second document"),
        ("[1, 2]", "expected a mapping"),
        ("a: [1", "not YAML"),
        ("a: " + "[" * 50 + "]" * 50, "nested deeper"),
        ("a: [" + "1," * 30_000 + "]", "more than"),
        ("? [a]\n: 1", "a key has to be text"),
        ("a: " + "9" * 60, "a number of more than"),
        ("a: \x00", "not YAML"),
    ],
)
def test_strangers_yaml_is_refused(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason):
        strict_mapping(text, "f.yaml")


def scenario_file(folder: Path, content: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(f"title: mine\nquestion: and then?\n{content}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("command", ["run", "compare", "sweep", "sensitivity"])
def test_help_says_what_is_set_most_on_a_screen_or_two(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    lines = capsys.readouterr().out.rstrip("\n").split("\n")
    assert len(lines) < 72
    assert max(map(len, lines)) <= 80
    for setting, meaning in (("  seed=1", "luck"), ("  horizon=2035", "last simulated year")):
        assert meaning in lines[lines.index(setting) + 1]
    assert len([line for line in lines if line.startswith("  runs=")]) == 1
    assert lines[-1].endswith(f"techduel {command} --help all")
