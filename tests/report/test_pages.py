"""Pages from templates: every value that is missing is told, and no text of a stranger breaks or runs anything."""

import math
from pathlib import Path

import pytest
from jinja2 import TemplateSyntaxError, UndefinedError

from techduel.report import pages
from techduel.report.pages import Markdown, band, code, escaped, rendered, table, write_readme

TEMPLATES = Path(pages.__file__).parent / "templates"
HOSTILE = "a|b\n| c | d |\n# head <script>alert(1)</script> [x](javascript:y) {{ 7 * 7 }} {% raw %} `z`"


def test_every_template_can_be_read() -> None:
    names = sorted(path.name for path in TEMPLATES.iterdir())
    assert len(names) > 20
    for name in names:
        try:
            pages._templates().get_template(name)
        except TemplateSyntaxError as error:
            pytest.fail(f"{name}: {error}")


def test_a_value_that_is_not_given_is_no_empty_place() -> None:
    with pytest.raises(UndefinedError, match="skills"):
        rendered("evidence_backtest")


def test_a_strangers_text_stays_a_text_in_its_place() -> None:
    said = rendered("evidence_left_out", reasons={HOSTILE: HOSTILE})
    assert said.count("\n") == 1, "one line a reason"
    assert "<script" not in said
    assert "](" not in said
    assert "{{ 7 * 7 }}" in said, "told, not computed"
    assert "49" not in said


def test_a_band_goes_from_its_lower_end_to_its_upper() -> None:
    assert band({"q05": 1.0, "q50": 2.0, "q95": 3.0}) == "1 to 3"
    assert band({"low": math.nan, "high": 3.0}, "low", "high") == ""


def test_a_strangers_text_breaks_no_table() -> None:
    said = table(["x", "y"], [[HOSTILE, 1], [code(HOSTILE), None]])
    assert [line.replace("\\|", "").count("|") for line in said.splitlines()] == [3, 3, 3, 3]
    assert code("a`b").count("`") == 2


def test_a_readme_knows_its_folder_and_how_to_make_it_again(tmp_path: Path) -> None:
    folder = tmp_path / "hindcast" / "until_2017"
    folder.mkdir(parents=True)
    write_readme(folder, "sweep", config=SWEEP, points=2, runs=3, sentences=[HOSTILE], remarks=[], failed=0)
    said = (folder / "README.md").read_text(encoding="utf-8")
    assert said.startswith("# until_2017\n\nWhy? a\\|b 2 points (oat), 3 runs at each with the same luck,\n")
    assert "`techduel reproduce results/hindcast/until_2017`" in said
    assert said.count("\n- ") == 1
    assert "runs failed" not in said


SWEEP = {"question": "Why? a|b", "design": "oat", "base": {"start": 2021, "horizon": 2022}, "seed": 1}


def test_markdown_of_our_own_is_put_in_as_it_is() -> None:
    assert escaped(Markdown("**a|b**")) == "**a|b**"
    assert escaped(None) == ""
    assert escaped(3.5) == "3.5"


def test_a_page_holds_nothing_that_cannot_be_seen() -> None:
    assert escaped("a\x1b[2J\u202eb\u2066") == "a\\x1b[2J\\u202eb\\u2066"
    assert code("a\x07b") == "`a\\x07b`"
