"""``techduel branch``: one past to the bit, planted regret, the weight that flips a date, words, and the command."""

from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn import watched
from rounds import made, refused, told_and_made_again

from experiments.__main__ import main
from experiments.exits import guarded
from techduel.ensemble.paired import LEAD
from techduel.ensemble.simulation import simulate
from techduel.report.page import save
from techduel.scenario.loader import InvalidInput
from techduel.scenario.scenario import load_scenario, scenario_from
from techduel.studies.branch import tables
from techduel.studies.branch.arms import chosen_at, sweep_from, turned
from techduel.studies.branch.figures import album
from techduel.studies.branch.report import sentences
from techduel.studies.branch.settings import composed
from techduel.studies.game.stakes import OUTCOMES, Stakes
from tests.ensembles import different, part

SMALL = ("runs=4", "horizon=2023", "at=[2021,2022.5]", "base=[slots=4]", "quiet=true", "name=small")
TURN = "policy@policies.us=full_decoupling"


def with_policies(policies: dict[str, Any], date: float) -> dict[str, Any]:
    """The configuration of an arm that turns to these policies."""
    return turned({**composed([*SMALL, TURN]), "policies": policies}, date)


def test_a_branch_with_the_same_policy_is_the_run_as_it_was_to_the_bit() -> None:
    config = composed([*SMALL, TURN])
    same = with_policies(config["base"]["policies"], 2022.25)
    ours, theirs = (simulate(scenario_from(one), runs=4, seed=1) for one in (same, sweep_from(config).base))
    assert different(part(ours, slice(None)), part(theirs, slice(None))) == []


def test_all_arms_are_one_run_to_the_bit_until_their_dates() -> None:
    config = composed([*SMALL, TURN])
    arms = [simulate(scenario_from(turned(config, date)), runs=3, seed=1) for date in (2022.25, 2023.0)]
    was = simulate(scenario_from(sweep_from(config).base), runs=3, seed=1)
    for arm, date in zip(arms, (2022.25, 2023.0), strict=True):
        before = was.time < date
        for name in ("real_income", "lead", "sales", "risk"):
            assert np.array_equal(arm[name][..., before], was[name][..., before], equal_nan=True), name
        assert not np.array_equal(arm["sales"][..., ~before], was["sales"][..., ~before], equal_nan=True)


def test_nothing_begins_before_it_is_chosen() -> None:
    policy = {"kind": "capped", "policy": {"kind": "x", "start": 2021.0}, "steps": {"a": {"start": 2030.0}}}
    found = chosen_at(policy, 2025.0)
    assert found["policy"]["start"] == 2025.0
    assert found["steps"]["a"]["start"] == 2030.0
    assert policy["policy"]["start"] == 2021.0  # type: ignore[index]


def planted(config: dict[str, Any], incomes: np.ndarray, leads: np.ndarray) -> Stakes:
    """Stakes whose change of income, %, and of the lead are those, by (run, arm); China's income is left alone."""
    runs, arms = incomes.shape
    years = tuple(range(config["base"]["start"], config["base"]["horizon"] + 1))
    flows = {name: np.zeros((runs, arms, 1, 2, len(years))) for name in OUTCOMES}
    flows["real_income"] += 100.0
    flows["real_income"][:, :, 0, 0] *= np.exp(incomes / 100.0)[..., None]
    flows[LEAD][:, :, 0, 0] += leads[..., None]
    flows[LEAD][:, :, 0, 1] -= leads[..., None]
    return Stakes(("never", *(f"{date:g}" for date in config["at"])), ("stay",), years, np.arange(runs), flows)


@pytest.fixture
def known(tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    """A folder with tables of planted stakes: early is best in three sets of four, never in the other."""
    config = composed([*SMALL, TURN, "lead_us=0.5", "incident=0"])
    sets = np.repeat(np.array([[0.0, -1.0, -0.5]] * 3 + [[0.0, -3.0, -1.2]]), 2, axis=0)
    leads = np.repeat(np.array([[0.0, 4.0, 2.0]] * 4), 2, axis=0)
    tables.write(tmp_path, config, planted(config, sets, leads))
    return tmp_path, config


def test_planted_regret_is_found(known: tuple[Path, dict[str, Any]]) -> None:
    """Worth of 2021: -1 or -3 and half of 4; of 2022.5: -0.5 or -1.2 and half of 2."""
    lines = tables.read(known[0], tables.VALUES)
    worths = [tables.line_of(lines, state="us", at=at, component="worth") for at in ("2021", "2022.5")]
    assert [line["mean"] for line in worths] == pytest.approx([0.5, 0.325])
    assert [line["better"] for line in worths] == [0.75, 0.75]
    regrets = tables.read(known[0], tables.REGRET)
    lost = [tables.line_of(regrets, state="us", at=at) for at in ("never", "2021", "2022.5")]
    assert [line["regret"] for line in lost] == pytest.approx([0.75, 0.25, 0.425], abs=1e-6)
    assert [line["behind"] for line in lost] == pytest.approx([0.5, 0.0, 0.175], abs=1e-6)
    assert [line["best"] for line in lost] == pytest.approx([0.25, 0.75, 0.0])


def test_the_weight_at_which_another_date_is_best(known: tuple[Path, dict[str, Any]]) -> None:
    """Means: -1.5 + 4 w, -0.675 + 2 w and 0: early and late change places at 0.4125, the nearest."""
    line = tables.line_of(tables.read(known[0], tables.FLIPS), state="us", weight="lead_us")
    assert (line["now"], line["flips_at"], line["to"]) == (0.5, pytest.approx(0.4125), "2022.5")


def test_words_tell_size_band_share_luck_and_what_flips_it(known: tuple[Path, dict[str, Any]]) -> None:
    folder, config = known
    text = " ".join(sentences(folder, config))
    assert (
        "full decoupling from 2021 is worth most, +0.50 of payoff against never, in equivalents of % of income" in text
    )
    assert "better in 75 %, luck 0 % of the variance" in text
    assert "income -1.50, lead +2.00 at the assumed weight (+4.00 log points), incidents 0 (0 expected a year)" in text
    assert "Not to be told from it: 2022.5." in text
    assert "Least regret: 2021, 0.25 of payoff against the best date" in text
    assert "best in 75 % of sets" in text
    assert "flips at lead_us=0.41 (now 0.50) to 2022.5" in text
    for name, picture in album(config, folder).pictures:
        watched(lambda picture=picture, name=name: save(picture, folder / name, "Techduel 0.", {})).check()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ((), "policies: none given"),
        ((TURN, "at=[]"), "at"),
        ((TURN, "at=[2030,2025]"), "each once, rising"),
        ((TURN, "at=[2020]"), "2020 given; allowed: 2021 to 2035"),
        ((TURN, "at=[.nan]"), "at"),
        (("policies.us.start=2024",), "given without a policy to change"),
        (("policy@policies.us=status_quo_2020",), "us is given the policy that it has"),
        (("policy@policies.us=best_response",), "best_response given, which decides at dates of its own"),
        ((TURN, "lead_us=0", "incident=0", "cost_us=0"), "wants nothing"),
        (("nowhere", TURN), "nowhere is not there"),
    ],
)
def test_degenerate_input_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], line: str
) -> None:
    assert line in refused(tmp_path, capsys, "branch", *arguments)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A branch from a stored run."""
    place = tmp_path_factory.mktemp("branch")
    with chdir(place):
        assert guarded(main, ["run", "runs=4", "horizon=2023", "slots=4", "quiet=true", "name=past", "seed=5"]) == 0
        past = str(place / "results" / "run" / "past")
    with made(place, "branch", past, TURN, "at=[2021,2022.5]", "quiet=true", "name=small") as small:
        yield small


def test_it_writes_a_result_that_is_told_and_made_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told_and_made_again(folder, capsys)


def test_the_past_is_that_of_the_result_and_the_branch_that_of_a_run(folder: Path) -> None:
    lines = tables.read(folder, tables.COURSES)
    before = [x for x in lines if x["at"] == "2022.5" and x["year"] < 2022]
    assert before
    assert all(x["mean"] == x["q05"] == x["q95"] == 0.0 for x in before)
    small = ("horizon=2023", "slots=4")
    was = load_scenario("baseline_2021", *small)
    then = ("policies.us.at=2022.5", "policies.us.then={kind: full_decoupling, start: 2022.5}")
    arm = load_scenario("baseline_2021", *small, "policy@policies.us=switched", *then)
    incomes = [simulate(one, 4, seed=5, record="headline").annual("real_income")[:, 0, -1] for one in (arm, was)]
    (line,) = [
        x for x in lines if (x["state"], x["at"], x["outcome"], x["year"]) == ("us", "2022.5", "real_income", 2023)
    ]
    assert line["mean"] == pytest.approx(float((100.0 * (incomes[0] / incomes[1] - 1.0)).mean()), rel=1e-6)


def test_a_result_of_another_study_is_refused(folder: Path) -> None:
    with pytest.raises(InvalidInput, match="a result of branch; allowed: one of run"):
        composed([str(folder), TURN])
