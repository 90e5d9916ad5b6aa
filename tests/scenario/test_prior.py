"""Prior of the parameters: shapes of the distributions, draws that depend on nothing else, to scores and back."""

from typing import Any

import numpy as np
import pytest

from techduel.model.parameters import schema
from techduel.model.parameters.forms import RIVALS
from techduel.model.parameters.parameter import Parameter
from techduel.model.parameters.schema import NOT_DRAWN
from techduel.scenario.prior import (
    Column,
    arrays,
    columns,
    drawn,
    drawn_parameters,
    prior_parameters,
    scores,
    values,
    with_values,
)
from techduel.scenario.scenario import Scenario

SECTORS = ("ai", "semiconductors", "pharma_biotech")
PLACES = {column.name: place for place, column in enumerate(columns())}


def value(parameters: Any, name: str) -> Any:
    group, _, single = name.partition(".")
    return getattr(getattr(parameters, group), single)


def idle(known: Parameter) -> bool:
    """Whether a parameter acts only under a form without weight."""
    mechanism, _, form = known.under.partition("=")
    return bool(form) and RIVALS[mechanism].forms[form].weight == 0.0


def test_every_number_has_one_column_and_objectives_have_none() -> None:
    wanted = []
    for name, known in schema.described().items():
        if name.partition(".")[0] not in NOT_DRAWN and not idle(known):
            wanted += [f"{name}.us", f"{name}.china"] if known.axis == "state" else [name]
    assert [column.name for column in columns()] == wanted
    assert not any(column.parameter.startswith("objectives") for column in columns())


def test_modes_are_the_shipped_values_unless_those_were_set_with_the_record_in_view(baseline: Scenario) -> None:
    seen = [column for column in columns() if drawn_parameters()[column.parameter].seen]
    assert {"accounts.other_rd_limit", "ideas.collaboration"} <= {column.parameter for column in seen}
    assert all(column.mode == (column.low + column.high) / 2.0 for column in seen)
    for column in set(columns()) - set(seen):
        shipped = value(baseline.parameters, column.parameter)
        if shipped.shape[2] > 1:
            assert column.mode in shipped, column.name
        else:
            place = 1 if column.member == "china" and shipped.shape[1] > 1 else 0
            assert shipped[0, place, 0, 0] == column.mode, column.name


def mean(column: Column) -> float:
    return (column.low + 4.0 * column.mode + column.high) / 6.0


def test_draws_have_the_mean_and_the_spread_of_pert() -> None:
    found = drawn(range(4000))
    for place, column in enumerate(columns()):
        width = column.high - column.low
        numbers = found[:, place]
        assert column.low <= numbers.min() < numbers.max() <= column.high, column.name
        spread = np.sqrt((mean(column) - column.low) * (column.high - mean(column)) / 7.0)
        assert abs(numbers.mean() - mean(column)) < 5.0 * spread / np.sqrt(4000), column.name
        assert numbers.std() == pytest.approx(spread, rel=0.08), column.name
        assert len(np.unique(numbers)) == numbers.size, column.name
        assert spread < 0.29 * width


def test_columns_are_drawn_apart() -> None:
    together = np.corrcoef(drawn(range(2000)), rowvar=False)
    np.fill_diagonal(together, 0.0)
    assert np.abs(together).max() < 5.0 / np.sqrt(2000)


def test_a_draw_depends_on_its_index_seed_and_name_only() -> None:
    many, few = drawn(range(9), seed=2), drawn([7], seed=2)
    assert np.array_equal(many[7:8], few)
    assert not (few == drawn([7], seed=3)).any()


def test_scores_lead_back_to_values() -> None:
    found = drawn(range(200))
    standard = scores(found)
    width = np.array([column.high - column.low for column in columns()])
    assert np.abs((values(standard) - found) / width).max() < 1e-9
    assert abs(standard.mean()) < 0.02
    assert standard.std() == pytest.approx(1.0, abs=0.02)


def test_larger_scores_are_larger_values_and_bounds_have_finite_scores() -> None:
    steps = np.linspace(-5.0, 5.0, 21)[:, None] * np.ones(len(columns()))
    assert (np.diff(values(steps), axis=0) >= 0.0).all()
    bounds = np.array([[column.low for column in columns()], [column.high for column in columns()]])
    standard = scores(bounds)
    assert np.isfinite(standard).all()
    assert (standard[0] < -3.0).all()
    assert (standard[1] > 3.0).all()


def test_sectors_share_one_quantile_around_their_own_modes() -> None:
    found = drawn(range(300))
    difficulty = arrays(found, SECTORS)["ideas.difficulty"]
    assert difficulty.shape == (300, 1, 3, 1)
    usual, chips, _ = np.moveaxis(difficulty[:, 0, :, 0], 1, 0)
    assert np.allclose(usual, found[:, PLACES["ideas.difficulty"]])
    assert (chips > usual).all()
    assert np.array_equal(np.argsort(chips), np.argsort(usual))
    assert chips.max() <= schema.described()["ideas.difficulty"].high


def test_states_are_laid_along_their_axis() -> None:
    found = drawn(range(5))
    relabelled = arrays(found, SECTORS)["research.relabelled_share"]
    assert relabelled.shape == (5, 2, 1, 1)
    for place, state in enumerate(("us", "china")):
        assert np.array_equal(relabelled[:, place, 0, 0], found[:, PLACES[f"research.relabelled_share.{state}"]])


def test_channels_of_knowledge_are_at_most_one_whole() -> None:
    found = drawn(range(300))
    names = [f"knowledge.{name}" for name in ("embodied", "coinvention", "talent", "science", "investment", "illicit")]
    plain = found[:, [PLACES[name] for name in names]]
    weights = np.stack([arrays(found, SECTORS)[name][:, 0, 0, 0] for name in names], axis=1)
    over = plain.sum(axis=1) > 1.0
    assert 0 < over.sum() < len(over)
    assert np.array_equal(weights[~over], plain[~over])
    assert np.allclose(weights[over].sum(axis=1), 1.0)
    assert np.allclose(weights / weights[:, :1], plain / plain[:, :1])


def test_parameters_by_run_keep_the_objectives(baseline: Scenario) -> None:
    found = prior_parameters(baseline.parameters, range(6))
    for name, known in schema.described().items():
        numbers = value(found, name)
        if name.partition(".")[0] in NOT_DRAWN or idle(known):
            assert numbers is value(baseline.parameters, name)
        else:
            assert numbers.shape == (6, 2 if known.axis == "state" else 1, 14 if known.axis == "sector" else 1, 1)


def test_values_replace_parameters_by_name(baseline: Scenario) -> None:
    found = with_values(baseline.parameters, {"research.inducement": 0.0})
    assert found.research.inducement.shape == (1, 1, 1, 1)
    assert found.research.inducement.item() == 0.0
    assert found.research.crowd_in is baseline.parameters.research.crowd_in
    with pytest.raises(KeyError, match=r"research\.induction"):
        with_values(baseline.parameters, {"research.induction": 0.0})
