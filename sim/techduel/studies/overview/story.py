"""The story of the overview, for its report."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.report.marks import TITLES, Album
from techduel.report.story import Story, Table, command_of
from techduel.report.words import band, number, per_cent
from techduel.scenario.parameter_sets import causes
from techduel.scenario.staleness import remarks
from techduel.studies.compare.comparison import MEMBERS
from techduel.studies.overview.report import sentences
from techduel.studies.overview.tables import OVERVIEW, SHOWN, Tables


def story(config: Mapping[str, Any], folder: Path) -> Story:
    """What a stored overview says."""
    found, members = Tables(folder), config[MEMBERS]
    first, rivals = members[config["scenarios"][0]], ", ".join(config["forms"])
    return Story(
        title="Who gains lead, who pays",
        question=(
            "Under which policies does the technology gap open or close, in which industries, at what cost to each "
            "side, and how sure can one be?"
        ),
        size=(
            f"{len(members)} scenarios, {config['runs']} runs of each with the same luck, {first['start']} to "
            f"{first['horizon']}, seed {config['seed']}."
        ),
        answer=sentences(found),
        tables=[_changes(found)],
        sure=[
            f"Runs differ by {causes({name: member['params'] for name, member in members.items()})}.",
            f"Directions are looked at again under rival equations: {rivals}.",
            *remarks(config),
        ],
        changed=Table(
            "Scenarios",
            ("scenario", "title"),
            [(name, members[name]["title"]) for name in config["scenarios"]],
            "config.yaml",
        ),
        command=command_of(folder, "overview"),
        python=f"import pandas\n\nlines = pandas.read_csv('{OVERVIEW}')  # in the folder of the result",
        album=lambda: _album(config, folder),
    )


def _album(config: Mapping[str, Any], folder: Path) -> Album:
    from techduel.studies.overview.figures import album

    return album(config, folder)


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
