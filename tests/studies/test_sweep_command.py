"""The command ``techduel sweep``: its settings, its folder, its figures and its words."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.__main__ import main
from techduel.ensemble.folder import settings
from techduel.ensemble.manifest import result_files
from techduel.ensemble.simulation import simulate
from techduel.scenario.layers import choices
from techduel.scenario.loader import InvalidInput
from techduel.scenario.scenario import load_scenario
from techduel.studies.sweep.effects import effects, pair, read_points, strongest
from techduel.studies.sweep.plain import sweep_from
from techduel.studies.sweep.report import screen
from techduel.studies.sweep.settings import composed as swept

SMALL = ("horizon=2021", "slots=4", "years=null", "executor=serial", "quiet=true")
FIGURES = ("main_effects", "interaction", "parallel", "lead_and_cost")


def command(folder: Path, *settings: str) -> int:
    return main(["sweep", *SMALL, f"results={folder}", "name=small", *settings])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small sweep of two levers and a scenario."""
    results = tmp_path_factory.mktemp("results")
    chosen = "factors.world={key: scenario, values: [baseline_2021, full_decoupling]}"
    assert command(results, "points=12", "runs=2", "factors.allies=null", "factors.end_use=null", chosen) == 0
    return results / "sweep" / "small"


@pytest.mark.parametrize("name", choices("sweep"))
def test_every_shipped_sweep_composes_and_builds(name: str) -> None:
    config = swept([f"sweep={name}"])
    sweep = sweep_from(config)
    assert config["name"] == name
    assert len(sweep.distinct) == len(sweep.designed) > 30
    assert sweep.designed[0] == {}


def test_there_are_five_sweeps() -> None:
    assert len(choices("sweep")) >= 5


def test_a_result_holds_tables_figures_and_words(folder: Path) -> None:
    names = result_files(folder)
    assert {"README.md", "config.yaml", "design.csv", "manifest.json", "outcomes.csv"} <= set(names)
    assert {f"figures/{name}.{kind}" for name in FIGURES for kind in ("png", "csv", "json")} <= set(names)
    design = (folder / "design.csv").read_text().splitlines()
    assert design[0] == "point,id,depth,breadth,world"
    assert len(design) == 1 + 13
    assert design[1].endswith(",,,")
    text = (folder / "README.md").read_text()
    assert "12 points" in text
    assert "2 runs" in text


def test_outcomes_of_every_point_state_and_year(folder: Path) -> None:
    lines = [line.split(",") for line in (folder / "outcomes.csv").read_text().splitlines()[1:]]
    keys = [tuple(line[:4]) for line in lines]
    assert len(set(keys)) == len(keys) == 13 * 13
    assert {line[4] for line in lines} == {"2"}
    assert {line[3] for line in lines} == {"", "2021"}


def test_effects_are_differences_from_the_base(folder: Path) -> None:
    points = read_points(folder)
    key = ("lead_frontier", "us")
    found = {effect.factor: effect for effect in effects(points, key)}
    assert {level.title for level in found["world"].levels} == {"baseline_2021", "full_decoupling"}
    assert sum(level.points for level in found["world"].levels) == 12
    assert all(0.0 <= effect.weight <= 1.0 for effect in found.values())
    assert set(strongest(points)) == {"depth", "breadth", "world"}
    assert pair(points) is not None


def test_changes_are_medians_of_the_same_runs_with_and_without(folder: Path) -> None:
    ours, theirs = (
        simulate(load_scenario(name, *SMALL[:2]), 2, record="headline") for name in ("full_decoupling", "baseline_2021")
    )
    changes = 100.0 * (ours["real_income"][..., 1:].mean(axis=-1) / theirs["real_income"][..., 1:].mean(axis=-1) - 1.0)
    texts = [(folder / name).read_text(encoding="utf-8") for name in ("design.csv", "outcomes.csv")]
    design, lines = (list(csv.DictReader(text.splitlines())) for text in texts)
    found = {
        float(line["change_q50"])
        for line in lines
        if design[int(line["point"])]["world"] == "full_decoupling"
        and (line["outcome"], line["state"], line["year"]) == ("real_income", "china", "2021")
    }
    lever = max(abs(value - np.median(changes[:, 1])) for value in found)
    assert lever < 0.1 * abs(np.median(changes[:, 1])), "levers of controls do little beside a border that closes"
    base = [line for line in lines if line["point"] == "0"]
    assert {
        float(line[name]) for line in base for name in ("change_q05", "change_q50", "change_q95") if line[name]
    } == {0.0}
    assert all(line["change_unit"] for line in lines)


def test_the_screen_opens_with_sentences_in_80_columns(folder: Path) -> None:
    lines = screen(folder).splitlines()
    assert max(map(len, lines[:-2])) <= 80
    said = " ".join(" ".join(lines).split())
    assert "as configured; changes over the points" in said
    assert "world moves it most" in said
    assert "no factor by itself" not in said


def test_plot_and_reproduce_give_the_same_bytes(folder: Path) -> None:
    before = {name: (folder / name).read_bytes() for name in result_files(folder)}
    assert main(["plot", str(folder)]) == 0
    assert {name: (folder / name).read_bytes() for name in result_files(folder)} == before
    assert main(["reproduce", str(folder)]) == 0


def test_a_table_of_points_is_a_design(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "points.csv"
    table.write_text("depth,breadth,allies\n0.5,0.5,\n0.5,1,0.25\n")
    assert command(tmp_path, "design=csv", f"table={table}", "runs=1", "factors.end_use=null") == 0
    stored = settings(tmp_path / "sweep" / "small")
    assert stored["table"] == [{"depth": 0.5, "breadth": 0.5}, {"depth": 0.5, "breadth": 1.0, "allies": 0.25}]
    assert str(tmp_path) not in (tmp_path / "sweep" / "small" / "config.yaml").read_text()
    assert main(["reproduce", str(tmp_path / "sweep" / "small")]) == 0
    assert "same, byte for byte" in capsys.readouterr().out


def test_only_what_all_points_share_changes_the_name() -> None:
    assert swept(["points=8", "runs=3", "design=lhs", "factors.depth.high=0.5", "executor.workers=1"])["name"] == (
        "export_controls"
    )
    altered = swept(["horizon=2030"])["name"]
    assert altered.startswith("export_controls-")
    assert altered != swept(["horizon=2031"])["name"]
    assert swept(["horizon=2035"])["name"] == "export_controls"
    assert swept(["horizon=2030", "name=mine"])["name"] == "mine"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("sweep=export", "did you mean export_controls"),
        ("points=0", "points: 0 given; allowed: whole number"),
        ("runs=2.5", "runs: 2.5 given"),
        ("design=random", "allowed: grid, lhs, sobol, oat, csv"),
        ("design=csv", "table: None given"),
        ("table=x.csv", "with design=csv"),
        ("years=[2019]", "2019 given; allowed: 2021 to 2035"),
        ("years=[2030,2025]", "in their order"),
        ("outcomes=[gdpp]", "did you mean gdp"),
        ("outcomes=[]", "names in brackets"),
        ("precision=0", "a number above 0"),
        ("outcome=gdp precision=1", "outcome: gdp: unknown"),
        ("record=full", "record:"),
        ("retry=maybe", "true or false"),
        ("interaction=[depth,depth]", "two factors"),
        ("factors.depth.hight=1", "did you mean factors.depth.high"),
        ("factors.depth.high=2", "factors.depth.value: 2.0 given"),
        ("factors.x={key:params.research.crowd_in,low:0,high:9}", "params.research.crowd_in: 9.0 given"),
        ("factors.x={key:policies.us.dpth,low:0,high:1}", "policies.us.dpth: unknown"),
        ("factors.x={key:scenario,values:[nobody]}", "scenario=nobody: scenario: nobody: unknown"),
        ("factors.x={key:scenario,values:[history_2010]}", "start is 2011, but 2021 elsewhere"),
        (
            "design=grid factors.depth.levels=900 factors.breadth.levels=900 factors.allies.levels=900",
            "at most 1000000",
        ),
        ("executor=cloud", "executor: cloud: unknown"),
        ("executor.workers=0", "1 to 256"),
        ("runz=3", "did you mean"),
    ],
)
def test_wrong_settings_are_refused_before_anything_is_written(tmp_path: Path, given: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        swept([*given.split(" "), f"results={tmp_path / 'x'}"])
    assert any(words in line for line in refusal.value.problems), refusal.value.problems
    assert not (tmp_path / "x").exists()


def test_exit_codes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(tmp_path, "points=-1") == 2
    assert "Nothing was written" in capsys.readouterr().err
    assert not (tmp_path / "sweep").exists()
    assert command(tmp_path, "points=2", "runs=1") == 0
    assert command(tmp_path, "points=2", "runs=1", "slots=5") == 2
    assert "base.slots: stored 4, asked 5" in capsys.readouterr().err


def test_few_points_still_make_a_result(tmp_path: Path) -> None:
    assert command(tmp_path, "points=1", "runs=1") == 0
    points: Any = read_points(tmp_path / "sweep" / "small")
    assert np.isfinite(points.places).all()
