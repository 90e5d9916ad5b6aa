"""Batches that mix points: one world whose parameters, levers and options of policies differ from row to row.

Every row gives the same bits as its configuration alone, because nothing in the model adds up over runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from techduel.ensemble.factor_moves import Move, Setting, known_range, step_name, step_of
from techduel.facts.selection import known_sectors
from techduel.model.actions import Action
from techduel.model.axes import STATES, Array, Mask, Numbers
from techduel.model.parameters import Parameters, schema
from techduel.model.parameters.parameter import Parameter
from techduel.model.world import World
from techduel.policies.fixed import Policy
from techduel.policies.options import described_by
from techduel.policies.schedule import Schedule, Step, in_order
from techduel.scenario.prior import with_values

WHOLE: Final = frozenset(
    {
        *("start", "until", "at", "ramp", "ramp_years", "years", "target_year", "quarters", "weights"),
        *("every", "lookahead", "futures"),
    }
)
"""Options that decide when something happens or how often: all rows of a batch must have them in common."""


@dataclass(frozen=True, slots=True)
class Column:
    """One setting by row."""

    setting: Setting
    """With the value of some row; values of all are in `values`."""
    values: Numbers
    """(row,); NaN where the setting is left as configured."""

    @property
    def given(self) -> Mask:
        """Rows that have it, (row, 1, 1, 1)."""
        return ~np.isnan(self.amounts)

    @property
    def amounts(self) -> Array:
        """(row, 1, 1, 1)."""
        return self.values[:, None, None, None]


@dataclass(frozen=True, slots=True)
class Moved:
    """A policy with single levers moved on top, in the rows that move them."""

    base: Policy
    steps: tuple[tuple[Step, Mask], ...]

    def __call__(self, world: World, me: int) -> Action:
        """The base's levers after the steps."""
        action = self.base(world, me)
        for step, given in self.steps:
            before = getattr(action, step.lever)
            action = replace(action, **{step.lever: np.where(given, step(world, before), before)})
        return action


def by_row(move: Move, config: Mapping[str, Any]) -> bool:
    """Whether rows of one batch may differ by a setting.

    Not by the `default` of a parameter with sectors: those that are named keep their own value, which no row knows.
    """
    if move.path[-1] == "default":
        return False
    if move.kind == "option":
        return WHOLE.isdisjoint(move.path[2:]) and known_range(move, config) is not None
    return move.kind in {"parameter", "lever"}


def mixed_parameters(parameters: Parameters, columns: Sequence[Column]) -> Parameters:
    """Parameters by row: those `parameters` but where a row gives its own."""
    for column in columns:
        if column.setting.move.kind == "parameter":
            _, group, name, *member = column.setting.move.path
            before = getattr(getattr(parameters, group), name)
            parameters = with_values(
                parameters,
                {f"{group}.{name}": _replaced(before, schema.described()[f"{group}.{name}"], member, column)},
            )
    return parameters


def mixed_policies(
    policies: Mapping[str, Policy], config: Mapping[str, Any], columns: Sequence[Column]
) -> dict[str, Policy]:
    """Policies by state with options and levers by row.

    Parameters
    ----------
    policies : mapping of str to Policy
        Of the configuration that all rows share.
    config : mapping
        That configuration, for the names of steps.
    columns : sequence of Column
    """
    mixed = dict(policies)
    for column in columns:
        kind, path = column.setting.move.kind, column.setting.move.path
        if kind == "option":
            mixed[path[1]] = _with_option(mixed[path[1]], config["policies"][path[1]], path[2:], column)
    for state in STATES:
        steps = _steps(state, config["start"], columns)
        mixed[state] = Moved(mixed[state], steps) if steps else mixed[state]
    return mixed


def _steps(state: str, first: int, columns: Sequence[Column]) -> tuple[tuple[Step, Mask], ...]:
    """Levers of a state by row, in the order in which a schedule takes its steps."""
    found = [
        (step_of(column.setting, first), column)
        for column in columns
        if column.setting.move.kind == "lever" and column.setting.move.path[0] == state
    ]
    found.sort(key=lambda pair: (pair[0]["start"], step_name(pair[1].setting)))
    return tuple((replace(Step.of(step), amount=np.nan_to_num(column.amounts)), column.given) for step, column in found)


def _with_option(policy: Policy, config: Mapping[str, Any], path: Sequence[str], column: Column) -> Policy:
    """A policy, or one inside it, with one option by row."""
    name, *rest = path
    value, option = getattr(policy, name), described_by(type(policy))[name]
    if isinstance(option, Parameter):
        return replace(policy, **{name: _replaced(value, option, rest, column)})  # type: ignore[type-var]
    if isinstance(policy, Schedule) and name == "steps":
        return replace(policy, steps=_with_amount(policy.steps, config[name], rest, column))
    if isinstance(value, Mapping):
        inner, *deeper = rest
        changed = {**value, inner: _with_option(value[inner], config[name][inner], deeper, column)}
        return replace(policy, **{name: changed})  # type: ignore[type-var]
    return replace(policy, **{name: _with_option(value, config[name], rest, column)})  # type: ignore[type-var]


def _with_amount(
    steps: tuple[Step, ...], config: Mapping[str, Any], path: Sequence[str], column: Column
) -> tuple[Step, ...]:
    """The steps of a schedule, one of them with another amount by row."""
    place = in_order(config).index(path[0])
    step = steps[place]
    amount = np.where(column.given, column.amounts, step.amount)
    return (*steps[:place], replace(step, amount=amount), *steps[place + 1 :])


def _replaced(before: float | Array, parameter: Parameter, member: Sequence[str], column: Column) -> Array:
    """A parameter or option with the values of the rows that give one, for all its members or for a single one."""
    if not member:
        return np.where(column.given, column.amounts, before)
    names = schema.members(parameter.axis, known_sectors().names)
    axis = 1 if parameter.axis == "state" else 2
    shape = tuple(len(names) if place == axis else 1 for place in range(4))
    which = (np.arange(len(names)) == names.index(member[0])).reshape(shape)
    return np.where(column.given & which, column.amounts, before)
