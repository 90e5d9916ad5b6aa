"""Leads by hand: log points, months at a fixed pace, means over frontier fields, who overtakes."""

from dataclasses import replace

import numpy as np
import pytest

from techduel.ensemble.headlines import headline, told_by
from techduel.ensemble.paired import (
    LEAD,
    LEAD_BY_SIZE,
    LEAD_MONTHS,
    MEAN_LEADS,
    frontier_sizes,
    in_months,
    mean_lead,
    over_frontier,
)
from techduel.ensemble.record import Record, lead, lead_months
from techduel.ensemble.simulation import simulate
from techduel.facts import Facts, load_facts
from techduel.facts.base import QUANTITIES
from techduel.model.axes import Numbers
from techduel.scenario import scenario as scenarios
from techduel.scenario.scenario import load_scenario

US, CHINA = range(2)
FAST, SLOW = 0.04, 0.02
SMALL = ("horizon=2022", "slots=6", "params=default")


def frontiers(us: Numbers, china: Numbers) -> Numbers:
    """Of one run and two sectors alike, (run, state, sector, time)."""
    return np.repeat(np.stack([us, china])[None, :, None], 2, axis=2)


def test_sixteen_log_points_at_four_per_cent_a_year_are_48_months() -> None:
    months = lead_months(np.full((1, 2, 2, 1), 16.0), np.array([FAST, SLOW]))
    assert months[0, US, :, 0].tolist() == [pytest.approx(48.0), pytest.approx(96.0)]


def test_a_lead_is_the_log_of_the_ratio_of_frontiers_and_the_rivals_has_the_other_sign() -> None:
    found = lead(np.log(frontiers(np.array([1.1, 2.0]), np.array([1.0, 4.0]))))
    assert found[0, US, 0].tolist() == [pytest.approx(100.0 * np.log(1.1)), pytest.approx(-100.0 * np.log(2.0))]
    assert np.array_equal(found[:, CHINA], -found[:, US])


def test_months_do_not_hear_of_growth() -> None:
    """A leader that slows down keeps its months: the same gap is the same time in every year and arm."""
    years = np.arange(9.0)
    for growth in (0.0, 0.001, 0.08):
        months = lead_months(lead(frontiers(0.1 + growth * years, growth * years)), np.array([FAST, SLOW]))
        np.testing.assert_allclose(months[0, US], [[30.0] * 9, [60.0] * 9])


def test_months_of_two_arms_differ_as_their_logs_do() -> None:
    generator = np.random.default_rng(5)
    arms = [lead(generator.normal(size=(4, 2, 2, 3))) for _ in range(2)]
    pace = np.array([FAST, SLOW])
    apart = lead_months(arms[0], pace) - lead_months(arms[1], pace)
    np.testing.assert_allclose(apart, lead_months(arms[0] - arms[1], pace))


def test_a_changed_pace_moves_months_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = load_facts()
    elsewhere = np.array(facts.sectors) != "semiconductors"
    slower = replace(facts, base=replace(facts.base, pace=np.where(elsewhere, 0.5, 1.0) * facts.base.pace))
    before = simulate(load_scenario("baseline_2021", *SMALL, "forms.paradigm=wear"), runs=2)

    def other(*_arguments: object) -> Facts:
        return slower

    monkeypatch.setattr(scenarios, "load_facts", other)
    after = simulate(load_scenario("baseline_2021", *SMALL, "forms.paradigm=wear"), runs=2)
    moved = [name for name in before.values if not np.array_equal(before[name], after[name], equal_nan=True)]
    assert moved == ["lead_months"]
    times = np.where(elsewhere, 2.0, 1.0)[:, None]
    np.testing.assert_allclose(after["lead_months"], times * before["lead_months"])


def test_the_pace_is_a_fact_of_every_base_year() -> None:
    paces = [load_facts(year).base.pace.tolist() for year in (2010, 2017, 2020)]
    assert paces[0] == paces[1] == paces[2]
    chips = load_facts().sectors.index("semiconductors")
    assert paces[0][chips] == pytest.approx(0.04)
    assert (QUANTITIES["pace"].low, QUANTITIES["pace"].high) == (0.005, 0.15)


def record_of(leads: Numbers, sectors: tuple[str, ...]) -> Record:
    values = {"lead": leads, "lead_months": 3.0 * leads}
    return Record(values=values, time=np.array([2020.75]), runs=np.arange(len(leads)), sectors=sectors, seed=1)


def test_means_over_frontier_fields_are_plain_by_market_size_and_in_months() -> None:
    sectors = ("cloud", "semiconductors", "quantum")
    leads = np.array([[[50.0, 10.0, 40.0], [-50.0, -10.0, -40.0]]])[..., None]
    found = record_of(leads, sectors)
    sizes = frontier_sizes()
    chips, quantum = sizes["semiconductors"], sizes["quantum"]
    assert "cloud" not in sizes
    assert mean_lead(found, LEAD)[0, US, 0] == pytest.approx(25.0)
    assert mean_lead(found, LEAD_MONTHS)[0, CHINA, 0] == pytest.approx(-75.0)
    weighted = (10.0 * chips + 40.0 * quantum) / (chips + quantum)
    assert mean_lead(found, LEAD_BY_SIZE)[0, US, 0] == pytest.approx(weighted)
    assert over_frontier(leads, sectors, by_size=True)[0, US, 0] == pytest.approx(weighted)
    assert weighted < 11.0, "quantum is small"
    assert mean_lead(found, in_months(LEAD_BY_SIZE))[0, US, 0] == pytest.approx(3.0 * weighted)


@pytest.mark.parametrize("name", [*MEAN_LEADS, "lead.ai", "lead_months.ai"])
def test_every_lead_is_told_in_both_units(name: str) -> None:
    points, months = told_by(name)
    assert name in {points, months}
    assert (headline(points).unit, headline(months).unit) == ("log points", "months")
    assert headline(months).title == f"{headline(points).title}, months"
    assert told_by("rd_total") == ("rd_total",)


def test_overtaking_is_a_matter_of_log_points() -> None:
    record = simulate(load_scenario("baseline_2021", *SMALL), runs=6)
    ahead = record["lead"] > 1e-9
    overtakes = np.isfinite(record["year_passes_lead"])
    assert np.array_equal(overtakes, ahead.any(axis=-1) & ~ahead[..., 0])
