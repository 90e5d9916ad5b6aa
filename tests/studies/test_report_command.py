"""``techduel report``: one file that asks nobody for anything, whose numbers are those of the tables."""

import base64
import csv
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from browsing import WIDTHS, browser, visit

from experiments.__main__ import main
from experiments.exits import guarded
from techduel.report.words import number

SMALL = ("horizon=2021", "slots=4", "executor=serial", "quiet=true", "name=small")
HOSTILE = "<script>alert(1)</script> & 'quoted' \"text\""
STUDIES = ("run", "compare", "sweep", "sensitivity", "backtest")


def command(*arguments: str) -> int:
    return guarded(main, arguments)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a result of each study, one of them of a stranger's file, and their reports."""
    folder = tmp_path_factory.mktemp("report")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        quoted = HOSTILE.replace("'", "''")
        Path("mine.yaml").write_text(f"title: '{quoted}'\nquestion: 'and {quoted}?'\n", encoding="utf-8")
        assert command("run", *SMALL, "runs=2", "scenario_file=mine.yaml") == 0
        assert command("compare", "scenarios=[baseline_2021,chip_controls]", *SMALL, "runs=10", "record=headline") == 0
        assert (
            command("sweep", *SMALL, "points=12", "runs=2", "years=null", "factors.allies=null", "factors.end_use=null")
            == 0
        )
        assert command("sensitivity", *SMALL, "method=morris", "points=4", "runs=2", "uncertain=[ideas.step,plan]") == 0
        assert command("backtest", "origin=2017", "runs=6", "quiet=true", "name=small") == 0
        for study in STUDIES:
            assert command("report", f"results/{study}/small", f"file={study}.html") == 0
        yield folder


def text(place: Path, study: str) -> str:
    return (place / f"{study}.html").read_text(encoding="utf-8")


class Cells(HTMLParser):
    """Tables by caption: rows of texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self._open, self._caption = "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = tag
        if tag == "caption":
            self._caption = ""
        if tag == "tr":
            self.tables.setdefault(self._caption.strip(), []).append([])
        if tag in {"td", "th"}:
            self.tables[self._caption.strip()][-1].append("")

    def handle_data(self, data: str) -> None:
        if self._open == "caption":
            self._caption += data
        if self._open in {"td", "th"}:
            self.tables[self._caption.strip()][-1][-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._open = ""


@pytest.mark.parametrize("study", STUDIES)
def test_a_report_asks_nobody_for_anything(place: Path, study: str) -> None:
    page = text(place, study)
    addresses = re.findall(r"""(?:src|href|srcset|action|data|poster)\s*=\s*["']?([^"'\s>]*)""", page)
    assert len(addresses) > 5
    assert all(address.startswith("data:") for address in addresses)
    assert not re.search(r"<script|<iframe|<object|<embed|@import|url\(|\son\w+=", page)
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page
    assert len(page) < 2_000_000


@pytest.mark.parametrize("study", STUDIES)
def test_numbers_of_every_figure_are_those_of_its_file(place: Path, study: str) -> None:
    found = dict(re.findall(r'download="([^"]+\.csv)" href="data:text/csv;base64,([^"]+)"', text(place, study)))
    folder = place / "results" / study / "small" / "figures"
    of_record = {"forecast.csv"}  # the figure of recorded series is in the folder alone
    assert set(found) == {path.name for path in folder.glob("*.csv")} - of_record
    for name, content in found.items():
        assert base64.b64decode(content) == (folder / name).read_bytes()


def test_numbers_of_the_tables_are_those_of_headlines_and_costs(place: Path) -> None:
    folder, tables = place / "results" / "compare" / "small", Cells(text(place, "compare")).tables
    with (folder / "headlines.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if not (row["state"] == "china" and "lead" in row["outcome"])]
    _, *shown = tables["chip_controls: changes by 2021"]
    assert len(shown) == len(rows) > 8
    for row, cells in zip(rows, shown, strict=True):
        low, middle, high = (number(float(row[name])) for name in ("q05", "q50", "q95"))
        assert (cells[3], cells[4], cells[5]) == (middle, f"{low} to {high}", row["unit"])
    with (folder / "costs.csv").open(encoding="utf-8", newline="") as stream:
        lost = [number(float(row["loss_q50"])) for row in csv.DictReader(stream)]
    assert [cells[1].split(" (")[0] for cells in tables["chip_controls: cost to each side"][1:]] == lost
    answer = (folder / "README.md").read_text(encoding="utf-8").split("- chip_controls: ")[1].split("\n")[0]
    assert answer.partition(".")[0] in text(place, "compare").replace("&#39;", "'")


def test_a_strangers_words_are_shown_and_not_obeyed(place: Path) -> None:
    page = text(place, "run")
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#39;quoted&#39; &#34;text&#34;" in page


@pytest.mark.parametrize("study", STUDIES)
def test_a_report_says_how_sure_what_was_changed_and_how_to_make_it_again(place: Path, study: str) -> None:
    page = text(place, study)
    for words in ("How sure", "What was changed", "Again", f"techduel {study} ", "Cite:"):
        assert words in page
    if study == "compare":
        assert "chip_controls: policies.us.kind" in page


def test_reports_of_the_same_results_have_the_same_bytes_and_can_hold_several(place: Path) -> None:
    assert command("report", "results/sweep/small", "file=again.html") == 0
    assert (place / "again.html").read_bytes() == (place / "sweep.html").read_bytes()
    assert command("report", "results/sweep/small", "results/compare/small", "file=both.html") == 0
    assert text(place, "both").count("<main>") == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["results/run/small", "file=run.html"], "run.html is there"),
        (["results/run/nothing"], "is not there"),
        (["file=new.html"], "no folder given"),
        (["results/run/small", "form=pdf"], "form: unknown; known: file"),
    ],
)
def test_what_cannot_be_reported_is_told(
    place: Path, arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.stat().st_mtime_ns for path in place.rglob("*")}
    assert command("report", *arguments) == 2
    assert words in capsys.readouterr().err
    assert {path: path.stat().st_mtime_ns for path in place.rglob("*")} == before


def test_a_damaged_result_has_no_report(place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = shutil.copytree(place / "results" / "sweep" / "small", tmp_path / "copy")
    (copy / "outcomes.csv").write_text("point\n1\n", encoding="utf-8")
    assert command("report", str(copy), f"file={tmp_path / 'new.html'}") == 3
    assert "damaged" in capsys.readouterr().err
    assert not (tmp_path / "new.html").exists()


@pytest.fixture(scope="module")
def running() -> Iterator[Any]:
    with browser() as found:
        yield found


@pytest.mark.browser
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("study", STUDIES)
def test_a_browser_shows_it_without_complaint(place: Path, study: str, width: int, running: Any) -> None:
    with visit(running, (place / f"{study}.html").as_uri(), width) as guest:
        assert guest.page.locator(".answer").is_visible()
        guest.check()
        for _ in range(30):
            guest.page.keyboard.press("Tab")
            if guest.page.evaluate("document.activeElement.hasAttribute('download')"):
                break
        else:
            pytest.fail("no figure's numbers are reached by keyboard")
