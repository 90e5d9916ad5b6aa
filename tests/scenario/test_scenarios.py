"""The scenario library: every file composes, builds, runs, combines with every ablation, and does what it is about."""

import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from techduel.ensemble.record import Record
from techduel.ensemble.simulation import simulate
from techduel.model.axes import BLOCS, STATES
from techduel.scenario.composition import composed
from techduel.scenario.layers import choices, config_folder
from techduel.scenario.loader import strict_yaml
from techduel.scenario.scenario import load_scenario, numbers, scenario_from

RUNS = 48
PAST = ("forecast_2017", "history_2010")
"""Scenarios of other base years, which nothing can be paired with; tests/facts/test_history.py asks what they do."""
SCENARIOS = [name for name in choices("scenario") if name not in ("baseline_2021", *PAST)]
ABLATIONS = [name for name in choices("ablation") if name != "none"]
DECIDING = ("best_response", "change_of_government")
DOCS = Path(__file__).parents[2] / "docs"
WHOLE_RUN = (2021, 2035)


@dataclass(frozen=True)
class Expected:
    """Which way a scenario moves an outcome against another scenario, and in how many of the runs that it changes."""

    scenario: str
    outcome: str
    place: tuple[str, ...]
    years: tuple[int, int]
    sign: int
    least: float
    against: str = "baseline_2021"

    def __str__(self) -> str:
        way = "raises" if self.sign > 0 else "lowers"
        years = "-".join(str(year) for year in dict.fromkeys(self.years))
        return f"{self.scenario} {way} {self.outcome} {' '.join(self.place)} {years} against {self.against}"


LIBRARY = (
    Expected("article_plan", "basic_share", ("china",), (2025, 2025), +1, 0.9),
    Expected("status_quo_ante", "decoupling_goods", (), (2035, 2035), -1, 0.95),
    Expected("status_quo_ante", "real_income", ("china",), WHOLE_RUN, +1, 0.9),
    Expected("us_industrial_policy", "rd", ("us", "semiconductors"), (2030, 2030), +1, 0.95),
    Expected("us_industrial_policy", "innovations", ("us", "semiconductors"), WHOLE_RUN, +1, 0.9),
    Expected("us_industrial_policy", "real_income", ("us",), (2025, 2025), -1, 0.95),
    Expected("us_industrial_policy", "real_income", ("us",), (2035, 2035), +1, 0.95),
    Expected("small_yard_high_fence", "firms_listed", ("china",), (2035, 2035), +1, 0.95),
    Expected("small_yard_high_fence", "self_sufficiency", ("china", "semiconductors"), (2035, 2035), +1, 0.9),
    Expected("broad_controls", "exports", ("us", "semiconductors"), (2035, 2035), -1, 0.9),
    Expected("broad_controls", "real_income", ("china",), WHOLE_RUN, -1, 0.95),
    Expected("broad_controls", "technology_frontier", ("china", "all"), (2035, 2035), -1, 0.9),
    Expected("chip_controls", "exports", ("us", "semiconductors"), (2035, 2035), -1, 0.9),
    Expected("chip_controls", "sales", ("china", "semiconductors"), (2035, 2035), +1, 0.9),
    Expected("allied_controls", "imports", ("china", "semiconductors"), (2035, 2035), -1, 0.9, "broad_controls"),
    Expected("full_decoupling", "decoupling_index", (), (2035, 2035), +1, 0.95),
    Expected("full_decoupling", "real_income", ("china",), (2035, 2035), -1, 0.95),
    Expected("full_decoupling", "real_income", ("us",), WHOLE_RUN, -1, 0.95),
    Expected("full_decoupling", "technology_frontier", ("china", "all"), (2035, 2035), -1, 0.95),
    Expected("china_self_reliance", "self_sufficiency", ("china", "semiconductors"), (2035, 2035), +1, 0.95),
    Expected("china_basic_push", "rd_basic", ("china",), (2035, 2035), +1, 0.95),
    Expected("talent_restriction", "researchers", ("us",), (2035, 2035), -1, 0.95),
    Expected("talent_restriction", "technology_mean", ("china", "all"), (2035, 2035), -1, 0.95),
    Expected("talent_restriction", "innovations", ("us", "all"), WHOLE_RUN, -1, 0.9),
    Expected("china_input_denial", "exports", ("china", "critical_minerals"), (2035, 2035), -1, 0.85),
    Expected("china_input_denial", "real_income", ("us",), (2023, 2027), -1, 0.75),
    Expected("paradigm_shift_iot", "concentration", ("us", "all"), (2024, 2026), -1, 0.95),
    Expected("paradigm_shift_iot", "real_income", ("us",), WHOLE_RUN, -1, 0.95),
    Expected("demand_shock", "sales", ("us", "cloud"), (2026, 2026), -1, 0.95),
    Expected("demand_shock", "rd_business", ("us",), (2027, 2027), -1, 0.95),
    Expected("cooperation", "real_income", ("china",), WHOLE_RUN, +1, 0.95),
    Expected("cooperation", "real_income", ("us",), WHOLE_RUN, +1, 0.95),
    Expected("cooperation", "incidents", ("us",), WHOLE_RUN, -1, 0.85),
    Expected("arms_race", "rd_public", ("china",), (2022, 2025), +1, 0.9),
    Expected("arms_race", "restriction", ("china",), (2030, 2030), +1, 0.9),
    Expected("arms_race", "restriction", ("us",), (2030, 2030), +1, 0.9),
    Expected("uncertain_bill", "rd_public", ("us",), (2025, 2025), +1, 0.95),
    Expected("supply_chain_review", "self_sufficiency", ("us", "batteries"), (2035, 2035), +1, 0.95),
    Expected("supply_chain_review", "dependence", ("us",), (2035, 2035), -1, 0.95),
    Expected("china_decouples_anyway", "decoupling_goods", (), (2035, 2035), +1, 0.95, "cooperation"),
    Expected("risk_mitigation", "restriction", ("us",), (2030, 2030), -1, 0.9),
    Expected("risk_mitigation", "decoupling_goods", (), (2035, 2035), -1, 0.85),
    Expected("tit_for_tat", "restriction", ("china",), (2024, 2024), +1, 0.95),
    Expected("tit_for_tat", "decoupling_goods", (), (2024, 2024), +1, 0.95),
    Expected("supply_disruption", "real_income", ("china",), (2027, 2027), -1, 0.95),
    Expected("breakthrough", "innovations", ("us", "ai"), (2026, 2035), +1, 0.9),
    Expected("breakthrough", "innovations", ("china", "ai"), (2026, 2035), +1, 0.9),
)


@cache
def ensemble(scenario: str, *overrides: str) -> Record:
    return simulate(load_scenario(scenario, "params=default", *overrides), runs=RUNS, seed=1)


def measured(record: Record, outcome: str, place: tuple[str, ...], years: tuple[int, int]) -> NDArray[np.float64]:
    """Mean of an outcome over the quarters of some years by run; over all sectors where the sector is `all`."""
    values = record[outcome]
    axes = {"state": STATES, "bloc": BLOCS, "sector": record.sectors}
    for name, dim in zip(place, record.dims(outcome)[1:], strict=False):
        values = values.mean(axis=1) if name == "all" else values[:, axes[dim].index(name)]
    first = 1 + 4 * (years[0] - 2021)
    return np.asarray(values[..., first : 5 + 4 * (years[1] - 2021)].mean(axis=-1))


def difference(scenario: str, against: str, outcome: str, place: tuple[str, ...], year: int) -> NDArray[np.float64]:
    one, other = (measured(ensemble(name), outcome, place, (year, year)) for name in (scenario, against))
    return one - other


@pytest.mark.parametrize("expected", LIBRARY, ids=str)
def test_a_scenario_does_what_it_is_about(expected: Expected) -> None:
    one, other = (
        measured(ensemble(name), expected.outcome, expected.place, expected.years)
        for name in (expected.scenario, expected.against)
    )
    change = expected.sign * (one - other)
    changed = change[change != 0.0]
    assert changed.size >= RUNS / 4
    assert (changed > 0.0).mean() >= expected.least


def test_every_scenario_is_expected_to_do_something() -> None:
    assert {expected.scenario for expected in LIBRARY} | set(DECIDING) == set(SCENARIOS)


@pytest.mark.parametrize("name", choices("scenario"))
def test_a_file_says_what_it_asks_and_where_its_numbers_come_from(name: str) -> None:
    path = config_folder() / "scenario" / f"{name}.yaml"
    text, content = path.read_text(encoding="utf-8"), strict_yaml(path)
    assert re.match(rf"# techduel (run scenario=|compare scenarios=\[)\S*{name}\b", text)
    assert content["title"]
    assert content["question"].endswith("?")
    assert len(content["sources"]) >= 1


@pytest.mark.parametrize("name", choices("ablation"))
def test_an_ablation_says_what_it_switches_off(name: str) -> None:
    lines = (config_folder() / "ablation" / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    assert re.match(r"# techduel run .*ablation=", lines[0])
    assert name == "none" or lines[1].startswith("# ")


@pytest.mark.parametrize("name", choices("scenario"))
def test_every_scenario_combines_with_every_ablation_and_runs(name: str) -> None:
    configs = [composed([f"scenario={name}", f"ablation={ablation}", *near(name)]) for ablation in ABLATIONS]
    for first, second in combinations(configs, 2):
        assert numbers(first)["params"] != numbers(second)["params"]
    scenario = scenario_from(configs[SCENARIOS.index(name) % len(ABLATIONS) if name in SCENARIOS else 0])
    record = simulate(replace(scenario, horizon=scenario.start), runs=2)
    assert all(np.isfinite(record[outcome]).all() for outcome in ("gdp", "real_income", "sales", "decoupling_index"))


def near(name: str, years: int = 1) -> list[str]:
    """Overrides that make states which look ahead look no farther than a test needs."""
    wanted = {"lookahead": years, "futures": 1} if name in DECIDING else {}
    return [f"policies.{state}.{option}={value}" for state in STATES for option, value in wanted.items()]


@pytest.mark.parametrize("ablation", ABLATIONS)
def test_every_ablation_changes_the_scenario_it_is_made_for(ablation: str) -> None:
    made_for = {"no_retaliation": "tit_for_tat", "no_crowd_in": "us_industrial_policy"}
    name = made_for.get(ablation, "baseline_2021")
    whole, without = (
        simulate(load_scenario(name, f"ablation={other}", "horizon=2024"), runs=2) for other in ("none", ablation)
    )
    assert not np.array_equal(whole["rd_total"], without["rd_total"])


def test_china_decouples_whatever_the_united_states_offers() -> None:
    shares = ("semiconductors", "cloud", "iot")
    for against in ("cooperation", "baseline_2021"):
        rises = difference("china_decouples_anyway", against, "self_sufficiency", ("china", "semiconductors"), 2035)
        assert (rises > 0.0).mean() >= 0.95
        apart = difference("china_decouples_anyway", against, "decoupling_goods", (), 2035)
        assert (apart > 0.0).mean() >= 0.7
        for sector in shares:
            sold = difference("china_decouples_anyway", against, "market_share", ("us", "china", sector), 2035)
            assert (sold < 0.0).mean() >= 0.75


def test_an_uncertain_bill_widens_the_spread_and_not_only_moves_the_mean() -> None:
    def spread(name: str, outcome: str) -> float:
        return float(measured(ensemble(name), outcome, ("us",), (2025, 2025)).std())

    for outcome, wider in (("rd_public", 2.0), ("public_spending", 2.0), ("rd_total", 1.3)):
        assert spread("uncertain_bill", outcome) > wider * spread("baseline_2021", outcome)


def test_restrictions_in_kind_fade_once_the_provocation_is_over() -> None:
    gone = difference("tit_for_tat", "baseline_2021", "restriction", ("china",), 2035)
    peak = difference("tit_for_tat", "baseline_2021", "restriction", ("china",), 2024)
    assert np.abs(gone).max() < 0.1 * peak.min()


def test_a_new_paradigm_lets_the_laggard_catch_up_for_some_years_only() -> None:
    def gap(name: str, year: int) -> NDArray[np.float64]:
        frontier = measured(ensemble(name), "technology_frontier", (), (year, year))
        return np.asarray(np.abs(frontier[:, 0] - frontier[:, 1]).mean(axis=1))

    def closed(year: int) -> NDArray[np.float64]:
        return gap("baseline_2021", year) - gap("paradigm_shift_iot", year)

    assert (closed(2024) > 0.0).mean() > 0.75
    assert closed(2035).mean() < 0.5 * closed(2024).mean()


def test_states_that_look_ahead_choose_and_a_new_government_chooses_otherwise() -> None:
    options = [*near("change_of_government", 2), *(f"policies.{state}.every=5" for state in STATES), "horizon=2026"]
    with_it = simulate(load_scenario("change_of_government", *options), runs=16)
    without = simulate(load_scenario("change_of_government", *options, "events.government=null"), runs=16)
    choices_made, gains = without["policy_choice"][:, :, 1], without["expected_gain"][:, :, 1]
    assert (choices_made > 0.0).mean() > 0.5
    assert (gains >= 0.0).all()
    before, after = slice(0, 21), slice(21, None)
    assert np.array_equal(with_it["policy_choice"][..., before], without["policy_choice"][..., before])
    changed = with_it["policy_choice"][:, 0, after] != without["policy_choice"][:, 0, after]
    assert 0 < changed.any(axis=1).sum() < 16


@pytest.mark.parametrize("name", choices("scenario"))
def test_the_docs_tell_of_every_scenario_with_a_small_figure(name: str) -> None:
    assert f"## {name}\n" in (DOCS / "scenarios.md").read_text(encoding="utf-8")
    if name in SCENARIOS:
        assert (DOCS / "figures" / f"{name}.png").stat().st_size < 110_000


def test_the_docs_answer_every_figure_and_claim_of_the_article() -> None:
    rows = re.findall(r"^\| ([FC]\d+) \|", (DOCS / "article.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [*(f"F{number}" for number in range(1, 21)), *(f"C{number}" for number in range(1, 29))]
