"""The registry of figures: an outcome and its figure are declared in one place, and every line of it is true."""

import csv
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from drawn import draw_all, watched

from techduel import load_scenario, simulate
from techduel.facts import load_facts
from techduel.model.outcomes import MARKET_TIME, OUTCOMES, RUN_TIME, SECTOR_TIME, STATE_TIME, Outcome
from techduel.report.marks import Bars, Fan, Map
from techduel.studies.run.figures import FIGURES, outcomes_read, registry

REPOSITORY = Path(__file__).resolve().parents[2]
SUPPORT = Outcome(STATE_TIME, "share of GDP", "public R&D and tax credits over GDP", figure="Public support")
ADDED = {
    '    "firms_alive": Outcome(': f'    "support": Outcome(STATE_TIME, "{SUPPORT.unit}", "{SUPPORT.meaning}", '
    f'figure="{SUPPORT.figure}"),\n',
    "    measured.tariff_revenue = ": "    measured.support = state.public_spending / state.gdp\n",
}
"""All that a new outcome with a figure takes: two lines in model/outcomes.py, each before the line that is named."""
OTHERS = {
    "sold": (
        Outcome(RUN_TIME, "bn USD of 2020 per year", "sales of both states", figure="Sales"),
        lambda values: values["sales"].sum(axis=(1, 2)),
    ),
    "filed": (
        Outcome(SECTOR_TIME, "per year", "filings", figure="Filings by sector"),
        lambda values: values["filings"],
    ),
}


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_new_outcome_brings_its_figure_from_the_command_to_the_picture(tmp_path: Path) -> None:
    """In a copy of the sources, as its author would have it."""
    copy = tmp_path / "copy"
    for name in ("sim", "experiments", "configs"):
        shutil.copytree(REPOSITORY / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    place = copy / "sim/techduel/model/outcomes.py"
    text = place.read_text(encoding="utf-8")
    for before, line in ADDED.items():
        assert text.count(before) == 1
        text = text.replace(before, line + before)
    place.write_text(text, encoding="utf-8")

    def commanded(*given: str) -> None:
        environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": f"{copy / 'sim'}{os.pathsep}{copy}"}
        command = [sys.executable, "-m", "experiments", *given]
        subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)

    small = ("runs=2", "horizon=2021", "slots=4", "quiet=true", "name=small", "params=default", "results=results")
    commanded("run", *small)
    folder = tmp_path / "results" / "run" / "small"
    lines = table(folder / "figures" / "support.csv")
    assert {line["unit"] for line in lines} == {"% of GDP"}
    assert {line["panel"] for line in lines} == {SUPPORT.meaning}
    summary = {
        (line["state"], line["time"]): line for line in table(folder / "summary.csv") if line["variable"] == "support"
    }
    first = next(line for line in lines if (line["series"], line["year"]) == ("us", "2020"))
    assert float(first["q50"]) == pytest.approx(100 * float(summary["us", "2020.75"]["q50"]), rel=1e-6)
    assert json.loads((folder / "figures" / "support.json").read_text(encoding="utf-8"))["title"] == "Public support"
    commanded("plot", str(folder))
    commanded("reproduce", str(folder))


def test_outcomes_of_the_world_and_of_sectors_bring_theirs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    scenario = load_scenario("baseline_2021", "horizon=2022")
    record = simulate(scenario, runs=3)
    for name, (outcome, values) in OTHERS.items():
        monkeypatch.setitem(OUTCOMES, name, outcome)
        record = replace(record, values={**record.values, name: values(record.values)})
    for name in OTHERS:
        watched(lambda name=name: draw_all(record, load_facts(), scenario, tmp_path, [name])).check()
    sectors = {line["panel"] for line in table(tmp_path / "figures" / "filed.csv")}
    assert len(sectors) == len(record.sectors)


def test_a_figure_that_nobody_can_draw_by_itself_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(OUTCOMES, "odd", Outcome(MARKET_TIME, "share", "some", figure="Some"))
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
