"""Tables of the overview: every scenario's lead and costs, directions under rival forms, and leads by sector."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.headlines import INCOME, headline, told_by
from techduel.ensemble.paired import LEAD, LEADS, SPREAD, Row, scale, spread
from techduel.model.axes import STATES, Numbers
from techduel.statistics.directions import Change
from techduel.statistics.tables import read_lines, write_table
from techduel.studies.compare.comparison import Contrast

OVERVIEW: Final = "overview.csv"
SECTORS: Final = "sectors.csv"
SHOWN: Final = ((LEAD, "us"), (INCOME, "us"), (INCOME, "china"))
"""Headlines of the page, with their state."""
LEAST: Final = {LEAD: 0.1, INCOME: 0.01}
"""Least median change that counts as one: a tenth of a log point of lead, a hundredth of a per cent of income. The same
luck makes the sign of much smaller ones sure."""
AS_CONFIGURED: Final = ""
"""Stands for the forms that a scenario has by itself."""
BY_SECTOR: Final = LEADS[0]
COLUMNS: Final = ("scenario", "forms", "outcome", "state", "year", "runs", "baseline_q50", *SPREAD, "unit")
SECTOR_COLUMNS: Final = ("scenario", "sector", "year", "runs", "baseline_q50", *SPREAD, "unit")
TEXTS: Final = ("scenario", "forms", "outcome", "state", "sector", "unit")

type Line = Mapping[str, Any]


def rows(contrast: Contrast, forms: str) -> Iterator[Row]:
    """What a scenario does to the headlines of the page under some forms; to the lead in both units."""
    for name, state in ((name, state) for shown, state in SHOWN for name in told_by(shown)):
        changes, place = contrast.headline(name), STATES.index(state)
        before = float(np.median(contrast.first[name][:, place]))
        opening: Row = (contrast.scenario, forms, name, state, contrast.year, len(contrast.runs), before)
        yield (*opening, *spread(changes, contrast.runs)[place].tolist(), headline(name).scale.unit)


def sector_rows(contrast: Contrast, first: Numbers) -> Iterator[Row]:
    """What a scenario does to the lead of the United States in every sector at the end.

    Parameters
    ----------
    contrast : Contrast
    first : (sector,)
        Median leads of the baseline.
    """
    statistics = spread(contrast.changes[BY_SECTOR][:, 0, :, -1], contrast.runs).tolist()
    for sector, before, numbers in zip(contrast.sectors, first.tolist(), statistics, strict=True):
        opening: Row = (contrast.scenario, sector, contrast.year, len(contrast.runs), before)
        yield (*opening, *numbers, scale(BY_SECTOR).unit)


def write(folder: Path, lines: Iterable[Row], by_sector: Iterable[Row]) -> None:
    """Write both tables."""
    write_table(folder / OVERVIEW, COLUMNS, lines)
    write_table(folder / SECTORS, SECTOR_COLUMNS, by_sector)


class Tables:
    """Both tables, read back."""

    def __init__(self, folder: Path) -> None:
        self.lines = read_lines(folder / OVERVIEW, TEXTS)
        self.by_sector = read_lines(folder / SECTORS, TEXTS)
        own = [line for line in self.lines if line["forms"] == AS_CONFIGURED]
        self._own = {(line["scenario"], line["outcome"], line["state"]): line for line in own}
        self.scenarios = sorted(
            dict.fromkeys(line["scenario"] for line in own), key=lambda name: -self._own[name, *SHOWN[0]]["q50"]
        )
        """By what they do to the lead, the largest gain first."""
        self.sectors = list(dict.fromkeys(line["sector"] for line in self.by_sector))

    def line(self, scenario: str, outcome: str, state: str) -> Line:
        """A scenario's line as configured."""
        return self._own[scenario, outcome, state]

    def change(self, scenario: str, outcome: str, state: str) -> Change:
        """What a scenario does to a headline."""
        return Change.of(self.line(scenario, outcome, state))

    def moves(self, scenario: str, outcome: str, state: str) -> bool:
        """Whether a scenario moves a headline: runs tell a direction, and it is not negligible."""
        return _counts(self.change(scenario, outcome, state), outcome)

    def moves_gap(self, scenario: str, sector: str) -> bool:
        """Whether a scenario moves the gap in a sector."""
        return _counts(self.gap(scenario, sector), LEAD)

    def flips(self, scenario: str, outcome: str, state: str) -> list[str]:
        """Rival forms under which a told direction is told the other way round."""
        own = self.change(scenario, outcome, state)
        others = {line["forms"]: Change.of(line) for line in self.lines if _is(line, scenario, outcome, state)}
        return [forms for forms, other in others.items() if own.told and other.told and own.middle * other.middle < 0.0]

    def gap(self, scenario: str, sector: str) -> Change:
        """What a scenario does to the gap in a sector: to the lead of whoever has it in the baseline."""
        line = next(line for line in self.by_sector if (line["scenario"], line["sector"]) == (scenario, sector))
        return Change.of(line) if line["baseline_q50"] >= 0.0 else Change.of(line).reversed()

    def before(self, sector: str) -> float:
        """The median lead of the United States without any scenario."""
        return float(next(line["baseline_q50"] for line in self.by_sector if line["sector"] == sector))


def _counts(change: Change, outcome: str) -> bool:
    return change.told and abs(change.middle) >= LEAST[outcome]


def _is(line: Line, scenario: str, outcome: str, state: str) -> bool:
    place = (line["scenario"], line["outcome"], line["state"])
    return place == (scenario, outcome, state) and line["forms"] != AS_CONFIGURED
