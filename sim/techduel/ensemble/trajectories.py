"""The two files that others read: ``trajectories.nc`` (NetCDF4, every outcome) and ``summary.csv`` (quantiles).

The chunks are copied one at a time and summarised one outcome at a time, so that memory does not grow with the number
of runs. The bytes depend on the numbers alone, not on chunks or clocks.
"""

import csv
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from techduel.ensemble.manifest import SUMMARY, TRAJECTORIES, Manifest, digest, verified, write_manifest, written
from techduel.ensemble.record import Record
from techduel.ensemble.store import read_chunk
from techduel.ensemble.summary import COLUMNS, Variable, rows
from techduel.model.outcomes import OUTCOMES

FIRM_DIMS: Final = ("run", "state", "sector", "slot", "time")
CALENDAR: Final = {"time": ("year", "quarter"), "year_end": ("year_end_year", "year_end_quarter")}


def merge(folder: Path, manifest: Manifest) -> None:
    """Write both files from the finished chunks and enter them in the manifest.

    Raises
    ------
    DamagedResult
        If a chunk has changed since it was computed.
    OSError
        If the disk does not take the files.
    """
    with written(folder / TRAJECTORIES) as part:
        _write_trajectories(folder, manifest, part)
        with written(folder / SUMMARY) as table:
            _write_summary(part, table)
    for name in (TRAJECTORIES, SUMMARY):
        manifest.files[name] = digest(folder / name)
    write_manifest(folder, manifest)


def _write_trajectories(folder: Path, manifest: Manifest, path: Path) -> None:
    from netCDF4 import Dataset

    try:
        with Dataset(path, "w", format="NETCDF4") as dataset:
            start = 0
            for name in manifest.stored_chunks:
                record = read_chunk(verified(folder, name, manifest))
                if start == 0:
                    _define(dataset, record, sum(chunk.runs - len(chunk.failed) for chunk in manifest.chunks.values()))
                _copy(dataset, record, start)
                start += len(record.runs)
    except RuntimeError as error:
        # The NetCDF library reports a full disk as a RuntimeError.
        raise OSError(f"{TRAJECTORIES} could not be written: {error}") from error


def _define(dataset: Any, record: Record, runs: int) -> None:
    """Dimensions, coordinates and one empty variable per outcome, in the order in which they are filled."""
    variables = list(_variables(record))
    slots = [variable.values.shape[3] for variable in variables if "slot" in variable.dims]
    sizes = {"run": np.arange(runs), "slot": np.arange(max(slots, default=0))}
    coordinates: dict[str, Any] = {**record.coordinates(), **sizes}
    used = {dim for variable in variables for dim in variable.dims} | {"run", "time"}
    for dim in ("run", "state", "bloc", "sector", "slot", "time", "year_end"):
        if dim in used:
            dataset.createDimension(dim, len(coordinates[dim]))
            _define_coordinate(dataset, dim, coordinates[dim])
    for variable in variables:
        target = dataset.createVariable(variable.name, variable.values.dtype, variable.dims, fill_value=False)
        calendar = [name for dim in variable.dims for name in CALENDAR.get(dim, ())]
        target.setncatts({"units": variable.unit, "long_name": _meaning(variable.name)})
        if calendar:
            target.coordinates = " ".join(calendar)


def _define_coordinate(dataset: Any, dim: str, values: Any) -> None:
    if dim in CALENDAR:
        moments = dataset.createVariable(dim, "f8", (dim,), fill_value=False)
        moments.setncatts({"units": "decimal year", "long_name": "start of the quarter"})
        moments[:] = values
        years = np.floor(values + 1e-9)
        for name, numbers in zip(CALENDAR[dim], (years, 1 + np.round((values - years) * 4)), strict=True):
            dataset.createVariable(name, "i4", (dim,), fill_value=False)[:] = numbers.astype(np.int32)
    elif dim in {"run", "slot"}:
        dataset.createVariable(dim, "i4", (dim,), fill_value=False)[:] = values.astype(np.int32)
    else:
        dataset.createVariable(dim, str, (dim,))[:] = np.array(values, dtype=object)


def _copy(dataset: Any, record: Record, start: int) -> None:
    place = slice(start, start + len(record.runs))
    dataset.variables["run"][place] = np.asarray(record.runs, dtype=np.int32)
    for variable in _variables(record):
        dataset.variables[variable.name][place] = variable.values


def _write_summary(trajectories: Path, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(COLUMNS)
        for variable, coordinates in _stored(trajectories):
            table.writerows(
                (*row[:5], *("" if math.isnan(number) else f"{number:.8g}" for number in row[5:12]), row[12])
                for row in rows(variable, coordinates)
            )


def _stored(trajectories: Path) -> Iterator[tuple[Variable, Mapping[str, Sequence[str] | NDArray[np.float64]]]]:
    from netCDF4 import Dataset

    with Dataset(trajectories) as dataset:
        dataset.set_auto_mask(False)
        coordinates = {dim: dataset.variables[dim][:] for dim in dataset.dimensions}
        for name in OUTCOMES:
            if name in dataset.variables:
                stored = dataset.variables[name]
                yield Variable(name, stored.units, stored.dimensions, stored[:]), coordinates


def _variables(record: Record) -> Iterator[Variable]:
    """Outcomes, firm panels and diagnostics of a record under the names they have in the file."""
    for name, values in record.values.items():
        yield Variable(name, OUTCOMES[name].unit, record.dims(name), values)
    for name, panel in record.firms.items():
        plain = panel.astype(np.int8) if panel.dtype == np.bool_ else panel
        yield Variable(f"firm_{name}", _firm_unit(name), FIRM_DIMS, plain)
    for name, values in record.diagnostics.items():
        yield Variable(f"diagnostic_{name}", "1", ("run",), values)


def _firm_unit(name: str) -> str:
    outcome = OUTCOMES.get(name)
    return outcome.unit if outcome else "1"


def _meaning(name: str) -> str:
    outcome = OUTCOMES.get(name)
    return outcome.meaning if outcome else name.replace("_", " ")
