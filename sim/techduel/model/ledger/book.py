"""The ledger as a book: opened in the base year, and put where it is kept after every quarter."""

from typing import Any

from techduel.model.axes import N_STATES
from techduel.model.engine.compiler import compiled, entry
from techduel.model.ledger.income import open_income
from techduel.model.ledger.sales import open_sales


@entry
def open_ledgers(runs: Any) -> None:
    """What ledgers remember of the quarter before, in the base year of every run."""
    for run in runs:
        for k in range(len(run.sectors)):
            open_sales(run, k)
        for s in range(N_STATES):
            open_income(run, s)
            for k in range(len(run.sectors)):
                run.cells[s, k].frontier_handed = run.cells[s, k].frontier


@compiled
def copy_ledger(run: Any, found: Any) -> None:
    """The ledger of a quarter, put where it is kept."""
    for s in range(N_STATES):
        copy_entry(run.ledger.income[s], found.income[s])
        for k in range(len(run.sectors)):
            copy_entry(run.ledger.frontier[s, k], found.frontier[s, k])
            copy_entry(run.ledger.sales[s, k], found.sales[s, k])


@compiled
def copy_entry(from_run: Any, to: Any) -> None:
    """One entry, cause by cause."""
    for cause in range(len(to.each)):
        to.each[cause] = from_run.each[cause]
