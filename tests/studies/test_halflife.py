"""``techduel halflife``: planted decay, impulses against their twins, words, and the command."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from drawn import watched
from rounds import made, refused, told_and_made_again

from techduel.ensemble.simulation import simulate
from techduel.report.page import save
from techduel.scenario.scenario import load_scenario
from techduel.studies.halflife.figures import album
from techduel.studies.halflife.impulses import Impulse, half_life, impulses
from techduel.studies.halflife.report import sentences
from techduel.studies.halflife.settings import composed
from techduel.studies.halflife.tables import (
    BY_FORM,
    HALF_LIVES,
    line_of,
    read,
    write_by_form,
    write_courses,
    write_half_lives,
)

SMALL = ("runs=4", "horizon=2022", "after=2", "sectors=[all,ai]", "base=[slots=4]", "quiet=true", "name=small")
YEARS = np.arange(21.0)


def planted(half_lives: np.ndarray) -> np.ndarray:
    """What is left over twenty years, (run, year), two runs a set, where each set decays at its own rate."""
    return np.repeat(0.5 ** (YEARS / half_lives[:, None]), 2, axis=0)


def test_planted_decay_recovers_its_half_life() -> None:
    for years in (0.5, 3.0, 11.0, 40.0):
        left = 0.5 ** (YEARS / years)
        assert half_life(left[10], 10) == pytest.approx(max(years, 1.0))
    assert np.isinf(half_life(1.0, 10))
    assert np.isinf(half_life(1.2, 10))
    assert half_life(-0.1, 10) == 1.0


def test_tables_tell_the_band_of_sets_without_luck_and_the_equation_that_moves_it(tmp_path: Path) -> None:
    lives = np.repeat([5.0, 12.0], [10, 30])
    one = Impulse("us", "ai")
    write_half_lives(tmp_path, {one: planted(lives)}, np.arange(80), 10)
    write_by_form(tmp_path, {one: planted(lives)}, np.arange(80), {"imitation": np.repeat([0, 1], [20, 60])}, 10)
    line = line_of(read(tmp_path, HALF_LIVES), "us", "ai")
    mean = float(half_life((10 * 0.5**2.0 + 30 * 0.5 ** (10 / 12)) / 40, 10))
    assert line["half_life"] == pytest.approx(mean)
    assert line["low"] < mean < line["high"]
    assert (line["q05"], line["q95"]) == (pytest.approx(5.0), pytest.approx(12.0))
    assert (line["luck"], line["inside"], line["shorter"]) == (0.0, 0.75, 0.25)
    forms = read(tmp_path, BY_FORM)
    assert [(x["sets"], x["half_life"]) for x in forms] == [(10, pytest.approx(5.0)), (30, pytest.approx(12.0))]


def test_luck_is_told_where_runs_of_a_set_differ(tmp_path: Path) -> None:
    noise = np.random.default_rng(3).normal(0.0, 0.05, (400, 1))
    write_half_lives(tmp_path, {Impulse("us", "ai"): planted(np.full(200, 9.0)) + noise}, np.arange(400), 10)
    line = line_of(read(tmp_path, HALF_LIVES), "us", "ai")
    assert line["half_life"] == pytest.approx(9.0, abs=0.3)
    assert line["luck"] > 0.8


def test_words_tell_size_band_luck_and_what_would_change_it(tmp_path: Path) -> None:
    config = composed(["runs=80", "sectors=[ai,devices_networks,quantum]", "states=[us,china]"])
    lives = np.repeat([5.0, 12.0], [10, 30])
    found = {one: planted(lives * (1.0 if one.sector == "ai" else 2.0)) for one in impulses(config)}
    write_half_lives(tmp_path, found, np.arange(80), 10)
    write_courses(tmp_path, found, np.arange(80))
    write_by_form(tmp_path, found, np.arange(80), {"imitation": np.repeat([0, 1], [20, 60])}, 10)
    text = " ".join(sentences(tmp_path, config))
    assert "Makers of United States better by 5 log points in ai from 2021: after 10 years 48 % of that is left" in text
    assert "90 % of parameter sets 5.00 to 12.0, of whose spread luck is 0 %" in text
    assert "Published, 3 to 8 % a year converted: 9 to 23, as in 75 % of sets; 25 % are shorter." in text
    assert "Shortest in ai" in text
    assert "Turned most by imitation=" in text
    for name, picture in album(config, tmp_path).pictures:
        watched(lambda picture=picture, name=name: save(picture, tmp_path / name, "Techduel 0.", {})).check()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("sectors=[chips]",), "sectors"),
        (("sectors=[]",), "sectors"),
        (("sectors=[ai,ai]",), "each once"),
        (("states=[]",), "states"),
        (("size=0",), "size"),
        (("size=nan",), "size"),
        (("since=2035",), "so that 10 years (after) are left"),
        (("base=[events.halflife_impulse.kind=leap]",), "another name"),
    ],
)
def test_degenerate_input_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], line: str
) -> None:
    assert line in refused(tmp_path, capsys, "halflife", *arguments)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small study."""
    with made(tmp_path_factory.mktemp("halflife"), "halflife", *SMALL) as small:
        yield small


def test_it_writes_a_result_that_is_told_and_made_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told_and_made_again(folder, capsys, "half_lives.csv")


def test_what_is_left_is_the_lead_of_a_run_with_the_leap_less_that_of_its_twin(folder: Path) -> None:
    small = ("horizon=2022", "slots=4")
    leap = "events.halflife_impulse={kind:leap,state:us,sectors:[ai],start:2021,size:0.05}"
    with_it, without = (simulate(load_scenario("baseline_2021", *small, *more), 4) for more in ([leap], []))
    place = with_it.sectors.index("ai")
    change = (with_it["lead"] - without["lead"])[:, 0, place, -1]
    assert line_of(read(folder, HALF_LIVES), "us", "ai")["left"] == pytest.approx(change.mean() / 5.0, rel=1e-6)
