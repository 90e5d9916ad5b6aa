"""Positions, sizes and paces that a scenario gives instead of those of its base year."""

import math

import numpy as np
import pytest

from techduel.ensemble.simulation import simulate
from techduel.facts import QUANTITIES, load_facts
from techduel.facts.base_year import scale_a_year
from techduel.facts.changes import changed, overdrawn
from techduel.scenario.composition import composed
from techduel.scenario.loader import InvalidInput
from techduel.scenario.scenario import load_scenario
from techduel.studies.sweep.plain import sweep_from
from techduel.studies.sweep.settings import composed as of_command

SMALL = ("horizon=2021", "slots=4", "params=default")
CHINA = 1
CHIPS = load_facts().sectors.index("semiconductors")
ALONE = (
    "sweep=export_controls",
    "design=grid",
    "factors.depth=null",
    "factors.breadth=null",
    "factors.allies=null",
    "factors.end_use=null",
)


def test_without_changes_facts_are_the_very_ones_of_the_base_year() -> None:
    facts = load_facts()
    assert changed(facts, {"base_year": 2020, "position": {}}) is facts
    assert load_scenario("baseline_2021", *SMALL).facts() is load_facts(2020, "article", "expected")


def test_only_what_is_named_is_changed() -> None:
    given = {"position": {"china": {"ai": 0.5}}, "market_size": {"ai": 60.0}, "pace": {"quantum": 0.1}}
    facts, other = load_facts(), changed(load_facts(), given)
    ai, quantum = facts.sectors.index("ai"), facts.sectors.index("quantum")
    moved = {name: np.argwhere(getattr(other.base, name) != getattr(facts.base, name)).tolist() for name in QUANTITIES}
    assert {name: places for name, places in moved.items() if places} == {
        "position": [[CHINA, ai]],
        "market_size": [[ai]],
        "pace": [[quantum]],
    }
    assert (other.base.position[CHINA, ai], other.base.market_size[ai], other.base.pace[quantum]) == (0.5, 60.0, 0.1)
    assert not other.base.position.flags.writeable


def test_a_position_moves_the_lead_of_the_base_year_by_its_log_and_a_size_the_sales() -> None:
    before = simulate(load_scenario("baseline_2021", *SMALL), runs=1)
    scenario = load_scenario("baseline_2021", *SMALL, "facts.position.china.semiconductors=0.5")
    after = simulate(scenario, runs=1)
    scale = scale_a_year(load_facts()) * float(scenario.parameters.ideas.lag_years[0, 0, 0, 0])
    closer = (after["lead"] - before["lead"])[0, CHINA, :, 0]
    assert closer[CHIPS] == pytest.approx(100.0 * scale * math.log(0.5 / 0.4), abs=1e-9)
    np.testing.assert_allclose(np.delete(closer, CHIPS), 0.0, atol=1e-9)
    larger = simulate(load_scenario("baseline_2021", *SMALL, "facts.market_size.semiconductors=550"), runs=1)
    ratio = (larger["sales"] / before["sales"])[0, :, CHIPS, 0]
    np.testing.assert_allclose(ratio, 550.0 / load_facts().base.market_size[CHIPS])


def test_a_sweep_over_a_fact_computes_the_scenarios_of_the_command_line() -> None:
    sweep = sweep_from(
        of_command([*ALONE, "base=[]", "params=default", "factors.start={key: facts.position.china.ai, levels: 2}"])
    )
    _, *placed = (one.identity for one in sweep.placed)
    low, high = QUANTITIES["position"].low, QUANTITIES["position"].high
    assert [point["start"] for point in sweep.designed[1:]] == [low, high]
    alone = [
        sweep_from(
            of_command(
                [
                    *ALONE,
                    "base=[]",
                    "params=default",
                    f"facts.position.china.ai={value}",
                    "factors.seed={key: us.tariff, values: [0.0]}",
                ]
            )
        )
        for value in (low, high)
    ]
    assert placed == [one.placed[0].identity for one in alone]


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ("facts.positon.china.ai=0.5", "facts.positon: unknown; did you mean facts.position?"),
        ("facts.position.chna.ai=0.5", "facts.position.chna: unknown; did you mean facts.position.china?"),
        ("facts.pace.quantun=0.1", "facts.pace.quantun: unknown; did you mean facts.pace.quantum?"),
        ("facts.position.us.ai=0", "facts.position.us.ai: 0 given; allowed: one number, 0.05 to 1 (fraction)"),
        ("facts.pace.ai=0.2", "facts.pace.ai: 0.2 given; allowed: one number, 0.005 to 0.15 (per year)"),
        ("facts.market_size.ai=0", "facts.market_size.ai: 0 given; allowed: one number, 0.01 to 10000 (bn USD)"),
    ],
)
def test_wrong_names_and_values_are_told_in_one_line(given: str, line: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        composed([given])
    assert refused.value.problems == [line]


def test_markets_that_leave_nothing_of_recorded_totals_are_refused() -> None:
    given = {"market_size": {"devices_networks": 9000.0}}
    short = list(overdrawn(changed(load_facts(), given)))
    assert any(line.startswith("other digital industries of us would be -") for line in short)
    assert list(overdrawn(load_facts())) == []
    with pytest.raises(InvalidInput, match=r"facts\.market_size: other digital industries of us would be -"):
        composed(["facts.market_size.devices_networks=9000"])


def test_a_key_that_a_sweep_may_move_is_found_when_misspelt() -> None:
    with pytest.raises(InvalidInput, match=r"did you mean facts\.pace\.quantum"):
        of_command([*ALONE, "factors.start={key: facts.pace.quantun}"])
