"""A calibration as a whole: steps that resume, results that repeat, an absurd prior, and the command."""

import hashlib
import json
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments.__main__ import main
from experiments.study import options_of
from techduel import load_scenario
from techduel.ensemble.compute import Options
from techduel.ensemble.folder import ConfigDiffers
from techduel.ensemble.manifest import Manifest
from techduel.ensemble.pool import HERE, Pool
from techduel.model.axes import Numbers
from techduel.scenario import posterior as shipped
from techduel.scenario import prior
from techduel.scenario.arguments import stored
from techduel.scenario.loader import InvalidInput
from techduel.scenario.posteriors import parsed
from techduel.statistics.tables import read_table
from techduel.studies.calibrate import calibration, command, fit, tables
from techduel.studies.calibrate.calibration import CHECK, calibrated
from techduel.studies.calibrate.figures import PAGES
from techduel.studies.calibrate.fit import DUMMIES, Plan, Step, prior_scores, target
from techduel.studies.calibrate.moments import fitted, moments
from techduel.studies.calibrate.prior_predictive import check_rows, refuse
from techduel.studies.calibrate.recovery import EMULATOR, MODEL, Recovered, recovery_words, write_recovery
from techduel.studies.calibrate.report import findings, write_readme
from techduel.studies.calibrate.settings import Settings, composed
from techduel.studies.calibrate.simulator import Batch, Bench, formed, laboratory
from techduel.studies.calibrate.tables import MAKING, POSTERIOR, Fit, identified, moment_rows, parameter_rows
from tests.ensembles import scratch

SMALL = Plan(2017, 24, 3, 1)
SETS = 128
RESULTS = {POSTERIOR, MAKING, "moments.csv", "parameters.csv", "README.md"}


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few runs where a calibration takes hundreds."""
    monkeypatch.setattr(fit, "TWINS", 4)
    monkeypatch.setattr(fit, "CHECKED", 6)
    monkeypatch.setattr(calibration, "CHECKED", 6)


def made_up(until: int = 2017) -> Fit:
    """A fit in which one parameter is narrowed and moments lie around the record."""
    generator = np.random.default_rng(1)
    chosen, every = fitted(until), moments()
    before = prior_scores(SETS, 1)
    after = before.copy()
    after[:, 0] *= 0.5
    aim, record = target(chosen, every), np.array([moment.observed for moment in every])
    tolerance = np.array([moment.tolerance for moment in every])

    def step(scores: Numbers, width: float) -> Step:
        around = record + width * tolerance * generator.standard_normal((SETS, len(every)))
        return Step(scores, around, around[:64] + 0.1 * tolerance * generator.standard_normal((64, len(every))))

    plan = Plan(until, SETS, 4, 1)
    return Fit(plan, every, aim, step(before, 2.0), step(after, 0.5), calibration.origin(plan, calibration.lived()))


@pytest.mark.usefixtures("few")
def test_an_interrupted_calibration_goes_on_and_repeats_to_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    manifest = Manifest({"config": "small"})

    def once() -> Fit:
        told.clear()
        options = Options(progress=lambda total: nullcontext(told.append))
        with Pool(HERE) as pool:
            return calibrated(SMALL, Bench(tmp_path, manifest, options, pool))

    fit = once()
    assert sum(told) == SMALL.runs
    assert fit.last.moments.shape == (SMALL.members, len(moments()))
    assert not np.array_equal(fit.first.scores, fit.last.scores)
    assert (tmp_path / "prior_check.csv").is_file()
    before = {path.name: path.read_bytes() for path in (tmp_path / "chunks").iterdir()}
    assert len(before) == 1 + 1 + SMALL.steps
    max((tmp_path / "chunks").iterdir(), key=lambda path: path.stat().st_mtime_ns).unlink()
    again = once()
    assert sum(told) == SMALL.runs
    assert np.array_equal(again.last.moments, fit.last.moments)
    assert {path.name: path.read_bytes() for path in (tmp_path / "chunks").iterdir()} == before

    def refuses(*_: object) -> None:
        raise AssertionError("everything is there")

    monkeypatch.setattr(Batch, "computed", refuses)
    assert np.array_equal(once().last.scores, fit.last.scores)


def test_results_repeat_to_the_same_bytes_and_can_be_installed(tmp_path: Path) -> None:
    folders = [tmp_path / name / "until_2017" for name in ("one", "other")]
    for folder in folders:
        folder.mkdir(parents=True)
        tables.write(made_up(), folder)
        write_readme(made_up(), folder, "techduel calibrate until=2017", ["And a recovery."])
    assert findings(folders[0])[-1] == "And a recovery."
    for path in sorted(folders[0].iterdir()):
        same = (folders[1] / path.name).read_bytes().replace(b"results/other", b"results/one")
        assert path.read_bytes() == same, path.name
    command.draw({}, folders[0])
    names = {path.name for path in folders[0].iterdir()}
    assert names == {*RESULTS, "figures"}
    assert {path.name for path in (folders[0] / "figures").iterdir() if path.suffix == ".png"} == {
        *(f"moments_{name}.png" for name in ("us", "china", "ratios", "firms")),
        "parameters.png",
    }
    drawn = [read_table(folders[0] / "figures" / f"{name}.csv") for name in PAGES]
    assert sum(map(len, drawn)) == len(moments()), "each moment on one page"
    text = (folders[0] / POSTERIOR).read_text(encoding="utf-8")
    assert parsed(text, POSTERIOR).values.shape == (SETS, len(prior.columns()))
    making = json.loads((folders[0] / MAKING).read_text(encoding="utf-8"))
    assert making["digest"] == hashlib.sha256(text.encode()).hexdigest()
    assert making["moments"].keys() == {moment.key for moment in fitted(2017)}
    place = tmp_path / "package"
    place.mkdir()
    tables.install(folders[0], place, 2017)
    assert (place / "posterior_2017.csv").read_text(encoding="utf-8") == text
    assert {path.name for path in place.iterdir()} == {"posterior_2017.csv", "posterior_2017.json"}


def test_tables_say_what_was_fitted_and_what_is_forecast(tmp_path: Path) -> None:
    rows = [
        dict(zip(("moment", "state", "year", "kind", "fitted"), row[:5], strict=True)) for row in moment_rows(made_up())
    ]
    assert len(rows) == len(moments())
    assert all((row["fitted"] == "yes") == (row["year"] <= 2017 and row["kind"] != "article") for row in rows)
    inside = [row[-1] == "yes" for row in moment_rows(made_up())]
    assert np.mean(inside) > 0.9  # the made-up ensemble lies half a tolerance around the record


def test_only_what_the_record_narrows_counts_as_identified() -> None:
    rows = {row[0]: row for row in parameter_rows(made_up())}
    words = {name: row[-1] for name, row in rows.items()}
    first = prior.columns()[0]
    assert words.pop(first.name) == "yes"
    assert set(words.values()) == {"no"}
    low, _, high = rows[first.name][4:7]
    after_low, _, after_high = rows[first.name][7:10]
    assert low < after_low < after_high < high
    assert [identified(ratio) for ratio in (0.3, 0.8, 0.97)] == ["yes", "weak", "no"]


def test_only_sets_that_are_kept_count() -> None:
    """Two that no record knows, far away in every score, would hide how far the others are narrowed."""
    fit = made_up()
    wild = fit.last.moments.copy()
    wild[:2] += 1e3
    scores = fit.last.scores.copy()
    scores[:2] = 1e3
    found = replace(fit, last=Step(scores, wild, fit.last.twins))
    assert found.kept.sum() == fit.kept.sum() - fit.kept[:2].sum()
    assert found.ratios == pytest.approx(fit.ratios, rel=0.1)


def test_prior_scores_are_those_of_the_prior_and_dummies_after_them() -> None:
    found = prior_scores(50, 3)
    assert found.shape == (50, len(prior.columns()) + DUMMIES)
    assert np.allclose(prior.values(found[:, :-DUMMIES]), prior.drawn(range(50), 3), rtol=1e-6, atol=1e-9)
    assert np.array_equal(found[:20], prior_scores(50, 3)[:20])


def test_an_absurd_prior_is_refused() -> None:
    """Far beyond its range the pull of business R&D takes China where no country has been."""
    names = [column.name for column in prior.columns()]
    absurd = prior.drawn(range(8))
    absurd[:, names.index("accounts.other_rd_limit.china")] = 0.3
    scenario = load_scenario(*CHECK)
    with scratch(Options()) as bench:
        simulate = laboratory(scenario, 1, "check", bench)
        found, sound = (simulate(formed(sets, range(8)), range(8)) for sets in (absurd, prior.drawn(range(8))))
    with pytest.raises(
        InvalidInput, match=r"prior: China's R&D over GDP lies outside 0.02 to 0.035 in 100 % of 8 draws"
    ):
        refuse(found)
    refuse(np.concatenate([sound] * 4 + [found])[:, :1].repeat(2, axis=1) * (1.0, 0.0))
    rows = list(check_rows(found))
    assert rows[0][6] == 1.0


def test_a_fifth_outside_is_the_limit() -> None:
    ten = np.column_stack([np.full(10, 0.025), np.full(10, 0.5)])
    ten[:2, 1] = 0.95
    refuse(ten)
    ten[2, 1] = 0.95
    with pytest.raises(InvalidInput, match="a firm in its state's sector lies outside"):
        refuse(ten)


def test_recovery_is_told_by_parameter(tmp_path: Path) -> None:
    count = len(prior.columns())
    ratio = np.ones(count)
    ratio[:2] = 0.5
    held = np.ones(count, dtype=bool)
    missed = held.copy()
    missed[1] = False
    repeats = [Recovered(np.zeros(count), held, ratio), Recovered(np.zeros(count), missed, ratio)]
    write_recovery(tmp_path, {EMULATOR: repeats, MODEL: []})
    lines = [line.split(",") for line in (tmp_path / "recovery.csv").read_text(encoding="utf-8").splitlines()[1:]]
    assert [line[3] for line in lines[:3]] == ["1", "0.5", "1"]
    assert [line[5] for line in lines[:3]] == ["yes", "yes", "no"]
    (sentence,) = recovery_words({EMULATOR: repeats, MODEL: []})
    assert sentence.startswith(
        "On the emulator, 2 repeats: of 2 informed parameters (2 identified, 0 weakly) the 90 % interval holds what "
        "was planted in 75 % (50 to 100 %) of cases"
    )
    assert f"the other {count - 2} pass by keeping their prior" in sentence


SETTINGS = {"until": 2017, "seed": 1, "ensemble": {"members": 12, "steps": 1}}


@pytest.fixture
def small(few: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A calibration of few sets that the command makes, in its folder."""
    monkeypatch.setattr("techduel.studies.calibrate.fit.FEWEST", 1)
    monkeypatch.setattr("techduel.studies.calibrate.figures.PAGES", {"moments_us": PAGES["moments_us"]})
    folder = tmp_path / "calibrate" / "until_2017"
    filled(configured(), folder)
    return folder


def configured(**changed: int) -> dict[str, object]:
    """The configuration of a small calibration."""
    return stored(composed(["until=2017"])) | SETTINGS | changed


def filled(config: dict[str, object], folder: Path) -> None:
    command.compute(config, folder, replace(options_of({}), place=HERE))


def test_the_command_leaves_a_result_that_is_kept_and_done_again(
    small: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {"config.yaml", "manifest.json", "provenance.json", "prior_check.csv"} <= {
        path.name for path in small.iterdir()
    }
    before = {path: path.read_bytes() for path in small.rglob("*") if path.is_file()}
    with pytest.raises(ConfigDiffers, match="seed: stored 1, asked 2"):
        filled(configured(seed=2), small)
    assert {path: path.read_bytes() for path in before} == before
    (small / "figures" / "moments_us.png").unlink()
    assert main(["plot", str(small)]) == 0
    assert {path: path.read_bytes() for path in before} == before
    assert main(["reproduce", str(small)]) == 0
    assert "byte for byte" in capsys.readouterr().out

    # What is damaged is made again, from simulations that are kept; then everything is there.
    for name in ("prior_check.csv", "moments.csv"):
        (small / name).write_text("damaged", encoding="utf-8")
    kept = {path: path.stat().st_mtime_ns for path in (small / "chunks").iterdir()}
    filled(configured(), small)
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    assert all((small / name).read_bytes() == before[small / name] for name in ("prior_check.csv", "moments.csv"))
    monkeypatch.setattr(command, "calibrated", None)
    filled(configured(), small)


@pytest.mark.parametrize(("budget", "words"), [(20_000, ""), (8000, " budget=7280")])
def test_the_command_that_makes_a_result_again_is_told(budget: int, words: str) -> None:
    told = command._command(composed([f"budget={budget}"]))
    assert told == f"techduel calibrate{words}"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["until=2020.0"], "until: 2020.0 given; allowed: 2017, 2020"),
        (["name=../up"], "name: "),
        (["until=2018"], "until: 2018 given; allowed: 2017, 2020"),
        (["budget=100"], "budget: 100 given; 1000 members need at least"),
        (["members=5"], "members: 5 given; allowed: whole number, 100 to 10000"),
        (["mebers=200"], "did you mean members?"),
        (["until"], "until: not understood"),
        (["install=perhaps"], "install: 'perhaps' given"),
    ],
)
def test_wrong_settings_are_refused_before_anything_is_written(
    arguments: Sequence[str], line: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["calibrate", *arguments, f"results={tmp_path}"]) == 2
    assert line in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_installing_needs_a_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shipped, "__file__", str(tmp_path / "site-packages" / "techduel" / "a" / "b" / "__init__.py"))
    with pytest.raises(InvalidInput, match="only in a checkout"):
        shipped.package_folder()


def test_without_the_library_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "iterative_ensemble_smoother", None)
    assert main(["calibrate", f"results={tmp_path}"]) == 3
    assert "pip install 'techduel[calibrate]'" in capsys.readouterr().err


def test_help_names_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", "--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"{name}=" in shown for name in Settings.model_fields)
