"""Leads of a run: by sector and over frontier fields, in the base year, on the way and at the horizon.

Leads of the base year are facts: they are those of all parameter sets, however many runs there are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.paired import MEAN_LEADS, over_frontier
from techduel.ensemble.record import Record, lead, lead_months
from techduel.ensemble.simulation import prepared
from techduel.model.axes import STATES, Numbers
from techduel.scenario.parameter_sets import PRIOR_SETS, RUNS_OF_A_SET, words_in
from techduel.scenario.scenario import scenario_from
from techduel.statistics.leads import COLUMNS, MEANS, Lead, lead_from, leads_of
from techduel.statistics.tables import read_lines, write_table

FILE: Final = "leads.csv"
NEEDED: Final = ("lead", "lead_months")
"""Outcomes of a record that the table reads."""
UNITED_STATES: Final = STATES.index("us")


def write(folder: Path, record: Record, config: Mapping[str, Any]) -> None:
    """Write ``leads.csv`` of a result folder from a record with `NEEDED`."""
    write_table(folder / FILE, COLUMNS, map(astuple, leads(record, config)))


def read(folder: Path) -> list[Lead]:
    """The leads of a result folder."""
    return [lead_from(row) for row in read_lines(folder / FILE, ("sector",))]


def leads(record: Record, config: Mapping[str, Any]) -> Iterator[Lead]:
    """Leads of the base year and of every simulated one; the means over frontier fields first."""
    drawn, years = bool(words_in(config["params"])), record.years.tolist()
    names, values = _with_means(record.sectors, [record.year_ends(name) for name in NEEDED])
    facts = _of_base_year(config, record.seed) if drawn else {}
    for found in leads_of(years, names, values, record.runs, drawn):
        yield facts.get((found.sector, found.year), found)


def _of_base_year(config: Mapping[str, Any], seed: int) -> dict[tuple[str, int], Lead]:
    """Leads of the base year over all parameter sets, by sector and year.

    Runs of a set do not differ there, so one of each is computed and stands for two.
    """
    scenario = scenario_from(config)
    facts = scenario.facts()
    runs = np.arange(0, RUNS_OF_A_SET * PRIOR_SETS, RUNS_OF_A_SET)
    first = lead(prepared(scenario, runs.tolist(), seed).world.cells.frontier)
    names, values = _with_means(facts.sectors, [first, lead_months(first, facts.base.pace)])
    found = leads_of([facts.base_year], names, np.repeat(values, 2, axis=1), np.repeat(runs, 2), drawn=True)
    return {(one.sector, one.year): one for one in found}


def _with_means(sectors: Sequence[str], parts: Sequence[Numbers]) -> tuple[list[str], Numbers]:
    """Leads of the United States of the means over frontier fields and of every sector, (unit, run, sector, year)."""
    means = [[over_frontier(part, sectors, MEAN_LEADS[name].by_size) for name in MEANS] for part in parts]
    both = [np.concatenate([np.stack(mean, axis=2), part], axis=2) for mean, part in zip(means, parts, strict=True)]
    return [*MEANS, *sectors], np.stack(both)[:, :, UNITED_STATES]
