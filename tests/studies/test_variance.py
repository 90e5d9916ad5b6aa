"""How variance splits into doubt about parameters and luck: against planted shares, and in result folders."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from techduel.ensemble.record import Record
from techduel.ensemble.simulation import simulate
from techduel.model.parameters.forms import Forms
from techduel.scenario.parameter_sets import PRIOR_SETS, set_of
from techduel.scenario.posteriors import posterior, posterior_years
from techduel.scenario.scenario import Scenario
from techduel.studies.run import variance
from techduel.studies.run.variance import MEAN_LEADS, STATE_OUTCOMES, by_forms, by_sets, in_words, indicators, splits

Numbers = NDArray[np.float64]


def planted(share: float, pairs: int, seed: int) -> Numbers:
    """Values of pairs of runs, of whose variance parameters make a share."""
    generator = np.random.default_rng(seed)
    common = np.repeat(generator.normal(0.0, np.sqrt(share), pairs), 2)
    return common + generator.normal(0.0, np.sqrt(1.0 - share), 2 * pairs)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.99])
def test_a_planted_share_is_found_within_its_error(share: float) -> None:
    found = [by_sets(planted(share, 100, seed), np.arange(200)) for seed in range(200)]
    estimates, errors = np.array(found).T
    assert estimates.mean() == pytest.approx(share, abs=0.05)
    if share > 0.0:
        assert estimates.std() == pytest.approx(errors.mean(), rel=0.25)


def test_runs_without_a_partner_do_not_count() -> None:
    values = planted(0.5, 20, seed=1)
    kept = np.delete(np.arange(40), [0, 7])
    whole = np.delete(np.arange(40), [0, 1, 6, 7])
    assert by_sets(values[kept], kept) == by_sets(values[whole], whole)


def test_the_order_of_runs_changes_nothing() -> None:
    values, runs = planted(0.5, 20, seed=1), np.arange(40)
    turned = np.random.default_rng(1).permutation(40)
    assert by_sets(values[turned], runs[turned]) == pytest.approx(by_sets(values, runs))


def of_runs(share: float, runs: int, seed: int) -> Numbers:
    """Values of runs that take sets in turn, as runs of a scenario do."""
    generator = np.random.default_rng(seed)
    common = generator.normal(0.0, np.sqrt(share), PRIOR_SETS)[set_of(np.arange(runs), PRIOR_SETS)]
    return common + generator.normal(0.0, np.sqrt(1.0 - share), runs)


@pytest.mark.parametrize("runs", [2 * PRIOR_SETS + 200, 8 * PRIOR_SETS])
def test_a_set_that_comes_again_is_no_new_set(runs: int) -> None:
    """Else the error would go on falling with the runs, while the sets stay as many as they are."""
    found = np.array([by_sets(of_runs(0.7, runs, seed), np.arange(runs)) for seed in range(150)])
    assert found[:, 0].mean() == pytest.approx(0.7, abs=0.02)
    assert found[:, 1].mean() == pytest.approx(found[:, 0].std(), rel=0.2)


def test_every_table_holds_as_many_sets_as_are_counted() -> None:
    assert {len(posterior(year).values) for year in posterior_years()} == {PRIOR_SETS}


def test_too_few_pairs_and_no_variance_have_no_share() -> None:
    assert np.isnan(by_sets(np.arange(4.0), np.arange(4))).all()
    assert np.isnan(by_sets(np.zeros(20), np.arange(20))).all()


def parted(equations: float, sets: int, seed: int) -> tuple[Numbers, Numbers]:
    """Values of pairs of runs, two tenths of whose variance parameters make and a part equations; and their forms."""
    generator = np.random.default_rng(seed)
    forms = np.repeat(np.arange(sets) % 4 == 0, 2).astype(float)[:, None]
    own = np.repeat(generator.normal(0.0, np.sqrt(0.2), sets), 2)
    luck = generator.normal(0.0, np.sqrt(0.8 - equations), 2 * sets)
    return np.sqrt(equations / 0.1875) * forms[:, 0] + own + luck, forms


@pytest.mark.parametrize("equations", [0.0, 0.3, 0.6])
def test_a_planted_share_of_equations_is_found_within_its_error(equations: float) -> None:
    found = []
    for seed in range(100):
        values, forms = parted(equations, 100, seed)
        share, doubt = by_forms(values.reshape(-1, 2).mean(axis=1), forms[::2])
        scale = values.reshape(-1, 2).mean(axis=1).var() / values.var()
        found.append((share * scale, doubt * scale))
    shares, errors = np.array(found).T
    assert shares.mean() == pytest.approx(equations, abs=0.03)
    if equations > 0.0:
        assert shares.std() == pytest.approx(errors.mean(), rel=0.3)


def test_what_forms_explain_is_adjusted_for_their_number() -> None:
    """Means 0 and 5/3, 8/3 of 6 unexplained: 1 - 4/9 x 4/3."""
    found, _ = by_forms(np.array([0.0, 0.0, 1.0, 1.0, 3.0]), np.array([[0.0], [0.0], [1.0], [1.0], [1.0]]))
    assert found == pytest.approx(11.0 / 27.0)


def test_forms_explain_no_more_than_sets_differ(record: Record) -> None:
    """Where runs of a set differ more than sets do, sets and with them forms make nothing."""
    values = np.array([5.0, -5.0, 5.0, -5.0, 5.1, -4.9, 5.1, -4.9])
    forms = np.array([[0.0]] * 4 + [[1.0]] * 4)
    same_luck = replace(record, runs=np.arange(8))
    _, parameters, equations, luck, *_ = variance._shares(same_luck, values, drawn=True, forms=forms)
    assert (parameters, equations, luck) == (0.0, 0.0, 1.0)


def test_forms_that_all_have_are_no_doubt_and_too_few_sets_say_nothing() -> None:
    assert by_forms(np.arange(9.0), np.ones((9, 2))) == (0.0, 0.0)
    assert np.isnan(by_forms(np.arange(3.0), np.eye(3)[:, :2])).all()


def test_an_indicator_stands_for_each_form_that_some_run_has_beside_another() -> None:
    codes = np.array([0, 2, 2, 1]).reshape(-1, 1, 1, 1)
    found = indicators(replace(Forms(), public_knowledge=codes, fringe=np.ones((1, 1, 1, 1), dtype=int)), 4)
    assert found.tolist() == [[0.0, 0.0], [0.0, 1.0], [0.0, 1.0], [1.0, 0.0]]


@pytest.fixture(scope="module")
def record(drawn_short: Scenario) -> Record:
    return simulate(drawn_short, runs=12, record="headline")


def test_every_outcome_is_split_for_both_states(record: Record) -> None:
    found = splits(record, drawn=True)
    assert {split.year for split in found} == {2023}
    names = {(split.outcome, split.state) for split in found}
    assert names == {(name, state) for name in STATE_OUTCOMES for state in ("us", "china")} | {
        (name, "us") for name in (*MEAN_LEADS, *(f"lead.{sector}" for sector in record.sectors))
    }
    for split in found:
        assert 0.0 <= split.parameters <= 1.0
        assert split.parameters + split.equations + split.luck == pytest.approx(1.0)
        assert split.sd > 0.0
    gdp = next(split for split in found if (split.outcome, split.state) == ("gdp", "china"))
    assert gdp.sd == pytest.approx(record["gdp"][:, 1, -4:].mean(axis=1).std(ddof=1))


def test_without_draws_all_is_luck(record: Record) -> None:
    found = splits(record, drawn=False)
    assert {(split.parameters, split.equations, split.luck) for split in found} == {(0.0, 0.0, 1.0)}
    assert "luck only" in in_words(found)


def test_what_is_written_is_read_back_and_said(record: Record, tmp_path: Path) -> None:
    variance.write(tmp_path, record, True, Forms())
    first = (tmp_path / variance.FILE).read_bytes()
    found = variance.read(tmp_path)
    assert [split.outcome for split in found] == [split.outcome for split in splits(record, drawn=True)]
    assert found[0].sd == pytest.approx(splits(record, drawn=True)[0].sd, rel=1e-5)
    assert "Too few runs to tell" in in_words(found), "an interval from nothing to nearly all says nothing"
    equal = [replace(split, parameters=0.4, equations=0.0, se=0.06, equations_se=0.0) for split in found]
    assert "equations" not in in_words(equal)
    assert "equations lead in frontier fields 20 % (4 to 36)" in in_words(
        [replace(split, equations=0.2, equations_se=0.1) for split in equal]
    )
    said = in_words(equal)
    assert "in 2023, doubt about parameters makes: lead in frontier fields 40 % (30 to 50), U.S. R&D" in said
    assert "(0 to 14)" in in_words([replace(split, parameters=0.04) for split in equal])
    variance.write(tmp_path, record, True, Forms())
    assert (tmp_path / variance.FILE).read_bytes() == first


def test_few_runs_are_said_to_be_too_few(drawn_short: Scenario) -> None:
    assert "Too few runs to tell" in in_words(splits(simulate(drawn_short, runs=5, record="headline"), drawn=True))
