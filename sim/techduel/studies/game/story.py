"""The story of a game, for its report."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.report.story import Story, Table, reading, years
from techduel.studies.game.report import in_tables, sentences
from techduel.studies.game.tables import EQUILIBRIA, FLIPS, Tables


def story(config: Mapping[str, Any], folder: Path) -> Story:
    """What a stored game says."""
    found = Tables(folder)
    us, china = (", ".join(policies) for policies in found.policies.values())
    return Story(
        config=config,
        folder=folder,
        title="Which policies both states hold to",
        question="Which policies do two states hold to that answer each other, what does a lead cost, what flips it?",
        size=f"{config['runs']} runs of every pair with the same luck, {years(config)}.",
        answer=sentences(found, config),
        tables=[
            Table(
                "Equilibria", ("equations", "kind", "United States", "China", "resamples"), in_tables(found), EQUILIBRIA
            ),
            Table(
                "What flips it",
                ("assumption", "assumed", "flips at", "then"),
                [(x["assumption"], f"{x['at']:.3g}", f"{x['value']:.3g}", x["after"]) for x in found.flips],
                FLIPS,
            ),
        ],
        changed=Table("Policies", ("state", "policies"), [("us", us), ("china", china)], "config.yaml"),
        python=reading(EQUILIBRIA),
    )
