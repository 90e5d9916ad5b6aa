"""Sweeps from Python: the command's own computation, in the command's own folder, so that either goes on with it."""

import sys
from pathlib import Path
from typing import Any

from techduel.ensemble.compute import Options
from techduel.ensemble.pool import Place
from techduel.ensemble.workers import available_cores
from techduel.face.result import Result, open_result
from techduel.studies.table import STUDIES


def sweep(design: str = "export_controls", *overrides: str, workers: int | None = None) -> Result:
    """Compute a design over levers, parameters and scenarios, resumably, as ``techduel sweep`` does.

    Parameters
    ----------
    design : str
        A file of ``configs/sweep``.
    *overrides : str
        As on the command line, such as ``"points=64"``, ``"runs=8"``, ``"results=FOLDER"``.
    workers : int, optional
        Processes of this machine, as many as cores when left out; 1 stays in this process.

    Returns
    -------
    Result
        Of ``results/sweep/NAME``; what is there already is not computed again.

    Raises
    ------
    InvalidInput
        With every problem in a line of its own.

    Examples
    --------
    >>> import techduel
    >>> small = ("points=4", "runs=2", "horizon=2021", "slots=4", "years=null")
    >>> result = techduel.sweep("subsidy_or_science", *small, workers=1)
    >>> len(result.table("design"))  # as configured, and four points
    5
    """
    study = STUDIES["sweep"]
    config: dict[str, Any] = study.settings.composed([f"sweep={design}", *overrides])
    folder, count = study.folder(config), workers or available_cores()
    place = Place("serial" if count == 1 else "local", count)
    study.home.compute(config, folder, Options(place, overrides=(f"sweep={design}", *overrides), notice=_tell))
    return open_result(Path(folder))


def _tell(notice: str) -> None:
    print(notice, file=sys.stderr)
