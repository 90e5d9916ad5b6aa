"""The story of a branch, for its report."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.report.story import Story, Table, reading, years
from techduel.report.words import number
from techduel.studies.branch.report import sentences, turning
from techduel.studies.branch.tables import VALUES, read


def story(config: Mapping[str, Any], folder: Path) -> Story:
    """What a stored branch says."""
    rows = [
        (one["state"], one["at"], one["component"], *(number(one[name]) for name in ("mean", "q05", "q95")))
        for one in read(folder, VALUES)
    ]
    return Story(
        config=config,
        folder=folder,
        title="Early or late",
        question=f"When does it pay to turn: {turning(config)}?",
        size=f"{config['runs']} runs of every date with the same luck, {years(config)}.",
        answer=sentences(folder, config),
        tables=[Table("Against never", ("state", "at", "component", "mean", "5 %", "95 %"), rows, VALUES)],
        changed=Table("Dates", ("setting", "value"), [("at", str(config["at"]))], "config.yaml"),
        python=reading(VALUES),
    )
