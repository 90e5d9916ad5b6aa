"""Numbers that decide: lines by hand, where an answer turns, and the ten that are told."""

from typing import Any

import numpy as np
import pytest

from techduel.model.parameters.forms import RIVALS
from techduel.scenario.prior import columns
from techduel.studies.evidence.deciding import OUTCOMES, QUESTIONS, deciding, line
from techduel.studies.evidence.deciding_words import SHOWN, ten
from techduel.studies.evidence.studies import experiment

DRAWS = 40


def test_a_line_by_hand() -> None:
    slope, t, explained = line(np.array([0.0, 1.0, 2.0, 3.0]), np.array([1.0, -1.5, -2.5, -5.0]))
    assert slope == pytest.approx(-1.9)
    assert explained == pytest.approx(1.9**2 * 5.0 / 18.5)
    assert t == pytest.approx(-1.9 / np.sqrt((18.5 - 1.9**2 * 5.0) / 2.0 / 5.0))


@pytest.mark.ensembles
def test_every_number_and_drawn_form_is_asked_for_every_question() -> None:
    rows = deciding(experiment("prior", DRAWS, 1))
    own = [row for row in rows if (row.scenario, row.outcome) == (QUESTIONS[0], OUTCOMES[0][0])]
    numbers = [row for row in own if not row.column.startswith("forms.")]
    assert [row.column for row in numbers] == [column.name for column in columns()]
    assert {"forms.knowledge=common", "forms.knowledge=own"} <= {row.column for row in own}
    assert len(rows) == len(own) * len(QUESTIONS) * len(OUTCOMES)
    for row, column in zip(numbers, columns(), strict=True):
        assert row.inside == (column.low <= row.turns <= column.high)
    forms = [row for row in own if row.column.startswith("forms.knowledge")]
    assert len(forms) == len(RIVALS["knowledge"].forms)
    assert forms[0].effect == pytest.approx(-forms[1].effect)


def told(column: str, **changes: Any) -> dict[str, Any]:
    question = {"scenario": "broad_controls", "outcome": "income", "state": "us", "column": column}
    numbers = {"mean": -0.1, "se": 0.01, "effect": 0.4, "t": 8.0, "explained": 0.3, "turns": 0.2, "inside": True}
    return question | numbers | changes


def test_ten_are_told_and_those_that_turn_an_answer_first() -> None:
    names = [column.name for column in columns()]
    unclear = [told(name, t=3.0) for name in names[30:]]
    steady = [told(name, inside=False, explained=0.9 - 0.01 * place) for place, name in enumerate(names[:20])]
    turning = [told(names[25]), told(names[25], state="china"), told("forms.knowledge=own", turns=0.5)]
    turning += [told("forms.knowledge=common", inside=False), told(names[26], effect=0.005)]
    page = ten([*unclear, *steady, *turning])
    lines = [row.split(" | ") for row in page.splitlines() if row.startswith("| `")]
    assert len(lines) == SHOWN
    assert [row[0] for row in lines[:3]] == [f"| `{names[25]}`", "| `forms.knowledge=own`", f"| `{names[0]}`"]
    assert lines[0][3] == "above 0.2; above 0.2"
    assert lines[1][3] == "0.5 under it"
    assert lines[2][3] == "no value of its range (line: 0.2)"
    assert page.startswith("2 questions, 2 with an answer that can be told from nothing; 23 numbers and forms move")
    assert "Of those below 2 turn an answer inside their range, 8 size one." in page


def test_a_sign_of_nothing_is_turned_by_no_number() -> None:
    name = columns()[0].name
    for nothing in ({"mean": 0.03, "se": 0.02}, {"mean": 0.009, "se": 0.001}):
        page = ten([told(name, **nothing), told(name, state="china", inside=False)])
        assert page.startswith("2 questions, 1 with an answer that can be told from nothing; 1 numbers and forms move")
        assert "Of those below 0 turn an answer inside their range, 1 size one." in page
