"""Moments: the record's side from history, the model's side from worlds, and how sure both are."""

from pathlib import Path

import numpy as np
import pytest

from techduel import load_scenario
from techduel.ensemble.compute import Options
from techduel.ensemble.simulation import prepared
from techduel.facts import FactsError, load_facts
from techduel.model.axes import STATES
from techduel.model.world import World
from techduel.scenario import prior
from techduel.scenario.forms import by_weight
from techduel.studies.calibrate import moments as table
from techduel.studies.calibrate.calibration import CHECK, HISTORY, lived
from techduel.studies.calibrate.figures import WORDS
from techduel.studies.calibrate.measures import (
    AT_YEAR_ENDS,
    EACH_QUARTER,
    MEASURES,
    Sizes,
    dominance,
    growth_shape,
    rd_growth_spread,
    rd_tail,
    sales_tail,
    top_ten,
)
from techduel.studies.calibrate.moments import (
    FIRST,
    Moment,
    error_covariance,
    fitted,
    moments,
    observed,
    read_moments,
    simulated,
)
from techduel.studies.calibrate.simulator import formed, laboratory, started
from tests.ensembles import scratch

HISTORY_FILE = load_facts().history
SETS = 6


def by_key(key: str) -> Moment:
    (found,) = [moment for moment in moments() if moment.key == key]
    return found


def test_every_moment_has_a_name_of_its_own_a_reason_and_a_use() -> None:
    keys = [moment.key for moment in moments()]
    assert len(keys) == len(set(keys))
    assert all(len(moment.reason) > 10 for moment in moments())
    assert {moment.model for moment in moments()} <= MEASURES
    used = {moment.model for moment in moments()}
    assert {*AT_YEAR_ENDS, *EACH_QUARTER} <= used


def test_every_moment_has_words_for_its_figure() -> None:
    assert set(WORDS) == {moment.name for moment in moments()}
    assert len(set(WORDS.values())) == len(WORDS)


def test_what_is_observed_comes_from_history() -> None:
    grown = by_key("gerd_pct_gdp china 2017").observed
    levels = [HISTORY_FILE.at("gerd_pct_gdp", "china", year) for year in (2010, 2017)]
    assert grown == pytest.approx(np.log(levels[1] / levels[0]))
    shares = [
        HISTORY_FILE.at("va_pharma", state, year) / HISTORY_FILE.at("gross_value_added_total", state, year)
        for year in (2010, 2020)
        for state in STATES
    ]
    assert by_key("pharma_shares china/us 2020").observed == pytest.approx(
        np.log(shares[3] / shares[2]) - np.log(shares[1] / shares[0])
    )


@pytest.mark.parametrize("until", [2017, 2020])
def test_no_fit_knows_a_later_year_or_a_figure_that_is_only_checked(until: int) -> None:
    chosen = fitted(until)
    assert max(moment.year for moment in chosen) == until
    assert all(moment.kind in {"history", "firms"} for moment in chosen)
    assert {moment.name for moment in chosen} >= {"gerd_pct_gdp", "basic_share", "patents", "size_tail"}
    assert len(fitted(2017)) < len(fitted(2020)) < len(moments())


def test_errors_can_be_those_of_a_record() -> None:
    covariance = error_covariance(fitted(2020))
    assert np.linalg.eigvalsh(covariance).min() > 0.0
    assert np.diag(covariance) == pytest.approx([moment.tolerance**2 for moment in fitted(2020)])


def test_what_the_model_misses_lasts() -> None:
    """Six years of one series tell little more than one; other series and the other state are apart."""
    chosen = fitted(2020)
    keys = [moment.key for moment in chosen]
    spread = np.sqrt(np.diag(error_covariance(chosen)))
    correlation = error_covariance(chosen) / np.outer(spread, spread)

    def between(one: str, other: str) -> float:
        return float(correlation[keys.index(one), keys.index(other)])

    assert between("gerd_pct_gdp us 2019", "gerd_pct_gdp us 2020") > 0.8
    assert between("gerd_pct_gdp us 2013", "gerd_pct_gdp us 2020") < between(
        "gerd_pct_gdp us 2017", "gerd_pct_gdp us 2020"
    )
    assert between("gerd_pct_gdp us 2020", "gerd_pct_gdp china 2020") == 0.0
    assert between("entry_rate us 2017", "entry_rate us 2020") > 0.8


def test_two_years_share_what_was_missed_by_the_earlier() -> None:
    """A random walk: what 2013 and 2020 have in common is what had gone wrong by 2013."""
    early, late = by_key("gerd_pct_gdp us 2013"), by_key("gerd_pct_gdp us 2020")
    assert early.missed < late.missed
    assert error_covariance([early, late])[0, 1] == pytest.approx(early.missed**2)


def test_tolerance_grows_with_the_years_of_a_change_and_not_of_a_level() -> None:
    changes = [by_key(f"basic_share us {year}").tolerance for year in (2013, 2017, 2020)]
    assert changes == sorted(changes)
    assert changes[2] == pytest.approx(np.hypot(0.03, 0.06))
    assert by_key("dominance us 2017").tolerance == by_key("dominance us 2020").tolerance


@pytest.fixture(scope="module")
def lived_through() -> dict[str, np.ndarray]:
    """Moments of shipped parameters, of the same with other luck, and of one parameter changed."""
    shipped = np.repeat([[column.mode for column in prior.columns()]], SETS, axis=0)
    names = [column.name for column in prior.columns()]
    changed = shipped.copy()
    changed[:, names.index("accounts.other_rd_limit.us")] *= 2.0
    found, same = {}, [0] * SETS
    with scratch(Options()) as bench:
        simulate = laboratory(lived(), 1, "moments", bench)
        found["shipped"] = simulate(formed(shipped, same), range(SETS))
        found["alone"] = simulate(formed(shipped[:1], [0]), range(2, 3))
        found["changed"] = simulate(formed(changed, same), range(SETS))
    return found


def test_a_set_is_the_same_in_whatever_company(lived_through: dict[str, np.ndarray]) -> None:
    assert np.array_equal(lived_through["alone"][0], lived_through["shipped"][2])


def test_luck_moves_moments_and_so_do_parameters(lived_through: dict[str, np.ndarray]) -> None:
    keys = [moment.key for moment in moments()]
    assert np.isfinite(lived_through["shipped"]).all()
    moved = lived_through["changed"] - lived_through["shipped"]
    assert np.all(moved[:, keys.index("rd_bus_funded_pct_gdp us 2020")] > 0.05)
    assert np.all(np.abs(moved[:, keys.index("rd_bus_funded_pct_gdp china 2020")]) < 0.02)
    assert np.all(lived_through["shipped"].std(axis=0)[[keys.index("electronics_shares china/us 2020")]] > 0.0)


def test_base_year_moments_are_changes_from_the_record(lived_through: dict[str, np.ndarray]) -> None:
    """With shipped parameters the model stays near the record of what its facts and levers decide."""
    keys = [moment.key for moment in moments()]
    chosen = [keys.index(f"gerd_pct_gdp {state} 2013") for state in STATES]
    assert np.abs(lived_through["shipped"][:, chosen].mean(axis=0) - observed(moments())[chosen]).max() < 0.15


def test_changes_are_what_their_names_say() -> None:
    path = np.array([[1.0, 2.0, 4.0, 8.0]])
    annual = {"rd_intensity": np.stack([path, 2.0 * path**2], axis=1)}

    def value(change: str, since: int | None, state: str = "us") -> float:
        moment = Moment("x", "history", state, FIRST + 3, since, change, "rd_intensity", 0.0, 1.0, 1.0, "")
        return float(simulated([moment], annual)[0, 0])

    assert value("level", None) == 8.0
    assert value("log_level", None) == pytest.approx(np.log(8.0))
    assert value("log", FIRST + 1) == pytest.approx(np.log(4.0))
    assert value("pace", FIRST) == pytest.approx(7.0 / 3.0)
    assert value("log_mean", FIRST) == pytest.approx(np.log(14.0 / 3.0))
    assert value("log", FIRST, "china/us") == pytest.approx(np.log(8.0))


def firms(values: np.ndarray) -> Sizes:
    """The same sales and R&D of one run, both states, one sector."""
    block = np.broadcast_to(values, (1, 2, 1, len(values))).copy()
    return Sizes(block, block)


class _Ages:
    """The only thing that firm measures ask of a world."""

    def __init__(self, age: np.ndarray) -> None:
        self.firms = self
        self.age = age


def old(count: int, young: int = 0) -> World:
    age = np.full((1, 2, 1, count), 5.0)
    age[..., :young] = 0.5
    return _Ages(age)  # type: ignore[return-value]


@pytest.mark.parametrize("measure", [rd_tail, sales_tail])
def test_exponent_of_pareto_sizes_is_theirs(measure) -> None:
    sizes = firms((np.arange(1, 201) - 0.5) ** (-1.0 / 1.3))
    assert measure(sizes, sizes, old(200)) == pytest.approx(np.full((1, 2), 1.3))
    few = firms(np.append((np.arange(1, 61) - 0.5) ** (-1.0 / 1.3), [np.nan] * 5))
    assert measure(few, few, old(65)) == pytest.approx(np.full((1, 2), 1.3))


def test_concentration_and_dominance() -> None:
    equal = firms(np.ones(60))
    assert top_ten(equal, equal, old(60)) == pytest.approx(np.full((1, 2), 0.2))
    assert np.all(dominance(equal, equal, old(60)) == 0.0)
    giant = firms(np.append(np.ones(10), 90.0))
    assert dominance(giant, giant, old(11)) == pytest.approx(np.full((1, 2), 0.2))


def test_growth_of_firms_leaves_entrants_out() -> None:
    generator = np.random.default_rng(2)
    before, shocks = np.exp(generator.normal(size=4000)), generator.laplace(scale=0.1, size=4000)
    shocks[:50] = 9.0
    grown = firms(before * np.exp(shocks))
    assert growth_shape(grown, firms(before), old(4000, young=50)) == pytest.approx(np.full((1, 2), 2**0.5), rel=0.03)
    spread = rd_growth_spread(grown, firms(before), old(4000, young=50))
    assert spread == pytest.approx(np.full((1, 2), 0.1 * 2**0.5), rel=0.05)


def test_what_states_want_is_never_calibrated() -> None:
    assert not [column.name for column in prior.columns() if column.name.startswith("objectives")]
    scenario = load_scenario("baseline_2021", "params=default", "params.objectives.security=0.7")
    drawn = started(scenario, formed(prior.drawn(range(3)), range(3)), range(3), 1).world.parameters
    asked = prepared(scenario, range(3), 1).world.parameters
    for name in ("leadership", "income", "security", "horizon"):
        assert np.array_equal(getattr(drawn.objectives, name), getattr(asked.objectives, name))
    assert drawn.ideas.step.shape[0] == 3


def test_a_set_lives_through_the_record_with_the_forms_that_it_draws() -> None:
    draws = range(12)
    forms = started(lived(), formed(prior.drawn(draws), draws), draws, 1).world.parameters.forms
    assert forms.knowledge.ravel().tolist() == by_weight("knowledge", draws).tolist()
    assert set(forms.knowledge.ravel().tolist()) == {0, 1}
    assert set(forms.reallocation.ravel().tolist()) == {1}


def test_the_record_is_lived_through_with_shipped_values_of_what_is_not_drawn() -> None:
    assert HISTORY[1] == CHECK[1] == "params=default"
    assert (lived().base_year, lived().start, lived().horizon) == (FIRST, FIRST + 1, 2020)


GOOD = """
x:
  kind: history
  states: [us]
  years: [2015]
  since: 2010
  change: log
  series: gerd_pct_gdp
  error: 0.02
  allowance: 0.1
  reason: "a test"
"""


@pytest.mark.parametrize(
    ("old_text", "new_text", "problem"),
    [
        ("error: 0.02", "eror: 0.02", "eror: unknown"),
        ("error: 0.02", "error: 0", "error has to be above 0"),
        ("  since: 2010\n", "", "since: needed"),
        ("kind: history", "kind: myth", "kind 'myth'"),
        ("change: log", "change: jump", "change 'jump'"),
        ("series: gerd_pct_gdp", "series: gerd_pct_gnp", "neither series nor measure"),
        ("series: gerd_pct_gdp", "model: electronics", "either a series, or record and model"),
        ("years: [2015]", "years: [1066]", "no value for 1066"),
        ('  reason: "a test"\n', "", "reason: missing"),
    ],
)
def test_a_wrong_table_is_refused_with_name_and_line(
    tmp_path: Path, old_text: str, new_text: str, problem: str
) -> None:
    (tmp_path / table.FILE).write_text(GOOD.replace(old_text, new_text))
    with pytest.raises(FactsError, match=f"moments.yaml:2: x: .*{problem}"):
        read_moments(tmp_path, HISTORY_FILE)


def test_a_right_table_is_read(tmp_path: Path) -> None:
    (tmp_path / table.FILE).write_text(GOOD)
    (moment,) = read_moments(tmp_path, HISTORY_FILE)
    assert moment.key == "x us 2015"
    assert moment.missed == pytest.approx(0.1 * 0.5**0.5)
