"""The story of half-lives, for its report."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.report.story import Story, Table, reading, years
from techduel.report.words import number
from techduel.studies.halflife.report import sentences
from techduel.studies.halflife.tables import HALF_LIVES, read


def story(config: Mapping[str, Any], folder: Path) -> Story:
    """What a stored study says."""
    rows = [
        (one["state"], one["sector"], *(number(one[name], sign=False) for name in ("half_life", "q05", "q95", "luck")))
        for one in read(folder, HALF_LIVES)
    ]
    columns = ("state", "sector", "half-life", "5 % of sets", "95 %", "luck")
    settings = [(key, str(config[key])) for key in ("since", "size", "after")]
    return Story(
        config=config,
        folder=folder,
        title="Half-lives of a lead",
        question="How long does a lead last, sector by sector?",
        size=f"{config['runs']} runs with every impulse and without, with the same luck, {years(config)}.",
        answer=sentences(folder, config),
        tables=[Table("Half-lives, years", columns, rows, HALF_LIVES)],
        changed=Table("Impulse", ("setting", "value"), settings, "config.yaml"),
        python=reading(HALF_LIVES),
    )
