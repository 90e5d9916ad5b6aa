"""Half-lives by hand."""

import numpy as np
import pytest

from techduel.statistics.half_lives import half_gone


def test_half_is_gone_between_two_years_or_at_the_end_of_one() -> None:
    assert half_gone(np.array([1.0, 0.8, 0.6, 0.4])) == pytest.approx(2.5)
    assert half_gone(np.array([1.0, 0.5, 0.5, 0.4])) == pytest.approx(1.0)


def test_what_stays_is_never_gone_and_what_does_not_begin_has_no_half_life() -> None:
    courses = np.array([[1.0, 0.9, 0.8], [np.nan, np.nan, np.nan], [1.0, 0.0, -1.0]])
    np.testing.assert_array_equal(half_gone(courses), [np.inf, np.nan, 0.5])
