"""The command ``techduel sensitivity``: its settings, its folder, its refusals, and resuming."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from experiments.__main__ import main
from techduel.ensemble.compute import Options, filled
from techduel.ensemble.designs import MOST_RUNS
from techduel.ensemble.headlines import Measure, measured, measures
from techduel.ensemble.manifest import result_files
from techduel.ensemble.simulation import prepared, recorded
from techduel.ensemble.sweep import MEASURES, Points, Result, swept
from techduel.ensemble.tasks import Columns
from techduel.facts.selection import known_sectors
from techduel.report.page import save
from techduel.scenario import prior
from techduel.scenario.loader import InvalidInput
from techduel.scenario.scenario import scenario_from
from techduel.statistics.tables import read_lines
from techduel.studies.sensitivity import tables
from techduel.studies.sensitivity.indices import Estimate, Sobol
from techduel.studies.sensitivity.settings import composed as sensitive
from techduel.studies.sensitivity.study import Unit, study_from
from techduel.studies.sensitivity.tables import TEXTS, Subject, hidden, read_analysis
from tests.drawn import watched

SMALL = (
    *("horizon=2023", "slots=4", "executor=serial", "quiet=true", "name=small", "points=4"),
    "outcomes=[lead_frontier,real_income,rd_intensity]",
)
FEW = "uncertain=[ideas.step,ideas.difficulty,accounts.other_rd_limit.us,accounts.growth_shock.us,article]"


def command(results: Path, *settings: str) -> int:
    return main(["sensitivity", *SMALL, FEW, f"results={results}", *settings])


@pytest.fixture(scope="module")
def screening(tmp_path_factory: pytest.TempPathFactory) -> Path:
    results = tmp_path_factory.mktemp("results")
    assert command(results) == 0
    return results / "sensitivity" / "small"


@pytest.fixture(scope="module")
def shares(tmp_path_factory: pytest.TempPathFactory) -> Path:
    results = tmp_path_factory.mktemp("results")
    assert command(results, "method=sobol", "by=factor", "points=16") == 0
    return results / "sensitivity" / "small"


@pytest.fixture
def made_up(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[int]]:
    """Numbers without a model, and how many runs each call of a worker had; nothing is drawn."""
    monkeypatch.setattr("techduel.report.page.save_all", lambda album, folder: [])

    def set_up(odd: Callable[[str], float | None] = lambda title: None) -> list[int]:
        counts: list[int] = []

        def computed(work: Points, rows: Any, tick: Any) -> Columns:
            counts.append(len(list(rows)))
            wanted = measures(work.outcomes, work.years)
            drawn = [np.random.default_rng([int(work.points[row][:8], 16), work.lucks[row]]) for row in rows]
            values = np.array([one.random(len(wanted)) for one in drawn])
            for place, measure in enumerate(wanted):
                found = odd(measure.title)
                values[:, place] = values[:, place] if found is None else found
            return Columns({MEASURES: values})

        monkeypatch.setattr(Points, "computed", computed)
        return counts

    return set_up


def test_a_result_holds_tables_figures_and_words(screening: Path, shares: Path) -> None:
    tables = {"README.md", "config.yaml", "indices.csv", "groups.csv", "luck.csv", "refused.csv", "manifest.json"}
    for folder, figures in ((screening, ("effects", "plane")), (shares, ("indices",))):
        names = set(result_files(folder))
        assert tables <= names
        drawn = {f"figures/{name}.{kind}" for name in (*figures, "themes", "groups") for kind in ("png", "csv", "json")}
        assert drawn <= names
        assert (folder / "provenance.json").exists()
    text = (shares / "README.md").read_text()
    assert "8 uncertainties, sobol, 16 rows" in text
    assert "Worth most to resolve" in text


def test_tables_name_every_outcome_factor_and_part(screening: Path, shares: Path) -> None:
    lines = read_lines(screening / "indices.csv", TEXTS)
    assert len(lines) == 8 * 6
    assert {line["group"] for line in lines} == {"ideas", "accounts", "article"}
    assert {line["theme"] for line in lines} == {"technology", "markets and growth", "article figures"}
    assert all(line["mu_star"] >= abs(line["mu"]) - 1e-9 for line in lines)
    for folder in (screening, shares):
        for line in read_lines(folder / "groups.csv", TEXTS):
            assert line["by"] in ("group", "theme", "")
    parts = [line for line in read_lines(shares / "groups.csv", TEXTS) if line["outcome"] == "rd_intensity"]
    for by in ("group", "theme"):
        whole = sum(line["share"] for line in parts if line["by"] in {by, ""} and line["state"] == "us")
        assert whole == pytest.approx(1.0, abs=1e-6)


def test_what_moves_an_outcome_is_named_first(screening: Path, shares: Path) -> None:
    for folder in (screening, shares):
        analysis = read_analysis(folder)
        assert analysis.ranked(Subject("rd_intensity", "us", "2023"))[0]["factor"] == "accounts.other_rd_limit.us"
    assert not hidden(analysis.ranked(Subject("rd_intensity", "us", "2023"))[0])
    assert Subject("lead_frontier", "china", "2023") in analysis.luck
    assert Subject("lead_frontier", "china", "2023") not in analysis.shown


def test_growth_shocks_of_a_state_move_its_income_only(screening: Path) -> None:
    lines = {
        (line["outcome"], line["state"], line["factor"]): line for line in read_lines(screening / "indices.csv", TEXTS)
    }
    own, other = (lines["real_income", state, "accounts.growth_shock.us"]["mu_star"] for state in ("us", "china"))
    assert own > 10.0 * other


def test_a_run_is_that_of_the_model_with_these_parameters(tmp_path: Path) -> None:
    config = sensitive([*SMALL, "uncertain=all", "method=sobol", "by=theme"])
    study = study_from(config)
    found_runs: list[Result] = []
    options = Options(notice=lambda line: None)
    filled(
        tmp_path, study.sweep.settings, lambda m: found_runs.append(swept(study.sweep, tmp_path, m, options)), options
    )
    row, part, run = 2, 3, 1
    found = study.values(found_runs[0].stock)[row, part, run]
    base = scenario_from(study.sweep.space.variants[""])
    quantiles = study.cube[row, part][None]
    from scipy.special import ndtri

    of_point = prior.arrays(prior.values(ndtri(quantiles[:, : len(prior.columns())])), known_sectors().names)
    placed = study.sweep.placed[row * study.cube.shape[1] + part]
    options = {s.move.path[-1]: s.value for s in placed.rows if s.move.kind == "option"}
    assert set(options) == {name.rpartition(".")[2] for name in config["uncertain"] if name.startswith("plan.")}
    luck = row * MOST_RUNS + run
    assert placed.luck + run == luck
    policies = dict(base.config["policies"])
    policies["china"] = {**policies["china"], **options}
    scenario = scenario_from({**base.config, "policies": policies})
    start = prepared(scenario, [luck], study.sweep.seed, prior.with_values(scenario.parameters, of_point))
    record = recorded(scenario, start, study.sweep.seed, "headline", lambda more: None)
    np.testing.assert_allclose(found, measured(record, study.measures)[0], rtol=1e-9)


def test_doing_it_again_computes_nothing_and_more_rows_only_those(
    tmp_path: Path, made_up: Callable[..., list[int]]
) -> None:
    counts = made_up()
    assert command(tmp_path) == 0
    assert sum(counts) == 4 * 9 * 2
    folder = tmp_path / "sensitivity" / "small"
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert command(tmp_path) == 0
    assert sum(counts) == 4 * 9 * 2
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert command(tmp_path, "points=6", "runs=3") == 0
    assert sum(counts) == 6 * 9 * 3
    direct = tmp_path / "direct"
    assert command(direct, "points=6", "runs=3", "executor.batch=7") == 0
    for name in ("indices.csv", "groups.csv", "luck.csv", "README.md"):
        assert (folder / name).read_bytes() == (direct / "sensitivity" / "small" / name).read_bytes()


def test_plot_and_reproduce_give_the_same_bytes(shares: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {name: (shares / name).read_bytes() for name in result_files(shares)}
    assert main(["plot", str(shares)]) == 0
    assert {name: (shares / name).read_bytes() for name in result_files(shares)} == before
    assert main(["reproduce", str(shares)]) == 0
    assert "same, byte for byte" in capsys.readouterr().out


def test_a_constant_outcome_is_refused_with_its_runs(
    tmp_path: Path, made_up: Callable[..., list[int]], capsys: pytest.CaptureFixture[str]
) -> None:
    made_up(lambda title: 0.25 if title == "rd_intensity/us/2023" else None)
    assert command(tmp_path) == 5
    told = capsys.readouterr().err
    assert "rd_intensity/us/2023: 0.25 in each of 72 runs, such as " in told
    folder = tmp_path / "sensitivity" / "small"
    (line,) = read_lines(folder / "refused.csv", TEXTS)
    run = line["such_as"].split(" ")[0]
    assert run in told
    assert run.endswith("_000000")
    assert "Without indices" in (folder / "README.md").read_text()
    assert {(line["outcome"], line["state"]) for line in read_lines(folder / "luck.csv", TEXTS)} >= {
        ("rd_intensity", "china"),
        ("real_income", "us"),
    }
    assert command(tmp_path) == 5


def test_an_outcome_that_never_happens_is_refused(
    tmp_path: Path, made_up: Callable[..., list[int]], capsys: pytest.CaptureFixture[str]
) -> None:
    made_up(lambda title: np.nan)
    assert command(tmp_path, "outcomes=[year_passes_basic_share_8]") == 2
    told = capsys.readouterr().err
    assert "year_passes_basic_share_8/china: no number in 72 of 72 runs" in told
    assert not (tmp_path / "sensitivity" / "small" / "indices.csv").exists()


def test_failed_runs_leave_no_indices(
    tmp_path: Path, made_up: Callable[..., list[int]], capsys: pytest.CaptureFixture[str]
) -> None:
    made_up()
    known = Points.computed

    def computed(work: Points, rows: Any, tick: Any) -> Columns:
        columns = known(work, rows, tick)
        spoilt = [place for place, row in enumerate(rows) if work.lucks[row] == MOST_RUNS + 1]
        columns.values[MEASURES][spoilt, 0] = np.nan
        return columns

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Points, "computed", computed)
        assert command(tmp_path) == 5
    assert "9 runs failed, such as " in capsys.readouterr().err
    folder = tmp_path / "sensitivity" / "small"
    assert len(list((folder / "failures").glob("*.json"))) == 9
    assert not (folder / "indices.csv").exists()
    assert command(tmp_path, "retry=true") == 0
    assert (folder / "indices.csv").exists()


def test_a_sweep_gives_its_factors() -> None:
    config = sensitive(["sweep=technology", "method=sobol", "by=factor"])
    assert config["name"] == "technology_sobol_factor"
    assert config["uncertain"] == []
    assert len(config["factors"]) == 12
    study = study_from({**config, "points": 4})
    assert {unit.theme for unit in study.units} == {"factors"}
    assert len(study.sweep.placed) == 4 * 14
    mixed = sensitive(["sweep=export_controls", "uncertain=[access]", "method=sobol", "by=group"])
    assert [unit.name for unit in study_from({**mixed, "points": 4}).units] == ["access", "moved"]


def test_only_what_changes_numbers_changes_the_name() -> None:
    assert sensitive([])["name"] == "uncertain_morris"
    assert sensitive(["method=sobol", "points=8", "runs=3", "executor.workers=1"])["name"] == "uncertain_sobol_group"
    assert sensitive(["horizon=2030"])["name"].startswith("uncertain_morris-")
    assert sensitive(["horizon=2035"])["name"] == "uncertain_morris"
    assert sensitive(["horizon=2030", "name=mine"])["name"] == "mine"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("method=fast", "allowed: morris, sobol"),
        ("points=2", "points: 2 given; allowed: whole number, 4"),
        ("runs=1", "runs: 1 given; allowed: whole number, 2"),
        ("by=theme", "by: 'theme' given; allowed: factor"),
        ("method=sobol by=kind", "by: 'kind' given; allowed: factor, group, theme"),
        ("method=sobol by=[ideas.stp]", "did you mean ideas.step"),
        ("uncertain=[idea]", "did you mean ideas"),
        ("uncertain=none", "at least one"),
        ("uncertain=7", "all, none, or names"),
        ("plan.slippage=[0,2]", "plan.slippage: [0, 2] given; allowed: two numbers in their order, 0 to 0.9"),
        ("plan.slipage=[0,1]", "did you mean plan.slippage"),
        ("params=posterior", "posterior given; allowed: numbers"),
        ("sweep=technlogy", "did you mean technology"),
        ("factors.x={key:us.tarif}", "us.tarif: unknown"),
        ("factors.x={key:scenario,values:[baseline_2021]}", "chooses files"),
        ("factors.x={key:params.ideas.step}", "moves params.ideas.step, as ideas.step does"),
        ("factors.x={key:policies.china.slippage}", "as plan.china.slippage does"),
        ("method=fast runs=1 uncertain=[idea]", "runs: 1 given"),
        ("outcomes=[gdpp]", "did you mean gdp"),
        ("years=[2019]", "2019 given; allowed: 2021 to 2035"),
        ("retry=maybe", "true or false"),
        ("runz=3", "did you mean"),
        ("record=full", "record:"),
    ],
)
def test_wrong_settings_are_refused_before_anything_is_written(tmp_path: Path, given: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        sensitive([*given.split(" "), f"results={tmp_path / 'x'}"])
    assert any(words in line for line in refusal.value.problems), refusal.value.problems
    assert not (tmp_path / "x").exists()


def test_figures_keep_their_words_inside_the_page(screening: Path, shares: Path, tmp_path: Path) -> None:
    from techduel.studies.sensitivity.figures import pictures

    for folder in (screening, shares):
        for name, picture in pictures(read_analysis(folder)):
            if name != "plane":  # points that lie close have names that do
                watched(partial(save, picture, tmp_path / name, "", {})).check()


def test_first_orders_and_totals_and_ends_of_their_intervals_stand_in_their_columns() -> None:
    def about(value: float) -> Estimate:
        return Estimate(*(np.full((1, 1), value + off) for off in (0.0, -0.1, 0.1)))

    first, total, rest = about(0.3), about(0.5), about(0.0)
    study = SimpleNamespace(units=[Unit("depth", "access", "", (0,))], method="sobol")
    measure = Measure("lead_frontier", "us", 2035, "log points")
    (row,) = tables._indices(study, [measure], Sobol(first, total, rest, rest, rest))  # type: ignore[arg-type]
    line = dict(zip(tables.COLUMNS["sobol"], row, strict=True))
    wanted = {"first": 0.3, "first_low": 0.2, "first_high": 0.4, "total": 0.5, "total_low": 0.4, "total_high": 0.6}
    assert {name: line[name] for name in wanted} == pytest.approx(wanted)
