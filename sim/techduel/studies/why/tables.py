"""Tables of why a lead moved: by cause and sector, over years, by measure and cause, and the quarters of one run."""

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.paired import Row, over_frontier, spread
from techduel.ensemble.record import Record
from techduel.facts.selection import known_sectors
from techduel.model.axes import STATES
from techduel.model.engine.tables import CAUSES
from techduel.report.tables import Lines, read_lines, write_table
from techduel.studies.compare.decomposition import TOTAL, Coalition, contributions
from techduel.studies.game.stakes import luck
from techduel.studies.why.ledgers import COLUMNS, START, Numbers

LEDGER, COURSES, MATRIX, QUARTERS = "ledger.csv", "by_year.csv", "matrix.csv", "quarters.csv"
LEAD: Final = "lead"
"""Own frontier less the rival's."""
FIELDS: Final = "frontier fields"
"""Mean over the sectors of that tag."""
ALL: Final = "all"
"""Sum of all causes without the start."""
DIFFERENCE: Final = "difference"
"""The second scenario less the first."""
TOLD: Final = 12
"""Quarters of one run that are told."""
STATISTICS: Final = ("mean", "se", "q05", "q50", "q95", "share_positive", "share_negative", "luck", "runs")
LEDGER_COLUMNS: Final = ("scenario", "side", "sector", "cause", *STATISTICS)
COURSE_COLUMNS: Final = ("scenario", "cause", "year", "mean", "q05", "q95")
MATRIX_COLUMNS: Final = ("measure", "cause", *STATISTICS)
QUARTER_COLUMNS: Final = ("year", "quarter", "state", "sector", "change", *CAUSES)
TEXTS: Final = ("scenario", "side", "sector", "cause", "measure", "state")
CHANGES: Final = (*CAUSES, ALL)


def sides(entries: Numbers, me: int) -> dict[str, Numbers]:
    """Entries of both states, and of the lead of one, by side, (run, ...) from (run, state, ...)."""
    both = {state: entries[:, place] for place, state in enumerate(STATES)}
    return {**both, LEAD: entries[:, me] - entries[:, 1 - me]}


def in_field(entries: Numbers, sector: str | None) -> Numbers:
    """Entries of a sector, or their mean over frontier fields, (run, state, cause, ...)."""
    names = known_sectors().names
    return over_frontier(entries, names) if sector is None else entries[:, :, names.index(sector)]


def with_all(entries: Numbers) -> Numbers:
    """Causes with their sum behind them, the start left out on the way, (..., cause) of `CHANGES`; see `COLUMNS`."""
    causes = entries[..., len(COLUMNS) - len(CAUSES) :]
    return np.concatenate([causes, causes.sum(axis=-1, keepdims=True)], axis=-1)


def statistics(values: Numbers) -> Iterator[tuple[float, ...]]:
    """`STATISTICS` of numbers a run, one after the other, from (run, cell)."""
    parts = luck(values)
    for place, line in enumerate(spread(values).tolist()):
        mean, error, q05, _, q50, _, q95, positive, negative, _ = line
        yield (mean, error, q05, q50, q95, positive, negative, float(parts[place]), float(len(values)))


def write_ledger(folder: Path, found: Mapping[str, Numbers], me: int) -> None:
    """One line a scenario, side, sector and cause at the horizon; with two scenarios also what sets them apart.

    Parameters
    ----------
    found : by scenario, (run, state, sector, cause, year), as of `ledgers.by_cause`
    me : place of the state whose lead it is
    """
    write_table(folder / LEDGER, LEDGER_COLUMNS, _ledger({name: one[..., -1] for name, one in found.items()}, me))


def _ledger(found: Mapping[str, Numbers], me: int) -> Iterator[Row]:
    ends = dict(found)
    if len(found) > 1:
        first, second = found.values()
        ends[DIFFERENCE] = second - first
    for scenario, entries in ends.items():
        for sector in (None, *known_sectors().names):
            for side, values in sides(in_field(entries, sector), me).items():
                whole = np.concatenate([values[:, :1], with_all(values)], axis=-1)
                for cause, numbers in zip((START, *CHANGES), statistics(whole), strict=True):
                    yield (scenario, side, sector or FIELDS, cause, *numbers)


def write_courses(folder: Path, found: Mapping[str, Numbers], config: Mapping[str, Any]) -> None:
    """One line a scenario, cause and year: what has moved the lead up to then, in the field that is asked for."""
    write_table(folder / COURSES, COURSE_COLUMNS, _courses(found, config))


def _courses(found: Mapping[str, Numbers], config: Mapping[str, Any]) -> Iterator[Row]:
    first = config["members"][config["scenarios"][0]]["start"] - 1
    for scenario, entries in found.items():
        lead = sides(in_field(entries, config["sector"]), STATES.index(config["state"]))[LEAD]
        for year, place in product(range(lead.shape[-1]), range(len(CHANGES))):
            values = with_all(lead[..., year])[:, place]
            low, high = np.quantile(values, (0.05, 0.95)).tolist()
            yield (scenario, CHANGES[place], float(first + year), float(values.mean()), low, high)


def write_matrix(
    folder: Path, players: tuple[str, ...], mixes: Mapping[Coalition, Numbers], config: Mapping[str, Any]
) -> None:
    """One line a measure and cause: the Shapley average of what a measure moves by that cause; sums on either side.

    Parameters
    ----------
    players : names of measures
    mixes : (run, state, sector, cause) at the horizon by who plays, nobody and everybody included
    """
    me = STATES.index(config["state"])
    leads = {who: with_all(sides(in_field(one, config["sector"]), me)[LEAD]) for who, one in mixes.items()}
    write_table(folder / MATRIX, MATRIX_COLUMNS, _matrix(players, leads))


def _matrix(players: tuple[str, ...], leads: Mapping[Coalition, Numbers]) -> Iterator[Row]:
    shares = contributions(players, leads).mean(axis=0) if players else np.zeros((0, 1, len(CHANGES)))
    whole = leads[frozenset(players)] - leads[frozenset()]
    for player, values in zip((*players, TOTAL), (*shares, whole), strict=True):
        for cause, numbers in zip(CHANGES, statistics(values), strict=True):
            yield (player, cause, *numbers)


def write_quarters(folder: Path, record: Record) -> None:
    """The quarters of one run in which a frontier moved most, the largest first, in log points by cause."""
    write_table(folder / QUARTERS, QUARTER_COLUMNS, _quarters(record))


def _quarters(record: Record) -> Iterator[Row]:
    entries = 100.0 * record.ledger["frontier"][0]
    moved = entries.sum(axis=2)
    for place in np.argsort(-np.abs(moved), axis=None, kind="stable")[:TOLD]:
        state, sector, time = (int(one) for one in np.unravel_index(place, moved.shape))
        year, part = divmod(round(4.0 * float(record.time[time])), 4)
        opening = (float(year), float(part + 1), STATES[state], record.sectors[sector])
        yield (*opening, float(moved[state, sector, time]), *entries[state, sector, :, time].tolist())


def read(folder: Path, name: str) -> Lines:
    """One of these tables; none if it is not there."""
    return read_lines(folder / name, TEXTS) if (folder / name).exists() else []
