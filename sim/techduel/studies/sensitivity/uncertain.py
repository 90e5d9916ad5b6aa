"""What is uncertain: parameters as their prior says, the options of a plan, and factors of a sweep.

A point is a row of quantiles, one for each of them. Parameters become values together, as `prior` makes them: one
quantile serves all sectors, and weights of the channels of knowledge that exceed one together are scaled down. Each
belongs to a group and to one of the themes that one may want to resolve.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np

from techduel.ensemble.by_row import by_row
from techduel.ensemble.designs import AS_CONFIGURED, Placed, identity
from techduel.ensemble.factor_moves import Move, Setting
from techduel.ensemble.factors import Factor
from techduel.facts.selection import known_sectors
from techduel.model.axes import STATES, Numbers
from techduel.model.parameters import schema
from techduel.scenario import prior

PLAN: Final = "plan"
"""Group of the options of a plan; their names are ``plan.STATE.OPTION``."""
ARTICLE: Final = "article"
FIGURES: Final = {
    "plan.china.rd_growth_target": "F4",
    "plan.china.basic_share_target": "F5",
    "government.lobbying.us": "F16",
    "paradigm.iot_midpoint": "F17",
}
"""What a figure of the article sets. Its other figures set the base year, or are outcomes, or events of scenarios."""
MOVED: Final = "moved"
"""Group of what factors of a sweep move, whatever that is."""
THEMES: Final = {
    "article figures": (ARTICLE,),
    "technology": ("research", "ideas", "knowledge", "paradigm", "talent"),
    "behaviour of states": ("access", "government", "security", "perception", PLAN),
    "markets and growth": ("market", "finance", "entry", "accounts"),
    "factors": (MOVED,),
}
GROUPS: Final = (*(group for group in schema.GROUPS if group not in schema.NOT_DRAWN), PLAN, ARTICLE)
"""What ``uncertain`` may name as a whole."""


def group(name: str) -> str:
    """The group of an uncertainty, such as ``ideas.step``, ``plan.china.slippage`` or the name of a factor."""
    opening, dot, _ = name.partition(".")
    return ARTICLE if name in FIGURES else opening if dot else MOVED


def theme(group: str) -> str:
    """The theme of a group."""
    return next(theme for theme, groups in THEMES.items() if group in groups)


CLOSEST: Final = 1e-9
"""Probability that lies beyond a quantile at least: the ends themselves have no finite score."""


@dataclass(frozen=True, slots=True)
class Uncertain:
    """Everything that varies, in the order of the quantiles of a point."""

    columns: tuple[int, ...]
    """Places among `prior.columns`."""
    factors: tuple[Factor, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Such as ``ideas.step``, ``plan.china.slippage``, or the name of a factor."""
        columns = prior.columns()
        return (*(columns[place].name for place in self.columns), *(factor.name for factor in self.factors))

    def placed(self, quantiles: Numbers, lucks: Sequence[int], base: Mapping[str, Any]) -> tuple[Placed, ...]:
        """What points mean.

        Parameters
        ----------
        quantiles : (point, uncertainty)
        lucks : sequence of int
            `Placed.luck` of every point.
        base : mapping
            The configuration that they change.
        """
        listed = [*self._of_parameters(quantiles), *self._of_factors(quantiles)]
        apart = [by_row(column[0].move, base) for column in listed]
        rows = _across([column for column, own in zip(listed, apart, strict=True) if own], len(lucks))
        shared = _across([column for column, own in zip(listed, apart, strict=True) if not own], len(lucks))
        opening = "\n".join([identity(base), *(str(column[0].move) for column in listed)]).encode()
        return tuple(
            Placed(_identity(opening, (*common, *own), luck), AS_CONFIGURED, common, own, luck)
            for common, own, luck in zip(shared, rows, lucks, strict=True)
        )

    def _of_parameters(self, quantiles: Numbers) -> Iterator[list[Setting]]:
        """By number of a parameter, its setting at every point."""
        if not self.columns:
            return
        columns, sectors = prior.columns(), known_sectors().names
        values = np.tile([column.mode for column in columns], (len(quantiles), 1))
        values[:, self.columns] = _values(quantiles[:, : len(self.columns)], self.columns)
        arrays = prior.arrays(values, sectors)
        for column in (columns[place] for place in self.columns):
            members = schema.members(schema.described()[column.parameter].axis, sectors) or (None,)
            numbers = arrays[column.parameter].reshape(len(quantiles), len(members))
            for member, values in zip(members, numbers.T, strict=True):
                if column.member in {None, member}:
                    key = f"params.{column.parameter}" + (f".{member}" if member else "")
                    yield from _by_point(values, partial(_parameter, key))

    def _of_factors(self, quantiles: Numbers) -> Iterator[list[Setting]]:
        """By move of a factor, its setting at every point."""
        for factor, parts in zip(self.factors, quantiles[:, len(self.columns) :].T, strict=True):
            yield from _by_point(parts, partial(_factor, factor))


def plan_factors(base: Mapping[str, Any], ranges: Mapping[str, Sequence[float]]) -> list[Factor]:
    """The options of the plan that each state follows, if it does, evenly within their ranges."""
    found = []
    for state in STATES:
        path, policy = ["policies", state], base["policies"][state]
        while isinstance(policy, Mapping) and policy["kind"] != PLAN:
            path, policy = [*path, "base"], policy.get("base")
        for option, (low, high) in ranges.items() if policy else ():
            move = Move(".".join([*path, option]))
            found.append(Factor(f"{PLAN}.{state}.{option}", (move,), float(low), float(high)))
    return found


def _values(quantiles: Numbers, columns: Sequence[int]) -> Numbers:
    """Values of quantiles of some columns of the prior, (point, column); each different quantile is worked out once."""
    from scipy.special import ndtri

    found = [np.unique(line, return_inverse=True) for line in quantiles.T]
    scores = np.zeros((max((len(different) for different, _ in found), default=0), len(prior.columns())))
    for place, (different, _) in zip(columns, found, strict=True):
        scores[: len(different), place] = ndtri(np.clip(different, CLOSEST, 1.0 - CLOSEST))
    values = prior.values(scores)
    return np.array([values[places, place] for place, (_, places) in zip(columns, found, strict=True)]).T


def _parameter(key: str, value: float) -> tuple[Setting, ...]:
    return (Setting(key, Move(key), value),)


def _factor(factor: Factor, part: float) -> tuple[Setting, ...]:
    return factor.settings(factor.at(part))


def _by_point(values: Numbers, made: Callable[[float], Sequence[Setting]]) -> Iterator[list[Setting]]:
    """By setting that follows from a value, its list over points; equal values share one object."""
    different, places = np.unique(values, return_inverse=True)
    for same in zip(*map(made, different.tolist()), strict=True):
        yield [same[place] for place in places]


def _across(columns: Sequence[list[Setting]], points: int) -> Iterator[tuple[Setting, ...]]:
    """The settings of every point."""
    return zip(*columns, strict=True) if columns else iter([()] * points)


def _identity(opening: bytes, settings: Sequence[Setting], luck: int) -> str:
    """32 hexadecimal digits that stand for all that decides a point's numbers."""
    values = np.array([luck, *(setting.value for setting in settings)], dtype=np.float64)
    return hashlib.sha256(opening + values.tobytes()).hexdigest()[:32]
