"""A finished sensitivity analysis in words: the screen, and the README of its folder, both from its tables."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from techduel.report import pages
from techduel.report.words import wrapped
from techduel.scenario.staleness import remarks
from techduel.studies.sensitivity.tables import (
    BY_LUCK,
    INDICES,
    LUCK,
    SHARES,
    TOGETHER,
    Analysis,
    Line,
    Subject,
    hidden,
    read_analysis,
)

EFFECTS: Final = "Effects over the whole range without luck, with intervals of 90 %, and their means with sign."
STRONGEST: Final = 4
"""Units named for each outcome."""
LOST: Final = "luck hides whatever factors do; more rows (points) or runs would tell"


def screen(folder: Path) -> str:
    """What the command prints: outcomes, luck, the units that matter most, and where things lie."""
    analysis = read_analysis(folder)
    config = analysis.config
    lines = wrapped(
        f"{config['title']}: {config['method']}, {config['points']} rows, {config['runs']} runs a point", ""
    )
    if config["method"] == "morris":
        lines += wrapped(EFFECTS, "")
    for subject in analysis.shown:
        lines += ["", *_outcome(analysis, subject)]
    figures = len(list((folder / "figures").glob("*.png")))
    files = wrapped(f"README.md, {INDICES}, {SHARES}, {LUCK}, figures/ ({figures})")
    return "\n".join([*lines, "", f"Written to {folder}:", *files])


def write_readme(folder: Path) -> None:
    """Write ``README.md`` of a folder that has its tables."""
    analysis = read_analysis(folder)
    config = analysis.config
    pages.write_readme(
        folder,
        "sensitivity",
        config=config,
        remarks=remarks(config),
        uncertainties=len(config["uncertain"]) + len(config["factors"]),
        sentences=[sentence(analysis, subject) for subject in analysis.shown],
        refused=analysis.refused,
    )


def _outcome(analysis: Analysis, subject: Subject) -> Iterator[str]:
    low, high = (_part(analysis.luck[subject][end]) for end in ("low", "high"))
    yield from wrapped(f"{_level(analysis, subject)} ({low} to {high})", "")
    ranked = analysis.ranked(subject)[:STRONGEST]
    if hidden(ranked[0]):
        yield from wrapped(LOST, "  ")
        return
    for line in ranked:
        yield f"  {line['factor']:<30} {_index(line)}"


def _level(analysis: Analysis, subject: Subject) -> str:
    """An outcome, its spread, and luck."""
    luck = analysis.luck[subject]
    year = f" {subject.year}" if subject.year else ""
    spread = f"mean {_round(luck['mean'])}, sd {_round(luck['sd'])} {luck['unit']}"
    return f"{subject.title}{year}: {spread}; luck makes {_part(luck['luck'])} of the variance"


def _index(line: Line) -> str:
    if line["method"] == "morris":
        low, high = _round(line["size_low"]), _round(line["size_high"])
        return f"{_round(line['size'])} ({low} to {high}), mean {line['mu']:+.2g}"
    return ", ".join(
        f"{name} {_part(line[name])} ({_whole(line[f'{name}_low'])} to {_whole(line[f'{name}_high'])})"
        for name in ("first", "total")
    )


def sentence(analysis: Analysis, subject: Subject) -> str:
    """An outcome, what moves it most, and of a Sobol analysis what would be worth most to resolve."""
    first, *others = analysis.ranked(subject)[:3]
    if hidden(first):
        return f"{_level(analysis, subject)}; {LOST}."
    then = f", then {', '.join(line['factor'] for line in others)}" if others else ""
    if first["method"] == "morris":
        effect = f"{_round(first['size'])} {first['unit']} over its range"
        return f"{_level(analysis, subject)}; {first['factor']} moves it most ({effect}){then}."
    most = max(_alone(analysis, subject), key=lambda line: line["share"])
    strongest = f"of what factors make, {first['factor']} makes most ({_part(first['total'])}){then}"
    worth = f"{most['name']} ({_part(most['share'])} of all variance)"
    return f"{_level(analysis, subject)}; {strongest}. Worth most to resolve: {worth}."


def _alone(analysis: Analysis, subject: Subject) -> list[Line]:
    """Shares by group, or by theme where there are no groups."""
    lines = [line for line in analysis.shares[subject] if line["name"] not in {TOGETHER, BY_LUCK}]
    return [line for line in lines if line["by"] == "group"] or lines


def _round(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _part(share: float) -> str:
    """Of a variance."""
    return "unknown" if math.isnan(share) else f"{_whole(share)} %"


def _whole(share: float) -> str:
    """A share in whole per cent; an estimate beyond 0 or 1 is chance."""
    return f"{100.0 * min(max(share, 0.0), 1.0):.0f}"
