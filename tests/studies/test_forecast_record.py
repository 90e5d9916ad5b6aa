"""``techduel forecast``: made again to the byte, tampering is found, scores are those of the textbook."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from experiments.__main__ import main
from experiments.exits import guarded
from techduel.studies.backtest.outcomes_file import Outcome
from techduel.studies.backtest.rivals import crps_normal
from techduel.studies.forecast.score import crps_of, scored, skill
from techduel.studies.forecast.settings import COLUMNS, LEVELS, MODEL, SHA, digest

OUTCOMES = "series,state,year,value,unit\ngerd_pct_gdp,CHN,2021,2.43,% of GDP\ngerd_pct_gdp,USA,2021,3.5,% of GDP\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a small registered forecast."""
    folder = tmp_path_factory.mktemp("forecast")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert guarded(main, ["forecast", "register", "runs=4", "last=2021", "quiet=true"]) == 0
        yield folder


def test_a_registered_forecast_is_made_again_to_the_byte(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(main, ["forecast", "check", "quiet=true"]) == 0
    assert "made again byte for byte" in capsys.readouterr().out
    content = json.loads((place / "forecast.json").read_text(encoding="utf-8"))
    assert content["columns"] == list(COLUMNS)
    models = {row[0] for row in content["rows"]}
    assert {MODEL, "last_value", "last_growth", "ar1"} <= models
    assert {tuple(row[1:3]) for row in content["rows"]} == {("2020-12-31", 1)}


def test_tampering_is_found(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (place / "forecast.json").read_text(encoding="utf-8")
    content = json.loads(text)
    value = str(content["rows"][0][-1])
    (place / "changed.json").write_text(text.replace(value, "1.0", 1), encoding="utf-8")
    assert guarded(main, ["forecast", "score", "file=changed.json", "outcomes=none.csv"]) == 2
    assert "was changed after it was registered" in capsys.readouterr().err
    content["rows"][len(LEVELS) - 1][-1] += 1.0
    (place / "both.json").write_text(json.dumps({**content, SHA: digest(content)}), encoding="utf-8")
    assert guarded(main, ["forecast", "check", "file=both.json", "quiet=true"]) == 3
    assert "not made again" in capsys.readouterr().out


def test_a_file_that_is_no_forecast_and_one_that_is_there_are_refused(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "other.json").write_text("[1, 2]", encoding="utf-8")
    assert guarded(main, ["forecast", "check", "file=other.json"]) == 2
    assert "no forecast of techduel" in capsys.readouterr().err
    assert guarded(main, ["forecast", "register", "runs=4", "last=2021"]) == 2
    assert "forecast.json is there; allowed: a new file" in capsys.readouterr().err
    assert guarded(main, ["forecast", "registr"]) == 2
    assert "did you mean register?" in capsys.readouterr().err


def _set(content: Any, place: str, value: Any) -> None:
    """Put a value, or what a function makes of the one there, at a place in a file's content."""
    *above, last = [int(part) if part.isdigit() else part for part in place.split(".")]
    for part in above:
        content = content[part]
    content[last] = value(content[last]) if callable(value) else value


FORGED: dict[str, tuple[str, Any, str]] = {
    "no configuration": ("config", None, "config: None given"),
    "runs of text": ("config.runs", "4", "config.runs: '4' given"),
    "too many runs": ("config.runs", 10**12, "config.runs: 1000000000000 given; allowed: whole number, 2 to 10000"),
    "luck below nothing": ("config.seed", -1, "config.seed: -1 given"),
    "an origin without a posterior": ("config.origin", 2013, "config.origin: 2013 given"),
    "another base year": ("config.origin", 2017, "config.scenario.facts.base_year: 2020 given; allowed: 2017"),
    "a scenario of nothing": ("config.scenario", None, "config.scenario: None given"),
    "a scheduler": ("config.scenario.executor", {"kind": "dask"}, "config.scenario.executor: unknown"),
    "a target": ("config._target_", "os.system", "config._target_: unknown"),
    "a date of escapes": ("registered", "\x1b[2J", r"registered: '\x1b[2J' given"),
    "no rows": ("rows", [], "rows: [] given"),
    "rows of text": ("rows", ["abcdefgh"], "row 1 is no quantile of this forecast"),
    "a value of text": ("rows.5.7", "1", "row 6 is no quantile"),
    "a value that cannot be": ("rows.5.7", 1e308, "row 6 is no quantile"),
    "a year before the forecast": ("rows.5.2", -1, "row 6 is no quantile"),
    "a model of escapes": ("rows.5.0", "\x1b[2J", "row 6 is no quantile"),
    "quantiles that fall": ("rows.5.7", -1e9, "quantiles, rising"),
    "some quantiles": ("rows", lambda rows: rows[::2], "quantiles, rising"),
    "quantiles twice": ("rows", lambda rows: rows + rows, "quantiles, rising"),
    "rivals alone": ("rows", lambda rows: [row for row in rows if row[0] != MODEL], f"no forecast of {MODEL}"),
}


@pytest.mark.parametrize("case", FORGED)
@pytest.mark.parametrize("verb", ["check", "score"])
def test_a_forecast_that_nobody_registered_is_refused(
    case: str, verb: str, place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = json.loads((place / "forecast.json").read_text(encoding="utf-8"))
    where, value, words = FORGED[case]
    _set(content, where, value)
    (tmp_path / "forged.json").write_text(json.dumps({**content, SHA: digest(content)}), encoding="utf-8")
    came = ["outcomes=none.csv"] if verb == "score" else []
    assert guarded(main, ["forecast", verb, f"file={tmp_path / 'forged.json'}", *came]) == 2
    told = capsys.readouterr().err
    assert told.startswith("forged.json: ")
    assert words in told


@pytest.mark.parametrize("text", ["", "[" * 100_000, '{"forecast": "techduel", "columns": 1e999}', "\x00", "9" * 5000])
def test_a_file_that_is_no_json_is_refused(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "forged.json").write_text(text, encoding="utf-8")
    assert guarded(main, ["forecast", "check", f"file={tmp_path / 'forged.json'}"]) == 2
    assert "forged.json: no forecast of techduel" in capsys.readouterr().err


def test_numbers_that_json_does_not_know_are_refused(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = json.loads((place / "forecast.json").read_text(encoding="utf-8"))
    for number in (float("nan"), float("inf")):
        content["rows"][0][-1] = number
        (place / "nan.json").write_text(json.dumps(content), encoding="utf-8")
        assert guarded(main, ["forecast", "check", "file=nan.json"]) == 2
        assert "nan.json: no forecast of techduel" in capsys.readouterr().err


def test_a_place_that_is_none_is_told_before_anything_is_computed(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(main, ["forecast", "register", "file=none/there.json", "runs=10000"]) == 2
    assert "file: none is no folder; allowed: a new file in one" in capsys.readouterr().err
    assert guarded(main, ["forecast", "register", "file=a\0b", "runs=10000"]) == 2
    assert r"file: 'a\x00b' given" in capsys.readouterr().err


def test_it_is_scored_against_what_came(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "came.csv").write_text(OUTCOMES, encoding="utf-8")
    assert guarded(main, ["forecast", "score", "outcomes=came.csv"]) == 0
    assert "2 values came" in capsys.readouterr().out
    with (place / "scores.csv").open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    assert {line["model_id"] for line in lines} >= {MODEL, "last_value"}
    assert all(0.0 <= float(line["pit"]) <= 1.0 and float(line["crps"]) >= 0.0 for line in lines)


def made_up(mean: float, sd: float, naive: float) -> dict[str, object]:
    """A forecast of one value by normal distributions of the model and of a rival."""
    from statistics import NormalDist

    rows = [
        [model, "2020-12-31", 1, "gerd_pct_gdp", "CHN", "quantile", level, NormalDist(middle, sd).inv_cdf(level)]
        for model, middle in ((MODEL, mean), ("last_value", naive))
        for level in LEVELS
    ]
    return {"config": {"origin": 2020}, "rows": rows}


def test_scores_from_quantiles_are_those_of_the_whole_distribution() -> None:
    for came in (1.0, 2.0, 2.6):
        values = np.array([row[-1] for row in made_up(2.0, 0.3, 0.0)["rows"]][: len(LEVELS)])  # type: ignore[index]
        assert crps_of(values, came) == pytest.approx(crps_normal(2.0, 0.3, came), rel=0.03)


def test_skill_is_the_part_of_the_best_rivals_score_that_is_saved() -> None:
    outcome = Outcome("gerd_pct_gdp", "china", 2021, 2.0, "% of GDP")
    found = scored(made_up(2.0, 0.1, 2.5), [outcome])
    own = next(one for one in found if one.model == MODEL)
    assert own.covered
    assert own.pit == pytest.approx(0.5)
    (line,) = skill(found)
    assert line[:4] == ("gerd_pct_gdp", "CHN", 1, "last_value")
    assert line[6] == pytest.approx(1.0 - line[5] / line[4])
    assert line[6] > 0.9
    missed = next(one for one in found if one.model == "last_value")
    assert not missed.covered
