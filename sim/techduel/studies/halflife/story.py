"""The story of half-lives, for its report."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.report.marks import Album
from techduel.report.story import Story, Table, command_of
from techduel.report.words import number
from techduel.scenario.parameter_sets import causes
from techduel.scenario.staleness import remarks
from techduel.studies.halflife.report import sentences
from techduel.studies.halflife.tables import HALF_LIVES, read


def story(config: Mapping[str, Any], folder: Path) -> Story:
    """What a stored study says."""
    base = config["base"]
    rows = [
        (one["state"], one["sector"], *(number(one[name], sign=False) for name in ("half_life", "q05", "q95", "luck")))
        for one in read(folder, HALF_LIVES)
    ]
    columns = ("state", "sector", "half-life", "5 % of sets", "95 %", "luck")
    settings = [(key, str(config[key])) for key in ("since", "size", "after")]
    return Story(
        title="Half-lives of a lead",
        question="How long does a lead last, sector by sector?",
        size=f"{config['runs']} runs with every impulse and without, with the same luck, {base['start']} to "
        f"{base['horizon']}, seed {config['seed']}.",
        answer=sentences(folder, config),
        tables=[Table("Half-lives, years", columns, rows, HALF_LIVES)],
        sure=[f"Runs differ by {causes(base['params'])}.", *remarks(config)],
        changed=Table("Impulse", ("setting", "value"), settings, "config.yaml"),
        command=command_of(folder, "halflife"),
        python=f"import pandas\n\nlines = pandas.read_csv('{HALF_LIVES}')  # in the folder of the result",
        album=lambda: _album(config, folder),
    )


def _album(config: Mapping[str, Any], folder: Path) -> Album:
    from techduel.studies.halflife.figures import album

    return album(config, folder)
