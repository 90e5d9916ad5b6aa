"""A finished backtest in words: the screen and the README of its folder, both from its tables."""

import csv
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from statistics import fmean
from textwrap import wrap
from typing import Any, Final

from techduel.ensemble.manifest import README, write_text
from techduel.ensemble.store import settings
from techduel.scenario.staleness import remarks
from techduel.studies.backtest.comparison import CODE_OF
from techduel.studies.backtest.counterparts import LOG, POINTS, SERIES
from techduel.studies.backtest.tables import SCORES, SKILL, SKIPPED

type Table = list[dict[str, str]]

SERIES_WIDTH: Final = 36
SCREEN: Final = 120
CHINA: Final = CODE_OF["china"]
VINTAGE: Final = (
    "China's GDP was revised in December 2024: the record's `gdp_lcu` and `gdp_usd` are on the new base, its "
    "`gerd_pct_gdp` and `rd_*_pct_gdp` over GDP as published before (2.40 % in 2020; on the new base 2.36 %). Ratios "
    "of a file from after the revision are some 2 % lower, which counts against every forecast: take them over GDP as "
    "published before"
)
BIASES: Final = 6
"""How many are named."""
NARROW: Final = 20
"""Fewer points than this say little about coverage."""


def screen(folder: Path) -> str:
    """What the command prints: skill by series, coverage, what was skipped, and where things lie."""
    skills, scores, skipped = _tables(folder)
    lines = [*_table(skills), "", *_overall(skills, scores, bool(settings(folder)["discrepancy"]))]
    if skipped:
        lines += ["", "Skipped:", *(wrapped for line in _skipped(skipped) for wrapped in _wrapped(line))]
    figures = len(list((folder / "figures").glob("*.png")))
    return "\n".join([*lines, "", f"Written to {folder}: README.md, {SCORES}, {SKILL}, figures/ ({figures})"])


def write_readme(folder: Path, config: Mapping[str, Any]) -> None:
    """Write ``README.md`` of a folder that has its tables."""
    skills, scores, skipped = _tables(folder)
    names = list(dict.fromkeys(row["series"] for row in skills))
    lines = [
        f"# {folder.name}",
        "",
        f"How good is the forecast made from {config['origin']}? {config['runs']} runs, seed {config['seed']}, "
        f"{len(scores)} values of {len(names)} series.",
        "",
        *(f"- {line}" for line in _overall(skills, scores, config["discrepancy"])),
        *(f"- Behind the best naive forecast: {line}" for line in [_behind(skills)] if line),
        *(f"- Skipped: {line}" for line in _skipped(skipped)),
        *(f"- {line}" for line in remarks(config)),
        "",
        "What each series is in the model, where that differs from the record:",
        "",
        *(f"- `{name}`: {SERIES[name].definition}." for name in names),
        *(f"- {line}." for line in _vintages(skills)),
        "",
        f"Every value: `{SCORES}`; by series: `{SKILL}`; what was not scored: `{SKIPPED}`; figures: `figures/`. "
        f"Again, byte for byte: `techduel reproduce results/{folder.parent.name}/{folder.name}`.",
    ]
    write_text(folder / README, "\n".join(lines) + "\n")


def read(path: Path) -> Table:
    """The rows of a stored table, as text."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _tables(folder: Path) -> tuple[Table, Table, Table]:
    return read(folder / SKILL), read(folder / SCORES), read(folder / SKIPPED)


def _table(skills: Table) -> Iterator[str]:
    yield (
        f" {'series':<{SERIES_WIDTH}}{'state':<7}{'points':>6}  {'best naive':<12}{'skill':>8}{'alone':>8}"
        f"{'in band':>9}{'alone':>7}"
    )
    for row in skills:
        opening = f" {row['series']:<{SERIES_WIDTH}}{row['state']:<7}{row['points']:>6}  {row['best_naive'] or '-':<12}"
        numbers = f"{_signed(row['skill']):>8}{_signed(row['model_skill']):>8}"
        yield f"{opening}{numbers}{_percent(row['covered_90']):>9}{_percent(row['model_covered_90']):>7}"


def _overall(skills: Table, scores: Table, widened: bool) -> Iterator[str]:
    """A sentence with discrepancy, where there is one, and one for the model alone."""
    kinds = [("With discrepancy", "skill", "covered_90")] if widened else []
    for title, skill, covered in [*kinds, ("Model alone", "model_skill", "model_covered_90")]:
        found = [float(row[skill]) for row in skills if row[skill]]
        means = _by_series(skills, skill)
        yield (
            f"{title}: skill above 0 in {_above(found)} of {len(found)} series by state, in "
            f"{_above(means.values())} of {len(means)} on the mean over states; "
            f"{_percent(fmean(float(row[covered]) for row in scores))} of {len(scores)} values in the 90 % band."
        )
    if len(scores) < NARROW:
        yield f"{len(scores)} values say little about coverage."


def _vintages(skills: Table) -> Iterator[str]:
    """What to mind of a file with ratios to China's GDP."""
    if any(row["state"] == CHINA and row["series"].endswith("_pct_gdp") for row in skills):
        yield VINTAGE


def _above(values: Iterable[float]) -> int:
    return sum(value > 0 for value in values)


def _by_series(skills: Table, column: str) -> dict[str, float]:
    """Mean skill over the states of each series that has a rival."""
    found: dict[str, list[float]] = {}
    for row in skills:
        if row[column]:
            found.setdefault(row["series"], []).append(float(row[column]))
    return {name: fmean(values) for name, values in found.items()}


def _behind(skills: Table) -> str:
    found = [row for row in skills if row["skill"] and float(row["skill"]) <= 0]
    return ", ".join(f"{row['series']} {row['state']} ({_signed(row['skill'])})" for row in found)


def _skipped(rows: Sequence[dict[str, str]]) -> Iterator[str]:
    """A line a reason, with every series and its states."""
    reasons: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        reasons.setdefault(row["reason"], {}).setdefault(row["series"], []).append(row["state"])
    for reason, names in reasons.items():
        yield f"{reason}: {', '.join(f'{name} ({" ".join(states)})' for name, states in names.items())}"


def _wrapped(line: str) -> list[str]:
    return wrap(line, SCREEN, initial_indent=" ", subsequent_indent="   ", break_long_words=False)


def _signed(cell: str) -> str:
    return f"{float(cell):+.2f}" if cell else "-"


def _percent(value: str | float) -> str:
    return f"{100 * float(value):.0f} %"


def steps_in_words(rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """The sizes of yearly steps, a line a series and state."""
    yield f" {'series':<{SERIES_WIDTH}}{'state':<7}{'step':>9}{'own':>9}{'errors':>8}{'years':>7}{'mean':>9}{'z2':>9}"
    for row in rows:
        numbers = (f"{float(row[name]):>9.4f}" if row[name] else f"{'-':>9}" for name in ("step", "own_step"))
        opening = (
            f" {row['series']:<{SERIES_WIDTH}}{row['state']:<7}{''.join(numbers)}{row['errors']:>8}{row['years']:>7}"
        )
        rest = (f"{float(row[name]):>+9.3f}" if row[name] else f"{'-':>9}" for name in ("mean_error", "mean_square_z"))
        yield opening + "".join(rest)


def biases_in_words(rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """The largest mean errors of levels and shares, and those of growth; of series that follow from no other."""
    own = [row for row in rows if row["mean_error"] and SERIES[row["series"]].recorded is None]
    relative = sorted((row for row in own if row["scale"] == LOG), key=lambda row: -abs(float(row["mean_error"])))
    named = (f"{row['series']} {row['state']} {100 * math.expm1(float(row['mean_error'])):+.0f} %" for row in relative)
    yield f"Largest mean errors, record over forecast: {', '.join(islice(named, BIASES))}."
    points = [
        f"{row['series']} {row['state']} {float(row['mean_error']):+.1f}" for row in own if row["scale"] == POINTS
    ]
    yield f"In points, record less forecast: {', '.join(points)}."
