"""Pathways of a run: steps that waited for what their state saw, the share of runs in which each is on, and since when.

Source of the idea: Haasnoot and others (2013), dynamic adaptive policy pathways: the date at which a plan is left.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.record import Record
from techduel.model.axes import STATES, Numbers
from techduel.policies.schedule import Step, Trigger, waiting
from techduel.policies.sight import SIGHTS
from techduel.report.marks import COLOURS, TITLES, Axis, Bars, Curve, Dot, Fan, Picture, Whisker, line
from techduel.report.words import per_cent
from techduel.scenario.scenario import Scenario
from techduel.statistics.tables import read_lines, write_table

PATHWAYS, DATES = "pathways.csv", "use_by.csv"
PATH_COLUMNS: Final = ("state", "step", "lever", "year", "share_on")
DATE_COLUMNS: Final = ("state", "step", "lever", "waits_for", "share_begun", "q05", "q50", "q95", "runs")
TEXTS: Final = ("state", "step", "lever", "waits_for")
DASHES: Final = ("solid", "dashed", "dotted")


@dataclass(frozen=True, slots=True)
class Pathway:
    """One step over all runs."""

    state: str
    step: Step
    trigger: Trigger
    began: Numbers
    """Decimal year, (run,); NaN where it never did."""

    @property
    def words(self) -> str:
        """What it waits for."""
        sight, quarters = SIGHTS[self.trigger.outcome], self.trigger.quarters
        span = f"{quarters} quarters" if quarters > 1 else "a quarter"
        return f"{self.trigger.outcome} {self.trigger.side} {self.trigger.limit:g} {sight.unit} for {span}"

    def on(self, years: Numbers) -> Numbers:
        """Share of runs in which it is on at the end of each year."""
        ends = years + 1.0
        return np.asarray(((self.began[:, None] < ends) & (ends <= self.step.until)).mean(axis=0))

    def dates(self) -> list[float]:
        """Of the runs in which it began: 5, 50 and 95 %."""
        begun = self.began[~np.isnan(self.began)]
        return np.quantile(begun, (0.05, 0.5, 0.95), method="nearest").tolist() if begun.size else [np.nan] * 3


def pathways(record: Record, scenario: Scenario) -> list[Pathway]:
    """Every step of both states that waits for something."""
    return [
        Pathway(state, step, step.trigger, record.diagnostics[f"began_{state}_{place}"])
        for state in STATES
        for place, step in enumerate(waiting(scenario.policies[state]))
        if step.trigger
    ]


def write(folder: Path, record: Record, scenario: Scenario) -> None:
    """Write both tables, where there are such steps."""
    found = pathways(record, scenario)
    if found:
        write_table(folder / PATHWAYS, PATH_COLUMNS, _on(found, record.years[1:]))
        write_table(folder / DATES, DATE_COLUMNS, map(_dates, found))


def sentences(folder: Path) -> Iterator[str]:
    """One for each step, from the stored table."""
    for line_ in read_lines(folder / DATES, TEXTS) if (folder / DATES).exists() else []:
        when = (
            f", in {line_['q50']:.2f} (median; 90 % of these runs {line_['q05']:.2f} to {line_['q95']:.2f})"
            if line_["share_begun"]
            else ""
        )
        begins = f"begins in {per_cent(line_['share_begun'])} of runs{when}"
        yield f"{TITLES[line_['state']]}, {line_['step']} (once it sees {line_['waits_for']}): {begins}."


def picture(record: Record, scenario: Scenario) -> Picture | None:
    """The share of runs on each pathway, and the dates at which they are entered; none where nothing waits."""
    found = pathways(record, scenario)
    if not found:
        return None
    years, colours = record.years[1:].astype(float), [COLOURS[one.state] for one in found]
    curves = [
        Curve(years, 100.0 * one.on(years), line(colour, DASHES[place % len(DASHES)]), label=one.step.name)
        for place, (one, colour) in enumerate(zip(found, colours, strict=True))
    ]
    low, middle, high = np.array([one.dates() for one in found]).T
    dates: list[Whisker | Dot] = [Whisker(low, high, colours), Dot(middle, colours)]
    across = Axis("", years[0], years[-1] + 1.0, whole=True, most=6)
    return Picture(
        title="Pathways: steps that wait for what a state sees",
        source="; ".join(f"{one.step.name}: {TITLES[one.state]}, {one.words}" for one in found) + ".",
        panels=[
            Fan(curves, "Step is on", across, Axis("% of runs", 0.0, 100.0)),
            Bars([one.step.name for one in found], dates, "Begins in", across),
        ],
        columns=PATH_COLUMNS,
        rows=list(_on(found, record.years[1:])),
        height=3.4,
        note="Right: median and 90 % of the runs in which it begins",
    )


def _on(pathways: list[Pathway], years: NDArray[Any]) -> Iterator[tuple[Any, ...]]:
    for one in pathways:
        shares = zip(years.tolist(), one.on(years.astype(float)).tolist(), strict=True)
        yield from ((one.state, one.step.name, one.step.lever, float(year), share) for year, share in shares)


def _dates(one: Pathway) -> tuple[Any, ...]:
    opening = (one.state, one.step.name, one.step.lever, one.words)
    return (*opening, float(np.mean(~np.isnan(one.began))), *one.dates(), float(len(one.began)))
