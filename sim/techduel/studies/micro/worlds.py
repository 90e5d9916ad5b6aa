"""Worlds of a study and what is estimated in each, kept in the store a few worlds at a time."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np

from techduel.ensemble.chunks import Mask, Rows, Shapes
from techduel.ensemble.stock import Stock
from techduel.ensemble.tasks import Columns, Tick, stage
from techduel.studies.micro.estimates import Asked, Estimate, estimates

ESTIMATES: Final = "estimates"
CHUNK: Final = 8
"""Worlds of a chunk."""


@dataclass(frozen=True, slots=True)
class Worlds:
    """All worlds of a study, and what a worker is told of some of them."""

    asked: Asked
    """For all worlds."""
    point: str
    """Name of the study, with what is mirrored or switched off."""
    wanted: None = None

    @property
    def points(self) -> tuple[str, ...]:
        """The study."""
        return (self.point,)

    @property
    def runs(self) -> int:
        """How many worlds."""
        return len(self.asked.runs)

    @property
    def quarters(self) -> int:
        """Of a world: what has been estimated counts, not what has been simulated."""
        return 1

    def fits(self, found: Rows, shapes: Shapes) -> bool:
        """Whether a chunk holds texts, one a world."""
        return shapes.keys() == {ESTIMATES} and all(len(shape) == 1 and "S" in kind for shape, kind in shapes.values())

    def works(self, missing: Mask, batch: int) -> Iterator["Estimated"]:
        """A few worlds at a time."""
        runs = np.flatnonzero(missing[0]).tolist()
        size = min(batch, CHUNK)
        for first in range(0, len(runs), size):
            yield Estimated(replace(self.asked, runs=tuple(runs[first : first + size])), self.point)

    def found(self, stock: Stock) -> list[Estimate]:
        """All estimates, in the order of worlds."""
        return [one for run in range(self.runs) for one in _unpacked(stock.one(0, run, ESTIMATES))]


@dataclass(frozen=True, slots=True)
class Estimated:
    """Worlds to simulate and estimate together."""

    asked: Asked
    point: str

    @property
    def runs(self) -> tuple[int, ...]:
        """Indices of the worlds."""
        return self.asked.runs

    @property
    def points(self) -> tuple[str, ...]:
        """The study, by row."""
        return (self.point,) * len(self.runs)

    def part(self, rows: Sequence[int]) -> "Estimated":
        """The work on some of the rows."""
        return replace(self, asked=replace(self.asked, runs=tuple(self.runs[row] for row in rows)))

    def told(self, row: int) -> Mapping[str, Any]:
        """Luck and what is switched off."""
        return {"seed": self.asked.seed, "parameters": dict(self.asked.parameters)}

    def wrong(self, columns: Columns, row: int) -> str:
        """Nothing: an estimate that does not exist is NaN, and verdicts count it."""
        return ""

    def computed(self, rows: Sequence[int], tick: Tick) -> Columns:
        """Estimates of some worlds, as a text each."""
        runs = tuple(self.runs[row] for row in rows)
        by_run: dict[int, list[Estimate]] = {run: [] for run in runs}
        with stage("simulation"):
            for one in estimates(replace(self.asked, runs=runs)):
                by_run[one.run].append(one)
            tick(len(runs))
        return Columns({ESTIMATES: np.array([_packed(by_run[run]) for run in runs])})


def _packed(found: Sequence[Estimate]) -> bytes:
    return json.dumps([asdict(one) for one in found]).encode()


def _unpacked(text: bytes) -> Iterator[Estimate]:
    for one in json.loads(text):
        yield Estimate(**{**one, "path": {int(years): effect for years, effect in one["path"].items()}})
