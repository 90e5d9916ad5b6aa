"""The story of a branch, for its report."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.report.marks import Album
from techduel.report.story import Story, Table, command_of
from techduel.report.words import number
from techduel.scenario.parameter_sets import causes
from techduel.scenario.staleness import remarks
from techduel.studies.branch.report import sentences, turning
from techduel.studies.branch.tables import VALUES, read


def story(config: Mapping[str, Any], folder: Path) -> Story:
    """What a stored branch says."""
    base = config["base"]
    rows = [
        (one["state"], one["at"], one["component"], *(number(one[name]) for name in ("mean", "q05", "q95")))
        for one in read(folder, VALUES)
    ]
    return Story(
        title="Early or late",
        question=f"When does it pay to turn: {turning(config)}?",
        size=f"{config['runs']} runs of every date with the same luck, {base['start']} to {base['horizon']}, seed "
        f"{config['seed']}.",
        answer=sentences(folder, config),
        tables=[Table("Against never", ("state", "at", "component", "mean", "5 %", "95 %"), rows, VALUES)],
        sure=[f"Runs differ by {causes(base['params'])}.", *remarks(config)],
        changed=Table("Dates", ("setting", "value"), [("at", str(config["at"]))], "config.yaml"),
        command=command_of(folder, "branch"),
        python=f"import pandas\n\nlines = pandas.read_csv('{VALUES}')  # in the folder of the result",
        album=lambda: _album(config, folder),
    )


def _album(config: Mapping[str, Any], folder: Path) -> Album:
    from techduel.studies.branch.figures import album

    return album(config, folder)
