"""What a comparison says of rival forms: rows by form from its own runs, and which directions they turn round."""

from typing import Any

import numpy as np
import pytest

from techduel.ensemble.headlines import INCOME
from techduel.ensemble.paired import LEAD, SPREAD
from techduel.scenario.scenario import load_scenario
from techduel.studies.compare.equations import COLUMNS, drawn_forms, form_rows, turned

RUNS = np.arange(40)


def line(middle: float, share: float, runs: int, **more: Any) -> dict[str, Any]:
    ways = (share, 1.0 - share) if middle > 0.0 else (1.0 - share, share)
    found = dict.fromkeys(SPREAD, middle) | {"share_positive": ways[0], "share_negative": ways[1]}
    return {**found, "runs": runs, "unit": "log points", **more}


def test_forms_that_differ_between_runs_are_found() -> None:
    drawn = load_scenario("baseline_2021", "params=prior", "horizon=2021")
    named = load_scenario("baseline_2021", "params=prior", "horizon=2021", "forms.knowledge=own")
    found = drawn_forms(drawn, drawn, RUNS)
    assert "knowledge" in found
    assert "reallocation" not in found, "all weight is on one form"
    assert np.array_equal(found["knowledge"], drawn.parameters_of(RUNS.tolist()).forms.knowledge[:, 0, 0, 0])
    for pair in ((named, drawn), (drawn, named)):
        assert "knowledge" not in drawn_forms(*pair, RUNS), "a pair that differs in it says nothing of it"
    assert drawn_forms(load_scenario("baseline_2021", "params=default"), drawn, RUNS) == {}


def test_a_row_holds_the_runs_of_its_form_alone() -> None:
    codes = {"knowledge": np.array([0, 0, 1, 1, 1, 1])}
    changes = np.array([-1.0, -1.0, 2.0, 2.0, 4.0, 4.0])
    found = form_rows(("s", LEAD, "us", 2030), codes, changes, np.arange(6), ("x",))
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in found]
    assert [(row["form"], row["runs"], row["mean"], row["unit"]) for row in rows] == [
        ("common", 2, -1.0, "x"),
        ("own", 4, 3.0, "x"),
    ]


@pytest.mark.parametrize(
    ("under", "words"), [(-0.5, "-0.50 log points in 80 % of runs under"), (0.5, "(knowledge) turns")]
)
def test_only_a_direction_that_turns_round_is_told(under: float, words: str) -> None:
    whole = {(LEAD, "us"): line(1.0, 0.95, 200), **{(INCOME, s): line(-1.0, 0.5, 200) for s in ("us", "china")}}
    place = {"scenario": "s", "mechanism": "knowledge", "form": "common", "state": "us"}
    lines = [
        line(under, 0.8, 50, **place, outcome=LEAD),
        line(1.0, 0.9, 50, **place, outcome=INCOME),
        line(-9.0, 1.0, 50, **(place | {"scenario": "other"}), outcome=LEAD),
    ]
    found = turned("s", whole, lines)
    assert words in found
    assert "United States lead in frontier fields" in found
    assert turned("none", whole, lines) == "", "no form was drawn"
    assert "income" not in found, "nothing is turned round that was not told"
