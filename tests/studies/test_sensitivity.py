"""Estimators of a sensitivity analysis on functions whose indices are known, with luck and without."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.stats import sobol_indices

from techduel.facts.selection import known_sectors
from techduel.scenario import prior
from techduel.scenario.composition import composed
from techduel.studies.sensitivity.indices import Morris, Sobol, morris, sobol
from techduel.studies.sensitivity.study import Unit, design, signs, size, units_of
from techduel.studies.sensitivity.uncertain import FIGURES, GROUPS, THEMES, Uncertain, group, plan_factors, theme
from techduel.studies.settings import of_points

FIRST = (0.3139, 0.4424, 0.0)
TOTAL = (0.5576, 0.4424, 0.2437)
"""Of the Ishigami function with a = 7, b = 0.1 (Saltelli et al. 2008)."""
ISHIGAMI_VARIANCE = 13.845


def ishigami(quantiles: Any) -> Any:
    x = np.pi * (2.0 * quantiles - 1.0)
    return np.sin(x[..., 0]) + 7.0 * np.sin(x[..., 1]) ** 2 + 0.1 * x[..., 2] ** 4 * np.sin(x[..., 0])


def units(*members: tuple[int, ...]) -> tuple[Unit, ...]:
    return tuple(Unit(f"unit{place}", "group", "theme", factors) for place, factors in enumerate(members))


def analysed(
    method: str, function: Callable[[Any], Any], of: tuple[Unit, ...], rows: int, luck: float = 0.0, chaos: float = 0.0
) -> Any:
    """Indices of a function of quantiles, with luck of a row and with luck of every single run added."""
    cube = design(method, of, rows, seed=1)
    draws = np.random.default_rng(2)
    exact = function(cube)[:, :, None]
    values = exact + luck * draws.standard_normal((rows, 1, 2)) + chaos * draws.standard_normal((*exact.shape[:2], 2))
    members = np.eye(len(of), dtype=bool)
    if method == "sobol":
        return sobol(values[..., None], members, seed=3)
    return morris(values[..., None], signs(cube, of), members, seed=3)


@pytest.mark.parametrize(("rows", "luck", "chaos"), [(1024, 0.0, 0.0), (8192, 3.0, 2.0)])
def test_sobol_indices_of_the_ishigami_function(rows: int, luck: float, chaos: float) -> None:
    found: Sobol = analysed("sobol", ishigami, units((0,), (1,), (2,)), rows, luck, chaos)
    np.testing.assert_allclose(found.first.value[:, 0], FIRST, atol=0.05)
    np.testing.assert_allclose(found.total.value[:, 0], TOTAL, atol=0.05)
    part = (luck**2 + chaos**2) / (luck**2 + chaos**2 + ISHIGAMI_VARIANCE)
    assert found.luck.value[0] == pytest.approx(part, abs=0.02)
    np.testing.assert_allclose(found.share.value[:, 0], np.multiply(FIRST, 1.0 - part), atol=0.05)
    whole = found.share.value[:, 0].sum() + found.together.value[0] + found.luck.value[0]
    assert whole == pytest.approx(1.0)


def test_intervals_hold_the_known_indices() -> None:
    found: Sobol = analysed("sobol", ishigami, units((0,), (1,), (2,)), 1024, luck=2.0)
    for estimate, known in ((found.first, FIRST), (found.total, TOTAL)):
        assert (estimate.low[:, 0] <= estimate.value[:, 0]).all()
        assert (estimate.low[:, 0] - 0.02 <= known).all()
        assert (estimate.high[:, 0] + 0.02 >= known).all()
        assert (estimate.high - estimate.low < 0.3).all()


def test_without_luck_the_estimators_are_those_of_scipy() -> None:
    three = units((0,), (1,), (2,))
    values = ishigami(design("sobol", three, 256, seed=1))
    parts = {"f_A": values[:, 0], "f_B": values[:, -1], "f_AB": values[:, 1:-1].T[:, None]}
    known = sobol_indices(func=parts, n=256)
    found: Sobol = analysed("sobol", ishigami, three, 256)
    np.testing.assert_allclose(found.first.value[:, 0], known.first_order, atol=1e-12)
    np.testing.assert_allclose(found.total.value[:, 0], known.total_order, atol=1e-12)


def test_what_a_group_makes_holds_its_inner_interactions() -> None:
    found: Sobol = analysed("sobol", ishigami, units((0, 2), (1,)), 2048)
    np.testing.assert_allclose(found.first.value[:, 0], [TOTAL[0], FIRST[1]], atol=0.03)
    assert found.together.value[0] == pytest.approx(0.0, abs=0.04)


def test_luck_alone_leaves_no_indices() -> None:
    """Where factors do nothing, half of all samples find a variance below zero, the others one near it."""
    found: Sobol = analysed("sobol", lambda cube: 0.0 * cube[..., 0], units((0,), (1,)), 512, chaos=1.0)
    assert found.luck.value[0] == pytest.approx(1.0, abs=0.1)
    assert np.isnan(found.first.low).all()


def test_elementary_effects_of_a_linear_function_are_its_slopes() -> None:
    slopes = np.array([3.0, -2.0, 0.0])
    found: Morris = analysed("morris", lambda cube: cube @ slopes, units((0,), (1,), (2,)), 8, luck=5.0)
    np.testing.assert_allclose(found.mu[:, 0], slopes, atol=1e-12)
    np.testing.assert_allclose(found.mu_star.value[:, 0], np.abs(slopes), atol=1e-12)
    np.testing.assert_allclose(found.sigma.value, 0.0, atol=1e-6)
    np.testing.assert_allclose(found.noise, 0.0, atol=1e-12)
    np.testing.assert_allclose(found.share.value[:, 0], slopes**2 / 13.0, atol=1e-12)


def test_screening_tells_interactions_from_luck() -> None:
    three = units((0,), (1,), (2,))
    product: Morris = analysed("morris", lambda cube: cube[..., 0] * cube[..., 1], three, 256)
    assert product.sigma.value[0, 0] == pytest.approx(np.sqrt(1.0 / 12.0), rel=0.1)
    assert product.mu_star.value[2, 0] == 0.0
    noisy: Morris = analysed("morris", lambda cube: cube[..., 0], three, 1024, chaos=0.2)
    assert noisy.noise[2, 0] == pytest.approx(2.0 * 0.2, rel=0.1)
    assert noisy.mu_star.value[2, 0] > 0.25
    assert noisy.sigma.value[2, 0] < 0.15
    assert noisy.share.value[0, 0] == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("method", ["morris", "sobol"])
def test_rows_step_one_unit_at_a_time_and_more_rows_keep_the_first(method: str) -> None:
    of = units((0, 2), (1,))
    cube = design(method, of, 8, seed=1)
    assert cube.shape[0] * cube.shape[1] == size(method, 2, 8)
    np.testing.assert_array_equal(cube[:, 1, 1], cube[:, 0, 1])
    assert (cube[:, 1, [0, 2]] != cube[:, 0, [0, 2]]).all()
    np.testing.assert_array_equal(cube[:, 2, [0, 2]], cube[:, 0, [0, 2]])
    np.testing.assert_array_equal(design(method, of, 16, seed=1)[:8], cube)
    assert (design(method, of, 8, seed=2) != cube).all()
    if method == "morris":
        np.testing.assert_allclose(cube[:, 2, 1] - cube[:, 0, 1], 0.5 * signs(cube, of)[:, 1])


def test_every_uncertainty_has_a_group_and_a_theme() -> None:
    names = [column.name for column in prior.columns()]
    assert {group(name) for name in names} | {"plan"} == set(GROUPS)
    assert {theme(group(name)) for name in [*names, "plan.us.slippage", "depth"]} == set(THEMES)
    assert {name for name in FIGURES if not name.startswith("plan.")} <= set(names)


def test_names_can_stand_alone_beside_their_groups() -> None:
    names = ["ideas.step", "ideas.difficulty", "market.elasticity"]
    assert [unit.name for unit in units_of(names, "group")] == ["ideas", "market"]
    assert [unit.name for unit in units_of(names, "theme")] == ["technology", "markets and growth"]
    found = units_of(names, ["ideas.step"])
    assert [(unit.name, unit.group, unit.factors) for unit in found] == [
        ("ideas.step", "ideas", (0,)),
        ("other ideas", "ideas", (1,)),
        ("market", "market", (2,)),
    ]


def test_points_have_the_values_of_the_prior() -> None:
    base = of_points(composed(["params=default"]))
    plans = tuple(plan_factors(base, {"slippage": (0.0, 0.5)}))
    uncertain = Uncertain(tuple(range(len(prior.columns()))), plans)
    quantiles = np.random.default_rng(1).random((5, len(uncertain.names)))
    placed = uncertain.placed(quantiles, [0, 0, 0, 7, 7], base)
    known = prior.arrays(prior.values(prior.scores(values_of(quantiles[:, :-1]))), known_sectors().names)
    for point, place in enumerate(placed):
        found = {setting.move.key: setting.value for setting in place.rows}
        assert found["policies.china.slippage"] == pytest.approx(0.5 * quantiles[point, -1])
        assert found["params.ideas.step"] == pytest.approx(known["ideas.step"][point].item())
        assert found["params.knowledge.talent"] == pytest.approx(known["knowledge.talent"][point].item())
        for number, name in enumerate(known_sectors().names):
            expected = known["ideas.difficulty"][point, 0, number, 0]
            assert found[f"params.ideas.difficulty.{name}"] == pytest.approx(expected)
    assert [place.luck for place in placed] == [0, 0, 0, 7, 7]
    assert len({place.identity for place in placed}) == 5
    assert uncertain.placed(quantiles, [0, 1, 0, 7, 7], base)[1].identity != placed[1].identity


def values_of(quantiles: Any) -> Any:
    from scipy.special import ndtri

    return prior.values(ndtri(quantiles))


def test_a_plan_is_found_below_other_policies() -> None:
    base = of_points(composed(["params=default", "scenario=tit_for_tat"]))
    found = plan_factors(base, {"slippage": (0.0, 0.5)})
    assert [(factor.name, factor.moves[0].key) for factor in found] == [
        ("plan.china.slippage", "policies.china.base.slippage")
    ]
