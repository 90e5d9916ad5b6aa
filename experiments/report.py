"""The README of a result folder: the question, what came out, how to do it again."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sim.manifest import write_text

from .names import STATE_TITLES
from .screen import SCORECARD, SUMMARY, Row, number, rows


def write_readme(folder: Path, config: Mapping[str, Any]) -> None:
    """Write ``README.md`` from the stored tables; it depends on nothing but the folder's content."""
    scorecard = rows(folder / SCORECARD)
    lines = [
        f"# {folder.name}: {config['title']}",
        "",
        f"{config['question']} {config['runs']} runs, {config['start']} to {config['horizon']}, seed {config['seed']}.",
        "",
        *(f"- {line}" for line in [*_targets(scorecard), *_lead(rows(folder / SUMMARY))]),
        "",
        "All figures of the article beside the model: `scorecard.md`; numbers: `summary.csv`, `trajectories.nc`.",
        f"Again, byte for byte: `techduel reproduce results/{folder.parent.name}/{folder.name}` (from `config.yaml`).",
    ]
    write_text(folder / "README.md", "\n".join(lines) + "\n")


def _targets(scorecard: Iterable[Row]) -> Iterator[str]:
    for row in scorecard:
        if row["share_reaching"]:
            reached = 100 * float(row["share_reaching"])
            yield (
                f"{row['id']} {STATE_TITLES.get(row['state'], row['state'])}, {row['quantity']} {row['year']}: article "
                f"{number(row['article'], row['unit'])}, model {number(row['model_median'], row['unit'])}; "
                f"reached in {reached:.0f} % of runs."
            )


def _lead(summary: Iterable[Row]) -> Iterator[str]:
    leads = [row for row in summary if row["variable"] == "lead_months" and row["state"] == "us"]
    if leads:
        last = max(float(row["time"]) for row in leads)
        ahead = [row["sector"] for row in leads if float(row["time"]) == last and float(row["q50"]) > 0]
        all_sectors = len({row["sector"] for row in leads})
        where = f"{len(ahead)} of {all_sectors} sectors in {int(last)} (median)"
        yield f"The United States is ahead in {where}: {', '.join(ahead)}."
