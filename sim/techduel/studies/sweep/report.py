"""A finished sweep in words: the screen, and the README of its folder, both from its tables."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from techduel.ensemble.manifest import FAILURES
from techduel.report import impossible, pages
from techduel.report.marks import TITLES
from techduel.scenario.staleness import remarks
from techduel.studies.sweep.effects import Effect, Key, Points, effects, read_points, title
from techduel.studies.sweep.tables import DESIGN, OUTCOMES

STRONGEST: Final = 4
"""Factors named for each outcome."""


def screen(folder: Path) -> str:
    """What the command prints: outcomes, what moves them, and where things lie."""
    points = read_points(folder)
    lines = [f"{points.config['title']}: {len(points.places)} points, {points.runs} runs each"]
    for key in points.changes:
        lines += ["", *_outcome(points, key)]
    told = impossible.told(folder)
    lines += ["", *told] if told else []
    figures = len(list((folder / "figures").glob("*.png")))
    lines += ["", f"Written to {folder}: README.md, {DESIGN}, {OUTCOMES}, figures/ ({figures})"]
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
        sentences=[_in_words(points, key) for key in points.changes],
        failed=len(list((folder / FAILURES).glob("*.json"))),
    )


def _outcome(points: Points, key: Key) -> Iterator[str]:
    """An outcome over all points, and the factors that move it most."""
    yield f"{_title(key)}: {_level(points, key)}; points {_range(points, key)}"
    for effect in effects(points, key)[:STRONGEST]:
        yield f"  {effect.factor:<24} {_in_line(effect)}"


def _in_line(effect: Effect) -> str:
    first, last = effect.levels[0], effect.levels[-1]
    share = "" if np.isnan(effect.share) else f"   {100 * effect.share:3.0f} % of the variance over points"
    return f"{_change(first.mean):>9} at {first.title:<18} {_change(last.mean):>9} at {last.title:<18}{share}"


def _in_words(points: Points, key: Key) -> str:
    """One sentence about an outcome."""
    opening = f"{_title(key)}: {_level(points, key)}; changes over the points {_range(points, key)}"
    ranked = effects(points, key)
    if not ranked:
        return f"{opening}."
    largest = ranked[0]
    first, last = largest.levels[0], largest.levels[-1]
    return (
        f"{opening}; {largest.factor} moves it most, from {_change(first.mean)} at {first.title} to "
        f"{_change(last.mean)} at {last.title}."
    )


def _title(key: Key) -> str:
    outcome, state = key
    return title(outcome) + (f", {TITLES[state]}" if state else "")


def _level(points: Points, key: Key) -> str:
    value = points.base[key]
    return f"{value:,.{_digits(value)}f} {points.base_units[key]} as configured"


def _range(points: Points, key: Key) -> str:
    changes = points.changes[key][~np.isnan(points.changes[key])]
    if not changes.size:
        return "unknown"
    return f"{_change(float(changes.min()))} to {_change(float(changes.max()))} {points.units[key]}"


def _change(value: float) -> str:
    return f"{value + 0.0:+,.{_digits(value)}f}"


def _digits(value: float) -> int:
    return 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 3
