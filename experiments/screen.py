"""What `run` prints: the article beside the model and the lead by sector, read from the stored tables."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from sim.provenance import version

from .names import STATE_TITLES

type Row = dict[str, str]

SCORECARD: Final = "scorecard.csv"
SUMMARY: Final = "summary.csv"
WIDTH: Final = 46


def header(config: Mapping[str, Any], workers: int) -> str:
    """One line about what is going to be computed."""
    quarters = 4 * (config["horizon"] - config["start"] + 1)
    return (
        f"Techduel {version()} · {config['name']} · {config['runs']} runs x {quarters} quarters · "
        f"seed {config['seed']} · {workers} worker{'s' if workers > 1 else ''}"
    )


def tables(folder: Path) -> str:
    """The two tables of a finished result, and where everything lies."""
    parts = [
        "",
        "The article and the model (median, 90 % band over runs)",
        *scorecard_lines(rows(folder / SCORECARD)),
        "",
    ]
    return "\n".join([*parts, *_lead_lines(folder / SUMMARY), *_places(folder)])


def rows(path: Path) -> list[Row]:
    """All rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def scorecard_lines(scorecard: Iterable[Row]) -> Iterator[str]:
    """The scorecard as text, one line a figure."""
    yield f" {'id':<4}{'figure':<{WIDTH}}{'year':<6}{'article':>12}{'official':>12}   {'model':<34}{'verdict'}"
    for row in scorecard:
        cells = [f"{number(row[name], row['unit']):>12}" for name in ("article", "official")]
        opening = f" {row['id']:<4}{_title(row):<{WIDTH}}{row['year']:<6}"
        yield f"{opening}{''.join(cells)}   {_model(row):<34}{_verdict(row)}"


def number(text: str, unit: str) -> str:
    """A stored number for reading; empty when there is none."""
    if not text:
        return ""
    value = float(text)
    if unit in {"year", "years", "days"}:
        return f"{value:.0f}"
    digits = 0 if abs(value) >= 1000 else 1 if abs(value) >= 100 else 2
    return f"{value:,.{digits}f}" + (" %" if unit.startswith("%") else "")


def _title(row: Row) -> str:
    quantity = row["quantity"].split(",")[0]
    unit = row["unit"].removeprefix("% of ")
    title = f"{STATE_TITLES.get(row['state'], row['state'])}: {quantity}" + (
        f" / {unit}" if unit != row["unit"] else ""
    )
    return title if len(title) < WIDTH else f"{title[: WIDTH - 3]}.."


def _model(row: Row) -> str:
    if not row["model_median"]:
        return f"sets {row['parameter']}" if row["parameter"] else ""
    low, middle, high = (number(row[f"model_{name}"], row["unit"]) for name in ("q05", "median", "q95"))
    return middle if low == high or not low else f"{middle} ({low.removesuffix(' %')} .. {high.removesuffix(' %')})"


def _verdict(row: Row) -> str:
    if not row["share_reaching"]:
        return row["verdict"]
    return f"reached in {100 * float(row['share_reaching']):.0f} % of runs by {row['year']}"


def _lead_lines(summary: Path) -> Iterator[str]:
    leads = [row for row in rows(summary) if row["variable"] == "lead_months" and row["state"] == "us"]
    if not leads:
        return
    times = sorted({float(row["time"]) for row in leads})
    first, last = times[0], times[-1]
    yield f"{'Lead of the United States, months':<36}{int(first):>8}{int(last):>16}"
    for sector in dict.fromkeys(row["sector"] for row in leads):
        start, end = (_at(leads, sector, time) for time in (first, last))
        band = f"({float(end['q05']):+.0f} .. {float(end['q95']):+.0f})"
        yield f" {sector:<35}{float(start['q50']):>+8.0f}{float(end['q50']):>+10.0f} {band}"


def _at(leads: Iterable[Row], sector: str, time: float) -> Row:
    return next(row for row in leads if row["sector"] == sector and float(row["time"]) == time)


def _places(folder: Path) -> Iterator[str]:
    figures = len(list((folder / "figures").glob("*.png")))
    yield ""
    yield f"Written to {folder}: README.md, scorecard.md, figures/ ({figures}), trajectories.nc, summary.csv"
    yield "Next: techduel run scenario=article_plan   (techduel list scenarios; techduel run --help)"
