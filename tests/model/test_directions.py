"""Directions hold whatever the parameters: 120 valid sets, one a run, cause and no cause under the same luck."""

from functools import cache

import numpy as np
import pytest

from techduel.model.actions import LEVERS
from techduel.policies.events import EVENTS
from tests.causes import Case, Moved, Values, trace
from tests.directions import ALL_DIRECTIONS, EVERY, FAILED, LEFT_OUT, Direction
from tests.treatments import CASES, STATUS_QUO

ENOUGH = 0.95
"""Part of the sets in which a direction has to hold; where nothing changes it does not."""
TOLD = sorted(ALL_DIRECTIONS, key=lambda told: told.treatment)
"""Those that read the same batch stand together, so that parallel workers seldom compute one twice."""
SILENT = {"government_change"}
"""An event that only policies notice which weigh objectives."""


@cache
def traced(case: str) -> Values:
    return trace(CASES[case])


def share(told: Direction) -> float:
    """Part of the sets in which a direction holds."""
    change = told.measure(traced(told.treatment)) - told.measure(traced(told.against))
    return float(np.mean(told.sign * change > 0.0))


@pytest.mark.parametrize("told", TOLD, ids=lambda told: told.sentence)
def test_a_direction_holds_or_fails_as_documented(told: Direction) -> None:
    """A failure is not tuned away: the table names the equation that stands in the way."""
    known = FAILED.get(told.sentence)
    if known is None:
        assert share(told) >= ENOUGH
    else:
        assert abs(share(told) - known.share) < 0.1


def test_every_sentence_stands_once() -> None:
    every, sentences = ([told.sentence for told in table] for table in (EVERY, ALL_DIRECTIONS))
    assert len(set(every)) == len(every)
    assert set(every) - set(sentences) == LEFT_OUT
    assert set(FAILED) <= set(sentences)
    assert len(sentences) - len(FAILED) >= 45
    assert all(known.why and known.share < ENOUGH for known in FAILED.values())


def test_every_lever_has_a_direction_on_either_side() -> None:
    for state in ("us", "china"):
        moved = {lever for told in ALL_DIRECTIONS for lever in getattr(CASES[told.treatment], state).levers}
        assert moved == set(LEVERS), set(LEVERS) - moved


def test_every_event_has_a_direction() -> None:
    kinds = {type(happening) for told in ALL_DIRECTIONS for happening in CASES[told.treatment].events.values()}
    assert kinds == {kind for name, kind in EVENTS.items() if name not in SILENT}


def test_no_cause_no_effect() -> None:
    """What is announced for later changes no bit before: cases share their luck."""
    announced = trace(Case(us=Moved({"tariff": 1.0}, since=2030.0), until=2021))
    for name, values in announced.items():
        assert np.array_equal(values, traced(STATUS_QUO)[name][..., :1], equal_nan=True), name
