"""Estimates of a study: every finding in every world, with its placebo and pre-trend, and worlds as work to do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from techduel.model.axes import Mask
from techduel.studies.micro import regressions, samples
from techduel.studies.micro.laboratory import AS_PUBLISHED, Arms, Roles, arms, laboratory
from techduel.studies.micro.protocol import Finding, Study, protocol
from techduel.studies.micro.regressions import Fit

if TYPE_CHECKING:
    import pandas as pd
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, Final

import numpy as np

from techduel.ensemble.chunks import Rows, Shapes
from techduel.ensemble.stock import Stock
from techduel.ensemble.tasks import Columns, OfOnePoint, Tick, batches, stage


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one world says to one finding, in per cent."""

    finding: str
    run: int
    effect: float
    se: float
    """Clustered, within the world."""
    placebo: float
    """The same regression in the same world without the treatment."""
    treated: int
    control: int
    path: Mapping[int, float] = field(default_factory=dict)
    """Event study: effect by distance in years from the last year before; below 0 are leads."""
    base: float = 1.0
    """What the treated had before, of counts: effect times base is the coefficient; 1 where an effect needs no base."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """What one world's sample for a finding looks like; nothing of its outcomes."""

    finding: str
    run: int
    rows: int
    firms: int
    treated: int
    missing: int
    """Rows without an outcome."""
    spread: float
    """Standard deviation of the term."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is simulated and estimated."""

    study: Study
    runs: tuple[int, ...]
    """Indices of the worlds."""
    seed: int
    roles: Roles = AS_PUBLISHED
    parameters: Mapping[str, float] = field(default_factory=dict)
    """Channels that are switched off."""
    version: int = 1
    """Of the protocol."""


def estimates(asked: Asked) -> Iterator[Estimate]:
    """Every finding of a study in every world, as they come."""
    for found, place in _worlds(asked):
        tables = samples.samples(asked.study, found, place, asked.roles)
        for finding in protocol(asked.version).of_study(asked.study.name):
            yield estimate(finding, asked.study, samples.chosen(finding, tables), found.runs[place])


def estimate(finding: Finding, study: Study, tables: "samples.Tables", run: int) -> Estimate:
    """One finding in one world.

    Parameters
    ----------
    finding, study
    tables : pair of DataFrame
        With the treatment, without it.
    run : int
        Index of the world.
    """
    treated, untreated = (regressions.prepared(table, finding, study) for table in tables)
    fit, placebo = (_regressed(rows, finding, study) for rows in (treated, untreated))
    path = {years: point.effect for years, point in regressions.event_study(treated, finding, study).items()}
    return Estimate(finding.name, run, fit.effect, fit.se, placebo.effect, fit.treated, fit.control, path, fit.base)


def _regressed(rows: "pd.DataFrame", finding: Finding, study: Study) -> Fit:
    if not finding.projected:
        return regressions.difference(rows, finding, study)
    return regressions.projection(rows, finding, study, range(finding.horizons[0], finding.horizons[1] + 1))


def sizes_of(asked: Asked) -> Iterator[Sizes]:
    """Sizes of every sample in every world: what may be looked at before the protocol is fixed."""
    for found, place in _worlds(asked):
        tables = samples.samples(asked.study, found, place, asked.roles)
        for finding in protocol(asked.version).of_study(asked.study.name):
            rows, _ = samples.chosen(finding, tables)
            whole = regressions.prepared(rows, finding, asked.study)
            yield Sizes(
                finding.name,
                found.runs[place],
                len(rows),
                int(rows["firm"].nunique()),
                regressions.treated(rows, finding.term),
                len(rows) - len(whole),
                float(rows[finding.term].std()),
            )


def _worlds(asked: Asked) -> Iterator[tuple[Arms, int]]:
    scenario = laboratory(asked.study, asked.parameters)
    for found in arms(asked.study, scenario, asked.runs, asked.seed, asked.roles):
        for place in range(len(found.runs)):
            yield found, place


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

    def fits(self, rows: Rows, shapes: Shapes) -> bool:
        """Whether a chunk holds texts, one a world."""
        return shapes.keys() == {ESTIMATES} and all(len(shape) == 1 and "S" in kind for shape, kind in shapes.values())

    def works(self, missing: Mask, batch: int) -> Iterator["Estimated"]:
        """A few worlds at a time."""
        for _, runs in batches(missing, min(batch, CHUNK)):
            yield Estimated(self.point, runs, self.asked)

    def found(self, stock: Stock) -> list[Estimate]:
        """All estimates, in the order of worlds."""
        return [one for run in range(self.runs) for one in _unpacked(stock.one(0, run, ESTIMATES))]


@dataclass(frozen=True, slots=True)
class Estimated(OfOnePoint):
    """Worlds to simulate and estimate together."""

    asked: Asked
    """For all worlds."""

    def told(self, row: int) -> Mapping[str, Any]:
        """Luck and what is switched off."""
        asked = self.asked
        return {"seed": asked.seed, "parameters": dict(asked.parameters), "version": asked.version}

    def computed(self, rows: Sequence[int], tick: Tick) -> Columns:
        """Estimates of some worlds, as a text each."""
        runs = tuple(self.runs[row] for row in rows)
        by_run: dict[int, list[Estimate]] = {run: [] for run in runs}
        with stage("simulation"):
            for one in estimates(replace(self.asked, runs=runs)):
                by_run[one.run].append(one)
            tick(len(runs))
        return Columns({ESTIMATES: np.array([_packed(by_run[run]) for run in runs])})


def _packed(estimates: Sequence[Estimate]) -> bytes:
    return json.dumps([asdict(one) for one in estimates]).encode()


def _unpacked(text: bytes) -> Iterator[Estimate]:
    for one in json.loads(text):
        yield Estimate(**{**one, "path": {int(years): effect for years, effect in one["path"].items()}})
