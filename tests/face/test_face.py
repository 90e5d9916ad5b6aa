"""The Python face: what is public, what it says of names that do not exist, and that it computes what commands do."""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import techduel
from experiments.__main__ import main
from experiments.exits import guarded
from techduel.ensemble.record import Record
from techduel.face.compared import Compared
from techduel.statistics.tables import read_table

SMALL = ("horizon=2022", "slots=4")
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def record() -> Record:
    return techduel.simulate(techduel.load_scenario("chip_controls", *SMALL), runs=6)


@pytest.fixture(scope="module")
def compared() -> Compared:
    scenarios = [techduel.load_scenario(name, *SMALL) for name in ("baseline_2021", "chip_controls")]
    return techduel.compare(*scenarios, runs=12, sector="semiconductors", outcome="gdp")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with what the commands make of the same settings, and what they say on the screen."""
    folder = tmp_path_factory.mktemp("face")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        asked = ("sector=semiconductors", "outcome=gdp", "runs=12", "executor=serial", "quiet=true", "name=small")
        assert guarded(main, ["compare", "scenarios=[baseline_2021,chip_controls]", *SMALL, *asked]) == 0
        run = ("run", "scenario=chip_controls", *SMALL, "runs=6", "executor=serial", "quiet=true", "name=small")
        assert guarded(main, run) == 0
        yield folder / "results"


# --- what is public


def test_dir_shows_what_is_public_and_all_of_it_is_there() -> None:
    assert set(dir(techduel)) == {*techduel.__all__, "__version__"}
    assert all(getattr(techduel, name).__doc__ for name in techduel.__all__)


def test_a_name_that_is_not_public_is_told_with_the_nearest() -> None:
    with pytest.raises(AttributeError, match="did you mean simulate"):
        _ = techduel.simulat
    with pytest.raises(AttributeError, match="there are Compared, "):
        _ = techduel.zzz


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"polices": {}}, "polices: unknown; did you mean policies?"),
        ({"params.research.crowd_in": 44.0}, "params.research.crowd_in: 44.0 given; allowed: "),
        ({"policies": {"us": {"kind": "fixd"}}}, "policies.us.kind"),
        ({"horizon": object()}, "allowed: texts, numbers"),
        ({"title": f"{HOSTILE}\x1b[2J"}, "title: "),
        ("chip_control", "did you mean chip_controls"),
        ("baseline_2021+no_difusion", "did you mean no_diffusion"),
        ("nowhere.yaml", "nowhere.yaml: no such file"),
    ],
)
def test_scenarios_that_are_wrong_are_told(given: object, words: str) -> None:
    with pytest.raises(techduel.InvalidInput) as refused:
        techduel.load_scenario(given)  # type: ignore[arg-type]
    assert words in str(refused.value)
    assert len(refused.value.problems) == 1


def test_a_mapping_is_what_a_file_with_the_same_content_is(tmp_path: Path) -> None:
    content = {"policies": {"us": {"kind": "broad_controls"}}, "params.research.crowd_in": 0.25, "horizon": 2030}
    file = tmp_path / "mine.yaml"
    file.write_text(
        "title: Mine\nquestion: Which?\npolicies: {us: {kind: broad_controls}}\n"
        "params: {research: {crowd_in: 0.25}}\nhorizon: 2030\n",
        encoding="utf-8",
    )
    ours, theirs = techduel.load_scenario(content), techduel.load_scenario(file)
    without = ("title", "question", "scenario", "scenario_file", "name")
    plain = [{key: value for key, value in one.config.items() if key not in without} for one in (ours, theirs)]
    assert plain[0] == plain[1]
    assert plain[0]["params"]["research"]["crowd_in"] == 0.25
    assert ours.name != techduel.load_scenario({**content, "horizon": 2031}).name


# --- records


def test_what_is_printed_is_short(record: Record, compared: Compared) -> None:
    for shown in (record, compared.plot("gdp"), techduel.load_scenario("full_decoupling")):
        assert len(repr(shown)) < 2_000
    assert "<Record of chip_controls-" in repr(record)
    assert len(record._repr_html_()) < 6_000


def test_the_headline_on_a_card_is_that_of_the_numbers(record: Record) -> None:
    from techduel.report.words import number

    last = np.median(record["rd_total"][:, 0, -1])
    assert f">{number(float(last), sign=False)} (" in record._repr_html_()


def test_a_card_shows_a_strangers_words_as_text(record: Record) -> None:
    from dataclasses import replace

    card = replace(record, scenario=HOSTILE)._repr_html_()
    assert "<script" not in card
    assert "&lt;script&gt;" in card


def test_frames_hold_every_number_under_its_labels(record: Record) -> None:
    frame = record.to_dataframe("lead", "sales")
    row = frame.query("run == 3 and state == 'china' and sector == 'cloud' and time == 2021.5")
    place = record.sectors.index("cloud")
    assert row["lead"].tolist() == [record["lead"][3, 1, place, 3]]
    assert row["sales"].tolist() == [record["sales"][3, 1, place, 3]]
    assert frame.attrs["units"]["lead"] == "log points"
    assert frame.attrs["scenario"] == record.scenario
    with pytest.raises(ValueError, match="gdp: run, state, time; lead: run, state, sector, time"):
        record.to_dataframe("gdp", "lead")


def test_names_of_outcomes_that_do_not_exist_are_told(record: Record) -> None:
    for read in (lambda: record["led"], lambda: record.to_dataframe("led")):
        with pytest.raises(KeyError) as refused:
            read()
        assert str(refused.value) == "led: unknown; did you mean lead?"
    with pytest.raises(techduel.InvalidInput) as several:
        record.plot("gpd", state="uk", size="huge")
    assert [line.split(":")[0] for line in several.value.problems] == ["outcome", "state", "size"]
    with pytest.raises(techduel.InvalidInput, match="one number a run"):
        record.plot("year_passes_basic_share_8")
    with pytest.raises(techduel.InvalidInput, match="2020 to 2022"):
        record.plot("gdp", years=(2030, 2035))


def test_a_picture_is_saved_in_the_form_of_its_ending(record: Record, tmp_path: Path) -> None:
    drawing = record.plot("lead", sector="semiconductors")
    openings = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}
    for form, opening in openings.items():
        assert drawing.save(tmp_path / f"lead.{form}").read_bytes().startswith(opening)
    assert drawing._repr_png_().startswith(openings["png"])
    with pytest.raises(techduel.InvalidInput, match=r"lead\.gif given"):
        drawing.save(tmp_path / "lead.gif")
    middle = drawing.to_dataframe().query("year == 2022")["q50"].item()
    place = record.sectors.index("semiconductors")
    assert middle == pytest.approx(np.median(record["lead"][:, 0, place, 8]))


def test_plotting_touches_no_setting_of_the_readers_own(record: Record) -> None:
    record.plot("gdp")._repr_png_()
    assert "matplotlib.pyplot" not in sys.modules or sys.modules["matplotlib.pyplot"].get_fignums() == []


# --- comparisons and stored results


def test_a_comparison_in_memory_is_that_of_the_command(compared: Compared, place: Path) -> None:
    folder = place / "compare" / "small"
    stored = techduel.open_result(folder)
    assert compared.sentences == [" ".join(stored.story.answer)]
    for name in ("headlines", "costs", "differences"):
        ours, theirs = (by_row(one) for one in (compared.table(name), read_table(folder / f"{name}.csv")))
        assert ours.columns.tolist() == theirs.columns.tolist()
        numbers = theirs.select_dtypes("number").columns
        assert len(numbers) > 5
        np.testing.assert_allclose(ours[numbers].to_numpy(float), theirs[numbers].to_numpy(float), rtol=1e-6)


def by_row(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows in the order of their labels: outcomes stand in that of the store, or of the model."""
    labels = [name for name in ("outcome", "variable", "state", "sector", "time") if name in frame]
    return frame.fillna(dict.fromkeys(labels, "")).sort_values(labels, ignore_index=True)


def test_every_part_of_a_wrong_question_is_told() -> None:
    scenario = techduel.load_scenario("baseline_2021", *SMALL)
    with pytest.raises(techduel.InvalidInput, match="given twice"):
        techduel.compare(scenario, scenario)
    with pytest.raises(techduel.InvalidInput, match="slots: 4 in baseline_2021, 24 in chip_controls"):
        techduel.compare(scenario, techduel.load_scenario("chip_controls", "horizon=2022"))
    with pytest.raises(techduel.InvalidInput, match="did you mean semiconductors"):
        techduel.compare(scenario, "chip_controls", sector="semicon")
    with pytest.raises(techduel.InvalidInput, match="year: 2040 given; allowed: 2021 to 2035"):
        techduel.compare("baseline_2021", "chip_controls", year=2040, runs=2)
    with pytest.raises(techduel.InvalidInput, match="runs: 0 given"):
        techduel.compare("baseline_2021", "chip_controls", runs=0)


def test_two_of_the_same_name_keep_apart() -> None:
    mild, hard = ({"params.research.crowd_in": value, "horizon": 2021, "slots": 4} for value in (0.2, 0.6))
    names = list(techduel.compare(mild, hard, runs=2).records)
    assert len(set(names)) == 2
    assert all(name.startswith("own-") for name in names)


def test_a_stored_run_is_read_as_it_was_simulated(record: Record, place: Path) -> None:
    result = techduel.open_result(place / "run" / "small")
    again = result.record()
    np.testing.assert_array_equal(again["lead"], record["lead"])
    assert result.scenarios == ["chip_controls"]
    assert {"summary", "scorecard", "leads"} <= set(result.tables)
    pd.testing.assert_frame_equal(result.to_dataframe(), result.table("summary"))
    assert result.to_xarray().attrs["version"] == techduel.__version__
    assert result.figures
    assert all(path.is_file() for path in result.figures)
    assert len(repr(result)) < 2_000


def test_a_stored_comparison_is_drawn_and_told(place: Path, tmp_path: Path) -> None:
    result = techduel.open_result(place / "compare" / "small")
    assert result.scenarios == ["baseline_2021", "chip_controls"]
    drawn = result.plot("lead", sector="semiconductors", scenarios=["chip_controls"], years=(2021, 2022))
    assert set(drawn.to_dataframe()["year"]) == {2021, 2022}
    assert result.report(tmp_path / "a.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert result.story.answer[0][:60] in result._repr_html_().replace("&#x27;", "'")
    assert set(result.record("chip_controls", "gdp")) == {"gdp"}
    with pytest.raises(techduel.InvalidInput, match="did you mean headlines"):
        result.table("headline")
    with pytest.raises(techduel.InvalidInput, match="did you mean chip_controls"):
        result.record("chip_control")


def test_what_is_no_result_or_damaged_is_told(place: Path, tmp_path: Path) -> None:
    import shutil

    with pytest.raises(Exception, match="no result folder"):
        techduel.open_result(tmp_path)
    shutil.copytree(place / "run" / "small", tmp_path / "spoilt")
    (tmp_path / "spoilt" / "summary.csv").write_text("variable\n", encoding="utf-8")
    with pytest.raises(Exception, match=r"damaged or missing: summary\.csv"):
        techduel.open_result(tmp_path / "spoilt")


def test_a_sweep_from_python_is_that_of_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = ("points=4", "runs=2", "horizon=2021", "slots=4", "years=null", "name=small")
    ours = techduel.sweep("subsidy_or_science", *settings, workers=1)
    before = (ours.folder / "outcomes.csv").read_bytes()
    command = ["sweep", "sweep=subsidy_or_science", *settings, "executor=serial", "quiet=true"]
    stamp = (ours.folder / "outcomes.csv").stat().st_mtime_ns
    assert guarded(main, command) == 0
    assert (ours.folder / "outcomes.csv").stat().st_mtime_ns == stamp
    assert before == (ours.folder / "outcomes.csv").read_bytes()
    assert ours.to_dataframe().equals(ours.table("outcomes"))
    with pytest.raises(techduel.InvalidInput, match="hold no runs"):
        ours.record()
