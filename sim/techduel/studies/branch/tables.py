"""Tables of a branch: what turning at each date is worth, the regret of each date, what flips the best, the courses."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.paired import LEAD, Row
from techduel.ensemble.sets import by_set, standard_error
from techduel.model.axes import HUNDRED, STATES, Numbers
from techduel.statistics.luck import luck
from techduel.statistics.tables import Lines, read_lines, write_table
from techduel.studies.game.stakes import COMPONENTS, HIGHEST, UNITS, Stakes, Weights, worth

VALUES, REGRET, FLIPS, COURSES = "values.csv", "regret.csv", "flips.csv", "by_year.csv"
WORTH: Final = "worth"
"""All components together by the weights, in equivalents of per cent of income."""
ENDS: Final = (0.05, 0.5, 0.95)
VALUE_COLUMNS: Final = ("state", "at", "component", "mean", "se", "q05", "q50", "q95", "better", "luck", "unit", "runs")
REGRET_COLUMNS: Final = ("state", "at", "regret", "se", "q95", "best", "behind", "behind_se")
FLIP_COLUMNS: Final = ("state", "weight", "now", "flips_at", "to")
YEAR_COLUMNS: Final = ("state", "at", "outcome", "year", "mean", "q05", "q95", "unit")
TEXTS: Final = ("state", "at", "component", "unit", "weight", "to", "outcome")


def weights_of(config: Mapping[str, Any]) -> Weights:
    """What states want."""
    return Weights(**config["weights"])


def write(folder: Path, config: Mapping[str, Any], stakes: Stakes) -> None:
    """All tables."""
    weights = weights_of(config)
    parts = stakes.components(weights)[:, :, 0]
    write_table(folder / VALUES, VALUE_COLUMNS, _values(stakes, parts, worth(parts, weights)))
    write_table(folder / REGRET, REGRET_COLUMNS, _regrets(stakes, worth(parts, weights)))
    write_table(folder / FLIPS, FLIP_COLUMNS, _flips(stakes, parts.mean(axis=0), weights))
    write_table(folder / COURSES, YEAR_COLUMNS, _courses(stakes))


def _values(stakes: Stakes, parts: Numbers, whole: Numbers) -> Iterator[Row]:
    for me, state in enumerate(STATES):
        for arm, date in enumerate(stakes.rows[1:], 1):
            sides = {name: (parts[:, arm, me, spot], UNITS[name]) for spot, name in enumerate(COMPONENTS)}
            sides[WORTH] = (whole[:, arm, me], "equivalents of % of income")
            for name, (values, unit) in sides.items():
                shares = (float(np.mean(values > 0.0)), float(luck(values, stakes.runs)))
                yield (
                    state,
                    date,
                    name,
                    float(values.mean()),
                    standard_error(by_set(values, stakes.runs)),
                    *np.quantile(values, ENDS),
                    *shares,
                    unit,
                    float(len(values)),
                )


def _regrets(stakes: Stakes, whole: Numbers) -> Iterator[Row]:
    """What each date, or never, loses against the best for the same set of parameters.

    Runs of a set are averaged first: nobody can choose by luck. `behind` is what is lost against the date with the
    largest mean.
    """
    sets = by_set(whole, stakes.runs)
    for me, state in enumerate(STATES):
        lost = sets[:, :, me].max(axis=1, keepdims=True) - sets[:, :, me]
        for arm, date in enumerate(stakes.rows):
            best = float(np.mean(lost[:, arm] == 0.0))
            behind = sets[:, 1 + int(sets[:, 1:, me].mean(axis=0).argmax()), me] - sets[:, arm, me]
            regret = (
                float(lost[:, arm].mean()),
                standard_error(lost[:, arm]),
                float(np.quantile(lost[:, arm], 0.95)),
                best,
            )
            yield (state, date, *regret, float(behind.mean()), standard_error(behind))


def _flips(stakes: Stakes, means: Numbers, weights: Weights) -> Iterator[Row]:
    """The nearest value of each weight at which another date has the largest mean, with that date.

    A worth is a straight line in each weight, so two dates change places where their lines cross.
    """
    for me, state in enumerate(STATES):
        for name in (f"lead_{state}", "incident", f"cost_{state}"):
            now, slopes = getattr(weights, name), worth(means, weights.moved(name, 1.0))[:, me]
            slopes = slopes - worth(means, weights.moved(name, 0.0))[:, me]
            values = worth(means, weights)[:, me]
            best = int(values.argmax())
            with np.errstate(divide="ignore", invalid="ignore"):
                crossings = now + (values[best] - values) / (slopes - slopes[best])
            possible = [
                (abs(at - now), at, date)
                for arm, (at, date) in enumerate(zip(crossings.tolist(), stakes.rows, strict=True))
                if arm != best and 0.0 <= at <= HIGHEST
            ]
            _, at, to = min(possible, default=(np.nan, np.nan, ""))
            yield (state, name, now, at, to)


def _courses(stakes: Stakes) -> Iterator[Row]:
    income, lead = stakes.flows["real_income"][:, :, 0], stakes.flows[LEAD][:, :, 0]
    changes = {
        "real_income": (HUNDRED * (income / income[:, :1] - 1.0), "%"),
        LEAD: (lead - lead[:, :1], "log points"),
    }
    for me, state in enumerate(STATES):
        for arm, date in enumerate(stakes.rows[1:], 1):
            for name, (change, unit) in changes.items():
                of = change[:, arm, me]
                means, (low, high) = of.mean(axis=0), np.quantile(of, (0.05, 0.95), axis=0)
                for place, year in enumerate(stakes.years):
                    numbers = (float(means[place]), float(low[place]), float(high[place]))
                    yield (state, date, name, float(year), *numbers, unit)


def read(folder: Path, name: str) -> Lines:
    """One of these tables."""
    return read_lines(folder / name, TEXTS)


def line_of(lines: Lines, **wanted: str) -> Mapping[str, Any]:
    """The line that has these cells."""
    return next(one for one in lines if all(one[key] == value for key, value in wanted.items()))
