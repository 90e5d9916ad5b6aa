"""``techduel export FOLDER format=nc|parquet|xlsx``: a saved result in a format that other programs read."""

from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal

from pydantic import Field

from techduel.scenario.arguments import asks_help, described, read
from techduel.scenario.loader import InvalidInput
from techduel.scenario.problems import Strict
from techduel.scenario.settings import File
from techduel.studies.stored import stored, understood

from .exits import shown

LIBRARIES: Final = {"nc": "netCDF4", "parquet": "pyarrow", "xlsx": "openpyxl"}
"""By format; all of them come with the extra ``export``."""


class Settings(Strict):
    """What stands behind the folder."""

    format: Literal["nc", "parquet", "xlsx"] = Field(
        "nc", description="every run of a result of run (NetCDF4, Parquet), or the tables of any result (a workbook)"
    )
    file: File | None = Field(None, description="to write, named after the folder when left out")


def main(arguments: Sequence[str]) -> int:
    """Write the runs or the tables of a result into one file."""
    if asks_help(arguments) or not arguments:
        print("\n".join(described("export FOLDER", "a saved result, for other programs", Settings)))
        return 0
    folder, *settings = arguments
    given = read(settings, Settings)
    form, library = given["format"], LIBRARIES[given["format"]]
    if find_spec(library) is None:
        raise InvalidInput([f"format: {form} needs {library}: pip install 'techduel[export]'"])
    target = Path(given["file"] or f"{Path(folder).resolve().name}.{form}")
    if target.exists() or target.is_symlink():
        raise InvalidInput([f"file: {shown(str(target))} is there; allowed: a new file"])
    stored(Path(folder))
    with understood(Path(folder)):
        _writers()[form](Path(folder), target)
    print(f"Written: {target}")
    return 0


def _writers() -> Mapping[str, Callable[[Path, Path], None]]:
    from techduel.report.export import write_parquet, write_trajectories, write_workbook

    return {"nc": write_trajectories, "parquet": write_parquet, "xlsx": write_workbook}
