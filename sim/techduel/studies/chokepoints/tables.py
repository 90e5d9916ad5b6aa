"""Tables of choke points: losses of both sides by share denied, half-lives, and what cooperation with allies undoes."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np

from techduel.ensemble.paired import Row
from techduel.ensemble.sets import Runs, by_set, standard_error
from techduel.model.axes import STATES, Numbers
from techduel.statistics.luck import luck
from techduel.statistics.tables import Lines, read_lines, write_table
from techduel.studies.chokepoints.denials import Denial, half_lives, over_years

LOSSES, COURSES, COOPERATION = "losses.csv", "by_year.csv", "cooperation.csv"
ENDS: Final = (0.05, 0.5, 0.95)
LOSS_COLUMNS: Final = (
    *("denier", "input", "allies", "share", "state", "role", "mean", "se", "q05", "q50", "q95", "luck", "hurt"),
    *("worst", "half_life_q05", "half_life_q50", "half_life_q95", "stays", "runs"),
)
YEAR_COLUMNS: Final = ("denier", "input", "allies", "share", "state", "year", "mean", "q05", "q95")
COOPERATION_COLUMNS: Final = ("denier", "input", "allies", "share", "state", "loss", "loss_cooperating", "undone", "se")
TEXTS: Final = ("denier", "input", "state", "role")


def write_losses(folder: Path, losses: Mapping[Denial, Numbers], runs: Runs, last: int) -> None:
    """One line a denial and state: change of income over all years, share of runs hurt, and how long it lasts."""
    write_table(folder / LOSSES, LOSS_COLUMNS, _losses(losses, runs, last))


def _losses(losses: Mapping[Denial, Numbers], runs: Runs, last: int) -> Iterator[Row]:
    for one, change in losses.items():
        for me, state in enumerate(STATES if not one.cooperating else ()):
            own, lives = change[:, me], half_lives(change[:, me], last)
            whole = over_years(own)
            error = standard_error(by_set(whole, runs))
            low, middle, high = np.quantile(whole, ENDS).tolist()
            part = float(luck(whole, runs))
            recovered = lives[~np.isnan(lives)]
            ends = np.quantile(recovered, ENDS, method="nearest").tolist() if recovered.size else [np.nan] * 3
            told = [end if np.isfinite(end) else np.nan for end in ends]
            opening = (one.denier, one.sector, float(one.allies), one.share, state)
            role = "target" if state == one.target else "denier"
            numbers = (float(whole.mean()), error, low, middle, high, part, float(np.mean(whole < 0.0)))
            stays = float(np.mean(np.isinf(recovered))) if recovered.size else np.nan
            yield (*opening, role, *numbers, float(own.mean(axis=0).min()), *told, stays, float(len(whole)))


def write_courses(folder: Path, losses: Mapping[Denial, Numbers], years: tuple[int, ...]) -> None:
    """One line a whole denial, state and year."""
    write_table(folder / COURSES, YEAR_COLUMNS, _courses(losses, years))


def _courses(losses: Mapping[Denial, Numbers], years: tuple[int, ...]) -> Iterator[Row]:
    most = max(one.share for one in losses)
    for one, change in losses.items():
        for me, state in enumerate(STATES if one.share == most and not one.cooperating else ()):
            low, high = np.quantile(change[:, me], (0.05, 0.95), axis=0)
            means = change[:, me].mean(axis=0)
            opening = (one.denier, one.sector, float(one.allies), one.share, state)
            for place, year in enumerate(years):
                yield (*opening, float(year), float(means[place]), float(low[place]), float(high[place]))


def write_cooperation(folder: Path, losses: Mapping[Denial, Numbers], runs: Runs) -> None:
    """One line a denial: the target's loss, and what more technology cooperation with allies undoes of it."""
    write_table(folder / COOPERATION, COOPERATION_COLUMNS, _cooperation(losses, runs))


def _cooperation(losses: Mapping[Denial, Numbers], runs: Runs) -> Iterator[Row]:
    for one, change in losses.items():
        if one.cooperating:
            me = STATES.index(one.target)
            plain = Denial(one.denier, one.sector, one.share, one.allies)
            before, behind = (over_years(values[:, me]) for values in (losses[plain], change))
            error = standard_error(by_set(behind - before, runs))
            opening = (one.denier, one.sector, float(one.allies), one.share, one.target)
            yield (*opening, float(before.mean()), float(behind.mean()), float((behind - before).mean()), error)


def read(folder: Path, name: str) -> Lines:
    """One of these tables."""
    return read_lines(folder / name, TEXTS)
