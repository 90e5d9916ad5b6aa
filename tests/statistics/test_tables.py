"""Tables on disk: the same numbers give the same bytes and come back as they were written."""

import math
from pathlib import Path

import numpy as np
import pytest

from techduel.statistics.tables import BLOCK, lines, read_lines, read_table, write_table


def written(path: Path, columns: tuple[str, ...], *rows: tuple[object, ...]) -> str:
    write_table(path / "table.csv", columns, rows)
    return (path / "table.csv").read_bytes().decode()


def test_numbers_have_eight_digits_and_nothing_is_an_empty_cell(tmp_path: Path) -> None:
    said = written(tmp_path, ("a", "b", "c"), ("x", 1 / 3, True), ("", math.nan, np.False_), ("y", -0.0, None))
    assert said == "a,b,c\nx,0.33333333,1\n,,0\ny,0,\n"
    assert written(tmp_path, ("a",), (2035,), (np.int64(7),), (1e-12,)) == "a\n2035\n7\n1e-12\n"
    assert written(tmp_path, ("a", "b")) == "a,b\n"


def test_words_are_quoted_where_they_need_it_and_stay_words(tmp_path: Path) -> None:
    rows = [("a,b", "007"), ('say "no"', ""), ("NA", "1e3"), ("two\nlines", "nan")]
    assert written(tmp_path, ("x", "y"), *rows).startswith('x,y\n"a,b",007\n"say ""no""",\n')
    assert [tuple(row.values()) for row in read_lines(tmp_path / "table.csv", ("x", "y"))] == rows


def test_numbers_come_back_exactly_and_words_alone_need_no_list(tmp_path: Path) -> None:
    numbers = [float(f"{value:.8g}") for value in np.random.default_rng(1).normal(size=500)]
    write_table(tmp_path / "table.csv", ("name", "number", "year"), (("x", value, 2020) for value in numbers))
    frame = read_table(tmp_path / "table.csv")
    assert frame["number"].tolist() == numbers
    assert lines(frame)[0] == {"name": "x", "number": numbers[0], "year": 2020}
    assert isinstance(lines(frame)[0]["year"], int)


def test_a_column_of_words_may_be_empty_from_top_to_bottom(tmp_path: Path) -> None:
    written(tmp_path, ("word", "number"), ("", None), ("", None))
    row = read_lines(tmp_path / "table.csv", ("word", "of_another_table"))[0]
    assert row["word"] == ""
    assert math.isnan(row["number"])


def test_long_tables_are_written_in_blocks_without_a_seam(tmp_path: Path) -> None:
    count = BLOCK + 3
    write_table(tmp_path / "table.csv", ("a",), ((float(number),) for number in range(count)))
    assert (tmp_path / "table.csv").read_text() == "a\n" + "".join(f"{number}\n" for number in range(count))


def test_a_table_that_fails_half_way_leaves_the_one_before(tmp_path: Path) -> None:
    before = written(tmp_path, ("a",), (1,))

    def failing() -> object:
        yield (2,)
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        write_table(tmp_path / "table.csv", ("a",), failing())  # type: ignore[arg-type]
    assert (tmp_path / "table.csv").read_text() == before
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
