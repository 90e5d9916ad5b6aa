"""Tables of a comparison: differences, headlines and costs."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np

from techduel.ensemble.headlines import Cost, headline
from techduel.ensemble.paired import COLUMNS, SPREAD, Row, spread
from techduel.report.tables import Lines, read_lines, write_table
from techduel.studies.compare.comparison import Contrast, states_of

DIFFERENCES: Final = "differences.csv"
HEADLINE: Final = "headlines.csv"
COSTS: Final = "costs.csv"
HEADLINE_COLUMNS: Final = (
    *("scenario", "outcome", "state", "year", "runs"),
    *("baseline_q50", "level_q50", "baseline", "level", "level_unit"),
    *SPREAD,
    "unit",
)
COST_COLUMNS: Final = (
    *("scenario", "state", "loss", "loss_se", "loss_q05", "loss_q50", "loss_q95", "months_gained", "months_gained_se"),
    *("cost_per_month_of_lead", "cost_low", "cost_high"),
    *("target_sender_cost_ratio", "ratio_low", "ratio_high"),
)
TEXTS: Final = ("scenario", "outcome", "state", "level_unit", "unit", "player", "method")


def write_tables(folder: Path, contrasts: Iterable[Contrast]) -> None:
    """Write all three tables, holding one contrast in memory at a time."""
    headlines: list[Row] = []
    costs: list[Row] = []

    def differences() -> Iterator[Row]:
        for contrast in contrasts:
            headlines.extend(headline_rows(contrast))
            costs.extend(cost_row(contrast.scenario, cost) for cost in contrast.costs())
            yield from contrast.rows()

    write_table(folder / DIFFERENCES, COLUMNS, differences())
    write_table(folder / HEADLINE, HEADLINE_COLUMNS, headlines)
    write_table(folder / COSTS, COST_COLUMNS, costs)


def headline_rows(contrast: Contrast) -> Iterator[Row]:
    """A row per headline and state."""
    for name in contrast.level:
        known, changes = headline(name), contrast.headline(name)
        statistics = spread(changes).tolist()
        for place, state in enumerate(states_of(changes)):
            both = [part[name][:, place] for part in (contrast.first, contrast.level)]
            middles, means = ([float(of(part)) for part in both] for of in (np.median, np.mean))
            opening: Row = (contrast.scenario, name, state, contrast.year, len(contrast.runs), *middles, *means)
            yield (*opening, known.unit, *statistics[place], known.scale.unit)


def cost_row(scenario: str, cost: Cost) -> Row:
    """The row of one state's cost."""
    pairs = (cost.cost_per_month_of_lead, cost.target_sender_cost_ratio)
    ratios = [number for ratio in pairs for number in (ratio.value, ratio.low, ratio.high)]
    losses = (cost.losses.low, cost.losses.value, cost.losses.high)
    return (scenario, cost.state, cost.loss, cost.loss_se, *losses, cost.gain, cost.gain_se, *ratios)


def read_parts(path: Path) -> Lines:
    """Rows of one of these tables, or of a decomposition; none if there is no such file."""
    return read_lines(path, TEXTS) if path.exists() else []
