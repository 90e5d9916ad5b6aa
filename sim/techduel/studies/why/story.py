"""The story of why a lead, sales or real income moved, for its report."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.report.marks import TITLES
from techduel.report.story import Story, Table, changed, reading, years
from techduel.report.words import number
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
        config=config,
        folder=folder,
        title=f"Why {account.what} moved: {' against '.join(reversed(names))}",
        question=f"What moved {account.what}, by which cause, and by which measure?",
        size=f"{config['runs']} runs with the same luck, {years(config)}.",
        answer=sentences(folder, config),
        tables=[
            Table(f"By cause under {names[-1]}", (account.unit, *sides), rows, LEDGER),
            Table(f"Largest steps of run {config['run']}", ("quarter",), told, QUARTERS),
        ],
        changed=changed(last, first, names[0]),
        python=reading(LEDGER),
    )
