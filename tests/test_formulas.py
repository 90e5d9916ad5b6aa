"""Formulas of the pages, plain in their text, set as mathematics on the site."""

import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).resolve().parent.parent / "docs"
sys.path.insert(0, str(DOCS))

from formulas import formulas, is_formula, set_as_mathematics, tex  # noqa: E402 - lies in docs/


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("controlled = breadth x depth x (1 - leak)", r"\text{controlled} = \text{breadth}  \times  \text{depth}"),
        ("d(x) = exp(-x / s)", r"d(x) = \exp (-x / s)"),
        ("W[s, k] = sum_i w_i", r"W_{s, k} = \sum_{i}"),
        ("(1 - rate)^elasticity home sales", r"(1 - \text{rate})^{\text{elasticity}}\; \text{home}\; \text{sales}"),
        ("sqrt(3) rule_spread (2u - 1)", r"\sqrt{3}\; \text{rule_spread}\; (2u - 1)"),
        ("log_rd_i <- T_0[m, k]", r"{\text{log_rd}_{i}} \leftarrow \; {T_{0}}_{m, k}"),
    ],
)
def test_a_formula_is_set(words: str, written: str) -> None:
    assert tex(words).replace("  ", " ").startswith(written.replace("  ", " "))


@pytest.mark.parametrize(
    "words",
    ["year=2030", "forms.imitation=gap", "techduel run runs=10", "results/run/NAME", "make docs", "a | b = c"],
)
def test_settings_and_commands_stay_code(words: str) -> None:
    assert not is_formula(words)
    assert set_as_mathematics(f"Type `{words}` here.") == f"Type `{words}` here."


def test_every_formula_of_the_pages_can_be_drawn() -> None:
    """Also by what makes MathML of it; code in blocks stays as it is."""
    draw = pytest.importorskip("docutils.utils.math.latex2mathml", reason="docutils is not installed").tex2mathml
    found = [words for page in sorted(DOCS.glob("*.md")) for words in formulas(page.read_text(encoding="utf-8"))]
    assert len(found) > 100
    for words in found:
        assert "<math" in draw(tex(words))
    assert set_as_mathematics("```\na `b = c^2`\n```\n") == "```\na `b = c^2`\n```\n"


def test_a_bracket_too_many_is_told() -> None:
    with pytest.raises(ValueError, match="too many"):
        tex("a = b)")
    with pytest.raises(ValueError, match="missing"):
        tex("a = (b")
