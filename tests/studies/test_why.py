"""``techduel why``: entries and measures add up, both ways; words, degenerate input, the command."""

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawn import watched
from rounds import made, refused, told_and_made_again

from techduel.ensemble.paired import mean_lead
from techduel.ensemble.simulation import simulate
from techduel.facts.selection import known_sectors
from techduel.model.engine.tables import CAUSES
from techduel.report.page import save
from techduel.scenario.scenario import load_scenario
from techduel.studies.compare.decomposition import TOTAL
from techduel.studies.why.accounts import ACCOUNTS, ALL, LEAD
from techduel.studies.why.figures import album
from techduel.studies.why.ledgers import by_cause, cells
from techduel.studies.why.report import WORDS, named, sentences
from techduel.studies.why.settings import composed
from techduel.studies.why.tables import (
    DIFFERENCE,
    LEDGER,
    MATRIX,
    QUARTERS,
    read,
    write_courses,
    write_ledger,
    write_matrix,
)

COLUMNS, FIELDS = ACCOUNTS["frontier"].columns, ACCOUNTS["frontier"].field
SMALL = ("runs=4", "horizon=2022", "quiet=true", "name=small")


def test_causes_add_up_to_the_outcome_of_every_year() -> None:
    record = simulate(load_scenario("baseline_2021", "horizon=2024"), 3, 2, "ledger")
    for of, account in ACCOUNTS.items():
        found, outcome = by_cause(record, of), account.scale * record.year_ends(account.outcome)
        assert found.shape == (3, *cells(of), 5)
        np.testing.assert_allclose(found.sum(axis=3), outcome.reshape(3, 2, -1, 5), rtol=1e-12)


def test_every_cause_is_told_of_in_one_group() -> None:
    for account in ACCOUNTS.values():
        assert sorted(cause for causes in account.groups.values() for cause in causes) == sorted(account.causes)
        assert set(account.changes) <= WORDS.keys()


def test_measures_and_causes_add_up_both_ways(tmp_path: Path) -> None:
    rng, players = np.random.default_rng(3), ("one", "two", "three")
    shape = (8, 2, len(known_sectors().names), len(COLUMNS))
    coalitions = [frozenset(some) for size in range(4) for some in combinations(players, size)]
    mixes = {who: rng.normal(size=shape) for who in coalitions}
    write_matrix(tmp_path, players, mixes, np.arange(8), composed(["baseline_2021", "chip_controls"]))
    entries = {(line["measure"], line["cause"]): line["mean"] for line in read(tmp_path, MATRIX)}
    for cause in (*CAUSES, ALL):
        assert sum(entries[player, cause] for player in players) == pytest.approx(entries[TOTAL, cause], abs=1e-6)
    for measure in (*players, TOTAL):
        assert sum(entries[measure, cause] for cause in CAUSES) == pytest.approx(entries[measure, ALL], abs=1e-6)


def planted(folder: Path) -> dict[str, Any]:
    """Tables of two scenarios, the second of which takes two log points of learning from goods from China."""
    config = composed(["baseline_2021", "chip_controls", "horizon=2022", "runs=24"])
    first = np.zeros((24, 2, len(known_sectors().names), len(COLUMNS), 3))
    first[:, 0, :, 0], first[:, 1, :, 0] = 30.0, 20.0
    first[:, 0, :, COLUMNS.index("own"), 1:] = np.array([3.0, 6.0])
    first[:, 1, :, COLUMNS.index("goods"), 1:] = np.array([2.0, 4.0])
    first[:, 1, :, COLUMNS.index("entry"), 2] = np.tile([1.0, -1.0], 12)[:, None]
    second = first.copy()
    second[:, 1, :, COLUMNS.index("goods"), 2] -= 2.0
    write_ledger(folder, {"baseline_2021": first, "chip_controls": second}, np.arange(24), config)
    write_courses(folder, {"baseline_2021": first, "chip_controls": second}, config)
    ends = {frozenset[str](): first[..., -1], frozenset({"goods controls"}): second[..., -1]}
    write_matrix(folder, ("goods controls",), ends, np.arange(24), config)
    return config


def test_parts_that_are_named_and_all_others_add_up(tmp_path: Path) -> None:
    planted(tmp_path)
    line = read(tmp_path, LEDGER)[0]
    parts = [(f"cause {mean}", {**line, "mean": mean}, 1.0) for mean in (9.0, -8.0, 7.0, 6.0, 5.0, -2.0)]
    assert named(parts).endswith("; all other causes +3.00")
    assert "other" not in named(parts[:4])


def test_words_tell_size_side_measure_and_luck(tmp_path: Path) -> None:
    config = planted(tmp_path)
    text = " ".join(sentences(tmp_path, config))
    assert "The U.S. lead in frontier fields under baseline_2021 goes from +10.0 log points in 2020 to +12.0" in text
    assert "United States: own research +6.00 (+6.00 to +6.00; 100 % of runs)" in text
    assert "China: learning from goods -4.00 (-4.00 to -4.00; 100 % of runs)" in text
    assert "chip_controls instead of baseline_2021 moves that by +2.00" in text
    assert "By cause: China: learning from goods +2.00" in text
    assert "The largest single part is goods controls by way of learning from goods: +2.00" in text
    for name, picture in album(config, tmp_path).pictures:
        watched(lambda picture=picture, name=name: save(picture, tmp_path / name, "Techduel 0.", {})).check()


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("baseline_2021", "baseline_2021"), "named twice"),
        (("baseline_2021", "chip_controls", "cooperation"), "one or two scenarios"),
        (("baseline_2022",), "baseline_2022"),
        (("baseline_2021", "sector=chips"), "sector"),
        (("baseline_2021", "state=france"), "state"),
        (("baseline_2021", "runs=0"), "runs"),
        (("baseline_2021", "history_2010", "horizon=2018"), "2018"),
        (("baseline_2021", "scenarios=[]"), "scenarios"),
        (("baseline_2021", "of=profit"), "of"),
        (("baseline_2021", "of=income", "sector=semiconductors"), "no sectors"),
    ],
)
def test_degenerate_input_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], line: str
) -> None:
    assert line in refused(tmp_path, capsys, "why", *arguments)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small study of two scenarios that differ by several measures."""
    pair = ("baseline_2021", "full_decoupling", "decompose=channels")
    with made(tmp_path_factory.mktemp("why"), "why", *pair, *SMALL) as small:
        yield small


def test_it_writes_a_result_that_is_told_and_made_again(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder.parent / "page.html").unlink(missing_ok=True)
    told_and_made_again(folder, capsys, LEDGER, MATRIX, QUARTERS)


def test_what_sets_two_scenarios_apart_is_that_of_their_runs(folder: Path) -> None:
    records = [simulate(load_scenario(name, "horizon=2022"), 4) for name in ("baseline_2021", "full_decoupling")]
    leads = [mean_lead(record, "lead_frontier")[:, 0, -1].mean() for record in records]
    lines = {(x["scenario"], x["side"], x["sector"], x["cause"]): x["mean"] for x in read(folder, LEDGER)}
    assert lines[DIFFERENCE, LEAD, FIELDS, ALL] == pytest.approx(leads[1] - leads[0], rel=1e-6)
    matrix = {(x["measure"], x["cause"]): x["mean"] for x in read(folder, MATRIX)}
    measures = {measure for measure, _ in matrix} - {TOTAL}
    assert len(measures) > 1
    for cause in CAUSES:
        total = lines[DIFFERENCE, LEAD, FIELDS, cause]
        assert sum(matrix[one, cause] for one in measures) == pytest.approx(total, abs=1e-6)
    steps = read(folder, QUARTERS)
    assert all(1.0 < abs(line["change"]) < 100.0 for line in steps)
    for line in steps:
        assert sum(line[cause] for cause in CAUSES) == pytest.approx(line["change"], abs=1e-6)


@pytest.mark.parametrize(("of", "outcome"), [("sales", "sales"), ("income", "real_income")])
def test_sales_and_income_are_told_of_the_same_runs(
    folder: Path, capsys: pytest.CaptureFixture[str], of: str, outcome: str
) -> None:
    pair = ("baseline_2021", "full_decoupling", "decompose=channels")
    with made(folder.parents[2], "why", *pair, *SMALL, f"of={of}"):
        account, told = ACCOUNTS[of], capsys.readouterr().out
    assert f"China's {account.subject}" not in told
    assert f"U.S. {account.subject}" in told
    lines = {(x["scenario"], x["side"], x["sector"], x["cause"]): x["mean"] for x in read(folder, LEDGER)}
    records = [simulate(load_scenario(name, "horizon=2022"), 4) for name in ("baseline_2021", "full_decoupling")]
    ends = [record[outcome][:, 0].reshape(4, -1, 9)[..., -1].sum(axis=1).mean() for record in records]
    assert lines[DIFFERENCE, "us", account.field, ALL] == pytest.approx(ends[1] - ends[0], rel=1e-6)
    matrix = read(folder, MATRIX)
    for cause in account.changes:
        parts = sum(x["mean"] for x in matrix if x["cause"] == cause and x["measure"] != TOTAL)
        assert parts == pytest.approx(lines[DIFFERENCE, "us", account.field, cause], abs=1e-6)
    (folder.parent / "page.html").unlink(missing_ok=True)
    told_and_made_again(folder, capsys, LEDGER, MATRIX, QUARTERS)
