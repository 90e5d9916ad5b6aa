"""``techduel micro``: regressions of published papers on firms of simulated worlds, by a protocol fixed beforehand."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.crew import Place
from techduel.ensemble.executors import completed
from techduel.ensemble.manifest import Manifest
from techduel.ensemble.runner import available_cores
from techduel.ensemble.store import Notice
from techduel.ensemble.workers import Gauge
from techduel.scenario.arguments import asks_help, described, stored
from techduel.scenario.fingerprint import version
from techduel.scenario.loader import InvalidInput
from techduel.scenario.parameter_sets import RUNS_OF_A_SET
from techduel.studies.micro.estimates import Asked, Estimate, Sizes, estimates_of, sizes_of
from techduel.studies.micro.first import first_file, first_verdicts, keep_first
from techduel.studies.micro.laboratory import AS_PUBLISHED, MIRRORED
from techduel.studies.micro.protocol import NOT_YET, commit, digest, mark, protocol, studies
from techduel.studies.micro.report import screen, write_readme
from techduel.studies.micro.settings import EXPERIMENT, Settings, composed
from techduel.studies.micro.tables import read_estimates, write_tables

from .exits import guarded
from .folders import filled
from .progress import progress

MEANING: Final = "regressions of published papers on firms of simulated worlds"
CHUNK: Final = 8
"""Worlds of a task."""


def main(arguments: Sequence[str]) -> int:
    """Do one study; the arguments are KEY=VALUE of `Settings`."""
    if asks_help(arguments):
        _help()
        return 0
    config = composed(arguments)
    if config["check"]:
        _print_sizes(config)
        return 0
    _may_estimate(config)
    folder = Path(config["results"]) / EXPERIMENT / config["name"]
    told = f"protocol {mark()}, with its code {digest()[:12]}"
    print(f"Techduel {version()} · {folder.name} · {config['worlds']} worlds · {told}", flush=True)
    result_of(stored(config), folder, arguments, quiet=config["quiet"], fresh=config["fresh"])
    print(screen(folder))
    kept = _keep_first(config, folder)
    print(f"Written: {folder}" + (f"; first verdicts of {', '.join(kept)}" if kept else ""))
    return 0


def is_micro(config: Mapping[str, Any]) -> bool:
    """Whether a configuration is one of this command."""
    return config.get("experiment") == EXPERIMENT


def result_of(
    config: Mapping[str, Any],
    folder: Path,
    overrides: Sequence[str] = (),
    *,
    quiet: bool = True,
    fresh: bool = False,
    notice: Notice = print,
) -> None:
    """Make the estimates of a study unless they are there, whole and up to date; words and figures anew."""

    def write(_manifest: Manifest) -> None:
        found = _estimates(config, quiet)
        findings = protocol().of_study(config["study"])
        by_name = {finding.name: [one for one in found if one.finding == finding.name] for finding in findings}
        first = {} if config["mirror"] or config["switched"] else first_verdicts(first_file())
        write_tables(folder, findings, by_name, first, config["protocol"])
        redraw(config, folder)

    filled(folder, config, write, overrides, fresh, notice)


def redraw(config: Mapping[str, Any], folder: Path) -> None:
    """Words and figures from the tables on disk."""
    from techduel.studies.micro.figures import draw_study

    study = studies()[config["study"]]
    write_readme(folder, study, config)
    draw_study(folder, study, config)


def _estimates(config: Mapping[str, Any], quiet: bool) -> list[Estimate]:
    """All estimates, in the order of worlds."""
    tasks = list(_tasks(config))
    place, gauge, found = Place("local", min(available_cores(), len(tasks))), Gauge(), list[Estimate]()
    with progress(config["worlds"], quiet) as advance:
        for part in completed(estimates_of, tasks, place, gauge):
            found += part
            if advance is not None:
                advance(len({one.run for one in part}))
    return sorted(found, key=lambda one: one.run)


def _tasks(config: Mapping[str, Any]) -> Iterator[Asked]:
    study, roles = studies()[config["study"]], MIRRORED if config["mirror"] else AS_PUBLISHED
    for first in range(0, config["worlds"], CHUNK):
        runs = tuple(range(first, min(first + CHUNK, config["worlds"])))
        yield Asked(study, runs, config["seed"], roles, config["parameters"])


def _may_estimate(given: Mapping[str, Any]) -> None:
    """Nobody sees an estimate before the protocol is fixed; the first run of a study is the protocol's own."""
    if commit() == NOT_YET:
        raise InvalidInput(["study: the protocol is not committed yet; allowed until then: check=true"])
    names = {finding.name for finding in protocol().of_study(given["study"])}
    path = first_file()
    if path is None or names <= first_verdicts(path).keys():
        return
    usual = {"worlds": protocol().worlds, "seed": protocol().seed, "mirror": False, "switched": None}
    if any(given[name] != value for name, value in usual.items()):
        wanted = f"worlds={usual['worlds']} seed={usual['seed']}, nothing mirrored or switched"
        raise InvalidInput([f"study: the first run of {given['study']} is the protocol's: {wanted}"])


def _keep_first(given: Mapping[str, Any], folder: Path) -> list[str]:
    path = first_file()
    if path is None or given["mirror"] or given["switched"]:
        return []
    return keep_first(path, read_estimates(folder))


def _print_sizes(given: Mapping[str, Any]) -> None:
    found: list[Sizes] = [size for task in _tasks(given) for size in sizes_of(task)]
    columns = ("rows", "firms", "treated", "missing", "spread")
    print(f"{'finding':<26}" + "".join(f"{name:>10}" for name in columns))
    for finding in protocol().of_study(given["study"]):
        mine = [asdict(size) for size in found if size.finding == finding.name]
        print(f"{finding.name:<26}" + "".join(f"{np.mean([size[name] for size in mine]):10.2f}" for name in columns))
    print(f"Means over {given['worlds']} worlds ({given['worlds'] // RUNS_OF_A_SET} parameter sets)")


def _help() -> None:
    print("\n".join(described(EXPERIMENT, MEANING, Settings)))
    print("Studies:")
    for name, study in studies().items():
        print(f"  {name:<22} {study.question}")
    print("Switches:")
    for name, switch in protocol().switches.items():
        print(f"  {name:<22} {switch.study}: {switch.meaning}")


if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
