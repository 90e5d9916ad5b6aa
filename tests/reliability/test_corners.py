"""2,000 runs at corners of what may be given: whatever becomes impossible there is said, run by run."""

from dataclasses import replace

import pytest

from techduel.report.impossible import CHECKED, impossible
from tests.reliability.corners import BATCH, corners, impossible_by_unit

pytestmark = pytest.mark.reliability
RUNS = 2000


def test_no_impossible_number_is_left_unsaid() -> None:
    found, seen = 0, 0
    for corner in corners(RUNS):
        checked = replace(corner.record, values={name: corner.record[name] for name in CHECKED})
        said = {(one.outcome, one.state): one.runs for one in impossible(checked)}
        for (name, state), (runs, furthest) in impossible_by_unit(corner.record).items():
            assert said.get((name, state), 0) >= runs, f"{name} {state} reaches {furthest} in {runs} runs: {corner}"
            found += runs
        seen += BATCH
    assert seen >= RUNS
    assert found > RUNS / 10, "corners no longer reach what is impossible: are they still corners?"
