"""The story of the overview, for its report."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.report.marks import TITLES
from techduel.report.story import Story, Table, reading, years
from techduel.report.words import band, number, per_cent
from techduel.scenario.parameter_sets import causes
from techduel.studies.compare.comparison import MEMBERS
from techduel.studies.overview.report import sentences
from techduel.studies.overview.tables import OVERVIEW, SHOWN, Tables


def story(config: Mapping[str, Any], folder: Path) -> Story:
    """What a stored overview says."""
    found, members = Tables(folder), config[MEMBERS]
    rivals = ", ".join(config["forms"])
    return Story(
        config=config,
        folder=folder,
        title="Who gains lead, who pays",
        question=(
            "Under which policies does the technology gap open or close, in which industries, at what cost to each "
            "side, and how sure can one be?"
        ),
        size=f"{len(members)} scenarios, {config['runs']} runs of each with the same luck, {years(config)}.",
        answer=sentences(found),
        tables=[_changes(found)],
        rests_on=[
            f"Runs differ by {causes({name: member['params'] for name, member in members.items()})}.",
            f"Directions are looked at again under rival equations: {rivals}.",
        ],
        changed=Table(
            "Scenarios",
            ("scenario", "title"),
            [(name, members[name]["title"]) for name in config["scenarios"]],
            "config.yaml",
        ),
        python=reading(OVERVIEW),
    )


def _changes(tables: Tables) -> Table:
    rows = []
    for name in tables.scenarios:
        for outcome, state in SHOWN:
            change = tables.change(name, outcome, state)
            told = per_cent(change.share) if change.told else "open"
            turned = ", ".join(tables.flips(name, outcome, state))
            what = "lead" if (outcome, state) == SHOWN[0] else f"income, {TITLES[state]}"
            rows.append((name, what, number(change.middle), band(change), change.unit, told, turned))
    head = ("scenario", "what", "median change", "90 % of runs", "unit", "direction", "turned round by")
    return Table("Lead and cost to each side", head, rows, OVERVIEW)
