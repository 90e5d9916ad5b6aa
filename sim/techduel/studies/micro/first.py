"""The first verdicts: written once by the first run of a study after the protocol was fixed, and never changed."""

from pathlib import Path
from typing import Final

from techduel.scenario.layers import config_folder
from techduel.statistics.tables import Lines, read_lines, write_table

FILE: Final = "first_verdicts.csv"
FILES: Final = {1: FILE, 2: "first_verdicts_2.csv"}
"""By version of the protocol."""
COLUMNS: Final = ("id", "verdict", "estimate", "se", "placebo", "placebo_se", "worlds", "protocol")
TEXTS: Final = ("id", "verdict", "protocol")


def first_file(version: int) -> Path | None:
    """Where first verdicts are kept: beside the pages of the repository; None where there is none."""
    folder = config_folder().parent / "docs"
    return folder / FILES[version] if folder.is_dir() else None


def first_verdicts(path: Path | None) -> dict[str, str]:
    """The first verdict by finding."""
    return {line["id"]: line["verdict"] for line in _lines(path)}


def keep_first(path: Path, rows: Lines) -> list[str]:
    """Add the verdicts of findings that have none yet; those that are there stay. Names of what was added."""
    lines = _lines(path)
    names = {line["id"] for line in lines}
    new = [row for row in rows if row["id"] not in names]
    if new:
        write_table(path, COLUMNS, [tuple(line[name] for name in COLUMNS) for line in (*lines, *new)])
    return [row["id"] for row in new]


def _lines(path: Path | None) -> Lines:
    return [] if path is None or not path.is_file() else read_lines(path, TEXTS)
