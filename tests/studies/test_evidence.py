"""The studies of the evidence: draws, what is paired with what, the command; with few draws, so no sizes are tested."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments import evidence
from techduel.model.world import World
from techduel.policies.schedule import Schedule
from techduel.scenario.loader import InvalidInput
from techduel.scenario.prior import prior_parameters
from techduel.scenario.scenario import Scenario
from techduel.statistics.tables import write_table
from techduel.studies.evidence import control_depth, decoupling, patterns
from techduel.studies.evidence.arms import CHINA, US, Experiment, share, spread
from techduel.studies.evidence.effects import chinese, near_against_far, of_state, on_state, tied
from techduel.studies.evidence.evidence_words import in_words
from techduel.studies.evidence.findings import FINDINGS, TREATMENTS, Treatment
from techduel.studies.evidence.prior_check import prior_check
from techduel.studies.evidence.settings import composed
from techduel.studies.evidence.studies import STUDIES, Table, runs, stored

DRAWS = 4


@pytest.fixture(scope="module")
def experiment(baseline: Scenario) -> Experiment:
    return Experiment(baseline, prior_parameters(baseline.parameters, range(DRAWS)), tuple(range(DRAWS)))


def test_an_effect_of_rounding_has_no_sign_and_missing_ones_do_not_count() -> None:
    effects = np.array([0.2, -0.1, 1e-15, np.nan])
    assert share(effects, 1) == pytest.approx(1 / 3)
    assert share(effects, -1) == pytest.approx(1 / 3)
    assert share(effects, 0) == pytest.approx(1 / 3)
    assert spread(effects)[0] == pytest.approx(0.0, abs=1e-12)
    assert np.isnan(share(np.full(2, np.nan), 1))
    assert np.isnan(spread(np.full(2, np.nan))).all()


def test_no_treatment_has_no_effect(experiment: Experiment) -> None:
    found = patterns.pair(experiment, Treatment("nothing"), {})
    for name in ("technology", "efficiency", "sales", "rd", "filings"):
        assert np.all(found.mean(name, chinese(found)) == 0.0), name
    assert np.all(found.sum("innovations", of_state(found, US)) == 0.0)
    assert np.nanmax(np.abs(near_against_far(tied)(found))) == 0.0


def test_a_treatment_reaches_only_what_it_names(experiment: Experiment) -> None:
    treated = TREATMENTS["collaboration"]
    found = patterns.pair(experiment, treated, {"ideas.collaboration": 0.0, "knowledge.coinvention": 0.0})
    assert np.all(on_state("technology", CHINA)(found) == 0.0)
    assert np.all(found.there.sum(axis=(2, 3)) > 100)


def test_every_finding_has_its_row(experiment: Experiment) -> None:
    rows = patterns.patterns(experiment)
    assert [row.outcome for row in rows] == [finding.outcome for finding in FINDINGS]
    assert {row.pattern for row in rows} == set(range(1, 8))
    assert all(0.0 <= row.share <= 1.0 and 0 < row.draws <= DRAWS for row in rows)
    imports = next(row for row in rows if row.outcome.startswith("imports"))
    assert imports.share == 1.0
    assert imports.median < np.log(0.8)


def test_prior_is_checked(experiment: Experiment) -> None:
    research, largest = prior_check(experiment)
    assert research.q05 <= research.median <= research.q95
    assert 0.0 < largest.median < 1.0
    assert 0.0 <= largest.share_outside <= 1.0


def last(passing: Any) -> World:
    *_, world = passing
    return world


def test_parts_of_decoupling_move_only_their_levers(experiment: Experiment) -> None:
    usual = last(experiment.passing({}, 2026)).action
    people = last(experiment.passing(decoupling._decoupled(experiment, decoupling.treated("talent")), 2026)).action
    everything = last(experiment.passing(decoupling._decoupled(experiment, decoupling.TREATMENT), 2026)).action
    assert people.visa_limits.min() == pytest.approx(0.8)
    assert np.array_equal(people.control_depth, usual.control_depth)
    assert np.array_equal(people.tariff, usual.tariff)
    moved = {name for kinds in decoupling.PARTS.values() for name in decoupling.treated(*kinds)}
    assert all(not np.array_equal(getattr(everything, name), getattr(usual, name)) for name in moved)


def test_decoupling_costs_china_income_and_moves_no_knowledge_without_diffusion(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoupling, "YEARS", (2, 3))
    monkeypatch.setattr(decoupling, "HORIZON", 2023)
    rows = decoupling.decoupling(experiment)
    income = [row for row in rows if (row.switched, row.state, row.variable) == ("everything", "china", "income")]
    assert [row.years for row in income] == [2, 3]
    assert all(row.mean < 0.0 for row in income)
    assert income[-1].share == 1.0
    assert set(decoupling.switches()) | set(decoupling.PARTS) <= {row.switched for row in rows}
    assert {row.unit for row in rows} == {"%", "points", "bn USD a year", "1"}


def test_part_left_without_diffusion_is_that_of_the_mean_loss() -> None:
    full, left = np.array([-4.0, -0.001, -2.0]), np.array([-2.0, 1.0, -1.0])
    row = decoupling._left("china", "income 10", left, full)
    assert row.mean == pytest.approx(2.0 / 6.001)
    assert row.se > 0.0
    whole = decoupling._left("china", "income 10", full, full)
    assert (whole.mean, whole.se) == (pytest.approx(1.0), pytest.approx(0.0))


def test_value_of_depth_is_over_none(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(control_depth, "DEPTHS", (0.0, 0.5, 1.0))
    monkeypatch.setattr(control_depth, "LAST", 2023)
    curves, optima = control_depth.control_depth(experiment)
    assert all(row.median == row.q95 == row.rival == 0.0 for row in curves if row.depth == 0.0)
    assert any(row.mean != 0.0 for row in curves if row.depth == 1.0)
    for row in optima:
        assert row.share_none + row.share_interior + row.share_full == pytest.approx(1.0)
        assert row.gain >= 0.0


def test_mechanisms_of_depth_are_switched_at_every_depth(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = ("nothing", "China answers in all goods", "no drag of denial on research")
    monkeypatch.setattr(control_depth, "MECHANISMS", {name: control_depth.MECHANISMS[name] for name in chosen})
    monkeypatch.setattr(control_depth, "FEW", (0.0, 1.0))
    monkeypatch.setattr(control_depth, "LAST", 2022)
    rows = control_depth.mechanisms(experiment)
    assert [(row.switched, row.depth) for row in rows] == [(name, depth) for name in chosen for depth in (0.0, 1.0)]
    nothing, answered, _ = (row for row in rows if row.depth)
    assert nothing.value == pytest.approx(nothing.income + nothing.lead)
    assert answered.income < nothing.income
    assert all(row.value == 0.0 for row in rows if not row.depth)


def test_an_answer_in_all_goods_refuses_part_of_what_is_refused(experiment: Experiment) -> None:
    policies = control_depth._policies(experiment, control_depth.IN_ALL_GOODS, 0.5)
    action = last(experiment.passing(policies, 2021)).action
    depth, asked = action.control_depth[:, CHINA], control_depth.GAIN * 0.5
    assert np.all((0.9 * asked < depth) & (depth <= asked))  # exporters lobby for a little less
    assert np.all(action.control_breadth[:, CHINA] == 1.0)


def test_firms_listed_at_once_are_as_many(experiment: Experiment) -> None:
    gradual, at_once = (
        last(experiment.passing({"us": Schedule(experiment.scenario.policies["us"], TREATMENTS[name].us)}, 2025))
        for name in ("listing", "listing_at_once")
    )
    assert at_once.firms.listed[:, CHINA].sum() == pytest.approx(gradual.firms.listed[:, CHINA].sum(), rel=0.1)


def test_controls_reach_only_the_controlled_sectors(experiment: Experiment) -> None:
    action = last(experiment.passing(control_depth._policies(experiment, "none", 1.0), 2021)).action
    usual = last(experiment.passing({}, 2021)).action
    changed = np.any(action.control_breadth[:, US] != usual.control_breadth[:, US], axis=(0, 2))
    assert changed.sum() == len(control_depth.CONTROLLED)
    assert np.array_equal(action.control_depth[:, CHINA], usual.control_depth[:, CHINA])


def test_a_stored_table_is_read_as_it_was(tmp_path: Path) -> None:
    table = Table(
        ("parameters", "pattern", "switched", "median", "draws"),
        (("prior", 1, "", 0.25, 3), ("default", 2, "a.b=0", -1e-9, 4)),
    )
    write_table(tmp_path / "some.csv", table.header, table.lines)
    assert stored(tmp_path / "some.csv") == table


def test_words_give_no_minus_to_a_zero() -> None:
    header = ("pattern", "treatment", "outcome", "switched", "published", "sign", "median", "q05", "q95", "share")
    checks = Table(("outcome", "low", "high", "median", "q05", "q95", "share_outside"), ())
    found = Table(header, ((7, "talent", "technology", "", "T9", -1, -1e-5, -0.1, 0.0, 0.797),))
    said = in_words("patterns", {"patterns": found, "prior": checks})
    assert "| 7 | talent | technology | T9 (-) | 0.0 | -9.5 to 0.0 | 80 | not reproduced |" in said


def test_runs_are_counted_as_they_are_told(baseline: Scenario, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(patterns, "FINDINGS", FINDINGS[:2])
    small = Experiment(baseline, baseline.parameters, (0, 1), told=told.append)
    STUDIES["patterns"].rows(small)
    assert sum(told) == runs("patterns", 2)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["studies=[patern]"], "did you mean patterns"),
        (["studies=[]"], "a list of"),
        (["draws=1"], "whole number, 2 to"),
        (["studies=[foo]", "draws=1"], "(?s)'foo' given.*whole number, 2 to|whole number, 2 to.*'foo' given"),
        (["studies=[1]"], "1 given; allowed: backtest, micro"),
        (["seed=9999999999"], "whole number, 0 to"),
        (["draws=true"], "whole number, 2 to"),
        (["sed=1"], "did you mean seed"),
        (["draws"], "allowed: KEY=VALUE"),
        (["fresh=2"], "true or false"),
        (["results="], "a folder"),
        (["workers=-1"], "whole number, 0 to"),
        (["source=default"], "posterior, prior"),
    ],
)
def test_wrong_settings_are_refused(arguments: Sequence[str], word: str) -> None:
    with pytest.raises(InvalidInput, match=word):
        composed(arguments)


def test_command_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(patterns, "FINDINGS", FINDINGS[:2])
    command = ["studies=[patterns]", "draws=2", "quiet=true", f"results={tmp_path}"]
    assert evidence.main(command) == 0
    folder = tmp_path / "evidence"
    first = (folder / "patterns.csv").read_bytes()
    picture, words = folder / "figures" / "patterns.png", folder / "patterns.md"
    drawn_first, said_first = picture.read_bytes(), words.read_text()
    assert len(drawn_first) > 5000
    picture.unlink()
    words.unlink()
    assert evidence.main(command) == 0
    assert picture.read_bytes() == drawn_first
    assert words.read_text() == said_first
    (folder / "patterns.csv").write_text("spoilt")
    assert evidence.main(command) == 0
    assert (folder / "patterns.csv").read_bytes() == first
