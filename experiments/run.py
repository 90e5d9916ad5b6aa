"""``techduel run``: one scenario, many runs; tables, figures, scorecard."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from techduel.ensemble.crew import Place
from techduel.ensemble.lock import locked
from techduel.ensemble.manifest import seal
from techduel.ensemble.runner import Ensemble, Result, run_ensemble
from techduel.ensemble.store import Notice
from techduel.facts.history import LAST_YEAR
from techduel.scenario.fingerprint import version
from techduel.scenario.scenario import scenario_from
from techduel.studies.run.report import screen, write
from techduel.studies.run.scorecard import write_scorecard

from .exits import guarded
from .hydra_flags import Job, jobs
from .places import place_of
from .progress import Advance, progress


def main(arguments: Sequence[str]) -> int:
    """Run every job that the command line asks for; the worst exit code counts."""
    return max((_run(job) for job in jobs(arguments)), default=0)


def _run(job: Job) -> int:
    config = job.config
    folder = Path(config["results"]) / "run" / config["name"]
    place = place_of(config)
    print(_header(config, place), flush=True)
    with progress(config["runs"], config["quiet"]) as advance:
        result = result_of(config, folder, job.overrides, place, advance, _notice)
    print(screen(folder))
    print(f"Next: techduel {_next(config)}")
    if result.failed:
        print(f"{len(result.failed)} runs failed; each has a record in failures/", file=sys.stderr)
    return result.exit_code


def _next(config: Mapping[str, Any]) -> str:
    """The comparison that shows what the scenario just run changes; after the baseline, one that changes much."""
    other = config["scenario_file"] or config["scenario"]
    if config["facts"]["base_year"] != LAST_YEAR:
        return f"run scenario={other} policy@policies.us=status_quo_2020"
    other = "full_decoupling" if other == "baseline_2021" else other
    return f"compare 'scenarios=[baseline_2021,{other}]'"


def result_of(
    config: Mapping[str, Any],
    folder: Path,
    overrides: Sequence[str] = (),
    place: Place | None = None,
    advance: Advance | None = None,
    notice: Notice = print,
) -> Result:
    """Compute what is missing of a result and write its tables, figures and README.

    Parameters
    ----------
    config : mapping
        A checked configuration.
    folder : Path
        Result folder.
    overrides : sequence of str
        Changes of the command line, for the provenance.
    place : Place, optional
        Where runs are computed; in processes on all cores when left out.
    advance : callable, optional
        Told how many more runs are finished.
    notice : callable
        Told in one line what has to be computed again.
    """
    ensemble = Ensemble(scenario_from(config), config["runs"], config["seed"], config["record"], tuple(overrides))
    with locked(folder):
        result = run_ensemble(
            ensemble, folder, workers=place, fresh=bool(config.get("fresh")), progress=advance, notice=notice
        )
        if not result.unchanged:
            _add_tables_and_figures(folder, config)
            seal(folder)
    return result


def _add_tables_and_figures(folder: Path, config: Mapping[str, Any]) -> None:
    from techduel.studies.backtest.of_run import write_run_forecast
    from techduel.studies.run.figures import plot_all

    write_scorecard(folder)
    plot_all(folder)
    write_run_forecast(folder)
    write(folder, config)


def _header(config: Mapping[str, Any], place: Place) -> str:
    workers, quarters = place.workers, 4 * (config["horizon"] - config["start"] + 1)
    return (
        f"Techduel {version()} · {config['name']} · {config['runs']} runs x {quarters} quarters · "
        f"seed {config['seed']} · {workers} worker{'s' if workers > 1 else ''}"
    )


def _notice(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
