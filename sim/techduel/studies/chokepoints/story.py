"""The story of choke points, for its report."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.report.marks import Album
from techduel.report.story import Story, Table, command_of
from techduel.scenario.parameter_sets import causes
from techduel.scenario.staleness import remarks
from techduel.studies.chokepoints.report import sentences
from techduel.studies.chokepoints.tables import LOSSES, read


def story(config: Mapping[str, Any], folder: Path) -> Story:
    """What a stored study says."""
    base = config["base"]
    rows = [
        (x["denier"], x["input"], "in" if x["allies"] else "out", f"{x['share']:g}", x["state"], f"{x['mean']:+.3g}")
        for x in read(folder, LOSSES)
    ]
    return Story(
        title="Choke points",
        question="Which input can one state deny the other, at what loss to either side, and for how long?",
        size=f"{config['runs']} runs of every denial with the same luck, {base['start']} to {base['horizon']}, seed "
        f"{config['seed']}.",
        answer=sentences(folder, config),
        tables=[Table("Losses", ("denier", "input", "allies", "share", "state", "income, %"), rows, LOSSES)],
        sure=[f"Runs differ by {causes(base['params'])}.", *remarks(config)],
        changed=Table(
            "Denials", ("setting", "value"), [(k, str(config[k])) for k in ("since", "years")], "config.yaml"
        ),
        command=command_of(folder, "chokepoints"),
        python=f"import pandas\n\nlines = pandas.read_csv('{LOSSES}')  # in the folder of the result",
        album=lambda: _album(config, folder),
    )


def _album(config: Mapping[str, Any], folder: Path) -> Album:
    from techduel.studies.chokepoints.figures import album

    return album(config, folder)
