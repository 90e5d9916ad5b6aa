"""A finished backtest in words: the screen and the README of its folder, both from its tables."""

import math
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any, Final

from techduel.ensemble.folder import settings
from techduel.report import pages
from techduel.report.tables import Lines, read_lines, read_table
from techduel.scenario.staleness import remarks
from techduel.studies.backtest.comparison import CODE_OF
from techduel.studies.backtest.counterparts import LOG, POINTS, SERIES
from techduel.studies.backtest.tables import SCORES, SKILL, SKIPPED

if TYPE_CHECKING:
    from pandas import DataFrame

TEXTS: Final = ("series", "state", "best_naive", "unit", "reason", "scale")
SERIES_WIDTH: Final = 36
SCREEN: Final = 120
CHINA: Final = CODE_OF["china"]
BIASES: Final = 6
"""How many are named."""
NARROW: Final = 20
"""Fewer points than this say little about coverage."""


def screen(folder: Path) -> str:
    """What the command prints: skill by series, coverage, what was skipped, and where things lie."""
    skills = read_table(folder / SKILL, TEXTS)
    lines = [*_table(skills), "", *_verdicts(folder, bool(settings(folder)["discrepancy"]))]
    skipped = list(_skipped(folder))
    if skipped:
        lines += ["", "Skipped:", *(wrapped for line in skipped for wrapped in _wrapped(line))]
    figures = len(list((folder / "figures").glob("*.png")))
    return "\n".join([*lines, "", f"Written to {folder}: README.md, {SCORES}, {SKILL}, figures/ ({figures})"])


def write_readme(folder: Path, config: Mapping[str, Any]) -> None:
    """Write ``README.md`` of a folder that has its tables."""
    skills = read_table(folder / SKILL, TEXTS)
    behind = skills[skills["skill"] <= 0]
    pages.write_readme(
        folder,
        "backtest",
        config=config,
        remarks=remarks(config),
        values=len(read_table(folder / SCORES, TEXTS)),
        series={name: SERIES[name].definition for name in skills["series"].unique()},
        verdicts=list(_verdicts(folder, config["discrepancy"])),
        behind=", ".join(
            f"{series} {state} ({_signed(skill)})"
            for series, state, skill in zip(behind["series"], behind["state"], behind["skill"], strict=True)
        ),
        skipped=list(_skipped(folder)),
        revised=bool(((skills["state"] == CHINA) & skills["series"].str.endswith("_pct_gdp")).any()),
    )


def read(path: Path) -> Lines:
    """The rows of a stored table."""
    return read_lines(path, TEXTS)


def _table(skills: "DataFrame") -> Iterator[str]:
    yield (
        f" {'series':<{SERIES_WIDTH}}{'state':<7}{'points':>6}  {'best naive':<12}{'skill':>8}{'alone':>8}"
        f"{'in band':>9}{'alone':>7}"
    )
    for row in skills.to_dict("records"):
        opening = f" {row['series']:<{SERIES_WIDTH}}{row['state']:<7}{row['points']:>6}  {row['best_naive'] or '-':<12}"
        numbers = f"{_signed(row['skill']):>8}{_signed(row['model_skill']):>8}"
        yield f"{opening}{numbers}{_percent(row['covered_90']):>9}{_percent(row['model_covered_90']):>7}"


def _verdicts(folder: Path, widened: bool) -> Iterator[str]:
    """A sentence with discrepancy, where there is one, and one for the model alone."""
    skills, scores = read_table(folder / SKILL, TEXTS), read_table(folder / SCORES, TEXTS)
    kinds = [("With discrepancy", "skill", "covered_90")] if widened else []
    for title, skill, covered in [*kinds, ("Model alone", "model_skill", "model_covered_90")]:
        by_state = skills.dropna(subset=[skill])
        by_series = by_state.groupby("series")[skill].mean()
        yield (
            f"{title}: skill above 0 in {(by_state[skill] > 0).sum()} of {len(by_state)} series by state, in "
            f"{(by_series > 0).sum()} of {len(by_series)} on the mean over states; "
            f"{_percent(scores[covered].mean())} of {len(scores)} values in the 90 % band."
        )
    if len(scores) < NARROW:
        yield f"{len(scores)} values say little about coverage."


def _skipped(folder: Path) -> Iterator[str]:
    """A line a reason, with every series and its states."""
    for reason, rows in read_table(folder / SKIPPED, TEXTS).groupby("reason", sort=False):
        states = rows.groupby("series", sort=False)["state"].agg(" ".join)
        yield f"{reason}: {', '.join(f'{name} ({words})' for name, words in states.items())}"


def _wrapped(line: str) -> list[str]:
    return wrap(line, SCREEN, initial_indent=" ", subsequent_indent="   ", break_long_words=False)


def _signed(number: float) -> str:
    return "-" if math.isnan(number) else f"{number:+.2f}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def steps_in_words(rows: Lines) -> Iterator[str]:
    """The sizes of yearly steps, a line a series and state."""
    yield f" {'series':<{SERIES_WIDTH}}{'state':<7}{'step':>9}{'own':>9}{'errors':>8}{'years':>7}{'mean':>9}{'z2':>9}"
    for row in rows:
        opening = f" {row['series']:<{SERIES_WIDTH}}{row['state']:<7}{_cell(row['step'], '.4f')}"
        counts = f"{_cell(row['own_step'], '.4f')}{row['errors']:>8g}{row['years']:>7g}"
        yield f"{opening}{counts}{_cell(row['mean_error'], '+.3f')}{_cell(row['mean_square_z'], '+.3f')}"


def _cell(number: float, form: str) -> str:
    return f"{'-':>9}" if math.isnan(number) else f"{format(number, form):>9}"


def biases_in_words(rows: Lines) -> Iterator[str]:
    """The largest mean errors of levels and shares, and those of growth; of series that follow from no other."""
    own = [row for row in rows if not math.isnan(row["mean_error"]) and SERIES[row["series"]].recorded is None]
    relative = sorted((row for row in own if row["scale"] == LOG), key=lambda row: -abs(row["mean_error"]))
    named = (f"{row['series']} {row['state']} {100 * math.expm1(row['mean_error']):+.0f} %" for row in relative)
    yield f"Largest mean errors, record over forecast: {', '.join(islice(named, BIASES))}."
    points = [f"{row['series']} {row['state']} {row['mean_error']:+.1f}" for row in own if row["scale"] == POINTS]
    yield f"In points, record less forecast: {', '.join(points)}."
