"""Words about changes: what is told, what is called open, and how a share is known."""

import math
from dataclasses import replace

import numpy as np
import pytest

from techduel.report.words import COLUMNS, in_parts, number, open_words, per_cent, sure, wrapped
from techduel.statistics.directions import SETS_FOR_DIRECTION, SURE, Change, share_interval

CLEAR = Change(3.0, 1.0, 9.0, "months", rises=0.97, falls=0.03, runs=200)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (CLEAR, True),
        (replace(CLEAR, middle=-3.0, rises=0.03, falls=0.97), True),
        (replace(CLEAR, rises=0.47, falls=0.53), False),
        (replace(CLEAR, rises=0.89, falls=0.11), False),
        (replace(CLEAR, rises=0.90, falls=0.10), True),
        (replace(CLEAR, rises=0.90, falls=0.10, runs=10), True),
        (replace(CLEAR, rises=1.0, falls=0.0, runs=10), True),
        (replace(CLEAR, rises=1.0, falls=0.0, runs=8), False),
        (replace(CLEAR, middle=0.0, rises=0.0, falls=0.0), False),
    ],
)
def test_a_direction_is_told_where_enough_runs_share_it(change: Change, told: bool) -> None:
    assert change.told is told
    assert change.reversed().told is told


def test_so_many_runs_of_so_few_sets_are_no_chance() -> None:
    """Above the least number of sets a half lies outside the interval of every share that is told."""
    assert all(share_interval(SURE, 2 * sets)[0] > 0.5 for sets in range(SETS_FOR_DIRECTION, 200))


def test_the_other_side_says_the_reverse() -> None:
    assert CLEAR.reversed() == Change(-3.0, -9.0, -1.0, "months", 0.03, 0.97, 200)
    assert CLEAR.reversed().reversed() == CLEAR


def test_the_interval_of_a_share_holds_the_true_one_nine_times_in_ten() -> None:
    """Where both runs of a set agree, which is the worst that sets can do."""
    sets = np.random.default_rng(2).random((2000, 100)) < 0.8
    held = [low <= 0.8 <= high for low, high in (share_interval(float(one.mean()), 200) for one in sets)]
    assert 0.87 < np.mean(held) < 0.94
    assert share_interval(1.0, 200)[1] == 1.0
    assert share_interval(0.0, 10)[0] == 0.0


def test_too_few_runs_are_told_as_such_and_noise_with_both_directions() -> None:
    assert "too few runs to tell (4; 10 at least)" in open_words(replace(CLEAR, runs=4))
    words = open_words(replace(CLEAR, rises=0.5, falls=0.45))
    assert "no clear direction" in words
    assert "up in 50 %, down in 45 %" in words


@pytest.mark.parametrize(
    ("value", "text"),
    [(1234.4, "+1,234"), (-56.14, "-56.1"), (3.456, "+3.46"), (-0.0554, "-0.055"), (0.0, "0"), (-1e-9, "+0.000")],
)
def test_numbers_have_about_three_digits_and_no_minus_before_a_zero(value: float, text: str) -> None:
    assert number(value) == text
    assert number(math.nan) == "-"


def test_a_share_is_not_called_all_before_it_is() -> None:
    assert [per_cent(share) for share in (1.0, 0.997, 0.5, 0.003, 0.0)] == [
        "100 %",
        "over 99 %",
        "50 %",
        "under 1 %",
        "0 %",
    ]
    assert sure(CLEAR).startswith("in 97 % of 200 runs (")


def test_headings_break_between_parts_and_sentences_between_words() -> None:
    parts = ["name" * 9, "200 runs", "seed 1", "x" * 40]
    lines = in_parts(" · ".join(parts))
    assert " · ".join(lines) == " · ".join(parts)
    assert max(map(len, lines)) <= COLUMNS
    assert max(map(len, wrapped("word " * 60))) <= COLUMNS
    shares = wrapped("90 % of runs " * 40)
    assert not any(line.lstrip().startswith("%") for line in shares)
    assert " ".join(line.strip() for line in shares) == ("90 % of runs " * 40).strip()
