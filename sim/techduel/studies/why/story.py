"""The story of why a lead, sales or real income moved, for its report."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.report.marks import TITLES, Album
from techduel.report.story import Story, Table, changed, command_of
from techduel.report.words import number
from techduel.scenario.parameter_sets import causes
from techduel.scenario.staleness import remarks
from techduel.studies.why.accounts import ACCOUNTS
from techduel.studies.why.report import WORDS, chosen, sentences, steps
from techduel.studies.why.tables import LEDGER, QUARTERS, TOLD, read


def story(config: Mapping[str, Any], folder: Path) -> Story:
    """What a stored study says."""
    names, lines, account = config["scenarios"], read(folder, LEDGER), ACCOUNTS[config["of"]]
    first, last = (config["members"][name] for name in (names[0], names[-1]))
    by_side = [chosen(lines, config, names[-1], side) for side in account.sides]
    sides = (TITLES.get(side, side) for side in account.sides)
    rows = [(WORDS[cause], *(number(side[cause]["mean"]) for side in by_side)) for cause in by_side[0]]
    told = [(sentence,) for sentence in steps(read(folder, QUARTERS), config, TOLD)]
    return Story(
        title=f"Why {account.what} moved: {' against '.join(reversed(names))}",
        question=f"What moved {account.what}, by which cause, and by which measure?",
        size=f"{config['runs']} runs with the same luck, {first['start']} to {first['horizon']}, seed "
        f"{config['seed']}.",
        answer=sentences(folder, config),
        tables=[
            Table(f"By cause under {names[-1]}", (account.unit, *sides), rows, LEDGER),
            Table(f"Largest steps of run {config['run']}", ("quarter",), told, QUARTERS),
        ],
        sure=[f"Runs differ by {causes(first['params'])}.", *remarks(config)],
        changed=changed(last, first, names[0]),
        command=command_of(folder, "why"),
        python=f"import pandas\n\nlines = pandas.read_csv('{LEDGER}')  # in the folder of the result",
        album=lambda: _album(config, folder),
    )


def _album(config: Mapping[str, Any], folder: Path) -> Album:
    from techduel.studies.why.figures import album

    return album(config, folder)
