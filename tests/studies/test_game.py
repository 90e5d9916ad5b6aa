"""``techduel game``: equilibria of small games, phases, prices and flips of planted stakes, and the command."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn import watched
from rounds import made, refused, told_and_made_again

from experiments.__main__ import main
from experiments.exits import guarded
from techduel.ensemble.paired import LEAD, LEAD_MONTHS
from techduel.report.page import save
from techduel.studies.game.analysis import Analysis
from techduel.studies.game.figures import payoffs, phases, worth_of_information
from techduel.studies.game.information import ALL, information
from techduel.studies.game.phases import cells_at, diagram, flips, phase
from techduel.studies.game.report import sentences
from techduel.studies.game.settings import composed
from techduel.studies.game.solver import cautious, equilibria, led, pure_equilibria, regret
from techduel.studies.game.stakes import Stakes, Weights, worth
from techduel.studies.game.tables import (
    EQUILIBRIA,
    PRICES,
    Tables,
    write_components,
    write_equilibria,
    write_flips,
    write_information,
    write_payoffs,
    write_prices,
    write_regret,
)

WEIGHTS = Weights(0.25, 0.25, 0.0, 1.0, 1.0, 0.0, 2022.0)
SMALL = ("runs=4", "horizon=2021", "base=[slots=4]", "quiet=true", "name=small", "places=5")
TWO = ("us=[stay,broad_controls]", "china=[stay,cooperation]")


def test_games_of_the_textbook() -> None:
    pennies = np.array([[1.0, -1.0], [-1.0, 1.0]])
    (mixed,) = equilibria(pennies, -pennies)
    assert mixed.rows == pytest.approx([0.5, 0.5])
    assert mixed.columns == pytest.approx([0.5, 0.5])
    prison = np.array([[3.0, 0.0], [5.0, 1.0]])
    (both,) = equilibria(prison, prison.T)
    assert both.pure
    assert both.rows.tolist() == both.columns.tolist() == [0.0, 1.0]
    battle = np.array([[2.0, 0.0], [0.0, 1.0]])
    found = equilibria(battle, battle[::-1, ::-1])
    assert sorted(one.pure for one in found) == [False, True, True]
    (between,) = [one for one in found if not one.pure]
    assert between.rows == pytest.approx([2 / 3, 1 / 3])
    assert between.columns == pytest.approx([1 / 3, 2 / 3])


def test_a_game_without_ties_has_an_odd_number_of_equilibria_from_which_nobody_gains_by_moving() -> None:
    draws = np.random.default_rng(5)
    for _ in range(120):
        first, second = draws.standard_normal((2, *draws.integers(2, 9, 2)))
        found = equilibria(first, second)
        assert len(found) % 2 == 1  # Wilson (1971)
        assert max(max(regret(first, second, one)) for one in found) < 1e-9


def test_swapped_roles_give_the_same_equilibria_transposed() -> None:
    first, second = np.random.default_rng(6).standard_normal((2, 4, 3))
    assert (pure_equilibria(first, second) == pure_equilibria(second.T, first.T).T).all()
    here = {tuple(np.round([*one.rows, *one.columns], 9)) for one in equilibria(first, second)}
    there = {tuple(np.round([*one.columns, *one.rows], 9)) for one in equilibria(second.T, first.T)}
    assert here == there


def test_the_solver_finds_what_an_oracle_finds() -> None:
    theory = pytest.importorskip("quantecon.game_theory", reason="quantecon is not installed: make dev")
    draws = np.random.default_rng(7)
    for _ in range(40):
        first, second = draws.standard_normal((2, *draws.integers(2, 7, 2)))
        game = theory.NormalFormGame((theory.Player(first), theory.Player(second.T)))
        known = {tuple(np.round([*rows, *columns], 7) + 0.0) for rows, columns in theory.support_enumeration(game)}
        ours = {tuple(np.round([*one.rows, *one.columns], 7) + 0.0) for one in equilibria(first, second)}
        assert ours == known


def test_games_with_ties_have_an_equilibrium_and_no_number_is_no_payoff() -> None:
    draws = np.random.default_rng(8)
    for _ in range(60):
        first, second = draws.integers(0, 3, (2, *draws.integers(2, 6, 2))).astype(float)
        found = equilibria(first, second)
        assert found
        assert max(max(regret(first, second, one)) for one in found) < 1e-9
    assert equilibria(np.zeros((2, 2)), np.zeros((2, 2)))
    with pytest.raises(ValueError, match="no number"):
        equilibria(np.array([[np.nan, 0.0]]), np.zeros((1, 2)))


def test_a_leader_and_a_cautious_player() -> None:
    leader = np.array([[1.0, 3.0], [0.0, 2.0]])
    follower = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert led(leader, follower) == (1, 1)  # the first row would be answered by the first column, worth 1 only
    assert cautious(np.array([[4.0, 0.0], [3.0, 1.0]]), "maximin").tolist() == [0.0, -1.0]
    assert cautious(np.array([[4.0, 0.0], [3.0, 1.0]]), "regret").tolist() == [1.0, 1.0]


def planted(income: Any, lead: Any, risk: Any = 0.0, spread: Any = 0.0, sets: int = 12) -> Stakes:
    """Stakes of 2 x 2 policies over two years: own second policy moves own income (log) and lead by so much.

    `spread` moves what the second U.S. policy does to the lead by set.
    """
    flows = {name: np.zeros((2 * sets, 2, 2, 2, 2)) for name in ("real_income", LEAD, "risk", LEAD_MONTHS)}
    flows["real_income"][:] = 100.0
    by_set = np.repeat(spread * np.linspace(-1.0, 1.0, sets), 2)[:, None, None]
    luckless = np.zeros((2 * sets, 1, 1))
    flows["real_income"][:, 1, :, 0] *= np.exp(income)
    flows["real_income"][:, :, 1, 1] *= np.exp(income)
    flows[LEAD][:, 1, :, 0] += lead + by_set + luckless
    flows[LEAD][:, 1, :, 1] -= lead + by_set
    flows[LEAD][:, :, 1, 1] += lead
    flows[LEAD][:, :, 1, 0] -= lead
    flows["risk"][:, 1, :, 0] += risk
    flows[LEAD_MONTHS][:] = 2.0 * flows[LEAD]
    return Stakes(("stay", "act"), ("stay", "act"), (2021, 2022), np.arange(2 * sets), flows)


def test_a_planted_price_of_lead_and_the_weight_at_which_it_flips() -> None:
    stakes = planted(-0.02, 4.0)
    game = Analysis(stakes, WEIGHTS)
    (price, *_) = [one for one in game.prices() if (one.state, one.against, one.policy) == ("us", "stay", "act")]
    assert price.lead == pytest.approx(4.0)
    assert price.price.value == pytest.approx(0.5)
    assert price.usd == pytest.approx(0.5 / 100.0 * 200.0)
    assert price.usd_month == pytest.approx(price.usd / 2.0)
    assert cells_at(stakes, WEIGHTS) == ((0, 0),)
    by_axis = {flip.axis: flip for flip in flips(stakes, WEIGHTS)}
    assert by_axis["lead"].value == pytest.approx(0.5, rel=1e-5)
    assert by_axis["lead"].after == ((1, 1),)
    assert by_axis["lead_us"].after == ((1, 0),)
    assert by_axis["cost"].value == pytest.approx(0.5, rel=1e-5)
    assert by_axis["lead"].distance == pytest.approx(1.0, abs=1e-4)
    assert "incident" not in by_axis


def test_incidents_weigh_in_the_price_but_not_in_that_of_income() -> None:
    game = Analysis(planted(-0.02, 4.0, risk=0.5), replace(WEIGHTS, incident=2.0))
    (price, *_) = [one for one in game.prices() if (one.state, one.against, one.policy) == ("us", "stay", "act")]
    assert price.price.value == pytest.approx((2.0 + 2.0 * 0.5) / 4.0)
    assert price.income.value == pytest.approx(0.5)
    assert game.mean[1, 0, 0] == pytest.approx(-2.0 + 0.25 * 4.0 - 2.0 * 0.5)


def test_a_phase_that_sets_disagree_on_is_undecided() -> None:
    near = replace(WEIGHTS, lead_us=0.51, lead_china=0.1)
    assert phase(planted(-0.02, 4.0), near).decided
    torn = phase(planted(-0.02, 4.0, spread=6.0), near)
    assert torn.cells == ((1, 0),)
    assert 0.3 < torn.share < 0.8
    assert not torn.decided
    few = phase(planted(-0.02, 4.0, sets=4), near)
    assert few.share == 1.0
    assert not few.decided


def test_states_that_swap_their_places_have_their_payoffs_transposed_to_the_bit() -> None:
    draws = np.random.default_rng(3)
    flows = {
        name: np.exp(draws.standard_normal((6, 2, 2, 2, 2))) for name in ("real_income", LEAD, "risk", LEAD_MONTHS)
    }
    stakes = Stakes(("stay", "act"), ("stay", "act"), (2021, 2022), np.arange(6), flows)
    mirrored = replace(stakes, flows={name: flow.swapaxes(1, 2)[:, :, :, ::-1] for name, flow in flows.items()})
    here, there = (Analysis(one, WEIGHTS).mean for one in (stakes, mirrored))
    assert np.array_equal(here, there.swapaxes(0, 1)[..., ::-1])


def test_a_horizon_ends_what_counts() -> None:
    stakes = planted(-0.02, 4.0)
    stakes.flows[LEAD][..., 1] *= 3.0
    early = worth(stakes.components(replace(WEIGHTS, horizon=2021.0)), WEIGHTS)
    late = worth(stakes.components(WEIGHTS), WEIGHTS)
    assert early[0, 1, 0, 0] == pytest.approx(-2.0 + 0.25 * 4.0)
    assert late[0, 1, 0, 0] == pytest.approx(-2.0 + 0.25 * 12.0)


def test_information_is_worth_something_only_where_the_choice_would_be_another() -> None:
    stakes = planted(-0.02, 4.0, spread=6.0, sets=40)
    weights = replace(WEIGHTS, lead_us=0.5, lead_china=0.1)
    scale = np.linspace(-1.0, 1.0, 40)[:, None]
    noise = np.random.default_rng(1).standard_normal((40, 1))
    found = list(information(stakes, weights, (0, 0), {"technology": scale, "noise": noise}))
    by_theme = {(one.state, one.theme): one for one in found}
    gain = np.maximum(0.5 * 6.0 * scale, 0.0).mean()
    assert by_theme["us", ALL].gain == pytest.approx(gain, rel=0.01)
    assert by_theme["us", "technology"].gain == pytest.approx(gain, rel=0.05)
    assert by_theme["us", "noise"].gain < 0.1 * gain
    assert by_theme["us", ALL].changes == pytest.approx(0.5, abs=0.05)
    sure = information(planted(-0.02, 4.0, sets=40), weights, (0, 0), {})
    assert [one.gain for one in sure] == [0.0, 0.0]


def written(folder: Path, stakes: Stakes, weights: Weights, rivals: dict[str, Any] | None = None) -> Tables:
    """All tables of a game, read back."""
    game = Analysis(stakes, weights)
    write_components(folder, stakes, game.components)
    write_payoffs(folder, game)
    write_equilibria(folder, {"": game})
    write_prices(folder, game)
    write_regret(folder, game)
    row, column = game.played
    write_information(folder, list(information(stakes, weights, (column, row), {})), stakes.present_values(weights))
    write_flips(folder, flips(stakes, weights), stakes, rivals or {}, game.phase.cells)
    return Tables(folder)


def config_of(stakes: Stakes, weights: Weights) -> dict[str, Any]:
    """What of a configuration its words and figures need."""
    named = {name: getattr(weights, name) for name in (*Weights.NAMES, "horizon")}
    policies = {"us": {key: {} for key in stakes.rows}, "china": {key: {} for key in stakes.columns}}
    return {
        **{"weights": named, "policies": policies, "runs": len(stakes.runs), "robust": "regret", "places": 9},
        **{"across": "lead", "up": "incident"},
    }


def test_sentences_name_the_phase_the_price_and_what_flips_it(tmp_path: Path) -> None:
    stakes = planted(-0.02, 4.0)
    told = sentences(written(tmp_path, stakes, WEIGHTS), config_of(stakes, WEIGHTS))
    text = " ".join(told)
    assert "Neither gains by leaving stay / stay (U.S. / China) alone, in 100 % of resamples of 12 parameter" in text
    assert (
        "changing to act would cost the United States 1.00 of payoff, in equivalents of % of income (90 %: +1.00 to "
        "+1.00), of which income +2.00, lead -1.00 at the assumed weight, incidents 0"
    ) in text
    assert (
        "Price of lead to the United States, act instead of stay: +4.00 log points for +0.50 % of income each" in text
    )
    assert "pays above +0.50 %" in text
    assert "What flips it first: worth of lead to both, % of income a log point (lead), at 0.5 instead of 0.25" in text
    assert "of payoff, in equivalents of % of income, whatever the rival does: the United States stay" in text


def test_a_game_within_luck_is_called_undecided_and_rival_equations_are_named(tmp_path: Path) -> None:
    stakes, weights = planted(-0.02, 4.0, spread=6.0), replace(WEIGHTS, lead_us=0.51, lead_china=0.1)
    found = written(tmp_path, stakes, weights, {"imitation.logistic": ((0, 0),)})
    text = " ".join(sentences(found, config_of(stakes, weights)))
    assert "Undecided: neither gains by leaving act / stay (U.S. / China) alone on average, but only in" in text
    assert "Under rival equations it is another: imitation.logistic (stay / stay)" in text
    assert "luck 0 % of the variance" in text


def test_figures_read_well(tmp_path: Path) -> None:
    stakes = planted(-0.02, 4.0, risk=0.1, spread=6.0)
    found = written(tmp_path, stakes, WEIGHTS)
    pictures = (
        phases(config_of(stakes, WEIGHTS), stakes),
        payoffs(Analysis(stakes, WEIGHTS)),
        worth_of_information(found),
    )
    for picture in pictures:
        page = watched(lambda picture=picture: save(picture, tmp_path / "one", "Techduel 0, 200 runs.", {}))
        page.check()


def test_a_diagram_of_41_by_41_places_has_a_phase_in_each() -> None:
    across, up, field = diagram(planted(-0.02, 4.0), WEIGHTS, ("lead", "incident"), 41)
    assert len(field) == len(up) == 41
    assert {len(row) for row in field} == {len(across)}
    assert field[0][0].cells == ((0, 0),)
    assert field[0][-1].cells == ((1, 1),)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("us=[stay]",), "us: one policy given (stay), which is no choice; allowed: 2 to 10 that differ"),
        (
            ("forms=[imitation.logistic,imitation.logistic]",),
            "forms: imitation.logistic, imitation.logistic given; allowed: each once",
        ),
        (("us=[]",), "us: one policy given (none), which is no choice; allowed: 2 to 10 that differ"),
        (("china=[stay,plan]",), "china: plan is the same policy as stay; allowed: policies that differ"),
        (("us=[stay,stay]",), "us: stay is named twice; allowed: each once"),
        (("us=[stay,broad_contrls]",), "us: broad_contrls: unknown; did you mean broad_controls?"),
        (("lead_us=0", "incident=0", "cost_us=0"), "cost_us, lead_us, incident: 0 given"),
        (("lead_us=nan",), "lead_us: 'nan' given; allowed: 0.0 to 1000.0"),
        (("up=lead_us",), "up: lead_us given with across=lead; allowed: another setting"),
        (("forms=[imitation.nothing]",), "forms.0: 'imitation.nothing' given"),
    ],
)
def test_degenerate_games_are_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], line: str
) -> None:
    assert line in refused(tmp_path, capsys, "game", *arguments)


def test_a_policy_of_a_file_stands_on_what_the_state_does(tmp_path: Path) -> None:
    path = tmp_path / "chips.yaml"
    path.write_text("kind: schedule\nsteps: {chips: {lever: control_depth, start: 2022, value: 0.9}}\n")
    config = composed([f"china=[stay,{path}]", "us=[stay,delayed]"])
    assert config["policies"]["china"]["chips"]["base"]["kind"] == "plan"
    assert config["policies"]["us"]["delayed"]["policy"]["base"] == config["base"]["policies"]["us"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small game."""
    with made(tmp_path_factory.mktemp("game"), "game", *SMALL, *TWO) as small:
        yield small


def test_it_writes_a_result_that_is_drawn_told_and_made_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told_and_made_again(folder, capsys, EQUILIBRIA, PRICES, "phases.png", "payoffs.csv", "information.json")


def test_a_new_policy_computes_its_row_alone_and_new_weights_compute_nothing(folder: Path) -> None:
    chunks = {path: path.stat().st_mtime_ns for path in (folder / "chunks").iterdir()}
    with (folder / "payoffs.csv").open(encoding="utf-8", newline="") as stream:
        before = {(row["us"], row["china"], row["state"]): row["payoff"] for row in csv.DictReader(stream)}
    assert guarded(main, ["game", *SMALL, *TWO, "incident=3"]) == 0
    assert {path: path.stat().st_mtime_ns for path in (folder / "chunks").iterdir()} == chunks
    three = ("us=[stay,broad_controls,cooperation]", TWO[1])
    assert guarded(main, ["game", *SMALL, *three]) == 0
    now = {path: path.stat().st_mtime_ns for path in (folder / "chunks").iterdir()}
    assert chunks.items() <= now.items()
    from techduel.ensemble.chunks import read_rows

    runs = sum(len(read_rows(path).runs) for path in now.keys() - chunks.keys())
    assert runs == 2 * 4
    with (folder / "payoffs.csv").open(encoding="utf-8", newline="") as stream:
        after = {(row["us"], row["china"], row["state"]): row["payoff"] for row in csv.DictReader(stream)}
    assert before.items() <= after.items()


def test_a_cell_is_what_a_run_with_both_policies_gives(folder: Path) -> None:
    from techduel.ensemble.paired import mean_lead
    from techduel.ensemble.simulation import simulate
    from techduel.scenario.scenario import load_scenario

    small = ("horizon=2021", "slots=4")
    acting = ("policy@policies.us=broad_controls", "policy@policies.china=cooperation", "policies.china.base.kind=plan")
    ours, theirs = (
        simulate(load_scenario("baseline_2021", *small, *more), 4, record="headline") for more in (acting, ())
    )
    change = mean_lead(ours, LEAD)[:, 0, -1] - mean_lead(theirs, LEAD)[:, 0, -1]
    lines = Tables(folder).components
    (line,) = [
        one
        for one in lines
        if (one["us"], one["china"], one["state"], one["component"]) == ("broad_controls", "cooperation", "us", "lead")
    ]
    assert line["mean"] == pytest.approx(change.mean(), rel=1e-6)
