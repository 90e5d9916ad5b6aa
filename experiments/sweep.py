"""``techduel sweep``: a design over levers and uncertainties, resumable, on an executor."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from techduel.ensemble.lock import locked
from techduel.ensemble.manifest import seal
from techduel.ensemble.runner import interruptible
from techduel.ensemble.simulation import BATCH
from techduel.ensemble.store import Notice
from techduel.ensemble.sweep import Options, Result, Sweep, compute
from techduel.scenario.fingerprint import version
from techduel.studies.sweep.plain import sweep_from
from techduel.studies.sweep.precision import computed_until
from techduel.studies.sweep.settings import ROOT, composed
from techduel.studies.sweep.tables import write_design, write_diagnostics, write_outcomes

from .exits import guarded
from .hydra_flags import Job, jobs
from .places import place_of
from .progress import progress


def main(arguments: Sequence[str]) -> int:
    """Compute every sweep that the command line asks for; the worst exit code counts."""
    return max((_sweep(job) for job in jobs(arguments, composed, ROOT)), default=0)


def _sweep(job: Job) -> int:
    from techduel.studies.sweep.report import screen

    config = job.config
    folder = Path(config["results"]) / "sweep" / config["name"]
    sweep, options = sweep_from(config, job.overrides), options_of(config)
    print(_header(sweep, options), flush=True)
    result = _computed(sweep, config, folder, options, _notice)
    print(screen(folder))
    if result.failed:
        print(f"{len(result.failed)} runs failed; each has a record in failures/; again: retry=true", file=sys.stderr)
    return result.exit_code


def options_of(config: Mapping[str, Any]) -> Options:
    """How a configuration says that a sweep be computed."""
    executor = config.get("executor") or {}
    return Options(
        place=place_of(config),
        batch=executor.get("batch") or BATCH,
        limit=executor.get("limit"),
        shared_disk=executor.get("shared_disk", True),
        retry=bool(config.get("retry")),
        fresh=bool(config.get("fresh")),
    )


def result_of(
    config: Mapping[str, Any],
    folder: Path,
    overrides: Sequence[str] = (),
    options: Options | None = None,
    notice: Notice = print,
) -> Result:
    """Compute what is missing of a sweep and write its tables, figures and README.

    Parameters
    ----------
    config : mapping
        From `settings.composed`, or of a stored sweep.
    folder : Path
        Result folder.
    overrides : sequence of str
        Changes of the command line, for the provenance.
    options : Options, optional
        How to compute; in processes of this machine when left out, whatever `config` says.
    notice : callable
        Told in one line what has to be computed again.
    """
    return _computed(sweep_from(config, overrides), config, folder, options or options_of({}), notice)


def _computed(sweep: Sweep, config: Mapping[str, Any], folder: Path, options: Options, notice: Notice) -> Result:
    quiet = bool(config.get("quiet", True))

    def computed(sweep: Sweep) -> Result:
        with progress(len(sweep.distinct) * sweep.runs, quiet) as advance:
            return compute(sweep, folder, options, advance, notice)

    with interruptible(), locked(folder):
        sweep, result = computed_until(sweep, config["precision"], config["outcome"], config["most_runs"], computed)
        if not result.unchanged:
            _add_tables_and_figures(sweep, folder, result)
            seal(folder)
    return result


def _add_tables_and_figures(sweep: Sweep, folder: Path, result: Result) -> None:
    from techduel.studies.sweep.figures import draw_sweep
    from techduel.studies.sweep.report import write_readme

    write_design(sweep, folder)
    write_outcomes(sweep, folder, result.stock)
    write_diagnostics(sweep, folder, result.stock)
    draw_sweep(folder)
    write_readme(folder)


def _header(sweep: Sweep, options: Options) -> str:
    place, quarters = options.place, 4 * (sweep.base["horizon"] - sweep.base["start"] + 1)
    where = place.scheduler or f"{place.workers} worker{'s' if place.workers > 1 else ''}"
    return (
        f"Techduel {version()} · {sweep.name} · {len(sweep.distinct)} points x {sweep.runs} runs x "
        f"{quarters} quarters · seed {sweep.seed} · {place.kind}, {where}"
    )


def _notice(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
