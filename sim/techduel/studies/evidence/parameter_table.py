"""Every parameter in one table: source, prior, posterior, and in which direction it moves the lead."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from techduel.model.axes import Numbers
from techduel.model.parameters import schema
from techduel.scenario.posteriors import posterior, posterior_years
from techduel.scenario.prior import Column, columns

BASE_YEAR: Final = 2020
ASSUMPTION: Final = "assumption"
CLEAR: Final = 3.0
"""Absolute t from which a direction is clear: with so many parameters, two would be passed by luck."""
COLUMNS: Final = (
    *("parameter", "meaning", "unit", "source", "low", "mode", "high"),
    *("posterior_median", "posterior_q05", "posterior_q95", "sd_ratio", "correlation", "t", "direction", "clear"),
)


def parameter_rows(directions: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """A row a column of the prior.

    Parameters
    ----------
    directions : sequence of mapping
        Lines of the study of directions.
    """
    moved = {line["column"]: line for line in directions}
    sets = posterior(BASE_YEAR).values if BASE_YEAR in posterior_years() else None
    for place, column in enumerate(columns()):
        fitted = _fitted(column, sets[:, place]) if sets is not None else {}
        yield _described(column) | fitted | _direction(moved.get(column.name))


def idle() -> dict[str, str]:
    """The form under which alone a number acts, of numbers that are neither drawn nor counted as it has no weight."""
    declared = schema.described().items()
    return {name: one.under for name, one in declared if one.under and not schema.is_drawn(name.partition(".")[0], one)}


def _described(column: Column) -> dict[str, Any]:
    parameter = schema.described()[column.parameter]
    return {
        **{"parameter": column.name, "meaning": parameter.meaning, "unit": parameter.unit, "source": parameter.source},
        **{"low": column.low, "mode": column.mode, "high": column.high},
        **dict.fromkeys(COLUMNS[7:], float("nan")),
        **{"direction": "", "clear": False},
    }


def _fitted(column: Column, values: Numbers) -> dict[str, float]:
    low, middle, high = np.quantile(values, (0.05, 0.5, 0.95))
    return {
        "posterior_median": float(middle),
        "posterior_q05": float(low),
        "posterior_q95": float(high),
        "sd_ratio": float(values.std() / prior_deviation(column)),
    }


def prior_deviation(column: Column) -> float:
    """Standard deviation of the PERT distribution (Malcolm et al. 1959)."""
    mean = (column.low + 4.0 * column.mode + column.high) / 6.0
    return float(np.sqrt((mean - column.low) * (column.high - mean) / 7.0))


def _direction(line: Mapping[str, Any] | None) -> dict[str, Any]:
    if line is None:
        return {}
    t = float(line["t"])
    return {"correlation": line["correlation"], "t": t, "direction": direction(t), "clear": abs(t) > CLEAR}


def direction(t: float) -> str:
    """What a higher value does to the lead of the United States, as far as can be told."""
    return "raises" if t > 0.0 else "lowers"


def assumed(source: str) -> bool:
    """Whether nothing stands behind a range and its mode, not even a reason."""
    return source == ASSUMPTION


def partly_assumed(source: str) -> bool:
    """Whether a range is an assumption for which there is a reason or a bound."""
    return source.startswith(ASSUMPTION) and not assumed(source)
