"""Base years before 2020: on record where there is a record, by rule elsewhere, and blind to what came later."""

import csv
import shutil
import time
from dataclasses import fields
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from techduel.ensemble.record import Record
from techduel.ensemble.simulation import prepared, simulate, worlds
from techduel.facts import BASE_YEARS, OUTLOOKS, QUANTITIES, Facts, load_facts, read_facts
from techduel.facts.base_year import initial_world
from techduel.facts.checks import gdp
from techduel.model.axes import N_STATES, STATES
from techduel.model.noise import Noise
from techduel.scenario.origin import origin_scenario, plan_options
from techduel.scenario.scenario import Scenario, load_scenario, numbers
from tests.ensembles import leaves

SHIPPED = Path(str(files("techduel.facts")))
PAST = BASE_YEARS[:-1]
US, CHINA = range(N_STATES)
CALM = ("params=default", "params.accounts.growth_shock=0")


def on_record(facts: Facts, name: str, year: int) -> NDArray[np.float64]:
    return np.array([facts.history.at(name, state, year) for state in STATES])


def in_base_money(facts: Facts, name: str, year: int) -> NDArray[np.float64]:
    """A recorded level at prices and exchange rates of the base year, bn USD."""
    prices = np.prod(1.0 + facts.outlook.inflation[:, : year - facts.base_year], axis=1)
    return on_record(facts, name, year) / prices / facts.base.currency_per_usd


def by_year(record: Record, name: str) -> NDArray[np.float64]:
    """Mean over runs by state and simulated year."""
    values = record[name].mean(axis=0)[:, 1:]
    return values.reshape(N_STATES, -1, 4).mean(axis=-1)


@pytest.mark.parametrize("outlook", OUTLOOKS)
@pytest.mark.parametrize("year", PAST)
def test_every_base_year_starts_a_finite_world(year: int, outlook: str) -> None:
    facts = load_facts(year, outlook=outlook)
    scenario = load_scenario("baseline_2021", f"facts.base_year={year}", f"start={year + 1}", "params=default")
    noise = Noise(1, range(2), len(facts.sectors), scenario.slots)
    world = initial_world(facts, scenario.parameters, noise.initial())
    assert [name for name, values in leaves(world) if not np.all(np.isfinite(values))] == []
    economy = world.structure.economy
    assert min(economy.other_grants.min(), economy.nonpublic_rd.min(), economy.first.rd_other_business.min()) > 0.0
    assert (
        min(world.states.rest_output.min(), world.states.other_digital.min(), world.states.other_emerging.min()) > 0.0
    )
    assert world.action.applied_research.min() > 0.0
    assert economy.rest_path.min() > 0.0
    assert (facts.outlook.years[0], facts.outlook.years[-1]) == (year + 1, 2050)


@pytest.mark.parametrize("year", PAST)
def test_aggregates_are_those_on_record(year: int) -> None:
    facts = load_facts(year)
    base, rate = facts.base, facts.base.currency_per_usd
    for quantity, series in (
        ("rd_total", "gerd_lcu"),
        ("rd_basic", "basic_lcu"),
        ("rd_business_performed", "berd_performed_lcu"),
    ):
        np.testing.assert_allclose(getattr(base, quantity) * rate, on_record(facts, series, year), rtol=1e-12)
    nominal = [gdp(facts.history, state, year) for state in STATES]
    np.testing.assert_allclose(base.gdp[:N_STATES] * rate, nominal, rtol=1e-12)
    np.testing.assert_allclose(100 * base.rd_government_funded_share, on_record(facts, "rd_gov_funded_share", year))
    people = on_record(facts, "researchers_per_million", year) * on_record(facts, "population", year)
    np.testing.assert_allclose(base.researchers, people / 1000.0, rtol=1e-12)
    np.testing.assert_allclose(base.population, on_record(facts, "population", year))
    assert rate[CHINA] == facts.history.at("fx_cny_per_usd", "china", year)


@pytest.mark.parametrize("year", PAST)
def test_shares_and_positions_are_shares_and_positions(year: int) -> None:
    base, last = load_facts(year).base, load_facts(2020).base
    for shares in (base.supply_share, base.demand_share):
        np.testing.assert_allclose(shares.sum(axis=0), 1.0, rtol=1e-12)
        assert shares.min() > 0.0
    np.testing.assert_allclose(base.position.max(axis=0), last.position.max(axis=0), rtol=1e-12)
    for name, known in QUANTITIES.items():
        values = getattr(base, name)
        assert np.all((values >= known.low) & (values <= known.high)), name
        assert not values.flags.writeable, name


def test_the_past_leads_to_2020_step_by_step() -> None:
    """Markets, shares, positions and restrictions of 2019 lie near those of 2020, nearer than those of 2010."""
    first, late, last = (load_facts(year).base for year in (2010, 2019, 2020))
    for name in ("market_size", "supply_share", "demand_share", "position", "tariff", "digital_core_value_added"):
        far, near = (
            np.abs(np.log((getattr(base, name) + 1e-9) / (getattr(last, name) + 1e-9))).mean() for base in (first, late)
        )
        assert near < 0.5 * far, name
    # What China's firms sold rose faster than what was sold; who sold more had the better technology.
    assert np.all(last.supply_share[CHINA] >= first.supply_share[CHINA])
    behind = np.log(first.position[CHINA] / first.position[US]) - np.log(last.position[CHINA] / last.position[US])
    assert np.all(behind <= 1e-12)


def without_later(folder: Path, year: int) -> None:
    """Change every figure of the history after a year, each by another factor; targets were published before."""
    path = folder / "history.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        header, *lines = list(csv.reader(stream))
    factors = np.random.default_rng(3).uniform(0.8, 1.25, len(lines))
    later = [int(row[2]) > year and not row[0].endswith("_target") for row in lines]
    moved = [
        [*row[:3], str(factor * float(row[3])), *row[4:]] if changed else row
        for row, factor, changed in zip(lines, factors, later, strict=True)
    ]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([header, *moved])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for path in [*SHIPPED.glob("*.csv"), *SHIPPED.glob("*.yaml")]:
        shutil.copy(path, tmp_path / path.name)
    return tmp_path


RULED = {"market_size", "supply_share", "rival_sales_share", "position", "digital_core_value_added"}
"""Carried back from 2020 with the ratio of a recorded series to its value of 2020: a rule, not a record."""


@pytest.mark.parametrize("year", [2013, 2017])
def test_what_was_expected_does_not_know_what_came(folder: Path, year: int) -> None:
    before = load_facts(year)
    without_later(folder, year)
    after = read_facts(folder, year)
    for part in ("base", "outlook"):
        one, other = getattr(before, part), getattr(after, part)
        changed = {
            item.name
            for item in fields(one)
            if not np.allclose(getattr(one, item.name), getattr(other, item.name), rtol=1e-12, atol=0.0)
        }
        assert changed <= (RULED if part == "base" else set()), changed
    assert len(after.decisions.years) == 0
    recorded = read_facts(folder, year, outlook="recorded")
    assert not np.allclose(recorded.outlook.gdp_growth, load_facts(year, outlook="recorded").outlook.gdp_growth)


def test_a_share_carried_back_moves_with_the_level_of_2020_alone(folder: Path) -> None:
    """What a rule takes from 2020 is one constant by sector and place: relative changes over time are the record's."""
    before = [load_facts(year).base.market_size for year in (2012, 2017)]
    without_later(folder, 2017)
    after = [read_facts(folder, year).base.market_size for year in (2012, 2017)]
    np.testing.assert_allclose(after[1] / after[0], before[1] / before[0], rtol=1e-12)


def test_the_recorded_outlook_is_the_record() -> None:
    facts = load_facts(2010, outlook="recorded")
    for year in range(2011, 2021):
        place = year - 2011
        np.testing.assert_allclose(100 * facts.outlook.gdp_growth[:2, place], on_record(facts, "gdp_growth", year))
        np.testing.assert_allclose(facts.outlook.population[:, place], on_record(facts, "population", year))
        real = facts.base.gdp[:2] * np.prod(1.0 + facts.outlook.gdp_growth[:2, : place + 1], axis=1)
        nominal = np.array([gdp(facts.history, state, year) for state in STATES]) / facts.base.currency_per_usd
        np.testing.assert_allclose(
            real * np.prod(1.0 + facts.outlook.inflation[:, : place + 1], axis=1), nominal, rtol=1e-12
        )
    later = load_facts(2020).outlook
    np.testing.assert_array_equal(facts.outlook.gdp_growth[:, 10:], later.gdp_growth)


def test_facts_are_read_quickly() -> None:
    began = time.perf_counter()
    read_facts(files("techduel.facts"), 2014, outlook="recorded")
    assert time.perf_counter() - began < 1.0


@pytest.fixture(scope="module")
def history() -> Record:
    """The past as both states acted, without luck in growth."""
    return simulate(load_scenario("history_2010", *CALM), runs=8, seed=1)


@pytest.fixture(scope="module")
def recorded() -> Facts:
    return load_facts(2010, outlook="recorded")


def test_states_spent_what_they_spent(history: Record, recorded: Facts) -> None:
    """In one currency to the dollar; its volume moves with the cost of labour that the model finds."""
    for place, year in enumerate(range(2011, 2021)):
        basic = in_base_money(recorded, "basic_lcu", year)
        total = in_base_money(recorded, "gerd_lcu", year)
        public = total * on_record(recorded, "rd_gov_funded_share", year) / 100.0
        np.testing.assert_allclose(by_year(history, "rd_basic")[:, place], basic, rtol=0.08)
        np.testing.assert_allclose(by_year(history, "rd_public")[:, place], public, rtol=0.08)


def test_gdp_follows_the_record(history: Record, recorded: Facts) -> None:
    record = np.stack([in_base_money(recorded, "gdp_lcu", year) for year in range(2011, 2021)], axis=1)
    record[CHINA] = [
        gdp(recorded.history, "china", year) / recorded.base.currency_per_usd[CHINA] for year in range(2011, 2021)
    ] / np.cumprod(1.0 + recorded.outlook.inflation[CHINA, :10])
    np.testing.assert_allclose(by_year(history, "gdp"), record, rtol=0.015)


def test_levers_are_those_of_the_year(recorded: Facts) -> None:
    scenario = load_scenario("history_2010", *CALM)
    start = prepared(scenario, [0], seed=1)
    last = load_facts(2020).base
    policy = start.policies[CHINA]
    seen = {world.year: world for world in worlds(start)}
    tariff = {year: seen[float(year)].action.tariff[0, :, :, 0] for year in (2011, 2019, 2020)}
    np.testing.assert_allclose(tariff[2011][US], 0.16 * last.tariff[US])
    np.testing.assert_allclose(tariff[2020], last.tariff)
    assert np.all(tariff[2011] <= tariff[2019])
    listed = [seen[float(year)].firms.listed[0, CHINA].sum() for year in (2017, 2019, 2020)]
    assert listed[0] == 0 < listed[1] <= listed[2]
    decided = policy(seen[2019.75], CHINA)
    assert decided.tax_credit.item() == pytest.approx(last.tax_credit[CHINA])


def test_after_the_record_research_keeps_its_share_of_forecast_gdp() -> None:
    start = prepared(load_scenario("history_2010", *CALM, "horizon=2023"), [0], seed=1)
    *_, world = worlds(start)
    path = world.structure.economy.gdp_path[0, :N_STATES, 0]
    years = [path[:, 4 * year + 1 : 4 * year + 5].mean(axis=-1) for year in (9, 12)]
    spent = world.states.rd_public[0, :, 0, 0] / world.structure.recorded.public[0, :, 0, 9]
    np.testing.assert_allclose(spent, years[1] / years[0], rtol=0.01)


def test_without_a_record_a_recorded_state_keeps_the_status_quo() -> None:
    options = ("params=default", "policy@policies.us={}", "policy@policies.china={}", "horizon=2022")
    one, other = (
        simulate(load_scenario("baseline_2021", *(option.format(kind) for option in options)), runs=2)
        for kind in ("recorded", "status_quo_2020")
    )
    np.testing.assert_array_equal(one["rd_total"], other["rd_total"])


@pytest.mark.parametrize("year", BASE_YEARS)
def test_every_origin_starts_where_it_says(year: int) -> None:
    scenario = origin_scenario(year, "params=default")
    assert (scenario.base_year, scenario.start, scenario.facts_outlook) == (year, year + 1, "expected")
    assert scenario.horizon >= 2020


def test_the_forecast_of_2017_is_its_origin() -> None:
    def essential(scenario: Scenario) -> dict[str, object]:
        told = ("scenario", "title", "question", "sources")
        return {key: value for key, value in numbers(scenario.config).items() if key not in told}

    one, other = load_scenario("forecast_2017", "params=default"), origin_scenario(2017, "params=default")
    assert essential(one) == essential(other)


def test_a_plan_kept_in_full_reaches_its_intensity() -> None:
    options = plan_options(2017)
    assert options["target_year"] == 2020.0
    assert 0.0 < options["rd_growth_target"] < 0.2
    facts = load_facts(2017)
    grown = np.prod(1.0 + facts.outlook.gdp_growth[CHINA, :3])
    intensity = 0.0212 * (1.0 + options["rd_growth_target"]) ** 3 / grown
    assert 0.0212 < intensity < 0.025


def test_an_origin_outside_the_facts_is_refused() -> None:
    with pytest.raises(ValueError, match="origin 2021: allowed 2010 to 2020"):
        origin_scenario(2021)


def test_past_growth_is_that_of_ten_years_without_new_definitions() -> None:
    facts = load_facts(2015)
    history = facts.history
    real = np.prod([1.0 + history.at("gdp_growth", "china", year) / 100.0 for year in range(2006, 2016)])
    spent, output = (
        history.at(name, "china", 2015) / history.at(name, "china", 2005) for name in ("basic_lcu", "gdp_lcu")
    )
    assert facts.base.basic_growth_past[CHINA] == pytest.approx((spent * real / output) ** 0.1 - 1.0)

    def people(year: int) -> float:
        return history.at("researchers_per_million", "china", year) * history.at("population", "china", year)

    both = people(2008) / people(2005) * people(2015) / people(2009)
    assert facts.base.researchers_growth[CHINA] == pytest.approx(both ** (1.0 / 9.0) - 1.0)


def test_emerging_industries_are_carried_on_from_what_was_last_said() -> None:
    shares = {year: load_facts(year).base.strategic_emerging_share[CHINA] for year in (2010, 2012, 2014, 2017)}
    assert shares[2010] == pytest.approx(0.04)
    assert shares[2012] == pytest.approx(0.04 * (8.0 / 4.0) ** 0.4), "on the way to the target of 8 % in 2015"
    assert shares[2014] == pytest.approx(0.076)
    assert shares[2017] == pytest.approx(0.08 * (8.0 / 7.6) ** 2)
