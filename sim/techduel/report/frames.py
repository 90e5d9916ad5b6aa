"""Frames: a record as tables of pandas and as a dataset of xarray, with units and where the numbers come from."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from techduel.ensemble.record import Record
from techduel.ensemble.shown import UnknownName
from techduel.ensemble.summary import COLUMNS
from techduel.model.outcomes import OUTCOMES
from techduel.scenario.fingerprint import version

if TYPE_CHECKING:
    import pandas
    import xarray

LICENCE: Final = "MIT"


def by_run(record: Record, names: Sequence[str]) -> "pandas.DataFrame":
    """Outcomes with the same axes, a row a run and label, a column an outcome.

    Raises
    ------
    UnknownName
        If there is no such outcome.
    ValueError
        If they differ in their axes.
    """
    import pandas as pd

    for name in names:
        if name not in record:
            raise UnknownName(name, list(record))
    axes = {name: record.dims(name) for name in names}
    if len(set(axes.values())) > 1:
        told = "; ".join(f"{name}: {', '.join(dims)}" for name, dims in axes.items())
        raise ValueError(f"axes differ, so that these outcomes need a table each: {told}")
    labels = {dim: _labels(record, dim) for dim in axes[names[0]]}
    frame = pd.MultiIndex.from_product(list(labels.values()), names=list(labels)).to_frame(index=False)
    frame[list(names)] = pd.DataFrame({name: record[name].ravel() for name in names})
    frame.attrs.update({**about(record), "units": {name: OUTCOMES[name].unit for name in names}})
    return frame


def summarised(record: Record) -> "pandas.DataFrame":
    """Mean, standard deviation and quantiles over runs of every outcome, as in ``summary.csv``."""
    return table(COLUMNS, record.summary(), about(record))


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], origin: Mapping[str, Any]) -> "pandas.DataFrame":
    """Rows of texts and numbers, with where they come from in ``attrs``."""
    import pandas as pd

    frame = pd.DataFrame(list(rows), columns=list(columns))
    if "time" in frame:
        frame["time"] = pd.to_numeric(frame["time"], errors="coerce")  # empty where an outcome has no time
    frame.attrs.update(origin)
    return frame


def dataset(record: Record) -> "xarray.Dataset":
    """All outcomes with named dimensions, units, long names and labels."""
    import xarray

    variables = {
        name: (record.dims(name), values, {"units": OUTCOMES[name].unit, "long_name": OUTCOMES[name].meaning})
        for name, values in record.values.items()
    }
    used = {dim for dims, _, _ in variables.values() for dim in dims}
    labels = {dim: _labels(record, dim) for dim in record.coordinates() if dim in used}
    return xarray.Dataset(variables, labels, about(record))


def about(record: Record) -> dict[str, Any]:
    """Where the numbers of a record come from."""
    return {
        "title": f"Techduel: {record.scenario or 'runs'}",
        "scenario": record.scenario,
        "seed": record.seed,
        "version": version(),
        "source": f"Techduel {version()}",
        "license": LICENCE,
    }


def _labels(record: Record, dim: str) -> list[Any]:
    return record.runs.tolist() if dim == "run" else list(record.coordinates()[dim])
