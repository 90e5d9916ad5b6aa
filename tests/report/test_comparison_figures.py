"""Figures of a comparison: nothing overlaps or is tiny, however many scenarios or measures there are."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn import watched

from techduel import load_scenario, simulate
from techduel.ensemble.headlines import HEADLINES, INCOME
from techduel.ensemble.paired import SPREAD
from techduel.report.drawing import save, style
from techduel.studies.compare import plots as comparison_plots
from techduel.studies.compare.contrast import contrast
from techduel.studies.compare.decomposition import TOTAL
from techduel.studies.compare.figures import LETTERS, Drawable, grids, paired, plane, tornado


def made_up_headlines(names: Sequence[str]) -> list[dict[str, Any]]:
    generator = np.random.default_rng(4)
    found = []
    for name in names:
        for outcome, known in HEADLINES.items():
            for state in ("us", "china") if outcome != "decoupling_index" else ("",):
                mean = float(generator.normal(0.0, 30.0))
                numbers_of = dict.fromkeys(SPREAD, mean) | {
                    "q05": mean - 20.0,
                    "q95": mean + 9.0,
                    "share_same_sign": 0.97,
                }
                found.append(
                    {"scenario": name, "outcome": outcome, "state": state, "unit": known.scale.unit, **numbers_of}
                )
    return found


def made_up_parts(players: Sequence[str]) -> list[dict[str, Any]]:
    generator = np.random.default_rng(5)
    return [
        {"scenario": "one", "outcome": outcome, "state": state, "player": player, "unit": "%", "method": "every order"}
        | dict(
            zip(("alone", "last", "share", "share_q05", "share_q95"), np.sort(generator.normal(size=5)), strict=True)
        )
        for outcome, state in ((INCOME, "us"), (INCOME, "china"), ("lead_frontier", "us"), ("decoupling_index", ""))
        for player in (*players, TOTAL)
    ]


MANY = [f"a_scenario_with_a_long_name_{number}" for number in range(19)]
PLAYERS = [
    "goods controls",
    "tariffs and procurement",
    "collaboration and science",
    "stocks, standards, allies",
    "events",
]
PICTURES: dict[str, Drawable] = {
    "grid of one": grids(made_up_headlines(MANY[:1]), MANY[:1], "base")[0],
    "full grid": grids(made_up_headlines(MANY), MANY, "base")[0],
    "plane of one": plane(made_up_headlines(MANY[:1]), MANY[:1], "base"),
    "plane of many": plane(made_up_headlines(MANY), MANY, "base"),
    "tornado": tornado(made_up_parts(PLAYERS), "one", "base"),
    "tornado of one": tornado(made_up_parts(PLAYERS[:1]), "one", "base"),
}


@pytest.mark.parametrize("name", PICTURES)
def test_texts_are_large_enough_inside_and_apart(name: str, tmp_path: Path) -> None:
    draw_and_check(PICTURES[name], tmp_path)


def test_bands_over_time_read_well(tmp_path: Path) -> None:
    article, baseline = (simulate(load_scenario(name, "horizon=2023"), 4) for name in ("article_plan", "baseline_2021"))
    draw_and_check(paired(contrast(article, baseline, 0.03, "article_plan"), "baseline_2021"), tmp_path)


def draw_and_check(what: Drawable, folder: Path) -> None:
    origin = {"version": "0", "runs": 200, "seed": 1}

    words = comparison_plots._words(what, origin, "luck and parameters")

    def draw() -> None:
        with style():
            save(comparison_plots._picture(what), what, folder / "one", words, origin)

    picture = watched(draw)
    assert len(picture.texts) > 8
    picture.check()


def test_scenarios_at_the_same_place_keep_their_letters_apart() -> None:
    places = comparison_plots._apart([0.0, 0.0, 0.1, 5.0, 10.0, 10.0], 0.5, 0.0, 10.0)
    assert places == sorted(places)
    assert np.diff(places).min() >= 0.5 - 1e-12
    assert places[0] >= 0.0
    assert places[-1] <= 10.0


def test_a_grid_has_pages_and_each_scenario_one_letter() -> None:
    pages = grids(made_up_headlines(MANY), MANY, "base")
    assert [len(page.columns) for page in pages] == [8, 8, 3]
    assert [letter for page in pages for letter, _ in page.columns] == list(LETTERS[:19])
