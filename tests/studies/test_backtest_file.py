"""Outcomes files from strangers: what is read, what is skipped, and that every mistake has its line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from techduel.facts import load_facts
from techduel.model.axes import STATES
from techduel.scenario.loader import InvalidInput
from techduel.studies.backtest.outcomes_file import CODES, SPELLINGS, Outcome, Outcomes, read_outcomes, recorded_after
from techduel.studies.backtest.series import pairs, unit

HEADER = "series,state,year,value,unit"
GOOD = "basic_share,CHN,2021,6.2,% of R&D"

type Read = Callable[..., Outcomes]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def reading(*lines: str, header: str = HEADER, origin: int = 2020, encoding: str = "utf-8") -> Outcomes:
        path = tmp_path / "came.csv"
        path.write_text("\n".join([header, *lines]) + "\n", encoding=encoding)
        return read_outcomes(path, origin)

    return reading


def refused(read: Read, *lines: str, **options: str) -> list[str]:
    with pytest.raises(InvalidInput) as refusal:
        read(*lines, **options)
    return refusal.value.problems


def test_values_are_read_in_order_whatever_else_the_file_holds(read: Read) -> None:
    found = read(
        "found in a yearbook,CHN,basic_share,2022,+6.5e0,% of GERD",
        '"a ""note"", with a comma",USA,gerd_lcu,2021, 790.25 ,bn USD',
        "",
        header="note,state,series,year,value,unit",
        encoding="utf-8-sig",
    )
    assert found.scored == (
        Outcome("basic_share", "china", 2022, 6.5, "% of GERD"),
        Outcome("gerd_lcu", "us", 2021, 790.25, "bn USD"),
    )
    assert (found.name, found.last_year, found.skipped) == ("came", 2022, ())


def test_what_the_model_does_not_answer_is_listed(read: Read) -> None:
    lines = ("moon_landings,USA,2021,1,1", "moon_landings,USA,2022,1,1", "sei_share_gdp,USA,2021,9,% of GDP")
    found = read(GOOD, *lines, "gerd_lcu,WLD,2021,2500,bn USD")
    assert len(found.scored) == 1
    assert [(one.series, one.state, one.rows) for one in found.skipped] == [
        ("moon_landings", "us", 2),
        ("sei_share_gdp", "us", 1),
        ("gerd_lcu", "WLD", 1),
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("basic_share,CHN,2021,=1+1,% of R&D", "no number"),
        ("basic_share,CHN,2021,@SUM(A1),% of R&D", "no number"),
        ("basic_share,CHN,2021,about six,% of R&D", "no number"),
        ("basic_share,CHN,2021,,% of R&D", "no number"),
        ("basic_share,CHN,2021,nan,% of R&D", "no number"),
        ("basic_share,CHN,2021,inf,% of R&D", "no number"),
        ("basic_share,CHN,2021,1e999,% of R&D", "no number"),
        ('basic_share,CHN,2021,"6,2",% of R&D', "no number"),
        ("basic_share,CHN,2021,0x10,% of R&D", "no number"),
        ("basic_share,CHN,2021,٦,% of R&D", "no number"),
        ("basic_share,CHN,2021,-6,% of R&D", "above 0"),
        ("basic_share,CHN,2021,600,% of R&D", "more than 100 %"),
        ("basic_share,CHN,2020,6.2,% of R&D", "2021 to 2050"),
        ("basic_share,CHN,2051,6.2,% of R&D", "2021 to 2050"),
        ("basic_share,CHN,2021.5,6.2,% of R&D", "2021 to 2050"),
        ("basic_share,CHN,٢٠٢١,6.2,% of R&D", "2021 to 2050"),
        ("basic_share,CHN," + "9" * 5000 + ",6.2,% of R&D", "2021 to 2050"),
        ("basic_share,China,2021,6.2,% of R&D", "USA, CHN"),
        ("basic_share,,2021,6.2,% of R&D", "USA, CHN"),
        ("basic_share,CHN,2021,6.2,% of GDP", "% of R&D"),
        ("basic_share,CHN,2021,0.062,share", "% of R&D"),
        ("gerd_lcu,CHN,2021,2795,bn USD", "bn yuan"),
        ("gerd_lcu,USA,2021,789000,million USD", "bn USD"),
        ('=HYPERLINK("x"),CHN,2021,6.2,% of R&D', "small letters"),
        (",CHN,2021,6.2,% of R&D", "small letters"),
        (GOOD, "first at line 2"),
    ],
)
def test_every_mistake_is_one_line_with_its_place(read: Read, line: str, words: str) -> None:
    (problem,) = refused(read, GOOD, line)
    assert problem.startswith("came.csv:3: ")
    assert words in problem
    assert "\n" not in problem
    assert len(problem) < 200


def test_all_mistakes_are_told_at_once(read: Read) -> None:
    assert len(refused(read, "basic_share,CHN,2019,x,y", GOOD, GOOD, "basic_share,US,2021,6,%")) == 3


def test_years_are_judged_by_the_origin(read: Read) -> None:
    assert read("basic_share,CHN,2018,5.5,% of R&D", origin=2017).last_year == 2018


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("series,state,year,value", "no column unit"),
        ("series;state;year;value;unit", "separated by ';'"),
        ("series,state,year,value,unit,value", "more than one column value"),
    ],
)
def test_a_header_has_each_column_once(read: Read, header: str, words: str) -> None:
    problems = refused(read, GOOD, header=header)
    assert problems[0].startswith("came.csv:1: ")
    assert words in problems[0]


def test_rows_as_long_as_the_header(read: Read) -> None:
    assert "came.csv:2: 6 cells, but 5 columns" in refused(read, GOOD + ",more")


def test_nothing_to_score_is_said(read: Read) -> None:
    assert "no series that the model answers" in refused(read, "moon_landings,USA,2021,1,1")[0]
    assert "no series that the model answers" in refused(read)[0]


def test_files_that_are_none(tmp_path: Path) -> None:
    binary, latin, large = (tmp_path / name for name in ("binary.csv", "latin.csv", "large.csv"))
    binary.write_bytes(b"series,state\x00\xff")
    latin.write_bytes(f"{HEADER},note\n{GOOD},caf\xe9\n".encode("latin-1"))
    large.write_bytes(b"x" * 5_000_000)
    for path, words in (
        (tmp_path / "missing.csv", "no such file"),
        (tmp_path, "is a folder"),
        (binary, "not UTF-8"),
        (latin, "not UTF-8"),
        (large, "larger than"),
    ):
        with pytest.raises(InvalidInput, match=words) as refusal:
            read_outcomes(path, 2020)
        assert str(tmp_path.parent) not in str(refusal.value), "folders are nobody's business"


def test_quotes_that_do_not_close(read: Read) -> None:
    assert "not CSV" in refused(read, '"basic_share,CHN,2021,6.2,% of R&D')[0]


def test_codes_and_spellings_belong_to_what_there_is() -> None:
    assert set(CODES.values()) == set(STATES)
    assert set(SPELLINGS) <= {unit(*pair) for pair in pairs()}


def test_the_record_after_an_origin_is_an_outcomes_file_of_its_own() -> None:
    history = load_facts().history
    found = recorded_after(history, 2017)
    assert {one.year for one in found.scored} == {2018, 2019, 2020}
    value = next(one for one in found.scored if (one.series, one.state, one.year) == ("gerd_lcu", "china", 2019))
    assert value.value == history.at("gerd_lcu", "china", 2019)
    assert not recorded_after(history, 2020).scored
