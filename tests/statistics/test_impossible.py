"""Impossible numbers: named with state, runs, furthest value and bound; nothing is said of a sound result."""

import csv
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from experiments.__main__ import main
from techduel.ensemble.record import Record
from techduel.ensemble.simulation import simulate
from techduel.scenario.scenario import load_scenario
from techduel.statistics import impossible as module
from techduel.statistics.impossible import CHECKED, Beyond, beyond, impossible, together, told, write

HIGH = (
    *("params.market.demand_elasticity=1.5", "params.market.intermediate_limit=0.9", "params.ideas.step=0.13"),
    *("params.research.user_cost_elasticity=2.6", "params.ideas.innovation_rate=0.8", "params.ideas.difficulty=0.5"),
)
"""Each inside its declared range; together no world."""


@cache
def sound() -> Record:
    """Two runs of the baseline."""
    return simulate(load_scenario("baseline_2021", "params=default", "horizon=2022"), 2)


def moved(record: Record, name: str, value: float) -> Record:
    """A record in which one run of the United States has another number in one quarter."""
    values = record[name].copy()
    values[0, 0, ..., -1] = value
    return replace(record, values={**record.values, name: values})


@pytest.mark.parametrize(
    ("outcome", "value", "defined"),
    [
        ("strategic_emerging_share", 2.67, True),
        ("strategic_emerging_share", 0.6, False),
        ("rd_intensity", 0.82, False),
        ("rd_intensity", 1.82, True),
        ("rd_public", -1326.0, True),
        ("real_income", -1.0, True),
        ("gdp_growth", 0.5, False),
        ("gdp_growth", -1.5, True),
        ("leakage", np.nan, True),
        ("sales", np.inf, True),
        ("money_gap", 1e-6, True),
    ],
)
def test_each_kind_of_impossible_number_is_found(outcome: str, value: float, defined: bool) -> None:
    record = sound()
    assert impossible(record) == []
    if outcome == "money_gap":
        record = replace(record, values={**record.values, outcome: record[outcome] + value})
    seen = [one for one in impossible(moved(record, outcome, value)) if one.outcome == outcome and one.state == "us"]
    found = seen[0]
    assert [one.defined for one in seen] in ([True], [False], [True, False])
    assert found.defined is defined
    assert found.of == record.runs.size
    assert np.isnan(found.reached) if not np.isfinite(value) else found.reached >= min(value, found.bound)
    assert ("impossible: " if defined else "beyond the record: ") in found.sentence


def test_spending_beyond_the_whole_economy_is_found() -> None:
    record = sound()
    found = impossible(moved(record, "public_spending", 2.0 * float(record["gdp"].max())))
    assert [(one.outcome, one.state) for one in found] == [("public_spending_over_gdp", "us")]


def test_the_words_name_value_bound_and_source() -> None:
    (found,) = beyond("rd_intensity", "us", np.array([[0.02, 0.03], [0.07, 0.82], [0.03, 0.06]]))
    assert found.sentence == (
        "beyond the record: rd_intensity us reaches 82 %; at most 5.44 % "
        "(OECD MSTI: Israel in 2020, the highest of any country)"
    )
    assert (found.runs, found.of) == (2, 3)
    (low,) = beyond("rd_public", "china", np.array([[-1326.0], [5.0]]))
    assert low.sentence == "impossible: rd_public china reaches -1,326; at least 0 (an amount)"


def test_runs_beyond_the_record_are_counted_beside_impossible_ones() -> None:
    whole, record = beyond("rd_intensity", "us", np.array([[1.5], [0.07], [0.03]]))
    assert [(one.defined, one.runs, one.bound) for one in (whole, record)] == [(True, 1, 1.0), (False, 2, 0.0544)]


def test_groups_of_runs_are_counted_together() -> None:
    one = Beyond("rd_intensity", "us", 2, 10, 0.06, 0.0544, "", False)
    two = Beyond("rd_intensity", "us", 1, 10, 0.09, 0.0544, "", False)
    whole = together(one, two)
    assert (whole.runs, whole.of, whole.reached) == (3, 20, 0.09)


def test_what_never_happens_is_not_undefined() -> None:
    assert beyond("year_passes_lead", "us", np.full((3, 14), np.nan)) == []


def test_a_sound_result_has_no_file(tmp_path: Path) -> None:
    found = Beyond("rd_intensity", "us", 2, 10, 0.06, 0.0544, "", False)
    write(tmp_path, {"scenario": [found]})
    assert [line.partition(":")[0] for line in told(tmp_path)] == ["scenario"]
    write(tmp_path, {"scenario": []})
    assert list(tmp_path.iterdir()) == []


def test_every_command_says_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small = ("runs=4", "name=high", "quiet=true", f"results={tmp_path}", *HIGH)
    wide = ("record=headline", "params=default", *HIGH)
    assert main(["run", *small, *wide]) == 0
    assert main(["compare", "scenarios=[baseline_2021,full_decoupling]", *small, *wide]) == 0
    assert main(["sweep", "points=2", "outcomes=[rd_intensity]", *small]) == 0
    printed = capsys.readouterr().out
    for command, opening in {"run": "", "compare": "baseline_2021: ", "sweep": ""}.items():
        folder = tmp_path / command / "high"
        with (folder / module.DIAGNOSTICS).open(encoding="utf-8", newline="") as stream:
            lines = [line for line in csv.DictReader(stream) if "rd_intensity_us" in line["name"]]
        assert lines
        assert all(line["fine"] == "no" and float(line["value"]) > float(line["allowed"]) for line in lines)
        words = f"{opening}beyond the record: rd_intensity us reaches "
        assert words in (folder / "README.md").read_text(encoding="utf-8")
        assert words in printed


def test_outcomes_that_are_checked_exist() -> None:
    assert set(CHECKED) <= sound().values.keys()
