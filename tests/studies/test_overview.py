"""``techduel overview``: every scenario against the baseline on one page, and again under rival equations."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn import watched
from PIL import Image

import techduel
from experiments.__main__ import main
from experiments.exits import guarded
from techduel.ensemble.headlines import INCOME, LEAD
from techduel.ensemble.paired import SPREAD
from techduel.ensemble.simulation import simulate
from techduel.report.marks import GREEN, GREY, Bars, Label, Whisker
from techduel.report.page import save
from techduel.scenario.fingerprint import version
from techduel.scenario.layers import choices
from techduel.scenario.scenario import load_scenario
from techduel.statistics.tables import write_table
from techduel.studies.overview.figures import album, overview, sectors
from techduel.studies.overview.report import sentences
from techduel.studies.overview.settings import composed, library, rival_forms
from techduel.studies.overview.tables import COLUMNS, OVERVIEW, SECTOR_COLUMNS, SECTORS, SHOWN, Tables
from tests.library import cell

REFERENCE = Path(__file__).resolve().parents[2] / "results" / "reference"
SMALL = ("runs=10", "horizon=2021", "quiet=true", "name=small", "scenarios=[baseline_2021,chip_controls,cooperation]")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small overview."""
    place = tmp_path_factory.mktemp("overview")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        assert guarded(main, ["overview", *SMALL]) == 0
        yield place / "results" / "overview" / "small"


def numbers(middle: float, share: float, runs: int = 200) -> dict[str, Any]:
    """Statistics of a change that so many runs share."""
    ways = (share, 1.0 - share) if middle > 0.0 else (1.0 - share, share)
    found = dict.fromkeys(SPREAD, middle) | {"q05": middle - 3.0, "q95": middle + 3.0}
    return found | {"share_positive": ways[0], "share_negative": ways[1], "runs": runs, "unit": "log points"}


def made_up(folder: Path, changes: dict[str, tuple[float, float]], rival: dict[str, float]) -> Tables:
    """An overview in which scenarios move lead and both incomes, in so many runs; and the lead under a rival form."""
    lines = [
        {"scenario": name, "forms": "", "outcome": outcome, "state": state, "year": 2035, "baseline_q50": 9.0}
        | numbers(sign * middle, share)
        for name, (middle, share) in changes.items()
        for outcome, state, sign in ((LEAD, "us", 1.0), (INCOME, "us", -0.01), (INCOME, "china", -0.1))
    ]
    lines += [
        {"scenario": name, "forms": "imitation.logistic", "outcome": LEAD, "state": "us", "year": 2035}
        | {"baseline_q50": 9.0, **numbers(middle, 0.99)}
        for name, middle in rival.items()
    ]
    by_sector = [
        {"scenario": name, "sector": sector, "year": 2035, "baseline_q50": before, **numbers(middle, share)}
        for name, (middle, share) in changes.items()
        for sector, before in (("cloud", 30.0), ("batteries", -40.0))
    ]
    for name, columns, rows in ((OVERVIEW, COLUMNS, lines), (SECTORS, SECTOR_COLUMNS, by_sector)):
        write_table(folder / name, columns, ([row[column] for column in columns] for row in rows))
    return Tables(folder)


CHANGES = {"mild": (2.0, 0.97), "strong": (70.0, 0.99), "noise": (1.0, 0.55), "opening": (-5.0, 0.92)}


def test_sentences_say_where_it_opens_who_pays_and_how_sure_that_is(tmp_path: Path) -> None:
    gap, cost, sure = sentences(made_up(tmp_path, CHANGES, {"mild": -4.0, "strong": 50.0, "noise": -9.0}))
    assert "widens by 0.1 log points or more in 2 of 4 scenarios (strong +70.0, mild +2.00)" in gap
    assert "narrows by as much in 1 (opening -5.00); in 1 it hardly moves, or runs tell no direction" in gap
    assert "the United States lose income in 2 and China in 2 of 2 scenarios" in cost
    assert "China loses 10.0 times the share" in cost
    assert "in 90 % of runs or more in 3 of 4 scenarios; under rival equations it turns round in 1 (mild)" in sure


def test_a_gap_belongs_to_whoever_leads(tmp_path: Path) -> None:
    found = made_up(tmp_path, CHANGES, {})
    assert found.gap("strong", "cloud").middle == 70.0
    assert found.gap("strong", "batteries").middle == -70.0
    assert found.scenarios == ["strong", "mild", "noise", "opening"]
    assert found.flips("mild", LEAD, "us") == []


def test_figures_of_many_scenarios_read_well(tmp_path: Path) -> None:
    many = {f"a_scenario_with_a_long_name_{number}": (number - 9.0, 0.95) for number in range(24)}
    found = made_up(tmp_path, many | {"noise": (70.0, 0.5)}, {"a_scenario_with_a_long_name_1": 4.0})
    for picture in (overview(found, "baseline_2021", "luck"), sectors(found, "baseline_2021", "luck")):
        page = watched(lambda picture=picture: save(picture, tmp_path / "one", "Techduel 0, 200 runs.", {}))
        assert len(page.texts) > 20
        page.check()


def test_a_row_that_reaches_far_beyond_the_others_is_cut_off_with_its_median(tmp_path: Path) -> None:
    """And a direction of fewer runs than nine tenths has no colour."""
    made = made_up(tmp_path, CHANGES | {"unsure": (4.0, 0.89)}, {})
    lead, _, _ = (panel for panel in overview(made, "baseline_2021", "luck").panels if isinstance(panel, Bars))
    assert lead.rows == ["strong", "unsure", "mild", "noise", "opening"]
    (label,) = (layer for layer in lead.layers if isinstance(layer, Label))
    assert list(label.texts) == ["+70.0 \N{RIGHTWARDS ARROW}", "", "", "", ""]
    assert lead.across.low is not None
    assert lead.across.high is not None
    assert lead.across.low < -8.0
    assert 7.0 < lead.across.high < 10.0
    (whisker,) = (layer for layer in lead.layers if isinstance(layer, Whisker))
    assert list(whisker.colours) == [GREEN, GREY, GREEN, GREY, GREEN]
    assert max(whisker.high) == lead.across.high


def test_numbers_are_those_of_simulations_with_the_same_luck(folder: Path) -> None:
    with (folder / OVERVIEW).open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    names = ("chip_controls", "baseline_2021")
    for form, changes in (("", ()), ("imitation.logistic", ("forms.imitation=logistic",))):
        ours, theirs = (
            simulate(load_scenario(name, "horizon=2021", *changes), 10, record="headline")["real_income"]
            for name in names
        )
        (line,) = [
            row
            for row in lines
            if (row["scenario"], row["forms"], row["outcome"], row["state"]) == ("chip_controls", form, INCOME, "china")
        ]
        weights = 1.03 ** -(np.arange(4) / 4.0)
        change = (ours[:, 1, 1:] * weights).sum(axis=1) / (theirs[:, 1, 1:] * weights).sum(axis=1) - 1.0
        assert float(line["q50"]) == pytest.approx(100.0 * np.median(change), rel=1e-6)


def test_the_first_picture_of_the_readme_is_of_this_version(tmp_path: Path) -> None:
    """Its numbers come out again, and it shows them; after a change that moves them: ``make picture``."""
    assert "](results/reference/overview.png)" in (REFERENCE.parents[1] / "README.md").read_text(encoding="utf-8")
    config, found = composed([]), Tables(REFERENCE)
    assert [config["scenarios"][0], *sorted(found.scenarios)] == config["scenarios"]
    rows = techduel.compare("baseline_2021", "chip_controls", runs=config["runs"]).table("headlines")
    for outcome, state in SHOWN:
        (row,) = rows[(rows["outcome"] == outcome) & (rows["state"] == state)].to_dict("records")
        line = found.line("chip_controls", outcome, state)
        assert {key: row[key] for key in SPREAD} == pytest.approx({key: line[key] for key in SPREAD}, rel=1e-6)
    _, picture = next(iter(album(config, REFERENCE).pictures))
    save(picture, tmp_path / "overview", album(config, REFERENCE).made, {})
    assert (tmp_path / "overview.png").read_bytes() == (REFERENCE / "overview.png").read_bytes()


FIGURES = [*sorted((REFERENCE.parents[1] / "docs" / "figures").glob("*.png")), REFERENCE / "overview.png"]


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.stem)
def test_every_figure_of_the_pages_is_of_this_version(figure: Path) -> None:
    """``make picture``, ``make evidence`` and `techduel sensitivity`, `calibrate` and `sweep` draw them anew."""
    with Image.open(figure) as opened:
        assert opened.info.get("Software") == f"Techduel {version()}"


def test_the_page_of_scenarios_has_the_numbers_of_that_picture() -> None:
    """Every line of the page's first table, which ``make picture`` writes, too."""
    found = Tables(REFERENCE)
    page = (REFERENCE.parents[1] / "docs" / "scenarios.md").read_text(encoding="utf-8")
    lines = page.partition("<!-- begin headlines -->")[2].partition("<!-- end headlines -->")[0].splitlines()[3:]
    told = {cells[0].partition("]")[0].removeprefix("[").strip(): cells[2:] for cells in map(_cells, lines)}
    shown = [(INCOME, "us"), (INCOME, "china"), (LEAD, "us")]
    assert told == {name: [cell(found.change(name, *place)) for place in shown] for name in found.scenarios}


def _cells(line: str) -> list[str]:
    return [text.strip() for text in line.strip("| ").split(" | ")]


def test_it_writes_a_result_like_any_other(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    assert names >= {"README.md", OVERVIEW, SECTORS, "figures/overview.png", "figures/sectors.csv", "config.yaml"}
    before = {name: (folder / name).read_bytes() for name in names if (folder / name).is_file()}
    assert guarded(main, ["overview", *SMALL]) == 0
    told = capsys.readouterr().out.partition("\nNext: ")[0].splitlines()
    assert max(map(len, told)) <= 80
    assert {name: (folder / name).read_bytes() for name in before} == before
    assert guarded(main, ["plot", str(folder)]) == 0
    assert guarded(main, ["reproduce", str(folder)]) == 0
    assert guarded(main, ["report", str(folder), f"file={folder.parent / 'page.html'}"]) == 0
    assert "Who gains lead, who pays" in (folder.parent / "page.html").read_text(encoding="utf-8")


def test_the_library_is_every_scenario_of_the_same_start() -> None:
    assert library()[0] == "baseline_2021"
    assert set(choices("scenario")) - set(library()) == {"history_2010", "forecast_2017"}
    config = composed(["name=mine"])
    assert config["scenarios"] == library()
    assert composed([])["name"] == "library"
    assert composed(["seed=2"])["name"].startswith("library-")
    assert "imitation.logistic" in config["forms"] == rival_forms()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["runs=none"], "runs"),
        (["horizon=2020"], "horizon"),
        (["scenarios=[baseline_2021]"], "2 to 40"),
        (["scenarios=[baseline_2021,nothing]"], "nothing"),
        (["form=logistic"], "form: unknown"),
    ],
)
def test_wrong_settings_are_refused(
    arguments: list[str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert guarded(main, ["overview", *arguments]) == 2
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
