"""Policies in configurations: options left out, policies inside policies, what replaces what, and what editors see."""

from pathlib import Path
from typing import Any

import pytest

from experiments.__main__ import main
from techduel.model.actions import LEVERS
from techduel.policies.kinds import POLICIES, described
from techduel.policies.options import Menu
from techduel.scenario.composition import composed
from techduel.scenario.kinds import filled, policy_options
from techduel.scenario.models import Policies
from techduel.scenario.problems import validated
from techduel.scenario.scenario import Scenario, load_scenario
from techduel.scenario.settings import scenario_schema


def us(*changes: str) -> dict[str, Any]:
    """Policy of the United States after changes on the command line."""
    return composed(changes)["policies"]["us"]


def scenario_file(folder: Path, policies: str) -> str:
    path = folder / "mine.yaml"
    path.write_text(f"title: mine\nquestion: and then?\npolicies: {policies}\n", encoding="utf-8")
    return f"scenario_file={path}"


@pytest.mark.parametrize("kind", POLICIES)
def test_a_policy_as_shipped_has_no_problems(kind: str) -> None:
    policy = filled({"kind": kind})
    assert validated(Policies, {"us": policy, "china": policy}) == ({"us": policy, "china": policy}, [])


@pytest.mark.parametrize("kind", POLICIES)
def test_filling_twice_is_filling_once(kind: str) -> None:
    once = filled({"kind": kind})
    assert filled(once) == once


@pytest.mark.parametrize("kind", POLICIES)
@pytest.mark.parametrize("state", ["us", "china"])
def test_every_policy_builds_for_either_state(kind: str, state: str) -> None:
    scenario = load_scenario("baseline_2021", f"policy@policies.{state}={kind}")
    assert isinstance(scenario, Scenario)
    assert scenario.config["policies"][state] == filled({"kind": kind})


def test_a_policy_inside_another_has_all_its_options() -> None:
    found = us("policy@policies.us=tit_for_tat", "policies.us.base.kind=plan", "policies.us.base.slippage=0")
    assert found["base"] == {**filled({"kind": "plan"}), "slippage": 0.0}


def test_kinds_are_set_before_their_options_and_outer_kinds_first() -> None:
    changes = [
        "policies.us.base.base.slippage=0",
        "policies.us.base.base.kind=plan",
        "policies.us.base.gain=0.3",
        "policies.us.base.kind=tit_for_tat",
        "policies.us.kind=cooperation",
    ]
    assert us(*changes) == us(*changes[::-1])
    assert us(*changes)["base"]["base"]["slippage"] == 0.0


def test_another_kind_inside_leaves_nothing_of_the_first(tmp_path: Path) -> None:
    given = scenario_file(tmp_path, "{us: {kind: delayed, quarters: 2, policy: {kind: plan, slippage: 0.1}}}")
    assert us(given)["policy"]["slippage"] == 0.1
    assert us(given, "policies.us.policy.kind=cooperation")["policy"] == filled({"kind": "cooperation"})
    assert us(given, "policies.us.policy={kind: capped}")["policy"] == filled({"kind": "capped"})


def test_one_sector_keeps_the_others(tmp_path: Path) -> None:
    given = scenario_file(tmp_path, "{us: {kind: targeted_controls, depth: {semiconductors: 0.5}}}")
    assert us(given)["depth"] == {**policy_options("targeted_controls")["depth"], "semiconductors": 0.5}
    one = us("policy@policies.us=full_decoupling", "policies.us.tariff.ai=1")["tariff"]
    assert one == {"default": 0.6, "ai": 1.0}


def test_a_menu_that_is_given_replaces_the_shipped_one(tmp_path: Path) -> None:
    menu = us(scenario_file(tmp_path, "{us: {kind: best_response, menu: {open: {kind: cooperation, kept: 0}}}}"))[
        "menu"
    ]
    assert menu == {"open": filled({"kind": "cooperation", "kept": 0.0})}


def test_an_alternative_is_dropped_or_changed_on_the_command_line() -> None:
    menu = us("policy@policies.us=best_response", "policies.us.menu.broad=null", "policies.us.menu.open.kept=0.5")[
        "menu"
    ]
    assert set(menu) == {"invest", "open", "targeted"}
    assert menu["open"]["kept"] == 0.5


def test_a_policy_in_braces_on_the_command_line() -> None:
    assert us("policies.us={kind: plan, slippage: 0}") == {**filled({"kind": "plan"}), "slippage": 0.0}


def test_whole_numbers_are_numbers_also_inside() -> None:
    names = [
        composed(["policy@policies.us=delayed", f"policies.us.policy.depth.ai={value}"])["name"]
        for value in ("1", "1.0")
    ]
    assert names[0] == names[1]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("techduel run policy@policies.us=best", "policy@policies.us=best_response"),
        ("techduel run policies.us.base.kind=tit", "policies.us.base.kind=tit_for_tat"),
        ("techduel list le", "levers"),
    ],
)
def test_completion(
    line: str, offered: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COMP_LINE", line)
    monkeypatch.setenv("COMP_POINT", str(len(line)))
    assert main(["-sc", "query=bash"]) == 0
    assert offered in capsys.readouterr().out.split()


def test_lists_show_every_kind_option_and_lever(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "policies"]) == 0
    assert main(["list", "levers"]) == 0
    words = {line.split()[0] for line in capsys.readouterr().out.splitlines()}
    assert set(POLICIES) | set(LEVERS) | {option for kind in POLICIES for option in described(kind)} <= words


def test_the_schema_for_editors_knows_every_kind_and_lever() -> None:
    parts = scenario_schema()["$defs"]
    assert set(parts["Policy"]["discriminator"]["mapping"]) == set(POLICIES)
    assert {kind: set(parts[kind]["properties"]) - {"kind"} for kind in POLICIES} == {
        kind: set(described(kind)) for kind in POLICIES
    }
    assert set(parts["Step"]["discriminator"]["mapping"]) == set(LEVERS)
    assert parts["delayed"]["properties"]["policy"]["$ref"] == "#/$defs/Policy"
    assert isinstance(described("best_response")["menu"], Menu)
