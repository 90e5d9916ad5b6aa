"""Frame: how studies open, store and end alike, and how those fill their folder whose numbers come from one sweep."""

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from techduel.ensemble.compute import Options, filled
from techduel.ensemble.manifest import FAILURES
from techduel.ensemble.stock import Stock
from techduel.ensemble.sweep import Sweep, swept
from techduel.scenario.arguments import Named

if TYPE_CHECKING:
    from techduel.report.marks import Album


def opening(name: str, size: str, seed: int, options: Options) -> str:
    """The line that a command opens with: name, size, seed and workers."""
    workers = options.place.workers
    return f"{name} · {size} · seed {seed} · {workers} worker{'s' if workers > 1 else ''}"


def fill(
    sweep: Sweep,
    config: Mapping[str, Any],
    folder: Path,
    options: Options,
    tell: Callable[[Stock], object],
    free: Collection[str],
) -> int:
    """Have a study filled whose numbers come from one sweep; its exit code.

    Parameters
    ----------
    sweep : Sweep
    config : mapping
        Composed or stored; where the result lies and what it is called is not stored in it.
    folder : Path
    options : Options
    tell : callable
        Writes tables, figures and README of the runs that are then there.
    free : collection of str
        As of `filled`.
    """
    stored = {key: value for key, value in config.items() if key not in Named.model_fields}
    study = str(config["experiment"])
    filled(folder, stored, lambda manifest: tell(swept(sweep, folder, manifest, options).stock), options, free, study)
    return ended(folder)


def ended(folder: Path) -> int:
    """Exit code of a result: 5 if any of its runs has failed, which has a record then."""
    return 5 if any(folder.rglob(f"{FAILURES}/*.json")) else 0


def save(album: "Album", folder: Path) -> None:
    """Draw every picture of an album into a result folder; the drawing library is read only then."""
    from techduel.report.page import save_all

    save_all(album, folder)
