"""Compare: several scenarios paired run by run with the first one named."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from techduel.ensemble.compute import Options
from techduel.ensemble.manifest import Manifest
from techduel.studies.compare import report
from techduel.studies.compare.attribution import NONE, attribute
from techduel.studies.compare.comparison import (
    FREE,
    MEMBERS,
    Comparison,
    comparison_from,
    contrasts,
    run_members,
)
from techduel.studies.compare.figures import album
from techduel.studies.compare.stored import TAKEN, take_members
from techduel.studies.compare.tables import write_tables
from techduel.studies.frame import drawing, keep, opening

draw = drawing(album)


def header(config: Mapping[str, Any], options: Options) -> str:
    """Name, size, seed and workers."""
    first = config[MEMBERS][config["scenarios"][0]]
    quarters = 4 * (first["horizon"] - first["start"] + 1)
    size = f"{len(config['scenarios'])} scenarios x {config['runs']} runs x {quarters} quarters"
    return opening(config["name"], size, config["seed"], options)


def compute(config: Mapping[str, Any], folder: Path, options: Options) -> int:
    """Compute what is missing of every scenario and of the decomposition; write tables, figures and README."""
    comparison = comparison_from(config)

    def write(manifest: Manifest) -> None:
        if config.get(TAKEN):
            take_members(config, folder)
        else:
            run_members({folder: comparison}, options)
        _complete(comparison, folder, manifest, options)

    return keep(comparison.settings, folder, options, write, FREE)


def screen(folder: Path) -> str:
    """Headlines and costs of each scenario, and the decomposition."""
    return report.screen(folder)


def following(config: Mapping[str, Any], folder: Path, overrides: Sequence[str]) -> str:
    """The decomposition, or of what was computed here the way to see that all this can be made again."""
    if config.get(TAKEN):
        return ""
    if config["decompose"] == NONE:
        # Shares are those of the horizon, so that a question about a year before becomes the horizon.
        told = [text.replace("year=", "horizon=", 1) if text.startswith("year=") else text for text in overrides]
        return shlex.join(["techduel", "compare", *told, "decompose=levers"])
    return shlex.join(["techduel", "reproduce", str(folder)])


def _complete(comparison: Comparison, folder: Path, manifest: Manifest, options: Options) -> None:
    """Everything that is made from the members' runs."""
    write_tables(folder, contrasts(comparison, folder))
    attribute(comparison, folder, manifest, options)
    draw(comparison.config, folder)
    report.write_readme(folder, comparison)
