"""Paired differences: units, which runs are paired, statistics, and what a month of lead costs."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from techduel.ensemble import headlines
from techduel.ensemble.headlines import INCOME, costs, present_value, ratio
from techduel.ensemble.paired import (
    COLUMNS,
    LEAD,
    LEAD_BY_SIZE,
    LEAD_MONTHS,
    difference,
    frontier_sizes,
    mean_lead,
    pair,
    scale,
    spread,
)
from techduel.ensemble.record import Record
from techduel.model.axes import STATES
from techduel.model.outcomes import OUTCOMES
from techduel.studies.compare.comparison import contrast

SECTORS = ("cloud", "semiconductors", "ai")
YEARS = 3
TIME = 2020.75 + np.arange(4 * YEARS + 1) / 4


def made_up(runs: Any, seed: int = 1, shift: float = 0.0) -> Record:
    """Noise that depends on run and outcome alone, raised by `shift` per cent."""
    shapes = {"gdp": (2,), "real_income": (2,), "rd_total": (2,), "basic_share": (2,), "incidents": (2,)}
    shapes |= {"lead": (2, 3), "lead_months": (2, 3), "sales": (2, 3), "innovations": (2, 3), "decoupling_index": ()}
    values = {
        name: np.stack([np.random.default_rng([run, place]).uniform(1.0, 2.0, (*shape, len(TIME))) for run in runs])
        for place, (name, shape) in enumerate(shapes.items())
    }
    raised = {name: numbers * (1.0 + shift / 100.0) for name, numbers in values.items()}
    return Record(values=raised, time=TIME, runs=np.array(runs), sectors=SECTORS, seed=seed)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        *[("real_income", "%"), ("rd_total_nominal_lcu", "%"), ("price_index", "%"), ("researchers", "%")],
        *[
            ("innovations", "%"),
            ("sales", "%"),
            ("basic_share", "percentage points"),
            ("gdp_growth", "percentage points"),
        ],
        *[("self_sufficiency", "percentage points"), ("researchers_share", "percentage points")],
        *[("lead_months", "months"), ("technology_frontier", "log points"), ("decoupling_index", "points of 100")],
        *[("firms_listed", "firms"), ("firms_entered", "firms per quarter"), (LEAD_MONTHS, "months")],
        *[("lead", "log points"), (LEAD, "log points"), (LEAD_BY_SIZE, "log points")],
    ],
)
def test_money_is_compared_in_per_cent_shares_in_points_and_leads_in_log_points(name: str, unit: str) -> None:
    assert scale(name).unit == unit


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_outcome_can_be_compared(name: str) -> None:
    level, first = np.array([0.3, 0.2, 0.0]), np.array([0.2, 0.2, 0.0])
    found = scale(name).between(level, first)
    assert found[0] > 0.0
    assert found[1] == found[2] == 0.0


def test_per_cent_of_nothing_is_unknown() -> None:
    assert math.isnan(scale("sales").between(np.array([1.0]), np.array([0.0]))[0])


def test_a_level_raised_by_two_per_cent_is_two_per_cent_higher_in_every_run() -> None:
    baseline, higher = made_up(range(5)), made_up(range(5), shift=2.0)
    np.testing.assert_allclose(difference(higher, baseline, "gdp"), 2.0, rtol=1e-12)
    assert difference(higher, baseline, "gdp").shape == (5, 2, YEARS + 1)
    points = difference(higher, baseline, "basic_share")
    np.testing.assert_allclose(points, 2.0 * baseline["basic_share"][..., ::4], rtol=1e-9)


def test_runs_are_paired_by_their_index_and_one_that_failed_is_left_out_on_both_sides() -> None:
    ours, theirs = pair(made_up([4, 1, 2]), made_up([0, 1, 2, 3, 4]))
    assert ours.runs.tolist() == theirs.runs.tolist() == [1, 2, 4]
    assert not difference(made_up([4, 1, 2]), made_up([0, 1, 2, 3, 4]), "sales").any()


@pytest.mark.parametrize(
    "other",
    [
        made_up(range(3), seed=2),
        made_up([7, 8]),
        replace(made_up(range(3)), sectors=("cloud", "ai", "iot")),
        replace(made_up(range(3)), time=TIME + 1.0),
    ],
    ids=["seed", "runs", "sectors", "time"],
)
def test_records_without_common_luck_are_refused(other: Record) -> None:
    with pytest.raises(ValueError, match="record"):
        pair(made_up(range(3)), other)


def test_the_table_has_a_row_per_variable_state_sector_and_year() -> None:
    found = [
        dict(zip(COLUMNS, row, strict=True))
        for row in contrast(made_up(range(6), shift=1.0), made_up(range(6)), 0.03, "one").rows()
    ]
    by_name = {name: [row for row in found if row["variable"] == name] for name in {row["variable"] for row in found}}
    years = YEARS + 1
    assert len(by_name["gdp"]) == 2 * years
    assert len(by_name["sales"]) == 2 * len(SECTORS) * years
    assert [row["time"] for row in by_name["decoupling_index"]] == ["2020.75", "2021.75", "2022.75", "2023.75"]
    assert {row["state"] for row in by_name["decoupling_index"]} == {""}
    assert {row["scenario"] for row in found} == {"one"}
    assert {row["sector"] for name in (LEAD, LEAD_BY_SIZE, LEAD_MONTHS) for row in by_name[name]} == {""}
    assert all(row["unit"] for row in found)


def test_headline_records_give_the_same_table() -> None:
    full = [made_up(range(4)), made_up(range(4), shift=1.0)]
    thin = [
        replace(part, values={name: v[..., ::4] if v.ndim == 4 else v for name, v in part.values.items()})
        for part in full
    ]
    found, wanted = (list(contrast(part[1], part[0], 0.03).rows()) for part in (thin, full))
    assert found == wanted


def test_statistics_are_those_of_the_runs() -> None:
    changes = np.random.default_rng(0).normal(0.3, 1.0, (50, 2))
    mean, error, *rest = spread(changes, np.arange(50))[1]
    one = changes[:, 1]
    sets = one.reshape(25, 2).mean(axis=1)
    np.testing.assert_allclose([mean, error], [one.mean(), sets.std(ddof=1) / np.sqrt(25)])
    np.testing.assert_allclose(rest[:5], np.quantile(one, [0.05, 0.25, 0.5, 0.75, 0.95]))
    np.testing.assert_allclose(rest[5:], [(one > 0).mean(), (one < 0).mean(), (one > 0).mean()])
    skewed = np.array([-1.0, -1.0, -1.0, 9.0])[:, None]
    assert spread(skewed, np.arange(4))[0, -3:].tolist() == [0.25, 0.75, 0.75], (
        "the sign is that of the median, not of the mean"
    )
    opposite = spread(-changes, np.arange(50))[1]
    np.testing.assert_allclose(opposite[-3:], [(one < 0).mean(), (one > 0).mean(), (one > 0).mean()])


def test_errors_hold_when_runs_of_a_set_are_alike() -> None:
    """The mean of 50 sets is no surer because each stands there twice."""
    sets = np.random.default_rng(0).normal(0.3, 1.0, 50)
    error = spread(np.repeat(sets, 2)[:, None], np.arange(100))[0, 1]
    assert error == pytest.approx(sets.std(ddof=1) / np.sqrt(50))
    missing = np.append(np.repeat(sets, 2), np.nan)[:, None]
    assert spread(missing, np.arange(101))[0, 1] == pytest.approx(error)


def test_a_scenario_equal_to_the_baseline_changes_nothing_for_sure() -> None:
    same = contrast(made_up(range(4)), made_up(range(4)), 0.03)
    for row in same.rows():
        assert row[5] == row[6] == 0.0
        assert row[-4:-1] == (0.0, 0.0, 1.0)
    for cost in same.costs():
        assert (cost.loss, cost.gain) == (0.0, 0.0)
        assert math.isnan(cost.cost_per_month_of_lead.value)
        assert math.isnan(cost.target_sender_cost_ratio.value)


def test_the_mean_lead_is_that_of_frontier_fields() -> None:
    record = made_up(range(3))
    assert set(frontier_sizes()) >= {"semiconductors", "ai", "quantum"}
    for name, outcome in ((LEAD, "lead"), (LEAD_MONTHS, "lead_months")):
        expected = record[outcome][:, :, 1:, ::4].mean(axis=2)
        np.testing.assert_allclose(mean_lead(record, name), expected)


def test_present_value_of_one_for_ever() -> None:
    """One a year for three years, each quarter at its start: hand-computed."""
    flow = np.ones(len(TIME))
    assert present_value(flow, TIME, 0.0) == pytest.approx(3.0)
    assert present_value(flow, TIME, 0.03) == pytest.approx(sum(1.03 ** -(quarter / 4) / 4 for quarter in range(12)))
    flow[0] = 1e9
    assert present_value(flow, TIME, 0.03) < 3.0, "the base year is no part of it"


def test_costs_are_losses_over_log_points_or_months_and_the_rivals_loss_over_the_own() -> None:
    first = {INCOME: np.full((9, 2), 1000.0), LEAD: np.zeros((9, 2)), LEAD_MONTHS: np.zeros((9, 2))}
    noise = np.linspace(-1.0, 1.0, 9)
    level = {
        INCOME: first[INCOME] - np.stack([20.0 + noise, 60.0 + noise], axis=1),
        LEAD: np.stack([10.0 + noise, -10.0 - noise], axis=1),
        LEAD_MONTHS: np.stack([40.0 + noise, -40.0 - noise], axis=1),
    }
    us, china = costs(level, first, np.arange(9))
    assert (us.state, china.state) == STATES
    assert (us.loss, us.gain) == (pytest.approx(20.0), pytest.approx(10.0))
    assert (us.months, china.months) == (pytest.approx(40.0), pytest.approx(-40.0))
    assert us.cost_per_log_point_of_lead.value == pytest.approx(2.0)
    assert us.cost_per_month_of_lead.value == pytest.approx(0.5)
    assert us.target_sender_cost_ratio.value == pytest.approx(3.0)
    assert math.isnan(china.cost_per_month_of_lead.value), "a lead that is lost has no price"
    assert china.target_sender_cost_ratio.value == pytest.approx(1.0 / 3.0)
    assert us.cost_per_month_of_lead.low < 0.5 < us.cost_per_month_of_lead.high


def test_a_ratio_is_undefined_while_the_interval_below_includes_zero() -> None:
    generator = np.random.default_rng(3)
    noisy = generator.normal(0.0, 1.0, 40)
    assert math.isnan(ratio(np.ones(40), noisy - noisy.mean() + 0.1, np.arange(40)).value)
    assert not math.isnan(ratio(np.ones(40), noisy - noisy.mean() + 1.0, np.arange(40)).value)
    assert math.isnan(ratio(np.ones(1), np.ones(1), np.arange(1)).value), "one run has no interval"


def test_the_interval_of_a_ratio_holds_the_true_one_nine_times_in_ten() -> None:
    generator = np.random.default_rng(8)
    held = 0
    for _ in range(400):
        gain = generator.normal(3.0, 4.0, 30)
        loss = 2.0 * gain + generator.normal(0.0, 6.0, 30)
        found = ratio(loss, gain, np.arange(30))
        held += bool(math.isnan(found.value)) or found.low <= 2.0 <= found.high
    assert 0.86 < held / 400 < 0.95


def test_headlines_of_a_year_know_nothing_of_the_years_after() -> None:
    """Also of records that keep sectors at year ends only."""
    record = made_up(range(4))
    thin = replace(record, values={name: v[..., ::4] if v.ndim == 4 else v for name, v in record.values.items()})
    short = replace(
        record, values={name: values[..., :9] for name, values in record.values.items()}, time=record.time[:9]
    )
    wanted = headlines.levels(short, 0.03, ("sales.ai",))
    for one in (record, thin):
        found = headlines.levels(headlines.until(one, 2022), 0.03, ("sales.ai",))
        assert found.keys() == wanted.keys()
        for name, values in found.items():
            np.testing.assert_array_equal(values, wanted[name])
    np.testing.assert_array_equal(wanted["sales.ai"], record["sales"][:, :, 2, 8])
    assert not np.array_equal(headlines.levels(record, 0.03)[LEAD], wanted[LEAD])
    with pytest.raises(ValueError, match="2024 is not simulated"):
        headlines.until(record, 2024)


def test_headlines_are_read_from_any_record() -> None:
    record = made_up(range(4))
    found = headlines.levels(record, 0.03)
    assert set(found) == set(headlines.HEADLINES)
    assert found["decoupling_index"].shape == (4, 1)
    assert found["incidents"] == pytest.approx(record["incidents"][..., 1:].sum(axis=-1))
    assert found["innovations"] == pytest.approx(record["innovations"][..., 4::4].mean(axis=-1).sum(axis=-1))
    assert found[LEAD] == pytest.approx(record["lead"][:, :, 1:, -1].mean(axis=2))
    assert found[LEAD_MONTHS] == pytest.approx(record["lead_months"][:, :, 1:, -1].mean(axis=2))
