"""A finished sweep in words: the screen, and the README of its folder, both from its tables."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from techduel.ensemble.manifest import FAILURES
from techduel.report import pages
from techduel.report.marks import TITLES
from techduel.report.words import number, wrapped
from techduel.scenario.staleness import remarks
from techduel.statistics import impossible
from techduel.studies.sweep.effects import Effect, Key, Points, effects, read_points, title
from techduel.studies.sweep.tables import DESIGN, OUTCOMES

STRONGEST: Final = 4
"""Factors named for each outcome."""
LEAST_SHARE: Final = 0.1
"""Of the variance over points, or of its width: below, a factor is not called what moves an outcome most."""


def screen(folder: Path) -> str:
    """What the command prints: outcomes, what moves them, and where things lie."""
    points = read_points(folder)
    lines = wrapped(f"{points.config['title']}: {len(points.places)} points, {points.runs} runs each", "")
    for sentence in sentences(points):
        lines += wrapped(sentence)
    lines += ["", "Medians over runs, means over points, against everything as configured"]
    for key in points.changes:
        lines += [f" {titled(key)}, {points.units[key]}", *_outcome(points, key)]
    told = [line for sentence in impossible.told(folder) for line in wrapped(sentence, "")]
    figures = len(list((folder / "figures").glob("*.png")))
    lines += ["", *told, f"Written to {folder}:", f" README.md, {DESIGN}, {OUTCOMES}, figures/ ({figures})"]
    return "\n".join(lines)


def write_readme(folder: Path) -> None:
    """Write ``README.md`` of a folder that has its tables."""
    points = read_points(folder)
    pages.write_readme(
        folder,
        "sweep",
        config=points.config,
        remarks=[*impossible.told(folder), *remarks(points.config)],
        points=len(points.places),
        runs=points.runs,
        sentences=sentences(points),
        failed=len(list((folder / FAILURES).glob("*.json"))),
    )


def sentences(points: Points) -> list[str]:
    """What came out: one sentence an outcome."""
    return [_in_words(points, key) for key in points.changes]


def _outcome(points: Points, key: Key) -> Iterator[str]:
    """The factors that move an outcome most."""
    for effect in effects(points, key)[:STRONGEST]:
        yield from wrapped(f"{effect.factor}: {_in_line(effect)}", "   ")


def _in_line(effect: Effect) -> str:
    first, last = effect.levels[0], effect.levels[-1]
    share = "" if np.isnan(effect.share) else f", {100 * effect.share:.0f} % of the variance over points"
    return f"{number(first.mean)} at {first.title}, {number(last.mean)} at {last.title}{share}"


def _in_words(points: Points, key: Key) -> str:
    """One sentence about an outcome; what stands out no more than chance would let it is not called a cause."""
    opening = f"{titled(key)}: {_level(points, key)}; changes over the points {_range(points, key)}"
    ranked = effects(points, key)
    if not ranked:
        return f"{opening}."
    largest = ranked[0]
    if largest.weight < LEAST_SHARE:
        return f"{opening}; no factor by itself makes a tenth of that, or the points are too few to tell."
    first, last = largest.levels[0], largest.levels[-1]
    return (
        f"{opening}; {largest.factor} moves it most, from {number(first.mean)} at {first.title} to "
        f"{number(last.mean)} at {last.title}."
    )


def titled(key: Key) -> str:
    """An outcome with its state, in words."""
    outcome, state = key
    return title(outcome) + (f", {TITLES[state]}" if state else "")


def _level(points: Points, key: Key) -> str:
    return f"{number(points.base[key], sign=False)} {points.base_units[key]} as configured"


def _range(points: Points, key: Key) -> str:
    changes = points.changes[key][~np.isnan(points.changes[key])]
    if not changes.size:
        return "unknown"
    return f"{number(float(changes.min()))} to {number(float(changes.max()))} {points.units[key]}"
