"""Posterior tables: columns by name, what they do not know, and whether they were fitted under these equations."""

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import numpy as np
import pytest

from experiments.__main__ import main
from techduel.ensemble.simulation import simulate
from techduel.scenario import parameter_sets, posteriors, staleness
from techduel.scenario.composition import composed
from techduel.scenario.fingerprint import model_hash
from techduel.scenario.layers import choices
from techduel.scenario.posterior import __main__ as stamp
from techduel.scenario.posteriors import posterior, posterior_years
from techduel.scenario.prior import columns
from techduel.scenario.scenario import load_scenario
from techduel.scenario.staleness import fitted_under, remarks

REPOSITORY = Path(__file__).resolve().parents[2]
TINY = ("horizon=2021", "slots=4", "quiet=true", "executor=serial", "runs=2")
PLACES = {column.name: place for place, column in enumerate(columns())}


@pytest.fixture
def tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the shipped posteriors that is read in their place."""
    place = tmp_path / "posterior"
    shutil.copytree(str(posteriors.folder()), place)
    for module in (posteriors, staleness):
        monkeypatch.setattr(module, "folder", lambda: place)
    forget()
    yield place
    forget()


def forget() -> None:
    for cached in (posterior, parameter_sets._sets, parameter_sets._by_set, parameter_sets._points):
        cached.cache_clear()


def without(place: Path, *names: str, extra: str | None = None) -> None:
    """Rewrite the table of 2020 without some columns, back to front, with another column."""
    path = place / "posterior_2020.csv"
    lines = list(csv.DictReader(StringIO(path.read_text(encoding="utf-8"))))
    kept = [name for name in reversed(lines[0]) if name not in names] + ([extra] if extra else [])
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, kept, extrasaction="ignore", restval="0.5", lineterminator="\n")
        table.writeheader()
        table.writerows(lines)


@pytest.mark.parametrize("year", [2017, 2020])
def test_the_shipped_posteriors_are_of_these_equations(year: int) -> None:
    """After a change that is proved to leave every number as it was, `make stamp` marks them anew; else fit again."""
    assert year in posterior_years()
    assert fitted_under(year) == model_hash()
    assert staleness.staleness(year) is None


def test_columns_are_read_by_name(tables: Path) -> None:
    before = posterior(2020).values
    without(tables)
    forget()
    assert np.array_equal(posterior(2020).values, before)


def test_a_missing_parameter_keeps_its_shipped_number_and_all_others_their_sets(tables: Path) -> None:
    usual = load_scenario().parameters_of(range(6))
    without(tables, "ideas.step", "ideas.difficulty", "government.lobbying.us")
    forget()
    found, shipped = (
        load_scenario().parameters_of(range(6)),
        load_scenario("baseline_2021", "params=default").parameters,
    )
    assert posterior(2020).missing == ("ideas.step", "ideas.difficulty", "government.lobbying")
    assert np.array_equal(found.ideas.step, shipped.ideas.step)
    assert np.array_equal(found.ideas.difficulty, shipped.ideas.difficulty)
    assert np.array_equal(found.government.lobbying, shipped.government.lobbying)
    assert np.array_equal(found.research.crowd_in, usual.research.crowd_in)
    assert found.research.crowd_in.shape == (6, 1, 1, 1)


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("params.government.lobbying.us=0.5", (0.5, 0.1)),
        ("params.government.lobbying=0.5", (0.5, 0.5)),
        ("params.government.lobbying={default: 0.4, us: posterior}", (0.1, 0.4)),
    ],
)
def test_what_is_configured_for_a_missing_parameter_holds(
    tables: Path, override: str, expected: tuple[float, float]
) -> None:
    without(tables, "government.lobbying.us")
    forget()
    found = load_scenario("baseline_2021", override).parameters_of(range(2)).government.lobbying
    assert np.broadcast_to(found, (2, 2, 1, 1))[0, :, 0, 0].tolist() == list(expected)


def test_a_missing_parameter_still_has_its_prior(tables: Path) -> None:
    usual = load_scenario("baseline_2021", "params.ideas.step=prior").parameters_of(range(6)).ideas.step
    without(tables, "ideas.step")
    forget()
    found = load_scenario("baseline_2021", "params.ideas.step=prior").parameters_of(range(6)).ideas.step
    assert np.array_equal(found, usual)


def test_what_a_table_does_not_share_with_the_parameters_is_told_in_one_line(tables: Path) -> None:
    without(tables, "ideas.step", extra="ideas.of_old")
    forget()
    (line,) = remarks(composed([]))
    assert line.startswith("The posterior of 2020 ")
    assert "ideas.step" in line
    assert "ideas.of_old" in line
    assert "fitted under" not in line
    assert remarks(composed(["params=default"])) == remarks(composed(["params=prior"])) == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"sources": "12345678abc"}', "other equations or facts (12345678"),
        ("{}", "does not say"),
        ("", "does not say"),
    ],
)
def test_a_posterior_of_other_equations_is_told_in_one_line(tables: Path, content: str, words: str) -> None:
    (tables / "posterior_2020.json").write_text(content, encoding="utf-8")
    (line,) = remarks({"members": {"one": composed([]), "two": composed(["params=prior"])}})
    assert words in line
    assert model_hash()[:8] in line


def test_a_witness_made_anew_vouches_for_no_earlier_fit(
    tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def marked(equations: str) -> int:
        monkeypatch.setattr(stamp, "model_hash", lambda: 64 * equations)
        return stamp.main()

    paths = [tables / f"posterior_{year}.json" for year in posterior_years()]
    fits = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    monkeypatch.setattr(stamp, "FOLDER", tables)
    assert marked("1") == 0, "as shipped, the witness vouches for the fits"
    assert [json.loads(path.read_text())["fitted_as"] for path in paths] == [fit["fitted_as"] for fit in fits]
    monkeypatch.setattr(stamp, "WITNESS", tmp_path)
    (tmp_path / "anew.npz").write_bytes(b"anew")
    before = [path.read_bytes() for path in paths]
    assert marked("2") == 1
    assert [path.read_bytes() for path in paths] == before
    assert "posterior_2017.json, posterior_2020.json: the witness in tests/witness was" in capsys.readouterr().err
    for path, fit in zip(paths, fits, strict=True):  # as a fit under the equations of the new witness writes it
        path.write_text(json.dumps({**fit, "sources": 64 * "2"}), encoding="utf-8")
    assert [marked("2"), marked("3")] == [0, 0]
    assert {json.loads(path.read_text())["sources"] for path in paths} == {64 * "3"}


COMMANDS = {
    "run": ("run", "record=headline"),
    "compare": ("compare", "scenarios=[baseline_2021,full_decoupling]", "record=headline"),
    "sweep": ("sweep", "points=2", "years=null"),
    "backtest": ("backtest", "origin=2017", "runs=8"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_says_that_it_draws_from_another_posterior(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(staleness, "model_hash", lambda: "0" * 64)
    words = (*COMMANDS[command], *(() if command == "backtest" else TINY), f"results={tmp_path}", "name=small")
    assert main(list(words)) == 0
    line, folder = "was fitted under other equations or facts", tmp_path / command / "small"
    assert capsys.readouterr().err.count(line) == 1
    assert (folder / "README.md").read_text(encoding="utf-8").count(line) == 1
    assert [line in told for told in json.loads((folder / "provenance.json").read_text())["posterior"]] == [True]


def test_a_new_parameter_is_two_lines_and_stops_no_shipped_scenario(tmp_path: Path) -> None:
    """A line in the table and a line with its value, in a copy; then every scenario, and the same bits."""
    for name in ("sim", "configs"):
        shutil.copytree(REPOSITORY / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    inserted(tmp_path / "sim/techduel/model/parameters/research.py", "    crowd_in: Array", f"    {NEW}\n")
    inserted(tmp_path / "configs/params/default.yaml", "  crowd_in:", "  novelty: 0.3\n")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *choices("scenario")],
        cwd=tmp_path / "sim",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told, *frontier = done.stdout.splitlines()
    assert "research.novelty" in told
    scenario = load_scenario("baseline_2021", "horizon=2021", "slots=4")
    assert frontier == [number.hex() for number in simulate(scenario, runs=2)["technology_frontier"].ravel().tolist()]


NEW = 'novelty: Array = parameter("taste for what is new", "share", 0.0, 1.0, "assumption")'
PROGRAM = """
import sys
from techduel.ensemble.simulation import simulate
from techduel.scenario.composition import composed
from techduel.scenario.scenario import load_scenario
from techduel.scenario.staleness import staleness
for name in sys.argv[1:]:
    load_scenario(name)
print(staleness(2020))
record = simulate(load_scenario("baseline_2021", "horizon=2021", "slots=4"), runs=2)
print("\\n".join(number.hex() for number in record["technology_frontier"].ravel().tolist()))
"""


def inserted(path: Path, before: str, line: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1
    path.write_text(text.replace(before, line + before), encoding="utf-8")
