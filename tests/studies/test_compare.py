"""``techduel compare`` as a user meets it: what it writes, prints, refuses and finds done."""

import csv
import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.__main__ import main
from experiments.exits import guarded
from experiments.hydra_flags import jobs
from techduel.ensemble.headlines import HEADLINES, INCOME
from techduel.ensemble.manifest import MANIFEST, PROVENANCE, damaged, read_manifest
from techduel.ensemble.paired import COLUMNS
from techduel.ensemble.simulation import simulate
from techduel.scenario.loader import InvalidInput
from techduel.scenario.scenario import load_scenario, numbers
from techduel.studies.compare.comparison import READ, comparison_from, moved_sectors, stored_contrast
from techduel.studies.compare.decomposition import TOTAL
from techduel.studies.compare.report import screen
from techduel.studies.compare.settings import ROOT
from techduel.studies.compare.settings import composed as compared
from techduel.studies.compare.tables import HEADLINE, HEADLINE_COLUMNS, headline_rows, read_parts

SMALL = ["runs=5", "horizon=2022", "quiet=true", "name=small"]
THREE = "scenarios=[baseline_2021,talent_restriction,talent_restriction+no_diffusion]"


def compare(*arguments: str) -> int:
    return guarded(main, ["compare", *arguments])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An empty folder to work in, for the whole module."""
    folder = tmp_path_factory.mktemp("compare")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield folder


@pytest.fixture(scope="module")
def result(place: Path) -> Path:
    """Three scenarios compared, one of them with an ablation, all taken apart."""
    assert compare(THREE, *SMALL, "decompose=levers", "executor.workers=1") == 0
    return place / "results" / "compare" / "small"


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def contents(folder: Path) -> dict[str, bytes]:
    paths = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != PROVENANCE)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


# --- what lies in the folder


def test_a_comparison_writes_its_folder(result: Path) -> None:
    names = {path.name for path in result.iterdir()}
    tables = {"differences.csv", "headlines.csv", "costs.csv", "decomposition.csv"}
    assert names >= {"README.md", "config.yaml", "provenance.json", "manifest.json", "figures", "scenarios", *tables}
    assert {path.name for path in (result / "scenarios").iterdir()} == {
        *("baseline_2021", "talent_restriction", "talent_restriction+no_diffusion")
    }
    for path in (result / "scenarios").iterdir():
        assert {inner.name for inner in path.iterdir()} >= {"chunks", "summary.csv", "config.yaml"}
    assert 5 <= len([line for line in (result / "README.md").read_text(encoding="utf-8").splitlines() if line]) <= 10


def test_every_figure_has_its_numbers_and_provenance(result: Path) -> None:
    pictures = {path.stem for path in (result / "figures").glob("*.png")}
    assert pictures == {
        *("outcomes", "cost_and_lead", "paired_talent_restriction", "paired_talent_restriction+no_diffusion"),
        *("tornado_talent_restriction", "tornado_talent_restriction+no_diffusion"),
    }
    for name in pictures:
        lines = table(result / "figures" / f"{name}.csv")
        assert lines
        assert all(line["unit"] for line in lines)
        told = json.loads((result / "figures" / f"{name}.json").read_text(encoding="utf-8"))
        assert (told["figure"], told["runs"], told["seed"]) == (name, 5, 1)
        assert told["scenarios"][0] == "baseline_2021"


def test_differences_are_those_of_simulations_with_the_same_luck(result: Path) -> None:
    lines = table(result / "differences.csv")
    assert list(lines[0]) == list(COLUMNS)
    assert {line["scenario"] for line in lines} == {"talent_restriction", "talent_restriction+no_diffusion"}
    ours, theirs = (
        simulate(load_scenario(name, "horizon=2022"), 5) for name in ("talent_restriction", "baseline_2021")
    )
    (line,) = [
        row
        for row in lines
        if (row["scenario"], row["variable"], row["state"], row["time"])
        == ("talent_restriction", "real_income", "china", "2022.75")
    ]
    changes = 100.0 * (ours["real_income"][:, 1, -1] / theirs["real_income"][:, 1, -1] - 1.0)
    assert float(line["mean"]) == pytest.approx(changes.mean(), rel=1e-6)
    sets = [changes[:2].mean(), changes[2:4].mean(), changes[4]]
    assert float(line["se"]) == pytest.approx(np.std(sets, ddof=1) / np.sqrt(3), rel=1e-6)
    assert float(line["q95"]) == pytest.approx(np.quantile(changes, 0.95), rel=1e-6)
    assert float(line["share_positive"]) == (changes > 0).mean()
    assert line["unit"] == "%"


def test_the_scenarios_results_are_those_of_run(result: Path) -> None:
    assert main(["run", "scenario=talent_restriction", *SMALL[:3], "name=alone", "executor.workers=1"]) == 0
    alone = result.parent.parent / "run" / "alone"
    for name in ("summary.csv", "config.yaml"):
        assert (alone / name).read_bytes() == (result / "scenarios" / "talent_restriction" / name).read_bytes()


def test_shares_of_the_measures_add_up_to_the_difference(result: Path) -> None:
    parts, whole = read_parts(result / "decomposition.csv"), read_parts(result / HEADLINE)
    for row in whole:
        found = [
            part
            for part in parts
            if (part["scenario"], part["outcome"], part["state"]) == (row["scenario"], row["outcome"], row["state"])
        ]
        assert len(found) > 2
        total = sum(part["share"] for part in found if part["player"] != TOTAL)
        scale = max(abs(part["share"]) for part in found)
        assert total == pytest.approx(row["mean"], abs=1e-6 * scale + 1e-12)
        assert next(part["share"] for part in found if part["player"] == TOTAL) == pytest.approx(row["mean"], abs=1e-9)
    assert "parameters" in {part["player"] for part in parts if part["scenario"] == "talent_restriction+no_diffusion"}
    assert "parameters" not in {part["player"] for part in parts if part["scenario"] == "talent_restriction"}


def test_costs_have_both_states_and_are_undefined_without_a_sure_gain(result: Path) -> None:
    costs = read_parts(result / "costs.csv")
    assert [(row["scenario"], row["state"]) for row in costs][:2] == [
        ("talent_restriction", "us"),
        ("talent_restriction", "china"),
    ]
    for row in costs:
        for gained, cost in (
            ("lead_gained", "cost_per_log_point_of_lead"),
            ("months_gained", "cost_per_month_of_lead"),
        ):
            sure = row[gained] > 2.9200 * row[f"{gained}_se"]  # t of 2 degrees of freedom (3 sets), 90 %
            assert math.isnan(row[cost]) != sure
            if sure:
                assert row[cost] == pytest.approx(row["loss"] / row[gained], rel=1e-6)


def test_headlines_say_in_how_many_runs_a_state_is_ahead(result: Path) -> None:
    rows = {(row["outcome"], row["state"]): row for row in read_parts(result / "headlines.csv")}
    us, china = (rows["lead_frontier", state] for state in ("us", "china"))
    assert us["level_ahead"] == pytest.approx(1.0 - china["level_ahead"])
    assert math.isnan(rows["real_income", "us"]["level_ahead"])
    assert math.isnan(us["parameters_q05"]), "five runs are too few to tell parameters from luck"
    assert us["q50"] == pytest.approx(-china["q50"])
    months = rows["lead_months_frontier", "us"]
    assert (us["unit"], months["unit"]) == ("log points", "months")


def test_changes_have_a_band_of_parameters(result: Path) -> None:
    folders = (result / "scenarios" / "talent_restriction", result / "scenarios" / "baseline_2021")
    found = stored_contrast(*folders, 0.03)
    many = replace(
        found,
        runs=np.arange(200),
        level={name: np.resize(part, (200, part.shape[1])) for name, part in found.level.items()},
        first={name: np.resize(part, (200, part.shape[1])) for name, part in found.first.items()},
    )
    bands = {
        drawn: [dict(zip(HEADLINE_COLUMNS, row, strict=True)) for row in headline_rows(replace(many, drawn=drawn))]
        for drawn in (True, False)
    }
    for row in bands[True]:
        assert row["q05"] - 1e-9 <= row["parameters_q05"] <= row["parameters_q95"] <= row["q95"] + 1e-9
        assert row["parameters_se"] >= 0.0
    assert all(row["parameters_q05"] == row["parameters_q95"] for row in bands[False])


def test_the_discount_rate_counts(result: Path) -> None:
    folders = (result / "scenarios" / "talent_restriction", result / "scenarios" / "baseline_2021")
    level = {rate: stored_contrast(*folders, rate).first[INCOME].mean() for rate in (0.0, 0.03, 0.1)}
    assert level[0.0] > level[0.03] > level[0.1]


def test_nobody_learns_whose_machine_it_was(result: Path) -> None:
    for path in [*result.rglob("*.json"), *result.rglob("*.yaml"), *result.rglob("*.csv"), *result.rglob("*.md")]:
        assert str(result.parent.parent.parent) not in path.read_text(encoding="utf-8"), path.name


# --- again


def test_again_everything_is_found_done(result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, began = contents(result), time.monotonic()
    assert compare(THREE, *SMALL, "decompose=levers") == 0
    assert time.monotonic() - began < 5.0
    assert contents(result) == before
    shown = capsys.readouterr()
    assert shown.err == ""
    assert screen(Path("results/compare/small")) in shown.out


def test_every_file_is_vouched_for(result: Path) -> None:
    manifest = read_manifest(result)
    assert manifest is not None
    assert manifest.sealed
    members = [path.name for path in (result / "scenarios").iterdir()]
    inner = {name for name in manifest.files if name.startswith("scenarios/")}
    assert inner == {f"scenarios/{name}/{MANIFEST}" for name in members}
    known = {name for name in contents(result) if not name.startswith("scenarios/") and name != MANIFEST}
    assert known == (manifest.files.keys() | manifest.chunks.keys()) - inner
    for path in (result / "scenarios").iterdir():
        own = read_manifest(path)
        assert own is not None
        assert own.sealed
        assert not damaged(path, own)


@pytest.mark.parametrize(
    "name",
    [
        "differences.csv",
        "figures/outcomes.png",
        "scenarios/talent_restriction/chunks",
        "chunks",
    ],
)
def test_what_is_damaged_is_made_again(name: str, result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(result)
    path = next((result / name).glob("*.npz")) if name.endswith("chunks") else result / name
    path.write_bytes(b"damaged")
    assert compare(THREE, *SMALL, "decompose=levers", "executor.workers=1") == 0
    assert contents(result) == before
    assert capsys.readouterr().err.count("damaged") == 1


def test_another_comparison_under_the_same_name_is_refused(result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(result)
    for change, word in (("seed=2", "seed: stored 1, asked 2"), ("discount_rate=0.05", "discount_rate")):
        assert compare(THREE, *SMALL, "decompose=levers", change) == 2
        assert word in capsys.readouterr().err
    assert compare("scenarios=[baseline_2021,talent_restriction]", *SMALL, "decompose=levers") == 2
    assert "scenarios" in capsys.readouterr().err
    assert contents(result) == before


def test_plot_and_reproduce_know_comparisons(result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(result)
    (result / "figures" / "cost_and_lead.png").unlink()
    assert guarded(main, ["plot", str(result)]) == 0
    assert contents(result) == before
    assert guarded(main, ["reproduce", str(result)]) == 0
    assert "byte for byte" in capsys.readouterr().out


def test_two_processes_write_the_same_bytes(place: Path) -> None:
    found = []
    for workers in (1, 2):
        many = ["horizon=2021", "runs=40", f"results=with_{workers}", f"executor.workers={workers}", "record=headline"]
        assert compare("scenarios=[baseline_2021,talent_restriction]", *SMALL, *many) == 0
        found.append(contents(place / f"with_{workers}"))
    assert found[0] == found[1]


# --- the screen


def test_the_screen_tells_headlines_costs_and_shares(result: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(THREE, *SMALL, "decompose=levers") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Techduel ")
    assert "3 scenarios x 5 runs x 8 quarters" in shown
    told = shown.partition("\nNext: ")[0]  # a command is one line, whatever is in it
    for known in HEADLINES.values():
        if not known.is_lead:
            assert known.title.partition(",")[0] in told
    for words in (
        *("frontier fields", "the same by market size", "log points", "months", "ahead"),
        *("too few runs a set to tell parameters", "United States", "China"),
        *("bn USD", "open", "Written to"),
    ):
        assert words in " ".join(told.split())
    assert max(map(len, told.splitlines())) <= 80


def test_a_question_about_a_year_and_a_sector_is_answered_from_the_same_runs(
    result: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(result)
    plain = [*SMALL, "decompose=none", "name=asked", "executor.workers=1"]
    assert compare(THREE, *plain) == 0
    folder = result.parent / "asked"
    chunks = [name for name in contents(folder) if "/chunks/" in name]
    asked = [*plain, "year=2021", "sector=quantum", "outcome=exports.quantum"]
    assert compare(THREE, *asked) == 0
    shown = capsys.readouterr()
    assert "exports, quantum in 2021" in shown.out
    assert "in quantum at the end of 2021" in " ".join(shown.out.split())
    assert "kept as" not in shown.err
    assert [name for name in contents(folder) if "/chunks/" in name] == chunks
    rows = {(row["scenario"], row["outcome"], row["state"]): row for row in table(folder / HEADLINE)}
    ours, theirs = (
        simulate(load_scenario(name, "horizon=2022"), 5) for name in ("talent_restriction", "baseline_2021")
    )
    changes = (
        ours["lead"][:, 0, ours.sectors.index("quantum"), 4]
        - (theirs["lead"][:, 0, theirs.sectors.index("quantum"), 4])
    )
    row, months = (rows["talent_restriction", f"{name}.quantum", "us"] for name in ("lead", "lead_months"))
    assert float(row["q50"]) == pytest.approx(np.median(changes), rel=1e-6)
    assert float(months["q50"]) == pytest.approx(3.0 * np.median(changes), rel=1e-6), "at 0.04 a year"
    assert (row["year"], row["runs"]) == ("2021", "5")
    assert float(row["share_negative"]) == (changes < 0).mean()
    income = rows["talent_restriction", INCOME, "us"]
    only = compared([*plain, THREE, "horizon=2021"])
    assert only["name"] == "asked"
    losses = {(row["scenario"], row["state"]): row for row in table(folder / "costs.csv")}
    loss = losses["talent_restriction", "us"]
    level = float(income["baseline_q50"])
    assert float(loss["loss_q50"]) == pytest.approx(-float(income["q50"]) * level / 100.0, rel=0.2, abs=1e-3)
    assert compare(THREE, *plain) == 0
    assert contents(result) == before


def test_a_sector_whose_levers_differ_is_in_the_table(place: Path) -> None:
    config = compared(["scenarios=[baseline_2021,chip_controls,broad_controls,cooperation]"])
    assert moved_sectors(config) == ["iot", "ai", "devices_networks", "semiconductors", "quantum"]
    assert moved_sectors(compared(["scenarios=[baseline_2021,chip_controls]"])) == ["semiconductors"]
    assert moved_sectors(compared(["scenarios=[baseline_2021,talent_restriction]"])) == []


# --- the configuration


def test_members_are_scenarios_with_their_ablations(place: Path) -> None:
    config = compared(
        [
            "scenarios=[baseline_2021,full_decoupling,full_decoupling+no_diffusion]",
            "params.research.crowd_in=0.3",
            "horizon=2030",
        ]
    )
    assert config["scenarios"] == ["baseline_2021", "full_decoupling", "full_decoupling+no_diffusion"]
    for member in config["members"].values():
        assert (member["params"]["research"]["crowd_in"], member["horizon"]) == (0.3, 2030)
    comparison = comparison_from(config)
    assert comparison.baseline == "baseline_2021"
    assert comparison.ensemble("full_decoupling").settings == {
        "experiment": "run",
        **numbers(load_scenario("full_decoupling", "params.research.crowd_in=0.3", "horizon=2030").config),
    }


def test_an_ablation_for_all_applies_to_each() -> None:
    config = compared(["scenarios=[baseline_2021,full_decoupling]", "ablation=no_diffusion"])
    assert config["scenarios"] == ["baseline_2021+no_diffusion", "full_decoupling+no_diffusion"]


def test_a_file_is_a_scenario(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("title: mine\nquestion: and then?\npolicies: {us: {kind: plan}}\n", encoding="utf-8")
    config = compared([f"scenarios=[baseline_2021,{path},{path}+no_diffusion]"])
    assert config["scenarios"] == ["baseline_2021", "mine", "mine+no_diffusion"]
    assert config["members"]["mine"]["policies"]["us"]["kind"] == "plan"


@pytest.mark.parametrize(
    ("overrides", "name"),
    [
        (["scenarios=[baseline_2021,article_plan]"], "baseline_2021_vs_article_plan"),
        (["scenarios=[baseline_2021,article_plan]", "runs=200", "quiet=true"], "baseline_2021_vs_article_plan"),
        (["scenarios=[baseline_2021,article_plan]", "discount_rate=0.03"], "baseline_2021_vs_article_plan"),
        (["scenarios=[baseline_2021,article_plan]", "name=mine", "runs=3"], "mine"),
    ],
)
def test_a_comparison_is_named_after_its_scenarios(overrides: list[str], name: str) -> None:
    assert compared(overrides)["name"] == name


def test_more_runs_belong_to_the_same_result() -> None:
    assert compared(["scenarios=[baseline_2021,article_plan]", "runs=50"])["name"] == "baseline_2021_vs_article_plan"


@pytest.mark.parametrize("change", ["seed=2", "discount_rate=0.05", "decompose=levers", "params.research.crowd_in=0.3"])
def test_a_changed_one_has_digits_of_its_own(change: str) -> None:
    name = compared(["scenarios=[baseline_2021,article_plan]", change])["name"]
    assert name.startswith("baseline_2021_vs_article_plan-")
    assert len(name) == len("baseline_2021_vs_article_plan-") + 8


def test_many_scenarios_have_a_short_name() -> None:
    names = ["baseline_2021", "full_decoupling", "cooperation", "tit_for_tat", "broad_controls"]
    assert compared([f"scenarios=[{','.join(names)}]"])["name"].startswith("baseline_2021_vs_4-")


def test_several_comparisons_in_one_command() -> None:
    found = jobs(
        ["-m", "scenarios=[baseline_2021,article_plan],[baseline_2021,cooperation]", "seed=1,2"], compared, ROOT
    )
    assert [job.config["seed"] for job in found] == [1, 2, 1, 2]
    assert len({job.config["name"] for job in found}) == 4


def test_hydra_answers_its_own_flags(tmp_path: Path) -> None:
    # In a process of its own, because Hydra sets up logging for the whole process.
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    command = [sys.executable, "-m", "experiments", "compare", "--help", "all"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert "discount_rate: 0.03" in done.stdout
    assert "policies:" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_completion_knows_its_settings(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    line = "techduel compare seed=1 disc"
    monkeypatch.setenv("COMP_LINE", line)
    monkeypatch.setenv("COMP_POINT", str(len(line)))
    assert main(["-sc", "query=bash"]) == 0
    assert "discount_rate=" in capsys.readouterr().out.split()


WRONG: list[tuple[list[str], Sequence[str]]] = [
    (["scenarios=baseline_2021"], ["scenarios", "names in brackets"]),
    (["scenarios=baseline_2021,article_plan"], ["scenarios", "names in brackets"]),
    (["scenarios=[baseline_2021]"], ["scenarios", "2 to 40"]),
    (["scenarios=[]"], ["scenarios", "2 to 40"]),
    (["scenarios=[baseline_2021,3]"], ["scenarios", "names in brackets"]),
    (["scenarios=[baseline_2021,full_decoupl]"], ["did you mean full_decoupling"]),
    (["scenarios=[baseline_2021,full_decoupling+no_difusion]"], ["did you mean no_diffusion"]),
    (["scenarios=[baseline_2021,baseline_2021]"], ["baseline_2021 is named twice"]),
    (["scenarios=[baseline_2021,history_2010]"], ["starts in 2021", "starts in 2011", "only from the same year on"]),
    (["scenarios=[baseline_2021,nowhere.yaml]"], ["nowhere.yaml: no such file"]),
    (["scenarios=[baseline_2021,../../etc/passwd]"], ["unknown"]),
    (["~scenarios"], ["scenarios", "names in brackets"]),
    (["scenario=article_plan"], ["scenario", "compare takes several"]),
    (["scenario_file=mine.yaml"], ["scenario_file", "compare takes several"]),
    (["discount_rate=3"], ["discount_rate", "0 to 0.2"]),
    (["discount_rate=low"], ["discount_rate", "0 to 0.2"]),
    (["discount_rate=true"], ["discount_rate", "0 to 0.2"]),
    (["decompose=all"], ["decompose", "none, levers, channels"]),
    (["year=2040"], ["year: 2040 given; allowed: 2021 to 2035"]),
    (["year=2030", "decompose=levers"], ["year: 2030 given with decompose=levers", "horizon=2030"]),
    (["year=soon"], ["year"]),
    (["sector=chips"], ["sector", "semiconductors"]),
    (["outcome=leads"], ["outcome", "unknown"]),
    (["outcome=lead"], ["outcome", "lead.SECTOR"]),
    (["outcome=exports"], ["outcome", "exports.SECTOR"]),
    (["outcome=year_passes_basic_share_8"], ["outcome", "a number in every year"]),
    (["decompose=[levers]"], ["decompose", "none, levers, channels"]),
    (["runs=many"], ["runs", "1 to 1000000"]),
    (["sede=3"], ["did you mean seed"]),
    (["name=a/b"], ["name", "no folders"]),
    (["scenarios=[x,y]", "discount_rate=9", "sede=3"], ["scenarios: x", "scenarios: y", "discount_rate", "seed"]),
]


@pytest.mark.parametrize(("overrides", "words"), WRONG, ids=" ".join)
def test_wrong_input_is_refused_with_what_is_allowed(
    overrides: list[str],
    words: Sequence[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert compare(*overrides) == 2
    message = capsys.readouterr().err
    assert all(word in message for word in words), message
    assert "Traceback" not in message
    assert list(tmp_path.iterdir()) == []


def test_scenarios_that_cannot_have_the_same_luck_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "longer.yaml"
    path.write_text("title: longer\nquestion: and then?\nhorizon: 2040\n", encoding="utf-8")
    with pytest.raises(InvalidInput, match="horizon: 2035 in baseline_2021, 2040 in longer"):
        compared([f"scenarios=[baseline_2021,{path}]"])
    assert compared([f"scenarios=[baseline_2021,{path}]", "horizon=2030"])["members"]["longer"]["horizon"] == 2030


def test_a_failed_run_is_left_out_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def frail(scenario: Any, runs: Sequence[int], *rest: Any, **options: Any) -> Any:
        if scenario.name == "full_decoupling" and 1 in runs:
            raise FloatingPointError("technology is not finite")
        return simulate(scenario, runs, *rest, **options)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("techduel.ensemble.runs.simulate", frail)
    assert compare("scenarios=[baseline_2021,full_decoupling]", *SMALL, "record=headline", "executor.workers=1") == 5
    assert "1 runs failed" in capsys.readouterr().err
    folder = tmp_path / "results" / "compare" / "small" / "scenarios"
    found = stored_contrast(folder / "full_decoupling", folder / "baseline_2021", 0.03)
    assert found.runs.tolist() == [0, 2, 3, 4]


def test_a_contrast_reads_what_a_figure_needs() -> None:
    assert {known.needs for known in HEADLINES.values()} <= READ


# --- stored results


@pytest.fixture(scope="module")
def stored_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run from before an edit of the equations and after it, and one of another scenario."""
    place = tmp_path_factory.mktemp("runs")
    common = ("quiet=true", "horizon=2021", "slots=4", "params=default", "executor=serial", f"results={place}")
    assert guarded(main, ["run", "runs=12", "name=edited", *common]) == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("techduel.scenario.fingerprint.sources_hash", lambda: "edited")
        assert guarded(main, ["run", "runs=12", "name=edited", *common]) == 0
    assert guarded(main, ["run", "runs=11", "name=apart", "scenario=full_decoupling", *common]) == 0
    assert guarded(main, ["run", "runs=2", "name=luck", "seed=2", *common]) == 0
    return place / "run"


def both(folder: Path, *names: str) -> str:
    return f"scenarios=[{','.join(str(folder / name) for name in names)}]"


def test_two_stored_results_are_compared_without_a_run(
    stored_runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the same two scenarios compared anew, over the runs that both have; a second time nothing is to be done."""
    small = ("runs=11", "quiet=true", "horizon=2021", "slots=4", "params=default", "executor=serial")
    assert compare("scenarios=[baseline_2021,full_decoupling]", "name=anew", *small, f"results={tmp_path}") == 0
    monkeypatch.setattr("techduel.ensemble.runs.simulate", None)
    question = (both(stored_runs, "edited", "apart"), f"results={tmp_path}", "quiet=true")
    assert compare(*question) == 0
    folder = tmp_path / "compare" / "edited_vs_apart"
    anew = (tmp_path / "compare" / "anew" / "headlines.csv").read_text()
    assert (folder / "headlines.csv").read_text() == anew.replace("full_decoupling,", "apart,")
    before = contents(folder)
    assert compare(*question) == 0
    assert contents(folder) == before
    capsys.readouterr()
    assert guarded(main, ["reproduce", str(folder)]) == 2
    assert "taken: edited, apart were stored results" in capsys.readouterr().err
    assert guarded(main, ["plot", str(folder)]) == 0


def test_the_effect_of_an_edit_is_one_command(stored_runs: Path, tmp_path: Path) -> None:
    """The equations of this test are the same, so their effect is nothing."""
    assert compare(both(stored_runs, "edited@before", "edited"), f"results={tmp_path}", "quiet=true") == 0
    rows = table(tmp_path / "compare" / "edited@before_vs_edited" / "headlines.csv")
    assert rows
    assert {float(row["q50"]) for row in rows} == {0.0}


@pytest.mark.parametrize(
    ("names", "more", "line"),
    [
        (("edited", "luck"), (), "seed: 1 in edited, 2 in luck; runs can be paired only if all are the same"),
        (("edited", "edited"), (), "scenarios: two folders have the same name"),
        (("edited", "nothing"), (), "nothing is no result folder; allowed: folders or names"),
        (("edited", "apart"), ("decompose=levers",), "decompose: levers given with stored results; allowed: none"),
        (("edited", "apart"), ("horizon=2022",), "horizon=2022: given with stored results; allowed: nothing that"),
    ],
)
def test_stored_results_that_do_not_fit_are_refused_in_one_line(
    stored_runs: Path,
    tmp_path: Path,
    names: Sequence[str],
    more: Sequence[str],
    line: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert compare(both(stored_runs, *names), f"results={tmp_path}", *more) == 2
    told = capsys.readouterr().err
    assert line in told
    assert told.endswith("Nothing was written.\n")
    assert not list(tmp_path.iterdir())
