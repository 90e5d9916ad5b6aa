"""``techduel sensitivity``: which uncertainty drives which outcome, as a sweep with a design of its own."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from techduel.ensemble.lock import locked
from techduel.ensemble.manifest import seal
from techduel.ensemble.runner import interruptible
from techduel.ensemble.store import Notice
from techduel.ensemble.sweep import Options, compute
from techduel.scenario.fingerprint import version
from techduel.studies.sensitivity.checks import Refusal, checked
from techduel.studies.sensitivity.settings import ROOT, composed
from techduel.studies.sensitivity.study import Study, study_from

from .exits import guarded
from .hydra_flags import Job, jobs
from .progress import progress
from .sweep import options_of


def main(arguments: Sequence[str]) -> int:
    """Make every analysis that the command line asks for; the worst exit code counts."""
    return max((_sensitivity(job) for job in jobs(arguments, composed, ROOT)), default=0)


def _sensitivity(job: Job) -> int:
    from techduel.studies.sensitivity.report import screen

    config = job.config
    folder = Path(config["results"]) / ROOT / config["name"]
    study = study_from(config, job.overrides)
    options = options_of(config)
    print(_header(study, options), flush=True)
    refused = _analysed(study, config, folder, options, _notice)
    print(screen(folder))
    for refusal in refused:
        print(refusal.words, file=sys.stderr)
    return 5 if refused else 0


def result_of(config: Mapping[str, Any], folder: Path, notice: Notice = print) -> list[Refusal]:
    """Compute an analysis in processes of this machine, write its tables, figures and README; what has no indices.

    Parameters
    ----------
    config : mapping
        From `settings.composed`, or of a stored analysis.
    folder : Path
        Result folder.
    notice : callable
        Told in one line what has to be computed again.

    Raises
    ------
    RunsFailed, NothingLeft
        If no outcome can be analysed; what has been computed is kept.
    """
    return _analysed(study_from({"name": folder.name, **config}), config, folder, options_of({}), notice)


def _analysed(study: Study, config: Mapping[str, Any], folder: Path, options: Options, notice: Notice) -> list[Refusal]:
    sweep = study.sweep
    with interruptible(), locked(folder):
        with progress(len(sweep.distinct) * sweep.runs, bool(config.get("quiet", True))) as advance:
            result = compute(sweep, folder, options, advance, notice)
        values, refused = checked(study, result)
        if not result.unchanged:
            _write(study, folder, values, refused)
            seal(folder)
    return refused


def _write(study: Study, folder: Path, values: Any, refused: Sequence[Refusal]) -> None:
    from techduel.studies.sensitivity.figures import draw_sensitivity
    from techduel.studies.sensitivity.report import write_readme
    from techduel.studies.sensitivity.tables import write_tables

    write_tables(study, folder, values, refused)
    draw_sensitivity(folder)
    write_readme(folder)


def _header(study: Study, options: Options) -> str:
    workers, (rows, parts, _) = options.place.workers, study.cube.shape
    quarters = 4 * (study.sweep.base["horizon"] - study.sweep.base["start"] + 1)
    return (
        f"Techduel {version()} · {study.sweep.name} · {rows} rows of {parts} points x {study.sweep.runs} runs x "
        f"{quarters} quarters · seed {study.sweep.seed} · {options.place.kind}, {workers} "
        f"worker{'s' if workers > 1 else ''}"
    )


def _notice(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
