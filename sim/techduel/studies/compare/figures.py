"""The numbers of a comparison's figures: drawn in `comparison_plots`, and stored as CSV beside each picture."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Final

from techduel.ensemble.headlines import HEADLINES, INCOME, LEAD
from techduel.ensemble.paired import FRONTIER_LEAD, scale
from techduel.model.axes import STATES
from techduel.report.figures import Fan, Fans, Line, Panel, quantiles
from techduel.studies.compare.contrast import Contrast
from techduel.studies.compare.decomposition import TOTAL
from techduel.studies.compare.tables import Table

LETTERS: Final = ascii_uppercase
"""Short names of the scenarios in figures, in their order."""
PANELS: Final = {
    "real_income": "Real income",
    FRONTIER_LEAD: "U.S. lead in frontier fields",
    "rd_total": "Research and development",
    "decoupling_index": "Decoupling index",
}
"""Variables whose change over time is drawn, with the titles of their panels. China's lead is that of the United States
with the other sign, so only one is drawn."""
BLAMED: Final = ((INCOME, "us"), (INCOME, "china"), (LEAD, "us"), ("decoupling_index", ""))
"""Headlines whose decomposition is drawn."""
NAMES: Final = {"us": "United States", "china": "China", "": "world"}
MOST_COLUMNS: Final = 8
"""Scenarios that one picture of the table has room for."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The change of one headline in one scenario."""

    mean: float
    low: float
    high: float
    sure: float
    """Share of runs with the sign of the mean."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Headlines by scenario."""

    title: str
    source: str
    columns: tuple[tuple[str, str], ...]
    """Letter and name of each scenario."""
    rows: tuple[tuple[str, str, str], ...]
    """Title, state and unit of each headline."""
    cells: dict[tuple[int, int], Cell]
    """By row and column."""

    @property
    def header(self) -> Line:
        """Columns of the table."""
        return ("scenario", "letter", "headline", "state", "mean", "q05", "q95", "share_same_sign", "unit")

    def table(self) -> Iterator[Line]:
        """One line a cell."""
        for (row, column), cell in self.cells.items():
            title, state, unit = self.rows[row]
            letter, name = self.columns[column]
            yield (name, letter, title, state, cell.mean, cell.low, cell.high, cell.sure, unit)


@dataclass(frozen=True, slots=True)
class Spot:
    """A scenario in the plane of lead and cost: mean, 5 % and 95 % of runs of each number."""

    letter: str
    scenario: str
    gain: tuple[float, float, float]
    """Months of lead that the United States gain."""
    losses: tuple[tuple[float, float, float], ...]
    """Per cent of discounted real income that each state loses."""


@dataclass(frozen=True, slots=True)
class Plane:
    """What each scenario costs both states against the lead it brings."""

    title: str
    source: str
    spots: tuple[Spot, ...]

    @property
    def header(self) -> Line:
        """Columns of the table."""
        return ("scenario", "letter", "quantity", "state", "mean", "q05", "q95", "unit")

    def table(self) -> Iterator[Line]:
        """Three lines a scenario."""
        for spot in self.spots:
            yield (spot.scenario, spot.letter, "lead gained in frontier fields", "us", *spot.gain, "months")
            for state, loss in zip(STATES, spot.losses, strict=True):
                yield (spot.scenario, spot.letter, "discounted real income lost", state, *loss, "%")


@dataclass(frozen=True, slots=True)
class Bars:
    """The decomposition of one headline."""

    title: str
    state: str
    unit: str
    players: tuple[str, ...]
    """The whole effect last."""
    numbers: dict[str, tuple[float, ...]]
    """``alone``, ``last``, ``share`` and its 5 % and 95 % over runs, by player."""


@dataclass(frozen=True, slots=True)
class Tornado:
    """Which measures bring a scenario's effects about."""

    title: str
    source: str
    panels: tuple[Bars, ...]

    @property
    def header(self) -> Line:
        """Columns of the table."""
        return ("headline", "state", "player", *TORNADO_NUMBERS, "unit")

    def table(self) -> Iterator[Line]:
        """One line a headline and player."""
        for bars in self.panels:
            for place, player in enumerate(bars.players):
                found = (bars.numbers[name][place] for name in TORNADO_NUMBERS)
                yield (bars.title, bars.state, player, *found, bars.unit)


TORNADO_NUMBERS: Final = ("alone", "last", "share", "share_q05", "share_q95")

type Drawable = Fans | Grid | Plane | Tornado


def paired(found: Contrast, baseline: str) -> Fans:
    """Change over time with its spread over runs."""
    panels = tuple(_panel(found, name, title) for name, title in PANELS.items() if name in found.changes)
    return Fans(f"{found.scenario} against {baseline}", _source(baseline), panels)


def grids(headlines: Table, names: Sequence[str], baseline: str) -> list[Grid]:
    """The headlines of all scenarios, as many on a page as it has room for."""
    pages = [names[first : first + MOST_COLUMNS] for first in range(0, len(names), MOST_COLUMNS)]
    return [_grid(headlines, page, names, baseline) for page in pages]


def plane(headlines: Table, names: Sequence[str], baseline: str) -> Plane:
    """Cost against lead."""
    spots = tuple(_spot(headlines, name, LETTERS[place]) for place, name in enumerate(names))
    return Plane("What a lead costs", _source(baseline), spots)


def tornado(decomposition: Table, scenario: str, baseline: str) -> Tornado:
    """The measures of one scenario, by the size of their shares in the first headline."""
    panels = tuple(_bars(decomposition, scenario, name, state) for name, state in BLAMED)
    methods = {str(row["method"]) for row in decomposition if row["scenario"] == scenario}
    source = f"{_source(baseline)} Bars: Shapley average over {' '.join(sorted(methods))}."
    return Tornado(f"{scenario}: which measures do it", source, tuple(bars for bars in panels if bars.players))


def _source(baseline: str) -> str:
    return f"Differences from {baseline} with the same luck, run by run."


def _panel(found: Contrast, name: str, title: str) -> Panel:
    values = found.changes[name]
    if values.ndim == 2:  # the world has no states
        fans = [Fan("world", found.years, quantiles(values))]
    else:
        states = STATES[:1] if name == FRONTIER_LEAD else STATES
        fans = [Fan(state, found.years, quantiles(values[:, place])) for place, state in enumerate(states)]
    return Panel(title, scale(name).unit, tuple(fans), signed=True)


def _grid(headlines: Table, page: Sequence[str], names: Sequence[str], baseline: str) -> Grid:
    rows = list(dict.fromkeys((str(row["outcome"]), str(row["state"]), str(row["unit"])) for row in headlines))
    cells = {
        (rows.index((row["outcome"], row["state"], row["unit"])), page.index(row["scenario"])): Cell(
            row["mean"], row["q05"], row["q95"], row["share_same_sign"]
        )
        for row in headlines
        if row["scenario"] in page
    }
    return Grid(
        title="What each scenario changes",
        source=_source(baseline),
        columns=tuple((LETTERS[names.index(name)], name) for name in page),
        rows=tuple((HEADLINES[outcome].title, state, unit) for outcome, state, unit in rows),
        cells=cells,
    )


def _spot(headlines: Table, scenario: str, letter: str) -> Spot:
    found = {(row["outcome"], row["state"]): row for row in headlines if row["scenario"] == scenario}
    gain, losses = found[LEAD, STATES[0]], [found[INCOME, state] for state in STATES]
    return Spot(
        letter=letter,
        scenario=scenario,
        gain=(gain["mean"], gain["q05"], gain["q95"]),
        losses=tuple((0.0 - row["mean"], 0.0 - row["q95"], 0.0 - row["q05"]) for row in losses),
    )


def _bars(decomposition: Table, scenario: str, name: str, state: str) -> Bars:
    chosen = [
        row
        for row in decomposition
        if (row["scenario"], row["outcome"], row["state"]) == (scenario, name, state) and math.isfinite(row["share"])
    ]
    order = _order(decomposition, scenario)
    chosen.sort(key=lambda row: order.index(row["player"]))
    return Bars(
        title=HEADLINES[name].title,
        state=state,
        unit=str(chosen[0]["unit"]) if chosen else "",
        players=tuple(str(row["player"]) for row in chosen),
        numbers={key: tuple(float(row[key]) for row in chosen) for key in TORNADO_NUMBERS},
    )


def _order(decomposition: Table, scenario: str) -> list[str]:
    """Players by their largest part in any of the drawn headlines, the whole effect last."""
    largest: dict[str, float] = {}
    for name, state in BLAMED:
        rows = [
            row for row in decomposition if (row["scenario"], row["outcome"], row["state"]) == (scenario, name, state)
        ]
        whole = sum(abs(row["share"]) for row in rows if row["player"] != TOTAL) or 1.0
        for row in rows:
            largest[row["player"]] = max(largest.get(row["player"], 0.0), abs(row["share"]) / whole)
    return sorted(largest, key=lambda player: (player == TOTAL, -largest[player]))
