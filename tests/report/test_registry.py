"""The registry of figures: an outcome and its figure are declared in one place, and every line of it is true."""

import csv
import json
from pathlib import Path

import pytest
from drawn import watched

from experiments.__main__ import main
from techduel import load_scenario, simulate
from techduel.facts import load_facts
from techduel.model.axes import SECTOR, total
from techduel.model.outcomes import MARKET_TIME, OUTCOMES, RUN_TIME, SECTOR_TIME, STATE_TIME, Outcome
from techduel.model.world import World
from techduel.report.marks import Bars, Fan, Map
from techduel.studies.run.figures import FIGURES, draw_all, outcomes_read, registry

SUPPORT = Outcome(
    STATE_TIME,
    "share of GDP",
    "public R&D and tax credits over GDP",
    lambda world: world.states.public_spending / world.states.gdp,
    figure="Public support",
)
"""All that a new outcome with a figure takes."""


def exchange(world: World) -> object:
    return total(total(world.cells.sales, SECTOR), 1)


OTHERS = {
    "sold": Outcome(RUN_TIME, "bn USD of 2020 per year", "sales of both states", exchange, figure="Sales"),
    "filed": Outcome(SECTOR_TIME, "per year", "filings", lambda world: world.cells.filings, figure="Filings by sector"),
}


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_new_outcome_brings_its_figure_from_the_command_to_the_picture(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(OUTCOMES, "support", SUPPORT)
    small = ["runs=4", "horizon=2022", "quiet=true", "name=small", "params=default", f"results={tmp_path}"]
    assert main(["run", *small]) == 0
    folder = tmp_path / "run" / "small"
    lines = table(folder / "figures" / "support.csv")
    assert {line["unit"] for line in lines} == {"% of GDP"}
    assert {line["panel"] for line in lines} == {SUPPORT.meaning}
    summary = {
        (line["state"], line["time"]): line for line in table(folder / "summary.csv") if line["variable"] == "support"
    }
    first = next(line for line in lines if (line["series"], line["year"]) == ("us", "2020"))
    assert float(first["q50"]) == pytest.approx(100 * float(summary["us", "2020.75"]["q50"]), rel=1e-6)
    assert json.loads((folder / "figures" / "support.json").read_text(encoding="utf-8"))["title"] == "Public support"
    assert main(["plot", str(folder)]) == 0
    assert main(["reproduce", str(folder)]) == 0


def test_outcomes_of_the_world_and_of_sectors_bring_theirs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, outcome in OTHERS.items():
        monkeypatch.setitem(OUTCOMES, name, outcome)
    scenario = load_scenario("baseline_2021", "horizon=2022")
    record = simulate(scenario, runs=3)
    for name in OTHERS:
        watched(lambda name=name: draw_all(record, load_facts(), scenario, tmp_path, [name])).check()
    sectors = {line["panel"] for line in table(tmp_path / "figures" / "filed.csv")}
    assert len(sectors) == len(record.sectors)


def test_a_figure_that_nobody_can_draw_by_itself_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OUTCOMES, "odd", Outcome(MARKET_TIME, "share", "some", None, figure="Some"))
    with pytest.raises(ValueError, match="odd: a figure by itself needs the axes"):
        registry()


def test_figures_read_what_the_registry_says() -> None:
    """A record with those outcomes alone can be drawn, and each line's mark and unit are those of its picture."""
    scenario = load_scenario("baseline_2021", "horizon=2022")
    record, facts = simulate(scenario, runs=3), load_facts()
    assert set(outcomes_read()) <= set(OUTCOMES)
    marks = {"fan": Fan, "map": Map, "fan and bars": Fan}
    for name, figure in FIGURES.items():
        alone = type(record)(
            values={one: record.values[one] for one in figure.reads},
            time=record.time,
            runs=record.runs,
            sectors=record.sectors,
            seed=record.seed,
            snapshots=record.snapshots,
        )
        picture = figure.drawn(alone, facts, "luck")
        assert all(isinstance(panel, marks[figure.mark]) for panel in picture.panels), name
        assert isinstance(picture.below, Bars) == ("bars" in figure.mark), name
        units = {str(row[-1]) for row in picture.rows}
        promised = set() if figure.unit == "as beside each panel" else set(figure.unit.split("; "))
        assert all(any(part in unit for unit in units) for part in promised), name
