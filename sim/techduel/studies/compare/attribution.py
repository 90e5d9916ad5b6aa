"""The decomposition of every scenario of a comparison: who plays, what has to be computed, and the table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from techduel.ensemble.manifest import Manifest
from techduel.ensemble.paired import Row
from techduel.ensemble.runner import Progress
from techduel.report.tables import write_table
from techduel.studies.compare.coalitions import Found, Play, Shelf, play
from techduel.studies.compare.comparison import Comparison, contrasts
from techduel.studies.compare.contrast import Contrast
from techduel.studies.compare.decomposition import COLUMNS, Coalition, coalitions, rows
from techduel.studies.compare.game import GROUPS, Game

DECOMPOSITION: Final = "decomposition.csv"
NONE: Final = "none"
CHOICES: Final = (NONE, *GROUPS)
"""Values of the setting ``decompose``."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The decomposition of one scenario."""

    work: Play
    shelf: Shelf
    ends: dict[Coalition, Found]
    """Nobody and everybody, which the comparison has computed already."""

    @property
    def wanted(self) -> list[Coalition]:
        """The other coalitions."""
        return [coalition for coalition in coalitions(self.shelf.players) if coalition not in self.ends]

    @property
    def missing(self) -> list[Coalition]:
        """Those that still have to be computed."""
        return self.shelf.missing(self.wanted)

    def rows(self) -> Iterator[Row]:
        """The scenario's rows of ``decomposition.csv``; none if nothing differs from the baseline."""
        if self.shelf.players:
            found = self.ends | {coalition: self.shelf.read(coalition) for coalition in self.wanted}
            yield from rows(self.shelf.name, self.shelf.players, found)


def plans(comparison: Comparison, folder: Path, manifest: Manifest) -> list[Plan]:
    """One plan for each scenario but the baseline; none unless the comparison asks for it."""
    if comparison.decompose == NONE:
        return []
    return [_plan(comparison, found, folder, manifest) for found in contrasts(comparison, folder)]


def _plan(comparison: Comparison, found: Contrast, folder: Path, manifest: Manifest) -> Plan:
    members, kind = comparison.members, comparison.decompose
    game = Game(members[comparison.baseline], members[found.scenario], GROUPS[kind])
    players = game.players(comparison.seed)
    runs = tuple(int(run) for run in found.runs)
    return Plan(
        work=Play(game, kind, runs, comparison.seed, comparison.discount_rate),
        shelf=Shelf(folder, manifest, found.scenario, players),
        ends={frozenset(): found.first, frozenset(players): found.level},
    )


def runs_missing(found: Sequence[Plan]) -> int:
    """How many runs the plans still need, for a bar of progress."""
    return sum(len(plan.missing) * len(plan.work.runs) for plan in found)


def attribute(found: Sequence[Plan], folder: Path, workers: int, progress: Progress | None = None) -> None:
    """Compute what the plans need and write ``decomposition.csv``."""
    for plan in found:
        plan.shelf.tidy(plan.wanted)
        play(plan.missing, plan.work, plan.shelf, workers, progress)
    if found:
        write_table(folder / DECOMPOSITION, COLUMNS, (row for plan in found for row in plan.rows()))
