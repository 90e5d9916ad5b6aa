"""``techduel game double_oracle=true``: families, searches that go on, planted games, and the command."""

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rounds import made, refused, told_and_made_again

from experiments.__main__ import main
from experiments.exits import guarded
from techduel.ensemble.paired import LEAD, LEAD_MONTHS
from techduel.statistics.tables import read_lines
from techduel.studies.game import search as searching
from techduel.studies.game.family import corners, parsed, wrong_family
from techduel.studies.game.oracle import answers, enlarged, over
from techduel.studies.game.report import short
from techduel.studies.game.rounds import sentences
from techduel.studies.game.search import JOURNAL, Search, Trial, journal
from techduel.studies.game.settings import composed
from techduel.studies.game.stakes import Stakes, Weights
from techduel.studies.game.tables import TEXTS

pytest.importorskip("optuna", reason="optuna is not installed: extra [strategy]")

RANGES = {"depth": [0.0, 1.0], "breadth": [0.0, 40.0]}
SMALL = ("runs=4", "horizon=2021", "base=[slots=4]", "quiet=true", "name=small", "places=5")
TWO = ("us=[stay,broad_controls]", "china=[stay,cooperation]")
LOOKING = (
    *("double_oracle=true", "trials=4", "rounds=2", "family_us=[broad_controls.depth]"),
    "family_china=[cooperation.ramp_years=0..2]",
)
WEIGHTS = Weights(0.25, 0.25, 0.0, 1.0, 1.0, 0.0, 2022.0)


def tried(folder: Path, trials: int, stop_at: int = 0, ranges: dict[str, list[float]] = RANGES) -> list[Trial]:
    """What a search in a journal tries where depth 0.3 and breadth 25 are best; told to stop after so many."""
    with journal(folder) as storage:
        one = Search(storage, "planted", ranges, (1, 2), trials)
        while (settings := one.proposed()) is not None:
            gain = -((settings["depth"] - 0.3) ** 2) - ((settings.get("breadth", 25.0) - 25.0) / 40.0) ** 2
            one.keep(Trial(settings, gain, 0.1))
            if len(one.tried) == stop_at:
                raise KeyboardInterrupt
        return one.tried


def test_a_search_tries_the_corners_first_and_finds_what_is_best(tmp_path: Path) -> None:
    found = tried(tmp_path, 40)
    assert [one.settings for one in found[:4]] == corners(RANGES)
    assert [tuple(one.values()) for one in corners(RANGES)[:2]] == [(0.0, 0.0), (1.0, 40.0)]
    best = max(found, key=lambda one: one.gain)
    assert best.settings["depth"] == pytest.approx(0.3, abs=0.1)
    assert best.settings["breadth"] == pytest.approx(25.0, abs=4.0)
    assert list(tmp_path.iterdir()) == []


def test_a_search_that_was_stopped_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    whole = tried(tmp_path, 16)
    for stop_at in (2, 9):
        with pytest.raises(KeyboardInterrupt):
            tried(tmp_path, 16, stop_at)
        path = tmp_path / JOURNAL
        assert [json.loads(line)["op_code"] for line in path.read_text().splitlines()].count(4) == stop_at
    with path.open("a") as stream:
        stream.write('{"op_code":4,"worker')  # as a full disk cuts it off
    (tmp_path / f"{JOURNAL}.lock").touch()
    assert tried(tmp_path, 16) == whole


@pytest.mark.parametrize("line", ['{"op_code": 4}', "[1]", "null", "\x00\xff", '{"op_code":0,"study_name":3}'])
def test_a_journal_that_cannot_be_read_is_begun_again(tmp_path: Path, line: str) -> None:
    whole = tried(tmp_path, 6)
    (tmp_path / JOURNAL).write_text(f"{line}\n", encoding="utf-8")
    assert tried(tmp_path, 6) == whole


def test_what_is_written_to_a_journal_reaches_no_other_file(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.write_text("mine")
    (tmp_path / "result").mkdir()
    (tmp_path / "result" / JOURNAL).hardlink_to(foreign)
    tried(tmp_path / "result", 3)
    assert foreign.read_text() == "mine"


def test_trials_of_other_ranges_or_without_a_number_count_for_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        tried(tmp_path, 6, 4, {"depth": [0.0, 0.5]})
    assert len(tried(tmp_path, 6)) == 6


def stakes_of(incomes: Any, sets: int = 12) -> Stakes:
    """Stakes whose log incomes, (run, row, column, state), are as given."""
    incomes = np.broadcast_to(incomes, (2 * sets, *np.shape(incomes)[-3:]))
    flows = {name: np.zeros((*incomes.shape, 2)) for name in ("real_income", LEAD, "risk", LEAD_MONTHS)}
    flows["real_income"] = 100.0 * np.exp(np.stack([incomes, incomes], axis=-1) / 100.0)
    rows, columns = (tuple(map(str, range(size))) for size in incomes.shape[1:3])
    return Stakes(rows, columns, (2021, 2022), np.arange(2 * sets), flows)


def test_a_gain_is_over_what_a_state_plays_and_against_what_its_rival_does() -> None:
    draws = np.random.default_rng(2)
    incomes = np.zeros((24, 4, 3, 2))
    incomes[..., 0] = draws.standard_normal((24, 4, 3))
    mine, theirs = np.array([0.25, 0.75]), np.array([0.5, 0.3, 0.2])
    by_set = incomes[..., 0].reshape(12, 2, 4, 3).mean(axis=1) @ theirs
    wanted = by_set[:, 2:] - (by_set[:, :2] @ mine)[:, None]
    found = np.array(over(stakes_of(incomes), WEIGHTS, 0, mine, theirs))
    assert found[:, 0] == pytest.approx(wanted.mean(axis=0))
    assert found[:, 1] == pytest.approx(wanted.std(axis=0, ddof=1) / math.sqrt(12))
    mirrored = incomes.swapaxes(1, 2)[..., ::-1]
    assert np.array(over(stakes_of(mirrored), WEIGHTS, 1, mine, theirs)) == pytest.approx(found)


def depth(options: Mapping[str, Any]) -> float:
    """Depth of broad controls everywhere, 0 of any other policy."""
    return float(options["depth"]) if isinstance(options.get("depth"), float) else 0.0


def planted(config: Mapping[str, Any]) -> Stakes:
    """A game in which each state's best depth is 0.5 less a quarter of its rival's, so that both play 0.4.

    Parameter sets disagree on what a depth brings, so that small gains are within the standard error.
    """
    us, china = (np.array([depth(one) for one in config["policies"][state].values()]) for state in ("us", "china"))
    first = -10.0 * (us[:, None] - 0.5 + 0.25 * china) ** 2
    second = -10.0 * (china - 0.5 + 0.25 * us[:, None]) ** 2
    doubt = np.repeat(np.linspace(-1.5, 1.5, 12), 2)[:, None, None, None]
    depths = np.stack(np.broadcast_arrays(us[:, None], china), axis=-1)
    return stakes_of(np.stack([first, second], axis=-1) + doubt * depths)


def looked(tmp_path: Path, *arguments: str) -> tuple[Any, Any]:
    """A game of made-up payoffs, and the answers that both states find."""
    config = composed(["us=[stay,cooperation]", "china=[stay,cooperation]", "double_oracle=true", *arguments])
    with journal(tmp_path) as storage:

        def opened(name: str, ranges: Any, seed: Any) -> Search:
            return Search(storage, name, ranges, seed, config["oracle"]["trials"])

        return config, list(answers(config, planted, opened))


def test_answers_of_a_planted_game_close_in_on_its_equilibrium(tmp_path: Path) -> None:
    depths = "[broad_controls.depth]"
    config, found = looked(tmp_path, "rounds=8", "trials=24", f"family_us={depths}", f"family_china={depths}")
    first = [one for one in found if one.round == 1]
    assert [one.best.settings["depth"] for one in first] == pytest.approx([0.5, 0.5], abs=0.04)
    assert [one.best.gain for one in first] == pytest.approx([2.5, 2.5], abs=0.05)
    assert [one.added for one in first] == ["broad_controls_1", "broad_controls_1"]
    assert not any(one.added for one in found if one.round == found[-1].round)
    assert found[-1].round < 8
    whole = enlarged(config, found)["policies"]
    last = [max(depth(options) for name, options in whole[state].items() if name in played) for state, played in (
        ("us", found[-1].against), ("china", found[-2].against))]  # fmt: skip
    assert last == pytest.approx([0.4, 0.4], abs=0.06)


def test_a_state_without_a_family_keeps_its_policies_and_only_the_best_policy_is_added(tmp_path: Path) -> None:
    family = "family_us=[industrial_policy.grants=0..60,broad_controls.depth=0.2..0.8]"
    _, found = looked(tmp_path, "rounds=1", "trials=6", family, "family_china=[]")
    assert [(one.state, one.policy, one.added) for one in found] == [
        ("us", "industrial_policy", ""),
        ("us", "broad_controls", "broad_controls_1"),
    ]


def test_rounds_are_told_with_their_gain_and_how_they_ended() -> None:
    line = {
        **{"round": 1.0, "state": "us", "policy": "broad_controls", "settings": "depth=0.5", "at_an_end": ""},
        **{"gain": 2.5, "se": 0.125, "against": "stay", "added": "broad_controls_1"},
    }
    other = {**line, "state": "china", "gain": -0.5, "added": "", "at_an_end": "depth"}
    config = {"oracle": {"trials": 16, "rounds": 4}}
    first, end = sentences([line, other], config)
    assert first == (
        "Round 1 of added policies: the United States, against stay, adds broad_controls_1 (depth=0.5): equivalent "
        "to +2.50 % of income (standard error 0.12); China, against stay, adds nothing, the best found is "
        "broad_controls (depth=0.5, depth at an end of what was allowed): equivalent to -0.50 % of income (standard "
        "error 0.12)."
    )
    assert "the last of which still added one" in end
    assert "rounds=5 looks on" in end
    *_, closed = sentences([line, {**other, "round": 2.0}], config)
    assert closed.startswith("In the last round, of 16 settings of each policy, nobody found one that gains")


def test_names_of_added_policies_keep_their_number_in_a_narrow_column() -> None:
    assert short("broad_controls_1") == "broad 1"
    assert short("status_quo_ante_12") == "status qu 12"
    assert short("status_quo_2020") == "status quo"


def test_a_family_has_ranges_of_its_table_or_its_own() -> None:
    assert parsed("family_us", ["broad_controls.depth", "levers.tariff=0.1..0.5"]) == {
        "broad_controls": {"depth": [0.0, 1.0]},
        "levers": {"tariff": [0.1, 0.5]},
    }
    wrong = {"broad_controls": {"depth": [0.0, 1.5], "nothing": [0.0, 1.0]}, "levers": {}}
    assert len(list(wrong_family(wrong))) == 3


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ("family_us=[broad_controls.dept]",),
            "family_us: broad_controls.dept: unknown; did you mean broad_controls.d",
        ),
        (("family_us=[levers.tarif]",), "family_us: levers.tarif: unknown; did you mean levers.tariff?"),
        (("family_us=[broad.depth]",), "family_us: broad: unknown; did you mean"),
        (("family_us=[broad_controls.base]",), "family_us: broad_controls.base: unknown"),
        (("family_us=[depth]",), "family_us: 'depth' given; allowed: POLICY.OPTION or levers.LEVER"),
        (("family_us=[broad_controls.depth=0.5..0.5]",), "broad_controls.depth=0.5..0.5 given; allowed: LOW..HIGH"),
        (("family_us=[broad_controls.depth=0..2]",), "broad_controls.depth=0..2 given; allowed: LOW..HIGH within 0..1"),
        (("family_us=[broad_controls.depth=a..b]",), "broad_controls.depth=nan..nan given"),
        (("family_us=[levers.tariff,levers.tariff]",), "family_us: levers.tariff is named twice; allowed: each once"),
        (("family_us=[]", "family_china=[]"), "family_us, family_china: none given"),
        (("runs=2",), "oracle: 2 runs have no standard error; allowed with double_oracle: 4 or more"),
        (("rounds=8",), "oracle: 6 policies of a state and 8 rounds given; allowed: 10 in all"),
        (("trials=0",), "trials: 0 given; allowed: whole number, 1 to 1000"),
        (("trials=8", "double_oracle=false"), "trials: given; allowed: with double_oracle=true"),
    ],
)
def test_degenerate_searches_are_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], line: str
) -> None:
    given = ("double_oracle=true",) if "double_oracle=false" not in arguments else ()
    assert line in refused(tmp_path, capsys, "game", *given, *arguments)


def test_a_missing_library_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "find_spec", lambda name: None)
    assert refused(tmp_path, capsys, "game", "double_oracle=true") == (
        "double_oracle: optuna is not installed; allowed: true after pip install 'techduel[strategy]'"
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small game with policies looked for."""
    with made(tmp_path_factory.mktemp("oracle"), "game", *SMALL, *TWO, *LOOKING) as small:
        yield small


def written(folder: Path) -> dict[str, bytes]:
    """All that a result vouches for but how its runs are packed."""
    left = ("provenance.json", "manifest.json")
    paths = [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "chunks"]
    return {path.name: path.read_bytes() for path in paths if path.name not in left}


def test_it_writes_a_result_that_is_drawn_told_and_made_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told_and_made_again(folder, capsys, "rounds.csv", "trials.csv", "added.json", "payoffs.csv", "phases.png")
    assert not (folder / JOURNAL).exists()
    lines = read_lines(folder / "rounds.csv", TEXTS)
    added = json.loads((folder / "added.json").read_text())
    assert added["china"]["cooperation_1"]["base"]["kind"] == "plan"
    columns = {line["china"] for line in read_lines(folder / "payoffs.csv")}
    assert columns == {"stay", "cooperation", *added["china"]}
    assert {line["added"] for line in lines} == {"", "cooperation_1"}
    assert all((line["added"] != "") == (line["gain"] > line["se"]) for line in lines)


def test_a_trial_is_what_a_game_with_that_policy_says(folder: Path, tmp_path: Path) -> None:
    trial = next(line for line in read_lines(folder / "trials.csv") if line["state"] == "china")
    assert (trial["setting"], trial["value"]) == ("ramp_years", 0.0)
    path = tmp_path / "now.yaml"
    path.write_text("kind: cooperation\nramp_years: 0.0\n")
    with made(tmp_path, "game", *SMALL, TWO[0], f"china=[stay,cooperation,{path}]") as other:
        lines = read_lines(other / "payoffs.csv")
    payoffs = {(line["us"], line["china"]): line["payoff"] for line in lines if line["state"] == "china"}
    gain = payoffs["stay", "now"] - payoffs["stay", "cooperation"]
    assert gain > 0.0
    assert trial["gain"] == pytest.approx(gain, abs=1e-6)


def test_a_command_that_was_ended_goes_on_and_writes_the_same(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, kept = written(folder), Search.keep
    count = 0

    def ended(self: Search, trial: Trial) -> None:
        nonlocal count
        kept(self, trial)
        count += 1
        if count == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.chdir(tmp_path)
        patched.setattr(Search, "keep", ended)
        assert guarded(main, ["game", *SMALL, *TWO, *LOOKING]) == 130
    half = tmp_path / "results" / "game" / "small"
    assert (half / JOURNAL).exists()
    assert not (half / "rounds.csv").exists()
    before = {path: path.stat().st_mtime_ns for path in (half / "chunks").iterdir()}
    asked = []

    def counted(self: Search, trial: Trial) -> None:
        asked.append(trial)
        kept(self, trial)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Search, "keep", counted)
    assert guarded(main, ["game", *SMALL, *TWO, *LOOKING]) == 0
    assert before.items() <= {path: path.stat().st_mtime_ns for path in (half / "chunks").iterdir()}.items()
    lines = read_lines(half / "trials.csv")
    assert len(asked) == len(lines) - 2
    assert written(half) == whole


def test_the_same_game_without_a_search_computes_nothing_and_has_nothing_of_it(folder: Path) -> None:
    chunks = set((folder / "chunks").iterdir())
    assert guarded(main, ["game", *SMALL, *TWO]) == 0
    assert set((folder / "chunks").iterdir()) == chunks
    assert {"rounds.csv", "trials.csv", "added.json"} & {path.name for path in folder.iterdir()} == set()
    assert {line["us"] for line in read_lines(folder / "payoffs.csv")} == {"stay", "broad_controls"}
