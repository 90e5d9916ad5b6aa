"""The shipped facts hold, derived rows follow from the history, and every kind of damage is reported with its place."""

import math
import re
import shutil
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from techduel.facts import QUANTITIES, Facts, FactsError, History, load_facts, read_facts
from techduel.facts.checks import CHECKS, basic_share, federal_share_decline, gdp, rd_intensity, recomputed
from techduel.facts.figures import IDS
from techduel.model.axes import BLOCS, STATES

SHIPPED = Path(str(files("techduel.facts")))
type Change = Callable[[list[str]], list[str]]


@pytest.fixture(scope="module")
def facts() -> Facts:
    return load_facts()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in [*SHIPPED.glob("*.csv"), *SHIPPED.glob("*.yaml")]:
        shutil.copy(path, tmp_path / path.name)
    return tmp_path


def rewrite(folder: Path, name: str, change: Change) -> None:
    path = folder / name
    path.write_text("\n".join(change(path.read_text().splitlines())) + "\n")


def line_of(name: str, start: str) -> int:
    """Line number of the only line of a shipped file that starts with a text."""
    lines = (SHIPPED / name).read_text().splitlines()
    (found,) = [number for number, line in enumerate(lines, 1) if line.startswith(start)]
    return found


def replaced(start: str, old: str, new: str) -> Change:
    """Replace a text in the line that starts with another; fails when it is not there."""

    def change(lines: list[str]) -> list[str]:
        (at,) = [number for number, line in enumerate(lines) if line.startswith(start)]
        assert old in lines[at]
        return [*lines[:at], lines[at].replace(old, new, 1), *lines[at + 1 :]]

    return change


def removed(start: str) -> Change:
    return lambda lines: [line for line in lines if not line.startswith(start)]


def repeated(start: str) -> Change:
    return lambda lines: [*lines, *[line for line in lines if line.startswith(start)]]


def test_shipped_facts_have_the_shapes_of_their_axes(facts: Facts) -> None:
    sizes = {"state": len(STATES), "bloc": len(BLOCS), "sector": 14, "input": 14, "user": 14, "good": 5}
    assert len(facts.sectors) == 14
    for name, known in QUANTITIES.items():
        values = getattr(facts.base, name)
        assert values.shape == tuple(sizes[dim] for dim in known.dims), name
        assert np.all((values >= known.low) & (values <= known.high)), name
    assert facts.outlook.gdp_growth.shape == (4, 30)
    assert facts.outlook.population.shape == (2, 30)


def test_facts_are_closed_to_writing(facts: Facts) -> None:
    with pytest.raises(ValueError, match="read-only"):
        facts.base.gdp[0] = 0.0


def test_shares_sum_to_one(facts: Facts) -> None:
    for shares in (facts.base.demand_share, facts.base.supply_share):
        np.testing.assert_allclose(shares.sum(axis=0), 1.0, rtol=1e-12)


def test_units_of_the_sources_become_dollars_and_fractions(facts: Facts) -> None:
    china = STATES.index("china")
    assert facts.base.rd_basic[china] == pytest.approx(150.4 / 6.9008)
    assert facts.base.digital_core_value_added[china] == pytest.approx(0.078 * 101356.7 / 6.9008)
    assert facts.base.rd_intensity[0, facts.sectors.index("semiconductors")] == pytest.approx(0.153)


def test_a_row_for_one_place_overrides_the_row_for_all(facts: Facts) -> None:
    growth = facts.base.growth_forecast[:, facts.sectors.index("iot")]
    np.testing.assert_allclose(growth, [0.113, 0.13, 0.113, 0.113])


def test_vintages_differ_in_chinese_research_only() -> None:
    article, final = load_facts(vintage="article").base, load_facts(vintage="final").base
    differing = {name for name in QUANTITIES if not np.array_equal(getattr(article, name), getattr(final, name))}
    assert differing == {"rd_total", "rd_basic", "basic_growth_past"}
    assert article.rd_basic[1] / article.rd_total[1] == pytest.approx(0.0616, rel=1e-4)
    assert final.rd_basic[1] / final.rd_total[1] == pytest.approx(0.0601, rel=1e-3)


def test_outlook_keeps_the_means_that_forecasters_published(facts: Facts) -> None:
    growth, years = facts.outlook.gdp_growth, facts.outlook.years
    first_five, next_five = years <= 2025, (years > 2025) & (years <= 2030)
    assert growth[0, first_five].mean() == pytest.approx(0.026, abs=1e-9)
    assert growth[1, next_five].mean() == pytest.approx(0.046, abs=1e-9)
    assert years[0] == facts.base_year + 1
    np.testing.assert_allclose(facts.outlook.population[:, 0] / facts.base.population, 1.0, atol=0.01)


def test_history_ends_with_the_base_year(facts: Facts) -> None:
    for name, state in facts.history.table:
        years, values = facts.history.series(name, state)
        assert years[-1] <= 2020
        assert np.all(np.diff(years) > 0)
        assert np.all(np.isfinite(values))


def test_history_names_what_it_has(facts: Facts) -> None:
    with pytest.raises(KeyError, match="gdp_lcu"):
        facts.history.series("gdp_in_shells", "us")
    with pytest.raises(KeyError, match="1901"):
        facts.history.at("gdp_lcu", "us", 1901)
    assert facts.history.unit("gdp_lcu", "china") == "bn yuan"


def test_published_ratios_agree_with_raw_levels(facts: Facts) -> None:
    history = facts.history
    for year in range(1995, 2021):
        assert 100 * basic_share(history, "us", year, "final") == pytest.approx(
            history.at("basic_share", "us", year), abs=0.01
        )
        assert 100 * rd_intensity(history, "china", year) == pytest.approx(
            history.at("gerd_pct_gdp", "china", year), abs=0.02
        )


def test_base_year_agrees_with_the_history(facts: Facts) -> None:
    base, history = load_facts(vintage="final").base, facts.history
    for at, state in enumerate(STATES):
        rate = base.currency_per_usd[at]
        assert base.gdp[at] * rate == pytest.approx(gdp(history, state, 2020))
        for name, series in (("rd_total", "gerd_lcu"), ("rd_basic", "basic_lcu")):
            assert getattr(base, name)[at] * rate == pytest.approx(history.at(series, state, 2020))
        assert base.population[at] == history.at("population", state, 2020)


def real_growth(history: History, series: str, state: str, years: tuple[int, int]) -> float:
    """Mean yearly growth of a nominal series deflated by the GDP deflator."""
    first, last = years
    nominal = history.at(series, state, last) / history.at(series, state, first)
    inflation = history.at("gdp_lcu", state, last) / history.at("gdp_lcu", state, first)
    for year in range(first + 1, last + 1):
        inflation /= 1 + history.at("gdp_growth", state, year) / 100
    return float((nominal / inflation) ** (1 / (last - first)) - 1)


@pytest.mark.parametrize("state", STATES)
def test_growth_rows_follow_from_the_history(state: str) -> None:
    facts = load_facts(vintage="final")
    at, history = STATES.index(state), facts.history
    assert facts.base.basic_growth_past[at] == pytest.approx(
        real_growth(history, "basic_lcu", state, (2010, 2020)), abs=1e-4
    )
    assert facts.base.rd_growth_past[at] == pytest.approx(
        real_growth(history, "gerd_lcu", state, (2010, 2020)), abs=1e-4
    )
    people = [
        history.at("researchers_per_million", state, y) * history.at("population", state, y) for y in (2010, 2020)
    ]
    assert facts.base.researchers_growth[at] == pytest.approx((people[1] / people[0]) ** 0.1 - 1, abs=1e-4)


def test_goods_can_be_stored_and_services_cannot(facts: Facts) -> None:
    storable = [sector for sector, kept in zip(facts.sectors, facts.tags["storable"], strict=True) if kept]
    assert storable == ["devices_networks", "semiconductors", "batteries", "critical_minerals", "pharma_biotech"]


def test_emerging_growth_follows_from_the_history(facts: Facts) -> None:
    history = facts.history
    share = [history.at("va_kti", "us", y) / history.at("gross_value_added_total", "us", y) for y in (2010, 2020)]
    china = [history.at("sei_share_gdp", "china", year) for year in (2014, 2020)]
    expected = [math.log(share[1] / share[0]) / 10, math.log(china[1] / china[0]) / 6]
    np.testing.assert_allclose(facts.base.emerging_growth_excess, expected, atol=1e-4)


def test_the_articles_past_is_reproduced_from_raw_levels(facts: Facts) -> None:
    assert [figure.id for figure in facts.figures] == list(IDS)
    answered = [figure for figure in facts.figures if figure.check]
    assert [figure.id for figure in answered] == ["F9", "F10", "F11", "F12", "F13", "F14"]
    for figure in answered:
        assert figure.reproduced(recomputed(figure, facts.history)), figure.id


def test_intensity_rose_and_the_federal_share_fell(facts: Facts) -> None:
    ends = [100 * rd_intensity(facts.history, "china", year) for year in (1995, 2020)]
    np.testing.assert_allclose(ends, [0.57, 2.40], atol=0.01)
    assert federal_share_decline(facts.history, 2020) > 0.3
    early = [facts.history.at("rd_federal_funded_share", "us", year) for year in (1970, 1975, 1980, 1985, 1990)]
    assert np.all(np.diff(early) < 0)


MOVED = {
    "basic_research_level": "basic_lcu_article_vintage,us,2018,",
    "basic_share": "gerd_lcu_article_vintage,us,2018,",
    "federal_rd_share_of_gdp": "gdp_lcu,us,2017,",
    "business_rd_share_of_gdp": "gerd_lcu,us,2017,",
    "rise_of_intensity": "gerd_lcu,china,1995,",
    "federal_share_decline": "rd_federal_funded_share,us,1970,",
}


@pytest.mark.parametrize("check", CHECKS)
def test_a_figure_moves_with_its_raw_level(facts: Facts, folder: Path, check: str) -> None:
    (figure,) = [figure for figure in facts.figures if figure.check == check]
    rewrite(folder, "history.csv", replaced(MOVED[check], MOVED[check], MOVED[check] + "1"))
    moved = recomputed(figure, read_facts(folder).history)
    assert abs(moved / recomputed(figure, facts.history) - 1) > 0.05


def test_every_figure_of_the_past_has_a_rule_and_every_input_a_setting(facts: Facts) -> None:
    for figure in facts.figures:
        assert (figure.match is not None) == (figure.kind == "past"), figure.id
        assert (figure.parameter is not None) == (figure.kind == "input"), figure.id
    with pytest.raises(ValueError, match="nothing to reproduce"):
        facts.figures[1].reproduced(10.0)
    with pytest.raises(KeyError, match="not answered"):
        recomputed(facts.figures[0], facts.history)


BASE, LINKS, OUTLOOK, HISTORY = "base_2020.csv", "input_output.csv", "outlook_2020.csv", "history.csv"
GDP, CHINA, LINK = "gdp,,us,", "position,ai,china,", "semiconductors,cloud,"
LEVERS, BACKCAST, TARIFF, PROXY = "levers_past.csv", "backcast.csv", "tariff,us,2010,", "market_size,pharma_biotech,"
GROWTH, LEVEL = "gdp_growth,rest,2022,", "gerd_lcu,china,2012,"
# Each line: file, start of the damaged line, text there, text put in its place, what the report must say.
DAMAGES = [
    (BASE, GDP, GDP, "gdp,,us,x", "is not a finite number"),
    (BASE, GDP, GDP, "gdp,,us,nan", "is not a finite number"),
    (BASE, GDP, GDP, "gdp,,us,-", "is out of range; allowed 100 to 100000"),
    (BASE, GDP, GDP, "gpd,,us,", "unknown quantity 'gpd'"),
    (BASE, GDP, "bn USD", "bn EUR", "unit 'bn EUR' does not fit gdp"),
    (BASE, GDP, GDP, "gdp,ai,us,", "gdp has no sector"),
    (BASE, CHINA, "china", "chine", "unknown where 'chine'"),
    (BASE, CHINA, "ai,", "ia,", "unknown sector 'ia'"),
    (BASE, CHINA, "assumption,own", "certain,own", "unknown confidence 'certain'"),
    (BASE, CHINA, "assumption,own", "assumption,none", "unknown licence 'none'"),
    (BASE, CHINA, "judgement: 1 = the better of the two", "", "no source"),
    (BASE, CHINA, ",own,", ",own,draft", "unknown vintage 'draft'"),
    (BASE, CHINA, ",own,", ",own,,", "11 cells, expected 10"),
    (BASE, "quantity,", "where", "place", "header is"),
    (LEVERS, TARIFF, "us", "usa", "unknown state 'usa'"),
    (LEVERS, TARIFF, "tariff,", "tarif,", "unknown lever 'tarif'"),
    (LEVERS, TARIFF, "2010", "2021", "year '2021', allowed 2010 to 2020"),
    (LEVERS, TARIFF, "2010", "2018", "second value for this lever, state and year"),
    (LEVERS, TARIFF, "of 2020", "share", "unit 'share', expected 'of 2020'"),
    (LEVERS, TARIFF, "0.16", "3", "allowed 0 to 2"),
    (BACKCAST, PROXY, "pharma_biotech", "pharma", "unknown sector 'pharma'"),
    (BACKCAST, PROXY, "market_size", "size", "unknown quantity 'size'"),
    (BACKCAST, PROXY, ",1.0,", ",7,", "allowed 0.001 to 2"),
    (BACKCAST, PROXY, "part of the ratio of 2020", "%", "unit '%', expected"),
    (LINKS, LINK, "cloud", "clouds", "unknown sector 'clouds'"),
    (LINKS, LINK, "hard", "stiff", "unknown hardness 'stiff'"),
    (LINKS, LINK, "0.09", "0.9", "allowed 0 to 0.6"),
    (OUTLOOK, GROWTH, "gdp_growth", "growth", "unknown quantity 'growth'"),
    (OUTLOOK, GROWTH, "rest", "mars", "unknown place 'mars'"),
    (OUTLOOK, GROWTH, "% a year", "fraction", "unit 'fraction', expected '% a year'"),
    (OUTLOOK, GROWTH, ",4.2,", ",42,", "allowed -10 to 15"),
    (OUTLOOK, GROWTH, "2022", "2222", "allowed up to 2050"),
    (OUTLOOK, GROWTH, "2022", "2021", "second value of this path and year"),
    (HISTORY, LEVEL, "2012", "2021", "year '2021', allowed 1950 to 2020"),
    (HISTORY, LEVEL, "2012", "2011", "second value for this series, state and year"),
    (HISTORY, LEVEL, "china", "prc", "unknown state 'prc'"),
    (HISTORY, LEVEL, "bn yuan", "bn USD", "unit 'bn USD', but 'bn yuan'"),
    ("figures.yaml", "F3:", "F3", "F33", "F33 is unknown"),
    ("figures.yaml", "F3:", "F3", "F2", "F2 is given twice"),
    ("figures.yaml", "F3:", "F3:", "F3: 1", ""),
    ("sectors.yaml", "iot:", "iot:", "cloud:", "cloud is given twice"),
]


@pytest.mark.parametrize(("name", "start", "old", "new", "report"), DAMAGES)
def test_a_damaged_line_is_reported_with_its_place(
    folder: Path, name: str, start: str, old: str, new: str, report: str
) -> None:
    rewrite(folder, name, replaced(start, old, new))
    with pytest.raises(FactsError) as caught:
        read_facts(folder)
    # A syntax error shows where the parser gives up, at the damaged line or the next.
    places = f"{name}:({line_of(name, start)}|{line_of(name, start) + 1}): "
    assert any(re.match(places, line) and report in line for line in caught.value.problems), caught.value.problems


@pytest.mark.parametrize(
    ("name", "change", "report"),
    [
        (BASE, removed(CHINA), "base_2020.csv:1: no value of position for china, ai"),
        (BASE, repeated(CHINA), "second value for this quantity, sector and place (first at base_2020.csv:"),
        (BASE, replaced("demand_share,ai,us,", ",53,", ",60,"), "demand_share of ai sums to 1.0700, not 1"),
        (LINKS, repeated(LINK), "second value for this link (first at input_output.csv:"),
        (LINKS, replaced(LINK, "0.09", "0.5"), "value added and inputs of cloud in us are"),
        (OUTLOOK, removed("inflation,us,"), "outlook_2020.csv:1: inflation of us does not start by 2021"),
        ("figures.yaml", lambda lines: lines[:-8], "figures.yaml:1: F20 is missing"),
        ("figures.yaml", replaced("  outcome: rd_total", "outcome", "outcom"), "F15 has an unknown key 'outcom'"),
        ("figures.yaml", replaced("  outcome: rd_total", "rd_total", "3"), "F15 has outcome 3 of the wrong type"),
        ("figures.yaml", removed("  outcome: rd_total"), "F15 needs exactly one of check, outcome, parameter"),
        ("figures.yaml", removed("  match: {above: 1}"), "F15 needs a match"),
        ("figures.yaml", replaced("  match: {above: 1}", "above", "below"), "F15 has match {'below': 1}"),
        ("sectors.yaml", lambda lines: [line.replace("supply_chain", "chain") for line in lines], "unknown tags"),
        ("sectors.yaml", lambda lines: [line.replace("0.7", "7") for line in lines], "iot_weight 7, allowed 0 to 1"),
        ("sectors.yaml", lambda lines: [], "sectors.yaml:1: "),
    ],
)
def test_other_damage_is_reported(folder: Path, name: str, change: Change, report: str) -> None:
    rewrite(folder, name, change)
    with pytest.raises(FactsError, match=re.escape(report)):
        read_facts(folder)


def test_all_problems_are_reported_together(folder: Path) -> None:
    rewrite(folder, BASE, removed(CHINA))
    rewrite(folder, LINKS, replaced(LINK, "hard", "stiff"))
    rewrite(folder, HISTORY, replaced(LEVEL, "2012", "2021"))
    with pytest.raises(FactsError) as caught:
        read_facts(folder)
    assert [line.split(":")[0] for line in caught.value.problems] == [BASE, LINKS, HISTORY]


def test_small_rounding_of_published_shares_is_normalised(folder: Path) -> None:
    rewrite(folder, BASE, replaced("demand_share,ai,us,", ",53,", ",53.4,"))
    shares = read_facts(folder).base.demand_share
    np.testing.assert_allclose(shares.sum(axis=0), 1.0, rtol=1e-12)


def test_a_missing_file_or_a_wrong_choice_is_one_plain_line(folder: Path) -> None:
    with pytest.raises(FactsError, match="no facts for the base year 2009; known: 2010 to 2020"):
        load_facts(2009)
    with pytest.raises(FactsError, match="unknown vintage 'latest'"):
        load_facts(vintage="latest")
    with pytest.raises(FactsError, match="unknown outlook 'rosy'; known: expected, recorded"):
        load_facts(2015, outlook="rosy")
    with pytest.raises(FactsError, match="2020 has no recorded outlook"):
        load_facts(outlook="recorded")
    (folder / HISTORY).unlink()
    with pytest.raises(FactsError, match=r"history\.csv:1: cannot be read"):
        read_facts(folder)
