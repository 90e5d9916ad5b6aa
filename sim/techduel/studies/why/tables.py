"""Tables of why a lead, sales or real income moved: by cause and sector, over years, by measure, and of one run."""

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.paired import Row, over_frontier, spread
from techduel.ensemble.record import Record
from techduel.ensemble.sets import Runs
from techduel.facts.selection import known_sectors
from techduel.model.axes import STATES, Numbers
from techduel.statistics.luck import luck
from techduel.statistics.tables import Lines, read_lines, write_table
from techduel.studies.compare.decomposition import TOTAL, Coalition, contributions
from techduel.studies.why.accounts import ACCOUNTS, LEAD, START, Account

LEDGER, COURSES, MATRIX, QUARTERS = "ledger.csv", "by_year.csv", "matrix.csv", "quarters.csv"
DIFFERENCE: Final = "difference"
"""The second scenario less the first."""
TOLD: Final = 12
"""Quarters of one run that are told."""
STATISTICS: Final = ("mean", "se", "q05", "q50", "q95", "share_positive", "share_negative", "luck", "runs")
LEDGER_COLUMNS: Final = ("scenario", "side", "sector", "cause", *STATISTICS)
COURSE_COLUMNS: Final = ("scenario", "cause", "year", "mean", "q05", "q95")
MATRIX_COLUMNS: Final = ("measure", "cause", *STATISTICS)
QUARTER_COLUMNS: Final = ("year", "quarter", "state", "sector", "change")
TEXTS: Final = ("scenario", "side", "sector", "cause", "measure", "state")


def sides(entries: Numbers, account: Account, me: int) -> dict[str, Numbers]:
    """Entries by side, (run, ...) from (run, state, ...): of both states, and of the lead of one where there is one."""
    both = {state: entries[:, place] for place, state in enumerate(STATES)}
    return both | {LEAD: entries[:, me] - entries[:, 1 - me]} if account.is_lead else both


def in_field(entries: Numbers, account: Account, sector: str | None) -> Numbers:
    """Entries of a sector; or the mean of frontiers over their fields, all sales; (run, state, cause, ...)."""
    names = known_sectors().names
    if sector is not None:
        return entries[:, :, names.index(sector)]
    return over_frontier(entries, names) if account.is_lead else entries.sum(axis=2)


def asked(entries: Numbers, config: Mapping[str, Any]) -> Numbers:
    """Entries of what a study is asked for, (run, cause, ...): a lead, or what is a state's own, in a field."""
    account = ACCOUNTS[config["of"]]
    found = sides(in_field(entries, account, config["sector"]), account, STATES.index(config["state"]))
    return found[side_of(config)]


def side_of(config: Mapping[str, Any]) -> str:
    """Whose numbers are asked for."""
    return LEAD if ACCOUNTS[config["of"]].is_lead else str(config["state"])


def with_all(entries: Numbers) -> Numbers:
    """Causes with their sum behind them, the start left out on the way, (..., cause) of `Account.changes`."""
    causes = entries[..., 1:]
    return np.concatenate([causes, causes.sum(axis=-1, keepdims=True)], axis=-1)


def statistics(values: Numbers, runs: Runs) -> Iterator[tuple[float, ...]]:
    """`STATISTICS` of numbers a run, one after the other, from (run, cell)."""
    parts = luck(values, runs)
    for place, line in enumerate(spread(values, runs).tolist()):
        mean, error, q05, _, q50, _, q95, positive, negative, _ = line
        yield (mean, error, q05, q50, q95, positive, negative, float(parts[place]), float(len(values)))


def write_ledger(folder: Path, found: Mapping[str, Numbers], runs: Runs, config: Mapping[str, Any]) -> None:
    """One line a scenario, side, sector and cause at the horizon; with two scenarios also what sets them apart.

    Parameters
    ----------
    found : by scenario, (run, state, sector, cause, year), as of `ledgers.by_cause`
    """
    ends = {name: one[..., -1] for name, one in found.items()}
    write_table(folder / LEDGER, LEDGER_COLUMNS, _ledger(ends, runs, config))


def _ledger(found: Mapping[str, Numbers], runs: Runs, config: Mapping[str, Any]) -> Iterator[Row]:
    account, me, ends = ACCOUNTS[config["of"]], STATES.index(config["state"]), dict(found)
    if len(found) > 1:
        first, second = found.values()
        ends[DIFFERENCE] = second - first
    for scenario, entries in ends.items():
        for sector in (None, *(known_sectors().names if entries.shape[2] > 1 else ())):
            for side, values in sides(in_field(entries, account, sector), account, me).items():
                whole = np.concatenate([values[:, :1], with_all(values)], axis=-1)
                for cause, numbers in zip((START, *account.changes), statistics(whole, runs), strict=True):
                    yield (scenario, side, sector or account.field, cause, *numbers)


def write_courses(folder: Path, found: Mapping[str, Numbers], config: Mapping[str, Any]) -> None:
    """One line a scenario, cause and year: what has moved what is asked for up to then."""
    write_table(folder / COURSES, COURSE_COLUMNS, _courses(found, config))


def _courses(found: Mapping[str, Numbers], config: Mapping[str, Any]) -> Iterator[Row]:
    first, changes = config["members"][config["scenarios"][0]]["start"] - 1, ACCOUNTS[config["of"]].changes
    for scenario, entries in found.items():
        mine = asked(entries, config)
        for year, place in product(range(mine.shape[-1]), range(len(changes))):
            values = with_all(mine[..., year])[:, place]
            low, high = np.quantile(values, (0.05, 0.95)).tolist()
            yield (scenario, changes[place], float(first + year), float(values.mean()), low, high)


def write_matrix(
    folder: Path, players: tuple[str, ...], mixes: Mapping[Coalition, Numbers], runs: Runs, config: Mapping[str, Any]
) -> None:
    """One line a measure and cause: the Shapley average of what a measure moves by that cause; sums on either side.

    Parameters
    ----------
    players : names of measures
    mixes : (run, state, sector, cause) at the horizon by who plays, nobody and everybody included
    """
    mine = {who: with_all(asked(one, config)) for who, one in mixes.items()}
    write_table(folder / MATRIX, MATRIX_COLUMNS, _matrix(players, mine, runs, ACCOUNTS[config["of"]].changes))


def _matrix(
    players: tuple[str, ...], mine: Mapping[Coalition, Numbers], runs: Runs, changes: tuple[str, ...]
) -> Iterator[Row]:
    shares = contributions(players, mine).mean(axis=0) if players else np.zeros((0, 1, len(changes)))
    whole = mine[frozenset(players)] - mine[frozenset()]
    for player, values in zip((*players, TOTAL), (*shares, whole), strict=True):
        for cause, numbers in zip(changes, statistics(values, runs), strict=True):
            yield (player, cause, *numbers)


def write_quarters(folder: Path, record: Record, config: Mapping[str, Any]) -> None:
    """The quarters of one run in which what is accounted for moved most, the largest first, by cause."""
    write_table(folder / QUARTERS, (*QUARTER_COLUMNS, *ACCOUNTS[config["of"]].causes), _quarters(record, config["of"]))


def _quarters(record: Record, of: str) -> Iterator[Row]:
    account, entries = ACCOUNTS[of], ACCOUNTS[of].scale * record.ledger[of][0]
    names = record.sectors if account.by_sector else (account.field,)
    entries = entries.reshape(len(STATES), len(names), len(account.causes), -1)
    moved = entries.sum(axis=2)
    for place in np.argsort(-np.abs(moved), axis=None, kind="stable")[:TOLD]:
        state, sector, time = (int(one) for one in np.unravel_index(place, moved.shape))
        year, part = divmod(round(4.0 * float(record.time[time])), 4)
        opening = (float(year), float(part + 1), STATES[state], names[sector])
        yield (*opening, float(moved[state, sector, time]), *entries[state, sector, :, time].tolist())


def read(folder: Path, name: str) -> Lines:
    """One of these tables; none if it is not there."""
    return read_lines(folder / name, TEXTS) if (folder / name).exists() else []
