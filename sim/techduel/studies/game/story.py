"""The story of a game, for its report."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.report.marks import Album
from techduel.report.story import Story, Table, command_of
from techduel.scenario.parameter_sets import causes
from techduel.scenario.staleness import remarks
from techduel.studies.game.report import in_tables, sentences
from techduel.studies.game.tables import EQUILIBRIA, FLIPS, Tables


def story(config: Mapping[str, Any], folder: Path) -> Story:
    """What a stored game says."""
    found, base = Tables(folder), config["base"]
    us, china = (", ".join(policies) for policies in found.policies.values())
    return Story(
        title="Which policies both states hold to",
        question="Which policies do two states hold to that answer each other, what does a lead cost, what flips it?",
        size=f"{config['runs']} runs of every pair with the same luck, {base['start']} to {base['horizon']}, seed "
        f"{config['seed']}.",
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
        sure=[f"Runs differ by {causes(base['params'])}.", *remarks(config)],
        changed=Table("Policies", ("state", "policies"), [("us", us), ("china", china)], "config.yaml"),
        command=command_of(folder, "game"),
        python=f"import pandas\n\nlines = pandas.read_csv('{EQUILIBRIA}')  # in the folder of the result",
        album=lambda: _album(config, folder),
    )


def _album(config: Mapping[str, Any], folder: Path) -> Album:
    from techduel.studies.game.command import stored_stakes
    from techduel.studies.game.figures import album

    return album(config, folder, stored_stakes(config, folder))
