"""2,000 runs at corners of what may be given: whatever becomes impossible there is said, run by run."""

from dataclasses import replace

import pytest

from techduel.statistics.impossible import CHECKED, impossible
from tests.reliability.corners import BATCH, corners, impossible_by_unit

pytestmark = pytest.mark.reliability
RUNS = 2000


def test_no_impossible_number_is_left_unsaid() -> None:
    found, seen = 0, 0
    for corner in corners(RUNS):
        checked = replace(corner.record, values={name: corner.record[name] for name in CHECKED})
        said: dict[tuple[str, str], int] = {}
        for one in impossible(checked):
            said[one.outcome, one.state] = max(said.get((one.outcome, one.state), 0), one.runs)
        for (name, state), (runs, furthest) in impossible_by_unit(corner.record).items():
            assert said.get((name, state), 0) >= runs, f"{name} {state} reaches {furthest} in {runs} runs"
            found += runs
        seen += BATCH
    assert seen >= RUNS
    assert found > RUNS / 10, "corners no longer reach what is impossible: are they still corners?"
