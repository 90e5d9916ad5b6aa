"""Running the coalitions of a decomposition on one or more processes; what is finished is kept on disk.

Only headlines are kept: a decomposition needs many coalitions and little of each.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.headlines import levels
from techduel.ensemble.manifest import Manifest, digest, write_manifest, written
from techduel.ensemble.paired import Numbers
from techduel.ensemble.runner import WORTH_A_POOL, Progress, interruptible
from techduel.ensemble.simulation import BATCH, simulate
from techduel.ensemble.workers import SPAWN, Gauge, follow_parent, lean_start
from techduel.scenario.scenario import Scenario, scenario_from
from techduel.studies.compare.decomposition import Coalition
from techduel.studies.compare.game import GROUPS, Game

FOLDER: Final = "decomposition"

type Found = dict[str, Numbers]
"""Headlines by name, (run, state) or (run, 1) each; NaN for a run that failed."""


@dataclass(frozen=True, slots=True)
class Play:
    """All that decides the outcomes of a game's coalitions."""

    game: Game
    kind: str
    """Of `GROUPS`."""
    runs: tuple[int, ...]
    seed: int
    rate: float

    @property
    def quarters(self) -> int:
        """Quarters of a run."""
        return 4 * (self.game.baseline.horizon - self.game.baseline.start + 1)

    def outcomes(self, coalition: Coalition, tick: Callable[[int], None]) -> Found:
        """Simulate a coalition; `tick` is told after each quarter how many runs have moved on."""
        scenario = self.game.mixed(coalition)
        batches = [self.runs[first : first + BATCH] for first in range(0, len(self.runs), BATCH)]
        return _joined([self._simulated(scenario, batch, tick) for batch in batches])

    def _simulated(self, scenario: Scenario, runs: Sequence[int], tick: Callable[[int], None]) -> Found:
        record = simulate(scenario, runs, self.seed, "headline", progress=lambda _: tick(len(runs)))
        return levels(record, self.rate)


@dataclass(slots=True)
class Shelf:
    """Where finished coalitions of one scenario lie, and the manifest that vouches for them."""

    folder: Path
    manifest: Manifest
    name: str
    players: tuple[str, ...]

    def file(self, coalition: Coalition) -> str:
        """File name of a coalition, inside the result folder: which players are in, as bits."""
        bits = sum(1 << place for place, player in enumerate(self.players) if player in coalition)
        return f"{FOLDER}/{self.name}/coalition_{bits:03x}.npz"

    def tidy(self, wanted: Sequence[Coalition]) -> None:
        """Remove what an earlier session left that is no longer wanted."""
        names = {self.file(coalition) for coalition in wanted}
        for path in (self.folder / FOLDER / self.name).glob("*.npz"):
            name = path.relative_to(self.folder).as_posix()
            if name not in names:
                path.unlink()
                self.manifest.files.pop(name, None)

    def missing(self, wanted: Sequence[Coalition]) -> list[Coalition]:
        """Those that still have to be computed."""
        return [coalition for coalition in wanted if self.file(coalition) not in self.manifest.files]

    def read(self, coalition: Coalition) -> Found:
        """What has been kept of a coalition; the manifest's digests were checked when the folder was opened."""
        with np.load(self.folder / self.file(coalition), allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}

    def keep(self, coalition: Coalition, found: Found) -> None:
        """Store a finished coalition and vouch for it."""
        name = self.file(coalition)
        with written(self.folder / name) as part, part.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **{key: found[key] for key in sorted(found)})
        self.manifest.files[name] = digest(self.folder / name)
        write_manifest(self.folder, self.manifest)


def play(wanted: Collection[Coalition], work: Play, shelf: Shelf, workers: int, progress: Progress | None) -> None:
    """Compute coalitions and keep each as soon as it is finished.

    Raises
    ------
    Interrupted
        What was finished is kept.
    """
    meter = _Meter(work.quarters, progress)
    with interruptible():
        if min(workers, len(wanted)) <= 1 or len(wanted) * len(work.runs) < WORTH_A_POOL:
            for coalition in wanted:
                shelf.keep(coalition, work.outcomes(coalition, meter.tick))
        else:
            _in_pool(wanted, work, shelf, min(workers, len(wanted)), meter)


def _in_pool(wanted: Collection[Coalition], work: Play, shelf: Shelf, workers: int, meter: "_Meter") -> None:
    gauge = Gauge()
    configs, luck = (work.game.baseline.config, work.game.scenario.config), (work.runs, work.seed, work.rate)
    shared = (*configs, work.kind, luck, gauge)
    executor = ProcessPoolExecutor(workers, mp_context=SPAWN, initializer=_settle, initargs=shared)
    try:
        with lean_start():
            futures = {executor.submit(_play_here, coalition): coalition for coalition in wanted}
        waiting = set(futures)
        while waiting:
            done, waiting = wait(waiting, timeout=0.1, return_when=FIRST_COMPLETED)
            for future in done:
                shelf.keep(futures[future], future.result())
            meter.reach(gauge.run_quarters)
    except BaseException:
        gauge.stop()
        executor.shutdown(wait=True, cancel_futures=True)
        raise
    executor.shutdown(wait=True)


class _Meter:
    """Turns quarters simulated into runs finished."""

    def __init__(self, quarters: int, progress: Progress | None) -> None:
        self._quarters, self._progress, self._moved, self._shown = quarters, progress, 0, 0

    def tick(self, runs: int) -> None:
        self.reach(self._moved + runs)

    def reach(self, run_quarters: int) -> None:
        self._moved = run_quarters
        step = run_quarters // self._quarters - self._shown
        if step > 0 and self._progress is not None:
            self._progress(step)
        self._shown += max(step, 0)


_plays: Final[list[tuple[Play, Gauge]]] = []


def _settle(
    baseline: Mapping[str, Any], scenario: Mapping[str, Any], kind: str, luck: tuple[Any, ...], gauge: Gauge
) -> None:
    """Set up a spawned process; the scenarios travel as their plain configs."""
    follow_parent()
    game = Game(scenario_from(baseline), scenario_from(scenario), GROUPS[kind])
    _plays[:] = [(Play(game, kind, *luck), gauge)]


def _play_here(coalition: Coalition) -> Found:
    work, gauge = _plays[0]
    return work.outcomes(coalition, gauge.advance)


def _joined(parts: Sequence[Found]) -> Found:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
