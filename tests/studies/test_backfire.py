"""``techduel backfire``: planted crossings and boxes, the words of made-up maps, and the command."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn import watched
from rounds import made, refused, told_and_made_again

from experiments.__main__ import main
from experiments.exits import guarded
from techduel.report.page import save
from techduel.studies.backfire import box
from techduel.studies.backfire.crossing import crossing
from techduel.studies.backfire.figures import album
from techduel.studies.backfire.places import Field, in_force, places_of
from techduel.studies.backfire.report import sentences, warnings
from techduel.studies.backfire.settings import composed
from techduel.studies.backfire.tables import (
    BOX,
    BY_YEAR,
    CROSSING,
    MAP,
    read,
    sized,
    write_by_year,
    write_crossings,
    write_map,
)

SMALL = (
    "runs=4",
    "horizon=2021",
    "base=[slots=4]",
    "since=2021",
    "places=2",
    "quiet=true",
    "name=small",
    "resamples=0",
)
SIZES = {"lead": 0.5, "frontier": 0.5, "income": 0.1}
DEPTHS = (0.0, 0.5, 1.0)


def test_the_band_of_a_planted_crossing_covers_it_in_nine_of_ten() -> None:
    draws, values = np.random.default_rng(1), np.linspace(0.0, 1.0, 5)
    covered = 0
    for _ in range(100):
        sets = np.repeat(draws.normal(0.0, 0.6, 48), 2)
        changes = 0.4 - values[:, None] + sets + draws.normal(0.0, 0.3, (1, 96))
        found = crossing(values, changes, np.arange(96))
        covered += int(found.low <= 0.4 <= found.high)
    assert 85 <= covered <= 95


def test_a_crossing_lies_on_the_straight_line_between_places() -> None:
    values, steady = np.array([0.0, 1.0, 2.0]), np.ones((1, 8))
    runs = np.arange(8)
    found = crossing(values, np.array([[3.0], [1.0], [-1.0]]) * steady, runs)
    assert (found.value, found.falls, found.share) == (1.5, True, 1.0)
    assert crossing(values, np.array([[-1.0], [1.0], [2.0]]) * steady, runs).falls is False
    none = crossing(values, np.array([[3.0], [1.0], [1.0]]) * steady, runs)
    assert np.isnan(none.value)
    assert none.share == 0.0


def test_a_share_counts_losses_of_more_than_was_asked_for_and_has_its_size_beside() -> None:
    changes = np.repeat([-2.0, -0.4, 1.0, 3.0], 10)
    mean, low, middle, high, _, share, below, above, runs = sized(changes, 0.5, np.arange(40))
    assert (round(mean, 12), share, runs) == (0.4, 0.25, 40.0)
    assert low < middle < high
    assert below < 0.25 < above


def cases(hurts: Any = None) -> box.Cases:
    """Cases of 40 parameter sets that hurt where depth is above 0.6 and a parameter below 0.5, and twelve others."""
    draws = np.random.default_rng(2)
    sets = np.repeat(np.arange(40), 30)
    axes = {name: draws.random(1200) for name in ("depth", "breadth")}
    known = {"halting": draws.random(40), **{f"other{number}": draws.random(40) for number in range(12)}}
    inside = (axes["depth"] > 0.6) & (known["halting"][sets] < 0.5)
    return box.Cases(axes, sets, inside if hurts is None else hurts, known)


def test_a_planted_box_is_found_with_its_limits_and_what_tells_few_sets_apart_by_chance_is_not_kept() -> None:
    pytest.importorskip("ema_workbench", reason="ema_workbench is not installed: extra [strategy]")
    found = box.box(cases(), 8)
    limits = found["limits"]
    assert limits["depth"]["low"] == pytest.approx(0.6, abs=0.1)
    assert limits["halting"]["high"] == pytest.approx(0.5, abs=0.1)
    assert found["coverage"] > 0.8
    assert found["density"] > 0.8
    assert min(limits["depth"]["kept"], limits["halting"]["kept"]) >= 0.75
    assert found["sets"] == 40
    # Each set hurts or does not, whatever its parameters: cases of one set must not count as many.
    lucky = np.repeat(np.random.default_rng(3).random(40) < 0.3, 30)
    by_chance = box.box(cases(lucky), 8)["limits"]
    assert by_chance
    assert np.mean([ends["kept"] for ends in by_chance.values()]) < 0.6
    assert box.box(cases(np.zeros(1200, dtype=bool)), 4)["limits"] == {}


def test_a_box_tells_limits_that_most_resamples_keep_and_counts_the_others(tmp_path: Path) -> None:
    config = written(tmp_path, planted())
    ends = {"low": 0.5, "high": 1.0}
    known = {
        **{"share": 0.1, "coverage": 0.7, "density": 0.8, "cases": 600, "sets": 64, "resamples": 50},
        "limits": {"us.control_depth": {**ends, "kept": 0.96}, "research.step": {**ends, "kept": 0.2}},
    }
    (tmp_path / BOX).write_text(json.dumps({"income": known}), encoding="utf-8")
    assert (
        "Box in which income is hurt: control depth 0.50 to 1.00 (kept in 96 %) and 1 limit that fewer than half of 50 "
        "resamples of 64 parameter sets keep (box.json); it holds 70 % of all cases that hurt, and 80 % of its own "
        "hurt (all places: 10 %)."
    ) in " ".join(sentences(tmp_path, config))


def planted(spread: float = 0.2) -> Field:
    """A map on which the lead turns to a loss at a depth of 0.4, and income is lost wherever depth is."""
    sets = np.repeat(np.linspace(-spread, spread, 12), 2)
    depth, breadth = np.array(DEPTHS)[None, :, None], np.array([0.0, 1.0])[:, None, None]
    lead = 10.0 * (0.4 - depth) + 0.0 * breadth + sets
    income = -0.3 * depth * breadth + 0.0 * sets
    years = {name: np.stack([0.5 * of, of], axis=-1) for name, of in (("lead", lead), ("income", income))}
    changes = years | {"frontier": np.zeros_like(years["lead"])}
    axes = ("us.control_depth", "us.control_breadth")
    return Field(axes, DEPTHS, (0.0, 1.0), (2021, 2022), changes, np.full((2, 3), 1), np.arange(24))


def written(folder: Path, field: Field) -> dict[str, Any]:
    """All tables of a map; the configuration that it would have."""
    config = composed(["runs=24", "places=2", "name=made"])
    write_map(folder, field, SIZES)
    write_crossings(folder, field)
    write_by_year(folder, field, SIZES)
    (folder / BOX).write_text(json.dumps({"why": box.MISSING}), encoding="utf-8")
    return config


def test_sentences_give_the_size_before_the_chance_and_say_where_it_turns(tmp_path: Path) -> None:
    text = " ".join(sentences(tmp_path, written(tmp_path, planted())))
    assert (
        "relative lead falls by more than 0.50 log points: mean -6.00 log points at its worst (control depth 1" in text
    )
    assert "Between none and 100 % of runs lose that much, most at control depth 0.5" in text
    assert "(82 to 100 %), where the mean is -1.00." in text
    assert "None of the runs lose that much anywhere (0 to 18 %)." in text
    assert "Held at every place and in its twin: us.control_end_use=0 (0.70 in 2020)." in text
    assert "turns from gain to loss at control depth 0.40 (90 % over parameter sets" in text
    assert "own income falls by more than 0.10 %: mean -0.30 % at its worst (control depth 1, control breadth 1" in text
    assert "The mean change of own frontier keeps its sign all over the map." in text
    assert "No box: ema_workbench is not installed" in text
    assert "a value of us.control_depth takes back what was in force in 2020" in text


def test_a_lever_that_softens_relaxes_above_what_was_in_force() -> None:
    words = [warnings(composed([f"across={key}", "places=2"])) for key in ("us.control_end_use", "us.tariff")]
    assert words[0][0].startswith("Above 0.70 a value of us.control_end_use takes back")
    assert words[1][0].startswith("Below 0.097 a value of us.tariff takes back")
    assert warnings(composed(["across=us.control_end_use", "across_ends=[0,0.7]", "up=horizon"])) == []


def test_a_horizon_on_an_axis_takes_the_year_of_its_place() -> None:
    field = planted()
    early = replace(field, last=np.array([[0, 0, 0], [1, 1, 1]]))
    ends = early.at_the_end("lead").mean(axis=2)
    assert ends[0] == pytest.approx(0.5 * ends[1])


def test_figures_read_well(tmp_path: Path) -> None:
    config = written(tmp_path, planted())
    for name, picture in album(config, tmp_path).pictures:
        page = watched(lambda picture=picture, name=name: save(picture, tmp_path / name, "Techduel 0, 24 runs.", {}))
        page.check()


def test_a_twin_has_all_but_the_control() -> None:
    plain = ["places=2", "runs=2"]
    levers = places_of(composed(plain))
    assert [twin for _, twin in levers] == [{"held0": 0.0}] * 4
    assert all(acting["held0"] == 0.0 for acting, _ in levers)
    beside = places_of(composed([*plain, "up=params.ideas.home_spillover"]))
    assert [sorted(twin) for _, twin in beside] == [["axis1", "held0"]] * 4
    policy = places_of(composed([*plain, "policy=broad_controls", "across=horizon", "up=params.ideas.home_spillover"]))
    assert {acting["policy"] for acting, _ in policy} == {"broad_controls"}
    assert all("policy" not in twin for _, twin in policy)


def test_a_control_aims_at_everybody_unless_another_end_use_is_asked_for() -> None:
    held = [composed(["places=2", *given])["held"] for given in ((), ("held=[]",), ("up=us.control_end_use",))]
    assert [list(one) for one in held] == [["us.control_end_use"], [], []]
    assert list(composed(["state=china", "across=china.control_depth", "up=horizon"])["held"]) == [
        "china.control_end_use"
    ]
    assert composed(["policy=broad_controls", "places=2"])["held"] == {}
    asked = composed(["places=2", "held=[us.tariff=0.1,china.control_enforcement=0]"])["held"]
    assert asked["us.tariff"] == {
        **{"key": "us.tariff", "values": [0.1], "start": 2022.0},
        "sectors": ["semiconductors", "ai", "quantum", "cloud"],
    }
    assert "sectors" not in asked["china.control_enforcement"]


def test_a_status_quo_is_that_of_the_sectors_whose_lever_moves() -> None:
    config = composed(["places=2", "sectors=[semiconductors]"])
    chips = in_force(config, "us.control_depth")
    everywhere = in_force(composed(["places=2", "sectors=[all]"]), "us.control_depth")
    assert chips is not None
    assert everywhere is not None
    assert chips > everywhere
    assert in_force(config, "horizon") is None
    assert in_force(config, "us.control_end_use") == 0.7


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("across=us.control_depht",), "did you mean us.control_depth?"),
        (("up=us.control_depth",), "up: us.control_depth given on both axes; allowed: another setting"),
        (("across=horizon", "up=params.ideas.home_spillover"), "policy: stay given, and no axis moves a lever of us"),
        (("across_ends=[1,0]",), "above low"),
        (("income=nan",), "income: 'nan' given"),
        (("policy=broad",), "us: broad: unknown"),
        (("held=[us.control_depth=1]",), "held: us.control_depth given, which is on an axis; allowed: another lever"),
        (("held=[us.control_end_use=2]",), "held.us.control_end_use.value: 2.0 given; allowed: one number, 0 to 1"),
        (("held=[us.control_end_use]",), "held: 'us.control_end_use' given; allowed: us.LEVER=NUMBER"),
        (("held=[params.ideas.step=1]",), "held: 'params.ideas.step=1' given; allowed: us.LEVER=NUMBER"),
        (("held=[us.end_use=0]",), "held.us.end_use.lever: 'end_use' given"),
    ],
)
def test_degenerate_maps_are_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], line: str
) -> None:
    assert line in refused(tmp_path, capsys, "backfire", *arguments)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small map."""
    with made(tmp_path_factory.mktemp("backfire"), "backfire", *SMALL) as small:
        yield small


def test_it_writes_a_result_that_is_drawn_told_and_made_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told_and_made_again(folder, capsys, MAP, CROSSING, BY_YEAR, BOX, "map.png", "by_year.csv")


def test_a_place_is_a_run_with_both_levers_against_one_without_and_a_rerun_extends(folder: Path) -> None:
    from techduel.ensemble.simulation import simulate
    from techduel.scenario.scenario import load_scenario

    chunks = set((folder / "chunks").iterdir())
    assert guarded(main, ["backfire", *(text for text in SMALL if text != "runs=4"), "runs=6"]) == 0
    assert chunks < set((folder / "chunks").iterdir())
    (line,) = [one for one in read(folder, MAP) if (one["across"], one["up"], one["meaning"]) == (1.0, 1.0, "income")]
    small, words = ("horizon=2021", "slots=4"), "[semiconductors,ai,quantum,cloud]"
    whole = "everybody:{lever:control_end_use,start:2021,value:0.0}"
    both = ",".join(
        f"{name}:{{lever:control_{name},start:2021,value:1.0,sectors:{words}}}" for name in ("depth", "breadth")
    )
    with_it, without = (
        simulate(
            load_scenario("baseline_2021", *small, "policy@policies.us=schedule", f"policies.us.steps={{{steps}}}"),
            6,
            record="headline",
        )["real_income"][:, 0, 1:].mean(axis=-1)
        for steps in (f"{whole},{both}", whole)
    )
    assert line["mean"] == pytest.approx(100.0 * np.log(with_it / without).mean(), abs=1e-9)


def test_the_command_looks_for_boxes_in_what_is_computed(folder: Path) -> None:
    pytest.importorskip("ema_workbench", reason="ema_workbench is not installed: extra [strategy]")
    chunks = set((folder / "chunks").iterdir())
    asked = [text for text in SMALL if text not in {"resamples=0", "runs=4"}]
    assert guarded(main, ["backfire", *asked, "runs=4", "resamples=3", "lead=0.01", "frontier=100"]) == 0
    assert set((folder / "chunks").iterdir()) == chunks
    boxes = json.loads((folder / BOX).read_text(encoding="utf-8"))
    lines = [one for one in read(folder, MAP) if one["meaning"] == "lead"]
    assert boxes["lead"]["share"] == pytest.approx(np.mean([one["share"] for one in lines]))
    assert 0.0 < boxes["lead"]["share"] < 1.0
    assert boxes["lead"]["sets"] == 2
    assert boxes["lead"]["cases"] == 4 * 4
    assert boxes["frontier"] == {"share": 0.0, "limits": {}, "why": "too few cases of one kind"}
