"""Bands of parameters: planted ones are found whatever the number of runs a set, within the printed error."""

import numpy as np
import pytest
from numpy.typing import NDArray

from techduel.model.axes import Numbers
from techduel.report.leads import TOO_FEW, lines, sentence, surely_ahead
from techduel.scenario.parameter_sets import PRIOR_SETS, RUNS_OF_A_SET
from techduel.statistics.leads import Lead, leads_of
from techduel.statistics.parameter_bands import SETS_FOR_BAND, WINDOW, band_error, parameter_band

NORMAL = 1.6449
"""5 to 95 % of a normal distribution, in standard deviations on either side."""


def runs_of(sets: int, each: int) -> NDArray[np.int_]:
    """Indices of runs of the first sets, which come again beyond all sets."""
    rounds = -(-each // RUNS_OF_A_SET)
    blocks = [np.arange(RUNS_OF_A_SET * sets) + turn * RUNS_OF_A_SET * PRIOR_SETS for turn in range(rounds)]
    return np.concatenate(blocks)


def planted(sets: int, each: int, luck: float, seed: int) -> tuple[Numbers, NDArray[np.int_]]:
    """Values of sets with a deviation of 1 and luck on top, and their runs; the sets are those of the seed."""
    common = np.random.default_rng(seed).normal(size=sets)
    runs = runs_of(sets, each)
    of_set = runs // RUNS_OF_A_SET % PRIOR_SETS
    return common[of_set] + np.random.default_rng([seed, each]).normal(0.0, luck, len(runs)), runs


@pytest.mark.parametrize("each", [2, 4, 16])
@pytest.mark.parametrize("luck", [0.0, 1.0, 2.0])
def test_a_planted_band_is_found(each: int, luck: float) -> None:
    ends = np.array([parameter_band(*planted(200, each, luck, seed)) for seed in range(60)])
    assert ends.mean(axis=0) == pytest.approx([-NORMAL, NORMAL], abs=0.12)


def test_without_taking_luck_out_the_band_would_be_far_too_wide() -> None:
    values, runs = planted(200, 2, 2.0, seed=3)
    wide = np.quantile(values, [0.05, 0.95])
    low, high = parameter_band(values, runs)
    assert high - low < 0.75 * (wide[1] - wide[0])


@pytest.mark.parametrize(("few", "many"), [(2, 64), (16, 64)])
def test_bands_of_few_and_many_runs_agree_within_the_printed_error(few: int, many: int) -> None:
    """Of the same sets; an error of two runs a set holds that their luck is known badly."""
    close = []
    for seed in range(40):
        (values, runs), whole = planted(128, few, 1.0, seed), parameter_band(*planted(128, many, 1.0, seed))
        close.append(np.abs(parameter_band(values, runs) - whole).max() < 2.0 * float(band_error(values, runs)))
    assert np.mean(close) > 0.9


def test_the_error_is_that_of_other_sets_and_luck() -> None:
    ends = np.array([parameter_band(*planted(100, 2, 1.0, seed)) for seed in range(120)])
    told = np.mean([float(band_error(*planted(100, 2, 1.0, seed))) for seed in range(20)])
    assert told == pytest.approx(ends.std(axis=0).max(), rel=0.4)


def test_where_parameters_do_nothing_the_band_closes() -> None:
    generator = np.random.default_rng(1)
    values = generator.normal(size=(400, 300))
    low, high = parameter_band(values, np.arange(400))
    assert np.median(high - low) < 0.8, "of 3.3 over single runs"
    assert np.isclose(low, high).mean() > 0.3


def test_years_lend_each_other_their_variances_but_not_to_the_base_year() -> None:
    generator = np.random.default_rng(2)
    years = 1 + 2 * WINDOW
    common = np.repeat(generator.normal(size=100), 2)
    values = common[:, None] + np.concatenate([np.zeros((200, 1)), generator.normal(size=(200, years - 1))], axis=1)
    alone, together = (parameter_band(values, np.arange(200), over_years=over) for over in (False, True))
    np.testing.assert_allclose(together[:, 0], np.quantile(common[::2], [0.05, 0.95]))
    width = [(band[1] - band[0])[1:] for band in (alone, together)]
    assert width[1].std() < 0.6 * width[0].std()


@pytest.mark.parametrize(("sets", "each"), [(SETS_FOR_BAND - 1, 2), (100, 1)])
def test_too_few_sets_or_runs_have_no_band(sets: int, each: int) -> None:
    runs = runs_of(sets, 2)[:: 3 - each]
    values = np.random.default_rng(1).normal(size=(len(runs), 3))
    assert np.isnan(parameter_band(values, runs)).all()
    assert np.isnan(band_error(values, runs)).all()


def leads(runs: int, drawn: bool = True) -> list[Lead]:
    """Of both means and two sectors in two years; the second sector is surely China's."""
    generator = np.random.default_rng(9)
    common = np.repeat(generator.normal(0.0, 2.0, -(-runs // 2)), 2)[:runs]
    middle = np.array([[10.0, 8.0], [12.0, 9.0], [1.0, 2.0], [-20.0, -30.0]])
    values = middle + common[:, None, None] + generator.normal(size=(runs, 4, 2))
    names = ["lead_frontier", "lead_frontier_by_size", "ai", "batteries"]
    return list(leads_of([2020, 2035], names, np.stack([values, 3.0 * values]), np.arange(runs), drawn))


def test_the_table_has_both_ends_in_time_the_share_of_runs_and_months() -> None:
    found = leads(200)
    end = found[-1]
    head, columns, *rows, last = lines(found)
    assert "log points" in head
    assert columns.split() == ["2020", "2035", "ahead", "months"]
    assert rows[-1].split()[0] == "batteries"
    assert f"{end.expected:+.1f} ({end.parameters_q05:+.0f} to {end.parameters_q95:+.0f})" in rows[-1]
    assert rows[-1].endswith(f"0 %{end.months:>+9.0f}")
    assert end.months == pytest.approx(3.0 * end.expected)
    assert f"{max(lead.parameters_se for lead in found if lead.year == 2035):.1f}." in last
    assert all(len(line) <= 80 for line in lines(found))


def test_words_say_expected_lead_band_error_and_share() -> None:
    found = leads(200)
    plain = next(lead for lead in found if (lead.sector, lead.year) == ("lead_frontier", 2035))
    said = sentence(found)
    assert f"expected {plain.expected:+.1f} log points" in said
    assert f"parameters alone {plain.parameters_q05:+.1f} to {plain.parameters_q95:+.1f}, standard error" in said
    assert f"ahead in {100 * plain.ahead:.0f} % of runs" in said
    assert surely_ahead(found) == {"us": [], "china": ["batteries"]}


def test_few_runs_are_said_to_be_too_few_and_one_set_has_no_band() -> None:
    assert " ".join(" ".join(lines(leads(8))).split()).endswith(TOO_FEW)
    assert "too few runs a set" in sentence(leads(8))
    same = leads(200, drawn=False)
    assert "same parameters" in [*lines(same)][-1]
    assert "all runs have the same parameters" in sentence(same)
    assert all(lead.parameters_q05 == lead.expected == lead.parameters_q95 for lead in same)
