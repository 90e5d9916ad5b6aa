"""Cells: every pair of policies as a point of a sweep, so that a new policy computes its own row or column only."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from techduel.ensemble.designs import AS_CONFIGURED, Point, Space, label
from techduel.ensemble.factor_moves import Move
from techduel.ensemble.factors import Factor
from techduel.ensemble.stock import Stock
from techduel.ensemble.sweep import Sweep
from techduel.model.axes import STATES
from techduel.scenario.words import worded
from techduel.studies.game.stakes import OUTCOMES, Stakes

RIVAL: Final = "rival"
"""Factor that chooses a rival equation."""


def sweep_from(config: Mapping[str, Any]) -> Sweep:
    """All cells of a checked configuration, as configured and under each rival equation."""
    base = worded(config["base"], "cell", config["title"])
    factors = _factors(config)
    points = list(_points(config))
    variants = {AS_CONFIGURED: base}
    variants |= {label(factors, point): _configured(base, config, point) for point in points}
    return Sweep(
        name=config.get("name") or config["scenario"],
        settings=dict(config),
        space=Space(factors, variants),
        designed=tuple(points),
        runs=config["runs"],
        seed=config["seed"],
        outcomes=OUTCOMES,
        years=tuple(range(base["start"], base["horizon"] + 1)),
    )


def stakes(sweep: Sweep, stock: Stock, config: Mapping[str, Any], form: str = "") -> Stakes:
    """What the runs of all cells hold, but for those that failed in any, as configured or under a rival equation."""
    points = zip(sweep.designed, sweep.placed, strict=True)
    values, runs = sweep.in_common(stock, [placed for point, placed in points if point.get(RIVAL, "") == form])
    rows, columns = (tuple(config["policies"][state]) for state in STATES)
    kept = values.reshape(len(rows), len(columns), *values.shape[1:])
    flows = {name: np.moveaxis(kept[:, :, :, spot], 2, 0) for spot, name in enumerate(OUTCOMES)}
    return Stakes(rows, columns, sweep.years, runs, flows)


def _factors(config: Mapping[str, Any]) -> tuple[Factor, ...]:
    of_states = [
        Factor(state, (Move(f"policy@policies.{state}"),), 0.0, 1.0, tuple(config["policies"][state]))
        for state in STATES
    ]
    rivals = (Factor(RIVAL, (Move(_mechanism(config)),), 0.0, 1.0, tuple(config["forms"])),) if config["forms"] else ()
    return (*of_states, *rivals)


def _mechanism(config: Mapping[str, Any]) -> str:
    return f"forms.{config['forms'][0].partition('.')[0]}"


def _points(config: Mapping[str, Any]) -> list[Point]:
    us, china = (config["policies"][state] for state in STATES)
    ways: list[Point] = [{}, *({RIVAL: form} for form in config["forms"])]
    return [{STATES[0]: row, STATES[1]: column, **way} for way in ways for row in us for column in china]


def _configured(base: Mapping[str, Any], config: Mapping[str, Any], point: Point) -> dict[str, Any]:
    policies = {state: config["policies"][state][point[state]] for state in STATES}
    mechanism, _, form = str(point.get(RIVAL, "")).partition(".")
    forms = {**base["forms"], mechanism: form} if mechanism else base["forms"]
    return {**base, "policies": policies, "forms": forms}
