"""Settings of studies: a command line and what is stored of it are checked by models, each problem with its key."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from techduel.scenario.arguments import stored
from techduel.scenario.scenario import numbers
from techduel.studies.table import STUDIES

GIVEN = {"backtest": ["origin=2017"], "branch": ["policy@policies.us=broad_controls"]}
"""Settings that a study cannot do without."""


@pytest.fixture(scope="module", params=[name for name in STUDIES if name not in {"evidence", "micro"}])
def study(request: pytest.FixtureRequest) -> tuple[dict[str, Any], Callable[[Mapping[str, Any]], list[str]]]:
    """What a result of a study stores, and what checks it."""
    known = STUDIES[request.param]
    config = stored(known.settings.composed(GIVEN.get(known.name, [])))
    return {key: value for key, value in numbers(config).items() if key != "retry"}, known.wrong_with


def test_what_a_command_composes_is_sound_when_stored(study: Any) -> None:
    config, checked = study
    assert checked(config) == []


@pytest.mark.parametrize(
    "key", ["executor", "results", "fresh", "quiet", "retry", "scenario_file", "install", "unheard"]
)
def test_a_result_cannot_say_what_only_a_command_line_may(study: Any, key: str) -> None:
    config, checked = study
    (line,) = checked({**config, key: "anything"})
    assert line.startswith(f"{key}: unknown")


@pytest.mark.parametrize("value", [math.nan, math.inf, -1, 10**20, "many", None, True, [1]])
def test_a_stored_seed_is_a_whole_number_in_its_range(study: Any, value: object) -> None:
    config, checked = study
    (line,) = checked({**config, "seed": value})
    assert line.startswith(f"seed: {value!r} given; allowed: whole number, 0 to")


def test_a_scenario_deep_inside_is_checked_too(study: Any) -> None:
    config, checked = study
    place = next((key for key in ("scenario", "base") if isinstance(config.get(key), dict)), None)
    inner = {"horizon": 10**9, "params": {**config[place]["params"], "unheard": {}}} if place else {"horizon": 10**9}
    if "members" in config:
        changed = {**config, "members": {name: {**part, **inner} for name, part in config["members"].items()}}
    else:
        changed = {**config, place: {**config[place], **inner}} if place else {**config, **inner}
    lines = checked(changed)
    assert any("horizon: 1000000000 given; allowed: whole number, 2011 to 2050" in line for line in lines)
    assert place is None or any(f"{place}.params.unheard: unknown" in line for line in lines)
