"""Tables of a comparison: differences, headlines, the same by rival form, and costs."""

import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np

from techduel.ensemble.headlines import Cost, headline
from techduel.ensemble.paired import COLUMNS, SPREAD, Row, spread
from techduel.ensemble.record import TIED
from techduel.model.axes import Numbers
from techduel.statistics.parameter_bands import band_error, parameter_band
from techduel.statistics.tables import Lines, read_lines, write_table
from techduel.studies.compare.comparison import Contrast, states_of
from techduel.studies.compare.equations import BY_FORM, form_rows
from techduel.studies.compare.equations import COLUMNS as COLUMNS_BY_FORM

DIFFERENCES: Final = "differences.csv"
HEADLINE: Final = "headlines.csv"
COSTS: Final = "costs.csv"
TOLD: Final = (HEADLINE, COSTS, BY_FORM)
"""Tables that an answer is told from."""
HEADLINE_COLUMNS: Final = (
    *("scenario", "outcome", "state", "year", "runs"),
    *("baseline_q50", "level_q50", "baseline", "level", "level_unit", "baseline_ahead", "level_ahead"),
    *SPREAD,
    *("parameters_q05", "parameters_q95", "parameters_se", "unit"),
)
"""Levels by median and mean, shares of runs in which a lead is positive, the change over runs and its band of
parameters."""
COST_COLUMNS: Final = (
    *("scenario", "state", "loss", "loss_se", "loss_q05", "loss_q50", "loss_q95"),
    *("lead_gained", "lead_gained_se", "months_gained", "months_gained_se"),
    *("cost_per_log_point_of_lead", "point_cost_low", "point_cost_high"),
    *("cost_per_month_of_lead", "cost_low", "cost_high"),
    *("target_sender_cost_ratio", "ratio_low", "ratio_high"),
)
TEXTS: Final = ("scenario", "outcome", "state", "level_unit", "unit", "player", "method", "mechanism", "form")


def write_tables(folder: Path, contrasts: Iterable[Contrast]) -> None:
    """Write all four tables, holding one contrast in memory at a time."""
    headlines: list[Row] = []
    costs: list[Row] = []
    by_form: list[Row] = []

    def differences() -> Iterator[Row]:
        for contrast in contrasts:
            headlines.extend(headline_rows(contrast))
            costs.extend(cost_row(contrast.scenario, cost) for cost in contrast.costs())
            by_form.extend(rows_by_form(contrast))
            yield from contrast.rows()

    write_table(folder / DIFFERENCES, COLUMNS, differences())
    write_table(folder / HEADLINE, HEADLINE_COLUMNS, headlines)
    write_table(folder / COSTS, COST_COLUMNS, costs)
    write_table(folder / BY_FORM, COLUMNS_BY_FORM, by_form)


def headline_rows(contrast: Contrast) -> Iterator[Row]:
    """A row per headline and state."""
    for name in contrast.level:
        levels, changes = headline(name), contrast.headline(name)
        statistics = spread(changes, contrast.runs).tolist()
        bands, errors = _bands(contrast, changes)
        for place, state in enumerate(states_of(changes)):
            both = [part[name][:, place] for part in (contrast.first, contrast.level)]
            middles, means = ([float(of(part)) for part in both] for of in (np.median, np.mean))
            ahead = [float(np.mean(part > TIED)) if levels.is_lead else math.nan for part in both]
            opening: Row = (contrast.scenario, name, state, contrast.year, len(contrast.runs), *middles, *means)
            band = (*bands[:, place].tolist(), float(errors[place]))
            yield (*opening, levels.unit, *ahead, *statistics[place], *band, levels.scale.unit)


def rows_by_form(contrast: Contrast) -> Iterator[Row]:
    """A row per headline, state and drawn form."""
    for name in contrast.level:
        changes = contrast.headline(name)
        for place, state in enumerate(states_of(changes)):
            opening: Row = (contrast.scenario, name, state, contrast.year)
            unit = headline(name).scale.unit
            yield from form_rows(opening, contrast.forms, changes[:, place], contrast.runs, (unit,))


def _bands(contrast: Contrast, changes: Numbers) -> tuple[Numbers, Numbers]:
    """Ends of the band of parameters, (2, state), and their error, (state,); the mean where none is drawn."""
    if not contrast.drawn:
        return np.stack([changes.mean(axis=0)] * 2), np.zeros(changes.shape[1])
    return parameter_band(changes, contrast.runs), band_error(changes, contrast.runs)


def cost_row(scenario: str, cost: Cost) -> Row:
    """The row of one state's cost."""
    pairs = (cost.cost_per_log_point_of_lead, cost.cost_per_month_of_lead, cost.target_sender_cost_ratio)
    ratios = [number for ratio in pairs for number in (ratio.value, ratio.low, ratio.high)]
    losses = (cost.losses.low, cost.losses.value, cost.losses.high)
    gains = (cost.gain, cost.gain_se, cost.months, cost.months_se)
    return (scenario, cost.state, cost.loss, cost.loss_se, *losses, *gains, *ratios)


def read_parts(path: Path) -> Lines:
    """Rows of one of these tables, or of a decomposition; none if there is no such file."""
    return read_lines(path, TEXTS) if path.exists() else []
