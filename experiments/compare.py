"""``techduel compare``: several scenarios paired run by run with the first one named."""

import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from techduel.ensemble.crew import Place
from techduel.ensemble.lock import locked
from techduel.ensemble.manifest import Manifest, seal, write_manifest
from techduel.ensemble.provenance import utc_now
from techduel.ensemble.runner import Result, available_cores
from techduel.ensemble.store import Notice, prepare, write_provenance
from techduel.scenario.fingerprint import version
from techduel.studies.compare.attribution import NONE, attribute, plans, runs_missing
from techduel.studies.compare.comparison import MEMBERS, SCENARIOS, Comparison, comparison_from, contrasts, run_members
from techduel.studies.compare.report import screen, write_readme
from techduel.studies.compare.settings import ROOT, composed
from techduel.studies.compare.tables import write_tables

from .exits import guarded
from .hydra_flags import Job, jobs
from .places import place_of
from .progress import progress


def main(arguments: Sequence[str]) -> int:
    """Compute every comparison that the command line asks for; the worst exit code counts."""
    return max((_compare(job) for job in jobs(arguments, composed, ROOT)), default=0)


def _compare(job: Job) -> int:
    config = job.config
    folder = Path(config["results"]) / "compare" / config["name"]
    place = place_of(config)
    print(_header(config, place.workers), flush=True)
    results = result_of(config, folder, job.overrides, place, _notice)
    print(screen(folder))
    print(f"Next: {_next(job, folder)}")
    failed = sum(len(result.failed) for result in results)
    if failed:
        print(f"{failed} runs failed; each has a record in scenarios/*/failures/", file=sys.stderr)
    return max(result.exit_code for result in results)


def result_of(
    config: Mapping[str, Any],
    folder: Path,
    overrides: Sequence[str] = (),
    place: Place | None = None,
    notice: Notice = print,
) -> list[Result]:
    """Compute what is missing of a comparison and write its tables, figures and README.

    Parameters
    ----------
    config : mapping
        From `settings.composed`, or of a stored comparison.
    folder : Path
        Result folder.
    overrides : sequence of str
        Changes of the command line, for the provenance.
    place : Place, optional
        Where runs are computed; in processes on all cores when left out.
    notice : callable
        Told in one line what has to be computed again.

    Returns
    -------
    list of Result
        One a scenario.
    """
    comparison, started = comparison_from(config, overrides), utc_now()
    fresh, quiet = bool(config.get("fresh")), bool(config.get("quiet", True))
    with locked(folder):
        manifest = prepare(folder, comparison.settings, fresh, _of_the_whole(notice))
        with progress(comparison.runs * len(comparison.members), quiet) as advance:
            results = run_members(comparison, folder, place=place, fresh=fresh, progress=advance, notice=notice)
        if not (manifest.sealed and all(result.unchanged for result in results)):
            _complete(comparison, folder, manifest, place.workers if place else available_cores(), quiet)
            write_provenance(folder, comparison.settings, comparison.overrides, started)
            seal(folder)
    return results


def _complete(comparison: Comparison, folder: Path, manifest: Manifest, workers: int, quiet: bool) -> None:
    """Everything that is made from the members' runs."""
    from techduel.studies.compare.figures import draw_comparison

    manifest.sealed = False
    write_manifest(folder, manifest)
    write_tables(folder, contrasts(comparison, folder))
    found = plans(comparison, folder, manifest)
    missing = runs_missing(found)
    if missing and not quiet:
        print(f"Taking {len(found)} scenario{'s' if len(found) > 1 else ''} apart: {missing} runs", flush=True)
    with progress(max(missing, 1), quiet or not missing) as advance:
        attribute(found, folder, workers, advance)
    draw_comparison(comparison, folder)
    write_readme(folder, comparison)


def _header(config: Mapping[str, Any], workers: int) -> str:
    first = config[MEMBERS][config["scenarios"][0]]
    quarters = 4 * (first["horizon"] - first["start"] + 1)
    return (
        f"Techduel {version()} · {config['name']} · {len(config['scenarios'])} scenarios x {config['runs']} runs x "
        f"{quarters} quarters · seed {config['seed']} · {workers} worker{'s' if workers > 1 else ''}"
    )


def _next(job: Job, folder: Path) -> str:
    if job.config["decompose"] == NONE:
        return shlex.join(["techduel", "compare", *job.overrides, "decompose=levers"])
    return shlex.join(["techduel", "reproduce", str(folder)])


def _of_the_whole(notice: Notice) -> Notice:
    """Only what is said of the comparison's own files; the scenarios' results speak for themselves."""
    return lambda line: None if f"/{SCENARIOS}/" in line else notice(line)


def _notice(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
