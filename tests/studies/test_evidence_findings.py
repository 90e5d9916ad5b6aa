"""Rules that turn numbers into verdicts, and the catalogue of published findings that they serve."""

import re
from dataclasses import fields, replace
from math import isnan, nan
from typing import Any

import pytest

from techduel.model.parameters import schema
from techduel.studies.calibrate.moments import moments
from techduel.studies.evidence import control_depth, decoupling, response_effects, stylised
from techduel.studies.evidence.decoupling import AGAINST, LEFT, PARTS
from techduel.studies.evidence.published import (
    INPUT,
    NOT_REPRODUCED,
    REPRODUCED,
    SIGN_ONLY,
    Published,
    answer,
    answers,
    catalogue,
    error,
    sign_verdict,
    verdict,
)
from techduel.studies.evidence.response_effects import RESPONSES
from techduel.studies.micro.protocol import protocol

BAND = Published("some", "band", -1, "paper", "study", {}, published=-5.0, low=-7.5, high=-2.5)
ROWS: dict[str, type] = {
    "decoupling": decoupling.Row,
    "responses": response_effects.Row,
    "stylised": stylised.Row,
    "control_depth_optimum": control_depth.Optimum,
}


@pytest.mark.parametrize(
    ("model", "share", "said"),
    [
        (-5.0, 0.8, REPRODUCED),
        (-7.5, 1.0, REPRODUCED),
        (-7.6, 1.0, SIGN_ONLY),
        (-0.1, 1.0, SIGN_ONLY),
        (-5.0, 0.79, NOT_REPRODUCED),
        (5.0, 0.1, NOT_REPRODUCED),
        (0.1, 1.0, NOT_REPRODUCED),
        (-5.0, nan, NOT_REPRODUCED),
    ],
)
def test_a_range_asks_for_the_sign_and_then_for_the_mean(model: float, share: float, said: str) -> None:
    assert verdict(BAND, model, share) == said


def test_a_sign_alone_asks_for_no_size() -> None:
    known = replace(BAND, kind="sign", low=nan, high=nan, published=nan)
    assert verdict(known, -1e9, 0.8) == SIGN_ONLY == sign_verdict(-1, -1e9, 0.8)
    assert verdict(known, -5.0, 0.5) == NOT_REPRODUCED == sign_verdict(-1, -5.0, 0.5)


def test_a_mean_with_the_other_sign_has_not_the_sign_whatever_share_of_sets_has() -> None:
    """One set with a large gain, 98 % of sets with a small loss."""
    assert verdict(BAND, 0.007, 0.98) == NOT_REPRODUCED == sign_verdict(-1, 0.007, 0.98)
    assert sign_verdict(1, 0.007, 0.98) == SIGN_ONLY
    assert sign_verdict(1, 0.0, 0.98) == NOT_REPRODUCED


@pytest.mark.parametrize(
    "known", [replace(BAND, kind="share", low=0.8, high=1.0), replace(BAND, sign=0, low=0.8, high=1.0)]
)
def test_a_share_asks_for_its_range_only(known: Published) -> None:
    assert verdict(known, 0.8, nan) == REPRODUCED
    assert verdict(known, 0.79, 1.0) == NOT_REPRODUCED


def test_the_answer_is_the_one_row_that_fits() -> None:
    known = replace(BAND, row={"state": "china", "years": 10})
    lines = [{"state": "china", "years": 10, "mean": 1.0}, {"state": "china", "years": 5, "mean": 2.0}]
    assert answer(known, lines)["mean"] == 1.0
    with pytest.raises(LookupError, match="2 rows"):
        answer(replace(known, row={"state": "china"}), lines)
    with pytest.raises(LookupError, match="0 rows"):
        answer(known, lines[1:])


def test_the_error_of_a_share_is_that_of_a_proportion() -> None:
    known = replace(BAND, kind="share", column="share_none")
    assert error(known, {"share_none": 0.5, "draws": 100}) == pytest.approx(0.05)
    assert error(BAND, {"mean": 1.0, "se": 0.3}) == 0.3


def test_an_input_is_neither_right_nor_wrong() -> None:
    known = replace(BAND, kind=INPUT)
    assert verdict(known, -5.0, 1.0) == verdict(known, 5.0, 0.0) == INPUT
    assert isnan(error(known, {"mean": -5.0, "se": 1e-17}))
    assert isnan(error(known, {"mean": -5.0, "se": 0.0}))


def test_what_was_in_view_is_named_by_what_it_was_in_view_for() -> None:
    known = catalogue()
    names = {*schema.described(), *(moment.name for moment in moments())}
    reasons = [*(finding.tuned_by for finding in known.findings.values()), *known.in_view.values()]
    for reason in filter(None, reasons):
        assert set(re.findall("`(.*?)`", reason)) <= names, reason
    assert set(known.in_view) <= {name for name, found in protocol().findings.items() if found.tuned == "no"}
    for name in ("Q8.growth", "Q8.entry", "Q8.size_us", "R1.us", "R2.return", "Q6.stability"):
        assert known.findings[name].tuned_by


@pytest.mark.parametrize("name", catalogue().findings)
def test_every_finding_is_a_whole_rule(name: str) -> None:
    known = catalogue().findings[name]
    assert known.kind in ("band", "sign", "share", INPUT)
    assert known.sign in (-1, 0, 1)
    assert known.source
    columns = {item.name for item in fields(ROWS[known.study])}
    assert set(known.row) | {known.column} <= columns


SIGNS = [name for name, known in catalogue().findings.items() if known.kind == "sign"]
SIZED = [name for name, known in catalogue().findings.items() if known.published == known.published]


@pytest.mark.parametrize("name", SIGNS)
def test_a_finding_without_a_range_has_a_sign(name: str) -> None:
    assert catalogue().findings[name].sign in (-1, 1)


@pytest.mark.parametrize("name", sorted({*catalogue().findings} - {*SIGNS}))
def test_a_range_is_one_and_on_the_side_of_its_sign(name: str) -> None:
    known = catalogue().findings[name]
    assert known.low < known.high
    assert known.sign == 0 or not known.low <= 0.0 <= known.high


@pytest.mark.parametrize("name", SIZED)
def test_a_published_number_lies_in_its_range(name: str) -> None:
    known = catalogue().findings[name]
    assert known.low <= known.published <= known.high
    assert known.published * known.sign > 0.0


def of_gdp(study: str) -> list[str]:
    """Macroeconomic findings of a study that are about GDP."""
    found = catalogue().findings.items()
    return [name for name, one in found if name.startswith("M") and "GDP" in one.finding and one.study == study]


@pytest.mark.parametrize("name", of_gdp("decoupling"))
def test_losses_of_gdp_by_decoupling_are_held_beside_gdp(name: str) -> None:
    assert catalogue().findings[name].row["variable"] == "GDP"


@pytest.mark.parametrize("name", of_gdp("responses"))
def test_losses_of_gdp_by_a_response_are_held_beside_gdp(name: str) -> None:
    known = catalogue().findings[name]
    row = next(response for response in RESPONSES if response.name == known.row["response"])
    assert "GDP" in row.outcome


def test_no_kind_of_rule_is_empty() -> None:
    assert all([SIGNS, SIZED, of_gdp("decoupling"), of_gdp("responses")])


def test_findings_ask_for_rows_that_studies_make() -> None:
    made = {response.name for response in RESPONSES}
    parts = {*decoupling.switches(), *PARTS, AGAINST, LEFT}
    for known in catalogue().findings.values():
        if known.study == "responses":
            assert known.row["response"] in made
        if known.study == "decoupling":
            assert known.row["switched"] in parts
            assert known.row["years"] in decoupling.YEARS


def test_signs_and_units_of_responses_are_those_of_their_findings() -> None:
    made = {response.name: (response.sign, response.unit) for response in RESPONSES}
    known = [finding for finding in catalogue().findings.values() if finding.study == "responses"]
    assert made == {finding.row["response"]: (finding.sign, finding.unit) for finding in known}


def test_only_findings_whose_study_is_done_are_answered() -> None:
    line: dict[str, Any] = {"mean": 1.06, "se": 0.1, "share": 1.0, "draws": 4}
    lines = [line | {"fact": "size tail", "state": state} for state in ("us", "china")]
    others = ("growth shape", "dispersion", "persistence", "R&D on size", "innovation value", "entry")
    lines += [line | {"fact": fact, "state": "both"} for fact in others]
    found = {row["id"]: row for row in answers({"stylised": lines}, {"stylised": "some command"})}
    assert all(name.startswith("Q8.") for name in found)
    assert found["Q8.size_us"]["verdict"] == REPRODUCED
    assert found["Q8.entry"]["verdict"] == SIGN_ONLY
    assert found["Q8.size_us"]["command"] == "some command"
