"""``techduel forecast``: made again to the byte, tampering is found, scores are those of the textbook."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from experiments.__main__ import main
from experiments.exits import guarded
from techduel.studies.backtest.outcomes_file import Outcome
from techduel.studies.backtest.rivals import crps_normal
from techduel.studies.forecast.register import COLUMNS, LEVELS, MODEL, SHA, digest
from techduel.studies.forecast.score import crps_of, scored, skill

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
    content["rows"][0][-1] *= 1.01
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
