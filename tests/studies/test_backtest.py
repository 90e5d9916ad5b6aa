"""A whole backtest: what it writes, that it repeats, what it refuses, and that nothing after the origin enters."""

import csv
import math
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments import reproduce
from experiments.__main__ import main
from techduel.ensemble.record import Record
from techduel.facts import Facts, History, load_facts
from techduel.facts.history import Series
from techduel.scenario.origin import origin_scenario
from techduel.scenario.posteriors import posterior_years
from techduel.studies.backtest import command, settings, study
from techduel.studies.backtest.comparison import SCORE_COLUMNS, SKILL_COLUMNS, rivals, scored, skills
from techduel.studies.backtest.counterparts import SERIES
from techduel.studies.backtest.discrepancy import load_discrepancy
from techduel.studies.backtest.estimation import Estimate, Miss, estimates
from techduel.studies.backtest.forecast import Forecast, forecasts
from techduel.studies.backtest.hindcasts import Error, errors, misses
from techduel.studies.backtest.outcomes_file import Outcome
from techduel.studies.backtest.primitives import KEYS, OUTCOMES, on_record
from techduel.studies.backtest.report import biases_in_words, horizons_in_words
from techduel.studies.backtest.series import pairs
from techduel.studies.backtest.study import from_plain, simulated
from techduel.studies.backtest.tables import read, write_horizons
from techduel.studies.hindcast import settings as hindcast

FILE = """\
series,state,year,value,unit,source
gerd_pct_gdp,CHN,2022,2.5,% of GDP,invented
gerd_pct_gdp,CHN,2021,2.44,% of GDP,invented
gdp_growth,USA,2021,5.0,% real,invented
moon_landings,USA,2022,1,landings,invented
"""
INTERFACE = (
    *("series", "state", "year", "observed", "q05", "q50", "q95", "crps", "covered_90"),
    *("crps_last_value", "crps_last_growth", "crps_ar1"),
)

type Rows = list[dict[str, str]]


def rows(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an outcomes file and its backtest."""
    path = tmp_path_factory.mktemp("backtest")
    (path / "came.csv").write_text(FILE, encoding="utf-8")
    assert main(["backtest", f"outcomes={path / 'came.csv'}", *options(path)]) == 0
    return path


def options(home: Path) -> list[str]:
    return ["runs=12", f"results={home / 'results'}", "quiet=true"]


@pytest.fixture(scope="module")
def folder(home: Path) -> Path:
    return home / "results" / "backtest" / "came-2020"


@pytest.fixture(scope="module")
def record() -> Record:
    return simulated(replace(origin_scenario(2017, "params=default"), horizon=2020), range(8), 1, None)


def test_every_value_is_scored_in_the_columns_of_the_interface(folder: Path) -> None:
    found = rows(folder / "scores.csv")
    assert SCORE_COLUMNS[: len(INTERFACE)] == INTERFACE
    assert [(row["series"], row["state"], row["year"]) for row in found] == [
        ("gdp_growth", "USA", "2021"),
        ("gerd_pct_gdp", "CHN", "2021"),
        ("gerd_pct_gdp", "CHN", "2022"),
    ]
    for row in found:
        low, middle, high, observed = (float(row[name]) for name in ("q05", "q50", "q95", "observed"))
        assert low < middle < high
        assert row["covered_90"] == ("1" if low <= observed <= high else "0")
        assert all(float(row[name]) > 0 for name in row if "crps" in name)


def test_what_cannot_be_scored_is_listed(folder: Path) -> None:
    assert [(row["series"], row["rows"]) for row in rows(folder / "skipped.csv")] == [("moon_landings", "1")]
    assert "moon_landings" in (folder / "README.md").read_text(encoding="utf-8")


def test_the_page_tells_coverage_with_and_without_conversions(folder: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    for title in ("With discrepancy", "Model alone"):
        assert f"{title}: skill above 0 in" in text
        assert f"{title}, without pure conversions: skill above 0 in" in text
        assert f"{title}, inside the 50, 80 and 90 % bands: real" in text, "no file of ratios has nominal values"


def test_skill_is_relative_to_the_best_rival_over_the_same_points(folder: Path) -> None:
    scores = rows(folder / "scores.csv")
    for row in rows(folder / "skill.csv"):
        of = [one for one in scores if (one["series"], one["state"]) == (row["series"], row["state"])]
        best = min(np.mean([float(one[name]) for one in of]) for name in INTERFACE[-3:])
        assert float(row["crps_naive"]) == pytest.approx(best, rel=1e-6)
        assert float(row["skill"]) == pytest.approx(1 - np.mean([float(one["crps"]) for one in of]) / best, rel=1e-5)


def test_the_forecast_reaches_the_last_year_asked(folder: Path) -> None:
    assert max(int(row["year"]) for row in rows(folder / "forecast.csv")) == 2022


def test_the_same_command_finds_everything_done(
    home: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "backtest", None)
    assert main(["backtest", f"outcomes={home / 'came.csv'}", *options(home)]) == 0
    assert "gerd_pct_gdp" in capsys.readouterr().out


def test_it_repeats_byte_for_byte_without_the_file(folder: Path) -> None:
    assert reproduce.main([str(folder)]) == 0


def test_figures_are_drawn_again(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in (folder / "figures").iterdir()}
    (folder / "figures" / "skill.png").unlink()
    assert main(["plot", str(folder)]) == 0
    assert {path.name: path.read_bytes() for path in (folder / "figures").iterdir()} == before


def test_another_file_under_the_same_name_is_refused(home: Path, tmp_path: Path) -> None:
    (tmp_path / "came.csv").write_text(FILE.replace("2.44", "2.45"), encoding="utf-8")
    assert main(["backtest", f"outcomes={tmp_path / 'came.csv'}", *options(home)]) == 2


def test_without_discrepancy_the_model_stands_alone(home: Path, tmp_path: Path) -> None:
    given = [f"outcomes={home / 'came.csv'}", "runs=12", f"results={tmp_path}", "quiet=true", "discrepancy=false"]
    assert main(["backtest", *given]) == 0
    alone = rows(tmp_path / "backtest" / "came-2020" / "scores.csv")
    whole = rows(home / "results" / "backtest" / "came-2020" / "scores.csv")
    for row, other in zip(alone, whole, strict=True):
        assert row["q05"] == row["model_q05"] == other["model_q05"]
        assert row["crps"] == row["model_crps"] != other["crps"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["origin=2017", "runs=1"], "runs: 1 given"),
        (["origin=2013"], "origin: 2013 given; allowed: 2017, 2020"),
        (["origin=2021"], "origin: 2021 given"),
        ([], "outcomes: needed"),
        (["outcomes=missing.csv"], "no such file"),
        (["outcome=x.csv"], "did you mean outcomes"),
        (["origin=2017", "name=../up"], "name:"),
        (["origin=2017", "discrepancy=maybe"], "true or false"),
    ],
)
def test_wrong_settings_are_one_line_and_nothing_is_written(
    given: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backtest", *given, f"results={tmp_path / 'results'}"]) == 2
    told = capsys.readouterr().err.splitlines()
    assert words in told[0]
    assert len(told) == 2
    assert not (tmp_path / "results").exists()


def test_help_names_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    for name, model in (("backtest", settings.Settings), ("hindcast", hindcast.Settings)):
        assert main([name, "--help"]) == 0
        shown = capsys.readouterr().out
        assert all(f"  {option}=" in shown for option in model.model_fields)


def test_a_stored_configuration_gives_the_outcomes_back() -> None:
    config = settings.composed(["origin=2017"])
    kept = from_plain(config).scored
    assert {one.year for one in kept} == {2018, 2019, 2020}
    assert all(SERIES[one.series].recorded is None for one in kept), "one way to score a figure"
    skipped = {(name, state) for name, state, _, _ in config["skipped"]}
    assert ("digital_core_share_gdp", "CHN") in skipped, "back-cast from 2020, so no forecast"


def beyond(history: History, year: int) -> History:
    """A history in which everything after a year is ten times as large."""
    return History(
        {
            key: Series(one.years, np.where(one.years > year, 10.0 * one.values, one.values), one.unit)
            for key, one in history.table.items()
        }
    )


def test_nothing_after_the_origin_enters_forecast_or_rivals(record: Record) -> None:
    facts = load_facts(2017)
    other = replace(facts, history=beyond(facts.history, 2017))
    known = load_discrepancy(2017)
    for one, same in zip(forecasts(record, facts, known), forecasts(record, other, known), strict=True):
        np.testing.assert_array_equal(one.whole, same.whole)
    before, after = rivals(facts.history, 2017), rivals(other.history, 2017)
    assert all(before.forecasts(key, 2020) == after.forecasts(key, 2020) for key in pairs())


def test_hindcast_errors_end_where_they_must(record: Record) -> None:
    facts = load_facts(2017)
    found = list(misses(record, facts, 2019))
    assert {one.year for one in found} == {2018, 2019}
    assert all(one.primitive != "digital_core" for one in found), "without a record there is nothing to start from"
    level = next(one for one in found if (one.primitive, one.state, one.year) == ("research", "us", 2019))
    assert (level.ahead, level.error) == (2, pytest.approx(np.log(level.observed / level.forecast)))
    share = next(one for one in found if (one.primitive, one.state, one.year) == ("public", "us", 2019))
    odds = [value / (1 - value) for value in (share.observed, share.forecast)]
    assert share.error == pytest.approx(np.log(odds[0] / odds[1]))
    assert {"filings", "gdp"} <= set(OUTCOMES)


def test_a_miss_has_drifted_since_the_last_value_on_record(record: Record) -> None:
    """The strategic emerging share was last told before the origin, so more years of drift are in its error."""
    facts = load_facts(2017)
    anchor = max(on_record(facts.history, ("emerging", "china"), 2017))
    assert anchor < 2017
    found = [one for one in misses(record, facts, 2020) if one.primitive == "emerging"]
    assert found
    assert [one.ahead for one in found] == [one.year - anchor for one in found]


def test_the_readme_tells_which_vintage_of_chinese_ratios_it_expects(folder: Path) -> None:
    assert "revised in December 2024" in (folder / "README.md").read_text(encoding="utf-8")


def test_the_largest_biases_are_named() -> None:
    rows = [
        {"primitive": name, "state": "china", "mean_error": error}
        for name, error in (("research", -0.05), ("filings", 0.42), ("emerging", math.nan))
    ]
    line = " ".join(biases_in_words(rows))
    assert line.endswith("filings china +52 %, research china -5 %.")


def test_mean_errors_are_told_by_years_from_the_origin(tmp_path: Path) -> None:
    found = [
        Error("sei_share_gdp", "china", ahead, alone, whole)
        for ahead, alone, whole in ((1, 0.1, 0.0), (1, -0.3, 0.2), (3, 0.2, 0.1), (4, 9.0, 9.0))
    ]
    write_horizons(tmp_path / "horizons.csv", found)
    one, three = rows(tmp_path / "horizons.csv")
    assert (one["ahead"], one["model_positive"], one["positive"], one["origins"]) == ("1", "1", "1", "2")
    assert (float(one["model_mean_error"]), float(one["mean_error"])) == (pytest.approx(-0.1), pytest.approx(0.1))
    assert (three["ahead"], float(three["model_mean_error"])) == ("3", 0.2)
    _, name, line = horizons_in_words(read(tmp_path / "horizons.csv"))
    assert name == " sei_share_gdp china"
    assert line.endswith(" -"), "no origin has five years"
    assert "-10.0 (1) +10.0 (1) of 2" in line


def test_hindcasts_know_of_misses_only_what_had_come_by_their_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first has nothing to learn from, a later one what the first missed until then."""
    asked: list[tuple[int, set[tuple[int, int]]]] = []
    known: list[Miss] = []

    def watched(found: Iterable[Miss]) -> list[Estimate]:
        known[:] = list(found)
        return estimates(known)

    def noted(_record: Record, facts: Facts, _known: object, _until: int) -> list[Error]:
        asked.append((facts.base_year, {(one.origin, one.year) for one in known}))
        return []

    monkeypatch.setattr(study, "RUNS", 2)
    monkeypatch.setattr(study, "estimates", watched)
    monkeypatch.setattr(study, "errors", noted)
    missed, _ = study.rolling(origin_scenario(2017, "params=default", "slots=4"), 2013, 1, None)
    assert asked == [(2010, set()), (2011, {(2010, 2011)}), (2012, {(2010, 2011), (2010, 2012), (2011, 2012)})]
    assert {one.year for one in missed} == {2011, 2012, 2013}


def test_errors_of_series_are_alone_and_with_what_is_missed(record: Record) -> None:
    facts, known = load_facts(2017), load_discrepancy(2017)
    assert known is not None
    none = replace(known, drift=0 * known.drift, drift_sd=0 * known.drift_sd, step=0 * known.step)
    assert all(one.alone == one.whole for one in errors(record, facts, none, 2020))
    found = {(one.series, one.state, one.ahead): one for one in errors(record, facts, known, 2020)}
    assert {ahead for _, _, ahead in found} == {1, 2, 3}
    one = found["gerd_pct_gdp", "us", 3]
    (forecast,) = forecasts(record, facts, known, [("gerd_pct_gdp", "us")])
    observed = facts.history.at("gerd_pct_gdp", "us", 2020)
    whole, alone = (math.log(observed / np.median(sample)) for sample in forecast.at(2020))
    assert (one.alone, one.whole) == (pytest.approx(alone), pytest.approx(whole))
    growth = found["gdp_growth", "us", 1]
    assert abs(growth.alone) < 0.05, "hundreds of points"


def test_a_perfect_forecast_has_skill_one_and_an_absurd_one_none() -> None:
    facts = load_facts(2017)
    years = np.array([2018, 2019, 2020])
    came = [
        Outcome("gerd_lcu", "us", year, facts.history.at("gerd_lcu", "us", year), "bn USD") for year in (2018, 2019)
    ]
    true = np.tile([facts.history.at("gerd_lcu", "us", int(year)) for year in years], (10, 1))
    for values, skill, covered in ((true, 1.0, 1.0), (true * 3, -10.0, 0.0)):
        forecast = Forecast("gerd_lcu", "us", "bn USD", years, values, values, 2017)
        (one,) = skills(scored(came, [forecast], facts.history, 2017))
        assert one.skill == pytest.approx(skill) if skill > 0 else one.skill < skill
        assert one.covered == covered


def test_bands_and_transform_are_those_of_the_sample() -> None:
    facts, years = load_facts(2017), np.array([2018])
    sample = np.linspace(0.0, 100.0, 1001)[:, None]
    for observed, pit, inside in (
        (15.0, 0.15, (0.0, 1.0, 1.0)),
        (40.0, 0.4, (1.0, 1.0, 1.0)),
        (97.0, 0.97, (0.0,) * 3),
    ):
        came = [Outcome("gerd_ppp", "us", 2018, observed, "bn PPP USD")]
        forecast = Forecast("gerd_ppp", "us", "bn PPP USD", years, sample, sample, 2017)
        (score,) = scored(came, [forecast], facts.history, 2017)
        line = dict(zip(SCORE_COLUMNS, score.line(), strict=True))
        assert line["pit"] == line["model_pit"] == pytest.approx(pit, abs=1e-3)
        assert tuple(line[f"covered_{band}"] for band in (50, 80, 90)) == inside
        assert tuple(line[f"model_covered_{band}"] for band in (50, 80, 90)) == inside
        assert (line["nominal"], line["converts"]) == (1.0, "gerd_lcu")
        (skill,) = skills([score, score])
        told = dict(zip(SKILL_COLUMNS, skill.line(), strict=True))
        assert tuple(told[f"covered_{band}"] for band in (50, 80, 90)) == inside


def test_what_only_converts_is_counted_apart() -> None:
    config = settings.composed(["origin=2017"])
    kept = {one.series for one in from_plain(config).scored}
    assert {name for name in kept if SERIES[name].converts} == {"gdp_ppp", "gerd_ppp"}
    assert all(SERIES[one.converts].nominal and one.nominal for one in SERIES.values() if one.converts)
    assert not any(one.nominal for name, one in SERIES.items() if name.endswith(("_pct_gdp", "_share", "_growth")))


@pytest.mark.parametrize("year", posterior_years())
def test_the_shipped_discrepancy_knows_every_primitive(year: int) -> None:
    known = load_discrepancy(year)
    assert known is not None
    assert known.step.shape == known.drift.shape == (len(KEYS),)
    assert ((known.step > 0.0) & (known.step < 0.5)).all()
    assert (np.abs(known.drift) < 0.2).all()
    np.testing.assert_allclose(np.diag(known.correlation), 1.0, rtol=1e-6)
    np.testing.assert_allclose(known.root @ known.root.T, known.correlation, atol=1e-6)
    assert known.drift[KEYS.index(("exchange_rate", "china"))] == 0.0


def test_no_part_exceeds_its_whole_in_any_draw(record: Record) -> None:
    """Payers are parts of one whole, performers and kinds of research of another, also where much is missed."""
    shipped = load_discrepancy(2017)
    assert shipped is not None
    wide = replace(shipped, step=20.0 * shipped.step)
    found = {(one.series, one.state): one.whole for one in forecasts(record, load_facts(2017), wide)}
    for state in ("us", "china"):
        paid = found["rd_bus_funded_share", state] + found["rd_gov_funded_share", state]
        assert paid.max() < 100.0 < 1.5 * paid.max(), "not for want of trying"
        assert (found["basic_lcu", state] < found["gerd_lcu", state]).all()
        assert (found["berd_performed_lcu", state] < found["gerd_lcu", state]).all()


def test_identities_hold_in_every_draw(record: Record) -> None:
    found = {(one.series, one.state): one.whole for one in forecasts(record, load_facts(2017), load_discrepancy(2017))}
    for state in ("us", "china"):
        ratio = found["gerd_lcu", state] / found["gdp_lcu", state] / found["gerd_pct_gdp", state]
        assert np.ptp(ratio) < 1e-9
        share = found["rd_gov_funded_pct_gdp", state] / found["gerd_pct_gdp", state]
        assert np.ptp(share / found["rd_gov_funded_share", state]) < 1e-9
        rate = found["gdp_usd", state] / found["gdp_lcu", state]
        assert (rate.std(axis=0) > 0).all() == (state == "china"), "a dollar is a dollar"
        np.testing.assert_allclose(found["gerd_usd", state] / found["gerd_lcu", state], rate)
    growth = found["gdp_growth", "us"] / 100
    assert (np.abs(growth[:, 1:]) < 0.5).all()
    np.testing.assert_allclose(found["gdp_ppp", "us"], found["gdp_lcu", "us"], rtol=1e-6)


def test_facts_are_those_of_the_origin() -> None:
    assert origin_scenario(2017, "params=default").facts().base_year == 2017
