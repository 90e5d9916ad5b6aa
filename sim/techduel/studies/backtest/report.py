"""A finished backtest in words: the screen and the README of its folder, both from its tables."""

import math
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from techduel.ensemble.folder import settings
from techduel.report import pages
from techduel.report.words import per_cent, wrapped
from techduel.scenario.staleness import remarks
from techduel.statistics.tables import Lines, read_table
from techduel.studies.backtest.comparison import CODE_OF
from techduel.studies.backtest.counterparts import SERIES
from techduel.studies.backtest.tables import HORIZONS, SCORES, SKILL, SKIPPED, TEXTS

if TYPE_CHECKING:
    from pandas import DataFrame

SERIES_WIDTH: Final = 35
PRIMITIVE_WIDTH: Final = 21
CHINA: Final = CODE_OF["china"]
BIASES: Final = 6
"""How many are named."""
NARROW: Final = 20
"""Fewer points than this say little about coverage."""


def screen(folder: Path) -> str:
    """What the command prints: skill by series, coverage, what was skipped, and where things lie."""
    skills = read_table(folder / SKILL, TEXTS)
    told = verdicts(folder, bool(settings(folder)["discrepancy"]))
    lines = [*_table(skills), "", *(part for sentence in told for part in wrapped(sentence, ""))]
    left_out = list(skipped(folder))
    if left_out:
        lines += ["", "Skipped:", *(part for line in left_out for part in wrapped(line))]
    figures = len(list((folder / "figures").glob("*.png")))
    return "\n".join([*lines, "", f"Written to {folder}:", f" README.md, {SCORES}, {SKILL}, figures/ ({figures})"])


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
        verdicts=list(verdicts(folder, config["discrepancy"])),
        behind=", ".join(
            f"{series} {state} ({signed(skill)})"
            for series, state, skill in zip(behind["series"], behind["state"], behind["skill"], strict=True)
        ),
        skipped=list(skipped(folder)),
        revised=bool(((skills["state"] == CHINA) & skills["series"].str.endswith("_pct_gdp")).any()),
    )


def _table(skills: "DataFrame") -> Iterator[str]:
    yield (
        f" {'series':<{SERIES_WIDTH}}{'':<3}{'n':>3}  {'best naive':<11}{'skill':>6}{'alone':>6}{'band':>6}{'alone':>6}"
    )
    for row in skills.to_dict("records"):
        opening = f" {row['series']:<{SERIES_WIDTH}}{row['state']:<3}{row['points']:>3}  {row['best_naive'] or '-':<11}"
        numbers = f"{signed(row['skill']):>6}{signed(row['model_skill']):>6}"
        yield f"{opening}{numbers}{per_cent(row['covered_90']):>6}{per_cent(row['model_covered_90']):>6}"


def verdicts(folder: Path, widened: bool) -> Iterator[str]:
    """Sentences with discrepancy, where there is one, and for the model alone; then without what only converts."""
    skills, scores = read_table(folder / SKILL, TEXTS), read_table(folder / SCORES, TEXTS)
    for title, opening in [*([("With discrepancy", "")] if widened else []), ("Model alone", "model_")]:
        yield f"{title}: {_verdict(skills, scores, opening)}"
        own, own_scores = (frame[frame["converts"] == ""] for frame in (skills, scores))
        yield f"{title}, without pure conversions: {_verdict(own, own_scores, opening)}"
        parts = [(name, scores[scores["nominal"] == kind]) for name, kind in (("nominal", 1), ("real", 0))]
        told = (f"{name} {_coverages(part, opening)}" for name, part in parts if len(part))
        yield f"{title}, inside the 50, 80 and 90 % bands: {'; '.join(told)}."
    if len(scores) < NARROW:
        yield f"{len(scores)} values say little about coverage."


def _verdict(skills: "DataFrame", scores: "DataFrame", opening: str) -> str:
    skill = f"{opening}skill"
    by_state = skills.dropna(subset=[skill])
    by_series = by_state.groupby("series")[skill].mean()
    return (
        f"skill above 0 in {(by_state[skill] > 0).sum()} of {len(by_state)} series by state, in "
        f"{(by_series > 0).sum()} of {len(by_series)} on the mean over states; "
        f"{per_cent(scores[f'{opening}covered_90'].mean())} of {len(scores)} values in the 90 % band."
    )


def _coverages(scores: "DataFrame", opening: str) -> str:
    inside = (per_cent(scores[f"{opening}covered_{band}"].mean()) for band in (50, 80, 90))
    return f"{', '.join(inside)} of {len(scores)} values"


def skipped(folder: Path) -> Iterator[str]:
    """A line a reason, with every series and its states."""
    for reason, rows in read_table(folder / SKIPPED, TEXTS).groupby("reason", sort=False):
        states = rows.groupby("series", sort=False)["state"].agg(" ".join)
        yield f"{reason}: {', '.join(f'{name} ({words})' for name, words in states.items())}"


def signed(number: float) -> str:
    """A skill; a dash where there is none."""
    return "-" if math.isnan(number) else f"{number:+.2f}"


def steps_in_words(rows: Lines) -> Iterator[str]:
    """Drifts and steps, a line a primitive and state."""
    yield (
        f" {'primitive':<{PRIMITIVE_WIDTH}}{'state':<6}{'drift':>8}{'doubt':>8}{'step':>8}{'own':>8}"
        f"{'errors':>7}{'years':>6}{'mean':>7}"
    )
    for row in rows:
        opening = f" {row['primitive']:<{PRIMITIVE_WIDTH}}{row['state']:<6}{_cell(row['drift'], '+.4f')}"
        sizes = "".join(_cell(row[name], ".4f") for name in ("drift_sd", "step", "own_step"))
        yield f"{opening}{sizes}{row['errors']:>7g}{row['years']:>6g}{_cell(row['mean_error'], '+.2f', 7)}"


def _cell(number: float, form: str, width: int = 8) -> str:
    return f"{'-' if math.isnan(number) else format(number, form):>{width}}"


def biases_in_words(rows: Lines) -> Iterator[str]:
    """The largest mean errors."""
    own = [row for row in rows if not math.isnan(row["mean_error"])]
    ordered = sorted(own, key=lambda row: -abs(row["mean_error"]))
    named = (f"{row['primitive']} {row['state']} {100 * math.expm1(row['mean_error']):+.0f} %" for row in ordered)
    sentence = f"Largest mean errors, record over forecast (of shares: their odds): {', '.join(islice(named, BIASES))}."
    yield from wrapped(sentence, "")


def horizons_in_words(rows: Lines) -> Iterator[str]:
    """Mean errors by years ahead, model alone and with what was known of its misses, below each series and state."""
    yield "".join(f"{f'{ahead} years':>26}" for ahead in HORIZONS)
    by_key: dict[tuple[str, str], dict[int, Mapping[str, Any]]] = {}
    for row in rows:
        by_key.setdefault((row["series"], row["state"]), {})[int(row["ahead"])] = row
    for (name, state), found in by_key.items():
        yield f" {name} {state}"
        yield "".join(f"{_horizon(found.get(ahead)):>26}" for ahead in HORIZONS)


def _horizon(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return "-"
    parts = ((row[f"{opening}mean_error"], row[f"{opening}positive"]) for opening in ("model_", ""))
    alone, whole = (f"{100 * mean:+.1f} ({positive:g})" for mean, positive in parts)
    return f"{alone} {whole} of {row['origins']:g}"
