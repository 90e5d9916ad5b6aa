"""A sweep: its points, how they are packed into chunks, and what is kept of each run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.by_row import Column, mixed_parameters, mixed_policies
from techduel.ensemble.chunks import Rows, Shapes
from techduel.ensemble.compute import EveryRunFailed, Options, compute
from techduel.ensemble.designs import AS_CONFIGURED, Placed, Point, Space, configured
from techduel.ensemble.factor_moves import Setting
from techduel.ensemble.headlines import Measure, measured, measures
from techduel.ensemble.manifest import FAILURES, Manifest
from techduel.ensemble.sets import Runs
from techduel.ensemble.simulation import Start, prepared, recorded
from techduel.ensemble.stock import Stock
from techduel.ensemble.tasks import OUTCOMES, Columns, Tick, scenario_of, stage
from techduel.model.axes import STATES, Mask, Numbers
from techduel.scenario.scenario import Scenario

FREE: Final = (
    *("title", "question", "design", "points", "runs", "factors", "variants", "table", "precision", "outcome"),
    *("most_runs", "interaction"),
)
"""Settings that may change from one call to the next: what is there is kept, only what is new is computed."""
MEASURES: Final = "measures"
"""Name of what chunks hold."""


@dataclass(frozen=True)
class Sweep:
    """Points of one space, each with the same number of runs."""

    name: str
    settings: dict[str, Any]
    """The content of ``config.yaml``."""
    space: Space
    designed: tuple[Point, ...]
    """The first is the base: everything as configured."""
    runs: int
    seed: int
    outcomes: tuple[str, ...]
    years: tuple[int, ...]
    given: tuple[Placed, ...] = ()
    """What every point means, where that is known already; `designed` may then be empty."""

    @cached_property
    def placed(self) -> tuple[Placed, ...]:
        """What every point means, in the order of the design."""
        return self.given or tuple(self.space.placed(point) for point in self.designed)

    @cached_property
    def measures(self) -> tuple[Measure, ...]:
        """What is kept of each run."""
        return measures(self.outcomes, self.years)

    @cached_property
    def distinct(self) -> dict[str, Placed]:
        """Points with different numbers, by their identity, in the order of the design."""
        found: dict[str, Placed] = {}
        for placed in self.placed:
            found.setdefault(placed.identity, placed)
        return found

    @cached_property
    def points(self) -> tuple[str, ...]:
        """Identities of the distinct points."""
        return tuple(self.distinct)

    @property
    def base(self) -> Mapping[str, Any]:
        """The configuration that factors change."""
        return self.space.variants[AS_CONFIGURED]

    @property
    def quarters(self) -> int:
        """Of each run."""
        return int(4 * (self.base["horizon"] - self.base["start"] + 1))

    def values(self, stock: Stock, points: Sequence[int]) -> tuple[Numbers, Mask]:
        """Numbers of some distinct points, (point, run, measure), NaN where a run failed; which did, (point, run)."""
        return stock.values(points, MEASURES, len(self.measures))

    def in_common(self, stock: Stock, placed: Sequence[Placed] | None = None) -> tuple[Numbers, Runs]:
        """Numbers of the runs that failed at none of some points, and which runs these are.

        Parameters
        ----------
        stock : Stock
        placed : sequence of Placed, optional
            All that are designed, in their order, when left out.

        Returns
        -------
        values : (point, run, outcome, state, year)
            Of outcomes that every state has in every year.
        runs : (run,)
            Indices, which tell the parameters and the luck of each.

        Raises
        ------
        EveryRunFailed
            If no run came to its end at all of them.
        """
        place = {identity: number for number, identity in enumerate(self.distinct)}
        rows, order = np.unique(
            [place[one.identity] for one in (self.placed if placed is None else placed)], return_inverse=True
        )
        values, failed = self.values(stock, rows.tolist())
        runs = np.flatnonzero(~failed.any(axis=0))
        if not runs.size:
            raise EveryRunFailed(f"{self.name}: no run came to its end at every point; see {FAILURES}/")
        shape = (len(order), len(runs), len(self.outcomes), len(STATES), len(self.years))
        return values[np.ix_(order, runs)].reshape(shape), runs

    def fits(self, rows: Rows, shapes: Shapes) -> bool:
        """Whether a chunk holds a number for every measure, and nothing else."""
        count = len(rows.runs) - int(np.count_nonzero(rows.failed))
        return shapes == {MEASURES: ((count, len(self.measures)), np.dtype(float).str)}

    def works(self, missing: Mask, batch: int) -> Iterator["Points"]:
        """Chunks of all missing runs: rows that share a configuration but for what may differ by row.

        Points stay together in the order of the design, so that a point's runs lie in one chunk or two.
        """
        places = list(self.distinct.values())
        wanted = [place for place in range(len(places)) if missing[place].any()]
        order = sorted(wanted, key=lambda place: _company(places[place]))
        for _, group in groupby(order, key=lambda place: _company(places[place])):
            rows = [(place, int(run)) for place in group for run in np.flatnonzero(missing[place])]
            for first in range(0, len(rows), batch):
                chosen = rows[first : first + batch]
                yield self._work([places[place] for place, _ in chosen], tuple(run for _, run in chosen))

    def _work(self, members: Sequence[Placed], runs: tuple[int, ...]) -> "Points":
        by_name = {setting.name + setting.move.key: setting for placed in members for setting in placed.rows}
        ordered = sorted(by_name)
        values = np.full((len(runs), len(ordered)), np.nan)
        for row, placed in enumerate(members):
            for setting in placed.rows:
                values[row, ordered.index(setting.name + setting.move.key)] = setting.value
        return Points(
            config=self.space.shared(members[0]),
            settings=tuple(replace(by_name[name], value=0.0) for name in ordered),
            values=values,
            points=tuple(placed.identity for placed in members),
            runs=runs,
            lucks=tuple(placed.luck + run for placed, run in zip(members, runs, strict=True)),
            seed=self.seed,
            outcomes=self.outcomes,
            years=self.years,
        )


def _company(placed: Placed) -> tuple[str, str]:
    """What points must have in common to share a chunk."""
    return placed.label, repr([(setting.move.key, setting.value) for setting in placed.shared])


@dataclass(frozen=True, slots=True)
class Points:
    """Runs of points to compute together."""

    config: dict[str, Any]
    """What all rows share."""
    settings: tuple[Setting, ...]
    """What may differ by row."""
    values: Numbers
    """(row, setting); NaN where a row leaves a setting as configured."""
    points: tuple[str, ...]
    """`Placed.identity` by row."""
    runs: tuple[int, ...]
    """Number of the run at its point, by row."""
    lucks: tuple[int, ...]
    """Index of the luck by row."""
    seed: int
    outcomes: tuple[str, ...]
    years: tuple[int, ...]

    def part(self, rows: Sequence[int]) -> "Points":
        """The work on some of the rows."""
        return replace(
            self,
            values=self.values[list(rows)],
            points=tuple(self.points[row] for row in rows),
            runs=tuple(self.runs[row] for row in rows),
            lucks=tuple(self.lucks[row] for row in rows),
        )

    def told(self, row: int) -> Mapping[str, Any]:
        """What the record of a failure says of a row: its luck and whole configuration."""
        settings = [
            replace(setting, value=float(self.values[row, place]))
            for place, setting in enumerate(self.settings)
            if not np.isnan(self.values[row, place])
        ]
        return {
            "luck": self.lucks[row],
            "seed": self.seed,
            "configuration": configured(self.config, settings),
        }

    def wrong(self, columns: Columns, row: int) -> str:
        """Titles of the outcomes of a row that are no numbers though they must be."""
        values = columns.values[MEASURES][row]
        wanted = measures(self.outcomes, self.years)
        missing = [not (np.isfinite(value) or m.may_be_missing) for m, value in zip(wanted, values, strict=True)]
        return ", ".join(m.title for m, lacks in zip(wanted, missing, strict=True) if lacks)

    def computed(self, rows: Sequence[int], tick: Tick) -> Columns:
        """Numbers of some rows, (row, measure)."""
        with stage("base year"):
            scenario, start = self._start(list(rows))
        with stage("simulation"):
            record = recorded(scenario, start, self.seed, "headline", tick)
        with stage(OUTCOMES):
            return Columns({MEASURES: measured(record, measures(self.outcomes, self.years))})

    def _start(self, rows: list[int]) -> tuple[Scenario, Start]:
        """The scenario of some rows, and the batch that they begin as."""
        scenario, runs = scenario_of(self.config), [self.lucks[row] for row in rows]
        columns = [
            Column(setting, self.values[rows, place])
            for place, setting in enumerate(self.settings)
            if not np.isnan(self.values[rows, place]).all()
        ]
        mixed = replace(scenario, policies=mixed_policies(scenario.policies, self.config, columns))
        parameters = mixed_parameters(scenario.parameters_of(runs), columns)
        return mixed, prepared(mixed, runs, self.seed, parameters)


@dataclass(frozen=True, slots=True)
class Result:
    """A computed sweep."""

    folder: Path
    stock: Stock
    points: int
    runs: int
    """Of each point."""
    computed: int
    """Runs computed now; the others had been there."""

    @property
    def failed(self) -> tuple[tuple[str, int], ...]:
        """Point and run of every failure."""
        return tuple(self.stock.failed)


def swept(sweep: Sweep, folder: Path, manifest: Manifest, options: Options) -> Result:
    """Compute what is missing of a sweep in a folder that `filled` has opened; see `compute.compute`."""
    found = compute(sweep, folder, manifest, options)
    return Result(folder, found.stock, len(sweep.distinct), sweep.runs, found.runs)
