"""A finished result in words: the screen, the README of its folder, and how often a bound or limit was reached.

Screen and README are made from the stored tables, so that a rerun says the same without opening the runs.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from techduel.report import pages
from techduel.report.leads import lines, sentence, surely_ahead
from techduel.report.marks import TITLES
from techduel.report.words import per_cent, wrapped
from techduel.scenario.staleness import remarks
from techduel.statistics import impossible
from techduel.statistics.directions import SURE
from techduel.statistics.impossible import DIAGNOSTICS
from techduel.statistics.tables import read_lines
from techduel.studies.run import leads, pathways, variance
from techduel.studies.run.scorecard import Row, band, crossing, published, share
from techduel.studies.run.scorecard import read as read_scorecard


def screen(folder: Path) -> str:
    """What a command prints: the article's targets, the past, the lead by sector, and what makes the bands."""
    scorecard = read_scorecard(folder)
    answer = [line for part in answers(folder) for line in wrapped(part)]
    parts = [*answer, "", *_target_lines(scorecard), *_past_line(scorecard), "", *lines(leads.read(folder)), ""]
    told = (line for part in impossible.told(folder) for line in wrapped(part, ""))
    return "\n".join([*parts, *told, *_places(folder)])


def answers(folder: Path) -> list[str]:
    """What came out in sentences: the targets, the lead, who is ahead where, and what makes the bands."""
    found = leads.read(folder)
    ahead = _ahead_words(surely_ahead(found), max(lead.year for lead in found))
    reached = _reached_words(read_scorecard(folder))
    told = (reached, sentence(found), ahead, *pathways.sentences(folder), variance.in_words(variance.read(folder)))
    return [part for part in told if part]


def write_readme(folder: Path, config: Mapping[str, Any]) -> None:
    """Write ``README.md`` of a result folder that has its tables."""
    targets: dict[str, list[Row]] = {}
    for row in read_scorecard(folder):
        if row["share_reaching"] is not None:  # the two bases of F4 share a line
            targets.setdefault(row["id"], []).append(row)
    pages.write_readme(
        folder,
        "run",
        config=config,
        remarks=[*impossible.told(folder), *remarks(config)],
        answers=answers(folder),
        targets=targets,
        limits=_limits(folder),
        **{"published": published, "title": _title, "band": band, "by_then": _by_then},
    )


def _target_lines(scorecard: Sequence[Row]) -> Iterator[str]:
    yield "The article and the model (median, 90 % band over runs)"
    for row in scorecard:
        if row["verdict"] == "outcome" or row["share_crossing"] is not None:
            article = published(row, "article")
            yield f" {row['id']:<4}{_title(row)}{article and ': '}{article}"
            told = "; ".join(part for part in (band(row), _by_then(row), crossing(row)) if part)
            yield from wrapped(told, " " * 5)


def _by_then(row: Row) -> str:
    """Who reaches a target in time, by the model alone and with what it missed in the past; empty without a target."""
    if row["share_reaching"] is None:
        return ""
    missed = "" if row["forecast_share"] is None else f", {share(row['forecast_share'])} with past misses"
    return f"by then in {share(row['share_reaching'])} of runs{missed}"


def _past_line(scorecard: Sequence[Row]) -> Iterator[str]:
    for verdict in ("reproduced", "differs"):
        figures = list(dict.fromkeys(row["id"] for row in scorecard if row["verdict"] == verdict))
        if figures:
            yield f" The past: {', '.join(figures)} {'are reproduced' if verdict == 'reproduced' else 'DIFFER'}."


_SHORTER: Final = {
    ", plan target": "",
    ", projected": "",
    " (more than)": "",
    " in 2021-2025": "",
    "value added": "of GDP",
    "United States": "U.S.",
    "market exchange rates": "market rates",
    "purchasing power parities": "PPP",
}


def _title(row: Row) -> str:
    """State, quantity and year, short enough for a column."""
    quantity = _shortened(row["quantity"])
    state = "" if "U.S." in quantity else f"{TITLES[row['state']]}: "
    return f"{state}{quantity}, {row['year']}"


def _shortened(quantity: str) -> str:
    for long, short in _SHORTER.items():
        quantity = quantity.replace(long, short)
    return quantity


def _reached_words(scorecard: Sequence[Row]) -> str:
    """Targets by how likely they are reached in time: in nine tenths of runs or more, in a tenth or fewer, or open.

    With what the model missed in the past where that is known: its own bands were too narrow.
    """
    found: dict[str, list[str]] = {"very likely": [], "open": [], "very unlikely": []}
    for row in scorecard:
        alone, missed = row["share_reaching"], row["forecast_share"]
        if alone is not None:
            part = alone if missed is None else missed
            kind = "very likely" if part >= SURE else "very unlikely" if 1.0 - part >= SURE else "open"
            by = (
                f"{per_cent(alone)} of runs" if missed is None else f"{per_cent(missed)}, model alone {per_cent(alone)}"
            )
            found[kind].append(f"{_shortened(row['quantity']).replace(',', '')} ({by})")
    named = "; ".join(f"{kind}: {', '.join(names)}" for kind, names in found.items() if names)
    return f"Targets reached in time, past misses counted where known, {named}." if named else ""


def _ahead_words(sure: Mapping[str, Sequence[str]], year: int) -> str:
    places = "; ".join(f"{TITLES[state]} {', '.join(sectors) or 'nowhere'}" for state, sectors in sure.items())
    return f"Ahead in {year} in 95 % of runs: {places}. In the other sectors it is open."


def _places(folder: Path) -> Iterator[str]:
    figures = len(list((folder / "figures").glob("*.png")))
    yield f"Written to {folder}:"
    yield f" README.md, scorecard.md, figures/ ({figures}), summary.csv"


def _limits(folder: Path) -> str:
    """One line about bounds and limits."""
    stored = read_lines(folder / DIAGNOSTICS)
    own = [line for line in stored if not line["name"].startswith(impossible.PREFIX)]
    shares = [f"{line['meaning']}: {100 * line['value']:.2f} %" for line in own if not math.isnan(line["of"])]
    wrong = [line["name"] for line in own if line["fine"] == "no"]
    within = ". All within bounds." if len(own) == len(stored) else "."
    return "; ".join(shares) + (f". Beyond what is allowed: {', '.join(wrong)}." if wrong else within)
