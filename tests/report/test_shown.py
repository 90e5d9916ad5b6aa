"""What tables, figures, words and pages show is what was computed: the right state, column, end of a band and target.

Each number is found a second time, from the record or from a table, and looked up by the names that a reader sees.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.__main__ import main
from techduel import Record, load_scenario, simulate
from techduel.ensemble.headlines import INCOME, LEAD
from techduel.ensemble.paired import LEAD_MONTHS
from techduel.ensemble.summary import COLUMNS, Variable, rows
from techduel.facts import Facts, load_facts
from techduel.model.axes import STATES
from techduel.report.marks import COLOURS, GREY, TITLES, Bars, Dot, Picture, Whisker
from techduel.report.series import Course
from techduel.studies.backtest.estimation import Miss
from techduel.studies.backtest.tables import write_misses
from techduel.studies.compare.comparison import Contrast, contrast
from techduel.studies.compare.figures import grid, paired, plane
from techduel.studies.compare.tables import COST_COLUMNS, HEADLINE_COLUMNS, cost_row, headline_rows
from techduel.studies.run import courses
from techduel.studies.run.figures import dashboard, firm_sizes, lead_heatmap
from techduel.studies.run.lead_figures import spread_of
from techduel.studies.sweep.effects import effects, read_points

TINY = ("horizon=2022", "slots=4", "quiet=true", "executor=serial", "name=small")
US, CHINA = (STATES.index(state) for state in ("us", "china"))
PERCENT = 100.0

type Line = dict[str, Any]


def table(path: Path) -> list[Line]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def shown(picture: Picture) -> list[Line]:
    """The numbers that a figure stores beside itself."""
    return [dict(zip(picture.columns, row, strict=True)) for row in picture.rows]


@pytest.fixture(scope="module")
def facts() -> Facts:
    return load_facts()


@pytest.fixture(scope="module")
def record() -> Record:
    return simulate(load_scenario("baseline_2021", "params=default", "horizon=2022", "slots=4"), runs=6)


@pytest.fixture(scope="module")
def against() -> Record:
    return simulate(load_scenario("full_decoupling", "params=default", "horizon=2022", "slots=4"), runs=6)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("results")
    assert main(["run", "runs=6", "params=default", *TINY, f"results={place}"]) == 0
    return place


@pytest.fixture(scope="module")
def comparison(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("results")
    scenarios = "scenarios=[baseline_2021,full_decoupling]"
    assert main(["compare", scenarios, "runs=12", "params=default", *TINY, f"results={place}"]) == 0
    return place / "compare" / "small"


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four points of one factor, so that words about levels are words about points."""
    place = tmp_path_factory.mktemp("results")
    factor = [
        "factors.breadth=null",
        "factors.allies=null",
        "factors.end_use=null",
        "factors.depth.levels=4",
        "design=grid",
    ]
    assert main(["sweep", *factor, "runs=6", "params=default", *TINY, f"results={place}"]) == 0
    return place / "sweep" / "small"


# --- tables


def test_each_statistic_stands_under_its_name() -> None:
    values = np.array([[1.0, 10.0], [2.0, 30.0], [4.0, 90.0], [9.0, 50.0], [4.0, 20.0]])
    found = [
        dict(zip(COLUMNS, row, strict=True))
        for row in rows(Variable("x", "1", ("run", "state"), values), {"state": STATES})
    ]
    assert [line["state"] for line in found] == list(STATES)
    for place, line in enumerate(found):
        own = values[:, place]
        assert line["mean"] == pytest.approx(own.mean())
        assert line["sd"] == pytest.approx(own.std(ddof=1))
        for name, level in (("q05", 0.05), ("q25", 0.25), ("q50", 0.5), ("q75", 0.75), ("q95", 0.95)):
            assert line[name] == pytest.approx(np.quantile(own, level))


def test_costs_stand_under_their_names(record: Record, against: Record) -> None:
    for cost in contrast(against, record, 0.03, "full_decoupling").costs():
        line = dict(zip(COST_COLUMNS, cost_row("full_decoupling", cost), strict=True))
        assert (line["loss"], line["loss_se"]) == (cost.loss, cost.loss_se)
        assert [line[f"loss_{name}"] for name in ("q05", "q50", "q95")] == [
            cost.losses.low,
            cost.losses.value,
            cost.losses.high,
        ]
        assert (line["lead_gained"], line["lead_gained_se"]) == (cost.gain, cost.gain_se)
        assert (line["months_gained"], line["months_gained_se"]) == (cost.months, cost.months_se)
        assert line["cost_per_month_of_lead"] == pytest.approx(cost.cost_per_month_of_lead.value, nan_ok=True)
        assert line["target_sender_cost_ratio"] == pytest.approx(cost.target_sender_cost_ratio.value, nan_ok=True)


def test_levels_and_changes_of_headlines_are_the_records(comparison: Path, record: Record, against: Record) -> None:
    """Of the first six runs, medians apart from means."""
    own = contrast(against, record, 0.03)
    lines = [dict(zip(HEADLINE_COLUMNS, row, strict=True)) for row in headline_rows(own)]
    by_key = {(line["outcome"], line["state"]): line for line in lines}
    assert {(line["outcome"], line["state"]) for line in table(comparison / "headlines.csv")} == by_key.keys()
    for place, state in enumerate(STATES):
        for name in (INCOME, LEAD):
            line, changes = by_key[name, state], own.headline(name)[:, place]
            for opening, part in (("baseline", own.first), ("level", own.level)):
                assert line[opening] == pytest.approx(part[name][:, place].mean())
                assert line[f"{opening}_q50"] == pytest.approx(np.median(part[name][:, place]))
            ends = [np.quantile(changes, level) for level in (0.05, 0.5, 0.95)]
            assert [line["mean"], *(line[key] for key in ("q05", "q50", "q95"))] == pytest.approx(
                [changes.mean(), *ends]
            )
            assert line["share_positive"] == pytest.approx((changes > 0.0).mean())


def test_a_point_of_a_sweep_has_the_mean_deviation_and_error_of_its_runs(swept: Path, record: Record) -> None:
    lines = [
        line for line in table(swept / "outcomes.csv") if line["point"] == "0" and line["outcome"] == "real_income"
    ]
    of_year = {line["state"]: line for line in lines if line["year"] == "2022"}
    for place, state in enumerate(STATES):
        own, line = record.annual("real_income")[:, place, -1], of_year[state]
        assert float(line["mean"]) == pytest.approx(own.mean(), rel=1e-6)
        assert float(line["sd"]) == pytest.approx(own.std(ddof=1), rel=1e-4)
        assert float(line["se"]) == pytest.approx(own.std(ddof=1) / np.sqrt(6), rel=1e-4)


def test_a_miss_is_observed_against_forecast(tmp_path: Path) -> None:
    write_misses(tmp_path / "misses.csv", [Miss("real_gdp", "china", 2012, 2015, 3, 7.0, 5.0, 0.3365, 0.2)])
    (line,) = table(tmp_path / "misses.csv")
    assert (line["origin"], line["year"], line["ahead"]) == ("2012", "2015", "3")
    assert (line["observed"], line["forecast"], line["model_sd"]) == ("7", "5", "0.2")


def test_shares_of_bounds_are_counts_over_what_they_are_counted_of(results: Path) -> None:
    lines = [line for line in table(results / "run" / "small" / "diagnostics.csv") if line["of"]]
    assert lines
    for line in lines:
        assert float(line["value"]) == pytest.approx(float(line["count"]) / float(line["of"]), rel=1e-6)


# --- figures of a run


def test_purchasing_power_takes_each_state_by_its_own_factor(record: Record, facts: Facts) -> None:
    market, at_ppp = courses.rd_totals(record, facts)
    for place, (one, other) in enumerate(zip(market.series, at_ppp.series, strict=True)):
        factor = facts.base.ppp_factor[place]
        np.testing.assert_allclose(other.quantiles, factor * one.quantiles)
        np.testing.assert_allclose(other.past, factor * one.past)


def test_records_of_the_past_are_those_of_the_state(record: Record, facts: Facts) -> None:
    (course, *_) = courses.rd_totals(record, facts)
    for place, series in enumerate(course.series):
        assert series.name == STATES[place]
        np.testing.assert_allclose(series.quantiles[2], np.median(record.annual("rd_total")[:, place], axis=0))
        assert series.past_years[-1] == 2019
        # A year's growth from the last record to the first number: in the right currency, prices and state.
        assert 0.0 < np.log(series.quantiles[2, 0] / series.past[-1]) < 0.15
        nominal = [facts.history.at("gerd_lcu", STATES[place], year) for year in (2010, 2019)]
        real = series.past[list(series.past_years).index(2010)], series.past[-1]
        assert 0.1 < np.log(nominal[1] / nominal[0]) - np.log(real[1] / real[0]) < 0.4, "prices of nine years"


@pytest.mark.parametrize(
    ("course", "target"),
    [
        (courses.digital_core, (2025, 10.0)),
        (courses.strategic_emerging, (2025, 17.0)),
        (courses.basic_research, (2025, 8.0)),
    ],
)
def test_targets_are_the_plans(course: Any, target: tuple[int, float], record: Record, facts: Facts) -> None:
    found: list[Course] = course(record, facts)
    assert found[-1].target == target


def test_leads_are_those_of_the_united_states(record: Record, facts: Facts) -> None:
    middle = np.median(record["lead"][:, US, :, ::4], axis=0)
    np.testing.assert_allclose(spread_of(record, facts, "luck").runs[2], middle)
    drawn = {(line["sector"], line["year"]): line for line in shown(lead_heatmap(record, facts, "luck"))}
    for place, sector in enumerate(record.sectors):
        assert drawn[sector, 2022.0]["q50"] == pytest.approx(middle[place, -1])


def test_bars_of_the_lead_have_the_colour_of_who_leads(record: Record, facts: Facts) -> None:
    bars = dashboard(record, facts, "luck").below
    assert isinstance(bars, Bars)
    whisker, parameters, end, start = bars.layers
    assert isinstance(whisker, Whisker)
    assert isinstance(parameters, Whisker)
    assert isinstance(end, Dot)
    assert isinstance(start, Dot)
    leads = record["lead"][:, US]
    np.testing.assert_allclose(end.places, np.median(leads[..., -1], axis=0))
    np.testing.assert_allclose(start.places, np.median(leads[..., 0], axis=0))
    assert (whisker.low <= end.places).all()
    assert (whisker.high >= end.places).all()
    assert list(end.colours) == [COLOURS["us" if lead >= 0 else "china"] for lead in end.places]
    assert start.colours == GREY


def test_the_largest_firm_is_that_of_its_state(record: Record, facts: Facts) -> None:
    lines = shown(firm_sizes(record, facts, "luck"))
    for place, state in enumerate(STATES):
        largest = np.median(np.nanmax(record.snapshots["firm_sales_start"][:, place], axis=(1, 2)))
        (first,) = [
            line["q50"]
            for line in lines
            if (line["quantity"], line["state"], line["year"], line["rank"]) == ("sales", state, facts.base_year, 1)
        ]
        assert first == pytest.approx(largest)


# --- figures of a comparison


def made_up(middle: float, state: str, outcome: str, same: float = 1.0) -> Line:
    shares = {"share_positive": same, "share_negative": 1.0 - same} if middle > 0.0 else {}
    shares = shares or {"share_positive": 1.0 - same, "share_negative": same}
    ends = {"q50": middle, "q05": middle - 2.0, "q95": middle + 1.0, "runs": 200, "year": 2035, **shares}
    return {"scenario": "one", "outcome": outcome, "state": state, "unit": "%", **ends}


HEADLINES = [
    *(made_up(-3.0, "us", INCOME), made_up(5.0, "china", INCOME)),
    *(made_up(8.0, "us", LEAD), made_up(-8.0, "china", LEAD)),
    *(made_up(30.0, "us", LEAD_MONTHS), made_up(-30.0, "china", LEAD_MONTHS)),
]


def test_a_plane_has_losses_up_and_the_lead_of_the_united_states_across() -> None:
    lines = {(line["quantity"], line["state"]): line for line in shown(plane(HEADLINES, ["one"], "base"))}
    lost = "discounted real income lost"
    assert [lines[lost, "us"][name] for name in ("q50", "q05", "q95")] == [3.0, 2.0, 5.0]
    assert [lines[lost, "china"][name] for name in ("q50", "q05", "q95")] == [-5.0, -6.0, -3.0]
    gained = {
        line["unit"]: line["q50"] for line in shown(plane(HEADLINES, ["one"], "base")) if "gained" in line["quantity"]
    }
    assert gained == {"log points": 8.0, "months": 30.0}


def test_colour_is_full_where_all_runs_agree_and_none_where_they_tell_nothing() -> None:
    def colour(same: float, middle: float) -> float:
        (panel,) = grid([made_up(middle, "us", INCOME, same)], ["one"], "base").panels
        return float(panel.values[0, 0])  # type: ignore[union-attr]

    assert (colour(0.5, 3.0), colour(1.0, 3.0), colour(1.0, -3.0)) == (0.0, 1.0, -1.0)
    assert colour(0.9, 3.0) == pytest.approx(0.8)


def test_changes_over_time_are_those_of_the_state(record: Record, against: Record) -> None:
    found: Contrast = contrast(against, record, 0.03, "full_decoupling")
    lines = [line for line in shown(paired(found, "baseline_2021")) if line["panel"] == "Real income"]
    for place, state in enumerate(STATES):
        (last,) = [line for line in lines if line["series"] == state and line["year"] == 2022]
        assert last["q50"] == pytest.approx(np.median(found.changes["real_income"][:, place, -1]))


def test_bands_are_of_the_runs_that_a_scenario_changes(record: Record, against: Record) -> None:
    """An event that never comes leaves a run as it is; its zeros would make medians of two humps."""
    found: Contrast = contrast(against, record, 0.03, "full_decoupling")
    still = {
        name: np.where(np.arange(len(values)).reshape(-1, *[1] * (values.ndim - 1)) < 4, 0.0, values)
        for name, values in found.changes.items()
    }
    picture = paired(replace(found, changes=still), "baseline_2021")
    assert "of the 2 runs that change (nothing happens in the other 4)" in picture.note
    last = next(line for line in shown(picture) if (line["series"], line["year"]) == ("us", 2022))
    assert last["q50"] == pytest.approx(np.median(found.changes["real_income"][4:, 0, -1]))
    assert paired(found, "baseline_2021").note.endswith("of runs")
    nothing = replace(found, changes={name: 0.0 * values for name, values in found.changes.items()})
    assert paired(nothing, "baseline_2021").note.endswith("of runs")


# --- words and pages


def test_the_scorecard_has_article_and_official_number_in_their_columns(results: Path) -> None:
    text = (results / "run" / "small" / "scorecard.md").read_text(encoding="utf-8")
    head, line = (next(row for row in text.split("\n") if row.startswith(f"| {name}")) for name in ("id", "F6"))
    cells = dict(zip(head.split(" | "), line.split(" | "), strict=True))
    assert (cells["article"], cells["official"]) == ("6.16 %", "6.01 %")


def test_a_readme_of_a_comparison_has_each_state_at_its_place(comparison: Path) -> None:
    text = (comparison / "README.md").read_text(encoding="utf-8")
    lines = {(line["outcome"], line["state"]): line for line in table(comparison / "headlines.csv")}
    losses = {line["state"]: float(line["loss_q50"]) for line in table(comparison / "costs.csv")}
    for state, title in TITLES.items():
        found = re.search(rf"[:;] {title} (\S+) % \((\S+) to (\S+)\) or (\S+) bn USD", text)
        assert found is not None
        wanted = [float(lines[INCOME, state][name]) for name in ("q50", "q05", "q95")]
        assert [float(group) for group in found.groups()[:3]] == pytest.approx(wanted, abs=0.006)
        assert float(found.group(4).replace(",", "")) == pytest.approx(-losses[state], rel=0.01)


def test_the_screen_of_a_comparison_has_ends_of_bands_in_order(comparison: Path) -> None:
    from techduel.studies.compare.report import screen

    lines = {(line["outcome"], line["state"]): line for line in table(comparison / "headlines.csv")}
    (row,) = [line for line in screen(comparison).split("\n") if line.startswith("real income to 2022")]
    found = re.findall(r"([+-]\S+) +([+-]\S+)\.\.([+-]\S+)", row)
    wanted = [[float(lines[INCOME, state][name]) for name in ("q50", "q05", "q95")] for state in STATES]
    np.testing.assert_allclose([[float(one) for one in group] for group in found], wanted, atol=0.006)


def test_words_about_a_sweep_go_from_the_first_level_to_the_last(swept: Path) -> None:
    points = {line["point"]: float(line["depth"]) for line in table(swept / "design.csv") if line["depth"]}
    lines = [
        line for line in table(swept / "outcomes.csv") if (line["outcome"], line["state"]) == ("lead_frontier", "us")
    ]
    changes = {line["point"]: float(line["change_q50"]) for line in lines if line["change_q50"]}
    low, high = min(points, key=points.__getitem__), max(points, key=points.__getitem__)
    text = (swept / "README.md").read_text(encoding="utf-8")
    found = re.search(r"depth moves it most, from (\S+) at 0 to (\S+) at 1\.", text)
    assert found is not None
    wanted = [changes[point] for point in (low, high)]
    assert [float(group) for group in found.groups()] == pytest.approx(wanted, abs=0.06)


def test_what_moves_a_sweep_more_is_named_first(swept: Path) -> None:
    points, key = read_points(swept), (LEAD, "us")
    (factor,) = points.factors
    places = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    two = (replace(factor, name="weak"), replace(factor, name="strong"))
    mixed = replace(points, factors=two, places=places, changes={key: places @ [1.0, 10.0]})
    assert [effect.factor for effect in effects(mixed, key)] == ["strong", "weak"]


def test_pages_tell_rows_runs_and_years_apart() -> None:
    from techduel.report.pages import rendered

    base = {"start": 2021, "horizon": 2035}
    config = {"question": "Q?", "method": "sobol", "points": 11, "runs": 22, "seed": 33, "base": base, "design": "grid"}
    shared: Line = {"name": "n", "config": config, "sentences": [], "remarks": [], "again": "a"}
    page = rendered("sensitivity", uncertainties=7, refused=[], **shared)
    assert "7 uncertainties, sobol, 11 rows, 22 runs a" in page
    assert "2021 to 2035, seed 33" in page
    page = rendered("sweep", points=11, runs=22, failed=0, **shared)
    assert "11 points (grid), 22 runs" in page
    assert "2021 to 2035, seed 33" in page


def test_a_page_of_a_backtest_names_what_is_behind_the_best_naive_forecast(tmp_path: Path) -> None:
    from techduel.statistics.tables import write_table
    from techduel.studies.backtest import report
    from techduel.studies.backtest.comparison import SCORE_COLUMNS, SKILL_COLUMNS
    from techduel.studies.backtest.tables import SCORES, SKILL, SKIPPED

    def row(columns: Sequence[str], **cells: Any) -> list[Any]:
        return [cells.get(name, 0.5) for name in columns]

    words = {"best_naive": "drift", "unit": "%", "scale": "log", "reason": "", "converts": "", "nominal": 0.0}
    skills = [("gdp_growth", "CHN", -0.4, ""), ("gerd_pct_gdp", "USA", 0.3, ""), ("gdp_usd", "USA", 0.9, "gdp_lcu")]
    told = [
        row(SKILL_COLUMNS, **{**words, "series": series, "state": state, "skill": skill, "converts": converts})
        for series, state, skill, converts in skills
    ]
    write_table(tmp_path / SKILL, SKILL_COLUMNS, told)
    write_table(tmp_path / SCORES, SCORE_COLUMNS, [row(SCORE_COLUMNS, series="gerd_pct_gdp", state="USA", **words)])
    write_table(tmp_path / SKIPPED, ("series", "state", "rows", "reason"), [])
    config = {"origin": 2017, "runs": 12, "seed": 34, "discrepancy": True, "params": {}}
    report.write_readme(tmp_path, config)
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    (behind,) = [line for line in text.split("\n") if line.startswith("- Behind")]
    assert behind.endswith(": gdp_growth CHN (-0.40)")
    assert "With discrepancy: skill above 0 in 2 of 3 series by state" in text
    assert "With discrepancy, without pure conversions: skill above 0 in 1 of 2 series by state" in text
    assert "12 runs, seed 34" in text
