"""The forecast of a run: recorded series with and without what the model misses, and wider bands of targets."""

import csv
from pathlib import Path

import numpy as np
import pytest

from experiments.__main__ import main
from techduel.ensemble.compute import Options
from techduel.ensemble.record import Record
from techduel.ensemble.runs import Ensemble, run_ensemble
from techduel.ensemble.simulation import simulate
from techduel.facts import load_facts
from techduel.model.axes import STATES
from techduel.scenario.scenario import load_scenario
from techduel.studies.backtest.comparison import CODE_OF
from techduel.studies.backtest.counterparts import SERIES
from techduel.studies.backtest.discrepancy import Discrepancy, discrepancy_of, load_discrepancy
from techduel.studies.backtest.figures import SHOWN
from techduel.studies.backtest.forecast import COLUMNS, forecasts
from techduel.studies.backtest.outcomes_file import read_outcomes, recorded_after
from techduel.studies.backtest.primitives import KEYS
from techduel.studies.backtest.series import pairs
from techduel.studies.backtest.tables import write_run_forecast
from techduel.studies.run.scorecard import RECORDED, rows

EXAMPLE = Path(__file__).resolve().parents[2] / "results" / "reference" / "outcomes_2018_2020.csv"


@pytest.fixture(scope="module")
def record() -> Record:
    return simulate(load_scenario("baseline_2021", "params=default", "horizon=2025"), runs=40, record="headline")


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def stepping(step: float) -> Discrepancy:
    """The same independent steps of every primitive, without drift."""
    zero = np.zeros(len(KEYS))
    return Discrepancy(zero, zero, np.full(len(KEYS), step), np.eye(len(KEYS)))


def stored(folder: Path, params: str) -> Path:
    """A stored result with its forecast, without its other tables and figures."""
    scenario = load_scenario("baseline_2021", f"params={params}", "horizon=2023")
    run_ensemble(Ensemble(scenario, 6, record="headline"), folder, Options())
    write_run_forecast(folder)
    return folder


def test_a_run_of_the_posterior_writes_every_series(tmp_path: Path) -> None:
    folder = stored(tmp_path, "posterior")
    found = table(folder / "forecast.csv")
    assert tuple(found[0]) == COLUMNS
    assert [(row["series"], row["state"], row["year"]) for row in found] == [
        (name, state, str(year)) for name, state in pairs() for year in (2021, 2022, 2023)
    ]
    for row in found:
        for opening in ("", "model_"):
            low, middle, high = (float(row[f"{opening}{name}"]) for name in ("q05", "q50", "q95"))
            assert low <= middle <= high
    shown = {(row["series"], row["state"]) for row in table(folder / "figures" / "forecast.csv")}
    assert shown == set(SHOWN)
    before = {path.name: path.read_bytes() for path in (folder / "figures").iterdir()}
    write_run_forecast(folder)
    assert {path.name: path.read_bytes() for path in (folder / "figures").iterdir()} == before


def test_luck_alone_is_no_forecast(tmp_path: Path) -> None:
    folder = stored(tmp_path, "default")
    assert not (folder / "forecast.csv").exists()
    assert not (folder / "figures").exists()


def test_run_and_plot_ask_for_the_forecast(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[Path] = []
    monkeypatch.setattr("techduel.report.page.save_all", lambda _album, _folder: None)
    monkeypatch.setattr("techduel.studies.backtest.tables.write_run_forecast", asked.append)
    small = ["runs=2", "horizon=2021", "record=headline", "quiet=true", "name=small", f"results={tmp_path}"]
    assert main(["run", *small]) == 0
    assert main(["plot", str(tmp_path / "run" / "small")]) == 0
    assert asked == [tmp_path / "run" / "small"] * 2


def test_what_was_missed_widens_every_band_around_its_middle(record: Record) -> None:
    known = stepping(0.05)
    for one, alone in zip(forecasts(record, load_facts(), known), forecasts(record, load_facts(), None), strict=True):
        np.testing.assert_array_equal(one.alone, alone.whole)
        assert one.whole[:, -1].std() > alone.whole[:, -1].std(), one.series
        assert (one.whole[:, -1] != alone.whole[:, -1]).all()


def test_targets_have_a_wider_band_on_their_own_basis(record: Record) -> None:
    known = stepping(0.05)
    plain, wide = rows(record, load_facts()), rows(record, load_facts(), known)
    with_band = {row["id"] for row in wide if row["forecast_q05"] is not None}
    assert with_band == {"F2", "F3", "F4", "F5", "F8"}
    for row, other in zip(wide, plain, strict=True):
        assert {key: value for key, value in row.items() if "forecast" not in key} == {
            key: value for key, value in other.items() if "forecast" not in key
        }
        assert other["forecast_q05"] is other["forecast_q95"] is other["forecast_share"] is None
        if row["forecast_q05"] is not None:
            assert row["forecast_q05"] < row["model_median"] < row["forecast_q95"]
            assert row["forecast_q95"] - row["forecast_q05"] > row["model_q95"] - row["model_q05"]
    still = [row for row in rows(record, load_facts(), stepping(0.0)) if row["forecast_q05"] is not None]
    assert all(row["forecast_q95"] == pytest.approx(row["model_q95"]) for row in still)


def test_targets_count_the_runs_that_reach_them_with_past_misses(record: Record) -> None:
    facts = load_facts()
    basic = next(row for row in rows(record, facts, stepping(0.05)) if row["id"] == "F5")
    whole, alone = forecasts(record, facts, stepping(0.05), [("basic_share", "china")])[0].at(2025)
    of_2025 = record.annual("basic_share")[:, STATES.index("china"), record.years == 2025][:, 0]
    assert basic["forecast_share"] == np.mean(100.0 * of_2025 * whole / alone >= 8.0)
    assert 0.0 < basic["forecast_share"] < 1.0


def test_recorded_series_of_targets_exist() -> None:
    assert set(RECORDED.values()) <= set(SERIES)


def test_discrepancy_belongs_to_a_posterior() -> None:
    assert discrepancy_of({"research": {"crowd_in": 0.3}}, 2020) is None
    assert discrepancy_of({"research": {"crowd_in": "prior"}}, 2020) is None
    assert discrepancy_of({"research": {"crowd_in": {"default": "posterior"}}}, 2020) == load_discrepancy(2020)


def test_the_example_is_the_record_after_2017() -> None:
    history = load_facts().history
    found, expected = read_outcomes(EXAMPLE, 2017), recorded_after(history, 2017)
    assert found.scored == expected.scored
    assert not found.skipped
    assert {CODE_OF[one.state] for one in found.scored} == {"USA", "CHN"}
