"""What holds each quarter whatever the parameters and levers: 200 valid sets, one a run, all in one batch."""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from techduel.ensemble.simulation import Start, advanced, simulate, worlds
from techduel.facts import load_facts
from techduel.facts.base_year import initial_world
from techduel.model.axes import BUYER, N_STATES, ORIGIN, STATES, Trade, total
from techduel.model.noise import Noise
from techduel.model.outcomes import OUTCOMES, measured
from techduel.model.parameters import Parameters
from techduel.model.world import Firms, World
from techduel.policies.fixed import Policy
from techduel.scenario.scenario import Scenario, load_scenario
from tests.ensembles import AnyLevers, changed_leaves, different, leaves, outcomes, random_parameters

SETS = 200
DRAW = 20210301
FIRST_YEAR_EMPTY = {"gdp_growth", "rd_growth", "rd_growth_nominal"}
"""Growth has no value in the base year; everything else that may be NaN is a year that never comes."""
SHARES = [name for name, known in OUTCOMES.items() if known.unit.startswith("share") and name != "money_gap"]
UNIT_INDICES = ("restriction", "trust", "threat", "dependence")
POLICIES = ("of the baseline", "any levers")
INHERITED = ("cash", "appeal", "substituted", "tie_replaced", "listed", "state_owned")
"""What an entrant finds in its place, so nothing may be there."""
SCRAMBLED = [item.name for item in fields(Firms) if item.name not in (*INHERITED, "alive")]


def started(scenario: Scenario, parameters: Parameters, runs: Sequence[int], policies: str) -> Start:
    """A batch in which each run has parameters of its own."""
    facts = load_facts(scenario.base_year, scenario.facts_vintage)
    noise = Noise(3, runs, len(facts.sectors), scenario.slots)
    world = initial_world(facts, parameters, noise.initial())
    quarters = 4 * (scenario.horizon - scenario.start + 1)
    return Start(world, noise, deciding(scenario, runs, policies), scenario.start, quarters)


def deciding(scenario: Scenario, runs: Sequence[int], policies: str) -> tuple[Policy, ...]:
    """The policies of both states."""
    if policies == "of the baseline":
        return tuple(scenario.policies[state] for state in STATES)
    return tuple(AnyLevers(runs, seed, len(load_facts().sectors)) for seed in (5, 6))


@pytest.fixture(scope="module")
def anything() -> Parameters:
    return random_parameters(SETS, len(load_facts().sectors), DRAW)


@dataclass
class Walk:
    """A batch on its way to 2035, with what each quarter's checks found; large arrays are not kept."""

    values: dict[str, NDArray[np.float64]]
    policies: str
    share_error: float = 0.0
    bad_firms: set[str] | None = None
    in_dead_places: float = 0.0
    replaced_unlisted: float = 0.0
    fewest_researchers: float = np.inf


@pytest.fixture(scope="module", params=POLICIES)
def walk(baseline: Scenario, anything: Parameters, request: pytest.FixtureRequest) -> Walk:
    start = started(baseline, anything, range(SETS), request.param)
    found = Walk({}, request.param, bad_firms=set())
    found.values = outcomes(_checked(worlds(start), found), start, load_facts())
    return found


def duty(world: World) -> Trade:
    """Tariffs on the rival's goods; support is a negative duty on home goods."""
    duties = np.zeros_like(world.markets.flows)
    for state in range(N_STATES):
        duties[:, 1 - state, state] = world.action.tariff[:, state]
        duties[:, state, state] = -world.cells.support_rate[:, state]
    return duties


def _checked(passing: Iterator[World], found: Walk) -> Iterator[World]:
    for world in passing:
        firms = world.firms
        duties = duty(world)
        spent = total(world.markets.spending, BUYER)
        shares = world.markets.flows * (1.0 + duties) / spent
        found.share_error = max(found.share_error, float(np.abs(total(shares, ORIGIN) - 1.0).max()))
        found.bad_firms |= {name for name, values in leaves(world) if not np.all(np.isfinite(values))}
        for name in INHERITED:
            found.in_dead_places = max(found.in_dead_places, float(np.abs(getattr(firms, name) * ~firms.alive).max()))
        unlisted = np.abs(firms.tie_replaced * ~firms.listed).max()
        found.replaced_unlisted = max(found.replaced_unlisted, float(unlisted))
        found.fewest_researchers = min(found.fewest_researchers, float(world.states.researchers.min()))
        yield world


def test_every_outcome_is_a_number(walk: Walk) -> None:
    for name, values in walk.values.items():
        if name.startswith("year_passes"):
            assert np.all(np.isnan(values) | ((values >= 2020.75) & (values <= 2035.75))), name
        else:
            assert np.all(np.isfinite(values[..., 1:] if name in FIRST_YEAR_EMPTY else values)), name


def test_every_number_of_the_world_is_finite(walk: Walk) -> None:
    assert walk.bad_firms == set()


def test_money_closes(walk: Walk) -> None:
    assert np.abs(walk.values["money_gap"]).max() < 1e-8


def test_market_shares_add_up(walk: Walk) -> None:
    """What suppliers receive and duties take, over what buyers spend: each from its own array."""
    assert walk.share_error < 1e-12


@pytest.mark.parametrize("name", SHARES)
def test_shares_are_between_0_and_1(walk: Walk, name: str) -> None:
    values = walk.values[name]
    assert values.min() >= 0.0
    assert values.max() <= 1.0 + 1e-12


@pytest.mark.parametrize("name", UNIT_INDICES)
def test_indices_of_security_are_between_0_and_1(walk: Walk, name: str) -> None:
    assert walk.values[name].min() >= 0.0
    assert walk.values[name].max() <= 1.0 + 1e-12


def test_stocks_and_risks_are_not_negative(walk: Walk) -> None:
    assert min(walk.values[name].min() for name in ("stock", "risk", "incidents")) >= 0.0


def test_any_levers_means_all_of_them(walk: Walk) -> None:
    """Walks under any levers do list firms, lay up stocks and exceed budgets; the baseline does not."""
    moved = {name: float(np.ptp(walk.values[name][..., 1:], axis=-1).max()) for name in ("stock", "budget_cut")}
    listing = float(walk.values["firms_listed"].max())
    if walk.policies == "of the baseline":
        assert moved["stock"] == 0.0
    else:
        assert min(moved.values()) > 1.0
        assert listing > 100


def test_amounts_are_positive(walk: Walk) -> None:
    for name, known in OUTCOMES.items():
        if known.unit.startswith(("bn ", "firms")) or name in ("researchers", "price_index", "research_price"):
            assert walk.values[name].min() >= 0.0, name
    for name in ("gdp", "rd_total", "rd_basic", "sales", "rd", "firms_alive"):
        assert walk.values[name].min() > 0.0, name
    assert walk.fewest_researchers > 0.0


def test_a_part_is_no_larger_than_the_whole(walk: Walk) -> None:
    values = walk.values
    assert np.all(values["rd_business"] <= values["rd_total"])
    assert np.all(values["rd_basic"] < values["rd_total"])
    assert np.all(values["exports"] <= values["sales"])
    assert np.all(values["self_sufficiency"] + values["import_dependence"] <= 1.0 + 1e-12)
    assert np.all(values["market_share"].sum(axis=1) <= 1.0 + 1e-12)


def test_firms_are_counted(walk: Walk) -> None:
    alive, entered, exited = (walk.values[f"firms_{name}"] for name in ("alive", "entered", "exited"))
    assert np.array_equal(alive[..., 1:], alive[..., :-1] + entered[..., 1:] - exited[..., 1:])
    assert np.all(alive <= 14 * 24)
    assert np.all(alive >= 14)
    turned_away = walk.values["entrants_turned_away"]
    assert entered.sum() > 0
    assert exited.sum() > 0
    assert turned_away.sum() > 0


def test_ten_times_the_places_are_counted_and_paid() -> None:
    crowd = simulate(load_scenario("baseline_2021", "slots=240", "horizon=2022"), runs=1, record="firms")
    living = crowd.firms["alive"].sum(axis=(1, 2, 3))
    assert np.array_equal(crowd["firms_alive"].sum(axis=1), living)
    assert crowd.firms["alive"].sum(axis=3).max() > 127
    assert np.abs(crowd["money_gap"]).max() < 1e-8


def test_an_entrant_inherits_nothing(walk: Walk) -> None:
    """No money, no marks, no luck of others in empty places."""
    assert walk.in_dead_places == 0.0


def test_only_listed_firms_replace_partners_of_their_own(walk: Walk) -> None:
    assert walk.replaced_unlisted == 0.0


@pytest.mark.parametrize("policies", POLICIES)
def test_what_is_in_an_empty_place_changes_nothing(baseline: Scenario, anything: Parameters, policies: str) -> None:
    runs = list(range(0, SETS, 20))
    some = changed_leaves(anything, lambda values: values[::20])
    start = started(replace(baseline, horizon=2024), some, runs, policies)
    world = start.world
    for _ in range(6):
        world = advanced(world, start)
    dead = int((~world.firms.alive).sum())
    assert dead > 500
    other, luck = replace(world, firms=scrambled(world.firms)), copy.deepcopy(start.noise)
    ours, theirs = _after(world, start, 8), _after(other, replace(start, noise=luck), 8)
    names = tuple(OUTCOMES)
    assert different(measured(ours, names), measured(theirs, names)) == []
    for item in fields(Firms):
        one, two = (getattr(later.firms, item.name)[ours.firms.alive] for later in (ours, theirs))
        assert np.array_equal(one, two), item.name


def scrambled(firms: Firms) -> Firms:
    """The same firms with nonsense where none is alive."""
    generator = np.random.default_rng(1)
    nonsense = {name: generator.normal(0.0, 2.0, firms.alive.shape) for name in SCRAMBLED}
    return replace(
        firms, **{name: np.where(firms.alive, getattr(firms, name), values) for name, values in nonsense.items()}
    )


def _after(world: World, start: Start, quarters: int) -> World:
    for _ in range(quarters):
        world = advanced(world, start)
    return world


@pytest.mark.parametrize("run", [0, 57, SETS - 1])
def test_parameters_by_run_give_the_bits_of_separate_runs(
    baseline: Scenario, anything: Parameters, walk: Walk, run: int
) -> None:
    own = changed_leaves(
        anything, lambda values: np.ascontiguousarray(values[run : run + 1] if len(values) > 1 else values)
    )
    start = started(baseline, own, [run], walk.policies)
    alone = outcomes(worlds(start), start, load_facts())
    assert different(alone, {name: values[run : run + 1] for name, values in walk.values.items()}) == []


def test_the_draws_fill_the_ranges(anything: Parameters) -> None:
    by_run = [name for name, values in leaves(anything) if values.shape[0] == SETS]
    assert {name for name, _ in leaves(anything)} == set(by_run)
    assert {*anything.forms.knowledge.ravel().tolist()} == {0, 1}
    assert anything.research.inducement.min() < 0.0 < anything.research.inducement.max()
