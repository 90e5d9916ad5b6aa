"""Sensitivity: which uncertainty drives which outcome, as a sweep with a design of its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from techduel.ensemble.compute import Options
from techduel.ensemble.manifest import Manifest
from techduel.ensemble.sweep import FREE, swept
from techduel.statistics.tables import read_lines
from techduel.studies.frame import drawing, keep
from techduel.studies.sensitivity.checks import checked
from techduel.studies.sensitivity.figures import album
from techduel.studies.sensitivity.study import study_from
from techduel.studies.sensitivity.tables import REFUSED, REFUSED_COLUMNS, write_tables
from techduel.studies.sweep.command import whereabouts
from techduel.studies.table import DONE, SOME_FAILED

draw = drawing(album)


def header(config: Mapping[str, Any], options: Options) -> str:
    """Name, size, seed and where it is computed."""
    study = study_from(config)
    rows, parts, _ = study.cube.shape
    return f"{study.sweep.name} · {rows} rows of {parts} points x {whereabouts(study.sweep, options)}"


def compute(config: Mapping[str, Any], folder: Path, options: Options) -> int:
    """Compute what is missing of an analysis and write its tables, figures and README.

    `SOME_FAILED` if an outcome has no indices.

    Raises
    ------
    RunsFailed, NothingLeft
        If no outcome can be analysed; what has been computed is kept.
    """
    from techduel.studies.sensitivity.report import write_readme

    study = study_from({"name": folder.name, **config})

    def write(manifest: Manifest) -> None:
        values, refused = checked(study, swept(study.sweep, folder, manifest, options))
        write_tables(study, folder, values, refused)
        draw(config, folder)
        write_readme(folder)

    keep(study.sweep.settings, folder, options, write, FREE)
    left_out = read_lines(folder / REFUSED, REFUSED_COLUMNS)
    for line in left_out:
        title = "/".join(filter(None, (line["outcome"], line["state"], line["year"])))
        options.notice(f"{title}: {line['why']}, such as {', '.join(line['such_as'].split())}; it has no indices")
    return SOME_FAILED if left_out else DONE


def screen(folder: Path) -> str:
    """Outcomes, luck, and the units that matter most."""
    from techduel.studies.sensitivity import report

    return report.screen(folder)
