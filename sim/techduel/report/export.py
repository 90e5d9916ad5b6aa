"""Export of stored results for other programs: runs as NetCDF4 or Parquet, tables as a workbook.

Runs are written a block at a time, so that memory does not grow with their number. The bytes of a NetCDF file depend on
the numbers alone, not on chunks or clocks.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.folder import settings
from techduel.ensemble.manifest import DamagedResult, required_manifest, verified, written
from techduel.ensemble.record import Record
from techduel.ensemble.runs import EXPERIMENT, blocks, stored_runs
from techduel.ensemble.summary import Variable
from techduel.model.outcomes import OUTCOMES
from techduel.report.frames import about, by_run
from techduel.scenario.loader import InvalidInput
from techduel.statistics.tables import read_table

FIRM_DIMS: Final = ("run", "state", "sector", "slot", "time")
LABEL_TYPES: Final = {
    **{"variable": "string", "run": "int32", "state": "string", "bloc": "string", "sector": "string"},
    **{"time": "float64", "unit": "string"},
}
"""Columns of a table of all outcomes, beside the value."""
MOST_ROWS: Final = 1_048_576
"""Of a sheet, the heading among them."""
LONGEST_SHEET: Final = 31
"""Letters of the name of a sheet."""
UNSEEN: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What a sheet cannot hold."""
CALENDAR: Final = {"time": ("year", "quarter"), "year_end": ("year_end_year", "year_end_quarter")}


def write_trajectories(folder: Path, target: Path) -> None:
    """Write every outcome, firm panel and diagnostic of a stored result of ``run``.

    Raises
    ------
    DamagedResult
        If it holds no runs, or a chunk has changed since it was computed.
    OSError
        If the disk does not take the file.
    """
    from netCDF4 import Dataset

    config = settings(folder)
    if config.get("experiment") != EXPERIMENT:
        raise DamagedResult(f"{folder.name} is no result of techduel run; only those hold whole runs")
    try:
        with written(target) as part, Dataset(part, "w", format="NETCDF4") as dataset:
            start, stock = 0, stored_runs(folder)
            for record in blocks(stock, None):
                if start == 0:
                    _define(dataset, record, stock.sound)
                    dataset.setncatts({**about(record), "title": config["title"], "scenario": config["scenario"]})
                _copy(dataset, record, start)
                start += len(record.runs)
    except RuntimeError as error:
        # The NetCDF library reports a full disk as a RuntimeError.
        raise OSError(f"{target.name} could not be written: {error}") from error


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
    elif dim == "run":
        dataset.createVariable(dim, "i4", (dim,), fill_value=False)
    elif dim == "slot":
        dataset.createVariable(dim, "i4", (dim,), fill_value=False)[:] = values.astype(np.int32)
    else:
        dataset.createVariable(dim, str, (dim,))[:] = np.array(values, dtype=object)


def _copy(dataset: Any, record: Record, start: int) -> None:
    place = slice(start, start + len(record.runs))
    dataset.variables["run"][place] = np.asarray(record.runs, dtype=np.int32)
    for variable in _variables(record):
        dataset.variables[variable.name][place] = variable.values


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


def write_workbook(folder: Path, target: Path) -> None:
    """Write every table of a stored result as a sheet of one workbook; texts stay texts, whatever they begin with.

    Raises
    ------
    DamagedResult
        If a table is not as it was written.
    InvalidInput
        If one has more rows than a sheet can hold.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for name in sorted(required_manifest(folder).files):
        if name.endswith(".csv") and "/" not in name:
            _add_sheet(book, name.removesuffix(".csv"), read_table(verified(folder, name)))
    with written(target) as part, part.open("wb") as stream:
        book.save(stream)


def _add_sheet(book: Any, name: str, table: Any) -> None:
    from openpyxl.cell import WriteOnlyCell

    if len(table) >= MOST_ROWS:
        raise InvalidInput(
            [f"format: {name} has {len(table)} rows, a sheet holds {MOST_ROWS - 1}; allowed: parquet, nc"]
        )
    sheet = book.create_sheet(name[:LONGEST_SHEET])

    def cell(value: Any) -> Any:
        if not isinstance(value, str):
            return None if value != value else value  # noqa: PLR0124 - only NaN differs from itself
        found = WriteOnlyCell(sheet, UNSEEN.sub("", value))
        found.data_type = "s"  # a text that begins with = is no formula
        return found

    sheet.append([cell(str(column)) for column in table.columns])
    for row in table.itertuples(index=False):
        sheet.append([cell(value) for value in row])


def write_parquet(folder: Path, target: Path) -> None:
    """Write every outcome of every run of a stored result of ``run``, a row a number, as Parquet.

    Raises
    ------
    DamagedResult
        If it holds no runs, or a chunk has changed since it was computed.
    """
    from pyarrow.parquet import ParquetWriter

    config = settings(folder)
    if config.get("experiment") != EXPERIMENT:
        raise DamagedResult(f"{folder.name} is no result of techduel run; only those hold whole runs")
    with written(target) as part, ExitStack() as stack:
        writer: Any = None
        for record in blocks(stored_runs(folder), None):
            for name in record:
                table = _rows(record, name, about(record) | {"scenario": config["scenario"]})
                writer = writer or stack.enter_context(ParquetWriter(part, table.schema))
                writer.write_table(table)


def _rows(record: Record, name: str, origin: Mapping[str, Any]) -> Any:
    """One outcome of some runs, with all labels that any outcome has."""
    import pyarrow as pa

    frame = by_run(record, [name]).rename(columns={name: "value"}).assign(variable=name, unit=OUTCOMES[name].unit)
    frame = frame.reindex(columns=[*LABEL_TYPES, "value"])
    kinds = [*((key, getattr(pa, kind)()) for key, kind in LABEL_TYPES.items()), ("value", pa.float64())]
    schema = pa.schema(kinds, metadata={key: str(words) for key, words in origin.items()})
    return pa.Table.from_pandas(frame, schema=schema, preserve_index=False)
