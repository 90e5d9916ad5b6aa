"""Batches that mix points: every row has the bits of its configuration alone."""

from typing import Any

import numpy as np
import pytest

from techduel.ensemble.by_row import WHOLE, by_row
from techduel.ensemble.designs import Point, Space
from techduel.ensemble.factor_moves import Move
from techduel.ensemble.factors import Factor, factors_from
from techduel.ensemble.headlines import measured
from techduel.ensemble.simulation import BATCH, simulate
from techduel.ensemble.sweep import MEASURES, Sweep
from techduel.policies.kinds import POLICIES, described
from techduel.scenario.composition import composed
from techduel.scenario.kinds import shipped
from techduel.scenario.scenario import scenario_from

OUTCOMES = ("real_income", "rd_total", "lead_months.all", "decoupling_index", "real_income_discounted")
SHORT = ("horizon=2022", "slots=4")


def sweep_of(config: dict[str, Any], spec: dict[str, Any], points: list[Point], runs: int = 2) -> Sweep:
    factors, problems = factors_from(spec, config)
    assert problems == []
    space = Space(tuple(factors), {"": config})
    return Sweep("small", {"name": "small"}, space, tuple(points), runs, 5, OUTCOMES, (2021, 2022))


def differing(sweep: Sweep) -> list[tuple[int, int]]:
    """Rows of the mixed batches that do not have the bits of their point alone."""
    missing = np.ones((len(sweep.distinct), sweep.runs), dtype=bool)
    found = []
    alone = {
        placed.identity: measured(
            simulate(scenario_from({**sweep.space.config(point), "name": "x"}), sweep.runs, sweep.seed, "headline"),
            sweep.measures,
        )
        for point, placed in zip(sweep.designed, sweep.placed, strict=True)
    }
    places = list(sweep.distinct)
    for work in sweep.works(missing, BATCH):
        values = work.computed(range(len(work.runs)), lambda runs: None).values[MEASURES]
        for row, (point, run) in enumerate(zip(work.points, work.runs, strict=True)):
            if not np.array_equal(values[row], alone[point][run]):
                found.append((places.index(point), run))
    return found


def test_parameters_levers_and_options_by_row() -> None:
    config = composed([*SHORT, "policy@policies.us=targeted_controls"])
    spec = {
        "crowd": {"key": "params.research.crowd_in"},
        "hidden": {"key": "params.research.relabelled_share.china"},
        "elastic": {"key": "params.market.elasticity.ai", "low": 3.2, "high": 5.0},
        "depth": {"key": "us.control_depth", "sectors": ["ai", "cloud"], "start": 2021.5, "ramp": 1},
        "money": {"key": "china.basic_research", "low": 0, "high": 20, "how": "change"},
        "tariff": {"key": "china.tariff", "low": 0.5, "high": 2, "how": "factor"},
        "end_use": {"key": "policies.us.end_use"},
        "semis": {"key": "policies.us.depth.semiconductors"},
    }
    factors, problems = factors_from(spec, config)
    assert problems == []
    points = [_point(factors, 0.1), _point(factors, 0.9), {}, {"depth": 0.7}, {"crowd": 0.2, "semis": 0.3}]
    assert differing(sweep_of(config, spec, points)) == []


def test_the_default_of_a_parameter_leaves_named_sectors_alone() -> None:
    config = composed([*SHORT, "params=default"])
    spec = {"difficulty": {"key": "params.ideas.difficulty.default"}, "all": {"key": "params.market.demand_elasticity"}}
    points: list[Point] = [{}, {"difficulty": 0.8}, {"difficulty": 2.0, "all": 1.2}]
    assert differing(sweep_of(config, spec, points)) == []


def test_options_of_policies_inside_others_by_row() -> None:
    config = composed(
        [
            *SHORT,
            *("params=default", "policy@policies.us=tit_for_tat", "policies.us.base.kind=schedule"),
            *("policy@policies.china=plan", "policies.us.base.steps={x: {lever: tariff, start: 2021, value: 0.1}}"),
        ]
    )
    spec = {
        "gain": {"key": "policies.us.gain"},
        "step": {"key": "policies.us.base.steps.x.value"},
        "share": {"key": "policies.china.basic_share_target"},
        "late": {"key": "policies.china.target_year", "values": [2023, 2025]},
    }
    points: list[Point] = [
        {"gain": 0.1, "step": 0.4, "share": 0.07, "late": 2023.0},
        {"gain": 0.9, "share": 0.12, "late": 2025.0},
        {"step": 0.0},
    ]
    assert differing(sweep_of(config, spec, points)) == []


def test_dates_and_weights_are_shared_by_a_batch() -> None:
    config = composed([*SHORT, "policy@policies.us=industrial_policy"])
    spec = {"start": {"key": "policies.us.start", "values": [2021, 2022]}, "grants": {"key": "policies.us.grants"}}
    points: list[Point] = [{"start": start, "grants": grants} for start in (2021.0, 2022.0) for grants in (1.0, 9.0)]
    sweep = sweep_of(config, spec, points)
    missing = np.ones((4, 2), dtype=bool)
    found = list(sweep.works(missing, BATCH))
    assert [len(work.runs) for work in found] == [4, 4]
    assert not by_row(Move("policies.us.weights.ai"), config)
    assert differing(sweep) == []


def test_runs_of_all_points_have_the_same_luck() -> None:
    config = composed([*SHORT, "params=default"])
    sweep = sweep_of(config, {"tariff": {"key": "us.tariff"}}, [{}, {"tariff": 0.5}], runs=3)
    (work,) = sweep.works(np.ones((2, 3), dtype=bool), BATCH)
    values = work.computed(range(6), lambda runs: None).values[MEASURES]
    before, after = values[np.argsort(work.runs, kind="stable")].reshape(3, 2, -1).transpose(1, 0, 2)
    spread_of_levels, spread_of_changes = before[:, 0].std(), (after - before)[:, 0].std()
    assert spread_of_changes < 0.1 * spread_of_levels


@pytest.mark.parametrize("kind", [kind for kind in POLICIES if kind != "recorded"])
def test_every_option_that_may_differ_by_row_is_an_array_to_its_policy(kind: str, start: Any) -> None:
    """Each numeric option outside `WHOLE`: two rows with two values decide as two policies do."""
    config = composed([f"policy@policies.us={kind}"])
    world, alike = start.world, np.array([0.0, 1.0, 0.0]).reshape(-1, 1, 1, 1)
    for name in described(kind):
        move = Move(f"policies.us.{name}")
        if not by_row(move, config):
            continue
        (factor,), problems = factors_from({"x": {"key": move.key}}, config)
        assert problems == []
        low, high = (float(factor.at(part)) for part in (0.25, 0.75))
        row = shipped(kind, **{name: low})
        mixed = _with(row, name, np.where(alike > 0.0, high, low))
        ends = [shipped(kind, **{name: value})(world, 0) for value in (low, high)]
        decided = mixed(world, 0)
        for lever in ("control_depth", "grants", "tariff", "basic_research", "inbound_screening", "choice"):
            each = [np.broadcast_to(getattr(end, lever), (3, 1, 14, 1)) for end in ends]
            expected = np.where(alike > 0.0, each[1], each[0])
            assert np.array_equal(np.broadcast_to(getattr(decided, lever), expected.shape), expected), (name, lever)


def test_whole_options_exist() -> None:
    known = {name for kind in POLICIES for name in described(kind)} | {"until", "ramp"}
    assert known >= WHOLE


def _with(policy: Any, name: str, values: Any) -> Any:
    from dataclasses import replace

    return replace(policy, **{name: values})


def _point(factors: list[Factor], part: float) -> Point:
    return {factor.name: factor.at(part) for factor in factors}
