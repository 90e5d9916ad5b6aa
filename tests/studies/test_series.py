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
from techduel.studies.backtest.counterparts import LOG, OUTCOMES, POINTS, SERIES
from techduel.studies.backtest.series import anchored, annual, pairs, past, unit

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


@pytest.mark.parametrize(("name", "state"), pairs())
def test_the_base_year_is_that_of_the_record(record: Record, facts: Facts, name: str, state: str) -> None:
    values, known = annual(record, facts, name), past(facts.history, name, state)
    assert values.shape == (6, 2, 5)
    if SERIES[name].scale == LOG:
        recorded = known.values[-1]
        assert values[:, STATES.index(state), 0] == pytest.approx(recorded, rel=CLOSE.get(name, 0.05))


def test_units_are_those_of_the_history(facts: Facts) -> None:
    for name, state in pairs():
        if facts.history.has(name, state):
            assert unit(name, state) == facts.history.unit(name, state), name


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


@pytest.mark.parametrize(("name", "state"), pairs())
def test_a_splice_meets_the_record_and_keeps_growth(record: Record, facts: Facts, name: str, state: str) -> None:
    path, values = anchored(record, facts, name, state), annual(record, facts, name)[:, STATES.index(state)]
    known = past(facts.history, name, state)
    assert path.anchor == known.years[-1]
    if SERIES[name].scale == POINTS:
        np.testing.assert_array_equal(path.values, values)
        return
    np.testing.assert_allclose(path.values[:, 1:] / path.values[:, :-1], values[:, 1:] / values[:, :-1])
    if path.anchor == facts.base_year:
        np.testing.assert_allclose(path.values[:, 0], known.values[-1])


def test_an_older_record_is_brought_forward_at_the_model_s_growth(record: Record, facts: Facts) -> None:
    older = with_history(facts, "sei_share_gdp", "china", {2016: 9.0, 2018: 10.0})
    path = anchored(record, older, "sei_share_gdp", "china")
    raw = annual(record, facts, "sei_share_gdp")[:, STATES.index("china")]
    assert path.anchor == 2018
    assert np.median(path.values[:, 0]) == pytest.approx(10.0 * np.median(raw[:, 2] / raw[:, 0]))


def test_what_came_after_the_base_year_is_not_looked_at(record: Record, facts: Facts) -> None:
    """Values after the base year change nothing; without a record the model stands for itself."""
    known = {2019: 12.0, 2020: 11.0}
    spliced = [
        anchored(record, with_history(facts, "sei_share_gdp", "china", values), "sei_share_gdp", "china").values
        for values in (known, {**known, 2021: 99.0})
    ]
    np.testing.assert_array_equal(*spliced)
    alone = anchored(record, with_history(facts, "sei_share_gdp", "china", {2021: 99.0}), "sei_share_gdp", "china")
    assert alone.anchor is None
    np.testing.assert_array_equal(alone.values, annual(record, facts, "sei_share_gdp")[:, 1])


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
