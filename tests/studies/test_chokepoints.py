"""``techduel chokepoints``: half-lives by hand, twins, words, and the command."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from drawn import watched
from rounds import made, refused, told_and_made_again

from techduel.ensemble.simulation import simulate
from techduel.report.page import save
from techduel.scenario.scenario import load_scenario
from techduel.studies.chokepoints.denials import Denial, denials, half_lives, over_years
from techduel.studies.chokepoints.figures import album
from techduel.studies.chokepoints.report import sentences
from techduel.studies.chokepoints.settings import composed
from techduel.studies.chokepoints.tables import (
    COOPERATION,
    LOSSES,
    read,
    write_cooperation,
    write_courses,
    write_losses,
)

SMALL = ("runs=4", "horizon=2022", "since=2021", "years=1", "base=[slots=4]", "quiet=true", "name=small")
FEW = ("inputs=[tools,semiconductors]", "shares=[0.5,1.0]", "deniers=[us]")


def test_a_half_life_is_counted_from_the_last_year_of_the_denial() -> None:
    change = np.array([[0.0, -4.0, -3.0, -1.5], [0.0, -4.0, -4.0, -3.0], [0.0, 1.0, 0.0, 0.0]])
    found = half_lives(change, 1)
    assert found[0] == pytest.approx(1.0 + (0.75 - 0.5) / (0.75 - 0.375))
    assert np.isinf(found[1])
    assert np.isnan(found[2])


def test_a_loss_over_years_is_discounted() -> None:
    assert over_years(np.array([-1.0, -1.0])) == pytest.approx(-1.0)
    assert over_years(np.array([-1.0, 0.0])) == pytest.approx(-1.0 / (1.0 + 1.0 / 1.03))


def test_a_denial_is_compared_with_a_run_that_has_all_else_the_same() -> None:
    found = denials(composed([*SMALL, *FEW]))
    assert {one.allies for one in denials(composed(["inputs=[tools]", "deniers=[china]"]))} == {False}
    assert {one.allies for one in denials(composed(["deniers=[china]", "allies=[us,china]"]))} == {False, True}
    assert len(found) == 2 * (2 * 2 * 2)
    assert {one.share for one in found if one.cooperating} == {0.5, 1.0}
    joined = next(one for one in found if one.allies and one.sector == "tools" and not one.cooperating)
    assert joined.point == {"us_tools": 0.5, "us_allies": 1.0}
    assert joined.twin == {}
    wider = next(one for one in found if one.cooperating)
    assert wider.twin == {"china_cooperating": 0.1}
    assert wider.point.items() >= wider.twin.items()


def test_words_tell_size_luck_and_how_long_it_lasts(tmp_path: Path) -> None:
    config = composed(["inputs=[tools]", "shares=[0.5,1.0]", "deniers=[us]", "horizon=2026", "runs=24"])
    sets = np.repeat(np.linspace(-0.1, 0.1, 12), 2)
    course = np.array([0.0, 0.0, -2.0, -4.0, -1.0, 0.0])
    both = np.stack([0.1 * course, course])[None] * (1.0 + sets[:, None, None])
    weak = {one: both * (1.0 if one.share == 1.0 else 0.25) * (1.1 if one.allies else 1.0) for one in denials(config)}
    found = {one: change * (0.5 if one.cooperating else 1.0) for one, change in weak.items()}
    write_losses(tmp_path, found, np.arange(24), 3)
    write_courses(tmp_path, found, tuple(range(2021, 2027)))
    write_cooperation(tmp_path, found, np.arange(24))
    text = " ".join(sentences(tmp_path, config))
    whole = 1.1 * float(over_years(course))
    assert f"United States denying tools for 2 years does most: China alone {over_years(course):+.2f} % of inc" in text
    assert f", with allies {whole:+.2f} % of income" in text
    assert f"itself, with allies {whole / 10:+.2f} % of income" in text
    assert "lower in 100 %, luck 0 % of the variance" in text
    assert "half of the loss is recovered 0.67 years after (median)" in text
    assert f"0.1 more technology cooperation of China with allies undoes {-whole / 2:+.2f} % of income" in text
    assert "shares of origins cannot be moved in this model" in text
    assert "At 50 % denied it loses" in text
    assert "25 % of that" in text
    curve = [x["undone"] for x in read(tmp_path, COOPERATION) if x["allies"] == 0.0]
    assert curve == pytest.approx([-over_years(course) / 8.0, -over_years(course) / 2.0])
    for name, picture in album(config, tmp_path).pictures:
        watched(lambda picture=picture, name=name: save(picture, tmp_path / name, "Techduel 0.", {})).check()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("inputs=[tols]",), "inputs"),
        (("inputs=[]",), "inputs"),
        (("shares=[0]",), "shares"),
        (("shares=[1.0,0.5]",), "each once, numbers rising"),
        (("deniers=[us,us]",), "each once, numbers rising"),
        (("since=2034", "years=5"), "with a year after it"),
    ],
)
def test_degenerate_input_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], line: str
) -> None:
    assert line in refused(tmp_path, capsys, "chokepoints", *arguments)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small study."""
    with made(tmp_path_factory.mktemp("chokepoints"), "chokepoints", *SMALL, *FEW) as small:
        yield small


def test_it_writes_a_result_that_is_told_and_made_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told_and_made_again(folder, capsys, "losses.csv", "by_year.png")


def test_a_loss_is_that_of_a_run_with_the_lever_against_one_without(folder: Path) -> None:
    (line,) = [
        one
        for one in read(folder, LOSSES)
        if (one["input"], one["allies"], one["share"], one["state"]) == ("tools", 0.0, 1.0, "china")
    ]
    small = ("horizon=2022", "slots=4")
    step = "policies.us.steps={one:{lever:tool_denial,start:2021,until:2022,value:1.0}}"
    acting = load_scenario("baseline_2021", *small, "policy@policies.us=schedule", step)
    incomes = [
        simulate(one, 4, record="headline").annual("real_income")[:, 1, 1:]
        for one in (acting, load_scenario("baseline_2021", *small))
    ]
    change = 100.0 * (incomes[0] / incomes[1] - 1.0)
    assert line["mean"] == pytest.approx(over_years(change).mean(), rel=1e-6, abs=1e-12)
    assert line["role"] == "target"
    assert Denial("us", "tools", 1.0, allies=False).target == "china"
