"""Tables of half-lives: by state and sector, over the years, and under each rival equation."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.paired import Row
from techduel.ensemble.sets import Runs, by_set, standard_error
from techduel.model.axes import Numbers
from techduel.model.parameters.forms import RIVALS
from techduel.statistics.half_lives import half_gone
from techduel.statistics.luck import luck
from techduel.statistics.tables import Lines, read_lines, write_table
from techduel.studies.compare.equations import Codes
from techduel.studies.game.stakes import BOOTSTRAP_SEED, BOOTSTRAPS
from techduel.studies.halflife.impulses import Impulse, half_life

HALF_LIVES, COURSES, BY_FORM = "half_lives.csv", "by_year.csv", "by_form.csv"
PUBLISHED: Final = (9.0, 23.0)
"""Years: gaps close by 3 to 8 % a year. Source: docs/economics.md, section 4, and the works that it names."""
ENDS: Final = (0.05, 0.5, 0.95)
COLUMNS: Final = (
    *("state", "sector", "left", "se", "half_life", "low", "high", "q05", "q50", "q95", "luck", "inside", "shorter"),
    *("half_gone", "runs"),
)
YEAR_COLUMNS: Final = ("state", "sector", "years", "left", "q05", "q95")
FORM_COLUMNS: Final = ("state", "sector", "mechanism", "form", "sets", "half_life", "low", "high")
TEXTS: Final = ("state", "sector", "mechanism", "form")


def write_half_lives(folder: Path, courses: Mapping[Impulse, Numbers], runs: Runs, after: int) -> None:
    """One line an impulse: of the mean over runs with its 90 % interval, and of single parameter sets."""
    write_table(folder / HALF_LIVES, COLUMNS, (_line(one, left, runs, after) for one, left in courses.items()))


def _line(one: Impulse, left: Numbers, runs: Runs, after: int) -> Row:
    at, sets = left[:, after], by_set(left[:, after], runs)
    lives = half_life(sets, after)
    inside = float(np.mean((lives >= PUBLISHED[0]) & (lives <= PUBLISHED[1])))
    numbers = (
        float(at.mean()),
        standard_error(sets),
        *_mean(sets, after),
        *_told(np.quantile(lives, ENDS, method="nearest")),
    )
    shares = (float(luck(at, runs)), inside, float(np.mean(lives < PUBLISHED[0])))
    return (
        one.state,
        one.sector,
        *numbers,
        *shares,
        *_told(half_gone(left.mean(axis=0, keepdims=True))),
        float(len(left)),
    )


def _mean(sets: Numbers, after: int) -> list[float]:
    """Half-life of the mean over sets, and the ends of its 90 % interval over resamples of them."""
    drawn = np.random.default_rng(BOOTSTRAP_SEED).integers(len(sets), size=(BOOTSTRAPS, len(sets)))
    low, high = np.quantile(sets[drawn].mean(axis=1), (0.05, 0.95))
    return _told(half_life(np.array([sets.mean(), low, high]), after))


def _told(lives: Numbers) -> list[float]:
    """What a table holds: nothing where an impulse does not decay."""
    return [float(life) if np.isfinite(life) else np.nan for life in lives]


def write_courses(folder: Path, courses: Mapping[Impulse, Numbers], runs: Runs) -> None:
    """One line an impulse and year: what is left on average, and between 5 and 95 % of parameter sets."""
    write_table(folder / COURSES, YEAR_COLUMNS, _courses(courses, runs))


def _courses(courses: Mapping[Impulse, Numbers], runs: Runs) -> Iterator[Row]:
    for one, left in courses.items():
        low, high = np.quantile(by_set(left, runs), (0.05, 0.95), axis=0)
        for years, mean in enumerate(left.mean(axis=0).tolist()):
            yield (one.state, one.sector, float(years), mean, float(low[years]), float(high[years]))


def write_by_form(folder: Path, courses: Mapping[Impulse, Numbers], runs: Runs, codes: Codes, after: int) -> None:
    """One line an impulse and rival equation that some sets were drawn with."""
    write_table(folder / BY_FORM, FORM_COLUMNS, _by_form(courses, runs, codes, after))


def _by_form(courses: Mapping[Impulse, Numbers], runs: Runs, codes: Codes, after: int) -> Iterator[Row]:
    for one, left in courses.items():
        for mechanism, by_run in codes.items():
            for code, form in enumerate(RIVALS[mechanism].forms):
                sets = by_set(np.where(by_run == code, left[:, after], np.nan), runs)
                sets = sets[~np.isnan(sets)]
                if len(sets):
                    yield (one.state, one.sector, mechanism, form, float(len(sets)), *_mean(sets, after))


def read(folder: Path, name: str) -> Lines:
    """One of these tables."""
    return read_lines(folder / name, TEXTS)


def line_of(lines: Lines, state: str, sector: str) -> Mapping[str, Any]:
    """The line of an impulse."""
    return next(one for one in lines if (one["state"], one["sector"]) == (state, sector))
