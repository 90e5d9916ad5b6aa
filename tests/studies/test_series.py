"""Counterparts of recorded series: units and values of the base year, the splice, and what it keeps."""

import math
from dataclasses import replace

import numpy as np
import pytest

from techduel.ensemble.record import Record
from techduel.ensemble.simulation import simulate
from techduel.facts import Facts, History, load_facts
from techduel.facts.history import Series
from techduel.model.axes import STATES
from techduel.scenario.scenario import load_scenario
from techduel.studies.backtest.counterparts import LOG, SERIES
from techduel.studies.backtest.forecast import Forecast, forecasts
from techduel.studies.backtest.primitives import (
    KEYS,
    LEVEL,
    OUTCOMES,
    PRIMITIVES,
    SHARE,
    from_line,
    on_record,
    onto_line,
    recorded_in,
)
from techduel.studies.backtest.series import annual, pairs, past, unit
from techduel.studies.backtest.splice import BROKEN, broken_denominator, level, spliced

# Share of the record by which the model's base year may differ: definitions differ a little, units not at all.
CLOSE = {
    "gdp_lcu": 0.03,
    "gdp_usd": 0.03,
    "gdp_ppp": 0.03,
    "gerd_ppp": 0.2,  # the last record is of 2019
    "basic_lcu": 0.03,
    "basic_usd": 0.03,
    "basic_share": 0.03,
    "pct_applications": 0.9,  # 14 sectors, not all applicants
    "cn_ic_output_share_of_cn_market": 0.5,  # plants, not headquarters
    "cn_hq_ic_output_share_of_cn_market": 3.0,
}


@pytest.fixture(scope="module")
def record() -> Record:
    return simulate(load_scenario("baseline_2021", "params=default", "horizon=2024"), runs=6, record="headline")


@pytest.fixture(scope="module")
def facts() -> Facts:
    return load_facts()


def with_history(facts: Facts, name: str, state: str, values: dict[int, float]) -> Facts:
    """The facts with another record of one series."""
    series = Series(np.array(list(values)), np.array(list(values.values())), "%")
    return replace(facts, history=History({**facts.history.table, (name, state): series}))


LEVELS = [(name, state) for name, state in pairs() if SERIES[name].scale == LOG]


def test_every_series_has_a_value_by_run_state_and_year(record: Record, facts: Facts) -> None:
    assert {annual(record, facts, name).shape for name, _ in pairs()} == {(6, 2, 5)}


@pytest.mark.parametrize(("name", "state"), LEVELS)
def test_the_base_year_is_that_of_the_record(record: Record, facts: Facts, name: str, state: str) -> None:
    values, known = annual(record, facts, name), past(facts.history, name, state)
    assert values[:, STATES.index(state), 0] == pytest.approx(known.values[-1], rel=CLOSE.get(name, 0.05))


def test_units_are_those_of_the_history(facts: Facts) -> None:
    there = [pair for pair in pairs() if facts.history.has(*pair)]
    assert len(there) > len(pairs()) / 2
    assert {pair: unit(*pair) for pair in there} == {pair: facts.history.unit(*pair) for pair in there}


def test_counterparts_need_the_named_outcomes_only(record: Record, facts: Facts) -> None:
    thin = replace(record, values={name: record.values[name] for name in OUTCOMES})
    for name, _ in pairs():
        np.testing.assert_array_equal(annual(thin, facts, name), annual(record, facts, name))


def test_funders_and_performers_add_up(record: Record, facts: Facts) -> None:
    """What business, government and others pay is all there is, and shares are shares of that."""
    whole, business, public = (
        annual(record, facts, name) for name in ("gerd_pct_gdp", "rd_bus_funded_pct_gdp", "rd_gov_funded_pct_gdp")
    )
    others = whole - business - public
    np.testing.assert_allclose(others, np.broadcast_to(others[:, :, :1], others.shape), rtol=1e-9)
    assert (others > 0).all()
    share = annual(record, facts, "rd_bus_funded_share") / 100 * whole
    np.testing.assert_allclose(share, business, rtol=2e-3)  # means of ratios and ratios of means


def test_growth_is_that_of_annual_gdp(record: Record, facts: Facts) -> None:
    levels, rate = record.annual("gdp"), annual(record, facts, "gdp_growth")
    assert np.isnan(rate[..., 0]).all()
    np.testing.assert_allclose(np.cumprod(1 + rate[..., 1:] / 100, axis=-1), levels[..., 1:] / levels[..., :1])


def test_prices_raise_levels_and_leave_ratios(record: Record, facts: Facts) -> None:
    """Nominal GDP over real GDP is one deflator for R&D and GDP."""
    nominal = annual(record, facts, "gerd_lcu") / annual(record, facts, "gdp_lcu")
    np.testing.assert_allclose(100 * nominal, annual(record, facts, "gerd_pct_gdp"), rtol=1e-3)
    assert (np.diff(annual(record, facts, "gdp_lcu") / record.annual("gdp"), axis=-1) > 0).all()


def of(record: Record, facts: Facts, name: str, state: str) -> Forecast:
    """The forecast of one series, nothing missed."""
    (found,) = forecasts(record, facts, None, [(name, state)])
    return found


@pytest.mark.parametrize("key", KEYS, ids=" ".join)
def test_a_splice_meets_the_record_and_keeps_growth(record: Record, facts: Facts, key: tuple[str, str]) -> None:
    """Levels keep their growth, shares that of their odds."""
    path, one = spliced(record, facts, key), PRIMITIVES[key[0]]
    known = on_record(facts.history, key, facts.base_year)
    assert path.anchor == max(known)
    line = onto_line(one.measure(record, facts)[:, STATES.index(key[1])], one.scale)
    np.testing.assert_allclose(np.diff(path.line), np.diff(line), atol=1e-12)
    if path.anchor == facts.base_year and key[0] != "research":
        np.testing.assert_allclose(path.values()[:, 0], known[facts.base_year])


@pytest.mark.parametrize(("name", "state"), LEVELS)
def test_a_series_starts_from_its_own_record(facts: Facts, name: str, state: str) -> None:
    """What follows from primitives has the level that the record of the series itself has."""
    history = facts.history
    factor = level(history, name, state, facts.base_year)
    year = int(past(history, name, state).years[-1])
    implied = {primitive: recorded_in(history, (primitive, state), year) for primitive in PRIMITIVES}
    parts = {name: np.array([np.nan if value is None else value]) for name, value in implied.items()}
    assert factor * SERIES[name].identity(parts)[0] == pytest.approx(past(history, name, state).values[-1])
    assert 0.9 < factor < 1.1


@pytest.mark.parametrize(("name", "state"), [pair for pair in LEVELS if pair[0].endswith("funded_share")])
def test_who_pays_adds_up_to_all_on_record_too(facts: Facts, name: str, state: str) -> None:
    assert level(facts.history, name, state, facts.base_year) == pytest.approx(1.0)


def test_a_ratio_is_carried_on_over_the_gdp_that_was_expected(record: Record, facts: Facts) -> None:
    """In 2020 GDP fell while research was budgeted, in 2019 it grew as expected."""
    for place, state in enumerate(STATES):
        expected = load_facts(2019).outlook.gdp_growth[place, 0]
        came = facts.history.at("gdp_growth", state, 2020) / 100
        assert came < expected - BROKEN
        shift = math.log((1 + came) / (1 + expected))
        assert broken_denominator(facts, state) == pytest.approx(shift)
        start = spliced(record, facts, ("research", state)).values()[:, 0]
        np.testing.assert_allclose(start, facts.history.at("gerd_pct_gdp", state, 2020) / 100 * math.exp(shift))
        assert broken_denominator(load_facts(2019), state) == 0.0
        assert broken_denominator(load_facts(2010), state) == 0.0


def test_an_older_record_is_brought_forward_at_the_model_s_growth(record: Record, facts: Facts) -> None:
    older = with_history(facts, "sei_share_gdp", "china", {2016: 9.0, 2018: 10.0})
    path = spliced(record, older, ("emerging", "china"))
    line = onto_line(annual(record, facts, "sei_share_gdp")[:, STATES.index("china")] / 100, SHARE)
    assert path.anchor == 2018
    brought = onto_line(np.array(0.1), SHARE) + np.median(line[:, 2] - line[:, 0])
    assert np.median(path.line[:, 0]) == pytest.approx(float(brought))


def test_what_came_after_the_base_year_is_not_looked_at(record: Record, facts: Facts) -> None:
    """Values after the base year change nothing; without a record the model stands for itself."""
    known = {2019: 12.0, 2020: 11.0}
    made = [
        of(record, with_history(facts, "sei_share_gdp", "china", values), "sei_share_gdp", "china").whole
        for values in (known, {**known, 2021: 99.0})
    ]
    np.testing.assert_array_equal(*made)
    alone = of(record, with_history(facts, "sei_share_gdp", "china", {2021: 99.0}), "sei_share_gdp", "china")
    assert alone.last_record is None
    np.testing.assert_allclose(alone.alone, annual(record, facts, "sei_share_gdp")[:, 1, 1:])


@pytest.mark.parametrize("scale", [LEVEL, SHARE])
def test_a_line_is_left_as_it_was_entered(scale: str) -> None:
    values = np.array([1e-6, 0.2, 0.7])
    np.testing.assert_allclose(from_line(onto_line(values, scale), scale), values)
    assert np.isfinite(onto_line(np.array([0.0, 1.0]), SHARE)).all(), "no share at all, or all of it, is a number"


def test_derived_records_follow_from_levels(facts: Facts) -> None:
    history = facts.history
    dollars = past(history, "gerd_usd", "china")
    place = dollars.years.tolist().index(2015)
    expected = history.at("gerd_lcu", "china", 2015) / history.at("fx_cny_per_usd", "china", 2015)
    assert dollars.values[place] == pytest.approx(expected)
    share = past(history, "berd_performed_share", "china")
    assert share.years[0] == 2000, "business R&D of China begins in 2000"
    assert all(0 < value < 100 and math.isfinite(value) for value in share.values)
    assert past(history, "digital_core_share_gdp", "us").last_year is None
