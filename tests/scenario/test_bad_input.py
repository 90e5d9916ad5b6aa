"""Wrong input: exit code 2, the key and what is allowed in the message, every problem at once, nothing written."""

import time
from pathlib import Path

import pytest

from experiments.__main__ import main

CROWD_IN = "params.research.crowd_in"
TFT = "policy@policies.us=tit_for_tat"
PLANNER = "policy@policies.us=best_response"
STEPS = "policy@policies.us=schedule"
CHIPS = "policies.us.steps.chips"
DEEP = [f"policies.us{'.base' * depth}.kind=tit_for_tat" for depth in (1, 2, 3)]

# Overrides of `run`, and words that the message must contain.
OVERRIDES: list[tuple[list[str], list[str]]] = [
    # unknown keys at every level, with the nearest name
    (["run=5"], ["run", "did you mean runs"]),
    (["sede=5"], ["sede", "did you mean seed"]),
    (["horizn=2030"], ["did you mean horizon"]),
    (["facts.vintge=final"], ["did you mean facts.vintage"]),
    (["executor.worker=2"], ["did you mean executor.workers"]),
    (["params.reserch.crowd_in=0.3"], ["did you mean params.research?"]),
    (["params.research.crowdin=0.3"], ["did you mean params.research.crowd_in?"]),
    ([f"{CROWD_IN}.us=0.3"], [CROWD_IN, "one number"]),
    (
        ["params.research.relabelled_share.usa=0.3"],
        ["relabelled_share.usa", "did you mean params.research.relabelled_share.us?"],
    ),
    (["params.market.elasticity.semiconductor=3"], ["did you mean params.market.elasticity.semiconductors?"]),
    (["policies.usa.kind=plan"], ["policy@policies.usa", "did you mean policy@policies.us"]),
    (["policies.china.slipage=0.1"], ["did you mean policies.china.slippage"]),
    (["policies.us.slippage=0.1"], ["policies.us.slippage", "nothing to set"]),
    (["policy=plan"], ["policy", "did you mean policy@policies.us"]),
    (["policy@policies.uk=plan"], ["policy@policies.uk", "unknown"]),
    (["events.hack=1"], ["events.hack", "1 given", "supply_chain_review"]),
    (["+extra=1"], ["extra", "unknown"]),
    (["++params.new.group=1"], ["params.new", "unknown"]),
    # unknown choices
    (["scenario=baseline"], ["scenario", "did you mean baseline_2021"]),
    (["scenario=../../etc/passwd"], ["scenario", "unknown"]),
    (["scenario=[baseline_2021]"], ["scenario", "unknown"]),
    (["ablation=no_such"], ["ablation", "no_such: unknown", "no_diffusion"]),
    (["events=storm"], ["events", "storm: unknown", "supply_chain_review"]),
    (["params=other"], ["params: other: unknown"]),
    (["policy@policies.us=plann"], ["did you mean plan"]),
    (["policies.china=plan"], ["policy@policies.china=plan"]),
    (["policies.us.kind=3"], ["policy@policies.us", "known: best_response, broad_controls"]),
    (["facts.vintage=draft"], ["facts.vintage", "article, final"]),
    (["record=all"], ["record", "full, headline, firms"]),
    # wrong types
    (["runs=many"], ["runs", "'many'", "1 to 1000000"]),
    (["runs=2.5"], ["runs", "whole number, 1 to 1000000"]),
    (["runs=true"], ["runs", "True", "1 to 1000000"]),
    (["runs=[1,2]"], ["runs", "1 to 1000000"]),
    (["runs=null"], ["runs", "1 to 1000000"]),
    (["runs.number=5"], ["runs", "1 to 1000000"]),
    (["seed=false"], ["seed", "False"]),
    (["seed='1'"], ["seed", "'1'"]),
    (["quiet=yes"], ["quiet", "true or false"]),
    (["quiet=1"], ["quiet", "true or false"]),
    (["fresh=0"], ["fresh", "true or false"]),
    (["executor=4"], ["executor", "4", "local"]),
    (["executor.workers=two"], ["executor.workers", "1 to 256"]),
    (["policies={us: 3}"], ["policies.us"]),
    (["params.research=0.3"], ["params.research", "group"]),
    ([f"{CROWD_IN}=true"], [CROWD_IN, "0.2 to 0.7"]),
    ([f"{CROWD_IN}=high"], [CROWD_IN, "0.2 to 0.7"]),
    ([f"{CROWD_IN}='0.3'"], [CROWD_IN, "0.2 to 0.7"]),
    ([f"{CROWD_IN}=[0.3]"], [CROWD_IN, "0.2 to 0.7"]),
    ([f"{CROWD_IN}=null"], [CROWD_IN, "0.2 to 0.7"]),
    (["policies.china.slippage=false"], ["policies.china.slippage", "0 to 0.9"]),
    (["title=''"], ["title", "text"]),
    (["sources=one"], ["sources", "list"]),
    # not finite, negative, out of range
    ([f"{CROWD_IN}=nan"], [CROWD_IN, "0.2 to 0.7"]),
    ([f"{CROWD_IN}=inf"], [CROWD_IN, "0.2 to 0.7"]),
    ([f"{CROWD_IN}=-inf"], [CROWD_IN, "0.2 to 0.7"]),
    ([f"{CROWD_IN}=1e400"], [CROWD_IN, "0.2 to 0.7"]),
    ([f"{CROWD_IN}=-0.5"], [CROWD_IN, "0.2 to 0.7"]),
    ([f"{CROWD_IN}=0.71"], [CROWD_IN, "0.2 to 0.7"]),
    (["params.market.elasticity.semiconductors=0.9"], ["elasticity.semiconductors", "2.5 to 5.1"]),
    (["policies.china.basic_share_target=1.5"], ["policies.china.basic_share_target", "0.02 to 0.3"]),
    (["seed=-1"], ["seed", "0 to"]),
    (["seed=nan"], ["seed", "whole number"]),
    (["executor.workers=0"], ["executor.workers", "1 to 256"]),
    # absurd sizes
    (["runs=0"], ["runs", "1 to 1000000"]),
    (["runs=-5"], ["runs", "-5", "1 to 1000000"]),
    (["runs=1000001"], ["runs", "1 to 1000000"]),
    (["slots=3"], ["slots", "4 to 10000"]),
    (["slots=10001"], ["slots", "4 to 10000"]),
    (["horizon=2051"], ["horizon", "2050"]),
    (["seed=99999999999999999999999"], ["seed", "0 to"]),
    # dates in the wrong order
    (["horizon=2020"], ["horizon", "2021 (start) to 2050"]),
    (["start=2022"], ["start", "2011 to 2021"]),
    (["start=2020"], ["start", "2021"]),
    (["facts.base_year=2019"], ["start", "2020, the year after facts.base_year"]),
    (["facts.base_year=2021"], ["facts.base_year", "2010 to 2020"]),
    (["facts.base_year=2009", "start=2011"], ["facts.base_year", "2010 to 2020"]),
    (["facts.outlook=recorded"], ["facts.outlook", "expected for the base year 2020"]),
    (["facts.outlook=rosy"], ["facts.outlook", "expected, recorded"]),
    # sums that do not fit
    (["params=default", "params.knowledge.science=0.4"], ["params.knowledge", "1.2", "at most 1"]),
    (
        ["params=default", "params.knowledge.talent=0.3", "params.knowledge.illicit=0.2"],
        ["params.knowledge", "at most 1"],
    ),
    # policies inside policies
    ([TFT, "policies.us.base=plan"], ["policies.us.base: 'plan'", "policies.us.base.kind=NAME"]),
    ([TFT, "policies.us.base.kind=plann"], ["policies.us.base.kind", "'plann'", "did you mean plan?"]),
    ([TFT, "policies.us.base.kind=[plan]"], ["policies.us.base.kind", "allowed"]),
    ([TFT, "policies.us.base.slippage=0.1"], ["policies.us.base.slippage", "nothing to set"]),
    ([TFT, "policies.us.base.kind=plan", "policies.us.base.slipage=0"], ["did you mean policies.us.base.slippage"]),
    ([TFT, "policies.us.base.kind=plan", "policies.us.base.slippage=2"], ["policies.us.base.slippage", "0 to 0.9"]),
    ([TFT, "policies.us.gain=1"], ["policies.us.gain", "0 to 0.95"]),
    ([TFT, *DEEP], ["policies.us.base.base.base.base", "inside 4 policies", "at most 3"]),
    (["policy@policies.us=broad_controls", "policies.us.depth.chips=1"], ["policies.us.depth.chips", "unknown"]),
    (["policy@policies.us=broad_controls", "policies.us.depth.ai=2"], ["policies.us.depth.ai", "0 to 1"]),
    (["policy@policies.us=industrial_policy", "policies.us.weights=0"], ["policies.us.weights", "at least one sector"]),
    ([PLANNER, "policies.us.every=1.5"], ["policies.us.every", "whole numbers"]),
    ([PLANNER, "policies.us.menu=none"], ["policies.us.menu", "names"]),
    ([PLANNER, "policies.us.menu.open=plan"], ["policies.us.menu.open", "policies.us.menu.open.kind=NAME"]),
    ([PLANNER, "policies.us.menu.open.kept=2"], ["policies.us.menu.open.kept", "0 to 1"]),
    ([PLANNER, "policies.us.menu.open.kind=best_response"], ["policies.us.menu.open.kind", "inside another"]),
    # steps of a schedule
    ([STEPS, "policies.us.steps=none"], ["policies.us.steps", "names"]),
    ([STEPS, "policies.us.steps.chips=0.9"], ["policies.us.steps.chips", "lever", "start"]),
    ([STEPS, f"{CHIPS}.lever=tarif"], [f"{CHIPS}.lever", "did you mean tariff"]),
    ([STEPS, f"{CHIPS}.lever=null"], [f"{CHIPS}.lever: missing", "tariff"]),
    ([STEPS, f"{CHIPS}.sectors=[chips]"], [f"{CHIPS}.sectors.0", "'chips'", "supply_chain"]),
    ([STEPS, f"{CHIPS}.sectors=[]"], [f"{CHIPS}.sectors", "supply_chain"]),
    ([STEPS, "policies.us.steps.visas.sectors=[ai]"], ["policies.us.steps.visas.sectors", "same for all sectors"]),
    ([STEPS, f"{CHIPS}.value=1.5"], [f"{CHIPS}.value", "0 to 1"]),
    ([STEPS, f"{CHIPS}.value=high"], [f"{CHIPS}.value", "0 to 1"]),
    ([STEPS, f"{CHIPS}.change=0.1"], [CHIPS, "value and change given", "exactly one"]),
    ([STEPS, f"{CHIPS}.value=null"], [CHIPS, "none given", "exactly one of value, change, factor"]),
    ([STEPS, f"{CHIPS}.start=null"], [f"{CHIPS}.start", "missing"]),
    ([STEPS, f"{CHIPS}.until=2022"], [f"{CHIPS}.until: 2022", "later than start = 2024"]),
    ([STEPS, f"{CHIPS}.ramp=-1"], [f"{CHIPS}.ramp", "0 to 30"]),
    ([STEPS, f"{CHIPS}.begin=2022"], [f"{CHIPS}.begin", "unknown"]),
    # names with path parts
    (["name=../outside"], ["name", "no folders"]),
    (["name=/tmp/outside"], ["name", "no folders"]),
    (["name=a/b"], ["name", "no folders"]),
    (["name=.hidden"], ["name", "no folders"]),
    (["name=''"], ["name", "no folders"]),
    (["name=" + "a" * 101], ["name", "at most 100"]),
    (["name=12"], ["name", "letters"]),
    (["results=''"], ["results", "a folder"]),
    (["results='${oc.env:HOME}'"], ["results", "a folder"]),
    (["scenario_file=no_such.yaml"], ["no_such.yaml", "no such file"]),
    (["scenario_file=3"], ["scenario_file", "a file"]),
    # what is no setting at all
    (["runs"], ["runs", "not understood"]),
    (["=3"], ["=3", "not understood"]),
    (["params..crowd_in=1"], ["params..crowd_in", "not understood"]),
    (["runs=[1"], ["runs=[1", "not understood"]),
    (["~runs"], ["runs", "cannot be removed"]),
    (["seed=1,2"], ["seed", "-m"]),
    (["hydra.verbose=true"], ["hydra.verbose", "--cfg"]),
    (["hydra/launcher=joblib"], ["hydra/launcher", "--cfg"]),
    (["--frist"], ["--frist", "unknown flag"]),
    (["-m", "seed=1,2", "name=same"], ["name", "same"]),
    (["-m", "seed=1,-2"], ["seed", "-2"]),
    (["-m", "seed=range(nan,1)"], ["seed", "not understood"]),
    (["-m", "seed=range(1,1000000000)"], ["at most 1000"]),
    (["--cfg", "everything"], ["--cfg", "job"]),
    (["--info", "nothing"], ["--info", "Hydra"]),
    # larger, deeper or longer than any setting
    (["seed=" + "9" * 400], ["seed", "40 digits"]),
    ([f"{CROWD_IN}=-" + "9" * 400], [CROWD_IN, "40 digits"]),
    ([f"{TFT}", "policies.us={kind: tit_for_tat, gain: " + "9" * 400 + "}"], ["policies.us", "40 digits"]),
    (["seed=" + "9" * 5000], ["seed", "not understood"]),
    (["params" + ".a" * 1000 + "=1"], ["params.a.a", "12 levels"]),
    (["title=" + "[" * 20 + "]" * 20], ["title", "12 levels"]),
    (["title=" + "[" * 3000 + "]" * 3000], ["title", "not understood"]),
    (["title=" + "a" * 50_000], ["title", "20000 characters"]),
    (["results=" + "a" * 5000], ["results", "a folder"]),
    (["scenario_file=" + "a" * 300], ["too long"]),
    # what a terminal or Hydra would act upon
    (["title='${oc.env:HOME}'"], ["title", "no ${"]),
    (["title=${oc.env:HOME}"], ["title", "no ${"]),
    (["sources=['${runs}']"], ["sources.0", "no ${"]),
    (["title='a\x1b[31m'"], ["title", "control characters", r"\x1b"]),
    (["title='a\u200fb'"], ["title", "marks of direction", r"\u200f"]),
    (["title='a\u2028b'"], ["title", "one line", r"\u2028"]),
    (["executor=dask", "executor.scheduler='tcp://${oc.env:HOME}'"], ["executor.scheduler", "tcp://HOST:PORT"]),
    # numbers that other readers take for octal, sexagesimal and the like
    (["seed=012"], ["seed", "'012'"]),
    (["seed=0x10"], ["seed", "'0x10'"]),
    (["seed=1:30"], ["seed", "'1:30'"]),
]

# Contents of a scenario file, and words that the message must contain.
FILES: list[tuple[str, list[str]]] = [
    ("title: t", ["question", "missing"]),
    ("title: t\nquestion: q\nruns: 5", ["mine.yaml", "runs", "unknown"]),
    ("title: t\nquestion: q\nresults: /tmp", ["mine.yaml", "results", "unknown"]),
    ("title: t\nquestion: q\nhydra: {}", ["hydra", "unknown"]),
    ("title: t\nquestion: q\ndefaults: [a]", ["defaults", "unknown"]),
    ("title: t\nquestion: q\n_target_: os.system", ["_target_", "unknown"]),
    ("title: t\nquestion: q\npolicies: {us: {_target_: os.system}}", ["policies.us._target_"]),
    ("title: t\nquestion: q\npolicies: {us: {kind: nuke}}", ["policies.us.kind", "'nuke'", "plan"]),
    ("title: t\nquestion: q\npolicies: {uk: {kind: plan}}", ["policies.uk", "did you mean policies.us"]),
    ("title: t\nquestion: q\npolicies: none", ["policies", "group"]),
    ("title: t\nquestion: q\npolicies: {us: {kind: delayed, policy: {quarters: 2}}}", ["policies.us.policy.quarters"]),
    ("title: t\nquestion: q\npolicies: {us: {kind: schedule, steps: {a: {lever: x}}}}", ["steps.a.lever", "'x'"]),
    (
        "title: t\nquestion: q\npolicies: {us: {kind: schedule, steps: {9lives: {}}}}",
        ["steps.9lives", "a letter first"],
    ),
    ("title: t\nquestion: q\npolicies: {us: {kind: schedule, base: {_target_: os.system}}}", ["base._target_"]),
    ("title: t\nquestion: q\nevents: {crisis: {kind: war}}", ["events.crisis.kind", "'war'", "demand_shock"]),
    ("title: t\nquestion: q\nevents: {crisis: {size: 1}}", ["events.crisis.kind", "missing"]),
    ("title: t\nquestion: q\nevents: {crisis: {_target_: os.system}}", ["events.crisis.kind", "missing"]),
    ("title: t\nquestion: q\nevents: none", ["mine.yaml:3: events: 'none'", "names, each with an event"]),
    ("title: t\nquestion: q\nparams: {research: {crowd_in: NO}}", [CROWD_IN, "'NO'"]),
    ("title: t\nquestion: q\nparams: {research: {crowd_in: .nan}}", [CROWD_IN, "0.2 to 0.7"]),
    ("title: t\nquestion: q\nparams: {research: {crowd_in: true}}", [CROWD_IN, "0.2 to 0.7"]),
    ("title: NO\nquestion: 3", ["question", "text"]),
    ("title: t\nquestion: q\nhorizon: 2019", ["horizon", "2021 (start) to 2050"]),
    ("title: &a t\nquestion: *a", ["mine.yaml:1", "anchors"]),
    ("title: t\ntitle: u\nquestion: q", ["mine.yaml:2", "twice"]),
    ("title: [", ["mine.yaml", "not YAML"]),
    ("title: t\nquestion: q\nhorizon: 02030", ["horizon", "'02030'"]),
    ("title: t\nquestion: q\nhorizon: 2_030", ["horizon", "'2_030'"]),
    ("title: t\nquestion: q\nhorizon: 33:50", ["horizon", "'33:50'"]),
    ("title: t\nquestion: q\nhorizon: 2030-01-01", ["horizon", "'2030-01-01'"]),
    ("title: t\nquestion: q\nhorizon: 0x7EE", ["horizon", "'0x7EE'"]),
    ("title: t\nquestion: q\nhorizon: .inf", ["horizon", "inf"]),
    ("title: t\nquestion: q\nparams: {research: {crowd_in: 012}}", [CROWD_IN, "'012'"]),
    ("title: t\nquestion: q\nparams: {research: {crowd_in: 1e999}}", [CROWD_IN, "inf given"]),
]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def refusal(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """What is said about wrong input, after checking that nothing else happened."""
    before, started = sorted(Path.cwd().rglob("*")), time.process_time()
    assert main(["run", *arguments]) == 2
    assert time.process_time() - started < 3.0
    assert sorted(Path.cwd().rglob("*")) == before
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err
    return captured.err


@pytest.mark.parametrize(("overrides", "words"), OVERRIDES, ids=lambda value: " ".join(value)[:60])
def test_wrong_overrides(overrides: list[str], words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    message = refusal(overrides, capsys)
    assert [word for word in words if word not in message] == [], message


@pytest.mark.parametrize(("content", "words"), FILES)
def test_wrong_scenario_files(content: str, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.yaml").write_text(content, encoding="utf-8")
    message = refusal(["scenario_file=mine.yaml"], capsys)
    assert [word for word in words if word not in message] == [], message
    assert main(["config", "validate", "mine.yaml"]) == 2


def test_all_problems_are_reported_together(capsys: pytest.CaptureFixture[str]) -> None:
    wrong = [
        "runs=-1",
        "sede=3",
        "scenario=nowhere",
        "name=a/b",
        f"{CROWD_IN}=nan",
        "policies.china.slippage=2",
        "~slots",
    ]
    lines = refusal(wrong, capsys).splitlines()
    keys = ("runs:", "sede:", "scenario:", "name:", f"{CROWD_IN}:", "policies.china.slippage:", "slots:")
    assert [key for key in keys if not any(line.startswith(key) for line in lines)] == []
    assert len(lines) == len(keys) + 1


LINES = """\
title: t
question: q
horizon: 2051
params:
  research:
    crowd_in: 3
    crowdin: 0.3
    relabelled_share:
      us: 0.1
      china: high
policies:
  us:
    kind: schedule
    steps:
      chips: {lever: control_depth, start: 2022, value: 2}
      duties:
        lever: tarif
  china:
    kind: plan
    slipage: 0.1
events:
  slump:
    kind: demand_shock
    sectors:
      - ai
      - chips
runs: 5
"""


def test_problems_of_a_file_have_its_lines(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.yaml").write_text(LINES, encoding="utf-8")
    told = refusal(["scenario_file=mine.yaml", "slots=3"], capsys)
    places = {
        "mine.yaml:3: horizon: 2051 given; allowed: whole number, 2011 to 2050",
        "mine.yaml:6: params.research.crowd_in: 3 given; allowed: one number, 0.2 to 0.7, or 0 to switch it off",
        "mine.yaml:7: params.research.crowdin: unknown; did you mean params.research.crowd_in?",
        "mine.yaml:10: params.research.relabelled_share.china: 'high' given",
        "mine.yaml:15: policies.us.steps.chips.value: 2 given; allowed: one number, 0 to 1",
        "mine.yaml:17: policies.us.steps.duties.lever: 'tarif' given",
        "mine.yaml:20: policies.china.slipage: unknown; did you mean policies.china.slippage?",
        "mine.yaml:26: events.slump.sectors.1: 'chips' given",
        "mine.yaml:27: runs: unknown",
        "slots: 3 given; allowed: whole number, 4 to 10000",
    }
    lines = told.splitlines()
    assert [place for place in places if not any(line.startswith(place) for line in lines)] == [], told
    assert len(lines) == len(places) + 1


def test_an_override_names_its_place_itself(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.yaml").write_text("title: t\nquestion: q\nhorizon: 2030\n", encoding="utf-8")
    assert refusal(["scenario_file=mine.yaml", "horizon=2051"], capsys).startswith("horizon: 2051 given")


def test_what_a_file_leaves_out_has_no_line_but_what_it_lies_in(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.yaml").write_text(
        "title: t\npolicies:\n  us:\n    kind: schedule\n    steps:\n      a: {lever: tariff}\n"
    )
    told = refusal(["scenario_file=mine.yaml"], capsys).splitlines()
    assert told[0].startswith("mine.yaml:6: policies.us.steps.a.start: missing")
    assert any(line.startswith("mine.yaml: question: missing; allowed: text") for line in told)


def test_a_scenario_and_a_file_of_one_are_too_much(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.yaml").write_text("title: t\nquestion: q\n", encoding="utf-8")
    assert "either" in refusal(["scenario=article_plan", "scenario_file=mine.yaml"], capsys)


def test_a_scenario_file_of_any_size_is_not_read(capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.yaml").write_text("#" * 300_000, encoding="utf-8")
    assert "larger than" in refusal(["scenario_file=mine.yaml"], capsys)


def test_an_unknown_command_is_wrong_input(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runn"]) == 2
    assert "no such command" in capsys.readouterr().err
