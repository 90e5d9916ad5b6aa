"""Views: links, files and commands of a page; whatever a link holds, it is understood or told, never obeyed."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs

import numpy as np
import pytest

import techduel
from techduel.explore.bench import KEPT, PARTS, Bench, Superseded
from techduel.explore.shelf import SHIPPED
from techduel.explore.view import MOST_MOVES, MOST_RUNS, RUNS, Move, View, ends, view_of
from techduel.model.actions import LEVERS

CHIPS = Move("us", "control_depth", "semiconductors", 2024, 0.9)
GRANTS = Move("china", "grants", "all", 2026, 12.5)
HOSTILE = "<script>alert(1)</script>"


def understood(query: str) -> View:
    return view_of(parse_qs(query, keep_blank_values=True))


@pytest.mark.parametrize(
    "view",
    [
        View(),
        View("article_plan", "full_decoupling", (CHIPS, GRANTS), "", 2035),
        View("baseline_2021", "baseline_2021", (Move("us", "visa_limits", "all", 2021, 0.0),), "ai", 2021),
    ],
)
def test_a_link_holds_the_whole_view(view: View) -> None:
    assert understood(view.query) == view
    assert understood(view.query).problems == ()


@pytest.mark.parametrize("name", LEVERS)
def test_every_lever_can_be_moved_to_both_ends(name: str) -> None:
    for amount in ends(name):
        view = View(moves=(Move("us", name, "all", 2025, amount),))
        assert understood(view.query) == view
        assert techduel.load_scenario(view.content).policies["us"] is not None


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (f"a={HOSTILE}", "a: <script>alert(1)</script>: unknown"),
        ("b=../../etc/passwd", "b: ../../etc/passwd: unknown"),
        ("sector=semiconductor", "did you mean semiconductors?"),
        ("year=1900", "year: 1900: unknown"),
        ("move=us.control_depth.ai.2024.1e9", "not understood"),
        ("move=us.control_depth.ai.2024.nan", "not understood"),
        ("move=us.control_depth.ai.2024.1.5", "not understood"),
        ("move=us.__class__.ai.2024.0.5", "not understood"),
        ("move=us.control_depth.ai.٢٠٢٤.0.5", "not understood"),
        ("move=" + "x" * 100_000, "xxx...: not understood"),
        ("&".join(["move=us.visa_limits.all.2024.0.5"] * 99), "99 given; allowed: at most 6"),
        ("a=%00%1b[2J%E2%80%AE", "\\x00\\x1b[2J\\u202e: unknown"),
    ],
)
def test_what_a_link_should_not_hold_is_told_and_left(query: str, words: str) -> None:
    view = understood(query)
    assert any(words in problem for problem in view.problems)
    assert all(problem.isprintable() and len(problem) < 2_000 for problem in view.problems)
    plain = View(moves=view.moves if "99" in words else ())
    assert view == plain
    assert len(view.moves) <= MOST_MOVES


def test_the_file_and_the_command_compute_what_the_page_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the command's own function, from the file as it is shown."""
    from techduel.studies.compare.settings import composed

    monkeypatch.chdir(tmp_path)
    view = View(moves=(CHIPS, GRANTS), scenario="full_decoupling")
    for name, text in view.files.items():
        Path(name).write_text(text, encoding="utf-8")
    assert view.command.startswith("techduel compare 'scenarios=[baseline_2021,mine.yaml]' year=2030 ")
    typed = view.command.replace("'", "").split()[2:]
    theirs = composed(typed)["members"]["mine"]
    ours = techduel.load_scenario(view.content).config
    for key in ("policies", "events", "params", "forms", "facts"):
        assert ours[key] == theirs[key]
    base = theirs["policies"]["us"]["base"]["kind"]
    assert (theirs["policies"]["us"]["kind"], base) == ("schedule", "full_decoupling")
    assert View().files == {}


def test_scenarios_are_composed_in_several_threads_at_once() -> None:
    """As two visitors do; Hydra alone would refuse the second."""
    with ThreadPoolExecutor(4) as threads:
        names = list(threads.map(lambda amount: techduel.load_scenario(_content(amount)).name, [0.1, 0.2, 0.3, 0.4]))
    assert len(set(names)) == 4


def _content(amount: float) -> dict[str, object]:
    return View(moves=(Move("us", "tariff", "all", 2025, amount),)).content


def test_scenarios_on_offer_are_those_that_begin_in_2021() -> None:
    assert "baseline_2021" in SHIPPED.scenarios
    assert not {"history_2010", "forecast_2017"} & set(SHIPPED.scenarios)


@pytest.mark.ensembles
def test_a_bench_computes_what_compare_does_and_once() -> None:
    bench, view = Bench(), View(moves=(CHIPS,))
    ours = bench.compared(view, RUNS)
    theirs = techduel.compare("baseline_2021", view.content, runs=RUNS, year=2030, sector="semiconductors")
    ours_said, theirs_said = (found.sentences[0].partition(": ")[2] for found in (ours, theirs))
    assert ours_said == theirs_said
    again = bench.compared(view, RUNS)
    assert again.records["baseline_2021"].values.keys() == ours.records["baseline_2021"].values.keys()
    for name in ours.records:
        np.testing.assert_array_equal(again.records[name]["lead"], ours.records[name]["lead"])
    moved_on = View(moves=(GRANTS,))
    with pytest.raises(Superseded):
        bench.compared(moved_on, RUNS, lambda: True)
    assert PARTS[-1] == MOST_RUNS
    assert len(bench._parts) <= KEPT
