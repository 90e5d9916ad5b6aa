"""Figures of a comparison: nothing overlaps or is tiny, however many scenarios or measures there are."""

import math
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn import watched

from techduel import load_scenario, simulate
from techduel.ensemble.headlines import HEADLINES, INCOME
from techduel.ensemble.paired import SPREAD
from techduel.report.drawing import apart
from techduel.report.marks import Bars, Dot, Grid, Picture, paged
from techduel.report.page import save
from techduel.studies.compare.comparison import contrast
from techduel.studies.compare.decomposition import TOTAL
from techduel.studies.compare.figures import MOST_COLUMNS, grid, paired, plane, tornado


def made_up_headlines(names: Sequence[str]) -> list[dict[str, Any]]:
    generator = np.random.default_rng(4)
    rows = []
    for name in names:
        for outcome, headline in HEADLINES.items():
            for state in ("us", "china") if outcome != "decoupling_index" else ("",):
                mean = float(generator.normal(0.0, 30.0))
                numbers = dict.fromkeys(SPREAD, mean) | {
                    "q05": mean - 20.0,
                    "q95": mean + 9.0,
                    "runs": 200.0,
                    "year": 2035.0,
                }
                numbers |= {"share_positive": 0.97 if mean > 0 else 0.03, "share_negative": 0.03 if mean > 0 else 0.97}
                rows.append(
                    {"scenario": name, "outcome": outcome, "state": state, "unit": headline.scale.unit, **numbers}
                )
    return rows


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
PICTURES: dict[str, Picture] = {
    "grid of one": grid(made_up_headlines(MANY[:1]), MANY[:1], "base"),
    "full grid": grid(made_up_headlines(MANY), MANY[:MOST_COLUMNS], "base"),
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


def draw_and_check(picture: Picture, folder: Path) -> None:
    page = watched(partial(save, picture, folder / "one", "Techduel 0, 200 runs, seed 1.", {}))
    assert len(page.texts) > 8
    page.check()


def test_scenarios_at_the_same_place_keep_their_names_apart() -> None:
    places = apart([0.0, 0.0, 0.1, 5.0, 10.0, 10.0], 0.5, 0.0, 10.0)
    assert places == sorted(places)
    assert np.diff(places).min() >= 0.5 - 1e-12
    assert places[0] >= 0.0
    assert places[-1] <= 10.0


def test_a_grid_has_pages_and_names_each_scenario_once() -> None:
    pages = list(paged(MANY, MOST_COLUMNS))
    assert [(page, len(names)) for page, names in pages] == [("_1", 8), ("_2", 8), ("_3", 3)]
    assert [name for _, names in pages for name in names] == MANY
    panel = grid(made_up_headlines(MANY), pages[2][1], "base").panels[0]
    assert isinstance(panel, Grid)
    assert [" ".join(name.split()) for name in panel.columns] == [name.replace("_", " ") for name in MANY[16:]]
    assert [page for page, _ in paged(MANY[:8], MOST_COLUMNS)] == [""]


def test_colour_says_how_sure_a_number_is_and_not_how_large() -> None:
    rows = made_up_headlines(MANY[:3])
    for row, middle, share in zip(rows, (900.0, -0.001, 5.0), (0.89, 1.0, 0.95), strict=False):
        ways = {"share_positive": share, "share_negative": 1.0 - share}
        row |= {"q50": middle, **(ways if middle > 0 else dict(zip(ways, reversed(ways.values()), strict=True)))}
    panel = grid(rows, MANY[:1], "base").panels[0]
    assert isinstance(panel, Grid)
    np.testing.assert_allclose(panel.values[:3, 0], [0.0, -1.0, 0.9])
    assert [cells[0] for cells in panel.below][:3] == ["open", "100 %", "95 %"]


def test_rows_of_all_panels_of_a_tornado_are_the_same_measures() -> None:
    """A measure without a share in one headline leaves its row empty, and no other slips into it."""
    parts = made_up_parts(PLAYERS)
    lost = next(row for row in parts if row["outcome"] == "lead_frontier" and row["player"] == "events")
    lost["share"] = math.nan
    panels = [panel for panel in tornado(parts, "one", "base").panels if isinstance(panel, Bars)]
    assert len({tuple(panel.rows) for panel in panels}) == 1
    assert panels[0].rows[-1] == TOTAL
    alone = next(layer for layer in panels[2].layers if isinstance(layer, Dot)).places
    assert list(np.isnan(alone)) == [name in {"events", TOTAL} for name in panels[2].rows]
