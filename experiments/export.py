"""``techduel export FOLDER format=nc``: the runs of a saved result in a format that other programs read."""

from collections.abc import Sequence
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

LIBRARY: Final = "netCDF4"


class Settings(Strict):
    """What stands behind the folder."""

    format: Literal["nc"] = Field("nc", description="of the file, NetCDF4")
    file: File | None = Field(None, description="to write, named after the folder when left out")


def main(arguments: Sequence[str]) -> int:
    """Write every outcome of every run of a result of ``run`` into one file."""
    if asks_help(arguments) or not arguments:
        print("\n".join(described("export FOLDER", "runs of a saved result, for other programs", Settings)))
        return 0
    from techduel.report.export import write_trajectories

    folder, *settings = arguments
    given = read(settings, Settings)
    if find_spec(LIBRARY) is None:
        raise InvalidInput([f"format: nc needs {LIBRARY}: pip install 'techduel[export]'"])
    target = Path(given["file"] or f"{Path(folder).resolve().name}.nc")
    if target.exists() or target.is_symlink():
        raise InvalidInput([f"file: {shown(str(target))} is there; allowed: a new file"])
    stored(Path(folder))
    with understood(Path(folder)):
        write_trajectories(Path(folder), target)
    print(f"Written: {target}")
    return 0
