"""Stored results in a page: opened like a stranger's, shown as they lie, moved only by the equations that made them."""

import shutil
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import numpy as np
import pytest

import techduel
from experiments import explore
from experiments.__main__ import main
from experiments.exits import guarded
from techduel.ensemble.manifest import required_manifest, write_manifest
from techduel.explore.bench import Bench
from techduel.explore.shelf import MOST_STORED, STORED, shelf_of
from techduel.explore.view import RUNS, Move, View, view_of
from techduel.face.compared import Compared

SHORT = ("horizon=2024", "slots=24", "seed=3", "quiet=true", "executor=serial")
CHIPS = Move("us", "control_depth", "semiconductors", 2022, 0.9)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("results")
    pair = "scenarios=[baseline_2021,broad_controls]"
    assert main(["compare", pair, "runs=12", *SHORT, "name=pair", f"results={place}"]) == 0
    assert main(["run", "scenario=tit_for_tat", "runs=12", *SHORT, "name=one", f"results={place}"]) == 0
    return place


def first_view(folder: Path) -> View:
    return view_of({}, shelf_of(str(folder)))


@pytest.mark.ensembles
def test_a_stored_comparison_is_the_first_picture(results: Path) -> None:
    view = first_view(results / "compare" / "pair")
    assert (view.names, view.year, view.runs, view.stored) == (("baseline_2021", "broad_controls"), 2024, 12, True)
    found, there = Bench().compared(view, view.runs), techduel.open_result(results / "compare" / "pair")
    for name in view.names:
        np.testing.assert_array_equal(found.records[name]["lead"], there.record(name)["lead"])
    said = techduel.compare(
        *(there_scenario(there, name) for name in view.names), runs=12, seed=3, year=2024, sector="semiconductors"
    )
    assert found.sentences == said.sentences


def there_scenario(result: techduel.Result, name: str) -> techduel.Scenario:
    from techduel.scenario.scenario import scenario_from

    return scenario_from({**result.config["members"][name], "name": name})


@pytest.mark.ensembles
def test_a_stored_run_stands_beside_the_baseline_and_can_be_moved(results: Path) -> None:
    view = first_view(results / "run" / "one")
    assert (view.names, view.stored) == (("baseline_2021", "tit_for_tat"), False)
    bench = Bench()
    plain, there = bench.compared(view, RUNS), techduel.open_result(results / "run" / "one").record()
    np.testing.assert_array_equal(plain.records["tit_for_tat"]["lead"][:12], there.year_ends("lead"))
    moved = bench.compared(replace(view, moves=(CHIPS,)), RUNS)
    assert list(moved.records) == ["baseline_2021", "tit_for_tat_moved"]
    assert not np.array_equal(moved.records["tit_for_tat_moved"]["lead"], plain.records["tit_for_tat"]["lead"])


def test_its_files_and_command_say_what_is_seen(results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from techduel.studies.compare.settings import composed

    view = replace(first_view(results / "compare" / "pair"), moves=(CHIPS,))
    monkeypatch.chdir(tmp_path)
    for name, text in view.files.items():
        Path(name).write_text(text, encoding="utf-8")
    config = composed(view.command.replace("'", "").split()[2:])
    assert (config["seed"], config["year"]) == (3, 2024)
    ours = {"first": view.shelf.scenario(view.baseline).config, "mine": techduel.load_scenario(view.content).config}
    for name, one in ours.items():
        for key in ("policies", "events", "params", "forms", "facts", "horizon", "slots"):
            assert config["members"][name][key] == one[key]


def test_a_link_names_stored_scenarios_and_only_those_that_are_there(results: Path) -> None:
    shelf = shelf_of(str(results / "compare" / "pair"))
    view = view_of({"a": [f"{STORED}broad_controls"], "b": ["arms_race"], "year": ["2030"]}, shelf)
    assert (view.baseline, view.scenario, view.year) == (f"{STORED}broad_controls", "arms_race", 2024)
    assert view_of(parse_qs(view.query), shelf) == replace(view, problems=())
    assert any("year: 2030: unknown" in problem for problem in view.problems)
    assert any("b: stored.mine: unknown" in told for told in view_of({"b": ["stored.mine"]}, shelf).problems)
    assert view_of({"a": [f"{STORED}broad_controls"]}).baseline == "baseline_2021"
    assert shelf.runs <= MOST_STORED


def test_beside_runs_of_other_equations_nothing_is_computed(results: Path, tmp_path: Path) -> None:
    folder = tmp_path / "old"
    shutil.copytree(results / "compare" / "pair", folder)
    manifest = required_manifest(folder)
    manifest.fingerprint = {**manifest.fingerprint, "sources": "0" * 64}
    write_manifest(folder, manifest)
    view = replace(first_view(folder), moves=(CHIPS,))
    assert list(view.shelf.scenarios) == [f"{STORED}baseline_2021", f"{STORED}broad_controls"]
    assert view.problem == "old was made by other equations: it can be looked at, not changed"
    assert isinstance(Bench().compared(replace(view, moves=()), view.runs), Compared)


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (lambda folder: (folder / "config.yaml").unlink(), 3, "config.yaml"),
        (lambda folder: (folder / "manifest.json").unlink(), 2, "is no result folder"),
        (lambda folder: (folder / "manifest.json").write_text("<script>alert(1)</script>"), 3, "manifest.json"),
        (lambda folder: _experiment(folder, "sweep"), 2, "made by other sources"),
        (lambda folder: (folder / "summary.csv").write_text("<b>"), 3, "summary.csv"),
    ],
    ids=["no config", "no manifest", "markup", "forged study", "damaged"],
)
def test_a_strange_folder_is_refused_in_one_line(
    change: object, code: int, words: str, results: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("panel", reason="panel is not installed")
    folder = tmp_path / "strange"
    shutil.copytree(results / "run" / "one", folder)
    assert callable(change)
    change(folder)
    assert guarded(main, ["explore", str(folder)]) == code
    told, _, rest = capsys.readouterr().err.partition("\n")
    assert words in told
    assert rest.strip() in {"", "Nothing was written."}


def _experiment(folder: Path, name: str) -> None:
    """Say of a result that it belongs to another study, with a manifest that vouches for it."""
    from techduel.ensemble.manifest import mark

    path = folder / "config.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("experiment: run", f"experiment: {name}"))
    manifest = required_manifest(folder)
    manifest.files = {**manifest.files, "config.yaml": mark(path)}
    write_manifest(folder, manifest)


def test_two_folders_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(explore.main, ["results/a", "results/b"]) == 2
    assert "2 folders given" in capsys.readouterr().err
