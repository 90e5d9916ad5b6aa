"""Figures of the overview: lead and costs of every scenario side by side, and gaps by sector."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.headlines import INCOME, headline
from techduel.ensemble.paired import LEAD
from techduel.facts.selection import known_sectors
from techduel.report.marks import (
    CHANGE_COLOURS,
    COLOURS,
    GREEN,
    GREY,
    TITLES,
    Album,
    Axis,
    Bars,
    Dot,
    Key,
    Label,
    Map,
    Picture,
    Whisker,
    dot,
)
from techduel.report.words import number
from techduel.scenario.parameter_sets import causes
from techduel.statistics.directions import SURE, Change
from techduel.studies import frame
from techduel.studies.compare.comparison import MEMBERS
from techduel.studies.overview.tables import LEAST, SHOWN, Tables

SIZES: Final = ((0.99, 6.5), (0.95, 4.8), (SURE, 4.0), (0.0, 3.2))
"""Share of runs from which on a dot has a size; the last where nothing is told."""
PANELS: Final = {SHOWN[0]: "U.S. lead", SHOWN[1]: "U.S. income", SHOWN[2]: "China's income"}
LETTERS: Final = 24
OUTLIER: Final = 1.5
"""Times that the widest row reaches beyond the next from which on it is cut off, so that the others can be read."""
MARGIN: Final = 0.06
"""Of the width of a panel, beyond the bands."""
STARTS: Final = {"us ": "U.S. ", "china ": "China "}
"""How names begin, and how that is written."""


def album(config: Mapping[str, Any], folder: Path) -> Album:
    """Both figures of a stored overview."""
    found = Tables(folder)
    differ_by = causes({name: member["params"] for name, member in config[MEMBERS].items()})
    pictures = _pictures(found, config["scenarios"][0], differ_by)
    return frame.album(config, folder, pictures, scenarios=config["scenarios"])


def _pictures(tables: Tables, baseline: str, differ_by: str) -> Iterator[tuple[str, Picture]]:
    yield "overview", overview(tables, baseline, differ_by)
    yield "sectors", sectors(tables, baseline, differ_by)


def overview(tables: Tables, baseline: str, differ_by: str) -> Picture:
    """A row a scenario: what it does to the lead, and what it costs each side."""
    names = [_words(name) for name in tables.scenarios]
    year = int(tables.line(tables.scenarios[0], *SHOWN[0])["year"])
    return Picture(
        title=f"U.S. lead by {year}: most with {names[0]}, least with {names[-1]}",
        source=f"Change of the lead in frontier fields against {baseline} by {year}, and of income until then (present "
        "value, prices of 2020), with the same luck.",
        panels=[_panel(tables, shown, names) for shown in SHOWN],
        columns=("scenario", "outcome", "state", "q50", "q05", "q95", "told", "share", "flips_with", "unit"),
        rows=[_row(tables, name, shown) for shown in SHOWN for name in tables.scenarios],
        height=0.2 * len(names) + 1.9,
        note="Dots: medians, the larger the more runs share the direction (90, 95, 99 %); grey: fewer than "
        f"90 %, or the median is below {LEAST[LEAD]:g} log points or {LEAST[INCOME]:g} %; hollow: turned round by a "
        f"rival equation; lines: 5-95 % of runs, which differ by {differ_by}. Arrows: medians beyond a panel",
        keys=[
            Key("lead", dot(GREEN, 6)),
            *(Key(f"income, {TITLES[state]}", dot(colour, 6)) for state, colour in COLOURS.items()),
            Key("open or negligible", dot(GREY, 3.2)),
        ],
        side_by_side=3,
        same="up",
    )


def _panel(tables: Tables, shown: tuple[str, str], names: Sequence[str]) -> Bars:
    outcome, state = shown
    colour = GREEN if shown == SHOWN[0] else COLOURS[state]
    changes = [tables.change(name, *shown) for name in tables.scenarios]
    moved = [tables.moves(name, *shown) for name in tables.scenarios]
    colours = [colour if moves else GREY for moves in moved]
    ends = _ends(changes)
    middle, low, high = (
        np.clip([getattr(change, name) for change in changes], *ends) for name in ("middle", "low", "high")
    )
    beyond = [change.middle if not ends[0] < change.middle < ends[1] else 0.0 for change in changes]
    arrows = [
        "" if not far else f"{number(far)} \N{RIGHTWARDS ARROW}" if far > 0.0 else f"\N{LEFTWARDS ARROW} {number(far)}"
        for far in beyond
    ]
    layers: list[Whisker | Dot | Label] = [
        Whisker(low, high, colours, width=1.2, opacity=0.5),
        Label(np.zeros(len(changes)), arrows, [far > 0.0 for far in beyond]),
    ]
    for hollow in (False, True):
        for size in dict(SIZES).values():
            chosen = [
                _size(change.share if moves else 0.0) == size and bool(tables.flips(name, *shown)) == hollow
                for name, change, moves in zip(tables.scenarios, changes, moved, strict=True)
            ]
            layers.append(Dot(np.where(chosen, middle, np.nan), colours, size=size, hollow=hollow))
    return Bars(names, layers, PANELS[shown], Axis(headline(outcome).scale.unit, *ends, most=4, zero=True))


def _ends(changes: Sequence[Change]) -> tuple[float, float]:
    """Ends of a panel that holds the bands of all rows, but of one that reaches far beyond the next only a part."""
    rows = sorted(((change.low, change.high) for change in changes), key=lambda ends: max(map(abs, ends)))
    second, first = (max(map(abs, ends)) for ends in (rows[-2:][0], rows[-1]))
    low, high = np.array(rows[:-1] if first > OUTLIER * second else rows).T
    left, right = min(float(low.min()), 0.0), max(float(high.max()), 0.0)
    margin = MARGIN * (right - left) or 1.0
    return left - margin, right + margin


def _size(share: float) -> float:
    """The size of a dot by the share of runs; the smallest where nothing is told."""
    return next(size for least, size in SIZES if share >= least)


def _row(tables: Tables, name: str, shown: tuple[str, str]) -> tuple[Any, ...]:
    change = tables.change(name, *shown)
    flips = " ".join(tables.flips(name, *shown))
    return (name, *shown, change.middle, change.low, change.high, change.told, change.share, flips, change.unit)


def sectors(tables: Tables, baseline: str, differ_by: str) -> Picture:
    """A field: in which sectors a scenario widens or narrows the gap, and how surely."""
    gaps = {(sector, name): tables.gap(name, sector) for sector in tables.sectors for name in tables.scenarios}
    titles = dict(zip(known_sectors().names, known_sectors().titles, strict=True))
    values = [[_sure(tables, name, sector) for name in tables.scenarios] for sector in tables.sectors]
    leaders = {sector: TITLES["us" if tables.before(sector) >= 0.0 else "china"] for sector in tables.sectors}
    field = Map(
        np.array(values),
        [f"{titles[sector]} ({_short(leaders[sector])})" for sector in tables.sectors],
        [_words(name) for name in tables.scenarios],
        CHANGE_COLOURS,
        (-100.0, 100.0),
        scale="% of runs in which the gap narrows (-) or widens (+)",
        upright=True,
    )
    first = tables.line(tables.scenarios[0], *SHOWN[0])
    return Picture(
        title="Where the gap widens and where it narrows",
        source=f"Change against {baseline} by {int(first['year'])} with the same luck.",
        panels=[field],
        columns=("sector", "leader", "scenario", "q50", "q05", "q95", "told", "share", "unit"),
        rows=[
            (sector, leaders[sector], name, gap.middle, gap.low, gap.high, gap.told, gap.share, gap.unit)
            for (sector, name), gap in gaps.items()
        ],
        height=6.3,
        note=f"Grey: no direction is told, or the median is below {LEAST[LEAD]:g} log points. In brackets who leads "
        f"without the scenario, at the median. Runs differ by {differ_by}",
    )


def _sure(tables: Tables, name: str, sector: str) -> float:
    """Per cent of runs, negative where the gap narrows; 0 where it does not move."""
    gap = tables.gap(name, sector)
    return float(np.sign(gap.middle)) * 100.0 * gap.share if tables.moves_gap(name, sector) else 0.0


def _words(name: str) -> str:
    words = name.replace("_", " ")[:LETTERS]
    return next((good + words.removeprefix(start) for start, good in STARTS.items() if words.startswith(start)), words)


def _short(state: str) -> str:
    return {"United States": "U.S."}.get(state, state)
