"""The space of a sweep: which plain configuration every point stands for, and which points can share a batch."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from techduel.ensemble.by_row import by_row
from techduel.ensemble.designs import Point
from techduel.ensemble.factor_moves import Setting, with_levers, with_setting
from techduel.ensemble.factors import Factor

DECIDES: Final = ("start", "horizon", "slots", "facts", "params", "forms", "policies", "events")
"""What of a configuration decides the numbers of a run, beside its luck."""
AS_CONFIGURED: Final = ""
"""Label of the base among the variants."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One point as configured."""

    identity: str
    """Hash of all that decides its numbers: equal for equal configurations, however they came about."""
    label: str
    """Of the variant that it changes, see `Space.variants`."""
    shared: tuple[Setting, ...]
    """Settings that all rows of a batch must have in common."""
    rows: tuple[Setting, ...]
    """Settings that may differ by row."""
    luck: int = 0
    """Index of the luck of its first run; with 0 everywhere, all points have the same luck."""


@dataclass(frozen=True, slots=True)
class Space:
    """Everything that points are made of."""

    factors: tuple[Factor, ...]
    variants: Mapping[str, Mapping[str, Any]]
    """Configurations by `label` of the files that they choose; the base under `AS_CONFIGURED`."""

    def placed(self, point: Point) -> Placed:
        """What a point means."""
        settings = self.settings(point)
        variant = self.variants[label(self.factors, point)]
        apart = tuple(setting for setting in settings if by_row(setting.move, variant))
        shared = tuple(setting for setting in settings if setting not in apart)
        return Placed(identity(configured(variant, settings)), label(self.factors, point), shared, apart)

    def shared(self, placed: Placed) -> dict[str, Any]:
        """What a batch of points has in common, as a plain configuration."""
        return configured(self.variants[placed.label], placed.shared)

    def config(self, point: Point) -> dict[str, Any]:
        """The plain configuration of a point as if it were a scenario of its own."""
        return configured(self.variants[label(self.factors, point)], self.settings(point))

    def settings(self, point: Point) -> list[Setting]:
        """All moves of a point but the choice of files."""
        return [
            setting
            for factor in self.factors
            if factor.name in point and not factor.chooses
            for setting in factor.settings(point[factor.name])
        ]


def label(factors: Sequence[Factor], point: Point) -> str:
    """Which files a point chooses, as overrides in the order of the factors."""
    chosen = [
        (factor.moves[0].key, point[factor.name]) for factor in factors if factor.chooses and factor.name in point
    ]
    return " ".join(f"{key}={value}" for key, value in chosen)


def configured(config: Mapping[str, Any], settings: Sequence[Setting]) -> dict[str, Any]:
    """A configuration with some settings; levers come last, on top of the policy as it then is."""
    result = dict(config)
    for setting in settings:
        if setting.move.kind != "lever":
            result = with_setting(result, setting)
    return with_levers(result, [setting for setting in settings if setting.move.kind == "lever"])


def identity(config: Mapping[str, Any]) -> str:
    """32 hexadecimal digits that stand for all that decides a point's numbers."""
    decides = {key: config[key] for key in DECIDES}
    text = json.dumps(decides, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
