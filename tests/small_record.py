"""Small made-up ensembles for tests of what happens to results, whatever the model says."""

from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.chunks import Rows, numbered, write_rows
from techduel.ensemble.manifest import Manifest
from techduel.ensemble.record import Record
from techduel.ensemble.runs import GROUPS

SECTORS = ("cloud", "semiconductors")
SHAPES = {"gdp": (2,), "sales": (2, 2), "market_share": (2, 4, 2), "year_passes_digital_core_10": (2,)}


def small_record(
    runs: Sequence[int], seed: int = 1, years: int = 2, firms: bool = False, yearly: bool = False
) -> Record:
    """A record whose numbers depend on seed and run alone."""
    time = 2020.75 + np.arange(4 * years + 1) / 4
    values = {name: _noise(runs, seed, (*shape, len(time))) for name, shape in SHAPES.items()}
    values["year_passes_digital_core_10"] = _noise(runs, seed, (2,))
    if yearly:
        values |= {name: values[name][..., ::4].copy() for name in ("sales", "market_share")}
    panels = {"alive": _noise(runs, seed, (2, 2, 3, len(time))) > 0.5, "technology": _noise(runs, seed, (2, 2, 3, 9))}
    return Record(
        values=values,
        time=time,
        runs=np.array(runs),
        sectors=SECTORS,
        seed=seed,
        firms=panels if firms else {},
        snapshots={"firm_sales_start": _noise(runs, seed, (2, 2, 3))},
        diagnostics={"firm_quarters": np.full(len(runs), 12.0)},
    )


def stored_record(folder: Path, manifest: Manifest, record: Record, without: str = "") -> str:
    """The name of a chunk that holds a record, as `Simulated` makes it, perhaps without something."""
    values = {f"{group}.{name}": found for group in GROUPS for name, found in getattr(record, group).items()}
    common = {"time": record.time, "sectors": np.array(record.sectors), "seed": np.array(str(record.seed))}
    values.pop(f"values.{without}", None)
    common.pop(without, None)
    points, failed = np.full(len(record.runs), "run"), np.zeros(len(record.runs), dtype=bool)
    rows = Rows(points, record.runs, failed, np.array([], dtype="S"), values, common)
    return write_rows(folder, numbered(manifest.fingerprint, points.tolist(), record.runs.tolist()), rows)


def small_scenario(name: str = "small", **config: Any) -> Any:
    """Just enough of a scenario for a runner."""
    known = {"start": 2021, "horizon": 2022}
    return SimpleNamespace(name=name, **known, config={"scenario": name, "name": name, **known, **config})


def made_up_runs(
    scenario: Any, runs: Sequence[int], seed: int, record: str, progress: Callable[[int], None] | None = None
) -> Record:
    """Stand-in for ``simulate``: eight quarters of noise; the runs that a scenario lists under ``fails`` raise."""
    if set(runs) & set(scenario.config.get("fails", ())):
        raise FloatingPointError("technology is not finite")
    for _quarter in range(8):
        if progress is not None:
            progress(len(runs))
    return small_record(runs, seed, firms=record == "firms", yearly=record == "headline")


def _noise(runs: Sequence[int], seed: int, shape: tuple[int, ...]) -> NDArray[np.float64]:
    return np.stack([np.random.default_rng([seed, int(run), len(shape)]).random(shape) for run in runs])
