"""Taking a scenario apart: who plays, mixed policies, shares that add up, coalitions that survive an interruption."""

import math
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.__main__ import main
from techduel import Scenario, load_scenario, simulate
from techduel.ensemble.compute import Computed, Options, compute
from techduel.ensemble.headlines import INCOME, levels
from techduel.ensemble.manifest import Manifest
from techduel.ensemble.pool import Place
from techduel.ensemble.simulation import BATCH
from techduel.model.actions import LEVERS
from techduel.studies.compare import attribution as running
from techduel.studies.compare.attribution import Coalitions, Play
from techduel.studies.compare.decomposition import (
    COLUMNS,
    EVENTS,
    GROUPS,
    MOST_EXACT,
    PARAMETERS,
    TOTAL,
    Game,
    coalitions,
    contributions,
    method,
    orders,
    rows,
)

SHORT = ("horizon=2021",)


def all_coalitions(players: Sequence[str]) -> list[frozenset[str]]:
    return [frozenset(some) for size in range(len(players) + 1) for some in combinations(players, size)]


def shares(players: Sequence[str], worth: Callable[[frozenset[str]], float]) -> dict[str, float]:
    values = {coalition: np.array([worth(coalition)]) for coalition in coalitions(players)}
    found = contributions(players, values).mean(axis=0)[:, 0]
    return dict(zip(players, found.tolist(), strict=True))


# --- the arithmetic, on games whose shares are known


def test_in_an_additive_game_everyone_gets_what_he_adds() -> None:
    own = {"a": 1.0, "b": -2.0, "c": 5.0}
    assert shares("abc", lambda who: sum(own[player] for player in who)) == pytest.approx(own)


def test_in_the_glove_game_the_scarce_glove_gets_two_thirds() -> None:
    """Left gloves l and m, one right glove r; a pair is worth 1. Shares 1/6, 1/6, 2/3 (Shapley's own example)."""
    found = shares("lmr", lambda who: float("r" in who and bool(who & {"l", "m"})))
    assert found == pytest.approx({"l": 1 / 6, "m": 1 / 6, "r": 2 / 3})


def test_who_adds_nothing_gets_nothing_and_equals_get_the_same() -> None:
    found = shares("abcd", lambda who: float(len(who - {"d"}) ** 2))
    assert found["d"] == pytest.approx(0.0, abs=1e-12)
    assert found["a"] == pytest.approx(found["b"]) == pytest.approx(found["c"])


@pytest.mark.parametrize("count", range(1, 11))
def test_shares_add_up_to_the_whole_also_when_orders_are_sampled(count: int) -> None:
    players = [f"player {number}" for number in range(count)]
    worth = dict(zip(all_coalitions(players), np.random.default_rng(1).normal(size=2**count), strict=True))
    found = shares(players, lambda who: worth[who])
    assert math.fsum(found.values()) == pytest.approx(worth[frozenset(players)] - worth[frozenset()])


def test_few_players_join_in_every_order_many_in_the_same_sample_each_time() -> None:
    few, many = [*"abcdef"], [*"abcdefgh"]
    assert (len(few), len(orders(few)), len(coalitions(few))) == (MOST_EXACT, 720, 64)
    assert orders(many) == orders(many)
    assert len(coalitions(many)) < 130
    assert all(sorted(order) == many for order in orders(many))
    assert method(few) == "every order"
    assert "sampled" in method(many)


def test_alone_and_last_are_always_known() -> None:
    for players in ([*"ab"], [*"abcdefghi"]):
        found = set(coalitions(players))
        assert {frozenset(), frozenset(players)} <= found
        for player in players:
            assert {frozenset([player]), frozenset(players) - {player}} <= found


def test_the_table_says_alone_last_and_share() -> None:
    """Each of two players adds 10 alone and 30 together."""
    income = {frozenset(): 100.0, frozenset("a"): 110.0, frozenset("b"): 110.0, frozenset("ab"): 130.0}
    found = {who: {INCOME: np.full((4, 2), value)} for who, value in income.items()}
    table = [dict(zip(COLUMNS, row, strict=True)) for row in rows("x", ["a", "b"], found, np.arange(4))]
    first, whole = (next(row for row in table if (row["player"], row["state"]) == (who, "us")) for who in ("a", TOTAL))
    assert (first["alone"], first["last"], first["share"]) == pytest.approx((10.0, 20.0, 15.0))
    assert (whole["alone"], whole["share"], whole["unit"]) == (pytest.approx(30.0), pytest.approx(30.0), "%")
    assert first["share_order_se"] == first["share_se"] == 0.0


# --- scenarios as games


@pytest.mark.parametrize("kind", GROUPS)
def test_every_lever_is_in_one_group(kind: str) -> None:
    grouped = [lever for levers_of in GROUPS[kind].values() for lever in levers_of]
    assert sorted(grouped) == sorted(LEVERS)


@pytest.fixture(scope="module")
def decoupling() -> Game:
    """Two years of full decoupling, with a parameter and an event of its own."""
    baseline = load_scenario("baseline_2021", "horizon=2022")
    scenario = load_scenario("full_decoupling", "horizon=2022", "params.research.crowd_in=0.3")
    return Game(baseline, scenario, GROUPS["channels"])


def same(one: Scenario, other: Scenario, runs: int = 3) -> bool:
    left, right = (simulate(scenario, runs, record="headline") for scenario in (one, other))
    return all(np.array_equal(left[name], right[name], equal_nan=True) for name in left.values)


def test_nobody_is_the_baseline_and_everybody_the_scenario(decoupling: Game) -> None:
    players = decoupling.players(seed=1)
    assert {"goods and embodied", "science", PARAMETERS} <= set(players)
    assert EVENTS not in players
    assert same(decoupling.mixed([]), decoupling.baseline)
    assert same(decoupling.mixed(players), decoupling.scenario)
    assert not same(decoupling.mixed(["science"]), decoupling.baseline)
    assert not same(decoupling.mixed([PARAMETERS]), decoupling.baseline)


def test_only_what_differs_plays() -> None:
    baseline = load_scenario("baseline_2021", *SHORT)
    assert Game(baseline, baseline, GROUPS["levers"]).players(seed=1) == ()
    article = load_scenario("article_plan", *SHORT)
    assert Game(baseline, article, GROUPS["levers"]).players(seed=1) == ("public money",)
    with_facts = load_scenario("baseline_2021", *SHORT, "facts.vintage=final")
    assert Game(baseline, with_facts, GROUPS["levers"]).players(seed=1) == (PARAMETERS,)


def test_events_are_a_player() -> None:
    baseline, bill = load_scenario("baseline_2021", *SHORT), load_scenario("uncertain_bill", *SHORT)
    game = Game(baseline, bill, GROUPS["levers"])
    assert EVENTS in game.players(seed=1)
    assert game.mixed([EVENTS]).events
    assert not game.mixed([]).events


# --- running and keeping coalitions


WANTED = (frozenset(["talent"]), frozenset(["investment"]))


def demand(runs: int = 4, wanted: Sequence[frozenset[str]] = WANTED) -> Coalitions:
    game = Game(load_scenario("baseline_2021", *SHORT), load_scenario("full_decoupling", *SHORT), GROUPS["levers"])
    players = ("talent", "investment")
    return Coalitions((Play("one", game, "levers", players, tuple(range(runs)), 1, 0.03, tuple(wanted)),))


def computed(folder: Path, wanted: Coalitions, **options: Any) -> Computed:
    folder.mkdir(exist_ok=True)
    return compute(wanted, folder, Manifest({"config": "x"}), Options(**options), wanted=wanted.wanted)


def test_a_coalition_is_what_its_mixed_scenario_gives(tmp_path: Path) -> None:
    wanted, moved = demand(), list[int]()
    stock = computed(tmp_path, wanted, progress=lambda total: nullcontext(moved.append)).stock
    play = wanted.plays[0]
    expected = levels(simulate(play.game.mixed(["talent"]), 4, record="headline"), 0.03)
    found = wanted.found(stock, play)[WANTED[0]]
    assert all(np.array_equal(found[name], expected[name]) for name in expected)
    assert sum(moved) == 2 * 4


def test_finished_coalitions_are_kept_and_more_runs_compute_only_what_is_new(tmp_path: Path) -> None:
    assert computed(tmp_path, demand(wanted=WANTED[:1])).runs == 4
    assert computed(tmp_path, demand()).runs == 4
    assert computed(tmp_path, demand(runs=6)).runs == 4
    assert computed(tmp_path, demand(runs=6)).runs == 0
    whole = demand(runs=6)
    (tmp_path / "direct").mkdir()
    grown, direct = (computed(folder, whole).stock for folder in (tmp_path, tmp_path / "direct"))
    for coalition, found in whole.found(grown, whole.plays[0]).items():
        expected = whole.found(direct, whole.plays[0])[coalition]
        assert all(np.array_equal(found[name], expected[name]) for name in expected)


def test_runs_that_a_scenario_and_its_baseline_do_not_share_are_not_computed(tmp_path: Path) -> None:
    play = replace(demand().plays[0], runs=(0, 3))
    wanted = Coalitions((play,))
    found = computed(tmp_path, wanted)
    assert found.runs == 2 * 2
    assert all(len(numbers) == 2 for numbers in wanted.found(found.stock, play)[WANTED[0]].values())


def test_two_processes_find_the_same(tmp_path: Path) -> None:
    found = []
    for workers in (1, 2):
        folder = tmp_path / str(workers)
        computed(folder, demand(20), place=Place("local", workers))
        found.append({path.name: path.read_bytes() for path in (folder / "chunks").iterdir()})
    assert found[0] == found[1]
    assert len(found[0]) == 2


def test_a_run_that_raises_stops_the_decomposition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Averages over coalitions of different runs would not add up."""
    place = tmp_path / "compare"
    words = ["scenarios=[baseline_2021,talent_restriction]", "runs=2", *SHORT, "name=x", f"results={tmp_path}"]
    words += ["decompose=levers", "quiet=true", "executor=serial", "record=headline"]

    def broken(scenario: Scenario, runs: Sequence[int], *rest: Any, **options: Any) -> Any:
        if 1 in runs:
            raise ZeroDivisionError
        return simulate(scenario, runs, *rest, **options)

    with monkeypatch.context() as patched:
        patched.setattr(running, "simulate", broken)
        assert main(["compare", *words]) == 5
    notes = list((place / "x" / "failures").iterdir())
    assert notes
    assert all(note.name.endswith("_000001.json") for note in notes)
    assert not (place / "x" / "decomposition.csv").exists()
    assert main(["compare", *words, "fresh=true"]) == 0
    assert (place / "x" / "decomposition.csv").exists()


def test_large_ensembles_are_run_in_batches() -> None:
    wanted = demand(BATCH + 1, WANTED[:1])
    sizes = [len(work.runs) for work in wanted.works(np.ones((1, BATCH + 1), dtype=bool), BATCH)]
    assert sizes == [BATCH, 1]
