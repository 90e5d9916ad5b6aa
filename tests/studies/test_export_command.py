"""``techduel export``: other programs read the numbers that the result holds, and nothing in it is obeyed."""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

import techduel
from experiments import export
from experiments.__main__ import main
from experiments.exits import guarded
from techduel.report.export import _add_sheet

RESULT = "results/run/small"


def command(*arguments: str) -> int:
    return guarded(main, ["export", *arguments])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("export")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        small = ("runs=3", "horizon=2021", "slots=4", "executor=serial", "quiet=true", "name=small")
        assert guarded(main, ["run", *small]) == 0
        yield folder


def test_parquet_holds_every_number_of_every_run(place: Path) -> None:
    assert command(RESULT, "format=parquet") == 0
    frame, record = pd.read_parquet(place / "small.parquet"), techduel.open_result(RESULT).record()
    assert set(frame["variable"]) == set(record)
    assert len(frame) == sum(record[name].size for name in record)
    for name in ("lead", "gdp", "market_share"):
        np.testing.assert_array_equal(frame.query("variable == @name")["value"], record[name].ravel())
    chips = frame.query("variable == 'lead' and run == 2 and state == 'china' and sector == 'semiconductors'")
    expected = record["lead"][2, 1, record.sectors.index("semiconductors")]
    np.testing.assert_array_equal(chips.sort_values("time")["value"], expected)
    assert set(chips["unit"]) == {"log points"}


def test_a_workbook_holds_every_table(place: Path) -> None:
    assert command(RESULT, "format=xlsx", "file=tables.xlsx") == 0
    book = openpyxl.load_workbook(place / "tables.xlsx", read_only=True)
    assert set(book.sheetnames) == {path.stem for path in (place / RESULT).glob("*.csv")}
    with (place / RESULT / "summary.csv").open(encoding="utf-8", newline="") as stream:
        head, first, *rest = csv.reader(stream)
    shown = list(book["summary"].iter_rows(values_only=True))
    assert list(shown[0]) == head
    assert len(shown) == 2 + len(rest)
    column = head.index("q50")
    assert shown[1][column] == pytest.approx(float(first[column]))


def test_a_text_that_looks_like_a_formula_stays_a_text(tmp_path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    _add_sheet(book, "x" * 40, pd.DataFrame({"=1+1": ["=HYPERLINK(A1)", "a\x07b"], "n": [1.5, float("nan")]}))
    book.save(tmp_path / "a.xlsx")
    (sheet,) = openpyxl.load_workbook(tmp_path / "a.xlsx").worksheets
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert len(sheet.title) == 31
    assert "f" not in {cell.data_type for cell in cells}
    assert [cell.value for cell in cells] == ["=1+1", "n", "=HYPERLINK(A1)", 1.5, "ab", None]


def test_what_cannot_be_exported_is_told(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "there.xlsx").write_text("mine", encoding="utf-8")
    assert command(RESULT, "format=xlsx", "file=there.xlsx") == 2
    assert command(RESULT, "format=csv") == 2
    monkeypatch.setattr(export, "find_spec", lambda name: None)
    assert command(RESULT, "format=parquet", "file=new.parquet") == 2
    said = capsys.readouterr().err
    for words in ("there.xlsx is there", "allowed: nc, parquet, xlsx", "format: parquet needs pyarrow"):
        assert words in said
    assert not (place / "new.parquet").exists()
    assert (place / "there.xlsx").read_text(encoding="utf-8") == "mine"
