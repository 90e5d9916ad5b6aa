"""Figures of a comparison: changes over time, headlines on a page, cost against lead, what brings effects about."""

import math
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.headlines import HEADLINES, INCOME, headline, told_by
from techduel.ensemble.paired import LEAD, LEADS, SPREAD, in_months, spread
from techduel.model.axes import STATES, Numbers
from techduel.report.marks import (
    COLOURS,
    GREEN,
    GREY,
    TITLES,
    Album,
    Axis,
    Bar,
    Bars,
    Dot,
    Dots,
    Grid,
    Key,
    Picture,
    Plane,
    Whisker,
    dot,
    paged,
    rows_of,
)
from techduel.report.series import Course, Series, fans, quantiles
from techduel.report.words import number, per_cent
from techduel.scenario.parameter_sets import causes
from techduel.statistics.directions import Change
from techduel.statistics.tables import Lines
from techduel.studies import frame
from techduel.studies.compare.answer import field, mirrored
from techduel.studies.compare.attribution import DECOMPOSITION
from techduel.studies.compare.comparison import Comparison, Contrast, comparison_from, contrasts
from techduel.studies.compare.decomposition import TOTAL
from techduel.studies.compare.tables import HEADLINE, read_parts

BLAMED: Final = ((INCOME, "us"), (INCOME, "china"), (LEAD, "us"), ("decoupling_index", ""))
"""Headlines whose decomposition is drawn."""
NAMES: Final = {**TITLES, "": "world"}
MOST_COLUMNS: Final = 8
"""Scenarios that one picture of the table has room for."""
LETTERS: Final = 18
"""Of a scenario's name in a line."""
SINGLE: Final = 40
"""Runs that are drawn one by one."""
TORNADO_NUMBERS: Final = ("alone", "last", "share", "share_q05", "share_q95")
MARKERS: Final = dict(zip(STATES, "os", strict=True))

type Row = Mapping[str, Any]


def album(config: Mapping[str, Any], folder: Path) -> Album:
    """Every figure of a stored comparison."""
    comparison = comparison_from(config)
    pictures, names = _pictures(comparison, folder), comparison.names
    return frame.album(comparison.settings, folder, pictures, called="comparison", scenarios=names)


def _pictures(comparison: Comparison, folder: Path) -> Iterator[tuple[str, Picture]]:
    """Every figure by the name of its files, with what runs differ by."""
    differ_by = causes({name: comparison.members[name].config["params"] for name in comparison.names})
    for name, picture in _plain(comparison, folder):
        yield name, replace(picture, note=f"{picture.note}, which differ by {differ_by}.")


def _plain(comparison: Comparison, folder: Path) -> Iterator[tuple[str, Picture]]:
    headlines, parts = read_parts(folder / HEADLINE), read_parts(folder / DECOMPOSITION)
    others, baseline = comparison.names[1:], comparison.baseline
    yield "cost_and_lead", plane(headlines, others, baseline, comparison.asked.lead)
    for page, names in paged(others, MOST_COLUMNS):
        yield f"outcomes{page}", grid(headlines, names, baseline, comparison.asked.lead)
    for contrast in contrasts(comparison, folder):
        yield f"paired_{contrast.scenario}", paired(contrast, baseline)
    for name in others:
        if any(row["scenario"] == name for row in parts):
            yield f"tornado_{name}", tornado(parts, name, baseline)


def paired(contrast: Contrast, baseline: str) -> Picture:
    """Change over time with its spread over runs."""
    lead = contrast.asked.lead
    titles = {
        "real_income": "Real income",
        lead: f"U.S. lead in {field(lead)}",
        "rd_total": "Research and development",
        "decoupling_index": "Decoupling index",
    }
    moved = _moved(contrast, titles)
    courses = [_course(contrast, name, title, moved) for name, title in titles.items()]
    points, months = (_change(contrast, name) for name in told_by(lead))
    found = f"U.S. lead {_size(points)}" if points.told else "no clear change of the U.S. lead"
    both = f"Lead in {field(lead)} by {contrast.year}: {_size(points)} or {_size(months)}. " if points.told else ""
    return fans(
        f"{_in_words(contrast.scenario)}: {found} by {contrast.year}",
        _source(baseline),
        courses,
        f"{both}China's lead is the reverse. Lines: medians, faint single runs; bands: 5-95 and 25-75 % of "
        f"{_which(moved)}",
    )


def _moved(contrast: Contrast, names: Iterable[str]) -> NDArray[np.bool_]:
    """Runs in which a scenario changes any of some headlines: not those in which what it is about never happens."""
    changed = [_values(contrast, name).reshape(len(contrast.runs), -1) != 0.0 for name in names]
    return np.concatenate(changed, axis=1).any(axis=1)


def _which(moved: NDArray[np.bool_]) -> str:
    """Which runs the bands are of."""
    if moved.all() or not moved.any():
        return "runs"
    return f"the {moved.sum()} runs that change (nothing happens in the other {moved.size - moved.sum()})"


def _change(contrast: Contrast, name: str) -> Change:
    """The change of a headline of the United States."""
    found = spread(contrast.headline(name), contrast.runs)[0].tolist()
    unit = headline(name).scale.unit
    return Change.of({**dict(zip(SPREAD, found, strict=True)), "unit": unit, "runs": len(contrast.runs)})


def _size(change: Change) -> str:
    return f"{number(change.middle)} {change.unit}"


def _course(contrast: Contrast, name: str, title: str, moved: NDArray[np.bool_]) -> Course:
    """The change of a headline over time; China's lead is the reverse of that of the United States."""
    values = _values(contrast, name)[moved if moved.any() else slice(None)]
    if values.ndim == 2:  # the world has no states
        series = [Series("world", contrast.years, quantiles(values), runs=values[:SINGLE])]
    else:
        states = STATES[:1] if headline(name).is_lead else STATES
        series = [
            Series(state, contrast.years, quantiles(values[:, place]), runs=values[:SINGLE, place])
            for place, state in enumerate(states)
        ]
    return Course(title, headline(name).scale.unit, series, signed=True)


def _values(contrast: Contrast, name: str) -> Numbers:
    outcome, _, sector = name.partition(".")
    changes = contrast.changes[outcome]
    return changes[:, :, contrast.sectors.index(sector)] if sector else changes


def grid(headlines: Lines, names: Sequence[str], baseline: str, lead: str = LEAD) -> Picture:
    """The headlines of some scenarios side by side; a colour says how surely a number has its sign.

    Leads stand in log points, the one that is asked for also in months.
    """
    cells = {
        (row["outcome"], row["state"], row["scenario"]): Change.of(row)
        for row in headlines
        if row["scenario"] in names and not mirrored(row["outcome"], row["state"])
    }
    beside = {name for name, _, _ in cells if headline(name).needs == LEADS[1]} - {in_months(lead)}
    rows = list(dict.fromkeys((outcome, state) for outcome, state, _ in cells if outcome not in beside))
    panel = Grid(
        values=np.array([[_sure(cells[*row, name]) for name in names] for row in rows]),
        rows=[
            f"{headline(told_by(name)[0]).title}, {NAMES[state]}\n({headline(name).scale.unit})" for name, state in rows
        ],
        columns=[_in_lines(name) for name in names],
        texts=[[number(cells[*row, name].middle) for name in names] for row in rows],
        below=[[_told(cells[*row, name]) for name in names] for row in rows],
    )
    return Picture(
        title=f"What changes against {_in_words(baseline)} by {int(headlines[0]['year'])}",
        source=_source(baseline),
        panels=[panel],
        columns=("scenario", "headline", "state", "q50", "q05", "q95", "share_positive", "share_negative", "unit"),
        rows=[
            (name, headline(outcome).title, state, *_numbers(cells[outcome, state, name]))
            for outcome, state in rows
            for name in names
        ],
        height=0.42 * len(rows) + 2.1,
        note="Green: more, purple: less, the deeper the surer; open: no direction is told. Medians, below them the "
        "share with that sign, over runs",
    )


def _numbers(change: Change) -> tuple[float | str, ...]:
    return change.middle, change.low, change.high, change.rises, change.falls, change.unit


def _sure(change: Change) -> float:
    """From nothing where the runs tell no direction to 1 where all have the median's sign."""
    return float(np.sign(change.middle)) * (2.0 * change.share - 1.0) if change.told else 0.0


def _told(change: Change) -> str:
    return per_cent(change.share) if change.told else "" if change.middle == 0.0 else "open"


def plane(headlines: Lines, names: Sequence[str], baseline: str, lead: str = LEAD) -> Picture:
    """What each scenario costs both states against the lead it brings: both stand above each other at one lead."""
    by_key = {(row["scenario"], row["outcome"], row["state"]): row for row in headlines}
    units = {headline(one).unit: [_ends(by_key[name, one, STATES[0]]) for name in names] for one in told_by(lead)}
    unit, gains = next(iter(units.items()))
    losses = {state: [_lost(by_key[name, INCOME, state]) for name in names] for state in STATES}
    middles = np.array([[loss[0] for loss in losses[state]] for state in STATES])
    panel = Plane(
        dots=[_dots(state, gains, losses[state]) for state in STATES],
        across=Axis(f"{unit} of lead in {field(lead)} that the United States gain"),
        up=Axis("discounted real income lost, %", zero=True),
        links=[(gain[0], float(both.min()), float(both.max())) for gain, both in zip(gains, middles.T, strict=True)],
        names=[_in_lines(name, 40) for name in names],
    )
    return Picture(
        title="What a lead costs",
        source=_source(baseline),
        panels=[panel],
        columns=("scenario", "quantity", "state", "q50", "q05", "q95", "unit"),
        rows=[
            row
            for place, name in enumerate(names)
            for row in (
                *((name, f"{headline(lead).title}, gained", "us", *gain[place], of) for of, gain in units.items()),
                *((name, "discounted real income lost", state, *losses[state][place], "%") for state in STATES),
            )
        ],
        height=5.4,
        note="Medians; lines: 5-95 % of runs",
        keys=[Key(TITLES[state], dot(COLOURS[state], 5.5, MARKERS[state])) for state in STATES],
    )


def _ends(row: Row) -> tuple[float, float, float]:
    return row["q50"], row["q05"], row["q95"]


def _lost(row: Row) -> tuple[float, float, float]:
    return 0.0 - row["q50"], 0.0 - row["q95"], 0.0 - row["q05"]


def _dots(state: str, gains: Sequence[Sequence[float]], losses: Sequence[Sequence[float]]) -> Dots:
    gain, left, right = np.array(gains, dtype=float).T
    loss, low, high = np.array(losses, dtype=float).T
    return Dots(gain, loss, dot(COLOURS[state], 5.5, MARKERS[state]), spread=(left, right, low, high))


def tornado(parts: Lines, scenario: str, baseline: str) -> Picture:
    """The measures of one scenario, by the size of their shares in any of the drawn headlines."""
    own = [row for row in parts if row["scenario"] == scenario]
    players = _ranked(own)
    shown = [headline for headline in BLAMED if any(_of(row, headline) for row in own)]
    panels = {headline: {row["player"]: row for row in own if _of(row, headline)} for headline in shown}
    methods = " ".join(sorted({str(row["method"]) for row in own}))
    return Picture(
        title=f"{_in_words(scenario)}: which measures do it",
        source=f"{_source(baseline)} Bars: Shapley average over {methods}.",
        panels=[_bars(headline, players, rows) for headline, rows in panels.items()],
        columns=("headline", "state", "player", *TORNADO_NUMBERS, "unit"),
        rows=[
            (
                HEADLINES[name].title,
                state,
                player,
                *(rows[player][key] for key in TORNADO_NUMBERS),
                rows[player]["unit"],
            )
            for (name, state), rows in panels.items()
            for player in players
            if player in rows
        ],
        height=rows_of(len(panels)) * (0.25 * len(players) + 0.8) + 1.3,
        note="Lines: 5-95 % of runs",
        keys=[
            Key("share of the effect", dot(GREEN, 6, "s")),
            Key("alone", dot("black", 5, hollow=True)),
            Key("last to join", dot("black", 4.5, "D", hollow=True)),
        ],
        same="up",
    )


def _of(row: Row, headline: tuple[str, str]) -> bool:
    return (row["outcome"], row["state"]) == headline and math.isfinite(row["share"])


def _bars(headline: tuple[str, str], players: Sequence[str], rows: Mapping[str, Row]) -> Bars:
    numbers = {
        key: np.array([rows[player][key] if player in rows else math.nan for player in players])
        for key in TORNADO_NUMBERS
    }
    parts = np.where([player == TOTAL for player in players], math.nan, 1.0)
    colours = [GREY if player == TOTAL else GREEN for player in players]
    name, state = headline
    return Bars(
        rows=[textwrap.fill(player, 27) for player in players],
        layers=[
            Bar(numbers["share"], colours, opacity=0.55),
            Whisker(numbers["share_q05"], numbers["share_q95"], colours, width=1.2),
            Dot(parts * numbers["alone"], "black", size=5, hollow=True),
            Dot(parts * numbers["last"], "black", size=4.5, marker="D", hollow=True),
        ],
        title=f"{HEADLINES[name].title}\n{NAMES[state]}",
        across=Axis(next(iter(rows.values()))["unit"], most=4, zero=True),
    )


def _ranked(rows: Lines) -> list[str]:
    """Players by their largest part in any of the drawn headlines, the whole effect last."""
    largest: dict[str, float] = {}
    for blamed in BLAMED:
        own = [row for row in rows if _of(row, blamed)]
        whole = sum(abs(row["share"]) for row in own if row["player"] != TOTAL) or 1.0
        for row in own:
            largest[row["player"]] = max(largest.get(row["player"], 0.0), abs(row["share"]) / whole)
    return sorted(largest, key=lambda player: (player == TOTAL, -largest[player]))


def _in_words(name: str) -> str:
    """A scenario's name, short enough for a title."""
    return textwrap.shorten(name.replace("_", " "), 34, placeholder="\N{HORIZONTAL ELLIPSIS}")


def _in_lines(name: str, letters: int = LETTERS) -> str:
    return textwrap.fill(name.replace("_", " "), letters)


def _source(baseline: str) -> str:
    return f"Differences from {baseline} with the same luck, run by run."
