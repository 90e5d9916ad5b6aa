"""The story of a map of backfire, for its report."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.report.marks import TITLES
from techduel.report.story import Story, Table, reading, years
from techduel.studies.backfire.report import sentences
from techduel.studies.backfire.tables import CROSSING, MAP, read


def story(config: Mapping[str, Any], folder: Path) -> Story:
    """What a stored map says."""
    turns = [one for one in read(folder, CROSSING) if one["value"] == one["value"]]
    rows = [
        (one["meaning"], one["along"], str(one["at"]), f"{one['value']:.3g}", f"{one['q05']:.3g} to {one['q95']:.3g}")
        for one in turns[:40]
    ]
    return Story(
        config=config,
        folder=folder,
        title="Where a control hurts its sender",
        question=f"Where does a control hurt {TITLES[config['state']]}, which imposes it: in lead, frontier or income?",
        size=f"{config['runs']} runs of every place with the same luck, {years(config)}.",
        answer=sentences(folder, config),
        tables=[Table("Where means turn", ("meaning", "along", "other axis at", "turns at", "90 %"), rows, CROSSING)],
        changed=Table(
            "Axes", ("setting", "how"), [(key, str(of)) for key, of in config["axes"].items()], "config.yaml"
        ),
        python=reading(MAP),
    )
