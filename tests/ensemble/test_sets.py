"""Parameter sets of runs: runs keep their sets whatever fails."""

import numpy as np

from techduel.ensemble.sets import by_set, numbered
from techduel.scenario.parameter_sets import PRIOR_SETS


def test_runs_keep_their_sets_where_one_failed_and_where_sets_come_again() -> None:
    runs = np.array([0, 2, 3, 4, 5, 2 * PRIOR_SETS, 2 * PRIOR_SETS + 5])
    values = np.array([1.0, 2.0, 4.0, 5.0, 7.0, 3.0, 9.0])
    assert by_set(values, runs).tolist() == [2.0, 3.0, 7.0]
    places, numbers = numbered(runs)
    assert numbers.tolist() == [0, 1, 1, 2, 2, 0, 2]
    assert numbers[places].tolist() == [0, 1, 2]


def test_the_order_of_runs_changes_nothing() -> None:
    generator = np.random.default_rng(1)
    values, turned = generator.normal(size=(40, 2)), generator.permutation(40)
    np.testing.assert_allclose(by_set(values[turned], turned), by_set(values, np.arange(40)))


def test_what_is_no_number_is_left_out_of_a_mean() -> None:
    values = np.array([[1.0, np.nan], [3.0, np.nan], [np.nan, 2.0], [5.0, 4.0]])
    np.testing.assert_array_equal(by_set(values, np.arange(4)), [[2.0, np.nan], [5.0, 3.0]])
