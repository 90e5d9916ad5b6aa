"""Luck of runs: planted luck is found and taken out, whatever runs are lacking and whatever their order."""

import numpy as np
import pytest

from techduel.scenario.parameter_sets import PRIOR_SETS
from techduel.statistics.luck import Sets, drawn_together, luck


def test_runs_keep_their_sets_where_one_failed_and_where_sets_come_again() -> None:
    runs = np.array([0, 2, 3, 4, 5, 2 * PRIOR_SETS, 2 * PRIOR_SETS + 5])
    values = np.array([1.0, 2.0, 4.0, 5.0, 7.0, 3.0, 9.0])
    sets = Sets.of(values, runs)
    assert (sets.means.tolist(), sets.squares.tolist(), sets.sizes.tolist()) == (
        [2.0, 3.0, 7.0],
        [2.0, 2.0, 8.0],
        [2.0, 2.0, 3.0],
    )
    assert sets.within == pytest.approx(12.0 / 4.0)


def test_the_order_of_runs_changes_nothing() -> None:
    generator = np.random.default_rng(1)
    values, turned = generator.normal(size=(40, 2)), generator.permutation(40)
    np.testing.assert_allclose(luck(values[turned], turned), luck(values, np.arange(40)))


def test_luck_is_what_two_runs_of_a_set_differ_by() -> None:
    draws, runs = np.random.default_rng(4), np.arange(2 * PRIOR_SETS)
    sets, within = np.repeat(draws.standard_normal((PRIOR_SETS, 40)), 2, axis=0), draws.standard_normal((len(runs), 40))
    assert luck(sets + within, runs).mean() == pytest.approx(0.5, abs=0.02)
    assert luck(sets, runs) == pytest.approx(np.zeros(40), abs=1e-9)
    lacking = np.delete(runs, [1, 7, 100])
    assert luck((sets + within)[lacking], lacking).mean() == pytest.approx(0.5, abs=0.02)


def test_the_only_run_of_a_set_tells_nothing_of_luck() -> None:
    values = np.random.default_rng(5).normal(size=40)
    alone, without = np.delete(np.arange(40), [0, 7]), np.delete(np.arange(40), [0, 1, 6, 7])
    assert luck(values[alone], alone) == luck(values[without], without)
    assert np.isnan(luck(values[:3], np.arange(3)))
    assert np.isnan(luck(values[::2], np.arange(0, 40, 2)))


def test_means_are_drawn_together_until_they_vary_as_much_as_without_luck() -> None:
    draws, runs = np.random.default_rng(6), np.arange(2 * PRIOR_SETS)[1:]
    common = np.repeat(draws.standard_normal((PRIOR_SETS, 40)), 2, axis=0)[1:]
    sets = Sets.of(common + draws.standard_normal(common.shape), runs)
    drawn = drawn_together(sets.means, sets.left, sets.varied)
    np.testing.assert_allclose(drawn.var(axis=0, ddof=1), sets.between)
    assert sets.between.mean() == pytest.approx(1.0, abs=0.05)
    np.testing.assert_allclose(drawn.mean(axis=0), sets.means.mean(axis=0))
    for few in (Sets.of(common[:1], runs[:1]), Sets.of(common[::2], runs[::2])):
        together = drawn_together(few.means, few.left, few.varied)
        np.testing.assert_allclose(together, np.broadcast_to(few.means.mean(axis=0), few.means.shape))
