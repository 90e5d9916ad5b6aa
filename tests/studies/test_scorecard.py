"""The scorecard: the past is reproduced from the simulated world and from records, and moves when a fact moves."""

import csv
import shutil
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from techduel import Record, load_scenario, simulate
from techduel.facts import Facts, load_facts, read_facts
from techduel.facts.base_year import scale_a_year
from techduel.facts.figures import IDS
from techduel.model.axes import STATES
from techduel.model.parameters import schema
from techduel.model.parameters.forms import Forms
from techduel.policies.events import EVENTS, described
from techduel.scenario import scenario as scenarios
from techduel.studies.run import leads, report, scorecard, tables, variance
from techduel.studies.run.scorecard import COLUMNS, Row, rows

SHIPPED = Path(str(files("techduel.facts")))
type Edit = tuple[str, str, str]
"""Start of a line, a text in it, and what replaces that."""
US, CHINA = range(len(STATES))
INTERFACE = (
    *("id", "quantity", "state", "year", "unit", "article", "official", "model_q05", "model_median", "model_q95"),
    *("share_reaching", "verdict", "parameter"),
)


@pytest.fixture(scope="module")
def record() -> Record:
    return simulate(load_scenario("baseline_2021", "horizon=2027"), runs=12)


@pytest.fixture(scope="module")
def card(record: Record) -> list[Row]:
    return rows(record, load_facts())


def found(card: list[Row], key: str, text: str = "") -> Row:
    (row,) = [row for row in card if row["id"] == key and text in row["quantity"]]
    return row


def moved(folder: Path, name: str, edit: Edit) -> Facts:
    """The facts of a copy in which one line has changed."""
    start, old, new = edit
    for path in [*SHIPPED.glob("*.csv"), *SHIPPED.glob("*.yaml")]:
        shutil.copy(path, folder / path.name)
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    (place,) = [number for number, line in enumerate(lines) if line.startswith(start)]
    assert old in lines[place]
    lines[place] = lines[place].replace(old, new, 1)
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_facts(folder)


def base_year_card(facts: Facts, monkeypatch: pytest.MonkeyPatch) -> list[Row]:
    """The scorecard of a short simulation that starts from other facts."""
    monkeypatch.setattr(scenarios, "load_facts", lambda *_: facts)
    return rows(simulate(load_scenario("baseline_2021", "horizon=2021"), runs=2), facts)


def test_every_figure_has_its_row_in_order(card: list[Row]) -> None:
    assert COLUMNS[: len(INTERFACE)] == INTERFACE
    assert list(dict.fromkeys(row["id"] for row in card)) == [*IDS, "C28"]
    assert all(set(row) == set(COLUMNS) for row in card)
    assert {row["verdict"] for row in card} == {"reproduced", "outcome", "input"}


def test_the_past_is_reproduced_on_the_articles_basis(card: list[Row]) -> None:
    for key, article in {"F1": 7.8, "F6": 6.16, "F7": 150.4}.items():
        assert found(card, key)["model_median"] == pytest.approx(article, rel=0.005)
    assert found(card, "F9")["model_median"] == pytest.approx(97, rel=0.01)
    assert [round(found(card, key)["model_median"], place) for key, place in (("F10", 0), ("F11", 1), ("F12", 0))] == [
        *(17, 0.6, 2)
    ]
    assert found(card, "F15", "market")["model_median"] > 1
    at_market, at_ppp = (found(card, "F15", basis)["model_median"] for basis in ("market", "purchasing power"))
    factor = load_facts().base.ppp_factor
    assert factor[CHINA] > 1.5 * factor[US]
    assert at_ppp == pytest.approx(at_market * factor[US] / factor[CHINA])
    assert found(card, "F14")["model_median"] > 0
    past = [row for row in card if row["id"] in {"F1", "F6", "F7", *(f"F{number}" for number in range(9, 16))}]
    assert all(row["verdict"] == "reproduced" for row in past)


def test_the_past_is_reproduced_on_the_official_final_basis() -> None:
    scenario = load_scenario("baseline_2021", "facts.vintage=final", "horizon=2021")
    card = rows(simulate(scenario, runs=2), load_facts(vintage="final"))
    for key in ("F1", "F6", "F7"):
        row = found(card, key)
        assert row["model_median"] == pytest.approx(row["official"], rel=0.005)
        assert row["verdict"] == "reproduced"


@pytest.mark.parametrize(
    ("key", "edit", "ratio"),
    [
        ("F1", ("digital_core_value_added,,china", "7.8", "8.2"), 8.2 / 7.8),
        ("F7", ("rd_basic,,china,150.4", "150.4", "160.0"), 160.0 / 150.4),
        ("F6", ("rd_basic,,china,150.4", "150.4", "160.0"), 160.0 / 150.4),
        ("F15", ("rd_total,,us", "716.87", "800.0"), 800.0 / 716.87),
    ],
)
def test_a_moved_fact_of_2020_moves_its_figure(
    key: str, edit: Edit, ratio: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, card: list[Row]
) -> None:
    after = base_year_card(moved(tmp_path, "base_2020.csv", edit), monkeypatch)
    text = "market" if key == "F15" else ""
    assert found(after, key, text)["model_median"] / found(card, key, text)["model_median"] == pytest.approx(ratio)
    assert found(after, key, text)["verdict"] == ("reproduced" if key == "F15" else "differs")


@pytest.mark.parametrize(
    ("keys", "edit"),
    [
        (["F9", "F10"], ("basic_lcu_article_vintage,us,2018", "96.49", "90.49")),
        (["F10"], ("gerd_lcu_article_vintage,us,2018", "579.985", "679.985")),
        (["F11"], ("rd_federal_funded_lcu,us,2017", ",1", ",2")),
        (["F13"], ("gerd_lcu,china,1995", ",3", ",4")),
        (["F14"], ("rd_federal_funded_share,us,1970", ",5", ",4")),
    ],
    ids=str,
)
def test_a_moved_record_moves_its_figures(
    keys: list[str], edit: Edit, tmp_path: Path, record: Record, card: list[Row]
) -> None:
    after = rows(record, moved(tmp_path, "history.csv", edit))
    different = {row["id"] for row, other in zip(card, after, strict=True) if row != other}
    assert different == set(keys)


def test_targets_count_the_runs_that_reach_them(record: Record, card: list[Row]) -> None:
    shares = {"F2": "digital_core_10", "F3": "strategic_emerging_17", "F5": "basic_share_8"}
    for key, name in shares.items():
        year, row = record[f"year_passes_{name}"][:, CHINA], found(card, key)
        assert row["share_reaching"] == np.mean(year < 2026)
        assert row["share_crossing"] == np.mean(np.isfinite(year))
        assert (row["crossing_median"] is None) == (np.mean(np.isfinite(year)) <= 0.5)
    mean_of_2025 = record["digital_core_share"][:, CHINA, 17:21].mean(axis=1)
    assert found(card, "F2")["model_median"] == pytest.approx(100 * np.median(mean_of_2025))
    level = record["rd_basic_nominal_lcu"][:, CHINA, 17:21].mean(axis=1)
    assert found(card, "F8")["model_q95"] == pytest.approx(np.quantile(level, 0.95))


def test_growth_is_given_on_both_bases(record: Record, card: list[Row]) -> None:
    for outcome, basis in {"rd_total": "real", "rd_total_nominal_lcu": "current prices"}.items():
        level = record.annual(outcome)[:, CHINA]
        growth = 100 * ((level[:, 5] / level[:, 0]) ** 0.2 - 1)
        row = found(card, "F4", basis)
        assert row["model_median"] == pytest.approx(np.median(growth))
        assert row["share_reaching"] == np.mean(growth > 7)


def test_a_target_beyond_the_horizon_stays_open() -> None:
    card = rows(simulate(load_scenario("baseline_2021", "horizon=2023"), runs=2), load_facts())
    for key in ("F2", "F4", "F8"):
        for row in (row for row in card if row["id"] == key):
            assert (row["model_median"], row["share_reaching"], row["verdict"]) == (None, None, "outcome")


def test_inputs_name_what_they_set(card: list[Row]) -> None:
    assert found(card, "F17")["parameter"] == "params.paradigm.iot_midpoint"
    assert found(card, "F18")["parameter"] == "horizon"
    assert found(card, "F16")["parameter"] == "params.government.lobbying"
    assert found(card, "F19")["parameter"] == "events.bill.amount_high"
    assert found(card, "F20")["parameter"] == "events.supply_chain_review.days"


def test_what_inputs_name_can_be_set() -> None:
    known = {"horizon", *(f"params.{name}" for name in schema.described())}
    known |= {f"events.{kind}.{option}" for kind in EVENTS for option in described(kind)}
    assert {figure.parameter for figure in load_facts().figures if figure.kind == "input"} <= known


def test_a_headline_record_gives_the_same_scorecard(record: Record, card: list[Row]) -> None:
    thin = simulate(load_scenario("baseline_2021", "horizon=2027"), runs=12, record="headline")
    assert rows(thin, load_facts()) == card
    assert thin.years.tolist() == list(range(2020, 2028))


def test_the_stored_scorecard_reads_back(card: list[Row], tmp_path: Path) -> None:
    scorecard.write(card, tmp_path, "luck")
    with (tmp_path / "scorecard.csv").open(encoding="utf-8", newline="") as stream:
        assert next(csv.reader(stream)) == list(COLUMNS)
    for row, back in zip(card, scorecard.read(tmp_path), strict=True):
        for name in COLUMNS:
            same = pytest.approx(row[name], rel=1e-7) if isinstance(row[name], float) else row[name]
            assert back[name] == same, (row["id"], name)
    page = (tmp_path / "scorecard.md").read_text(encoding="utf-8")
    assert all(f"| {key} |" in page for key in IDS)


def test_diagnostics_are_shares_of_what_was_counted(record: Record) -> None:
    lines = {line.name: line for line in tables.diagnostics(record)}
    cash = lines["limit_cash"]
    assert cash.value == record.diagnostics["limit_cash"].sum() / record.diagnostics["firm_quarters"].sum()
    assert cash.allowed is None
    assert [name for name in lines if name.startswith("limit_")] == [*record.diagnostics.keys() - {"firm_quarters"}]
    assert lines["largest_money_gap"].value == np.nanmax(record["money_gap"])
    assert all(line.fine for line in lines.values())


def test_a_record_says_in_a_line_what_it_holds(record: Record) -> None:
    told = repr(record)
    assert len(told) < 2000
    assert told.startswith("<Record of baseline_2021")
    assert f": {len(record.runs)} runs, 2021 to " in told
    assert "14 sectors; gdp, " in told


@pytest.fixture
def folder(record: Record, card: list[Row], tmp_path: Path) -> Path:
    """The tables of a result without its runs."""
    scorecard.write(card, tmp_path, "luck")
    leads.write(tmp_path, record, load_scenario("baseline_2021", "horizon=2027").config)
    variance.write(tmp_path, record, False, Forms())
    (tmp_path / "diagnostics.csv").write_text("name,meaning,of,value,fine\nbound,Cut,10,0.5,no\n", encoding="utf-8")
    return tmp_path


def test_the_screen_shows_targets_and_leads(folder: Path, record: Record) -> None:
    text = report.screen(folder)
    lines = text.splitlines()
    assert all(
        any(line.startswith(f" {key} ") for line in lines) for key in ("F2", "F3", "F4", "F5", "F8", "F15", "C28")
    )
    assert max(map(len, lines[:-2])) <= 80
    assert lines[0].startswith(" Targets reached in time, ")
    assert "F1, F6, F7, F9" in text
    chips = record.sectors.index("semiconductors")
    (line,) = [line for line in lines if line.startswith(f" {'semiconductors':<20}")]
    end = record["lead"][:, 0, chips, -1]
    assert f"{end.mean():+.1f}" in line
    assert line.endswith(f"{100 * np.mean(end > 0):.0f} %{record['lead_months'][:, 0, chips, -1].mean():>+9.0f}")
    assert "Too few runs a set" in text


def test_the_lead_of_the_base_year_is_one_fact_whatever_the_number_of_runs(record: Record) -> None:
    scenario = load_scenario("baseline_2021", "horizon=2027")
    few = simulate(load_scenario("baseline_2021", "horizon=2022"), runs=2)
    start = [next(lead for lead in leads.leads(part, scenario.config) if lead.sector == "ai") for part in (record, few)]
    assert start[0] == start[1]
    scale = scale_a_year(load_facts()) * scenario.parameters_of(range(0, 512, 2)).ideas.lag_years.reshape(-1)
    assert start[0].expected == pytest.approx(100.0 * np.mean(scale) * -np.log(0.8))
    assert [start[0].parameters_q05, start[0].parameters_q95] == pytest.approx([start[0].q05, start[0].q95], rel=1e-2)
    assert start[0].parameters_se < 0.1 * start[0].expected
    later = [next(one for one in leads.leads(part, scenario.config) if one.year == 2022) for part in (record, few)]
    assert later[0] != later[1]


def test_the_readme_is_short_and_names_what_is_out_of_bounds(folder: Path) -> None:
    config = {"title": "Title", "question": "What?", "runs": 12, "start": 2021, "horizon": 2027, "seed": 1}
    report.write_readme(folder, config)
    lines = [line for line in (folder / "README.md").read_text(encoding="utf-8").splitlines() if line]
    assert 5 <= len(lines) <= 15
    assert lines[2].startswith("- Targets reached in time, ")
    assert lines[3].startswith("- Lead of the United States in frontier fields at the end of 2027: expected ")
    assert any("Beyond what is allowed: bound" in line for line in lines)
