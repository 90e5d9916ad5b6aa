"""Runs of one scenario: an ensemble of full records, kept in the store like a sweep of one point, and read back."""

import csv
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.chunks import Rows, Shapes
from techduel.ensemble.compute import WORTH_A_POOL, Options, compute, filled
from techduel.ensemble.folder import settings
from techduel.ensemble.manifest import SUMMARY, DamagedResult, Manifest, required_manifest, written
from techduel.ensemble.pool import Pool
from techduel.ensemble.record import Record
from techduel.ensemble.simulation import BATCH, simulate
from techduel.ensemble.stock import Stock
from techduel.ensemble.summary import COLUMNS, Variable, rows
from techduel.ensemble.tasks import Columns, OfOnePoint, Tick, scenario_of, stage
from techduel.facts.selection import known_sectors
from techduel.model.axes import BLOCS, STATES, Mask
from techduel.model.engine.tables import LEDGERS
from techduel.model.outcomes import OUTCOMES
from techduel.scenario.fingerprint import Formulas
from techduel.scenario.scenario import Scenario, numbers

EXPERIMENT: Final = "run"
POINT: Final = "run"
"""The one point of an ensemble."""
FREE: Final = ("runs", "title", "question", "sources")
"""Settings that may change from one call to the next: what is there is kept, only what is new is computed."""
GROUPS: Final = ("values", "firms", "ledger", "snapshots", "diagnostics")
"""Parts of a record that hold arrays by run; the last two are always read."""
FIRM_AXES: Final = ("state", "sector", "slot")
FLOAT: Final = np.dtype(float).str
"""Kind of all numbers but those of firm panels."""
MOST_RUNS: Final = 10_000_000
AT_ONCE: Final = 2**28
"""Bytes of outcomes in memory while they are summarised."""


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Many runs of one scenario."""

    scenario: Scenario
    runs: int
    seed: int = 1
    record: str = "full"
    """``headline``, ``full``, ``firms`` or ``ledger``."""
    points: ClassVar[tuple[str, ...]] = (POINT,)

    @property
    def quarters(self) -> int:
        """Of each run."""
        return 4 * (self.scenario.horizon - self.scenario.start + 1)

    @property
    def settings(self) -> dict[str, Any]:
        """All that decides the numbers, as plain values: the content of ``config.yaml``."""
        own = {"runs": self.runs, "seed": self.seed, "record": self.record}
        kept = {key: value for key, value in numbers(self.scenario.config).items() if key not in own}
        return {"experiment": EXPERIMENT, **own, **kept}

    def fits(self, rows: Rows, shapes: Shapes) -> bool:
        """Whether a chunk holds records of this scenario."""
        return Kept(self.scenario.start, self.quarters, self.seed, self.record).fits(rows, shapes)

    def works(self, missing: Mask, batch: int) -> Iterator["Simulated"]:
        """Chunks of nearly equal size; the split depends on the missing runs alone, not on who computes them."""
        config = dict(self.scenario.config)
        for runs in chunked(np.flatnonzero(missing[0]).tolist(), batch):
            yield Simulated(POINT, runs, config, self.seed, self.record)


@dataclass(frozen=True, slots=True)
class Result:
    """A finished ensemble on disk."""

    folder: Path
    failed: int
    """How many runs have no numbers."""
    computed: int
    """Runs computed now; the others had been there."""


def run_ensemble(
    ensemble: Ensemble,
    folder: Path,
    options: Options,
    more: Callable[[], None] = lambda: None,
    study: Formulas | None = None,
    pool: Pool | None = None,
) -> Result:
    """Compute what is missing of an ensemble and fill its folder: chunks, summary, config, provenance, manifest.

    Numbers and files do not depend on `options`, nor on how many runs were computed before.

    Parameters
    ----------
    ensemble : Ensemble
        What to run.
    folder : Path
        Result folder.
    options : Options
        Where runs are computed.
    more : callable
        Writes tables and figures of the runs that are then there.
    study : Formulas, optional
        Of the study whose tables these are.
    pool : Pool, optional
        Workers that are there already; others when left out.

    Raises
    ------
    ConfigDiffers, DamagedResult, OldResult, FolderBusy, StorageFailed, EveryRunFailed, Interrupted
        Each with the `exit_code` of a command that ends so.
    """
    computed: list[int] = []

    def write(manifest: Manifest) -> None:
        found = compute(ensemble, folder, manifest, options, pool)
        computed.append(found.runs)
        if found.stock.stored > ensemble.runs:
            options.notice(
                f"{folder.name}: {found.stock.stored} runs are stored; tables and figures use the first {ensemble.runs}"
            )
        write_summary(folder, found.stock)
        more()

    manifest = filled(folder, ensemble.settings, write, options, FREE, study)
    return Result(folder, len(manifest.failures), sum(computed))


def chunked(runs: Sequence[int], batch: int = BATCH) -> list[tuple[int, ...]]:
    """Runs in nearly equal parts of at most one batch; an even number of them, so that two cores end together."""
    count = math.ceil(len(runs) / batch)
    if len(runs) >= WORTH_A_POOL:
        count += count % 2
    return [tuple(part.tolist()) for part in np.array_split(np.array(runs), count)]


@dataclass(frozen=True, slots=True)
class Simulated(OfOnePoint):
    """Runs of one scenario to simulate together."""

    config: dict[str, Any]
    """Of the scenario."""
    seed: int
    record: str

    def told(self, row: int) -> Mapping[str, Any]:
        """What the record of a failure says: the scenario's configuration is that of the folder."""
        return {"seed": self.seed}

    def computed(self, rows: Sequence[int], tick: Tick) -> Columns:
        """Simulate some rows."""
        runs = [self.runs[row] for row in rows]
        with stage("base year"):
            scenario = scenario_of(self.config)
        with stage("simulation"):
            record = simulate(scenario, runs, self.seed, self.record, progress=tick)
        values = {f"{group}.{name}": found for group in GROUPS for name, found in getattr(record, group).items()}
        common = {"time": record.time, "sectors": np.array(record.sectors), "seed": np.array(str(record.seed))}
        return Columns(values, common)


def load(folder: Path, names: Collection[str] | None = None) -> Record:
    """The runs of a stored result: as many as its configuration says, though more may be stored.

    Parameters
    ----------
    folder : Path
        Result folder.
    names : collection of str, optional
        Outcomes to read; large ensembles fit in memory only in part.

    Raises
    ------
    DamagedResult
        If there is no manifest, no finished run, or a damaged chunk.
    """
    return Record.concat(records(folder, names))


def records(folder: Path, names: Collection[str] | None = None, size: int = BATCH) -> Iterator[Record]:
    """The same a block of runs at a time; block k holds those from k * size on, so that two results pair."""
    yield from blocks(stored_runs(folder), names, size, folder.resolve().name)


def blocks(stock: Stock, names: Collection[str] | None, size: int = BATCH, scenario: str = "") -> Iterator[Record]:
    """Records of the runs in a stock, some outcomes or all, a block of runs at a time."""
    for runs, arrays, common in stock.blocks(lambda name: _is_read(name, names), size):
        groups: dict[str, Any] = {group: {} for group in GROUPS}
        for key, found in arrays.items():
            group, _, name = key.partition(".")
            groups[group][name] = found
        sectors = tuple(str(name) for name in common["sectors"])
        luck = int(str(common["seed"]))
        yield Record(time=common["time"], runs=runs, sectors=sectors, seed=luck, scenario=scenario, **groups)


def _is_read(key: str, names: Collection[str] | None) -> bool:
    group, _, name = key.partition(".")
    return names is None or group in {"snapshots", "diagnostics"} or name in names


def stored_runs(folder: Path) -> Stock:
    """Where the runs of a stored result lie, each chunk checked."""
    manifest, config = required_manifest(folder), settings(folder)
    runs, start, horizon = (config.get(name) for name in ("runs", "start", "horizon"))
    if not (isinstance(runs, int) and isinstance(start, int) and isinstance(horizon, int) and 0 < runs <= MOST_RUNS):
        raise DamagedResult(f"{folder.name} holds no finished run")
    kept = Kept(start, 4 * (horizon - start + 1), config.get("seed", 0), config.get("record", ""))
    stock = Stock(folder, (POINT,), runs, kept.fits)
    for name in sorted(manifest.chunks):
        stock.enter(name)
    if not stock.sound:
        raise DamagedResult(f"{folder.name} holds no finished run")
    return stock


@dataclass(frozen=True, slots=True)
class Kept:
    """What chunks of an ensemble must hold."""

    start: int
    quarters: int
    seed: int
    record: str

    def fits(self, rows: Rows, shapes: Shapes) -> bool:
        """Whether a chunk holds every array in its shape and kind, at these times, and with this luck."""
        time, sectors, luck = (rows.common.get(name) for name in ("time", "sectors", "seed"))
        if time is None or sectors is None or luck is None or luck.shape or str(luck) != str(self.seed):
            return False
        if sectors.ndim != 1 or not set(sectors.tolist()) <= set(known_sectors().names):
            return False
        if time.shape != (self.quarters + 1,) or not np.array_equal(time, self._times):
            return False
        outcomes = {name.partition(".")[2] for name in shapes if name.startswith("values.")}
        return outcomes == OUTCOMES.keys() and all(
            self._fits(*name.partition(".")[::2], shape[1:], kind, len(sectors))
            for name, (shape, kind) in shapes.items()
        )

    @property
    def _times(self) -> NDArray[np.float64]:
        return self.start + np.arange(-1, self.quarters) / 4.0

    def _fits(self, group: str, name: str, shape: tuple[int, ...], kind: str, sectors: int) -> bool:
        """Whether one array has the shape and kind of its group."""
        of_firms = shape[:2] == (len(STATES), sectors)
        fitting = {
            "values": lambda: shape == self._shape(name, sectors) and kind == FLOAT,
            "firms": lambda: of_firms and len(shape) == len(FIRM_AXES) + 1 and kind[1] in "fbiu",
            "ledger": lambda: shape == self._entries(name, sectors) and kind == FLOAT,
            "snapshots": lambda: of_firms and len(shape) == len(FIRM_AXES) and kind == FLOAT,
            "diagnostics": lambda: not shape and kind == FLOAT,
        }
        return name.isidentifier() and group in fitting and fitting[group]()

    def _entries(self, name: str, sectors: int) -> tuple[int, ...]:
        """Sizes of a ledger's axes behind the runs; real income has no sectors."""
        cells = (len(STATES),) if name == "income" else (len(STATES), sectors)
        return (*cells, len(LEDGERS.get(name, ())), self.quarters + 1)

    def _shape(self, name: str, sectors: int) -> tuple[int, ...]:
        """Sizes of an outcome's axes behind the runs; a headline record keeps only year ends of sectors."""
        outcome = OUTCOMES[name]
        yearly = self.record == "headline" and outcome.sectoral
        times = self.quarters // 4 + 1 if yearly else self.quarters + 1
        sizes = {"state": len(STATES), "bloc": len(BLOCS), "sector": sectors, "time": times}
        return tuple(sizes[dim] for dim in outcome.dims[1:])


def write_summary(folder: Path, stock: Stock) -> None:
    """Write ``summary.csv``, quantiles of every outcome: some outcomes at a time, so that memory does not grow."""
    with written(folder / SUMMARY) as part, part.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(COLUMNS)
        for names in _portions(stock):
            record = Record.concat(blocks(stock, names))
            for name in names:
                variable = Variable(name, OUTCOMES[name].unit, record.dims(name), record.values[name])
                table.writerows(
                    (*row[:5], *("" if math.isnan(number) else f"{number:.8g}" for number in row[5:12]), row[12])
                    for row in rows(variable, record.coordinates())
                )


def _portions(stock: Stock) -> Iterator[list[str]]:
    """Names of outcomes, as many at a time as may be in memory; at least one."""
    shapes = {
        name.partition(".")[2]: shape[1:] for name, (shape, _) in stock.shapes().items() if name.startswith("values.")
    }
    portion: list[str] = []
    size = 0
    for name in (name for name in OUTCOMES if name in shapes):
        more = 8 * stock.runs * math.prod(shapes[name])
        if portion and size + more > AT_ONCE:
            yield portion
            portion, size = [], 0
        portion.append(name)
        size += more
    yield portion
