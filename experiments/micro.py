"""``techduel micro``: regressions of published papers on firms of simulated worlds, by a protocol fixed beforehand."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np

from techduel.ensemble.crew import Place
from techduel.ensemble.executors import completed
from techduel.ensemble.manifest import Manifest
from techduel.ensemble.runner import available_cores
from techduel.ensemble.store import Notice
from techduel.ensemble.workers import Gauge
from techduel.scenario.fingerprint import version
from techduel.scenario.loader import InvalidInput, unknown_key
from techduel.scenario.parameter_sets import RUNS_OF_A_SET
from techduel.scenario.scenario import numbers
from techduel.studies.micro.estimates import Asked, Estimate, Sizes, estimates_of, sizes_of
from techduel.studies.micro.first import first_file, first_verdicts, keep_first
from techduel.studies.micro.laboratory import AS_PUBLISHED, MIRRORED, laboratory
from techduel.studies.micro.protocol import NOT_YET, commit, digest, mark, protocol, studies
from techduel.studies.micro.report import screen, write_readme
from techduel.studies.micro.tables import read_estimates, write_tables

from .exits import guarded
from .folders import filled
from .options import LARGEST_SEED, Option, asks_help, described, flag, output_folder, parsed, text, whole
from .progress import progress

MEANING: Final = "regressions of published papers on firms of simulated worlds"
EXPERIMENT: Final = "micro"
CHUNK: Final = 8
"""Worlds of a task."""
MOST_WORLDS: Final = 512
LIBRARY: Final = "linearmodels"
OPTIONS: Final[dict[str, Option]] = {
    "study": Option("", "which", f"one of {', '.join(studies())}", lambda value: not value or value in studies(), str),
    "worlds": whole(protocol().worlds, 4, MOST_WORLDS, "worlds, two a parameter set"),
    "seed": whole(protocol().seed, 0, LARGEST_SEED, "luck"),
    "mirror": flag(False, "states swapped: China treats, US firms are treated"),
    "switched": text(None, "a channel of the model switched off", f"nothing, or {', '.join(protocol().switches)}"),
    "check": flag(False, "sizes of samples only, no estimate"),
    "results": output_folder("where result folders lie"),
    "fresh": flag(False, "compute again what is there"),
    "quiet": flag(False, "no progress"),
}


def main(arguments: Sequence[str]) -> int:
    """Do one study; the arguments are KEY=VALUE of `OPTIONS`."""
    if asks_help(arguments):
        _help()
        return 0
    given = settings(arguments)
    if given["check"]:
        _print_sizes(given)
        return 0
    _may_estimate(given)
    folder = Path(given["results"]) / EXPERIMENT / name_of(given)
    told = f"protocol {mark()}, with its code {digest()[:12]}"
    print(f"Techduel {version()} · {folder.name} · {given['worlds']} worlds · {told}", flush=True)
    result_of(configured(given), folder, arguments, quiet=given["quiet"], fresh=given["fresh"])
    print(screen(folder))
    kept = _keep_first(given, folder)
    print(f"Written: {folder}" + (f"; first verdicts of {', '.join(kept)}" if kept else ""))
    return 0


def settings(arguments: Sequence[str]) -> dict[str, Any]:
    """The settings of a command line, checked.

    Raises
    ------
    InvalidInput
        With every problem, one line each.
    """
    named = any(argument.startswith("study=") and argument != "study=" for argument in arguments)
    found = [] if named else [f"study: needed; allowed: {OPTIONS['study'].allowed}"]
    try:
        given = parsed(arguments, OPTIONS)
    except InvalidInput as refused:
        raise InvalidInput([*found, *refused.problems]) from None
    known, name = protocol().switches, given["switched"]
    if name is not None and name not in known:
        found.append(f"switched: {unknown_key(name, known)}")
    elif name is not None and known[name].study != given["study"]:
        found.append(f"switched: {name} belongs to study={known[name].study}")
    if find_spec(LIBRARY) is None:
        found.append(f"study: needs {LIBRARY}: pip install 'techduel[micro]'")
    if found:
        raise InvalidInput(found)
    return given


def name_of(given: Mapping[str, Any]) -> str:
    """Name of the result folder."""
    parts = (given["study"], given["switched"], "mirror" if given["mirror"] else None)
    return "-".join(part for part in parts if part)


def configured(given: Mapping[str, Any]) -> dict[str, Any]:
    """The plain configuration of a study."""
    switch = protocol().switches.get(given["switched"] or "")
    parameters = dict(switch.parameters) if switch else {}
    return {
        "experiment": EXPERIMENT,
        **{name: given[name] for name in ("study", "worlds", "seed", "mirror", "switched")},
        "meaning": switch.meaning if switch else None,
        "parameters": parameters,
        "posterior": protocol().posterior,
        "protocol": mark(),
        "scenario": numbers(laboratory(studies()[given["study"]], parameters).config),
    }


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
    config = configured(given)
    found: list[Sizes] = [size for task in _tasks(config) for size in sizes_of(task)]
    columns = ("rows", "firms", "treated", "missing", "spread")
    print(f"{'finding':<26}" + "".join(f"{name:>10}" for name in columns))
    for finding in protocol().of_study(given["study"]):
        mine = [asdict(size) for size in found if size.finding == finding.name]
        print(f"{finding.name:<26}" + "".join(f"{np.mean([size[name] for size in mine]):10.2f}" for name in columns))
    print(f"Means over {given['worlds']} worlds ({given['worlds'] // RUNS_OF_A_SET} parameter sets)")


def _help() -> None:
    print("\n".join(described("micro", MEANING, OPTIONS)))
    print("Studies:")
    for name, study in studies().items():
        print(f"  {name:<22} {study.question}")
    print("Switches:")
    for name, switch in protocol().switches.items():
        print(f"  {name:<22} {switch.study}: {switch.meaning}")


if __name__ == "__main__":
    sys.exit(guarded(main, sys.argv[1:]))
