"""A finished comparison in words: the screen and the README of its folder, both from its tables."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from techduel.ensemble.headlines import HEADLINES, INCOME
from techduel.ensemble.paired import LEAD, LEAD_MONTHS
from techduel.ensemble.store import load, settings
from techduel.model.axes import STATES
from techduel.report import impossible, pages
from techduel.report.marks import TITLES
from techduel.report.tables import Lines
from techduel.scenario.staleness import remarks
from techduel.studies.compare.attribution import DECOMPOSITION, NONE
from techduel.studies.compare.comparison import MEMBERS, SCENARIOS, Comparison
from techduel.studies.compare.decomposition import TOTAL
from techduel.studies.compare.tables import COSTS, HEADLINE, read_parts

LABEL: Final = 35
COLUMN: Final = 40
SHORT: Final = {"percentage points": "points", "points of 100": "points", "incidents": ""}
BLAMED: Final = ((INCOME, "us"), (INCOME, "china"), (LEAD, "us"))
"""Headlines whose decomposition the screen shows."""


def screen(folder: Path) -> str:
    """What the command prints: headlines and costs of each scenario, the decomposition, and where things lie."""
    config = settings(folder)
    headlines, costs, parts = (read_parts(folder / name) for name in (HEADLINE, COSTS, DECOMPOSITION))
    lines = [
        f"Difference from {config['scenarios'][0]} with the same luck, to {_horizon(config)}: "
        "median (90 % of runs) and share of runs with its sign"
    ]
    for name in config["scenarios"][1:]:
        lines += ["", *_scenario(name, config, headlines, costs), *_parts(name, parts)]
    told = impossible.told(folder)
    return "\n".join([*lines, *([""] if told else []), *told, "", *_places(folder)])


def write_readme(folder: Path, comparison: Comparison) -> None:
    """Write ``README.md`` of a folder that has its tables, and ``diagnostics.csv`` where numbers are impossible."""
    records = ((name, load(folder / SCENARIOS / name, impossible.CHECKED)) for name in comparison.names)
    impossible.write(folder, {name: impossible.impossible(record) for name, record in records})
    by_key = {(row["scenario"], row["outcome"], row["state"]): row for row in read_parts(folder / HEADLINE)}
    pages.write_readme(
        folder,
        "compare",
        comparison=comparison,
        remarks=[*impossible.told(folder), *remarks(comparison.settings)],
        first=comparison.members[comparison.baseline],
        headlines={
            name: {
                **{state: by_key[name, INCOME, state] for state in STATES},
                "lead": by_key[name, LEAD, STATES[0]],
                "months": by_key[name, LEAD_MONTHS, STATES[0]],
            }
            for name in comparison.names[1:]
        },
        taken_apart=comparison.decompose != NONE,
        **{"number": _number, "per_cent": pages.per_cent, "over_parameters": _band, "markdown": pages.Markdown},
    )


def _horizon(config: dict[str, Any]) -> int:
    return int(config[MEMBERS][config["scenarios"][0]]["horizon"])


def _scenario(name: str, config: dict[str, Any], headlines: Lines, costs: Lines) -> Iterator[str]:
    """Title, a line a headline with both states side by side, and the costs."""
    yield f"{name}: {config[MEMBERS][name]['title']}"
    yield f" {'':<{LABEL}}{TITLES['us']:<{COLUMN}}{TITLES['china']}"
    rows = {(row["outcome"], row["state"]): row for row in headlines if row["scenario"] == name}
    for outcome, headline in HEADLINES.items():
        cells = [_cell(rows[outcome, state]) for state in (*STATES, "") if (outcome, state) in rows]
        if cells:
            title = headline.title + (f", {config['discount_rate']:.1%}" if outcome == INCOME else "")
            title += ", world" if (outcome, "") in rows else ""
            yield _line(title, cells)
    yield from _ahead_lines([rows[LEAD, state] for state in STATES])
    yield from _cost_lines([row for row in costs if row["scenario"] == name])


def _cell(row: dict[str, Any]) -> str:
    unit = SHORT.get(row["unit"], row["unit"])
    middle, low, high = (_number(row[key]) for key in ("q50", "q05", "q95"))
    return f"{f'{middle} {unit}'.strip():>14} ({low} to {high}) {100 * row['share_same_sign']:.0f} %"


def _number(value: float) -> str:
    if math.isnan(value):
        return "-"
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value + 0.0:+,.{digits}f}"


def _line(title: str, cells: Sequence[str]) -> str:
    return f" {title:<{LABEL}}{''.join(f'{cell:<{COLUMN}}' for cell in cells)}".rstrip()


def _ahead_lines(leads: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The lead in frontier fields by parameters, luck taken out, and in how many runs a state is ahead."""
    yield _line("lead, over parameters", [_band(row) for row in leads])
    ahead = [f"{100 * row['baseline_ahead']:.0f} -> {100 * row['level_ahead']:.0f} % of runs" for row in leads]
    levels = [f"{_number(row['baseline'])} -> {_number(row['level'])}" for row in leads]
    yield _line("ahead, and expected lead", [f"{one}, {two}" for one, two in zip(ahead, levels, strict=True)])


def _band(row: dict[str, Any]) -> str:
    low, high, error = (row[f"parameters_{name}"] for name in ("q05", "q95", "se"))
    if math.isnan(low):
        return "too few runs a set to tell"
    if error == 0.0:
        return "parameters are the same"
    ends = f"{_number(low)} to {_number(high)}" if low < high else "none that can be told"
    return f"{ends}, error {error:.2f}"


WITHOUT: Final = {
    **dict.fromkeys(("point_cost", "cost"), "no lead surely gained"),
    "ratio": "no income surely lost",
}
"""Why a ratio has no value."""


def _cost_lines(costs: Sequence[dict[str, Any]]) -> Iterator[str]:
    """What a lead costs, and the rival's loss over the own one; in words where it is undefined."""
    points = [_ratio(row, "cost_per_log_point_of_lead", "point_cost", " bn USD") for row in costs]
    yield _line("income lost per log point of lead", points)
    yield _line(
        "income lost per month of lead", [_ratio(row, "cost_per_month_of_lead", "cost", " bn USD") for row in costs]
    )
    yield _line("loss of the rival over own", [_ratio(row, "target_sender_cost_ratio", "ratio", "") for row in costs])


def _ratio(row: dict[str, Any], name: str, short: str, unit: str) -> str:
    if math.isnan(row[name]):
        return f"{'-':>14} ({WITHOUT[short]})"
    low, high = (_number(row[f"{short}_{end}"]) for end in ("low", "high"))
    return f"{_number(row[name]) + unit:>14} ({low} to {high})"


def _parts(name: str, parts: Lines) -> Iterator[str]:
    """The Shapley averages of a scenario, largest first."""
    for outcome, state in BLAMED:
        rows = [row for row in parts if (row["scenario"], row["outcome"], row["state"]) == (name, outcome, state)]
        if rows:
            ranked = sorted(rows, key=lambda row: (row["player"] == TOTAL, -abs(row["share"])))
            words = ", ".join(f"{row['player']} {_number(row['share'])}" for row in ranked)
            unit = SHORT.get(rows[0]["unit"], rows[0]["unit"])
            yield f" {HEADLINES[outcome].title}, {TITLES[state]}, {unit}: {words}"


def _places(folder: Path) -> Iterator[str]:
    figures = len(list((folder / "figures").glob("*.png")))
    more = ", decomposition.csv" if (folder / DECOMPOSITION).exists() else ""
    yield (
        f"Written to {folder}: README.md, headlines.csv, costs.csv, differences.csv{more}, figures/ ({figures}), "
        f"{SCENARIOS}/"
    )
