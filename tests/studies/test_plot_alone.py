"""``techduel plot FOLDER outcome=...``: one outcome as a slide or for print, with its numbers and in words."""

import csv
import json
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from drawn import watched

from experiments.__main__ import main
from experiments.exits import guarded
from techduel.ensemble.simulation import simulate
from techduel.report.page import image
from techduel.report.single import SIZES, single
from techduel.scenario.scenario import load_scenario

FOLDER = "results/compare/small"


def plot(*arguments: str) -> int:
    return guarded(main, ["plot", *arguments])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a small comparison."""
    folder = tmp_path_factory.mktemp("plot")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        small = ("runs=4", "horizon=2022", "record=headline", "quiet=true", "executor=serial", "name=small")
        assert guarded(main, ["compare", "scenarios=[baseline_2021,chip_controls]", *small]) == 0
        yield folder


def test_a_slide_has_its_size_its_numbers_and_its_words(place: Path) -> None:
    assert plot(FOLDER, "outcome=exports.semiconductors", "file=slide") == 0
    content = (place / "slide.png").read_bytes()
    assert struct.unpack(">II", content[16:24]) == (1920, 1080)
    with (place / "slide.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    record = simulate(load_scenario("chip_controls", "horizon=2022"), 4)
    expected = np.median(record["exports"][:, 0, record.sectors.index("semiconductors"), 8])
    (row,) = [row for row in rows if (row["result"], row["year"]) == ("chip_controls", "2022")]
    assert float(row["q50"]) == pytest.approx(expected, rel=1e-6)
    alt = json.loads((place / "slide.json").read_text(encoding="utf-8"))["alt"]
    assert "chip_controls goes from" in alt
    assert "in 2020 to" in alt


def test_scenarios_years_and_formats_are_chosen(place: Path) -> None:
    for form, opening in (("svg", b"<?xml"), ("pdf", b"%PDF")):
        chosen = ("scenarios=[chip_controls]", "years=2021-2022", f"format={form}", "size=column", f"file={form}")
        assert plot(FOLDER, "outcome=gdp", "state=china", *chosen) == 0
        assert (place / f"{form}.{form}").read_bytes().startswith(opening)
    with (place / "svg.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert {(row["result"], row["state"]) for row in rows} == {("chip_controls", "china")}
    assert [row["year"] for row in rows] == ["2021", "2022"]


@pytest.mark.parametrize("size", SIZES)
def test_letters_are_inside_and_apart(place: Path, size: str) -> None:
    there = {f"a_result_with_a_long_name_{number}": place / FOLDER / "scenarios" / "baseline_2021" for number in (1, 2)}
    picture = single(there, "lead_frontier", "us", None, SIZES[size])
    page = watched(lambda: image(picture, "4 runs, seed 1.", "png", 100.0))
    assert len(page.texts) > 6
    page.check()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([FOLDER, "size=slide"], "outcome: missing"),
        ([FOLDER, "outcome=gpd"], "did you mean gdp"),
        ([FOLDER, "outcome=gdp", "scenarios=[nothing]"], "nothing"),
        ([FOLDER, "outcome=gdp", "years=2040-2050"], "years"),
        ([FOLDER, "outcome=gdp", "years=soon"], "FIRST-LAST"),
        ([FOLDER, "outcome=gdp", "format=gif"], "png, svg, pdf"),
        (["outcome=gdp"], "0 folders given"),
        (["results/compare/none", "outcome=gdp"], "is not there"),
    ],
)
def test_what_cannot_be_drawn_is_told(
    place: Path, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(place.iterdir())
    assert plot(*arguments) == 2
    assert words in capsys.readouterr().err
    assert sorted(place.iterdir()) == before
