"""Figures: every picture has its numbers and provenance and the same bytes each time; nothing overlaps or is tiny."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from drawn import Picture, draw_all, watched
from matplotlib.image import imread

from techduel import Record, Scenario, load_scenario, simulate
from techduel.ensemble.summary import tail_exponent
from techduel.facts import Facts, load_facts
from techduel.report import marks
from techduel.report.page import save
from techduel.scenario.fingerprint import config_hash
from techduel.scenario.scenario import numbers
from techduel.studies.run.courses import MONEY, market_shares
from techduel.studies.run.figures import FIGURES, RunFigure, at_year_ends


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("baseline_2021")


@pytest.fixture(scope="module")
def record(scenario: Scenario) -> Record:
    return simulate(scenario, runs=8)


@pytest.fixture(scope="module")
def folder(record: Record, scenario: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all figures."""
    path = tmp_path_factory.mktemp("figures")
    assert draw_all(record, load_facts(), scenario, path) == list(FIGURES)
    return path / "figures"


def drawn(record: Record, scenario: Scenario, folder: Path, name: str) -> Picture:
    return watched(lambda: draw_all(record, load_facts(), scenario, folder, [name]))


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_has_numbers_and_provenance(name: str, folder: Path, record: Record, scenario: Scenario) -> None:
    assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    lines = table(folder / f"{name}.csv")
    assert lines
    assert all(line["unit"] for line in lines)
    found = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    assert (found["seed"], found["runs"], found["scenario"]) == (1, 8, "baseline_2021")
    assert found["config_hash"] == config_hash(numbers(scenario.config))
    assert found["source"]
    assert set(found) == {
        *("figure", "title", "source", "scenario", "config_hash", "version", "seed", "runs", "numbers")
    }


def test_the_same_record_gives_the_same_bytes(folder: Path, record: Record, scenario: Scenario, tmp_path: Path) -> None:
    for name in draw_all(record, load_facts(), scenario, tmp_path, ["rd_totals", "lead_heatmap"]):
        for ending in ("png", "csv", "json"):
            assert (tmp_path / "figures" / f"{name}.{ending}").read_bytes() == (
                folder / f"{name}.{ending}"
            ).read_bytes()
    assert len(list((tmp_path / "figures").iterdir())) == 6


@pytest.mark.parametrize("name", FIGURES)
def test_texts_are_large_enough_inside_and_apart(name: str, record: Record, scenario: Scenario, tmp_path: Path) -> None:
    picture = drawn(record, scenario, tmp_path, name)
    assert len(picture.texts) > 10
    picture.check()


def test_a_long_horizon_leaves_room_for_numbers(tmp_path: Path) -> None:
    scenario = load_scenario("baseline_2021", "horizon=2050")
    record = simulate(scenario, runs=2, record="headline")
    assert not drawn(record, scenario, tmp_path, "lead_heatmap").overlaps()


def test_the_numbers_are_those_of_the_record(folder: Path, record: Record) -> None:
    lines = table(folder / "rd_totals.csv")
    (line,) = [row for row in lines if (row["series"], row["year"], row["unit"]) == ("us", "2025", MONEY)]
    assert float(line["q50"]) == pytest.approx(np.median(record["rd_total"][:, 0, 17:21].mean(axis=1)), rel=1e-7)
    (line,) = [row for row in table(folder / "lead_heatmap.csv") if (row["sector"], row["year"]) == ("ai", "2035")]
    leads = record["lead"][:, 0, record.sectors.index("ai"), -1]
    assert float(line["q95"]) == pytest.approx(np.quantile(leads, 0.95), rel=1e-7)


def test_records_meet_the_base_year(folder: Path) -> None:
    """History at 2020 prices ends where the simulated world begins: growth from 2019 to 2020 is the recorded one."""
    lines = [row for row in table(folder / "rd_totals.csv") if row["unit"] == MONEY]
    for state, growth in {"us": 716.87 / 665.557 / 1.0136, "china": 2441.558 / 2214.358 / 1.004}.items():
        past = {row["year"]: float(row["past"] or row["q50"]) for row in lines if row["series"] == state}
        assert past["2020"] / past["2019"] == pytest.approx(growth, rel=0.005)
        assert min(map(int, past)) == 1995


def test_shares_of_a_market_weigh_sectors_by_size(record: Record) -> None:
    facts = load_facts()
    courses = market_shares(record, facts)
    spending = facts.base.market_size * facts.base.demand_share[1]
    expected = 100 * (record["market_share"][0, 0, 1, :, 0] * spending).sum() / spending.sum()
    assert courses[1].series[0].quantiles[2, 0] == pytest.approx(expected)


def test_tail_exponent_of_an_exact_pareto_law() -> None:
    ranks = np.arange(1, 2001) - 0.5
    sizes = np.stack([ranks ** (-1 / exponent) for exponent in (0.9, 1.5)])
    np.testing.assert_allclose(tail_exponent(sizes), [0.9, 1.5], rtol=1e-12)


def test_a_headline_record_shows_the_same_numbers(record: Record, scenario: Scenario) -> None:
    facts, thin = load_facts(), simulate(scenario, runs=8, record="headline")
    for figure in FIGURES.values():
        shown = told(figure, record, facts)
        assert told(figure, thin, facts) == shown
        assert told(figure, at_year_ends(record), facts) == shown


def told(figure: RunFigure, record: Record, facts: Facts) -> list[str]:
    return [str(row) for row in figure.drawn(record, facts, "luck").rows]


def test_a_short_headline_record_can_be_drawn(tmp_path: Path) -> None:
    scenario = load_scenario("baseline_2021", "horizon=2021")
    record = simulate(scenario, runs=1, record="headline")
    assert draw_all(record, load_facts(), scenario, tmp_path) == list(FIGURES)


def test_an_unknown_figure_is_refused(record: Record, scenario: Scenario, tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        draw_all(record, load_facts(), scenario, tmp_path, ["nonsense"])


def test_cells_that_are_less_sure_are_seen_to_be_so(tmp_path: Path) -> None:
    """Hatched where the field says so, and nowhere else."""
    names, page = ["a", "b"], {}
    for name, unsure in (("plain", [[False, False]] * 2), ("hatched", [[True, False]] * 2)):
        field = marks.Map(np.zeros((2, 2)), names, names, marks.SHARE_COLOURS, (0.0, 1.0), hatched=np.array(unsure))
        save(marks.Picture("A field", "Made up.", [field], ("x",), [(0.0,)], 3.0), tmp_path / name, "", {})
        page[name] = imread(tmp_path / f"{name}.png")
    changed = np.argwhere((page["plain"] != page["hatched"]).any(axis=-1))
    assert len(changed) > 1000
    assert changed[:, 1].max() < 0.6 * page["plain"].shape[1], "the left column alone"
