"""The story of choke points, for its report."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.report.story import Story, Table, reading, years
from techduel.studies.chokepoints.report import sentences
from techduel.studies.chokepoints.tables import LOSSES, read


def story(config: Mapping[str, Any], folder: Path) -> Story:
    """What a stored study says."""
    rows = [
        (x["denier"], x["input"], "in" if x["allies"] else "out", f"{x['share']:g}", x["state"], f"{x['mean']:+.3g}")
        for x in read(folder, LOSSES)
    ]
    return Story(
        config=config,
        folder=folder,
        title="Choke points",
        question="Which input can one state deny the other, at what loss to either side, and for how long?",
        size=f"{config['runs']} runs of every denial with the same luck, {years(config)}.",
        answer=sentences(folder, config),
        tables=[Table("Losses", ("denier", "input", "allies", "share", "state", "income, %"), rows, LOSSES)],
        changed=Table(
            "Denials", ("setting", "value"), [(k, str(config[k])) for k in ("since", "years")], "config.yaml"
        ),
        python=reading(LOSSES),
    )
