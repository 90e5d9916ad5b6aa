"""The tables of a comparison on disk, and reading back those that screen, README and figures are made from."""

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.headlines import HEADLINES, Cost
from techduel.ensemble.manifest import written
from techduel.ensemble.paired import COLUMNS, SPREAD, Row, spread
from techduel.studies.compare.contrast import Contrast, states_of

DIFFERENCES: Final = "differences.csv"
HEADLINE: Final = "headlines.csv"
COSTS: Final = "costs.csv"
HEADLINE_COLUMNS: Final = (
    *("scenario", "outcome", "state", "baseline", "level", "level_unit"),
    *SPREAD,
    "unit",
)
COST_COLUMNS: Final = (
    *("scenario", "state", "loss", "loss_se", "months_gained", "months_gained_se"),
    *("cost_per_month_of_lead", "cost_low", "cost_high"),
    *("target_sender_cost_ratio", "ratio_low", "ratio_high"),
)
TEXTS: Final = frozenset(
    {"scenario", "outcome", "state", "level_unit", "unit", "player", "method", "variable", "sector", "time"}
)

type Table = list[dict[str, Any]]
"""Lines by column: text, or a number that is NaN where the cell is empty."""


def write_tables(folder: Path, contrasts: Iterable[Contrast]) -> None:
    """Write all three tables, holding one contrast in memory at a time."""
    headlines: list[Row] = []
    spent: list[Row] = []

    def lines() -> Iterator[Row]:
        for found in contrasts:
            headlines.extend(headline_rows(found))
            spent.extend(cost_row(found.scenario, cost) for cost in found.costs())
            yield from found.rows()

    write_table(folder / DIFFERENCES, COLUMNS, lines())
    write_table(folder / HEADLINE, HEADLINE_COLUMNS, headlines)
    write_table(folder / COSTS, COST_COLUMNS, spent)


def headline_rows(found: Contrast) -> Iterator[Row]:
    """A row per headline and state."""
    for name in found.level:
        known, changes = HEADLINES[name], found.headline(name)
        statistics = spread(changes).tolist()
        for place, state in enumerate(states_of(changes)):
            means = (float(found.first[name][:, place].mean()), float(found.level[name][:, place].mean()))
            yield (found.scenario, name, state, *means, known.unit, *statistics[place], known.scale.unit)


def cost_row(scenario: str, cost: Cost) -> Row:
    """The row of one state's cost."""
    pairs = (cost.cost_per_month_of_lead, cost.target_sender_cost_ratio)
    ratios = [number for ratio in pairs for number in (ratio.value, ratio.low, ratio.high)]
    return (scenario, cost.state, cost.loss, cost.loss_se, cost.gain, cost.gain_se, *ratios)


def write_table(path: Path, columns: Sequence[str], lines: Iterable[Row]) -> None:
    """A CSV with the same bytes on every system; a NaN is an empty cell."""
    with written(path) as part, part.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(columns)
        table.writerows([_cell(cell) for cell in line] for line in lines)


def read_table(path: Path) -> Table:
    """A table that `write_table` has written; empty if there is none."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return [{name: _value(name, text) for name, text in line.items()} for line in csv.DictReader(stream)]


def _cell(cell: str | float) -> str:
    if isinstance(cell, str):
        return cell
    return "" if math.isnan(cell) else f"{cell + 0.0:.8g}"  # no minus before a zero


def _value(name: str, text: str) -> str | float:
    return text if name in TEXTS else float(text or "nan")
